package storagetest

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// The same collection as three releases of a program know it.
type (
	person1 struct {
		Name string `json:"name"`
	}
	person2 struct {
		First string `json:"first"`
		Last  string `json:"last"`
	}
	person3 struct {
		First string `json:"first"`
		Last  string `json:"last"`
		Since int    `json:"since"`
	}
)

func toPerson2(raw json.RawMessage) (json.RawMessage, error) {
	var p person1
	if err := json.Unmarshal(raw, &p); err != nil {
		return nil, err
	}
	var q person2
	_, err := fmt.Sscan(p.Name, &q.First, &q.Last)
	if err != nil {
		return nil, err
	}
	return json.Marshal(q)
}

func toPerson3(raw json.RawMessage) (json.RawMessage, error) {
	var p person3
	if err := json.Unmarshal(raw, &p); err != nil {
		return nil, err
	}
	p.Since = 2020
	return json.Marshal(p)
}

var (
	people1 = storage.Def[person1]{Name: "people", Shape: 1}
	people2 = storage.Def[person2]{Name: "people", Shape: 2, Lifts: map[int]func(json.RawMessage) (json.RawMessage, error){1: toPerson2}, Indexes: []storage.Index[person2]{
		{Name: "last", Of: func(d *storage.Doc[person2]) ([]string, string) { return []string{"all"}, d.Value.Last }},
	}}
	people3 = storage.Def[person3]{Name: "people", Shape: 3, Lifts: map[int]func(json.RawMessage) (json.RawMessage, error){1: toPerson2, 2: toPerson3}, Indexes: []storage.Index[person3]{
		{Name: "last", Of: func(d *storage.Doc[person3]) ([]string, string) { return []string{"all"}, d.Value.Last }},
		{Name: "first", Of: func(d *storage.Doc[person3]) ([]string, string) { return []string{d.Value.First}, "" }},
	}}
)

// release opens the collection as one release of a program does at its start.
func release[T any](t *testing.T, e storage.Engine, def storage.Def[T]) (*storage.Collection[T], *storage.DB) {
	t.Helper()
	db, err := storage.New(context.Background(), e)
	must(t, err)
	c, err := storage.Open(context.Background(), db, def)
	must(t, err)
	return c, db
}

func (s *suite) shapes(t *testing.T) {
	ctx := context.Background()
	e := s.open(t)
	c1, _ := release(t, e, people1)
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	must(t, c1.Insert(ctx, &storage.Doc[person1]{ID: "1", Due: storage.NewDue("greet", now), Value: person1{"Ani Contoh"}}))
	must(t, c1.Insert(ctx, &storage.Doc[person1]{ID: "2", Value: person1{"Budi Contoh"}}))
	c2, _ := release(t, e, people2)
	must(t, c2.Insert(ctx, &storage.Doc[person2]{ID: "3", Value: person2{"Citra", "Contoh"}}))

	c3, db := release(t, e, people3)
	for id, want := range map[string]person3{"1": {"Ani", "Contoh", 2020}, "2": {"Budi", "Contoh", 2020}, "3": {"Citra", "Contoh", 2020}} {
		d, err := c3.Get(ctx, id)
		must(t, err)
		if d.Value != want {
			t.Errorf("%s is read as %+v", id, d.Value)
		}
	}
	if d, _ := c3.Get(ctx, "1"); d.Due == nil || d.Due.Step != "greet" {
		t.Errorf("the lift lost what is due: %+v", d.Due)
	}
	// A change writes the newest shape: the lift is not applied to it again.
	_, err := c3.Update(ctx, "1", func(d *storage.Doc[person3]) error { d.Value.Since = 1999; return nil })
	must(t, err)
	if d, err := c3.Get(ctx, "1"); err != nil || d.Value.Since != 1999 {
		t.Errorf("after a change: %+v, %v", d.Value, err)
	}
	if db.ReadOnly() != "" {
		t.Errorf("it may not be written: %s", db.ReadOnly())
	}
	if _, err := storage.Open(ctx, db, storage.Def[person3]{Name: "gap", Shape: 3, Lifts: map[int]func(json.RawMessage) (json.RawMessage, error){2: toPerson3}}); err == nil {
		t.Error("a definition with a lift missing was accepted")
	}
	if _, err := storage.Open(ctx, db, people3); err == nil {
		t.Error("a collection was opened twice")
	}
}

