package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"anju/server/civic"
	"anju/server/office"
)

func (t *tx) CreateStation(ctx context.Context, s office.Station) error {
	tag, err := t.q.Exec(ctx, `
		insert into station (jurisdiction, code, name_zh, name_en, issuer_zh, issuer_en, address_zh, address_en) values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (jurisdiction, code) do nothing`,
		s.Jurisdiction, s.Code, s.Name.Zh, s.Name.En, s.Issuer.Zh, s.Issuer.En, s.Address.Zh, s.Address.En)
	if err != nil || tag.RowsAffected() == 0 {
		return failed(err)
	}
	_, err = t.q.Exec(ctx, `insert into station_division (jurisdiction, division, station) select $1, unnest($2::text[]), $3`, s.Jurisdiction, s.Divisions, s.Code)
	return failed(err)
}

const selectStation = `
	select s.jurisdiction, s.code, s.name_zh, s.name_en, s.issuer_zh, s.issuer_en, s.address_zh, s.address_en,
		array(select d.division from station_division d where d.jurisdiction = s.jurisdiction and d.station = s.code order by 1) as divisions
	from station s `

func (t *tx) Station(ctx context.Context, jurisdiction, code string) (office.Station, error) {
	return t.station(ctx, selectStation+`where s.jurisdiction = $1 and s.code = $2`, jurisdiction, code)
}

// StationFor prefers the station of the street (nine digits) to the one of its county (the first six).
func (t *tx) StationFor(ctx context.Context, jurisdiction, street string) (office.Station, error) {
	return t.station(ctx, selectStation+`
		join station_division served on served.jurisdiction = s.jurisdiction and served.station = s.code
		where s.jurisdiction = $1 and served.division in ($2, left($2, 6)) order by char_length(served.division) desc limit 1`, jurisdiction, street)
}

func (t *tx) station(ctx context.Context, sql string, args ...any) (office.Station, error) {
	rows, err := t.q.Query(ctx, sql, args...)
	if err != nil {
		return office.Station{}, failed(err)
	}
	station, err := pgx.CollectExactlyOneRow(rows, scanStation)
	return station, failed(err)
}

func scanStation(row pgx.CollectableRow) (office.Station, error) {
	r, err := pgx.RowToStructByName[struct {
		Jurisdiction, Code, NameZh, NameEn, IssuerZh, IssuerEn, AddressZh, AddressEn string
		Divisions                                                                    []string
	}](row)
	return office.Station{Jurisdiction: r.Jurisdiction, Code: r.Code, Name: civic.Text{Zh: r.NameZh, En: r.NameEn},
		Issuer: civic.Text{Zh: r.IssuerZh, En: r.IssuerEn}, Address: civic.Text{Zh: r.AddressZh, En: r.AddressEn}, Divisions: r.Divisions}, err
}
