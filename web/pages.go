package web

import "slices"

// Page declares one page: templates/pages/<Name>.html.
type Page struct {
	// Name is the file's path below templates/pages without ".html": "course", "admin/people".
	Name string
	// Label is the heading in words (translated); a page whose heading is data sets Base.Title instead.
	Label string
	// Layout is shell (default, with navigation), plain (centred, for login, check page, errors) or focus (quiz,
	// reading: no navigation).
	Layout string
	// Anonymous pages show nobody's name or navigation, whoever asks: they may be kept where others see them.
	Anonymous bool
	// Sample makes the page's data filled as in real life, for the test that renders every page in both languages
	// and for nothing else. Its type is the type that Render accepts for this page.
	Sample func() any
}

// pages is the whole list. A room of pages adds its own list in its own file (var coursePages = []Page{...}) and one
// word here.
func pages() []Page {
	return slices.Concat(
		enginePages,
		learnerPages,
		adminPages,
	)
}

// enginePages belong to the engine itself.
var enginePages = []Page{
	{Name: "design", Label: "Gaya dan bagian halaman", Sample: func() any { return sampleDesign() }},
	{Name: "error", Layout: "plain", Sample: func() any {
		return &ErrorPage{Base: Base{Title: "Halaman tidak ditemukan"}, Status: 404, Text: "Alamat ini tidak ada.", Request: "01J0"}
	}},
	{Name: "offline", Label: "Tidak ada sinyal", Layout: "plain", Anonymous: true, Sample: func() any { return &OfflinePage{} }},
}
