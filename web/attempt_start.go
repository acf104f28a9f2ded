package web

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
)

// QuizPage says what awaits the taker of a quiz, before the clock runs.
type QuizPage struct {
	Base
	Facts  []Fact
	Rules  []string
	Go     *Button    // begin or go on; nil when one may not
	Locked []string   // what must be done first
	Before []Link     // earlier attempts
	Door   *PanelForm // of an exam that asks for its password
	Back   Button
}

func (l *learner) showQuiz(c *gin.Context) error {
	p, err := l.quizPage(c, Form{})
	if err != nil {
		return err
	}
	l.Render(c, http.StatusOK, "quiz", p)
	return nil
}

func (l *learner) quizPage(c *gin.Context, form Form) (*QuizPage, error) {
	x, err := l.Courses.Progress(c.Request.Context(), reader(c), c.Param("enrolment"))
	if err != nil {
		return nil, err
	}
	for _, q := range x.Quizzes {
		if q.Code == c.Param("quiz") {
			return l.describeQuiz(c, x, q, form), nil
		}
	}
	return nil, faults.New(faults.NotFound, "Tes ini tidak ada.", "This test does not exist.")
}

func (l *learner) describeQuiz(c *gin.Context, x courses.Progress, q courses.QuizProgress, form Form) *QuizPage {
	p := &QuizPage{Base: Base{Title: in(c, q.Name()), Active: navCatalogue, Crumbs: []Link{{Name: in(c, x.Card.Title), URL: enrolmentURL(x.ID)}}},
		Facts: []Fact{{Label: "Jumlah soal", Value: l.count(c, q.Count())}}, Back: Button{Label: "Kembali ke langkah belajar", URL: enrolmentURL(x.ID), Icon: "arrow-left"}}
	if q.Minutes > 0 {
		p.Facts = append(p.Facts, Fact{Label: "Batas waktu", Value: l.format(c).minutes(l.words, q.Minutes)})
		p.Rules = append(p.Rules, l.T(c, "Waktu berjalan sejak Anda menekan tombol, menurut jam server, dan tidak berhenti bila halaman ditutup."))
	} else {
		p.Facts = append(p.Facts, Fact{Label: "Batas waktu", Value: l.T(c, "tidak ada")})
	}
	if q.PassMark > 0 {
		p.Facts = append(p.Facts, Fact{Label: "Nilai lulus", Value: l.T(c, "%d dari 100", q.PassMark)})
	}
	if q.Allowed > 0 {
		p.Facts = append(p.Facts, Fact{Label: "Kesempatan", Value: l.T(c, "%d dari %d terpakai", q.Ended, q.Allowed)})
	}
	p.Rules = append(p.Rules, l.behaviourRules(c, q)...)
	p.Rules = append(p.Rules, l.T(c, "Setiap jawaban tersimpan otomatis. Bila sinyal putus atau baterai habis, lanjutkan dari perangkat mana pun."))
	switch q.Kind {
	case courses.PreTest:
		p.Rules = append(p.Rules, l.T(c, "Nilai tes awal tidak memengaruhi kelulusan. Tes ini menunjukkan apa yang perlu Anda pelajari."))
	case courses.Practice:
		p.Rules = append(p.Rules, l.T(c, "Latihan boleh diulang tanpa batas, dengan pembahasan setiap soal."))
	case courses.PostTest:
		p.Rules = append(p.Rules, l.T(c, "Soal diacak dari bank soal. Bila belum lulus, Anda boleh mengulang selama kesempatan masih ada."))
	}
	if q.Sure > 0 {
		p.Notices = append(p.Notices, Notice{Kind: Warn, Label: "Lembar ini akan memuat soal Anda sendiri", Text: l.T(c, "Paling sedikit %d soal di tes ini Anda tulis atau telaah sendiri, dan bank soal belum punya penggantinya. Anda boleh mengerjakannya, tetapi hasilnya tidak menjadi dasar sertifikat. Mintalah admin diklat menambah soal.", q.Sure)})
	}
	p.Locked = sentences(c, q.Locked)
	switch {
	case q.Open != "" && q.State == courses.AttemptOpen:
		p.Go = &Button{Label: "Lanjutkan mengerjakan", URL: attemptURL(q.Open), Kind: "primary", Icon: "arrow", Wide: true}
	case q.Open != "":
		p.Go = &Button{Label: "Lihat penilaian", URL: attemptURL(q.Open, "tunggu"), Kind: "primary", Wide: true}
	case !q.Awaited.IsZero():
		p.Locked = append(p.Locked, l.T(c, "Hasil percobaan terakhir ditampilkan %s. Sampai saat itu tidak ada yang perlu Anda kerjakan di tes ini.", l.format(c).moment(q.Awaited)))
	case len(p.Locked) == 0 && !q.Passed && (q.Allowed == 0 || q.Ended < q.Allowed):
		p.Go = &Button{Label: "Mulai mengerjakan", Post: true, URL: quizURL(x.ID, q.Code), Kind: "primary", Icon: "play", Wide: true}
		if q.Exam != nil {
			l.examDoor(p, q, quizURL(x.ID, q.Code), form)
		}
	}
	if q.Exam != nil && !q.Passed && q.Awaited.IsZero() {
		l.describeExam(c, p, q)
	}
	if q.Latest != "" && q.Behaviour.Unrecorded {
		p.Before = []Link{{Name: l.T(c, "Lihat latihan terakhir"), URL: attemptURL(q.Latest, "hasil")}}
	} else if q.Latest != "" && q.Hidden {
		p.Before = []Link{{Name: l.T(c, "Percobaan terakhir: hasil belum ditampilkan"), URL: attemptURL(q.Latest, "hasil")}}
	} else if q.Latest != "" {
		p.Before = []Link{{Name: l.T(c, "Hasil percobaan terakhir: %s", l.format(c).points(q.Last)), URL: attemptURL(q.Latest, "hasil")}}
	}
	return p
}

