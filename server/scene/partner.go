package scene

import (
	"context"
	"errors"
	"fmt"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
)

// partnerHouse is who takes partners up in scenes: the house itself, as by command.
var partnerHouse = access.Actor{Kind: access.System, ID: "scene"}

// Partners lists the partners of a city's scenes: the education department, which reads the changes of permits without learning whose they
// are, and the city's big-data bureau, which is given names and numbers.
func Partners(city City) []office.Partner {
	const agreement = "《居住证信息共享协议》第三条"
	return []office.Partner{
		{Jurisdiction: city.Jurisdiction, Code: "education", Name: civic.Text{Zh: "教育局入学登记系统", En: "School enrolment system of the education bureau"}, Contact: "教育局基教科，值班电话见共享协议",
			Scopes: []office.PartnerScope{{Scope: access.ScopeChanges, Basis: agreement, Fields: map[string]string{access.FieldStatus: agreement, access.FieldCounty: agreement}}}},
		{Jurisdiction: city.Jurisdiction, Code: "big-data", Name: civic.Text{Zh: "大数据管理局共享平台", En: "Sharing platform of the big-data bureau"}, Contact: "大数据局运行科，值班电话见共享协议",
			Scopes: []office.PartnerScope{{Scope: access.ScopeChanges, Basis: agreement, Fields: map[string]string{access.FieldStatus: agreement, access.FieldTier: agreement,
				access.FieldEndorseBy: agreement, access.FieldValidUntil: agreement, access.FieldName: "《居住证暂行条例》第六条", access.FieldIDNumber: "《居住证暂行条例》第六条"}}}},
	}
}

// PlayPartners takes the partners of a city up and gives each a key, which it returns by the partner's code. Who is there already stays, and
// gets no new key.
func (h House) PlayPartners(ctx context.Context, city City) (keys map[string]string, err error) {
	keys = map[string]string{}
	known, err := h.Office.Partners(ctx, partnerHouse, city.Jurisdiction)
	if err != nil || len(known) > 0 {
		return keys, err
	}
	for _, p := range Partners(city) {
		err := h.Office.AddPartner(ctx, partnerHouse, p, office.NewKey())
		for _, s := range p.Scopes {
			err = errors.Join(err, h.Office.AllowPartner(ctx, partnerHouse, city.Jurisdiction, p.Code, s))
		}
		if err == nil {
			keys[p.Code], err = h.Office.NewPartnerKey(ctx, partnerHouse, city.Jurisdiction, p.Code, office.NewKey())
		}
		if err != nil {
			return keys, fmt.Errorf("scene: partner %s: %w", p.Code, err)
		}
	}
	return keys, nil
}
