package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/demo"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/people"
)

type benchVerb struct {
	Exam  benchExam  `cmd:"" help:"Exams over HTTP on a fresh temporary folder: start, ten autosaves, submit, graded result seen."`
	Wire  benchWire  `cmd:"" help:"Bytes of a whole exam as a browser sends and gets them."`
	Start benchStart `cmd:"" help:"Start to first page, and memory and CPU of an idle server, with the demo city."`
	Pages benchPages `cmd:"" help:"Every main page and list with few and with very many attempts."`
	Child benchChild `cmd:"" hidden:"" help:"The server under load, in a process of its own."`
}

// benchExam is an open-loop load: exams begin at a fixed rate whether or not earlier ones are done, as people do when an exam window opens.
type benchExam struct {
	Rate    float64       `help:"Exams that begin per second." default:"20"`
	For     time.Duration `help:"How long new exams begin; those begun are finished." default:"15s"`
	Takers  int           `help:"People who take them; one takes at most one exam at a time." default:"200"`
	Pages   string        `enum:",one,each" default:"" help:"Take the exam through pages without scripts instead of the JSON API: one posts the form once, each after every question."`
	Explain string        `enum:",immediate,interactive" default:"" help:"Check every answer instead of saving it: once, or twice where tries are left."`
	Mongo   string        `placeholder:"URI" help:"MongoDB URI instead of embedded storage."`
	Redis   string        `placeholder:"URL" help:"Redis URL instead of the embedded queue."`
	JSON    bool          `help:"Print the result as JSON."`
	Profile string        `placeholder:"FILE" help:"Write a CPU profile of the server to this file." type:"path"`
}

// Validate refuses what cannot go together.
func (v *benchExam) Validate() error {
	if v.Pages != "" && v.Explain != "" {
		return faults.New(faults.Invalid, "--pages dan --explain tidak bisa dipakai bersama.", "--pages and --explain cannot be used together.")
	}
	return nil
}

// child is what the server process tells the load generator when it is ready.
type childReady struct {
	Address string      `json:"address"`
	Takers  []taker     `json:"takers"`
	Logins  []demoLogin `json:"logins"` // of the demo city, one per role
}

type taker struct {
	Cookie    string `json:"cookie"`
	Enrolment string `json:"enrolment"`
	Person    string `json:"person"`
}

// examResult is what one run measured.
type examResult struct {
	Machine   string                 `json:"machine"`
	Load      string                 `json:"load"` // average of the last minute before the run
	Commit    string                 `json:"commit"`
	Pages     string                 `json:"pages,omitempty"`
	Explain   string                 `json:"explain,omitempty"`
	Rate      float64                `json:"rate"`
	Begun     int                    `json:"begun"`
	Finished  int                    `json:"finished"`
	Failed    int                    `json:"failed"`
	Late      int                    `json:"late"` // exams that found no free taker at their time
	PerSecond float64                `json:"per_second"`
	CPU       time.Duration          `json:"server_cpu_per_exam_ns"`
	Sent      int64                  `json:"bytes_sent_per_exam"`
	Received  int64                  `json:"bytes_received_per_exam"`
	Lost      int                    `json:"answers_lost"`
	Checked   int                    `json:"answers_checked"`
	Steps     map[string]percentiles `json:"steps"`
	Errors    []string               `json:"errors,omitempty"`
}

type percentiles struct {
	N             int `json:"n"`
	P50, P95, P99 time.Duration
}

// benchServer is a server in a process of its own.
type benchServer struct {
	childReady
	pid  int
	stop func() error
}

// startServer fills a folder and serves it in a process of its own until stop.
func startServer(ctx context.Context, dir string, takers int, more ...string) (*benchServer, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, append([]string{"bench", "child", "--dir", dir, "--takers", strconv.Itoa(takers)}, more...)...)
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	hold, err := cmd.StdinPipe() // the child ends when this closes
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &benchServer{pid: cmd.Process.Pid, stop: func() error { return errors.Join(hold.Close(), cmd.Wait()) }}
	line, err := bufio.NewReaderSize(out, 1<<20).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &s.childReady)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the server did not start: %w", err), s.stop())
	}
	return s, nil
}

