package courses_test

import (
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
)

// Nobody reaches the post-test by skipping, and at each point the answer says what is missing.
func TestSkipsToThePostTest(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-101", nil)
	w.course("APEL-109", func(c *courses.Content) { c.Prerequisites = []string{"APEL-101"} })

	_, err := w.Enrol(ctx, ani, courses.EnrolInput{Course: "APEL-109"})
	is(t, err, faults.Conflict)
	says(t, err, "APEL-101")
	e, err := w.Enrol(ctx, uadmin, courses.EnrolInput{Person: "ani", Course: "APEL-109", Why: "tugas di loket"})
	must(t, err)

	post := func(words ...string) {
		t.Helper()
		_, err := w.Start(ctx, ani, e.ID, "posttest")
		is(t, err, faults.Conflict)
		says(t, err, words...)
	}
	next := func(kind, code string) {
		t.Helper()
		p, err := w.Progress(ctx, ani, e.ID)
		must(t, err)
		if p.Next == nil || p.Next.Kind != kind || p.Next.Code != code || p.Complete {
			t.Fatalf("next is %+v, want %s %s", p.Next, kind, code)
		}
	}
	post("APEL-101", "Tes awal", "Pelajaran L1", "Pelajaran L2")
	next("pre_test", "pretest")
	_, err = w.OpenLesson(ctx, ani, e.ID, "L1")
	is(t, err, faults.Conflict)
	says(t, err, "Tes awal")
	_, err = w.Read(ctx, ani, e.ID, "L1", true)
	is(t, err, faults.Conflict)

	// The pre-test opens the lessons as soon as it is handed in, even before it is graded.
	f, err := w.Start(ctx, ani, e.ID, "pretest")
	must(t, err)
	_, err = w.OpenLesson(ctx, ani, e.ID, "L1")
	is(t, err, faults.Conflict)
	_, err = w.Submit(ctx, ani, f.Attempt, nil, 0)
	must(t, err)
	_, err = w.OpenLesson(ctx, ani, e.ID, "L1")
	must(t, err)
	w.chain()
	next("lesson", "L1")

	// Scrolling to the end at once is not reading: 360 words are 120 s, of which 48 s are asked for.
	st, err := w.Read(ctx, ani, e.ID, "L1", true)
	must(t, err)
	if st.Done || st.Need != 48 {
		t.Fatalf("read at once: %+v", st)
	}
	post("APEL-101", "Pelajaran L1", "48 detik")
	for range 4 {
		w.clock.pass(15 * time.Second)
		st, err = w.Read(ctx, ani, e.ID, "L1", true)
		must(t, err)
	}
	if !st.Done {
		t.Fatalf("after a minute: %+v", st)
	}
	next("lesson", "L2")

	// Time without the end of the page is not enough either, and a long absence does not count beyond the estimate.
	_, err = w.OpenLesson(ctx, ani, e.ID, "L2")
	must(t, err)
	w.clock.pass(3 * time.Hour)
	st, err = w.Read(ctx, ani, e.ID, "L2", false)
	must(t, err)
	if st.Done || st.Seconds != 120 {
		t.Fatalf("after an absence: %+v", st)
	}
	post("sampai akhir")
	_, err = w.Read(ctx, ani, e.ID, "L2", true)
	must(t, err)
	post("APEL-101")

	// The prerequisite is the last thing.
	first := w.prepare(ani, "APEL-101")
	f, err = w.Start(ctx, ani, first.ID, "posttest")
	must(t, err)
	_, err = w.Submit(ctx, ani, f.Attempt, answers(f, 10), 0)
	must(t, err)
	w.chain()
	next("post_test", "posttest")
	_, err = w.Start(ctx, ani, e.ID, "posttest")
	must(t, err)
}

// Reading two lessons side by side counts each second once.
func TestReadingInTwoTabs(t *testing.T) {
	w := newWorld(t)
	w.course("APEL-109", nil)
	e, err := w.Enrol(ctx, ani, courses.EnrolInput{Course: "APEL-109"})
	must(t, err)
	f, err := w.Start(ctx, ani, e.ID, "pretest")
	must(t, err)
	_, err = w.Submit(ctx, ani, f.Attempt, nil, 0)
	must(t, err)
	for _, l := range []string{"L1", "L2"} {
		_, err := w.OpenLesson(ctx, ani, e.ID, l)
		must(t, err)
	}
	total := 0
	for range 3 {
		w.clock.pass(20 * time.Second)
		total = 0
		for _, l := range []string{"L1", "L2"} {
			st, err := w.Read(ctx, ani, e.ID, l, false)
			must(t, err)
			total += st.Seconds
		}
	}
	if total != 60 {
		t.Fatalf("60 seconds in two tabs counted as %d", total)
	}
}
