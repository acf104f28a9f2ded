package courses_test

import (
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
)

// A file that brings what the bank already asks says so before anything is taken.
func TestImportNamesWhatIsNearlyTheSame(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-101", nil)
	v, err := w.NewDraft(ctx, author, "APEL-101")
	must(t, err)
	read, err := w.ReadItems(ctx, author, v.ID, "bank", courses.ItemFile{Name: "soal.txt", Objective: "9.1",
		Data: []byte("1. Soal B-00?\nA. salah satu\nB. benar B-00\nC. salah dua\nD. salah tiga\nKunci: B\n\n2. Sama sekali lain?\nA. ya tentu saja begitu\nB. tidak mungkin sama sekali\nKunci: A\n")})
	must(t, err)
	var said []string
	for _, m := range read.Report {
		if strings.Contains(m.Text.ID, "Hampir sama") {
			said = append(said, m.Text.ID)
			if m.Item != 1 || m.Line != 1 {
				t.Errorf("%+v", m)
			}
		}
	}
	if len(said) != 1 || said[0] != "Hampir sama dengan soal B-00." {
		t.Errorf("%q", said)
	}
}
