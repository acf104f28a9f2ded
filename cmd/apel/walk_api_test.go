package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// denied makes a call that must be refused with a status and its words.
func (s *story) denied(role, method, path string, in with, status int, words ...string) {
	s.t.Helper()
	var b []byte
	if in != nil {
		var err error
		if b, err = json.Marshal(in); err != nil {
			s.t.Fatal(err)
		}
	}
	media := ""
	if b != nil {
		media = "application/json"
	}
	got, _, body := send(s.t, s.as(role), method, "/api/v1"+path, media, string(b))
	for _, w := range append(words, "") {
		if got != status || !strings.Contains(string(body), w) {
			s.t.Errorf("%s %s as %s: %d %s, want %d with %q", method, path, role, got, body, status, w)
		}
	}
}

// all is a list of an answer.
func (f answered) all(name string) (out []answered) {
	l, _ := f[name].([]any)
	for _, x := range l {
		m, _ := x.(map[string]any)
		out = append(out, m)
	}
	return out
}

// The whole way of a course without one page: written, reviewed by somebody else, published, taken, analysed; then an exam of it, invigilated.
func TestACourseWithoutPages(t *testing.T) {
	c := openCity(t, false)
	s := &story{city: c, t: t}
	t.Run("author", func(t *testing.T) { s.t, c.t, c.checks.t = t, t, t; s.authorsWay() })
	t.Run("invigilator", func(t *testing.T) { s.t, c.t, c.checks.t = t, t, t; s.invigilatorsWay() })
}

const walked = "UJI-JALAN"

