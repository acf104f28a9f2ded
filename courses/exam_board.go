package courses

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// TakerState is where somebody stands in an exam.
type TakerState string

// The states of a taker.
const (
	TakerWaiting   TakerState = "waiting" // has not begun
	TakerRunning   TakerState = "running"
	TakerPaused    TakerState = "paused"
	TakerOffline   TakerState = "offline" // runs, but nothing was heard of the page for two minutes
	TakerSubmitted TakerState = "submitted"
)

// quiet is after how long without a word a page counts as offline; a page with scripts says something every half minute.
const quiet = 2 * time.Minute

// ExamTaker is one line of the invigilator's page.
type ExamTaker struct {
	Person   PersonID
	Name     string
	Attempt  AttemptID // "" before the start
	State    TakerState
	SeenAt   time.Time
	Started  time.Time
	EndsAt   time.Time
	Ended    time.Time
	Left     time.Duration
	Answered int
	Items    int
	Extra    int  // minutes in all
	ByAll    bool // paused with everybody
	Stopped  bool
	Signs    Signs
}

// Signs are what a person may want to look at, never a score.
type Signs struct {
	Away     int        // times the page was left, as the page says
	AwayFor  int        // seconds in all
	Moves    int        // changes of network
	Networks []Trace    // at least one
	Shared   []PersonID // others of this exam on the same browser
	Hasty    int        // items answered before they can have been read
}

// Any says whether there is something to look at.
func (x Signs) Any() bool { return x.Away > 0 || x.Moves > 0 || len(x.Shared) > 0 || x.Hasty > 0 }

// BaseRates say how usual each sign is in the same exam.
type BaseRates struct {
	Takers, Away, Moves, Shared, Hasty int
	AwayMedian                         int // seconds away in all, of those who left the page
}

// Texts are the base rates in words, one for each sign.
func (b BaseRates) Texts() []texts.Text {
	of := func(n int) (string, string) {
		return fmt.Sprintf("%d dari %d peserta", n, b.Takers), fmt.Sprintf("%d of %d takers", n, b.Takers)
	}
	id, en := of(b.Away)
	out := []texts.Text{say(id+" pernah meninggalkan halaman; setengah dari mereka kurang dari "+itoa(b.AwayMedian+1)+" detik seluruhnya. Notifikasi, panggilan, dan layar yang mati juga tercatat, dan lamanya menurut halaman itu sendiri.",
		en+" left the page; half of them for less than "+itoa(b.AwayMedian+1)+" seconds in all. Notifications, calls and a screen that went dark count as well, and the time is what the page itself says.")}
	id, en = of(b.Moves)
	out = append(out, say(id+" berganti jaringan. Ponsel berpindah antara Wi-Fi dan data seluler dengan sendirinya.", en+" changed networks. Phones move between Wi-Fi and mobile data by themselves."))
	id, en = of(b.Shared)
	out = append(out, say(id+" memakai peramban yang juga dipakai peserta lain. Di ruang ujian dengan komputer bersama ini biasa.", en+" used a browser that another taker used, too. In a room with shared computers that is usual."))
	id, en = of(b.Hasty)
	return append(out, say(id+" menjawab paling sedikit satu soal lebih cepat daripada waktu membacanya (10 kata per detik sejak mulai). Orang yang pernah bertemu soal itu juga cepat.", en+" answered at least one item sooner than it can be read (10 words a second from the start). People who met the item before are fast, too."))
}

// Board is what an invigilator sees of an exam.
type Board struct {
	ExamDoc
	Now    time.Time
	Counts map[TakerState]int
	More   bool // there are more people it is for than are listed
	Rates  BaseRates
	Takers []ExamTaker // by name
}

// Mark is another one whenever something on the board has changed that its reader sees.
func (b *Board) Mark() uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, b.State, b.Revision) //nolint:errcheck // a hash takes everything
	for _, t := range b.Takers {
		fmt.Fprint(h, t.Person, t.State, t.Answered, t.EndsAt.Unix(), int(t.Left.Minutes()), t.Signs) //nolint:errcheck // as above
	}
	return h.Sum64()
}

// boards keeps what invigilators look at for a moment, so that ten of them cost what one does.
type boards struct {
	mu   sync.Mutex
	by   map[string]*board
	load singleflight.Group
}

