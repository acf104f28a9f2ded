package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
)

// visitor is a browser without scripts: cookies, forms, no redirects followed.
type visitor struct {
	t      testing.TB
	rig    *rig
	client *http.Client
}

func (r *rig) visitor() *visitor {
	jar := must[*cookiejar.Jar](r.t)(cookiejar.New(nil))
	return &visitor{r.t, r, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is what came back.
type answer struct {
	status int
	to     string // where a redirect leads
	body   string
	header http.Header
}

func (v *visitor) do(q *http.Request) answer {
	v.t.Helper()
	res := must[*http.Response](v.t)(v.client.Do(q))
	defer res.Body.Close()
	body := must[[]byte](v.t)(io.ReadAll(res.Body))
	return answer{res.StatusCode, res.Header.Get("Location"), string(body), res.Header}
}

func (v *visitor) get(path string) answer {
	v.t.Helper()
	return v.do(must[*http.Request](v.t)(http.NewRequest(http.MethodGet, v.rig.URL+path, nil)))
}

func (v *visitor) post(path string, form url.Values) answer {
	v.t.Helper()
	q := must[*http.Request](v.t)(http.NewRequest(http.MethodPost, v.rig.URL+path, strings.NewReader(form.Encode())))
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	q.Header.Set("Origin", v.rig.URL)
	return v.do(q)
}

func (v *visitor) upload(path, field, name string, file []byte, form url.Values) answer {
	v.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for key := range form {
		check(v.t, m.WriteField(key, form.Get(key)))
	}
	part := must[io.Writer](v.t)(m.CreateFormFile(field, name))
	must[int](v.t)(part.Write(file))
	check(v.t, m.Close())
	q := must[*http.Request](v.t)(http.NewRequest(http.MethodPost, v.rig.URL+path, &body))
	q.Header.Set("Content-Type", m.FormDataContentType())
	return v.do(q)
}

// want fails when an answer has another status or lacks one of the texts.
func (a answer) want(t testing.TB, status int, texts ...string) answer {
	t.Helper()
	if a.status != status {
		t.Errorf("status %d (to %q), want %d: %.600s", a.status, a.to, status, seen(a.body))
	}
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			t.Errorf("lacks %q: %.900s", text, seen(a.body))
		}
	}
	return a
}

var tags = regexp.MustCompile(`(?s)<head>.*</head>|<[^>]*>|\s+`)

func seen(body string) string { return tags.ReplaceAllString(body, " ") }

// leads fails when an answer does not redirect there.
func (a answer) leads(t testing.TB, to string) answer {
	t.Helper()
	if a.status != http.StatusSeeOther || a.to != to {
		t.Errorf("%d to %q, want 303 to %q: %.600s", a.status, a.to, to, seen(a.body))
	}
	return a
}

// enters lets somebody in with a slip; password is everybody's.
func (v *visitor) enters(nip string) access.Actor {
	v.t.Helper()
	code := v.rig.slip(nip)
	v.post("/aktivasi", url.Values{"nip": {nip}, "code": {code}, "password": {password}, "again": {password}, "privacy": {"1"}}).leads(v.t, "/")
	p := must[people.Person](v.t)(v.rig.Rooms.People.LookByNIP(context.Background(), nip))
	return access.Actor{Person: string(p.ID)}
}