func (s *suite) writeBack(t *testing.T) {
	ctx := context.Background()
	e := s.open(t)
	c1, _ := release(t, e, people1)
	for i, name := range []string{"Ani Zakaria", "Budi Yusuf", "Citra Amin"} {
		must(t, c1.Insert(ctx, &storage.Doc[person1]{ID: fmt.Sprint(i), Value: person1{name}}))
	}
	isBehind := func(db *storage.DB, want ...string) {
		t.Helper()
		behind, err := db.Behind(ctx)
		must(t, err)
		same(t, "behind", behind, want)
	}
	plain2 := people2
	plain2.Indexes = nil
	_, db := release(t, e, plain2)
	isBehind(db, "people") // for its shape
	_, err := db.WriteBack(ctx, "people")
	must(t, err)
	isBehind(db)
	_, db = release(t, e, people2)
	isBehind(db, "people") // for its index
	_, db = release(t, e, plain2)
	isBehind(db, "people") // a release without the index does not make it less so

	c2, db2 := release(t, e, people2)
	byLast := storage.Query{Index: "last", Term: "all"}
	same(t, "before the documents are written back", ids(t, c2, byLast), nil)
	for range 2 {
		isBehind(db2, "people")
		_, db2 = release(t, e, people2) // a restart does not forget it
	}
	n, err := db2.WriteBack(ctx, "people")
	must(t, err)
	if n != 3 {
		t.Errorf("%d documents were written back", n)
	}
	same(t, "after it", ids(t, c2, byLast), []string{"2", "1", "0"})
	isBehind(db2)
	if n, err := db2.WriteBack(ctx, "people"); err != nil || n != 0 {
		t.Errorf("a second run touched %d, %v", n, err)
	}
	rs, err := e.Slice(ctx, "people", "", 1)
	must(t, err)
	if len(rs) != 1 || string(rs[0].Body[:11]) != `{"shape":2,` {
		t.Errorf("stored as %.40s", rs[0].Body)
	}
	_, db3 := release(t, e, people3)
	isBehind(db3, "people")
}

func (s *suite) newerShape(t *testing.T) {
	ctx := context.Background()
	e := s.open(t)
	c2, running := release(t, e, people2)
	must(t, c2.Insert(ctx, &storage.Doc[person2]{ID: "1", Value: person2{"Ani", "Contoh"}}))

	c3, _ := release(t, e, people3) // the newer program has been here
	must(t, c3.Insert(ctx, &storage.Doc[person3]{ID: "2", Value: person3{"Budi", "Contoh", 2024}}))

	old, db := release(t, e, people2)
	if db.ReadOnly() == "" {
		t.Fatal("an older program may write newer data")
	}
	if d, err := old.Get(ctx, "2"); err != nil || d.Value.First != "Budi" {
		t.Errorf("reading: %+v, %v", d, err)
	}
	kind(t, "insert", old.Insert(ctx, &storage.Doc[person2]{ID: "3"}), faults.ReadOnly)
	_, err := old.Update(ctx, "1", func(d *storage.Doc[person2]) error { return nil })
	kind(t, "update", err, faults.ReadOnly)
	kind(t, "delete", old.Delete(ctx, "1", 1), faults.ReadOnly)
	if _, err := storage.Open(ctx, db, noteDef("another")); err != nil {
		t.Errorf("opening another collection: %v", err)
	}

	// An older program that was running already notices at the first newer document, before it would write it back with a loss.
	_, err = c2.Update(ctx, "2", func(d *storage.Doc[person2]) error { d.Value.Last = "Lama"; return nil })
	kind(t, "update of a newer document", err, faults.ReadOnly)
	if running.ReadOnly() == "" {
		t.Error("the running program did not notice")
	}
	if d, err := c3.Get(ctx, "2"); err != nil || d.Value != (person3{"Budi", "Contoh", 2024}) {
		t.Errorf("the newer document is %+v, %v", d.Value, err)
	}
}

