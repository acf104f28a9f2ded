package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/web/browsertest"
)

// wronged is a test of Nadia's, so many questions of it wrong, with one whose key calls her answer wrong: the attempt, the item, and the option she chose.
func (r *rig) wronged(wrong int) (attempt, item, chosen string) {
	r.t.Helper()
	ctx, all := context.Background(), access.System("test")
	r.assign("APEL-103", 30)
	e := must[courses.EnrolmentDoc](r.t)(r.Rooms.Courses.Enrolment(ctx, all, r.graduate(nadia, "APEL-103", wrong)))
	items := must[[]grading.Item](r.t)(r.Rooms.Courses.Items(ctx, all, e.Version, "bank"))
	list, _, err := r.Rooms.Courses.Attempts(ctx, all, courses.AttemptFilter{Enrolment: e.ID})
	check(r.t, err)
	for _, at := range list {
		if at.Kind != courses.PostTest {
			continue
		}
		for _, x := range must[courses.Review](r.t)(r.Rooms.Courses.Review(ctx, all, at.ID)).Items {
			i := slices.IndexFunc(items, func(it grading.Item) bool { return it.ID == x.Item && it.Type == grading.Single })
			if i < 0 || x.State != grading.Wrong {
				continue
			}
			for _, ch := range x.Choices {
				for _, o := range items[i].Options {
					if ch.Chosen && plainText(o.Text) == plainText(string(ch.HTML)) {
						return at.ID, x.Item, o.ID
					}
				}
			}
		}
	}
	r.t.Fatal("no question of one choice was answered wrongly")
	return "", "", ""
}

// keyTick is the control that says an option is right.
func keyTick(option string) string { return fmt.Sprintf("o%d.key", option[0]-'a') }

// checked waits for the end of a dry run.
func (r *rig) checked(id string) {
	r.t.Helper()
	r.moved(courses.RegradesCollection, id, func() bool {
		x, err := r.Rooms.Courses.RegradeByID(context.Background(), access.System("test"), id)
		return err == nil && x.State == courses.RegradeChecked
	})
}

// TestRegradePages: a dry run that changes nothing says so and does not push on; while a regrade runs its page loads itself again, but never while a reason is being
// typed; the learner reads that the result is being graded again, and afterwards what it was before.
func TestRegradePages(t *testing.T) {
	r := newRig(t)
	attempt, item, chosen := r.wronged(6)
	ctx, v, at := context.Background(), r.visitor(), correctionURL(item)
	v.enters(trainingAdmin)
	form := formOf(t, v.get(at).want(t, http.StatusOK).body, at+"#"+here)
	form.Set("why", "periksa saja")
	same := v.post(at, form).to
	r.checked(strings.TrimPrefix(same, "/kelola/nilai-ulang/"))
	page := v.get(same).want(t, http.StatusOK, "Tidak ada nilai yang berubah", "Periksa lagi kuncinya", "Tetap pakai kunci ini")
	if strings.Contains(page.body, "Jalankan penilaian ulang") {
		t.Error("running it is offered as the next step although nothing changes")
	}

	form = formOf(t, v.get(at).body, at+"#"+here)
	form.Set(keyTick(chosen), "1")
	form.Set("why", "Jawaban ini juga benar")
	here := v.post(at, form).to
	id := strings.TrimPrefix(here, "/kelola/nilai-ulang/")
	r.checked(id)
	page = v.get(here).want(t, http.StatusOK, "Jalankan penilaian ulang", "Yang akan berubah", "Nadia")
	if page.header.Get("Refresh") != "" {
		t.Error("a page that waits for a decision loads itself again")
	}

	r.halt()
	v.post(here+"/jalankan", nil).leads(t, here)
	check(t, r.Rooms.Courses.RunRegrade(ctx, id)) // takes the key; nothing is graded yet
	page = v.get(here).want(t, http.StatusOK, "Sedang dinilai ulang", "Hentikan")
	if page.header.Get("Refresh") == "" || strings.Contains(page.body, "<textarea") {
		t.Error("a running regrade does not load itself again, or does so over a field that can be typed in")
	}
	page = v.get(here+"?lakukan=hentikan").want(t, http.StatusOK, "<textarea", "Batal")
	if page.header.Get("Refresh") != "" {
		t.Error("the page loads itself again while a reason is typed")
	}
	page = v.post(here+"/hentikan", url.Values{"why": {""}}).want(t, http.StatusUnprocessableEntity, "Tulis alasannya", "<textarea")
	if page.header.Get("Refresh") != "" {
		t.Error("the refused form loads itself again")
	}
	learner := r.visitor()
	learner.enters(nadia)
	learner.get(attemptURL(attempt, "hasil")).want(t, http.StatusOK, "Sedang dinilai ulang", "hasil sebelumnya")
	for !strings.Contains(learner.get(attemptURL(attempt, "hasil")).body, "Sudah dinilai ulang") {
		if x, err := r.Rooms.Courses.RegradeByID(ctx, access.System("test"), id); err != nil || x.State == courses.RegradeFinished {
			t.Fatalf("%v: the learner is told nothing", err)
		}
		check(t, r.Rooms.Courses.RunRegrade(ctx, id))
	}
}

// issued waits for the certificate that the first sitting of a post-test gives.
func (r *rig) issued(attempt string) certificates.ID {
	r.t.Helper()
	id := certificateID(strings.TrimSuffix(attempt, ".posttest.1"))
	r.moved(certificates.Collection, string(id), func() bool {
		c, err := r.Rooms.Certificates.Look(context.Background(), id)
		return err == nil && c.State == certificates.Issued
	})
	return id
}

