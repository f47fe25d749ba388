package portal_test

import (
	"html"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// answers builds the address of a result.
func answers(pairs ...string) string {
	q := url.Values{"ask": {"1"}}
	for i := 0; i < len(pairs); i += 2 {
		q.Add(pairs[i], pairs[i+1])
	}
	return "/eligibility?" + q.Encode()
}

// zhengzhou is a household registered in 郑州市中原区, as the form sends it.
var zhengzhou = []string{"hukou_province", "410000", "hukou_prefecture", "410100", "hukou_county", "410102"}

func TestEligibilityAsksOnlyWhatTheRulesetUses(t *testing.T) {
	extended, _ := open(t, true)
	successor, _ := open(t, false)
	page := extended.get("/eligibility")
	holds(t, page, `href="/eligibility?city=350600"`, `href="/eligibility?city=370300"`)
	for _, one := range []struct {
		c             counter
		path          string
		asked, silent []string
	}{
		{extended, "/eligibility?city=350600", []string{`name="registered_on_year"`, `name="grounds"`}, []string{`name="intends"`, `name="grounds_3y"`}},
		{extended, "/eligibility?city=370300", []string{`name="intends"`, `name="grounds_3y"`, "延长至2027年12月31日", "淄政办字〔2026〕1号"}, []string{`name="registered_on_year"`, `name="grounds"`}},
		{successor, "/eligibility?city=370300", []string{`name="registered_on_year"`, `name="grounds"`, "山东省人民政府令第306号"}, []string{`name="intends"`, `name="grounds_3y"`}},
		{successor, "/eligibility?city=370300&ruleset=zibo-2014", []string{`name="intends"`, "已于2018年12月31日到期", `name="ruleset" value="zibo-2014"`}, []string{`name="registered_on_year"`}},
	} {
		page := one.c.get(one.path)
		holds(t, page, append(one.asked, `name="hukou_province"`, `name="residence"`)...)
		lacks(t, page, append(one.silent, `type="password"`, `name="name"`, `name="id_number"`)...)
	}
	if status, _, _ := extended.do(httptest.NewRequest("GET", "/eligibility?city=350600&ruleset=zibo-2014", nil)); status != 404 {
		t.Errorf("another city's ruleset: %d", status)
	}
	holds(t, extended.get("/eligibility?city=110000"), `href="/eligibility?city=350600"`)
}

func TestEligibilityAnswersWithClauseAndQuote(t *testing.T) {
	c, _ := open(t, true)
	with := func(base []string, more ...string) []string { return append(append([]string{}, base...), more...) }
	zz := with(zhengzhou, "city", "350600")
	zb := with(zhengzhou, "city", "370300")
	for name, one := range map[string]struct {
		path   string
		want   []string
		absent []string
	}{
		"the contract's example": {answers(with(zz, "residence", "350602", "registered_on_year", "2026", "registered_on_month", "5", "registered_on_day", "22", "grounds", "employment")...),
			[]string{"您可以申领居住证", "自2026年11月22日起符合条件", "现在可以申领：居住证", "二(二)", "到其他城市居住并办理暂住登记半年以上", "公民离开常住户口所在地", `href="/apply"`, "河南省 郑州市 中原区", "芗城区"}, []string{"怎样才会改变"}},
		"too early": {answers(with(zz, "residence", "350602", "registered_on_year", "2026", "registered_on_month", "8", "registered_on_day", "31", "grounds", "dwelling")...),
			[]string{"再等一段时间", "2027年2月28日起可以申领"}, []string{`class="button primary" href="/apply"`}},
		"no ground": {answers(with(zz, "residence", "350602", "registered_on_year", "2026", "registered_on_month", "1", "registered_on_day", "5", "grounds", "none")...),
			[]string{"现在不能申领", "怎样才会改变", "合法稳定住所：有房屋租赁合同、", "学生证"}, nil},
		"nothing answered": {answers("city", "350600"),
			[]string{"还需要知道几件事", "户籍所在地", "居住登记日期", "就业、住所或就读的情况", "请尽快到居住地派出所登记", `#registered_on"`}, []string{"现在不能申领"}},
		"Hong Kong": {answers("city", "350600", "hukou_province", "810000"),
			[]string{"现在不能申领", "港澳台居民居住证", "国办发〔2018〕81号", "转述大意，未见原文"}, []string{"到居住地派出所登记"}},
		"at home": {answers("city", "350600", "hukou_province", "350000", "hukou_prefecture", "350600", "hukou_county", "350602", "residence", "350603"),
			[]string{"现在不能申领", "您在户籍地享受本地居民的全部服务"}, nil},
		"elsewhere": {answers("city", "350600", "residence", "370303"), []string{"请在您居住的城市申领"}, nil},
		"Zibo, one year": {answers(with(zb, "residence", "370303", "intends", "yes", "grounds_3y", "none")...),
			[]string{"今天就可以申领：1年期居住证。", "拟在居住地居住半年以上", "怎样可以申领 3 年期居住证", "取得工商营业执照：证明材料有营业执照"}, nil},
		"Zibo, three years": {answers(with(zb, "residence", "370303", "intends", "yes", "grounds_3y", "business_licence")...),
			[]string{"1年期居住证、3年期居住证", "有下列情形之一的，经本人申请，可以发放3年期居住证"}, []string{"怎样可以申领 3 年期居住证"}},
		"Zibo, no intention": {answers(with(zb, "residence", "370303", "intends", "no")...), []string{"现在不能申领", "打算在本市居住半年以上时，就可以申领"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			page := c.get(one.path)
			holds(t, page, one.want...)
			lacks(t, page, one.absent...)
			english := c.get(one.path + "&lang=en")
			holds(t, english, `lang="en"`, "Your answers", "Rule by rule")
			lacks(t, english, "eligibility.")
		})
	}
}

func TestEligibilityKeepsWhatWasAnswered(t *testing.T) {
	c, _ := open(t, true)
	page := c.get(answers("city", "350600", "hukou_province", "410000", "grounds", "dwelling", "registered_on_year", "2026", "hukou_show", "prefecture"))
	holds(t, page, `name="hukou_prefecture"`, `value="dwelling" type="checkbox" checked`, `value="2026"`) // a show button asks for more and judges nothing
	lacks(t, page, `class="error-summary`)

	page = c.get(answers("city", "350600", "hukou_province", "810000", "grounds", "dwelling"))
	edit := regexp.MustCompile(`href="(/eligibility\?[^"#]*)"`).FindAllStringSubmatch(page, -1)
	var back string
	for _, link := range edit {
		if strings.Contains(link[1], "grounds=dwelling") {
			back = html.UnescapeString(link[1])
		}
	}
	holds(t, c.get(back), `value="810000" selected`, `value="dwelling" type="checkbox" checked`)
}

func TestEligibilityRefusesOnlyWhatCannotBe(t *testing.T) {
	c, _ := open(t, true)
	for name, one := range map[string]struct {
		path string
		want string
	}{
		"half an address":     {answers("city", "350600", "hukou_province", "410000"), "请一直选到县"},
		"30 February":         {answers("city", "350600", "registered_on_year", "2026", "registered_on_month", "2", "registered_on_day", "30"), "没有这一天"},
		"half a date":         {answers("city", "350600", "registered_on_year", "2026"), "没有这一天"},
		"tomorrow":            {answers("city", "350600", "registered_on_year", "2026", "registered_on_month", "11", "registered_on_day", "25"), "不能在今天之后"},
		"the year 1066":       {answers("city", "350600", "registered_on_year", "1066", "registered_on_month", "11", "registered_on_day", "25"), "没有这一天"},
		"none and some":       {answers("city", "350600", "grounds", "none", "grounds", "dwelling"), "选了“都没有”"},
		"an unknown ground":   {answers("city", "350600", "grounds", "<script>"), "请至少选择一项"},
		"no county of China":  {answers("city", "350600", "residence", "999999"), "请选择您居住的县"},
		"a community instead": {answers("city", "350600", "residence", "350602001001"), "请选择您居住的县"},
	} {
		status, page, _ := c.do(httptest.NewRequest("GET", one.path, nil))
		if status != 422 {
			t.Errorf("%s: %d", name, status)
		}
		holds(t, page, one.want, "<title>错误：")
		lacks(t, page, "<script>")
	}
}
