package certificates

// The only file that knows gofpdf. Its traps, and where each is met: it writes into the caller's font bytes (typeface clones per render); it
// panics on runes above U+FFFF and prints nothing for a missing glyph (Printable refuses both before a certificate is intended); an Attachment
// must not be reused (made per render); dates default to now (set from the record); object order follows map order unless catalog sort is on;
// cost is per font style (two, cut down once to the letters we allow).

import (
	"bytes"
	"fmt"
	"image"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-fonts/liberation/liberationserifbold"
	"github.com/jung-kurt/gofpdf"
	"rsc.io/qr"

	"github.com/apelkota/apel/certificates/pades"
	"github.com/apelkota/apel/certificates/record"
)

// A4 landscape in millimetres.
const (
	pageWidth  = 297.0
	pageHeight = 210.0
)

var (
	defaultPrimary = colour{18, 66, 74}
	defaultAccent  = colour{176, 138, 62}
	ink            = colour{33, 37, 41}
	soft           = colour{92, 99, 106}
	warning        = colour{168, 40, 30}
)

// typefaces are the two fonts, cut down to the letters that may be printed: done once, because cutting a whole font in every render costs most
// of its time.
var typefaces = sync.OnceValue(func() map[string][]byte {
	var letters strings.Builder
	for _, r := range sortedGlyphs() {
		letters.WriteRune(r)
	}
	cut := func(ttf []byte) []byte { return gofpdf.UTF8CutFont(slices.Clone(ttf), letters.String()) }
	return map[string][]byte{fontText: cut(liberationsansregular.TTF), fontTitle: cut(liberationserifbold.TTF)}
})

// sheet is a PDF being drawn. Lengths are millimetres, font sizes points, y is the baseline.
type sheet struct {
	*gofpdf.Fpdf
	r               record.Record
	primary, accent colour
	background      gofpdf.Template // the ornament, stored once and shown on every page
}

// drawPDF draws a certificate. The result is a function of its arguments alone: the same record gives the same bytes in every process of the
// same program. bundle is attached as record.json.
func drawPDF(r record.Record, nip string, look Look, logo []byte, at time.Time, proof trail, bundle []byte) (out []byte, err error) {
	defer func() { // gofpdf panics on what it does not expect; one certificate must not take the process with it
		if p := recover(); p != nil {
			out, err = nil, fmt.Errorf("draw certificate: %v", p)
		}
	}()
	// A landscape page is declared as a custom one: gofpdf turns templates of a document opened with "L" the wrong way.
	s := &sheet{Fpdf: gofpdf.NewCustom(&gofpdf.InitType{OrientationStr: "P", UnitStr: "mm", Size: gofpdf.SizeType{Wd: pageWidth, Ht: pageHeight}}), r: r}
	if s.primary, err = parseColour(look.Primary, defaultPrimary); err != nil {
		return nil, err
	}
	if s.accent, err = parseColour(look.Accent, defaultAccent); err != nil {
		return nil, err
	}
	s.SetCatalogSort(true)
	s.SetCreationDate(at.UTC())
	s.SetModificationDate(at.UTC())
	s.SetCreator(pades.Creator, false)
	s.SetProducer("APEL", false)
	is := about(r, at)
	s.SetTitle(is.Title, true)
	s.SetAuthor(is.Author, true)
	s.SetSubject(is.Subject, true)
	s.SetAutoPageBreak(false, 0)
	s.SetMargins(0, 0, 0)
	s.SetCellMargin(0)
	for name, ttf := range typefaces() {
		s.AddUTF8FontFromBytes(name, "", slices.Clone(ttf))
	}
	s.SetAttachments([]gofpdf.Attachment{{Content: bundle, Filename: record.BundleName, Description: "APEL certificate record"}})
	s.background = s.CreateTemplate(func(t *gofpdf.Tpl) {
		(&sheet{Fpdf: &t.Fpdf, primary: s.primary, accent: s.accent}).ornament()
	})
	s.front(nip, logo)
	s.back(at, proof)
	var b bytes.Buffer
	if err := s.Output(&b); err != nil {
		return nil, fmt.Errorf("draw certificate: %w", err)
	}
	return b.Bytes(), nil
}

