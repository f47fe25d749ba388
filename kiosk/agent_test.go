package kiosk_test

import (
	"testing"

	"anju/server/civic"
	"anju/server/scene"
)

// TestAnAgentAtTheKiosk types the child's number, lays the own card on the reader, and sends; nothing of either shows whole.
func TestAnAgentAtTheKiosk(t *testing.T) {
	h := open(t)
	child, agent := scene.PersonOf("zz.child"), scene.Cards()[0]
	p := h.begins("apply")
	has(t, p.get("/kiosk/apply", 200).body, "您为谁申领", "代别人申领")
	p.goes("/kiosk/apply/identity", "/kiosk/apply", "city", child.City.Jurisdiction, "for", "other")
	has(t, p.get("/kiosk/apply/identity", 200).body, "您为谁代办", "按户口簿上的号码手工填写")
	p.goes("/kiosk/apply/agent", "/kiosk/apply/identity", "name", child.Name, "id_number", child.ID, "ethnic_group", child.Ethnic)
	has(t, p.get("/kiosk/apply/agent", 200).body, "/kiosk/apply/agent-card", "不满 16 周岁", "监护人同意处理孩子的个人信息", `href="/kiosk/privacy/children"`)
	has(t, p.get("/kiosk/privacy/children", 200).body, "儿童个人信息处理规则")

	nonce, read := p.lays(cardOf(agent), nil)
	p.goes("/kiosk/apply/agent", "/kiosk/apply/agent-card", "nonce", nonce, "read", read)
	p.post("/kiosk/apply/agent-card", 422, "nonce", nonce, "read", read) // no read comes twice
	page := p.get("/kiosk/apply/agent", 200).body
	has(t, page, agent.Name, civic.CitizenID(agent.ID).Masked(), "由身份证读取")
	hasNot(t, page, agent.ID, `name="agent_name"`)
	wrong := p.post("/kiosk/apply/agent", 422, "agent_relation", "guardian", "agent_declared", "yes").body
	has(t, wrong, "请阅读后勾选监护人的同意", civic.CitizenID(agent.ID).Masked())
	p.goes("/kiosk/apply/hukou", "/kiosk/apply/agent", "agent_relation", "guardian", "agent_declared", "yes", "consent_child", "yes")
	answersTheRest(p, child, agent.Phone)
	check := p.get("/kiosk/apply/check", 200).body
	has(t, check, child.Name, agent.Name, civic.CitizenID(agent.ID).Masked(), "监护人", "未满16周岁的未成年人")
	hasNot(t, check, agent.ID, child.ID)
	p.goes("/kiosk/slip", "/kiosk/apply/submission", "key", keyOf(t, check), "declared", "yes")
	paper := p.get("/kiosk/slip/print", 200).body
	has(t, paper, "代办人", civic.MaskName(agent.Name)+"（监护人）")
	hasNot(t, paper, agent.Name, child.ID)
}

// TestAnAgentTypes: without a card the number is typed, and is then not what the device has read. The child's own card is no agent's.
func TestAnAgentTypes(t *testing.T) {
	h := open(t)
	elder, agent := scene.PersonOf("zz.elder"), scene.Cards()[0]
	p := h.begins("apply")
	p.goes("/kiosk/apply/identity", "/kiosk/apply", "city", elder.City.Jurisdiction, "for", "other")
	p.goes("/kiosk/apply/agent", "/kiosk/apply/identity", "name", elder.Name, "id_number", elder.ID, "ethnic_group", elder.Ethnic)
	nonce, read := p.lays(cardOf(elder), nil)
	has(t, p.post("/kiosk/apply/agent-card", 422, "nonce", nonce, "read", read).body, "是同一个号码")
	form := []string{"agent_name", agent.Name, "agent_id_number", agent.ID, "agent_relation", "near_relative", "agent_declared", "yes"}
	has(t, p.post("/kiosk/apply/agent", 422, append(form, "agent_reason", "none")...).body, "没有困难的成年人要由本人申领", `value="`+agent.ID+`"`)
	p.goes("/kiosk/apply/hukou", "/kiosk/apply/agent", append(form, "agent_reason", "older")...)
	hasNot(t, p.get("/kiosk/apply/agent", 200).body, "由身份证读取")

	// Who applies alone has no such page.
	alone := h.begins("apply")
	alone.goes("/kiosk/apply/identity", "/kiosk/apply", "city", elder.City.Jurisdiction, "for", "self")
	alone.goes("/kiosk/apply/identity", "/kiosk/apply/agent-card", "nonce", nonce, "read", read)
}
