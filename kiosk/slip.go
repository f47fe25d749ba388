package kiosk

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/credential"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/web"
)

// slipPage is what the person takes away: reference, code, what happens next. Of the person it has the masked name only.
type slipPage struct {
	page
	Reference string
	Name      string
	Agent     string // who applied for the person, masked, with the relation; empty when the person did
	City      string
	Station   office.Station
	SentOn    string
	Code      parts.Code
	Portal    []string // the address where documents are sent, in the pieces at which a line may break; nil when none are needed
}

func (k *Kiosk) slip(c *fiber.Ctx) error {
	pg, gone, err := k.slipPage(c)
	if gone || err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, slipView(pg))
}

// printSlip is the slip on paper 80 mm wide.
func (k *Kiosk) printSlip(c *fiber.Ctx) error {
	pg, gone, err := k.slipPage(c)
	if gone || err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, printSlipView(pg))
}

func (k *Kiosk) slipPage(c *fiber.Ctx) (pg slipPage, gone bool, err error) {
	v := web.VisitOf(c)
	sent, err := k.Office.Slip(c.UserContext(), v.Actor)
	if errors.Is(err, office.ErrNotFound) {
		return pg, true, web.SeeOther(c, "/kiosk/apply")
	}
	if err != nil {
		return pg, false, err
	}
	p, a := v.Printer, sent.Application
	qr, err := credential.QRSVG(credential.TokenText(k.Office.Origin, sent.Token))
	if err != nil {
		return pg, false, err
	}
	pg = slipPage{page: k.page(c, p.Say("kiosk.slip.title")), Reference: a.Reference, Name: civic.MaskName(sent.Person.Name), City: k.cityName(p, a.Jurisdiction),
		Station: sent.Station, SentOn: parts.Date(p, civic.DateOf(a.SubmittedAt)), Code: parts.Code{Size: qr.Size, Path: qr.Path, Label: p.Say("kiosk.slip.code")}}
	if agent := a.Particulars.Agent; agent != nil {
		pg.Agent = p.Say("console.slip.agent_value", "Name", civic.MaskName(agent.Name), "Relation", p.Say("agent.relation."+string(agent.Relation)))
	}
	if len(a.Particulars.Grounds) > 0 {
		pg.Portal = []string{k.Office.Origin, "/applications", "/" + a.Reference, "/evidence"}
	}
	return pg, false, nil
}

// breakable writes an address so that a line breaks between its pieces and not at a hyphen, which would be taken for a part of it. Only
// the first piece, the origin, may be too long for a line.
func breakable(pieces []string) parts.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		escaped := make([]string, len(pieces))
		for i, piece := range pieces {
			escaped[i] = templ.EscapeString(piece)
			if i > 0 {
				escaped[i] = `<span class="piece">` + escaped[i] + `</span>`
			}
		}
		_, err := io.WriteString(w, strings.Join(escaped, "<wbr>"))
		return err
	})
}
