package portal

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/parts"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// helpPage answers what people ask at the counter; days and fees come from the rulesets.
type helpPage struct {
	Frame  parts.FrameView
	Visit  *web.Visit
	Cities []parts.SummaryView
}

// helpTopics are the questions in the order in which they come up.
var helpTopics = []string{"half_year", "registration", "ground", "station", "phone", "paper", "code", "lost", "moved", "refused", "helper", "staff"}

func (s *Portal) help(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	page := helpPage{Frame: frame(v, p.Say("help.title")), Visit: v}
	for _, j := range s.office.Book.Jurisdictions() {
		r, _, err := s.office.InForce(j.Code)
		if err != nil {
			return err
		}
		rows := []parts.Row{{Key: p.Say("help.promised"), Value: days(p, r.IssueDeadline.Promised)}, {Key: p.Say("help.statutory"), Value: days(p, r.IssueDeadline.Statutory), Note: clauseOf(p, r, r.IssueDeadline.Basis)}}
		if fee, ok := r.FeeFor("issue", s.office.Today()); ok {
			cost := p.Say("help.free")
			if fee.Yuan > 0 {
				cost = p.Say("help.yuan", "Yuan", strconv.Itoa(fee.Yuan))
			}
			rows = append(rows, parts.Row{Key: p.Say("help.fee"), Value: cost, Note: clauseOf(p, r, fee.Basis)})
		}
		page.Cities = append(page.Cities, parts.SummaryView{Title: pick(p, j.Name), Rows: rows})
	}
	return web.Render(c, fiber.StatusOK, helpView(page))
}

// days says a number of days, counted from the day after acceptance.
func days(p text.Printer, d policy.Deadline) string {
	return p.Say("help.days."+d.Unit, "N", d.N)
}

// clauseOf says on what a figure rests: a place in the ruleset's own document, or one that names its document itself.
func clauseOf(p text.Printer, r *policy.Ruleset, b policy.Basis) string {
	place := b.Clause
	if !strings.ContainsAny(place, "《号") {
		place = r.Document + " " + place
	}
	return p.Say("help.clause", "Clause", place)
}
