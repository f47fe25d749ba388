package api_test

import (
	"errors"
	"testing"

	"anju/server/credential"
	"anju/server/office"
)

// TestAKeyIsRotatedAndWithdrawn: a new key leaves the permits in hand good; withdrawn, a key takes with it every code that it signed, and the permits are
// signed again with another. A withdrawal is for ever, and a list that the key signed is replaced at once.
func TestAKeyIsRotatedAndWithdrawn(t *testing.T) {
	h := furnish(t, "zz.issued", "zb.issued")
	verdict := func(code string) credential.Verdict {
		t.Helper()
		return into[struct{ Verdict credential.Verdict }](t, h.post("/api/v1/verifications", `{"code":"`+code+`"}`)).Verdict
	}
	text := func(key string) string { return credential.SignedText(origin, h.permit(key).Signed) }
	kid := func(key string) credential.KeyID {
		t.Helper()
		code, err := credential.Parse(text(key), origin)
		if err != nil {
			t.Fatal(err)
		}
		proof, err := h.office.KeySet().Check(code, h.clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		return proof.Kid
	}
	first, before := kid("zz.issued"), text("zz.issued")
	if _, err := h.office.CreateSigningKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := verdict(before); got != credential.Valid {
		t.Fatal("after a rotation the code in hand is", got)
	}
	if n, err := h.office.WithdrawSigningKey(t.Context(), first); err != nil || n != 2 {
		t.Fatalf("%d permits were signed again, want 2; %v", n, err)
	}
	if got := verdict(before); got != credential.Unknown {
		t.Error("what the withdrawn key signed is", got)
	}
	second := kid("zz.issued")
	if got := verdict(text("zz.issued")); got != credential.Valid || second == first {
		t.Errorf("the permit signed again, with key %s, is %s", second, got)
	}
	h.list("zz.issued") // signed with a key that counts
	if _, err := h.office.WithdrawSigningKey(t.Context(), first); !errors.Is(err, office.ErrStale) {
		t.Error("withdrawn twice:", err)
	}
	if _, err := h.office.WithdrawSigningKey(t.Context(), credential.KeyID{}); !errors.Is(err, office.ErrNotFound) {
		t.Error("no such key:", err)
	}
	// The last key that signs is withdrawn: another one is made.
	if n, err := h.office.WithdrawSigningKey(t.Context(), second); err != nil || n != 2 {
		t.Fatalf("%d permits were signed again, want 2; %v", n, err)
	}
	if third := kid("zb.issued"); third == second || verdict(text("zb.issued")) != credential.Valid {
		t.Error("signed with", third)
	}
}
