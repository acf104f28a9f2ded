package people

import (
	"crypto/rand"
	"encoding/base64"
	"strings"
	"testing"

	"golang.org/x/crypto/argon2"
)

func TestPasswordHashesCarryTheirCost(t *testing.T) {
	h, err := hashPassword("kambing makan rumput", rand.Reader)
	if err != nil || !strings.HasPrefix(h, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatal(h, err)
	}
	if again, _ := hashPassword("kambing makan rumput", rand.Reader); again == h {
		t.Error("two hashes share a salt")
	}
	for _, c := range []struct {
		hash, password string
		ok, stale      bool
	}{
		{h, "kambing makan rumput", true, false},
		{h, "kambing makan rumpuT", false, false},
		// made with cheaper parameters: still opens, and is to be made anew
		{"$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$" + cheap(t), "kambing", true, true},
		{nobody(), "nobody has this password", false, false},
		{"", "", false, false},
		{"$argon2id$v=19$m=999999999,t=2,p=1$MDEyMw$MDEyMw", "x", false, false},
		{"$2a$10$abc", "x", false, false},
	} {
		ok, stale := verifyPassword(c.hash, c.password)
		if ok != c.ok || c.ok && stale != c.stale {
			t.Errorf("%.40s: ok %v stale %v", c.hash, ok, stale)
		}
	}
}

func TestPasswordRules(t *testing.T) {
	const nip = NIP("199001012020012901")
	for password, good := range map[string]bool{
		"kambing makan rumput": true, "pelayanan-8-loket": true, "Ünïcödé kata sandi": true,
		"kambing12": false, "1234567890": false, "19900101 apel": false, "199001012020012901": false, "sandi199001012020012901": false,
		"Password2026": false, "INDONESIA!!": false, "aaaaaaaaaaaa": false, "abababababab": false, "pegawai123": false, strings.Repeat("abcdefghij", 21): false, "rusak\xff\xff sekali": false,
	} {
		if err := checkPassword(password, nip); (err == nil) != good {
			t.Errorf("%q: %v", password, err)
		}
	}
}

func cheap(t *testing.T) string {
	t.Helper()
	return base64.RawStdEncoding.EncodeToString(argon2.IDKey([]byte("kambing"), []byte("0123456789abcdef"), 1, 64, 1, 32))
}
