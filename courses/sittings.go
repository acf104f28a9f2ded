package courses

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/itemstats"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Item analysis is built in two floors, so that no page reads attempts and a million old ones are not read again for each new one:
//
//	attempts of a course begun in one month  ->  MonthSums, one per quiz of a version
//	MonthSums of a quiz of a version         ->  QuizSums, what the page reads
//
// Both are derived: rebuilt whole by a pure function of what is stored (docs/chain.md). Sums add up exactly, so it makes no difference which month a sitting is in.

// Month is what a month of a course holds: how many sittings were counted, and for which quizzes there are sums. Derived; its id is course.YYYY-MM.
type Month struct {
	Sittings int64    `json:"sittings"`
	Quizzes  []string `json:"quizzes,omitempty"` // version.quiz
}

// MonthSums are the sums of one quiz of a version over the first sittings begun in one month (UTC). Its id is version.quiz.YYYY-MM.
type MonthSums struct {
	Quiz    string                        `json:"quiz"` // version.quiz
	Month   string                        `json:"month"`
	Covered int64                         `json:"covered"` // the want of the month these sums were counted for; older ones never replace newer ones
	N       int64                         `json:"n"`
	Sums    []byte                        `json:"sums,omitempty"`  // itemstats.Sums, packed; empty when nobody sat any more
	Gains   map[string]itemstats.GainSums `json:"gains,omitempty"` // of a post-test: against the first pre-test, by objective; "" is the whole test
}

// QuizSums are all sittings of one quiz of a version. Derived; its id is version.quiz.
type QuizSums struct {
	N     int64                         `json:"n"`
	Sums  []byte                        `json:"sums,omitempty"`
	Gains map[string]itemstats.GainSums `json:"gains,omitempty"`
	Rasch *itemstats.Model              `json:"rasch,omitempty"` // from 100 sittings
	TwoPL *itemstats.Model              `json:"two_pl,omitempty"`
	Tried int64                         `json:"tried,omitempty"` // sittings there were when the models were last fitted, or could not be
	Keys  string                        `json:"keys,omitempty"`  // the corrected keys they rest on
}

// The due step of both floors is storage.RebuildStep; their collections:
const (
	MonthsCollection   = "sitting_months"
	AnalysesCollection = "quiz_analyses"
)

var (
	monthDef     = storage.Def[storage.Derived[Month]]{Name: MonthsCollection, Shape: 1}
	monthSumsDef = storage.Def[MonthSums]{Name: "quiz_months", Shape: 1, Indexes: []storage.Index[MonthSums]{
		{Name: "quiz", Of: func(d *storage.Doc[MonthSums]) ([]string, string) { return []string{d.Value.Quiz}, d.Value.Month }},
	}}
	quizSumsDef = storage.Def[storage.Derived[QuizSums]]{Name: AnalysesCollection, Shape: 1}
)

const monthForm = "2006-01"

func monthID(course CourseID, t time.Time) string { return course + "." + t.UTC().Format(monthForm) }

// rest is how long a month waits before it is counted again: longer the more it holds, so that counting takes a percent of the machine at most (100 sittings
// take some 10 ms).
func rest(m Month) time.Duration {
	return time.Minute + time.Duration(m.Sittings)*10*time.Millisecond
}

// counted notes that a sitting has a result, or another one. Only the first sitting of an enrolment counts: who comes again has met the items.
func (s *Service) counted(ctx context.Context, at *Attempt) error {
	if at.Ordinal != 1 {
		return nil
	}
	return storage.RaiseOnce(ctx, s.months, monthID(at.Course, at.StartedAt), s.now(), rest)
}

// sittingsOf is what one month's attempts at one quiz add up to.
type sittingsOf struct {
	quiz  Quiz
	sums  *itemstats.Sums
	gains map[string]itemstats.GainSums
}

