package civic_test

import (
	"slices"
	"strings"
	"testing"

	"anju/server/civic"
)

func TestDivisionCounts(t *testing.T) {
	if got := len(civic.Provinces()); got != 34 {
		t.Errorf("%d provinces", got)
	}
	for _, c := range []struct {
		city                         string
		counties, streets, community int
	}{
		{"350600", 11, 146, 2135},
		{"370300", 8, 88, 2931},
	} {
		streets, communities := 0, 0
		for _, county := range civic.Counties(c.city) {
			for _, street := range civic.Streets(county.Code) {
				streets++
				communities += len(civic.Communities(street.Code))
			}
		}
		if got := len(civic.Counties(c.city)); got != c.counties || streets != c.streets || communities != c.community {
			t.Errorf("%s: %d counties, %d streets, %d communities", c.city, got, streets, communities)
		}
	}
}

// Whoever walks down from a province reaches a county, and the way back up is
// the same way. Only Taiwan, Hong Kong and Macao end at once.
func TestDivisionTree(t *testing.T) {
	for _, province := range civic.Provinces() {
		prefectures := civic.Prefectures(province.Code)
		if ends := slices.Contains([]string{"710000", "810000", "820000"}, province.Code); ends != (len(prefectures) == 0) {
			t.Errorf("%s has %d prefectures", province.Name, len(prefectures))
		}
		for _, prefecture := range prefectures {
			counties := civic.Counties(prefecture.Code)
			if len(counties) == 0 {
				t.Errorf("%s has no counties", prefecture.Name)
			}
			for _, county := range counties {
				path := civic.DivisionPath(county.Code)
				if len(path) == 0 || path[0] != province || path[len(path)-1] != county {
					t.Errorf("path of %s %s: %v", county.Code, county.Name, path)
				}
				if found, ok := civic.DivisionByCode(county.Code); !ok || found != county {
					t.Errorf("%s found as %v", county.Code, found)
				}
			}
		}
	}
}

func TestDivisionPath(t *testing.T) {
	for code, want := range map[string]string{
		"110101":       "北京市 东城区",
		"110100":       "北京市",
		"500101":       "重庆市 万州区",
		"500229":       "重庆市 城口县",
		"350602":       "福建省 漳州市 芗城区",
		"350600":       "福建省 漳州市",
		"350602001":    "福建省 漳州市 芗城区 东铺头街道",
		"350602001001": "福建省 漳州市 芗城区 东铺头街道 金宝社区居委会",
		"350681":       "福建省 漳州市 龙海区",
		"419001":       "河南省 济源市",
		"429021":       "湖北省 神农架林区",
		"469030":       "海南省 琼中黎族苗族自治县",
		"659001":       "新疆维吾尔自治区 石河子市",
		"441900":       "广东省 东莞市",
		"460400":       "海南省 儋州市",
		"620201":       "甘肃省 嘉峪关市",
		"810000":       "香港特别行政区",
		"":             "",
		"35":           "",
		"350699":       "",
		"999999":       "",
	} {
		var names []string
		for _, unit := range civic.DivisionPath(code) {
			names = append(names, unit.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("DivisionPath(%q) = %q, want %q", code, got, want)
		}
	}
}

func TestCitiesWithoutCounties(t *testing.T) {
	for _, code := range []string{"441900", "442000", "460400"} {
		counties := civic.Counties(code)
		if len(counties) != 1 || counties[0].Code != code {
			t.Errorf("counties of %s: %v", code, counties)
		}
	}
	if got := civic.Counties("620200"); len(got) != 1 || got[0].Name != "嘉峪关市" {
		t.Errorf("counties of 嘉峪关市: %v", got)
	}
}

func TestLevelsDoNotMix(t *testing.T) {
	for _, parent := range []string{"", "3", "350602", "350602001", "99", "990000"} {
		if got := civic.Prefectures(parent); len(got) != 0 {
			t.Errorf("prefectures of %q: %v", parent, got)
		}
	}
	for _, parent := range []string{"", "35", "350000", "810000", "350602", "359900"} {
		if got := civic.Counties(parent); len(got) != 0 {
			t.Errorf("counties of %q: %v", parent, got)
		}
	}
	for _, parent := range []string{"", "350600", "110101", "35060"} {
		if got := civic.Streets(parent); len(got) != 0 {
			t.Errorf("streets of %q: %v", parent, got)
		}
	}
	for _, parent := range []string{"", "350602", "35060200", "350602999"} {
		if got := civic.Communities(parent); len(got) != 0 {
			t.Errorf("communities of %q: %v", parent, got)
		}
	}
	civic.Provinces()[0].Name = "changed"
	if got := civic.Provinces()[0].Name; got != "北京市" {
		t.Errorf("the table was changed from outside: %s", got)
	}
}

func TestPlaceholders(t *testing.T) {
	for code, want := range map[string]bool{
		"110100": true, "500200": true, "419000": true, "659000": true, "350600": false, "441900": false, "350602": false, "110000": false,
	} {
		unit, ok := civic.DivisionByCode(code)
		if !ok || unit.IsPlaceholder() != want {
			t.Errorf("%s %s: placeholder %t", code, unit.Name, unit.IsPlaceholder())
		}
	}
}

func TestCurrentDivision(t *testing.T) {
	for old, want := range map[string]string{
		"350681": "350604", "350625": "350605", "350621": "350604", "350602": "350602", "999999": "999999", "": "",
	} {
		if got := civic.CurrentDivision(old); got != want {
			t.Errorf("CurrentDivision(%q) = %q, want %q", old, got, want)
		}
	}
	if _, ok := civic.DivisionByCode("350681"); ok {
		t.Error("an old code is offered as current")
	}
}

func TestIsMunicipalDistrict(t *testing.T) {
	for code, want := range map[string]bool{
		"350602": true, "350604": true, "350605": true, "350622": false, "370303": true, "370321": false,
		"110101": true, "310151": true, "500156": true, "500229": false, "230751": true,
		"130171": false, "232761": false, "429021": false, "520203": false, "441900": false, "620201": false,
		"350600": false, "350602001": false, "999999": false, "": false,
	} {
		if got := civic.IsMunicipalDistrict(code); got != want {
			t.Errorf("IsMunicipalDistrict(%q) = %t", code, got)
		}
	}
}
