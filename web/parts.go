package web

import (
	"html/template"
	"time"
)

// The data of the parts in templates/parts. Label and Hint are words of the program and are translated by the part; Name,
// Text, Value are data or already translated. The zero value of every field is the usual case.

// Kinds of Notice and Badge.
const (
	Info    = "info"
	Success = "ok"
	Warn    = "warn"
	Danger  = "danger"
	Neutral = ""
)

// Notice is a message on the page.
type Notice struct {
	Kind   string   // Info, Success, Warn, Danger
	Label  string   // bold first line, words; may be empty
	Text   string   // one or two sentences
	Items  []string // points below the text
	Action *Button
}

// Badge shows a state in one or two words. The icon of its kind stands beside the text, so colour is never alone.
type Badge struct {
	Kind  string
	Label string // words: "Berlaku"
	Text  string // data, wins over Label
	Icon  string // instead of the icon of the kind
}

// Button is a link that looks like a button (URL) or a button of the form around it.
type Button struct {
	Label  string // words
	Name   string // data, wins over Label
	URL    string // a link; with Post a form of its own
	Post   bool   // the link changes something: it becomes a small form that posts to URL
	Kind   string // "primary", "" (secondary), "quiet", "danger"
	Icon   string
	Dialog string // id of a dialog part that this button opens
	Field  string // name of the form value this button sends (form buttons)
	Value  string // its value; with Post the hidden value
	Wide   bool   // as wide as its box
	Small  bool   // 44 px high but less wide, for rows
	Off    bool   // shown but not usable: say beside it why
	Loose  bool   // sends the form though required fields are empty (find, preview)
	About  string // what the button is about, read out after the label: "Buka" + "Layanan Tanpa Pungli"
}

// Card is a thing one can open: a course, a certificate, a vacancy.
type Card struct {
	Label    string // small line above the name, words: "Wajib"
	Code     string // small line above the name, data: "APEL-103"
	Name     string
	URL      string
	Text     string
	Icon     string
	Badges   []Badge
	Meta     []string // short facts in a row: "4 JP", "3 pelajaran"
	Progress *Progress
	Reasons  []Reason
	Actions  []Button
}

// Stat is one number of a dashboard.
type Stat struct {
	Label string // words
	Value string // formatted: e.Format(lang).Number(5907)
	Unit  string // "JP", "%"
	Hint  string // words below
	Text  string // data below, wins over Hint
	Icon  string
	Kind  string // Success, Warn, Danger colour the icon
	URL   string
}

// Ring shows how much of a whole is reached (the JP ring).
type Ring struct {
	Label string // words, read out and shown below
	Done  float64
	Goal  float64
	Unit  string
	Text  string // data below the ring
}

// Share of the ring that is drawn, 0..100; a goal of 0 draws nothing.
func (r Ring) Share() float64 { return share(r.Done, r.Goal) }

// Full says whether the goal is reached.
func (r Ring) Full() bool { return r.Goal > 0 && r.Done >= r.Goal }

// Progress is a bar with its text.
type Progress struct {
	Label string // words
	Name  string // data, wins over Label
	Done  float64
	Goal  float64
	Text  string // "3 dari 5 pelajaran"; empty: the percentage
	Kind  string
}

// Fraction is Done of Goal as 0..1.
func (p Progress) Fraction() float64 { return share(p.Done, p.Goal) / 100 }

func share(done, goal float64) float64 {
	if goal <= 0 || done <= 0 {
		return 0
	}
	return min(100, done/goal*100)
}

// Level compares the owned level of a competency with the required one, 1..5. Unknown is not zero: it is drawn as a
// question, with the words "belum ada bukti".
type Level struct {
	Name     string
	Code     string
	Owned    int // 0 with Unknown
	Required int // 0: nothing required
	Unknown  bool
	Proposed bool // the owned level is proposed, not confirmed
	Text     string
	URL      string
}

// Steps of the scale, for the part.
func (l Level) Scale() []int { return []int{1, 2, 3, 4, 5} }

// Gap is owned minus required; not meaningful when Unknown.
func (l Level) Gap() int { return l.Owned - l.Required }

// Fit is the fit to a position as an interval 0..100 with how much of it rests on evidence.
type Fit struct {
	Low, High    float64
	Known, Total int
}

// Width of the uncertain part.
func (f Fit) Width() float64 { return f.High - f.Low }

// Reason is one line of "why".
type Reason struct {
	Kind string // Success met, Danger refused, Warn missing, Info
	Text string
	Law  string // "PP 11/2017 jo. PP 17/2020 ps. 107"
	URL  string
}

// Reasons is a list of reasons under a heading ("Kenapa kursus ini").
type Reasons struct {
	Label string
	Items []Reason
}

// Empty stands where a list has nothing, and says what to do next.
type Empty struct {
	Icon   string
	Label  string // words: "Belum ada kursus"
	Text   string
	Action *Button
}

// Dialog asks before something that cannot be taken back. It is opened by a Button with Dialog = ID; without
// JavaScript the button leads to the same box on the page.
type Dialog struct {
	ID      string
	Label   string // the question, words
	Text    string
	Fields  []Field // what must be given, such as the reason
	URL     string  // posted to
	Confirm Button  // the button that does it; its Label says what: "Cabut sertifikat"
	Danger  bool
}

// Tabs are links to views of the same thing.
type Tabs struct {
	Label string // words, what the tabs choose
	Items []Tab
}

// Tab is one of Tabs.
type Tab struct {
	Label  string
	Name   string
	URL    string
	Active bool
	Count  int
}

// Stepper shows the way through something in order: done, now, next.
type Stepper struct {
	Label string
	Row   bool // side by side on wide screens
	Items []StepItem
}

// StepItem is one of Stepper. State is "done", "now", "next" or "locked"; Text says why when locked.
type StepItem struct {
	Label string
	Name  string
	State string
	Text  string
	URL   string
}

// Event is one line of a timeline, newest first.
type Event struct {
	At   time.Time
	Day  string // civil date instead of At
	Text string
	Who  string
	Note string
	Kind string
	Icon string
}

// Timeline is a history.
type Timeline struct {
	Label string
	Items []Event
}

// Fact is one line of a definition list.
type Fact struct {
	Label string // words
	Name  string // data, wins over Label
	Value string
	URL   string
	Badge *Badge
	Code  bool // shown in the typeface for codes and numbers
	Note  string
}

// CodeBox shows a code to copy, with its QR where there is one.
type CodeBox struct {
	Label string
	Code  string
	Text  string
	QR    string // text put into the QR; empty: none
}

// Pager leads through a list by cursor. Empty URLs are ends.
type Pager struct {
	Prev, Next string
	Text       string // "Menampilkan 20 pegawai"
	Of         string // label of the list, where a page has several
}

// Prose is a text made by our own Markdown renderer and cleaned by its policy; only such text may be passed here.
type Prose = template.HTML
