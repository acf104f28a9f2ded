package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// benchStart measures what an operator waits for and pays for: the time from starting the program on a filled folder to its first page, and the
// memory and CPU of a server nobody uses.
type benchStart struct {
	Runs int           `help:"Starts to measure." default:"5"`
	Wait time.Duration `help:"How long the server idles before its memory is read." default:"10s"`
	Idle time.Duration `help:"How long its idle CPU is measured after that." default:"20s"`
	JSON bool          `help:"Print the result as JSON."`
}

type startResult struct {
	Machine string        `json:"machine"`
	Commit  string        `json:"commit"`
	Fill    time.Duration `json:"first_start_with_filling_ns"`
	First   percentiles   `json:"start_to_first_page"`
	Memory  int64         `json:"idle_memory_bytes"` // resident, the program's own text included
	Own     int64         `json:"idle_memory_anonymous_bytes"`
	CPU     float64       `json:"idle_cpu_percent_of_a_core"`
}

// Run fills a fresh folder with the demo city, then starts the program on it again and again.
func (v *benchStart) Run(e *env) error {
	dir, err := os.MkdirTemp("", "apel-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	r := startResult{Machine: fmt.Sprintf("%d cores, %s", runtime.NumCPU(), cpuName()), Commit: version()}
	var took []time.Duration
	for n := range v.Runs + 1 {
		d, err := startDemo(e.ctx, filepath.Join(dir, "demo"))
		if err != nil {
			return err
		}
		if n == 0 {
			r.Fill = d.took
			err = pause(e.ctx, 15*time.Second) // what filling left to be done is done
		} else {
			took = append(took, d.took)
		}
		if n == v.Runs && err == nil {
			err = v.idle(e.ctx, d.pid, &r)
		}
		if err := errors.Join(err, d.stop()); err != nil {
			return err
		}
	}
	r.First = percentilesOf(took)
	if v.JSON {
		return print(r)
	}
	fmt.Printf("%s; %s\n", r.Machine, r.Commit)
	fmt.Printf("first start, filling the demo city: %s; later starts to the first page: p50 %s, worst %s of %d\n", r.Fill.Round(time.Millisecond),
		r.First.P50.Round(time.Millisecond), r.First.P99.Round(time.Millisecond), r.First.N)
	fmt.Printf("idle after %s: %d MB resident (%d MB without the program's own text), %.2f %% of a core over %s\n", v.Wait, r.Memory>>20, r.Own>>20, r.CPU, v.Idle)
	return nil
}

func (v *benchStart) idle(ctx context.Context, pid int, r *startResult) error {
	if err := pause(ctx, v.Wait); err != nil {
		return err
	}
	var err error
	if r.Memory, r.Own, err = memoryOf(pid); err != nil {
		return err
	}
	before, err := cpuOf(pid)
	if err != nil {
		return err
	}
	if err := pause(ctx, v.Idle); err != nil {
		return err
	}
	after, err := cpuOf(pid)
	r.CPU = 100 * (after - before).Seconds() / v.Idle.Seconds()
	return err
}

// demoProcess is `apel demo` as a person starts it.
type demoProcess struct {
	pid  int
	took time.Duration // from starting it to its first page
	stop func() error
}

func startDemo(ctx context.Context, dir string) (*demoProcess, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "demo", "--dir", dir, "--listen", "127.0.0.1:0")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	read := make(chan struct{})
	d := &demoProcess{pid: cmd.Process.Pid, stop: func() error {
		err := cmd.Process.Signal(os.Interrupt)
		<-read
		return errors.Join(err, cmd.Wait())
	}}
	lines, address := bufio.NewScanner(out), ""
	for address == "" && lines.Scan() {
		if _, rest, ok := strings.Cut(lines.Text(), "http://"); ok {
			address = "http://" + rest
		}
	}
	go func() {
		defer close(read)
		io.Copy(io.Discard, out) //nolint:errcheck // only so that it can go on printing
	}()
	res, err := http.Get(address + "/masuk") //nolint:noctx // of this process's own child
	if err == nil {
		_, err = io.Copy(io.Discard, res.Body)
		err = errors.Join(err, res.Body.Close())
		if res.StatusCode != http.StatusOK {
			err = fmt.Errorf("the first page answers %s", res.Status)
		}
	}
	d.took = time.Since(begin)
	if err != nil {
		return nil, errors.Join(err, d.stop())
	}
	return d, nil
}

// memoryOf reads what a process has in memory: all of it, and what is not the text of a file.
func memoryOf(pid int) (resident, anonymous int64, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.SplitSeq(string(b), "\n") {
		f := strings.Fields(line)
		if len(f) < 2 || f[0] != "VmRSS:" && f[0] != "RssAnon:" {
			continue
		}
		kb, err := strconv.ParseInt(f[1], 10, 64)
		if err != nil {
			return 0, 0, err
		}
		if f[0] == "VmRSS:" {
			resident = kb << 10
		} else {
			anonymous = kb << 10
		}
	}
	return resident, anonymous, nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
