package console

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

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
func (s *Console) dutyNotice(p text.Printer, r *policy.Ruleset, d policy.Duty) parts.NoticeView {
	words := []string{p.Say("duty.never"), dutyWords(p, d)}
	if !d.Last.IsZero() {
		words[0] = p.Say("duty.last", "Day", parts.Date(p, d.Last))
	} else if days := r.Publication.DueDays(s.office.Today()); len(days) > 0 {
		var named []string
		for _, day := range days {
			named = append(named, parts.Date(p, day))
		}
		words = append(words, p.Say("duty.days", "Days", strings.Join(named, p.Pick("、", ", "))))
	}
	return parts.NoticeView{Tone: dutyTones[d.State()], Title: p.Say("duty.title"), Text: strings.Join(words, p.Pick("", " "))}
}

// dutyWarning stands on the first page of whoever has to do with the catalogue.
type dutyWarning struct {
	Visit  *web.Visit
	Notice parts.NoticeView
	Lines  []dutyLine
}

// dutyLine is how the duty stands of all governments of which the same can be said.
type dutyLine struct {
	Words       string
	Governments []parts.Link
}

// after is what stands between a government and the next.
func (l dutyLine) after(p text.Printer, i int) string {
	if i == len(l.Governments)-1 {
		return ""
	}
	return p.Pick("、", ", ")
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
		words := dutyWords(p, one.Duty)
		at := slices.IndexFunc(w.Lines, func(l dutyLine) bool { return l.Words == words })
		if at < 0 {
			w.Lines, at = append(w.Lines, dutyLine{Words: words}), len(w.Lines)
		}
		w.Lines[at].Governments = append(w.Lines[at].Governments, parts.Link{Label: pick(p, s.office.GovernmentName(one.Government)), Href: cataloguePath(one.Government)})
	}
	return w, nil
}
