package courses

import (
	"context"
	"html/template"
	"time"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// Review is a graded attempt as its taker may see it.
type Review struct {
	AttemptDoc
	Title      texts.Text
	PassMark   int // of post-tests
	Left       int // attempts left; -1 without limit
	Objectives []ObjectiveResult
	Full       bool         // Items are there
	Unrecorded bool         // practice that leaves no record
	Hint       texts.Text   // why the items are not
	Items      []ItemReview // only when Full
	Marked     []ItemReview // when not Full: the answers that people have marked, with their marks and comments, without keys
	Gradings   []time.Time  // when it was graded; more than one after a regrade
	Earlier    []Earlier    // results that counted before, oldest first
	Why        string       // of the last regrade; "" when there was none
	Own        int          // items on the form that the taker wrote or reviewed; with any, passing certifies nothing
	Held       bool         // a regrade of the course that concerns it is not finished: a certificate waits for that
}

// Earlier is a result that no longer counts.
type Earlier struct {
	At     time.Time
	Score  int // thousandths of a point
	Passed bool
}

// ObjectiveResult is the result of the items of one objective.
type ObjectiveResult struct {
	Code   string
	Text   texts.Text
	Earned grading.Mark
	Max    grading.Mark
	Items  int
}

// Percent is the share earned, 0..100, cut.
func (o ObjectiveResult) Percent() int {
	if o.Max == 0 {
		return 0
	}
	return int(o.Earned * 100 / o.Max)
}

// ItemReview is one item with what the author wrote about it.
type ItemReview struct {
	Item      string
	Number    int
	Objective string
	State     grading.State
	Earned    int // thousandths of the item
	Try       int // which try counts, when it is not the first; else 0
	Stem      template.HTML
	AnswerReview
	General template.HTML
	Hint    template.HTML   // after a try that was not right, while tries are left
	Parts   []AnswerReview  // of an item that asks several things
	Marks   []GivenMark     // what people gave it; two are counted by their mean
	Rubric  []CriterionView // of an answer that nobody marks (practice without a record), to judge it oneself
	Objects *ObjectionView  // to what people gave it; nil where nobody marked or can object any more
}

// AnswerReview is what was answered and what is said about it.
type AnswerReview struct {
	Label    template.HTML // of a part
	Stands   grading.State // of a part: how it was answered
	Choices  []ChoiceReview
	Typed    string
	Files    []grading.File
	Key      []template.HTML // right answers
	Feedback []template.HTML
}

// ChoiceReview is one choice as shown on the form.
type ChoiceReview struct {
	ID       string
	HTML     template.HTML
	Chosen   bool
	Right    bool
	Feedback template.HTML
}

// Review shows a graded attempt. Per objective always; item by item with key and feedback when nothing can be gained from it any more: practice, an attempt
// that passed, or the last one (so also the pre-test). Between the attempts of a post-test the keys stay closed. Markers, auditors and training admins
// always see everything. Conflict while it is not graded.
func (s *Service) Review(ctx context.Context, a access.Actor, id AttemptID) (Review, error) {
	d, err := s.sitting(ctx, a, "review", id)
	if err != nil {
		return Review{}, err
	}
	at := &d.Value
	res, ok := at.result()
	if !ok || at.State == AttemptOpen || at.State == AttemptNeedsMarking && a.Person == at.Person && at.Ordinal > 0 {
		return Review{}, faults.New(faults.Conflict, "Percobaan ini belum dinilai.", "This attempt has not been graded yet.")
	}
	if at.State == AttemptNeedsMarking && at.Ordinal > 0 {
		if _, err := s.may(ctx, a, "mark", "marking", "", at.Person); err == nil { // a marker sees an alias, never a name
			return Review{}, faults.New(faults.Conflict, "Jawaban percobaan ini masih menunggu penilai, jadi dibaca tanpa nama di antrean penilaian.", "Answers of this attempt still wait for markers, so they are read without a name in the marking queue.")
		}
	}
	v, err := s.version(ctx, at.Version)
	if err != nil {
		return Review{}, err
	}
	e, err := s.enrolmentOf(ctx, at)
	if err != nil {
		return Review{}, err
	}
	level, err := s.reviewed(ctx, a, at)
	if err != nil {
		return Review{}, err
	}
	if level == ReviewNothing {
		return Review{}, errHidden()
	}
	q, _ := v.Content.Quiz(at.Quiz)
	r := Review{AttemptDoc: summary(id, at), Title: q.Name(), PassMark: q.PassMark, Left: -1, Unrecorded: rehearsed(id)}
	if q.Attempts > 0 {
		r.Left = max(q.Attempts+e.Extra[q.Code]-max(at.Ordinal, e.Taken[q.Code].Ended), 0)
	}
	for i, g := range at.Results {
		if g.Result.NeedsMarking {
			continue // nobody was told a score before people had marked
		}
		r.Gradings = append(r.Gradings, g.At)
		if i < len(at.Results)-1 {
			r.Earlier = append(r.Earlier, Earlier{g.At, g.Result.Score(), g.Passed})
		}
	}
	r.Why = res.Why
	keys, err := s.corrected(ctx, at.Course)
	if err != nil {
		return Review{}, err
	}
	r.Regrading, r.Held = keys.awaits(at), keys.touches(at)
	if q.Kind == PostTest && res.Passed && at.Trial == 0 {
		own, err := s.ownItems(ctx, at)
		if err != nil {
			return Review{}, err
		}
		r.Own = len(own)
	}
	passed := res.Passed && r.Own == 0 || e.Taken[q.Code].Passed || e.State == Completed
	r.Full = a.Person != at.Person || q.Kind == Practice || passed || r.Left == 0
	if !r.Full {
		r.Hint = say("Pembahasan tiap soal dibuka setelah Anda lulus atau kesempatan habis.", "Each item is explained once you have passed or used all attempts.")
	}

	if level != ReviewAsQuiz {
		r.Full = level == ReviewFull || level == ReviewRight
		r.Hint = texts.Text{}
		if !r.Full {
			r.Hint = say("Pada ujian ini hanya nilai yang ditampilkan sekarang.", "This exam shows only the score for now.")
		} else if level == ReviewRight {
			r.Hint = say("Pada ujian ini kunci dan pembahasan tidak ditampilkan sekarang.", "This exam does not show keys and explanations for now.")
		}
	}

	byObjective := map[string]int{}
	for i := range at.Slots {
		slot := at.slot(i)
		key := 0
		if i < len(res.Result.Items) {
			key = res.Result.Items[i].Key // what is shown as right is what was graded by
		}
		it, err := s.keyed(ctx, slot.Item, key)
		if err != nil {
			return Review{}, err
		}
		n, known := byObjective[it.Objective]
		if !known {
			n = len(r.Objectives)
			byObjective[it.Objective] = n
			o, _ := v.Content.Objective(it.Objective)
			r.Objectives = append(r.Objectives, ObjectiveResult{Code: it.Objective, Text: o.Text})
		}
		r.Objectives[n].Items++
		r.Objectives[n].Max += grading.Full
		if i < len(res.Result.Items) {
			r.Objectives[n].Earned += res.Result.Items[i].Mark
		}
		given, objection, err := s.givenMarks(ctx, id, at, i, res.Result, it.Rubric)
		if err != nil {
			return Review{}, err
		}
		if !r.Full {
			if len(given) > 0 {
				answer := at.answer(i)
				mark := res.Result.Items[i]
				r.Marked = append(r.Marked, ItemReview{Item: slot.Item, Number: i + 1, Objective: it.Objective, State: mark.State, Earned: mark.Mark.Thousandths(), Stem: it.stem,
					AnswerReview: AnswerReview{Typed: answer.Text, Files: answer.Files}, Marks: given, Objects: objection})
			}
			continue
		}
		x, err := grading.Explain(it.Item, slot, at.counted(i, res.Result))
		if err != nil {
			return Review{}, err
		}
		ir := it.explained(x, i, texts.From(ctx))
		ir.Marks, ir.Objects = given, objection
		if i < len(res.Result.Items) { // the stored mark counts; explaining again only finds the words
			ir.State, ir.Earned, ir.Try = res.Result.Items[i].State, res.Result.Items[i].Mark.Thousandths(), res.Result.Items[i].Tries
		}
		if ir.State == grading.NeedsMarking && at.Ordinal == 0 {
			ir.Rubric = rubricView(it.Rubric, nil)
		}
		if level == ReviewRight {
			ir = ir.withoutKey()
		}
		r.Items = append(r.Items, ir)
	}
	return r, nil
}

// explained is one item of a review, rendered.
func (it *shownItem) explained(x grading.Review, n int, l texts.Lang) ItemReview {
	ir := ItemReview{Item: it.ID, Number: n + 1, Objective: it.Objective, State: x.State, Earned: x.Mark.Thousandths(), Stem: it.stem, AnswerReview: it.reviewed(x, l), General: it.line(x.General)}
	for _, p := range x.Parts {
		ir.Parts = append(ir.Parts, it.reviewed(p, l))
	}
	return ir
}

func (it *shownItem) reviewed(x grading.Review, l texts.Lang) AnswerReview {
	r := AnswerReview{Stands: x.State, Label: it.line(x.Label.In(l)), Typed: x.Typed, Files: x.Files}
	for _, k := range x.Key {
		r.Key = append(r.Key, it.line(k.In(l)))
	}
	for _, f := range x.Feedback {
		r.Feedback = append(r.Feedback, it.line(f.In(l)))
	}
	for _, c := range x.Choices {
		r.Choices = append(r.Choices, ChoiceReview{c.ID, it.line(c.Text.In(l)), c.Chosen, c.Right, it.line(c.Feedback)})
	}
	return r
}
