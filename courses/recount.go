package courses

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

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
	own, err := s.ownOf(ctx, all)
	if err != nil {
		return e, err
	}
	shown, err := s.shown(ctx, all)
	if err != nil {
		return e, err
	}
	by, role, why, err := s.because(ctx, regrade)
	if err != nil {
		return e, err
	}
	entry, now, zone := storage.NewID(), s.now(), s.cfg.Zone()
	e, err = s.enrolments.Update(ctx, at.Enrolment, func(e *storage.Doc[Enrolment]) error {
		if e.Value.Taken[at.Quiz].Ended > len(shown) {
			return faults.New(faults.Conflict, "Percobaan berikutnya baru saja dinilai.", "The next attempt has just been graded.") // look again at all of them
		}
		was := e.Value.State
		if !recounted(e, q, f, v, shown, own, regrade, now, zone) {
			return storage.Unchanged
		}
		if e.Value.State != was {
			e.Trail = append(e.Trail, storage.Audit{ID: entry, At: now, Who: by, Role: role, Verb: "regrade", Thing: EnrolmentsCollection + "/" + e.ID, About: e.Value.Person,
				Why: why, Note: fmt.Sprintf("%s->%s", was, e.Value.State)})
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
	if len(all) > 0 {
		if err := s.counted(ctx, &all[0].Value); err != nil {
			return e, err
		}
	}
	// The step is done for every attempt as it was read above; one that was graded again since keeps its own.
	for i, x := range all {
		if x.Due == nil || x.Due.Step != RecountStep {
			continue
		}
		due := untold(&x.Value, now)
		if i >= len(shown) { // an exam withholds it: it is recorded, and its taker told, when that is over
			due = storage.NewDue(CompleteStep, now)
		}
		read := x.Version
		if _, err := s.attempts.Update(ctx, x.ID, func(d *storage.Doc[Attempt]) error {
			if d.Version != read || d.Due == nil || d.Due.Step != RecountStep {
				return storage.Unchanged
			}
			d.Due = due
			return nil
		}); err != nil {
			return e, err
		}
	}
	return e, nil
}

// recounted brings an enrolment in line with all attempts at one quiz that count (shown) and says whether that changed anything. A completion whose certificate was begun stays as it
// is; one without a certificate follows the results, both ways. Pure.
func recounted(e *storage.Doc[Enrolment], q Quiz, f Facts, v *Version, all []storage.Doc[Attempt], own map[AttemptID]int, regrade string, now time.Time, zone civil.Zone) bool {
	was, wasDone := e.Value, Done{}
	if was.Done != nil {
		wasDone = *was.Done
	}
	var t Taken
	var passing *storage.Doc[Attempt]
	byID := map[AttemptID]Grading{}
	for i := range all {
		r, _ := all[i].Value.result()
		t = record(t, &all[i].Value, r, own[all[i].ID])
		byID[all[i].ID] = r
		if r.Passed && own[all[i].ID] == 0 && passing == nil {
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
		x.Done = finished(x, v, passing.ID, &passing.Value, r, zone)
		x.Done.Regrade = regrade
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
		x.Prepared = x.Prepared || len(f.Missing) == 0
		switch done, _ := Complete(f.of(x)); {
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
