package courses

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// MarkedStep is the due step of a marking that has a verdict: the attempt is to take it up.
const MarkedStep = "marked"

// MarkingState is where the marking of one answer stands.
type MarkingState string

// The states of a marking.
const (
	MarkingOpen  MarkingState = "open"  // markers are wanted
	MarkingApart MarkingState = "apart" // two markers are too far apart: a third decides
	MarkingDone  MarkingState = "done"  // there is a verdict
)

// QuizMarking says how the answers of a quiz are marked that a person must mark. The zero value is one marker.
type QuizMarking struct {
	Markers int `json:"markers,omitempty"` // 1 or 2; 0 is 1
	Apart   int `json:"apart,omitempty"`   // of two markers: above so many points of 100 between them a third decides; 0 is UsualApart
}

// UsualApart is the difference of two markers, in points of 100, that is still taken as agreement when the quiz does not say.
const UsualApart = 20

func (q QuizMarking) markers() int { return max(q.Markers, 1) }

func (q QuizMarking) apart() int {
	if q.Apart == 0 {
		return UsualApart
	}
	return q.Apart
}

func checkMarking(at string, q QuizMarking, with func(path, id, en string)) {
	if q.Markers < 0 || q.Markers > 2 {
		with(at+"marking.markers", "Penilai satu atau dua orang.", "There are one or two markers.")
	}
	if q.Apart < 0 || q.Apart > 100 {
		with(at+"marking.difference", "Selisih penilai 0 sampai 100 poin.", "The difference of markers is 0 to 100 points.")
	}
	if q.Apart > 0 && q.Markers != 2 {
		with(at+"marking.difference", "Selisih hanya berlaku untuk dua penilai.", "A difference needs two markers.")
	}
}

// Marking is the marking of one answer by people: who has taken it, what they wrote so far, what they gave, and the verdicts that follow. Its id is derived from
// the attempt and the place on the form and tells neither, so that a marker sees nobody's id in an address.
//
// Marks and verdicts are appended and never changed: a result names the verdict it rests on, so it can be computed again.
type Marking struct {
	Attempt AttemptID    `json:"attempt"`
	Slot    int          `json:"slot"` // on the form, from 0
	Item    string       `json:"item"` // item version; of a field work version/task
	Person  PersonID     `json:"person"`
	Course  CourseID     `json:"course"`
	Version VersionID    `json:"version"`
	Quiz    string       `json:"quiz"` // code of the quiz, or of the field task
	At      time.Time    `json:"at"`   // when it was handed in
	Rule    QuizMarking  `json:"rule,omitzero"`
	State   MarkingState `json:"state"`

	Work    string   `json:"work,omitempty"`    // id of the field work it is of, instead of an attempt's answer
	Edition int      `json:"edition,omitempty"` // of the field work, from 1
	Judge   Judge    `json:"judge,omitempty"`   // of a field work
	For     PersonID `json:"for,omitempty"`     // the supervisor who judges; "" leaves it to markers
	Units   []string `json:"units,omitempty"`   // of the person whose work a supervisor judges; follows the person

	Sheets    []MarkSheet `json:"sheets,omitempty"`
	Verdicts  []Verdict   `json:"verdicts,omitempty"` // append-only; number n is edition n+1
	Objection *Objection  `json:"objection,omitempty"`
}

// MarkSheet is what one marker has: a draft until Given is set, then a mark that never changes.
type MarkSheet struct {
	By      PersonID       `json:"by"`
	Third   bool           `json:"third,omitempty"` // decides between two
	Round   int            `json:"round,omitempty"` // 1: after an objection
	Until   time.Time      `json:"until,omitzero"`  // a draft keeps others away until then
	Seq     int            `json:"seq"`
	Levels  map[string]int `json:"levels,omitempty"` // criterion -> place of the level from 0
	Comment string         `json:"comment,omitempty"`
	Given   time.Time      `json:"given,omitzero"`
}

// Verdict says which marks count.
type Verdict struct {
	At     time.Time `json:"at"`
	Sheets []int     `json:"sheets"`          // places in Sheets; the mark is their mean
	Lower  []int     `json:"lower,omitempty"` // of marks after an objection that were lower than the verdict before: that one stays
}

