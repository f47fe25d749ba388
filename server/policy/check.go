package policy

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"anju/server/civic"
)

// complete walks everything read from a file: a text lacks no language, a basis neither clause nor
// quote, a required string is not empty, whatever structure it stands in.
func complete(doc *document, v any) error {
	var faults []error
	walk(doc, "$", reflect.ValueOf(v).Elem(), &faults)
	return errors.Join(faults...)
}

var (
	textType  = reflect.TypeFor[civic.Text]()
	basisType = reflect.TypeFor[Basis]()
	dateType  = reflect.TypeFor[civic.Date]()
)

func walk(doc *document, where string, v reflect.Value, faults *[]error) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			walk(doc, where, v.Elem(), faults)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(doc, fmt.Sprintf("%s[%d]", where, i), v.Index(i), faults)
		}
	case reflect.String:
		if strings.TrimSpace(v.String()) == "" {
			*faults = append(*faults, doc.at(where, "missing"))
		}
	case reflect.Struct:
		switch v.Type() {
		case dateType:
			if v.IsZero() {
				*faults = append(*faults, doc.at(where, "missing"))
			}
			return
		case basisType:
			walkBasis(doc, where, v.Interface().(Basis), faults)
			return
		}
		walkFields(doc, where, v, faults)
	}
}

func walkFields(doc *document, where string, v reflect.Value, faults *[]error) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if !field.IsExported() || name == "-" || options == "omitempty" && v.Field(i).IsZero() {
			continue
		}
		at := where
		if options != "inline" {
			if name == "" {
				name = strings.ToLower(field.Name)
			}
			at += "." + name
		}
		if v.Type() == textType && strings.TrimSpace(v.Field(i).String()) == "" {
			*faults = append(*faults, doc.at(at, "missing translation"))
			continue
		}
		walk(doc, at, v.Field(i), faults)
	}
}

func walkBasis(doc *document, where string, b Basis, faults *[]error) {
	if b.Clause == "" {
		*faults = append(*faults, doc.at(where+".clause", "missing"))
	} else if b.Quote == "" {
		*faults = append(*faults, doc.at(where+".clause", "clause without quote"))
	}
	if b.Wording != "" && b.Wording != Verbatim && b.Wording != Reported {
		*faults = append(*faults, doc.at(where+".wording", "unknown wording %q", b.Wording))
	}
}

// once refuses a code that stands twice in a list.
func once(doc *document, list, key string, codes []string) error {
	var faults []error
	for i, code := range codes {
		if slices.Contains(codes[:i], code) {
			faults = append(faults, doc.at(fmt.Sprintf("%s[%d].%s", list, i, key), "%q stands twice", code))
		}
	}
	return errors.Join(faults...)
}

// one refuses a value outside a list.
func one(doc *document, where, value string, of ...string) error {
	if slices.Contains(of, value) {
		return nil
	}
	return doc.at(where, "%q is none of %s", value, strings.Join(of, ", "))
}

func (b *Book) checkConditions(doc *document) error {
	var faults []error
	var codes []string
	for i, c := range b.conditions {
		at := fmt.Sprintf("$.conditions[%d]", i)
		codes = append(codes, c.Code)
		b.codes[c.Code] = i
		if !c.ByOffice && c.Question == nil {
			faults = append(faults, doc.at(at+".code", "condition %s has no question", c.Code))
		}
		if c.ByOffice && c.Question != nil {
			faults = append(faults, doc.at(at+".question", "condition %s is the office's to apply and is never asked", c.Code))
		}
		for n, who := range c.SettledFor {
			if !slices.Contains(c.For, who) {
				faults = append(faults, doc.at(fmt.Sprintf("%s.settled_for[%d]", at, n), "condition %s is never asked for %s", c.Code, who))
			}
		}
		if c.AgeFrom < 0 || c.AgeFrom > 130 {
			faults = append(faults, doc.at(at+".age_from", "nobody is %d years old", c.AgeFrom))
		}
		if !c.ByOffice && len(c.For) == 0 {
			faults = append(faults, doc.at(at+".for", "condition %s is asked for nobody", c.Code))
		}
		for n, who := range c.For {
			faults = append(faults, one(doc, fmt.Sprintf("%s.for[%d]", at, n), string(who), "self", "child", "parent"))
		}
	}
	if len(b.conditions) > maxConditions {
		faults = append(faults, doc.at("$.conditions", "more than %d conditions", maxConditions))
	}
	return errors.Join(append(faults, once(doc, "$.conditions", "code", codes))...)
}

