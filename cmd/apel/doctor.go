package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/backup"
	"github.com/apelkota/apel/internal/storage/blobs"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/people"
)

type doctorVerb struct {
	place
	JSON  bool   `help:"Print the findings as JSON."`
	Since string `placeholder:"FOLDER" help:"Folder of a backup: also check that the log continues what it held then." type:"existingdir"`
	Mend  bool   `help:"First make again what follows from its source: tiles, checkpoints and seals of certificates from the journal, unit paths and claims from the register. Only while no server runs."`
}

// longWait is how long work may be ready before the doctor wonders whether anybody works.
const longWait = 10 * time.Minute

// finding is one thing the doctor looked at.
type finding struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	Warn bool   `json:"warn,omitempty"` // nothing is wrong, but something should be done
	Note string `json:"note"`
}

// Run looks at everything and changes nothing unless it is told to mend. The exit status is 0 only when all is well; a warning
// does not change it.
func (v *doctorVerb) Run(e *env) error {
	clock := &demoClock{}
	in, err := open(e.ctx, v.place, as{quiet: true, serving: v.Mend, now: clock.now})
	if err != nil {
		return err
	}
	in.step = clock.step
	if v.Mend {
		err = in.mend(e.ctx)
	}
	var found []finding
	if err == nil {
		found, err = in.examine(e, v.Since)
	}
	if err = errors.Join(err, in.close()); err != nil {
		return err
	}
	ill := 0
	for _, f := range found {
		if !f.OK {
			ill++
		}
	}
	if v.JSON {
		if err := print(found); err != nil {
			return err
		}
	} else {
		for _, f := range found {
			mark := "ok "
			switch {
			case !f.OK:
				mark = "!! "
			case f.Warn:
				mark = "!  "
			}
			fmt.Printf("%s %-33s %s\n", mark, f.What, f.Note)
		}
	}
	if ill > 0 {
		return faults.Newf(faults.Conflict, "%d hal perlu diperhatikan.", "%d things need attention.", ill)
	}
	return nil
}

// signerSoon is how long before its end the doctor asks for the next signer of PDFs: to get one from outside takes weeks.
const signerSoon = 90 * 24 * time.Hour

// signerEnds says how long what signs PDFs serves. Once it is over, what is issued gets no file.
func (in *installation) signerEnds(e *env, until time.Time) finding {
	f := finding{What: "penanda tangan PDF / PDF signer", OK: in.now().Before(until), Note: "berlaku sampai " + string(in.settings.Zone().Day(until))}
	if f.Warn = in.now().Add(signerSoon).After(until); f.Warn {
		f.Note = texts.T(f.Note+": pasang yang berikutnya dengan apel import-signer, atau apel new-key bila dibuat sendiri.",
			"valid until "+string(in.settings.Zone().Day(until))+": install the next one with apel import-signer, or apel new-key where it is of your own.").In(e.lang)
	}
	return f
}

// mend makes again what is kept beside its source and can only be right in one way. Safe to run again after a crash.
func (in *installation) mend(ctx context.Context) error {
	if err := in.certificates.Rebuild(ctx); err != nil {
		return err
	}
	_, err := in.people.Examine(ctx, true)
	return err
}

