package portal

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gofiber/fiber/v2"

	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// evidencePage asks for the documents that show the grounds, one at a time.
type evidencePage struct {
	stepPage
	Action string
	Kinds  []parts.Option
	Kind   string
	Items  []evidenceItem

	Confirmed []string // papers that another system has confirmed: nothing to upload

	Next string // where to go on; "" while a document is missing, and where the page belongs to an application that was sent
}

// evidenceItem is a document that is there.
type evidenceItem struct {
	Name, Note    string
	Href, Removal string
}

func (s *Portal) evidence(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	app, err := s.office.Draft(c.UserContext(), v.Actor)
	if err != nil {
		return lostDraft(c, err)
	}
	if !app.Reachable(permit.StepEvidence) {
		return web.SeeOther(c, "/apply/"+string(app.Next()))
	}
	page, err := s.draftEvidencePage(c, v, app)
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, evidenceView(page))
}

func (s *Portal) draftEvidencePage(c *fiber.Ctx, v *web.Visit, app office.PreApplication) (evidencePage, error) {
	page := evidencePage{stepPage: s.stepPage(v, step{step: permit.StepEvidence}, app, ""), Action: "/apply/evidence"}
	if len(app.Faults(permit.StepEvidence)) == 0 {
		page.Next = "/apply/check"
	}
	page.Kinds = kindOptions(v.Printer, app.Draft, app)
	for _, e := range app.Evidence {
		page.Items = append(page.Items, evidenceItem{Name: kindName(v.Printer, app, e.Kind), Note: fileNote(v.Printer, e), Href: "/apply/evidence/" + e.ID, Removal: "/apply/evidence/" + e.ID + "/removal"})
	}
	if len(app.Confirmed) == 0 {
		return page, nil
	}
	names, err := s.office.PartnerNames(c.UserContext(), app.Jurisdiction)
	for _, one := range app.Confirmed {
		page.Confirmed = append(page.Confirmed, confirmedLine(v.Printer, app.Ruleset, one, names))
	}
	return page, err
}

func kindOptions(p text.Printer, d permit.Draft, app office.PreApplication) []parts.Option {
	var options []parts.Option
	for _, e := range d.EvidenceChoices(app.Ruleset) {
		options = append(options, parts.Option{Value: e.Code, Label: pick(p, e.Name)})
	}
	return options
}

// kindName says what a document is, also when the ground that it was sent for is no longer chosen.
func kindName(p text.Printer, app office.PreApplication, kind permit.EvidenceKind) string {
	for _, e := range permit.DocumentKinds(app.Ruleset) {
		if e.Code == string(kind) {
			return pick(p, e.Name)
		}
	}
	return string(kind)
}

func fileNote(p text.Printer, e office.Evidence) string {
	form := p.Say("portal.file.photo")
	if e.MediaType == "application/pdf" {
		form = "PDF"
	}
	return fmt.Sprintf("%s, %d KB", form, (e.Size+1023)/1024)
}

var tooLarge = permit.Fault{Field: "evidence", Code: "evidence_large"}

// readDocument reads an upload. A file that is missing or too large is a fault of the field; everything else that was typed is kept.
func readDocument(c *fiber.Ctx) (office.Upload, web.Form, permit.Faults, error) {
	file, form, err := web.ReadUpload(c, "evidence", office.MaxEvidenceBytes)
	u := office.Upload{Kind: permit.EvidenceKind(form.Get("kind"))}
	switch {
	case errors.Is(err, web.ErrTooLarge):
		return u, form, permit.Faults{tooLarge}, nil
	case err != nil:
		return u, form, nil, err
	case file == nil || len(file.Bytes) == 0:
		return u, form, permit.Faults{{Field: "evidence", Code: "evidence_choose"}}, nil
	}
	u.Bytes = file.Bytes
	return u, form, nil, nil
}

func (s *Portal) addEvidence(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	u, form, faults, err := readDocument(c)
	if err != nil {
		return err
	}
	if len(faults) == 0 {
		if _, err = s.office.AddEvidence(c.UserContext(), v.Actor, u); err == nil {
			return web.SeeOther(c, "/apply/evidence")
		}
		if faults = office.FaultsOf(err); len(faults) == 0 {
			return lostDraft(c, err)
		}
	}
	app, err := s.office.Draft(c.UserContext(), v.Actor)
	if err != nil {
		return lostDraft(c, err)
	}
	page, err := s.draftEvidencePage(c, v, app)
	if err != nil {
		return err
	}
	return showEvidenceFaults(c, page, form, faults)
}

