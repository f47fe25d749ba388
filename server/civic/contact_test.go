package civic_test

import (
	"testing"

	"anju/server/civic"
)

func TestParsePhone(t *testing.T) {
	for _, s := range []string{"13812345678", " 138 1234 5678", "138-1234-5678", "+86 138 1234 5678", "0086 13812345678",
		"１３８１２３４５６７８", "＋８６　138 1234 5678", "\u202d13812345678\u202c"} {
		if got, err := civic.ParsePhone(s); err != nil || got != "13812345678" {
			t.Errorf("ParsePhone(%q) = %q, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "1381234567", "138123456789", "12812345678", "05962021234", "+852 6123 4567", "+1 3812345678", "1381234567a"} {
		got, err := civic.ParsePhone(s)
		wantCode(t, "ParsePhone("+s+")", err, "phone")
		if got != "" {
			t.Errorf("ParsePhone(%q) = %q", s, got)
		}
	}
	if got := civic.MaskPhone("13812345678"); got != "138****5678" {
		t.Errorf("masked %s", got)
	}
	if got := civic.MaskPhone("12345"); got != "*****" {
		t.Errorf("masked %s", got)
	}
}

func TestCheckUSCC(t *testing.T) {
	for _, s := range []string{"91350100M000100Y43", "11330105002500287C", "11370800MB28559184", "12110000400777687U", "11100000000013338W"} {
		if err := civic.CheckUSCC(s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
		for i := range len(s) {
			digit := "1"
			if s[i] == '1' {
				digit = "2"
			}
			wantCode(t, s[:i]+digit+s[i+1:], civic.CheckUSCC(s[:i]+digit+s[i+1:]), "uscc_check")
		}
	}
	for s, code := range map[string]string{
		"": "uscc_length", "91350100M000100Y4": "uscc_length", "91350100M000100Y433": "uscc_length",
		"91350100M000100Y4I": "uscc_characters", "91350100m000100y43": "uscc_characters", "9135010OM000100Y43": "uscc_characters",
	} {
		wantCode(t, s, civic.CheckUSCC(s), code)
	}
}

func TestEthnicGroups(t *testing.T) {
	groups := civic.EthnicGroups()
	if len(groups) != 56 || groups[0].Name != (civic.Text{Zh: "汉族", En: "Han"}) {
		t.Fatalf("%d groups, first %v", len(groups), groups[0])
	}
	for i, group := range groups {
		if want := string([]byte{byte('0' + (i+1)/10), byte('0' + (i+1)%10)}); group.Code != want || group.Name.Zh == "" || group.Name.En == "" {
			t.Errorf("group %d: %v", i+1, group)
		}
	}
	if she, ok := civic.EthnicByCode("22"); !ok || she.Name.Zh != "畲族" {
		t.Errorf("22 is %v", she)
	}
	for _, code := range []string{"", "0", "1", "00", "57"} {
		if group, ok := civic.EthnicByCode(code); ok {
			t.Errorf("%q is %v", code, group)
		}
	}
}
