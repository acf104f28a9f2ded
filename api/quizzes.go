package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
)

// QuizDoor is what awaits the taker of a quiz, before the clock runs.
type QuizDoor struct {
	Quiz     string     `json:"quiz"`
	Kind     string     `json:"kind" enum:"pre_test,practice,post_test"`
	Title    texts.Text `json:"title"`
	Items    int        `json:"items" doc:"On a form"`
	Minutes  int        `json:"minutes" doc:"Time limit; 0 none"`
	PassMark int        `json:"pass_mark"`
	Allowed  int        `json:"allowed" doc:"Attempts in all, granted ones included; 0 without limit"`
	Ended    int        `json:"ended" doc:"Attempts so far"`
	Passed   bool       `json:"passed"`
	Locked   []string   `json:"locked" maxItems:"1000" nullable:"false" doc:"What must be done before it may be begun"`
	Open     string     `json:"open,omitempty" doc:"The attempt under way or being graded"`
	Latest   string     `json:"latest,omitempty" doc:"The last graded attempt"`
	Own      int        `json:"own" doc:"Items that every form will have and that the taker wrote or reviewed: passing then certifies nothing"`
	Behaviour
	Exam *ExamDoor `json:"exam,omitempty" doc:"The exam that decides when and from where it can be begun"`
}

// ExamDoor is what a taker knows of an exam.
type ExamDoor struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	State    string    `json:"state" enum:"planned,open,paused,closed,cancelled"`
	Opens    time.Time `json:"opens"`
	Closes   time.Time `json:"closes"`
	Latest   time.Time `json:"latest" doc:"Until when it may be begun"`
	Password bool      `json:"password" doc:"Whether one is asked for"`
	Extra    int       `json:"extra" doc:"Minutes of one's own"`
	Delay    int       `json:"delay" doc:"Minutes between two attempts"`
	Attempts int       `json:"attempts" doc:"Inside the exam; 0 as the quiz allows"`
	Outside  bool      `json:"outside" doc:"This request comes from outside of its networks"`
	Refused  string    `json:"refused,omitempty" doc:"Why it cannot be begun now, and what to do"`
	Now      time.Time `json:"now" doc:"The server's clock, which counts"`
}

func (s *server) showDoor(ctx context.Context, q courses.QuizProgress) QuizDoor {
	lang := visit.From(ctx).Lang
	v := QuizDoor{Quiz: q.Code, Kind: string(q.Kind), Title: q.Name(), Items: q.Count(), Minutes: q.Minutes, PassMark: q.PassMark, Allowed: q.Allowed, Ended: q.Ended, Passed: q.Passed, Locked: []string{}, Open: q.Open, Latest: q.Latest,
		Own: q.Sure, Behaviour: showBehaviour(q.Behaviour)}
	for _, l := range q.Locked {
		v.Locked = append(v.Locked, l.In(lang))
	}
	if x := q.Exam; x != nil {
		v.Exam = &ExamDoor{x.ID, x.Name, string(x.State), x.Opens, x.Closes, x.Latest, x.Locked, x.Extra, x.Delay, x.Of, x.Away, "", s.Now().UTC()}
		if !x.MayStart() {
			v.Exam.Refused = x.Refuse.In(lang)
		}
	}
	return v
}

func (s *server) quizzes() {
	handle(s, operation{Method: http.MethodGet, Path: "/enrolments/{id}/quizzes/{quiz}", ID: "getQuizDoor", Tag: "attempts", Summary: "What awaits the taker of a quiz: items, time, attempts left, what must be done first, and the exam that decides"},
		func(ctx context.Context, in *struct {
			EnrolmentPath
			Quiz string `path:"quiz" maxLength:"40"`
		}) (*body[QuizDoor], error) {
			p, err := s.Courses.Progress(ctx, visit.Actor(ctx), in.ID)
			if err != nil {
				return nil, err
			}
			i := slices.IndexFunc(p.Quizzes, func(q courses.QuizProgress) bool { return q.Code == in.Quiz })
			if i < 0 {
				return nil, faults.New(faults.NotFound, "Tes ini tidak ada.", "This test does not exist.")
			}
			return answer(s.showDoor(ctx, p.Quizzes[i])), nil
		})
}
