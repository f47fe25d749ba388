package office

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"anju/server/access"
	"anju/server/ledger"
	"anju/server/permit"
	"anju/server/policy"
)

// EntryKey says which entry: one department's texts for one service, in the catalogue of one government.
type EntryKey struct {
	Jurisdiction, Government, Service, Department string
}

// EntryState is where a draft stands.
type EntryState string

// The states of a draft. What has been released may be drafted anew.
const (
	EntryDrafting EntryState = "drafting"
	EntryReady    EntryState = "ready" // handed over to the publisher
	EntryReturned EntryState = "returned"
	EntryReleased EntryState = "released"
)

// The verbs of a draft's history.
const (
	EntrySaved      = "save"
	EntryHandedOver = "hand_over"
	EntryWithdrawn  = "withdraw"
	EntrySentBack   = "return"
	EntryPublished  = "release"
)

// EntryDraft is an entry that is being written.
type EntryDraft struct {
	EntryKey
	Ruleset   string
	State     EntryState
	Withdrawn bool // handed over to be taken out of the catalogue
	Entry     policy.Entry
	Reason    string // why the publisher returned it
	SavedAt   time.Time
	By        string // staff id of who did the last step
	ByName    string
	Version   int
	Writers   []string // who has worked on it since it was last released: none of them releases it
}

// EntryEvent is one step of a draft's history.
type EntryEvent struct {
	Version int
	Verb    string
	At      time.Time
	By      string
	ByName  string
	Reason  string
	Release int // the release that it went into
}

// EntryEdit is what somebody does to an entry: the draft as it was when the page was made, and the texts.
type EntryEdit struct {
	Government, Service, Department string
	Version                         int // 0 for a draft that nobody has begun
	Entry                           policy.Entry
}

// EntryLine is an entry in the list of a catalogue.
type EntryLine struct {
	Service    *policy.Service
	Department string
	Draft      *EntryDraft   // nil while nobody has begun
	Published  *policy.Entry // as it stands in the last release; nil when it does not
	Mine       bool          // the actor writes it
	Own        bool          // the actor has worked on the draft, so that somebody else releases it
}

// Catalogue is the catalogue of a government as those see it who work on it.
type Catalogue struct {
	Desk
	Desks    []Desk
	Ruleset  *policy.Ruleset
	Duty     policy.Duty
	Lines    []EntryLine
	Releases []Release // newest first, without entries
}

// Renewable reports whether the catalogue may be released anew without a change, because the text asks for it by now.
func (c Catalogue) Renewable() bool { return len(c.Releases) > 0 && c.Duty.Pressing() }

// Ready lists the drafts that wait for a release.
func (c Catalogue) Ready() []EntryLine {
	return slices.DeleteFunc(slices.Clone(c.Lines), func(l EntryLine) bool { return l.Draft == nil || l.Draft.State != EntryReady })
}

// Catalogue returns a government's catalogue to whoever has a desk there; no name is the actor's first government.
func (o *Office) Catalogue(ctx context.Context, actor access.Actor, government string) (c Catalogue, err error) {
	if c.Desk, err = o.desk(actor, government); err != nil {
		return c, err
	}
	c.Desks = o.Desks(actor)
	if c.Ruleset, _, err = o.InForce(c.Jurisdiction); err != nil {
		return c, err
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		drafts, err := tx.EntryDrafts(ctx, c.Jurisdiction, c.Government)
		if err != nil {
			return err
		}
		if c.Releases, err = tx.Releases(ctx, c.Jurisdiction, c.Government); err != nil {
			return err
		}
		last, err := o.lastRelease(ctx, tx, c.Releases)
		if err != nil {
			return err
		}
		c.Duty = c.Ruleset.PublicationDuty(c.Government, last.ReleasedOn, o.Today())
		c.Lines = entryLines(c.Desk, c.Ruleset, drafts, last, actor)
		return nil
	})
	return c, err
}

// lastRelease reads the newest release of a list with its entries; without any it is empty.
func (o *Office) lastRelease(ctx context.Context, tx Tx, releases []Release) (Release, error) {
	if len(releases) == 0 {
		return Release{}, nil
	}
	return o.release(ctx, tx, releases[0].Jurisdiction, releases[0].Government, releases[0].Number)
}

