package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

// The kinds of items a quiz part can ask.
const (
	SingleChoice   = "single"
	MultipleChoice = "multiple"
	TrueFalse      = "truefalse"
	Numeric        = "numeric"
	ShortText      = "short"
)

// QuizItem is one question as the learner sees it. The answer is sent as "answer.<ID>": the option's id (several times
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
	// Review shows the result instead of asking.
	Review *QuizReview
}

// QuizOption of a single or multiple choice.
type QuizOption struct {
	ID       string
	Text     Prose
	Chosen   bool
	Right    bool // only looked at in a review that shows the key
	Feedback string
}

// Is says whether the typed value is v (true/false items).
func (q QuizItem) Is(v string) bool { return q.Value == v }

// Name of the form value.
func (q QuizItem) Name() string { return "answer." + q.ID }

// Anchor of the question on the page.
func (q QuizItem) Anchor() string { return "butir-" + q.ID }

// QuizReview is what is said about an answer after grading.
type QuizReview struct {
	State    string // "right", "part", "wrong", "blank", "waiting"
	Points   string // "1 dari 1"
	Feedback string
	Key      string // the right answer where it may be shown
	ShowKey  bool   // options carry Right
}

// QuizRun is the frame around a running attempt. Its data- attributes tell assets/js/quiz.js where to save; the same
// form works without JavaScript, one post for all answers.
type QuizRun struct {
	Name      string // of the quiz
	Action    string // POST: saves all answers shown; the pressed button says "go" (next, prev, a number) or "submit"
	SaveURL   string // POST per answer, see the protocol in assets/js/quiz.js
	Attempt   string // id, key of what waits in the browser
	Seq       int    // sequence number of the attempt document as shown
	Tab       string // the tab that saved last, as it named itself; empty: none yet
	EndsAt    time.Time
	Now       time.Time
	Items     []QuizItem
	Nav       []QuizNavItem
	Page      int // 1-based, when there are several pages
	Pages     int
	SavedAt   time.Time // last save known to the server; zero: none
	ReviewURL string
}

// Timed says whether there is an end.
func (q QuizRun) Timed() bool { return !q.EndsAt.IsZero() }

// EndsMilli and NowMilli are for the timer.
func (q QuizRun) EndsMilli() int64 { return q.EndsAt.UnixMilli() }

// NowMilli is the server's clock when the page was made.
func (q QuizRun) NowMilli() int64 { return q.Now.UnixMilli() }

// Left is the whole minutes left, for browsers without JavaScript.
func (q QuizRun) Left() int { return int(q.EndsAt.Sub(q.Now).Minutes()) }

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

// QuizPost is what a running attempt sends, as one autosave or as the whole form. Nothing in it is trusted: the domain checks that each item
// stands on the form, that the attempt is open and whose it is.
type QuizPost struct {
	Seq     int
	Tab     string
	Go      string              // "next", "prev", "review", "submit" or a page number; empty for an autosave
	Shown   []string            // items whose answers are sent; one that is shown without an answer was taken back
	Answers map[string][]string // by item
	Flags   map[string]bool
}

// Limits of a QuizPost; an attempt with its answers stays under 200 KB.
const (
	mostShown     = 300
	mostValues    = 50
	longestAnswer = 4000
)

// ReadQuizPost reads the form of the quiz part or one autosave (see assets/js/quiz.js). What is over a limit or not valid UTF-8
// is cut. Answers to items that were not shown are dropped.
func ReadQuizPost(c *gin.Context) QuizPost {
	q := QuizPost{Answers: map[string][]string{}, Flags: map[string]bool{}}
	if c.Request.ParseForm() != nil {
		return q
	}
	form := c.Request.PostForm
	clean := func(v string, most int) string {
		v = strings.TrimSpace(strings.ToValidUTF8(v, ""))
		if len(v) > most {
			v = strings.ToValidUTF8(v[:most], "")
		}
		return v
	}
	q.Seq, _ = strconv.Atoi(form.Get("seq")) // 0 is never a current sequence number, so a broken one is a stale tab
	q.Tab, q.Go = clean(form.Get("tab"), 20), clean(form.Get("go"), 20)
	for _, id := range form["shown"] {
		if id = clean(id, 100); id != "" && len(q.Shown) < mostShown && !slices.Contains(q.Shown, id) {
			q.Shown = append(q.Shown, id)
		}
	}
	for _, id := range q.Shown {
		for _, v := range form["answer."+id] {
			if v = clean(v, longestAnswer); v != "" && len(q.Answers[id]) < mostValues {
				q.Answers[id] = append(q.Answers[id], v)
			}
		}
		if form.Get("flag."+id) == "1" {
			q.Flags[id] = true
		}
	}
	return q
}

// Saved answers an autosave that was kept.
func (e *Engine) Saved(c *gin.Context, seq int, at time.Time) {
	c.Header("Cache-Control", "no-store")
	c.JSON(200, gin.H{"seq": seq, "saved": at.UnixMilli()})
}
