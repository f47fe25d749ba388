package console

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// queueFilter is what the address of the queue asks for. What it does not know counts as not asked.
type queueFilter struct {
	state  string // a state, a mark or "all"; "" for what waits for this officer
	search string // the term, sealed
	term   string
	kind   permit.Kind
	age    office.Age
	mine   bool // only cases in which this officer has decided something
	sort   office.QueueSort
	after  *office.QueueCursor
	before *office.QueueCursor
	number int // of the page, for the words below the list
}

// filterOf reads the address.
func (s *Console) filterOf(c *fiber.Ctx, v *web.Visit) queueFilter {
	query := web.Query(c)
	f := queueFilter{state: query.Get("state"), search: query.Get("search"), mine: query.Get("by") == "me", number: 1,
		after: office.ParseQueueCursor(query.Get("after")), before: office.ParseQueueCursor(query.Get("before"))}
	if f.term = s.openTerm(v.Actor.ID, f.search); f.term == "" {
		f.search = ""
	}
	if f.state != "all" && !slices.Contains(permit.States(), permit.State(f.state)) && markOf(f.state) == "" {
		f.state = ""
	}
	if f.state == "" && (f.term != "" || f.mine) {
		f.state = "all" // whoever looks for something does not mean only what waits
	}
	if kind := permit.Kind(query.Get("kind")); slices.Contains(permit.Kinds(), kind) {
		f.kind = kind
	}
	if age := office.Age(query.Get("age")); age == office.Amber || age == office.Red {
		f.age = age
	}
	if sort := office.QueueSort(query.Get("sort")); sort == office.NewestFirst || sort == office.DueFirst {
		f.sort = sort
	}
	if f.after != nil && f.before != nil {
		f.before = nil
	}
	if n, err := strconv.Atoi(query.Get("page")); err == nil && n > 1 && n < 1_000_000 && (f.after != nil || f.before != nil) {
		f.number = n
	}
	return f
}

// query asks the office.
func (f queueFilter) query(a access.Actor) office.QueueQuery {
	q := office.QueueQuery{States: statesOf(f.state, a), Mark: markOf(f.state), Kind: f.kind, Text: f.term, Age: f.age, Sort: f.sort, After: f.after, Before: f.before, Size: queueSize}
	if f.mine {
		q.By = a.ID
	}
	return q
}

// values are what stands in the address, without the place in the list.
func (f queueFilter) values() url.Values {
	values := url.Values{}
	set := func(name, value string) {
		if value != "" {
			values.Set(name, value)
		}
	}
	set("search", f.search)
	set("kind", string(f.kind))
	set("age", string(f.age))
	set("sort", string(f.sort))
	if f.mine {
		set("by", "me")
	}
	if f.state != "all" || f.term == "" && !f.mine {
		set("state", f.state)
	}
	return values
}

// address is where the filtered list begins.
func (f queueFilter) address(path string) string {
	if query := f.values().Encode(); query != "" {
		return path + "?" + query
	}
	return path
}

// in is the same filter on another state.
func (f queueFilter) in(state string) queueFilter {
	f.state = state
	return f
}

// beside is the address of the next page, or of the one before.
func (f queueFilter) beside(where string, place office.QueueCursor) string {
	values, number := f.values(), f.number+1
	if where == "before" {
		number = max(f.number-1, 1)
	}
	values.Set(where, place.String())
	values.Set("page", strconv.Itoa(number))
	return "/console?" + values.Encode()
}

// kindOptions are the kinds of business to narrow to.
func kindOptions(p text.Printer) []parts.Option {
	var options []parts.Option
	for _, kind := range permit.Kinds() {
		options = append(options, parts.Option{Value: string(kind), Label: p.Say("kind." + string(kind))})
	}
	return options
}

// hidden is what the form of the filter carries along: the place begins anew.
func (f queueFilter) hidden() []parts.Hidden {
	var list []parts.Hidden
	values := f.values()
	for _, name := range []string{"search", "state"} {
		if values.Has(name) {
			list = append(list, parts.Hidden{Name: name, Value: values.Get(name)})
		}
	}
	return list
}

// statesOf is what a filter shows: "" is what waits for this officer.
func statesOf(chosen string, a access.Actor) []permit.State {
	switch chosen {
	case "":
		return todo(a)
	case "all":
		return nil
	}
	if markOf(chosen) != "" {
		return nil
	}
	return []permit.State{permit.State(chosen)}
}

// markOf is the mark that a filter shows, "" when it shows states.
func markOf(chosen string) office.Mark {
	if slices.Contains(office.Marks(), office.Mark(chosen)) {
		return office.Mark(chosen)
	}
	return ""
}

// chips are the ready-made filters: to do, each state, everything.
func chips(p text.Printer, page office.QueuePage, a access.Actor, f queueFilter) []parts.Chip {
	counts := page.Counts
	mine, all := 0, 0
	for _, state := range todo(a) {
		mine += counts[state]
	}
	chip := func(label, state string, n int) parts.Chip {
		return parts.Chip{Label: p.Say("console.queue." + label), Href: f.in(state).address("/console"), Current: f.state == state, Count: min(n, office.CountLimit), More: n > office.CountLimit}
	}
	list := []parts.Chip{chip("todo", "", mine)}
	list[0].Href = "/console" // without what else is filtered
	for _, state := range permit.States() {
		all += counts[state]
		list = append(list, chip(string(state), string(state), counts[state]))
	}
	for _, mark := range office.Marks() {
		if n := page.Marks[mark]; n > 0 || f.state == string(mark) {
			list = append(list, chip(string(mark), string(mark), n))
		}
	}
	return append(list, chip("all", "all", all))
}

// counted writes how many cases a list has, as far as they were counted.
func counted(list office.QueuePage) string {
	if list.Beyond {
		return strconv.Itoa(list.Total) + "+"
	}
	return strconv.Itoa(list.Total)
}
