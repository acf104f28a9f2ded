package courses_test

import (
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
)

// Each reason not to publish is named, with its numbers, and nothing is published.
func TestPublishingIsRefused(t *testing.T) {
	w := newWorld(t)
	base := w.course("APEL-101", nil)
	for name, c := range map[string]struct {
		change func(c *courses.Content)
		says   []string
	}{
		"minutes below 90 % of the JP": {func(c *courses.Content) { c.Minutes = map[string]int{"lessons": 60, "practice": 44, "tests": 57} },
			[]string{"minutes", "161", "4 JP", "180", "162", "90%", "Tambah 1 menit"}},
		"an unknown part":           {func(c *courses.Content) { c.Minutes["sleep"] = 100 }, []string{"minutes.sleep", "tidak dikenal"}},
		"no post-test":              {func(c *courses.Content) { c.Quizzes = c.Quizzes[:2] }, []string{"tes akhir"}},
		"a bank that is too small":  {func(c *courses.Content) { c.Quizzes[2].Draw = grading.PerObjective(map[string]int{"9.1": 16}) }, []string{"quizzes[2].draw.9.1", "16", "15"}},
		"an unknown objective":      {func(c *courses.Content) { c.Quizzes[2].Draw = grading.PerObjective(map[string]int{"9.7": 1}) }, []string{"9.7"}},
		"a bank that is not there":  {func(c *courses.Content) { c.Quizzes[2].Bank = "none" }, []string{"quizzes[2].bank"}},
		"too many items for a form": {func(c *courses.Content) { c.Quizzes[2].Draw = grading.PerObjective(map[string]int{"9.1": 41}) }, []string{"paling banyak 40"}},
		"no pass mark":              {func(c *courses.Content) { c.Quizzes[2].PassMark = 0 }, []string{"quizzes[2].pass_mark"}},
		"a post-test without end":   {func(c *courses.Content) { c.Quizzes[2].Minutes = 0 }, []string{"quizzes[2].time_limit_minutes"}},
		"an unknown competency":     {func(c *courses.Content) { c.Card.Targets = []courses.Target{{Competency: "T.99", Level: 2}} }, []string{"targets[0].competency", "T.99"}},
		"a level there is not":      {func(c *courses.Content) { c.Card.Targets = []courses.Target{{Competency: "T.04", Level: 6}} }, []string{"targets[0].level"}},
		"a missing prerequisite":    {func(c *courses.Content) { c.Prerequisites = []string{"APEL-999"} }, []string{"prerequisites[0]", "APEL-999"}},
		"itself as prerequisite":    {func(c *courses.Content) { c.Prerequisites = []string{"APEL-102"} }, []string{"dirinya sendiri"}},
		"no lessons":                {func(c *courses.Content) { c.Lessons = nil }, []string{"lessons"}},
		"no objectives":             {func(c *courses.Content) { c.Objectives = nil }, []string{"objectives"}},
		"the same quiz code twice":  {func(c *courses.Content) { c.Quizzes[1].Code = "pretest" }, []string{"quizzes[1].code", "dua kali"}},
	} {
		t.Run(name, func(t *testing.T) {
			w.TB = t
			code := "APEL-102"
			if _, err := w.NewCourse(ctx, author, code, base.Content.Card); err != nil {
				is(t, err, faults.Invalid) // there from the case before
			}
			v, err := w.NewDraft(ctx, author, code)
			must(t, err)
			v, err = w.WriteLesson(ctx, author, v.ID, v.Revision, courses.LessonText{Code: "L1", Title: text("satu"), Markdown: lessonText})
			must(t, err)
			v, err = w.WriteBank(ctx, author, v.ID, v.Revision, "bank", bank("B", 30))
			must(t, err)
			v, err = w.WriteBank(ctx, author, v.ID, v.Revision, "pre", bank("P", 6))
			must(t, err)
			content := content()
			content.Lessons, content.Banks, content.Quizzes = v.Content.Lessons, v.Content.Banks, quizzes()
			c.change(&content)
			v, err = w.Revise(ctx, author, v.ID, v.Revision, content)
			must(t, err)
			_, err = w.Publish(ctx, author, v.ID)
			is(t, err, faults.Forbidden) // authors write, training admins publish
			_, err = w.Publish(ctx, admin, v.ID)
			is(t, err, faults.Invalid)
			says(t, err, c.says...)
			got, err := w.Course(ctx, author, code)
			must(t, err)
			if got.Head != "" {
				t.Fatal("it was published")
			}
			must(t, w.Discard(ctx, author, v.ID, "salah"))
		})
	}
	w.TB = t
	_, err := w.Course(ctx, ani, "APEL-102")
	is(t, err, faults.NotFound) // never published
}

func TestExactlyNinetyPercentIsEnough(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-101", func(c *courses.Content) { c.Minutes = map[string]int{"lessons": 60, "practice": 44, "tests": 58} }) // 162 of 180
}

