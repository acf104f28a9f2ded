package certificates

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/sync/errgroup"

	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/journal"
)

// Sealing: one entry of the seal journal fixes numbers, signatures, log leaves and the checkpoint of up to 500 certificates together.
//
//  1. Bring the projections up to the journal's head: now every certificate of an earlier seal is seen as issued, by whomever it was sealed.
//  2. Take what waits (intended certificates, unlogged events and files), draw numbers behind the head's series values, sign, compute leaves
//     and checkpoint. Nothing of this is visible to anybody.
//  3. Insert the entry if there is none with its number. This one insert decides between two sealers; the loser begins again at 1.
//  4. Bring the projections up to the new head. A crash before or within this step is repaired by step 1 of whoever runs next.
//
// There is no other way to draw a number, so a series has no gap and no double.

const (
	maxSeal     = 500
	maxSealSize = 900 << 10 // bytes of entries in one seal; below storage.MaxDocument
)

// seal is one entry of the seal journal.
type seal struct {
	At         time.Time        `json:"at"`
	KeyID      string           `json:"kid"`
	Key        record.Key       `json:"key"`              // the public keys themselves, so that everything can be checked when the key folder is lost
	Log        string           `json:"log"`              // verifier key of the log
	Anchor     string           `json:"anchor,omitempty"` // what the PDF signer's certificate leads to; absent in seals from before PDFs were signed inside
	From       int64            `json:"from"`             // size of the log before
	Series     map[string]int64 `json:"series"`
	Entries    []sealEntry      `json:"entries"`
	Checkpoint string           `json:"checkpoint"` // signed note over the log with these entries
}

// sealEntry is one leaf and what belongs to it. For an issue it has everything the certificate consists of, so that it can be rebuilt.
type sealEntry struct {
	Kind       string    `json:"kind"`
	Cert       ID        `json:"cert"`
	At         time.Time `json:"at"`
	Commitment string    `json:"commitment"`
	Record     string    `json:"record,omitempty"` // issue: the canonical bytes
	Signature  string    `json:"signature,omitempty"`
	Held       *Held     `json:"held,omitempty"`
	Event      *Event    `json:"event,omitempty"` // revoke, suspend, reinstate
	File       *File     `json:"file,omitempty"`  // rendered
}

func (e sealEntry) leaf() (record.Leaf, error) {
	l := record.Leaf{Kind: e.Kind, At: e.At}
	if err := readHash(e.Commitment, &l.Commitment); err != nil {
		return l, err
	}
	if e.File != nil {
		if err := readHash(e.File.Hash, &l.File); err != nil {
			return l, err
		}
	}
	return l, nil
}

// errNothing ends an attempt to seal when nothing waits.
var errNothing = errors.New("nothing waits to be sealed")

// Seal makes sure that a certificate is sealed and its events and file are in the log, together with up to 500 others that wait. The chain
// calls it for the steps "seal" and "log" (no actor). Safe to call twice, at once, and in several processes. Errors: NotFound, Unavailable
// (the engine is away), Invalid (the signing key is gone).
func (s *Service) Seal(ctx context.Context, id ID) error {
	s.sealing.Lock() // saves wasted work within the process; callers behind us find theirs done
	defer s.sealing.Unlock()
	for idle := 0; ; {
		d, err := s.docs.Get(ctx, string(id))
		if err != nil {
			return err
		}
		if step := d.Value.next(s.now()); step != StepSeal && step != StepLog {
			return s.settleDue(ctx, id)
		}
		_, err = s.sealWaiting(ctx)
		if errors.Is(err, errNothing) && idle == 0 { // somebody else's seal has it: look again
			idle++
			continue
		}
		if why := s.refused[id]; why != nil {
			return fmt.Errorf("seal %s: %w", id, why)
		}
		if err != nil {
			return fmt.Errorf("seal %s: %w", id, err)
		}
	}
}

