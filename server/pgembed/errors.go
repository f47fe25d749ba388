package pgembed

import (
	"fmt"
	"strings"
)

// BinariesError says that no usable PostgreSQL programs were found.
type BinariesError struct {
	Reason string
	Err    error // what npm answered, if it was asked
}

func (e *BinariesError) Error() string {
	s := e.Reason + ": install PostgreSQL (Debian: apt-get install postgresql) or npm, or set ANJU_DATABASE_URL to a database of your own"
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *BinariesError) Unwrap() error { return e.Err }

// WrongMajorError says that the data folder was made by another major version than the programs at hand; PostgreSQL cannot read it.
type WrongMajorError struct {
	Data  string   // the data folder
	Wants string   // the major version that made it
	Found []string // the major versions at hand
}

func (e *WrongMajorError) Error() string {
	return fmt.Sprintf("%s was made by PostgreSQL %s, but the programs at hand are PostgreSQL %s: install PostgreSQL %s, "+
		"or move the folder away to begin with an empty database", e.Data, e.Wants, strings.Join(e.Found, ", "), e.Wants)
}

// UnreachableError says that the account which has to run PostgreSQL can enter the folder in none of the known ways.
type UnreachableError struct {
	Account string
	Path    string
	Tried   error // one error for each way
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("PostgreSQL refuses to run as root, and the account %q cannot use %s, mostly because a folder above it is "+
		"closed to others: set ANJU_DATA to a folder outside it such as /var/lib/anju, or start as an ordinary user: %v",
		e.Account, e.Path, strings.ReplaceAll(e.Tried.Error(), "\n", "; "))
}

func (e *UnreachableError) Unwrap() error { return e.Tried }

// BusyError says that another process holds the folder, and its cluster did not answer.
type BusyError struct {
	Dir string
	Err error
}

func (e *BusyError) Error() string {
	return fmt.Sprintf("another process holds %s and its database does not answer: %v", e.Dir, e.Err)
}

func (e *BusyError) Unwrap() error { return e.Err }

// ExitedError says that the server ended without being asked to.
type ExitedError struct {
	Err error  // nil when it ended with status 0
	Log string // the last lines of its log
}

func (e *ExitedError) Error() string {
	how := "status 0"
	if e.Err != nil {
		how = e.Err.Error()
	}
	return fmt.Sprintf("PostgreSQL ended by itself (%s); its last words: %s", how, e.Log)
}

func (e *ExitedError) Unwrap() error { return e.Err }
