package courses_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

func folder(t *testing.T, code string) *exchange.Draft {
	t.Helper()
	d, report := exchange.ReadFolder(context.Background(), os.DirFS(filepath.Join("..", "demo", "courses", code)))
	must(t, report.Err())
	return d
}

// The demo courses go through the importer an admin uses, and can be taken: read, fail, pass.
func TestImportTheDemoCourses(t *testing.T) {
	w := newWorld(t)
	for _, code := range []string{"APEL-103", "APEL-104", "APEL-202"} {
		t.Run(code, func(t *testing.T) {
			w.TB = t
			d := folder(t, code)
			dry, err := w.Import(ctx, admin, courses.ImportInput{Draft: d, Publish: true, DryRun: true})
			must(t, err)
			if !dry.New || dry.Published || dry.Items < 30 {
				t.Fatalf("dry run %+v", dry)
			}
			if _, err := w.Course(ctx, admin, code); faults.KindOf(err) != faults.NotFound {
				t.Fatal("a dry run wrote something", err)
			}
			one, err := w.Import(ctx, admin, courses.ImportInput{Draft: d, Publish: true})
			must(t, err)
			if one.Version != code+".1" || !one.Published || one.Unchanged {
				t.Fatalf("import %+v", one)
			}
			writes, _ := w.engine.Commits()
			again, err := w.Import(ctx, admin, courses.ImportInput{Draft: folder(t, code), Publish: true})
			must(t, err)
			if now, _ := w.engine.Commits(); now != writes || !again.Unchanged || again.Version != one.Version {
				t.Fatalf("the same again: %+v, %d writes", again, now-writes)
			}
			w.takeImported(code)
		})
	}
	w.TB = t
	list, _, err := w.Catalogue(ctx, ani, courses.CatalogueFilter{})
	must(t, err)
	if len(list) != 3 {
		t.Fatalf("%d courses", len(list))
	}
}

// takeImported goes through a course as a learner, answering by the key only an author sees.
func (w *world) takeImported(code string) {
	w.Helper()
	e, err := w.Enrol(ctx, ani, courses.EnrolInput{Course: code})
	must(w, err)
	v, err := w.Version(ctx, ani, e.Version)
	must(w, err)
	for {
		p, err := w.Progress(ctx, ani, e.ID)
		must(w, err)
		if p.Next == nil {
			break
		}
		if p.Next.Kind == "lesson" {
			ref, _ := v.Content.Lesson(p.Next.Code)
			l, err := w.OpenLesson(ctx, ani, e.ID, p.Next.Code)
			must(w, err)
			if ref.Seconds < 60 || ref.Seconds > 15*60 || len(l.HTML) < 500 || len(l.HTML) > 60_000 {
				w.Fatalf("lesson %s: %d s, %d bytes", ref.Code, ref.Seconds, len(l.HTML))
			}
			w.clock.pass(minute)
			for range 10 {
				w.clock.pass(minute)
				st, err := w.Read(ctx, ani, e.ID, p.Next.Code, true)
				must(w, err)
				if st.Done {
					break
				}
			}
			continue
		}
		f, err := w.Start(ctx, ani, e.ID, p.Next.Code)
		must(w, err)
		q, _ := v.Content.Quiz(p.Next.Code)
		if len(f.Items) != q.Count() {
			w.Fatalf("%d items on the form, want %d", len(f.Items), q.Count())
		}
		keys := map[string]grading.Item{}
		items, err := w.Items(ctx, author, e.Version, q.Bank)
		must(w, err)
		for _, it := range items {
			keys[it.ID] = it
		}
		given := map[string]grading.Answer{}
		if f.Kind == courses.PostTest && f.Ordinal == 2 {
			for _, it := range f.Items {
				given[it.Item] = right(w, keys[it.Item], it)
			}
		}
		_, err = w.Submit(ctx, ani, f.Attempt, given, 0)
		must(w, err)
		w.chain()
		r, err := w.Review(ctx, ani, f.Attempt)
		must(w, err)
		if want := f.Kind == courses.PostTest && f.Ordinal == 2; r.Passed != want || want && r.Score != 100_000 {
			w.Fatalf("%s attempt %d: %d, passed %v", f.Quiz, f.Ordinal, r.Score, r.Passed)
		}
	}
	_, err = w.TestOnlyCompleted(ctx, e.ID)
	must(w, err)
}

const minute = 60_000_000_000

// right is the answer with the full mark: what the form shows is matched to the key by its text.
func right(w *world, it grading.Item, shown courses.ItemView) grading.Answer {
	w.Helper()
	if len(shown.Choices) > 0 {
		var a grading.Answer
		for _, c := range shown.Choices {
			for n, o := range it.Options {
				text := string(courses.TestOnlyLine(o.Text))
				if it.Type == grading.TrueFalse {
					text = []string{"Benar", "Salah"}[n]
				}
				if text == string(c.HTML) && o.Mark > 0 {
					a.Choices = append(a.Choices, c.ID)
				}
			}
		}
		return a
	}
	for _, o := range it.Options {
		if o.Mark == grading.Full {
			return grading.Answer{Text: o.Text}
		}
	}
	w.Fatalf("item %s has no right answer", it.ID)
	return grading.Answer{}
}

