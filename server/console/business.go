package console

import (
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// business is a kind of business on a permit that an acceptor applies for at the window, for the holder who stands there.
type business struct {
	kind     permit.Kind
	resource string
}

var businesses = []business{{permit.KindRenew, "renewal"}, {permit.KindReplace, "replacement"}, {permit.KindChange, "address-change"}}

// offersOf lists what can be applied for; it leads on only for who may.
func (s *Console) offersOf(v *web.Visit, file office.PermitFile) (list []parts.Task) {
	p := v.Printer
	accepts := len(v.Actor.Scope(access.Acceptor).At(file.Station).Stations) > 0
	for _, o := range file.Openings {
		t := parts.Task{ID: "offer-" + string(o.Kind) + o.Why, Title: offerTitle(p, o)}
		switch {
		case o.Code == "early":
			t.Status = parts.TagView{Text: p.Say("business.from", "From", parts.Date(p, o.From))}
		case !o.Open():
			t.Status, t.Hint = parts.TagView{Text: p.Say("business.not_now")}, p.Say("business.not."+o.Code)
		case file.UnderWay != "":
			t.Status, t.Hint = parts.TagView{Text: p.Say("business.not_now")}, p.Say("business.console.under_way", "Reference", file.UnderWay)
		default:
			t.Status = parts.TagView{Tone: parts.Good, Text: p.Say("business.open")}
			if b, ok := businessOf(o.Kind); ok && accepts {
				t.Href = permitPath(file.Permit.Number) + "/" + b.resource
				if o.Why != "" {
					t.Href += "?why=" + o.Why
				}
			}
		}
		list = append(list, t)
	}
	return list
}

func offerTitle(p text.Printer, o permit.Opening) string {
	if o.Why != "" {
		return p.Say("business.offer." + string(o.Kind) + "." + o.Why)
	}
	return p.Say("business.offer." + string(o.Kind))
}

func businessOf(kind permit.Kind) (business, bool) {
	i := slices.IndexFunc(businesses, func(b business) bool { return b.kind == kind })
	if i < 0 {
		return business{}, false
	}
	return businesses[i], true
}

// businessPage is the form at the window: what is on record, and what is new.
type businessPage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Errors   parts.Errors
	Path     string
	Business business
	File     office.PermitFile
	Key      string
	Rows     parts.SummaryView
	Whys     []parts.Option
	Draft    permit.Draft // as typed
	Grounds  []parts.Option
	Fee      string
	Declared []string
	City     string
}

func (s *Console) businessPage(c *fiber.Ctx, b business) (businessPage, error) {
	v := web.VisitOf(c)
	p := v.Printer
	file, err := s.office.PermitFile(c.UserContext(), v.Actor, c.Params("number"))
	if err != nil {
		return businessPage{}, err
	}
	page := businessPage{Frame: frame(v, p.Say("business."+string(b.kind)+".title")), Visit: v, Business: b, File: file, Path: permitPath(file.Permit.Number) + "/" + b.resource, Key: office.NewKey(),
		Fee: p.Say("fee.free"), Draft: permit.Draft{Kind: b.kind, Jurisdiction: file.Permit.Jurisdiction, Tier: file.Permit.Tier}}
	page.Frame.Path = page.Path
	page.Frame.Back = &parts.Link{Label: p.Say("console.permit.title"), Href: permitPath(file.Permit.Number)}
	page.Rows = parts.SummaryView{Rows: []parts.Row{{Key: p.Say("field.name"), Value: file.Holder.Name}, {Key: p.Say("field.id_number"), Value: string(file.Holder.IDNumber)}, {Key: p.Say("console.case.residence"), Value: file.Permit.Residence}}}
	if fee, ok := file.FeeToday(b.kind, s.office); ok {
		page.Fee = p.Say("fee.yuan", "Yuan", fee.Yuan)
		if !fee.Confirmed {
			page.Fee += p.Say("fee.unconfirmed")
		}
	}
	for _, o := range file.Openings {
		if o.Kind == b.kind && o.Open() && o.Why != "" {
			page.Whys = append(page.Whys, parts.Option{Value: o.Why, Label: p.Say("business.why." + o.Why), Hint: p.Say("business.why_hint." + o.Why)})
		}
	}
	if j, ok := s.office.Book.Jurisdiction(file.Permit.Jurisdiction); ok {
		page.City = pick(p, j.Name)
	}
	page.grounds()
	return page, nil
}