// A published version never changes; who is in the middle of it stays there while others get the next one.
func TestVersionsAreFrozen(t *testing.T) {
	w := newWorld(t)
	one := w.course("APEL-109", nil)
	e := w.prepare(ani, "APEL-109")
	f, err := w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	for name, err := range map[string]error{
		"lesson": func() error {
			_, err := w.WriteLesson(ctx, author, one.ID, 0, courses.LessonText{Code: "L1", Markdown: "baru"})
			return err
		}(),
		"bank": func() error { _, err := w.WriteBank(ctx, author, one.ID, 0, "bank", bank("B", 30)); return err }(),
		"card": func() error { _, err := w.Revise(ctx, author, one.ID, 0, one.Content); return err }(),
		"away": w.Discard(ctx, author, one.ID, "x"),
	} {
		if faults.KindOf(err) != faults.Conflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	items := bank("B", 30)
	items[0].Stem = "Soal diperbaiki?"
	v, err := w.NewDraft(ctx, author, "APEL-109")
	must(t, err)
	same, err := w.NewDraft(ctx, author, "APEL-109")
	must(t, err)
	if v.ID != "APEL-109.2" || same.ID != v.ID {
		t.Fatalf("drafts %s and %s", v.ID, same.ID)
	}
	v, err = w.WriteBank(ctx, author, v.ID, v.Revision, "bank", items)
	must(t, err)
	_, err = w.WriteBank(ctx, author, v.ID, same.Revision, "bank", items)
	is(t, err, faults.Conflict) // a second author with an old page
	for range 2 {
		_, err = w.Publish(ctx, admin, v.ID)
		must(t, err)
	}
	w.chain()
	after, err := w.Items(ctx, author, v.ID, "bank")
	must(t, err)
	versions := 0
	for _, it := range after {
		versions += it.Version
	}
	if versions != 31 || after[0].Version != 2 {
		t.Fatalf("versions add up to %d, the changed item has %d", versions, after[0].Version)
	}
	again, err := w.Form(ctx, ani, f.Attempt)
	must(t, err)
	for i := range f.Items {
		if f.Items[i].Stem != again.Items[i].Stem {
			t.Fatal("editing touched a started attempt")
		}
	}
	other, err := w.Enrol(ctx, budi, courses.EnrolInput{Course: "APEL-109"})
	must(t, err)
	if other.Version != v.ID || e.Version != one.ID {
		t.Fatalf("versions %s and %s", e.Version, other.Version)
	}
	c, err := w.Course(ctx, ani, "APEL-109")
	must(t, err)
	if c.Head != v.ID || c.Draft != "" || c.Number != 2 {
		t.Fatalf("head %+v", c)
	}
}

// The head is moved by a step of its own, so a crash between the two writes of publishing is mended.
func TestPublishingSurvivesACrash(t *testing.T) {
	w := newWorld(t)
	one := w.course("APEL-109", nil)
	v, err := w.NewDraft(ctx, author, "APEL-109")
	must(t, err)
	_, err = w.Publish(ctx, admin, v.ID)
	must(t, err)
	must(t, w.Head(ctx, one.ID)) // an old step that comes late moves nothing back
	c, err := w.Course(ctx, ani, "APEL-109")
	must(t, err)
	if c.Head != v.ID {
		t.Fatalf("head is %s", c.Head)
	}
}

func TestMistakesInItemsAreNamed(t *testing.T) {
	w := newWorld(t)
	_, err := w.NewCourse(ctx, author, "APEL-109", content().Card)
	must(t, err)
	v, err := w.NewDraft(ctx, author, "APEL-109")
	must(t, err)
	items := bank("B", 4)
	items[1].Options[1].Mark = 0
	items[2].Code = items[0].Code
	items[3].Stem = ""
	_, err = w.WriteBank(ctx, author, v.ID, v.Revision, "bank", items)
	is(t, err, faults.Invalid)
	says(t, err, "items[1]", "items[2].code", "items[3].stem")
	_, err = w.WriteBank(ctx, ani, v.ID, v.Revision, "bank", bank("B", 4))
	is(t, err, faults.Forbidden)
	after, err := w.Version(ctx, author, v.ID)
	must(t, err)
	if len(after.Content.Banks) != 0 {
		t.Fatal("a bank with mistakes became visible")
	}
	var many []grading.Item
	for range 1001 {
		many = append(many, items[0])
	}
	_, err = w.WriteBank(ctx, author, v.ID, v.Revision, "bank", many)
	is(t, err, faults.TooLarge)
}

// What an author pastes cannot run in a reader's browser.
func TestLessonsAreSafe(t *testing.T) {
	w := newWorld(t)
	evil := "# Judul\n\nBaca **ini**.\n\n<script>alert(1)</script>\n\n[klik](javascript:alert(1)) [baik](https://example.org)\n\n<img src=x onerror=alert(1)>\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> **Coba jawab:** apa?\n"
	w.course("APEL-109", func(c *courses.Content) {})
	v, err := w.NewDraft(ctx, author, "APEL-109")
	must(t, err)
	_, err = w.WriteLesson(ctx, author, v.ID, v.Revision, courses.LessonText{Code: "L1", Title: text("Judul"), Markdown: evil + "\n![x](https://evil.example/x.png)\n"})
	is(t, err, faults.Invalid) // a picture from elsewhere tells its host who reads
	v, err = w.WriteLesson(ctx, author, v.ID, v.Revision, courses.LessonText{Code: "L1", Title: text("Judul"), Markdown: evil})
	must(t, err)
	_, err = w.Publish(ctx, admin, v.ID)
	must(t, err)
	e, err := w.Enrol(ctx, ani, courses.EnrolInput{Course: "APEL-109"})
	must(t, err)
	f, err := w.Start(ctx, ani, e.ID, "pretest")
	must(t, err)
	_, err = w.Submit(ctx, ani, f.Attempt, nil, 0)
	must(t, err)
	l, err := w.OpenLesson(ctx, ani, e.ID, "L1")
	must(t, err)
	html := string(l.HTML)
	for _, bad := range []string{"script", "javascript", "onerror", "<img", "evil", "<h1"} {
		if strings.Contains(html, bad) {
			t.Errorf("the lesson contains %q: %s", bad, html)
		}
	}
	for _, good := range []string{"<strong>ini</strong>", "<table>", "<blockquote>", `href="https://example.org"`, "nofollow"} {
		if !strings.Contains(html, good) {
			t.Errorf("the lesson lacks %q: %s", good, html)
		}
	}
}

func TestCatalogue(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-101", nil)
	w.course("APEL-104", func(c *courses.Content) {
		c.Card.Title, c.Card.Kind, c.Card.Track, c.Card.Values = text("Pelayanan Prima"), courses.Managerial, "operator", []string{"melayani", "kompeten"}
		c.Card.Targets = []courses.Target{{Competency: "M.01", Level: 1}}
	})
	_, err := w.NewCourse(ctx, author, "APEL-999", content().Card)
	must(t, err)
	for name, c := range map[string]struct {
		f    courses.CatalogueFilter
		want string
	}{
		"everything":    {courses.CatalogueFilter{}, "APEL-101 APEL-104"},
		"by word":       {courses.CatalogueFilter{Words: "PRIMA"}, "APEL-104"},
		"by two words":  {courses.CatalogueFilter{Words: "tanpa pungli"}, "APEL-101"},
		"by code":       {courses.CatalogueFilter{Words: "101"}, "APEL-101"},
		"by kind":       {courses.CatalogueFilter{Kind: courses.Managerial}, "APEL-104"},
		"by track":      {courses.CatalogueFilter{Track: "dasar"}, "APEL-101"},
		"by value":      {courses.CatalogueFilter{Value: "melayani"}, "APEL-104"},
		"by competency": {courses.CatalogueFilter{Competency: "T.04"}, "APEL-101"},
		"by two":        {courses.CatalogueFilter{Track: "dasar", Value: "melayani"}, ""},
		"with drafts":   {courses.CatalogueFilter{Drafts: true}, "APEL-101 APEL-104 APEL-999"},
	} {
		who := ani
		if c.f.Drafts {
			who = author
		}
		list, _, err := w.Catalogue(ctx, who, c.f)
		must(t, err)
		var codes []string
		for _, x := range list {
			codes = append(codes, x.Code)
		}
		if strings.Join(codes, " ") != c.want {
			t.Errorf("%s: %v, want %s", name, codes, c.want)
		}
	}
	_, _, err = w.Catalogue(ctx, ani, courses.CatalogueFilter{Drafts: true})
	is(t, err, faults.Forbidden)
	one, next, err := w.Catalogue(ctx, ani, courses.CatalogueFilter{Limit: 1})
	must(t, err)
	two, end, err := w.Catalogue(ctx, ani, courses.CatalogueFilter{Limit: 1, After: next})
	must(t, err)
	if one[0].Code != "APEL-101" || two[0].Code != "APEL-104" || !end.Zero() {
		t.Errorf("pages %v %v %v", one, two, end)
	}
	must(t, w.CloseCourse(ctx, admin, "APEL-104", true, "diganti"))
	_, err = w.Enrol(ctx, ani, courses.EnrolInput{Course: "APEL-104"})
	is(t, err, faults.Conflict)
	list, _, err := w.Catalogue(ctx, ani, courses.CatalogueFilter{})
	must(t, err)
	if len(list) != 1 {
		t.Errorf("a closed course is listed: %v", list)
	}
}
