package office

import (
	"context"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/credential"
	"anju/server/ledger"
	"anju/server/permit"
)

// Clock tells the time. One now is taken for each deed.
type Clock interface{ Now() time.Time }

// Store keeps the record. Everything in one Within happens or does not happen.
type Store interface {
	// Within runs work in one transaction at read committed; an error from work rolls back and is returned as it is.
	Within(ctx context.Context, work func(Tx) error) error
	// Ready reports why the store cannot serve, or nil.
	Ready(ctx context.Context) error
}

// Tx is the record inside one transaction. A method that gives out a person's data takes the ledger entry of that view and
// writes it, with the person or account it found filled in: no data without an entry. A missing row is ErrNotFound.
type Tx interface {
	AccessTx
	DiaryTx
	AppointmentTx
	DeadlineReminderTx
	DraftTx
	ApplicationTx
	AgentTx
	FamilyTx
	CourseTx
	PermitTx
	StatusListTx
	LedgerTx
	LifeTx
	ReminderTx
	RefusalTx
	RatingTx
	CatalogueTx
	CalendarTx
	CardTx
	HandoverTx
	ProductionTx
	FeeTx
	CorrectionTx
	StatisticsTx
	MonthlyTx
	PartnerTx
	ChangeTx
	RegistrationTx
	ImportTx
	ConfirmationTx

	// Record writes ledger entries for deeds, and for views that no other method writes.
	Record(ctx context.Context, entries ...ledger.Entry) error
	// EntriesAbout returns the newest entries about an account and the persons of its applications.
	EntriesAbout(ctx context.Context, account string, limit int) ([]ledger.Entry, error)
	// Send puts a text for a phone into the outbox, from which it is handed over once the transaction stands.
	Send(ctx context.Context, m Message) error
	// MessagesTo returns what was put into the outbox for a phone, newest first. Only the demo shows them.
	MessagesTo(ctx context.Context, phone string, limit int) ([]Message, error)
	// Message returns one text; MarkSent says that the gateway has taken it.
	Message(ctx context.Context, id string) (Message, error)
	MarkSent(ctx context.Context, id string, now time.Time) error
}

// AccessTx keeps sessions, codes, throttles, accounts, staff and stations.
type AccessTx interface {
	CreateSession(ctx context.Context, s access.Session) error
	Session(ctx context.Context, kind access.Kind, hash []byte) (access.Session, error)
	TouchSession(ctx context.Context, hash []byte, now time.Time) error
	EndSession(ctx context.Context, hash []byte, now time.Time) error
	// SessionsOf returns the sessions of a subject that nobody has ended, the newest sign of life first.
	SessionsOf(ctx context.Context, kind access.Kind, subject string) ([]access.Session, error)

	CreateChallenge(ctx context.Context, c access.Challenge) error
	// Challenge locks a challenge; SaveChallenge stores its tries and use.
	Challenge(ctx context.Context, hash []byte) (access.Challenge, error)
	SaveChallenge(ctx context.Context, c access.Challenge) error

	// Count adds one to the throttle of a limit and a key in the window that now falls into, and returns the sum and the window's end.
	// The key is stored hashed.
	Count(ctx context.Context, limit access.Limit, key string, now time.Time) (n int, until time.Time, err error)

	// AccountOf returns the account of a phone, creating it when there is none, and notes the language it last used.
	AccountOf(ctx context.Context, phone, lang string, now time.Time) (Account, error)
	Account(ctx context.Context, id string) (Account, error)
	// KnownAccount returns the account of a phone and changes nothing; ErrNotFound when there is none.
	KnownAccount(ctx context.Context, phone string) (Account, error)

	StaffByLogin(ctx context.Context, login string) (access.StaffMember, error)
	StaffByID(ctx context.Context, id string) (access.StaffMember, error)
	CreateStaff(ctx context.Context, m access.StaffMember) error // login taken: Conflict "login_taken"
	SetPassword(ctx context.Context, staff, hash string) error
	SaveTOTPStep(ctx context.Context, staff string, step int64) error

	CreateStation(ctx context.Context, s Station) error // an existing code is left as it is
	Station(ctx context.Context, jurisdiction, code string) (Station, error)
	// StationFor returns the station that serves a street, or else its county.
	StationFor(ctx context.Context, jurisdiction, street string) (Station, error)

	// Park keeps the form of somebody whose session ended while it was being filled in; Unpark gives it back once, to the same account.
	Park(ctx context.Context, p ParkedForm) error
	Unpark(ctx context.Context, account, path string, now time.Time) (ParkedForm, error)
}

