package courses

import (
	"context"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// Reading is how far one lesson was read, measured by the server's clock.
type Reading struct {
	Last    time.Time `json:"last,omitzero"` // opened or counted last
	Seconds int       `json:"s,omitempty"`
	End     bool      `json:"end,omitempty"` // the end of the page was reached
	Done    time.Time `json:"done,omitzero"`
}

const (
	// ReadingShare is the part, in percent, of the estimated reading time that counts as having read.
	ReadingShare = 40
	// beat is the shortest gap that is written down; closer heartbeats are answered and not stored.
	beat = 10 * time.Second
	// patience is the longest gap that counts for a short lesson.
	patience = time.Minute
)

// need is how many seconds of reading a lesson asks for.
func need(l LessonRef) int { return (l.Seconds*ReadingShare + 99) / 100 }

func (r Reading) done(l LessonRef) bool { return !r.Done.IsZero() || r.End && r.Seconds >= need(l) }

func (r Reading) missing(l LessonRef) texts.Text {
	switch left := need(l) - r.Seconds; {
	case r.Last.IsZero():
		return sentence("Baca pelajaran %s.", "Read the lesson %s.", l.Title)
	case left > 0:
		return say(fmt.Sprintf("Baca pelajaran %s paling sedikit %s lagi.", l.Title.In(texts.ID), duration(left, texts.ID)),
			fmt.Sprintf("Read the lesson %s for at least %s more.", l.Title.In(texts.EN), duration(left, texts.EN)))
	default:
		return sentence("Baca pelajaran %s sampai akhir halaman.", "Read the lesson %s to the end of its page.", l.Title)
	}
}

func duration(seconds int, l texts.Lang) string {
	minutes := (seconds + 59) / 60
	switch {
	case seconds < 60 && l == texts.EN:
		return fmt.Sprintf("%d seconds", seconds)
	case seconds < 60:
		return fmt.Sprintf("%d detik", seconds)
	case l == texts.EN && minutes == 1:
		return "1 minute"
	case l == texts.EN:
		return fmt.Sprintf("%d minutes", minutes)
	}
	return fmt.Sprintf("%d menit", minutes)
}

// LessonView is a lesson as its reader sees it.
type LessonView struct {
	Enrolment EnrolmentID
	Course    CourseID
	Code      string
	Title     texts.Text
	HTML      template.HTML
	Local     []string // what the city lays down, where the lesson leaves something to "ketentuan yang berlaku di daerah Anda"
	Minutes   int
	Part      string
	Number    int // 1..Of
	Of        int
	Previous  string // code of the lesson before; "" at the first
	Next      string // code of the lesson after; "" at the last
	Status    ReadingStatus
}

// ReadingStatus says how far a lesson was read.
type ReadingStatus struct {
	Seconds int
	Need    int // seconds that count as having read
	End     bool
	Done    bool
	Missing texts.Text // empty when done
}

func status(r Reading, l LessonRef) ReadingStatus {
	st := ReadingStatus{Seconds: r.Seconds, Need: need(l), End: r.End, Done: r.done(l)}
	if !st.Done {
		st.Missing = r.missing(l)
	}
	return st
}

// OpenLesson gives a lesson to its reader and starts the clock; called again (the page became visible again) it restarts the clock, so that time away is
// not counted. Conflict, saying what is missing, before the pre-test was taken. Safe to call twice.
func (s *Service) OpenLesson(ctx context.Context, a access.Actor, id EnrolmentID, code string) (LessonView, error) {
	d, err := s.seen(ctx, a, "read", id)
	if err != nil {
		return LessonView{}, err
	}
	v, err := s.version(ctx, d.Value.Version)
	if err != nil {
		return LessonView{}, err
	}
	ref, ok := v.Content.Lesson(code)
	if !ok {
		return LessonView{}, faults.New(faults.NotFound, "Pelajaran ini tidak ada.", "This lesson does not exist.")
	}
	f, err := s.facts(ctx, id, &d.Value, v)
	if err != nil {
		return LessonView{}, err
	}
	if locked := Gate(f, code); len(locked) > 0 && d.Value.State == Active {
		return LessonView{}, &faults.Error{Kind: faults.Conflict, Text: join(locked)}
	}
	text, err := s.lesson(ctx, ref.Lesson)
	if err != nil {
		return LessonView{}, err
	}
	if d.Value.State == Active && d.Value.Reading[code].Done.IsZero() {
		now := s.now()
		if d, err = s.enrolments.Update(ctx, id, func(d *storage.Doc[Enrolment]) error {
			r := d.Value.Reading[code]
			r.Last = now
			d.Value.setReading(code, r)
			return nil
		}); err != nil {
			return LessonView{}, err
		}
	}
	return s.lessonView(&v.Content, LessonView{Enrolment: id, Course: d.Value.Course, Code: code, Title: ref.Title, HTML: template.HTML(text.HTML), Minutes: ref.Minutes, Part: ref.Part,
		Status: status(d.Value.Reading[code], ref)}), nil
}

// lessonView says where a lesson stands among the others, and what the city adds to it.
func (s *Service) lessonView(c *Content, view LessonView) LessonView {
	html := string(view.HTML)
	if s.cfg.LocalRules != nil && (strings.Contains(html, "berlaku di daerah Anda") || strings.Contains(html, "ketentuan yang sedang berlaku")) {
		for line := range strings.Lines(s.cfg.LocalRules()) {
			if line = strings.TrimSpace(line); line != "" {
				view.Local = append(view.Local, line)
			}
		}
	}
	view.Of = len(c.Lessons)
	for i, l := range c.Lessons {
		if l.Code != view.Code {
			continue
		}
		view.Number = i + 1
		if i > 0 {
			view.Previous = c.Lessons[i-1].Code
		}
		if i+1 < len(c.Lessons) {
			view.Next = c.Lessons[i+1].Code
		}
	}
	return view
}

func (e *Enrolment) setReading(code string, r Reading) {
	if e.Reading == nil {
		e.Reading = map[string]Reading{}
	}
	e.Reading[code] = r
}

// Read counts reading time: the page calls it while it is visible (about every 15 seconds) and with end when its end was reached; without scripts the
// reader presses a button at the end. Only the server's clock counts, each second once even with several lessons open, and a gap counts at most as
// long as the lesson is estimated to take. Conflict when the lesson was not opened. Safe to call at any rate.
func (s *Service) Read(ctx context.Context, a access.Actor, id EnrolmentID, code string, end bool) (ReadingStatus, error) {
	d, err := s.seen(ctx, a, "read", id)
	if err != nil {
		return ReadingStatus{}, err
	}
	v, err := s.version(ctx, d.Value.Version)
	if err != nil {
		return ReadingStatus{}, err
	}
	ref, ok := v.Content.Lesson(code)
	if !ok {
		return ReadingStatus{}, faults.New(faults.NotFound, "Pelajaran ini tidak ada.", "This lesson does not exist.")
	}
	now := s.now()
	d, err = s.enrolments.Update(ctx, id, func(d *storage.Doc[Enrolment]) error { return count(&d.Value, ref, now, end) })
	if err != nil {
		return ReadingStatus{}, err
	}
	return status(d.Value.Reading[code], ref), nil
}

// count adds the time since the last count to a lesson. Pure.
func count(e *Enrolment, l LessonRef, now time.Time, end bool) error {
	r := e.Reading[l.Code]
	if e.State != Active || !r.Done.IsZero() {
		return storage.Unchanged
	}
	if r.Last.IsZero() {
		return faults.New(faults.Conflict, "Buka pelajarannya dahulu.", "Open the lesson first.")
	}
	from := r.Last
	if e.Beat.After(from) {
		from = e.Beat
	}
	gap := now.Sub(from)
	if gap < beat && (!end || r.End && r.Seconds+int(gap/time.Second) < need(l)) {
		return storage.Unchanged
	}
	gap = min(max(gap, 0), max(patience, time.Duration(l.Seconds)*time.Second))
	r.Seconds += int(gap / time.Second)
	r.Last = now.Add(-gap % time.Second) // the broken second counts next time
	e.Beat = r.Last
	r.End = r.End || end
	if r.done(l) {
		r.Done = now
	}
	e.setReading(l.Code, r)
	return nil
}
