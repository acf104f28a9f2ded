package courses

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// ObjectionState is where an objection stands.
type ObjectionState string

// The states of an objection, in this order; refused and done are ends.
const (
	ObjectionOpen    ObjectionState = "open"    // somebody is to look at it
	ObjectionRefused ObjectionState = "refused" // the mark stays, with a reason
	ObjectionAgain   ObjectionState = "again"   // other markers mark the answer again
	ObjectionDone    ObjectionState = "done"    // they have
)

// ObjectionStates lists them in the order they are shown.
var ObjectionStates = []ObjectionState{ObjectionOpen, ObjectionAgain, ObjectionDone, ObjectionRefused}

// Objection ("keberatan") is a learner's disagreement with what people gave an answer or a field task, once per answer. Whoever looks at it is none of those who marked and marks
// nothing of it afterwards. Being marked again never makes a result worse.
type Objection struct {
	State    ObjectionState `json:"state"`
	At       time.Time      `json:"at"`
	Why      string         `json:"why"`
	By       PersonID       `json:"by,omitempty"` // who looked
	Answered time.Time      `json:"answered,omitzero"`
	Answer   string         `json:"answer,omitempty"` // the reason of whoever looked
	Ended    time.Time      `json:"ended,omitzero"`   // when it was refused or marked again
}

// UsualObjectionDays is for how many days a mark can be objected to where the installation does not say.
const UsualObjectionDays = 14

// byObjection marks a result that follows from an objection, in the place of a regrade's id, which has no colon.
const byObjection = "objection:"

// round tells the marks that count now from those given before: 0, and 1 when others mark again after an objection.
func (m *Marking) round() int {
	if m.Objection != nil && (m.Objection.State == ObjectionAgain || m.Objection.State == ObjectionDone) {
		return 1
	}
	return 0
}

// agree appends the verdict that some marks of this round give. After an objection the earlier verdict stays where it is the better one. Pure.
func (m *Marking) agree(rubric []grading.Criterion, sheets []int, now time.Time) {
	v := Verdict{At: now, Sheets: sheets}
	if m.round() > 0 {
		if before, ok := m.edition(len(m.Verdicts)); ok {
			was, _ := before.Mark(rubric)
			is, _ := grading.Marks{Levels: m.levels(sheets)}.Mark(rubric)
			if is < was {
				v.Sheets, v.Lower = m.Verdicts[len(m.Verdicts)-1].Sheets, sheets
			}
		}
		o := *m.Objection
		o.State, o.Ended = ObjectionDone, now
		m.Objection = &o
	}
	m.Verdicts, m.State = append(slices.Clip(m.Verdicts), v), MarkingDone
}

func (m *Marking) levels(sheets []int) (out []map[string]int) {
	for _, i := range sheets {
		out = append(out, m.Sheets[i].Levels)
	}
	return out
}

// marked says whether somebody gave a mark of this answer.
func (m *Marking) markedBy(person PersonID) bool {
	return slices.ContainsFunc(m.Sheets, func(x MarkSheet) bool { return x.By == person && !x.Given.IsZero() })
}

// ObjectionView is what a learner sees of an objection to one answer, and whether one can be made.
type ObjectionView struct {
	State    ObjectionState // "" when none was made
	Until    civil.Date     // last day to make one; "" when none can be made (any more)
	At       time.Time
	Why      string
	Answered time.Time
	Answer   string
	Ended    time.Time
	Before   []GivenMark // that counted before, once marked again
	Lower    []GivenMark // that were given after the objection and do not count: the earlier are better
}

func (m *Marking) objectionView(rubric []grading.Criterion, until civil.Date) *ObjectionView {
	if m.Objection == nil {
		if until == "" {
			return nil
		}
		return &ObjectionView{Until: until}
	}
	o := m.Objection
	out := &ObjectionView{State: o.State, At: o.At, Why: o.Why, Answered: o.Answered, Answer: o.Answer, Ended: o.Ended}
	if n := len(m.Verdicts); o.State == ObjectionDone && n > 1 {
		last := m.Verdicts[n-1]
		if len(last.Lower) == 0 {
			out.Before = m.given(rubric, m.Verdicts[n-2].Sheets)
		}
		out.Lower = m.given(rubric, last.Lower)
	}
	return out
}

