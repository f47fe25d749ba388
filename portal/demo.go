package portal

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/web"
)

// Words sets how the demonstration says a text that was sent to a phone; without it the kind of the text is shown.
func (s *Portal) Words(words func(office.Message) string) { s.words = words }

// parts shows every part in every state.
func (s *Portal) parts(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	return web.Render(c, fiber.StatusOK, partsView(v.Printer, frame(v, v.Printer.Say("home.demo_parts"))))
}

// demoMessage is one text that was "sent" to a phone.
type demoMessage struct {
	At   string `json:"at"`
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// messages answers with the texts that the demonstration has sent to a phone (?to=), the newest first.
func (s *Portal) messages(c *fiber.Ctx) error {
	phone, err := civic.ParsePhone(web.Query(c).Get("to"))
	if err != nil {
		return &web.Error{What: "invalid", Why: "phone", At: "to"}
	}
	sent, err := s.office.MessagesTo(c.UserContext(), phone)
	if err != nil {
		return err
	}
	list := make([]demoMessage, 0, len(sent))
	for _, m := range sent {
		words := m.Kind
		if s.words != nil {
			words = s.words(m)
		}
		list = append(list, demoMessage{At: m.CreatedAt.In(civic.Zone).Format(time.RFC3339), Kind: m.Kind, Text: words})
	}
	return c.JSON(list)
}
