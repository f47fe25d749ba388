package policy

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"anju/server/civic"
)

// maxSearch bounds what is searched for, in characters; the rest is not looked at.
const maxSearch = 60

// Hit is a service that fits what was searched for.
type Hit struct {
	Service *Service
	// Items are those whose own label fits, in the order of the text.
	Items []*Item
	score int
}

// index is what a service is found by, made once at load.
type index struct {
	service phrases
	items   []phrases
	quote   string
}

// phrases are texts of one weight.
type phrases struct {
	zh      []string // lower case
	spelled []civic.Spelling
	words   []string // of the English, lower case
}

func (p *phrases) add(zh, en string) {
	if zh != "" {
		p.zh, p.spelled = append(p.zh, strings.ToLower(zh)), append(p.spelled, civic.Spell(zh))
	}
	p.words = append(p.words, tokens(en)...)
}

// makeIndex reads what services are called: by the text, by us, and by people.
func (r *Ruleset) makeIndex() {
	for i := range r.Services {
		s := &r.Services[i]
		one := index{quote: strings.ToLower(s.Quote), items: make([]phrases, len(s.Items))}
		one.service.add(s.Title.Zh, s.Title.En)
		for _, word := range s.Also {
			if isASCII(word) {
				one.service.add("", word)
			} else {
				one.service.add(word, "")
			}
		}
		for _, code := range s.Departments {
			if d, ok := r.Department(code); ok {
				one.service.add(d.Name.Zh, d.Name.En)
			}
		}
		for k := range s.Items {
			one.items[k].add(s.Items[k].Label.Zh, s.Items[k].Label.En)
		}
		r.indexes = append(r.indexes, one)
	}
}

// Search finds services by Chinese words, by English words or their beginnings, and by pinyin: whole syllables, initials or both. Every
// word must fit somewhere; the best fit comes first.
func (r *Ruleset) Search(words string) []Hit {
	if characters := []rune(words); len(characters) > maxSearch {
		words = string(characters[:maxSearch])
	}
	wanted := tokens(words)
	if len(wanted) == 0 {
		return nil
	}
	var hits []Hit
	for i := range r.indexes {
		one, hit := &r.indexes[i], Hit{Service: &r.Services[i]}
		for _, token := range wanted {
			best := 4 * one.service.fit(token)
			for k := range one.items {
				if fit := one.items[k].fit(token); fit > 0 {
					best = max(best, 2*fit)
					if it := &hit.Service.Items[k]; !slices.Contains(hit.Items, it) {
						hit.Items = append(hit.Items, it)
					}
				}
			}
			if best == 0 && !isASCII(token) && strings.Contains(one.quote, token) {
				best = 1
			}
			if best == 0 {
				hit.score = 0
				break
			}
			hit.score += best
		}
		if hit.score > 0 {
			hits = append(hits, hit)
		}
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return b.score - a.score })
	return hits
}

// fit weighs how well a token fits: 0 not at all, 6 as it stands.
func (p *phrases) fit(token string) int {
	if isASCII(token) {
		for _, word := range p.words {
			if strings.HasPrefix(word, token) {
				return 6
			}
		}
		for _, spelling := range p.spelled {
			if len(token) > 1 && spelling.Has(token) {
				return 5
			}
		}
		return 0
	}
	best := 0
	for _, phrase := range p.zh {
		if strings.Contains(phrase, token) {
			return 6
		}
		best = max(best, pairs(phrase, token))
	}
	return best
}

// pairs weighs a phrase by the pairs of neighbouring characters that it shares with a token: Chinese is typed without spaces, and
// 孩子上学 should find 上学.
func pairs(phrase, token string) int {
	characters := []rune(token)
	shared := 0
	for i := 0; i+1 < len(characters); i++ {
		if strings.Contains(phrase, string(characters[i:i+2])) {
			shared++
		}
	}
	if shared == 0 {
		return 0
	}
	return max(1, 4*shared/(len(characters)-1))
}

// tokens are the words of a text in lower case, without marks; words of Latin letters and of Chinese characters are told apart.
func tokens(s string) []string {
	var list []string
	var word strings.Builder
	latin := false
	end := func() {
		if word.Len() > 0 {
			list = append(list, word.String())
			word.Reset()
		}
	}
	for _, r := range civic.Fold(s) {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			continue
		case (r < utf8.RuneSelf) != latin:
			end()
		}
		latin = r < utf8.RuneSelf
		word.WriteRune(unicode.ToLower(r))
	}
	end()
	return list
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}
