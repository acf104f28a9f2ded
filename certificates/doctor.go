package certificates

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/blobs"
)

// Report is what CheckLog found.
type Report struct {
	Seals        int64 // entries of the journal
	Leaves       int64 // size of the log
	Certificates int64 // issued, ever
	Checkpoint   string
	Behind       int64    // entries of the journal that tiles and certificates do not show yet: right while sealing is under way, else doctor --mend mends it
	Problems     []string // what does not fit, in English, without personal data; empty when all is well
}

const maxProblems = 100

func (r *Report) problem(format string, args ...any) {
	if len(r.Problems) < maxProblems {
		r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
	}
}

// CheckLog derives everything anew from the seal journal and compares: the chain of the journal, every signature, numbers without gap or
// double, leaves, every checkpoint, and whether certificates, tiles and series values show what the journal says. For `apel doctor`; it reads
// everything and changes nothing. What does not fit stands in the report; an error means that it could not be checked.
func (s *Service) CheckLog(ctx context.Context) (Report, error) {
	var r Report
	if _, err := s.journal.Check(ctx, 1); err != nil {
		r.problem("%v", err)
		return r, nil
	}
	state, err := s.state(ctx)
	if err != nil {
		return r, err
	}
	c := logCheck{report: &r, s: s, ids: map[ID]bool{}, numbers: map[string]ID{}, hashes: map[int64]tlog.Hash{}}
	c.state.Series = map[string]int64{}
	for {
		entries, err := s.journal.Range(ctx, c.state.Seal+1, 4)
		if err != nil {
			return r, err
		}
		if len(entries) == 0 {
			break
		}
		for _, e := range entries {
			if err := c.seal(ctx, e.N, e.Payload, e.N <= state.Seal); err != nil {
				return r, err
			}
		}
	}
	r.Seals, r.Leaves, r.Checkpoint, r.Certificates = c.state.Seal, c.state.Size, c.state.Checkpoint, int64(len(c.ids))
	if state.Seal < c.state.Seal {
		r.Behind = c.state.Seal - state.Seal
	} else if state.Size != c.state.Size || state.Root != c.state.Root || state.Checkpoint != c.state.Checkpoint || !maps.Equal(state.Series, c.state.Series) {
		r.problem("the stored state of the log is not what the journal gives: doctor --mend")
	}
	if err := c.tiles(ctx, state); err != nil {
		return r, err
	}
	err = s.docs.All(ctx, func(d storage.Doc[Certificate]) error {
		if d.Value.State != Intended && !c.ids[ID(d.ID)] {
			r.problem("certificate %s says it is %s, but no seal issued it", d.ID, d.Value.State)
		}
		return nil
	})
	return r, err
}

// Latest is the newest instant at which anything was sealed; zero before the first seal. For `apel doctor`: a clock that stands before it is behind the data.
func (s *Service) Latest(ctx context.Context) (latest time.Time, err error) {
	for n := int64(1); ; {
		entries, err := s.journal.Range(ctx, n, 4)
		if err != nil || len(entries) == 0 {
			return latest, err
		}
		for _, e := range entries {
			if e.Payload.At.After(latest) {
				latest = e.Payload.At
			}
			n = e.N + 1
		}
	}
}

// CheckFiles looks whether the file of every certificate that was drawn is stored and unchanged, and says how many there are. For `apel doctor`.
func (s *Service) CheckFiles(ctx context.Context) (files int, problems []string, err error) {
	err = s.docs.All(ctx, func(d storage.Doc[Certificate]) error {
		if d.Value.File == nil {
			return nil
		}
		files++
		_, err := s.blobs.Check(ctx, d.Value.File.Hash)
		switch {
		case errors.Is(err, faults.NotFound):
			err = errors.New("it is missing")
		case err == nil || !errors.Is(err, blobs.ErrDamaged):
			return err
		}
		if len(problems) < maxProblems {
			problems = append(problems, fmt.Sprintf("file of certificate %s: %v", d.ID, err))
		}
		return nil
	})
	return files, problems, err
}

