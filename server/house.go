package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/pgembed"
	"anju/server/policy"
	"anju/server/store"
)

// house is an open office with what it stands on.
type house struct {
	office  *office.Office
	store   *store.Store
	cluster *pgembed.Cluster // nil when a database is configured
}

// openDatabase brings up the embedded database or takes the configured one, and migrates it. It returns the address for the
// application's role.
func openDatabase(ctx context.Context, c config, log *slog.Logger) (*pgembed.Cluster, string, error) {
	if c.databaseURL != "" {
		return nil, c.databaseURL, store.Migrate(ctx, c.databaseDirect)
	}
	cluster, err := pgembed.Start(ctx, pgembed.Config{Dir: c.data, Bin: c.pgBin, Npm: c.pgNpm, Log: log})
	if err != nil {
		return nil, "", err
	}
	if err := store.Migrate(ctx, cluster.URL()); err != nil {
		return nil, "", errors.Join(err, cluster.Stop())
	}
	password, err := applicationLogin(ctx, cluster)
	if err != nil {
		return nil, "", errors.Join(err, cluster.Stop())
	}
	return cluster, cluster.URLFor(applicationRole, password, "anju"), nil
}

// applicationRole is the role of the migrations that may not touch what has been written to the ledger.
const applicationRole = "anju_app"

// applicationLogin lets the application's role sign in to the embedded database, so that the server does not run as its owner.
func applicationLogin(ctx context.Context, cluster *pgembed.Cluster) (password string, err error) {
	password = cluster.Secret(applicationRole)
	conn, err := pgx.Connect(ctx, cluster.URL())
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	// Two processes that start at once set the same password; the lock keeps them from colliding over it.
	tx, err := conn.Begin(ctx)
	if err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock(hashtext($1))", applicationRole); err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, fmt.Sprintf("alter role %s login password '%s'", applicationRole, password)); err != nil { // both are ours: a name and hexadecimal digits
		return "", err
	}
	return password, tx.Commit(ctx)
}

// openSecrets loads the master keys; the default file is made at the first start.
func openSecrets(c config) (*store.Secrets, error) {
	if c.secrets != "" {
		return store.LoadSecrets(c.secrets)
	}
	path := filepath.Join(c.data, "master.keys")
	secrets, err := store.LoadSecrets(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(c.data, 0o755); err != nil {
			return nil, err
		}
		return store.CreateSecrets(path)
	}
	return secrets, err
}

// openHouse opens database, secrets, law and office.
func openHouse(ctx context.Context, c config, clock office.Clock, isDemo bool, log *slog.Logger) (h *house, err error) {
	h = &house{}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
		}
	}()
	var url string
	if h.cluster, url, err = openDatabase(ctx, c, log); err != nil {
		return h, err
	}
	secrets, err := openSecrets(c)
	if err != nil {
		return h, err
	}
	if h.store, err = store.Open(ctx, url, secrets); err != nil {
		return h, err
	}
	settings, err := officeConfig(c, clock, isDemo, log)
	if err != nil {
		return h, err
	}
	settings.Store, settings.CodeKey, settings.Heads = h.store, secrets.Key("codes"), headsFile(headsPath(c))
	h.office = office.New(settings)
	return h, h.office.Open(ctx)
}

// officeConfig gathers the law.
func officeConfig(c config, clock office.Clock, isDemo bool, log *slog.Logger) (office.Config, error) {
	book, err := policy.Load()
	if err != nil {
		return office.Config{}, err
	}
	o := office.Config{Clock: clock, Book: book, Calendar: civic.DefaultCalendar(), Origin: c.origin, Demo: isDemo, Log: log}
	for _, e := range c.extensions {
		until, err := civic.ParseDate(e.until)
		if _, known := book.Ruleset(e.ruleset); !known || err != nil {
			return o, fmt.Errorf("extensions: %q is not a ruleset, or %q is not a date", e.ruleset, e.until)
		}
		o.Extensions = append(o.Extensions, policy.Extension{Ruleset: e.ruleset, Until: until, Document: e.document})
	}
	today := civic.DateOf(clock.Now())
	if far := today.AddMonths(2); !o.Calendar.Covers(far) {
		log.Warn("the holidays of a year that deadlines will soon reach are not known", "year", far.Year(), "demonstration", isDemo)
		if isDemo {
			o.Calendar = o.Calendar.Provisional(today.Year() + 1)
		}
	}
	return o, nil
}

// close stops everything in the reverse order.
func (h *house) close() error {
	if h.store != nil {
		h.store.Close()
	}
	if h.cluster != nil {
		return h.cluster.Stop()
	}
	return nil
}
