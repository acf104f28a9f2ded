package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/certificates/pades"
	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/audit"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/settings"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/backup"
	"github.com/apelkota/apel/internal/storage/blobs"
	"github.com/apelkota/apel/internal/storage/mongo"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/placement"
	"github.com/apelkota/apel/policies"
	"github.com/apelkota/apel/readiness"
	"github.com/apelkota/apel/workers"
)

// Kinds of data folders.
const (
	kindCity = "city"
	kindDemo = "demo"
)

// as says what an installation is opened for.
type as struct {
	serving bool             // own the folder and write
	worker  bool             // connect to the queue, and run the chain in this process
	asking  bool             // with worker: only ask the queue, another process runs the chain
	kind    string           // refuse a folder of another kind; "" takes any
	secure  bool             // people reach it by https
	now     func() time.Time // nil: the clock of the machine
	seed    int64            // of a new demo folder
	made    int              // people of a made city to fill a new demo folder with
	filling bool             // a new demo folder is not whole before its history is lived through
	quiet   bool
	stamper pades.Stamper // asked for every certificate's file; nil: none is

	testOnlyEngine func(storage.Engine) storage.Engine // wraps the engine, to break writes on purpose
	testOnlySweep  time.Duration                       // how often, and after how long, the sweeper asks
}

// installation is one city's data folder with all rooms opened on it.
type installation struct {
	step func(time.Duration) // moves the clock, where it may be moved

	as
	place  place
	folder *folder
	log    *slog.Logger
	db     *storage.DB
	blobs  *blobs.Store
	logos  *blobs.Store // the same, for the pages of the settings

	policy       *policies.Policies
	settings     *settings.Service
	audit        *audit.Trail
	people       *people.Service
	courses      *courses.Service
	certificates *certificates.Service
	competencies *competencies.Service
	placement    *placement.Service
	readiness    *readiness.Service

	workers *workers.Workers // nil where nothing is worked
	working bool             // startWork was called
	waker   *waker
	cleaned []workers.Periodic // scheduled work that other parts ask for
	namers  []blobs.Names      // how each room with files tells which it names (files.go)
	router  *gin.Engine        // what handler has mounted, for the test that walks it
}

// waker lets rooms that are opened before the workers announce work to them.
type waker struct {
	to atomic.Pointer[workers.Workers]
}

// Wake implements every room's Waker.
func (w *waker) Wake(ctx context.Context, collection, id string) {
	if to := w.to.Load(); to != nil {
		to.Wake(ctx, collection, id)
	}
}

// open opens the data folder (or MongoDB) and every room on it.
func open(ctx context.Context, p place, a as) (in *installation, err error) {
	if a.now == nil {
		a.now = time.Now
	}
	in = &installation{as: a, place: p, log: logger(a.quiet), waker: &waker{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, in.close())
			in = nil
		}
	}()
	if a.serving {
		in.folder, err = ownFolder(p.Dir, p.Mongo != "")
	} else {
		in.folder, err = readFolder(p.Dir, p.Mongo != "")
	}
	if err != nil {
		return in, err
	}
	opened, err := in.folder.opening()
	if err != nil {
		return in, err
	}
	defer func() { err = errors.Join(err, opened()) }()
	if err := in.checkKind(); err != nil {
		return in, err
	}
	if err := in.openStorage(ctx); err != nil {
		return in, err
	}
	if err := in.openRooms(ctx); err != nil {
		return in, err
	}
	if a.worker {
		err = in.openWorkers()
	}
	return in, err
}

