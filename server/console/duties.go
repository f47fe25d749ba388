package console

import (
	"anju/server/access"
	"anju/server/parts"
	"anju/server/text"
	"anju/server/web"
)

// dutiesPage tells colleagues who handle no cases what they may do.
type dutiesPage struct {
	Frame  parts.FrameView
	Visit  *web.Visit
	Duties parts.SummaryView
	Due    *dutyWarning
	Links  []parts.Link // to the sections that are open without cases
}

func (s *Console) dutiesPage(v *web.Visit) dutiesPage {
	return dutiesPage{Frame: frame(v, v.Printer.Say("console.duties.title")), Visit: v, Duties: parts.SummaryView{Rows: dutyRows(v.Printer, v.Actor)}, Links: links(v)}
}

func dutyRows(p text.Printer, a access.Actor) []parts.Row {
	var rows []parts.Row
	for _, role := range rolesOf(a) {
		rows = append(rows, parts.Row{Key: p.Say("console.role." + string(role)), Value: p.Say("console.duty." + string(role))})
	}
	return rows
}
