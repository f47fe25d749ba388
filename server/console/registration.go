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
	"anju/server/credential"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// registrationPage is a registration as the officers of its station see it: what was declared, what happened, and what may be done now.
type registrationPage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Errors   parts.Errors
	File     office.RegistrationFile
	Facts    parts.SummaryView
	Others   parts.TableView
	Timeline parts.TimelineView
	Acts     []registrationAct
	Earlier  []parts.Option // kinds of evidence for an earlier beginning, where this officer may decide on one
	Law      *parts.ClauseView
	Limit    string // how far back
	Reject   []parts.Option
	End      []parts.Option
	Receipt  string
	Stale    *stale
	Tried    string
	Typed    web.Form
	Kept     bool // what was typed before the session ended is back
}

// registrationAct is something that an officer may do with a registration.
type registrationAct struct {
	resource string
	state    permit.RegistrationState // in which it is done
	roles    []access.Role
	do       func(*office.Office, context.Context, access.Actor, office.RegistrationDecision, web.Form) error
}

// The acts, in the order of the page.
var (
	confirming = registrationAct{"confirmation", permit.RegistrationDeclared, registrars, func(o *office.Office, ctx context.Context, a access.Actor, d office.RegistrationDecision, f web.Form) error {
		return o.ConfirmRegistration(ctx, a, d, office.RegistrationConfirmation{IdentitySeen: f.Get("identity_seen") == "yes", EarlierSeen: f.Get("seen") == "yes"})
	}}
	rejecting = registrationAct{"rejection", permit.RegistrationDeclared, registrars, func(o *office.Office, ctx context.Context, a access.Actor, d office.RegistrationDecision, f web.Form) error {
		return o.RejectRegistration(ctx, a, d, f.Get("reason"), oneLine(f.Get("note")))
	}}
	backdating = registrationAct{"backdating", permit.RegistrationConfirmed, []access.Role{access.Acceptor}, func(o *office.Office, ctx context.Context, a access.Actor, d office.RegistrationDecision, f web.Form) error {
		return o.BackdateRegistration(ctx, a, d, permit.Earlier{From: dateIn(f, "earlier"), Evidence: f.Get("earlier_evidence")}, f.Get("seen") == "yes")
	}}
	ending = registrationAct{"end", permit.RegistrationConfirmed, registrars, func(o *office.Office, ctx context.Context, a access.Actor, d office.RegistrationDecision, f web.Form) error {
		return o.EndRegistration(ctx, a, d, f.Get("reason"), dateIn(f, "ended_on"))
	}}
)

func registrationActs() []registrationAct {
	return []registrationAct{confirming, rejecting, backdating, ending}
}

// oneLine is a note without its line breaks.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func (s *Console) registration(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	file, err := s.office.RegistrationFile(c.UserContext(), v.Actor, c.Params("number"))
	if err != nil {
		return err
	}
	page := s.registrationPage(v, file)
	for _, act := range page.Acts {
		parked, err := s.office.Unpark(c.UserContext(), v.Actor.ID, registrationPath(file.Number)+"/"+act.resource)
		if err != nil {
			return err
		}
		if parked != nil {
			page.Typed, page.Tried, page.Kept = web.NewForm(parked), act.resource, true
		}
	}
	return web.Render(c, fiber.StatusOK, registrationView(page))
}

