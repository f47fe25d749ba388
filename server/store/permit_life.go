package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/office"
	"anju/server/permit"
)

// SavePermit asks for the version that the verb was tried on; of two at once the slower one meets no row.
func (t *tx) SavePermit(ctx context.Context, c permit.Change) error {
	p := c.Permit
	err := fresh(t.q.Exec(ctx, `
		update permit set status = $3, status_since = $4, endorse_from = $5, endorse_by = $6, version = $7
		where jurisdiction = $1 and number = $2 and version = $8`,
		p.Jurisdiction, p.Number, p.Status, day(p.StatusSince), day(p.EndorseFrom), day(p.EndorseBy), p.Version, c.Seen()))
	if err != nil {
		return err
	}
	return t.addLife(ctx, c)
}

// addLife adds what a change has written: its events first, because the other records name them.
func (t *tx) addLife(ctx context.Context, c permit.Change) error {
	for i, e := range c.Events {
		if err := t.addPermitEvent(ctx, c.Permit, c.Seen()+i+1, e); err != nil {
			return err
		}
	}
	for _, add := range []func(context.Context, permit.Change) error{t.addEndorsement, t.saveLoss, t.saveProposal} {
		if err := add(ctx, c); err != nil {
			return err
		}
	}
	if c.Interval == nil {
		return nil
	}
	return t.AddInterval(ctx, c.Permit, *c.Interval)
}

func (t *tx) addPermitEvent(ctx context.Context, p permit.Permit, version int, e permit.LifeEvent) error {
	row := eventRow(p.Number, version)
	var name, note []byte
	if e.By.ID != "" {
		name = t.secrets.seal(place{"permit_event", row, "by_name"}, []byte(e.By.Name))
	}
	if e.Note != "" {
		note = t.secrets.seal(place{"permit_event", row, "note"}, []byte(e.Note))
	}
	_, err := t.q.Exec(ctx, `
		insert into permit_event (jurisdiction, permit, version, verb, status, at, day, by_staff, by_name, by_station, counter, reason, note)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		p.Jurisdiction, p.Number, version, e.Verb, e.Status, e.At, day(e.On), orNull(e.By.ID), name, orNull(e.By.Station), orNull(e.Counter), orNull(e.Reason), note)
	return failed(err)
}

func (t *tx) addEndorsement(ctx context.Context, c permit.Change) error {
	e := c.Endorsement
	if e == nil {
		return nil
	}
	_, err := t.q.Exec(ctx, `
		insert into endorsement (jurisdiction, permit, due_on, version, endorsed_on, next_due, ground, restarted) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		c.Permit.Jurisdiction, c.Permit.Number, day(e.DueOn), c.Permit.Version, day(e.On), day(e.NextDue), orNull(e.Ground), e.Restarted)
	return failed(err)
}

func (t *tx) saveLoss(ctx context.Context, c permit.Change) error {
	p := c.Permit
	switch {
	case c.Loss == nil:
		return nil
	case c.Loss.State == permit.LossOpen:
		_, err := t.q.Exec(ctx, `insert into loss_report (jurisdiction, permit, version, state, reported_on) values ($1, $2, $3, $4, $5)`,
			p.Jurisdiction, p.Number, p.Version, c.Loss.State, day(c.Loss.ReportedOn))
		return failed(err)
	}
	return fresh(t.q.Exec(ctx, `update loss_report set state = $3, ended_on = $4, ended = $5 where jurisdiction = $1 and permit = $2 and state = 'open'`,
		p.Jurisdiction, p.Number, c.Loss.State, day(c.Loss.EndedOn), p.Version))
}

func (t *tx) saveProposal(ctx context.Context, c permit.Change) error {
	p := c.Permit
	switch {
	case c.Proposal == nil:
		return nil
	case c.Proposal.State == permit.ProposalOpen:
		_, err := t.q.Exec(ctx, `insert into cancellation_proposal (jurisdiction, permit, version, state, proposed_by) values ($1, $2, $3, $4, $5)`,
			p.Jurisdiction, p.Number, p.Version, c.Proposal.State, c.Proposal.ProposedBy.ID)
		return failed(err)
	}
	return fresh(t.q.Exec(ctx, `update cancellation_proposal set state = $3, decided_by = $4, decided = $5 where jurisdiction = $1 and permit = $2 and state = 'open'`,
		p.Jurisdiction, p.Number, c.Proposal.State, c.Proposal.DecidedBy.ID, p.Version))
}

