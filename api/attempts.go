package api

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
)

// Attempt says where one sitting of a quiz stands.
type Attempt struct {
	ID        string     `json:"id" doc:"Empty, as the enrolment, in a list for somebody who marks, while it waits for marks: it is read without a name under /markings"`
	Enrolment string     `json:"enrolment"`
	Course    string     `json:"course"`
	Quiz      string     `json:"quiz"`
	Kind      string     `json:"kind" enum:"pre_test,practice,post_test"`
	Ordinal   int        `json:"ordinal"`
	State     string     `json:"state" enum:"open,submitted,graded,needs_marking"`
	Started   time.Time  `json:"started"`
	Ends      *time.Time `json:"ends,omitempty" doc:"By the server's clock; missing without a time limit"`
	Submitted *time.Time `json:"submitted,omitempty"`
	TimedOut  bool       `json:"timed_out" doc:"Ended by the clock; what was saved before counts"`
	Answered  int        `json:"answered"`
	Items     int        `json:"items"`
	Score     *Points    `json:"score,omitempty" doc:"Only when graded"`
	Passed    bool       `json:"passed"`
	Exam      string     `json:"exam,omitempty" doc:"The exam it was inside of"`
	Hidden    bool       `json:"hidden,omitempty" doc:"The exam does not show what it was worth now"`
	Regrading bool       `json:"regrading" doc:"Being graded again after a wrong key; only where one attempt is read"`
}

func showAttempt(a courses.AttemptDoc) Attempt {
	v := Attempt{ID: a.ID, Enrolment: a.Enrolment, Course: a.Course, Quiz: a.Quiz, Kind: string(a.Kind), Ordinal: a.Ordinal, State: string(a.State), Started: a.StartedAt,
		Ends: instant(a.EndsAt), Submitted: instant(a.SubmittedAt), TimedOut: a.TimedOut, Answered: a.Answered, Items: a.Items, Passed: a.Passed, Exam: a.Exam, Hidden: a.Hidden, Regrading: a.Regrading}
	if a.State == courses.AttemptGraded && !a.Hidden {
		p := Points(a.Score)
		v.Score = &p
	}
	return v
}

// Form is what a taker sees: questions and the own answers, never a key.
type Form struct {
	Attempt string     `json:"attempt"`
	State   string     `json:"state" enum:"open,submitted,graded,needs_marking"`
	Title   texts.Text `json:"title"`
	Kind    string     `json:"kind" enum:"pre_test,practice,post_test"`
	Ordinal int        `json:"ordinal"`
	Of      int        `json:"of" doc:"Attempts there are in all; 0 without limit"`
	Pass    int        `json:"pass,omitempty" doc:"Pass mark in points of 100"`
	Ends    *time.Time `json:"ends,omitempty"`
	Left    int        `json:"left,omitempty" doc:"Seconds left by the server's clock; missing without a limit"`
	Seq     int        `json:"seq" doc:"Send it with the next save"`
	Tab     int        `json:"tab,omitempty" doc:"Of the page that startAttempt or openAttempt has just opened; send it with every save. Missing where a form is only read"`
	Behaviour
	Exam   string `json:"exam,omitempty" doc:"The exam it belongs to"`
	Paused bool   `json:"paused,omitempty" doc:"An invigilator has stopped the clock"`
	Items  []Item `json:"items" maxItems:"1000" nullable:"false"`
}

// Item is one question on a form.
type Item struct {
	ID     string `json:"id"`
	Number int    `json:"number"`
	Stem   string `json:"stem" doc:"Harmless HTML; a part that is inline stands where [[n]] is, counted from 1"`
	Field
	Parts  []Part      `json:"parts,omitempty" maxItems:"1000" doc:"With ask parts: what is asked, in order; answer.parts answers them"`
	Steps  bool        `json:"steps,omitempty" doc:"The parts are decided one after the other: what is decided stands, and saving it gives the next"`
	Answer Answer      `json:"answer"`
	Advice *texts.Text `json:"advice,omitempty" doc:"Why the answer, kept as it is, cannot be read as what is asked for (words where a number is wanted); says nothing about right or wrong"`
	Check  *ItemCheck  `json:"check,omitempty" doc:"Only where items can be checked before the end"`
}