func (s *Console) registrationPage(v *web.Visit, file office.RegistrationFile) registrationPage {
	p, r := v.Printer, file.Rules
	page := registrationPage{Frame: frame(v, p.Say("console.registration.title")), Visit: v, File: file, Facts: s.registrationFacts(p, file), Timeline: registrationTimeline(p, file)}
	page.Frame.Wide, page.Frame.Path = true, registrationPath(file.Number)
	page.Frame.Back = &parts.Link{Label: p.Say("console.registrations.back"), Href: "/console/registrations"}
	if file.Counted() {
		page.Receipt = registrationPath(file.Number) + "/receipt"
	}
	rule := r.Registration.Backdating
	for _, act := range registrationActs() {
		allowed := act.state == file.State && v.Actor.Holds(act.roles...)
		if act.resource == backdating.resource && (rule == nil || file.ShownBy != "" || file.Since.Before(file.On)) {
			allowed = false
		}
		if allowed {
			page.Acts = append(page.Acts, act)
		}
	}
	if rule != nil && v.Actor.Holds(access.Acceptor) {
		for _, e := range rule.Evidence {
			page.Earlier = append(page.Earlier, parts.Option{Value: e.Code, Label: pick(p, e.Name)})
		}
		law := passage(p, r, rule.Basis)
		page.Law, page.Limit = &law, p.Say("registration.earlier.limit", "From", parts.Date(p, rule.Earliest(file.DeclaredOn)))
	}
	for _, code := range permit.RejectReasons() {
		page.Reject = append(page.Reject, parts.Option{Value: code, Label: p.Say("registration.reject." + code)})
	}
	for _, code := range permit.EndReasons() {
		page.End = append(page.End, parts.Option{Value: code, Label: p.Say("registration.end." + code)})
	}
	page.Others = parts.TableView{ID: "household", Caption: p.Say("console.registration.household"), Columns: []parts.Column{
		{Label: p.Say("registration.number")}, {Label: p.Say("field.name")}, {Label: p.Say("registration.children.relation")}, {Label: p.Say("registration.state")}}}
	for _, one := range file.Others {
		relation := ""
		if one.Particulars.Child.Relation != "" {
			relation = p.Say("registration.relation." + one.Particulars.Child.Relation)
		}
		page.Others.Rows = append(page.Others.Rows, []parts.Cell{{Text: one.Number, Href: registrationPath(one.Number)}, {Text: one.Particulars.Name}, {Text: relation}, {Tag: parts.RegistrationTag(p, string(one.State))}})
	}
	return page
}

// registrationFacts lay out what was declared, for the comparison with the card, and what the office has made of it.
func (s *Console) registrationFacts(p text.Printer, file office.RegistrationFile) parts.SummaryView {
	d := file.Particulars
	id := civic.CitizenID(d.IDNumber)
	ethnic, _ := civic.EthnicByCode(d.EthnicGroup)
	row := func(key, value string) parts.Row { return parts.Row{Key: key, Value: value} }
	rows := []parts.Row{row(p.Say("field.name"), d.Name), row(p.Say("field.id_number"), d.IDNumber)}
	if child := d.Child; child != (permit.Child{}) {
		rows = append(rows, row(p.Say("registration.children.relation"), p.Say("registration.relation."+child.Relation)),
			row(p.Say("console.case.sex_born"), p.Say("console.sex."+string(child.Sex))+p.Pick("，", ", ")+parts.Date(p, child.Born)))
	} else {
		rows = append(rows, row(p.Say("console.case.sex_born"), p.Say("console.sex."+string(id.Sex()))+p.Pick("，", ", ")+parts.Date(p, id.Born())), row(p.Say("field.ethnic_group"), pick(p, ethnic.Name)))
	}
	rows = append(rows, row(p.Say("field.hukou"), divisionNames(d.HukouDivision)), row(p.Say("registration.address"), office.AddressLine(d.Draft)), row(p.Say("registration.field.phone"), d.Phone))
	if d.Workplace != "" {
		rows = append(rows, row(p.Say("field.workplace"), d.Workplace))
	}
	if !d.ArrivedOn.IsZero() {
		rows = append(rows, row(p.Say("registration.field.arrived_on"), parts.Date(p, d.ArrivedOn)))
	}
	declared := row(p.Say("console.registrations.declared"), parts.Date(p, file.DeclaredOn))
	declared.Note = p.Say("registration.source." + file.Source)
	rows = append(rows, declared)
	if d.Earlier.Asked() {
		rows = append(rows, parts.Row{Key: p.Say("registration.earlier.asked"), Value: parts.Date(p, d.Earlier.From), Note: earlierName(p, file.Rules, d.Earlier.Evidence)})
	}
	if file.Counted() {
		on := row(p.Say("registration.on"), parts.Date(p, file.On))
		if file.ShownBy != "" {
			on.Note = earlierName(p, file.Rules, file.ShownBy)
		}
		rows = append(rows, on)
		if file.Since != file.On {
			rows = append(rows, row(p.Say("registration.since"), parts.Date(p, file.Since)))
		}
		if !file.HalfYearOn.IsZero() {
			rows = append(rows, row(p.Say("registration.half_year"), parts.Date(p, file.HalfYearOn)))
		}
	}
	if file.State == permit.RegistrationEnded {
		rows = append(rows, parts.Row{Key: p.Say("registration.ended_on"), Value: parts.Date(p, file.EndedOn), Note: p.Say("registration.end." + file.EndedFor)})
	}
	return parts.SummaryView{Title: p.Say("registration.person"), Rows: append(rows, row(p.Say("registration.station"), pick(p, file.Station.Name)))}
}