type board struct {
	Board
	at       time.Time
	roster   []expected
	more     bool
	rosterAt time.Time
	revision int
}

type expected struct {
	person PersonID
	name   string
}

const (
	boardLife   = 2 * time.Second
	rosterLife  = time.Minute
	boardsMost  = 20
	takersMost  = 2000
	readingRate = 10 // words a second that nobody reads faster
)

func (b *boards) drop(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if x := b.by[id]; x != nil {
		x.at = time.Time{}
	}
}

func (b *boards) get(id string) *board {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.by[id]
}

func (b *boards) put(id string, x *board) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.by == nil || len(b.by) >= boardsMost {
		b.by = map[string]*board{}
	}
	b.by[id] = x
}

// ExamBoard is who is in, how far, and what there is to look at; for invigilators named in the exam, training admins and auditors. What it shows is at most two
// seconds old. It reads at most 2,000 takers.
func (s *Service) ExamBoard(ctx context.Context, a access.Actor, id string) (Board, error) {
	d, _, err := s.exam(ctx, a, "view", id)
	if err != nil {
		return Board{}, err
	}
	now := s.now()
	if b := s.boards.get(id); b != nil && b.revision == d.Value.Revision && now.Sub(b.at) < boardLife && !now.Before(b.at) {
		return b.Board, nil
	}
	v, err, _ := s.boards.load.Do(id, func() (any, error) { return s.drawBoard(context.WithoutCancel(ctx), d) })
	if err != nil {
		return Board{}, err
	}
	return v.(*board).Board, nil
}

func (s *Service) drawBoard(ctx context.Context, d storage.Doc[Exam]) (*board, error) {
	now := s.now()
	doc, err := s.examDoc(ctx, d)
	if err != nil {
		return nil, err
	}
	b := &board{Board: Board{ExamDoc: doc, Now: now, Counts: map[TakerState]int{}}, at: now, revision: d.Value.Revision}
	if old := s.boards.get(d.ID); old != nil && old.revision == b.revision && now.Sub(old.rosterAt) < rosterLife {
		b.roster, b.more, b.rosterAt = old.roster, old.more, old.rosterAt
	} else {
		b.rosterAt = now
		if b.roster, b.more, err = s.roster(ctx, &d.Value); err != nil {
			return nil, err
		}
	}
	b.More = b.more

	seats, people, devices := map[PersonID]Seat{}, map[PersonID]*ExamTaker{}, map[string][]PersonID{}
	if err := s.seats.Each(ctx, storage.Query{Index: "exam", Term: d.ID}, func(x storage.Doc[Seat]) error {
		seats[x.Value.Person] = x.Value
		known := map[string]bool{}
		for _, t := range x.Value.Devices {
			if !known[t.What] {
				devices[t.What] = append(devices[t.What], x.Value.Person)
			}
			known[t.What] = true
		}
		return nil
	}); err != nil {
		return nil, err
	}
	for _, p := range b.roster {
		people[p.person] = &ExamTaker{Person: p.person, Name: p.name, State: TakerWaiting}
	}
	words := map[string]int{}
	if err := s.attempts.Each(ctx, storage.Query{Index: "exam", Term: d.ID}, func(x storage.Doc[Attempt]) error {
		at := &x.Value
		t := people[at.Person]
		if t == nil {
			if len(people) >= takersMost {
				b.More = true
				return nil
			}
			t = &ExamTaker{Person: at.Person, Name: s.nameOf(ctx, at.Person)}
			people[at.Person] = t
		}
		seat := seats[at.Person]
		*t = ExamTaker{Person: t.Person, Name: t.Name, Attempt: x.ID, State: TakerRunning, SeenAt: seat.SeenAt, Started: at.StartedAt, EndsAt: at.EndsAt, Ended: at.SubmittedAt, Left: at.left(now), Answered: at.answered(),
			Items: len(at.Slots), Extra: at.Extra + at.Exam.Extra, ByAll: at.Exam.ByAll, Stopped: at.Exam.Stopped,
			Signs: Signs{Away: seat.Away, AwayFor: seat.AwayFor, Moves: max(len(seat.Networks)-1, 0), Networks: seat.Networks, Hasty: t.Signs.Hasty}}
		switch {
		case at.State != AttemptOpen || at.over(now):
			t.State, t.Left = TakerSubmitted, 0
		case !at.Exam.Paused.IsZero():
			t.State = TakerPaused
		case now.Sub(seat.SeenAt) > quiet:
			t.State = TakerOffline
		}
		for _, device := range seat.Devices {
			for _, other := range devices[device.What] {
				if other != at.Person && !slices.Contains(t.Signs.Shared, other) {
					t.Signs.Shared = append(t.Signs.Shared, other)
				}
			}
		}
		hasty, err := s.hasty(ctx, at, words)
		t.Signs.Hasty += hasty
		return err
	}); err != nil {
		return nil, err
	}
	var away []int
	for _, t := range people {
		b.Takers = append(b.Takers, *t)
		b.Counts[t.State]++
		if t.State == TakerWaiting {
			continue
		}
		b.Rates.Takers++
		for sign, n := range map[*int]bool{&b.Rates.Away: t.Signs.Away > 0, &b.Rates.Moves: t.Signs.Moves > 0, &b.Rates.Shared: len(t.Signs.Shared) > 0, &b.Rates.Hasty: t.Signs.Hasty > 0} {
			if n {
				*sign++
			}
		}
		if t.Signs.Away > 0 {
			away = append(away, t.Signs.AwayFor)
		}
	}
	if slices.Sort(away); len(away) > 0 {
		b.Rates.AwayMedian = away[len(away)/2]
	}
	slices.SortFunc(b.Takers, func(x, y ExamTaker) int {
		return cmp.Or(strings.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name)), strings.Compare(x.Person, y.Person))
	})
	s.boards.put(d.ID, b)
	return b, nil
}

