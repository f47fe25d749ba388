package api

import (
	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/policy"
)

// city is one jurisdiction with its documents, from the oldest to the newest.
type city struct {
	Code     string     `json:"code"`
	Name     civic.Text `json:"name"`
	Rulesets []ruleset  `json:"rulesets"`
}

type ruleset struct {
	ID        string        `json:"id"`
	InForceOn civic.Date    `json:"in_force_from"`
	InForceTo civic.Date    `json:"in_force_to"` // null: no end
	Status    policy.Status `json:"status"`
	Document  string        `json:"document"`
}

// jurisdictions lists the cities and how their documents stand today.
func (a *API) jurisdictions(c *fiber.Ctx) error {
	if _, err := query(c); err != nil {
		return err
	}
	today := a.office.Today()
	cities := []city{}
	for _, j := range a.office.Book.Jurisdictions() {
		one := city{Code: j.Code, Name: j.Name, Rulesets: []ruleset{}}
		for _, r := range j.Rulesets {
			one.Rulesets = append(one.Rulesets, ruleset{r.ID, r.InForce.From, r.InForce.To, r.StatusOn(today, a.office.Extensions), r.Document})
		}
		cities = append(cities, one)
	}
	return c.JSON(cities)
}

// eligibility says whether a permit may be applied for.
func (a *API) eligibility(c *fiber.Ctx) error {
	var q policy.EligibilityQuery
	if err := ask(c, &q); err != nil {
		return err
	}
	r, status := a.settle(q.Jurisdiction, &q.Ruleset, &q.On)
	if err := firstOf(q.Check(a.office.Book, q.On)); err != nil {
		return err
	}
	return c.JSON(policy.Eligibility(r, status, q))
}

// entitlements says what a holder may use, and what would change it.
func (a *API) entitlements(c *fiber.Ctx) error {
	var q policy.EntitlementQuery
	if err := ask(c, &q); err != nil {
		return err
	}
	r, status := a.settle(q.Jurisdiction, &q.Ruleset, &q.On)
	if err := firstOf(q.Check(a.office.Book, q.On)); err != nil {
		return err
	}
	return c.JSON(policy.Entitlements(r, status, q))
}

// settle fills in the day and the ruleset that a query leaves open, before its values are checked: which tiers there are depends on a
// prolonged ruleset too. The ruleset is nil only where the check then finds a fault.
func (a *API) settle(jurisdiction string, name **string, on *civic.Date) (*policy.Ruleset, policy.Status) {
	if on.IsZero() {
		*on = a.office.Today()
	}
	r, status := a.office.Book.Choose(jurisdiction, *name, *on, a.office.Extensions)
	if r != nil {
		*name = &r.ID
	}
	return r, status
}
