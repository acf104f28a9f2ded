package certificates

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/internal/faults"
)

// tool skips a test that needs a program which is not installed, and fails it in CI, where it must be.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed", name)
	}
	return path
}

// variants are certificates that strain the layout. APEL_WRITE_PDF=dir keeps the files for looking at them.
var variants = []struct {
	name     string
	facts    func(f *Facts)
	settings func(s *Settings)
	page1    []string // texts that must stand on the first page
	page2    []string
}{
	{name: "plain",
		page1: []string{"PEMERINTAH KOTA CEMPAKA RAYA", "SERTIFIKAT PELATIHAN", "Nomor: 00001/APEL-103/BKPSDMD/XI/2026", "Rahmawati Kusumaningtyas, S.Kom., M.A.P.",
			"NIP 19900512 201503 2 001", "Pranata Komputer Ahli Muda", "Layanan Tanpa Pungli dan Pengendalian Gratifikasi", "4 jam pelajaran (JP)", "3 – 21 November 2026",
			"Memuaskan", "21 November 2027", "Cempaka Raya, 22 November 2026", "Drs. Surya Wiratama, M.Si.",
			"Tanda tangan elektronik tidak tersertifikasi oleh sistem penerbit – keabsahan melalui kode verifikasi."},
		page2: []string{"DAFTAR MATERI DAN CAPAIAN", "Latihan kasus loket", "Jumlah menit semua bagian", "180", "Diakui 4 JP", "paling sedikit", "90% dari 180 menit, yaitu 162 menit", "T.04", "Level 2", "87,5", "apel.log/"}},
	{name: "long",
		facts: func(f *Facts) {
			f.Name = "Prof. Dr. dr. Raden Ayu Maria Magdalena Retnaningtyas Widyaningsih Kusumawardhani-Hadiningrat, S.Ked., M.Kes., Sp.PD-KHOM., FINASIM., M.M.R.S."
			f.Position = "Kepala Subbagian Perencanaan, Evaluasi, Pelaporan, Keuangan, dan Pengelolaan Barang Milik Daerah pada Sekretariat Dinas"
			f.Unit = "Unit Pelaksana Teknis Daerah Pusat Pelayanan Terpadu Pemberdayaan Perempuan dan Pelindungan Anak Wilayah Kecamatan Telanai Hulu"
			f.Agency = "Dinas Pemberdayaan Masyarakat, Perempuan, dan Pelindungan Anak serta Pengendalian Penduduk"
			f.Title = "Menyusun, Menguji, Mengumumkan, dan Meninjau Standar Operasional Prosedur serta Standar Pelayanan Publik pada Perangkat Daerah"
			f.StartedOn, f.ValidUntil = "2025-12-29", ""
			f.Subjects = nil
			for i := range maxSubjects {
				f.Subjects = append(f.Subjects, record.Subject{Title: fmt.Sprintf("Bagian ke-%d: %s", i+1, strings.Repeat("uraian materi yang panjang ", 1+i%5)), Minutes: 5})
			}
			f.Competencies = nil
			for i := range 12 {
				f.Competencies = append(f.Competencies, record.Competency{Code: fmt.Sprintf("T.%02d", i+1), Name: "Pengelolaan Pelayanan Publik Terintegrasi Lintas Perangkat Daerah", Level: 1 + i%5})
			}
		},
		settings: func(s *Settings) {
			s.Signers = []record.Signer{
				{Name: "Drs. H. Surya Wiratama Kusumanegara, M.Si., M.P.A.", Position: "Kepala Badan Kepegawaian dan Pengembangan Sumber Daya Manusia Daerah Kota Cempaka Raya", Rank: "Pembina Utama Muda, IV/c", NIP: "196907141995031901"},
				{Name: "Ir. Dewi Lestariningsih, M.T.", Position: "Kepala Bidang Pengembangan Kompetensi", Rank: "Pembina, IV/a", NIP: "197204101998032902"},
				{Name: "Ahmad Fauzan, S.Sos.", Position: "Sekretaris Daerah", NIP: "197001011996031903"}}
		},
		page1: []string{"Widyaningsih", "Tanpa batas waktu", "29 Desember 2025 – 21 November 2026", "Ir. Dewi Lestariningsih, M.T.", "Sekretaris Daerah"},
		page2: []string{"Bagian ke-19", "dan 21 materi lain", "200", "T.12", "Level 5"}},
	{name: "demo",
		facts: func(f *Facts) {
			f.Name, f.Agency, f.Competencies, f.Subjects = "Ali", "", nil, nil
			f.Score, f.Unit, f.Position = 100_000, "Kelurahan Sungai Asri", "Lurah"
			f.StartedOn = ""
		},
		settings: func(s *Settings) {
			s.Demo, s.BaseURL = true, "http://127.0.0.1:8080"
			s.Look = Look{Primary: "#5b1f3a", Accent: "#c08a3e"}
			s.Signers = append(s.Signers, record.Signer{Name: "Ir. Dewi Lestariningsih, M.T.", Position: "Kepala Bidang Pengembangan Kompetensi"})
		},
		page1: []string{"CONTOH – BUKAN SERTIFIKAT RESMI", "Ali", "Lurah", "127.0.0.1:8080/periksa", "Sangat Memuaskan", "21 November 2026"},
		page2: []string{"CONTOH – BUKAN SERTIFIKAT RESMI", "100"}},
	{name: "accents",
		facts: func(f *Facts) {
			f.Name = "José Ñuñez-Ångström Şahin d’Arc Łukasz, M.Sc."
			f.Name = strings.ReplaceAll(f.Name, "é", "e\u0301") // decomposed, as some systems send it
		},
		page1: []string{"José Ñuñez-Ångström Şahin d’Arc Łukasz, M.Sc."}},
}