func entryLines(d Desk, r *policy.Ruleset, drafts []EntryDraft, last Release, actor access.Actor) (lines []EntryLine) {
	for i := range r.Services {
		s := &r.Services[i]
		for _, department := range departmentsOf(s) {
			line := EntryLine{Service: s, Department: department, Mine: d.Drafts(department)}
			for k := range drafts {
				if drafts[k].Service == s.ID && drafts[k].Department == department {
					line.Draft, line.Own = &drafts[k], slices.Contains(drafts[k].Writers, actor.ID)
				}
			}
			for k, e := range last.Entries {
				if e.Service == s.ID && e.Department == department {
					line.Published = &last.Entries[k].Entry
				}
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// departmentsOf are the departments that write about a service; the empty one where the text names none.
func departmentsOf(s *policy.Service) []string {
	if len(s.Departments) == 0 {
		return []string{""}
	}
	return s.Departments
}

// EntryFile is one entry with its history.
type EntryFile struct {
	EntryLine
	Desk
	Ruleset *policy.Ruleset
	Events  []EntryEvent
}

// Entry returns one entry to whoever has a desk at its government. An editor sees those of the own departments only.
func (o *Office) Entry(ctx context.Context, actor access.Actor, government, service, department string) (f EntryFile, err error) {
	c, err := o.Catalogue(ctx, actor, government)
	if err != nil {
		return f, err
	}
	i := slices.IndexFunc(c.Lines, func(l EntryLine) bool { return l.Service.ID == service && l.Department == department })
	if i < 0 || !c.Lines[i].Mine && !c.Publishes && !c.Supervises {
		return f, ErrNotFound
	}
	f = EntryFile{EntryLine: c.Lines[i], Desk: c.Desk, Ruleset: c.Ruleset}
	err = o.Store.Within(ctx, func(tx Tx) error {
		f.Events, err = tx.EntryEvents(ctx, EntryKey{c.Jurisdiction, c.Government, service, department})
		return err
	})
	return f, err
}

// SaveEntry keeps a draft as far as it is written.
func (o *Office) SaveEntry(ctx context.Context, actor access.Actor, edit EntryEdit) (EntryDraft, error) {
	return o.writeEntry(ctx, actor, edit, EntrySaved)
}

// HandOver keeps a draft and hands it to the publisher: it is complete.
func (o *Office) HandOver(ctx context.Context, actor access.Actor, edit EntryEdit) (EntryDraft, error) {
	return o.writeEntry(ctx, actor, edit, EntryHandedOver)
}

// WithdrawEntry asks the publisher to take a published entry out of the catalogue.
func (o *Office) WithdrawEntry(ctx context.Context, actor access.Actor, edit EntryEdit) (EntryDraft, error) {
	return o.writeEntry(ctx, actor, edit, EntryWithdrawn)
}

// ReturnEntry sends a draft that was handed over back to the department, with the reason.
func (o *Office) ReturnEntry(ctx context.Context, actor access.Actor, edit EntryEdit, reason string) (EntryDraft, error) {
	desk, r, err := o.entryDesk(actor, edit)
	if err != nil {
		return EntryDraft{}, err
	}
	if !desk.Publishes {
		return EntryDraft{}, &Error{What: Forbidden, Why: "role"}
	}
	reason = strings.TrimSpace(reason)
	if faults := checkWords("reason", reason, MaxNote, "entry_reason"); len(faults) > 0 {
		return EntryDraft{}, judged(faults)
	}
	return o.moveEntry(ctx, actor, desk, r, edit, EntryEvent{Verb: EntrySentBack, Reason: reason})
}

// MaxNote is how many characters a reason or the note of a release may have.
const MaxNote = 500

// checkLine demands a few words on one line, checkWords on one or several.
func checkLine(field, words string, most int, code string) permit.Faults {
	if strings.ContainsFunc(words, unicode.IsControl) {
		return permit.Faults{{Field: field, Code: "words_characters"}}
	}
	return checkWords(field, words, most, code)
}

func checkWords(field, words string, most int, code string) permit.Faults {
	switch {
	case words == "":
		return permit.Faults{{Field: field, Code: code}}
	case utf8.RuneCountInString(words) > most:
		return permit.Faults{{Field: field, Code: code + "_long"}}
	case strings.ContainsFunc(words, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' }):
		return permit.Faults{{Field: field, Code: "words_characters"}}
	}
	return nil
}

// entryDesk finds the desk at which an entry is worked on. What is not the actor's does not exist.
func (o *Office) entryDesk(actor access.Actor, edit EntryEdit) (Desk, *policy.Ruleset, error) {
	desk, err := o.desk(actor, edit.Government)
	if err != nil || edit.Government == "" {
		return desk, nil, ErrNotFound
	}
	r, _, err := o.InForce(desk.Jurisdiction)
	if err != nil {
		return desk, nil, err
	}
	s, ok := r.Service(edit.Service)
	if !ok || !slices.Contains(departmentsOf(s), edit.Department) || !desk.Publishes && !desk.Drafts(edit.Department) {
		return desk, nil, ErrNotFound
	}
	return desk, r, nil
}

func (o *Office) writeEntry(ctx context.Context, actor access.Actor, edit EntryEdit, verb string) (EntryDraft, error) {
	desk, r, err := o.entryDesk(actor, edit)
	if err != nil {
		return EntryDraft{}, err
	}
	if !desk.Drafts(edit.Department) {
		return EntryDraft{}, ErrNotFound
	}
	edit.Entry = edit.Entry.Tidy()
	faults := edit.Entry.Check()
	if verb == EntryHandedOver {
		faults = edit.Entry.CheckComplete()
	}
	if len(faults) > 0 && verb != EntryWithdrawn {
		return EntryDraft{}, judged(entryFaults(faults))
	}
	return o.moveEntry(ctx, actor, desk, r, edit, EntryEvent{Verb: verb})
}

func entryFaults(faults []policy.Fault) (list permit.Faults) {
	for _, f := range faults {
		list = append(list, permit.Fault{Field: f.Field, Code: "entry_" + string(f.Code)})
	}
	return list
}

// moveEntry takes a draft one step further. The same step sent twice is taken once and answered twice, also when both come at once: the
// slower one looks again and finds its own step taken.
func (o *Office) moveEntry(ctx context.Context, actor access.Actor, desk Desk, r *policy.Ruleset, edit EntryEdit, event EntryEvent) (EntryDraft, error) {
	d, err := o.stepEntry(ctx, actor, desk, r, edit, event)
	if errors.Is(err, ErrStale) {
		return o.stepEntry(ctx, actor, desk, r, edit, event)
	}
	return d, err
}

func (o *Office) stepEntry(ctx context.Context, actor access.Actor, desk Desk, r *policy.Ruleset, edit EntryEdit, event EntryEvent) (d EntryDraft, err error) {
	key := EntryKey{desk.Jurisdiction, desk.Government, edit.Service, edit.Department}
	err = o.Store.Within(ctx, func(tx Tx) error {
		if d, err = tx.EntryDraft(ctx, key); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		next, err := o.stepped(ctx, tx, d, edit, event)
		if err != nil {
			return err
		}
		if d.Version == edit.Version+1 && d.By == actor.ID && d.State == next.State && d.Entry == next.Entry && d.Reason == next.Reason && d.Withdrawn == next.Withdrawn {
			return nil // the second of two taps
		}
		if d.Version != edit.Version || event.Verb == EntrySentBack && d.State != EntryReady {
			return ErrStale
		}
		next.EntryKey, next.Ruleset, next.Version, next.SavedAt, next.By = key, r.ID, edit.Version+1, o.now(), actor.ID
		event.Version, event.At, event.By = next.Version, next.SavedAt, actor.ID
		if err := tx.SaveEntryDraft(ctx, next, event); err != nil {
			return err
		}
		d = next
		entry := o.entry(actor, ledger.Drafted, "catalogue_"+event.Verb)
		entry.Jurisdiction, entry.Object = key.Jurisdiction, "catalogue/"+key.Government+"/"+key.Service
		return tx.Record(ctx, entry)
	})
	return d, err
}

// stepped is what a step makes of a draft.
func (o *Office) stepped(ctx context.Context, tx Tx, d EntryDraft, edit EntryEdit, event EntryEvent) (EntryDraft, error) {
	next := EntryDraft{State: EntryDrafting, Entry: edit.Entry}
	switch event.Verb {
	case EntryHandedOver:
		next.State = EntryReady
	case EntrySentBack:
		next.State, next.Entry, next.Withdrawn, next.Reason = EntryReturned, d.Entry, d.Withdrawn, event.Reason
	case EntryWithdrawn:
		next.State, next.Entry, next.Withdrawn = EntryReady, d.Entry, true
		published, err := tx.PublishedEntries(ctx, d.Jurisdiction, d.Service) // of a draft that nobody has begun nothing is published
		if err != nil {
			return next, err
		}
		if !slices.ContainsFunc(published, func(p PublishedEntry) bool { return p.Government == d.Government && p.Department == d.Department }) {
			return next, &Error{What: Denied, Why: "entry_unpublished"}
		}
	}
	return next, nil
}