// DraftTx keeps pre-applications that are being filled in, and their evidence.
type DraftTx interface {
	// CreateDraft stores a new draft; an owner has at most one (Conflict "draft_exists").
	CreateDraft(ctx context.Context, d DraftRecord) error
	// DraftOf locks and returns the owner's draft. The owner is an account or a kiosk visit.
	DraftOf(ctx context.Context, owner string, view ledger.Entry) (DraftRecord, error)
	// SaveDraft stores the draft if its version has not moved (ErrStale), and raises it.
	SaveDraft(ctx context.Context, d DraftRecord) error
	DeleteDraft(ctx context.Context, d DraftRecord) error
	// PurgeDrafts deletes drafts that were last saved before the time, with their evidence; it returns how many.
	PurgeDrafts(ctx context.Context, before time.Time) (int, error)
	// Sweep deletes what has served: parked forms, one-time codes, throttles and sessions whose time is over, drafts of kiosk visits that
	// nobody wiped, texts that were handed over a month ago. It returns how many rows.
	Sweep(ctx context.Context, now time.Time) (int, error)

	AddEvidence(ctx context.Context, e Evidence) error
	// EvidenceOf lists the evidence of a draft or an application, without content.
	EvidenceOf(ctx context.Context, jurisdiction, holder string) ([]Evidence, error)
	// Evidence returns one document with its content.
	Evidence(ctx context.Context, jurisdiction, holder, id string, view ledger.Entry) (Evidence, error)
	RemoveEvidence(ctx context.Context, jurisdiction, holder, id string) error
	// MoveEvidence hands the evidence of a draft to the application made of it.
	MoveEvidence(ctx context.Context, jurisdiction, draft, application string) error
}

// ApplicationTx keeps persons, applications and their history.
type ApplicationTx interface {
	// PersonOf returns the person with the ID number in the city as the record has it, creating one from the particulars given. A known
	// person is not changed: whoever types a number may not be that person.
	PersonOf(ctx context.Context, p permit.Person, now time.Time) (permit.Person, error)
	// RenewPerson brings name, ethnic group and phone up to date, once an officer has compared them with the ID card. What is empty stays.
	RenewPerson(ctx context.Context, p permit.Person, now time.Time) error

	// CreateApplication stores a submitted application with its token and first event. The same idempotency key again returns the
	// application made then (again true), or ErrReused when the body hash differs.
	CreateApplication(ctx context.Context, a permit.Application, token [16]byte, event permit.Event, key string, bodyHash []byte) (made permit.Application, again bool, err error)
	// SubmittedWith returns the application that was made with an idempotency key, ErrNotFound when none was, ErrReused when it came with
	// another body.
	SubmittedWith(ctx context.Context, key string, bodyHash []byte) (permit.Application, error)
	// FindApplication returns an application, its person and its token. The finder says who asks.
	FindApplication(ctx context.Context, f Finder, view ledger.Entry) (Case, error)
	// LockApplication is FindApplication for a decision: the row stays locked until the transaction ends.
	LockApplication(ctx context.Context, f Finder, view ledger.Entry) (Case, error)
	// SaveApplication stores the state that an event has led to, if the version has risen by exactly one (ErrStale).
	SaveApplication(ctx context.Context, a permit.Application, event permit.Event) error
	Events(ctx context.Context, jurisdiction, application string) ([]permit.Event, error)
	// ApplicationsOf lists what an account has sent, newest first.
	ApplicationsOf(ctx context.Context, account string, view ledger.Entry) ([]Case, error)
	// Queue lists cases of the scope; each line writes a ledger entry for its person.
	Queue(ctx context.Context, scope access.Scope, q QueueQuery, view ledger.Entry) (QueuePage, error)
	// CasesOfPerson lists the cases of a person within the scope, newest first; PermitsOfPerson likewise the permits.
	CasesOfPerson(ctx context.Context, scope access.Scope, person string, view ledger.Entry) ([]Case, error)
	PermitsOfPerson(ctx context.Context, scope access.Scope, person string, view ledger.Entry) ([]PermitCase, error)
	// OpenApplication reports an application of the person that is still open or, for a first permit, was issued with one that is in force.
	OpenApplication(ctx context.Context, jurisdiction, person string, kind permit.Kind) (reference string, err error)
}

