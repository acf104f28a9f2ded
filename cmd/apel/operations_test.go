package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/pquerna/otp/totp"

	"github.com/apelkota/apel/internal/storage"
)

// Every operation of the document is seen to succeed, and what it answers fits: people read everything there is, then go about their work.
func TestEveryOperationKeepsTheContract(t *testing.T) {
	c := openCity(t, false)
	for _, chapter := range []struct {
		name string
		tell func(*story)
	}{
		{"everything is read", (*story).everythingIsRead}, {"somebody logs in", (*story).sessions}, {"the register", (*story).register}, {"roles", (*story).roles}, {"accounts", (*story).accounts}, {"files of the register", (*story).imports},
		{"field tasks", (*story).fieldTasks}, {"courses are written", (*story).authoring}, {"courses are given", (*story).assignments}, {"cohorts", (*story).cohorts}, {"a test is taken", (*story).attempts}, {"an exam", (*story).exams}, {"a wrong key", (*story).regrades}, {"people mark", (*story).markings}, {"an objection to a mark", (*story).objections}, {"files are answers", (*story).answerFiles},
		{"certificates", (*story).certificates}, {"what people can do", (*story).competencies}, {"a vacancy", (*story).placement}, {"applications", (*story).readiness}, {"the installation", (*story).settings},
		{"work that gave up", (*story).parked},
	} {
		t.Run(chapter.name, func(t *testing.T) {
			c.t, c.checks.t = t, t
			chapter.tell(&story{city: c, t: t})
		})
	}
	for _, operation := range c.checks.unseen() {
		t.Errorf("%s was never seen to succeed", operation)
	}
}

// story is one chapter: calls that must succeed, in the roles of those whose work it is.
type story struct {
	*city
	t *testing.T
}

// with is what a call sends, answered what comes back.
type (
	with     map[string]any
	answered map[string]any
)

func (f answered) id() string { return url.PathEscape(fmt.Sprint(f["id"])) }

func (f answered) in(name string) answered {
	m, _ := f[name].(map[string]any)
	return m
}

// first is the first entry of a list.
func (f answered) first(name string) answered {
	if l, _ := f[name].([]any); len(l) > 0 {
		m, _ := l[0].(map[string]any)
		return m
	}
	return nil
}

// but is what was answered with something else instead.
func (f answered) but(more with) with {
	out := with(more)
	for k, v := range f {
		if _, other := out[k]; !other {
			out[k] = v
		}
	}
	return out
}

// asks makes a call with a body of any kind.
func (s *story) asks(cl *client, method, path, media, body string) answered {
	s.t.Helper()
	header := []string{}
	if method == http.MethodPost { // required by some, taken by all
		header = append(header, "Idempotency-Key", "cerita-"+storage.NewID())
	}
	status, _, raw := send(s.t, cl, method, "/api/v1"+path, media, body, header...)
	if status >= 300 {
		s.t.Fatalf("%s %s: %d %s\nsent %s", method, path, status, raw, body)
	}
	answer := answered{}
	if len(raw) > 0 && raw[0] == '{' {
		if err := json.Unmarshal(raw, &answer); err != nil {
			s.t.Fatal(err)
		}
	}
	return answer
}

// does makes a call with a JSON body, or none, in a role.
func (s *story) does(role, method, path string, in with) answered {
	s.t.Helper()
	if in == nil {
		return s.asks(s.as(role), method, path, "", "")
	}
	b, err := json.Marshal(in)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.asks(s.as(role), method, path, "application/json", string(b))
}

func (s *story) gets(role, path string) answered {
	s.t.Helper()
	return s.does(role, http.MethodGet, path, nil)
}

func (s *story) posts(role, path string, in with) answered {
	s.t.Helper()
	return s.does(role, http.MethodPost, path, in)
}

func (s *story) puts(role, path string, in with) answered {
	s.t.Helper()
	return s.does(role, http.MethodPut, path, in)
}

// day is so many days from today.
func (s *story) day(n int) string {
	return string(s.city.settings.Zone().Day(s.now()).AddDays(n))
}

