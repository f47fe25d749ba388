package console

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/xuri/excelize/v2"

	"anju/server/parts"
	"anju/server/web"
)

// exportQueue gives out the queue as it is filtered, in a file: the same columns and masks as on the page.
func (s *Console) exportQueue(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	f := s.filterOf(c, v)
	f.after, f.before = nil, nil
	list, err := s.office.ExportQueue(c.UserContext(), v.Actor, f.query(v.Actor))
	if err != nil {
		return err
	}
	stations, err := s.office.Stations(c.UserContext(), v.Actor)
	if err != nil {
		return err
	}
	page := s.queuePage(v, list, stations, f)
	return s.sendSheet(c, v, v.Printer.Say("export.queue"), "cases", page.Table)
}

// exportRefusals gives out the list of reports that a permit was not honoured: nothing of what was written is in it.
func (s *Console) exportRefusals(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	list, err := s.office.ExportRefusals(c.UserContext(), v.Actor, refusalShow(c))
	if err != nil {
		return err
	}
	return s.sendSheet(c, v, v.Printer.Say("export.refusals"), "refusals", s.refusalTable(v.Printer, list, refusalShow(c)))
}

// exportRatings gives out the list of ratings: nothing of what was written, and nobody's name or case, is in it.
func (s *Console) exportRatings(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	list, err := s.office.ExportRatings(c.UserContext(), v.Actor, ratingShow(c))
	if err != nil {
		return err
	}
	stations, err := s.office.Stations(c.UserContext(), v.Actor)
	if err != nil {
		return err
	}
	return s.sendSheet(c, v, v.Printer.Say("export.ratings"), "ratings", s.ratingTable(v.Printer, list, stations, ratingShow(c)))
}

// sendSheet sends a list as an xlsx file, named in the language of the page.
func (s *Console) sendSheet(c *fiber.Ctx, v *web.Visit, name, plain string, table parts.TableView) error {
	content, err := sheet(table)
	if err != nil {
		return err
	}
	day := s.office.Today().String()
	c.Set(fiber.HeaderContentType, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+plain+"-"+day+`.xlsx"; filename*=UTF-8''`+url.PathEscape(name+"-"+day)+".xlsx")
	return c.Send(content)
}

// sheet writes a list with its header row.
func sheet(table parts.TableView) ([]byte, error) {
	book := excelize.NewFile()
	defer book.Close()
	w, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		return nil, fmt.Errorf("console: sheet: %w", err)
	}
	row := func(n int, cells []any) error {
		at, err := excelize.CoordinatesToCellName(1, n)
		if err == nil {
			err = w.SetRow(at, cells)
		}
		return err
	}
	header := make([]any, len(table.Columns))
	for i, column := range table.Columns {
		header[i] = inert(column.Label)
	}
	err = row(1, header)
	for n, line := range table.Rows {
		cells := make([]any, len(line))
		for i, cell := range line {
			cells[i] = inert(cellText(cell))
		}
		if err == nil {
			err = row(n+2, cells)
		}
	}
	if err == nil {
		err = w.Flush()
	}
	var out bytes.Buffer
	if err == nil {
		err = book.Write(&out)
	}
	if err != nil {
		return nil, fmt.Errorf("console: sheet: %w", err)
	}
	return out.Bytes(), nil
}

// cellText is what a field of a list says, its tag and its second line included.
func cellText(c parts.Cell) string {
	words := []string{c.Text}
	if c.Tag != nil {
		words = append(words, c.Tag.Text)
	}
	words = append(words, c.Note)
	var said []string
	for _, word := range words {
		if word != "" {
			said = append(said, word)
		}
	}
	return strings.Join(said, " · ")
}

// inert makes sure that no spreadsheet runs a cell: it is written as text, and what begins like a formula gets an apostrophe before it, for
// programs that look at the text again, as after saving it as CSV.
func inert(s string) string {
	if first := strings.TrimLeft(s, " \u00a0\u3000"); first != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(first)[0]) {
		return "'" + s
	}
	return s
}
