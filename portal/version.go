package portal

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/office"
	"anju/server/parts"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// versionPage is one version of a government's catalogue, as it was released: it can be read for ever. A long one has several pages.
type versionPage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Place    string
	Title    string
	Rows     parts.SummaryView
	Newer    *parts.Link // when it is not the last one
	Changes  string
	Services []versionService
	Pager    parts.PagerView
}

// versionService is a service with what its departments have added.
type versionService struct {
	Title, Clause string
	Entries       []office.PublishedEntry
}

// pageLength is how many characters of the catalogue stand on one page, so that a page stays light.
const pageLength = 8000

// parted divides a list of n things into pages of about pageLength characters and returns the first and last of the one asked for.
func parted(n int, length func(int) int, asked string) (from, to, number, pages int) {
	starts, sum := []int{0}, 0
	for i := range n {
		if sum > 0 && sum+length(i) > pageLength {
			starts, sum = append(starts, i), 0
		}
		sum += length(i)
	}
	number, err := strconv.Atoi(asked)
	if err != nil || number < 1 || number > len(starts) {
		number = 1
	}
	to = n
	if number < len(starts) {
		to = starts[number]
	}
	return starts[number-1], to, number, len(starts)
}

func pager(path string, number, pages int) parts.PagerView {
	view := parts.PagerView{Page: number, Pages: pages}
	if number > 1 {
		view.Previous = path + "?page=" + strconv.Itoa(number-1)
	}
	if number < pages {
		view.Next = path + "?page=" + strconv.Itoa(number+1)
	}
	return view
}

// releaseOf reads the version that an address names, with the one before it. A number is written in one way only.
func (s *Portal) releaseOf(c *fiber.Ctx) (r, before office.Release, err error) {
	number, err := strconv.Atoi(c.Params("number"))
	if err != nil || number < 1 || number > 1_000_000 || strconv.Itoa(number) != c.Params("number") {
		return r, before, web.ErrNotFound
	}
	return s.office.ReleaseOf(c.UserContext(), c.Params("government"), number)
}

func (s *Portal) version(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	r, _, err := s.releaseOf(c)
	if err != nil {
		return err
	}
	list, err := s.office.Releases(c.UserContext(), r.Government)
	if err != nil {
		return err
	}
	place, path := pick(p, s.office.GovernmentName(r.Government)), versionPath(r.Government, r.Number)
	page := versionPage{Frame: frame(v, place+" "+p.Say("release.number", "Number", r.Number)), Visit: v, Place: place, Title: p.Say("release.number", "Number", r.Number), Rows: releaseRows(p, r), Changes: path + "/changes"}
	page.Frame.Back = &parts.Link{Label: p.Say("catalogue.of", "Government", place), Href: "/catalogue/" + r.Government}
	if newest := list[0].Number; newest != r.Number {
		page.Newer = &parts.Link{Label: p.Say("version.newest", "Number", newest), Href: versionPath(r.Government, newest)}
	}
	from, to, number, pages := parted(len(r.Entries), func(i int) int { return r.Entries[i].Entry.Length() }, web.Query(c).Get("page"))
	page.Pager = pager(path, number, pages)
	for _, e := range r.Entries[from:to] {
		one := office.PublishedEntry{ReleasedEntry: e, Jurisdiction: r.Jurisdiction, Government: r.Government, Ruleset: r.Ruleset, Number: r.Number, ReleasedOn: r.ReleasedOn,
			GovernmentName: s.office.GovernmentName(r.Government), DepartmentName: s.office.DepartmentName(r.Ruleset, e.Department)}
		if n := len(page.Services); n > 0 && page.Services[n-1].Entries[0].Service == e.Service {
			page.Services[n-1].Entries = append(page.Services[n-1].Entries, one)
			continue
		}
		title, clause := s.serviceTitle(p, e.Service)
		page.Services = append(page.Services, versionService{title, clause, []office.PublishedEntry{one}})
	}
	return web.Render(c, fiber.StatusOK, versionView(page))
}

