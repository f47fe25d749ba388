package api

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/policy"
	"anju/server/web"
)

// changes is a part of the feed.
type changes struct {
	Events []change `json:"events"`
	Next   string   `json:"next"`
	More   bool     `json:"more"`
}

// change is one event. What the partner is not given is not in Fields.
type change struct {
	Position     string         `json:"position"`
	Type         string         `json:"type"`
	Jurisdiction string         `json:"jurisdiction"`
	Number       string         `json:"number"`
	Version      int            `json:"version"`
	What         string         `json:"what"`
	At           string         `json:"at"`
	On           civic.Date     `json:"on"`
	Fields       map[string]any `json:"fields"`
}

// usualChanges is how many events come without a limit.
const usualChanges = 100

// changes answers with what happened after a cursor. An empty answer has a tag, so that a program that asks again and again is told in few
// bytes that nothing is new.
func (a *API) changes(c *fiber.Ctx) error {
	q, err := query(c, "after", "limit")
	if err != nil {
		return err
	}
	limit := usualChanges
	if given := q.Get("limit"); given != "" {
		if limit, err = strconv.Atoi(given); err != nil || limit < 1 || limit > office.MaxChanges {
			return invalid(policy.FaultUnknown, "limit")
		}
	}
	page, err := a.office.Changes(c.UserContext(), web.VisitOf(c).Actor, q.Get("after"), limit)
	if err != nil {
		return err
	}
	if len(page.Changes) == 0 {
		tag := `"` + page.Next + `"`
		c.Set(fiber.HeaderETag, tag)
		if c.Get(fiber.HeaderIfNoneMatch) == tag {
			c.Status(fiber.StatusNotModified)
			return nil
		}
	}
	answer := changes{Events: []change{}, Next: page.Next, More: page.More}
	for _, one := range page.Changes {
		answer.Events = append(answer.Events, changeOf(one, page.Fields))
	}
	return c.JSON(answer)
}

func changeOf(one office.Change, fields []string) change {
	p := one.Permit
	out := change{Position: strconv.FormatInt(one.Position, 10), Type: "permit", Jurisdiction: p.Jurisdiction, Number: p.Number, Version: one.Version, What: one.Verb,
		At: one.At.In(civic.Zone).Format(time.RFC3339), On: one.On, Fields: map[string]any{}}
	values := map[string]any{access.FieldStatus: one.Status, access.FieldTier: p.Tier, access.FieldCounty: p.Division, access.FieldIssuedOn: p.IssuedOn,
		access.FieldValidUntil: p.ValidUntil, access.FieldEndorseBy: p.EndorseBy, access.FieldName: one.Holder.Name, access.FieldIDNumber: one.Holder.IDNumber,
		access.FieldResidence: p.Residence}
	for _, field := range fields {
		out.Fields[field] = values[field]
	}
	return out
}
