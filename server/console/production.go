package console

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// productionPage is what waits to be made, by station, and the batches.
type productionPage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Errors   parts.Errors
	Stations []stationPlan
	Batches  parts.TableView
	More     bool
	Key      string
	Tried    string   // station of the form that is shown again
	Chosen   []string // what was ticked in it
}

// stationPlan is one station: the pick-list of its blank cards, and its cases.
type stationPlan struct {
	Code, Name string
	Cards      parts.StatisticView
	Cases      parts.TableView
	Free       bool // a case is there that waits in no batch
}

// batchPath is the address of a batch.
func batchPath(key office.BatchKey) string {
	return "/console/production/" + url.PathEscape(key.Station) + "/" + strconv.Itoa(key.Number)
}

func (s *Console) production(c *fiber.Ctx) error {
	page, err := s.productionPage(c, office.NewKey(), "", nil)
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, productionView(page))
}

func (s *Console) productionPage(c *fiber.Ctx, key, tried string, chosen []string) (productionPage, error) {
	v := web.VisitOf(c)
	p := v.Printer
	page := productionPage{Frame: frame(v, p.Say("production.title")), Visit: v, Key: key, Tried: tried, Chosen: chosen}
	page.Frame.Path, page.Frame.Wide = "/console/production", true
	plan, err := s.office.Production(c.UserContext(), v.Actor)
	if err != nil {
		return page, err
	}
	page.More = plan.More
	names := map[string]string{}
	for i, stock := range plan.Stocks {
		one := stationPlan{Code: stock.Station.Code, Name: pick(p, stock.Station.Name)}
		names[one.Code] = one.Name
		free := plan.Free(one.Code)
		one.Cards = parts.StatisticView{Label: p.Say("production.free", "Station", one.Name), Value: strconv.Itoa(free), Unit: p.Say("console.cards.unit"), Note: p.Say("production.stock", "Balance", stock.Balance)}
		if free <= 0 {
			one.Cards.Tone = parts.Stop
		}
		one.Cases = parts.TableView{ID: "cases-" + strconv.Itoa(i+1), Caption: p.Say("production.waiting", "Station", one.Name), Empty: p.Say("production.none"), Columns: []parts.Column{
			{Label: p.Say("production.choose")}, {Label: p.Say("console.case.reference")}, {Label: p.Say("console.case.applicant")}, {Label: p.Say("console.case.tier")}, {Label: p.Say("console.case.promised")}}}
		for _, item := range plan.Cases {
			a := item.Application
			if a.Station != one.Code {
				continue
			}
			choice := parts.Cell{Body: caseBox(p, a.Reference, ticked(chosen, tried == one.Code, a.Reference))}
			if key, waits := plan.Waiting[a.ID]; waits {
				choice = parts.Cell{Text: p.Say("production.in_batch", "Number", key.Number), Href: batchPath(key)}
			} else {
				one.Free = true
			}
			promised := parts.Cell{Text: parts.Date(p, a.PromisedBy), Tag: promiseTag(p, a, s.office.Today())}
			if promised.Tag != nil {
				promised.Body = dated(promised.Text)
			}
			one.Cases.Rows = append(one.Cases.Rows, []parts.Cell{choice, {Text: a.Reference, Href: casePath(a.Reference)}, {Text: civic.MaskName(item.Person.Name), Note: item.Person.IDNumber.Masked()}, {Text: s.tierName(p, a)}, promised})
		}
		page.Stations = append(page.Stations, one)
	}
	page.Batches = parts.TableView{ID: "batches", Caption: p.Say("production.batches"), Empty: p.Say("production.no_batches"),
		Columns: []parts.Column{{Label: p.Say("production.batch")}, {Label: p.Say("console.cards.station")}, {Label: p.Say("console.cards.when")}, {Label: p.Say("production.open"), Numeric: true}}}
	for _, b := range plan.Batches {
		page.Batches.Rows = append(page.Batches.Rows, []parts.Cell{{Text: p.Say("production.number", "Number", b.Number), Href: batchPath(b.BatchKey)}, {Text: names[b.Station]}, {Text: moment(p, b.MadeAt), Note: b.ByName},
			{Text: p.Say("production.open_of", "Open", b.Open, "Total", b.Total)}})
	}
	return page, nil
}

// ticked reports whether a box is ticked: in a form that is shown again as it was, in a new one all are.
func ticked(chosen []string, again bool, reference string) bool {
	if !again {
		return true
	}
	for _, one := range chosen {
		if one == reference {
			return true
		}
	}
	return false
}

