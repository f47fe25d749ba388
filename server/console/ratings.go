package console

import (
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// ratingsPage lists what people think of what the supervisor's stations have done for them.
type ratingsPage struct {
	Frame  parts.FrameView
	Visit  *web.Visit
	Days   int // in which a bad one is answered
	Chips  []parts.Chip
	Table  parts.TableView
	Empty  *parts.EmptyView
	Pager  parts.PagerView
	Export string // address of the list as a file, "" for an empty one
}

func (s *Console) ratings(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	chosen := ratingShow(c)
	number, err := strconv.Atoi(web.Query(c).Get("page"))
	if err != nil || number < 1 || number > 1_000_000 {
		number = 1
	}
	list, err := s.office.RatingQueue(c.UserContext(), v.Actor, office.RatingQuery{Show: chosen, Page: number, Size: queueSize})
	if err != nil {
		return err
	}
	stations, err := s.office.Stations(c.UserContext(), v.Actor)
	if err != nil {
		return err
	}
	page := ratingsPage{Frame: frame(v, p.Say("console.ratings.title")), Visit: v, Table: s.ratingTable(p, list, stations, chosen)}
	page.Frame.Wide = true
	if rules, _, err := s.office.InForce(stations[0].Jurisdiction); err == nil {
		page.Days = rules.Ratings.Answer.N
	}
	link := func(show office.RatingShow, n int) string {
		return "/console/ratings?show=" + string(show) + "&page=" + strconv.Itoa(n)
	}
	for _, show := range office.RatingShows() {
		page.Chips = append(page.Chips, parts.Chip{Label: p.Say("console.ratings.show." + string(show)), Href: link(show, 1), Current: show == chosen, Count: list.Counts[show]})
	}
	page.Pager = parts.PagerView{Page: number, Pages: (list.Total + queueSize - 1) / queueSize}
	if number > 1 && page.Pager.Pages > 0 {
		page.Pager.Previous = link(chosen, min(number-1, page.Pager.Pages))
	}
	if number < page.Pager.Pages {
		page.Pager.Next = link(chosen, number+1)
	}
	if len(list.Ratings) == 0 {
		page.Empty = &parts.EmptyView{Title: p.Say("console.ratings.none"), Text: p.Say("console.ratings.none_text")}
	} else {
		page.Export = "/console/export/ratings?show=" + string(chosen)
	}
	return web.Render(c, fiber.StatusOK, ratingsView(page))
}

// ratingShow is the selection that the address asks for.
func ratingShow(c *fiber.Ctx) office.RatingShow {
	for _, show := range office.RatingShows() {
		if web.Query(c).Get("show") == string(show) {
			return show
		}
	}
	return office.RatingShows()[0]
}

func (s *Console) ratingTable(p text.Printer, list office.RatingPage, stations []office.Station, chosen office.RatingShow) parts.TableView {
	table := parts.TableView{ID: "ratings", Caption: p.Say("console.ratings.caption."+string(chosen), "Total", list.Total)}
	for _, column := range []string{"level", "about", "station", "on", "due"} {
		table.Columns = append(table.Columns, parts.Column{Label: p.Say("console.ratings." + column)})
	}
	names := map[string]string{}
	for _, station := range stations {
		names[station.Code] = pick(p, station.Name)
	}
	for _, r := range list.Ratings {
		due := s.ratingDue(p, r)
		if due.Tag != nil {
			due.Body = dated(due.Text)
		}
		table.Rows = append(table.Rows, []parts.Cell{{Text: p.Say("rating.level." + string(r.Level)), Href: ratingPath(r.ID), Note: tagNames(p, r.Tags)},
			{Text: p.Say("console.ratings.verb." + r.Verb)}, {Text: names[r.Station]}, {Text: parts.Date(p, civic.DateOf(r.RatedAt))}, due})
	}
	return table
}

// ratingDue says by when a rating is answered, or that it was.
func (s *Console) ratingDue(p text.Printer, r permit.Rating) parts.Cell {
	today := s.office.Today()
	switch {
	case r.Answered():
		return parts.Cell{Text: p.Say("console.ratings.answered_on", "On", parts.Date(p, civic.DateOf(r.AnsweredAt)))}
	case !r.Level.Bad():
		return parts.Cell{Text: p.Say("console.ratings.no_answer")}
	case r.AnswerBy.IsZero():
		return parts.Cell{Text: p.Say("console.ratings.soon")}
	}
	return parts.Cell{Text: parts.Date(p, r.AnswerBy), Tag: dueTag(p, r.AnswerBy, today)}
}

func tagNames(p text.Printer, tags []string) string {
	var names []string
	for _, tag := range tags {
		names = append(names, p.Say("rating.tag."+tag))
	}
	return strings.Join(names, p.Pick("、", ", "))
}

// ratingPath is the address of a rating.
func ratingPath(id string) string { return "/console/ratings/" + id }

// ratingPage is a rating as the supervisor who answers it sees it. It names nobody; of a bad one it leads to the case.
type ratingPage struct {
	Frame   parts.FrameView
	Visit   *web.Visit
	Errors  parts.Errors
	ID      string
	Version int
	Facts   parts.SummaryView
	Answer  *parts.SummaryView
	Open    bool // it may be answered
	Own     bool // by somebody else
	Stale   *stale
	Typed   permit.RatingAnswer
	Kept    bool // what was typed before the session ended is back
}

func (s *Console) rating(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	file, err := s.office.StaffRating(c.UserContext(), v.Actor, c.Params("id"))
	if err != nil {
		return err
	}
	parked, err := s.office.Unpark(c.UserContext(), v.Actor.ID, ratingPath(file.ID)+"/answer")
	if err != nil {
		return err
	}
	var typed permit.RatingAnswer
	if parked != nil && !file.Answered() {
		typed = readRatingAnswer(web.NewForm(parked))
	}
	page := s.ratingPage(v, file, typed)
	page.Kept = typed != permit.RatingAnswer{}
	return web.Render(c, fiber.StatusOK, ratingView(page))
}

func readRatingAnswer(form web.Form) permit.RatingAnswer {
	return permit.RatingAnswer{Outcome: permit.RatingOutcome(form.Get("outcome")), Words: form.Get("words")}
}

func (s *Console) ratingPage(v *web.Visit, file office.StaffRating, typed permit.RatingAnswer) ratingPage {
	p, r := v.Printer, file.Rating
	page := ratingPage{Frame: frame(v, p.Say("console.ratings.one")), Visit: v, ID: r.ID, Version: r.Version, Typed: typed}
	page.Frame.Wide, page.Frame.Path = true, ratingPath(r.ID)
	page.Frame.Back = &parts.Link{Label: p.Say("console.ratings.back"), Href: "/console/ratings"}
	due := s.ratingDue(p, r)
	rows := []parts.Row{{Key: p.Say("console.ratings.level"), Value: p.Say("rating.level." + string(r.Level))}, {Key: p.Say("rating.tags"), Value: tagNames(p, r.Tags)},
		{Key: p.Say("rating.comment"), Lines: lines(r.Comment)}, {Key: p.Say("console.ratings.about"), Value: p.Say("console.ratings.verb." + r.Verb)},
		{Key: p.Say("console.ratings.ended"), Value: parts.Date(p, r.EndedOn)}, {Key: p.Say("console.ratings.on"), Value: moment(p, r.RatedAt)},
		{Key: p.Say("console.ratings.counter"), Value: p.Say("console.ratings.counter." + r.Counter)}, {Key: p.Say("console.ratings.due"), Value: due.Text, Tag: due.Tag}}
	if file.Subject != "" {
		href := casePath(file.Subject)
		if r.Permit != "" {
			href = "/console/permits/" + file.Subject
		}
		rows = append(rows, parts.Row{Key: p.Say("console.ratings.subject"), Body: subjectLink(file.Subject, href)})
	}
	page.Facts = parts.SummaryView{Title: p.Say("console.ratings.given"), Rows: rows}
	switch {
	case r.Answered():
		page.Answer = &parts.SummaryView{Title: p.Say("console.ratings.answer"), Rows: []parts.Row{{Key: p.Say("console.ratings.outcome"), Value: p.Say("rating.outcome." + string(r.Outcome))},
			{Key: p.Say("console.ratings.words"), Lines: lines(r.Words)}, {Key: p.Say("console.ratings.answered_by"), Value: r.AnsweredBy.Name, Note: moment(p, r.AnsweredAt)}}}
	case r.Level.Bad():
		page.Open, page.Own = !file.Own, file.Own
	}
	return page
}

// lines are those of a text that may be empty.
func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// answerRating answers a bad rating. The same answer sent twice is taken once and answered twice; of two supervisors the second sees what the
// first has written (409).
func (s *Console) answerRating(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	version, err := strconv.Atoi(form.Get("version"))
	if err != nil {
		version = 0 // of no page that we made: answered as one that is out of date
	}
	answer := readRatingAnswer(form)
	err = s.office.AnswerRating(c.UserContext(), v.Actor, c.Params("id"), version, answer)
	faults, late := office.FaultsOf(err), errors.Is(err, office.ErrStale)
	refused := errors.Is(err, &office.Error{What: office.Denied})
	if err != nil && !late && !refused && len(faults) == 0 {
		return err
	}
	file, readErr := s.office.StaffRating(c.UserContext(), v.Actor, c.Params("id"))
	if readErr != nil {
		return readErr
	}
	if late && file.AnsweredBy.ID == v.Actor.ID && file.Outcome == answer.Outcome && file.Words == strings.TrimSpace(strings.ReplaceAll(answer.Words, "\r\n", "\n")) {
		err = nil // the second of two taps
	}
	if err == nil {
		web.SetFlash(c, "rating_answer")
		return web.SeeOther(c, ratingPath(file.ID))
	}
	page := s.ratingPage(v, file, answer)
	page.Frame.HasErrors = len(faults) > 0
	if late {
		page.Stale = &stale{Note: answer.Words}
		if file.Answered() {
			page.Stale.Happened = []string{p.Say("console.stale.event", "When", moment(p, file.AnsweredAt), "Who", file.AnsweredBy.Name, "What", p.Say("console.ratings.answer"))}
		}
	}
	if late || refused {
		return web.Render(c, fiber.StatusConflict, ratingView(page))
	}
	page.Errors = errorsOf(p, faults)
	return web.Render(c, fiber.StatusUnprocessableEntity, ratingView(page))
}