// Field is one control.
type Field struct {
	Ask     string   `json:"ask" doc:"How it is answered: one, many, order (all choices in order), number, text, long, files, parts"`
	Choices []Choice `json:"choices" maxItems:"1000" nullable:"false"`
	Units   []string `json:"units" maxItems:"1000" nullable:"false"`
	Limit   int      `json:"limit,omitempty" doc:"long: words; files: how many; steps: minutes on the clock of the case, 0 without one"`
	Kinds   []string `json:"kinds,omitempty" maxItems:"10" doc:"files: which are taken; missing: pdf, jpg, png, docx, xlsx and txt"`
	Size    int      `json:"size,omitempty" doc:"files: megabytes of one"`
}

// Part is one of several things asked in an item.
type Part struct {
	Field
	Label   string `json:"label,omitempty" doc:"Harmless HTML"`
	Inline  bool   `json:"inline,omitempty" doc:"It stands inside the stem"`
	Taken   bool   `json:"taken,omitempty" doc:"A decision that stands and cannot be changed"`
	After   string `json:"after,omitempty" doc:"What came of a decision, harmless HTML"`
	Minutes int    `json:"minutes,omitempty" doc:"What is left on the clock of a case"`
}

// Choice is one choice in the order of this form.
type Choice struct {
	ID   string `json:"id"`
	HTML string `json:"html"`
}

// Answer is what was given for one item; empty is blank.
type Answer struct {
	PartAnswer
	Parts []PartAnswer `json:"parts,omitempty" maxItems:"20" doc:"By the item's parts; those missing at the end are blank"`
	Files []AnswerFile `json:"files,omitempty" maxItems:"5" readOnly:"true" doc:"Handed in one by one (addAnswerFile); saving an answer leaves them alone"`
}

// PartAnswer is what was given for one control.
type PartAnswer struct {
	Choices []string `json:"choices,omitempty" maxItems:"20" doc:"Ids of the choices"`
	Text    string   `json:"text,omitempty" maxLength:"20000" doc:"As typed"`
}

func (a PartAnswer) grading() grading.Answer { return grading.Answer{Choices: a.Choices, Text: a.Text} }

func (a Answer) grading() grading.Answer {
	out := a.PartAnswer.grading()
	for _, p := range a.Parts {
		out.Parts = append(out.Parts, p.grading())
	}
	return out
}

func showAnswer(a grading.Answer) Answer {
	out := Answer{PartAnswer: PartAnswer{a.Choices, a.Text}, Files: showAnswerFiles(a.Files)}
	for _, p := range a.Parts {
		out.Parts = append(out.Parts, PartAnswer{p.Choices, p.Text})
	}
	return out
}

func showField(f courses.FieldView) Field {
	v := Field{Ask: string(f.Ask), Choices: []Choice{}, Units: orEmpty(f.Units), Limit: f.Limit, Kinds: f.Kinds, Size: f.Size}
	for _, c := range f.Choices {
		v.Choices = append(v.Choices, Choice{c.ID, string(c.HTML)})
	}
	return v
}

func showForm(f courses.FormView) Form {
	v := Form{Attempt: f.Attempt, State: string(f.State), Title: f.Title, Kind: string(f.Kind), Ordinal: f.Ordinal, Of: f.Of, Pass: f.PassMark, Ends: instant(f.EndsAt),
		Left: int(f.Left / time.Second), Seq: f.Seq, Exam: f.Exam, Paused: f.Paused, Items: make([]Item, 0, len(f.Items))}
	v.Behaviour = showBehaviour(f.Behaviour)
	for _, it := range f.Items {
		v.Items = append(v.Items, showItem(it))
	}
	return v
}

// showPage is the form on a page that counts from now on: saves of pages opened before are refused.
func showPage(f courses.FormView) Form {
	v := showForm(f)
	v.Tab = f.Tab
	return v
}

// Page is where answers come from. The page opened last wins, on whatever device: an older one is told that it is stale (409) and keeps what it holds.
type Page struct {
	Tab int `json:"tab" minimum:"1" doc:"Of the form that startAttempt or openAttempt gave"`
	Seq int `json:"seq" minimum:"0" doc:"Of the form or the last save"`
}

