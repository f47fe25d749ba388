package parts

import (
	"net/url"
	"slices"

	"anju/server/civic"
	"anju/server/policy"
	"anju/server/text"
)

// Asked is an inquiry (what can I use) as the address of a page holds it. There is nothing in it that says who asks, so the address may
// be kept and passed on.
type Asked struct {
	City    string
	Ruleset string // only when it was named
	// Permit is what was chosen: noPermit, a granted tier, or a status other than active; empty while nothing was.
	Permit  string
	Since   DateValue
	Inquiry policy.Inquiry
	Result  bool // the answer is wanted though questions are open
}

// noPermit is the answer of who holds no permit.
const noPermit = "none"

// Query is what a page was asked with; web.Form is one.
type Query interface {
	Get(name string) string
	All(name string) []string
	Has(name string) bool
}

// statuses are the states that a holder may know the permit to be in, beside active.
func statuses(r *policy.Ruleset) []policy.PermitStatus {
	var list []policy.PermitStatus
	if r.Endorsement != nil {
		list = append(list, policy.PermitSuspended)
	}
	if slices.ContainsFunc(r.Tiers, func(t policy.Tier) bool { return t.TermYears > 0 }) {
		list = append(list, policy.PermitExpired)
	}
	return append(list, policy.PermitLost, policy.PermitCancelled)
}

// residenceCounts reports whether services grow with residence.
func residenceCounts(r *policy.Ruleset) bool {
	return slices.ContainsFunc(r.Tiers, func(t policy.Tier) bool { return !t.Granted() })
}

// readAsked reads an inquiry from an address. A code that the ruleset does not know counts as not given: an old link stays good for the
// rest. today is the day after which nobody has begun to live anywhere.
func readAsked(p text.Printer, book *policy.Book, r *policy.Ruleset, q Query, today civic.Date) (Asked, Errors) {
	a := Asked{City: r.Jurisdiction, Result: q.Has("result"), Inquiry: policy.Inquiry{Status: policy.PermitActive, Facts: map[string]policy.Known{}}}
	if q.Get("ruleset") == r.ID {
		a.Ruleset = r.ID
	}
	for _, who := range []policy.Beneficiary{policy.Self, policy.Child, policy.Parent} {
		if q.Get("for") == string(who) {
			a.Inquiry.For = who
		}
	}
	chosen := q.Get("permit")
	for i := range r.Tiers {
		if t := &r.Tiers[i]; t.Granted() && t.Code == chosen {
			a.Permit, a.Inquiry.Tier = chosen, chosen
		}
	}
	for _, status := range statuses(r) {
		if chosen == string(status) { // the tier makes no difference while the permit is not active
			a.Permit, a.Inquiry.Tier, a.Inquiry.Status = chosen, r.Tiers[0].Code, status
		}
	}
	if chosen == noPermit {
		a.Permit = chosen
	}
	a.readFacts(book, q)
	return a, a.readSince(p, r, q, today)
}

// readFacts reads the answers. Yes and no to one question leave it unknown.
func (a *Asked) readFacts(book *policy.Book, q Query) {
	facts := a.Inquiry.Facts
	for _, list := range []struct {
		name  string
		known policy.Known
	}{{"yes", policy.Yes}, {"no", policy.No}, {"skip", policy.Unknown}} {
		for _, code := range q.All(list.name) {
			c, ok := book.Condition(code)
			if !ok || c.ByOffice {
				continue
			}
			if earlier, twice := facts[code]; twice && earlier != list.known {
				if list.known == policy.No {
					facts[code] = policy.Unknown
				}
				continue
			}
			facts[code] = list.known
		}
	}
}

// readSince reads the day from which somebody has lived there: typed in three fields, or written in a link.
func (a *Asked) readSince(p text.Printer, r *policy.Ruleset, q Query, today civic.Date) Errors {
	if !residenceCounts(r) {
		return nil
	}
	a.Since = ReadDate("since", q.Get)
	if a.Since.Empty() && q.Get("since") != "" {
		if day, err := civic.ParseDate(q.Get("since")); err == nil {
			a.Since = DateValueOf(day)
		}
	}
	if a.Since.Empty() {
		return nil
	}
	day, err := a.Since.Date()
	switch {
	case err != nil || day.Before(civic.MustDate("1900-01-01")):
		return Errors{{"since", p.Say("entitlements.since_wrong")}}
	case day.After(today):
		return Errors{{"since", p.Say("entitlements.since_future")}}
	}
	a.Inquiry.ResidentSince = day
	return nil
}

// Situated reports whether it is known for whom is asked and which permit there is: before, nothing can be answered.
func (a Asked) Situated() bool { return a.Inquiry.For != "" && a.Permit != "" }

// missing are the errors of a situation that was sent without its answers.
func (a Asked) missing(p text.Printer) Errors {
	var errors Errors
	if a.Inquiry.For == "" {
		errors = append(errors, Error{"for", p.Say("entitlements.choose_for")})
	}
	if a.Permit == "" {
		errors = append(errors, Error{"permit", p.Say("entitlements.choose_permit")})
	}
	return errors
}

// values are the inquiry as an address holds it, always in the same order.
func (a Asked) values() url.Values {
	v := url.Values{"city": {a.City}}
	set := func(key, value string) {
		if value != "" {
			v.Set(key, value)
		}
	}
	set("ruleset", a.Ruleset)
	set("for", string(a.Inquiry.For))
	set("permit", a.Permit)
	if !a.Inquiry.ResidentSince.IsZero() {
		set("since", a.Inquiry.ResidentSince.String())
	}
	names := map[policy.Known]string{policy.Unknown: "skip", policy.Yes: "yes", policy.No: "no"}
	for code, known := range a.Inquiry.Facts {
		v.Add(names[known], code)
	}
	for _, all := range v {
		slices.Sort(all)
	}
	if a.Result {
		v.Set("result", "1")
	}
	return v
}

// Address is where the inquiry leads on a page.
func (a Asked) Address(path string) string { return path + "?" + a.values().Encode() }

// Answered is the address with one more answer; Unknown skips the question.
func (a Asked) Answered(path, code string, known policy.Known) string {
	facts := map[string]policy.Known{code: known}
	for other, answer := range a.Inquiry.Facts {
		if other != code {
			facts[other] = answer
		}
	}
	a.Inquiry.Facts = facts
	return a.Address(path)
}

// Shown is the address of the answer, whatever is still open.
func (a Asked) Shown(path string) string {
	a.Result = true
	return a.Address(path)
}

// Edited is the address of the situation, to change it.
func (a Asked) Edited(path string) string {
	a.Result = false
	v := a.values()
	v.Set("edit", "1")
	return path + "?" + v.Encode()
}

// OwnAsked is the inquiry of a holder whose permit is known.
func OwnAsked(r *policy.Ruleset, i policy.Inquiry) Asked {
	a := Asked{City: r.Jurisdiction, Ruleset: r.ID, Permit: i.Tier, Inquiry: i}
	if i.Status != policy.PermitActive {
		a.Permit = string(i.Status)
	}
	return a
}
