package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
	"github.com/apelkota/apel/internal/access"
)

// An item of each type goes through its form and comes out as it was: the form has a place for everything a type knows.
func TestItemFormKeepsEveryType(t *testing.T) {
	gin.SetMode(gin.TestMode)
	seen := map[grading.Type]bool{}
	for _, it := range gradingtest.Samples() {
		if grading.Hinted(it.Type) {
			it.Hints = []string{"Ingat *urutan*\nmelayani", "Mulai dari sapaan"}
		}
		seen[it.Type] = true
		e, ok := grading.EditOf(it.Type)
		if !ok {
			t.Fatalf("no editor for %s", it.Type)
		}
		form := NewForm(itemValues(it, e))
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		c.Request = httptest.NewRequest(http.MethodGet, "/", nil)
		f := &itemForm{w: nil, c: c, form: &form}
		got := f.read(it.Type, e)
		got.Code = it.Code
		if d := grading.Differences(it, got); len(d) > 0 || !form.OK() || !reflect.DeepEqual(got, it) {
			t.Errorf("%s: %+v %+v\n got %+v\nwant %+v", it.Type, d, form.Errors, got, it)
		}
	}
	for _, k := range grading.Kinds() {
		if !seen[k.Name()] {
			t.Errorf("no sample of %s", k.Name())
		}
	}
}

var itemVersionField = regexp.MustCompile(`name="version" value="([^"]+)"`)

// An author writes an item by its form, with a row more and a preview before, sees it refused with what was typed, and a reviewer approves it; the list finds it.
func TestAnItemIsWrittenByForms(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	boss := r.enter(trainingAdmin)
	v, err := r.Admin.Courses.NewDraft(ctx, access.System("test"), "APEL-103")
	check(t, err)
	objective := v.Content.Objectives[0].Code
	at := versionURL(v.ID, v.Course, v.Number, "bank", v.Content.Banks[0].Code)
	status, text := r.get(boss, at+"/baru")
	for _, k := range grading.Kinds() {
		if !strings.Contains(text, "?jenis="+string(k.Name())) {
			t.Errorf("%d: %s is not offered", status, k.Name())
		}
		status, page := r.get(boss, at+"/baru?jenis="+string(k.Name()))
		if status != http.StatusOK || !strings.Contains(page, `name="stem"`) {
			t.Errorf("the form of %s: %d", k.Name(), status)
		}
	}
	_, page := r.get(boss, at+"/baru?jenis=single")
	values := url.Values{"type": {"single"}, "revision": {fieldOf(t, page, revisionField)}, "stem": {"Apa yang *pertama* diucapkan?"}, "objective": {objective}, "o": {"4"}, "o0.text": {"Selamat pagi"}, "o1.text": {"Ada apa?"}, "o2.text": {"Antre"}, "o3.text": {""}, "go": {"add:o"}}
	status, _, page = r.post(boss, at+"/baru", values)
	if status != http.StatusOK || !strings.Contains(page, `name="o4.text"`) || !strings.Contains(page, `id="sekarang"`) || !strings.Contains(page, "Ada apa?") {
		t.Fatalf("another row: %d", status)
	}
	values.Set("go", "save")
	status, _, page = r.post(boss, at+"/baru", values)
	if status != http.StatusUnprocessableEntity || !strings.Contains(page, "Belum ada jawaban benar") || !strings.Contains(page, `href="#f-o0-text"`) || !strings.Contains(page, "Antre") {
		t.Fatalf("without a key: %d %.2000s", status, page)
	}
	values.Set("o0.key", "1")
	values.Set("go", "preview")
	status, _, page = r.post(boss, at+"/baru", values)
	if status != http.StatusOK || !strings.Contains(page, "<em>pertama</em>") || !strings.Contains(page, `name="answer.pratinjau"`) {
		t.Fatalf("the preview: %d", status)
	}
	if before, after := r.items(v), r.items(v); len(before) != len(after) {
		t.Fatal("a preview stores")
	}
	had := len(r.items(v))
	values.Set("go", "save")
	status, to, _ := r.post(boss, at+"/baru", values)
	if status != http.StatusSeeOther || !strings.HasPrefix(to, at+"/soal/") {
		t.Fatalf("stored: %d %s", status, to)
	}
	items := r.items(v)
	last := items[len(items)-1]
	if len(items) != had+1 || len(last.Options) != 3 || last.Options[0].Mark != grading.Full || last.Objective != objective {
		t.Fatalf("%d items, %+v", len(items), last)
	}
	if status, _, _ = r.post(boss, to+"/ubah", values); status != http.StatusConflict { // with the revision of the page before
		t.Errorf("a stale form: %d", status)
	}
	status, _, page = r.post(boss, to, url.Values{"act": {"try"}, "item": {last.ID}, "answer." + last.ID: {"b"}})
	if status != http.StatusOK || !strings.Contains(page, "Jawaban benar") {
		t.Errorf("tried: %d", status)
	}
	_, page = r.get(boss, to)
	if status, _, _ = r.post(boss, to, url.Values{"act": {"ask"}, "version": {fieldOf(t, page, itemVersionField)}}); status != http.StatusSeeOther {
		t.Errorf("asked for a review: %d", status)
	}
	if status, _, _ = r.post(boss, to, url.Values{"act": {"approve"}, "version": {fieldOf(t, page, itemVersionField)}}); status != http.StatusForbidden {
		t.Errorf("who wrote it approves it: %d", status)
	}
	_, page = r.get(boss, at+"?telaah=in_review")
	if strings.Count(page, "/soal/") != 1 || !strings.Contains(page, "pertama") {
		t.Errorf("the list of what is in review has %d items", strings.Count(page, "/soal/"))
	}
	_, page = r.get(boss, to+"/ubah")
	if !strings.Contains(page, "Selamat pagi") {
		t.Error("the form of a stored item is empty")
	}
	if status, where, _ := r.post(boss, to, url.Values{"act": {"copy"}, "revision": {fieldOf(t, page, revisionField)}}); status != http.StatusSeeOther || !strings.HasSuffix(where, "/ubah") {
		t.Errorf("copied: %d %s", status, where)
	}
	_, page = r.get(boss, to)
	if !strings.Contains(page, "Hampir sama dengan") {
		t.Error("the copy is not named as nearly the same")
	}
	if status, _, _ := r.post(boss, to, url.Values{"act": {"delete"}, "revision": {fieldOf(t, page, revisionField)}}); status != http.StatusSeeOther || len(r.items(v)) != had+1 {
		t.Errorf("deleted: %d, %d items", status, len(r.items(v)))
	}
}

