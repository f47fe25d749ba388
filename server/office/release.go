package office

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
	"anju/server/policy"
)

// Release is a numbered, dated version of a government's catalogue: all its entries as they stood that day. It never changes.
type Release struct {
	Jurisdiction, Government string
	Number                   int // 1, 2, 3 … of the government
	Ruleset                  string
	ReleasedAt               time.Time
	ReleasedOn               civic.Date
	By, ByName               string
	Note                     string // what has changed, for the public
	Digest                   []byte // SHA-256 of the entries
	Entries                  []policy.ReleasedEntry
	Report                   *ReleaseReport // nil while none is recorded
}

// ReleaseReport is that a release was reported to the government's office (报市、县政府办).
type ReleaseReport struct {
	On         civic.Date
	Document   string // number of the report
	RecordedAt time.Time
	By, ByName string
}

// PublishedEntry is an entry as it stands in the last release of its government.
type PublishedEntry struct {
	policy.ReleasedEntry
	Jurisdiction, Government, Ruleset string
	Number                            int
	ReleasedOn                        civic.Date
	GovernmentName, DepartmentName    civic.Text // the latter empty where the text names no department
}

// SeenDraft is a ready draft as it stood on the page from which the release was made.
type SeenDraft struct {
	Service, Department string
	Version             int
}

// ReleaseOrder is what a publisher releases.
type ReleaseOrder struct {
	Government string
	Note       string
	Seen       []SeenDraft
	Key        string // idempotency key of the form (UUID): two taps make one release
}

// Release publishes the ready drafts that the publisher has seen as the government's next version, with all that stays as it was. What
// the publisher has worked on stays behind, for a second pair of eyes.
func (o *Office) Release(ctx context.Context, actor access.Actor, order ReleaseOrder) (made Release, err error) {
	desk, err := o.desk(actor, order.Government)
	if err != nil || order.Government == "" {
		return made, ErrNotFound
	}
	if !desk.Publishes {
		return made, &Error{What: Forbidden, Why: "role"}
	}
	if !isUUID(order.Key) {
		return made, &Error{What: Invalid, Why: "key_missing"}
	}
	order.Note = strings.TrimSpace(order.Note)
	if faults := checkWords("note", order.Note, MaxNote, "release_note"); len(faults) > 0 {
		return made, judged(faults)
	}
	r, _, err := o.InForce(desk.Jurisdiction)
	if err != nil {
		return made, err
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		if err := tx.LockCatalogue(ctx, desk.Government); err != nil { // the second of two taps waits here
			return err
		}
		made, err = tx.ReleaseWithKey(ctx, desk.Jurisdiction, order.Key)
		switch {
		case err == nil && (made.Government != desk.Government || made.Note != order.Note || made.By != actor.ID):
			return ErrReused
		case err == nil || !errors.Is(err, ErrNotFound):
			return err
		}
		made, err = o.makeRelease(ctx, tx, actor, desk, r, order)
		return err
	})
	return made, err
}

func (o *Office) makeRelease(ctx context.Context, tx Tx, actor access.Actor, desk Desk, r *policy.Ruleset, order ReleaseOrder) (next Release, err error) {
	releases, err := tx.Releases(ctx, desk.Jurisdiction, desk.Government)
	if err != nil {
		return next, err
	}
	last, err := o.lastRelease(ctx, tx, releases)
	if err != nil {
		return next, err
	}
	renewal := renewable(r, desk.Government, last, o.Today())
	ready, err := o.releasable(ctx, tx, actor, desk, order.Seen)
	if err != nil && !(renewal && errors.Is(err, errNothingReady)) {
		return next, err
	}
	now := o.now()
	next = Release{Jurisdiction: desk.Jurisdiction, Government: desk.Government, Number: last.Number + 1, Ruleset: r.ID, ReleasedAt: now, ReleasedOn: civic.DateOf(now),
		By: actor.ID, Note: order.Note, Entries: merged(r, last.Entries, ready)}
	if !renewal && len(policy.Differences(last.Entries, next.Entries)) == 0 {
		return next, &Error{What: Denied, Why: "nothing_changed"}
	}
	if next.Digest, err = digestOf(next.Entries); err != nil {
		return next, err
	}
	if err := tx.CreateRelease(ctx, next, order.Key); err != nil {
		return next, err
	}
	for _, d := range ready {
		d.State, d.Reason, d.By, d.SavedAt, d.Version = EntryReleased, "", actor.ID, now, d.Version+1
		if err := tx.SaveEntryDraft(ctx, d, EntryEvent{Version: d.Version, Verb: EntryPublished, At: now, By: actor.ID, Release: next.Number}); err != nil {
			return next, err
		}
	}
	entry := o.entry(actor, ledger.Released, "catalogue")
	entry.Jurisdiction, entry.Object = next.Jurisdiction, releaseObject(next.Government, next.Number)
	return next, tx.Record(ctx, entry)
}

