package judgement

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
)

func random(r *rand.Rand) grading.Item {
	for {
		it := grading.Item{Type: Name, Scoring: []string{"", BestWorst, Rating}[r.IntN(3)], Fixed: r.IntN(3) == 0}
		for i := range 3 + r.IntN(4) {
			it.Options = append(it.Options, grading.Option{ID: grading.OptionID(i), Text: fmt.Sprint("tindakan ", i), Expert: 10 * (1 + r.IntN(5)), Feedback: gradingtest.Secret})
		}
		if low, high := bounds(it.Options); high-low >= 2*lowest {
			return it
		}
	}
}

func TestLaws(t *testing.T) { gradingtest.Laws(t, random) }

var queue = grading.Item{ID: "v", Code: "c", Objective: "1", Stem: "Antrean panjang, seorang warga marah.", Type: Name, Options: []grading.Option{
	{ID: "a", Text: "Diam", Expert: 18}, {ID: "b", Text: "Dengarkan, jelaskan waktu tunggu", Expert: 46}, {ID: "c", Text: "Dahulukan dia", Expert: 26}, {ID: "d", Text: "Panggil satpam", Expert: 14}}}

func TestBestAndWorst(t *testing.T) {
	say := func(best, worst string) grading.Answer {
		a := grading.Answer{Parts: make([]grading.Answer, 2)}
		if best != "" {
			a.Parts[0].Choices = []string{best}
		}
		if worst != "" {
			a.Parts[1].Choices = []string{worst}
		}
		return a
	}
	for _, c := range []struct {
		name     string
		a        grading.Answer
		expected grading.Mark
	}{
		{"as the panel", say("b", "d"), grading.Full},
		{"turned round", say("d", "b"), 0},
		{"worst nearly", say("b", "a"), grading.Full * (32 + 28) / 64},
		{"best alone", say("b", ""), grading.Full / 2},
		{"the same for both earns half whatever it is", say("c", "c"), grading.Full / 2},
	} {
		if got := gradingtest.Mark(t, queue, "abcd", c.a); got != c.expected {
			t.Errorf("%s: %d, want %d", c.name, got, c.expected)
		}
	}
}

// Whoever rates as the panel gets everything; whoever rates all the same gets nothing, whatever the rating.
func TestRatings(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		it := random(r)
		it.ID, it.Scoring = "v", Rating
		slot, err := grading.Show(it)
		if err != nil {
			t.Fatal(err)
		}
		var panel, same grading.Answer
		one := grading.OptionID(r.IntN(5))
		for _, o := range it.Options {
			panel.Parts = append(panel.Parts, grading.Answer{Choices: []string{grading.OptionID(o.Expert/10 - 1)}})
			same.Parts = append(same.Parts, grading.Answer{Choices: []string{one}})
		}
		if got := gradingtest.Mark(t, it, slot.Order, panel); got != grading.Full {
			t.Fatalf("as the panel: %d\n%+v", got, it)
		}
		if got := gradingtest.Mark(t, it, slot.Order, same); got != 0 {
			t.Fatalf("all %s: %d\n%+v", one, got, it)
		}
	}
	it := queue
	it.Scoring = Rating
	near := grading.Answer{Parts: []grading.Answer{{Choices: []string{"b"}}, {Choices: []string{"e"}}, {Choices: []string{"c"}}, {Choices: []string{"a"}}}} // 20 50 30 10 against 18 46 26 14
	// Distances 2+4+4+4 = 14; rating everything 2 (20) is 2+26+6+6 = 40 away.
	if got, want := gradingtest.Mark(t, it, "abcd", near), grading.Full*26/40; got != want {
		t.Errorf("near the panel: %d, want %d", got, want)
	}
}

func TestCheck(t *testing.T) {
	for path, change := range map[string]func(*grading.Item){
		"options[1].expert": func(it *grading.Item) { it.Options[1].Expert = 0 },
		"options[2].mark":   func(it *grading.Item) { it.Options[2].Mark = grading.Full },
		"options": func(it *grading.Item) {
			for i := range it.Options {
				it.Options[i].Expert = 30
			}
		},
		"scoring": func(it *grading.Item) { it.Scoring = "best" },
	} {
		it := queue
		it.Options = append([]grading.Option(nil), it.Options...)
		change(&it)
		if !gradingtest.Finds(it, path) {
			t.Errorf("%s: %+v", path, grading.Check(it))
		}
	}
}