// A blueprint is written by its table; what the bank cannot fill is said.
func TestABlueprintIsWritten(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	boss := r.enter(trainingAdmin)
	v, err := r.Admin.Courses.NewDraft(ctx, access.System("test"), "APEL-103")
	check(t, err)
	q := v.Content.Quizzes[len(v.Content.Quizzes)-1]
	o := v.Content.Objectives[0].Code
	at := versionURL(v.ID, v.Course, v.Number, "tes", q.Code, "kisi-kisi")
	status, page := r.get(boss, at)
	if status != http.StatusOK || !strings.Contains(page, `name="draw.`+o+`/sulit"`) {
		t.Fatalf("%d", status)
	}
	values := url.Values{"revision": {fieldOf(t, page, revisionField)}, "draw." + o + "/mudah": {"1"}, "draw." + o: {"2"}, "draw." + o + "/sulit": {"40"}}
	if status, _, page = r.post(boss, at, values); status != http.StatusUnprocessableEntity || !strings.Contains(page, "mengambil 43") {
		t.Fatalf("more than a form holds: %d", status)
	}
	values.Set("draw."+o+"/sulit", "30")
	if status, _, _ = r.post(boss, at, values); status != http.StatusSeeOther {
		t.Fatalf("saved: %d", status)
	}
	if _, page = r.get(boss, at); !strings.Contains(page, "Bank soal belum cukup") || !strings.Contains(page, "tingkat sulit butuh 30 soal") {
		t.Error("the short cell is not named")
	}
	got, err := r.Admin.Courses.Version(ctx, access.System("test"), v.ID)
	check(t, err)
	stored, _ := got.Content.Quiz(q.Code)
	want := grading.Blueprint{{Objective: o, Difficulty: grading.Easy}: 1, {Objective: o}: 2, {Objective: o, Difficulty: grading.Hard}: 30}
	if !reflect.DeepEqual(stored.Draw, want) {
		t.Errorf("%+v", stored.Draw)
	}
}

