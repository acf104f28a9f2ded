package web

import (
	"net/url"
	"time"

	"github.com/apelkota/apel/people"
)

// adminPages are the pages of the workbench. Most are panels in different company; only what is printed or has its own order has a template of its own.
var adminPages = []Page{
	{Name: "panels", Label: "Meja kerja", Sample: func() any { return samplePanels() }},
	{Name: "marking", Sample: func() any { return sampleMarking() }},
	{Name: "item", Sample: func() any { return sampleItem() }},
	{Name: "task-edit", Sample: func() any { return sampleTaskEdit() }},
	{Name: "item-edit", Sample: func() any { return sampleItemEdit() }},
	{Name: "blueprint", Sample: func() any { return sampleBlueprint() }},
	{Name: "slips", Label: "Slip aktivasi", Sample: func() any { return sampleSlips() }},
	{Name: "outline", Label: "Susunan kursus", Sample: func() any { return sampleOutline() }},
	{Name: "editor", Sample: func() any { return sampleEditor() }},
	{Name: "settings", Label: "Pengaturan", Sample: func() any { return sampleSettings() }},
}

// samplePanels is invented and has one of everything a panel can hold.
func samplePanels() *PanelsPage {
	typed := NewForm(url.Values{"why": {""}})
	typed.Wrong("why", "Tulis alasannya.")
	t := Table{Label: "Pegawai", URL: "/gaya", Columns: []Column{{Label: "Nama", Main: true}, {Label: "Unit kerja"}}, Rows: []Row{{Cells: []Cell{{Text: "Sari Wulandari"}, {Text: "Dinas Sosial"}}}}}
	return &PanelsPage{Base: Base{Title: "Contoh", Crumbs: crumbs()}, Tabs: &Tabs{Label: "Penugasan", Items: []Tab{{Label: "Perorangan", URL: "/gaya", Active: true}, {Label: "Aturan", URL: "/gaya"}}},
		Panels: []Panel{
			{Bare: true, Stats: []Stat{{Label: "Pekerjaan tertahan", Value: "3", Icon: "warn", Kind: Danger, URL: "/gaya"}}},
			{Half: true, Label: "Data pegawai", Facts: []Fact{{Label: "Unit kerja", Value: "Dinas Sosial"}}, Badges: []Badge{{Kind: Success, Label: "Aktif"}}},
			{Half: true, Label: "Akun", Inner: []Panel{{Fold: true, Open: true, Label: "Tutup akun", Form: &PanelForm{URL: "/gaya", Form: typed, Fields: []Field{reasoned(typed, "Dicatat di jejak audit.")}, Buttons: []Button{{Label: "Tutup akun", Kind: "danger"}}}}}},
			{Label: "Pegawai", Table: &t}, {Fold: true, Label: "Jabatan menurut kecocokan", Fit: &Fit{Low: 62, High: 81, Known: 5, Total: 9}, Reasons: []Reason{{Kind: Success, Text: "Melayani: diminta level 3, dimiliki level 3."}}},
			{Bare: true, Empty: &Empty{Icon: "done", Label: "Tidak ada yang tertahan"}},
		}}
}

// sampleSlips is invented: nobody has this code.
func sampleSlips() *SlipsPage {
	return &SlipsPage{Host: "https://apel.contoh.example", Slips: []people.Slip{{Name: "Sari Wulandari, S.Sos.", Masked: "***************901", Unit: "Dinas Sosial", Code: "K7QF-M2XW-9RTP", Until: time.Date(2026, 12, 6, 3, 0, 0, 0, time.UTC)}}}
}

func sampleSettings() *SettingsPage {
	form := NewForm(url.Values{"institution": {"Pemerintah Kota Contoh"}, "accent": {"#0f5c5c"}, "version": {"3"}})
	return &SettingsPage{Form: form, Logo: true, Preview: "#7a1f3d", Number: "APEL-103/00001/BKPSDMD/2026", Zones: []Option{{Value: "Asia/Jakarta", Label: "WIB (Jakarta)"}}, Differs: []Fact{{Name: "city", Value: "Kota Contoh"}},
		Signers: [][]Field{{form.Input("text", "signers.0.name", "Nama dengan gelar")}}}
}
