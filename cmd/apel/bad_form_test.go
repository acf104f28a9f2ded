package main

import (
	"bytes"
	"encoding/json"
	"html"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// upload makes the body of a form with a file.
func upload(t *testing.T, fields url.Values, field, name, data string) (media, body string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k := range fields {
		if err := m.WriteField(k, fields.Get(k)); err != nil {
			t.Fatal(err)
		}
	}
	w, err := m.CreateFormFile(field, name)
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte(data)) //nolint:errcheck // a buffer
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return m.FormDataContentType(), b.String()
}

// What a person meets who types or uploads something wrong: a page in Indonesian that says where and what to do, and nothing has changed.
func TestBadFormsAreNamedAndChangeNothing(t *testing.T) {
	c := openCity(t, false)
	learner, far := c.of("learner"), c.of("far")
	const form = "application/x-www-form-urlencoded"
	const people = "nip,name,status,legal_position,rank,unit,service_end\n"
	const good = "198512312010011955,Budi Uji,PNS,01,III/c,DINKES,2043-12-31\n"
	type request struct {
		name, role, path, media, body string
		status                        int
		says                          []string // on the page that is shown in the end
	}
	file := func(kind, name, data string) (string, string) {
		return upload(t, url.Values{"kind": {kind}, "form": {"uji-" + kind + "-" + strings.ReplaceAll(t.Name(), "/", "")}, "act": {"apply"}}, "file", name, data)
	}
	var all []request
	add := func(name, role, path string, media, body string, status int, says ...string) {
		all = append(all, request{name, role, path, media, body, status, says})
	}
	for _, x := range []struct {
		name, kind, file, data string
		status                 int
		says                   []string
	}{
		{"wrong NIP", "people", "people.csv", people + good + "19851231201001195,Sri Uji,PNS,01,III/c,DINKES,2043-12-31\n", 303, []string{"Baris 3", "nip", "18 angka"}},
		{"duplicate person", "people", "people.csv", people + good + strings.Replace(good, "Budi Uji", "Budi Lagi", 1), 303, []string{"Baris 3", "nip", "baris 2"}},
		{"unknown unit", "people", "people.csv", people + strings.Replace(good, "DINKES", "DINAS-ENTAH", 1), 303, []string{"Baris 2", "unit", "DINAS-ENTAH", "Impor unitnya lebih dahulu"}},
		{"broken UTF-8 in a file", "units", "units.csv", "code,name,kind,parent\nUJI-1,Dinas Ké\xff Uji,dinas,PEMDA\n", 422, []string{"Baris 2"}},
		{"a missing column", "people", "people.csv", "nama\nBudi\n", 422, []string{"nip"}},
		{"malformed GIFT", "course", "kursus.zip", zipped(t, "items/bank.gift", "// [id:103-B01] [objective:103.1]\n::103-B01::Apa?{\n=Ya #Betul\n~Tidak #Salah\n\n::103-B02::Lalu?{=Ya}\n"), 422, []string{"bank.gift", "baris"}},
		{"no zip", "course", "kursus.zip", "bukan zip", 422, []string{"zip"}},
		{"a NIP in the file's name", "people", "198512312010011955.csv", people + good, 422, []string{"Ganti namanya"}},
	} {
		media, body := file(x.kind, x.file, x.data)
		add("upload: "+x.name, "training_admin", "/kelola/impor", media, strings.ReplaceAll(body, "uji-"+x.kind, "uji-"+strings.ReplaceAll(x.name, " ", "-")), x.status, x.says...)
	}
	at := "/percobaan/" + url.PathEscape(learner["attempt"])
	add("an item that is not on the form", "learner", at+"/simpan", form, "item=APEL-104.zzz&answer.APEL-104.zzz=1&seq=0", 422, "soal")
	add("somebody else's attempt", "learner", "/percobaan/"+url.PathEscape(far["attempt"])+"/simpan", form, "item="+far["item"]+"&answer."+far["item"]+"=1&seq=0", 404, "tidak ada")
	add("handing in somebody else's attempt", "learner", "/percobaan/"+url.PathEscape(far["attempt"])+"/kumpulkan", form, "", 404, "tidak ditemukan")
	add("an oversized answer", "learner", at+"/simpan", form, "as=text&item="+learner["item"]+"&answer."+learner["item"]+"="+strings.Repeat("a", 300<<10)+"&seq=0", 413, "terlalu besar")
	add("an oversized form", "learner", at+"/simpan", form, "as=text&item="+learner["item"]+"&answer."+learner["item"]+"="+strings.Repeat("a", 2<<20)+"&seq=0", 413, "terlalu besar", "Perkecil")
	add("broken UTF-8 in an answer", "learner", at+"/simpan", form, "as=text&item="+learner["item"]+"&answer."+learner["item"]+"=K%C3%A9%FF&seq=0", 422, "answer."+learner["item"], "UTF-8", "ketik ulang")
	add("broken UTF-8 in a name", "training_admin", "/kelola/angkatan", form, "key=uji-rusak&course=APEL-103&name=Angkatan+%FF&from=2029-01-01&until=2029-02-01&quota=5", 422, `"name"`, "UTF-8", "ketik ulang")
	add("a form that is no form", "training_admin", "/kelola/angkatan", form, "name=%zz", 400, "Periksa kembali isian")
	add("a day that does not exist", "training_admin", "/kelola/penugasan/baru", form, url.Values{"act": {"assign"}, "key": {"uji-hari"}, "person": {c.persons["near"]}, "course": {"APEL-202"}, "reason": {"gap"}, "because": {"Uji"}, "due": {"2030-02-30"}}.Encode(), 422, "Tenggat harus")
	add("a reason that is missing", "training_admin", "/kelola/penugasan/"+url.PathEscape(c.of("near")["assignment"])+"/tarik", form, "why=", 422, "Tulis alasannya")
	add("somebody else's person", "unit_admin", "/kelola/penugasan/baru", form, url.Values{"act": {"assign"}, "key": {"uji-lain"}, "person": {c.persons["far"]}, "course": {"APEL-202"}, "reason": {"gap"}, "because": {"Uji"}, "due": {"2030-02-28"}}.Encode(), 404, "tidak ada")
	for _, x := range all {
		t.Run(x.name, func(t *testing.T) {
			c.t, c.checks.t = t, t
			cl := c.as(x.role)
			cl.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			before := c.content(t)
			status, header, body := send(t, cl, http.MethodPost, x.path, x.media, x.body, "Sec-Fetch-Site", "same-origin")
			if status != x.status {
				t.Errorf("%d, want %d", status, x.status)
			}
			if status == http.StatusSeeOther {
				_, _, body = send(t, cl, http.MethodGet, header.Get("Location"), "", "")
			}
			page := html.UnescapeString(string(body))
			for _, s := range x.says {
				if !strings.Contains(page, s) {
					t.Errorf("the page does not say %q", s)
				}
			}
			if strings.Contains(page, "19851231201001195") {
				t.Error("the page repeats a NIP")
			}
			if t.Failed() {
				i := strings.Index(page, "<main")
				t.Logf("%.3000s", page[max(i, 0):])
			}
			c.unchanged(t, before)
		})
	}
}

