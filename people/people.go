// Package people is the register of the city's staff and the door to the program: persons with the history of their NIP, the unit tree,
// positions, appointments and supervisors; accounts, sessions, roles and slips; notices.
//
// It knows nothing of courses, certificates or placement. Permission is asked here, through access.Policy, by every method that takes an
// access.Actor; the few without one are for other rooms (Look, UnitPath, Occupied, ...) and for the workers (the chain steps SettleUnit,
// ApplyImport, MailNotice, MailReset). Reading order: nip.go, person.go, register.go, unit.go, appointment.go, supervisor.go; then account.go, login.go.
package people

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// ID names a person. It is random and never changes, whatever happens to NIP, status or name.
type ID string

// UnitID names a unit.
type UnitID string

// PositionID names a position.
type PositionID string

// Waker makes work that stands in a document start sooner. Losing a call loses nothing.
type Waker interface {
	Wake(ctx context.Context, collection, id string)
}

// Config is what the room needs. DB, Policy and Secret are required.
type Config struct {
	DB     *storage.DB
	Claims *storage.Claims // nil: opened here, under a key derived from Secret
	Policy access.Policy
	Now    func() time.Time
	Zone   func() civil.Zone
	Rand   io.Reader // nil: crypto/rand
	Log    *slog.Logger
	Secret []byte        // the installation's secret, at least 32 bytes, kept beside the database and not in it
	Wake   Waker         // nil: small follow-up work is done at once
	Mailer Mailer        // nil: no mail leaves
	Grace  time.Duration // how long a privileged role works without a second factor; 0 means 7 days
	// Quiet gives the hours of the day between which no ordinary mail leaves (20, 6); nil means these.
	Quiet func() (from, until int)
	// Link makes an absolute link from a path of the web ("/surat"), "" while there is no public address.
	Link func(path string) string
	// ResetPath is the path that takes a reset token behind it; "" means no reset by mail.
	ResetPath string
	NIP       func() NIPRules // nil: the default rules
	Letters   Letters         // nil: every letter can be printed
}

// Service is the room. Safe for use from many goroutines.
type Service struct {
	cfg    Config
	log    *slog.Logger
	claims *storage.Claims

	hashing   *hashQueue
	strangers strangers

	persons   *storage.Collection[Person]
	units     *storage.Collection[Unit]
	positions *storage.Collection[Position]
	moves     *storage.Collection[move]
	seats     *storage.Collection[seatBook]
	views     *storage.Collection[view]
	accounts  *storage.Collection[account]
	sessions  *storage.Collection[Session]
	setups    *storage.Collection[setup]
	resets    *storage.Collection[resetRequest]
	tokens    *storage.Collection[Token]
	notices   *storage.Collection[Notice]
	imports   *storage.Collection[Import]
	chunks    *storage.Collection[importChunk]
	sources   *storage.Collection[ImportSource]
	checks    *storage.Collection[checkValue]
}

