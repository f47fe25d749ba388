package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"anju/server/ledger"
	"anju/server/office"
	"anju/server/permit"
)

func (t *tx) CreateHandover(ctx context.Context, a permit.Application, h permit.Handover) error {
	collector := "holder"
	var agent, signature []byte
	if h.Collector != nil {
		var err error
		if agent, err = t.secrets.sealJSON(place{"handover", a.ID, "agent"}, h.Collector); err != nil {
			return err
		}
		collector = "agent"
	}
	if h.Signing == permit.SignedOnScreen {
		signature = t.secrets.seal(place{"handover", a.ID, "signature"}, h.Signature)
	}
	_, err := t.q.Exec(ctx, `insert into handover (jurisdiction, application, version, collector, agent, signing, signature) values ($1, $2, $3, $4, $5, $6, $7)`,
		a.Jurisdiction, a.ID, a.Version, collector, agent, h.Signing, signature)
	return failed(err)
}

// HandoverOf writes the view only when there is a hand-over to see.
func (t *tx) HandoverOf(ctx context.Context, c office.Case, view ledger.Entry) (h permit.Handover, err error) {
	a := c.Application
	rows, err := t.q.Query(ctx, `select agent, signing, signature from handover where jurisdiction = $1 and application = $2`, a.Jurisdiction, a.ID)
	if err != nil {
		return h, failed(err)
	}
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[struct {
		Agent     []byte
		Signing   permit.Signing
		Signature []byte
	}])
	if err != nil {
		return h, failed(err)
	}
	if err := t.viewed(ctx, view, sight{a.Jurisdiction, a.Person, a.Account, "handover/" + a.Reference}); err != nil {
		return h, err
	}
	open := t.opener("handover", a.ID)
	h = permit.Handover{IdentitySeen: true, Signing: row.Signing, Signature: open.bytes("signature", row.Signature)}
	if row.Agent != nil {
		h.Collector = &permit.Collector{}
		open.json("agent", row.Agent, h.Collector)
	}
	return h, open.err
}
