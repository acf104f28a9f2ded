package courses

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// ItemKey is a later version of the key of one item version: what corrects a wrong key. Its id is item.number; number 1 is the key the item was written
// with and has no document. It never changes; going back to an earlier key makes that version count again.
type ItemKey struct {
	Item    string      `json:"item"` // item version id
	Number  int         `json:"number"`
	Key     grading.Key `json:"key"`
	Regrade string      `json:"regrade"` // the regrade that brought it
	By      string      `json:"by"`
	At      time.Time   `json:"at"`
	Why     string      `json:"why"`
}

var itemKeyDef = storage.Def[ItemKey]{Name: "item_keys", Shape: 1}

// Corrections says for one course which key counts for each item version whose key was corrected, and which regrade is under way. Its id is the course. It is the
// one document that every grading reads beside the attempt, so it holds numbers only; there is none until a first correction.
//
// Only the regrade named in Running changes the keys: so a course has one regrade at a time, and the keys stand still while it goes through the attempts.
type Corrections struct {
	Keys    map[string]KeyInUse `json:"keys,omitempty"`    // by item version
	Running string              `json:"running,omitempty"` // regrade under way, also while it is stopped
	Item    string              `json:"item,omitempty"`    // its item version
}

// KeyInUse is the key of one item version.
type KeyInUse struct {
	Number int `json:"number"` // counts now
	Latest int `json:"latest"` // versions there are
}

var correctionsDef = storage.Def[Corrections]{Name: "key_corrections", Shape: 1}

// number is the key version that counts for an item.
func (c *Corrections) number(item string) int { return max(c.Keys[item].Number, 1) }

// touches says whether the regrade under way concerns an attempt.
func (c *Corrections) touches(at *Attempt) bool { return c.Running != "" && at.find(c.Item) >= 0 }

// awaits says whether the regrade under way has yet to come to an attempt it concerns.
func (c *Corrections) awaits(at *Attempt) bool {
	last, _ := at.result()
	return c.touches(at) && last.Regrade != c.Running
}

// corrected reads a course's corrections; the zero ones when nothing was ever corrected.
func (s *Service) corrected(ctx context.Context, course CourseID) (Corrections, error) {
	d, err := s.corrections.Get(ctx, course)
	if errors.Is(err, faults.NotFound) {
		return Corrections{}, nil
	}
	return d.Value, err
}

func itemKeyID(item string, number int) string { return item + "." + itoa(number) }

// courseOfItem is the course an item version belongs to: its id begins with it.
func courseOfItem(item string) CourseID {
	course, _, _ := strings.Cut(item, ".")
	return course
}

// keyed reads an item version with one version of its key, through memory.
func (s *Service) keyed(ctx context.Context, item string, number int) (*shownItem, error) {
	it, err := s.item(ctx, item)
	if err != nil || number <= 1 {
		return it, err
	}
	return s.knownKeys.get(ctx, itemKeyID(item, number), func(ctx context.Context) (*shownItem, bool, error) {
		d, err := s.itemKeys.Get(ctx, itemKeyID(item, number))
		if err != nil {
			return nil, false, fmt.Errorf("key %d of item %s: %w", number, item, err)
		}
		out := *it
		if out.Item, err = grading.Rekey(it.Item, d.Value.Key, number); err != nil {
			return nil, false, err
		}
		return &out, true, nil
	})
}

// current reads an item version with the key that counts.
func (s *Service) current(ctx context.Context, item string) (grading.Item, error) {
	c, err := s.corrected(ctx, courseOfItem(item))
	if err != nil {
		return grading.Item{}, err
	}
	it, err := s.keyed(ctx, item, c.number(item))
	if err != nil {
		return grading.Item{}, err
	}
	return it.Item, nil
}

// keyedItems reads the items of a form with the keys that count.
func (s *Service) keyedItems(ctx context.Context, form grading.Form, c *Corrections) ([]grading.Item, error) {
	items := make([]grading.Item, 0, len(form.Slots))
	for _, slot := range form.Slots {
		it, err := s.keyed(ctx, slot.Item, c.number(slot.Item))
		if err != nil {
			return nil, err
		}
		items = append(items, it.Item)
	}
	return items, nil
}

// CorrectedItem is an item version with the key that counts and what came before it.
type CorrectedItem struct {
	grading.Item           // with the key that counts
	Course       CourseID  //
	Earlier      []ItemKey // every key version but the first, oldest first
	Running      string    // the course's regrade under way, "" when there is none
	Stopped      bool      // it is stopped
}

