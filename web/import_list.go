package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
)

// kindOfImport is one kind of file the workbench takes.
type kindOfImport struct {
	kind  string
	words Option    // its label and what the file holds
	reg   bool      // of the register: checked into a plan that is accepted afterwards
	verb  [2]string // verb and kind of thing that policies know
	must  string    // columns without which the file is refused
	also  string    // further columns
}

// importKinds are in the order a new city needs them.
func importKinds() []kindOfImport {
	register := [2]string{"run", "register_import"}
	return []kindOfImport{
		{"units", Option{Label: "Unit kerja", Text: "units.csv"}, true, register, "code name kind parent", "head_position"},
		{"positions", Option{Label: "Jabatan", Text: "positions.csv"}, true, register, "code name kind jenjang unit seats", "eselon class standard"},
		{"people", Option{Label: "Pegawai", Text: "people.csv"}, true, register, "nip name status unit", "title_before title_after legal_position rank education education_field email contract_start contract_end service_end status_since"},
		{"appointments", Option{Label: "Penempatan jabatan", Text: "appointments.csv"}, true, register, "nip position kind since", "unit until"},
		{"roles", Option{Label: "Peran", Text: "roles.csv"}, true, register, "nip role", "unit"},
		{"dictionary", Option{Label: "Kamus kompetensi", Text: "dictionary.csv"}, false, [2]string{"import", "dictionary"}, "code kind name level gist", "name_en"},
		{"standards", Option{Label: "Standar kompetensi jabatan", Text: "standards.csv"}, false, [2]string{"import", "standard"}, "code name kind jenjang competency level importance", "class"},
		{"eligibility", Option{Label: "Syarat jabatan menurut hukum", Text: "eligibility.csv"}, false, [2]string{"import", "eligibility"}, "code applies_to rule value law valid_from text_id", "valid_until text_en"},
		{"course", Option{Label: "Kursus", Text: "zip"}, false, [2]string{"publish", "course"}, "", ""},
		{"apps", Option{Label: "Aplikasi layanan", Text: "apps.csv"}, false, [2]string{"import", "app"}, "code name unit", "name_en service status"},
		{"app_roles", Option{Label: "Peran aplikasi", Text: "app_roles.csv"}, false, [2]string{"import", "app"}, "app role", "required_courses sop_version"},
		{"app_operators", Option{Label: "Petugas aplikasi", Text: "app_operators.csv"}, false, [2]string{"import", "app"}, "nip app role", "since"},
		{"assignments", Option{Label: "Aturan penugasan kursus", Text: "assignments.csv"}, false, [2]string{"rule", "assignment"}, "code course who due_days reason_id", "reason_en"},
	}
}

// listImports shows what can be imported and what was.
func (w *admin) listImports(c *gin.Context) error {
	return w.importsPage(c, http.StatusOK, NewForm(map[string][]string{"form": {storage.NewID()}, "kind": {c.Query("jenis")}}), nil)
}

