package office

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/permit"
)

// DeclarationForm is a filled-in declaration as it was sent.
type DeclarationForm struct {
	permit.Declaration
	Declared bool   // what is said is true
	Key      string // idempotency key of the form (UUID)
	Body     []byte // the form as it was sent; the same key with another body is refused
}

// DeclareResidence takes a declaration of the person; the station confirms it. It returns the registration of whoever declares, also when
// it was sent before with the same key.
func (o *Office) DeclareResidence(ctx context.Context, actor access.Actor, form DeclarationForm, counter string) (first permit.Registration, err error) {
	var faults permit.Faults
	if !form.Declared {
		faults = permit.Faults{{Field: "declared", Code: "declare"}}
	}
	return o.declare(ctx, actor, form, counter, permit.Doer{Counter: counter}, faults)
}

// RegisterResidence registers somebody at the window, or an assistant does on the spot: declared and confirmed in one. The address must be of
// the officer's stations, and the ID card was compared.
func (o *Office) RegisterResidence(ctx context.Context, actor access.Actor, form DeclarationForm) (permit.Registration, error) {
	if !actor.Holds(registrars...) {
		return permit.Registration{}, &Error{What: Forbidden, Why: "role"}
	}
	var faults permit.Faults
	if !form.Declared {
		faults = permit.Faults{{Field: "declared", Code: "identity_seen"}}
	}
	form.Earlier = permit.Earlier{} // an earlier beginning is decided on the registration's own page
	return o.declare(ctx, actor, form, permit.FromWindow, permit.Doer{Officer: permit.Officer{ID: actor.ID, Name: actor.Name}}, faults)
}

func (o *Office) declare(ctx context.Context, actor access.Actor, form DeclarationForm, source string, by permit.Doer, faults permit.Faults) (first permit.Registration, err error) {
	r, _, err := o.InForce(form.Jurisdiction)
	if err != nil {
		return first, judged(permit.Faults{{Field: "city", Code: "city_choose"}})
	}
	if !isUUID(form.Key) {
		return first, &Error{What: Invalid, Why: "key_missing"}
	}
	account := accountOf(actor)
	all, event, err := permit.DeclareResidence(form.Declaration, r, source, by, o.now())
	var wrong permit.Faults
	if errors.As(err, &wrong) || len(faults) > 0 {
		return first, judged(append(wrong, faults...))
	}
	if err != nil {
		return first, err
	}
	hash := sha256.Sum256(form.Body)
	err = o.Store.Within(ctx, func(tx Tx) error {
		station, err := tx.StationFor(ctx, form.Jurisdiction, all[0].Particulars.Street)
		if errors.Is(err, ErrNotFound) {
			return &Error{What: Denied, Why: "no_station"}
		}
		if err != nil {
			return err
		}
		if source == permit.FromWindow && len(actor.Scope(registrars...).At(station.Code).Stations) == 0 {
			return judged(permit.Faults{{Field: "street", Code: "registration_elsewhere"}})
		}
		for i := range all {
			one := &all[i]
			person := permit.Person{ID: newID(), Jurisdiction: one.Jurisdiction, Name: one.Particulars.Name, IDNumber: civic.CitizenID(one.Particulars.IDNumber),
				EthnicGroup: one.Particulars.EthnicGroup, Phone: one.Particulars.Phone, ChildOf: all[0].Person, Born: one.Particulars.Child.Born}
			if person, err = tx.PersonOf(ctx, person, o.now()); err != nil { // locks: the second of two taps waits here
				return err
			}
			if i == 0 {
				made, err := tx.RegistrationWithKey(ctx, form.Jurisdiction, form.Key, hash[:])
				switch {
				case err == nil && made.Account != account:
					return ErrNotFound
				case err == nil:
					first = made
					return nil
				case !errors.Is(err, ErrNotFound):
					return err
				}
			}
			one.ID, one.Person, one.Account, one.Station = newID(), person.ID, account, station.Code
			if one.Household = all[0].ID; i == 0 {
				one.Household = one.ID
			}
			rand.Read(one.Token[:])
			if err := o.createRegistration(ctx, tx, actor, one, event, form.Key, i, hash[:]); err != nil {
				return err
			}
		}
		first = all[0]
		if source != permit.FromWindow {
			return nil
		}
		for i := range all {
			if err := o.confirmRegistration(ctx, tx, actor, &all[i], by, r); err != nil {
				return err
			}
		}
		first = all[0]
		return o.tellRegistered(ctx, tx, first, "registered")
	})
	return first, err
}

// createRegistration numbers and stores a new registration, unless the person is registered at that very address.
func (o *Office) createRegistration(ctx context.Context, tx Tx, actor access.Actor, one *permit.Registration, event permit.RegistrationEvent, key string, position int, hash []byte) error {
	others, err := tx.RegistrationsOfPerson(ctx, one.Jurisdiction, one.Person)
	if err != nil {
		return err
	}
	for _, other := range others {
		if other.Live() && AddressLine(other.Particulars.Draft) == AddressLine(one.Particulars.Draft) {
			return judged(permit.Faults{{Field: "detail", Code: "registration_same"}})
		}
	}
	year := one.DeclaredOn.Year()
	serial, err := tx.NextReceipt(ctx, one.Jurisdiction, one.Particulars.County, year, 1)
	if err != nil {
		return err
	}
	one.Number = permit.NewReceiptNumber(one.Particulars.County, year, serial)
	if by := event.By.ID; by != "" {
		event.By.Station = one.Station
	}
	if err := tx.CreateRegistration(ctx, *one, event, key, position, hash); err != nil {
		return err
	}
	return tx.Record(ctx, o.registrationEntry(actor, *one, event))
}
