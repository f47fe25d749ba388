package store

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/permit"
)

// Course reads the notices, pauses and extensions of an application, the oldest first.
func (t *tx) Course(ctx context.Context, jurisdiction, application string) (c permit.Course, err error) {
	if err := ids(application); err != nil {
		return c, err
	}
	if c.Notices, err = t.notices(ctx, jurisdiction, application); err != nil {
		return c, err
	}
	if c.Pauses, err = t.pauses(ctx, jurisdiction, application); err != nil {
		return c, err
	}
	if c.Extensions, err = t.extensions(ctx, jurisdiction, application); err != nil {
		return c, err
	}
	// A supervisor's agreement holds for the next notice, whether that needed it or not.
	rows, err := t.q.Query(ctx, `
		select version, by_staff::text as by from application_event
		where jurisdiction = $1 and application = $2 and verb = 'allow_notice'
			and version > (select max(version) from deficiency_notice where jurisdiction = $1 and application = $2)
		order by version desc limit 1`, jurisdiction, application)
	if err != nil {
		return c, failed(err)
	}
	allowed, err := pgx.CollectRows(rows, pgx.RowToStructByName[permit.Allowance])
	if err == nil && len(allowed) == 1 {
		c.Allowance = allowed[0]
	}
	return c, failed(err)
}

// deficiencyRow names a deficiency in what is bound into its line.
func deficiencyRow(application string, number, position int) string {
	return application + "/" + strconv.Itoa(number) + "/" + strconv.Itoa(position)
}

func supplementPlace(application string, number int) place {
	return place{"supplement", application + "/" + strconv.Itoa(number), "before"}
}

func (t *tx) notices(ctx context.Context, jurisdiction, application string) ([]permit.DeficiencyNotice, error) {
	rows, err := t.q.Query(ctx, `
		select n.number, n.version, e.at, n.best_by, n.allowed, s.version as answered, r.day as received_on, s.changed, s.before, s.idempotency_key
		from deficiency_notice n
		join application_event e on e.jurisdiction = n.jurisdiction and e.application = n.application and e.version = n.version
		left join supplement s on s.jurisdiction = n.jurisdiction and s.application = n.application and s.number = n.number
		left join application_event r on r.jurisdiction = s.jurisdiction and r.application = s.application and r.version = s.version
		where n.jurisdiction = $1 and n.application = $2 order by n.number`, jurisdiction, application)
	if err != nil {
		return nil, failed(err)
	}
	notices, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (n permit.DeficiencyNotice, err error) {
		r, err := pgx.RowToStructByName[struct {
			Number, Version   int
			At, BestBy        time.Time
			Allowed, Answered *int
			ReceivedOn        *time.Time
			Changed           []permit.Subject
			Before            []byte
			IdempotencyKey    *string
		}](row)
		if err != nil {
			return n, failed(err)
		}
		n = permit.DeficiencyNotice{Number: r.Number, Version: r.Version, IssuedAt: r.At, BestBy: civil(&r.BestBy), Allowed: orZero(r.Allowed)}
		if r.Answered != nil {
			n.Supplement = &permit.Supplement{Version: *r.Answered, ReceivedOn: civil(r.ReceivedOn), Changed: r.Changed, Key: orZero(r.IdempotencyKey)}
			err = t.secrets.openJSON(supplementPlace(application, r.Number), r.Before, &n.Supplement.Before)
		}
		return n, err
	})
	if err != nil || len(notices) == 0 {
		return nil, err
	}
	lines, err := t.q.Query(ctx, `select number, position, subject, code, line from deficiency where jurisdiction = $1 and application = $2 order by number, position`, jurisdiction, application)
	if err != nil {
		return nil, failed(err)
	}
	var number, position int
	var subject permit.Subject
	var code string
	var line []byte
	_, err = pgx.ForEachRow(lines, []any{&number, &position, &subject, &code, &line}, func() error {
		open := t.opener("deficiency", deficiencyRow(application, number, position))
		d := permit.Deficiency{Subject: subject, Code: code, Line: open.text("line", line)}
		notices[number-1].Deficiencies = append(notices[number-1].Deficiencies, d)
		return open.err
	})
	return notices, failed(err)
}

func (t *tx) pauses(ctx context.Context, jurisdiction, application string) ([]permit.Pause, error) {
	rows, err := t.q.Query(ctx, `
		select number, reason, from_day, to_day, began, coalesce(ended, 0) as ended from clock_pause where jurisdiction = $1 and application = $2 order by number`, jurisdiction, application)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (permit.Pause, error) {
		r, err := pgx.RowToStructByName[struct {
			Number       int
			Reason       string
			FromDay      time.Time
			ToDay        *time.Time
			Began, Ended int
		}](row)
		return permit.Pause{Number: r.Number, Reason: r.Reason, From: civil(&r.FromDay), To: civil(r.ToDay), Began: r.Began, Ended: r.Ended}, err
	})
	return list, failed(err)
}

