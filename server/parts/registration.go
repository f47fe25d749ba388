package parts

import (
	"anju/server/civic"
	"anju/server/text"
)

// ReceiptView is the receipt of a residence registration (登记凭证), for a sheet
// or for paper 80 mm wide. It leaves the house: the ID number in it is masked.
// Ended says that the registration no longer counts.
type ReceiptView struct {
	City, Number, Ended string
	Name, IDNumber      string
	Hukou, Residence    string
	On, Since, HalfYear civic.Date // a zero HalfYear: there is none to wait for
	Reached             bool       // half a year is full
	Station, HandledBy  string
	Code                Code
	Narrow, Demo        bool
	Other               Link // the same on the other paper
}

// rows are what stands on the receipt, beside number and code.
func (v ReceiptView) rows(p text.Printer) []Row {
	rows := []Row{
		{Key: p.Say("field.name"), Value: v.Name}, {Key: p.Say("field.id_number"), Value: v.IDNumber}, {Key: p.Say("field.hukou"), Value: v.Hukou},
		{Key: p.Say("registration.address"), Value: v.Residence}, {Key: p.Say("registration.on"), Value: Date(p, v.On)},
	}
	if v.Since != v.On {
		rows = append(rows, Row{Key: p.Say("registration.since"), Value: Date(p, v.Since)})
	}
	if !v.HalfYear.IsZero() {
		rows = append(rows, Row{Key: p.Say("registration.half_year"), Value: Date(p, v.HalfYear)})
	}
	return append(rows, Row{Key: p.Say("registration.station"), Value: v.Station}, Row{Key: p.Say("registration.handled_by"), Value: v.HandledBy})
}

// notes say what the receipt is for.
func (v ReceiptView) notes(p text.Printer) []string {
	notes := []string{p.Say("registration.receipt.free")}
	if v.Ended != "" {
		return notes
	}
	if v.HalfYear.IsZero() || v.Reached {
		return append(notes, p.Say("registration.receipt.now"))
	}
	return append(notes, p.Say("registration.receipt.later", "On", Date(p, v.HalfYear)))
}

// RegistrationTag shows the state of a registration in its colour.
func RegistrationTag(p text.Printer, state string) *TagView {
	tone := map[string]Tone{"declared": Wait, "confirmed": Good, "rejected": Stop}[state]
	return &TagView{Tone: tone, Text: p.Say("registration.state." + state)}
}
