package office

import (
	"context"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
)

// QueueQuery selects a part of the queue.
type QueueQuery struct {
	States []permit.State
	Mark   Mark // "" for any
	Kind   permit.Kind
	Text   string     // reference, permit number, ID number, name, surname or pinyin initials
	Age    Age        // "" for any
	Today  civic.Date // what Age is measured on
	By     string     // staff id: only cases in which this officer has decided something; "" for any
	Sort   QueueSort
	After  *QueueCursor // the page behind this line; at most one of After and Before is set, neither is the first page
	Before *QueueCursor // the page before this line
	Size   int
}

// CountLimit is how far cases are counted, SearchLimit how far what a search finds: beyond, a page says that there are more. Who needs the figure
// finds it in the statistics; who found too much searches for more.
const (
	CountLimit  = 1000
	SearchLimit = 100
)

// QueuePage is one page of the queue. Names and numbers in it are whole: the office masks them.
type QueuePage struct {
	Cases  []Case
	Total  int                  // as far as it was counted
	Beyond bool                 // there are more than Total
	More   bool                 // lines follow
	Fewer  bool                 // lines stand before
	Counts map[permit.State]int // of the whole scope, whatever the query; each at most CountLimit + 1
	Marks  map[Mark]int         // likewise
}

// Mark is something about a case in review that the queue can be narrowed to.
type Mark string

// The marks.
const (
	MarkPaused    Mark = "paused"    // its clock stands still
	MarkExtension Mark = "extension" // a supervisor is asked to extend its deadline
)

// Marks lists them.
func Marks() []Mark { return []Mark{MarkPaused, MarkExtension} }

// Age is how a case stands against the clock.
type Age string

// The ages: a promise that is nearly due, or a pre-application that nobody has taken for days; and a promise that is broken.
const (
	Amber Age = "amber"
	Red   Age = "red"
)

// DueSoonDays is from how many days before the promised one on a case is amber; WaitingDays from which day on an untaken pre-application is.
const (
	DueSoonDays = 2
	WaitingDays = 3
)

// QueueSort is the order of the queue.
type QueueSort string

// The orders.
const (
	OldestFirst QueueSort = "" // by the day of sending
	NewestFirst QueueSort = "newest"
	DueFirst    QueueSort = "due" // by the promised day; what has none comes last
)

// QueueCursor is a place between two lines of the queue: what the line beside it is ordered by.
type QueueCursor struct {
	PromisedBy  civic.Date
	SubmittedAt time.Time
	ID          string
}

// CursorOf is the place of a case.
func CursorOf(c Case) QueueCursor {
	return QueueCursor{c.Application.PromisedBy, c.Application.SubmittedAt, c.Application.ID}
}

// String writes a cursor for an address. Nothing in it is about a person.
func (c QueueCursor) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(c.PromisedBy.String() + "/" + strconv.FormatInt(c.SubmittedAt.UnixMicro(), 36) + "/" + c.ID))
}

// ParseQueueCursor reads one; nil for what is none.
func ParseQueueCursor(s string) *QueueCursor {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	fields := strings.Split(string(raw), "/")
	if err != nil || len(fields) != 3 || len(fields[2]) != 36 || !isUUID(fields[2]) {
		return nil
	}
	c := QueueCursor{ID: fields[2]}
	if c.PromisedBy, err = civic.ParseDate(fields[0]); err != nil && fields[0] != "" {
		return nil
	}
	micro, err := strconv.ParseInt(fields[1], 36, 52)
	if err != nil {
		return nil
	}
	c.SubmittedAt = time.UnixMicro(micro)
	return &c
}

// Queue lists the cases of the actor's stations.
func (o *Office) Queue(ctx context.Context, actor access.Actor, q QueueQuery) (page QueuePage, err error) {
	scope := actor.Scope()
	if len(scope.Stations) == 0 {
		return page, &Error{What: Forbidden, Why: "role"}
	}
	q.Today = o.Today()
	err = o.Store.Within(ctx, func(tx Tx) error {
		page, err = tx.Queue(ctx, scope, q, o.entry(actor, ledger.Listed, "queue"))
		return err
	})
	return page, err
}

// staffFinder finds a case of the actor's stations; any other is not found.
func (o *Office) staffFinder(actor access.Actor, reference string) Finder {
	scope := actor.Scope()
	return Finder{Jurisdiction: scope.Jurisdiction, Reference: reference, Scope: &scope}
}

// CaseFile returns a case of the actor's stations with its history and documents.
func (o *Office) CaseFile(ctx context.Context, actor access.Actor, reference string) (Progress, error) {
	ref, ok := permit.ParseReference(reference)
	if !ok {
		return Progress{}, ErrNotFound
	}
	p, err := o.progress(ctx, o.staffFinder(actor, ref), actor, "case")
	if err == nil {
		p.Household, err = o.Household(ctx, actor, p.Application)
	}
	if err == nil {
		p.Record, err = o.recordOf(ctx, actor, p.Application)
	}
	return p, err
}

// PersonFile is a person with the cases and permits that the officer's stations have of them.
type PersonFile struct {
	Person  permit.Person
	Cases   []Case
	Permits []PermitCase
}

// PersonFile returns a person of whom the actor's stations have a case; anybody else is not found. Permits are for those who see permits.
func (o *Office) PersonFile(ctx context.Context, actor access.Actor, person string) (file PersonFile, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		view := o.entry(actor, ledger.Viewed, "person")
		if file.Cases, err = tx.CasesOfPerson(ctx, actor.Scope(), person, view); err != nil {
			return err
		}
		if len(file.Cases) == 0 {
			return ErrNotFound
		}
		file.Person = file.Cases[0].Person
		file.Permits, err = tx.PermitsOfPerson(ctx, actor.Scope(permitRoles...), person, view)
		return err
	})
	return file, err
}

// Stations returns the stations whose cases the actor handles.
func (o *Office) Stations(ctx context.Context, actor access.Actor) (stations []Station, err error) {
	scope := actor.Scope()
	err = o.Store.Within(ctx, func(tx Tx) error {
		for _, code := range scope.Stations {
			station, err := tx.Station(ctx, scope.Jurisdiction, code)
			if err != nil {
				return err
			}
			stations = append(stations, station)
		}
		return nil
	})
	return stations, err
}