// everythingIsRead asks for every GET operation in several roles: each answers somebody, and keeps no answer in a cache.
func (s *story) everythingIsRead() {
	job := s.of("learner") // has a graded attempt and a certificate of the main job
	done := s.persons["learner"] + ".APEL-103.1"
	graded := ""
	sat, _ := s.gets("learner", "/attempts?enrolment="+url.QueryEscape(done))["items"].([]any)
	for _, a := range sat {
		if a := answered(a.(map[string]any)); a["state"] == "graded" {
			graded = a.id()
		}
	}
	order := []string{"system_admin", "training_admin", "placement_analyst", "auditor", "learner"}
	for template, item := range s.checks.doc["paths"].(map[string]any) {
		op, ok := item.(map[string]any)["get"].(map[string]any)
		if !ok {
			continue
		}
		path := s.addresses(template, job)
		switch op["operationId"] {
		case "reviewAttempt", "watchAttempt":
			path = strings.Replace(path, url.PathEscape(job["attempt"]), graded, 1)
		case "listAttempts":
			path += "?enrolment=" + url.QueryEscape(done)
		case "openLesson": // of the course that is done: the other one's lessons wait for its pre-test
			path = strings.Replace(path, url.PathEscape(job["enrolment"]), url.PathEscape(done), 1)
		case "compareVersions":
			path += "?with=APEL-103.1"
		case "listAudit", "listPeople":
			path += "?limit=5"
		case "downloadAnswerFile", "downloadMarkingFile": // see answerFiles
			continue
		case "watchExam": // it goes on for two minutes, see exams
			continue
		}
		var refused []string
		for _, role := range order {
			status, header, body := send(s.t, s.as(role), http.MethodGet, path, "", "")
			if status >= 300 {
				refused = append(refused, fmt.Sprintf("%s: %d %.300s", role, status, body))
			} else if cc := header.Get("Cache-Control"); !strings.Contains(cc, "no-store") {
				s.t.Errorf("%s may be cached: %q", template, cc)
			}
		}
		if len(refused) == len(order) {
			s.t.Errorf("GET %s answers nobody: %s", path, strings.Join(refused, "; "))
		}
	}
}

func (s *story) sessions() {
	l := s.logins["far"]
	phone := s.as("")
	s.asks(phone, "POST", "/sessions", "application/json", fmt.Sprintf(`{"nip":%q,"password":%q}`, l.NIP, l.Password))
	s.asks(phone, "DELETE", "/sessions/current", "", "")
	s.asks(phone, "POST", "/sessions", "application/json", fmt.Sprintf(`{"nip":%q,"password":%q}`, l.NIP, l.Password))
	s.does("far", "DELETE", "/sessions/"+s.gets("far", "/sessions").first("items").id(), nil)
	token := s.posts("near", "/tokens", with{"name": "Laporan bulanan", "roles": []string{}, "days": 30})
	s.does("near", "DELETE", "/tokens/"+token.id(), nil)
	s.posts("near", "/notices/"+s.of("near")["notice"]+"/read", nil)
}