// An import that may not be published changes nothing; a draft somebody is writing is not written over; a crash in the middle is mended by importing again.
func TestImportIsRefusedWhole(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		a      access.Actor
		change func(d *exchange.Draft)
		want   faults.Kind
		says   string
	}{
		"too few minutes":        {admin, func(d *exchange.Draft) { d.Minutes = map[string]int{"lessons": 60} }, faults.Invalid, "minutes"},
		"a prerequisite missing": {admin, func(d *exchange.Draft) { d.Prerequisites = []string{"APEL-999"} }, faults.Invalid, "APEL-999"},
		"an unknown competency":  {admin, func(d *exchange.Draft) { d.Targets[0].Competency = "T.77" }, faults.Invalid, "T.77"},
		"a wrong item":           {admin, func(d *exchange.Draft) { d.Banks[0].Items[3].Stem = "" }, faults.Invalid, "bank.gift:items[3].stem"},
		"a picture":              {admin, func(d *exchange.Draft) { d.Pictures = make([]exchange.Picture, 1) }, faults.Invalid, "bukan gambar"},
		"a learner":              {ani, func(d *exchange.Draft) {}, faults.Forbidden, ""},
		"an author, publishing":  {author, func(d *exchange.Draft) {}, faults.Forbidden, ""},
	} {
		d := folder(t, "APEL-103")
		c.change(d)
		before, _ := w.engine.Commits()
		_, err := w.Import(ctx, c.a, courses.ImportInput{Draft: d, Publish: true})
		if err == nil || faults.KindOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.says != "" {
			says(t, err, c.says)
		}
		if after, _ := w.engine.Commits(); after != before {
			t.Errorf("%s: %d writes", name, after-before)
		}
	}
	one, err := w.Import(ctx, author, courses.ImportInput{Draft: folder(t, "APEL-103")}) // an author may bring a draft
	must(t, err)
	if one.Published {
		t.Fatal("published")
	}
	d := folder(t, "APEL-103")
	d.Title = "Judul baru"
	two, err := w.Import(ctx, admin, courses.ImportInput{Draft: d, Publish: true}) // the import before is replaced
	must(t, err)
	if two.Version != one.Version {
		t.Fatalf("versions %s and %s", one.Version, two.Version)
	}
	c, err := w.Course(ctx, ani, "APEL-103")
	must(t, err)
	if c.Card.Title.ID != "Judul baru" {
		t.Fatal(c.Card.Title)
	}
	v, err := w.NewDraft(ctx, author, "APEL-103")
	must(t, err)
	_, err = w.Import(ctx, admin, courses.ImportInput{Draft: folder(t, "APEL-103"), Publish: true})
	is(t, err, faults.Conflict)
	must(t, w.Discard(ctx, author, v.ID, "tidak jadi"))
	three, err := w.Import(ctx, admin, courses.ImportInput{Draft: folder(t, "APEL-103"), Publish: true})
	must(t, err)
	if three.Version != "APEL-103.3" {
		t.Fatal(three.Version)
	}
}

// One course is read at a time, a few wait, the others are told so; who goes away waits no longer.
func TestOneCourseIsReadAtATime(t *testing.T) {
	w := newWorld(t)
	if _, _, err := w.ReadZip(ctx, ani, strings.NewReader("")); !errors.Is(err, faults.Forbidden) {
		t.Error("a learner:", err)
	}
	slow, feed := io.Pipe()
	gone, leave := context.WithCancel(ctx)
	results := make(chan error, 6)
	for range 6 {
		go func() {
			_, _, err := w.ReadZip(gone, admin, slow)
			results <- err
		}()
	}
	for range 2 {
		if err := <-results; faults.KindOf(err) != faults.TooMany {
			t.Fatal("no refusal:", err)
		}
	}
	leave()
	for range 3 {
		if err := <-results; !errors.Is(err, context.Canceled) {
			t.Fatal("waited on:", err)
		}
	}
	feed.Close()
	if err := <-results; !errors.Is(err, faults.Invalid) {
		t.Fatal(err)
	}
	if _, _, err := w.ReadZip(ctx, admin, strings.NewReader("no zip")); !errors.Is(err, faults.Invalid) {
		t.Fatal("the turn was not given on:", err)
	}
}

// Whatever way a text comes, one that the parser would chew on for minutes is refused, and an older one is shown as it was written.
func TestHardMarkdownIsRefusedEverywhere(t *testing.T) {
	w := newWorld(t)
	hard := strings.Repeat("*a_", 20_000)
	_, err := w.Import(ctx, author, courses.ImportInput{Draft: folder(t, "APEL-103")})
	must(t, err)
	v, err := w.Version(ctx, author, "APEL-103.1")
	must(t, err)
	_, err = w.WriteLesson(ctx, author, v.ID, v.Revision, courses.LessonText{Code: "HARD", Minutes: 5, Markdown: "# Judul\n\n" + hard})
	is(t, err, faults.Invalid)
	says(t, err, "Baris 3")
	for field, change := range map[string]func(*grading.Item){
		"stem":                func(it *grading.Item) { it.Stem = hard },
		"general":             func(it *grading.Item) { it.General = hard },
		"options[0].feedback": func(it *grading.Item) { it.Options[0].Feedback = hard },
	} {
		items := folder(t, "APEL-103").Banks[0].Items
		change(&items[0])
		_, err = w.WriteBank(ctx, author, v.ID, v.Revision, "bank", items)
		is(t, err, faults.Invalid)
		says(t, err, "items[0]."+field)
	}
	if got := courses.TestOnlyLine(hard); string(got) != hard {
		t.Errorf("an old text is shown as %.50q", got)
	}
}
