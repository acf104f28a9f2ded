package exchange

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"
)

func markedYAML(marking string) fstest.MapFS {
	m := good()
	m["course.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(goodYAML, "pass_mark: 70}", "pass_mark: 70, marking: "+marking+"}", 1))}
	return m
}

// What is written is read back as it was.
func TestMarkingRoundTrip(t *testing.T) {
	for _, want := range []Marking{{Markers: 2}, {Markers: 2, Difference: 15}, {Markers: 2, Difference: 100}} {
		d, r := ReadFolder(context.Background(), markedYAML(want.YAML()))
		if len(r) > 0 || d.Quizzes[0].Marking != want {
			t.Errorf("%s: %+v, %v", want.YAML(), d.Quizzes[0].Marking, r)
		}
	}
	if y := (Marking{}).YAML(); y != "" {
		t.Errorf("one marker is written as %s", y)
	}
}

func TestMarkingMistakes(t *testing.T) {
	for yaml, says := range map[string]string{"{markers: 3}": "antara 1 dan 2", "{difference: 10}": "markers", "{markers: 1, difference: 10}": "dua penilai", "{markers: 2, difference: 200}": "100", "{markers: 2, ketiga: 1}": "ketiga"} {
		_, r := ReadFolder(context.Background(), markedYAML(yaml))
		if len(r) == 0 || !strings.Contains(r[0].Text.ID+r[len(r)-1].Text.ID, says) || !strings.HasPrefix(r[0].Where(), "course.yaml:") {
			t.Errorf("%s: %v", yaml, r)
		}
	}
}
