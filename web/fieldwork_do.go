package web

import (
	"errors"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// FieldWorkPage is a field task for the person who does it. The text is saved by assets/js/quiz.js like an answer; without scripts the buttons do everything.
type FieldWorkPage struct {
	Base
	Text     Prose
	Facts    []Fact
	Criteria []WorkCriterion
	Locked   []string
	State    Notice // how it stands
	Start    string // address that begins it; "" when it is begun or may not be
	Work     *WorkForm
	Before   []WorkEditionView
	Back     Button
}

// WorkCriterion is one row of the rubric as the learner reads it beforehand.
type WorkCriterion struct {
	Text   string
	Weight string
	Levels []Fact
}

// WorkForm is what is written and handed in.
type WorkForm struct {
	ID      string
	Seq     int
	Self    string // "" for an author who tries the task: nothing can be written or sent
	SaveURL string
	Words   int // at most; 0: no text
	Label   string
	Typed   string
	Wrong   string
	Files   []WorkFile
	Most    string // how many files; "" when none are asked for
	More    bool   // another file may be sent
	Accept  string // file types
}

// WorkFile is a file of the draft.
type WorkFile struct{ ID, Name, Size, URL string }

// WorkEditionView is something handed in with what was said of it.
type WorkEditionView struct {
	Name   string
	State  Badge
	Note   string
	Text   []string
	Files  []Link
	Marks  []MarkView
	Object *Panel // the steps of an objection, or the form of one
}

func workURL(enrolment, task string, more ...string) string {
	return address(append([]string{"belajar", enrolment, "tugas", task}, more...)...)
}

// paragraphs cuts a text into its lines and says how many words it has.
func (l *learner) paragraphs(c *gin.Context, s string) (text []string, words string) {
	if s = strings.TrimSpace(lines(s)); s == "" {
		return nil, ""
	}
	return strings.Split(s, "\n"), l.T(c, "%d kata", len(strings.Fields(s)))
}

// fileSize writes a size for people.
func (l *learner) fileSize(c *gin.Context, n int64) string {
	s, _ := l.format(c).Size(n) // of a size that is none it is empty
	return s
}

// workEdition shows one edition; link gives the address of its files.
func (l *learner) workEdition(c *gin.Context, e courses.EditionView, link func(grading.File) string) WorkEditionView {
	v := WorkEditionView{Name: l.T(c, "Kiriman ke-%d", e.Number), State: Badge{Kind: Info, Label: "Sedang dinilai"}, Note: l.format(c).moment(e.At), Marks: l.markViews(c, e.Marks)}
	if e.Late {
		v.Note += " · " + l.T(c, "setelah batas harinya")
	}
	if e.Judged {
		v.State = Badge{Kind: Warn, Label: "Dikembalikan untuk diperbaiki"}
		if e.Accepted {
			v.State = Badge{Kind: Success, Label: "Diterima"}
		}
		v.Note += " · " + l.T(c, "nilai %s", l.format(c).points(e.Points))
	}
	v.Text, _ = l.paragraphs(c, e.Text)
	for i, f := range e.Files {
		if link == nil {
			v.Files = append(v.Files, Link{Name: l.T(c, "Berkas %d", i+1)})
			continue
		}
		v.Files = append(v.Files, Link{Name: f.Name, URL: link(f)})
	}
	return v
}

// showWork is a field task for its learner.
func (l *learner) showWork(c *gin.Context) error {
	x, err := l.Courses.Work(c.Request.Context(), reader(c), c.Param("enrolment"), c.Param("task"))
	if err != nil {
		return err
	}
	return l.workPage(c, http.StatusOK, x, nil, Form{})
}

// workPage shows a field task; wrong is why the form was refused, with what was typed in x, and objection the form of one that was refused.
func (l *learner) workPage(c *gin.Context, status int, x courses.WorkView, wrong *faults.Error, objection Form) error {
	t := x.Task
	file := func(g grading.File) string { return workURL(x.Enrolment, t.Code, "berkas", courses.FileID(g)) }
	p := l.workText(c, x)
	p.Locked, p.State = sentences(c, x.Locked), l.workState(c, x)
	own := x.Person == reader(c).Person
	for _, e := range x.Editions {
		edition := l.workEdition(c, e, file)
		if own {
			edition.Object = l.objection(c, e.Objects, workURL(x.Enrolment, t.Code, "keberatan"), "TL", objection.Get("item"), objection)
		}
		p.Before = append(p.Before, edition)
	}
	switch {
	case !own || len(x.Locked) > 0 || !x.Ended.Empty():
	case x.State == "":
		p.Start = workURL(x.Enrolment, t.Code, "mulai")
	case x.State == courses.WorkOpen || x.State == courses.WorkReturned:
		w := l.workForm(c, x)
		w.ID, w.Seq, w.Self, w.SaveURL, w.Typed = x.ID, x.Seq, workURL(x.Enrolment, t.Code), workURL(x.Enrolment, t.Code, "simpan"), x.Text
		for _, g := range x.Files {
			w.Files = append(w.Files, WorkFile{ID: courses.FileID(g), Name: g.Name, Size: l.fileSize(c, g.Size), URL: file(g)})
		}
		if wrong != nil {
			w.Wrong = in(c, sentenceOf(wrong))
			p.Notices = append(p.Notices, Notice{Kind: Danger, Label: "Belum dikumpulkan", Text: w.Wrong})
			if stale(wrong) || !slices.ContainsFunc(wrong.Fields, func(x faults.Field) bool { return x.Path == "text" }) {
				w.Wrong = ""
			}
		}
		p.Work = w
	}
	l.Render(c, status, "fieldwork", p)
	return nil
}

// workText is what a field task says before anything is written.
func (l *learner) workText(c *gin.Context, x courses.WorkView) *FieldWorkPage {
	p := &FieldWorkPage{Base: Base{Active: navCatalogue, Title: in(c, x.Task.Title), Lead: l.T(c, "Tugas lapangan") + " · " + in(c, x.CourseTitle), Crumbs: []Link{{Label: "Katalog kursus", URL: "/katalog"}, {Name: in(c, x.CourseTitle), URL: enrolmentURL(x.Enrolment)}}},
		Text: x.Instructions, Facts: l.taskFacts(c, x.Task), Criteria: l.workCriteria(c, x.Rubric), Back: Button{Label: "Kembali ke langkah belajar", URL: enrolmentURL(x.Enrolment), Icon: "arrow-left"}}
	if x.Until != "" && (x.State == courses.WorkOpen || x.State == courses.WorkReturned) {
		p.Facts = append(p.Facts, Fact{Label: "Kumpulkan paling lambat", Value: l.format(c).day(x.Until)})
	}
	return p
}

// workForm is what is to be handed in, with no address to send it to.
func (l *learner) workForm(c *gin.Context, x courses.WorkView) *WorkForm {
	w := &WorkForm{ID: "coba", Words: x.Task.Words, Accept: ".pdf,.jpg,.jpeg,.png,.docx,.xlsx,.txt"}
	if x.Task.Files > 0 {
		w.Most, w.More = l.T(c, "%d dari %d berkas", len(x.Files), x.Task.Files), len(x.Files) < x.Task.Files
	}
	return w
}

// taskFacts say what a field task asks.
func (l *learner) taskFacts(c *gin.Context, t courses.FieldTask) []Fact {
	var ask []string
	if t.Words > 0 {
		ask = append(ask, l.T(c, "laporan paling banyak %s kata", texts.Grouped(int64(t.Words), texts.Lang(Lang(c)))))
	}
	if t.Files > 0 {
		ask = append(ask, l.T(c, "1 sampai %d berkas", t.Files))
	}
	var shows []string
	for _, s := range t.Shows {
		shows = append(shows, l.T(c, "%s level %d", s.Competency, s.Level))
	}
	judge := l.T(c, "Penilai, tanpa melihat nama Anda")
	switch {
	case t.Judge == courses.BySupervisor:
		judge = l.T(c, "Atasan Anda")
	case t.Marking.Markers == 2:
		judge = l.T(c, "Dua penilai, tanpa melihat nama Anda")
	}
	out := []Fact{{Label: "Yang dikumpulkan", Value: strings.Join(ask, ", ")}, {Label: "Perkiraan waktu", Value: l.T(c, "%d menit", t.Minutes)}, {Label: "Dinilai oleh", Value: judge}, {Label: "Diterima mulai nilai", Value: l.T(c, "%d dari 100", t.Accept)},
		{Label: "Menunjukkan kompetensi", Value: strings.Join(shows, ", ")}}
	if t.Optional {
		out = append(out, Fact{Label: "Sertifikat", Value: l.T(c, "Tidak menunggu tugas ini. Bila diterima, buktinya ditambahkan ke kompetensi Anda, juga sesudah sertifikat terbit.")})
	}
	if t.Days > 0 {
		out = append(out, Fact{Label: "Waktu", Value: l.T(c, "%d hari sejak dimulai", t.Days)})
	}
	return out
}

func (l *learner) workCriteria(c *gin.Context, rubric []courses.CriterionView) []WorkCriterion {
	var out []WorkCriterion
	for _, k := range rubric {
		row := WorkCriterion{Text: k.Text, Weight: l.T(c, "bobot %d%%", k.Weight)}
		for _, v := range k.Levels {
			row.Levels = append(row.Levels, Fact{Name: v.Text, Value: l.format(c).points(v.Points * 100)})
		}
		out = append(out, row)
	}
	return out
}

// workState says how a field task stands.
func (l *learner) workState(c *gin.Context, x courses.WorkView) Notice {
	switch {
	case x.State == courses.WorkAccepted:
		return Notice{Kind: Success, Label: "Diterima", Text: l.T(c, "Tugas ini diterima. Kursus selesai begitu langkah lain juga selesai.")}
	case x.State == courses.WorkHandedIn && x.Task.Judge == courses.BySupervisor:
		return Notice{Kind: Info, Label: "Sudah dikumpulkan", Text: l.T(c, "Menunggu penilaian atasan Anda. Anda diberi tahu di kotak masuk begitu dinilai.")}
	case x.State == courses.WorkHandedIn:
		return Notice{Kind: Info, Label: "Sudah dikumpulkan", Text: l.T(c, "Menunggu penilai. Anda diberi tahu di kotak masuk begitu dinilai.")}
	case !x.Ended.Empty():
		return Notice{Kind: Warn, Text: in(c, x.Ended)}
	case x.Held:
		return Notice{Kind: Info, Label: "Keberatan sedang diperiksa", Text: l.T(c, "Tugas ini dapat dikumpulkan lagi setelah ada hasilnya. Sementara itu Anda boleh terus menulis.")}
	case x.State == courses.WorkReturned:
		return Notice{Kind: Warn, Label: "Perlu diperbaiki", Text: l.T(c, "Baca umpan baliknya di bawah, perbaiki laporan Anda, lalu kumpulkan lagi.")}
	case x.State == courses.WorkOpen && x.Late:
		return Notice{Kind: Warn, Text: l.T(c, "Batas harinya sudah lewat. Tugas tetap dapat dikumpulkan dan ditandai terlambat.")}
	}
	return Notice{}
}

// beginWork begins a field task.
func (l *learner) beginWork(c *gin.Context) error {
	enrolment, task := c.Param("enrolment"), c.Param("task")
	err := l.Courses.BeginWork(c.Request.Context(), reader(c), enrolment, task)
	if errors.Is(err, faults.Conflict) {
		return l.done(c, Warn, in(c, faults.Of(err).Text), workURL(enrolment, task))
	}
	if err != nil {
		return err
	}
	return see(c, workURL(enrolment, task))
}

// saveWork keeps the text as it changes, for assets/js/quiz.js.
func (l *learner) saveWork(c *gin.Context) error {
	draft := courses.WorkDraft{Text: c.PostForm(answerName(c.PostForm("item")))}
	saved, err := l.Courses.SaveWork(c.Request.Context(), reader(c), c.Param("enrolment"), c.Param("task"), draft, postedSeq(c))
	if err != nil {
		return l.saveRefused(c, err)
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, gin.H{"seq": saved.Seq, "saved": l.format(c).clock(l.config.Now())})
	return nil
}

// handInWork takes the form of a field task: go is hand (hand it in), save, file (keep the text and take the chosen file) or drop: with a file (take it back).
func (l *learner) handInWork(c *gin.Context) error {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, courses.MaxReceived+1<<20)
	ctx, a, enrolment, task := c.Request.Context(), reader(c), c.Param("enrolment"), c.Param("task")
	x, err := l.Courses.OwnWork(ctx, a, enrolment, task)
	if err != nil {
		return err
	}
	draft, seq := courses.WorkDraft{Text: c.PostForm(answerName(x.ID))}, postedSeq(c)
	here, said := workURL(enrolment, task), ""
	act, file, _ := strings.Cut(c.PostForm("go"), ":")
	if act == "hand" {
		if err = l.Courses.HandIn(ctx, a, enrolment, task, draft, seq); err == nil {
			said = l.T(c, "Tugas dikumpulkan. Anda diberi tahu begitu dinilai.")
		}
	} else {
		if x.Task.Words > 0 {
			_, err = l.Courses.SaveWork(ctx, a, enrolment, task, draft, seq)
			said = l.T(c, "Tersimpan. Belum dikumpulkan.")
		}
		if err == nil && act == "file" {
			said, err = l.sendWorkFile(c, enrolment, task)
		}
		if err == nil && act == "drop" {
			err = l.Courses.RemoveFileFromWork(ctx, a, enrolment, task, file)
			said = l.T(c, "Berkas dihapus.")
		}
	}
	if err == nil {
		return l.done(c, Success, said, here)
	}
	fault := faults.Of(err)
	if !slices.Contains([]faults.Kind{faults.Invalid, faults.TooLarge, faults.Conflict, faults.TooMany}, fault.Kind) {
		return err
	}
	if fault.Kind == faults.Conflict && !stale(fault) {
		return l.done(c, Warn, in(c, fault.Text), here)
	}
	if x, err = l.Courses.OwnWork(ctx, a, enrolment, task); err != nil {
		return err
	}
	x.Text = draft.Text
	return l.workPage(c, fault.Kind.Status(), x, fault, Form{})
}