func TestWhatThePaperSays(t *testing.T) {
	ctx := context.Background()
	pdftotext := tool(t, "pdftotext")
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			r := openRoom(t)
			if v.settings != nil {
				v.settings(&r.settings)
			}
			f := testFacts(1)
			if v.facts != nil {
				v.facts(&f)
			}
			id, err := r.Intend(ctx, f)
			if err != nil {
				t.Fatal(err)
			}
			r.finish(t, id)
			_, pdf, err := r.Download(ctx, admin, id)
			if err != nil {
				t.Fatal(err)
			}
			dir := os.Getenv("APEL_WRITE_PDF")
			if dir == "" {
				dir = t.TempDir()
			}
			path := filepath.Join(dir, v.name+".pdf")
			if err := os.WriteFile(path, pdf, 0o600); err != nil {
				t.Fatal(err)
			}
			page := func(n string) string {
				out, err := exec.Command(pdftotext, "-layout", "-f", n, "-l", n, path, "-").Output()
				if err != nil {
					t.Fatal(err)
				}
				return strings.Join(strings.Fields(string(out)), " ")
			}
			c, _ := r.Look(ctx, id)
			first := append([]string{record.FormatCode(c.Record.Code)[:19], record.FormatCode(c.Record.Code)[20:]}, v.page1...)
			for n, wants := range map[string][]string{"1": first, "2": append([]string{c.Commitment}, v.page2...)} {
				got := page(n)
				for _, want := range wants {
					if !strings.Contains(got, strings.Join(strings.Fields(want), " ")) {
						t.Errorf("page %s lacks %q:\n%s", n, want, got)
					}
				}
				if n == "1" && strings.Contains(got, "menit") {
					t.Errorf("page one says minutes, which page two may contradict:\n%s", got)
				}
			}
			if err := exec.Command(pdftotext, "-f", "3", "-l", "3", path, "-").Run(); err == nil {
				t.Error("there is a third page")
			}
		})
	}
}