// about is what the file says of itself.
func about(r record.Record, at time.Time) pades.Document {
	return pades.Document{Title: "Sertifikat Pelatihan " + r.Number, Author: r.Issuer, Subject: r.Title, Language: "id-ID", At: at, Reason: "Penerbitan sertifikat pelatihan", Place: r.Place,
		Kinds: map[string]string{record.BundleName: "application/json"}}
}

// printableLogo tries a logo in an empty document.
func printableLogo(data []byte, kind string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("draw logo: %v", p)
		}
	}()
	f := gofpdf.New("L", "mm", "A4", "")
	f.AddPage()
	f.RegisterImageOptionsReader("logo", gofpdf.ImageOptions{ImageType: kind}, bytes.NewReader(data))
	f.ImageOptions("logo", 0, 0, 10, 0, false, gofpdf.ImageOptions{ImageType: kind}, 0, "")
	return f.Output(&bytes.Buffer{})
}

// front is the certificate itself.
func (s *sheet) front(nip string, logo []byte) {
	s.AddPage()
	s.UseTemplate(s.background)
	s.contoh()
	const centre, wide = pageWidth / 2, 232.0
	if len(logo) > 0 {
		s.logo(logo, centre, 20.5, 14.5)
	} else {
		s.emblem(centre, 28, 6.9)
	}
	y := 41.0
	s.spaced(centre, y, strings.ToUpper(s.r.Institution), 10, 1.1, s.primary, wide)
	y += 5
	s.middle(centre, y, s.r.Issuer, fontText, 9.5, soft, wide)
	y += 14.6
	s.spacedIn(fontTitle, centre, y, "SERTIFIKAT PELATIHAN", 32, 2.2, s.primary, wide)
	y += 7.2
	s.middle(centre, y, "Nomor: "+s.r.Number, fontText, 10.5, ink, wide)

	// The lines between here and the foot are as many as the texts need; what is left over is shared among the gaps.
	type block struct {
		gap   float64 // before it, least
		lines []string
		font  string
		size  float64
		step  float64
		c     colour
	}
	who := []string{numberWord(nip) + " " + groupNIP(nip)}
	place := s.r.Unit
	if s.r.Agency != "" {
		place += ", " + s.r.Agency
	}
	nameLines, nameSize := s.wrap(s.r.Name, fontTitle, 27, 16, 232, 2)
	titleLines, titleSize := s.wrap(s.r.Title, fontTitle, 19, 12, 220, 2)
	positionLines, positionSize := s.wrap(s.r.Position, fontText, 11, 8.5, 216, 2)
	placeLines, placeSize := s.wrap(place, fontText, 11, 8.5, 216, 2)
	blocks := []block{
		{7.0, []string{"diberikan kepada"}, fontText, 10.5, 0, soft},
		{9.8, nameLines, fontTitle, nameSize, nameSize * 0.44, ink},
		{9.4, who, fontText, 10.5, 0, ink},
		{5.2, positionLines, fontText, positionSize, 4.3, ink},
		{5.2, placeLines, fontText, placeSize, 4.3, ink},
		{8.2, []string{"yang telah menyelesaikan dengan baik pelatihan"}, fontText, 10.5, 0, soft},
		{8.2, titleLines, fontTitle, titleSize, titleSize * 0.45, s.primary},
	}
	need := 0.0
	for _, b := range blocks {
		need += b.gap + float64(len(b.lines)-1)*b.step
	}
	const factsAt = 145.0
	spare := (factsAt - 11 - y - need) / float64(len(blocks))
	for i, b := range blocks {
		y += b.gap + spare
		for n, line := range b.lines {
			if n > 0 {
				y += b.step
			}
			s.middle(centre, y, line, b.font, b.size, b.c, wide)
		}
		if i == 1 {
			s.flourish(centre, y+nameSize*0.15, 58)
		}
	}
	s.facts(factsAt)
	s.foot()
}

