package record

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/hex"
	"math/big"
	"strings"
	"testing"
	"time"
)

// The canonical form is a promise to programs elsewhere: this test fails when it changes.
func TestCanonicalFormIsFixed(t *testing.T) {
	r := Record{Form: 1, Kind: "training", Edition: 1, Number: "00001/APEL-103/XI/2026", Code: "ABC", Name: "Ma'ruf \"A\" <b> & é \\ \u2013", NIP: "*901", Position: "Lurah", Unit: "U",
		Course: "APEL-103", CourseVersion: "2", Title: "T", JP: 4, Score: 87500, Predikat: "Memuaskan", Competencies: []Competency{{"T.04", "N", 2}}, Subjects: []Subject{{"S", 30}},
		StartedOn: "2026-11-01", CompletedOn: "2026-11-02", IssuedOn: "2026-11-03", Zone: "Asia/Jakarta", Institution: "I", Issuer: "B", Place: "P",
		Signers: []Signer{{Name: "N", Position: "K"}}, Host: "https://h.example", Salt: "00ff"}
	got, err := r.Canonical()
	want := `{"code":"ABC","competencies":[{"code":"T.04","level":2,"name":"N"}],"completed_on":"2026-11-02","course":"APEL-103","course_version":"2","edition":1,"form":1,` +
		`"host":"https://h.example","institution":"I","issued_on":"2026-11-03","issuer":"B","jp":4,"kind":"training","name":"Ma'ruf \"A\" <b> & é \\ –","nip":"*901",` +
		`"number":"00001/APEL-103/XI/2026","place":"P","position":"Lurah","predikat":"Memuaskan","salt":"00ff","score":87500,"signers":[{"name":"N","position":"K"}],` +
		`"started_on":"2026-11-01","subjects":[{"minutes":30,"title":"S"}],"title":"T","unit":"U","zone":"Asia/Jakarta"}`
	if err != nil || string(got) != want {
		t.Errorf("%v\n got %s\nwant %s", err, got, want)
	}
	if sum := Commitment(got); hex.EncodeToString(sum[:]) != "2c39ed967d1ef652f61c7d0ac2d3a45b5f005b1ba5034018ff79ebda437930a4" {
		t.Errorf("commitment %x", sum)
	}
	back, err := Parse(got)
	if err != nil || back.Name != r.Name {
		t.Error(err)
	}
	for name, bad := range map[string]string{
		"space":         strings.Replace(want, `,"nip"`, `, "nip"`, 1),
		"order":         strings.Replace(want, `"jp":4,"kind":"training"`, `"kind":"training","jp":4`, 1),
		"unknown field": strings.Replace(want, `"jp":4`, `"extra":1,"jp":4`, 1),
		"fraction":      strings.Replace(want, `"jp":4`, `"jp":4.0`, 1),
		"form":          strings.Replace(want, `"form":1`, `"form":2`, 1),
		"twice":         strings.Replace(want, `"jp":4`, `"jp":4,"jp":4`, 1),
		"trailing":      want + " ",
		"escape":        strings.Replace(want, "é", `\u00e9`, 1),
		"not JSON":      want[1:],
	} {
		if _, err := Parse([]byte(bad)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

func TestSignaturesHaveOneSpelling(t *testing.T) {
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	msg := []byte(`{"a":1}`)
	for range 20 {
		sig, err := Sign(key, msg)
		if err != nil || len(sig) != SignatureLength || !Verify(&key.PublicKey, msg, sig) {
			t.Fatal(sig, err)
		}
		if again, _ := Sign(key, msg); again != sig {
			t.Error("signing again gives another signature")
		}
		raw, _ := hex.DecodeString(sig)
		s := new(big.Int).SetBytes(raw[32:])
		s.Sub(elliptic.P256().Params().N, s).FillBytes(raw[32:])
		for name, bad := range map[string]string{"mirrored": hex.EncodeToString(raw), "capitals": strings.ToUpper(sig), "short": sig[:126], "empty": "", "spaces": sig[:127] + " "} {
			if Verify(&key.PublicKey, msg, bad) && bad != sig {
				t.Errorf("%s signature was accepted", name)
			}
		}
		if Verify(&key.PublicKey, append(msg, 'x'), sig) {
			t.Error("another message was accepted")
		}
		msg = append(msg, ' ')
	}
}

func TestCodes(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		c, err := NewCode(rand.Reader)
		if err != nil || len(c) != CodeLength || seen[c] {
			t.Fatal(c, err)
		}
		seen[c] = true
		if got, ok := ReadCode(strings.ToLower(FormatCode(c))); !ok || got != c {
			t.Errorf("%s reads as %s, %v", FormatCode(c), got, ok)
		}
		for i := range c { // every single mistyped sign is noticed
			for _, x := range alphabet {
				if byte(x) == c[i] {
					continue
				}
				if _, ok := ReadCode(c[:i] + string(x) + c[i+1:]); ok {
					t.Fatalf("%s with %c at %d passes", c, x, i)
				}
			}
		}
	}
	if len(FormatCode(strings.Repeat("A", CodeLength))) != CodeLength+6 {
		t.Error("groups of four")
	}
}

// A leaf is written in one way; a witness reads it by that.
func TestLeaves(t *testing.T) {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.FixedZone("WIB", 7*3600))
	zeros := strings.Repeat("0", 62)
	for want, l := range map[string]Leaf{
		"apel/1 issue\n01" + zeros + "\n2026-11-22T05:00:00Z\n":                     {Kind: LeafIssue, Commitment: [32]byte{1}, At: at},
		"apel/1 rendered\n02" + zeros + "\n2026-11-22T05:00:00Z\n03" + zeros + "\n": {Kind: LeafRendered, Commitment: [32]byte{2}, At: at, File: [32]byte{3}},
		"apel/1 revoke\n00" + zeros + "\n2026-11-22T05:00:00Z\n":                    {Kind: LeafRevoke, At: at, File: [32]byte{3}},
	} {
		if got := string(l.Bytes()); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
