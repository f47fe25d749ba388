package permit

import "strings"

// ItemState is how a case stands in a production batch.
type ItemState string

// The states. A case waits in one batch at most.
const (
	ItemOpen     ItemState = "open"
	ItemMade     ItemState = "made"
	ItemTakenOut ItemState = "taken_out" // by an officer, or because the case had moved
)

// MaxBatch is how many permits one batch makes: what a card printer does in a day.
const MaxBatch = 200

// CheckBatch finds why no batch can be made of so many cases with so many blank cards left that no other batch waits for. A stock that was never
// entered holds nothing: a single permit can still be made from its case (Decree 663 Art. 9 sets the day).
func CheckBatch(cases, cards int) Faults {
	switch {
	case cases == 0:
		return Faults{{"case", "batch_empty"}}
	case cases > MaxBatch:
		return Faults{{"case", "batch_many"}}
	case cases > cards:
		return Faults{{"case", "batch_cards"}}
	}
	return nil
}

// CheckSpoiled finds what is wrong with saying that the cards of so many cases of a batch were spoiled.
func CheckSpoiled(cases, balance int, note string) Faults {
	var faults Faults
	switch {
	case cases == 0:
		faults = Faults{{"case", "batch_choose"}}
	case cases > balance:
		faults = Faults{{"case", "card_more_than_there"}}
	}
	if strings.TrimSpace(note) == "" {
		faults = append(faults, Fault{"note", "spoiled_empty"})
	}
	return append(faults, checkLine("note", note, MaxNote, false)...)
}
