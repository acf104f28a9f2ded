package courses

import (
	"context"
	"fmt"
	"slices"

	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/media"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// MaxLessonFile bounds a document of lessons in bytes.
const MaxLessonFile = 50 << 20

// LessonFile is a document that becomes lessons of a draft: Word, HTML, or text as people paste it.
type LessonFile struct {
	Name  string // for the report
	Data  []byte
	Split int // headings of this level or higher begin another lesson; 0: one lesson
}

// ReadLessons reads a document into lessons and changes nothing of the course: what it answers is the dry run. Its pictures are kept for the seven days in which a version may
// name them. One is read at a time in a process, see ReadZip. Errors: Forbidden, NotFound, Conflict when the version is no draft, TooMany, and those of exchange.ReadLessons.
func (s *Service) ReadLessons(ctx context.Context, a access.Actor, version VersionID, f LessonFile) ([]exchange.LessonDraft, exchange.Report, error) {
	course, err := s.authoring(ctx, a, version)
	if err != nil {
		return nil, nil, err
	}
	if len(f.Data) > MaxLessonFile {
		return nil, nil, faults.New(faults.TooLarge, "Berkas lebih dari 50 MB. Bagi menjadi beberapa berkas.", "The file is over 50 MB. Split it.")
	}
	done, err := s.reading.turn(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer done()
	return exchange.ReadLessons(f.Name, f.Data, f.Split, pictureTaker(ctx, func(m media.File) (string, error) {
		d, err := s.keepFile(ctx, a, course, m)
		return d.Name, err
	}))
}

// AddLessons puts lessons at the end of a draft, all of them or none; a lesson without a code gets the next free one. Errors and revision as for Revise.
func (s *Service) AddLessons(ctx context.Context, a access.Actor, version VersionID, revision int64, lessons []LessonText) (VersionDoc, error) {
	course, err := s.authoring(ctx, a, version)
	if err != nil {
		return VersionDoc{}, err
	}
	v, err := s.versions.Get(ctx, version)
	if err != nil {
		return VersionDoc{}, err
	}
	taken := map[string]bool{}
	for _, l := range v.Value.Content.Lessons {
		taken[l.Code] = true
	}
	var refs []LessonRef
	var docs []storage.Doc[Lesson]
	next := 1
	for i, t := range lessons {
		for t.Code == "" {
			if code := fmt.Sprint("L", next); !taken[code] {
				t.Code = code
			}
			next++
		}
		taken[t.Code] = true
		d, ref, err := makeLesson(course, t)
		if err == nil {
			err = s.filesThere(ctx, "lessons."+t.Code, ref.Files)
		}
		if err != nil {
			return VersionDoc{}, ofLesson(err, i)
		}
		refs, docs = append(refs, ref), append(docs, d)
	}
	for _, d := range docs {
		if err := put(ctx, s.lessons, d); err != nil {
			return VersionDoc{}, err
		}
	}
	if revision == 0 { // the codes were chosen for what was read here
		revision = v.Value.Edits + 1
	}
	return s.edit(ctx, a, version, revision, func(v *Version) error {
		v.Content.Lessons = append(v.Content.Lessons, refs...)
		return nil
	})
}

// ofLesson says of a mistake in the text of one of several lessons which it is.
func ofLesson(err error, n int) error {
	f := *faults.Of(err)
	f.Fields = slices.Clone(f.Fields)
	for i, x := range f.Fields {
		f.Fields[i].Path = fmt.Sprintf("lessons[%d].markdown", n)
		if x.Path == "lessons.code" {
			f.Fields[i].Path = fmt.Sprintf("lessons[%d].code", n)
		}
	}
	return &f
}
