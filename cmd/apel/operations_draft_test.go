package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// listens opens an event stream and leaves after its first line.
func (s *story) listens(role, path string) {
	s.t.Helper()
	ctx, leave := context.WithCancel(s.t.Context())
	defer leave()
	cl := s.as(role)
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, s.server.URL+"/api/v1"+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	q.Header.Set("Cookie", cl.cookie)
	res, err := cl.http.Do(q)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.ReadFull(res.Body, make([]byte, 7)); err != nil || res.StatusCode != http.StatusOK {
		s.t.Errorf("%s: %d %v", path, res.StatusCode, err)
	}
}

// draftOfOne writes a course from nothing, part by part.
func (s *story) draftOfOne() {
	const who = "author"
	card := with{"title": with{"id": "Menyapa warga", "en": "Greeting citizens"}, "kind": "teknis", "track": "dasar", "jp": 1, "values": []string{"melayani"}, "targets": []with{{"competency": "T.04", "level": 2}}}
	d := s.posts(who, "/courses", with{"code": "UJI-DRAF", "card": card})
	at := "/versions/" + d.id()
	d = s.puts(who, at+"/facts", with{"revision": d["revision"], "card": card, "objectives": []with{{"code": "1", "text": with{"id": "Menyapa"}}}, "minutes": with{"lessons": 45}})
	if c := d.in("content"); fmt.Sprint(c.in("minutes")["lessons"]) != "45" || c.in("card").first("targets")["competency"] != "T.04" {
		s.t.Errorf("facts: %v", c)
	}
	_, picture := s.fileOf("picture")
	file := s.asks(s.as(who), "POST", "/courses/UJI-DRAF/files?alt=Loket+layanan", "application/octet-stream", picture)
	s.asks(s.as("learner"), "GET", "/course-files/"+fmt.Sprint(file["name"]), "", "")
	if p := s.posts(who, at+"/lesson-previews", with{"markdown": "Sapa *dahulu*."}); !strings.Contains(fmt.Sprint(p["html"]), "<em>dahulu</em>") {
		s.t.Errorf("preview: %v", p)
	}
	read := s.asks(s.as(who), "POST", at+"/lesson-readings?name=bahan.txt&split=1", "application/octet-stream", "# Satu\n\nKata satu.\n\n# Dua\n\nKata dua.\n")
	if l, _ := read["lessons"].([]any); len(l) != 2 || read.first("lessons")["title"] != "Satu" {
		s.t.Fatalf("read: %v", read)
	}
	d = s.posts(who, at+"/lessons", with{"revision": d["revision"], "lessons": []with{{"title": with{"id": "Satu"}, "minutes": 20, "objectives": []string{"1"}, "markdown": fmt.Sprint(file["markdown"], "\n\nKata satu.")}, {"title": with{"id": "Dua"}, "minutes": 25, "markdown": "Kata dua."}}})
	if l := s.gets(who, at+"/lessons/L1"); l["minutes"] != 20. || !strings.Contains(fmt.Sprint(l["markdown"]), "Loket layanan") {
		s.t.Errorf("lesson: %v", l)
	}
	if f := s.gets(who, at+"/files").first("items"); f["lesson"] != "L1" || f["alt"] != "Loket layanan" || f["name"] != file["name"] {
		s.t.Errorf("files: %v", f)
	}
	d = s.puts(who, at+"/outline", with{"revision": d["revision"], "lessons": []with{{"code": "L2", "title": with{"id": "Kedua"}}}})
	if l := d.in("content").first("lessons"); l["code"] != "L2" || answered(l).in("title")["id"] != "Kedua" || l["minutes"] != 25. {
		s.t.Errorf("outline: %v", l)
	}
	d = s.asks(s.as(who), "DELETE", fmt.Sprintf("%s/lessons/L2?revision=%.0f", at, d["revision"]), "", "")
	d = s.puts(who, at+"/quizzes/akhir", with{"revision": d["revision"], "quiz": with{"kind": "post_test", "bank": "bank", "minutes": 30, "attempts": 3, "pass_mark": 70, "draw": with{"1": 2}}})
	d = s.puts(who, at+"/quizzes/coba", with{"revision": d["revision"], "quiz": with{"kind": "practice", "bank": "bank", "in_order": true, "markers": 2, "apart": 10, "feedback": "interactive", "tries": 3, "penalty": "33.33333"}})
	d = s.asks(s.as(who), "DELETE", fmt.Sprintf("%s/quizzes/coba?revision=%.0f", at, d["revision"]), "", "")
	if b := s.puts(who, at+"/quizzes/akhir/blueprint", with{"revision": d["revision"], "draw": with{"1": 1, "1/sulit": 1}}); b["count"] != 2. || b.first("short")["cell"] != "1/sulit" {
		s.t.Errorf("blueprint: %v", b)
	}
	if b := s.gets("reviewer", at+"/quizzes/akhir/blueprint"); b["bank"] != "bank" || b.in("draw")["1/sulit"] != 1. {
		s.t.Errorf("blueprint: %v", b)
	}
	if c := s.gets(who, at+"/publication"); c["ok"] != false || c.first("coverage")["items"] != 0. || fmt.Sprint(c.first("coverage")["lessons"]) != "[L1]" {
		s.t.Errorf("checklist: %v", c)
	}
	s.puts("training_admin", "/courses/UJI-DRAF/reviewed", with{"reviewed": true, "why": "Dasar sertifikat"})
	if c := s.gets(who, "/courses/UJI-DRAF"); c["reviewed"] != true {
		s.t.Errorf("course: %v", c)
	}
}

