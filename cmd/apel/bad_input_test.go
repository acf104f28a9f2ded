package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// Every kind of wrong input is answered in Indonesian, with where it stands and what to do, and changes nothing.
func TestBadInputIsNamedAndChangesNothing(t *testing.T) {
	c := openCity(t, false)
	near, far := c.of("near"), c.of("far")
	learner := c.of("learner")
	const people = "nip,name,status,legal_position,rank,unit,service_end\n"
	const js = "application/json"
	draft := "/versions/" + c.shared["draft"]
	bank := draft + "/banks/" + c.shared["bank104"]
	for _, x := range []refused{
		{"wrong NIP in a file", "training_admin", "POST", "/imports/people?name=people.csv", "text/csv", people + "198512312010011955,Budi Uji,PNS,01,III/c,DINKES,2043-12-31\n19851231201001195,Sri Uji,PNS,01,III/c,DINKES,2043-12-31\n",
			422, []string{`"body.rows[3].nip"`, "Baris 3", "18"}},
		{"duplicate person", "training_admin", "POST", "/imports/people?name=people.csv", "text/csv", people + "198512312010011955,Budi Uji,PNS,01,III/c,DINKES,2043-12-31\n198512312010011955,Budi Lagi,PNS,01,III/c,DINKES,2043-12-31\n",
			422, []string{"Baris 3", "nip", "baris 2"}},
		{"unknown unit", "training_admin", "POST", "/imports/people?name=people.csv", "text/csv", people + "198512312010011955,Budi Uji,PNS,01,III/c,DINAS-ENTAH,2043-12-31\n",
			422, []string{"Baris 2", "kolom unit", "DINAS-ENTAH", "Impor unitnya lebih dahulu"}},
		{"broken UTF-8 in a file", "training_admin", "POST", "/imports/units?name=units.csv", "text/csv", "code,name,kind,parent\nUJI-1,Dinas Ké\xff Uji,dinas,PEMDA\n", 422, []string{"Baris 2"}},
		{"missing column", "training_admin", "POST", "/imports/people?name=people.csv", "text/csv", "nama\nBudi\n", 422, []string{"nip"}},
		{"empty file", "training_admin", "POST", "/imports/people?name=people.csv", "text/csv", "", 400, []string{"wajib ada"}},
		{"malformed GIFT", "training_admin", "POST", "/imports/course?name=kursus.zip", "application/zip", zipped(t, "items/bank.gift", "// [id:103-B01] [objective:103.1]\n::103-B01::Apa?{\n=Ya #Betul\n~Tidak #Salah\n\n::103-B02::Lalu?{=Ya}\n"),
			422, []string{"items/bank.gift", "baris 6"}},
		{"an item whose brace stays open", "author", "POST", "/versions/" + c.shared["draft"] + "/banks/" + c.shared["bank"] + "/items?name=soal.gift&objective=103.1", "application/octet-stream", "::A::Apa?{~ya ~tidak", 422, []string{`"body.1:11"`, "Kurung kurawal", "Tambahkan }"}},
		{"items in a file nobody can read", "author", "POST", "/versions/" + c.shared["draft"] + "/banks/" + c.shared["bank"] + "/items?name=soal.xlsx&objective=103.1", "application/octet-stream", "PK\x03\x04rusak", 422, nil},
		{"items for a version that is published", "author", "POST", "/versions/" + c.shared["version"] + "/banks/" + c.shared["bank"] + "/items?name=soal.txt&objective=103.1", "application/octet-stream", "1. Apa?\nA. ya\nB. tidak\nKunci: A\n", 409, nil},
		{"no zip", "training_admin", "POST", "/imports/course?name=kursus.zip", "application/zip", "bukan zip", 422, nil},
		{"a NIP in the file's name", "training_admin", "POST", "/imports/people?name=198512312010011955.csv", "text/csv", people, 422, []string{"Ganti namanya"}},
		{"unknown kind of import", "training_admin", "POST", "/imports/resep?name=people.csv", "text/csv", people, 422, []string{"path.kind"}},

		{"an item that is not on the form", "learner", "PUT", "/attempts/" + learner["attempt"] + "/answers/APEL-104.104-X.zzz", js, `{"answer":{"choices":["1"]},"seq":0,"tab":1}`, 422, []string{"soal"}},
		{"somebody else's attempt", "learner", "PUT", "/attempts/" + far["attempt"] + "/answers/" + far["item"], js, `{"answer":{"choices":["1"]},"seq":0,"tab":1}`, 404, []string{"tidak ada"}},
		{"submitting somebody else's attempt", "training_admin", "POST", "/attempts/" + near["attempt"] + "/submission", js, `{}`, 403, []string{"tidak berwenang"}},
		{"extending one's own attempt", "invigilator", "POST", "/attempts/" + c.of("invigilator")["attempt"] + "/extra-time", js, `{"minutes":5,"why":"ingin"}`, 403, []string{"tidak berwenang"}},

		{"oversized body", "learner", "PUT", "/attempts/" + learner["attempt"] + "/answers/" + learner["item"], js, `{"answer":{"text":"` + strings.Repeat("a", 9<<10) + `"},"seq":0,"tab":1}`, 413, []string{"terlalu besar"}},
		{"broken UTF-8 in JSON", "training_admin", "POST", "/cohorts", js, "{\"course\":\"APEL-103\",\"name\":\"Angkatan \xff\",\"from\":\"2029-01-01\",\"until\":\"2029-02-01\",\"quota\":5}", 422, []string{"UTF-8", "byte ke-39"}},
		{"unknown field", "learner", "POST", "/enrolments", js, `{"course":"APEL-103","kursus":"APEL-103"}`, 422, []string{`"body.kursus"`, "tidak dikenal"}},
		{"no JSON", "learner", "POST", "/enrolments", js, `course=APEL-103`, 400, []string{"JSON"}},
		{"something behind the JSON", "learner", "POST", "/enrolments", js, `{"course":"APEL-202"} {"course":"APEL-103"}`, 400, []string{"JSON"}},
		{"deep JSON", "learner", "POST", "/enrolments", js, `{"course":` + strings.Repeat("[", 50_000) + strings.Repeat("]", 50_000) + `}`, 400, []string{"JSON"}},
		{"no body", "learner", "POST", "/enrolments", js, "", 400, []string{"wajib ada"}},
		{"another media type", "learner", "POST", "/enrolments", "text/xml", "<course>APEL-103</course>", 415, []string{"application/json"}},
		{"a form instead of JSON", "learner", "POST", "/enrolments", "application/x-www-form-urlencoded", "course=APEL-202", 415, []string{"application/json"}},
		{"a number where a text belongs", "learner", "POST", "/enrolments", js, `{"course":103}`, 422, []string{`"body.course"`, "harus teks"}},
		{"a course that is not there", "learner", "POST", "/enrolments", js, `{"course":"APEL-999"}`, 404, []string{"tidak ada"}},
		{"somebody else's course", "learner", "POST", "/enrolments", js, `{"course":"APEL-202","person":"` + far["person"] + `"}`, 404, []string{"tidak ada"}},
		{"an assignment in the past", "training_admin", "POST", "/assignments", js, `{"person":"` + near["person"] + `","course":"APEL-202","reason":"gap","because":{"id":"Uji"},"due":"2020-01-01"}`, 422, []string{`"body.due"`, "hari ini"}},
		{"a day that does not exist", "training_admin", "POST", "/assignments", js, `{"person":"` + near["person"] + `","course":"APEL-202","reason":"gap","because":{"id":"Uji"},"due":"2030-02-30"}`, 422, []string{`"body.due"`}},
		{"settings that somebody changed", "system_admin", "PUT", "/settings", js, `{"version":1,"why":"uji","settings":{"institution":"X","city":"X","agency":"X","agency_short":"X","accent":"#000000","signers":[],"zone":"Asia/Jakarta","base_url":"","base_confirmed":false,"old_hosts":[],"number_pattern":"{seq:5}/{tahun}","pppk_codes":[],"service_months":1,"jp_notice":1,"jp_duty":1,"quiet_from":1,"quiet_until":1}}`,
			409, []string{"Muat ulang"}},
		{"a proof that is a page", "learner", "POST", "/files", "application/octet-stream", "<html><script>alert(1)</script>", 422, []string{"PDF, PNG, atau JPEG"}},
		{"an empty proof", "learner", "POST", "/files", "application/octet-stream", "", 400, []string{"wajib ada"}},
		{"a proof that is too large", "learner", "POST", "/files", "application/octet-stream", "%PDF-1.7" + strings.Repeat("a", 10<<20), 413, []string{"terlalu besar"}},
		{"details that are grouped", "training_admin", "PUT", "/people/" + far["person"], js, `{"version":1,"details":{"name":"","status":"PNS"}}`, 422, []string{`"body.details.name"`, "Wajib diisi"}},
		{"settings that are grouped", "system_admin", "PUT", "/settings", js, `{"version":1,"why":"uji","settings":{"institution":"","city":"X","agency":"X","agency_short":"X","accent":"#000000","signers":[],"zone":"Asia/Jakarta","base_url":"","base_confirmed":false,"old_hosts":[],"number_pattern":"{seq:5}/{tahun}","pppk_codes":[],"service_months":1,"jp_notice":1,"jp_duty":1,"quiet_from":1,"quiet_until":1}}`,
			422, []string{`"body.settings.institution"`}},
		{"one's own supervisor", "training_admin", "PUT", "/people/" + far["person"] + "/supervisor", js, `{"version":1,"person":"` + far["person"] + `","since":"2026-01-01","why":"uji"}`, 422, []string{`"body.person"`}},
		{"a role that requires no course", "training_admin", "PUT", "/apps/UJI-NEARAPP/roles/operator", js, `{"courses":["dua kata"]}`, 422, []string{`"body.courses"`}},
		{"a last day that does not exist", "training_admin", "POST", "/apps/UJI-NEARAPP/roles/operator/operators/" + near["person"] + "/relief", js, `{"last":"2026-02-30","why":"uji"}`, 422, []string{`"body.last"`}},
		{"a rule whose code is none", "training_admin", "PUT", "/assignment-rules/kode%20salah", js, `{"course":"APEL-103","who":"all","due_days":3,"because":{"id":"Uji"}}`, 422, []string{`"path.code"`}},
		{"a course code that is none", "author", "POST", "/courses", js, `{"code":"kursus baru","card":{"title":{"id":"Uji"},"kind":"teknis","track":"dasar","jp":1}}`, 422, []string{`"body.code"`, "huruf besar"}},
		{"a course code that is taken", "author", "POST", "/courses", js, `{"code":"APEL-103","card":{"title":{"id":"Uji"},"kind":"teknis","track":"dasar","jp":1}}`, 422, []string{`"body.code"`, "sudah dipakai"}},
		{"facts of a draft that somebody else changed", "author", "PUT", draft + "/facts", js, `{"revision":99,"card":{"title":{"id":"Uji"},"kind":"teknis","track":"dasar","jp":1},"objectives":[]}`, 409, []string{"Orang lain sudah mengubah draf ini"}},
		{"facts of a published version", "author", "PUT", "/versions/" + c.shared["version"] + "/facts", js, `{"revision":1,"card":{"title":{"id":"Uji"},"kind":"teknis","track":"dasar","jp":1},"objectives":[]}`, 409, []string{"Buat versi baru"}},
		{"facts that are not right", "author", "PUT", draft + "/facts", js, `{"revision":1,"card":{"title":{"id":""},"kind":"teknis","track":"dasar","jp":1,"values":["cepat"],"targets":[{"competency":"T.01","level":1},{"competency":"T.01","level":2}]},"objectives":[{"code":"1","text":{"id":"Satu"}},{"code":"1","text":{"id":"Lagi"}}],"minutes":{"istirahat":5}}`,
			422, []string{`"body.card.title"`, `"body.card.values"`, `"body.card.targets[1].competency"`, `"body.objectives[1].code"`, `"body.minutes.istirahat"`}},
		{"an outline of what is not there", "author", "PUT", draft + "/outline", js, `{"revision":1,"lessons":[{"code":"L99"}]}`, 422, []string{`"body.lessons[0].code"`, "L99"}},
		{"a post-test that nobody passes", "author", "PUT", draft + "/quizzes/akhir", js, `{"revision":1,"quiz":{"kind":"post_test","bank":"bank","draw":{"9.9":50},"feedback":"immediate","apart":10}}`, 422,
			[]string{`"body.quiz.pass_mark"`, `"body.quiz.feedback"`, `"body.quiz.apart"`, `"body.quiz.draw.9.9"`, "paling banyak 40 soal"}},
		{"a test with a code that is none", "author", "PUT", draft + "/quizzes/dua%20kata", js, `{"revision":1,"quiz":{"kind":"practice","bank":"bank"}}`, 422, []string{`"path.quiz"`}},
		{"a blueprint of objectives that are not there", "author", "PUT", draft + "/quizzes/" + c.shared["quiz104"] + "/blueprint", js, `{"revision":1,"draw":{"9.9":1}}`, 422, []string{`"body.draw.9.9"`, "Capaian 9.9 tidak ada"}},
		{"a test that is not there", "author", "PUT", draft + "/quizzes/entah/blueprint", js, `{"revision":1,"draw":{}}`, 404, []string{"Tes ini tidak ada"}},
		{"removing without saying what was read", "author", "DELETE", draft + "/lessons/L1", "", "", 422, []string{`"query.revision"`}},
		{"removing a lesson that is not there", "author", "DELETE", draft + "/lessons/L99?revision=" + c.shared["revision104"], "", "", 404, []string{"Pelajaran ini tidak ada"}},
		{"a lesson with a picture from elsewhere", "author", "POST", draft + "/lessons", js, `{"revision":1,"lessons":[{"title":{"id":"Uji"},"minutes":1,"markdown":"![x](https://jauh.example/x.png)"}]}`, 422, []string{`"body.lessons[0].markdown"`}},
		{"one lesson with a picture from elsewhere", "author", "PUT", draft + "/lessons/L1", js, `{"revision":1,"title":{"id":"Uji"},"minutes":1,"markdown":"![x](https://jauh.example/x.png)"}`, 422, []string{`"body.markdown"`, "bukan berkas kursus ini"}},
		{"a document of lessons that is none", "author", "POST", draft + "/lesson-readings?name=bahan.docx", "application/octet-stream", "PK\x03\x04rusak", 422, nil},
		{"a NIP in the name of a document", "author", "POST", draft + "/lesson-readings?name=198512312010011955.docx", "application/octet-stream", "# Uji", 422, []string{"Ganti namanya"}},
		{"a picture that is a page", "author", "POST", "/courses/APEL-104/files?alt=Uji", "application/octet-stream", "<html><script>alert(1)</script>", 422, nil},
		{"a picture that nobody can read out", "author", "POST", "/courses/APEL-104/files?alt=+", "application/octet-stream", "x", 422, []string{`"query.alt"`, "tidak dapat melihatnya"}},
		{"a film that is too large", "author", "POST", "/courses/APEL-104/files?alt=Uji", "application/octet-stream", strings.Repeat("a", 30<<20+2), 413, []string{"terlalu besar"}},
		{"an item without a key", "author", "POST", bank + "/items/new", js, `{"revision":1,"item":{"type":"single","objective":"104.1","stem":"Apa?","options":[{"text":"ya"},{"text":"tidak"}]}}`, 422, []string{`"body.item.options`}},
		{"a mark that is no percentage", "author", "POST", bank + "/items/new", js, `{"revision":1,"item":{"type":"single","objective":"104.1","stem":"Apa?","options":[{"text":"ya","mark":"banyak"},{"text":"tidak"}]}}`, 422, []string{`"body.item.options[0].mark"`, "persen"}},
		{"a type that is none", "author", "POST", bank + "/items/new", js, `{"revision":1,"item":{"type":"tebakan","objective":"104.1","stem":"Apa?"}}`, 422, []string{`"body.item.type"`}},
		{"an item code that is taken", "author", "POST", bank + "/items/new", js, `{"revision":1,"code":"` + c.shared["item104"] + `","item":{"type":"truefalse","objective":"104.1","stem":"Apa?","options":[{"mark":"100"},{}]}}`, 422, []string{`"body.code"`, "sudah dipakai"}},
		{"an item that somebody else changed", "author", "PUT", bank + "/items/" + c.shared["item104"], js, `{"revision":99,"item":{"type":"truefalse","objective":"104.1","stem":"Apa?","options":[{"mark":"100"},{}]}}`, 409, []string{"Orang lain sudah mengubah draf ini"}},
		{"an item that is not there", "author", "GET", bank + "/items/ENTAH", "", "", 404, []string{"Soal ini tidak ada"}},
		{"approving what nobody asked to review", "reviewer", "POST", "/items/" + c.shared["itemVersion104"] + "/approval", "", "", 409, []string{"belum meminta telaah"}},
		{"giving back without a word", "reviewer", "POST", "/items/" + c.shared["itemVersion104"] + "/return", js, `{"why":" "}`, 422, []string{`"body.why"`, "perlu diperbaiki"}},
		{"a review by whoever publishes nothing", "author", "PUT", "/courses/APEL-104/reviewed", js, `{"reviewed":true,"why":"uji"}`, 403, []string{"tidak berwenang"}},
		{"an answer from no page", "learner", "PUT", "/attempts/" + learner["attempt"] + "/answers/" + learner["item"], js, `{"answer":{},"seq":0}`, 422, []string{`tab`}},
		{"an answer from a page opened before", "learner", "PUT", "/attempts/" + learner["attempt"] + "/answers/" + learner["item"], js, `{"answer":{},"seq":0,"tab":7}`, 409, []string{"tab atau perangkat lain"}},
		{"handing in from no page", "learner", "POST", "/attempts/" + learner["attempt"] + "/submission", js, `{"answers":{"` + learner["item"] + `":{}}}`, 422, []string{`"body.tab"`}},
		{"an address that does not exist", "learner", "GET", "/resep", "", "", 404, []string{"tidak ada"}},
		{"a method that does not exist", "learner", "DELETE", "/courses", "", "", 405, []string{"tidak menerima"}},
		{"a page too large", "learner", "GET", "/courses?limit=5000", "", "", 422, []string{"query.limit", "200"}},
	} {
		x.path = "/api/v1" + x.path
		t.Run(x.name, func(t *testing.T) { c.refuses(t, x) })
	}
}

