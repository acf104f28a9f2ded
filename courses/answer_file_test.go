package courses_test

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

const report = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\n0000000000 65535 f \ntrailer<</Size 1>>\nstartxref\n43\n%%EOF\n"

// handIns publishes a course whose post-test asks for files (at most two, PDF or a photo, 1 MB each) and two choices; a choice and half the rubric pass.
func (w *world) handIns(code string, marking courses.QuizMarking) courses.VersionDoc {
	w.Helper()
	return w.marked(code, marking, grading.Item{Code: "U1", Type: "upload", Objective: "9.2", Stem: "Unggah laporan.", Limit: 2, Files: []string{"pdf", "jpg"}, Size: 1, Rubric: rubric()})
}

func named(f courses.FormView, ask grading.Ask) courses.ItemView {
	i := slices.IndexFunc(f.Items, func(it courses.ItemView) bool { return it.Ask == ask })
	return f.Items[i]
}

func file(name, content string) courses.FileInput {
	return courses.FileInput{Name: name, Content: strings.NewReader(content)}
}

func contentOf(t testing.TB, r courses.Received, err error) string {
	t.Helper()
	must(t, err)
	defer r.File.Close()
	b, err := io.ReadAll(r.File)
	must(t, err)
	return string(b)
}

// own is the content of a file of somebody's own answer.
func (w *world) own(a access.Actor, id courses.AttemptID, item string, f grading.File) string {
	w.Helper()
	r, err := w.OwnFile(ctx, a, id, item, courses.FileID(f))
	return contentOf(w, r, err)
}

// kept lists what the room says it names.
func (w *world) kept() (hashes []string) {
	w.Helper()
	must(w, w.Named(ctx, func(h string) { hashes = append(hashes, h) }))
	return hashes
}

// A file goes from its taker to a marker who does not learn its name, and on to the result; it can be replaced and taken back until the end, and what an attempt names is kept.
func TestAnAnswerThatIsAFile(t *testing.T) {
	w := newWorld(t)
	w.handIns("APEL-109", courses.QuizMarking{})
	e := w.prepare(ani, "APEL-109")
	f, err := w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	it := named(f, grading.AskFiles)
	if it.Limit != 2 || it.Size != 1 || strings.Join(it.Kinds, " ") != "pdf jpg" {
		t.Fatalf("asked for %+v", it.FieldView)
	}
	from := courses.Page{Seq: f.Seq}
	saved, err := w.AddFileToAnswer(ctx, ani, f.Attempt, it.Item, file(`C:\Dokumen\Laporan <Ani>  Suryani.PDF`, report), from)
	must(t, err)
	again, err := w.AddFileToAnswer(ctx, ani, f.Attempt, it.Item, file("laporan.pdf", report), from) // the answer to the first got lost
	must(t, err)
	if again.Seq != saved.Seq || saved.Seq != f.Seq+1 {
		t.Errorf("seq %d, then %d", saved.Seq, again.Seq)
	}
	_, err = w.AddFileToAnswer(ctx, ani, f.Attempt, it.Item, file("b.pdf", report+"%2"), from)
	is(t, err, faults.Conflict) // a page that missed the save
	var photo bytes.Buffer
	must(t, jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 30, 20)), nil))
	saved, err = w.AddFileToAnswer(ctx, ani, f.Attempt, it.Item, courses.FileInput{Name: "IMG_1.jpeg", Content: &photo}, courses.Page{Seq: saved.Seq})
	must(t, err)
	_, err = w.AddFileToAnswer(ctx, ani, f.Attempt, it.Item, file("c.pdf", report+"%3"), courses.Page{Seq: saved.Seq})
	is(t, err, faults.Invalid)
	says(t, err, "paling banyak 2")

	// What else is saved leaves the files alone, and no save names a file that was not received here.
	sv, err := w.Save(ctx, ani, f.Attempt, map[string]grading.Answer{it.Item: {}}, saved.Seq)
	must(t, err)
	_, err = w.Save(ctx, ani, f.Attempt, map[string]grading.Answer{it.Item: {Files: []grading.File{{Blob: strings.Repeat("a", 64), Name: "x.pdf"}}}}, sv.Seq)
	is(t, err, faults.Invalid)
	f, err = w.Form(ctx, ani, f.Attempt)
	must(t, err)
	files := named(f, grading.AskFiles).Answer.Files
	if len(files) != 2 || files[0].Name != "Laporan Ani Suryani.pdf" || files[1].Name != "IMG_1.jpg" {
		t.Fatalf("files %+v", files)
	}
	if got := w.own(ani, f.Attempt, it.Item, files[0]); got != report {
		t.Errorf("it came back as %q", got)
	}
	for _, a := range []access.Actor{budi, admin, mira, uadmin} {
		_, err = w.OwnFile(ctx, a, f.Attempt, it.Item, courses.FileID(files[0]))
		is(t, err, faults.NotFound)
		if _, err = w.AddFileToAnswer(ctx, a, f.Attempt, it.Item, file("c.pdf", report), courses.Page{Seq: f.Seq}); !errors.Is(err, faults.NotFound) && !errors.Is(err, faults.Forbidden) {
			t.Errorf("%s adds a file: %v", a.Person, err)
		}
		if _, err = w.RemoveFileFromAnswer(ctx, a, f.Attempt, it.Item, courses.FileID(files[0]), courses.Page{Seq: f.Seq}); !errors.Is(err, faults.NotFound) && !errors.Is(err, faults.Forbidden) {
			t.Errorf("%s removes a file: %v", a.Person, err)
		}
	}
	in := file("d.pdf", report+"%4")
	in.Instead = courses.FileID(files[1])
	saved, err = w.AddFileToAnswer(ctx, ani, f.Attempt, it.Item, in, courses.Page{Seq: f.Seq})
	must(t, err)
	saved, err = w.RemoveFileFromAnswer(ctx, ani, f.Attempt, it.Item, courses.FileID(files[0]), courses.Page{Seq: saved.Seq})
	must(t, err)
	if got := w.kept(); len(got) != 1 {
		t.Errorf("named %v", got)
	}
	_, err = w.Submit(ctx, ani, f.Attempt, nil, saved.Seq)
	must(t, err)
	w.chain()
	_, err = w.AddFileToAnswer(ctx, ani, f.Attempt, it.Item, file("e.pdf", report), courses.Page{Seq: saved.Seq})
	is(t, err, faults.Conflict)

	list := w.queue(mira, courses.QueueFilter{})
	if len(list) != 1 {
		t.Fatalf("queue %+v", list)
	}
	f, err = w.Form(ctx, ani, f.Attempt)
	must(t, err)
	left := named(f, grading.AskFiles).Answer.Files[0]
	id := courses.FileID(left)
	_, err = w.MarkingFile(ctx, mira, list[0].ID, id)
	is(t, err, faults.NotFound) // not claimed
	v, err := w.Claim(ctx, mira, list[0].ID)
	must(t, err)
	if len(v.Files) != 1 || v.Files[0].Name != "jawaban-"+v.Alias+"-1.pdf" || v.Files[0].ID != id {
		t.Fatalf("the marker sees %+v", v.Files)
	}
	got, err := w.MarkingFile(ctx, mira, list[0].ID, id)
	if contentOf(t, got, err) != report+"%4" || got.Type != "application/pdf" || got.Name != v.Files[0].Name {
		t.Errorf("downloaded %+v", got)
	}
	for _, a := range []access.Actor{ani, budi, nino, author} {
		_, err = w.MarkingFile(ctx, a, list[0].ID, id)
		is(t, err, faults.NotFound)
	}
	_, err = w.GiveMark(ctx, mira, list[0].ID, levels(2, 2), v.Seq)
	must(t, err)
	w.clock.pass(time.Second)
	w.chain()
	d, err := w.Attempt(ctx, ani, f.Attempt)
	must(t, err)
	if d.State != courses.AttemptGraded || d.Score != 33_333 {
		t.Errorf("after the mark %+v", d)
	}
	_, err = w.MarkingFile(ctx, mira, list[0].ID, id)
	is(t, err, faults.NotFound) // given away
	_, err = w.Recompute(ctx, func(id string, n int, why string) { t.Errorf("result %d of %s: %s", n, id, why) })
	must(t, err)
	if got := w.own(ani, f.Attempt, it.Item, left); got != report+"%4" {
		t.Error("the taker cannot get it back")
	}
}

