package portal

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/web"
)

// lossReportPage reports a permit as lost, or takes the report back.
type lossReportPage struct {
	Frame  parts.FrameView
	Visit  *web.Visit
	File   office.PermitFile
	Why    parts.NoticeView
	Rows   []parts.Row
	Report bool   // it can be reported
	Back   bool   // it can be taken back
	Then   string // what the permit will be when it is taken back
	Number string // keeps which permit of several is meant
}

func (s *Portal) lossReport(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	file, suffix, _, err := s.ownPermit(c, web.Query(c).Get("number"))
	if errors.Is(err, office.ErrNotFound) {
		return web.SeeOther(c, "/permit")
	}
	if err != nil {
		return err
	}
	today := s.office.Today()
	page := lossReportPage{Frame: frame(v, p.Say("life.loss.title")), Visit: v, File: file, Why: standing(p, file, today), Rows: []parts.Row{{Key: p.Say("account.permit_number"), Value: file.Permit.Number}}, Number: suffix}
	if suffix != "" {
		page.Rows = append(page.Rows, parts.Row{Key: p.Say("family.holder"), Value: file.Holder.Name})
	}
	page.Frame.Back = &parts.Link{Label: p.Say("permit.title"), Href: "/permit" + suffix}
	page.Why.Link = nil
	switch file.Permit.StatusOn(today) {
	case permit.Active, permit.Suspended:
		page.Report = true
	case permit.Lost:
		page.Back, page.Then = true, p.Say("life.found.then."+string(file.Permit.Found(today)))
	}
	return web.Render(c, fiber.StatusOK, lossReportView(page))
}

// reportLoss shuts the code at once.
func (s *Portal) reportLoss(c *fiber.Ctx) error {
	return s.tellLoss(c, "lost", func(number string) error {
		return s.office.ReportOwnLoss(c.UserContext(), web.VisitOf(c).Actor, number)
	})
}

// withdrawLoss takes the report back.
func (s *Portal) withdrawLoss(c *fiber.Ctx) error {
	return s.tellLoss(c, "found", func(number string) error {
		return s.office.WithdrawOwnLoss(c.UserContext(), web.VisitOf(c).Actor, number)
	})
}

// tellLoss does one of the two. What has meanwhile become impossible is said by the permit's page.
func (s *Portal) tellLoss(c *fiber.Ctx, flash string, do func(number string) error) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	err = do(form.Get("number"))
	if errors.Is(err, &office.Error{What: office.Denied}) || errors.Is(err, office.ErrNotFound) || errors.Is(err, office.ErrStale) {
		flash, err = "life_moved", nil
	}
	if err != nil {
		return err
	}
	web.SetFlash(c, flash)
	return web.SeeOther(c, s.permitAddress(c, form.Get("number")))
}
