package office

import (
	"context"

	"anju/server/access"
	"anju/server/ledger"
	"anju/server/permit"
)

// Queue lists the cases of the actor's stations.
func (o *Office) Queue(ctx context.Context, actor access.Actor, q QueueQuery) (page QueuePage, err error) {
	scope := actor.Scope()
	if len(scope.Stations) == 0 {
		return page, &Error{What: Forbidden, Why: "role"}
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		page, err = tx.Queue(ctx, scope, q, o.entry(actor, ledger.Listed, "queue"))
		return err
	})
	return page, err
}

// staffFinder finds a case of the actor's stations; any other is not found.
func (o *Office) staffFinder(actor access.Actor, reference string) Finder {
	scope := actor.Scope()
	return Finder{Jurisdiction: scope.Jurisdiction, Reference: reference, Scope: &scope}
}

// CaseFile returns a case of the actor's stations with its history and documents.
func (o *Office) CaseFile(ctx context.Context, actor access.Actor, reference string) (Progress, error) {
	ref, ok := permit.ParseReference(reference)
	if !ok {
		return Progress{}, ErrNotFound
	}
	return o.progress(ctx, o.staffFinder(actor, ref), actor, "case")
}

// Stations returns the stations whose cases the actor handles.
func (o *Office) Stations(ctx context.Context, actor access.Actor) (stations []Station, err error) {
	scope := actor.Scope()
	err = o.Store.Within(ctx, func(tx Tx) error {
		for _, code := range scope.Stations {
			station, err := tx.Station(ctx, scope.Jurisdiction, code)
			if err != nil {
				return err
			}
			stations = append(stations, station)
		}
		return nil
	})
	return stations, err
}
