package portal_test

import (
	"net/url"
	"strings"
	"testing"

	"anju/server/civic"
	"anju/server/permit"
	"anju/server/scene"
)

func TestTrackShowsProgressAndHardlyAnythingElse(t *testing.T) {
	c, played := open(t, true, "zz.in_review", "zz.refused", "zz.issued")
	holds(t, c.get("/track"), `name="reference"`, `name="id_number"`)
	for key, want := range map[string][]string{
		"zz.in_review": {"受理，审核中", "承诺于", "派出所"},
		"zz.refused":   {"未获批准", "原因只告诉申请人本人"},
		"zz.issued":    {"已发放"},
	} {
		p := played[key]
		status, page, _ := c.post("/track", url.Values{"reference": {strings.ToLower(p.Reference)}, "id_number": {p.ID}})
		if status != 200 {
			t.Fatalf("%s: %d", key, status)
		}
		holds(t, page, append(want[1:], p.Reference, civic.MaskName(p.Name), `class="timeline"`)...)
		lacks(t, page, p.Name, p.ID, p.Phone, p.ID[14:], "胜利路", "租赁合同上的承租人")
	}
	_, page, _ := c.post("/track?lang=en", url.Values{"reference": {played["zz.in_review"].Reference}, "id_number": {played["zz.in_review"].ID}})
	holds(t, page, "Accepted, in review", "Promised by")
}

func TestTrackAnswersEveryWrongPairAlike(t *testing.T) {
	c, played := open(t, true, "zz.in_review", "zz.issued")
	mine, other := played["zz.in_review"], played["zz.issued"]
	answer := func(reference, number string) string {
		status, page, _ := c.post("/track", url.Values{"reference": {reference}, "id_number": {number}})
		if status != 422 {
			t.Errorf("%s: %d", reference, status)
		}
		holds(t, page, "没有查到")
		return strings.NewReplacer(reference, "REFERENCE", number, "NUMBER").Replace(page)
	}
	first := answer(mine.Reference, other.ID)                        // an application of somebody else
	second := answer(mine.Reference, scene.PersonOf("zb.issued").ID) // somebody who never applied here
	third := answer(permit.NewReference("350600"), mine.ID)          // an application that does not exist
	if first != second || second != third {
		t.Error("wrong pairs get different answers")
	}
}

func TestTrackNamesWhatCannotBe(t *testing.T) {
	c, played := open(t, true, "zz.issued")
	status, page, _ := c.post("/track", url.Values{"reference": {"3506-7K2M"}, "id_number": {"35060219900307001A"}})
	if status != 422 {
		t.Error(status)
	}
	holds(t, page, "请填写 12 位申请编号", `href="#id_number"`, `value="3506-7K2M"`)
	id := played["zz.issued"].ID
	for range 30 {
		c.post("/track", url.Values{"reference": {permit.NewReference("350600")}, "id_number": {id}})
	}
	if status, _, _ := c.post("/track", url.Values{"reference": {permit.NewReference("350600")}, "id_number": {id}}); status != 429 {
		t.Errorf("the 31st look-up of an hour: %d", status)
	}
}
