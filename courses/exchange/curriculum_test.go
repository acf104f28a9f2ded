package exchange

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses/grading"
)

// The demo's courses are the curriculum: each whole, its minutes plausible for somebody who reads 180 words a minute, its objectives taught before they are asked and asked more than once.
func TestDemoCurriculum(t *testing.T) {
	jp := map[string]int{"APEL-101": 4, "APEL-102": 3, "APEL-103": 4, "APEL-104": 4, "APEL-105": 3, "APEL-106": 2, "APEL-201": 6, "APEL-202": 6, "APEL-203": 4, "APEL-204": 6, "APEL-205": 4, "APEL-301": 8, "APEL-302": 6}
	judged := []string{"APEL-103", "APEL-105", "APEL-203", "APEL-204", "APEL-205", "APEL-301", "APEL-302"} // level 3 in the curriculum
	found, kinds := 0, map[grading.Type]int{}
	dirs, _ := filepath.Glob("../../demo/courses/*/course.yaml")
	for _, y := range dirs {
		d, report := ReadFolder(context.Background(), os.DirFS(filepath.Dir(y)))
		if err := report.Err(); err != nil {
			t.Fatal(err)
		}
		found++
		if d.JP != jp[d.Code] {
			t.Errorf("%s has %d JP, the curriculum says %d", d.Code, d.JP, jp[d.Code])
		}
		if slices.Contains(judged, d.Code) != (len(d.Tasks) > 0) {
			t.Errorf("%s has %d field tasks", d.Code, len(d.Tasks))
		}
		aid, taught := false, map[string]int{}
		for _, l := range d.Lessons {
			aid = aid || strings.Contains(l.Markdown, "dicetak") && strings.Contains(strings.ToLower(l.Markdown), "kartu")
			checks := strings.Count(l.Markdown, "Coba jawab")
			read := float64(len(strings.Fields(l.Markdown))) / 180
			minutes := float64(l.Minutes)
			if l.Part == "practice" { // things are done there; they are only not shorter than reading them
				if minutes < read {
					t.Errorf("%s %s: %d minutes, but reading alone takes %.1f", d.Code, l.Code, l.Minutes, read)
				}
				continue
			}
			for _, o := range l.Objectives {
				taught[o]++
			}
			if least, most := read+0.75*float64(checks), read+2*float64(checks)+4; checks == 0 || minutes < least || minutes > min(most, 15) {
				t.Errorf("%s %s: %d minutes for %.1f of reading and %d questions inside", d.Code, l.Code, l.Minutes, read, checks)
			}
		}
		if !aid {
			t.Errorf("%s has no job aid to print", d.Code)
		}
		for _, b := range d.Banks {
			perObjective := map[string]int{}
			for _, it := range b.Items {
				kinds[it.Type]++
				perObjective[it.Objective]++
			}
			for _, q := range d.Quizzes {
				if q.Bank != b.Code || q.Kind != "post_test" && q.Kind != "pre_test" {
					continue
				}
				for _, o := range d.Objectives {
					asked := 0
					for cell, n := range q.Draw {
						if cell.Objective == o.Code {
							asked += n
						}
					}
					if asked < 2 || taught[o.Code] == 0 {
						t.Errorf("%s: the %s asks objective %s %d times, taught by %d lessons", d.Code, q.Kind, o.Code, asked, taught[o.Code])
					}
					if q.Kind == "post_test" && perObjective[o.Code] < 10 {
						t.Errorf("%s: %d items for objective %s", d.Code, perObjective[o.Code], o.Code)
					}
				}
			}
		}
	}
	if found != len(jp) || kinds["judgement"] < 30 || kinds["casesim"] < 6 {
		t.Errorf("%d courses, %d situational judgements, %d case simulations", found, kinds["judgement"], kinds["casesim"])
	}
}
