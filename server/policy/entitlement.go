package policy

import "anju/server/civic"

// EntitlementQuery is a person's permit, residence and facts. Absent answers are nil, Unknown or zero. On
// must be set before Entitlements is asked.
type EntitlementQuery struct {
	Jurisdiction  string       `json:"jurisdiction"`
	Ruleset       *string      `json:"ruleset"`
	On            civic.Date   `json:"on"`
	Permit        *PermitFacts `json:"permit"`
	ResidentSince civic.Date   `json:"resident_since"`
	// Facts are answers by condition code; those of another ruleset are ignored.
	Facts map[string]Known `json:"facts"`
}

// PermitFacts is the permit a person holds. Its status is believed: IssuedOn expires nothing here.
type PermitFacts struct {
	Tier     string        `json:"tier"`
	IssuedOn civic.Date    `json:"issued_on"`
	Status   *PermitStatus `json:"status"` // nil: active
}

// PermitStatus is the state of a permit as far as services are concerned.
type PermitStatus string

// The statuses of a permit.
const (
	PermitActive    PermitStatus = "active"
	PermitSuspended PermitStatus = "suspended"
	PermitExpired   PermitStatus = "expired"
	PermitLost      PermitStatus = "lost"
	PermitCancelled PermitStatus = "cancelled"
)

func (s PermitStatus) known() bool {
	switch s {
	case PermitActive, PermitSuspended, PermitExpired, PermitLost, PermitCancelled:
		return true
	}
	return false
}

func (p *PermitFacts) active() bool {
	return p.Status == nil || *p.Status == PermitActive
}

// ItemVerdict says whether a person may use an item.
type ItemVerdict string

// The verdicts on an item, in order of precedence.
const (
	NotEntitled ItemVerdict = "not_entitled"
	Later       ItemVerdict = "not_yet"
	Conditional ItemVerdict = "conditional"
	Entitled    ItemVerdict = "entitled"
)

// ItemReason says why an item is not, or not yet, open.
type ItemReason string

// The reasons. Those of a permit are "permit_" and its status.
const (
	ReasonSuspended ItemReason = "permit_suspended"
	ReasonExpired   ItemReason = "permit_expired"
	ReasonLost      ItemReason = "permit_lost"
	ReasonCancelled ItemReason = "permit_cancelled"
	ReasonCondition ItemReason = "condition"
	ReasonTier      ItemReason = "tier"
	ReasonResidence ItemReason = "residence"
)

// EntitlementAnswer lists every item of a ruleset with its verdict, and what the next tier would add.
type EntitlementAnswer struct {
	Ruleset       string          `json:"ruleset"`
	RulesetStatus Status          `json:"ruleset_status"`
	Tier          *string         `json:"tier"` // the tier reached; nil without a permit
	Counts        Counts          `json:"counts"`
	Services      []ServiceAnswer `json:"services"`
	Next          *NextTier       `json:"next"` // nil at the top and in one-tier rulesets
	Notes         []civic.Text    `json:"notes"`
}

// Counts are numbers of items.
type Counts struct {
	Entitled    int `json:"entitled"`
	Conditional int `json:"conditional"`
	NotYet      int `json:"not_yet"`
	NotEntitled int `json:"not_entitled"`
}

// ServiceAnswer is one service with its items, in the order of the text.
type ServiceAnswer struct {
	ID     string       `json:"id"`
	Clause string       `json:"clause"`
	Items  []ItemAnswer `json:"items"`
}

// ItemAnswer is the verdict on one item.
type ItemAnswer struct {
	ID      string      `json:"id"`
	Verdict ItemVerdict `json:"verdict"`
	Reason  *ItemReason `json:"reason"`
	// Missing are the unknown facts of an item that is Later or Conditional, and resident_since
	// where the day of residence would tell.
	Missing    []string          `json:"missing"`
	From       *civic.Date       `json:"from"` // the day the item opens, when known
	Conditions []ConditionAnswer `json:"conditions"`
}

// ConditionAnswer is one condition and what is known of it; always Unknown when ByOffice.
type ConditionAnswer struct {
	Code     string `json:"code"`
	Met      Known  `json:"met"`
	ByOffice bool   `json:"by_office"`
}

// NextTier is the next tier that adds services.
type NextTier struct {
	Tier string `json:"tier"`
	// On is the day it is reached if only time is missing; else the notes say what is needed.
	On   *civic.Date `json:"on"`
	Adds []string    `json:"adds"`
}

// standing is what permit and residence have reached.
type standing struct {
	tier    int         // index of the tier reached; -1 without a permit
	opens   byte        // tiers whose services it has
	pending int         // index of the tier that residence will reach; -1: none
	from    *civic.Date // the day it does, when known
	blocked *ItemReason // the permit is not active
}