func (m *Marking) given(rubric []grading.Criterion, sheets []int) (out []GivenMark) {
	for _, i := range sheets {
		out = append(out, givenMark(rubric, &m.Sheets[i]))
	}
	return out
}

// objectable is the last day on which a mark can be objected to that was shown at a moment; "" when that is over. Pure but for the clock.
func (s *Service) objectable(shown time.Time) civil.Date {
	days := UsualObjectionDays
	if s.cfg.ObjectionDays != nil {
		days = s.cfg.ObjectionDays()
	}
	last := s.cfg.Zone().Day(shown).AddDays(days)
	if days <= 0 || s.today() > last {
		return ""
	}
	return last
}

// objectionTo is the last day on which the taker of an attempt can object to a verdict on one of its answers: in days after both the verdict and the end of the exam it was part of.
func (s *Service) objectionTo(ctx context.Context, at *Attempt, m *Marking) (civil.Date, error) {
	if at.State != AttemptGraded || at.Ordinal == 0 || at.Trial != 0 || len(m.Verdicts) == 0 {
		return "", nil
	}
	shown := m.Verdicts[len(m.Verdicts)-1].At
	if at.Exam != nil {
		x, err := s.exams.Get(ctx, at.Exam.ID)
		if err != nil {
			return "", err
		}
		if end := x.Value.last(); x.Value.Cancelled.IsZero() && end.After(shown) {
			shown = end
		}
	}
	return s.objectable(shown), nil
}

// Object says that the taker of an attempt disagrees with what people gave one of its answers. Audited; safe to call twice. Errors: Invalid without a reason, Conflict when nobody marked the
// answer, its days are over, or an objection was made before.
func (s *Service) Object(ctx context.Context, a access.Actor, attempt AttemptID, item, why string) error {
	d, err := s.attempts.Get(ctx, attempt)
	if err != nil {
		return notFound(err, "Percobaan ini tidak ada.", "This attempt does not exist.")
	}
	at := &d.Value
	role, err := s.may(ctx, a, "make", "objection", "", at.Person)
	if err != nil {
		return hidden(err, false)
	}
	if level, err := s.reviewed(ctx, a, at); err != nil {
		return err
	} else if level == ReviewNothing {
		return errHidden()
	}
	r, _ := at.result()
	n := at.find(item)
	if n < 0 || n >= len(r.Result.Items) || r.Result.Items[n].Marks == 0 {
		return errNotMarked()
	}
	id := markingID(attempt, n)
	m, err := s.markings.Get(ctx, id)
	if err != nil {
		return err
	}
	until, err := s.objectionTo(ctx, at, &m.Value)
	if err != nil {
		return err
	}
	return s.object(ctx, a, role, id, until, why)
}

// ObjectToWork says that somebody disagrees with the verdict that returned their field task. While it is looked at nothing can be handed in. Errors as Object.
func (s *Service) ObjectToWork(ctx context.Context, a access.Actor, enrolment EnrolmentID, task, why string) error {
	if _, _, _, err := s.task(ctx, a, "write", enrolment, task); err != nil {
		return err
	}
	d, err := s.fieldWorks.Get(ctx, fieldWorkID(enrolment, task))
	if err != nil {
		return notBegun(err)
	}
	role, err := s.may(ctx, a, "make", "objection", "", d.Value.Person)
	if err != nil {
		return hidden(err, false)
	}
	w := &d.Value
	if w.State != WorkReturned {
		return errNotMarked()
	}
	n := len(w.Editions)
	return s.object(ctx, a, role, workMarkingID(d.ID, n), s.objectable(w.Editions[n-1].Verdict.At), why)
}

func errNotMarked() error {
	return faults.New(faults.Conflict, "Tidak ada penilaian orang yang dapat diberi keberatan di sini.", "There is no mark by people here to object to.")
}

