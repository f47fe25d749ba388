package console

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// correctionRoles correct records, two of them together.
var correctionRoles = []access.Role{access.Supervisor}

// correcting is the part of a person's page that supervisors see: the corrections, and the form that proposes one.
type correcting struct {
	Visit    *web.Visit
	Path     string // where a proposal is posted
	Errors   parts.Errors
	Fields   []parts.Option
	Reasons  []parts.Option
	Typed    correctionForm
	Existing []correctionView
}

// correctionForm is what was typed.
type correctionForm struct{ Field, Value, Reason, Evidence, Note string }

// correctionView is one correction with what this supervisor may do about it.
type correctionView struct {
	ID        string
	Summary   parts.SummaryView
	Decides   bool   // this supervisor may decide it
	Own       bool   // it waits, and this supervisor has proposed it
	Problem   string // what is wrong with the decision that was tried
	NoteTyped string
}

func correctionFormOf(form web.Form) correctionForm {
	return correctionForm{Field: form.Get("field"), Value: form.Get("value"), Reason: form.Get("reason"), Evidence: form.Get("evidence"), Note: answersOf(form).Note}
}

// correcting lays out the part; nil for those who correct nothing.
func (s *Console) correcting(c *fiber.Ctx, v *web.Visit, file office.PersonFile) (*correcting, error) {
	if !v.Actor.Holds(correctionRoles...) {
		return nil, nil
	}
	list, err := s.office.Corrections(c.UserContext(), v.Actor, file.Person.ID)
	if err != nil {
		return nil, err
	}
	p := v.Printer
	part := &correcting{Visit: v, Path: personPath(file.Person.ID) + "/corrections"}
	for _, field := range permit.PersonFields() {
		part.Fields = append(part.Fields, parts.Option{Value: field, Label: p.Say("correction.field." + field)})
	}
	for _, one := range file.Permits {
		part.Fields = append(part.Fields, parts.Option{Value: permit.FieldResidence + "/" + one.Permit.Number, Label: p.Say("correction.residence_of", "Number", one.Permit.Number)})
	}
	for _, reason := range permit.CorrectionReasons() {
		part.Reasons = append(part.Reasons, parts.Option{Value: reason, Label: p.Say("correction.reason." + reason)})
	}
	for _, one := range list {
		open := one.State == permit.CorrectionOpen
		part.Existing = append(part.Existing, correctionView{ID: one.ID, Summary: correctionSummary(p, one), Decides: open && one.ProposedBy.ID != v.Actor.ID, Own: open && one.ProposedBy.ID == v.Actor.ID})
	}
	return part, nil
}

// correctionSummary lays the old value beside the new one, with who, when and why.
func correctionSummary(p text.Printer, c permit.Correction) parts.SummaryView {
	tone := map[permit.CorrectionState]parts.Tone{permit.CorrectionOpen: parts.Wait, permit.CorrectionConfirmed: parts.Good, permit.CorrectionRejected: parts.Stop}[c.State]
	rows := []parts.Row{
		{Key: p.Say("correction.what"), Value: p.Say("correction.field." + c.Field), Note: c.Permit, Tag: &parts.TagView{Tone: tone, Text: p.Say("correction.state." + string(c.State))}},
		{Key: p.Say("correction.old"), Value: valueName(p, c.Field, c.Old)}, {Key: p.Say("correction.new"), Value: valueName(p, c.Field, c.New)},
		{Key: p.Say("console.reason.legend"), Value: p.Say("correction.reason." + c.Reason), Note: c.Evidence},
		{Key: p.Say("correction.proposed"), Value: moment(p, c.ProposedAt), Note: c.ProposedBy.Name}}
	if c.State != permit.CorrectionOpen {
		rows = append(rows, parts.Row{Key: p.Say("correction.decided"), Value: moment(p, c.DecidedAt), Note: joined(p, c.DecidedBy.Name, c.Note)})
	}
	return parts.SummaryView{Rows: rows}
}

// valueName writes a value as people read it.
func valueName(p text.Printer, field, value string) string {
	if field == permit.FieldEthnicGroup {
		if group, ok := civic.EthnicByCode(value); ok {
			return pick(p, group.Name)
		}
	}
	return value
}

