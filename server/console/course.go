package console

import (
	"context"
	"strings"

	"anju/server/access"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// The decisions about a case's course: what stops, starts or lengthens its clock, and what came in at the window. They leave the case where
// it stands. The notice itself has a page of its own.
var (
	pausing = decision{verb: permit.VerbPause, resource: "pause", role: access.Reviewer, do: func(o *office.Office, ctx context.Context, actor access.Actor, d office.Decision, in answers) (office.Case, error) {
		return o.StopClock(ctx, actor, d, in.Reason, in.Note)
	}}
	resumption = decision{verb: permit.VerbResume, resource: "resumption", role: access.Reviewer, do: func(o *office.Office, ctx context.Context, actor access.Actor, d office.Decision, in answers) (office.Case, error) {
		return o.ResumeClock(ctx, actor, d, in.Note)
	}}
	extensionRequest = decision{verb: permit.VerbRequestExtension, resource: "extension-request", role: access.Reviewer, do: func(o *office.Office, ctx context.Context, actor access.Actor, d office.Decision, in answers) (office.Case, error) {
		return o.RequestExtension(ctx, actor, d, permit.ExtensionRequest{Ground: in.Ground, Document: in.Document, Note: in.Note})
	}}
	extension = decision{verb: permit.VerbExtend, resource: "extension", role: access.Supervisor, do: func(o *office.Office, ctx context.Context, actor access.Actor, d office.Decision, in answers) (office.Case, error) {
		return o.DecideExtension(ctx, actor, d, true, in.Note)
	}}
	extensionDenial = decision{verb: permit.VerbDenyExtension, resource: "extension-denial", role: access.Supervisor, do: func(o *office.Office, ctx context.Context, actor access.Actor, d office.Decision, in answers) (office.Case, error) {
		return o.DecideExtension(ctx, actor, d, false, in.Note)
	}}
	noticeAllowance = decision{verb: permit.VerbAllowNotice, resource: "notice-allowance", role: access.Supervisor, do: func(o *office.Office, ctx context.Context, actor access.Actor, d office.Decision, in answers) (office.Case, error) {
		return o.AllowNotice(ctx, actor, d, in.Note)
	}}
	windowSupplement = decision{verb: permit.VerbSupplement, resource: "supplement", do: func(o *office.Office, ctx context.Context, actor access.Actor, d office.Decision, in answers) (office.Case, error) {
		kinds := make([]permit.EvidenceKind, len(in.Seen))
		for i, seen := range in.Seen {
			kinds[i] = permit.EvidenceKind(seen)
		}
		return o.TakeSupplement(ctx, actor, d, kinds, in.Note)
	}}
)

// courseDecisions lists them in the order in which they stand on the page.
var courseDecisions = []decision{windowSupplement, resumption, pausing, extensionRequest, extension, extensionDenial, noticeAllowance}

// courseView is the course of a case on its page: notices with their answers, and what this officer may do about it.
type courseView struct {
	Notices []noticeView
	Clock   *parts.NoticeView // that it stands still
	Forms   []courseForm
	Notice  string // address of the form of a notice, "" for who may not give one
	Print   string // address of the last notice on paper, "" where there is none
}

// courseForm is one of the decisions with the answers that it asks for.
type courseForm struct {
	decision
	Path    string
	Reasons []parts.Option    // of a pause or an extension
	Seen    []parts.Option    // documents that may be seen on paper
	Asks    []parts.Row       // what the decision is about
	Clause  *parts.ClauseView // on which an extension rests
	Names   bool              // an extension names the rule that allows it
}

// ID is the id of a control of the form: several forms stand on one page.
func (f courseForm) ID(control string) string { return f.verb + "-" + control }

// noticeView is a notice as everybody reads it.
type noticeView struct {
	Title    string
	Given    string
	Missing  []string
	Answered string // "" while it is open
}

func (s *Console) courseView(v *web.Visit, file office.Progress, r *policy.Ruleset) courseView {
	p, a, c := v.Printer, file.Application, file.Course
	view := courseView{}
	for _, n := range c.Notices {
		one := noticeView{Title: p.Say("notice.title"), Given: p.Say("notice.given", "When", moment(p, n.IssuedAt), "By", parts.Date(p, n.BestBy)), Missing: missing(p, n, r)}
		if n.Supplement != nil {
			one.Answered = p.Say("notice.answered", "On", parts.Date(p, n.Supplement.ReceivedOn), "What", changes(p, *n.Supplement, r))
		}
		view.Notices = append(view.Notices, one)
		view.Print = casePath(a.Reference) + "/notice/print"
	}
	if a.Paused() {
		view.Clock = &parts.NoticeView{Tone: parts.Wait, Title: p.Say("notice.paused", "On", parts.Date(p, a.PausedOn)), Text: p.Say("pause.reason." + a.PausedFor)}
	}
	for _, verb := range a.CourseVerbs(c, r) {
		if verb == permit.VerbNotify {
			if holds(v.Actor, a, office.NotifierOf(a)) {
				view.Notice = noticePath(a.Reference)
			}
			continue
		}
		d := courseDecision(verb)
		role := d.role
		if verb == permit.VerbSupplement {
			role = office.NotifierOf(a)
		}
		if holds(v.Actor, a, role) {
			view.Forms = append(view.Forms, s.courseForm(p, d, file, r))
		}
	}
	return view
}

func courseDecision(verb string) decision {
	for _, d := range courseDecisions {
		if d.verb == verb {
			return d
		}
	}
	return decision{}
}

// courseErrors leads the errors of a form about the course to its controls. What an applicant would answer in a field of its own is
// explained in the note here.
func courseErrors(d decision, list parts.Errors) parts.Errors {
	for i, e := range list {
		switch {
		case d.verb == permit.VerbSupplement && e.Field == "evidence":
			list[i].Field = courseForm{decision: d}.ID("seen")
		case d.verb == permit.VerbSupplement:
			list[i].Field = courseForm{decision: d}.ID("note")
		default:
			list[i].Field = courseForm{decision: d}.ID(e.Field)
		}
	}
	return list
}

// holds reports whether an officer has a role at the station of a case.
func holds(actor access.Actor, a permit.Application, role access.Role) bool {
	return len(actor.Scope(role).At(a.Station).Stations) > 0
}

func (s *Console) courseForm(p text.Printer, d decision, file office.Progress, r *policy.Ruleset) courseForm {
	f := courseForm{decision: d, Path: d.path(file.Application.Reference)}
	rule := r.IssueDeadline.Extended
	switch d.verb {
	case permit.VerbPause:
		for _, reason := range permit.PauseReasons() {
			f.Reasons = append(f.Reasons, parts.Option{Value: reason, Label: p.Say("pause.reason." + reason)})
		}
	case permit.VerbRequestExtension:
		for _, g := range rule.Grounds {
			f.Reasons = append(f.Reasons, parts.Option{Value: g.Code, Label: pick(p, g.Name)})
		}
		f.Names = !rule.Confirmed
		f.Clause = &parts.ClauseView{Number: rule.Clause, Document: p.Say("console.decree"), Text: rule.Quote, Open: true}
	case permit.VerbExtend:
		request, _ := file.Course.Waiting()
		f.Clause = &parts.ClauseView{Number: rule.Clause, Document: p.Say("console.decree"), Text: rule.Quote}
		f.Asks = []parts.Row{{Key: p.Say("extension.ground"), Value: groundName(p, r, request.Ground)}, {Key: p.Say("extension.document"), Value: request.Document},
			{Key: p.Say("extension.why"), Value: noteOf(file.Events, request.Requested)}}
	case permit.VerbSupplement:
		notice, _ := file.Course.Open()
		for _, kind := range notice.EvidenceAsked() {
			f.Seen = append(f.Seen, parts.Option{Value: string(kind), Label: evidenceName(p, r, kind)})
		}
	}
	return f
}

// noteOf is the note of the event that led to a version.
func noteOf(events []permit.Event, version int) string {
	if version < 1 || version > len(events) {
		return ""
	}
	return events[version-1].Note
}

// groundName is the ground of an extension in the words of the ruleset.
func groundName(p text.Printer, r *policy.Ruleset, code string) string {
	if rule := r.IssueDeadline.Extended; rule != nil {
		for _, g := range rule.Grounds {
			if g.Code == code {
				return pick(p, g.Name)
			}
		}
	}
	return code
}

// missing says each deficiency of a notice in a line.
func missing(p text.Printer, n permit.DeficiencyNotice, r *policy.Ruleset) []string {
	var lines []string
	for _, d := range n.Deficiencies {
		line := p.Say("notice.deficiency", "Subject", subjectName(p, r, d.Subject), "Problem", p.Say("deficiency."+d.Code))
		if d.Line != "" {
			line += p.Pick("。", ". ") + d.Line
		}
		lines = append(lines, line)
	}
	return lines
}

// changes names what is new through a supplement.
func changes(p text.Printer, s permit.Supplement, r *policy.Ruleset) string {
	var names []string
	for _, subject := range s.Changed {
		names = append(names, subjectName(p, r, subject))
	}
	if len(names) == 0 {
		return p.Say("notice.unchanged")
	}
	return strings.Join(names, p.Pick("、", ", "))
}

func subjectName(p text.Printer, r *policy.Ruleset, s permit.Subject) string {
	if field := s.Field(); field != "" {
		return p.Say("notice.field." + field)
	}
	return evidenceName(p, r, s.Evidence())
}

// evidenceName is the name of a kind of document in its ruleset.
func evidenceName(p text.Printer, r *policy.Ruleset, kind permit.EvidenceKind) string {
	for _, e := range permit.DocumentKinds(r) {
		if e.Code == string(kind) {
			return pick(p, e.Name)
		}
	}
	return string(kind)
}

// eventDetail says why an event happened, where its reason or note is more than its name.
func eventDetail(p text.Printer, r *policy.Ruleset, e permit.Event) string {
	reason := ""
	switch {
	case e.Reason == "":
	case e.Verb == permit.VerbPause:
		reason = p.Say("pause.reason." + e.Reason)
	case e.Verb == permit.VerbRequestExtension:
		reason = groundName(p, r, e.Reason)
	default:
		reason = p.Say("reason." + e.Reason)
	}
	if reason != "" && e.Note != "" {
		return reason + p.Pick("：", ": ") + e.Note
	}
	return reason + e.Note
}
