package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
)

func (t *tx) Partners(ctx context.Context, jurisdiction string) ([]office.Partner, error) {
	return t.partners(ctx, `where jurisdiction = $1 order by code`, jurisdiction)
}

func (t *tx) LockPartner(ctx context.Context, jurisdiction, code string) (office.Partner, error) {
	list, err := t.partners(ctx, `where jurisdiction = $1 and code = $2 for update`, jurisdiction, code)
	if err != nil {
		return office.Partner{}, err
	}
	if len(list) == 0 {
		return office.Partner{}, office.ErrNotFound
	}
	return list[0], nil
}

func (t *tx) partners(ctx context.Context, where string, args ...any) ([]office.Partner, error) {
	rows, err := t.q.Query(ctx, `select jurisdiction, code, name_zh, name_en, contact, created_at, coalesce(created_by::text, '') as created_by from partner `+where, args...)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (office.Partner, error) {
		r, err := pgx.RowToStructByName[struct {
			Jurisdiction, Code, NameZh, NameEn, CreatedBy string
			Contact                                       []byte
			CreatedAt                                     time.Time
		}](row)
		open := t.opener("partner", access.PartnerID(r.Jurisdiction, r.Code))
		p := office.Partner{Jurisdiction: r.Jurisdiction, Code: r.Code, Name: civic.Text{Zh: r.NameZh, En: r.NameEn}, Contact: open.text("contact", r.Contact),
			CreatedAt: r.CreatedAt, CreatedBy: r.CreatedBy}
		if err == nil {
			err = open.err
		}
		return p, err
	})
	if err != nil {
		return nil, failed(err)
	}
	for i := range list {
		if list[i].Scopes, err = t.partnerScopes(ctx, list[i].Jurisdiction, list[i].Code); err != nil {
			return nil, err
		}
		if list[i].Keys, err = t.partnerKeys(ctx, list[i].Jurisdiction, list[i].Code); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (t *tx) partnerScopes(ctx context.Context, jurisdiction, partner string) ([]office.PartnerScope, error) {
	rows, err := t.q.Query(ctx, `
		select s.scope, s.basis, s.granted_at, s.withdrawn_at, coalesce(json_object_agg(f.field, f.basis) filter (where f.field is not null), '{}') as fields
		from partner_scope s left join partner_field f on f.jurisdiction = s.jurisdiction and f.partner = s.partner and f.scope = s.scope
		where s.jurisdiction = $1 and s.partner = $2 group by s.jurisdiction, s.partner, s.scope order by s.scope`, jurisdiction, partner)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (office.PartnerScope, error) {
		r, err := pgx.RowToStructByName[struct {
			Scope, Basis string
			GrantedAt    time.Time
			WithdrawnAt  *time.Time
			Fields       map[string]string
		}](row)
		return office.PartnerScope{Scope: r.Scope, Basis: r.Basis, Fields: r.Fields, GrantedAt: r.GrantedAt, WithdrawnAt: orZero(r.WithdrawnAt)}, err
	})
	return list, failed(err)
}

// keyRow is a key as stored.
type keyRow struct {
	Name                 access.PartnerKeyName
	CreatedAt, ExpiresAt time.Time
	EndedAt, UsedAt      *time.Time
}

func (r keyRow) key() access.PartnerKey {
	return access.PartnerKey{Name: r.Name, CreatedAt: r.CreatedAt, ExpiresAt: r.ExpiresAt, EndedAt: orZero(r.EndedAt), UsedAt: orZero(r.UsedAt)}
}

func (t *tx) partnerKeys(ctx context.Context, jurisdiction, partner string) ([]access.PartnerKey, error) {
	rows, err := t.q.Query(ctx, `select name, created_at, expires_at, ended_at, used_at from partner_key
		where jurisdiction = $1 and partner = $2 order by created_at desc, name`, jurisdiction, partner)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (access.PartnerKey, error) {
		r, err := pgx.RowToStructByName[keyRow](row)
		return r.key(), err
	})
	return list, failed(err)
}

func (t *tx) CreatePartner(ctx context.Context, p office.Partner, key string) (again bool, err error) {
	contact := t.secrets.seal(place{"partner", access.PartnerID(p.Jurisdiction, p.Code), "contact"}, []byte(p.Contact))
	tag, err := t.q.Exec(ctx, `
		insert into partner (jurisdiction, code, name_zh, name_en, contact, idempotency_key, created_at, created_by) values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (jurisdiction, idempotency_key) do nothing`,
		p.Jurisdiction, p.Code, p.Name.Zh, p.Name.En, contact, key, p.CreatedAt, orNull(p.CreatedBy))
	return tag.RowsAffected() == 0, failed(err)
}

