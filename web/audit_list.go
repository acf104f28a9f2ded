package web

import (
	"errors"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/audit"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// listAudit is the audit trail: who did what, about whom, why.
func (w *admin) listAudit(c *gin.Context) error {
	if !w.may(c, "view", "audit") {
		return faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	ctx, f := c.Request.Context(), w.format(c)
	values := c.Request.URL.Query()
	form := NewForm(values)
	filter := audit.Filter{Who: form.Get("oleh"), About: form.Get("tentang"), Verb: form.Get("tindakan"), After: cursor(c)}
	zone := w.Settings.Zone()
	if d := civil.Date(form.Get("dari")); d.Valid() {
		filter.Since = zone.Start(d)
	}
	if d := civil.Date(form.Get("sampai")); d.Valid() {
		filter.Until = zone.End(d)
	}
	found, err := w.Audit.List(ctx, reader(c), filter)
	if err != nil {
		return err
	}
	p := &PanelsPage{Base: Base{Active: navAudit, Title: w.T(c, "Jejak audit"), Lead: w.T(c, "Setiap perubahan penting ditulis bersama jejaknya dan dirantai, sehingga tidak dapat dihapus diam-diam."), Crumbs: crumbs()}}
	fields := []Field{form.Input("select", "tindakan", "Tindakan").With(append([]Option{{Value: "", Label: "Semua tindakan"}}, auditVerbs()...)), form.Input("date", "dari", "Dari tanggal").Short(), form.Input("date", "sampai", "Sampai tanggal").Short()}
	who := []Fact{}
	if filter.Who != "" {
		fields = append(fields, hidden("oleh", filter.Who))
		who = append(who, Fact{Label: "Oleh", Value: w.person(ctx, filter.Who)})
	}
	if filter.About != "" {
		fields = append(fields, hidden("tentang", filter.About))
		who = append(who, Fact{Label: "Tentang", Value: w.person(ctx, filter.About)})
	}
	panel := Panel{Fold: true, Open: len(values) > 0, Label: "Saring", Facts: who, Form: &PanelForm{URL: "/kelola/audit", Get: true, Rows: true, Fields: fields, Buttons: []Button{{Label: "Terapkan", Icon: "filter"}, {Label: "Tampilkan semua", URL: "/kelola/audit", Kind: "quiet"}}}}
	panel.Inner = []Panel{{Label: "Cari orangnya", Form: &PanelForm{URL: "/kelola/audit", Rows: true, Fields: []Field{{Kind: "search", Name: "q", Label: "Nama atau NIP pegawai", Length: longestQuery}}, Buttons: []Button{{Label: "Oleh orang ini", Field: "act", Value: "oleh"}, {Label: "Tentang orang ini", Field: "act", Value: "tentang"}}}}}
	t := Table{Label: "Jejak audit", NoSearch: true, Columns: []Column{{Label: "Tindakan", Main: true}, {Label: "Oleh"}, {Label: "Tentang"}, {Label: "Alasan"}, {Label: "Waktu"}}, Empty: Empty{Icon: "audit", Label: "Belum ada jejak yang cocok", Text: w.T(c, "Jejak baru masuk beberapa detik setelah kejadiannya.")}}
	for _, d := range found.Docs {
		e := d.Value
		row := Row{Cells: []Cell{{Text: w.auditVerb(c, e.Verb), Sub: w.auditThing(c, e.Thing)}, {Text: w.person(ctx, e.Who), Sub: w.auditRole(c, e.Role)}, {Text: "–"}, {Text: dash(e.Why), Sub: e.Note}, {Text: f.moment(e.At), Sub: w.T(c, "blok %d", int(e.Block))}}}
		if e.Who != "" && !strings.HasPrefix(e.Who, "system") {
			row.Cells[1].URL = "/kelola/audit?oleh=" + e.Who
		}
		if e.About != "" {
			row.Cells[2] = Cell{Text: w.person(ctx, e.About), URL: "/kelola/audit?tentang=" + e.About}
		}
		t.Rows = append(t.Rows, row)
	}
	next := noCursor
	if found.More {
		next = found.Next
	}
	t.Pager = w.shown(c, nextPage(c, next), len(t.Rows))
	p.add(panel, Panel{Bare: true, Table: &t})
	return w.panels(c, p)
}

// searchAudit finds the person an audit entry is by or about and leads to the list with the internal id, so that no number stands in an address.
func (w *admin) searchAudit(c *gin.Context) error {
	ctx, a, form := c.Request.Context(), reader(c), posted(c)
	q := TableQuery{Search: form.Get("q")}
	key := "tentang"
	if form.Get("act") == "oleh" {
		key = "oleh"
	}
	if q.MayBeNIP() {
		p, err := w.People.FindByNIP(ctx, a, q.Search)
		if err == nil {
			return see(c, "/kelola/audit?"+key+"="+string(p.ID))
		}
		if !errors.Is(err, faults.NotFound) && !errors.Is(err, faults.Invalid) {
			return err
		}
		return w.done(c, Warn, in(c, faults.Of(err).Text), "/kelola/audit")
	}
	found, err := w.People.Persons(ctx, a, people.PersonFilter{Query: q.Search, Limit: 2})
	if err != nil {
		return err
	}
	switch len(found.Items) {
	case 1:
		return see(c, "/kelola/audit?"+key+"="+string(found.Items[0].ID))
	case 0:
		return w.done(c, Warn, w.T(c, "Tidak ada pegawai dengan nama itu."), "/kelola/audit")
	}
	return w.done(c, Info, w.T(c, "Ada beberapa pegawai dengan nama itu. Tulis nama lengkap atau NIP."), "/kelola/audit")
}

// auditVerbs names every verb the rooms write; a test reads them from the source, so that a new one without words is seen.
func auditVerbs() []Option {
	return []Option{{Value: "view_person", Label: "Membuka profil"}, {Value: "grant_role", Label: "Memberi peran"}, {Value: "revoke_role", Label: "Mencabut peran"}, {Value: "issue_slip", Label: "Membuat slip"},
		{Value: "activate", Label: "Mengaktifkan akun"}, {Value: "reset_password", Label: "Mengganti kata sandi lewat surel"}, {Value: "end_sessions", Label: "Mengakhiri sesi"}, {Value: "drop_second_factor", Label: "Melepas kode dua langkah"},
		{Value: "import", Label: "Menerapkan impor"}, {Value: "cancel_import", Label: "Membatalkan impor"}, {Value: "edit_person", Label: "Mengubah data pegawai"}, {Value: "renumber", Label: "Mengganti NIP"}, {Value: "set_supervisor", Label: "Menetapkan atasan"},
		{Value: "assign", Label: "Menugaskan kursus"}, {Value: "withdraw_assignment", Label: "Menarik penugasan"}, {Value: "assign_by_rule", Label: "Membuat aturan penugasan"}, {Value: "stop_rule", Label: "Menghentikan aturan penugasan"},
		{Value: "publish_course", Label: "Menerbitkan kursus"}, {Value: "close_course", Label: "Menutup kursus"}, {Value: "ask_item_review", Label: "Meminta telaah soal"}, {Value: "approve_item", Label: "Menyetujui soal"}, {Value: "return_item", Label: "Mengembalikan soal"}, {Value: "ask_version_review", Label: "Meminta telaah versi kursus"}, {Value: "approve_version", Label: "Menyetujui versi kursus"}, {Value: "return_version", Label: "Mengembalikan versi kursus"}, {Value: "remark_version", Label: "Memberi catatan pada versi kursus"}, {Value: "settle_remark", Label: "Menandai catatan selesai"}, {Value: "reopen_remark", Label: "Membuka lagi catatan"}, {Value: "remark_item", Label: "Memberi catatan pada soal"},
		{Value: "require_item_review", Label: "Mengatur wajib telaah soal"}, {Value: "extra_time", Label: "Menambah waktu tes"}, {Value: "grant_attempt", Label: "Memberi kesempatan tes"},
		{Value: "open_cohort", Label: "Membuka angkatan"}, {Value: "join_cohort", Label: "Menambah peserta angkatan"}, {Value: "leave_cohort", Label: "Meninggalkan angkatan"}, {Value: "close_cohort", Label: "Menutup angkatan"},
		{Value: "plan_exam", Label: "Menjadwalkan ujian"}, {Value: "change_exam", Label: "Mengubah ujian"}, {Value: "cancel_exam", Label: "Membatalkan ujian"}, {Value: "pause_exam", Label: "Menjeda ujian"},
		{Value: "resume_exam", Label: "Melanjutkan ujian"}, {Value: "stop_exam", Label: "Mengakhiri ujian"}, {Value: "message_exam", Label: "Mengirim pesan ke peserta ujian"},
		{Value: "check_regrade", Label: "Memeriksa pembetulan kunci"}, {Value: "regrade", Label: "Menilai ulang"}, {Value: "cancel_regrade", Label: "Menghentikan penilaian ulang"}, {Value: "resume_regrade", Label: "Melanjutkan penilaian ulang"}, {Value: "keep_certificate", Label: "Mempertahankan sertifikat"}, {Value: "refer_certificate", Label: "Meneruskan sertifikat untuk dicabut"},
		{Value: "mark", Label: "Menilai jawaban"}, {Value: "reconcile_mark", Label: "Memutuskan selisih penilai"}, {Value: "object", Label: "Mengajukan keberatan atas penilaian"}, {Value: "refuse_objection", Label: "Menolak keberatan"}, {Value: "mark_again", Label: "Meminta penilaian ulang atas keberatan"}, {Value: "judge_field_work", Label: "Menilai tugas lapangan staf"}, {Value: "route_field_work", Label: "Mengalihkan tugas lapangan ke atasan lain"},
		{Value: "revoke_certificate", Label: "Mencabut sertifikat"}, {Value: "suspend_certificate", Label: "Menangguhkan sertifikat"}, {Value: "reinstate_certificate", Label: "Memberlakukan kembali sertifikat"}, {Value: "record_evidence", Label: "Mencatat bukti kompetensi"},
		{Value: "recommend", Label: "Menyimpan rekomendasi"}, {Value: "unpark", Label: "Menjalankan lagi pekerjaan"}, {Value: "change_settings", Label: "Mengubah pengaturan"},
		{Value: "register_keys", Label: "Mendaftarkan kunci penerbit"}, {Value: "add_key", Label: "Menambah kunci penerbit"}, {Value: "add_signer", Label: "Menambah sertifikat penanda tangan"}, {Value: "copy_keys", Label: "Menyalin kunci penerbit"},
		{Value: "add_person", Label: "Menambah pegawai"}, {Value: "set_email", Label: "Mengganti surel"}, {Value: "appoint", Label: "Menempatkan pegawai"}, {Value: "relieve", Label: "Mengakhiri penempatan"},
		{Value: "add_position", Label: "Menambah jabatan"}, {Value: "edit_position", Label: "Mengubah jabatan"}, {Value: "close_position", Label: "Menutup jabatan"}, {Value: "reopen_position", Label: "Membuka lagi jabatan"},
		{Value: "add_unit", Label: "Menambah unit kerja"}, {Value: "edit_unit", Label: "Mengubah unit kerja"}, {Value: "move_unit", Label: "Memindahkan unit kerja"}, {Value: "close_unit", Label: "Menutup unit kerja"}, {Value: "reopen_unit", Label: "Membuka lagi unit kerja"},
		{Value: "import_unit", Label: "Mengimpor unit kerja"}, {Value: "import_position", Label: "Mengimpor jabatan"}, {Value: "import_person", Label: "Mengimpor data pegawai"}, {Value: "import_appointment", Label: "Mengimpor penempatan"},
		{Value: "set_up", Label: "Menyiapkan admin pertama"}, {Value: "change_password", Label: "Mengganti kata sandi sendiri"}, {Value: "request_reset", Label: "Meminta ganti kata sandi lewat surel"}, {Value: "set_second_factor", Label: "Memasang kode dua langkah"},
		{Value: "block_account", Label: "Menutup akun"}, {Value: "unblock_account", Label: "Membuka akun"}, {Value: "add_token", Label: "Membuat token API"}, {Value: "revoke_token", Label: "Mencabut token API"},
		{Value: "new_course", Label: "Membuat kursus"}, {Value: "new_draft", Label: "Membuat draf kursus"}, {Value: "discard_draft", Label: "Membuang draf kursus"}, {Value: "enrol", Label: "Mendaftarkan ke kursus"},
		{Value: "verify_hours", Label: "Memverifikasi jam pelajaran"}, {Value: "refuse_hours", Label: "Menolak jam pelajaran"}, {Value: "import_dictionary", Label: "Mengimpor kamus kompetensi"}, {Value: "import_standards", Label: "Mengimpor standar kompetensi"},
		{Value: "change_rules", Label: "Mengubah aturan kompetensi"}, {Value: "import_eligibility", Label: "Mengimpor syarat jabatan"},
		{Value: "put_app", Label: "Mencatat aplikasi"}, {Value: "put_app_role", Label: "Mencatat peran aplikasi"}, {Value: "appoint_operator", Label: "Menugaskan petugas aplikasi"}, {Value: "relieve_operator", Label: "Mengakhiri tugas petugas aplikasi"},
		{Value: "import_apps", Label: "Mengimpor aplikasi"}, {Value: "import_app_roles", Label: "Mengimpor peran aplikasi"}, {Value: "import_app_operators", Label: "Mengimpor petugas aplikasi"}, {Value: "import_row", Label: "Menerapkan baris impor"}}
}

func (w *admin) auditVerb(c *gin.Context, verb string) string {
	for _, o := range auditVerbs() {
		if o.Value == verb {
			return w.words.say(Lang(c), o.Label)
		}
	}
	return verb
}

// auditThings names the collections that audit entries are about; of any other one its id says enough.
func auditThings() []Option {
	return []Option{{Value: "people", Label: "data pegawai"}, {Value: "accounts", Label: "akun"}, {Value: "positions", Label: "jabatan"}, {Value: "units", Label: "unit kerja"}, {Value: "register_imports", Label: "impor data"}, {Value: "tokens", Label: "token API"},
		{Value: "attempts", Label: "percobaan"}, {Value: "assignments", Label: "penugasan kursus"}, {Value: "cohorts", Label: "angkatan"}, {Value: "courses", Label: "kursus"}, {Value: "course_versions", Label: "versi kursus"}, {Value: "assignment_rules", Label: "aturan penugasan"}, {Value: "enrolments", Label: "kepesertaan"},
		{Value: "regrades", Label: "penilaian ulang"}, {Value: "certificates", Label: "sertifikat"}, {Value: "evidence", Label: "bukti kompetensi"}, {Value: "hours", Label: "buku jam pelajaran"}, {Value: "recommendations", Label: "rekomendasi"},
		{Value: "signing_keys", Label: "kunci penerbit"}, {Value: "settings", Label: "pengaturan"}, {Value: "dictionary", Label: "kamus kompetensi"}, {Value: "standards", Label: "standar kompetensi"}, {Value: "competency_rules", Label: "aturan kompetensi"},
		{Value: "eligibility", Label: "syarat jabatan"}, {Value: "apps", Label: "aplikasi"}, {Value: "app_roles", Label: "peran aplikasi"}, {Value: "app_operators", Label: "petugas aplikasi"}, {Value: "readiness_imports", Label: "impor aplikasi"}}
}

// auditThing says what kind of thing an entry is about. The id stays only where people chose it themselves: a code.
func (w *admin) auditThing(c *gin.Context, thing string) string {
	kind, id, _ := strings.Cut(thing, "/")
	for _, o := range auditThings() {
		if o.Value != kind {
			continue
		}
		name := w.words.say(Lang(c), o.Label)
		if kind == "courses" || kind == "course_versions" || kind == "assignment_rules" {
			name += " " + id
		}
		return name
	}
	return thing
}

// auditRole says in which role somebody acted.
func (w *admin) auditRole(c *gin.Context, role string) string {
	switch role {
	case "":
		return ""
	case "self":
		return w.T(c, "untuk diri sendiri")
	case "system":
		return w.T(c, "sistem")
	}
	return in(c, people.RoleText(role))
}
