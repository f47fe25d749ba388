package parts

import (
	"cmp"
	"slices"
	"strings"

	"anju/server/civic"
	"anju/server/policy"
	"anju/server/text"
)

// pick chooses the language of a text that comes from data.
func pick(p text.Printer, t civic.Text) string { return p.Pick(t.Zh, t.En) }

// EntitlementsView is an inquiry at a counter: its situation, a question, or its answer.
type EntitlementsView struct {
	Book    *policy.Book
	Ruleset *policy.Ruleset
	Asked   Asked
	Answer  policy.EntitlementAnswer
	Errors  Errors
	Today   civic.Date
	Path    string                 // of the page that asks
	Service func(id string) string // address of a service's own page
}

// Read reads the inquiry of an address and answers it. What is missing is an error only once the form of the situation was sent.
func (v EntitlementsView) Read(p text.Printer, status policy.Status, q Query) EntitlementsView {
	v.Asked, v.Errors = readAsked(p, v.Book, v.Ruleset, q, v.Today)
	if q.Has("ask") {
		v.Errors = append(v.Asked.missing(p), v.Errors...)
	}
	v.Answer = v.Ruleset.Inquire(status, v.Today, v.Asked.Inquiry)
	return v
}

// Ready reports whether there is enough to put questions or to answer.
func (v EntitlementsView) Ready() bool { return v.Asked.Situated() && len(v.Errors) == 0 }

// AsksSince reports whether the situation has a day in it.
func (v EntitlementsView) AsksSince() bool { return residenceCounts(v.Ruleset) }

// groups are the parts of the answer.
func (v EntitlementsView) groups() []policy.Group {
	return v.Ruleset.Groups(v.Answer, v.Asked.Inquiry.For)
}

// Open are the questions that are still to be put before the answer is shown.
func (v EntitlementsView) Open() []policy.Question {
	if v.Asked.Result {
		return nil
	}
	return v.Ruleset.Open(v.Answer, v.Asked.Inquiry)
}

// Title says the answer in one sentence.
func (v EntitlementsView) Title(p text.Printer) string {
	for _, g := range v.groups() {
		if g.Verdict == policy.Entitled {
			return p.Say("entitlements.title_now", "Count", g.Items)
		}
	}
	if v.Asked.Permit == noPermit {
		return p.Say("entitlements.title_permit")
	}
	return p.Say("entitlements.title_none")
}

// Situation says in one line what was asked: for whom, with which permit, since when.
func (v EntitlementsView) Situation(p text.Printer) string {
	held := p.Say("entitlements.held." + cmp.Or(v.Asked.Permit, noPermit))
	if t, ok := v.Ruleset.Tier(v.Asked.Permit); ok {
		held = pick(p, t.Name)
	}
	words := []string{p.Say("entitlements.for." + string(v.Asked.Inquiry.For)), held}
	if since := v.Asked.Inquiry.ResidentSince; !since.IsZero() {
		words = append(words, p.Say("entitlements.lived_since", "Day", Date(p, since)))
	}
	return strings.Join(words, p.Pick("；", "; "))
}

func (v EntitlementsView) permitName(p text.Printer, permit string) string {
	if t, ok := v.Ruleset.Tier(permit); ok {
		return p.Say("entitlements.permit.active", "Tier", pick(p, t.Name))
	}
	return p.Say("entitlements.permit." + permit)
}

// permitOptions are the permits that a person may hold, and in which state.
func (v EntitlementsView) permitOptions(p text.Printer) []Option {
	options := []Option{{Value: noPermit, Label: p.Say("entitlements.permit.none")}}
	for i := range v.Ruleset.Tiers {
		if t := &v.Ruleset.Tiers[i]; t.Granted() {
			options = append(options, Option{Value: t.Code, Label: v.permitName(p, t.Code)})
		}
	}
	for i, status := range statuses(v.Ruleset) {
		o := Option{Value: string(status), Label: v.permitName(p, string(status))}
		if i == 0 {
			o.Or = p.Say("entitlements.permit.or")
		}
		options = append(options, o)
	}
	return options
}

func (v EntitlementsView) whoOptions(p text.Printer) []Option {
	var options []Option
	for _, who := range []policy.Beneficiary{policy.Self, policy.Child, policy.Parent} {
		options = append(options, Option{Value: string(who), Label: p.Say("entitlements.for." + string(who))})
	}
	return options
}

// anchor is the id of a group's heading.
func anchor(i int) string { return "group-" + string(rune('a'+i)) }

