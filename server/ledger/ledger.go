// Package ledger says what an entry of the append-only record is: who did what, and who saw whose data, when and what for.
// The store writes entries in the transaction of the deed; the application's database role can only insert and read them.
package ledger

import "time"

// Action is what was done.
type Action string

// Deeds change something; views show somebody's data to somebody (Personal Information Protection Law, Art. 44-45).
const (
	Viewed    Action = "viewed"    // one person's data were shown
	Listed    Action = "listed"    // a masked line in a list
	Verified  Action = "verified"  // a permit was checked
	SignedIn  Action = "signed_in" //
	SignedOut Action = "signed_out"
	Drafted   Action = "drafted"
	Submitted Action = "submitted"
	Attached  Action = "attached" // evidence was added
	Accepted  Action = "accepted"
	Declined  Action = "declined" // not accepted (不予受理)
	Granted   Action = "granted"
	Refused   Action = "refused"
	Produced  Action = "produced"
	Issued    Action = "issued"
	Signed    Action = "signed" // a permit's credential was signed
	Denied    Action = "denied" // an attempt that was not allowed

	Released Action = "released" // a version of a catalogue was published
	Filed    Action = "filed"    // a published document, or that a release was reported to the government office, was registered
	Reported Action = "reported" // somebody said that a permit was not honoured
	Answered Action = "answered" // such a report was answered

	Endorsed           Action = "endorsed"
	Suspended          Action = "suspended" // by the rule
	Expired            Action = "expired"   // by the rule
	LossReported       Action = "loss_reported"
	LossWithdrawn      Action = "loss_withdrawn"
	Cancelled          Action = "cancelled"
	CancellingProposed Action = "cancelling_proposed" // for false materials: a second person decides
	CancellingRejected Action = "cancelling_rejected"

	Notified     Action = "notified"     // the applicant was told what is missing, or a further notice was agreed to
	Supplemented Action = "supplemented" // the applicant's answer to it
	Clocked      Action = "clocked"      // a clock was stopped or started, or its deadline extended or not
	Exported     Action = "exported"     // a list was given out as a file

	ConsentGiven     Action = "consent_given"     // a separate consent, by an agent
	ConsentWithdrawn Action = "consent_withdrawn" // was taken back

	Shared Action = "shared" // a person's data were given to a partner
	Agreed Action = "agreed" // what a partner may do, or is given, was set or withdrawn
	Keyed  Action = "keyed"  // a partner's key was made or revoked

	Declared   Action = "declared"   // a residence registration
	Registered Action = "registered" // it was taken into the record
	Rejected   Action = "rejected"   // or not
	Backdated  Action = "backdated"  // it counts from an earlier day (补充居住登记)
	Ended      Action = "ended"
	Imported   Action = "imported" // a file of the provincial system was taken over
	Claimed    Action = "claimed"  // a registration made elsewhere was taken into an account

	Rated          Action = "rated"           // somebody said what they think of what was done for them
	RatingAnswered Action = "rating_answered" // a bad rating was answered
	Closed         Action = "closed"          // the figures of a month were fixed, or corrected

	Superseded Action = "superseded" // another permit came in the place of one
	Changed    Action = "changed"    // the address on a permit
	Paid       Action = "paid"       // the fee of a card
	Refunded   Action = "refunded"

	CorrectionProposed Action = "correction_proposed" // of a record: a second person decides
	Corrected          Action = "corrected"
	CorrectionRejected Action = "correction_rejected"

	Confirmed Action = "confirmed" // a system confirmed something of a person
	Objected  Action = "objected"  // the person said that it is wrong, or was answered
)

// Entry is one line of the ledger. It holds identifiers and codes, never a name, a number or an address.
type Entry struct {
	At           time.Time
	Jurisdiction string // empty when the deed belongs to no city (signing in)
	ActorKind    string
	ActorID      string
	Station      string // where the staff member acted
	Action       Action
	Purpose      string // a code: "progress", "review", "queue", …
	Person       string // whose data, when they are a known person
	Account      string // whose data, when all we know is the account
	Object       string // "application/3506-…", "permit/350602-…", "draft/<id>"
	RequestID    string
}