func (p Page) courses() courses.Page { return courses.Page{Tab: p.Tab, Seq: p.Seq} }

func showItem(it courses.ItemView) Item {
	x := Item{ID: it.Item, Number: it.Number, Stem: string(it.Stem), Field: showField(it.FieldView), Steps: it.Steps, Answer: showAnswer(it.Answer)}
	for _, p := range it.Parts {
		x.Parts = append(x.Parts, Part{Field: showField(p), Label: string(p.Label), Inline: p.Inline, Taken: p.Taken, After: string(p.After), Minutes: p.Minutes})
	}
	x.Check = showCheck(it.Check)
	if !it.Advice.Empty() {
		x.Advice = &it.Advice
	}
	return x
}

// Saved is the answer to a save.
type Saved struct {
	Seq    int                   `json:"seq" doc:"Send it with the next save"`
	Left   int                   `json:"left,omitempty" doc:"Seconds left"`
	Ends   *time.Time            `json:"ends,omitempty" doc:"With extra time given meanwhile"`
	Advice map[string]texts.Text `json:"advice,omitempty" doc:"By item: why its answer, kept as it is, cannot be read as what is asked for; says nothing about right or wrong"`
}

func showSaved(v courses.Saved) Saved {
	return Saved{v.Seq, int(v.Left / time.Second), instant(v.EndsAt), v.Advice}
}

// Receipt is the answer to a submission; a second submission gets the same.
type Receipt struct {
	Attempt   string    `json:"attempt"`
	Submitted time.Time `json:"submitted"`
	TimedOut  bool      `json:"timed_out"`
	Answered  int       `json:"answered"`
	Items     int       `json:"items"`
	Refused   int       `json:"refused" doc:"Answers that came after the end"`
}

// Review is a graded attempt as the caller may see it: per objective always, item by item with keys where nothing can be gained from it any more.
type Review struct {
	Attempt    Attempt           `json:"attempt"`
	Title      texts.Text        `json:"title"`
	Pass       int               `json:"pass,omitempty" doc:"Pass mark in points of 100"`
	Left       int               `json:"left" doc:"Attempts left; -1 without limit"`
	Objectives []ObjectiveResult `json:"objectives" maxItems:"1000" nullable:"false"`
	Full       bool              `json:"full" doc:"The items are there"`
	Hint       string            `json:"hint,omitempty" doc:"Why the items are not there"`
	Items      []ItemReview      `json:"items" maxItems:"1000" nullable:"false"`
	Marked     []ItemReview      `json:"marked" maxItems:"1000" nullable:"false" doc:"When not full: the answers that people have marked, without keys"`
	Gradings   []time.Time       `json:"gradings" maxItems:"1000" nullable:"false" doc:"When it was graded; more than one after a regrade"`
	Earlier    []Earlier         `json:"earlier" maxItems:"1000" nullable:"false" doc:"Results that counted before, oldest first"`
	Regraded   string            `json:"regraded,omitempty" doc:"Why it was graded again"`
}

// Earlier is a result that no longer counts.
type Earlier struct {
	At     time.Time `json:"at"`
	Score  Points    `json:"score"`
	Passed bool      `json:"passed"`
}

// ObjectiveResult is the result of the items of one objective.
type ObjectiveResult struct {
	Code    string     `json:"code"`
	Text    texts.Text `json:"text"`
	Percent int        `json:"percent"`
	Items   int        `json:"items"`
}

// ItemReview is one item with its key and what the author wrote about it.
type ItemReview struct {
	ID        string `json:"id"`
	Number    int    `json:"number"`
	Objective string `json:"objective"`
	State     string `json:"state"`
	Earned    int    `json:"earned" doc:"Thousandths of the item"`
	Try       int    `json:"try,omitempty" doc:"Which try counts, when it is not the first"`
	Stem      string `json:"stem" doc:"Harmless HTML"`
	AnswerReview
	Parts   []AnswerReview    `json:"parts,omitempty" maxItems:"1000" doc:"Of an item that asks several things"`
	General string            `json:"general,omitempty"`
	Marks   []GivenMark       `json:"marks,omitempty" maxItems:"2" doc:"What people gave it, without names; two are counted by their mean"`
	Rubric  []MarkedCriterion `json:"rubric,omitempty" maxItems:"20" doc:"Of an answer in practice without a record, which nobody marks: to judge it oneself"`
	Objects *ObjectionSteps   `json:"objection,omitempty" doc:"To what people gave it; missing where there is nothing to object to (any more)"`
	Hint    string            `json:"hint,omitempty" doc:"Of the author, after a check that was not right, while checks are left; harmless HTML"`
}

