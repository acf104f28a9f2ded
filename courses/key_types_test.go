package courses_test

import (
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
	"github.com/apelkota/apel/internal/faults"
)

// chosen chooses the options with these words, in this order; a field with none of them is typed in.
func chosen(t testing.TB, f courses.FieldView, words ...string) grading.Answer {
	t.Helper()
	var a grading.Answer
	for _, w := range words {
		for _, c := range f.Choices {
			if strings.Contains(string(c.HTML), w) {
				a.Choices = append(a.Choices, c.ID)
			}
		}
	}
	if len(a.Choices) != len(words) {
		t.Fatalf("%q among %+v", words, f.Choices)
	}
	return a
}

// The key of an item of every type is corrected, what was answered is graded again by it, and the result says the other mark.
func TestAKeyOfEveryTypeIsCorrected(t *testing.T) {
	w := newWorld(t)
	const full = grading.Full
	type change struct {
		answer func(f courses.FieldView) grading.Answer
		before grading.Mark
		key    func(k *grading.Key)
		after  grading.Mark
	}
	one := func(words ...string) func(f courses.FieldView) grading.Answer {
		return func(f courses.FieldView) grading.Answer { return chosen(t, f, words...) }
	}
	typed := func(s string) func(courses.FieldView) grading.Answer {
		return func(courses.FieldView) grading.Answer { return grading.Answer{Text: s} }
	}
	parts := func(words ...string) func(f courses.FieldView) grading.Answer {
		return func(f courses.FieldView) grading.Answer {
			var a grading.Answer
			for i, word := range words {
				a.Parts = append(a.Parts, chosen(t, f.Parts[i], word))
			}
			return a
		}
	}
	marks := func(m ...grading.Mark) func(k *grading.Key) {
		return func(k *grading.Key) {
			for i := range m {
				k.Options[i].Mark = m[i]
			}
		}
	}
	changes := map[string]change{
		"S-A": {one("Antre dulu"), 0, marks(0, 0, full, 0), full},
		"S-B": {one("Paspor"), 0, marks(full/2, -full/2, -full/2, full/2), full / 2},
		"S-C": {one("Salah"), 0, marks(0, full), full},
		"S-D": {one("Benar"), 0, marks(full, 0), full},
		"S-E": {typed("17"), full / 2, func(k *grading.Key) { k.Options[0].Text = "17" }, full},
		"S-F": {typed("SPO"), 0, func(k *grading.Key) {
			k.Options = append(k.Options, grading.Option{ID: "d", Text: "SPO", Mark: full})
		}, full},
		"S-G": {parts("Inspektorat", "Inspektorat", "Inspektorat"), 0, func(k *grading.Key) { k.Parts[2].Right = "c" }, full / 3},
		"S-H": {one("Jawab", "Catat", "Terima"), full / 3, func(k *grading.Key) { k.Options[0], k.Options[2] = k.Options[2], k.Options[0] }, full},
		"S-I": {func(courses.FieldView) grading.Answer {
			return grading.Answer{Parts: []grading.Answer{{}, {Text: "Cimahi"}}}
		}, 0, func(k *grading.Key) { k.Parts[1].Options[0].Text = "Cimahi" }, full / 4},
		"S-J": {parts("Benar", "supaya terlihat"), 0, func(k *grading.Key) {
			k.Parts[0].Options[0].Mark, k.Parts[0].Options[1].Mark = 0, full
		}, full},
		"S-K": {func(f courses.FieldView) grading.Answer {
			var a grading.Answer
			for _, p := range f.Parts {
				rated := "Sangat tidak tepat"
				if strings.Contains(string(p.Label), "marah") {
					rated = "Sangat tepat"
				}
				for _, c := range p.Choices {
					if string(c.HTML) == rated {
						a.Parts = append(a.Parts, grading.Answer{Choices: []string{c.ID}})
					}
				}
			}
			return a
		}, 0, func(k *grading.Key) { k.Options[0].Expert, k.Options[1].Expert, k.Options[2].Expert = 10, 10, 50 }, full},
		"S-L": {parts("Biarkan"), 0, func(k *grading.Key) { k.Parts[0].Options[1].Mark = full }, full / 2},
		"S-M": {typed("Uraian"), full * 3 / 4, func(k *grading.Key) { k.Rubric[0].Weight = 1 }, full / 2},
		"S-N": {nil, full / 2, func(k *grading.Key) { k.Rubric[0].Levels[1].Mark = full / 4 }, full / 4},
	}
	samples := gradingtest.Samples()
	kinds := map[grading.Type]bool{}
	for i := range samples {
		kinds[samples[i].Type], samples[i].Objective = true, "9.2"
		if len(samples[i].Rubric) > 0 {
			samples[i].Rubric = rubric()[:len(samples[i].Rubric)]
		}
	}
	if len(kinds) != len(grading.Kinds()) {
		t.Fatalf("%d types of %d", len(kinds), len(grading.Kinds()))
	}
	w.marked("APEL-109", courses.QuizMarking{}, samples...)
	e := w.prepare(ani, "APEL-109")
	f, err := w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	given, ids, from := map[string]grading.Answer{}, map[string]string{}, courses.Page{Seq: f.Seq}
	for _, it := range f.Items {
		code := strings.Split(it.Item, ".")[1]
		ids[code] = it.Item
		switch x, ok := changes[code]; {
		case !ok:
		case x.answer != nil:
			given[it.Item] = x.answer(it.FieldView)
		default:
			saved, err := w.AddFileToAnswer(ctx, ani, f.Attempt, it.Item, file("laporan.pdf", report), from)
			must(t, err)
			from.Seq = saved.Seq
		}
	}
	_, err = w.Submit(ctx, ani, f.Attempt, given, from.Seq)
	must(t, err)
	w.clock.pass(time.Second)
	w.chain()
	for _, x := range w.queue(mira, courses.QueueFilter{}) {
		d := courses.MarkDraft{Levels: map[string]int{"a": 2, "b": 0}, Comment: "Baik."}
		if x.Code == "S-N" {
			d.Levels = map[string]int{"a": 1}
		}
		w.mark(mira, x.ID, d)
	}
	stands := func(item string) grading.ItemResult {
		t.Helper()
		all, err := w.TestOnlyResults(ctx, f.Attempt)
		must(t, err)
		for _, r := range all[len(all)-1].Result.Items {
			if r.Item == item {
				return r
			}
		}
		t.Fatalf("no result of %s in %+v", item, all)
		return grading.ItemResult{}
	}
	for _, s := range samples {
		x, item := changes[s.Code], ids[s.Code]
		if m := stands(item); m.Mark != x.before || m.Key != 1 {
			t.Errorf("%s: %s before the correction: %+v, want %d", s.Code, s.Type, m, x.before)
			continue
		}
		it, err := w.ItemToCorrect(ctx, admin, item)
		must(t, err)
		k := it.AnswerKey()
		x.key(&k)
		if r := w.regraded(admin, "rg-"+s.Code, item, k); r.Done.Changed != 1 {
			t.Errorf("%s: the regrade counts %+v", s.Code, r.Done)
		}
		if m := stands(item); m.Mark != x.after || m.Key != 2 {
			t.Errorf("%s: %s after the correction: %+v, want %d", s.Code, s.Type, m, x.after)
		}
	}
	w.same()
}

