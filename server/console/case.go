package console

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// casePage is a case as the officers of its station see it: what was declared, what shows it, how it stands, and what may be done now.
type casePage struct {
	Frame       parts.FrameView
	Visit       *web.Visit
	Errors      parts.Errors
	Application permit.Application
	Station     string
	State       parts.TagView
	Particulars parts.SummaryView
	Documents   []document
	NoDocuments *parts.NoticeView
	Dates       parts.SummaryView
	Timeline    parts.TimelineView
	Waiting     string // what is waited for, and who acts
	Actions     []action
	Course      courseView
	WhyNot      string   // code of why this officer decides nothing here
	Examines    bool     // this officer decides on the evidence, so it is laid open; to others each look is a step of their own
	Fee         *feeView // nil where the case owes none
	Slip        string   // address of the acceptance slip, "" where there is none
	Stale       *stale
	Tried       string // verb of the form that is shown again
	Typed       answers
	Kept        bool // what was typed before the session ended is back
	Household   []parts.Row
	Confirmed   *parts.TableView    // what other systems have confirmed; nil while there is nothing
	Shared      string              // which documents the applications of the household share
	Appointment *permit.Appointment // the open one
}

func (s *Console) caseFile(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	file, err := s.office.CaseFile(c.UserContext(), v.Actor, c.Params("reference"))
	if err != nil {
		return err
	}
	page, err := s.casePage(v, file)
	if err != nil {
		return err
	}
	forms := map[string]string{} // what is typed into, by its path
	for _, one := range page.Actions {
		if one.ends() {
			forms[one.Path] = one.verb
		}
	}
	for _, one := range page.Course.Forms {
		forms[one.Path] = one.verb
	}
	for path, verb := range forms {
		parked, err := s.office.Unpark(c.UserContext(), v.Actor.ID, path)
		if err != nil {
			return err
		}
		if parked != nil {
			page.Typed, page.Tried, page.Kept = answersOf(web.NewForm(parked)), verb, true
		}
	}
	if page.Confirmed, err = s.confirmedTable(c, v, file); err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, caseView(page))
}

// typed is what was typed into the form that is shown again, and nothing for the other forms of the page.
func (page casePage) typed(f courseForm) answers {
	if page.Tried != f.verb {
		return answers{}
	}
	return page.Typed
}

func (s *Console) casePage(v *web.Visit, file office.Progress) (casePage, error) {
	p, a := v.Printer, file.Application
	r, err := s.office.Ruleset(a.Ruleset)
	if err != nil {
		return casePage{}, err
	}
	page := casePage{Frame: frame(v, p.Say("console.case.title", "Reference", a.Reference)), Visit: v, Application: a, Station: pick(p, file.Station.Name), State: *stateTag(a.State, p.Say("state."+string(a.State))),
		Particulars: s.particulars(p, file, r), Documents: documents(p, file, r), Timeline: timeline(p, file, r), Waiting: waiting(p, a), Course: s.courseView(v, file, r)}
	page.Frame.Wide, page.Frame.Path = true, casePath(a.Reference)
	page.Frame.Back = &parts.Link{Label: p.Say("console.queue.back"), Href: "/console"}
	page.Actions, page.WhyNot = actions(p, a, v.Actor, r)
	if len(page.Actions) == 0 && (len(page.Course.Forms) > 0 || page.Course.Notice != "") && page.WhyNot == "other_role" {
		page.WhyNot = ""
	}
	page.Examines = (len(page.Actions) > 0 || len(page.Course.Forms) > 0) && (a.State == permit.PreApplied || a.State == permit.InReview)
	page.Household, page.Shared = householdRows(p, file, r)
	page.Fee = s.feeView(v, file)
	page.Dates = parts.SummaryView{Rows: dateRows(p, a, s.office.Today())}
	page.Appointment = file.Appointment
	if len(page.Documents) == 0 {
		page.NoDocuments = noDocuments(p, a, r)
	}
	if slipped(a) {
		page.Slip = casePath(a.Reference) + "/slip"
		if v.Flash == permit.VerbAccept && page.Frame.Flash != nil {
			page.Frame.Flash.Link = &parts.Link{Label: p.Say("console.slip.open"), Href: page.Slip}
		}
	}
	return page, nil
}

// waiting says what a case waits for, and who acts.
func waiting(p text.Printer, a permit.Application) string {
	if a.Paused() {
		return p.Say("console.waiting_paused")
	}
	return p.Say("console.waiting." + string(a.State))
}

// noDocuments says why there is none: nothing needs to be shown, or it still has to be asked for.
func noDocuments(p text.Printer, a permit.Application, r *policy.Ruleset) *parts.NoticeView {
	if !a.Particulars.AsksLaw() || len(a.Particulars.GroundChoices(r)) == 0 {
		return &parts.NoticeView{Tone: parts.Info, Text: p.Say("console.evidence.not_needed")}
	}
	return &parts.NoticeView{Tone: parts.Wait, Title: p.Say("console.evidence.missing"), Text: p.Say("console.evidence.follow." + a.Counter)}
}

