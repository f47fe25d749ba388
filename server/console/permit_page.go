package console

import (
	"slices"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// permitPage is a permit as the officers of its station see it: the facts, what happened, and what may be done now.
type permitPage struct {
	Frame        parts.FrameView
	Visit        *web.Visit
	Errors       parts.Errors
	File         office.PermitFile
	State        parts.TagView
	Facts        parts.SummaryView
	Years        parts.SummaryView
	YearsClause  parts.ClauseView
	Residence    parts.TableView
	Endorsements parts.TableView
	Losses       parts.TableView
	Timeline     parts.TimelineView
	Standing     string
	Offers       []parts.Task     // what can be applied for
	Proposal     *permit.Proposal // that waits
	Deeds        []deed           // that this officer may do now
	OtherRole    bool             // somebody else may
	SamePerson   bool             // this officer has proposed, so another decides
	Grounds      []parts.Option   // of the endorsement
	Reasons      []parts.Option   // of the cancellation
	Clause       parts.ClauseView // of the endorsement
	Restarts     string           // what a late endorsement does
	Stale        *stale
	Tried        string // resource of the form that is shown again
	Typed        deedAnswers
	Kept         bool // what was typed before the session ended is back
}

func (page permitPage) path(d deed) string {
	return permitPath(page.File.Permit.Number) + "/" + d.resource
}

func (s *Console) permitPage(v *web.Visit, file office.PermitFile) permitPage {
	p, one, today := v.Printer, file.Permit, s.office.Today()
	page := permitPage{Frame: frame(v, p.Say("console.permit.title")), Visit: v, File: file, State: permitTag(p, one.StatusOn(today)), Timeline: lifeline(p, file), Standing: standing(p, file, today)}
	page.Offers = s.offersOf(v, file)
	page.Frame.Wide, page.Frame.Path = true, permitPath(one.Number)
	page.Frame.Back = &parts.Link{Label: p.Say("console.queue.back"), Href: "/console"}
	page.Facts = parts.SummaryView{Title: p.Say("console.permit.facts"), Rows: s.permitFacts(p, file)}
	page.Residence = residenceTable(p, file)
	if since := file.Residence.Since(today); !since.IsZero() {
		page.Years.Rows = []parts.Row{{Key: p.Say("life.years"), Value: p.Say("life.years_value", "Count", file.Residence.YearsOn(today)), Note: p.Say("life.years_since", "Since", parts.Date(p, since))},
			{Key: p.Say("life.years_sum"), Value: p.Say("life.years_value", "Count", file.Residence.CumulativeYearsOn(today))}}
	}
	page.YearsClause = passage(p, file.Rules, file.Rules.ResidenceYears.Basis)
	page.Endorsements, page.Losses = endorsementTable(p, file), lossTable(p, file)
	if file.Proposal != nil && file.Proposal.State == permit.ProposalOpen {
		page.Proposal = file.Proposal
	}
	s.permitDeeds(&page, today)
	return page
}

// permitDeeds finds what may be done now, and by this officer.
func (s *Console) permitDeeds(page *permitPage, today civic.Date) {
	p, one, actor := page.Visit.Printer, page.File.Permit, page.Visit.Actor
	status, waits := one.StatusOn(today), page.Proposal != nil
	inUse := status == permit.Active || status == permit.Suspended
	possible := map[string]bool{
		permitEndorsement.resource:    inUse && (page.File.Timing == permit.InTime || page.File.Timing == permit.Late),
		permitLossReport.resource:     inUse,
		permitLossWithdrawal.resource: status == permit.Lost,
		permitCancellation.resource:   (inUse || status == permit.Lost) && !waits,
		permitConfirmation.resource:   waits && (inUse || status == permit.Lost),
		permitRejection.resource:      waits,
	}
	for _, d := range deeds() {
		if !possible[d.resource] {
			continue
		}
		if len(actor.Scope(d.roles...).At(page.File.Station).Stations) == 0 {
			page.OtherRole = true
			continue
		}
		if slices.Contains(d.roles, access.Supervisor) && page.Proposal.ProposedBy.ID == actor.ID {
			page.SamePerson = true
			continue
		}
		page.Deeds = append(page.Deeds, d)
	}
	r := page.File.Rules
	if r.Endorsement != nil {
		page.Clause = passage(p, r, r.Endorsement.Basis)
	}
	for _, g := range permit.EndorsementGrounds(r) {
		page.Grounds = append(page.Grounds, parts.Option{Value: g.Code, Label: pick(p, g.Name)})
	}
	if page.File.Timing == permit.Late {
		key := "life.late.keeps"
		if r.ResidenceYears.LateEndorsementRestarts {
			key = "life.late.restarts"
		}
		page.Restarts = p.Say(key, "Today", parts.Date(p, today))
	}
	for _, reason := range permit.CancellationGrounds() {
		option := parts.Option{Value: reason.Code, Label: p.Say("life.ground." + reason.Code)}
		if reason.Code == permit.GroundFalseMaterials {
			option.Hint = p.Say("console.permit.second_person")
			option.Reveal = parts.Clause(p, parts.ClauseView{Number: falseProofs.Clause, Document: p.Say("console.decree"), Text: falseProofs.Quote, Open: true})
		}
		page.Reasons = append(page.Reasons, option)
	}
}

// passage is a clause with the document that it stands in.
func passage(p text.Printer, r *policy.Ruleset, b policy.Basis) parts.ClauseView {
	view := parts.ClauseView{Number: b.Clause, Document: pick(p, r.Name), Text: b.Quote}
	if b.Elsewhere() {
		view.Document = "" // the clause names it
	}
	return view
}

func permitTag(p text.Printer, s permit.Status) parts.TagView {
	tone := parts.Good
	if s != permit.Active {
		tone = parts.Stop
	}
	return parts.TagView{Tone: tone, Text: p.Say("permit.status." + string(s))}
}

// standing says in one sentence what the status means today.
func standing(p text.Printer, f office.PermitFile, today civic.Date) string {
	one := f.Permit
	pairs := []any{"Since", parts.Date(p, one.StatusSince), "Until", parts.Date(p, one.ValidUntil), "Due", parts.Date(p, one.EndorseBy), "Opens", parts.Date(p, f.Opens)}
	key := "good"
	switch status := one.StatusOn(today); {
	case status != permit.Active && status != permit.Suspended:
		key = string(status)
	case f.Timing == permit.Late:
		key = "late"
	case f.Timing == permit.InTime:
		key = "open"
	case f.Timing == permit.Early:
		return p.Say("console.permit.early", pairs...)
	case !one.ValidUntil.IsZero():
		key = "term"
	}
	return p.Say("life.standing."+key, pairs...)
}

func (s *Console) permitFacts(p text.Printer, f office.PermitFile) []parts.Row {
	one := f.Permit
	tier := one.Tier
	if t, ok := f.Rules.Tier(one.Tier); ok {
		tier = pick(p, t.Name)
	}
	rows := []parts.Row{{Key: p.Say("field.name"), Value: f.Holder.Name}, {Key: p.Say("field.id_number"), Value: string(f.Holder.IDNumber)}, {Key: p.Say("console.case.phone"), Value: f.Holder.Phone},
		{Key: p.Say("console.case.residence"), Value: one.Residence}, {Key: p.Say("console.case.tier"), Value: tier, Note: pick(p, f.Rules.Name)},
		{Key: p.Say("parts.permit.issuer"), Value: pick(p, one.Issuer)}, {Key: p.Say("parts.permit.issued_on"), Value: parts.Date(p, one.IssuedOn)}}
	if !one.ValidUntil.IsZero() {
		rows = append(rows, parts.Row{Key: p.Say("parts.permit.valid_until"), Value: parts.Date(p, one.ValidUntil)})
	}
	if !one.EndorseBy.IsZero() {
		rows = append(rows, parts.Row{Key: p.Say("permit.endorse_by"), Value: parts.Date(p, one.EndorseBy), Note: p.Say("console.permit.opens", "Opens", parts.Date(p, f.Opens))})
	}
	if one.Follows != "" {
		rows = append(rows, parts.Row{Key: p.Say("business.console.follows"), Body: permitLink(one.Follows)})
	}
	return append(rows, parts.Row{Key: p.Say("console.permit.application"), Body: caseLink(f.Reference)})
}

// lifeline draws what happened, the newest last, with who and when.
func lifeline(p text.Printer, f office.PermitFile) parts.TimelineView {
	view := parts.TimelineView{Label: p.Say("console.permit.history")}
	for _, e := range f.Events {
		step := parts.Step{State: parts.Past, Title: p.Say("console.permit.did." + e.Verb), When: moment(p, e.At), Who: lifeWho(p, e)}
		if e.ByHouse() { // what a rule did counts from its own day
			step.When = parts.Date(p, e.On)
		}
		switch e.Verb {
		case permit.VerbSuspend, permit.VerbExpire, permit.VerbReportLoss, permit.VerbCancel, permit.VerbSupersede:
			step.Tone = parts.Stop
		}
		if e.Reason != "" {
			step.Detail = p.Say("life.ground." + e.Reason)
		}
		if e.Note != "" && step.Detail != "" {
			step.Detail += p.Pick("：", ": ")
		}
		step.Detail += e.Note
		view.Steps = append(view.Steps, step)
	}
	return view
}

func residenceTable(p text.Printer, f office.PermitFile) parts.TableView {
	t := parts.TableView{ID: "residence", Caption: p.Say("life.residence"), Empty: p.Say("console.permit.no_residence"),
		Columns: []parts.Column{{Label: p.Say("console.permit.line.reason")}, {Label: p.Say("console.permit.line.from")}, {Label: p.Say("console.permit.line.until")}, {Label: p.Say("console.permit.line.written")}}}
	for _, line := range f.Residence {
		t.Rows = append(t.Rows, []parts.Cell{{Text: p.Say("console.permit.line." + line.Reason)}, {Text: dash(parts.Date(p, line.From))}, {Text: dash(parts.Date(p, line.Until))}, {Text: parts.Date(p, line.On)}})
	}
	return t
}

func endorsementTable(p text.Printer, f office.PermitFile) parts.TableView {
	t := parts.TableView{ID: "endorsements", Caption: p.Say("console.permit.endorsements"), Empty: p.Say("console.permit.no_endorsements"),
		Columns: []parts.Column{{Label: p.Say("life.due")}, {Label: p.Say("console.permit.endorsed_on")}, {Label: p.Say("console.permit.by")}, {Label: p.Say("life.kiosk.next_due")}}}
	for _, e := range f.Endorsements {
		on := parts.Cell{Text: parts.Date(p, e.On)}
		if e.Late() {
			on.Body, on.Tag = dated(on.Text), &parts.TagView{Tone: parts.Wait, Text: p.Say("console.permit.late")}
		}
		t.Rows = append(t.Rows, []parts.Cell{{Text: parts.Date(p, e.DueOn)}, on, {Text: lifeWho(p, permit.LifeEvent{By: e.By, Counter: e.Counter})}, {Text: parts.Date(p, e.NextDue)}})
	}
	return t
}

func lossTable(p text.Printer, f office.PermitFile) parts.TableView {
	t := parts.TableView{ID: "losses", Caption: p.Say("console.permit.losses"), Empty: p.Say("console.permit.no_losses"),
		Columns: []parts.Column{{Label: p.Say("console.permit.reported_on")}, {Label: p.Say("console.permit.by")}, {Label: p.Say("console.permit.report")}}}
	for _, l := range f.Losses {
		state := parts.Cell{Text: p.Say("console.permit.loss." + string(l.State)), Note: parts.Date(p, l.EndedOn)}
		t.Rows = append(t.Rows, []parts.Cell{{Text: parts.Date(p, l.ReportedOn)}, {Text: lifeWho(p, permit.LifeEvent{By: l.ReportedBy, Counter: l.Counter})}, state})
	}
	return t
}

// dash stands where there is no day.
func dash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}