// Open opens the room's collections.
func Open(ctx context.Context, cfg Config) (*Service, error) {
	if cfg.DB == nil || cfg.Policy == nil || len(cfg.Secret) < 32 {
		return nil, errors.New("people needs a DB, a policy and a secret of at least 32 bytes")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Zone == nil {
		cfg.Zone = civil.Jakarta
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.NIP == nil {
		cfg.NIP = func() NIPRules { return NIPRules{} }
	}
	if cfg.Link == nil {
		cfg.Link = func(string) string { return "" }
	}
	if cfg.Grace == 0 {
		cfg.Grace = 7 * 24 * time.Hour
	}
	if cfg.Quiet == nil {
		cfg.Quiet = func() (int, int) { return 20, 6 }
	}
	s := &Service{cfg: cfg, log: cfg.Log, claims: cfg.Claims, hashing: newHashQueue()}
	var err error
	if s.claims == nil {
		if s.claims, err = storage.OpenClaims(ctx, cfg.DB, s.key("claims")); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(
		open(ctx, cfg.DB, &s.persons, personDef),
		open(ctx, cfg.DB, &s.units, unitDef),
		open(ctx, cfg.DB, &s.positions, positionDef),
		open(ctx, cfg.DB, &s.moves, moveDef),
		open(ctx, cfg.DB, &s.seats, seatDef),
		open(ctx, cfg.DB, &s.views, viewDef),
		open(ctx, cfg.DB, &s.accounts, accountDef),
		open(ctx, cfg.DB, &s.sessions, sessionDef),
		open(ctx, cfg.DB, &s.setups, setupDef),
		open(ctx, cfg.DB, &s.resets, resetDef),
		open(ctx, cfg.DB, &s.tokens, tokenDef),
		open(ctx, cfg.DB, &s.notices, noticeDef),
		open(ctx, cfg.DB, &s.imports, importDef),
		open(ctx, cfg.DB, &s.chunks, chunkDef),
		open(ctx, cfg.DB, &s.sources, sourceDef),
		open(ctx, cfg.DB, &s.checks, checkDef),
	); err != nil {
		return nil, fmt.Errorf("open people: %w", err)
	}
	return s, nil
}

func open[T any](ctx context.Context, db *storage.DB, into **storage.Collection[T], def storage.Def[T]) error {
	c, err := storage.Open(ctx, db, def)
	*into = c
	return err
}

// key derives a key of the installation's secret for one use.
func (s *Service) key(use string) []byte {
	m := hmac.New(sha256.New, s.cfg.Secret)
	m.Write([]byte("apel people " + use))
	return m.Sum(nil)
}

// digest is a keyed hash of a secret value, for storing codes that are short enough to be guessed offline without the key.
func (s *Service) digest(use, value string) string {
	m := hmac.New(sha256.New, s.key(use))
	m.Write([]byte(value))
	return hex.EncodeToString(m.Sum(nil))
}

func (s *Service) now() time.Time { return s.cfg.Now().UTC() }

// Today is the calendar day in the installation's zone.
func (s *Service) today() civil.Date { return s.cfg.Zone().Day(s.cfg.Now()) }

// wake starts follow-up work: through the Waker if there is one, else at once.
func (s *Service) wake(ctx context.Context, collection, id string, step func(context.Context, string) error) {
	if s.cfg.Wake != nil {
		s.cfg.Wake.Wake(ctx, collection, id)
		return
	}
	if err := step(ctx, id); err != nil {
		s.log.WarnContext(ctx, "follow-up work waits for the sweeper", "collection", collection, "id", id, "err", err)
	}
}

// entry makes an audit entry; what it says must hold no personal data beyond internal ids.
func (s *Service) entry(a access.Actor, role, verb, thing string, about ID, why, note string) storage.Audit {
	return storage.Audit{ID: storage.NewID(), At: s.now(), Who: a.Name(), Role: role, Verb: verb, Thing: thing, About: string(about), Why: why, Note: note}
}

// Page is one answer of a list. Next resumes behind it when More is true.
type Page[T any] struct {
	Items []T
	Next  storage.Cursor
	More  bool
}

// stream reads one term of an index in order, page by page.
type stream[T any] struct {
	c    *storage.Collection[T]
	q    storage.Query
	docs []storage.Doc[T]
	more bool
}

func (r *stream[T]) head(ctx context.Context) (*storage.Doc[T], error) {
	if len(r.docs) == 0 && r.more {
		p, err := r.c.Find(ctx, r.q)
		if err != nil {
			return nil, err
		}
		r.docs, r.more, r.q.After = p.Docs, p.More, p.Next
	}
	if len(r.docs) == 0 {
		return nil, nil
	}
	return &r.docs[0], nil
}

// scan reads a page of documents found by any of the terms, in index order, each once, keeping those keep wants. order is the index's order key.
// At most storage.MaxGather entries are read; a page that needs more is refused with "narrow it down".
func scan[T any](ctx context.Context, c *storage.Collection[T], index string, terms []string, order func(*storage.Doc[T]) string, after storage.Cursor, limit int, keep func(*storage.Doc[T]) bool) ([]storage.Doc[T], storage.Cursor, bool, error) {
	if limit <= 0 {
		limit = storage.DefaultPage
	}
	limit = min(limit, storage.MaxPage)
	streams := make([]*stream[T], len(terms))
	for i, term := range terms {
		streams[i] = &stream[T]{c: c, q: storage.Query{Index: index, Term: term, After: after, Limit: min(2*limit, storage.MaxPage)}, more: true}
	}
	var (
		out  []storage.Doc[T]
		next storage.Cursor
		last string
	)
	for read := 0; ; read++ {
		if read > storage.MaxGather {
			return nil, next, false, tooWide()
		}
		var first *stream[T]
		var place storage.Cursor
		for _, r := range streams {
			d, err := r.head(ctx)
			if err != nil {
				return nil, next, false, err
			}
			if d == nil {
				continue
			}
			at := storage.Cursor{Order: order(d), ID: d.ID}
			if first == nil || at.Order < place.Order || at.Order == place.Order && at.ID < place.ID {
				first, place = r, at
			}
		}
		if first == nil {
			return out, next, false, nil
		}
		d := first.docs[0]
		first.docs = first.docs[1:]
		if d.ID == last || !keep(&d) {
			continue
		}
		last = d.ID
		if len(out) == limit {
			return out, next, true, nil
		}
		out = append(out, d)
		next = place
	}
}

func tooWide() error {
	return faults.New(faults.Invalid, "Terlalu banyak data untuk ditampilkan sekaligus. Persempit pilihan, misalnya per unit atau nama lebih lengkap.",
		"Too much to show at once. Narrow it down, for example by unit or a longer name.")
}
