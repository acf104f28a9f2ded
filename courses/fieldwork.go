package courses

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// WorkState is where the work of one person at one field task stands.
type WorkState string

// The states of a field work: it is written, handed in, judged, and then accepted or returned for improvement and handed in again.
const (
	WorkOpen     WorkState = "open"
	WorkHandedIn WorkState = "handed_in"
	WorkReturned WorkState = "returned"
	WorkAccepted WorkState = "accepted"
)

// Due steps of a field work.
const (
	OpenStep   = "open"   // OpenWork: what was handed in finds its judge
	RecordStep = "record" // RecordWork: what the verdict means for the enrolment
)

// FieldWorksCollection holds the field works.
const FieldWorksCollection = "field_works"

// FieldWork is what one person hands in for one field task in one cycle of a course. Its id is derived from enrolment and task and tells neither. What was handed in
// is an edition and never changes; the text beside the editions is a draft.
type FieldWork struct {
	Enrolment EnrolmentID    `json:"enrolment"`
	Task      string         `json:"task"` // its code
	Person    PersonID       `json:"person"`
	Course    CourseID       `json:"course"`
	Version   VersionID      `json:"version"`
	State     WorkState      `json:"state"`
	Since     time.Time      `json:"since"`
	Until     civil.Date     `json:"until,omitempty"` // last day to hand in without being late; "" for no end
	Seq       int            `json:"seq"`             // raised by every save
	Text      string         `json:"text,omitempty"`  // the draft
	Files     []grading.File `json:"files,omitempty"` // the draft
	Editions  []WorkEdition  `json:"editions,omitempty"`
}

// WorkEdition is one handing in.
type WorkEdition struct {
	At      time.Time      `json:"at"`
	Late    bool           `json:"late,omitempty"`
	Text    string         `json:"text,omitempty"`
	Files   []grading.File `json:"files,omitempty"`
	Verdict *WorkVerdict   `json:"verdict,omitempty"` // nil while it is judged
	Before  []WorkVerdict  `json:"before,omitempty"`  // verdicts that counted before an objection
}

// WorkVerdict is what came of an edition. Who said what stands in its marking.
type WorkVerdict struct {
	At       time.Time    `json:"at"`
	Marks    int          `json:"marks"` // which verdict of the marking it is, from 1
	Mark     grading.Mark `json:"mark"`  // of grading.Full
	Accepted bool         `json:"accepted,omitempty"`
	Untold   bool         `json:"untold,omitempty"`
}

// TaskDone is an accepted field task as the enrolment records it.
type TaskDone struct {
	Edition int          `json:"edition"` // which was accepted, from 1
	At      time.Time    `json:"at"`      // when that one was handed in
	Mark    grading.Mark `json:"mark"`
}

var fieldWorkDef = storage.Def[FieldWork]{Name: FieldWorksCollection, Shape: 1, Indexes: []storage.Index[FieldWork]{
	{Name: "files", Of: func(d *storage.Doc[FieldWork]) ([]string, string) {
		held := false
		d.Value.filesHeld(func(grading.File) { held = true })
		if !held {
			return nil, ""
		}
		return []string{"all"}, storage.OrderTime(d.Value.Since)
	}},
}}

// MaxEditions is how often one field task can be handed in.
const MaxEditions = 10

func fieldWorkID(enrolment EnrolmentID, task string) string {
	return "f" + fingerprint([]any{"field work", enrolment, task}, 26)
}

// EnrolmentOfWork is the enrolment a field work belongs to, for the chain to go on with.
func (s *Service) EnrolmentOfWork(ctx context.Context, id string) (EnrolmentID, error) {
	d, err := s.fieldWorks.Get(ctx, id)
	return d.Value.Enrolment, err
}

// WorkFact is what a page about the course says of a field work.
type WorkFact struct {
	State WorkState // "" when it has not been begun
	Until civil.Date
}

