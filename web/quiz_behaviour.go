package web

import (
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
)

// behaviourFields ask how a test deals with its takers.
func (w *admin) behaviourFields(c *gin.Context, form Form) []Field {
	return []Field{
		form.Need("radio", "behaviour.feedback", "Kapan jawaban dibahas").With([]Option{
			{Value: "deferred", Name: w.T(c, "Setelah dikumpulkan")},
			{Value: string(courses.Immediate), Name: w.T(c, "Langsung: tiap soal diperiksa sekali, lalu terkunci")},
			{Value: string(courses.Interactive), Name: w.T(c, "Interaktif: tiap soal boleh dicoba beberapa kali")},
		}).Hinted("Tes akhir selalu dibahas setelah dikumpulkan."),
		form.Input("number", "behaviour.tries", "Kali coba tiap soal").Short().Keyed("numeric", "").Between("0", strconv.Itoa(grading.MaxTries)).Hinted("2 sampai 5, hanya untuk interaktif."),
		form.Input("text", "behaviour.penalty", "Potongan setiap kali belum tepat").Short().Keyed("decimal", "").Measured("%").Hinted("Misalnya 33,33333 untuk sepertiga. Hanya untuk interaktif."),
		form.Input("checkbox", "behaviour.unrecorded", "Latihan tanpa catatan: hasilnya hanya untuk peserta dan tidak disimpan"),
	}
}

// storedBehaviour fills in what a test has now.
func storedBehaviour(b courses.Behaviour, stored url.Values) {
	stored.Set("behaviour.feedback", "deferred")
	if b.Feedback != courses.Deferred {
		stored.Set("behaviour.feedback", string(b.Feedback))
	}
	if b.Feedback == courses.Interactive {
		stored.Set("behaviour.tries", strconv.Itoa(b.Tries))
		stored.Set("behaviour.penalty", typedPercent(b.Penalty))
	}
	if b.Unrecorded {
		stored.Set("behaviour.unrecorded", "1")
	}
}

// takeBehaviour reads it from the form into a test. Invalid when the test may not have it.
func (w *admin) takeBehaviour(c *gin.Context, form *Form, q *courses.Quiz) error {
	b := courses.Behaviour{Feedback: courses.Feedback(form.Get("behaviour.feedback")), Unrecorded: form.Get("behaviour.unrecorded") != ""}
	if b.Feedback == "deferred" {
		b.Feedback = courses.Deferred
	}
	if b.Feedback == courses.Interactive {
		if n, ok := w.whole(c, form, "behaviour.tries", 2, grading.MaxTries); ok {
			b.Tries = n
		} else {
			b.Tries = 2 // said already
		}
		if s := form.Get("behaviour.penalty"); s != "" {
			m, err := grading.ParseMark(s)
			if err != nil || m < 0 {
				form.Wrong("behaviour.penalty", w.T(c, "Isi persen dari 0 sampai 100."))
			} else {
				b.Penalty = m
			}
		}
	}
	q.Behaviour = b
	return q.CheckBehaviour()
}