func (b *Book) checkThemes(doc *document) error {
	var codes []string
	for _, t := range b.themes {
		codes = append(codes, t.Code)
	}
	return once(doc, "$.themes", "code", codes)
}

// isTheme refuses a theme that there is not.
func (b *Book) isTheme(doc *document, where, code string) error {
	if slices.ContainsFunc(b.themes, func(t Theme) bool { return t.Code == code }) {
		return nil
	}
	return doc.at(where, "unknown theme %q", code)
}

func (b *Book) checkRuleset(doc *document, r *Ruleset) error {
	faults := []error{
		one(doc, "$.scope.across", r.Scope.Across, "county", "prefecture"),
		one(doc, "$.half_year.rule", r.HalfYear.Rule, "registered", "intended"),
		one(doc, "$.residence_years.counted_from", r.ResidenceYears.CountedFrom, "registration", "permit_issue"),
		checkDeadline(doc, "$.issue_deadline.statutory", r.IssueDeadline.Statutory),
		checkDeadline(doc, "$.issue_deadline.promised", r.IssueDeadline.Promised),
		checkExtension(doc, "$.issue_deadline.extended", r.IssueDeadline),
		checkDeadline(doc, "$.ratings.answer", r.Ratings.Answer),
		checkGrounds(doc, "$.grounds", r.Grounds, b.grounds),
		checkGrounds(doc, "$.three_year_grounds", r.ThreeYearGrounds, b.threeYear),
		checkTiers(doc, r),
		checkFees(doc, r),
		checkProxies(doc, r.Proxies),
		b.checkConfirmations(doc, r),
		checkPublication(doc, r),
		checkRegistration(doc, r),
	}
	if !r.InForce.To.IsZero() && r.InForce.To.Before(r.InForce.From) {
		faults = append(faults, doc.at("$.in_force.to", "ends before it begins"))
	}
	if r.Ratings.OpenDays < 1 {
		faults = append(faults, doc.at("$.ratings.open_days", "what was done can be rated for at least one day"))
	}
	h := r.HalfYear
	counts := min(h.Months, 1) + min(h.Days, 1)
	if h.Months < 0 || h.Days < 0 || h.Rule == "registered" && counts != 1 || h.Rule == "intended" && counts != 0 {
		faults = append(faults, doc.at("$.half_year.rule", "a registered half year has months or days, an intended one neither"))
	}
	if r.HalfYear.Rule == "registered" && r.Grounds == nil {
		faults = append(faults, doc.at("$.grounds", "missing"))
	}
	if e := r.Endorsement; e != nil {
		faults = append(faults, one(doc, "$.endorsement.anchor.counted_from", e.Anchor.CountedFrom, "issue", "residence"))
		if e.EveryMonths < 1 || e.WindowMonths < 1 || e.WindowMonths > e.EveryMonths {
			faults = append(faults, doc.at("$.endorsement", "the window must fit between two endorsements"))
		}
	}
	terms := slices.ContainsFunc(r.Tiers, func(t Tier) bool { return t.TermYears > 0 })
	if t := r.TermRenewal; terms != (t != nil) || t != nil && (t.WindowMonths < 1 || t.WindowMonths > 12) {
		faults = append(faults, doc.at("$.tiers", "permits with a term are renewed from one to twelve months before its end, others never"))
	}
	var rights []string
	for _, right := range r.Rights {
		rights = append(rights, right.Code)
	}
	return errors.Join(append(faults, once(doc, "$.rights", "code", rights))...)
}

func checkDeadline(doc *document, where string, d Deadline) error {
	if d.N < 1 {
		return doc.at(where+".n", "a deadline is at least one day")
	}
	return one(doc, where+".unit", d.Unit, "calendar", "working")
}

