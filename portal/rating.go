package portal

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/web"
)

// ratingPage asks what somebody thinks of what was done, or shows what was said and the answer.
type ratingPage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Errors   parts.Errors
	Action   string // of the form, "" when there is nothing to send
	Lead     string
	Closed   bool // the time for a rating has passed, so many days:
	OpenDays int
	Opinion  permit.Opinion
	Levels   []parts.Option
	Tags     []parts.Option
	Rows     []parts.Row // of a rating that was given
	Waits    string      // by when the answer comes
	Answer   *ratingAnswer
}

// ratingAnswer is what the office has answered to a bad rating.
type ratingAnswer struct {
	Outcome string
	Lines   []string
	On      string
}

// ratedDeed is one of the two things that can be rated here: where it stands, and how its rating is read and given.
type ratedDeed struct {
	path func(*fiber.Ctx) string // of the deed; its rating follows
	read func(*Portal, *fiber.Ctx) (office.RatingFile, error)
	rate func(*Portal, *fiber.Ctx, permit.Opinion) (office.RatingFile, error)
}

var (
	ratedApplication = ratedDeed{
		func(c *fiber.Ctx) string { return "/applications/" + c.Params("reference") },
		func(s *Portal, c *fiber.Ctx) (office.RatingFile, error) {
			return s.office.ApplicationRating(c.UserContext(), web.VisitOf(c).Actor, c.Params("reference"))
		},
		func(s *Portal, c *fiber.Ctx, o permit.Opinion) (office.RatingFile, error) {
			return s.office.RateApplication(c.UserContext(), web.VisitOf(c).Actor, c.Params("reference"), o)
		},
	}
	ratedEndorsement = ratedDeed{
		func(*fiber.Ctx) string { return "/permit" },
		func(s *Portal, c *fiber.Ctx) (office.RatingFile, error) {
			return s.office.EndorsementRating(c.UserContext(), web.VisitOf(c).Actor)
		},
		func(s *Portal, c *fiber.Ctx, o permit.Opinion) (office.RatingFile, error) {
			return s.office.RateEndorsement(c.UserContext(), web.VisitOf(c).Actor, o)
		},
	}
)

func (s *Portal) rating(d ratedDeed) fiber.Handler {
	return func(c *fiber.Ctx) error {
		file, err := d.read(s, c)
		if err != nil {
			return err
		}
		return web.Render(c, fiber.StatusOK, ratingView(s.ratingPage(c, d, file, permit.Opinion{})))
	}
}

// rate takes the form. A deed that was rated already keeps the first rating: a second tap leads to it.
func (s *Portal) rate(d ratedDeed) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v := web.VisitOf(c)
		form, err := web.ReadForm(c)
		if err != nil {
			return err
		}
		opinion := permit.Opinion{Level: permit.RatingLevel(form.Get("level")), Tags: form.All("tag"), Comment: form.Get("comment")}
		_, err = d.rate(s, c, opinion)
		switch {
		case err == nil:
			web.SetFlash(c, "rated")
			return web.SeeOther(c, d.path(c)+"/rating")
		case errors.Is(err, &office.Error{What: office.Denied, Why: "rating_closed"}): // the page says that it is too late
			return web.SeeOther(c, d.path(c)+"/rating")
		}
		wrong, err := faultsOf(v.Printer, err)
		if err != nil {
			return err
		}
		file, err := d.read(s, c)
		if err != nil {
			return err
		}
		page := s.ratingPage(c, d, file, opinion)
		page.Errors, page.Frame.HasErrors = wrong, true
		return web.Render(c, fiber.StatusUnprocessableEntity, ratingView(page))
	}
}

func (s *Portal) ratingPage(c *fiber.Ctx, d ratedDeed, file office.RatingFile, typed permit.Opinion) ratingPage {
	v := web.VisitOf(c)
	p := v.Printer
	page := ratingPage{Frame: frame(v, p.Say("rating.title")), Visit: v, Opinion: typed, OpenDays: file.Rules.Ratings.OpenDays, Lead: p.Say("rating.lead."+file.Verb, "On", parts.Date(p, file.EndedOn))}
	page.Frame.Path = d.path(c) + "/rating"
	page.Frame.Back = &parts.Link{Label: p.Say("portal.back"), Href: d.path(c)}
	for _, level := range permit.RatingLevels() {
		page.Levels = append(page.Levels, parts.Option{Value: string(level), Label: p.Say("rating.level." + string(level))})
	}
	for _, tag := range permit.RatingTags() {
		page.Tags = append(page.Tags, parts.Option{Value: tag, Label: p.Say("rating.tag." + tag)})
	}
	switch {
	case file.Open:
		page.Action = page.Frame.Path
	case !file.Rated:
		page.Closed = true
	default:
		page.Frame.Title, page.Lead = p.Say("rating.mine"), p.Say("rating.lead_rated."+file.Verb, "On", parts.Date(p, file.EndedOn))
		r := file.Rating
		var tags []string
		for _, tag := range r.Tags {
			tags = append(tags, p.Say("rating.tag."+tag))
		}
		page.Rows = []parts.Row{{Key: p.Say("rating.level"), Value: p.Say("rating.level." + string(r.Level))}, {Key: p.Say("rating.on"), Value: parts.Date(p, civic.DateOf(r.RatedAt))}}
		if len(tags) > 0 {
			page.Rows = append(page.Rows, parts.Row{Key: p.Say("rating.tags"), Value: strings.Join(tags, p.Pick("、", ", "))})
		}
		if r.Comment != "" {
			page.Rows = append(page.Rows, parts.Row{Key: p.Say("rating.comment"), Lines: strings.Split(r.Comment, "\n")})
		}
		switch {
		case r.Answered():
			page.Answer = &ratingAnswer{Outcome: p.Say("rating.outcome." + string(r.Outcome)), Lines: strings.Split(r.Words, "\n"), On: parts.Date(p, civic.DateOf(r.AnsweredAt))}
		case r.Level.Bad() && r.AnswerBy.IsZero():
			page.Waits = p.Say("rating.waits_soon")
		case r.Level.Bad():
			page.Waits = p.Say("rating.waits", "By", parts.Date(p, r.AnswerBy))
		}
	}
	return page
}
