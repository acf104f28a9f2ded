package web

import (
	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
)

// objectionBadge says where an objection stands.
func objectionBadge(s courses.ObjectionState) Badge {
	switch s {
	case courses.ObjectionOpen:
		return Badge{Kind: Info, Label: "Menunggu diperiksa", Icon: "clock"}
	case courses.ObjectionAgain:
		return Badge{Kind: Info, Label: "Sedang dinilai lagi", Icon: "sync"}
	case courses.ObjectionDone:
		return Badge{Kind: Success, Label: "Sudah dinilai lagi"}
	}
	return Badge{Label: "Ditolak"}
}

// objection is the steps of an objection to a mark, or the form that makes one; nil when there is neither. target and item say which of several forms of a page was refused.
func (l *learner) objection(c *gin.Context, o *courses.ObjectionView, url, item, target string, form Form) *Panel {
	if o == nil {
		return nil
	}
	f := l.format(c)
	if o.State == "" {
		form, open := refused(target, item, form)
		why := form.Need("textarea", "why", "Alasan keberatan").Tall(4).Hinted("Sebut bagian jawaban yang menurut Anda belum dihargai.").prefixed(item + "-")
		why.Length = courses.MaxRemark
		return &Panel{ID: "keberatan-" + item, Fold: true, Open: open, Label: "Ajukan keberatan", Text: l.T(c, "Sampai %s, satu kali. Seseorang yang tidak ikut menilai memeriksanya dan dapat meminta penilai lain menilai lagi; nilainya tidak dapat turun.", f.day(o.Until)),
			Form: &PanelForm{URL: url + "#keberatan-" + item, Form: form, Fields: []Field{hidden("item", item), why}, Buttons: []Button{{Label: "Ajukan keberatan", Kind: "primary"}}}}
	}
	steps := &Timeline{Label: "Jalannya keberatan", Items: []Event{{At: o.At, Text: l.T(c, "Anda mengajukan keberatan."), Note: o.Why, Icon: "edit"}}}
	switch o.State {
	case courses.ObjectionRefused:
		steps.Items = append(steps.Items, Event{At: o.Answered, Text: l.T(c, "Keberatan ditolak; nilainya tetap."), Note: o.Answer, Icon: "stop"})
	case courses.ObjectionAgain, courses.ObjectionDone:
		steps.Items = append(steps.Items, Event{At: o.Answered, Text: l.T(c, "Keberatan diterima; jawaban diberikan kepada penilai lain."), Note: o.Answer, Icon: "sync"})
	}
	if o.State == courses.ObjectionDone {
		text := l.T(c, "Dinilai lagi; penilaian yang baru berlaku.")
		if len(o.Lower) > 0 {
			text = l.T(c, "Dinilai lagi; hasilnya tidak lebih tinggi, jadi penilaian semula tetap berlaku.")
		}
		steps.Items = append(steps.Items, Event{At: o.Ended, Text: text, Kind: Success, Icon: "check"})
	}
	p := &Panel{ID: "keberatan-" + item, Label: "Keberatan", Badges: []Badge{objectionBadge(o.State)}, Events: steps}
	p.Inner = append(l.marksPanel(c, "Penilaian semula", o.Before), l.marksPanel(c, "Penilaian yang tidak dipakai", o.Lower)...)
	return p
}

// marksPanel folds marks that do not count away; none without marks.
func (l *learner) marksPanel(c *gin.Context, label string, marks []courses.GivenMark) []Panel {
	var out []Panel
	for _, m := range l.markViews(c, marks) {
		out = append(out, Panel{Fold: true, Name: l.words.say(Lang(c), label) + ": " + m.Points, Text: m.Comment, Facts: m.Levels})
	}
	return out
}

// objectToMark objects to what people gave an own answer.
func (l *learner) objectToMark(c *gin.Context) error {
	form, id := posted(c), c.Param("attempt")
	if err := l.Courses.Object(c.Request.Context(), reader(c), id, form.Get("item"), form.Get("why")); err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		return l.resultAgain(c, form.Status(), form)
	}
	return l.done(c, Success, l.T(c, "Keberatan diajukan. Jawabannya diberitahukan di kotak masuk."), attemptURL(id, "hasil"))
}

// objectToWork objects to the verdict that returned a field task.
func (l *learner) objectToWork(c *gin.Context) error {
	ctx, a, form, enrolment, task := c.Request.Context(), reader(c), posted(c), c.Param("enrolment"), c.Param("task")
	if err := l.Courses.ObjectToWork(ctx, a, enrolment, task, form.Get("why")); err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		x, err := l.Courses.OwnWork(ctx, a, enrolment, task)
		if err != nil {
			return err
		}
		return l.workPage(c, form.Status(), x, nil, form)
	}
	return l.done(c, Success, l.T(c, "Keberatan diajukan. Jawabannya diberitahukan di kotak masuk."), workURL(enrolment, task))
}