// CountMonth counts the sittings of a course begun in one month and lets the quizzes they belong to be put together again. Step "rebuild" of a month. Safe to call twice.
func (s *Service) CountMonth(ctx context.Context, id string) error {
	covers, err := storage.Begin(ctx, s.months, id)
	if err != nil {
		return err
	}
	var touched []string
	if _, err := storage.Rebuild(ctx, s.months, id, s.now(), func(ctx context.Context) (Month, civil.Date, error) {
		before, err := s.months.Get(ctx, id)
		if err != nil {
			return Month{}, "", err
		}
		m, sums, err := s.countMonth(ctx, id)
		if err != nil {
			return Month{}, "", err
		}
		_, month := cutMonth(id)
		touched = slices.Compact(slices.Sorted(slices.Values(append(before.Value.Of.Quizzes, m.Quizzes...))))
		for _, quiz := range touched {
			of := MonthSums{Quiz: quiz, Month: month, Covered: covers}
			if x := sums[quiz]; x != nil {
				if of.Sums, err = x.sums.Pack(); err != nil {
					return Month{}, "", err
				}
				of.N, of.Gains = x.sums.N, x.gains
			}
			if _, err := s.monthSums.Upsert(ctx, quiz+"."+month, func(d *storage.Doc[MonthSums]) error {
				if d.Value.Covered > covers {
					return storage.Unchanged
				}
				d.Value = of
				return nil
			}); err != nil {
				return Month{}, "", err
			}
			if err := storage.Raise(ctx, s.analyses, quiz, s.now(), 0); err != nil {
				return Month{}, "", err
			}
		}
		return m, "", nil
	}); err != nil {
		return err
	}
	for _, quiz := range touched {
		s.wake(ctx, AnalysesCollection, quiz)
	}
	return nil
}

func cutMonth(id string) (CourseID, string) {
	i := strings.LastIndexByte(id, '.')
	return id[:i], id[i+1:]
}

// countMonth reads the attempts of a month once, for all quizzes.
func (s *Service) countMonth(ctx context.Context, id string) (Month, map[string]*sittingsOf, error) {
	course, month := cutMonth(id)
	from, err := time.Parse(monthForm, month)
	if err != nil {
		return Month{}, nil, fmt.Errorf("month %s: %w", id, err)
	}
	keys, err := s.corrected(ctx, course)
	if err != nil {
		return Month{}, nil, err
	}
	out, m := map[string]*sittingsOf{}, Month{}
	err = s.attempts.Each(ctx, storage.Query{Index: "course", Term: course, From: storage.OrderTime(from), To: storage.OrderTime(from.AddDate(0, 1, 0))}, func(d storage.Doc[Attempt]) error {
		at := &d.Value
		if at.Ordinal != 1 || at.State != AttemptGraded {
			return nil
		}
		quiz := at.Version + "." + at.Quiz
		of := out[quiz]
		if of == nil {
			if of, err = s.newSittings(ctx, at); err != nil {
				return err
			}
			out[quiz] = of
			m.Quizzes = append(m.Quizzes, quiz)
		}
		sitting, err := s.marks(ctx, at, &keys)
		if err != nil {
			return err
		}
		if err := of.sums.Add(sitting); err != nil {
			return fmt.Errorf("count attempt %s: %w", d.ID, err)
		}
		m.Sittings++
		if at.Kind == PostTest {
			return s.gained(ctx, at, sitting, of, &keys)
		}
		return nil
	})
	slices.Sort(m.Quizzes)
	return m, out, err
}

func (s *Service) newSittings(ctx context.Context, at *Attempt) (*sittingsOf, error) {
	v, err := s.version(ctx, at.Version)
	if err != nil {
		return nil, err
	}
	q, ok := v.Content.Quiz(at.Quiz)
	if !ok {
		return nil, fmt.Errorf("version %s has no quiz %s", at.Version, at.Quiz)
	}
	sums, err := itemstats.NewSums(frameOf(q))
	return &sittingsOf{quiz: q, sums: sums, gains: map[string]itemstats.GainSums{}}, err
}

