// Package text holds every sentence that Anju says, in Chinese and English, and the printer that says it.
//
// A message lives in <area>.zh.toml and <area>.en.toml under the same key; the tests of this package fail when a key or a
// variable stands in one language only, when a key is used nowhere, or when code asks for a key that does not exist.
package text

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed *.toml
var files embed.FS

// Lang is a language of the pages.
type Lang string

// The two languages of every page. Chinese is the default.
const (
	Chinese Lang = "zh"
	English Lang = "en"
)

// Langs lists the languages in the order in which they are offered.
func Langs() []Lang { return []Lang{Chinese, English} }

// Parse returns the language named by s, or false when s names none.
func Parse(s string) (Lang, bool) {
	switch Lang(s) {
	case Chinese, English:
		return Lang(s), true
	}
	return "", false
}

// Match reads an Accept-Language header, which is only a hint: Chinese unless it prefers English.
func Match(acceptLanguage string) Lang {
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(tags) == 0 {
		return Chinese
	}
	_, index, confidence := matcher.Match(tags...)
	if confidence == language.No {
		return Chinese
	}
	return Langs()[index]
}

var matcher = language.NewMatcher([]language.Tag{language.SimplifiedChinese, language.English})

// HTMLLang is the value of the lang attribute.
func (l Lang) HTMLLang() string {
	if l == Chinese {
		return "zh-CN"
	}
	return "en"
}

// Other is the other language: the one that the language switch offers.
func (l Lang) Other() Lang {
	if l == Chinese {
		return English
	}
	return Chinese
}

// Printer says messages in one language. It is a value: the language travels in the page, never in shared state.
type Printer struct{ lang Lang }

// For returns the printer of a language.
func For(lang Lang) Printer { return Printer{lang: lang} }

// Lang is the language of the printer.
func (p Printer) Lang() Lang { return p.lang }

// Other is the printer of the other language.
func (p Printer) Other() Printer { return Printer{lang: p.lang.Other()} }

// Pick chooses between two texts that come from data, such as a clause of a ruleset.
func (p Printer) Pick(zh, en string) string {
	if p.lang == English && en != "" {
		return en
	}
	return zh
}

// Date writes a civil date: 2026年11月22日 or 22 November 2026.
func (p Printer) Date(year, month, day int) string {
	if p.lang == Chinese {
		return fmt.Sprintf("%d年%d月%d日", year, month, day)
	}
	return fmt.Sprintf("%d %s %d", day, months[month-1], year)
}

var months = [...]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}

// Say returns the message of a key. Variables follow as pairs of name and value: Say("progress.promised", "Date", "…").
// A key that does not exist is a defect that the tests of this package find; at run time the key itself is shown.
func (p Printer) Say(key string, pairs ...any) string {
	config := i18n.LocalizeConfig{MessageID: key}
	if len(pairs) > 0 {
		data := make(map[string]any, len(pairs)/2)
		for i := 0; i+1 < len(pairs); i += 2 {
			name, _ := pairs[i].(string)
			data[name] = pairs[i+1]
			if name == "Count" {
				config.PluralCount = pairs[i+1]
			}
		}
		config.TemplateData = data
	}
	s, err := localizers()[p.lang].Localize(&config)
	if err != nil {
		return key
	}
	return s
}

// Has reports whether a key exists. It serves codes that come from data.
func Has(key string) bool {
	_, err := localizers()[Chinese].LocalizeMessage(&i18n.Message{ID: key})
	return err == nil
}

// localizers parses the messages once; a file that does not parse is a defect of the build, so it stops the process.
var localizers = sync.OnceValue(func() map[Lang]*i18n.Localizer {
	out := make(map[Lang]*i18n.Localizer)
	for _, lang := range Langs() {
		tag := language.SimplifiedChinese
		if lang == English {
			tag = language.English
		}
		bundle := i18n.NewBundle(tag)
		names, err := fs.Glob(files, "*."+string(lang)+".toml")
		if err != nil {
			panic(err)
		}
		for _, name := range names {
			messages, err := parse(name)
			if err != nil {
				panic(fmt.Errorf("text: %s: %w", name, err))
			}
			if err := bundle.AddMessages(tag, messages...); err != nil {
				panic(fmt.Errorf("text: %s: %w", name, err))
			}
		}
		out[lang] = i18n.NewLocalizer(bundle, tag.String())
	}
	return out
})

// parse reads one file: a flat table of key = "sentence", or key = {one = "…", other = "…"} where English counts.
func parse(name string) ([]*i18n.Message, error) {
	raw, err := files.ReadFile(name)
	if err != nil {
		return nil, err
	}
	table := map[string]any{}
	if _, err := toml.Decode(string(raw), &table); err != nil {
		return nil, err
	}
	var messages []*i18n.Message
	for key, value := range table {
		message := &i18n.Message{ID: key}
		switch v := value.(type) {
		case string:
			message.Other = v
		case map[string]any:
			message.One, _ = v["one"].(string)
			message.Other, _ = v["other"].(string)
		}
		if message.One == "" { // a sentence that does not inflect serves every count
			message.One = message.Other
		}
		if strings.TrimSpace(message.Other) == "" {
			return nil, fmt.Errorf("key %q has no sentence", key)
		}
		messages = append(messages, message)
	}
	return messages, nil
}
