package portal

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/credential"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/picture"
	"anju/server/text"
	"anju/server/web"
)

// maxPicture is the largest picture of a code that is taken, in bytes.
const maxPicture int64 = 8 << 20

// verifyPage takes a code: typed or pasted, or as a picture.
type verifyPage struct {
	Frame   parts.FrameView
	Visit   *web.Visit
	Address string // of a signed code, up to its digits
	Opened  bool   // a QR code has led here
	Errors  parts.Errors
}

// verdictPage is the answer to one check; it clears itself.
type verdictPage struct {
	Frame   parts.FrameView
	Visit   *web.Visit
	Verdict parts.VerdictView
	Slip    *parts.TagView // state of an application whose slip was shown; the verdict is empty then
	Receipt []parts.Row    // of a registration whose receipt was shown; likewise
}

func (s *Portal) verify(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	return web.Render(c, fiber.StatusOK, verifyView(s.verifyPage(v, nil)))
}

// opened is the page behind a signed code. Its digits stand in the fragment, which no browser sends: a script hands them over in the body
// of a form, and without script the person pastes them.
func (s *Portal) opened(c *fiber.Ctx) error {
	page := s.verifyPage(web.VisitOf(c), nil)
	page.Opened = true
	return web.Render(c, fiber.StatusOK, verifyView(page))
}

func (s *Portal) verifyPage(v *web.Visit, errors parts.Errors) verifyPage {
	page := verifyPage{Frame: verifyFrame(v, v.Printer.Say("verify.title")), Visit: v, Address: s.office.Origin + "/V#", Errors: errors}
	page.Frame.HasErrors = len(errors) > 0
	return page
}

// verifyFrame starts the frame of a checker's page. The language switch of an answer leads to the empty form, because the answer has no
// address of its own; only a token's page has one.
func verifyFrame(v *web.Visit, title string) parts.FrameView {
	f := parts.FrameView{Variant: parts.VerifyFrame, Title: title, Path: v.Path, Demo: v.Demo}
	if v.Path == "/verify/picture" { // it only takes a POST
		f.Path = "/verify"
	}
	return f
}

// verified judges a code that was typed, pasted or handed over by the opened page.
func (s *Portal) verified(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	if form.Get("code") == "" {
		errors := parts.Errors{{Field: "code", Message: v.Printer.Say("verify.code_missing")}}
		return web.Render(c, fiber.StatusUnprocessableEntity, verifyView(s.verifyPage(v, errors)))
	}
	return s.judge(c, form.Get("code"))
}

// verifiedPicture judges the code in a photo or screenshot. The picture is read and forgotten.
func (s *Portal) verifiedPicture(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	file, _, err := web.ReadUpload(c, "picture", maxPicture)
	refuse := func(status int, key string) error {
		errors := parts.Errors{{Field: "picture", Message: v.Printer.Say("verify.picture." + key)}}
		return web.Render(c, status, verifyView(s.verifyPage(v, errors)))
	}
	switch {
	case errors.Is(err, web.ErrTooLarge):
		return refuse(fiber.StatusRequestEntityTooLarge, "picture_size")
	case err != nil:
		return err
	case file == nil || len(file.Bytes) == 0:
		return refuse(fiber.StatusUnprocessableEntity, "missing")
	}
	code, err := picture.ReadQR(file.Bytes)
	if refusal := (*picture.Refusal)(nil); errors.As(err, &refusal) {
		return refuse(fiber.StatusUnprocessableEntity, refusal.Code)
	}
	if err != nil {
		return err
	}
	return s.judge(c, code)
}

// openedToken judges the token that a QR code has led to.
func (s *Portal) openedToken(c *fiber.Ctx) error {
	return s.judge(c, s.office.Origin+"/V/"+c.Params("token"))
}

// judge shows the verdict, whose words say what the checker does next. A slip whose application has no permit yet is neither good nor bad.
func (s *Portal) judge(c *fiber.Ctx, code string) error {
	v := web.VisitOf(c)
	p := v.Printer
	anyone := access.Actor{Kind: access.Anyone, RequestID: v.ID} // who checks is not recorded, signed in or not
	found, err := s.office.Verify(c.UserContext(), anyone, code)
	if err != nil {
		return err
	}
	c.Set("Refresh", "62; url=/verify") // where no script clears the page after 60 seconds
	page := verdictPage{Visit: v}
	if found.Slip != "" && found.Shown == nil {
		page.Frame, page.Slip = verifyFrame(v, p.Say("verify.slip")), stateTag(p, found.Slip)
		return web.Render(c, fiber.StatusOK, verdictView(page))
	}
	if found.Receipt != nil {
		page.Frame, page.Receipt = verifyFrame(v, p.Say("verify.receipt")), s.verifiedReceipt(p, *found.Receipt)
		return web.Render(c, fiber.StatusOK, verdictView(page))
	}
	page.Frame = verifyFrame(v, p.Say("parts.verdict.word."+string(found.Verdict)))
	page.Verdict = parts.VerdictView{Verdict: string(found.Verdict), Rows: s.verdictRows(p, found), Demo: v.Demo,
		CheckedAt: found.CheckedAt.In(civic.Zone).Format("2006-01-02 15:04:05"), Again: &parts.Link{Label: p.Say("verify.again"), Href: "/verify"}}
	return web.Render(c, fiber.StatusOK, verdictView(page))
}

// verdictRows is the minimum that a stranger needs to compare the permit with the person who shows it.
func (s *Portal) verdictRows(p text.Printer, found office.Verification) []parts.Row {
	shown := found.Shown
	if shown == nil {
		return nil
	}
	rows := []parts.Row{
		{Key: p.Say("parts.permit.name"), Value: shown.Name},
		{Key: p.Say("parts.permit.id_number"), Value: shown.IDNumber},
		{Key: p.Say("parts.permit.number"), Value: shown.Number},
		{Key: p.Say("verify.kind"), Value: cityName(s.office, p, shown.Jurisdiction) + " · " + s.tierName(p, shown)},
		{Key: p.Say("parts.permit.issued_on"), Value: parts.Date(p, shown.IssuedOn)},
	}
	if !shown.ValidUntil.IsZero() {
		rows = append(rows, parts.Row{Key: p.Say("parts.permit.valid_until"), Value: parts.Date(p, shown.ValidUntil)})
	}
	if found.Kind == credential.Signed && found.Verdict == credential.Valid {
		rows = append(rows, parts.Row{Key: p.Say("verify.code_kind"), Value: p.Say("verify.code_signed")})
	}
	return rows
}

// tierName is the name of the kind of permit, from any ruleset of its city that has it.
func (s *Portal) tierName(p text.Printer, shown *office.ShownPermit) string {
	if j, ok := s.office.Book.Jurisdiction(shown.Jurisdiction); ok {
		for _, r := range j.Rulesets {
			if t, ok := r.Tier(shown.Tier); ok {
				return pick(p, t.Name)
			}
		}
	}
	return shown.Tier
}
