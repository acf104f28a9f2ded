package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

// ResultPage is what became of an attempt, and what is next.
type ResultPage struct {
	Base
	Score       string
	Of          string // "lulus mulai nilai 70"
	Verdict     Badge
	Marking     bool // waits for a person
	Hidden      bool // the exam shows no result now
	Objectives  []Progress
	Again       []Link // lessons to read again
	Closed      string // why the items are not shown
	Marked      []MarkedAnswer
	Items       []QuizItem
	Open        bool // the explanations are unfolded at once
	Certificate *Card
	Pending     *Waiting // the certificate is being made
	Next        []Button
	TimedOut    bool
}

func (l *learner) showResult(c *gin.Context) error { return l.resultAgain(c, http.StatusOK, Form{}) }

// resultAgain shows a result, with the form of an objection that was refused.
func (l *learner) resultAgain(c *gin.Context, status int, form Form) error {
	ctx, a, id := c.Request.Context(), reader(c), c.Param("attempt")
	at, err := l.Courses.Attempt(ctx, a, id)
	if err != nil {
		return err
	}
	if !graded(at) {
		return see(c, attemptURL(id, "tunggu"))
	}
	r, err := l.Courses.Review(ctx, a, id)
	if (at.State == courses.AttemptNeedsMarking || at.Hidden) && errors.Is(err, faults.Conflict) {
		l.Render(c, http.StatusOK, "result", l.markingPage(c, at))
		return nil
	}
	if err != nil {
		return err
	}
	if at.Tried != "" {
		l.Render(c, http.StatusOK, "result", l.trialResult(c, r))
		return nil
	}
	x, err := l.Courses.Progress(ctx, a, at.Enrolment)
	if err != nil {
		return err
	}
	p := l.resultPage(c, r, x, form)
	if err := l.fillNext(c, p, r, x); err != nil {
		return err
	}
	l.Render(c, status, "result", p)
	return nil
}

// markingPage says that a person has to look at the answers.
func (l *learner) markingPage(c *gin.Context, at courses.AttemptDoc) *ResultPage {
	return &ResultPage{Base: Base{Title: l.T(c, "Jawaban Anda diterima"), Active: navCatalogue}, Marking: !at.Hidden, Hidden: at.Hidden,
		Next: []Button{{Label: "Kembali ke langkah belajar", URL: enrolmentURL(at.Enrolment), Kind: "primary"}}}
}

func (l *learner) resultPage(c *gin.Context, r courses.Review, x courses.Progress, form Form) *ResultPage {
	p := &ResultPage{Base: Base{Title: in(c, r.Title), Active: navCatalogue, Crumbs: []Link{{Name: in(c, x.Card.Title), URL: enrolmentURL(r.Enrolment)}}},
		Score: l.format(c).points(r.Score), TimedOut: r.TimedOut, Closed: in(c, r.Hint), Open: r.Kind == courses.Practice}
	if r.Kind == courses.PostTest {
		p.Of = l.T(c, "lulus mulai nilai %d", r.PassMark)
		p.Verdict = Badge{Kind: Warn, Label: "Belum lulus"}
		switch {
		case r.Passed && r.Own > 0:
			p.Verdict = Badge{Kind: Warn, Label: "Belum menjadi dasar sertifikat"}
			p.Notices = append(p.Notices, Notice{Kind: Warn, Label: "Nilai lulus tercapai, tetapi belum menjadi dasar sertifikat", Text: l.T(c, "%d soal di lembar ini Anda tulis atau telaah sendiri. Supaya adil, sertifikat hanya terbit dari lembar tanpa soal Anda. Silakan mengerjakan lagi.", r.Own)})
		case r.Passed:
			p.Verdict = Badge{Kind: Success, Label: "Lulus"}
		}
	}
	if r.Unrecorded && r.Tried == "" {
		p.Notices = append(p.Notices, Notice{Kind: Info, Text: l.T(c, "Latihan ini tidak dicatat: hasilnya hanya untuk Anda dan hilang sehari setelah dimulai.")})
	}
	if r.Unrecorded && r.State == courses.AttemptNeedsMarking {
		p.Score, p.Objectives = "–", nil
		if r.Tried == "" {
			p.Notices = append(p.Notices, Notice{Kind: Info, Label: "Nilai sendiri jawaban yang panjang", Text: l.T(c, "Esai dan berkas di latihan ini tidak dibaca penilai, jadi tidak ada nilai akhir. Di bawah ada rubriknya, dan contoh jawaban bila penulis soal menyediakannya.")})
		}
	}
	if r.Regrading {
		p.Notices = append(p.Notices, Notice{Kind: Info, Label: "Sedang dinilai ulang", Text: l.T(c, "Kunci sebuah soal di tes ini dibetulkan. Yang tampil di bawah adalah hasil sebelumnya, sampai penilaian ulang selesai.")})
	}
	if n := len(r.Earlier); n > 0 {
		notice := l.regradedNotice(c, r, r.Earlier[n-1])
		if r.Earlier[n-1].Passed && !r.Passed && x.State == courses.Completed {
			notice.Items = append(notice.Items, l.T(c, "Sertifikat Anda tetap berlaku selama belum ada putusan lain."))
		}
		p.Notices = append(p.Notices, notice)
	}
	for _, o := range r.Objectives {
		if p.Score == "–" {
			break // nothing of it is known
		}
		bar := Progress{Name: in(c, o.Text), Done: float64(o.Percent()), Goal: 100}
		if bar.Name == "" {
			bar.Name = o.Code
		}
		if o.Percent() < 60 {
			bar.Kind = Warn
		}
		p.Objectives = append(p.Objectives, bar)
	}
	p.Marked = l.markedAnswers(c, r.AttemptDoc, append(slices.Clone(r.Items), r.Marked...), form)
	for _, it := range r.Items {
		q := l.reviewItem(c, it, len(r.Items))
		if len(it.Files) > 0 {
			q.Kind, q.Upload = FileAnswer, &QuizUpload{Files: l.quizFiles(c, r.ID, it.Item, it.Files)}
		}
		p.Items = append(p.Items, q)
	}
	return p
}