// grounds offers those that the business asks for: of a change those of the permit, of a step those of the tier above.
func (page *businessPage) grounds() {
	d := page.Draft
	if d.Why == permit.WhyStep {
		if above, ok := page.File.Permit.Above(page.File.InForce); ok {
			d.Tier = above.Code
		}
	}
	page.Grounds = nil
	if !d.AsksLaw() {
		return
	}
	for _, g := range d.GroundChoices(page.File.InForce) {
		page.Grounds = append(page.Grounds, parts.Option{Value: g.Code, Label: pick(page.Visit.Printer, g.Name)})
	}
}

// open reports whether the business can be applied for now.
func (page businessPage) open() bool {
	return page.File.UnderWay == "" && slices.ContainsFunc(page.File.Openings, func(o permit.Opening) bool {
		return o.Kind == page.Business.kind && o.Open()
	})
}

func (s *Console) business(b business) fiber.Handler {
	return func(c *fiber.Ctx) error {
		page, err := s.businessPage(c, b)
		if err != nil {
			return err
		}
		if !page.open() {
			return web.SeeOther(c, permitPath(page.File.Permit.Number))
		}
		page.Draft.Why = c.Query("why")
		page.grounds()
		return web.Render(c, fiber.StatusOK, businessView(page))
	}
}

// sendBusiness applies for the holder. A wrong form is shown again with what was typed (422); two taps make one application.
func (s *Console) sendBusiness(b business) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v := web.VisitOf(c)
		form, err := web.ReadForm(c)
		if err != nil {
			return err
		}
		page, err := s.businessPage(c, b)
		if err != nil {
			return err
		}
		page.Draft.Why = form.Get("why")
		page.Key, page.Declared = form.Get("key"), form.All("declared")
		answer := func(d *permit.Draft) {
			if b.kind == permit.KindChange {
				code, _ := parts.ReadAddress("residence", parts.City, d.Jurisdiction, form.Get)
				d.SetResidence(code)
				d.Detail = form.Get("detail")
			}
			if grounds := form.All("grounds"); len(grounds) > 0 || d.AsksLaw() && len(page.Grounds) > 0 {
				d.Grounds = grounds
			}
		}
		answer(&page.Draft)
		page.grounds()
		if parts.AddressShown("residence", form.Get) {
			return web.Render(c, fiber.StatusOK, businessView(page))
		}
		var faults permit.Faults
		if len(page.Whys) > 0 && !slices.ContainsFunc(page.Whys, func(o parts.Option) bool { return o.Value == page.Draft.Why }) {
			faults = permit.Faults{{Field: "why", Code: "why_choose"}}
		} else {
			sent := office.Submission{Declared: slices.Contains(page.Declared, "yes"), Key: page.Key, Body: c.Body()}
			a, err := s.office.SendBusiness(c.UserContext(), v.Actor, office.Business{Number: page.File.Permit.Number, Kind: b.kind, Why: page.Draft.Why}, sent, answer)
			if err == nil {
				return s.sentBusiness(c, v, a, page.File)
			}
			if faults = office.FaultsOf(err); len(faults) == 0 {
				known := new(office.Error)
				if !errors.As(err, &known) || known.What != office.Denied || !text.Has("refusal."+known.Why) {
					return err
				}
				page.Errors = parts.Errors{{Field: "declared", Message: v.Printer.Say("refusal." + known.Why)}}
			}
		}
		page.Errors = append(page.Errors, firstMissing(errorsOf(v.Printer, faults))...)
		page.Frame.HasErrors = true
		return web.Render(c, fiber.StatusUnprocessableEntity, businessView(page))
	}
}

// sentBusiness leads to the case, or back to the permit when another station has it: a move into another street.
func (s *Console) sentBusiness(c *fiber.Ctx, v *web.Visit, a permit.Application, file office.PermitFile) error {
	if len(v.Actor.Scope(access.Acceptor).At(a.Station).Stations) > 0 {
		web.SetFlash(c, "business")
		return web.SeeOther(c, casePath(a.Reference))
	}
	web.SetFlash(c, "business_elsewhere")
	return web.SeeOther(c, permitPath(file.Permit.Number))
}

// lists are the three lists of an address: a fault's field, and the control that it is shown at.
var lists = map[string]string{"county": "county", "street": "county-street", "community": "county-community"}

// firstMissing keeps only the first of the three lists that has no answer: the ones below it are not on the page yet.
func firstMissing(all parts.Errors) parts.Errors {
	var kept parts.Errors
	missing := false
	for _, e := range all {
		if control := lists[e.Field]; control != "" {
			if missing {
				continue
			}
			missing, e.Field = true, control
		}
		kept = append(kept, e)
	}
	return kept
}
