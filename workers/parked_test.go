package workers

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/storage"
)

// More parked work than any page holds, in two collections, is seen whole, page by page, each piece once.
func TestParkedWorkIsSeenPageByPage(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	parcels, err := storage.Open(ctx, o.db, storage.Def[letter]{Name: "parcels", Shape: 1})
	if err != nil {
		t.Fatal(err)
	}
	o.w.Steps["parcels"] = o.w.Steps["letters"]
	const letters, more = 130, 121
	want := map[string]bool{}
	post := func(c *storage.Collection[letter], id string, since time.Time) {
		t.Helper()
		d := storage.Doc[letter]{ID: id}
		d.Due = &storage.Due{Step: "open", Since: since, Parked: true, Reason: "uji"}
		if err := c.Insert(ctx, &d); err != nil {
			t.Fatal(err)
		}
		want[c.Name()+"/"+id] = true
	}
	for i := range letters {
		post(o.letters, fmt.Sprintf("l%03d", i), o.clock().Add(-time.Duration(i/3)*time.Minute)) // three at a time
	}
	for i := range more {
		post(parcels, fmt.Sprintf("p%03d", i), o.clock().Add(-time.Hour))
	}
	admin := access.Actor{Person: "admin", Grants: []access.Grant{{Role: "system_admin"}}}
	seen := map[string]bool{}
	var after storage.Cursor
	var sizes []int
	for {
		found, next, err := o.w.Parked(ctx, admin, after, 50)
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(found))
		for i, x := range found {
			name := x.Collection + "/" + x.ID
			if seen[name] {
				t.Fatalf("%s is on two pages", name)
			}
			seen[name] = true
			if i > 0 && x.Collection == found[i-1].Collection && x.Due.Since.Before(found[i-1].Due.Since) {
				t.Errorf("%s was parked earlier than what stands before it", name)
			}
		}
		if next.Zero() {
			break
		}
		after = next
	}
	if len(seen) != len(want) || !slices.Equal(sizes, []int{50, 50, 50, 50, 50, 1}) {
		t.Errorf("%d of %d pieces on pages of %v", len(seen), len(want), sizes)
	}
}
