package courses_test

import (
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
)

// Two markers, a draft of one of them, and a third: there is one marking per answer, one mark of each, one marked result, one completion and one telling, and the draft is there.
func TestCrashWhileMarking(t *testing.T) {
	w := newWorld(t)
	w.essays("APEL-109", courses.QuizMarking{Markers: 2, Apart: 30})
	e := w.prepare(ani, "APEL-109").ID
	f, err := w.Start(ctx, ani, e, "posttest")
	must(t, err)
	given := answers(f, 4)
	for _, it := range f.Items {
		if it.Ask == grading.AskLong {
			given[it.Item] = grading.Answer{Text: "Saya tolak."}
		}
	}
	_, err = w.Submit(ctx, ani, f.Attempt, given, f.Seq)
	must(t, err)
	w.atEveryWrite(t, 18, func(t *testing.T, w *world) {
		w.chain()
		list := w.queue(mira, courses.QueueFilter{})
		if len(list) != 2 {
			t.Fatalf("%d answers wait", len(list))
		}
		half := courses.MarkDraft{Levels: map[string]int{"a": 1}, Comment: "Setengah jadi."}
		v := courses.MarkingView{}
		w.do(func() (err error) { v, err = w.Claim(ctx, mira, list[0].ID); return err })
		w.do(func() error { _, err := w.SaveMark(ctx, mira, list[0].ID, half, v.Seq); return err })
		v, err := w.Marking(ctx, mira, list[0].ID)
		must(t, err)
		if v.Seq != 1 || v.Comment != half.Comment || v.Rubric[0].Chosen != 1 || v.Rubric[1].Chosen != -1 {
			t.Fatalf("the draft came back as %+v", v)
		}
		w.mark(mira, list[0].ID, levels(2, 2))
		w.mark(nino, list[0].ID, levels(0, 2))
		w.mark(oki, list[0].ID, levels(1, 2)) // decides
		w.mark(nino, list[1].ID, levels(2, 2))
		w.mark(mira, list[1].ID, levels(2, 2))
		d, err := w.Attempt(ctx, ani, f.Attempt)
		must(t, err)
		results, err := w.Results(ctx, f.Attempt)
		must(t, err)
		// Two choices right, one essay whole, one by the third: 62.5 of 100 for it.
		if want := (100_000 + 100_000 + 100_000 + 62_500) / 4; d.State != courses.AttemptGraded || results != 2 || d.Score != want || len(w.told[f.Attempt]) != 1 {
			t.Fatalf("%+v, %d results, told %v, want %d", d, results, w.told[f.Attempt], want)
		}
		for verb, want := range map[string]int{"mark": 4, "reconcile_mark": 1} {
			if got := len(w.trail(courses.MarkingsCollection, list[0].ID, verb)) + len(w.trail(courses.MarkingsCollection, list[1].ID, verb)); got != want {
				t.Errorf("%d traces of %s, want %d", got, verb, want)
			}
		}
		x, err := w.TestOnlyCompleted(ctx, e)
		must(t, err)
		if !x.Certified || x.Score != d.Score {
			t.Errorf("completion %+v", x)
		}
		w.same()
	})
}

// An objection to a mark, answered and marked again by somebody else: one objection, one answer to it, one more result, and each told once.
func TestCrashAroundAnObjection(t *testing.T) {
	w, e, at, low := objectable(t, courses.QuizMarking{})
	w.atEveryWrite(t, 8, func(t *testing.T, w *world) {
		w.do(func() error { return w.Object(ctx, ani, at, low.Item, "Saya menjawab ketiganya.") })
		w.do(func() error {
			_, err := w.AnswerObjection(ctx, admin, low.ID, true, "Jawabannya memang lengkap.")
			return err
		})
		w.chain()
		w.mark(nino, low.ID, levels(2, 2))
		d, err := w.Attempt(ctx, ani, at)
		must(t, err)
		results, err := w.Results(ctx, at)
		must(t, err)
		if d.Score != 50_000 || !d.Passed || results != 3 || len(w.told[at]) != 1 || len(w.objections[low.ID]) != 1 {
			t.Errorf("%+v, %d results, told %v and %v", d, results, w.told[at], w.objections[low.ID])
		}
		for verb, want := range map[string]int{"object": 1, "mark_again": 1, "mark": 2} {
			if got := w.trail(courses.MarkingsCollection, low.ID, verb); len(got) != want {
				t.Errorf("%d traces of %s, want %d", len(got), verb, want)
			}
		}
		if x, err := w.TestOnlyCompleted(ctx, e); err != nil || !x.Certified || x.Score != d.Score {
			t.Errorf("completion %+v, %v", x, err)
		}
		w.same()
	})
}

