package certificates

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/certificates/verify"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/internal/storage/storagetest"
)

// sound fails the test unless everything the journal says holds and is shown, and numbers 1..n of the year are given out once each.
func (r *room) sound(t testing.TB, n int) {
	t.Helper()
	ctx := context.Background()
	report, err := r.CheckLog(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range report.Problems {
		t.Error("log:", p)
	}
	if report.Behind != 0 {
		t.Errorf("%d seals are not shown", report.Behind)
	}
	if report.Certificates != int64(n) {
		t.Errorf("%d certificates are issued, want %d", report.Certificates, n)
	}
	seen := map[string]bool{}
	if err := r.docs.All(ctx, func(d storage.Doc[Certificate]) error {
		if d.Value.State != Intended {
			seen[d.Value.Record.Number[:5]] = true
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for i := 1; i <= n; i++ {
		if want := fmt.Sprintf("%05d", i); !seen[want] {
			t.Errorf("number %s was not given out", want)
		}
	}
}

func TestRacingSealersDrawEachNumberOnce(t *testing.T) {
	ctx := context.Background()
	a := openRoom(t)
	b := &room{dir: a.dir, clock: a.clock, zone: a.zone, settings: a.settings}
	b.openOn(t, shared{a.db.Engine()}) // another process on the same documents
	const n = 120
	ids := make([]ID, n)
	for i := range n {
		id, err := a.Intend(ctx, testFacts(i))
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = id
	}
	var wg sync.WaitGroup
	for i := range n {
		for _, r := range []*room{a, b} {
			wg.Go(func() {
				if err := r.Seal(ctx, ids[i]); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	a.sound(t, n)
	for _, id := range ids {
		if c, err := a.Look(ctx, id); err != nil || c.State != Issued {
			t.Errorf("%s is %s, %v", id, c.State, err)
		}
	}
}

// shared is an engine that somebody else closes.
type shared struct{ storage.Engine }

func (shared) Close() error { return nil }

func TestFiftyFinishesMakeOneCertificate(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			id, err := r.Intend(ctx, testFacts(7))
			if err == nil {
				err = r.Seal(ctx, id)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	r.sound(t, 1)
}

// TestCrashAtEveryWrite kills the process at each write of the way from intent to rest, once with the write lost and once with it done but
// unanswered, starts again, and finds exactly one number, one file and a log that holds.
func TestCrashAtEveryWrite(t *testing.T) {
	ctx := context.Background()
	for _, mode := range []storagetest.Mode{storagetest.Lost, storagetest.Unclear} {
		for at := int64(1); ; at++ {
			dir := t.TempDir()
			e, err := sqlite.Open(filepath.Join(dir, "apel.db"), sqlite.Options{})
			if err != nil {
				t.Fatal(err)
			}
			faulty := storagetest.NewFaulty(e)
			r := &room{dir: dir, clock: &clock{at: noon}, zone: civil.Jakarta(), settings: testSettings()}
			r.openOn(t, faulty)
			first := r.issue(t, 1) // so that the crash meets a log that is not empty
			r.finish(t, first)
			faulty.CrashAt(at, mode)
			id, err := r.Intend(ctx, testFacts(2))
			steps := []func(context.Context, ID) error{r.Seal, r.Recorded, r.Told, r.Render, r.Seal}
			for i := 0; err == nil && i < len(steps); i++ {
				err = steps[i](ctx, id)
			}
			if err == nil && !faulty.Dead() {
				if _, err := r.Revoke(ctx, admin, id, decision); err == nil && !faulty.Dead() {
					if err := r.Seal(ctx, id); err == nil && !faulty.Dead() {
						if at < 15 {
							t.Errorf("%s: only %d writes were seen", mode, at-1)
						}
						break
					}
				}
			}
			where := faulty.Log()[len(faulty.Log())-1]
			faulty.Revive()
			again := &room{dir: dir, clock: r.clock, zone: r.zone, settings: r.settings}
			again.openOn(t, shared{e})
			if id, err = again.Intend(ctx, testFacts(2)); err != nil {
				t.Fatal(err)
			}
			again.finish(t, id)
			name := fmt.Sprintf("%s at write %d (%s %s)", mode, at, where.Verb, where.Collection)
			again.sound(t, 2)
			c, err := again.Look(ctx, id)
			if err != nil || c.Record.Number[:5] != "00002" || c.File == nil || c.File.Leaf == 0 {
				t.Errorf("%s: %+v, %v", name, c.Record.Number, err)
			}
			if t.Failed() {
				t.Fatal(name)
			}
		}
	}
}

func TestNextStartRepairsWhatACrashLeftBehindTheJournal(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	for i := range 3 {
		if _, err := r.Intend(ctx, testFacts(i)); err != nil {
			t.Fatal(err)
		}
	}
	cut, cancel := context.WithCancel(ctx)
	r.testOnlyAfterInsert = cancel // the journal has the seal, nothing shows it
	id := Edition("p0.APEL-103.1", KindTraining, 1)
	if err := r.Seal(cut, id); !errors.Is(err, context.Canceled) {
		t.Fatalf("the crash did not happen: %v", err)
	}
	r.testOnlyAfterInsert = func() {}
	if c, err := r.Look(ctx, id); err != nil || c.State != Intended {
		t.Fatalf("state after the crash is %s", c.State)
	}
	report, err := r.CheckLog(ctx)
	if err != nil || report.Behind != 1 {
		t.Errorf("doctor does not see it: %+v %v", report, err)
	}
	again := &room{dir: r.dir, clock: r.clock, zone: r.zone, settings: r.settings}
	again.openOn(t, shared{r.db.Engine()}) // the next start
	again.sound(t, 3)
	if err := r.Seal(ctx, id); err != nil { // or the step run again
		t.Fatal(err)
	}
	r.sound(t, 3)
	if head, _ := r.journal.Head(ctx); head.N != 1 {
		t.Errorf("%d seals for one batch", head.N)
	}
}

func TestRebuildGivesBackWhatTheJournalSays(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	var ids []ID
	for i := range 40 {
		id, err := r.Intend(ctx, testFacts(i))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if _, err := r.sealAll(ctx); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids[:3] {
		r.finish(t, id)
	}
	if _, err := r.Revoke(ctx, admin, ids[0], decision); err != nil {
		t.Fatal(err)
	}
	r.clock.set(noon.Add(time.Hour))
	if _, err := r.Suspend(ctx, admin, ids[1], decision); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids[:2] {
		r.finish(t, id)
	}
	before := r.dump(t)
	if err := r.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	if after := r.dump(t); !reflect.DeepEqual(before, after) {
		t.Error("rebuilding over what stood changed it")
	}
	for name, harm := range map[string]func(){
		"certificates gone": func() { deleteAll(ctx, r.docs) },
		"tiles gone":        func() { deleteAll(ctx, r.tiles) },
		"state gone":        func() { deleteAll(ctx, r.states); deleteAll(ctx, r.points) },
		"everything gone": func() {
			deleteAll(ctx, r.docs)
			deleteAll(ctx, r.tiles)
			deleteAll(ctx, r.states)
			deleteAll(ctx, r.points)
		},
		"a name changed":    func() { r.tamper(t, ids[5], func(c *Certificate) { c.Record.Name = "Orang Lain" }) },
		"a leaf changed":    func() { r.tamper(t, ids[6], func(c *Certificate) { c.Leaf++ }) },
		"a NIP changed":     func() { r.tamper(t, ids[7], func(c *Certificate) { c.Held.NIP = "199001011990010011" }) },
		"revocation undone": func() { r.tamper(t, ids[0], func(c *Certificate) { c.State, c.Events = Issued, nil }) },
		"state undone":      func() { r.tamper(t, ids[0], func(c *Certificate) { c.State = Issued }) },
		"reason changed":    func() { r.tamper(t, ids[1], func(c *Certificate) { c.Events[0].Reason = "alasan yang lain sekali" }) },
		"file changed":      func() { r.tamper(t, ids[2], func(c *Certificate) { c.File.Hash = strings.Repeat("0", 64) }) },
		"series changed": func() {
			r.states.Update(ctx, logStateID, func(d *storage.Doc[logState]) error { d.Value.Series["2026"] = 7; return nil })
		},
		"a tile changed": func() {
			r.tiles.Update(ctx, tileID(0, 0), func(d *storage.Doc[tile]) error {
				d.Value.Hashes = "AAAA" + d.Value.Hashes[4:]
				return nil
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			harm()
			report, err := r.CheckLog(ctx)
			if err != nil || len(report.Problems) == 0 && report.Behind == 0 {
				t.Errorf("doctor sees nothing: %v", err)
			}
			if err := r.Rebuild(ctx); err != nil {
				t.Fatal(err)
			}
			after := r.dump(t)
			for id, want := range before.certificates {
				if got := after.certificates[id]; !reflect.DeepEqual(got, want) {
					t.Errorf("%s:\n got %+v\nwant %+v", id, got, want)
				}
			}
			if !reflect.DeepEqual(after, before) {
				t.Error("the projections are not what they were")
			}
			r.sound(t, 40)
		})
	}
}

type projections struct {
	certificates map[string]Certificate
	tiles        map[string]tile
	points       map[string]checkpoint
	state        logState
}

// dump reads every projection, without the chain's marks, which are not the journal's.
func (r *room) dump(t testing.TB) projections {
	t.Helper()
	ctx := context.Background()
	p := projections{map[string]Certificate{}, map[string]tile{}, map[string]checkpoint{}, logState{}}
	err := errors.Join(
		r.docs.All(ctx, func(d storage.Doc[Certificate]) error {
			d.Value.Recorded, d.Value.Told, d.Value.Withdrawn = false, false, false
			p.certificates[d.ID] = d.Value
			return nil
		}),
		r.tiles.All(ctx, func(d storage.Doc[tile]) error { p.tiles[d.ID] = d.Value; return nil }),
		r.points.All(ctx, func(d storage.Doc[checkpoint]) error { p.points[d.ID] = d.Value; return nil }))
	if err != nil {
		t.Fatal(err)
	}
	if p.state, err = r.state(ctx); err != nil {
		t.Fatal(err)
	}
	return p
}

func (r *room) tamper(t testing.TB, id ID, fn func(*Certificate)) {
	t.Helper()
	if _, err := r.docs.Update(context.Background(), string(id), func(d *storage.Doc[Certificate]) error { fn(&d.Value); return nil }); err != nil {
		t.Fatal(err)
	}
}

func TestNumberYearTurnsAtMidnightOfTheZone(t *testing.T) {
	for _, c := range []struct {
		zone     string
		midnight time.Time // first instant of 2027
	}{
		{"Asia/Jakarta", time.Date(2026, 12, 31, 17, 0, 0, 0, time.UTC)},
		{"Asia/Makassar", time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC)},
		{"Asia/Jayapura", time.Date(2026, 12, 31, 15, 0, 0, 0, time.UTC)},
	} {
		t.Run(c.zone, func(t *testing.T) {
			ctx := context.Background()
			r := openRoom(t)
			var err error
			if r.zone, err = civil.LoadZone(c.zone); err != nil {
				t.Fatal(err)
			}
			r.clock.set(c.midnight.Add(-time.Second))
			r.issue(t, 1)
			old := r.issue(t, 2)
			waiting, err := r.Intend(ctx, testFacts(3)) // intended in the old year, sealed in the new one
			if err != nil {
				t.Fatal(err)
			}
			r.clock.set(c.midnight)
			if err := r.Seal(ctx, waiting); err != nil {
				t.Fatal(err)
			}
			a, _ := r.Look(ctx, old)
			b, _ := r.Look(ctx, waiting)
			if a.Record.Number != "00002/APEL-103/BKPSDMD/XII/2026" || a.Record.IssuedOn != "2026-12-31" {
				t.Errorf("last of the old year: %s on %s", a.Record.Number, a.Record.IssuedOn)
			}
			if b.Record.Number != "00001/APEL-103/BKPSDMD/I/2027" || b.Record.IssuedOn != "2027-01-01" {
				t.Errorf("first of the new year: %s on %s", b.Record.Number, b.Record.IssuedOn)
			}
			report, err := r.CheckLog(ctx)
			if err != nil || len(report.Problems) > 0 {
				t.Error(report.Problems, err)
			}
		})
	}
}

func TestExpiryIsTheEndOfThePrintedDay(t *testing.T) {
	for _, c := range []struct{ zone, last, first string }{ // last valid second and first expired one, UTC
		{"Asia/Jakarta", "2027-11-21T16:59:59Z", "2027-11-21T17:00:00Z"},
		{"Asia/Makassar", "2027-11-21T15:59:59Z", "2027-11-21T16:00:00Z"},
		{"Asia/Jayapura", "2027-11-21T14:59:59Z", "2027-11-21T15:00:00Z"},
	} {
		ctx := context.Background()
		r := openRoom(t)
		r.zone, _ = civil.LoadZone(c.zone)
		id := r.issue(t, 1)
		cert, _ := r.Look(ctx, id)
		for at, want := range map[string]verify.Status{c.last: verify.Valid, c.first: verify.Expired} {
			now, _ := time.Parse(time.RFC3339, at)
			r.clock.set(now)
			if v, err := r.CheckCode(ctx, cert.Record.Code); err != nil || v.Status != want {
				t.Errorf("%s at %s: %s, %v", c.zone, at, v.Status, err)
			}
			if cert.Expired(now) != (want == verify.Expired) {
				t.Errorf("%s at %s: expired %v", c.zone, at, cert.Expired(now))
			}
		}
	}
}

func TestOneThatCannotBeSealedDoesNotHoldUpTheOthers(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	bad, err := r.Intend(ctx, testFacts(1))
	if err != nil {
		t.Fatal(err)
	}
	r.tamper(t, bad, func(c *Certificate) { c.Record.Form = 99 })
	good, err := r.Intend(ctx, testFacts(2))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Seal(ctx, good); err != nil {
		t.Error(err)
	}
	if err := r.Seal(ctx, bad); err == nil || errors.Is(err, faults.Unavailable) {
		t.Errorf("the unreadable one: %v", err)
	}
	r.sound(t, 1)
}

func TestKeysAreNeverReplaced(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	id := r.issue(t, 1)
	root, _ := r.Root(ctx)
	r.db.Close()
	moved := filepath.Join(r.dir, "elsewhere")
	rename(t, filepath.Join(r.dir, "keys"), moved)
	r.open(t)
	if r.CanSign() {
		t.Error("new keys were made although the journal has seals")
	}
	if got, err := r.Root(ctx); err != nil || !reflect.DeepEqual(got, root) {
		t.Errorf("without the folder the root is %v, %v", got, err)
	}
	cert, _ := r.Look(ctx, id)
	if v, err := r.CheckCode(ctx, cert.Record.Code); err != nil || v.Status != verify.Valid {
		t.Errorf("checking without keys: %s, %v", v.Status, err)
	}
	if _, err := r.Intend(ctx, testFacts(2)); !errors.Is(err, faults.Invalid) {
		t.Errorf("intending without keys: %v", err)
	}
	r.db.Close()
	rename(t, moved, filepath.Join(r.dir, "keys"))
	r.open(t)
	r.issue(t, 2)
	r.sound(t, 2)
}

func TestRotatedKeyKeepsOldSignatures(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	old := r.issue(t, 1)
	if _, err := r.AddKey(ctx, admin, "Dua tahun"); !errors.Is(err, faults.NotFound) {
		t.Errorf("somebody who is not the machine's owner: %v", err)
	}
	if _, err := r.AddKey(ctx, access.System("new-key"), " "); !errors.Is(err, faults.Invalid) {
		t.Errorf("without a reason: %v", err)
	}
	kid, err := r.AddKey(ctx, access.System("new-key"), "Kunci lama berumur dua tahun")
	if err != nil {
		t.Fatal(err)
	}
	r.db.Close()
	r.open(t)
	if r.keys.kid != kid || !slices.Equal(r.trail(t), []string{"register_keys", "add_key"}) {
		t.Errorf("it signs with %s instead of %s; the trail has %v", r.keys.kid, kid, r.trail(t))
	}
	fresh := r.issue(t, 2)
	r.sound(t, 2)
	a, _ := r.Look(ctx, old)
	b, _ := r.Look(ctx, fresh)
	if a.KeyID == b.KeyID {
		t.Error("the new key did not sign")
	}
	for _, c := range []Certificate{a, b} {
		if v, err := r.CheckCode(ctx, c.Record.Code); err != nil || v.Status != verify.Valid || v.KeyID != c.KeyID {
			t.Errorf("%s: %s by %s, %v", c.Record.Number, v.Status, v.KeyID, err)
		}
	}
	root, _ := r.Root(ctx)
	raw, _ := json.Marshal(root)
	if again, err := record.ParseRoot(raw); err != nil || len(again.Keys) != 2 {
		t.Errorf("exported root: %v, %v", again, err)
	}
}

func BenchmarkSeal(b *testing.B) {
	ctx := context.Background()
	r := openRoom(b)
	for i := range b.N {
		if _, err := r.Intend(ctx, testFacts(i)); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	n, err := r.sealAll(ctx)
	if err != nil || n != b.N {
		b.Fatal(n, err)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "certificates/s")
}

// BenchmarkSealOne is an idle evening: every certificate has a seal of its own.
func BenchmarkSealOne(b *testing.B) {
	ctx := context.Background()
	r := openRoom(b)
	for i := range b.N {
		b.StopTimer()
		id, err := r.Intend(ctx, testFacts(i))
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if err := r.Seal(ctx, id); err != nil {
			b.Fatal(err)
		}
	}
}

// sealAll seals everything that waits, batch by batch, and says how many leaves were added.
func (s *Service) sealAll(ctx context.Context) (int, error) {
	s.sealing.Lock()
	defer s.sealing.Unlock()
	total := 0
	for {
		n, err := s.sealWaiting(ctx)
		if errors.Is(err, errNothing) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
		total += n
	}
}