// earlierName names a kind of evidence for an earlier beginning.
func earlierName(p text.Printer, r *policy.Ruleset, code string) string {
	if b := r.Registration.Backdating; b != nil {
		for _, e := range b.Evidence {
			if e.Code == code {
				return pick(p, e.Name)
			}
		}
	}
	return code
}

func registrationTimeline(p text.Printer, file office.RegistrationFile) parts.TimelineView {
	view := parts.TimelineView{Label: p.Say("console.registration.history")}
	for _, e := range file.Events {
		step := parts.Step{State: parts.Past, Title: p.Say("registration.did." + e.Verb), When: moment(p, e.At), Who: registrationWho(p, e)}
		switch e.Verb {
		case permit.VerbReject:
			step.Tone, step.Detail = parts.Stop, strings.TrimSpace(p.Say("registration.reject."+e.Reason)+" "+e.Note)
		case permit.VerbBackdate:
			step.Detail = earlierName(p, file.Rules, e.Reason)
		case permit.VerbEnd:
			step.Detail = p.Say("registration.end." + e.Reason)
		}
		view.Steps = append(view.Steps, step)
	}
	return view
}

// registeredRow is the declared date of registration, with what the record says of it.
func (s *Console) registeredRow(p text.Printer, file office.Progress) parts.Row {
	d := file.Application.Particulars
	row := parts.Row{Key: p.Say("field.registered_on"), Value: parts.Date(p, d.RegisteredOn)}
	agreement, tone := d.AgreesWith(file.Record), parts.Wait
	if agreement == permit.FromRecord || agreement == permit.AsRecorded {
		tone = parts.Good
	}
	row.Tag = &parts.TagView{Tone: tone, Text: p.Say("registration.agreement." + string(agreement))}
	if file.Record != nil {
		row.Note = p.Say("registration.on_record", "Number", file.Record.Number, "Since", parts.Date(p, file.Record.Since))
	}
	return row
}

// registrationWho is the officer of an event, or the counter.
func registrationWho(p text.Printer, e permit.RegistrationEvent) string {
	if e.By.ID != "" {
		return e.By.Name
	}
	return p.Say("registration.source." + e.Counter)
}

// actOnRegistration does an act. A wrong form is shown again with what was typed (422); when something else happened meanwhile, the page shows
// it (409); the same act sent twice is done once and answered twice.
func (s *Console) actOnRegistration(act registrationAct) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v := web.VisitOf(c)
		form, err := web.ReadForm(c)
		if err != nil {
			return err
		}
		number := c.Params("number")
		version, err := strconv.Atoi(form.Get("version"))
		if err != nil {
			version = 0 // of no page that we made
		}
		err = act.do(s.office, c.UserContext(), v.Actor, office.RegistrationDecision{Number: number, Version: version}, form)
		faults, known := office.FaultsOf(err), new(office.Error)
		moved := errors.Is(err, office.ErrStale)
		denied := errors.As(err, &known) && known.What == office.Denied && text.Has("registration.denied."+known.Why)
		if err == nil {
			web.SetFlash(c, "registration_"+act.resource)
			return web.SeeOther(c, registrationPath(number))
		}
		if !moved && !denied && len(faults) == 0 {
			return err
		}
		file, readErr := s.office.RegistrationFile(c.UserContext(), v.Actor, number)
		if readErr != nil {
			return readErr
		}
		if moved && ownAct(act, file.Events, version, v.Actor) {
			web.SetFlash(c, "registration_"+act.resource)
			return web.SeeOther(c, registrationPath(number))
		}
		page := s.registrationPage(v, file)
		page.Typed, page.Tried, page.Frame.HasErrors = form, act.resource, true
		if moved {
			page.Stale = registrationStale(v.Printer, file.Events, version, form.Get("note"))
			return web.Render(c, fiber.StatusConflict, registrationView(page))
		}
		page.Errors = parts.DateErrors(v.Printer, errorsOf(v.Printer, faults), form.Get, "earlier", "ended_on")
		if denied {
			page.Errors = parts.Errors{{Field: "actions", Message: v.Printer.Say("registration.denied." + known.Why)}}
		}
		return web.Render(c, fiber.StatusUnprocessableEntity, registrationView(page))
	}
}

