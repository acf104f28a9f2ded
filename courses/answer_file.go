package courses

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Bounds of the files of answers, in bytes as they are kept (pictures are made smaller).
const (
	MaxItemFiles    = 15 << 20 // of one item
	MaxAttemptFiles = 40 << 20 // of one attempt
)

// FileInput is a file that a taker hands in.
type FileInput struct {
	Name    string // what the taker calls it
	Content io.Reader
	Instead string // FileID of the one it takes the place of; "" adds it
}

// FileID names a file of an answer in addresses. The same content has the same id.
func FileID(f grading.File) string { return fingerprint([]any{"file", f.Blob}, 12) }

// AddFileToAnswer takes a file as a part of the answer to an item of an open attempt. The content is kept first and named by the attempt with the same swap that a save is, so either the
// answer has the file or nothing happened. Safe to call twice: the same content again is the same file, also when the answer to the first call got lost. Only the taker, before the
// end, from the page opened last (as SaveFrom). Errors: those of SaveFrom and, on the field "file", what is wrong with the file and what to do.
func (s *Service) AddFileToAnswer(ctx context.Context, a access.Actor, id AttemptID, item string, in FileInput, from Page) (Saved, error) {
	// Looked at before the content is worked on, so that what cannot be taken costs nothing; what counts is looked at again in the swap.
	d, err := s.sitting(ctx, a, "take", id)
	if err != nil {
		return Saved{}, err
	}
	field, _, err := s.fileField(ctx, &d.Value, item)
	if err != nil {
		return Saved{}, err
	}
	if d.Value.State != AttemptOpen {
		return Saved{}, d.Value.errEnded()
	}
	f, err := s.receive(ctx, in.Content, in.Name, FileRule{Kinds: field.Kinds, Size: int64(field.Size) << 20})
	if err != nil {
		return Saved{}, err
	}
	return s.changeFiles(ctx, a, id, item, from, &f, func(files []grading.File, limit int) ([]grading.File, error) {
		if slices.ContainsFunc(files, func(x grading.File) bool { return x.Blob == f.Blob }) {
			return files, nil
		}
		if in.Instead == "" {
			if files = append(files, f); len(files) > limit {
				return nil, tooManyFiles(limit)
			}
			return files, nil
		}
		i := slices.IndexFunc(files, func(x grading.File) bool { return FileID(x) == in.Instead })
		if i < 0 {
			return nil, onFile(faults.New(faults.Invalid, "Berkas yang hendak diganti sudah tidak ada. Muat ulang halaman ini, lalu kirim lagi.", "The file to be replaced is gone. Reload this page and send it again."))
		}
		files[i] = f
		return files, nil
	})
}

// RemoveFileFromAnswer takes a file of an answer back. Safe to call twice. Errors as SaveFrom.
func (s *Service) RemoveFileFromAnswer(ctx context.Context, a access.Actor, id AttemptID, item, file string, from Page) (Saved, error) {
	return s.changeFiles(ctx, a, id, item, from, nil, func(files []grading.File, _ int) ([]grading.File, error) {
		return slices.DeleteFunc(files, func(x grading.File) bool { return FileID(x) == file }), nil
	})
}

// OwnFile opens a file of the actor's own answer for a download, also after the end. NotFound for everybody else and when there is no such file.
func (s *Service) OwnFile(ctx context.Context, a access.Actor, id AttemptID, item, file string) (Received, error) {
	d, err := s.sitting(ctx, a, "take", id)
	if err != nil {
		return Received{}, hidden(err, false)
	}
	for _, f := range d.Value.answer(d.Value.find(item)).Files {
		if FileID(f) == file {
			return s.openReceived(ctx, f, "")
		}
	}
	return Received{}, faults.New(faults.NotFound, "Berkas ini tidak ada.", "This file does not exist.")
}

// changeFiles changes the files of an answer as answering does. sent is the file that is added, so that one that came too late is counted.
func (s *Service) changeFiles(ctx context.Context, a access.Actor, id AttemptID, item string, from Page, sent *grading.File, change func(files []grading.File, limit int) ([]grading.File, error)) (Saved, error) {
	late := map[string]grading.Answer{}
	if sent != nil {
		late[item] = grading.Answer{Files: []grading.File{*sent}}
	}
	now := s.now()
	at, err := s.answering(ctx, a, id, late, now, func(at *Attempt) error {
		field, n, err := s.fileField(ctx, at, item)
		if err != nil {
			return err
		}
		was := at.answer(n)
		files, err := change(slices.Clone(was.Files), field.Limit)
		if err != nil {
			return err
		}
		ans := grading.Answer{Files: files}
		if at.holds(n, ans) && (!from.missed(at) || from.Seq == at.Seq-1) { // nothing to do, or done by a call whose answer got lost
			return storage.Unchanged
		}
		if from.missed(at) {
			return errStale()
		}
		if err := s.heldUp(ctx, at); err != nil {
			return err
		}
		if err := s.stillOpen(ctx, at, n, ans); err != nil {
			return err
		}
		if err := at.roomFor(n, files); err != nil {
			return err
		}
		answers := map[string]grading.Answer{item: ans}
		keep(at, answers)
		at.noteFirst(answers, now)
		return nil
	})
	if err != nil {
		return Saved{}, err
	}
	return saved(at, now), nil
}