// facts is the row of what the course was worth.
func (s *sheet) facts(y float64) {
	type cell struct{ label, value string }
	cells := []cell{
		{"KODE KURSUS", s.r.Course},
		{"BEBAN BELAJAR", fmt.Sprintf("%d jam pelajaran (JP)", s.r.JP)},
		{"WAKTU PELAKSANAAN", dateRange(s.r.StartedOn, s.r.CompletedOn)},
		{"PREDIKAT", s.r.Predikat},
		{"BERLAKU SAMPAI", "Tanpa batas waktu"},
	}
	if s.r.ValidUntil != "" {
		cells[4].value = longDate(s.r.ValidUntil)
	}
	widths := []float64{32, 42, 62, 46, 48}
	x := (pageWidth - 230) / 2
	s.line(x, y-4.6, x+230, y-4.6, 0.2, s.accent)
	for i, c := range cells {
		mid := x + widths[i]/2
		s.spaced(mid, y, c.label, 6.4, 0.5, soft, widths[i]-3)
		s.middle(mid, y+5.2, c.value, fontText, 10, ink, widths[i]-3)
		if i > 0 {
			s.line(x, y-2.2, x, y+6, 0.15, s.accent)
		}
		x += widths[i]
	}
	x = (pageWidth - 230) / 2
	s.line(x, y+8.6, x+230, y+8.6, 0.2, s.accent)
}

// foot holds the QR code with the verification code on the left and the signers on the right.
func (s *sheet) foot() {
	const left, top, size = 33.5, 155.6, 29.0
	s.qr(CheckURL(s.r), left, top, size)
	x, code := left+size+3.5, record.FormatCode(s.r.Code)
	s.text(x, top+4.2, "Kode verifikasi", fontText, 7, soft)
	s.text(x, top+9, code[:19], fontText, 9, ink)
	s.text(x, top+13.4, code[20:], fontText, 9, ink)
	s.text(x, top+18.4, "Periksa keaslian di", fontText, 7, soft)
	host := strings.TrimPrefix(strings.TrimPrefix(s.r.Host, "https://"), "http://")
	s.fit(x, top+22.4, host+"/periksa", fontText, 8.5, s.primary, 46)
	s.text(x, top+26.6, "atau pindai kode di samping", fontText, 7, soft)

	const from, until = 118.0, 264.0
	n := len(s.r.Signers)
	width := (until - from) / float64(max(n, 1))
	if n == 1 {
		width = 84
	}
	for i, x := range s.r.Signers {
		mid := until - width*float64(n-i) + width/2
		s.signer(mid, top+3.4, width-5, x, i == n-1)
	}
	s.text(left, 189.2, "Tanda tangan elektronik tidak tersertifikasi oleh sistem penerbit \u2013 keabsahan melalui kode verifikasi.", fontText, 6.8, soft)
}

func (s *sheet) signer(mid, y, width float64, x record.Signer, last bool) {
	if last {
		s.middle(mid, y, s.r.Place+", "+longDate(s.r.IssuedOn), fontText, 9, ink, width)
	}
	lines, size := s.wrap(x.Position, fontText, 9, 6.6, width, 3)
	for i, line := range lines {
		s.middle(mid, y+4.4+float64(i)*3.4, line, fontText, size, ink, width)
	}
	names, size := s.wrap(x.Name, fontTitle, 10, 7.5, width, 2)
	for i, line := range names {
		s.middle(mid, y+20.2-float64(len(names)-1-i)*3.6, line, fontTitle, size, ink, width)
	}
	s.font(fontTitle, size)
	half := min(s.GetStringWidth(names[len(names)-1]), width) / 2
	s.line(mid-half, y+21.1, mid+half, y+21.1, 0.15, ink)
	below := []string{}
	if x.Rank != "" {
		below = append(below, x.Rank)
	}
	if x.NIP != "" {
		below = append(below, numberWord(x.NIP)+" "+groupNIP(x.NIP))
	}
	for i, line := range below {
		s.middle(mid, y+24.7+float64(i)*3.3, line, fontText, 7.8, soft, width)
	}
}

