package courses_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/blobs"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/internal/storage/storagetest"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/policies"
)

var ctx = context.Background()

// clock is set by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *clock) pass(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }

// register is a small register of people for tests; the real one lives in the room people.
type register struct {
	mu     sync.Mutex
	people map[string]courses.Learner
	roles  map[string][]string
}

func (r *register) put(l courses.Learner) { r.mu.Lock(); defer r.mu.Unlock(); r.people[l.Person] = l }

func (r *register) Learner(_ context.Context, id string) (courses.Learner, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l, ok := r.people[id]
	if !ok {
		return l, faults.NotFound
	}
	return l, nil
}

func page(all []string, after string, limit int) ([]string, string, error) {
	sort.Strings(all)
	i, _ := slices.BinarySearch(all, after+"\x00")
	if after == "" {
		i = 0
	}
	all = all[i:]
	if len(all) <= limit {
		return all, "", nil
	}
	return all[:limit], all[limit-1], nil
}

func (r *register) Covered(_ context.Context, kind courses.WhoKind, value, after string, limit int) ([]string, string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []string
	for id := range r.people {
		all = append(all, id)
	}
	return page(all, after, limit)
}

func (r *register) Unit(_ context.Context, code string) (string, error) {
	if strings.HasPrefix(code, "u-") {
		return code, nil
	}
	return "", faults.NotFound
}

func (r *register) UnitPath(_ context.Context, unit string) ([]string, error) {
	if unit == "u-city" {
		return []string{"u-city"}, nil
	}
	return []string{unit, "u-city"}, nil
}

func (r *register) RolesOf(_ context.Context, person string) ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.roles[person], nil
}

func (r *register) Holders(_ context.Context, app, role, after string, limit int) ([]string, string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []string
	for id, roles := range r.roles {
		for _, x := range roles {
			if x == app+"/"+role || app == "*" && strings.HasSuffix(x, "/"+role) {
				all = append(all, id)
			}
		}
	}
	return page(slices.Compact(slices.Sorted(slices.Values(all))), after, limit)
}

var competencies = dictionary{"M.01", "M.02", "M.03", "M.04", "M.05", "M.06", "M.07", "M.08", "SK", "T.01", "T.02", "T.03", "T.04", "T.05", "T.06", "T.07", "T.08"}

type dictionary []string

func (d dictionary) Known(_ context.Context, c string) bool { return slices.Contains(d, c) }

// world is one installation for a test.
type world struct {
	testing.TB
	path   string
	db     *storage.DB
	engine *sqlite.Engine
	*courses.Service
	clock   *clock
	people  *register
	blobs   *blobs.Store
	woken   []string
	hold    bool // leave certificates to be made where they are
	mu      sync.Mutex
	told    map[string][]courses.News // by attempt
	listed  []courses.RegradeNews     // what those responsible for regrades were told
	looks   []string                  // who looked at whom
	bosses  bosses
	markers []string
	judges  map[string][]courses.JudgeNews // by marking
	works   map[string][]courses.WorkNews  // by field work

	certified  func(enrolment string)             // hears of every certify step
	objections map[string][]courses.ObjectionNews // by marking
	reviews    []courses.ReviewNews

	faulty *storagetest.Faulty // nil: nothing crashes here
	died   bool                // something did
}

func (w *world) look(_ context.Context, a access.Actor, role, person string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looks = append(w.looks, a.Person+" as "+role+" at "+person)
	return nil
}

func (w *world) Wake(_ context.Context, collection, id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.woken = append(w.woken, collection+"/"+id)
}

var (
	ani    = access.Actor{Person: "ani"}
	budi   = access.Actor{Person: "budi"}
	admin  = access.Actor{Person: "adm", Grants: []access.Grant{{Role: "training_admin"}}}
	author = access.Actor{Person: "pen", Grants: []access.Grant{{Role: "author"}}}
	invig  = access.Actor{Person: "pengawas", Grants: []access.Grant{{Role: "invigilator", Unit: "u-city"}}}
	uadmin = access.Actor{Person: "uadm", Grants: []access.Grant{{Role: "unit_admin", Unit: "u-dukcapil"}}}
)