func (r *rig) items(v courses.VersionDoc) []grading.Item {
	r.t.Helper()
	items, err := r.Admin.Courses.Items(context.Background(), access.System("test"), v.ID, v.Content.Banks[0].Code)
	check(r.t, err)
	return items
}

// The key of an item of each type has a form: sent back as it came it is the same key, what takers saw is not asked, and what was touched is another key.
func TestCorrectionFormKnowsEveryType(t *testing.T) {
	gin.SetMode(gin.TestMode)
	touched := map[string]url.Values{
		"S-A": {"o0.key": nil, "o2.key": {"1"}}, "S-B": {"o0.key": nil}, "S-C": {"o0.key": nil, "o1.key": {"1"}}, "S-D": {"o1.key": nil, "o0.key": {"1"}}, "S-E": {"o0.text": {"17,5"}}, "S-F": {"o": {"4"}, "o3.text": {"SPO"}},
		"S-G": {"p2.right": {"c"}}, "S-H": {"o0.place": {"3"}, "o2.place": {"1"}}, "S-I": {"p1.o0.text": {"Cimahi"}}, "S-J": {"p0.o0.key": nil, "p0.o1.key": {"1"}}, "S-K": {"o0.expert": {"1,0"}}, "S-L": {"p0.o1.mark": {"100"}},
		"S-M": {"r0.weight": {"1"}}, "S-N": {"r0.l1.mark": {"25"}},
	}
	fixed := map[string][]string{"S-A": {"o0.text", "o"}, "S-G": {"o0.text", "p0.text", "p"}, "S-H": {"o1.text"}, "S-I": {"p0.o0.text", "p0.o", "p1.type"}, "S-K": {"scoring", "o0.text"}, "S-L": {"p0.o0.next", "p0.o0.minutes", "p0.text", "p1.o0.text"}, "S-M": {"r", "r0.l"}}
	open := map[string][]string{"S-E": {"o0.text", "o", "o0.tolerance", "units"}, "S-F": {"exact"}, "S-H": {"scoring", "o0.feedback"}, "S-I": {"p1.o0.text", "p1.o", "p2.units"}, "S-J": {"scoring"}, "S-L": {"p0.o0.feedback", "p0.o0.mark"}, "S-M": {"r0.text", "r0.l0.text"}}
	for _, it := range gradingtest.Samples() {
		it.ID = "x." + it.Code + ".1"
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		c.Request = httptest.NewRequest(http.MethodGet, "/", nil)
		k := (*admin)(nil).correction(c, it)
		for _, name := range fixed[it.Code] {
			if !k.locked(name) {
				t.Errorf("%s: %s may be corrected", it.Type, name)
			}
		}
		for _, name := range open[it.Code] {
			if k.locked(name) {
				t.Errorf("%s: %s may not be corrected", it.Type, name)
			}
		}
		form := k.start()
		if key, _ := k.read(&form); !key.Same(it.AnswerKey()) || !form.OK() {
			t.Errorf("%s: %+v %+v", it.Type, key, form.Errors)
		}
		form = k.start()
		for name, v := range touched[it.Code] {
			if k.locked(name) {
				t.Errorf("%s: %s is no control", it.Type, name)
			}
			form.Values[name] = v
		}
		key, _ := k.read(&form)
		if _, err := grading.Rekey(it, key, 2); err != nil || key.Same(it.AnswerKey()) || !form.OK() {
			t.Errorf("%s: %v %+v %+v", it.Type, err, key, form.Errors)
		}
		form = k.start()
		if it.Type != grading.Numeric {
			form.Values.Set("o0.text", "lain")
		}
		form.Values.Set("p0.text", "lain")
		key, _ = k.read(&form)
		if _, err := grading.Rekey(it, key, 2); err != nil {
			t.Errorf("%s: words that takers saw are taken from a form: %v", it.Type, err)
		}
	}
}
