package office

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"anju/server/credential"
	"anju/server/ledger"
)

// NumberedEntry is a ledger entry with the number that the record gave it.
type NumberedEntry struct {
	Seq int64
	ledger.Entry
}

// SealedEntry is an entry with its place in the tree and the hash that was written down when it was sealed.
type SealedEntry struct {
	Position int64
	Hash     ledger.Hash
	NumberedEntry
}

// Heads keeps the signed heads of the ledger's trees outside the database: whoever can change the one must not be able to change the other.
type Heads interface {
	// Keep stores a line durably before it returns.
	Keep(line []byte) error
}

// headEvery is how often a head is kept, when the tree has grown. What was written since the last head is protected by the database's rights alone.
const headEvery = time.Minute

// sealBatch is how many entries are sealed in one transaction.
const sealBatch = 2000

// ledgers are the trees: one for each city, and one for what belongs to none.
func (o *Office) ledgers() []string {
	list := []string{""}
	for _, j := range o.Book.Jurisdictions() {
		list = append(list, j.Code)
	}
	return list
}

// SealLedger gives every entry that has none its place in the tree of its city, and keeps a signed head of each tree that has grown, once a minute at
// most. A tree that another process is adding to is left to it. It returns how many entries it sealed.
func (o *Office) SealLedger(ctx context.Context) (sealed int, err error) {
	for _, jurisdiction := range o.ledgers() {
		var tree ledger.Tree
		for n := sealBatch; n == sealBatch; sealed += n {
			err := o.Store.Within(ctx, func(tx Tx) (err error) {
				tree, n, err = sealSome(ctx, tx, jurisdiction)
				return err
			})
			if errors.Is(err, ErrStale) {
				break
			}
			if err != nil {
				return sealed, fmt.Errorf("office: seal the ledger of %q: %w", jurisdiction, err)
			}
		}
		if err := o.keepHead(jurisdiction, tree); err != nil {
			return sealed, err
		}
	}
	return sealed, nil
}

func sealSome(ctx context.Context, tx Tx, jurisdiction string) (tree ledger.Tree, n int, err error) {
	if tree, err = tx.LedgerTree(ctx, jurisdiction); err != nil {
		return tree, 0, err
	}
	entries, err := tx.UnsealedEntries(ctx, jurisdiction, sealBatch)
	if err != nil || len(entries) == 0 {
		return tree, 0, err
	}
	leaves := make([]ledger.Hash, len(entries))
	tree.Edge = slices.Clone(tree.Edge)
	for i, e := range entries {
		leaves[i] = ledger.Leaf(e.Seq, e.Entry)
		tree.Add(leaves[i])
	}
	return tree, len(entries), tx.SealEntries(ctx, jurisdiction, entries, leaves, tree)
}

// keepHead signs the head of a tree and keeps it, when the tree has grown since the last head and that one is old enough.
func (o *Office) keepHead(jurisdiction string, tree ledger.Tree) error {
	_, signer := o.ring.current()
	if o.Heads == nil || signer == nil || tree.Size == 0 {
		return nil
	}
	o.headsMu.Lock()
	defer o.headsMu.Unlock()
	last := o.lastHeads[jurisdiction]
	now := o.now()
	if last.Size == tree.Size || now.Sub(last.At) < headEvery {
		return nil
	}
	head := ledger.NewHead(jurisdiction, tree, now)
	head.Kid = signer.KeyID().String()
	signature, err := signer.Sign(head.Message())
	if err != nil {
		return fmt.Errorf("office: sign the head of the ledger: %w", err)
	}
	head.Signature = base64.StdEncoding.EncodeToString(signature)
	line, err := head.Line()
	if err != nil {
		return err
	}
	if err := o.Heads.Keep(line); err != nil {
		return fmt.Errorf("office: keep the head of the ledger: %w", err)
	}
	if o.lastHeads == nil {
		o.lastHeads = map[string]ledger.Head{}
	}
	o.lastHeads[jurisdiction] = head
	return nil
}