// After the end nothing comes in, and that it came too late is counted; a page opened later wins.
func TestAFileInTimeAndFromTheLastPage(t *testing.T) {
	w := newWorld(t)
	w.handIns("APEL-109", courses.QuizMarking{})
	e := w.prepare(ani, "APEL-109")
	f, err := w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	first, err := w.Open(ctx, ani, f.Attempt)
	must(t, err)
	second, err := w.Open(ctx, ani, f.Attempt)
	must(t, err)
	it := named(f, grading.AskFiles)
	_, err = w.AddFileToAnswer(ctx, ani, f.Attempt, it.Item, file("a.pdf", report), courses.Page{Seq: first.Seq, Tab: first.Tab})
	is(t, err, faults.Conflict)
	if fault := faults.Of(err); len(fault.Fields) == 0 || fault.Fields[0].Path != courses.Stale {
		t.Errorf("refused as %+v", fault)
	}
	_, err = w.AddFileToAnswer(ctx, ani, f.Attempt, it.Item, file("a.pdf", report), courses.Page{Seq: second.Seq, Tab: second.Tab})
	must(t, err)
	w.clock.pass(time.Hour)
	_, err = w.AddFileToAnswer(ctx, ani, f.Attempt, it.Item, file("b.pdf", report+"%2"), courses.Page{Seq: second.Seq + 1, Tab: second.Tab})
	is(t, err, faults.Conflict)
	r, err := w.Submit(ctx, ani, f.Attempt, nil, 0)
	must(t, err)
	if !r.TimedOut || r.Answered != 1 || r.Refused != 1 {
		t.Errorf("receipt %+v", r)
	}
}

// What does not fit the item is refused on the field of the file, in words.
func TestFilesThatDoNotFit(t *testing.T) {
	w := newWorld(t)
	w.handIns("APEL-109", courses.QuizMarking{})
	e := w.prepare(ani, "APEL-109")
	f, err := w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
	it, choice := named(f, grading.AskFiles), named(f, grading.AskOne)
	for what, x := range map[string]struct {
		item, content, says string
		kind                error
	}{
		"text where PDF or photo is asked": {it.Item, "Laporan saya", "TXT", faults.Invalid},
		"over 1 MB":                        {it.Item, report[:20] + strings.Repeat("%", 1<<20) + report[20:], "1 MB", faults.TooLarge},
		"empty":                            {it.Item, "", "kosong", faults.Invalid},
		"a choice":                         {choice.Item, report, "tidak dijawab dengan berkas", faults.Invalid},
		"an item of nobody":                {"APEL-109.x.1", report, "tidak dijawab dengan berkas", faults.Invalid},
	} {
		_, err := w.AddFileToAnswer(ctx, ani, f.Attempt, x.item, file("a.pdf", x.content), courses.Page{Seq: f.Seq})
		if !errors.Is(err, x.kind) || !strings.Contains(faults.Of(err).Text.ID, x.says) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if got := w.kept(); len(got) != 0 {
		t.Errorf("named %v", got)
	}
}
