package web

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
)

// maxProof bounds a proof of training elsewhere: a scanned certificate.
const maxProof = 5 << 20

// addHours enters the reader's own training elsewhere with its proof. The form carries the entry's id, so a second post is the same entry.
func (l *learner) addHours(c *gin.Context) error {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxProof+1<<20)
	file, err := uploaded(c, "proof", maxProof)
	form := posted(c)
	hash := ""
	if err == nil {
		hash, err = l.keepProof(c, file)
	}
	if err == nil {
		jp, _ := strconv.Atoi(form.Get("jp")) // what is no number is 0, which the room refuses
		_, err = l.Competencies.AddOutside(c.Request.Context(), reader(c), competencies.Outside{Form: form.Get("form"), Title: form.Get("title"), Organiser: form.Get("organiser"),
			On: civil.Date(form.Get("on")), JP: jp, Proof: hash})
	}
	if err == nil {
		return l.done(c, Success, l.T(c, "Pelatihan tercatat. JP-nya dihitung setelah admin memeriksa buktinya."), "/jp")
	}
	if errors.Is(err, faults.TooLarge) {
		err = faults.OnField("proof", faults.Of(err).Text.ID, faults.Of(err).Text.EN)
	}
	if !form.Take(err, Lang(c)) {
		return err
	}
	p, err := l.hoursPage(c, form)
	if err != nil {
		return err
	}
	l.Render(c, form.Status(), "hours", p)
	return nil
}

// keepProof stores a proof in the reader's name and answers its hash, "" when none was chosen (the room then says what is missing).
func (l *learner) keepProof(c *gin.Context, file []byte) (string, error) {
	if file == nil {
		return "", nil
	}
	p, err := l.Competencies.AddProof(c.Request.Context(), reader(c), bytes.NewReader(file))
	var fault *faults.Error
	if errors.As(err, &fault) && fault.Kind == faults.Invalid {
		err = faults.OnField("proof", fault.Text.ID, fault.Text.EN)
	}
	return p.Hash, err
}
