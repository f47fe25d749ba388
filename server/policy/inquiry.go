package policy

import (
	"slices"

	"anju/server/civic"
)

// MaxQuestions is how many questions an inquiry asks at most before it shows its answer.
const MaxQuestions = 6

// Inquiry is "what can I use" as it is asked at a counter, step by step. It holds nothing that says who asks.
type Inquiry struct {
	For Beneficiary
	// Tier is that of the permit held; empty for none.
	Tier          string
	Status        PermitStatus // of that permit
	ResidentSince civic.Date
	// Facts are the answers by condition code; Unknown is a question that was skipped.
	Facts map[string]Known
}

// Inquire answers an inquiry on a day. What the situation itself settles is not asked: who holds a permit and asks for a child has
// answered whether the child's parent holds one. The codes of the inquiry must be of the ruleset.
func (r *Ruleset) Inquire(status Status, on civic.Date, i Inquiry) EntitlementAnswer {
	q := EntitlementQuery{Jurisdiction: r.Jurisdiction, Ruleset: &r.ID, On: on, ResidentSince: i.ResidentSince, Facts: map[string]Known{}}
	if i.Tier != "" {
		q.Permit = &PermitFacts{Tier: i.Tier, Status: &i.Status}
	}
	for code, known := range i.Facts {
		q.Facts[code] = known
	}
	if q.Permit != nil {
		for k := range r.book.conditions {
			c := &r.book.conditions[k]
			if q.Facts[c.Code] == Unknown && slices.Contains(c.SettledFor, i.For) {
				q.Facts[c.Code] = Yes
			}
		}
	}
	return Entitlements(r, status, q)
}

// Open returns the questions of an inquiry that were neither answered nor skipped and can still change the answer, the most decisive
// first; none once MaxQuestions have been put.
func (r *Ruleset) Open(a EntitlementAnswer, i Inquiry) []Question {
	left := MaxQuestions - len(i.Facts)
	if left <= 0 {
		return nil
	}
	open := slices.DeleteFunc(r.Questions(a, i.For, 0), func(q Question) bool {
		_, put := i.Facts[q.Code]
		return put
	})
	return open[:min(left, len(open))]
}

// FactsOfAge are the conditions that an age in years settles, as a rule.
func (b *Book) FactsOfAge(years int) map[string]Known {
	facts := map[string]Known{}
	for i := range b.conditions {
		if c := &b.conditions[i]; c.AgeFrom > 0 {
			facts[c.Code] = KnownOf(years >= c.AgeFrom)
		}
	}
	return facts
}

// Group is the part of an answer that shares a verdict, for one beneficiary.
type Group struct {
	Verdict ItemVerdict
	// Reason is why, for what is not or not yet open; From the day it opens, zero when unknown.
	Reason ItemReason
	From   civic.Date
	// Tier is the one that opens the group, where a tier is all that is known to be missing.
	Tier     string
	Services []GroupService
	Items    int
}

// GroupService is a service with those of its items that stand in the group.
type GroupService struct {
	Service *Service
	Items   []GroupItem
}

// GroupItem is an item and the verdict on it.
type GroupItem struct {
	Item   *Item
	Answer ItemAnswer
}

// Failed returns the conditions that are known not to be met.
func (it GroupItem) Failed() []string {
	var codes []string
	for _, c := range it.Answer.Conditions {
		if c.Met == No {
			codes = append(codes, c.Code)
		}
	}
	return codes
}

// Groups lays an answer out for somebody: what can be used now first, then what depends on an answer, what opens later by its day, and
// what is not open. Items that are not for that person are left out.
func (r *Ruleset) Groups(a EntitlementAnswer, who Beneficiary) []Group {
	var groups []Group
	for i := range a.Services {
		service := &r.Services[i]
		for k, answer := range a.Services[i].Items {
			item := &service.Items[k]
			if !slices.Contains(item.For, who) {
				continue
			}
			g := groupOf(&groups, answer, service)
			g.Items++
			if n := len(g.Services); n == 0 || g.Services[n-1].Service != service {
				g.Services = append(g.Services, GroupService{Service: service})
			}
			last := &g.Services[len(g.Services)-1]
			last.Items = append(last.Items, GroupItem{item, answer})
		}
	}
	slices.SortStableFunc(groups, func(a, b Group) int { return a.rank() - b.rank() })
	return groups
}

func groupOf(groups *[]Group, answer ItemAnswer, service *Service) *Group {
	want := Group{Verdict: answer.Verdict}
	if answer.Reason != nil {
		want.Reason = *answer.Reason
	}
	if answer.From != nil {
		want.From = *answer.From
	}
	if want.Verdict == Later && want.From.IsZero() {
		want.Tier = service.Tiers[0]
	}
	for i := range *groups {
		g := &(*groups)[i]
		if g.Verdict == want.Verdict && g.Reason == want.Reason && g.From == want.From && g.Tier == want.Tier {
			return g
		}
	}
	*groups = append(*groups, want)
	return &(*groups)[len(*groups)-1]
}

// rank orders groups; among those that open later an earlier day comes first and an unknown one last.
func (g Group) rank() int {
	const day = 1 << 24
	switch g.Verdict {
	case Entitled:
		return 0
	case Conditional:
		return 1
	case Later:
		if g.From.IsZero() {
			return day
		}
		return 2 + g.From.DaysSince(earliest)
	}
	return day + 1
}
