package office

import (
	"context"
	"errors"
	"slices"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
	"anju/server/policy"
)

// RegistrationTx keeps residence registrations.
type RegistrationTx interface {
	// NextReceipt takes n serials of a county and a year, and returns the last of them.
	NextReceipt(ctx context.Context, jurisdiction, division string, year, n int) (last int, err error)
	// CreateRegistration stores a new registration with its first event; position tells those of one key apart. A second declaration of an
	// account for a person is Conflict "registration_pending".
	CreateRegistration(ctx context.Context, r permit.Registration, e permit.RegistrationEvent, key string, position int, bodyHash []byte) error
	// RegistrationWithKey returns the first registration that was made with a key: ErrNotFound when none was, ErrReused when it came with
	// another body.
	RegistrationWithKey(ctx context.Context, jurisdiction, key string, bodyHash []byte) (permit.Registration, error)
	FindRegistration(ctx context.Context, f RegistrationFinder, view ledger.Entry) (RegistrationCase, error)
	// LockHousehold is FindRegistration for a verb: it returns the registration and those of the children that were made with it, all locked.
	LockHousehold(ctx context.Context, f RegistrationFinder, view ledger.Entry) ([]RegistrationCase, error)
	// Household returns them to look at, without the registration itself.
	Household(ctx context.Context, r permit.Registration, view ledger.Entry) ([]RegistrationCase, error)
	// SaveRegistration stores what an event has led to, if the version has risen by exactly one (ErrStale).
	SaveRegistration(ctx context.Context, r permit.Registration, e permit.RegistrationEvent) error
	RegistrationEvents(ctx context.Context, jurisdiction, registration string) ([]permit.RegistrationEvent, error)
	// RegistrationsOf lists what an account has declared or claimed, in every city, newest first.
	RegistrationsOf(ctx context.Context, account string, view ledger.Entry) ([]RegistrationCase, error)
	// RegistrationsOfPerson locks and lists all of a person in a city. They are weighed, not shown: no entry.
	RegistrationsOfPerson(ctx context.Context, jurisdiction, person string) ([]permit.Registration, error)
	// LiveRegistration returns the one of whoever has the ID number that counts in a city; of an account's own where an account is named.
	LiveRegistration(ctx context.Context, jurisdiction string, id civic.CitizenID, account string, view ledger.Entry) (permit.Registration, error)
	// Registrations lists those of the scope; each line writes a ledger entry for its person.
	Registrations(ctx context.Context, scope access.Scope, q RegistrationQuery, view ledger.Entry) (RegistrationPage, error)
	// ClaimRegistration gives a registration that nobody has claimed to an account.
	ClaimRegistration(ctx context.Context, r permit.Registration, account string) error

	// DueHalfYears returns live registrations of accounts whose half year was full between two days, of people who have not applied and were
	// not told yet.
	DueHalfYears(ctx context.Context, jurisdiction string, from, until civic.Date, limit int) ([]permit.Registration, error)
	HalfYearTold(ctx context.Context, jurisdiction, registration, message string) error
}

// RegistrationFinder says which registration is wanted and who may see it: Token alone, or Number with one of the others.
type RegistrationFinder struct {
	Jurisdiction string
	Number       string
	Scope        *access.Scope
	Account      string
	IDNumber     civic.CitizenID // whoever knows both numbers
	Token        [16]byte
}

// RegistrationCase is a registration with its person.
type RegistrationCase struct {
	permit.Registration
	Person permit.Person
}

// RegistrationQuery selects a part of the list.
type RegistrationQuery struct {
	State permit.RegistrationState // "" for any
	Text  string                   // receipt number, ID number, name, surname or pinyin initials
	Page  int                      // from 1
	Size  int
}

// RegistrationPage is one page of it.
type RegistrationPage struct {
	Cases  []RegistrationCase
	Total  int
	Counts map[permit.RegistrationState]int // of the whole scope
}

// RegistrationFile is a registration as its person and the officers of its station see it.
type RegistrationFile struct {
	RegistrationCase
	Rules   *policy.Ruleset
	Station Station
	Events  []permit.RegistrationEvent
	Others  []RegistrationCase // that were made with it
}

// HandledBy is the officer who took it into the record.
func (f RegistrationFile) HandledBy() string {
	for _, e := range f.Events {
		if e.Verb == permit.VerbConfirm || e.Verb == permit.VerbImport {
			return e.By.Name
		}
	}
	return ""
}