// Run starts a server on a fresh folder in a process of its own, loads it, and reads every answer back.
func (v *benchExam) Run(e *env) error {
	dir, err := os.MkdirTemp("", "apel-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	var args []string
	for flag, value := range map[string]string{"--mongo": v.Mongo, "--redis": v.Redis, "--profile": v.Profile, "--explain": v.Explain} {
		if value != "" {
			args = append(args, flag, value)
		}
	}
	server, err := startServer(e.ctx, dir, v.Takers, args...)
	if err != nil {
		return err
	}
	r, err := v.load(e.ctx, server.childReady, server.pid)
	if err := errors.Join(err, server.stop()); err != nil {
		return err
	}
	if v.JSON {
		err = print(r)
	} else {
		r.show()
	}
	if r.Lost > 0 || r.Failed > 0 {
		err = errors.Join(err, faults.Newf(faults.Internal, "%d jawaban hilang, %d ujian gagal.", "%d answers lost, %d exams failed.", r.Lost, r.Failed))
	}
	return err
}

// exam is one sitting: what was measured, and what was answered, to be read back.
type exam struct {
	steps   map[string]time.Duration
	attempt string
	taker   taker
	answers map[string]formAnswer
	err     error
}

func (v *benchExam) load(ctx context.Context, ready childReady, pid int) (examResult, error) {
	transport := &http.Transport{MaxIdleConnsPerHost: 256, MaxConnsPerHost: 0, DisableCompression: true}
	defer transport.CloseIdleConnections()
	c := &client{base: ready.Address, http: &http.Client{Transport: transport, Timeout: 2 * time.Minute}, agent: "apel bench"}
	free := make(chan taker, len(ready.Takers))
	for _, t := range ready.Takers {
		free <- t
	}
	r := examResult{Machine: fmt.Sprintf("%d cores, %s", runtime.NumCPU(), cpuName()), Load: loadAverage(), Commit: version(), Pages: v.Pages, Explain: v.Explain, Rate: v.Rate, Steps: map[string]percentiles{}}
	cpu0, err := cpuOf(pid)
	if err != nil {
		return r, err
	}
	var wg sync.WaitGroup
	results := make(chan exam, 1024)
	var all []exam
	collected := make(chan struct{})
	go func() {
		defer close(collected)
		for x := range results {
			all = append(all, x)
		}
	}()
	begin := time.Now()
	every := time.Duration(float64(time.Second) / v.Rate)
	for next := begin; next.Before(begin.Add(v.For)) && ctx.Err() == nil; next = next.Add(every) {
		time.Sleep(time.Until(next))
		select {
		case t := <-free:
			r.Begun++
			wg.Go(func() {
				if v.Pages != "" {
					results <- sitPages(ctx, c, t, v.Pages)
				} else {
					results <- sit(ctx, c, t, v.Explain != "")
				}
				free <- t
			})
		default:
			r.Late++
		}
	}
	wg.Wait()
	took := time.Since(begin)
	close(results)
	<-collected
	cpu1, err := cpuOf(pid)
	if err != nil {
		return r, err
	}
	steps := map[string][]time.Duration{}
	for _, x := range all {
		if x.err != nil {
			r.Failed++
			if len(r.Errors) < 5 {
				r.Errors = append(r.Errors, x.err.Error())
			}
			continue
		}
		r.Finished++
		for name, d := range x.steps {
			steps[name] = append(steps[name], d)
		}
	}
	for name, ds := range steps {
		r.Steps[name] = percentilesOf(ds)
	}
	if r.Finished > 0 {
		r.PerSecond = float64(r.Finished) / took.Seconds()
		r.CPU = (cpu1 - cpu0) / time.Duration(r.Finished)
		r.Sent, r.Received = c.sent.Load()/int64(r.Finished), c.received.Load()/int64(r.Finished)
	}
	// Every answer that was acknowledged must stand in the attempt, whatever happened since.
	for _, x := range all {
		if x.attempt == "" {
			continue
		}
		if err := readBack(ctx, c, x, &r); err != nil {
			return r, err
		}
	}
	return r, nil
}

// sit takes one exam of ten items. Where answers are explained on the way each is checked, as long as its item is open.
func sit(ctx context.Context, shared *client, t taker, explained bool) (x exam) {
	c := &client{base: shared.base, http: shared.http, agent: shared.agent, cookie: t.Cookie}
	defer func() {
		shared.sent.Add(c.sent.Load())
		shared.received.Add(c.received.Load())
	}()
	x = exam{steps: map[string]time.Duration{}, taker: t, answers: map[string]formAnswer{}}
	timed := func(name string, do func() error) bool {
		begin := time.Now()
		x.err = do()
		x.steps[name] = max(x.steps[name], time.Since(begin))
		return x.err == nil
	}
	var f formAnswerSheet
	if !timed("start", func() error {
		return c.call(ctx, http.MethodPost, "/enrolments/"+t.Enrolment+"/quizzes/practice/attempts", nil, &f)
	}) {
		return x
	}
	for i, it := range f.Items {
		for open, try := true, 0; open; try++ {
			a := formAnswer{Text: strconv.Itoa(i + try)}
			if len(it.Choices) > 0 {
				a = formAnswer{Choices: []string{it.Choices[(i+try)%len(it.Choices)].ID}}
			}
			var saved struct {
				Seq  int `json:"seq"`
				Item struct {
					Check struct {
						Closed bool `json:"closed"`
					} `json:"check"`
				} `json:"item"`
			}
			method, name, path := http.MethodPut, "save", "/attempts/"+f.Attempt+"/answers/"+it.ID
			if explained {
				method, name, path = http.MethodPost, "check", path+"/check"
			}
			if !timed(name, func() error {
				return c.call(ctx, method, path, map[string]any{"answer": a, "seq": f.Seq, "tab": f.Tab}, &saved)
			}) {
				return x
			}
			f.Seq = saved.Seq
			x.attempt = f.Attempt
			x.answers[it.ID] = a
			open = explained && !saved.Item.Check.Closed
		}
	}
	if !timed("submit", func() error {
		return c.call(ctx, http.MethodPost, "/attempts/"+f.Attempt+"/submission", map[string]any{"seq": f.Seq}, nil)
	}) {
		return x
	}
	timed("result", func() error {
		if err := c.awaitGraded(ctx, f.Attempt); err != nil {
			return err
		}
		var a attemptAnswer
		if err := c.call(ctx, http.MethodGet, "/attempts/"+f.Attempt, nil, &a); err != nil {
			return err
		}
		if a.State != "graded" {
			return fmt.Errorf("attempt %s is %s", f.Attempt, a.State)
		}
		return nil
	})
	return x
}

func readBack(ctx context.Context, shared *client, x exam, r *examResult) error {
	c := &client{base: shared.base, http: shared.http, agent: shared.agent, cookie: x.taker.Cookie}
	var f struct {
		Items []struct {
			ID     string     `json:"id"`
			Answer formAnswer `json:"answer"`
		} `json:"items"`
	}
	if err := c.call(ctx, http.MethodGet, "/attempts/"+x.attempt+"/form", nil, &f); err != nil {
		return err
	}
	stored := map[string]formAnswer{}
	for _, it := range f.Items {
		stored[it.ID] = it.Answer
	}
	for item, a := range x.answers {
		r.Checked++
		if got := stored[item]; got.Text != a.Text || !slices.Equal(got.Choices, a.Choices) {
			r.Lost++
		}
	}
	return nil
}

func percentilesOf(ds []time.Duration) percentiles {
	slices.Sort(ds)
	at := func(p float64) time.Duration { return ds[min(len(ds)-1, int(p*float64(len(ds))))] }
	return percentiles{len(ds), at(.50), at(.95), at(.99)}
}

func (r examResult) show() {
	fmt.Printf("%s, load %s; %s\n", r.Machine, r.Load, r.Commit)
	what := "bodies"
	if r.Pages != "" {
		what = "on the wire"
	}
	fmt.Printf("begun %d at %.0f/s, finished %d (%.1f/s), failed %d, no free taker %d\n", r.Begun, r.Rate, r.Finished, r.PerSecond, r.Failed, r.Late)
	fmt.Printf("server CPU per exam %s; %s per exam: %d bytes up, %d bytes down\n", r.CPU.Round(10*time.Microsecond), what, r.Sent, r.Received)
	fmt.Printf("answers read back %d, lost %d\n", r.Checked, r.Lost)
	fmt.Printf("%-8s %8s %12s %12s %12s\n", "step", "n", "p50", "p95", "p99")
	for _, s := range []string{"cover", "start", "save", "check", "submit", "result"} {
		p, ok := r.Steps[s]
		if !ok {
			continue
		}
		fmt.Printf("%-8s %8d %12s %12s %12s\n", s, p.N, p.P50.Round(10*time.Microsecond), p.P95.Round(10*time.Microsecond), p.P99.Round(10*time.Microsecond))
	}
	for _, e := range r.Errors {
		fmt.Println("  !", e)
	}
}

// cpuOf reads user and system time of a process (proc(5), fields 14 and 15, in ticks of 10 ms).
func cpuOf(pid int) (time.Duration, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, faults.Wrap(err, faults.Unavailable, "Waktu CPU hanya dapat diukur di Linux.", "CPU time can be measured on Linux only.")
	}
	f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	if len(f) < 13 {
		return 0, errors.New("proc stat has an unknown form")
	}
	user, err1 := strconv.ParseInt(f[11], 10, 64)
	sys, err2 := strconv.ParseInt(f[12], 10, 64)
	return time.Duration(user+sys) * 10 * time.Millisecond, errors.Join(err1, err2)
}

