package competencies_test

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"strings"
	"testing"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/blobs"
)

func TestYearOf(t *testing.T) {
	pns, pppk := competencies.Staffer{}, func(start civil.Date) competencies.Staffer {
		return competencies.Staffer{Contract: true, ContractStart: start}
	}
	for _, c := range []struct {
		name     string
		who      competencies.Staffer
		on       civil.Date
		from, to civil.Date
		contract bool
	}{
		{"PNS, last day", pns, "2026-12-31", "2026-01-01", "2026-12-31", false},
		{"PNS, first day", pns, "2027-01-01", "2027-01-01", "2027-12-31", false},
		{"PPPK, day before the anniversary", pppk("2024-03-01"), "2026-02-28", "2025-03-01", "2026-02-28", true},
		{"PPPK, anniversary", pppk("2024-03-01"), "2026-03-01", "2026-03-01", "2027-02-28", true},
		{"PPPK, first day", pppk("2024-03-01"), "2024-03-01", "2024-03-01", "2025-02-28", true},
		{"PPPK, before the contract", pppk("2024-03-01"), "2024-02-01", "2024-01-01", "2024-12-31", false},
		{"PPPK without a date", pppk(""), "2026-06-01", "2026-01-01", "2026-12-31", false},
		{"PPPK from a leap day", pppk("2024-02-29"), "2026-02-28", "2026-02-28", "2027-02-27", true},
		{"PPPK from a leap day, the day before", pppk("2024-02-29"), "2026-02-27", "2025-02-28", "2026-02-27", true},
	} {
		from, to, contract := competencies.YearOf(c.who, c.on)
		if from != c.from || to != c.to || contract != c.contract {
			t.Errorf("%s: %s to %s, %v", c.name, from, to, contract)
		}
	}
}

func TestSumHours(t *testing.T) {
	course := func(version string, jp int, on civil.Date) competencies.Hours {
		return competencies.Hours{ID: version + string(on), Course: "APEL-103", Version: version, JP: jp, On: on, State: competencies.Granted}
	}
	outside := func(jp int, on civil.Date, state competencies.HoursState) competencies.Hours {
		return competencies.Hours{ID: string(state) + string(on), JP: jp, On: on, State: state}
	}
	pppk := competencies.Staffer{Contract: true, ContractStart: "2024-03-01"}
	for _, c := range []struct {
		name                string
		who                 competencies.Staffer
		all                 []competencies.Hours
		counted, unverified int
		says                string
	}{
		{"PNS below the duty", competencies.Staffer{}, []competencies.Hours{course("1", 4, "2026-02-01"), outside(8, "2026-03-01", competencies.Verified)}, 12, 0, "kurang 8"},
		{"PNS at the duty", competencies.Staffer{}, []competencies.Hours{outside(20, "2026-03-01", competencies.Verified)}, 20, 0, "terpenuhi"},
		{"unverified stands apart", competencies.Staffer{}, []competencies.Hours{outside(20, "2026-03-01", competencies.Unverified), outside(6, "2026-03-01", competencies.Refused)}, 0, 20, "20 JP lain menunggu verifikasi"},
		{"another year", competencies.Staffer{}, []competencies.Hours{course("1", 4, "2025-12-31")}, 0, 0, "0 JP"},
		{"PPPK counts by contract year", pppk, []competencies.Hours{course("1", 4, "2026-02-28"), course("2", 6, "2026-03-01"), outside(2, "2026-11-01", competencies.TakenBack)}, 6, 0, "6 JP dari 1 Maret 2026"},
		{"PPPK notice", pppk, []competencies.Hours{outside(24, "2026-03-02", competencies.Verified)}, 24, 0, "Belajar lebih tetap boleh"},
		{"one version counts once in a contract year", pppk, []competencies.Hours{course("1", 4, "2026-12-30"), course("1", 4, "2027-01-10")}, 4, 0, "4 JP"},
	} {
		on := civil.Date("2026-11-22")
		y := competencies.SumHours(c.all, c.who, competencies.DefaultHourLimits, on)
		if y.Counted != c.counted || y.Unverified != c.unverified || !strings.Contains(y.Text.ID, c.says) {
			t.Errorf("%s: %d and %d, %q", c.name, y.Counted, y.Unverified, y.Text.ID)
		}
	}
}

// files is a real store of files, as cmd wires it.
type files struct{ *blobs.Store }

func (f files) Known(ctx context.Context, hash string) (bool, error) {
	_, err := f.Check(ctx, hash)
	if errors.Is(err, faults.NotFound) {
		return false, nil
	}
	return err == nil, err
}

func (f files) Put(ctx context.Context, r io.Reader, max int64) (string, error) {
	ref, err := f.Store.Put(ctx, r, max)
	return ref.Hash, err
}

