package exchange

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"runtime"
	"strings"
	"testing"
)

// TestSmallFilesStaySmall reads files whose content is looked at again and again, or repeats itself: what they cost may grow with their size, not with its square.
func TestSmallFilesStaySmall(t *testing.T) {
	office := func(parts map[string]string) []byte {
		var entries []entry
		for name, text := range parts {
			entries = append(entries, entry{name: name, body: text})
		}
		data, err := io.ReadAll(pack(t, entries...))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	word := func(body string, more ...map[string]string) map[string]string {
		parts := map[string]string{}
		for _, m := range more {
			maps.Copy(parts, m)
		}
		parts["word/document.xml"] = "<document><body>" + body + "</body></document>"
		return parts
	}
	each := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	picture := "\x89PNG\r\n\x1a\n" + strings.Repeat("x", 100<<10)
	shown := word("<p>" + strings.Repeat(`<r><drawing><blip embed="a"/></drawing></r>`, 2000) + "</p>")
	shown["word/_rels/document.xml.rels"] = `<Relationships><Relationship Id="a" Target="media/a.png"/></Relationships>`
	shown["word/media/a.png"] = picture
	listed := word(strings.Repeat(`<p><pPr><numPr><ilvl val="0"/><numId val="1"/></numPr></pPr></p>`, 2000))
	listed["word/numbering.xml"] = `<numbering><abstractNum abstractNumId="1">` + strings.Repeat(`<lvl ilvl="8"/>`, 2000) + `</abstractNum><num numId="1"><abstractNumId val="1"/></num></numbering>`
	item := func(in string) []byte { return []byte("<quiz><question type='numerical'>" + in + "</question></quiz>") }
	for _, x := range []struct {
		name string
		data []byte
		most int // MB allocated
	}{
		{"one picture shown 2000 times", office(shown), 20},
		{"a list with 2000 levels", office(listed), 20},
		{"a run in 20000 pieces", office(word("<p><r>" + strings.Repeat("<t>abcdefgh</t><tab/>", 20_000) + "</r></p>")), 100},
		{"a formula in 20000 pieces", office(word("<p><oMath>" + strings.Repeat("<t>abcdefgh</t>", 20_000) + "</oMath></p>")), 100},
		{"a text parted by 20000 comments", item("<questiontext><text>" + strings.Repeat("abcdefgh<!---->", 20_000) + "</text></questiontext>"), 100},
		{"a question of 20000 lines", []byte("soal\n" + strings.Repeat("sebaris lagi dari soal yang panjang\n", 20_000) + "A. x\nB. y\nANSWER: A\n"), 2000},
	} {
		t.Run(x.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if _, _, err := Read("soal", x.data, Defaults{}); err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			if got := int((after.TotalAlloc - before.TotalAlloc) >> 20); got > x.most {
				t.Errorf("%d KB took %d MB of memory in all, want at most %d", len(x.data)>>10, got, x.most)
			}
		})
	}

	_, r, err := Read("soal", item("<units>"+each(1000, "<unit><multiplier>2</multiplier><unit_name>u%d</unit_name></unit>")+"</units>"), Defaults{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range r {
		if n := strings.Count(m.Text.ID, ", "); n > maxLosses {
			t.Errorf("a sentence names %d things that were lost", n)
		}
	}

	kept := 0
	if _, _, err := Read("soal.docx", office(word("<p><r><t>1. Apa?</t></r></p>"+strings.Repeat(`<p><r><drawing><blip embed="a"/></drawing></r></p>`, 2000), shown)), Defaults{Keep: func(f File) (string, error) {
		if kept++; !bytes.Equal(f.Data, []byte(picture)) {
			t.Error("another picture is handed out")
		}
		return keptAs, nil
	}}); err != nil || kept != 1 {
		t.Errorf("the picture is handed out %d times, %v", kept, err)
	}
}

// eicar is the virus test mark; two halves, so that this source is no such file.
var eicar = []byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`)