func (in *installation) examine(e *env, since string) ([]finding, error) {
	ctx := e.ctx
	var out []finding
	note := func(what string, err error, fine string) {
		f := finding{What: what, OK: err == nil, Note: fine}
		if err != nil {
			f.Note = faults.Of(err).Text.In(e.lang)
			if faults.KindOf(err) == faults.Internal {
				f.Note = err.Error()
			}
		}
		out = append(out, f)
	}
	var newer error
	if why := in.db.Newer(); why != "" {
		newer = faults.New(faults.Conflict, "Data ini dari versi APEL yang lebih baru dan hanya dapat dibaca: "+why+".", "This data is of a newer APEL and can only be read: "+why+".")
	}
	note("versi data / shapes", newer, "sesuai dengan program ini")
	if m, err := in.folder.mark(); err == nil && m.Kind == kindDemo {
		var half error
		if m.Filling {
			half = faults.New(faults.Conflict, "Pengisian kota contoh terhenti: isinya belum utuh. Hapus folder ini, lalu jalankan apel demo lagi.",
				"Filling the demo city was broken off: it is not whole. Delete this folder and run apel demo again.")
		}
		note("kota contoh / demo", half, "utuh")
	}
	s := in.settings.Current()
	note("pengaturan / settings", s.Check(), s.Institution)
	switch {
	case s.BaseURL == "":
		note("alamat publik / base URL", faults.New(faults.Conflict, "Belum diisi: sertifikat belum dapat diterbitkan.", "Not set: no certificate can be issued."), "")
	case !s.BaseConfirmed && !s.Demo:
		note("alamat publik / base URL", faults.New(faults.Conflict, "Belum dikonfirmasi dari luar.", "Not confirmed from outside."), "")
	default:
		note("alamat publik / base URL", nil, s.BaseURL)
	}
	report, secret, err := in.examineKeys(ctx)
	note("kunci / keys", err, fmt.Sprintf("%d kunci penerbit, kunci log dan secret milik instalasi ini", report.Keys))
	if report.Keys > 0 && !s.Demo {
		copied := finding{What: "salinan kunci / key copy", OK: true, Note: "terakhir " + string(in.settings.Zone().Day(report.Copied))}
		if report.Copied.IsZero() {
			copied.Warn, copied.Note = true, texts.T("belum ada yang tercatat. Tanpa kunci tidak ada yang dapat diterbitkan lagi dan data tidak dapat dibuka: apel backup --with-keys. Salinan folder keys/ yang dibuat sendiri tidak tercatat.",
				"none is noted. Without the keys nothing can be issued again and the data cannot be opened: apel backup --with-keys. A copy of the folder keys/ made by hand is not noted.").In(e.lang)
		}
		out = append(out, copied)
	}
	if !report.Until.IsZero() {
		out = append(out, in.signerEnds(e, report.Until))
	}
	head, err := in.audit.Check(ctx)
	note("jejak audit / audit journal", err, fmt.Sprintf("%d blok, setiap hash cocok", head.N))
	logged, err := in.certificates.CheckLog(ctx)
	if err == nil && len(logged.Problems) > 0 {
		err = errors.New(strings.Join(logged.Problems, "; "))
	}
	fine := fmt.Sprintf("%d sertifikat, %d daun, semua cocok dengan jurnal", logged.Certificates, logged.Leaves)
	sealing := 0
	if err == nil && logged.Behind > 0 {
		fine += fmt.Sprintf("; %d segel sedang disalin ke log", logged.Behind)
		sealing, err = in.moving(ctx, certificates.Collection, func(step string) bool { return step == certificates.StepSeal || step == certificates.StepLog })
	}
	note("log sertifikat / log", err, fine)
	if last := &out[len(out)-1]; err == nil && logged.Behind > 0 && sealing == 0 { // a program that died between the journal and its copies: all is sealed, the next start shows it
		last.Warn, last.Note = true, fmt.Sprintf(texts.T("%d sertifikat, %d daun, semua cocok dengan jurnal; %d segel belum disalin dari jurnal ke log. Saat apel serve dijalankan lagi, segel berikutnya dibuat, atau doctor --mend dipakai, segel itu disalin.",
			"%d certificates, %d leaves, all as the journal has them; %d seals are not copied from the journal to the log yet. The next start, the next seal or doctor --mend copies them.").In(e.lang), logged.Certificates, logged.Leaves, logged.Behind)
	}
	if since != "" {
		err := in.continues(ctx, since)
		note("log sejak cadangan / since backup", err, "melanjutkan isi lamanya tanpa perubahan")
	}
	files, problems, err := in.certificates.CheckFiles(ctx)
	if err == nil && len(problems) > 0 {
		err = errors.New(strings.Join(problems, "; "))
	}
	note("berkas sertifikat / PDFs", err, fmt.Sprintf("%d berkas, setiap hash cocok", files))
	stored, err := in.checkBlobs(ctx)
	note("berkas tersimpan / files", err, fmt.Sprintf("%d berkas, isi sesuai namanya", stored))
	differs, err := in.people.Examine(ctx, false)
	if err == nil && secret != nil {
		err = faults.New(faults.Conflict, "Tidak dapat diperiksa: keys/secret bukan milik instalasi ini.", "It cannot be examined: keys/secret is not this installation's.")
	}
	shut, fault := in.closedUnits(ctx, differs)
	differs = slices.DeleteFunc(differs, func(f people.Finding) bool { return f.Kind == "closed" })
	if err == nil && len(differs) > 0 {
		err = faults.Newf(faults.Conflict, "%d jalur unit atau klaim tidak cocok dengan sumbernya.", "%d unit paths or claims differ from their source.", len(differs))
	}
	note("register pegawai / register", err, "jalur unit dan klaim cocok")
	if err = fault; err == nil && len(shut) > 0 {
		list := strings.Join(shut, ", ")
		err = faults.New(faults.Conflict, "Unit yang sudah ditutup masih berisi pegawai atau jabatan: "+list+". Pindahkan isinya.", "Units that are closed still hold people or positions: "+list+". Move what they hold.")
	}
	note("unit tertutup / closed units", err, "kosong")
	fine, err = in.examineFiles(ctx)
	note("berkas yang dipakai / in use", err, fine)
	fine, err = in.examineFigures(ctx)
	note("angka turunan / derived", err, fine)
	parked, waiting, ready := 0, 0, 0
	for _, c := range in.db.Collections() {
		p, err := in.db.Parked(ctx, c, storage.Cursor{}, 1000)
		if err != nil {
			return out, err
		}
		parked += len(p)
		r, err := in.db.Ready(ctx, c, in.now().Add(-longWait), 1000)
		if err != nil {
			return out, err
		}
		waiting += len(r)
		if r, err = in.db.Ready(ctx, c, in.now(), 1000); err != nil {
			return out, err
		}
		ready += len(r)
	}
	var stuck error
	if parked > 0 {
		stuck = faults.Newf(faults.Conflict, "%d pekerjaan tertahan; lihat Meja kerja > Pekerjaan tertahan.", "%d pieces of work are parked; see the page of parked work.", parked)
	}
	note("pekerjaan tertahan / parked", stuck, "tidak ada")
	stuck = nil
	if waiting > 0 {
		stuck = faults.Newf(faults.Conflict, "%d pekerjaan menunggu lebih dari 10 menit: apakah pekerja berjalan?", "%d pieces of work wait for more than 10 minutes: is a worker running?", waiting)
	}
	fine = "tidak ada"
	if ready > 0 {
		fine = fmt.Sprintf("%d pekerjaan siap, belum lebih dari 10 menit; dikerjakan selama apel serve berjalan", ready)
	}
	note("pekerjaan menunggu / waiting", stuck, fine)
	note("kebijakan / policies", nil, fmt.Sprintf("%d baris", len(in.policy.Rows())))
	return out, nil
}

