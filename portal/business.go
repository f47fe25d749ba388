package portal

import (
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"

	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// business is a kind of business on a permit, by the word in its address.
type business struct {
	kind permit.Kind
	path string
}

// businesses lists them in the order of the permit's page.
var businesses = []business{{permit.KindRenew, "/permit/renewal"}, {permit.KindReplace, "/permit/replacement"}, {permit.KindChange, "/permit/change"}}

// businessPage says what a kind of business is, what it costs and what happens, and begins it.
type businessPage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Errors   parts.Errors
	Business business
	File     office.PermitFile
	Rows     []parts.Row
	Open     bool
	Whys     []parts.Option    // of a renewal that is open for more than one reason
	Why      string            // chosen, or the only one
	Later    []parts.Task      // reasons that are not open
	Closed   *parts.NoticeView // why nothing is open
	Fee      parts.Row
	Clause   *parts.ClauseView
	GivesWay bool   // another draft will be deleted
	Number   string // keeps which permit of several is meant
}

func (s *Portal) business(b business) fiber.Handler {
	return func(c *fiber.Ctx) error {
		page, err := s.businessPage(c, b, web.Query(c).Get("number"))
		if errors.Is(err, office.ErrNotFound) {
			return web.SeeOther(c, "/permit")
		}
		if err != nil {
			return err
		}
		page.Why = c.Query("why")
		return web.Render(c, fiber.StatusOK, businessView(page))
	}
}

func (s *Portal) businessPage(c *fiber.Ctx, b business, number string) (businessPage, error) {
	v := web.VisitOf(c)
	p := v.Printer
	file, suffix, _, err := s.ownPermit(c, number)
	if err != nil {
		return businessPage{}, err
	}
	page := businessPage{Frame: frame(v, p.Say("business."+string(b.kind)+".title")), Visit: v, Business: b, File: file, Number: suffix, Fee: feeRow(p, file, b.kind, s.office),
		Rows: []parts.Row{{Key: p.Say("account.permit_number"), Value: file.Permit.Number}, {Key: p.Say("permit.residence"), Value: file.Permit.Residence}}}
	if suffix != "" {
		page.Rows = append(page.Rows, parts.Row{Key: p.Say("family.holder"), Value: file.Holder.Name})
	}
	page.Frame.Back = &parts.Link{Label: p.Say("permit.title"), Href: "/permit" + suffix}
	unable := mayNot(p, file.MayAct(string(b.kind), s.office.Today()))
	for _, o := range file.Openings {
		switch {
		case o.Kind != b.kind:
		case o.Open() && file.UnderWay == "" && unable == nil:
			page.Open = true
			if o.Why != "" {
				page.Whys = append(page.Whys, parts.Option{Value: o.Why, Label: p.Say("business.why." + o.Why), Hint: p.Say("business.why_hint." + o.Why)})
			}
		default:
			page.Later = append(page.Later, offerTask(p, file, o, s.office, suffix))
		}
	}
	switch {
	case page.Open:
	case unable != nil:
		page.Closed, page.Later = unable, nil
	default:
		page.Closed = &parts.NoticeView{Tone: parts.Wait, Title: p.Say("business.closed"), Text: standing(p, file, s.office.Today()).Title}
		if file.UnderWay != "" {
			page.Closed.Text, page.Closed.Link = p.Say("business.under_way", "Reference", file.UnderWay), &parts.Link{Label: p.Say("apply.open_link"), Href: "/applications/" + file.UnderWay}
		}
	}
	if fee, ok := file.InForce.FeeFor(string(b.kind), s.office.Today()); ok {
		clause := passage(p, file.InForce, fee.Basis)
		page.Clause = &clause
	}
	draft, err := s.office.Draft(c.UserContext(), v.Actor)
	if err == nil {
		page.GivesWay = draft.Draft.Permit != file.Permit.Number || draft.Draft.Business() != b.kind
	} else if errors.Is(err, office.ErrNotFound) {
		err = nil
	}
	return page, err
}

