package courses

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/media"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// MaxReceived bounds a file that somebody hands in, in bytes as it is sent: on a weak signal 5 MB take minutes.
const MaxReceived = grading.MaxFileMB << 20

// receivedKinds are the kinds of files that are handed in, by what the content is: the name of the kind is the ending of the file's name. grading.FileKinds lists them.
var receivedKinds = map[string]string{
	"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "text/plain": "txt",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":       "xlsx",
}

// FileRule says what may be handed in. The zero value takes every kind up to MaxReceived.
type FileRule struct {
	Kinds []string // of grading.FileKinds; empty: all
	Size  int64    // bytes as sent; 0 is MaxReceived, more is never taken
}

func (r FileRule) size() int64 {
	if r.Size <= 0 {
		return MaxReceived
	}
	return min(r.Size, MaxReceived)
}

// receive takes a file that somebody hands in and keeps it: for answers and for field tasks. What it is follows from its content; a picture is written anew without
// metadata; programs, the virus test file, archives that swell, scripts are refused. It asks no policy: who may hand in what, how many and until when the caller has
// decided. name is what the sender called the file, only a label.
//
// The caller then writes the reference into its document with one compare-and-swap, and tells it in Service.Named: a blob that nothing names is swept after seven days, so
// a refused or interrupted write leaves nothing behind, and taking a file back is leaving its reference out. Receiving the same file twice gives the same reference.
// Faults, all on the field "file" and saying what to do: Invalid, TooLarge; Unavailable where no files are kept.
func (s *Service) receive(ctx context.Context, r io.Reader, name string, rule FileRule) (grading.File, error) {
	if s.cfg.Files == nil {
		return grading.File{}, errNoFiles()
	}
	data, err := io.ReadAll(io.LimitReader(r, rule.size()+1))
	if err != nil {
		return grading.File{}, faults.Wrap(err, faults.Invalid, "Berkas tidak terkirim utuh. Kirim lagi.", "The file did not arrive whole. Send it again.")
	}
	if int64(len(data)) > rule.size() {
		return grading.File{}, tooLargeToReceive(rule.size())
	}
	done, err := s.receiving.turn(ctx) // a picture takes up to 200 MB while it is written anew
	if errors.Is(err, faults.TooMany) {
		err = faults.New(faults.TooMany, "Banyak berkas sedang dikirim saat ini. Tunggu sebentar, lalu kirim lagi.", "Many files are being sent at this moment. Wait a little and send it again.")
	}
	if err != nil {
		return grading.File{}, err
	}
	f, err := media.HandIn(data)
	done()
	if err != nil {
		return grading.File{}, onFile(err)
	}
	kind := receivedKinds[f.Type]
	if len(rule.Kinds) > 0 && !slices.Contains(rule.Kinds, kind) {
		list := strings.ToUpper(strings.Join(rule.Kinds, ", "))
		return grading.File{}, onFile(faults.Newf(faults.Invalid, "Berkas ini %s, padahal yang diminta %s. Simpan dalam bentuk itu, lalu kirim lagi.", "This file is %s, but %s is asked for. Save it that way and send it again.", strings.ToUpper(kind), list))
	}
	ref, err := s.cfg.Files.Put(ctx, bytes.NewReader(f.Data), int64(len(f.Data)))
	if err != nil {
		return grading.File{}, err
	}
	return grading.File{Blob: ref.Hash, Name: receivedName(name, kind), Size: ref.Size}, nil
}

func errNoFiles() error {
	return faults.New(faults.Unavailable, "Berkas tidak dapat disimpan di instalasi ini.", "Files cannot be stored on this installation.")
}

func tooLargeToReceive(most int64) error {
	mb := fmt.Sprintf("%.3g", float64(most)/(1<<20))
	return onFile(faults.New(faults.TooLarge, "Berkas ini lebih dari "+strings.Replace(mb, ".", ",", 1)+" MB. Perkecil dahulu: foto dengan resolusi lebih rendah, PDF dengan \"ukuran file minimum\", atau bagi menjadi beberapa berkas.",
		"This file has over "+mb+" MB. Make it smaller first: a photo with a lower resolution, a PDF with minimum size, or split it."))
}

// onFile puts a refusal on the field of the file.
func onFile(err error) error {
	f := *faults.Of(err)
	f.Fields = nil
	return f.With("file", f.Text.ID, f.Text.EN)
}

// receivedName is a label for a file: what its sender called it, without folders and letters that do not show, with the ending of what it is. Pure.
func receivedName(name, kind string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.TrimSuffix(name, path.Ext(name))
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || strings.ContainsRune(`"<>:|?*`, r) {
			return -1
		}
		return r
	}, name)
	name = strings.Trim(texts.Tidy(name), " .")
	if r := []rune(name); len(r) > 60 {
		name = strings.TrimSpace(string(r[:60]))
	}
	if name == "" {
		name = "berkas"
	}
	return name + "." + kind
}

// Received is a file that was handed in, opened for a download. Whoever reads it closes File. It is sent as a download of its type with nosniff, never as a page of ours.
type Received struct {
	Name string // of the download
	Type string // media type
	Size int64
	File *os.File
}

// openReceived opens a file that a document names. It asks no policy. as is the name of the download without its ending, for readers who are not to see what its sender
// called it; "" keeps that. NotFound when the content is gone.
func (s *Service) openReceived(ctx context.Context, f grading.File, as string) (Received, error) {
	if s.cfg.Files == nil {
		return Received{}, errNoFiles()
	}
	kind := strings.TrimPrefix(path.Ext(f.Name), ".")
	out := Received{Name: f.Name, Type: "application/octet-stream", Size: f.Size}
	if as != "" {
		out.Name = as + "." + kind
	}
	for t, k := range receivedKinds {
		if k == kind {
			out.Type = t
		}
	}
	var err error
	if out.File, err = s.cfg.Files.Open(ctx, f.Blob); err != nil {
		return Received{}, notFound(err, "Berkas ini tidak ada.", "This file does not exist.")
	}
	return out, nil
}
