package console_test

import (
	"net/http"
	"testing"

	"anju/server/civic"
	"anju/server/credential"
)

func TestTheSlipCarriesDatesAndTheTokenCode(t *testing.T) {
	d := furnish(t, true, "zz.in_review", "zb.in_review", "zz.refused", "zz.kiosk")
	for key, dates := range map[string][]string{
		"zz.in_review": {"2026年11月16日", "2026年12月1日"}, // fifteen days, Decree 663 Art. 9
		"zb.in_review": {"2026年11月16日"},
	} {
		p := d.people[key]
		b := d.as(p.City.Prefix + ".accept")
		got := b.get(casePath(p) + "/slip")
		d.status(got, http.StatusOK, "slip")
		d.says(got, append(dates, "受理回执", p.Reference, civic.MaskName(p.Name), civic.CitizenID(p.ID).Masked(), "承诺办结", "法定期限", "受理机构", "经办人", "http://example.com/track")...)
		d.silent(got, p.Name, p.ID, p.Phone)
		actor, err := d.house.Actor(t.Context(), p.City.Prefix+".accept")
		if err != nil {
			t.Fatal(err)
		}
		file, err := d.house.Office.CaseFile(t.Context(), actor, p.Reference)
		if err != nil {
			t.Fatal(err)
		}
		qr, err := credential.QRSVG(credential.TokenText("http://example.com", file.Token))
		if err != nil {
			t.Fatal(err)
		}
		d.says(got, qr.Path)
		d.says(b.get(casePath(p)+"/slip?lang=en"), "Acceptance slip", "Promised by")
	}
	for _, key := range []string{"zz.refused", "zz.kiosk"} {
		d.status(d.as("zz.accept").get(casePath(d.people[key])+"/slip"), http.StatusNotFound, key+": no clock runs")
	}
}