func (s *suite) due(t *testing.T) {
	ctx := context.Background()
	c, db := s.notes(t)
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	at := func(id string, sec int) {
		t.Helper()
		d := storage.Doc[note]{ID: id, Due: storage.NewDue("grade", now.Add(time.Duration(sec)*time.Second))}
		must(t, c.Insert(ctx, &d))
	}
	at("late", 3)
	at("early", 1)
	at("future", 60)
	put(t, c, "nothing", note{})
	list := func(ws []storage.Waiting, err error) (ids []string) {
		t.Helper()
		must(t, err)
		for _, w := range ws {
			if w.Collection != "notes" || w.Due == nil || w.Due.Step != "grade" || w.Version == 0 {
				t.Errorf("waiting: %+v", w)
			}
			ids = append(ids, w.ID)
		}
		return ids
	}
	same(t, "ready", list(db.Ready(ctx, "notes", now.Add(10*time.Second), 10)), []string{"early", "late"})
	same(t, "ready, one", list(db.Ready(ctx, "notes", now.Add(10*time.Second), 1)), []string{"early"})
	same(t, "ready at the very moment", list(db.Ready(ctx, "notes", now.Add(3*time.Second), 10)), []string{"early", "late"})
	same(t, "not yet ready", list(db.Ready(ctx, "notes", now.Add(3*time.Second-time.Microsecond), 10)), []string{"early"})

	must(t, db.UpdateEnvelope(ctx, "notes", "early", func(e *storage.Envelope) error { e.Due.Retry(now.Add(10*time.Second), "mail is away"); return nil }))
	same(t, "after a retry was noted", list(db.Ready(ctx, "notes", now.Add(10*time.Second), 10)), []string{"late"})
	same(t, "a second later", list(db.Ready(ctx, "notes", now.Add(11*time.Second), 10)), []string{"late", "early"})

	must(t, db.UpdateEnvelope(ctx, "notes", "late", func(e *storage.Envelope) error { e.Due.Parked, e.Due.Reason = true, "glyph"; return nil }))
	same(t, "parked", list(db.Parked(ctx, "notes", storage.Cursor{}, 10)), []string{"late"})
	same(t, "ready without the parked one", list(db.Ready(ctx, "notes", now.Add(11*time.Second), 10)), []string{"early"})
	by := storage.Audit{ID: "a1", At: now, Who: "admin", Verb: "rerun", Thing: "notes/late"}
	kind(t, "unpark what is not parked", db.Unpark(ctx, "notes", "early", now, by), faults.Conflict)
	kind(t, "unpark what is not there", db.Unpark(ctx, "notes", "absent", now, by), faults.NotFound)
	must(t, db.Unpark(ctx, "notes", "late", now.Add(20*time.Second), by))
	same(t, "ready again", list(db.Ready(ctx, "notes", now.Add(20*time.Second), 10)), []string{"early", "late"})

	_, err := c.Update(ctx, "late", func(d *storage.Doc[note]) error { d.Due = nil; return nil })
	must(t, err)
	same(t, "done is not due", list(db.Ready(ctx, "notes", now.Add(20*time.Second), 10)), []string{"early"})
	if _, err := db.Ready(ctx, "nowhere", now, 10); err == nil {
		t.Error("an unknown collection was listed")
	}
}

func (s *suite) trail(t *testing.T) {
	ctx := context.Background()
	c, db := s.notes(t)
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	entry := func(id string, sec int) storage.Audit {
		return storage.Audit{ID: id, At: now.Add(time.Duration(sec) * time.Second), Who: "admin", Role: "system_admin", Verb: "regrade", Thing: "notes/a", Why: "kunci salah"}
	}
	put(t, c, "a", note{})
	for i, sec := range []int{5, 9} {
		_, err := c.Update(ctx, "a", func(d *storage.Doc[note]) error {
			d.Value.N++
			d.Trail = append(d.Trail, entry(fmt.Sprint("e", i), sec))
			return nil
		})
		must(t, err)
	}
	must(t, c.Insert(ctx, &storage.Doc[note]{ID: "b", Trail: []storage.Audit{entry("e3", 1)}}))
	ws, err := db.WithTrail(ctx, "notes", 10)
	must(t, err)
	if len(ws) != 2 || ws[0].ID != "b" || ws[1].ID != "a" || !reflect.DeepEqual(ws[1].Trail, []storage.Audit{entry("e0", 5), entry("e1", 9)}) {
		t.Fatalf("with trail: %+v", ws)
	}
	read, err := c.Get(ctx, "a")
	must(t, err)
	// Moving entries away keeps those that came meanwhile.
	must(t, db.UpdateEnvelope(ctx, "notes", "a", func(e *storage.Envelope) error { e.Trail = e.Trail[1:]; return nil }))
	must(t, db.UpdateEnvelope(ctx, "notes", "b", func(e *storage.Envelope) error { e.Trail = nil; return nil }))
	ws, err = db.WithTrail(ctx, "notes", 10)
	must(t, err)
	if len(ws) != 1 || len(ws[0].Trail) != 1 || ws[0].Trail[0].ID != "e1" {
		t.Errorf("after moving: %+v", ws)
	}
	if d, err := c.Get(ctx, "a"); err != nil || d.Value.N != 2 || d.Version == read.Version || d.Edition() != read.Edition() {
		t.Errorf("the document itself suffered: %+v, %v", d, err)
	}
	if d, err := c.Update(ctx, "a", func(d *storage.Doc[note]) error { d.Value.N++; return nil }); err != nil || d.Edition() == read.Edition() || d.Edition() < 1 || d.Edition() > 1<<52 {
		t.Errorf("edition %d after another value, before %d, %v", d.Edition(), read.Edition(), err)
	}
}
