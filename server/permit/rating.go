package permit

import (
	"slices"
	"time"
	"unicode/utf8"

	"anju/server/civic"
	"anju/server/policy"
)

// RatedDeed is something that the office finished for a person and that the person may rate (好差评): an application that has ended, or an
// endorsement.
type RatedDeed struct {
	Jurisdiction string
	Ruleset      string
	Application  string // id; empty for an endorsement
	Permit       string // number, of an endorsement
	DueOn        civic.Date
	Verb         string // with which it ended: issue, decline, refuse, endorse
	EndedOn      civic.Date
	Station      string
	Officers     []string // staff who had a hand in it: none of them answers a bad rating; sorted, each once
	Account      string   // whose it is; empty when no phone has claimed it
}

// RatingLevel is one of the five levels of the national scheme.
type RatingLevel string

// The levels; the last two are bad (差评).
const (
	VerySatisfied    RatingLevel = "very_satisfied"    // 非常满意
	Satisfied        RatingLevel = "satisfied"         // 满意
	FairlySatisfied  RatingLevel = "fairly_satisfied"  // 基本满意
	Dissatisfied     RatingLevel = "dissatisfied"      // 不满意
	VeryDissatisfied RatingLevel = "very_dissatisfied" // 非常不满意
)

// RatingLevels lists the levels from the best to the worst.
func RatingLevels() []RatingLevel {
	return []RatingLevel{VerySatisfied, Satisfied, FairlySatisfied, Dissatisfied, VeryDissatisfied}
}

// Bad reports whether the level must be answered.
func (l RatingLevel) Bad() bool { return l == Dissatisfied || l == VeryDissatisfied }

// RatingTags lists what a rating can be about. They are neutral, so that each goes with every level.
func RatingTags() []string {
	return []string{"attitude", "speed", "told_clearly", "papers", "online", "place"}
}

// Opinion is what a person says with a rating.
type Opinion struct {
	Level   RatingLevel
	Tags    []string // some of RatingTags, in their order
	Comment string   // sealed at rest
}

// Rating is an opinion on a deed, given once, and its answer. Nothing that the office does reads it: it never changes a case.
type Rating struct {
	RatedDeed
	ID string // UUID: names the rating to staff
	Opinion
	Counter  string // "portal" or "kiosk"
	RatedAt  time.Time
	AnswerBy civic.Date // by which a bad one is answered; zero for the others, and when the holidays of that time are not announced yet

	AnsweredAt time.Time // zero while it is not answered
	AnsweredBy Officer
	RatingAnswer
	Version int // rises with the answer
}

// RatingAnswer is what the person reads.
type RatingAnswer struct {
	Outcome RatingOutcome
	Words   string // sealed at rest
}

// RatingOutcome is what came of a bad rating.
type RatingOutcome string

// RatingOutcomes lists them in the order in which they are offered: what was right was put right at once, will be by a day that the words
// name, or the law is as it is and is explained (the three cases of the national scheme).
func RatingOutcomes() []RatingOutcome { return []RatingOutcome{"corrected", "planned", "explained"} }

// Limits of the free text, in characters.
const (
	MaxRatingComment = 300
	MaxRatingAnswer  = 1000
)

// DeedOf is what there is to rate of an application: nothing while it is open.
func DeedOf(a Application, events []Event) (RatedDeed, bool) {
	if a.State.Open() || len(events) == 0 {
		return RatedDeed{}, false
	}
	last := events[len(events)-1]
	d := RatedDeed{Jurisdiction: a.Jurisdiction, Ruleset: a.Ruleset, Application: a.ID, Verb: last.Verb, EndedOn: last.On, Station: a.Station, Account: a.Account}
	for _, e := range events {
		d.Officers = append(d.Officers, e.By.ID)
	}
	return d.tidy(), true
}

// DeedOfEndorsement is what there is to rate of an endorsement. Where the holder made it alone, no officer had a hand in it.
func DeedOfEndorsement(p Permit, e Endorsement, station, account string) RatedDeed {
	d := RatedDeed{Jurisdiction: p.Jurisdiction, Ruleset: p.Ruleset, Permit: p.Number, DueOn: e.DueOn, Verb: VerbEndorse, EndedOn: e.On, Station: station, Account: account,
		Officers: []string{e.By.ID}}
	return d.tidy()
}

