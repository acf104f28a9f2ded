package web

import (
	"bytes"
	"encoding/csv"
	"net/http"

	"github.com/gin-gonic/gin"
)

// Term is an Indonesian word of the courses that has no English twin, or a misleading one, and what it means in English. A term may be several words,
// divided by commas.
type Term struct{ Word, English string }

// TermsPage tells readers of English what the words of the courses mean. Everybody can read it.
type TermsPage struct {
	Base
	Terms []Term
}

// terms are those of words/terms.csv, the only place they stand in.
var terms = readTerms()

func readTerms() []Term {
	b, err := wordFiles.ReadFile("words/terms.csv")
	if err != nil {
		panic("web: " + err.Error())
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		panic("web: words/terms.csv: " + err.Error())
	}
	var out []Term
	for _, r := range rows[1:] {
		out = append(out, Term{r[0], r[1]})
	}
	return out
}

func (l *learner) showTerms(c *gin.Context) error {
	l.Render(c, http.StatusOK, "terms", &TermsPage{Base: Base{Lead: l.T(c, "Kursus ditulis dalam bahasa Indonesia. Kata-kata ini tidak punya padanan bahasa Inggris, atau padanannya menyesatkan.")}, Terms: terms})
	return nil
}
