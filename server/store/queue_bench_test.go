package store_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/scene"
	"anju/server/store"
	"anju/server/store/storetest"
)

// The measured cities: as many persons as applications, 15 in 100 with a live permit, a tenth of everything at the officer's station, where the
// same number of cases is open in both: what grows is the archive.
const (
	smallCity = 10_000
	largeCity = 1_000_000
	openCases = 250
)

// BenchmarkQueue measures what an officer waits for: the first page of what is to be done, the next filter, the page of everything, and a search by each of
// the marks of a case, in a city of 1,000,000 persons and applications and 150,000 live permits. The reference is the same, by turns, in a
// city of 10,000. ANJU_PLANS=file writes the plans of the large city there.
func BenchmarkQueue(b *testing.B) {
	small, large := cityOf(b, smallCity), cityOf(b, largeCity)
	plans := strings.Builder{}
	for _, look := range []struct {
		name  string
		query func(c measuredCity) office.QueueQuery
	}{
		{"todo", func(measuredCity) office.QueueQuery {
			return office.QueueQuery{States: []permit.State{permit.PreApplied}}
		}},
		{"second-page", func(c measuredCity) office.QueueQuery {
			return office.QueueQuery{States: []permit.State{permit.PreApplied}, After: c.place}
		}},
		{"due-first", func(measuredCity) office.QueueQuery {
			return office.QueueQuery{States: []permit.State{permit.PreApplied}, Sort: office.DueFirst}
		}},
		{"issued", func(measuredCity) office.QueueQuery { return office.QueueQuery{States: []permit.State{permit.Issued}} }},
		{"all", func(measuredCity) office.QueueQuery { return office.QueueQuery{} }},
		{"reference", func(c measuredCity) office.QueueQuery { return office.QueueQuery{Text: c.reference} }},
		{"permit", func(c measuredCity) office.QueueQuery { return office.QueueQuery{Text: c.permit} }},
		{"id-number", func(c measuredCity) office.QueueQuery { return office.QueueQuery{Text: c.idNumber} }},
		{"name", func(c measuredCity) office.QueueQuery { return office.QueueQuery{Text: c.name} }},
		{"surname", func(measuredCity) office.QueueQuery { return office.QueueQuery{Text: "欧阳"} }},
		{"common-surname", func(measuredCity) office.QueueQuery { return office.QueueQuery{Text: "王"} }},
		{"initials", func(measuredCity) office.QueueQuery { return office.QueueQuery{Text: "oyjg"} }},
	} {
		b.Run(look.name, func(b *testing.B) {
			var mine, base []time.Duration
			var asked int
			for b.Loop() {
				n, took := large.look(b, look.query(large))
				asked = n
				mine = append(mine, took)
				_, took = small.look(b, look.query(small))
				base = append(base, took)
			}
			slices.Sort(mine)
			slices.Sort(base)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(mine[len(mine)/2])/float64(base[len(base)/2]), "ratio/10000")
			b.ReportMetric(mine[len(mine)/2].Seconds()*1000, "ms/page")
			b.ReportMetric(float64(asked), "queries/page")
		})
		fmt.Fprintf(&plans, "== %s\n", look.name)
		for _, one := range large.asked(b, look.query(large)) {
			plan, err := large.store.Plan(b.Context(), one)
			if err != nil {
				continue // what writes has no place here
			}
			fmt.Fprintf(&plans, "%s\n%s\n\n", one.SQL, plan)
		}
	}
	if file := os.Getenv("ANJU_PLANS"); file != "" {
		if err := os.WriteFile(file, []byte(plans.String()), 0o600); err != nil {
			b.Error(err)
		}
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	b.Logf("%d MB of heap in use by the program", memory.HeapInuse>>20)
}

// known is a case of the station with a permit, in both cities.
const known = 510

// measuredCity is a filled city and what is searched for in it.
type measuredCity struct {
	store                             *store.Store
	reference, permit, idNumber, name string
	place                             *office.QueueCursor
}

func (c measuredCity) look(b *testing.B, q office.QueueQuery) (queries int, took time.Duration) {
	b.Helper()
	start := time.Now()
	return len(c.asked(b, q)), time.Since(start)
}

