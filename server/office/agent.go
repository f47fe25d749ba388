package office

import (
	"context"
	"errors"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
)

// AgentTx keeps who applied for somebody else, and the consents that were given.
type AgentTx interface {
	// AddMandate stores by what right the agent of an application applied for its person, with the consents; these have ids.
	AddMandate(ctx context.Context, a permit.Application, m permit.Mandate) error
	// MandateOf returns the mandate of an application, ErrNotFound when the person applied without an agent.
	MandateOf(ctx context.Context, jurisdiction, application string) (permit.Mandate, error)
	// ConsentsOf lists the consents on applications that an account has sent, the newest first.
	ConsentsOf(ctx context.Context, account string, view ledger.Entry) ([]GivenConsent, error)
	// WithdrawConsent adds that a consent was withdrawn. Again it changes nothing (again true).
	WithdrawConsent(ctx context.Context, jurisdiction, consent, counter string, now time.Time) (again bool, err error)
}

// GivenConsent is a consent with the application that it was given for.
type GivenConsent struct {
	permit.Consent
	Jurisdiction string
	Reference    string
	Person       string // person id
}

// ActFor says whether somebody else applies for the person of the draft.
func (o *Office) ActFor(ctx context.Context, actor access.Actor, other bool) (p PreApplication, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		if p, err = o.draft(ctx, tx, actor); err != nil || other == (p.Draft.Agent != nil) {
			return err
		}
		p.Draft.SetAgent(other)
		p.UpdatedAt = o.now()
		if err := tx.SaveDraft(ctx, p.DraftRecord); err != nil {
			return err
		}
		p.Version++
		return nil
	})
	return p, err
}

// ReadAgent writes what a device has read from the agent's own card into the draft of a visit. The other answers about the agent follow; faults
// are those of name and number alone.
func (o *Office) ReadAgent(ctx context.Context, actor access.Actor, name, number, device string) (p PreApplication, faults permit.Faults, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		if p, err = o.draft(ctx, tx, actor); err != nil {
			return err
		}
		if p.Draft.Agent == nil {
			return ErrNotFound
		}
		p.Draft.Agent.Name, p.Draft.Agent.IDNumber, p.Draft.Agent.ReadByDevice = name, number, device
		p.tidy()
		for _, f := range p.Faults(permit.StepAgent) {
			if f.Field == "agent_name" || f.Field == "agent_id_number" {
				faults = append(faults, f)
			}
		}
		if len(faults) > 0 {
			return nil
		}
		p.UpdatedAt = o.now()
		if err := tx.SaveDraft(ctx, p.DraftRecord); err != nil {
			return err
		}
		p.Version++
		return nil
	})
	return p, faults, err
}

// tidyAgent brings the agent's particulars into their canonical form, and drops what is not asked for of this person.
func (p *PreApplication) tidyAgent() {
	a := p.Draft.Agent
	if a == nil {
		return
	}
	if name, err := civic.ParseName(a.Name); err == nil {
		a.Name = name
	}
	if id, err := civic.ParseCitizenID(a.IDNumber, p.Today); err == nil {
		a.IDNumber = string(id)
	}
	if years, known := p.Draft.Age(p.Today); known && years < p.Ruleset.Proxies.MinorBelow {
		a.Reason = ""
	}
	var given []string
	for _, asked := range p.Draft.ConsentsAsked(p.Ruleset, p.Today) {
		for _, code := range a.Consents {
			if code == asked.Code {
				given = append(given, code)
			}
		}
	}
	a.Consents = given
}

// mandate stores by what right an agent has applied.
func (o *Office) mandate(ctx context.Context, tx Tx, actor access.Actor, a permit.Application, p PreApplication) error {
	if a.Particulars.Agent == nil {
		return nil
	}
	m := a.Particulars.Mandate(p.Ruleset, a.Counter, a.SubmittedAt)
	var entries []ledger.Entry
	for i := range m.Consents {
		m.Consents[i].ID = newID()
		entry := o.entry(actor, ledger.ConsentGiven, m.Consents[i].Code)
		entry.Jurisdiction, entry.Person, entry.Account, entry.Object = a.Jurisdiction, a.Person, a.Account, "application/"+a.Reference
		entries = append(entries, entry)
	}
	if err := tx.AddMandate(ctx, a, m); err != nil {
		return err
	}
	return tx.Record(ctx, entries...)
}

// mandateOf is the mandate of an application, nil when the person applied without an agent.
func mandateOf(ctx context.Context, tx Tx, a permit.Application) (*permit.Mandate, error) {
	if a.Particulars.Agent == nil {
		return nil, nil
	}
	m, err := tx.MandateOf(ctx, a.Jurisdiction, a.ID)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return &m, err
}

// Consents lists the consents that a citizen has given, the newest first.
func (o *Office) Consents(ctx context.Context, actor access.Actor) (given []GivenConsent, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		given, err = tx.ConsentsOf(ctx, actor.ID, o.entry(actor, ledger.Viewed, "consent"))
		return err
	})
	return given, err
}

// WithdrawConsent takes a citizen's own consent back. What was done before stays as it was (PIPL Art. 15).
func (o *Office) WithdrawConsent(ctx context.Context, actor access.Actor, id, counter string) error {
	return o.Store.Within(ctx, func(tx Tx) error {
		given, err := tx.ConsentsOf(ctx, actor.ID, o.entry(actor, ledger.Viewed, "consent"))
		if err != nil {
			return err
		}
		for _, one := range given {
			if one.ID != id {
				continue
			}
			entry := o.entry(actor, ledger.ConsentWithdrawn, one.Code)
			entry.Jurisdiction, entry.Person, entry.Account, entry.Object = one.Jurisdiction, one.Person, actor.ID, "application/"+one.Reference
			again, err := tx.WithdrawConsent(ctx, one.Jurisdiction, id, counter, o.now())
			if err != nil || again {
				return err
			}
			return tx.Record(ctx, entry)
		}
		return ErrNotFound
	})
}
