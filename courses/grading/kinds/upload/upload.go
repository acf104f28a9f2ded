// Package upload is work handed in as files that a person marks with a rubric.
package upload

import (
	"slices"
	"strings"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/texts"
)

func init() { grading.Register(Kind{}) }

// Name is the word stored with the item.
const Name grading.Type = "upload"

// Kind is the type. Limit is the number of files, 1 when the author does not say; Files the kinds it takes, Size the megabytes of one.
type Kind struct{ grading.ByPerson }

func (Kind) Name() grading.Type { return Name }
func (Kind) Label() texts.Text  { return texts.T("Unggah berkas", "File upload") }

// Edit asks for the rubric and the files.
func (Kind) Edit() grading.Edit {
	return grading.Edit{Rubric: true, Limit: texts.T("Paling banyak berkas", "Files at most"), Files: true}
}

func (Kind) Field(it grading.Item, _ string, _ grading.Answer) grading.Field {
	f := grading.Field{Ask: grading.AskFiles, Limit: max(it.Limit, 1), Kinds: it.Files, Size: it.Size}
	if f.Size == 0 {
		f.Size = grading.MaxFileMB
	}
	return f
}

func (Kind) Check(it grading.Item, r *grading.Report) {
	grading.CheckRubric(it.Rubric, r)
	if it.Limit < 0 || it.Limit > grading.MaxFiles {
		r.Wrong("limit", "Paling banyak %d berkas.", "At most %d files.", grading.MaxFiles)
	}
	if it.Size < 0 || it.Size > grading.MaxFileMB {
		r.Wrong("size", "Satu berkas paling besar %d MB.", "A file has at most %d MB.", grading.MaxFileMB)
	}
	for i, kind := range it.Files {
		if !slices.Contains(grading.FileKinds, kind) || slices.Contains(it.Files[:i], kind) {
			r.Wrong("files", "Jenis berkas %q tidak dikenal atau disebut dua kali. Yang ada: %s.", "The kind of file %q is not known or named twice. There are: %s.", kind, strings.Join(grading.FileKinds, ", "))
		}
	}
}
