package office

import (
	"context"
	"encoding/json"
	"slices"

	"anju/server/access"
	"anju/server/permit"
)

// What a visit at a kiosk remembers of reports until it ends, sealed like a form that somebody left: one that is being filled in, the
// reference of the one that was sent, and of the one that was asked for.
const (
	refusalOfVisit  = "visit/refusal"
	refusalSent     = "visit/refusal-sent"
	refusalAskedFor = "visit/refusal-asked"
)

// parkInVisit keeps values for the rest of the visit.
func (o *Office) parkInVisit(ctx context.Context, tx Tx, actor access.Actor, what string, values map[string][]string) error {
	return tx.Park(ctx, ParkedForm{Account: actor.ID, Path: what, Values: values, Until: o.now().Add(access.LimitsOf(access.Kiosk).Absolute)})
}

// only is the one value of a name.
func only(values map[string][]string, name string) string {
	if len(values[name]) != 1 {
		return ""
	}
	return values[name][0]
}

// BeginRefusal begins a report in a visit; one that was begun before is forgotten.
func (o *Office) BeginRefusal(ctx context.Context, actor access.Actor, city string) error {
	if _, ok := o.Book.Jurisdiction(city); !ok {
		return judged(permit.Faults{{Field: "city", Code: "city_choose"}})
	}
	return o.Store.Within(ctx, func(tx Tx) error {
		return o.saveRefusal(ctx, tx, actor, permit.RefusalReport{Jurisdiction: city, Counter: "kiosk"}, newID())
	})
}

func (o *Office) saveRefusal(ctx context.Context, tx Tx, actor access.Actor, r permit.RefusalReport, key string) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return o.parkInVisit(ctx, tx, actor, refusalOfVisit, map[string][]string{"report": {string(text)}, "key": {key}})
}

// takeRefusal takes the report of a visit out, so that the second of two taps waits, and finds what the first has left.
func (o *Office) takeRefusal(ctx context.Context, tx Tx, actor access.Actor) (r permit.RefusalReport, key string, err error) {
	form, err := tx.Unpark(ctx, actor.ID, refusalOfVisit, o.now())
	if err != nil {
		return r, "", err
	}
	return r, only(form.Values, "key"), json.Unmarshal([]byte(only(form.Values, "report")), &r)
}

// RefusalInVisit returns the report that is being filled in, and what is wrong with it as it is. ErrNotFound when there is none.
func (o *Office) RefusalInVisit(ctx context.Context, actor access.Actor) (permit.RefusalReport, permit.Faults, error) {
	return o.AnswerInVisit(ctx, actor, nil, nil)
}

// AnswerInVisit changes the report that is being filled in. Faults in the fields named leave it as it was; what comes back has the
// change all the same, so that it can be shown again.
func (o *Office) AnswerInVisit(ctx context.Context, actor access.Actor, fields []string, change func(*permit.RefusalReport)) (r permit.RefusalReport, faults permit.Faults, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		before, key, err := o.takeRefusal(ctx, tx, actor)
		if err != nil {
			return err
		}
		rules, _, err := o.InForce(before.Jurisdiction)
		if err != nil {
			return err
		}
		r = before
		if change != nil {
			change(&r)
		}
		r = r.Tidy()
		faults = r.Check(rules, o.Today())
		if change != nil {
			faults = slices.DeleteFunc(faults, func(f permit.Fault) bool { return !slices.Contains(fields, f.Field) })
		}
		if change == nil || len(faults) > 0 {
			return o.saveRefusal(ctx, tx, actor, before, key)
		}
		return o.saveRefusal(ctx, tx, actor, r, key)
	})
	return r, faults, err
}

// SendRefusalInVisit sends the report of the visit, which remembers its reference. ErrNotFound when there is none, as for the second of
// two taps.
func (o *Office) SendRefusalInVisit(ctx context.Context, actor access.Actor, lang, peer string) error {
	if err := o.throttled(ctx, peer, access.RefusalsPerPeer); err != nil {
		return err
	}
	return o.Store.Within(ctx, func(tx Tx) error {
		r, key, err := o.takeRefusal(ctx, tx, actor)
		if err != nil {
			return err
		}
		r.Lang = lang
		made, err := o.reportRefusal(ctx, tx, actor, r, key)
		if err != nil {
			return err
		}
		return o.parkInVisit(ctx, tx, actor, refusalSent, map[string][]string{"reference": {made.Reference}})
	})
}

// SentRefusalInVisit returns what the visit has reported, to nobody but the visit. ErrNotFound when it has reported nothing.
func (o *Office) SentRefusalInVisit(ctx context.Context, actor access.Actor) (RefusalFile, error) {
	return o.recallRefusal(ctx, actor, refusalSent)
}

// AskRefusalInVisit is Refusal at a kiosk; the visit remembers the report, so that its page needs no reference in its address.
func (o *Office) AskRefusalInVisit(ctx context.Context, actor access.Actor, reference, peer string) error {
	file, err := o.Refusal(ctx, actor, reference, peer)
	if err != nil {
		return err
	}
	return o.Store.Within(ctx, func(tx Tx) error {
		return o.parkInVisit(ctx, tx, actor, refusalAskedFor, map[string][]string{"reference": {file.Reference}})
	})
}

// AskedRefusalInVisit returns the report that the visit has asked for, as it stands now. ErrNotFound when it has asked for none.
func (o *Office) AskedRefusalInVisit(ctx context.Context, actor access.Actor) (RefusalFile, error) {
	return o.recallRefusal(ctx, actor, refusalAskedFor)
}

func (o *Office) recallRefusal(ctx context.Context, actor access.Actor, what string) (RefusalFile, error) {
	var reference string
	err := o.Store.Within(ctx, func(tx Tx) error {
		form, err := tx.Unpark(ctx, actor.ID, what, o.now())
		if err != nil {
			return err
		}
		reference = only(form.Values, "reference")
		return tx.Park(ctx, form)
	})
	if err != nil {
		return RefusalFile{}, err
	}
	return o.SentRefusal(ctx, actor, reference)
}