// behaviourRules tell a taker when answers are explained, what a wrong one costs, and whether anything is kept.
func (l *learner) behaviourRules(c *gin.Context, q courses.QuizProgress) (rules []string) {
	switch b := q.Behaviour; b.Feedback {
	case courses.Immediate:
		rules = append(rules, l.T(c, "Tiap soal dapat Anda periksa sendiri, sekali. Pembahasannya langsung tampil, dan setelah itu jawabannya tidak dapat diubah."))
	case courses.Interactive:
		rules = append(rules, l.T(c, "Tiap soal dapat dicoba sampai %d kali. Setelah diperiksa, Anda langsung tahu tepat atau belum.", b.Tries))
		if b.Penalty > 0 {
			rules = append(rules, l.T(c, "Setiap kali belum tepat, nilai soal itu berkurang %s dari 1.", l.format(c).points(b.Penalty.Thousandths())))
		}
	}
	if q.Behaviour.Unrecorded {
		rules = append(rules, l.T(c, "Latihan ini tidak dicatat: hasilnya hanya untuk Anda dan hilang sehari setelah dimulai."))
	}
	return rules
}

// startAttempt begins the next attempt, or goes on with the open one: its id follows from enrolment, quiz and ordinal, so a second post finds the first's.
func (l *learner) startAttempt(c *gin.Context) error {
	form := posted(c)
	f, err := l.Courses.Enter(c.Request.Context(), reader(c), c.Param("enrolment"), c.Param("quiz"), form.Get("password"))
	if errors.Is(err, faults.Invalid) && form.Take(err, Lang(c)) {
		p, pageErr := l.quizPage(c, form)
		if pageErr != nil {
			return pageErr
		}
		l.Render(c, form.Status(), "quiz", p)
		return nil
	}
	if errors.Is(err, faults.Conflict) {
		p, pageErr := l.quizPage(c, Form{})
		if pageErr != nil {
			return pageErr
		}
		p.Go, p.Door = nil, nil
		p.Notices = append(p.Notices, Notice{Kind: Warn, Text: in(c, faults.Of(err).Text)})
		l.Render(c, http.StatusConflict, "quiz", p)
		return nil
	}
	if err != nil {
		return err
	}
	return see(c, attemptURL(f.Attempt))
}
