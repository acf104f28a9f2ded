package web

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/web/browsertest"
)

// Whose stories these are, by their numbers in demo/city/people.csv.
const (
	trainingAdmin = "198605212010012917"
	unitAdmin     = "199107032022212934" // of the civil registry
	analyst       = "198303312008012919"
	systemAdmin   = "198509092009121918"
	signer        = "197105021997032902"
	auditor       = "197606032000031920"
	leader        = "196805141995031901"
	plain         = "199601282024212929" // holds no role
)

// enter logs somebody in without the browser's forms (the learner's story walks those) and answers a client with the session's cookie.
func (r *rig) enter(nip string) *http.Client {
	r.t.Helper()
	ctx := context.Background()
	_, token, err := r.Rooms.People.Activate(ctx, people.ActivateInput{NIP: nip, Code: r.slip(nip), Password: password})
	check(r.t, err)
	jar, err := cookiejar.New(nil)
	check(r.t, err)
	at, err := url.Parse(r.URL)
	check(r.t, err)
	jar.SetCookies(at, []*http.Cookie{{Name: visit.SessionCookie, Value: token, Path: "/"}})
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (r *rig) get(client *http.Client, path string) (int, string) {
	r.t.Helper()
	answer, err := client.Get(r.URL + path)
	check(r.t, err)
	defer answer.Body.Close()
	return answer.StatusCode, body(r.t, answer)
}

func (r *rig) post(client *http.Client, path string, values url.Values) (status int, to, text string) {
	r.t.Helper()
	answer, err := client.PostForm(r.URL+path, values)
	check(r.t, err)
	defer answer.Body.Close()
	return answer.StatusCode, answer.Header.Get("Location"), body(r.t, answer)
}

// pagesOfTheWorkbench are those that need nothing in their address.
var pagesOfTheWorkbench = []string{"", "/pegawai", "/unor", "/jabatan", "/slip", "/impor", "/impor/sinkron", "/kursus", "/kursus/APEL-104", "/kursus/APEL-104/1", "/kursus/APEL-104/1/bank/bank", "/percobaan", "/percobaan?kursus=APEL-104", "/percobaan?tampil=nilai",
	"/angkatan", "/penugasan", "/penugasan/baru", "/penugasan/aturan", "/sertifikat", "/jp", "/lowongan", "/aplikasi", "/aplikasi/KTPEL", "/kesiapan", "/pekerjaan", "/audit", "/pengaturan"}

// openToAll are pages whose content everybody may see: the organisation and the courses that are published.
var openToAll = []string{"/unor", "/jabatan", "/kursus/APEL-104/1", "/aplikasi", "/aplikasi/KTPEL"}

// TestWhoSeesWhichPageOfTheWorkbench opens every page as different people. The rooms decide; the table says what they should decide.
func TestWhoSeesWhichPageOfTheWorkbench(t *testing.T) {
	r := newRig(t)
	all := pagesOfTheWorkbench
	for _, x := range []struct {
		who, nip string
		not      []string // 404, or 403 where one may know that it exists
	}{
		{"training admin", trainingAdmin, []string{"/lowongan", "/audit"}},
		{"unit admin", unitAdmin, []string{"/impor/sinkron", "/kursus", "/kursus/APEL-104", "/kursus/APEL-104/1/bank/bank", "/percobaan", "/percobaan?kursus=APEL-104", "/percobaan?tampil=nilai", "/angkatan", "/lowongan", "/pekerjaan", "/audit", "/pengaturan"}},
		{"placement analyst", analyst, []string{"/slip", "/impor/sinkron", "/kursus", "/kursus/APEL-104", "/kursus/APEL-104/1/bank/bank", "/percobaan", "/percobaan?kursus=APEL-104", "/percobaan?tampil=nilai", "/angkatan", "/penugasan", "/penugasan/baru", "/penugasan/aturan", "/sertifikat", "/jp", "/pekerjaan", "/audit", "/pengaturan"}},
		{"learner", plain, slices.DeleteFunc(slices.Clone(all), func(p string) bool { return slices.Contains(openToAll, p) })},
		{"nobody", "", nil},
	} {
		t.Run(x.who, func(t *testing.T) {
			client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			if x.nip != "" {
				client = r.enter(x.nip)
			}
			for _, path := range all {
				status, _ := r.get(client, "/kelola"+path)
				switch {
				case x.nip == "":
					if status != http.StatusSeeOther {
						t.Errorf("/kelola%s: %d, want the login", path, status)
					}
				case slices.Contains(x.not, path):
					if status != http.StatusNotFound && status != http.StatusForbidden {
						t.Errorf("/kelola%s: %d, want it closed", path, status)
					}
				case status != http.StatusOK:
					t.Errorf("/kelola%s: %d, want it open", path, status)
				}
			}
		})
	}
	r.quiet()
}

// TestFormsOfTheWorkbench sends what people send: a number into a search, a form without its reason, settings somebody else changed meanwhile.
func TestFormsOfTheWorkbench(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	boss, root := r.enter(trainingAdmin), r.enter(systemAdmin)
	p := must[people.Person](t)(r.Rooms.People.LookByNIP(ctx, plain))
	home := "/kelola/pegawai/" + string(p.ID)

	if status, to, _ := r.post(boss, "/kelola/pegawai", url.Values{"q": {plain[:8] + " " + plain[8:]}}); status != http.StatusSeeOther || to != home {
		t.Errorf("a number leads to %d %s, want the profile", status, to)
	}
	if status, to, text := r.post(boss, "/kelola/pegawai", url.Values{"q": {"199901012023212999"}}); status != http.StatusUnprocessableEntity || strings.Contains(text+to, "199901012023212999") {
		t.Errorf("an unknown number: %d %s, or the number comes back", status, to)
	}
	if status, to, _ := r.post(boss, "/kelola/pegawai", url.Values{"q": {"Dewi"}}); status != http.StatusSeeOther || to != "/kelola/pegawai?q=Dewi" {
		t.Errorf("words lead to %d %s", status, to)
	}

	status, _, text := r.post(root, home+"/peran", url.Values{"role": {"auditor"}})
	if status != http.StatusUnprocessableEntity || !strings.Contains(text, `value="auditor" selected`) {
		t.Errorf("a role without a reason: %d, or the form forgot the role", status)
	}
	if a := must[people.Account](t)(r.Rooms.People.Account(ctx, access.System("test"), p.ID)); len(a.Roles) != 0 {
		t.Errorf("the refused form gave %v", a.Roles)
	}
	if status, to, _ := r.post(root, home+"/peran", url.Values{"role": {"auditor"}, "why": {"menggantikan rekan yang cuti"}}); status != http.StatusSeeOther || to != home {
		t.Errorf("a role with its reason: %d %s", status, to)
	}
	if status, _, _ := r.post(boss, home+"/peran", url.Values{"role": {"system_admin"}, "why": {"ingin"}}); status != http.StatusForbidden && status != http.StatusNotFound {
		t.Errorf("a training admin makes a system admin: %d", status)
	}
	own := must[people.Person](t)(r.Rooms.People.LookByNIP(ctx, systemAdmin))
	if _, text := r.get(root, "/kelola/pegawai/"+string(own.ID)); strings.Contains(text, string(own.ID)+"/peran") || strings.Contains(text, string(own.ID)+"/slip") {
		t.Error("one's own profile offers roles or slips to oneself")
	}

	form := url.Values{"version": {"1"}, "institution": {"Pemerintah Kota Cempaka Raya"}, "agency": {"BKPSDMD"}, "agency_short": {"BKPSDMD"}, "accent": {"#0f5c5c"}, "zone": {"Asia/Makassar"}, "number_pattern": {"{seq:5}/{tahun}"}, "jp_duty": {"20"},
		"jp_notice": {"24"}, "service_months": {"6"}, "mail.quiet_from": {"20"}, "mail.quiet_until": {"6"}, "why": {"pindah zona"}, "act": {"save"}}
	form.Set("version", strconv.FormatInt(r.Rooms.Settings.Version()-1, 10))
	if status, _, text := r.post(root, "/kelola/pengaturan", form); status != http.StatusConflict || !strings.Contains(text, "Disimpan orang lain") || !strings.Contains(text, `value="Asia/Makassar" selected`) {
		t.Errorf("settings from an old form: %d, or they do not say so, or forget what was typed", status)
	}
	if zone := r.Rooms.Settings.Current().Zone; zone == "Asia/Makassar" {
		t.Error("settings from an old form were stored")
	}
	form.Set("jp_duty", "banyak")
	if status, _, text := r.post(root, "/kelola/pengaturan", form); status != http.StatusUnprocessableEntity || !strings.Contains(text, "Isi dengan angka") {
		t.Errorf("a word for a number: %d", status)
	}
	r.quiet()
}

// TestAdminsStory is a day of the training admin: every page of the workbench, a file with mistakes and then right, slips, an assignment, a cohort, somebody's training
// from elsewhere, more time and another try for somebody in a test, parked work; then the signer decides on a certificate, the system admin changes the colour, the auditor looks.
func TestAdminsStory(t *testing.T) {
	tell(t, func(s *story) {
		r := s.rig
		r.assign("APEL-104", 60)
		r.assign("APEL-103", 30)
		enrolment := r.graduate(nadia, "APEL-104", 0)
		failed := r.graduate(nadia, "APEL-103", 99)
		r.trainedElsewhere()
		r.park()
		s.login(trainingAdmin)
		for _, path := range pagesOfTheWorkbench {
			if path != "/lowongan" && path != "/audit" { // the officer's and the auditor's
				s.look("kelola"+regexp.MustCompile(`[/?=]+`).ReplaceAllString(path, "-"), "/kelola"+path)
			}
		}
		s.importPeople()
		s.printSlips()
		s.assignSomething()
		s.openCohort()
		s.look("aturan-berhenti", "/kelola/penugasan/aturan/UJI-104")
		s.says("Hentikan aturan")
		s.verifyHours()
		s.look("percobaan-satu", "/kelola/percobaan/"+s.lastAttempt(failed))
		s.says("Beri kesempatan lagi")
		s.repeatParked()

		s.somebodyElse()
		s.login(signer)
		s.look("sertifikat-putusan", "/kelola/sertifikat/"+string(certificateID(enrolment)))
		s.says("Nadia Syafirani", "Tangguhkan")

		s.somebodyElse()
		s.login(systemAdmin)
		s.look("beranda-admin-sistem", "/kelola")
		s.changeColour()
		person := must[people.Person](s.t)(r.Rooms.People.LookByNIP(context.Background(), plain)).ID
		s.look("peran", "/kelola/pegawai/"+string(person))
		s.says("Peran")

		s.somebodyElse()
		s.login(auditor)
		s.look("audit", "/kelola/audit")
		s.says("Jejak audit")
	})
}

// trainedElsewhere enters what Nadia learned elsewhere and what waits for somebody's eyes.
func (r *rig) trainedElsewhere() {
	r.t.Helper()
	v := r.visitor()
	v.enters(nadia)
	v.upload("/jp", "proof", "a.pdf", []byte("%PDF-1.4\n...\nstartxref\n9\n%%EOF"), url.Values{"form": {storage.NewID()}, "title": {"Bimtek pelayanan publik"}, "organiser": {"LAN"}, "on": {"2026-11-02"}, "jp": {"6"}}).leads(r.t, "/jp")
}

// lastAttempt is the newest sitting of an enrolment's post-test.
func (s *story) lastAttempt(enrolment string) string {
	s.t.Helper()
	e := must[courses.EnrolmentDoc](s.t)(s.rig.Rooms.Courses.Enrolment(context.Background(), access.System("test"), enrolment))
	list, _, err := s.rig.Rooms.Courses.Attempts(context.Background(), access.System("test"), courses.AttemptFilter{Course: e.Course})
	check(s.t, err)
	for _, at := range list {
		if at.Enrolment == enrolment && at.Kind == courses.PostTest {
			return at.ID
		}
	}
	s.t.Fatal("no attempt")
	return ""
}

func (s *story) openCohort() {
	s.t.Helper()
	s.go_("/kelola/angkatan")
	s.p.Click("main details.fold summary")
	s.choose("main details [name=course]", "APEL-202")
	s.p.Type("main details [name=name]", "Loket Kecamatan, gelombang 1")
	s.choose("main details [name=from]", "2026-12-01")
	s.choose("main details [name=until]", "2026-12-20")
	s.choose("main details [name=quota]", "25")
	s.submit("main details .btn-primary")
	s.says("Loket Kecamatan, gelombang 1", "Tambah peserta")
	unit := must[people.Unit](s.t)(s.rig.Rooms.People.UnitByCode(context.Background(), "DISDUKCAPIL"))
	s.choose("[name=unit]", string(unit.ID))
	s.submit("main .panel-form .btn-primary")
	s.see("angkatan-satu")
}

func (s *story) verifyHours() {
	s.t.Helper()
	s.go_("/kelola/jp")
	s.says("Bimtek pelayanan publik", "Nadia")
	s.submit("main button[value=terima]")
	s.says("diterima")
	s.see("jp-diterima")
}

const peopleHeader = "nip,name,title_before,title_after,status,legal_position,rank,education,education_field,unit,email,contract_start,contract_end,service_end,status_since\n"

func (s *story) importPeople() {
	s.t.Helper()
	s.go_("/kelola/impor")
	s.choose("[name=kind]", "people")
	s.upload("[name=file]", "pegawai-baru.csv", peopleHeader+"19990101202321290,Wira Contohan,,,PPPK,01,IX,S1,Hukum,DISDUKCAPIL,,2023-01-01,2028-12-31,2028-12-31,2023-01-01\n199901012023212990,Wira Contohan,,,PPPK,01,IX,S1,Hukum,TIDAK-ADA,,2023-01-01,2028-12-31,2028-12-31,2023-01-01\n")
	s.submit(`button[value=check]`)
	s.see("impor-ditolak")
	s.says("Baris 2", "Baris 3", "nip", "NIP atau NI", "TIDAK-ADA", "Tidak ada yang berubah")
	s.submit(`main .panel .btn-primary`) // upload again
	s.upload("[name=file]", "pegawai-baru.csv", peopleHeader+"199901012023212990,Wira Contohan,,,PPPK,01,IX,S1,Hukum,DISDUKCAPIL,,2023-01-01,2028-12-31,2028-12-31,2023-01-01\n")
	s.submit(`button[value=check]`)
	s.see("impor-diperiksa")
	s.says("Wira Contohan", "Menunggu persetujuan")
	where := s.at()
	s.submit(`main .panel .btn-primary`) // apply
	s.rig.until("the import is applied", func() bool { s.go_(where); return strings.Contains(s.p.Text("main"), "1 perubahan diterapkan") })
	s.see("impor-selesai")
	s.go_("/kelola/pegawai")
	s.p.Type("[name=q]", "199901012023212990")
	s.submit(`form[role=search] .btn`)
	if text := s.p.Text("main"); !strings.Contains(text, "Wira Contohan") || strings.Contains(browsertest.Eval[string](s.p, "location.href"), "1999") {
		s.t.Errorf("a number leads to %s: %s", s.at(), text)
	}
	s.see("profil")
}

func (s *story) printSlips() {
	s.t.Helper()
	s.go_("/kelola/slip")
	unit := must[people.Unit](s.t)(s.rig.Rooms.People.UnitByCode(context.Background(), "DISDUKCAPIL"))
	s.choose("[name=unit]", string(unit.ID))
	s.submit(`main form .btn-primary`)
	if n := browsertest.Eval[int](s.p, `document.querySelectorAll(".slip-code strong").length`); n < 5 {
		s.t.Errorf("%d slips: %s", n, s.p.Text("main"))
	}
	if text := s.p.Text("main"); regexp.MustCompile(`\d{18}`).MatchString(text) {
		s.t.Error("a slip shows a whole NIP")
	}
	s.see("slip-cetak")
}

func (s *story) assignSomething() {
	s.t.Helper()
	s.go_("/kelola/penugasan/baru")
	s.p.Type("[name=find]", "Wira Contohan")
	s.submit(`button[value=find]`)
	s.choose("[name=course]", "APEL-104")
	browsertest.Eval[bool](s.p, `document.querySelector(".panel-form").noValidate = true`)
	s.submit(`button[value=assign]`) // without a reason
	s.see("tugas-ditolak")
	if got := browsertest.Eval[string](s.p, `document.querySelector("[name=course]").value`); got != "APEL-104" {
		s.t.Errorf("the refused form forgot the course: %q", got)
	}
	s.p.Type("[name=because]", "Anda baru bertugas di loket kependudukan.")
	s.submit(`button[value=assign]`)
	s.says("loket kependudukan", "Pelayanan Prima Tatap Muka")
	s.see("tugas-diberikan")
}

func (s *story) repeatParked() {
	s.t.Helper()
	s.rig.until("the work is seen", func() bool {
		s.go_("/kelola/pekerjaan")
		return strings.Contains(s.p.Text("main"), "Induk unit ini belum ada")
	})
	s.see("pekerjaan-tertahan")
	s.p.Click("main .fold summary")
	s.p.Type("[name=why]", "sudah diperbaiki")
	s.submit(`main .fold .btn-primary`)
	s.says("dijalankan lagi")
	s.rig.until("the work is done", func() bool {
		s.go_("/kelola/pekerjaan")
		return strings.Contains(s.p.Text("main"), "Tidak ada yang tertahan")
	})
}

func (s *story) changeColour() {
	s.t.Helper()
	s.go_("/kelola/pengaturan")
	s.choose("[name=accent]", "#7a1f3d")
	s.submit(`button[value=preview]`)
	s.see("pengaturan-pratinjau")
	if now := s.rig.Rooms.Settings.Current().Accent; now == "#7a1f3d" {
		s.t.Error("a look stores the colour")
	}
	s.p.Type("[name=why]", "warna resmi kota")
	s.submit(`button[value=save]`)
	if now := s.rig.Rooms.Settings.Current().Accent; now != "#7a1f3d" {
		s.t.Errorf("the colour is %s: %s", now, s.p.Text("main"))
	}
	s.see("pengaturan-tersimpan")
}

// park puts something into the rig that the chain gave up.
func (r *rig) park() {
	r.t.Helper()
	ctx := context.Background()
	unit := must[people.Unit](r.t)(r.Rooms.People.UnitByCode(ctx, "DISDUKCAPIL"))
	check(r.t, r.DB.UpdateEnvelope(ctx, "units", string(unit.ID), func(e *storage.Envelope) error {
		e.Due = storage.NewDue("settle", r.Now())
		e.Due.Parked, e.Due.Reason, e.Due.Tries = true, "Induk unit ini belum ada.", 3
		return nil
	}))
}

func body(t testing.TB, answer *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(answer.Body)
	check(t, err)
	return string(text)
}
