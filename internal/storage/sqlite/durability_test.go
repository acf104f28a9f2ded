package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
)

// The test binary runs itself as a child that writes and says what was acknowledged, so that it can be killed, or watched by strace.

const childEnv = "APEL_TEST_CHILD" // path|writers|each|maxGroup|synchronous|prefix of the ids

func TestMain(m *testing.M) {
	if spec := os.Getenv(childEnv); spec != "" {
		if err := child(strings.Split(spec, "|")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// token marks a write's bytes in the log file, so that strace shows which fsync made it durable.
func token(n int64) string { return fmt.Sprintf("token-%07d-", n) }

func child(spec []string) error {
	ctx := context.Background()
	var writers, each, group int
	for i, to := range []*int{&writers, &each, &group} {
		var err error
		if *to, err = strconv.Atoi(spec[1+i]); err != nil {
			return err
		}
	}
	e, err := sqlite.Open(spec[0], sqlite.WithMaxGroup(sqlite.WithSynchronous(sqlite.Options{}, spec[4]), group))
	if err != nil {
		return err
	}
	db, err := storage.New(ctx, e)
	if err != nil {
		return err
	}
	c, err := storage.Open(ctx, db, rows)
	if err != nil {
		return err
	}
	var n atomic.Int64
	errs := make(chan error)
	for range writers {
		go func() {
			for range each {
				i := n.Add(1)
				d := storage.Doc[row]{ID: fmt.Sprintf("%s%07d", spec[5], i), Value: row{State: "new", N: i, Text: token(2 * i)}}
				if err := c.Insert(ctx, &d); err != nil {
					errs <- err
					return
				}
				fmt.Printf("ack %s %s v%d\n", token(2*i), d.ID, d.Version)
				d.Value.State, d.Value.Text = "done", token(2*i+1)
				if err := c.Replace(ctx, &d); err != nil {
					errs <- err
					return
				}
				fmt.Printf("ack %s %s v%d\n", token(2*i+1), d.ID, d.Version)
			}
			errs <- nil
		}()
	}
	for range writers {
		err = errors.Join(err, <-errs)
	}
	return err
}

func command(ctx context.Context, t *testing.T, path string, writers, each, group int, synchronous, prefix string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s|%d|%d|%d|%s|%s", childEnv, path, writers, each, group, synchronous, prefix))
	cmd.Stderr = os.Stderr
	return cmd
}

var ackLine = regexp.MustCompile(`^ack (\S+) (\S+) v(\d+)$`)

// TestKilled: after kill -9 in the middle of writing, everything that was acknowledged is there, and the index agrees with the documents.
// This shows recovery; that an acknowledged write survives power loss is shown by TestDurable.
func TestKilled(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "apel.db")
	acknowledged := map[string]int64{}
	for round := range 3 { // each finds what the one before left behind when it was killed
		prefix := fmt.Sprintf("round%d-", round)
		cmd := command(ctx, t, path, 8, 1_000_000, 256, "FULL", prefix)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewReader(out)
		for n := 0; ; n++ {
			line, err := lines.ReadString('\n')
			if errors.Is(err, io.EOF) {
				break // an unfinished line is no acknowledgement
			}
			if err != nil && !errors.Is(err, os.ErrClosed) {
				t.Fatal(err)
			}
			m := ackLine.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
			if m == nil {
				t.Fatalf("the child said %q", line)
			}
			v, err := strconv.ParseInt(m[3], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			acknowledged[m[2]] = max(acknowledged[m[2]], v)
			if n == 300+200*round {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
			t.Fatalf("the child ended with %v", err)
		}
		// First as doctor does, without writing, then as the next start does.
		for _, o := range []sqlite.Options{{ReadOnly: true}, {}} {
			verify(ctx, t, path, o, acknowledged, prefix)
		}
	}
}

func verify(ctx context.Context, t *testing.T, path string, o sqlite.Options, acknowledged map[string]int64, prefix string) {
	t.Helper()
	e, err := sqlite.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	db, err := storage.New(ctx, e)
	if err != nil {
		t.Fatal(err)
	}
	c, err := storage.Open(ctx, db, rows)
	if err != nil {
		t.Fatal(err)
	}
	documents := map[string]string{}
	if err := c.All(ctx, func(d storage.Doc[row]) error {
		documents[d.ID] = d.Value.State
		if d.Version < acknowledged[d.ID] {
			t.Errorf("%s stands at version %d, %d was acknowledged", d.ID, d.Version, acknowledged[d.ID])
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for id := range acknowledged {
		if documents[id] == "" {
			t.Errorf("%s was acknowledged and is gone", id)
		}
	}
	entries := 0
	for _, state := range []string{"new", "done"} {
		if err := c.Each(ctx, storage.Query{Index: "state", Term: state}, func(d storage.Doc[row]) error {
			entries++
			if documents[d.ID] != state {
				t.Errorf("the index has %s as %s, the document says %q", d.ID, state, documents[d.ID])
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if entries != len(documents) || len(acknowledged) == 0 {
		t.Errorf("%d documents, %d entries, %d acknowledged", len(documents), entries, len(acknowledged))
	}
	err = c.Insert(ctx, &storage.Doc[row]{ID: prefix + "afterwards", Value: row{State: "done"}})
	if want := o.ReadOnly; errors.Is(err, faults.ReadOnly) != want || err != nil && !want {
		t.Errorf("writing afterwards: %v", err)
	}
}

// TestDurable watches the system calls of a writing process: before a write is acknowledged, its bytes were written to the log file and an
// fsync of that file began after it and ended. Killing a process proves nothing of this kind: what the kernel holds survives it.
func TestDurable(t *testing.T) {
	requireStrace(t)
	t.Run("FULL", func(t *testing.T) {
		r := watch(t, 8, 12, 256, "FULL")
		if len(r.violations) > 0 {
			t.Errorf("%d of %d writes were acknowledged too early, the first: %s", len(r.violations), r.acknowledged, r.violations[0])
		}
		if r.acknowledged != 8*12*2 {
			t.Errorf("%d writes were seen", r.acknowledged)
		}
	})
	for _, mode := range []string{"OFF", "NORMAL"} {
		t.Run("seen failing with synchronous="+mode, func(t *testing.T) {
			if r := watch(t, 8, 12, 256, mode); len(r.violations) == 0 {
				t.Errorf("the check found nothing wrong with %d writes", r.acknowledged)
			}
		})
	}
}

// TestGroupCommit counts: with 32 writers at work an fsync carries 8 writes or more.
func TestGroupCommit(t *testing.T) {
	requireStrace(t)
	const least = 8
	if r := watch(t, 32, 20, 256, "FULL"); r.syncs == 0 || r.acknowledged < least*r.syncs {
		t.Errorf("%d writes in %d fsyncs", r.acknowledged, r.syncs)
	} else {
		t.Logf("%d writes in %d fsyncs", r.acknowledged, r.syncs)
	}
	t.Run("seen failing with one write per group", func(t *testing.T) {
		if r := watch(t, 32, 2, 1, "FULL"); r.acknowledged >= least*r.syncs {
			t.Errorf("the check found nothing wrong: %d writes in %d fsyncs", r.acknowledged, r.syncs)
		}
	})
}

func requireStrace(t *testing.T) {
	t.Helper()
	_, err := exec.LookPath("strace")
	if err == nil {
		err = exec.Command("strace", "-o", os.DevNull, "true").Run()
	}
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatal("strace must run in CI: ", err)
	default:
		t.Skip("strace does not run here, so the order of fsync and acknowledgement was not checked: ", err)
	}
}

type watched struct {
	acknowledged, syncs int
	violations          []string
}

// watch runs the child under strace and reads what it did.
func watch(t *testing.T, writers, each, group int, synchronous string) watched {
	t.Helper()
	dir := t.TempDir()
	cmd := command(context.Background(), t, filepath.Join(dir, "apel.db"), writers, each, group, synchronous, "r")
	trace := filepath.Join(dir, "trace")
	cmd.Args = append([]string{"strace", "-f", "-y", "-s", "70000", "-o", trace, "-e", "trace=fsync,fdatasync,write,pwrite64"}, cmd.Path)
	var err error
	if cmd.Path, err = exec.LookPath("strace"); err != nil {
		t.Fatal(err)
	}
	if out, err := cmd.Output(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	f, err := os.Open(trace)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := readTrace(f)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

var (
	traceCall    = regexp.MustCompile(`^(\d+) +(\w+)\((.*)$`)
	traceResumed = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>(.*)$`)
	traceToken   = regexp.MustCompile(`token-\d+-`)
)

// readTrace goes through the calls in the order in which they began and ended. A token is "written" when a write that holds it has ended,
// "syncing" when an fsync begins after that, "durable" when this fsync has ended well.
func readTrace(r io.Reader) (watched, error) {
	type call struct{ name, args string }
	var w watched
	var written []string             // not yet under an fsync
	durable := map[string]bool{}     // the write may be acknowledged
	begun := map[string]call{}       // by thread
	syncing := map[string][]string{} // by thread: what its fsync covers
	begin := func(thread string, c call) {
		begun[thread] = c
		switch {
		case strings.HasSuffix(c.name, "sync") && strings.Contains(c.args, "-wal>"):
			w.syncs++
			syncing[thread] = written
			written = nil
		case c.name == "write" && strings.HasPrefix(c.args, "1<"): // the acknowledgement leaves now
			for _, tok := range traceToken.FindAllString(c.args, -1) {
				w.acknowledged++
				if !durable[tok] {
					w.violations = append(w.violations, tok)
				}
			}
		}
	}
	end := func(thread, rest string) {
		c := begun[thread]
		delete(begun, thread)
		switch {
		case strings.HasSuffix(c.name, "sync"):
			if strings.HasSuffix(rest, "= 0") {
				for _, tok := range syncing[thread] {
					durable[tok] = true
				}
			}
			delete(syncing, thread)
		case strings.Contains(c.name, "write") && strings.Contains(strings.SplitN(c.args, ",", 2)[0], "-wal>"):
			written = append(written, traceToken.FindAllString(c.args, -1)...)
		}
	}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return w, nil
		}
		if err != nil {
			return w, err
		}
		line = strings.TrimSuffix(line, "\n")
		if m := traceResumed.FindStringSubmatch(line); m != nil {
			end(m[1], m[3])
		} else if m := traceCall.FindStringSubmatch(line); m != nil {
			args, unfinished := strings.CutSuffix(m[3], " <unfinished ...>")
			begin(m[1], call{m[2], args})
			if !unfinished {
				end(m[1], args)
			}
		}
	}
}

// TestReadOnlyBesideAWriter: a process that only reads (doctor, verify) sees what another one is writing, and can write nothing.
func TestReadOnlyBesideAWriter(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "apel.db")
	if _, err := sqlite.Open(path, sqlite.Options{ReadOnly: true}); !errors.Is(err, faults.NotFound) {
		t.Errorf("reading where nothing is: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("opening for reading made a file")
	}
	w := open(t, path, sqlite.Options{})
	db, err := storage.New(ctx, w)
	if err != nil {
		t.Fatal(err)
	}
	c, err := storage.Open(ctx, db, rows)
	if err != nil {
		t.Fatal(err)
	}
	r := open(t, path, sqlite.Options{ReadOnly: true})
	rdb, err := storage.New(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	rc, err := storage.Open(ctx, rdb, rows)
	if err != nil {
		t.Fatal(err)
	}
	other, err := storage.Open(ctx, rdb, storage.Def[row]{Name: "never_written", Shape: 1, Indexes: []storage.Index[row]{{Name: "i", Of: func(*storage.Doc[row]) ([]string, string) { return nil, "" }}}})
	if err != nil {
		t.Fatal("a collection that is not there yet: ", err)
	}
	if p, err := other.Find(ctx, storage.Query{Index: "i", Term: "x"}); err != nil || len(p.Docs) != 0 {
		t.Errorf("it is not empty: %v, %v", p, err)
	}
	if _, err := other.Get(ctx, "x"); !errors.Is(err, faults.NotFound) {
		t.Error(err)
	}
	if err := other.All(ctx, func(storage.Doc[row]) error { return errors.New("a document") }); err != nil {
		t.Error(err)
	}
	var stop atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := int64(1); !stop.Load(); i++ {
			if err := c.Insert(ctx, &storage.Doc[row]{ID: fmt.Sprintf("r%07d", i), Value: sample(i)}); err != nil {
				t.Error(err)
				return
			}
		}
	})
	last := 0
	for last < 100 {
		n := 0
		if err := rc.All(ctx, func(d storage.Doc[row]) error { n++; return nil }); err != nil {
			t.Fatal(err)
		}
		if n < last {
			t.Fatalf("it saw %d documents, then %d", last, n)
		}
		last = n
	}
	stop.Store(true)
	wg.Wait()
	err = rc.Insert(ctx, &storage.Doc[row]{ID: "x"})
	if !errors.Is(err, faults.ReadOnly) {
		t.Errorf("insert: %v", err)
	}
	if err := r.WriteRaw(ctx, `DELETE FROM d_rows`); err == nil || !strings.Contains(err.Error(), "readonly") {
		t.Errorf("SQLite itself would have written: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the file: %v, %v", info.Mode(), err)
	}
	if info, err := os.Stat(path + "-wal"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the log file: %v, %v", info.Mode(), err)
	}
}
