package policy

import (
	"encoding/json"
	"reflect"
)

// Known is an answer that may be absent: the zero value is Unknown, which is never taken for a No.
type Known int8

// The three answers.
const (
	Unknown Known = iota
	No
	Yes
)

// KnownOf turns a plain answer into a Known.
func KnownOf(yes bool) Known {
	if yes {
		return Yes
	}
	return No
}

// String returns true, false or null, as in JSON.
func (k Known) String() string {
	switch k {
	case Yes:
		return "true"
	case No:
		return "false"
	}
	return "null"
}

// MarshalJSON writes true, false or null.
func (k Known) MarshalJSON() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalJSON reads true, false or null and nothing else. The error is a *json.UnmarshalTypeError,
// to which the decoder adds the name of the field.
func (k *Known) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "true":
		*k = Yes
	case "false":
		*k = No
	case "null":
		*k = Unknown
	default:
		return &json.UnmarshalTypeError{Value: "value", Type: reflect.TypeFor[bool]()}
	}
	return nil
}

// UnmarshalYAML reads true or false.
func (k *Known) UnmarshalYAML(decode func(any) error) error {
	var yes bool
	if err := decode(&yes); err != nil {
		return err
	}
	*k = KnownOf(yes)
	return nil
}
