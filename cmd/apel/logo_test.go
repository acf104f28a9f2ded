package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// picture is a grey PNG with sides of so many pixels, filled with shades over and over.
func picture(t *testing.T, side int, shades []byte) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, side, side))
	for i := range m.Pix {
		m.Pix[i] = shades[i%len(shades)]
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What cannot be printed becomes no logo, sent on the page or named by the API: a drawing with a script, a picture of 5 MB, a PDF, a file that is not there.
func TestLogoIsCheckedOnEveryWay(t *testing.T) {
	c := openCity(t, false)
	noise := make([]byte, 2300*2300)
	seed := rand.NewChaCha8([32]byte{1})
	seed.Read(noise) //nolint:errcheck // never fails
	large, small := picture(t, 2300, noise), picture(t, 64, []byte{7})
	if len(large) < 5_000_000 {
		t.Fatalf("the large picture has %d bytes", len(large))
	}
	drawing := []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><script>alert(1)</script></svg>`)
	pdf := []byte("%PDF-1.7\nbukti\nstartxref\n9\n%%EOF")
	admin := c.as("system_admin")
	change := func(logo string) (int, []byte) {
		t.Helper()
		_, _, now := send(t, admin, http.MethodGet, "/api/v1/settings", "", "")
		var state struct {
			Version  int64          `json:"version"`
			Settings map[string]any `json:"settings"`
		}
		if err := json.Unmarshal(now, &state); err != nil {
			t.Fatal(err)
		}
		state.Settings["logo"] = logo
		b, err := json.Marshal(map[string]any{"version": state.Version, "why": "uji", "settings": state.Settings})
		if err != nil {
			t.Fatal(err)
		}
		status, _, body := send(t, admin, http.MethodPut, "/api/v1/settings", "application/json", string(b))
		return status, body
	}
	for name, data := range map[string][]byte{"a drawing with a script": drawing, "a picture of 5 MB": large, "a PDF": pdf} {
		status, _, body := send(t, admin, http.MethodPost, "/api/v1/files", "application/octet-stream", string(data))
		if bytes.Equal(data, drawing) {
			if status != http.StatusUnprocessableEntity {
				t.Errorf("%s is stored as a proof: %d", name, status)
			}
			ref, err := c.logos.Put(t.Context(), bytes.NewReader(data), 0) // as if it had come in another way
			if err != nil {
				t.Fatal(err)
			}
			body = fmt.Appendf(nil, `{"hash":%q}`, ref.Hash)
		}
		var file struct {
			Hash string `json:"hash"`
		}
		if err := json.Unmarshal(body, &file); err != nil || file.Hash == "" {
			t.Fatalf("%s: %d %s", name, status, body)
		}
		if status, said := change(file.Hash); status != http.StatusUnprocessableEntity || !strings.Contains(string(said), `"body.settings.logo"`) {
			t.Errorf("the API takes %s as the logo: %d %s", name, status, said)
		}
		form := url.Values{"version": {fmt.Sprint(c.settings.Version())}, "why": {"uji"}}
		media, sent := upload(t, form, "logo_file", "logo.png", string(data))
		if status, _, page := send(t, admin, http.MethodPost, "/kelola/pengaturan", media, sent, "Sec-Fetch-Site", "same-origin"); status != http.StatusUnprocessableEntity || !strings.Contains(string(page), "ogo") {
			t.Errorf("the page takes %s as the logo: %d %.500s", name, status, page)
		}
	}
	if status, said := change(strings.Repeat("0", 64)); status != http.StatusUnprocessableEntity {
		t.Errorf("a logo that is not stored: %d %s", status, said)
	}
	ref, err := c.logos.Put(t.Context(), bytes.NewReader(small), 0)
	if err != nil {
		t.Fatal(err)
	}
	if status, said := change(ref.Hash); status != http.StatusOK {
		t.Errorf("a good logo: %d %s", status, said)
	}
	if c.settings.Current().Logo != ref.Hash {
		t.Error("the good logo is not the logo")
	}
}