func (s *Service) object(ctx context.Context, a access.Actor, role, id string, until civil.Date, why string) error {
	why, err := reasonOf(why)
	if err != nil {
		return err
	}
	now := s.now()
	var entry storage.Audit
	_, err = s.markings.Update(ctx, id, func(d *storage.Doc[Marking]) error {
		m := &d.Value
		switch {
		case m.Objection != nil && m.Objection.Why == why:
			return storage.Unchanged
		case m.Objection != nil:
			return faults.New(faults.Conflict, "Keberatan atas penilaian ini sudah pernah diajukan; satu jawaban satu kali.", "This mark has been objected to already; it can be done once per answer.")
		case m.State != MarkingDone || d.Due != nil:
			return errNotMarked()
		case until == "":
			return faults.New(faults.Conflict, "Masa keberatan atas penilaian ini sudah lewat.", "The days for an objection to this mark are over.")
		}
		if entry.ID == "" {
			entry = s.entry(a, role, "object", MarkingsCollection, id, m.Person, why, "")
		}
		m.Objection = &Objection{State: ObjectionOpen, At: now, Why: why}
		d.Trail = append(d.Trail, entry)
		return nil
	})
	return err
}

// reasonOf tidies a reason and refuses what is none.
func reasonOf(why string) (string, error) {
	why = strings.TrimSpace(strings.ReplaceAll(why, "\r\n", "\n"))
	switch {
	case why == "":
		return "", faults.OnField("why", "Tulis alasannya.", "Give the reason.")
	case utf8.RuneCountInString(why) > MaxRemark:
		return "", faults.OnField("why", "Alasan paling banyak "+texts.Grouped(MaxRemark, texts.ID)+" huruf.", "A reason has at most "+texts.Grouped(MaxRemark, texts.EN)+" characters.")
	case !utf8.ValidString(why) || strings.ContainsRune(why, 0):
		return "", faults.OnField("why", "Ada huruf yang rusak. Ketik ulang.", "There are broken characters. Type them again.")
	}
	return why, nil
}

// ObjectionRow is one objection as whoever answers objections sees it. It names nobody.
type ObjectionRow struct {
	ID     string
	State  ObjectionState
	Course CourseID
	Title  texts.Text // of the quiz or field task
	Code   string     // of the item or field task
	Alias  string
	At     time.Time
	Why    string
	Mine   bool // the reader gave a mark of it: somebody else answers
}

// Objection shows an objection with the answer and its marks.
type ObjectionDetail struct {
	ObjectionRow
	CourseTitle texts.Text
	Work        bool // of a field task
	Stem        template.HTML
	General     template.HTML
	Text        string
	Files       []MarkingFile
	Rubric      []CriterionView
	Marks       []GivenMark // that count
	Answered    time.Time
	Answer      string
	Ended       time.Time
	Before      []GivenMark
	Lower       []GivenMark
}

func (s *Service) objectionRow(ctx context.Context, a access.Actor, id string, m *Marking) (ObjectionRow, error) {
	title, code, err := s.called(ctx, m)
	return ObjectionRow{ID: id, State: m.Objection.State, Course: m.Course, Title: title, Code: code, Alias: s.alias(m), At: m.Objection.At, Why: m.Objection.Why, Mine: m.markedBy(a.Person)}, err
}

