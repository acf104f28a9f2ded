package web

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/people"
)

// totp is the code an authenticator app would show (RFC 6238).
func totp(t testing.TB, secret string, at time.Time) string {
	key := must[[]byte](t)(base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(strings.ReplaceAll(secret, " ", ""))))
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(at.Unix()/30))
	m := hmac.New(sha1.New, key)
	m.Write(counter[:])
	sum := m.Sum(nil)
	at4 := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[at4:at4+4])&0x7fffffff)%1_000_000)
}

func valueOf(t testing.TB, body, name string) string {
	t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no field %s", name)
	}
	return m[1]
}

// TestFirstAdmin goes through the one-time link that the program prints on an empty folder.
func TestFirstAdmin(t *testing.T) {
	r := newRig(t)
	token := must[string](t)(r.Rooms.People.SetupToken(context.Background(), access.System("serve")))
	v := r.visitor()
	v.get("/penyiapan/"+token).want(t, 200, "Tautan ini berlaku sekali")
	form := url.Values{"nip": {"123"}, "name": {"Bonar Simangalam"}, "password": {password}, "again": {password}}
	v.post("/penyiapan/"+token, form).want(t, 422, "Bonar Simangalam", "123")
	form.Set("nip", "198509092009121918")
	v.post("/penyiapan/"+token, form).leads(t, "/")
	v.get("/").want(t, 200, "Bonar")
	r.visitor().get("/penyiapan/"+token).want(t, 409)
	r.quiet()
}

// TestAccount goes through one's own account: password, second factor with recovery codes, sessions, tokens, mail, what is on record, who looked.
func TestAccount(t *testing.T) {
	r := newRig(t)
	v := r.visitor()
	me := v.enters(nadia)
	v.get("/akun").want(t, 200, "Nadia Syafirani", "939")
	v.post("/akun", url.Values{"email": {"bukan alamat"}, "mail": {"each"}}).want(t, 422, "bukan alamat")
	v.post("/akun", url.Values{"email": {"nadia@cempakaraya.example"}, "mail": {"each"}}).leads(t, "/akun")
	v.get("/akun/data").want(t, 200, "UPTD Mal Pelayanan Publik", "19950530 202321 2 939")
	v.get("/akun/dilihat").want(t, 200, "Belum ada yang melihat")

	// The second factor: begun, a wrong code keeps the key on the page, the right one shows recovery codes once.
	begun := v.post("/akun/kode", url.Values{"step": {"begin"}}).want(t, 200, "Pindai")
	key := url.Values{"step": {"confirm"}, "url": {strings.ReplaceAll(valueOf(t, begun.body, "url"), "&amp;", "&")}, "secret": {valueOf(t, begun.body, "secret")}, "totp": {"000000"}}
	v.post("/akun/kode", key).want(t, 422, key.Get("secret"))
	key.Set("totp", totp(t, key.Get("secret"), r.Now()))
	on := v.post("/akun/kode", key).want(t, 200, "Kode cadangan")
	recovery := regexp.MustCompile(`<li class="code">([^<]+)</li>`).FindStringSubmatch(on.body)
	if recovery == nil {
		t.Fatal("no recovery codes")
	}
	v.post("/keluar", nil).leads(t, "/masuk")
	in := url.Values{"nip": {nadia}, "password": {password}, "kembali": {"/jp"}}
	v.post("/masuk", in).leads(t, "/masuk/kode")
	v.get("/jp").leads(t, "/masuk?kembali=%2Fjp") // half a login opens nothing
	v.get("/masuk/kode").want(t, 200, "kode cadangan")
	v.post("/masuk/kode", url.Values{"code": {"000000"}}).want(t, 422)
	r.Pass(time.Minute) // a code counts once
	v.post("/masuk/kode", url.Values{"code": {totp(t, key.Get("secret"), r.Now())}}).leads(t, "/jp")
	other := r.visitor()
	other.post("/masuk", in).leads(t, "/masuk/kode")
	other.post("/masuk/kode", url.Values{"code": {recovery[1]}}).leads(t, "/jp")

	// Sessions: the other one is listed and can be ended.
	page := v.get("/akun/sesi").want(t, 200, "Perangkat ini", "Perangkat lain")
	id := regexp.MustCompile(`name="id" value="([^"]+)"`).FindStringSubmatch(page.body)[1]
	v.post("/akun/sesi", url.Values{"id": {id}}).leads(t, "/akun/sesi")
	other.get("/jp").leads(t, "/masuk?kembali=%2Fjp")

	// A token asks the password again once it was typed too long ago, and its secret is shown once.
	r.Pass(11 * time.Minute)
	token := url.Values{"name": {"Laporan bulanan"}, "days": {"0"}, "password": {"salah sekali"}}
	v.post("/akun/token", token).want(t, 422, "Laporan bulanan")
	token.Set("password", password)
	v.post("/akun/token", token).want(t, 422, "366")
	token.Set("days", "30")
	v.post("/akun/token", token).want(t, 200, "hanya ditampilkan sekali")
	page = v.get("/akun/token").want(t, 200, "Laporan bulanan")
	v.post("/akun/token", url.Values{"revoke": {valueOf(t, page.body, "revoke")}}).leads(t, "/akun/token")
	if left := must[int](t)(countTokens(r, me)); left != 0 {
		t.Errorf("%d tokens left", left)
	}

	// The password: the old one is asked, both new ones must agree, nothing comes back.
	change := url.Values{"password": {"salah sekali"}, "new": {"teh tawar di beranda"}, "again": {"teh tawar di beranda"}}
	if got := v.post("/akun/sandi", change).want(t, 422); strings.Contains(got.body, "teh tawar") {
		t.Error("a password came back in a page")
	}
	change.Set("password", password)
	change.Set("again", "lain")
	v.post("/akun/sandi", change).want(t, 422, "tidak sama")
	change.Set("again", "teh tawar di beranda")
	v.post("/akun/sandi", change).leads(t, "/akun")
	v.get("/akun").want(t, 200, "Kata sandi baru tersimpan")
	v.post("/akun/kode", url.Values{"step": {"drop"}, "password": {"teh tawar di beranda"}}).leads(t, "/akun")
	v.post("/akun/sesi", url.Values{"all": {"1"}}).leads(t, "/masuk")
	v.get("/").leads(t, "/masuk?kembali=%2F")
	r.quiet()
}

func countTokens(r *rig, a access.Actor) (int, error) {
	all, err := r.Rooms.People.Tokens(context.Background(), a, peopleID(a))
	n := 0
	for _, t := range all {
		if t.Until.After(r.Now()) {
			n++
		}
	}
	return n, err
}

func peopleID(a access.Actor) people.ID { return people.ID(a.Person) }
