package store_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/office"
	"anju/server/permit"
)

func TestQueue(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	c := d.cast()
	minute := 0
	send := func(name string, seq int, station string) sent {
		minute++
		return d.submit(c.account.ID, name, citizen(t, seq), func(a *permit.Application) {
			a.Station, a.SubmittedAt = station, now.Add(time.Duration(minute)*time.Minute)
		})
	}
	zhang, ouyang, other := send("张小明", 1, "xq"), send("欧阳昝", 2, "xq"), send("张小明", 3, "lw")
	li := send("李四", 4, "xq")
	d.do(func(tx office.Tx) error { return save(ctx, tx)(accepted(li.Application, c.acceptor)) })
	wang := send("王五", 5, "xq")
	p := d.issue(wang, c)
	promised := civic.DateOf(now).AddDays(9)

	listing := view
	listing.Action, listing.Purpose = ledger.Listed, "queue"
	ask := func(s access.Scope, q office.QueueQuery) (page office.QueuePage, names []string) {
		t.Helper()
		d.do(func(tx office.Tx) (err error) { page, err = tx.Queue(ctx, s, q, listing); return })
		for _, c := range page.Cases {
			names = append(names, c.Person.Name)
		}
		return page, names
	}
	for _, test := range []struct {
		name  string
		query office.QueueQuery
		want  []string
		total int
	}{
		{"all, the oldest first", office.QueueQuery{Size: 10}, []string{"张小明", "欧阳昝", "李四", "王五"}, 4},
		{"the latest first", office.QueueQuery{Sort: office.NewestFirst, Size: 10}, []string{"王五", "李四", "欧阳昝", "张小明"}, 4},
		{"the nearest promise first", office.QueueQuery{Sort: office.DueFirst, Size: 10}, []string{"李四", "王五", "张小明", "欧阳昝"}, 4},
		{"first page", office.QueueQuery{Size: 3}, []string{"张小明", "欧阳昝", "李四"}, 4},
		{"a size below", office.QueueQuery{Size: -1}, []string{"张小明"}, 4},
		{"a size beyond", office.QueueQuery{Size: 1 << 62}, []string{"张小明", "欧阳昝", "李四", "王五"}, 4},
		{"decided by the acceptor", office.QueueQuery{By: c.acceptor.ID, Size: 10}, []string{"李四", "王五"}, 2},
		{"overdue", office.QueueQuery{Age: office.Red, Today: civic.MustDate("2027-06-01"), Size: 10}, []string{"李四"}, 1},
		{"overdue the day before", office.QueueQuery{Age: office.Red, Today: promised, Size: 10}, nil, 0},
		{"due today, and untaken", office.QueueQuery{Age: office.Amber, Today: promised, Size: 10}, []string{"张小明", "欧阳昝", "李四"}, 3},
		{"untaken too short, due too far", office.QueueQuery{Age: office.Amber, Today: civic.DateOf(now).AddDays(2), Size: 10}, nil, 0},
		{"one state", office.QueueQuery{States: []permit.State{permit.InReview}, Size: 10}, []string{"李四"}, 1},
		{"two states", office.QueueQuery{States: []permit.State{permit.InReview, permit.Issued}, Size: 10}, []string{"李四", "王五"}, 2},
		{"reference", office.QueueQuery{Text: " " + zhang.Reference[5:9] + " ", Size: 10}, nil, 0},
		{"whole reference", office.QueueQuery{Text: " " + ouyang.Reference + " ", Size: 10}, []string{"欧阳昝"}, 1},
		{"reference of another station", office.QueueQuery{Text: other.Reference, Size: 10}, nil, 0},
		{"permit number", office.QueueQuery{Text: p.Number, Size: 10}, []string{"王五"}, 1},
		{"ID number", office.QueueQuery{Text: string(citizen(t, 1)), Size: 10}, []string{"张小明"}, 1},
		{"ID number of another station", office.QueueQuery{Text: string(citizen(t, 3)), Size: 10}, nil, 0},
		{"name", office.QueueQuery{Text: "李四", Size: 10}, []string{"李四"}, 1},
		{"surname", office.QueueQuery{Text: "欧阳", Size: 10}, []string{"欧阳昝"}, 1},
		{"initials", office.QueueQuery{Text: "OYz", Size: 10}, []string{"欧阳昝"}, 1},
		{"name and another state", office.QueueQuery{Text: "李四", States: []permit.State{permit.Issued}, Size: 10}, nil, 0},
		{"nothing that can be searched for", office.QueueQuery{Text: "%_' or 1=1 --\x00", Size: 10}, nil, 0},
	} {
		page, names := ask(scope, test.query)
		if !slices.Equal(names, test.want) || page.Total != test.total {
			t.Errorf("%s: %v of %d", test.name, names, page.Total)
		}
		if want := map[permit.State]int{permit.PreApplied: 2, permit.InReview: 1, permit.Issued: 1}; !maps.Equal(page.Counts, want) {
			t.Errorf("%s: counts %v", test.name, page.Counts)
		}
	}
	for _, s := range []access.Scope{{}, {Jurisdiction: city}, {Jurisdiction: "370300", Stations: []string{"xq"}}} {
		if page, names := ask(s, office.QueueQuery{Size: 10}); len(names) != 0 || page.Total != 0 || len(page.Counts) != 0 {
			t.Errorf("%+v sees %v %v", s, names, page.Counts)
		}
	}
}

