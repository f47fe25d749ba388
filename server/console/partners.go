package console

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/text"
	"anju/server/web"
)

// partnersPage lists the partners of the administrator's city, and takes one up.
type partnersPage struct {
	Frame  parts.FrameView
	Visit  *web.Visit
	Errors parts.Errors
	Table  parts.TableView
	Form   partnerForm
}

// partnerForm is what was typed.
type partnerForm struct{ Code, NameZh, NameEn, Contact, Key string }

func (s *Console) partners(c *fiber.Ctx) error {
	page, err := s.partnersPage(c, partnerForm{Key: office.NewKey()})
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, partnersView(page))
}

func (s *Console) partnersPage(c *fiber.Ctx, form partnerForm) (partnersPage, error) {
	v := web.VisitOf(c)
	p := v.Printer
	page := partnersPage{Frame: frame(v, p.Say("console.partners.title")), Visit: v, Form: form}
	page.Frame.Path = "/console/partners"
	list, err := s.office.Partners(c.UserContext(), v.Actor, "")
	if err != nil {
		return page, err
	}
	page.Table = parts.TableView{ID: "partners", Caption: p.Say("console.partners.caption"), Empty: p.Say("console.partners.none"), Columns: []parts.Column{
		{Label: p.Say("console.partners.name")}, {Label: p.Say("console.partners.may")}, {Label: p.Say("console.partners.keys")}}}
	now := s.office.Clock.Now()
	for _, one := range list {
		var may []string
		for _, scope := range one.Scopes {
			if scope.WithdrawnAt.IsZero() {
				may = append(may, s.scopeName(p, one.Jurisdiction, scope.Scope))
			}
		}
		line := []parts.Cell{{Text: pick(p, one.Name), Href: partnerPath(one.Code), Note: one.Code}, {Text: strings.Join(may, p.Pick("；", "; "))}, keyState(p, one.Keys, now)}
		if len(may) == 0 {
			line[1] = parts.Cell{Tag: &parts.TagView{Text: p.Say("console.partners.nothing")}}
		}
		page.Table.Rows = append(page.Table.Rows, line)
	}
	return page, nil
}

func partnerPath(code string) string { return "/console/partners/" + code }

// scopeName says what a scope lets a partner do.
func (s *Console) scopeName(p text.Printer, city, scope string) string {
	kind, what, _ := strings.Cut(scope, ":")
	if r, _, err := s.office.InForce(city); err == nil {
		if system, ok := r.Confirmations.Kind(what); ok {
			what = pick(p, system.Name)
		}
	}
	return p.Say("console.partners.scope."+kind, "What", what)
}

// soon is when a key that runs out is pointed at: time to change over.
const soon = 30 * 24 * time.Hour

// keyState says how many keys of a partner are good, and how long the last one is.
func keyState(p text.Printer, keys []access.PartnerKey, now time.Time) parts.Cell {
	var until time.Time
	n := 0
	for _, k := range keys {
		if k.Alive(now) {
			n++
			if k.ExpiresAt.After(until) {
				until = k.ExpiresAt
			}
		}
	}
	switch {
	case n == 0:
		return parts.Cell{Tag: &parts.TagView{Tone: parts.Wait, Text: p.Say("console.partners.no_key")}}
	case until.Sub(now) < soon:
		return parts.Cell{Tag: &parts.TagView{Tone: parts.Wait, Text: p.Say("console.partners.key_ends_soon")}, Note: p.Say("console.partners.until", "Day", parts.Date(p, civic.DateOf(until)))}
	}
	return parts.Cell{Tag: &parts.TagView{Tone: parts.Good, Text: p.Say("console.partners.keys_good", "Count", n)}, Note: p.Say("console.partners.until", "Day", parts.Date(p, civic.DateOf(until)))}
}

func (s *Console) addPartner(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	typed := partnerForm{Code: strings.TrimSpace(form.Get("code")), NameZh: form.Get("name_zh"), NameEn: form.Get("name_en"), Contact: form.Get("contact"), Key: form.Get("key")}
	err = s.office.AddPartner(c.UserContext(), v.Actor, office.Partner{Code: typed.Code, Name: civic.Text{Zh: typed.NameZh, En: typed.NameEn}, Contact: typed.Contact}, typed.Key)
	if err == nil {
		web.SetFlash(c, "partner")
		return web.SeeOther(c, partnerPath(typed.Code))
	}
	faults := office.FaultsOf(err)
	if len(faults) == 0 {
		return err
	}
	page, err := s.partnersPage(c, typed)
	if err != nil {
		return err
	}
	page.Errors, page.Frame.HasErrors = errorsOf(v.Printer, faults), true
	return web.Render(c, fiber.StatusUnprocessableEntity, partnersView(page))
}
