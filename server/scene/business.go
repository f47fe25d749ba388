package scene

import (
	"context"
	"fmt"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
)

// BusinessStory is a resident who has asked for something with the permit.
type BusinessStory struct {
	Resident
	Kind  permit.Kind
	Why   string
	Stage permit.State // of the application
	Paid  bool
}

// BusinessStories lists them: in Zhangzhou a damaged card that is renewed, a lost one whose successor waits, a move inside the county; in Zibo
// a one-year permit that is about to end, and one whose holder steps up to three years.
func BusinessStories() []BusinessStory {
	nothing := func(context.Context, House, Played) error { return nil }
	one := func(city City, key, name, phone, number, hukou, tier string, months, days int, kind permit.Kind, why string, stage permit.State, paid bool, grounds ...string) BusinessStory {
		person := Person{Key: city.Prefix + "." + key, Name: name, Phone: phone, ID: number, Hukou: hukou, Ethnic: "01", City: city, Stage: permit.Issued, Tier: tier, Grounds: grounds, Lang: "zh"}
		return BusinessStory{Resident{person, months, days, nothing}, kind, why, stage, paid}
	}
	return []BusinessStory{
		one(Zhangzhou, "renewing", "施佳音", "13950600071", id("350702", "1989-03-21", 226), "350702", "residence_permit", 7, 3, permit.KindRenew, permit.WhyDamaged, permit.InReview, false, "employment"),
		one(Zhangzhou, "replacing", "翁子涵", "13950600072", id("360402", "1998-09-14", 347), "360402", "residence_permit", 6, 12, permit.KindReplace, "", permit.ToCollect, true, "dwelling"),
		one(Zhangzhou, "changing", "阮思源", "13950600073", id("450302", "1992-12-02", 518), "450302", "residence_permit", 9, 0, permit.KindChange, "", permit.PreApplied, false, "dwelling"),
		one(Zibo, "term_ending", "靳晓梅", "13853300071", id("410702", "1991-05-30", 624), "410702", "permit_1y", 12, -20, permit.KindRenew, permit.WhyTerm, permit.PreApplied, false),
		one(Zibo, "stepping_up", "栾天宇", "13853300072", id("211002", "1987-02-19", 731), "211002", "permit_1y", 4, 0, permit.KindRenew, permit.WhyStep, permit.InReview, false),
	}
}

// BusinessStoryOf returns the story with a key; an unknown key is a defect of the caller.
func BusinessStoryOf(key string) BusinessStory {
	for _, s := range BusinessStories() {
		if s.Key == key {
			return s
		}
	}
	panic("scene: nobody is called " + key)
}

// PlayBusiness brings a story to where it ends. The reference is that of the new application; the permit that of the old one, until another
// takes its place.
func (h House) PlayBusiness(ctx context.Context, s BusinessStory) (Played, error) {
	p, err := h.PlayLife(ctx, s.Resident)
	if err != nil {
		return p, err
	}
	a, err := h.Ask(ctx, p, s.Kind, s.Why, p.moved)
	if err != nil {
		return p, fmt.Errorf("scene: %s: %w", s.Key, err)
	}
	p.Reference, p.Stage = a.Reference, s.Stage
	_, err = h.Decide(ctx, p, s.Stage, s.Paid)
	return p, err
}

// moved answers where a story's resident lives now.
func (p Played) moved(d *permit.Draft) {
	d.Street = p.City.OtherStreet
	d.Community = civic.Communities(d.Street)[0].Code
	d.Detail = "解放路 6 号 2 栋 1103 室"
}

// Ask applies on the portal for a business on a person's permit; move answers the address of a change.
func (h House) Ask(ctx context.Context, p Played, kind permit.Kind, why string, move func(*permit.Draft)) (permit.Application, error) {
	o, actor := h.Office, p.Citizen()
	draft, err := o.StartBusiness(ctx, actor, office.Business{Number: p.Permit, Kind: kind, Why: why})
	if err != nil {
		return permit.Application{}, err
	}
	for _, step := range draft.Steps() {
		var faults permit.Faults
		switch step {
		case permit.StepResidence:
			draft, faults, err = o.SaveStep(ctx, actor, step, move)
		case permit.StepStay:
			draft, faults, err = o.SaveStep(ctx, actor, step, func(d *permit.Draft) { d.Intends = "yes" })
		case permit.StepGrounds:
			choices := draft.Draft.GroundChoices(draft.Ruleset)
			draft, faults, err = o.SaveStep(ctx, actor, step, func(d *permit.Draft) { d.Grounds = []string{choices[0].Code} })
		case permit.StepEvidence:
			draft, err = o.AddEvidence(ctx, actor, office.Upload{Kind: permit.EvidenceKind(draft.Draft.EvidenceChoices(draft.Ruleset)[0].Code), Bytes: Photo()})
		}
		if err == nil && len(faults) > 0 {
			err = fmt.Errorf("step %s: %w", step, faults)
		}
		if err != nil {
			return permit.Application{}, err
		}
	}
	return o.Submit(ctx, actor, office.Submission{Declared: true, Key: office.NewKey(), Counter: "portal"})
}

// Decide has the officers of the person's main station, or of the one that the case belongs to, decide on the application up to a state.
func (h House) Decide(ctx context.Context, p Played, until permit.State, paid bool) (c office.Case, err error) {
	o := h.Office
	progress, err := o.Application(ctx, p.Citizen(), p.Reference)
	if err != nil {
		return c, err
	}
	c = progress.Case
	verbs := map[permit.State]func(access.Actor, office.Decision) (office.Case, error){
		permit.PreApplied: func(a access.Actor, d office.Decision) (office.Case, error) {
			return o.Accept(ctx, a, d, permit.Acceptance{IdentitySeen: true, EvidenceSeen: true})
		},
		permit.InReview:     func(a access.Actor, d office.Decision) (office.Case, error) { return o.Grant(ctx, a, d) },
		permit.InProduction: func(a access.Actor, d office.Decision) (office.Case, error) { return o.Produce(ctx, a, d) },
		permit.ToCollect: func(a access.Actor, d office.Decision) (office.Case, error) {
			d.HandedBack = true
			return o.Issue(ctx, a, d, permit.Handover{IdentitySeen: true, Signing: permit.SignedOnScreen, Signature: Signature()})
		},
	}
	logins := map[permit.State]string{permit.PreApplied: ".accept", permit.InReview: ".review", permit.InProduction: ".issue", permit.ToCollect: ".issue"}
	for c.Application.State != until {
		state := c.Application.State
		actor, err := h.Actor(ctx, p.City.Prefix+logins[state])
		if err != nil {
			return c, err
		}
		if c, err = verbs[state](actor, office.Decision{Reference: p.Reference, Version: c.Application.Version}); err != nil {
			return c, fmt.Errorf("scene: %s, %s: %w", p.Key, state, err)
		}
		if state == permit.PreApplied && paid {
			if actor, err = h.Actor(ctx, p.City.Prefix+".accept"); err == nil {
				err = o.Pay(ctx, actor, p.Reference, "DEMO-"+p.Reference)
			}
			if err != nil {
				return c, fmt.Errorf("scene: %s pays: %w", p.Key, err)
			}
		}
	}
	return c, nil
}
