package permit

import (
	"time"

	"anju/server/civic"
	"anju/server/policy"
)

// Endorsement is one yearly endorsement (签注).
type Endorsement struct {
	DueOn     civic.Date // the day by which it was to be made; a permit is endorsed once for each
	On        civic.Date
	NextDue   civic.Date
	Ground    string // which ground still holds
	Restarted bool   // the years of residence began anew with it
	By        Officer
	Counter   string
}

// Late reports whether it was made after its day.
func (e Endorsement) Late() bool { return e.On.After(e.DueOn) }

// Confirmation is what is confirmed with an endorsement: the holder still lives, works or studies here, and on which ground.
type Confirmation struct {
	Confirmed bool
	Ground    string
}

// Timing is where a day lies to the endorsement of a permit.
type Timing string

// The timings.
const (
	NotEndorsed Timing = "none"  // permits of this kind are not endorsed
	Early       Timing = "early" // the window has not opened
	InTime      Timing = "open"
	Late        Timing = "late"
)

// EndorsementTiming says where a day lies, and on which day the window opens (Decree 663 Art. 10: 每满1年之日前1个月内).
func (p Permit) EndorsementTiming(r *policy.Ruleset, today civic.Date) (Timing, civic.Date) {
	if p.EndorseBy.IsZero() {
		return NotEndorsed, civic.Date{}
	}
	opens, _, ok := r.EndorsementWindowAfter(p.EndorseFrom, p.EndorseBy.AddDays(-1)) // the window that ends on EndorseBy
	switch {
	case !ok:
		return NotEndorsed, civic.Date{}
	case today.Before(opens):
		return Early, opens
	case today.After(p.EndorseBy):
		return Late, opens
	}
	return InTime, opens
}

// Endorse makes the endorsement that is due. In the window the anniversary stays, so nobody loses days by coming early; late it restores the
// permit's functions, there is no limit for it, and the next one is due a year from that day (the texts are silent on both). Where the ruleset
// says so, the years of residence count from the late day (Decree 663 Art. 10: 居住年限自补办签注手续之日起连续计算).
func Endorse(p Permit, in Confirmation, by Doer, r *policy.Ruleset, now time.Time) (Change, error) {
	c := Settle(p, now)
	if err := c.Permit.needs(Active, Suspended); err != nil {
		return c, err
	}
	today := civic.DateOf(now)
	timing, _ := c.Permit.EndorsementTiming(r, today)
	switch timing {
	case NotEndorsed:
		return c, Refusal{Code: "not_endorsed"}
	case Early:
		return c, Refusal{Code: "endorsement_early", Clause: r.Endorsement.Clause}
	}
	if faults := in.check(r); len(faults) > 0 {
		return c, faults
	}
	done := Endorsement{DueOn: p.EndorseBy, On: today, Ground: in.Ground, By: by.Officer, Counter: by.Counter}
	c.Permit.EndorseFrom, c.Permit.EndorseBy = nextEndorsement(p, r, today)
	done.NextDue = c.Permit.EndorseBy
	if timing == Late && r.ResidenceYears.LateEndorsementRestarts {
		done.Restarted = true
		c.Interval = &Interval{Reason: ReasonLateEndorsement, From: today, Until: done.DueOn, On: today}
	}
	c.Endorsement = &done
	c.step(VerbEndorse, Active, by, today, now, "", "")
	return c, nil
}

// nextEndorsement is the anchor and the next due day. Days in the window count from the old anchor, so that 29 February comes back in leap years.
func nextEndorsement(p Permit, r *policy.Ruleset, today civic.Date) (anchor, due civic.Date) {
	anchor, after := p.EndorseFrom, p.EndorseBy
	if today.After(p.EndorseBy) {
		anchor, after = today, today
	}
	_, due, _ = r.EndorsementWindowAfter(anchor, after)
	return anchor, due
}

// check says what is missing of a confirmation. Where a ruleset names no grounds none is asked for.
func (in Confirmation) check(r *policy.Ruleset) Faults {
	var faults Faults
	if grounds := EndorsementGrounds(r); len(grounds) > 0 {
		known := false
		for _, g := range grounds {
			known = known || g.Code == in.Ground
		}
		if !known {
			faults = append(faults, Fault{"ground", "endorse_ground"})
		}
	}
	if !in.Confirmed {
		faults = append(faults, Fault{"confirmed", "endorse_confirm"})
	}
	return faults
}

// EndorsementGrounds are the grounds of which one must still hold.
func EndorsementGrounds(r *policy.Ruleset) []policy.Ground {
	if r.Grounds == nil {
		return nil
	}
	return r.Grounds.List
}

// Penalties are what whoever confirms is told, word for word: Decree 663 Art. 18 and 19.
func Penalties() []policy.Basis {
	return []policy.Basis{
		{Clause: "第十八条", Quote: "有下列行为之一的，由公安机关给予警告、责令改正，处200元以下罚款，有违法所得的，没收违法所得：(一)使用虚假证明材料骗领居住证；(二)出租、出借、转让居住证；(三)非法扣押他人居住证。"},
		{Clause: "第十九条", Quote: "有下列行为之一的，由公安机关处200元以上1000元以下罚款，有违法所得的，没收违法所得：(一)冒用他人居住证或者使用骗领的居住证；(二)购买、出售、使用伪造、变造的居住证。伪造、变造的居住证和骗领的居住证，由公安机关予以收缴。"},
	}
}