func frameOf(q Quiz) itemstats.Frame {
	return itemstats.Frame{Unit: int64(grading.Full), Max: int64(grading.Full) * int64(q.Count())}
}

// marks is a graded attempt as item analysis wants it: marks by the result that counts, options by the author's names. Of an item that was tried several times the first
// try counts: what came later was told.
func (s *Service) marks(ctx context.Context, at *Attempt, keys *Corrections) (itemstats.Sitting, error) {
	g, _ := at.result()
	out := make(itemstats.Sitting, 0, len(g.Result.Items))
	for i, r := range g.Result.Items {
		it, err := s.keyed(ctx, r.Item, keys.number(r.Item))
		if err != nil {
			return nil, err
		}
		took, wrote, err := grading.Took(it.Item, at.slot(i), at.first(i))
		if err != nil {
			return nil, err
		}
		var typed []itemstats.Typed
		if firstCycle(at.Enrolment) {
			for _, w := range wrote {
				typed = append(typed, itemstats.Typed(w))
			}
		}
		out = append(out, itemstats.Mark{Typed: typed, Item: r.Item, Mark: int64(r.FirstMark()), Max: int64(grading.Full), Options: took, Blank: r.State == grading.Blank, Cell: it.Objective})
	}
	return out, nil
}

// firstCycle says whether somebody is in a course for the first time: only then are typed answers counted, so that five of them are five people.
func firstCycle(e EnrolmentID) bool { return strings.HasSuffix(e, ".1") }

// gained counts somebody's first post-test against the pre-test of the same enrolment, where one was taken.
func (s *Service) gained(ctx context.Context, at *Attempt, after itemstats.Sitting, of *sittingsOf, keys *Corrections) error {
	v, err := s.version(ctx, at.Version)
	if err != nil {
		return err
	}
	for _, q := range v.Content.Quizzes {
		if q.Kind != PreTest {
			continue
		}
		d, err := s.attempts.Get(ctx, attemptID(at.Enrolment, q.Code, 1))
		if errors.Is(err, faults.NotFound) || err == nil && d.Value.State != AttemptGraded {
			return nil
		}
		if err != nil {
			return err
		}
		before, err := s.marks(ctx, &d.Value, keys)
		if err != nil {
			return err
		}
		was, now := byCell(before, v.Content.Objectives), byCell(after, v.Content.Objectives)
		for cell, p := range now {
			if was[cell].full == 0 {
				continue
			}
			g := of.gains[cell]
			if err := g.Add(itemstats.Pair{Before: was[cell].earned, BeforeMax: was[cell].full, After: p.earned, AfterMax: p.full}); err != nil {
				return err
			}
			of.gains[cell] = g
		}
		return nil
	}
	return nil
}

type earned struct{ earned, full int64 }

// byCompetency marks the gains of a competency among those of objectives, whose codes have no such sign.
const byCompetency = "@"

// byCell adds a sitting up by objective and by competency; "" is the whole.
func byCell(s itemstats.Sitting, objectives []Objective) map[string]earned {
	serves := map[string]string{}
	for _, o := range objectives {
		serves[o.Code] = o.Competency
	}
	out := map[string]earned{}
	for _, m := range s {
		cells := []string{"", m.Cell}
		if c := serves[m.Cell]; c != "" {
			cells = append(cells, byCompetency+c)
		}
		for _, cell := range cells {
			e := out[cell]
			out[cell] = earned{e.earned + m.Mark, e.full + m.Max}
		}
	}
	return out
}

