package courses_test

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/apelkota/apel/courses"
)

// Courses and versions of shape 1, where a kind was spelled otherwise, are read with the word that counts, found by it once they are written back, change in
// nothing else, and an import of the same course still sees that nothing is new.
func TestOlderKindIsLifted(t *testing.T) {
	w := newWorld(t)
	d := folder(t, "APEL-103")
	d.Kind = string(courses.SocioCultural)
	one, err := w.Import(ctx, admin, courses.ImportInput{Draft: d, Publish: true})
	must(t, err)
	w.chain()
	before, err := w.Version(ctx, admin, one.Version)
	must(t, err)

	for _, x := range []struct{ collection, id string }{{courses.CoursesCollection, "APEL-103"}, {courses.VersionsCollection, one.Version}, {"shapes", courses.CoursesCollection},
		{"shapes", courses.VersionsCollection}} { // as the program before stored them
		r, err := w.engine.Get(ctx, x.collection, x.id)
		must(t, err)
		old := bytes.ReplaceAll(bytes.ReplaceAll(r.Body, []byte("sosial_kultural"), []byte("sosio_kultural")), []byte(`"shape":2`), []byte(`"shape":1`))
		old = bytes.ReplaceAll(old, []byte(`"shape":4`), []byte(`"shape":1`)) // of versions
		if before.Digest != "" {                                              // it was of the old spelling
			old = bytes.ReplaceAll(old, []byte(before.Digest), []byte("0"+before.Digest[1:]))
		}
		if bytes.Equal(old, r.Body) {
			t.Fatalf("%s/%s holds nothing to make older: %s", x.collection, x.id, r.Body)
		}
		r.Version, r.Body = r.Version+1, old
		for i, e := range r.Entries {
			if e.Term == "kind:sosial_kultural" {
				r.Entries[i].Term = "kind:sosio_kultural"
			}
		}
		must(t, w.engine.Replace(ctx, x.collection, r))
	}
	w.open(w.engine)

	after, err := w.Version(ctx, admin, one.Version)
	must(t, err)
	after.Revision, after.Digest = before.Revision, before.Digest
	if !reflect.DeepEqual(after, before) {
		t.Errorf("the version is read as\n%+v, was\n%+v", after, before)
	}
	again, err := w.Import(ctx, admin, courses.ImportInput{Draft: d, Publish: true})
	must(t, err)
	if !again.Unchanged {
		t.Errorf("the same course was imported anew: %+v", again)
	}
	behind, err := w.db.Behind(ctx)
	must(t, err)
	for _, c := range behind {
		_, err := w.db.WriteBack(ctx, c)
		must(t, err)
	}
	list, _, err := w.Catalogue(ctx, ani, courses.CatalogueFilter{Kind: courses.SocioCultural})
	must(t, err)
	if len(list) != 1 || list[0].Card.Kind != courses.SocioCultural {
		t.Errorf("by its kind is found %+v", list)
	}
}