// HEAD is answered like GET without a body; OPTIONS opens nothing to other hosts.
func TestOtherMethods(t *testing.T) {
	c := openCity(t, false)
	if status, h, body := send(t, c.as("learner"), http.MethodHead, "/api/v1/courses", "", ""); status != 200 || len(body) > 0 || !strings.HasPrefix(h.Get("Content-Type"), "application/json") {
		t.Errorf("HEAD: %d %s, %d bytes", status, h.Get("Content-Type"), len(body))
	}
	if _, h, _ := send(t, c.as("learner"), http.MethodOptions, "/api/v1/courses", "", "", "Origin", "https://jahat.example", "Access-Control-Request-Method", "GET"); h.Get("Access-Control-Allow-Origin") != "" {
		t.Error("another host may read the API")
	}
	if status, _, _ := send(t, c.as("learner"), http.MethodPost, "/api/v1/enrolments", "application/json", `{"course":"APEL-202"}`, "Origin", "https://jahat.example", "Sec-Fetch-Site", "cross-site"); status != 403 {
		t.Errorf("a page of another host may post with the learner's cookie: %d", status)
	}
}

// A keyed POST is carried out once, also when both arrive at once; the key with another body, or a second secret, is refused.
func TestKeyedPosts(t *testing.T) {
	c := openCity(t, false)
	const body = `{"course":"APEL-103","name":"Angkatan kunci","from":"2029-01-01","until":"2029-02-01","quota":5}`
	post := func(cl *client, path, body, key string) (int, http.Header, string) {
		status, h, b := send(t, cl, http.MethodPost, "/api/v1"+path, "application/json", body, "Idempotency-Key", key)
		return status, h, string(b)
	}
	admin := c.as("training_admin")
	status, _, first := post(admin, "/cohorts", body, "kunci-1")
	if status != 201 {
		t.Fatalf("%d %s", status, first)
	}
	before := c.content(t)
	if status, h, again := post(admin, "/cohorts", body, "kunci-1"); status != 201 || again != first || h.Get("Idempotent-Replay") != "true" {
		t.Errorf("again: %d %s", status, again)
	}
	if status, _, b := post(admin, "/cohorts", strings.Replace(body, "kunci", "lain", 1), "kunci-1"); status != 422 || !strings.Contains(b, "kunci baru") {
		t.Errorf("another body: %d %s", status, b)
	}
	c.unchanged(t, before)
	if status, _, b := post(c.as("learner"), "/cohorts", body, "kunci-1"); status != 403 {
		t.Errorf("another person's key shows the first one's answer: %d %s", status, b)
	}

	var wait sync.WaitGroup
	ids := make([]string, 12)
	for i := range ids {
		wait.Go(func() {
			status, _, b := post(admin, "/cohorts", strings.Replace(body, "kunci", "balapan", 1), "kunci-2")
			switch status {
			case 201:
				ids[i] = b
			case 409: // the first is still at work
			default:
				t.Errorf("%d %s", status, b)
			}
		})
	}
	wait.Wait()
	made := map[string]bool{}
	for _, id := range ids {
		if id != "" {
			made[id] = true
		}
	}
	if len(made) != 1 {
		t.Errorf("racing posts with one key made %d cohorts", len(made))
	}

	slip := `{"why":"uji"}`
	status, _, secret := post(admin, "/people/"+c.persons["near"]+"/slip", slip, "kunci-3")
	if status != 201 || !strings.Contains(secret, `"code"`) {
		t.Fatalf("slip: %d %s", status, secret)
	}
	status, _, again := post(admin, "/people/"+c.persons["near"]+"/slip", slip, "kunci-3")
	if status != 409 || strings.Contains(again, `"code"`) {
		t.Errorf("a slip's code was kept and shown again: %d %s", status, again)
	}
	records, err := c.db.Engine().Slice(t.Context(), "api_answers", "", 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if bytes.Contains(r.Body, []byte("code")) {
			t.Errorf("the stored answer holds the code: %s", r.Body)
		}
	}
}