// startBusiness begins the draft, or goes on with it.
func (s *Portal) startBusiness(b business) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v := web.VisitOf(c)
		form, err := web.ReadForm(c)
		if err != nil {
			return err
		}
		page, err := s.businessPage(c, b, form.Get("number"))
		if errors.Is(err, office.ErrNotFound) {
			return web.SeeOther(c, "/permit")
		}
		if err != nil {
			return err
		}
		page.Why = form.Get("why")
		if page.Open && len(page.Whys) > 0 && !slices.ContainsFunc(page.Whys, func(o parts.Option) bool { return o.Value == page.Why }) {
			page.Errors, page.Frame.HasErrors = errorsOf(v.Printer, permit.Faults{{Field: "why", Code: "why_choose"}}), true
			return web.Render(c, fiber.StatusUnprocessableEntity, businessView(page))
		}
		draft, err := s.office.StartBusiness(c.UserContext(), v.Actor, office.Business{Number: page.File.Permit.Number, Kind: b.kind, Why: page.Why})
		switch {
		case errors.Is(err, &office.Error{What: office.Conflict, Why: "draft_exists"}): // the second of two taps
			return web.SeeOther(c, "/apply")
		case errors.Is(err, &office.Error{What: office.Denied}), errors.Is(err, office.ErrNotFound): // something happened meanwhile; the page says what
			return web.SeeOther(c, b.path+page.Number)
		case err != nil:
			return err
		}
		for _, st := range steps { // what was typed into an earlier draft and never saved
			if _, err := s.office.Unpark(c.UserContext(), v.Actor.ID, "/apply/"+string(st.step)); err != nil {
				return err
			}
		}
		return web.SeeOther(c, "/apply/"+string(draft.First()))
	}
}

// offers are what can be done with a permit, now or later, and why not.
func (s *Portal) offers(p text.Printer, file office.PermitFile, suffix string) []parts.Task {
	var list []parts.Task
	for _, o := range file.Openings {
		list = append(list, offerTask(p, file, o, s.office, suffix))
	}
	return list
}

func offerTask(p text.Printer, file office.PermitFile, o permit.Opening, house *office.Office, suffix string) parts.Task {
	name := string(o.Kind)
	if o.Why != "" {
		name += "." + o.Why
	}
	t := parts.Task{ID: "offer-" + string(o.Kind) + o.Why, Title: p.Say("business.offer." + name)}
	switch {
	case o.Code == "early":
		t.Status = parts.TagView{Text: p.Say("business.from", "From", parts.Date(p, o.From))}
	case !o.Open():
		t.Status, t.Hint = parts.TagView{Text: p.Say("business.not_now")}, p.Say("business.not."+o.Code)
	case file.UnderWay != "":
		t.Status, t.Hint = parts.TagView{Text: p.Say("business.not_now")}, p.Say("business.under_way", "Reference", file.UnderWay)
	default:
		for _, b := range businesses {
			if b.kind == o.Kind {
				t.Href = b.path + suffix
			}
		}
		if o.Why != "" {
			t.Href += map[bool]string{true: "?", false: "&"}[suffix == ""] + "why=" + o.Why
		}
		t.Status, t.Hint = parts.TagView{Tone: parts.Good, Text: p.Say("business.open")}, feeWords(p, file, o.Kind, house)
	}
	return t
}

// feeWords says what a kind of business costs today.
func feeWords(p text.Printer, file office.PermitFile, kind permit.Kind, house *office.Office) string {
	fee, ok := file.FeeToday(kind, house)
	if !ok {
		return p.Say("fee.free")
	}
	return feeAmount(p, fee)
}

func feeAmount(p text.Printer, fee policy.Fee) string {
	words := p.Say("fee.yuan", "Yuan", fee.Yuan)
	if !fee.Confirmed {
		words += p.Say("fee.unconfirmed")
	}
	return words
}

func feeRow(p text.Printer, file office.PermitFile, kind permit.Kind, house *office.Office) parts.Row {
	return parts.Row{Key: p.Say("fee.title"), Value: feeWords(p, file, kind, house), Note: p.Say("fee.at_window")}
}