// LedgerFault is one thing that is wrong with the ledger.
type LedgerFault struct {
	What     string // "changed", "gone", "moved", "head", "signature", "short"
	Position int64  // of the entry, or the size that a head names
	Seq      int64  // of the entry; 0 for a head
	At       time.Time
}

// LedgerReport is what a check of one tree found.
type LedgerReport struct {
	Jurisdiction string
	Entries      int64 // sealed
	Unsealed     int   // not sealed yet: the newest
	Heads        int   // that were compared
	Faults       []LedgerFault
}

// VerifyLedger reads the whole ledger of every city, makes its tree anew and compares it with what was written down when each entry was sealed and
// with the signed heads that were kept outside. A changed entry is found by its leaf or, when the leaf was changed with it, by the next head; a removed
// one by its place; reordered ones by both.
func (o *Office) VerifyLedger(ctx context.Context, heads []ledger.Head) (reports []LedgerReport, err error) {
	set := o.KeySet()
	for _, jurisdiction := range o.ledgers() {
		own := slices.DeleteFunc(slices.Clone(heads), func(h ledger.Head) bool { return h.Jurisdiction != jurisdiction })
		slices.SortStableFunc(own, func(a, b ledger.Head) int { return int(a.Size - b.Size) })
		r := LedgerReport{Jurisdiction: jurisdiction, Heads: len(own)}
		for _, h := range own {
			if !headSigned(set, h) {
				r.Faults = append(r.Faults, LedgerFault{What: "signature", Position: h.Size, At: h.At})
			}
		}
		if err := o.verifyTree(ctx, &r, own); err != nil {
			return reports, err
		}
		reports = append(reports, r)
	}
	return reports, nil
}

func headSigned(set credential.KeySet, h ledger.Head) bool {
	kid, err := hex.DecodeString(h.Kid)
	signature, failed := base64.StdEncoding.DecodeString(h.Signature)
	return err == nil && failed == nil && len(kid) == len(credential.KeyID{}) && set.Verify(credential.KeyID(kid), h.Message(), signature) == nil
}

// verifyTree walks the places of a tree in their order, a batch in each transaction.
func (o *Office) verifyTree(ctx context.Context, r *LedgerReport, heads []ledger.Head) error {
	var tree ledger.Tree
	fault := func(what string, position, seq int64, at time.Time) {
		r.Faults = append(r.Faults, LedgerFault{what, position, seq, at})
	}
	for next := int64(0); ; {
		var places []SealedEntry
		err := o.Store.Within(ctx, func(tx Tx) (err error) {
			places, err = tx.SealedEntries(ctx, r.Jurisdiction, next, sealBatch)
			if err == nil && len(places) < sealBatch {
				r.Unsealed, err = tx.CountUnsealed(ctx, r.Jurisdiction)
			}
			return err
		})
		if err != nil {
			return err
		}
		for _, p := range places {
			leaf := ledger.Leaf(p.Seq, p.Entry)
			switch {
			case p.At.IsZero():
				fault("gone", p.Position, p.Seq, p.At)
			case leaf != p.Hash:
				fault("changed", p.Position, p.Seq, p.At)
			}
			if p.Position != next {
				fault("moved", p.Position, p.Seq, p.At)
			}
			next = p.Position + 1
			tree.Add(leaf)
			for ; len(heads) > 0 && heads[0].Size <= tree.Size; heads = heads[1:] {
				if want := ledger.NewHead(r.Jurisdiction, tree, heads[0].At); heads[0].Size != tree.Size || heads[0].Root != want.Root {
					fault("head", heads[0].Size, 0, heads[0].At)
				}
			}
		}
		if len(places) < sealBatch {
			break
		}
	}
	r.Entries = tree.Size
	for _, h := range heads { // more was there once than is there now
		fault("short", h.Size, 0, h.At)
	}
	return nil
}
