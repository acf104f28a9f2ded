// Package api is the JSON API under /api/v1: huma on gin, the OpenAPI 3.1 document generated from the typed handlers. It decides nothing: it
// takes the input apart, asks a room, and shows the answer. One file per noun; each lists its routes at the top in a function named after it.
//
// Errors: a handler returns the room's error as it is; handle turns it into a Problem. Permission is asked inside the rooms.
package api

import (
	"context"
	"encoding/base64"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/visit"
)

// Version is the version of the API's contract. A change of the OpenAPI document needs a new one (TestOpenAPI).
const Version = "1.0.0"

// Prefix is where the API lives.
const Prefix = "/api/v1"

// server holds what the operations need.
type server struct {
	Config
	api huma.API
}

// operation is what each route says of itself; handle fills in the rest.
type operation struct {
	Method, Path string
	ID           string // unique name, verb first: "submitAttempt"
	Tag          string // the noun it belongs to
	Summary      string
	Status       int   // of success; 0 means 200
	Max          int64 // body limit in bytes; 0 means 1 MB
	Public       bool  // needs nobody logged in
}

// handle registers an operation. Every error of the handler leaves as a Problem, logged once.
func handle[I, O any](s *server, op operation, do func(ctx context.Context, in *I) (*O, error)) {
	o := huma.Operation{OperationID: op.ID, Method: op.Method, Path: Prefix + op.Path, Summary: op.Summary, Tags: []string{op.Tag}, DefaultStatus: op.Status, MaxBodyBytes: op.Max,
		Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable}}
	if !op.Public {
		o.Security = []map[string][]string{{"session": {}}, {"token": {}}}
	}
	huma.Register(s.api, o, func(ctx context.Context, in *I) (*O, error) {
		if !op.Public && visit.Actor(ctx).Anonymous() {
			return nil, problem(ctx, faults.Unauthenticated)
		}
		out, err := do(ctx, in)
		if err != nil {
			report(ctx, s.Log, err)
			return nil, problem(ctx, err)
		}
		return out, nil
	})
}

// newAPI makes huma's side of the API on gin.
func newAPI(r *gin.Engine) huma.API {
	install()
	c := huma.DefaultConfig("APEL", Version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "/api/openapi", "", ""
	c.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	c.CreateHooks = nil // no $schema links in answers: they would name the host in every body
	c.Info.Description = "Courses, attempts, certificates, competencies and placement of an APEL installation. Log in with a session cookie or an API token."
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: visit.SessionCookie, Description: "The cookie that logging in sets"},
		"token":   {Type: "http", Scheme: "bearer", Description: "An API token, made on the account page"},
	}
	return humagin.New(r, c)
}

// schemaName names types of other rooms with their package in front, so that a certificate's Competency and the dictionary's stay apart.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	pkg := t.PkgPath()
	if i := strings.LastIndexByte(pkg, '/'); i >= 0 {
		pkg = pkg[i+1:]
	}
	if t.Name() == "" || pkg == "" || pkg == "api" || pkg == "texts" {
		return name
	}
	return strings.ToUpper(pkg[:1]) + pkg[1:] + name
}

// body is an answer with a JSON body that must not be cached.
type body[T any] struct {
	CacheControl string `header:"Cache-Control"`
	Body         T
}

func answer[T any](v T) *body[T] { return &body[T]{"no-store", v} }

// PageInput is how every list is paged.
type PageInput struct {
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Entries at most"`
	After string `query:"after" doc:"The next of the page before" maxLength:"600"`
}

// ListOf is one page of a list.
type ListOf[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"Give it as after to get what follows; missing on the last page"`
}

// list makes the answer of a page, turning each entry into what the API shows.
func list[T, V any](entries []T, next string, show func(T) V) *body[ListOf[V]] {
	l := ListOf[V]{Items: make([]V, 0, len(entries)), Next: next}
	for _, e := range entries {
		l.Items = append(l.Items, show(e))
	}
	return answer(l)
}

// encodeCursor and decodeCursor carry a place in an index through a URL. A cursor holds an order key and an id, never a NIP.
func encodeCursor(c storage.Cursor, more bool) string {
	if !more || c.Zero() {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(c.Order + "\x00" + c.ID))
}

func decodeCursor(s string) (storage.Cursor, error) {
	if s == "" {
		return storage.Cursor{}, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	order, id, ok := strings.Cut(string(b), "\x00")
	if err != nil || !ok {
		return storage.Cursor{}, faults.OnField("after", "Penanda halaman tidak dikenal. Mulai lagi dari halaman pertama.", "Unknown page mark. Start again from the first page.")
	}
	return storage.Cursor{Order: order, ID: id}, nil
}

// instant shows a time, or nothing for the zero time.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
