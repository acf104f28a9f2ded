package web

import (
	"slices"
	"strings"
	"time"
)

// The kinds of items a quiz part can ask.
const (
	SingleChoice   = "single"
	MultipleChoice = "multiple"
	TrueFalse      = "truefalse"
	Numeric        = "numeric"
	ShortText      = "short"
	LongText       = "long"
	SelectOne      = "select" // one of the choices, in a list that opens
	FileAnswer     = "files"
	Parts          = "parts" // several of the others
)

// QuizItem is one question as the learner sees it. Its form says item=<ID>, and as=text for a typed answer; the answer is sent as "answer.<ID>": the option's id (several times
// for multiple choice), "true" or "false", the number or the text as typed.
type QuizItem struct {
	ID      string // of the item on this form
	Number  int
	Total   int
	Kind    string
	Text    Prose
	Options []QuizOption
	Value   string // numeric, short, truefalse
	Unit    string // numeric: "hari kerja"
	Flagged bool
	NoFlag  bool // no "ragu-ragu" (practice, lessons)
	Points  string
	Advice  string      // why the answer given cannot be read as what is asked for
	Parts   []QuizPart  // of a question that asks several things
	Upload  *QuizUpload // of a question that is answered with files
	Pieces  []QuizPiece // of a text with gaps: what stands before each gap, and the gap
	// Review shows the result instead of asking.
	Review *QuizReview
	// Check lets the answer be checked before the end; nil where it cannot.
	Check *QuizCheck
}

// QuizCheck is how a question stands that tells at once what its answer was worth.
type QuizCheck struct {
	Said   *QuizReview // of the last try
	Left   string      // "Masih 2 kali coba."
	Why    string      // why it cannot be checked now; then there is no button
	Action string      // go of the button
}

// QuizOption of a single or multiple choice.
type QuizOption struct {
	ID       string
	Text     Prose
	Chosen   bool
	Right    bool // only looked at in a review that shows the key
	Feedback string
	Said     Prose // feedback as our renderer made it, wins over Feedback
}

// QuizPart is one of several things asked in a question.
type QuizPart struct {
	ID      string // for labels, unique on the page
	Name    string // of the form value
	Kind    string // SingleChoice, MultipleChoice, SelectOne, Numeric, ShortText, LongText
	Label   Prose
	Options []QuizOption
	Value   string
	Unit    string
	Taken   bool  // a decision that stands
	After   Prose // what came of it
	Minutes string
	Step    bool   // a decision that is taken with a button of its own
	State   string // of the last check, while the question is still open; as in QuizReview
	Typed   bool   // the value is a text, not a choice
	Keys    []Prose
	Said    []Prose
}

// NameTail is the name without "answer.", for the values beside it.
func (p QuizPart) NameTail() string { return strings.TrimPrefix(p.Name, "answer.") }

// ItemID is the item the part belongs to.
func (p QuizPart) ItemID() string {
	item, _, _ := strings.Cut(p.NameTail(), "#")
	return item
}

// QuizPiece is a piece of a text and the gap behind it.
type QuizPiece struct {
	Text Prose
	Gap  *QuizPart
}

// Is says whether the typed value is v (true/false items).
func (q QuizItem) Is(v string) bool { return q.Value == v }

// Name of the form value.
func (q QuizItem) Name() string { return "answer." + q.ID }

// Counted says whether each part has a name of its own; the places of an order share one.
func (q QuizItem) Counted() bool { return len(q.Parts) > 0 && q.Parts[0].Name != q.Name() }

// Anchor of the question on the page.
func (q QuizItem) Anchor() string { return "butir-" + q.ID }

// QuizReview is what is said about an answer after grading.
type QuizReview struct {
	State    string // "right", "part", "wrong", "blank", "waiting" (for a person), "self" (nobody marks it)
	Points   string // "1 dari 1"
	Feedback string
	Key      string          // the right answer where it may be shown
	Said     []Prose         // feedback as our renderer made it, after Feedback
	KeyText  Prose           // the right answer as our renderer made it, wins over Key
	ShowKey  bool            // options carry Right
	Rubric   []WorkCriterion // to judge it oneself by
}

// QuizRun is the frame around a running attempt. Its data- attributes tell assets/js/quiz.js where to save; the same
// form works without JavaScript, one post for all answers.
type QuizRun struct {
	Name      string // of the quiz
	Action    string // POST: saves all answers shown; the pressed button says "go" (next, prev, a number) or "submit"
	SaveURL   string // POST per answer, see the protocol in assets/js/quiz.js
	FileURL   string // POST per file, see there
	Uploads   bool   // some question is answered with files
	Attempt   string // id, key of what waits in the browser
	Seq       int    // sequence number of the attempt document as shown
	Tab       int    // of this page; the one opened last writes
	Exam      bool   // under invigilation
	PulseURL  string // POST: the page says that it is there and hears of pauses, messages and a new end, see assets/js/quiz.js
	Paused    bool   // an invigilator has stopped the clock
	Messages  []QuizMessage
	EndsAt    time.Time
	Now       time.Time
	Items     []QuizItem
	Nav       []QuizNavItem
	Page      int // 1-based, when there are several pages
	Pages     int
	SavedAt   time.Time // last save known to the server; zero: none
	ReviewURL string
}

// QuizMessage is what an invigilator wrote.
type QuizMessage struct {
	ID   string
	Text string
	At   string // clock
}

// Timed says whether there is an end.
func (q QuizRun) Timed() bool { return !q.EndsAt.IsZero() }

// EndsMilli and NowMilli are for the timer.
func (q QuizRun) EndsMilli() int64 { return q.EndsAt.UnixMilli() }

// NowMilli is the server's clock when the page was made.
func (q QuizRun) NowMilli() int64 { return q.Now.UnixMilli() }

// Left is the whole minutes left, for browsers without JavaScript.
func (q QuizRun) Left() int { return int(q.EndsAt.Sub(q.Now).Minutes()) }

// Checks says whether questions can be checked before the end.
func (q QuizRun) Checks() bool {
	return slices.ContainsFunc(q.Items, func(it QuizItem) bool { return it.Check != nil })
}

// Answered counts the answered questions.
func (q QuizRun) Answered() int {
	n := 0
	for _, item := range q.Nav {
		if item.Answered {
			n++
		}
	}
	return n
}

// QuizNavItem is one square of the question map.
type QuizNavItem struct {
	ID       string // the item's id
	Number   int
	URL      string // where the question stands, when the map is made of links
	Page     int
	Answered bool
	Flagged  bool
	Here     bool
}

// Waiting is the part of a page that waits for something the server works on. The event stream sends "done" with the
// address to go to, "state" with a sentence, or nothing; without it the page reloads.
type Waiting struct {
	Label  string // words: "Jawaban sedang dinilai"
	Text   string
	Stream string // URL of the event stream
	Done   float64
	Goal   float64 // >0: a bar
}

// Reading tells assets/js/reading.js where to report that a lesson is open and read to its end.
type Reading struct {
	URL  string // POST event=open|beat|end
	Done bool   // already known as read
}
