package web

import (
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"
)

// DesignPage is the living page of the design language: every part with invented data, the reference for whoever builds
// a page and the thing that browser tests look at.
type DesignPage struct {
	Base
	Form      Form
	Wrong     Form
	Choices   []Option
	Units     []Option
	Messages  []Notice
	States    []Badge
	Buttons   []Button
	Cards     []Card
	Stats     []Stat
	Ring      Ring
	Full      Ring
	Bars      []Progress
	Levels    []Level
	Fits      []Fit
	Why       Reasons
	Table     Table
	NoRows    Table
	Tabs      Tabs
	Steps     Stepper
	History   Timeline
	Facts     []Fact
	Code      CodeBox
	Readiness Chart
	Gain      Chart
	Quiz      QuizRun
	Reviews   []QuizItem
	Dialog    Dialog
	Empty     Empty
	Waiting   Waiting
	Reading   Reading
	Icons     []string
	Colours   []string
}

func (e *Engine) showDesign(c *gin.Context) {
	page := sampleDesign()
	page.Icons = e.assets.iconNames()
	page.Quiz.Now = e.config.Now()
	page.Quiz.EndsAt = page.Quiz.Now.Add(24*time.Minute + 10*time.Second)
	e.Render(c, http.StatusOK, "design", page)
}

