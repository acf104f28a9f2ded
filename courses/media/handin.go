package media

import (
	"archive/zip"
	"bytes"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/uploads"
)

// A photo of a page is to be read, so it may be larger than a picture of a lesson.
const (
	photoBytes = 700 << 10
	photoSide  = 2200
)

// office are the parts by which an office package is known.
var office = map[string]string{
	"word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"xl/workbook.xml":   "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// HandIn makes a file that somebody hands in fit to be kept: what it is follows from its content, whatever it is called. A picture is written anew, readable and without
// metadata; of a PDF, a Word or Excel file and a text the content stays as it is (also what the document says about its author). Invalid and TooLarge say what to do. Taking
// the same file again gives the same content.
func HandIn(data []byte) (File, error) {
	if len(data) == 0 {
		return File{}, faults.New(faults.Invalid, "Berkas ini kosong. Periksa berkasnya, lalu kirim lagi.", "This file is empty. Check it and send it again.")
	}
	switch err := uploads.Harmless(data); err {
	case uploads.ErrVirus:
		return File{}, faults.Wrap(err, faults.Invalid, "Berkas ini memuat penanda uji virus (EICAR) dan ditolak. Kirim berkas yang bersih.", "This file holds the virus test mark (EICAR) and is refused. Send a clean file.")
	case uploads.ErrProgram:
		return File{}, faults.Wrap(err, faults.Invalid, "Berkas ini sebuah program dan ditolak. Kirim dokumennya sendiri: PDF, foto, Word, Excel, atau teks.", "This file is a program and is refused. Send the document itself: PDF, a photo, Word, Excel or a text.")
	}
	kind := Sniff(data)
	switch {
	case kind == "image/jpeg" || kind == "image/png":
		return picture(data, kind, size{photoBytes, photoSide})
	case kind == "image/heic":
		return File{}, faults.New(faults.Invalid, "Foto HEIC tidak dapat dibuka di semua komputer. Di iPhone: Pengaturan > Kamera > Format > Paling Kompatibel, atau kirim tangkapan layarnya.", "HEIC photos do not open everywhere. On an iPhone: Settings > Camera > Formats > Most Compatible, or send a screenshot of it.")
	case kind == "image/svg+xml" || strings.HasPrefix(http.DetectContentType(data), "text/html"):
		return File{}, faults.New(faults.Invalid, "Berkas HTML dan SVG tidak diterima karena dapat memuat skrip. Simpan sebagai PDF, lalu kirim PDF-nya.", "HTML and SVG are not accepted because they can hold scripts. Save it as PDF and send that.")
	case bytes.HasPrefix(data, []byte("%PDF-")):
		return pdf(data)
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return officeFile(data)
	case bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0")):
		return File{}, faults.New(faults.Invalid, "Ini berkas Word atau Excel lama, atau berkas berkata sandi. Buka, simpan sebagai .docx, .xlsx, atau PDF tanpa kata sandi, lalu kirim.", "This is an old Word or Excel file, or one with a password. Save it as .docx, .xlsx or PDF without a password and send that.")
	case kind != "":
		return File{}, faults.New(faults.Invalid, "Gambar, video, atau rekaman jenis ini tidak diterima. Kirim foto sebagai JPEG atau PNG, dokumen sebagai PDF.", "Pictures, videos or recordings of this kind are not accepted. Send photos as JPEG or PNG, documents as PDF.")
	case utf8.Valid(data) && !bytes.ContainsRune(data, 0):
		return File{Type: "text/plain", Data: data}, nil
	case bytes.HasPrefix(data, []byte("\xFF\xFE")) || bytes.HasPrefix(data, []byte("\xFE\xFF")):
		return File{}, faults.New(faults.Invalid, "Teks ini disimpan sebagai Unicode UTF-16. Simpan ulang dengan pengodean UTF-8, atau sebagai PDF.", "This text is stored as UTF-16. Save it again as UTF-8, or as PDF.")
	}
	return File{}, faults.New(faults.Invalid, "Jenis berkas ini tidak dikenal atau berkasnya rusak. Kirim PDF, foto JPEG atau PNG, Word (.docx), Excel (.xlsx), atau teks (.txt).", "This kind of file is not known, or it is damaged. Send a PDF, a JPEG or PNG photo, Word (.docx), Excel (.xlsx) or text (.txt).")
}

// pdf looks at a PDF: whole, and without what runs by itself when it is opened.
func pdf(data []byte) (File, error) {
	if err := uploads.PDF(data); err != nil {
		return File{}, faults.Wrap(err, faults.Invalid, "PDF ini rusak atau tidak lengkap. Buka untuk memeriksa, simpan ulang sebagai PDF, lalu kirim lagi.", "This PDF is damaged or not complete. Open it to check, save it again as PDF and send it again.")
	}
	for _, mark := range []string{"/JavaScript", "/Launch", "/EmbeddedFile"} {
		if bytes.Contains(data, []byte(mark)) {
			return File{}, faults.New(faults.Invalid, "PDF ini memuat skrip atau berkas di dalamnya, jadi ditolak. Cetak ke PDF yang baru (Cetak > Simpan sebagai PDF), lalu kirim yang itu.", "This PDF holds a script or a file inside and is refused. Print it to a new PDF (Print > Save as PDF) and send that.")
		}
	}
	return File{Type: "application/pdf", Data: data}, nil
}

func officeFile(data []byte) (File, error) {
	z, err := uploads.OpenPackage(data)
	if err != nil {
		return File{}, err
	}
	for _, f := range z.File {
		if kind, ok := office[strings.ToLower(strings.TrimPrefix(f.Name, "/"))]; ok && f.Method <= zip.Deflate {
			return File{Type: kind, Data: data}, nil
		}
	}
	return File{}, faults.New(faults.Invalid, "Berkas zip tidak diterima. Kirim dokumennya sendiri: PDF, Word (.docx), Excel (.xlsx), foto, atau teks.", "Zip files are not accepted. Send the document itself: PDF, Word (.docx), Excel (.xlsx), a photo or a text.")
}
