package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"anju/server/access"
	"anju/server/store/storetest"
)

// TestPartnersCommand takes a partner up, allows it something, changes its key and ends it, as an operator does at a shell.
func TestPartnersCommand(t *testing.T) {
	house, _, logs := openHouseAt(t, storetest.Open(t))
	ctx := context.Background()
	var out bytes.Buffer
	run := func(args ...string) (string, error) {
		out.Reset()
		err := said(partnersDo(ctx, house.Office, args[0], "350600", args[1:], &out))
		return out.String(), err
	}
	must := func(args ...string) string {
		t.Helper()
		said, err := run(args...)
		if err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		return said
	}
	must("add", "edu", "教育局", "Education Bureau", "基教科")
	must("allow", "edu", "changes", "协议一", "status=协议一", "name=条例六")
	key := strings.TrimSpace(must("rotate", "edu"))
	second := strings.TrimSpace(must("rotate", "edu"))
	for _, k := range []string{key, second} {
		if _, err := house.Office.Admit(ctx, k, ""); err != nil {
			t.Errorf("%v", err)
		}
	}
	_, name, _, ok := access.ParsePartnerKey(key)
	if _, err := run("rotate", "edu"); err == nil || !ok {
		t.Error("three keys are good at once")
	}
	must("revoke", "edu", string(name))
	must("withdraw", "edu", "changes")
	list := must("list")
	for _, want := range []string{"edu  教育局  Education Bureau", "may changes (协议一)  withdrawn", "key " + string(name) + "  ended", "good until 2026-12-08"} {
		if !strings.Contains(list, want) && !strings.Contains(list, strings.Replace(want, "2026-12-08", "2027-11-24", 1)) {
			t.Errorf("the list does not say %q:\n%s", want, list)
		}
	}
	if strings.Contains(list+logs.String(), key) || strings.Contains(list+logs.String(), second) {
		t.Error("a key stands in the list or in the log")
	}
	for _, bad := range [][]string{{"add", "E", "x", "x", "x"}, {"add", "edu", "x", "x", "x"}, {"allow", "edu", "all", "x"}, {"allow", "edu", "changes", "x", "phone=x"}, {"allow", "edu", "changes", "x", "name"},
		{"rotate", "nobody"}, {"revoke", "edu", "aaaaaaaa"}, {"withdraw", "nobody", "changes"}} {
		if said, err := run(bad...); err == nil {
			t.Errorf("%v: %s", bad, said)
		}
	}
	for _, bad := range [][]string{nil, {"list"}, {"add", "350600", "x"}, {"rotate", "350600", "edu", "x"}, {"do", "350600"}} {
		if err := partners(ctx, config{}, bad, &out, nil); err == nil || !strings.Contains(err.Error(), "usage") {
			t.Errorf("%v: %v", bad, err)
		}
	}
}
