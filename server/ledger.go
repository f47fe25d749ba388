package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"anju/server/ledger"
	"anju/server/office"
)

// headsFile keeps the signed heads of the ledger, one line each. Lines are added at its end only, and are on the disk before Keep returns.
type headsFile string

// Keep adds a line.
func (f headsFile) Keep(line []byte) error {
	file, err := os.OpenFile(string(f), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(line)
	return errors.Join(err, file.Sync(), file.Close())
}

// headsPath is where the heads are kept.
func headsPath(c config) string {
	if c.ledgerHeads != "" {
		return c.ledgerHeads
	}
	return filepath.Join(c.data, "ledger.heads")
}

// ledgerCommand checks the whole ledger against its trees and the signed heads, prints what it found, and fails when something is wrong.
func ledgerCommand(ctx context.Context, c config, rest []string, out io.Writer, log *slog.Logger) (err error) {
	if len(rest) < 1 || rest[0] != "verify" {
		return errors.New("usage: anju ledger verify [FILE OF HEADS ...]")
	}
	files := rest[1:]
	if len(files) == 0 {
		files = []string{headsPath(c)}
	}
	var heads []ledger.Head
	for _, name := range files {
		more, err := readHeads(name)
		if errors.Is(err, fs.ErrNotExist) && len(rest) == 1 {
			fmt.Fprintf(out, "There is no file of heads yet at %s: only the database's own word is checked.\n", name)
			continue
		}
		if err != nil {
			return err
		}
		heads = append(heads, more...)
	}
	h, err := openHouse(ctx, c, clock{}, false, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	reports, err := h.office.VerifyLedger(ctx, heads)
	if err != nil {
		return err
	}
	faults := 0
	for _, r := range reports {
		fmt.Fprintf(out, "%-6s  %d entries sealed, %d not yet, %d heads compared, %d faults\n", r.Jurisdiction, r.Entries, r.Unsealed, r.Heads, len(r.Faults))
		for _, f := range r.Faults {
			fmt.Fprintln(out, "       ", faultLine(f))
		}
		faults += len(r.Faults)
	}
	if faults > 0 {
		return fmt.Errorf("the ledger is not what it was: %d faults", faults)
	}
	return nil
}

func readHeads(name string) ([]ledger.Head, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var heads []ledger.Head
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		h, err := ledger.ParseHead(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", name, n, err)
		}
		heads = append(heads, h)
	}
	return heads, lines.Err()
}

// faultLine says a fault in words.
func faultLine(f office.LedgerFault) string {
	at := f.At.Format(time.RFC3339)
	switch f.What {
	case "gone":
		return fmt.Sprintf("place %d: entry %d is gone", f.Position, f.Seq)
	case "changed":
		return fmt.Sprintf("place %d: entry %d, dated %s, was changed", f.Position, f.Seq, at)
	case "moved":
		return fmt.Sprintf("place %d: entry %d does not follow the place before it", f.Position, f.Seq)
	case "head":
		return fmt.Sprintf("the head of %s, over %d entries, is of other entries: something up to there was changed together with its leaf", at, f.Position)
	case "short":
		return fmt.Sprintf("the head of %s names %d entries, and so many are not there any more", at, f.Position)
	}
	return fmt.Sprintf("the head of %s, over %d entries, is not signed by a key of ours that counts", at, f.Position)
}