// loadAverage is the machine's of the last minute, "?" where it is not told.
func loadAverage() string {
	b, err := os.ReadFile("/proc/loadavg")
	if f := strings.Fields(string(b)); err == nil && len(f) > 0 {
		return f[0]
	}
	return "?"
}

func cpuName() string {
	b, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.SplitSeq(string(b), "\n") {
		if name, ok := strings.CutPrefix(line, "model name\t: "); ok {
			return name
		}
	}
	return runtime.GOARCH
}

// benchChild is the server under load.
type benchChild struct {
	place
	Takers   int
	Attempts int // graded attempts to have beside the takers' own
	Explain  courses.Feedback
	Profile  string
}

// Run fills a fresh folder with the demo city, opens takers with their enrolments, serves, and ends when its standard input closes.
func (v *benchChild) Run(e *env) error {
	ctx, stop := context.WithCancel(e.ctx)
	defer stop()
	in, err := open(ctx, v.place, as{serving: true, worker: true, kind: kindDemo, quiet: true})
	if err != nil {
		return err
	}
	d := &demoVerb{place: v.place, front: front{Listen: "127.0.0.1:8080"}} // nothing listens: the address stands in the settings
	logins, err := in.fillDemo(ctx, d, func(string, ...any) {})
	if err != nil {
		return errors.Join(err, in.close())
	}
	takers, err := in.takers(ctx, v.Takers, v.Explain)
	if err != nil {
		return errors.Join(err, in.close())
	}
	go func() {
		if _, err := os.Stdin.Read(make([]byte, 1)); err != nil {
			stop()
		}
	}()
	if err := in.workOff(ctx); err != nil {
		return errors.Join(err, in.close())
	}
	if v.Attempts > 0 {
		if err := in.multiply(ctx, takers[0], v.Attempts); err != nil {
			return errors.Join(err, in.close())
		}
	}
	endProfile, err := profile(v.Profile)
	if err != nil {
		return errors.Join(err, in.close())
	}
	defer endProfile()
	return in.serve(ctx, d.front, true, func(address string) {
		if err := json.NewEncoder(os.Stdout).Encode(childReady{address, takers, logins}); err != nil {
			in.log.Error("the load generator is gone", "err", err)
		}
	})
}

