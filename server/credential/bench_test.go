package credential_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"testing"
	"time"

	"anju/server/credential"
)

// BenchmarkCheck reads and checks a signed code; its reference, in the same run, is the bare signature check of the standard library.
func BenchmarkCheck(b *testing.B) {
	i := newIssuer(b)
	text := credential.SignedText(origin, i.sign(b, sample()))
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	digest := sha256.Sum256([]byte(text))
	r, s, _ := ecdsa.Sign(rand.Reader, key, digest[:])
	var ours, bare time.Duration
	for b.Loop() {
		start := time.Now()
		if _, _, err := i.check(text, now); err != nil {
			b.Fatal(err)
		}
		middle := time.Now()
		if !ecdsa.Verify(&key.PublicKey, digest[:], r, s) {
			b.Fatal("reference")
		}
		ours, bare = ours+middle.Sub(start), bare+time.Since(middle)
	}
	b.ReportMetric(float64(bare)/float64(ours), "ratio/bare")
	b.ReportMetric(float64(b.N)/ours.Seconds(), "checks/s")
}
