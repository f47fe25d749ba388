package scene

import (
	"anju/server/permit"
	"anju/server/policy"
)

// Wards are people for whom somebody else has applied, with that person's account: a child by the mother, an older woman by her son, a
// disabled man by his wife.
func Wards() []Person {
	return []Person{
		{Key: "zz.child", Name: "林乐乐", Phone: "13950600051", ID: id("360702", "2018-09-01", 141), Hukou: "360702", Ethnic: "01", City: Zhangzhou, Stage: permit.PreApplied,
			Tier: "residence_permit", Grounds: []string{"schooling"}, Lang: "zh",
			Agent: &permit.Agent{Name: "林晓梅", IDNumber: id("360702", "1989-02-11", 262), Relation: policy.Guardian, Declared: true, Consents: []string{policy.ConsentChild}}},
		{Key: "zz.elder", Name: "郭秀英", Phone: "13950600052", ID: id("411202", "1951-12-03", 86), Hukou: "411202", Ethnic: "01", City: Zhangzhou, Stage: permit.InReview,
			Tier: "residence_permit", Grounds: []string{"dwelling"}, Lang: "zh",
			Agent: &permit.Agent{Name: "郭建国", IDNumber: id("411202", "1976-05-20", 335), Relation: policy.NearRelative, Reason: policy.Older, Declared: true}},
		{Key: "zb.disabled", Name: "潘志强", Phone: "13853300051", ID: id("130202", "1968-07-15", 53), Hukou: "130202", Ethnic: "01", City: Zibo, Stage: permit.PreApplied,
			Tier: "permit_1y", Lang: "zh",
			Agent: &permit.Agent{Name: "苏婉清", IDNumber: id("130202", "1970-01-09", 424), Relation: policy.NearRelative, Reason: policy.Disabled, Declared: true, Consents: []string{policy.ConsentHealth}}},
	}
}
