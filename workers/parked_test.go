package workers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
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

// An admin of one unit sees and repeats the work about that unit's people; the rest, and what is nobody's in particular, is the city's.
func TestParkedWorkIsSeenWhereItsSubjectStands(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	of := map[string][]string{}
	for i := range 70 {
		id := fmt.Sprintf("l%03d", i)
		d := storage.Doc[letter]{ID: id}
		d.Due = &storage.Due{Step: "open", Since: o.clock(), Parked: true, Reason: "uji"}
		if err := o.letters.Insert(ctx, &d); err != nil {
			t.Fatal(err)
		}
		of[id] = [][]string{{"bidang", "dinas", "kota"}, {"badan", "kota"}, nil}[i%3]
	}
	o.w.Units = func(_ context.Context, collection, id string) ([]string, error) {
		if of[id] == nil {
			return nil, faults.NotFound
		}
		return of[id], nil
	}
	admin := access.Actor{Person: "admin", Grants: []access.Grant{{Role: "training_admin", Unit: "dinas"}}}
	seen := 0
	var after storage.Cursor
	for more := true; more; {
		found, next, err := o.w.Parked(ctx, admin, after, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range found {
			if !slices.Contains(of[x.ID], "dinas") {
				t.Errorf("%s was shown", x.ID)
			}
		}
		seen += len(found)
		after, more = next, !next.Zero()
	}
	if seen != 24 {
		t.Errorf("%d pieces were shown, want 24", seen)
	}
	for id, want := range map[string]error{"l000": nil, "l001": faults.NotFound, "l002": faults.NotFound} {
		if err := o.w.Unpark(ctx, admin, Ref{"letters", id}, "uji"); !errors.Is(err, want) && err != want {
			t.Errorf("unpark %s: %v, want %v", id, err, want)
		}
	}
	if found, _, err := o.w.Parked(ctx, access.Actor{Person: "admin", Grants: []access.Grant{{Role: "training_admin"}}}, storage.Cursor{}, 100); err != nil || len(found) != 69 {
		t.Errorf("the city's admin saw %d: %v", len(found), err)
	}
}