// back is the second page: what was taught, what was reached, how to check.
func (s *sheet) back(at time.Time, proof trail) {
	s.AddPage()
	s.UseTemplate(s.background)
	s.contoh()
	const left, right = 30.0, pageWidth - 30
	s.spacedIn(fontTitle, pageWidth/2, 35, "DAFTAR MATERI DAN CAPAIAN", 19, 1.2, s.primary, 230)
	s.middle(pageWidth/2, 42, s.r.Title, fontText, 11, ink, 230)
	s.middle(pageWidth/2, 47.4, "Nomor: "+s.r.Number+"   \u00b7   "+s.r.Name, fontText, 8.5, soft, 230)
	s.flourish(pageWidth/2, 51.5, 58)
	const column, top, bottom = 112.0, 60.0, 146.0
	x := right - column
	if len(s.r.Subjects) == 0 {
		x = (pageWidth - column) / 2
	} else {
		rows, total := s.subjects()
		end := s.table(left, top, column, bottom-top-16, "MATERI", "MENIT", rows, "Jumlah menit semua bagian", fmt.Sprint(total))
		for i, line := range creditRule(s.r.JP, total) {
			s.fit(left+1.5, end+4.4+float64(i)*3.6, line, fontText, 7.4, soft, column-3)
		}
	}
	y := top + 4
	if len(s.r.Competencies) > 0 {
		y = s.table(x, top, column, bottom-top-28, "KOMPETENSI SASARAN", "", s.competencies(), "", "") + 8
	}
	s.result(x, y, column)
	s.trail(at, proof)
	s.proofText()
}

// creditRule says in words why a course of these minutes counts as this many learning hours, so that the reader need not multiply: a course is published from 90 %
// of JP x 45 minutes on.
func creditRule(jp, minutes int) []string {
	credited := fmt.Sprintf("Diakui %d JP. Satu JP adalah 45 menit", jp)
	if full := jp * 45; minutes*10 >= full*9 {
		return []string{credited + fmt.Sprintf("; kursus %d JP memuat paling sedikit", jp), fmt.Sprintf("90%% dari %d menit, yaitu %d menit.", full, (full*9+9)/10)}
	}
	return []string{credited + "."}
}

const maxRows = 20 // of a table; the signed record holds all

func (s *sheet) subjects() (rows []row, total int) {
	folded, minutes := 0, 0
	for i, x := range s.r.Subjects {
		total += x.Minutes
		if i >= maxRows-1 && len(s.r.Subjects) > maxRows {
			folded, minutes = folded+1, minutes+x.Minutes
			continue
		}
		rows = append(rows, row{fmt.Sprint(i + 1), x.Title, fmt.Sprint(x.Minutes)})
	}
	if folded > 0 {
		rows = append(rows, row{"\u2026", fmt.Sprintf("dan %d materi lain", folded), fmt.Sprint(minutes)})
	}
	return rows, total
}

func (s *sheet) competencies() (rows []row) {
	for i, c := range s.r.Competencies {
		if i >= maxRows-1 && len(s.r.Competencies) > maxRows {
			return append(rows, row{"\u2026", fmt.Sprintf("dan %d kompetensi lain", len(s.r.Competencies)-i), ""})
		}
		rows = append(rows, row{c.Code, c.Name, fmt.Sprintf("Level %d", c.Level)})
	}
	return rows
}

// result is the score with the scale it is read by.
func (s *sheet) result(x, y, width float64) {
	s.fill(s.tint(0.07))
	s.Rect(x, y-4, width, 19, "F")
	s.text(x+5, y+2, "Nilai akhir", fontText, 8, soft)
	s.text(x+5, y+10, FormatScore(s.r.Score), fontTitle, 19, s.primary)
	s.text(x+36, y+2, "Predikat", fontText, 8, soft)
	s.fit(x+36, y+10, s.r.Predikat, fontTitle, 15, s.primary, width-42)
}