// TestDoor holds login, activation, reset and logout to their refusals: same page, values kept, nothing told about who exists.
func TestDoor(t *testing.T) {
	r := newRig(t)
	v := r.visitor()
	v.get("/").leads(t, "/masuk?kembali=%2F")
	v.get("/kursus/APEL-104").leads(t, "/masuk?kembali=%2Fkursus%2FAPEL-104")
	v.post("/kursus/APEL-104", nil).want(t, 401, "Masuk dahulu")
	for _, path := range []string{"/masuk", "/aktivasi", "/lupa-sandi", "/lupa-sandi/salah", "/privasi", "/istilah", "/periksa"} {
		v.get(path).want(t, 200)
	}
	v.get("/penyiapan/salah").want(t, 401)

	code := r.slip(nadia)
	form := url.Values{"nip": {nadia}, "code": {code}, "password": {password}, "again": {"lain"}, "privacy": {"1"}}
	v.post("/aktivasi", form).want(t, 422, "Kata sandi kedua tidak sama", nadia)
	form.Set("again", password)
	form.Del("privacy")
	if got := v.post("/aktivasi", form).want(t, 422, "Baca dahulu pemberitahuannya"); strings.Contains(got.body, password) {
		t.Error("a password came back in a page")
	}
	form.Set("privacy", "1")
	form.Set("password", "pendek")
	form.Set("again", "pendek")
	v.post("/aktivasi", form).want(t, 422, "paling sedikit 10")
	form.Set("password", password)
	form.Set("again", password)
	form.Set("code", "AAAA-AAAA")
	v.post("/aktivasi", form).want(t, 422)
	form.Set("code", code)
	v.post("/aktivasi", form).leads(t, "/")
	v.get("/").want(t, 200, "Nadia", "Akun Anda aktif")
	v.get("/masuk?kembali=//jahat.example").leads(t, "/")
	v.post("/keluar", nil).leads(t, "/masuk")
	v.get("/").leads(t, "/masuk?kembali=%2F")

	// A stranger's browser: wrong passwords are answered alike for numbers that exist and that do not, and slow down.
	s := r.visitor()
	one := s.post("/masuk", url.Values{"nip": {nadia}, "password": {"salah sekali"}}).want(t, 422, "tidak cocok", nadia)
	two := s.post("/masuk", url.Values{"nip": {strings.Replace(nadia, "939", "979", 1)}, "password": {"salah sekali"}}).want(t, 422, "tidak cocok")
	if len(one.body) != len(two.body) {
		t.Errorf("the answers differ in length: %d and %d", len(one.body), len(two.body))
	}
	for range 5 {
		s.post("/masuk", url.Values{"nip": {nadia}, "password": {"salah sekali"}})
	}
	s.post("/masuk", url.Values{"nip": {nadia}, "password": {password}}).want(t, 429, "Coba lagi pukul")
	// The browser that logged in before is not locked out by it.
	v.post("/masuk", url.Values{"nip": {nadia}, "password": {password}, "kembali": {"/jp"}}).leads(t, "/jp")
	v.post("/masuk", url.Values{"nip": {nadia}, "password": {password}, "kembali": {"https://jahat.example"}}).leads(t, "/")
	s.post("/lupa-sandi", url.Values{"nip": {nadia}}).want(t, 200, "Bila nomor itu punya akun")
	r.quiet()
}

// TestPagesOfOthers walks every page of a learner as somebody else: what is not one's own does not exist.
func TestPagesOfOthers(t *testing.T) {
	r := newRig(t)
	r.assign("APEL-104", 60)
	v, other := r.visitor(), r.visitor()
	me := v.enters(nadia)
	other.enters(dewi)
	enrolment := me.Person + ".APEL-104.1"
	v.get(enrolmentURL(enrolment)).want(t, 200, "Tes awal")
	started := v.post(quizURL(enrolment, "pretest"), nil)
	attempt := strings.TrimPrefix(started.to, "/percobaan/")
	v.get(started.to).want(t, 200, "Soal 1 dari 8")
	v.post(quizURL(enrolment, "pretest"), nil).leads(t, started.to) // twice is once
	for _, path := range []string{enrolmentURL(enrolment), lessonURL(enrolment, "L1"), quizURL(enrolment, "pretest"), attemptURL(attempt), attemptURL(attempt, "periksa"), attemptURL(attempt, "tunggu"), attemptURL(attempt, "aliran"),
		attemptURL(attempt, "hasil"), attemptURL(attempt, "sertifikat"), "/sertifikat/" + string(certificateID(enrolment)), "/sertifikat/" + string(certificateID(enrolment)) + "/pdf", "/kursus/TIDAK-ADA", "/belajar/x"} {
		other.get(path).want(t, 404)
	}
	for _, path := range []string{quizURL(enrolment, "pretest"), lessonURL(enrolment, "L1"), attemptURL(attempt), attemptURL(attempt, "simpan"), attemptURL(attempt, "kumpulkan")} {
		other.post(path, url.Values{"event": {"end"}, "seq": {"0"}, "item": {"x"}, "answer.x": {"a"}}).want(t, 404)
	}
	// What one's own page may not do yet says why.
	v.get(lessonURL(enrolment, "L1")).leads(t, enrolmentURL(enrolment))
	v.get(enrolmentURL(enrolment)).want(t, 200, "Kerjakan dahulu Tes awal")
	v.post(quizURL(enrolment, "posttest"), nil).want(t, 409)
	v.post("/kursus/APEL-202", nil)
	r.quiet()
}

