package scene

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"maps"
	"math"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
)

// stagesAgo is how long ago, in days, each step of the stories happened: the fewer, the nearer to the clock's present.
const (
	submittedAgo = 9
	acceptedAgo  = 8
	decidedAgo   = 5
	producedAgo  = 3
	issuedAgo    = 2
)

// Played is a person whose scene has been played.
type Played struct {
	Person
	Account   office.Account
	Reference string // "" while the application is a draft
	Permit    string // permit number, once issued
}

// Citizen is the actor that a person is when signed in on the portal.
func (p Played) Citizen() access.Actor { return access.Actor{Kind: access.Citizen, ID: p.Account.ID} }

// Play brings a person to a stage. The clock is set back for the past steps and returns to where it stood.
func (h House) Play(ctx context.Context, person Person) (Played, error) {
	present := h.Clock.Now()
	defer h.Clock.Set(present)
	p := Played{Person: person}
	ago := func(days int) { h.Clock.Set(present.AddDate(0, 0, -days)) }
	ago(submittedAgo)
	if err := h.signUp(ctx, &p); err != nil {
		return p, fmt.Errorf("scene: %s: %w", p.Key, err)
	}
	if err := h.apply(ctx, &p, civic.DateOf(present)); err != nil {
		return p, fmt.Errorf("scene: %s applies: %w", p.Key, err)
	}
	if p.Stage == "" || p.Stage == permit.PreApplied {
		return p, nil
	}
	version := 1
	act := func(login string, days int, verb func(access.Actor, office.Decision) (office.Case, error)) error {
		ago(days)
		actor, err := h.Actor(ctx, p.City.Prefix+login)
		if err != nil {
			return err
		}
		c, err := verb(actor, office.Decision{Reference: p.Reference, Version: version})
		if err != nil {
			return fmt.Errorf("scene: %s: %w", p.Key, err)
		}
		version, p.Permit = c.Application.Version, c.Application.Permit
		return nil
	}
	o := h.Office
	if p.Stage == permit.Declined {
		return p, act(".accept", acceptedAgo, func(a access.Actor, d office.Decision) (office.Case, error) {
			return o.Decline(ctx, a, d, "other_station", "您的居住地由西桥派出所受理，请到该所办理。")
		})
	}
	steps := []struct {
		login string
		days  int
		after permit.State
		verb  func(access.Actor, office.Decision) (office.Case, error)
	}{
		{".accept", acceptedAgo, permit.InReview, func(a access.Actor, d office.Decision) (office.Case, error) {
			return o.Accept(ctx, a, d, permit.Acceptance{IdentitySeen: true, EvidenceSeen: true, AgentSeen: true})
		}},
		{".review", decidedAgo, permit.InProduction, func(a access.Actor, d office.Decision) (office.Case, error) {
			if p.Stage == permit.Refused {
				return o.Refuse(ctx, a, d, "evidence_does_not_show_ground", "租赁合同上的承租人不是您本人，请补充本人的住所证明后重新申请。")
			}
			return o.Grant(ctx, a, d)
		}},
		{".issue", producedAgo, permit.ToCollect, func(a access.Actor, d office.Decision) (office.Case, error) { return o.Produce(ctx, a, d) }},
		{".issue", issuedAgo, permit.Issued, func(a access.Actor, d office.Decision) (office.Case, error) {
			return o.Issue(ctx, a, d, permit.Handover{IdentitySeen: true, Signing: permit.SignedOnScreen, Signature: Signature()})
		}},
	}
	for _, s := range steps {
		if err := act(s.login, s.days, s.verb); err != nil {
			return p, err
		}
		if s.after == p.Stage || p.Stage == permit.Refused && s.after == permit.InProduction {
			break
		}
	}
	return p, nil
}

// signUp makes the person's account, as the first sign-in by phone does.
func (h House) signUp(ctx context.Context, p *Played) error {
	return h.Store.Within(ctx, func(tx office.Tx) (err error) {
		p.Account, err = tx.AccountOf(ctx, p.Phone, p.Lang, h.Clock.Now())
		return err
	})
}

// apply fills in the pre-application step by step and sends it, unless the person's story stops before.
func (h House) apply(ctx context.Context, p *Played, today civic.Date) error {
	actor, counter := p.Citizen(), "portal"
	if p.AtKiosk {
		actor, counter = access.Actor{Kind: access.Kiosk, ID: office.NewKey()}, "kiosk"
	}
	o := h.Office
	draft, err := o.StartDraft(ctx, actor, p.City.Jurisdiction, false)
	if err != nil {
		return err
	}
	if len(draft.Draft.Name) > 0 {
		return errors.New("a draft is there already")
	}
	if draft, err = o.ActFor(ctx, actor, p.Agent != nil); err != nil {
		return err
	}
	for _, step := range []permit.Step{permit.StepIdentity, permit.StepAgent, permit.StepHukou, permit.StepResidence, permit.StepStay, permit.StepGrounds} {
		if p.Stage == "" && step == permit.StepResidence {
			return nil // the draft of the story stops at the address
		}
		_, faults, err := o.SaveStep(ctx, actor, step, func(d *permit.Draft) { p.answer(d, today) })
		if err != nil {
			return err
		}
		if len(faults) > 0 {
			return fmt.Errorf("step %s: %w", step, faults)
		}
	}
	if !p.AtKiosk && len(p.Grounds) > 0 {
		draft, err := o.Draft(ctx, actor)
		if err != nil {
			return err
		}
		kind := draft.Draft.EvidenceChoices(draft.Ruleset)[0].Code
		if _, err := o.AddEvidence(ctx, actor, office.Upload{Kind: permit.EvidenceKind(kind), Bytes: Photo()}); err != nil {
			return err
		}
	}
	a, err := o.Submit(ctx, actor, office.Submission{Declared: true, Key: office.NewKey(), Counter: counter})
	p.Reference = a.Reference
	return err
}

