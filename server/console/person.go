package console

import (
	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/text"
	"anju/server/web"
)

// personPage is a person with everything that the officer's stations have of them.
type personPage struct {
	Frame      parts.FrameView
	Visit      *web.Visit
	Errors     parts.Errors
	Facts      parts.SummaryView
	Cases      parts.TableView
	Permits    *parts.TableView // nil for those who see no permits
	Correcting *correcting      // nil for those who correct nothing
}

// personPath is the address of a person: an identifier that means nothing outside the record.
func personPath(id string) string { return "/console/persons/" + id }

func (s *Console) person(c *fiber.Ctx) error {
	return s.sendPerson(c, fiber.StatusOK, c.Params("id"), func(*personPage) {})
}

// sendPerson answers with a person's page; again adds what is wrong with a form that is shown again.
func (s *Console) sendPerson(c *fiber.Ctx, status int, id string, again func(*personPage)) error {
	v := web.VisitOf(c)
	p := v.Printer
	file, err := s.office.PersonFile(c.UserContext(), v.Actor, id)
	if err != nil {
		return err
	}
	page := personPage{Frame: frame(v, p.Say("console.person.title")), Visit: v, Facts: parts.SummaryView{Rows: personRows(p, file)}}
	page.Frame.Wide, page.Frame.Path, page.Frame.Back = true, personPath(id), &parts.Link{Label: p.Say("console.queue.back"), Href: "/console"}
	page.Cases = parts.TableView{ID: "cases", Caption: p.Say("console.person.cases"), Columns: []parts.Column{{Label: p.Say("console.case.reference")}, {Label: p.Say("console.case.tier")}, {Label: p.Say("console.case.state")}, {Label: p.Say("console.case.submitted")}}}
	for _, one := range file.Cases {
		a := one.Application
		page.Cases.Rows = append(page.Cases.Rows, []parts.Cell{{Text: a.Reference, Href: casePath(a.Reference)}, {Text: s.tierName(p, a)}, {Tag: stateTag(a.State, p.Say("console.queue."+string(a.State)))},
			{Text: parts.Date(p, civic.DateOf(a.SubmittedAt))}})
	}
	if v.Actor.Holds(permitRoles...) {
		page.Permits = &parts.TableView{ID: "permits", Caption: p.Say("console.person.permits"), Empty: p.Say("console.person.no_permits"),
			Columns: []parts.Column{{Label: p.Say("console.case.permit")}, {Label: p.Say("console.case.state")}, {Label: p.Say("parts.permit.issued_on")}}}
		for _, one := range file.Permits {
			tag := permitTag(p, one.Permit.StatusOn(s.office.Today()))
			page.Permits.Rows = append(page.Permits.Rows, []parts.Cell{{Text: one.Permit.Number, Href: permitPath(one.Permit.Number)}, {Tag: &tag}, {Text: parts.Date(p, one.Permit.IssuedOn)}})
		}
	}
	if page.Correcting, err = s.correcting(c, v, file); err != nil {
		return err
	}
	again(&page)
	page.Frame.HasErrors = len(page.Errors) > 0
	return web.Render(c, status, personView(page))
}

// personRows are the particulars that the record has, as they were compared with the identity card last.
func personRows(p text.Printer, file office.PersonFile) []parts.Row {
	ethnic, _ := civic.EthnicByCode(file.Person.EthnicGroup)
	id := file.Person.IDNumber
	return []parts.Row{{Key: p.Say("field.name"), Value: file.Person.Name}, {Key: p.Say("field.id_number"), Value: string(id)},
		{Key: p.Say("console.case.sex_born"), Value: p.Say("console.sex."+string(id.Sex())) + p.Pick("，", ", ") + parts.Date(p, id.Born())},
		{Key: p.Say("field.ethnic_group"), Value: pick(p, ethnic.Name)}, {Key: p.Say("console.case.phone"), Value: file.Person.Phone}}
}