// TestQuizByForm sits a test without scripts: one form, a stale tab that keeps what was typed, handing in twice, no answer after the end.
func TestQuizByForm(t *testing.T) {
	r := newRig(t)
	r.assign("APEL-104", 60)
	v := r.visitor()
	me := v.enters(nadia)
	enrolment := me.Person + ".APEL-104.1"
	at := v.post(quizURL(enrolment, "pretest"), nil).to
	attempt := strings.TrimPrefix(at, "/percobaan/")
	f := must[courses.FormView](t)(r.Rooms.Courses.Form(context.Background(), me, attempt))
	form := url.Values{"seq": {strconv.Itoa(f.Seq)}, "go": {"review"}}
	typed := ""
	for _, it := range f.Items {
		form.Add("item", it.Item)
		if len(it.Choices) > 0 {
			form.Set("answer."+it.Item, it.Choices[0].ID)
		} else {
			typed = it.Item
			form.Set("answer."+it.Item, "7")
		}
	}
	// One answer alone, as the script sends it.
	first := f.Items[slices.IndexFunc(f.Items, func(it courses.ItemView) bool { return it.Ask == grading.AskOne && len(it.Choices) > 2 })]
	save := url.Values{"seq": {strconv.Itoa(f.Seq)}, "item": {first.Item}, "answer." + first.Item: {first.Choices[1].ID}}
	clock := func() string { return r.Now().In(time.FixedZone("WIB", 7*3600)).Format("15.04 WIB") }
	before := clock()
	kept := v.post(attemptURL(attempt, "simpan"), save).want(t, 200, fmt.Sprintf(`"seq":%d`, f.Seq+1)).body
	if after := clock(); !strings.Contains(kept, `"saved":"`+before+`"`) && !strings.Contains(kept, `"saved":"`+after+`"`) {
		t.Errorf("saved between %s and %s in the installation's zone, the page is told %s", before, after, kept)
	}
	v.post(attemptURL(attempt, "simpan"), save).want(t, 200) // its answer got lost: the same again
	save.Set("answer."+first.Item, first.Choices[2].ID)
	v.post(attemptURL(attempt, "simpan"), save).want(t, 409) // another answer from a tab that missed a save
	save.Set("item", "tidak-ada")
	save.Set("seq", strconv.Itoa(f.Seq+1))
	v.post(attemptURL(attempt, "simpan"), save).want(t, 422)

	// The whole form from a tab that missed that save: refused, everything typed still there, and the next press keeps it.
	got := v.post(at, form).want(t, 409, "Jawaban belum tersimpan", "perangkat lain")
	if typed != "" && !strings.Contains(got.body, `value="7"`) {
		t.Error("what was typed is gone")
	}
	if !regexp.MustCompile(`name="answer\.` + regexp.QuoteMeta(first.Item) + `" value="` + first.Choices[0].ID + `" checked`).MatchString(got.body) {
		t.Error("what was chosen is gone")
	}
	form.Set("seq", strconv.Itoa(f.Seq+1))
	v.post(at, form).leads(t, attemptURL(attempt, "periksa"))
	v.get(attemptURL(attempt, "periksa")).want(t, 200, "Semua soal sudah dijawab", "Kumpulkan sekarang")
	v.post(attemptURL(attempt, "kumpulkan"), nil).leads(t, attemptURL(attempt, "tunggu"))
	v.post(attemptURL(attempt, "kumpulkan"), nil).leads(t, attemptURL(attempt, "tunggu"))
	v.post(at, form).leads(t, attemptURL(attempt, "tunggu"))
	v.post(attemptURL(attempt, "simpan"), url.Values{"seq": {"3"}, "item": {first.Item}, "answer." + first.Item: {"a"}}).want(t, 410)
	if stream := v.get(attemptURL(attempt, "aliran")); !strings.Contains(stream.body, "event: done\ndata: "+attemptURL(attempt, "hasil")) {
		t.Errorf("stream said %q", stream.body)
	}
	v.get(attemptURL(attempt, "tunggu")).leads(t, attemptURL(attempt, "hasil"))
	v.get(attemptURL(attempt, "hasil")).want(t, 200, "dari 100", "Pembahasan 8 soal")

	// A lesson without scripts: too short does not count and says so; after the time the button counts.
	v.get(lessonURL(enrolment, "L1")).want(t, 200, "Pelajaran 1 dari 10", "Saya sudah membaca")
	v.post(lessonURL(enrolment, "L1"), url.Values{"event": {"end"}}).leads(t, lessonURL(enrolment, "L1")+"#akhir")
	v.get(lessonURL(enrolment, "L1")).want(t, 200, "Saya sudah membaca")
	r.Pass(10 * time.Minute)
	v.post(lessonURL(enrolment, "L1"), url.Values{"event": {"end"}}).leads(t, lessonURL(enrolment, "L1")+"#akhir")
	v.get(lessonURL(enrolment, "L1")).want(t, 200, "Sudah dibaca")

	// An attempt whose time is over takes nothing more and is graded with what was saved.
	for _, l := range []string{"L2", "L3", "L4", "L5", "K1", "K2", "K3", "P1", "P2"} {
		v.get(lessonURL(enrolment, l)).want(t, 200)
		r.Pass(10 * time.Minute)
		v.post(lessonURL(enrolment, l), url.Values{"event": {"end"}})
	}
	at = v.post(quizURL(enrolment, "posttest"), nil).to
	v.get(at).want(t, 200, "Soal 1 dari 16")
	r.Pass(31 * time.Minute)
	attempt = strings.TrimPrefix(at, "/percobaan/")
	v.get(at).leads(t, attemptURL(attempt, "tunggu"))
	v.post(at, url.Values{"go": {"submit"}, "seq": {"0"}}).leads(t, attemptURL(attempt, "tunggu"))
	v.get(attemptURL(attempt, "aliran"))
	v.get(attemptURL(attempt, "hasil")).want(t, 200, "Belum lulus", "Waktu habis")
	r.quiet()
}

