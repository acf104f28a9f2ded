package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
	"github.com/apelkota/apel/internal/access"
)

// sends is what a browser would send of the form that holds a field, without its buttons.
func sends(t testing.TB, page, field string) url.Values {
	t.Helper()
	doc := must[*html.Node](t)(html.Parse(strings.NewReader(page)))
	out := url.Values{}
	for _, form := range cascadia.QueryAll(doc, cascadia.MustCompile("form")) {
		if cascadia.Query(form, cascadia.MustCompile(`[name="`+field+`"]`)) == nil {
			continue
		}
		for _, n := range cascadia.QueryAll(form, cascadia.MustCompile("input[name], textarea[name], select[name]")) {
			name := attr(n, "name")
			switch kind := attr(n, "type"); {
			case n.Data == "select":
				for _, o := range cascadia.QueryAll(n, cascadia.MustCompile("option[selected]")) {
					out.Add(name, attr(o, "value"))
				}
			case n.Data == "textarea":
				if n.FirstChild != nil {
					out.Add(name, n.FirstChild.Data)
				}
			case (kind == "checkbox" || kind == "radio") && cascadia.Query(n.Parent, cascadia.MustCompile(`input[name="`+name+`"][value="`+attr(n, "value")+`"][checked]`)) == nil, kind == "file":
			default:
				out.Add(name, attr(n, "value"))
			}
		}
		return out
	}
	t.Fatalf("no form asks for %s", field)
	return nil
}

// Every type has its pages: the form shows an item, previews it with a control to answer by, and stores it unchanged; its page lets it be tried. What happens to it afterwards:
// TestEveryTypeIsComplete in package courses.
func TestEveryTypeHasItsPages(t *testing.T) {
	r := newRig(t)
	ctx, system := context.Background(), access.System("test")
	boss := r.visitor()
	boss.enters(trainingAdmin)
	v := must[courses.VersionDoc](t)(r.Admin.Courses.NewDraft(ctx, system, "APEL-104"))
	samples := gradingtest.Samples()
	for i := range samples {
		samples[i].Objective = "104.1"
	}
	must[courses.VersionDoc](t)(r.Admin.Courses.TakeItems(ctx, system, v.ID, 0, "semua", samples, true))
	seen := map[grading.Type]bool{}
	for i, was := range must[[]grading.Item](t)(r.Admin.Courses.Items(ctx, system, v.ID, "semua")) {
		at := bankURL(v, "semua", "soal", was.Code)
		controls := func(page, where string) {
			t.Helper()
			doc := must[*html.Node](t)(html.Parse(strings.NewReader(page)))
			if len(cascadia.QueryAll(doc, cascadia.MustCompile(`[name^="answer."], input[type="file"]`))) == 0 && !strings.Contains(page, "field-upload") {
				t.Errorf("%s: the %s has nothing to answer by", was.Type, where)
			}
		}
		page := boss.get(at+"/ubah").want(t, http.StatusOK)
		values := sends(t, page.body, "stem")
		values.Set("go", "preview")
		controls(boss.post(at+"/ubah", values).want(t, http.StatusOK).body, "preview")
		values.Set("go", "save")
		if x := boss.post(at+"/ubah", values); x.status != http.StatusSeeOther {
			t.Errorf("%s: saved unchanged it answers %d: %.600s", was.Type, x.status, plainText(x.body))
			continue
		}
		now := must[[]grading.Item](t)(r.Admin.Courses.Items(ctx, system, v.ID, "semua"))[i]
		if d := grading.Differences(was, now); len(d) > 0 {
			t.Errorf("%s: saved unchanged it differs: %+v", was.Type, d)
		}
		page = boss.get(at).want(t, http.StatusOK)
		controls(page.body, "page")
		boss.post(at, url.Values{"act": {"try"}, "item": {now.ID}}).want(t, http.StatusOK)
		seen[was.Type] = true
	}
	for _, k := range grading.Kinds() {
		if !seen[k.Name()] {
			t.Errorf("%s has no sample", k.Name())
		}
	}
}
