package permit_test

import (
	"encoding/json"
	"testing"

	"anju/server/permit"
)

// A draft that was sealed before there were kinds is about a first permit.
func TestADraftWithoutKindIsAboutAFirstPermit(t *testing.T) {
	var d permit.Draft
	if err := json.Unmarshal([]byte(`{"jurisdiction":"350600","ruleset":"zhangzhou-2016","name":"张小明"}`), &d); err != nil || d.Business() != permit.KindIssue {
		t.Errorf("%v, %v", d.Business(), err)
	}
	d.Kind = permit.KindRenew
	if d.Business() != permit.KindRenew {
		t.Errorf("%v", d.Business())
	}
}
