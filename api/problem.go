package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
)

// Problem is the body of every error answer (RFC 9457). Its sentences are safe to show and in the caller's language.
type Problem struct {
	Type    string         `json:"type" doc:"A page that explains this kind of problem" example:"/api/docs#not_found"`
	Title   string         `json:"title" doc:"The kind of problem" example:"not_found"`
	Status  int            `json:"status" doc:"HTTP status" example:"404"`
	Detail  string         `json:"detail" doc:"What is wrong and what to do" example:"Yang Anda cari tidak ada."`
	Request string         `json:"request,omitempty" doc:"The request's id, to name when asking for help"`
	Errors  []ProblemField `json:"errors,omitempty" doc:"Each input that is wrong"`
}

// ProblemField is one wrong input.
type ProblemField struct {
	Location string `json:"location" doc:"Where it stands" example:"body.nip"`
	Message  string `json:"message" doc:"What is wrong and what to do"`
}

var _ huma.StatusError = (*Problem)(nil)

// Error is for the log.
func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

// GetStatus is huma's question for the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType makes huma answer with RFC 9457's media type.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// problem turns any error into what a caller may see. Errors of ours carry their sentence; anything else becomes Internal.
func problem(ctx context.Context, err error) *Problem {
	v := visit.From(ctx)
	f := faults.Of(err)
	p := &Problem{Type: "/api/docs#" + string(f.Kind), Title: string(f.Kind), Status: f.Kind.Status(), Detail: f.Text.In(v.Lang), Request: v.Request}
	for _, x := range f.Fields {
		at := x.Path
		if !strings.HasPrefix(at, "query.") {
			at = "body." + at
		}
		p.Errors = append(p.Errors, ProblemField{at, x.Text.In(v.Lang)})
	}
	return p
}

// place puts the fields that a room names where the request has them. A field that is not in the table stays.
func (p *Problem) place(at map[string]string) {
	for i, e := range p.Errors {
		path, ok := strings.CutPrefix(e.Location, "body.")
		if !ok {
			continue
		}
		end := strings.IndexAny(path, ".[")
		if end < 0 {
			end = len(path)
		}
		if whole, ok := at[path]; ok {
			p.Errors[i].Location = whole
		} else if whole, ok := at[path[:end]+".*"]; ok { // the room names an entry where the request has one thing
			p.Errors[i].Location = whole
		} else if first, ok := at[path[:end]]; ok {
			p.Errors[i].Location = first
			if strings.HasPrefix(first, "body.") { // nothing stands inside of a part of the address
				p.Errors[i].Location += path[end:]
			}
		}
	}
}

// places are the fields that stand inside a part of an input's body, by their name: rooms do not know how the API groups them.
func places(input reflect.Type) map[string]string {
	out := map[string]string{}
	body, ok := input.FieldByName("Body")
	if !ok || body.Type.Kind() != reflect.Struct {
		return out
	}
	name := func(f reflect.StructField) string {
		n, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		return n
	}
	for _, part := range reflect.VisibleFields(body.Type) {
		if part.Type.Kind() != reflect.Struct || part.Anonymous {
			continue
		}
		for _, f := range reflect.VisibleFields(part.Type) {
			out[name(f)] = "body." + name(part) + "." + name(f)
		}
	}
	for _, f := range reflect.VisibleFields(body.Type) { // what the body has itself is meant
		delete(out, name(f))
	}
	return out
}

// report logs an error once, with the request's id: defects loudly, wrong input not at all.
func report(ctx context.Context, log *slog.Logger, err error) {
	switch k := faults.KindOf(err); k {
	case faults.Internal:
		log.Error("request failed", "request", visit.From(ctx).Request, "err", err)
	case faults.Unavailable:
		log.Warn("request failed", "request", visit.From(ctx).Request, "err", err)
	}
}

// GetHeaders are what HTTP wants beside a status: huma sends them, too.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	switch {
	case p.Status == http.StatusUnauthorized:
		h.Set("WWW-Authenticate", "Bearer")
	case p.Title == string(faults.Unavailable):
		h.Set("Retry-After", "5")
	}
	return h
}

// write answers outside of huma, for the middleware.
func (p *Problem) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), p.GetHeaders())
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p) //nolint:errcheck // the caller is gone then
}

// install makes huma's own refusals (wrong form of the input) look like ours. huma keeps these hooks in package variables; they are set once, to
// functions without state.
func install() {
	huma.NewErrorWithContext = func(hc huma.Context, status int, msg string, errs ...error) huma.StatusError {
		ctx := context.Background()
		if hc != nil {
			ctx = hc.Context()
		}
		return refusal(ctx, status, msg, errs...)
	}
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return refusal(context.Background(), status, msg, errs...)
	}
}

func refusal(ctx context.Context, status int, msg string, errs ...error) huma.StatusError {
	for _, err := range errs {
		var p *Problem
		if errors.As(err, &p) {
			return p
		}
	}
	kind := faults.Invalid
	switch status {
	case http.StatusNotFound:
		kind = faults.NotFound
	case http.StatusUnauthorized:
		kind = faults.Unauthenticated
	case http.StatusForbidden:
		kind = faults.Forbidden
	case http.StatusRequestEntityTooLarge:
		kind = faults.TooLarge
	case http.StatusMethodNotAllowed:
		kind = faults.Method
	case http.StatusUnsupportedMediaType:
		kind = faults.MediaType
	case http.StatusRequestTimeout:
		kind = faults.TooSlow
	case http.StatusServiceUnavailable:
		kind = faults.Unavailable
	}
	if status >= 500 && kind == faults.Invalid {
		kind = faults.Internal
	}
	p := problem(ctx, kind)
	p.Status = status
	if kind == faults.Internal {
		return p
	}
	lang := visit.From(ctx).Lang
	for _, err := range errs {
		var d *huma.ErrorDetail
		if errors.As(err, &d) {
			p.Errors = append(p.Errors, ProblemField{d.Location, translate(d.Message, lang)})
		} else {
			p.Errors = append(p.Errors, ProblemField{"body", translate(err.Error(), lang)})
		}
	}
	if len(errs) == 0 && (kind == faults.Invalid || kind == faults.TooLarge) {
		p.Errors = append(p.Errors, ProblemField{"body", translate(msg, lang)})
	}
	return p
}

