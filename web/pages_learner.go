package web

import (
	"net/url"
	"time"
)

// learnerPages are the pages of learners and the public, see routes_learner.go. The samples are invented.
var learnerPages = []Page{
	{Name: "login", Label: "Masuk", Layout: "plain", Sample: func() any {
		p := &LoginPage{Back: "/katalog"}
		p.Form = NewForm(url.Values{"nip": {"1990"}})
		p.Form.Wrong("", "NIP/NI atau kata sandi tidak cocok.")
		return p
	}},
	{Name: "second", Label: "Kode dua langkah", Layout: "plain", Sample: func() any { return &SecondPage{} }},
	{Name: "activation", Label: "Aktifkan akun", Layout: "plain", Sample: func() any {
		p := &ActivationPage{}
		p.Form.Wrong("privacy", "Baca dahulu pemberitahuannya, lalu beri tanda centang.")
		return p
	}},
	{Name: "setup", Label: "Penyiapan pertama", Layout: "plain", Sample: func() any { return &SetupPage{} }},
	{Name: "forgotten", Label: "Lupa kata sandi", Layout: "plain", Sample: func() any { return &ForgottenPage{Mail: true} }},
	{Name: "reset", Label: "Kata sandi baru", Layout: "plain", Sample: func() any { return &ResetPage{} }},
	{Name: "privacy", Label: "Pelindungan data pribadi", Layout: "plain", Sample: func() any { return &PrivacyPage{Agency: "BKPSDM Kota Contoh", DPO: "ppid@contoh.example"} }},
	{Name: "terms", Label: "Istilah Indonesia dalam bahasa Inggris", Layout: "plain", Sample: func() any { return &TermsPage{Terms: terms} }},
	{Name: "home", Label: "Beranda", Sample: func() any { return sampleHome() }},
	{Name: "catalogue", Label: "Katalog kursus", Sample: func() any {
		return &CataloguePage{Search: Field{Kind: "search", Name: "q", Label: "Cari kursus"}, Filters: []Field{{Kind: "select", Name: "jenis", Label: "Jenis", Options: []Option{{Label: "Semua jenis"}}}},
			Courses: []Card{sampleCourseCard()}}
	}},
	{Name: "course", Sample: func() any { return sampleCourse() }},
	{Name: "enrolment", Sample: func() any {
		card := sampleCertificateCard()
		return &EnrolmentPage{Base: Base{Title: "Pelayanan Prima"}, Code: "APEL-104", Done: Progress{Label: "Kemajuan", Done: 40, Goal: 100}, Next: &Button{Label: "Lanjutkan", URL: "/belajar/x/pelajaran/L2", Kind: "primary"},
			NextIs: "Baca: Mendengar dulu", Steps: sampleCourse().Outline, Certificate: &card, Missing: []string{"Tes awal belum dikerjakan."}}
	}},
	{Name: "lesson", Layout: "focus", Sample: func() any {
		return &LessonPage{Base: Base{Title: "Tiga menit pertama"}, Text: "<p>Sapa warga sebelum ditanya.</p>", Local: []string{"Aduan ringan: 2 hari kerja."}, Reading: Reading{URL: "/belajar/x/pelajaran/L1"}, Place: Progress{Name: "Pelajaran 1 dari 5", Done: 1, Goal: 5, Text: "12 menit"},
			Missing: "Baca 40 detik lagi.", Prev: &Button{Label: "Sebelumnya", URL: "/belajar/x/pelajaran/L0", Icon: "arrow-left"}, Next: Button{Label: "Pelajaran berikutnya", URL: "/belajar/x/pelajaran/L2", Kind: "primary", Icon: "arrow"}}
	}},
	{Name: "quiz", Sample: func() any {
		return &QuizPage{Base: Base{Title: "Tes akhir"}, Facts: []Fact{{Label: "Jumlah soal", Value: "16"}, {Label: "Batas waktu", Value: "30 menit"}}, Rules: []string{"Setiap jawaban tersimpan sendiri."}, Locked: []string{"Baca pelajaran 5 dahulu."},
			Go: &Button{Label: "Mulai mengerjakan", Post: true, URL: "/belajar/x/tes/posttest", Kind: "primary"}, Before: []Link{{Name: "Hasil percobaan terakhir: 62,5", URL: "/percobaan/x/hasil"}}, Back: Button{Label: "Kembali ke langkah belajar", URL: "/belajar/x"}}
	}},
	{Name: "attempt", Layout: "focus", Sample: func() any {
		return &AttemptPage{Base: Base{Title: "Tes akhir", OwnHeading: true}, Quiz: QuizRun{Name: "Tes akhir", Action: "/percobaan/x", SaveURL: "/percobaan/x/simpan", Attempt: "x", Page: 1, Pages: 1,
			Items: []QuizItem{{ID: "a", Number: 1, Total: 2, Kind: SingleChoice, Text: "<p>Mana yang benar?</p>", Options: []QuizOption{{ID: "a", Text: "Ini"}, {ID: "b", Text: "Itu", Chosen: true}}},
				{ID: "b", Number: 2, Total: 2, Kind: Numeric, Text: "<p>Berapa hari?</p>", Unit: "hari"}},
			Nav: []QuizNavItem{{ID: "a", Number: 1, URL: "#butir-a", Answered: true}, {ID: "b", Number: 2, URL: "#butir-b"}}}}
	}},
	{Name: "lastlook", Layout: "focus", Sample: func() any {
		return &LastLookPage{Base: Base{Title: "Periksa lalu kumpulkan", Lead: "Tes akhir"}, Nav: []QuizNavItem{{ID: "a", Number: 1, URL: "/percobaan/x#butir-a", Answered: true}}, Open: 1, Left: "Sisa waktu 12 menit.", Submit: "/percobaan/x/kumpulkan", BackURL: "/percobaan/x"}
	}},
	{Name: "waiting", Layout: "focus", Sample: func() any {
		return &WaitingPage{Base: Base{Title: "Jawaban Anda diterima", RefreshSeconds: 2}, Waiting: Waiting{Label: "Jawaban sedang dinilai", Text: "Biasanya kurang dari satu detik.", Stream: "/percobaan/x/aliran"}}
	}},
	{Name: "result", Sample: func() any {
		card := sampleCertificateCard()
		return &ResultPage{Base: Base{Title: "Tes akhir"}, Score: "87,5", Of: "lulus mulai nilai 70", Verdict: Badge{Kind: Success, Label: "Lulus"}, Certificate: &card, TimedOut: true, Closed: "Pembahasan dibuka setelah lulus.",
			Objectives: []Progress{{Name: "Menyambut warga", Done: 80, Goal: 100}}, Marked: []MarkedAnswer{{Number: "Soal 1", Stem: "<p>Ceritakan.</p>", Answer: []string{"Saya tolak."}, Files: []Link{{Name: "foto.jpg"}}, Marks: sampleMarking().Marks, Object: &Panel{Fold: true, Label: "Ajukan keberatan", Text: "Sampai 16 Maret 2026, satu kali."}}}, Again: []Link{{Name: "Tiga menit pertama", URL: "/belajar/x/pelajaran/L1"}}, Next: []Button{{Label: "Coba lagi", URL: "/belajar/x/tes/posttest"}},
			Items: []QuizItem{{ID: "a", Number: 1, Total: 1, Kind: SingleChoice, Text: "<p>Mana yang benar?</p>", Options: []QuizOption{{ID: "a", Text: "Ini", Right: true}, {ID: "b", Text: "Itu", Chosen: true, Said: "Belum tepat karena ..."}},
				Review: &QuizReview{State: "wrong", ShowKey: true, Said: []Prose{"Baca pelajaran 1."}}}}}
	}},
	{Name: "fieldwork", Sample: func() any { return sampleFieldWork() }},
	{Name: "certificates", Label: "Sertifikat saya", Sample: func() any { return &CertificatesPage{Cards: []Card{sampleCertificateCard()}} }},
	{Name: "certificate", Sample: func() any {
		at := time.Date(2026, 11, 22, 3, 31, 0, 0, time.UTC)
		return &CertificatePage{Base: Base{Title: "Pelayanan Prima"}, State: Badge{Kind: Success, Label: "Berlaku"}, Facts: []Fact{{Label: "Nomor", Value: "00001/APEL-104/BKPSDM/XI/2026", Code: true}}, Levels: []Fact{{Name: "Pelayanan Publik", Value: "Level 1", Note: "M.05"}},
			Code: &CodeBox{Label: "Kode verifikasi", Code: "7QK4-M2XP", QR: "https://apel.contoh.example/v/7QK4M2XP"}, Proof: []Fact{{Label: "Terbit", Value: "22 November 2026"}}, History: Timeline{Label: "Riwayat", Items: []Event{{At: at, Text: "Ditangguhkan", Kind: Warn, Who: "Kepala Badan"}}},
			PDF: &Button{Label: "Unduh PDF", URL: "/sertifikat/x/pdf", Kind: "primary", Icon: "download"}, Notice: &Notice{Kind: Warn, Label: "Penerbitan tertahan", Text: "Admin melihatnya."}}
	}},
	{Name: "check", Label: "Periksa sertifikat", Layout: "plain", Sample: func() any {
		v := verdictLooks["altered"]
		v.Sentence = "Berkas ini telah diubah setelah diterbitkan."
		v.Facts, v.Levels = []Fact{{Label: "Diberikan kepada", Value: "Sari Wulandari"}}, []Fact{{Name: "Pelayanan Publik", Value: "Level 1"}}
		v.Decision = []Fact{{Label: "Alasan", Value: "Nilai keliru."}}
		v.Differs = []DifferenceView{{"nama", "Sari W.", "Sari Wulandari"}}
		v.Checks = []Reason{{Kind: Success, Text: "Tanda tangan cocok."}}
		v.Basis = []Fact{{Label: "Diperiksa", Value: "22 November 2026"}}
		return &CheckPage{Verdict: &v}
	}},
	{Name: "hours", Label: "Jam pelajaran (JP)", Sample: func() any {
		return &HoursPage{Ring: Ring{Label: "Jam pelajaran tahun ini", Done: 8, Goal: 20, Unit: "JP"}, Text: "Kurang 12 JP.", Year: "1 Jan 2026 – 31 Des 2026", Form: NewForm(url.Values{"form": {"01J"}}), Day: "2026-11-22",
			Table: Table{Label: "Buku jam pelajaran", NoSearch: true, Columns: []Column{{Label: "Pelatihan", Main: true}, {Label: "JP"}}, Rows: []Row{{Cells: []Cell{{Text: "Pelayanan Prima"}, {Text: "4"}}}}}}
	}},
	{Name: "inbox", Label: "Kotak masuk", Sample: func() any { return &InboxPage{Items: sampleHome().News, Unread: true} }},
	{Name: "account", Label: "Akun saya", Sample: func() any {
		return &AccountPage{Name: "Sari Wulandari, S.Kom.", Facts: []Fact{{Label: "NIP/NI", Value: "***901", Code: true}}, Form: NewForm(url.Values{"mail": {"daily"}}), Mails: []Option{{Value: "daily", Label: "Dikumpulkan, sekali sehari"}}, Links: []Card{{Icon: "key", Name: "Kata sandi", URL: "/akun/sandi"}}}
	}},
	{Name: "password", Label: "Kata sandi", Sample: func() any { return &PasswordPage{} }},
	{Name: "secondsetup", Label: "Kode dua langkah", Sample: func() any {
		return &SecondSetupPage{Key: &CodeBox{Label: "Kunci untuk aplikasi kode", Code: "ABCD", QR: "otpauth://totp/APEL?secret=ABCD"}}
	}},
	{Name: "sessions", Label: "Perangkat yang masuk", Sample: func() any {
		return &SessionsPage{Sessions: []SessionView{{ID: "a", Agent: "Chrome", Here: true, Facts: []Fact{{Label: "Masuk", Value: "hari ini"}}}, {ID: "b", Agent: "Firefox"}}}
	}},
	{Name: "tokens", Label: "Token API", Sample: func() any {
		return &TokensPage{Form: NewForm(url.Values{"days": {"90"}}), Tokens: []TokenView{{ID: "a", Name: "Laporan bulanan", Facts: []Fact{{Label: "Dibuat", Value: "22 Nov 2026"}}}}, Roles: []Option{{Value: "author", Name: "Penyusun"}}, Fresh: &CodeBox{Label: "Token baru", Code: "abc"}}
	}},
	{Name: "data", Label: "Data saya", Sample: func() any {
		return &DataPage{Person: []Fact{{Label: "Nama", Value: "Sari"}}, Numbers: []Fact{{Name: "NI PPPK", Value: "1990", Code: true}}, Posts: Timeline{Label: "Riwayat jabatan", Items: []Event{{Day: "2024-01-01", Text: "Operator", Icon: "position"}}}, Contact: "helpdesk"}
	}},
	{Name: "viewers", Label: "Siapa yang melihat", Sample: func() any {
		return &ViewersPage{Table: Table{Label: "Siapa yang melihat profil saya", NoSearch: true, Columns: []Column{{Label: "Nama", Main: true}}, Rows: []Row{{Cells: []Cell{{Text: "Budi"}}}}}}
	}},
}

