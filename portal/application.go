package portal

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/credential"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// applicationPage is how an application stands: named steps, dates, the promise, and what happens next.
type applicationPage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Progress office.Progress
	Sent     bool // just now
	City     string
	Station  string
	Timeline parts.TimelineView
	Next     string
	Note     string // of the officer, when it was declined or refused
	Reason   string
	Missing  *missingView
	Sections []parts.SummaryView
	Code     parts.Code
	Fee      *parts.NoticeView // how the fee stands; nil where there is none

	Relatives bool // the family can be applied for from here
}

func (s *Portal) application(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	page, err := s.applicationPage(c, v)
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, applicationView(page))
}

// slip is the page to print: reference, promise and the slip's code.
func (s *Portal) slip(c *fiber.Ctx) error {
	page, err := s.applicationPage(c, web.VisitOf(c))
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, slipView(page))
}

func (s *Portal) applicationPage(c *fiber.Ctx, v *web.Visit) (applicationPage, error) {
	progress, err := s.office.Application(c.UserContext(), v.Actor, c.Params("reference"))
	if err != nil {
		return applicationPage{}, err
	}
	p, a := v.Printer, progress.Application
	page := applicationPage{Frame: frame(v, p.Say("application.title")), Visit: v, Progress: progress, Sent: v.Flash == "sent",
		City: cityName(s.office, p, a.Jurisdiction), Station: pick(p, progress.Station.Name), Timeline: timeline(p, progress, s.office.Today())}
	if page.Sent {
		page.Frame.Flash = nil // the confirmation says it
	}
	page.Frame.Back = &parts.Link{Label: p.Say("portal.account"), Href: "/account"}
	page.Next, page.Relatives, page.Fee = nextWords(p, progress), mayAddRelative(a), feeOf(p, progress)
	for i := range page.Timeline.Steps {
		page.Timeline.Steps[i].Detail = "" // it stands at the head of the page
	}
	for _, e := range progress.Events {
		if e.Against() {
			page.Reason, page.Note = p.Say("reason."+e.Reason), e.Note
		}
	}
	if r, err := s.office.Ruleset(a.Ruleset); err == nil {
		page.Missing = missingOf(p, progress, r, true)
		page.Sections = sections(p, office.PreApplication{DraftRecord: office.DraftRecord{Draft: a.Particulars}, Ruleset: r, Evidence: progress.Evidence, Today: s.office.Today()}, progress.Mandate, false)
	}
	page.Code, err = qrCode(credential.TokenText(s.office.Origin, progress.Token), p.Say("application.code_label"))
	return page, err
}

// timeline draws the milestones: what is past, what is waited for with its promise, what follows.
func timeline(p text.Printer, progress office.Progress, today civic.Date) parts.TimelineView {
	a := progress.Application
	view := parts.TimelineView{Label: p.Say("application.timeline")}
	for _, m := range a.Milestones(progress.Events) {
		step := parts.Step{State: parts.Next, Title: p.Say("milestone." + m.Code), When: parts.Date(p, m.On)}
		switch {
		case m.Code == "declined" || m.Code == "refused":
			step.State, step.Tone = parts.Past, parts.Stop
		case m.Past:
			step.State = parts.Past
		case m.Now:
			step.State, step.Detail = parts.Now, nextWords(p, progress)
		}
		view.Steps = append(view.Steps, step)
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
	if !a.Kind.Cards() && (a.State == permit.PreApplied || a.State == permit.InReview) || a.Kind == permit.KindRenew && a.State == permit.ToCollect {
		key += "_" + string(a.Kind)
	}
	if a.State == permit.PreApplied && a.Counter == "kiosk" && len(progress.Evidence) == 0 && len(a.Particulars.Grounds) > 0 {
		key = "pre_applied_evidence"
	}
	switch {
	case a.PausedFor == permit.PauseSupplement:
		key = "paused_supplement"
	case a.Paused():
		key = "paused"
	}
	return p.Say("application.next."+key, "Station", pick(p, progress.Station.Name), "By", parts.Date(p, a.PromisedBy))
}

// stateTag shows a state in its colour.
func stateTag(p text.Printer, s permit.State) *parts.TagView {
	tone := parts.Info
	switch s {
	case permit.PreApplied, permit.ToSupplement:
		tone = parts.Wait
	case permit.ToCollect, permit.Issued, permit.Completed:
		tone = parts.Good
	case permit.Declined, permit.Refused:
		tone = parts.Stop
	}
	return &parts.TagView{Tone: tone, Text: p.Say("state." + string(s))}
}

// qrCode draws a code for the page.
func qrCode(content, label string) (parts.Code, error) {
	qr, err := credential.QRSVG(content)
	if err != nil {
		return parts.Code{}, fmt.Errorf("portal: code: %w", err)
	}
	return parts.Code{Size: qr.Size, Path: qr.Path, Label: label}, nil
}