func (s *story) register() {
	const who = "training_admin"
	agency := s.posts(who, "/units", with{"code": "UJI-DINAS", "name": "Dinas Uji", "kind": "dinas"})
	division := s.posts(who, "/units", with{"code": "UJI-BIDANG", "name": "Bidang Uji", "kind": "bidang", "parent": agency["id"]})
	division = s.puts(who, "/units/"+division.id(), with{"name": "Bidang Uji Layanan", "kind": "bidang", "version": division["version"]})
	division = s.posts(who, "/units/"+division.id()+"/move", with{"parent": s.farUnit, "version": division["version"], "why": "Perda susunan perangkat daerah"})
	s.posts(who, "/units/"+agency.id()+"/closure", with{"why": "Digabung"})

	desk := s.posts(who, "/positions", with{"code": "UJI-LAYANAN", "name": "Penata Layanan", "kind": "pelaksana", "jenjang": "pelaksana", "unit": division["id"], "seats": 1})
	s.puts(who, "/positions/"+desk.id(), with{"name": "Penata Layanan Uji", "kind": "pelaksana", "jenjang": "pelaksana", "unit": division["id"], "seats": 2, "version": desk["version"]})

	p := s.posts(who, "/people", with{"nip": "199001012020011955", "details": with{"name": "Budi Uji", "status": "PNS", "rank": "III/a", "unit": division["id"], "service_end": "2048-01-31"}, "why": "Pegawai baru"}).in("person")
	at := "/people/" + p.id()
	s.posts(who, "/people/lookup", with{"nip": "199001012020011955"})
	p = s.gets(who, at+"/details")
	s.puts(who, at, with{"version": p["version"], "details": p.in("details").but(with{"title_after": "S.E."}), "why": "Gelar"})
	p = s.puts(who, at+"/email", with{"email": "budi.uji@cempakaraya.example"})
	s.posts(who, at+"/identities", with{"version": p["version"], "nip": "199001012020011956", "correct": true, "details": p["details"], "why": "Salah ketik"})
	s.posts(who, at+"/appointments", with{"position": desk["id"], "kind": "definitif", "since": s.day(-20), "why": "SK 1"})
	s.posts(who, at+"/appointments/end", with{"position": desk["id"], "kind": "definitif", "last": s.day(-1), "why": "SK 2"})
	s.posts(who, "/positions/"+desk.id()+"/closure", with{"why": "Tidak dipakai lagi"})
	p = s.gets(who, at+"/details")
	s.puts(who, at+"/supervisor", with{"version": p["version"], "person": s.persons["far"], "since": s.day(0), "until": s.day(30), "why": "Atasan sedang tugas belajar"})
	p = s.gets(who, at+"/details")
	s.posts(who, at+"/supervisor/withdrawal", with{"version": p["version"], "why": "Atasan kembali"})

	slip := s.posts(who, at+"/slip", with{"why": "Akun baru"})
	s.asks(s.as(""), "POST", "/activations", "application/json", fmt.Sprintf(`{"nip":"199001012020011956","code":%q,"password":"kuda-laut-2026"}`, slip["code"]))
	s.posts(who, "/units/"+s.nearUnit+"/slips", with{})
}

func (s *story) roles() {
	at := "/people/" + s.persons["near"] + "/roles"
	s.posts("training_admin", at, with{"role": "marker", "unit": s.nearUnit, "until": s.day(90), "why": "Penilai semester ini"})
	s.posts("training_admin", at+"/revocation", with{"role": "marker", "unit": s.nearUnit, "why": "Selesai"})
}

func (s *story) accounts() {
	s.puts("far", "/me/preferences", with{"mail": "each", "lang": "en"})
	if p := s.gets("far", "/me/preferences"); p["mail"] != "each" || p["lang"] != "en" {
		s.t.Errorf("preferences are %v", p)
	}
	was, now := s.logins["far"].Password, "kuda-laut-2027"
	s.puts("far", "/sessions/current/password", with{"password": was})
	s.puts("far", "/me/password", with{"password": was, "new": now})
	s.puts("far", "/me/password", with{"password": now, "new": was})
	secret, _ := s.posts("far", "/me/second-factor", nil)["secret"].(string)
	code, err := totp.GenerateCode(secret, s.now())
	if err != nil {
		s.t.Fatal(err)
	}
	s.posts("far", "/me/second-factor/confirmation", with{"totp": code})
	if a := s.posts("far", "/people/"+s.persons["far"]+"/account/second-factor/removal", with{}); a["second"] != false {
		s.t.Errorf("the second factor is still there: %v", a)
	}
	s.posts("far", "/notices/read", nil)
	at := "/people/" + s.posts("training_admin", "/people/lookup", with{"nip": "199001012020011956"}).id() + "/account/"
	why := with{"why": "Ponsel hilang"}
	s.posts("system_admin", at+"sessions/ending", why)
	if a := s.posts("system_admin", at+"blocking", why); a["state"] != "blocked" || a["why"] != why["why"] {
		s.t.Errorf("blocked: %v", a)
	}
	if a := s.posts("system_admin", at+"unblocking", why); a["state"] != "active" {
		s.t.Errorf("unblocked: %v", a)
	}
}

func (s *story) imports() {
	check := func(row string) string {
		return s.asks(s.as("training_admin"), "POST", "/imports/units?name=units.csv&check=true", "text/csv", "code,name,kind,parent\n"+row+"\n").id()
	}
	s.puts("training_admin", "/imports/"+check("UJI-1,Bidang Satu,bidang,DINKES")+"/acceptance", nil)
	s.puts("training_admin", "/imports/"+check("UJI-2,Bidang Dua,bidang,DINKES")+"/cancellation", nil)
}