// maxExtended is Decree 663 第九条: "延长后最长不得超过30日".
const maxExtended = 30

// checkExtension demands that an extension lengthens the deadline in its own unit, and never beyond what the Decree allows.
func checkExtension(doc *document, where string, d DeadlineRule) error {
	e := d.Extended
	if e == nil {
		return nil
	}
	faults := []error{checkDeadline(doc, where, e.Deadline)}
	if e.Unit != d.Statutory.Unit {
		faults = append(faults, doc.at(where+".unit", "an extension counts in the unit of the deadline, %s", d.Statutory.Unit))
	}
	if e.N <= d.Statutory.N || e.N > maxExtended {
		faults = append(faults, doc.at(where+".n", "an extended deadline has more than %d and at most %d days", d.Statutory.N, maxExtended))
	}
	var codes []string
	for _, g := range e.Grounds {
		codes = append(codes, g.Code)
	}
	if len(codes) == 0 {
		faults = append(faults, doc.at(where+".grounds", "there is no ground for an extension"))
	}
	return errors.Join(append(faults, once(doc, where+".grounds", "code", codes))...)
}

func checkGrounds(doc *document, where string, rule *GroundRule, all map[string]bool) error {
	if rule == nil {
		return nil
	}
	var faults []error
	var codes []string
	for i, g := range rule.List {
		at := fmt.Sprintf("%s.list[%d]", where, i)
		codes = append(codes, g.Code)
		all[g.Code] = true
		faults = append(faults, one(doc, at+".need", g.Need, "any", "all"))
		if len(g.Evidence) == 0 {
			faults = append(faults, doc.at(at+".evidence", "nothing proves the ground"))
		}
	}
	if len(rule.List) == 0 {
		faults = append(faults, doc.at(where+".list", "no ground stands in the list"))
	}
	return errors.Join(append(faults, once(doc, where+".list", "code", codes))...)
}

// checkTiers demands that a tier is reached from one that stands above it, so that none reaches itself.
func checkTiers(doc *document, r *Ruleset) error {
	var faults []error
	var codes []string
	for i, t := range r.Tiers {
		at := fmt.Sprintf("$.tiers[%d]", i)
		switch {
		case !t.Granted() && !slices.Contains(codes, t.ReachedFrom):
			faults = append(faults, doc.at(at+".reached_from", "no tier %q stands before this one: unknown, or a cycle", t.ReachedFrom))
		case !t.Granted() && (t.AfterMonths < 1 || t.SinceUnknown == nil || t.TermYears != 0 || t.ThreeYearGround):
			faults = append(faults, doc.at(at, "a reached tier has months, a note for an unknown beginning, and neither term nor ground"))
		case t.Granted() && (t.AfterMonths != 0 || t.SinceUnknown != nil || t.TermYears < 0):
			faults = append(faults, doc.at(at, "a granted tier has no months of residence and no negative term"))
		case t.ThreeYearGround && r.ThreeYearGrounds == nil:
			faults = append(faults, doc.at(at+".three_year_ground", "there are no three-year grounds"))
		}
		codes = append(codes, t.Code)
	}
	if len(r.Tiers) == 0 || len(r.Tiers) > maxTiers {
		faults = append(faults, doc.at("$.tiers", "between 1 and %d tiers", maxTiers))
	}
	return errors.Join(append(faults, once(doc, "$.tiers", "code", codes))...)
}

func checkFees(doc *document, r *Ruleset) error {
	var faults []error
	for i, f := range r.Fees {
		at := fmt.Sprintf("$.fees[%d]", i)
		faults = append(faults, one(doc, at+".kind", f.Kind, "register", "issue", "endorse", "renew", "replace", "change"))
		if f.Yuan < 0 {
			faults = append(faults, doc.at(at+".yuan", "a fee is not negative"))
		}
		if f.Yuan > 0 && slices.Contains([]string{"register", "issue", "endorse", "change"}, f.Kind) { // Decree 663 第二十一条: only 换领、补领 cost
			faults = append(faults, doc.at(at+".yuan", "%s is free by law", f.Kind))
		}
		for _, earlier := range r.Fees[:i] {
			apart := !earlier.To.IsZero() && earlier.To.Before(f.From) || !f.To.IsZero() && f.To.Before(earlier.From)
			if earlier.Kind == f.Kind && !apart {
				faults = append(faults, doc.at(at, "two fees for %s on one day", f.Kind))
			}
		}
	}
	return errors.Join(faults...)
}

