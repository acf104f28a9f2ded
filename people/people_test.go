package people_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/people"
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

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// city is a room on a fresh folder with the real policy and a clock at 2026-03-31 10:00 in Jakarta.
type city struct {
	*people.Service
	t     *testing.T
	ctx   context.Context
	db    *storage.DB
	clock *clock
	mail  *mailbox
}

var root = access.System("test")

func newCity(t *testing.T, change ...func(*people.Config)) *city {
	t.Helper()
	ctx := t.Context()
	e, err := sqlite.Open(filepath.Join(t.TempDir(), "apel.db"), sqlite.Options{})
	must(t, err)
	db, err := storage.New(ctx, e)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	policy, err := policies.Load()
	must(t, err)
	c := &city{t: t, ctx: ctx, db: db, clock: &clock{t: time.Date(2026, 3, 31, 3, 0, 0, 0, time.UTC)}, mail: &mailbox{}}
	cfg := people.Config{DB: db, Policy: policy, Now: c.clock.Now, Zone: civil.Jakarta, Secret: bytes.Repeat([]byte("s"), 32)}
	for _, f := range change {
		f(&cfg)
	}
	c.db = cfg.DB
	c.Service, err = people.Open(ctx, cfg)
	must(t, err)
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wants(t *testing.T, err error, kind faults.Kind) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("err = %v, want %s", err, kind)
	}
}

// mailbox keeps what was sent.
type mailbox struct {
	mu   sync.Mutex
	sent []people.Mail
	fail error
}

func (m *mailbox) Send(_ context.Context, mail people.Mail) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	m.sent = append(m.sent, mail)
	return nil
}

func (c *city) unit(code, kind, parent, head string) people.Unit {
	c.t.Helper()
	in := people.UnitInput{Code: code, Name: "Unit " + code, Kind: kind, HeadPosition: head}
	if parent != "" {
		p, err := c.UnitByCode(c.ctx, parent)
		must(c.t, err)
		in.Parent = p.ID
	}
	u, err := c.AddUnit(c.ctx, root, in)
	must(c.t, err)
	return u
}

func (c *city) position(code, kind, jenjang, unit string) people.Position {
	c.t.Helper()
	u, err := c.UnitByCode(c.ctx, unit)
	must(c.t, err)
	p, err := c.AddPosition(c.ctx, root, people.PositionInput{Code: code, Name: "Jabatan " + code, Kind: kind, Jenjang: jenjang, Unit: u.ID, Seats: 1})
	must(c.t, err)
	return p
}

func (c *city) person(nip, name, unit string) people.Person {
	c.t.Helper()
	d := people.Details{Name: name, Status: people.PNS, LegalPosition: people.Active}
	if n := people.NIP(nip); n.Kind() == people.KindNI {
		d.Status = people.PPPK
	}
	if unit != "" {
		u, err := c.UnitByCode(c.ctx, unit)
		must(c.t, err)
		d.Unit = u.ID
	}
	p, _, err := c.AddPerson(c.ctx, root, people.PersonInput{NIP: nip, Details: d})
	must(c.t, err)
	return p
}

func (c *city) appoint(p people.Person, position string, kind people.AppointmentKind, since civil.Date) {
	c.t.Helper()
	pos, err := c.PositionByCode(c.ctx, position)
	must(c.t, err)
	_, err = c.Appoint(c.ctx, root, p.ID, people.AppointInput{Appointment: people.Appointment{Position: pos.ID, Kind: kind, Since: since}, Why: "SK contoh"})
	must(c.t, err)
}

func as(p people.Person, grants ...access.Grant) access.Actor {
	return access.Actor{Person: string(p.ID), Grants: grants}
}

// town fills a small tree: KOTA > DINAS > BIDANG, KOTA > BADAN, each headed by a position.
func (c *city) town() {
	c.unit("KOTA", "pemda", "", "SEKDA")
	c.unit("DINAS", "dinas", "KOTA", "KADIS")
	c.unit("BIDANG", "bidang", "DINAS", "KABID")
	c.unit("BADAN", "badan", "KOTA", "KABAN")
	c.position("SEKDA", "struktural", "jpt_pratama", "KOTA")
	c.position("KADIS", "struktural", "jpt_pratama", "DINAS")
	c.position("KABID", "struktural", "administrator", "BIDANG")
	c.position("KABAN", "struktural", "jpt_pratama", "BADAN")
	c.position("OPERATOR", "pelaksana", "pelaksana", "BIDANG")
}

const (
	nipAni   = "199001012020012901"
	nipBudi  = "198501012010011902"
	nipCitra = "197501012000012903"
	nipDewi  = "199501012021212904" // PPPK
	nipEko   = "196801011995011905"
)

func text(s string) texts.Text { return texts.T(s, s) }

// Data of a newer program can be read only; whoever wants to log in is told so at once, whether the password is right or not.
func TestNewerDataSaysWhyNobodyGetsIn(t *testing.T) {
	c := newCity(t)
	c.activate(c.person(nipAni, "Ani", ""))
	newer, err := storage.New(c.ctx, c.db.Engine())
	must(t, err)
	same := func(b json.RawMessage) (json.RawMessage, error) { return b, nil }
	_, err = storage.Open(c.ctx, newer, storage.Def[people.Session]{Name: "sessions", Shape: 3, Lifts: map[int]func(json.RawMessage) (json.RawMessage, error){1: same, 2: same}})
	must(t, err)
	old, err := storage.New(c.ctx, c.db.Engine())
	must(t, err)
	policy, err := policies.Load()
	must(t, err)
	service, err := people.Open(c.ctx, people.Config{DB: old, Policy: policy, Now: c.clock.Now, Zone: civil.Jakarta, Secret: bytes.Repeat([]byte("s"), 32)})
	must(t, err)
	for _, password := range []string{secret, "salah salah salah"} {
		_, _, err := service.Login(c.ctx, people.LoginInput{NIP: nipAni, Password: password})
		fault := faults.Of(err)
		if fault.Kind.Status() != 503 || !strings.Contains(fault.Text.ID, "lebih lama daripada datanya") {
			t.Errorf("%v", err)
		}
	}
}
