package people_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/storagetest"
	"github.com/apelkota/apel/people"
)

// crashes are the two ways in which a process dies around a write.
var crashes = []storagetest.Mode{storagetest.Lost, storagetest.Unclear}

// mortal is a city whose process can die at a chosen write.
func mortal(t *testing.T) (*city, *storagetest.Faulty) {
	t.Helper()
	var e *storagetest.Faulty
	c := newCity(t, func(cfg *people.Config) {
		e = storagetest.NewFaulty(cfg.DB.Engine())
		db, err := storage.New(t.Context(), e)
		must(t, err)
		cfg.DB = db
	})
	return c, e
}

func TestACrashWhileRegisteringBlocksNobody(t *testing.T) {
	for n := int64(1); n <= 4; n++ {
		for _, mode := range crashes {
			c, e := mortal(t)
			c.town()
			d := people.Details{Name: "Ani", Status: people.PNS, Email: "ani@contoh.example"}
			first, second := people.ID(storage.NewID()), people.ID(storage.NewID())
			e.CrashAt(n, mode)
			_, _, err := c.AddPerson(c.ctx, root, people.PersonInput{ID: first, NIP: nipAni, Details: d})
			died := e.Dead()
			e.Revive()
			if died {
				wants(t, err, faults.Unavailable)
			}
			_, made := c.Look(c.ctx, first)
			// somebody else fills in the form again
			_, _, err = c.AddPerson(c.ctx, root, people.PersonInput{ID: second, NIP: nipAni, Details: d})
			if made == nil {
				wants(t, err, faults.Conflict)
			} else if err != nil {
				t.Errorf("died at write %d (%s): nobody can register Ani any more: %v", n, mode, err)
			}
			// and the first form comes once more
			_, _, err = c.AddPerson(c.ctx, root, people.PersonInput{ID: first, NIP: nipAni, Details: d})
			if made == nil {
				must(t, err)
			} else {
				wants(t, err, faults.Conflict)
			}
			if got := c.count(people.PersonFilter{}); got != 1 {
				t.Errorf("died at write %d (%s): %d people", n, mode, got)
			}
		}
	}
}

func TestACrashWhileMovingAUnitIsMended(t *testing.T) {
	for n := int64(1); n <= 12; n++ {
		for _, mode := range crashes {
			c, e := mortal(t)
			c.town()
			ani := c.person(nipAni, "Ani", "BIDANG")
			dinas, _ := c.UnitByCode(c.ctx, "DINAS")
			badan, _ := c.UnitByCode(c.ctx, "BADAN")
			bidang, _ := c.UnitByCode(c.ctx, "BIDANG")
			kota, _ := c.UnitByCode(c.ctx, "KOTA")
			e.CrashAt(n, mode)
			_, err := c.MoveUnit(c.ctx, root, dinas.ID, badan.ID, 0, "penataan")
			e.Revive()
			moved := err == nil
			// the next process: another move is asked for, and the sweeper looks at what is due
			if _, err := c.MoveUnit(c.ctx, root, bidang.ID, dinas.ID, 0, "tetap"); err != nil {
				t.Fatalf("died at write %d (%s): moves are blocked: %v", n, mode, err)
			}
			for range 10 {
				ready, err := c.db.Ready(c.ctx, "units", c.clock.Now(), 100)
				must(t, err)
				for _, w := range ready {
					must(t, c.SettleUnit(c.ctx, w.ID))
				}
			}
			now, err := c.LookUnit(c.ctx, dinas.ID)
			must(t, err)
			if moved && now.Parent != badan.ID {
				t.Errorf("died at write %d: an acknowledged move was lost", n)
			}
			want := []string{string(bidang.ID), string(dinas.ID), string(kota.ID)}
			if now.Parent == badan.ID {
				want = slices.Insert(want, 2, string(badan.ID))
			}
			after, err := c.Look(c.ctx, ani.ID)
			must(t, err)
			post, err := c.PositionByCode(c.ctx, "OPERATOR")
			must(t, err)
			if !slices.Equal(after.Path, want) || !slices.Equal(post.Path, want) {
				t.Errorf("died at write %d (%s): person %v, position %v, want %v", n, mode, after.Path, post.Path, want)
			}
		}
	}
}

// A helper that judged an older tree comes late: what it wants was refused or is long done, and must not happen now.
func TestASlowHelperCannotRedoAMove(t *testing.T) {
	c := newCity(t)
	c.town()
	id := func(code string) people.UnitID {
		t.Helper()
		u, err := c.UnitByCode(c.ctx, code)
		must(t, err)
		return u.ID
	}
	kota, dinas, badan, bidang := id("KOTA"), id("DINAS"), id("BADAN"), id("BIDANG")
	refused, err := c.BeginMove(c.ctx, dinas, bidang) // a unit below its own child
	must(t, err)
	wants(t, c.FinishMove(c.ctx, refused), faults.Conflict)
	_, err = c.MoveUnit(c.ctx, root, bidang, badan, 0, "") // now it would tie no knot
	must(t, err)
	must(t, c.Relink(c.ctx, refused))
	if u, _ := c.LookUnit(c.ctx, dinas); u.Parent != kota {
		t.Error("a refused move was carried out later")
	}
	done, err := c.BeginMove(c.ctx, bidang, dinas)
	must(t, err)
	must(t, c.FinishMove(c.ctx, done))
	_, err = c.MoveUnit(c.ctx, root, bidang, kota, 0, "")
	must(t, err)
	must(t, c.Relink(c.ctx, done))
	if u, _ := c.LookUnit(c.ctx, bidang); u.Parent != kota {
		t.Error("a move that was done and overtaken was carried out again")
	}
}

func TestExamineFindsAndMends(t *testing.T) {
	c := newCity(t)
	c.town()
	c.person(nipAni, "Ani", "BIDANG")
	look := func() []people.Finding {
		t.Helper()
		f, err := c.Examine(c.ctx, false)
		must(t, err)
		return f
	}
	if f := look(); len(f) != 0 {
		t.Fatalf("a sound register has findings: %+v", f)
	}
	// what a crash between two writes, or a hand in the database, leaves
	raw, err := c.db.Engine().Find(c.ctx, "people", storage.Query{Index: "register", Term: "all", Limit: 1})
	must(t, err)
	r := raw[0].Record
	r.Version++
	r.Op = "test"
	r.Body = []byte(strings.Replace(string(r.Body), `"path":[`, `"path":["elsewhere",`, 1))
	must(t, c.db.Engine().Replace(c.ctx, "people", r))
	f := look()
	if len(f) != 1 || f[0].Kind != "path" || f[0].Mended {
		t.Fatalf("%+v", f)
	}
	f, err = c.Examine(c.ctx, true)
	if err != nil || len(f) != 1 || !f[0].Mended {
		t.Fatalf("%+v %v", f, err)
	}
	if f := look(); len(f) != 0 {
		t.Errorf("not mended: %+v", f)
	}
}
