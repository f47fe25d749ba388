package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"testing"

	"anju/server/scene"
)

// TestShots makes the README's pictures, one of each counter.
func TestShots(t *testing.T) {
	holder := openTab(t, phone, true)
	holder.open("/permit?lang=zh")
	holder.signIn(scene.PersonOf("zz.issued").Phone)
	holder.shot("portal")
	holder.open("/permit")
	content := readQR(t, holder.codePicture("svg.qr"))

	stranger := openTab(t, phone, true)
	stranger.open("/verify?lang=zh")
	stranger.verify(content)
	stranger.shot("verify")

	tb := openTab(t, totem, true)
	tb.open("/kiosk?lang=zh")
	tb.shot("kiosk")

	officer := openTab(t, desktop, true)
	officer.signInStaff("zb.review")
	officer.open("/console?lang=en")
	officer.shot("console")
}

// discreet looks through everything that the demo logged while people went about their business: no name, number or phone of anybody
// may stand in it.
func discreet(folder string) error {
	logs, err := os.ReadFile(demoLogPath(config{data: folder}))
	if err != nil {
		return err
	}
	var found error
	people := append(scene.People(), scene.Cards()...)
	for _, r := range scene.Residents() {
		people = append(people, r.Person)
	}
	for _, p := range people {
		for what, secret := range map[string]string{"name": p.Name, "ID number": p.ID, "phone": p.Phone} {
			if bytes.Contains(logs, []byte(secret)) {
				found = errors.Join(found, fmt.Errorf("the log holds the %s of %s", what, p.Key))
			}
		}
	}
	for _, a := range []applicant{zhangzhouApplicant, ziboApplicant} {
		for _, secret := range []string{a.name, a.phone} {
			if bytes.Contains(logs, []byte(secret)) {
				found = errors.Join(found, fmt.Errorf("the log holds %q", secret))
			}
		}
	}
	if !bytes.Contains(logs, []byte(`"msg":"request"`)) {
		found = errors.Join(found, errors.New("the log holds no request, so looking through it proves nothing"))
	}
	return found
}
