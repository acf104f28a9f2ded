package courses_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// bosses tells who supervises whom.
type bosses map[string]string

func (b bosses) Supervisor(_ context.Context, person string) (string, error) { return b[person], nil }

// fieldTask shows T.04 at level 3; its rubric has weights 3 and 1 and levels of 0, half and full.
func fieldTask(judge courses.Judge) courses.FieldTask {
	return courses.FieldTask{Code: "TL1", Title: text("Meja layanan tanpa pungli"), Instructions: "Periksa **meja layanan** Anda.\n\n- tulis tiga titik rawan", Words: 300, Rubric: rubric(),
		Shows: []courses.Target{{Competency: "T.04", Level: 3}}, Minutes: 60, Days: 14, Judge: judge, Accept: 70}
}

// fielded publishes a course whose target of level 3 rests on a field task. Citra supervises ani and budi.
func (w *world) fielded(code string, judge courses.Judge, change func(*courses.FieldTask)) courses.VersionDoc {
	w.Helper()
	for _, id := range []string{"mira", "nino", "oki"} {
		w.people.put(courses.Learner{Person: id, Name: id, Active: true, Units: []string{"u-bkpsdm", "u-city"}})
	}
	w.people.put(courses.Learner{Person: "citra", Name: "Citra", Active: true, Units: []string{"u-dukcapil", "u-city"}})
	w.bosses["ani"], w.bosses["budi"] = "citra", "citra"
	return w.course(code, func(c *courses.Content) {
		t := fieldTask(judge)
		if change != nil {
			change(&t)
		}
		c.Card.Targets = []courses.Target{{Competency: "T.04", Level: 3}, {Competency: "M.01", Level: 2}}
		c.Tasks = []courses.FieldTask{t}
	})
}

// toJudge is the first page of what waits for a supervisor.
func (w *world) toJudge(a access.Actor) ([]courses.JudgeRow, error) {
	list, _, err := w.ToJudge(ctx, a, storage.Cursor{}, 0)
	return list, err
}

// passes takes the post-test with so many right answers.
func (w *world) passes(a access.Actor, e courses.EnrolmentID, right int) courses.AttemptID {
	w.Helper()
	f, err := w.Start(ctx, a, e, "posttest")
	must(w, err)
	_, err = w.Submit(ctx, a, f.Attempt, answers(f, right), f.Seq)
	must(w, err)
	w.chain()
	return f.Attempt
}

