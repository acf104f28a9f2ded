package courses

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

// lookBack is how many earlier attempts, of this cycle and those before, are read to find items a learner has not seen.
const lookBack = 5

// drawForm draws the form of the next attempt of an enrolment: a seed, and per cell of the blueprint items the learner has not seen in the last attempts of
// any cycle at any quiz that draws the same bank, as far as there are; where they are too few, the ones seen longest ago fill up, and on a post-test last of all those they wrote or reviewed.
// What was taken out by a correction is not drawn; a form is shorter where the rest does not fill a cell.
func (s *Service) drawForm(ctx context.Context, e *Enrolment, q Quiz, c *Content) (grading.Form, error) {
	ref, ok := c.Bank(q.Bank)
	if !ok {
		return grading.Form{}, fmt.Errorf("quiz %s names bank %s, which the version lacks", q.Code, q.Bank)
	}
	b, err := s.bank(ctx, ref.Bank)
	if err != nil {
		return grading.Form{}, err
	}
	if b, err = s.drawable(ctx, e.Course, b); err != nil {
		return grading.Form{}, err
	}
	draw := maps.Clone(q.Draw)
	for _, x := range draw.Short(b.Count()) { // a published version has what it draws, until items are taken out: then its forms are shorter
		draw[x.Cell] = x.Have
	}
	if draw.Count() == 0 {
		return grading.Form{}, faults.New(faults.Conflict, "Semua soal tes ini sedang digugurkan, jadi tes ini belum dapat dimulai. Hubungi admin diklat.", "All items of this test have been taken out, so it cannot be begun yet. Ask the training admin.")
	}
	seen, err := s.seenItems(ctx, e, c, q.Bank)
	if err != nil {
		return grading.Form{}, err
	}
	own := map[string]bool{}
	if q.Kind == PostTest {
		if own, err = s.hands(ctx, e.Person, e.Course, s.now()); err != nil {
			return grading.Form{}, err
		}
	}
	plan := grading.Plan{Blueprint: draw, KeepOrder: q.InOrder, Last: map[string]int{}}
	for _, it := range b.Items {
		if at := seen[it.Code]; at > 0 {
			plan.Last[it.Item] = at
		}
		if own[it.Code] { // passing with it certifies nothing
			plan.Last[it.Item] += 2 * lookBack * max(len(c.Quizzes), 1)
		}
	}
	var seed [8]byte
	if _, err := io.ReadFull(s.cfg.Rand, seed[:]); err != nil {
		return grading.Form{}, fmt.Errorf("seed of a form: %w", err)
	}
	return grading.Draw(binary.BigEndian.Uint64(seed[:]), b.pool(), plan)
}

// seenItems says which items a person met in the last attempts at any quiz that draws a bank, by their code, since a reworded item is still known: the higher the more
// lately. It is at most lookBack for each quiz.
func (s *Service) seenItems(ctx context.Context, e *Enrolment, c *Content, bank string) (map[string]int, error) {
	var met []Attempt
	for _, q := range c.Quizzes {
		if q.Bank != bank {
			continue
		}
		of, err := s.lastAttempts(ctx, e, q.Code)
		if err != nil {
			return nil, err
		}
		slices.Reverse(of)
		met = append(met, of...)
	}
	slices.SortStableFunc(met, func(x, y Attempt) int { return x.StartedAt.Compare(y.StartedAt) })
	seen := map[string]int{}
	for i := range met {
		for j := range met[i].Slots {
			seen[codeOfItem(met[i].slot(j).Item)] = i + 1
		}
	}
	return seen, nil
}

// lastAttempts are the last lookBack attempts of a person at a quiz, of this cycle and those before, the newest first; one that is open counts.
func (s *Service) lastAttempts(ctx context.Context, e *Enrolment, quiz string) (out []Attempt, err error) {
	cycle, n := e.Cycle, e.Taken[quiz].Ended+1
	for range lookBack + cycle + 1 { // one look more for each cycle, and for an attempt that is not begun
		if len(out) == lookBack {
			break
		}
		if n < 1 {
			if cycle--; cycle < 1 {
				break
			}
			before, err := s.enrolments.Get(ctx, enrolmentID(e.Person, e.Course, cycle))
			if errors.Is(err, faults.NotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if n = before.Value.Taken[quiz].Ended; n < 1 {
				continue
			}
		}
		d, err := s.attempts.Get(ctx, attemptID(enrolmentID(e.Person, e.Course, cycle), quiz, n))
		if err != nil && !errors.Is(err, faults.NotFound) {
			return nil, err
		}
		if err == nil {
			out = append(out, d.Value)
		}
		n--
	}
	return out, nil
}

// codeOfItem is the author's code of an item version: the middle of its id.
func codeOfItem(item string) string {
	_, rest, _ := strings.Cut(item, ".")
	code, _, _ := strings.Cut(rest, ".")
	return code
}
