package main

import (
	"fmt"
	"strings"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
)

// fieldTasks: an author writes one, a learner begins, writes, sends files and hands in, and a supervisor sees what waits.
func (s *story) fieldTasks() {
	v := s.gets("author", "/versions/UJI-ESAI.2")
	task := with{"title": with{"id": "Menata loket"}, "instructions": "Tata **loket** Anda.", "words": 200, "files": 1, "minutes": 30, "days": 7, "judge": "supervisor", "accept": 70,
		"shows": []with{{"competency": "M.05", "level": 1}}, "rubric": []with{{"text": "Isi", "weight": 1, "levels": []with{{"text": "Belum ada", "mark": "0"}, {"text": "Lengkap", "mark": "100"}}}}}
	at := "/versions/UJI-ESAI.2/field-tasks/TL9"
	v = s.puts("author", fmt.Sprintf("%s?revision=%.0f", at, v["revision"]), task)
	if tasks, _ := v.in("content")["field_tasks"].([]any); len(tasks) != 3 {
		s.t.Errorf("the draft has %v", tasks)
	}
	if tried := s.gets("author", at+"/try"); tried["state"] != "new" || !strings.Contains(fmt.Sprint(tried["html"]), "<strong>loket</strong>") || len(tried.in("task").all("rubric")) != 1 {
		s.t.Errorf("tried it is %v", tried)
	}
	s.does("author", "DELETE", fmt.Sprintf("%s?revision=%.0f", at, v["revision"]), nil)

	work := "/enrolments/" + s.of("near")["workEnrolment"] + "/field-tasks/TL1"
	s.posts("near", work+"/start", nil)
	w := s.puts("near", work+"/draft", with{"text": "Laporan", "seq": s.gets("near", work)["seq"]})
	file := w.first("files")
	s.does("near", "DELETE", work+"/files/"+file.id(), nil)
	w = s.asks(s.as("near"), "POST", work+"/files?name=loket.txt", "application/octet-stream", "loket")
	kept := w.first("files").id()
	if _, _, data := send(s.t, s.as("near"), "GET", "/api/v1"+work+"/files/"+kept, "", ""); string(data) != "loket" {
		s.t.Errorf("the file is %q", data)
	}
	if w = s.posts("near", work+"/editions", with{"text": "Laporan lengkap", "seq": w["seq"]}); w["state"] != "handed_in" {
		s.t.Errorf("handed in: %v", w)
	}
	s.gets("supervisor", "/supervised-work")

	boss, err := courses.Heads{Register: s.installation.people}.Supervisor(s.t.Context(), s.persons["near"])
	if err != nil {
		s.t.Fatal(err)
	}
	// Whoever judges reads the files, once they have claimed the work; nobody else does.
	judges := "marker"
	if boss != "" {
		judges = ""
		for name, person := range s.persons {
			if person == boss {
				judges = name
			}
		}
	}
	if judges == "" {
		s.t.Fatalf("nobody logs in who supervises the learner")
	}
	handed, err := s.courses.MarkingOfTask(s.t.Context(), s.of("near")["workEnrolment"], "TL1")
	if err != nil {
		s.t.Fatal(err)
	}
	at = "/api/v1/markings/" + handed + "/files/" + kept
	if status, _, _ := send(s.t, s.as(judges), "GET", at, "", ""); status != 404 {
		s.t.Errorf("before it is claimed the file answers %d", status)
	}
	claimed := s.posts(judges, "/markings/"+handed+"/claim", nil)
	if name := fmt.Sprint(claimed.first("files")["name"]); !strings.HasPrefix(name, "jawaban-") {
		s.t.Errorf("the judge reads the name %s", name)
	}
	if status, _, data := send(s.t, s.as(judges), "GET", at, "", ""); status != 200 || string(data) != "loket" {
		s.t.Errorf("the judge's file answers %d: %s", status, data)
	}
	if status, _, _ := send(s.t, s.as("far"), "GET", at, "", ""); status != 404 {
		s.t.Errorf("to a stranger the file answers %d", status)
	}
	judge := access.Actor{Person: boss}
	if boss == "" {
		judge = access.Actor{Person: s.persons["marker"], Grants: []access.Grant{{Role: "marker"}}}
	}
	m, err := s.courses.Claim(s.t.Context(), judge, s.of("near")["staffMarking"])
	if err == nil {
		_, err = s.courses.GiveMark(s.t.Context(), judge, m.ID, courses.MarkDraft{Levels: map[string]int{"a": 0}, Comment: "Belum ditata."}, m.Seq)
	}
	if err == nil {
		err = s.courses.Settle(s.t.Context(), m.ID)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.does("near", "POST", "/enrolments/"+s.of("near")["workEnrolment"]+"/field-tasks/TL2/objection", with{"why": "Meja saya sudah tertata."})
	if o := s.gets("near", "/enrolments/"+s.of("near")["workEnrolment"]+"/field-tasks/TL2").first("editions").in("objection"); o["state"] != "open" {
		s.t.Errorf("after objecting to a verdict: %v", o)
	}
}
