package courses

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
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
	On      civil.Date // handed in; the hour would tell whose it is
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
	if m.bySupervisor() {
		return "judge"
	}
	if m.State == MarkingApart {
		return "reconcile"
	}
	return "mark"
}

// mayQueue asks whether somebody marks, or decides where two are apart.
func (s *Service) mayQueue(a access.Actor, f QueueFilter) (verb string, err error) {
	verb = "mark"
	if f.Apart {
		verb = "reconcile"
	}
	if !s.cfg.Policy.Scope(a, verb, "marking").All {
		return "", faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	return verb, nil
}

// MarkingQueue lists what waits for markers, oldest first, a page at a time. Names do not stand on it.
func (s *Service) MarkingQueue(ctx context.Context, a access.Actor, f QueueFilter) (list []MarkingRow, next storage.Cursor, err error) {
	if _, err := s.mayQueue(a, f); err != nil {
		return nil, next, err
	}
	p, err := s.markings.Find(ctx, f.query())
	if err != nil {
		return nil, next, err
	}
	now := s.now()
	for _, d := range p.Docs {
		m := &d.Value
		row := MarkingRow{ID: d.ID, Course: m.Course, Quiz: m.Quiz, Item: m.Item, Alias: s.alias(m), On: s.cfg.Zone().Day(m.At), State: m.State, Wanted: m.Rule.markers()}
		if m.State == MarkingApart {
			row.Wanted++
		}
		if row.Title, row.Code, err = s.called(ctx, m); err != nil {
			return nil, next, err
		}
		for i := range m.Sheets {
			if x := &m.Sheets[i]; !x.Given.IsZero() && x.Round == m.round() {
				row.Given++
			}
		}
		at, err := m.claim(a.Person, now)
		row.Mine = err == nil && at >= 0
		row.Others = errors.Is(err, errTaken)
		row.Already = m.Person == a.Person || errors.Is(err, errMarked) || errors.Is(err, errAnswered)
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

	errAnswered = faults.New(faults.Conflict, "Anda memutus keberatan atas jawaban ini, jadi orang lain yang menilainya.", "You answered the objection to this answer, so somebody else marks it.")
)

// claim finds the sheet a marker writes on: its place, or -1 when a new one may be begun. errTaken when as many as are wanted have it, errMarked when the marker has
// given a mark, be it before an objection. Pure.
func (m *Marking) claim(by PersonID, now time.Time) (int, error) {
	third, own, busy := m.State == MarkingApart, -1, 0
	if m.Objection != nil && m.Objection.By == by {
		return -1, errAnswered
	}
	for i := range m.Sheets {
		x := &m.Sheets[i]
		switch {
		case x.By == by && !x.Given.IsZero():
			return -1, errMarked
		case x.Round != m.round():
		case x.By == by && x.Third == third:
			own = i
		case x.Third != third:
		case !x.Given.IsZero() || now.Before(x.Until) && !m.bySupervisor(): // a supervisor takes it over from the one before
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
	Files       []MarkingFile // the answer, as handed in
	Work        *WorkToMark   // of a field work; nil for an answer of a test
	Rubric      []CriterionView
	Seq         int
	Comment     string
	Until       time.Time
	Marks       []GivenMark // for who decides between two: theirs
	Apart       int         // points of 100 above which two are apart
}

// MarkingFile is a file of an answer as a marker may know it: without the name its sender gave it, which may tell whose it is.
type MarkingFile struct {
	ID   string // FileID
	Name string // of the download
	Size int64
}

func (s *Service) filesToMark(m *Marking, answer grading.Answer) []MarkingFile {
	var out []MarkingFile
	for i, f := range answer.Files {
		out = append(out, MarkingFile{FileID(f), s.fileName(m, i) + path.Ext(f.Name), f.Size})
	}
	return out
}

// fileName is what the n-th file of an answer, from 0, is called for markers, without its ending.
func (s *Service) fileName(m *Marking, n int) string {
	return fmt.Sprintf("jawaban-%s-%d", s.alias(m), n+1)
}

// MarkingFile opens a file of an answer for whoever has claimed it for marking. NotFound for everybody else.
func (s *Service) MarkingFile(ctx context.Context, a access.Actor, id, file string) (Received, error) {
	missing := faults.New(faults.NotFound, "Berkas ini tidak ada.", "This file does not exist.")
	d, _, err := s.markingFor(ctx, a, id)
	if err != nil {
		return Received{}, err
	}
	m := &d.Value
	if i, err := m.claim(a.Person, s.now()); m.State == MarkingDone || err != nil || i < 0 {
		return Received{}, missing
	}
	return s.fileOfAnswer(ctx, m, file)
}

// fileOfAnswer opens a file of what a marking is of, under an alias; of a field work, also one of an earlier edition.
func (s *Service) fileOfAnswer(ctx context.Context, m *Marking, file string) (Received, error) {
	answer, err := s.answered(ctx, m)
	if err != nil {
		return Received{}, err
	}
	files := answer.Files
	if m.ofWork() {
		d, err := s.fieldWorks.Get(ctx, m.Work)
		if err != nil {
			return Received{}, err
		}
		for _, e := range d.Value.Editions[:m.Edition-1] {
			files = append(slices.Clip(files), e.Files...)
		}
	}
	for i, f := range files {
		if FileID(f) == file {
			return s.openReceived(ctx, f, s.fileName(m, i))
		}
	}
	return Received{}, faults.New(faults.NotFound, "Berkas ini tidak ada.", "This file does not exist.")
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
	role, err := s.mayMark(ctx, a, id, &d.Value)
	if err == nil && d.Value.bySupervisor() { // who knows whose work it is
		err = s.cfg.Viewed.Note(ctx, a, role, d.Value.Person)
	}
	if err != nil {
		return storage.Doc[Marking]{}, "", err
	}
	return d, role, nil
}

// mayMark asks whether an actor may mark: by role, or as the supervisor of the day, whoever it was when the work was handed in.
func (s *Service) mayMark(ctx context.Context, a access.Actor, id string, m *Marking) (role string, err error) {
	if role, err = s.may(ctx, a, m.verb(), "marking", id, m.Person); err != nil || !m.bySupervisor() {
		return role, err
	}
	boss, err := s.supervisor(ctx, m.Person)
	if err != nil {
		return "", err
	}
	if boss != a.Person {
		return "", faults.New(faults.NotFound, "Jawaban ini tidak ada.", "This answer does not exist.")
	}
	return "supervisor", nil
}

// asked is what a marking is about: the item by the key that counts, or the field task in the form of one.
func (s *Service) asked(ctx context.Context, m *Marking) (*shownItem, error) {
	if m.ofWork() {
		v, err := s.version(ctx, m.Version)
		if err != nil {
			return nil, err
		}
		t, ok := v.Content.Task(m.Quiz)
		if !ok {
			return nil, fmt.Errorf("version %s has no field task %s", m.Version, m.Quiz)
		}
		return &shownItem{Item: grading.Item{Code: t.Code, Rubric: t.Rubric}, stem: instructions(t)}, nil
	}
	keys, err := s.corrected(ctx, m.Course)
	if err != nil {
		return nil, err
	}
	return s.keyed(ctx, m.Item, keys.number(m.Item))
}

// called is the title of the test or field task that a marking is of, and the code of the item or task.
func (s *Service) called(ctx context.Context, m *Marking) (texts.Text, string, error) {
	v, err := s.version(ctx, m.Version)
	if err != nil {
		return texts.Text{}, "", err
	}
	if m.ofWork() {
		t, _ := v.Content.Task(m.Quiz)
		return t.Title, t.Code, nil
	}
	it, err := s.item(ctx, m.Item)
	if err != nil {
		return texts.Text{}, "", err
	}
	q, _ := v.Content.Quiz(m.Quiz)
	return q.Name(), it.Code, nil
}

// WorkToMark is what a judge reads of a field work beside the text.
type WorkToMark struct {
	Person  PersonID // only for the supervisor
	Name    string
	Edition int
	Late    bool
	Accept  int           // points of 100 from which it is accepted
	Before  []EditionView // earlier editions with what was said of them, the newest first
}

// answered is what a marking is of: an answer of an attempt, or what a field work handed in.
func (s *Service) answered(ctx context.Context, m *Marking) (grading.Answer, error) {
	if !m.ofWork() {
		at, err := s.attempts.Get(ctx, m.Attempt)
		if err != nil {
			return grading.Answer{}, err
		}
		return at.Value.answer(m.Slot), nil
	}
	d, err := s.fieldWorks.Get(ctx, m.Work)
	if err != nil {
		return grading.Answer{}, err
	}
	e := d.Value.Editions[m.Edition-1]
	return grading.Answer{Text: e.Text, Files: e.Files}, nil
}

func (s *Service) workToMark(ctx context.Context, m *Marking, rubric []grading.Criterion) (*WorkToMark, error) {
	d, err := s.fieldWorks.Get(ctx, m.Work)
	if err != nil {
		return nil, err
	}
	v, err := s.version(ctx, m.Version)
	if err != nil {
		return nil, err
	}
	t, _ := v.Content.Task(m.Quiz)
	x := d.Value.Editions[m.Edition-1]
	out := &WorkToMark{Edition: m.Edition, Late: x.Late, Accept: t.Accept}
	for i := m.Edition - 2; i >= 0; i-- {
		before, err := s.editionView(ctx, m.Work, i, d.Value.Editions[i], rubric)
		if err != nil {
			return nil, err
		}
		out.Before = append(out.Before, before)
	}
	if m.bySupervisor() {
		l, err := s.cfg.People.Learner(ctx, m.Person)
		if err != nil {
			return nil, err
		}
		out.Person, out.Name = m.Person, l.Name
	}
	return out, nil
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
			m.Sheets = append(m.Sheets, MarkSheet{By: a.Person, Third: m.State == MarkingApart, Round: m.round()})
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
	it, err := s.asked(ctx, m)
	if err != nil {
		return MarkingView{}, err
	}
	v, err := s.version(ctx, m.Version)
	if err != nil {
		return MarkingView{}, err
	}
	title, code, err := s.called(ctx, m)
	if err != nil {
		return MarkingView{}, err
	}
	out := MarkingView{MarkingRow: MarkingRow{ID: d.ID, Course: m.Course, Quiz: m.Quiz, Title: title, Item: m.Item, Code: code, Alias: s.alias(m), On: s.cfg.Zone().Day(m.At), State: m.State, Wanted: m.Rule.markers()},
		CourseTitle: v.Content.Card.Title, Stem: it.stem, Apart: m.Rule.apart()}
	answer, err := s.answered(ctx, m)
	if err != nil {
		return MarkingView{}, err
	}
	out.General, out.Text, out.Files = it.line(it.General), answer.Text, s.filesToMark(m, answer)
	if m.ofWork() {
		if out.Work, err = s.workToMark(ctx, m, it.Rubric); err != nil {
			return MarkingView{}, err
		}
	}
	sheet := MarkSheet{}
	for i := range m.Sheets {
		x := &m.Sheets[i]
		if x.Round != m.round() {
			continue // a second look is a fresh one
		}
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
	out.Rubric = rubricView(it.Rubric, sheet.Levels)
	return out, nil
}

// rubricView shows a rubric with the levels chosen so far. Pure.
func rubricView(rubric []grading.Criterion, levels map[string]int) []CriterionView {
	var out []CriterionView
	weights := 0
	for _, c := range rubric {
		weights += c.Weight
	}
	for _, c := range rubric {
		cv := CriterionView{ID: c.ID, Text: c.Text, Weight: c.Weight * 100 / max(weights, 1), Chosen: -1}
		for _, l := range c.Levels {
			cv.Levels = append(cv.Levels, LevelView{l.Text, l.Mark.Thousandths()})
		}
		if n, ok := levels[c.ID]; ok {
			cv.Chosen = n
		}
		out = append(out, cv)
	}
	return out
}

// NextMarking finds the answer that the actor is at, or the oldest that they may claim, however many wait before it; "" when there is none.
func (s *Service) NextMarking(ctx context.Context, a access.Actor, f QueueFilter) (string, error) {
	verb, err := s.mayQueue(a, f)
	if err != nil {
		return "", err
	}
	now, q := s.now(), f.query()
	for _, query := range []storage.Query{{Index: "drafts", Term: a.Person}, {Index: q.Index, Term: q.Term}} { // what one has begun comes first
		for query.Limit = storage.MaxPage; ; {
			p, err := s.markings.Find(ctx, query)
			if err != nil {
				return "", err
			}
			for _, d := range p.Docs {
				m := &d.Value
				at, err := m.claim(a.Person, now)
				if err == nil && m.Person != a.Person && (query.Index != "drafts" || at >= 0 && m.verb() == verb && f.holds(m)) {
					return d.ID, nil
				}
			}
			if !p.More {
				break
			}
			query.After = p.Next
		}
	}
	return "", nil
}

// holds says whether a marking is one of those that a filter leaves.
func (f QueueFilter) holds(m *Marking) bool {
	return (f.Item == "" || f.Item == m.Item) && (f.Course == "" || f.Course == m.Course) && (f.Quiz == "" || f.Quiz == m.Quiz)
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
	return MarkingRow{ID: id, Course: d.Value.Course, Quiz: d.Value.Quiz, Item: d.Value.Item, Alias: s.alias(&d.Value), On: s.cfg.Zone().Day(d.Value.At), State: d.Value.State}, nil
}

func (s *Service) writeMark(ctx context.Context, a access.Actor, id string, draft MarkDraft, seq int, give bool) (storage.Doc[Marking], int, error) {
	d, role, err := s.markingFor(ctx, a, id)
	if err != nil {
		return d, -1, err
	}
	it, err := s.asked(ctx, &d.Value)
	if err != nil {
		return d, -1, err
	}
	draft.Comment = strings.ReplaceAll(draft.Comment, "\r\n", "\n")
	if err := draft.check(it.Rubric, give); err != nil {
		return d, -1, err
	}
	if give {
		if err := s.feedback(ctx, &d.Value, draft, it.Rubric); err != nil {
			return d, -1, err
		}
	}
	verb := "mark"
	if d.Value.bySupervisor() {
		verb = "judge_field_work"
	} else if d.Value.State == MarkingApart {
		verb = "reconcile_mark"
	}
	now, at := s.now(), -1
	entry := s.entry(a, role, verb, MarkingsCollection, id, d.Value.Person, "", "item="+it.Code)
	d, err = s.markings.Update(ctx, id, func(d *storage.Doc[Marking]) error {
		m := &d.Value
		if m.State == MarkingDone {
			if m.markedBy(a.Person) {
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

// feedback asks for a comment where a field work goes back for improvement: a mark alone says nothing of what to improve.
func (s *Service) feedback(ctx context.Context, m *Marking, draft MarkDraft, rubric []grading.Criterion) error {
	if !m.ofWork() || strings.TrimSpace(draft.Comment) != "" {
		return nil
	}
	v, err := s.version(ctx, m.Version)
	if err != nil {
		return err
	}
	t, _ := v.Content.Task(m.Quiz)
	if mark, ok := grading.RubricMark(rubric, draft.Levels); ok && !t.accepts(mark) {
		return faults.OnField("comment", "Dengan nilai ini tugas kembali untuk diperbaiki. Tulis apa yang perlu diperbaiki.", "With this mark the task goes back to be improved. Write what to improve.")
	}
	return nil
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
		v.Text, v.Files, v.Marks, v.Mine = "", nil, nil, false
		if v.Work != nil {
			v.Work.Before = nil
		}
	}
	return v, err
}

// givenMarks are the marks that count for the n-th answer of a result, and how it stands with an objection to them; none where nobody marked.
func (s *Service) givenMarks(ctx context.Context, id AttemptID, at *Attempt, n int, r grading.Result, rubric []grading.Criterion) ([]GivenMark, *ObjectionView, error) {
	if n >= len(r.Items) || r.Items[n].Marks == 0 {
		return nil, nil, nil
	}
	d, err := s.markings.Get(ctx, markingID(id, n))
	if err != nil {
		return nil, nil, err
	}
	m := &d.Value
	until, err := s.objectionTo(ctx, at, m)
	if err != nil {
		return nil, nil, err
	}
	var out []GivenMark
	if e := r.Items[n].Marks; e <= len(m.Verdicts) {
		out = m.given(rubric, m.Verdicts[e-1].Sheets)
	}
	return out, m.objectionView(rubric, until), nil
}
