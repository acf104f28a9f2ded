package courses

import (
	"context"
	"fmt"
	"slices"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// CheckView is how an item stands in a quiz that tells before the end what an answer was worth.
type CheckView struct {
	Waits   bool         // a person marks it: it cannot be checked
	Tries   int          // checked so far
	Left    int          // checks left; 0 once it is closed
	Closed  bool         // nothing can be changed any more
	Penalty grading.Mark // what the next try would cost
	Said    *ItemReview  // of the last check. While tries are left without key, right choices and general feedback
}

// Checked is the answer to a check.
type Checked struct {
	Saved
	Item  ItemView
	Items int // on the form
}

// CheckAnswer keeps an answer and says what it is worth, in one write. It is for quizzes with immediate or interactive feedback; from as in SaveFrom. Safe to call twice: the same answer
// again says the same and uses up no try; one that cannot be read as what is asked for (ItemView.Advice) is kept and uses up none either. Errors: as Save; Conflict also when the quiz has feedback at the end only; Invalid also when
// the item is blank, closed, or marked by a person.
func (s *Service) CheckAnswer(ctx context.Context, a access.Actor, id AttemptID, item string, ans grading.Answer, from Page) (Checked, error) {
	answers := map[string]grading.Answer{item: ans}
	now := s.now()
	at, err := s.answering(ctx, a, id, answers, now, func(at *Attempt) error {
		rule, err := s.tryRule(ctx, at)
		if err != nil {
			return err
		}
		if rule.Max == 0 {
			return faults.New(faults.Conflict, "Tes ini memberi umpan balik setelah dikumpulkan.", "This test gives its feedback after it is handed in.")
		}
		if err := s.accept(ctx, at, answers); err != nil {
			return err
		}
		n := at.find(item)
		advice, err := s.advice(ctx, at, n, ans)
		if err != nil {
			return err
		}
		if !advice.Empty() && repeated(at, answers, from.Seq) {
			return storage.Unchanged
		}
		if list := at.tries(n); len(list) > 0 && list[len(list)-1].Same(ans) {
			if at.holds(n, ans) {
				return storage.Unchanged
			}
		}
		if from.missed(at) {
			return errStale()
		}
		if err := s.heldUp(ctx, at); err != nil {
			return err
		}
		if !advice.Empty() {
			keep(at, answers)
			at.noteFirst(answers, now)
			return nil
		}
		keys, err := s.tryKeys(ctx, at, rule)
		if err != nil {
			return err
		}
		it, err := s.keyed(ctx, item, keys.number(item))
		if err != nil {
			return err
		}
		if _, _, _, err := grading.Try(it.Item, at.slot(n), ans); err != nil {
			return below("answers."+item+".", err)
		}
		if list := at.tries(n); len(list) > 0 && list[len(list)-1].Same(ans) { // typed something else meanwhile and went back
			at.put(n, ans)
		} else {
			at.try(n, ans)
		}
		at.Seq++
		at.noteFirst(answers, now)
		return nil
	})
	if err != nil {
		return Checked{}, err
	}
	rule, err := s.tryRule(ctx, at)
	if err != nil {
		return Checked{}, err
	}
	keys, err := s.tryKeys(ctx, at, rule)
	if err != nil {
		return Checked{}, err
	}
	out := Checked{Saved: saved(at, now), Items: len(at.Slots)}
	out.Item, err = s.itemView(ctx, at, at.find(item), keys)
	return out, err
}

// below puts the fields of a fault below a path.
func below(path string, err error) error {
	f := *faults.Of(err)
	f.Fields = slices.Clone(f.Fields)
	for i := range f.Fields {
		f.Fields[i].Path = path + f.Fields[i].Path
	}
	return &f
}

// tryRule is how often the items of an attempt may be checked; its version never changes, so neither does this. In an exam nothing is told before the end: what may be
// seen then is said by its phases.
func (s *Service) tryRule(ctx context.Context, at *Attempt) (grading.Tries, error) {
	if at.Exam != nil {
		return grading.Tries{}, nil
	}
	v, err := s.version(ctx, at.Version)
	if err != nil {
		return grading.Tries{}, err
	}
	q, ok := v.Content.Quiz(at.Quiz)
	if !ok {
		return grading.Tries{}, fmt.Errorf("version %s has no quiz %s: %w", at.Version, at.Quiz, faults.New(faults.NotFound, "Tes ini tidak ada.", "This test does not exist."))
	}
	return q.Behaviour.TryRule(), nil
}

// tryKeys is what a check is judged by: the rule and the keys as they are now.
type tryKeys struct {
	Corrections
	rule grading.Tries
}

// tryKeys reads the keys where items can be checked; where they cannot it reads nothing.
func (s *Service) tryKeys(ctx context.Context, at *Attempt, rule grading.Tries) (tryKeys, error) {
	if rule.Max == 0 {
		return tryKeys{}, nil
	}
	keys, err := s.corrected(ctx, at.Course)
	return tryKeys{keys, rule}, err
}

// checkView is how the n-th item stands; nil where nothing is checked before the end.
func (s *Service) checkView(ctx context.Context, at *Attempt, n int, keys tryKeys) (*CheckView, error) {
	if keys.rule.Max == 0 {
		return nil, nil
	}
	slot := at.slot(n)
	it, err := s.keyed(ctx, slot.Item, keys.number(slot.Item))
	if err != nil {
		return nil, err
	}
	v := &CheckView{Waits: grading.Waits(it.Item), Left: keys.rule.Max}
	tried := at.tries(n)
	if v.Waits || len(tried) == 0 {
		return v, nil
	}
	v.Tries = len(tried)
	last := tried[v.Tries-1]
	m, state, closed, err := grading.Try(it.Item, slot, last)
	if err != nil {
		return nil, err
	}
	v.Closed = closed || v.Tries >= keys.rule.Max
	v.Penalty = min(grading.Mark(v.Tries)*keys.rule.Penalty, grading.Full)
	v.Left = keys.rule.Max - v.Tries
	if v.Closed {
		v.Left = 0
	}
	x, err := grading.Explain(it.Item, slot, last)
	if err != nil {
		return nil, err
	}
	if !v.Closed {
		x = veiled(x)
	}
	said := it.explained(x, n, texts.From(ctx))
	said.State, said.Earned = state, max(m-grading.Mark(v.Tries-1)*keys.rule.Penalty, 0).Thousandths()
	if !v.Closed {
		said.Hint = it.line(it.HintAfter(v.Tries))
	}
	if state == grading.NeedsMarking && at.Ordinal == 0 {
		said.Rubric = rubricView(it.Rubric, nil)
	}
	if v.Tries > 1 {
		said.Try = v.Tries
	}
	v.Said = &said
	return v, nil
}

// veiled leaves of a review what may be said while there are tries left: whether it was right, and what the author says about what was chosen.
func veiled(x grading.Review) grading.Review {
	x.Key, x.General = nil, ""
	x.Choices = slices.Clone(x.Choices)
	for i := range x.Choices {
		x.Choices[i].Right = false
		if !x.Choices[i].Chosen {
			x.Choices[i].Feedback = ""
		}
	}
	parts := x.Parts
	x.Parts = nil
	for _, p := range parts {
		x.Parts = append(x.Parts, veiled(p))
	}
	return x
}

// stillOpen refuses another answer to an item whose last check closed it.
func (s *Service) stillOpen(ctx context.Context, at *Attempt, n int, ans grading.Answer) error {
	if len(at.tries(n)) == 0 || at.holds(n, ans) {
		return nil
	}
	rule, err := s.tryRule(ctx, at)
	if err != nil {
		return err
	}
	keys, err := s.tryKeys(ctx, at, rule)
	if err != nil {
		return err
	}
	v, err := s.checkView(ctx, at, n, keys)
	if err != nil || v == nil || !v.Closed {
		return err
	}
	return faults.New(faults.Invalid, "Soal ini sudah diperiksa, jadi jawabannya tidak dapat diubah lagi.", "This item has been checked, so its answer cannot be changed any more.").
		With("answers."+at.slot(n).Item, "Sudah diperiksa.", "Checked already.")
}

// counted is the answer to the n-th item that a result counts.
func (at *Attempt) counted(n int, r grading.Result) grading.Answer {
	list := at.tries(n)
	if n >= len(r.Items) || len(list) == 0 {
		return at.answer(n)
	}
	if t := max(r.Items[n].Tries, 1); t <= len(list) {
		return list[t-1]
	}
	return at.answer(n)
}