// AnswerReview is what was answered and what is said about it.
type AnswerReview struct {
	Label    string         `json:"label,omitempty" doc:"Of a part, harmless HTML"`
	Choices  []ChoiceReview `json:"choices" maxItems:"1000" nullable:"false"`
	Typed    string         `json:"typed,omitempty"`
	Files    []AnswerFile   `json:"files,omitempty" maxItems:"5"`
	Key      []string       `json:"key" maxItems:"1000" nullable:"false" doc:"Right answers"`
	Feedback []string       `json:"feedback" maxItems:"1000" nullable:"false"`
}

func showAnswerReview(r courses.AnswerReview) AnswerReview {
	v := AnswerReview{Label: string(r.Label), Choices: []ChoiceReview{}, Typed: r.Typed, Files: showAnswerFiles(r.Files), Key: plain(r.Key), Feedback: plain(r.Feedback)}
	for _, c := range r.Choices {
		v.Choices = append(v.Choices, ChoiceReview{c.ID, string(c.HTML), c.Chosen, c.Right, string(c.Feedback)})
	}
	return v
}

// ChoiceReview is one choice as it stood on the form.
type ChoiceReview struct {
	ID       string `json:"id"`
	HTML     string `json:"html"`
	Chosen   bool   `json:"chosen"`
	Right    bool   `json:"right"`
	Feedback string `json:"feedback,omitempty"`
}

func showReview(ctx context.Context, r courses.Review) Review {
	v := Review{Attempt: showAttempt(r.AttemptDoc), Title: r.Title, Pass: r.PassMark, Left: r.Left, Objectives: []ObjectiveResult{}, Full: r.Full, Hint: r.Hint.In(visit.From(ctx).Lang),
		Items: []ItemReview{}, Marked: []ItemReview{}, Gradings: orEmpty(r.Gradings), Earlier: []Earlier{}, Regraded: r.Why}
	for _, e := range r.Earlier {
		v.Earlier = append(v.Earlier, Earlier{e.At.UTC(), Points(e.Score), e.Passed})
	}
	for _, o := range r.Objectives {
		v.Objectives = append(v.Objectives, ObjectiveResult{o.Code, o.Text, o.Percent(), o.Items})
	}
	for _, it := range r.Items {
		v.Items = append(v.Items, showItemReview(it))
	}
	for _, it := range r.Marked {
		v.Marked = append(v.Marked, showItemReview(it))
	}
	return v
}

func showItemReview(it courses.ItemReview) ItemReview {
	x := ItemReview{ID: it.Item, Number: it.Number, Objective: it.Objective, State: string(it.State), Earned: it.Earned, Try: it.Try, Stem: string(it.Stem), AnswerReview: showAnswerReview(it.AnswerReview), General: string(it.General), Hint: string(it.Hint), Objects: showObjectionSteps(it.Objects)}
	if len(it.Rubric) > 0 {
		x.Rubric = showRubric(it.Rubric)
	}
	if len(it.Marks) > 0 {
		x.Marks = showGivenMarks(it.Marks)
	}
	for _, p := range it.Parts {
		x.Parts = append(x.Parts, showAnswerReview(p))
	}
	return x
}

func plain(in []template.HTML) []string {
	out := make([]string, 0, len(in))
	for _, h := range in {
		out = append(out, string(h))
	}
	return out
}

// AttemptPath names an attempt in an address.
type AttemptPath struct {
	ID string `path:"id" maxLength:"200"`
}

