package api

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

//go:embed docs.html docs.css docs.svg
var docFiles embed.FS

// docPage is the browsable form of the OpenAPI document: plain HTML made by the server, no script and no outside host. Like the document it is in English only.
type docPage struct {
	Title, Version, Description string
	Groups                      []docGroup
	Noun                        docGroup // whose operations it describes; none on the first page
	Kinds                       []docKind
}

type docGroup struct {
	Name       string
	Operations []docOperation
}

type docOperation struct {
	ID, Method, Path, Summary string
	Public                    bool
	Parameters                []docField
	Body                      []docField
	Upload                    bool
	Answer                    []docField
	Status                    string
}

type docField struct {
	Name, In, Type, Doc string
	Required            bool
	Depth               int
}

type docKind struct {
	Kind   string
	Status int
	Text   string
}

// docs serves the pages at /api/docs: every operation in a line, and with ?noun= those of one noun with what they take and give. They are made once, at the first request, when every
// operation is registered.
func (s *server) docs(r *gin.Engine) error {
	t, err := template.ParseFS(docFiles, "docs.html")
	if err != nil {
		return fmt.Errorf("parse the API's page: %w", err)
	}
	css, err := docFiles.ReadFile("docs.css")
	if err != nil {
		return err
	}
	icon, err := docFiles.ReadFile("docs.svg")
	if err != nil {
		return err
	}
	pages := sync.OnceValues(func() (map[string][]byte, error) {
		p, out := describe(s.api.OpenAPI()), map[string][]byte{}
		for _, p.Noun = range append(p.Groups, docGroup{}) {
			var b bytes.Buffer
			if err := t.Execute(&b, p); err != nil {
				return nil, err
			}
			out[p.Noun.Name] = b.Bytes()
		}
		return out, nil
	})
	r.GET("/api/docs", func(c *gin.Context) {
		all, err := pages()
		b, ok := all[c.Query("noun")]
		if err == nil && !ok {
			err = faults.New(faults.NotFound, "Halaman ini tidak ada. Mulai dari /api/docs.", "There is no such page. Begin at /api/docs.")
		}
		if err != nil {
			report(c.Request.Context(), s.Log, err)
			problem(c.Request.Context(), err).write(c.Writer)
			return
		}
		c.Data(http.StatusOK, "text/html; charset=utf-8", b)
	})
	r.GET("/api/docs.css", func(c *gin.Context) { c.Data(http.StatusOK, "text/css; charset=utf-8", css) })
	r.GET("/api/docs.svg", func(c *gin.Context) { c.Data(http.StatusOK, "image/svg+xml", icon) })
	return nil
}

func describe(o *huma.OpenAPI) docPage {
	p := docPage{Title: o.Info.Title, Version: o.Info.Version, Description: o.Info.Description}
	groups := map[string][]docOperation{}
	for path, item := range o.Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete} {
			if op == nil || len(op.Tags) == 0 {
				continue
			}
			groups[op.Tags[0]] = append(groups[op.Tags[0]], describeOperation(o, method, path, op))
		}
	}
	for name, ops := range groups {
		slices.SortFunc(ops, func(a, b docOperation) int { return strings.Compare(a.Path+a.Method, b.Path+b.Method) })
		p.Groups = append(p.Groups, docGroup{name, ops})
	}
	slices.SortFunc(p.Groups, func(a, b docGroup) int { return strings.Compare(a.Name, b.Name) })
	for _, k := range []faults.Kind{faults.Invalid, faults.Unauthenticated, faults.Forbidden, faults.NotFound, faults.Method, faults.Conflict, faults.TooSlow, faults.TooLarge, faults.MediaType, faults.TooMany, faults.Unavailable, faults.ReadOnly, faults.Internal} {
		p.Kinds = append(p.Kinds, docKind{string(k), k.Status(), faults.Of(k).Text.In(texts.EN)})
	}
	return p
}

func describeOperation(o *huma.OpenAPI, method, path string, op *huma.Operation) docOperation {
	d := docOperation{ID: op.OperationID, Method: method, Path: path, Summary: op.Summary, Public: len(op.Security) == 0}
	for _, p := range op.Parameters {
		d.Parameters = append(d.Parameters, docField{Name: p.Name, In: p.In, Type: typeName(o, p.Schema), Doc: p.Description, Required: p.Required})
	}
	if op.RequestBody != nil {
		for media, m := range op.RequestBody.Content {
			d.Upload = media != "application/json"
			d.Body = fields(o, m.Schema, 0)
		}
	}
	for status, r := range op.Responses {
		if status < "200" || status > "299" {
			continue
		}
		d.Status = status
		for _, m := range r.Content {
			d.Answer = fields(o, m.Schema, 0)
		}
	}
	return d
}

func resolve(o *huma.OpenAPI, s *huma.Schema) *huma.Schema {
	if s != nil && s.Ref != "" {
		return o.Components.Schemas.SchemaFromRef(s.Ref)
	}
	return s
}

// fields lists an object's properties, those of inner objects indented below, three levels deep.
func fields(o *huma.OpenAPI, s *huma.Schema, depth int) []docField {
	s = resolve(o, s)
	if s == nil || depth > 3 {
		return nil
	}
	if s.Type == huma.TypeArray {
		return fields(o, s.Items, depth)
	}
	names := make([]string, 0, len(s.Properties))
	for n := range s.Properties {
		names = append(names, n)
	}
	slices.Sort(names)
	var out []docField
	for _, n := range names {
		inner := s.Properties[n]
		r := resolve(o, inner)
		doc := inner.Description
		if doc == "" && r != nil {
			doc = r.Description
		}
		out = append(out, docField{Name: n, Type: typeName(o, inner), Doc: doc, Required: slices.Contains(s.Required, n), Depth: depth})
		out = append(out, fields(o, inner, depth+1)...)
	}
	return out
}

func typeName(o *huma.OpenAPI, s *huma.Schema) string {
	s = resolve(o, s)
	switch {
	case s == nil:
		return ""
	case s.Type == huma.TypeArray:
		return "list of " + typeName(o, s.Items)
	case len(s.Enum) > 0:
		var vs []string
		for _, e := range s.Enum {
			vs = append(vs, fmt.Sprint(e))
		}
		return strings.Join(vs, " | ")
	case s.Format != "":
		return s.Type + " (" + s.Format + ")"
	}
	return s.Type
}
