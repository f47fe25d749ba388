package policy

import (
	"errors"
	"fmt"
	"slices"

	"anju/server/civic"
)

// Principal is a group of people who may have somebody else act for them.
type Principal string

// The groups (Decree 663 Art. 9).
const (
	Minor    Principal = "minor"    // younger than ProxyRules.MinorBelow
	Older    Principal = "older"    // an older person who has difficulty moving
	Disabled Principal = "disabled" // a disabled person who has difficulty moving
)

// Relation is what the agent is to the principal.
type Relation string

// The relations (Decree 663 Art. 9).
const (
	Guardian     Relation = "guardian"      // 监护人
	NearRelative Relation = "near_relative" // 近亲属: spouse, parents, children, siblings, grandparents, grandchildren
)

// ProxyRules say who may act for whom, in which business and with which consent.
type ProxyRules struct {
	// MinorBelow is the age in full years below which somebody is a minor here.
	MinorBelow int `yaml:"minor_below"`
	// OlderFrom is the age from which somebody is called older as a rule. No text sets it, so nobody is refused for it.
	OlderFrom int `yaml:"older_from"`
	Rules     []ProxyRule
	Consents  []ConsentRule
	// Papers may be shown with the application; none of them must.
	Papers []ProxyPaper
}

// ProxyRule lets agents of some relations act for some groups in some kinds of business.
type ProxyRule struct {
	For       []Principal
	Kinds     []string // those of Fee
	Relations []Relation
	Basis     `yaml:",inline"`
}

// ProxyPaper is a document that shows that an agent may act. Except names groups that are never asked for it.
type ProxyPaper struct {
	Code   string
	Name   civic.Text
	Except []Principal `yaml:",omitempty"`
}

// ConsentRule is a consent that must be given by itself (Personal Information Protection Law Art. 29, 31).
type ConsentRule struct {
	Code string // ConsentChild or ConsentHealth
	// Version is the day on which the text that is consented to took effect.
	Version civic.Date
	// Below is the age in full years below which it is needed; For the group that needs it. One of the two is set.
	Below int       `yaml:",omitempty"`
	For   Principal `yaml:",omitempty"`
	// By names the relations that may give it; empty for any agent.
	By    []Relation `yaml:",omitempty"`
	Basis `yaml:",inline"`
}

// The consents.
const (
	ConsentChild  = "child"  // a guardian's, to handle what is known of a child
	ConsentHealth = "health" // to handle that somebody is disabled
)

// May returns the rule by which an agent of a relation acts for a group in a kind of business; without one there is none.
func (p ProxyRules) May(who Principal, kind string, as Relation) (ProxyRule, bool) {
	for _, rule := range p.Rules {
		if slices.Contains(rule.For, who) && slices.Contains(rule.Kinds, kind) && slices.Contains(rule.Relations, as) {
			return rule, true
		}
	}
	return ProxyRule{}, false
}

// Relations lists the relations that may act for a group in a kind of business, guardian first.
func (p ProxyRules) Relations(who Principal, kind string) (list []Relation) {
	for _, relation := range []Relation{Guardian, NearRelative} {
		if _, ok := p.May(who, kind, relation); ok {
			list = append(list, relation)
		}
	}
	return list
}

// Consents that are needed of the agent of a principal of a group who is so many full years old.
func (p ProxyRules) ConsentsFor(who Principal, age int) (needed []ConsentRule) {
	for _, c := range p.Consents {
		if c.Below > 0 && age < c.Below || c.For != "" && c.For == who {
			needed = append(needed, c)
		}
	}
	return needed
}

// PapersFor lists the documents that may be shown for a group.
func (p ProxyRules) PapersFor(who Principal) (papers []Evidence) {
	for _, one := range p.Papers {
		if !slices.Contains(one.Except, who) {
			papers = append(papers, Evidence{Code: one.Code, Name: one.Name})
		}
	}
	return papers
}

func checkProxies(doc *document, p ProxyRules) error {
	var faults []error
	principals := func(at string, list []Principal) {
		for i, who := range list {
			faults = append(faults, one(doc, fmt.Sprintf("%s[%d]", at, i), string(who), string(Minor), string(Older), string(Disabled)))
		}
	}
	relations := func(at string, list []Relation) {
		for i, as := range list {
			faults = append(faults, one(doc, fmt.Sprintf("%s[%d]", at, i), string(as), string(Guardian), string(NearRelative)))
		}
	}
	if p.MinorBelow < 1 || p.MinorBelow > 18 {
		faults = append(faults, doc.at("$.proxies.minor_below", "a minor is younger than 1 to 18 years"))
	}
	if p.OlderFrom <= p.MinorBelow || p.OlderFrom > 130 {
		faults = append(faults, doc.at("$.proxies.older_from", "nobody is older at %d", p.OlderFrom))
	}
	if _, ok := p.May(Minor, "issue", Guardian); !ok {
		faults = append(faults, doc.at("$.proxies.rules", "a guardian must be able to apply for a minor"))
	}
	for i, rule := range p.Rules {
		at := fmt.Sprintf("$.proxies.rules[%d]", i)
		if len(rule.For) == 0 || len(rule.Kinds) == 0 || len(rule.Relations) == 0 {
			faults = append(faults, doc.at(at, "a rule has groups, kinds and relations"))
		}
		principals(at+".for", rule.For)
		relations(at+".relations", rule.Relations)
		for n, kind := range rule.Kinds {
			faults = append(faults, one(doc, fmt.Sprintf("%s.kinds[%d]", at, n), kind, "register", "issue", "endorse", "renew", "replace", "change"))
		}
	}
	var codes []string
	for i, c := range p.Consents {
		at := fmt.Sprintf("$.proxies.consents[%d]", i)
		codes = append(codes, c.Code)
		faults = append(faults, one(doc, at+".code", c.Code, ConsentChild, ConsentHealth))
		if (c.Below > 0) == (c.For != "") || c.Below < 0 || c.Below > p.MinorBelow {
			faults = append(faults, doc.at(at, "a consent is needed below an age that makes a minor, or for a group"))
		}
		if c.For != "" {
			principals(at+".for", []Principal{c.For})
		}
		relations(at+".by", c.By)
	}
	faults = append(faults, once(doc, "$.proxies.consents", "code", codes))
	codes = nil
	for i, paper := range p.Papers {
		codes = append(codes, paper.Code)
		principals(fmt.Sprintf("$.proxies.papers[%d].except", i), paper.Except)
	}
	return errors.Join(append(faults, once(doc, "$.proxies.papers", "code", codes))...)
}
