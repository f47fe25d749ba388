package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the schema up to this program's. The address is the owner's and direct, not a pooler's: the lock under which one
// process migrates while others wait belongs to a session. It may be called by any number of processes at once.
func Migrate(ctx context.Context, ownerURL string) error {
	config, err := pgx.ParseConfig(ownerURL)
	if err != nil {
		return fmt.Errorf("store: address of the database: %w", err)
	}
	db := stdlib.OpenDB(*config)
	defer db.Close()
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // asks every second, for five minutes
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker), goose.WithGoMigrations(riverTables()))
	if err != nil {
		return fmt.Errorf("store: migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	return nil
}

// riverSchema holds the job queue's own tables, apart from ours.
const riverSchema = "river"

// riverTables is the migration, number 24, that makes the tables of the job queue with the queue's own migrator. It takes several transactions,
// because a value that is added to an enumeration can be used in the next one only; cut off in between, it goes on where it was. A version of
// river that brings tables further gets a migration like this one, up to the version it names.
func riverTables() *goose.Migration {
	return goose.NewGoMigration(24, &goose.GoFunc{RunDB: func(ctx context.Context, db *sql.DB) error {
		if _, err := db.ExecContext(ctx, `create schema if not exists `+riverSchema); err != nil {
			return err
		}
		migrator, err := rivermigrate.New(riverdatabasesql.New(db), &rivermigrate.Config{Schema: riverSchema})
		if err != nil {
			return err
		}
		_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{TargetVersion: 8})
		return err
	}}, nil)
}

// schemaVersion is the version of the last migration in this program.
var schemaVersion = sync.OnceValues(func() (last int64, err error) {
	files, err := fs.ReadDir(migrations, "migrations")
	if err != nil {
		return 0, err
	}
	for _, f := range files {
		n, err := goose.NumericComponent(f.Name())
		if err != nil {
			return 0, err
		}
		last = max(last, n)
	}
	return last, nil
})
