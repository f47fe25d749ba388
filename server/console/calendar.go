package console

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/text"
	"anju/server/web"
)

// calendarPage shows what is known of holidays and make-up days, and how far deadlines can be counted.
type calendarPage struct {
	Frame   parts.FrameView
	Visit   *web.Visit
	Notice  parts.NoticeView
	Table   parts.TableView
	Horizon int
}

func (s *Console) calendar(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	known, err := s.office.CalendarTable(c.UserContext())
	if err != nil {
		return err
	}
	page := calendarPage{Frame: frame(v, p.Say("console.calendar.title")), Visit: v, Horizon: known.Horizon}
	switch {
	case known.Horizon == 0:
		page.Notice = parts.NoticeView{Tone: parts.Stop, Title: p.Say("console.calendar.past"), Text: p.Say("console.calendar.past_text")}
	case known.Warn:
		page.Notice = parts.NoticeView{Tone: parts.Wait, Title: p.Say("console.calendar.near", "Year", known.Horizon+1), Text: p.Say("console.calendar.near_text", "Year", known.Horizon)}
	default:
		page.Notice = parts.NoticeView{Tone: parts.Good, Text: p.Say("console.calendar.far", "Year", known.Horizon)}
	}
	page.Table = parts.TableView{ID: "years", Caption: p.Say("console.calendar.years"), Columns: []parts.Column{
		{Label: p.Say("console.calendar.year")}, {Label: p.Say("console.calendar.holidays"), Numeric: true}, {Label: p.Say("console.calendar.workdays"), Numeric: true}, {Label: p.Say("console.calendar.document")},
	}}
	for _, y := range known.Years {
		page.Table.Rows = append(page.Table.Rows, yearLine(p, y))
	}
	return web.Render(c, fiber.StatusOK, calendarView(page))
}

// yearLine says how much is known of a year, and from whom.
func yearLine(p text.Printer, y office.CalendarEntry) []parts.Cell {
	source := parts.Cell{Text: p.Say("console.calendar.built_in")}
	switch {
	case y.Version > 0:
		source = parts.Cell{Text: y.Document, Note: p.Say("console.calendar.entered", "Name", y.ByName, "Day", parts.Date(p, civic.DateOf(y.At)))}
	case len(y.Holidays) == 0:
		source = parts.Cell{Tag: &parts.TagView{Tone: parts.Wait, Text: p.Say("console.calendar.unknown")}}
	}
	year := strconv.Itoa(y.Year)
	return []parts.Cell{{Text: year, Href: "/console/calendar/" + year}, {Text: strconv.Itoa(len(y.Holidays))}, {Text: strconv.Itoa(len(y.Workdays))}, source}
}

// calendarYearPage is the form of one year.
type calendarYearPage struct {
	Frame                        parts.FrameView
	Visit                        *web.Visit
	Errors                       parts.Errors
	Year                         string
	Version                      int
	Holidays, Workdays, Document string
	Stale                        bool
}

func (s *Console) calendarYear(c *fiber.Ctx) error {
	entry, err := s.entryOf(c)
	if err != nil {
		return err
	}
	page := s.calendarYearPage(web.VisitOf(c), entry.Year)
	page.Version, page.Holidays, page.Workdays, page.Document = entry.Version, spans(entry.Holidays), spans(entry.Workdays), entry.Document
	return web.Render(c, fiber.StatusOK, calendarYearView(page))
}

func (s *Console) calendarYearPage(v *web.Visit, year int) calendarYearPage {
	title := v.Printer.Say("console.calendar.of", "Year", year)
	page := calendarYearPage{Frame: frame(v, title), Visit: v, Year: strconv.Itoa(year)}
	page.Frame.Back = &parts.Link{Label: v.Printer.Say("console.calendar.title"), Href: "/console/calendar"}
	return page
}

// entryOf finds the year of the address among those that may be entered.
func (s *Console) entryOf(c *fiber.Ctx) (office.CalendarEntry, error) {
	known, err := s.office.CalendarTable(c.UserContext())
	if err != nil {
		return office.CalendarEntry{}, err
	}
	i := slices.IndexFunc(known.Years, func(y office.CalendarEntry) bool { return strconv.Itoa(y.Year) == c.Params("year") })
	if i < 0 {
		return office.CalendarEntry{}, web.ErrNotFound
	}
	return known.Years[i], nil
}

func (s *Console) setCalendarYear(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	entry, err := s.entryOf(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	p := v.Printer
	page := s.calendarYearPage(v, entry.Year)
	page.Holidays, page.Workdays, page.Document = form.Get("holidays"), form.Get("workdays"), form.Get("document")
	next := office.CalendarEntry{CalendarYear: civic.CalendarYear{Year: entry.Year}, Document: page.Document}
	next.Version, _ = strconv.Atoi(form.Get("version")) // a version that is no number is nobody's: stale
	page.Version = next.Version
	for _, field := range []struct {
		name, typed string
		into        *[]civic.Date
	}{{"holidays", page.Holidays, &next.Holidays}, {"workdays", page.Workdays, &next.Workdays}} {
		if *field.into, err = readSpans(field.typed); err != nil {
			page.Errors = append(page.Errors, parts.Error{Field: field.name, Message: p.Say("console.calendar.unreadable", "Word", err.Error())})
		}
	}
	if len(page.Errors) == 0 {
		err = s.office.SetCalendarYear(c.UserContext(), v.Actor, next)
		switch faults := office.FaultsOf(err); {
		case err == nil:
			web.SetFlash(c, "calendar")
			return web.SeeOther(c, "/console/calendar")
		case errors.Is(err, office.ErrStale):
			page.Stale, page.Version = true, entry.Version
			return web.Render(c, fiber.StatusConflict, calendarYearView(page))
		case len(faults) == 0:
			return err
		default:
			page.Errors = errorsOf(p, faults)
		}
	}
	page.Frame.HasErrors = true
	return web.Render(c, fiber.StatusUnprocessableEntity, calendarYearView(page))
}

// maxSpan bounds a span that somebody types: the longest holiday has nine days.
const maxSpan = 31

// readSpans reads days and spans of days (2027-02-05..2027-02-11), each a word of its own. The error is the word that is neither.
func readSpans(typed string) ([]civic.Date, error) {
	var days []civic.Date
	for _, word := range strings.FieldsFunc(civic.Fold(typed), func(r rune) bool { return strings.ContainsRune(" \t\r\n,;、，；", r) }) {
		from, to, span := strings.Cut(strings.NewReplacer("至", "..", "~", "..").Replace(word), "..")
		first, err := civic.ParseDate(from)
		last := first
		if err == nil && span {
			last, err = civic.ParseDate(to)
		}
		if err != nil || last.Before(first) || last.DaysSince(first) >= maxSpan {
			return nil, errors.New(word)
		}
		for d := first; !d.After(last); d = d.AddDays(1) {
			if !slices.Contains(days, d) {
				days = append(days, d)
			}
		}
	}
	slices.SortFunc(days, civic.Date.Compare)
	return days, nil
}

// spans writes days so that readSpans reads them: neighbours as a span, one word a line.
func spans(days []civic.Date) string {
	var lines []string
	for i := 0; i < len(days); {
		k := i
		for k+1 < len(days) && days[k+1] == days[k].AddDays(1) {
			k++
		}
		line := days[i].String()
		if k > i {
			line += ".." + days[k].String()
		}
		lines, i = append(lines, line), k+1
	}
	return strings.Join(lines, "\n")
}
