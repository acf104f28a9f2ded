package courses

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
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

// free says whether a regrade may take the course's slot: nobody has it, or a stopped correction of the same item, which is then replaced.
func (s *Service) free(ctx context.Context, c *Corrections, id, item string) (bool, error) {
	if c.Running == "" || c.Running == id {
		return true, nil
	}
	d, err := s.regrades.Get(ctx, c.Running)
	if err != nil {
		return false, err
	}
	return d.Value.Item == item && (d.Value.State == RegradeStopped || d.Value.State == RegradeReplaced), nil
}

// takeKey makes the corrected key count: the course's slot first, then the key version (an earlier one when the key is the same), then its number in the
// corrections, then in the regrade. From the third write on everything is graded by it.
func (s *Service) takeKey(ctx context.Context, id string, r *Regrade) error {
	now := s.now()
	c, err := s.corrected(ctx, r.Course)
	if err != nil {
		return err
	}
	if c.Running != id {
		if c.number(r.Item) != r.From {
			return s.outdated(ctx, id)
		}
		before := c.Running
		if ok, err := s.free(ctx, &c, id, r.Item); err != nil {
			return err
		} else if !ok {
			return errBusy() // tried again later
		}
		if before != "" {
			if _, err := s.regrades.Update(ctx, before, func(d *storage.Doc[Regrade]) error {
				switch d.Value.State {
				case RegradeReplaced:
					return storage.Unchanged
				case RegradeStopped:
					d.Value.State, d.Value.EndedAt, d.Due = RegradeReplaced, now, nil
					return nil
				}
				return errBusy() // it goes on again
			}); err != nil {
				return err
			}
		}
		stored, err := s.corrections.Upsert(ctx, r.Course, func(d *storage.Doc[Corrections]) error {
			v := &d.Value
			switch {
			case v.Running == id:
				return storage.Unchanged
			case v.Running != before:
				return errBusy()
			case v.number(r.Item) != r.From:
				return errOutdated()
			case len(v.Keys) >= storage.MaxList:
				return faults.Newf(faults.TooLarge, "Satu kursus paling banyak %d soal yang kuncinya dibetulkan.", "A course has at most %d items with a corrected key.", storage.MaxList)
			}
			v.Running, v.Item = id, r.Item
			return nil
		})
		if err != nil {
			return err
		}
		c = stored.Value
	}
	number, err := s.keyVersion(ctx, id, r, c.Keys[r.Item].Latest)
	if err != nil {
		return err
	}
	if _, err := s.corrections.Update(ctx, r.Course, func(d *storage.Doc[Corrections]) error {
		v := &d.Value
		in := KeyInUse{number, max(v.Keys[r.Item].Latest, number, 1)}
		if v.Running != id || v.Keys[r.Item] == in {
			return storage.Unchanged
		}
		v.Keys = maps.Clone(v.Keys)
		if v.Keys == nil {
			v.Keys = map[string]KeyInUse{}
		}
		v.Keys[r.Item] = in
		return nil
	}); err != nil {
		return err
	}
	_, err = s.regrades.Update(ctx, id, func(d *storage.Doc[Regrade]) error {
		if d.Value.Key != 0 {
			return storage.Unchanged
		}
		d.Value.Key = number
		return nil
	})
	return err
}

func (s *Service) outdated(ctx context.Context, id string) error {
	now := s.now()
	_, err := s.regrades.Update(ctx, id, func(d *storage.Doc[Regrade]) error {
		if d.Value.State != RegradeRunning || d.Value.Key != 0 {
			return storage.Unchanged
		}
		d.Value.State, d.Value.EndedAt, d.Due = RegradeOutdated, now, nil
		return nil
	})
	return err
}