// LedgerTx keeps the places of the ledger's entries in their trees.
type LedgerTx interface {
	// LedgerTree returns the tree of a city and keeps it to this transaction; ErrStale when another process is adding to it.
	LedgerTree(ctx context.Context, jurisdiction string) (ledger.Tree, error)
	// UnsealedEntries returns entries that have no place yet, by their number; CountUnsealed counts all of them, however old.
	UnsealedEntries(ctx context.Context, jurisdiction string, limit int) ([]NumberedEntry, error)
	CountUnsealed(ctx context.Context, jurisdiction string) (int, error)
	// SealEntries gives entries the next places, with their leaves, and keeps the tree that they make.
	SealEntries(ctx context.Context, jurisdiction string, entries []NumberedEntry, leaves []ledger.Hash, grown ledger.Tree) error
	// SealedEntries returns places from one on, in their order; an entry that is gone leaves its time zero.
	SealedEntries(ctx context.Context, jurisdiction string, from int64, limit int) ([]SealedEntry, error)
}

// StatusListTx keeps the published status lists.
type StatusListTx interface {
	// StatusLists counts the lists that a city has begun, one at least.
	StatusLists(ctx context.Context, jurisdiction string) (int, error)
	// LockStatusList keeps a list to this transaction; ErrStale when another one has it.
	LockStatusList(ctx context.Context, jurisdiction string, number int) error
	// Standings calls each for every permit of a list that is not active.
	Standings(ctx context.Context, jurisdiction string, number int, each func(index int, s permit.Status) error) error
	StatusList(ctx context.Context, jurisdiction string, number int) (PublishedList, error)
	SaveStatusList(ctx context.Context, jurisdiction string, number int, l PublishedList) error
}

// PermitTx keeps permits, their credentials and the keys that sign them.
type PermitTx interface {
	// NextSerial takes the next permit serial of a division and a year; called last in the transaction, because it locks the counter.
	NextSerial(ctx context.Context, jurisdiction, division string, year int) (int, error)
	// NextStatusIndex takes the next place in the city's status list.
	NextStatusIndex(ctx context.Context, jurisdiction string) (list, index int, err error)
	// CreatePermit stores a permit with the beginning of its life and the claims that are going to be signed: what is signed is known before it
	// is signed.
	CreatePermit(ctx context.Context, c permit.Change, claims []byte) error
	// MovePermit stores the address and the day of issue that a change has given to a permit, with the application that it stands on now; claims
	// that are given are signed anew. The change itself is saved with SavePermit.
	MovePermit(ctx context.Context, p permit.Permit, application string, claims []byte) error
	// Unsigned returns permits whose credential has been prepared and not signed; empty jurisdiction means every city.
	Unsigned(ctx context.Context, limit int) ([]PreparedCredential, error)
	// SaveCredential stores the signed credential of a prepared one.
	SaveCredential(ctx context.Context, jurisdiction, number string, kid [2]byte, signed []byte, now time.Time) error
	// FindPermit returns a permit, its holder and its signed credential (empty while it is being signed).
	FindPermit(ctx context.Context, f PermitFinder, view ledger.Entry) (PermitCase, error)
	// PermitsOf lists the permits of an account, newest first.
	PermitsOf(ctx context.Context, account string, view ledger.Entry) ([]PermitCase, error)

	SigningKeys(ctx context.Context) ([]StoredKey, error)
	CreateSigningKey(ctx context.Context, k StoredKey) error // kid taken: Conflict "kid_taken"
	// WithdrawSigningKey gives a key up as compromised; a key that was given up before is ErrStale.
	WithdrawSigningKey(ctx context.Context, kid credential.KeyID, now time.Time) error
	// Unsign makes credentials of withdrawn keys prepared ones again, a number of them at most, and says how many.
	Unsign(ctx context.Context, limit int) (int, error)
}