// examineKeys compares the files in keys/ with what is registered. secret is what is wrong with keys/secret alone: every claim then looks wrong, too.
func (in *installation) examineKeys(ctx context.Context) (report certificates.KeyReport, secret, err error) {
	secret = in.people.CheckSecret(ctx)
	report, err = in.certificates.CheckKeys(ctx, in.folder.file(dirKeys))
	if secret != nil && (err == nil || faults.KindOf(err) == faults.Conflict) {
		both := []texts.Text{faults.Of(secret).Text}
		if err != nil {
			both = append(both, faults.Of(err).Text)
		}
		var id, en []string
		for _, t := range both {
			id, en = append(id, t.ID), append(en, t.EN)
		}
		err = faults.Wrap(secret, faults.KindOf(secret), strings.Join(id, " "), strings.Join(en, " "))
	}
	return report, secret, err
}

// closedUnits are the codes of the units among the findings that are closed and not empty.
func (in *installation) closedUnits(ctx context.Context, found []people.Finding) (codes []string, err error) {
	for _, f := range found {
		if f.Kind != "closed" {
			continue
		}
		u, err := in.people.LookUnit(ctx, people.UnitID(strings.TrimPrefix(f.Thing, "units/")))
		if err != nil {
			return nil, err
		}
		codes = append(codes, u.Code)
	}
	return codes, nil
}

