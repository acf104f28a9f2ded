package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
)

// MarkingPage is one answer for the person who marks it. It names nobody. The form is saved by assets/js/quiz.js like an answer and works without it.
type MarkingPage struct {
	Base
	ID         string
	Alias      string
	Stem       Prose
	General    Prose
	Answer     []string // paragraphs as typed
	Files      []Link
	Work       bool   // a field task instead of an answer
	Supervisor bool   // its reader is the supervisor, and knows whose it is
	Accept     string // from which mark it is accepted
	Before     []WorkEditionView
	Words      string
	Claimed    bool
	Form       Form
	Criteria   []MarkingCriterion
	Comment    string
	Seq        int
	Parts      int // criteria and the comment
	Self       string
	SaveURL    string
	ClaimURL   string
	Marks      []MarkView // of two who differ
	Third      bool
	Apart      string
}

// MarkingCriterion is one row of the rubric to be chosen from.
type MarkingCriterion struct {
	Name    string // of the form value
	Text    string
	Weight  string
	Wrong   string
	Options []MarkingLevel
}

// MarkingLevel is one level.
type MarkingLevel struct {
	Value  string
	Text   string
	Points string
	Chosen bool
	Key    int // pressed on the keyboard, from 1
}

// MarkView is a mark that was given.
type MarkView struct {
	Name    string
	Points  string
	Levels  []Fact
	Comment string
}

