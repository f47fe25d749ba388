package store_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"anju/server/access"
	"anju/server/credential"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/store"
	"anju/server/store/storetest"
)

// Whoever steals the database reads no name, number, phone, address, file, note, code or key in it, in any of the usual spellings.
func TestDumpTellsNothing(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	c := d.cast()
	number := citizen(t, 1)
	a, refused := d.submit(c.account.ID, "欧阳𠮷", number), d.submit(c.account.ID, "李四光", citizen(t, 2))
	d.issue(a, c)
	key, staff, draft := signingKey(t, credential.KeyID{1, 2}), id(), draftOf(id())
	draft.Draft.Detail = "沿河西巷十七号"
	file := photo(city, a.ID, "application")
	_, hash := access.NewToken()
	d.do(func(tx office.Tx) error {
		return errors.Join(
			save(ctx, tx)(accepted(refused.Application, c.acceptor)),
			tx.CreateSigningKey(ctx, key),
			tx.CreateDraft(ctx, draft),
			tx.AddEvidence(ctx, file),
			tx.CreateStaff(ctx, access.StaffMember{ID: staff, Login: "x", Name: "郑督察", PasswordHash: access.HashPassword("y"), TOTPSecret: "JBSWY3DPEHPK3PXP"}),
			tx.CreateChallenge(ctx, access.Challenge{Hash: hash, Purpose: "sign-in", Phone: "13700009012", CodeHash: hash, ExpiresAt: now}),
			tx.Send(ctx, office.Message{ID: id(), Phone: "13700009012", Lang: "zh", Kind: "sign_in_code", Args: map[string]string{"Code": "code-492817"}, CreatedAt: now}),
			tx.Park(ctx, office.ParkedForm{Account: c.account.ID, Path: "/apply", Values: map[string][]string{"name": {"慕容复"}}, Until: now.Add(time.Hour)}),
		)
	})
	d.do(func(tx office.Tx) error {
		x, _ := accepted(refused.Application, c.acceptor)
		if err := save(ctx, tx)(decided(x, permit.VerbRefuse, c.reviewer)); err != nil {
			return err
		}
		if _, _, err := tx.Count(ctx, access.CodesPerPhoneDay, "13700009012", now); err != nil {
			return err
		}
		_, err := tx.Queue(ctx, scope, office.QueueQuery{Size: 10}, view)
		return err
	})
	dump := storetest.Dump(t, d.address)
	if !bytes.Contains(dump, []byte(a.Reference)) || !bytes.Contains(dump, []byte("PERMIT_CREDENTIAL")) {
		t.Fatal("the dump is not one")
	}
	for _, secret := range []string{"欧阳", "𠮷", "李四光", "张小明", string(number), string(number[6:14]), string(citizen(t, 2)), c.account.Phone, "13700009012", "新华北路", "501", "沿河西巷",
		"顺风茶厂", "350602001001", "labour contract", "材料与本人不符", "郑督察", "林受理", "陈审核", "JBSWY3DPEHPK3PXP", "492817", "慕容复", "claims of",
		string(key.Private), string(a.token[:])} {
		spellings := []string{secret, hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret))), base64.RawStdEncoding.EncodeToString([]byte(secret)),
			base64.RawURLEncoding.EncodeToString([]byte(secret))}
		for _, s := range spellings {
			if len(s) > 3 && bytes.Contains(dump, []byte(s)) {
				t.Errorf("the dump contains %q as %q", secret, s)
			}
		}
	}
	// Equal values in two columns or two rows are not told to be equal.
	phones := d.owner(`select encode(phone_index, 'hex') from account union all select encode(phone_index, 'hex') from message union all select encode(key, 'hex') from throttle`)
	for i, p := range phones {
		for _, q := range phones[i+1:] {
			if p == q {
				t.Error("one hash in two columns")
			}
		}
	}
}

