package markdown

import (
	"strings"
	"testing"
)

const (
	pictureName = "0123456789abcdef01234567-640x480.jpg"
	filmName    = "0123456789abcdef01234567-854x480-2048k-95s.mp4"
)

// Only files of a course are shown, with what must be known before they are loaded; anything else leaves its description.
func TestEmbedsAreShown(t *testing.T) {
	for md, want := range map[string][]string{
		"![Loket \"satu\"](berkas/" + pictureName + ")":          {`<img src="/berkas/` + pictureName + `" alt="Loket &#34;satu&#34;" width="640" height="480" loading="lazy">`},
		"![Menyapa](berkas/" + filmName + ")":                    {`<video src="/berkas/` + filmName + `" controls="" preload="none"`, "Menyapa · 2,0 MB · 1:35", `width="854"`},
		"![Luar](https://contoh.example/a.png)":                  {"<p>Luar</p>"},
		"![x](berkas/../../etc/passwd)":                          {"<p>x</p>"},
		"![x](javascript:alert(1))":                              {"<p>x</p>"},
		"![x](berkas/abc.svg)":                                   {"<p>x</p>"},
		"<img src=/berkas/" + pictureName + " onerror=alert(1)>": {""},
	} {
		h, err := HTML(md)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(h, w) || strings.Contains(h, "onerror") || strings.Contains(h, "javascript") {
				t.Errorf("%s is shown as %s, want %s", md, h, w)
			}
		}
	}
}

func TestEmbedsAreListed(t *testing.T) {
	got, err := Embeds("# A\n\nTeks ![satu](berkas/" + pictureName + ")\n\n![film](berkas/" + filmName + ")\n\n> **Transkrip:** Selamat pagi.\n\n![bisu](berkas/" + filmName + ")\n\n> Transkrip:\n")
	if err != nil || len(got) != 3 {
		t.Fatal(got, err)
	}
	if got[0].Line != 3 || got[0].Alt != "satu" || !got[1].Transcript || got[2].Transcript {
		t.Errorf("%+v", got)
	}
}
