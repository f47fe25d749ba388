package store_test

import (
	"strings"
	"testing"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
)

// registers stores a registration that waits, and one that counts.
func (d desk) registers(c cast, seq int) (waiting, live permit.Registration) {
	d.t.Helper()
	rules := ruleset(d.t, "zhangzhou-2016")
	declare := func(n int) permit.Registration {
		draft := permit.Draft{Jurisdiction: city, Name: "张小明", IDNumber: string(citizen(d.t, n)), EthnicGroup: "01", HukouDivision: "410102", Detail: "新华路 6 号"}
		draft.SetResidence(civic.Communities("350602001")[0].Code)
		all, e, err := permit.DeclareResidence(permit.Declaration{Draft: draft, Phone: "13950600001", ArrivedOn: civic.DateOf(now)}, rules, "portal", permit.Doer{Counter: "portal"}, now)
		if err != nil {
			d.t.Fatal(err)
		}
		r := all[0]
		d.do(func(tx office.Tx) error {
			person, err := tx.PersonOf(d.t.Context(), permit.Person{ID: office.NewKey(), Jurisdiction: city, Name: draft.Name, IDNumber: civic.CitizenID(draft.IDNumber), EthnicGroup: "01", Phone: "13950600001"}, now)
			if err != nil {
				return err
			}
			serial, err := tx.NextReceipt(d.t.Context(), city, "350602", 2026, 1)
			if err != nil {
				return err
			}
			r.ID, r.Person, r.Account, r.Station, r.Number = office.NewKey(), person.ID, c.account.ID, "xq", permit.NewReceiptNumber("350602", 2026, serial)
			r.Household, r.Token = r.ID, [16]byte{byte(serial)}
			return tx.CreateRegistration(d.t.Context(), r, e, office.NewKey(), 0, []byte("body"))
		})
		return r
	}
	waiting, live = declare(seq), declare(seq+1)
	next, e, _, err := permit.ConfirmRegistration(live, nil, permit.Doer{Officer: c.acceptor}, rules, now)
	if err != nil {
		d.t.Fatal(err)
	}
	d.do(func(tx office.Tx) error { return tx.SaveRegistration(d.t.Context(), next, e) })
	return waiting, next
}

// TestRegistrationChecks: the database itself refuses what cannot be true of a registration.
func TestRegistrationChecks(t *testing.T) {
	d := open(t)
	c := d.cast()
	waiting, live := d.registers(c, 1)
	for _, test := range []struct{ constraint, table, set, of string }{
		{"registration_state_known", "registration", `state = 'good', decided_on = declared_on`, waiting.ID},
		{"registration_decision", "registration", `decided_on = declared_on`, waiting.ID},
		{"registration_counts", "registration", `state = 'confirmed', decided_on = declared_on`, waiting.ID},
		{"registration_counts", "registration", `since = declared_on`, waiting.ID},
		{"registration_counts", "registration", `since = null, half_year_on = null`, live.ID},
		{"registration_end", "registration", `ended_on = declared_on`, live.ID},
		{"registration_end", "registration", `state = 'ended', ended_on = declared_on, ended_for = 'withdrawn'`, live.ID},
		{"registration_end", "registration", `state = 'ended', ended_on = declared_on, ended_for = 'bored'`, live.ID},
		{"registration_earlier", "registration", `registered_on = registered_on - 1, since = since - 1`, live.ID},
		{"registration_earlier", "registration", `shown_by = 'labour_contract'`, live.ID},
		{"registration_dates_in_order", "registration", `since = registered_on + 1`, live.ID},
		{"registration_one_live", "registration", `person = '` + live.Person + `', state = 'confirmed', decided_on = declared_on, since = declared_on`, waiting.ID},
		{"registration_one_declared", "registration", `person = '` + waiting.Person + `', state = 'declared', decided_on = null, since = null, half_year_on = null`, live.ID},
		{"registration_number_form", "registration", `number = '350602-2026-0000001-A'`, live.ID},
		{"registration_sealed", "registration", `particulars = '{}'`, live.ID},
		{"registration_source_known", "registration", `source = 'fax'`, live.ID},
		{"registration_event_verb_gives_state", "registration_event", `state = 'ended'`, live.ID},
		{"registration_event_decided_by_staff", "registration_event", `by_staff = null, by_name = null, counter = 'portal'`, live.ID},
		{"registration_event_reason", "registration_event", `reason = 'x'`, live.ID},
		{"registration_event_day", "registration_event", `day = day + 1`, live.ID},
	} {
		column := map[string]string{"registration": "id", "registration_event": "version = 2 and registration"}[test.table]
		_, err := d.asOwner(`update `+test.table+` set `+test.set+` where `+column+` = $1`, test.of)
		if err == nil || !strings.Contains(err.Error(), `"`+test.constraint+`"`) {
			t.Errorf("%s set %s: not refused by %s: %v", test.table, test.set, test.constraint, err)
		}
	}
	for _, sql := range []string{`delete from registration`, `update registration set number = number`, `update registration_event set note = null`, `delete from half_year_reminder`} {
		if err := d.asApplication(sql); err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("the application may %s: %v", sql, err)
		}
	}
}