func releaseObject(government string, number int) string {
	return fmt.Sprintf("catalogue/%s/%d", government, number)
}

// releasable are the drafts that were seen and are still the same, without those that the publisher has worked on (four eyes).
func (o *Office) releasable(ctx context.Context, tx Tx, actor access.Actor, desk Desk, seen []SeenDraft) (ready []EntryDraft, err error) {
	drafts, err := tx.EntryDrafts(ctx, desk.Jurisdiction, desk.Government)
	if err != nil {
		return nil, err
	}
	own := false
	for _, s := range seen {
		i := slices.IndexFunc(drafts, func(d EntryDraft) bool { return d.Service == s.Service && d.Department == s.Department })
		if i < 0 || drafts[i].State != EntryReady || drafts[i].Version != s.Version {
			return nil, ErrStale
		}
		if slices.Contains(drafts[i].Writers, actor.ID) {
			own = true
			continue
		}
		if !slices.ContainsFunc(ready, func(d EntryDraft) bool { return d.EntryKey == drafts[i].EntryKey }) {
			ready = append(ready, drafts[i])
		}
	}
	switch {
	case len(ready) > 0:
		return ready, nil
	case own:
		return nil, &Error{What: Denied, Why: "four_eyes"}
	}
	return nil, errNothingReady
}

var errNothingReady = &Error{What: Denied, Why: "nothing_ready"}

// renewable reports whether what was published may be published anew as it is: the text asks for it every few years, changed or not
// (Zhangzhou 三(三) "每三年至少对外更新公布一次"), and the time is near or past.
func renewable(r *policy.Ruleset, government string, last Release, today civic.Date) bool {
	return len(last.Entries) > 0 && r.PublicationDuty(government, last.ReleasedOn, today).Pressing()
}

// merged are the entries of a release in the order of the ruleset: what was published, replaced by what is ready. Entries of services that
// the ruleset in force does not have are left out.
func merged(r *policy.Ruleset, before []policy.ReleasedEntry, ready []EntryDraft) (entries []policy.ReleasedEntry) {
	for i := range r.Services {
		s := &r.Services[i]
		for _, department := range departmentsOf(s) {
			if k := slices.IndexFunc(ready, func(d EntryDraft) bool { return d.Service == s.ID && d.Department == department }); k >= 0 {
				if !ready[k].Withdrawn {
					entries = append(entries, policy.ReleasedEntry{Service: s.ID, Department: department, Entry: ready[k].Entry})
				}
				continue
			}
			if k := slices.IndexFunc(before, func(e policy.ReleasedEntry) bool { return e.Service == s.ID && e.Department == department }); k >= 0 {
				entries = append(entries, before[k])
			}
		}
	}
	return entries
}

func digestOf(entries []policy.ReleasedEntry) ([]byte, error) {
	body, err := json.Marshal(entries)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	return sum[:], nil
}

// release reads a release and makes sure that its entries are those that were released.
func (o *Office) release(ctx context.Context, tx Tx, jurisdiction, government string, number int) (Release, error) {
	r, err := tx.Release(ctx, jurisdiction, government, number)
	if err != nil {
		return r, err
	}
	digest, err := digestOf(r.Entries)
	if err == nil && !bytes.Equal(digest, r.Digest) {
		err = fmt.Errorf("office: release %d of %s is not what was released", number, government)
	}
	return r, err
}

