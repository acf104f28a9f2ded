package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/demo"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/workers"
)

// The crash harness: a story is carried through the chain by a process that kills itself with SIGKILL around its n-th write, before it ("lost") or after
// it ("unacknowledged"), while the queue is emptied at random. The embedded queue dies with its process; a real Redis (APEL_TEST_REDIS, a database of its
// own) keeps what it had, or is emptied as well. The process is then started again, a minute later, and must finish; whatever n was, there is exactly one
// result, one certificate, one set of evidence, one grant of hours, one notice of each kind.

const (
	crashDir   = "APEL_TEST_CRASH_DIR"
	crashStory = "APEL_TEST_CRASH_STORY"
	crashAt    = "APEL_TEST_CRASH_AT" // 0: do not crash
	crashMode  = "APEL_TEST_CRASH_MODE"
	crashDice  = "APEL_TEST_CRASH_DICE"  // seed of when the queue is emptied; 0: never
	crashRedis = "APEL_TEST_CRASH_REDIS" // "": the embedded queue
	crashAgain = "APEL_TEST_CRASH_AGAIN" // set for the process that follows the dead one
)

// stories are what is carried through: what the process does first, and what is settled at its end.
var stories = map[string]struct {
	begin func(ctx context.Context, in *installation, s sitting) error
	over  func(t *testing.T, in *installation, s sitting) [][2]string // in the order in which one makes the next due
	score int
	grade int // results of the attempt
	told  int // notices of a regrade
	rows  int // of evidence
	also  func(ctx context.Context, in *installation, s sitting) error
}{
	"exam": {
		begin: func(ctx context.Context, in *installation, s sitting) error {
			_, err := in.courses.Submit(ctx, access.Actor{Person: s.person}, s.attempt, nil, 0)
			return err
		},
		over:  func(_ *testing.T, _ *installation, s sitting) [][2]string { return s.documents() },
		score: 100_000, grade: 1, rows: 4, // three competencies and the held row
	},
	"regrade": { // confirmed in the prepared folder
		begin: func(context.Context, *installation, sitting) error { return nil },
		over: func(_ *testing.T, _ *installation, s sitting) [][2]string {
			return append([][2]string{{courses.RegradesCollection, crashRegrade}}, s.documents()...)
		},
		score: 93_750, grade: 2, told: 1, rows: 4, // one of 16
	},
	"marking": { // an essay that two markers see differently, and a field task with a file
		begin: beginMarking,
		over: func(t *testing.T, in *installation, s sitting) [][2]string {
			id, err := in.courses.MarkingOfTask(t.Context(), s.enrolment, "T1")
			if err != nil {
				t.Fatal(err)
			}
			_, work, err := in.courses.Marked(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			return append([][2]string{{courses.MarkingsCollection, s.essayMarking}, {courses.AttemptsCollection, s.essay}, {courses.MarkingsCollection, id}, {courses.FieldWorksCollection, work}}, s.documents()...)
		},
		score: 100_000, grade: 1, rows: 5,
		also: lookAtMarking,
	},
}

const crashRegrade = "uji-putus"

// suicidal kills its own process around the n-th write, and empties the queue before every third or so.
type suicidal struct {
	storage.Engine
	n     int64
	after bool
	count atomic.Int64
	armed atomic.Bool

	mu    sync.Mutex
	dice  *rand.Rand // nil: the queue is left alone
	empty func()
}

func (s *suicidal) around(do func() error) error {
	if !s.armed.Load() {
		return do()
	}
	s.mu.Lock()
	if s.dice != nil && s.dice.IntN(3) == 0 {
		s.empty()
	}
	s.mu.Unlock()
	mine := s.count.Add(1) == s.n
	if mine && !s.after {
		s.die()
	}
	err := do()
	if mine {
		s.die()
	}
	return err
}

func (s *suicidal) die() {
	if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
		panic(err)
	}
	select {} // the signal is on its way; nothing more is written
}

func (s *suicidal) Insert(ctx context.Context, c string, r storage.Record) error {
	return s.around(func() error { return s.Engine.Insert(ctx, c, r) })
}
func (s *suicidal) Replace(ctx context.Context, c string, r storage.Record) error {
	return s.around(func() error { return s.Engine.Replace(ctx, c, r) })
}
func (s *suicidal) Delete(ctx context.Context, c, id string, v int64) error {
	return s.around(func() error { return s.Engine.Delete(ctx, c, id, v) })
}

