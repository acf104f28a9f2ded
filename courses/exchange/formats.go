package exchange

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/texts"
)

// Format is a kind of file that holds items.
type Format string

// The formats.
const (
	Own   Format = "yaml" // items.yaml, which says everything
	GIFT  Format = "gift"
	Aiken Format = "aiken"

	Moodle Format = "moodle" // Moodle XML
	XLSX   Format = "xlsx"
	CSV    Format = "csv"
	Kahoot Format = "kahoot" // as XLSX or CSV; only read
	Text   Format = "text"   // as people write; only read
	Word   Format = "docx"   // only read
)

// form is what is known of a format.
type form struct {
	format    Format
	name      texts.Text
	ends      string // of its files
	mediaType string
	read      func(in *intake, data []byte) // nil: only written
	write     writer                        // nil: only read
	cannot    texts.Text                    // what a reader of the page should know of writing it
}

// OpenFile gives the content of a picture that items show, by its name.
type OpenFile func(name string) ([]byte, error)

type writer func(w io.Writer, items []grading.Item, open OpenFile) (Report, error)

// forms lists the formats in the order pages offer them.
func forms() []form {
	return []form{
		{Own, texts.T("items.yaml", "items.yaml"), ".yaml", "application/yaml; charset=utf-8", readOwn, lossless(PrintOwn), texts.Text{}},
		{XLSX, texts.T("Excel", "Excel"), ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", readSheet, lossless(printXLSX), texts.T("Semua jenis soal; yang rumit memakai kolom bagian.", "Every type; intricate ones use the column bagian.")},
		{CSV, texts.T("CSV", "CSV"), ".csv", "text/csv; charset=utf-8", readSheet, lossless(printCSV), texts.T("Semua jenis soal; yang rumit memakai kolom bagian.", "Every type; intricate ones use the column bagian.")},
		{Text, texts.T("Teks biasa", "Plain text"), ".txt", "", readText, nil, texts.Text{}},
		{Word, texts.T("Word", "Word"), ".docx", "", readWord, nil, texts.Text{}},
		{Kahoot, texts.T("Kahoot", "Kahoot"), ".xlsx", "", readSheet, nil, texts.Text{}},
		{GIFT, texts.T("GIFT", "GIFT"), ".gift", "text/plain; charset=utf-8", readGIFT, lossless(PrintGIFT), texts.T("Tanpa jenis yang tidak dikenal GIFT.", "Without the types that GIFT does not know.")},
		{Moodle, texts.T("Moodle XML", "Moodle XML"), ".xml", "application/xml; charset=utf-8", readMoodle, writeMoodle, texts.T("Dengan gambarnya. Tanpa benar-salah dengan alasan, penilaian situasi, dan simulasi kasus.", "With its pictures. Without true/false with reason, situational judgement and case simulation.")},
		{Aiken, texts.T("Aiken", "Aiken"), ".txt", "text/plain; charset=utf-8", readAiken, writeAiken, texts.T("Hanya satu pilihan, tanpa umpan balik.", "Single choice only, without feedback.")},
	}
}

// lossless is a format that says everything of the types it knows; pictures are named in it and travel apart.
func lossless(print func(io.Writer, []grading.Item) error) writer {
	return func(w io.Writer, items []grading.Item, _ OpenFile) (Report, error) {
		return noPictures(items), print(w, items)
	}
}

// noPictures says of each item that shows pictures that they do not travel with it.
func noPictures(items []grading.Item) (r Report) {
	for i, it := range items {
		if n := len(PicturesOf(items[i:i+1], false)); n > 0 {
			var l losses
			l.add(fmt.Sprintf("isi %d gambar (pakai Moodle XML atau paket kursus untuk membawanya)", n), fmt.Sprintf("the content of %d pictures (Moodle XML and the package of the course carry them)", n))
			l.report(&r, "", i, it)
		}
	}
	return r
}

// Written is a format that Write knows.
type Written struct {
	Format    Format
	Name      texts.Text
	Ends      string     // of its files: ".gift"
	MediaType string     // of its files
	Limits    texts.Text // what it cannot say; empty for the format that can say everything
}

// WrittenFormats lists the formats items can be written in, in the order pages offer them.
func WrittenFormats() []Written {
	var out []Written
	for _, f := range forms() {
		if f.write != nil {
			out = append(out, Written{f.format, f.name, f.ends, f.mediaType, f.cannot})
		}
	}
	return out
}

// Name is what people call the format; the bare word for an unknown one.
func (f Format) Name() texts.Text {
	for _, x := range forms() {
		if x.format == f {
			return x.name
		}
	}
	return texts.T(string(f), string(f))
}

// Write writes items in a format. The report lists what the format has no place for and was left out. Invalid, with a field per item and nothing
// written, when it cannot say some of them at all; NotFound for a format that is not written. open gives the pictures that the format carries.
func Write(w io.Writer, f Format, items []grading.Item, open OpenFile) (Report, error) {
	for _, x := range forms() {
		if x.format == f && x.write != nil {
			var b bytes.Buffer
			r, err := x.write(&b, items, open)
			if err != nil {
				return nil, err
			}
			for i, it := range items { // what formats have no word for
				var l losses
				if len(it.Hints) > 0 && (f == GIFT || f == Aiken) {
					l.add("petunjuk", "hints")
				}
				if it.Void && f != Own {
					l.add("tanda bahwa soal ini digugurkan", "the mark that this item was taken out")
				}
				l.report(&r, string(f), i, it)
			}
			_, err = w.Write(b.Bytes())
			return r, err
		}
	}
	return nil, faults.New(faults.NotFound, "Format ini tidak ada.", "There is no such format.")
}

// noForm is why an item of a type that a format does not know is not written.
var noForm = texts.T("format ini tidak mengenal jenis soal itu", "the format does not know this type")

// unsayable is an Invalid fault with a field for each item a format cannot say, nil when there is none; why gives the reason, empty for none.
func unsayable(f Format, items []grading.Item, why func(grading.Item) texts.Text) error {
	var e *faults.Error
	for i, it := range items {
		t := why(it)
		if t.Empty() {
			continue
		}
		if e == nil {
			name := f.Name()
			e = faults.New(faults.Invalid, "", "")
			e.Text = texts.T("Ada soal yang tidak dapat ditulis sebagai "+name.ID+". Unduh sebagai items.yaml, yang memuat semua jenis soal.",
				"Some items cannot be written as "+name.EN+". Download them as items.yaml, which holds every type.")
		}
		label := it.Type.Label()
		e.With(fmt.Sprintf("items[%d]", i), fmt.Sprintf("Soal %s (%s): %s.", it.Code, label.ID, t.ID), fmt.Sprintf("Item %s (%s): %s.", it.Code, label.EN, t.EN))
	}
	if e == nil {
		return nil
	}
	return e
}

// Read reads a file of items. What it is follows from its content, not from its name, which only stands in the report. All mistakes are in the report; see
// Bank.Tally for what became of the items. The error is a fault for a file that holds no items whatever one changes in it, or that is not safe to open.
func Read(name string, data []byte, given Defaults) (Bank, Report, error) {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	f, err := recognise(data)
	if err != nil {
		return Bank{}, nil, err
	}
	work := 0
	in := newIntake(name, &given, &work)
	for _, x := range forms() {
		if x.format == f {
			in.bank.Format = f
			x.read(in, data)
		}
	}
	b, r := in.end()
	return b, r, nil
}

var (
	aikenLine  = regexp.MustCompile(`(?m)^ANSWER:[ \t]*[A-Z][ \t]*\r?$`)
	giftStart  = regexp.MustCompile(`\A(//|::|\$CATEGORY:)`)
	giftAnswer = regexp.MustCompile(`[^\\]\{[ \t\r\n]*(=|~|#|T\b|TRUE\b|F\b|FALSE\b|\})`)
)

// tableLike says that a text begins with a line of column titles as the table of items or a Kahoot export has them.
func tableLike(text []byte) bool {
	for i, l := range bytes.SplitN(text, []byte("\n"), 16) {
		titles := strings.FieldsFunc(string(l), func(r rune) bool { return strings.ContainsRune(",;\t|", r) })
		question, key := false, false
		for _, t := range titles {
			switch f := sheets.Fold(strings.Trim(strings.TrimSpace(t), `"`)); {
			case f == "soal" || f == "pertanyaan" || f == "butirsoal" || strings.HasPrefix(f, "question"):
				question = true
			case f == "kunci" || f == "kuncijawaban" || f == "jawaban" || f == "jawabanbenar" || strings.HasPrefix(f, "correctanswer"):
				key = true
			}
		}
		if question && key && len(titles) >= 3 && (i == 0 || bytes.Contains(bytes.ToLower(l), []byte("correct answer"))) {
			return true
		}
	}
	return false
}

// recognise says what a file is by its content.
func recognise(data []byte) (Format, error) {
	if err := harmless(data); err != nil {
		return "", err
	}
	text := bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")))
	switch {
	case len(text) == 0:
		return "", faults.New(faults.Invalid, "Berkas kosong.", "The file is empty.")
	case bytes.HasPrefix(data, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return "", faults.New(faults.Invalid, "Berkas ini Word atau Excel lama (.doc, .xls) atau diberi kata sandi. Simpan Sebagai .docx atau .xlsx tanpa kata sandi.", "This is an old Word or Excel file (.doc, .xls) or protected by a password. Save it as .docx or .xlsx without a password.")
	case bytes.HasPrefix(text, []byte("%PDF")):
		return "", faults.New(faults.Invalid, "Berkas ini PDF. Kirim dokumen Word-nya (.docx), atau salin teksnya ke berkas .txt.", "This is a PDF. Send the Word document (.docx), or copy its text into a .txt file.")
	case bytes.HasPrefix(text, []byte(`{\rtf`)):
		return "", faults.New(faults.Invalid, "Berkas ini RTF. Buka di Word, lalu Simpan Sebagai .docx.", "This is RTF. Open it in Word and save it as .docx.")
	case bytes.HasPrefix(text, []byte("<?xml")), bytes.HasPrefix(text, []byte("<quiz")):
		return Moodle, nil
	case ownStart.Match(text):
		return Own, nil
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return recognisePackage(data)
	case tableLike(text):
		return CSV, nil
	case aikenLine.Match(text) && !giftAnswer.Match(text):
		return Aiken, nil
	case giftAnswer.Match(text) || giftStart.Match(text):
		return GIFT, nil
	}
	return Text, nil
}
