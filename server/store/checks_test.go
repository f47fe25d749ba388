package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
)

// The database itself refuses what cannot be true, whoever writes it.
func TestNamedChecks(t *testing.T) {
	d := open(t)
	c := d.cast()
	pre, reviewed, issued := d.submit(c.account.ID, "张小明", citizen(t, 1)), d.submit(c.account.ID, "李四", citizen(t, 2)), d.submit(c.account.ID, "王五", citizen(t, 3))
	d.do(func(tx office.Tx) error {
		a, e := accepted(reviewed.Application, c.acceptor)
		if err := tx.SaveApplication(t.Context(), a, e); err != nil {
			return err
		}
		return save(t.Context(), tx)(decided(a, permit.VerbRefuse, c.reviewer))
	})
	number := d.issue(issued, c).Number
	for _, test := range []struct{ constraint, table, set, of string }{
		{"application_state_known", "application", `state = 'lost'`, reviewed.ID},
		{"application_kind_known", "application", `kind = 'gift'`, pre.ID},
		{"application_kind_permit", "application", `kind = 'renew'`, pre.ID},
		{"application_kind_permit", "application", `of_permit = '` + number + `'`, pre.ID},
		{"application_of_permit", "application", `kind = 'renew', of_permit = '350602-2026-0999999-K'`, pre.ID},
		{"application_acceptance", "application", `state = 'in_review'`, pre.ID},
		{"application_acceptance", "application", `accepted_on = '2026-11-24'`, pre.ID},
		{"application_acceptance", "application", `statutory_by = null`, issued.ID},
		{"application_acceptance", "application", `accepted_by = null`, issued.ID},
		{"application_decision", "application", `state = 'declined'`, pre.ID},
		{"application_decision", "application", `decided_by = null`, issued.ID},
		{"application_decision", "application", `state = 'in_review'`, reviewed.ID},
		{"application_production", "application", `state = 'to_collect'`, reviewed.ID},
		{"application_production", "application", `produced_on = null`, issued.ID},
		{"application_issue", "application", `state = 'to_collect'`, issued.ID},
		{"application_issue", "application", `permit = null`, issued.ID},
		{"application_issue", "application", `permit = '` + number + `'`, reviewed.ID},
		{"application_second_person", "application", `decided_by = accepted_by`, issued.ID},
		{"application_dates_in_order", "application", `issued_on = '2026-11-23'`, issued.ID},
		{"application_counter_known", "application", `counter = 'fax'`, pre.ID},
		{"application_reference_form", "application", `reference = '3703-0000-0000'`, pre.ID},
		{"application_version_rises", "application", `version = 0`, pre.ID},
		{"application_sealed", "application", `particulars = '{}'`, pre.ID},
		{"application_one_open", "application", `person = '` + pre.Person + `', state = 'pre_applied', accepted_on = null, accepted_by = null, statutory_by = null, promised_by = null, decided_on = null, decided_by = null`, reviewed.ID},
		{"application_event_reason", "application_event", `reason = null`, reviewed.ID},
		{"application_event_verb_gives_state", "application_event", `state = 'issued'`, reviewed.ID},
		{"application_event_day", "application_event", `day = day + 1`, reviewed.ID},
		{"application_event_officer", "application_event", `by_staff = null, by_name = null`, reviewed.ID},
		{"permit_status_known", "permit", `status = 'good'`, issued.ID},
		{"permit_dates_in_order", "permit", `valid_until = issued_on - 1`, issued.ID},
		{"permit_number_form", "permit", `division = '350603'`, issued.ID},
	} {
		column := map[string]string{"application": "id", "application_event": "version = 3 and application", "permit": "application"}[test.table]
		_, err := d.asOwner(`update `+test.table+` set `+test.set+` where `+column+` = $1`, test.of)
		if err == nil || !strings.Contains(err.Error(), `"`+test.constraint+`"`) {
			t.Errorf("%s set %s: not refused by %s: %v", test.table, test.set, test.constraint, err)
		}
	}
	if _, err := d.asOwner(`delete from permit_credential`); err != nil {
		t.Fatal(err)
	}
	if _, err := d.asOwner(`with i as (delete from residence_interval), e as (delete from permit_event) delete from permit`); err == nil || !strings.Contains(err.Error(), "application_permit") {
		t.Errorf("an issued application lost its permit: %v", err)
	}
}