func filterQuery(f courses.QueueFilter) string {
	v := url.Values{}
	for name, value := range map[string]string{"kursus": f.Course, "soal": f.Item} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if f.Apart {
		v.Set("tampil", "selisih")
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

func (l *learner) markViews(c *gin.Context, marks []courses.GivenMark) []MarkView {
	var out []MarkView
	for i, m := range marks {
		v := MarkView{Name: l.T(c, "Penilai %d", i+1), Points: l.T(c, "%s dari 100", l.format(c).points(m.Points*100)), Comment: m.Comment}
		if len(marks) == 1 {
			v.Name = l.T(c, "Penilaian")
		}
		for _, x := range m.Criteria {
			v.Levels = append(v.Levels, Fact{Name: x.Criterion, Value: x.Level, Note: l.T(c, "%s dari 100", l.format(c).points(x.Points*100))})
		}
		out = append(out, v)
	}
	return out
}

// markingPlace is where somebody marks: the queue of markers, or the list of a supervisor.
type markingPlace struct {
	active string
	crumbs []Link
	url    func(id string, more ...string) string
	query  string // travels along from one answer to the next
	back   string
	next   func(c *gin.Context, said string) error // after a mark was given
}

func (w *admin) queuePlace(c *gin.Context) markingPlace {
	f := queueFilter(c.Query)
	back := "/kelola/menilai" + filterQuery(f)
	return markingPlace{active: navMarking, crumbs: crumbs(Link{Label: "Menilai", URL: back}), url: markingURL, query: filterQuery(f), back: back,
		next: func(c *gin.Context, said string) error { return w.nextMarking(c, f, said) }}
}

func (w *admin) showMarking(c *gin.Context) error { return w.showMarkingAt(c, w.queuePlace(c)) }

func (l *learner) showMarkingAt(c *gin.Context, at markingPlace) error {
	m, err := l.Courses.Marking(c.Request.Context(), reader(c), c.Param("marking"))
	if errors.Is(err, faults.Conflict) {
		return l.done(c, Warn, in(c, faults.Of(err).Text), at.back)
	}
	if err != nil {
		return err
	}
	l.Render(c, http.StatusOK, "marking", l.answerToMark(c, m, at))
	return nil
}

func (l *learner) answerToMark(c *gin.Context, m courses.MarkingView, at markingPlace) *MarkingPage {
	p := &MarkingPage{Base: Base{Active: at.active, Title: l.T(c, "Peserta %s", m.Alias), Lead: in(c, m.CourseTitle) + " · " + in(c, m.Title) + " · " + m.Code, Crumbs: at.crumbs},
		ID: m.ID, Alias: m.Alias, Stem: m.Stem, General: m.General, Claimed: m.Mine, Comment: m.Comment, Seq: m.Seq, Parts: len(m.Rubric) + 1, Self: at.url(m.ID) + at.query, SaveURL: at.url(m.ID, "simpan"), ClaimURL: at.url(m.ID, "ambil") + at.query,
		Marks: l.markViews(c, m.Marks), Third: m.State == courses.MarkingApart, Apart: strconv.Itoa(m.Apart)}
	p.Answer, p.Words = l.paragraphs(c, m.Text)
	for _, f := range m.Files {
		p.Files = append(p.Files, Link{Name: f.Name + " · " + l.fileSize(c, f.Size), URL: at.url(m.ID, "berkas", f.ID)})
	}
	if x := m.Work; x != nil {
		p.Work, p.Accept = true, l.T(c, "Diterima mulai nilai %d. Di bawah itu tugas kembali kepada peserta dengan komentar Anda, untuk diperbaiki.", x.Accept)
		if x.Name != "" {
			p.Title, p.Supervisor = x.Name, true
		}
		if x.Edition > 1 {
			p.Lead += " · " + l.T(c, "kiriman ke-%d", x.Edition)
		}
		if x.Late {
			p.Notices = append(p.Notices, Notice{Kind: Info, Text: l.T(c, "Dikumpulkan setelah batas harinya.")})
		}
		for _, b := range x.Before {
			p.Before = append(p.Before, l.workEdition(c, b, nil))
		}
	}
	for i, k := range m.Rubric {
		row := MarkingCriterion{Name: partName(m.ID, i+1), Text: k.Text, Weight: l.T(c, "bobot %d%%", k.Weight)}
		for n, level := range k.Levels {
			row.Options = append(row.Options, MarkingLevel{Value: strconv.Itoa(n), Text: level.Text, Points: l.format(c).points(level.Points * 100), Chosen: k.Chosen == n, Key: n + 1})
		}
		p.Criteria = append(p.Criteria, row)
	}
	return p
}

// postedMark reads a mark from its form: the answer of an item with a part per criterion and the comment last.
func postedMark(c *gin.Context, m courses.MarkingView) courses.MarkDraft {
	a := savedAnswer(c, m.ID)
	d := courses.MarkDraft{Levels: map[string]int{}, Comment: a.Part(len(m.Rubric)).Text}
	for i, k := range m.Rubric {
		choice := a.Part(i).Choices
		if len(choice) != 1 {
			continue
		}
		n, err := strconv.Atoi(choice[0])
		if err != nil {
			n = -1 // refused as a level there is not
		}
		d.Levels[k.ID] = n
	}
	return d
}

// claimMarking takes an answer for marking.
func (w *admin) claimMarking(c *gin.Context) error { return w.claimMarkingAt(c, w.queuePlace(c)) }

func (l *learner) claimMarkingAt(c *gin.Context, at markingPlace) error {
	if _, err := l.Courses.Claim(c.Request.Context(), reader(c), c.Param("marking")); err != nil {
		if errors.Is(err, faults.Conflict) {
			return l.done(c, Warn, in(c, faults.Of(err).Text), at.back)
		}
		return err
	}
	return see(c, at.url(c.Param("marking"))+at.query)
}

// saveMark keeps a draft as it changes, for assets/js/quiz.js.
func (l *learner) saveMark(c *gin.Context) error {
	ctx, a, id := c.Request.Context(), reader(c), c.Param("marking")
	c.Header("Cache-Control", "no-store")
	m, err := l.Courses.Marking(ctx, a, id)
	if err == nil {
		var saved courses.SavedMark
		if saved, err = l.Courses.SaveMark(ctx, a, id, postedMark(c, m), postedSeq(c)); err == nil {
			c.JSON(http.StatusOK, gin.H{"seq": saved.Seq, "saved": l.format(c).clock(l.config.Now())})
			return nil
		}
	}
	fault, status := faults.Of(err), faults.KindOf(err).Status()
	if errors.Is(err, faults.Conflict) && !stale(fault) {
		status = http.StatusGone // handed in, or others have it
	}
	if status >= http.StatusInternalServerError {
		l.config.Log.ErrorContext(ctx, "save mark", "route", c.FullPath(), "error", err)
	}
	c.JSON(status, gin.H{"text": in(c, fault.Text)})
	return nil
}

// giveMark hands a mark in and goes on to the next answer; with go=later it only keeps the draft, with go=release it gives the answer back.
func (w *admin) giveMark(c *gin.Context) error { return w.giveMarkAt(c, w.queuePlace(c)) }

func (l *learner) giveMarkAt(c *gin.Context, at markingPlace) error {
	ctx, a, id, queue := c.Request.Context(), reader(c), c.Param("marking"), at.back
	m, err := l.Courses.Marking(ctx, a, id)
	if errors.Is(err, faults.Conflict) {
		return l.done(c, Warn, in(c, faults.Of(err).Text), queue)
	}
	if err != nil {
		return err
	}
	draft, seq := postedMark(c, m), postedSeq(c)
	switch c.PostForm("go") {
	case "release":
		if err := l.Courses.Release(ctx, a, id); err != nil {
			return err
		}
		return l.done(c, Success, l.T(c, "Jawaban dikembalikan ke antrean. Isian Anda tetap tersimpan."), queue)
	case "later":
		if _, err = l.Courses.SaveMark(ctx, a, id, draft, seq); err == nil {
			return l.done(c, Success, l.T(c, "Tersimpan. Jawaban ini tetap untuk Anda selama 30 menit."), queue)
		}
	default:
		if _, err = l.Courses.GiveMark(ctx, a, id, draft, seq); err == nil {
			return at.next(c, l.T(c, "Penilaian untuk Peserta %s tersimpan.", m.Alias))
		}
	}
	fault := faults.Of(err)
	if errors.Is(err, faults.Conflict) && !stale(fault) {
		return l.done(c, Warn, in(c, fault.Text), queue)
	}
	if !errors.Is(err, faults.Conflict) && !errors.Is(err, faults.Invalid) {
		return err
	}
	for i := range m.Rubric {
		m.Rubric[i].Chosen = -1
		if n, ok := draft.Levels[m.Rubric[i].ID]; ok {
			m.Rubric[i].Chosen = n
		}
	}
	m.Comment = draft.Comment
	p := l.answerToMark(c, m, at)
	text := in(c, fault.Text)
	for _, x := range fault.Fields {
		for i, k := range m.Rubric {
			if x.Path == "levels."+k.ID {
				p.Criteria[i].Wrong = in(c, x.Text)
			}
		}
		if x.Path == "comment" {
			text = in(c, x.Text)
		}
	}
	p.Notices = append(p.Notices, Notice{Kind: Danger, Label: "Belum dikirim", Text: text})
	l.Render(c, fault.Kind.Status(), "marking", p)
	return nil
}

// sampleMarking is invented.
func sampleMarking() *MarkingPage {
	return &MarkingPage{Base: Base{Title: "Peserta K7QFM", Lead: "Layanan Tanpa Pungli · Tes akhir · 103-E01"}, ID: "mx", Alias: "K7QFM", Stem: "<p>Ceritakan cara Anda menolak pemberian.</p>", General: "<p>Menyebut tolak, catat, lapor.</p>",
		Answer: []string{"Saya tolak dengan sopan.", "", "Lalu saya catat."}, Words: "7 kata", Files: []Link{{Name: "foto.jpg", URL: "/gaya"}}, Work: true, Accept: "Diterima mulai nilai 70.", Before: []WorkEditionView{{Name: "Kiriman ke-1", State: Badge{Label: "Dikembalikan"}, Text: []string{"Lama."}}}, Claimed: true, Seq: 1, Parts: 2, Self: "/kelola/menilai/mx", SaveURL: "/kelola/menilai/mx/simpan", Third: true, Apart: "20",
		Criteria: []MarkingCriterion{{Name: "answer.mx#1", Text: "Isi", Weight: "bobot 100%", Wrong: "Pilih tingkat.", Options: []MarkingLevel{{Value: "0", Text: "Tidak menjawab", Points: "0", Key: 1}, {Value: "1", Text: "Lengkap", Points: "100", Chosen: true, Key: 2}}}},
		Marks:    []MarkView{{Name: "Penilai 1", Points: "100 dari 100", Levels: []Fact{{Name: "Isi", Value: "Lengkap", Note: "100 dari 100"}}, Comment: "Baik."}, {Name: "Penilai 2", Points: "0 dari 100", Comment: "Tidak menjawab."}}}
}
