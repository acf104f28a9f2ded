package web

import (
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
)

// showWorkbench is the first page of whoever looks after others: what waits for them, and where they may go.
func (w *admin) showWorkbench(c *gin.Context) error {
	p := &PanelsPage{Base: Base{Active: navWorkbench, Title: w.T(c, "Meja kerja"), Lead: w.T(c, "Yang menunggu Anda hari ini.")}}
	waits, err := w.waiting(c)
	if err != nil {
		return err
	}
	groups := AdminNavigation(func(verb, kind string) bool { return w.may(c, verb, kind) })
	if len(groups) == 0 {
		return faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	if len(waits) > 0 {
		p.add(Panel{Bare: true, Stats: waits})
	} else {
		p.add(Panel{Bare: true, Notices: []Notice{{Kind: Success, Label: "Tidak ada yang menunggu", Text: w.T(c, "Semua yang menjadi bagian Anda sudah beres.")}}})
	}
	for _, g := range groups {
		panel := Panel{Bare: true, Name: w.words.say(Lang(c), g.Label)}
		for _, item := range g.Items {
			if item.Key == navWorkbench {
				continue
			}
			panel.Cards = append(panel.Cards, Card{Name: w.words.say(Lang(c), item.Label), URL: item.URL, Icon: item.Icon, Text: w.words.say(Lang(c), workbenchHints[item.Key])})
		}
		if len(panel.Cards) > 0 {
			p.add(panel)
		}
	}
	return w.panels(c, p)
}

// atLeast writes a count that stopped at a limit.
func (w *admin) atLeast(c *gin.Context, n int, more bool) string {
	if more {
		return w.count(c, n) + "+"
	}
	return w.count(c, n)
}

// waiting counts what waits for the reader, each only as far as their roles go. Nothing is shown for what waits not at all.
func (w *admin) waiting(c *gin.Context) ([]Stat, error) {
	ctx, a := c.Request.Context(), reader(c)
	var out []Stat
	add := func(label, icon, kind, url string, n int, more bool) {
		if n > 0 {
			out = append(out, Stat{Label: label, Value: w.atLeast(c, n, more), Icon: icon, Kind: kind, URL: url})
		}
	}
	if w.Work != nil && w.may(c, "view", "work") {
		parked, next, err := w.Work.Parked(ctx, a, storage.Cursor{}, maxParked)
		if err != nil && !unseen(err) {
			return nil, err
		}
		add("Pekerjaan tertahan", "warn", Danger, "/kelola/pekerjaan", len(parked), !next.Zero())
	}
	if w.may(c, "verify", "hours") {
		found, _, more, err := w.Competencies.OpenOutside(ctx, a, storage.Cursor{}, 100)
		if err != nil && !unseen(err) {
			return nil, err
		}
		add("JP menunggu verifikasi", "clock", Warn, "/kelola/jp", len(found), more)
	}
	if w.Policy.Scope(a, "mark", "marking").All {
		for _, apart := range []bool{false, true} {
			list, next, err := w.Courses.MarkingQueue(ctx, a, courses.QueueFilter{Apart: apart, Limit: 100})
			if err != nil && !unseen(err) {
				return nil, err
			}
			list = slices.DeleteFunc(list, func(m courses.MarkingRow) bool { return m.Already })
			if apart {
				add("Selisih dua penilai menunggu putusan", "scale", Warn, "/kelola/menilai?tampil=selisih", len(list), !next.Zero())
			} else {
				add("Jawaban menunggu penilai", "edit", Warn, "/kelola/menilai", len(list), !next.Zero())
			}
		}
	}
	if w.Policy.Scope(a, "answer", "objection").All {
		list, next, err := w.Courses.Objections(ctx, a, courses.ObjectionOpen, storage.Cursor{}, 100)
		if err != nil && !unseen(err) {
			return nil, err
		}
		add("Keberatan menunggu putusan", "scale", Warn, "/kelola/keberatan", len(list), !next.Zero())
	}
	if w.may(c, "run", "regrade") {
		list, _, err := w.Courses.Regrades(ctx, a, "", storage.Cursor{}, 50)
		if err != nil && !unseen(err) {
			return nil, err
		}
		n := 0
		for _, r := range list {
			if r.State == courses.RegradeChecked || r.State == courses.RegradeStopped {
				n++
			}
		}
		add("Penilaian ulang menunggu putusan", "sync", Warn, "/kelola/nilai-ulang", n, false)
		open, next, err := w.Courses.Undecided(ctx, a, storage.Cursor{}, 100)
		if err != nil && !unseen(err) {
			return nil, err
		}
		open = slices.DeleteFunc(open, func(x courses.RegradeChange) bool { return x.Person == a.Person })
		add("Sertifikat menunggu putusan", "certificate", Warn, "/kelola/nilai-ulang?tampil=putusan", len(open), !next.Zero())
	}
	if w.may(c, "run", "register_import") {
		found, err := w.People.Imports(ctx, a, storage.Cursor{}, 50)
		if err != nil && !unseen(err) {
			return nil, err
		}
		n := 0
		for _, i := range found.Items {
			if i.State == people.ImportChecked {
				n++
			}
		}
		add("Impor menunggu persetujuan", "import", Info, "/kelola/impor", n, false)
	}
	if err := w.waitingUnits(c, add); err != nil {
		return nil, err
	}
	if w.may(c, "rank", "vacancy") {
		posts, err := w.Placement.Vacancies(ctx, a)
		if err != nil && !unseen(err) {
			return nil, err
		}
		add("Jabatan lowong", "position", Info, "/kelola/lowongan", len(posts), false)
	}
	return out, nil
}

// waitingUnits counts what is asked per unit: overdue assignments of the reader's unit.
func (w *admin) waitingUnits(c *gin.Context, add func(label, icon, kind, url string, n int, more bool)) error {
	scope := w.Policy.Scope(reader(c), "view", "assignment")
	unit := ""
	if len(scope.Units) > 0 && !scope.All {
		unit = scope.Units[0]
	} else if scope.All {
		units, _, err := w.tree(c)
		if err != nil || len(units) == 0 {
			return err
		}
		unit = string(units[0].ID)
	}
	if unit == "" {
		return nil
	}
	list, next, err := w.Courses.Assignments(c.Request.Context(), reader(c), courses.AssignmentFilter{Unit: unit, Overdue: true, Limit: 100})
	if err != nil && !unseen(err) {
		return err
	}
	add("Penugasan lewat tenggat", "calendar", Warn, "/kelola/penugasan?status=lewat&unor="+unit, len(list), !next.Zero())
	return nil
}

// workbenchHints say in a few words what stands behind an entry.
var workbenchHints = map[string]string{
	navPeople: "Cari pegawai, lihat jabatan, peran, dan belajarnya.", navUnits: "Pohon organisasi.", navPositions: "Jabatan, isi, dan lowongnya.", navSlips: "Kode sekali pakai untuk mengaktifkan akun.", navImport: "Unggah data pegawai, kursus, standar; sinkronkan dengan SIASN.",
	navCourses: "Versi, pelajaran, bank soal, penerbitan.", navAttempts: "Tes yang dikerjakan, waktu tambahan, penilaian.", navMarking: "Esai dan berkas yang dinilai orang, tanpa nama.", navObjections: "Peserta yang tidak setuju dengan penilaian orang.", navRegrades: "Kunci yang salah dibetulkan, dengan uji coba lebih dahulu.", navCohorts: "Kursus dengan masa dan kuota.", navExams: "Jadwal, kata sandi, dan pengawasan langsung.", navStaffCalendar: "Ujian, angkatan, dan tenggat menurut tanggal.", navStaffTasks: "Laporan staf yang menunggu penilaian Anda.", navAssignments: "Siapa wajib belajar apa, sampai kapan.",
	navCertificatesAll: "Cari, tangguhkan, cabut.", navHoursCheck: "Periksa bukti pelatihan di luar.", navApps: "Aplikasi, petugasnya, dan kesiapan mereka.", navVacancies: "Jabatan lowong dan calon menurut bukti.", navWork: "Pekerjaan yang berhenti dan menunggu ditangani.", navAudit: "Siapa melakukan apa, kapan, mengapa.", navSettings: "Nama, warna, penanda tangan, alamat.",
}