func TestQueueWritesAnEntryForEachLine(t *testing.T) {
	d := open(t)
	c := d.cast()
	first, second := d.submit(c.account.ID, "张小明", citizen(t, 1)), d.submit("", "李四", citizen(t, 2))
	listing := view
	listing.Action, listing.Purpose = ledger.Listed, "queue"
	d.do(func(tx office.Tx) error {
		_, err := tx.Queue(t.Context(), scope, office.QueueQuery{Size: 10}, listing)
		return err
	})
	got := d.owner(`select concat_ws(' ', jurisdiction, station, action, purpose, person, account, object, request_id) from ledger_entry`)
	slices.Sort(got)
	want := []string{
		city + " xq listed queue " + first.Person + " " + c.account.ID + " application/" + first.Reference + " r-1",
		city + " xq listed queue " + second.Person + " application/" + second.Reference + " r-1",
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Fatal(got)
	}
}

// TestQueueIsLeafedThroughBothWays walks from the first page to the last and back in every order, two lines at a time, and meets each case once.
func TestQueueIsLeafedThroughBothWays(t *testing.T) {
	d := open(t)
	ctx, c := t.Context(), d.cast()
	for i := range 7 {
		one := d.submit(c.account.ID, "张小明", citizen(t, i+1), func(a *permit.Application) { a.SubmittedAt = now.Add(time.Duration(i/2) * time.Minute) }) // pairs at one moment
		if i%3 == 0 {
			d.do(func(tx office.Tx) error { return save(ctx, tx)(accepted(one.Application, c.acceptor)) })
		}
	}
	listing := view
	listing.Action = ledger.Listed
	for _, sort := range []office.QueueSort{office.OldestFirst, office.NewestFirst, office.DueFirst} {
		ask := func(q office.QueueQuery) (page office.QueuePage) {
			q.Sort = sort
			d.do(func(tx office.Tx) (err error) { page, err = tx.Queue(ctx, scope, q, listing); return })
			return page
		}
		names := func(cases []office.Case) (list []string) {
			for _, one := range cases {
				list = append(list, one.Application.ID)
			}
			return list
		}
		want := names(ask(office.QueueQuery{Size: 10}).Cases)
		if len(want) != 7 {
			t.Fatalf("%q: %d lines", sort, len(want))
		}
		var there, back []string
		page := ask(office.QueueQuery{Size: 2})
		for n := 0; ; n++ {
			there = append(there, names(page.Cases)...)
			if page.Fewer != (n > 0) || page.More != (len(there) < 7) || page.Total != 7 {
				t.Errorf("%q, page %d: before %v, behind %v, %d in all", sort, n, page.Fewer, page.More, page.Total)
			}
			if !page.More {
				break
			}
			place := office.ParseQueueCursor(office.CursorOf(page.Cases[len(page.Cases)-1]).String())
			page = ask(office.QueueQuery{After: place, Size: 2})
		}
		for {
			back = append(names(page.Cases), back...)
			if !page.Fewer {
				break
			}
			place := office.CursorOf(page.Cases[0])
			page = ask(office.QueueQuery{Before: &place, Size: 2})
		}
		if !slices.Equal(there, want) || !slices.Equal(back, want) {
			t.Errorf("%q: %v, there %v, back %v", sort, want, there, back)
		}
	}
	for _, bad := range []string{"", "x", "Lw", "Ly8", "MjAyNi0xMS0yNC8wLyc7"} {
		if office.ParseQueueCursor(bad) != nil {
			t.Errorf("%q is a place", bad)
		}
	}
}
