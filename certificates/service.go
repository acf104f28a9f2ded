package certificates

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/apelkota/apel/certificates/pades"
	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/blobs"
	"github.com/apelkota/apel/internal/storage/journal"
)

// Waker is told that a document has work due. Losing a call loses nothing: the sweeper finds it.
type Waker interface {
	Wake(ctx context.Context, collection, id string)
}

// Config is what the room needs.
type Config struct {
	DB       *storage.DB
	Blobs    *blobs.Store
	Policy   access.Policy
	Settings func(ctx context.Context) (Settings, error)
	KeyDir   string // the installation's keys; "" on a process that must not sign
	Zone     func() civil.Zone
	Now      func() time.Time
	Log      *slog.Logger
	Wake     Waker     // may be nil
	Rand     io.Reader // codes and salts; nil means crypto/rand
	// UnitsOf gives the ids of a person's present unit and those above, so that the present unit's admin sees older certificates too. May be nil.
	UnitsOf func(ctx context.Context, person string) ([]string, error)
	Viewed  access.Noter // where a look at somebody else is noted; nil: nowhere
	// Stamp asks a time-stamp authority for every file that is drawn; nil leaves files without. A file waits while the authority is away.
	Stamp pades.Stamper
}

// Collection is the name of the certificates' collection, for the chain's steps.
const Collection = "certificates"

// Service issues, keeps, shows and checks certificates. Safe for use from many goroutines.
type Service struct {
	docs    *storage.Collection[Certificate]
	states  *storage.Collection[logState]
	tiles   *storage.Collection[tile]
	points  *storage.Collection[checkpoint]
	rings   *storage.Collection[keyring]
	journal *journal.Journal[seal]

	blobs     *blobs.Store
	policy    access.Policy
	settings  func(ctx context.Context) (Settings, error)
	keys      *Keys // nil where nothing can be signed
	zone      func() civil.Zone
	now       func() time.Time
	log       *slog.Logger
	waker     Waker
	rand      io.Reader
	unitsOf   func(ctx context.Context, person string) ([]string, error)
	viewed    access.Noter
	stamp     pades.Stamper
	unstamped pause // the authority was away

	guesses guesses // at the holders of numbers

	sealing sync.Mutex   // one seal at a time in this process
	refused map[ID]error // what the last seal could not take; under sealing
	front   front        // where the last seal left the log; under sealing

	testOnlyAfterInsert func()
}

const (
	indexLookup  = "lookup"  // code:, number:, file:
	indexPerson  = "person"  // a person's certificates by time of intent
	indexList    = "list"    // all, unit:, course:, state: by time of intent
	indexSearch  = "search"  // beginnings of the words of name and number
	indexWaiting = "waiting" // what the sealer takes, longest waiting first
	termAll      = "all"
)

