package office

import (
	"context"
	"slices"
	"strconv"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
)

// ChangeTx gives out the changes of a city in order.
type ChangeTx interface {
	// PublishChanges gives positions to changes that have none, at most so many, and returns the range that is kept.
	PublishChanges(ctx context.Context, jurisdiction string, limit int) (Horizon, error)
	// Changes returns the changes behind a position, as a partner is given them in a scope, and writes down for each person that it was
	// given: once for a partner and a change, however often it is fetched.
	Changes(ctx context.Context, f ChangesFinder, view ledger.Entry) ([]Change, error)
}

// Horizon is the range of positions that can be fetched: those after Purged, up to Last.
type Horizon struct{ Purged, Last int64 }

// ChangesFinder says which changes are wanted, and for whom.
type ChangesFinder struct {
	Jurisdiction, Partner, Scope string
	Fields                       []string // which of the telling ones are opened
	After                        int64
	Limit                        int
}

// Change is something that happened to a permit, with the permit as it stands now.
type Change struct {
	Position int64
	Permit   permit.Permit
	Holder   permit.Person // name and ID number, if they were asked for
	Verb     string
	Status   permit.Status // after it
	Version  int           // of the permit, after it: rises by one with every change of that permit
	At       time.Time
	On       civic.Date // from which it counts
}

// ChangePage is a part of the feed.
type ChangePage struct {
	Changes []Change
	Fields  []string // what the partner is given of each
	Next    string   // where to go on
	More    bool     // there is more already
}

const (
	// MaxChanges is how many changes one answer holds.
	MaxChanges = 500
	// ChangesKept is how long changes can be fetched.
	ChangesKept = 90 * 24 * time.Hour
	// published is how many changes are given positions at a time: whoever comes first after a large job does not do all of it.
	published = 5000
)

// Changes returns the changes of the partner's city after a cursor; "" begins with the oldest that is kept.
func (o *Office) Changes(ctx context.Context, actor access.Actor, after string, limit int) (page ChangePage, err error) {
	city, code := actor.PartnerOf()
	if city == "" {
		return page, &Error{What: Forbidden, Why: "scope"}
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		p, err := tx.LockPartner(ctx, city, code) // of two requests at once the second one sees what was written down for the first
		if err != nil {
			return err
		}
		scope, ok := p.Scope(access.ScopeChanges)
		if !ok {
			return &Error{What: Forbidden, Why: "scope"}
		}
		kept, err := tx.PublishChanges(ctx, city, published)
		if err != nil {
			return err
		}
		from := kept.Purged
		if after != "" {
			from, err = strconv.ParseInt(after, 10, 64)
			switch {
			case err != nil || from < 0 || from > kept.Last || strconv.FormatInt(from, 10) != after:
				return &Error{What: Invalid, Why: "cursor"}
			case from < kept.Purged:
				return &Error{What: Gone, Why: "cursor"}
			}
		}
		for _, field := range access.PartnerFields() {
			if scope.Fields[field] != "" {
				page.Fields = append(page.Fields, field)
			}
		}
		f := ChangesFinder{Jurisdiction: city, Partner: code, Scope: scope.Scope, After: from, Limit: limit,
			Fields: slices.DeleteFunc(slices.Clone(page.Fields), func(field string) bool { return !access.Telling(field) })}
		if page.Changes, err = tx.Changes(ctx, f, o.entry(actor, ledger.Shared, access.ScopeChanges)); err != nil {
			return err
		}
		last := from
		if n := len(page.Changes); n > 0 {
			last = page.Changes[n-1].Position
		}
		page.Next, page.More = strconv.FormatInt(last, 10), last < kept.Last
		return nil
	})
	return page, err
}
