package people

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// The cost of a password (argon2id, OWASP's second choice): 19 MiB, two passes, one lane. The numbers stand in every hash, so they may be raised;
// a login with an older hash stores a new one.
const (
	hashMemory  = 19 * 1024 // KiB
	hashTime    = 2
	hashThreads = 1
	saltLength  = 16
	keyLength   = 32
)

// The password rules: length counts, forced symbols do not (NIST SP 800-63B).
const (
	minPassword = 10
	maxPassword = 200
)

// common are words that passwords of Indonesian offices are made of; a password that is one of them with digits or signs around it is refused.
var common = []string{"password", "passwords", "passw0rd", "katasandi", "rahasia", "rahasiasaya", "qwertyuiop", "qwerty", "qwertyuiopasdf", "asdfghjkl", "asdfghjklzxc", "zxcvbnm", "abcdefghij", "abcdefgh", "abcdef",
	"administrator", "admin", "adminadmin", "indonesia", "indonesiaraya", "merdeka", "bismillah", "bismillahirrahmanirrahim", "alhamdulillah", "sayangku", "sayang", "cintaku", "akusayangkamu", "iloveyou",
	"pegawai", "pegawainegeri", "pegawaikota", "aparatur", "apelkota", "pemerintah", "pemkot", "pemda", "kota", "welcome", "selamatdatang", "semangat", "sukses", "suksesselalu", "keluarga", "keluargaku", "letmein", "football", "princess", "dragon"}

// checkPassword says what is wrong with a new password, "" lists nothing. n is the person's number, which must not be part of it.
func checkPassword(password string, n NIP) error {
	field := func(id, en string) error { return faults.OnField("password", id, en) }
	switch {
	case !utf8.ValidString(password):
		return field("Kata sandi berisi karakter yang rusak.", "The password holds broken characters.")
	case utf8.RuneCountInString(password) < minPassword:
		return field("Kata sandi paling sedikit 10 huruf atau angka. Beberapa kata biasa yang digabung sudah baik.", "A password has at least 10 characters. A few ordinary words together are good.")
	case len(password) > maxPassword:
		return field("Kata sandi paling banyak 200 huruf.", "A password has at most 200 characters.")
	}
	if d := digitsOf(password); n != "" && len(d) >= 8 && (strings.Contains(d, string(n)) || strings.Contains(string(n), d)) {
		return field("Kata sandi tidak boleh berisi NIP atau bagiannya.", "The password must not hold the NIP or a part of it.")
	}
	core := strings.Trim(strings.ReplaceAll(texts.Fold(password), " ", ""), "0123456789")
	if core == "" {
		return field("Kata sandi tidak boleh hanya angka.", "A password must not be digits only.")
	}
	for _, c := range common {
		if core == c || core == c+c {
			return field("Kata sandi ini terlalu mudah ditebak. Pilih yang lain.", "This password is too easy to guess. Choose another.")
		}
	}
	distinct := map[rune]bool{}
	for _, r := range core {
		distinct[r] = true
	}
	if len(distinct) < 4 {
		return field("Kata sandi ini terlalu mudah ditebak. Pilih yang lain.", "This password is too easy to guess. Choose another.")
	}
	return nil
}

func hashPassword(password string, random io.Reader) (string, error) {
	salt := make([]byte, saltLength)
	if _, err := io.ReadFull(random, salt); err != nil {
		return "", fmt.Errorf("salt: %w", err)
	}
	key := argon2.IDKey([]byte(password), salt, hashTime, hashMemory, hashThreads, keyLength)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashTime, hashThreads, b64(salt), b64(key)), nil
}

// verifyPassword compares in constant time. stale says that the hash was made with other parameters than today's. A hash that cannot be read fits nothing.
func verifyPassword(hash, password string) (ok, stale bool) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, false
	}
	var version, memory, time, threads int
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &threads); err != nil || memory <= 0 || memory > 1<<20 || time <= 0 || time > 20 || threads <= 0 || threads > 16 {
		return false, false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, false
	}
	key, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(key) == 0 {
		return false, false
	}
	got := argon2.IDKey([]byte(password), salt, uint32(time), uint32(memory), uint8(threads), uint32(len(key)))
	return subtle.ConstantTimeCompare(got, key) == 1, memory != hashMemory || time != hashTime || threads != hashThreads
}

// nobody is a hash that no password fits, for making the login of an unknown number cost the same.
var nobody = sync.OnceValue(func() string {
	h, err := hashPassword("nobody has this password", strings.NewReader("0123456789abcdef"))
	if err != nil {
		panic(err)
	}
	return h[:len(h)-4] + "AAAA"
})
