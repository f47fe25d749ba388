package console

import (
	"bytes"

	"github.com/gofiber/fiber/v2"

	"anju/server/parts"
	"anju/server/web"
)

// sessionsPage is where a colleague is signed in, and how to end what was left open elsewhere.
type sessionsPage struct {
	Frame  parts.FrameView
	Visit  *web.Visit
	Table  parts.TableView
	Others bool
}

func (s *Console) sessions(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	alive, err := s.office.Sessions(c.UserContext(), v.Actor)
	if err != nil {
		return err
	}
	page := sessionsPage{Frame: frame(v, p.Say("console.sessions.title")), Visit: v, Others: len(alive) > 1}
	page.Table = parts.TableView{ID: "sessions", Caption: p.Say("console.sessions.caption", "Count", len(alive)), Columns: []parts.Column{
		{Label: p.Say("console.sessions.since")}, {Label: p.Say("console.sessions.seen")}, {Label: p.Say("console.sessions.which")}}}
	for _, one := range alive {
		which := parts.Cell{Text: p.Say("console.sessions.other")}
		if bytes.Equal(one.Hash, v.Session.Hash) {
			which = parts.Cell{Tag: &parts.TagView{Tone: parts.Good, Text: p.Say("console.sessions.this")}}
		}
		page.Table.Rows = append(page.Table.Rows, []parts.Cell{{Text: moment(p, one.CreatedAt)}, {Text: moment(p, one.SeenAt)}, which})
	}
	return web.Render(c, fiber.StatusOK, sessionsView(page))
}

func (s *Console) endSessions(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	if err := s.office.EndOtherSessions(c.UserContext(), v.Actor, *v.Session); err != nil {
		return err
	}
	web.SetFlash(c, "sessions")
	return web.SeeOther(c, "/console/sessions")
}