// CatalogueTx keeps drafts and releases of the catalogue, and the register of published documents. Names in it are those of staff.
type CatalogueTx interface {
	// LockCatalogue has every other release of a government wait until the transaction ends.
	LockCatalogue(ctx context.Context, government string) error
	EntryDrafts(ctx context.Context, jurisdiction, government string) ([]EntryDraft, error)
	EntryDraft(ctx context.Context, key EntryKey) (EntryDraft, error)
	// SaveEntryDraft stores what an event has led to, if the version has risen by exactly one (ErrStale); version 1 is a new draft.
	SaveEntryDraft(ctx context.Context, d EntryDraft, e EntryEvent) error
	EntryEvents(ctx context.Context, key EntryKey) ([]EntryEvent, error)

	CreateRelease(ctx context.Context, r Release, key string) error
	// Releases lists a government's releases, LatestReleases the last one of each government of a city; both without entries.
	Releases(ctx context.Context, jurisdiction, government string) ([]Release, error)
	LatestReleases(ctx context.Context, jurisdiction string) ([]Release, error)
	Release(ctx context.Context, jurisdiction, government string, number int) (Release, error)
	// ReleaseWithKey returns the release that was made with an idempotency key, without entries.
	ReleaseWithKey(ctx context.Context, jurisdiction, key string) (Release, error)
	// PublishedEntries returns the entries of a service in the last release of each government of a city.
	PublishedEntries(ctx context.Context, jurisdiction, service string) ([]PublishedEntry, error)
	CreateReport(ctx context.Context, r Release, report ReleaseReport) error

	// CreateDocument stores a document. The same idempotency key again returns the one made then (again true), or ErrReused when it is
	// another file; the same file for the same obligation is Conflict "document_known".
	CreateDocument(ctx context.Context, d Document, key string) (made Document, again bool, err error)
	// Documents lists the register of a city, the newest publication first, without content.
	Documents(ctx context.Context, jurisdiction string) ([]Document, error)
	Document(ctx context.Context, id string) (Document, error)
}

// Account is a citizen who signs in by phone.
type Account struct {
	ID    string
	Phone string
	Lang  string
}

// Station is a police station or service point with the divisions that it serves.
type Station struct {
	Jurisdiction string
	Code         string
	Name         civic.Text
	Issuer       civic.Text // 签发机关, the county's police (Decree 663 Art. 10)
	Address      civic.Text
	Divisions    []string // streets (nine digits) or whole counties (six digits)
}

// ParkedForm is what somebody had typed when the session ended.
type ParkedForm struct {
	Account string
	Path    string
	Values  map[string][]string
	Until   time.Time
}

// DraftRecord is a draft with its bookkeeping.
type DraftRecord struct {
	Jurisdiction string
	ID           string
	Owner        string // account id or kiosk visit
	OwnerKind    access.Kind
	Draft        permit.Draft
	UpdatedAt    time.Time
	Version      int
}

// Evidence is a document that shows a ground.
type Evidence struct {
	Jurisdiction string
	ID           string
	Holder       string // draft or application id
	HolderKind   string // "draft" or "application"
	Kind         permit.EvidenceKind
	MediaType    string // image/jpeg or application/pdf
	Size         int
	SHA256       []byte
	Content      []byte
	AddedAt      time.Time
}

// Finder says which application is wanted and who may see it: exactly one of Scope, Account, IDNumber and Token is set, or Anyone for
// the house itself.
type Finder struct {
	Jurisdiction string
	Reference    string
	Scope        *access.Scope   // staff: only cases of these stations
	Account      string          // citizen: only own cases
	IDNumber     civic.CitizenID // kiosk and /track: whoever knows both reference and ID number
	Token        [16]byte        // a slip's code: reference and jurisdiction are not known then
}

// Case is an application with the person it is about.
type Case struct {
	Application permit.Application
	Person      permit.Person
	Token       [16]byte
}

// PermitFinder says which permit is wanted and who may see it.
type PermitFinder struct {
	Jurisdiction string
	Number       string
	Account      string          // the holder
	IDNumber     civic.CitizenID // kiosk: whoever's card was read
	Token        [16]byte        // a token code; number is not known then
	Scope        *access.Scope
	Anyone       bool // a genuine signed code is shown: number and jurisdiction are known
}

// PermitCase is a permit with its holder.
type PermitCase struct {
	Permit permit.Permit
	Holder permit.Person
	Signed []byte

	Account string // of the holder; empty when a phone has never claimed the application
	Station string // whose permit it is

	Reference string // of the application that it was issued on

	Mandate *permit.Mandate // by which somebody else applied for the holder, and keeps the permit in their account; without consents
}

// PreparedCredential is a permit whose claims are stored and not signed yet.
type PreparedCredential struct {
	Jurisdiction string
	Number       string
	Claims       []byte
}

// StoredKey is a signing key: the private half is sealed at rest.
type StoredKey struct {
	Key     credential.Key
	Private []byte // PKCS #8
}

// Message is a text to a phone.
type Message struct {
	ID        string
	Phone     string
	Lang      string
	Kind      string            // names the sentence: "sign_in_code", "submitted", "accepted", …
	Args      map[string]string // its variables; sealed at rest as a whole
	CreatedAt time.Time
	NotBefore time.Time // zero: at once
	SentAt    time.Time
}

// Sender hands a text to the SMS gateway. It is idempotent by the message's id.
type Sender interface {
	Send(ctx context.Context, m Message) error
}
