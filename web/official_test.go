package web

import "testing"

func TestOfficial(t *testing.T) {
	for code, want := range map[string]string{"": "", "jpt_pratama": "JPT Pratama", "ahli_muda": "Ahli Muda", "struktural": "Struktural", "satpolpp": "Satpol PP",
		"uptd": "UPTD", "plt": "Plt", "NI": "NI PPPK", "NIP": "NIP", "verifikator": "Verifikator"} {
		if got := official(code); got != want {
			t.Errorf("official(%q) is %q, want %q", code, got, want)
		}
	}
}