// sendWorkFile takes the file that the form sent.
func (l *learner) sendWorkFile(c *gin.Context, enrolment, task string) (said string, err error) {
	sent, err := c.FormFile("file")
	if err != nil {
		return "", faults.OnField("file", "Pilih dahulu berkasnya.", "Choose a file first.")
	}
	r, err := sent.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	err = l.Courses.AddFileToWork(c.Request.Context(), reader(c), enrolment, task, courses.FileInput{Name: sent.Filename, Content: r})
	return l.T(c, "Berkas diterima."), err
}

// showWorkFile sends a file of a field work.
func (l *learner) showWorkFile(c *gin.Context) error {
	f, err := l.Courses.WorkFile(c.Request.Context(), reader(c), c.Param("enrolment"), c.Param("task"), c.Param("file"))
	return l.sendReceived(c, f, err)
}

// sendReceived sends a file that somebody handed in: as a download of its kind, never as a page of ours.
func (l *learner) sendReceived(c *gin.Context, f courses.Received, err error) error {
	if err != nil {
		return err
	}
	defer f.File.Close()
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	c.Header("X-Content-Type-Options", "nosniff")
	c.Header("Cache-Control", "private, no-store")
	c.DataFromReader(http.StatusOK, f.Size, f.Type, f.File, nil)
	return nil
}