func (s *story) authoring() {
	d := s.posts("author", "/courses/APEL-103/draft", nil)
	l := d.in("content").first("lessons")
	s.puts("author", "/versions/"+d.id()+"/lessons/"+fmt.Sprint(l["code"]), with{"revision": d["revision"], "title": l["title"], "minutes": l["minutes"], "objectives": l["objectives"], "markdown": "## Layanan\n\nLayani warga tanpa pungutan."})
	at, words := "/versions/"+d.id()+"/banks/"+s.shared["bank"]+"/items?name=soal.txt&objective=103.1", "1. Apa?\nA. ya\nB. tidak\nKunci: A\n\n2. Lalu?\nA. ya\nB. tidak\n"
	if a := s.asks(s.as("author"), "POST", at+"&check=true", "application/octet-stream", words); a["stored"] != false || a["taken"] != 2. || a["uncertain"] != 1. || fmt.Sprint(a["keyless"]) != "["+s.shared["bank"]+"-002]" {
		s.t.Errorf("checked: %v", a)
	}
	if a := s.asks(s.as("author"), "POST", at+"&key="+s.shared["bank"]+"-002%3Db", "application/octet-stream", words); a["stored"] != true {
		s.t.Errorf("stored: %v", a)
	}
	s.puts("author", "/versions/"+d.id()+"/quizzes/practice/behaviour", with{"behaviour": with{"feedback": "interactive", "tries": 2, "penalty": "33.33333"}})
	s.posts("author", "/versions/"+d.id()+"/quizzes/pretest/tries", nil)
	s.gets("reviewer", "/versions/"+d.id()+"/comparison?with=APEL-103.1")
	s.puts("reviewer", "/versions/"+d.id()+"/remarks/uji", with{"text": "Contohnya kurang.", "lesson": l["code"]})
	s.gets("author", "/versions/"+d.id()+"/remarks")
	s.puts("author", "/versions/"+d.id()+"/remarks/uji/settled", with{"settled": true})
	s.posts("author", "/versions/"+d.id()+"/review-request", nil)
	if r := s.gets("reviewer", "/reviews?kind=version").first("items"); r["version"] != d.id() || r["mine"] != false {
		s.t.Errorf("waiting: %v", r)
	}
	s.posts("reviewer", "/versions/"+d.id()+"/return", with{"why": "Contohnya kurang."})
	r := s.posts("author", "/versions/"+d.id()+"/review-request", nil)
	s.posts("reviewer", "/versions/"+d.id()+"/approval", with{"revision": r["revision"]})
	if r = s.gets("author", "/versions/"+d.id()+"/review"); r["state"] != "approved" {
		s.t.Errorf("approved: %v", r)
	}
	s.posts("author", "/versions/"+d.id()+"/copies", with{"code": "UJI-SALIN", "title": with{"id": "Salinan"}})
	s.posts("author", "/versions/"+d.id()+"/discarding", with{"why": "Belum perlu"})
	s.draftOfOne()
	s.itemsOne()
	s.posts("training_admin", "/versions/"+s.shared["draft"]+"/publication", nil)
	content := s.gets("training_admin", "/versions/"+s.shared["version"]).in("content")
	s.posts("training_admin", "/versions/"+s.shared["version"]+"/quizzes/"+fmt.Sprint(content.first("quizzes")["code"])+"/analysis/recount", nil)
	s.puts("training_admin", "/courses/APEL-104/closed", with{"closed": true, "why": "Diperbaiki"})
	s.puts("training_admin", "/courses/APEL-104/closed", with{"closed": false, "why": "Sudah baik"})
}

func (s *story) assignments() {
	because := with{"id": "Semua petugas loket mengikutinya.", "en": "Everybody at a counter takes it."}
	a := s.posts("supervisor", "/assignments", with{"person": s.persons["near"], "course": "APEL-103", "reason": "supervisor", "because": because, "due": s.day(30)})
	s.posts("supervisor", "/assignments/"+a.id()+"/withdrawal", with{"why": "Sedang cuti"})
	s.puts("training_admin", "/assignment-rules/UJI-LOKET", with{"course": "APEL-103", "who": "unit:DISDUKCAPIL", "due_days": 60, "reason": "base", "because": because})
	s.posts("training_admin", "/assignment-rules/UJI-LOKET/stop", with{"why": "Diganti"})
}

