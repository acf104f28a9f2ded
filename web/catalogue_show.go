package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// CataloguePage lists the courses one can take.
type CataloguePage struct {
	Base
	Search  Field
	Filters []Field
	Narrow  bool
	Courses []Card
	None    Empty
	Pager   Pager
}

// kindTexts and valueTexts name what courses are sorted by.
var (
	kindTexts = map[courses.Kind]texts.Text{courses.Technical: {ID: "Teknis", EN: "Technical"}, courses.Managerial: {ID: "Manajerial (soft skill)", EN: "Managerial (soft skill)"},
		courses.SocioCultural: {ID: "Sosial kultural", EN: "Socio-cultural"}}
	valueTexts = map[string]texts.Text{"melayani": {ID: "Melayani", EN: "Serving"}, "kompeten": {ID: "Kompeten", EN: "Competent"}, "berintegritas": {ID: "Berintegritas", EN: "With integrity"}}
)

func (l *learner) showCatalogue(c *gin.Context) error {
	ctx, a := c.Request.Context(), reader(c)
	f := courses.CatalogueFilter{Words: c.Query("q"), Kind: courses.Kind(c.Query("jenis")), Value: c.Query("nilai"), After: cursor(c), Limit: 24}
	found, next, err := l.Courses.Catalogue(ctx, a, f)
	if err != nil {
		return err
	}
	learning, err := l.Courses.Home(ctx, a, a.Person)
	if err != nil {
		return err
	}
	mine := map[string]courses.Learning{}
	for _, x := range learning {
		mine[x.Course] = x
	}
	p := &CataloguePage{Base: Base{Active: navCatalogue}, Narrow: f.Words != "" || f.Kind != "" || f.Value != "",
		Search: Field{Kind: "search", Name: "q", Label: "Cari kursus", Value: f.Words, Length: 100, Words: true}, Filters: l.catalogueFilters(c, f), Pager: nextPage(c, next)}
	for _, x := range found {
		p.Courses = append(p.Courses, l.courseCard(c, x, mine[x.Code]))
	}
	p.None = Empty{Icon: "course", Label: "Belum ada kursus", Text: l.T(c, "Kursus yang diterbitkan akan tampil di sini.")}
	if p.Narrow {
		p.None = Empty{Icon: "search", Label: "Tidak ada yang cocok", Text: l.T(c, "Ubah kata pencarian atau saringan."), Action: &Button{Label: "Tampilkan semua", URL: "/katalog"}}
	}
	l.Render(c, http.StatusOK, "catalogue", p)
	return nil
}

func (l *learner) catalogueFilters(c *gin.Context, f courses.CatalogueFilter) []Field {
	kind := Field{Kind: "select", Name: "jenis", Label: "Jenis", Value: string(f.Kind), Change: true, Options: []Option{{Label: "Semua jenis"}}}
	for _, k := range courses.Kinds {
		kind.Options = append(kind.Options, Option{Value: string(k), Name: in(c, kindTexts[k])})
	}
	value := Field{Kind: "select", Name: "nilai", Label: "Nilai APEL", Value: f.Value, Change: true, Options: []Option{{Label: "Semua nilai"}}}
	for _, v := range courses.Values {
		value.Options = append(value.Options, Option{Value: v, Name: in(c, valueTexts[v])})
	}
	return []Field{kind, value}
}

// courseCard is a course of the catalogue with how far the reader is in it.
func (l *learner) courseCard(c *gin.Context, x courses.Listed, mine courses.Learning) Card {
	card := Card{Code: x.Code, Name: in(c, x.Card.Title), URL: courseURL(x.Code), Text: in(c, x.Card.Summary),
		Meta: []string{in(c, kindTexts[x.Card.Kind]), l.T(c, "%d JP", x.Card.JP), l.T(c, "%d pelajaran", x.Card.Lessons)}}
	for _, v := range x.Card.Values {
		card.Badges = append(card.Badges, Badge{Text: in(c, valueTexts[v])})
	}
	switch {
	case mine.Course == "":
	case mine.Compulsory():
		card.Badges = append([]Badge{l.dueBadge(c, mine)}, card.Badges...)
	case mine.State == courses.Completed:
		card.Badges = append([]Badge{{Kind: Success, Label: "Selesai"}}, card.Badges...)
	}
	if mine.Enrolment != "" && mine.State != courses.Completed {
		card.Progress = &Progress{Label: "Kemajuan", Done: float64(mine.Percent), Goal: 100}
	}
	return card
}

// cursor reads where a list goes on; an unreadable one is the beginning.
func cursor(c *gin.Context) storage.Cursor { return decodeCursor(c.Query("sesudah")) }

// nextPage leads on in a list: the address of this page with the next cursor.
func nextPage(c *gin.Context, next storage.Cursor) Pager {
	if next.Zero() && c.Query("sesudah") == "" {
		return Pager{}
	}
	q := c.Request.URL.Query()
	p := Pager{}
	if !next.Zero() {
		q.Set("sesudah", encodeCursor(next))
		p.Next = c.Request.URL.Path + "?" + q.Encode()
	}
	if c.Query("sesudah") != "" {
		q.Del("sesudah")
		p.Prev = c.Request.URL.Path + "?" + q.Encode() // the beginning; cursors lead one way
	}
	return p
}
