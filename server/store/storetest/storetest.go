// Package storetest gives every test a PostgreSQL database of its own: one cluster for a test binary, one migrated template in it, and
// a copy of the template for each test.
//
//	func TestMain(m *testing.M) { storetest.Main(m) }
package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/pgembed"
	"anju/server/store"
)

const template = "anju_template"

// house is the cluster of this test binary, started by the first test that asks for a database.
var house struct {
	start   sync.Once
	dir     string
	cluster *pgembed.Cluster
	copying string // how a template is copied
	err     error
	count   atomic.Int64
}

// Main runs the tests, then what the binary itself has to end, stops the cluster and ends the process.
func Main(m *testing.M, ends ...func() error) {
	code := m.Run()
	for _, end := range append(ends, stop) {
		if err := end(); err != nil {
			fmt.Fprintln(os.Stderr, "storetest:", err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

func stop() error {
	var err error
	if house.cluster != nil {
		err = house.cluster.Stop()
	}
	if house.dir != "" {
		err = errors.Join(err, os.RemoveAll(house.dir))
	}
	return err
}

func start() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var err error
	if house.dir, err = os.MkdirTemp("", "anju-store-"); err != nil {
		return err
	}
	if house.cluster, err = pgembed.Start(ctx, pgembed.Config{Dir: house.dir, Bin: os.Getenv("ANJU_PG_BIN"), Npm: os.Getenv("ANJU_PG_NPM"), FastUnsafe: true}); err != nil {
		return err
	}
	if major, err := strconv.Atoi(house.cluster.Major()); err == nil && major >= 15 {
		house.copying = ` strategy file_copy` // three times as fast as through the log when nothing is forced to the disk
	}
	if err := run(ctx, `create database `+template); err != nil {
		return err
	}
	return store.Migrate(ctx, address(template))
}

// run executes a statement as the owner of everything.
func run(ctx context.Context, sql string) error {
	conn, err := pgx.Connect(ctx, house.cluster.URL())
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, sql)
	return err
}

// address leads the owner of everything to a database of the cluster.
func address(database string) string {
	u, err := url.Parse(house.cluster.URL())
	if err != nil { // it has just been connected to
		panic(err)
	}
	u.Path = "/" + database
	return u.String()
}

func need(t testing.TB) {
	t.Helper()
	house.start.Do(func() { house.err = start() })
	if house.err != nil {
		t.Fatal("storetest:", house.err)
	}
}

// Database makes a database with the schema and nothing in it, and returns the address that leads its owner there. It is dropped when
// the test ends.
func Database(t testing.TB) (address string) { return database(t, template) }

// Empty makes a database without the schema.
func Empty(t testing.TB) (address string) { return database(t, "template0") }

func database(t testing.TB, from string) string {
	t.Helper()
	need(t)
	name := fmt.Sprintf("anju_test_%d", house.count.Add(1))
	if err := run(t.Context(), `create database `+name+` template `+from+house.copying); err != nil {
		t.Fatal("storetest:", err)
	}
	t.Cleanup(func() {
		if err := run(context.Background(), `drop database `+name+` with (force)`); err != nil {
			t.Error("storetest:", err)
		}
	})
	return address(name)
}

// Secrets are the same in every test.
func Secrets() *store.Secrets {
	s, err := store.NewSecrets(store.MasterKey{Version: 1, Key: [32]byte{'t', 'e', 's', 't'}})
	if err != nil { // one key of version 1 is always good
		panic(err)
	}
	return s
}

// Open returns a store with the schema and nothing in it, for this test alone.
func Open(t testing.TB) *store.Store { return OpenAt(t, Database(t)) }

// OpenAt opens a store on a database that the test has made.
func OpenAt(t testing.TB, address string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), address, Secrets())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// Dump returns every row of every table as text, as somebody who stole the database would read it.
func Dump(t testing.TB, address string) []byte {
	t.Helper()
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal("storetest:", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	rows, err := conn.Query(ctx, `select quote_ident(tablename) from pg_tables where schemaname = 'public' order by 1`)
	if err != nil {
		t.Fatal("storetest:", err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal("storetest:", err)
	}
	var dump bytes.Buffer
	for _, table := range tables {
		fmt.Fprintln(&dump, strings.ToUpper(table))
		if _, err := conn.PgConn().CopyTo(ctx, &dump, `copy `+table+` to stdout`); err != nil {
			t.Fatal("storetest:", err)
		}
	}
	return dump.Bytes()
}
