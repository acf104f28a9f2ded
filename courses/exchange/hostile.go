package exchange

import (
	"path"
	"strings"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/uploads"
)

// harmless refuses content that is an attack whatever else it is: a program, the virus test file.
func harmless(data []byte) error {
	switch err := uploads.Harmless(data); err {
	case uploads.ErrVirus:
		return faults.Wrap(err, faults.Invalid, "Berkas ini memuat penanda uji virus (EICAR) dan ditolak. Kirim berkas yang bersih.", "This file holds the virus test mark (EICAR) and is refused. Send a clean file.")
	case uploads.ErrProgram:
		return faults.Wrap(err, faults.Invalid, "Berkas ini sebuah program dan ditolak. Kirim berkas soal.", "This file is a program and is refused. Send a file of items.")
	}
	return nil
}

// recognisePackage says what a zip is.
func recognisePackage(data []byte) (Format, error) {
	z, err := uploads.OpenPackage(data)
	if err != nil {
		return "", err
	}
	for _, f := range z.File {
		switch name := strings.ToLower(strings.TrimPrefix(f.Name, "/")); {
		case name == "xl/workbook.xml":
			return XLSX, nil
		case name == "word/document.xml":
			return Word, nil
		case path.Base(name) == "course.yaml":
			return "", faults.New(faults.Invalid, "Zip ini sebuah kursus, bukan bank soal. Unggah di Kelola kursus, tombol Unggah kursus.", "This zip is a course, no item bank. Upload it under Manage courses, button Upload a course.")
		}
	}
	return "", faults.New(faults.Invalid, "Zip ini bukan berkas soal. Yang diterima: .docx dan .xlsx.", "This zip is no file of items. Accepted are .docx and .xlsx.")
}