// Entitlements says what a person may use under a ruleset, whatever its status, which is only passed
// on. The query must have passed Check. Unknown is never taken for no.
func Entitlements(r *Ruleset, status Status, q EntitlementQuery) EntitlementAnswer {
	at := r.stand(&q)
	a := EntitlementAnswer{Ruleset: r.ID, RulesetStatus: status, Notes: []civic.Text{}}
	if at.tier >= 0 {
		a.Tier = &r.Tiers[at.tier].Code
	}
	var facts [maxConditions]Known
	for code, known := range q.Facts {
		if i, ok := r.codes[code]; ok {
			facts[i] = known
		}
	}

	// One allocation for each kind of part; every item takes its share.
	items := make([]ItemAnswer, len(r.items))
	conditions := make([]ConditionAnswer, r.conditionCount)
	missing := make([]string, 0, r.conditionCount+len(r.items))
	a.Services = make([]ServiceAnswer, len(r.Services))
	n := 0
	for i := range r.Services {
		s := &r.Services[i]
		first := n
		for k := range s.Items {
			rule := &r.items[n]
			items[n].ID = s.Items[k].ID
			items[n].Conditions, conditions = conditions[:len(rule.conditions):len(rule.conditions)], conditions[len(rule.conditions):]
			before := len(missing)
			missing = items[n].judge(rule, &at, r.tiers, &facts, missing)
			items[n].Missing = missing[before:len(missing):len(missing)]
			a.Counts.add(items[n].Verdict)
			n++
		}
		a.Services[i] = ServiceAnswer{s.ID, s.Clause, items[first:n:n]}
	}
	a.lookAhead(r, &at, q.Permit)
	return a
}

func (c *Counts) add(v ItemVerdict) {
	switch v {
	case Entitled:
		c.Entitled++
	case Conditional:
		c.Conditional++
	case Later:
		c.NotYet++
	case NotEntitled:
		c.NotEntitled++
	}
}

// stand finds the tier that the permit has reached by residence. Zibo 三(二): a three-year permit
// and one full year; until then it has the services of the one-year permit.
func (r *Ruleset) stand(q *EntitlementQuery) standing {
	at := standing{tier: -1, pending: -1}
	if q.Permit == nil {
		return at
	}
	if !q.Permit.active() {
		reason := ItemReason("permit_" + *q.Permit.Status)
		at.blocked = &reason
	}
	for i := range r.Tiers {
		t, rule := &r.Tiers[i], &r.tiers[i]
		switch {
		case t.Code == q.Permit.Tier:
			at.tier, at.opens = i, rule.opens
		case at.tier >= 0 && rule.reachedFrom == r.tiers[at.tier].bit && at.pending < 0:
			if q.ResidentSince.IsZero() {
				at.pending = i
				continue
			}
			on := q.ResidentSince.AddMonths(t.AfterMonths) // corresponding day, as 居住满1年
			if q.On.Before(on) {
				at.pending, at.from = i, &on
				continue
			}
			at.tier, at.opens = i, rule.opens
		}
	}
	return at
}

var (
	reasonCondition = ReasonCondition
	reasonTier      = ReasonTier
	reasonResidence = ReasonResidence
)

// judge fills in an item's conditions and verdict, the first that holds, and appends what is missing.
func (it *ItemAnswer) judge(rule *itemRule, at *standing, tiers []tierRule, facts *[maxConditions]Known, missing []string) []string {
	before := len(missing)
	failed := false
	for i := range rule.conditions {
		c := &rule.conditions[i]
		it.Conditions[i] = ConditionAnswer{Code: c.code, ByOffice: c.byOffice}
		if c.byOffice {
			continue
		}
		known := facts[c.index]
		it.Conditions[i].Met = known
		failed = failed || known == No
		if known == Unknown {
			missing = append(missing, c.code)
		}
	}
	switch {
	case at.blocked != nil: // Decree 663 第十条: "逾期未办理签注手续的，居住证使用功能中止"
		it.Verdict, it.Reason = NotEntitled, at.blocked
		return missing[:before]
	case failed:
		it.Verdict, it.Reason = NotEntitled, &reasonCondition
		return missing[:before]
	case rule.tiers&at.opens == 0:
		it.Verdict, it.Reason = Later, &reasonTier
		if at.pending >= 0 && rule.tiers&tiers[at.pending].bit != 0 {
			it.Reason, it.From = &reasonResidence, at.from
			if at.from == nil {
				missing = append(missing, "resident_since")
			}
		}
	case len(missing) > before:
		it.Verdict = Conditional
	default:
		it.Verdict = Entitled
	}
	return missing
}

// lookAhead finds the next tier that adds services (梯度赋权), when it is reached, and says what else is needed.
func (a *EntitlementAnswer) lookAhead(r *Ruleset, at *standing, permit *PermitFacts) {
	if at.blocked != nil {
		a.Notes = append(a.Notes, r.book.inactive[*permit.Status])
	}
	if len(r.Tiers) == 1 {
		return
	}
	for i := at.tier + 1; i < len(r.Tiers); i++ {
		t := &r.Tiers[i]
		adds := r.adds(i, at.opens)
		if len(adds) == 0 {
			continue
		}
		a.Next = &NextTier{Tier: t.Code, Adds: adds}
		switch {
		case at.pending != i:
			a.Notes = append(a.Notes, t.Needs)
		case at.from == nil:
			a.Notes = append(a.Notes, *t.SinceUnknown)
		case at.blocked == nil:
			a.Next.On = at.from
		}
		return
	}
}

// adds are the services of a tier that are not open yet.
func (r *Ruleset) adds(tier int, open byte) []string {
	var adds []string
	n := 0
	for i := range r.Services {
		tiers := r.items[n].tiers
		n += len(r.Services[i].Items)
		if tiers&r.tiers[tier].opens != 0 && tiers&open == 0 {
			adds = append(adds, r.Services[i].ID)
		}
	}
	return adds
}