// regradedNotice says that this result took the place of another, and why.
func (l *learner) regradedNotice(c *gin.Context, r courses.Review, before courses.Earlier) Notice {
	f := l.format(c)
	n := Notice{Kind: Info, Label: "Sudah dinilai ulang", Text: l.T(c, "Alasan: %s", r.Why)}
	score := f.points(before.Score)
	if r.Kind == courses.PostTest {
		verdict := l.T(c, "belum lulus")
		if before.Passed {
			verdict = l.T(c, "lulus")
		}
		score += " (" + verdict + ")"
	}
	n.Items = []string{l.T(c, "Hasil sebelumnya, %s: nilai %s.", f.moment(before.At), score), l.T(c, "Hasil sekarang: nilai %s.", f.points(r.Score))}
	return n
}

// reviewStates are the words of the item part for the states of a graded item.
var reviewStates = map[grading.State]string{grading.Right: "right", grading.Partial: "part", grading.Wrong: "wrong", grading.Blank: "blank", grading.NeedsMarking: "waiting"}

func (l *learner) reviewItem(c *gin.Context, it courses.ItemReview, of int) QuizItem {
	q := QuizItem{ID: it.Item, Number: it.Number, Total: of, Text: it.Stem, Value: it.Typed, Kind: ShortText,
		Review: &QuizReview{State: reviewStates[it.State], Said: append(append(slices.Clone(it.Feedback), nonEmpty(it.Hint)...), nonEmpty(it.General)...), ShowKey: true}}
	if len(it.Rubric) > 0 {
		q.Review.State, q.Review.Rubric = "self", l.workCriteria(c, it.Rubric)
	}
	if it.Try > 1 {
		q.Review.Feedback = l.T(c, "Dijawab pada kali coba ke-%d.", it.Try)
	}
	if it.State == grading.Partial || it.State == grading.Right && it.Earned < 1000 {
		q.Review.Points = l.T(c, "%s dari 1", l.format(c).points(it.Earned))
	}
	if len(it.Choices) == 0 {
		var keys []string
		for _, k := range it.Key {
			keys = append(keys, string(k))
		}
		q.Review.KeyText = Prose(strings.Join(keys, " · "))
	}
	if len(it.Marks) > 0 || strings.Contains(it.Typed, "\n") {
		q.Kind = LongText
	}
	right, chosen := 0, 0
	for _, ch := range it.Choices {
		q.Options = append(q.Options, QuizOption{ID: ch.ID, Text: ch.HTML, Chosen: ch.Chosen, Right: ch.Right, Said: ch.Feedback})
		if ch.Right {
			right++
		}
		if ch.Chosen {
			chosen++
		}
	}
	if len(it.Parts) > 0 {
		q.Kind, q.Parts = Parts, reviewParts(it)
		q.Text = Prose(gap.ReplaceAllString(string(q.Text), "(…$1)"))
	}
	if len(it.Choices) > 0 {
		q.Kind = SingleChoice
		if right > 1 || chosen > 1 {
			q.Kind = MultipleChoice
		}
	}
	return q
}

