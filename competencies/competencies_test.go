package competencies_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/policies"
)

// clock is a clock that tests move by hand.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) Set(day string) {
	t, err := time.Parse("2006-01-02", day)
	if err != nil {
		panic(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = t.Add(3 * time.Hour) // 10:00 in Jakarta
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// staff is the register as far as this room asks for it.
type staff map[string]competencies.Staffer

func (s staff) Staffer(_ context.Context, person string) (competencies.Staffer, error) {
	p, ok := s[person]
	if !ok {
		return p, faults.NotFound
	}
	return p, nil
}

type courses []competencies.CourseTarget

func (c courses) Targets(context.Context) ([]competencies.CourseTarget, error) { return c, nil }

// room is the service on a fresh folder with the real policy and a clock at 2026-11-22 10:00 in Jakarta.
type room struct {
	*competencies.Service
	t     *testing.T
	ctx   context.Context
	db    *storage.DB
	clock *clock
}

var root = access.System("test")

func newRoom(t *testing.T, change ...func(*competencies.Config)) *room {
	t.Helper()
	e, err := sqlite.Open(filepath.Join(t.TempDir(), "apel.db"), sqlite.Options{})
	must(t, err)
	db, err := storage.New(t.Context(), e)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	policy, err := policies.Load()
	must(t, err)
	r := &room{t: t, ctx: t.Context(), db: db, clock: &clock{}}
	r.clock.Set("2026-11-22")
	cfg := competencies.Config{DB: db, Policy: policy, Now: r.clock.Now, Staff: staff{
		"ani":  {Units: []string{"loket", "dinas"}, Post: "p1", PostName: "Petugas Loket", Standard: "LOKET"},
		"budi": {Units: []string{"dinas"}, Contract: true, ContractStart: "2024-03-01"},
	}}
	for _, f := range change {
		f(&cfg)
	}
	r.Service, err = competencies.Open(r.ctx, cfg)
	must(t, err)
	return r
}

// dictionary publishes M.01-M.03, SK and T.01-T.03, and a standard LOKET.
func (r *room) dictionary() {
	r.t.Helper()
	var all []competencies.Competency
	for _, code := range []string{"M.01", "M.02", "M.03", "SK", "T.01", "T.02", "T.03"} {
		all = append(all, competency(code))
	}
	_, err := r.PublishDictionary(r.ctx, root, "kamus.csv", all)
	must(r.t, err)
	_, err = r.PublishStandards(r.ctx, root, "skj.csv", []competencies.Standard{{Code: "LOKET", Name: "Petugas Loket", Kind: "pelaksana", Jenjang: "pelaksana", Class: 7,
		Requirements: []competencies.Requirement{{"M.01", 1, competencies.Absolute}, {"T.01", 2, competencies.Absolute}, {"T.03", 3, competencies.Important}}}})
	must(r.t, err)
}

func competency(code string) competencies.Competency {
	c := competencies.Competency{Code: code, Name: texts.T("Kompetensi "+code, "Competency "+code), Field: competencies.Technical}
	switch code[0] {
	case 'M':
		c.Field = competencies.Managerial
	case 'S':
		c.Field = competencies.SocioCultural
	}
	for i := range c.Gists {
		c.Gists[i] = texts.T(fmt.Sprint("level ", i+1), "")
	}
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
