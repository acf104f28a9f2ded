package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/storage"
)

// benchPages compares every main page and list with few and with very many attempts in the folder: nothing a person opens may grow with history.
type benchPages struct {
	Small int  `help:"Attempts in the small folder." default:"10000"`
	Large int  `help:"Attempts in the large one." default:"1000000"`
	Times int  `help:"How often each page is asked for." default:"40"`
	JSON  bool `help:"Print the result as JSON."`
}

type pageResult struct {
	Page  string        `json:"page"`
	Small time.Duration `json:"p50_small_ns"`
	Large time.Duration `json:"p50_large_ns"`
	Ratio float64       `json:"ratio"`
}

// Run measures both folders at the same time, page by page in turn, so that what else the machine does falls on both.
func (v *benchPages) Run(e *env) error {
	var servers [2]*benchServer
	var err error
	for i, n := range []int{v.Small, v.Large} {
		dir, e2 := os.MkdirTemp("", "apel-bench-")
		if e2 != nil {
			return e2
		}
		defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
		if servers[i], err = startServer(e.ctx, dir, 2, "--attempts", strconv.Itoa(n)); err != nil {
			break
		}
	}
	var results []pageResult
	if err == nil {
		results, err = v.measure(e.ctx, servers)
	}
	for _, s := range servers {
		if s != nil {
			err = errors.Join(err, s.stop())
		}
	}
	if err != nil {
		return err
	}
	if v.JSON {
		return print(results)
	}
	fmt.Printf("%d cores, %s; %s; %d and %d attempts\n%-52s %10s %10s %6s\n", runtime.NumCPU(), cpuName(), version(), v.Small, v.Large, "page", "p50 small", "p50 large", "ratio")
	for _, r := range results {
		fmt.Printf("%-52s %10s %10s %6.2f\n", r.Page, r.Small.Round(10*time.Microsecond), r.Large.Round(10*time.Microsecond), r.Ratio)
	}
	return nil
}

// listed are the pages, by who opens them; %E is the taker's enrolment, %A their attempt, %P the person.
var listed = []struct{ role, path string }{
	{"", "/"}, {"", "/katalog"}, {"", "/kursus/BENCH-1"}, {"", "/belajar/%E"}, {"", "/belajar/%E/tes/practice"}, {"", "/percobaan/%A/hasil"},
	{"", "/kompetensi"}, {"", "/jp"}, {"", "/sertifikat"}, {"", "/kotak-masuk"},
	{"", "/api/v1/attempts?enrolment=%E"}, {"", "/api/v1/attempts/%A"}, {"", "/api/v1/enrolments?person=%P"},
	{"training_admin", "/kelola"}, {"training_admin", "/kelola/pegawai"}, {"training_admin", "/kelola/kursus"}, {"training_admin", "/kelola/kursus/BENCH-1"},
	{"training_admin", "/kelola/percobaan?kursus=BENCH-1"}, {"training_admin", "/kelola/penugasan"},
	{"training_admin", "/api/v1/attempts?course=BENCH-1"}, {"training_admin", "/api/v1/enrolments?course=BENCH-1"}, {"training_admin", "/api/v1/people"},
}

func (v *benchPages) measure(ctx context.Context, servers [2]*benchServer) ([]pageResult, error) {
	var out []pageResult
	var clients [2]map[string]*http.Client
	for i, s := range servers {
		clients[i] = map[string]*http.Client{"": {Timeout: time.Minute}}
		for _, l := range s.Logins {
			if slices.ContainsFunc(listed, func(x struct{ role, path string }) bool { return x.role == l.Role }) && clients[i][l.Role] == nil {
				jar, err := cookiejar.New(nil)
				if err != nil {
					return nil, err
				}
				h := &http.Client{Jar: jar, Timeout: time.Minute}
				c := &client{base: s.Address, http: h, agent: "apel bench"}
				if err := c.call(ctx, http.MethodPost, "/sessions", map[string]string{"nip": l.NIP, "password": l.Password}, nil); err != nil {
					return nil, err
				}
				clients[i][l.Role] = h
			}
		}
	}
	for _, p := range listed {
		var took [2][]time.Duration
		for n := range v.Times + 3 {
			for i, s := range servers {
				h := clients[i][p.role]
				if h == nil {
					return nil, fmt.Errorf("the demo city has no login for %s", p.role)
				}
				d, err := ask(ctx, h, s, p.role == "", p.path)
				if err != nil {
					return nil, err
				}
				if n >= 3 { // the first ones fill caches
					took[i] = append(took[i], d)
				}
			}
		}
		r := pageResult{Page: strings.TrimSpace(p.role + " " + p.path), Small: percentilesOf(took[0]).P50, Large: percentilesOf(took[1]).P50}
		r.Ratio = float64(r.Large) / float64(r.Small)
		out = append(out, r)
	}
	return out, nil
}

