package casesim

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
)

// random cases go forward only: the states stand in their order.
func random(r *rand.Rand) grading.Item {
	for {
		it := grading.Item{Type: Name, Fixed: r.IntN(3) == 0, Limit: []int{0, 30, 60}[r.IntN(3)]}
		n := 2 + r.IntN(4)
		for i := range n {
			p := grading.Part{ID: grading.OptionID(i), Text: fmt.Sprint("keadaan ", i)}
			for j := range 2 + r.IntN(3) {
				o := grading.Option{ID: grading.OptionID(j), Text: fmt.Sprint("putusan ", i, j), Feedback: gradingtest.Secret, Mark: grading.Full / 4 * grading.Mark(r.IntN(6)-1), Minutes: 5 * r.IntN(5)}
				o.Mark = min(o.Mark, grading.Full)
				if next := i + 1 + r.IntN(n); j == 0 && i+1 < n {
					o.Next = grading.OptionID(i + 1)
				} else if next < n {
					o.Next = grading.OptionID(next)
				}
				p.Options = append(p.Options, o)
			}
			it.Parts = append(it.Parts, p)
		}
		it.Code, it.Objective, it.Stem = "c", "1", "?"
		if grading.CheckError(it) == nil {
			return it
		}
	}
}

func TestLaws(t *testing.T) { gradingtest.Laws(t, random) }

var complaint = grading.Item{ID: "v", Code: "c", Objective: "1", Stem: "Aduan jalan rusak masuk pukul 08.00.", Type: Name, Limit: 60, Parts: []grading.Part{
	{ID: "a", Text: "Pelapor menunggu jawaban.", Options: []grading.Option{
		{ID: "a", Text: "Catat dan beri nomor", Mark: grading.Full / 2, Minutes: 10, Next: "b", Feedback: "Pelapor punya nomor."},
		{ID: "b", Text: "Suruh datang lagi", Mark: -grading.Full / 2, Minutes: 5, Feedback: "Pelapor pergi."},
		{ID: "c", Text: "Periksa arsip dahulu", Minutes: 45, Next: "b", Feedback: "Arsip lengkap, pelapor lama menunggu."}}},
	{ID: "b", Text: "Aduan milik dinas lain.", Options: []grading.Option{
		{ID: "a", Text: "Teruskan lewat SP4N-LAPOR!", Mark: grading.Full / 2, Minutes: 20, Feedback: "Dinas menerima."},
		{ID: "b", Text: "Tutup", Minutes: 1, Feedback: "Aduan terbuka lagi."}}}}}

func decide(c ...string) (a grading.Answer) {
	for _, x := range c {
		a.Parts = append(a.Parts, grading.Answer{Choices: []string{x}})
	}
	return a
}

func TestMarks(t *testing.T) {
	for _, c := range []struct {
		name     string
		a        grading.Answer
		expected grading.Mark
	}{
		{"well done", decide("a", "a"), grading.Full},
		{"stopped half way", decide("a"), grading.Full / 2},
		{"good, then closed", decide("a", "b"), grading.Full / 2},
		{"sent away", decide("b"), 0},
		{"too slow: the clock ran out before the end", decide("c", "a"), 0},
	} {
		if got := gradingtest.Mark(t, complaint, "abc|ab", c.a); got != c.expected {
			t.Errorf("%s: %d, want %d", c.name, got, c.expected)
		}
	}
}

// A state is shown only to who has come to it, a decision stands, and after the end nothing can be decided.
func TestDecisionsStand(t *testing.T) {
	slot := grading.Slot{Item: "v", Order: "abc|ab"}
	first, err := grading.Present(complaint, slot, grading.Answer{})
	if err != nil || len(first.Parts) != 1 || first.Parts[0].Taken || first.Parts[0].Minutes != 60 {
		t.Fatalf("%+v, %v", first, err)
	}
	next, err := grading.Present(complaint, slot, decide("a"))
	if err != nil || len(next.Parts) != 2 || !next.Parts[0].Taken || next.Parts[0].After.ID != "Pelapor punya nomor." || next.Parts[1].Minutes != 50 {
		t.Fatalf("%+v, %v", next, err)
	}
	late, err := grading.Present(complaint, slot, decide("c", "a"))
	if err != nil || late.Parts[1].After != tooLate {
		t.Fatalf("%+v, %v", late, err)
	}
	for name, c := range map[string]struct {
		was, now grading.Answer
		ok       bool
	}{
		"one more":          {decide("a"), decide("a", "b"), true},
		"the same again":    {decide("a", "b"), decide("a", "b"), true},
		"another first one": {decide("a"), decide("b"), false},
		"taken back":        {decide("a"), grading.Answer{}, false},
		"after the end":     {decide("b"), decide("b", "a"), false},
		"two steps at once": {grading.Answer{}, decide("a", "a"), true},
		"a gap":             {grading.Answer{}, grading.Answer{Parts: []grading.Answer{{}, {Choices: []string{"a"}}}}, false},
	} {
		if err := grading.Accept(complaint, slot, c.was, c.now); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheck(t *testing.T) {
	for path, change := range map[string]func(*grading.Item){
		"parts":                        func(it *grading.Item) { it.Parts[1].Options[0].Next = "a" },
		"parts[0].options[0].next":     func(it *grading.Item) { it.Parts[0].Options[0].Next = "z" },
		"parts[1].id":                  func(it *grading.Item) { it.Parts[0].Options[0].Next, it.Parts[0].Options[2].Next = "", "" },
		"parts[0].options[1].feedback": func(it *grading.Item) { it.Parts[0].Options[1].Feedback = "" },
		"parts[0].text":                func(it *grading.Item) { it.Parts[0].Text = "" },
		"limit":                        func(it *grading.Item) { it.Limit = -1 },
	} {
		it := complaint
		it.Parts = []grading.Part{complaint.Parts[0], complaint.Parts[1]}
		for i := range it.Parts {
			it.Parts[i].Options = append([]grading.Option(nil), it.Parts[i].Options...)
		}
		change(&it)
		if !gradingtest.Finds(it, path) {
			t.Errorf("%s: %+v", path, grading.Check(it))
		}
	}
	short := complaint
	short.Limit = 5
	if !gradingtest.Finds(short, "parts") {
		t.Error("a case nobody can win in its time is sound")
	}
}