// keyVersion finds the version of a key, or stores it as the next one. Only the regrade that holds the course's slot comes here.
func (s *Service) keyVersion(ctx context.Context, id string, r *Regrade, latest int) (int, error) {
	it, err := s.item(ctx, r.Item)
	if err != nil {
		return 0, err
	}
	if it.AnswerKey().Same(r.To) {
		return 1, nil
	}
	for n := 2; ; n++ { // a version behind the latest was stored by one that died before it counted
		had, err := s.itemKeys.Get(ctx, itemKeyID(r.Item, n))
		switch {
		case err == nil && had.Value.Key.Same(r.To):
			return n, nil
		case err == nil:
		case errors.Is(err, faults.NotFound) && n > latest:
			d := storage.Doc[ItemKey]{ID: itemKeyID(r.Item, n), Value: ItemKey{Item: r.Item, Number: n, Key: r.To, Regrade: id, By: r.By, At: s.now(), Why: r.Why}}
			return n, put(ctx, s.itemKeys, d)
		default:
			return 0, err
		}
	}
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
		if n, same, err := s.sameKey(ctx, r, &c); err != nil {
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

// sameKey finds the number a planned key would get, if it is one there was.
func (s *Service) sameKey(ctx context.Context, r *Regrade, c *Corrections) (int, bool, error) {
	for n := 1; n <= max(c.Keys[r.Item].Latest, 1); n++ {
		it, err := s.keyed(ctx, r.Item, n)
		if err != nil {
			return 0, false, err
		}
		if it.AnswerKey().Same(r.To) {
			return n, true, nil
		}
	}
	return 0, false, nil
}

// itemsOf are the items of forms with the keys a regrade grades by.
type itemsOf struct {
	keys    Corrections
	plan    grading.Item // of a dry run: the item with its corrected key
	planned bool
}

func (s *Service) gradeAgain(ctx context.Context, at *Attempt, by *itemsOf) (grading.Result, error) {
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
	return grading.Grade(items, form, at.answers())
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
		res, err := s.gradeAgain(ctx, at, items)
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
		recounted(&e, q, f, v, all, id, s.now(), s.cfg.Zone())
	} else if e, err = s.recount(ctx, attempt, id); err != nil {
		return change, err
	}
	for i := range all {
		if all[i].ID == attempt {
			tell(&change, &all[i].Value, &e.Value)
		}
	}
	return change, s.note(ctx, change)
}

// mayGradeAgain asks the policy for whoever has the regrade run: nobody's own attempt is graded again by themselves.
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
	at.Results = append(slices.Clip(at.Results), Grading{At: now, Why: why, Regrade: id, Passed: q.Kind == PostTest && res.Passed(q.PassMark), Result: res})
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
			Note: fmt.Sprintf("regrade=%s item=%s key=%d score=%d->%d", id, r.Item, r.Key, before.Result.Score(), res.Score())})
		return nil
	})
}

// tell fills in what a regrade did to an attempt, from the attempt and its enrolment as they are now, however often that is asked. Pure.
func tell(c *RegradeChange, at *Attempt, e *Enrolment) {
	last, _ := at.result()
	c.Before, c.After, c.PassedBefore, c.PassesNow = last.Result.Score(), last.Result.Score(), last.Passed, last.Passed
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
		if d.Version == 0 && !c.Changed && !c.Left || d.Value == c {
			return storage.Unchanged
		}
		d.Value = c
		return nil
	})
	return err
}

// Recount brings an enrolment in line with the results of its attempts after a regrade. Step "recount" of an attempt. Idempotent.
func (s *Service) Recount(ctx context.Context, attempt AttemptID) error {
	d, err := s.attempts.Get(ctx, attempt)
	if err != nil {
		return err
	}
	if d.Due == nil || d.Due.Step != RecountStep {
		return nil
	}
	last, _ := d.Value.result()
	_, err = s.recount(ctx, attempt, last.Regrade)
	return err
}

