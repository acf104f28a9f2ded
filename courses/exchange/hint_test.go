package exchange

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
)

// Hints come back from every format that has a word for them; the others name what they leave out.
func TestHintsTravel(t *testing.T) {
	it := gradingtest.Samples()[0]
	it.Hints = []string{"Ingat *urutan*; \"satu\", 5 < 6 & [tiga]", "- mulai dari sapaan\n- lalu tanya"}
	for _, f := range []Format{Own, XLSX, CSV, Moodle, GIFT, Aiken} {
		var b bytes.Buffer
		lost, err := Write(&b, f, []grading.Item{it}, nil)
		if err != nil {
			t.Fatal(f, err)
		}
		got, r, err := Read("bank", b.Bytes(), Defaults{Objective: "1.1"})
		if err != nil || len(got.Items) != 1 || len(r.Mistakes()) > 0 {
			t.Fatalf("%s: %v %+v", f, err, r)
		}
		named := false
		for _, l := range lost {
			named = named || strings.Contains(l.Text.ID, "petunjuk") && strings.Contains(l.Text.ID, it.Code)
		}
		switch f {
		case GIFT, Aiken:
			if !named || len(got.Items[0].Hints) > 0 {
				t.Errorf("%s leaves hints out and says %+v", f, lost)
			}
		default:
			if named || !reflect.DeepEqual(got.Items[0], it) {
				t.Errorf("%s:\n got %#v\nwant %#v\n%s", f, got.Items[0], it, b.String())
			}
		}
	}
}

// Moodle's hints are taken as far as they have a place; the report names the rest.
func TestMoodleHints(t *testing.T) {
	hint := func(s string) string { return `<hint format="html"><text><![CDATA[` + s + `]]></text></hint>` }
	question := func(hints string) string {
		return `<?xml version="1.0"?><quiz><question type="truefalse"><name><text>x</text></name><questiontext format="html"><text>Boleh?</text></questiontext><answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer>` + hints + `</question></quiz>`
	}
	for _, x := range []struct {
		name, hints string
		want        []string
		lost        bool
	}{
		{"two, one of them empty, two paragraphs", hint("<p>Satu</p><p>lagi</p>") + hint("") + hint("<p>Dua</p>"), []string{"Satu\nlagi", "Dua"}, false},
		{"five", strings.Repeat(hint("x"), 5), []string{"x", "x", "x", "x"}, true},
		{"too long", hint(strings.Repeat("x", 501)), nil, true},
	} {
		got, r, err := Read("bank.xml", []byte(question(x.hints)), Defaults{Objective: "1.1"})
		if err != nil || len(got.Items) != 1 {
			t.Fatalf("%s: %v %+v", x.name, err, r)
		}
		lost := false
		for _, m := range r {
			lost = lost || m.Weight == Changed && strings.Contains(m.Text.ID, "petunjuk")
		}
		if !reflect.DeepEqual(got.Items[0].Hints, x.want) || lost != x.lost {
			t.Errorf("%s: %q, lost %v: %+v", x.name, got.Items[0].Hints, lost, r)
		}
	}
}