// Releases lists the versions of a government's catalogue, newest first, without their entries. Anyone may read them.
func (o *Office) Releases(ctx context.Context, government string) (list []Release, err error) {
	r, err := o.government(government)
	if err != nil {
		return nil, err
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		list, err = tx.Releases(ctx, r.Jurisdiction, government)
		return err
	})
	return list, err
}

// ReleaseOf returns a version of a government's catalogue and the one before it, which is empty for the first.
func (o *Office) ReleaseOf(ctx context.Context, government string, number int) (r, before Release, err error) {
	law, err := o.government(government)
	if err != nil {
		return r, before, err
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		if r, err = o.release(ctx, tx, law.Jurisdiction, government, number); err != nil || number == 1 {
			return err
		}
		before, err = o.release(ctx, tx, law.Jurisdiction, government, number-1)
		return err
	})
	return r, before, err
}

// Published returns what departments have added to a service, as it stands today: of the governments named, in their order, such as the
// city's and then the county's; of all of the service's city when none is named.
func (o *Office) Published(ctx context.Context, service string, governments ...string) (list []PublishedEntry, err error) {
	i := slices.IndexFunc(o.Book.Jurisdictions(), func(j policy.Jurisdiction) bool {
		return slices.ContainsFunc(j.Rulesets, func(r *policy.Ruleset) bool { _, ok := r.Service(service); return ok })
	})
	if i < 0 {
		return nil, ErrNotFound
	}
	j := o.Book.Jurisdictions()[i]
	if len(governments) == 0 {
		governments = j.Rulesets[0].Governments()
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		all, err := tx.PublishedEntries(ctx, j.Code, service)
		for _, government := range governments {
			for _, e := range all {
				if e.Government == government {
					e.GovernmentName, e.DepartmentName = o.GovernmentName(government), o.DepartmentName(e.Ruleset, e.Department)
					list = append(list, e)
				}
			}
		}
		return err
	})
	return list, err
}

// ReportRelease records that a release was reported to the government's office. It is recorded once.
func (o *Office) ReportRelease(ctx context.Context, actor access.Actor, government string, number int, on civic.Date, document string) error {
	desk, err := o.desk(actor, government)
	if err != nil || government == "" {
		return ErrNotFound
	}
	if !desk.Publishes {
		return &Error{What: Forbidden, Why: "role"}
	}
	document = strings.TrimSpace(document)
	return o.Store.Within(ctx, func(tx Tx) error {
		if err := tx.LockCatalogue(ctx, government); err != nil {
			return err
		}
		r, err := tx.Release(ctx, desk.Jurisdiction, government, number)
		if err != nil {
			return err
		}
		if faults := checkReport(r, on, document, o.Today()); len(faults) > 0 {
			return judged(faults)
		}
		if r.Report != nil {
			if r.Report.On == on && r.Report.Document == document {
				return nil // the second of two taps
			}
			return &Error{What: Denied, Why: "reported_already"}
		}
		if err := tx.CreateReport(ctx, r, ReleaseReport{On: on, Document: document, RecordedAt: o.now(), By: actor.ID}); err != nil {
			return err
		}
		entry := o.entry(actor, ledger.Filed, "catalogue_report")
		entry.Jurisdiction, entry.Object = desk.Jurisdiction, releaseObject(government, number)
		return tx.Record(ctx, entry)
	})
}

func checkReport(r Release, on civic.Date, document string, today civic.Date) (faults permit.Faults) {
	switch {
	case on.IsZero():
		faults = permit.Faults{{Field: "reported_on", Code: "date"}}
	case on.Before(r.ReleasedOn):
		faults = permit.Faults{{Field: "reported_on", Code: "report_early"}}
	case on.After(today):
		faults = permit.Faults{{Field: "reported_on", Code: "report_future"}}
	}
	return append(faults, checkLine("document", document, MaxNumber, "report_number")...)
}

// MaxNumber is how many characters the number of a document may have.
const MaxNumber = 100