func (s *Service) recount(ctx context.Context, attempt AttemptID, regrade string) (storage.Doc[Enrolment], error) {
	d, err := s.attempts.Get(ctx, attempt)
	if err != nil {
		return storage.Doc[Enrolment]{}, err
	}
	at := &d.Value
	v, err := s.version(ctx, at.Version)
	if err != nil {
		return storage.Doc[Enrolment]{}, err
	}
	q, _ := v.Content.Quiz(at.Quiz)
	e, err := s.enrolments.Get(ctx, at.Enrolment)
	if err != nil {
		return e, err
	}
	f, err := s.facts(ctx, at.Enrolment, &e.Value, v)
	if err != nil {
		return e, err
	}
	all, err := s.sittings(ctx, at.Enrolment, at.Quiz)
	if err != nil {
		return e, err
	}
	r, err := s.regrades.Get(ctx, regrade)
	if err != nil {
		return e, err
	}
	entry, now, zone := storage.NewID(), s.now(), s.cfg.Zone()
	e, err = s.enrolments.Update(ctx, at.Enrolment, func(e *storage.Doc[Enrolment]) error {
		if e.Value.Taken[at.Quiz].Ended > ended(all) {
			return faults.New(faults.Conflict, "Percobaan berikutnya baru saja dinilai.", "The next attempt has just been graded.") // look again at all of them
		}
		was := e.Value.State
		if !recounted(e, q, f, v, all, regrade, now, zone) {
			return storage.Unchanged
		}
		if e.Value.State != was {
			e.Trail = append(e.Trail, storage.Audit{ID: entry, At: now, Who: r.Value.By, Role: r.Value.Role, Verb: "regrade", Thing: EnrolmentsCollection + "/" + e.ID, About: e.Value.Person,
				Why: r.Value.Why, Note: fmt.Sprintf("regrade=%s %s->%s", regrade, was, e.Value.State)})
		}
		return nil
	})
	if err != nil {
		return e, err
	}
	for _, assignment := range e.Value.Assignments {
		if e.Value.State == Completed {
			err = s.answerAssignment(ctx, assignment, at.Enrolment, e.Value.Done)
		} else {
			err = s.reopenAssignment(ctx, assignment, at.Enrolment)
		}
		if err != nil {
			return e, err
		}
	}
	if e.Due != nil && e.Due.Step == CertifyStep {
		s.wake(ctx, EnrolmentsCollection, e.ID)
	}
	// The step is done for every attempt as it was read above; one that was graded again since keeps its own.
	for _, x := range all {
		if x.Due == nil || x.Due.Step != RecountStep {
			continue
		}
		read := x.Version
		if _, err := s.attempts.Update(ctx, x.ID, func(d *storage.Doc[Attempt]) error {
			if d.Version != read || d.Due == nil || d.Due.Step != RecountStep {
				return storage.Unchanged
			}
			d.Due = nil
			return nil
		}); err != nil {
			return e, err
		}
	}
	return e, nil
}

// ended counts the attempts that are graded, from the first on.
func ended(all []storage.Doc[Attempt]) int {
	n := 0
	for n < len(all) && all[n].Value.State == AttemptGraded {
		n++
	}
	return n
}

// recounted brings an enrolment in line with all attempts at one quiz and says whether that changed anything. A completion whose certificate was begun stays as it
// is; one without a certificate follows the results, both ways. Pure.
func recounted(e *storage.Doc[Enrolment], q Quiz, f Facts, v *Version, all []storage.Doc[Attempt], regrade string, now time.Time, zone civil.Zone) bool {
	was, wasDone := e.Value, Done{}
	if was.Done != nil {
		wasDone = *was.Done
	}
	var t Taken
	var passing *storage.Doc[Attempt]
	byID := map[AttemptID]Grading{}
	for i := range ended(all) {
		r, _ := all[i].Value.result()
		t = record(t, &all[i].Value, r)
		byID[all[i].ID] = r
		if r.Passed && passing == nil {
			passing = &all[i]
		}
	}
	x := &e.Value
	x.Taken = maps.Clone(x.Taken)
	if x.Taken == nil {
		x.Taken = map[string]Taken{}
	}
	x.Taken[q.Code] = t
	used := q.Attempts > 0 && t.Ended >= q.Attempts+x.Extra[q.Code]
	complete := func() {
		r, _ := passing.Value.result()
		x.Done = &Done{On: zone.Day(passing.Value.SubmittedAt), At: passing.Value.SubmittedAt, Attempt: passing.ID, Score: r.Result.Score(), Regrade: regrade}
		if m := v.Content.Card.ValidMonths; m > 0 {
			x.Done.ValidUntil = x.Done.On.AddMonths(m)
		}
	}
	switch {
	case q.Kind != PostTest:
	case x.State == Completed && x.Done.Certified.IsZero():
		r, here := byID[x.Done.Attempt]
		switch {
		case !here: // another test of the course completed it; all of them must still be passed
			if t.Passed {
				break
			}
			fallthrough
		case passing == nil:
			x.Undone = append(slices.Clip(x.Undone), Undone{Regrade: regrade, At: now, Done: *x.Done})
			x.Done, x.State = nil, Active
			if used {
				x.State = Failed
			}
			if e.Due != nil && e.Due.Step == CertifyStep {
				e.Due = nil
			}
		case !r.Passed:
			complete()
		case x.Done.Score != r.Result.Score():
			done := *x.Done
			done.Score = r.Result.Score()
			x.Done = &done
		}
	case x.State == Completed:
	default:
		f.Reading, f.Taken, f.Extra = x.Reading, x.Taken, x.Extra
		x.Prepared = x.Prepared || len(f.Missing) == 0
		switch done, _ := Complete(f); {
		case done && passing != nil:
			complete()
			x.State = Completed
			e.Due = storage.NewDue(CertifyStep, now)
		case !t.Passed && used:
			x.State = Failed
		default:
			x.State = Active
		}
	}
	return x.State != was.State || x.Prepared != was.Prepared || t != was.Taken[q.Code] || (x.Done == nil) != (was.Done == nil) || x.Done != nil && *x.Done != wasDone
}

