package courses

import (
	"context"
	"errors"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// MarkingRow is one answer in the queue: what a marker may know before opening it.
type MarkingRow struct {
	ID      string
	Course  CourseID
	Quiz    string
	Title   texts.Text // of the quiz
	Item    string     // item version, to mark all answers to it in a row
	Code    string     // of the item
	Alias   string
	At      time.Time
	State   MarkingState
	Given   int  // marks there are
	Wanted  int  // marks it takes
	Mine    bool // claimed by the reader
	Others  bool // as many as are wanted have it
	Already bool // the reader has marked it, or may not: it is their own
}

// QueueFilter narrows the queue; empty fields do not narrow. Quiz needs Course.
type QueueFilter struct {
	Course CourseID
	Quiz   string
	Item   string // item version
	Apart  bool   // those that two markers see differently, for a third
	After  storage.Cursor
	Limit  int
}

func (f QueueFilter) query() storage.Query {
	term := string(MarkingOpen)
	if f.Apart {
		term = string(MarkingApart)
	}
	switch {
	case f.Item != "":
		term += "/" + f.Item
	case f.Course != "" && f.Quiz != "":
		term += "/" + f.Course + "/" + f.Quiz
	case f.Course != "":
		term += "/" + f.Course
	}
	return storage.Query{Index: "queue", Term: term, After: f.After, Limit: f.Limit}
}

// verb is what one does with a marking: the third decides where two are apart.
func (m *Marking) verb() string {
	if m.State == MarkingApart {
		return "reconcile"
	}
	return "mark"
}

// MarkingQueue lists what waits for markers, oldest first, a page at a time. Names do not stand on it.
func (s *Service) MarkingQueue(ctx context.Context, a access.Actor, f QueueFilter) (list []MarkingRow, next storage.Cursor, err error) {
	verb := "mark"
	if f.Apart {
		verb = "reconcile"
	}
	if !s.cfg.Policy.Scope(a, verb, "marking").All {
		return nil, next, faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	p, err := s.markings.Find(ctx, f.query())
	if err != nil {
		return nil, next, err
	}
	now := s.now()
	for _, d := range p.Docs {
		m := &d.Value
		row := MarkingRow{ID: d.ID, Course: m.Course, Quiz: m.Quiz, Item: m.Item, Alias: m.Alias, At: m.At, State: m.State, Wanted: m.Rule.markers()}
		if m.State == MarkingApart {
			row.Wanted++
		}
		v, err := s.version(ctx, m.Version)
		if err != nil {
			return nil, next, err
		}
		q, _ := v.Content.Quiz(m.Quiz)
		row.Title = q.Name()
		it, err := s.item(ctx, m.Item)
		if err != nil {
			return nil, next, err
		}
		row.Code = it.Code
		for i := range m.Sheets {
			if !m.Sheets[i].Given.IsZero() {
				row.Given++
			}
		}
		at, err := m.claim(a.Person, now)
		row.Mine = err == nil && at >= 0
		row.Others = errors.Is(err, errTaken)
		row.Already = m.Person == a.Person || errors.Is(err, errMarked)
		list = append(list, row)
	}
	if p.More {
		next = p.Next
	}
	return list, next, nil
}

var (
	errTaken  = faults.New(faults.Conflict, "Jawaban ini sedang dinilai orang lain.", "Somebody else is marking this answer.")
	errMarked = faults.New(faults.Conflict, "Anda sudah menilai jawaban ini.", "You have marked this answer.")
)

// claim finds the sheet a marker writes on: its place, or -1 when a new one may be begun. errTaken when as many as are wanted have it, errMarked when the marker has
// given a mark. Pure.
func (m *Marking) claim(by PersonID, now time.Time) (int, error) {
	third, own, busy := m.State == MarkingApart, -1, 0
	for i := range m.Sheets {
		x := &m.Sheets[i]
		switch {
		case x.By == by && !x.Given.IsZero():
			return -1, errMarked
		case x.By == by && x.Third == third:
			own = i
		case x.Third != third:
		case !x.Given.IsZero() || now.Before(x.Until):
			busy++
		}
	}
	wanted := m.Rule.markers()
	if third {
		wanted = 1
	}
	if busy >= wanted {
		return -1, errTaken
	}
	return own, nil
}

// MarkingView is one answer for the marker who has claimed it. It names nobody.
type MarkingView struct {
	MarkingRow
	CourseTitle texts.Text
	Stem        template.HTML
	General     template.HTML // what the author wrote for after the grading: often what a good answer holds
	Text        string        // the answer, as typed
	Rubric      []CriterionView
	Seq         int
	Comment     string
	Until       time.Time
	Marks       []GivenMark // for who decides between two: theirs
	Apart       int         // points of 100 above which two are apart
}

// CriterionView is one row of the rubric with the level chosen so far.
type CriterionView struct {
	ID     string
	Text   string
	Weight int // percent of the whole
	Levels []LevelView
	Chosen int // place of the level; -1 none
}

// LevelView is one level of a criterion.
type LevelView struct {
	Text   string
	Points int // thousandths of the criterion
}

// GivenMark is a mark that was given, without who gave it.
type GivenMark struct {
	Points   int // thousandths of the item
	Criteria []GivenLevel
	Comment  string
}

// GivenLevel is what one criterion got.
type GivenLevel struct {
	Criterion string
	Level     string
	Points    int // thousandths of the criterion
}

func givenMark(rubric []grading.Criterion, x *MarkSheet) GivenMark {
	mark, _ := grading.RubricMark(rubric, x.Levels)
	out := GivenMark{Points: mark.Thousandths(), Comment: x.Comment}
	for _, c := range rubric {
		n, ok := x.Levels[c.ID]
		if !ok || n < 0 || n >= len(c.Levels) {
			continue
		}
		out.Criteria = append(out.Criteria, GivenLevel{c.Text, c.Levels[n].Text, c.Levels[n].Mark.Thousandths()})
	}
	return out
}

// markingFor reads a marking and asks whether the actor may mark it.
func (s *Service) markingFor(ctx context.Context, a access.Actor, id string) (storage.Doc[Marking], string, error) {
	d, err := s.markings.Get(ctx, id)
	if err != nil {
		return d, "", notFound(err, "Jawaban ini tidak ada.", "This answer does not exist.")
	}
	role, err := s.may(ctx, a, d.Value.verb(), "marking", id, d.Value.Person)
	if err != nil {
		return storage.Doc[Marking]{}, "", err
	}
	return d, role, nil
}

// rubricOf is the rubric of a marking by the key that counts.
func (s *Service) rubricOf(ctx context.Context, m *Marking) (*shownItem, error) {
	keys, err := s.corrected(ctx, m.Course)
	if err != nil {
		return nil, err
	}
	return s.keyed(ctx, m.Item, keys.number(m.Item))
}

// Claim takes an answer for marking, or goes on with one taken before, and shows it. A claim lasts ClaimTime after the last save; what was written stays. Safe to call
// twice. Errors: Conflict when others have it or it has its marks, NotFound for one's own.
func (s *Service) Claim(ctx context.Context, a access.Actor, id string) (MarkingView, error) {
	if _, _, err := s.markingFor(ctx, a, id); err != nil {
		return MarkingView{}, err
	}
	now := s.now()
	d, err := s.markings.Update(ctx, id, func(d *storage.Doc[Marking]) error {
		m := &d.Value
		if m.State == MarkingDone {
			return faults.New(faults.Conflict, "Jawaban ini sudah dinilai.", "This answer has been marked.")
		}
		i, err := m.claim(a.Person, now)
		if err != nil {
			return err
		}
		if i >= 0 && m.Sheets[i].Until.Sub(now) > ClaimTime/2 {
			return storage.Unchanged
		}
		m.Sheets = slices.Clone(m.Sheets)
		if i < 0 {
			if len(m.Sheets) >= maxSheets {
				return errTaken
			}
			m.Sheets = append(m.Sheets, MarkSheet{By: a.Person, Third: m.State == MarkingApart})
			i = len(m.Sheets) - 1
		}
		m.Sheets[i].Until = now.Add(ClaimTime)
		return nil
	})
	if err != nil {
		return MarkingView{}, err
	}
	return s.viewMarking(ctx, a, &d)
}

// maxSheets bounds how many take one answer up and leave it.
const maxSheets = 50

func (s *Service) viewMarking(ctx context.Context, a access.Actor, d *storage.Doc[Marking]) (MarkingView, error) {
	m := &d.Value
	it, err := s.rubricOf(ctx, m)
	if err != nil {
		return MarkingView{}, err
	}
	v, err := s.version(ctx, m.Version)
	if err != nil {
		return MarkingView{}, err
	}
	at, err := s.attempts.Get(ctx, m.Attempt)
	if err != nil {
		return MarkingView{}, err
	}
	q, _ := v.Content.Quiz(m.Quiz)
	answer := at.Value.answer(m.Slot)
	out := MarkingView{MarkingRow: MarkingRow{ID: d.ID, Course: m.Course, Quiz: m.Quiz, Title: q.Name(), Item: m.Item, Code: it.Code, Alias: m.Alias, At: m.At, State: m.State, Wanted: m.Rule.markers()},
		CourseTitle: v.Content.Card.Title, Stem: it.stem, General: it.line(it.General), Text: answer.Text, Apart: m.Rule.apart()}
	sheet := MarkSheet{}
	for i := range m.Sheets {
		x := &m.Sheets[i]
		if !x.Given.IsZero() {
			out.Given++
			if m.State == MarkingApart {
				out.Marks = append(out.Marks, givenMark(it.Rubric, x))
			}
		}
		if x.By == a.Person && x.Given.IsZero() && x.Third == (m.State == MarkingApart) {
			sheet, out.Mine = *x, true
		}
	}
	out.Seq, out.Comment, out.Until = sheet.Seq, sheet.Comment, sheet.Until
	weights := 0
	for _, c := range it.Rubric {
		weights += c.Weight
	}
	for _, c := range it.Rubric {
		cv := CriterionView{ID: c.ID, Text: c.Text, Weight: c.Weight * 100 / max(weights, 1), Chosen: -1}
		for _, l := range c.Levels {
			cv.Levels = append(cv.Levels, LevelView{l.Text, l.Mark.Thousandths()})
		}
		if n, ok := sheet.Levels[c.ID]; ok {
			cv.Chosen = n
		}
		out.Rubric = append(out.Rubric, cv)
	}
	return out, nil
}

// NextMarking finds the oldest answer that the actor may claim or has claimed; "" when there is none.
func (s *Service) NextMarking(ctx context.Context, a access.Actor, f QueueFilter) (string, error) {
	f.After, f.Limit = storage.Cursor{}, storage.MaxPage
	list, _, err := s.MarkingQueue(ctx, a, f)
	if err != nil {
		return "", err
	}
	for _, mine := range []bool{true, false} { // what one has begun comes first
		for _, m := range list {
			if m.Mine == mine && !m.Others && !m.Already {
				return m.ID, nil
			}
		}
	}
	return "", nil
}

// SavedMark is the answer to a saved draft.
type SavedMark struct {
	Seq   int
	Until time.Time // the claim lasts until then
}

// SaveMark keeps what a marker has written so far, as an autosave does: seq is the number last seen. Repeating a save whose answer got lost is recognised. Errors: Conflict with the
// field Stale for a tab that missed a save; Conflict when the claim ran out and others took the answer, or it has been handed in; Invalid for what is not in the rubric.
func (s *Service) SaveMark(ctx context.Context, a access.Actor, id string, draft MarkDraft, seq int) (SavedMark, error) {
	d, i, err := s.writeMark(ctx, a, id, draft, seq, false)
	if err != nil {
		return SavedMark{}, err
	}
	return SavedMark{Seq: d.Value.Sheets[i].Seq, Until: d.Value.Sheets[i].Until}, nil
}

// GiveMark hands a mark in: every criterion has a level. It never changes afterwards. With the last mark that is wanted there is a verdict and the chain goes on; two that are too far
// apart wait for a third. Audited; a second call says that it has been given. Errors as SaveMark.
func (s *Service) GiveMark(ctx context.Context, a access.Actor, id string, draft MarkDraft, seq int) (MarkingRow, error) {
	d, _, err := s.writeMark(ctx, a, id, draft, seq, true)
	if errors.Is(err, errMarked) {
		d, err = s.markings.Get(ctx, id)
	}
	if err != nil {
		return MarkingRow{}, err
	}
	if d.Due != nil {
		s.wake(ctx, MarkingsCollection, id)
	}
	return MarkingRow{ID: id, Course: d.Value.Course, Quiz: d.Value.Quiz, Item: d.Value.Item, Alias: d.Value.Alias, At: d.Value.At, State: d.Value.State}, nil
}

func (s *Service) writeMark(ctx context.Context, a access.Actor, id string, draft MarkDraft, seq int, give bool) (storage.Doc[Marking], int, error) {
	d, role, err := s.markingFor(ctx, a, id)
	if err != nil {
		return d, -1, err
	}
	it, err := s.rubricOf(ctx, &d.Value)
	if err != nil {
		return d, -1, err
	}
	draft.Comment = strings.ReplaceAll(draft.Comment, "\r\n", "\n")
	if err := draft.check(it.Rubric, give); err != nil {
		return d, -1, err
	}
	verb := "mark"
	if d.Value.State == MarkingApart {
		verb = "reconcile_mark"
	}
	now, at := s.now(), -1
	entry := s.entry(a, role, verb, MarkingsCollection, id, d.Value.Person, "", "item="+it.Code)
	d, err = s.markings.Update(ctx, id, func(d *storage.Doc[Marking]) error {
		m := &d.Value
		if m.State == MarkingDone {
			if slices.ContainsFunc(m.Sheets, func(x MarkSheet) bool { return x.By == a.Person && !x.Given.IsZero() }) {
				return errMarked
			}
			return faults.New(faults.Conflict, "Jawaban ini sudah dinilai.", "This answer has been marked.")
		}
		i, err := m.claim(a.Person, now)
		if err != nil {
			return err
		}
		if i < 0 {
			return faults.New(faults.Conflict, "Ambil dahulu jawaban ini untuk dinilai.", "Claim this answer first.")
		}
		m.Sheets = slices.Clone(m.Sheets)
		x := &m.Sheets[i]
		at = i
		switch {
		case draft.same(x) && seq == x.Seq-1: // stored, and the answer got lost
			if !give {
				return storage.Unchanged
			}
		case seq != x.Seq:
			if !give || !draft.same(x) {
				return faults.New(faults.Conflict, "Penilaian ini juga dibuka di tab atau perangkat lain, dan isian di sana lebih baru. Muat ulang halaman ini; isian yang tersimpan tidak hilang.",
					"This mark is also open in another tab or device, where it is newer. Reload this page; what is saved is not lost.").With(Stale, "Halaman ini sudah tidak mutakhir.", "This page is out of date.")
			}
		default:
			x.Seq++
		}
		x.Levels, x.Comment, x.Until = draft.Levels, draft.Comment, now.Add(ClaimTime)
		if !give {
			return nil
		}
		x.Given, x.Until = now, time.Time{}
		if m.decide(it.Rubric, now) {
			d.Due = storage.NewDue(MarkedStep, now)
		}
		d.Trail = append(d.Trail, entry)
		return nil
	})
	return d, at, err
}

// Release gives a claimed answer back; what was written stays for whoever wrote it. Safe to call twice.
func (s *Service) Release(ctx context.Context, a access.Actor, id string) error {
	if _, _, err := s.markingFor(ctx, a, id); err != nil {
		return err
	}
	now := s.now()
	_, err := s.markings.Update(ctx, id, func(d *storage.Doc[Marking]) error {
		for i, x := range d.Value.Sheets {
			if x.By == a.Person && x.Given.IsZero() && now.Before(x.Until) {
				d.Value.Sheets = slices.Clone(d.Value.Sheets)
				d.Value.Sheets[i].Until = now
				return nil
			}
		}
		return storage.Unchanged
	})
	return err
}

// Marking shows an answer to whoever has claimed it; to others only what the queue says. Errors as Claim, but it claims nothing.
func (s *Service) Marking(ctx context.Context, a access.Actor, id string) (MarkingView, error) {
	d, _, err := s.markingFor(ctx, a, id)
	if err != nil {
		return MarkingView{}, err
	}
	if d.Value.State == MarkingDone {
		return MarkingView{}, faults.New(faults.Conflict, "Jawaban ini sudah dinilai.", "This answer has been marked.")
	}
	at, err := d.Value.claim(a.Person, s.now())
	if err != nil {
		return MarkingView{}, err
	}
	v, err := s.viewMarking(ctx, a, &d)
	if at < 0 {
		v.Text, v.Marks, v.Mine = "", nil, false
	}
	return v, err
}

// givenMarks are the marks that count for the n-th answer of a result; none where nobody marked.
func (s *Service) givenMarks(ctx context.Context, id AttemptID, n int, r grading.Result, rubric []grading.Criterion) ([]GivenMark, error) {
	if n >= len(r.Items) || r.Items[n].Marks == 0 {
		return nil, nil
	}
	d, err := s.markings.Get(ctx, markingID(id, n))
	if err != nil {
		return nil, err
	}
	m := &d.Value
	var out []GivenMark
	if e := r.Items[n].Marks; e <= len(m.Verdicts) {
		for _, i := range m.Verdicts[e-1].Sheets {
			out = append(out, givenMark(rubric, &m.Sheets[i]))
		}
	}
	return out, nil
}