func ask(ctx context.Context, h *http.Client, s *benchServer, own bool, path string) (time.Duration, error) {
	t := s.Takers[0]
	path = strings.NewReplacer("%E", t.Enrolment, "%A", t.Enrolment+".practice.1", "%P", t.Person).Replace(path)
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Address+path, nil)
	if err != nil {
		return 0, err
	}
	if own {
		q.Header.Set("Cookie", t.Cookie)
	}
	begin := time.Now()
	res, err := h.Do(q)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, res.Body)
	took := time.Since(begin)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		return 0, err
	}
	if res.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s: %s", path, res.Status)
	}
	return took, nil
}

// perPerson is how many attempts of the history one person made.
const perPerson = 20

// multiply lets a taker sit one exam and then writes so many copies of what it left, as other people's: person, enrolment and attempts in the form in
// which the rooms stored them, under other ids. Only for the benchmark; it goes past the rooms.
func (in *installation) multiply(ctx context.Context, t taker, attempts int) error {
	a := access.Actor{Person: t.Person}
	f, err := in.courses.Start(ctx, a, t.Enrolment, "practice")
	if err != nil {
		return fmt.Errorf("sit the exam to copy: %w", err)
	}
	if _, err := in.courses.Submit(ctx, a, f.Attempt, nil, f.Seq); err != nil {
		return err
	}
	for d := (courses.AttemptDoc{}); d.State != courses.AttemptGraded; {
		if d, err = in.courses.Attempt(ctx, a, f.Attempt); err != nil {
			return err
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	if err := in.workOff(ctx); err != nil {
		return err
	}
	var originals [3]storage.Record
	for i, x := range []struct{ collection, id string }{{"people", t.Person}, {courses.EnrolmentsCollection, t.Enrolment}, {courses.AttemptsCollection, f.Attempt}} {
		if originals[i], err = in.record(ctx, x.collection, x.id); err != nil {
			return err
		}
	}
	engine := in.db.Engine()
	people := make(chan int)
	var wg sync.WaitGroup
	errs := make(chan error, 1)
	for range 64 { // they share commits
		wg.Go(func() {
			for n := range people {
				person := storage.NewID()
				err := engine.Insert(ctx, "people", copyAs(originals[0], t.Person, person))
				if err == nil {
					err = engine.Insert(ctx, courses.EnrolmentsCollection, copyAs(originals[1], t.Person, person))
				}
				for k := 0; k < perPerson && err == nil; k++ {
					r := copyAs(originals[2], t.Person, person)
					r.ID = strings.TrimSuffix(r.ID, "1") + strconv.Itoa(k+1)
					r.Body = bytes.Replace(r.Body, []byte(`"ordinal":1,`), []byte(`"ordinal":`+strconv.Itoa(k+1)+`,`), 1)
					for i := range r.Entries {
						if r.Entries[i].Index == "course" {
							r.Entries[i].Order = storage.OrderTime(in.now().Add(-time.Duration(n*perPerson+k) * time.Minute))
						}
					}
					err = engine.Insert(ctx, courses.AttemptsCollection, r)
				}
				if err != nil {
					select {
					case errs <- err:
					default:
					}
				}
			}
		})
	}
	for n := 0; n < attempts/perPerson && ctx.Err() == nil && len(errs) == 0; n++ {
		people <- n
	}
	close(people)
	wg.Wait()
	select {
	case err := <-errs:
		return fmt.Errorf("multiply attempts: %w", err)
	default:
		return ctx.Err()
	}
}

// copyAs is a record as another person's: their id stands in the ids, the body and the index terms.
func copyAs(r storage.Record, from, to string) storage.Record {
	c := storage.Record{ID: strings.ReplaceAll(r.ID, from, to), Version: r.Version, Op: r.Op, Body: bytes.ReplaceAll(r.Body, []byte(from), []byte(to))}
	for _, x := range r.Entries {
		x.Term, x.Order = strings.ReplaceAll(x.Term, from, to), strings.ReplaceAll(x.Order, from, to)
		c.Entries = append(c.Entries, x)
	}
	return c
}

// record reads a document with its index entries.
func (in *installation) record(ctx context.Context, collection, id string) (storage.Record, error) {
	for after := ""; ; {
		rs, err := in.db.Engine().Slice(ctx, collection, after, 500)
		if err != nil {
			return storage.Record{}, err
		}
		for _, r := range rs {
			if r.ID == id {
				return r, nil
			}
			after = r.ID
		}
		if len(rs) == 0 {
			return storage.Record{}, fmt.Errorf("%s/%s is not stored", collection, id)
		}
	}
}
