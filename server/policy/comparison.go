package policy

// Comparison lays what two rulesets grant about one theme side by side.
type Comparison struct {
	Theme    *Theme
	From, To []ComparedService
}

// ComparedService is a service with those of its items that are about the theme.
type ComparedService struct {
	Service *Service
	Items   []*Item
}

// Compare goes through the themes of which one of the rulesets speaks. It compares what is granted, not how much: the texts give no
// measure for that.
func (b *Book) Compare(from, to *Ruleset) []Comparison {
	var all []Comparison
	for i := range b.themes {
		c := Comparison{Theme: &b.themes[i]}
		c.From, c.To = from.about(c.Theme.Code), to.about(c.Theme.Code)
		if len(c.From)+len(c.To) > 0 {
			all = append(all, c)
		}
	}
	return all
}

func (r *Ruleset) about(theme string) []ComparedService {
	var list []ComparedService
	for i := range r.Services {
		one := ComparedService{Service: &r.Services[i]}
		for k := range one.Service.Items {
			if it := &one.Service.Items[k]; it.Theme == theme {
				one.Items = append(one.Items, it)
			}
		}
		if len(one.Items) > 0 {
			list = append(list, one)
		}
	}
	return list
}
