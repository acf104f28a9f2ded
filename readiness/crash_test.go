package readiness_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/readiness"
)

// dying is a real engine whose process dies at its n-th write: that write is stored or lost, and nothing is written after it.
type dying struct {
	storage.Engine
	left   *atomic.Int64
	stored bool // whether the fatal write still reaches the disk
}

var errDead = errors.New("the process is dead")

func (d dying) write(do func() error) error {
	switch n := d.left.Add(-1); {
	case n > 0:
		return do()
	case n == 0 && d.stored:
		if err := do(); err != nil {
			return err
		}
	}
	return errDead
}

func (d dying) Insert(ctx context.Context, c string, r storage.Record) error {
	return d.write(func() error { return d.Engine.Insert(ctx, c, r) })
}

func (d dying) Replace(ctx context.Context, c string, r storage.Record) error {
	return d.write(func() error { return d.Engine.Replace(ctx, c, r) })
}

func (d dying) Delete(ctx context.Context, c, id string, v int64) error {
	return d.write(func() error { return d.Engine.Delete(ctx, c, id, v) })
}

// memory is a folder that costs no disk, where there is one: these tests are about what is written, not about whether it reaches a disk.
func memory(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "apel-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// A process that dies at any write of the way upwards, or of an import, leaves documents that still say what is due: whoever comes after brings
// every figure to the same end. What the caller saw fail is done again, as a caller does.
func TestNoChangeIsLostOnItsWayUp(t *testing.T) {
	const operators = "nip,app,role,since\n199001012020011901,SIPP,operator,2026-01-01\n199001012020011902,SIPP,operator,2026-01-01\n199001012020011903,SIPP,admin,2026-01-01\n199001012020011904,WEB,operator,2026-01-01\n"
	const want = "app.SIPP 2/3, app.WEB 0/1, unit.LOKET 1/2, unit.DINAS 2/3, unit.BADAN 0/1, unit.KOTA 2/4, city 2/4, "
	dir := memory(t)
	reg := town()
	e, err := sqlite.Open(filepath.Join(dir, "work.db"), sqlite.Options{})
	must(t, err)
	r := openRoom(t, reg, e)
	r.app("SIPP", "DINAS", readiness.Integrated)
	r.app("WEB", "BADAN", readiness.Standalone)
	r.role("SIPP", readiness.RoleOperator, "APEL-103")
	r.role("SIPP", readiness.RoleAdmin, "APEL-103")
	r.role("WEB", readiness.RoleOperator, "APEL-103")
	r.work()
	morning := filepath.Join(dir, "morning.db")
	must(t, e.Snapshot(t.Context(), morning))
	must(t, e.Close())
	for _, stored := range []bool{false, true} {
		for n := int64(1); ; n++ {
			path := filepath.Join(dir, fmt.Sprint(n, stored, ".db"))
			copied, err := os.ReadFile(morning)
			must(t, err)
			must(t, os.WriteFile(path, copied, 0o600))
			e, err := sqlite.Open(path, sqlite.Options{})
			must(t, err)
			var left atomic.Int64
			left.Store(n)
			doomed := openRoom(t, reg, e, func(e storage.Engine) storage.Engine { return dying{e, &left, stored} })
			day := func(r *room) error { // what a day does; each part is repeated by its caller until it succeeds
				if _, err := r.Import(r.ctx, root, readiness.ImportOperators, "x.csv", strings.NewReader(operators), false); err != nil {
					return err
				}
				for _, p := range []string{"ani", "citra"} {
					err := r.comps.Record(r.ctx, competencies.CertificateEvidence{Certificate: p + ".1", Person: p, Course: "APEL-103", Version: "v1", On: "2026-11-20", Kind: competencies.Quiz})
					if err == nil {
						err = r.PersonChanged(r.ctx, p)
					}
					if err != nil {
						return err
					}
				}
				return nil
			}
			dead := day(doomed) != nil
			if !dead {
				dead = doomed.until()
			}
			again := openRoom(t, reg, e)
			if err := day(again); err != nil {
				t.Fatalf("write %d: %v", n, err)
			}
			again.work()
			got := ""
			for _, id := range []string{"app.SIPP", "app.WEB", "unit.LOKET", "unit.DINAS", "unit.BADAN", "unit.KOTA", "city"} {
				got += id + " " + again.figure(id) + ", "
			}
			e.Close()
			if got != want {
				t.Errorf("after dying at write %d (stored %v): %s", n, stored, got)
			}
			if !dead {
				if n < 30 {
					t.Errorf("only %d writes were tried", n)
				}
				break
			}
		}
	}
}

// until works like work, but stops where the process dies; it says whether it did.
func (r *room) until() (dead bool) {
	steps := map[string]func(context.Context, string) error{
		readiness.AppsCollection: r.SpreadApp, readiness.RolesCollection: r.SpreadRole, readiness.OperatorsCollection: r.SpreadOperator,
		readiness.ImportsCollection: r.ApplyImport, readiness.PeopleCollection: r.BuildPerson, readiness.GroupsCollection: r.BuildGroup,
	}
	for {
		waiting := 0
		for c, step := range steps {
			ready, err := r.db.Ready(r.ctx, c, r.Now(), 100)
			must(r.t, err)
			later, err := r.db.Ready(r.ctx, c, r.Now().Add(time.Hour), 100)
			must(r.t, err)
			waiting += len(later)
			for _, d := range ready {
				if err := step(r.ctx, d.ID); errors.Is(err, errDead) {
					return true
				} else if err != nil && !errors.Is(err, faults.Conflict) {
					r.t.Fatal(err)
				}
			}
		}
		if waiting == 0 {
			return false
		}
		r.pass(time.Second)
	}
}

func TestAnImportGoesOnAfterACrashAndLeavesWhatChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	e, err := sqlite.Open(path, sqlite.Options{})
	must(t, err)
	t.Cleanup(func() { e.Close() })
	reg := town()
	var table strings.Builder
	table.WriteString("code,name,name_en,unit,service,status\n")
	for i := range 1200 {
		fmt.Fprintf(&table, "APP-%04d,Aplikasi %d,,DINAS,s,mandiri\n", i, i)
	}
	var left atomic.Int64
	left.Store(700) // within the second part
	doomed := openRoom(t, reg, e, func(e storage.Engine) storage.Engine { return dying{e, &left, false} })
	if _, err := doomed.Import(doomed.ctx, root, readiness.ImportApps, "x.csv", strings.NewReader(table.String()), false); !errors.Is(err, errDead) {
		t.Fatal(err)
	}
	r := openRoom(t, reg, e)
	ready, err := r.db.Ready(r.ctx, readiness.ImportsCollection, r.Now(), 10)
	must(t, err)
	if len(ready) != 1 || ready[0].Due.Step != readiness.ApplyStep {
		t.Fatalf("%+v", ready)
	}
	id := ready[0].ID
	if st, err := r.ImportState(r.ctx, root, id); err != nil || st.Done != 500 || st.Rows != 1200 {
		t.Errorf("n of m: %+v, %v", st, err)
	}
	r.app("APP-1100", "BADAN", readiness.Stopped) // somebody registers it by hand meanwhile
	var wg sync.WaitGroup
	for range 4 { // a step bears running twice at once
		wg.Go(func() {
			if err := r.ApplyImport(r.ctx, id); err != nil && !errors.Is(err, faults.NotFound) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	st, err := r.ImportState(r.ctx, root, id)
	if err != nil || st.Done != 1200 || len(st.Left) != 1 || st.Left[0] != "APP-1100" {
		t.Errorf("%+v, %v", st, err)
	}
	if v, err := r.App(r.ctx, root, "APP-1100"); err != nil || v.Status != readiness.Stopped {
		t.Errorf("%+v, %v", v.App, err)
	}
	if v, err := r.App(r.ctx, root, "APP-1199"); err != nil || v.Status != readiness.Standalone {
		t.Errorf("%+v, %v", v.App, err)
	}
}