// The page's own script saves late and is told that it is over; what came late does not count.
func TestLateFormsDoNotCount(t *testing.T) {
	c := openCity(t, true)
	job, e := c.sitting(t, "reviewer")
	quiz, err := job.quiz(e, "post_test")
	if err != nil {
		t.Fatal(err)
	}
	var f formAnswerSheet
	if err := job.c.call(t.Context(), http.MethodPost, "/enrolments/"+e.ID+"/quizzes/"+quiz+"/attempts", nil, &f); err != nil {
		t.Fatal(err)
	}
	answers := url.Values{"seq": {"0"}}
	for _, it := range f.Items {
		a, err := job.solver.answer(it, true)
		if err != nil {
			t.Fatal(err)
		}
		answers.Add("item", it.ID)
		answers["answer."+it.ID] = a.Choices
		if len(a.Choices) == 0 {
			answers.Set("answer."+it.ID, a.Text)
		}
	}
	c.clock.step(5 * time.Hour)
	at := "/percobaan/" + url.PathEscape(f.Attempt)
	const form = "application/x-www-form-urlencoded"
	job.c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	one := url.Values{"seq": {"0"}, "item": {f.Items[0].ID}, "answer." + f.Items[0].ID: answers["answer."+f.Items[0].ID]}
	status, _, body := send(t, job.c, http.MethodPost, at+"/simpan", form, one.Encode())
	if status != http.StatusGone || !strings.Contains(string(body), "Waktu sudah habis") {
		t.Errorf("a late save: %d %s", status, body)
	}
	answers.Set("go", "submit")
	if status, header, body := send(t, job.c, http.MethodPost, at, form, answers.Encode()); status != http.StatusSeeOther || !strings.HasSuffix(header.Get("Location"), "/tunggu") {
		t.Errorf("a late form: %d %.300s", status, body)
	}
	if err := job.c.awaitGraded(t.Context(), f.Attempt); err != nil {
		t.Fatal(err)
	}
	var a attemptAnswer
	if err := job.c.call(t.Context(), http.MethodGet, "/attempts/"+f.Attempt, nil, &a); err != nil {
		t.Fatal(err)
	}
	if a.Score != 0 || a.Passed {
		t.Errorf("late answers gave %d", a.Score)
	}
}

