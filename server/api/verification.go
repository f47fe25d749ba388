package api

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/credential"
	"anju/server/office"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// scanned is the text of a code that somebody checks.
type scanned struct {
	Code    string  `json:"code"`
	Purpose *string `json:"purpose"`
}

// verification is the verdict on a code, with the minimum about the permit.
type verification struct {
	Verdict    credential.Verdict `json:"verdict"`
	Permit     *shownPermit       `json:"permit"`     // null where nothing may be shown
	CodeKind   *credential.Kind   `json:"code_kind"`  // null where the text is no code of ours
	CodeAge    *int               `json:"code_age_s"` // of a genuine live code
	CheckedAt  string             `json:"checked_at"`
	StatusAsOf *string            `json:"status_as_of"` // null where no permit is known
	Reason     *string            `json:"reason"`
	NextStep   civic.Text         `json:"next_step"`
}

// shownPermit is what anyone may see of a permit; name and ID number are masked by the office.
type shownPermit struct {
	Number       string     `json:"number"`
	Jurisdiction string     `json:"jurisdiction"`
	Tier         string     `json:"tier"`
	Name         string     `json:"name"`
	IDNumber     string     `json:"id_number"`
	IssuedOn     civic.Date `json:"issued_on"`
	ValidUntil   civic.Date `json:"valid_until"` // null: no end
}

// verify judges the text of a code for anyone. There are no partners yet, so no key is known, and a purpose, which asks for more than
// anyone may see, is refused rather than passed over.
func (a *API) verify(c *fiber.Ctx) error {
	if c.Request().Header.Peek(fiber.HeaderAuthorization) != nil {
		c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
		return &web.Error{What: "unauthorised", Why: keyUnknown}
	}
	var q scanned
	if err := ask(c, &q); err != nil {
		return err
	}
	switch {
	case q.Code == "":
		return invalid(policy.FaultRequired, "code")
	case q.Purpose != nil:
		return invalid(partnerOnly, "purpose")
	}
	found, err := a.office.Verify(c.UserContext(), web.VisitOf(c).Actor, q.Code)
	if err != nil {
		return err
	}
	return c.JSON(verificationOf(found))
}

func verificationOf(found office.Verification) verification {
	at := found.CheckedAt.In(civic.Zone).Format(time.RFC3339)
	next := "parts.verdict.next." + string(found.Verdict)
	v := verification{Verdict: found.Verdict, CheckedAt: at, NextStep: civic.Text{Zh: text.For(text.Chinese).Say(next), En: text.For(text.English).Say(next)}}
	if found.Kind != "" {
		v.CodeKind = &found.Kind
	}
	if found.Kind == credential.Live && found.Verdict.Shows() {
		seconds := int(found.Age / time.Second)
		v.CodeAge = &seconds
	}
	if s := found.Shown; s != nil {
		v.Permit = &shownPermit{s.Number, s.Jurisdiction, s.Tier, s.Name, s.IDNumber, s.IssuedOn, s.ValidUntil}
		v.StatusAsOf = &at
	} else if found.Slip != "" || found.Receipt != nil {
		reason := "no_permit" // slip or receipt is genuine, but there is no permit: nothing more is told
		v.Reason = &reason
	}
	return v
}
