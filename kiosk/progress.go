package kiosk

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// progressPage asks for the two numbers that together open a case.
type progressPage struct {
	page
	Reference, IDNumber string // as typed
	Unknown             bool   // no case has this pair; which of the two is wrong is not said
}

func (k *Kiosk) progressPage(c *fiber.Ctx) progressPage {
	return progressPage{page: k.page(c, web.VisitOf(c).Printer.Say("kiosk.progress.title"))}
}

func (k *Kiosk) progress(c *fiber.Ctx) error {
	return web.Render(c, fiber.StatusOK, progressView(k.progressPage(c)))
}

// ask looks for the case of a reference and an ID number.
func (k *Kiosk) ask(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	err = k.Office.TrackInVisit(c.UserContext(), v.Actor, form.Get("reference"), form.Get("id_number"), v.Peer)
	if err == nil {
		return web.SeeOther(c, "/kiosk/progress/case")
	}
	pg := k.progressPage(c)
	pg.Reference, pg.IDNumber = form.Get("reference"), form.Get("id_number")
	pg.wrong(office.FaultsOf(err))
	if errors.Is(err, office.ErrNotFound) {
		pg.Unknown = true
		pg.Errors, pg.Frame.HasErrors = parts.Errors{{Field: "reference", Message: v.Printer.Say("kiosk.progress.unknown")}}, true
	}
	if len(pg.Errors) == 0 {
		return err
	}
	return web.Render(c, fiber.StatusUnprocessableEntity, progressView(pg))
}

// casePage is how a case stands, for whoever knew both numbers: the masked name, the named steps, what happens next.
type casePage struct {
	page
	Case         office.Progress
	Name         string
	City         string
	Next         string
	Missing      []string // what must be supplemented, without the officer's lines: others may read the screen
	BestBy       string
	Reason, Note string // of the officer, when it was declined or refused
	Timeline     parts.TimelineView
	Rating       *office.RatingFile // of a case that has ended; nil where it cannot be rated any more and was not
}

func (k *Kiosk) progressCase(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	found, err := k.Office.Tracked(c.UserContext(), v.Actor)
	if errors.Is(err, office.ErrNotFound) {
		return web.SeeOther(c, "/kiosk/progress")
	}
	if err != nil {
		return err
	}
	pg := casePage{page: k.page(c, p.Say("kiosk.case.title")), Case: found, Name: civic.MaskName(found.Person.Name),
		City: k.cityName(p, found.Application.Jurisdiction), Next: nextWords(p, found), Timeline: timeline(p, found, k.Office.Today())}
	for _, e := range found.Events {
		if e.Against() {
			pg.Reason, pg.Note = p.Say("reason."+e.Reason), e.Note
		}
	}
	if notice, open := found.Course.Open(); open && (found.Application.State == permit.ToSupplement || found.Application.State == permit.InReview) {
		r, err := k.Office.Ruleset(found.Application.Ruleset)
		if err != nil {
			return err
		}
		pg.Missing, pg.BestBy = missing(p, notice, r), parts.Date(p, notice.BestBy)
	}
	rating, err := k.Office.TrackedRating(c.UserContext(), v.Actor)
	if err != nil && !errors.Is(err, office.ErrNotFound) {
		return err
	}
	if rating.Rated || rating.Open {
		pg.Rating = &rating
	}
	return web.Render(c, fiber.StatusOK, caseView(pg))
}

// rate takes the rating of the case on the screen: one tap on one of five levels. A second tap finds the first.
func (k *Kiosk) rate(c *fiber.Ctx) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	_, err = k.Office.RateTracked(c.UserContext(), web.VisitOf(c).Actor, permit.RatingLevel(form.Get("level")))
	if errors.Is(err, office.ErrNotFound) {
		return web.SeeOther(c, "/kiosk/progress")
	}
	if err != nil && len(office.FaultsOf(err)) == 0 { // a level that no button has is passed over: the buttons stand there again
		return err
	}
	return web.SeeOther(c, "/kiosk/progress/case")
}

// timeline draws the milestones: what is past, what is waited for with its promise, what follows.
func timeline(p text.Printer, progress office.Progress, today civic.Date) parts.TimelineView {
	a := progress.Application
	view := parts.TimelineView{Label: p.Say("kiosk.case.timeline")}
	for _, m := range a.Milestones(progress.Events) {
		s := parts.Step{State: parts.Next, Title: p.Say("milestone." + m.Code), When: parts.Date(p, m.On)}
		switch {
		case m.Code == "declined" || m.Code == "refused":
			s.State, s.Tone = parts.Past, parts.Stop
		case m.Past:
			s.State = parts.Past
		case m.Now:
			s.State = parts.Now
		}
		view.Steps = append(view.Steps, s)
	}
	if a.State.Open() && !a.PromisedBy.IsZero() && !a.Paused() {
		view.PromisedBy, view.Overdue = a.PromisedBy, today.After(a.PromisedBy)
	}
	return view
}

// nextWords says what happens next, and who acts.
func nextWords(p text.Printer, progress office.Progress) string {
	a := progress.Application
	key := string(a.State)
	if a.State == permit.PreApplied && len(progress.Evidence) == 0 && len(a.Particulars.Grounds) > 0 {
		key = "no_evidence"
	}
	switch {
	case a.PausedFor == permit.PauseSupplement:
		key = "paused_supplement"
	case a.Paused():
		key = "paused"
	}
	return p.Say("kiosk.next."+key, "Station", pick(p, progress.Station.Name), "By", parts.Date(p, a.PromisedBy))
}

// stateTag shows a state in its colour.
func stateTag(p text.Printer, s permit.State) parts.TagView {
	tone := parts.Info
	switch s {
	case permit.PreApplied, permit.ToSupplement:
		tone = parts.Wait
	case permit.ToCollect, permit.Issued:
		tone = parts.Good
	case permit.Declined, permit.Refused:
		tone = parts.Stop
	}
	return parts.TagView{Tone: tone, Text: p.Say("state." + string(s))}
}

// missing says what a notice asks for, each in a line of codes: nothing that an officer wrote.
func missing(p text.Printer, n permit.DeficiencyNotice, r *policy.Ruleset) []string {
	var lines []string
	for _, d := range n.Deficiencies {
		subject := string(d.Subject)
		if field := d.Subject.Field(); field != "" {
			subject = p.Say("notice.field." + field)
		}
		for _, e := range permit.DocumentKinds(r) {
			if e.Code == string(d.Subject.Evidence()) {
				subject = pick(p, e.Name)
			}
		}
		lines = append(lines, p.Say("notice.deficiency", "Subject", subject, "Problem", p.Say("deficiency."+d.Code)))
	}
	return lines
}
