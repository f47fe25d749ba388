// Package store keeps the record in PostgreSQL: it is the office's Store.
//
// Names, numbers, addresses, phones, files and whatever else tells about a person are sealed before they leave this package (seal.go)
// and found again by keyed hashes. Every method that gives out a person's data writes the ledger entry of that view in the same
// transaction, and the role under which we work can only add to the ledger and the history.
//
// The schema (migrations/) belongs to another role, its owner; Migrate works as that one, Open as anju_app. In production anju_app
// signs in itself: alter role anju_app login password '…'. A pooler in transaction mode is welcome: nothing here lives longer in a
// session than a transaction, with default_query_exec_mode=cache_describe in the address if the pooler knows no prepared statements.
package store
