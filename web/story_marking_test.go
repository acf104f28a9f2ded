package web

import (
	"context"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/web/browsertest"
)

const marker = "198112242021211950"

// wrote is an essay of Nadia's that two people have to mark: the attempt.
func (r *rig) wrote() courses.AttemptID {
	r.t.Helper()
	ctx, all, svc := context.Background(), access.System("test"), r.Rooms.Courses
	card := courses.Card{Title: texts.Text{ID: "Menolak pemberian"}, Kind: courses.Technical, Track: "dasar", JP: 1}
	_, err := svc.NewCourse(ctx, all, "UJI-ESAI", card)
	check(r.t, err)
	v := must[courses.VersionDoc](r.t)(svc.NewDraft(ctx, all, "UJI-ESAI"))
	v = must[courses.VersionDoc](r.t)(svc.WriteLesson(ctx, all, v.ID, v.Revision, courses.LessonText{Code: "L1", Title: texts.Text{ID: "Menolak"}, Minutes: 10, Markdown: "# Menolak\n\nTolak, catat, lapor."}))
	levels := []grading.Level{{Text: "Belum menjawab"}, {Text: "Menyebut sebagian", Mark: grading.Full / 2}, {Text: "Menyebut tolak, catat, lapor", Mark: grading.Full}}
	essay := grading.Item{Code: "ESAI-1", Type: "essay", Objective: "1", Stem: "Ceritakan apa yang Anda lakukan bila warga menyelipkan uang.", General: "Jawaban baik menyebut tolak, catat, lapor.",
		Rubric: []grading.Criterion{{ID: "a", Text: "Langkah", Weight: 3, Levels: levels}, {ID: "b", Text: "Bahasa", Weight: 1, Levels: levels[:1:1]}}}
	essay.Rubric[1].Levels = append(essay.Rubric[1].Levels, grading.Level{Text: "Sopan dan jelas", Mark: grading.Full})
	v = must[courses.VersionDoc](r.t)(svc.WriteBank(ctx, all, v.ID, v.Revision, "bank", []grading.Item{essay}))
	c := v.Content
	c.Minutes, c.Objectives = map[string]int{"lessons": 45}, []courses.Objective{{Code: "1", Text: texts.Text{ID: "Menolak pemberian dengan sopan"}}}
	draw := grading.PerObjective(map[string]int{"1": 1})
	c.Quizzes = []courses.Quiz{{Code: "esai", Kind: courses.Practice, Bank: "bank", Draw: draw, Marking: courses.QuizMarking{Markers: 2, Apart: 30}}, {Code: "akhir", Kind: courses.PostTest, Bank: "bank", Draw: draw, Minutes: 30, PassMark: 50}}
	v = must[courses.VersionDoc](r.t)(svc.Revise(ctx, all, v.ID, v.Revision, c))
	_, err = svc.Publish(ctx, all, v.ID)
	check(r.t, err)
	who := access.Actor{Person: string(r.look(nadia).ID)}
	e := must[courses.EnrolmentDoc](r.t)(svc.Enrol(ctx, all, courses.EnrolInput{Person: who.Person, Course: "UJI-ESAI", Why: "uji"}))
	f := must[courses.FormView](r.t)(svc.Start(ctx, who, e.ID, "esai"))
	_, err = svc.Submit(ctx, who, f.Attempt, map[string]grading.Answer{f.Items[0].Item: {Text: "Saya tolak dengan sopan.\nLalu saya catat dan laporkan."}}, f.Seq)
	check(r.t, err)
	r.moved(courses.AttemptsCollection, f.Attempt, func() bool {
		at, err := svc.Attempt(ctx, all, f.Attempt)
		return err == nil && at.State == courses.AttemptNeedsMarking
	})
	return f.Attempt
}

