package lint

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	_ "github.com/apelkota/apel/courses/grading/kinds"
)

// choice is an item with four options whose key stands at a place.
func choice(n, at int, key string, others ...string) grading.Item {
	it := grading.Item{Code: fmt.Sprintf("B-%02d", n), Type: grading.Single, Objective: "1", Difficulty: grading.Easy, Stem: fmt.Sprintf("Apa jawaban soal nomor %d tentang hal ke-%d?", n, n*7)}
	for i := range 4 {
		o := grading.Option{ID: grading.OptionID(i), Feedback: "Karena begitu."}
		if i == at {
			o.Text, o.Mark = key, grading.Full
		} else {
			o.Text = others[(i-at+3)%4%len(others)]
		}
		it.Options = append(it.Options, o)
	}
	return it
}

func bank(make func(n int) grading.Item, n int) *exchange.Draft {
	b := exchange.DraftBank{Code: "bank", File: "items/bank.gift"}
	for i := range n {
		it := make(i)
		b.Items, b.Lines = append(b.Items, it), append(b.Lines, 10*i+1)
	}
	return &exchange.Draft{Code: "UJI-1", TitleEN: "Trial", SummaryEN: "To try.", Objectives: []exchange.Objective{{Code: "1"}}, Banks: []exchange.DraftBank{b},
		Lessons: []exchange.Lesson{{Code: "L0", File: "L0.md", Objectives: []string{"1"}}},
		Quizzes: []exchange.Quiz{{Code: "posttest", Kind: "post_test", Bank: "bank", PassMark: 70, Draw: grading.PerObjective(map[string]int{"1": 10})}}}
}

func even(n int) grading.Item {
	w := func(k int) string { return fmt.Sprintf("pilihan %c%d", 'p'+k, n) }
	return choice(n, n%4, w(0), w(1), w(2), w(3))
}

