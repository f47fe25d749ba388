package credential_test

import (
	"bytes"
	"errors"
	"image/png"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"anju/server/civic"
	"anju/server/credential"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

var token = [16]byte{0xa1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}

func TestParseTakesWhatPeoplePasteAndType(t *testing.T) {
	i := newIssuer(t)
	tok := credential.TokenText(origin, token)
	signed := credential.SignedText(origin, i.sign(t, sample()))
	if tok != "HTTPS://ANJU.EXAMPLE/V/UEBAGBAFAYDQQCIKBMGA2DQPCA" || !strings.HasPrefix(signed, "HTTPS://ANJU.EXAMPLE/V#") {
		t.Fatal(tok, signed)
	}
	bare, digits := tok[strings.LastIndex(tok, "/")+1:], signed[strings.Index(signed, "#")+1:]
	grouped := bare[:5] + "-" + bare[5:10] + " " + bare[10:15] + " - " + bare[15:]
	for name, s := range map[string]string{
		"as printed": tok, "lower case": strings.ToLower(tok), "spaces around": " \t\u00a0" + tok + "\n\u200b", "no scheme": strings.TrimPrefix(tok, "HTTPS://"),
		"language": strings.ToLower(tok) + "?lang=en", "bare": bare, "groups": strings.ToLower(grouped), "digits for letters": strings.ReplaceAll(bare, "O", "0"),
		"line break": tok[:30] + "\r\n" + tok[30:],
	} {
		code, err := credential.Parse(s, origin)
		if err != nil || code.Kind != credential.Token || code.Token != token {
			t.Errorf("%s: %q: %v %v", name, s, code.Kind, err)
		}
	}
	for name, s := range map[string]string{
		"as printed": signed, "lower case": strings.ToLower(signed), "no scheme": strings.TrimPrefix(signed, "HTTPS://"), "bare digits": digits,
		"wrapped": digits[:70] + "\n" + digits[70:140] + "\n " + digits[140:], "language": strings.Replace(signed, "#", "?lang=zh#", 1),
	} {
		if code, _, err := i.check(s, now); err != nil || code.Kind != credential.Signed {
			t.Errorf("%s: %v %v", name, code.Kind, err)
		}
	}
	local := credential.TokenText("http://127.0.0.1:8080", token)
	if code, err := credential.Parse(local, "http://127.0.0.1:8080"); err != nil || code.Token != token {
		t.Errorf("%s: %v", local, err)
	}
}

func TestParseNamesWhatIsNotOurs(t *testing.T) {
	good := credential.SignedText(origin, newIssuer(t).sign(t, sample()))
	fragment := good[strings.Index(good, "/V#"):]
	for s, want := range map[string]error{
		"https://evil.example" + fragment:                   credential.ErrForeign,
		"https://anju.example@evil.example" + fragment:      credential.ErrForeign,
		"https://user@anju.example" + fragment:              credential.ErrForeign,
		"https://anju.example.evil.example" + fragment:      credential.ErrForeign,
		"https://anju.example:8443" + fragment:              credential.ErrForeign,
		"https://anju.example\\@evil.example" + fragment:    credential.ErrForeign,
		"https://anju.exampⅼe" + fragment:                   credential.ErrForeign, // a Roman numeral for the l
		"httpſ://anju.example" + fragment:                   credential.ErrForeign, // upper-cases to HTTPS
		"https://xn--anju-example" + fragment:               credential.ErrForeign,
		"http://anju.example" + fragment:                    credential.ErrForeign,
		"javascript://anju.example" + fragment:              credential.ErrForeign,
		"https://anju.example/H/UEBAGBAFAYDQQCIKBMGA2DQPCA": credential.ErrForeign,
		"https://anju.example/V":                            credential.ErrForeign,
		"https://anju.example":                              credential.ErrForeign,
		"":                                                  credential.ErrForeign,
		"WIFI:S:free;;":                                     credential.ErrForeign,
		"HC1:NCFOXN%TS3DH3ZSUZK+.V0ETD%65NL-AH-R6IOOK":      credential.ErrForeign,
		"13800138000":                                       credential.ErrForeign,
		"11010519491231002X":                                credential.ErrForeign,
		strings.Repeat("1", 4297):                           credential.ErrForeign,
		strings.Repeat("1", 4296):                           credential.ErrForged,
		"https://anju.example/V#":                           credential.ErrForged,
		"https://anju.example/V#12x":                        credential.ErrForged,
		"https://anju.example/V#0" + fragment[3:]:           credential.ErrForged,
		"https://anju.example/V/UEBAGBAFAYDQQCIKBMGA2DQPC":  credential.ErrUnknown,
		"https://anju.example/V/UEBAGBAFAYDQQCIKBMGA2DQPCB": credential.ErrUnknown, // not the way 16 bytes are written
		"https://anju.example/V/":                           credential.ErrUnknown,
	} {
		if code, err := credential.Parse(s, origin); !errors.Is(err, want) || code.Kind != "" {
			t.Errorf("%.60q: %v, want %v", s, err, want)
		}
	}
}

func TestJudge(t *testing.T) {
	on := civic.MustDate("2026-11-24")
	record := func(s credential.Status) credential.Finding {
		return credential.Finding{Status: s, IssuedOn: on.AddDays(-100)}
	}
	until := func(d civic.Date, s credential.Status) credential.Finding {
		f := record(s)
		f.ValidUntil = d
		return f
	}
	broken := func(err error) credential.Finding {
		f := record(credential.StatusActive)
		f.Err = err
		return f
	}
	future := record(credential.StatusActive)
	future.IssuedOn = on.AddDays(1)
	today := record(credential.StatusActive)
	today.IssuedOn = on
	day, later := record(credential.StatusActive), record(credential.StatusActive)
	day.StatusAge, later.StatusAge = credential.MaxStatusAge, credential.MaxStatusAge+time.Second
	oldAndLost := record(credential.StatusLost)
	oldAndLost.StatusAge = 48 * time.Hour
	reached := map[credential.Verdict]bool{}
	for name, c := range map[string]struct {
		f    credential.Finding
		want credential.Verdict
	}{
		"active":                {record(credential.StatusActive), credential.Valid},
		"first day":             {today, credential.Valid},
		"last day":              {until(on, credential.StatusActive), credential.Valid},
		"day after":             {until(on.AddDays(-1), credential.StatusActive), credential.Expired},
		"expired in the record": {record(credential.StatusExpired), credential.Expired},
		"suspended":             {record(credential.StatusSuspended), credential.Suspended},
		"suspended and over":    {until(on.AddDays(-1), credential.StatusSuspended), credential.Expired},
		"lost":                  {record(credential.StatusLost), credential.Lost},
		"lost and over":         {until(on.AddDays(-1), credential.StatusLost), credential.Lost},
		"cancelled":             {record(credential.StatusCancelled), credential.Cancelled},
		"superseded":            {record(credential.StatusSuperseded), credential.Superseded},
		"tomorrow":              {future, credential.NotYetValid},
		"no record":             {credential.Finding{}, credential.Unknown},
		"no record, dates":      {until(on.AddDays(-1), credential.NoRecord), credential.Unknown},
		"list of a day":         {day, credential.Valid},
		"older list":            {later, credential.Unconfirmed},
		"older list, lost":      {oldAndLost, credential.Lost},
		"foreign":               {broken(credential.ErrForeign), credential.Foreign},
		"forged":                {broken(credential.ErrForged), credential.Forged},
		"unknown":               {broken(credential.ErrUnknown), credential.Unknown},
		"stale":                 {broken(credential.ErrStale), credential.StaleCode},
		"any other failure":     {broken(errors.New("disk")), credential.Forged},
	} {
		got := credential.Judge(c.f, on)
		reached[got] = true
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	for _, v := range credential.Verdicts() {
		if !reached[v] {
			t.Errorf("%s is never given", v)
		}
		if hidden := v == credential.Forged || v == credential.Unknown || v == credential.Foreign; v.Shows() == hidden {
			t.Errorf("%s shows the permit: %v", v, v.Shows())
		}
	}
}

func TestPicturesReadBack(t *testing.T) {
	i, p := newIssuer(t), newPhone(t)
	bound, long := sample(), sample()
	bound.Holder = p.public()
	long.Name, long.ValidUntil = "阿"+strings.Repeat("*", 12)+"提", civic.MustDate("2029-01-09")
	for name, c := range map[string]struct {
		text    string
		version int // at most
	}{
		"token":     {credential.TokenText("https://jzz.zhangzhou.gov.cn", token), 3},
		"signed":    {credential.SignedText("https://jzz.zhangzhou.gov.cn", i.sign(t, sample())), 10},
		"long name": {credential.SignedText("https://jzz.zhangzhou.gov.cn", i.sign(t, long)), 11},
		"live":      {credential.SignedText("https://jzz.zhangzhou.gov.cn", p.live(t, i.sign(t, bound), now)), 15},
	} {
		t.Run(name, func(t *testing.T) {
			svg, err := credential.QRSVG(c.text)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("version %d, %d characters, path of %d bytes", svg.Version(), len(c.text), len(svg.Path))
			if svg.Version() > c.version {
				t.Errorf("version %d, at most %d", svg.Version(), c.version)
			}
			b, err := credential.QRPNG(c.text, 6*svg.Size)
			if err != nil {
				t.Fatal(err)
			}
			img, err := png.Decode(bytes.NewReader(b))
			if err != nil || img.Bounds().Dx() != 6*svg.Size {
				t.Fatalf("%v %v", img.Bounds(), err)
			}
			bitmap, _ := gozxing.NewBinaryBitmapFromImage(img)
			// The picture is nothing but the code. Without this hint the reader misjudges the size of one code in some hundred.
			read, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true})
			if err != nil || read.GetText() != c.text {
				t.Fatalf("read back %v, %v", read, err)
			}
			// The path has the same dark modules as the picture, and nothing in the quiet zone.
			dark := map[[2]int]bool{}
			for _, m := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`).FindAllStringSubmatch(svg.Path, -1) {
				x, _ := strconv.Atoi(m[1])
				y, _ := strconv.Atoi(m[2])
				n, _ := strconv.Atoi(m[3])
				for k := range n {
					dark[[2]int{x + k, y}] = true
				}
			}
			for y := range svg.Size {
				for x := range svg.Size {
					r, _, _, _ := img.At(6*x+3, 6*y+3).RGBA()
					if dark[[2]int{x, y}] != (r == 0) {
						t.Fatalf("module %d,%d", x, y)
					}
					if (x < 4 || y < 4 || x >= svg.Size-4 || y >= svg.Size-4) && r == 0 {
						t.Fatalf("quiet zone %d,%d", x, y)
					}
				}
			}
		})
	}
	if _, err := credential.QRSVG(strings.Repeat("A", 5000)); err == nil {
		t.Error("5,000 characters fit")
	}
	if _, err := credential.QRPNG(strings.Repeat("A", 5000), 100); err == nil {
		t.Error("5,000 characters fit")
	}
}