// PermitLife returns everything that was written about a permit, oldest first. An issue from before the table was made has the officer's
// name in the history of its application.
func (t *tx) PermitLife(ctx context.Context, jurisdiction, number string) (l office.Life, err error) {
	rows, err := t.q.Query(ctx, `
		select e.verb, e.status, e.at, e.day, coalesce(e.by_staff::text, '') as by_staff, e.by_name, coalesce(e.by_station, '') as by_station,
			coalesce(e.counter, '') as counter, coalesce(e.reason, '') as reason, e.note, e.version, q.application::text, a.version as issue_version, a.by_name as issue_name
		from permit_event e
		join permit q on q.jurisdiction = e.jurisdiction and q.number = e.permit
		left join application_event a on e.verb = 'issue' and a.jurisdiction = q.jurisdiction and a.application = q.application and a.verb = 'issue'
		where e.jurisdiction = $1 and e.permit = $2 order by e.version`, jurisdiction, number)
	if err != nil {
		return l, failed(err)
	}
	l.Events, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (permit.LifeEvent, error) {
		r, err := pgx.RowToStructByName[struct {
			Verb, ByStaff, ByStation, Counter, Reason, Application string
			Status                                                 permit.Status
			At, Day                                                time.Time
			ByName, Note, IssueName                                []byte
			Version                                                int
			IssueVersion                                           *int
		}](row)
		if err != nil {
			return permit.LifeEvent{}, err
		}
		open := t.opener("permit_event", eventRow(number, r.Version))
		name := open.text("by_name", r.ByName)
		if r.ByName == nil && r.IssueVersion != nil {
			issue := t.opener("application_event", eventRow(r.Application, *r.IssueVersion))
			if name = issue.text("by_name", r.IssueName); issue.err != nil {
				return permit.LifeEvent{}, issue.err
			}
		}
		return permit.LifeEvent{Verb: r.Verb, Status: r.Status, At: r.At, On: civil(&r.Day), By: permit.Officer{ID: r.ByStaff, Name: name, Station: r.ByStation},
			Counter: r.Counter, Reason: r.Reason, Note: open.text("note", r.Note)}, open.err
	})
	if err != nil {
		return l, failed(err)
	}
	if l.Endorsements, err = t.endorsements(ctx, jurisdiction, number, l.Events); err != nil {
		return l, err
	}
	if l.Losses, err = t.losses(ctx, jurisdiction, number, l.Events); err != nil {
		return l, err
	}
	l.Proposal, err = t.lastProposal(ctx, jurisdiction, number, l.Events)
	return l, err
}

// by is who did the event of a version.
func by(events []permit.LifeEvent, version int) permit.LifeEvent {
	if version < 1 || version > len(events) {
		return permit.LifeEvent{}
	}
	return events[version-1]
}

func (t *tx) endorsements(ctx context.Context, jurisdiction, number string, events []permit.LifeEvent) ([]permit.Endorsement, error) {
	rows, err := t.q.Query(ctx, `select due_on, version, endorsed_on, next_due, coalesce(ground, '') as ground, restarted from endorsement
		where jurisdiction = $1 and permit = $2 order by due_on`, jurisdiction, number)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (permit.Endorsement, error) {
		r, err := pgx.RowToStructByName[struct {
			DueOn, EndorsedOn, NextDue time.Time
			Version                    int
			Ground                     string
			Restarted                  bool
		}](row)
		e := by(events, r.Version)
		return permit.Endorsement{DueOn: civil(&r.DueOn), On: civil(&r.EndorsedOn), NextDue: civil(&r.NextDue), Ground: r.Ground, Restarted: r.Restarted, By: e.By, Counter: e.Counter}, err
	})
	return list, failed(err)
}

func (t *tx) losses(ctx context.Context, jurisdiction, number string, events []permit.LifeEvent) ([]permit.LossReport, error) {
	rows, err := t.q.Query(ctx, `select version, state, reported_on, ended_on from loss_report where jurisdiction = $1 and permit = $2 order by version`, jurisdiction, number)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (permit.LossReport, error) {
		r, err := pgx.RowToStructByName[struct {
			Version    int
			State      permit.LossState
			ReportedOn time.Time
			EndedOn    *time.Time
		}](row)
		e := by(events, r.Version)
		return permit.LossReport{State: r.State, ReportedOn: civil(&r.ReportedOn), EndedOn: civil(r.EndedOn), ReportedBy: e.By, Counter: e.Counter}, err
	})
	return list, failed(err)
}

// lastProposal is the newest proposed cancellation, nil when there was none.
func (t *tx) lastProposal(ctx context.Context, jurisdiction, number string, events []permit.LifeEvent) (*permit.Proposal, error) {
	rows, err := t.q.Query(ctx, `select version, state, coalesce(decided, 0) as decided from cancellation_proposal
		where jurisdiction = $1 and permit = $2 order by version desc limit 1`, jurisdiction, number)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (permit.Proposal, error) {
		r, err := pgx.RowToStructByName[struct {
			Version, Decided int
			State            permit.ProposalState
		}](row)
		proposed, decided := by(events, r.Version), by(events, r.Decided)
		return permit.Proposal{State: r.State, ProposedOn: proposed.On, ProposedBy: proposed.By, Note: proposed.Note, DecidedOn: decided.On, DecidedBy: decided.By}, err
	})
	if err != nil || len(list) == 0 {
		return nil, failed(err)
	}
	return &list[0], nil
}
