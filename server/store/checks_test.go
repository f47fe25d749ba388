package store_test

import (
	"strings"
	"testing"

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