func (s *Service) sealWaiting(ctx context.Context) (int, error) {
	if !s.CanSign() {
		return 0, faults.New(faults.Invalid, "Kunci penerbit tidak ada di komputer ini. Pulihkan folder keys/.", "The signing key is not on this machine. Restore the folder keys/.")
	}
	// Steps 1 to 3; Append calls again with the new head when another sealer was faster.
	var from front
	var g growth
	entry, err := s.journal.Append(ctx, func(head journal.Head) (seal, error) {
		if from = s.front; from.Seal != head.N || head.N == 0 {
			state, err := s.catchUp(ctx)
			if err != nil {
				return seal{}, err
			}
			if from = (front{logState: state}); state.Seal != head.N {
				return seal{}, fmt.Errorf("%w: the journal grew while its projections were brought up", errBehind)
			}
		}
		out, grown, err := s.prepare(ctx, from)
		g = grown
		return out, err
	})
	if errors.Is(err, errBehind) {
		return 0, nil // look again from the start
	}
	if err != nil {
		return 0, err
	}
	s.testOnlyAfterInsert()
	// Step 4. Append succeeded, so the entry stands right behind the state it was prepared on.
	s.front = front{}
	state, err := s.apply(ctx, from.logState, entry, g, false)
	if err != nil {
		return 0, err
	}
	s.front = front{logState: state, edge: g.edge}
	return len(entry.Payload.Entries), nil
}

// front is what the last seal of this process left: with nobody else sealing, the next one needs to read nothing of the log. It is used only
// while the journal's head is still the one it belongs to. Guarded by sealing.
type front struct {
	logState
	edge map[int64]tlog.Hash // the right edge of the tree; nil when it must be read
}

var errBehind = errors.New("behind the journal")

// prepare builds the next seal behind a state that is at the journal's head (step 2).
func (s *Service) prepare(ctx context.Context, state front) (out seal, g growth, err error) {
	settings, err := s.settings(ctx)
	if err != nil {
		return out, g, err
	}
	pattern, err := settings.pattern()
	if err != nil {
		return out, g, err
	}
	waiting, err := s.docs.Find(ctx, storage.Query{Index: indexWaiting, Term: termAll, Limit: maxSeal})
	if err != nil {
		return out, g, err
	}
	now := s.now().UTC().Truncate(time.Second)
	s.refused = map[ID]error{}
	key := s.keys.root.Keys[len(s.keys.root.Keys)-1]
	out = seal{At: now, KeyID: key.ID, Key: key, Log: s.keys.root.Log, Anchor: s.keys.anchor(), From: state.Size, Series: maps.Clone(state.Series)}
	if out.Series == nil {
		out.Series = map[string]int64{}
	}
	day := s.zone().Day(now)
	var leaves [][]byte
	size := 0
	for _, d := range waiting.Docs {
		entries, err := s.entriesFor(d, now, day, pattern, settings.IssuerShort, out.Series)
		if err != nil { // one that cannot be sealed must not hold up the others: its own Seal returns this and the chain parks it
			s.refused[ID(d.ID)] = err
			continue
		}
		bytes := 0
		for _, e := range entries {
			raw, err := json.Marshal(e)
			if err != nil {
				return out, g, err
			}
			bytes += len(raw) + 1
		}
		if len(out.Entries)+len(entries) > maxSeal || size+bytes > maxSealSize {
			break
		}
		size += bytes
		for _, e := range entries {
			if e.Kind == record.LeafIssue {
				out.Series[series(day)]++
			}
			leaf, err := e.leaf()
			if err != nil {
				return out, g, err
			}
			leaves = append(leaves, leaf.Bytes())
			out.Entries = append(out.Entries, e)
		}
	}
	if len(out.Entries) == 0 {
		return out, g, errNothing
	}
	if g, err = s.grown(ctx, state.logState, state.edge, leaves); err != nil {
		return out, g, err
	}
	signed, err := note.Sign(&note.Note{Text: record.FormatCheckpoint(s.keys.log.Name(), g.tree.N, g.tree.Hash)}, s.keys.log)
	if err != nil {
		return out, g, fmt.Errorf("sign the checkpoint: %w", err)
	}
	out.Checkpoint = string(signed)
	return out, g, nil
}

// entriesFor says what a waiting certificate puts into a seal: its issue with the next number, or its unlogged events and file.
func (s *Service) entriesFor(d storage.Doc[Certificate], now time.Time, day civil.Date, pattern Pattern, body string, values map[string]int64) ([]sealEntry, error) {
	c := d.Value
	if c.State == Intended {
		r := c.Record
		r.Number = pattern.Format(values[series(day)]+1, day, r.Course, body, c.Held.UnitCode)
		r.IssuedOn = day
		canonical, err := r.Canonical()
		if err != nil {
			return nil, err
		}
		if _, err := record.Parse(canonical); err != nil { // what is sealed must be readable for ever
			return nil, err
		}
		signature, err := record.Sign(s.keys.signer, canonical)
		if err != nil {
			return nil, err
		}
		held := c.Held
		return []sealEntry{{Kind: record.LeafIssue, Cert: ID(d.ID), At: now, Commitment: hexCommitment(canonical), Record: string(canonical),
			Signature: signature, Held: &held}}, nil
	}
	var out []sealEntry
	for _, e := range c.Events {
		if e.Leaf == 0 {
			out = append(out, sealEntry{Kind: e.Kind, Cert: ID(d.ID), At: e.At, Commitment: c.Commitment, Event: &e})
		}
	}
	if c.File != nil && c.File.Leaf == 0 {
		f := *c.File
		out = append(out, sealEntry{Kind: record.LeafRendered, Cert: ID(d.ID), At: f.At, Commitment: c.Commitment, File: &f})
	}
	return out, nil
}

