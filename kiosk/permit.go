package kiosk

import (
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// permitJobs are what a holder can do here with the permit; each begins with the identity card.
var permitJobs = []string{"endorsement", "loss-report"}

func (k *Kiosk) permit(c *fiber.Ctx) error {
	return web.Render(c, fiber.StatusOK, permitView(k.page(c, web.VisitOf(c).Printer.Say("kiosk.job.permit"))))
}

// permitPage is a page about the permit of whoever's card was read. Others may stand behind: name and numbers are masked.
type permitPage struct {
	page
	Job    string
	Card   cardReading
	Read   bool // a card has been read in the visit
	File   *office.PermitFile
	City   string
	Rows   []parts.Row
	State  parts.NoticeView
	Cities []parts.Option // of several permits, to choose one
}

// permitPage loads the permit that a job is about: after the card, the only one in use or the one in the city that was chosen.
func (k *Kiosk) permitPage(c *fiber.Ctx, job, city string) (permitPage, error) {
	v := web.VisitOf(c)
	p := v.Printer
	pg := permitPage{page: k.page(c, p.Say("life.kiosk."+job)), Job: job}
	pg.Frame.Path = "/kiosk/" + job
	pg.Card = cardReading{Agent: "http://" + k.AgentAddr, Emulated: v.Demo, Action: "/kiosk/permit/card", Nonces: "/kiosk/permit/nonces", Hidden: []parts.Hidden{{Name: "job", Value: job}}}
	files, err := k.Office.CardPermits(c.UserContext(), v.Actor)
	if errors.Is(err, office.ErrNotFound) {
		return pg, nil
	}
	if err != nil {
		return pg, err
	}
	pg.Read = true
	for i, f := range files {
		if len(files) == 1 || f.Permit.Jurisdiction == city {
			pg.File = &files[i]
		}
		pg.Cities = append(pg.Cities, parts.Option{Value: f.Permit.Jurisdiction, Label: k.cityName(p, f.Permit.Jurisdiction)})
	}
	if pg.File != nil {
		pg.City = k.cityName(p, pg.File.Permit.Jurisdiction)
		pg.Rows = k.permitRows(p, *pg.File)
		pg.State = standing(p, *pg.File, k.Office.Today())
	}
	return pg, nil
}

// permitRows are the facts by which a holder knows the own permit, masked.
func (k *Kiosk) permitRows(p text.Printer, f office.PermitFile) []parts.Row {
	return []parts.Row{
		{Key: p.Say("field.name"), Value: civic.MaskName(f.Holder.Name)},
		{Key: p.Say("field.id_number"), Value: f.Holder.IDNumber.Masked()},
		{Key: p.Say("life.kiosk.number"), Value: numberTail(f.Permit.Number), Note: k.cityName(p, f.Permit.Jurisdiction)},
		{Key: p.Say("parts.permit.issued_on"), Value: parts.Date(p, f.Permit.IssuedOn)},
	}
}

// numberTail is the end of a permit number: enough to know it, not enough to use it.
func numberTail(number string) string { return "…" + number[strings.LastIndex(number, "-")-4:] }

// standing says in one notice how a permit stands.
func standing(p text.Printer, f office.PermitFile, today civic.Date) parts.NoticeView {
	one := f.Permit
	pairs := []any{"Since", parts.Date(p, one.StatusSince), "Until", parts.Date(p, one.ValidUntil), "Due", parts.Date(p, one.EndorseBy), "Opens", parts.Date(p, f.Opens)}
	key, tone := "good", parts.Good
	switch status := one.StatusOn(today); {
	case status != permit.Active && status != permit.Suspended:
		key, tone = string(status), parts.Stop
	case f.Timing == permit.Late:
		key, tone = "late", parts.Stop
	case f.Timing == permit.InTime:
		key, tone = "open", parts.Wait
	case f.Timing == permit.Early:
		key = "early"
	case !one.ValidUntil.IsZero():
		key = "term"
	}
	return parts.NoticeView{Tone: tone, Title: p.Say("life.standing."+key, pairs...), Text: p.Say("life.next."+key, pairs...)}
}

// permitCard takes a read that the agent has signed, and goes on with the job that it was read for.
func (k *Kiosk) permitCard(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	job := permitJobs[0]
	if form.Get("job") == permitJobs[1] {
		job = permitJobs[1]
	}
	read, problem, err := k.openRead(c, form)
	if err != nil {
		return err
	}
	if problem == "" {
		err = k.Office.ShowCard(c.UserContext(), v.Actor, read.Card.Number)
		if len(office.FaultsOf(err)) > 0 { // a card whose number is none
			problem, err = "untrusted", nil
		}
	}
	if err != nil {
		return err
	}
	if problem == "" {
		return web.SeeOther(c, "/kiosk/"+job)
	}
	pg, err := k.permitPage(c, job, "")
	if err != nil {
		return err
	}
	pg.Read, pg.File = false, nil
	pg.Errors, pg.Frame.HasErrors = parts.Errors{{Field: "card", Message: pg.Card.say(v.Printer, problem)}}, true
	return web.Render(c, fiber.StatusUnprocessableEntity, permitCardView(pg))
}

// receiptPage is what was done, for the screen and on paper 80 mm wide. It names the holder masked and the end of the permit's number.
type receiptPage struct {
	page
	Title, Text string
	City        string
	Rows        []parts.Row
	Print, Back string
}

// done shows the result of a job; paper is the same for the printer.
func (k *Kiosk) done(c *fiber.Ctx, job string, paper bool, result func(office.PermitFile) (title, text string, rows []parts.Row)) error {
	p := web.VisitOf(c).Printer
	pg, err := k.permitPage(c, job, web.Query(c).Get("city"))
	if err != nil {
		return err
	}
	if pg.File == nil {
		return web.SeeOther(c, "/kiosk/"+job)
	}
	title, words, rows := result(*pg.File)
	if title == "" { // nothing was done here
		return web.SeeOther(c, "/kiosk/"+job)
	}
	city := "?city=" + pg.File.Permit.Jurisdiction
	out := receiptPage{page: pg.page, Title: title, Text: words, City: pg.City, Rows: append(pg.Rows, rows...), Print: "/kiosk/" + job + "/print" + city, Back: "/kiosk/" + job + "/result" + city}
	out.Rows = append(out.Rows, parts.Row{Key: p.Say("life.kiosk.done_on"), Value: parts.Date(p, k.Office.Today())})
	if paper {
		out.Rows = slices.Delete(out.Rows, 1, 2) // the ID number: the name and the end of the permit's number say whose it is
		return web.Render(c, fiber.StatusOK, permitReceiptView(out))
	}
	return web.Render(c, fiber.StatusOK, permitDoneView(out))
}

// lostCard sends somebody whose card is not remembered any more, or whose permit has changed meanwhile, to the beginning of the job.
func lostCard(c *fiber.Ctx, job string, err error) error {
	if errors.Is(err, office.ErrNotFound) || errors.Is(err, office.ErrStale) || errors.Is(err, &office.Error{What: office.Denied}) {
		return web.SeeOther(c, "/kiosk/"+job)
	}
	return err
}
