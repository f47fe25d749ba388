package scene

import (
	"context"
	"errors"
	"fmt"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
)

// partnerHouse is who takes partners up in scenes: the house itself, as by command.
var partnerHouse = access.Actor{Kind: access.System, ID: "scene"}

// Partners lists the partners of a city's scenes: the education department, which reads the changes of permits without learning whose they
// are and confirms who studies, the human-resources bureau, which confirms who works, and the city's big-data bureau, which is given names
// and numbers.
func Partners(city City) []office.Partner {
	const agreement = "《居住证信息共享协议》第三条"
	return []office.Partner{
		{Jurisdiction: city.Jurisdiction, Code: "education", Name: civic.Text{Zh: "教育局入学登记系统", En: "School enrolment system of the education bureau"}, Contact: "教育局基教科，值班电话见共享协议",
			Scopes: []office.PartnerScope{{Scope: access.ScopeChanges, Basis: agreement, Fields: map[string]string{access.FieldStatus: agreement, access.FieldCounty: agreement}},
				{Scope: access.ScopeConfirmations + "education", Basis: agreement}}},
		{Jurisdiction: city.Jurisdiction, Code: "human-resources", Name: civic.Text{Zh: "人力资源和社会保障局业务系统", En: "System of the human-resources and social-security bureau"}, Contact: "人社局信息中心，值班电话见共享协议",
			Scopes: []office.PartnerScope{{Scope: access.ScopeConfirmations + "employment", Basis: agreement}, {Scope: access.ScopeConfirmations + "social_insurance", Basis: agreement}}},
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

// Confirm has a partner of a city confirm something, as its system would.
func (h House) Confirm(ctx context.Context, city City, partner, kind string, rows ...permit.ConfirmationRow) error {
	actor := access.Actor{Kind: access.Partner, ID: access.PartnerID(city.Jurisdiction, partner)}
	read := make([]office.ReadRow, len(rows))
	for i, row := range rows {
		read[i].ConfirmationRow = row
	}
	batch, err := h.Office.Confirm(ctx, actor, kind, office.NewKey(), read, nil)
	for i, one := range batch.Outcomes {
		if err == nil && one.Result == office.RowRefused {
			err = fmt.Errorf("scene: row %d is refused: %v", i, one.Faults)
		}
	}
	return err
}

// PlayConfirmations has the human-resources bureau of Zhangzhou confirm the work of one who has applied and of a holder, and the education
// bureau what the holder studies.
func (h House) PlayConfirmations(ctx context.Context) error {
	today := civic.DateOf(h.Clock.Now())
	row := func(key, what, document string) permit.ConfirmationRow {
		p := PersonOf(key)
		return permit.ConfirmationRow{IDNumber: p.ID, Name: p.Name, What: what, Document: document, Met: true, IssuedOn: today.AddMonths(-2), ValidUntil: today.AddMonths(10)}
	}
	return errors.Join(
		h.Confirm(ctx, Zhangzhou, "human-resources", "employment", row("zz.draft", "labour_contract", "漳人社备〔2026〕1187号"), row("zz.in_review", "labour_contract", "漳人社备〔2026〕2031号"),
			row("zz.issued", "labour_contract", "漳人社备〔2026〕0962号")),
		h.Confirm(ctx, Zhangzhou, "human-resources", "social_insurance", row("zz.issued", "social_insurance_record", "漳社保〔2026〕55210号")),
		h.Confirm(ctx, Zhangzhou, "education", "education", row("zz.issued", "graduate", "漳教毕〔2026〕318号")))
}
