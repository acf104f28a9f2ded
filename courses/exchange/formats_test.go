package exchange

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
	"github.com/apelkota/apel/internal/faults"
)

func TestSamplesAreSoundAndOfEveryType(t *testing.T) {
	seen := map[grading.Type]bool{}
	for _, it := range gradingtest.Samples() {
		seen[it.Type] = true
		if err := grading.CheckError(it); err != nil {
			t.Errorf("%s: %v", it.Code, err)
		}
	}
	for _, k := range grading.Kinds() {
		if !seen[k.Name()] {
			t.Errorf("no sample of %s", k.Name())
		}
	}
}

// everyType are the registered types: a new one is written as items.yaml and as a table without a line of its own.
var everyType = func() (out []grading.Type) {
	for _, k := range grading.Kinds() {
		out = append(out, k.Name())
	}
	return out
}()

// said are the types each format has a form for, and whether nothing is lost of them.
var said = []struct {
	format   Format
	lossless bool
	types    []grading.Type
}{
	{Own, true, everyType},
	{XLSX, true, everyType},
	{CSV, true, everyType},
	{GIFT, true, []grading.Type{"single", "multiple", "truefalse", "numeric", "shorttext", "matching", "essay"}},
	{Moodle, true, []grading.Type{"single", "multiple", "truefalse", "numeric", "shorttext", "matching", "ordering", "cloze", "essay", "upload"}},
	{Aiken, false, []grading.Type{"single"}},
}

// What a format says comes back the same, or without what its report names; what it cannot say is refused by name and type, and items.yaml is offered.
func TestEveryWriterReadsBack(t *testing.T) {
	if len(said) != len(WrittenFormats()) {
		t.Errorf("%d formats written, %d tried", len(WrittenFormats()), len(said))
	}
	for _, f := range said {
		t.Run(string(f.format), func(t *testing.T) {
			for _, it := range gradingtest.Samples() {
				var b bytes.Buffer
				lost, err := Write(&b, f.format, []grading.Item{it}, nil)
				if !slices.Contains(f.types, it.Type) {
					label := it.Type.Label()
					if !errors.Is(err, faults.Invalid) || b.Len() > 0 || !strings.Contains(faults.Of(err).Text.ID, "items.yaml") || !strings.Contains(faults.Of(err).Fields[0].Text.ID, it.Code+" ("+label.ID+")") {
						t.Errorf("%s (%s): %v", it.Code, it.Type, err)
					}
					continue
				}
				if err != nil {
					t.Errorf("%s (%s): %v", it.Code, it.Type, err)
					continue
				}
				got, r, err := Read("bank", bytes.Clone(b.Bytes()), Defaults{Objective: "1.1"})
				if err != nil || got.Format != f.format || len(got.Items) != 1 || len(r.Mistakes()) > 0 {
					t.Errorf("%s (%s): %s, %d items, %+v, %v\n%s", it.Code, it.Type, got.Format, len(got.Items), r, err, b.String())
					continue
				}
				if f.lossless && (len(lost) > 0 || !reflect.DeepEqual(got.Items[0], it)) {
					t.Errorf("%s (%s):\n got %#v\nwant %#v\n%+v %+v\n%s", it.Code, it.Type, got.Items[0], it, lost, r, b.String())
				}
				if !f.lossless && (len(lost) == 0 || !sameQuestion(t, got.Items[0], it)) {
					t.Errorf("%s (%s): lost %+v\n got %#v\nwant %#v\n%s", it.Code, it.Type, lost, got.Items[0], it, b.String())
				}
			}
		})
	}
}

// sameQuestion says whether two items ask the same with the same key, apart from markup, feedback and partial marks.
func sameQuestion(t *testing.T, a, b grading.Item) bool {
	t.Helper()
	plain := func(s string) string { s, _ = fromMarkdown(s); return strings.Join(strings.Fields(s), " ") }
	if a.Type != b.Type || plain(a.Stem) != plain(b.Stem) || len(a.Options) != len(b.Options) {
		return false
	}
	for i := range a.Options {
		if plain(a.Options[i].Text) != plain(b.Options[i].Text) || (a.Options[i].Mark == grading.Full) != (b.Options[i].Mark == grading.Full) {
			return false
		}
	}
	return true
}

// A plain text shows as it stands once it is Markdown, and comes back.
func TestPlainTextSurvivesMarkdown(t *testing.T) {
	for _, s := range []string{"a * b * c", "*tebal*", "_x_ dan a_b_c dan ____", "____ adalah ____", "1. satu", "12) dua", "# judul", "> kutip", "- butir", "+ x", "a < b > c", "<b>x</b>", "[a](b)", "[a] (b)", "[x]: y", `\*`, `C:\dir\`, "`kode`", "&amp; &", "---", "===", "***", "| a | b |", "|-|-|", "5 * 3 < 16 & [x]", "a\nb", "```", "~~~", "1.000 orang", "Rp5.000,-", "![x](y)", "http://x.example/a_b_c", "100%", "a\\", "$x$", "www.x.example", "2 - 1", "AT&T;", "&copy;", "\\_\nmp;\n\\_", "____\nx ____", "<5@a.example>", "<%a@b>", "3 <5"} {
		md := toMarkdown(s)
		if got, styled := fromMarkdown(md); got != s || styled {
			t.Errorf("%q as %q shows %q %v", s, md, got, styled)
		}
	}
}