// Ani passes the test, hands her work in, gets it back with feedback, improves it, and her supervisor accepts it: then the course is completed, with assessed work behind level 3.
func TestFieldTaskToLevelThree(t *testing.T) {
	w := newWorld(t)
	v := w.fielded("APEL-109", courses.BySupervisor, nil)
	if v.Content.Minutes[courses.TaskPart] != 60 {
		t.Errorf("minutes %v", v.Content.Minutes)
	}
	e, err := w.Enrol(ctx, ani, courses.EnrolInput{Course: "APEL-109"})
	must(t, err)
	is(t, w.BeginWork(ctx, ani, e.ID, "TL1"), faults.Conflict) // nothing has been read yet
	w.read(ani, e.ID)
	_, err = w.SaveWork(ctx, ani, e.ID, "TL1", courses.WorkDraft{Text: "satu"}, 0)
	is(t, err, faults.Conflict)
	w.passes(ani, e.ID, 8)
	p, err := w.Progress(ctx, ani, e.ID)
	must(t, err)
	if p.State != courses.Active || p.Complete || len(p.Missing) != 1 || !strings.Contains(p.Missing[0].ID, "tugas lapangan \"Meja layanan tanpa pungli\"") || p.Next == nil || p.Next.Kind != "field_task" {
		t.Fatalf("passed without the task: %s %v %v", p.State, p.Missing, p.Next)
	}
	must(t, w.BeginWork(ctx, ani, e.ID, "TL1"))
	must(t, w.BeginWork(ctx, ani, e.ID, "TL1"))
	is(t, w.BeginWork(ctx, budi, e.ID, "TL1"), faults.NotFound)
	x, err := w.Work(ctx, ani, e.ID, "TL1")
	must(t, err)
	if x.State != courses.WorkOpen || x.Until != "2026-03-16" || x.Late || !strings.Contains(string(x.Instructions), "<strong>meja layanan</strong>") || len(x.Rubric) != 2 {
		t.Fatalf("begun: %+v", x)
	}
	saved, err := w.SaveWork(ctx, ani, e.ID, "TL1", courses.WorkDraft{Text: "Laporan saya"}, x.Seq)
	must(t, err)
	again, err := w.SaveWork(ctx, ani, e.ID, "TL1", courses.WorkDraft{Text: "Laporan saya"}, x.Seq)
	must(t, err)
	if saved.Seq != 1 || again.Seq != 1 {
		t.Errorf("saved as %d, again as %d", saved.Seq, again.Seq)
	}
	_, err = w.SaveWork(ctx, ani, e.ID, "TL1", courses.WorkDraft{Text: "lain"}, x.Seq)
	if f := faults.Of(err); f.Kind != faults.Conflict || len(f.Fields) != 1 || f.Fields[0].Path != courses.Stale {
		t.Errorf("a stale tab: %v", err)
	}
	is(t, w.HandIn(ctx, ani, e.ID, "TL1", courses.WorkDraft{Text: " "}, saved.Seq), faults.Invalid)
	is(t, w.HandIn(ctx, ani, e.ID, "TL1", courses.WorkDraft{Text: strings.Repeat("kata ", 301)}, saved.Seq), faults.Invalid)
	must(t, w.HandIn(ctx, ani, e.ID, "TL1", courses.WorkDraft{Text: "Laporan saya"}, saved.Seq))
	must(t, w.HandIn(ctx, ani, e.ID, "TL1", courses.WorkDraft{Text: "Laporan saya"}, saved.Seq)) // the answer got lost
	w.chain()
	if p, err = w.Progress(ctx, ani, e.ID); err != nil || !strings.Contains(p.Missing[0].ID, "menunggu penilaian atasan") || p.Next != nil {
		t.Errorf("handed in: %v %v %v", p.Missing, p.Next, err)
	}

	// Only the supervisor of the day sees it, with the name; markers do not.
	if n := len(w.queue(mira, courses.QueueFilter{})); n != 0 {
		t.Errorf("%d in the markers' queue", n)
	}
	list, err := w.toJudge(citra)
	must(t, err)
	if len(list) != 1 || list[0].Name != "ani" || list[0].Edition != 1 || strings.Contains(list[0].ID, "ani") {
		t.Fatalf("citra has %+v", list)
	}
	if told := w.judges[list[0].ID]; len(told) != 1 || told[0].Person != "citra" {
		t.Errorf("told %+v", told)
	}
	for _, a := range []access.Actor{ani, budi, mira, {Person: "ani", Grants: []access.Grant{{Role: "marker"}, {Role: "supervisor", Unit: "u-dukcapil"}}}} {
		if _, err := w.Claim(ctx, a, list[0].ID); faults.KindOf(err) != faults.NotFound && faults.KindOf(err) != faults.Forbidden {
			t.Errorf("%s may judge: %v", a.Person, err)
		}
	}
	m, err := w.Claim(ctx, citra, list[0].ID)
	must(t, err)
	if m.Work == nil || m.Work.Name != "ani" || m.Text != "Laporan saya" || m.Work.Accept != 70 {
		t.Fatalf("citra sees %+v", m)
	}
	_, err = w.GiveMark(ctx, citra, list[0].ID, courses.MarkDraft{Levels: map[string]int{"a": 1, "b": 1}}, m.Seq)
	is(t, err, faults.Invalid) // below 70 without a word of what to improve
	says(t, err, "comment")
	w.mark(citra, list[0].ID, courses.MarkDraft{Levels: map[string]int{"a": 1, "b": 1}, Comment: "Tambahkan contoh."})
	x, err = w.Work(ctx, ani, e.ID, "TL1")
	must(t, err)
	if x.State != courses.WorkReturned || len(x.Editions) != 1 || x.Editions[0].Points != 50_000 || x.Editions[0].Marks[0].Comment != "Tambahkan contoh." || x.Text != "Laporan saya" {
		t.Fatalf("returned: %+v", x)
	}
	if news := w.works[x.ID]; len(news) != 1 || !strings.Contains(news[0].Body.ID, "diterima mulai 70") {
		t.Errorf("told %+v", news)
	}
	w.clock.pass(24 * time.Hour)
	must(t, w.HandIn(ctx, ani, e.ID, "TL1", courses.WorkDraft{Text: "Laporan saya dengan contoh"}, x.Seq))
	w.chain()
	list, err = w.toJudge(citra)
	must(t, err)
	if m, err = w.Claim(ctx, citra, list[0].ID); err != nil || m.Work.Edition != 2 || len(m.Work.Before) != 1 || m.Work.Before[0].Text != "Laporan saya" {
		t.Fatalf("the second edition: %+v %v", m.Work, err)
	}
	w.mark(citra, list[0].ID, courses.MarkDraft{Levels: map[string]int{"a": 2, "b": 0}})
	c, err := w.TestOnlyCompleted(ctx, e.ID)
	must(t, err)
	if c.On != "2026-03-03" || c.Score != 80_000 || !c.Certified || c.ValidUntil != "2027-03-03" {
		t.Fatalf("completion %+v", c)
	}
	if got, _ := w.Assessed(ctx, c.Version); len(got) != 1 || got[0].Competency != "T.04" || got[0].Level != 3 {
		t.Errorf("assessed %v", got)
	}
	if news := w.works[x.ID]; len(news) != 2 || !strings.Contains(news[1].Body.ID, "sertifikatnya menyusul") {
		t.Errorf("told %+v", news)
	}
	is(t, w.HandIn(ctx, ani, e.ID, "TL1", courses.WorkDraft{Text: "lagi"}, x.Seq+1), faults.Conflict)
	w.same()
}