// reopenAssignment makes an assignment open again whose completion was taken back. Safe to call twice.
func (s *Service) reopenAssignment(ctx context.Context, id string, e EnrolmentID) error {
	_, err := s.assignments.Update(ctx, id, func(d *storage.Doc[Assignment]) error {
		if d.Value.State != Answered || d.Value.Enrolment != e {
			return storage.Unchanged
		}
		d.Value.State, d.Value.Valid = Assigned, ""
		return nil
	})
	if errors.Is(err, faults.NotFound) {
		return nil
	}
	return err
}

// endRegrade gives the course's slot back and lets the certificates that waited go on.
func (s *Service) endRegrade(ctx context.Context, id string, r *Regrade) error {
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
		return nil
	})
	return err
}

// certifyWaiting makes the certificates of a course that waited ready at once instead of after their backoff. What it does not reach comes by itself.
func (s *Service) certifyWaiting(ctx context.Context, course CourseID) error {
	now := s.now()
	waiting, err := s.cfg.DB.Ready(ctx, EnrolmentsCollection, now.Add(storage.Backoff(100)), storage.MaxPage)
	if err != nil {
		return err
	}
	for _, w := range waiting {
		if w.Due.Step != CertifyStep || w.Due.Tries == 0 || !strings.Contains(w.ID, "."+course+".") {
			continue
		}
		err := s.cfg.DB.UpdateEnvelope(ctx, EnrolmentsCollection, w.ID, func(e *storage.Envelope) error {
			if e.Due == nil || e.Due.Step != CertifyStep || e.Due.Parked || e.Due.Tries == 0 {
				return storage.Unchanged
			}
			e.Due = storage.NewDue(CertifyStep, now)
			return nil
		})
		if err != nil {
			return err
		}
		s.wake(ctx, EnrolmentsCollection, w.ID)
	}
	return nil
}

// Certifying is Completed for whoever makes the certificate, and marks it as begun: from here on a regrade lists it instead of taking the completion back. While a
// regrade goes through the attempt that completed the course it is Conflict, so that the step waits. For the chain; takes no actor; safe to call twice.
func (s *Service) Certifying(ctx context.Context, id EnrolmentID) (Completion, error) {
	e, err := s.enrolments.Get(ctx, id)
	if err != nil {
		return Completion{}, err
	}
	if done := e.Value.Done; done != nil && done.Certified.IsZero() {
		waits, err := s.regrading(ctx, e.Value.Course, done.Attempt)
		if err != nil {
			return Completion{}, err
		}
		if waits {
			return Completion{}, faults.New(faults.Conflict, "Sertifikat menunggu: hasil tesnya sedang dinilai ulang.", "The certificate waits: the result is being regraded.")
		}
	}
	now := s.now()
	if e, err = s.enrolments.Update(ctx, id, func(e *storage.Doc[Enrolment]) error {
		if e.Value.Done == nil || !e.Value.Done.Certified.IsZero() {
			return storage.Unchanged
		}
		done := *e.Value.Done
		done.Certified = now
		e.Value.Done = &done
		return nil
	}); err != nil {
		return Completion{}, err
	}
	return s.completion(ctx, id, &e.Value)
}

// regrading says whether a regrade under way concerns an attempt.
func (s *Service) regrading(ctx context.Context, course CourseID, attempt AttemptID) (bool, error) {
	c, err := s.corrected(ctx, course)
	if err != nil || c.Running == "" {
		return false, err
	}
	d, err := s.attempts.Get(ctx, attempt)
	if err != nil {
		return false, err
	}
	return c.touches(&d.Value), nil
}