// ItemToCorrect reads an item version for correcting its key. NotFound for whom regrading is none of their business.
func (s *Service) ItemToCorrect(ctx context.Context, a access.Actor, item string) (CorrectedItem, error) {
	course := courseOfItem(item)
	if _, err := s.cfg.Policy.May(a, "check", access.Thing{Kind: "regrade", ID: course}); err != nil {
		return CorrectedItem{}, err
	}
	c, err := s.corrected(ctx, course)
	if err != nil {
		return CorrectedItem{}, err
	}
	it, err := s.keyed(ctx, item, c.number(item))
	if err != nil {
		return CorrectedItem{}, notFound(err, "Soal ini tidak ada.", "This item does not exist.")
	}
	out := CorrectedItem{Item: it.Item, Course: course, Running: c.Running}
	key := it.AnswerKey() // a copy: what is in memory is shared
	out.Options, out.Parts, out.Rubric = key.Options, key.Parts, key.Rubric
	if c.Running != "" {
		r, err := s.regrades.Get(ctx, c.Running)
		if err != nil {
			return CorrectedItem{}, err
		}
		out.Stopped = r.Value.State == RegradeStopped
	}
	for n := 2; n <= c.Keys[item].Latest; n++ {
		k, err := s.itemKeys.Get(ctx, itemKeyID(item, n))
		if err != nil {
			return CorrectedItem{}, err
		}
		out.Earlier = append(out.Earlier, k.Value)
	}
	return out, nil
}

// ListedItem is an item version in the list of those whose key may be corrected.
type ListedItem struct {
	ID      string
	Code    string
	Version int
	Stem    string
	Key     int       // version of the key that counts
	Of      VersionID // newest version of the course that has it
	Quizzes []string  // codes of that version's quizzes that may draw it
}

// ItemsToCorrect lists the item versions of a course's published versions, the newest first, each once: those that learners may have met.
func (s *Service) ItemsToCorrect(ctx context.Context, a access.Actor, course CourseID) ([]ListedItem, error) {
	if _, err := s.cfg.Policy.May(a, "check", access.Thing{Kind: "regrade", ID: course}); err != nil {
		return nil, err
	}
	versions, err := s.versions.Gather(ctx, storage.Query{Index: "course", Term: course, Desc: true})
	if err != nil {
		return nil, err
	}
	c, err := s.corrected(ctx, course)
	if err != nil {
		return nil, err
	}
	var out []ListedItem
	seen := map[string]bool{}
	for _, v := range versions {
		if v.Value.State != Published {
			continue
		}
		for _, ref := range v.Value.Content.Banks {
			b, err := s.bank(ctx, ref.Bank)
			if err != nil {
				return nil, err
			}
			var quizzes []string
			for _, q := range v.Value.Content.Quizzes {
				if q.Bank == ref.Code {
					quizzes = append(quizzes, q.Code)
				}
			}
			for _, x := range b.Items {
				if seen[x.Item] {
					continue
				}
				seen[x.Item] = true
				it, err := s.item(ctx, x.Item)
				if err != nil {
					return nil, err
				}
				out = append(out, ListedItem{ID: x.Item, Code: x.Code, Version: x.Version, Stem: it.Stem, Key: c.number(x.Item), Of: v.ID, Quizzes: quizzes})
			}
		}
	}
	return out, nil
}

// RegradedItem gives the item of a regrade with the key before and the corrected one.
func (s *Service) RegradedItem(ctx context.Context, a access.Actor, id string) (before, after grading.Item, err error) {
	d, _, err := s.regradeFor(ctx, a, "view", id)
	if err != nil {
		return before, after, err
	}
	was, err := s.keyed(ctx, d.Value.Item, d.Value.From)
	if err != nil {
		return before, after, err
	}
	after, err = grading.Rekey(was.Item, d.Value.To, d.Value.Key)
	return was.Item, after, err
}

// Shortens says, of a regrade that takes its item out, which tests of the course's newest version draw more than their bank then has: their new forms are shorter. Empty for any
// other regrade. For whoever may see it.
func (s *Service) Shortens(ctx context.Context, a access.Actor, id string) (out []texts.Text, err error) {
	d, _, err := s.regradeFor(ctx, a, "view", id)
	if err != nil || !d.Value.To.Void {
		return nil, err
	}
	c, err := s.courses.Get(ctx, d.Value.Course)
	if err != nil || c.Value.Head == "" {
		return nil, err
	}
	v, err := s.version(ctx, c.Value.Head)
	if err != nil {
		return nil, err
	}
	for _, ref := range v.Content.Banks {
		b, err := s.bank(ctx, ref.Bank)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(b.Items, func(it BankItem) bool { return it.Item == d.Value.Item }) {
			continue
		}
		if b, err = s.drawable(ctx, d.Value.Course, b); err != nil {
			return nil, err
		}
		left := Bank{Items: slices.DeleteFunc(b.Items, func(it BankItem) bool { return it.Item == d.Value.Item })}
		for _, q := range v.Content.Quizzes {
			if q.Bank != ref.Code {
				continue
			}
			for _, x := range q.Draw.Short(left.Count()) {
				t, name := x.Text(), q.Name()
				out = append(out, texts.T(name.ID+": "+t.ID, name.In(texts.EN)+": "+t.EN))
			}
		}
	}
	return out, nil
}

