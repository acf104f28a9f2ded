package sheets

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
	"time"
)

// TestSharedTextIsTrimmedOnce reads a file of a few KB in which 20,000 cells name one text of 2 MB; trimming it for each cell took minutes.
func TestSharedTextIsTrimmedOnce(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets><sheet name="a" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<R><Relationship Id="r1" Target="s.xml"/></R>`,
		"xl/sharedStrings.xml":       `<sst><si><t>` + strings.Repeat(" ", 2_000_000) + `x</t></si></sst>`,
		"xl/s.xml":                   `<worksheet><sheetData><row r="1"><c t="str"><v>nip</v></c></row><row>` + strings.Repeat(`<c r="A2" t="s"><v>0</v></c>`, 20_000) + `</row></sheetData></worksheet>`,
	} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(text))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	var s *Sheet
	go func() {
		var err error
		s, err = Read("a.xlsx", &b, Options{})
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil || s.Rows[0].At(0).Text != "x" {
			t.Errorf("%v, %+v", err, s)
		}
	case <-time.After(30 * time.Second):
		t.Error("still reading")
	}
}