// missing says what is missing, and whether it lies with somebody else. Pure.
func (f WorkFact) missing(t FieldTask) (texts.Text, bool) {
	switch f.State {
	case WorkHandedIn:
		if t.Judge == BySupervisor {
			return capital(sentence("%s menunggu penilaian atasan Anda.", "%s waits for your supervisor.", taskName(t))), true
		}
		return capital(sentence("%s menunggu penilai.", "%s waits for a marker.", taskName(t))), true
	case WorkAccepted: // the enrolment records it in a moment
		return capital(sentence("%s diterima; sedang dicatat.", "%s was accepted and is being recorded.", taskName(t))), true
	case WorkReturned:
		return sentence("Perbaiki %s menurut umpan baliknya, lalu kumpulkan lagi.", "Improve %s by its feedback, then hand it in again.", taskName(t)), false
	case WorkOpen:
		if f.Until != "" {
			return say("Kumpulkan "+taskName(t).In(texts.ID)+" paling lambat "+f.Until.In(texts.ID)+".", "Hand "+taskName(t).In(texts.EN)+" in by "+f.Until.In(texts.EN)+"."), false
		}
		return sentence("Kumpulkan %s.", "Hand %s in.", taskName(t)), false
	}
	return sentence("Kerjakan %s sampai diterima.", "Do %s until it is accepted.", taskName(t)), false
}

// capital makes a sentence of what begins with a task's name.
func capital(t texts.Text) texts.Text {
	up := func(s string) string {
		if s == "" {
			return s
		}
		r, n := utf8.DecodeRuneInString(s)
		return string(unicode.ToUpper(r)) + s[n:]
	}
	return say(up(t.ID), up(t.EN))
}

// taskName is "tugas lapangan X", for the middle of a sentence.
func taskName(t FieldTask) texts.Text {
	return say("tugas lapangan \""+t.Title.In(texts.ID)+"\"", "the field task \""+t.Title.In(texts.EN)+"\"")
}

// workFacts reads how far the field works of an enrolment are that are not accepted. A course without field tasks costs nothing.
func (s *Service) workFacts(ctx context.Context, id EnrolmentID, e *Enrolment, v *Version) (map[string]WorkFact, error) {
	var out map[string]WorkFact
	for _, t := range v.Content.Tasks {
		if _, done := e.Tasks[t.Code]; done {
			continue
		}
		d, err := s.fieldWorks.Get(ctx, fieldWorkID(id, t.Code))
		switch {
		case err == nil:
			if out == nil {
				out = map[string]WorkFact{}
			}
			out[t.Code] = WorkFact{d.Value.State, d.Value.Until}
		case !errors.Is(err, faults.NotFound):
			return nil, err
		}
	}
	return out, nil
}

// WorkView is a field task with what its learner has done so far.
type WorkView struct {
	ID           string // of the work
	Enrolment    EnrolmentID
	Person       PersonID
	Course       CourseID
	CourseTitle  texts.Text
	Task         FieldTask
	Instructions template.HTML
	Locked       []texts.Text // what must be done before it may be begun
	State        WorkState    // "" before it is begun
	Since        time.Time
	Until        civil.Date
	Late         bool // handed in today it would be late
	Seq          int
	Text         string
	Files        []grading.File
	Rubric       []CriterionView
	Editions     []EditionView // the newest first
	Left         int           // how often it can still be handed in
	Ended        texts.Text    // why nothing can be handed in any more, though it is not accepted; empty when it can
	Held         bool          // an objection to its verdict is looked at: nothing is handed in until then
}

// EditionView is one handing in with what was said of it.
type EditionView struct {
	Number   int // from 1
	At       time.Time
	Late     bool
	Text     string
	Files    []grading.File
	Judged   bool
	Accepted bool
	Points   int // thousandths of a point of 100
	Marks    []GivenMark
	Objects  *ObjectionView // to what was said of it; nil where there is nothing to object to
}