// Files as an answer: sent, one taken back, handed in, read and marked. The answer has the one that stayed, and the room names no other.
func TestCrashWhileHandingInFiles(t *testing.T) {
	w := newWorld(t)
	w.handIns("APEL-109", courses.QuizMarking{})
	e := w.prepare(ani, "APEL-109").ID
	w.atEveryWrite(t, 10, func(t *testing.T, w *world) {
		var f courses.FormView
		w.do(func() (err error) { f, err = w.Start(ctx, ani, e, "posttest"); return err })
		item, seq := named(f, grading.AskFiles).Item, f.Seq
		from := func(s courses.Saved, err error) error {
			if err == nil {
				seq = s.Seq
			}
			return err
		}
		for _, content := range []string{report, report + "%2"} {
			w.do(func() error {
				return from(w.AddFileToAnswer(ctx, ani, f.Attempt, item, file("laporan.pdf", content), courses.Page{Seq: seq}))
			})
		}
		form, err := w.Form(ctx, ani, f.Attempt)
		must(t, err)
		files := named(form, grading.AskFiles).Answer.Files
		if len(files) != 2 {
			t.Fatalf("files %+v", files)
		}
		w.do(func() error {
			return from(w.RemoveFileFromAnswer(ctx, ani, f.Attempt, item, courses.FileID(files[0]), courses.Page{Seq: seq}))
		})
		w.do(func() error {
			return from(w.Save(ctx, ani, f.Attempt, answers(f, 3), seq))
		})
		w.do(func() error { _, err := w.Submit(ctx, ani, f.Attempt, nil, 0); return err })
		w.chain()
		list := w.queue(mira, courses.QueueFilter{})
		if len(list) != 1 {
			t.Fatalf("%d answers wait", len(list))
		}
		w.do(func() error { _, err := w.Claim(ctx, mira, list[0].ID); return err })
		got, err := w.MarkingFile(ctx, mira, list[0].ID, courses.FileID(files[1]))
		if contentOf(t, got, err) != report+"%2" {
			t.Error("the marker reads another file")
		}
		w.mark(mira, list[0].ID, levels(2, 2))
		d, err := w.Attempt(ctx, ani, f.Attempt)
		must(t, err)
		if results, err := w.Results(ctx, f.Attempt); err != nil || results != 2 || d.Score != 100_000 || len(w.told[f.Attempt]) != 1 {
			t.Errorf("%+v, %d results, told %v, %v", d, results, w.told[f.Attempt], err)
		}
		if kept := w.kept(); len(kept) != 1 || kept[0] != files[1].Blob {
			t.Errorf("named are %v", kept)
		}
		w.same()
	})
}

// A field task handed in with a file, returned, objected to in vain, handed in again and accepted: there are two editions, one verdict on each, one completion and one telling each. Of an
// optional one, begun when the certificate stood already, the certificate's step hears.
func TestCrashAroundAFieldTask(t *testing.T) {
	for _, optional := range []bool{false, true} {
		w := newWorld(t)
		w.fielded("APEL-109", courses.BySupervisor, func(t *courses.FieldTask) { t.Optional, t.Files = optional, 1 })
		e := w.prepare(ani, "APEL-109").ID
		w.passes(ani, e, 8)
		w.atEveryWrite(t, 20, func(t *testing.T, w *world) {
			heard := 0
			w.certified = func(string) { heard++ }
			judge := func(d courses.MarkDraft) string {
				t.Helper()
				list, err := w.toJudge(citra)
				must(t, err)
				if len(list) != 1 {
					t.Fatalf("%d wait", len(list))
				}
				w.mark(citra, list[0].ID, d)
				return list[0].ID
			}
			w.do(func() error { return w.BeginWork(ctx, ani, e, "TL1") })
			w.do(func() error { return w.AddFileToWork(ctx, ani, e, "TL1", file("temuan.pdf", report)) })
			w.do(func() error { return w.HandIn(ctx, ani, e, "TL1", courses.WorkDraft{Text: "Pertama"}, 0) })
			w.chain()
			first := judge(courses.MarkDraft{Levels: map[string]int{"a": 0, "b": 1}, Comment: "Tambahkan."})
			w.do(func() error { return w.ObjectToWork(ctx, ani, e, "TL1", "Ada di berkas.") })
			w.do(func() error {
				_, err := w.AnswerObjection(ctx, admin, first, false, "Berkasnya sudah dibaca.")
				return err
			})
			w.chain()
			w.do(func() error { return w.HandIn(ctx, ani, e, "TL1", courses.WorkDraft{Text: "Kedua"}, 1) })
			w.chain()
			judge(levels(2, 2))

			x, err := w.Work(ctx, ani, e, "TL1")
			must(t, err)
			if x.State != courses.WorkAccepted || len(x.Editions) != 2 || len(x.Editions[0].Marks) != 1 || len(x.Editions[1].Marks) != 1 || len(x.Editions[1].Files) != 1 || len(w.works[x.ID]) != 2 || len(w.judges) != 2 || len(w.objections[first]) != 1 {
				t.Fatalf("%+v, told %v, %v and %v", x, w.works[x.ID], w.judges, w.objections)
			}
			c, err := w.TestOnlyCompleted(ctx, e)
			must(t, err)
			if !c.Certified || c.Score != 80_000 {
				t.Errorf("completion %+v", c)
			}
			if heard == 0 {
				t.Error("the certificate's step heard nothing")
			}
			if extras, err := w.Extras(ctx, e); err != nil || (len(extras) == 1) != optional {
				t.Errorf("beside the certificate: %+v, %v", extras, err)
			}
		})
	}
}