// importsPage shows the upload form again with what is wrong with the file, or empty.
func (w *admin) importsPage(c *gin.Context, status int, form Form, wrong *Notice) error {
	kinds := []Option{{Value: "", Label: "Pilih isi berkas"}}
	for _, k := range importKinds() {
		if w.may(c, k.verb[0], k.verb[1]) {
			kinds = append(kinds, Option{Value: k.kind, Name: w.words.say(Lang(c), k.words.Label) + " (" + k.words.Text + ")"})
		}
	}
	if len(kinds) == 1 && !w.may(c, "view", "register_import") {
		return faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	p := &PanelsPage{Base: Base{Active: navImport, Title: w.T(c, "Impor data"), Lead: w.T(c, "Berkas diperiksa seluruhnya dahulu. Selama ada kesalahan, tidak ada yang berubah."), Crumbs: crumbs()}}
	if wrong != nil {
		p.Notices = append(p.Notices, *wrong)
	}
	if len(kinds) > 1 {
		kind := form.Need("select", "kind", "Isi berkas").With(kinds)
		p.add(Panel{ID: "unggah", Label: "Unggah berkas", Form: &PanelForm{URL: "/kelola/impor", Files: true, Form: form, Fields: []Field{hidden("form", form.Get("form")), kind,
			form.Need("file", "file", "Berkas").Accepting(".csv,.xlsx,.zip").Hinted("CSV, XLSX, atau zip untuk kursus; paling besar 50 MB dan 50.000 baris.")},
			Buttons: []Button{{Label: "Periksa berkas", Kind: "primary", Field: "act", Value: "check", Icon: "check"}, {Label: "Periksa lalu terapkan", Field: "act", Value: "apply"}}}})
	}
	if t := w.columnsTable(c); len(t.Rows) > 0 {
		p.add(Panel{ID: "kolom", Fold: true, Label: "Judul kolom tiap berkas", Text: w.T(c, "Baris pertama berkas memuat judul kolom persis seperti ini, dalam urutan apa pun. Tanggal ditulis 2026-03-31 atau 31/3/2026; kolom NIP di Excel harus berformat teks."), Table: &t})
	}
	if w.may(c, "run", "register_import") {
		p.add(Panel{Label: "Sinkronisasi dari SIASN atau sistem lain", Text: w.T(c, "Unduh data pegawai dari sistem asal, lalu cocokkan kolomnya satu kali. Kali berikutnya pencocokan diingat. Pegawai yang tidak ada lagi di berkas hanya ditandai, tidak pernah dihapus."),
			Actions: []Button{{Label: "Mulai sinkronisasi", URL: "/kelola/impor/sinkron", Icon: "sync"}}})
	}
	if w.may(c, "view", "register_import") {
		found, err := w.People.Imports(c.Request.Context(), reader(c), cursor(c), 20)
		if err != nil {
			return err
		}
		t := w.importTable(c, found)
		p.add(Panel{Label: "Impor sebelumnya", Table: &t})
	}
	w.Render(c, status, "panels", p)
	return nil
}

// columnsTable says for each kind of table the reader may import which columns it has.
func (w *admin) columnsTable(c *gin.Context) Table {
	t := Table{ID: "columns", Label: "Judul kolom tiap berkas", NoSearch: true, Columns: []Column{{Label: "Isi berkas", Main: true}, {Label: "Kolom wajib"}, {Label: "Kolom lain"}}}
	for _, k := range importKinds() {
		if k.must != "" && w.may(c, k.verb[0], k.verb[1]) {
			t.Rows = append(t.Rows, Row{Cells: []Cell{{Text: w.words.say(Lang(c), k.words.Label), Sub: k.words.Text}, {Text: strings.ReplaceAll(k.must, " ", ", ")}, {Text: dash(strings.ReplaceAll(k.also, " ", ", "))}}})
		}
	}
	return t
}

func (w *admin) importTable(c *gin.Context, found people.Page[people.Import]) Table {
	f := w.format(c)
	t := Table{Label: "Impor sebelumnya", NoSearch: true, Columns: []Column{{Label: "Berkas", Main: true}, {Label: "Isi"}, {Label: "Status"}, {Label: "Baris", Numeric: true}, {Label: "Oleh", Minor: true}, {Label: "Waktu"}},
		Empty: Empty{Icon: "import", Label: "Belum ada impor", Text: w.T(c, "Mulai dari unit kerja, lalu jabatan, pegawai, dan penempatannya.")}}
	for _, i := range found.Items {
		b := importBadge(i)
		t.Rows = append(t.Rows, Row{URL: address("kelola", "impor", i.ID), Cells: []Cell{{Text: i.Name, Sub: i.Source}, {Text: w.importKind(c, i.Kind)}, {Badge: &b}, {Text: w.count(c, i.Rows)}, {Text: w.person(c.Request.Context(), i.By)}, {Text: f.moment(i.At)}}})
	}
	next := noCursor
	if found.More {
		next = found.Next
	}
	t.Pager = nextPage(c, next)
	return t
}

func (w *admin) importKind(c *gin.Context, kind people.ImportKind) string {
	if kind == people.ImportSync {
		return w.T(c, "Sinkronisasi")
	}
	all := importKinds()
	if i := slices.IndexFunc(all, func(k kindOfImport) bool { return k.kind == string(kind) }); i >= 0 {
		return w.words.say(Lang(c), all[i].words.Label)
	}
	return string(kind)
}

func importBadge(i people.Import) Badge {
	switch i.State {
	case people.ImportRefused:
		return Badge{Kind: Danger, Label: "Ditolak"}
	case people.ImportChecked:
		return Badge{Kind: Info, Label: "Menunggu persetujuan", Icon: "clock"}
	case people.ImportApplying:
		return Badge{Kind: Info, Label: "Sedang diterapkan", Icon: "clock"}
	case people.ImportCancelled:
		return Badge{Kind: Warn, Label: "Dibatalkan"}
	}
	if i.Left > 0 {
		return Badge{Kind: Warn, Label: "Selesai, ada yang dilewati"}
	}
	return Badge{Kind: Success, Label: "Selesai"}
}