// The task may come first: then passing the test completes the course.
func TestFieldTaskBeforeTheTest(t *testing.T) {
	w := newWorld(t)
	w.fielded("APEL-109", courses.ByMarker, func(t *courses.FieldTask) { t.Marking = courses.QuizMarking{Markers: 2, Apart: 30} })
	e := w.prepare(ani, "APEL-109")
	must(t, w.BeginWork(ctx, ani, e.ID, "TL1"))
	w.clock.pass(15 * 24 * time.Hour)
	must(t, w.HandIn(ctx, ani, e.ID, "TL1", courses.WorkDraft{Text: "Terlambat, tetapi lengkap"}, 0))
	w.chain()
	if list, err := w.toJudge(citra); err != nil || len(list) != 0 {
		t.Errorf("the supervisor has %+v %v", list, err)
	}
	list := w.queue(mira, courses.QueueFilter{Course: "APEL-109"})
	if len(list) != 1 || list[0].Code != "TL1" || list[0].Alias == "" || list[0].Wanted != 2 {
		t.Fatalf("queue %+v", list)
	}
	v, err := w.Claim(ctx, mira, list[0].ID)
	must(t, err)
	if v.Work.Name != "" || v.Work.Person != "" || !v.Work.Late {
		t.Errorf("a marker sees %+v", v.Work)
	}
	w.mark(mira, list[0].ID, levels(2, 2))
	w.mark(nino, list[0].ID, levels(0, 0))
	if apart := w.queue(oki, courses.QueueFilter{Apart: true}); len(apart) != 1 {
		t.Fatalf("apart %+v", apart)
	}
	w.mark(oki, list[0].ID, levels(2, 1))
	if p, _ := w.Progress(ctx, ani, e.ID); p.State != courses.Active || len(p.Missing) != 1 {
		t.Fatalf("accepted before the test: %+v", p.Missing)
	}
	if news := w.works[v.ID]; len(news) > 0 {
		t.Errorf("told under the marking's id")
	}
	w.clock.pass(time.Hour)
	w.passes(ani, e.ID, 9)
	c, err := w.TestOnlyCompleted(ctx, e.ID)
	must(t, err)
	if !c.Certified || c.Score != 90_000 {
		t.Errorf("completion %+v", c)
	}
}