func (d RatedDeed) tidy() RatedDeed {
	d.Officers = slices.DeleteFunc(d.Officers, func(id string) bool { return id == "" })
	slices.Sort(d.Officers)
	d.Officers = slices.Compact(d.Officers)
	return d
}

// RatableUntil is the last day on which a deed can be rated.
func (d RatedDeed) RatableUntil(r *policy.Ruleset) civic.Date {
	return d.EndedOn.AddDays(r.Ratings.OpenDays)
}

// Tidy brings what was typed into its stored form.
func (o Opinion) Tidy() Opinion {
	o.Comment = tidyText(o.Comment)
	chosen := o.Tags
	o.Tags = nil
	for _, tag := range RatingTags() {
		if slices.Contains(chosen, tag) {
			o.Tags = append(o.Tags, tag)
		}
	}
	return o
}

// Check returns what is wrong with an opinion that has been tidied.
func (o Opinion) Check() Faults {
	var faults Faults
	if !slices.Contains(RatingLevels(), o.Level) {
		faults = append(faults, Fault{"level", "rating_level"})
	}
	return append(faults, checkRatingText("comment", o.Comment, MaxRatingComment)...)
}

func checkRatingText(field, s string, most int) Faults {
	switch {
	case utf8.RuneCountInString(s) > most:
		return Faults{{field, "rating_" + field + "_long"}}
	case len(checkLine(field, lineOf(s), most, false)) > 0:
		return Faults{{field, "rating_characters"}}
	}
	return nil
}

// Rate takes an opinion on a deed. A bad one is to be answered within the time of the ruleset.
func Rate(d RatedDeed, o Opinion, counter string, r *policy.Ruleset, calendar civic.Calendar, now time.Time) (Rating, error) {
	o = o.Tidy()
	today := civic.DateOf(now)
	if today.After(d.RatableUntil(r)) {
		return Rating{}, Refusal{Code: "rating_closed"}
	}
	if faults := o.Check(); len(faults) > 0 {
		return Rating{}, faults
	}
	rating := Rating{RatedDeed: d, Opinion: o, Counter: counter, RatedAt: now, Version: 1}
	if o.Level.Bad() {
		// Past the announced holidays no day is known, and an opinion is not turned away for that: it is answered as soon as possible.
		rating.AnswerBy, _ = r.RatingAnswerBy(today, calendar)
	}
	return rating, nil
}

// Answered reports whether the person has an answer.
func (r Rating) Answered() bool { return !r.AnsweredAt.IsZero() }

// Overdue reports whether a bad rating has waited past its day.
func (r Rating) Overdue(today civic.Date) bool {
	return r.Level.Bad() && !r.Answered() && !r.AnswerBy.IsZero() && today.After(r.AnswerBy)
}

// Answer answers a bad rating, once: what the person has read does not change. Whoever had a hand in the deed does not answer for it.
func (r Rating) Answer(a RatingAnswer, by Officer, now time.Time) (Rating, error) {
	a.Words = tidyText(a.Words)
	if !r.Level.Bad() {
		return r, Refusal{Code: "rating_needs_none"}
	}
	if slices.Contains(r.Officers, by.ID) {
		return r, Refusal{Code: "rating_own"}
	}
	if r.Answered() {
		return r, Refusal{Code: "state_moved_on"}
	}
	var faults Faults
	if !slices.Contains(RatingOutcomes(), a.Outcome) {
		faults = append(faults, Fault{"outcome", "rating_outcome"})
	}
	if a.Words == "" {
		faults = append(faults, Fault{"words", "rating_words_empty"})
	}
	if faults = append(faults, checkRatingText("words", a.Words, MaxRatingAnswer)...); len(faults) > 0 {
		return r, faults
	}
	r.RatingAnswer, r.AnsweredBy, r.AnsweredAt = a, by, now
	r.Version++
	return r, nil
}