// takeKey makes the corrected key count: the course's slot first, then the key version (an earlier one when the key is the same), then its number in the
// corrections, then in the regrade. From the third write on everything is graded by it.
func (s *Service) takeKey(ctx context.Context, id string, r *Regrade) error {
	now := s.now()
	c, err := s.corrected(ctx, r.Course)
	if err != nil {
		return err
	}
	if c.Running != id {
		if c.number(r.Item) != r.From {
			return s.outdated(ctx, id)
		}
		before := c.Running
		if ok, err := s.free(ctx, &c, id, r.Item); err != nil {
			return err
		} else if !ok {
			return errBusy() // tried again later
		}
		if before != "" {
			if _, err := s.regrades.Update(ctx, before, func(d *storage.Doc[Regrade]) error {
				switch d.Value.State {
				case RegradeReplaced:
					return storage.Unchanged
				case RegradeStopped:
					d.Value.State, d.Value.EndedAt, d.Due = RegradeReplaced, now, nil
					return nil
				}
				return errBusy() // it goes on again
			}); err != nil {
				return err
			}
		}
		stored, err := s.corrections.Upsert(ctx, r.Course, func(d *storage.Doc[Corrections]) error {
			v := &d.Value
			switch {
			case v.Running == id:
				return storage.Unchanged
			case v.Running != before:
				return errBusy()
			case v.number(r.Item) != r.From:
				return errOutdated()
			case len(v.Keys) >= storage.MaxList:
				return faults.New(faults.TooLarge, "Satu kursus paling banyak "+texts.Grouped(storage.MaxList, texts.ID)+" soal yang kuncinya dibetulkan.", "A course has at most "+texts.Grouped(storage.MaxList, texts.EN)+" items with a corrected key.")
			}
			v.Running, v.Item = id, r.Item
			return nil
		})
		if err != nil {
			return err
		}
		c = stored.Value
	}
	number, err := s.keyVersion(ctx, id, r, c.Keys[r.Item].Latest)
	if err != nil {
		return err
	}
	if _, err := s.corrections.Update(ctx, r.Course, func(d *storage.Doc[Corrections]) error {
		v := &d.Value
		in := KeyInUse{number, max(v.Keys[r.Item].Latest, number, 1)}
		if v.Running != id || v.Keys[r.Item] == in {
			return storage.Unchanged
		}
		v.Keys = maps.Clone(v.Keys)
		if v.Keys == nil {
			v.Keys = map[string]KeyInUse{}
		}
		v.Keys[r.Item] = in
		return nil
	}); err != nil {
		return err
	}
	_, err = s.regrades.Update(ctx, id, func(d *storage.Doc[Regrade]) error {
		if d.Value.Key != 0 {
			return storage.Unchanged
		}
		d.Value.Key = number
		return nil
	})
	return err
}

// keyVersion finds the version of a regrade's key, or stores it as the next one. Only the regrade that holds the course's slot comes here.
func (s *Service) keyVersion(ctx context.Context, id string, r *Regrade, latest int) (int, error) {
	n, known, err := s.sameKey(ctx, r, latest)
	if err != nil || known {
		return n, err
	}
	for n = max(latest, 1) + 1; ; n++ { // a version behind the latest was stored by one that died before it counted
		had, err := s.itemKeys.Get(ctx, itemKeyID(r.Item, n))
		switch {
		case errors.Is(err, faults.NotFound):
			d := storage.Doc[ItemKey]{ID: itemKeyID(r.Item, n), Value: ItemKey{Item: r.Item, Number: n, Key: r.To, Regrade: id, By: r.By, At: s.now(), Why: r.Why}}
			return n, put(ctx, s.itemKeys, d)
		case err != nil || had.Value.Key.Same(r.To):
			return n, err
		}
	}
}

// sameKey finds a regrade's key among the versions there are.
func (s *Service) sameKey(ctx context.Context, r *Regrade, latest int) (number int, known bool, err error) {
	for n := 1; n <= max(latest, 1); n++ {
		it, err := s.keyed(ctx, r.Item, n)
		if err != nil {
			return 0, false, err
		}
		if it.AnswerKey().Same(r.To) {
			return n, true, nil
		}
	}
	return 0, false, nil
}

// free says whether a regrade may take the course's slot: nobody has it, or a stopped correction of the same item, which is then replaced.
func (s *Service) free(ctx context.Context, c *Corrections, id, item string) (bool, error) {
	if c.Running == "" || c.Running == id {
		return true, nil
	}
	d, err := s.regrades.Get(ctx, c.Running)
	if err != nil {
		return false, err
	}
	return d.Value.Item == item && (d.Value.State == RegradeStopped || d.Value.State == RegradeReplaced), nil
}

func (s *Service) outdated(ctx context.Context, id string) error {
	now := s.now()
	_, err := s.regrades.Update(ctx, id, func(d *storage.Doc[Regrade]) error {
		if d.Value.State != RegradeRunning || d.Value.Key != 0 {
			return storage.Unchanged
		}
		d.Value.State, d.Value.EndedAt, d.Due = RegradeOutdated, now, nil
		return nil
	})
	return err
}
