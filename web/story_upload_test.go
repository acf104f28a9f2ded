package web

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/web/browsertest"
)

const reportPDF = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\n0000000000 65535 f \ntrailer<</Size 1>>\nstartxref\n43\n%%EOF\n"

// asksForFiles is a practice of Nadia's that asks for two files and a choice: the attempt.
func (r *rig) asksForFiles() courses.FormView {
	r.t.Helper()
	ctx, all, svc := context.Background(), access.System("test"), r.Rooms.Courses
	card := courses.Card{Title: texts.Text{ID: "Laporan pelayanan"}, Kind: courses.Technical, Track: "dasar", JP: 1}
	_, err := svc.NewCourse(ctx, all, "UJI-BERKAS", card)
	check(r.t, err)
	v := must[courses.VersionDoc](r.t)(svc.NewDraft(ctx, all, "UJI-BERKAS"))
	v = must[courses.VersionDoc](r.t)(svc.WriteLesson(ctx, all, v.ID, v.Revision, courses.LessonText{Code: "L1", Title: texts.Text{ID: "Melapor"}, Minutes: 10, Markdown: "# Melapor\n\nTulis yang terjadi."}))
	levels := []grading.Level{{Text: "Belum lengkap"}, {Text: "Lengkap", Mark: grading.Full}}
	items := []grading.Item{
		{Code: "BERKAS-1", Type: "upload", Objective: "1", Stem: "Unggah laporan harian Anda.", General: "Laporan baik menyebut jam, nama layanan, dan hasil.", Limit: 2, Files: []string{"pdf", "txt"}, Size: 1, Rubric: []grading.Criterion{{ID: "a", Text: "Isi", Weight: 1, Levels: levels}}},
		{Code: "PILIH-1", Type: grading.Single, Objective: "2", Stem: "Kapan laporan ditulis?", Options: []grading.Option{{ID: "a", Text: "Hari itu juga", Mark: grading.Full}, {ID: "b", Text: "Bulan depan"}}},
	}
	v = must[courses.VersionDoc](r.t)(svc.WriteBank(ctx, all, v.ID, v.Revision, "bank", items))
	c := v.Content
	c.Minutes, c.Objectives = map[string]int{"lessons": 45}, []courses.Objective{{Code: "1", Text: texts.Text{ID: "Melapor"}}, {Code: "2", Text: texts.Text{ID: "Melapor tepat waktu"}}}
	draw := grading.PerObjective(map[string]int{"1": 1, "2": 1})
	c.Quizzes = []courses.Quiz{{Code: "laporan", Kind: courses.Practice, Bank: "bank", Draw: draw}, {Code: "coba", Kind: courses.Practice, Bank: "bank", Draw: draw, Behaviour: courses.Behaviour{Unrecorded: true}}, {Code: "akhir", Kind: courses.PostTest, Bank: "bank", Draw: draw, Minutes: 30, PassMark: 50}}
	v = must[courses.VersionDoc](r.t)(svc.Revise(ctx, all, v.ID, v.Revision, c))
	_, err = svc.Publish(ctx, all, v.ID)
	check(r.t, err)
	who := access.Actor{Person: string(r.look(nadia).ID)}
	e := must[courses.EnrolmentDoc](r.t)(svc.Enrol(ctx, all, courses.EnrolInput{Person: who.Person, Course: "UJI-BERKAS", Why: "uji"}))
	return must[courses.FormView](r.t)(svc.Start(ctx, who, e.ID, "laporan"))
}

