package api

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
)

// Exam is a quiz at a time and under invigilation.
type Exam struct {
	ID           string        `json:"id"`
	Course       string        `json:"course"`
	Quiz         string        `json:"quiz"`
	Name         string        `json:"name"`
	State        string        `json:"state" enum:"planned,open,paused,closed,cancelled"`
	Opens        time.Time     `json:"opens"`
	Closes       time.Time     `json:"closes"`
	Late         int           `json:"late" doc:"Minutes after opening in which one may begin; 0 until it closes"`
	Cohorts      []string      `json:"cohorts" maxItems:"1000" nullable:"false" doc:"For whom; without cohorts and units for everybody enrolled"`
	Units        []string      `json:"units" maxItems:"1000" nullable:"false" doc:"With those below"`
	Networks     []string      `json:"networks" maxItems:"1000" nullable:"false" doc:"CIDR; empty from anywhere. The address is the connection's, or what a trusted proxy says"`
	Attempts     int           `json:"attempts" doc:"Inside the exam; 0 as the quiz allows"`
	Delay        int           `json:"delay" doc:"Minutes between two attempts"`
	Invigilators []string      `json:"invigilators" maxItems:"1000" nullable:"false"`
	Review       ReviewRules   `json:"review"`
	Password     bool          `json:"password" doc:"Whether one is asked for; it is kept hashed and never shown"`
	Extra        []ExamExtra   `json:"extra" maxItems:"1000" nullable:"false"`
	Messages     []ExamMessage `json:"messages" maxItems:"1000" nullable:"false"`
	Revision     int           `json:"revision" doc:"Send it with a change"`
}

// ReviewRules say how much takers see of their result, by phase.
type ReviewRules struct {
	After  string `json:"after,omitempty" enum:",nothing,score,right,full" doc:"In the first ten minutes after handing in; empty: score"`
	During string `json:"during,omitempty" enum:",nothing,score,right,full" doc:"Later, while anybody may still sit; empty: score. What shows keys reaches those who still write"`
	Closed string `json:"closed,omitempty" enum:",nothing,score,right,full" doc:"After it closed for everybody, extra time and pauses included; empty: as outside of an exam"`
}

// ExamExtra is extra time for a person, a unit or, with neither, everybody.
type ExamExtra struct {
	Person  string `json:"person,omitempty"`
	Unit    string `json:"unit,omitempty"`
	Minutes int    `json:"minutes"`
	Why     string `json:"why"`
}