func checkDepartments(doc *document, r *Ruleset) error {
	var faults []error
	var codes []string
	for i, d := range r.Departments {
		at := fmt.Sprintf("$.departments[%d]", i)
		codes = append(codes, d.Code)
		faults = append(faults, one(doc, at+".role", d.Role, "duty", "service", "assisting", "inferred"))
		if (d.Role == "inferred") != (d.Named == "") {
			faults = append(faults, doc.at(at+".role", "a department is named by the text or inferred"))
		}
	}
	return errors.Join(append(faults, once(doc, "$.departments", "code", codes))...)
}

func (b *Book) checkServices(doc *document, r *Ruleset) error {
	var faults []error
	var ids, offices, tiers []string
	for _, o := range b.offices {
		offices = append(offices, o.Code)
	}
	for _, t := range r.Tiers {
		tiers = append(tiers, t.Code)
	}
	for i := range r.Services {
		s := &r.Services[i]
		at := fmt.Sprintf("$.services[%d]", i)
		ids = append(ids, s.ID)
		faults = append(faults,
			one(doc, at+".category", s.Category, "basic_service", "convenience", "tier_service"),
			one(doc, at+".departments_source", s.DepartmentsSource, "text", "inferred"),
			one(doc, at+".office", s.Office, offices...),
			b.isTheme(doc, at+".theme", s.Theme))
		for n, code := range s.Tiers {
			faults = append(faults, one(doc, fmt.Sprintf("%s.tiers[%d]", at, n), code, tiers...))
		}
		if len(s.Tiers) == 0 || len(s.Items) == 0 {
			faults = append(faults, doc.at(at, "a service has at least one tier and one item"))
		}
		for n, code := range s.Departments {
			if _, ok := r.Department(code); !ok {
				faults = append(faults, doc.at(fmt.Sprintf("%s.departments[%d]", at, n), "unknown department %q", code))
			}
		}
		faults = append(faults, b.checkItems(doc, at, s, offices))
	}
	return errors.Join(append(faults, once(doc, "$.services", "id", ids))...)
}

// checkItems also gives each item its full id, its office and the persons it is for.
func (b *Book) checkItems(doc *document, where string, s *Service, offices []string) error {
	var faults []error
	var ids []string
	for i := range s.Items {
		it := &s.Items[i]
		at := fmt.Sprintf("%s.items[%d]", where, i)
		ids = append(ids, it.ID)
		it.ID = s.ID + "." + it.ID
		if it.Office == "" {
			it.Office = s.Office
		}
		if it.Theme == "" {
			it.Theme = s.Theme
		}
		faults = append(faults, b.isTheme(doc, at+".theme", it.Theme))
		if it.Free == No {
			faults = append(faults, doc.at(at+".free", "no text says that a service is not free"))
		}
		faults = append(faults, one(doc, at+".office", it.Office, offices...))
		it.For = everyone
		for n, code := range it.Conditions {
			c, ok := b.Condition(code)
			if !ok {
				faults = append(faults, doc.at(fmt.Sprintf("%s.conditions[%d]", at, n), "unknown condition %q", code))
				continue
			}
			if slices.Contains(it.Conditions[:n], code) {
				faults = append(faults, doc.at(fmt.Sprintf("%s.conditions[%d]", at, n), "%q stands twice", code))
			}
			if !c.ByOffice {
				it.For = slices.DeleteFunc(slices.Clone(it.For), func(who Beneficiary) bool { return !slices.Contains(c.For, who) })
			}
		}
		if len(it.For) == 0 {
			faults = append(faults, doc.at(at+".conditions", "the conditions agree on nobody whom the item is for"))
		}
	}
	return errors.Join(append(faults, once(doc, where+".items", "id", ids))...)
}
