package policy

import "anju/server/civic"

// scopeResult is what the places say: whether the person has left the hukou place for this city, and why.
type scopeResult struct {
	met    Known
	clause string
	text   civic.Text
}

// scope judges the places. One place alone can rule the person out, never in. Old codes count as
// what they became: 龙海市 350681 is the district 350604.
func (r *Ruleset) scope(hukou, residence *string) scopeResult {
	rule := &r.Scope
	own := scopeResult{No, rule.OwnPermitBasis.Clause, rule.Says.OwnPermit}
	outside := scopeResult{No, rule.Clause, rule.Says.Outside}
	city := scopeResult{No, rule.SameCityBasis.Clause, rule.Says.SameCity}
	unknown := scopeResult{Unknown, rule.Clause, rule.Says.Unknown}

	var from, to string
	if hukou != nil {
		from = civic.CurrentDivision(*hukou)
	}
	if residence != nil {
		to = civic.CurrentDivision(*residence)
	}
	switch {
	case from != "" && hasOwnPermit(from): // 国办发〔2018〕81号
		return own
	case to != "" && prefecture(to) != prefecture(r.Jurisdiction):
		return outside
	case from != "" && from == to: // 居住证暂行条例 第二条 "离开常住户口所在地"
		return scopeResult{No, rule.Clause, rule.Says.SameCounty}
	case rule.Across == "prefecture" && from != "" && prefecture(from) == prefecture(r.Jurisdiction):
		return city // wherever in the city, and elsewhere no permit of this city is due
	case from == "" || to == "":
		return unknown
	case prefecture(from) == prefecture(to) && civic.IsMunicipalDistrict(from) && civic.IsMunicipalDistrict(to):
		return city // 福建省流动人口服务管理条例 第三条
	}
	return scopeResult{Yes, rule.Clause, rule.Says.Met}
}

func prefecture(code string) string { return code[:4] }

// hasOwnPermit: residents of Taiwan (71, on ID numbers 83), Hong Kong and Macao have a permit of their own.
func hasOwnPermit(code string) bool {
	switch code[:2] {
	case "71", "81", "82", "83":
		return true
	}
	return false
}
