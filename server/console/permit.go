package console

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// permitRoles see permits of their stations.
var permitRoles = []access.Role{access.Acceptor, access.Reviewer, access.Issuer, access.Supervisor}

// deed is something that officers do to a permit: a resource below it, made by a POST.
type deed struct {
	resource string
	verbs    []string // of the events that it makes
	roles    []access.Role
	do       func(o *office.Office, ctx context.Context, actor access.Actor, d office.PermitDecision, in deedAnswers) error
}

// deedAnswers are what the officer chose, ticked and typed.
type deedAnswers struct {
	Due       civic.Date
	Ground    string
	Confirmed []string
	Note      string
}

// The deeds, by the word in their address.
var (
	permitEndorsement = deed{"endorsement", []string{permit.VerbEndorse}, []access.Role{access.Acceptor}, func(o *office.Office, ctx context.Context, actor access.Actor, d office.PermitDecision, in deedAnswers) error {
		_, err := o.Endorse(ctx, actor, d, office.EndorsementForm{Due: in.Due, Confirmation: permit.Confirmation{Confirmed: slices.Contains(in.Confirmed, "yes"), Ground: in.Ground}})
		return err
	}}
	permitLossReport = deed{"loss-report", []string{permit.VerbReportLoss}, []access.Role{access.Acceptor}, func(o *office.Office, ctx context.Context, actor access.Actor, d office.PermitDecision, in deedAnswers) error {
		return o.ReportLoss(ctx, actor, d, in.Note)
	}}
	permitLossWithdrawal = deed{"loss-report/withdrawal", []string{permit.VerbWithdrawLoss}, []access.Role{access.Acceptor}, func(o *office.Office, ctx context.Context, actor access.Actor, d office.PermitDecision, in deedAnswers) error {
		return o.WithdrawLoss(ctx, actor, d, in.Note)
	}}
	permitCancellation = deed{"cancellation", []string{permit.VerbCancel, permit.VerbProposeCancelling}, []access.Role{access.Acceptor, access.Reviewer}, func(o *office.Office, ctx context.Context, actor access.Actor, d office.PermitDecision, in deedAnswers) error {
		return o.Cancel(ctx, actor, d, in.Ground, in.Note)
	}}
	permitConfirmation = deed{"cancellation/confirmation", []string{permit.VerbCancel}, []access.Role{access.Supervisor}, func(o *office.Office, ctx context.Context, actor access.Actor, d office.PermitDecision, _ deedAnswers) error {
		return o.ConfirmCancelling(ctx, actor, d)
	}}
	permitRejection = deed{"cancellation/rejection", []string{permit.VerbRejectCancellation}, []access.Role{access.Supervisor}, func(o *office.Office, ctx context.Context, actor access.Actor, d office.PermitDecision, in deedAnswers) error {
		return o.RejectCancelling(ctx, actor, d, in.Note)
	}}
)

// deeds lists them in the order of the page.
func deeds() []deed {
	return []deed{permitEndorsement, permitLossReport, permitLossWithdrawal, permitConfirmation, permitRejection, permitCancellation}
}

// permitPath is the address of a permit.
func permitPath(number string) string { return "/console/permits/" + number }

func (s *Console) permit(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	file, err := s.office.PermitFile(c.UserContext(), v.Actor, c.Params("number"))
	if err != nil {
		return err
	}
	page := s.permitPage(v, file)
	for _, d := range page.Deeds {
		parked, err := s.office.Unpark(c.UserContext(), v.Actor.ID, page.path(d))
		if err != nil {
			return err
		}
		if parked != nil {
			page.Typed, page.Tried, page.Kept = deedAnswersOf(web.NewForm(parked)), d.resource, true
		}
	}
	return web.Render(c, fiber.StatusOK, permitView(page))
}

func deedAnswersOf(form web.Form) deedAnswers {
	due, err := civic.ParseDate(form.Get("due"))
	if err != nil {
		due = civic.Date{} // of no page that we made
	}
	return deedAnswers{Due: due, Ground: form.Get("ground"), Confirmed: form.All("confirmed"), Note: answersOf(form).Note}
}

