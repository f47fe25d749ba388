package main

import (
	"testing"

	"github.com/chromedp/chromedp"

	"anju/server/civic"
)

// invented is the number of somebody invented.
func invented(t *testing.T, born string, seq int) string {
	t.Helper()
	id, err := civic.NewCitizenID("430202", civic.MustDate(born), seq)
	if err != nil {
		t.Fatal(err)
	}
	return string(id)
}

// TestJourneyAgent has a mother apply for her child on a phone without script, and an officer accept it.
func TestJourneyAgent(t *testing.T) {
	home := openTab(t, phone, false)
	home.open("/sign-in?lang=zh")
	home.signIn("13950600061")
	home.open("/apply")
	home.tick("city", "350600")
	home.tick("for", "other")
	home.check("agent-start-zh")
	home.press()
	home.fill("name", "谭小雨")
	home.fill("id_number", invented(t, "2017-05-06", 145))
	home.choose("ethnic_group", "01", "")
	home.check("agent-child-zh")
	home.press()
	home.checkBoth("agent-agent", "/apply/agent")
	home.press()
	home.check("agent-agent-wrong-zh")
	home.fill("agent_name", "谭雪")
	home.fill("agent_id_number", invented(t, "1988-03-04", 266))
	home.tick("agent_relation", "guardian")
	home.tick("consent_child", "yes")
	home.tick("agent_declared", "yes")
	home.press()
	home.open("/apply/identity")
	home.fill("id_number", invented(t, "1962-05-06", 145))
	home.press()
	home.checkBoth("agent-adult", "/apply/agent")
	home.tick("agent_reason", "disabled")
	home.do(chromedp.WaitVisible(chromedp.CSS(`input[name="consent_health"]`)))
	home.check("agent-disabled-zh")
	home.checkBoth("agent-rules", "/privacy/children")

	child := openTab(t, phone, false)
	child.open("/sign-in?lang=zh")
	child.signIn("13950600051") // zz.child
	child.checkBoth("agent-account", "/account")
	child.checkBoth("agent-data", "/my-data")
	child.do(chromedp.Click(chromedp.CSS(`main details summary`)))
	child.check("agent-withdrawal")

	child.open("/account?lang=zh")
	child.click(`main table a`)
	child.do(chromedp.Click(chromedp.CSS(`main details:has(form[action$="/relatives"]) summary`)))
	child.check("agent-relative-zh")
	child.click(`form[action$="/relatives"] button`)
	child.see("您为谁代办")
	child.check("agent-relative-identity")

	mother := openTab(t, phone, false)
	mother.open("/sign-in?lang=zh")
	mother.signIn("13950600053") // zz.mother, who keeps zz.daughter's permit
	mother.checkBoth("agent-family", "/account")
	mother.click(`main a[href^="/permit?number="]`)
	mother.see("莫小满")
	mother.check("agent-daughter-zh")
	mother.click(`main a[href^="/permit/endorsement?number="]`)
	mother.see("莫小满")
	mother.check("agent-daughter-endorsement-zh")

	desk := openTab(t, desktop, true)
	desk.signInStaff("zz.accept")
	desk.open("/console?lang=zh")
	desk.fill("term", "林乐乐")
	desk.click(`search button[type="submit"]`)
	desk.click(`main table a`)
	desk.see("林晓梅")
	desk.checkBoth("agent-case", desk.path())
	for _, seen := range []string{"identity", "evidence", "agent"} {
		desk.tick("seen", seen)
	}
	desk.click(`form[action$="/acceptance"] button`)
	desk.see("已受理")
	desk.checkBoth("agent-slip", desk.path()+"/slip")
}

// TestJourneyAgentAtTheKiosk has somebody apply there for an older person: the number typed, the own card read.
func TestJourneyAgentAtTheKiosk(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		prefix := "agent-kiosk-" + lang + "-"
		tb := openTab(t, totem, true)
		tb.open("/kiosk?lang=" + lang)
		tb.click(`button.job[value="apply"]`)
		tb.tick("city", "350600")
		tb.tick("for", "other")
		tb.check(prefix + "city")
		tb.press()
		tb.wait(`document.querySelectorAll('#card [data-cards] button').length > 0`)
		tb.do(chromedp.Click(chromedp.CSS(`main details summary`)))
		tb.fill("name", "谭桂兰")
		tb.fill("id_number", invented(t, "1949-08-15", 146))
		tb.choose("ethnic_group", "01", "")
		tb.check(prefix + "identity")
		tb.click(`form[action="/kiosk/apply/identity"] .button.primary`)
		tb.wait(`document.querySelectorAll('#card [data-cards] button').length > 0`)
		tb.check(prefix + "agent")
		tb.leave(chromedp.Click(chromedp.CSS(`#card [data-cards] button:nth-of-type(1)`)))
		tb.see("曾思远")
		tb.tick("agent_reason", "disabled")
		tb.tick("agent_relation", "near_relative")
		tb.tick("agent_declared", "yes")
		tb.check(prefix + "read")
		tb.click(`form[action="/kiosk/apply/agent"] .button.primary`)
		tb.check(prefix + "wrong")
		tb.tick("consent_health", "yes")
		tb.click(`form[action="/kiosk/apply/agent"] .button.primary`)
		tb.open("/kiosk/privacy/children")
		tb.check(prefix + "rules")
	}
}