// schemaWords are huma's sentences about the form of an input, in Indonesian.
var schemaWords = []struct{ en, id string }{
	{validation.MsgUnexpectedProperty, "isian ini tidak dikenal; hapus atau perbaiki namanya"},
	{validation.MsgExpectedRFC3339DateTime, "harus waktu seperti 2026-11-22T08:00:00Z"},
	{validation.MsgExpectedRFC3339Date, "harus tanggal seperti 2026-11-22"},
	{validation.MsgExpectedBoolean, "harus true atau false"},
	{validation.MsgExpectedNumber, "harus angka"},
	{validation.MsgExpectedInteger, "harus bilangan bulat"},
	{validation.MsgExpectedString, "harus teks"},
	{validation.MsgExpectedBase64String, "harus teks base64"},
	{validation.MsgExpectedArray, "harus daftar"},
	{validation.MsgExpectedObject, "harus objek"},
	{validation.MsgExpectedArrayItemsUnique, "isi daftar tidak boleh berulang"},
	{validation.MsgExpectedOneOf, `harus salah satu dari "%s"`},
	{validation.MsgExpectedMinimumNumber, "paling kecil %v"},
	{validation.MsgExpectedExclusiveMinimumNumber, "harus lebih dari %v"},
	{validation.MsgExpectedMaximumNumber, "paling besar %v"},
	{validation.MsgExpectedExclusiveMaximumNumber, "harus kurang dari %v"},
	{validation.MsgExpectedMinLength, "paling sedikit %d huruf"},
	{validation.MsgExpectedMaxLength, "paling banyak %d huruf"},
	{validation.MsgExpectedMatchPattern, "tidak sesuai bentuk yang diminta: %s"},
	{validation.MsgExpectedBePattern, "tidak sesuai bentuk yang diminta: %s"},
	{validation.MsgExpectedMinItems, "paling sedikit %d isian"},
	{validation.MsgExpectedMaxItems, "paling banyak %d isian"},
	{validation.MsgExpectedRequiredProperty, "isian %s wajib ada"},
	{"request body is required", "isi permintaan wajib ada"},
	{"required query parameter is missing", "parameter ini wajib ada"},
	{"required header parameter is missing", "header ini wajib ada"},
	{"invalid integer", "harus bilangan bulat"},
	{"invalid boolean", "harus true atau false"},
	{"validation failed", "bentuk permintaan tidak benar"},
	{"request body is too large limit=%s bytes", "isi permintaan terlalu besar, batasnya %s byte"},
}

type wording struct {
	match *regexp.Regexp
	id    string
}

var wordings = func() []wording {
	verb := regexp.MustCompile(`%[vsd]`)
	var out []wording
	for _, w := range schemaWords {
		parts := verb.Split(w.en, -1)
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		out = append(out, wording{regexp.MustCompile("^" + strings.Join(parts, "(.*)") + "$"), verb.ReplaceAllString(w.id, "%s")})
	}
	return out
}()

// decoderWords are the beginnings of what encoding/json says about a body that is no JSON, and huma about one that is something else. Their English is
// not for readers either.
var decoderWords = []struct {
	begins string
	text   texts.Text
}{
	{"invalid character", texts.T("bukan JSON yang benar; periksa kurung, koma, dan tanda kutip, dan kirim satu nilai saja", "no correct JSON; check brackets, commas and quotes, and send one value only")},
	{"unexpected end of JSON", texts.T("JSON terpotong; kirim lagi seutuhnya", "the JSON is cut off; send all of it")},
	{"unexpected EOF", texts.T("JSON terpotong; kirim lagi seutuhnya", "the JSON is cut off; send all of it")},
	{"json: cannot unmarshal number", texts.T("bilangan ini harus bulat, ditulis tanpa pecahan dan pangkat, dan tidak lebih dari 19 angka", "this number must be whole, written without fraction and exponent, and have no more than 19 digits")},
	{"json: ", texts.T("ada isian yang bukan jenis yang diminta; periksa dengan /api/docs", "a field is not of the kind asked for; check with /api/docs")},
	{"unknown content type", texts.T("jenis isi tidak dikenal; kirim dengan Content-Type: application/json", "unknown kind of content; send it with Content-Type: application/json")},
}

func translate(msg string, lang texts.Lang) string {
	for _, w := range decoderWords {
		if strings.HasPrefix(msg, w.begins) {
			return w.text.In(lang)
		}
	}
	if lang == texts.EN {
		return msg
	}
	for _, w := range wordings {
		m := w.match.FindStringSubmatch(msg)
		if m == nil {
			continue
		}
		args := make([]any, 0, len(m))
		for _, x := range m[1:] {
			args = append(args, x)
		}
		return fmt.Sprintf(w.id, args...)
	}
	return "tidak dapat dibaca (" + msg + ")"
}
