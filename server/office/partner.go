package office

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
)

// PartnerTx keeps partners, what they may do, and their keys.
type PartnerTx interface {
	Partners(ctx context.Context, jurisdiction string) ([]Partner, error)
	// LockPartner returns a partner and has every other change of it wait until the transaction ends.
	LockPartner(ctx context.Context, jurisdiction, code string) (Partner, error)
	// CreatePartner stores a partner. The same idempotency key again changes nothing (again true); a code that is taken is a Conflict
	// "partner_known".
	CreatePartner(ctx context.Context, p Partner, key string) (again bool, err error)
	// SavePartnerScope sets basis and fields of a scope, or withdraws it. What is given out with other fields counts as not given yet.
	SavePartnerScope(ctx context.Context, jurisdiction, partner string, s PartnerScope, by string) error
	// CreatePartnerKey stores a key. The same idempotency key again changes nothing (again true).
	CreatePartnerKey(ctx context.Context, jurisdiction, partner string, k access.PartnerKey, hash []byte, by, key string) (again bool, err error)
	// SavePartnerKey sets when a key expires or was ended, and was used.
	SavePartnerKey(ctx context.Context, jurisdiction string, k access.PartnerKey) error
	// PartnerKey returns the key of a hash and whose it is.
	PartnerKey(ctx context.Context, jurisdiction string, hash []byte) (partner string, k access.PartnerKey, err error)
}

// Partner is a department or a system of a city that data are shared with.
type Partner struct {
	Jurisdiction, Code string
	Name               civic.Text
	Contact            string // who answers for it there
	CreatedAt          time.Time
	CreatedBy          string // staff id; empty: by command
	Scopes             []PartnerScope
	Keys               []access.PartnerKey // newest first
}

// PartnerScope is one thing that a partner may do.
type PartnerScope struct {
	Scope       string
	Basis       string            // the law or agreement that allows it
	Fields      map[string]string // what is given out, each with its legal basis
	GrantedAt   time.Time
	WithdrawnAt time.Time // zero while it stands
}

// Scope returns a scope that stands.
func (p Partner) Scope(name string) (PartnerScope, bool) {
	i := slices.IndexFunc(p.Scopes, func(s PartnerScope) bool { return s.Scope == name && s.WithdrawnAt.IsZero() })
	if i < 0 {
		return PartnerScope{}, false
	}
	return p.Scopes[i], true
}

// MaxBasis is the longest legal basis, and MaxContact the longest contact, in characters.
const (
	MaxBasis   = 200
	MaxContact = 200
)

// partnerCity is the city whose partners the actor keeps: an administrator of it, or the house at a command line that names it.
func partnerCity(actor access.Actor, jurisdiction string) (string, error) {
	if actor.Kind == access.System {
		return jurisdiction, nil
	}
	if !actor.Holds(access.Administrator) {
		return "", &Error{What: Forbidden, Why: "role"}
	}
	return actor.Scope(access.Administrator).Jurisdiction, nil
}

// Partners lists the partners of the actor's city.
func (o *Office) Partners(ctx context.Context, actor access.Actor, jurisdiction string) (list []Partner, err error) {
	city, err := partnerCity(actor, jurisdiction)
	if err != nil {
		return nil, err
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		list, err = tx.Partners(ctx, city)
		return err
	})
	return list, err
}

// Partner returns one of them.
func (o *Office) Partner(ctx context.Context, actor access.Actor, code string) (Partner, error) {
	list, err := o.Partners(ctx, actor, "")
	i := slices.IndexFunc(list, func(p Partner) bool { return p.Code == code })
	switch {
	case err != nil:
		return Partner{}, err
	case i < 0:
		return Partner{}, ErrNotFound
	}
	return list[i], nil
}

var partnerCode = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)

// AddPartner takes a partner up: it may do nothing and has no key yet.
func (o *Office) AddPartner(ctx context.Context, actor access.Actor, p Partner, key string) (err error) {
	if p.Jurisdiction, err = partnerCity(actor, p.Jurisdiction); err != nil {
		return err
	}
	if _, known := o.Book.Jurisdiction(p.Jurisdiction); !known {
		return ErrNotFound
	}
	if !isUUID(key) {
		return &Error{What: Invalid, Why: "key_missing"}
	}
	p.Name.Zh, p.Name.En, p.Contact = strings.TrimSpace(p.Name.Zh), strings.TrimSpace(p.Name.En), strings.TrimSpace(p.Contact)
	var faults permit.Faults
	if !partnerCode.MatchString(p.Code) {
		faults = append(faults, permit.Fault{Field: "code", Code: "partner_code"})
	}
	faults = append(faults, checkWords("name_zh", p.Name.Zh, 100, "partner_name")...)
	faults = append(faults, checkWords("name_en", p.Name.En, 100, "partner_name")...)
	faults = append(faults, checkWords("contact", p.Contact, MaxContact, "partner_contact")...)
	if len(faults) > 0 {
		return judged(faults)
	}
	p.CreatedAt, p.CreatedBy = o.now(), staffID(actor)
	err = o.Store.Within(ctx, func(tx Tx) error {
		again, err := tx.CreatePartner(ctx, p, key)
		if err != nil || again {
			return err
		}
		return tx.Record(ctx, o.partnerEntry(actor, ledger.Agreed, p.Jurisdiction, p.Code, "partner"))
	})
	if errors.Is(err, &Error{What: Conflict, Why: "partner_known"}) {
		return judged(permit.Faults{{Field: "code", Code: "partner_known"}})
	}
	return err
}