func sampleCourseCard() Card {
	return Card{Code: "APEL-104", Name: "Pelayanan Prima", URL: "/kursus/APEL-104", Text: "Menyambut, mendengar, menjelaskan.", Meta: []string{"4 JP", "5 pelajaran"}, Badges: []Badge{{Text: "Melayani"}}, Progress: &Progress{Label: "Kemajuan", Done: 40, Goal: 100}}
}

func sampleCertificateCard() Card {
	return Card{Code: "APEL-104", Name: "Pelayanan Prima", URL: "/sertifikat/x", Icon: "certificate", Badges: []Badge{{Kind: Success, Label: "Berlaku"}}, Meta: []string{"00001/APEL-104/BKPSDM/XI/2026"}, Actions: []Button{{Label: "Unduh PDF", URL: "/sertifikat/x/pdf", Icon: "download", Small: true}}}
}

func sampleHome() *HomePage {
	return &HomePage{Base: Base{Title: "Halo, Sari Wulandari"},
		Next:   &NextStep{Course: "Layanan Tanpa Pungli", Step: "Baca: Kenapa pungli terjadi", Due: "Wajib sampai 22 Des 2026 · 30 hari lagi", Why: "Setiap pegawai wajib memahaminya.", Done: Progress{Label: "Kemajuan", Done: 20, Goal: 100}, Button: Button{Label: "Lanjutkan belajar", URL: "/belajar/x/pelajaran/L1", Kind: "primary", Icon: "arrow"}},
		Duties: []Card{sampleCourseCard()}, Advised: []Card{{Code: "APEL-301", Name: "Memimpin Perubahan", URL: "/kursus/APEL-301", Reasons: []Reason{{Kind: Info, Text: "Komunikasi: dari level 1 ke 2"}}}}, Going: []Card{{Code: "APEL-202", Name: "Penanganan Aduan", URL: "/kursus/APEL-202"}},
		Hours: Ring{Label: "Jam pelajaran tahun ini", Done: 8, Goal: 20, Unit: "JP"}, HoursText: "Kurang 12 JP.",
		Stats: []Stat{{Label: "Sertifikat berlaku", Value: "2", Icon: "certificate", URL: "/sertifikat"}},
		News:  []InboxItem{{ID: "a.b", Icon: "certificate", Title: "Sertifikat terbit", Body: "Unduh kapan saja.", At: time.Date(2026, 11, 22, 3, 31, 0, 0, time.UTC), New: true, Opens: true}}}
}

func sampleCourse() *CoursePage {
	return &CoursePage{Base: Base{Title: "Pelayanan Prima"}, Code: "APEL-104", Self: "/kursus/APEL-104", Summary: "Menyambut, mendengar, menjelaskan.", Gives: []Fact{{Label: "Jam pelajaran", Value: "4 JP", Note: "1 JP = 45 menit"}}, Posts: []string{"Lurah"}, More: 3,
		Goals: []string{"Menyambut warga"}, Outline: Stepper{Label: "Isi kursus", Items: []StepItem{{Name: "Tes awal", State: "done"}, {Name: "Pelajaran 1", State: "now", URL: "/x", Text: "12 menit"}, {Name: "Tes akhir", State: "locked", Text: "Baca semua pelajaran dahulu."}}},
		Before: []Link{{Name: "APEL-103", URL: "/kursus/APEL-103"}}, Due: &Notice{Kind: Info, Text: "Wajib sampai 22 Des 2026."}, Enrol: true, Action: &Button{Label: "Lanjutkan belajar", URL: "/belajar/x", Kind: "primary"}, Refused: "Kursus ini sedang ditutup."}
}
