package console

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/credential"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/web"
)

// slipPage is the acceptance slip (受理回执), to print: it proves that the clock runs. It leaves the house, so name and number on it
// are masked.
type slipPage struct {
	Frame     parts.FrameView
	Visit     *web.Visit
	Reference string
	Station   string
	Rows      parts.SummaryView
	Code      parts.Code
	Track     string // where progress is looked up without scanning
}

// slipped reports whether a case has a slip: while the clock runs.
func slipped(a permit.Application) bool { return a.State.Open() && !a.AcceptedOn.IsZero() }

func (s *Console) slip(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	file, err := s.office.CaseFile(c.UserContext(), v.Actor, c.Params("reference"))
	if err != nil {
		return err
	}
	p, a := v.Printer, file.Application
	if !slipped(a) {
		return web.ErrNotFound
	}
	qr, err := credential.QRSVG(credential.TokenText(s.office.Origin, file.Token))
	if err != nil {
		return fmt.Errorf("console: code: %w", err)
	}
	page := slipPage{Frame: frame(v, p.Say("console.slip.title")), Visit: v, Reference: a.Reference, Station: pick(p, file.Station.Name), Track: s.office.Origin + "/track",
		Code: parts.Code{Size: qr.Size, Path: qr.Path, Label: p.Say("console.slip.code")}}
	page.Frame.Back = &parts.Link{Label: p.Say("console.slip.back"), Href: casePath(a.Reference)}
	row := func(key, value string) parts.Row { return parts.Row{Key: p.Say(key), Value: value} }
	page.Rows.Rows = []parts.Row{
		row("console.case.reference", a.Reference), row("console.case.applicant", civic.MaskName(file.Person.Name)), row("field.id_number", file.Person.IDNumber.Masked()),
		row("console.case.tier", s.tierName(p, a)), row("console.case.accepted", parts.Date(p, a.AcceptedOn)), row("console.case.promised", parts.Date(p, a.PromisedBy)),
		row("console.case.statutory", parts.Date(p, a.StatutoryBy)), {Key: p.Say("console.slip.station"), Value: page.Station, Lines: []string{pick(p, file.Station.Address)}},
	}
	if agent := a.Particulars.Agent; agent != nil {
		page.Rows.Rows = append(page.Rows.Rows, row("console.slip.agent", p.Say("console.slip.agent_value", "Name", civic.MaskName(agent.Name), "Relation", p.Say("agent.relation."+string(agent.Relation)))))
	}
	for _, e := range file.Events {
		if e.Verb == permit.VerbAccept {
			page.Rows.Rows = append(page.Rows.Rows, row("console.slip.officer", e.By.Name))
		}
	}
	return web.Render(c, fiber.StatusOK, slipView(page))
}