// Whatever changes somebody's rights, result or record leaves an entry in the audit trail, born in the same write: who, in which role, about whom, why.
func TestAuditTravelsWithTheWrite(t *testing.T) {
	c := openCity(t, false)
	near := c.of("near")
	settings := `{"version":%d,"why":"alasan uji","settings":{"institution":"Pemerintah Kota Cempaka Raya","city":"Cempaka Raya","agency":"Badan","agency_short":"BKPSDMD","accent":"#0f5c5c","signers":[],"zone":"Asia/Jakarta","base_url":"http://127.0.0.1","base_confirmed":false,"old_hosts":[],"number_pattern":"{seq:5}/{tahun}","pppk_codes":[],"service_months":1,"jp_notice":24,"jp_duty":20,"quiet_from":20,"quiet_until":6}}`
	for _, x := range []struct {
		role, method, path, body, verb string
		about                          bool
		why                            string
	}{
		{"training_admin", "POST", "/people/" + near["person"] + "/roles", `{"role":"marker","why":"alasan uji"}`, "grant_role", true, "alasan uji"},
		{"training_admin", "POST", "/people/" + near["person"] + "/roles/revocation", `{"role":"marker","why":"alasan uji"}`, "revoke_role", true, "alasan uji"},
		{"training_admin", "POST", "/enrolments/" + near["enrolment"] + "/granted-attempts", `{"quiz":"` + near["post"] + `","why":"alasan uji"}`, "grant_attempt", true, "alasan uji"},
		{"training_admin", "POST", "/certificates/" + near["certificate"] + "/revocation", `{"reason":"alasan uji","official":"Kepala Badan"}`, "revoke_certificate", true, "alasan uji"},
		{"training_admin", "POST", "/imports/units?name=units.csv", "code,name,kind,parent\nUJI-9,Unit uji sembilan,bidang,DINKES\n", "import", false, ""},
		{"invigilator", "POST", "/attempts/" + near["attempt"] + "/extra-time", `{"minutes":10,"why":"alasan uji"}`, "extra_time", true, "alasan uji"},
		{"auditor", "GET", "/people/" + near["person"], "", "view_person", true, ""},
		{"placement_analyst", "GET", "/people/" + near["person"] + "/standing", "", "view_person", true, ""},
		{"unit_admin", "GET", "/people/" + near["person"] + "/evidence", "", "view_person", true, ""},
		{"training_admin", "GET", "/people/" + near["person"] + "/hours", "", "view_person", true, ""},
		{"supervisor", "GET", "/people/" + near["person"] + "/readiness", "", "view_person", true, ""},
		{"leader", "GET", "/people/" + near["person"] + "/positions", "", "view_person", true, ""},
		{"system_admin", "PUT", "/settings", fmt.Sprintf(settings, c.settings.Version()), "change_settings", false, "alasan uji"},
		{"unit_admin", "POST", "/hours/" + near["hours"] + "/verification", `{"accept":false,"why":"alasan uji"}`, "refuse_hours", true, "alasan uji"},
	} {
		t.Run(x.verb+x.path, func(t *testing.T) {
			c.t, c.checks.t = t, t
			if _, err := c.audit.Move(t.Context()); err != nil {
				t.Fatal(err)
			}
			media := "application/json"
			if strings.HasPrefix(x.path, "/imports") {
				media = "text/csv"
			}
			if x.body == "" {
				media = ""
			}
			status, _, body := send(t, c.as(x.role), x.method, "/api/v1"+x.path, media, x.body, "Idempotency-Key", "audit-"+x.verb+x.role)
			if status >= 300 {
				t.Fatalf("%d %s", status, body)
			}
			// The entry stands in the written document already; nothing has been moved yet.
			travelling := 0
			for _, name := range c.db.Collections() {
				docs, err := c.db.WithTrail(t.Context(), name, 50)
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range docs {
					for _, e := range d.Trail {
						if e.Who == c.persons[x.role] && (x.verb == "" || e.Verb == x.verb) && (!x.about || e.About == near["person"]) && e.Why == x.why && e.Role != "" {
							travelling++
						}
					}
				}
			}
			if travelling != 1 {
				t.Errorf("%d entries travel with the write", travelling)
			}
			if _, err := c.audit.Move(t.Context()); err != nil {
				t.Fatal(err)
			}
			var l struct {
				Items []struct {
					Verb  string `json:"verb"`
					Who   string `json:"who"`
					About string `json:"about"`
				} `json:"items"`
			}
			if err := c.as("dpo").call(t.Context(), http.MethodGet, "/audit?limit=10&who="+c.persons[x.role], nil, &l); err != nil {
				t.Fatal(err)
			}
			if len(l.Items) == 0 || x.verb != "" && l.Items[0].Verb != x.verb {
				t.Errorf("the trail shows %+v", l.Items)
			}
		})
	}
	if _, err := c.audit.Check(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
}