// SavePartnerScope forgets what was delivered when the fields change: what is given out anew is written down anew.
func (t *tx) SavePartnerScope(ctx context.Context, jurisdiction, partner string, s office.PartnerScope, by string) error {
	_, err := t.q.Exec(ctx, `
		insert into partner_scope as s (jurisdiction, partner, scope, basis, granted_at, granted_by, withdrawn_at) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (jurisdiction, partner, scope) do update set basis = $4, granted_at = $5, granted_by = $6, withdrawn_at = $7, delivered = case
			when (select coalesce(json_object_agg(f.field, 0 order by f.field)::jsonb, '{}') from partner_field f where f.jurisdiction = $1 and f.partner = $2 and f.scope = $3)
				@> (select coalesce(json_object_agg(k, 0)::jsonb, '{}') from unnest($8::text[]) k) then s.delivered else '{}' end`,
		jurisdiction, partner, s.Scope, s.Basis, s.GrantedAt, orNull(by), orNull(s.WithdrawnAt), keysOf(s.Fields))
	if err != nil {
		return failed(err)
	}
	if _, err := t.q.Exec(ctx, `delete from partner_field where jurisdiction = $1 and partner = $2 and scope = $3`, jurisdiction, partner, s.Scope); err != nil {
		return failed(err)
	}
	_, err = t.q.Exec(ctx, `insert into partner_field (jurisdiction, partner, scope, field, basis) select $1, $2, $3, key, value from json_each_text($4)`,
		jurisdiction, partner, s.Scope, s.Fields)
	return failed(err)
}

func keysOf(fields map[string]string) []string {
	keys := []string{}
	for k := range fields {
		keys = append(keys, k)
	}
	return keys
}

// CreatePartnerKey takes the first slot that is free. A key that has expired leaves its slot.
func (t *tx) CreatePartnerKey(ctx context.Context, jurisdiction, partner string, k access.PartnerKey, hash []byte, by, key string) (again bool, err error) {
	var whose string
	err = t.q.QueryRow(ctx, `select partner from partner_key where jurisdiction = $1 and idempotency_key = $2`, jurisdiction, key).Scan(&whose)
	switch {
	case err == nil && whose != partner:
		return false, office.ErrReused
	case err == nil:
		return true, nil
	case failed(err) != office.ErrNotFound:
		return false, failed(err)
	}
	if _, err := t.q.Exec(ctx, `update partner_key set ended_at = expires_at where jurisdiction = $1 and partner = $2 and ended_at is null and expires_at <= $3`,
		jurisdiction, partner, k.CreatedAt); err != nil {
		return false, failed(err)
	}
	tag, err := t.q.Exec(ctx, `
		insert into partner_key (jurisdiction, name, hash, partner, slot, idempotency_key, created_at, created_by, expires_at)
		select $1, $2, $3, $4, slot, $5, $6, $7, $8 from (values (1), (2)) as free (slot)
		where not exists (select from partner_key k where k.jurisdiction = $1 and k.partner = $4 and k.slot = free.slot and k.ended_at is null)
		order by slot limit 1`, jurisdiction, k.Name, hash, partner, key, k.CreatedAt, orNull(by), k.ExpiresAt)
	if err != nil {
		return false, failed(err)
	}
	if tag.RowsAffected() == 0 {
		return false, &office.Error{What: office.Conflict, Why: "two_keys"}
	}
	return false, nil
}

func (t *tx) SavePartnerKey(ctx context.Context, jurisdiction string, k access.PartnerKey) error {
	return found(t.q.Exec(ctx, `update partner_key set expires_at = $3, ended_at = $4, used_at = $5 where jurisdiction = $1 and name = $2`,
		jurisdiction, k.Name, k.ExpiresAt, orNull(k.EndedAt), orNull(k.UsedAt)))
}

func (t *tx) PartnerKey(ctx context.Context, jurisdiction string, hash []byte) (partner string, k access.PartnerKey, err error) {
	rows, err := t.q.Query(ctx, `select partner, name, created_at, expires_at, ended_at, used_at from partner_key where jurisdiction = $1 and hash = $2`, jurisdiction, hash)
	if err != nil {
		return "", k, failed(err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[struct {
		Partner string
		keyRow
	}])
	return r.Partner, r.key(), failed(err)
}
