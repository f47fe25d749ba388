package store_test

import (
	"bytes"
	"log/slog"
	"slices"
	"strconv"
	"testing"
	"time"

	"anju/server/ledger"
	"anju/server/office"
	"anju/server/scene"
)

// shelf keeps heads, as a file on another machine would.
type shelf struct{ heads []ledger.Head }

func (s *shelf) Keep(line []byte) error {
	h, err := ledger.ParseHead(bytes.TrimSpace(line))
	s.heads = append(s.heads, h)
	return err
}

// sealedCity is a house whose ledger has been sealed twelve times, five entries at a time, with three more that wait.
func sealedCity(t *testing.T) (desk, *office.Office, *shelf) {
	t.Helper()
	d, kept := open(t), &shelf{}
	h, err := scene.NewHouse(t.Context(), d.Store, "http://example.com", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	h.Office.Heads = kept
	write := func(n int) {
		t.Helper()
		for i := range n {
			d.do(func(tx office.Tx) error {
				return tx.Record(t.Context(), ledger.Entry{At: h.Clock.Now(), Jurisdiction: city, ActorKind: "staff", ActorID: "clerk", Station: "xq", Action: ledger.Viewed, Purpose: "review",
					Object: "permit/" + strconv.Itoa(i), RequestID: "r"})
			})
		}
	}
	for range 12 {
		write(5)
		h.Clock.Add(10 * time.Minute)
		if n, err := h.Office.SealLedger(t.Context()); err != nil || n != 5 {
			t.Fatalf("%d entries were sealed, want 5; %v", n, err)
		}
	}
	write(3)
	return d, h.Office, kept
}

// TestTheLedgerProvesItself lets the owner of the database, who may do anything there, change, remove and reorder entries, with and without their
// leaves. Each is found, and nothing else is.
func TestTheLedgerProvesItself(t *testing.T) {
	at := func(position string) string {
		return `(select seq from ledger_leaf where jurisdiction = '350600' and position = ` + position + `)`
	}
	const free = `alter table ledger_leaf drop constraint ledger_leaf_entry`
	for name, c := range map[string]struct {
		deeds []string
		leaf  string // position whose leaf is made anew afterwards, so that entry and leaf agree
		want  []string
	}{
		"nothing happened":                            {nil, "", nil},
		"an entry says something else":                {[]string{`update ledger_entry set purpose = 'lunch' where seq = ` + at("20")}, "", []string{"changed", "head"}},
		"somebody else did it, and the leaf was made": {[]string{`update ledger_entry set actor_id = 'another' where seq = ` + at("20")}, "20", []string{"head"}},
		"an entry is gone":                            {[]string{free, `delete from ledger_entry where seq = ` + at("31")}, "", []string{"gone", "head"}},
		"an entry is gone with its place": {[]string{free, `delete from ledger_entry where seq = ` + at("31"), `delete from ledger_leaf where position = 31 and jurisdiction = '350600'`},
			"", []string{"head", "moved", "short"}},
		"the last ones are gone": {[]string{free, `delete from ledger_entry where seq in (select seq from ledger_leaf where jurisdiction = '350600' and position >= 57)`,
			`delete from ledger_leaf where jurisdiction = '350600' and position >= 57`}, "", []string{"short"}},
		"two have changed places": {[]string{`update ledger_leaf set position = position + 1000 where jurisdiction = '350600' and position in (10, 14)`,
			`update ledger_leaf set position = case position when 1010 then 14 else 10 end where position >= 1000`}, "", []string{"head"}},
	} {
		t.Run(name, func(t *testing.T) {
			d, o, kept := sealedCity(t)
			for _, deed := range c.deeds {
				d.owner(deed)
			}
			if c.leaf != "" {
				place, err := strconv.ParseInt(c.leaf, 10, 64)
				if err != nil {
					t.Fatal(err)
				}
				d.do(func(tx office.Tx) error {
					places, err := tx.SealedEntries(t.Context(), city, place, 1)
					leaf := ledger.Leaf(places[0].Seq, places[0].Entry)
					d.owner(`update ledger_leaf set hash = $1 where jurisdiction = '350600' and position = $2 returning ''`, leaf[:], place)
					return err
				})
			}
			reports, err := o.VerifyLedger(t.Context(), kept.heads)
			if err != nil {
				t.Fatal(err)
			}
			r := reports[slices.IndexFunc(reports, func(r office.LedgerReport) bool { return r.Jurisdiction == city })]
			var what []string
			for _, f := range r.Faults {
				if !slices.Contains(what, f.What) {
					what = append(what, f.What)
				}
			}
			slices.Sort(what)
			if !slices.Equal(what, c.want) {
				t.Errorf("found %v, want %v", what, c.want)
			}
			if c.deeds == nil && (r.Entries != 60 || r.Unsealed != 3 || r.Heads != 12) {
				t.Errorf("%+v", r)
			}
		})
	}
}

// TestAHeadOfAStrangerIsNoHead: who writes a head of his own into the file has no key for it.
func TestAHeadOfAStrangerIsNoHead(t *testing.T) {
	_, o, kept := sealedCity(t)
	forged := kept.heads[3]
	forged.At = forged.At.Add(time.Second)
	for name, h := range map[string]ledger.Head{"another time": forged, "no signature": {Jurisdiction: city, Size: 5, Root: kept.heads[0].Root, At: kept.heads[0].At},
		"another's key": {Jurisdiction: city, Size: 5, Root: kept.heads[0].Root, At: kept.heads[0].At, Kid: "0000", Signature: kept.heads[0].Signature}} {
		reports, err := o.VerifyLedger(t.Context(), []ledger.Head{h})
		if err != nil {
			t.Fatal(err)
		}
		faults := reports[slices.IndexFunc(reports, func(r office.LedgerReport) bool { return r.Jurisdiction == city })].Faults
		if len(faults) != 1 || faults[0].What != "signature" {
			t.Errorf("%s: %+v", name, faults)
		}
	}
}

// TestTwoProcessesSealOneLedger seals from many sides while entries are written: each entry has one place, and the heads agree.
func TestTwoProcessesSealOneLedger(t *testing.T) {
	d, o, kept := sealedCity(t)
	errs := make(chan error, 8)
	for i := range cap(errs) {
		go func() {
			var err error
			for range 20 {
				if i%2 == 0 {
					_, err = o.SealLedger(t.Context())
				} else {
					err = d.try(func(tx office.Tx) error { return tx.Record(t.Context(), view, view) })
				}
				if err != nil {
					break
				}
			}
			errs <- err
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if _, err := o.SealLedger(t.Context()); err != nil {
		t.Fatal(err)
	}
	reports, err := o.VerifyLedger(t.Context(), kept.heads)
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, r := range reports {
		if total += int(r.Entries); r.Unsealed != 0 || len(r.Faults) != 0 {
			t.Errorf("%+v", r)
		}
	}
	if n := d.owner(`select count(*)::text from ledger_entry`); n[0] != strconv.Itoa(total) {
		t.Errorf("%d entries have a place, of %s", total, n[0])
	}
}