// A name with a letter that the PDF cannot print: an admin enters it, sees the work parked with the letter named, mends the name and runs the work again,
// all over HTTP; then the certificate is issued on the mended name.
func TestUnprintableNameIsMendedByAnAdmin(t *testing.T) {
	c := openCity(t, true)
	person := c.persons["marker"]
	admin := c.as("training_admin")
	admin.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	rename := func(change func(string) string) string {
		t.Helper()
		var p struct {
			Version int64          `json:"version"`
			Details map[string]any `json:"details"`
		}
		if err := admin.call(t.Context(), http.MethodGet, "/people/"+person+"/details", nil, &p); err != nil {
			t.Fatal(err)
		}
		p.Details["name"] = change(p.Details["name"].(string))
		if err := admin.call(t.Context(), http.MethodPut, "/people/"+person, map[string]any{"version": p.Version, "details": p.Details, "why": "uji"}, nil); err != nil {
			t.Fatal(err)
		}
		return p.Details["name"].(string)
	}
	rename(func(s string) string { return s + " 🎓" })
	job, e := c.sitting(t, "marker")
	if _, err := job.sit(t.Context(), e, "post_test", 1); err != nil {
		t.Fatal(err)
	}
	page := ""
	if err := job.await(t.Context(), func() (bool, error) {
		_, _, body := send(t, admin, http.MethodGet, "/kelola/pekerjaan", "", "")
		page = html.UnescapeString(string(body))
		return strings.Contains(page, "enrolments/"+e.ID), nil
	}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page, "🎓") || !strings.Contains(page, "Pembuatan sertifikat") {
		t.Errorf("the page of parked work does not name the letter: %.2000s", page[strings.Index(page, "<main"):])
	}
	list := func() (records []json.RawMessage) {
		t.Helper()
		var l struct {
			Items []json.RawMessage `json:"items"`
		}
		if err := job.c.call(t.Context(), http.MethodGet, "/certificates", nil, &l); err != nil {
			t.Fatal(err)
		}
		for _, x := range l.Items {
			if strings.Contains(string(x), `"APEL-103"`) {
				records = append(records, x)
			}
		}
		return records
	}
	if len(list()) != 0 {
		t.Error("a certificate was issued on a name that cannot be printed")
	}
	again := func(why string) int {
		status, _, _ := send(t, admin, http.MethodPost, "/kelola/pekerjaan", "application/x-www-form-urlencoded", url.Values{"collection": {"enrolments"}, "id": {e.ID}, "why": {why}}.Encode())
		return status
	}
	if s := again(""); s != 422 {
		t.Errorf("running again without a reason: %d", s)
	}
	mended := rename(func(s string) string { return strings.TrimSuffix(s, " 🎓") })
	if s := again("nama diperbaiki"); s != 303 {
		t.Errorf("running again: %d", s)
	}
	if err := job.await(t.Context(), func() (bool, error) {
		l := list()
		return len(l) == 1 && strings.Contains(string(l[0]), `"issued"`), nil
	}); err != nil {
		t.Fatal(err)
	}
	if l := list(); !strings.Contains(string(l[0]), mended) {
		t.Errorf("the certificate is not on the mended name %s: %s", mended, l[0])
	}
}
