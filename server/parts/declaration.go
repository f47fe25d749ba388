package parts

import (
	"strconv"

	"anju/server/civic"
	"anju/server/text"
)

// DeclarationView is the form of a residence registration, the same at every
// counter. Get gives what was typed, by the names of the controls. Evidence are
// the kinds of documents that show an earlier beginning, none where it is not
// asked; Children is how many rows for children there are.
type DeclarationView struct {
	City, Root          string
	Get                 func(string) string
	Errors              Errors
	Evidence, Relations []Option
	Children            int
	Card                bool // the identity is known from the card and not asked
}

// earlierOpen reports that something was said about an earlier beginning.
func (v DeclarationView) earlierOpen() bool {
	return v.Get("earlier_evidence") != "" || !ReadDate("earlier", v.Get).Empty() || v.Errors.For("earlier", "earlier_evidence") != ""
}

// childrenOpen reports that something was said about a child.
func (v DeclarationView) childrenOpen() bool {
	for i := range v.Children {
		for _, piece := range []string{"name", "id_number", "relation", "sex", "born"} {
			if v.Get(childField(i, piece)) != "" || v.Errors.For(childField(i, piece)) != "" {
				return true
			}
		}
	}
	return v.Errors.For("child-1") != ""
}

func childField(i int, piece string) string { return "child-" + strconv.Itoa(i+1) + "-" + piece }

// sexOptions are the two that an identity card knows.
func sexOptions(p text.Printer) []Option {
	return []Option{{Value: string(civic.Female), Label: p.Say("permit.sex.female")}, {Value: string(civic.Male), Label: p.Say("permit.sex.male")}}
}

// DateErrors says of a date that no calendar has what is wrong with it, instead
// of asking for it again. The names are those of [DateFields] parts.
func DateErrors(p text.Printer, errors Errors, form func(string) string, names ...string) Errors {
	out := append(Errors{}, errors...)
	for _, name := range names {
		typed := ReadDate(name, form)
		if _, err := typed.Date(); err == nil || typed.Empty() {
			continue
		}
		found := false
		for i, e := range out {
			if e.Field == name {
				out[i].Message, found = p.Say("fault.date"), true
			}
		}
		if !found {
			out = append(out, Error{Field: name, Message: p.Say("fault.date")})
		}
	}
	return out
}

// DeclarationErrors brings the errors of a declaration to the controls that
// they are shown at.
func DeclarationErrors(p text.Printer, errors Errors, form func(string) string, children int) Errors {
	names := []string{"arrived_on", "earlier"}
	for i := range children {
		names = append(names, childField(i, "born"))
	}
	return FirstUnanswered(DateErrors(p, errors, form, names...))
}
