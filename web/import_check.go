package web

import (
	"bytes"
	"context"
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	tables "github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/readiness"
)

// maxImport is the largest file the workbench takes.
const maxImport = 50 << 20

// checkImport takes a file of any kind. A file of the register becomes a plan to look at; other files are versioned sets, which change whole or not at all.
func (w *admin) checkImport(c *gin.Context) error {
	name, data, err := w.file(c)
	form := posted(c)
	if err == nil && data == nil {
		err = faults.OnField("file", "Pilih berkasnya dahulu.", "Choose the file first.")
	}
	kind, apply := form.Get("kind"), form.Get("act") == "apply"
	if err == nil && kind == "" {
		err = faults.OnField("kind", "Pilih isi berkasnya.", "Choose what the file holds.")
	}
	if err != nil {
		return w.importAgain(c, form, err)
	}
	ctx, a := c.Request.Context(), reader(c)
	for _, k := range importKinds() {
		if k.kind == kind && k.reg {
			plan, err := w.checkRegister(ctx, a, people.ImportInput{ID: form.Get("form"), Kind: people.ImportKind(kind), Name: name}, data, apply)
			if err != nil {
				return w.importAgain(c, form, err)
			}
			return see(c, address("kelola", "impor", plan.ID))
		}
	}
	text, err := w.importSet(c, kind, name, data, !apply)
	if err != nil {
		return w.importAgain(c, form, err)
	}
	return w.done(c, Success, text, "/kelola/impor")
}

// checkRegister makes a plan of a file and, when it is without mistakes and was to be applied at once, accepts it.
func (w *admin) checkRegister(ctx context.Context, a access.Actor, in people.ImportInput, data []byte, apply bool) (people.Import, error) {
	sheet, err := tables.Read(in.Name, bytes.NewReader(data), tables.Options{})
	if err != nil {
		return people.Import{}, err
	}
	in.Sheet = sheet
	plan, err := w.People.CheckImport(ctx, a, in)
	if err == nil && apply && plan.State == people.ImportChecked {
		plan, err = w.People.AcceptImport(ctx, a, plan.ID)
	}
	return plan, err
}

// importSet takes a versioned set and says what became of it.
func (w *admin) importSet(c *gin.Context, kind, name string, data []byte, check bool) (string, error) {
	ctx, a, r := c.Request.Context(), reader(c), bytes.NewReader(data)
	n, changed := 0, true
	switch kind {
	case "dictionary":
		done, err := w.Competencies.ImportDictionary(ctx, a, name, r, check)
		if err != nil {
			return "", err
		}
		n, changed = done.Items, check || done.Changed
	case "standards":
		done, err := w.Competencies.ImportStandards(ctx, a, name, r, check)
		if err != nil {
			return "", err
		}
		n, changed = done.Items, check || done.Changed
	case "eligibility":
		done, err := w.Placement.ImportEligibility(ctx, a, name, r, check)
		if err != nil {
			return "", err
		}
		n, changed = done.Rows, check || done.Changed
	case "assignments":
		done, err := w.Courses.ImportRules(ctx, a, name, r, check)
		if err != nil {
			return "", err
		}
		n = done
	case "apps", "app_roles", "app_operators":
		if w.Readiness == nil {
			return "", faults.OnField("kind", "Jenis impor tidak dikenal.", "Unknown kind of import.")
		}
		done, err := w.Readiness.Import(ctx, a, readiness.ImportKind(kind), name, r, check)
		if err != nil {
			return "", err
		}
		n, changed = done.Rows, check || done.New+done.Changed > 0
	case "course":
		return w.importCourse(c, data, check)
	default:
		return "", faults.OnField("kind", "Jenis impor tidak dikenal.", "Unknown kind of import.")
	}
	switch {
	case check:
		return w.T(c, "Berkas benar: %d entri. Belum ada yang berubah.", n), nil
	case !changed:
		return w.T(c, "Isi berkas sama dengan yang sudah berlaku. Tidak ada yang berubah."), nil
	}
	return w.T(c, "%d entri berlaku mulai sekarang.", n), nil
}

// importCourse takes a zipped course folder as a new version and publishes it.
func (w *admin) importCourse(c *gin.Context, data []byte, check bool) (string, error) {
	draft, _, err := w.Courses.ReadZip(c.Request.Context(), reader(c), bytes.NewReader(data))
	if err != nil {
		return "", err
	}
	done, err := w.Courses.Import(c.Request.Context(), reader(c), courses.ImportInput{Draft: draft, Publish: true, DryRun: check})
	if err != nil {
		return "", err
	}
	switch {
	case check:
		return w.T(c, "Kursus %s benar: %d pelajaran, %d soal. Belum ada yang berubah.", done.Course, done.Lessons, done.Items), nil
	case done.Unchanged:
		return w.T(c, "Kursus %s sudah terbit dengan isi yang sama.", done.Course), nil
	}
	return w.T(c, "Kursus %s terbit: %d pelajaran, %d soal.", done.Course, done.Lessons, done.Items), nil
}

// file reads the uploaded file; nil data when none was chosen.
func (w *admin) file(c *gin.Context) (name string, data []byte, err error) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxImport+1<<20)
	data, err = uploaded(c, "file", maxImport)
	if head, bad := c.FormFile("file"); bad == nil {
		name = path.Base(strings.ReplaceAll(head.Filename, "\\", "/"))
	}
	if err == nil && people.HoldsNIP(name) { // it is shown on pages and kept with the plan
		return "", nil, faults.OnField("file", "Nama berkas memuat nomor panjang yang bisa jadi NIP. Ganti namanya, lalu unggah lagi.", "The file's name holds a long number that may be a NIP. Rename it and upload it again.")
	}
	return name, data, err
}

// importAgain shows the upload form with what is wrong: beside its field, or as a list of places in the file.
func (w *admin) importAgain(c *gin.Context, form Form, err error) error {
	f := faults.Of(err)
	fields := map[string]bool{"file": true, "kind": true, "source": true}
	if len(f.Fields) == 1 && fields[f.Fields[0].Path] {
		if !form.Take(err, Lang(c)) {
			return err
		}
		return w.importsPage(c, form.Status(), form, nil)
	}
	n, ok := w.mistakes(c, "Berkas belum dapat diterima", err)
	if !ok {
		return err
	}
	return w.importsPage(c, f.Kind.Status(), form, &n)
}