func (s *Console) makeBatch(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	order := office.BatchOrder{Station: form.Get("station"), References: form.All("case"), Key: form.Get("key")}
	key, err := s.office.MakeBatch(c.UserContext(), v.Actor, order)
	if err == nil {
		web.SetFlash(c, "batch")
		return web.SeeOther(c, batchPath(key))
	}
	faults := office.FaultsOf(err)
	if len(faults) == 0 {
		return err
	}
	page, err := s.productionPage(c, order.Key, order.Station, order.References)
	if err != nil {
		return err
	}
	page.Errors, page.Frame.HasErrors = errorsOf(v.Printer, faults), true
	return web.Render(c, fiber.StatusUnprocessableEntity, productionView(page))
}

// batchPage is one batch: what became of each line, and what may be said of those that wait.
type batchPage struct {
	Frame  parts.FrameView
	Visit  *web.Visit
	Errors parts.Errors
	Path   string
	Title  string
	Facts  parts.SummaryView
	Lines  parts.TableView
	Open   int
	Key    string
	Note   string
}

func (s *Console) batch(c *fiber.Ctx) error {
	page, err := s.batchPage(c, office.NewKey(), "", nil, false)
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, batchView(page))
}

// batchOf is the station and number in the address; a number that is none is no batch.
func batchOf(c *fiber.Ctx) (station string, number int) {
	station, err := url.PathUnescape(c.Params("station"))
	if err != nil {
		return "", 0
	}
	if number, err = strconv.Atoi(c.Params("batch")); err != nil || number > 1<<30 {
		number = 0
	}
	return station, number
}

func (s *Console) batchPage(c *fiber.Ctx, key, note string, chosen []string, again bool) (batchPage, error) {
	v := web.VisitOf(c)
	p := v.Printer
	station, number := batchOf(c)
	b, err := s.office.BatchFile(c.UserContext(), v.Actor, station, number)
	if err != nil {
		return batchPage{}, err
	}
	page := batchPage{Frame: frame(v, p.Say("production.number", "Number", b.Number)), Visit: v, Path: batchPath(b.BatchKey), Title: p.Say("production.number", "Number", b.Number), Open: b.Open, Key: key, Note: note}
	page.Frame.Path, page.Frame.Wide, page.Frame.Back = page.Path, true, &parts.Link{Label: p.Say("production.back"), Href: "/console/production"}
	page.Facts.Rows = []parts.Row{{Key: p.Say("console.cards.when"), Value: moment(p, b.MadeAt), Note: b.ByName}, {Key: p.Say("production.needs"), Value: p.Say("production.needs_value", "Count", b.Open)}}
	page.Lines = parts.TableView{ID: "lines", Caption: p.Say("production.lines"), Columns: []parts.Column{{Label: p.Say("production.choose")}, {Label: p.Say("production.line"), Numeric: true}, {Label: p.Say("console.case.reference")},
		{Label: p.Say("console.case.applicant")}, {Label: p.Say("console.case.state")}}}
	for i, line := range b.Lines {
		a := line.Application
		box := parts.Cell{Text: "—"}
		if line.State == permit.ItemOpen {
			box = parts.Cell{Body: caseBox(p, a.Reference, again && ticked(chosen, true, a.Reference))}
		}
		page.Lines.Rows = append(page.Lines.Rows, []parts.Cell{box, {Text: strconv.Itoa(i + 1)}, {Text: a.Reference, Href: casePath(a.Reference)}, {Text: civic.MaskName(line.Person.Name), Note: line.Person.IDNumber.Masked()}, lineState(p, line)})
	}
	return page, nil
}

// lineState says what became of a line, and where a case that was taken out stands now.
func lineState(p text.Printer, line office.BatchLine) parts.Cell {
	tone := map[permit.ItemState]parts.Tone{permit.ItemOpen: parts.Wait, permit.ItemMade: parts.Good, permit.ItemTakenOut: parts.Stop}[line.State]
	cell := parts.Cell{Tag: &parts.TagView{Tone: tone, Text: p.Say("production.state." + string(line.State))}}
	if line.Spoiled > 0 {
		cell.Note = p.Say("production.spoiled_cards", "Count", line.Spoiled)
	}
	if line.State == permit.ItemTakenOut {
		cell.Note = p.Say("production.moved", "State", p.Say("console.queue."+string(line.Application.State)))
	}
	return cell
}