func (s *story) cohorts() {
	h := s.posts("training_admin", "/cohorts", with{"course": "APEL-103", "name": "Angkatan II", "from": s.day(2), "until": s.day(60), "quota": 20})
	s.posts("training_admin", "/cohorts/"+h.id()+"/members", with{"persons": []string{s.persons["near"], s.persons["far"]}})
	s.posts("author", "/cohorts/"+h.id()+"/joining", nil)
	s.does("author", "DELETE", "/cohorts/"+h.id()+"/joining", nil)
	open, _ := s.gets("author", "/courses/APEL-103/open-cohorts")["items"].([]any)
	if !slices.ContainsFunc(open, func(x any) bool {
		k := answered(x.(map[string]any))
		return k["id"] == h["id"] && k["size"] == 2. && k["joined"] == false
	}) {
		s.t.Errorf("open cohorts: %v", open)
	}
	s.puts("training_admin", "/cohorts/"+h.id()+"/closed", with{"closed": true})
}

func (s *story) attempts() {
	near := s.of("near")
	at := "/attempts/" + near["attempt"]
	s.posts("near", at+"/pulses", with{"away": 1, "away_seconds": 3})
	s.posts("invigilator", at+"/extra-time", with{"minutes": 10, "why": "Listrik padam"})
	s.gets("near", at+"/form")
	form := s.posts("near", at+"/pages", nil)
	s.puts("near", at+"/answers", with{"seq": form["seq"], "tab": form["tab"], "answers": with{near["item"]: with{}}})
	s.posts("training_admin", "/enrolments/"+near["enrolment"]+"/granted-attempts", with{"quiz": near["post"], "why": "Jaringan terputus"})

	// A practice whose items can be tried.
	e := s.posts("signer", "/enrolments", with{"course": "APEL-202"})
	pre := s.posts("signer", "/enrolments/"+e.id()+"/quizzes/pretest/attempts", nil)
	s.posts("signer", "/attempts/"+fmt.Sprint(pre["attempt"])+"/submission", with{})
	form = s.posts("signer", "/enrolments/"+e.id()+"/quizzes/practice/attempts", nil)
	for _, x := range form["items"].([]any) {
		it := answered(x.(map[string]any))
		if it["ask"] != "one" {
			continue
		}
		checked := s.posts("signer", "/attempts/"+fmt.Sprint(form["attempt"])+"/answers/"+it.id()+"/check", with{"seq": form["seq"], "tab": form["tab"], "answer": with{"choices": []string{"a"}}})
		if said := checked.in("item").in("check"); said["tries"] != 1. || said.in("said") == nil {
			s.t.Errorf("checked: %v", said)
		}
		break
	}
}

func (s *story) exams() {
	x := s.posts("training_admin", "/exams", with{"course": "APEL-103", "quiz": "posttest", "name": "Ujian uji", "opens": "2030-01-02T02:00:00Z", "closes": "2030-01-02T04:00:00Z", "invigilators": []string{s.persons["invigilator"]}, "networks": []string{"10.20.0.0/16"}, "password": "mawar merah",
		"review": with{"after": "nothing", "closed": "full"}})
	at := "/exams/" + x.id()
	s.posts("invigilator", at+"/acts", with{"act": "extra_time", "unit": "DISDUKCAPIL", "minutes": 15, "why": "Layar pembaca"})
	x = s.posts("invigilator", at+"/acts", with{"act": "message", "text": "Siapkan tanda pengenal"})
	s.gets("invigilator", at)
	s.gets("invigilator", at+"/takers")
	if b := s.gets("invigilator", at+"/board"); b["waiting"] == 0. || b.in("exam")["id"] != x["id"] {
		s.t.Errorf("board: %v", b)
	}
	s.listens("invigilator", at+"/events")
	s.gets("invigilator", at+"/report")
	s.puts("training_admin", at, with{"revision": x["revision"], "name": "Ujian uji", "opens": "2030-01-02T02:00:00Z", "closes": "2030-01-02T05:00:00Z", "why": "Ruang lain", "no_password": true})
	s.posts("training_admin", at+"/cancellation", with{"why": "Ditunda"})
	s.posts("training_admin", at+"/report", nil)
}

