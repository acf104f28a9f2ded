package courses

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// regradeSlice is how many attempts one step of a regrade looks at before it writes its cursor.
const regradeSlice = 100

// RunRegrade does the next piece of a regrade: a slice of the dry run; then, once confirmed, taking the key over, a slice of the run, the end. It stays due until
// then. Step "regrade". Idempotent: a slice done again finds its results appended and counts the same.
func (s *Service) RunRegrade(ctx context.Context, id string) error {
	d, err := s.regrades.Get(ctx, id)
	if err != nil {
		return err
	}
	if d.Due == nil || d.Due.Step != RegradeStep {
		return nil
	}
	switch r := &d.Value; {
	case r.State == RegradeChecking:
		return s.regradeSlice(ctx, id, r)
	case r.State == RegradeRunning && r.Key == 0:
		return s.takeKey(ctx, id, r)
	case r.State == RegradeRunning && !r.Walked:
		return s.regradeSlice(ctx, id, r)
	case r.State == RegradeRunning:
		return s.endRegrade(ctx, id, r)
	}
	return s.clearDue(ctx, RegradesCollection, id, RegradeStep)
}

// regradeSlice looks at the next attempts of the course, in the order they began.
func (s *Service) regradeSlice(ctx context.Context, id string, r *Regrade) error {
	page, err := s.attempts.Find(ctx, storage.Query{Index: "course", Term: r.Course, After: r.Cursor, Limit: regradeSlice})
	if err != nil {
		return err
	}
	c, err := s.corrected(ctx, r.Course)
	if err != nil {
		return err
	}
	tally := r.Plan
	if r.State == RegradeRunning {
		tally = r.Done
		if c.Running != id { // replaced while this step was on its way
			return faults.New(faults.Conflict, "Penilaian ulang ini tidak lagi berjalan.", "This regrade no longer runs.")
		}
	}
	items := itemsOf{keys: c}
	if r.State == RegradeChecking {
		it, err := s.item(ctx, r.Item)
		if err != nil {
			return err
		}
		// The plan's key has no number yet; one that no result carries marks it as another.
		if items.plan, err = grading.Rekey(it.Item, r.To, c.Keys[r.Item].Latest+2); err != nil {
			return err
		}
		items.planned = true
		if n, same, err := s.sameKey(ctx, r, c.Keys[r.Item].Latest); err != nil {
			return err
		} else if same {
			items.plan.Key = n
		}
	}
	for i := range page.Docs {
		tally.Seen++
		at := &page.Docs[i].Value
		if at.find(r.Item) < 0 || at.State == AttemptOpen {
			continue // an open one is graded later, by the keys that count then
		}
		if at.State == AttemptSubmitted {
			if r.State != RegradeRunning {
				continue
			}
			// Its grading may have read the old keys already: whoever writes first, this one looks at the outcome.
			if err := s.Grade(ctx, page.Docs[i].ID); err != nil {
				return err
			}
		}
		change, err := s.regradeAttempt(ctx, id, r, page.Docs[i].ID, &items)
		if err != nil {
			return err
		}
		tally.add(&change)
	}
	now, from := s.now(), r.Cursor
	_, err = s.regrades.Update(ctx, id, func(d *storage.Doc[Regrade]) error {
		v := &d.Value
		if v.State != r.State || v.Cursor != from || v.Walked || d.Due == nil {
			return storage.Unchanged // done elsewhere, or stopped: then the slice is done again when it goes on
		}
		if len(page.Docs) > 0 {
			v.Cursor = page.Next
		}
		d.Due = storage.NewDue(RegradeStep, now)
		if v.State == RegradeRunning {
			v.Done, v.Walked = tally, !page.More
			return nil
		}
		v.Plan = tally
		if !page.More {
			v.State, v.CheckedAt, d.Due = RegradeChecked, now, nil
		}
		return nil
	})
	return err
}

// itemsOf are the items of forms with the keys a regrade grades by.
type itemsOf struct {
	keys    Corrections
	plan    grading.Item // of a dry run: the item with its corrected key
	planned bool
}

func (s *Service) gradeAgain(ctx context.Context, id AttemptID, at *Attempt, by *itemsOf) (grading.Result, error) {
	form := at.form()
	items, err := s.keyedItems(ctx, form, &by.keys)
	if err != nil {
		return grading.Result{}, err
	}
	for i := range items {
		if by.planned && items[i].ID == by.plan.ID {
			items[i] = by.plan
		}
	}
	rule, err := s.tryRule(ctx, at)
	if err != nil {
		return grading.Result{}, err
	}
	last, _ := at.result()
	read := s.marksNamed // what people gave stays; the key may weigh it otherwise
	if at.State == AttemptNeedsMarking {
		read = s.latestMarks // so that nobody waits for a marker when the last answer to be marked is taken out
	}
	marks, err := read(ctx, id, &last.Result)
	if err != nil {
		return grading.Result{}, err
	}
	return grading.GradeMarked(items, form, at.answers(), at.tried(), rule, marks)
}

