package office

import (
	"context"
	"strings"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
)

// CalendarTx keeps the years of the calendar that an administrator has entered.
type CalendarTx interface {
	// CalendarYears returns the newest version of every year that was entered, in order.
	CalendarYears(ctx context.Context) ([]CalendarEntry, error)
	// SaveCalendarYear adds a version: entry.Version is the one that was seen, 0 for none. Another one in between is ErrStale.
	SaveCalendarYear(ctx context.Context, entry CalendarEntry) error
}

// CalendarEntry is a year of the calendar with the notice that arranges it.
type CalendarEntry struct {
	civic.CalendarYear
	Document string // number of the notice; empty for a year of the program's own table
	Version  int    // 0 for a year of the program's own table
	By       string // staff id
	ByName   string
	At       time.Time
}

// MaxCalendarDocument is the longest number of a notice, in characters.
const MaxCalendarDocument = 100

// calendar is the one by which deadlines are counted now: the program's table, with the years that were entered in place of its own.
func (o *Office) calendar(ctx context.Context, tx Tx) (civic.Calendar, error) {
	entered, err := tx.CalendarYears(ctx)
	if err != nil {
		return civic.Calendar{}, err
	}
	years := make([]civic.CalendarYear, len(entered))
	for i, e := range entered {
		years[i] = e.CalendarYear
	}
	return o.Calendar.Replaced(years...)
}

// CalendarTable is the calendar as an administrator sees it.
type CalendarTable struct {
	Years   []CalendarEntry // from this year on, the next one included even if nothing is known of it
	Horizon int             // the last year of which every day is known, 0 when this one is not
	Warn    bool            // deadlines of the next weeks may pass the horizon
}

// warnDays is how long before the end of the known years an administrator is warned: notices come out in November, and the longest
// deadline of a ruleset is some weeks.
const warnDays = 60

// CalendarTable returns what is known of this year and those after it.
func (o *Office) CalendarTable(ctx context.Context) (t CalendarTable, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		entered, err := tx.CalendarYears(ctx)
		if err != nil {
			return err
		}
		known, err := o.calendar(ctx, tx)
		if err != nil {
			return err
		}
		today := o.Today()
		t.Horizon = known.Horizon(today)
		t.Warn = !known.Covers(today.AddDays(warnDays))
		for year := today.Year(); year <= max(t.Horizon, today.Year())+1; year++ {
			one := CalendarEntry{CalendarYear: known.Days(year)}
			for _, e := range entered {
				if e.Year == year {
					one = e
				}
			}
			t.Years = append(t.Years, one)
		}
		return nil
	})
	return t, err
}

// SetCalendarYear enters a year by its notice, or corrects one. Deadlines that run already keep their day; those that begin from now on
// count by it.
func (o *Office) SetCalendarYear(ctx context.Context, actor access.Actor, entry CalendarEntry) error {
	if !actor.Holds(access.Administrator) {
		return &Error{What: Forbidden, Why: "role"}
	}
	today := o.Today()
	if entry.Year < today.Year() || entry.Year > today.Year()+2 {
		return ErrNotFound
	}
	var faults permit.Faults
	wrong := entry.CalendarYear.Check()
	for _, field := range []string{"holidays", "workdays"} {
		if code := wrong[field]; code != "" {
			faults = append(faults, permit.Fault{Field: field, Code: code})
		}
	}
	entry.Document = strings.TrimSpace(entry.Document)
	if n := len([]rune(entry.Document)); n == 0 || n > MaxCalendarDocument {
		faults = append(faults, permit.Fault{Field: "document", Code: "calendar_document"})
	}
	if len(faults) > 0 {
		return judged(faults)
	}
	entry.By, entry.At = actor.ID, o.now()
	return o.Store.Within(ctx, func(tx Tx) error {
		if err := tx.SaveCalendarYear(ctx, entry); err != nil {
			return err
		}
		e := o.entry(actor, ledger.Filed, "calendar")
		e.Jurisdiction, e.Station = "", "" // the calendar belongs to no city
		return tx.Record(ctx, e)
	})
}
