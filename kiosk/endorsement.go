package kiosk

import (
	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/web"
)

// endorsementPage is the yearly endorsement: the facts, what is confirmed, and what a late one costs, said before the button.
type endorsementPage struct {
	permitPage
	Open      bool // it can be made today
	Late      bool
	Restarts  string
	Clause    parts.ClauseView
	Penalties []parts.ClauseView
	Grounds   []parts.Option
	Ground    string
	Confirmed []string
}

func (k *Kiosk) endorsement(c *fiber.Ctx) error {
	pg, err := k.endorsementPage(c, web.Query(c).Get("city"))
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, endorsementView(pg))
}

func (k *Kiosk) endorsementPage(c *fiber.Ctx, city string) (endorsementPage, error) {
	found, err := k.permitPage(c, permitJobs[0], city)
	pg := endorsementPage{permitPage: found}
	if err != nil || pg.File == nil {
		return pg, err
	}
	p, f, today := pg.Visit.Printer, *pg.File, k.Office.Today()
	inUse := f.Permit.Status == permit.Active || f.Permit.Status == permit.Suspended
	pg.Late = f.Timing == permit.Late
	pg.Open = inUse && (pg.Late || f.Timing == permit.InTime)
	if !pg.Open {
		return pg, nil
	}
	if pg.Late {
		switch since := f.Residence.Since(today); {
		case !f.Rules.ResidenceYears.LateEndorsementRestarts:
			pg.Restarts = p.Say("life.late.keeps")
		case since.IsZero():
			pg.Restarts = p.Say("life.late.restarts", "Today", parts.Date(p, today))
		default:
			pg.Restarts = p.Say("life.late.restarts_from", "Today", parts.Date(p, today), "Since", parts.Date(p, since), "Years", f.Residence.YearsOn(today))
		}
	}
	pg.Clause = parts.ClauseView{Number: f.Rules.Endorsement.Clause, Text: f.Rules.Endorsement.Quote}
	if !f.Rules.Endorsement.Elsewhere() { // else the clause names its document
		pg.Clause.Document = pick(p, f.Rules.Name)
	}
	for _, b := range permit.Penalties() {
		pg.Penalties = append(pg.Penalties, parts.ClauseView{Number: b.Clause, Document: p.Say("console.decree"), Text: b.Quote, Open: true})
	}
	for _, g := range permit.EndorsementGrounds(f.Rules) {
		pg.Grounds = append(pg.Grounds, parts.Option{Value: g.Code, Label: pick(p, g.Name)})
	}
	return pg, nil
}

// endorse makes the endorsement. The second of two taps finds it made and leads to the same result.
func (k *Kiosk) endorse(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	due, err := civic.ParseDate(form.Get("due"))
	if err != nil {
		due = civic.Date{} // of no page that we made: answered as one that is out of date
	}
	city := form.Get("city")
	_, err = k.Office.EndorseInVisit(c.UserContext(), v.Actor, form.Get("number"), office.EndorsementForm{Due: due,
		Confirmation: permit.Confirmation{Confirmed: form.Get("confirmed") == "yes", Ground: form.Get("ground")}})
	if err == nil {
		return web.SeeOther(c, "/kiosk/endorsement/result"+k.inCity(city))
	}
	faults := office.FaultsOf(err)
	if len(faults) == 0 {
		return lostCard(c, permitJobs[0], err)
	}
	pg, err := k.endorsementPage(c, city)
	if err != nil {
		return err
	}
	pg.wrong(faults)
	pg.Ground, pg.Confirmed = form.Get("ground"), form.All("confirmed")
	return web.Render(c, fiber.StatusUnprocessableEntity, endorsementView(pg))
}

// inCity is the query that names a city of ours, and nothing else that somebody sent.
func (k *Kiosk) inCity(code string) string {
	if _, ok := k.Office.Book.Jurisdiction(code); !ok {
		return ""
	}
	return "?city=" + code
}

func (k *Kiosk) endorsed(c *fiber.Ctx) error         { return k.endorsementResult(c, false) }
func (k *Kiosk) printEndorsement(c *fiber.Ctx) error { return k.endorsementResult(c, true) }

func (k *Kiosk) endorsementResult(c *fiber.Ctx, paper bool) error {
	p, today := web.VisitOf(c).Printer, k.Office.Today()
	return k.done(c, permitJobs[0], paper, func(f office.PermitFile) (title, words string, rows []parts.Row) {
		if len(f.Endorsements) == 0 || f.Endorsements[len(f.Endorsements)-1].On != today {
			return "", "", nil
		}
		last := f.Endorsements[len(f.Endorsements)-1]
		rows = []parts.Row{{Key: p.Say("life.kiosk.next_due"), Value: parts.Date(p, last.NextDue)}}
		if last.Restarted {
			rows = append(rows, parts.Row{Key: p.Say("life.residence"), Value: p.Say("life.years_since", "Since", parts.Date(p, last.On))})
		}
		return p.Say("flash.endorsed"), p.Say("life.endorse.done", "Due", parts.Date(p, last.NextDue)), rows
	})
}