// TestNothingRunsOverTheFrame renders the pages and asks that the white between frame and content stays white: what overflows would stand there.
func TestNothingRunsOverTheFrame(t *testing.T) {
	pdftoppm := tool(t, "pdftoppm")
	ctx := context.Background()
	for _, v := range variants {
		r := openRoom(t)
		if v.settings != nil {
			v.settings(&r.settings)
		}
		f := testFacts(1)
		if v.facts != nil {
			v.facts(&f)
		}
		id, err := r.Intend(ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		r.finish(t, id)
		_, pdf, err := r.Download(ctx, admin, id)
		if err != nil {
			t.Fatal(err)
		}
		base := filepath.Join(t.TempDir(), "page")
		if err := os.WriteFile(base+".pdf", pdf, 0o600); err != nil {
			t.Fatal(err)
		}
		const dpi = 60
		if out, err := exec.Command(pdftoppm, "-r", fmt.Sprint(dpi), "-png", base+".pdf", base).CombinedOutput(); err != nil {
			t.Fatal(err, string(out))
		}
		for n := 1; n <= 2; n++ {
			raw, err := os.ReadFile(fmt.Sprintf("%s-%d.png", base, n))
			if err != nil {
				t.Fatal(err)
			}
			img, err := png.Decode(bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			px := func(mm float64) int { return int(mm / 25.4 * dpi) }
			dark := 0
			for y := px(frameIn + 1); y < px(pageHeight-frameIn-1); y++ {
				for _, x := range []int{px(frameIn + 1.5), px(frameIn + 4), px(frameIn + 7), px(pageWidth - frameIn - 7), px(pageWidth - frameIn - 4), px(pageWidth - frameIn - 1.5)} {
					if g := color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y; g < 200 {
						dark++
					}
				}
			}
			for x := px(frameIn + 1); x < px(pageWidth-frameIn-1); x++ {
				if g := color.GrayModel.Convert(img.At(x, px(pageHeight-frameIn-1.2))).(color.Gray).Y; g < 200 {
					dark++
				}
			}
			if dark > 0 {
				t.Errorf("%s page %d: %d dark pixels between frame and content", v.name, n, dark)
			}
			ink := 0
			for y := range img.Bounds().Dy() {
				for x := range img.Bounds().Dx() {
					if color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y < 128 {
						ink++
					}
				}
			}
			if share := float64(ink) / float64(img.Bounds().Dx()*img.Bounds().Dy()); share < 0.01 || share > 0.2 {
				t.Errorf("%s page %d: %.3f of it is dark", v.name, n, share)
			}
		}
	}
}

func TestQRCodeOpensTheCheckPage(t *testing.T) {
	pdftoppm, zbarimg := tool(t, "pdftoppm"), tool(t, "zbarimg")
	ctx := context.Background()
	r := openRoom(t)
	id := r.issue(t, 1)
	_, pdf, err := r.Download(ctx, admin, id)
	if err != nil {
		t.Fatal(err)
	}
	base := filepath.Join(t.TempDir(), "page")
	os.WriteFile(base+".pdf", pdf, 0o600)
	if out, err := exec.Command(pdftoppm, "-r", "150", "-f", "1", "-l", "1", "-png", base+".pdf", base).CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	out, err := exec.Command(zbarimg, "-q", "--raw", base+"-1.png").Output()
	c, _ := r.Look(ctx, id)
	if want := "https://apel.cempakaraya.example/v/" + c.Record.Code; err != nil || strings.TrimSpace(string(out)) != want {
		t.Errorf("the code reads %q, %v; want %q", out, err, want)
	}
}

func TestSameRecordAndKeyGiveTheSameBytes(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	c, _ := r.Look(ctx, r.issue(t, 1))
	first, err := r.draw(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan []byte)
	for range 4 { // at once: gofpdf writes into font bytes it is given
		go func() {
			again, err := r.draw(ctx, c)
			if err != nil {
				t.Error(err)
			}
			done <- again
		}()
	}
	for range 4 {
		if !bytes.Equal(first, <-done) {
			t.Error("two renderings differ")
		}
	}
	r.clock.set(noon.Add(999 * time.Hour))
	if again, _ := r.draw(ctx, c); !bytes.Equal(first, again) {
		t.Error("a later rendering differs")
	}
}

func TestUnprintableLettersAreNamedBeforeANumberIsDrawn(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	for name, c := range map[string]struct {
		set   func(f *Facts)
		field string
		says  string
	}{
		"emoji":           {func(f *Facts) { f.Name = "Budi 😀 Santoso" }, "name", "“😀” (U+1F600)"},
		"javanese script": {func(f *Facts) { f.Name = "ꦧꦸꦢꦶ" }, "name", "U+A9A7"},
		"chinese":         {func(f *Facts) { f.Unit = "市" }, "unit", "“市”"},
		"control":         {func(f *Facts) { f.Title = "a\u0007b" }, "title", "U+0007"},
		"direction mark":  {func(f *Facts) { f.Position = "a\u202eb" }, "position", "U+202E"},
		"broken UTF-8":    {func(f *Facts) { f.Name = "a\xffb" }, "name", ""},
		"empty name":      {func(f *Facts) { f.Name = " \n" }, "name", "nama"},
		"endless name":    {func(f *Facts) { f.Name = strings.Repeat("a", 201) }, "name", "200"},
		"no NIP":          {func(f *Facts) { f.NIP = "" }, "nip", ""},
		"letters in NIP":  {func(f *Facts) { f.NIP = "19900512201503200X" }, "nip", ""},
		"dates":           {func(f *Facts) { f.StartedOn = "2026-12-01" }, "completed_on", ""},
		"no JP":           {func(f *Facts) { f.JP = 0 }, "jp", ""},
		"score":           {func(f *Facts) { f.Score = 100_001 }, "score", ""},
		"level":           {func(f *Facts) { f.Competencies[0].Level = 6 }, "competencies[0]", ""},
	} {
		f := testFacts(1)
		c.set(&f)
		_, err := r.Intend(ctx, f)
		fault := faults.Of(err)
		if !errors.Is(err, faults.Invalid) || len(fault.Fields) != 1 || fault.Fields[0].Path != c.field || !strings.Contains(fault.Text.ID, c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, c := range map[string]struct {
		set   func(s *Settings)
		field string
	}{
		"no base URL":         {func(s *Settings) { s.BaseURL = "" }, "base_url"},
		"http":                {func(s *Settings) { s.BaseURL = "http://apel.example" }, "base_url"},
		"this machine":        {func(s *Settings) { s.BaseURL = "https://127.0.0.1:8443" }, "base_url"},
		"localhost":           {func(s *Settings) { s.BaseURL = "https://localhost" }, "base_url"},
		"no signer":           {func(s *Settings) { s.Signers = nil }, "signers"},
		"signer without post": {func(s *Settings) { s.Signers = []record.Signer{{Name: "X"}} }, "signers[0]"},
		"no institution":      {func(s *Settings) { s.Institution = "" }, "institution"},
		"pattern":             {func(s *Settings) { s.Pattern = "{seq}/{kursus}" }, "number_pattern"},
		"colour":              {func(s *Settings) { s.Look.Primary = "teal" }, "colour"},
		"emoji in a signer":   {func(s *Settings) { s.Signers = []record.Signer{{Name: "🙂", Position: "Kepala"}} }, "signers[0]"},
	} {
		r.settings = testSettings()
		c.set(&r.settings)
		_, err := r.Intend(ctx, testFacts(1))
		if fault := faults.Of(err); !errors.Is(err, faults.Invalid) || len(fault.Fields) != 1 || fault.Fields[0].Path != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	if head, err := r.journal.Head(ctx); err != nil || head.N != 0 {
		t.Errorf("something was sealed: %v %v", head, err)
	}
	if p, err := r.List(ctx, admin, Filter{}); err != nil || len(p.Views) != 0 {
		t.Errorf("something was left behind: %v %v", p, err)
	}
}

func TestLogo(t *testing.T) {
	ctx := context.Background()
	square := image.NewNRGBA(image.Rect(0, 0, 64, 80))
	for y := range 80 {
		for x := range 64 {
			square.Set(x, y, color.NRGBA{uint8(x * 4), 90, uint8(y * 3), uint8(255 - y)})
		}
	}
	var asPNG, asJPEG, deep bytes.Buffer
	png.Encode(&asPNG, square)
	jpeg.Encode(&asJPEG, square, nil)
	png.Encode(&deep, image.NewNRGBA64(image.Rect(0, 0, 20, 20)))
	for name, data := range map[string][]byte{"png": asPNG.Bytes(), "jpeg": asJPEG.Bytes()} {
		if err := CheckLogo(data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		r := openRoom(t)
		ref, err := r.blobs.Put(ctx, bytes.NewReader(data), 0)
		if err != nil {
			t.Fatal(err)
		}
		r.settings.Look.Logo = ref.Hash
		c, _ := r.Look(ctx, r.issue(t, 1))
		pdf, err := r.draw(ctx, c)
		if err != nil || !bytes.Contains(pdf, []byte("/Subtype /Image")) {
			t.Errorf("%s is not in the file: %v", name, err)
		}
	}
	for name, data := range map[string][]byte{"nothing": nil, "text": []byte("<svg/>"), "16 bit": deep.Bytes(), "cut off": asPNG.Bytes()[:60]} {
		if err := CheckLogo(data); !errors.Is(err, faults.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The rule stands only where the parts meet it; a record taken over from elsewhere may hold fewer minutes.
func TestCreditRule(t *testing.T) {
	for _, c := range []struct {
		jp, minutes int
		want        string
	}{
		{4, 177, "Diakui 4 JP. Satu JP adalah 45 menit; kursus 4 JP memuat paling sedikit 90% dari 180 menit, yaitu 162 menit."},
		{4, 162, "Diakui 4 JP. Satu JP adalah 45 menit; kursus 4 JP memuat paling sedikit 90% dari 180 menit, yaitu 162 menit."},
		{4, 161, "Diakui 4 JP. Satu JP adalah 45 menit."},
		{3, 122, "Diakui 3 JP. Satu JP adalah 45 menit; kursus 3 JP memuat paling sedikit 90% dari 135 menit, yaitu 122 menit."},
	} {
		if got := strings.Join(creditRule(c.jp, c.minutes), " "); got != c.want {
			t.Errorf("%d JP, %d minutes: %q", c.jp, c.minutes, got)
		}
	}
}
