// Package api is the JSON API under /api/v1: huma on gin, the OpenAPI 3.1 document generated from the typed handlers. It decides nothing: it
// takes the input apart, asks a room, and shows the answer. One file per noun; each lists its routes at the top in a function named after it.
//
// Errors: a handler returns the room's error as it is; handle turns it into a Problem. Permission is asked inside the rooms.
package api

import (
	"context"
	"encoding/base64"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/visit"
)

// Version is the version of the API's contract. A change of the OpenAPI document needs a new one (TestOpenAPI).
const Version = "1.43.0"

// Prefix is where the API lives.
const Prefix = "/api/v1"

// server holds what the operations need.
type server struct {
	Config
	api   huma.API
	keyed *idempotency
}

// operation is what each route says of itself; handle fills in the rest.
type operation struct {
	Method, Path string
	ID           string // unique name, verb first: "submitAttempt"
	Tag          string // the noun it belongs to
	Summary      string
	Status       int           // of success; 0 means 200
	Max          int64         // body limit in bytes; 0 means 1 MB
	Public       bool          // needs nobody logged in
	Session      bool          // needs somebody in a session; an API token does not do, whatever its person may (docs/decisions/0017)
	Asks         []*huma.Param // of a download: what its query takes
	Secret       bool          // the answer holds a secret that is shown once: it is neither kept for a repeated Idempotency-Key nor compressed

	// Named says where a field that the room names stands in the request, where its name is another: "supervisor" -> "body.person".
	Named map[string]string
}

// bodyTime is how long a JSON body may take to arrive: what the server gives a whole request. huma's five seconds would end a request whose handler takes
// longer, too, because net/http watches the connection with the same deadline.
const bodyTime = 2 * time.Minute

// handle registers an operation. Every error of the handler leaves as a Problem, logged once.
func handle[I, O any](s *server, op operation, do func(ctx context.Context, in *I) (*O, error)) {
	o := huma.Operation{OperationID: op.ID, Method: op.Method, Path: Prefix + op.Path, Summary: op.Summary, Tags: []string{op.Tag}, DefaultStatus: op.Status, MaxBodyBytes: op.Max, BodyReadTimeout: bodyTime,
		Errors: refusals, Responses: map[string]*huma.Response{}}
	s.keyed.register(o, op.Secret)
	if op.Secret {
		o.Middlewares = huma.Middlewares{uncompressed}
	}
	switch {
	case op.Session:
		o.Security = []map[string][]string{{"session": {}}}
	case !op.Public:
		o.Security = []map[string][]string{{"session": {}}, {"token": {}}}
	}
	fields := places(reflect.TypeFor[I]())
	maps.Copy(fields, op.Named)
	huma.Register(s.api, o, func(ctx context.Context, in *I) (*O, error) {
		if !op.Public && visit.Actor(ctx).Anonymous() {
			return nil, problem(ctx, faults.Unauthenticated)
		}
		if op.Session && visit.From(ctx).Token {
			return nil, problem(ctx, faults.New(faults.Forbidden, "Token API tidak dapat melakukan ini. Masuk dengan kata sandi.", "An API token cannot do this. Log in with your password."))
		}
		out, err := do(ctx, in)
		if err != nil {
			report(ctx, s.Log, err)
			p := problem(ctx, err)
			p.place(fields)
			return nil, p
		}
		return out, nil
	})
	s.shareRefusals(o.Responses)
	if op.Method == http.MethodPost && !op.Public {
		describeKey(s.api.OpenAPI().Paths[o.Path].Post)
	}
}

// describeKey says of a POST that it takes an Idempotency-Key, where its input does not say so in its own words.
func describeKey(o *huma.Operation) {
	if !slices.ContainsFunc(o.Parameters, func(p *huma.Param) bool { return p.Name == keyHeader }) {
		o.Parameters = append(o.Parameters, &huma.Param{Name: keyHeader, In: "header", Schema: &huma.Schema{Type: huma.TypeString, MaxLength: new(keyMax)}, Description: "Chosen by the sender: what is sent again with the same key is carried out once"})
	}
}

// refusals are the statuses that any operation may answer with, all with a Problem. 405 belongs to none: the description names it.
var refusals = []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusRequestTimeout, http.StatusConflict, http.StatusRequestEntityTooLarge,
	http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable}

