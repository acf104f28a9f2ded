package web

import "net/url"

// sampleOutline is invented and has a lesson and no test.
func sampleOutline() *OutlinePage {
	form := NewForm(url.Values{})
	form.Wrong("lesson.L1.title", "Judul harus diisi.")
	return &OutlinePage{Form: form, URL: "/gaya", Revision: 3, Minutes: Panel{Label: "Waktu belajar"}, Lists: []OutlineList{
		{Label: "Pelajaran", Kind: "lesson", Add: []Button{{Label: "Tulis pelajaran baru", URL: "/gaya"}}, Rows: []OutlineRow{{Code: "L1", Name: "Menyapa warga", Number: 1, Title: typed(form, "lesson.L1.title", "Judul pelajaran", "Menyapa warga"), Minutes: typed(form, "lesson.L1.minutes", "Menit", "10"), Text: "L1", URL: "/gaya", First: true, Last: true}}},
		{Label: "Tes", Kind: "quiz", Add: []Button{{Label: "Buat tes baru", URL: "/gaya"}}, Empty: Empty{Icon: "quiz", Label: "Belum ada tes"}}}}
}

// sampleEditor is invented.
func sampleEditor() *EditorPage {
	form := NewForm(url.Values{"title": {"Menyapa warga"}, "minutes": {"10"}, "markdown": {"Sapa *dahulu*."}})
	return &EditorPage{Base: Base{Title: "Menyapa warga"}, Form: form, URL: "/gaya", PreviewURL: "/gaya", Key: "contoh", Guard: "1", Head: []Field{form.Need("text", "title", "Judul pelajaran")}, Facts: []Field{form.Input("text", "title_en", "Judul dalam bahasa Inggris")},
		Files: FileBox{URL: "/gaya", File: form.Input("file", "picture", "Gambar, video, atau rekaman suara"), Alt: form.Input("text", "alt", "Apa yang terlihat atau terdengar")}, Markdown: form.Need("textarea", "markdown", "Isi pelajaran"), Preview: "<p>Sapa <em>dahulu</em>.</p>", Length: "2 kata", Theirs: "Sapa."}
}
