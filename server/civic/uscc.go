package civic

import "strings"

// usccCharacters leaves out I, O, S, V and Z; a character counts as its place.
const usccCharacters = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// CheckUSCC checks a unified social credit code of an organisation, 18
// characters in upper case (GB 32100-2015). The problems are uscc_length,
// uscc_characters and uscc_check.
func CheckUSCC(s string) error {
	if len(s) != 18 {
		return &Problem{Code: "uscc_length"}
	}
	sum, weight := 0, 1
	for i := range len(s) {
		value := strings.IndexByte(usccCharacters, s[i])
		if value < 0 {
			return &Problem{Code: "uscc_characters"}
		}
		if i < len(s)-1 {
			sum += value * weight
			weight = weight * 3 % 31
		}
	}
	if s[17] != usccCharacters[(31-sum%31)%31] {
		return &Problem{Code: "uscc_check"}
	}
	return nil
}
