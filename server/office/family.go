package office

import (
	"context"
	"slices"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
)

// FamilyTx finds what belongs to one household: applications that one account has sent, and documents that several of them hold.
type FamilyTx interface {
	// HouseholdOf lists the other applications under way of the account that sent this one, as far as the scope reaches.
	HouseholdOf(ctx context.Context, scope access.Scope, a permit.Application, view ledger.Entry) ([]Case, error)
	// SharedEvidence lists the documents of an application that other applications under way of its account hold too, by content.
	SharedEvidence(ctx context.Context, a permit.Application) ([]SharedDocument, error)
}

// SharedDocument is a document that another application of the household holds too.
type SharedDocument struct {
	Kind        permit.EvidenceKind
	Application string // id of the other application
	Reference   string
}

// Relative begins the draft of another member of the family of whoever an application is about: with the address, and with copies of the
// documents of the home. A copy is a document of its own, so that taking one away never takes the other.
func (o *Office) Relative(ctx context.Context, actor access.Actor, reference string, acts bool) (p PreApplication, err error) {
	ref, ok := permit.ParseReference(reference)
	if !ok {
		return p, ErrNotFound
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		c, err := tx.FindApplication(ctx, Finder{Jurisdiction: permit.JurisdictionOf(ref), Reference: ref, Account: actor.ID}, o.entry(actor, ledger.Viewed, "family"))
		if err != nil {
			return err
		}
		a := c.Application
		if a.Particulars.Business() != permit.KindIssue {
			return ErrNotFound
		}
		r, _, err := o.InForce(a.Jurisdiction)
		if err != nil {
			return err
		}
		record := DraftRecord{Jurisdiction: a.Jurisdiction, ID: newID(), Owner: actor.ID, OwnerKind: actor.Kind, Draft: a.Particulars.Relative(r, acts, o.Today()), UpdatedAt: o.now(), Version: 1}
		if err := tx.CreateDraft(ctx, record); err != nil {
			return err
		}
		entry := o.entry(actor, ledger.Drafted, "family")
		entry.Jurisdiction, entry.Object, entry.Account = a.Jurisdiction, "draft/"+record.ID, accountOf(actor)
		if err := tx.Record(ctx, entry); err != nil {
			return err
		}
		documents, err := tx.EvidenceOf(ctx, a.Jurisdiction, a.ID)
		if err != nil {
			return err
		}
		for _, e := range documents {
			if len(record.Draft.CheckEvidenceKind(r, e.Kind)) > 0 || !slices.Contains(permit.HouseholdKinds(r), e.Kind) {
				continue
			}
			if err := o.copyEvidence(ctx, tx, actor, e, record.ID, "draft"); err != nil {
				return err
			}
		}
		p, err = o.preApplication(ctx, tx, record)
		return err
	})
	return p, err
}

// copyEvidence gives another draft or application of the household a copy of a document; the same one again makes no second.
func (o *Office) copyEvidence(ctx context.Context, tx Tx, actor access.Actor, e Evidence, holder, kind string) error {
	have, err := tx.EvidenceOf(ctx, e.Jurisdiction, holder)
	if err != nil {
		return err
	}
	if e, err = tx.Evidence(ctx, e.Jurisdiction, e.Holder, e.ID, o.entry(actor, ledger.Viewed, "family")); err != nil {
		return err
	}
	e.ID, e.Holder, e.HolderKind, e.AddedAt = newID(), holder, kind, o.now()
	_, err = o.attach(ctx, tx, actor, have, e, MaxEvidence+len(have))
	return err
}

// passOn gives a document that was added to one application, in the place of one that several of the household hold, to the others too: who
// was told once that the lease cannot be read sends it once.
func (o *Office) passOn(ctx context.Context, tx Tx, actor access.Actor, added Evidence, shared []SharedDocument) error {
	for _, one := range shared {
		if one.Kind != added.Kind {
			continue
		}
		if err := o.copyEvidence(ctx, tx, actor, added, one.Application, "application"); err != nil {
			return err
		}
	}
	return nil
}

// Household lists the other applications under way of the same household, at the officer's stations.
func (o *Office) Household(ctx context.Context, actor access.Actor, a permit.Application) (cases []Case, err error) {
	if a.Account == "" {
		return nil, nil
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		cases, err = tx.HouseholdOf(ctx, actor.Scope(), a, o.entry(actor, ledger.Listed, "family"))
		for i := range cases {
			cases[i] = asDeclared(cases[i])
		}
		return err
	})
	return cases, err
}

// OwnPermits returns the permit of an account with the number, and the account's other permits that are in use. Without a number it is the
// newest of the account's own holder, and failing that the newest that it keeps for somebody else.
func (o *Office) OwnPermits(ctx context.Context, actor access.Actor, number string) (file PermitFile, others []PermitCase, err error) {
	permits, err := o.Permits(ctx, actor)
	if err != nil {
		return file, nil, err
	}
	at := slices.IndexFunc(permits, func(c PermitCase) bool { return number == c.Permit.Number || number == "" && c.Mandate == nil })
	if at < 0 && number == "" && len(permits) > 0 {
		at = 0
	}
	if at < 0 {
		return file, nil, ErrNotFound
	}
	chosen := permits[at]
	for _, c := range permits {
		seen := slices.ContainsFunc(others, func(o PermitCase) bool { return o.Permit.Person == c.Permit.Person })
		if c.Permit.Person != chosen.Permit.Person && !seen {
			others = append(others, c)
		}
	}
	file, err = o.permitFile(ctx, actor, ownFinder(actor, chosen.Permit.Jurisdiction, chosen.Permit.Number), "permit")
	return file, others, err
}

// MayAct says whether whoever keeps a permit for its holder may do a kind of business for them today; nil for the holder's own permit.
func (f PermitFile) MayAct(kind string, today civic.Date) error {
	if f.Mandate == nil {
		return nil
	}
	return f.Mandate.ActsOn(kind, f.Holder.IDNumber, f.Rules, today)
}
