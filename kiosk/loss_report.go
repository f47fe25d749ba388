package kiosk

import (
	"github.com/gofiber/fiber/v2"

	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/web"
)

// lossReportPage reports a permit as lost, or takes the report back.
type lossReportPage struct {
	permitPage
	Report, Withdraw bool
	Then             string // what the permit will be when it is taken back
}

func (k *Kiosk) lossReport(c *fiber.Ctx) error {
	found, err := k.permitPage(c, permitJobs[1], web.Query(c).Get("city"))
	if err != nil {
		return err
	}
	pg := lossReportPage{permitPage: found}
	if pg.File != nil {
		p, today := pg.Visit.Printer, k.Office.Today()
		switch pg.File.Permit.StatusOn(today) {
		case permit.Active, permit.Suspended:
			pg.Report = true
		case permit.Lost:
			pg.Withdraw, pg.Then = true, p.Say("life.found.then."+string(pg.File.Permit.Found(today)))
		}
	}
	return web.Render(c, fiber.StatusOK, lossReportView(pg))
}

func (k *Kiosk) reportLoss(c *fiber.Ctx) error {
	return k.tellLoss(c, func(number string) error {
		return k.Office.ReportLossInVisit(c.UserContext(), web.VisitOf(c).Actor, number)
	})
}

func (k *Kiosk) withdrawLoss(c *fiber.Ctx) error {
	return k.tellLoss(c, func(number string) error {
		return k.Office.WithdrawLossInVisit(c.UserContext(), web.VisitOf(c).Actor, number)
	})
}

// tellLoss does one of the two; a tap too many leads to the same result.
func (k *Kiosk) tellLoss(c *fiber.Ctx, do func(number string) error) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	if err := do(form.Get("number")); err != nil {
		return lostCard(c, permitJobs[1], err)
	}
	return web.SeeOther(c, "/kiosk/loss-report/result"+k.inCity(form.Get("city")))
}

func (k *Kiosk) lossReported(c *fiber.Ctx) error    { return k.lossResult(c, false) }
func (k *Kiosk) printLossReport(c *fiber.Ctx) error { return k.lossResult(c, true) }

// lossResult says how the newest report of today stands.
func (k *Kiosk) lossResult(c *fiber.Ctx, paper bool) error {
	p, today := web.VisitOf(c).Printer, k.Office.Today()
	return k.done(c, permitJobs[1], paper, func(f office.PermitFile) (title, words string, rows []parts.Row) {
		if len(f.Losses) == 0 {
			return "", "", nil
		}
		last := f.Losses[len(f.Losses)-1]
		switch {
		case last.State == permit.LossOpen && last.ReportedOn == today:
			return p.Say("life.kiosk.lost"), p.Say("life.next.lost"), []parts.Row{{Key: p.Say("life.kiosk.status"), Value: p.Say("permit.status.lost")}}
		case last.State == permit.LossWithdrawn && last.EndedOn == today:
			return p.Say("flash.found"), standing(p, f, today).Text, []parts.Row{{Key: p.Say("life.kiosk.status"), Value: p.Say("permit.status." + string(f.Permit.StatusOn(today)))}}
		}
		return "", "", nil
	})
}
