package portal

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// missingView is a notice as the applicant reads it.
type missingView struct {
	BestBy string
	Lines  []missingLine
}

// missingLine is one thing that is missing, and what the officer wrote about it,
// and which other applications hold the same document.
type missingLine struct{ What, Line, Shared string }

// missingOf is the notice that waits for an answer, nil when none does. Without lines for whoever has not signed in: an officer may have
// written a name there.
func missingOf(p text.Printer, progress office.Progress, r *policy.Ruleset, lines bool) *missingView {
	notice, open := progress.Course.Open()
	if s := progress.Application.State; !open || s != permit.ToSupplement && s != permit.InReview {
		return nil
	}
	view := missingView{BestBy: parts.Date(p, notice.BestBy)}
	for _, d := range notice.Deficiencies {
		one := missingLine{What: p.Say("notice.deficiency", "Subject", subjectName(p, r, d.Subject), "Problem", p.Say("deficiency."+d.Code))}
		if lines {
			one.Line, one.Shared = d.Line, sharedWith(p, progress.Shared, d.Subject.Evidence())
		}
		view.Lines = append(view.Lines, one)
	}
	return &view
}

func subjectName(p text.Printer, r *policy.Ruleset, s permit.Subject) string {
	if field := s.Field(); field != "" {
		return p.Say("notice.field." + field)
	}
	return kindName(p, office.PreApplication{Ruleset: r}, s.Evidence())
}

// supplementPage asks for everything that the notice names, and nothing else.
type supplementPage struct {
	stepPage
	Action    string
	Missing   missingView
	Documents parts.SummaryView // that are asked for, and whether they have come
	Upload    string            // where documents are added, "" when none is asked for
	Questions []question
	Words     string
	Form      []parts.Hidden
	Late      bool // the notice was answered meanwhile
}

// question is one step of the form.
type question struct {
	Title string
	Body  view
}

func (s *Portal) supplement(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	progress, err := s.office.Application(c.UserContext(), v.Actor, c.Params("reference"))
	if err != nil {
		return err
	}
	if _, open := progress.Course.Open(); !open {
		return web.SeeOther(c, "/applications/"+progress.Application.Reference)
	}
	parked, err := s.office.Unpark(c.UserContext(), v.Actor.ID, c.Path())
	if err != nil {
		return err
	}
	form := web.NewForm(parked)
	page, err := s.supplementPage(v, progress, form, nil)
	if err != nil {
		return err
	}
	if page.Kept = parked != nil; page.Kept { // kept until it is sent: a reload, or a document added in between, loses nothing
		if err := s.office.Park(c.UserContext(), v.Actor.ID, c.Path(), parked); err != nil {
			return err
		}
	}
	return web.Render(c, fiber.StatusOK, supplementView(page))
}

func (s *Portal) supplementPage(v *web.Visit, progress office.Progress, form web.Form, faults permit.Faults) (supplementPage, error) {
	p, a := v.Printer, progress.Application
	r, err := s.office.Ruleset(a.Ruleset)
	if err != nil {
		return supplementPage{}, err
	}
	notice, _ := progress.Course.Open()
	base := stepPage{Visit: v, App: office.PreApplication{DraftRecord: office.DraftRecord{Jurisdiction: a.Jurisdiction, Draft: a.Particulars}, Ruleset: r, Evidence: progress.Evidence, Today: s.office.Today()},
		City: cityName(s.office, p, a.Jurisdiction), Date: parts.DateValueOf(a.Particulars.RegisteredOn), Errors: errorsOf(p, faults)}
	path := "/applications/" + a.Reference
	page := supplementPage{stepPage: base, Action: path + "/supplement", Missing: *missingOf(p, progress, r, true), Words: form.Get("words")}
	page.Frame = frame(v, p.Say("supplement.title"))
	page.Frame.Path = page.Action
	page.Frame.Back, page.Frame.HasErrors, page.Caption = &parts.Link{Label: p.Say("portal.back"), Href: path}, len(faults) > 0, page.City+" · "+a.Reference
	steps := stepsOf(notice, a, r)
	typed := form.Has("key")
	for _, st := range steps { // all answers first: one step may decide what another one asks
		if typed {
			st.answer(form, &page.App.Draft)
		}
	}
	page.Errors = nil
	for _, st := range steps {
		one := base
		one.App.Draft, one.Step = page.App.Draft, st.step
		if typed && st.typed != nil {
			st.typed(form, &one)
		}
		for i, e := range one.Errors {
			if e.Field == "residence" {
				one.Errors[i].Field = "county" // the id of the first list
			}
		}
		base.Errors = one.Errors
		page.Questions = append(page.Questions, question{Title: p.Say("apply.step." + string(st.step)), Body: st.fields(one)})
	}
	page.Errors = base.Errors
	added := office.AddedSince(notice, progress.Evidence)
	for _, kind := range notice.EvidenceAsked() {
		row := parts.Row{Key: kindName(p, page.App, kind), Tag: &parts.TagView{Tone: parts.Wait, Text: p.Say("supplement.lacks")}}
		if slices.Contains(added, kind) {
			row.Tag = &parts.TagView{Tone: parts.Good, Text: p.Say("supplement.there")}
		}
		page.Documents.Rows = append(page.Documents.Rows, row)
		page.Upload = path + "/evidence"
	}
	key := form.Get("key")
	if key == "" {
		key = office.NewKey()
	}
	page.Form = []parts.Hidden{{Name: "key", Value: key}, {Name: "version", Value: strconv.Itoa(a.Version)}}
	return page, nil
}

