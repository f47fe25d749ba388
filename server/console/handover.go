package console

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/web"
)

// handing is what was typed, ticked and drawn at a hand-over.
type handing struct {
	Collector          string // "agent", or else the holder
	AgentName, AgentID string
	Collected          []string
	Signing, Drawn     string // the picture as the browser writes it
}

// drawnPrefix begins a picture that was drawn in a browser.
const drawnPrefix = "data:image/png;base64,"

func handingOf(form web.Form) handing {
	return handing{Collector: form.Get("collector"), AgentName: form.Get("agent_name"), AgentID: form.Get("agent_id"), Collected: form.All("collected"), Signing: form.Get("signing"), Drawn: form.Get("signature")}
}

// handover is what the law looks at. A picture that cannot be read is none.
func (h handing) handover() permit.Handover {
	out := permit.Handover{IdentitySeen: len(h.Collected) == 1 && h.Collected[0] == "seen", Signing: permit.Signing(h.Signing)}
	if h.Collector == "agent" {
		out.Collector = &permit.Collector{Name: h.AgentName, IDNumber: civic.CitizenID(h.AgentID)}
	}
	if raw, ok := strings.CutPrefix(h.Drawn, drawnPrefix); ok {
		if picture, err := base64.StdEncoding.DecodeString(raw); err == nil {
			out.Signature = picture
		}
	}
	return out
}

// handoverPath is the address of the receipt of a hand-over.
func handoverPath(reference string) string { return casePath(reference) + "/handover" }

// handsOver reports whether a case has a receipt: on paper to be signed while it waits, and of what happened afterwards.
func handsOver(a permit.Application) bool {
	return a.State == permit.ToCollect || a.State == permit.Issued
}

// handoverPage is the receipt (居住证领取凭证). Before the hand-over it has a line to sign on; afterwards it shows what happened. It stays in the
// station's files.
type handoverPage struct {
	Frame     parts.FrameView
	Visit     *web.Visit
	Station   string
	Rows      parts.SummaryView
	ToSign    bool
	Signature string // address of the picture
}

func (s *Console) handover(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	file, err := s.office.HandoverFile(c.UserContext(), v.Actor, c.Params("reference"))
	if err != nil {
		return err
	}
	p, a := v.Printer, file.Application
	if !handsOver(a) {
		return web.ErrNotFound
	}
	page := handoverPage{Frame: frame(v, p.Say("handover.title")), Visit: v, Station: pick(p, file.Station.Name), ToSign: a.State == permit.ToCollect}
	page.Frame.Path, page.Frame.Back = handoverPath(a.Reference), &parts.Link{Label: p.Say("console.slip.back"), Href: casePath(a.Reference)}
	row := func(key, value string) {
		page.Rows.Rows = append(page.Rows.Rows, parts.Row{Key: p.Say(key), Value: value})
	}
	row("console.case.reference", a.Reference)
	row("handover.of", file.Person.Name)
	row("field.id_number", file.Person.IDNumber.Masked())
	row("console.case.tier", s.tierName(p, a))
	if a.Permit != "" {
		row("console.case.permit", a.Permit)
	}
	for _, e := range file.Events {
		if e.Verb == permit.VerbIssue {
			row("handover.when", moment(p, e.At))
			row("console.slip.officer", e.By.Name)
		}
	}
	if h := file.Handover; h != nil {
		if h.Collector == nil {
			row("handover.collector", p.Say("handover.holder"))
		} else {
			row("handover.collector", p.Say("handover.agent_line", "Name", h.Collector.Name, "Number", h.Collector.IDNumber.Masked()))
		}
		row("handover.signing", p.Say("handover.signed."+string(h.Signing)))
		if h.Signing == permit.SignedOnScreen {
			page.Signature = handoverPath(a.Reference) + "/signature"
		}
	}
	return web.Render(c, fiber.StatusOK, handoverView(page))
}

// signature gives out the picture of a signature.
func (s *Console) signature(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	file, err := s.office.HandoverFile(c.UserContext(), v.Actor, c.Params("reference"))
	if err != nil {
		return err
	}
	if file.Handover == nil || len(file.Handover.Signature) == 0 {
		return web.ErrNotFound
	}
	c.Set(fiber.HeaderContentType, "image/png")
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf(`inline; filename="%s.png"`, file.Application.Reference))
	return c.Send(file.Handover.Signature)
}