func rules(r Report) (out []Rule) {
	for _, f := range r.Findings {
		out = append(out, f.Rule)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestAnEvenBankHasNoFindings(t *testing.T) {
	r := Course(bank(even, 40))
	if len(r.Findings) > 0 {
		t.Errorf("%+v", r.Findings)
	}
	if p := r.Positions[0]; p.N != 40 || !p.Enough || p.Chi2 != 0 || p.P != 1 {
		t.Errorf("positions %+v", p)
	}
	if len(r.Bots) != len(bots) || r.Bots[0].Sittings != Sittings {
		t.Errorf("bots %+v", r.Bots)
	}
	again := Course(bank(even, 40))
	if fmt.Sprint(r) != fmt.Sprint(again) {
		t.Error("the same course gives other figures")
	}
}

// Each change of an even bank is found by its rule, at its place.
func TestRules(t *testing.T) {
	for _, c := range []struct {
		name  string
		draft *exchange.Draft
		rule  Rule
		where string
	}{
		{"all keys at a", bank(func(n int) grading.Item {
			it := even(n)
			return choice(n, 0, it.Options[n%4].Text, it.Options[(n+1)%4].Text, it.Options[(n+2)%4].Text, it.Options[(n+3)%4].Text)
		}, 40), KeyPosition, "items/bank.gift"},
		{"semua benar", change(7, func(it *grading.Item) { it.Options[(7%4+1)%4].Text = "Semua benar" }), AllOfThem, "items/bank.gift:71 B-07"},
		{"semua di atas", change(7, func(it *grading.Item) { it.Options[(7%4+1)%4].Text = "Semua di atas." }), AllOfThem, "items/bank.gift:71 B-07"},
		{"a dan b benar", change(7, func(it *grading.Item) { it.Options[(7%4+1)%4].Text = "A dan C benar" }), AllOfThem, "items/bank.gift:71 B-07"},
		{"unmarked negative", change(3, func(it *grading.Item) { it.Stem = "Warga datang. Manakah yang bukan syarat pindah?" }), Negative, "items/bank.gift:31 B-03"},
		{"unmarked kecuali", change(3, func(it *grading.Item) { it.Stem = "Semua ini syarat, kecuali ..." }), Negative, "items/bank.gift:31 B-03"},
		{"near duplicate", change(9, func(it *grading.Item) { *it = named(even(8), "B-09") }), NearDuplicate, "items/bank.gift:91 B-09"},
		{"few items", bank(even, 9), FewItems, "items/bank.gift"},
		{"fewer than two for each that is drawn", bank(even, 19), FewItems, "items/bank.gift"},
		{"an objective no lesson teaches", with(func(d *exchange.Draft) { d.Lessons[0].Objectives = nil }), Untaught, "course.yaml"},
		{"an objective asked once", with(func(d *exchange.Draft) {
			d.Quizzes[0].Draw = grading.PerObjective(map[string]int{"1": 1})
			d.Quizzes[0].PassMark = 101
		}), SeldomAsked, "course.yaml"},
		{"no English", with(func(d *exchange.Draft) { d.SummaryEN = "" }), NoEnglish, "course.yaml"},
		{"an option without feedback", change(3, func(it *grading.Item) { it.Options[1].Feedback = "" }), NoFeedback, "items/bank.gift"},
		{"a number without feedback", change(3, func(it *grading.Item) {
			*it = grading.Item{Code: "B-03", Objective: "1", Difficulty: grading.Easy, Type: grading.Numeric, Stem: "Berapa menit?", Options: []grading.Option{{ID: "a", Text: "5", Mark: grading.Full}}}
		}), NoFeedback, "items/bank.gift"},
		{"no difficulty", change(3, func(it *grading.Item) { it.Difficulty = "" }), NoDifficulty, "items/bank.gift"},
		{"long sentences", lesson(strings.Repeat("kata ", 25) + ". "), LongSentences, "L1.md"},
	} {
		r := Course(c.draft)
		i := slices.IndexFunc(r.Findings, func(f Finding) bool { return f.Rule == c.rule })
		if i < 0 || len(rules(r)) != 1 || r.Findings[i].Where() != c.where || r.Findings[i].Do.ID == "" || r.Findings[i].Do.EN == "" {
			t.Errorf("%s: %+v", c.name, r.Findings)
		}
	}
	for name, d := range map[string]*exchange.Draft{
		"a negative in capitals":       change(3, func(it *grading.Item) { it.Stem = "Manakah yang BUKAN syarat pindah?" }),
		"an emphasised negative":       change(3, func(it *grading.Item) { it.Stem = "Manakah yang **bukan** syarat pindah?" }),
		"a negative inside the story":  change(3, func(it *grading.Item) { it.Stem = "Apa yang Anda lakukan bila warga tidak membawa berkas?" }),
		"a negative before the asking": change(3, func(it *grading.Item) { it.Stem = "Yang bukan warga kota tidak dilayani di sini. Apa kata Anda?" }),
		"a number with general feedback": change(3, func(it *grading.Item) {
			*it = grading.Item{Code: "B-03", Objective: "1", Difficulty: grading.Easy, Type: grading.Numeric, Stem: "Berapa menit?", General: "Lihat maklumat.", Options: []grading.Option{{ID: "a", Text: "5", Mark: grading.Full}}}
		}),
		"the opposite of a short statement": change(3, func(it *grading.Item) {
			*it = grading.Item{Code: "B-03", Objective: "1", Difficulty: grading.Easy, Type: grading.TrueFalse, Stem: "Pungli boleh.", Options: grading.NewTrueFalse(false, "x", "y")}
		}, func(it *grading.Item) {
			*it = grading.Item{Code: "B-04", Objective: "1", Difficulty: grading.Easy, Type: grading.TrueFalse, Stem: "Pungli boleh.", Options: grading.NewTrueFalse(true, "x", "y")}
		}),
		"short sentences":           lesson(strings.Repeat("kata ", 12) + ". "),
		"headings are no sentences": lesson("# " + strings.Repeat("kata ", 40) + "\n\nSatu dua tiga.\n"),
	} {
		if r := Course(d); len(r.Findings) > 0 {
			t.Errorf("%s: %+v", name, r.Findings)
		}
	}
}

func named(it grading.Item, code string) grading.Item { it.Code = code; return it }

// change changes items of an even bank, from the n-th on.
func change(n int, do ...func(*grading.Item)) *exchange.Draft {
	return with(func(d *exchange.Draft) {
		for i := range do {
			do[i](&d.Banks[0].Items[n+i])
		}
	})
}

func with(do func(*exchange.Draft)) *exchange.Draft {
	d := bank(even, 40)
	do(d)
	return d
}

func lesson(sentence string) *exchange.Draft {
	d := bank(even, 40)
	d.Lessons = append(d.Lessons, exchange.Lesson{Code: "L1", File: "L1.md", Markdown: strings.Repeat(sentence, 8)})
	return d
}

// A bank whose keys give themselves away by a look is passed by the bot with that look, and by no other rule's doing.
func TestBotsPassWhatGivesItselfAway(t *testing.T) {
	for id, words := range map[string][]string{
		"longest":  {"jawaban yang jauh lebih panjang dari yang lain", "dua kata", "tiga kata", "satu kata"},
		"formal":   {"sesuai ketentuan tertulis", "ambil uangnya saja dulu besok", "biar saja dulu nanti kita lihat", "suruh dia pulang ke rumah"},
		"cautious": {"pelan dan tenang", "selalu semua pasti begitu", "setiap kali harus begitu", "hanya itu saja langsung"},
		"echo":     {"jawaban soal nomor tentang", "gajah terbang rendah malam", "kucing tidur siang panjang", "perahu layar putih besar"},
	} {
		d := bank(func(n int) grading.Item {
			return choice(n, n%4, fmt.Sprint(words[0], " ", n), fmt.Sprint(words[1], " ", n), fmt.Sprint(words[2], " ", n), fmt.Sprint(words[3], " ", n))
		}, 40)
		r := Course(d)
		i := slices.IndexFunc(r.Bots, func(b BotRate) bool { return b.Bot == id })
		if r.Bots[i].Passed != Sittings || !slices.Contains(rules(r), TestWise) {
			t.Errorf("%s: %+v", id, r.Bots[i])
		}
	}
	d := bank(even, 40)
	for i := range d.Banks[0].Items {
		it := &d.Banks[0].Items[i]
		it.Fixed = true
		key := slices.IndexFunc(it.Options, func(o grading.Option) bool { return o.Mark == grading.Full })
		it.Options[2].Mark, it.Options[key].Mark = grading.Full, it.Options[2].Mark
		if key == 2 {
			it.Options[2].Mark = grading.Full
		}
	}
	r := Course(d)
	if i := slices.IndexFunc(r.Bots, func(b BotRate) bool { return b.Bot == "c" }); r.Bots[i].Passed != Sittings || !slices.Contains(rules(r), KeyPosition) {
		t.Errorf("always C: %+v, %v", r.Bots[i], rules(r))
	}
}

// Critical values of the chi-square distribution (NIST/SEMATECH e-Handbook, 1.3.6.7.4).
func TestChiSquareTail(t *testing.T) {
	for _, c := range []struct {
		df int
		x  float64
		p  float64
	}{{1, 3.841, 0.05}, {3, 7.815, 0.05}, {3, 11.345, 0.01}, {4, 13.277, 0.01}, {10, 18.307, 0.05}, {2, 13.816, 0.001}, {3, 0, 1}} {
		if p := chiSquareTail(c.x, c.df); math.Abs(p-c.p) > c.p/500 {
			t.Errorf("df %d, x %v: %v, want %v", c.df, c.x, p, c.p)
		}
	}
}

// Every post-test of the demo courses holds against the bots, and nothing in their items gives keys away.
func TestDemoCourses(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join("..", "..", "demo", "courses", "*"))
	if err != nil || len(folders) < 3 {
		t.Fatal(folders, err)
	}
	for _, folder := range folders {
		d, report := exchange.ReadFolder(context.Background(), os.DirFS(folder))
		if err := report.Err(); err != nil {
			t.Fatal(err)
		}
		for _, f := range Course(d).Findings {
			t.Errorf("%s %s: %s", d.Code, f.Where(), f.Text.ID)
		}
	}
}