// act does a deed. A wrong form is shown again with what was typed (422); when something else happened to the permit meanwhile, the page
// shows it (409); the same deed sent twice is done once and answered twice.
func (s *Console) act(d deed) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v := web.VisitOf(c)
		number, ok := permit.ParseNumber(c.Params("number"))
		if !ok {
			return office.ErrNotFound
		}
		form, err := web.ReadForm(c)
		if err != nil {
			return err
		}
		typed := deedAnswersOf(form)
		version, err := strconv.Atoi(form.Get("version"))
		if err != nil {
			version = 0 // of no page that we made: answered as a page that is out of date
		}
		err = d.do(s.office, c.UserContext(), v.Actor, office.PermitDecision{Number: number, Version: version}, typed)
		denied, faults, stale := permitDenial(err), office.FaultsOf(err), errors.Is(err, office.ErrStale)
		if err != nil && !stale && denied == "" && len(faults) == 0 {
			return err
		}
		if err == nil && d.resource != permitCancellation.resource {
			web.SetFlash(c, "permit_"+d.verbs[0])
			return web.SeeOther(c, permitPath(number))
		}
		file, readErr := s.office.PermitFile(c.UserContext(), v.Actor, number)
		if readErr != nil {
			return readErr
		}
		if verb, ours := didAlready(d, file.Events, version, v.Actor, typed); err == nil || stale && ours {
			web.SetFlash(c, "permit_"+verb)
			return web.SeeOther(c, permitPath(number))
		}
		page := s.permitPage(v, file)
		page.Typed, page.Tried, page.Frame.HasErrors = typed, d.resource, true
		if stale {
			page.Stale = lifeStale(v.Printer, file.Events, version, typed.Note)
			return web.Render(c, fiber.StatusConflict, permitView(page))
		}
		page.Errors = errorsOf(v.Printer, faults)
		if denied != "" {
			page.Errors = parts.Errors{{Field: "actions", Message: v.Printer.Say("console.permit.denied." + denied)}}
		}
		return web.Render(c, fiber.StatusUnprocessableEntity, permitView(page))
	}
}

// permitDenial is why the law does not allow a deed, as far as the console has words for it.
func permitDenial(err error) string {
	var known *office.Error
	if errors.As(err, &known) && known.What == office.Denied && text.Has("console.permit.denied."+known.Why) {
		return known.Why
	}
	return ""
}

// didAlready finds what followed the version that was seen, rules aside, and reports whether it was this very deed of this officer.
func didAlready(d deed, events []permit.LifeEvent, version int, actor access.Actor, typed deedAnswers) (verb string, ours bool) {
	if version < 1 || version > len(events) {
		return "", false
	}
	for _, e := range events[version:] {
		if e.ByHouse() {
			continue
		}
		same := e.Verb == permit.VerbEndorse || e.Note == typed.Note && (e.Reason == typed.Ground || d.resource != permitCancellation.resource)
		return e.Verb, e.By.ID == actor.ID && slices.Contains(d.verbs, e.Verb) && (same || d.resource == permitConfirmation.resource)
	}
	return "", false
}

// lifeStale says what happened to a permit while the page stood open, and gives back what was typed.
func lifeStale(p text.Printer, events []permit.LifeEvent, version int, note string) *stale {
	st := &stale{Note: note}
	if version < 1 || version > len(events) {
		version = len(events)
	}
	for _, e := range events[version:] {
		st.Happened = append(st.Happened, p.Say("console.stale.event", "When", moment(p, e.At), "Who", lifeWho(p, e), "What", p.Say("console.permit.did."+e.Verb)))
	}
	return st
}

// lifeWho names who did something to a permit: an officer, the holder at a counter, or the rule.
func lifeWho(p text.Printer, e permit.LifeEvent) string {
	switch {
	case e.By.ID != "":
		return e.By.Name
	case e.Counter != "":
		return p.Say("console.permit.holder." + e.Counter)
	}
	return p.Say("console.permit.rule")
}
