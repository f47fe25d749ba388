package console

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// entryPage is one entry: the form for whoever writes it, the texts for whoever reads or releases it, and beside them the law's own words.
type entryPage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Place    string
	Title    string
	State    *parts.TagView
	Reason   string // why it was returned
	Removal  bool   // it waits to be taken out of the catalogue
	Rows     []parts.Row
	Changes  []changedField // against what is published
	Law      lawText
	Timeline parts.TimelineView

	Write    bool // the visitor writes the entry
	Withdraw bool // the visitor may ask for its removal
	Return   bool // the visitor may return it
	Typed    policy.Entry
	Typing   string // the reason that was typed
	Hidden   []parts.Hidden
	Path     string
	Kept     bool // what is in the form was typed before and is not saved
	Stale    *staleEntry
	Errors   parts.Errors
}

// lawText is what the ruleset says of the service; it is not changed here.
type lawText struct {
	Clause parts.ClauseView
	Items  []lawItem
}

type lawItem struct {
	Label      string
	Conditions []string
}

// staleEntry says what a colleague did while the form stood open, and where the texts differ.
type staleEntry struct {
	Happened []string
	Changes  []changedField
}

// changedField is a text of an entry that differs.
type changedField struct {
	Label string
	View  parts.DifferenceView
}

// entryChanges says what a draft would change in the catalogue.
func entryChanges(p text.Printer, line office.EntryLine) []changedField {
	var before, after policy.Entry
	if line.Published != nil {
		before = *line.Published
	}
	if !line.Draft.Withdrawn {
		after = line.Draft.Entry
	}
	return changedFields(p, before, after)
}

func changedFields(p text.Printer, before, after policy.Entry) (list []changedField) {
	entry := func(e policy.Entry) []policy.ReleasedEntry { return []policy.ReleasedEntry{{Entry: e}} }
	for _, d := range policy.Differences(entry(before), entry(after)) {
		for _, f := range d.Fields {
			label := p.Say("entry." + string(f.Field))
			if f.English {
				label = p.Say("entry.english", "Field", label)
			}
			list = append(list, changedField{label, differenceView(f.Lines)})
		}
	}
	return list
}

func differenceView(lines []policy.LineDifference) (view parts.DifferenceView) {
	for _, line := range lines {
		one := parts.DifferenceLine{Added: line.Kind == policy.Added, Removed: line.Kind == policy.Removed}
		for _, span := range line.Spans {
			one.Spans = append(one.Spans, parts.DifferenceSpan{Text: span.Text, Marked: span.Kind != policy.Same && len(line.Spans) > 1})
		}
		view.Lines = append(view.Lines, one)
	}
	return view
}

func (s *Console) entry(c *fiber.Ctx) error {
	v, query := web.VisitOf(c), web.Query(c)
	file, err := s.office.Entry(c.UserContext(), v.Actor, query.Get("government"), c.Params("service"), query.Get("department"))
	if err != nil {
		return err
	}
	page := s.entryPage(v, file)
	if page.Write {
		parked, err := s.office.Unpark(c.UserContext(), v.Actor.ID, page.Path)
		if err != nil {
			return err
		}
		if parked != nil { // kept until it is saved: a reload or another language loses nothing
			form := web.NewForm(parked)
			page.Typed, page.Kept = entryOf(form), true
			page.Errors = entryErrors(v.Printer, page.Typed)
			page.Frame.HasErrors = len(page.Errors) > 0
			if version, _ := strconv.Atoi(form.Get("version")); version != versionNow(file) {
				page.Stale = staleEntryOf(v.Printer, file, version, page.Typed)
			}
			if err := s.office.Park(c.UserContext(), v.Actor.ID, page.Path, parked); err != nil {
				return err
			}
		}
	}
	return web.Render(c, fiber.StatusOK, entryView(page))
}

func versionNow(file office.EntryFile) int {
	if file.Draft == nil {
		return 0
	}
	return file.Draft.Version
}