func (s *story) regrades() {
	at := "/regrades/" + s.shared["regrade"]
	s.posts("training_admin", at+"/confirmation", nil)
	s.posts("training_admin", at+"/cancellation", with{"why": "Tunggu rapat"})
	s.posts("training_admin", at+"/resumption", nil)
	for range 9 { // takes the key, walks, ends; then there is nothing to do
		if err := s.courses.RunRegrade(s.t.Context(), s.shared["regrade"]); err != nil {
			s.t.Fatal(err)
		}
	}
	x := s.gets("training_admin", "/undecided-certificates").first("items")
	if x["regrade"] != s.shared["regrade"] || x["attempt"] != s.shared["regradeAttempt"] {
		s.t.Errorf("waiting for a decision: %v", x)
	}
	decided := s.puts("training_admin", at+"/changes/"+url.PathEscape(s.shared["regradeAttempt"])+"/decision", with{"decision": "refer", "why": "Nilainya tidak lagi cukup"})
	if d := decided.in("decision"); d["decision"] != "refer" || d["why"] != "Nilainya tidak lagi cukup" {
		s.t.Errorf("decided: %v", decided)
	}
	if left := s.gets("training_admin", "/undecided-certificates").first("items"); left != nil {
		s.t.Errorf("after the decision: %v", left)
	}
	items, _ := s.gets("training_admin", "/versions/"+s.shared["version"]+"/banks/"+s.shared["bank"]+"/items")["items"].([]any)
	i := slices.IndexFunc(items, func(x any) bool { return x.(map[string]any)["id"] != s.shared["keyItem"] })
	item := answered(items[i].(map[string]any))
	key := s.gets("marker", "/items/"+item.id()+"/key").in("key")
	s.posts("marker", "/regrades", with{"item": item["id"], "key": key.but(with{"void": true}), "why": "Soal tidak jelas"})
}

func (s *story) markings() {
	at := "/markings/" + s.of("near")["marking"]
	m := s.posts("marker", at+"/claim", nil)
	if next := s.posts("marker", "/markings/next", with{"course": "UJI-ESAI"}); next["id"] != m["id"] {
		s.t.Errorf("what one has begun comes first: %v, want %v", next["id"], m["id"])
	}
	s.posts("marker", at+"/release", nil)
	s.posts("marker", at+"/claim", nil)
	m = s.puts("marker", at+"/draft", with{"levels": with{"a": 1}, "seq": m["seq"]})
	s.posts("marker", at+"/mark", with{"levels": with{"a": 1}, "comment": "Lengkap.", "seq": m["seq"]})
}

func (s *story) objections() {
	b := s.of("near")
	review := s.gets("near", "/attempts/"+b["markedAttempt"]+"/review").first("items")
	if o := review.in("objection"); o["until"] == nil {
		s.t.Errorf("nothing to object to: %v", review)
	}
	s.does("near", "POST", "/attempts/"+url.PathEscape(b["markedAttempt"])+"/answers/"+url.PathEscape(b["markedItem"])+"/objection", with{"why": "Jawaban saya lengkap."})
	if o := s.gets("near", "/attempts/"+b["markedAttempt"]+"/review").first("items").in("objection"); o["state"] != "open" || o["why"] != "Jawaban saya lengkap." {
		s.t.Errorf("after objecting: %v", o)
	}
	at := "/objections/" + b["objection"]
	if o := s.gets("training_admin", at); len(o["files"].([]any)) != 1 || o["mine"] != false {
		s.t.Errorf("the objection: %v", o)
	}
	s.gets("auditor", "/objections?state=open")
	s.posts("training_admin", at+"/answer", with{"again": true, "why": "Dilihat lagi."})
	m := s.posts("marker", "/markings/"+b["objection"]+"/claim", nil)
	s.posts("marker", "/markings/"+b["objection"]+"/mark", with{"levels": with{"a": 1}, "seq": m["seq"]})
	if o := s.gets("training_admin", at); o["state"] != "done" || len(o["before"].([]any)) != 1 {
		s.t.Errorf("after marking again: %v", o)
	}
}