func (f files) Read(ctx context.Context, hash string) ([]byte, error) {
	file, err := f.Open(ctx, hash)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

func TestOutsideTrainingIsVerifiedBySomebodyElse(t *testing.T) {
	store, err := blobs.Open(t.TempDir())
	must(t, err)
	foreignFile, err := store.Put(t.Context(), strings.NewReader("%PDF-1.7 surat orang lain"), 1<<20)
	must(t, err)
	r := newRoom(t, func(c *competencies.Config) { c.Files = files{store} })
	in := competencies.Outside{Form: "f1", Title: "Bimtek Arsip", Organiser: "ANRI", On: "2026-10-01", JP: 8, Proof: foreignFile.Hash}
	ani := access.Actor{Person: "ani", Grants: []access.Grant{{Role: "unit_admin", Unit: "dinas"}}}
	admin := access.Actor{Person: "budi", Grants: []access.Grant{{Role: "unit_admin", Unit: "dinas"}}}
	foreign := access.Actor{Person: "citra", Grants: []access.Grant{{Role: "unit_admin", Unit: "badan"}}}
	_, err = r.AddOutside(r.ctx, ani, in)
	if !errors.Is(err, faults.Invalid) {
		t.Errorf("a stored file that she never sent is a proof: %v", err)
	}
	proof, err := r.AddProof(r.ctx, ani, strings.NewReader("%PDF-1.7\nisi\nstartxref\n9\n%%EOF"))
	must(t, err)
	in.Proof = proof.Hash
	h, err := r.AddOutside(r.ctx, ani, in)
	must(t, err)
	again, err := r.AddOutside(r.ctx, ani, competencies.Outside{Form: "f1", Title: "Lain", Organiser: "Lain", On: "2026-10-01", JP: 99, Proof: proof.Hash})
	if err != nil || again.ID != h.ID || again.JP != 8 {
		t.Errorf("the same form is the same entry: %+v, %v", again, err)
	}
	if _, err := r.CheckOutside(r.ctx, ani, h.ID, true, ""); !errors.Is(err, faults.Forbidden) {
		t.Errorf("verified by its owner: %v", err)
	}
	if _, err := r.CheckOutside(r.ctx, foreign, h.ID, true, ""); !errors.Is(err, faults.NotFound) {
		t.Errorf("verified from another unit: %v", err)
	}
	list := func(a access.Actor) int {
		t.Helper()
		found, _, _, err := r.OpenOutside(r.ctx, a, storage.Cursor{}, 10)
		must(t, err)
		return len(found)
	}
	if n, m, o := list(admin), list(foreign), list(ani); n != 1 || m != 0 || o != 0 {
		t.Errorf("waiting lists: %d, %d, %d", n, m, o)
	}
	if _, err := r.CheckOutside(r.ctx, admin, h.ID, false, " "); !errors.Is(err, faults.Invalid) {
		t.Errorf("refused without a reason: %v", err)
	}
	year := func() competencies.HoursYear {
		t.Helper()
		y, err := r.HoursOf(r.ctx, ani, "ani", "")
		must(t, err)
		return y
	}
	if y := year(); y.Counted != 0 || y.Unverified != 8 {
		t.Errorf("before: %+v", y)
	}
	_, err = r.CheckOutside(r.ctx, admin, h.ID, true, "")
	must(t, err)
	_, err = r.CheckOutside(r.ctx, admin, h.ID, true, "")
	must(t, err)
	if y := year(); y.Counted != 8 || y.Unverified != 0 {
		t.Errorf("after: %+v", y)
	}
	if _, err := r.CheckOutside(r.ctx, admin, h.ID, false, "berubah pikiran"); !errors.Is(err, faults.Conflict) {
		t.Errorf("decided twice: %v", err)
	}
	trail, err := r.db.WithTrail(r.ctx, "hours", 10)
	must(t, err)
	if len(trail) != 1 || len(trail[0].Trail) != 1 || trail[0].Trail[0].Verb != "verify_hours" || trail[0].Trail[0].Who != "budi" || trail[0].Trail[0].About != "ani" {
		t.Errorf("audit: %+v", trail)
	}
	titles, err := r.Trainings(r.ctx, "ani")
	if err != nil || len(titles) != 1 {
		t.Errorf("on record: %v, %v", titles, err)
	}
	var f *faults.Error
	_, err = r.AddOutside(r.ctx, ani, competencies.Outside{Form: "f2", Title: "x", Organiser: "", On: "2027-01-01", JP: 0, Proof: "zzz"})
	if !errors.As(err, &f) || len(f.Fields) != 5 {
		t.Errorf("wrong entry: %v", err)
	}
}

// A certificate of 31 December late in the evening in Jakarta counts for the old year; the day is a civil date of the installation's zone.
func TestTheYearIsTheOneOfTheInstallationsCalendar(t *testing.T) {
	r := newRoom(t)
	r.dictionary()
	c := certificate
	c.On = "2026-12-31"
	must(t, r.Record(r.ctx, c))
	for day, want := range map[civil.Date]int{"2026-12-31": 4, "2027-01-01": 0} {
		y, err := r.HoursOf(r.ctx, root, "ani", day)
		must(t, err)
		if y.Counted != want {
			t.Errorf("%s: %d JP", day, y.Counted)
		}
	}
}

// A proof that only begins like one is refused before it is kept.
func TestProofsAreReadToTheirEnd(t *testing.T) {
	r := newRoom(t, func(c *competencies.Config) { c.Files = files{} })
	ani := access.Actor{Person: "ani"}
	png := "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\xea\x60\x00\x00\xea\x60\x08\x02\x00\x00\x00"
	png += string(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(png[12:]))))
	for name, c := range map[string]struct{ data, says string }{
		"forty bytes of PDF": {"%PDF-1.7\n" + strings.Repeat("x", 31), "rusak"},
		"a PNG of 60000":     {png, "25 juta"},
		"a JPEG of zeros":    {"\xff\xd8\xff\xe0" + strings.Repeat("\x00", 500), "rusak"},
	} {
		_, err := r.AddProof(r.ctx, ani, strings.NewReader(c.data))
		if faults.KindOf(err) != faults.Invalid || !strings.Contains(faults.Of(err).Fields[0].Text.ID, c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
