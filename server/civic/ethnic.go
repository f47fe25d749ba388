package civic

import (
	_ "embed"
	"encoding/json"
	"slices"
	"sync"
)

// Ethnic is one of the 56 ethnic groups; Code is 01..56 (GB/T 3304-1991).
type Ethnic struct {
	Code string `json:"code"`
	Name Text   `json:"name"`
}

//go:embed data/ethnic.json
var ethnicData []byte

var ethnicGroups = sync.OnceValue(func() []Ethnic {
	var groups []Ethnic
	if err := json.Unmarshal(ethnicData, &groups); err != nil {
		panic("civic: data/ethnic.json: " + err.Error())
	}
	return groups
})

// EthnicGroups gives all groups in the order of their codes, Han first.
func EthnicGroups() []Ethnic { return slices.Clone(ethnicGroups()) }

// EthnicByCode finds a group by its two digits.
func EthnicByCode(code string) (Ethnic, bool) {
	for _, group := range ethnicGroups() {
		if group.Code == code {
			return group, true
		}
	}
	return Ethnic{}, false
}
