package courses

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/itemstats"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// AlikesCollection holds, by exam, whose wrong answers are alike. Derived; its due step is storage.RebuildStep.
const AlikesCollection = "exam_alikes"

// Alikes is the comparison of all pairs of an exam.
type Alikes struct {
	Left     int                   `json:"left,omitempty"` // takers beyond the bound, not compared
	Found    *itemstats.Similarity `json:"found,omitempty"`
	Ungraded int                   `json:"ungraded,omitempty"`
}

var alikesDef = storage.Def[storage.Derived[Alikes]]{Name: AlikesCollection, Shape: 1}

// CompareExam compares the answers of all pairs of an exam: the first graded attempt of each taker, with wrong answers of earlier sittings as a background. It
// changes no result. Step "rebuild" of exam_alikes, on the bulk lane; at most 2,000 takers, two million pairs. Idempotent.
func (s *Service) CompareExam(ctx context.Context, id string) error {
	_, err := storage.Rebuild(ctx, s.alikes, id, s.now(), func(ctx context.Context) (Alikes, civil.Date, error) {
		var out Alikes
		x, err := s.exams.Get(ctx, id)
		if err != nil || x.Value.Forgotten {
			return out, "", err
		}
		keys, err := s.corrected(ctx, x.Value.Course)
		if err != nil {
			return out, "", err
		}
		var takers []itemstats.Taker
		versions, seen, asks := map[VersionID]bool{}, map[PersonID]bool{}, map[string][]grading.Asked{}
		if err := s.attempts.Each(ctx, storage.Query{Index: "exam", Term: id}, func(d storage.Doc[Attempt]) error {
			at := &d.Value
			switch {
			case seen[at.Person]:
				return nil
			case at.State != AttemptGraded:
				out.Ungraded++
				return nil
			case len(takers) >= takersMost:
				out.Left++
				return nil
			}
			seen[at.Person], versions[at.Version] = true, true
			sitting, err := s.marks(ctx, at, &keys)
			if err != nil {
				return err
			}
			said, err := s.saidWrong(ctx, at, &keys, asks)
			if err != nil {
				return err
			}
			takers = append(takers, itemstats.Taker{ID: d.ID, Sitting: sitting, Said: said})
			return nil
		}); err != nil {
			return out, "", err
		}
		history := map[string]map[string]int64{}
		for v := range versions {
			if err := s.wrongBefore(ctx, v+"."+x.Value.Quiz, &keys, history); err != nil {
				return out, "", err
			}
		}
		out.Found, err = itemstats.Compare(takers, itemstats.SimilarityOptions{History: history})
		return out, "", err
	})
	return err
}

// saidWrong gives by item what of an answer was wrong, as one text: the option or typed answer, the wrong parts together. Right parts and blank ones are left out. asks keeps what each item asks.
func (s *Service) saidWrong(ctx context.Context, at *Attempt, keys *Corrections, asks map[string][]grading.Asked) (map[string]string, error) {
	g, _ := at.result()
	out := map[string]string{}
	for i, r := range g.Result.Items {
		it, err := s.keyed(ctx, r.Item, keys.number(r.Item))
		if err != nil {
			return nil, err
		}
		took, wrote, err := grading.Took(it.Item, at.slot(i), at.first(i))
		if err != nil {
			return nil, err
		}
		if asks[r.Item] == nil {
			asks[r.Item] = grading.AskedOf(it.Item)
		}
		var wrong []string
		competes := map[string]bool{}
		for _, q := range asks[r.Item] {
			for _, o := range q.Options {
				competes[o.ID] = q.One && o.Right
			}
		}
		for _, id := range took {
			if !competes[id] { // of what is ticked together, all of it is the answer
				wrong = append(wrong, id)
			}
		}
		for _, w := range wrote {
			wrong = append(wrong, itemstats.TypedID(w.Question, w.Text))
		}
		slices.Sort(wrong)
		out[r.Item] = strings.Join(wrong, "\x00")
	}
	return out, nil
}