// sampleFieldWork is invented.
func sampleFieldWork() *FieldWorkPage {
	return &FieldWorkPage{Base: Base{Title: "Meja layanan tanpa pungli", Lead: "Tugas lapangan"}, Text: "<p>Periksa meja layanan Anda.</p>", Facts: []Fact{{Label: "Dinilai oleh", Value: "Atasan Anda"}}, Locked: []string{"Baca pelajaran 5 dahulu."},
		Criteria: []WorkCriterion{{Text: "Temuan", Weight: "bobot 60%", Levels: []Fact{{Name: "Belum ada", Value: "0"}, {Name: "Lengkap", Value: "100"}}}}, State: Notice{Kind: Warn, Label: "Perlu diperbaiki", Text: "Baca umpan baliknya."}, Start: "/belajar/x/tugas/TL1/mulai",
		Work:   &WorkForm{ID: "fx", Self: "/belajar/x/tugas/TL1", SaveURL: "/belajar/x/tugas/TL1/simpan", Words: 600, Typed: "Laporan", Wrong: "Tulis laporan Anda dahulu.", Files: []WorkFile{{ID: "a", Name: "foto.jpg", Size: "120 KB", URL: "/gaya"}}, Most: "1 dari 2 berkas", More: true, Accept: ".pdf"},
		Before: []WorkEditionView{{Name: "Kiriman ke-1", State: Badge{Kind: Warn, Label: "Dikembalikan untuk diperbaiki"}, Note: "kemarin", Text: []string{"Lama."}, Files: []Link{{Name: "foto.jpg", URL: "/gaya"}, {Name: "Berkas 2"}}, Marks: sampleMarking().Marks, Object: &Panel{Label: "Keberatan", Events: &Timeline{Label: "Jalannya keberatan", Items: []Event{{Text: "Anda mengajukan keberatan.", Note: "Halaman dua terlewat."}}}}}}, Back: Button{Label: "Kembali ke langkah belajar", URL: "/belajar/x"}}
}