var markingDef = storage.Def[Marking]{Name: MarkingsCollection, Shape: 3, Lifts: map[int]func(json.RawMessage) (json.RawMessage, error){1: marking2, 2: marking3}, Indexes: []storage.Index[Marking]{
	{Name: "queue", Of: func(d *storage.Doc[Marking]) ([]string, string) {
		v := &d.Value
		if v.State == MarkingDone || v.bySupervisor() {
			return nil, ""
		}
		prefix := string(v.State)
		return []string{prefix, prefix + "/" + v.Course, prefix + "/" + v.Course + "/" + v.Quiz, prefix + "/" + v.Item}, storage.OrderTime(v.At.UTC().Truncate(24 * time.Hour)) // a cursor tells no more than a day
	}},
	// Of whoever has begun to mark it and not given the mark.
	{Name: "drafts", Of: func(d *storage.Doc[Marking]) ([]string, string) {
		var terms []string
		if d.Value.State != MarkingDone && !d.Value.bySupervisor() {
			for _, x := range d.Value.Sheets {
				if x.Given.IsZero() && x.Round == d.Value.round() && !slices.Contains(terms, x.By) {
					terms = append(terms, x.By)
				}
			}
		}
		return terms, storage.OrderTime(d.Value.At)
	}},
	{Name: "supervised", Of: func(d *storage.Doc[Marking]) ([]string, string) {
		v := &d.Value
		if v.State == MarkingDone || v.Judge != BySupervisor {
			return nil, ""
		}
		terms := []string{"person:" + v.Person}
		if v.For != "" {
			terms = append(terms, "for:"+v.For)
		}
		for _, u := range v.Units {
			terms = append(terms, "unit:"+u)
		}
		return terms, storage.OrderTime(v.At)
	}},
	{Name: "objections", Of: func(d *storage.Doc[Marking]) ([]string, string) {
		if o := d.Value.Objection; o != nil {
			return []string{string(o.State)}, storage.OrderTime(o.At)
		}
		return nil, ""
	}},
}}

// Limits of a mark.
const (
	MaxComment = 4000             // runes
	ClaimTime  = 30 * time.Minute // how long a claim lasts after its last save
)

func markingID(attempt AttemptID, slot int) string {
	return "m" + fingerprint([]any{"marking", attempt, slot}, 26)
}

// alias names whose answer it is for markers: the same in all of a course. Without the installation's secret nobody can compute it from a list of people.
func (s *Service) alias(m *Marking) string {
	h := hmac.New(sha256.New, s.cfg.Secret)
	fmt.Fprintf(h, "alias of markers\n%s\n%s", m.Person, m.Course)
	return strings.ToUpper(fingerprint(h.Sum(nil), 5))
}

// openMarkings makes what markers work on for every answer of a result that waits for a person. Repeating it changes nothing.
func (s *Service) openMarkings(ctx context.Context, id AttemptID, at *Attempt, q Quiz, r grading.Result) error {
	for i, x := range r.Items {
		if x.State != grading.NeedsMarking {
			continue
		}
		d := storage.Doc[Marking]{ID: markingID(id, i), Value: Marking{Attempt: id, Slot: i, Item: x.Item, Person: at.Person, Course: at.Course, Version: at.Version, Quiz: at.Quiz,
			At: at.SubmittedAt, Rule: q.Marking, State: MarkingOpen}}
		if err := s.markings.Insert(ctx, &d); err != nil && !errors.Is(err, faults.Conflict) {
			return fmt.Errorf("open the marking of %s: %w", x.Item, err)
		}
	}
	return nil
}

// edition is what people said in one verdict; false when there is none such.
func (m *Marking) edition(n int) (grading.Marks, bool) {
	if n < 1 || n > len(m.Verdicts) {
		return grading.Marks{}, false
	}
	return grading.Marks{Edition: n, Levels: m.levels(m.Verdicts[n-1].Sheets)}, true
}

// marksNamed reads the marks of people that a result rests on. NotFound when one of them is gone.
func (s *Service) marksNamed(ctx context.Context, id AttemptID, r *grading.Result) (map[string]grading.Marks, error) {
	var out map[string]grading.Marks
	for i, x := range r.Items {
		if x.Marks == 0 {
			continue
		}
		d, err := s.markings.Get(ctx, markingID(id, i))
		if err != nil {
			return nil, err
		}
		m, ok := d.Value.edition(x.Marks)
		if !ok {
			return nil, fmt.Errorf("marking of %s has no verdict %d: %w", x.Item, x.Marks, faults.NotFound)
		}
		if out == nil {
			out = map[string]grading.Marks{}
		}
		out[x.Item] = m
	}
	return out, nil
}

