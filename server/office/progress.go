package office

import (
	"context"
	"errors"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
)

// Progress is an application as its applicant follows it.
type Progress struct {
	Case
	Appointment *permit.Appointment // the open one, nil when there is none

	Events    []permit.Event
	Course    permit.Course
	Evidence  []Evidence
	Station   Station
	Mandate   *permit.Mandate  // nil when the person applied without an agent
	Shared    []SharedDocument // that other applications of the household hold too
	Household []Case           // other applications under way of the same account, at the officer\'s stations; filled for officers
	Fee       *permit.Fee      // what it owes; nil where it is free or not accepted yet

	Record *permit.Registration // of the applicant, for staff: the one that counts; nil where none does
}

// Applications lists what a citizen has sent, newest first.
func (o *Office) Applications(ctx context.Context, actor access.Actor) (cases []Case, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		cases, err = tx.ApplicationsOf(ctx, actor.ID, o.entry(actor, ledger.Viewed, "progress"))
		return err
	})
	return cases, err
}

// Application returns a citizen's own application.
func (o *Office) Application(ctx context.Context, actor access.Actor, reference string) (Progress, error) {
	ref, ok := permit.ParseReference(reference)
	if !ok {
		return Progress{}, ErrNotFound
	}
	return o.progress(ctx, Finder{Jurisdiction: permit.JurisdictionOf(ref), Reference: ref, Account: actor.ID}, actor, "progress")
}

func (o *Office) progress(ctx context.Context, f Finder, actor access.Actor, purpose string) (p Progress, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		if p.Case, err = tx.FindApplication(ctx, f, o.entry(actor, ledger.Viewed, purpose)); err != nil {
			return err
		}
		p.Case = asDeclared(p.Case)
		a := p.Case.Application
		if p.Appointment, err = openAppointment(ctx, tx, a); err != nil {
			return err
		}
		if p.Events, err = tx.Events(ctx, a.Jurisdiction, a.ID); err != nil {
			return err
		}
		if p.Course, err = tx.Course(ctx, a.Jurisdiction, a.ID); err != nil {
			return err
		}
		if p.Evidence, err = tx.EvidenceOf(ctx, a.Jurisdiction, a.ID); err != nil {
			return err
		}
		if p.Mandate, err = mandateOf(ctx, tx, a); err != nil {
			return err
		}
		if p.Shared, err = tx.SharedEvidence(ctx, a); err != nil {
			return err
		}
		if p.Fee, err = feeOf(ctx, tx, a); err != nil {
			return err
		}
		p.Station, err = tx.Station(ctx, a.Jurisdiction, a.Station)
		return err
	})
	return p, err
}

// asDeclared shows the person as the application declares it, while no officer has compared it with the record: so an applicant sees what
// was typed, and nothing of a person whose number it is.
func asDeclared(c Case) Case {
	if a := c.Application; a.AcceptedOn.IsZero() {
		c.Person.Name, c.Person.EthnicGroup = a.Particulars.Name, a.Particulars.EthnicGroup
	}
	return c
}

// Track returns the progress of an application to whoever knows both its reference and the applicant's ID number, without signing in:
// at the kiosk and on the portal. A wrong pair is the same answer whichever of them is wrong, and tries are counted.
func (o *Office) Track(ctx context.Context, actor access.Actor, reference, idNumber, peer string) (Progress, error) {
	var faults permit.Faults
	ref, ok := permit.ParseReference(reference)
	if !ok {
		faults = append(faults, permit.Fault{Field: "reference", Code: "reference"})
	}
	id, err := civic.ParseCitizenID(idNumber, o.Today())
	if err != nil {
		faults = append(faults, permit.Fault{Field: "id_number", Code: codeOf(err)})
	}
	if len(faults) > 0 {
		return Progress{}, judged(faults)
	}
	if err := o.throttled(ctx, peer, access.LookupsPerPeer); err != nil {
		return Progress{}, err
	}
	return o.progress(ctx, Finder{Jurisdiction: permit.JurisdictionOf(ref), Reference: ref, IDNumber: id}, actor, "track")
}

// codeOf is the code of a civic problem.
func codeOf(err error) string {
	if p, ok := err.(*civic.Problem); ok {
		return p.Code
	}
	return "unreadable"
}

// StationNames returns the names of the stations at which entries were made, by their code.
func (o *Office) StationNames(ctx context.Context, entries []ledger.Entry) (names map[string]civic.Text, err error) {
	names = map[string]civic.Text{}
	err = o.Store.Within(ctx, func(tx Tx) error {
		for _, e := range entries {
			if _, known := names[e.Station]; known || e.Station == "" {
				continue
			}
			station, err := tx.Station(ctx, e.Jurisdiction, e.Station)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
			names[e.Station] = station.Name
		}
		return nil
	})
	return names, err
}

// maxEntries is how many of the newest entries a citizen is shown. One's own looks are among them, so they are many.
const maxEntries = 1000

// LogEntry is a line of the access log, as a counter shows it.
type LogEntry = ledger.Entry

// AccessLog returns what was done with, and who saw, a citizen's data, newest first.
func (o *Office) AccessLog(ctx context.Context, actor access.Actor) (entries []LogEntry, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		entries, err = tx.EntriesAbout(ctx, actor.ID, maxEntries)
		return err
	})
	return entries, err
}
