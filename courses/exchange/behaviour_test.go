package exchange

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/apelkota/apel/courses/grading"
)

func practiceYAML(behaviour string) fstest.MapFS {
	m := good()
	last := `pass_mark: 70}`
	s := strings.Replace(goodYAML, last, last+"\n  - {code: latihan, kind: practice, title: Latihan, bank: bank, draw: {\"1.1\": 1}, attempts: 0, behaviour: "+behaviour+"}", 1)
	m["course.yaml"] = &fstest.MapFile{Data: []byte(s)}
	return m
}

// What is written is read back as it was, a third exactly.
func TestBehaviourRoundTrip(t *testing.T) {
	for _, b := range []Behaviour{
		{Feedback: "immediate"}, {Unrecorded: true}, {Feedback: "immediate", Unrecorded: true},
		{Feedback: "interactive", Tries: 3, Penalty: grading.Full / 3}, {Feedback: "interactive", Tries: 5}, {Feedback: "interactive", Tries: 2, Penalty: grading.Full, Unrecorded: true},
	} {
		d, r := ReadFolder(context.Background(), practiceYAML(b.YAML()))
		if len(r) > 0 || len(d.Quizzes) != 2 || d.Quizzes[1].Behaviour != b {
			t.Errorf("%s: %+v, %v", b.YAML(), d.Quizzes, r)
		}
	}
	if y := (Behaviour{}).YAML(); y != "" {
		t.Errorf("the usual behaviour is written as %s", y)
	}
	if d, r := ReadFolder(context.Background(), practiceYAML("{feedback: deferred}")); len(r) > 0 || d.Quizzes[1].Behaviour != (Behaviour{}) {
		t.Errorf("deferred: %+v, %v", d.Quizzes[1].Behaviour, r)
	}
}

func TestBehaviourMistakes(t *testing.T) {
	for yaml, says := range map[string]string{
		"{feedback: cepat}":                                     "deferred, immediate, interactive",
		"{feedback: interactive}":                               "tries belum diisi",
		"{feedback: interactive, tries: 9}":                     "antara 2 dan 5",
		"{feedback: interactive, tries: 2, penalty: -1}":        "0 sampai 100",
		"{feedback: interactive, tries: 2, penalty: sepertiga}": "0 sampai 100",
		"{feedback: immediate, tries: 2}":                       "interactive",
		"{feedback: immediate, penalty: 10}":                    "interactive",
		"{feedback: immediate, umpan: 1}":                       "umpan",
		"langsung":                                              "pasangan",
	} {
		_, r := ReadFolder(context.Background(), practiceYAML(yaml))
		if len(r) != 1 || !strings.Contains(r[0].Text.ID, says) || !strings.HasPrefix(r[0].Where(), "course.yaml:") {
			t.Errorf("%s: %v", yaml, r)
		}
	}
	post := good()
	post["course.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(goodYAML, "pass_mark: 70}", "pass_mark: 70, behaviour: {feedback: immediate, unrecorded: true}}", 1))}
	if _, r := ReadFolder(context.Background(), post); len(r) != 2 || !strings.Contains(r[0].Text.ID, "Tes akhir") {
		t.Errorf("a post-test: %v", r)
	}
}
