package courses

import (
	"context"
	"errors"
	"slices"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// MaxWorkFiles bounds the files of one handing in, in bytes as they are kept.
const MaxWorkFiles = 30 << 20

// AddFileToWork takes a file for what will be handed in. It does not touch the text, so a page with typed text stays the newest one. Safe to call twice: the same content again is the same
// file. Errors: those of SaveWork but for Stale and, on the field "file", what is wrong with the file and what to do.
func (s *Service) AddFileToWork(ctx context.Context, a access.Actor, enrolment EnrolmentID, task string, in FileInput) error {
	e, _, t, err := s.task(ctx, a, "write", enrolment, task)
	if err != nil {
		return err
	}
	if t.Files == 0 {
		return onFile(faults.New(faults.Invalid, "Tugas ini tidak meminta berkas.", "This task asks for no files."))
	}
	d, err := s.fieldWorks.Get(ctx, fieldWorkID(enrolment, task)) // before the content is worked on; what counts is looked at again in the swap
	if err == nil {
		err = d.Value.writable(e.Value.State)
	}
	if err != nil {
		return notBegun(err)
	}
	f, err := s.receive(ctx, in.Content, in.Name, FileRule{})
	if err != nil {
		return err
	}
	return s.changeWorkFiles(ctx, enrolment, task, e.Value.State, func(files []grading.File) ([]grading.File, error) {
		if slices.ContainsFunc(files, func(x grading.File) bool { return x.Blob == f.Blob }) {
			return files, nil
		}
		if files = append(files, f); len(files) > t.Files {
			return nil, onFile(faults.Newf(faults.Invalid, "Tugas ini menerima paling banyak %d berkas. Hapus salah satunya dahulu.", "This task takes at most %d files. Remove one first.", t.Files))
		}
		size := int64(0)
		for _, x := range files {
			size += x.Size
		}
		if size > MaxWorkFiles {
			return nil, onFile(faults.Newf(faults.TooLarge, "Semua berkas bersama paling besar %d MB. Hapus atau perkecil salah satunya.", "All files together have at most %d MB. Remove one or make it smaller.", MaxWorkFiles>>20))
		}
		return files, nil
	})
}

// RemoveFileFromWork takes a file of a draft back; earlier editions keep it. Safe to call twice. Errors as SaveWork.
func (s *Service) RemoveFileFromWork(ctx context.Context, a access.Actor, enrolment EnrolmentID, task, file string) error {
	e, _, _, err := s.task(ctx, a, "write", enrolment, task)
	if err != nil {
		return err
	}
	return s.changeWorkFiles(ctx, enrolment, task, e.Value.State, func(files []grading.File) ([]grading.File, error) {
		return slices.DeleteFunc(files, func(x grading.File) bool { return FileID(x) == file }), nil
	})
}

func (s *Service) changeWorkFiles(ctx context.Context, enrolment EnrolmentID, task string, course EnrolmentState, change func([]grading.File) ([]grading.File, error)) error {
	_, err := s.fieldWorks.Update(ctx, fieldWorkID(enrolment, task), func(d *storage.Doc[FieldWork]) error {
		files, err := change(slices.Clone(d.Value.Files))
		if err != nil {
			return err
		}
		if slices.Equal(files, d.Value.Files) {
			return storage.Unchanged
		}
		if err := d.Value.writable(course); err != nil {
			return err
		}
		d.Value.Files = files
		return nil
	})
	return notBegun(err)
}

func notBegun(err error) error {
	if errors.Is(err, faults.NotFound) {
		return faults.New(faults.Conflict, "Mulai dahulu tugas ini.", "Begin this task first.")
	}
	return err
}

// WorkFile opens a file of a field work, of its draft or an edition, for whoever may see the work.
func (s *Service) WorkFile(ctx context.Context, a access.Actor, enrolment EnrolmentID, task, file string) (Received, error) {
	if _, _, _, err := s.task(ctx, a, "view", enrolment, task); err != nil {
		return Received{}, err
	}
	missing := faults.New(faults.NotFound, "Berkas ini tidak ada.", "This file does not exist.")
	d, err := s.fieldWorks.Get(ctx, fieldWorkID(enrolment, task))
	if err != nil {
		return Received{}, notFound(err, missing.Text.ID, missing.Text.EN)
	}
	var found *grading.File
	d.Value.filesHeld(func(f grading.File) {
		if FileID(f) == file {
			found = &f
		}
	})
	if found == nil {
		return Received{}, missing
	}
	return s.openReceived(ctx, *found, "")
}

// filesHeld tells the files of the draft and of all editions.
func (w *FieldWork) filesHeld(tell func(grading.File)) {
	for _, f := range w.Files {
		tell(f)
	}
	for _, e := range w.Editions {
		for _, f := range e.Files {
			tell(f)
		}
	}
}

// namedByWorks tells the files that field works name.
func (s *Service) namedByWorks(ctx context.Context, name func(hash string)) error {
	return s.fieldWorks.Each(ctx, storage.Query{Index: "files", Term: "all"}, func(d storage.Doc[FieldWork]) error {
		d.Value.filesHeld(func(f grading.File) { name(f.Blob) })
		return nil
	})
}