// fileField is what an item on the form asks for in files, and its place. Invalid for one that does not.
func (s *Service) fileField(ctx context.Context, at *Attempt, item string) (grading.Field, int, error) {
	wrong := faults.New(faults.Invalid, "Soal ini tidak dijawab dengan berkas.", "This item is not answered with files.")
	n := at.find(item)
	if n < 0 {
		return grading.Field{}, n, wrong
	}
	it, err := s.item(ctx, item)
	if err != nil {
		return grading.Field{}, n, err
	}
	shown, err := grading.Present(it.Item, at.slot(n), at.answer(n))
	if err != nil {
		return grading.Field{}, n, err
	}
	if shown.Ask != grading.AskFiles {
		return grading.Field{}, n, wrong
	}
	return shown.Field, n, nil
}

// roomFor says whether an attempt may hold files as the answer to its n-th item.
func (at *Attempt) roomFor(n int, files []grading.File) error {
	sum := func(files []grading.File) (size int64) {
		for _, f := range files {
			size += f.Size
		}
		return size
	}
	own, all := sum(files), int64(0)
	for i := range at.Slots {
		if i == n {
			all += own
		} else {
			all += sum(at.answer(i).Files)
		}
	}
	switch {
	case own > MaxItemFiles:
		return onFile(faults.Newf(faults.TooLarge, "Semua berkas satu soal paling besar %d MB. Hapus atau perkecil salah satunya, lalu kirim lagi.", "All files of one item have at most %d MB. Remove one or make it smaller, then send it again.", MaxItemFiles>>20))
	case all > MaxAttemptFiles:
		return onFile(faults.Newf(faults.TooLarge, "Semua berkas dalam satu percobaan paling besar %d MB. Hapus atau perkecil salah satunya, lalu kirim lagi.", "All files of one attempt have at most %d MB. Remove one or make it smaller, then send it again.", MaxAttemptFiles>>20))
	}
	return nil
}

func tooManyFiles(limit int) error {
	return onFile(faults.Newf(faults.Invalid, "Soal ini menerima paling banyak %d berkas. Hapus atau ganti salah satunya, lalu kirim lagi.", "This item takes at most %d files. Remove or replace one, then send it again.", limit))
}

// typed leaves out of saved answers the blank ones of items that hold files: a form that carries what is typed says nothing about them. Files come and go by calls of their own.
func (at *Attempt) typed(answers map[string]grading.Answer) map[string]grading.Answer {
	out := make(map[string]grading.Answer, len(answers))
	for item, ans := range answers {
		if n := at.find(item); ans.Blank() && n >= 0 && len(at.answer(n).Files) > 0 {
			continue
		}
		out[item] = ans
	}
	return out
}

// filesGiven tells the files of an attempt, those of tries that were checked, too. It is asked at every save, so it reads only what can hold any.
func (s *Sheet) filesGiven(tell func(grading.File)) {
	look := func(written string) {
		if !strings.Contains(written, `"files":`) {
			return
		}
		for _, f := range read(written).Files {
			tell(f)
		}
	}
	for _, w := range s.Given {
		look(w)
	}
	for _, list := range s.Tried {
		for _, w := range list {
			look(w)
		}
	}
}

// namedByAnswers tells the files that answers name.
func (s *Service) namedByAnswers(ctx context.Context, name func(hash string)) error {
	tell := func(f grading.File) { name(f.Blob) }
	q := storage.Query{Index: "files", Term: "all", Limit: storage.MaxPage}
	for {
		p, err := s.attempts.Find(ctx, q)
		if err != nil {
			return err
		}
		for _, d := range p.Docs {
			d.Value.filesGiven(tell)
		}
		if !p.More {
			break
		}
		q.After = p.Next
	}
	return s.rehearsals.All(ctx, func(d storage.Doc[Attempt]) error {
		d.Value.filesGiven(tell)
		return nil
	})
}
