package office

import (
	"context"
	"crypto/sha256"
	"errors"

	"anju/server/access"
	"anju/server/ledger"
	"anju/server/permit"
	"anju/server/policy"
)

// Business is what is wanted with a permit.
type Business struct {
	Number string
	Kind   permit.Kind
	Why    string // of a renewal
}

// FeeToday is what a kind of business costs if it is applied for today; ok is false where it is free.
func (f PermitFile) FeeToday(kind permit.Kind, o *Office) (policy.Fee, bool) {
	return permit.FeeOf(kind, f.InForce, o.Today())
}

// holding finds a permit as its actor may: the account of its holder, an officer of its station.
func holding(actor access.Actor, number string) (PermitFinder, error) {
	canonical, ok := permit.ParseNumber(number)
	if !ok {
		return PermitFinder{}, ErrNotFound
	}
	f := PermitFinder{Jurisdiction: permit.JurisdictionOf(canonical), Number: canonical}
	if actor.Kind == access.Citizen {
		f.Account = actor.ID
	} else {
		scope := actor.Scope(access.Acceptor)
		f.Scope = &scope
	}
	return f, nil
}

// offered reports whether a business is open for a permit now.
func (o *Office) offered(file PermitFile, kind permit.Kind, why string) error {
	if _, err := permit.OpeningOf(file.Permit, kind, why, file.Rules, file.InForce, o.now()); err != nil {
		return judged(err)
	}
	if err := file.MayAct(string(kind), o.Today()); err != nil {
		return judged(err)
	}
	if file.UnderWay != "" {
		return &Error{What: Denied, Why: "business_under_way"}
	}
	return nil
}

// prefilled is the draft of a business: what is on record, so that only what has changed is asked.
func (o *Office) prefilled(ctx context.Context, tx Tx, actor access.Actor, file PermitFile, b Business) (permit.Draft, error) {
	record, err := tx.FindApplication(ctx, Finder{Jurisdiction: file.Permit.Jurisdiction, Reference: file.Reference, IDNumber: file.Holder.IDNumber}, o.entry(actor, ledger.Viewed, "draft"))
	if err != nil {
		return permit.Draft{}, err
	}
	was, r := record.Application.Particulars, file.InForce
	d := permit.Draft{Jurisdiction: file.Permit.Jurisdiction, Ruleset: r.ID, Kind: b.Kind, Permit: file.Permit.Number, Why: b.Why, Name: file.Holder.Name, IDNumber: string(file.Holder.IDNumber),
		EthnicGroup: file.Holder.EthnicGroup, HukouDivision: was.HukouDivision, RegisteredOn: was.RegisteredOn, Intends: was.Intends, Tier: file.Permit.Tier, Grounds: was.Grounds, Workplace: was.Workplace}
	if file.Mandate != nil && was.Agent != nil { // who keeps the permit declares and consents anew
		agent := *was.Agent
		agent.Declared, agent.Consents = false, nil
		d.Agent = &agent
	}
	d.County, d.Street, d.Community, d.Detail = was.County, was.Street, was.Community, was.Detail
	switch {
	case b.Kind == permit.KindChange:
		d.Was = file.Permit.Residence
	case b.Why == permit.WhyStep:
		above, _ := file.Permit.Above(r)
		d.Tier = above.Code
	case b.Why == permit.WhyTerm:
		if _, ok := r.Tier(d.Tier); !ok { // the document in force knows no such permit
			d.Tier = permit.TierChoices(r)[0].Code
		}
	}
	if !d.AsksLaw() {
		d.Grounds = nil // none is examined, so none is stated
	}
	p := PreApplication{DraftRecord: DraftRecord{Draft: d}, Ruleset: r, Today: o.Today()}
	p.tidy()
	return p.Draft, nil
}

// StartBusiness begins what is wanted with a permit as a draft that is filled in from the record. The same business again is gone on with;
// another draft of the owner gives way.
func (o *Office) StartBusiness(ctx context.Context, actor access.Actor, b Business) (p PreApplication, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		file, err := o.forBusiness(ctx, tx, actor, b, tx.FindPermit)
		if err != nil {
			return err
		}
		record, err := tx.DraftOf(ctx, actor.ID, o.entry(actor, ledger.Viewed, "draft"))
		switch {
		case err == nil && record.Draft.Permit == file.Permit.Number && record.Draft.Business() == b.Kind && record.Draft.Why == b.Why:
			p, err = o.preApplication(ctx, tx, record)
			return err
		case err == nil:
			if err := tx.DeleteDraft(ctx, record); err != nil {
				return err
			}
		case !errors.Is(err, ErrNotFound):
			return err
		}
		d, err := o.prefilled(ctx, tx, actor, file, b)
		if err != nil {
			return err
		}
		record = DraftRecord{Jurisdiction: d.Jurisdiction, ID: newID(), Owner: actor.ID, OwnerKind: actor.Kind, Draft: d, UpdatedAt: o.now(), Version: 1}
		if err := tx.CreateDraft(ctx, record); err != nil {
			return err
		}
		entry := o.entry(actor, ledger.Drafted, "")
		entry.Jurisdiction, entry.Object, entry.Account = d.Jurisdiction, "draft/"+record.ID, accountOf(actor)
		if err := tx.Record(ctx, entry); err != nil {
			return err
		}
		p, err = o.preApplication(ctx, tx, record)
		return err
	})
	return p, err
}

