package console

import (
	"slices"
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

// partnerPage is a partner: what it may do, and its keys. A key that was just made is shown on it once.
type partnerPage struct {
	Frame        parts.FrameView
	Visit        *web.Visit
	Code         string
	NewKey       string
	FormKey      string
	About        parts.SummaryView
	Scopes, Keys parts.TableView
	Full         bool // two keys are good: there is room for no other
}

func (s *Console) partner(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	one, err := s.office.Partner(c.UserContext(), v.Actor, c.Params("partner"))
	if err != nil {
		return err
	}
	page := partnerPage{Frame: frame(v, pick(p, one.Name)), Visit: v, Code: one.Code, FormKey: office.NewKey()}
	page.Frame.Back = &parts.Link{Label: p.Say("console.partners.title"), Href: "/console/partners"}
	if page.NewKey, err = s.office.ShowPartnerKey(c.UserContext(), v.Actor, one.Code); err != nil {
		return err
	}
	page.About = parts.SummaryView{Rows: []parts.Row{{Key: p.Say("console.partners.code"), Value: one.Code}, {Key: p.Say("console.partners.contact"), Value: one.Contact}, {Key: p.Say("console.partner.since"), Value: parts.Date(p, civic.DateOf(one.CreatedAt))}}}
	page.Scopes = s.scopeTable(p, one)
	page.Keys, page.Full = keyTable(p, one, page, s.office.Clock.Now())
	return web.Render(c, fiber.StatusOK, partnerView(page))
}

// scopeTable lists everything that partners of the city can be allowed, and what this one is.
func (s *Console) scopeTable(p text.Printer, one office.Partner) parts.TableView {
	view := parts.TableView{ID: "scopes", Caption: p.Say("console.partner.may"), CaptionHidden: true, Columns: []parts.Column{
		{Label: p.Say("console.partner.scope")}, {Label: p.Say("console.partner.basis")}, {Label: p.Say("console.partner.given")}}}
	for _, name := range s.office.PartnerScopes(one) {
		line := []parts.Cell{{Text: s.scopeName(p, one.Jurisdiction, name), Href: partnerPath(one.Code) + "/scope?name=" + name}, {Tag: &parts.TagView{Text: p.Say("console.partner.not_allowed")}}, {}}
		if scope, ok := one.Scope(name); ok {
			var given []string
			for _, field := range access.PartnerFields() {
				if scope.Fields[field] != "" {
					given = append(given, p.Say("console.partner.field."+field))
				}
			}
			line[1], line[2] = parts.Cell{Text: scope.Basis, Note: parts.Date(p, civic.DateOf(scope.GrantedAt))}, parts.Cell{Text: strings.Join(given, p.Pick("、", ", "))}
		}
		view.Rows = append(view.Rows, line)
	}
	return view
}

func keyTable(p text.Printer, one office.Partner, page partnerPage, now time.Time) (view parts.TableView, full bool) {
	view = parts.TableView{ID: "keys", Caption: p.Say("console.partners.keys"), CaptionHidden: true, Empty: p.Say("console.partners.no_key"), Columns: []parts.Column{
		{Label: p.Say("console.partner.key")}, {Label: p.Say("console.partner.made")}, {Label: p.Say("console.partner.expires")}, {Label: p.Say("console.partner.used")}, {Label: p.Say("console.partner.state")}}}
	alive := 0
	for _, k := range one.Keys {
		line := []parts.Cell{{Text: string(k.Name)}, {Text: moment(p, k.CreatedAt)}, {Text: moment(p, k.ExpiresAt)}, {Text: p.Say("console.partner.never")}, {}}
		if !k.UsedAt.IsZero() {
			line[3].Text = moment(p, k.UsedAt)
		}
		switch {
		case k.Alive(now):
			alive++
			line[4].Body = revokeView(page, string(k.Name))
		case k.EndedAt.Before(k.ExpiresAt) && !k.EndedAt.IsZero():
			line[4].Tag = &parts.TagView{Tone: parts.Stop, Text: p.Say("console.partner.revoked")}
		default:
			line[4].Tag = &parts.TagView{Text: p.Say("console.partner.expired")}
		}
		view.Rows = append(view.Rows, line)
	}
	return view, alive >= access.PartnerKeysAlive
}

func (s *Console) makePartnerKey(c *fiber.Ctx) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	code := c.Params("partner")
	if _, err := s.office.NewPartnerKey(c.UserContext(), web.VisitOf(c).Actor, "", code, form.Get("key")); err != nil {
		return err
	}
	return web.SeeOther(c, partnerPath(code))
}

