package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/apelkota/apel/api"
	"github.com/apelkota/apel/internal/storage"
)

// The main job as a program does it: every answer on the way fits the document.
func TestMainJobKeepsTheContract(t *testing.T) {
	c := openCity(t, true)
	v := &demoVerb{}
	job, err := v.job(c.installation, c.clock, c.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	job.c.http.Transport = c.checks
	job.out, job.tell = t.TempDir(), func(step) {}
	// The learner of the demo has done it already; somebody else in the city does it now.
	l := c.logins["author"]
	if err := job.run(t.Context(), jobPerson{NIP: l.NIP, Password: l.Password}); err != nil {
		t.Fatal(err)
	}
	if len(c.checks.seen) < 20 {
		t.Errorf("only %d kinds of answers were checked", len(c.checks.seen))
	}
}

// addresses fills the parameters of a described address with things that exist.
func (c *city) addresses(template string, b belongings) string {
	s := c.shared
	part := strings.TrimPrefix(template, api.Prefix+"/")
	noun, _, _ := strings.Cut(part, "/")
	id := map[string]string{"people": b["person"], "units": c.nearUnit, "positions": s["position"], "enrolments": b["enrolment"], "attempts": b["attempt"], "hours": b["hours"],
		"certificates": b["certificate"], "assignments": b["assignment"], "notices": b["notice"], "tokens": b["token"], "sessions": b["session"], "cohorts": s["cohort"],
		"recommendations": s["recommendation"], "imports": s["import"], "versions": s["version"], "regrades": s["regrade"], "markings": b["marking"], "objections": b["objection"], "exams": s["exam"]}[noun]
	code := map[string]string{"apps": s["app"], "courses": s["course"], "checks": s["code"], "assignment-rules": s["rule"]}[noun]
	lesson, quiz := b["lesson"], b["quiz"]
	if strings.Contains(template, "/field-tasks/") {
		id = b["workEnrolment"]
	}
	if noun == "versions" {
		lesson = s["versionLesson"]
		if strings.Contains(template, "{lesson}") || strings.HasSuffix(template, "/discarding") {
			id = s["draft"]
		} else if strings.Contains(template, "/field-tasks/") {
			id = "UJI-ESAI.2"
		}
	}
	if noun == "items" {
		b = belongings{"item": s["keyItem"]}
	}
	if noun == "versions" {
		b = belongings{"item": s["item103"], "person": b["person"]}
	}
	if noun == "objections" {
		b = belongings{"workFile": b["answerFile"]}
	}
	fill := strings.NewReplacer("{id}", url.PathEscape(id), "{code}", url.PathEscape(code), "{lesson}", lesson, "{quiz}", quiz, "{item}", url.PathEscape(b["item"]), "{bank}", s["bank"],
		"{position}", s["position"], "{role}", "operator", "{person}", b["person"], "{kind}", "people", "{collection}", "attempts", "{format}", "csv", "{name}", s["file"], "{task}", "TL1", "{file}", b["workFile"])
	return fill.Replace(template)
}

// No answer grows with the city or with its history: a list is turned in pages, everything else that repeats says how often at most. The walk goes through
// every answer of the document by itself, so a list nobody thought of fails.
func TestEveryListTakesPages(t *testing.T) {
	c := openCity(t, false)
	lists, bounded := 0, 0
	for template, item := range c.checks.doc["paths"].(map[string]any) {
		for method, x := range item.(map[string]any) {
			op := x.(map[string]any)
			paged := regexp.MustCompile(`name:after\b`).MatchString(fmt.Sprint(op["parameters"])) && regexp.MustCompile(`name:limit\b`).MatchString(fmt.Sprint(op["parameters"]))
			for status, response := range op["responses"].(map[string]any) {
				content, _ := response.(map[string]any)["content"].(map[string]any)
				js, ok := content["application/json"].(map[string]any)
				if status[0] != '2' || !ok {
					continue
				}
				_, turned := c.checks.resolve(js["schema"].(map[string]any))["properties"].(map[string]any)["next"] // a page says where the next one begins
				for _, list := range c.checks.lists(js["schema"].(map[string]any), "answer", nil) {
					switch where := fmt.Sprintf("%s %s: %s", strings.ToUpper(method), template, list.path); {
					case list.most == 0 || list.most > storage.MaxList:
						t.Errorf("%s has no bound", where)
					case list.path == "answer.items" && turned && method == "get" && !paged:
						t.Errorf("%s takes no pages", where)
					case list.path == "answer.items" && turned && method == "get":
						lists++
					default:
						bounded++
					}
				}
			}
		}
	}
	if lists < 40 || bounded < 100 {
		t.Errorf("only %d lists and %d bounded ones were found", lists, bounded)
	}
}

// repeated is an array somewhere in an answer; most is 0 where it has no bound.
type repeated struct {
	path string
	most int
}

// lists are the arrays of a schema, at any depth.
func (d *described) lists(schema map[string]any, path string, within []string) (out []repeated) {
	if ref, ok := schema["$ref"].(string); ok {
		if slices.Contains(within, ref) {
			return nil
		}
		within = append(slices.Clone(within), ref)
	}
	schema = d.resolve(schema)
	if items, ok := schema["items"].(map[string]any); ok {
		most, _ := strconv.Atoi(fmt.Sprint(schema["maxItems"]))
		out = append(append(out, repeated{path, most}), d.lists(items, path+"[]", within)...)
	}
	properties, _ := schema["properties"].(map[string]any)
	for name, p := range properties {
		out = append(out, d.lists(p.(map[string]any), path+"."+name, within)...)
	}
	if more, ok := schema["additionalProperties"].(map[string]any); ok {
		out = append(out, d.lists(more, path+".*", within)...)
	}
	return out
}

// Every list turned page by page gives the same entries in the same order as one large page.
func TestEveryListIsPaged(t *testing.T) {
	c := openCity(t, false)
	type page struct {
		Items []json.RawMessage `json:"items"`
		Next  string            `json:"next"`
	}
	read := func(cl *client, path string, q url.Values) (page, int) {
		var p page
		status, _, body := send(t, cl, http.MethodGet, path+"?"+q.Encode(), "", "")
		if status < 300 {
			if err := json.Unmarshal(body, &p); err != nil {
				t.Fatal(err)
			}
		}
		return p, status
	}
	var cursors []string
	long, bounded := 0, 0
	for template, item := range c.checks.doc["paths"].(map[string]any) {
		op, ok := item.(map[string]any)["get"].(map[string]any)
		if !ok || !strings.Contains(fmt.Sprint(op["parameters"]), "name:after") {
			continue
		}
		path := c.addresses(template, c.of("learner"))
		for _, role := range []string{"training_admin", "placement_analyst", "system_admin", "learner"} {
			cl := c.as(role)
			whole, status := read(cl, path, url.Values{"limit": {"200"}})
			if status >= 300 {
				continue
			}
			if len(whole.Items) > 60 { // the first ones are enough
				whole.Items = whole.Items[:60]
			}
			limit, after, n := "1", "", 0
			if len(whole.Items) > 10 {
				limit = "7"
			}
			for pages := 0; n < len(whole.Items) && pages < 100; pages++ {
				p, status := read(cl, path, url.Values{"limit": {limit}, "after": {after}})
				if status >= 300 {
					t.Fatalf("%s as %s: page %d: %d", path, role, pages, status)
				}
				for _, x := range p.Items {
					if n < len(whole.Items) && string(x) != string(whole.Items[n]) {
						t.Fatalf("%s as %s: entry %d is\n%s\nin pages and\n%s\nin one", path, role, n, x, whole.Items[n])
					}
					n++
				}
				if after = p.Next; after == "" {
					break
				}
				cursors = append(cursors, after)
			}
			if n < len(whole.Items) {
				t.Errorf("%s as %s: pages have %d entries, one page has %d", path, role, n, len(whole.Items))
			}
			if n > 1 {
				long++
			}
			// Every list says itself what it takes: the bounds of a page, and no mark but its own.
			for _, bad := range []string{"limit=0", "limit=-1", "limit=201", "limit=banyak", "limit=1.5", "after=abc", "after=%25%25%25", "after=" + strings.Repeat("A", 599), "after=" + strings.Repeat("A", 601)} {
				status, _, body := send(t, cl, http.MethodGet, path+"?"+bad, "", "")
				name, _, _ := strings.Cut(bad, "=")
				if status != 422 || !strings.Contains(string(body), `"query.`+name+`"`) {
					t.Errorf("%s?%s: %d %s", path, bad, status, body)
				}
			}
			bounded++
			break
		}
	}
	if bounded < 25 {
		t.Errorf("only %d lists were asked for wrong pages", bounded)
	}
	if long < 15 {
		t.Errorf("only %d lists had more than one entry", long)
	}

	// A cursor of another list, or one that was typed, is refused with what to do.
	sort.Strings(cursors)
	refused := 0
	for _, cursor := range append(slices.Compact(cursors), "abc", "%%%", strings.Repeat("A", 599)) {
		status, _, body := send(t, c.as("training_admin"), http.MethodGet, "/api/v1/courses?after="+url.QueryEscape(cursor), "", "")
		if status == http.StatusOK && regexp.MustCompile(`^bGlzdENvdXJzZX`).MatchString(cursor) { // "listCourses"
			continue
		}
		if status != 422 || !strings.Contains(string(body), "halaman pertama") {
			t.Errorf("cursor %s: %d %s", cursor, status, body)
		}
		refused++
	}
	if refused < 10 {
		t.Errorf("only %d cursors were tried", refused)
	}
}
