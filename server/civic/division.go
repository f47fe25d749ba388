package civic

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// Division is a unit of administration: a province, prefecture or county by
// its six digits (GB/T 2260), a street or township by nine, a community or
// village by twelve (statistical codes, known for the two cities only). Name
// is in Chinese.
type Division struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// divisionData has a line "code,name" for each unit, sorted by code: a unit
// stands before all that is in it.
//
//go:embed data/divisions.csv
var divisionData string

// divisions share the bytes of divisionData.
var divisions = sync.OnceValue(func() []Division {
	all := make([]Division, 0, strings.Count(divisionData, "\n"))
	for line := range strings.Lines(divisionData) {
		code, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ",")
		if !ok || len(all) > 0 && all[len(all)-1].Code >= code {
			panic("civic: data/divisions.csv: " + line)
		}
		all = append(all, Division{Code: code, Name: name})
	}
	return all
})

// renamedCounties are those of the two cities, old code to current code.
var renamedCounties = map[string]string{
	"350621": "350604", // 龙海县, a city in 1993
	"350681": "350604", // 龙海市, a district in 2021
	"350625": "350605", // 长泰县, a district in 2021
}

// Provinces gives all 34 units of the first level, Taiwan, Hong Kong and Macao
// with them; those three have nothing below.
func Provinces() []Division {
	return within("", func(code string) bool { return len(code) == 6 && strings.HasSuffix(code, "0000") })
}

// Prefectures gives the second level of a province. Some exist in the code
// alone, to hold counties: see IsPlaceholder.
func Prefectures(province string) []Division {
	if len(province) != 6 || !strings.HasSuffix(province, "0000") {
		return nil
	}
	return within(province[:2], func(code string) bool {
		return len(code) == 6 && strings.HasSuffix(code, "00") && !strings.HasSuffix(code, "0000")
	})
}

// Counties gives the third level of a prefecture. A city without counties
// (东莞市, 中山市, 儋州市) is its own and only county.
func Counties(prefecture string) []Division {
	if len(prefecture) != 6 || !strings.HasSuffix(prefecture, "00") || strings.HasSuffix(prefecture, "0000") {
		return nil
	}
	counties := within(prefecture[:4], func(code string) bool { return len(code) == 6 && !strings.HasSuffix(code, "00") })
	if city, ok := DivisionByCode(prefecture); ok && len(counties) == 0 {
		return []Division{city}
	}
	return counties
}

// Streets gives the streets and townships of a county of the two cities.
func Streets(county string) []Division {
	if len(county) != 6 {
		return nil
	}
	return within(county, func(code string) bool { return len(code) == 9 })
}

// Communities gives the communities and villages of a street of the two cities.
func Communities(street string) []Division {
	if len(street) != 9 {
		return nil
	}
	return within(street, func(code string) bool { return len(code) == 12 })
}

// DivisionByCode finds a unit of any level by its current code.
func DivisionByCode(code string) (Division, bool) {
	all := divisions()
	i, ok := find(all, code)
	if !ok {
		return Division{}, false
	}
	return all[i], true
}

// DivisionPath gives the units from the province down to the one with the
// code, old or current, as an address names them: without placeholders, and
// without a county that only repeats its city. It is nil for an unknown code.
func DivisionPath(code string) []Division {
	code = CurrentDivision(code)
	if _, ok := DivisionByCode(code); !ok {
		return nil
	}
	steps := []string{code[:2] + "0000", code[:4] + "00", code[:6]}
	for _, digits := range []int{9, 12} {
		if len(code) >= digits {
			steps = append(steps, code[:digits])
		}
	}
	var path []Division
	for _, step := range steps {
		unit, ok := DivisionByCode(step)
		switch {
		case !ok || unit.IsPlaceholder():
		case len(path) > 0 && path[len(path)-1].Name == unit.Name:
			path[len(path)-1] = unit
		default:
			path = append(path, unit)
		}
	}
	return path
}

// IsPlaceholder says whether the unit exists in the code alone, to hold the
// counties right under a province: 市辖区, 县, 省直辖县级行政区划.
func (d Division) IsPlaceholder() bool {
	return len(d.Code) == 6 && strings.HasSuffix(d.Code, "00") &&
		(d.Name == "市辖区" || d.Name == "县" || strings.Contains(d.Name, "直辖县级"))
}

// CurrentDivision gives the code that an old county code of the two cities
// became; every other code stays.
func CurrentDivision(code string) string {
	if current, ok := renamedCounties[code]; ok {
		return current
	}
	return code
}

// IsMunicipalDistrict says whether a county-level unit is a district (市辖区)
// of a city, by its current code. Development zones (71..79), regions and
// leagues have no municipal districts; nor is 六枝特区 one.
func IsMunicipalDistrict(code string) bool {
	unit, ok := DivisionByCode(code)
	if !ok || len(code) != 6 || strings.HasSuffix(code, "00") || code[4] == '7' {
		return false
	}
	if !strings.HasSuffix(unit.Name, "区") || strings.HasSuffix(unit.Name, "特区") {
		return false
	}
	parent, _ := DivisionByCode(code[:4] + "00")
	return strings.HasSuffix(parent.Name, "市") || parent.Name == "市辖区"
}

// within gives the units whose code begins with the prefix and is wanted.
func within(prefix string, wanted func(code string) bool) []Division {
	all := divisions()
	start, _ := find(all, prefix)
	var out []Division
	for _, unit := range all[start:] {
		if !strings.HasPrefix(unit.Code, prefix) {
			break
		}
		if wanted(unit.Code) {
			out = append(out, unit)
		}
	}
	return out
}

func find(all []Division, code string) (int, bool) {
	return slices.BinarySearchFunc(all, code, func(d Division, code string) int { return strings.Compare(d.Code, code) })
}
