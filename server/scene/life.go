package scene

import (
	"context"
	"fmt"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/policy"
)

// Resident is somebody whose permit was issued long ago, and what happened to it since.
type Resident struct {
	Person
	issuedMonthsAgo, orDays int                                                // before the present
	since                   func(ctx context.Context, h House, p Played) error // what was done to the permit, at the present
}

// Residents lists them: in Zhangzhou a mother who also keeps her daughter's permit, two permits whose endorsement is due, one that missed it, one that was reported lost; in Zibo a one-year
// permit that ran out and one that was cancelled.
func Residents() []Resident {
	one := func(city City, key, name, phone, number, hukou, tier string, months, days int, since func(context.Context, House, Played) error, grounds ...string) Resident {
		return Resident{Person{Key: city.Prefix + "." + key, Name: name, Phone: phone, ID: number, Hukou: hukou, Ethnic: "01", City: city, Stage: permit.Issued, Tier: tier, Grounds: grounds, Lang: "zh"}, months, days, since}
	}
	nothing := func(context.Context, House, Played) error { return nil }
	daughter := one(Zhangzhou, "daughter", "莫小满", "13950600053", id("450302", "2016-03-21", 264), "450302", "residence_permit", 12, -10, nothing, "dwelling")
	daughter.Agent = &permit.Agent{Name: "莫秋雨", IDNumber: id("450302", "1987-10-02", 183), Relation: policy.Guardian, Declared: true, Consents: []string{policy.ConsentChild}}
	return []Resident{
		one(Zhangzhou, "mother", "莫秋雨", "13950600053", id("450302", "1987-10-02", 183), "450302", "residence_permit", 5, 0, nothing, "dwelling"), daughter,
		one(Zhangzhou, "endorse_open", "方静怡", "13950600011", id("360702", "1991-04-18", 246), "360702", "residence_permit", 12, -10, nothing, "employment"),
		one(Zhangzhou, "endorse_card", "汤望舒", "13950600014", id("340202", "1995-10-07", 421), "340202", "residence_permit", 12, -25, nothing, "dwelling"),
		one(Zhangzhou, "suspended", "章海波", "13950600012", id("430302", "1986-08-02", 175), "430302", "residence_permit", 12, 20, nothing, "dwelling"),
		one(Zhangzhou, "lost", "黎晓彤", "13950600013", id("440802", "1997-12-11", 328), "440802", "residence_permit", 5, 0, func(ctx context.Context, h House, p Played) error {
			return h.Office.ReportOwnLoss(ctx, p.Citizen(), p.Permit)
		}, "employment"),
		one(Zibo, "expired_1y", "牛俊杰", "13853300011", id("410502", "1993-06-30", 513), "410502", "permit_1y", 12, 15, nothing),
		one(Zibo, "cancelled", "齐若琳", "13853300012", id("130402", "1990-01-19", 604), "130402", "permit_3y", 8, 0, func(ctx context.Context, h House, p Played) error {
			actor, err := h.Actor(ctx, "zb.accept")
			if err != nil {
				return err
			}
			return h.Office.Cancel(ctx, actor, office.PermitDecision{Number: p.Permit, Version: 1}, permit.GroundLeftCity, "持证人已回邯郸工作，来所办理注销。")
		}, "bought_or_registered_lease"),
	}
}

// ResidentOf returns the resident with a key; an unknown key is a defect of the caller.
func ResidentOf(key string) Resident {
	for _, r := range Residents() {
		if r.Key == key {
			return r
		}
	}
	panic("scene: no resident is called " + key)
}

// IssuedOn is the day on which the permit was issued, in a house whose clock shows today.
func (r Resident) IssuedOn(today civic.Date) civic.Date {
	return today.AddMonths(-r.issuedMonthsAgo).AddDays(-r.orDays)
}

// PlayLife brings a resident to the present: the permit is issued with the clock set back, the daily job does what it would have done
// meanwhile, and then what the resident's story says is done.
func (h House) PlayLife(ctx context.Context, r Resident) (Played, error) {
	present := h.Clock.Now()
	defer h.Clock.Set(present)
	issued := r.IssuedOn(civic.DateOf(present)).AddDays(issuedAgo) // where Play's own present lies
	h.Clock.Set(issued.Start().Add(present.Sub(civic.DateOf(present).Start())))
	p, err := h.Play(ctx, r.Person)
	if err != nil {
		return p, err
	}
	h.Clock.Set(present)
	if _, err := h.Office.Daily(ctx); err != nil {
		return p, fmt.Errorf("scene: the days until %s: %w", r.Key, err)
	}
	if err := r.since(ctx, h, p); err != nil {
		return p, fmt.Errorf("scene: %s: %w", r.Key, err)
	}
	return p, nil
}
