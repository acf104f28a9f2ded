package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/apelkota/apel/api"
)

// contract holds every answer of the API against the OpenAPI document: a status that is not documented, another media type or a body that does
// not fit its schema fails the test. It stands between a client and the network.
type contract struct {
	t    *testing.T
	next http.RoundTripper
	*described

	mu   sync.Mutex
	seen map[string]int // operation and status -> answers that fit
}

// described is the document, with the schemas that were compiled so far.
type described struct {
	doc      map[string]any
	paths    []describedPath
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema
}

type describedPath struct {
	template string
	match    *regexp.Regexp
	params   int
}

const documentName = "http://apel/openapi.json"

func readDocument(raw []byte) (*described, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	d := &described{doc: doc.(map[string]any), compiler: jsonschema.NewCompiler(), schemas: map[string]*jsonschema.Schema{}}
	d.compiler.DefaultDraft(jsonschema.Draft2020)
	d.compiler.AssertFormat()
	if err := d.compiler.AddResource(documentName, doc); err != nil {
		return nil, err
	}
	param := regexp.MustCompile(`\\\{[^}]+\\\}`)
	for template := range d.doc["paths"].(map[string]any) {
		d.paths = append(d.paths, describedPath{template, regexp.MustCompile("^" + param.ReplaceAllString(regexp.QuoteMeta(template), `[^/]+`) + "$"), strings.Count(template, "{")})
	}
	sort.Slice(d.paths, func(i, j int) bool { return d.paths[i].params < d.paths[j].params }) // a literal address before one with parameters
	return d, nil
}

// operation finds the described operation of a request; "" when the address is none of the API's.
func (d *described) operation(method, path string) (template string, op map[string]any) {
	for _, p := range d.paths {
		if p.match.MatchString(path) {
			if op, ok := d.doc["paths"].(map[string]any)[p.template].(map[string]any)[strings.ToLower(method)].(map[string]any); ok {
				return p.template, op
			}
		}
	}
	return "", nil
}