func (s *Console) entryPage(v *web.Visit, file office.EntryFile) entryPage {
	p := v.Printer
	page := entryPage{Frame: frame(v, pick(p, file.Service.Title)), Visit: v, Place: pick(p, s.office.GovernmentName(file.Government)), Title: s.entryTitle(p, file.Ruleset.ID, file.EntryLine),
		State: entryTag(p, file.Draft), Write: file.Mine, Path: entryPath(file.Government, file.Service.ID, file.Department), Law: s.lawText(p, file), Timeline: entryTimeline(p, file)}
	page.Frame.Wide, page.Frame.Path = true, page.Path
	page.Frame.Back = &parts.Link{Label: p.Say("console.catalogue.back"), Href: cataloguePath(file.Government)}
	page.Hidden = []parts.Hidden{{Name: "government", Value: file.Government}, {Name: "department", Value: file.Department}, {Name: "version", Value: strconv.Itoa(versionNow(file))}}
	if d := file.Draft; d != nil {
		page.Typed, page.Reason, page.Removal = d.Entry, d.Reason, d.Withdrawn
		page.Return = file.Publishes && d.State == office.EntryReady
		page.Rows = parts.EntryRows(p, d.Entry)
		if d.State != office.EntryReleased {
			page.Changes = entryChanges(p, file.EntryLine)
		}
	}
	page.Withdraw = page.Write && file.Published != nil && !page.Removal
	return page
}

// lawText lays out what the ruleset says of the service.
func (s *Console) lawText(p text.Printer, file office.EntryFile) lawText {
	law := lawText{Clause: parts.ClauseView{Number: file.Service.Clause, Document: pick(p, file.Ruleset.Name), Text: file.Service.Quote, Open: true}}
	for _, item := range file.Service.Items {
		one := lawItem{Label: pick(p, item.Label)}
		for _, code := range item.Conditions {
			if condition, ok := s.office.Book.Condition(code); ok {
				one.Conditions = append(one.Conditions, pick(p, condition.Label))
			}
		}
		law.Items = append(law.Items, one)
	}
	return law
}

func entryTimeline(p text.Printer, file office.EntryFile) parts.TimelineView {
	view := parts.TimelineView{Label: p.Say("console.entry.history")}
	for _, e := range file.Events {
		step := parts.Step{State: parts.Past, Title: p.Say("console.entry.did." + e.Verb), When: moment(p, e.At), Who: e.ByName, Detail: e.Reason}
		if e.Verb == office.EntrySentBack {
			step.Tone = parts.Stop
		}
		if e.Release > 0 {
			step.Action = &parts.Link{Label: p.Say("release.number", "Number", e.Release), Href: releasePath(file.Government, e.Release)}
		}
		view.Steps = append(view.Steps, step)
	}
	return view
}

// entryOf reads the texts of the form.
func entryOf(form web.Form) (e policy.Entry) {
	for _, f := range policy.EntryFields() {
		*e.Text(f) = civic.Text{Zh: form.Get(string(f) + "_zh"), En: form.Get(string(f) + "_en")}
	}
	return e.Tidy()
}

// entryErrors are the faults of texts that were typed and are not saved.
func entryErrors(p text.Printer, e policy.Entry) (list parts.Errors) {
	for _, f := range e.Check() {
		list = append(list, parts.Error{Field: f.Field, Message: p.Say("fault.entry_" + string(f.Code))})
	}
	return named(p, list)
}

// named puts the name of its text before each fault of an entry: several of them may say the same.
func named(p text.Printer, list parts.Errors) parts.Errors {
	for i, one := range list {
		for _, f := range policy.EntryFields() {
			label := p.Say("entry." + string(f))
			switch one.Field {
			case string(f) + "_en":
				label = p.Say("entry.english", "Field", label)
				fallthrough
			case string(f) + "_zh":
				list[i].Message = label + p.Pick("：", ": ") + one.Message
			}
		}
	}
	return list
}