// MarkedAnswer is an own answer with what people gave it.
type MarkedAnswer struct {
	Number string // "Soal 3"
	Stem   Prose
	Answer []string // paragraphs as typed
	Files  []Link
	Marks  []MarkView
	Object *Panel // the steps of an objection, or the form of one
}

func (l *learner) markedAnswers(c *gin.Context, at courses.AttemptDoc, items []courses.ItemReview, form Form) []MarkedAnswer {
	var out []MarkedAnswer
	for _, it := range items {
		if len(it.Marks) == 0 {
			continue
		}
		m := MarkedAnswer{Number: l.T(c, "Soal %d", it.Number), Stem: it.Stem, Marks: l.markViews(c, it.Marks)}
		if it.Typed != "" {
			m.Answer = strings.Split(it.Typed, "\n")
		}
		for _, f := range it.Files {
			m.Files = append(m.Files, Link{Name: f.Name, URL: fileURL(at.ID, it.Item, courses.FileID(f))})
		}
		if at.Person == reader(c).Person {
			m.Object = l.objection(c, it.Objects, attemptURL(at.ID, "keberatan"), it.Item, form.Get("item"), form)
		}
		out = append(out, m)
	}
	return out
}

func nonEmpty(p Prose) []Prose {
	if p == "" {
		return nil
	}
	return []Prose{p}
}

// fillNext says what to do now: the certificate, the next step, reading again, another try.
func (l *learner) fillNext(c *gin.Context, p *ResultPage, r courses.Review, x courses.Progress) error {
	if r.Kind == courses.PostTest && (r.Passed && r.Own == 0 || x.State == courses.Completed) { // completed by another attempt, or by this one before it was graded again
		card, made, err := l.certificateOf(c, x.ID)
		if err != nil {
			return err
		}
		p.Certificate = card
		if !made {
			p.Certificate, p.RefreshSeconds = nil, 3
			p.Pending = &Waiting{Label: "Sertifikat Anda sedang diterbitkan", Text: l.T(c, "Halaman ini berpindah sendiri."), Stream: attemptURL(r.ID, "sertifikat")}
			if r.Held {
				p.Pending.Label = "Sertifikat Anda menunggu penilaian ulang"
			}
		}
		p.Next = append(p.Next, Button{Label: "Ke beranda", URL: "/", Icon: "home"})
		return nil
	}
	if r.Kind == courses.PostTest && (!r.Passed || r.Own > 0) {
		if err := l.fillAgain(c, p, r, x); err != nil {
			return err
		}
		if r.Left != 0 {
			p.Next = append(p.Next, Button{Label: "Coba lagi", URL: quizURL(x.ID, r.Quiz), Kind: "primary", Icon: "sync"})
		}
	}
	if r.Kind == courses.Practice {
		p.Next = append(p.Next, Button{Label: "Berlatih lagi", URL: quizURL(x.ID, r.Quiz), Icon: "sync"})
	}
	if x.Next != nil && x.Next.Code != r.Quiz {
		p.Next = append(p.Next, Button{Name: l.requirementText(c, *x.Next), URL: requirementURL(x.ID, *x.Next), Kind: "primary", Icon: "arrow"})
	}
	p.Next = append(p.Next, Button{Label: "Kembali ke langkah belajar", URL: enrolmentURL(x.ID)})
	return nil
}

// fillAgain names the lessons of the objectives that went badly.
func (l *learner) fillAgain(c *gin.Context, p *ResultPage, r courses.Review, x courses.Progress) error {
	v, err := l.Courses.Version(c.Request.Context(), reader(c), x.Version)
	if err != nil {
		return err
	}
	weak := map[string]bool{}
	for _, o := range r.Objectives {
		weak[o.Code] = o.Percent() < r.PassMark
	}
	for _, lesson := range v.Content.Lessons {
		if slices.ContainsFunc(lesson.Objectives, func(code string) bool { return weak[code] }) {
			p.Again = append(p.Again, Link{Name: in(c, lesson.Title), URL: lessonURL(x.ID, lesson.Code)})
		}
	}
	return nil
}