// staffID is who did something, where it was somebody of the staff.
func staffID(actor access.Actor) string {
	if actor.Kind != access.Staff {
		return ""
	}
	return actor.ID
}

func (o *Office) partnerEntry(actor access.Actor, action ledger.Action, jurisdiction, code, purpose string) ledger.Entry {
	e := o.entry(actor, action, purpose)
	e.Jurisdiction, e.Object = jurisdiction, "partner/"+access.PartnerID(jurisdiction, code)
	return e
}

// AllowPartner sets what a partner may do and which fields it is given for it, each with its legal basis: a field without one is not given.
// It takes the place of what was set before.
func (o *Office) AllowPartner(ctx context.Context, actor access.Actor, jurisdiction, code string, s PartnerScope) error {
	city, err := partnerCity(actor, jurisdiction)
	if err != nil {
		return err
	}
	s.Basis, s.GrantedAt, s.WithdrawnAt = strings.TrimSpace(s.Basis), o.now(), time.Time{}
	fields := map[string]string{}
	var faults permit.Faults
	if !access.ScopeNamed(s.Scope) || !o.knowsScope(city, s.Scope) {
		faults = append(faults, permit.Fault{Field: "scope", Code: "partner_scope"})
	}
	faults = append(faults, checkWords("basis", s.Basis, MaxBasis, "partner_basis")...)
	for _, field := range access.PartnerFields() {
		basis := strings.TrimSpace(s.Fields[field])
		if basis == "" {
			continue
		}
		if !slices.Contains(access.FieldsOf(s.Scope), field) {
			faults = append(faults, permit.Fault{Field: "basis-" + field, Code: "partner_field"})
		}
		faults = append(faults, checkWords("basis-"+field, basis, MaxBasis, "partner_basis")...)
		fields[field] = basis
	}
	if len(faults) > 0 {
		return judged(faults)
	}
	s.Fields = fields
	return o.changePartner(ctx, actor, city, code, ledger.Agreed, s.Scope, func(tx Tx, _ Partner) error {
		return tx.SavePartnerScope(ctx, city, code, s, staffID(actor))
	})
}

// PartnerScopes lists what a partner can be allowed, and what it is allowed besides.
func (o *Office) PartnerScopes(p Partner) []string {
	list := []string{access.ScopeChanges}
	if r, _, err := o.InForce(p.Jurisdiction); err == nil {
		for _, kind := range r.Confirmations.Kinds {
			list = append(list, access.ScopeConfirmations+kind.Code)
		}
	}
	for _, s := range p.Scopes {
		if !slices.Contains(list, s.Scope) {
			list = append(list, s.Scope)
		}
	}
	return list
}

// WithdrawScope ends what a partner may do. What it was allowed stays on record.
func (o *Office) WithdrawScope(ctx context.Context, actor access.Actor, jurisdiction, code, scope string) error {
	city, err := partnerCity(actor, jurisdiction)
	if err != nil {
		return err
	}
	return o.changePartner(ctx, actor, city, code, ledger.Agreed, "withdrawn "+scope, func(tx Tx, p Partner) error {
		s, ok := p.Scope(scope)
		if !ok {
			return errNothingToDo
		}
		s.WithdrawnAt = o.now()
		return tx.SavePartnerScope(ctx, city, code, s, staffID(actor))
	})
}

// errNothingToDo ends a transaction in which everything is as it was asked for: the second of two taps.
var errNothingToDo = errors.New("office: nothing is left to do")

// changePartner does something to a partner, with its entry in the ledger.
func (o *Office) changePartner(ctx context.Context, actor access.Actor, city, code string, action ledger.Action, purpose string, work func(Tx, Partner) error) error {
	err := o.Store.Within(ctx, func(tx Tx) error {
		p, err := tx.LockPartner(ctx, city, code)
		if err != nil {
			return err
		}
		if err := work(tx, p); err != nil {
			return err
		}
		return tx.Record(ctx, o.partnerEntry(actor, action, city, code, purpose))
	})
	if errors.Is(err, errNothingToDo) {
		return nil
	}
	return err
}

// PartnerNames returns the names of the partners of cities, by PartnerID.
func (o *Office) PartnerNames(ctx context.Context, cities ...string) (names map[string]civic.Text, err error) {
	names = map[string]civic.Text{}
	slices.Sort(cities)
	err = o.Store.Within(ctx, func(tx Tx) error {
		for _, city := range slices.Compact(cities) {
			list, err := tx.Partners(ctx, city)
			if err != nil {
				return err
			}
			for _, p := range list {
				names[access.PartnerID(city, p.Code)] = p.Name
			}
		}
		return nil
	})
	return names, err
}

// PartnersIn names the cities of the entries that partners have made.
func PartnersIn(entries []LogEntry) (cities []string) {
	for _, e := range entries {
		if e.ActorKind == string(access.Partner) {
			cities = append(cities, e.Jurisdiction)
		}
	}
	return cities
}