// When posts change, the work goes to the new supervisor with nothing lost; with nobody above, markers judge it.
func TestFieldTaskFollowsThePost(t *testing.T) {
	w := newWorld(t)
	w.fielded("APEL-109", courses.BySupervisor, nil)
	e := w.prepare(ani, "APEL-109")
	must(t, w.BeginWork(ctx, ani, e.ID, "TL1"))
	must(t, w.HandIn(ctx, ani, e.ID, "TL1", courses.WorkDraft{Text: "Laporan"}, 0))
	w.chain()
	list, _ := w.toJudge(citra)
	id := list[0].ID
	_, err := w.Claim(ctx, citra, id)
	must(t, err)
	dedi := access.Actor{Person: "dedi"}
	w.people.put(courses.Learner{Person: "dedi", Name: "Dedi", Active: true, Units: []string{"u-dukcapil", "u-city"}})
	w.bosses["ani"] = "dedi"
	if _, err := w.SaveMark(ctx, citra, id, courses.MarkDraft{Comment: "x"}, 0); faults.KindOf(err) != faults.NotFound {
		t.Errorf("the supervisor of yesterday: %v", err)
	}
	must(t, w.PersonChanged(ctx, "dedi"))
	w.chain()
	if list, _ = w.toJudge(dedi); len(list) != 1 {
		t.Fatalf("dedi has %+v", list)
	}
	if list, _ = w.toJudge(citra); len(list) != 0 {
		t.Errorf("citra still has %+v", list)
	}
	if told := w.judges[id]; len(told) != 2 || told[1].Person != "dedi" {
		t.Errorf("told %+v", told)
	}
	_, err = w.Claim(ctx, dedi, id) // though citra's claim has not run out
	must(t, err)
	w.bosses["ani"] = ""
	w.clock.pass(25 * time.Hour) // nobody says that it changed; it is looked at every day
	w.chain()
	if q := w.queue(mira, courses.QueueFilter{}); len(q) != 1 {
		t.Fatalf("without a supervisor the queue has %+v", q)
	}
	w.mark(mira, id, levels(2, 2))
	if x, _ := w.Work(ctx, ani, e.ID, "TL1"); x.State != courses.WorkAccepted {
		t.Errorf("%+v", x)
	}
}

