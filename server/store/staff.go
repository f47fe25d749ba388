package store

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"anju/server/access"
	"anju/server/office"
)

// staffRow is a staff member as stored.
type staffRow struct {
	ID           string
	Login        string
	Name         []byte
	PasswordHash string
	TotpSecret   []byte
	TotpStep     int64
	DisabledAt   *time.Time
}

func (t *tx) StaffByLogin(ctx context.Context, login string) (access.StaffMember, error) {
	if !utf8.ValidString(login) || strings.ContainsRune(login, 0) { // the database knows no such text, so nobody has this login
		return access.StaffMember{}, office.ErrNotFound
	}
	return t.staff(ctx, `lower(login) = lower($1)`, login)
}

func (t *tx) StaffByID(ctx context.Context, id string) (access.StaffMember, error) {
	if err := ids(id); err != nil {
		return access.StaffMember{}, err
	}
	return t.staff(ctx, `id = $1`, id)
}

func (t *tx) staff(ctx context.Context, where, arg string) (m access.StaffMember, err error) {
	rows, err := t.q.Query(ctx, `select id, login, name, password_hash, totp_secret, totp_step, disabled_at from staff where `+where, arg)
	if err != nil {
		return m, failed(err)
	}
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[staffRow])
	if err != nil {
		return m, failed(err)
	}
	open := t.opener("staff", row.ID)
	m = access.StaffMember{ID: row.ID, Login: row.Login, Name: open.text("name", row.Name), PasswordHash: row.PasswordHash,
		TOTPSecret: open.text("totp_secret", row.TotpSecret), TOTPStep: row.TotpStep, DisabledAt: orZero(row.DisabledAt)}
	if open.err != nil {
		return access.StaffMember{}, open.err
	}
	rows, err = t.q.Query(ctx, `
		select jurisdiction, coalesce(station, '') as station, role, coalesce(government, '') as government, coalesce(department, '') as department
		from post where staff = $1 order by jurisdiction, station, role, government, department`, row.ID)
	if err != nil {
		return m, failed(err)
	}
	m.Posts, err = pgx.CollectRows(rows, pgx.RowToStructByName[access.Post])
	return m, failed(err)
}

func (t *tx) CreateStaff(ctx context.Context, m access.StaffMember) error {
	var secret []byte
	if m.TOTPSecret != "" {
		secret = t.secrets.seal(place{"staff", m.ID, "totp_secret"}, []byte(m.TOTPSecret))
	}
	_, err := t.q.Exec(ctx, `insert into staff (id, login, name, password_hash, totp_secret, totp_step, disabled_at) values ($1, $2, $3, $4, $5, $6, $7)`,
		m.ID, m.Login, t.secrets.seal(place{"staff", m.ID, "name"}, []byte(m.Name)), m.PasswordHash, secret, m.TOTPStep, orNull(m.DisabledAt))
	if err != nil {
		return failed(err)
	}
	for _, p := range m.Posts {
		_, err := t.q.Exec(ctx, `insert into post (staff, jurisdiction, station, role, government, department) values ($1, $2, $3, $4, $5, $6)`,
			m.ID, p.Jurisdiction, orNull(p.Station), p.Role, orNull(p.Government), orNull(p.Department))
		if err != nil {
			return failed(err)
		}
	}
	return nil
}

func (t *tx) SetPassword(ctx context.Context, staff, hash string) error {
	if err := ids(staff); err != nil {
		return err
	}
	tag, err := t.q.Exec(ctx, `update staff set password_hash = $2 where id = $1`, staff, hash)
	if err == nil && tag.RowsAffected() == 0 {
		return office.ErrNotFound
	}
	return failed(err)
}

// SaveTOTPStep notes the step of the second factor that was used. A step is used once, also by two sign-ins at the same moment: the
// slower one is told ErrStale. Step 0 says that no second factor was asked for.
func (t *tx) SaveTOTPStep(ctx context.Context, staff string, step int64) error {
	if err := ids(staff); err != nil {
		return err
	}
	return fresh(t.q.Exec(ctx, `update staff set totp_step = $2 where id = $1 and (totp_step < $2 or $2 = 0 and totp_step = 0)`, staff, step))
}