func (s *story) certificates() {
	at := "/certificates/" + s.of("near")["certificate"]
	decided := with{"reason": "Laporan peserta lain", "official": "Kepala BKPSDMD"}
	s.posts("signer", at+"/suspension", decided)
	s.posts("signer", at+"/reinstatement", decided)
	s.posts("signer", at+"/revocation", decided)
	r := s.gets("near", at).in("record")
	if v := s.posts("", "/checks", with{"number": r["number"], "last_three": s.of("near")["nip"][15:], "name": r["name"]}); v.in("record")["title"] != r["title"] {
		s.t.Errorf("number, digits and name give %v", v)
	}
	_, _, pdf := send(s.t, s.as("near"), "GET", "/api/v1"+at+"/pdf", "", "")
	if v := s.asks(s.as(""), "POST", "/checks/file", "application/pdf", string(pdf)); v["status"] != "revoked" {
		s.t.Errorf("the file of a revoked certificate is %v", v["status"])
	}
}

func (s *story) competencies() {
	proof := s.asks(s.as("near"), "POST", "/files", "application/octet-stream", "%PDF-1.7\nsurat keterangan\nstartxref\n9\n%%EOF")
	h := s.posts("near", "/hours", with{"form": "cerita-jp-1", "title": "Bimbingan teknis arsip", "organiser": "Dinas Arsip", "on": s.day(-3), "jp": 6, "proof": proof["hash"]})
	s.posts("unit_admin", "/hours/"+h.id()+"/verification", with{"accept": true})
	seen := with{"report": "LAP-1", "title": "Penilaian kompetensi", "on": s.day(-2), "results": []with{{"competency": "T.04", "level": 2}}}
	s.posts("placement_analyst", "/people/"+s.persons["near"]+"/assessments", seen)
	s.posts("supervisor", "/people/"+s.persons["near"]+"/verifications", seen)
}

func (s *story) placement() {
	s.posts("placement_analyst", "/positions/"+s.shared["position"]+"/recommendations", with{"form": "cerita-rekomendasi", "note": "Rapat pertama"})
}

func (s *story) readiness() {
	const at = "/apps/UJI-CERITA"
	s.puts("training_admin", at, with{"name": with{"id": "Antrean daring"}, "unit": s.nearUnit, "status": "mandiri"})
	s.puts("unit_admin", at+"/roles/verifikator", with{"courses": []string{"APEL-103"}, "sop": "SOP-1"})
	operator := at + "/roles/verifikator/operators/" + s.persons["near"]
	s.puts("unit_admin", operator, with{"since": s.day(-10)})
	s.posts("unit_admin", operator+"/relief", with{"last": s.day(-1), "why": "Mutasi"})
}

func (s *story) settings() {
	now := s.gets("system_admin", "/settings")
	s.puts("system_admin", "/settings", with{"version": now["version"], "why": "Kontak baru", "settings": now.in("settings").but(with{"contact": "bkpsdmd@cempakaraya.example"})})
}

// Somebody with a name that cannot be printed finishes a course; the name is mended and the certificate's work runs again.
func (s *story) parked() {
	if err := s.startWork(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	rename := func(name any) {
		at := "/people/" + s.persons["marker"]
		p := s.gets("training_admin", at+"/details")
		s.puts("training_admin", at, with{"version": p["version"], "details": p.in("details").but(with{"name": name}), "why": "uji"})
	}
	was := s.gets("training_admin", "/people/"+s.persons["marker"]+"/details").in("details")["name"]
	s.name(s.t, s.persons["marker"], "Sri 🎓")
	job, e := s.sitting(s.t, "marker")
	if _, err := job.sit(s.t.Context(), e, "post_test", 1); err != nil {
		s.t.Fatal(err)
	}
	var work answered
	if err := job.await(s.t.Context(), func() (bool, error) {
		work = s.gets("training_admin", "/work/parked").first("items")
		return work != nil, nil
	}); err != nil {
		s.t.Fatal(err)
	}
	if !strings.Contains(fmt.Sprint(work["reason"]), "🎓") {
		s.t.Errorf("the reason does not name the letter: %v", work["reason"])
	}
	rename(was)
	s.posts("training_admin", fmt.Sprintf("/work/%s/%s/unparking", work["collection"], work.id()), with{"why": "Nama diperbaiki"})
}
