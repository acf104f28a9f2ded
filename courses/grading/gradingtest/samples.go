package gradingtest

import "github.com/apelkota/apel/courses/grading"

// Samples is a sound item of each type, with every member the type knows filled in somewhere; what writes and reads items is tried on them.
func Samples() []grading.Item {
	o := func(n int, text string, m grading.Mark, feedback string) grading.Option {
		return grading.Option{ID: grading.OptionID(n), Text: text, Mark: m, Feedback: feedback}
	}
	expert := func(n int, text string, tenths int, feedback string) grading.Option {
		return grading.Option{ID: grading.OptionID(n), Text: text, Expert: tenths, Feedback: feedback}
	}
	full := grading.Full
	items := []grading.Item{
		{Type: grading.Single, Title: "Salam pembuka", Difficulty: grading.Easy, Category: "umum/loket", Tags: []string{"loket", "salam"}, Fixed: true, General: "Lihat **standar pelayanan**.",
			Stem: "Apa yang diucapkan *pertama* kali?\n\n- di loket\n- lewat telepon", Options: []grading.Option{o(0, "Selamat pagi", full, "Ya."), o(1, "Ada apa?", full/2, "Kurang ramah."), o(2, "Antre dulu", 0, "Tidak."), o(3, "5 * 3 < 16 & [x]", 0, "")}},
		{Type: grading.Multiple, Stem: "Mana yang gratis?", Options: []grading.Option{o(0, "KTP", full/3, ""), o(1, "KK", full/3, "Betul"), o(2, "Akta", full/3, ""), o(3, "Paspor", -full, "Bukan layanan kota")}},
		{Type: grading.TrueFalse, Stem: "Warga boleh mengadu.", Options: grading.NewTrueFalse(true, "Salah: boleh.", "Ya.")},
		{Type: grading.TrueFalse, Stem: "Pungli boleh bila kecil.", Difficulty: grading.Hard, Options: grading.NewTrueFalse(false, "", "")},
		{Type: grading.Numeric, Stem: "Berapa lama?", Units: []string{"menit", "mnt"}, General: "Lihat maklumat.", Options: []grading.Option{{ID: "a", Text: "15", Mark: full, Feedback: "Tepat."}, {ID: "b", Text: "15.125", Mark: full / 2, Tolerance: "2.5"}}},
		{Type: grading.ShortText, Stem: "Apa singkatannya?", Exact: true, Options: []grading.Option{o(0, "SOP", full, "Ya"), o(1, `prosedur*`, full/2, ""), o(2, `S\*P`, full/4, "")}},
		{Type: "matching", Stem: "Jodohkan.", Fixed: true, General: "Selesai.", Options: []grading.Option{o(0, "Dinas Kesehatan", 0, ""), o(1, "Dinas Sosial", 0, ""), o(2, "Inspektorat", 0, "")},
			Parts: []grading.Part{{ID: "a", Text: "Puskesmas", Right: "a"}, {ID: "b", Text: "Bantuan", Right: "b"}, {ID: "c", Text: "Posyandu", Right: "a"}}},
		{Type: "ordering", Stem: "Urutkan.", Scoring: "places", Options: []grading.Option{o(0, "Terima", 0, ""), o(1, "Catat", 0, ""), o(2, "Jawab", 0, "")}},
		{Type: "cloze", Stem: "Ibu kota [[1]] adalah [[2]], luasnya [[3]] km2.", General: "Geografi.", Parts: []grading.Part{
			{ID: "a", Type: grading.Single, Weight: 2, Options: []grading.Option{o(0, "Jawa Barat", full, "Ya"), o(1, "Bali", 0, "Bukan")}},
			{ID: "b", Type: grading.ShortText, Options: []grading.Option{o(0, "Bandung", full, ""), o(1, "Kota Bandung", full/2, "Hampir")}},
			{ID: "c", Type: grading.Numeric, Options: []grading.Option{{ID: "a", Text: "167.3", Tolerance: "0.5", Mark: full}}}}},
		{Type: "reasoned", Stem: "Gratifikasi dilaporkan.", Scoring: "both", Options: grading.NewTrueFalse(true, "Salah", "Benar"),
			Parts: []grading.Part{{ID: "a", Text: "Karena", Options: []grading.Option{o(0, "wajib menurut hukum", full, "Ya"), o(1, "supaya terlihat", 0, "Bukan")}}}},
		{Type: "judgement", Stem: "Warga marah di loket.", Scoring: "rating", Options: []grading.Option{expert(0, "Dengarkan dulu", 47, "Paling baik"), expert(1, "Panggil satpam", 21, ""), expert(2, "Balas marah", 10, "Memperburuk")}},
		{Type: "casesim", Stem: "Aduan masuk.", Limit: 30, Parts: []grading.Part{
			{ID: "a", Text: "Telepon berdering.", Options: []grading.Option{{ID: "a", Text: "Angkat", Mark: full, Feedback: "Warga bicara.", Next: "b", Minutes: 5}, {ID: "b", Text: "Biarkan", Feedback: "Warga kecewa."}}},
			{ID: "b", Text: "Warga bicara.", Options: []grading.Option{{ID: "a", Text: "Catat", Mark: full, Feedback: "Tercatat.", Minutes: 10}, {ID: "b", Text: "Tutup", Mark: -full / 2, Feedback: "Aduan hilang."}}}}},
		{Type: "essay", Stem: "Jelaskan.", Limit: 300, Rubric: Rubric},
		{Type: "upload", Stem: "Unggah laporan.", Limit: 2, Files: []string{"pdf", "docx"}, Size: 3, Rubric: Rubric[:1]},
	}
	for i := range items {
		items[i].Code, items[i].Objective = "S-"+string(rune('A'+i)), "1.1"
	}
	return items
}