// sittings reads the attempts of one enrolment at one quiz, in order.
func (s *Service) sittings(ctx context.Context, enrolment EnrolmentID, quiz string) ([]storage.Doc[Attempt], error) {
	var out []storage.Doc[Attempt]
	for n := 1; ; n++ {
		d, err := s.attempts.Get(ctx, attemptID(enrolment, quiz, n))
		if errors.Is(err, faults.NotFound) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
}

// regradeAttempt grades an attempt again, with the others of the same enrolment and quiz so that the enrolment goes from one truth to the next without a state
// between, and notes what that changes. A dry run does all of it on copies.
func (s *Service) regradeAttempt(ctx context.Context, id string, r *Regrade, attempt AttemptID, items *itemsOf) (RegradeChange, error) {
	d, err := s.attempts.Get(ctx, attempt)
	if err != nil {
		return RegradeChange{}, err
	}
	first := &d.Value
	change := RegradeChange{Regrade: id, Attempt: attempt, Enrolment: first.Enrolment, Person: first.Person, Quiz: first.Quiz, Kind: first.Kind, Ordinal: first.Ordinal,
		SubmittedAt: first.SubmittedAt, Done: r.State == RegradeRunning}
	if !s.mayGradeAgain(r, attempt, first) {
		change.Left = true
		return change, s.note(ctx, change)
	}
	all, err := s.sittings(ctx, first.Enrolment, first.Quiz)
	if err != nil {
		return change, err
	}
	v, err := s.version(ctx, first.Version)
	if err != nil {
		return change, err
	}
	q, ok := v.Content.Quiz(first.Quiz)
	if !ok {
		return change, fmt.Errorf("attempt %s: version %s has no quiz %s", attempt, first.Version, first.Quiz)
	}
	for i := range all {
		at := &all[i].Value
		if at.find(r.Item) < 0 || at.State != AttemptGraded && at.State != AttemptNeedsMarking {
			continue
		}
		res, err := s.gradeAgain(ctx, all[i].ID, at, items)
		if err != nil {
			return change, fmt.Errorf("grade attempt %s again: %w", all[i].ID, err)
		}
		if r.State == RegradeChecking {
			appendResult(at, res, q, id, r.Why, s.now())
		} else if all[i], err = s.appendAgain(ctx, all[i].ID, res, q, id, r); err != nil {
			return change, err
		}
	}
	var e storage.Doc[Enrolment]
	if r.State == RegradeChecking {
		if e, err = s.enrolments.Get(ctx, first.Enrolment); err != nil {
			return change, err
		}
		f, err := s.facts(ctx, first.Enrolment, &e.Value, v)
		if err != nil {
			return change, err
		}
		own, err := s.ownOf(ctx, all)
		if err != nil {
			return change, err
		}
		shown, err := s.shown(ctx, all)
		if err != nil {
			return change, err
		}
		recounted(&e, q, f, v, shown, own, id, s.now(), s.cfg.Zone())
	} else if e, err = s.recount(ctx, attempt, id); err != nil {
		return change, err
	}
	for i := range all {
		if all[i].ID == attempt {
			describe(&change, &all[i].Value, &e.Value)
		}
	}
	return change, s.note(ctx, change)
}

// mayGradeAgain asks the policy for whoever has the regrade run: nobody's own attempt is graded again by themselves. Whoever may run
// a regrade may so everywhere: the role is enough.
func (s *Service) mayGradeAgain(r *Regrade, attempt AttemptID, at *Attempt) bool {
	a := access.Actor{Person: r.By, Grants: []access.Grant{{Role: r.Role}}}
	if part, ok := strings.CutPrefix(r.By, "system:"); ok {
		a = access.System(part)
	}
	_, err := s.cfg.Policy.May(a, "regrade", access.Thing{Kind: "attempt", ID: attempt, Owner: at.Person})
	return err == nil
}

// appendResult adds a result if it differs from the one that counts. Pure.
func appendResult(at *Attempt, res grading.Result, q Quiz, id, why string, now time.Time) bool {
	last, ok := at.result()
	if !ok || reflect.DeepEqual(last.Result, res) {
		return false
	}
	g := Grading{At: now, Why: why, Regrade: id, Passed: q.Kind == PostTest && res.Passed(q.PassMark), Result: res}
	g.Untold = at.State == AttemptGraded && (g.Passed != last.Passed || res.Score() != last.Result.Score())
	at.Results = append(slices.Clip(at.Results), g)
	if at.State == AttemptNeedsMarking && !res.NeedsMarking { // what people were to mark was taken out
		at.State, at.GradedAt = AttemptGraded, now
		at.Results[len(at.Results)-1].Untold = true
	}
	return true
}

// appendAgain appends a result in one write with its audit entry and the step that counts it.
func (s *Service) appendAgain(ctx context.Context, attempt AttemptID, res grading.Result, q Quiz, id string, r *Regrade) (storage.Doc[Attempt], error) {
	now, entry := s.now(), storage.NewID()
	return s.attempts.Update(ctx, attempt, func(d *storage.Doc[Attempt]) error {
		at := &d.Value
		before, ok := at.result()
		if !ok || !appendResult(at, res, q, id, r.Why, now) {
			return storage.Unchanged
		}
		if at.State == AttemptGraded {
			d.Due = storage.NewDue(RecountStep, now) // does what "complete" would, if that is not done yet
		}
		d.Trail = append(d.Trail, storage.Audit{ID: entry, At: now, Who: r.By, Role: r.Role, Verb: "regrade", Thing: AttemptsCollection + "/" + attempt, About: at.Person, Why: r.Why,
			Note: fmt.Sprintf("item=%s key=%d score=%d->%d", r.Code, r.Key, before.Result.Score(), res.Score())})
		return nil
	})
}

// describe fills in what a regrade did to an attempt, from the attempt and its enrolment as they are now, however often that is asked. Pure.
func describe(c *RegradeChange, at *Attempt, e *Enrolment) {
	last, _ := at.result()
	c.Before, c.After, c.PassedBefore, c.PassesNow = last.Result.Score(), last.Result.Score(), last.Passed, last.Passed
	c.Waiting = at.State == AttemptNeedsMarking
	for i := 1; i < len(at.Results); i++ {
		if at.Results[i].Regrade != c.Regrade {
			continue
		}
		before := at.Results[i-1]
		c.Changed, c.Before, c.PassedBefore = !sameMarks(before.Result, at.Results[i].Result), before.Result.Score(), before.Passed
		c.After, c.PassesNow = at.Results[i].Result.Score(), at.Results[i].Passed
	}
	if !c.Changed || at.Kind != PostTest {
		return
	}
	certified, fell := e.Done != nil && !e.Done.Certified.IsZero(), c.PassedBefore && !c.PassesNow
	switch {
	case fell && slices.ContainsFunc(e.Undone, func(u Undone) bool { return u.Regrade == c.Regrade }):
		c.Effect = EffectWithdrawn
	case e.Done != nil && e.Done.Regrade == c.Regrade && e.Done.Attempt == c.Attempt:
		c.Effect = EffectCompletes
	case certified && fell && !e.Taken[at.Quiz].Passed:
		c.Effect = EffectListed
	case certified && e.Done.Attempt == c.Attempt && (c.Before != c.After || fell):
		c.Effect = EffectScore
	}
}

// sameMarks says whether two results differ in nothing but the key they rest on.
func sameMarks(a, b grading.Result) bool {
	return slices.EqualFunc(a.Items, b.Items, func(x, y grading.ItemResult) bool { return x.Mark == y.Mark && x.State == y.State })
}

// note keeps a change, or takes one that was planned and did not come about off the list.
func (s *Service) note(ctx context.Context, c RegradeChange) error {
	id := c.Regrade + "." + c.Attempt
	_, err := s.changes.Upsert(ctx, id, func(d *storage.Doc[RegradeChange]) error {
		if c.Decision = nil; d.Value.Effect == c.Effect { // what was decided stays as long as it is about the same
			c.Decision = d.Value.Decision
		}
		if d.Version == 0 && !c.Changed && !c.Left && !c.Waiting || d.Value == c {
			return storage.Unchanged
		}
		d.Value = c
		return nil
	})
	return err
}

// endRegrade gives the course's slot back and lets the certificates that waited go on.
func (s *Service) endRegrade(ctx context.Context, id string, r *Regrade) error {
	if r.To.Void {
		if err := s.closeMarkings(ctx, r.Item); err != nil {
			return err
		}
	}
	if _, err := s.corrections.Update(ctx, r.Course, func(d *storage.Doc[Corrections]) error {
		if d.Value.Running != id {
			return storage.Unchanged
		}
		d.Value.Running, d.Value.Item = "", ""
		return nil
	}); err != nil {
		return err
	}
	if err := s.certifyWaiting(ctx, r.Course); err != nil {
		return err
	}
	now := s.now()
	_, err := s.regrades.Update(ctx, id, func(d *storage.Doc[Regrade]) error {
		if d.Value.State != RegradeRunning {
			return storage.Unchanged
		}
		d.Value.State, d.Value.EndedAt, d.Due = RegradeFinished, now, nil
		if d.Value.Done.Listed+d.Value.Done.Score > 0 { // whoever had it run is asked to decide
			d.Due = storage.NewDue(TellStep, now)
		}
		return nil
	})
	if err == nil {
		s.wake(ctx, RegradesCollection, id)
	}
	return err
}
