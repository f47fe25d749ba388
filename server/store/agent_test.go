package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/policy"
)

// ward sends an application by an agent.
func (d desk) ward(account string, seq int, m permit.Mandate) sent {
	d.t.Helper()
	s := d.submit(account, "林乐乐", citizen(d.t, seq), func(a *permit.Application) {
		a.Particulars.Agent = &permit.Agent{Name: "林晓梅", IDNumber: string(citizen(d.t, 90)), Relation: m.Relation}
	})
	d.do(func(tx office.Tx) error { return tx.AddMandate(d.t.Context(), s.Application, m) })
	return s
}

// given is a consent as a guardian gives it.
func given(code string) permit.Consent {
	return permit.Consent{ID: id(), Code: code, Wording: civic.MustDate("2026-11-26"), Relation: policy.Guardian, Counter: "portal", GivenAt: now}
}

// TestConsentIsKeptAndWithdrawnAsARow: the consent stays as it was given, withdrawn twice it is withdrawn once, and a stranger's list is empty.
func TestConsentIsKeptAndWithdrawnAsARow(t *testing.T) {
	d := open(t)
	c := d.cast()
	consent := given(policy.ConsentChild)
	a := d.ward(c.account.ID, 1, permit.Mandate{For: policy.Minor, Relation: policy.Guardian, Child: true, Consents: []permit.Consent{consent}})
	d.do(func(tx office.Tx) error {
		m, err := tx.MandateOf(t.Context(), city, a.ID)
		if err != nil || m.For != policy.Minor || m.Relation != policy.Guardian || !m.Child || len(m.Consents) != 1 || m.Consents[0].Code != policy.ConsentChild || m.Consents[0].Withdrawn() {
			t.Errorf("%+v, %v", m, err)
		}
		for i, want := range []bool{false, true} {
			again, err := tx.WithdrawConsent(t.Context(), city, consent.ID, "portal", now.Add(time.Duration(i)*time.Hour))
			if err != nil || again != want {
				t.Errorf("withdrawal %d: again %v, %v", i, again, err)
			}
		}
		list, err := tx.ConsentsOf(t.Context(), c.account.ID, view)
		if err != nil || len(list) != 1 || list[0].Reference != a.Reference || list[0].Person != a.person.ID || !list[0].WithdrawnAt.Equal(now) {
			t.Errorf("%+v, %v", list, err)
		}
		none, err := tx.ConsentsOf(t.Context(), id(), view)
		if err != nil || len(none) > 0 {
			t.Errorf("a stranger's consents: %+v, %v", none, err)
		}
		return nil
	})
}

// TestTheDatabaseAsksForConsent: no child under 14 and no disability without a consent, and of a child only a guardian's.
func TestTheDatabaseAsksForConsent(t *testing.T) {
	d := open(t)
	c := d.cast()
	near := given(policy.ConsentChild)
	near.Relation = policy.NearRelative
	for i, one := range []struct {
		constraint string
		m          permit.Mandate
	}{
		{"application_agent_consent", permit.Mandate{For: policy.Minor, Relation: policy.Guardian, Child: true}},
		{"application_agent_consent", permit.Mandate{For: policy.Disabled, Relation: policy.NearRelative}},
		{"application_agent_consent", permit.Mandate{For: policy.Disabled, Relation: policy.NearRelative, Consents: []permit.Consent{given(policy.ConsentChild)}}},
		{"application_agent_child", permit.Mandate{For: policy.Minor, Relation: policy.NearRelative, Child: true, Consents: []permit.Consent{given(policy.ConsentChild)}}},
		{"application_agent_child", permit.Mandate{For: policy.Older, Relation: policy.Guardian, Child: true, Consents: []permit.Consent{given(policy.ConsentChild)}}},
		{"consent_child_by_guardian", permit.Mandate{For: policy.Minor, Relation: policy.NearRelative, Child: true, Consents: []permit.Consent{near}}},
		{"application_agent_relation_known", permit.Mandate{For: policy.Older, Relation: "neighbour"}},
		{"application_agent_principal_known", permit.Mandate{For: "tired", Relation: policy.NearRelative}},
		{"consent_once", permit.Mandate{For: policy.Minor, Relation: policy.Guardian, Child: true, Consents: []permit.Consent{given(policy.ConsentChild), given(policy.ConsentChild)}}},
	} {
		s := d.submit(c.account.ID, "林乐乐", citizen(t, 10+i), func(a *permit.Application) {
			a.Particulars.Agent = &permit.Agent{Name: "林晓梅", IDNumber: string(citizen(t, 90))}
		})
		err := d.try(func(tx office.Tx) error { return tx.AddMandate(t.Context(), s.Application, one.m) })
		if err == nil || !strings.Contains(err.Error(), one.constraint) {
			t.Errorf("%+v: not refused by %s: %v", one.m, one.constraint, err)
		}
	}
	for _, statement := range []string{`delete from consent`, `update consent set relation = 'guardian'`, `delete from consent_withdrawal`, `update consent_withdrawal set counter = 'kiosk'`,
		`update application_agent set relation = 'guardian'`, `delete from application_agent`} {
		if err := d.asApplication(statement); err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("the application may %s: %v", statement, err)
		}
	}
}

// TestNothingOfTheAgentIsReadable looks for name and number in the two tables.
func TestNothingOfTheAgentIsReadable(t *testing.T) {
	d := open(t)
	c := d.cast()
	d.ward(c.account.ID, 1, permit.Mandate{For: policy.Older, Relation: policy.NearRelative})
	rows := slices.Concat(d.owner(`select a::text from application_agent a`), d.owner(`select a::text from application a`))
	if text := strings.Join(rows, " "); strings.Contains(text, "林晓梅") || strings.Contains(text, string(citizen(t, 90))) {
		t.Error(text)
	}
}