// answer gives all of a person's answers.
func (p Played) answer(d *permit.Draft, today civic.Date) {
	d.Name, d.IDNumber, d.EthnicGroup, d.HukouDivision = p.Name, p.ID, p.Ethnic, p.Hukou
	d.County, d.Street = p.City.County, p.City.Street
	d.Community = civic.Communities(d.Street)[0].Code
	d.Detail = "胜利路 18 号 3 栋 502 室"
	d.RegisteredOn = today.AddMonths(-9)
	d.Intends, d.Tier, d.Grounds = "yes", p.Tier, p.Grounds
	if p.Agent != nil {
		agent := *p.Agent
		d.Agent = &agent
	}
	if p.AtKiosk {
		d.Account = p.Account.ID
	}
}

// Photo is a picture of a document, as a phone would take it: paper, lines of grey, a red seal.
func Photo() []byte { return photo(0) }

// photo is such a picture taken from a little higher.
func photo(higher int) []byte {
	const w, h = 900, 1200
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{0xf4, 0xf1, 0xe8, 0xff}
			dx, dy := x-640, y-930
			switch r := dx*dx + dy*dy; {
			case r < 120*120 && r > 108*108:
				c = color.RGBA{0xb3, 0x26, 0x1e, 0xff}
			case y > 120+higher && y < 1000 && y%60 < 14 && x > 90 && x < 810-(y*7)%240:
				c = color.RGBA{0x5a, 0x5e, 0x66, 0xff}
			}
			img.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 80}); err != nil {
		panic(err) // into memory it does not fail
	}
	return b.Bytes()
}

// Signature is what somebody has drawn on the screen of the counter.
func Signature() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 600, 200))
	for i := range 900 { // three strokes
		x := 120 + i%300 + i/300*40
		y := 60 + i/300*35 + int(18*math.Sin(float64(i%300)/14))
		for dy := range 4 {
			img.Set(x, y+dy, color.Black)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err) // into memory it does not fail
	}
	return b.Bytes()
}

// PlayAll plays everybody's scene, the stories of notice.go and the residents', with cards in stock, appointments, the reports of refusals, the ratings and the catalogue's,
// and returns the people by key. In a house that has been played in before it changes nothing.
func (h House) PlayAll(ctx context.Context) (map[string]Played, error) {
	all := map[string]Played{}
	if err := h.stockCards(ctx); err != nil {
		return all, err
	}
	for _, person := range People() {
		p, err := h.Play(ctx, person)
		if err != nil {
			return all, err
		}
		all[p.Key] = p
	}
	for _, resident := range Residents() {
		p, err := h.PlayLife(ctx, resident)
		if err != nil {
			return all, err
		}
		all[p.Key] = p
	}
	for _, person := range Wards() {
		p, err := h.Play(ctx, person)
		if err != nil {
			return all, err
		}
		all[p.Key] = p
	}
	for _, story := range BusinessStories() {
		p, err := h.PlayBusiness(ctx, story)
		if err != nil {
			return all, err
		}
		all[p.Key] = p
	}
	for _, story := range courseStories() {
		p, err := h.playCourse(ctx, story)
		if err != nil {
			return all, err
		}
		all[p.Key] = p
	}
	for _, city := range Cities() {
		if _, err := h.PlayPartners(ctx, city); err != nil {
			return all, err
		}
	}
	settled, err := h.playRegistrations(ctx)
	maps.Copy(all, settled)
	return all, errors.Join(err, h.playAppointments(ctx, all), h.PlayConfirmations(ctx), h.PlayRefusals(ctx), h.PlayRatings(ctx, all), h.PlayCatalogue(ctx))
}

// Empty reports whether no scene has been played in the house yet.
func (h House) Empty(ctx context.Context) (bool, error) {
	actor, err := h.Actor(ctx, Zhangzhou.Prefix+".accept")
	if errors.Is(err, office.ErrNotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	page, err := h.Office.Queue(ctx, actor, office.QueueQuery{Size: 1})
	return page.Total == 0, err
}

// Morning is the instant at which tests begin: a working day in the office's hours.
var Morning = time.Date(2026, 11, 24, 9, 30, 0, 0, civic.Zone)
