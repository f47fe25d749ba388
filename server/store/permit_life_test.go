package store_test

import (
	"context"
	"log/slog"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/policy"
	"anju/server/scene"
)

// change saves what a verb has made of a permit.
func (d desk) change(c permit.Change, err error) permit.Permit {
	d.t.Helper()
	if err == nil {
		err = d.try(func(tx office.Tx) error { return tx.SavePermit(d.t.Context(), c) })
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return c.Permit
}

// later is the morning of a day n months after now.
func later(months, days int) time.Time {
	return civic.DateOf(now).AddMonths(months).AddDays(days).Start().Add(9 * time.Hour)
}

// lives is a permit to which everything has happened: endorsed late, lost and found, proposed to be cancelled, kept, cancelled.
func lives(d desk, c cast) (permit.Permit, permit.Person) {
	d.t.Helper()
	r := ruleset(d.t, "zhangzhou-2016")
	a := d.submit(c.account.ID, "张小明", citizen(d.t, 1))
	p := d.issue(a, c)
	clerk, chief, home := permit.Doer{Officer: c.acceptor}, permit.Doer{Officer: c.reviewer}, permit.Doer{Counter: "portal"}
	p = d.change(permit.Endorse(p, permit.Confirmation{Confirmed: true, Ground: "employment"}, home, r, later(13, 0)))
	p = d.change(permit.ReportLoss(p, permit.Doer{Counter: "kiosk"}, "", later(14, 0)))
	p = d.change(permit.WithdrawLoss(p, clerk, "在家里找到了。", later(15, 0)))
	p = d.change(permit.ProposeCancelling(p, nil, "合同上的公司不存在。", clerk, later(16, 0)))
	open := &permit.Proposal{State: permit.ProposalOpen, ProposedBy: c.acceptor}
	p = d.change(permit.RejectCancelling(p, open, "公司存在。", chief, later(16, 1)))
	return d.change(permit.Cancel(p, nil, permit.GroundLeftCity, "", clerk, later(17, 0))), a.person
}

func TestPermitLifeIsReadAsItWasWritten(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	c := d.cast()
	p, person := lives(d, c)
	d.do(func(tx office.Tx) error {
		l, err := tx.PermitLife(ctx, city, p.Number)
		if err != nil {
			return err
		}
		var verbs []string
		for _, e := range l.Events {
			verbs = append(verbs, e.Verb+" "+string(e.Status)+" "+e.On.String()+" "+e.By.Name+e.Counter+" "+e.Reason+e.Note)
		}
		want := []string{"issue active 2026-11-24 林受理 ", "suspend suspended 2027-11-25  ", "endorse active 2027-12-24 portal ", "report_loss lost 2028-01-24 kiosk ",
			"withdraw_loss active 2028-02-24 林受理 在家里找到了。", "propose_cancelling active 2028-03-24 林受理 false_materials合同上的公司不存在。",
			"reject_cancellation active 2028-03-25 陈审核 公司存在。", "cancel cancelled 2028-04-24 林受理 left_city"}
		if !reflect.DeepEqual(verbs, want) {
			t.Errorf("%q", verbs)
		}
		day := civic.MustDate
		if want := []permit.Endorsement{{DueOn: day("2027-11-24"), On: day("2027-12-24"), NextDue: day("2028-12-24"), Ground: "employment", Restarted: true, Counter: "portal"}}; !reflect.DeepEqual(l.Endorsements, want) {
			t.Errorf("%+v", l.Endorsements)
		}
		if want := []permit.LossReport{{State: permit.LossWithdrawn, ReportedOn: day("2028-01-24"), EndedOn: day("2028-02-24"), Counter: "kiosk"}}; !reflect.DeepEqual(l.Losses, want) {
			t.Errorf("%+v", l.Losses)
		}
		if got := l.Proposal; got == nil || got.State != permit.ProposalRejected || got.ProposedBy != c.acceptor || got.DecidedBy != c.reviewer || got.Note != "合同上的公司不存在。" {
			t.Errorf("%+v", got)
		}
		lines, err := tx.ResidenceOf(ctx, city, person.ID)
		if want := (permit.Residence{{Reason: "registered", From: day("2026-03-01"), On: day("2026-11-24"), Permit: p.Number},
			{Reason: "late_endorsement", From: day("2027-12-24"), Until: day("2027-11-24"), On: day("2027-12-24"), Permit: p.Number},
			{Reason: "cancelled", Until: day("2028-04-24"), On: day("2028-04-24"), Permit: p.Number}}); !reflect.DeepEqual(lines, want) {
			t.Errorf("%+v", lines)
		}
		return err
	})
	found := d.owner(`select status || ' ' || status_since || ' ' || endorse_from || ' ' || endorse_by || ' ' || version from permit`)
	if found[0] != "cancelled 2028-04-24 2027-12-24 2028-12-24 8" {
		t.Error(found)
	}
}

// An issue from before the table was made has no name of its own: it is read in the history of the application.
func TestABackfilledIssueNamesItsOfficer(t *testing.T) {
	d := open(t)
	c := d.cast()
	p := d.issue(d.submit(c.account.ID, "张小明", citizen(t, 1)), c)
	d.owner(`update permit_event set by_name = null returning ''`)
	d.do(func(tx office.Tx) error {
		l, err := tx.PermitLife(t.Context(), city, p.Number)
		if err == nil && (len(l.Events) != 1 || l.Events[0].By != c.acceptor) {
			t.Errorf("%+v", l.Events)
		}
		return err
	})
}

func TestOfTwoVerbsAtOnceOneIsSaved(t *testing.T) {
	d := open(t)
	c := d.cast()
	p := d.issue(d.submit(c.account.ID, "张小明", citizen(t, 1)), c)
	r := ruleset(t, "zhangzhou-2016")
	first, err := permit.Endorse(p, permit.Confirmation{Confirmed: true, Ground: "dwelling"}, permit.Doer{Counter: "kiosk"}, r, later(12, 0))
	d.change(first, err)
	refused(t, d.try(func(tx office.Tx) error { return tx.SavePermit(t.Context(), first) }), office.ErrStale)
	first.Permit.Version++ // as if it had seen the newest version
	refused(t, d.try(func(tx office.Tx) error { return tx.SavePermit(t.Context(), first) }), conflict("endorsed_already"))
}

// The database itself refuses a life that could not have happened, whoever writes it.
func TestNamedChecksOfALife(t *testing.T) {
	d := open(t)
	c := d.cast()
	p, _ := lives(d, c)
	active := d.issue(d.submit(c.account.ID, "李四", citizen(t, 2)), c)
	for _, test := range []struct{ constraint, statement string }{
		{"permit_status_dates", `update permit set status = 'suspended' where number = '` + active.Number + `'`},
		{"permit_status_dates", `update permit set status = 'expired' where number = '` + active.Number + `'`},
		{"permit_status_dates", `update permit set status_since = endorse_by + 1 where number = '` + active.Number + `'`},
		{"permit_status_dates", `update permit set status_since = issued_on - 1 where number = '` + active.Number + `'`},
		{"permit_endorsement_years", `update permit set endorse_from = null where number = '` + active.Number + `'`},
		{"permit_endorsement_years", `update permit set endorse_from = endorse_by where number = '` + active.Number + `'`},
		{"permit_version_rises", `update permit set version = 0 where number = '` + active.Number + `'`},
		{"permit_version_is_an_event", `update permit set version = 2 where number = '` + active.Number + `'`},
		{"permit_event_verb_gives_status", `update permit_event set status = 'lost' where verb = 'endorse'`},
		{"permit_event_rule", `update permit_event set counter = 'portal' where verb = 'suspend'`},
		{"permit_event_rule", `update permit_event set counter = null where verb = 'endorse'`},
		{"permit_event_day", `update permit_event set day = day + 1 where verb = 'endorse'`},
		{"permit_event_day", `update permit_event set day = day + 90 where verb = 'suspend'`},
		{"permit_event_reason", `update permit_event set reason = null where verb = 'cancel'`},
		{"permit_event_reason", `update permit_event set reason = 'bad_mood' where verb = 'cancel'`},
		{"permit_event_officer", `update permit_event set by_name = null where verb = 'cancel'`},
		{"permit_event_decided_by_staff", `update permit_event set by_staff = null, by_name = null, counter = 'portal' where verb = 'cancel'`},
		{"permit_event_first_is_issue", `update permit_event set verb = 'endorse' where verb = 'issue'`},
		{"permit_event_counter_known", `update permit_event set counter = 'fax' where verb = 'endorse'`},
		{"endorsement_pk", `insert into endorsement select jurisdiction, permit, due_on, 4, endorsed_on, next_due, ground, false from endorsement`},
		{"endorsement_restarts_late", `update endorsement set endorsed_on = due_on`},
		{"endorsement_dates_in_order", `update endorsement set next_due = due_on`},
		{"loss_report_end", `update loss_report set state = 'open'`},
		{"loss_report_end", `update loss_report set ended = null`},
		{"loss_report_dates_in_order", `update loss_report set ended_on = reported_on - 1`},
		{"cancellation_proposal_second_person", `update cancellation_proposal set decided_by = proposed_by`},
		{"cancellation_proposal_decision", `update cancellation_proposal set state = 'open'`},
		{"residence_interval_reason_known", `update residence_interval set reason = 'holiday'`},
		{"residence_interval_days", `update residence_interval set until_on = null where reason = 'cancelled'`},
		{"residence_interval_days", `update residence_interval set until_on = from_on where reason = 'late_endorsement'`},
		{"residence_interval_days", `update residence_interval set from_on = written_on + 1 where reason = 'registered'`},
	} {
		_, err := d.asOwner(test.statement)
		if err == nil || !strings.Contains(err.Error(), `"`+test.constraint+`"`) {
			t.Errorf("%s: not refused by %s: %v", test.statement, test.constraint, err)
		}
	}
	d.owner(`insert into permit_event select jurisdiction, permit, 9, 'report_loss', 'lost', at, day, null, null, null, 'kiosk', null, null from permit_event where verb = 'endorse' returning ''`)
	d.owner(`insert into loss_report (jurisdiction, permit, version, state, reported_on) select jurisdiction, permit, 9, 'open', day from permit_event where version = 9 returning ''`)
	if _, err := d.asOwner(`update loss_report set state = 'open', ended_on = null, ended = null where version < 9`); err == nil || !strings.Contains(err.Error(), "loss_report_one_open") {
		t.Error("two open reports of one permit:", err)
	}
	for _, table := range []string{"permit_event", "endorsement", "residence_interval"} {
		for _, statement := range []string{`delete from ` + table, `update ` + table + ` set permit = '` + p.Number + `'`} {
			if err := d.asApplication(statement); err == nil || !strings.Contains(err.Error(), "permission denied") {
				t.Errorf("the application may %s: %v", statement, err)
			}
		}
	}
}

func TestPermitsOfANumber(t *testing.T) {
	d := open(t)
	c := d.cast()
	a := d.submit(c.account.ID, "张小明", citizen(t, 1))
	p := d.issue(a, c)
	for name, one := range map[string]struct {
		cities []string
		id     civic.CitizenID
		n      int
	}{"the city": {[]string{other, city}, citizen(t, 1), 1}, "another city": {[]string{other}, citizen(t, 1), 0}, "another person": {[]string{city}, citizen(t, 2), 0}} {
		d.do(func(tx office.Tx) error {
			list, err := tx.PermitsOfNumber(t.Context(), one.cities, one.id, view)
			if len(list) != one.n || one.n == 1 && list[0].Permit.Number != p.Number {
				t.Errorf("%s: %+v", name, list)
			}
			return err
		})
	}
	err := d.try(func(tx office.Tx) error {
		_, err := tx.LockPermit(t.Context(), office.PermitFinder{Jurisdiction: city, Number: p.Number, IDNumber: citizen(t, 2)}, view)
		return err
	})
	refused(t, err, office.ErrNotFound)
}

func ruleset(t *testing.T, id string) *policy.Ruleset {
	t.Helper()
	book, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	r, ok := book.Ruleset(id)
	if !ok {
		t.Fatal(id)
	}
	return r
}

// TestResidenceOfEarlierPermitsIsWrittenOnce has four programs do the daily job at once in a city whose permits are older than the lines.
func TestResidenceOfEarlierPermitsIsWrittenOnce(t *testing.T) {
	d := open(t)
	c := d.cast()
	h, err := scene.NewHouse(t.Context(), d.Store, "http://example.com", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		d.issue(d.submit(c.account.ID, "张小明", citizen(t, i+1)), c)
	}
	d.owner(`delete from residence_interval returning ''`)
	var wait sync.WaitGroup
	ended := make(chan error, 4)
	d.do(func(tx office.Tx) error { // another program is at it
		if err := tx.LockDaily(t.Context(), city); err != nil {
			return err
		}
		for range 4 {
			wait.Go(func() {
				_, err := h.Office.Daily(context.Background())
				ended <- err
			})
		}
		select {
		case err := <-ended:
			t.Errorf("a daily job did not wait for the one that runs: %v", err)
			ended <- err
		case <-time.After(300 * time.Millisecond):
		}
		return nil
	})
	wait.Wait()
	for range 4 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if got := d.owner(`select count(*) || ' ' || count(distinct permit) || ' ' || min(from_on) || ' ' || max(reason) from residence_interval`); got[0] != "20 20 2026-03-01 registered" {
		t.Error(got)
	}
}