// workOff does what filling the folder left to be done, so that a figure is not that of the filling.
func (in *installation) workOff(ctx context.Context) error {
	if !in.working {
		if err := in.startWork(ctx); err != nil {
			return err
		}
	}
	for ctx.Err() == nil {
		waiting := 0
		for _, c := range in.db.Collections() {
			w, err := in.db.Ready(ctx, c, in.now().Add(time.Minute), 1)
			if err != nil {
				return err
			}
			waiting += len(w)
		}
		if waiting == 0 {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return ctx.Err()
}

// takers makes n people with a session each, enrolled in a course whose practice quiz has ten items, no limit of attempts, and explains answers so.
func (in *installation) takers(ctx context.Context, n int, explain courses.Feedback) ([]taker, error) {
	a := access.System("bench")
	folder, err := fs.Sub(demo.Files, "courses/APEL-103")
	if err != nil {
		return nil, err
	}
	draft, report := exchange.ReadFolder(context.Background(), folder)
	if err := report.Err(); err != nil {
		return nil, err
	}
	draft.Code = "BENCH-1"
	practices := 0 // the first stays: it draws from the bank of questions, a later one from that of simulations
	draft.Quizzes = slices.DeleteFunc(draft.Quizzes, func(q exchange.Quiz) bool {
		if q.Kind == "practice" {
			practices++
		}
		return q.Kind == "pre_test" || q.Kind == "practice" && practices > 1
	})
	for i := range draft.Quizzes {
		if q := &draft.Quizzes[i]; q.Kind == "practice" {
			q.Code, q.TimeLimitMinutes = "practice", 30
			q.Behaviour.Feedback = string(explain)
			if explain == courses.Interactive {
				q.Behaviour.Tries, q.Behaviour.Penalty = 2, grading.Full/3
			}
			left := 10
			for _, o := range draft.Objectives {
				cell := grading.Cell{Objective: o.Code}
				q.Draw[cell] = min(3, left)
				left -= q.Draw[cell]
			}
		}
	}
	if _, err := in.courses.Import(ctx, a, courses.ImportInput{Draft: draft, Publish: true}); err != nil {
		return nil, fmt.Errorf("import the bench course: %w", err)
	}
	out := make([]taker, n)
	var wg sync.WaitGroup
	errs := make([]error, n)
	slots := make(chan struct{}, 2*runtime.NumCPU())
	for i := range n {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			out[i], errs[i] = in.taker(ctx, a, i)
		})
	}
	wg.Wait()
	return out, errors.Join(errs...)
}

