package permit

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"anju/server/civic"
)

// CorrectionState is how a proposed correction stands.
type CorrectionState string

// The states.
const (
	CorrectionOpen      CorrectionState = "open"
	CorrectionConfirmed CorrectionState = "confirmed"
	CorrectionRejected  CorrectionState = "rejected"
)

// What can be corrected: particulars of a person, and the line of residence on a permit. A permit's days follow from its issue and its
// endorsements, so they are not corrected here.
const (
	FieldName        = "name"
	FieldIDNumber    = "id_number"
	FieldEthnicGroup = "ethnic_group"
	FieldPhone       = "phone"
	FieldResidence   = "residence" // of a permit
)

// PersonFields lists what is corrected of a person.
func PersonFields() []string { return []string{FieldName, FieldIDNumber, FieldEthnicGroup, FieldPhone} }

// CorrectionReasons are why a record is wrong. What has truly changed is another business: a correction mends what was never right.
func CorrectionReasons() []string { return []string{"typing", "misread", "document"} }

// Correction is a change of a record that two persons agree to (Decree 663 Art. 20: tampering with permit data is an offence of staff). The old
// value stays in it.
type Correction struct {
	ID, Jurisdiction, Station string
	Person                    string
	Permit                    string // number, for FieldResidence
	Field                     string
	Old, New                  string
	Reason                    string
	Evidence                  string // which document shows it
	State                     CorrectionState
	ProposedBy, DecidedBy     Officer
	ProposedAt, DecidedAt     time.Time
	Note                      string // of who rejects
}

// ProposeCorrection checks a correction and brings its new value into the form that the record has.
func ProposeCorrection(c Correction, by Officer, now time.Time) (Correction, error) {
	var faults Faults
	wrong := func(field, code string) { faults = append(faults, Fault{field, code}) }
	value, code := corrected(c.Field, c.Permit, c.New, civic.DateOf(now))
	switch {
	case code != "":
		wrong("value", code)
	case value == c.Old:
		wrong("value", "correction_same")
	}
	if !slices.Contains(CorrectionReasons(), c.Reason) {
		wrong("reason", "correction_reason")
	}
	c.Evidence = strings.TrimSpace(c.Evidence)
	if c.Evidence == "" {
		wrong("evidence", "correction_evidence")
	}
	faults = append(faults, checkLine("evidence", c.Evidence, MaxNote, false)...)
	if len(faults) > 0 {
		return c, faults
	}
	c.New, c.State, c.ProposedBy, c.ProposedAt = value, CorrectionOpen, by, now
	return c, nil
}

// corrected reads a new value; code is what is wrong with it.
func corrected(field, permit, value string, today civic.Date) (read, code string) {
	value = strings.TrimSpace(value)
	ofProblem := func(read string, err error) (string, string) {
		if faults := problem("value", err); len(faults) > 0 {
			return "", faults[0].Code
		}
		return read, ""
	}
	switch {
	case (field == FieldResidence) != (permit != ""):
		return "", "correction_field"
	case field == FieldName:
		return ofProblem(civic.ParseName(value))
	case field == FieldIDNumber:
		id, err := civic.ParseCitizenID(value, today)
		return ofProblem(string(id), err)
	case field == FieldPhone:
		return ofProblem(civic.ParsePhone(value))
	case field == FieldEthnicGroup:
		for _, group := range civic.EthnicGroups() {
			if value == group.Code || value == group.Name.Zh || strings.EqualFold(value, group.Name.En) {
				return group.Code, ""
			}
		}
		return "", "ethnic_choose"
	case field == FieldResidence:
		if value == "" || utf8.RuneCountInString(value) > 2*MaxDetail || len(checkLine("detail", value, 2*MaxDetail, true)) > 0 {
			return "", "correction_residence"
		}
		return value, ""
	}
	return "", "correction_field"
}

// ConfirmCorrection agrees to a correction, as another person than who proposed it. present is what the record has now: it must still be what
// was to be corrected.
func ConfirmCorrection(c Correction, present string, by Officer, now time.Time) (Correction, error) {
	if err := c.decidable(by); err != nil {
		return c, err
	}
	if present != c.Old {
		return c, Refusal{Code: "value_moved"}
	}
	c.State, c.DecidedBy, c.DecidedAt = CorrectionConfirmed, by, now
	return c, nil
}

// RejectCorrection leaves the record as it is, with a word why.
func RejectCorrection(c Correction, note string, by Officer, now time.Time) (Correction, error) {
	if err := c.decidable(by); err != nil {
		return c, err
	}
	if note = strings.TrimSpace(note); note == "" {
		return c, Faults{{"note", "correction_note"}}
	}
	if faults := checkLine("note", note, MaxNote, false); len(faults) > 0 {
		return c, faults
	}
	c.State, c.DecidedBy, c.DecidedAt, c.Note = CorrectionRejected, by, now, note
	return c, nil
}

func (c Correction) decidable(by Officer) error {
	switch {
	case c.State != CorrectionOpen:
		return Refusal{Code: "correction_decided"}
	case c.ProposedBy.ID == by.ID:
		return Refusal{Code: "same_person"}
	}
	return nil
}
