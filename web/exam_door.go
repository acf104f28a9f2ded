package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
)

// describeExam says on the page of a quiz when and how its exam is taken, and why it cannot be begun now.
func (l *learner) describeExam(c *gin.Context, p *QuizPage, q courses.QuizProgress) {
	x, f := q.Exam, l.format(c)
	p.Facts = append(p.Facts, Fact{Label: "Ujian", Value: x.Name}, Fact{Label: "Ujian dibuka", Value: f.moment(x.Opens)}, Fact{Label: "Ujian ditutup", Value: f.moment(x.Closes)})
	if x.Latest.Before(x.Closes) {
		p.Facts = append(p.Facts, Fact{Label: "Mulai paling lambat", Value: f.moment(x.Latest)})
	}
	if x.Extra > 0 {
		p.Facts = append(p.Facts, Fact{Label: "Tambahan waktu Anda", Value: f.minutes(l.words, x.Extra)})
	}
	if x.Of > 0 {
		p.Facts = append(p.Facts, Fact{Label: "Percobaan di ujian ini", Value: strconv.Itoa(x.Of)})
	}
	p.Facts = append(p.Facts, Fact{Label: "Jam server sekarang", Value: f.moment(l.config.Now())})
	p.Rules = append(p.Rules, l.T(c, "Ujian berakhir saat waktu Anda habis atau saat ujian ditutup, mana yang lebih dahulu. Semua jawaban yang tersimpan dinilai."),
		l.T(c, "Selama ujian dicatat: kapan halaman ditinggalkan dan berapa lama, pergantian jaringan, dan perangkat yang dipakai. Catatan itu hanya dibaca pengawas, admin diklat, dan auditor, tidak mengubah nilai, dan dihapus 90 hari setelah ujian."))
	if !x.MayStart() && q.Open == "" {
		p.Go, p.Door = nil, nil
		p.Locked = append(p.Locked, in(c, x.Refuse))
	}
}

// examDoor asks for the password of an exam before it is begun.
func (l *learner) examDoor(p *QuizPage, q courses.QuizProgress, to string, form Form) {
	if !q.Exam.Locked {
		return
	}
	p.Door = &PanelForm{URL: to, Form: form, Fields: []Field{form.Need("password", "password", "Kata sandi ujian").Keyed("", "off").Hinted("Dibacakan pengawas. Huruf besar, huruf kecil, dan spasi tidak dibedakan.")},
		Buttons: []Button{{Label: "Mulai mengerjakan", Kind: "primary", Icon: "play"}}}
	p.Go = nil
}

func (l *learner) examMessages(c *gin.Context, all []courses.ExamMessage) []QuizMessage {
	var out []QuizMessage
	for _, m := range all {
		out = append(out, QuizMessage{ID: m.ID, Text: m.Text, At: l.format(c).clock(m.At)})
	}
	return out
}

// pulse takes word from the page of a running exam and answers how the exam stands; see assets/js/quiz.js.
func (l *learner) pulse(c *gin.Context) error {
	number := func(name string) int {
		n, err := strconv.Atoi(c.PostForm(name))
		if err != nil {
			return 0
		}
		return n
	}
	p, err := l.Courses.Pulse(c.Request.Context(), reader(c), c.Param("attempt"), number("tab"), number("away"), number("seconds"))
	if err != nil {
		return err
	}
	messages := []gin.H{}
	for _, m := range l.examMessages(c, p.Messages) {
		messages = append(messages, gin.H{"id": m.ID, "text": m.At + " · " + m.Text})
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, gin.H{"open": p.State == courses.AttemptOpen, "now": p.Now.UnixMilli(), "ends": milli(p.EndsAt), "left": p.Left.Milliseconds(), "paused": p.Paused, "stale": p.Stale, "messages": messages})
	return nil
}

// milli is a moment as scripts count; 0 for none.
func milli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
