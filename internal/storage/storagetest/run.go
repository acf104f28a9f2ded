// Package storagetest has the one contract suite that every storage engine passes, and an engine that fails on purpose (Faulty).
//
// What the suite asserts is what the rooms build on: a room needs no test of its own for a race on one document, a duplicate id or a page
// turned while others write.
package storagetest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/apelkota/apel/internal/storage"
)

// Options of Run.
type Options struct {
	// NoRacing leaves out the cases in which several writers race, and says why. Only for the wire peer that is known to lose acknowledged updates.
	NoRacing string
	// Slow makes the cases with many documents smaller, for a wire peer that scans.
	Slow bool
}

type suite struct {
	open func(t *testing.T) storage.Engine
	Options
}

// Run runs the suite. open gives a new, empty engine each time it is called and closes it when the test ends.
func Run(t *testing.T, open func(t *testing.T) storage.Engine, o Options) {
	s := &suite{open, o}
	for _, c := range []struct {
		name   string
		racing bool
		run    func(s *suite, t *testing.T)
	}{
		{"Documents", false, (*suite).documents},
		{"Limits", false, (*suite).limits},
		{"BigDocuments", false, (*suite).bigDocuments},
		{"CancelledContext", false, (*suite).cancelled},
		{"UndeclaredIsRefused", false, (*suite).undeclared},
		{"EntriesMove", false, (*suite).entriesMove},
		{"OrderIsBytewise", false, (*suite).bytewise},
		{"Pages", false, (*suite).pages},
		{"PagesWhileOthersWrite", true, (*suite).pagesWhileOthersWrite},
		{"Gather", false, (*suite).gather},
		{"Stream", false, (*suite).stream},
		{"RacingUpdates", true, (*suite).racingUpdates},
		{"RacingInserts", true, (*suite).racingInserts},
		{"RacingUpserts", true, (*suite).racingUpserts},
		{"Claims", false, (*suite).claims},
		{"RacingClaims", true, (*suite).racingClaims},
		{"AmbiguousReplies", false, (*suite).ambiguous},
		{"Crash", false, (*suite).crash},
		{"ShapesAreLifted", false, (*suite).shapes},
		{"NewIndexIsWrittenBack", false, (*suite).writeBack},
		{"NewerShapeIsReadOnly", false, (*suite).newerShape},
		{"Due", false, (*suite).due},
		{"Trail", false, (*suite).trail},
		{"Derived", false, (*suite).derived},
		{"RacingRaises", true, (*suite).racingRaises},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.racing && s.NoRacing != "" {
				t.Skip("not run here: " + s.NoRacing)
			}
			c.run(s, t)
		})
	}
}

// note is the document of the suite. Its indexes: tags (a term each) in the order of Order, and word, in the order of N.
type note struct {
	Text  string   `json:"text"`
	N     int64    `json:"n"`
	Tags  []string `json:"tags"`
	Order string   `json:"order"`
}

func noteDef(name string) storage.Def[note] {
	return storage.Def[note]{Name: name, Shape: 1, Indexes: []storage.Index[note]{
		{Name: "tags", Of: func(d *storage.Doc[note]) ([]string, string) { return d.Value.Tags, d.Value.Order }},
		{Name: "number", Of: func(d *storage.Doc[note]) ([]string, string) {
			if d.Value.N == 0 {
				return nil, ""
			}
			return []string{"all"}, storage.OrderInt(d.Value.N)
		}},
	}}
}

func (s *suite) notes(t *testing.T) (*storage.Collection[note], *storage.DB) {
	t.Helper()
	return notesOn(t, s.open(t))
}

func notesOn(t *testing.T, e storage.Engine) (*storage.Collection[note], *storage.DB) {
	t.Helper()
	db, err := storage.New(context.Background(), e)
	must(t, err)
	c, err := storage.Open(context.Background(), db, noteDef("notes"))
	must(t, err)
	return c, db
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, c *storage.Collection[note], id string, n note) storage.Doc[note] {
	t.Helper()
	d := storage.Doc[note]{ID: id, Value: n}
	must(t, c.Insert(context.Background(), &d))
	return d
}

// ids turns all pages of a query and returns what they held, in order.
func ids[T any](t *testing.T, c *storage.Collection[T], q storage.Query) []string {
	t.Helper()
	var all []string
	must(t, pagesOf(c, q, func(d storage.Doc[T]) { all = append(all, d.ID) }))
	return all
}

// pagesOf turns the pages itself, unlike Each, to hold Find to its promises about More and Next.
func pagesOf[T any](c *storage.Collection[T], q storage.Query, fn func(d storage.Doc[T])) error {
	for turn := 0; ; turn++ {
		p, err := c.Find(context.Background(), q)
		if err != nil {
			return err
		}
		for _, d := range p.Docs {
			fn(d)
		}
		if !p.More {
			return nil
		}
		if len(p.Docs) == 0 || q.Limit > 0 && len(p.Docs) != q.Limit || turn > 1000 {
			return fmt.Errorf("page %d of %+v has %d documents and says that more follow", turn, q, len(p.Docs))
		}
		q.After = p.Next
	}
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if g, w := fmt.Sprintf("%q", got), fmt.Sprintf("%q", want); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, clip(g), clip(w))
	}
}

func clip(s string) string {
	if len(s) > 600 {
		return s[:600] + "..."
	}
	return s
}

func repeat(s string, bytes int) string { return strings.Repeat(s, bytes/len(s)+1)[:bytes] }