// continues compares the log with what it was when a backup was made.
func (in *installation) continues(ctx context.Context, dir string) error {
	m, err := backup.Read(dir)
	if err != nil {
		return err
	}
	if m.Facts[factCheckpoint] == "" { // nothing had been issued
		return nil
	}
	return in.certificates.Continues(ctx, m.Facts[factCheckpoint])
}

// moving counts the steps that may run now in a collection and count: what they make may rightly be behind.
func (in *installation) moving(ctx context.Context, collection string, counts func(step string) bool) (n int, err error) {
	ready, err := in.db.Ready(ctx, collection, in.now(), 1000)
	for _, w := range ready {
		if counts(w.Due.Step) {
			n++
		}
	}
	return n, err
}

// feedNothing are the steps that feed no figure: pictures, letters, and what the log notes afterwards.
var feedNothing = []string{certificates.StepLog, certificates.StepRender, certificates.StepTell, "mail"}

// examineFigures compares standings, readiness and item analysis with a fresh rebuild. While a source still has work before it, a figure may rightly be behind: then the
// difference is told, not held against the installation.
// Where the data are ahead of the machine's clock (a demonstration that let reading time pass over midnight) they are counted on their own day.
func (in *installation) examineFigures(ctx context.Context) (fine string, err error) {
	latest, err := in.certificates.Latest(ctx)
	if err != nil {
		return "", err
	}
	if ahead := latest.Sub(in.now()); in.step != nil && ahead > 0 {
		in.step(ahead)
		defer in.step(-ahead)
	}
	wrong := 0
	count := func(string) { wrong++ }
	if err := errors.Join(in.competencies.Check(ctx, count), in.readiness.Check(ctx, count), in.courses.Check(ctx, count)); err != nil {
		return "", err
	}
	if wrong == 0 {
		return "sama dengan hitungan ulang", nil
	}
	work := 0
	for _, c := range in.db.Collections() {
		n, err := in.moving(ctx, c, func(step string) bool { return !slices.Contains(feedNothing, step) })
		if err != nil {
			return "", err
		}
		work += n
	}
	if work > 0 {
		return fmt.Sprintf("%d angka menyusul %d pekerjaan yang masih menunggu", wrong, work), nil
	}
	return "", faults.Newf(faults.Conflict, "%d angka tidak sama dengan hitungan ulang dari sumbernya.", "%d figures differ from a fresh rebuild of their sources.", wrong)
}

// checkBlobs compares every stored file with its name, whoever names it.
func (in *installation) checkBlobs(ctx context.Context) (stored int, err error) {
	damaged := 0
	err = in.blobs.List(ctx, func(ref blobs.Ref, _ time.Time) error {
		stored++
		_, err := in.blobs.Check(ctx, ref.Hash)
		switch {
		case errors.Is(err, blobs.ErrDamaged):
			damaged++
		case err != nil && !errors.Is(err, faults.NotFound): // collected meanwhile
			return err
		}
		return nil
	})
	if err == nil && damaged > 0 {
		err = faults.Newf(faults.Conflict, "%d berkas rusak: isinya tidak sesuai dengan namanya. Ambil dari cadangan.", "%d files are damaged: their content does not fit their name. Take them from a backup.", damaged)
	}
	return stored, err
}
