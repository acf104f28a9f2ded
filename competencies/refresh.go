package competencies

import (
	"context"
	"fmt"
	"time"

	"github.com/apelkota/apel/internal/storage"
)

// Due steps by which everybody's standing follows what all standings rest on.
const (
	AnnounceStep = "announce" // of the head of dictionary, standards and rules: another version came into force
	RefreshStep  = "refresh"  // of the one document of RefreshCollection: standings are marked, slice by slice
)

// RefreshID is the one document of RefreshCollection.
const RefreshID = "all"

// One slice every second or, as the sweeper looks with its grace, every three: about a hundred rebuilds a second, so that exams going on at the same
// time keep the machine, and a city of 10,000 in two minutes. A round begins a little late, so that an import of twenty courses is one round.
const (
	refreshSlice = 250
	refreshEvery = time.Second
	refreshAfter = 5 * time.Second
)

// refresh is the bulk work of marking every standing, with its cursor.
type refresh struct {
	Wanted int64     `json:"wanted"` // rounds asked for
	At     time.Time `json:"at"`     // of the last one
	After  string    `json:"after"`  // the last person marked in this round
	Marked int       `json:"marked"` // so far in this round
}

var refreshDef = storage.Def[refresh]{Name: RefreshCollection, Shape: 1}

// RaiseAll asks for every standing to be built anew, because the dictionary, the standards, the rules or the courses on offer changed. It writes one
// document; Refresh does the rest in slices. A round under way begins again. Safe to call twice.
func (s *Service) RaiseAll(ctx context.Context) error {
	now := s.now()
	_, err := s.refreshes.Upsert(ctx, RefreshID, func(d *storage.Doc[refresh]) error {
		if d.Due == nil || d.Due.Parked {
			d.Due = storage.NewDue(RefreshStep, now)
			d.Due.NotBefore = now.Add(refreshAfter)
		}
		d.Value = refresh{Wanted: d.Value.Wanted + 1, At: now}
		return nil
	})
	if err != nil {
		return fmt.Errorf("ask for all standings: %w", err)
	}
	return nil
}

// Refresh marks the next slice of standings and notes how far it came; the step stays due, a second later, until everybody was marked. Running it
// twice marks some twice, which only builds them again.
func (s *Service) Refresh(ctx context.Context, id string) error {
	before, err := s.refreshes.Get(ctx, id)
	if err != nil {
		return err
	}
	persons, err := s.standings.IDs(ctx, before.Value.After, refreshSlice)
	if err != nil {
		return err
	}
	for _, person := range persons {
		if err := storage.Raise(ctx, s.standings, person, s.now(), 0); err != nil {
			return fmt.Errorf("mark a standing for rebuilding: %w", err)
		}
	}
	now := s.now()
	_, err = s.refreshes.Update(ctx, id, func(d *storage.Doc[refresh]) error {
		if d.Value.Wanted != before.Value.Wanted || d.Value.After != before.Value.After { // asked for anew, or done by another process
			return storage.Unchanged
		}
		d.Value.Marked += len(persons)
		if len(persons) < refreshSlice {
			d.Value.After, d.Due = "", nil
			return nil
		}
		d.Value.After = persons[len(persons)-1]
		d.Due = storage.NewDue(RefreshStep, now)
		d.Due.NotBefore = now.Add(refreshEvery)
		return nil
	})
	return err
}

// AnnounceDictionary follows a new dictionary: every standing is to be built anew. Safe to call twice.
func (s *Service) AnnounceDictionary(ctx context.Context, _ string) error {
	return s.dictionary.Settle(ctx, s.RaiseAll)
}

// AnnounceStandards follows new standards: every standing is to be built anew. Safe to call twice.
func (s *Service) AnnounceStandards(ctx context.Context, _ string) error {
	return s.standards.Settle(ctx, s.RaiseAll)
}

// AnnounceRules follows new rules: every standing is to be built anew. Safe to call twice.
func (s *Service) AnnounceRules(ctx context.Context, _ string) error {
	return s.rules.Settle(ctx, s.RaiseAll)
}