// trail is what an expert needs to find the certificate in the public log.
type trail struct {
	commitment string // hex
	keyID      string
	origin     string // the log's name
	index      int64
}

func (s *sheet) trail(at time.Time, p trail) {
	const y, left = 152.0, 30.0
	s.spacedLeft(left, y, "JEJAK PENERBITAN", 7.5, 0.6, s.primary)
	s.line(left, y+2, pageWidth-30, y+2, 0.2, s.accent)
	cells := []struct {
		x, width     float64
		label, value string
	}{
		{left, 36, "Tanggal terbit", longDate(s.r.IssuedOn)},
		{left + 40, 52, "Log publik, entri", fmt.Sprintf("%s  #%d", p.origin, p.index)},
		{left + 96, 34, "Kunci penerbit", p.keyID},
		{left + 134, 103, "Sidik catatan (SHA-256)", p.commitment},
	}
	for _, c := range cells {
		s.text(c.x, y+6.4, c.label, fontText, 7, soft)
		s.fit(c.x, y+10.8, c.value, fontText, 8.2, ink, c.width)
	}
}

func (s *sheet) proofText() {
	const y = 174.0
	s.line(30, y-5, pageWidth-30, y-5, 0.2, s.accent)
	lines := []string{
		"Cara memeriksa keaslian: pindai kode QR pada halaman pertama, atau buka " + s.r.Host + "/periksa lalu masukkan kode verifikasi " + record.FormatCode(s.r.Code) + ".",
		"Berkas PDF ini membawa catatan bertanda tangan (record.json) dan ditandatangani di dalamnya atas setiap byte; perubahan sekecil apa pun akan terlihat saat berkas diperiksa.",
		"Nomor yang sudah dipakai tidak pernah digunakan lagi; sertifikat yang dicabut tetap tampil sebagai dicabut.",
	}
	for i, l := range lines {
		s.fit(30, y+float64(i)*4.2, l, fontText, 7.6, soft, pageWidth-60)
	}
}

type row struct{ mark, text, value string }

// table draws rows in a column and returns where it ended. Row height shrinks when there are many.
func (s *sheet) table(x, y, width, most float64, head, valueHead string, rows []row, foot, footValue string) float64 {
	s.spacedLeft(x, y, head, 7.5, 0.6, s.primary)
	if valueHead != "" {
		s.rightAligned(x+width, y, valueHead, fontText, 7.5, s.primary)
	}
	s.line(x, y+2, x+width, y+2, 0.35, s.primary)
	height, size := 6.6, 9.0
	if n := float64(len(rows)); n*height > most {
		height = most / n
		size = min(size, height*1.9)
	}
	s.font(fontText, size)
	markWidth, valueWidth := 0.0, 0.0
	for _, r := range rows {
		markWidth, valueWidth = max(markWidth, s.GetStringWidth(r.mark)), max(valueWidth, s.GetStringWidth(r.value))
	}
	y += 2
	for i, r := range rows {
		if i%2 == 1 {
			s.fill(s.tint(0.045))
			s.Rect(x, y, width, height, "F")
		}
		y += height
		base := y - height*0.32
		s.text(x+1.5, base, r.mark, fontText, size, soft)
		s.shorten(x+markWidth+5, base, r.text, fontText, size, ink, width-markWidth-valueWidth-10)
		s.rightAligned(x+width-1.5, base, r.value, fontText, size, ink)
	}
	s.line(x, y, x+width, y, 0.35, s.primary)
	if foot != "" {
		y += 5
		s.text(x+1.5, y, foot, fontText, 8.2, soft)
		s.rightAligned(x+width-1.5, y, footValue, fontText, 9, ink)
	}
	return y
}