// Objections lists objections in a state, the longest waiting first, a page at a time; those of the reader's own answers are left out.
func (s *Service) Objections(ctx context.Context, a access.Actor, state ObjectionState, after storage.Cursor, limit int) (list []ObjectionRow, next storage.Cursor, err error) {
	if !s.cfg.Policy.Scope(a, "view", "objection").All {
		return nil, next, faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	if !slices.Contains(ObjectionStates, state) {
		return nil, next, faults.OnField("state", "Status keberatan tidak dikenal.", "Unknown state of an objection.")
	}
	p, err := s.markings.Find(ctx, storage.Query{Index: "objections", Term: string(state), After: after, Limit: limit})
	if err != nil {
		return nil, next, err
	}
	for _, d := range p.Docs {
		if d.Value.Person == a.Person {
			continue
		}
		row, err := s.objectionRow(ctx, a, d.ID, &d.Value)
		if err != nil {
			return nil, next, err
		}
		list = append(list, row)
	}
	if p.More {
		next = p.Next
	}
	return list, next, nil
}

// objected reads a marking that was objected to and asks for a verb on the objection.
func (s *Service) objected(ctx context.Context, a access.Actor, verb, id string) (storage.Doc[Marking], string, error) {
	missing := faults.New(faults.NotFound, "Keberatan ini tidak ada.", "This objection does not exist.")
	d, err := s.markings.Get(ctx, id)
	if err != nil {
		return d, "", notFound(err, missing.Text.ID, missing.Text.EN)
	}
	role, err := s.may(ctx, a, verb, "objection", id, d.Value.Person)
	if err != nil || d.Value.Person == a.Person { // its maker follows it beside the own answer
		return storage.Doc[Marking]{}, "", errors.Join(missing, hidden(err, false))
	}
	if d.Value.Objection == nil {
		return storage.Doc[Marking]{}, "", missing
	}
	return d, role, nil
}

// Objection shows an objection to whoever may see objections. NotFound for its maker, who sees it beside the own answer.
func (s *Service) Objection(ctx context.Context, a access.Actor, id string) (ObjectionDetail, error) {
	d, _, err := s.objected(ctx, a, "view", id)
	if err != nil {
		return ObjectionDetail{}, err
	}
	m := &d.Value
	row, err := s.objectionRow(ctx, a, id, m)
	if err != nil {
		return ObjectionDetail{}, err
	}
	it, err := s.asked(ctx, m)
	if err != nil {
		return ObjectionDetail{}, err
	}
	v, err := s.version(ctx, m.Version)
	if err != nil {
		return ObjectionDetail{}, err
	}
	answer, err := s.answered(ctx, m)
	if err != nil {
		return ObjectionDetail{}, err
	}
	out := ObjectionDetail{ObjectionRow: row, CourseTitle: v.Content.Card.Title, Work: m.ofWork(), Stem: it.stem, General: it.line(it.General), Text: answer.Text, Files: s.filesToMark(m, answer), Rubric: rubricView(it.Rubric, nil),
		Answered: m.Objection.Answered, Answer: m.Objection.Answer, Ended: m.Objection.Ended}
	if n := len(m.Verdicts); n > 0 {
		out.Marks = m.given(it.Rubric, m.Verdicts[n-1].Sheets)
	}
	seen := m.objectionView(it.Rubric, "")
	out.Before, out.Lower = seen.Before, seen.Lower
	return out, nil
}

// ObjectionFile opens a file of the answer that was objected to, for whoever may see objections.
func (s *Service) ObjectionFile(ctx context.Context, a access.Actor, id, file string) (Received, error) {
	d, _, err := s.objected(ctx, a, "view", id)
	if err != nil {
		return Received{}, err
	}
	return s.fileOfAnswer(ctx, &d.Value, file)
}

// AnswerObjection refuses an objection, or lets other markers mark the answer again, with the reason. Whoever gave a mark of it cannot. Audited; safe to call twice. Errors: Invalid without a
// reason, Forbidden for who marked it, Conflict when it was answered otherwise or the field task was handed in again.
func (s *Service) AnswerObjection(ctx context.Context, a access.Actor, id string, again bool, why string) (ObjectionDetail, error) {
	d, role, err := s.objected(ctx, a, "answer", id)
	if err != nil {
		return ObjectionDetail{}, err
	}
	if why, err = reasonOf(why); err != nil {
		return ObjectionDetail{}, err
	}
	if d.Value.markedBy(a.Person) {
		return ObjectionDetail{}, faults.New(faults.Forbidden, "Anda ikut menilai jawaban ini, jadi orang lain yang memutus keberatannya.", "You marked this answer yourself, so somebody else answers the objection.")
	}
	if again && d.Value.ofWork() {
		w, err := s.fieldWorks.Get(ctx, d.Value.Work)
		if err != nil {
			return ObjectionDetail{}, err
		}
		if w.Value.State != WorkReturned || len(w.Value.Editions) != d.Value.Edition {
			return ObjectionDetail{}, faults.New(faults.Conflict, "Tugas ini sudah dikumpulkan lagi, jadi kiriman itu tidak dinilai ulang.", "This task has been handed in again, so that edition is not marked again.")
		}
	}
	now, verb, state := s.now(), "refuse_objection", ObjectionRefused
	if again {
		verb, state = "mark_again", ObjectionAgain
	}
	entry := s.entry(a, role, verb, MarkingsCollection, id, d.Value.Person, why, "")
	_, err = s.markings.Update(ctx, id, func(d *storage.Doc[Marking]) error {
		m := &d.Value
		switch {
		case m.Objection.State != ObjectionOpen && m.Objection.By == a.Person && m.Objection.Answer == why && again == (m.Objection.State != ObjectionRefused):
			return storage.Unchanged
		case m.Objection.State != ObjectionOpen:
			return faults.New(faults.Conflict, "Keberatan ini sudah diputus.", "This objection has been answered.")
		}
		o := *m.Objection
		o.State, o.By, o.Answered, o.Answer = state, a.Person, now, why
		if again {
			m.State = MarkingOpen
			if m.Judge == BySupervisor { // somebody else than the supervisor, who sees no name
				m.Judge, m.For, m.Units = ByMarker, "", nil
			}
		} else {
			o.Ended = now
		}
		m.Objection = &o
		d.Due = storage.NewDue(TellStep, now)
		d.Trail = append(d.Trail, entry)
		return nil
	})
	if err != nil {
		return ObjectionDetail{}, err
	}
	s.wake(ctx, MarkingsCollection, id)
	return s.Objection(ctx, a, id)
}

// ObjectionNews is what a learner is told of an answered objection. Link is the path of the page that shows it.
type ObjectionNews struct {
	Person PersonID
	Topic  string
	Link   string
	Title  texts.Text
	Body   texts.Text
}

// UntoldObjection gives what the maker of an answered objection has to be told. For the chain; takes no actor.
func (s *Service) UntoldObjection(ctx context.Context, id string) (ObjectionNews, error) {
	d, err := s.markings.Get(ctx, id)
	if err != nil || d.Value.Objection == nil {
		return ObjectionNews{}, err
	}
	m := &d.Value
	title, _, err := s.called(ctx, m)
	if err != nil {
		return ObjectionNews{}, err
	}
	out := ObjectionNews{Person: m.Person, Topic: "objection." + id, Link: "/percobaan/" + m.Attempt + "/hasil"}
	if m.ofWork() {
		w, err := s.fieldWorks.Get(ctx, m.Work)
		if err != nil {
			return ObjectionNews{}, err
		}
		out.Link = "/belajar/" + w.Value.Enrolment + "/tugas/" + m.Quiz
	}
	out.Title, out.Body = texts.T("Keberatan diterima: "+title.In(texts.ID), "Objection accepted: "+title.In(texts.EN)),
		texts.T("Jawaban Anda dinilai lagi oleh penilai lain; nilainya tidak dapat turun. Alasan: "+m.Objection.Answer, "Your answer is marked again by others; the mark cannot get lower. Reason: "+m.Objection.Answer)
	if m.Objection.State == ObjectionRefused {
		out.Title, out.Body = texts.T("Keberatan ditolak: "+title.In(texts.ID), "Objection refused: "+title.In(texts.EN)), texts.T("Nilainya tetap. Alasan: "+m.Objection.Answer, "The mark stays. Reason: "+m.Objection.Answer)
	}
	return out, nil
}

// ToldObjection notes that they were told. Step "tell" of a marking ends here. Safe to call twice.
func (s *Service) ToldObjection(ctx context.Context, id string) error {
	return s.clearDue(ctx, MarkingsCollection, id, TellStep)
}

// settleObjection appends to a graded attempt the result that follows from marking one of its answers again. Idempotent: a result that names the verdict is there already.
func (s *Service) settleObjection(ctx context.Context, marking string, m *Marking) error {
	d, err := s.attempts.Get(ctx, m.Attempt)
	if err != nil {
		return err
	}
	at := &d.Value
	last, ok := at.result()
	if !ok || m.Objection == nil || last.Result.Items[m.Slot].Marks >= len(m.Verdicts) || last.Result.Items[m.Slot].Marks == 0 {
		return nil // 0: the item was taken out meanwhile
	}
	v, err := s.version(ctx, at.Version)
	if err != nil {
		return err
	}
	q, ok := v.Content.Quiz(at.Quiz)
	if !ok {
		return fmt.Errorf("attempt %s: version %s has no quiz %s", m.Attempt, at.Version, at.Quiz)
	}
	keys, err := s.corrected(ctx, at.Course)
	if err != nil {
		return err
	}
	items, err := s.keyedItems(ctx, at.form(), &keys)
	if err != nil {
		return err
	}
	marks, err := s.marksNamed(ctx, m.Attempt, &last.Result)
	if err != nil {
		return err
	}
	marks[m.Item], _ = m.edition(len(m.Verdicts))
	r, err := grading.GradeMarked(items, at.form(), at.answers(), at.tried(), q.Behaviour.TryRule(), marks)
	if err != nil {
		return fmt.Errorf("attempt %s: %w", m.Attempt, err)
	}
	now, read, entry := s.now(), len(at.Results), storage.NewID()
	_, err = s.attempts.Update(ctx, m.Attempt, func(d *storage.Doc[Attempt]) error {
		if len(d.Value.Results) != read {
			return faults.New(faults.Conflict, "Percobaan ini baru saja dinilai ulang.", "This attempt has just been graded again.")
		}
		d.Value.Results = append(slices.Clip(d.Value.Results), Grading{At: now, Why: m.Objection.Answer, Regrade: byObjection + marking, Passed: q.Kind == PostTest && r.Passed(q.PassMark), Untold: true, Result: r})
		d.Due = storage.NewDue(RecountStep, now)
		d.Trail = append(d.Trail, storage.Audit{ID: entry, At: now, Who: access.System("chain").Name(), Verb: "mark_again", Thing: AttemptsCollection + "/" + m.Attempt, About: at.Person, Why: m.Objection.Answer,
			Note: fmt.Sprintf("score=%d->%d", last.Result.Score(), r.Score())})
		return nil
	})
	if err == nil {
		s.wake(ctx, AttemptsCollection, m.Attempt)
	}
	return err
}

// because is who and why of a result that changed another: of a regrade, or of an objection.
func (s *Service) because(ctx context.Context, id string) (by, role, why string, err error) {
	if marking, ok := strings.CutPrefix(id, byObjection); ok {
		m, err := s.markings.Get(ctx, marking)
		if err != nil || m.Value.Objection == nil {
			return "", "", "", err
		}
		return m.Value.Objection.By, "", m.Value.Objection.Answer, nil
	}
	r, err := s.regrades.Get(ctx, id)
	return r.Value.By, r.Value.Role, r.Value.Why, err
}

// workObjection is how it stands with an objection to the verdict that returned a field work, and whether that holds the work up.
func (s *Service) workObjection(ctx context.Context, id string, w *FieldWork, rubric []grading.Criterion) (*ObjectionView, bool, error) {
	n := len(w.Editions)
	d, err := s.markings.Get(ctx, workMarkingID(id, n))
	if err != nil {
		return nil, false, err
	}
	return d.Value.objectionView(rubric, s.objectable(w.Editions[n-1].Verdict.At)), d.Value.underWay(), nil
}

// underWay says whether an objection waits for somebody.
func (m *Marking) underWay() bool {
	return m.Objection != nil && (m.Objection.State == ObjectionOpen || m.Objection.State == ObjectionAgain)
}

// unheld says why a field work cannot be handed in while an objection to its last verdict is looked at; nil when it can.
func (s *Service) unheld(ctx context.Context, id string) error {
	d, err := s.fieldWorks.Get(ctx, id)
	if errors.Is(err, faults.NotFound) || err == nil && d.Value.State != WorkReturned {
		return nil
	}
	if err != nil {
		return err
	}
	m, err := s.markings.Get(ctx, workMarkingID(id, len(d.Value.Editions)))
	if err != nil {
		return err
	}
	if m.Value.underWay() {
		return faults.New(faults.Conflict, "Keberatan Anda sedang diperiksa. Tugas ini dapat dikumpulkan lagi setelah ada hasilnya; tulisan Anda tersimpan.", "Your objection is being looked at. The task can be handed in again once that has ended; what you wrote is kept.")
	}
	return nil
}