// markBatch takes what an officer says of lines: made, all made, spoiled, or taken out.
func (s *Console) markBatch(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	station, number := batchOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	chosen, note, flash, moved := append([]string{}, form.All("case")...), answersOf(form).Note, "batch_made", []string(nil)
	ctx := c.UserContext()
	switch do := form.Get("do"); {
	case do == "all":
		moved, err = s.office.MadeInBatch(ctx, v.Actor, station, number, nil)
	case do == "spoiled":
		flash, err = "batch_spoiled", s.office.SpoiledInBatch(ctx, v.Actor, station, number, chosen, note, form.Get("key"))
	case len(chosen) == 0 || do != "out" && do != "made":
		err = &office.Error{What: office.Invalid, Faults: permit.Faults{{Field: "case", Code: "batch_choose"}}}
	case do == "out":
		flash, err = "batch_out", s.office.TakeOutOfBatch(ctx, v.Actor, station, number, chosen)
	default:
		moved, err = s.office.MadeInBatch(ctx, v.Actor, station, number, chosen)
	}
	faults := office.FaultsOf(err)
	switch {
	case err == nil && len(moved) > 0:
		web.SetFlash(c, "batch_moved")
	case err == nil:
		web.SetFlash(c, flash)
	case len(faults) == 0:
		return err
	default:
		page, err := s.batchPage(c, form.Get("key"), note, chosen, true)
		if err != nil {
			return err
		}
		page.Errors, page.Frame.HasErrors = errorsOf(v.Printer, faults), true
		return web.Render(c, fiber.StatusUnprocessableEntity, batchView(page))
	}
	return web.SeeOther(c, batchPath(office.BatchKey{Station: station, Number: number}))
}

// cardTable is what is printed on the cards of a batch, for the printing room: it stays in the house, and each line is in the ledger.
func (s *Console) cardTable(p text.Printer, b office.Batch) parts.TableView {
	t := parts.TableView{ID: "cards", Caption: p.Say("production.card_list", "Number", b.Number), Columns: []parts.Column{{Label: p.Say("production.line"), Numeric: true}, {Label: p.Say("console.case.reference")}, {Label: p.Say("field.name")},
		{Label: p.Say("console.case.sex_born")}, {Label: p.Say("field.ethnic_group")}, {Label: p.Say("field.id_number")}, {Label: p.Say("console.case.residence")}, {Label: p.Say("console.case.tier")}}}
	for i, line := range b.Lines {
		if line.State == permit.ItemTakenOut {
			continue
		}
		d, id := line.Application.Particulars, line.Person.IDNumber
		ethnic, _ := civic.EthnicByCode(line.Person.EthnicGroup)
		t.Rows = append(t.Rows, []parts.Cell{{Text: strconv.Itoa(i + 1)}, {Text: line.Application.Reference}, {Text: line.Person.Name}, {Text: p.Say("console.sex."+string(id.Sex())) + p.Pick("，", ", ") + parts.Date(p, id.Born())},
			{Text: pick(p, ethnic.Name)}, {Text: string(id)}, {Text: office.AddressLine(d)}, {Text: s.tierName(p, line.Application)}})
	}
	return t
}

// cardListPage is the production list on A4.
type cardListPage struct {
	Frame parts.FrameView
	Visit *web.Visit
	Facts parts.SummaryView
	Cards parts.TableView
}

func (s *Console) printBatch(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	station, number := batchOf(c)
	b, err := s.office.BatchFile(c.UserContext(), v.Actor, station, number)
	if err != nil {
		return err
	}
	p := v.Printer
	page := cardListPage{Frame: frame(v, p.Say("production.list_title")), Visit: v, Cards: s.cardTable(p, b)}
	page.Frame.Wide, page.Frame.Path, page.Frame.Back = true, batchPath(b.BatchKey)+"/print", &parts.Link{Label: p.Say("production.back_to_batch"), Href: batchPath(b.BatchKey)}
	page.Facts.Rows = []parts.Row{{Key: p.Say("console.cards.when"), Value: moment(p, b.MadeAt), Note: b.ByName}, {Key: p.Say("production.needs"), Value: p.Say("production.needs_value", "Count", b.Open)}}
	return web.Render(c, fiber.StatusOK, cardListView(page))
}

func (s *Console) exportBatch(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	station, number := batchOf(c)
	b, err := s.office.ExportBatch(c.UserContext(), v.Actor, station, number)
	if err != nil {
		return err
	}
	return s.sendSheet(c, v, v.Printer.Say("production.list_title")+"-"+strconv.Itoa(b.Number), "production-"+strconv.Itoa(b.Number), s.cardTable(v.Printer, b))
}

// productionRoles make permits.
var productionRoles = []access.Role{access.Issuer}