// latestMarks reads the newest verdicts on the answers of an attempt; what has none is left out.
func (s *Service) latestMarks(ctx context.Context, id AttemptID, r *grading.Result) (map[string]grading.Marks, error) {
	out := map[string]grading.Marks{}
	for i, x := range r.Items {
		if x.State != grading.NeedsMarking && x.Marks == 0 {
			continue
		}
		d, err := s.markings.Get(ctx, markingID(id, i))
		if errors.Is(err, faults.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if m, ok := d.Value.edition(len(d.Value.Verdicts)); ok {
			out[x.Item] = m
		}
	}
	return out, nil
}

// Settle takes a verdict up in its attempt: when all answers have one, the attempt is graded with them and the chain goes on. Step "marked" of a marking. Idempotent.
func (s *Service) Settle(ctx context.Context, id string) error {
	m, err := s.markings.Get(ctx, id)
	if err != nil {
		return err
	}
	if m.Due == nil || m.Due.Step != MarkedStep {
		return nil
	}
	if m.Value.ofWork() {
		err = s.settleWork(ctx, &m.Value)
	} else {
		err = s.settleAttempt(ctx, id, &m.Value)
	}
	if err != nil {
		return err
	}
	return s.clearDue(ctx, MarkingsCollection, id, MarkedStep)
}

func (s *Service) settleAttempt(ctx context.Context, marking string, m *Marking) error {
	id := m.Attempt
	d, err := s.attempts.Get(ctx, id)
	if err != nil {
		return err
	}
	at := &d.Value
	switch at.State {
	case AttemptSubmitted: // whoever grades has made the marking and not written the attempt yet
		return faults.New(faults.Conflict, "Percobaan ini baru saja dinilai.", "This attempt has just been graded.")
	case AttemptNeedsMarking:
	case AttemptGraded:
		return s.settleObjection(ctx, marking, m)
	default:
		return nil
	}
	last, _ := at.result()
	marks, err := s.latestMarks(ctx, id, &last.Result)
	if err != nil {
		return err
	}
	v, err := s.version(ctx, at.Version)
	if err != nil {
		return err
	}
	q, ok := v.Content.Quiz(at.Quiz)
	if !ok {
		return fmt.Errorf("attempt %s: version %s has no quiz %s", id, at.Version, at.Quiz)
	}
	keys, err := s.corrected(ctx, at.Course)
	if err != nil {
		return err
	}
	items, err := s.keyedItems(ctx, at.form(), &keys)
	if err != nil {
		return err
	}
	r, err := grading.GradeMarked(items, at.form(), at.answers(), at.tried(), q.Behaviour.TryRule(), marks)
	if err != nil {
		return fmt.Errorf("attempt %s: %w", id, err)
	}
	if r.NeedsMarking {
		return nil // the last marking settles
	}
	now, read := s.now(), len(at.Results)
	_, err = s.attempts.Update(ctx, id, func(d *storage.Doc[Attempt]) error {
		switch {
		case d.Value.State != AttemptNeedsMarking:
			return storage.Unchanged
		case len(d.Value.Results) != read: // a regrade came between, with other keys
			return faults.New(faults.Conflict, "Percobaan ini baru saja dinilai ulang.", "This attempt has just been graded again.")
		}
		d.Value.Results = append(slices.Clip(d.Value.Results), Grading{At: now, Passed: q.Kind == PostTest && r.Passed(q.PassMark), Untold: true, Result: r})
		d.Value.GradedAt = now
		d.Value.State, d.Due = AttemptGraded, storage.NewDue(CompleteStep, now)
		return nil
	})
	if err == nil {
		s.wake(ctx, AttemptsCollection, id)
	}
	return err
}

// decide appends the verdict that follows from the marks given, or says that two are too far apart. It returns false when more marks are wanted. Pure.
func (m *Marking) decide(rubric []grading.Criterion, now time.Time) bool {
	var given []int
	for i, x := range m.Sheets {
		switch {
		case x.Given.IsZero() || x.Round != m.round():
		case x.Third:
			m.agree(rubric, []int{i}, now)
			return true
		default:
			given = append(given, i)
		}
	}
	if len(given) < m.Rule.markers() {
		return false
	}
	if len(given) > 1 {
		a, _ := grading.RubricMark(rubric, m.Sheets[given[0]].Levels)
		b, _ := grading.RubricMark(rubric, m.Sheets[given[1]].Levels)
		if max(a-b, b-a)*100 > grading.Mark(m.Rule.apart())*grading.Full {
			m.State = MarkingApart
			return false
		}
	}
	m.agree(rubric, given, now)
	return true
}

// MarkDraft is what a marker has written so far.
type MarkDraft struct {
	Levels  map[string]int // criterion -> place of the level from 0; criteria left out are open
	Comment string
}

// check refuses what does not fit the rubric; whole asks for a level of every criterion, too.
func (d MarkDraft) check(rubric []grading.Criterion, whole bool) error {
	e := faults.New(faults.Invalid, "Penilaian belum lengkap.", "The mark is not complete.")
	for _, c := range slices.Sorted(maps.Keys(d.Levels)) {
		i := slices.IndexFunc(rubric, func(x grading.Criterion) bool { return x.ID == c })
		if i < 0 {
			return faults.OnField("levels", "Kriteria itu tidak ada pada rubrik ini.", "There is no such criterion in this rubric.")
		}
		if n := d.Levels[c]; n < 0 || n >= len(rubric[i].Levels) {
			e.With("levels."+c, "Tingkat itu tidak ada pada kriteria ini.", "There is no such level of this criterion.")
		}
	}
	if n := utf8.RuneCountInString(d.Comment); n > MaxComment {
		e.With("comment", "Komentar paling banyak "+texts.Grouped(MaxComment, texts.ID)+" huruf.", "A comment has at most "+texts.Grouped(MaxComment, texts.EN)+" characters.")
	}
	if !utf8.ValidString(d.Comment) || strings.ContainsRune(d.Comment, 0) {
		e.With("comment", "Ada huruf yang rusak. Ketik ulang.", "There are broken characters. Type them again.")
	}
	if whole {
		for _, c := range rubric {
			if _, ok := d.Levels[c.ID]; !ok {
				e.With("levels."+c.ID, "Pilih tingkat untuk kriteria "+c.Text+".", "Choose a level for the criterion "+c.Text+".")
			}
		}
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

func (d MarkDraft) same(x *MarkSheet) bool {
	return d.Comment == x.Comment && maps.Equal(d.Levels, x.Levels)
}

// MarkingOf is the id of the marking of an attempt's n-th answer, from 0; NotFound when nobody marks it. For the program's own checks; it takes no actor.
func (s *Service) MarkingOf(ctx context.Context, attempt AttemptID, n int) (string, error) {
	d, err := s.markings.Get(ctx, markingID(attempt, n))
	return d.ID, err
}

// MarkingOfTask is the id of the marking of what was last handed in for a field task. For the program's own checks; it takes no actor.
func (s *Service) MarkingOfTask(ctx context.Context, enrolment EnrolmentID, task string) (string, error) {
	id := fieldWorkID(enrolment, task)
	if err := s.OpenWork(ctx, id); err != nil {
		return "", err
	}
	d, err := s.fieldWorks.Get(ctx, id)
	return workMarkingID(id, len(d.Value.Editions)), err
}

// Marked is what a marking belongs to, for the chain to go on with: the attempt, or the field work.
func (s *Service) Marked(ctx context.Context, id string) (collection, doc string, err error) {
	d, err := s.markings.Get(ctx, id)
	if d.Value.ofWork() {
		return FieldWorksCollection, d.Value.Work, err
	}
	return AttemptsCollection, d.Value.Attempt, err
}

// closeMarkings takes the answers to an item that was taken out off the queue. Safe to call twice.
func (s *Service) closeMarkings(ctx context.Context, item string) error {
	for _, state := range []MarkingState{MarkingOpen, MarkingApart} {
		found, err := s.markings.Gather(ctx, storage.Query{Index: "queue", Term: string(state) + "/" + item})
		if err != nil {
			return err
		}
		for _, d := range found {
			if _, err := s.markings.Update(ctx, d.ID, func(d *storage.Doc[Marking]) error {
				if d.Value.State == MarkingDone {
					return storage.Unchanged
				}
				d.Value.State = MarkingDone
				if o := d.Value.Objection; o != nil && o.State == ObjectionAgain {
					ended := *o
					ended.State, ended.Ended = ObjectionDone, s.now()
					d.Value.Objection = &ended
				}
				return nil
			}); err != nil {
				return err
			}
		}
	}
	return nil
}