// A target above what tests support is published with a field task that shows it, or not at all.
func TestPublishAsksForAFieldTask(t *testing.T) {
	w := newWorld(t)
	v := w.fielded("APEL-109", courses.ByMarker, nil)
	draft, err := w.NewDraft(ctx, author, "APEL-109")
	must(t, err)
	for name, x := range map[string]struct {
		change func(*courses.Content)
		path   string
	}{
		"no task":              {func(c *courses.Content) { c.Tasks = nil }, "targets[0].level"},
		"shows less":           {func(c *courses.Content) { c.Tasks[0].Shows[0].Level = 2 }, "targets[0].level"},
		"shows what is no aim": {func(c *courses.Content) { c.Tasks[0].Shows = []courses.Target{{"T.04", 3}, {"T.01", 1}} }, "field_tasks[0].shows[1]"},
		"code of a lesson":     {func(c *courses.Content) { c.Tasks[0].Code = "L1" }, "field_tasks[0].code"},
		"optional for less": {func(c *courses.Content) {
			c.Tasks[0].Optional, c.Tasks[0].Shows = true, append(c.Tasks[0].Shows, courses.Target{Competency: "M.01", Level: 2})
		}, "field_tasks[0].shows[1]"},
		"no rubric":          {func(c *courses.Content) { c.Tasks[0].Rubric = nil }, "field_tasks[0].rubric"},
		"no instructions":    {func(c *courses.Content) { c.Tasks[0].Instructions = " " }, "field_tasks[0].instructions"},
		"nobody judges":      {func(c *courses.Content) { c.Tasks[0].Judge = "" }, "field_tasks[0].judge"},
		"nothing to hand in": {func(c *courses.Content) { c.Tasks[0].Words = 0 }, "field_tasks[0].words"},
		"accepted from":      {func(c *courses.Content) { c.Tasks[0].Accept = 0 }, "field_tasks[0].accept"},
		"two supervisors": {func(c *courses.Content) {
			c.Tasks[0].Judge, c.Tasks[0].Marking = courses.BySupervisor, courses.QuizMarking{Markers: 2}
		}, "field_tasks[0].marking.markers"},
	} {
		t.Run(name, func(t *testing.T) {
			c := v.Content
			c.Tasks = []courses.FieldTask{fieldTask(courses.ByMarker)}
			x.change(&c)
			draft, err = w.Revise(ctx, author, draft.ID, draft.Revision, c)
			must(t, err)
			_, err := w.Publish(ctx, admin, draft.ID)
			is(t, err, faults.Invalid)
			says(t, err, x.path)
		})
	}
}

// An optional task: the test alone completes the course, whose certificate then states the level of the tests; the task may be begun before or after that, and what it shows is told apart.
func TestOptionalFieldTask(t *testing.T) {
	w := newWorld(t)
	v := w.fielded("APEL-109", courses.BySupervisor, func(t *courses.FieldTask) { t.Optional = true })
	if n := v.Content.Minutes[courses.TaskPart]; n != 0 {
		t.Errorf("%d minutes that nobody has to work", n)
	}
	for _, c := range []struct {
		a     access.Actor
		after bool // the task is begun when the course is completed already
	}{{ani, true}, {budi, false}} {
		e, err := w.Enrol(ctx, c.a, courses.EnrolInput{Course: "APEL-109"})
		must(t, err)
		w.read(c.a, e.ID)
		hand := func() {
			must(t, w.BeginWork(ctx, c.a, e.ID, "TL1"))
			must(t, w.HandIn(ctx, c.a, e.ID, "TL1", courses.WorkDraft{Text: "Laporan saya"}, 0))
			w.chain()
		}
		if !c.after {
			hand()
		}
		w.clock.pass(50 * time.Hour)
		w.passes(c.a, e.ID, 8)
		if c.after {
			w.clock.pass(50 * time.Hour)
			hand()
		}
		p, err := w.Progress(ctx, c.a, e.ID)
		must(t, err)
		if p.State != courses.Completed || p.Percent != 100 {
			t.Fatalf("%s waits for the task: %s, %d %%", c.a.Person, p.State, p.Percent)
		}
		before, err := w.Certifying(ctx, e.ID)
		must(t, err)
		if !reflect.DeepEqual(before.Targets, []courses.Target{{Competency: "T.04", Level: 2}, {Competency: "M.01", Level: 2}}) {
			t.Errorf("%s is certified for %+v", c.a.Person, before.Targets)
		}
		for _, s := range before.Subjects {
			if s.Title == "Meja layanan tanpa pungli" {
				t.Error("the certificate names work it did not wait for")
			}
		}
		extras, err := w.Extras(ctx, e.ID)
		must(t, err)
		list, err := w.toJudge(citra)
		must(t, err)
		if len(list) != 1 || len(extras) != 0 {
			t.Fatalf("before it is judged: %+v, %+v", list, extras)
		}
		told := 0
		w.certified = func(enrolment string) { told += strings.Count(enrolment, e.ID) }
		w.mark(citra, list[0].ID, levels(2, 2))
		if told == 0 {
			t.Error("the certificate's step did not come again for accepted work")
		}
		extras, err = w.Extras(ctx, e.ID)
		must(t, err)
		if len(extras) != 1 || !reflect.DeepEqual(extras[0].Shows, []courses.Target{{Competency: "T.04", Level: 3}}) || c.after != (extras[0].On > before.On) {
			t.Errorf("accepted: %+v", extras)
		}
		after, err := w.Certifying(ctx, e.ID)
		must(t, err)
		if !reflect.DeepEqual(before, after) {
			t.Errorf("the completion changed:\n%+v\n%+v", before, after)
		}
		x, err := w.Work(ctx, c.a, e.ID, "TL1")
		must(t, err)
		if news := w.works[x.ID]; len(news) != 1 || !strings.Contains(news[0].Body.ID, "Buktinya ditambahkan") {
			t.Errorf("told %+v", news)
		}
	}
}

