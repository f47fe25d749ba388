package console

import (
	"encoding/hex"
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"anju/server/office"
	"anju/server/parts"
	"anju/server/text"
	"anju/server/web"
)

// shownProblems is how many problems the page shows; the list has all of them.
const shownProblems = 500

// importPage takes a file of the provincial system, and says what is wrong with it or what it has brought.
type importPage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Errors   parts.Errors
	Result   *parts.NoticeView
	Facts    parts.SummaryView
	Problems parts.TableView
	More     string // that there are more than are shown
	Columns  parts.TableView
	Imports  parts.TableView
}

func (s *Console) imports(c *fiber.Ctx) error {
	page, err := s.importPage(c)
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, importView(page))
}

func (s *Console) importPage(c *fiber.Ctx) (page importPage, err error) {
	v := web.VisitOf(c)
	p := v.Printer
	page = importPage{Frame: frame(v, p.Say("import.title")), Visit: v}
	page.Frame.Path, page.Frame.Wide = "/console/registrations/import", true
	page.Frame.Back = &parts.Link{Label: p.Say("console.registrations.back"), Href: "/console/registrations"}
	page.Columns = parts.TableView{ID: "columns", Caption: p.Say("import.columns"), Columns: []parts.Column{{Label: p.Say("import.column")}, {Label: p.Say("import.or")}, {Label: p.Say("import.holds")}}}
	for _, column := range office.ImportColumns() {
		page.Columns.Rows = append(page.Columns.Rows, []parts.Cell{{Text: column.Name.Zh}, {Text: column.Name.En}, {Text: p.Say("import.holds." + column.Field)}})
	}
	list, err := s.office.Imports(c.UserContext(), v.Actor)
	page.Imports = parts.TableView{ID: "imports", Caption: p.Say("import.before"), Empty: p.Say("import.none"), Columns: []parts.Column{
		{Label: p.Say("import.when")}, {Label: p.Say("import.rows"), Numeric: true}, {Label: p.Say("import.made"), Numeric: true}, {Label: "SHA-256"}}}
	for _, i := range list {
		page.Imports.Rows = append(page.Imports.Rows, []parts.Cell{{Text: moment(p, i.At), Note: i.ByName}, {Text: strconv.Itoa(i.Rows)}, {Text: strconv.Itoa(i.Made)}, {Text: hex.EncodeToString(i.Sum)[:16] + "…"}})
	}
	return page, err
}

// importRegistrations looks through a file, gives out the list of what is wrong with it, or takes it over: as the button says. A file in which
// anything is wrong is not taken over, whichever button was pressed.
func (s *Console) importRegistrations(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	file, form, err := web.ReadUpload(c, "file", office.MaxImportBytes)
	if err != nil && !errors.Is(err, web.ErrTooLarge) {
		return err
	}
	page, pageErr := s.importPage(c)
	if pageErr != nil {
		return pageErr
	}
	if err != nil || file == nil || len(file.Bytes) == 0 {
		key := "import.choose"
		if err != nil {
			key = "import.large"
		}
		page.Errors, page.Frame.HasErrors = parts.Errors{{Field: "file", Message: p.Say(key)}}, true
		return web.Render(c, fiber.StatusUnprocessableEntity, importView(page))
	}
	result, err := s.office.ImportRegistrations(c.UserContext(), v.Actor, file.Bytes, form.Get("do") == "import")
	if err != nil {
		return err
	}
	table := problemTable(p, result)
	if form.Get("do") == "list" && len(result.Problems) > 0 {
		return s.sendSheet(c, v, p.Say("import.list"), "problems", table)
	}
	if result.Done {
		web.SetFlash(c, "imported")
		return web.SeeOther(c, "/console/registrations/import")
	}
	page.Facts.Rows = []parts.Row{{Key: "SHA-256", Value: hex.EncodeToString(result.Sum)}}
	status := fiber.StatusOK
	switch {
	case result.Before != nil:
		page.Result = &parts.NoticeView{Tone: parts.Info, Title: p.Say("import.known_title"), Text: p.Say("import.known_text", "When", moment(p, result.Before.At), "Who", result.Before.ByName)}
	case len(result.Problems) > 0:
		status = fiber.StatusUnprocessableEntity
		page.Result = &parts.NoticeView{Tone: parts.Stop, Title: p.Say("import.wrong", "Count", len(result.Problems)), Text: p.Say("import.wrong_text")}
		page.Problems, page.Frame.HasErrors = table, true
		if len(table.Rows) > shownProblems {
			page.Problems.Rows, page.More = table.Rows[:shownProblems], p.Say("import.more", "Shown", shownProblems, "All", len(table.Rows))
		}
		if result.Cut {
			page.More = p.Say("import.cut", "Kept", len(table.Rows))
		}
	case result.Rows == 0:
		status = fiber.StatusUnprocessableEntity
		page.Errors, page.Frame.HasErrors = parts.Errors{{Field: "file", Message: p.Say("fault.import_empty")}}, true
	default:
		page.Result = &parts.NoticeView{Tone: parts.Good, Title: p.Say("import.good"), Text: p.Say("import.good_text")}
	}
	if result.Before == nil {
		page.Facts.Rows = append(page.Facts.Rows, parts.Row{Key: p.Say("import.rows"), Value: strconv.Itoa(result.Rows)}, parts.Row{Key: p.Say("import.made"), Value: strconv.Itoa(result.Made)},
			parts.Row{Key: p.Say("import.known"), Value: strconv.Itoa(result.Known)})
	}
	return web.Render(c, status, importView(page))
}

// problemTable lists what is wrong, by row and column. It repeats nothing of what stands in the file.
func problemTable(p text.Printer, result office.ImportResult) parts.TableView {
	view := parts.TableView{ID: "problems", Caption: p.Say("import.problems"), Columns: []parts.Column{{Label: p.Say("import.row"), Numeric: true}, {Label: p.Say("import.column")}, {Label: p.Say("import.what")}}}
	names := map[string]string{"": p.Say("import.whole")}
	for _, column := range office.ImportColumns() {
		names[column.Field] = p.Pick(column.Name.Zh, column.Name.En)
	}
	for _, one := range result.Problems {
		what := p.Say("fault." + one.Code)
		if one.Other > 0 {
			what = p.Say("fault."+one.Code, "Row", one.Other)
		}
		view.Rows = append(view.Rows, []parts.Cell{{Text: strconv.Itoa(one.Row)}, {Text: names[one.Column]}, {Text: what}})
	}
	return view
}
