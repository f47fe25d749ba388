package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/store"
	"anju/server/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const (
	city  = "350600"
	other = "370300"
)

var (
	now  = time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	view = ledger.Entry{At: now, ActorKind: "staff", ActorID: "reader", Station: "xq", Action: ledger.Viewed, Purpose: "review", RequestID: "r-1"}
	// scope is what the staff of the first station see.
	scope = access.Scope{Jurisdiction: city, Stations: []string{"xq"}}
)

// desk is a store of a test's own, and a way around it for looking at what is stored.
type desk struct {
	*store.Store
	t       *testing.T
	address string
}

func open(t *testing.T) desk {
	t.Parallel()
	address := storetest.Database(t)
	return desk{storetest.OpenAt(t, address), t, address}
}

// do runs work that must succeed; try returns its error.
func (d desk) do(work func(tx office.Tx) error) {
	d.t.Helper()
	if err := d.try(work); err != nil {
		d.t.Fatal(err)
	}
}

func (d desk) try(work func(tx office.Tx) error) error { return d.Within(d.t.Context(), work) }

// refused fails the test unless the error is the one that is wanted.
func refused(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("the error is %v, not %v", err, want)
	}
}

// owner runs a statement as the owner of the schema and returns the first column of its rows as text.
func (d desk) owner(sql string, args ...any) []string {
	d.t.Helper()
	list, err := d.asOwner(sql, args...)
	if err != nil {
		d.t.Fatal(err)
	}
	return list
}

func (d desk) asOwner(sql string, args ...any) ([]string, error) {
	return query(d.t, d.address, "", sql, args...)
}

// asApplication runs a statement under the role of the application.
func (d desk) asApplication(sql string) error {
	_, err := query(d.t, d.address, "set role anju_app", sql)
	return err
}

func query(t *testing.T, address, before, sql string, args ...any) ([]string, error) {
	t.Helper()
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, before); err != nil {
		t.Fatal(err)
	}
	rows, err := conn.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func conflict(why string) error { return &office.Error{What: office.Conflict, Why: why} }

func id() string { return uuid.Must(uuid.NewV7()).String() }