// A course with a field task leaves as a package and comes back the same; the folder asks for what publishing asks for.
func TestFieldTaskTravels(t *testing.T) {
	w := newWorld(t)
	v := w.fielded("APEL-109", courses.ByMarker, func(t *courses.FieldTask) {
		t.Files, t.Marking, t.Optional = 2, courses.QuizMarking{Markers: 2, Apart: 15}, true
		t.Title.EN = "A desk without levies"
	})
	p, err := w.ExportCourse(ctx, author, v.ID)
	must(t, err)
	z, err := exchange.OpenZip(bytes.NewReader(p.Data))
	must(t, err)
	d, report := exchange.ReadFolder(ctx, z)
	must(t, report.Err())
	d.Code = "APEL-110"
	im, err := w.Import(ctx, admin, courses.ImportInput{Draft: d, Publish: true})
	must(t, err)
	back, err := w.Version(ctx, admin, im.Version)
	must(t, err)
	if !reflect.DeepEqual(back.Content.Tasks, v.Content.Tasks) || back.Content.Minutes[courses.TaskPart] != 0 {
		t.Errorf("came back as\n%+v, was\n%+v", back.Content.Tasks, v.Content.Tasks)
	}
	for name, x := range map[string]struct{ was, is, says string }{
		"level without it": {"level: 3\n    rubric", "level: 2\n    rubric", "butuh tugas lapangan"},
		"no aim":           {"- competency: \"T.04\"\n        level: 3\n    rubric", "- competency: \"T.01\"\n        level: 1\n    rubric", "bukan sasaran"},
		"optional":         {"- competency: \"T.04\"\n        level: 3\n    rubric", "- competency: \"M.01\"\n        level: 2\n    rubric", "di atas level 2"},
		"judge":            {"judge: \"marker\"", "judge: \"camat\"", "marker, supervisor"},
		"last level":       {"mark: 100", "mark: 90", "tingkat terakhir"},
		"nothing":          {"words: 300\n    files: 2", "words: 0\n    files: 0", "tidak meminta apa pun"},
		"file":             {"tasks/TL1.md", "tasks/TL9.md", "tidak ada"},
	} {
		files := fstest.MapFS{}
		must(t, fs.WalkDir(z, ".", func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			data, err := fs.ReadFile(z, name)
			if name == "course.yaml" {
				if !bytes.Contains(data, []byte(x.was)) {
					t.Fatalf("%s: %q is not in\n%s", name, x.was, data)
				}
				data = bytes.ReplaceAll(data, []byte(x.was), []byte(x.is))
			}
			files[name] = &fstest.MapFile{Data: data}
			return err
		}))
		if _, report := exchange.ReadFolder(ctx, files); report.Err() == nil || !strings.Contains(fmt.Sprint(report.Mistakes()), x.says) {
			t.Errorf("%s: %v", name, report.Mistakes())
		}
	}
}