func (s *story) authorsWay() {
	card := with{"title": with{"id": "Menyapa warga di loket"}, "kind": "teknis", "track": "dasar", "jp": 1, "self_enrolment": true, "targets": []with{{"competency": "T.04", "level": 1}}}
	d := s.posts("author", "/courses", with{"code": walked, "card": card})
	at := "/versions/" + d.id()
	s.denied("learner", "GET", "/courses/"+walked, nil, 404)
	begun := d["revision"]
	d = s.puts("author", at+"/facts", with{"revision": begun, "card": card, "minutes": with{"lessons": 30, "tests": 15},
		"objectives": []with{{"code": "1", "text": with{"id": "Menyapa warga sebelum ditanya"}}, {"code": "2", "text": with{"id": "Menghitung waktu tunggu"}}}})
	s.denied("author", "PUT", at+"/facts", with{"revision": begun, "card": card, "objectives": []with{}}, 409, "Orang lain sudah mengubah draf ini") // another window of the same author

	_, data := s.fileOf("picture")
	picture := s.asks(s.as("author"), "POST", "/courses/"+walked+"/files?alt="+url.QueryEscape("Petugas berdiri menyapa"), "application/octet-stream", data)
	d = s.puts("author", at+"/lessons/L1", with{"revision": d["revision"], "title": with{"id": "Menyapa"}, "minutes": 30, "objectives": []string{"1", "2"}, "markdown": "# Menyapa\n\n" + fmt.Sprint(picture["markdown"]) + "\n\n" + strings.Repeat("Sapa warga dahulu. ", 20)})

	const bank = "/banks/bank"
	words := "1. Siapa yang menyapa dahulu?\nA. Petugas, benar\nB. Warga\nC. Tidak ada\nKunci: A\n\n2. Kapan warga disapa?\nA. Nanti\nB. Segera, benar\nC. Besok\nKunci: B\n"
	file := at + bank + "/items?name=soal.txt&objective=1&check="
	if r := s.asks(s.as("author"), "POST", file+"true", "application/octet-stream", words); r["stored"] != false || r["taken"] != 2. {
		s.t.Fatalf("dry run: %v", r)
	}
	r := s.asks(s.as("author"), "POST", file+fmt.Sprintf("false&revision=%.0f", d["revision"]), "application/octet-stream", words)
	made := s.posts("author", at+bank+"/items/new", with{"revision": r["revision"], "code": "TUNGGU", "item": with{"type": "numeric", "objective": "2", "difficulty": "mudah", "stem": "Tiga orang, masing-masing 5 menit. Berapa menit seluruhnya?", "options": []with{{"text": "15", "mark": "100"}}, "units": []string{"menit"}}})
	s.denied("reviewer", "PUT", at+bank+"/items/TUNGGU", with{"revision": made["revision"], "item": with{"type": "numeric", "objective": "2", "stem": "x"}}, 403)
	d = s.puts("author", at+"/quizzes/akhir", with{"revision": made["revision"], "quiz": with{"kind": "post_test", "bank": "bank", "minutes": 30, "attempts": 3, "pass_mark": 60}})
	if b := s.puts("author", at+"/quizzes/akhir/blueprint", with{"revision": d["revision"], "draw": with{"1": 2, "2/mudah": 1}}); b["count"] != 3. || len(b.all("short")) != 0 {
		s.t.Fatalf("blueprint: %v", b)
	}

	// A second pair of eyes, which are not the author's.
	s.puts("training_admin", "/courses/"+walked+"/reviewed", with{"reviewed": true, "why": "Dasar sertifikat"})
	if p := s.gets("author", at+"/publication"); p["ok"] != false || len(p.all("missing")) != 2 || p.first("missing")["location"] != "banks.bank.review" || p.all("missing")[1]["location"] != "review" {
		s.t.Fatalf("checklist: %v", p)
	}
	s.denied("training_admin", "POST", at+"/publication", nil, 422, "belum disetujui penelaah")
	s.posts("author", at+bank+"/review-requests", nil)
	waiting := s.gets("reviewer", at+bank+"/items?state=in_review").all("items")
	if len(waiting) != 3 {
		s.t.Fatalf("%d items wait for their review", len(waiting))
	}
	s.denied("author", "POST", "/items/"+waiting[0].id()+"/approval", nil, 403)
	for _, it := range waiting {
		s.posts("reviewer", "/items/"+it.id()+"/approval", nil)
	}
	s.posts("author", at+"/review-request", nil)
	read := with{"revision": s.gets("reviewer", at)["revision"]}
	s.denied("author", "POST", at+"/approval", read, 403)
	s.posts("reviewer", at+"/approval", read)
	if p := s.gets("author", at+"/publication"); p["ok"] != true || p.first("coverage")["items"] != 2. {
		s.t.Fatalf("checklist: %v", p)
	}
	if l := s.gets("reviewer", at+"/lint"); len(l.all("bots")) == 0 || l["findings_in"] == 0. { // three items are few
		s.t.Errorf("lint: %v", l)
	}
	s.denied("author", "POST", at+"/publication", nil, 403)
	s.posts("training_admin", at+"/publication", nil)
	s.drain(s.t)

	// Somebody takes it, on two devices.
	e := s.enrols("near")
	if door := s.gets("near", e+"/quizzes/akhir"); len(door["locked"].([]any)) == 0 || door["items"] != 3. {
		s.t.Errorf("door: %v", door)
	}
	s.reads("near", e)
	old := s.posts("near", e+"/quizzes/akhir/attempts", nil)
	sheet := "/attempts/" + fmt.Sprint(old["attempt"])
	save := func(f answered, it answered) with {
		return with{"answer": s.right(it), "seq": f["seq"], "tab": f["tab"]}
	}
	items := old.all("items")
	first := s.puts("near", sheet+"/answers/"+items[0].id(), save(old, items[0]))
	phone := s.posts("near", sheet+"/pages", nil)
	if phone["seq"] != first["seq"] || phone["tab"] == old["tab"] {
		s.t.Errorf("on the phone: seq %v and tab %v, before %v and %v", phone["seq"], phone["tab"], first["seq"], old["tab"])
	}
	old["seq"] = first["seq"] // it has seen every save, and is stale all the same
	s.denied("near", "PUT", sheet+"/answers/"+items[1].id(), save(old, items[1]), 409, "tab atau perangkat lain")
	if p := s.posts("near", sheet+"/pulses", with{"tab": old["tab"]}); p["stale"] != true {
		s.t.Errorf("the stale device hears %v", p)
	}
	for _, it := range items[1:] {
		phone["seq"] = s.puts("near", sheet+"/answers/"+it.id(), save(phone, it))["seq"]
	}
	s.denied("near", "POST", sheet+"/submission", with{"answers": with{items[0].id(): with{}}, "seq": phone["seq"], "tab": old["tab"]}, 409, "tab atau perangkat lain")
	s.posts("near", sheet+"/submission", with{"seq": phone["seq"], "tab": phone["tab"]})
	s.drain(s.t)
	if a := s.gets("near", sheet); a["state"] != "graded" || a["score"] != 100_000. || a["passed"] != true {
		s.t.Fatalf("result: %v", a)
	}
	if got := s.gets("near", e); got["state"] != "completed" {
		s.t.Errorf("enrolment: %v", got)
	}

	// What sittings say.
	s.posts("training_admin", at+"/quizzes/akhir/analysis/recount", nil)
	s.drain(s.t)
	if a := s.gets("author", at+"/quizzes/akhir/analysis"); a["sittings"] != 1. || len(a.all("items")) != 3 {
		s.t.Errorf("analysis: %v", a)
	}
	if x := s.gets("author", at+bank+"/items/TUNGGU"); x.first("uses").in("measured")["sittings"] != 1. || x.in("review")["state"] != "approved" {
		s.t.Errorf("item: %v", x)
	}
	s.denied("author", "PUT", at+bank+"/items/TUNGGU", with{"revision": d["revision"], "item": with{"type": "numeric", "objective": "2", "stem": "x"}}, 409, "Buat versi baru")
}

// enrols lets somebody take the course on their own and gives the address of the enrolment.
func (s *story) enrols(role string) string {
	s.t.Helper()
	return "/enrolments/" + s.posts(role, "/enrolments", with{"course": walked}).id()
}

