package policy

import "anju/server/civic"

// EligibilityQuery is what a person says of an application for a permit. Absent answers are nil,
// Unknown or zero; a list that is empty but not nil is the answer "none". On must be set before Eligibility
// is asked.
type EligibilityQuery struct {
	Jurisdiction      string     `json:"jurisdiction"`
	Ruleset           *string    `json:"ruleset"`
	On                civic.Date `json:"on"`
	HukouDivision     *string    `json:"hukou_division"`
	ResidenceDivision *string    `json:"residence_division"`
	RegisteredOn      civic.Date `json:"registered_on"`
	Grounds           []string   `json:"grounds"`
	IntendsHalfYear   Known      `json:"intends_half_year"`
	Grounds3Y         []string   `json:"grounds_3y"`
}

// Verdict is the answer to whether a permit may be applied for.
type Verdict string

// The verdicts, in order of precedence.
const (
	NotEligible Verdict = "not_eligible" // a given answer rules it out
	NeedMore    Verdict = "need_more"    // an absent answer can still change it
	TooEarly    Verdict = "not_yet"      // only time is missing
	Eligible    Verdict = "eligible"
)

// EligibilityAnswer is the verdict on the lowest tier, with a reason for every rule looked at.
type EligibilityAnswer struct {
	Ruleset       string  `json:"ruleset"`
	RulesetStatus Status  `json:"ruleset_status"`
	Verdict       Verdict `json:"verdict"`
	// Tiers may be applied for now; empty unless Eligible.
	Tiers []string `json:"tiers"`
	// EligibleOn is the first day of eligibility, given with TooEarly and Eligible.
	EligibleOn *civic.Date `json:"eligible_on"`
	Reasons    []Reason    `json:"reasons"`
	// Missing names the absent fields that can still change the verdict.
	Missing []string `json:"missing"`
	// Optional names the absent fields that can only add a higher tier.
	Optional []string `json:"optional"`
}

// Reason is what one rule says: scope, half_year, ground, intention or ground_3y.
type Reason struct {
	Rule   string     `json:"rule"`
	Met    Known      `json:"met"`
	Clause string     `json:"clause"`
	Text   civic.Text `json:"text"`
}

// Eligibility says whether a permit may be applied for under a ruleset, whatever its status, which is
// only passed on. The query must have passed Check. An absent answer never leads to NotEligible.
func Eligibility(r *Ruleset, status Status, q EligibilityQuery) EligibilityAnswer {
	a := EligibilityAnswer{
		Ruleset: r.ID, RulesetStatus: status,
		Tiers: []string{}, Missing: []string{}, Optional: []string{},
	}
	start := q.On // where the half year is only intended, one may apply at once
	time := Yes   // is the half year complete

	s := r.scope(q.HukouDivision, q.ResidenceDivision)
	a.Reasons = append(a.Reasons, Reason{"scope", s.met, s.clause, s.text})
	if s.met == Unknown {
		a.need("hukou_division", q.HukouDivision == nil)
		a.need("residence_division", q.ResidenceDivision == nil)
	}
	var ruledOut bool
	if r.HalfYear.Rule == "registered" {
		// Zhangzhou 二(二) "办理暂住登记半年以上"; 以上 includes the corresponding day (Civil Code 1259).
		start, time = r.HalfYearOn(q.RegisteredOn), Unknown
		if !start.IsZero() {
			time = KnownOf(!q.On.Before(start))
		}
		a.need("registered_on", time == Unknown)
		a.reason("half_year", time, r.HalfYear.Clause, &r.HalfYear.Says)
	}
	if r.Grounds != nil { // Zhangzhou 二(二), Decree 663 第二条: one of the three is enough
		met := given(q.Grounds, r.Grounds)
		a.need("grounds", met == Unknown)
		a.reason("ground", met, r.Grounds.Clause, &r.Grounds.Says)
		ruledOut = met == No
	}
	if r.HalfYear.Rule == "intended" { // Zibo 二 "拟在居住地居住半年以上"
		a.need("intends_half_year", q.IntendsHalfYear == Unknown)
		a.reason("intention", q.IntendsHalfYear, r.HalfYear.Clause, &r.HalfYear.Says)
		ruledOut = ruledOut || q.IntendsHalfYear == No
	}
	threeYear := Unknown
	if r.ThreeYearGrounds != nil { // Zibo 二(一)-(五): any one, on the person's own application
		threeYear = given(q.Grounds3Y, r.ThreeYearGrounds)
		if threeYear == Unknown {
			a.Optional = append(a.Optional, "grounds_3y")
		}
		a.reason("ground_3y", threeYear, r.ThreeYearGrounds.Clause, &r.ThreeYearGrounds.Says)
	}

	switch {
	case s.met == No || ruledOut:
		a.Verdict = NotEligible
		a.Missing, a.Optional = []string{}, []string{}
	case len(a.Missing) > 0:
		a.Verdict = NeedMore
	case time == No:
		a.Verdict, a.EligibleOn = TooEarly, &start
	default:
		a.Verdict, a.EligibleOn = Eligible, &start
		for i := range r.Tiers {
			if t := &r.Tiers[i]; t.Granted() && (!t.ThreeYearGround || threeYear == Yes) {
				a.Tiers = append(a.Tiers, t.Code)
			}
		}
	}
	return a
}

func (a *EligibilityAnswer) need(field string, absent bool) {
	if absent {
		a.Missing = append(a.Missing, field)
	}
}

func (a *EligibilityAnswer) reason(rule string, met Known, clause string, says *Says) {
	a.Reasons = append(a.Reasons, Reason{rule, met, clause, says.text(met)})
}

// given reports whether one of a rule's grounds is among the codes; nil is no answer.
func given(codes []string, rule *GroundRule) Known {
	if codes == nil {
		return Unknown
	}
	for _, code := range codes {
		for i := range rule.List {
			if rule.List[i].Code == code {
				return Yes
			}
		}
	}
	return No
}