// stepsOf are the steps with questions that a notice concerns.
func stepsOf(n permit.DeficiencyNotice, a permit.Application, r *policy.Ruleset) []step {
	concerned := n.Steps(a.Subjects(r))
	return slices.DeleteFunc(slices.Clone(steps), func(st step) bool { return !slices.Contains(concerned, st.step) })
}

// sendSupplement sends the answer back. What was typed stays until it is taken.
func (s *Portal) sendSupplement(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	progress, err := s.office.Application(c.UserContext(), v.Actor, c.Params("reference"))
	if err != nil {
		return err
	}
	a := progress.Application
	r, err := s.office.Ruleset(a.Ruleset)
	if err != nil {
		return err
	}
	notice, open := progress.Course.Open()
	concerned := stepsOf(notice, a, r)
	shown := slices.ContainsFunc(concerned, func(st step) bool { return st.shown != nil && st.shown(form) })
	if open && (shown || form.Get("do") == "upload") {
		if err := s.office.Park(c.UserContext(), v.Actor.ID, c.Path(), form.Values()); err != nil {
			return err
		}
		if !shown {
			return web.SeeOther(c, "/applications/"+a.Reference+"/evidence")
		}
		return s.showSupplement(c, v, progress, form, nil, "")
	}
	version, _ := strconv.Atoi(form.Get("version"))
	err = s.office.Supplement(c.UserContext(), v.Actor, office.Answering{Reference: a.Reference, Version: version, Words: strings.Join(strings.Fields(form.Get("words")), " "), Key: form.Get("key"), Counter: "portal",
		Answer: func(d *permit.Draft) {
			for _, st := range concerned {
				st.answer(form, d)
			}
		}})
	if err == nil {
		if _, err := s.office.Unpark(c.UserContext(), v.Actor.ID, c.Path()); err != nil {
			return err
		}
		web.SetFlash(c, "supplemented")
		return web.SeeOther(c, "/applications/"+a.Reference)
	}
	known := new(office.Error)
	switch faults := office.FaultsOf(err); {
	case len(faults) > 0 && open:
		if err := s.office.Park(c.UserContext(), v.Actor.ID, c.Path(), form.Values()); err != nil {
			return err
		}
		return s.showSupplement(c, v, progress, form, faults, "")
	case errors.Is(err, office.ErrStale) && open:
		return s.showSupplement(c, v, progress, form, nil, "supplement.changed")
	case errors.Is(err, office.ErrStale): // somebody at the window was faster
		web.SetFlash(c, "supplement_closed")
		return web.SeeOther(c, "/applications/"+a.Reference)
	case open && errors.As(err, &known) && (known.What == office.Denied || known.What == office.Unavailable) && text.Has("refusal."+known.Why):
		return s.showSupplement(c, v, progress, form, nil, "refusal."+known.Why)
	}
	return err
}

// showSupplement shows the form again with what was typed, what is wrong with it, and what else stands in the way.
func (s *Portal) showSupplement(c *fiber.Ctx, v *web.Visit, progress office.Progress, form web.Form, faults permit.Faults, obstacle string) error {
	page, err := s.supplementPage(v, progress, form, faults)
	if err != nil {
		return err
	}
	if obstacle != "" {
		page.Errors = parts.Errors{{Field: "words", Message: v.Printer.Say(obstacle)}}
		page.Frame.HasErrors = true
	}
	return web.Render(c, status(page.Errors), supplementView(page))
}
