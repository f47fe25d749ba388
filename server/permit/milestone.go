package permit

import "anju/server/civic"

// Milestone is one named step of the progress that the applicant follows.
type Milestone struct {
	Code string // "pre_applied", "notified", "supplemented", "accepted", "reviewed", "produced", "issued", "completed", or "declined", "refused"
	On   civic.Date
	By   civic.Date // promised by, for the step being waited for; zero while the clock stands still
	Past bool
	Now  bool // what is being waited for
}

// Milestones draws the path of an application with its history: what is past, notices and supplements included, what is waited for, what
// follows.
func (a Application) Milestones(events []Event) []Milestone {
	list := []Milestone{{Code: "pre_applied", On: civic.DateOf(a.SubmittedAt), Past: true}}
	asked := false
	for _, e := range events {
		switch e.Verb {
		case VerbNotify:
			list, asked = append(list, Milestone{Code: "notified", On: e.On, Past: true}), true
		case VerbSupplement:
			list, asked = append(list, Milestone{Code: "supplemented", On: e.On, Past: true}), false
		case VerbAccept:
			list = append(list, Milestone{Code: "accepted", On: e.On, Past: true})
		case VerbGrant:
			code := "reviewed"
			if e.State == Completed {
				code = "completed"
			}
			list = append(list, Milestone{Code: code, On: e.On, Past: true})
		case VerbProduce:
			list = append(list, Milestone{Code: "produced", On: e.On, Past: true})
		case VerbIssue:
			list = append(list, Milestone{Code: "issued", On: e.On, Past: true})
		case VerbDecline:
			return append(list, Milestone{Code: "declined", On: e.On, Past: true})
		case VerbRefuse:
			return append(list, Milestone{Code: "refused", On: e.On, Past: true})
		}
	}
	var ahead []Milestone
	if asked && (a.State == ToSupplement || a.PausedFor == PauseSupplement) {
		ahead = append(ahead, Milestone{Code: "supplemented"})
	}
	after := map[State][]string{PreApplied: {"accepted", "reviewed", "produced", "issued"}, ToSupplement: {"accepted", "reviewed", "produced", "issued"},
		InReview: {"reviewed", "produced", "issued"}, InProduction: {"produced", "issued"}, ToCollect: {"issued"}}
	if !a.Kind.Cards() {
		after = map[State][]string{PreApplied: {"accepted", "completed"}, ToSupplement: {"accepted", "completed"}, InReview: {"completed"}}
	}
	for _, code := range after[a.State] {
		ahead = append(ahead, Milestone{Code: code})
	}
	if len(ahead) > 0 {
		ahead[0].Now = true
		if !a.Paused() {
			ahead[0].By = a.PromisedBy
		}
	}
	return append(list, ahead...)
}
