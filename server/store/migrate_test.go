package store_test

import (
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"anju/server/ledger"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/store"
	"anju/server/store/storetest"
)

func TestMigrateTwiceAtOnce(t *testing.T) {
	t.Parallel()
	address := storetest.Empty(t)
	var wait sync.WaitGroup
	errs := make([]error, 3)
	for i := range errs {
		wait.Go(func() { errs[i] = store.Migrate(t.Context(), address) })
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	storetest.OpenAt(t, address)
}

func TestOpenRefusesAnotherSchema(t *testing.T) {
	t.Parallel()
	_, err := store.Open(t.Context(), storetest.Empty(t), storetest.Secrets())
	refused(t, err, &office.Error{What: office.Unavailable})

	address := storetest.Database(t)
	d := desk{storetest.OpenAt(t, address), t, address}
	d.owner(`insert into goose_db_version (version_id, is_applied) values (99999, true) returning 'x'`)
	refused(t, d.Ready(t.Context()), &office.Error{What: office.Unavailable, Why: "schema"})
}

// The role of the application may add to the ledger and to the history, and read them: nothing else.
func TestApplicationRole(t *testing.T) {
	d := open(t)
	d.do(func(tx office.Tx) error { return tx.Record(t.Context(), view) })
	c := d.cast()
	d.submit(c.account.ID, "张小明", citizen(t, 1))
	for _, statement := range []string{
		`update ledger_entry set purpose = 'x'`, `delete from ledger_entry`, `truncate ledger_entry`,
		`update application_event set reason = 'x'`, `delete from application_event`, `truncate application_event`,
		`delete from application`, `update application set reference = '3506-0000-0000'`, `delete from permit`, `delete from person`, `truncate person cascade`,
		`update staff set login = 'x'`, `delete from staff`, `delete from account`, `update signing_key set private = null`, `delete from station`,
		`alter table ledger_entry add x int`, `drop table message`, `create table mine (x int)`, `update goose_db_version set is_applied = false`,
	} {
		if err := d.asApplication(statement); err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	if n := d.owner(`select count(*)::text from ledger_entry where action = $1`, string(ledger.Viewed)); n[0] != "1" {
		t.Fatal(n)
	}
}

// Whoever the pool signs in as, work is done as anju_app and within its time limits.
func TestWorksAsApplication(t *testing.T) {
	d := open(t)
	d.owner(`create function spy() returns trigger language plpgsql as $$ begin
		new.station = current_user || ' ' || current_setting('statement_timeout') || ' ' || current_setting('lock_timeout') || ' '
			|| current_setting('idle_in_transaction_session_timeout');
		return new; end $$`)
	d.owner(`create trigger spy before insert on ledger_entry for each row execute function spy()`)
	d.do(func(tx office.Tx) error { return tx.Record(t.Context(), view) })
	if got := d.owner(`select station from ledger_entry`); got[0] != "anju_app 10s 5s 15s" {
		t.Fatal(got)
	}
}

// Tables that grow with people carry the city in their primary key.
func TestJurisdictionInKeys(t *testing.T) {
	d := open(t)
	nationwide := "account session challenge throttle staff post parked_form signing_key message calendar_year goose_db_version ledger_action"
	for _, table := range d.owner(`select c.relname::text from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and not exists (
			select from pg_constraint k join pg_attribute a on a.attrelid = c.oid and a.attnum = any (k.conkey)
			where k.conrelid = c.oid and k.contype = 'p' and a.attname = 'jurisdiction')`) {
		if !strings.Contains(" "+nationwide+" ", " "+table+" ") {
			t.Errorf("the primary key of %s has no jurisdiction", table)
		}
	}
	for _, constraint := range d.owner(`select k.conname::text from pg_constraint k join pg_class c on c.oid = k.conrelid
		where k.contype = 'u' and c.relnamespace = 'public'::regnamespace and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'jurisdiction')
			and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attnum = any (k.conkey) and a.attname = 'jurisdiction')`) {
		t.Errorf("%s has no jurisdiction", constraint)
	}
}

// TestPermitsFromBeforeTheirLifeWasKept takes a database back to before the tables of the life were made, with a permit in it, and runs
// that migration again: the issue is the first event, and the residence waits for the daily job, which can read the sealed registration.
func TestPermitsFromBeforeTheirLifeWasKept(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	c := d.cast()
	p := d.issue(d.submit(c.account.ID, "张小明", citizen(t, 1)), c)
	for _, statement := range []string{
		`alter table permit drop constraint permit_version_is_an_event, drop constraint permit_status_dates, drop constraint permit_endorsement_years`,
		`drop table residence_interval, cancellation_proposal, loss_report, endorsement, permit_event cascade`, `drop index permit_to_suspend, permit_to_expire`,
		`alter table permit drop column endorse_from, drop column status_since, drop column version`,
	} {
		d.owner(statement)
	}
	body, err := os.ReadFile("migrations/00010_permit_life.sql")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(ctx, d.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.PgConn().Exec(ctx, string(body)).ReadAll(); err != nil {
		t.Fatal(err)
	}
	d.do(func(tx office.Tx) error {
		found, err := tx.FindPermit(ctx, office.PermitFinder{Token: p.Token}, view)
		if err != nil || found.Permit != p {
			t.Errorf("%+v, %v", found.Permit, err)
		}
		l, err := tx.PermitLife(ctx, city, p.Number)
		if err != nil || len(l.Events) != 1 || l.Events[0].Verb != permit.VerbIssue || l.Events[0].By != c.acceptor || l.Events[0].On != p.IssuedOn {
			t.Errorf("%+v, %v", l.Events, err)
		}
		waiting, err := tx.Unreckoned(ctx, city, 10)
		if len(waiting) != 1 || waiting[0].Permit != p.Number || waiting[0].Particulars.RegisteredOn.IsZero() {
			t.Errorf("%+v", waiting)
		}
		return err
	})
}
