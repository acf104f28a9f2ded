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
	"strconv"
	"strings"
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
)

// The crash harness: a learner's passing post-test is submitted and carried through the chain by a process that kills itself with SIGKILL around
// its n-th write, before it ("lost") or after it ("unacknowledged"). The queue lives in that process, so it is lost each time. The process is then
// started again and must finish; whatever n was, there is exactly one result, one certificate, one set of evidence, one grant of hours, one notice.

const (
	crashDir  = "APEL_TEST_CRASH_DIR"
	crashAt   = "APEL_TEST_CRASH_AT" // 0: do not crash
	crashMode = "APEL_TEST_CRASH_MODE"
)

// suicidal kills its own process around the n-th write.
type suicidal struct {
	storage.Engine
	n     int64
	after bool
	count atomic.Int64
	armed atomic.Bool
}

func (s *suicidal) around(do func() error) error {
	if !s.armed.Load() {
		return do()
	}
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
type sitting struct{ person, enrolment, attempt string }

func (s sitting) certificate() string { return s.enrolment + ".training.1" }

func sittingIn(dir string) (sitting, error) {
	b, err := os.ReadFile(filepath.Join(dir, "sitting"))
	f := strings.Fields(string(b))
	if err != nil || len(f) != 3 {
		return sitting{}, fmt.Errorf("the prepared folder names no sitting: %w", err)
	}
	return sitting{f[0], f[1], f[2]}, nil
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
	logins, err := in.fillDemo(ctx, &demoVerb{front: front{Listen: "127.0.0.1:0"}}, func(string, ...any) {})
	if err != nil {
		t.Fatal(err)
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
	if err := os.WriteFile(filepath.Join(dir, "sitting"), []byte(strings.Join([]string{string(p.ID), e.ID, f.Attempt}, " ")), 0o600); err != nil {
		t.Fatal(err)
	}
	// The runs go on an hour later by the machine's clock only if the attempt is still open then: its end lies far behind the stepped clock.
	if f.EndsAt.Before(time.Now().Add(10 * time.Minute)) {
		t.Fatal("the attempt would end during the test")
	}
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
	deadline := time.NewTimer(time.Minute)
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
	n, err := strconv.ParseInt(os.Getenv(crashAt), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	var killer *suicidal
	in, err := open(t.Context(), place{Dir: dir}, as{serving: true, worker: true, kind: kindDemo, quiet: true, testOnlySweep: 30 * time.Millisecond,
		testOnlyEngine: func(e storage.Engine) storage.Engine {
			killer = &suicidal{Engine: e, n: n, after: os.Getenv(crashMode) == "unacknowledged"}
			return killer
		}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := sittingIn(dir)
	if err != nil {
		t.Fatal(err)
	}
	killer.armed.Store(n > 0)
	a := access.Actor{Person: s.person}
	if _, err := in.courses.Submit(t.Context(), a, s.attempt, nil, 0); err != nil {
		t.Fatal(err)
	}
	if err := in.startWork(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, d := range [][2]string{{courses.AttemptsCollection, s.attempt}, {courses.EnrolmentsCollection, s.enrolment}, {certificates.Collection, s.certificate()}, {"standings", s.person}} {
		in.until(t, d[0], d[1])
	}
	killer.armed.Store(false)
	if err := in.close(); err != nil {
		t.Fatal(err)
	}
	fmt.Printf("writes=%d\n", killer.count.Load())
}

func child(t *testing.T, dir string, n int, mode string) (out string, killed bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestCrashChild$", "-test.count=1")
	cmd.Env = append(os.Environ(), crashDir+"="+dir, crashAt+"="+strconv.Itoa(n), crashMode+"="+mode)
	b, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() && status.Signal() == syscall.SIGKILL {
			return string(b), true
		}
	}
	if err != nil {
		t.Fatalf("write %d %s: %v\n%s", n, mode, err, b)
	}
	return string(b), false
}

func TestCrashes(t *testing.T) {
	base := t.TempDir()
	prepare(t, base)
	copied := func() string {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(base)); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	whole := copied()
	child(t, whole, 0, "none")
	exactlyOne(t, whole, "no crash")
	// The number of writes differs a little from run to run (what shares a standing's rebuild); go on a few past it.
	out, _ := child(t, copied(), 1<<30, "lost")
	_, after, ok := strings.Cut(out, "writes=")
	if !ok {
		t.Fatalf("the child did not count its writes: %s", out)
	}
	writes, err := strconv.Atoi(strings.Fields(after)[0])
	if err != nil || writes < 12 {
		t.Fatalf("%d writes, %v", writes, err)
	}
	every := 1
	if testing.Short() || os.Getenv("APEL_LONG") == "" {
		every = 4 // a quarter of the places, another one each time; APEL_LONG=1 breaks all of them
	}
	first := rand.IntN(every)
	deaths := 0
	for n := 1 + first; n <= writes; n += every {
		for _, mode := range []string{"lost", "unacknowledged"} {
			dir := copied()
			if _, killed := child(t, dir, n, mode); killed {
				deaths++
			}
			child(t, dir, 0, "none")
			exactlyOne(t, dir, fmt.Sprintf("write %d of %d, %s", n, writes, mode))
		}
	}
	if deaths < 4 {
		t.Errorf("only %d runs were killed: the harness proves nothing", deaths)
	}
	t.Logf("%d writes, killed %d times", writes, deaths)
}

// exactlyOne looks at what stands in the folder after everything settled.
func exactlyOne(t *testing.T, dir, when string) {
	t.Helper()
	ctx := t.Context()
	in, err := open(ctx, place{Dir: dir}, as{quiet: true})
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	defer in.close() //nolint:errcheck // opened for reading
	s, err := sittingIn(dir)
	if err != nil {
		t.Fatal(err)
	}
	a := access.Actor{Person: s.person}
	attempt, err := in.courses.Attempt(ctx, a, s.attempt)
	if err != nil || attempt.State != courses.AttemptGraded || !attempt.Passed || attempt.Score != 100_000 {
		t.Errorf("%s: attempt %+v, %v", when, attempt, err)
	}
	results, err := in.courses.Results(ctx, s.attempt)
	if err != nil || results != 1 {
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
	if err != nil || len(evidence) != 4 { // three competencies and the held row
		t.Errorf("%s: %d rows of evidence, %v", when, len(evidence), err)
	}
	hours, err := in.competencies.HoursOf(ctx, a, s.person, "")
	if err != nil || hours.Counted != 4 || len(hours.Entries) != 1 {
		t.Errorf("%s: hours %+v, %v", when, hours, err)
	}
	notices, err := in.people.Notices(ctx, a, people.ID(s.person), false, storage.Cursor{}, 50)
	n := 0
	for _, x := range notices.Items {
		if strings.Contains(x.Link, s.certificate()) {
			n++
		}
	}
	if err != nil || n != 1 {
		t.Errorf("%s: %d notices of the certificate, %v", when, n, err)
	}
}