func (in *installation) taker(ctx context.Context, a access.Actor, i int) (taker, error) {
	nip := fmt.Sprintf("19%02d%02d%02d2020%02d1%03d", 70+i%30, 1+i/30%12, 1+i/360%28, 1+i/10080%12, 901+i%99)
	p, _, err := in.people.AddPerson(ctx, a, people.PersonInput{NIP: nip, Details: people.Details{Name: fmt.Sprintf("Peserta Uji %04d", i), Status: people.PNS, LegalPosition: people.Active}})
	if err != nil {
		return taker{}, fmt.Errorf("taker %d: %w", i, err)
	}
	slip, err := in.people.IssueSlip(ctx, a, p.ID, "bench")
	if err != nil {
		return taker{}, err
	}
	password, err := newPassword()
	if err != nil {
		return taker{}, err
	}
	_, token, err := in.people.Activate(ctx, people.ActivateInput{NIP: nip, Code: slip.Code, Password: password})
	if err != nil {
		return taker{}, err
	}
	e, err := in.courses.Enrol(ctx, a, courses.EnrolInput{Person: string(p.ID), Course: "BENCH-1", Why: "bench"})
	if err != nil {
		return taker{}, err
	}
	return taker{Cookie: visit.SessionCookie + "=" + token, Enrolment: e.ID, Person: string(p.ID)}, nil
}