// TestMarkingStory: two people mark an essay without seeing a name or each other's mark; the network goes away while the first one writes, and what was written is sent when it is
// back; they differ, a third decides, and the learner reads the marks and comments.
func TestMarkingStory(t *testing.T) {
	tell(t, func(s *story) {
		r := s.rig
		attempt := r.wrote()
		const third = plain // marks for this story
		_, err := r.Rooms.People.Grant(context.Background(), access.System("test"), r.look(third).ID, people.RoleGrant{Role: "marker", Why: "uji"})
		check(s.t, err)
		give := func(first bool, level, comment string) {
			s.t.Helper()
			s.submit(`main .panel-form .btn-primary, main form .btn-primary`)
			if body := s.p.Text("main"); first {
				s.says("Saya tolak dengan sopan.", "Papan ketik")
				for _, name := range []string{"Nadia", nadia} {
					if strings.Contains(body, name) {
						s.t.Errorf("the marker reads %s", name)
					}
				}
			}
			if first && !s.view.NoJS {
				browsertest.Eval[bool](s.p, `(window.kept = window.fetch, window.fetch = () => Promise.reject(new TypeError('no network')), true)`)
			}
			s.p.Click(`[data-criterion]:nth-of-type(1) input[value="` + level + `"]`)
			s.p.Click(`[data-criterion]:nth-of-type(2) input[value="1"]`)
			s.p.Type("#komentar", comment)
			if first && !s.view.NoJS {
				s.p.Wait(`document.querySelector('[data-saved-text]').textContent.includes('Belum tersimpan')`)
				s.p.Wait(`Object.keys(localStorage).some((k) => k.indexOf('apel.quiz.m') === 0 && localStorage[k].includes('Tulis'))`)
				s.see("menilai-tanpa-sinyal")
				drafts := func() int {
					list, _, err := r.Rooms.Courses.MarkingQueue(context.Background(), access.Actor{Person: string(r.look(marker).ID), Grants: []access.Grant{{Role: "marker"}}}, courses.QueueFilter{Course: "UJI-ESAI"})
					check(s.t, err)
					m := must[courses.MarkingView](s.t)(r.Rooms.Courses.Marking(context.Background(), access.Actor{Person: string(r.look(marker).ID), Grants: []access.Grant{{Role: "marker"}}}, list[0].ID))
					return m.Seq
				}
				before := drafts()
				s.go_(s.at()) // loaded again, with a network
				s.p.Wait(`document.querySelector('[data-saved-text]').textContent.indexOf('Tersimpan ') === 0`)
				s.p.Wait(`Object.keys(localStorage).every((k) => k.indexOf('apel.quiz.m') !== 0)`)
				if got := browsertest.Eval[string](s.p, `document.querySelector('#komentar').value + document.querySelector('[data-criterion] input:checked').value`); got != comment+level {
					s.t.Errorf("after loading again the draft is %q", got)
				}
				if n := drafts(); n != before+1 {
					s.t.Errorf("one draft was sent with %d saves", n-before)
				}
			}
			s.submit(`button[value="give"]`)
		}
		s.login(marker)
		s.look("antrean-penilai", "/kelola/menilai")
		s.says("Menunggu penilai", "Peserta ")
		give(true, "2", "Lengkap. Tulis juga kepada siapa Anda melapor.")
		s.says("tersimpan")

		s.somebodyElse()
		s.login(trainingAdmin)
		s.go_("/kelola/menilai")
		give(false, "0", "Belum menyebut pelaporan.")

		s.somebodyElse()
		s.login(third)
		s.go_("/kelola/menilai?tampil=selisih")
		s.submit(`main .panel-form .btn-primary, main form .btn-primary`)
		s.see("menilai-selisih")
		s.says("Dua penilai berbeda", "Penilai 1", "Lengkap. Tulis juga", "Belum menyebut pelaporan.")
		s.p.Click(`[data-criterion]:nth-of-type(1) input[value="1"]`)
		s.p.Click(`[data-criterion]:nth-of-type(2) input[value="1"]`)
		s.p.Type("#komentar", "Dua dari tiga langkah.")
		s.submit(`button[value="give"]`)
		r.moved(courses.AttemptsCollection, attempt, func() bool {
			at, err := r.Rooms.Courses.Attempt(context.Background(), access.System("test"), attempt)
			return err == nil && at.State == courses.AttemptGraded
		})

		s.somebodyElse()
		s.login(nadia)
		s.look("hasil-dinilai-orang", attemptURL(attempt, "hasil"))
		s.says("Penilaian atas jawaban Anda", "Menyebut sebagian", "Dua dari tiga langkah.", "62,5")
		s.look("kotak-masuk-dinilai", "/kotak-masuk")
		s.says("Jawaban Anda sudah dinilai")

		// Nadia objects; somebody who did not mark it lets others mark again.
		s.go_(attemptURL(attempt, "hasil"))
		s.p.Click(".marked details:last-of-type > summary")
		s.p.Type(`.marked textarea[name="why"]`, "Saya menyebut ketiganya di baris kedua.")
		s.see("keberatan-diajukan")
		s.submit(`.marked .panel-form .btn-primary`)
		s.see("keberatan-menunggu")
		s.says("Keberatan diajukan", "Menunggu diperiksa", "di baris kedua")
		s.somebodyElse()
		_, err = r.Rooms.People.Grant(context.Background(), access.System("test"), r.look(dewi).ID, people.RoleGrant{Role: "training_admin", Why: "uji"})
		check(s.t, err)
		s.login(dewi)
		s.look("keberatan", "/kelola/keberatan")
		s.says("Menunggu diperiksa", "di baris kedua")
		s.submit(`main table a`)
		s.p.Type(`textarea[name="why"]`, "Baris kedua memang menyebut ketiganya.")
		s.see("keberatan-diperiksa")
		if body := s.p.Text("main"); strings.Contains(body, "Nadia") {
			s.t.Error("the objection tells whose it is")
		}
		s.submit(`button[value="yes"]`)
		s.says("menunggu penilai lain")
		s.somebodyElse()
		s.login(nadia)
		s.look("keberatan-diterima", attemptURL(attempt, "hasil"))
		s.says("Sedang dinilai lagi", "Baris kedua memang menyebut ketiganya.")
	})
}
