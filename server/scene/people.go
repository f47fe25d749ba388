package scene

import (
	"anju/server/civic"
	"anju/server/permit"
)

// Person is somebody in a scene.
type Person struct {
	Key     string // how tests name the person: "zz.issued"
	Name    string
	Phone   string
	ID      string
	Hukou   string
	Ethnic  string
	City    City
	Stage   permit.State // how far the application has come; "" is a draft
	Tier    string
	Grounds []string
	AtKiosk bool // applied at a kiosk: no evidence yet
	Lang    string
	Agent   *permit.Agent // who applies for the person, with the account; nil when the person does
}

// id makes a valid number for an invented person.
func id(division, born string, seq int) string {
	n, err := civic.NewCitizenID(division, civic.MustDate(born), seq)
	if err != nil {
		panic(err)
	}
	return string(n)
}

// People lists everybody: one person for each stage of the main job in each city, with the names that software tends to break.
func People() []Person {
	one := func(city City, key, name, phone, number, hukou, ethnic string, stage permit.State, tier string, grounds ...string) Person {
		return Person{Key: city.Prefix + "." + key, Name: name, Phone: phone, ID: number, Hukou: hukou, Ethnic: ethnic, City: city, Stage: stage, Tier: tier, Grounds: grounds, Lang: "zh"}
	}
	zz, zb := Zhangzhou, Zibo
	const permitTier, oneYear, threeYears = "residence_permit", "permit_1y", "permit_3y"
	people := []Person{
		one(zz, "draft", "罗一鸣", "13950600001", id("430104", "1998-04-12", 301), "430104", "01", "", permitTier, "employment"),
		one(zz, "pre_applied", "周晓梅", "13950600002", id("510107", "1993-09-03", 122), "510107", "01", permit.PreApplied, permitTier, "employment"),
		one(zz, "in_review", "欧阳䶮", "13950600003", id("360103", "1988-01-25", 511), "360103", "01", permit.InReview, permitTier, "dwelling"),
		one(zz, "in_production", "阿卜杜·热西提", "13950600004", id("653101", "1995-07-17", 233), "653101", "05", permit.InProduction, permitTier, "employment"),
		one(zz, "to_collect", "蓝雨桐", "13950600005", id("330902", "2001-11-30", 140), "330902", "22", permit.ToCollect, permitTier, "schooling"),
		one(zz, "issued", "张启明", "13950600006", id("410102", "1990-03-07", 1), "410102", "01", permit.Issued, permitTier, "employment", "dwelling"),
		one(zz, "declined", "何建军", "13950600007", id("520102", "1979-12-05", 77), "520102", "01", permit.Declined, permitTier, "employment"),
		one(zz, "refused", "覃素芳", "13950600008", id("450103", "1985-06-21", 364), "450103", "08", permit.Refused, permitTier, "dwelling"),
		one(zz, "kiosk", "吴𠮷", "13950600009", id("441302", "1991-08-08", 419), "441302", "01", permit.PreApplied, permitTier, "dwelling"),
		one(zb, "draft", "马骏", "13853300001", id("140105", "1999-02-14", 215), "140105", "03", "", oneYear),
		one(zb, "pre_applied", "高玉兰", "13853300002", id("230102", "1970-10-01", 426), "230102", "01", permit.PreApplied, oneYear),
		one(zb, "in_review", "司马昭阳", "13853300003", id("320102", "1992-05-05", 633), "320102", "01", permit.InReview, threeYears, "contract_and_insurance"),
		one(zb, "in_production", "朴正浩", "13853300004", id("222401", "1987-09-28", 91), "222401", "10", permit.InProduction, threeYears, "business_licence"),
		one(zb, "to_collect", "韦小川", "13853300005", id("450202", "2000-01-31", 355), "450202", "08", permit.ToCollect, oneYear),
		one(zb, "issued", "李雪晴", "13853300006", id("130102", "1989-11-11", 288), "130102", "01", permit.Issued, threeYears, "bought_or_registered_lease"),
		one(zb, "issued_1y", "田野", "13853300007", id("610102", "1996-03-29", 702), "610102", "15", permit.Issued, oneYear),
		one(zb, "refused", "姜海涛", "13853300008", id("210202", "1983-07-07", 59), "210202", "01", permit.Refused, threeYears, "contract_and_insurance"),
		one(zb, "kiosk", "崔婷", "13853300009", id("411402", "1994-12-24", 164), "411402", "01", permit.PreApplied, oneYear),
	}
	for i := range people {
		people[i].AtKiosk = people[i].Key == "zz.kiosk" || people[i].Key == "zb.kiosk"
	}
	people[4].Lang = "en" // one person reads English
	return people
}

// PersonOf returns the person with a key; an unknown key is a defect of the caller.
func PersonOf(key string) Person {
	for _, p := range append(People(), Wards()...) {
		if p.Key == key {
			return p
		}
	}
	panic("scene: nobody is called " + key)
}

// Cards are the identity cards that lie beside the emulated reader of the demo's kiosk: people who have not applied yet.
func Cards() []Person {
	return []Person{
		{Key: "zz.card", Name: "曾思远", Phone: "13950600021", ID: id("420102", "1997-05-16", 317), Hukou: "420102", Ethnic: "01", City: Zhangzhou},
		{Key: "zb.card", Name: "单若曦", Phone: "13853300021", ID: id("220102", "1994-02-08", 268), Hukou: "220102", Ethnic: "11", City: Zibo},
		{Key: "zz.minority", Name: "古丽娜尔·买买提", Phone: "13950600022", ID: id("650102", "1992-10-19", 540), Hukou: "650102", Ethnic: "05", City: Zhangzhou},
	}
}
