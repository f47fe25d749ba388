package office

import (
	"context"
	"errors"
	"fmt"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/credential"
	"anju/server/ledger"
	"anju/server/permit"
)

// Verification is the answer to somebody who checks a code: a verdict, and the minimum about the permit.
type Verification struct {
	Verdict   credential.Verdict
	Kind      credential.Kind // "" when the text is no code of ours
	Age       time.Duration   // of a live code
	CheckedAt time.Time
	Shown     *ShownPermit // nil when nothing may be shown
	Slip      permit.State // of the application, when the code is that of a slip
	Receipt   *ShownReceipt
}

// ShownReceipt is what a stranger may see of the registration behind the code of a receipt: it is no permit.
type ShownReceipt struct {
	Number       string
	Jurisdiction string
	Name         string // masked
	IDNumber     string // masked
	State        permit.RegistrationState
	On, EndedOn  civic.Date
}

// ShownPermit is what a stranger may see of a permit.
type ShownPermit struct {
	Number       string
	Jurisdiction string
	Tier         string
	Name         string // masked
	IDNumber     string // masked
	IssuedOn     civic.Date
	ValidUntil   civic.Date
}

// statuses are what the record's status means to a checker.
var statuses = map[permit.Status]credential.Status{
	permit.Active: credential.StatusActive, permit.Suspended: credential.StatusSuspended, permit.Expired: credential.StatusExpired,
	permit.Lost: credential.StatusLost, permit.Cancelled: credential.StatusCancelled, permit.Superseded: credential.StatusSuperseded,
}

// Verify checks the text of a code for anyone. Nothing is stored of who asked; the holder finds the check in the access log.
func (o *Office) Verify(ctx context.Context, actor access.Actor, text string) (v Verification, err error) {
	v.CheckedAt = o.now()
	code, parseErr := credential.Parse(text, o.Origin)
	f := credential.Finding{Err: parseErr}
	finder := PermitFinder{Anyone: true}
	if parseErr == nil {
		v.Kind = code.Kind
		if code.Kind == credential.Token {
			finder = PermitFinder{Token: code.Token}
		} else {
			var proof credential.Proof
			proof, f.Err = o.check(ctx, code)
			if unexpected(f.Err) {
				return v, f.Err
			}
			v.Age = proof.Age
			finder.Jurisdiction, finder.Number = fmt.Sprintf("%06d", proof.Claims.Jurisdiction), proof.Claims.Number
		}
	}
	if f.Err == nil || errors.Is(f.Err, credential.ErrStale) {
		if err := o.look(ctx, actor, finder, &f, &v); err != nil {
			return v, err
		}
	}
	v.Verdict = credential.Judge(f, civic.DateOf(v.CheckedAt))
	if !v.Verdict.Shows() {
		v.Shown = nil
	}
	return v, nil
}

// unexpected tells an error of the house from one of the code.
func unexpected(err error) bool {
	for _, known := range []error{credential.ErrForged, credential.ErrUnknown, credential.ErrStale, credential.ErrForeign} {
		if errors.Is(err, known) {
			return false
		}
	}
	return err != nil
}

// look asks the record about the permit behind a proven code, or the application behind a slip's token. No record is no error: the
// finding stays without a status.
func (o *Office) look(ctx context.Context, actor access.Actor, finder PermitFinder, f *credential.Finding, v *Verification) error {
	err := o.Store.Within(ctx, func(tx Tx) error {
		entry := o.entry(actor, ledger.Verified, "verify")
		found, err := tx.FindPermit(ctx, finder, entry)
		if errors.Is(err, ErrNotFound) && finder.Token != [16]byte{} {
			slip, err := tx.FindApplication(ctx, Finder{Token: finder.Token}, entry)
			if errors.Is(err, ErrNotFound) {
				receipt, err := tx.FindRegistration(ctx, RegistrationFinder{Token: finder.Token}, entry)
				if err == nil {
					v.Receipt = shownReceipt(receipt)
				}
				return err
			}
			if err != nil {
				return err
			}
			v.Slip = slip.Application.State
			finder = PermitFinder{Jurisdiction: slip.Application.Jurisdiction, Number: slip.Application.Permit, Anyone: true}
			if finder.Number == "" {
				return nil
			}
			if found, err = tx.FindPermit(ctx, finder, entry); err != nil {
				return err
			}
		} else if err != nil {
			return err
		}
		f.Status, f.IssuedOn, f.ValidUntil = statuses[found.Permit.Status], found.Permit.IssuedOn, found.Permit.ValidUntil
		v.Shown = shown(found)
		return nil
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

func shown(c PermitCase) *ShownPermit {
	return &ShownPermit{Number: c.Permit.Number, Jurisdiction: c.Permit.Jurisdiction, Tier: c.Permit.Tier, Name: civic.MaskName(c.Holder.Name), IDNumber: c.Holder.IDNumber.Masked(),
		IssuedOn: c.Permit.IssuedOn, ValidUntil: c.Permit.ValidUntil}
}

func shownReceipt(c RegistrationCase) *ShownReceipt {
	return &ShownReceipt{Number: c.Number, Jurisdiction: c.Jurisdiction, Name: civic.MaskName(c.Particulars.Name), IDNumber: civic.CitizenID(c.Particulars.IDNumber).Masked(), State: c.State,
		On: c.On, EndedOn: c.EndedOn}
}