// particulars lays out what the applicant declared, with what the ID number itself says, for the comparison with the card.
func (s *Console) particulars(p text.Printer, file office.Progress, r *policy.Ruleset) parts.SummaryView {
	a := file.Application
	d, id := a.Particulars, civic.CitizenID(a.Particulars.IDNumber)
	row := func(key, value string) parts.Row { return parts.Row{Key: key, Value: value} }
	source := p.Say("console.case.typed")
	if d.ReadByDevice != "" {
		source = p.Say("console.case.read")
	}
	ethnic, _ := civic.EthnicByCode(d.EthnicGroup)
	identity := row(p.Say("field.id_number"), d.IDNumber)
	identity.Note = source
	rows := []parts.Row{
		kindRow(p, a), row(p.Say("field.name"), d.Name), identity,
		row(p.Say("console.case.sex_born"), p.Say("console.sex."+string(id.Sex()))+p.Pick("，", ", ")+parts.Date(p, id.Born())),
		row(p.Say("field.ethnic_group"), pick(p, ethnic.Name)), row(p.Say("console.case.phone"), file.Person.Phone),
		row(p.Say("field.hukou"), divisionNames(d.HukouDivision)), residenceRow(p, d),
	}
	rows = append(rows, s.agentRows(p, file, r)...)
	if permit.AsksRegistration(r) {
		rows = append(rows, s.registeredRow(p, file))
	} else {
		rows = append(rows, row(p.Say("console.case.intends"), p.Say("field.yes")))
	}
	rows = append(rows, row(p.Say("console.case.tier"), s.tierName(p, a)))
	var grounds []string
	for _, g := range d.GroundChoices(r) {
		for _, chosen := range d.Grounds {
			if chosen == g.Code {
				grounds = append(grounds, pick(p, g.Name))
			}
		}
	}
	if len(grounds) > 0 {
		rows = append(rows, parts.Row{Key: p.Say("console.case.grounds"), Lines: grounds})
	}
	if d.Workplace != "" {
		rows = append(rows, row(p.Say("field.workplace"), d.Workplace))
	}
	return parts.SummaryView{Title: p.Say("console.case.particulars"), Rows: rows}
}

// residenceRow is the address, in a change with the one that it takes the place of.
func residenceRow(p text.Printer, d permit.Draft) parts.Row {
	row := parts.Row{Key: p.Say("console.case.residence"), Value: office.AddressLine(d)}
	if d.Was != "" {
		row.Note = p.Say("business.was", "Residence", d.Was)
	}
	return row
}

// kindRow is the kind of business, with why and on which permit.
func kindRow(p text.Printer, a permit.Application) parts.Row {
	row := parts.Row{Key: p.Say("kind.column"), Value: p.Say("kind." + string(a.Kind))}
	if why := a.Particulars.Why; why != "" {
		row.Value += p.Pick("：", ": ") + p.Say("business.why."+why)
	}
	if a.OfPermit != "" {
		row.Value, row.Body = "", kindOf(row.Value, a.OfPermit)
	}
	return row
}

// divisionNames writes a division from the province down.
func divisionNames(code string) string {
	names := ""
	for _, d := range civic.DivisionPath(code) {
		names += d.Name
	}
	return names
}

// dateRows are the dates that the law and the office's promise set (Decree 663 Art. 9: from acceptance).
func dateRows(p text.Printer, a permit.Application, today civic.Date) []parts.Row {
	if a.AcceptedOn.IsZero() {
		return nil
	}
	rows := []parts.Row{{Key: p.Say("console.case.promised"), Value: parts.Date(p, a.PromisedBy), Tag: promiseTag(p, a, today)},
		{Key: p.Say("console.case.statutory"), Value: parts.Date(p, a.StatutoryBy)}}
	if a.Paused() {
		rows[0].Note = p.Say("notice.dates_paused")
	}
	if a.Permit != "" {
		rows = append(rows, parts.Row{Key: p.Say("console.case.permit"), Body: permitLink(a.Permit)})
	}
	return rows
}

// timeline draws the history with who and when, then what is waited for and by whom, then what follows.
func timeline(p text.Printer, file office.Progress, r *policy.Ruleset) parts.TimelineView {
	a := file.Application
	view := parts.TimelineView{Label: p.Say("console.case.history")}
	for _, e := range file.Events {
		step := parts.Step{State: parts.Past, Title: p.Say("console.did." + e.Verb), When: moment(p, e.At), Who: whoDid(p, e), Detail: eventDetail(p, r, e)}
		if e.Against() {
			step.Tone = parts.Stop
		}
		view.Steps = append(view.Steps, step)
	}
	for _, m := range a.Milestones(file.Events) {
		switch {
		case m.Now && m.Code == "supplemented":
			view.Steps = append(view.Steps, parts.Step{State: parts.Now, Title: p.Say("milestone." + m.Code), Who: p.Say("console.case.applicant")})
		case m.Now:
			view.Steps = append(view.Steps, parts.Step{State: parts.Now, Title: p.Say("milestone." + m.Code), Who: p.Say("console.role." + string(decisionOf(a.State.Verbs()[0]).role))})
		case !m.Past:
			view.Steps = append(view.Steps, parts.Step{State: parts.Next, Title: p.Say("milestone." + m.Code)})
		}
	}
	return view
}

// whoDid is the officer of an event, or the applicant with the counter.
func whoDid(p text.Printer, e permit.Event) string {
	if e.By.ID == "" {
		return p.Say("console.counter." + e.Counter)
	}
	return e.By.Name
}

// moment writes an instant as day and time in the city.
func moment(p text.Printer, at time.Time) string {
	return parts.Date(p, civic.DateOf(at)) + " " + at.In(civic.Zone).Format("15:04")
}
