package exchange

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
	"github.com/apelkota/apel/courses/grading/kinds/essay"
	"github.com/apelkota/apel/courses/grading/kinds/matching"
	"github.com/apelkota/apel/internal/faults"
)

// badVerb is what fmt leaves when a sentence and its arguments do not fit.
var badVerb = regexp.MustCompile(`%!([a-zA-Z]\(|\(EXTRA)`)

const meta = "// [id:Q1] [objective:1.1] [difficulty:mudah]\n"

func one(t *testing.T, gift string) grading.Item {
	t.Helper()
	b, r := ParseGIFT("bank.gift", []byte(gift))
	if len(r) > 0 || len(b.Items) != 1 {
		t.Fatalf("%d items, %+v", len(b.Items), r)
	}
	return b.Items[0]
}

func opt(n int, text string, m grading.Mark, feedback string) grading.Option {
	return grading.Option{ID: grading.OptionID(n), Text: text, Mark: m, Feedback: feedback}
}

func TestGIFTTypes(t *testing.T) {
	full := grading.Full
	base := grading.Item{Code: "Q1", Objective: "1.1", Difficulty: grading.Easy, Stem: "Apa?"}
	with := func(ty grading.Type, o ...grading.Option) grading.Item {
		it := base
		it.Type, it.Options = ty, o
		return it
	}
	for _, c := range []struct {
		name, gift string
		want       grading.Item
	}{
		{"single", meta + "::Q1::Apa? {\n~satu #salah\n=dua #betul\n}", with(grading.Single, opt(0, "satu", 0, "salah"), opt(1, "dua", full, "betul"))},
		{"single on one line", meta + "Apa?{=dua ~satu#salah}", with(grading.Single, opt(0, "dua", full, ""), opt(1, "satu", 0, "salah"))},
		{"multiple", meta + "Apa? {~%50%a #x\n~%50%b\n~%-100%c}", with(grading.Multiple, opt(0, "a", full/2, "x"), opt(1, "b", full/2, ""), opt(2, "c", -full, ""))},
		{"thirds", meta + "Apa? {~%33.33333%a ~%33.333%b ~%33,33%c ~%-100%d}", with(grading.Multiple, opt(0, "a", full/3, ""), opt(1, "b", full/3, ""), opt(2, "c", full/3, ""), opt(3, "d", -full, ""))},
		{"true", meta + "Apa? {T#tidak#ya}", with(grading.TrueFalse, opt(0, "", full, "ya"), opt(1, "", 0, "tidak"))},
		{"false", meta + "Apa? {FALSE # tidak # ya }", with(grading.TrueFalse, opt(0, "", 0, "tidak"), opt(1, "", full, "ya"))},
		{"bare true", meta + "Apa? {true}", with(grading.TrueFalse, opt(0, "", full, ""), opt(1, "", 0, ""))},
		{"number", meta + "Apa? {#15000:0 #betul}", with(grading.Numeric, opt(0, "15000", full, "betul"))},
		{"number with tolerance, comma", meta + "Apa? {#2,5:0,25}", with(grading.Numeric, grading.Option{ID: "a", Text: "2.5", Tolerance: "0.25", Mark: full})},
		{"range", meta + "Apa? {#1..4}", with(grading.Numeric, grading.Option{ID: "a", Text: "2.5", Tolerance: "1.5", Mark: full})},
		{"several numbers", meta + "Apa? {#\n=10:0 #tepat\n=%50%10:2 #dekat\n}", with(grading.Numeric, opt(0, "10", full, "tepat"), grading.Option{ID: "b", Text: "10", Tolerance: "2", Mark: full / 2, Feedback: "dekat"})},
		{"short text", meta + "Apa? {=fakta #ya\n=%50%kenyata*\n}", with(grading.ShortText, opt(0, "fakta", full, "ya"), opt(1, "kenyata*", full/2, ""))},
		{"a single star escaped", meta + "Apa? {=5\\*}", with(grading.ShortText, opt(0, `5\*`, full, ""))},
		{"comment inside, CRLF, BOM", "\uFEFF" + strings.ReplaceAll(meta+"Apa?\n// di dalam\n{\n=dua\n~satu\n}\n", "\n", "\r\n"), with(grading.Single, opt(0, "dua", full, ""), opt(1, "satu", 0, ""))},
		{"metadata in a block of its own", meta + "\nApa? {=dua ~satu}", with(grading.Single, opt(0, "dua", full, ""), opt(1, "satu", 0, ""))},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := one(t, c.gift); !reflect.DeepEqual(got, c.want) {
				t.Fatalf("\n got %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestGIFTDetails(t *testing.T) {
	it := one(t, "$CATEGORY: $course$/top/umum/loket\n\n// [id:A-1] [objective:103.1] [tags: loket, tarif] [unit:Rp,rupiah] [fixed:ya]\n::Judul \\: dua::Rp5.000 \\= lima \\{ribu\\} \\#1 \\~ \\\\n\\nbaris dua\n[bukan format] {\n=%100%%50% dari harga#ya \\# tidak\n~lain\n####Umum \\: semua\n}")
	want := grading.Item{Code: "A-1", Title: "Judul : dua", Objective: "103.1", Category: "umum/loket", Tags: []string{"loket", "tarif"}, Units: []string{"Rp", "rupiah"}, Fixed: true,
		Type: grading.Single, Stem: "Rp5.000 = lima {ribu} #1 ~ \\n\nbaris dua\n[bukan format]", General: "Umum : semua",
		Options: []grading.Option{opt(0, "%50% dari harga", grading.Full, "ya # tidak"), opt(1, "lain", 0, "")}}
	if !reflect.DeepEqual(it, want) {
		t.Fatalf("\n got %+v\nwant %+v", it, want)
	}
	if it := one(t, meta+"Jawabannya {=fakta} bukan dugaan."); it.Stem != "Jawabannya _____ bukan dugaan." {
		t.Fatal(it.Stem)
	}
	if it := one(t, meta+"[markdown]**Apa** a < b dan c > d? {T}"); it.Stem != "**Apa** a < b dan c > d?" {
		t.Fatal(it.Stem)
	}
	if it := one(t, "// [objective:1.1]\n::Q-7::Apa? {T}"); it.Code != "Q-7" || it.Title != "" {
		t.Fatalf("%+v", it)
	}
}

// Each mistake must be found at its place with a sentence that says what to do.
func TestGIFTMistakes(t *testing.T) {
	for _, c := range []struct{ name, gift, where, says string }{
		{"no answers", meta + "Apa?\n\n", "b.gift:2:1", "tidak punya jawaban"},
		{"brace not closed", meta + "Apa? {\n=a\n~b\n\n// [id:Q2] [objective:1.1]\nDua? {T}", "b.gift:2:7", "belum ditutup"},
		{"brace never opened", meta + "Apa? =a}", "b.gift:2:8", "tanpa pembuka"},
		{"brace inside", meta + "Apa? {=a {b} ~c}", "b.gift:2:10", "di dalam jawaban"},
		{"two items without a blank line", meta + "Apa? {T}\nDua? {F}", "b.gift:3:6", "baris kosong"},
		{"title open", meta + "::Q1 Apa? {T}", "b.gift:2:1", "Judul"},
		{"no right answer", meta + "Apa? {~a ~b}", "b.gift:2:7", "minus"},
		{"two right", meta + "Apa? {\n=a\n=b\n~c}", "b.gift:2:1", "2 jawaban benar"},
		{"weights do not add up", meta + "Apa? {~%50%a ~%40%b ~%-50%c}", "b.gift:2:1", "90%"},
		{"a weight that is none", meta + "Apa? {\n~%lima%a\n~%100%b\n~%-100%c}", "b.gift:3:2", "Bobot"},
		{"weight over 100", meta + "Apa? {~%150%a ~%-50%b}", "b.gift:2:8", "Bobot"},
		{"text before the first option", meta + "Apa? {satu =dua ~tiga}", "b.gift:2:7", "diawali"},
		{"no option mark", meta + "Apa? {satu}", "b.gift:2:7", "diawali"},
		{"empty option", meta + "Apa? {=a\n~ #b}", "b.gift:3:1", "kosong"},
		{"same option twice", meta + "Apa? {=a\n~b\n~b}", "b.gift:4:1", "sama dengan pilihan ke-2"},
		{"pairs that are all alike", meta + "Apa? {=a -> 1 =b -> 1 = -> 2}", "b.gift:2:1", "Semua pasangan sama"},
		{"rubric", "// [id:Q1] [objective:1.1] [rubric:Isi]\nApa? {}", "b.gift:1:1", "Rubrik ditulis"},
		{"limit", "// [id:Q1] [objective:1.1] [limit:banyak]\nApa? {}", "b.gift:1:1", "Batas"},
		{"html format", meta + "[html]<p>Apa?</p> {T}", "b.gift:2:1", "HTML"},
		{"html inside", meta + "Apa? {=a <script>x</script> ~b}", "b.gift:2", "HTML"},
		{"html on a later line", meta + "Apa\nini <b>x</b>? {=a ~b}", "b.gift:3", "HTML"},
		{"picture", meta + "Apa ini ![x](a.png)? {T}", "b.gift:2", "Gambar"},
		{"script link", meta + "Apa? {=[a](javascript:x) ~b}", "b.gift:2", "javascript"},
		{"number that is none", meta + "Apa? {#lima belas}", "b.gift:2:8", "bukan angka"},
		{"number with a thousands point", meta + "Apa? {#15.000:0}", "b.gift:2:8", "15000"},
		{"negative tolerance", meta + "Apa? {#5:-1}", "b.gift:2:8", "Toleransi"},
		{"turned range", meta + "Apa? {#5..1}", "b.gift:2:8", "Batas bawah"},
		{"no id", "// [objective:1.1]\nApa? {T}", "b.gift:1:1", "[id:"},
		{"no objective", "// [id:Q1]\nApa? {T}", "b.gift:1:1", "[objective:"},
		{"difficulty", "// [id:Q1] [objective:1.1] [difficulty:gampang]\nApa? {T}", "b.gift:1:1", "gampang"},
		{"unknown metadata", "// [id:Q1] [objektif:1.1] [objective:1]\nApa? {T}", "b.gift:1:1", "objektif"},
		{"bad id", "// [id:Q.1] [objective:1.1]\nApa? {T}", "b.gift:2:1", "Q.1"},
		{"id twice", meta + "Apa? {T}\n\n" + meta + "Dua? {T}", "b.gift:5:1", "baris 2"},
		{"metadata at the end", meta + "Apa? {T}\n\n// [id:Q2]\n", "b.gift:4:1", "tidak diikuti soal"},
		{"empty file", "\n// hanya komentar\n", "b.gift", "Tidak ada soal"},
		{"empty stem", meta + "::Q1:: {T}", "b.gift:2:1", "kosong"},
		{"broken UTF-8", meta + "Apa \xff? {T}", "b.gift:2:5", "UTF-8"},
		{"too many options", meta + "Apa? {=a" + strings.Repeat("~b", 30) + "}", "b.gift:2:", "Paling banyak"},
		{"a pattern that takes anything", meta + "Apa? {=*}", "b.gift:2:7", "menerima apa saja"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, r := ParseGIFT("b.gift", []byte(c.gift))
			for _, m := range r.Mistakes() {
				if strings.HasPrefix(m.Where(), c.where) && strings.Contains(m.Text.ID, c.says) && m.Text.EN != "" && !badVerb.MatchString(m.Text.ID+m.Text.EN) {
					return
				}
			}
			t.Fatalf("want %s %q, got %+v", c.where, c.says, r)
		})
	}
}

func TestGIFTListsAllMistakes(t *testing.T) {
	b, r := ParseGIFT("b.gift", []byte("Satu\n\n"+meta+"Dua? {~a ~b}\n\n// [id:Q3] [objective:1.1]\nTiga? {T}\n\nEmpat? {\n"))
	lines := map[int]bool{}
	for _, m := range r {
		lines[m.Line] = true
	}
	if !lines[1] || !lines[4] || lines[7] || !lines[9] || len(b.Items) != 2 {
		t.Fatalf("%d items %+v", len(b.Items), r)
	}
	if r.Err() == nil || Report(nil).Err() != nil {
		t.Fatal("Err")
	}
}

var pieces = []string{"kata", "Rp5.000", "a = b", "~", "#", "####", "{x}", "::", ":", `\`, `\n`, "->", "%50%", "baris\nbaru", "\n\n", "//", "é", "5 < 6", "[html]", "[id:x]", " ", "=", "T", "1..2", "*", `\*`, "$CATEGORY: x", "日本", "-", "1. "}

func phrase(r *rand.Rand, empty bool) string {
	for {
		s := ""
		for range r.IntN(5) {
			s += pieces[r.IntN(len(pieces))]
			if r.IntN(2) == 0 {
				s += " "
			}
		}
		s = strings.TrimSpace(s)
		if s != "" || empty {
			return s
		}
	}
}

// randomItem makes items in the form ParseGIFT gives them; they need not be good questions.
func randomItem(r *rand.Rand, n int) grading.Item {
	it := grading.Item{Code: fmt.Sprintf("Q-%d", n), Objective: "103.1", Difficulty: []grading.Difficulty{"", grading.Easy, grading.Hard}[r.IntN(3)],
		Stem: phrase(r, false), General: phrase(r, true), Fixed: r.IntN(4) == 0, Category: []string{"", "umum", "umum/loket"}[r.IntN(3)]}
	if r.IntN(2) == 0 {
		it.Title = phrase(r, true)
	}
	if r.IntN(3) == 0 {
		it.Tags = []string{"loket", "a b"}
	}
	parts := []grading.Mark{2, 3, 4, 6, 7, 10}
	k := parts[r.IntN(len(parts))]
	switch r.IntN(7) {
	case 5:
		it.Type, it.Limit, it.Rubric = essay.Name, r.IntN(3)*100, gradingtest.Rubric
	case 6:
		it.Type = matching.Name
		for i := range 3 {
			it.Options = append(it.Options, opt(i, fmt.Sprint(i, phrase(r, true)), 0, ""))
			it.Parts = append(it.Parts, grading.Part{ID: grading.OptionID(i), Text: strings.TrimSpace(fmt.Sprint(i, strings.ReplaceAll(phrase(r, true), "->", ""))), Right: grading.OptionID(r.IntN(3))})
		}
	case 0:
		it.Type = grading.Single
		for i := range 2 + r.IntN(4) {
			it.Options = append(it.Options, opt(i, phrase(r, false), 0, phrase(r, true)))
		}
		it.Options[r.IntN(len(it.Options))].Mark = grading.Full
		if len(it.Options) > 3 && it.Options[0].Mark == 0 {
			it.Options[0].Mark = grading.Full / k
		}
	case 1:
		it.Type = grading.Multiple
		for i := range int(k) {
			it.Options = append(it.Options, opt(i, phrase(r, false), grading.Full/k, phrase(r, true)))
		}
		it.Options = append(it.Options, opt(int(k), phrase(r, false), -grading.Full/k, ""))
	case 2:
		it.Type = grading.TrueFalse
		it.Options = grading.NewTrueFalse(r.IntN(2) == 0, phrase(r, true), phrase(r, true))
	case 3:
		it.Type = grading.Numeric
		it.Units = []string{"Rp"}
		for i := range 1 + r.IntN(3) {
			o := opt(i, []string{"0", "-5", "15000", "2.5", "15.125", "-1.001", "0.125"}[r.IntN(7)], grading.Full, phrase(r, true))
			if i > 0 {
				o.Mark, o.Tolerance = grading.Full/k, []string{"", "0.5", "1.125", "2"}[r.IntN(4)]
			}
			it.Options = append(it.Options, o)
		}
	case 4:
		it.Type = grading.ShortText
		it.Exact = r.IntN(2) == 0
		for i := range 1 + r.IntN(3) {
			it.Options = append(it.Options, opt(i, phrase(r, false), grading.Full, phrase(r, true)))
		}
	}
	return it
}

// What is printed reads back as the same items, whatever stands in their texts.
func TestGIFTRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 400 {
		var items []grading.Item
		for n := range 1 + r.IntN(4) {
			items = append(items, randomItem(r, n))
		}
		var b bytes.Buffer
		if err := PrintGIFT(&b, items); err != nil {
			t.Fatal(err)
		}
		got, report := ParseGIFT("x", b.Bytes())
		if len(got.Items) != len(items) {
			t.Fatalf("%d items of %d came back\n%s\n%+v", len(got.Items), len(items), b.String(), report)
		}
		for i := range items {
			if !reflect.DeepEqual(got.Items[i], items[i]) {
				t.Fatalf("\n got %#v\nwant %#v\n%s\n%+v", got.Items[i], items[i], b.String(), report)
			}
		}
	}
}

func TestPrintRefusesWhatGIFTCannotSay(t *testing.T) {
	if err := PrintGIFT(io.Discard, []grading.Item{{Code: "Q", Type: "urutan"}}); !errors.Is(err, faults.Invalid) {
		t.Fatal(err)
	}
}

// Anything may arrive: no crash, and what reads without mistakes prints and reads back the same.
func FuzzGIFT(f *testing.F) {
	f.Add([]byte(meta + "::Q1::Apa? {\n~%50%satu #salah\n=dua #betul\n####umum\n}\n\n$CATEGORY: a/b\n\n// [id:Q2] [objective:1]\nDua {#1..2}"))
	f.Add([]byte(meta + "Apa \\{ {T#a#b} lagi"))
	f.Add([]byte(meta + "Apa {#=%50%2,5:0.1#x\n=3}"))
	f.Add([]byte(meta + "Apa {=a -> 1 =b -> 2 = -> 3}"))
	f.Add([]byte(meta + "// [limit:9] [rubric:a | 1 | 0 b | 100 c]\nApa {####x}"))
	f.Add([]byte("// [id:Q1] [objective:1] [unit:Rp] [tags:a,b] [exact:ya]\n::j::[markdown]x {=a\\*b =%50%*c}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, r := ParseGIFT("x", data)
		for _, m := range r {
			if m.Text.ID == "" || m.Text.EN == "" || badVerb.MatchString(m.Text.ID+m.Text.EN) {
				t.Fatalf("%+v", m)
			}
		}
		if len(r.Mistakes()) > 0 {
			return
		}
		var out bytes.Buffer
		if err := PrintGIFT(&out, b.Items); err != nil {
			t.Fatal(err)
		}
		again, r2 := ParseGIFT("x", out.Bytes())
		if len(r2.Mistakes()) > 0 || !reflect.DeepEqual(again.Items, b.Items) {
			t.Fatalf("\n%#v\n%#v\n%s\n%+v", b.Items, again.Items, out.String(), r2)
		}
	})
}