// methods are those that an address takes, sorted; HEAD goes wherever GET does.
func (d *described) methods(path string) (out []string) {
	for _, p := range d.paths {
		if !p.match.MatchString(path) {
			continue
		}
		for method := range d.doc["paths"].(map[string]any)[p.template].(map[string]any) {
			if out = append(out, strings.ToUpper(method)); method == "get" {
				out = append(out, http.MethodHead)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (d *described) schema(pointer string) (*jsonschema.Schema, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s, ok := d.schemas[pointer]; ok {
		return s, nil
	}
	s, err := d.compiler.Compile(documentName + "#" + pointer)
	if err == nil {
		d.schemas[pointer] = s
	}
	return s, err
}

func pointer(parts ...string) string {
	p := ""
	for _, s := range parts {
		p += "/" + url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(s))
	}
	return p
}

// check says how an answer deviates from the document.
func (d *described) check(method, path string, status int, header http.Header, body []byte) (where string, err error) {
	template, op := d.operation(method, path)
	if op == nil {
		want, allow := http.StatusNotFound, d.methods(path)
		if len(allow) > 0 {
			want = http.StatusMethodNotAllowed
		}
		got := strings.FieldsFunc(header.Get("Allow"), func(r rune) bool { return r == ',' || r == ' ' })
		if slices.Sort(got); status != want || !slices.Equal(got, allow) {
			return path, fmt.Errorf("%s %s is not documented and answers %d with Allow: %q, want %d with %q", method, path, status, got, want, allow)
		}
		op, template = map[string]any{"responses": map[string]any{fmt.Sprint(want): map[string]any{"$ref": "#/components/responses/Problem"}}}, path
	}
	where = method + " " + template
	code := fmt.Sprint(status)
	at := []string{"paths", template, strings.ToLower(method), "responses", code}
	response, ok := op["responses"].(map[string]any)[code].(map[string]any)
	if !ok {
		return where, fmt.Errorf("%s answers %d, which is not documented: %s", where, status, body)
	}
	if ref, ok := response["$ref"].(string); ok {
		at = strings.Split(strings.TrimPrefix(ref, "#/"), "/")
		response = d.doc["components"].(map[string]any)["responses"].(map[string]any)[at[2]].(map[string]any)
	}
	content, ok := response["content"].(map[string]any)
	if !ok {
		if len(body) > 0 {
			return where, fmt.Errorf("%s answers %d with a body that is not documented: %s", where, status, body)
		}
		return where, nil
	}
	media, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return where, fmt.Errorf("%s answers %d with content type %q", where, status, header.Get("Content-Type"))
	}
	if _, any := content["application/octet-stream"]; any && !strings.HasSuffix(media, "json") {
		return where, nil
	}
	if _, ok := content[media]; !ok {
		return where, fmt.Errorf("%s answers %d as %s, which is not documented", where, status, media)
	}
	if !strings.HasSuffix(media, "json") {
		return where, nil
	}
	schema, err := d.schema(pointer(append(at, "content", media, "schema")...))
	if err != nil {
		return where, fmt.Errorf("%s: the schema of %d: %w", where, status, err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return where, fmt.Errorf("%s answers %d with no JSON: %w", where, status, err)
	}
	if err := schema.Validate(v); err != nil {
		return where, fmt.Errorf("%s answers %d with a body that does not fit: %w\n%s", where, status, err, body)
	}
	if status == http.StatusUnprocessableEntity {
		return where, d.located(op, body)
	}
	return where, nil
}

// located sees that a refusal names fields that the request has: whoever sent it looks for them there.
func (d *described) located(op map[string]any, body []byte) error {
	request, _ := op["requestBody"].(map[string]any)
	content, _ := request["content"].(map[string]any)
	js, ok := content["application/json"].(map[string]any)
	if !ok {
		return nil
	}
	var p api.Problem
	if err := json.Unmarshal(body, &p); err != nil {
		return err
	}
	for _, e := range p.Errors {
		path, ok := strings.CutPrefix(e.Location, "body.")
		at := js["schema"].(map[string]any)
		for ok && path != "" {
			var name string
			name, path, _ = strings.Cut(path, ".")
			name, _, _ = strings.Cut(name, "[")
			properties, object := d.resolve(at)["properties"].(map[string]any)
			if !object { // a map has any names, and huma's own sentences end at what was sent too much
				break
			}
			if at, ok = properties[name].(map[string]any); !ok && !strings.Contains(e.Message, "tidak dikenal") {
				return fmt.Errorf("%v says %q of %s, which it does not take", op["operationId"], e.Message, e.Location)
			}
			if items, list := at["items"].(map[string]any); list {
				at = items
			}
		}
	}
	return nil
}

// resolve follows a reference.
func (d *described) resolve(schema map[string]any) map[string]any {
	ref, ok := schema["$ref"].(string)
	if !ok {
		return schema
	}
	return d.doc["components"].(map[string]any)["schemas"].(map[string]any)[strings.TrimPrefix(ref, "#/components/schemas/")].(map[string]any)
}

// RoundTrip implements http.RoundTripper.
func (c *contract) RoundTrip(q *http.Request) (*http.Response, error) {
	res, err := c.next.RoundTrip(q)
	if err != nil || !strings.HasPrefix(q.URL.Path, api.Prefix+"/") || q.Method == http.MethodHead {
		return res, err
	}
	var body []byte
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		if body, err = io.ReadAll(res.Body); err != nil {
			return res, err
		}
		res.Body.Close()
		res.Body = io.NopCloser(bytes.NewReader(body))
	}
	where, err := c.check(q.Method, q.URL.Path, res.StatusCode, res.Header, body)
	if err != nil {
		c.t.Error(err)
		return res, nil
	}
	c.mu.Lock()
	c.seen[fmt.Sprintf("%s %d", where, res.StatusCode)]++
	c.mu.Unlock()
	return res, nil
}

// unseen lists the operations of the document that gave no success so far.
func (c *contract) unseen() (missing []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for template, item := range c.doc["paths"].(map[string]any) {
		for method := range item.(map[string]any) {
			where := strings.ToUpper(method) + " " + template
			if !slices.ContainsFunc(slices.Collect(maps.Keys(c.seen)), func(k string) bool { return strings.HasPrefix(k, where+" 2") }) {
				missing = append(missing, where)
			}
		}
	}
	slices.Sort(missing)
	return missing
}

// The check itself is seen failing: an answer with a field too many, a missing one, an undocumented status.
func TestContractNoticesDeviations(t *testing.T) {
	d, err := readDocument([]byte(`{"openapi":"3.1.0","paths":{"/api/v1/x/{id}":{"get":{"responses":{"200":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/X"}}}}}}}},
		"components":{"schemas":{"X":{"type":"object","additionalProperties":false,"required":["a"],"properties":{"a":{"type":"integer"},"at":{"type":"string","format":"date-time"}}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	js := http.Header{"Content-Type": {"application/json"}}
	for _, c := range []struct {
		status int
		body   string
		fits   bool
	}{
		{200, `{"a":1}`, true}, {200, `{"a":1,"at":"2026-11-22T08:00:00Z"}`, true},
		{200, `{"a":1,"b":2}`, false}, {200, `{}`, false}, {200, `{"a":"1"}`, false}, {200, `{"a":1,"at":"kemarin"}`, false}, {200, `{"a":1`, false}, {201, `{"a":1}`, false},
	} {
		if _, err := d.check("GET", "/api/v1/x/7", c.status, js, []byte(c.body)); (err == nil) != c.fits {
			t.Errorf("%d %s: %v", c.status, c.body, err)
		}
	}
	if _, err := d.check("GET", "/api/v1/x/7", 200, http.Header{"Content-Type": {"text/html"}}, []byte(`{"a":1}`)); err == nil {
		t.Error("another media type fits")
	}
	if _, err := d.check("POST", "/api/v1/x/7", 200, js, []byte(`{"a":1}`)); err == nil {
		t.Error("an undocumented operation fits")
	}
}