// contoh marks everything a demo prints.
func (s *sheet) contoh() {
	if !s.r.Demo {
		return
	}
	s.TransformBegin()
	s.TransformRotate(24, pageWidth/2, pageHeight/2)
	s.middle(pageWidth/2, pageHeight/2+17, "CONTOH", fontTitle, 138, colour{252, 236, 232}, 400)
	s.TransformEnd()
	s.fill(warning)
	s.Rect(pageWidth/2-46, 10.2, 92, 6.2, "F")
	s.spaced(pageWidth/2, 14.6, "CONTOH \u2013 BUKAN SERTIFIKAT RESMI", 8, 0.4, colour{255, 255, 255}, 90)
}

func (s *sheet) logo(data []byte, centre, top, height float64) {
	_, kind, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		s.SetError(fmt.Errorf("logo: %w", err))
		return
	}
	opt := gofpdf.ImageOptions{ImageType: kind}
	info := s.RegisterImageOptionsReader("logo", opt, bytes.NewReader(data))
	if s.Err() || info.Height() == 0 {
		return
	}
	width := height * info.Width() / info.Height()
	if width > 60 {
		width, height = 60, 60*info.Height()/info.Width()
	}
	s.ImageOptions("logo", centre-width/2, top, width, height, false, opt, 0, "")
}

// qr draws a QR code with its quiet zone of four modules as one filled path, so that no renderer shows seams between modules.
func (s *sheet) qr(content string, x, y, size float64) {
	code, err := qr.Encode(content, qr.M)
	if err != nil {
		s.SetError(err)
		return
	}
	const quiet = 4
	step := size / float64(code.Size+2*quiet)
	s.fill(colour{255, 255, 255})
	s.Rect(x, y, size, size, "F")
	s.fill(colour{0, 0, 0})
	for row := range code.Size {
		for col := 0; col < code.Size; col++ {
			if !code.Black(col, row) {
				continue
			}
			end := col + 1
			for end < code.Size && code.Black(end, row) {
				end++
			}
			x0, x1 := x+float64(col+quiet)*step, x+float64(end+quiet)*step
			y0, y1 := y+float64(row+quiet)*step, y+float64(row+quiet+1)*step
			s.MoveTo(x0, y0)
			s.LineTo(x1, y0)
			s.LineTo(x1, y1)
			s.LineTo(x0, y1)
			s.ClosePath()
			col = end
		}
	}
	s.DrawPath("F")
}

func (s *sheet) font(face string, size float64) { s.SetFont(face, "", size) }

func (s *sheet) fill(c colour) { s.SetFillColor(c.r, c.g, c.b) }

func (s *sheet) text(x, y float64, t, face string, size float64, c colour) {
	s.font(face, size)
	s.SetTextColor(c.r, c.g, c.b)
	s.Text(x, y, t)
}

// fit prints at most width millimetres wide, smaller if it must be.
func (s *sheet) fit(x, y float64, t, face string, size float64, c colour, width float64) {
	s.text(x, y, t, face, s.fitting(t, face, size, width), c)
}

// shorten prints at most width wide: down to three quarters of the size, and then cut off with an ellipsis. The signed record has it all.
func (s *sheet) shorten(x, y float64, t, face string, size float64, c colour, width float64) {
	fits := s.fitting(t, face, size, width)
	if fits < size*0.75 {
		fits = size * 0.75
		s.font(face, fits)
		runes := []rune(t)
		for len(runes) > 1 && s.GetStringWidth(t) > width {
			runes = runes[:len(runes)-1]
			t = strings.TrimRight(string(runes), " ,.;") + "\u2026"
		}
	}
	s.text(x, y, t, face, fits, c)
}

func (s *sheet) fitting(t, face string, size, width float64) float64 {
	s.font(face, size)
	if w := s.GetStringWidth(t); w > width {
		size *= width / w
	}
	return size
}

func (s *sheet) middle(x, y float64, t, face string, size float64, c colour, width float64) {
	size = s.fitting(t, face, size, width)
	s.font(face, size)
	s.text(x-s.GetStringWidth(t)/2, y, t, face, size, c)
}