// shareRefusals lets every operation point to one description of a refusal.
func (s *server) shareRefusals(of map[string]*huma.Response) {
	c := s.api.OpenAPI().Components
	if c.Responses == nil {
		c.Responses = map[string]*huma.Response{"Problem": {Description: "Why it was refused, and what to do",
			Content: map[string]*huma.MediaType{"application/problem+json": {Schema: c.Schemas.Schema(reflect.TypeFor[Problem](), true, "")}}}}
	}
	for _, status := range refusals {
		of[strconv.Itoa(status)] = &huma.Response{Ref: "#/components/responses/Problem"}
	}
}

// download registers a GET operation whose answer is no JSON: a file or an event stream. It stands in the document like any other.
func download(s *server, r *gin.Engine, op operation, media string, do gin.HandlerFunc) {
	r.GET(Prefix+pathParameter.ReplaceAllString(op.Path, ":$1"), func(c *gin.Context) {
		if visit.Actor(c.Request.Context()).Anonymous() {
			s.fail(c, faults.Unauthenticated)
			return
		}
		do(c)
	})
	o := &huma.Operation{OperationID: op.ID, Method: http.MethodGet, Path: Prefix + op.Path, Summary: op.Summary, Tags: []string{op.Tag}, Security: []map[string][]string{{"session": {}}, {"token": {}}},
		Responses: map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{media: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}}}
	for _, m := range pathParameter.FindAllStringSubmatch(op.Path, -1) {
		o.Parameters = append(o.Parameters, &huma.Param{Name: m[1], In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
	}
	o.Parameters = append(o.Parameters, op.Asks...)
	s.shareRefusals(o.Responses)
	s.api.OpenAPI().AddOperation(o)
}

// newAPI makes huma's side of the API on gin.
func newAPI(r *gin.Engine) huma.API {
	install()
	c := huma.DefaultConfig("APEL", Version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "/api/openapi", "", ""
	c.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	c.CreateHooks = nil // no $schema links in answers: they would name the host in every body
	c.Info.Description = "Courses, attempts, certificates, competencies and placement of an APEL installation. Log in with a session cookie or an API token. " +
		"A method that an address does not take is answered 405 with Allow, and every refusal is a Problem (RFC 9457)."
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

// one makes the answer of a call that gives one thing, turning it into what the API shows: one(showUnit)(s.People.Unit(...)).
func one[T, V any](show func(T) V) func(T, error) (*body[V], error) {
	return func(v T, err error) (*body[V], error) {
		if err != nil {
			return nil, err
		}
		return answer(show(v)), nil
	}
}

// PageInput is how every list is paged.
type PageInput struct {
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Entries at most"`
	After string `query:"after" doc:"The next of the page before, with the same filters" maxLength:"600"`

	list string // the operation's id: a cursor of one list means nothing to another
	from storage.Cursor
}

var errCursor = faults.OnField("query.after", "Penanda halaman tidak dikenal. Mulai lagi dari halaman pertama.", "Unknown page mark. Start again from the first page.")

// Resolve reads the cursor; huma calls it after the query was read. A cursor of another list is refused.
func (p *PageInput) Resolve(hc huma.Context) []error {
	p.list = hc.Operation().OperationID
	if p.After == "" {
		return nil
	}
	b, err := base64.RawURLEncoding.DecodeString(p.After)
	parts := strings.Split(string(b), "\x00")
	if err != nil || len(parts) != 3 || parts[0] != p.list || !utf8.Valid(b) {
		return []error{problem(hc.Context(), errCursor)}
	}
	p.from = storage.Cursor{Order: parts[1], ID: parts[2]}
	return nil
}

// after is where the page begins.
func (p *PageInput) after() storage.Cursor { return p.from }

// next is the cursor of the page behind this one. It holds an order key and an id, never a NIP.
func (p *PageInput) next(c storage.Cursor, more bool) string {
	if !more || c.Zero() {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(p.list + "\x00" + c.Order + "\x00" + c.ID))
}

// paged cuts a page out of a list that a room gives whole. name tells entries apart. An entry that has gone since the page before ends in a
// refusal rather than in a page that repeats or leaves out.
func paged[T, V any](p *PageInput, all []T, name func(T) string, show func(T) V) (*body[ListOf[V]], error) {
	begin := 0
	if p.After != "" {
		i := slices.IndexFunc(all, func(e T) bool { return name(e) == p.from.ID })
		if i < 0 {
			return nil, errCursor
		}
		begin = i + 1
	}
	end := min(begin+p.Limit, len(all))
	next := ""
	if end < len(all) {
		next = p.next(storage.Cursor{ID: name(all[end-1])}, true)
	}
	return list(all[begin:end], next, show), nil
}

// ListOf is one page of a list.
type ListOf[T any] struct {
	Items []T    `json:"items" maxItems:"200" nullable:"false"`
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

// instant shows a time, or nothing for the zero time.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