// entryVerb is what the form of an entry does, by its address.
type entryVerb struct {
	name string // of the flash
	do   func(o *office.Office, ctx context.Context, actor access.Actor, edit office.EntryEdit, reason string) (office.EntryDraft, error)
}

var (
	entrySave = entryVerb{"entry_saved", func(o *office.Office, ctx context.Context, a access.Actor, e office.EntryEdit, _ string) (office.EntryDraft, error) {
		return o.SaveEntry(ctx, a, e)
	}}
	entryHandOver = entryVerb{"entry_handed_over", func(o *office.Office, ctx context.Context, a access.Actor, e office.EntryEdit, _ string) (office.EntryDraft, error) {
		return o.HandOver(ctx, a, e)
	}}
	entryWithdraw = entryVerb{"entry_withdrawn", func(o *office.Office, ctx context.Context, a access.Actor, e office.EntryEdit, _ string) (office.EntryDraft, error) {
		return o.WithdrawEntry(ctx, a, e)
	}}
	entryReturn = entryVerb{"entry_returned", func(o *office.Office, ctx context.Context, a access.Actor, e office.EntryEdit, reason string) (office.EntryDraft, error) {
		return o.ReturnEntry(ctx, a, e, reason)
	}}
)

// writeEntry takes a step with an entry. What was typed is never lost: not to a fault, not to a colleague who was faster, not to a session
// that has ended (see signedOut).
func (s *Console) writeEntry(verb entryVerb) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v := web.VisitOf(c)
		form, err := web.ReadForm(c)
		if err != nil {
			return err
		}
		edit := office.EntryEdit{Government: form.Get("government"), Department: form.Get("department"), Service: c.Params("service"), Entry: entryOf(form)}
		edit.Version, err = strconv.Atoi(form.Get("version"))
		if err != nil {
			edit.Version = -1 // of no page that we made: answered as a page that is out of date
		}
		path := entryPath(edit.Government, edit.Service, edit.Department)
		_, err = verb.do(s.office, c.UserContext(), v.Actor, edit, form.Get("reason"))
		if err == nil {
			if _, err := s.office.Unpark(c.UserContext(), v.Actor.ID, path); err != nil {
				return err
			}
			web.SetFlash(c, verb.name)
			return web.SeeOther(c, path)
		}
		problems := named(v.Printer, s.refusal(v.Printer, err, "", office.FaultsOf(err)))
		if problems == nil {
			return err
		}
		file, readErr := s.office.Entry(c.UserContext(), v.Actor, edit.Government, edit.Service, edit.Department)
		if readErr != nil {
			return readErr
		}
		page := s.entryPage(v, file)
		page.Errors, page.Frame.HasErrors, page.Typing = problems, true, form.Get("reason")
		if form.Has("scope_zh") && page.Write {
			page.Typed = edit.Entry
			if err := s.office.Park(c.UserContext(), v.Actor.ID, path, form.Values()); err != nil {
				return err
			}
		}
		if errors.Is(err, office.ErrStale) {
			page.Stale, page.Errors = staleEntryOf(v.Printer, file, edit.Version, page.Typed), nil
		}
		return web.Render(c, refusalStatus(err), entryView(page))
	}
}

// staleEntryOf says what has happened since a version of the draft, and how its texts differ from those that were typed.
func staleEntryOf(p text.Printer, file office.EntryFile, version int, typed policy.Entry) *staleEntry {
	st := &staleEntry{}
	for _, e := range file.Events {
		if e.Version > version {
			st.Happened = append(st.Happened, fmt.Sprintf("%s%s%s%s%s", moment(p, e.At), p.Pick("，", ", "), e.ByName, p.Pick("：", ": "), p.Say("console.entry.did."+e.Verb)))
		}
	}
	if file.Draft != nil {
		st.Changes = changedFields(p, file.Draft.Entry, typed)
	}
	return st
}

// actionPath is where a step with the entry is posted: its page without the query, which stands in hidden fields.
func actionPath(page entryPage, step string) string {
	path, _, _ := strings.Cut(page.Path, "?")
	return path + step
}