// forBusiness finds a permit with its life, for which the business is open.
func (o *Office) forBusiness(ctx context.Context, tx Tx, actor access.Actor, b Business, find func(context.Context, PermitFinder, ledger.Entry) (PermitCase, error)) (file PermitFile, err error) {
	f, err := holding(actor, b.Number)
	if err != nil {
		return file, err
	}
	found, err := find(ctx, f, o.entry(actor, ledger.Viewed, "business"))
	if err != nil {
		return file, err
	}
	if file, err = o.opened(ctx, tx, found); err != nil {
		return file, err
	}
	return file, o.offered(file, b.Kind, b.Why)
}

// SendBusiness applies for a business in one step at the window, with what answer adds to the record: an acceptor does it for the holder who
// stands there.
func (o *Office) SendBusiness(ctx context.Context, actor access.Actor, b Business, s Submission, answer func(*permit.Draft)) (a permit.Application, err error) {
	if !actor.Holds(access.Acceptor) {
		return a, &Error{What: Forbidden, Why: "role"}
	}
	if !isUUID(s.Key) {
		return a, &Error{What: Invalid, Why: "key_missing"}
	}
	bodyHash := sha256.Sum256(s.Body)
	err = o.Store.Within(ctx, func(tx Tx) error {
		f, err := holding(actor, b.Number)
		if err != nil {
			return err
		}
		found, err := tx.LockPermit(ctx, f, o.entry(actor, ledger.Viewed, "business")) // the second of two taps waits here
		if err != nil {
			return err
		}
		if a, err = tx.SubmittedWith(ctx, s.Key, bodyHash[:]); !errors.Is(err, ErrNotFound) {
			if err == nil && a.OfPermit != found.Permit.Number {
				return ErrNotFound
			}
			return err
		}
		file, err := o.opened(ctx, tx, found)
		if err != nil {
			return err
		}
		if file.Mandate != nil { // an agent declares and consents on the portal; here nobody but the holder is known
			return &Error{What: Denied, Why: "business_by_agent"}
		}
		if err := o.offered(file, b.Kind, b.Why); err != nil {
			return err
		}
		d, err := o.prefilled(ctx, tx, actor, file, b)
		if err != nil {
			return err
		}
		if answer != nil {
			answer(&d)
		}
		if d.Account = file.Account; d.Account == "" {
			account, err := tx.AccountOf(ctx, file.Holder.Phone, "", o.now())
			if err != nil {
				return err
			}
			d.Account = account.ID
		}
		p := PreApplication{DraftRecord: DraftRecord{Jurisdiction: d.Jurisdiction, Draft: d}, Ruleset: file.InForce, Today: o.Today()}
		p.Status = p.Ruleset.StatusOn(p.Today, o.Extensions)
		p.tidy()
		a, err = o.submit(ctx, tx, actor, p, s, bodyHash[:])
		return err
	})
	return a, err
}

// concern checks once more, with the permit locked, what an application about a permit rests on. A replacement reports the loss in the same
// step if nobody has yet: a card that is asked for because the old one is lost must not be usable by its finder.
func (o *Office) concern(ctx context.Context, tx Tx, actor access.Actor, d permit.Draft) (PermitCase, error) {
	b := Business{Number: d.Permit, Kind: d.Business(), Why: d.Why}
	file, err := o.forBusiness(ctx, tx, actor, b, tx.LockPermit)
	if err != nil {
		return PermitCase{}, err
	}
	if string(file.Holder.IDNumber) != d.IDNumber {
		return PermitCase{}, judged(permit.Faults{{Field: "id_number", Code: "id_number_of_permit"}})
	}
	if b.Kind == permit.KindChange && AddressLine(d) == file.Permit.Residence {
		return PermitCase{}, judged(permit.Faults{{Field: "detail", Code: "address_same"}})
	}
	if b.Kind != permit.KindReplace || file.Permit.Status == permit.Lost {
		return file.PermitCase, nil
	}
	by := permit.Doer{Counter: "portal"}
	if actor.Kind == access.Staff {
		by = permit.Doer{Officer: permit.Officer{ID: actor.ID, Name: actor.Name, Station: file.Station}}
	}
	lost, err := permit.ReportLoss(file.Permit, by, "", o.now())
	if err != nil {
		return PermitCase{}, judged(err)
	}
	if err := tx.SavePermit(ctx, lost); err != nil {
		return PermitCase{}, err
	}
	if err := tx.Record(ctx, o.lifeEntries(actor, file.Account, file.Station, lost)...); err != nil {
		return PermitCase{}, err
	}
	return file.PermitCase, o.tellHolder(ctx, tx, file.Account, lost)
}
