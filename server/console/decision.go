package console

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// decision is something that officers of one role decide on a case: a resource below the case, made by a POST.
type decision struct {
	verb     string
	resource string
	role     access.Role
	do       func(o *office.Office, ctx context.Context, actor access.Actor, d office.Decision, in answers) (office.Case, error)
}

// answers are what the officer typed and ticked.
type answers struct {
	Seen             []string // "identity", "evidence", "handed_back"; for a supplement at the window the documents
	Reason, Note     string
	Ground, Document string // of an extension
	Handing          handing
}

// The decisions, by the word in their address.
var (
	acceptance = decision{permit.VerbAccept, "acceptance", access.Acceptor, func(o *office.Office, ctx context.Context, actor access.Actor, d office.Decision, in answers) (office.Case, error) {
		return o.Accept(ctx, actor, d, permit.Acceptance{IdentitySeen: slices.Contains(in.Seen, "identity"), EvidenceSeen: slices.Contains(in.Seen, "evidence"), AgentSeen: slices.Contains(in.Seen, "agent")})
	}}
	declination = decision{permit.VerbDecline, "declination", access.Acceptor, func(o *office.Office, ctx context.Context, actor access.Actor, d office.Decision, in answers) (office.Case, error) {
		return o.Decline(ctx, actor, d, in.Reason, in.Note)
	}}
	grant = decision{permit.VerbGrant, "grant", access.Reviewer, func(o *office.Office, ctx context.Context, actor access.Actor, d office.Decision, _ answers) (office.Case, error) {
		return o.Grant(ctx, actor, d)
	}}
	refusal = decision{permit.VerbRefuse, "refusal", access.Reviewer, func(o *office.Office, ctx context.Context, actor access.Actor, d office.Decision, in answers) (office.Case, error) {
		return o.Refuse(ctx, actor, d, in.Reason, in.Note)
	}}
	production = decision{permit.VerbProduce, "production", access.Issuer, func(o *office.Office, ctx context.Context, actor access.Actor, d office.Decision, _ answers) (office.Case, error) {
		return o.Produce(ctx, actor, d)
	}}
	issue = decision{permit.VerbIssue, "issue", access.Issuer, func(o *office.Office, ctx context.Context, actor access.Actor, d office.Decision, in answers) (office.Case, error) {
		d.HandedBack = slices.Contains(in.Seen, "handed_back")
		return o.Issue(ctx, actor, d, in.Handing.handover())
	}}
)

// decisionOf returns the decision that a verb is.
func decisionOf(verb string) decision {
	for _, d := range []decision{acceptance, declination, grant, refusal, production, issue} {
		if d.verb == verb {
			return d
		}
	}
	return decision{}
}

// path is where a decision on a case is posted.
func (d decision) path(reference string) string { return casePath(reference) + "/" + d.resource }

// ends reports whether the decision ends the case against the applicant, so that it needs a reason.
func (d decision) ends() bool { return d.verb == permit.VerbDecline || d.verb == permit.VerbRefuse }

// answersOf reads the form. The note is one line in the record, so the lines of the text area are joined.
func answersOf(form web.Form) answers {
	return answers{Seen: form.All("seen"), Reason: form.Get("reason"), Ground: form.Get("ground"), Document: form.Get("document"), Handing: handingOf(form), Note: strings.Join(strings.FieldsFunc(form.Get("note"), func(r rune) bool { return r == '\n' || r == '\r' }), " ")}
}

// decide makes a decision. A wrong form is shown again with what was typed (422); when another officer was faster, the page shows what
// has happened (409); the same decision sent twice is taken once and answered twice.
func (s *Console) decide(d decision) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v := web.VisitOf(c)
		reference, ok := permit.ParseReference(c.Params("reference"))
		if !ok {
			return office.ErrNotFound
		}
		form, err := web.ReadForm(c)
		if err != nil {
			return err
		}
		typed := answersOf(form)
		version, err := strconv.Atoi(form.Get("version"))
		if err != nil {
			version = 0 // of no page that we made: answered as a page that is out of date
		}
		_, err = d.do(s.office, c.UserContext(), v.Actor, office.Decision{Reference: reference, Version: version}, typed)
		if err == nil {
			web.SetFlash(c, d.verb)
			return web.SeeOther(c, casePath(reference))
		}
		denied, faults := denial(err), office.FaultsOf(err)
		stale := errors.Is(err, office.ErrStale)
		if !stale && denied == "" && len(faults) == 0 {
			return err
		}
		file, readErr := s.office.CaseFile(c.UserContext(), v.Actor, reference)
		if readErr != nil {
			return readErr
		}
		if stale {
			return s.tooLate(c, v, d, file, version, typed)
		}
		page, pageErr := s.casePage(v, file)
		if pageErr != nil {
			return pageErr
		}
		page.Typed, page.Tried = typed, d.verb
		page.Errors = decisionErrors(v.Printer, d, faults)
		if denied != "" {
			page.Errors = parts.Errors{{Field: "actions", Message: v.Printer.Say("console.denied." + denied)}}
		}
		page.Frame.HasErrors = true
		status := fiber.StatusUnprocessableEntity
		if errors.Is(err, &office.Error{What: office.Unavailable}) { // the calendar ends: what was typed is not wrong
			status = fiber.StatusServiceUnavailable
		}
		return web.Render(c, status, caseView(page))
	}
}

// tooLate answers a decision on a case that has moved on: the second of two taps as the first, anything else with what has happened (409).
func (s *Console) tooLate(c *fiber.Ctx, v *web.Visit, d decision, file office.Progress, version int, typed answers) error {
	if done(d, file.Events, version, v.Actor, typed) {
		web.SetFlash(c, d.verb)
		return web.SeeOther(c, casePath(file.Application.Reference))
	}
	page, err := s.casePage(v, file)
	if err != nil {
		return err
	}
	page.Typed, page.Tried = typed, d.verb
	page.Stale = staleNotice(v.Printer, file.Events, version, typed.Note)
	page.Frame.HasErrors = true
	return web.Render(c, fiber.StatusConflict, caseView(page))
}