// itemsOne writes items of that course and takes them through their review.
func (s *story) itemsOne() {
	const who, bank = "author", "/versions/UJI-DRAF.1/banks/bank"
	d := s.gets(who, "/versions/UJI-DRAF.1")
	single := with{"type": "single", "objective": "1", "difficulty": "sulit", "category": "umum/loket", "tags": []string{"loket"}, "stem": "Apa yang *pertama*?", "options": []with{{"text": "Selamat pagi", "mark": "100"}, {"text": "Ada apa?", "feedback": "Kurang ramah."}}}
	a := s.posts(who, bank+"/items/new", with{"revision": d["revision"], "code": "S1", "item": single})
	a = s.posts(who, bank+"/items/S1/copy", with{"revision": a["revision"]})
	copied := fmt.Sprint(a["code"])
	if x := s.gets(who, bank+"/items?tag=loket&difficulty=sulit&q=pertama").first("items"); x["code"] != "S1" || fmt.Sprint(x["alike"]) != "["+copied+"]" || x["state"] != "draft" {
		s.t.Errorf("listed: %v", x)
	}
	a = s.asks(s.as(who), "DELETE", fmt.Sprintf("%s/items/%s?revision=%.0f", bank, copied, a["revision"]), "", "")
	single["stem"] = "Apa yang *paling dahulu*?"
	s.puts(who, bank+"/items/S1", with{"revision": a["revision"], "item": single})
	x := s.gets("reviewer", bank+"/items/S1")
	if h := x.first("history"); h["number"] != 2. || answered(h).first("changes")["path"] != "stem" || len(x["uses"].([]any)) != 1 {
		s.t.Errorf("item: %v", x)
	}
	p := s.posts("reviewer", "/courses/UJI-DRAF/item-previews", with{"item": single, "answer": with{"choices": []string{"a"}}})
	if p.in("item")["ask"] != "one" || p.in("review") == nil {
		s.t.Errorf("preview: %v", p)
	}
	at := "/items/" + x.id()
	s.posts(who, at+"/review-request", nil)
	s.posts("reviewer", at+"/remarks", with{"text": "Pilihan kedua terlalu mudah."})
	s.posts("reviewer", at+"/return", with{"why": "Perbaiki pilihan kedua."})
	if n := s.posts(who, bank+"/review-requests", nil); n["asked"] != 1. {
		s.t.Errorf("asked: %v", n)
	}
	if r := s.gets("reviewer", "/reviews?kind=item").first("items"); r["code"] != "S1" || r["bank"] == nil || r["item"] != x.id() {
		s.t.Errorf("waiting: %v", r)
	}
	if r := s.posts("reviewer", at+"/approval", nil); r["state"] != "approved" || len(r["remarks"].([]any)) != 2 {
		s.t.Errorf("approved: %v", r)
	}
}