// ownAct reports whether what followed the version that was seen was this very act of this officer.
func ownAct(act registrationAct, events []permit.RegistrationEvent, version int, actor access.Actor) bool {
	verbs := map[string]string{"confirmation": permit.VerbConfirm, "rejection": permit.VerbReject, "backdating": permit.VerbBackdate, "end": permit.VerbEnd}
	return version >= 1 && version < len(events) && events[version].Verb == verbs[act.resource] && events[version].By.ID == actor.ID
}

// registrationStale says what happened to a registration while the page stood open, and gives back what was typed.
func registrationStale(p text.Printer, events []permit.RegistrationEvent, version int, note string) *stale {
	st := &stale{Note: note}
	if version < 1 || version > len(events) {
		version = len(events)
	}
	for _, e := range events[version:] {
		st.Happened = append(st.Happened, p.Say("console.stale.event", "When", moment(p, e.At), "Who", registrationWho(p, e), "What", p.Say("registration.did."+e.Verb)))
	}
	return st
}

// registrationReceiptPage is the receipt, to print.
type registrationReceiptPage struct {
	Frame   parts.FrameView
	Visit   *web.Visit
	Receipt parts.ReceiptView
}

func (s *Console) registrationReceipt(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	file, err := s.office.RegistrationFile(c.UserContext(), v.Actor, c.Params("number"))
	if err != nil {
		return err
	}
	if !file.Counted() {
		return web.ErrNotFound
	}
	qr, err := credential.QRSVG(credential.TokenText(s.office.Origin, file.Token))
	if err != nil {
		return fmt.Errorf("console: code: %w", err)
	}
	d, address := file.Particulars, registrationPath(file.Number)+"/receipt"
	page := registrationReceiptPage{Frame: frame(v, p.Say("registration.receipt.title")), Visit: v}
	page.Frame.Back = &parts.Link{Label: p.Say("console.registration.title"), Href: registrationPath(file.Number)}
	page.Receipt = parts.ReceiptView{City: s.cityName(p, file.Jurisdiction), Number: file.Number, Name: civic.MaskName(d.Name), IDNumber: civic.CitizenID(d.IDNumber).Masked(),
		Hukou: divisionNames(d.HukouDivision), Residence: office.AddressLine(d.Draft), On: file.On, Since: file.Since, HalfYear: file.HalfYearOn, Reached: file.ReachedOn(s.office.Today()),
		Station: pick(p, file.Station.Name), HandledBy: file.HandledBy(), Code: parts.Code{Size: qr.Size, Path: qr.Path, Label: p.Say("registration.receipt.code")},
		Narrow: web.Query(c).Get("paper") == "80", Demo: v.Demo, Other: parts.Link{Label: p.Say("registration.receipt.paper80"), Href: address + "?paper=80"}}
	if page.Receipt.Narrow {
		page.Receipt.Other = parts.Link{Label: p.Say("registration.receipt.sheet"), Href: address}
	}
	if !file.Live() {
		page.Receipt.Ended = p.Say("registration.receipt.ended", "On", parts.Date(p, file.EndedOn))
	}
	return web.Render(c, fiber.StatusOK, registrationReceiptView(page))
}