// checkKind keeps demo and real data apart: a demo folder is served by demo only, and demo never touches another folder.
func (in *installation) checkKind() error {
	m, err := in.folder.mark()
	if errors.Is(err, faults.NotFound) {
		if !in.serving || in.kind == "" {
			return nil
		}
		if !in.folder.empty() {
			if in.kind == kindDemo {
				return faults.New(faults.Conflict, "Folder ini berisi data yang bukan buatan apel demo. Pilih folder lain dengan --dir.", "This folder holds data that apel demo did not make. Choose another with --dir.")
			}
			return nil
		}
		return in.folder.setMark(marker{Kind: in.kind, Seed: in.seed, People: in.made, Filling: in.filling})
	}
	if err != nil {
		return err
	}
	if in.kind != "" && m.Kind != in.kind {
		if in.kind == kindDemo {
			return faults.New(faults.Conflict, "Folder ini berisi data yang bukan buatan apel demo. Pilih folder lain dengan --dir.", "This folder holds data that apel demo did not make. Choose another with --dir.")
		}
		return faults.New(faults.Conflict, "Folder ini berisi data contoh. Jalankan apel demo, atau pilih folder lain dengan --dir.", "This folder holds demo data. Run apel demo, or choose another with --dir.")
	}
	return nil
}

func (in *installation) openStorage(ctx context.Context) error {
	var engine storage.Engine
	var err error
	if in.place.Mongo != "" {
		engine, err = mongo.Open(ctx, mongo.Options{URI: in.place.Mongo})
	} else {
		engine, err = sqlite.Open(in.folder.file(fileDatabase), sqlite.Options{ReadOnly: !in.serving})
	}
	if err != nil {
		return err
	}
	if in.testOnlyEngine != nil {
		engine = in.testOnlyEngine(engine)
	}
	if in.db, err = storage.New(ctx, engine); err != nil {
		return errors.Join(err, engine.Close())
	}
	if !in.serving {
		in.db.SetReadOnly("opened for reading only")
		in.blobs, err = blobs.OpenReadOnly(in.folder.file(dirBlobs))
	} else {
		in.blobs, err = blobs.Open(in.folder.file(dirBlobs))
	}
	return err
}

