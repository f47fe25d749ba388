package office

import (
	"context"
	"errors"
	"slices"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
	"anju/server/policy"
)

// PreApplication is a draft as a counter shows it: the answers, the documents, the law that asks for them.
type PreApplication struct {
	DraftRecord
	Ruleset  *policy.Ruleset
	Status   policy.Status
	Evidence []Evidence
	Today    civic.Date

	Registration *permit.Registration // on record, from which the date is taken; nil where there is none

	Confirmed []permit.SystemConfirmation // papers that another system has confirmed
}

// Kinds returns the kinds of the documents that are there, on paper or confirmed by another system.
func (p PreApplication) Kinds() []permit.EvidenceKind {
	kinds := make([]permit.EvidenceKind, len(p.Evidence))
	for i, e := range p.Evidence {
		kinds[i] = e.Kind
	}
	for _, c := range p.Confirmed {
		kinds = append(kinds, permit.EvidenceKind(c.What))
	}
	return kinds
}

// Steps, Next, Reachable and Faults ask the draft with the law and the day that belong to it.
func (p PreApplication) Steps() []permit.Step { return p.Draft.Steps(p.Ruleset) }

// Next is the first step that is not answered yet.
func (p PreApplication) Next() permit.Step { return p.Draft.Next(p.Ruleset, p.Kinds(), p.Today) }

// Reachable reports whether a step may be shown now.
func (p PreApplication) Reachable(step permit.Step) bool {
	return p.Draft.Reachable(step, p.Ruleset, p.Kinds(), p.Today)
}

// First is the step that a draft begins with: also one that is answered from the record is shown once.
func (p PreApplication) First() permit.Step { return p.Steps()[0] }

// Faults returns what is wrong in a step.
func (p PreApplication) Faults(step permit.Step) permit.Faults {
	return p.Draft.Check(step, p.Ruleset, p.Kinds(), p.Today)
}

// StartDraft begins a pre-application in a city, or returns the one that the owner has already begun. A draft that was begun in
// another city is begun anew when restart is set; its answers about the person are kept.
func (o *Office) StartDraft(ctx context.Context, actor access.Actor, jurisdiction string, restart bool) (p PreApplication, err error) {
	r, _, err := o.InForce(jurisdiction)
	if err != nil {
		return p, err
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		record, err := tx.DraftOf(ctx, actor.ID, o.entry(actor, ledger.Viewed, "draft"))
		kept := permit.Draft{}
		switch {
		case err == nil && (record.Jurisdiction == jurisdiction && record.Draft.Business() == permit.KindIssue || !restart):
			p, err = o.preApplication(ctx, tx, record)
			return err
		case err == nil:
			old := record.Draft
			kept = permit.Draft{Name: old.Name, IDNumber: old.IDNumber, EthnicGroup: old.EthnicGroup, HukouDivision: old.HukouDivision, ReadByDevice: old.ReadByDevice, Agent: old.Agent}
			if err := tx.DeleteDraft(ctx, record); err != nil {
				return err
			}
		case !errors.Is(err, ErrNotFound):
			return err
		}
		kept.Jurisdiction, kept.Ruleset = jurisdiction, r.ID
		if tiers := permit.TierChoices(r); len(tiers) == 1 {
			kept.Tier = tiers[0].Code
		}
		record = DraftRecord{Jurisdiction: jurisdiction, ID: newID(), Owner: actor.ID, OwnerKind: actor.Kind, Draft: kept, UpdatedAt: o.now(), Version: 1}
		if err := tx.CreateDraft(ctx, record); err != nil {
			return err
		}
		entry := o.entry(actor, ledger.Drafted, "")
		entry.Jurisdiction, entry.Object, entry.Account = jurisdiction, "draft/"+record.ID, accountOf(actor)
		if err := tx.Record(ctx, entry); err != nil {
			return err
		}
		p, err = o.preApplication(ctx, tx, record)
		return err
	})
	return p, err
}

// accountOf is the account of an actor who is a citizen.
func accountOf(actor access.Actor) string {
	if actor.Kind == access.Citizen {
		return actor.ID
	}
	return ""
}