// TestUploadStory: a learner on a phone hands in files, with scripts and a network that goes away, and without scripts; what does not fit is said at its question; the marker downloads it without a
// name, and the learner reads the mark beside the own file.
func TestUploadStory(t *testing.T) {
	b := browsertest.Start(t)
	for _, view := range []browsertest.View{browsertest.Phone, nojsPhone, browsertest.OfficeDark} {
		t.Run(view.String(), func(t *testing.T) {
			s := newStory(t, b, view)
			r := s.rig
			f := r.asksForFiles()
			item := ""
			for _, it := range f.Items {
				if it.Ask == grading.AskFiles {
					item = it.Item
				}
			}
			box := fmt.Sprintf(`[data-item=%q]`, item)
			input := box + ` input[type="file"]`
			send := func(name, text string) {
				s.t.Helper()
				if !view.NoJS {
					s.upload(input, name, text)
					browsertest.Eval[bool](s.p, fmt.Sprintf(`document.querySelector(%q).dispatchEvent(new Event('change', {bubbles: true}))`, input))
					return
				}
				s.upload(input, name, text)
				s.submit(box + ` button[value^="file:"]`)
			}
			holds := func(name string) {
				s.t.Helper()
				s.p.Wait(fmt.Sprintf(`[...document.querySelectorAll('%s .files a')].some((a) => a.textContent.trim() === '%s')`, box, name))
			}
			s.login(nadia)
			s.look("berkas-kosong", attemptURL(f.Attempt))
			s.says("Paling banyak 2 berkas, masing-masing sampai 1 MB: PDF, teks (TXT).")
			send("foto.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
			s.p.Wait(fmt.Sprintf(`document.querySelector('%s').textContent.includes('Simpan sebagai PDF')`, box))
			s.see("berkas-ditolak")
			send("Laporan Nadia.PDF", reportPDF)
			holds("Laporan Nadia.pdf")

			if !view.NoJS { // the network goes away, and what waits is sent when it is back, once
				s.p.Offline(true)
				s.p.Wait(`navigator.onLine === false`)
				send("catatan.txt", "Pukul 8 loket dibuka.")
				s.p.Wait(fmt.Sprintf(`document.querySelector('%s [data-file-text]').textContent.startsWith('Menunggu sinyal')`, box))
				s.p.Wait(`document.querySelector('[data-saved-text]').textContent === 'Belum tersimpan'`)
				s.see("berkas-menunggu-sinyal")
				s.p.Forgive()
				s.p.Offline(false)
			} else {
				s.p.Click(`main input[type="radio"]`) // typed beside it: one form carries both
				send("catatan.txt", "Pukul 8 loket dibuka.")
				if !browsertest.Eval[bool](s.p, `!!document.querySelector('main input[type="radio"]:checked')`) {
					t.Error("the choice made beside the file is lost")
				}
			}
			holds("catatan.txt")
			s.says("Sudah 2 berkas")
			s.see("berkas-terkirim")
			if view.NoJS {
				s.submit(box + ` .files li:last-child button`)
			} else {
				s.p.Click(box + ` .files li:last-child button`)
			}
			s.p.Wait(fmt.Sprintf(`document.querySelectorAll('%s .files li').length === 1`, box))
			name, got := s.p.Download(func() { s.p.Click(box + ` .files a`) })
			if string(got) != reportPDF || name != "Laporan Nadia.pdf" {
				t.Errorf("downloaded %s: %.40q", name, got)
			}
			s.submit(`.quiz-go .btn-primary`)
			s.submit(`main form .btn-primary`)
			r.moved(courses.AttemptsCollection, f.Attempt, func() bool {
				at, err := r.Rooms.Courses.Attempt(context.Background(), access.System("test"), f.Attempt)
				return err == nil && at.State == courses.AttemptNeedsMarking
			})
			s.p.Wait(`location.pathname.endsWith('/hasil') && document.readyState === 'complete'`) // the waiting page leads on by itself

			s.somebodyElse()
			s.login(marker)
			s.go_("/kelola/menilai")
			s.submit(`main .panel-form .btn-primary, main form .btn-primary`)
			s.see("menilai-berkas")
			s.says("jawaban-", "Nama berkas diganti")
			if body := s.p.Text("main"); strings.Contains(body, "Nadia") {
				t.Error("the marker reads the name of the file")
			}
			if name, got = s.p.Download(func() { s.p.Click(`.files a`) }); string(got) != reportPDF || !strings.HasPrefix(name, "jawaban-") {
				t.Errorf("the marker downloads %s: %.40q", name, got)
			}
			s.p.Click(`[data-criterion] input[value="1"]`)
			s.submit(`button[value="give"]`)
			r.moved(courses.AttemptsCollection, f.Attempt, func() bool {
				at, err := r.Rooms.Courses.Attempt(context.Background(), access.System("test"), f.Attempt)
				return err == nil && at.State == courses.AttemptGraded
			})

			s.somebodyElse()
			s.login(nadia)
			s.look("hasil-berkas", attemptURL(f.Attempt, "hasil"))
			s.says("Penilaian atas jawaban Anda", "Laporan Nadia.pdf")
			s.p.Check()
			r.quiet()
		})
	}
}