// Open opens the room. On an installation that never had keys it makes and registers them (unless KeyDir is empty or the data is open for reading
// only). Keys that are missing later are not replaced: the room then shows and checks certificates, and refuses to issue. Keys that are not the
// registered ones, or a half of them, are a Conflict that names the file.
func Open(ctx context.Context, c Config) (*Service, error) {
	s := &Service{blobs: c.Blobs, policy: c.Policy, settings: c.Settings, zone: c.Zone, now: c.Now, log: c.Log, waker: c.Wake, rand: c.Rand,
		unitsOf: c.UnitsOf, viewed: c.Viewed, stamp: c.Stamp, testOnlyAfterInsert: func() {}}
	if s.rand == nil {
		s.rand = rand.Reader
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if s.docs, err = storage.Open(ctx, c.DB, storage.Def[Certificate]{Name: Collection, Shape: 1, Indexes: indexes()}); err != nil {
		return nil, err
	}
	if s.states, err = storage.Open(ctx, c.DB, storage.Def[logState]{Name: "log_state", Shape: 1}); err != nil {
		return nil, err
	}
	if s.tiles, err = storage.Open(ctx, c.DB, storage.Def[tile]{Name: "log_tiles", Shape: 1}); err != nil {
		return nil, err
	}
	if s.points, err = storage.Open(ctx, c.DB, storage.Def[checkpoint]{Name: "log_checkpoints", Shape: 1}); err != nil {
		return nil, err
	}
	if s.rings, err = storage.Open(ctx, c.DB, storage.Def[keyring]{Name: ringCollection, Shape: 1}); err != nil {
		return nil, err
	}
	if s.journal, err = journal.Open[seal](ctx, c.DB, "seal"); err != nil {
		return nil, err
	}
	if err := s.openKeys(ctx, c); err != nil {
		return nil, err
	}
	if c.DB.ReadOnly() == "" {
		// Finish what a crash left between the journal and its projections. If that fails the room still opens: doctor says why, Rebuild mends it.
		if _, err := s.catchUp(ctx); err != nil {
			s.log.Error("the projections of the seal journal are behind", "err", err)
		}
	}
	return s, nil
}

func indexes() []storage.Index[Certificate] {
	type doc = *storage.Doc[Certificate]
	return []storage.Index[Certificate]{
		{Name: indexLookup, Of: func(d doc) ([]string, string) {
			c := d.Value
			terms := []string{"code:" + c.Record.Code}
			if c.Record.Number != "" {
				terms = append(terms, "number:"+normalNumber(c.Record.Number))
			}
			if c.File != nil {
				terms = append(terms, "file:"+c.File.Hash)
			}
			return terms, ""
		}},
		{Name: indexPerson, Of: func(d doc) ([]string, string) {
			return []string{d.Value.Held.Person}, storage.OrderTime(d.Value.Held.IntendedAt)
		}},
		{Name: indexList, Of: func(d doc) ([]string, string) {
			c := d.Value
			terms := []string{termAll, "state:" + string(c.State), "course:" + c.Record.Course}
			for _, u := range c.Held.Units {
				terms = append(terms, "unit:"+u)
			}
			return terms, storage.OrderTime(c.Held.IntendedAt)
		}},
		{Name: indexSearch, Of: func(d doc) ([]string, string) {
			return searchTerms(d.Value), storage.OrderTime(d.Value.Held.IntendedAt)
		}},
		{Name: indexWaiting, Of: func(d doc) ([]string, string) {
			if !waits(d.Value) || d.Due != nil && d.Due.Parked {
				return nil, ""
			}
			return []string{termAll}, storage.OrderTime(d.Value.Held.IntendedAt)
		}},
	}
}

// waits says whether the sealer has something to do with a certificate.
func waits(c Certificate) bool {
	if c.State == Intended || c.File != nil && c.File.Leaf == 0 {
		return true
	}
	return slices.ContainsFunc(c.Events, func(e Event) bool { return e.Leaf == 0 })
}

// CanSign says whether this process holds the signing keys.
func (s *Service) CanSign() bool { return s.keys != nil }

func (s *Service) wake(ctx context.Context, id string) {
	if s.waker != nil {
		s.waker.Wake(ctx, Collection, id)
	}
}

// Root is the public root of the installation: the keys that check every certificate it ever issued. It is public. NotFound while there are no keys at all.
func (s *Service) Root(ctx context.Context) (record.Root, error) {
	state, err := s.state(ctx)
	if err != nil {
		return record.Root{}, err
	}
	root := state.Public
	root.Keys = slices.Clone(root.Keys)
	if s.keys != nil {
		if root.Log == "" {
			root.Form, root.Log = record.Form, s.keys.root.Log
		}
		for _, k := range s.keys.root.Keys {
			if !slices.Contains(root.Keys, k) {
				root.Keys = append(root.Keys, k)
			}
		}
	}
	if root.Log == "" {
		return root, faults.New(faults.NotFound, "Instalasi ini belum mempunyai kunci.", "This installation has no keys yet.")
	}
	return root, nil
}

// Checkpoint is the newest signed checkpoint of the log and its size. It is public. NotFound while the log is empty.
func (s *Service) Checkpoint(ctx context.Context) (signed string, size int64, err error) {
	state, err := s.state(ctx)
	if err == nil && state.Size == 0 {
		err = faults.New(faults.NotFound, "Log masih kosong.", "The log is still empty.")
	}
	return state.Checkpoint, state.Size, err
}

func readHash(s string, into *[32]byte) error {
	raw, err := hex.DecodeString(s)
	if err != nil || len(raw) != len(into) {
		return fmt.Errorf("%q is not a SHA-256", s)
	}
	copy(into[:], raw)
	return nil
}