// Draft returns the pre-application that the actor is filling in.
func (o *Office) Draft(ctx context.Context, actor access.Actor) (p PreApplication, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		p, err = o.draft(ctx, tx, actor)
		return err
	})
	return p, err
}

func (o *Office) draft(ctx context.Context, tx Tx, actor access.Actor) (PreApplication, error) {
	record, err := tx.DraftOf(ctx, actor.ID, o.entry(actor, ledger.Viewed, "draft"))
	if err != nil {
		return PreApplication{}, err
	}
	return o.preApplication(ctx, tx, record)
}

func (o *Office) preApplication(ctx context.Context, tx Tx, record DraftRecord) (PreApplication, error) {
	p := PreApplication{DraftRecord: record, Today: o.Today()}
	var err error
	if p.Ruleset, err = o.Ruleset(record.Draft.Ruleset); err != nil {
		return p, err
	}
	p.Status = p.Ruleset.StatusOn(p.Today, o.Extensions)
	if p.Evidence, err = tx.EvidenceOf(ctx, record.Jurisdiction, record.ID); err != nil {
		return p, err
	}
	if err = o.restOnRecord(ctx, tx, &p); err != nil {
		return p, err
	}
	p.Confirmed, err = o.confirmedPapers(ctx, tx, p)
	return p, err
}

// SaveStep writes the answers of one step into the draft, if they are good; else it returns the faults and the draft with the answers
// as they were given, unsaved, so that the page can show both.
func (o *Office) SaveStep(ctx context.Context, actor access.Actor, step permit.Step, answer func(*permit.Draft)) (p PreApplication, faults permit.Faults, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		if p, err = o.draft(ctx, tx, actor); err != nil {
			return err
		}
		before := p.Draft.IDNumber
		answer(&p.Draft)
		p.tidy()
		if err := o.restOnRecord(ctx, tx, &p); err != nil {
			return err
		}
		if faults = p.Faults(step); len(faults) == 0 && step == permit.StepResidence && p.Draft.Was == AddressLine(p.Draft) {
			faults = permit.Faults{{Field: "detail", Code: "address_same"}}
		}
		if len(faults) > 0 {
			return nil
		}
		if err := o.limitIdentities(ctx, tx, actor, before, p.Draft.IDNumber); err != nil {
			return err
		}
		if p.Confirmed, err = o.confirmedPapers(ctx, tx, p); err != nil {
			return err
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

// tidy brings answers into their canonical form where they have one, and drops grounds that the tier does not ask for.
func (p *PreApplication) tidy() {
	p.Draft = p.Draft.Tidied(p.Today)
	d := &p.Draft
	p.tidyAgent()
	choices := d.GroundChoices(p.Ruleset)
	d.Grounds = slices.DeleteFunc(d.Grounds, func(g string) bool {
		return !slices.ContainsFunc(choices, func(c policy.Ground) bool { return c.Code == g })
	})
}

// DropDraft deletes the pre-application that the actor is filling in, with its documents. No draft is no error.
func (o *Office) DropDraft(ctx context.Context, actor access.Actor) error {
	err := o.Store.Within(ctx, func(tx Tx) error {
		p, err := o.draft(ctx, tx, actor)
		if err != nil {
			return err
		}
		return tx.DeleteDraft(ctx, p.DraftRecord)
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// Eligibility asks the law about a draft as it stands today.
func (o *Office) Eligibility(p PreApplication) policy.EligibilityAnswer {
	return policy.Eligibility(p.Ruleset, p.Status, p.Draft.Query(p.Ruleset, p.Today))
}

// draftLife is how long a draft that nobody touches is kept (PIPL Art. 19: no longer than needed).
const draftLife = 30 * 24 * time.Hour

// Tidy deletes drafts that nobody has touched for 30 days, and whatever else has served its purpose. It may run twice, or late,
// without harm.
func (o *Office) Tidy(ctx context.Context) (deleted int, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		drafts, err := tx.PurgeDrafts(ctx, o.now().Add(-draftLife))
		if err != nil {
			return err
		}
		swept, err := tx.Sweep(ctx, o.now())
		deleted = drafts + swept
		return err
	})
	return deleted, err
}
