package courses

import (
	"context"
	"errors"
	"html/template"
	"strings"
	"unicode/utf8"

	"github.com/apelkota/apel/courses/markdown"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// Lesson is one short text, with the HTML made from it when it was written. Its id carries the hash of the text, so it never changes.
type Lesson struct {
	Markdown string `json:"markdown"`
	HTML     string `json:"html"` // safe to put into a page as it is
	Words    int    `json:"words"`
}

var lessonDef = storage.Def[Lesson]{Name: "lessons", Shape: 1}

const (
	// ReadingSpeed in words a minute is slow, careful reading; the estimated reading time rests on it.
	ReadingSpeed = 180
	// MaxLesson bounds a lesson's Markdown in bytes. A lesson of 15 minutes has about 20 KB.
	MaxLesson = markdown.MaxBytes
	// renderer is the version of the rendering below; raising it gives lessons new ids when they are written again.
	renderer = 1
)

// renderMarkdown makes safe HTML; a text that is too hard to parse is a *markdown.Trouble. The first heading of the first level is left out: the page prints the title itself.
func renderMarkdown(md string) (string, error) {
	md = strings.TrimPrefix(md, "\ufeff")
	if first, rest, _ := strings.Cut(strings.TrimLeft(md, "\r\n"), "\n"); strings.HasPrefix(first, "# ") {
		md = strings.Repeat("\n", strings.Count(md[:len(md)-len(rest)], "\n")) + rest // lines keep their numbers
	}
	return markdown.HTML(md)
}

// renderLine is renderMarkdown for a question or an option: a single paragraph loses its <p>, and a text that cannot be rendered is shown as it is.
func renderLine(md string) template.HTML {
	h, err := renderMarkdown(md)
	if err != nil {
		return template.HTML(template.HTMLEscapeString(md))
	}
	if inner, ok := strings.CutPrefix(h, "<p>"); ok && strings.Count(h, "<p>") == 1 && strings.HasSuffix(inner, "</p>") {
		h = strings.TrimSuffix(inner, "</p>")
	}
	return template.HTML(h)
}

// newLesson makes the lesson document of a text and its id. Invalid for text that is empty, too long or no UTF-8.
func newLesson(course CourseID, code, md string) (storage.Doc[Lesson], error) {
	switch {
	case strings.TrimSpace(md) == "":
		return storage.Doc[Lesson]{}, faults.OnField("lessons."+code, "Isi pelajaran kosong.", "The lesson is empty.")
	case len(md) > MaxLesson:
		return storage.Doc[Lesson]{}, faults.Wrap(faults.OnField("lessons."+code, "Isi pelajaran lebih dari 200 KB. Bagi menjadi dua.", "The lesson is over 200 KB. Split it in two."),
			faults.TooLarge, "Isi pelajaran lebih dari 200 KB. Bagi menjadi dua.", "The lesson is over 200 KB. Split it in two.")
	case !utf8.ValidString(md):
		return storage.Doc[Lesson]{}, faults.OnField("lessons."+code, "Isi pelajaran bukan teks UTF-8.", "The lesson is not UTF-8 text.")
	}
	html, err := renderMarkdown(md)
	if bad := (*markdown.Trouble)(nil); errors.As(err, &bad) {
		return storage.Doc[Lesson]{}, bad.Fault("lessons." + code)
	}
	if err != nil {
		return storage.Doc[Lesson]{}, faults.Wrap(err, faults.Invalid, "Isi pelajaran tidak dapat ditampilkan.", "The lesson cannot be rendered.")
	}
	l := Lesson{Markdown: md, HTML: html, Words: len(strings.Fields(md))}
	return storage.Doc[Lesson]{ID: course + "." + code + "." + fingerprint([]any{renderer, md}, 10), Value: l}, nil
}

// seconds estimates how long reading takes.
func (l Lesson) seconds() int { return l.Words * 60 / ReadingSpeed }

// put inserts an immutable document; finding it there already is the same.
func put[T any](ctx context.Context, c *storage.Collection[T], d storage.Doc[T]) error {
	if err := c.Insert(ctx, &d); err != nil && !errors.Is(err, faults.Conflict) {
		return err
	}
	return nil
}

// LessonText is a lesson as its author writes it.
type LessonText struct {
	Code       string
	Title      texts.Text
	Minutes    int
	Part       string // lessons (default), cases, practice
	Objectives []string
	Markdown   string
}

// WriteLesson writes a lesson of a draft, a new one at the end. Errors and revision as for Revise. Safe to call twice.
func (s *Service) WriteLesson(ctx context.Context, a access.Actor, version VersionID, revision int64, t LessonText) (VersionDoc, error) {
	course, err := s.authoring(ctx, a, version)
	if err != nil {
		return VersionDoc{}, err
	}
	ref, err := s.storeLesson(ctx, course, t)
	if err != nil {
		return VersionDoc{}, err
	}
	return s.edit(ctx, a, version, revision, func(v *Version) error {
		for i, l := range v.Content.Lessons {
			if l.Code == ref.Code {
				v.Content.Lessons[i] = ref
				return nil
			}
		}
		v.Content.Lessons = append(v.Content.Lessons, ref)
		return nil
	})
}

// authoring checks that the actor may write in a draft before anything is stored for it.
func (s *Service) authoring(ctx context.Context, a access.Actor, version VersionID) (CourseID, error) {
	d, err := s.versions.Get(ctx, version)
	if err != nil {
		return "", notFound(err, "Versi kursus ini tidak ada.", "This version of the course does not exist.")
	}
	if _, err := s.cfg.Policy.May(a, "author", access.Thing{Kind: "course", ID: d.Value.Course}); err != nil {
		return "", err
	}
	return d.Value.Course, nil
}

func (s *Service) storeLesson(ctx context.Context, course CourseID, t LessonText) (LessonRef, error) {
	d, ref, err := makeLesson(course, t)
	if err != nil {
		return LessonRef{}, err
	}
	if err := s.filesThere(ctx, "lessons."+t.Code, ref.Files); err != nil {
		return LessonRef{}, err
	}
	return ref, put(ctx, s.lessons, d)
}

// makeLesson checks and renders a lesson without writing anything.
func makeLesson(course CourseID, t LessonText) (storage.Doc[Lesson], LessonRef, error) {
	if !partRule.MatchString(t.Code) {
		return storage.Doc[Lesson]{}, LessonRef{}, faults.OnField("lessons.code", "Kode pelajaran berisi huruf, angka, dan tanda hubung, paling banyak 30.", "A lesson code has letters, digits and hyphens, at most 30.")
	}
	d, err := newLesson(course, t.Code, t.Markdown)
	if err != nil {
		return d, LessonRef{}, err
	}
	files, err := filesIn("lessons."+t.Code, t.Markdown, false)
	return d, LessonRef{Files: files, Code: t.Code, Lesson: d.ID, Title: t.Title, Minutes: t.Minutes, Part: t.Part, Objectives: t.Objectives, Seconds: d.Value.seconds()}, err
}

// lesson reads a lesson through memory.
func (s *Service) lesson(ctx context.Context, id string) (*Lesson, error) {
	return s.knownLessons.get(ctx, id, func(ctx context.Context) (*Lesson, bool, error) {
		d, err := s.lessons.Get(ctx, id)
		if err != nil {
			return nil, false, err
		}
		return &d.Value, true, nil
	})
}
