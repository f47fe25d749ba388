package portal

import (
	"github.com/gofiber/fiber/v2"

	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// feeReceipt is the page to print of a fee that was paid or given back.
func (s *Portal) feeReceipt(c *fiber.Ctx) error {
	page, err := s.applicationPage(c, web.VisitOf(c))
	if err != nil {
		return err
	}
	fee := page.Progress.Fee
	if fee == nil || fee.PaidOn.IsZero() {
		return web.ErrNotFound
	}
	page.Frame.Title = page.Visit.Printer.Say("fee.receipt")
	page.Frame.Back = &parts.Link{Label: page.Visit.Printer.Say("application.title"), Href: "/applications/" + page.Progress.Application.Reference}
	return web.Render(c, fiber.StatusOK, feeReceiptView(page, feeRows(page.Visit.Printer, page.Progress, page.Station)))
}

// feeRows are what a receipt says. It leaves the house, so nothing on it says whom it is about but the reference.
func feeRows(p text.Printer, progress office.Progress, station string) []parts.Row {
	a, fee := progress.Application, *progress.Fee
	rows := []parts.Row{{Key: p.Say("application.reference"), Value: a.Reference}, {Key: p.Say("kind.column"), Value: p.Say("kind." + string(a.Kind))},
		{Key: p.Say("fee.title"), Value: p.Say("fee.yuan", "Yuan", fee.Yuan)}, {Key: p.Say("fee.paid_on"), Value: parts.Date(p, fee.PaidOn)},
		{Key: p.Say("fee.reference"), Value: fee.Reference}, {Key: p.Say("application.station"), Value: station}}
	if fee.State(a) == permit.FeeRefunded {
		rows = append(rows, parts.Row{Key: p.Say("fee.refunded_on"), Value: parts.Date(p, fee.RefundedOn)}, parts.Row{Key: p.Say("fee.refund_reference"), Value: fee.RefundReference})
	}
	return rows
}

// feeOf says on the page of an application how its fee stands; nil where it owes none.
func feeOf(p text.Printer, progress office.Progress) *parts.NoticeView {
	a, fee := progress.Application, progress.Fee
	if fee == nil {
		return nil
	}
	state := fee.State(a)
	view := parts.NoticeView{Tone: parts.Info, Title: p.Say("fee.state."+string(state), "Yuan", fee.Yuan), Text: p.Say("fee.next." + string(state))}
	switch {
	case state == permit.FeeDue:
		view.Tone = parts.Wait
	case state == permit.FeePaid && a.State == permit.Refused:
		view.Tone, view.Text = parts.Wait, p.Say("fee.next.refund")
	}
	if !fee.PaidOn.IsZero() {
		view.Link = &parts.Link{Label: p.Say("fee.receipt_open"), Href: "/applications/" + a.Reference + "/receipt"}
	}
	return &view
}
