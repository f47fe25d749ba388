package portal

import (
	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/web"
)

// privacyPage is the notice of the Personal Information Protection Law, Art. 17: who handles what, why, for how long, and what rights there
// are. Its version is stored with each application; whoever changes its sense raises office.NoticeVersion.
type privacyPage struct {
	Frame     parts.FrameView
	Visit     *web.Visit
	Version   string
	Kinds     parts.SummaryView
	Retention parts.SummaryView
}

// dataKinds are what is asked, each with its purpose; retentions how long each is kept.
var (
	dataKinds  = []string{"phone", "identity", "agent", "ethnic", "hukou", "residence", "ground", "evidence", "permit", "refusal", "rating", "visit"}
	retentions = []string{"code", "session", "parked", "draft", "application", "permit", "refusal", "rating", "messages", "record", "technical", "picture"}
)

func (s *Portal) privacy(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	page := privacyPage{Frame: frame(v, p.Say("privacy.title")), Visit: v}
	if version, err := civic.ParseDate(office.NoticeVersion); err == nil { // versions are the day on which they took effect
		page.Version = parts.Date(p, version)
	}
	for _, kind := range dataKinds {
		page.Kinds.Rows = append(page.Kinds.Rows, parts.Row{Key: p.Say("privacy.data." + kind), Value: p.Say("privacy.for." + kind)})
	}
	for _, kind := range retentions {
		page.Retention.Rows = append(page.Retention.Rows, parts.Row{Key: p.Say("privacy.kept." + kind), Value: p.Say("privacy.until." + kind)})
	}
	return web.Render(c, fiber.StatusOK, privacyView(page))
}
