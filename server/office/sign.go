package office

import (
	"context"
	"encoding/json"
	"strconv"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/credential"
	"anju/server/ledger"
	"anju/server/permit"
)

// tierNumbers are the numbers that stand for tiers in signed codes.
var tierNumbers = map[string]credential.Tier{
	"residence_permit": credential.TierResidencePermit, "permit_1y": credential.TierOneYear, "permit_3y": credential.TierThreeYears,
}

// claimsOf prepares what a permit's code says: masked, so that a stranger learns no more than is needed.
func claimsOf(p permit.Permit, holder permit.Person) credential.Claims {
	jurisdiction, _ := strconv.ParseUint(p.Jurisdiction, 10, 32)
	id := string(holder.IDNumber)
	return credential.Claims{Jurisdiction: uint32(jurisdiction), Number: p.Number, Tier: tierNumbers[p.Tier], IssuedOn: p.IssuedOn, ValidUntil: p.ValidUntil,
		Name: civic.MaskName(holder.Name), LastFour: id[max(0, len(id)-4):], List: uint32(p.StatusList), Index: uint32(p.StatusIndex)}
}

// SignPrepared signs every credential that was prepared in an issue and has not been signed: the claims are stored before the signature
// is made, so nothing signed is ever unknown to the record, and a crash in between loses nothing.
func (o *Office) SignPrepared(ctx context.Context) error {
	_, signer := o.ring.current()
	if signer == nil {
		return &Error{What: Unavailable, Why: "no_signing_key"}
	}
	const batch = 100
	for {
		var prepared []PreparedCredential
		err := o.Store.Within(ctx, func(tx Tx) (err error) {
			if prepared, err = tx.Unsigned(ctx, batch); err != nil {
				return err
			}
			for _, p := range prepared {
				if err := o.sign(ctx, tx, signer, p); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(prepared) < batch {
			return err
		}
	}
}

func (o *Office) sign(ctx context.Context, tx Tx, signer credential.Signer, p PreparedCredential) error {
	var claims credential.Claims
	if err := json.Unmarshal(p.Claims, &claims); err != nil {
		return err
	}
	signed, err := credential.Sign(signer, claims)
	if err != nil {
		return err
	}
	if err := tx.SaveCredential(ctx, p.Jurisdiction, p.Number, signer.KeyID(), signed, o.now()); err != nil {
		return err
	}
	entry := o.entry(access.Actor{Kind: access.System, ID: "signer"}, ledger.Signed, "")
	entry.Jurisdiction, entry.Object = p.Jurisdiction, "permit/"+p.Number
	return tx.Record(ctx, entry)
}