func (s *Console) revokePartnerKey(c *fiber.Ctx) error {
	code := c.Params("partner")
	if err := s.office.RevokePartnerKey(c.UserContext(), web.VisitOf(c).Actor, "", code, access.PartnerKeyName(c.Params("key"))); err != nil {
		return err
	}
	web.SetFlash(c, "partner_key_revoked")
	return web.SeeOther(c, partnerPath(code))
}

// partnerScopePage sets one thing that a partner may do.
type partnerScopePage struct {
	Frame                    parts.FrameView
	Visit                    *web.Visit
	Errors                   parts.Errors
	Code, Scope, Name, Basis string
	Fields                   []fieldBasis
	Stands                   bool
}

// fieldBasis is the legal basis on which a field is given out.
type fieldBasis struct{ Field, Basis string }

// hint warns of the fields that say who somebody is.
func (f fieldBasis) hint(p text.Printer) string {
	if access.Telling(f.Field) {
		return p.Say("console.partner.telling")
	}
	return ""
}

func (s *Console) partnerScope(c *fiber.Ctx) error {
	one, err := s.office.Partner(c.UserContext(), web.VisitOf(c).Actor, c.Params("partner"))
	if err != nil {
		return err
	}
	name := web.Query(c).Get("name")
	page, err := s.partnerScopePage(c, one, name)
	if err != nil {
		return err
	}
	scope, _ := one.Scope(name)
	page.Basis = scope.Basis
	for i, f := range page.Fields {
		page.Fields[i].Basis = scope.Fields[f.Field]
	}
	return web.Render(c, fiber.StatusOK, partnerScopeView(page))
}

func (s *Console) partnerScopePage(c *fiber.Ctx, one office.Partner, name string) (partnerScopePage, error) {
	v := web.VisitOf(c)
	p := v.Printer
	if !slices.Contains(s.office.PartnerScopes(one), name) {
		return partnerScopePage{}, web.ErrNotFound
	}
	page := partnerScopePage{Frame: frame(v, p.Say("console.partner.set")), Visit: v, Code: one.Code, Scope: name, Name: pick(p, one.Name) + p.Pick("：", ": ") + s.scopeName(p, one.Jurisdiction, name)}
	page.Frame.Path, page.Frame.Back = partnerPath(one.Code)+"/scope?name="+name, &parts.Link{Label: pick(p, one.Name), Href: partnerPath(one.Code)}
	_, page.Stands = one.Scope(name)
	for _, field := range access.FieldsOf(name) {
		page.Fields = append(page.Fields, fieldBasis{Field: field})
	}
	return page, nil
}

func (s *Console) allowPartner(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	one, err := s.office.Partner(c.UserContext(), v.Actor, c.Params("partner"))
	if err != nil {
		return err
	}
	page, err := s.partnerScopePage(c, one, form.Get("scope"))
	if err != nil {
		return err
	}
	scope := office.PartnerScope{Scope: page.Scope, Basis: form.Get("basis"), Fields: map[string]string{}}
	page.Basis = scope.Basis
	for i, f := range page.Fields {
		page.Fields[i].Basis = form.Get("basis-" + f.Field)
		scope.Fields[f.Field] = page.Fields[i].Basis
	}
	err = s.office.AllowPartner(c.UserContext(), v.Actor, "", one.Code, scope)
	if err == nil {
		web.SetFlash(c, "partner_scope")
		return web.SeeOther(c, partnerPath(one.Code))
	}
	faults := office.FaultsOf(err)
	if len(faults) == 0 {
		return err
	}
	page.Errors, page.Frame.HasErrors = errorsOf(v.Printer, faults), true
	return web.Render(c, fiber.StatusUnprocessableEntity, partnerScopeView(page))
}

func (s *Console) withdrawScope(c *fiber.Ctx) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	code := c.Params("partner")
	if err := s.office.WithdrawScope(c.UserContext(), web.VisitOf(c).Actor, "", code, form.Get("scope")); err != nil {
		return err
	}
	web.SetFlash(c, "partner_scope")
	return web.SeeOther(c, partnerPath(code))
}
