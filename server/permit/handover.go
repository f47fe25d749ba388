package permit

import "anju/server/civic"

// Signing is where whoever collected a permit has signed for it.
type Signing string

// The ways. Paper is kept in the station's files; of it the record has only the officer's word.
const (
	SignedOnScreen Signing = "screen"
	SignedOnPaper  Signing = "paper"
)

// Handover is how a permit changed hands (发放): to whom, and what shows it.
type Handover struct {
	IdentitySeen bool       // the identity card of whoever collects was checked
	Collector    *Collector // who collects for the holder; nil for the holder
	Signing      Signing
	Signature    []byte // on a screen: the picture of it
}

// Collector is who collects for somebody else.
type Collector struct {
	Name     string          `json:"name"`
	IDNumber civic.CitizenID `json:"id_number"`
}

// Check finds what is missing. today bounds the birth date in an agent's number; holder is whose permit it is, who is nobody's agent.
func (h Handover) Check(holder civic.CitizenID, today civic.Date) Faults {
	var faults Faults
	if h.Collector != nil {
		_, err := civic.ParseName(h.Collector.Name)
		faults = append(faults, problem("agent_name", err)...)
		id, err := civic.ParseCitizenID(string(h.Collector.IDNumber), today)
		faults = append(faults, problem("agent_id", err)...)
		if err == nil && id == holder {
			faults = append(faults, Fault{"agent_id", "agent_is_holder"})
		}
	}
	if !h.IdentitySeen {
		faults = append(faults, Fault{"collected", "collector_seen"})
	}
	switch {
	case h.Signing != SignedOnScreen && h.Signing != SignedOnPaper:
		faults = append(faults, Fault{"signing", "signing_choose"})
	case h.Signing == SignedOnScreen && len(h.Signature) == 0:
		faults = append(faults, Fault{"signing", "signature_missing"})
	}
	return faults
}
