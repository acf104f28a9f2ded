// Package faults has the one error type of the product: a kind, a sentence that may be shown to a person, and the cause for the log.
//
// A room returns New or Wrap once where the fault is found; each layer above adds context with fmt.Errorf("grade attempt: %w", err).
// The edge (api, web, a verb) shows Of(err).Text and logs the whole error once.
package faults

import (
	"errors"
	"fmt"

	"github.com/apelkota/apel/internal/texts"
)

// Kind sorts faults by what the caller can do about them. A Kind is itself an error, so errors.Is(err, faults.NotFound) asks for it.
type Kind string

// The kinds. The status each maps to in HTTP is fixed in Status.
const (
	NotFound        Kind = "not_found"       // it does not exist, or the actor may not know that it does
	Invalid         Kind = "invalid"         // the input is wrong; Fields say where
	Conflict        Kind = "conflict"        // it exists already, or the state does not allow it any more
	Forbidden       Kind = "forbidden"       // the actor sees the thing but may not do this to it
	Unauthenticated Kind = "unauthenticated" // nobody is logged in
	Unavailable     Kind = "unavailable"     // something is away for a while; trying again may help
	TooLarge        Kind = "too_large"       // over a limit of the limits table
	TooMany         Kind = "too_many"        // too many tries; wait
	ReadOnly        Kind = "read_only"       // this folder is open for reading only, or its data is of a newer program
	Method          Kind = "method"          // the address exists, but takes other methods (HTTP only)
	MediaType       Kind = "media_type"      // the body is of a kind that is not taken here (HTTP only)
	TooSlow         Kind = "too_slow"        // the body did not arrive in time (HTTP only)
	Internal        Kind = "internal"        // everything else: a defect of ours
)

// Error lets a Kind stand where an error is expected.
func (k Kind) Error() string { return string(k) }

// Status is the HTTP status of a kind. This is the only such table.
func (k Kind) Status() int {
	switch k {
	case NotFound:
		return 404
	case Invalid:
		return 422
	case Conflict:
		return 409
	case Forbidden:
		return 403
	case Unauthenticated:
		return 401
	case Unavailable, ReadOnly:
		return 503
	case TooLarge:
		return 413
	case TooMany:
		return 429
	case Method:
		return 405
	case MediaType:
		return 415
	case TooSlow:
		return 408
	}
	return 500
}

// Field is a fault of one input field: where it stands ("nip", "rows[12].unit") and the sentence to show beside it.
type Field struct {
	Path string
	Text texts.Text
}

// Error is the one error type.
type Error struct {
	Kind   Kind
	Text   texts.Text
	Fields []Field
	Cause  error
}

// New makes a fault with a sentence in both languages.
func New(kind Kind, id, en string) *Error { return &Error{Kind: kind, Text: texts.T(id, en)} }

// Newf is New with the same arguments formatted into both sentences.
func Newf(kind Kind, id, en string, args ...any) *Error {
	return New(kind, fmt.Sprintf(id, args...), fmt.Sprintf(en, args...))
}

// Wrap makes a fault that keeps its cause for the log.
func Wrap(cause error, kind Kind, id, en string) *Error {
	return &Error{Kind: kind, Text: texts.T(id, en), Cause: cause}
}

// OnField makes an Invalid fault for one field.
func OnField(path, id, en string) *Error {
	return New(Invalid, id, en).With(path, id, en)
}

// With adds a field's fault and returns the same error.
func (e *Error) With(path, id, en string) *Error {
	e.Fields = append(e.Fields, Field{Path: path, Text: texts.T(id, en)})
	return e
}

// Error is for the log: the kind, the sentence in English and the cause.
func (e *Error) Error() string {
	s := string(e.Kind) + ": " + e.Text.In(texts.EN)
	for _, f := range e.Fields {
		s += " [" + f.Path + ": " + f.Text.In(texts.EN) + "]"
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap gives the kind and the cause to errors.Is and errors.As.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}

// KindOf returns the kind of an error; an error that is no fault of ours is Internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	var k Kind
	if errors.As(err, &k) {
		return k
	}
	return Internal
}

// Of returns the outermost fault in err, or an Internal one with a general sentence, so that the edge always has something safe to show.
func Of(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	kind := KindOf(err)
	t := general[kind]
	return &Error{Kind: kind, Text: t, Cause: err}
}

var general = map[Kind]texts.Text{
	NotFound:        texts.T("Yang Anda cari tidak ada.", "What you are looking for does not exist."),
	Invalid:         texts.T("Isian belum benar. Periksa lagi.", "The input is not right. Please check it."),
	Conflict:        texts.T("Data sudah berubah. Muat ulang lalu coba lagi.", "The data has changed. Reload and try again."),
	Forbidden:       texts.T("Anda tidak berwenang melakukan ini.", "You are not allowed to do this."),
	Unauthenticated: texts.T("Silakan masuk lebih dahulu.", "Please log in first."),
	Unavailable:     texts.T("Layanan sedang tidak dapat dijangkau. Tunggu sebentar, lalu coba lagi.", "The service is away at the moment. Try again shortly."),
	TooLarge:        texts.T("Kiriman terlalu besar. Perkecil, lalu kirim lagi.", "The input is too large. Make it smaller and send it again."),
	TooMany:         texts.T("Terlalu sering mencoba. Tunggu sebentar, lalu coba lagi.", "Too many tries. Wait a moment, then try again."),
	Method:          texts.T("Alamat ini tidak menerima cara permintaan itu. Cara yang diterima ada di header Allow.", "This address does not take that method. The Allow header names those it takes."),
	MediaType:       texts.T("Jenis isi itu tidak diterima di sini. Kirim dengan Content-Type yang tertulis di dokumentasi.", "That kind of content is not taken here. Send it with the Content-Type that the documentation names."),
	TooSlow:         texts.T("Isi permintaan terlalu lama sampai. Kirim lagi.", "The body took too long to arrive. Send it again."),
	ReadOnly:        texts.T("Data ini sedang dibuka hanya untuk dibaca.", "This data is open for reading only."),
	Internal:        texts.T("Terjadi kesalahan pada sistem. Kesalahannya sudah dicatat.", "Something went wrong on our side. It has been recorded."),
}
