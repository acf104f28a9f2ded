package web

import "net/url"

// answersOf is an item with its key beside the one that is asked on the same page, under an anchor of its own.
func answersOf(key QuizItem) *QuizItem {
	key.ID += "-kunci"
	return &key
}

// sampleItem is invented.
func sampleItem() *ItemPage {
	asked := QuizItem{ID: "x", Number: 1, Kind: SingleChoice, Text: "<p>Apa yang diucapkan <em>pertama</em> kali?</p>", NoFlag: true, Options: []QuizOption{{ID: "a", Text: "Selamat pagi"}, {ID: "b", Text: "Ada apa?"}}}
	key := asked
	key.Review = &QuizReview{State: "blank", ShowKey: true}
	return &ItemPage{Base: Base{Title: "Soal 103-B01"}, URL: "/gaya", Try: true, Preview: &asked, Answers: answersOf(key), Problems: []string{"Pertanyaannya kosong."}, Panels: samplePanels().Panels[1:2]}
}

// sampleItemEdit is invented.
func sampleItemEdit() *ItemEditPage {
	form := NewForm(url.Values{"stem": {"Apa?"}, "o0.text": {"Selamat pagi"}})
	form.Wrong("o0.text", "Pilihan ini kosong.")
	p := sampleItem()
	return &ItemEditPage{Base: Base{Title: "Ubah soal 103-B01"}, Form: form, URL: "/gaya", Cancel: "/gaya", Head: []Field{form.Input("textarea", "stem", "Pertanyaan")}, Preview: p.Preview, Answers: p.Answers, Problems: p.Problems, Key: "contoh", Guard: "1",
		Files:  FileBox{URL: "/gaya", Pictures: true, File: form.Input("file", "picture", "Gambar"), Alt: form.Input("text", "alt", "Apa yang terlihat atau terdengar"), Into: form.Input("select", "into", "Tempat gambar").With([]Option{{Value: "stem", Label: "Pertanyaan"}})},
		Groups: []FieldGroup{{Name: "Pilihan", Text: "Tandai yang benar.", Groups: []FieldGroup{{ID: here, Name: "Pilihan A", Fields: []Field{form.Input("textarea", "o0.text", "Teks")}, Short: []Field{form.Input("checkbox", "o0.key", "Benar")}, Buttons: []Button{{Label: "Tambah", Field: "go", Value: "add:o"}}}}}}}
}

// sampleBlueprint is invented.
func sampleBlueprint() *BlueprintPage {
	form := NewForm(url.Values{"draw.1": {"2"}})
	return &BlueprintPage{Base: Base{Title: "Kisi-kisi tes akhir"}, Form: form, URL: "/gaya", Back: "/gaya", Revision: 1, Levels: []string{"Mudah"}, Total: "Satu lembar memuat 2 soal.", Short: []string{"Capaian 1 butuh 2 soal, baru ada 1."},
		Rows: []BlueprintRow{{Name: "1 · Menyapa", Cells: []BlueprintCell{{Field: form.Input("number", "draw.1", "1, Mudah"), Have: "dari 1", Short: true}}}}}
}