// registrars take registrations into the record; whoever else sees cases of the station may look.
var (
	registrars        = []access.Role{access.Assistant, access.Acceptor}
	registrationRoles = []access.Role{access.Assistant, access.Acceptor, access.Supervisor}
)

// RegistrationFile returns a registration of the officer's stations.
func (o *Office) RegistrationFile(ctx context.Context, actor access.Actor, number string) (RegistrationFile, error) {
	if !actor.Holds(registrationRoles...) {
		return RegistrationFile{}, &Error{What: Forbidden, Why: "role"}
	}
	scope := actor.Scope(registrationRoles...)
	return o.registrationFile(ctx, actor, RegistrationFinder{Number: number, Scope: &scope}, "review")
}

// OwnRegistrationFile returns a registration of the citizen's account.
func (o *Office) OwnRegistrationFile(ctx context.Context, actor access.Actor, number string) (RegistrationFile, error) {
	return o.registrationFile(ctx, actor, RegistrationFinder{Number: number, Account: actor.ID}, "registration")
}

// OwnRegistrations lists the registrations of the citizen's account with their history, newest first.
func (o *Office) OwnRegistrations(ctx context.Context, actor access.Actor) (list []RegistrationFile, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		found, err := tx.RegistrationsOf(ctx, actor.ID, o.entry(actor, ledger.Viewed, "registration"))
		if err != nil {
			return err
		}
		for _, c := range found {
			file := RegistrationFile{RegistrationCase: c}
			if file.Events, err = tx.RegistrationEvents(ctx, c.Jurisdiction, c.ID); err != nil {
				return err
			}
			list = append(list, file)
		}
		return nil
	})
	return list, err
}

func (o *Office) registrationFile(ctx context.Context, actor access.Actor, f RegistrationFinder, purpose string) (file RegistrationFile, err error) {
	if f, err = f.parsed(); err != nil {
		return file, err
	}
	view := o.entry(actor, ledger.Viewed, purpose)
	err = o.Store.Within(ctx, func(tx Tx) error {
		if file.RegistrationCase, err = tx.FindRegistration(ctx, f, view); err != nil {
			return err
		}
		if file.Rules, err = o.Ruleset(file.Ruleset); err != nil {
			return err
		}
		if file.Station, err = tx.Station(ctx, file.Jurisdiction, file.Registration.Station); err != nil {
			return err
		}
		if file.Events, err = tx.RegistrationEvents(ctx, file.Jurisdiction, file.ID); err != nil {
			return err
		}
		file.Others, err = tx.Household(ctx, file.Registration, view)
		return err
	})
	return file, err
}

// parsed completes a finder by number.
func (f RegistrationFinder) parsed() (RegistrationFinder, error) {
	if f.Token != [16]byte{} {
		return f, nil
	}
	number, ok := permit.ParseReceiptNumber(f.Number)
	if !ok {
		return f, ErrNotFound
	}
	f.Number, f.Jurisdiction = number, permit.JurisdictionOf(number)
	return f, nil
}

// Registrations lists the registrations of the officer's stations.
func (o *Office) Registrations(ctx context.Context, actor access.Actor, q RegistrationQuery) (page RegistrationPage, err error) {
	if !actor.Holds(registrationRoles...) {
		return page, &Error{What: Forbidden, Why: "role"}
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		page, err = tx.Registrations(ctx, actor.Scope(registrationRoles...), q, o.entry(actor, ledger.Listed, "registrations"))
		return err
	})
	return page, err
}

// RegistrationDecision names the registration that is decided on, as it was when the page was made.
type RegistrationDecision struct {
	Number  string
	Version int
}

// decideRegistration is what the verbs of an officer have in common: one transaction that locks the registration with those of its children,
// checks role, station and version, and hands them to the verb.
func (o *Office) decideRegistration(ctx context.Context, actor access.Actor, d RegistrationDecision, verb func(tx Tx, all []RegistrationCase, by permit.Officer, r *policy.Ruleset) error, roles ...access.Role) error {
	if !actor.Holds(roles...) {
		return &Error{What: Forbidden, Why: "role"}
	}
	scope := actor.Scope(roles...)
	f, err := RegistrationFinder{Number: d.Number, Scope: &scope}.parsed()
	if err != nil {
		return err
	}
	return o.Store.Within(ctx, func(tx Tx) error {
		all, err := tx.LockHousehold(ctx, f, o.entry(actor, ledger.Viewed, "decision"))
		if err != nil {
			return err
		}
		if all[0].Version != d.Version {
			return ErrStale
		}
		r, err := o.Ruleset(all[0].Ruleset)
		if err != nil {
			return err
		}
		return judged(verb(tx, all, permit.Officer{ID: actor.ID, Name: actor.Name, Station: all[0].Registration.Station}, r))
	})
}