func (t *tx) extensions(ctx context.Context, jurisdiction, application string) ([]permit.Extension, error) {
	rows, err := t.q.Query(ctx, `
		select requested, requested_on, requested_by::text, ground, document, coalesce(decided, 0) as decided, decided_on, coalesce(decided_by::text, '') as decided_by,
			coalesce(granted, false) as granted
		from clock_extension where jurisdiction = $1 and application = $2 order by requested`, jurisdiction, application)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (permit.Extension, error) {
		r, err := pgx.RowToStructByName[struct {
			Requested, Decided                       int
			RequestedOn                              time.Time
			DecidedOn                                *time.Time
			RequestedBy, Ground, Document, DecidedBy string
			Granted                                  bool
		}](row)
		return permit.Extension{Ground: r.Ground, Document: r.Document, RequestedOn: civil(&r.RequestedOn), RequestedBy: r.RequestedBy, Requested: r.Requested,
			DecidedOn: civil(r.DecidedOn), DecidedBy: r.DecidedBy, Decided: r.Decided, Granted: r.Granted}, err
	})
	return list, failed(err)
}

// SaveCourse adds what a verb has added to a course; nothing in it is ever changed but by its end.
func (t *tx) SaveCourse(ctx context.Context, a permit.Application, was, now permit.Course) error {
	for i, n := range now.Notices {
		if i >= len(was.Notices) {
			if err := t.addNotice(ctx, a, n); err != nil {
				return err
			}
		} else if n.Supplement != nil && was.Notices[i].Supplement == nil {
			if err := t.addSupplement(ctx, a, n.Number, *n.Supplement); err != nil {
				return err
			}
		}
	}
	for i, p := range now.Pauses {
		if i >= len(was.Pauses) {
			if err := t.addPause(ctx, a, p, now.Pauses[:i]); err != nil {
				return err
			}
		} else if p.Ended != 0 && was.Pauses[i].Ended == 0 {
			err := fresh(t.q.Exec(ctx, `update clock_pause set to_day = $4, ended = $5 where jurisdiction = $1 and application = $2 and number = $3 and to_day is null`,
				a.Jurisdiction, a.ID, p.Number, day(p.To), p.Ended))
			if err != nil {
				return err
			}
		}
	}
	for i, e := range now.Extensions {
		if i >= len(was.Extensions) {
			_, err := t.q.Exec(ctx, `insert into clock_extension (jurisdiction, application, requested, requested_on, requested_by, ground, document) values ($1, $2, $3, $4, $5, $6, $7)`,
				a.Jurisdiction, a.ID, e.Requested, day(e.RequestedOn), e.RequestedBy, e.Ground, e.Document)
			if err != nil {
				return failed(err)
			}
		} else if e.Decided != 0 && was.Extensions[i].Decided == 0 {
			err := fresh(t.q.Exec(ctx, `
				update clock_extension set decided = $4, decided_on = $5, decided_by = $6, granted = $7
				where jurisdiction = $1 and application = $2 and requested = $3 and decided is null`,
				a.Jurisdiction, a.ID, e.Requested, e.Decided, day(e.DecidedOn), e.DecidedBy, e.Granted))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *tx) addNotice(ctx context.Context, a permit.Application, n permit.DeficiencyNotice) error {
	_, err := t.q.Exec(ctx, `insert into deficiency_notice (jurisdiction, application, number, version, best_by, allowed) values ($1, $2, $3, $4, $5, $6)`,
		a.Jurisdiction, a.ID, n.Number, n.Version, day(n.BestBy), orNull(n.Allowed))
	if err != nil {
		return failed(err)
	}
	for i, d := range n.Deficiencies {
		var line []byte
		if d.Line != "" {
			line = t.secrets.seal(place{"deficiency", deficiencyRow(a.ID, n.Number, i+1), "line"}, []byte(d.Line))
		}
		_, err := t.q.Exec(ctx, `insert into deficiency (jurisdiction, application, number, position, subject, code, line) values ($1, $2, $3, $4, $5, $6, $7)`,
			a.Jurisdiction, a.ID, n.Number, i+1, d.Subject, d.Code, line)
		if err != nil {
			return failed(err)
		}
	}
	return nil
}

// addSupplement also stores the answers that it has changed, with the person and the station that go with them.
func (t *tx) addSupplement(ctx context.Context, a permit.Application, number int, s permit.Supplement) error {
	before, err := t.secrets.sealJSON(supplementPlace(a.ID, number), s.Before)
	if err != nil {
		return err
	}
	particulars, err := t.secrets.sealJSON(place{"application", a.ID, "particulars"}, a.Particulars)
	if err != nil {
		return err
	}
	_, err = t.q.Exec(ctx, `insert into supplement (jurisdiction, application, number, version, changed, before, idempotency_key) values ($1, $2, $3, $4, $5::text[], $6, $7)`,
		a.Jurisdiction, a.ID, number, s.Version, append([]permit.Subject{}, s.Changed...), before, orNull(s.Key))
	if err != nil {
		return failed(err)
	}
	return found(t.q.Exec(ctx, `update application set particulars = $3, person = $4, station = $5, tier = $6 where jurisdiction = $1 and id = $2`,
		a.Jurisdiction, a.ID, particulars, a.Person, a.Station, a.Tier))
}

func (t *tx) addPause(ctx context.Context, a permit.Application, p permit.Pause, before []permit.Pause) error {
	var previous permit.Pause
	if len(before) > 0 {
		previous = before[len(before)-1]
	}
	_, err := t.q.Exec(ctx, `
		insert into clock_pause (jurisdiction, application, number, reason, from_day, began, previous, previous_end) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		a.Jurisdiction, a.ID, p.Number, p.Reason, day(p.From), p.Began, orNull(previous.Number), day(previous.To))
	return failed(err)
}
