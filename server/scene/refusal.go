package scene

import (
	"context"
	"errors"
	"fmt"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
)

// refusalStory is a report that a permit was not honoured: when it came, and how it ended.
type refusalStory struct {
	key           string // of the form: the same in every run, so that a story is told once
	receivedAgo   int    // working days before the present
	school        bool   // a service of the education department, in the city's main county; else nobody knows which
	kind          permit.RefusalKind
	place, words  string
	answer        *permit.RefusalAnswer
	answeredByEnd string // of the login
}

// schooling is the first service of the education department, of which the scenes have staff.
func (h House) schooling(city City) string {
	rules, _, err := h.Office.InForce(city.Jurisdiction)
	if err != nil {
		return ""
	}
	for _, service := range rules.Services {
		if len(service.Departments) > 0 && service.Departments[0] == "edu" {
			return service.ID
		}
	}
	return ""
}

// refusalStories are one report that is open, one that is overdue and that nobody has been found for, and one that is answered.
var refusalStories = []refusalStory{
	{"019abfaa-0000-7000-8000-00000000000", 2, true, "local_hukou", "胜利路小学招生办", "窗口说只收本地户口，没有看居住证。", nil, ""},
	{"019abfaa-0000-7000-8000-00000000001", 20, false, "not_accepted", "步行街通信营业厅", "办手机卡时说居住证不能证明住址，要我回户籍地办。", nil, ""},
	{"019abfaa-0000-7000-8000-00000000002", 12, true, "fee_or_paper", "新华路中学教务处", "", &permit.RefusalAnswer{Outcome: permit.Redressed,
		Words: "已与学校核对，居住证持有人入学不需要另交材料。请带居住证到新华路中学教务处办理，学校已经知道。"}, ".window"},
}

// PlayRefusals tells the stories of reports in both cities. In a house in which they have been told it changes nothing.
func (h House) PlayRefusals(ctx context.Context) error {
	present := h.Clock.Now()
	defer h.Clock.Set(present)
	for i, city := range Cities() {
		for _, story := range refusalStories {
			h.Clock.Set(h.workingDaysAgo(civic.DateOf(present), story.receivedAgo).Start().Add(present.Sub(civic.DateOf(present).Start())))
			r := permit.RefusalReport{Jurisdiction: city.Jurisdiction, Kind: story.kind, HappenedOn: civic.DateOf(h.Clock.Now()).AddDays(-1), Place: story.place, Words: story.words,
				Lang: "zh", Counter: "portal"}
			if story.school {
				r.Service, r.County = h.schooling(city), city.County
			}
			made, err := h.Office.ReportRefusal(ctx, access.Actor{Kind: access.Anyone}, r, fmt.Sprint(story.key, i), "scene")
			if errors.Is(err, office.ErrReused) { // told on another day
				continue
			}
			if err != nil {
				return fmt.Errorf("scene: a report in %s: %w", city.Prefix, err)
			}
			if story.answer == nil || made.State != permit.RefusalReceived {
				continue
			}
			h.Clock.Set(present.AddDate(0, 0, -3))
			actor, err := h.Actor(ctx, city.Prefix+story.answeredByEnd)
			if err == nil {
				err = h.Office.AnswerRefusal(ctx, actor, office.RefusalDecision{ID: made.ID, Version: made.Version}, *story.answer)
			}
			if err != nil {
				return fmt.Errorf("scene: the answer in %s: %w", city.Prefix, err)
			}
		}
	}
	return nil
}

// workingDaysAgo goes back by working days, as far as the calendar knows them; where it does not, by weekdays.
func (h House) workingDaysAgo(d civic.Date, n int) civic.Date {
	for n > 0 {
		d = d.AddDays(-1)
		working, err := h.Office.Calendar.IsWorkingDay(d)
		if err != nil {
			working = int(d.Weekday())%6 != 0
		}
		if working {
			n--
		}
	}
	return d
}
