package courses

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// InvigilatorAct is what an invigilator can do to one taker or to all.
type InvigilatorAct string

// The acts.
const (
	PauseExam   InvigilatorAct = "pause"
	ResumeExam  InvigilatorAct = "resume"
	StopExam    InvigilatorAct = "stop"
	ExtraTime   InvigilatorAct = "extra_time" // before or during; also for a unit
	MessageExam InvigilatorAct = "message"
)

// Invigilation is one act. Person "" is everybody.
type Invigilation struct {
	Key     string // makes a repeated post act once
	Act     InvigilatorAct
	Person  PersonID
	Unit    string // of extra time: everybody of a unit and below it; id or code
	Minutes int    // of extra time
	Text    string // of a message
	Why     string
}

// resume ends a pause for all.
func (x *Exam) resume(now time.Time) {
	if n := len(x.Pauses); n > 0 && x.Pauses[n-1].Until.IsZero() {
		x.Pauses = slices.Clone(x.Pauses)
		x.Pauses[n-1].Until = now
	}
}

// acted remembers the key of an act; true when it was done before.
func (x *Exam) acted(key string) bool {
	if key == "" {
		return false
	}
	if slices.Contains(x.Keys, key) {
		return true
	}
	x.Keys = append(slices.Clone(x.Keys[max(0, len(x.Keys)-49):]), key)
	return false
}

// Invigilate does something to a taker or to all: pausing stops clocks and moves ends by as long as it lasts; stopping ends with what was saved; extra time moves
// ends, for those who have not begun from their start. Audited. Safe to call twice with the same key. Nobody does it to an exam they sit in, nor to themselves.
// Errors: Invalid without reason, minutes or text; Conflict when the exam is over or not running.
func (s *Service) Invigilate(ctx context.Context, a access.Actor, id string, in Invigilation) (ExamDoc, error) {
	d, role, err := s.exam(ctx, a, "invigilate", id)
	if err != nil {
		return ExamDoc{}, err
	}
	in.Why, in.Text = strings.TrimSpace(in.Why), strings.TrimSpace(in.Text)
	switch {
	case in.Act != MessageExam && in.Why == "":
		return ExamDoc{}, faults.OnField("why", "Tulis alasannya.", "Give the reason.")
	case in.Act == MessageExam && (in.Text == "" || utf8.RuneCountInString(in.Text) > 500):
		return ExamDoc{}, faults.OnField("text", "Pesan 1 sampai 500 huruf.", "A message has 1 to 500 letters.")
	case in.Act == ExtraTime && (in.Minutes < 1 || in.Minutes > 240):
		return ExamDoc{}, faults.OnField("minutes", "Tambahan waktu 1 sampai 240 menit.", "Extra time is 1 to 240 minutes.")
	}
	if in.Person != "" {
		verb := "invigilate"
		if in.Act == ExtraTime {
			verb = "extend"
		}
		if _, err := s.may(ctx, a, verb, "attempt", "", in.Person); err != nil {
			return ExamDoc{}, err
		}
		if in.Act != MessageExam && in.Act != ExtraTime {
			return s.invigilateOne(ctx, a, role, d, in)
		}
	}
	if in.Unit != "" {
		u, err := s.cfg.People.Unit(ctx, in.Unit)
		if err != nil {
			return ExamDoc{}, notFound(err, "Unit kerja ini tidak ada.", "This unit does not exist.")
		}
		in.Unit = u
	}
	now := s.now()
	entry, err := s.examEntry(a, role, id, in)
	if err != nil {
		return ExamDoc{}, err
	}
	d, err = s.exams.Update(ctx, id, func(d *storage.Doc[Exam]) error {
		x := &d.Value
		if x.acted(in.Key) {
			return storage.Unchanged
		}
		switch st := x.state(now); {
		case st == ExamCancelled || st == ExamClosed && in.Act != ExtraTime && in.Act != MessageExam && !now.Before(x.last()): // before, some sit on with extra time
			return faults.New(faults.Conflict, "Ujian ini sudah berakhir.", "This exam is over.")
		case st == ExamPlanned && (in.Act == PauseExam || in.Act == StopExam):
			return faults.New(faults.Conflict, "Ujian ini belum dibuka.", "This exam has not opened yet.")
		}
		if err := x.act(in, now); err != nil {
			return err
		}
		x.Revision++
		if in.Act != MessageExam {
			if a.Person != "" && !slices.Contains(x.Acted, a.Person) {
				x.Acted = append(slices.Clone(x.Acted), a.Person)
			}
			d.Due = storage.NewDue(SettleStep, now)
		}
		d.Trail = append(d.Trail, entry)
		return nil
	})
	if err != nil {
		return ExamDoc{}, err
	}
	s.boards.drop(id)
	s.wake(ctx, ExamsCollection, id)
	return s.examDoc(ctx, d)
}