// AnalyseQuiz puts the months of a quiz together and fits the models anew when there is enough that is new. Step "rebuild" of an analysis. Safe to call twice.
func (s *Service) AnalyseQuiz(ctx context.Context, id string) error {
	_, err := storage.Rebuild(ctx, s.analyses, id, s.now(), func(ctx context.Context) (QuizSums, civil.Date, error) {
		before, err := s.analyses.Get(ctx, id)
		if err != nil {
			return QuizSums{}, "", err
		}
		of := QuizSums{Gains: map[string]itemstats.GainSums{}}
		var all *itemstats.Sums
		if err := s.monthSums.Each(ctx, storage.Query{Index: "quiz", Term: id}, func(d storage.Doc[MonthSums]) error {
			for cell, g := range d.Value.Gains {
				sum := of.Gains[cell]
				sum.Merge(&g)
				of.Gains[cell] = sum
			}
			if d.Value.N == 0 {
				return nil
			}
			sums, err := itemstats.Unpack(d.Value.Sums)
			if err != nil {
				return err
			}
			if all == nil {
				all = sums
				return nil
			}
			return all.Merge(sums)
		}); err != nil || all == nil {
			return of, "", err
		}
		all.Frequent() // a month keeps what few typed, since the next one may bring more of it; what is shown does not
		if of.Sums, err = all.Pack(); err != nil {
			return of, "", err
		}
		of.N, of.Rasch, of.TwoPL, of.Tried, of.Keys = all.N, before.Value.Of.Rasch, before.Value.Of.TwoPL, before.Value.Of.Tried, before.Value.Of.Keys
		return of, "", s.fit(ctx, id, all, &of)
	})
	return err
}

// Sittings the models are fitted to: the newest of the quiz, out of the newest of its course. With 20,000 the standard errors of difficulties are below 0.03.
const (
	fitSittings = 20_000
	fitLook     = 100_000
)

// fit fits the models again when there are a tenth more sittings than they rest on, or keys were corrected since.
func (s *Service) fit(ctx context.Context, id string, sums *itemstats.Sums, of *QuizSums) error {
	version, quiz := cutMonth(id)
	course := courseOfItem(version)
	keys, err := s.corrected(ctx, course)
	if err != nil {
		return err
	}
	state := keyState(&keys, sums)
	if sums.N < itemstats.MinRasch || len(sums.Items) < 2 || of.Keys == state && sums.N*10 < of.Tried*11 {
		return nil
	}
	matrix, err := itemstats.NewMatrix(slices.Sorted(maps.Keys(sums.Items)))
	if err != nil {
		return err
	}
	looked := 0
	enough := errors.New("enough")
	err = s.attempts.Each(ctx, storage.Query{Index: "course", Term: course, Desc: true}, func(d storage.Doc[Attempt]) error {
		at := &d.Value
		if looked++; looked > fitLook || matrix.N() >= fitSittings {
			return enough
		}
		if at.Version != version || at.Quiz != quiz || at.Ordinal != 1 || at.State != AttemptGraded {
			return nil
		}
		sitting, err := s.marks(ctx, at, &keys)
		if err != nil {
			return err
		}
		return matrix.Add(sitting)
	})
	if err != nil && err != enough {
		return err
	}
	if of.Rasch, err = model(itemstats.FitRasch(matrix)); err != nil {
		return err
	}
	of.Tried, of.Keys, of.TwoPL = sums.N, state, nil
	if matrix.N() >= itemstats.MinTwoPL {
		of.TwoPL, err = model(itemstats.FitTwoPL(matrix))
	}
	return err
}

// model leaves a model out that the sittings are too few or too alike for.
func model(m *itemstats.Model, err error) (*itemstats.Model, error) {
	if errors.Is(err, faults.Invalid) {
		return nil, nil
	}
	return m, err
}

// keyState names the corrected keys of the items of a quiz.
func keyState(c *Corrections, sums *itemstats.Sums) string {
	var out []string
	for _, item := range slices.Sorted(maps.Keys(sums.Items)) {
		if n := c.number(item); n > 1 {
			out = append(out, itemKeyID(item, n))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return fingerprint(out, 10)
}
