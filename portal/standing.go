package portal

import (
	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
)

// standing says what the status of a permit means and what to do next.
func standing(p text.Printer, f office.PermitFile, today civic.Date) parts.NoticeView {
	one := f.Permit
	since := parts.Date(p, one.StatusSince)
	endorse := &parts.Link{Label: p.Say("life.go.endorse"), Href: "/permit/endorsement"}
	apply := &parts.Link{Label: p.Say("life.go.apply"), Href: "/apply"}
	due, opens := parts.Date(p, one.EndorseBy), parts.Date(p, f.Opens)
	say := func(tone parts.Tone, key string, link *parts.Link, pairs ...any) parts.NoticeView {
		return parts.NoticeView{Tone: tone, Title: p.Say("life.standing."+key, pairs...), Text: p.Say("life.next."+key, pairs...), Link: link}
	}
	switch status := one.StatusOn(today); {
	case status == permit.Lost:
		return say(parts.Stop, "lost", &parts.Link{Label: p.Say("life.go.found"), Href: "/permit/loss-report"}, "Since", since)
	case status == permit.Expired:
		return say(parts.Stop, "expired", apply, "Until", parts.Date(p, one.ValidUntil))
	case status == permit.Cancelled:
		view := say(parts.Stop, "cancelled", apply, "Since", since)
		for _, e := range f.Events {
			if e.Verb == permit.VerbCancel {
				view.Text = p.Say("life.ground."+e.Reason) + p.Pick("。", ". ") + view.Text
			}
		}
		return view
	case status == permit.Superseded:
		return say(parts.Stop, "superseded", nil, "Since", since)
	case f.Timing == permit.Late:
		return say(parts.Stop, "late", endorse, "Due", due)
	case f.Timing == permit.InTime:
		return say(parts.Wait, "open", endorse, "Due", due)
	case f.Timing == permit.Early:
		return say(parts.Good, "early", nil, "Due", due, "Opens", opens)
	case !one.ValidUntil.IsZero():
		return say(parts.Good, "term", nil, "Until", parts.Date(p, one.ValidUntil))
	}
	return say(parts.Good, "good", nil)
}

// residenceRows are the years of residence and since when they count.
func residenceRows(p text.Printer, f office.PermitFile, today civic.Date) []parts.Row {
	since := f.Residence.Since(today)
	if since.IsZero() {
		return nil
	}
	rows := []parts.Row{{Key: p.Say("life.years"), Value: p.Say("life.years_value", "Count", f.Residence.YearsOn(today)), Note: p.Say("life.years_since", "Since", parts.Date(p, since))}}
	if sum := f.Residence.CumulativeYearsOn(today); sum != f.Residence.YearsOn(today) {
		rows = append(rows, parts.Row{Key: p.Say("life.years_sum"), Value: p.Say("life.years_value", "Count", sum), Note: p.Say("life.years_sum_note")})
	}
	return rows
}