// TestOutsideTraining enters training elsewhere: a proof by its content, every mistake named with the values kept, and twice is once.
func TestOutsideTraining(t *testing.T) {
	r := newRig(t)
	v := r.visitor()
	v.enters(nadia)
	form := url.Values{"form": {storage.NewID()}, "title": {"Bimtek pelayanan"}, "organiser": {"LAN"}, "on": {"2026-11-02"}, "jp": {"6"}}
	v.upload("/jp", "proof", "sertifikat.pdf", []byte("MZ\x90\x00 not a proof"), form).want(t, 422, "Bimtek pelayanan", `value="6"`)
	v.upload("/jp", "proof", "besar.pdf", append([]byte("%PDF-1.4\n"), make([]byte, 5<<20+1)...), form).want(t, 422, "5 MB")
	bad := url.Values{"form": {form.Get("form")}, "title": {""}, "organiser": {"LAN"}, "on": {"2027-11-02"}, "jp": {"banyak"}}
	v.upload("/jp", "proof", "a.pdf", []byte("%PDF-1.4\n...\nstartxref\n9\n%%EOF"), bad).want(t, 422, "LAN", "2027-11-02")
	for range 2 {
		v.upload("/jp", "proof", "a.pdf", []byte("%PDF-1.4\n...\nstartxref\n9\n%%EOF"), form).leads(t, "/jp")
	}
	page := v.get("/jp").want(t, 200, "Bimtek pelayanan", "menunggu")
	v.get("/").want(t, 200, `<p class="ring-value"><strong>0</strong>`, "6 JP lain menunggu verifikasi") // what nobody verified does not count
	if n := strings.Count(page.body, "Bimtek pelayanan"); n != 1 {
		t.Errorf("entered %d times", n)
	}
	r.quiet()
}