func (s *Console) proposeCorrection(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	typed, person := correctionFormOf(form), c.Params("id")
	field, number, _ := strings.Cut(typed.Field, "/")
	err = s.office.ProposeCorrection(c.UserContext(), v.Actor, office.CorrectionOrder{Person: person, Permit: number, Field: field, Value: typed.Value, Reason: typed.Reason,
		Evidence: strings.Join(strings.Fields(typed.Evidence), " ")})
	if err == nil {
		web.SetFlash(c, "correction_proposed")
		return web.SeeOther(c, personPath(person))
	}
	faults := office.FaultsOf(err)
	if len(faults) == 0 {
		return err
	}
	for i := range faults {
		if faults[i].Code == "correction_field" {
			faults[i].Field = "field"
		}
	}
	return s.sendPerson(c, fiber.StatusUnprocessableEntity, person, func(page *personPage) {
		page.Correcting.Typed, page.Correcting.Errors = typed, errorsOf(v.Printer, faults)
		page.Errors = page.Correcting.Errors
	})
}

// decideCorrection confirms or rejects. When another supervisor was faster, or the value has moved, the page says so (409) and keeps the note.
func (s *Console) decideCorrection(confirm bool) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v := web.VisitOf(c)
		form, err := web.ReadForm(c)
		if err != nil {
			return err
		}
		id, note := c.Params("id"), correctionFormOf(form).Note
		person, err := s.office.DecideCorrection(c.UserContext(), v.Actor, id, confirm, note)
		if err == nil {
			flash := "correction_rejected"
			if confirm {
				flash = "correction_confirmed"
			}
			web.SetFlash(c, flash)
			return web.SeeOther(c, personPath(person))
		}
		faults, known := office.FaultsOf(err), (*office.Error)(nil)
		errors.As(err, &known)
		status, problem := fiber.StatusUnprocessableEntity, ""
		switch {
		case person == "":
			return err
		case len(faults) > 0:
			problem = v.Printer.Say("fault." + faults[0].Code)
		case known != nil && known.What == office.Denied && text.Has("correction.denied."+known.Why):
			status, problem = fiber.StatusConflict, v.Printer.Say("correction.denied."+known.Why)
		default:
			return err
		}
		return s.sendPerson(c, status, person, func(page *personPage) {
			page.Errors = parts.Errors{{Field: "corrections", Message: problem}}
			for i := range page.Correcting.Existing {
				if one := &page.Correcting.Existing[i]; one.ID == id {
					one.Problem, one.NoteTyped = problem, note
					if one.Decides {
						page.Errors[0].Field = "note-" + id
					}
				}
			}
		})
	}
}

// correctionsPage is what waits for a second person.
type correctionsPage struct {
	Frame parts.FrameView
	Visit *web.Visit
	Table parts.TableView
}

func (s *Console) corrections(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	list, err := s.office.OpenCorrections(c.UserContext(), v.Actor)
	if err != nil {
		return err
	}
	page := correctionsPage{Frame: frame(v, p.Say("correction.title")), Visit: v}
	page.Frame.Path = "/console/corrections"
	page.Table = parts.TableView{ID: "corrections", Caption: p.Say("correction.waiting", "Count", len(list)), Empty: p.Say("correction.none"),
		Columns: []parts.Column{{Label: p.Say("correction.what")}, {Label: p.Say("console.reason.legend")}, {Label: p.Say("correction.proposed")}, {Label: p.Say("console.case.state")}}}
	for _, one := range list {
		who := parts.Cell{Tag: &parts.TagView{Tone: parts.Wait, Text: p.Say("correction.for_you")}}
		if one.ProposedBy.ID == v.Actor.ID {
			who = parts.Cell{Tag: &parts.TagView{Tone: parts.Info, Text: p.Say("correction.for_another")}}
		}
		page.Table.Rows = append(page.Table.Rows, []parts.Cell{{Text: p.Say("correction.field." + one.Field), Href: personPath(one.Person) + "#corrections", Note: one.Permit},
			{Text: p.Say("correction.reason." + one.Reason)}, {Text: moment(p, one.ProposedAt), Note: one.ProposedBy.Name}, who})
	}
	return web.Render(c, fiber.StatusOK, correctionsView(page))
}