// denial is why the law, or a calendar that ends, does not let this officer decide, as far as the console has words for it.
func denial(err error) string {
	var known *office.Error
	if errors.As(err, &known) && known.What == office.Denied && strings.HasPrefix(known.Why, "permit_") {
		return "permit_moved" // what it has become stands on the permit's page
	}
	if errors.As(err, &known) && (known.What == office.Denied || known.What == office.Unavailable) && text.Has("console.denied."+known.Why) {
		return known.Why
	}
	return ""
}

// done reports whether this very decision was taken already, by the first of two taps or before an answer was lost.
func done(d decision, events []permit.Event, version int, actor access.Actor, typed answers) bool {
	if version < 1 || version >= len(events) {
		return false
	}
	e := events[version] // events count from zero, versions from one: this is what followed the version that was seen
	return e.Verb == d.verb && e.By.ID == actor.ID && (!d.ends() || e.Reason == typed.Reason && e.Note == typed.Note)
}

// decisionErrors leads each fault to its control: the two confirmations of an acceptance are one question, and several forms about the course
// stand on one page.
func decisionErrors(p text.Printer, d decision, faults permit.Faults) parts.Errors {
	list := errorsOf(p, faults)
	if courseDecision(d.verb).verb != "" {
		return courseErrors(d, list)
	}
	for i := range list {
		switch list[i].Field {
		case "identity_seen":
			list[i].Field = "seen"
		case "evidence_seen":
			list[i].Field = "seen-2"
		case "agent_seen":
			list[i].Field = "seen-3"
		}
	}
	return list
}

// stale says what another officer did while the page stood open, and gives back what was typed.
type stale struct {
	Happened []string
	Note     string
}

func staleNotice(p text.Printer, events []permit.Event, version int, note string) *stale {
	st := &stale{Note: note}
	if version < 1 || version > len(events) {
		version = len(events)
	}
	for _, e := range events[version:] {
		st.Happened = append(st.Happened, p.Say("console.stale.event", "When", moment(p, e.At), "Who", whoDid(p, e), "What", p.Say("console.did."+e.Verb)))
	}
	return st
}

// action is a decision that may be made on this page.
type action struct {
	decision
	Path    string
	Reasons []parts.Option
}

// actions lists what this officer may decide now. Without any, why says in a code why not; both are empty in a case that has ended.
func actions(p text.Printer, a permit.Application, actor access.Actor, r *policy.Ruleset) (list []action, why string) {
	for _, verb := range a.Verbs() {
		d := decisionOf(verb)
		if len(actor.Scope(d.role).At(a.Station).Stations) == 0 {
			why = "other_role"
			continue
		}
		if d.role == access.Reviewer && a.AcceptedBy == actor.ID {
			return nil, "same_person"
		}
		if a.Paused() {
			return nil, "clock_paused"
		}
		one := action{decision: d, Path: d.path(a.Reference)}
		if d.ends() {
			one.Reasons = reasonOptions(p, a, r, a.Reasons(verb))
		}
		list = append(list, one)
	}
	return list, why
}

// reasonOptions offers the reasons, each with the clause that it rests on.
func reasonOptions(p text.Printer, a permit.Application, r *policy.Ruleset, reasons []permit.Reason) []parts.Option {
	var options []parts.Option
	for _, reason := range reasons {
		option := parts.Option{Value: reason.Code, Label: p.Say("reason." + reason.Code)}
		if clause, ok := clauseOf(p, a, r, reason.Code); ok {
			option.Reveal = parts.Clause(p, clause)
		}
		options = append(options, option)
	}
	return options
}

// falseProofs is Decree 663 Art. 18(1), which is the same in every city.
var falseProofs = policy.Basis{Clause: "第十八条(一)", Quote: "有下列行为之一的，由公安机关给予警告、责令改正，处200元以下罚款，有违法所得的，没收违法所得：(一)使用虚假证明材料骗领居住证"}

// Decree 663 Art. 20, on what staff answer for: refusing somebody who qualifies, and tampering.
var (
	refusingQualified = policy.Basis{Clause: "第二十条(一)", Quote: "国家机关及其工作人员有下列行为之一的，依法给予处分；构成犯罪的，依法追究刑事责任：(一)符合居住证申领条件但拒绝受理、发放"}
	tampering         = policy.Basis{Clause: "第二十条(五)", Quote: "国家机关及其工作人员有下列行为之一的，依法给予处分；构成犯罪的，依法追究刑事责任：(五)篡改居住证信息"}
)

// clauseOf is the passage that a reason rests on; some reasons are matters of order and rest on none.
func clauseOf(p text.Printer, a permit.Application, r *policy.Ruleset, reason string) (parts.ClauseView, bool) {
	basis, document := policy.Basis{}, pick(p, r.Name)
	switch reason {
	case "outside_scope":
		basis = r.Scope.Basis
	case "half_year_not_reached":
		basis = r.HalfYear.Basis
	case "evidence_does_not_show_ground":
		grounds := r.Grounds
		if tier, ok := r.Tier(a.Tier); ok && tier.ThreeYearGround {
			grounds = r.ThreeYearGrounds
		}
		if grounds != nil {
			basis = grounds.Basis
		}
	case "false_particulars":
		basis, document = falseProofs, p.Say("console.decree")
	}
	return parts.ClauseView{Number: basis.Clause, Document: document, Text: basis.Quote, Open: true}, basis.Clause != ""
}
