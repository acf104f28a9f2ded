package web

import (
	"context"
	"testing"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/web/browsertest"
)

// withoutTask is a draft that lacks nothing but the field task its target of level 3 asks for.
func (r *rig) withoutTask() courses.VersionDoc {
	r.t.Helper()
	ctx, all, svc := context.Background(), access.System("test"), r.Rooms.Courses
	card := courses.Card{Title: texts.Text{ID: "Meja layanan bersih"}, Kind: courses.Technical, Track: "dasar", JP: 2, Targets: []courses.Target{{Competency: "T.04", Level: 3}}}
	_, err := svc.NewCourse(ctx, all, "UJI-LAP", card)
	check(r.t, err)
	v := must[courses.VersionDoc](r.t)(svc.NewDraft(ctx, all, "UJI-LAP"))
	v = must[courses.VersionDoc](r.t)(svc.WriteLesson(ctx, all, v.ID, v.Revision, courses.LessonText{Code: "L1", Title: texts.Text{ID: "Menolak"}, Minutes: 10, Markdown: "# Menolak\n\nTolak, catat, lapor."}))
	v = must[courses.VersionDoc](r.t)(svc.WriteBank(ctx, all, v.ID, v.Revision, "bank", []grading.Item{{Code: "S1", Type: grading.Single, Objective: "1", Stem: "Mana yang benar?",
		Options: []grading.Option{{ID: "a", Text: "Tolak", Mark: grading.Full}, {ID: "b", Text: "Terima"}}}}))
	c := v.Content
	c.Minutes, c.Objectives = map[string]int{"lessons": 30}, []courses.Objective{{Code: "1", Text: texts.Text{ID: "Menolak"}}}
	c.Quizzes = []courses.Quiz{{Code: "akhir", Kind: courses.PostTest, Bank: "bank", Draw: grading.PerObjective(map[string]int{"1": 1}), Minutes: 30, PassMark: 50}}
	return must[courses.VersionDoc](r.t)(svc.Revise(ctx, all, v.ID, v.Revision, c))
}