func TestEvidenceHasOneHolder(t *testing.T) {
	d := open(t)
	c := d.cast()
	a := d.submit(c.account.ID, "张小明", citizen(t, 1))
	d.do(func(tx office.Tx) error { return tx.AddEvidence(t.Context(), photo(city, a.ID, "application")) })
	for set, constraint := range map[string]string{`application = null`: "evidence_one_holder", `size = 1`: "evidence_size_true", `media_type = 'text/html'`: "evidence_media_type_known"} {
		if _, err := d.asOwner(`update evidence set ` + set); err == nil || !strings.Contains(err.Error(), constraint) {
			t.Errorf("%s: %v", set, err)
		}
	}
}

// What is missing, and the clock: the database keeps apart what cannot be true together, whoever writes it.
func TestNamedChecksOfTheCourse(t *testing.T) {
	d := open(t)
	c := d.cast()
	told, reviewed := d.submit(c.account.ID, "张小明", citizen(t, 1)), d.submit(c.account.ID, "李四", citizen(t, 2))
	runs, chief := d.submit(c.account.ID, "王五", citizen(t, 3)), c.reviewer
	d.do(func(tx office.Tx) error { return save(t.Context(), tx)(accepted(runs.Application, c.acceptor)) })
	list := []permit.Deficiency{{Subject: "field-detail", Code: "unclear", Line: "缺单元号"}, {Subject: "evidence-labour_contract", Code: "absent"}}
	var course, clock permit.Course
	d.do(func(tx office.Tx) error {
		a, e := told.Application, permit.Event{Verb: permit.VerbNotify, State: permit.ToSupplement, At: now, On: civic.DateOf(now), By: c.acceptor}
		a.State, a.Version = permit.ToSupplement, 2
		course.Notices = []permit.DeficiencyNotice{{Number: 1, Version: 2, IssuedAt: now, BestBy: e.On.AddDays(15), Deficiencies: list}}
		if err := errors.Join(tx.SaveCourse(t.Context(), a, permit.Course{}, course), tx.SaveApplication(t.Context(), a, e)); err != nil {
			return err
		}
		a, e = accepted(reviewed.Application, c.acceptor)
		if err := tx.SaveApplication(t.Context(), a, e); err != nil {
			return err
		}
		for i, day := range []int{0, 0, 1} { // stops, runs, stops again
			was := clock
			on := civic.DateOf(now).AddDays(day)
			a.Version++
			e = permit.Event{Verb: permit.VerbPause, State: permit.InReview, At: now.AddDate(0, 0, day), On: on, By: c.reviewer, Reason: "site_check", Note: "核实"}
			if i == 1 {
				e.Verb, e.Reason = permit.VerbResume, ""
				a.PausedOn, a.PausedFor = civic.Date{}, ""
				clock.Pauses = slices.Clone(clock.Pauses)
				clock.Pauses[0].To, clock.Pauses[0].Ended = on, a.Version
			} else {
				a.PausedOn, a.PausedFor = on, "site_check"
				clock.Pauses = append(slices.Clone(clock.Pauses), permit.Pause{Number: len(clock.Pauses) + 1, Reason: "site_check", From: on, Began: a.Version})
			}
			if err := errors.Join(tx.SaveCourse(t.Context(), a, was, clock), tx.SaveApplication(t.Context(), a, e)); err != nil {
				return err
			}
		}
		was := clock
		a.Version++
		clock.Extensions = []permit.Extension{{Ground: "remote_area", Document: "办法", RequestedOn: e.On, RequestedBy: chief.ID, Requested: a.Version}}
		return errors.Join(tx.SaveCourse(t.Context(), a, was, clock),
			tx.SaveApplication(t.Context(), a, permit.Event{Verb: permit.VerbRequestExtension, State: permit.InReview, At: now, On: civic.DateOf(now), By: chief, Reason: "remote_area", Note: "山区"}))
	})
	for _, one := range []struct {
		of   sent
		want permit.Course
	}{{told, course}, {reviewed, clock}} { // what was stored comes back
		d.do(func(tx office.Tx) error {
			got, err := tx.Course(t.Context(), city, one.of.ID)
			if len(got.Notices) > 0 {
				got.Notices[0].IssuedAt = one.want.Notices[0].IssuedAt
			}
			if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", one.want) { // lists may be nil or empty
				t.Errorf("stored %+v, read %+v", one.want, got)
			}
			return err
		})
	}
	if lines := d.owner(`select count(*)::text from deficiency where position(convert_to('缺单元号', 'UTF8') in line) > 0`); lines[0] != "0" {
		t.Error("the line of a deficiency is not sealed")
	}
	for _, test := range []struct{ constraint, table, set, where string }{
		{"application_pause", "application", `paused_for = null`, `id = '` + reviewed.ID + `'`},
		{"application_pause", "application", `paused_on = '2026-11-25', paused_for = 'site_check'`, `id = '` + told.ID + `'`},
		{"application_pause", "application", `state = 'in_production', decided_on = '2026-11-25', decided_by = '` + c.reviewer.ID + `'`, `id = '` + reviewed.ID + `'`},
		{"application_pause_reason", "application", `paused_for = 'lunch'`, `id = '` + reviewed.ID + `'`},
		{"application_paused_by", "application", `paused_on = '2026-11-24', paused_for = 'site_check'`, `id = '` + runs.ID + `'`},
		{"clock_pause_shown", "application", `paused_on = null, paused_for = null`, `id = '` + reviewed.ID + `'`},
		{"application_acceptance", "application", `accepted_on = '2026-11-24'`, `id = '` + told.ID + `'`},
		{"application_event_reason", "application_event", `reason = null`, `verb = 'pause'`},
		{"application_event_note", "application_event", `note = null`, `verb = 'pause'`},
		{"application_event_officer", "application_event", `by_staff = null, by_name = null`, `verb = 'notify'`},
		{"application_event_verb_gives_state", "application_event", `state = 'issued'`, `verb = 'notify'`},
		{"clock_pause_in_order", "clock_pause", `from_day = '2026-11-23'`, `number = 2`}, // before the one before has ended
		{"clock_pause_in_order", "clock_pause", `previous = null`, `number = 2`},
		{"clock_pause_previous", "clock_pause", `to_day = '2026-11-30'`, `number = 1`}, // the next one began before
		{"clock_pause_end", "clock_pause", `to_day = '2026-11-30'`, `number = 2`},
		{"clock_pause_reason_known", "clock_pause", `reason = 'lunch'`, `number = 1`},
		{"clock_extension_second_person", "clock_extension", `decided = 9, decided_on = '2026-11-25', decided_by = requested_by, granted = true`, `true`},
		{"clock_extension_decision", "clock_extension", `granted = true`, `true`},
		{"deficiency_code_known", "deficiency", `code = 'absent'`, `subject = 'field-detail'`},
		{"deficiency_subject_form", "deficiency", `subject = 'anything'`, `position = 2`},
		{"deficiency_subject_once", "deficiency", `subject = 'field-detail', code = 'unclear'`, `position = 2`},
		{"deficiency_notice_first_needs_none", "deficiency_notice", `allowed = 1`, `true`},
	} {
		_, err := d.asOwner(`update ` + test.table + ` set ` + test.set + ` where ` + test.where)
		if err == nil || !strings.Contains(err.Error(), `"`+test.constraint+`"`) {
			t.Errorf("%s set %s: not refused by %s: %v", test.table, test.set, test.constraint, err)
		}
	}
	if _, err := d.asOwner(`insert into clock_extension select jurisdiction, application, 4, requested_on, requested_by, ground, document from clock_extension`); err == nil || !strings.Contains(err.Error(), "clock_extension_once") {
		t.Errorf("a second extension: %v", err)
	}
	for _, sql := range []string{`update clock_pause set from_day = '2026-01-01'`, `delete from clock_pause`, `update deficiency set code = 'differs'`, `delete from deficiency_notice`, `update supplement set changed = '{}'`} {
		if err := d.asApplication(sql); err == nil {
			t.Errorf("the application may %s", sql)
		}
	}
}