// task reads the enrolment and its field task, and asks for a verb on the work.
func (s *Service) task(ctx context.Context, a access.Actor, verb string, enrolment EnrolmentID, code string) (storage.Doc[Enrolment], *Version, FieldTask, error) {
	d, err := s.enrolments.Get(ctx, enrolment)
	if err != nil {
		return d, nil, FieldTask{}, notFound(err, "Kepesertaan ini tidak ada.", "This enrolment does not exist.")
	}
	if err := s.looks(ctx, a, verb, "field_work", fieldWorkID(enrolment, code), d.Value.Person); err != nil {
		return d, nil, FieldTask{}, err
	}
	v, err := s.version(ctx, d.Value.Version)
	if err != nil {
		return d, nil, FieldTask{}, err
	}
	t, ok := v.Content.Task(code)
	if !ok {
		return d, nil, t, faults.New(faults.NotFound, "Tugas lapangan ini tidak ada di kursus ini.", "There is no such field task in this course.")
	}
	return d, v, t, nil
}

// Work shows a field task with what was done so far: to its learner, and to those who look after courses.
func (s *Service) Work(ctx context.Context, a access.Actor, enrolment EnrolmentID, task string) (WorkView, error) {
	return s.work(ctx, a, "view", enrolment, task)
}

// OwnWork is Work for whoever may write it: nobody but the learner.
func (s *Service) OwnWork(ctx context.Context, a access.Actor, enrolment EnrolmentID, task string) (WorkView, error) {
	return s.work(ctx, a, "write", enrolment, task)
}

func (s *Service) work(ctx context.Context, a access.Actor, verb string, enrolment EnrolmentID, task string) (WorkView, error) {
	e, v, t, err := s.task(ctx, a, verb, enrolment, task)
	if err != nil {
		return WorkView{}, err
	}
	f, err := s.facts(ctx, enrolment, &e.Value, v)
	if err != nil {
		return WorkView{}, err
	}
	id := fieldWorkID(enrolment, task)
	out := WorkView{ID: id, Enrolment: enrolment, Person: e.Value.Person, Course: e.Value.Course, CourseTitle: v.Content.Card.Title, Task: t, Instructions: instructions(t), Rubric: rubricView(t.Rubric, nil), Left: MaxEditions}
	if e.Value.State == Active {
		out.Locked = Gate(f, task)
	}
	d, err := s.fieldWorks.Get(ctx, id)
	switch {
	case errors.Is(err, faults.NotFound):
		out.Ended = noMore(e.Value.State, 0)
		return out, nil
	case err != nil:
		return WorkView{}, err
	}
	w := &d.Value
	out.State, out.Since, out.Until, out.Seq, out.Text, out.Files, out.Left = w.State, w.Since, w.Until, w.Seq, w.Text, w.Files, MaxEditions-len(w.Editions)
	out.Late = w.late(s.today())
	if w.State == WorkOpen || w.State == WorkReturned {
		out.Ended = noMore(e.Value.State, len(w.Editions))
	}
	for i := len(w.Editions) - 1; i >= 0; i-- {
		x, err := s.editionView(ctx, d.ID, i, w.Editions[i], t.Rubric)
		if err != nil {
			return WorkView{}, err
		}
		if i == len(w.Editions)-1 && w.State == WorkReturned {
			x.Objects, out.Held, err = s.workObjection(ctx, d.ID, w, t.Rubric)
			if err != nil {
				return WorkView{}, err
			}
		}
		out.Editions = append(out.Editions, x)
	}
	return out, nil
}

// noMore says why nothing is handed in any more; empty when something may be. Pure.
func noMore(state EnrolmentState, editions int) texts.Text {
	switch {
	case state == Failed:
		return say("Kesempatan tes akhir sudah habis, jadi tugas ini belum dapat dikumpulkan. Hubungi admin diklat.", "The attempts at the post-test are used up, so this task cannot be handed in now. Ask the training admin.")
	case editions >= MaxEditions:
		return say(fmt.Sprintf("Tugas ini sudah dikumpulkan %d kali. Hubungi admin diklat.", MaxEditions), fmt.Sprintf("This task has been handed in %d times. Ask the training admin.", MaxEditions))
	}
	return texts.Text{}
}

func (w *FieldWork) late(today civil.Date) bool { return w.Until != "" && today > w.Until }

