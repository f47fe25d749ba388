package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLedgerCommand seals what a house did, checks it, cuts the file of heads short of a line's end, and asks for files that are not there.
func TestLedgerCommand(t *testing.T) {
	data := dataFolder(t)
	verify := func(files ...string) (string, error) {
		args := append([]string{"ledger", "verify", "-data", data, "-pg-bin", os.Getenv("ANJU_PG_BIN"), "-pg-npm", os.Getenv("ANJU_PG_NPM")}, files...)
		return start(t.Context(), nil, args...)
	}
	out, err := verify()
	if err != nil || !strings.Contains(out, "350600  0 entries sealed") || !strings.Contains(out, "There is no file of heads yet") {
		t.Errorf("%q, %v", out, err)
	}
	if _, err := verify(filepath.Join(data, "nothing")); err == nil {
		t.Error("a file that is not there was read")
	}
	file := headsFile(headsPath(config{data: data}))
	if err := file.Keep([]byte(`{"jurisdiction":"350600","size":7,"root":"AA==","at":"2026-11-22T01:30:00Z","kid":"0000","signature":"AA=="}` + "\n")); err != nil {
		t.Fatal(err)
	}
	if out, err = verify(); err == nil || !strings.Contains(out, "names 7 entries, and so many are not there any more") || !strings.Contains(out, "not signed by a key of ours") {
		t.Errorf("a head of entries that are not there: %q, %v", out, err)
	}
	if err := file.Keep([]byte(`{"jurisdiction":`)); err != nil {
		t.Fatal(err)
	}
	if _, err := verify(); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Error("a line that was cut off:", err)
	}
	if _, err := start(t.Context(), nil, "ledger"); err == nil {
		t.Error("without saying what to do")
	}
}