// An item is taken out whatever its key is like, and brought back with the key that counted before.
func TestTakingAnItemOutNeedsNoSoundKey(t *testing.T) {
	w, item := newRegradeWorld(t)
	e := w.prepare(ani, "APEL-109")
	w.sit(ani, e.ID, item, "salah dua", 5)
	w.regraded(admin, "betul", item, w.keyOn(item, "c"))
	r := w.regraded(admin, "gugur", item, grading.Key{Void: true})
	if len(r.To.Options) != 4 || !r.To.Void {
		t.Fatalf("the key of an item taken out: %+v", r.To)
	}
	it, err := w.ItemToCorrect(ctx, admin, item)
	must(t, err)
	if !it.Void || it.Options[2].Mark != grading.Full {
		t.Errorf("taken out, the item has %+v", it.Item)
	}
	none := it.AnswerKey()
	none.Void = false
	for i := range none.Options {
		none.Options[i].Mark = 0
	}
	_, err = w.CheckRegrade(ctx, admin, courses.RegradeInput{Item: item, To: none, Why: "x"})
	is(t, err, faults.Invalid)
	none.Void = true
	w.regraded(admin, "lagi", item, none)
	again := w.keyOn(item, "c")
	again.Void = false
	back := w.regraded(admin, "kembali", item, again)
	if back.Key != 2 {
		t.Errorf("brought back with key %d", back.Key)
	}
}