// reads lets somebody read its lesson.
func (s *story) reads(role, enrolment string) {
	s.t.Helper()
	s.gets(role, enrolment+"/lessons/L1")
	s.clock.step(5 * time.Minute)
	if r := s.posts(role, enrolment+"/lessons/L1/reading", with{"end": true}); r["done"] != true {
		s.t.Fatalf("read: %v", r)
	}
}

// right is the right answer to an item of that course.
func (s *story) right(it answered) with {
	if it["ask"] == "number" {
		return with{"text": "15 menit"}
	}
	for _, c := range it.all("choices") {
		if strings.Contains(fmt.Sprint(c["html"]), "benar") {
			return with{"choices": []any{c["id"]}}
		}
	}
	s.t.Fatalf("no right answer to %v", it)
	return nil
}

func (s *story) invigilatorsWay() {
	opens := s.now().Add(time.Hour).UTC().Truncate(time.Second)
	plan := with{"course": walked, "quiz": "akhir", "name": "Ujian menyapa", "opens": opens, "closes": opens.Add(2 * time.Hour), "invigilators": []string{s.persons["invigilator"]}, "password": "mawar merah", "review": with{"after": "nothing", "during": "nothing", "closed": "nothing"}}
	s.denied("invigilator", "POST", "/exams", plan, 403)
	at := "/exams/" + s.posts("training_admin", "/exams", plan).id()

	e := s.enrols("far")
	s.reads("far", e)
	start := e + "/quizzes/akhir/attempts"
	if x := s.gets("far", e+"/quizzes/akhir").in("exam"); x["state"] != "planned" || x["password"] != true || !strings.Contains(fmt.Sprint(x["refused"]), "Ujian dibuka") {
		s.t.Errorf("door before: %v", x)
	}
	s.denied("far", "POST", start, with{"password": "mawar merah"}, 409, "Ujian dibuka")
	s.clock.step(opens.Sub(s.now()) + time.Minute)
	s.denied("far", "POST", start, with{"password": "melati"}, 422, `"body.password"`)
	if x := s.gets("far", e+"/quizzes/akhir").in("exam"); x["state"] != "open" || x["refused"] != nil {
		s.t.Errorf("door: %v", x)
	}
	if b := s.gets("invigilator", at+"/board"); b["waiting"] != 1. || b["running"] != 0. {
		s.t.Errorf("board: %v", b)
	}
	f := s.posts("far", start, with{"password": "Mawar  Merah"})
	sheet := "/attempts/" + fmt.Sprint(f["attempt"])
	if b := s.gets("invigilator", at+"/board"); b["running"] != 1. {
		s.clock.step(3 * time.Second) // what it shows may be two seconds old
		if b = s.gets("invigilator", at+"/board"); b["running"] != 1. {
			s.t.Errorf("board: %v", b)
		}
	}
	act := func(in with) { s.t.Helper(); s.posts("invigilator", at+"/acts", in); s.drain(s.t) }
	act(with{"act": "message", "text": "Tersisa setengah jam"})
	act(with{"act": "extra_time", "person": s.persons["far"], "minutes": 10, "why": "Layar pembaca"})
	p := s.posts("far", sheet+"/pulses", with{"tab": f["tab"], "away": 2, "away_seconds": 40})
	ends, err := time.Parse(time.RFC3339, fmt.Sprint(p["ends"]))
	before, err2 := time.Parse(time.RFC3339, fmt.Sprint(f["ends"]))
	if err != nil || err2 != nil || ends.Sub(before) != 10*time.Minute || p.first("messages")["text"] != "Tersisa setengah jam" || p["stale"] != false {
		s.t.Errorf("pulse: %v, it was to end %v", p, f["ends"])
	}
	it := f.all("items")[0]
	save := with{"answer": s.right(it), "seq": f["seq"], "tab": f["tab"]}
	act(with{"act": "pause", "person": s.persons["far"], "why": "Alarm"})
	s.denied("far", "PUT", sheet+"/answers/"+it.id(), save, 409, "dijeda")
	act(with{"act": "resume", "person": s.persons["far"], "why": "Alarm selesai"})
	save["seq"] = s.puts("far", sheet+"/answers/"+it.id(), save)["seq"]
	act(with{"act": "stop", "why": "Listrik padam"})
	s.denied("far", "PUT", sheet+"/answers/"+it.id(), save, 409, "Pengawas mengakhiri ujian ini")
	s.drain(s.t)
	s.clock.step(3 * time.Second)
	if x := s.gets("invigilator", at+"/takers").first("items"); x["stopped"] != true || x["answered"] != 1. || x.in("signs")["away"] != 2. {
		s.t.Errorf("taker: %v", x)
	}
	if a := s.gets("far", sheet); a["state"] != "graded" || a["hidden"] != true || a["score"] != nil {
		s.t.Errorf("what the exam hides is shown: %v", a)
	}
	s.posts("invigilator", at+"/report", nil)
	s.drain(s.t)
	if r := s.gets("invigilator", at+"/report"); r["takers"] != 1. || r["compared"] == nil || len(r["base"].([]any)) != 4 {
		s.t.Errorf("report: %v", r)
	}
	s.denied("far", http.MethodGet, at+"/report", nil, 404)
}
