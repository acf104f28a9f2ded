package courses

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Sat is what an attempt inside an exam carries of it, so that saving and ending look at nothing else. It is nil in every other attempt.
type Sat struct {
	ID       string        `json:"id"`
	Minutes  int           `json:"minutes,omitempty"` // time limit of the quiz; 0 none
	Closes   time.Time     `json:"closes"`
	Extra    int           `json:"extra,omitempty"`    // minutes by the exam's list; Attempt.Extra are those given to this attempt alone
	Held     time.Duration `json:"held,omitempty"`     // how long the clock stood still, pauses that ended
	Paused   time.Time     `json:"paused,omitzero"`    // since when it stands still; zero: it runs
	ByAll    bool          `json:"by_all,omitempty"`   // paused with everybody, not alone
	Pauses   int           `json:"pauses,omitempty"`   // how many pauses of the exam are in Held
	Networks []string      `json:"networks,omitempty"` // answers come from these
	Stopped  bool          `json:"stopped,omitempty"`  // ended by an invigilator
	First    []int         `json:"first,omitempty"`    // by slot: seconds from the start to the first answer, plus one; 0: none yet
}

// longestPause is after which a forgotten pause ends the attempt with what was saved.
const longestPause = 12 * time.Hour

// Paused is the field path that tells a save refused because the clock stands still from other conflicts.
const Paused = "paused"

func errPaused() error {
	return faults.New(faults.Conflict, "Ujian sedang dijeda oleh pengawas. Jawaban di layar tetap ada dan dapat disimpan begitu ujian dilanjutkan.",
		"The invigilator has paused the exam. The answers on your screen stay and can be saved once it goes on.").With(Paused, "Ujian dijeda.", "The exam is paused.")
}

// Outside is the field path of a save refused because it comes from another network.
const Outside = "network"

func errOutside() error {
	return faults.New(faults.Conflict, "Perangkat ini tidak lagi di jaringan ujian. Sambungkan kembali, lalu simpan lagi; jawaban di layar tetap ada.",
		"This device is no longer on the exam's network. Connect to it and save again; the answers on your screen stay.").With(Outside, "Di luar jaringan ujian.", "Outside of the exam's network.")
}

// paused says since when the clock of an attempt stands still; zero when it runs.
func (a *Attempt) paused() time.Time {
	if a.Exam == nil {
		return time.Time{}
	}
	return a.Exam.Paused
}

// left is how long an attempt still has.
func (a *Attempt) left(now time.Time) time.Duration {
	if a.EndsAt.IsZero() {
		return 0
	}
	if p := a.paused(); !p.IsZero() {
		now = p
	}
	return max(a.EndsAt.Sub(now), 0)
}

// reckon works out the one end of an attempt in an exam: its own limit or the closing, whichever comes first, then extra time and pauses.
func (a *Attempt) reckon() {
	end := a.Exam.Closes
	if m := a.Exam.Minutes; m > 0 {
		if t := a.StartedAt.Add(time.Duration(m) * time.Minute); t.Before(end) {
			end = t
		}
	}
	a.EndsAt = end.Add(time.Duration(a.Extra+a.Exam.Extra)*time.Minute + a.Exam.Held)
}

// awaitEnd is the due of an open attempt: its end, or where a pause is forgotten.
func (a *Attempt) awaitEnd() *storage.Due {
	at := a.EndsAt
	if p := a.paused(); !p.IsZero() {
		at = p.Add(longestPause)
	}
	if at.IsZero() {
		return nil
	}
	return &storage.Due{Step: CloseStep, Since: a.StartedAt, NotBefore: at}
}

// stepInto makes a new attempt one of an exam.
func (x *Exam) stepInto(id string, a *Attempt, minutes int, units []string) {
	a.Exam = &Sat{ID: id, Minutes: minutes, Closes: x.end(), Extra: x.extraFor(a.Person, units), Pauses: len(x.Pauses), Networks: x.Networks}
	a.reckon()
}

// applyTo brings an open attempt in line with its exam and says whether anything changed. Pure; doing it twice changes nothing more.
func (x *Exam) applyTo(a *Attempt, units []string) bool {
	was, ends := *a.Exam, a.EndsAt
	sat := a.Exam
	sat.Closes, sat.Extra, sat.Networks = x.Closes, x.extraFor(a.Person, units), x.Networks
	for sat.Pauses < len(x.Pauses) {
		p := x.Pauses[sat.Pauses]
		from := p.From
		if from.Before(a.StartedAt) {
			from = a.StartedAt
		}
		if p.Until.IsZero() {
			if sat.Paused.IsZero() {
				sat.Paused, sat.ByAll = from, true
			}
			break
		}
		if sat.ByAll || sat.Paused.IsZero() {
			sat.Held += max(p.Until.Sub(from), 0)
			sat.Paused, sat.ByAll = time.Time{}, false
		}
		sat.Pauses++
	}
	a.reckon()
	same := was.Closes.Equal(sat.Closes) && was.Extra == sat.Extra && was.Held == sat.Held && was.Paused.Equal(sat.Paused) && was.Pauses == sat.Pauses && slices.Equal(was.Networks, sat.Networks)
	return !same || !ends.Equal(a.EndsAt)
}

