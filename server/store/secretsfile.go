package store

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// The file of master keys has a line for each: version, space, 64 hexadecimal digits. Empty lines and lines that begin with # are passed
// over. To rotate, add a line with the next version and keep the others.

// LoadSecrets reads the file of master keys. A file that everybody on the machine may read is refused.
func LoadSecrets(path string) (*Secrets, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("store: file of master keys: %w", err)
	}
	if st.Mode().Perm()&0o007 != 0 {
		return nil, fmt.Errorf("store: everybody may read the file of master keys %s: give it mode 0600", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("store: file of master keys: %w", err)
	}
	keys, err := parseMasterKeys(text)
	if err != nil {
		return nil, fmt.Errorf("store: file of master keys %s: %w", path, err)
	}
	return NewSecrets(keys...)
}

// CreateSecrets writes a file with a new master key, for the owner's eyes only, and loads it. When another process has written the file
// first, that one is loaded: a key is never overwritten.
func CreateSecrets(path string) (*Secrets, error) {
	var key [32]byte
	rand.Read(key[:])
	// A link makes the complete file appear at once, and only where there is none.
	written, err := os.CreateTemp(filepath.Dir(path), "secrets-*")
	if err != nil {
		return nil, fmt.Errorf("store: file of master keys: %w", err)
	}
	defer os.Remove(written.Name())
	_, err = fmt.Fprintf(written, "# Master keys of Anju. Whoever has this file and the database can read everything; without it nobody can.\n1 %x\n", key)
	err = errors.Join(err, written.Chmod(0o600), written.Sync(), written.Close())
	if err == nil {
		err = os.Link(written.Name(), path)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("store: file of master keys: %w", err)
	}
	return LoadSecrets(path)
}

func parseMasterKeys(text []byte) (keys []MasterKey, err error) {
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		version, digits, _ := strings.Cut(line, " ")
		v, err := strconv.ParseUint(version, 10, 8)
		key, errKey := hex.DecodeString(strings.TrimSpace(digits))
		if err != nil || errKey != nil || len(key) != 32 { // the error would quote the key
			return nil, fmt.Errorf("line %d is not a version and 64 hexadecimal digits", n)
		}
		keys = append(keys, MasterKey{Version: byte(v), Key: [32]byte(key)})
	}
	return keys, lines.Err()
}