// showEvidenceFaults shows the page again with what is wrong; the kind that was chosen is kept.
func showEvidenceFaults(c *fiber.Ctx, page evidencePage, form web.Form, faults permit.Faults) error {
	page.Kind = form.Get("kind")
	if !slices.ContainsFunc(faults, func(f permit.Fault) bool { return f.Field == "kind" }) {
		if !slices.ContainsFunc(page.Kinds, func(o parts.Option) bool { return o.Value == page.Kind }) {
			faults = append(permit.Faults{{Field: "kind", Code: "evidence_kind"}}, faults...)
		}
	}
	page.Errors = errorsOf(page.Visit.Printer, faults)
	page.Frame.HasErrors = true
	status := fiber.StatusUnprocessableEntity
	if slices.Contains(faults, tooLarge) {
		status = fiber.StatusRequestEntityTooLarge
	}
	return web.Render(c, status, evidenceView(page))
}

func (s *Portal) removeEvidence(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	if err := s.office.RemoveEvidence(c.UserContext(), v.Actor, c.Params("id")); err != nil && !errors.Is(err, office.ErrNotFound) {
		return err // taken out already, by the first of two taps: no error
	}
	return web.SeeOther(c, "/apply/evidence")
}

// showEvidence gives a document back to whoever sent it: a photo as a picture, a PDF only as an attachment.
func (s *Portal) showEvidence(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	e, err := s.office.DraftEvidence(c.UserContext(), v.Actor, c.Params("id"))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, e.MediaType)
	if e.MediaType == "application/pdf" {
		c.Set(fiber.HeaderContentDisposition, `attachment; filename="evidence.pdf"`)
	}
	return c.Send(e.Content)
}

// laterEvidence asks for documents of an application that was sent without them, at a kiosk.
func (s *Portal) laterEvidence(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	page, err := s.laterEvidencePage(c, v)
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, evidenceView(page))
}

func (s *Portal) laterEvidencePage(c *fiber.Ctx, v *web.Visit) (evidencePage, error) {
	progress, err := s.office.Application(c.UserContext(), v.Actor, c.Params("reference"))
	if err != nil {
		return evidencePage{}, err
	}
	a := progress.Application
	r, err := s.office.Ruleset(a.Ruleset)
	if err != nil {
		return evidencePage{}, err
	}
	app := office.PreApplication{DraftRecord: office.DraftRecord{Jurisdiction: a.Jurisdiction, Draft: a.Particulars}, Ruleset: r, Evidence: progress.Evidence, Today: s.office.Today()}
	p := v.Printer
	page := evidencePage{stepPage: stepPage{Frame: frame(v, p.Say("apply.evidence.title")), Visit: v, Step: permit.StepEvidence, App: app, Caption: a.Reference},
		Action: "/applications/" + a.Reference + "/evidence", Kinds: kindOptions(p, a.Particulars, app)}
	page.Frame.Back = &parts.Link{Label: p.Say("portal.back"), Href: "/applications/" + a.Reference}
	if notice, open := progress.Course.Open(); open { // what it asks for comes first, also for a ground that is not chosen yet
		var asked []parts.Option
		for _, kind := range notice.EvidenceAsked() {
			asked = append(asked, parts.Option{Value: string(kind), Label: kindName(p, app, kind)})
		}
		page.Kinds = append(asked, slices.DeleteFunc(page.Kinds, func(o parts.Option) bool {
			return slices.Contains(notice.EvidenceAsked(), permit.EvidenceKind(o.Value))
		})...)
		page.Frame.Back.Href += "/supplement"
	}
	for _, e := range progress.Evidence {
		page.Items = append(page.Items, evidenceItem{Name: kindName(p, app, e.Kind), Note: fileNote(p, e)})
	}
	return page, nil
}

func (s *Portal) addLaterEvidence(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	u, form, faults, err := readDocument(c)
	if err != nil {
		return err
	}
	if len(faults) == 0 {
		if err = s.office.AddEvidenceTo(c.UserContext(), v.Actor, c.Params("reference"), u); err == nil {
			web.SetFlash(c, "evidence_added")
			return web.SeeOther(c, s.afterEvidence(c, v))
		}
		if faults = office.FaultsOf(err); len(faults) == 0 {
			return err
		}
	}
	page, err := s.laterEvidencePage(c, v)
	if err != nil {
		return err
	}
	return showEvidenceFaults(c, page, form, faults)
}

// afterEvidence is where an applicant goes on: to the supplement while one is asked for.
func (s *Portal) afterEvidence(c *fiber.Ctx, v *web.Visit) string {
	path := "/applications/" + c.Params("reference")
	if progress, err := s.office.Application(c.UserContext(), v.Actor, c.Params("reference")); err == nil {
		if _, open := progress.Course.Open(); open {
			path += "/supplement"
		}
	}
	return path
}