// ExamMessage is what an invigilator wrote to a taker or to all.
type ExamMessage struct {
	ID   string    `json:"id"`
	To   string    `json:"to,omitempty" doc:"Missing: to all"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// ExamTaker is one taker as an invigilator sees them.
type ExamTaker struct {
	Person   string     `json:"person"`
	Name     string     `json:"name"`
	Attempt  string     `json:"attempt,omitempty" doc:"Missing until they begin"`
	State    string     `json:"state" enum:"waiting,running,paused,offline,submitted"`
	Seen     *time.Time `json:"seen,omitempty" doc:"When the page was last heard of"`
	Started  *time.Time `json:"started,omitempty"`
	Ends     *time.Time `json:"ends,omitempty"`
	Ended    *time.Time `json:"ended,omitempty"`
	Left     int        `json:"left" doc:"Seconds"`
	Answered int        `json:"answered"`
	Items    int        `json:"items"`
	Extra    int        `json:"extra" doc:"Minutes"`
	Stopped  bool       `json:"stopped" doc:"Ended by an invigilator"`
	Signs    Signs      `json:"signs"`
}

// Signs are what a person may want to look at, never a score.
type Signs struct {
	Away    int      `json:"away" doc:"Times the page was left, as the page says"`
	AwayFor int      `json:"away_seconds"`
	Moves   int      `json:"moves" doc:"Changes of network"`
	Shared  []string `json:"shared" maxItems:"1000" nullable:"false" doc:"Others who used the same browser"`
	Hasty   int      `json:"hasty" doc:"Items answered before they can have been read"`
}

// ExamReport is what a person may judge after an exam. It changes no result.
type ExamReport struct {
	Takers    int          `json:"takers"`
	Base      []texts.Text `json:"base" maxItems:"10" nullable:"false" doc:"How usual each sign is in this exam"`
	Compared  *time.Time   `json:"compared,omitempty" doc:"When answers were compared; missing until they were"`
	Pending   bool         `json:"pending"`
	About     []texts.Text `json:"about" maxItems:"10" nullable:"false" doc:"What must be known before reading the pairs"`
	Pairs     []AlikePair  `json:"pairs" maxItems:"100" nullable:"false"`
	Uncounted int          `json:"uncounted" doc:"Attempts not graded yet, or beyond the bound of 2,000"`
}

// AlikePair are two takers whose wrong answers agree more than chance explains.
type AlikePair struct {
	A         string     `json:"a" doc:"Attempt"`
	B         string     `json:"b" doc:"Attempt"`
	BothWrong int        `json:"both_wrong"`
	Same      int        `json:"same"`
	Chance    float64    `json:"chance" doc:"Such pairs expected in an exam of this size if everybody worked alone"`
	Text      texts.Text `json:"text"`
}

func showExam(d courses.ExamDoc) Exam {
	v := Exam{ID: d.ID, Course: d.Course, Quiz: d.Quiz, Name: d.Name, State: string(d.State), Opens: d.Opens, Closes: d.Closes, Late: d.Late, Cohorts: orEmpty(d.Cohorts), Units: orEmpty(d.Units), Networks: orEmpty(d.Networks),
		Attempts: d.Attempts, Delay: d.Delay, Invigilators: orEmpty(d.Invigilators), Review: ReviewRules{string(d.Review.After), string(d.Review.During), string(d.Review.Closed)}, Password: d.Locked, Extra: []ExamExtra{}, Messages: []ExamMessage{},
		Revision: d.Revision}
	for _, e := range d.Extra {
		v.Extra = append(v.Extra, ExamExtra(e))
	}
	for _, m := range d.Messages {
		v.Messages = append(v.Messages, ExamMessage(m))
	}
	return v
}

func showTaker(t courses.ExamTaker) ExamTaker {
	return ExamTaker{Person: t.Person, Name: t.Name, Attempt: t.Attempt, State: string(t.State), Seen: instant(t.SeenAt), Started: instant(t.Started), Ends: instant(t.EndsAt), Ended: instant(t.Ended), Left: int(t.Left / time.Second),
		Answered: t.Answered, Items: t.Items, Extra: t.Extra, Stopped: t.Stopped, Signs: Signs{t.Signs.Away, t.Signs.AwayFor, t.Signs.Moves, orEmpty(t.Signs.Shared), t.Signs.Hasty}}
}

func showExamReport(r courses.ExamReport) ExamReport {
	v := ExamReport{Takers: r.Rates.Takers, Base: r.Rates.Texts(), Pending: r.Pending, About: orEmpty(r.About), Pairs: []AlikePair{}, Uncounted: r.Left + r.Ungraded}
	if r.Compared {
		v.Compared = instant(r.ComparedAt)
	}
	for _, p := range r.Pairs {
		v.Pairs = append(v.Pairs, AlikePair{p.AttemptA, p.AttemptB, p.BothWrong, p.Same, p.Chance, p.Text})
	}
	return v
}

// ExamPath names an exam in an address.
type ExamPath struct {
	ID string `path:"id" maxLength:"60"`
}

// ExamPlan is what is planned or changed.
type ExamPlan struct {
	Name         string      `json:"name" minLength:"1" maxLength:"120"`
	Opens        time.Time   `json:"opens"`
	Closes       time.Time   `json:"closes" doc:"An attempt ends then at the latest, extra time aside"`
	Late         int         `json:"late,omitempty" minimum:"0" maximum:"1440"`
	Cohorts      []string    `json:"cohorts,omitempty" maxItems:"50"`
	Units        []string    `json:"units,omitempty" maxItems:"50" doc:"Ids or codes"`
	Networks     []string    `json:"networks,omitempty" maxItems:"50"`
	Attempts     int         `json:"attempts,omitempty" minimum:"0" maximum:"20"`
	Delay        int         `json:"delay,omitempty" minimum:"0" maximum:"20160"`
	Invigilators []string    `json:"invigilators,omitempty" maxItems:"50"`
	Review       ReviewRules `json:"review,omitempty"`
	Password     string      `json:"password,omitempty" maxLength:"200" doc:"6 to 60 letters; case and spaces do not matter. Missing in a change: as it was"`
	NoPassword   bool        `json:"no_password,omitempty" doc:"In a change: takes the password away"`
	EndsOutside  bool        `json:"ends_outside,omitempty" doc:"That attempts under way outside of the exam end when it opens is known; without it an exam is refused while there are any, with their number and names"`
}

func (p ExamPlan) input() courses.ExamInput {
	return courses.ExamInput{Name: p.Name, Opens: p.Opens, Closes: p.Closes, Late: p.Late, Cohorts: p.Cohorts, Units: p.Units, Networks: p.Networks, Attempts: p.Attempts, Delay: p.Delay, Invigilators: p.Invigilators,
		Review:   courses.ReviewRules{After: courses.ReviewLevel(p.Review.After), During: courses.ReviewLevel(p.Review.During), Closed: courses.ReviewLevel(p.Review.Closed)},
		Password: p.Password, NoPassword: p.NoPassword, EndsOutside: p.EndsOutside}
}

// ExamBoard is how an exam stands as a whole; listTakers has its lines.
type ExamBoard struct {
	Exam      Exam         `json:"exam"`
	Now       time.Time    `json:"now" doc:"When it was drawn; at most two seconds ago"`
	Waiting   int          `json:"waiting" doc:"Have not begun"`
	Running   int          `json:"running"`
	Paused    int          `json:"paused"`
	Offline   int          `json:"offline" doc:"Nothing was heard of the page for two minutes"`
	Submitted int          `json:"submitted"`
	More      bool         `json:"more" doc:"There are more people it is for than are listed"`
	Base      []texts.Text `json:"base" maxItems:"10" nullable:"false" doc:"How usual each sign is in this exam"`
}

func showBoard(b courses.Board) ExamBoard {
	return ExamBoard{showExam(b.ExamDoc), b.Now, b.Counts[courses.TakerWaiting], b.Counts[courses.TakerRunning], b.Counts[courses.TakerPaused], b.Counts[courses.TakerOffline], b.Counts[courses.TakerSubmitted], b.More, b.Rates.Texts()}
}

func (s *server) exams(r *gin.Engine) {
	handle(s, operation{Method: http.MethodGet, Path: "/exams/{id}/board", ID: "getExamBoard", Tag: "exams", Summary: "How an exam stands: how many wait, run, are paused, offline or done"},
		func(ctx context.Context, in *ExamPath) (*body[ExamBoard], error) {
			return one(showBoard)(s.Courses.ExamBoard(ctx, visit.Actor(ctx), in.ID))
		})
	download(s, r, operation{Path: "/exams/{id}/events", ID: "watchExam", Tag: "exams", Summary: "Events named changed whenever something on the board did, for two minutes"}, "text/event-stream", s.examEvents)
	handle(s, operation{Method: http.MethodGet, Path: "/exams", ID: "listExams", Tag: "exams", Summary: "Exams, the latest first; for an invigilator those they are named in"},
		func(ctx context.Context, in *struct {
			PageInput
			Course string `query:"course" maxLength:"40"`
		}) (*body[ListOf[Exam]], error) {
			found, next, err := s.Courses.Exams(ctx, visit.Actor(ctx), in.Course, in.after(), in.Limit)
			if err != nil {
				return nil, err
			}
			return list(found, in.next(next, true), showExam), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/exams", ID: "planExam", Tag: "exams", Summary: "Plan an exam of a quiz; from then on the quiz can be begun only inside it, by those it is for", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			Body struct {
				ExamPlan
				Form   string `json:"form,omitempty" maxLength:"60" pattern:"^[A-Za-z0-9_-]*$" doc:"Id of the exam, chosen by the sender: sending again is the same one"`
				Course string `json:"course" minLength:"1" maxLength:"40"`
				Quiz   string `json:"quiz" minLength:"1" maxLength:"40"`
			}
		}) (*body[Exam], error) {
			x := in.Body.input()
			x.Key, x.Course, x.Quiz = in.Body.Form, in.Body.Course, in.Body.Quiz
			return one(showExam)(s.Courses.PlanExam(ctx, visit.Actor(ctx), x))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/exams/{id}", ID: "getExam", Tag: "exams", Summary: "One exam"},
		func(ctx context.Context, in *ExamPath) (*body[Exam], error) {
			return one(showExam)(s.Courses.ExamByID(ctx, visit.Actor(ctx), in.ID))
		})
	handle(s, operation{Method: http.MethodPut, Path: "/exams/{id}", ID: "changeExam", Tag: "exams", Summary: "Change an exam, with the reason; running attempts follow at once"},
		func(ctx context.Context, in *struct {
			ExamPath
			Body struct {
				ExamPlan
				Revision int    `json:"revision" minimum:"1" doc:"Of the exam as read"`
				Why      string `json:"why" minLength:"1" maxLength:"500"`
			}
		}) (*body[Exam], error) {
			return one(showExam)(s.Courses.ChangeExam(ctx, visit.Actor(ctx), in.ID, in.Body.Revision, in.Body.input(), in.Body.Why))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/exams/{id}/cancellation", ID: "cancelExam", Tag: "exams", Summary: "Take an exam back; attempts under way end with what was saved"},
		func(ctx context.Context, in *struct {
			ExamPath
			Body struct {
				Why string `json:"why" minLength:"1" maxLength:"500"`
			}
		}) (*body[Exam], error) {
			return one(showExam)(s.Courses.CancelExam(ctx, visit.Actor(ctx), in.ID, in.Body.Why))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/exams/{id}/takers", ID: "listTakers", Tag: "exams", Summary: "Who is in, how far, and what there is to look at, by name; at most two seconds old"},
		func(ctx context.Context, in *struct {
			ExamPath
			PageInput
		}) (*body[ListOf[ExamTaker]], error) {
			b, err := s.Courses.ExamBoard(ctx, visit.Actor(ctx), in.ID)
			if err != nil {
				return nil, err
			}
			return paged(&in.PageInput, b.Takers, func(t courses.ExamTaker) string { return t.Person }, showTaker)
		})
	handle(s, operation{Method: http.MethodPost, Path: "/exams/{id}/acts", ID: "invigilate", Tag: "exams", Summary: "Pause, resume, stop, give extra time or write, to one taker or to all"},
		func(ctx context.Context, in *struct {
			ExamPath
			Key  string `header:"Idempotency-Key" maxLength:"100" doc:"Sending again with the same key acts once"`
			Body struct {
				Act     string `json:"act" enum:"message,pause,resume,stop,extra_time"`
				Person  string `json:"person,omitempty" maxLength:"60" doc:"Missing: all"`
				Unit    string `json:"unit,omitempty" maxLength:"60" doc:"Of extra time: everybody of a unit and below; id or code"`
				Minutes int    `json:"minutes,omitempty" minimum:"0" maximum:"240" doc:"Of extra time"`
				Text    string `json:"text,omitempty" maxLength:"500" doc:"Of a message"`
				Why     string `json:"why,omitempty" maxLength:"500" doc:"Of every other act"`
			}
		}) (*body[Exam], error) {
			b := in.Body
			return one(showExam)(s.Courses.Invigilate(ctx, visit.Actor(ctx), in.ID, courses.Invigilation{Key: in.Key, Act: courses.InvigilatorAct(b.Act), Person: b.Person, Unit: b.Unit, Minutes: b.Minutes, Text: b.Text, Why: b.Why}))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/exams/{id}/report", ID: "getExamReport", Tag: "exams", Summary: "For a person to judge: how usual each sign is, and pairs whose wrong answers are alike, with the odds of chance"},
		func(ctx context.Context, in *ExamPath) (*body[ExamReport], error) {
			return one(showExamReport)(s.Courses.ExamReport(ctx, visit.Actor(ctx), in.ID))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/exams/{id}/report", ID: "compareExam", Tag: "exams", Summary: "Compare the answers once more, for attempts that were graded later", Status: http.StatusAccepted},
		func(ctx context.Context, in *ExamPath) (*body[ExamReport], error) {
			a := visit.Actor(ctx)
			if err := s.Courses.CompareAgain(ctx, a, in.ID); err != nil {
				return nil, err
			}
			return one(showExamReport)(s.Courses.ExamReport(ctx, a, in.ID))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/attempts/{id}/pulses", ID: "pulse", Tag: "exams", Summary: "A running attempt's page says that it is there, and hears the end, a pause and messages of its exam"},
		func(ctx context.Context, in *struct {
			AttemptPath
			Body struct {
				Tab     int `json:"tab,omitempty" minimum:"0" doc:"Of the form: the answer says whether another page was opened since"`
				Away    int `json:"away,omitempty" minimum:"0" maximum:"1000" doc:"Times the page was left since the last pulse"`
				Seconds int `json:"away_seconds,omitempty" minimum:"0" maximum:"86400"`
			}
		}) (*body[Pulse], error) {
			return one(showPulse)(s.Courses.Pulse(ctx, visit.Actor(ctx), in.ID, in.Body.Tab, in.Body.Away, in.Body.Seconds))
		})
}

// Pulse is what a running attempt's page hears.
type Pulse struct {
	State    string        `json:"state" enum:"open,submitted,graded,needs_marking"`
	Now      time.Time     `json:"now"`
	Ends     *time.Time    `json:"ends,omitempty"`
	Left     int           `json:"left" doc:"Seconds"`
	Paused   bool          `json:"paused"`
	Stale    bool          `json:"stale" doc:"Another page or device has opened it since"`
	Messages []ExamMessage `json:"messages" maxItems:"10" nullable:"false"`
}

func showPulse(p courses.Pulse) Pulse {
	v := Pulse{State: string(p.State), Now: p.Now, Ends: instant(p.EndsAt), Left: int(p.Left / time.Second), Paused: p.Paused, Stale: p.Stale, Messages: []ExamMessage{}}
	for _, m := range p.Messages {
		v.Messages = append(v.Messages, ExamMessage(m))
	}
	return v
}
