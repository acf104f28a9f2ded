package courses

import (
	"context"
	"fmt"
	"html/template"
	"time"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/texts"
)

// FormView is what a taker sees of an attempt: questions and the own answers, never a key, a mark or a feedback.
type FormView struct {
	Attempt   AttemptID
	Enrolment EnrolmentID
	Course    CourseID
	Quiz      string
	Kind      QuizKind
	Title     texts.Text
	Ordinal   int
	Of        int // attempts there are in all; 0 without limit
	PassMark  int // of post-tests
	State     AttemptState
	StartedAt time.Time
	EndsAt    time.Time     // zero: no limit
	Left      time.Duration // by the server's clock; 0 without limit
	Seq       int           // to be sent with the next save
	Items     []ItemView
	Behaviour Behaviour
	Exam      string        // the exam it belongs to; "" outside of one
	Paused    bool          // an invigilator has stopped the clock
	Tab       int           // of the page, to be sent with its saves; see Open
	Messages  []ExamMessage // of invigilators, the latest first
	Tried     VersionID     // the version that its author tries as a learner; "" for everything else
}

// ItemView is one question on a form.
type ItemView struct {
	Item   string // id to answer to
	Number int    // 1, 2, 3 ...
	Stem   template.HTML
	FieldView
	Answer grading.Answer // as saved
	Advice texts.Text     // why the answer cannot be read as what is asked for; empty when it can
	Check  *CheckView     // of a quiz whose items can be checked before the end; else nil
}

// FieldView is what is asked, with its texts rendered, the fixed words of its type in the reader's language; see grading.Field.
type FieldView struct {
	Ask     grading.Ask
	Label   template.HTML
	Choices []ChoiceView
	Units   []string
	Limit   int
	Kinds   []string // of files; empty: all of grading.FileKinds
	Size    int      // megabytes of a file
	Inline  bool
	Taken   bool
	After   template.HTML
	Minutes int
	Parts   []FieldView
	Steps   bool
}

// ChoiceView is one choice in the order of this form.
type ChoiceView struct {
	ID   string // position on this form: a, b, c ...
	HTML template.HTML
}

func (it *shownItem) field(f grading.Field, l texts.Lang) FieldView {
	v := FieldView{Ask: f.Ask, Label: it.line(f.Label.In(l)), Units: f.Units, Limit: f.Limit, Kinds: f.Kinds, Size: f.Size, Inline: f.Inline, Taken: f.Taken, After: it.line(f.After.In(l)), Minutes: f.Minutes, Steps: f.Steps}
	for _, c := range f.Choices {
		v.Choices = append(v.Choices, ChoiceView{c.ID, it.line(c.Text.In(l))})
	}
	for _, p := range f.Parts {
		v.Parts = append(v.Parts, it.field(p, l))
	}
	return v
}

// Form gives an attempt to its taker: the frozen form with the answers saved so far; after the end of an exam that does not show its items, without them. For other actors with the verb take denied it is NotFound.
func (s *Service) Form(ctx context.Context, a access.Actor, id AttemptID) (FormView, error) {
	d, err := s.sitting(ctx, a, "take", id)
	if err != nil {
		return FormView{}, err
	}
	f, err := s.view(ctx, id, &d.Value)
	if err != nil || d.Value.State == AttemptOpen {
		return f, err
	}
	level, err := s.reviewed(ctx, a, &d.Value)
	if level == ReviewNothing || level == ReviewScore {
		f.Items = nil
	}
	return f, err
}

func (s *Service) view(ctx context.Context, id AttemptID, a *Attempt) (FormView, error) {
	v, err := s.version(ctx, a.Version)
	if err != nil {
		return FormView{}, err
	}
	q, _ := v.Content.Quiz(a.Quiz)
	f := FormView{Attempt: id, Enrolment: a.Enrolment, Course: a.Course, Quiz: a.Quiz, Kind: a.Kind, Title: q.Name(), Ordinal: a.Ordinal, Of: q.Attempts,
		PassMark: q.PassMark, State: a.State, Behaviour: q.Behaviour, StartedAt: a.StartedAt, EndsAt: a.EndsAt, Seq: a.Seq, Tried: a.triedVersion(), Items: make([]ItemView, 0, len(a.Slots))}
	rule, err := s.tryRule(ctx, a)
	if err != nil {
		return FormView{}, err
	}
	keys, err := s.tryKeys(ctx, a, rule)
	if err != nil {
		return FormView{}, err
	}
	f.Left, f.Paused = a.left(s.now()), !a.paused().IsZero()
	if a.Exam != nil {
		f.Exam = a.Exam.ID
		if f.Messages, err = s.messagesFor(ctx, a); err != nil {
			return FormView{}, err
		}
	}
	f.Tab = a.Tab
	for i := range a.Slots {
		iv, err := s.itemView(ctx, a, i, keys)
		if err != nil {
			return FormView{}, fmt.Errorf("attempt %s: %w", id, err)
		}
		f.Items = append(f.Items, iv)
	}
	return f, nil
}

// itemView is the n-th question of an attempt.
func (s *Service) itemView(ctx context.Context, a *Attempt, n int, keys tryKeys) (ItemView, error) {
	slot := a.slot(n)
	it, err := s.item(ctx, slot.Item)
	if err != nil {
		return ItemView{}, err
	}
	shown, err := grading.Present(it.Item, slot, a.answer(n))
	if err != nil {
		return ItemView{}, err
	}
	iv := ItemView{Item: slot.Item, Number: n + 1, Stem: it.stem, FieldView: it.field(shown.Field, texts.From(ctx)), Answer: a.answer(n)}
	if iv.Advice, err = s.advice(ctx, a, n, a.answer(n)); err != nil {
		return ItemView{}, err
	}
	iv.Check, err = s.checkView(ctx, a, n, keys)
	return iv, err
}
