package courses

import (
	"context"
	"html/template"
	"slices"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

// LessonSource reads a lesson of a version as its author writes it, for authors and reviewers. NotFound when the version has no such lesson.
func (s *Service) LessonSource(ctx context.Context, a access.Actor, version VersionID, code string) (LessonText, error) {
	v, err := s.versions.Get(ctx, version)
	if err != nil {
		return LessonText{}, notFound(err, "Versi kursus ini tidak ada.", "This version of the course does not exist.")
	}
	if _, err := s.cfg.Policy.May(a, "review", access.Thing{Kind: "course", ID: v.Value.Course}); err != nil {
		return LessonText{}, err
	}
	ref, ok := v.Value.Content.Lesson(code)
	if !ok {
		return LessonText{}, faults.New(faults.NotFound, "Pelajaran ini tidak ada.", "This lesson does not exist.")
	}
	l, err := s.lesson(ctx, ref.Lesson)
	if err != nil {
		return LessonText{}, err
	}
	return LessonText{Code: code, Title: ref.Title, Minutes: ref.Minutes, Part: ref.Part, Objectives: ref.Objectives, Markdown: l.Markdown}, nil
}

// Preview is a lesson's Markdown as its readers would see it.
type Preview struct {
	HTML    template.HTML
	Words   int
	Seconds int // estimated reading time
}

// PreviewLesson renders Markdown as it would stand in a lesson of a draft, by the renderer of lessons; nothing is stored. Invalid, naming the line, for a text that cannot
// be taken.
func (s *Service) PreviewLesson(ctx context.Context, a access.Actor, version VersionID, md string) (Preview, error) {
	course, err := s.authoring(ctx, a, version)
	if err != nil {
		return Preview{}, err
	}
	d, err := newLesson(course, "pratinjau", md)
	if err != nil {
		return Preview{}, err
	}
	return Preview{template.HTML(d.Value.HTML), d.Value.Words, d.Value.seconds()}, nil
}

// Arranged puts things into the order of codes; those that codes does not name stay at the end in their old order, and codes nobody has are passed over. Pure.
func Arranged[T any](things []T, code func(T) string, codes []string) []T {
	out := slices.Clone(things)
	place := func(t T) int {
		if i := slices.Index(codes, code(t)); i >= 0 {
			return i
		}
		return len(codes)
	}
	slices.SortStableFunc(out, func(x, y T) int { return place(x) - place(y) })
	return out
}
