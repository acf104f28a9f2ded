package certificates

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/apelkota/apel/certificates/pades"
	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/blobs"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/policies"
)

// clock is the injected time.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }
func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = t
}

var noon = time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC)

// room is an installation's certificates on a real database in a folder.
type room struct {
	*Service
	dir      string
	db       *storage.DB
	clock    *clock
	zone     civil.Zone
	settings Settings
	stamp    pades.Stamper
}

func testSettings() Settings {
	return Settings{BaseURL: "https://apel.cempakaraya.example", Institution: "Pemerintah Kota Cempaka Raya",
		Issuer: "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia Daerah", IssuerShort: "BKPSDMD", Place: "Cempaka Raya",
		Signers: []record.Signer{{Name: "Drs. Surya Wiratama, M.Si.", Position: "Kepala BKPSDMD Kota Cempaka Raya", Rank: "Pembina Utama Muda, IV/c", NIP: "196907141995031901"}}}
}

func openRoom(t testing.TB) *room {
	t.Helper()
	r := &room{dir: t.TempDir(), clock: &clock{at: noon}, zone: civil.Jakarta(), settings: testSettings()}
	r.open(t)
	return r
}

// open opens the folder, again after close.
func (r *room) open(t testing.TB) {
	t.Helper()
	e, err := sqlite.Open(filepath.Join(r.dir, "apel.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r.openOn(t, e)
}

func (r *room) openOn(t testing.TB, e storage.Engine) {
	t.Helper()
	if err := r.tryOn(t, e); err != nil {
		t.Fatal(err)
	}
}

// try opens the folder and gives the room's refusal.
func (r *room) try(t testing.TB) error {
	t.Helper()
	e, err := sqlite.Open(filepath.Join(r.dir, "apel.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r.tryOn(t, e)
}

func (r *room) tryOn(t testing.TB, e storage.Engine) error {
	t.Helper()
	ctx := context.Background()
	db, err := storage.New(ctx, e)
	if err != nil {
		t.Fatal(err)
	}
	b, err := blobs.Open(filepath.Join(r.dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := policies.Load()
	if err != nil {
		t.Fatal(err)
	}
	r.db = db
	r.Service, err = Open(ctx, Config{DB: db, Blobs: b, Policy: p, KeyDir: filepath.Join(r.dir, "keys"), Now: r.clock.now, Stamp: r.stamp,
		Zone:     func() civil.Zone { return r.zone },
		UnitsOf:  func(context.Context, string) ([]string, error) { return []string{"u-bidang", "u-dinas", "u-kota"}, nil },
		Settings: func(context.Context) (Settings, error) { return r.settings, nil }})
	t.Cleanup(func() { db.Close() })
	return err
}

func testFacts(n int) Facts {
	return Facts{Enrolment: fmt.Sprintf("p%d.APEL-103.1", n), Person: fmt.Sprintf("p%d", n), Units: []string{"u-bidang", "u-dinas", "u-kota"}, UnitCode: "DISDUKCAPIL",
		Name: "Rahmawati Kusumaningtyas, S.Kom., M.A.P.", NIP: fmt.Sprintf("19900512201503%04d", 2000+n), Position: "Pranata Komputer Ahli Muda",
		Unit: "Bidang Pelayanan Administrasi Kependudukan", Agency: "Dinas Kependudukan dan Pencatatan Sipil",
		Course: "APEL-103", CourseVersion: "1", Title: "Layanan Tanpa Pungli dan Pengendalian Gratifikasi", TitleEN: "Services Free of Illegal Levies",
		JP: 4, Score: 87_500,
		Competencies: []record.Competency{{Code: "T.04", Name: "Integritas Layanan dan Pengendalian Gratifikasi", Level: 2}, {Code: "M.01", Name: "Integritas", Level: 2}, {Code: "M.08", Name: "Pengambilan Keputusan", Level: 1}},
		Subjects: []record.Subject{{Title: "Mengenali pungli, suap, dan gratifikasi", Minutes: 30}, {Title: "Menolak, mencatat, melapor", Minutes: 35}, {Title: "Kanal pengaduan dan pelindungan pelapor", Minutes: 25},
			{Title: "Latihan kasus loket", Minutes: 50}, {Title: "Tes awal dan tes akhir", Minutes: 40}},
		StartedOn: "2026-11-03", CompletedOn: "2026-11-21", ValidUntil: "2027-11-21"}
}

// issue takes one certificate to issued.
func (r *room) issue(t testing.TB, n int) ID {
	t.Helper()
	ctx := context.Background()
	id, err := r.Intend(ctx, testFacts(n))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Seal(ctx, id); err != nil {
		t.Fatal(err)
	}
	return id
}

// finish runs every step a certificate has due, as the chain would.
func (r *room) finish(t testing.TB, id ID) {
	t.Helper()
	ctx := context.Background()
	for range 20 {
		d, err := r.docs.Get(ctx, string(id))
		if err != nil {
			t.Fatal(err)
		}
		if d.Due == nil {
			return
		}
		switch d.Due.Step {
		case StepSeal, StepLog:
			err = r.Seal(ctx, id)
		case StepRecord:
			err = r.Recorded(ctx, id)
		case StepWithdraw:
			err = r.Withdrawn(ctx, id)
		case StepTell:
			err = r.Told(ctx, id)
		case StepRender:
			err = r.Render(ctx, id)
		}
		if err != nil {
			t.Fatalf("step %s: %v", d.Due.Step, err)
		}
	}
	t.Fatal("the certificate never comes to rest")
}

// admin may revoke; nobody's own certificates are theirs here.
var admin = access.Actor{Person: "admin", Grants: []access.Grant{{Role: "training_admin"}}}

var decision = Decision{Reason: "Kehadiran terbukti dipalsukan menurut berita acara.", Official: "Dra. Sri Wahyuni, Kepala BKPSDMD"}

func rename(t testing.TB, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}