func (s *Service) editionView(ctx context.Context, work string, n int, e WorkEdition, rubric []grading.Criterion) (EditionView, error) {
	out := EditionView{Number: n + 1, At: e.At, Late: e.Late, Text: e.Text, Files: e.Files}
	if e.Verdict == nil {
		return out, nil
	}
	out.Judged, out.Accepted, out.Points = true, e.Verdict.Accepted, e.Verdict.Mark.Thousandths()*100
	m, err := s.markings.Get(ctx, workMarkingID(work, n+1))
	if err != nil {
		return out, err
	}
	if k := e.Verdict.Marks; k >= 1 && k <= len(m.Value.Verdicts) {
		out.Marks = m.Value.given(rubric, m.Value.Verdicts[k-1].Sheets)
	}
	if m.Value.Objection != nil {
		out.Objects = m.Value.objectionView(rubric, "")
	}
	return out, nil
}

// instructions is what a field task asks, as HTML.
func instructions(t FieldTask) template.HTML {
	h, err := renderMarkdown(t.Instructions)
	if err != nil { // it was published, so it can be rendered
		return template.HTML(template.HTMLEscapeString(t.Instructions))
	}
	return template.HTML(h)
}

// BeginWork begins a field task: from now on its days count. Only the person enrolled can. Safe to call twice. Conflict, with what is missing, when it may not be begun yet or the course has ended.
func (s *Service) BeginWork(ctx context.Context, a access.Actor, enrolment EnrolmentID, task string) error {
	e, v, t, err := s.task(ctx, a, "write", enrolment, task)
	if err != nil {
		return err
	}
	id := fieldWorkID(enrolment, task)
	if _, err := s.fieldWorks.Get(ctx, id); err == nil || !errors.Is(err, faults.NotFound) {
		return err
	}
	if e.Value.State != Active && !(t.Optional && e.Value.State == Completed) {
		return faults.New(faults.Conflict, "Kursus ini sudah berakhir bagi Anda.", "This course has ended for you.")
	}
	f, err := s.facts(ctx, enrolment, &e.Value, v)
	if err != nil {
		return err
	}
	if locked := Gate(f, task); len(locked) > 0 {
		return &faults.Error{Kind: faults.Conflict, Text: join(locked)}
	}
	d := storage.Doc[FieldWork]{ID: id, Value: FieldWork{Enrolment: enrolment, Task: task, Person: e.Value.Person, Course: e.Value.Course, Version: e.Value.Version, State: WorkOpen, Since: s.now()}}
	d.Value.Until = s.lastDay(t)
	return put(ctx, s.fieldWorks, d)
}

// lastDay is the last day to hand in a task whose days begin to count today.
func (s *Service) lastDay(t FieldTask) civil.Date {
	if t.Days == 0 {
		return ""
	}
	return s.today().AddDays(t.Days)
}

// WorkDraft is what a learner has written.
type WorkDraft struct{ Text string }

func (d WorkDraft) tidy() WorkDraft {
	d.Text = strings.TrimSpace(strings.ReplaceAll(d.Text, "\r\n", "\n"))
	return d
}

// check refuses what is too long.
func (d WorkDraft) check(t FieldTask) error {
	words := len(strings.Fields(d.Text))
	switch {
	case !utf8.ValidString(d.Text) || strings.ContainsRune(d.Text, 0):
		return faults.OnField("text", "Ada huruf yang rusak. Ketik ulang.", "There are broken characters. Type them again.")
	case t.Words == 0 && words > 0:
		return faults.OnField("text", "Tugas ini tidak meminta laporan tertulis.", "This task asks for no text.")
	case words > t.Words || utf8.RuneCountInString(d.Text) > t.Words*20:
		return faults.OnField("text", fmt.Sprintf("Laporan paling banyak %s kata; sekarang %s.", texts.Grouped(int64(t.Words), texts.ID), texts.Grouped(int64(words), texts.ID)), fmt.Sprintf("The text has at most %s words; it has %s now.", texts.Grouped(int64(t.Words), texts.EN), texts.Grouped(int64(words), texts.EN)))
	}
	return nil
}

func (w *FieldWork) same(d WorkDraft) bool { return w.Text == d.Text }

// SavedWork is the answer to a saved draft.
type SavedWork struct{ Seq int }