// serviceTitle names a service of any ruleset, also of one that is no longer in force.
func (s *Portal) serviceTitle(p text.Printer, id string) (title, clause string) {
	if _, service := s.findService(id); service != nil {
		return pick(p, service.Title), service.Clause
	}
	return id, ""
}

func releaseRows(p text.Printer, r office.Release) parts.SummaryView {
	reported := parts.Row{Key: p.Say("release.reported_on"), Value: p.Say("catalogue.unreported")}
	if r.Report != nil {
		reported.Value, reported.Note = parts.Date(p, r.Report.On), r.Report.Document
	}
	return parts.SummaryView{Rows: []parts.Row{{Key: p.Say("release.released_on"), Value: parts.Date(p, r.ReleasedOn)}, {Key: p.Say("release.note"), Lines: strings.Split(r.Note, "\n")}, reported}}
}

// changesPage is what one version changed in the one before it.
type changesPage struct {
	Frame   parts.FrameView
	Visit   *web.Visit
	Place   string
	Title   string
	Lead    string
	Note    string
	Changes []changedEntry
	Pager   parts.PagerView
}

// changedEntry is an entry that came, went or was changed.
type changedEntry struct {
	Title, Department string
	Kind              parts.TagView
	Fields            []changedField
}

// changedField is a text that differs, in one language.
type changedField struct {
	Label string
	View  parts.DifferenceView
}

// differenceTones are the colours of what became of an entry.
var differenceTones = map[policy.DifferenceKind]parts.Tone{policy.Added: parts.Good, policy.Changed: parts.Info, policy.Removed: parts.Stop}

func (s *Portal) changes(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	r, before, err := s.releaseOf(c)
	if err != nil {
		return err
	}
	place := pick(p, s.office.GovernmentName(r.Government))
	page := changesPage{Frame: frame(v, p.Say("changes.title", "Number", r.Number)), Visit: v, Place: place, Title: p.Say("changes.title", "Number", r.Number), Note: r.Note, Lead: p.Say("changes.first")}
	if r.Number > 1 {
		page.Lead = p.Say("changes.lead", "Before", r.Number-1, "From", parts.Date(p, before.ReleasedOn), "To", parts.Date(p, r.ReleasedOn))
	}
	page.Frame.Back = &parts.Link{Label: p.Say("release.number", "Number", r.Number), Href: versionPath(r.Government, r.Number)}
	list := policy.Differences(before.Entries, r.Entries)
	from, to, number, pages := parted(len(list), func(i int) int { return differenceLength(list[i]) }, web.Query(c).Get("page"))
	page.Pager = pager(versionPath(r.Government, r.Number)+"/changes", number, pages)
	for _, d := range list[from:to] {
		title, _ := s.serviceTitle(p, d.Service)
		ruleset := r.Ruleset
		if d.Kind == policy.Removed {
			ruleset = before.Ruleset
		}
		one := changedEntry{Title: title, Department: pick(p, s.office.DepartmentName(ruleset, d.Department)), Kind: parts.TagView{Tone: differenceTones[d.Kind], Text: p.Say("changes." + string(d.Kind))}}
		for _, f := range d.Fields {
			one.Fields = append(one.Fields, changedFieldOf(p, f))
		}
		page.Changes = append(page.Changes, one)
	}
	return web.Render(c, fiber.StatusOK, changesView(page))
}

func changedFieldOf(p text.Printer, f policy.FieldDifference) changedField {
	one := changedField{Label: p.Say("entry." + string(f.Field))}
	if f.English {
		one.Label = p.Say("entry.english", "Field", one.Label)
	}
	for _, line := range f.Lines {
		shown := parts.DifferenceLine{Added: line.Kind == policy.Added, Removed: line.Kind == policy.Removed}
		for _, span := range line.Spans {
			shown.Spans = append(shown.Spans, parts.DifferenceSpan{Text: span.Text, Marked: span.Kind != policy.Same && len(line.Spans) > 1})
		}
		one.View.Lines = append(one.View.Lines, shown)
	}
	return one
}

func differenceLength(d policy.EntryDifference) (n int) {
	for _, f := range d.Fields {
		for _, line := range f.Lines {
			for _, span := range line.Spans {
				n += len([]rune(span.Text))
			}
		}
	}
	return n
}
