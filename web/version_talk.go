package web

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// showTalk is what authors and reviewers say about a version and its lessons: what is open first.
func (w *admin) showTalk(c *gin.Context) error { return w.talkPage(c, http.StatusOK, Form{}) }

func (w *admin) talkPage(c *gin.Context, status int, form Form) error {
	ctx, a := c.Request.Context(), reader(c)
	v, err := w.Courses.Version(ctx, a, versionID(c))
	if err != nil {
		return err
	}
	talk, err := w.Courses.Talk(ctx, a, v.ID)
	if err != nil {
		return err
	}
	p := &PanelsPage{Base: Base{Active: navCourses, Title: w.T(c, "Catatan penulis dan penelaah"), Lead: in(c, v.Content.Card.Title) + " · " + w.T(c, "versi %d", v.Number), Crumbs: w.draftCrumbs(c)}}
	if panel := w.versionReviewPanel(c, v, talk, form); panel != nil {
		p.add(*panel)
	}
	may := w.may(c, "remark", "course")
	open, settled := Panel{ID: "terbuka", Label: "Terbuka"}, Panel{Fold: true, Label: "Selesai"}
	for i := len(talk.Remarks) - 1; i >= 0; i-- {
		r := talk.Remarks[i]
		panel := Panel{ID: "catatan-" + r.ID, Name: w.remarkPlace(c, v, r.Lesson), Text: r.Text, Facts: []Fact{{Label: "Dari", Value: w.person(ctx, r.By), Note: w.format(c).moment(r.At)}}}
		button, act := Button{Label: "Tandai selesai", Small: true, Icon: "check", Field: "act", Value: "settle"}, &open
		if !r.Settled.IsZero() {
			panel.Facts = append(panel.Facts, Fact{Label: "Selesai", Value: w.person(ctx, r.SettledBy), Note: w.format(c).moment(r.Settled)})
			button, act = Button{Label: "Buka lagi", Small: true, Icon: "sync", Field: "act", Value: "reopen"}, &settled
		}
		if _, ok := v.Content.Lesson(r.Lesson); ok {
			panel.Actions = []Button{{Label: "Buka pelajaran", Small: true, URL: w.lessonPlace(c, v, r.Lesson)}}
		}
		if may {
			button.About = r.ID
			panel.Form = &PanelForm{URL: w.outlineURL(c, "catatan"), Fields: []Field{hidden("remark", r.ID)}, Buttons: []Button{button}}
		}
		act.Inner = append(act.Inner, panel)
	}
	if len(open.Inner) == 0 {
		open.Empty = &Empty{Icon: "check", Label: "Tidak ada catatan terbuka"}
	}
	p.add(open)
	if may {
		about := []Option{{Value: "", Name: w.T(c, "Kursus secara umum")}}
		for _, l := range v.Content.Lessons {
			about = append(about, Option{Value: l.Code, Name: l.Code + " " + in(c, l.Title)})
		}
		if form.Values == nil {
			form.Values = c.Request.URL.Query()
		}
		text := form.Need("textarea", "text", "Catatan").Tall(3).Hinted("Pembuat versi ini dan semua yang sudah menulis catatan diberi tahu.")
		text.Length = courses.MaxRemark
		p.add(Panel{ID: "tulis", Label: "Tulis catatan", Form: &PanelForm{URL: w.outlineURL(c, "catatan") + "#tulis", Form: form, Fields: []Field{hidden("key", storage.NewID()), form.Input("select", "lesson", "Tentang").With(about), text},
			Buttons: []Button{{Label: "Kirim catatan", Kind: "primary", Field: "act", Value: "remark"}}}})
	}
	if len(settled.Inner) > 0 {
		p.add(settled)
	}
	w.Render(c, status, "panels", p)
	return nil
}

// remarkPlace says what a remark is about.
func (w *admin) remarkPlace(c *gin.Context, v courses.VersionDoc, lesson string) string {
	if lesson == "" {
		return w.T(c, "Kursus secara umum")
	}
	if l, ok := v.Content.Lesson(lesson); ok {
		return w.T(c, "Pelajaran %s: %s", l.Code, in(c, l.Title))
	}
	return w.T(c, "Pelajaran %s, sudah dihapus", lesson)
}

// lessonPlace is where a lesson of a version is written, or read by whoever may not.
func (w *admin) lessonPlace(c *gin.Context, v courses.VersionDoc, lesson string) string {
	if v.State == courses.Draft && w.may(c, "author", "course") {
		return versionURL(v.ID, v.Course, v.Number, "pelajaran", lesson)
	}
	return trialURL(v.ID, "pelajaran", lesson)
}

// changeTalk says something, settles it, or opens it again.
func (w *admin) changeTalk(c *gin.Context) error {
	ctx, a, form, id := c.Request.Context(), reader(c), posted(c), versionID(c)
	var err error
	said := w.T(c, "Catatan terkirim.")
	switch act := form.Get("act"); act {
	case "remark":
		_, err = w.Courses.RemarkVersion(ctx, a, id, form.Get("lesson"), form.Get("key"), form.Get("text"))
	case "settle", "reopen":
		said = w.T(c, "Catatan ditandai selesai.")
		if act == "reopen" {
			said = w.T(c, "Catatan dibuka lagi.")
		}
		_, err = w.Courses.SettleRemark(ctx, a, id, form.Get("remark"), act == "settle")
	case "ask":
		said = w.T(c, "Telaah diminta.")
		_, err = w.Courses.AskVersionReview(ctx, a, id)
	case "approve":
		said = w.T(c, "Versi disetujui.")
		revision, _ := strconv.ParseInt(form.Get("revision"), 10, 64)
		_, err = w.Courses.ApproveVersion(ctx, a, id, revision)
	case "return":
		said = w.T(c, "Versi dikembalikan ke penulis.")
		_, err = w.Courses.ReturnVersion(ctx, a, id, form.Get("why"))
	default:
		err = faults.New(faults.Invalid, "Tombol ini tidak dikenal.", "This button is not known.")
	}
	if err == nil {
		return w.done(c, Success, said, w.outlineURL(c, "catatan"))
	}
	if !form.Take(err, Lang(c)) {
		return err
	}
	return w.talkPage(c, form.Status(), form)
}

// talkReason is the line of the checklist that counts open remarks; nil when there are none.
func (w *admin) talkReason(c *gin.Context, v courses.VersionDoc) (*Reason, error) {
	talk, err := w.Courses.Talk(c.Request.Context(), reader(c), v.ID)
	n := len(talk.Open())
	if err != nil || n == 0 {
		return nil, err
	}
	return &Reason{Kind: Warn, Text: w.T(c, "%d catatan penulis atau penelaah masih terbuka", n), URL: versionURL(v.ID, v.Course, v.Number, "catatan")}, nil
}