func (in *installation) openRooms(ctx context.Context) error {
	secret, err := in.folder.secret("secret", func() ([]byte, error) {
		if used, err := in.used(ctx); err != nil || used { // claims rest on it: another one would let every NIP be registered twice
			return nil, errors.Join(err, faults.New(faults.Conflict, "Rahasia instalasi (keys/secret) tidak ada, padahal datanya ada. Salin folder keys/ yang disimpan terpisah ke "+in.folder.path+".",
				"The installation's secret (keys/secret) is missing although its data is there. Copy the keys/ folder that was kept apart into "+in.folder.path+"."))
		}
		b := make([]byte, 64)
		_, err := rand.Read(b)
		return b, err
	})
	if err != nil {
		return err
	}
	if in.policy, err = policies.Load(); err != nil {
		return err
	}
	if in.settings, err = settings.Open(ctx, settings.Config{DB: in.db, Policy: in.policy, Now: in.now, Log: in.log,
		Printed: func(ctx context.Context, pattern, logo string) error {
			return certificates.CheckPrinted(ctx, in.blobs, pattern, logo)
		}}); err != nil {
		return err
	}
	in.logos = in.filesFor(in.settings.Named)
	if in.audit, err = audit.Open(ctx, in.db, in.policy); err != nil {
		return err
	}
	zone := in.settings.Zone
	current := in.settings.Current
	if in.people, err = people.Open(ctx, people.Config{DB: in.db, Policy: in.policy, Now: in.now, Zone: zone, Log: in.log, Secret: secret, Wake: in.waker,
		Quiet:     func() (from, until int) { return current().Mail.QuietFrom, current().Mail.QuietUntil },
		Link:      in.link,
		ResetPath: "/lupa-sandi/",
		NIP:       func() people.NIPRules { return people.NIPRules{PPPKCodes: current().PPPKCodes} }, Mailer: post{in}, Letters: certificates.Letters{}}); err != nil {
		return err
	}
	if in.serving { // the doctor tells it among the rest
		if err := in.people.CheckSecret(ctx); err != nil {
			return err
		}
	}
	if in.competencies, err = competencies.Open(ctx, competencies.Config{DB: in.db, Policy: in.policy, Now: in.now, Zone: zone, Log: in.log,
		Staff: competencies.Register{People: in.people, Now: in.now, Zone: zone}, Courses: targets{in}, Files: files{in.filesFor(func(ctx context.Context, name func(string)) error { return in.competencies.Named(ctx, name) })}, Wake: in.waker,
		Letters: certificates.Letters{}, Viewed: in.people.NoteView, Limits: func() competencies.HourLimits {
			l := competencies.DefaultHourLimits
			l.Duty, l.Notice = current().JPDuty, current().JPNotice
			return l
		}}); err != nil {
		return err
	}
	if in.readiness, err = readiness.Open(ctx, readiness.Config{DB: in.db, Policy: in.policy, Now: in.now, Zone: zone, Log: in.log,
		Register: readiness.FromPeople{People: in.people, Now: in.now, Zone: zone}, Evidence: in.competencies, Wake: in.waker, Viewed: in.people.NoteView}); err != nil {
		return err
	}
	if in.courses, err = courses.Open(ctx, courses.Config{DB: in.db, Policy: in.policy, Now: in.now, Zone: zone, Log: in.log, People: courses.Roster(in.people, in.now, zone), Supervisors: courses.Heads{Register: in.people},
		Markers:       courses.Heads{Register: in.people}.Markers,
		Secret:        secret,
		ObjectionDays: func() int { return current().ObjectionDays },
		LocalRules:    func() string { return current().LocalRules },
		Letters:       certificates.Letters{}, Apps: in.readiness, Dictionary: in.competencies, Wake: in.waker, Files: in.filesFor(func(ctx context.Context, name func(string)) error { return in.courses.Named(ctx, name) }), Viewed: in.people.NoteView, Caller: func(ctx context.Context) courses.Caller {
			v := visit.From(ctx)
			return courses.Caller{Address: v.Address, Device: v.Device}
		}}); err != nil {
		return err
	}
	keyDir := in.folder.file(dirKeys)
	if !in.serving {
		keyDir = ""
	}
	if in.certificates, err = certificates.Open(ctx, certificates.Config{DB: in.db, Blobs: in.filesFor(func(ctx context.Context, name func(string)) error { return in.certificates.Named(ctx, name) }), Policy: in.policy, Settings: in.certificateSettings, KeyDir: keyDir, Zone: zone,
		Now: in.now, Log: in.log, Wake: in.waker, UnitsOf: in.unitsOf, Viewed: in.people.NoteView, Stamp: in.as.stamper}); err != nil {
		return err
	}
	in.placement, err = placement.Open(ctx, placement.Config{DB: in.db, Policy: in.policy, Now: in.now, Zone: zone, Log: in.log,
		Register: placement.FromPeople{People: in.people, Now: in.now, Zone: zone}, Competencies: in.competencies, Viewed: in.people.NoteView})
	return err
}

// used says whether anything was ever stored in this installation.
func (in *installation) used(ctx context.Context) (bool, error) {
	e, ok := in.db.Engine().(backup.Engine)
	if !ok {
		return false, nil
	}
	names, err := e.Collections(ctx)
	if err != nil {
		return false, err
	}
	for _, name := range names {
		if err := e.Declare(ctx, name, nil); err != nil {
			return false, err
		}
		if rs, err := e.Slice(ctx, name, "", 1); err != nil || len(rs) > 0 {
			return err == nil, err
		}
	}
	return false, nil
}

// link makes an absolute address of a path, "" while no public address is known.
func (in *installation) link(path string) string {
	base := in.settings.Current().BaseURL
	if base == "" {
		return ""
	}
	return base + path
}