// Continues checks that the log is a continuation of an older signed checkpoint of it: everything logged then stands unchanged at its place. A
// log that is shorter, or other than it was, is a Conflict; so is a checkpoint that this installation's log key did not sign.
func (s *Service) Continues(ctx context.Context, older string) error {
	root, err := s.Root(ctx)
	if err != nil {
		return err
	}
	was, err := root.OpenCheckpoint(older)
	if err != nil {
		return faults.Wrap(err, faults.Conflict, "Titik periksa lama bukan dari log instalasi ini.", "The older checkpoint is not of this installation's log.")
	}
	state, err := s.state(ctx)
	if err != nil {
		return err
	}
	is, err := state.tree()
	if err != nil {
		return err
	}
	if is.N < was.N {
		return faults.Newf(faults.Conflict, "Log mundur: dulu %d daun, sekarang %d.", "The log went back: it had %d leaves, now %d.", was.N, is.N)
	}
	if was.N == 0 {
		return nil
	}
	proof, err := tlog.ProveTree(is.N, was.N, s.reader(ctx, is))
	if err == nil {
		err = tlog.CheckTree(proof, is.N, is.Hash, was.N, was.Hash)
	}
	if err != nil {
		return faults.Wrap(err, faults.Conflict, "Log tidak memuat isi lamanya tanpa perubahan.", "The log does not hold what it held, unchanged.")
	}
	return nil
}

// logCheck walks the journal with its own state; nothing of it comes from the projections.
type logCheck struct {
	s       *Service
	report  *Report
	state   logState
	ids     map[ID]bool
	numbers map[string]ID
	hashes  map[int64]tlog.Hash // every hash of the log so far
}

func (c *logCheck) seal(ctx context.Context, n int64, e seal, projected bool) error {
	r := c.report
	if e.From != c.state.Size {
		r.problem("seal %d begins at %d, the log has %d leaves", n, e.From, c.state.Size)
	}
	if len(e.Entries) == 0 || len(e.Entries) > maxSeal {
		r.problem("seal %d has %d entries", n, len(e.Entries))
	}
	root, err := c.state.withKeys(e)
	if err != nil {
		r.problem("seal %d: %v", n, err)
		root = c.state.Public
	}
	want := maps.Clone(c.state.Series)
	var leaves [][]byte
	for i, x := range e.Entries {
		leaf, err := x.leaf()
		if err != nil {
			r.problem("seal %d entry %d: %v", n, i, err)
		}
		leaves = append(leaves, leaf.Bytes())
		if x.Kind == record.LeafIssue {
			c.issue(n, i, e, x, root, want)
		} else if !c.ids[x.Cert] {
			r.problem("seal %d entry %d: %s of a certificate that was never issued", n, i, x.Kind)
		}
		if projected {
			if err := c.shown(ctx, n, e.From+int64(i), e.KeyID, x); err != nil {
				return err
			}
		}
	}
	if !maps.Equal(want, e.Series) {
		r.problem("seal %d: series values are %v, its certificates give %v", n, e.Series, want)
	}
	tree, err := c.state.tree()
	if err != nil {
		return err
	}
	g, err := grow(tree, known(c.hashes), leaves)
	if err != nil {
		return err
	}
	maps.Copy(c.hashes, g.hashes)
	if err := matches(root, e.Checkpoint, g.tree); err != nil {
		r.problem("seal %d: %v", n, err)
	}
	c.state = logState{Seal: n, Size: g.tree.N, Root: g.tree.Hash.String(), Checkpoint: e.Checkpoint, Series: e.Series, Public: root}
	return nil
}

func (c *logCheck) issue(n int64, i int, e seal, x sealEntry, root record.Root, series_ map[string]int64) {
	r := c.report
	rec, err := record.Parse([]byte(x.Record))
	if err != nil {
		r.problem("seal %d entry %d: %v", n, i, err)
		return
	}
	series_[series(rec.IssuedOn)]++
	if key, ok := root.Find(e.KeyID); !ok || !record.Verify(key, []byte(x.Record), x.Signature) {
		r.problem("seal %d entry %d: the record's signature does not fit", n, i)
	}
	if hexCommitment([]byte(x.Record)) != x.Commitment {
		r.problem("seal %d entry %d: the leaf commits to another record", n, i)
	}
	if c.ids[x.Cert] {
		r.problem("seal %d entry %d: certificate %s is issued twice", n, i, x.Cert)
	}
	c.ids[x.Cert] = true
	number := normalNumber(rec.Number)
	if other, twice := c.numbers[number]; twice {
		r.problem("seal %d entry %d: number %s stands on %s and %s", n, i, rec.Number, other, x.Cert)
	}
	c.numbers[number] = x.Cert
	if zone, err := civil.LoadZone(rec.Zone); err != nil || zone.Day(e.At) != rec.IssuedOn {
		r.problem("seal %d entry %d: day of issue %s is not the day of the seal", n, i, rec.IssuedOn)
	}
}