// groupTitle says a group's verdict.
func (v EntitlementsView) groupTitle(p text.Printer, g policy.Group) string {
	switch {
	case g.Verdict == policy.Later && !g.From.IsZero():
		return p.Say("entitlements.group.from", "Date", Date(p, g.From))
	case g.Verdict == policy.Later && g.Reason == policy.ReasonTier:
		if t, ok := v.Ruleset.Tier(g.Tier); ok {
			return p.Say("entitlements.group.tier", "Tier", pick(p, t.Name))
		}
	case g.Verdict == policy.NotEntitled && g.Reason == policy.ReasonCondition:
		return p.Say("entitlements.group.condition")
	}
	return p.Say("entitlements.group." + string(g.Verdict))
}

// groupLead says why the group is where it is, and what would change it.
func (v EntitlementsView) groupLead(p text.Printer, g policy.Group) string {
	switch g.Verdict {
	case policy.Conditional:
		return p.Say("entitlements.lead.conditional")
	case policy.Later:
		if g.From.IsZero() && g.Reason == policy.ReasonResidence {
			return p.Say("entitlements.lead.residence")
		}
	case policy.NotEntitled:
		if g.Reason == policy.ReasonCondition {
			return p.Say("entitlements.lead.condition")
		}
	}
	return ""
}

func groupTone(verdict policy.ItemVerdict) Tone { return entitlementTone(string(verdict)) }

// undecided are the conditions of a group that a person could answer, each once.
func (v EntitlementsView) undecided(g policy.Group) []*policy.Condition {
	var list []*policy.Condition
	for _, s := range g.Services {
		for _, it := range s.Items {
			for _, code := range it.Answer.Missing {
				if c, ok := v.Book.Condition(code); ok && !slices.Contains(list, c) {
					list = append(list, c)
				}
			}
		}
	}
	return list
}

// conditionNames are the labels of conditions.
func (v EntitlementsView) conditionNames(p text.Printer, codes []string) string {
	var names []string
	for _, code := range codes {
		if c, ok := v.Book.Condition(code); ok {
			names = append(names, pick(p, c.Label))
		}
	}
	return strings.Join(names, p.Pick("；", "; "))
}

// byOffice are the conditions of a service's items that only the office applies, each once.
func (v EntitlementsView) byOffice(s policy.GroupService) []string {
	var codes []string
	for _, it := range s.Items {
		for _, c := range it.Answer.Conditions {
			if c.ByOffice && !slices.Contains(codes, c.Code) {
				codes = append(codes, c.Code)
			}
		}
	}
	return codes
}

// serviceNames are the titles of services.
func serviceNames(p text.Printer, services []*policy.Service) string {
	names := make([]string, len(services))
	for i, s := range services {
		names[i] = pick(p, s.Title)
	}
	return strings.Join(names, p.Pick("、", ", "))
}

// offices are the kinds of office that a service's items lead to, each once.
func (v EntitlementsView) offices(s policy.GroupService) []*policy.Office {
	var list []*policy.Office
	for _, it := range s.Items {
		if o, ok := v.Book.Office(it.Item.Office); ok && !slices.Contains(list, o) {
			list = append(list, o)
		}
	}
	return list
}

// bring lists what to take along: the permit, the identity card, and what shows the conditions of these items.
func (v EntitlementsView) bring(p text.Printer, s policy.GroupService) string {
	papers := []string{p.Say("entitlements.bring.permit"), p.Say("entitlements.bring.id_card")}
	for _, it := range s.Items {
		for _, code := range it.Item.Conditions {
			c, ok := v.Book.Condition(code)
			if !ok || c.ShownBy == nil {
				continue
			}
			if paper := pick(p, *c.ShownBy); !slices.Contains(papers, paper) {
				papers = append(papers, paper)
			}
		}
	}
	return strings.Join(papers, p.Pick("、", ", "))
}

// DepartmentLine names who answers for a service, by today's name too where it has changed, and says so when the text does not name them.
func DepartmentLine(p text.Printer, r *policy.Ruleset, s *policy.Service) string {
	var names []string
	for _, code := range s.Departments {
		d, ok := r.Department(code)
		if !ok {
			continue
		}
		name := pick(p, d.Name)
		if d.Successor != nil {
			now, _, _ := strings.Cut(pick(p, *d.Successor), p.Pick("（", " (")) // what went to others stands on the service's own page
			if now != name {
				name = p.Say("entitlements.successor", "Then", name, "Now", now)
			}
		}
		names = append(names, name)
	}
	line := strings.Join(names, p.Pick("、", ", "))
	if line != "" && s.DepartmentsSource == "inferred" {
		line = p.Say("entitlements.inferred", "Departments", line)
	}
	return line
}

// document names the document of a quote, and says when the quote gives the content and not the words.
func document(p text.Printer, b policy.Basis, r *policy.Ruleset) string {
	if b.Wording == policy.Reported {
		return p.Say("entitlements.reported")
	}
	return pick(p, r.Name)
}
