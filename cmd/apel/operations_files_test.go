package main

import (
	"net/http"
	"net/url"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
)

// answerFiles hands in files as an answer, takes one back, and has the other marked under an alias.
func (s *story) answerFiles() {
	ctx := s.t.Context()
	check := func(err error) {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
	}
	levels := []grading.Level{{Text: "Belum ada"}, {Text: "Lengkap", Mark: grading.Full}}
	check(markedByPeople(ctx, s.installation, "UJI-BERKAS", courses.QuizMarking{}, grading.Item{Code: "BERKAS-1", Type: "upload", Objective: "1", Stem: "Unggah.", Limit: 2, Rubric: []grading.Criterion{{ID: "a", Text: "Isi", Weight: 1, Levels: levels}}}))
	self := access.Actor{Person: s.of("near")["person"]}
	e, err := s.courses.Enrol(ctx, system, courses.EnrolInput{Person: self.Person, Course: "UJI-BERKAS", Why: "uji"})
	check(err)
	f, err := s.courses.Start(ctx, self, e.ID, "esai")
	check(err)
	at := "/attempts/" + url.PathEscape(f.Attempt) + "/answers/" + url.PathEscape(f.Items[0].Item) + "/files"
	s.asks(s.as("near"), "PUT", at+"?seq=0", "application/octet-stream", "Laporan saya.\n")
	s.asks(s.as("near"), "PUT", at+"?seq=1", "application/octet-stream", "Lampiran saya.\n")
	files, _ := s.gets("near", "/attempts/"+url.PathEscape(f.Attempt)+"/form")["items"].([]any)[0].(map[string]any)["answer"].(map[string]any)["files"].([]any)
	if len(files) != 2 {
		s.t.Fatalf("the answer holds %v", files)
	}
	first, second := answered(files[0].(map[string]any)), answered(files[1].(map[string]any))
	get := func(role, path, want string) {
		s.t.Helper()
		status, header, body := send(s.t, s.as(role), http.MethodGet, "/api/v1"+path, "", "")
		if status != http.StatusOK || string(body) != want || header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Content-Disposition")[:10] != "attachment" {
			s.t.Errorf("%s as %s: %d %q %v", path, role, status, body, header)
		}
	}
	get("near", at+"/"+first.id(), "Laporan saya.\n")
	s.does("near", "DELETE", at+"/"+second.id()+"?seq=2", nil)
	_, err = s.courses.Submit(ctx, self, f.Attempt, nil, 3)
	check(err)
	check(s.courses.Grade(ctx, f.Attempt))
	marking, err := s.courses.MarkingOf(ctx, f.Attempt, 0)
	check(err)
	m := s.posts("marker", "/markings/"+marking+"/claim", nil)
	get("marker", "/markings/"+marking+"/files/"+answered(m.first("files")).id(), "Laporan saya.\n")
}