// shown compares a certificate with one entry of the journal.
func (c *logCheck) shown(ctx context.Context, n, leaf int64, kid string, x sealEntry) error {
	d, err := c.s.docs.Get(ctx, string(x.Cert))
	if errors.Is(err, faults.NotFound) {
		c.report.problem("certificate %s of seal %d is missing: doctor --mend", x.Cert, n)
		return nil
	}
	if err != nil {
		return err
	}
	probe := d.Value
	probe.Events = append([]Event(nil), d.Value.Events...)
	if changed, err := applyEntry(&probe, n, leaf, kid, x, true); err != nil || changed || d.Value.State != d.Value.standing() {
		c.report.problem("certificate %s does not show its %s of seal %d: doctor --mend", x.Cert, x.Kind, n)
	}
	return nil
}

// tiles compares every hash in the stored tiles with the one the journal gives.
func (c *logCheck) tiles(ctx context.Context, state logState) error {
	stored := 0
	err := c.s.tiles.All(ctx, func(d storage.Doc[tile]) error {
		stored++
		return nil
	})
	if err != nil || state.Size != c.state.Size {
		return err
	}
	var width int64 = 1
	for level := 0; c.state.Size/width > 0; level++ {
		for t := int64(0); t*tileWidth < c.state.Size/width; t++ {
			stored--
			data, err := (tiles{ctx, c.s.tiles}).read(level, t)
			if err != nil && !errors.Is(err, faults.NotFound) && !errors.As(err, new(base64.CorruptInputError)) {
				return err
			}
			for i := int64(0); i < tileWidth && t*tileWidth+i < c.state.Size/width; i++ {
				want := c.hashes[tlog.StoredHashIndex(level*tileHeight, t*tileWidth+i)]
				if at := i * tlog.HashSize; int64(len(data)) < at+tlog.HashSize || tlog.Hash(data[at:at+tlog.HashSize]) != want {
					c.report.problem("tile %s is not what the journal gives: doctor --mend", tileID(level, t))
					break
				}
			}
		}
		width *= tileWidth
	}
	if stored != 0 {
		c.report.problem("there are %d tiles too many or too few: doctor --mend", stored)
	}
	return nil
}

// Rebuild makes every projection of the seal journal anew: tiles, checkpoints, series values, and what certificates say of their seal. What
// belongs to the certificates alone (waiting events, the chain's marks) is kept where it stands; a certificate that is gone comes back with
// its steps due again, which are safe to repeat. To be run by the process that owns the data; safe to run again after a crash.
func (s *Service) Rebuild(ctx context.Context) error {
	s.sealing.Lock()
	defer s.sealing.Unlock()
	s.front = front{}
	if _, err := s.journal.Check(ctx, 1); err != nil {
		return err
	}
	if err := deleteAll(ctx, s.states); err != nil {
		return err
	}
	if err := deleteAll(ctx, s.tiles); err != nil {
		return err
	}
	if err := deleteAll(ctx, s.points); err != nil {
		return err
	}
	_, err := s.follow(ctx, true)
	return err
}

func deleteAll[T any](ctx context.Context, c *storage.Collection[T]) error {
	type key struct {
		id      string
		version int64
	}
	var keys []key
	if err := c.All(ctx, func(d storage.Doc[T]) error {
		keys = append(keys, key{d.ID, d.Version})
		return nil
	}); err != nil {
		return err
	}
	for _, k := range keys {
		if err := c.Delete(ctx, k.id, k.version); err != nil && !errors.Is(err, faults.NotFound) {
			return err
		}
	}
	return nil
}