// catchUp applies every seal that the projections do not show yet, in order, and returns the state afterwards.
func (s *Service) catchUp(ctx context.Context) (logState, error) { return s.follow(ctx, false) }

// follow is catchUp; with again it also puts right what the projections already show but show wrongly.
func (s *Service) follow(ctx context.Context, again bool) (logState, error) {
	for {
		state, err := s.state(ctx)
		if err != nil {
			return state, err
		}
		entries, err := s.journal.Range(ctx, state.Seal+1, 4) // up to 1 MB each
		if err != nil || len(entries) == 0 {
			return state, err
		}
		for _, e := range entries {
			g, err := s.check(ctx, state, e)
			if err == nil {
				state, err = s.apply(ctx, state, e, g, again)
			}
			if err != nil {
				return state, fmt.Errorf("apply seal %d: %w", e.N, err)
			}
		}
	}
}

// check computes what a seal read from the journal does to the log and compares it with the checkpoint in it.
func (s *Service) check(ctx context.Context, state logState, e journal.Entry[seal]) (growth, error) {
	leaves := make([][]byte, len(e.Payload.Entries))
	for i, x := range e.Payload.Entries {
		leaf, err := x.leaf()
		if err != nil {
			return growth{}, err
		}
		leaves[i] = leaf.Bytes()
	}
	g, err := s.grown(ctx, state, nil, leaves)
	if err != nil {
		return g, err
	}
	root, err := state.withKeys(e.Payload)
	if err != nil {
		return g, err
	}
	return g, matches(root, e.Payload.Checkpoint, g.tree)
}

// grown is grow on a state; edge is the tree's right edge if it is known.
func (s *Service) grown(ctx context.Context, state logState, edge map[int64]tlog.Hash, leaves [][]byte) (growth, error) {
	tree, err := state.tree()
	if err != nil {
		return growth{}, err
	}
	if edge != nil {
		return grow(tree, known(edge), leaves)
	}
	return grow(tree, s.reader(ctx, tree), leaves)
}

// apply makes the projections show one seal: tiles and checkpoint, then certificates, and last the state, so that a crash anywhere leads to the same
// again. A certificate is shown as issued only when its place in the log can be proved: whoever sees it may ask for its PDF at once.
func (s *Service) apply(ctx context.Context, state logState, e journal.Entry[seal], g growth, again bool) (logState, error) {
	if e.N != state.Seal+1 || e.Payload.From != state.Size {
		return state, fmt.Errorf("the journal continues with entry %d at size %d, the state is at %d and %d", e.N, e.Payload.From, state.Seal, state.Size)
	}
	root, err := state.withKeys(e.Payload)
	if err != nil {
		return state, err
	}
	group, within := errgroup.WithContext(ctx) // at once, so that they share a commit
	group.Go(func() error { return saveTiles(within, s.tiles, g) })
	group.Go(func() error {
		point := checkpoint{Size: g.tree.N, Signed: e.Payload.Checkpoint, Log: e.Payload.Log}
		err := s.points.Insert(within, &storage.Doc[checkpoint]{ID: storage.OrderInt(e.N), Value: point})
		if errors.Is(err, faults.Conflict) { // applied before, as far as here
			return nil
		}
		return err
	})
	if err := group.Wait(); err != nil {
		return state, err
	}
	if err := s.applyEntries(ctx, e, again); err != nil {
		return state, err
	}
	next := logState{Seal: e.N, Size: g.tree.N, Root: g.tree.Hash.String(), Checkpoint: e.Payload.Checkpoint, Series: e.Payload.Series, Public: root}
	_, err = s.states.Upsert(ctx, logStateID, func(d *storage.Doc[logState]) error {
		if d.Value.Seal >= next.Seal {
			return storage.Unchanged
		}
		d.Value = next
		return nil
	})
	return next, err
}

