package courses

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/storage"
)

// TestOnlyLine renders a line as forms show it.
var TestOnlyLine = renderLine

// TestOnlyResults reads the gradings of an attempt as stored.
func (s *Service) TestOnlyResults(ctx context.Context, id AttemptID) ([]Grading, error) {
	d, err := s.attempts.Get(ctx, id)
	return d.Value.Results, err
}

// TestOnlyCompleted gives the facts of a completed enrolment without marking its certificate as begun.
func (s *Service) TestOnlyCompleted(ctx context.Context, id EnrolmentID) (Completion, error) {
	e, err := s.enrolments.Get(ctx, id)
	if err != nil {
		return Completion{}, err
	}
	return s.completion(ctx, id, &e.Value)
}

// TestOnlyCopies stores n sittings of other people like a graded attempt, each with answers of its own, graded as the chain does.
func (s *Service) TestOnlyCopies(ctx context.Context, id AttemptID, n int, r *rand.Rand) error {
	d, err := s.attempts.Get(ctx, id)
	if err != nil {
		return err
	}
	keys, err := s.corrected(ctx, d.Value.Course)
	if err != nil {
		return err
	}
	items, err := s.keyedItems(ctx, d.Value.form(), &keys)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(32)
	for i := range n {
		at := d.Value
		at.Given = make([]string, len(at.Slots))
		skill := r.NormFloat64()
		for k := range at.Slots {
			at.Given[k] = "+" + string(rune('a'+r.IntN(4)))
			if r.Float64() < 1/(1+math.Exp(float64(k%7-3)/2-skill)) {
				at.Given[k] = "+" + grading.OptionID(strings.IndexByte(at.slot(k).Order, 'b'))
			}
		}
		res, err := grading.Grade(items, at.form(), at.answers())
		if err != nil {
			return err
		}
		at.Person = fmt.Sprintf("x%06d", i)
		at.Enrolment = at.Person + "." + at.Course + ".1"
		at.StartedAt = at.StartedAt.Add(time.Duration(i) * time.Second)
		at.Results = []Grading{{At: at.GradedAt, Result: res}}
		g.Go(func() error {
			return s.attempts.Insert(ctx, &storage.Doc[Attempt]{ID: attemptID(at.Enrolment, at.Quiz, 1), Value: at})
		})
	}
	return g.Wait()
}

// TestOnlyChange writes into a stored attempt past every rule.
func (s *Service) TestOnlyChange(ctx context.Context, id AttemptID, change func(*Attempt)) error {
	_, err := s.attempts.Update(ctx, id, func(d *storage.Doc[Attempt]) error { change(&d.Value); return nil })
	return err
}

// TestOnlyMark changes a marking as stored.
func (s *Service) TestOnlyMark(ctx context.Context, id string, change func(*Marking)) error {
	_, err := s.markings.Update(ctx, id, func(d *storage.Doc[Marking]) error { change(&d.Value); return nil })
	return err
}

// TestOnlyAgain stores a sitting once more, as the same person's in the next cycle of the course.
func (s *Service) TestOnlyAgain(ctx context.Context, id AttemptID) error {
	d, err := s.attempts.Get(ctx, id)
	if err != nil {
		return err
	}
	at := d.Value
	at.Enrolment = enrolmentID(at.Person, at.Course, 2)
	return s.attempts.Insert(ctx, &storage.Doc[Attempt]{ID: attemptID(at.Enrolment, at.Quiz, 1), Value: at})
}

// TestOnlySameCode puts the items of one bank of a draft into another one, as versions of before may have them.
func (s *Service) TestOnlySameCode(ctx context.Context, id VersionID, from, to string) error {
	_, err := s.versions.Update(ctx, id, func(d *storage.Doc[Version]) error {
		ref, _ := d.Value.Content.Bank(from)
		for i, b := range d.Value.Content.Banks {
			if b.Code == to {
				ref.Code = to
				d.Value.Content.Banks[i] = ref
			}
		}
		return nil
	})
	return err
}

// TestOnlyMarkings stores n further markings like one, each changed.
func (s *Service) TestOnlyMarkings(ctx context.Context, like string, n int, change func(n int, m *Marking)) error {
	d, err := s.markings.Get(ctx, like)
	if err != nil {
		return err
	}
	for i := range n {
		x := storage.Doc[Marking]{ID: fmt.Sprintf("mx%04d", i), Value: d.Value}
		change(i, &x.Value)
		if err := s.markings.Insert(ctx, &x); err != nil {
			return err
		}
	}
	return nil
}