// sitting names what the prepared folder holds: a learner whose post-test is answered by the key and not yet submitted.
type sitting struct {
	person, enrolment, attempt string
	essay, essayMarking        string // an attempt that waits for its markers, where there is one
}

func (s sitting) certificate() string { return s.enrolment + ".training.1" }

func (s sitting) documents() [][2]string {
	return [][2]string{{courses.AttemptsCollection, s.attempt}, {courses.EnrolmentsCollection, s.enrolment}, {certificates.Collection, s.certificate()}, {"standings", s.person}}
}

func sittingIn(dir string) (sitting, error) {
	b, err := os.ReadFile(filepath.Join(dir, "sitting"))
	f := strings.Fields(string(b))
	if err != nil || len(f) < 3 {
		return sitting{}, fmt.Errorf("the prepared folder names no sitting: %w", err)
	}
	f = append(f, "", "")
	return sitting{f[0], f[1], f[2], f[3], f[4]}, nil
}

func (s sitting) keep(dir string) error {
	return os.WriteFile(filepath.Join(dir, "sitting"), []byte(strings.Join([]string{s.person, s.enrolment, s.attempt, s.essay, s.essayMarking}, " ")), 0o600)
}

// prepare makes the folder once; the runs copy it.
func prepare(t *testing.T, dir string) {
	t.Helper()
	ctx := t.Context()
	clock := &demoClock{}
	in, err := open(ctx, place{Dir: dir}, as{serving: true, worker: true, kind: kindDemo, now: clock.now, quiet: true, testOnlySweep: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := in.close(); err != nil {
			t.Error(err)
		}
	}()
	logins, err := in.fillDemo(ctx, &demoVerb{front: front{Listen: "127.0.0.1:8080"}}, func(string, ...any) {})
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n > 0; clock.step(time.Minute) { // what follows from filling the city is no part of the stories
		if n, err = in.workers.Drain(ctx, workers.Drained{AtOnce: 4}); err != nil {
			t.Fatal(err)
		}
	}
	if err := in.startWork(ctx); err != nil {
		t.Fatal(err)
	}
	p, err := in.people.LookByNIP(ctx, logins[0].NIP)
	if err != nil {
		t.Fatal(err)
	}
	a := access.Actor{Person: string(p.ID)}
	folder, err := fs.Sub(demo.Files, "courses/APEL-103")
	if err != nil {
		t.Fatal(err)
	}
	draft, _ := exchange.ReadFolder(context.Background(), folder)
	keys := newSolver(draft)
	e, err := in.courses.Enrol(ctx, a, courses.EnrolInput{Course: "APEL-103"})
	if err != nil {
		t.Fatal(err)
	}
	sitDown := func(quiz string) (courses.FormView, map[string]grading.Answer) {
		f, err := in.courses.Start(ctx, a, e.ID, quiz)
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]grading.Answer{}
		for _, it := range f.Items {
			shown := formItem{ID: it.Item}
			for _, c := range it.Choices {
				shown.Choices = append(shown.Choices, struct {
					ID   string `json:"id"`
					HTML string `json:"html"`
				}{c.ID, string(c.HTML)})
			}
			x, err := keys.answer(shown, true)
			if err != nil {
				t.Fatal(err)
			}
			all[it.Item] = grading.Answer{Choices: x.Choices, Text: x.Text}
		}
		return f, all
	}
	f, all := sitDown("pretest")
	if _, err := in.courses.Submit(ctx, a, f.Attempt, all, f.Seq); err != nil {
		t.Fatal(err)
	}
	in.until(t, courses.AttemptsCollection, f.Attempt)
	progress, err := in.courses.Progress(ctx, a, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range progress.Requirements {
		if r.Kind != "lesson" {
			continue
		}
		l, err := in.courses.OpenLesson(ctx, a, e.ID, r.Code)
		if err != nil {
			t.Fatal(err)
		}
		clock.step(time.Duration(l.Status.Need+1) * time.Second)
		if _, err := in.courses.Read(ctx, a, e.ID, r.Code, true); err != nil {
			t.Fatal(err)
		}
	}
	f, all = sitDown("posttest")
	for item, x := range all {
		saved, err := in.courses.Save(ctx, a, f.Attempt, map[string]grading.Answer{item: x}, f.Seq)
		if err != nil {
			t.Fatal(err)
		}
		f.Seq = saved.Seq
	}
	if err := (sitting{person: string(p.ID), enrolment: e.ID, attempt: f.Attempt}).keep(dir); err != nil {
		t.Fatal(err)
	}
	// The runs go on an hour later by the machine's clock only if the attempt is still open then: its end lies far behind the stepped clock.
	if f.EndsAt.Before(time.Now().Add(10 * time.Minute)) {
		t.Fatal("the attempt would end during the test")
	}
}

// beyond opens a folder in which the chain has ended, to prepare what a story begins with.
func beyond(t *testing.T, dir string, do func(ctx context.Context, in *installation, s sitting) error) {
	t.Helper()
	in, err := open(t.Context(), place{Dir: dir}, as{serving: true, worker: true, kind: kindDemo, quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	s, err := sittingIn(dir)
	if err == nil {
		err = do(t.Context(), in, s)
	}
	if err := errors.Join(err, in.close()); err != nil {
		t.Fatal(err)
	}
}

// prepareRegrade makes a folder in which the chain has ended into one where the key of an item that the learner answered is corrected: confirmed, not run.
func prepareRegrade(ctx context.Context, in *installation, s sitting) error {
	review, err := in.courses.Review(ctx, system, s.attempt)
	if err != nil {
		return err
	}
	for _, x := range review.Items {
		it, err := in.courses.ItemToCorrect(ctx, system, x.Item)
		if err != nil {
			return err
		}
		key := it.AnswerKey()
		right := slices.IndexFunc(key.Options, func(o grading.Option) bool { return o.Mark == grading.Full })
		if it.Type != "single" || right < 0 {
			continue
		}
		other := (right + 1) % len(key.Options)
		key.Options[right].Mark, key.Options[other].Mark = 0, grading.Full
		if _, err := in.courses.CheckRegrade(ctx, system, courses.RegradeInput{Key: crashRegrade, Item: x.Item, To: key, Why: "kunci salah"}); err != nil {
			return err
		}
		if _, err := in.workers.Drain(ctx, workers.Drained{}); err != nil {
			return err
		}
		_, err = in.courses.ConfirmRegrade(ctx, system, crashRegrade)
		return err
	}
	return errors.New("the form asks no item with one right option")
}

// prepareMarking has the learner hand in an essay that two markers mark, in another course.
func prepareMarking(dir string) func(ctx context.Context, in *installation, s sitting) error {
	return func(ctx context.Context, in *installation, s sitting) error {
		if err := essays(ctx, in, courses.QuizMarking{Markers: 2}); err != nil {
			return err
		}
		e, err := in.courses.Enrol(ctx, system, courses.EnrolInput{Person: s.person, Course: "UJI-ESAI", Why: "uji"})
		if err != nil {
			return err
		}
		self := access.Actor{Person: s.person}
		form, err := in.courses.Start(ctx, self, e.ID, "esai")
		if err != nil {
			return err
		}
		if _, err := in.courses.Submit(ctx, self, form.Attempt, map[string]grading.Answer{form.Items[0].Item: {Text: "Saya tolak, catat, lapor."}}, form.Seq); err != nil {
			return err
		}
		if _, err := in.workers.Drain(ctx, workers.Drained{}); err != nil {
			return err
		}
		s.essay = form.Attempt
		if s.essayMarking, err = in.courses.MarkingOf(ctx, s.essay, 0); err != nil {
			return err
		}
		return s.keep(dir)
	}
}

// beginMarking is what people do: two markers give marks and a third decides; the learner hands in the field task of the course, and the supervisor accepts it. Who comes after a dead
// process does it all again.
func beginMarking(ctx context.Context, in *installation, s sitting) error {
	give := func(a access.Actor, id string, d courses.MarkDraft) error {
		m, err := in.courses.Claim(ctx, a, id)
		if errors.Is(err, faults.Conflict) {
			return nil // given before the process died
		}
		if err != nil {
			return err
		}
		saved, err := in.courses.SaveMark(ctx, a, id, d, m.Seq)
		if err != nil {
			return err
		}
		_, err = in.courses.GiveMark(ctx, a, id, d, saved.Seq)
		return err
	}
	for _, m := range []struct {
		who   string
		level int
	}{{"penilai-satu", 1}, {"penilai-dua", 0}, {"penilai-tiga", 1}} {
		if err := give(access.Actor{Person: m.who, Grants: []access.Grant{{Role: "marker"}}}, s.essayMarking, courses.MarkDraft{Levels: map[string]int{"a": m.level}, Comment: "Dari " + m.who}); err != nil {
			return err
		}
	}
	self := access.Actor{Person: s.person}
	if err := in.courses.BeginWork(ctx, self, s.enrolment, "T1"); err != nil {
		return err
	}
	x, err := in.courses.OwnWork(ctx, self, s.enrolment, "T1")
	if err != nil {
		return err
	}
	if len(x.Editions) == 0 {
		if err := in.courses.AddFileToWork(ctx, self, s.enrolment, "T1", courses.FileInput{Name: "meja.txt", Content: strings.NewReader("Meja sebelum dan sesudah.\n")}); err != nil {
			return err
		}
		if err := in.courses.HandIn(ctx, self, s.enrolment, "T1", courses.WorkDraft{Text: "Saya menata satu meja."}, x.Seq); err != nil {
			return err
		}
	}
	id, err := in.courses.MarkingOfTask(ctx, s.enrolment, "T1")
	if err != nil {
		return err
	}
	boss, err := in.people.SupervisorOf(ctx, people.ID(s.person))
	if err != nil || boss == "" {
		return fmt.Errorf("nobody supervises the learner: %w", err)
	}
	return give(access.Actor{Person: string(boss)}, id, courses.MarkDraft{Levels: map[string]int{"a": 3, "b": 3, "c": 3, "d": 3, "e": 3}, Comment: "Jelas."})
}

// lookAtMarking finds one mark of the essay that counts, one edition of the work with its file and one verdict on it, and each told once.
func lookAtMarking(ctx context.Context, in *installation, s sitting) error {
	self := access.Actor{Person: s.person}
	at, err := in.courses.Attempt(ctx, self, s.essay)
	if err != nil {
		return err
	}
	results, err := in.courses.Results(ctx, s.essay)
	if err != nil {
		return err
	}
	r, err := in.courses.Review(ctx, self, s.essay)
	if err != nil {
		return err
	}
	if marks := append(r.Items, r.Marked...)[0].Marks; at.State != courses.AttemptGraded || at.Score != 100_000 || results != 2 || len(marks) != 1 || marks[0].Comment != "Dari penilai-tiga" {
		return fmt.Errorf("the essay is %s with %d, %d results and the marks %+v", at.State, at.Score, results, marks)
	}
	x, err := in.courses.OwnWork(ctx, self, s.enrolment, "T1")
	if err != nil {
		return err
	}
	if x.State != courses.WorkAccepted || len(x.Editions) != 1 || len(x.Editions[0].Marks) != 1 || len(x.Editions[0].Files) != 1 {
		return fmt.Errorf("the field task is %+v", x)
	}
	notices, err := in.people.Notices(ctx, self, people.ID(s.person), false, storage.Cursor{}, 50)
	if err != nil {
		return err
	}
	for _, link := range []string{"/percobaan/" + s.essay + "/hasil", "/belajar/" + s.enrolment + "/tugas/T1"} {
		n := 0
		for _, x := range notices.Items {
			if x.Link == link {
				n++
			}
		}
		if n != 1 {
			return fmt.Errorf("%d notices of %s", n, link)
		}
	}
	return nil
}

// until waits until a document has nothing due any more, woken by the workers' signals.
func (in *installation) until(t testing.TB, collection, id string) {
	t.Helper()
	if err := in.settled(collection, id); err != nil {
		t.Fatal(err)
	}
}

func (in *installation) settled(collection, id string) error {
	moved, end := in.workers.Watch(collection, id)
	defer end()
	deadline := time.NewTimer(3 * time.Minute)
	defer deadline.Stop()
	for {
		e, err := in.db.Envelope(context.Background(), collection, id)
		switch {
		case err == nil && (e.Due == nil || e.Due.NotBefore.After(in.now().Add(5*time.Second))): // the hash of a drawn file waits to share a seal
			return nil
		case err == nil && e.Due.Parked:
			return fmt.Errorf("%s/%s is parked: %s", collection, id, e.Due.Reason)
		case err != nil && !errors.Is(err, faults.NotFound):
			return err
		}
		select {
		case <-moved:
		case <-deadline.C:
			return fmt.Errorf("%s/%s did not settle: %+v, %v", collection, id, e.Due, err)
		}
	}
}

// TestCrashChild is the process that dies; it is run by TestCrashes only.
func TestCrashChild(t *testing.T) {
	dir := os.Getenv(crashDir)
	if dir == "" {
		t.Skip("run by TestCrashes")
	}
	number := func(key string) int64 {
		n, err := strconv.ParseInt(os.Getenv(key), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	killer := &suicidal{n: number(crashAt), after: os.Getenv(crashMode) == "unacknowledged"}
	if seed := number(crashDice); seed > 0 {
		killer.dice = rand.New(rand.NewPCG(uint64(seed), 1))
	}
	again, now := os.Getenv(crashAgain) != "", time.Now
	if again {
		now = func() time.Time { return time.Now().Add(time.Minute) }
	}
	in, err := open(t.Context(), place{Dir: dir, Redis: os.Getenv(crashRedis)}, as{serving: true, worker: true, kind: kindDemo, quiet: true, now: now, testOnlySweep: 30 * time.Millisecond,
		testOnlyEngine: func(e storage.Engine) storage.Engine {
			killer.Engine = e
			return killer
		}})
	if err != nil {
		t.Fatal(err)
	}
	killer.empty = func() {
		if err := in.workers.TestOnlyForget(context.Background()); err != nil {
			panic(err)
		}
	}
	if !again || killer.dice != nil && killer.dice.IntN(2) == 0 { // nothing of another run; or the queue is gone with the process
		killer.empty()
	}
	s, err := sittingIn(dir)
	if err != nil {
		t.Fatal(err)
	}
	story := stories[os.Getenv(crashStory)]
	killer.armed.Store(true)
	if err := story.begin(t.Context(), in, s); err != nil {
		t.Fatal(err)
	}
	if err := in.startWork(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, d := range story.over(t, in, s) {
		in.until(t, d[0], d[1])
	}
	killer.armed.Store(false)
	if err := in.close(); err != nil {
		t.Fatal(err)
	}
	fmt.Printf("writes=%d\n", killer.count.Load())
}

// crashRun is one way of dying, and what its processes share.
type crashRun struct {
	story, redis, dir string
	dice              int64
}

// child runs the process: around its n-th write it dies (0: it does not), and again says that it follows a dead one.
func (r crashRun) child(t *testing.T, n int, mode string, again bool) (out string, killed bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestCrashChild$", "-test.count=1")
	cmd.Env = append(os.Environ(), crashDir+"="+r.dir, crashStory+"="+r.story, crashRedis+"="+r.redis, crashDice+"="+strconv.FormatInt(r.dice, 10), crashAt+"="+strconv.Itoa(n), crashMode+"="+mode)
	if again {
		cmd.Env = append(cmd.Env, crashAgain+"=1")
	}
	b, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() && status.Signal() == syscall.SIGKILL {
			return string(b), true
		}
	}
	if err != nil {
		t.Fatalf("%s, write %d %s, dice %d: %v\n%s", r.story, n, mode, r.dice, err, b)
	}
	return string(b), false
}

// TestCrashes breaks each story at ten of its writes, others each time; -short at five, APEL_LONG=1 at all of them.
func TestCrashes(t *testing.T) {
	exam := t.TempDir()
	prepare(t, exam)
	whole := crashRun{story: "exam", dir: copied(t, exam)}
	whole.child(t, 0, "none", false)
	exactlyOne(t, whole, "no crash")
	regrade := copied(t, whole.dir)
	beyond(t, regrade, prepareRegrade)
	marking := copied(t, whole.dir)
	beyond(t, marking, prepareMarking(marking))
	for queue, redis := range map[string]string{"embedded": "", "redis": os.Getenv("APEL_TEST_REDIS")} {
		t.Run(queue, func(t *testing.T) {
			if queue == "redis" && redis == "" {
				t.Skip("no APEL_TEST_REDIS names a database of a real Redis")
			}
			for story, base := range map[string]string{"exam": exam, "regrade": regrade, "marking": marking} {
				writes, deaths := crashes(t, story, base, redis)
				t.Logf("%s, %s: %d writes, killed %d times", queue, story, writes, deaths)
			}
		})
	}
}

func copied(t *testing.T, base string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(base)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// crashes carries one story through, dying at its writes, each time on a copy of a folder.
func crashes(t *testing.T, story, base, redis string) (writes, deaths int) {
	t.Helper()
	// The number of writes differs from run to run: what shares a standing's rebuild, what is begun twice because the queue was emptied.
	out, _ := crashRun{story: story, redis: redis, dir: copied(t, base)}.child(t, 0, "none", false)
	_, after, ok := strings.Cut(out, "writes=")
	if !ok {
		t.Fatalf("the child did not count its writes: %s", out)
	}
	writes, err := strconv.Atoi(strings.Fields(after)[0])
	if err != nil || writes < 6 {
		t.Fatalf("%d writes, %v", writes, err)
	}
	places := 10
	switch {
	case os.Getenv("APEL_LONG") != "":
		places = writes
	case testing.Short():
		places = 5
	}
	every := max(1, writes/places)
	for n := 1 + rand.IntN(every); n <= writes; n += every {
		for _, mode := range []string{"lost", "unacknowledged"} {
			r := crashRun{story: story, redis: redis, dir: copied(t, base), dice: 1 + rand.Int64N(1<<40)}
			if _, killed := r.child(t, n, mode, false); killed {
				deaths++
			}
			r.child(t, 0, "none", true)
			exactlyOne(t, r, fmt.Sprintf("%s, write %d of %d, %s, dice %d", story, n, writes, mode, r.dice))
			if err := os.RemoveAll(r.dir); err != nil {
				t.Fatal(err)
			}
		}
	}
	if deaths < 2 {
		t.Errorf("only %d runs were killed: the harness proves nothing", deaths)
	}
	return writes, deaths
}

// exactlyOne looks at what stands in the folder after everything settled.
func exactlyOne(t *testing.T, r crashRun, when string) {
	t.Helper()
	ctx, story := t.Context(), stories[r.story]
	in, err := open(ctx, place{Dir: r.dir}, as{quiet: true})
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	defer in.close() //nolint:errcheck // opened for reading
	s, err := sittingIn(r.dir)
	if err != nil {
		t.Fatal(err)
	}
	a := access.Actor{Person: s.person}
	attempt, err := in.courses.Attempt(ctx, a, s.attempt)
	if err != nil || attempt.State != courses.AttemptGraded || !attempt.Passed || attempt.Score != story.score {
		t.Errorf("%s: attempt %s, passed %v, score %d, want %d; %v", when, attempt.State, attempt.Passed, attempt.Score, story.score, err)
	}
	results, err := in.courses.Results(ctx, s.attempt)
	if err != nil || results != story.grade {
		t.Errorf("%s: %d results, %v", when, results, err)
	}
	page, err := in.certificates.Of(ctx, a, s.person, storage.Cursor{})
	if err != nil || len(page.Views) != 1 || page.Views[0].State != certificates.Issued || !strings.HasPrefix(page.Views[0].Record.Number, "00001/") {
		t.Errorf("%s: certificates %+v, %v", when, page.Views, err)
	}
	report, err := in.certificates.CheckLog(ctx)
	if err != nil || len(report.Problems) > 0 || report.Behind != 0 || report.Certificates != 1 {
		t.Errorf("%s: log %+v, %v", when, report, err)
	}
	evidence, err := in.competencies.Evidence(ctx, a, s.person)
	if err != nil || len(evidence) != story.rows {
		t.Errorf("%s: %d rows of evidence, %v", when, len(evidence), err)
	}
	hours, err := in.competencies.HoursOf(ctx, a, s.person, "")
	if err != nil || hours.Counted != 4 || len(hours.Entries) != 1 {
		t.Errorf("%s: hours %+v, %v", when, hours, err)
	}
	notices, err := in.people.Notices(ctx, a, people.ID(s.person), false, storage.Cursor{}, 50)
	told := map[string]int{}
	for _, x := range notices.Items {
		told[x.Link]++
	}
	if n := told["/sertifikat/"+s.certificate()]; err != nil || n != 1 {
		t.Errorf("%s: %d notices of the certificate, %v", when, n, err)
	}
	if n := told["/percobaan/"+s.attempt+"/hasil"]; n != story.told {
		t.Errorf("%s: %d notices of a regrade, want %d", when, n, story.told)
	}
	if story.also != nil {
		if err := story.also(ctx, in, s); err != nil {
			t.Errorf("%s: %v", when, err)
		}
	}
}
