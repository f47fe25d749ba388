package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"mime"
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
)

// ask decodes the JSON body of a request into a query, more strictly than encoding/json does: it takes no field name in another case, no
// key twice and no broken character, and it names the field of a value that it cannot read. Errors of form go before bad values.
func ask(c *fiber.Ctx, into any) error {
	if _, err := query(c); err != nil {
		return err
	}
	kind, parameters, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	charset := parameters["charset"]
	if err != nil || kind != fiber.MIMEApplicationJSON || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return fiber.ErrUnsupportedMediaType
	}
	return decode(c.Request().Body(), into)
}

func decode(body []byte, into any) error {
	if !utf8.Valid(body) || !json.Valid(body) {
		return malformed(notJSON, "")
	}
	target := reflect.ValueOf(into).Elem()
	tokens := json.NewDecoder(bytes.NewReader(body))
	tokens.UseNumber()
	if err := checkNames(tokens, target.Type(), ""); err != nil {
		return err
	}
	// Names are right, so the library reads a good question as fill does, and faster. A bad one is read again to find the place.
	if bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{")) && json.Unmarshal(body, into) == nil {
		return nil
	}
	target.SetZero()
	return fill(body, target, "")
}

// checkNames reads one value and refuses a key that stands twice in an object, and one that the type has no field for. A nil type, and
// one that is no structure, takes any names.
func checkNames(tokens *json.Decoder, t reflect.Type, path string) error {
	token, err := tokens.Token()
	if err != nil {
		return malformed(notJSON, path)
	}
	if token != json.Delim('{') && token != json.Delim('[') {
		return nil
	}
	fields := fieldsOf(t)
	seen := map[string]bool{}
	for tokens.More() {
		if token == json.Delim('[') {
			if err := checkNames(tokens, nil, path); err != nil {
				return err
			}
			continue
		}
		next, err := tokens.Token()
		name, ok := next.(string)
		if err != nil || !ok {
			return malformed(notJSON, path)
		}
		at := below(path, name)
		field, known := fields[name]
		switch {
		case seen[name]:
			return malformed(duplicateKey, at)
		case fields != nil && !known:
			return malformed(unknownField, at)
		}
		seen[name] = true
		if err := checkNames(tokens, field.Type, at); err != nil {
			return err
		}
	}
	if _, err := tokens.Token(); err != nil {
		return malformed(notJSON, path)
	}
	return nil
}

// known keeps what fieldsOf has found: the types of questions are few.
var known sync.Map

// fieldsOf are the fields of a structure, or of what a pointer leads to, by their names in JSON; nil when the type is none or reads itself.
func fieldsOf(t reflect.Type) map[string]reflect.StructField {
	if t == nil {
		return nil
	}
	if found, ok := known.Load(t); ok {
		return found.(map[string]reflect.StructField)
	}
	var fields map[string]reflect.StructField
	of := t
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	if of.Kind() == reflect.Struct && !reflect.PointerTo(of).Implements(unmarshaler) {
		fields = map[string]reflect.StructField{}
		for i := range of.NumField() {
			fields[of.Field(i).Tag.Get("json")] = of.Field(i)
		}
	}
	known.Store(t, fields)
	return fields
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

// fill reads a value whose names are checked, field by field, so that a bad value is known by its place. Null leaves a field absent.
func fill(raw []byte, v reflect.Value, path string) error {
	raw = bytes.TrimSpace(raw)
	switch {
	case v.Kind() == reflect.Pointer:
		if string(raw) == "null" {
			return nil
		}
		v.Set(reflect.New(v.Type().Elem()))
		return fill(raw, v.Elem(), path)
	case fieldsOf(v.Type()) != nil:
		values, err := members(raw, path)
		if err != nil {
			return err
		}
		for i := range v.NumField() {
			name := v.Type().Field(i).Tag.Get("json")
			if value, given := values[name]; given {
				if err := fill(value, v.Field(i), below(path, name)); err != nil {
					return err
				}
			}
		}
		return nil
	case v.Kind() == reflect.Map && string(raw) != "null":
		values, err := members(raw, path)
		if err != nil {
			return err
		}
		v.Set(reflect.MakeMapWithSize(v.Type(), len(values)))
		for _, name := range slices.Sorted(maps.Keys(values)) {
			value := reflect.New(v.Type().Elem()).Elem()
			if err := fill(values[name], value, below(path, name)); err != nil {
				return err
			}
			v.SetMapIndex(reflect.ValueOf(name), value)
		}
		return nil
	}
	err := json.Unmarshal(raw, v.Addr().Interface())
	var problem *civic.Problem
	if errors.As(err, &problem) {
		return invalid(problem.Code, path)
	}
	if err != nil {
		return invalid(wrongType, path)
	}
	return nil
}

// members splits an object.
func members(raw []byte, path string) (map[string]json.RawMessage, error) {
	var values map[string]json.RawMessage
	if err := json.Unmarshal(raw, &values); err != nil || values == nil {
		return nil, invalid(wrongType, path)
	}
	return values, nil
}

// below is the place of a member, written as the law's faults write theirs.
func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
