package main

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
)

// What a person meets who types or uploads something wrong: a page in Indonesian that says where and what to do, and nothing has changed.
func TestBadFormsAreNamedAndChangeNothing(t *testing.T) {
	c := openCity(t, false)
	learner, far := c.of("learner"), c.of("far")
	const form = "application/x-www-form-urlencoded"
	const people = "nip,name,status,legal_position,rank,unit,service_end\n"
	const good = "198512312010011955,Budi Uji,PNS,01,III/c,DINKES,2043-12-31\n"
	file := func(kind, name, data string) (string, string) {
		return upload(t, url.Values{"kind": {kind}, "form": {"uji-" + kind + "-" + strings.ReplaceAll(t.Name(), "/", "")}, "act": {"apply"}}, "file", name, data)
	}
	var all []refused
	add := func(name, role, path string, media, body string, status int, says ...string) {
		all = append(all, refused{name, role, http.MethodPost, path, media, body, status, says})
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
		{"malformed GIFT", "course", "kursus.zip", zipped(t, "items/bank.gift", "// [id:103-B01] [objective:103.1]\n::103-B01::Apa?{\n=Ya #Betul\n~Tidak #Salah\n\n::103-B02::Lalu?{=Ya}\n"), 422, []string{"items/bank.gift", "baris 6"}},
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
	add("an oversized answer", "learner", at+"/simpan", form, "as=text&item="+learner["item"]+"&answer."+learner["item"]+"="+strings.Repeat("a", 300<<10)+"&seq=0", 413, "terlalu panjang", "Persingkat")
	add("an oversized form", "learner", at+"/simpan", form, "as=text&item="+learner["item"]+"&answer."+learner["item"]+"="+strings.Repeat("a", 2<<20)+"&seq=0", 413, "terlalu besar", "Perkecil")
	add("broken UTF-8 in an answer", "learner", at+"/simpan", form, "as=text&item="+learner["item"]+"&answer."+learner["item"]+"=K%C3%A9%FF&seq=0", 422, "answer."+learner["item"], "UTF-8", "ketik ulang")
	add("broken UTF-8 in a name", "training_admin", "/kelola/angkatan", form, "key=uji-rusak&course=APEL-103&name=Angkatan+%FF&from=2029-01-01&until=2029-02-01&quota=5", 422, `"name"`, "UTF-8", "ketik ulang")
	add("a form that is no form", "training_admin", "/kelola/angkatan", form, "name=%zz", 400, "Periksa kembali isian")
	add("a day that does not exist", "training_admin", "/kelola/penugasan/baru", form, url.Values{"act": {"assign"}, "key": {"uji-hari"}, "person": {c.persons["near"]}, "course": {"APEL-202"}, "reason": {"gap"}, "because": {"Uji"}, "due": {"2030-02-30"}}.Encode(), 422, "Tenggat harus")
	add("a reason that is missing", "training_admin", "/kelola/penugasan/"+url.PathEscape(c.of("near")["assignment"])+"/tarik", form, "why=", 422, "Tulis alasannya")
	add("somebody else's person", "unit_admin", "/kelola/penugasan/baru", form, url.Values{"act": {"assign"}, "key": {"uji-lain"}, "person": {c.persons["far"]}, "course": {"APEL-202"}, "reason": {"gap"}, "because": {"Uji"}, "due": {"2030-02-28"}}.Encode(), 404, "tidak ada")
	for _, x := range all {
		t.Run(x.name, func(t *testing.T) { c.refuses(t, x) })
	}
}

// The server's clock ends an attempt: what comes later, from a program or from a page, is refused in words and does not count.
func TestLateAnswersDoNotCount(t *testing.T) {
	for name, late := range map[string]func(*testing.T, *mainJob, formAnswerSheet, map[string]formAnswer){"a program": lateCalls, "a page": lateForms} {
		t.Run(name, func(t *testing.T) {
			c := openCity(t, true)
			job, e := c.sitting(t, "reviewer")
			quiz, err := job.quiz(e, "post_test")
			must(t, err)
			var f formAnswerSheet
			must(t, job.c.call(t.Context(), http.MethodPost, "/enrolments/"+e.ID+"/quizzes/"+quiz+"/attempts", nil, &f))
			answers := map[string]formAnswer{}
			for _, it := range f.Items {
				answers[it.ID], err = job.solver.answer(it, true)
				must(t, err)
			}
			c.clock.step(5 * time.Hour)
			late(t, job, f, answers)
			must(t, job.c.awaitGraded(t.Context(), f.Attempt))
			var a attemptAnswer
			must(t, job.c.call(t.Context(), http.MethodGet, "/attempts/"+f.Attempt, nil, &a))
			if a.Score != 0 || a.Passed {
				t.Errorf("late answers gave %d", a.Score)
			}
		})
	}
}

func lateCalls(t *testing.T, job *mainJob, f formAnswerSheet, late map[string]formAnswer) {
	err := job.c.call(t.Context(), http.MethodPut, "/attempts/"+f.Attempt+"/answers", map[string]any{"answers": late, "seq": f.Seq, "tab": f.Tab}, nil)
	if err == nil || !strings.Contains(err.Error(), "409") || !strings.Contains(err.Error(), "Waktu sudah habis") {
		t.Errorf("a late save: %v", err)
	}
	var r struct {
		TimedOut bool `json:"timed_out"`
		Answered int  `json:"answered"`
		Refused  int  `json:"refused"`
	}
	must(t, job.c.call(t.Context(), http.MethodPost, "/attempts/"+f.Attempt+"/submission", map[string]any{"answers": late, "seq": f.Seq, "tab": f.Tab}, &r))
	if !r.TimedOut || r.Answered != 0 || r.Refused == 0 {
		t.Errorf("a late submission: %+v", r)
	}
}

// lateForms is what the page's own script does, which saves late and is told that it is over.
func lateForms(t *testing.T, job *mainJob, f formAnswerSheet, late map[string]formAnswer) {
	answers := url.Values{"seq": {"0"}}
	for _, it := range f.Items {
		a := late[it.ID]
		answers.Add("item", it.ID)
		answers["answer."+it.ID] = a.Choices
		if len(a.Choices) == 0 {
			answers.Set("answer."+it.ID, a.Text)
		}
	}
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
}

// name stores a name as it was stored before names were asked for letters that cannot be printed.
func (c *city) name(t *testing.T, person, name string) {
	t.Helper()
	db, err := storage.New(t.Context(), c.db.Engine())
	if err != nil {
		t.Fatal(err)
	}
	stored, err := storage.Open(t.Context(), db, storage.Def[people.Person]{Name: "people", Shape: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stored.Update(t.Context(), person, func(d *storage.Doc[people.Person]) error {
		d.Value.Name = name
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// A name with a letter that the PDF cannot print, kept since before names were checked: an admin sees the work parked with the letter named, mends the name and runs the work again,
// all over HTTP; then the certificate is issued on the mended name.
func TestUnprintableNameIsMendedByAnAdmin(t *testing.T) {
	c := openCity(t, true)
	person := c.persons["marker"]
	admin := c.as("training_admin")
	admin.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	try := func(change func(string) string) (string, error) {
		t.Helper()
		var p struct {
			Version int64          `json:"version"`
			Details map[string]any `json:"details"`
		}
		if err := admin.call(t.Context(), http.MethodGet, "/people/"+person+"/details", nil, &p); err != nil {
			t.Fatal(err)
		}
		p.Details["name"] = change(p.Details["name"].(string))
		return p.Details["name"].(string), admin.call(t.Context(), http.MethodPut, "/people/"+person, map[string]any{"version": p.Version, "details": p.Details, "why": "uji"}, nil)
	}
	rename := func(change func(string) string) string {
		t.Helper()
		name, err := try(change)
		if err != nil {
			t.Fatal(err)
		}
		return name
	}
	before := ""
	if _, err := try(func(s string) string { before = s; return s + " 🎓" }); err == nil || !strings.Contains(err.Error(), "🎓") {
		t.Errorf("the letter is not named at entry: %v", err)
	}
	c.name(t, person, before+" 🎓")
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
