package web

import (
	"context"
	"strings"
	"testing"

	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/web/browsertest"
)

// TestOfficersStory is a day of the officer at the personnel body who prepares placements: who holds what, which posts are empty, who fits and why, a recommendation
// kept for the meeting, which posts fit one person, how ready the applications are; then the leader reads what was kept.
func TestOfficersStory(t *testing.T) {
	tell(t, func(s *story) {
		r, ctx := s.rig, context.Background()
		r.assign("APEL-104", 60)
		r.graduate(nadia, "APEL-104", 0)
		s.login(analyst)
		s.look("home-petugas", "/")
		s.look("kelola-petugas", "/kelola")
		s.look("petugas-pegawai", "/kelola/pegawai")
		person := must[people.Person](s.t)(r.Rooms.People.LookByNIP(ctx, nadia))
		s.look("petugas-profil", "/kelola/pegawai/"+string(person.ID))
		s.says("Nadia Syafirani", "Pelayanan Prima")
		s.look("petugas-jabatan-orang", "/kelola/pegawai/"+string(person.ID)+"/jabatan")
		s.look("petugas-jabatan-semua", "/kelola/pegawai/"+string(person.ID)+"/jabatan?tampil=semua")
		s.says("memenuhi syarat")

		s.look("lowongan", "/kelola/lowongan")
		post := must[people.Position](s.t)(r.Rooms.People.PositionByCode(ctx, "LURAH-PUSPA"))
		s.look("lowongan-lurah", "/kelola/lowongan/"+string(post.ID))
		s.says("pejabat memutuskan", "Memenuhi syarat", "Dasar perhitungan")
		s.p.Type("[name=note]", "Untuk rapat tim penilai kinerja.")
		s.submit(`main .panel-form .btn-primary`)
		s.says("Rekomendasi disimpan", "Untuk rapat tim penilai kinerja.")
		s.see("rekomendasi")
		kept := s.at()
		if !strings.HasPrefix(kept, "/kelola/rekomendasi/") {
			s.t.Errorf("the recommendation stands at %s", kept)
		}
		s.go_("/kelola/lowongan/" + string(post.ID))
		s.says("Rekomendasi tersimpan")
		s.look("petugas-aplikasi", "/kelola/aplikasi")
		s.look("petugas-aplikasi-satu", "/kelola/aplikasi/KTPEL")
		s.look("kesiapan", "/kelola/kesiapan")

		s.somebodyElse()
		s.login(leader)
		s.look("home-pimpinan", "/")
		s.look("kelola-pimpinan", "/kelola")
		s.look("pimpinan-kesiapan", "/kelola/kesiapan")
		s.look("pimpinan-rekomendasi", kept)
		s.says("Untuk rapat tim penilai kinerja.")
		if n := browsertest.Eval[int](s.p, `document.querySelectorAll("main form[method=post]").length`); n != 0 {
			s.t.Errorf("a kept recommendation offers %d forms", n)
		}
	})
}