// certificateSettings is what certificates print of the settings. Without a confirmed public address nothing real is issued.
func (in *installation) certificateSettings(context.Context) (certificates.Settings, error) {
	s := in.settings.Current()
	out := certificates.Settings{Demo: s.Demo, Institution: s.Institution, Issuer: s.Agency, IssuerShort: s.AgencyShort, Place: s.City, Pattern: s.NumberPattern,
		Look: certificates.Look{Primary: s.Accent, Logo: s.Logo}}
	if s.BaseConfirmed || s.Demo {
		out.BaseURL = s.BaseURL
	}
	for _, x := range s.Signers {
		out.Signers = append(out.Signers, record.Signer{Name: x.Name, Position: x.Title, Rank: x.Rank, NIP: x.NIP})
	}
	return out, nil
}

func (in *installation) unitsOf(ctx context.Context, person string) ([]string, error) {
	p, err := in.people.Look(ctx, people.ID(person))
	if errors.Is(err, faults.NotFound) {
		return nil, nil
	}
	return p.Path, err
}

func (in *installation) openWorkers() error {
	rooms := workers.Rooms{People: in.people, Courses: in.courses, Certificates: in.certificates, Competencies: in.competencies, Readiness: in.readiness}
	var err error
	in.workers, err = workers.New(workers.Config{DB: in.db, Policy: in.policy, Now: in.now, Log: in.log, Redis: in.place.Redis, SweepEvery: in.testOnlySweep, Grace: in.testOnlySweep,
		Steps: workers.Chain(rooms), Units: rooms.Units,
	})
	if err != nil {
		return err
	}
	in.waker.to.Store(in.workers)
	return nil
}

// startWork starts the chain and the scheduled work.
func (in *installation) startWork(ctx context.Context) error {
	in.workers.Every = append(in.workers.Every,
		workers.Periodic{Name: "expire standings", Every: time.Hour, Do: func(ctx context.Context) error { _, err := in.competencies.Expire(ctx); return err }},
		workers.Periodic{Name: "expire readiness", Every: time.Hour, Do: func(ctx context.Context) error { _, err := in.readiness.Expire(ctx); return err }},
		workers.Periodic{Name: "tidy sessions and imports", Every: 10 * time.Minute, Do: func(ctx context.Context) error { _, err := in.people.Tidy(ctx); return err }},
		in.sweepFiles(),
		workers.Periodic{Name: "move audit entries", Every: 2 * time.Second, Do: func(ctx context.Context) error { _, err := in.audit.Move(ctx); return err }},
	)
	in.workers.Every = append(in.workers.Every, in.cleaned...)
	in.working = true
	in.workers.Every = append(in.workers.Every, workers.Periodic{Name: "write older documents back", Every: 24 * time.Hour, Do: in.writeBack})
	return in.workers.Start(ctx)
}

// cleans takes the edge's own work into the schedule.
func (in *installation) cleans(clean func(context.Context) error) {
	in.cleaned = append(in.cleaned, workers.Periodic{Name: "drop old idempotent answers", Every: time.Hour, Do: clean})
}

// writeBack stores documents of an older shape in the newest one, and gives those that lack them the entries of a new index.
func (in *installation) writeBack(ctx context.Context) error {
	behind, err := in.db.Behind(ctx)
	if err != nil {
		return err
	}
	for _, c := range behind {
		n, err := in.db.WriteBack(ctx, c)
		if err != nil {
			return fmt.Errorf("write back %s: %w", c, err)
		}
		if n > 0 {
			in.log.Info("documents were written back", "collection", c, "n", n)
		}
	}
	return nil
}

// close ends the work, closes the storage and gives the folder back. Safe to call on an installation that was opened only in part.
func (in *installation) close() error {
	var errs []error
	if in.workers != nil {
		in.workers.Stop()
		in.waker.to.Store(nil)
		in.workers = nil
	}
	if in.db != nil {
		errs = append(errs, in.db.Close())
		in.db = nil
	}
	if in.folder != nil {
		errs = append(errs, in.folder.release())
	}
	return errors.Join(errs...)
}

// print writes a value as JSON to standard output, for --json.
func print(v any) error {
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
