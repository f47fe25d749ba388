package console

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/web"
)

// feeRoles take payments and give them back.
var feeRoles = []access.Role{access.Acceptor, access.Issuer}

// feeView is the fee of a case, with the form for what this officer may do about it.
type feeView struct {
	Notice  parts.NoticeView
	Pay     bool // it can be paid now
	Refund  bool // it must be given back
	Path    string
	Receipt string // address of the receipt, "" while nothing was paid
	Typed   string
	Error   string
}

func (s *Console) feeView(v *web.Visit, file office.Progress) *feeView {
	p, a, fee := v.Printer, file.Application, file.Fee
	if fee == nil {
		return nil
	}
	state := fee.State(a)
	view := &feeView{Notice: parts.NoticeView{Tone: parts.Info, Title: p.Say("fee.state."+string(state), "Yuan", fee.Yuan)}}
	mine := len(v.Actor.Scope(feeRoles...).At(a.Station).Stations) > 0
	switch {
	case state == permit.FeeDue:
		view.Notice.Tone, view.Notice.Text = parts.Wait, p.Say("fee.console.due")
		view.Pay, view.Path = mine, casePath(a.Reference)+"/payment"
	case state == permit.FeePaid && a.State == permit.Refused:
		view.Notice.Tone, view.Notice.Text = parts.Wait, p.Say("fee.console.refund")
		view.Refund, view.Path = mine, casePath(a.Reference)+"/refund"
	case state == permit.FeePaid:
		view.Notice.Text = p.Say("fee.console.paid", "On", parts.Date(p, fee.PaidOn), "Reference", fee.Reference, "Who", fee.PaidBy.Name)
	case state == permit.FeeRefunded:
		view.Notice.Text = p.Say("fee.console.refunded", "On", parts.Date(p, fee.RefundedOn), "Reference", fee.RefundReference, "Who", fee.RefundedBy.Name)
	}
	if !fee.PaidOn.IsZero() {
		view.Receipt = casePath(a.Reference) + "/receipt"
	}
	return view
}

func (s *Console) pay(c *fiber.Ctx) error {
	return s.charge(c, "paid", func(reference, payment string) error {
		return s.office.Pay(c.UserContext(), web.VisitOf(c).Actor, reference, payment)
	})
}

func (s *Console) refund(c *fiber.Ctx) error {
	return s.charge(c, "refunded", func(reference, payment string) error {
		return s.office.Refund(c.UserContext(), web.VisitOf(c).Actor, reference, payment)
	})
}

// charge records a payment or a refund. A wrong reference is shown again with what was typed (422); what a colleague has done meanwhile is
// said on the page (409).
func (s *Console) charge(c *fiber.Ctx, flash string, do func(reference, payment string) error) error {
	v := web.VisitOf(c)
	reference, ok := permit.ParseReference(c.Params("reference"))
	if !ok {
		return office.ErrNotFound
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	typed := form.Get("reference")
	if err = do(reference, typed); err == nil {
		web.SetFlash(c, flash)
		return web.SeeOther(c, casePath(reference))
	}
	faults, moved := office.FaultsOf(err), errors.Is(err, &office.Error{What: office.Denied})
	if len(faults) == 0 && !moved {
		return err
	}
	file, readErr := s.office.CaseFile(c.UserContext(), v.Actor, reference)
	if readErr != nil {
		return readErr
	}
	page, pageErr := s.casePage(v, file)
	if pageErr != nil {
		return pageErr
	}
	page.Errors, page.Frame.HasErrors = errorsOf(v.Printer, faults), true
	if moved {
		page.Errors = parts.Errors{{Field: "actions", Message: v.Printer.Say("fee.console.moved")}}
		return web.Render(c, fiber.StatusConflict, caseView(page))
	}
	page.Fee.Typed, page.Fee.Error = typed, page.Errors.For("reference")
	return web.Render(c, fiber.StatusUnprocessableEntity, caseView(page))
}

// receiptPage is the receipt of a fee, to print.
type receiptPage struct {
	Frame   parts.FrameView
	Visit   *web.Visit
	Station string
	Rows    parts.SummaryView
}

// receipt is printed for the applicant. It leaves the house, so nothing on it says whom it is about but the reference.
func (s *Console) receipt(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	file, err := s.office.CaseFile(c.UserContext(), v.Actor, c.Params("reference"))
	if err != nil {
		return err
	}
	p, a, fee := v.Printer, file.Application, file.Fee
	if fee == nil || fee.PaidOn.IsZero() {
		return web.ErrNotFound
	}
	page := receiptPage{Frame: frame(v, p.Say("fee.receipt")), Visit: v, Station: pick(p, file.Station.Name)}
	page.Frame.Back = &parts.Link{Label: p.Say("console.slip.back"), Href: casePath(a.Reference)}
	row := func(key, value string) parts.Row { return parts.Row{Key: p.Say(key), Value: value} }
	page.Rows.Rows = []parts.Row{row("console.case.reference", a.Reference), row("kind.column", p.Say("kind."+string(a.Kind))), row("fee.title", p.Say("fee.yuan", "Yuan", fee.Yuan)),
		row("fee.paid_on", parts.Date(p, fee.PaidOn)), row("fee.reference", fee.Reference), row("fee.by", fee.PaidBy.Name), row("console.slip.station", page.Station)}
	if fee.State(a) == permit.FeeRefunded {
		page.Rows.Rows = append(page.Rows.Rows, row("fee.refunded_on", parts.Date(p, fee.RefundedOn)), row("fee.refund_reference", fee.RefundReference))
	}
	return web.Render(c, fiber.StatusOK, receiptView(page))
}