// halt ends an open attempt at a moment with what was saved, by an invigilator's word.
func (s *Service) halt(d *storage.Doc[Attempt], now time.Time) {
	d.Value.Exam.Stopped, d.Value.Exam.Paused, d.Value.Exam.ByAll = true, time.Time{}, false
	at := &d.Value
	at.State, at.SubmittedAt = AttemptSubmitted, now
	d.Due = storage.NewDue(GradeStep, now)
}

// noteFirst writes down when items were answered first.
func (a *Attempt) noteFirst(answers map[string]grading.Answer, now time.Time) {
	if a.Exam == nil {
		return
	}
	for item, ans := range answers {
		n := a.find(item)
		if n < 0 || ans.Blank() {
			continue
		}
		for len(a.Exam.First) < len(a.Slots) {
			a.Exam.First = append(a.Exam.First, 0)
		}
		if a.Exam.First[n] == 0 {
			a.Exam.First[n] = int(now.Sub(a.StartedAt)/time.Second) + 1
		}
	}
}

// Due steps of an exam; after them ForgetStep, which deletes what is noted of devices, networks and looking away.
const (
	SettleStep  = "settle"  // its running attempts follow the last change
	CollectStep = "collect" // after the end: answers are compared when the last one is graded
)

// SettleExam lets every running attempt of an exam follow its last change (end, extra time, pauses, networks, stop), those outside of it end when it opens, and those that were graded and withheld, too: when they
// count may have moved. Step "settle". Idempotent.
func (s *Service) SettleExam(ctx context.Context, id string) error {
	d, err := s.exams.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := s.eachAttempt(ctx, id, func(ctx context.Context, at storage.Doc[Attempt]) error {
		switch {
		case at.Value.State == AttemptOpen:
			return s.follow(ctx, at.ID, &d.Value)
		case at.Due != nil && at.Due.Step == CompleteStep && at.Due.NotBefore.After(s.now()):
			return s.showSooner(ctx, at.ID, &d.Value)
		}
		return nil
	}); err != nil {
		return err
	}
	if err := s.settleOutside(ctx, &d.Value); err != nil {
		return err
	}
	revision := d.Value.Revision
	_, err = s.exams.Update(ctx, id, func(d *storage.Doc[Exam]) error {
		if d.Due == nil || d.Due.Step != SettleStep || d.Value.Revision != revision {
			return storage.Unchanged // changed meanwhile: what is due stays due
		}
		d.Due = &storage.Due{Step: CollectStep, Since: s.now(), NotBefore: d.Value.end().Add(time.Minute)}
		return nil
	})
	return err
}

// follow brings one running attempt in line with its exam.
func (s *Service) follow(ctx context.Context, id AttemptID, x *Exam) error {
	now := s.now()
	e, err := s.enrolments.Get(ctx, EnrolmentOf(id))
	if err != nil {
		return err
	}
	ended := false
	_, err = s.attempts.Update(ctx, id, func(d *storage.Doc[Attempt]) error {
		ended = false
		at := &d.Value
		if at.State != AttemptOpen || at.Exam == nil {
			return storage.Unchanged
		}
		moved := x.applyTo(at, e.Value.Units)
		switch {
		case !x.Stopped.IsZero() && !at.over(x.Stopped):
			s.halt(d, x.Stopped)
			ended = true
		case !moved:
			return storage.Unchanged
		case at.over(now):
			s.end(d, now)
			ended = true
		default:
			d.Due = at.awaitEnd()
		}
		return nil
	})
	if ended && err == nil {
		s.wake(ctx, AttemptsCollection, id)
	}
	return err
}

// sitsAlone notes on an exam until when one of its attempts may last that was given time, or paused, by itself, so that keys stay closed for the others until then. Safe to call twice.
func (s *Service) sitsAlone(ctx context.Context, at *Attempt, until time.Time) error {
	now := s.now()
	_, err := s.exams.Update(ctx, at.Exam.ID, func(d *storage.Doc[Exam]) error {
		x := &d.Value
		if x.Alone[at.Person].Equal(until) || len(x.Alone) >= storage.MaxList {
			return storage.Unchanged
		}
		x.Alone = maps.Clone(x.Alone)
		if x.Alone == nil {
			x.Alone = map[PersonID]time.Time{}
		}
		x.Alone[at.Person] = until
		if d.Due != nil && (d.Due.Step == SettleStep || d.Due.Step == CollectStep) {
			d.Due = storage.NewDue(SettleStep, now) // those withheld follow
		}
		return nil
	})
	if err == nil {
		s.wake(ctx, ExamsCollection, at.Exam.ID)
	}
	return err
}

