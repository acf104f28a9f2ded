package exchange

import (
	"strings"
	"testing"
)

func FuzzAiken(f *testing.F) {
	f.Add([]byte("Apa?\nA. satu\nB. dua\nANSWER: B\n\nLalu?\nA) x\nB) y\nANSWER: A\n"))
	f.Add([]byte("Apa?\nbaris dua\nA. satu\nANSWER: C\nANSWER: A\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		work := 0
		in := newIntake("x", &Defaults{Objective: "1"}, &work)
		readAiken(in, data)
		b, r := in.end()
		checkReport(t, b, r)
	})
}

var quotes = strings.NewReplacer(`"`, `""`, "\x00", "")

// FuzzKahoot changes cells of the table that Kahoot exports.
func FuzzKahoot(f *testing.F) {
	f.Add("Apa?", "satu", "dua", "20", "1,2", "a.png")
	f.Add("", "benar", "salah", "", "2", "")
	f.Fuzz(func(t *testing.T, question, a, b, limit, key, image string) {
		head := "Question,Answer 1,Answer 2,Answer 3,Time limit (sec),Correct answer(s),Image\n"
		cell := func(s string) string { return `"` + quotes.Replace(s) + `"` }
		bank, r, err := Read("x", []byte(head+cell(question)+","+cell(a)+","+cell(b)+",,"+cell(limit)+","+cell(key)+","+cell(image)+"\n"), Defaults{Objective: "1"})
		if err == nil {
			checkReport(t, bank, r)
		}
	})
}
