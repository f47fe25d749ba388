package permit

import "strings"

// CardMove is what happens to blank cards at a station.
type CardMove string

// The moves. A card is used when a permit is made with it; what is counted by hand replaces what was computed.
const (
	CardsReceived CardMove = "received"
	CardUsed      CardMove = "used"
	CardsSpoiled  CardMove = "spoiled"
	CardsCounted  CardMove = "counted"
)

// EnteredCardMoves are those that staff enter; a used card is written by production itself.
func EnteredCardMoves() []CardMove { return []CardMove{CardsReceived, CardsSpoiled, CardsCounted} }

// MaxCards bounds a single move: more than a station needs in years is a slip of the pen.
const MaxCards = 100_000

// CheckCards finds what is wrong with a move that staff enter: an unknown kind, a number that is none or too large, spoiled cards without a
// word why, more spoiled than there are.
func CheckCards(move CardMove, n, balance int, note string) Faults {
	var faults Faults
	known := false
	for _, m := range EnteredCardMoves() {
		known = known || m == move
	}
	if !known {
		faults = append(faults, Fault{"move", "card_move"})
	}
	switch {
	case n < 0 || n > MaxCards || n == 0 && move != CardsCounted:
		faults = append(faults, Fault{"number", "card_number"})
	case move == CardsSpoiled && n > balance:
		faults = append(faults, Fault{"number", "card_more_than_there"})
	}
	if move == CardsSpoiled && strings.TrimSpace(note) == "" {
		faults = append(faults, Fault{"note", "spoiled_empty"})
	}
	faults = append(faults, checkLine("note", note, MaxNote, false)...)
	return faults
}

// CardBalance is how many blank cards a station has after a move.
func CardBalance(before int, move CardMove, n int) int {
	switch move {
	case CardsReceived:
		return before + n
	case CardUsed, CardsSpoiled:
		return before - n
	case CardsCounted:
		return n
	}
	return before
}

// LowCards is the balance from which on a station is warned.
const LowCards = 20
