package web

import (
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"testing"

	"github.com/apelkota/apel/internal/settings"
)

// TestSettingsByForm fills in everything that makes the installation a city's own and finds it stored, shown in the form again and on the next page.
func TestSettingsByForm(t *testing.T) {
	r := newRig(t)
	root := r.enter(systemAdmin)
	before := r.Rooms.Settings.Current()
	want := before
	want.Institution, want.City, want.Agency, want.AgencyShort, want.Accent, want.Zone = "Pemerintah Kota Delima", "Delima", "BKPSDM Kota Delima", "BKPSDM", "#7a1f3d", "Asia/Makassar"
	want.BaseURL, want.OldHosts, want.NumberPattern = "https://apel.delima.example", []string{"lama.delima.example", "uji.delima.example"}, "{seq:5}/{badan}/{tahun}"
	want.Signers = []settings.Signer{{Name: "Ir. Sari Wulandari, M.T.", Title: "Kepala BKPSDM", Rank: "Pembina Utama Muda", NIP: "197003031995032905"}, {Name: "Bagus Contohan, S.H.", Title: "Sekretaris"}}
	want.JPDuty, want.Contact, want.LocalRules = 24, "Loket BKPSDM", "Gratifikasi: tanya UPG.\nAduan ringan: 2 hari kerja."

	form := url.Values{"version": {strconv.FormatInt(r.Rooms.Settings.Version(), 10)}, "why": {"penyiapan kota"}, "act": {"save"}, "base_confirmed": {"1"}, "pppk_codes": {"21 22 23"}, "old_hosts": {"lama.delima.example\r\nuji.delima.example"}}
	want.PPPKCodes = []string{"21", "22", "23"}
	typed := want
	for _, f := range settingTexts(&typed) {
		form.Set(f.name, *f.text)
	}
	for _, f := range settingNumbers(&typed) {
		form.Set(f.name, strconv.Itoa(*f.number))
	}
	form.Set("signers.0.name", want.Signers[0].Name)
	form.Set("signers.0.title", want.Signers[0].Title)
	form.Set("signers.0.rank", want.Signers[0].Rank)
	form.Set("signers.0.nip", "19700303 199503 2 905")
	form.Set("signers.1.name", want.Signers[1].Name)
	if status, _, text := r.post(root, "/kelola/pengaturan", form); status != http.StatusUnprocessableEntity || valueOf(t, text, "institution") != want.Institution {
		t.Errorf("a signer without a position: %d, or the form forgot what was typed", status)
	}
	if now := r.Rooms.Settings.Current(); !reflect.DeepEqual(now, before) {
		t.Errorf("the refused form stored %+v", now)
	}
	form.Set("signers.1.title", want.Signers[1].Title)
	if status, to, text := r.post(root, "/kelola/pengaturan", form); status != http.StatusSeeOther || to != "/kelola/pengaturan" {
		t.Fatalf("everything filled in: %d %s %.2000s", status, to, text)
	}
	if now := r.Rooms.Settings.Current(); !reflect.DeepEqual(now, want) {
		t.Errorf("stored\n%+v, typed\n%+v", now, want)
	}
	_, page := r.get(root, "/kelola/pengaturan")
	for name, value := range map[string]string{"institution": want.Institution, "base_url": want.BaseURL, "signers.0.name": want.Signers[0].Name, "signers.1.title": want.Signers[1].Title} {
		if got := valueOf(t, page, name); got != value {
			t.Errorf("the form shows %s as %q", name, got)
		}
	}
	r.visitor().get("/masuk").want(t, http.StatusOK, want.Institution)
	r.quiet()
}
