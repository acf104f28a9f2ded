package web

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/web/browsertest"
)

// TestPublicStory opens every page that somebody who is not logged in may see, with every verdict on a certificate in its own words.
func TestPublicStory(t *testing.T) {
	tell(t, func(s *story) {
		r, ctx := s.rig, context.Background()
		id, code := r.certificate("APEL-103")
		old, oldCode := r.certificate("APEL-104")
		s.look("login", "/masuk")
		s.p.Type("[name=nip]", nadia)
		s.p.Type("[name=password]", "salah sekali")
		s.submit("main form .btn-primary")
		s.says("tidak cocok")
		s.see("login-refused")
		for _, x := range []struct{ name, path, says string }{{"activation", "/aktivasi", "slip"}, {"setup", "/penyiapan/" + must[string](s.t)(r.emptySetup()), "Tautan ini berlaku sekali"}, {"forgotten", "/lupa-sandi", "slip"},
			{"reset", "/lupa-sandi/tautan-lama", "Kata sandi"}, {"privacy", "/privasi", "data"}, {"terms", "/istilah", "perangkat daerah"}, {"check", "/periksa", "Kode"}, {"offline", "/luring", "sinyal"}} {
			s.look(x.name, x.path)
			s.says(x.says)
		}
		s.look("check-valid-number", "/v/"+code)
		s.says("Berlaku", "Nadia Syafirani")
		if strings.Contains(s.p.Text("body"), nadia) {
			s.t.Error("a whole NIP on the public page")
		}
		s.go_("/periksa")
		s.p.Type("[name=code]", code[:len(code)-1])
		s.submit("main form .btn-primary")
		s.says("salah ketik")
		s.see("check-mistyped")
		s.go_("/periksa")
		browsertest.Eval[bool](s.p, `document.querySelector("main form").noValidate = true`)
		s.submit("main form .btn-primary")
		s.says("Isi kode verifikasi.")
		s.p.Type("[name=number]", "99999/APEL-103/BKPSDMD/XI/2026")
		s.p.Type("[name=nip]", "939")
		s.p.Type("main [name=name]", "Nadia Syafirani")
		s.p.Leave(func() { s.p.Do(chromedp.KeyEvent("\r")) })
		s.says("Tidak dikenal")
		s.see("check-unknown")
		_, pdf, err := r.Rooms.Certificates.Download(ctx, access.System("test"), id)
		check(s.t, err)
		altered := r.visitor().upload("/periksa", "file", "s.pdf", []byte(strings.Replace(string(pdf), "PDF-1", "PDF-2", 1)), nil)
		altered.want(s.t, 200, "telah diubah")

		boss := access.Actor{Person: "boss", Grants: []access.Grant{{Role: "signer"}}}
		why := certificates.Decision{Reason: "Nilai keliru dicatat oleh penilai.", Official: "Kepala BKPSDMD"}
		must[certificates.View](s.t)(r.Rooms.Certificates.Revoke(ctx, boss, old, why))
		s.look("check-revoked", "/v/"+oldCode)
		s.says("Dicabut", "Nilai keliru")
		must[certificates.View](s.t)(r.Rooms.Certificates.Suspend(ctx, boss, id, why))
		s.look("check-suspended", "/v/"+code)
		s.says("Ditangguhkan")
		must[certificates.View](s.t)(r.Rooms.Certificates.Reinstate(ctx, boss, id, certificates.Decision{Reason: "Nilai sudah diperiksa ulang.", Official: "Kepala BKPSDMD"}))
		r.Pass(400 * 24 * time.Hour)
		s.look("check-expired", "/v/"+code)
		s.says("Kedaluwarsa")
	})
}

// certificate issues one to Nadia, without the way to it.
func (r *rig) certificate(course string) (id certificates.ID, code string) {
	r.t.Helper()
	ctx := context.Background()
	p := must[people.Person](r.t)(r.Rooms.People.LookByNIP(ctx, nadia))
	id = must[certificates.ID](r.t)(r.Rooms.Certificates.Intend(ctx, certificates.Facts{Enrolment: string(p.ID) + "." + course + ".1", Person: string(p.ID), Name: p.DisplayName(), NIP: nadia, Position: "Penata Layanan", Unit: "DPMPTSP",
		Course: course, CourseVersion: course + ".1", Title: "Layanan Tanpa Pungli", JP: 4, Score: 87_500, CompletedOn: "2026-11-22", ValidUntil: "2027-11-22"}))
	check(r.t, r.Rooms.Certificates.Seal(ctx, id))
	return id, must[certificates.Certificate](r.t)(r.Rooms.Certificates.Look(ctx, id)).Record.Code
}

// emptySetup is the one-time link of an installation in which nobody has an account yet.
func (r *rig) emptySetup() (string, error) {
	return r.Rooms.People.SetupToken(context.Background(), access.System("serve"))
}