// SaveWork keeps what a learner has written so far, as an autosave does: seq is the number last seen. Repeating a save whose answer got lost is recognised. Errors: Conflict with the field
// Stale for a tab that missed a save; Conflict when it is not begun, is being judged or has been accepted; Invalid for a text that is too long.
func (s *Service) SaveWork(ctx context.Context, a access.Actor, enrolment EnrolmentID, task string, draft WorkDraft, seq int) (SavedWork, error) {
	d, err := s.writeWork(ctx, a, enrolment, task, draft, seq, false)
	return SavedWork{d.Value.Seq}, err
}

// HandIn hands a field task in: it becomes an edition that never changes, and its judge is asked. A second call with the same text says that it stands. Late work is taken and shown as late. Errors
// as SaveWork, and Invalid for what is missing.
func (s *Service) HandIn(ctx context.Context, a access.Actor, enrolment EnrolmentID, task string, draft WorkDraft, seq int) error {
	d, err := s.writeWork(ctx, a, enrolment, task, draft, seq, true)
	if err == nil && d.Due != nil {
		s.wake(ctx, FieldWorksCollection, d.ID)
	}
	return err
}

func (s *Service) writeWork(ctx context.Context, a access.Actor, enrolment EnrolmentID, task string, draft WorkDraft, seq int, hand bool) (storage.Doc[FieldWork], error) {
	e, _, t, err := s.task(ctx, a, "write", enrolment, task)
	if err != nil {
		return storage.Doc[FieldWork]{}, err
	}
	draft = draft.tidy()
	if err := draft.check(t); err != nil {
		return storage.Doc[FieldWork]{}, err
	}
	if hand {
		if err := s.unheld(ctx, fieldWorkID(enrolment, task)); err != nil {
			return storage.Doc[FieldWork]{}, err
		}
	}
	now, today := s.now(), s.today()
	d, err := s.fieldWorks.Update(ctx, fieldWorkID(enrolment, task), func(d *storage.Doc[FieldWork]) error {
		w := &d.Value
		if hand && w.State == WorkHandedIn && w.Editions[len(w.Editions)-1].Text == draft.Text { // the answer got lost
			return storage.Unchanged
		}
		if err := w.writable(e.Value.State); err != nil {
			return err
		}
		switch {
		case w.same(draft) && (seq == w.Seq || seq == w.Seq-1): // stored already
			if !hand {
				return storage.Unchanged
			}
		case seq != w.Seq:
			return faults.New(faults.Conflict, "Tugas ini juga dibuka di tab atau perangkat lain, dan isian di sana lebih baru. Muat ulang halaman ini; isian yang tersimpan tidak hilang.",
				"This task is also open in another tab or device, where it is newer. Reload this page; what is saved is not lost.").With(Stale, "Halaman ini sudah tidak mutakhir.", "This page is out of date.")
		default:
			w.Text = draft.Text
			w.Seq++
		}
		if !hand {
			return nil
		}
		switch {
		case t.Words > 0 && w.Text == "":
			return faults.OnField("text", "Tulis laporan Anda dahulu.", "Write your text first.")
		case t.Files > 0 && len(w.Files) == 0:
			return onFile(faults.New(faults.Invalid, "Kirim paling sedikit satu berkas dahulu.", "Send at least one file first."))
		}
		w.Editions = append(slices.Clip(w.Editions), WorkEdition{At: now, Late: w.late(today), Text: w.Text, Files: w.Files})
		w.State, d.Due = WorkHandedIn, storage.NewDue(OpenStep, now)
		return nil
	})
	return d, notBegun(err)
}

// writable says why nothing can be changed now; nil when it can.
func (w *FieldWork) writable(course EnrolmentState) error {
	switch w.State {
	case WorkHandedIn:
		return faults.New(faults.Conflict, "Tugas ini sudah dikumpulkan dan sedang dinilai.", "This task has been handed in and is being judged.")
	case WorkAccepted:
		return faults.New(faults.Conflict, "Tugas ini sudah diterima.", "This task has been accepted.")
	}
	if t := noMore(course, len(w.Editions)); !t.Empty() {
		return &faults.Error{Kind: faults.Conflict, Text: t}
	}
	return nil
}
