package web

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
)

// checkPosted checks the answer to one question as the form posted it, for who has no script.
func (l *learner) checkPosted(c *gin.Context, f courses.FormView, item string, from courses.Page) error {
	n := slices.IndexFunc(f.Items, func(it courses.ItemView) bool { return it.Item == item })
	if n < 0 {
		return faults.New(faults.Invalid, "Soal itu tidak ada pada lembar Anda.", "That question is not on your form.")
	}
	_, err := l.Courses.CheckAnswer(c.Request.Context(), reader(c), f.Attempt, item, postedAnswer(c, f.Items[n]), from)
	return err
}

// checkAnswer is saveAnswer with check=1: it answers with the question as it stands after the check, which takes the place of the one on the page.
func (l *learner) checkAnswer(c *gin.Context, item string) error {
	ctx := c.Request.Context()
	checked, err := l.Courses.CheckAnswer(ctx, reader(c), c.Param("attempt"), item, savedAnswer(c, item), postedFrom(c))
	if err != nil {
		return l.saveRefused(c, err)
	}
	html, err := l.Part(c, "item", l.quizItem(c, c.Param("attempt"), checked.Item, checked.Items))
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, gin.H{"seq": checked.Seq, "saved": l.format(c).clock(l.config.Now()), "left": checked.Left.Milliseconds(), "html": html})
	return nil
}

// quizCheck is the foot of a question that can be checked before the end.
func (l *learner) quizCheck(c *gin.Context, it courses.ItemView) *QuizCheck {
	v, q := it.Check, &QuizCheck{Action: "check:" + it.Item}
	if v.Said != nil {
		said := l.reviewItem(c, *v.Said, 0)
		said.Review.KeyText, said.Review.ShowKey = "", false
		for _, p := range v.Said.Parts {
			said.Review.Said = append(said.Review.Said, p.Feedback...)
		}
		q.Said = said.Review
		q.Left = l.T(c, "Masih %d kali coba.", v.Left)
		if v.Penalty > 0 {
			q.Left += " " + l.T(c, "Bila tepat saat dicoba lagi, nilainya %s dari 1.", l.format(c).points(1000-v.Penalty.Thousandths()))
		}
	}
	switch {
	case v.Waits:
		q.Why = l.T(c, "Jawaban ini dinilai oleh penilai setelah dikumpulkan, jadi tidak diperiksa sekarang.")
	case it.Steps && slices.ContainsFunc(it.Parts, func(p courses.FieldView) bool { return !p.Taken }):
		q.Why = l.T(c, "Kasus ini dapat diperiksa setelah keputusan terakhir.")
	}
	return q
}