// wrongBefore adds which wrong answers are usual, by what item analysis has counted.
func (s *Service) wrongBefore(ctx context.Context, id string, keys *Corrections, into map[string]map[string]int64) error {
	d, err := s.analyses.Get(ctx, id)
	if errors.Is(err, faults.NotFound) || err == nil && d.Value.Of.N == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	sums, err := itemstats.Unpack(d.Value.Of.Sums)
	if err != nil {
		return err
	}
	about := map[string]itemstats.About{}
	for item := range sums.Items {
		it, err := s.keyed(ctx, item, keys.number(item))
		if err != nil {
			return err
		}
		about[item] = aboutItem(it.Item)
	}
	for item, wrong := range sums.WrongAnswers(about) {
		into[item] = wrong
	}
	return nil
}

// ExamReport is what a person may judge after an exam: signs with how usual each is, and pairs whose wrong answers are alike.
type ExamReport struct {
	ExamDoc
	Rates      BaseRates
	Signs      []ExamTaker // those with something to look at, by name
	Compared   bool
	ComparedAt time.Time
	Pending    bool
	Pairs      []AlikePair
	About      []texts.Text // what must be known before the pairs
	Left       int          // takers beyond the bound, not compared
	Ungraded   int
}

// AlikePair are two takers whose wrong answers agree more than chance explains.
type AlikePair struct {
	A, B               PersonID
	NameA, NameB       string
	AttemptA, AttemptB AttemptID
	Text               texts.Text // how alike, and the odds that chance alone does it
	Same, BothWrong    int
	Chance             float64 // such pairs expected in an exam of honest takers
}

// ExamReport reads the signs and alike answers of an exam; for its invigilators, training admins and auditors. A look at the people named is noted. Nothing here
// decides anything.
func (s *Service) ExamReport(ctx context.Context, a access.Actor, id string) (ExamReport, error) {
	_, role, err := s.exam(ctx, a, "judge", id)
	if err != nil {
		return ExamReport{}, err
	}
	b, err := s.ExamBoard(ctx, a, id)
	if err != nil {
		return ExamReport{}, err
	}
	r := ExamReport{ExamDoc: b.ExamDoc, Rates: b.Rates}
	shown := map[PersonID]bool{}
	for _, t := range b.Takers {
		if t.Signs.Any() {
			r.Signs = append(r.Signs, t)
		}
	}
	d, err := s.alikes.Get(ctx, id)
	switch {
	case errors.Is(err, faults.NotFound):
	case err != nil:
		return ExamReport{}, err
	default:
		r.Compared, r.ComparedAt, r.Pending, r.Left, r.Ungraded = d.Value.Of.Found != nil, d.Value.BuiltAt, d.Due != nil, d.Value.Of.Left, d.Value.Of.Ungraded
		if f := d.Value.Of.Found; f != nil {
			r.About = f.Texts
			for _, p := range f.List {
				pair := AlikePair{AttemptA: p.A, AttemptB: p.B, A: personOf(p.A), B: personOf(p.B), Text: p.Text, Same: p.Same, BothWrong: p.BothWrong, Chance: p.Chance}
				pair.NameA, pair.NameB = s.nameOf(ctx, pair.A), s.nameOf(ctx, pair.B)
				shown[pair.A], shown[pair.B] = true, true
				r.Pairs = append(r.Pairs, pair)
			}
		}
	}
	for p := range shown {
		if err := s.cfg.Viewed.Note(ctx, a, role, p); err != nil {
			return ExamReport{}, err
		}
	}
	return r, nil
}

func personOf(attempt AttemptID) PersonID {
	p, _, _ := strings.Cut(attempt, ".")
	return p
}

// CompareAgain lets the answers of an exam be compared once more, for attempts that were graded later. It may be asked any time after the exam. Conflict before its end and
// after its traces were deleted.
func (s *Service) CompareAgain(ctx context.Context, a access.Actor, id string) error {
	d, _, err := s.exam(ctx, a, "invigilate", id)
	if err != nil {
		return err
	}
	switch now := s.now(); {
	case d.Value.Forgotten:
		return faults.New(faults.Conflict, "Jejak ujian ini sudah dihapus menurut masa simpannya.", "The traces of this exam have been deleted as their period says.")
	case now.Before(d.Value.end()):
		return faults.New(faults.Conflict, "Jawaban dibandingkan sesudah ujian ditutup.", "Answers are compared after the exam has closed.")
	default:
		if err := storage.Raise(ctx, s.alikes, id, now, 0); err != nil {
			return err
		}
	}
	s.wake(ctx, AlikesCollection, id)
	return nil
}