func (c measuredCity) asked(b *testing.B, q office.QueueQuery) []store.Statement {
	b.Helper()
	q.Size = 25
	scope := scope
	scope.Stations = []string{scene.Zhangzhou.Station()}
	view := ledger.Entry{At: now, ActorKind: "staff", ActorID: "reader", Station: scope.Stations[0], Action: ledger.Listed, Purpose: "queue", RequestID: "r-1"}
	asked, err := c.store.Watched(b.Context(), func(tx office.Tx) error {
		page, err := tx.Queue(b.Context(), scope, q, view)
		if err == nil && len(page.Cases) == 0 {
			err = fmt.Errorf("nothing found for %+v", q)
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return asked
}

// surnames and given names as they are spread: a few carry most people, one is rare.
var (
	surnameRunes = []rune("王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高")
	givenRunes   = []rune("建国志强秀英丽华军伟敏静丹杰磊洋勇艳娟涛明超兰霞平刚桂")
)

func nameOf(i int) string {
	second := string(givenRunes[(i/7)%len(givenRunes)]) + string(givenRunes[(i/211)%len(givenRunes)])
	if i == known {
		return "令狐静怡"
	}
	if i%5_000 == 20 { // as many in a small city as in a large one would make the search no larger: this one grows with it
		return "欧阳" + "建国"
	}
	return string(surnameRunes[(i*i/3)%len(surnameRunes)]) + second
}

// cityOf fills a city of a size.
func cityOf(b *testing.B, n int) (c measuredCity) {
	b.Helper()
	ctx, address := b.Context(), storetest.Database(b)
	c.store = storetest.OpenAt(b, address)
	h, err := scene.NewHouse(ctx, c.store, "http://example.com", slog.New(slog.DiscardHandler))
	if err == nil {
		err = h.Furnish(ctx, "password of the test")
	}
	if err != nil {
		b.Fatal(err)
	}
	clerk, err := h.Actor(ctx, "zz.issue")
	if err != nil {
		b.Fatal(err)
	}
	second, err := h.Actor(ctx, "zz.accept")
	if err != nil {
		b.Fatal(err)
	}
	var stations []string
	for _, county := range civic.Counties(city) {
		for _, street := range civic.Streets(county.Code) {
			stations = append(stations, "S"+street.Code)
		}
	}
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, `set session_replication_role = replica`); err != nil { // the rows are right: their references need not be looked up one by one
		b.Fatal(err)
	}
	ids := func(kind byte, i int) (u uuid.UUID) {
		u[0] = kind
		binary.BigEndian.PutUint64(u[8:], uint64(i))
		return u
	}
	idNumber := func(i int) civic.CitizenID {
		number, err := civic.NewCitizenID("410102", civic.DateOf(now).AddMonths(-240).AddDays(-(i / 900)), 1+i%900)
		if err != nil {
			b.Fatal(err)
		}
		return number
	}
	number := func(i int) string { return permit.NewNumber("350602", 2025, i+1) }
	c.reference = permit.NewReference(city)
	reference := func(i int) string {
		if i == known {
			return c.reference
		}
		return fmt.Sprintf("3506-%04d-%04d", i/10_000, i%10_000)
	}
	station := func(i int) string {
		if i%10 == 0 {
			return scene.Zhangzhou.Station()
		}
		return stations[i%len(stations)]
	}
	submitted := func(i int) time.Time { return now.AddDate(0, 0, -1-(n-i)*1800/n) }
	permits := n * 15 / 100
	noise, index := make([]byte, 60), make([]byte, 32)
	person := func(i int) permit.Person {
		return permit.Person{ID: ids(1, i).String(), Jurisdiction: city, Name: nameOf(i), IDNumber: idNumber(i), EthnicGroup: "01", Phone: fmt.Sprintf("138%08d", i)}
	}
	for _, table := range []struct {
		name, columns string
		n             int
		row           func(i int) ([]any, error)
	}{
		{"person", "jurisdiction id name id_number ethnic_group phone id_number_index name_index surname_index initials_index created_at updated_at", n, func(i int) ([]any, error) {
			return c.store.PersonRow(person(i), submitted(i)), nil
		}},
		{"application", "jurisdiction id reference ruleset tier station person particulars counter notice token token_index idempotency_key body_index state submitted_at accepted_on accepted_by statutory_by promised_by decided_on decided_by produced_on issued_on permit version", n, func(i int) ([]any, error) {
			a := permit.Application{ID: ids(2, i).String(), Particulars: permit.Draft{Jurisdiction: city, Name: nameOf(i), County: "350602"}}
			particulars, token, tokenIndex, err := c.store.Sealed(a, [16]byte(ids(3, i)))
			day := submitted(i)
			row := []any{city, ids(2, i), reference(i), "zhangzhou-2016", "residence_permit", station(i), ids(1, i), particulars, "portal", "2026-11-26", token, tokenIndex, ids(2, i).String(), index}
			switch {
			case i%10 == 0 && i >= n-10*openCases:
				row = append(row, "pre_applied", day, nil, nil, nil, nil, nil, nil, nil, nil, nil, 1)
			case i < permits:
				row = append(row, "issued", day, day, second.ID, day.AddDate(0, 0, 15), day.AddDate(0, 0, 7), day, clerk.ID, day, day, number(i), 5)
			case i%10 < 2:
				row = append(row, "declined", day, nil, nil, nil, nil, day, clerk.ID, nil, nil, nil, 2)
			default:
				row = append(row, "refused", day, day, second.ID, day.AddDate(0, 0, 15), day.AddDate(0, 0, 7), day, clerk.ID, nil, nil, nil, 3)
			}
			return row, err
		}},
		{"permit", "jurisdiction number application person ruleset tier division issuer_zh issuer_en issued_on endorse_from endorse_by residence status status_since version status_list status_index token token_index", permits, func(i int) ([]any, error) {
			d := civic.DateOf(submitted(i))
			return []any{city, number(i), ids(2, i), ids(1, i), "zhangzhou-2016", "residence_permit", "350602", "公安局", "Police", at(d), at(d), at(d.AddMonths(12)), noise, "active", at(d), 1, 1, i, noise,
				append(slices.Clone(index[:16]), ids(4, i).String()[20:36]...)}, nil
		}},
	} {
		if _, err := conn.CopyFrom(ctx, pgx.Identifier{table.name}, strings.Fields(table.columns), pgx.CopyFromSlice(table.n, table.row)); err != nil {
			b.Fatal(table.name, err)
		}
	}
	if _, err := conn.Exec(ctx, `vacuum analyze`); err != nil {
		b.Fatal(err)
	}
	c.permit, c.idNumber, c.name = number(known), string(idNumber(known)), nameOf(known)
	c.place = &office.QueueCursor{SubmittedAt: submitted(n - 2_000), ID: ids(2, n-2_000).String()}
	return c
}
