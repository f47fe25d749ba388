package console

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/web"
)

// maxTerm is the longest text that is searched for, in characters; the longest name has fifty.
const maxTerm = 60

// search takes what an officer looks for: a reference, a permit number, an ID number, a name, a surname or pinyin initials. It answers
// with an address that can be reloaded, shared with nobody, and tells nothing: names and numbers do not belong in addresses, which
// browsers and proxies keep. A permit's number leads to the permit.
func (s *Console) search(c *fiber.Ctx) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	term := []rune(strings.Join(strings.Fields(form.Get("term")), " "))
	if len(term) == 0 {
		return web.SeeOther(c, "/console")
	}
	if number, ok := permit.ParseNumber(string(term)); ok && web.VisitOf(c).Actor.Holds(permitRoles...) {
		found, err := s.office.Queue(c.UserContext(), web.VisitOf(c).Actor, office.QueueQuery{Text: number, Size: 1})
		if err != nil {
			return err
		}
		if found.Total == 1 {
			return web.SeeOther(c, permitPath(number))
		}
	}
	if code := s.slipOf(string(term)); code != "" {
		return s.sendQueue(c, fiber.StatusUnprocessableEntity, queueFilter{number: 1}, slip{code, string(term)}, nil)
	}
	return web.SeeOther(c, "/console?search="+s.sealTerm(web.VisitOf(c).Actor.ID, string(term[:min(len(term), maxTerm)])))
}

// slipOf is what is wrong with a number that was typed, as a code: one wrong character would find nothing, and "not found" would be believed.
func (s *Console) slipOf(term string) string {
	if code := permit.Misread(term); code != "" {
		return code
	}
	if !idForm.MatchString(term) {
		return ""
	}
	_, err := civic.ParseCitizenID(term, s.office.Today())
	var problem *civic.Problem
	if errors.As(err, &problem) {
		return problem.Code
	}
	return ""
}

// idForm is what can only be meant as an ID number.
var idForm = regexp.MustCompile(`^[0-9]{17}[0-9Xx]$`)

// termCipher makes the cipher for terms out of the deployment's key, so that addresses outlive a restart.
func termCipher(key []byte) cipher.AEAD {
	derived, err := hkdf.Key(sha256.New, key, nil, "console search", 32)
	if err != nil { // 32 bytes can always be derived
		panic(err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		panic(err)
	}
	sealer, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return sealer
}

// sealTerm hides a term in a text for an address that means something to this officer only.
func (s *Console) sealTerm(officer, term string) string {
	return base64.RawURLEncoding.EncodeToString(s.terms.Seal(nil, nil, []byte(term), []byte(officer)))
}

// openTerm reads it; what this officer did not search for is no term.
func (s *Console) openTerm(officer, sealed string) string {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return ""
	}
	term, err := s.terms.Open(nil, nil, raw, []byte(officer))
	if err != nil {
		return ""
	}
	return string(term)
}