func newWorld(t testing.TB) *world {
	t.Helper()
	path := filepath.Join(t.TempDir(), "apel.db")
	e, err := sqlite.Open(path, sqlite.Options{})
	must(t, err)
	w := &world{TB: t, path: path, engine: e, clock: &clock{now: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)},
		people: &register{people: map[string]courses.Learner{}, roles: map[string][]string{}}, bosses: bosses{}}
	for _, id := range []string{"ani", "budi"} {
		w.people.put(courses.Learner{Person: id, Name: id, Active: true, Units: []string{"u-dukcapil", "u-city"}, Positions: []string{"p-loket"}, PositionKind: "pelaksana",
			Standards: []string{"PELAKSANA"}, Status: "PPPK"})
	}
	for _, id := range []string{"adm", "pen", "pengawas", "uadm"} {
		w.people.put(courses.Learner{Person: id, Name: id, Active: true, Units: []string{"u-bkpsdm", "u-city"}, PositionKind: "fungsional", Status: "PNS"})
	}
	w.blobs, err = blobs.Open(filepath.Join(filepath.Dir(path), "blobs"))
	must(t, err)
	w.open(e)
	t.Cleanup(func() { w.db.Close() })
	return w
}

// open starts the room on an engine, as a process does.
func (w *world) open(e storage.Engine) {
	w.Helper()
	var err error
	w.db, err = storage.New(ctx, e)
	must(w, err)
	p, err := policies.Load()
	must(w, err)
	w.Service, err = courses.Open(ctx, courses.Config{DB: w.db, Files: w.blobs, Policy: p, Now: w.clock.Now, Zone: civil.Jakarta, Log: slog.New(slog.DiscardHandler),
		People: w.people, Apps: w.people, Dictionary: competencies, Wake: w, Viewed: w.look, Rand: newDice(), Caller: calling, Supervisors: w.bosses, Markers: func(context.Context) ([]string, error) { return w.markers, nil }, LocalRules: func() string { return "Aduan ringan: 2 hari kerja.\r\n\nGratifikasi: tanya UPG.\n" }})
	must(w, err)
}

// newDice is randomness that a failing test can repeat.
func newDice() io.Reader {
	c := mathrand.NewChaCha8([32]byte{1})
	return &lockedReader{r: c}
}

type lockedReader struct {
	mu sync.Mutex
	r  io.Reader
}