func (s *server) attempts(r *gin.Engine) {
	s.checks()
	handle(s, operation{Method: http.MethodPost, Path: "/enrolments/{id}/quizzes/{quiz}/attempts", ID: "startAttempt", Tag: "attempts", Summary: "Begin an attempt, or go on with the open one on this device", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			EnrolmentPath
			Quiz string `path:"quiz" maxLength:"40"`
			Body *struct {
				Password string `json:"password,omitempty" maxLength:"200" doc:"Of the exam, where it asks for one"`
			}
		}) (*body[Form], error) {
			password := ""
			if in.Body != nil {
				password = in.Body.Password
			}
			a := visit.Actor(ctx)
			f, err := s.Courses.Enter(ctx, a, in.ID, in.Quiz, password)
			if err != nil {
				return nil, err
			}
			return one(showPage)(s.Courses.Open(ctx, a, f.Attempt))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/attempts/{id}/pages", ID: "openAttempt", Tag: "attempts", Summary: "Go on with a running attempt on this device: saves of pages opened before are refused and lose nothing", Status: http.StatusCreated},
		func(ctx context.Context, in *AttemptPath) (*body[Form], error) {
			return one(showPage)(s.Courses.Open(ctx, visit.Actor(ctx), in.ID))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/attempts", ID: "listAttempts", Tag: "attempts", Summary: "Attempts of an enrolment, or of a course"},
		func(ctx context.Context, in *struct {
			PageInput
			Enrolment string `query:"enrolment" maxLength:"200"`
			Course    string `query:"course" maxLength:"40"`
			Marking   bool   `query:"marking" doc:"Only those that wait for a person"`
		}) (*body[ListOf[Attempt]], error) {
			found, next, err := s.Courses.Attempts(ctx, visit.Actor(ctx), courses.AttemptFilter{Enrolment: in.Enrolment, Course: in.Course, Marking: in.Marking, After: in.after(), Limit: in.Limit})
			if err != nil {
				return nil, err
			}
			return list(found, in.next(next, true), showAttempt), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/attempts/{id}", ID: "getAttempt", Tag: "attempts", Summary: "Where an attempt stands"},
		func(ctx context.Context, in *AttemptPath) (*body[Attempt], error) {
			return one(showAttempt)(s.Courses.Attempt(ctx, visit.Actor(ctx), in.ID))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/attempts/{id}/form", ID: "getForm", Tag: "attempts", Summary: "The taker's questions and saved answers, only to read; openAttempt gives the form to answer on"},
		func(ctx context.Context, in *AttemptPath) (*body[Form], error) {
			return one(showForm)(s.Courses.Form(ctx, visit.Actor(ctx), in.ID))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/attempts/{id}/review", ID: "reviewAttempt", Tag: "attempts", Summary: "A graded attempt with what was right and wrong"},
		func(ctx context.Context, in *AttemptPath) (*body[Review], error) {
			r, err := s.Courses.Review(ctx, visit.Actor(ctx), in.ID)
			if err != nil {
				return nil, err
			}
			return answer(showReview(ctx, r)), nil
		})
	handle(s, operation{Method: http.MethodPut, Path: "/attempts/{id}/answers/{item}", Named: map[string]string{"answers": "path.item"}, ID: "saveAnswer", Tag: "attempts", Summary: "Save the answer to one item", Max: 8 << 10},
		func(ctx context.Context, in *struct {
			AttemptPath
			Item string `path:"item" maxLength:"100"`
			Body struct {
				Page
				Answer Answer `json:"answer"`
			}
		}) (*body[Saved], error) {
			return one(showSaved)(s.Courses.SaveFrom(ctx, visit.Actor(ctx), in.ID, map[string]grading.Answer{in.Item: in.Body.Answer.grading()}, in.Body.courses()))
		})
	handle(s, operation{Method: http.MethodPut, Path: "/attempts/{id}/answers", ID: "saveAnswers", Tag: "attempts", Summary: "Save several answers at once, after a lost connection", Max: 256 << 10},
		func(ctx context.Context, in *struct {
			AttemptPath
			Body struct {
				Page
				Answers map[string]Answer `json:"answers"`
			}
		}) (*body[Saved], error) {
			return one(showSaved)(s.Courses.SaveFrom(ctx, visit.Actor(ctx), in.ID, answers(in.Body.Answers), in.Body.courses()))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/attempts/{id}/submission", ID: "submitAttempt", Tag: "attempts", Summary: "End the attempt; grading follows at once", Status: http.StatusAccepted, Max: 256 << 10},
		func(ctx context.Context, in *struct {
			AttemptPath
			Body struct {
				Answers map[string]Answer `json:"answers,omitempty" doc:"Answers not saved yet"`
				Tab     int               `json:"tab,omitempty" minimum:"0" doc:"Of the form; required with answers"`
				Seq     int               `json:"seq,omitempty" minimum:"0" doc:"Of the form or the last save"`
			}
		}) (*body[Receipt], error) {
			if in.Body.Tab == 0 && len(in.Body.Answers) > 0 {
				return nil, faults.OnField("tab", "Kirim juga tab dari lembar yang dibuka, supaya jawaban dari perangkat yang lebih baru tidak tertimpa.", "Send the tab of the form that was opened, too, so that answers of a newer device are not written over.")
			}
			r, err := s.Courses.SubmitFrom(ctx, visit.Actor(ctx), in.ID, answers(in.Body.Answers), courses.Page{Tab: in.Body.Tab, Seq: in.Body.Seq})
			if err != nil {
				return nil, err
			}
			return answer(Receipt{r.Attempt, r.SubmittedAt, r.TimedOut, r.Answered, r.Items, r.Refused}), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/attempts/{id}/extra-time", ID: "extendAttempt", Tag: "attempts", Summary: "Give an open attempt extra minutes, with the reason"},
		func(ctx context.Context, in *struct {
			AttemptPath
			Key  string `header:"Idempotency-Key" required:"true" maxLength:"100" doc:"Sending again with the same key extends once"`
			Body struct {
				Minutes int    `json:"minutes" minimum:"1" maximum:"240"`
				Why     string `json:"why" minLength:"1" maxLength:"500"`
			}
		}) (*body[Attempt], error) {
			return one(showAttempt)(s.Courses.Extend(ctx, visit.Actor(ctx), in.ID, in.Body.Minutes, in.Key, in.Body.Why))
		})
	download(s, r, operation{Path: "/attempts/{id}/events", ID: "watchAttempt", Tag: "attempts", Summary: "Events named state whenever the attempt moves on, until it is graded or waits for a person"}, "text/event-stream", s.attemptEvents)
}

func answers(in map[string]Answer) map[string]grading.Answer {
	out := make(map[string]grading.Answer, len(in))
	for item, a := range in {
		out[item] = a.grading()
	}
	return out
}

// attemptEvents is the event stream of the waiting page: it sends the state whenever the document moved, until it is graded or waits for a person.
// It rereads the document; the signal only makes that sooner, so it works across processes too.
func (s *server) attemptEvents(c *gin.Context) {
	id := c.Param("id")
	ctx, still, done := visit.Stream(c.Request.Context())
	defer done()
	moved, end := s.Watch.Watch(courses.AttemptsCollection, id)
	defer end()
	slow := time.NewTicker(2 * time.Second)
	defer slow.Stop()
	limit := time.NewTimer(2 * time.Minute) // the page asks again
	defer limit.Stop()
	a, err := s.Courses.Attempt(ctx, visit.Actor(ctx), id)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.Header("Content-Type", "text/event-stream")
	c.Header("Cache-Control", "no-store")
	c.Header("X-Accel-Buffering", "no")
	for sent := ""; ; {
		if state := string(a.State); state != sent {
			if _, err := fmt.Fprintf(c.Writer, "event: state\ndata: {\"state\":%q}\n\n", state); err != nil {
				return
			}
			c.Writer.Flush()
			sent = state
		}
		if a.State == courses.AttemptGraded || a.State == courses.AttemptNeedsMarking {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-limit.C:
			return
		case <-moved:
		case <-slow.C:
		}
		if err = still(); err == nil {
			a, err = s.Courses.Attempt(ctx, visit.Actor(ctx), id)
		}
		if err != nil && (ctx.Err() != nil || errors.Is(err, faults.Unauthenticated)) {
			return // logged out, or one of too many
		}
		if err != nil {
			s.Log.Warn("event stream ended", "request", visit.From(ctx).Request, "err", err)
			return
		}
	}
}