// TestFieldTaskStory: an author writes a field task, which the refusal to publish asked for; a learner does it on a phone without scripts, gets it back and improves it; the supervisor accepts it; the
// certificate comes, and level 3 stands on the learner's page.
func TestFieldTaskStory(t *testing.T) {
	b := browsertest.Start(t)
	s := newStory(t, b, browsertest.Office)
	r := s.rig
	ctx, all, svc := context.Background(), access.System("test"), r.Rooms.Courses
	v := r.withoutTask()
	at := "/kelola/kursus/UJI-LAP/1"

	s.login(trainingAdmin)
	s.go_(at)
	s.says("T.04 level 3 butuh tugas lapangan yang menunjukkannya")
	s.look("susunan-tugas", at+"/susunan")
	s.says("Belum ada tugas lapangan")
	s.go_(at + "/tugas-baru")
	s.p.Type("[name=title]", "Periksa meja layanan")
	s.p.Type("[name=instructions]", "Catat **tiga titik rawan** pungli di meja Anda.")
	s.p.Type(`[name="r0.text"]`, "Temuan")
	s.p.Type(`[name="r0.l0.text"]`, "Belum ada")
	s.p.Type(`[name="r0.l1.text"]`, "Satu atau dua")
	s.p.Type(`[name="r0.l2.text"]`, "Tiga, dengan usul perbaikan")
	s.submit(`button[name=go][value=save].btn-primary`)
	s.says("kompetensi") // it shows nothing yet
	s.see("tugas-belum-lengkap")
	browsertest.Eval[bool](s.p, `(document.querySelector('[name="shows.T.04"]').value = '', true)`)
	s.p.Type(`[name="shows.T.04"]`, "3")
	s.submit(`button[name=go][value=save].btn-primary`)
	s.says("Tugas lapangan tersimpan.", "Periksa meja layanan", "dinilai atasan")
	s.look("tugas-penulis", at+"/tugas/TL1")
	s.says("tiga titik rawan")
	s.view = browsertest.Phone
	s.somebodyElse()
	s.login(trainingAdmin)
	s.look("tugas-coba", at+"/coba/tugas/TL1")
	s.says("Anda mencoba sebagai peserta", "tiga titik rawan", "Yang dikumpulkan")
	_, err := svc.Publish(ctx, all, v.ID)
	check(t, err)

	// The supervisor of the day is named for a time.
	who, boss := r.look(nadia), r.look(marker)
	_, err = r.Rooms.People.SetSupervisor(ctx, all, who.ID, 0, &people.SupervisorOverride{Person: boss.ID, Since: "2026-01-01"}, "penugasan khusus")
	check(t, err)
	learner := access.Actor{Person: string(who.ID)}
	check(t, r.Rooms.Competencies.Verify(ctx, all, competencies.Assessed{Report: "LAP-1", Person: learner.Person, On: "2026-01-02", Results: []competencies.Target{{Competency: "T.04", Level: 2}}})) // nobody skips level 2
	r.until("the course is open", func() bool {
		_, err := svc.Enrol(ctx, all, courses.EnrolInput{Person: learner.Person, Course: "UJI-LAP", Why: "uji"})
		return err == nil
	})
	list, _, err := svc.Enrolments(ctx, learner, courses.EnrolmentFilter{Person: learner.Person, Course: "UJI-LAP"})
	check(t, err)
	e := list[0].ID
	must[courses.LessonView](t)(svc.OpenLesson(ctx, learner, e, "L1"))
	r.Pass(10 * 60 * 1e9)
	must[courses.ReadingStatus](t)(svc.Read(ctx, learner, e, "L1", true))
	f := must[courses.FormView](t)(svc.Start(ctx, learner, e, "akhir"))
	given := map[string]grading.Answer{}
	for _, c := range f.Items[0].Choices {
		if c.HTML == "Tolak" {
			given[f.Items[0].Item] = grading.Answer{Choices: []string{c.ID}}
		}
	}
	_, err = svc.Submit(ctx, learner, f.Attempt, given, f.Seq)
	check(t, err)
	r.moved("attempts", f.Attempt, func() bool {
		x, err := svc.Attempt(ctx, learner, f.Attempt)
		return err == nil && x.State == courses.AttemptGraded
	})

	phone := browsertest.View{Width: 360, Height: 740, Phone: true, NoJS: true}
	person := func(view browsertest.View, nip string) {
		t.Helper()
		s.view = view
		s.somebodyElse()
		s.login(nip)
	}
	judge := func(level, comment string) {
		t.Helper()
		person(browsertest.Phone, marker)
		s.look("tugas-staf", "/tugas-staf")
		s.says("Nadia", "Periksa meja layanan")
		s.submit(`main a[href^="/tugas-staf/"]`)
		s.submit(`main form .btn-primary`)
		s.says("Diterima mulai nilai 70", "Nadia")
		s.p.Click(`[data-criterion]:nth-of-type(1) input[value="` + level + `"]`)
		if comment != "" {
			s.p.Type("#komentar", comment)
		}
		s.see("menilai-tugas")
		s.submit(`button[value="give"]`)
		s.says("Penilaian tersimpan")
	}
	state := func(want courses.WorkState) {
		t.Helper()
		r.until("the work is "+string(want), func() bool {
			x, err := svc.Work(ctx, learner, e, "TL1")
			return err == nil && x.State == want
		})
	}
	listed := func(n int) {
		t.Helper()
		r.until("the supervisor's list", func() bool {
			rows, _, err := svc.ToJudge(ctx, access.Actor{Person: string(boss.ID)}, storage.Cursor{}, 0)
			return err == nil && len(rows) == n
		})
	}

	person(phone, nadia)
	s.look("langkah-tugas", enrolmentURL(e))
	s.says("Kerjakan tugas lapangan", "Periksa meja layanan")
	s.submit(`.next-what + p a, main .panel a.btn-primary`)
	s.see("tugas-belum-mulai")
	s.submit(`form[action$="/mulai"] button`)
	s.p.Type("#laporan", "Titik rawan pertama: map.")
	s.submit(`button[name=go][value=save].btn:not(.hide)`)
	s.says("Tersimpan. Belum dikumpulkan.")
	if text := browsertest.Eval[string](s.p, `document.querySelector('#laporan').value`); text != "Titik rawan pertama: map." {
		t.Errorf("kept is %q", text)
	}
	s.see("tugas-draf")
	s.submit(`button[name=go][value=hand]`)
	s.says("Menunggu penilaian atasan Anda")
	listed(1)

	judge("1", "Tambahkan dua titik lagi.")
	state(courses.WorkReturned)

	person(phone, nadia)
	s.look("tugas-dikembalikan", workURL(e, "TL1"))
	s.says("Perlu diperbaiki", "Tambahkan dua titik lagi.", "50")
	s.p.Type("#laporan", " Kedua: loket. Ketiga: nomor antrean.")
	s.submit(`button[name=go][value=hand]`)
	listed(1)

	judge("2", "")
	state(courses.WorkAccepted)
	id := string(certificateID(e))
	r.moved(certificates.Collection, id, func() bool {
		c, err := r.Rooms.Certificates.Look(ctx, certificates.ID(id))
		return err == nil && c.State == certificates.Issued
	})
	person(phone, nadia)
	s.look("tugas-diterima", workURL(e, "TL1"))
	s.says("Diterima", "Ketiga: nomor antrean.")
	r.until("level 3 stands on the page", func() bool {
		s.go_("/kompetensi")
		return browsertest.Eval[bool](s.p, `document.querySelector('main').textContent.includes('Level 3 (usulan)')`)
	})
	s.says("Level 3 usulan lewat sertifikat dengan tugas yang dinilai")
	s.see("kompetensi-level-tiga")
	s.p.Check()
	s.rig.quiet()
}