func (l *lockedReader) Read(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(b)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// is checks the kind of an error; nil wants none.
func is(t testing.TB, err error, kind error) {
	t.Helper()
	if kind == nil {
		if err != nil {
			t.Fatalf("unexpected: %v", err)
		}
		return
	}
	if !errors.Is(err, kind) {
		t.Fatalf("got %v, want %v", err, kind)
	}
}

// says checks that an error's Indonesian sentence or one of its fields mentions every word.
func says(t testing.TB, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	f := faults.Of(err)
	all := f.Text.ID
	for _, x := range f.Fields {
		all += " " + x.Path + ": " + x.Text.ID
	}
	for _, word := range words {
		if !strings.Contains(all, word) {
			t.Fatalf("%q does not say %q", all, word)
		}
	}
}

func text(s string) texts.Text { return texts.T(s, s) }

// question is a single choice whose right option is b.
func question(code, objective string) grading.Item {
	return grading.Item{Code: code, Type: grading.Single, Objective: objective, Difficulty: grading.Easy, Stem: "Soal " + code + "?", General: "Ingat " + code, Options: []grading.Option{
		{ID: "a", Text: "salah satu", Feedback: "bukan"}, {ID: "b", Text: "benar " + code, Mark: grading.Full, Feedback: "tepat"}, {ID: "c", Text: "salah dua"}, {ID: "d", Text: "salah tiga"},
	}}
}

func bank(prefix string, n int) (items []grading.Item) {
	for i := range n {
		items = append(items, question(fmt.Sprintf("%s-%02d", prefix, i), "9."+fmt.Sprint(1+i%2)))
	}
	return items
}

func content() courses.Content {
	return courses.Content{
		Card: courses.Card{Title: text("Layanan Tanpa Pungli"), Summary: text("Tolak, catat, lapor"), Kind: courses.Technical, Track: "dasar", Values: []string{"berintegritas"}, JP: 4,
			ValidMonths: 12, SelfEnrolment: true, Targets: []courses.Target{{Competency: "T.04", Level: 2}}},
		Minutes:    map[string]int{"lessons": 60, "practice": 44, "cases": 30, "tests": 34},
		Objectives: []courses.Objective{{Code: "9.1", Text: text("satu")}, {Code: "9.2", Text: text("dua")}},
	}
}

// quizzes are the three quizzes of a course, the caller's to change.
func quizzes() []courses.Quiz {
	return []courses.Quiz{
		{Code: "pretest", Kind: courses.PreTest, Title: text("Tes awal"), Bank: "pre", Draw: grading.PerObjective(map[string]int{"9.1": 1, "9.2": 1}), Minutes: 15, Attempts: 1},
		{Code: "practice", Kind: courses.Practice, Title: text("Latihan"), Bank: "pre", Draw: grading.PerObjective(map[string]int{"9.1": 1})},
		{Code: "posttest", Kind: courses.PostTest, Title: text("Tes akhir"), Bank: "bank", Draw: grading.PerObjective(map[string]int{"9.1": 5, "9.2": 5}), Minutes: 30, Attempts: 3, PassMark: 70},
	}
}

// lessonText has 360 words: two minutes of reading, of which 48 seconds are asked for.
var lessonText = "# Judul\n\n" + strings.Repeat("kata ", 358)

// course publishes a course with two lessons, a bank of 30 and the three quizzes.
func (w *world) course(code string, change func(*courses.Content)) courses.VersionDoc {
	w.Helper()
	c := content()
	_, err := w.NewCourse(ctx, author, code, c.Card)
	must(w, err)
	v, err := w.NewDraft(ctx, author, code)
	must(w, err)
	for _, l := range []string{"L1", "L2"} {
		v, err = w.WriteLesson(ctx, author, v.ID, v.Revision, courses.LessonText{Code: l, Title: text("Pelajaran " + l), Minutes: 10, Markdown: lessonText})
		must(w, err)
	}
	v, err = w.WriteBank(ctx, author, v.ID, v.Revision, "bank", bank("B", 30))
	must(w, err)
	v, err = w.WriteBank(ctx, author, v.ID, v.Revision, "pre", bank("P", 6))
	must(w, err)
	v, err = w.WriteBank(ctx, author, v.ID, v.Revision, "large", bank("L", 40))
	must(w, err)
	c.Lessons, c.Banks, c.Quizzes = v.Content.Lessons, v.Content.Banks, quizzes()
	if change != nil {
		change(&c)
	}
	v, err = w.Revise(ctx, author, v.ID, v.Revision, c)
	must(w, err)
	v, err = w.Publish(ctx, admin, v.ID)
	must(w, err)
	return v
}

// tellListed notes who would be told of a regrade.
func (w *world) tellListed(ctx context.Context, id string) error {
	n, err := w.RegradeNews(ctx, id)
	if err != nil {
		return err
	}
	w.mu.Lock()
	w.listed = append(w.listed, n)
	w.mu.Unlock()
	return w.RegradeTold(ctx, id)
}

// steps does what a due names, by collection/step.
func (w *world) steps() map[string]func(context.Context, string) error {
	return map[string]func(context.Context, string) error{
		"attempts/close": w.CloseAttempt, "attempts/grade": w.Grade, "attempts/complete": w.Complete, "course_versions/head": w.Head, "course_versions/announce": w.Announced, "courses/announce": w.CourseAnnounced,
		"assignments/enrol": w.EnrolAssigned, "assignment_rules/apply": w.ApplyRule, "cohorts/enrol": w.EnrolCohort,
		"markings/marked": w.Settle, "markings/route": w.route, "markings/tell": w.tellObjection, "item_lives/tell": w.tellReview, "version_talks/tell": w.tellTalk, "field_works/open": w.OpenWork, "field_works/record": w.RecordWork, "field_works/tell": w.tellWork, "regrades/regrade": w.RunRegrade, "regrades/tell": w.tellListed, "rehearsals/forget": w.ForgetRehearsal, "attempts/recount": w.Recount, "attempts/tell": w.tell,
		"exams/settle": w.SettleExam, "exams/collect": w.CollectExam, "exams/forget": w.ForgetExam, "exam_alikes/rebuild": w.CompareExam,
		"sitting_months/rebuild": w.CountMonth, "quiz_analyses/rebuild": w.AnalyseQuiz,
		"enrolments/certify": func(ctx context.Context, id string) error {
			if _, err := w.Certifying(ctx, id); err != nil {
				return err
			}
			if w.certified != nil {
				w.certified(id)
			}
			return w.Certified(ctx, id)
		},
	}
}

// chain runs everything that is due, as the workers do, until nothing is left.
func (w *world) chain() {
	w.Helper()
	for range 1000 {
		idle := true
		w.do(func() error {
			steps := w.steps()
			for _, c := range w.db.Collections() {
				ready, err := w.db.Ready(ctx, c, w.clock.Now(), 100)
				if err != nil {
					return err
				}
				for _, x := range ready {
					if w.hold && x.Due.Step == courses.CertifyStep {
						continue
					}
					step := steps[c+"/"+x.Due.Step]
					if step == nil {
						w.Fatalf("%s/%s is due for unknown step %s", c, x.ID, x.Due.Step)
					}
					idle = false
					for range 2 { // every step bears running twice
						err := step(ctx, x.ID)
						if errors.Is(err, faults.Conflict) { // as the workers do: later again
							err = w.db.UpdateEnvelope(ctx, c, x.ID, func(e *storage.Envelope) error {
								e.Due.Retry(w.clock.Now(), faults.Of(err).Text.ID)
								return nil
							})
							if err == nil {
								break
							}
						}
						if err != nil {
							return fmt.Errorf("%s of %s/%s: %w", x.Due.Step, c, x.ID, err)
						}
					}
				}
			}
			return nil
		})
		if idle {
			return
		}
	}
	w.Fatal("the chain does not come to rest")
}

// tell keeps what a learner is told, as an inbox would: the same news once.
func (w *world) tell(ctx context.Context, attempt string) error {
	news, err := w.Untold(ctx, attempt)
	if err != nil {
		return err
	}
	w.mu.Lock()
	if w.told == nil {
		w.told = map[string][]courses.News{}
	}
	for _, n := range news {
		if !slices.ContainsFunc(w.told[attempt], func(had courses.News) bool { return had.Regrade == n.Regrade }) {
			w.told[attempt] = append(w.told[attempt], n)
		}
	}
	w.mu.Unlock()
	return w.Told(ctx, attempt, news)
}

// route and tellWork keep what supervisors and learners are told of field tasks, the same news once.
func (w *world) route(ctx context.Context, id string) error {
	n, err := w.Route(ctx, id)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.judges == nil {
		w.judges = map[string][]courses.JudgeNews{}
	}
	if n.Person != "" && !slices.ContainsFunc(w.judges[id], func(had courses.JudgeNews) bool { return had.Person == n.Person && had.Topic == n.Topic }) {
		w.judges[id] = append(w.judges[id], n)
	}
	return w.Routed(ctx, id)
}

func (w *world) tellWork(ctx context.Context, id string) error {
	n, untold, err := w.UntoldWork(ctx, id)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.works == nil {
		w.works = map[string][]courses.WorkNews{}
	}
	if untold && !slices.ContainsFunc(w.works[id], func(had courses.WorkNews) bool { return had.Edition == n.Edition && had.Verdict == n.Verdict }) {
		w.works[id] = append(w.works[id], n)
	}
	return w.ToldWork(ctx, id, n.Edition)
}

// tellReview and tellTalk keep what reviewers and authors are told of reviews, the same news once.
func (w *world) tellReview(ctx context.Context, item string) error {
	news, state, err := w.UntoldReview(ctx, item)
	if err != nil {
		return err
	}
	w.heard(news...)
	return w.ToldReview(ctx, item, state)
}

func (w *world) tellTalk(ctx context.Context, version string) error {
	n, untold, err := w.UntoldVersionReview(ctx, version)
	if err != nil {
		return err
	}
	if untold {
		w.heard(n)
	}
	if err := w.ToldVersionReview(ctx, version, n.Topic); err != nil {
		return err
	}
	_, remarks, err := w.UntoldRemarks(ctx, version)
	if err != nil {
		return err
	}
	return w.ToldRemarks(ctx, version, remarks)
}

func (w *world) heard(news ...courses.ReviewNews) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range news {
		if !slices.ContainsFunc(w.reviews, func(had courses.ReviewNews) bool { return had.Topic == n.Topic }) {
			w.reviews = append(w.reviews, n)
		}
	}
}