// showSooner moves when a withheld attempt counts to what its exam says now.
func (s *Service) showSooner(ctx context.Context, id AttemptID, x *Exam) error {
	now := s.now()
	_, err := s.attempts.Update(ctx, id, func(d *storage.Doc[Attempt]) error {
		until := x.withheld(d.Value.SubmittedAt, now)
		if d.Due == nil || d.Due.Step != CompleteStep || d.Due.NotBefore.Equal(until) {
			return storage.Unchanged
		}
		d.Due = storage.NewDue(CompleteStep, now)
		if !until.IsZero() {
			d.Due = awaitShown(until, now)
		}
		return nil
	})
	if err == nil {
		s.wake(ctx, AttemptsCollection, id)
	}
	return err
}

// eachAttempt does something with every attempt of an exam, several at once, so that their writes share commits.
func (s *Service) eachAttempt(ctx context.Context, exam string, do func(ctx context.Context, at storage.Doc[Attempt]) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(16)
	err := s.attempts.Each(ctx, storage.Query{Index: "exam", Term: exam}, func(d storage.Doc[Attempt]) error {
		g.Go(func() error { return do(ctx, d) })
		return ctx.Err()
	})
	if werr := g.Wait(); werr != nil {
		return werr
	}
	return err
}

// CollectExam waits until the last attempt of an exam that is over is graded, then lets its answers be compared. Step "collect". Idempotent.
func (s *Service) CollectExam(ctx context.Context, id string) error {
	d, err := s.exams.Get(ctx, id)
	if err != nil || d.Due == nil || d.Due.Step != CollectStep {
		return err
	}
	now, later := s.now(), time.Time{}
	wait := func(t time.Time) {
		if t.After(later) {
			later = t
		}
	}
	if end := d.Value.end(); now.Before(end) {
		wait(end.Add(time.Minute))
	} else if err := s.attempts.Each(ctx, storage.Query{Index: "exam", Term: id}, func(at storage.Doc[Attempt]) error {
		switch at.Value.State {
		case AttemptOpen:
			wait(now.Add(at.Value.left(now) + time.Minute))
		case AttemptSubmitted:
			wait(now.Add(time.Minute))
		}
		return nil
	}); err != nil {
		return err
	}
	if later.IsZero() {
		if err := storage.Raise(ctx, s.alikes, id, now, 0); err != nil {
			return err
		}
		s.wake(ctx, AlikesCollection, id)
	}
	_, err = s.exams.Update(ctx, id, func(d *storage.Doc[Exam]) error {
		if d.Due == nil || d.Due.Step != CollectStep {
			return storage.Unchanged
		}
		if !later.IsZero() {
			d.Due = &storage.Due{Step: CollectStep, Since: d.Due.Since, NotBefore: later}
			return nil
		}
		d.Due = &storage.Due{Step: ForgetStep, Since: now, NotBefore: d.Value.Closes.Add(TraceLife)}
		return nil
	})
	return err
}

// TraceLife is how long after its end an exam keeps what it noted of devices, networks and looking away, pairs of alike answers and its password's hash: long enough
// for an objection, docs/retention.md.
const TraceLife = 90 * 24 * time.Hour

// ForgetExam deletes the traces of an exam. Step "forget". Idempotent.
func (s *Service) ForgetExam(ctx context.Context, id string) error {
	d, err := s.exams.Get(ctx, id)
	if err != nil || d.Due == nil || d.Due.Step != ForgetStep {
		return err
	}
	if err := s.seats.Each(ctx, storage.Query{Index: "exam", Term: id}, func(x storage.Doc[Seat]) error {
		_, err := s.seats.Update(ctx, x.ID, func(x *storage.Doc[Seat]) error { x.Value.forget(); return nil })
		return err
	}); err != nil {
		return err
	}
	if x, err := s.alikes.Get(ctx, id); err == nil {
		if err := s.alikes.Delete(ctx, id, x.Version); err != nil && !errors.Is(err, faults.NotFound) {
			return err
		}
	} else if !errors.Is(err, faults.NotFound) {
		return err
	}
	_, err = s.exams.Update(ctx, id, func(d *storage.Doc[Exam]) error {
		if d.Due == nil || d.Due.Step != ForgetStep {
			return storage.Unchanged
		}
		d.Due, d.Value.Password, d.Value.Forgotten = nil, nil, true
		return nil
	})
	return err
}
