package exchange

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
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

// Limits of an office package (.docx, .xlsx).
const (
	maxParts  = 3000     // entries
	maxPacked = 50 << 20 // bytes when unpacked, all entries together
	maxRatio  = 200      // an entry of over 1 MB may unpack to so many times its size
)

// openPackage looks at every entry of an office package before any of it is read. Faults: Invalid with the entry named, TooLarge.
func openPackage(data []byte) (*zip.Reader, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, faults.Wrap(err, faults.Invalid, "Berkas ini rusak. Buka di Word atau Excel, lalu simpan ulang.", "This file is damaged. Open it in Word or Excel and save it again.")
	}
	tooLarge := faults.New(faults.TooLarge, "Isi berkas ini membengkak melebihi batas saat dibuka, jadi ditolak. Perkecil gambarnya atau bagi berkasnya.", "The content of this file swells over the limit when opened and is refused. Make its pictures smaller or split it.")
	if len(z.File) > maxParts {
		return nil, tooLarge
	}
	seen := map[string]bool{}
	total := int64(0)
	for _, f := range z.File {
		refuse := func(id, en string) error {
			return faults.New(faults.Invalid, "Berkas ditolak karena "+shorten(f.Name)+": "+id, "The file is refused because of "+shorten(f.Name)+": "+en)
		}
		name := strings.TrimSuffix(f.Name, "/")
		switch lower := strings.ToLower(name); {
		case !fs.ValidPath(strings.TrimPrefix(name, "/")) || strings.Contains(name, `\`):
			return nil, refuse("jalurnya keluar dari berkas.", "its path leaves the file.")
		case !f.Mode().IsRegular() && !f.Mode().IsDir():
			return nil, refuse("tautan dan berkas khusus tidak diterima.", "links and special files are not accepted.")
		case f.Flags&1 != 0:
			return nil, refuse("berkas diberi kata sandi.", "it is encrypted.")
		case seen[lower]:
			return nil, refuse("nama yang sama ada dua kali.", "the same name is there twice.")
		case strings.HasSuffix(lower, "vbaproject.bin") || strings.HasSuffix(lower, ".exe") || strings.HasSuffix(lower, ".js"):
			return nil, refuse("berkas ini memuat program (makro). Simpan sebagai .docx atau .xlsx biasa.", "it holds a program (macros). Save it as a plain .docx or .xlsx.")
		default:
			seen[lower] = true
		}
		r, err := f.Open()
		if err != nil {
			return nil, refuse("isinya rusak.", "its content is damaged.")
		}
		left := maxPacked - total
		if f.CompressedSize64 > 0 && f.UncompressedSize64 > 1<<20 {
			left = min(left, int64(min(f.CompressedSize64, maxPacked))*maxRatio)
		}
		var mark uploads.Finder
		n, err := io.Copy(&mark, io.LimitReader(r, left+1))
		r.Close()
		total += n
		switch {
		case n > left:
			return nil, tooLarge
		case err != nil:
			return nil, refuse("isinya rusak.", "its content is damaged.")
		case mark.Found:
			return nil, refuse("isinya memuat penanda uji virus (EICAR).", "it holds the virus test mark (EICAR).")
		}
	}
	return z, nil
}

// recognisePackage says what a zip is.
func recognisePackage(data []byte) (Format, error) {
	z, err := openPackage(data)
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
			return "", faults.New(faults.Invalid, "Zip ini sebuah kursus, bukan bank soal. Unggah di halaman impor sebagai kursus.", "This zip is a course, no item bank. Upload it on the import page as a course.")
		}
	}
	return "", faults.New(faults.Invalid, "Zip ini bukan berkas soal. Yang diterima: .docx dan .xlsx.", "This zip is no file of items. Accepted are .docx and .xlsx.")
}
