package api

import (
	"context"
	"net/http"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/visit"
)

// Behaviour is how a quiz deals with its takers.
type Behaviour struct {
	Feedback   string `json:"feedback,omitempty" enum:"deferred,immediate,interactive" doc:"When answers are explained: at the end (deferred or missing), once an item is checked, or after each of several tries"`
	Tries      int    `json:"tries,omitempty" minimum:"0" maximum:"5" doc:"interactive: tries per item, 2 to 5"`
	Penalty    string `json:"penalty,omitempty" maxLength:"12" doc:"interactive: percent of the item taken off for each try that was not right" example:"33.33333"`
	Unrecorded bool   `json:"unrecorded,omitempty" doc:"Practice that leaves no attempt, no figures and nothing in the enrolment"`
}

func showBehaviour(b courses.Behaviour) Behaviour {
	v := Behaviour{Feedback: string(b.Feedback), Tries: b.Tries, Unrecorded: b.Unrecorded}
	if b.Penalty > 0 {
		v.Penalty = b.Penalty.Percent()
	}
	return v
}

func (b Behaviour) courses() (courses.Behaviour, error) {
	out := courses.Behaviour{Feedback: courses.Feedback(b.Feedback), Tries: b.Tries, Unrecorded: b.Unrecorded}
	if b.Feedback == "deferred" {
		out.Feedback = courses.Deferred
	}
	if b.Penalty != "" {
		m, err := grading.ParseMark(b.Penalty)
		if err != nil {
			return out, faults.OnField("behaviour.penalty", "Potongan nilai 0 sampai 100 persen.", "The penalty is 0 to 100 percent.")
		}
		out.Penalty = m
	}
	return out, nil
}

// ItemCheck is how an item stands that can be checked before the end.
type ItemCheck struct {
	Waits   bool        `json:"waits,omitempty" doc:"A person marks it: it cannot be checked"`
	Tries   int         `json:"tries" doc:"Checked so far"`
	Left    int         `json:"left" doc:"Checks left"`
	Closed  bool        `json:"closed" doc:"Nothing can be changed any more"`
	Penalty string      `json:"penalty,omitempty" doc:"Percent the next try would cost"`
	Said    *ItemReview `json:"said,omitempty" doc:"Of the last check; without key while there are checks left"`
}

func showCheck(v *courses.CheckView) *ItemCheck {
	if v == nil {
		return nil
	}
	out := &ItemCheck{Waits: v.Waits, Tries: v.Tries, Left: v.Left, Closed: v.Closed}
	if v.Penalty > 0 {
		out.Penalty = v.Penalty.Percent()
	}
	if v.Said != nil {
		said := showItemReview(*v.Said)
		out.Said = &said
	}
	return out
}

// Checked is the answer to a check.
type Checked struct {
	Saved
	Item Item `json:"item"`
}

func (s *server) checks() {
	handle(s, operation{Method: http.MethodPost, Path: "/attempts/{id}/answers/{item}/check", Named: map[string]string{"answers": "path.item"}, ID: "checkAnswer", Tag: "attempts",
		Summary: "Save the answer to one item and learn at once what it is worth, in a quiz with immediate or interactive feedback; the same answer again costs no try, nor does one that cannot be read (item.advice), which is kept and not checked", Max: 8 << 10},
		func(ctx context.Context, in *struct {
			AttemptPath
			Item string `path:"item" maxLength:"100"`
			Body struct {
				Page
				Answer Answer `json:"answer"`
			}
		}) (*body[Checked], error) {
			c, err := s.Courses.CheckAnswer(ctx, visit.Actor(ctx), in.ID, in.Item, in.Body.Answer.grading(), in.Body.courses())
			if err != nil {
				return nil, err
			}
			return answer(Checked{showSaved(c.Saved), showItem(c.Item)}), nil
		})
	handle(s, operation{Method: http.MethodPut, Path: "/versions/{id}/quizzes/{quiz}/behaviour", ID: "setBehaviour", Tag: "authoring", Summary: "Say how a quiz of a draft deals with its takers"},
		func(ctx context.Context, in *struct {
			VersionPath
			Quiz string `path:"quiz" maxLength:"40"`
			Body struct {
				Behaviour Behaviour `json:"behaviour"`
				Revision  int64     `json:"revision,omitempty" minimum:"0" doc:"Of the version as read; missing: whatever there is"`
			}
		}) (*body[CourseVersion], error) {
			b, err := in.Body.Behaviour.courses()
			if err != nil {
				return nil, err
			}
			return one(showVersionDetail)(s.Courses.SetBehaviour(ctx, visit.Actor(ctx), in.ID, in.Body.Revision, in.Quiz, b))
		})
}