// applyEntries writes the certificates of a seal, several at once so that they share commits. Several entries of one certificate stand next
// to each other in a seal and are applied together.
func (s *Service) applyEntries(ctx context.Context, e journal.Entry[seal], again bool) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(32)
	entries := e.Payload.Entries
	for i := 0; i < len(entries); {
		j := i + 1
		for j < len(entries) && entries[j].Cert == entries[i].Cert {
			j++
		}
		first, run := e.Payload.From+int64(i), entries[i:j]
		group.Go(func() error { return s.applyRun(ctx, e, first, run, again) })
		i = j
	}
	return group.Wait()
}

func (s *Service) applyRun(ctx context.Context, e journal.Entry[seal], first int64, run []sealEntry, again bool) error {
	now := s.now()
	_, err := s.docs.Upsert(ctx, string(run[0].Cert), func(d *storage.Doc[Certificate]) error {
		changed := false
		for i, x := range run {
			was, err := applyEntry(&d.Value, e.N, first+int64(i), e.Payload.KeyID, x, again)
			if err != nil {
				return err
			}
			changed = changed || was
		}
		if stands := d.Value.standing(); again && stands != d.Value.State {
			d.Value.State, changed = stands, true
		}
		if !changed {
			return storage.Unchanged
		}
		setDue(d, now)
		return nil
	})
	return err
}

// applyEntry makes a certificate show one entry; it reports whether that changed anything.
func applyEntry(c *Certificate, n, leaf int64, kid string, x sealEntry, again bool) (changed bool, err error) {
	switch x.Kind {
	case record.LeafIssue:
		if c.State != Intended && c.State != "" && (!again || c.shows(n, leaf, kid, x)) {
			return false, nil
		}
		r, err := record.Parse([]byte(x.Record))
		if err != nil {
			return false, err
		}
		*c = Certificate{State: Issued, Record: r, Held: *x.Held, Commitment: x.Commitment, Signature: x.Signature, KeyID: kid, Seal: n, Leaf: leaf, IssuedAt: x.At}
		return true, nil
	case record.LeafRendered:
		if c.File != nil && (c.File.Leaf != 0 || c.File.Hash != x.File.Hash) && (!again || c.File.Leaf == leaf && c.File.Hash == x.File.Hash) {
			return false, nil
		}
		f := *x.File
		f.Leaf, f.Seal = leaf, n
		c.File = &f
		return true, nil
	}
	for i, have := range c.Events {
		if have.Kind == x.Kind && have.At.Equal(x.At) {
			event := *x.Event
			event.Leaf, event.Seal = leaf, n
			if have.Leaf != 0 && !again || have == event {
				return false, nil
			}
			c.Events[i] = event
			return true, nil
		}
	}
	// The certificate was rebuilt and does not have the event yet.
	event := *x.Event
	event.Leaf, event.Seal = leaf, n
	c.Events = append(c.Events, event)
	c.State = stateAfter(x.Kind)
	c.Withdrawn, c.Told = false, false
	return true, nil
}

// shows says whether a certificate says of its issue what the seal says.
func (c Certificate) shows(n, leaf int64, kid string, x sealEntry) bool {
	canonical, err := c.Record.Canonical()
	return err == nil && string(canonical) == x.Record && reflect.DeepEqual(c.Held, *x.Held) && c.Commitment == x.Commitment && c.Signature == x.Signature && c.KeyID == kid && c.Seal == n && c.Leaf == leaf
}

func stateAfter(kind string) State {
	switch kind {
	case record.LeafRevoke:
		return Revoked
	case record.LeafSuspend:
		return Suspended
	}
	return Issued
}

// standing is the state that follows from the events of an issued certificate.
func (c Certificate) standing() State {
	if e, ok := c.LastEvent(); ok {
		return stateAfter(e.Kind)
	}
	return Issued
}

// matches says whether a checkpoint is signed by the root's log and states a tree.
func matches(root record.Root, checkpoint string, tree tlog.Tree) error {
	stated, err := root.OpenCheckpoint(checkpoint)
	if err != nil {
		return err
	}
	if stated != tree {
		return fmt.Errorf("the checkpoint states size %d and root %s, the leaves give %d and %s", stated.N, stated.Hash, tree.N, tree.Hash)
	}
	return nil
}

// settleDue brings a certificate's due in line with what is next, for a step that found its work done already.
func (s *Service) settleDue(ctx context.Context, id ID) error {
	now := s.now()
	_, err := s.docs.Update(ctx, string(id), func(d *storage.Doc[Certificate]) error {
		step := d.Value.next(s.now())
		if d.Due == nil && step == "" || d.Due != nil && d.Due.Step == step {
			return storage.Unchanged
		}
		setDue(d, now)
		return nil
	})
	return err
}
