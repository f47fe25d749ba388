package store

import (
	"errors"
	"fmt"
	"net"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"anju/server/office"
)

// conflicts says what the office is told when a unique constraint or index refuses a row.
var conflicts = map[string]string{
	"appointment_place_once":     "slot_taken",
	"appointment_one_open":       "appointment_exists",
	"draft_owner_once":           "draft_exists",
	"staff_login_once":           "login_taken",
	"signing_key_pk":             "kid_taken",
	"application_one_open":       "open_application",
	"permit_application_once":    "permit_exists",
	"station_division_pk":        "division_served",
	"application_reference_once": "reference_taken",
	"catalogue_draft_pk":         "changed_meanwhile",
	"register_document_once":     "document_known",
	"production_item_one_open":   "in_batch",
	"correction_one_open":        "correction_open",
	"person_id_number_once":      "id_number_taken",
	"endorsement_pk":             "endorsed_already",
	"partner_pk":                 "partner_known",
	"registration_one_declared":  "registration_pending",
	"registration_one_live":      "changed_meanwhile",
	"registration_key_once":      "key_reused",
	"fee_payment_once":           "payment_known",
	"fee_refund_once":            "payment_known",
}

// failed turns what the database says into the errors of the house. What is left is a defect and stays as it is.
func failed(err error) error {
	var pg *pgconn.PgError
	var network net.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pgx.ErrNoRows):
		return office.ErrNotFound
	case errors.As(err, &pg):
		if why := conflicts[pg.ConstraintName]; pg.Code == "23505" && why != "" {
			return &office.Error{What: office.Conflict, Why: why}
		}
		switch pg.Code {
		case "40001", "40P01", "53300", "55P03", "57014", "57P01", "57P02", "57P03": // deadlock, time limits, no connection to spare, shutting down
			return unavailable(err)
		}
		// The detail of a violation quotes the row; ours are sealed, but the log is no place for them either.
		return fmt.Errorf("store: %s (%s) %s %s", pg.Message, pg.Code, pg.TableName, pg.ConstraintName)
	case errors.As(err, &network):
		return unavailable(err)
	}
	return err
}

func unavailable(err error) error {
	return fmt.Errorf("%w: %w", &office.Error{What: office.Unavailable, Why: "database"}, err)
}

// ids reports ErrNotFound for an identifier that is none: it comes from an address that somebody typed.
func ids(list ...string) error {
	for _, id := range list {
		if uuid.Validate(id) != nil {
			return office.ErrNotFound
		}
	}
	return nil
}

// found turns an update that met no row into ErrNotFound.
func found(tag pgconn.CommandTag, err error) error { return met(tag, err, office.ErrNotFound) }

// fresh turns an update that met no row into ErrStale: the row has moved on since it was read.
func fresh(tag pgconn.CommandTag, err error) error { return met(tag, err, office.ErrStale) }

func met(tag pgconn.CommandTag, err, none error) error {
	if err != nil {
		return failed(err)
	}
	if tag.RowsAffected() == 0 {
		return none
	}
	return nil
}