func (w *world) tellObjection(ctx context.Context, id string) error {
	n, err := w.UntoldObjection(ctx, id)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.objections == nil {
		w.objections = map[string][]courses.ObjectionNews{}
	}
	if !slices.Contains(w.objections[id], n) {
		w.objections[id] = append(w.objections[id], n)
	}
	return w.ToldObjection(ctx, id)
}

// answers answers a form, the first right ones rightly.
func answers(f courses.FormView, right int) map[string]grading.Answer {
	out := map[string]grading.Answer{}
	for i, it := range f.Items {
		want := strings.Contains
		for _, c := range it.Choices {
			if want(string(c.HTML), "benar") == (i < right) {
				out[it.Item] = grading.Answer{Choices: []string{c.ID}}
				break
			}
		}
	}
	return out
}

// prepare enrols a person and goes through pre-test and lessons, so that only the post-test is left.
func (w *world) prepare(a access.Actor, course string) courses.EnrolmentDoc {
	w.Helper()
	e, err := w.Enrol(ctx, a, courses.EnrolInput{Course: course})
	must(w, err)
	w.read(a, e.ID)
	return e
}

func (w *world) read(a access.Actor, e string) {
	w.Helper()
	f, err := w.Start(ctx, a, e, "pretest")
	must(w, err)
	_, err = w.Submit(ctx, a, f.Attempt, answers(f, 1), f.Seq)
	must(w, err)
	w.chain()
	for _, l := range []string{"L1", "L2"} {
		_, err := w.OpenLesson(ctx, a, e, l)
		must(w, err)
		w.clock.pass(50 * time.Second)
		st, err := w.Read(ctx, a, e, l, true)
		must(w, err)
		if !st.Done {
			w.Fatalf("lesson %s is not read: %+v", l, st)
		}
	}
}
