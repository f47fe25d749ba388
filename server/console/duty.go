package console

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/office"
	"anju/server/parts"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// dutyTones are the colours of how the duty to publish stands.
var dutyTones = map[policy.DutyState]parts.Tone{policy.DutyNone: parts.Info, policy.DutyInTime: parts.Good, policy.DutySoon: parts.Wait, policy.DutyToday: parts.Wait, policy.DutyOverdue: parts.Stop}

// dutyWords says in a sentence how a duty stands.
func dutyWords(p text.Printer, d policy.Duty) string {
	days := d.Days
	if days < 0 {
		days = -days
	}
	return p.Say("duty.say."+string(d.State()), "Due", parts.Date(p, d.Due), "Count", days, "Warning", d.Warning)
}

// dutyNotice says it on the page of one government's catalogue, with the days of the text when no release is known.
func dutyNotice(p text.Printer, r *policy.Ruleset, d policy.Duty, office *office.Office) parts.NoticeView {
	notice := parts.NoticeView{Tone: dutyTones[d.State()], Title: p.Say("duty.title"), Text: dutyWords(p, d)}
	if d.Last.IsZero() {
		notice.Text = p.Say("duty.never") + p.Pick("", " ") + notice.Text
		if days := r.Publication.DueDays(office.Today()); len(days) > 0 && !d.Due.IsZero() {
			notice.Text += p.Pick("", " ") + p.Say("duty.days", "Days", dueDays(p, r, office))
		}
	} else {
		notice.Text = p.Say("duty.last", "Day", parts.Date(p, d.Last)) + p.Pick("", " ") + notice.Text
	}
	return notice
}

func dueDays(p text.Printer, r *policy.Ruleset, office *office.Office) string {
	var days []string
	for _, day := range r.Publication.DueDays(office.Today()) {
		days = append(days, parts.Date(p, day))
	}
	return strings.Join(days, p.Pick("、", ", "))
}

// dutyWarnings are the governments of the visitor that must publish soon or should have published. Nothing when all have time.
func (s *Console) dutyWarnings(c *fiber.Ctx, v *web.Visit) (*dutyWarning, error) {
	list, err := s.office.PressingDuties(c.UserContext(), v.Actor)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	p := v.Printer
	w := &dutyWarning{Visit: v, Notice: parts.NoticeView{Tone: parts.Wait, Title: p.Say("duty.title")}}
	for _, one := range list {
		if one.Duty.Overdue() {
			w.Notice.Tone = parts.Stop
		}
		w.Lines = append(w.Lines, dutyLine{pick(p, s.office.GovernmentName(one.Government)), cataloguePath(one.Government), dutyWords(p, one.Duty)})
	}
	return w, nil
}

// dutyWarning stands on the first page of whoever has to do with the catalogue.
type dutyWarning struct {
	Visit  *web.Visit
	Notice parts.NoticeView
	Lines  []dutyLine
}

type dutyLine struct{ Government, Href, Words string }
