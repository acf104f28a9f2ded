package courses

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Recomputed counts what grading every stored result once more came to.
type Recomputed struct {
	Attempts int `json:"attempts"`
	Results  int `json:"results"`        // all of them, also those that no longer count
	Same     int `json:"same"`           // bit for bit
	Differ   int `json:"differ"`         //
	Human    int `json:"human"`          // of the same: rest on marks that people gave
	Reduced  int `json:"reduced"`        // cannot be computed again: an item or key version is gone, or the rules are of another program
	Rules    int `json:"rules_of_today"` // version of the rules that this program has
}

// Why a stored result is not the one computed again.
const (
	ResultDiffers = "differs" // from the same items, form, keys, answers and marks something else comes out
	ResultReduced = "reduced" // what it rests on is not all there
)

// Recompute grades every result in the database once more from the attempt's form and answers, the item versions, the key versions and the marks of people that the result names, and compares
// bit for bit: grading is a pure function of these (design, section 4). tell hears of each result that is not the same; n counts the results of an attempt from 1. It reads every
// attempt and writes nothing. For the operator on the machine; it takes no actor.
func (s *Service) Recompute(ctx context.Context, tell func(attempt AttemptID, n int, why string)) (Recomputed, error) {
	out := Recomputed{Rules: grading.Rules}
	err := s.attempts.All(ctx, func(d storage.Doc[Attempt]) error {
		at := &d.Value
		out.Attempts++
		for i := range at.Results {
			out.Results++
			again, err := s.gradeAs(ctx, d.ID, at, &at.Results[i])
			switch {
			case errors.Is(err, faults.NotFound):
				out.Reduced++
				tell(d.ID, i+1, ResultReduced)
			case err != nil:
				return fmt.Errorf("recompute attempt %s: %w", d.ID, err)
			case again == same:
				out.Same++
			case again == human:
				out.Same++
				out.Human++
			case again == reduced:
				out.Reduced++
				tell(d.ID, i+1, ResultReduced)
			default:
				out.Differ++
				tell(d.ID, i+1, ResultDiffers)
			}
		}
		return nil
	})
	return out, err
}

// How a result compares with the one computed again.
type likeness int

const (
	same likeness = iota
	human
	reduced
	differs
)

func (s *Service) gradeAs(ctx context.Context, id AttemptID, at *Attempt, g *Grading) (likeness, error) {
	if g.Result.Rules != grading.Rules {
		return reduced, nil
	}
	form := at.form()
	if len(g.Result.Items) != len(form.Slots) {
		return differs, nil
	}
	items := make([]grading.Item, 0, len(form.Slots))
	for i, slot := range form.Slots {
		it, err := s.keyed(ctx, slot.Item, g.Result.Items[i].Key)
		if err != nil {
			return reduced, err
		}
		items = append(items, it.Item)
	}
	marks, err := s.marksNamed(ctx, id, &g.Result)
	if err != nil {
		return reduced, err
	}
	v, err := s.version(ctx, at.Version)
	if err != nil {
		return reduced, err
	}
	q, ok := v.Content.Quiz(at.Quiz)
	if !ok {
		return reduced, nil
	}
	res, err := grading.GradeMarked(items, form, at.answers(), at.tried(), q.Behaviour.TryRule(), marks)
	if err != nil {
		return differs, nil // it was graded once
	}
	if g.Passed != (q.Kind == PostTest && g.Result.Passed(q.PassMark)) {
		return differs, nil
	}
	switch {
	case !reflect.DeepEqual(res, g.Result):
		return differs, nil
	case len(marks) > 0:
		return human, nil
	}
	return same, nil
}

// Check counts every month of sittings that claims to be up to date once more and names the analyses that rest on other sums. For the doctor; it takes no actor and writes nothing.
func (s *Service) Check(ctx context.Context, differ func(id string)) error {
	return s.months.All(ctx, func(d storage.Doc[storage.Derived[Month]]) error {
		if d.Due != nil || d.Value.Have < d.Value.Want {
			return nil
		}
		m, sums, err := s.countMonth(ctx, d.ID)
		if err != nil {
			return err
		}
		if !reflect.DeepEqual(m, d.Value.Of) {
			differ(d.ID)
			return nil
		}
		_, month := cutMonth(d.ID)
		for _, quiz := range m.Quizzes {
			stored, err := s.monthSums.Get(ctx, quiz+"."+month)
			if err != nil && !errors.Is(err, faults.NotFound) {
				return err
			}
			fresh, err := sums[quiz].sums.Pack()
			if err != nil {
				return err
			}
			if string(fresh) != string(stored.Value.Sums) {
				differ(quiz + "." + month)
			}
		}
		return nil
	})
}
