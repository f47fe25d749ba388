package permit

import "cmp"

// Kind is the kind of business that an application is about.
type Kind string

// The kinds. Endorsement, loss report and cancellation are done to a permit at once, without an application.
const (
	KindIssue   Kind = "issue"   // 申领, also anew after a term has run out
	KindRenew   Kind = "renew"   // 换领: a new card for one that is handed back (Decree 663 Art. 11)
	KindReplace Kind = "replace" // 补领: a new card for one that was lost
	KindChange  Kind = "change"  // 变更 of the address of residence: no new card
)

// Kinds lists them in the order in which they are shown.
func Kinds() []Kind { return []Kind{KindIssue, KindRenew, KindReplace, KindChange} }

// Business is the kind of business that the draft is about. Drafts that were sealed before there were kinds are about a first permit.
func (d Draft) Business() Kind { return cmp.Or(d.Kind, KindIssue) }