// sampleDesign is invented: no person, unit or certificate in it exists.
func sampleDesign() *DesignPage {
	at := time.Date(2026, 11, 22, 3, 31, 0, 0, time.UTC)
	typed := NewForm(url.Values{
		"name": {"Sari Wulandari"}, "unit": {"dk"}, "jp": {"4"}, "reason": {"Petugas loket baru mulai bulan ini."},
		"channel": {"loket", "wa"}, "kind": {"teknis"}, "agree": {"1"},
	})
	wrong := NewForm(url.Values{"email": {"sari@"}, "due": {"2026-02-30"}})
	wrong.Wrong("email", "Alamat surel belum lengkap. Contoh: nama@kota.go.id.")
	wrong.Wrong("due", "Tanggal 30 Februari tidak ada. Pilih tanggal lain.")
	wrong.Wrong("mode", "Pilih satu cara ujian.")

	answered := []QuizNavItem{}
	for n := 1; n <= 12; n++ {
		answered = append(answered, QuizNavItem{ID: "q" + string(rune('a'+n)), Number: n, Page: n, Answered: n < 6, Flagged: n == 4, Here: n == 6})
	}
	return &DesignPage{
		Base: Base{Lead: "Semua bagian halaman APEL dengan data contoh, untuk dilihat di ponsel dan komputer, terang dan gelap.",
			Crumbs:  []Link{{Label: "Beranda", URL: "/"}},
			Actions: []Button{{Label: "Cetak", Icon: "print", URL: "#isi"}}},
		Form: typed, Wrong: wrong,
		Units: []Option{
			{Value: "dk", Name: "Dinas Komunikasi dan Informatika", Group: "Dinas"}, {Value: "ds", Name: "Dinas Sosial", Group: "Dinas"},
			{Value: "ka", Name: "Kecamatan Aren", Group: "Kecamatan"}, {Value: "kb", Name: "Kecamatan Beringin", Group: "Kecamatan"}},
		Choices: []Option{{Value: "loket", Name: "Loket tatap muka"}, {Value: "telp", Name: "Telepon 112", Text: "Siaga 24 jam, bergilir"}, {Value: "wa", Name: "Pesan singkat"}},
		Messages: []Notice{
			{Kind: Info, Label: "Jadwal ujian berubah", Text: "Ujian APEL-202 dipindah ke 27 November 2026, 09.00 WIB."},
			{Kind: Success, Text: "Sertifikat APEL-104 sudah terbit. Bukti kompetensi Anda bertambah."},
			{Kind: Warn, Label: "Sertifikat akan kedaluwarsa", Text: "APEL-103 berlaku sampai 5 Desember 2026.", Action: &Button{Label: "Perbarui sekarang", URL: "#kartu", Small: true}},
			{Kind: Danger, Label: "Impor ditolak, tidak ada yang berubah", Items: []string{"Baris 14, kolom nip: angka ke-13 dan 14 adalah 13; seharusnya 01–12 (PNS) atau 21–39 (PPPK).", "Baris 20, kolom unit: kode \"KEL-99\" tidak ada."}},
		},
		States: []Badge{{Kind: Success, Label: "Berlaku"}, {Kind: Warn, Label: "Hampir kedaluwarsa"}, {Kind: Danger, Label: "Dicabut"}, {Kind: Info, Label: "Sedang dinilai"}, {Label: "Draf"}},
		Buttons: []Button{
			{Label: "Simpan", Kind: "primary", Icon: "done", URL: "#tombol"}, {Label: "Unduh PDF", Icon: "download", URL: "#tombol"},
			{Label: "Batal", Kind: "quiet", URL: "#tombol"}, {Label: "Cabut sertifikat", Kind: "danger", Icon: "stop", Dialog: "dialog-cabut"}, {Label: "Kirim", Off: true}},
		Cards: []Card{
			{Code: "APEL-104", Name: "Pelayanan Prima", URL: "#kartu", Icon: "course", Text: "Menyapa, mendengar, dan menuntaskan urusan warga di loket dan daring.",
				Badges: []Badge{{Kind: Warn, Text: "Wajib sampai 30 November 2026"}}, Meta: []string{"4 JP", "5 pelajaran", "Manajerial"},
				Progress: &Progress{Label: "Kemajuan", Done: 3, Goal: 5, Text: "3 dari 5 pelajaran"}},
			{Code: "APEL-202", Name: "Penanganan Aduan 24 Jam", URL: "#kartu", Icon: "phone", Text: "Menerima, memilah, dan menindaklanjuti aduan sebelum menjadi ramai.",
				Reasons: []Reason{{Kind: Warn, Text: "T.03 diminta level 2, Anda level 1"}, {Kind: Info, Text: "Membuka jabatan Operator pusat panggilan 112"}}, Meta: []string{"6 JP", "6 pelajaran"}},
			{Code: "APEL-103", Name: "Layanan Tanpa Pungli dan Pengendalian Gratifikasi", URL: "#kartu", Icon: "shield",
				Badges: []Badge{{Kind: Success, Label: "Lulus"}}, Text: "Membedakan pungutan resmi dan pungli, menolak dengan sopan, dan melapor.", Meta: []string{"4 JP", "Lulus 12 Mei 2026"}},
		},
		Stats: []Stat{
			{Label: "Pegawai siap", Value: "83", Unit: "%", Text: "8.412 dari 10.107", Icon: "people", Kind: Success, URL: "#angka"},
			{Label: "Kursus berjalan", Value: "24", Text: "3 ujian pekan ini", Icon: "course"},
			{Label: "Hampir kedaluwarsa", Value: "312", Hint: "dalam 30 hari", Icon: "clock", Kind: Warn},
			{Label: "Aplikasi belum siap", Value: "7", Text: "dari 38 aplikasi", Icon: "app", Kind: Danger},
		},
		Ring: Ring{Label: "Jam pelajaran tahun ini", Done: 12.5, Goal: 20, Unit: "JP", Text: "7,5 JP lagi sampai 31 Desember"},
		Full: Ring{Label: "Kesiapan Anda", Done: 6, Goal: 6, Unit: "syarat"},
		Bars: []Progress{{Label: "Kemajuan", Done: 3, Goal: 5, Text: "3 dari 5 pelajaran"}, {Name: "Impor pegawai", Done: 4120, Goal: 5907}, {Label: "Kesiapan", Done: 5, Goal: 5, Kind: Success}},
		Levels: []Level{
			{Code: "T.03", Name: "Penanganan aduan warga", Owned: 1, Required: 2, Text: "Ikuti APEL-202 untuk naik ke level 2."},
			{Code: "M.04", Name: "Pelayanan publik", Owned: 2, Required: 2, Proposed: true},
			{Code: "T.05", Name: "Pelindungan data pribadi", Required: 2, Unknown: true},
			{Code: "M.01", Name: "Integritas", Owned: 3, Required: 2}},
		Fits: []Fit{{Low: 71, High: 88, Known: 7, Total: 9}, {Low: 92, High: 92, Known: 9, Total: 9}},
		Why: Reasons{Label: "Mengapa kursus ini?", Items: []Reason{
			{Kind: Warn, Text: "Jabatan Anda meminta T.03 level 2; bukti Anda baru level 1."},
			{Kind: Success, Text: "Anda sudah lulus APEL-104 yang menjadi syaratnya."},
			{Kind: Info, Text: "Setelah lulus, Anda memenuhi 5 dari 6 syarat Operator pusat panggilan 112."},
			{Kind: Danger, Text: "Jabatan Kepala Dinas belum terbuka: pendidikan paling rendah S1 atau D-IV.", Law: "PP 11/2017 jo. PP 17/2020 ps. 107"}}},
		Table: Table{
			Label: "Pegawai", URL: "/gaya#tabel", Search: "", SearchLabel: "Cari nama atau unit", Sort: "name",
			Filters: []Field{{Kind: "select", Name: "state", Label: "Status", Change: true, Options: []Option{{Label: "Semua"}, {Value: "ready", Label: "Siap"}, {Value: "not", Label: "Belum siap"}}}},
			Actions: []Button{{Label: "Tambah pegawai", Icon: "plus", URL: "#tabel"}},
			Columns: []Column{{Key: "name", Label: "Nama", Main: true}, {Label: "Unit kerja"}, {Label: "Status"}, {Key: "jp", Label: "JP", Numeric: true}, {Label: "Jabatan", Minor: true}, {Label: "Tindakan", Actions: true}},
			Rows: []Row{
				{URL: "#tabel", Cells: []Cell{{Text: "Ahmad Fauzi", Sub: "PPPK"}, {Text: "Kecamatan Aren"}, {Badge: &Badge{Kind: Success, Label: "Siap"}}, {Text: "22,5"}, {Text: "Pengadministrasi Perkantoran"}, {Button: &Button{Label: "Buka", About: "Ahmad Fauzi", URL: "#tabel", Small: true}}}},
				{URL: "#tabel", Mark: Warn, Cells: []Cell{{Text: "Dewi Lestari, S.Kom.", Sub: "PNS"}, {Text: "Dinas Komunikasi dan Informatika"}, {Badge: &Badge{Kind: Warn, Label: "Belum siap"}}, {Text: "12"}, {Text: "Pranata Komputer Ahli Muda"}, {Button: &Button{Label: "Buka", About: "Dewi Lestari", URL: "#tabel", Small: true}}}},
				{URL: "#tabel", Cells: []Cell{{Text: "Rahmat Hidayat", Sub: "PPPK"}, {Text: "Puskesmas Melati"}, {Badge: &Badge{Label: "Belum dipetakan"}}, {Text: "0"}, {Text: "Perawat Terampil"}, {Button: &Button{Label: "Buka", About: "Rahmat Hidayat", URL: "#tabel", Small: true}}}}},
			Pager: Pager{Text: "Menampilkan 3 pegawai", Next: "#tabel", Prev: "#tabel"}},
		NoRows: Table{ID: "2", Label: "Hasil pencarian", URL: "/gaya", Search: "zzz", Columns: []Column{{Label: "Nama", Main: true}}},
		Tabs:   Tabs{Label: "Bagian kursus", Items: []Tab{{Label: "Pelajaran", URL: "#tab", Active: true, Count: 5}, {Label: "Latihan", URL: "#tab"}, {Label: "Tes akhir", URL: "#tab"}, {Label: "Hasil", URL: "#tab"}}},
		Steps: Stepper{Label: "Langkah kursus", Row: true, Items: []StepItem{
			{Label: "Tes awal", State: "done", Text: "Nilai 40", URL: "#langkah"}, {Label: "Pelajaran", State: "now", Text: "3 dari 5 dibaca", URL: "#langkah"},
			{Label: "Latihan", State: "next"}, {Label: "Tes akhir", State: "locked", Text: "Baca semua pelajaran dahulu"}, {Label: "Sertifikat", State: "locked"}}},
		History: Timeline{Label: "Riwayat", Items: []Event{
			{At: at, Text: "Sertifikat terbit", Who: "Sistem", Kind: Success, Icon: "certificate"},
			{At: at.Add(-40 * time.Minute), Text: "Tes akhir dikumpulkan, nilai 85", Icon: "quiz"},
			{Day: "2026-11-20", Text: "Percobaan pertama belum lulus, nilai 60", Kind: Warn, Note: "Batas lulus 70."}}},
		Facts: []Fact{
			{Label: "Nama", Value: "Sari Wulandari"}, {Label: "Nomor", Value: "800.2/0123/APEL/XI/2026", Code: true},
			{Label: "Berlaku sampai", Value: "22 November 2029", Badge: &Badge{Kind: Success, Label: "Berlaku"}}, {Label: "Penanda tangan", Value: "Kepala BKPSDM", Note: "TTE tidak tersertifikasi"}},
		Code: CodeBox{Label: "Kode verifikasi", Code: "K7QW-2MZP-X4TD-9HCA", Text: "Siapa pun dapat memeriksa sertifikat ini dengan kode atau QR.", QR: "HTTPS://APEL.CONTOH.GO.ID/V#K7QW2MZPX4TD9HCA"},
		Readiness: Chart{Kind: "bars", Label: "Kesiapan per perangkat daerah", Text: "Dinas Sosial dan Kecamatan Beringin masih di bawah ambang.", Unit: "%", Max: 100, Goal: 80,
			Names:  []string{"Dinas Komunikasi dan Informatika", "Dinas Kependudukan", "Kecamatan Aren", "Dinas Sosial", "Kecamatan Beringin"},
			Series: []Series{{Name: "Kesiapan", Values: []float64{94, 88.5, 83, 71, 46}, Kinds: []string{"", "", "", Warn, Danger}}}},
		Gain: Chart{Kind: "lines", Label: "Nilai tes awal dan tes akhir", Text: "Selisihnya naik dari 18 menjadi 31 dalam enam bulan.", Goal: 70, Max: 100,
			Names:  []string{"Jun", "Jul", "Agu", "Sep", "Okt", "Nov"},
			Series: []Series{{Name: "Tes akhir", Values: []float64{68, 71, 74, 77, 80, 84}}, {Name: "Tes awal", Values: []float64{50, 52, 51, 54, 52, 53}}}},
		Quiz: QuizRun{Name: "Tes akhir · Pelayanan Prima", Action: "/gaya", SaveURL: "", Attempt: "contoh", Seq: 7, Now: at, EndsAt: at.Add(24 * time.Minute), SavedAt: at, Page: 6, Pages: 12, Nav: answered,
			Items: []QuizItem{
				{ID: "qg", Number: 6, Total: 12, Kind: SingleChoice, Text: "Warga datang lima menit sebelum loket tutup dengan berkas yang kurang satu. Apa yang Anda lakukan lebih dahulu?",
					Options: []QuizOption{{ID: "a", Text: "Meminta warga kembali besok pagi"}, {ID: "b", Text: "Menerima berkas, menjelaskan yang kurang, dan memberi tanda terima dengan tenggat", Chosen: true}, {ID: "c", Text: "Menerima berkas tanpa mengatakan apa pun"}}},
				{ID: "qh", Number: 7, Total: 12, Kind: MultipleChoice, Flagged: true, Text: "Manakah yang termasuk standar sapaan di loket?",
					Options: []QuizOption{{ID: "a", Text: "Berdiri dan menyapa", Chosen: true}, {ID: "b", Text: "Menyebut nama sendiri"}, {ID: "c", Text: "Menanyakan suku"}}},
				{ID: "qi", Number: 8, Total: 12, Kind: TrueFalse, Text: "Aduan yang sudah ramai di media sosial tidak perlu dicatat lagi."},
				{ID: "qj", Number: 9, Total: 12, Kind: Numeric, Unit: "hari kerja", Value: "3", Text: "Paling lama berapa hari kerja aduan harus diverifikasi?"},
				{ID: "qk", Number: 10, Total: 12, Kind: ShortText, Text: "Satu kata untuk pungutan di luar ketentuan resmi:"},
			}},
		Reviews: []QuizItem{
			{ID: "r1", Number: 1, Kind: SingleChoice, Text: "Apa langkah pertama saat menerima aduan?",
				Options: []QuizOption{{ID: "a", Text: "Mencatat dan memberi nomor", Chosen: true, Right: true, Feedback: "Nomor membuat warga dapat menagih janji."}, {ID: "b", Text: "Meneruskan tanpa mencatat"}},
				Review:  &QuizReview{State: "right", Points: "1 dari 1", ShowKey: true}},
			{ID: "r2", Number: 2, Kind: MultipleChoice, Text: "Saluran mana yang resmi?",
				Options: []QuizOption{{ID: "a", Text: "SP4N-LAPOR!", Chosen: true, Right: true}, {ID: "b", Text: "Akun pribadi petugas", Chosen: true}, {ID: "c", Text: "Pusat panggilan 112", Right: true}},
				Review:  &QuizReview{State: "part", Points: "0,5 dari 1", ShowKey: true, Feedback: "Akun pribadi bukan saluran resmi: aduan tidak tercatat."}},
			{ID: "r3", Number: 3, Kind: Numeric, Value: "7", Unit: "hari kerja", Text: "Batas verifikasi aduan?", Review: &QuizReview{State: "wrong", Points: "0 dari 1", Key: "3 hari kerja"}},
		},
		Dialog: Dialog{ID: "dialog-cabut", Label: "Cabut sertifikat ini?", Text: "Halaman cek publik akan langsung menampilkan status dicabut dan alasannya. Nomor tidak dipakai lagi.", URL: "/gaya",
			Fields: []Field{{Kind: "textarea", Name: "why", Label: "Alasan", Required: true, Rows: 3, IDPrefix: "dlg-"}}, Confirm: Button{Label: "Cabut sertifikat", Kind: "danger"}},
		Empty:   Empty{Icon: "course", Label: "Belum ada kursus", Text: "Kursus yang ditugaskan kepada Anda muncul di sini.", Action: &Button{Label: "Lihat katalog", URL: "#kosong", Kind: "primary"}},
		Waiting: Waiting{Label: "Jawaban sedang dinilai", Text: "Biasanya kurang dari satu detik."},
		Reading: Reading{URL: "/gaya", Done: true},
		Icons:   []string{"home"},
		Colours: []string{"paper", "surface", "sunken", "ink", "ink-soft", "accent", "accent-strong", "accent-soft", "gold", "info", "ok", "warn", "danger"},
	}
}