func (s *sheet) rightAligned(x, y float64, t, face string, size float64, c colour) {
	s.font(face, size)
	s.text(x-s.GetStringWidth(t), y, t, face, size, c)
}

// spaced prints letters apart (spacing in points), centred.
func (s *sheet) spaced(x, y float64, t string, size, spacing float64, c colour, width float64) {
	s.spacedIn(fontText, x, y, t, size, spacing, c, width)
}

func (s *sheet) spacedIn(face string, x, y float64, t string, size, spacing float64, c colour, width float64) {
	s.font(face, size)
	apart := float64(len([]rune(t))-1) * spacing / s.GetConversionRatio()
	whole := s.GetStringWidth(t) + apart
	if whole > width {
		size, spacing, whole = size*width/whole, spacing*width/whole, width
	}
	s.RawWriteStr(fmt.Sprintf("%.2f Tc", spacing))
	s.text(x-whole/2, y, t, face, size, c)
	s.RawWriteStr("0 Tc")
}

func (s *sheet) spacedLeft(x, y float64, t string, size, spacing float64, c colour) {
	s.RawWriteStr(fmt.Sprintf("%.2f Tc", spacing))
	s.text(x, y, t, fontText, size, c)
	s.RawWriteStr("0 Tc")
}

// wrap sets a text in one line if that needs little shrinking, else in up to lines lines of similar length, from three quarters of the size down;
// what does not fit by half of the least size is set in one line, as small as it takes.
func (s *sheet) wrap(t, face string, most, least, width float64, lines int) ([]string, float64) {
	s.font(face, most)
	if s.GetStringWidth(t) <= width {
		return []string{t}, most
	}
	if one := s.fitting(t, face, most, width); one >= most*0.8 {
		return []string{t}, one
	}
	for size := max(most*0.76, least); ; size -= 0.25 {
		s.font(face, size)
		if got := s.balanced(t, width, lines); got != nil {
			return got, size
		}
		if size < least/2 {
			return []string{t}, s.fitting(t, face, size, width)
		}
	}
}

// balanced breaks a text at spaces into as few lines as fit, and evens them out; nil when it does not fit.
func (s *sheet) balanced(t string, width float64, lines int) []string {
	words := strings.Fields(t)
	fill := func(limit float64) []string {
		var out []string
		line := ""
		for _, w := range words {
			longer := strings.TrimSpace(line + " " + w)
			if line != "" && s.GetStringWidth(longer) > limit {
				out = append(out, line)
				longer = w
			}
			if s.GetStringWidth(longer) > limit {
				return nil
			}
			line = longer
		}
		return append(out, line)
	}
	best := fill(width)
	if best == nil || len(best) > lines {
		return nil
	}
	for limit := width * 0.95; limit > width/4; limit *= 0.95 {
		even := fill(limit)
		if even == nil || len(even) > len(best) {
			break
		}
		best = even
	}
	return best
}

func (s *sheet) line(x1, y1, x2, y2, width float64, c colour) {
	s.SetDrawColor(c.r, c.g, c.b)
	s.SetLineWidth(width)
	s.Line(x1, y1, x2, y2)
}

// tint mixes the primary colour with white.
func (s *sheet) tint(share float64) colour { return mix(s.primary, share) }

func mix(c colour, share float64) colour {
	f := func(v int) int { return int(float64(v)*share + 255*(1-share) + 0.5) }
	return colour{f(c.r), f(c.g), f(c.b)}
}

// numberWord is what a number is called: a PPPK holds an NI PPPK (contract code 21 and up where a NIP has the month of appointment), not a NIP.
func numberWord(nip string) string {
	if len(nip) == 18 && nip[12:14] > "12" {
		return "NI PPPK"
	}
	return "NIP"
}

// groupNIP writes an 18-digit NIP in the usual groups; anything else as it is.
func groupNIP(nip string) string {
	if len(nip) != 18 {
		return nip
	}
	return nip[:8] + " " + nip[8:14] + " " + nip[14:15] + " " + nip[15:]
}
