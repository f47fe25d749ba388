package scene

import (
	"context"
	"fmt"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
)

// Settler is somebody who registers a residence, and what became of it.
type Settler struct {
	Person
	monthsAgo, orDays int // when it was declared, before the present
	Earlier           int // months before that asked for, shown by a labour contract
	Children          []permit.Child
	decided           string // the verb that decided it; "" while it waits
	AtWindow          bool   // registered by the assistant
}

// Settlers lists them: in Zhangzhou one who waits, with a child; one who waits and asks for an earlier day; one registered a few days short of
// half a year ago, one for longer, one who was refused; one whom the assistant registered and who has no account yet; in Zibo one who waits.
func Settlers() []Settler {
	one := func(city City, key, name, phone, number, hukou string, months, days int, decided string) Settler {
		return Settler{Person: Person{Key: city.Prefix + "." + key, Name: name, Phone: phone, ID: number, Hukou: hukou, Ethnic: "01", City: city, Lang: "zh"}, monthsAgo: months, orDays: days, decided: decided}
	}
	list := []Settler{
		one(Zhangzhou, "declared", "莫晓棠", "13950600051", id("360302", "1992-03-14", 222), "360302", 0, 2, ""),
		one(Zhangzhou, "earlier", "庄一舟", "13950600052", id("430405", "1990-07-21", 317), "430405", 0, 1, ""),
		one(Zhangzhou, "registered", "阮知秋", "13950600053", id("330302", "1996-02-29", 408), "330302", 6, -3, permit.VerbConfirm),
		one(Zhangzhou, "settled", "尤佳木", "13950600054", id("320302", "1988-11-02", 511), "320302", 8, 0, permit.VerbConfirm),
		one(Zhangzhou, "unregistered", "邬小北", "13950600055", id("420502", "1999-09-09", 128), "420502", 0, 3, permit.VerbReject),
		one(Zhangzhou, "window", "卜青禾", "13950600056", id("450302", "1985-05-30", 640), "450302", 7, 0, permit.VerbConfirm),
		one(Zibo, "declared", "臧北辰", "13853300051", id("220202", "1994-04-25", 333), "220202", 0, 2, ""),
	}
	list[0].Children = []permit.Child{{Name: "莫小满", Sex: civic.Female, Relation: "child", Born: civic.MustDate("2021-05-21")}}
	list[1].Earlier = 5
	list[5].AtWindow = true
	return list
}

// SettlerOf returns the settler with a key; an unknown key is a defect of the caller.
func SettlerOf(key string) Settler {
	for _, s := range Settlers() {
		if s.Key == key {
			return s
		}
	}
	panic("scene: no settler is called " + key)
}

// Declaration is what the settler declares on a day.
func (s Settler) Declaration(on civic.Date) permit.Declaration {
	d := permit.Declaration{Draft: permit.Draft{Jurisdiction: s.City.Jurisdiction, Name: s.Name, IDNumber: s.ID, EthnicGroup: s.Ethnic, HukouDivision: s.Hukou, Detail: "新华路 6 号 2 栋 301 室"},
		Phone: s.Phone, ArrivedOn: on.AddDays(-3), Children: s.Children}
	d.SetResidence(civic.Communities(s.City.Street)[0].Code)
	if s.Earlier > 0 {
		d.Earlier = permit.Earlier{From: on.AddMonths(-s.Earlier), Evidence: "labour_contract"}
		d.ArrivedOn = d.Earlier.From
	}
	return d
}

// PlayRegistration brings a settler's registration to where the story ends.
func (h House) PlayRegistration(ctx context.Context, s Settler) (Played, permit.Registration, error) {
	present := h.Clock.Now()
	defer h.Clock.Set(present)
	on := civic.DateOf(present).AddMonths(-s.monthsAgo).AddDays(-s.orDays)
	h.Clock.Set(on.Start().Add(present.Sub(civic.DateOf(present).Start())))
	p := Played{Person: s.Person}
	form := office.DeclarationForm{Declaration: s.Declaration(on), Declared: true, Key: office.NewKey()}
	failed := func(err error) (Played, permit.Registration, error) {
		return p, permit.Registration{}, fmt.Errorf("scene: %s registers: %w", s.Key, err)
	}
	officer, err := h.Actor(ctx, s.City.Prefix+".assist")
	if err != nil {
		return failed(err)
	}
	if s.AtWindow {
		made, err := h.Office.RegisterResidence(ctx, officer, form)
		if err != nil {
			return failed(err)
		}
		return p, made, nil
	}
	if err := h.signUp(ctx, &p); err != nil {
		return failed(err)
	}
	made, err := h.Office.DeclareResidence(ctx, p.Citizen(), form, "portal")
	if err != nil {
		return failed(err)
	}
	decision := office.RegistrationDecision{Number: made.Number, Version: made.Version}
	switch s.decided {
	case permit.VerbConfirm:
		err = h.Office.ConfirmRegistration(ctx, officer, decision, office.RegistrationConfirmation{IdentitySeen: true})
	case permit.VerbReject:
		err = h.Office.RejectRegistration(ctx, officer, decision, "not_at_address", "上门两次无人，请写清楼栋和房号后重新申报。")
	}
	if err != nil {
		return failed(err)
	}
	return p, made, nil
}

// playRegistrations plays everybody's registration.
func (h House) playRegistrations(ctx context.Context) (map[string]Played, error) {
	all := map[string]Played{}
	for _, s := range Settlers() {
		p, _, err := h.PlayRegistration(ctx, s)
		if err != nil {
			return all, err
		}
		all[p.Key] = p
	}
	return all, nil
}

// Newcomer is the ID number of somebody who is in no other scene.
func Newcomer() string { return id("410102", "1995-12-01", 733) }
