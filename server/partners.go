package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
)

const partnersUsage = `usage: anju partners list CITY
       anju partners add CITY CODE NAME-ZH NAME-EN CONTACT
       anju partners allow CITY CODE SCOPE BASIS [FIELD=BASIS ...]
       anju partners withdraw CITY CODE SCOPE
       anju partners rotate CITY CODE        makes a key, prints it once; the one before stays good for 14 days at most
       anju partners revoke CITY CODE KEY`

// operator is who acts at a command line.
var operator = access.Actor{Kind: access.System, ID: "command"}

// partners keeps the partners of a city, as an administrator does on the console.
func partners(ctx context.Context, c config, rest []string, out io.Writer, log *slog.Logger) (err error) {
	needs := map[string]int{"list": 2, "add": 6, "allow": 5, "withdraw": 4, "rotate": 3, "revoke": 4}
	if len(rest) == 0 || needs[rest[0]] == 0 || len(rest) < needs[rest[0]] || len(rest) > needs[rest[0]] && rest[0] != "allow" {
		return errors.New(partnersUsage)
	}
	h, err := openHouse(ctx, c, clock{}, false, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	city := rest[1]
	if _, known := h.office.Book.Jurisdiction(city); !known {
		return fmt.Errorf("there is no city %s", city)
	}
	return said(partnersDo(ctx, h.office, rest[0], city, rest[2:], out))
}

func partnersDo(ctx context.Context, o *office.Office, verb, city string, args []string, out io.Writer) error {
	switch verb {
	case "add":
		p := office.Partner{Jurisdiction: city, Code: args[0], Name: civic.Text{Zh: args[1], En: args[2]}, Contact: args[3]}
		return o.AddPartner(ctx, operator, p, office.NewKey())
	case "allow":
		s := office.PartnerScope{Scope: args[1], Basis: args[2], Fields: map[string]string{}}
		for _, pair := range args[3:] {
			field, basis, ok := strings.Cut(pair, "=")
			if !ok || !slices.Contains(access.PartnerFields(), field) {
				return fmt.Errorf("%q is not FIELD=BASIS, with a field of %v", pair, access.PartnerFields())
			}
			s.Fields[field] = basis
		}
		return o.AllowPartner(ctx, operator, city, args[0], s)
	case "withdraw":
		return o.WithdrawScope(ctx, operator, city, args[0], args[1])
	case "rotate":
		key, err := o.NewPartnerKey(ctx, operator, city, args[0], office.NewKey())
		if err == nil {
			fmt.Fprintln(out, key)
		}
		return err
	case "revoke":
		return o.RevokePartnerKey(ctx, operator, city, args[0], access.PartnerKeyName(args[1]))
	}
	list, err := o.Partners(ctx, operator, city)
	for _, p := range list {
		fmt.Fprintf(out, "%s  %s  %s\n", p.Code, p.Name.Zh, p.Name.En)
		for _, s := range p.Scopes {
			state := ""
			if !s.WithdrawnAt.IsZero() {
				state = "  withdrawn"
			}
			fmt.Fprintf(out, "  may %s (%s)%s\n", s.Scope, s.Basis, state)
		}
		for _, k := range p.Keys {
			state := "ended"
			if k.Alive(o.Clock.Now()) {
				state = "good until " + civic.DateOf(k.ExpiresAt).String()
			}
			fmt.Fprintf(out, "  key %s  %s\n", k.Name, state)
		}
	}
	return err
}

// said puts the faults of a command into a sentence.
func said(err error) error {
	var known *office.Error
	switch {
	case errors.Is(err, office.ErrNotFound):
		return errors.New("there is no such partner or key")
	case !errors.As(err, &known):
		return err
	}
	words := []string{known.Why}
	for _, f := range known.Faults {
		words = append(words, f.Field+": "+f.Code)
	}
	return errors.New(strings.Join(words, " "))
}
