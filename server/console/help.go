package console

import (
	"github.com/gofiber/fiber/v2"

	"anju/server/parts"
	"anju/server/web"
)

// helpPage says which short keys there are, and where they can be switched off.
type helpPage struct {
	Frame parts.FrameView
	Visit *web.Visit
	Keys  []parts.Row
}

func (s *Console) help(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	page := helpPage{Frame: frame(v, p.Say("console.help.title")), Visit: v}
	page.Frame.Path = "/console/help"
	for _, one := range []struct{ key, what string }{{"/", "search"}, {"j", "down"}, {"k", "up"}, {"Enter", "open"}, {"?", "help"}, {"+  −  0", "zoom"}, {"r", "turn"}} {
		page.Keys = append(page.Keys, parts.Row{Key: one.key, Value: p.Say("console.help.key." + one.what)})
	}
	return web.Render(c, fiber.StatusOK, helpView(page))
}
