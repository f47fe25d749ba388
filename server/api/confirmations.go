package api

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/policy"
	"anju/server/web"
)

// confirmationBatch is what a partner sends at once. Its rows are read one by one: what is wrong with one stops no other.
type confirmationBatch struct {
	Kind *string            `json:"kind"`
	Rows *[]json.RawMessage `json:"rows"`
}

// confirmationRow is one confirmation.
type confirmationRow struct {
	IDNumber   string     `json:"id_number"`
	Name       string     `json:"name"`
	Confirms   string     `json:"confirms"`
	Met        *bool      `json:"met"` // absent: it is
	Document   string     `json:"document"`
	IssuedOn   civic.Date `json:"issued_on"`
	ValidUntil civic.Date `json:"valid_until"`
	Withdrawn  bool       `json:"withdrawn"`
}

// confirmationAnswer says what became of a batch.
type confirmationAnswer struct {
	Batch   string       `json:"batch"`
	Taken   int          `json:"taken"`
	Refused int          `json:"refused"`
	Rows    []rowOutcome `json:"rows"`
}

type rowOutcome struct {
	Row    int           `json:"row"`
	Result office.Result `json:"result"`
	Faults []rowFault    `json:"faults,omitempty"`
}

type rowFault struct {
	Field  string `json:"field"`
	Reason string `json:"reason"`
}

// keyForm is what a request's own key may be.
var keyForm = regexp.MustCompile(`^[!-~]{8,80}$`)

// confirm takes what a partner's system confirms.
func (a *API) confirm(c *fiber.Ctx) error {
	key := c.Get("Idempotency-Key")
	if !keyForm.MatchString(key) {
		return invalid(policy.FaultRequired, "Idempotency-Key")
	}
	var q confirmationBatch
	if err := ask(c, &q); err != nil {
		return err
	}
	switch {
	case q.Kind == nil || *q.Kind == "":
		return invalid(policy.FaultRequired, "kind")
	case q.Rows == nil || len(*q.Rows) == 0:
		return invalid(policy.FaultRequired, "rows")
	case len(*q.Rows) > office.MaxConfirmations:
		return invalid("rows_many", "rows")
	}
	rows := make([]office.ReadRow, len(*q.Rows))
	for i, raw := range *q.Rows {
		rows[i] = readConfirmation(raw)
	}
	made, err := a.office.Confirm(c.UserContext(), web.VisitOf(c).Actor, *q.Kind, key, rows, c.Request().Body())
	if err != nil {
		return err
	}
	answer := confirmationAnswer{Batch: made.ID, Rows: []rowOutcome{}}
	for i, one := range made.Outcomes {
		out := rowOutcome{Row: i, Result: one.Result}
		for _, f := range one.Faults {
			out.Faults = append(out.Faults, rowFault{f.Field, f.Code})
		}
		if one.Result == office.RowRefused {
			answer.Refused++
		} else {
			answer.Taken++
		}
		answer.Rows = append(answer.Rows, out)
	}
	return c.JSON(answer)
}

// readConfirmation reads a row. What cannot be read becomes a fault of its field.
func readConfirmation(raw json.RawMessage) (row office.ReadRow) {
	var r confirmationRow
	if err := decode(raw, &r); err != nil {
		fault := permit.Fault{Code: "unreadable"}
		var known *web.Error
		if errors.As(err, &known) {
			fault = permit.Fault{Field: known.At, Code: known.Why}
		}
		row.Faults, row.Whole = permit.Faults{fault}, true
		return row
	}
	row.ConfirmationRow = permit.ConfirmationRow{IDNumber: strings.TrimSpace(r.IDNumber), Name: r.Name, What: r.Confirms, Document: r.Document,
		Met: r.Met == nil || *r.Met, Withdrawn: r.Withdrawn, IssuedOn: r.IssuedOn, ValidUntil: r.ValidUntil}
	return row
}