// act changes an exam. Pure.
func (x *Exam) act(in Invigilation, now time.Time) error {
	switch in.Act {
	case PauseExam:
		if !x.paused().IsZero() {
			return storage.Unchanged
		}
		if len(x.Pauses) >= examPausesMost {
			return faults.New(faults.Conflict, "Ujian ini sudah dijeda 50 kali, dan itu batasnya. Beri tambahan waktu sebagai gantinya.", "This exam has been paused 50 times, which is the limit. Give extra time instead.")
		}
		x.Pauses = append(slices.Clone(x.Pauses), Span{From: now})
	case ResumeExam:
		if x.paused().IsZero() {
			return storage.Unchanged
		}
		x.resume(now)
	case StopExam:
		x.resume(now)
		x.Stopped = now
	case ExtraTime:
		for i, e := range x.Extra {
			if e.Person == in.Person && e.Unit == in.Unit {
				if e.Minutes+in.Minutes > 480 {
					return faults.OnField("minutes", "Seluruh tambahan waktu paling banyak 480 menit.", "All extra time together is at most 480 minutes.")
				}
				x.Extra = slices.Clone(x.Extra)
				x.Extra[i].Minutes, x.Extra[i].Why = e.Minutes+in.Minutes, in.Why
				return nil
			}
		}
		if len(x.Extra) >= examExtrasMost {
			return faults.New(faults.Conflict, "Daftar tambahan waktu penuh. Beri tambahan waktu per unit kerja.", "The list of extra time is full. Give extra time by unit.")
		}
		x.Extra = append(slices.Clone(x.Extra), ExamExtra{in.Person, in.Unit, in.Minutes, in.Why})
	case MessageExam:
		x.Messages = append(slices.Clone(x.Messages), ExamMessage{ID: itoa(len(x.Messages)+1) + "-" + now.Format("150405"), To: in.Person, Text: in.Text, At: now})
		x.Messages = x.Messages[max(0, len(x.Messages)-examMessagesMost):]
	default:
		return faults.OnField("act", "Tindakan ini tidak dikenal.", "This act is not known.")
	}
	return nil
}

// examEntry is the audit entry of an act.
func (s *Service) examEntry(a access.Actor, role, id string, in Invigilation) (none storage.Audit, err error) {
	note := ""
	if in.Unit != "" {
		note = "unit=" + in.Unit
	}
	switch in.Act {
	case PauseExam:
		return s.entry(a, role, "pause_exam", ExamsCollection, id, in.Person, in.Why, note), nil
	case ResumeExam:
		return s.entry(a, role, "resume_exam", ExamsCollection, id, in.Person, in.Why, note), nil
	case StopExam:
		return s.entry(a, role, "stop_exam", ExamsCollection, id, in.Person, in.Why, note), nil
	case ExtraTime:
		return s.entry(a, role, "extra_time", ExamsCollection, id, in.Person, in.Why, strings.TrimSpace(note+fmt.Sprintf(" minutes=%d", in.Minutes))), nil
	case MessageExam:
		return s.entry(a, role, "message_exam", ExamsCollection, id, in.Person, in.Text, note), nil
	}
	return none, faults.OnField("act", "Tindakan ini tidak dikenal.", "This act is not known.")
}

// invigilateOne pauses, resumes or stops the running attempt of one taker.
func (s *Service) invigilateOne(ctx context.Context, a access.Actor, role string, x storage.Doc[Exam], in Invigilation) (ExamDoc, error) {
	seat, err := s.seats.Get(ctx, seatID(x.ID, in.Person))
	if err != nil && !errors.Is(err, faults.NotFound) {
		return ExamDoc{}, err
	}
	if seat.Value.Attempt == "" {
		return ExamDoc{}, faults.New(faults.Conflict, "Peserta ini belum mulai. Lakukan ini setelah ia mulai.", "This person has not begun. Do this once they have.")
	}
	now := s.now()
	entry, err := s.examEntry(a, role, x.ID, in)
	if err != nil {
		return ExamDoc{}, err
	}
	entry.Thing = AttemptsCollection + "/" + seat.Value.Attempt
	d, err := s.attempts.Update(ctx, seat.Value.Attempt, func(d *storage.Doc[Attempt]) error {
		at := &d.Value
		switch {
		case at.State != AttemptOpen && in.Act == StopExam && at.Exam != nil && at.Exam.Stopped:
			return storage.Unchanged
		case at.State != AttemptOpen || at.Exam == nil || at.over(now):
			return faults.New(faults.Conflict, "Percobaan ini sudah berakhir.", "This attempt has ended.")
		case in.Act == StopExam:
			s.halt(d, now)
		case in.Act == PauseExam:
			if !at.Exam.Paused.IsZero() && !at.Exam.ByAll {
				return storage.Unchanged
			}
			if at.Exam.ByAll { // it stays paused when the others go on
				at.Exam.ByAll = false
			} else {
				at.Exam.Paused = now
			}
			d.Due = at.awaitEnd()
		case in.Act == ResumeExam:
			if at.Exam.Paused.IsZero() {
				return storage.Unchanged
			}
			if at.Exam.ByAll {
				return faults.New(faults.Conflict, "Ujian dijeda untuk semua. Lanjutkan untuk semua.", "The exam is paused for all. Resume it for all.")
			}
			if p := x.Value.paused(); !p.IsZero() { // paused with the others from now on
				at.Exam.ByAll = true
				if p.After(at.Exam.Paused) {
					at.Exam.Held += p.Sub(at.Exam.Paused)
					at.Exam.Paused = p
				}
			} else {
				at.Exam.Held += now.Sub(at.Exam.Paused)
				at.Exam.Paused = time.Time{}
			}
			at.reckon()
			d.Due = at.awaitEnd()
		}
		d.Trail = append(d.Trail, entry)
		return nil
	})
	if err == nil {
		until := d.Value.EndsAt
		if p := d.Value.Exam.Paused; d.Value.State != AttemptOpen {
			until = d.Value.SubmittedAt
		} else if !p.IsZero() { // unless somebody ends the pause before
			until = p.Add(longestPause)
		}
		err = s.sitsAlone(ctx, &d.Value, until)
	}
	if err != nil {
		return ExamDoc{}, err
	}
	s.boards.drop(x.ID)
	s.wake(ctx, AttemptsCollection, seat.Value.Attempt)
	return s.examDoc(ctx, x)
}