func (s *Service) nameOf(ctx context.Context, person PersonID) string {
	l, err := s.cfg.People.Learner(ctx, person)
	if err != nil {
		return ""
	}
	return l.Name
}

// roster is for whom an exam is: members of its cohorts, or active enrolments of its course.
func (s *Service) roster(ctx context.Context, x *Exam) (out []expected, more bool, err error) {
	known := map[PersonID]bool{}
	add := func(p PersonID) {
		switch {
		case known[p] || slices.Contains(x.Invigilators, p):
		case len(out) >= takersMost:
			more = true
		default:
			known[p] = true
			out = append(out, expected{p, s.nameOf(ctx, p)})
		}
	}
	for _, id := range x.Cohorts {
		k, err := s.cohorts.Get(ctx, id)
		if err != nil {
			return nil, false, err
		}
		for _, m := range k.Value.Members {
			if m.Enrolment != "" {
				add(m.Person)
			}
		}
	}
	if len(x.Cohorts) > 0 && len(x.Units) == 0 {
		return out, more, nil
	}
	looked := 0
	enough := faults.New(faults.TooLarge, "cukup", "enough")
	err = s.enrolments.Each(ctx, storage.Query{Index: "course", Term: x.Course + "/" + string(Active)}, func(e storage.Doc[Enrolment]) error {
		if looked++; looked > storage.MaxGather {
			more = true
			return enough
		}
		if x.covers(&e.Value) {
			add(e.Value.Person)
		}
		return nil
	})
	if err == error(enough) {
		err = nil
	}
	return out, more, err
}

// hasty counts the items of an attempt answered before they, and all that were answered before them, can have been read. words remembers lengths.
func (s *Service) hasty(ctx context.Context, at *Attempt, words map[string]int) (int, error) {
	type first struct{ second, words int }
	var all []first
	for i, sec := range at.Exam.First {
		if sec == 0 {
			continue
		}
		item := at.slot(i).Item
		n, known := words[item]
		if !known {
			it, err := s.item(ctx, item)
			if err != nil {
				return 0, err
			}
			n = wordsOf(it.Item)
			words[item] = n
		}
		all = append(all, first{sec - 1, n})
	}
	slices.SortFunc(all, func(x, y first) int { return cmp.Compare(x.second, y.second) })
	read, n := 0, 0
	for _, x := range all {
		if read += x.words; x.second*readingRate < read {
			n++
		}
	}
	return n, nil
}

// wordsOf is how much there is to read in an item.
func wordsOf(it grading.Item) int {
	n := len(strings.Fields(it.Stem))
	for _, o := range it.Options {
		n += len(strings.Fields(o.Text))
	}
	for _, p := range it.Parts {
		n += len(strings.Fields(p.Text))
		for _, o := range p.Options {
			n += len(strings.Fields(o.Text))
		}
	}
	return n
}
