package ledger_test

import (
	"reflect"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"anju/server/ledger"
)

var noon = time.Date(2026, 11, 22, 4, 0, 0, 123456000, time.UTC)

// TestTreeIsThatOfTheStandard grows a tree leaf by leaf beside one that keeps every hash, and reads its edge back at each size.
func TestTreeIsThatOfTheStandard(t *testing.T) {
	var tree ledger.Tree
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) (list []tlog.Hash, err error) {
		for _, i := range indexes {
			list = append(list, stored[i])
		}
		return list, nil
	})
	for n := range int64(300) {
		leaf := ledger.Leaf(n, ledger.Entry{At: noon, Action: ledger.Viewed})
		hashes, err := tlog.StoredHashesForRecordHash(n, leaf, reader)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, hashes...)
		tree.Add(leaf)
		want, err := tlog.TreeHash(n+1, reader)
		if err != nil || tree.Root() != want {
			t.Fatalf("with %d leaves the root is %v, want %v; %v", n+1, tree.Root(), want, err)
		}
		if tree, err = ledger.UnmarshalEdge(tree.Size, tree.MarshalEdge()); err != nil || tree.Root() != want {
			t.Fatal(err)
		}
	}
	if _, err := ledger.UnmarshalEdge(tree.Size+1, tree.MarshalEdge()); err == nil {
		t.Error("an edge fits another size")
	}
}

// TestEveryFieldIsInTheLeaf changes one field after another.
func TestEveryFieldIsInTheLeaf(t *testing.T) {
	e := ledger.Entry{At: noon, Jurisdiction: "350600", ActorKind: "staff", ActorID: "a", Station: "s", Action: ledger.Viewed, Purpose: "review", Person: "p", Account: "c",
		Object: "o", RequestID: "r"}
	leaf := ledger.Leaf(1, e)
	if ledger.Leaf(2, e) == leaf {
		t.Error("the number is not in it")
	}
	fields := reflect.ValueOf(&e).Elem()
	for i := range fields.NumField() {
		was := reflect.New(fields.Field(i).Type()).Elem()
		was.Set(fields.Field(i))
		if fields.Field(i).Kind() == reflect.String {
			fields.Field(i).SetString("x")
		} else {
			fields.Field(i).Set(reflect.ValueOf(noon.Add(time.Microsecond)))
		}
		if ledger.Leaf(1, e) == leaf {
			t.Errorf("%s is not in it", fields.Type().Field(i).Name)
		}
		fields.Field(i).Set(was)
	}
	// The border between two fields is in it too.
	e.Purpose, e.Person = "reviewp", ""
	if ledger.Leaf(1, e) == leaf {
		t.Error("two fields run into each other")
	}
}

// TestHeadsComeBack writes and reads a head, and refuses what is none.
func TestHeadsComeBack(t *testing.T) {
	var tree ledger.Tree
	tree.Add(ledger.Leaf(1, ledger.Entry{At: noon}))
	h := ledger.NewHead("350600", tree, noon)
	h.Kid, h.Signature = "1234", "c2ln"
	line, err := h.Line()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ledger.ParseHead(line); err != nil || got != h {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{"", "{}", `{"size":1}`, "[1]", `{"size":-1,"root":"x","at":"2026-11-22T04:00:00Z"}`} {
		if _, err := ledger.ParseHead([]byte(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}