// TestPublicCheck shows each verdict in its own words to somebody who is not logged in.
func TestPublicCheck(t *testing.T) {
	r := newRig(t)
	ctx, v := context.Background(), r.visitor()
	p := must[people.Person](t)(r.Rooms.People.LookByNIP(ctx, nadia))
	id := must[certificates.ID](t)(r.Rooms.Certificates.Intend(ctx, certificates.Facts{Enrolment: string(p.ID) + ".APEL-103.1", Person: string(p.ID), Name: p.DisplayName(), NIP: nadia, Position: "Penata Layanan", Unit: "DPMPTSP",
		Course: "APEL-103", CourseVersion: "APEL-103.1", Title: "Layanan Tanpa Pungli", JP: 4, Score: 87_500, CompletedOn: "2026-11-22", ValidUntil: "2027-11-22"}))
	check(t, r.Rooms.Certificates.Seal(ctx, id))
	c := must[certificates.Certificate](t)(r.Rooms.Certificates.Look(ctx, id))
	_, pdf, err := r.Rooms.Certificates.Download(ctx, access.Actor{Person: string(p.ID)}, id)
	check(t, err)

	page := v.get("/v/"+c.Record.Code).want(t, 200, "Berlaku", "Nadia Syafirani", "Sidik jari", "87,5")
	if strings.Contains(page.body, nadia) {
		t.Error("a whole NIP on the public page")
	}
	v.get("/V/"+c.Record.Code).want(t, 200, "Berlaku")
	v.post("/periksa", url.Values{"code": {strings.ToLower(c.Record.Code)}}).leads(t, "/v/"+c.Record.Code)
	mistyped := c.Record.Code[:27] + "0"
	if mistyped == c.Record.Code {
		mistyped = c.Record.Code[:27] + "1"
	}
	v.post("/periksa", url.Values{"code": {mistyped}}).want(t, 422, "salah ketik")
	for _, bare := range []string{"/v", "/V", "/v/", "/V/"} {
		v.get(bare).leads(t, "/periksa")
	}
	v.get("/v/ngawur").want(t, 422, "salah ketik")
	v.post("/periksa", nil).want(t, 422, "nomor sertifikat")
	number := v.post("/periksa", url.Values{"number": {c.Record.Number}}).want(t, 200, "Berlaku")
	if strings.Contains(number.body, "Nadia") {
		t.Error("the number alone shows facts")
	}
	const holder = "nadia syafirani"
	whole := v.post("/periksa", url.Values{"number": {c.Record.Number}, "nip": {"939"}, "name": {holder}}).want(t, 200, "Berlaku", "Nadia Syafirani")
	if strings.Contains(whole.body, c.Record.Code) || strings.Contains(whole.body, record.FormatCode(c.Record.Code)) {
		t.Error("the check by number shows the code")
	}
	for _, wrong := range [][2]string{{"938", holder}, {"939", "budi syafirani"}} {
		if got := v.post("/periksa", url.Values{"number": {c.Record.Number}, "nip": {wrong[0]}, "name": {wrong[1]}}).want(t, 200, "Berlaku"); strings.Contains(got.body, "Nadia") {
			t.Errorf("%v shows facts", wrong)
		}
	}
	v.post("/periksa", url.Values{"number": {c.Record.Number}, "nip": {"939"}}).want(t, 422, "Isi juga nama pemegang")
	v.post("/periksa", url.Values{"number": {c.Record.Number}, "name": {holder}}).want(t, 422, "tiga angka terakhir")
	v.post("/periksa", url.Values{"number": {"99999/APEL-103/BKPSDMD/XI/2026"}}).want(t, 200, "Tidak dikenal")
	v.upload("/periksa", "file", "s.pdf", pdf, nil).want(t, 200, "Berlaku", "Nadia")
	v.upload("/periksa", "file", "s.pdf", bytes.Replace(pdf, []byte("PDF-1"), []byte("PDF-2"), 1), nil).want(t, 200, "telah diubah")
	v.upload("/periksa", "file", "s.pdf", []byte("%PDF-1.4 something else"), nil).want(t, 200, "Tidak dikenal")
	v.upload("/periksa", "file", "s.pdf", make([]byte, 21<<20), nil).want(t, 413, "20 MB")

	boss := access.Actor{Person: "boss", Grants: []access.Grant{{Role: "signer"}}}
	why := certificates.Decision{Reason: "Nilai keliru dicatat oleh penilai.", Official: "Kepala BKPSDMD"}
	must[certificates.View](t)(r.Rooms.Certificates.Suspend(ctx, boss, id, why))
	v.get("/v/"+c.Record.Code).want(t, 200, "Ditangguhkan", "Nilai keliru")
	must[certificates.View](t)(r.Rooms.Certificates.Reinstate(ctx, boss, id, certificates.Decision{Reason: "Nilai sudah diperiksa ulang.", Official: "Kepala BKPSDMD"}))
	v.get("/v/"+c.Record.Code).want(t, 200, "Berlaku")
	r.Pass(400 * 24 * time.Hour)
	v.get("/v/"+c.Record.Code).want(t, 200, "Kedaluwarsa")
	must[certificates.View](t)(r.Rooms.Certificates.Revoke(ctx, boss, id, why))
	v.get("/v/"+c.Record.Code).want(t, 200, "Dicabut", "Nilai keliru", "Kepala BKPSDMD")
	r.quiet()
}