// citizen is the ID number of somebody born in Zhengzhou on 7 March 1990.
func citizen(t *testing.T, seq int) civic.CitizenID {
	t.Helper()
	id, err := civic.NewCitizenID("410102", civic.MustDate("1990-03-07"), seq)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// cast is who appears in most tests: two stations with an acceptor and a reviewer at the first.
type cast struct {
	acceptor, reviewer permit.Officer
	account            office.Account
}

func (d desk) cast() (c cast) {
	d.t.Helper()
	d.do(func(tx office.Tx) error {
		ctx := d.t.Context()
		for _, s := range []office.Station{station("xq", "350602001"), station("lw", "350603001", "350603")} {
			if err := tx.CreateStation(ctx, s); err != nil {
				return err
			}
		}
		for _, o := range []struct {
			officer *permit.Officer
			name    string
			role    access.Role
		}{{&c.acceptor, "林受理", access.Acceptor}, {&c.reviewer, "陈审核", access.Reviewer}} {
			*o.officer = permit.Officer{ID: id(), Name: o.name, Station: "xq"}
			err := tx.CreateStaff(ctx, access.StaffMember{ID: o.officer.ID, Login: string(o.role), Name: o.name, PasswordHash: "$argon2id$v=19$m=1,t=1,p=1$x$y",
				Posts: []access.Post{{Jurisdiction: city, Station: "xq", Role: o.role}}})
			if err != nil {
				return err
			}
		}
		var err error
		c.account, err = tx.AccountOf(ctx, "13800005678", "zh", now)
		return err
	})
	return c
}

func station(code string, divisions ...string) office.Station {
	return office.Station{Jurisdiction: city, Code: code, Name: civic.Text{Zh: "派出所" + code, En: "Station " + code}, Issuer: civic.Text{Zh: "公安局", En: "Police"},
		Address: civic.Text{Zh: "路1号", En: "1 Road"}, Divisions: divisions}
}

// sent is an application that somebody has sent.
type sent struct {
	permit.Application
	person permit.Person
	token  [16]byte
	key    string
}

// submit sends an application for a person of that name and number, to the station xq unless changed.
func (d desk) submit(account, name string, number civic.CitizenID, change ...func(*permit.Application)) (s sent) {
	d.t.Helper()
	d.do(func(tx office.Tx) (err error) {
		ctx := d.t.Context()
		s.person, err = tx.PersonOf(ctx, permit.Person{ID: id(), Jurisdiction: city, Name: name, IDNumber: number, EthnicGroup: "01", Phone: "13800005678"}, now)
		if err != nil {
			return err
		}
		s.key, s.token = id(), [16]byte(uuid.New())
		a := application(s.person, account)
		for _, c := range change {
			c(&a)
		}
		s.Application, _, err = tx.CreateApplication(ctx, a, s.token, submitted(a), s.key, []byte(s.key))
		return err
	})
	return s
}

func application(p permit.Person, account string) permit.Application {
	return permit.Application{Jurisdiction: p.Jurisdiction, ID: id(), Reference: permit.NewReference(p.Jurisdiction), Ruleset: "zhangzhou-2016", Kind: permit.KindIssue, Tier: "residence_permit",
		Station: "xq", Person: p.ID, Account: account, Counter: "portal", Notice: "2026-11-24", State: permit.PreApplied, SubmittedAt: now, Version: 1,
		Particulars: permit.Draft{Jurisdiction: p.Jurisdiction, Ruleset: "zhangzhou-2016", Name: p.Name, IDNumber: string(p.IDNumber), EthnicGroup: p.EthnicGroup,
			HukouDivision: "410102", County: "350602", Street: "350602001", Community: "350602001001", Detail: "新华北路八号三栋501室", Workplace: "顺风茶厂",
			RegisteredOn: civic.MustDate("2026-03-01"), Grounds: []string{"employment"}}}
}

func submitted(a permit.Application) permit.Event {
	return permit.Event{Verb: permit.VerbSubmit, State: permit.PreApplied, At: a.SubmittedAt, On: civic.DateOf(a.SubmittedAt), Counter: a.Counter}
}

// accepted and granted are what the law makes of an application, without asking a ruleset.
func accepted(a permit.Application, by permit.Officer) (permit.Application, permit.Event) {
	today := civic.DateOf(now)
	a.State, a.Version, a.AcceptedOn, a.AcceptedBy, a.PromisedBy, a.StatutoryBy = permit.InReview, a.Version+1, today, by.ID, today.AddDays(9), today.AddDays(15)
	return a, permit.Event{Verb: permit.VerbAccept, State: a.State, At: now, On: today, By: by}
}

func decided(a permit.Application, verb string, by permit.Officer) (permit.Application, permit.Event) {
	e := permit.Event{Verb: verb, At: now, On: civic.DateOf(now), By: by}
	a.State = permit.InProduction
	if verb != permit.VerbGrant {
		a.State, e.Reason, e.Note = permit.Refused, "false_particulars", "材料与本人不符，请携带原件。"
	}
	a.Version, a.DecidedOn, a.DecidedBy, e.State = a.Version+1, e.On, by.ID, a.State
	return a, e
}

// save stores what a verb has made of an application.
func save(ctx context.Context, tx office.Tx) func(permit.Application, permit.Event) error {
	return func(a permit.Application, e permit.Event) error { return tx.SaveApplication(ctx, a, e) }
}

func TestWithin(t *testing.T) {
	d := open(t)
	t.Run("an error undoes everything and is returned as it is", func(t *testing.T) {
		mine := errors.New("mine")
		err := d.try(func(tx office.Tx) error {
			if err := tx.CreateStation(t.Context(), station("xq")); err != nil {
				return err
			}
			return mine
		})
		if err != mine {
			t.Fatal(err)
		}
		if n := d.owner(`select code from station`); len(n) != 0 {
			t.Fatal("the station stayed")
		}
	})
	t.Run("a lost database is unavailable", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := d.Within(ctx, func(office.Tx) error { return nil }); err == nil {
			t.Fatal("a cancelled transaction committed")
		}
		address := strings.Replace(d.address, "anju_test", "no_such", 1)
		_, err := store.Open(t.Context(), address, storetest.Secrets())
		refused(t, err, &office.Error{What: office.Unavailable})
	})
}
