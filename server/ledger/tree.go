package ledger

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Hash is SHA-256 of a leaf or of a tree of them (RFC 6962 section 2.1).
type Hash = tlog.Hash

// Leaf is the hash of one entry under the number that the record gave it. Every field is in it, so nothing of an entry can be changed without
// its leaf becoming another.
func Leaf(seq int64, e Entry) Hash {
	fields, err := json.Marshal([]string{strconv.FormatInt(seq, 10), e.At.UTC().Format("2006-01-02T15:04:05.000000Z"), e.Jurisdiction, e.ActorKind, e.ActorID, e.Station,
		string(e.Action), e.Purpose, e.Person, e.Account, e.Object, e.RequestID})
	if err != nil { // strings can always be written
		panic(err)
	}
	return tlog.RecordHash(fields)
}

// Tree is a Merkle tree that is only added to. It keeps the complete subtrees on its right edge and nothing else: as many hashes as the size has
// ones in binary. The zero Tree is empty.
type Tree struct {
	Size int64
	Edge []Hash // of the complete subtrees, the largest first
}

// Add adds a leaf.
func (t *Tree) Add(leaf Hash) {
	for n := t.Size; n&1 == 1; n >>= 1 {
		last := len(t.Edge) - 1
		leaf = tlog.NodeHash(t.Edge[last], leaf)
		t.Edge = t.Edge[:last]
	}
	t.Edge = append(t.Edge, leaf)
	t.Size++
}

// Root is the hash of the whole tree: that of RFC 6962 section 2.1. An empty tree has the zero hash.
func (t Tree) Root() Hash {
	if len(t.Edge) == 0 {
		return Hash{}
	}
	root := t.Edge[len(t.Edge)-1]
	for i := len(t.Edge) - 2; i >= 0; i-- {
		root = tlog.NodeHash(t.Edge[i], root)
	}
	return root
}

// MarshalEdge writes the edge for the record, UnmarshalEdge reads it.
func (t Tree) MarshalEdge() []byte {
	out := make([]byte, 0, len(t.Edge)*tlog.HashSize)
	for _, h := range t.Edge {
		out = append(out, h[:]...)
	}
	return out
}

// UnmarshalEdge reads what MarshalEdge wrote of a tree of a size.
func UnmarshalEdge(size int64, b []byte) (Tree, error) {
	t := Tree{Size: size}
	for ; len(b) >= tlog.HashSize; b = b[tlog.HashSize:] {
		t.Edge = append(t.Edge, Hash(b[:tlog.HashSize]))
	}
	ones := 0
	for n := size; n > 0; n >>= 1 {
		ones += int(n & 1)
	}
	if len(b) != 0 || len(t.Edge) != ones {
		return Tree{}, fmt.Errorf("ledger: a tree of %d leaves has no edge of %d hashes", size, len(t.Edge))
	}
	return t, nil
}

// Head is what a tree was at a time. Signed and kept outside the database, it binds everything written before it.
type Head struct {
	Jurisdiction string    `json:"jurisdiction"` // "" of what belongs to no city
	Size         int64     `json:"size"`
	Root         string    `json:"root"` // base64
	At           time.Time `json:"at"`   // to the second, UTC
	Kid          string    `json:"kid"`
	Signature    string    `json:"signature"` // base64
}

// NewHead is the head of a tree, still to be signed.
func NewHead(jurisdiction string, t Tree, at time.Time) Head {
	root := t.Root()
	return Head{Jurisdiction: jurisdiction, Size: t.Size, Root: base64.StdEncoding.EncodeToString(root[:]), At: at.UTC().Truncate(time.Second)}
}

// Message is what the signature is made over.
func (h Head) Message() []byte {
	return []byte(strings.Join([]string{"anju ledger head", h.Jurisdiction, strconv.FormatInt(h.Size, 10), h.Root, h.At.Format(time.RFC3339), h.Kid, ""}, "\n"))
}

// Line writes a head as one line of JSON.
func (h Head) Line() ([]byte, error) {
	b, err := json.Marshal(h)
	return append(b, '\n'), err
}

// ParseHead reads a line.
func ParseHead(line []byte) (h Head, err error) {
	if err := json.Unmarshal(line, &h); err != nil {
		return h, fmt.Errorf("ledger: head: %w", err)
	}
	if h.Size < 1 || h.Root == "" || h.At.IsZero() {
		return h, errors.New("ledger: head: incomplete")
	}
	return h, nil
}
