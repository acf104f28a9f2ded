package media

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/apelkota/apel/internal/faults"
)

// packed is a zip of entries.
func packed(t *testing.T, entries ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(entries); i += 2 {
		w, err := z.Create(entries[i])
		if err == nil {
			_, err = w.Write([]byte(entries[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const smallPDF = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\n0000000000 65535 f \ntrailer<</Size 1>>\nstartxref\n43\n%%EOF\n"

// What may be handed in is known by its content, and a photo loses what its camera wrote into it and stays readable.
func TestWhatIsHandedIn(t *testing.T) {
	var photo, drawing bytes.Buffer
	if err := jpeg.Encode(&photo, noise(3000, 2000), &jpeg.Options{Quality: 40}); err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(&drawing, noise(60, 40)); err != nil {
		t.Fatal(err)
	}
	exif := []byte("Exif\x00\x00GPS -6.9147 107.6098")
	seg := append([]byte{0xFF, 0xE1, 0, 0}, exif...)
	binary.BigEndian.PutUint16(seg[2:], uint16(len(exif)+2))
	withPlace := append(append(append([]byte{}, photo.Bytes()[:2]...), seg...), photo.Bytes()[2:]...)
	word := packed(t, "[Content_Types].xml", "<Types/>", "word/document.xml", "<w:document/>", "word/embeddings/a.xlsx", string(packed(t, "xl/workbook.xml", "<x/>")))
	for name, x := range map[string]struct {
		data []byte
		want string
	}{
		"a PDF": {[]byte(smallPDF), "application/pdf"}, "a photo": {withPlace, "image/jpeg"}, "a drawing": {drawing.Bytes(), "image/png"}, "Word": {word, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		"Excel": {packed(t, "xl/workbook.xml", "<x/>"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}, "text": {[]byte("\xEF\xBB\xBFLaporan\r\n"), "text/plain"},
	} {
		f, err := HandIn(x.data)
		if err != nil || f.Type != x.want {
			t.Errorf("%s: %s, %v", name, f.Type, err)
			continue
		}
		if again, err := HandIn(f.Data); err != nil || !bytes.Equal(again.Data, f.Data) {
			t.Errorf("%s: taking it again gives something else: %v", name, err)
		}
	}
	f, err := HandIn(withPlace)
	if err != nil || bytes.Contains(f.Data, []byte("GPS")) || len(f.Data) > photoBytes || max(f.Width, f.Height) < 1000 {
		t.Errorf("the photo: %d x %d, %d bytes, place kept %v, %v", f.Width, f.Height, len(f.Data), bytes.Contains(f.Data, []byte("GPS")), err)
	}
}

// What could harm whoever opens it is refused, at any depth, with what to do.
func TestWhatIsNotHandedIn(t *testing.T) {
	virus := `X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*` // two halves, so that this source is no such file
	bomb := strings.Repeat("\x00", 30<<20)
	for name, x := range map[string]struct {
		data []byte
		says string
	}{
		"nothing":                   {nil, "kosong"},
		"the virus test":            {[]byte(virus), "EICAR"},
		"in a PDF":                  {[]byte(smallPDF[:20] + virus + smallPDF[20:]), "EICAR"},
		"in Word":                   {packed(t, "word/document.xml", "<w/>", "word/media/x.bin", strings.Repeat("x", 40_000)+virus), "EICAR"},
		"in Excel in Word":          {packed(t, "word/document.xml", "<w/>", "word/embeddings/a.xlsx", string(packed(t, "xl/workbook.xml", virus))), "EICAR"},
		"four deep":                 {packed(t, "word/document.xml", string(packed(t, "a", string(packed(t, "b", string(packed(t, "c", virus))))))), "bertumpuk"},
		"a bomb":                    {packed(t, "word/document.xml", bomb), "membengkak"},
		"a bomb in a package":       {packed(t, "word/document.xml", "<w/>", "word/a.xlsx", string(packed(t, "xl/workbook.xml", bomb))), "membengkak"},
		"a program in Word":         {packed(t, "word/document.xml", "<w/>", "word/embeddings/x.bin", "\x7fELF\x02"), "program"},
		"macros":                    {packed(t, "word/document.xml", "<w/>", "word/vbaProject.bin", "x"), "makro"},
		"some zip":                  {packed(t, "laporan.pdf", smallPDF), "zip"},
		"a PDF that runs something": {[]byte(strings.Replace(smallPDF, "/Catalog", "/Catalog/OpenAction<</S/JavaScript>>", 1)), "Cetak ke PDF"},
		"half a PDF":                {[]byte(smallPDF[:50]), "rusak"},
		"HTML":                      {[]byte("<!doctype html><script>alert(1)</script>"), "HTML"},
		"SVG":                       {[]byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`), "SVG"},
		"old Word":                  {[]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "lama"},
		"HEIC":                      {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "HEIC"},
		"a film":                    {filmOf(640, 360, 3), "video"},
		"UTF-16":                    {[]byte("\xFF\xFEa\x00"), "UTF-8"},
		"rubbish":                   {[]byte{1, 0, 2, 0xFF, 0xC0}, "tidak dikenal"},
	} {
		_, err := HandIn(x.data)
		if k := faults.KindOf(err); err == nil || k != faults.Invalid && k != faults.TooLarge || !strings.Contains(faults.Of(err).Text.ID, x.says) || faults.Of(err).Text.EN == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzHandIn(f *testing.F) {
	f.Add([]byte(smallPDF))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("\xFF\xD8\xFF\xE0"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if x, err := HandIn(data); err == nil && (x.Type == "" || len(x.Data) == 0) {
			t.Errorf("taken and empty: %+v", x.Type)
		}
	})
}