// TestRegradedCertificateIsDecided: a certificate that shows an earlier score after a regrade waits on the workbench, in the list over all regrades and on the page of its own until a person decides; nothing is revoked.
func TestRegradedCertificateIsDecided(t *testing.T) {
	r := newRig(t)
	attempt, item, chosen := r.wronged(3)
	ctx, v, at := context.Background(), r.visitor(), correctionURL(item)
	certificate := r.issued(attempt)
	v.enters(trainingAdmin)
	form := formOf(t, v.get(at).body, at+"#"+here)
	form.Set(keyTick(chosen), "1")
	form.Set("why", "Jawaban ini juga benar")
	here := v.post(at, form).to
	id := strings.TrimPrefix(here, "/kelola/nilai-ulang/")
	r.checked(id)
	v.post(here+"/jalankan", nil).leads(t, here)
	r.moved(courses.RegradesCollection, id, func() bool {
		x, err := r.Rooms.Courses.RegradeByID(ctx, access.System("test"), id)
		return err == nil && x.State == courses.RegradeFinished
	})

	r.until("whoever had it run is told", func() bool { return strings.Contains(v.get("/kotak-masuk").body, "Sertifikat menunggu putusan Anda") })
	v.get("/kelola").want(t, http.StatusOK, "Sertifikat menunggu putusan")
	v.get("/kelola/nilai-ulang?tampil=putusan").want(t, http.StatusOK, "Nadia", "Putuskan", "Sertifikat memuat nilai lama")
	v.get(here).want(t, http.StatusOK, "Belum diputuskan", "Putuskan")
	asks := here + "?lakukan=putuskan&percobaan=" + attempt
	v.get(asks).want(t, http.StatusOK, "Pertahankan sertifikat", "Teruskan untuk dicabut", string(certificate))
	v.post(here+"/putusan/"+attempt, url.Values{"act": {"keep"}, "why": {" "}}).want(t, http.StatusUnprocessableEntity, "Tulis alasannya", "<textarea")
	v.post(here+"/putusan/"+attempt, url.Values{"act": {"keep"}, "why": {"Nilainya naik"}}).leads(t, here+"#sertifikat")
	v.get(here).want(t, http.StatusOK, "Dipertahankan", "Ubah putusan")
	v.get(asks).want(t, http.StatusOK, "Nilainya naik")
	v.get("/kelola/nilai-ulang?tampil=putusan").want(t, http.StatusOK, "Tidak ada sertifikat yang menunggu putusan")
	to := v.post(here+"/putusan/"+attempt, url.Values{"act": {"refer"}, "why": {"Perlu diterbitkan lagi"}}).to
	v.get(to).want(t, http.StatusOK, "Cabut")
	v.get(here).want(t, http.StatusOK, "Diteruskan untuk dicabut")
	if c := must[certificates.Certificate](t)(r.Rooms.Certificates.Look(ctx, certificate)); c.State != certificates.Issued {
		t.Errorf("the certificate is %s", c.State)
	}
	own := r.visitor()
	own.enters(nadia)
	if got := own.post(here+"/putusan/"+attempt, url.Values{"act": {"keep"}, "why": {"Milik saya"}}); got.status != http.StatusNotFound {
		t.Errorf("a learner who decides is answered %d", got.status)
	}
}

// TestRegradeStory: a training admin lets a second answer count, looks at the dry run, runs it, and the learner sees the new result beside the old one.
func TestRegradeStory(t *testing.T) {
	tell(t, func(s *story) {
		r := s.rig
		attempt, item, chosen := r.wronged(3)
		r.issued(attempt)
		s.login(trainingAdmin)
		s.look("nilai-ulang", "/kelola/nilai-ulang?kursus=APEL-103")
		s.look("kunci", correctionURL(item))
		s.p.Click(`[name="` + keyTick(chosen) + `"]`)
		s.p.Type("[name=why]", "Jawaban ini juga benar menurut naskah.")
		s.submit("main .panel-form .btn-primary")
		here := s.at()
		id := strings.TrimPrefix(here, "/kelola/nilai-ulang/")
		r.checked(id)
		s.look("nilai-ulang-uji-coba", here)
		s.says("Yang akan berubah", "Nadia Syafirani")
		s.submit(`main form[action$="/jalankan"] .btn-primary`)
		r.moved(courses.RegradesCollection, id, func() bool {
			x, err := r.Rooms.Courses.RegradeByID(context.Background(), access.System("test"), id)
			return err == nil && x.State == courses.RegradeFinished
		})
		s.look("nilai-ulang-selesai", here)
		s.says("Selesai", "Yang berubah", "Nadia Syafirani")
		s.look("nilai-ulang-hentikan", here+"?lakukan=hentikan")
		s.look("nilai-ulang-putusan", here+"?lakukan=putuskan&percobaan="+attempt)
		s.look("nilai-ulang-menunggu", "/kelola/nilai-ulang?tampil=putusan")

		s.somebodyElse()
		s.login(nadia)
		s.look("hasil-dinilai-ulang", attemptURL(attempt, "hasil"))
		s.says("Sudah dinilai ulang", "Hasil sebelumnya", "Jawaban ini juga benar menurut naskah.")
		if n := browsertest.Eval[int](s.p, `document.querySelectorAll("main .notice").length`); n == 0 {
			s.t.Error("the new result stands in no notice")
		}
	})
}
