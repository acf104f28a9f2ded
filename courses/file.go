package courses

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/markdown"
	"github.com/apelkota/apel/courses/media"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/blobs"
)

// Files stores files by their hash and opens them again. The blob store does.
type Files interface {
	Put(ctx context.Context, r io.Reader, max int64) (blobs.Ref, error)
	Open(ctx context.Context, hash string) (*os.File, error)
}

// CourseFile is a picture, video or recording that a lesson or an item shows. Its id is its name (media.File.Name), so the same content is one file. It says what the
// content is; that the content is kept follows from the versions that name it.
type CourseFile struct {
	Hash   string    `json:"hash"`
	Size   int64     `json:"size"`
	Type   string    `json:"type"`
	Course CourseID  `json:"course"` // where it was first added
	MadeBy string    `json:"made_by"`
	MadeAt time.Time `json:"made_at"`
}

var fileDef = storage.Def[CourseFile]{Name: "course_files", Shape: 1}

// FileDoc is a file with its name.
type FileDoc struct {
	Name string
	CourseFile
}

// AddFile takes a file for the lessons and items of a course: a picture is written anew, small and without metadata, a video or recording is measured. It stays as long as a
// version names it, and for seven days before one does. Faults: those of media.Take, Forbidden, Unavailable where no files are kept. Safe to call twice.
func (s *Service) AddFile(ctx context.Context, a access.Actor, course CourseID, data []byte) (FileDoc, error) {
	if _, err := s.cfg.Policy.May(a, "author", access.Thing{Kind: "course", ID: course}); err != nil {
		return FileDoc{}, err
	}
	done, err := s.reading.turn(ctx) // a picture takes up to 200 MB while it is made smaller
	if err != nil {
		return FileDoc{}, err
	}
	f, err := media.Take(data)
	done()
	if err != nil {
		return FileDoc{}, err
	}
	return s.keepFile(ctx, a, course, f)
}

// keepFile stores a file that media made fit.
func (s *Service) keepFile(ctx context.Context, a access.Actor, course CourseID, f media.File) (FileDoc, error) {
	if s.cfg.Files == nil {
		return FileDoc{}, faults.New(faults.Unavailable, "Berkas tidak dapat disimpan di instalasi ini.", "Files cannot be stored on this installation.")
	}
	ref, err := s.cfg.Files.Put(ctx, bytes.NewReader(f.Data), int64(len(f.Data)))
	if err != nil {
		return FileDoc{}, err
	}
	d := storage.Doc[CourseFile]{ID: f.Name(), Value: CourseFile{Hash: ref.Hash, Size: ref.Size, Type: f.Type, Course: course, MadeBy: a.Name(), MadeAt: s.now()}}
	return FileDoc{d.ID, d.Value}, put(ctx, s.files, d)
}

// OpenFile opens a file for showing; the caller closes it. Whoever sees courses may see it who knows its name. NotFound when there is none.
func (s *Service) OpenFile(ctx context.Context, a access.Actor, name string) (FileDoc, *os.File, error) {
	missing := func(err error) (FileDoc, *os.File, error) {
		return FileDoc{}, nil, notFound(err, "Berkas ini tidak ada.", "This file does not exist.")
	}
	if _, ok := media.Parse(name); !ok || s.cfg.Files == nil {
		return missing(faults.NotFound)
	}
	d, err := s.files.Get(ctx, name)
	if err != nil {
		return missing(err)
	}
	if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "course", ID: d.Value.Course}); err != nil {
		return missing(hidden(err, false))
	}
	f, err := s.cfg.Files.Open(ctx, d.Value.Hash)
	if err != nil {
		return missing(err)
	}
	return FileDoc{name, d.Value}, f, nil
}

// Named tells the files that versions name, given-up drafts left out, and those that were handed in. For the daily sweep of files, without an actor.
func (s *Service) Named(ctx context.Context, name func(hash string)) error {
	if err := errors.Join(s.namedByAnswers(ctx, name), s.namedByWorks(ctx, name)); err != nil {
		return err
	}
	seen := map[string]bool{}
	return s.versions.All(ctx, func(d storage.Doc[Version]) error {
		if d.Value.State == Discarded {
			return nil
		}
		var names []string
		for _, l := range d.Value.Content.Lessons {
			names = append(names, l.Files...)
		}
		for _, b := range d.Value.Content.Banks {
			names = append(names, b.Files...)
		}
		for _, t := range d.Value.Content.Tasks {
			names = append(names, t.Shown...)
		}
		for _, n := range names {
			if seen[n] {
				continue
			}
			seen[n] = true
			f, err := s.files.Get(ctx, n)
			if errors.Is(err, faults.NotFound) {
				continue
			}
			if err != nil {
				return err
			}
			name(f.Value.Hash)
		}
		return nil
	})
}

// filesIn lists the files that a text shows. Invalid on field, naming the line, for anything else it shows. Pure.
func filesIn(field, md string, pictures bool) ([]string, error) {
	shown, err := markdown.Embeds(md)
	if bad := (*markdown.Trouble)(nil); errors.As(err, &bad) {
		return nil, bad.Fault(field)
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range shown {
		f, ok := e.File()
		if !ok {
			t := faults.Newf(faults.Invalid, "Baris %d: gambar %s bukan berkas kursus ini. Unggah gambarnya, lalu pakai baris yang diberikan.", "Line %d: the picture %s is no file of the course. Upload the picture and use the line you are given.", e.Line, e.Path)
			return nil, faults.OnField(field, t.Text.ID, t.Text.EN)
		}
		if pictures && !f.Picture {
			return nil, faults.OnField(field, "Soal hanya dapat memuat gambar, bukan video atau rekaman suara.", "Items hold pictures only, no video or recordings.")
		}
		if !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
	}
	return names, nil
}

// filesOf lists the files that the texts of items show, in their order. Invalid, a field per text. Pure.
func filesOf(items []grading.Item) (names []string, err error) {
	wrong := faults.New(faults.Invalid, "Ada gambar yang belum benar.", "Some pictures are not right yet.")
	for i, it := range items {
		for at, text := range markdownOf(it, fmt.Sprintf("items[%d]", i)) {
			found, err := filesIn(at, text, true)
			if err != nil {
				wrong.Fields = append(wrong.Fields, faults.Of(err).Fields...)
			}
			for _, n := range found {
				if !slices.Contains(names, n) {
					names = append(names, n)
				}
			}
		}
	}
	if len(wrong.Fields) > 0 {
		return nil, wrong
	}
	return names, nil
}

// filesThere checks that files are kept, so that a version may name them. Invalid on field, naming the first that is not.
func (s *Service) filesThere(ctx context.Context, field string, names []string) error {
	for _, n := range names {
		d, err := s.files.Get(ctx, n)
		if err == nil && s.cfg.Files != nil {
			var f *os.File
			if f, err = s.cfg.Files.Open(ctx, d.Value.Hash); err == nil {
				_ = f.Close() // it was only asked whether it is there
				continue
			}
		}
		if err != nil && !errors.Is(err, faults.NotFound) {
			return err
		}
		t := faults.Newf(faults.Invalid, "Berkas %s tidak ada, atau sudah dihapus karena lama tidak dipakai. Unggah lagi.", "The file %s is not there, or was removed because nothing used it for long. Upload it again.", n)
		return faults.OnField(field, t.Text.ID, t.Text.EN)
	}
	return nil
}