// registrationActions are the entries that events make in the ledger.
var registrationActions = map[string]ledger.Action{permit.VerbDeclare: ledger.Declared, permit.VerbRegister: ledger.Declared, permit.VerbImport: ledger.Registered,
	permit.VerbConfirm: ledger.Registered, permit.VerbReject: ledger.Rejected, permit.VerbBackdate: ledger.Backdated, permit.VerbEnd: ledger.Ended}

// registrationEntry is the entry of an event.
func (o *Office) registrationEntry(actor access.Actor, r permit.Registration, e permit.RegistrationEvent) ledger.Entry {
	entry := o.entry(actor, registrationActions[e.Verb], e.Reason)
	if actor.Kind == access.Staff {
		entry.Station = r.Station
	}
	entry.Jurisdiction, entry.Person, entry.Account, entry.Object = r.Jurisdiction, r.Person, r.Account, "registration/"+r.Number
	return entry
}

// saveRegistration stores an event and writes it into the ledger.
func (o *Office) saveRegistration(ctx context.Context, tx Tx, actor access.Actor, r permit.Registration, e permit.RegistrationEvent) error {
	if err := tx.SaveRegistration(ctx, r, e); err != nil {
		return err
	}
	return tx.Record(ctx, o.registrationEntry(actor, r, e))
}

// tellRegistered texts the person of a registration: to the account, or else to the number that was given.
func (o *Office) tellRegistered(ctx context.Context, tx Tx, r permit.Registration, kind string, pairs ...string) error {
	to := Account{Phone: r.Particulars.Phone, Lang: "zh"}
	if r.Account != "" {
		account, err := tx.Account(ctx, r.Account)
		if err != nil {
			return err
		}
		to = account
	}
	if to.Phone == "" {
		return nil
	}
	return tx.Send(ctx, o.message(to.Phone, to.Lang, kind, append([]string{"Number", r.Number}, pairs...)...))
}

// otherRegistrations are a person's registrations in the city without the one that is decided on.
func otherRegistrations(ctx context.Context, tx Tx, r permit.Registration) ([]permit.Registration, error) {
	all, err := tx.RegistrationsOfPerson(ctx, r.Jurisdiction, r.Person)
	return slices.DeleteFunc(all, func(other permit.Registration) bool { return other.ID == r.ID }), err
}

// ClaimRegistration gives a registration that was made at a window or in the provincial system to the account of whoever knows both its number
// and the ID number. A wrong pair is one answer, and tries are counted.
func (o *Office) ClaimRegistration(ctx context.Context, actor access.Actor, number, idNumber, peer string) error {
	var faults permit.Faults
	canonical, ok := permit.ParseReceiptNumber(number)
	if !ok {
		faults = append(faults, permit.Fault{Field: "number", Code: "receipt_number"})
	}
	id, err := civic.ParseCitizenID(idNumber, o.Today())
	if err != nil {
		faults = append(faults, permit.Fault{Field: "id_number", Code: codeOf(err)})
	}
	if len(faults) > 0 {
		return judged(faults)
	}
	if err := o.throttled(ctx, peer, access.LookupsPerPeer); err != nil {
		return err
	}
	f := RegistrationFinder{Jurisdiction: permit.JurisdictionOf(canonical), Number: canonical, IDNumber: id}
	err = o.Store.Within(ctx, func(tx Tx) error {
		found, err := tx.LockHousehold(ctx, f, o.entry(actor, ledger.Viewed, "claim"))
		if err != nil {
			return err
		}
		for _, c := range found {
			if c.Account == actor.ID {
				continue
			}
			if c.Account != "" {
				return ErrNotFound
			}
			if err := tx.ClaimRegistration(ctx, c.Registration, actor.ID); err != nil {
				return err
			}
			entry := o.entry(actor, ledger.Claimed, "")
			entry.Jurisdiction, entry.Person, entry.Account, entry.Object = c.Jurisdiction, c.Registration.Person, actor.ID, "registration/"+c.Number
			if err := tx.Record(ctx, entry); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, ErrNotFound) {
		return judged(permit.Faults{{Field: "number", Code: "claim_nothing"}})
	}
	return err
}