func FuzzPlainText(f *testing.F) {
	f.Add("a *b* _c_ <d> [e](f) `g` \\h &amp; 1. i\n# j")
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 2000 || !strings.ContainsFunc(s, func(r rune) bool { return r > ' ' }) || strings.ToValidUTF8(s, "") != s || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f }) {
			return
		}
		s = toMarkdown(s) // any text; its Markdown is one too
		lines := strings.FieldsFunc(s, func(r rune) bool { return r == '\n' })
		md := toMarkdown(strings.Join(lines, "\n"))
		got, _ := fromMarkdown(md)
		if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(s), " ") {
			t.Fatalf("%q as %q shows %q", s, md, got)
		}
	})
}

func TestAiken(t *testing.T) {
	b, r, err := Read("soal.txt", []byte("ANSWER: A\nApa?\nA. satu\nB) dua *dua*\nANSWER: B\n\nDua\nbaris?\nA. x\nB. y\nANSWER: C\n\nTanpa kunci?\nA. x\nB. y\n\nSendiri\nA. a\nB. b\nANSWER: a"), Defaults{Objective: "1.1", Prefix: "L"})
	if err != nil || b.Format != Aiken || b.Tally(r) != (Tally{Taken: 2, Refused: 3}) {
		t.Fatalf("%s %+v\n%+v %v", b.Format, b.Tally(r), r, err)
	}
	if it := b.Items[0]; it.Code != "L001" || it.Options[1].Mark != grading.Full || it.Options[1].Text != `dua \*dua\*` || it.Objective != "1.1" {
		t.Errorf("%+v", it)
	}
	if w := b.Weights(r); !reflect.DeepEqual(w, []Weight{"", Refused, ""}) || b.Lines[1] != 7 || len(b.Taken(r)) != 2 {
		t.Errorf("%v %v", w, b.Lines)
	}
	for _, m := range r {
		if m.Text.ID == "" || m.Text.EN == "" || badVerb.MatchString(m.Text.ID+m.Text.EN) {
			t.Errorf("%+v", m)
		}
	}
}

// found fails unless a report has an entry of a weight at a line that says something.
func found(t *testing.T, r Report, w Weight, line int, says string) {
	t.Helper()
	for _, m := range r {
		if m.Weight == w && (line == 0 || m.Line == line) && strings.Contains(m.Text.ID, says) {
			return
		}
	}
	t.Errorf("no %s entry at line %d that says %q in %+v", w, line, says, r)
}

// Whatever reads as items.yaml without mistakes is written and read back the same.
func FuzzOwn(f *testing.F) {
	var b bytes.Buffer
	if err := PrintOwn(&b, gradingtest.Samples()); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("format: apel-items\nitems:\n- id: a\n  type: truefalse\n  objective: 1.1\n  stem: |\n    satu\n\n     dua\n  options: [{mark: 100}, {}]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		again(t, Own, append([]byte("format: apel-items\n"), data...))
	})
}

// again reads, writes and reads: the items stay the same from the first reading on, and every sentence of the report is whole.
func again(t *testing.T, f Format, data []byte) {
	t.Helper()
	b, r, err := Read("x", data, Defaults{Objective: "1"})
	if err != nil || b.Format != f {
		return
	}
	items := checkReport(t, b, r)
	if len(items) == 0 {
		return
	}
	var out bytes.Buffer
	if lost, err := Write(&out, f, items, nil); err != nil || len(lost) > 0 {
		return
	}
	b2, r2, err := Read("x", out.Bytes(), Defaults{Objective: "1"})
	if err != nil || len(r2.Mistakes()) > 0 || !reflect.DeepEqual(b2.Items, items) {
		t.Fatalf("\n%#v\n%#v\n%s\n%+v %v", items, b2.Items, out.String(), r2, err)
	}
}

func BenchmarkOwn1000(b *testing.B) {
	var items []grading.Item
	for i := range 1000 {
		it := gradingtest.Samples()[i%14]
		it.Code = fmt.Sprint("Q", i)
		items = append(items, it)
	}
	var buf bytes.Buffer
	if err := PrintOwn(&buf, items); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if got, r, err := Read("x", buf.Bytes(), Defaults{}); err != nil || len(got.Items) != 1000 || len(r.Mistakes()) > 0 {
			b.Fatal(len(got.Items), r, err)
		}
	}
}

// checkReport fails unless every sentence of a report is whole and every item it lets through is sound; it gives those that have their key.
func checkReport(t *testing.T, b Bank, r Report) (items []grading.Item) {
	t.Helper()
	for _, m := range r {
		if m.Text.ID == "" || m.Text.EN == "" || badVerb.MatchString(m.Text.ID+m.Text.EN) || m.Weight == "" || m.Item < 0 || m.Item > len(b.Items) {
			t.Fatalf("%+v", m)
		}
	}
	for i, w := range b.Weights(r) {
		if w == "" || w == Hint || w == Changed {
			items = append(items, b.Items[i])
			if err := grading.CheckError(b.Items[i]); err != nil {
				t.Fatalf("taken, but %v", err)
			}
		}
	}
	return items
}