// A sealed value opens in its own row and column only.
func TestSealedValuesDoNotMove(t *testing.T) {
	d := open(t)
	c := d.cast()
	a, b := d.submit(c.account.ID, "张小明", citizen(t, 1)), d.submit(c.account.ID, "李四", citizen(t, 2))
	look := func(s sent) error {
		return d.try(func(tx office.Tx) error {
			_, err := tx.FindApplication(t.Context(), office.Finder{Jurisdiction: city, Reference: s.Reference, Scope: &scope}, view)
			return err
		})
	}
	for _, tampering := range []string{
		`update person p set name = q.name from person q where p.id <> q.id`,
		`update person set phone = ethnic_group, ethnic_group = phone`,
		`update application a set particulars = b.particulars from application b where a.id <> b.id`,
		`update person set name = set_byte(name, 0, 2)`,
		`update person set name = set_byte(name, octet_length(name) - 1, 255 - get_byte(name, octet_length(name) - 1))`,
	} {
		if err := errors.Join(look(a), look(b)); err != nil {
			t.Fatal(err)
		}
		before := d.owner(`select encode(name, 'hex') || ' ' || encode(phone, 'hex') || ' ' || encode(ethnic_group, 'hex') || ' ' || id from person`)
		particulars := d.owner(`select encode(particulars, 'hex') || ' ' || id from application`)
		d.owner(tampering)
		for _, s := range []sent{a, b} {
			if err := look(s); err == nil || !strings.Contains(err.Error(), "does not open") {
				t.Errorf("%s: %v", tampering, err)
			}
		}
		for _, row := range before {
			f := strings.Fields(row)
			d.owner(`update person set name = decode($1, 'hex'), phone = decode($2, 'hex'), ethnic_group = decode($3, 'hex') where id = $4`, f[0], f[1], f[2], f[3])
		}
		for _, row := range particulars {
			f := strings.Fields(row)
			d.owner(`update application set particulars = decode($1, 'hex') where id = $2`, f[0], f[1])
		}
	}
	if n := d.owner(`select '' from ledger_entry`); len(n) != 10 {
		t.Errorf("%d entries: a view that failed left its entry, or one that did not left none", len(n))
	}
}

// After a rotation old rows open and are found, new rows are sealed with the new key, and without a key its rows stay shut.
func TestRotation(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	address := storetest.Database(t)
	first, second := store.MasterKey{Version: 1, Key: [32]byte{1}}, store.MasterKey{Version: 2, Key: [32]byte{2}}
	with := func(keys ...store.MasterKey) *store.Store {
		secrets, err := store.NewSecrets(keys...)
		if err != nil {
			t.Fatal(err)
		}
		s, err := store.Open(ctx, address, secrets)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return s
	}
	account := func(s *store.Store, phone string) (a office.Account) {
		if err := s.Within(ctx, func(tx office.Tx) (err error) { a, err = tx.AccountOf(ctx, phone, "zh", now); return }); err != nil {
			t.Fatal(err)
		}
		return a
	}
	read := func(s *store.Store, id string) (a office.Account, err error) {
		err = s.Within(ctx, func(tx office.Tx) error { a, err = tx.Account(ctx, id); return err })
		return a, err
	}
	old, both, new := with(first), with(first, second), with(second)
	a := account(old, "13800005678")
	if account(both, "13800005678").ID != a.ID {
		t.Fatal("the account was not found after the rotation")
	}
	b := account(both, "13900001234")
	for _, want := range []office.Account{a, b} {
		if got, err := read(both, want.ID); err != nil || got != want {
			t.Fatal(got, err)
		}
	}
	for s, account := range map[*store.Store]office.Account{old: b, new: a} {
		if got, err := read(s, account.ID); err == nil || got.Phone != "" || !strings.Contains(err.Error(), "no master key") {
			t.Error(got, err)
		}
	}
	if got, err := read(new, b.ID); err != nil || got != b {
		t.Error(got, err)
	}
}

func TestSecretsFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "secrets")
	if _, err := store.LoadSecrets(path); !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	made, err := store.CreateSecrets(path)
	if err != nil {
		t.Fatal(err)
	}
	if st, _ := os.Stat(path); st.Mode().Perm() != 0o600 {
		t.Error(st.Mode())
	}
	again, err := store.CreateSecrets(path)
	if err != nil || !bytes.Equal(again.Key("codes"), made.Key("codes")) {
		t.Error("a file of keys was overwritten", err)
	}
	if bytes.Equal(made.Key("codes"), made.Key("other")) || len(made.Key("codes")) != 32 {
		t.Error("keys of two purposes are one")
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Error(left)
	}
	if os.Chmod(path, 0o644); true {
		if _, err := store.LoadSecrets(path); err == nil {
			t.Error("a file that everybody may read was taken")
		}
	}
	good := strings.Repeat("ab", 32)
	for text, ok := range map[string]bool{
		"1 " + good: true, "# keys\n\n 1 " + good + "\n2 " + strings.Repeat("cd", 32) + "\n": true,
		"": false, "1 abcd": false, good: false, "0 " + good: false, "256 " + good: false, "1 " + good + "\n1 " + good: false, "1 " + good + "zz": false,
	} {
		file := filepath.Join(t.TempDir(), "keys")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := store.LoadSecrets(file)
		if (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
		if err != nil && strings.Contains(err.Error(), "abab") {
			t.Errorf("the error tells the key: %v", err)
		}
	}
}
