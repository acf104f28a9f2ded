package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/demo"
	"github.com/apelkota/apel/demo/made"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/workers"
)

// The demo city, as its files have it or with a made one around it, is filled by living through it: the clock is set two years back, the register
// comes in by the importers an admin uses, quarter by quarter with its newcomers, and people enrol, read, sit tests and get certificates through the
// services their pages use. What the queue would do is done in place (workers.Drain). Nothing is written around the rooms.

const (
	together   = 64                 // people who act at the same moment, so that their writes share commits
	wavePeriod = 3                  // months between two imports of newcomers
	settleTime = 7 * 24 * time.Hour // history ends so long before now, so that the last tests and certificates are past too
)

// checkCity refuses what cannot be filled or served, before anything is opened. It says whether the folder has to be filled.
func (v *demoVerb) checkCity() (fill bool, err error) {
	if v.People != 0 && (v.People < made.MinPeople || v.People > made.MaxPeople) {
		return false, faults.OnField("people", fmt.Sprintf("--people: %d sampai %d, atau 0 untuk kota contoh biasa.", made.MinPeople, made.MaxPeople),
			fmt.Sprintf("--people: %d to %d, or 0 for the plain demo city.", made.MinPeople, made.MaxPeople))
	}
	m, err := (&folder{path: v.Dir}).mark()
	if errors.Is(err, faults.NotFound) {
		return !v.Once, nil
	}
	switch {
	case err != nil || m.Kind != kindDemo: // opening says what is wrong
		return false, nil
	case m.Filling:
		return false, faults.New(faults.Conflict, "Pengisian kota contoh di folder ini terputus dan isinya belum utuh. Hapus folder "+v.Dir+" lalu jalankan lagi, atau pilih folder lain dengan --dir.",
			"Filling the demo city in this folder was broken off and it is not whole. Delete the folder "+v.Dir+" and run again, or choose another with --dir.")
	case v.People != 0 && (m.People != v.People || m.Seed != v.Seed):
		what, whatEN := fmt.Sprintf("kota contoh dengan %d pegawai (--seed %d)", m.People, m.Seed), fmt.Sprintf("a demo city of %d people (--seed %d)", m.People, m.Seed)
		if m.People == 0 {
			what, whatEN = "kota contoh biasa", "the plain demo city"
		}
		return false, faults.New(faults.Conflict, "Folder ini sudah berisi "+what+". Jalankan tanpa --people, atau pilih folder lain dengan --dir.",
			"This folder already holds "+whatEN+". Run without --people, or choose another with --dir.")
	}
	return false, nil
}

// filler fills a fresh folder with a city and its past.
type filler struct {
	*installation
	v     *demoVerb
	clock *demoClock
	say   func(string, ...any)
	a     access.Actor
	zone  civil.Zone
	city  made.City
	hand  map[string]made.Table // files of the hand-written city
	begun time.Time

	solver solver
	quiz   map[string]map[courses.QuizKind][]string
	reads  map[string][]string
	tasks  map[string][]exchange.FieldTask
	works  []*fieldJob
	ids    []string // person ids, in the order of the staff
	staff  []made.Person
	counts struct{ sittings, certificates, attempts int }
}

// cityBegin is when the history of a city made now begins.
func cityBegin(now time.Time) time.Time { return now.AddDate(0, -made.Months, 0) }

// fillCity fills the folder. The clock stands at cityBegin when it is called and runs freely when it returns.
func (in *installation) fillCity(ctx context.Context, v *demoVerb, clock *demoClock, say func(string, ...any)) ([]demoLogin, error) {
	in.waker.to.Store(nil) // nothing is announced: what becomes due is drained here
	defer in.waker.to.Store(in.workers)
	defer clock.release()
	defer debug.SetGCPercent(debug.SetGCPercent(300)) // memory is there to be used while nobody else is served
	endProfile, err := profile(v.Profile)
	if err != nil {
		return nil, err
	}
	defer endProfile()
	f := &filler{installation: in, v: v, clock: clock, say: say, a: access.System("demo"), zone: in.settings.Zone(), hand: map[string]made.Table{}, begun: time.Now()}
	now := time.Now()
	if err := f.prepare(f.zone.Day(now)); err != nil {
		return nil, err
	}
	base := "http://" + v.Listen
	if err := in.settings.Change(ctx, f.a, in.settings.Version(), demoSettings(base), "kota contoh"); err != nil {
		return nil, err
	}
	begin := cityBegin(now)
	end := now.Add(-settleTime)
	if err := f.live(ctx, begin, end); err != nil {
		return nil, err
	}
	logins, err := f.finish(ctx, now)
	if err != nil {
		return nil, err
	}
	m, err := in.folder.mark()
	if err != nil {
		return nil, err
	}
	m.Filling = false
	if err := in.folder.setMark(m); err != nil {
		return nil, err
	}
	say("  kota contoh: %d pegawai, %d kepesertaan kursus, %d tes, %d sertifikat (%s)", len(f.ids), f.counts.sittings, f.counts.attempts, f.counts.certificates, time.Since(f.begun).Round(time.Second))
	return logins, nil
}

// prepare reads the hand-written files and invents the rest.
func (f *filler) prepare(today civil.Date) error {
	for _, kind := range importOrder {
		b, err := demo.Files.ReadFile("city/" + kind + ".csv")
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
		if err != nil {
			return fmt.Errorf("read %s.csv: %w", kind, err)
		}
		f.hand[kind] = rows
	}
	o := made.Options{People: max(0, f.v.People-len(f.hand["people"].Rows())), Seed: f.v.Seed, Today: today}
	for _, r := range f.hand["people"].Rows() {
		o.Taken = append(o.Taken, r[0])
	}
	o.Required = f.required()
	f.city = made.Make(o)
	learners, err := demoCandidates(f.special())
	if err != nil {
		return err
	}
	f.staff = append(f.handStaff(learners[0]), f.city.Staff...)
	f.ids = make([]string, len(f.staff))
	return f.readCourses()
}

func (f *filler) special() map[string]bool {
	out := map[string]bool{}
	for _, r := range f.hand["roles"].Rows() {
		out[r[0]] = true
	}
	return out
}

// required is which courses each role in an application requires.
func (f *filler) required() map[string][]string {
	out := map[string][]string{}
	for _, r := range f.hand["app_roles"].Rows() {
		out[r[0]+"/"+r[1]] = strings.Fields(r[2])
	}
	return out
}

// handStaff is the hand-written people as the history sees them. The learner whose login is printed has learned nothing yet.
func (f *filler) handStaff(learner string) []made.Person {
	level, front, kinds := map[string]int{}, map[string]bool{}, map[string][]string{}
	for _, r := range f.hand["positions"].Rows() {
		kinds[r[0]] = r
	}
	for _, r := range f.hand["appointments"].Rows() {
		p := kinds[r[1]]
		level[r[0]] = map[string]int{"jpt_pratama": 4, "administrator": 3, "pengawas": 2}[p[3]]
		front[r[0]] = p[2] == "pelaksana" || p[8] == "PERAWAT_TERAMPIL"
	}
	required := f.required()
	var out []made.Person
	for _, r := range f.hand["people"].Rows() {
		out = append(out, made.Person{NIP: r[0], Unit: r[9], Joined: numberSince(r[0]), OnDuty: r[5] == "01" && r[0] != learner, Heads: level[r[0]], Frontline: front[r[0]]})
	}
	for _, r := range f.hand["app_operators"].Rows() {
		if i := slices.IndexFunc(out, func(p made.Person) bool { return p.NIP == r[0] }); i >= 0 {
			out[i].Require(required[r[1]+"/"+r[2]])
		}
	}
	return out
}

// numberSince is the start of service a number tells of: its month for a NIP, its year for a NI.
func numberSince(nip string) civil.Date {
	if month := nip[12:14]; month <= "12" {
		return civil.Date(nip[8:12] + "-" + month + "-01")
	}
	return civil.Date(nip[8:12] + "-01-01")
}

// readCourses notes what a pupil has to know of the demo's courses: keys, tests, and how long a lesson is read.
func (f *filler) readCourses() error {
	f.solver, f.quiz, f.reads = solver{}, map[string]map[courses.QuizKind][]string{}, map[string][]string{}
	f.tasks = map[string][]exchange.FieldTask{}
	dirs, err := fs.ReadDir(demo.Files, "courses")
	if err != nil {
		return err
	}
	for _, d := range dirs {
		folder, err := fs.Sub(demo.Files, "courses/"+d.Name())
		if err != nil {
			return err
		}
		draft, report := exchange.ReadFolder(context.Background(), folder)
		if err := report.Err(); err != nil {
			return err
		}
		for code, it := range newSolver(draft) {
			f.solver[code] = it
		}
		f.quiz[draft.Code], f.tasks[draft.Code] = map[courses.QuizKind][]string{}, draft.Tasks
		for _, q := range draft.Quizzes {
			f.quiz[draft.Code][courses.QuizKind(q.Kind)] = append(f.quiz[draft.Code][courses.QuizKind(q.Kind)], q.Code)
		}
		for _, l := range draft.Lessons {
			f.reads[draft.Code] = append(f.reads[draft.Code], l.Code)
		}
	}
	return nil
}

// live goes through the two years: a wave of newcomers every quarter, courses in between.
func (f *filler) live(ctx context.Context, begin, end time.Time) error {
	var waves []time.Time
	for t := begin; t.Before(end); t = t.AddDate(0, wavePeriod, 0) {
		waves = append(waves, t)
	}
	waves = append(waves, end)
	in := make([]int, len(f.staff)) // the wave somebody comes with
	for i := range f.staff {
		p := &f.staff[i]
		for in[i] < len(waves)-1 && p.Joined > f.zone.Day(waves[in[i]]) {
			in[i]++
		}
		p.Joined = max(p.Joined, f.zone.Day(waves[in[i]]))
	}
	plan := made.Plan(f.v.Seed, f.staff, f.zone.Day(begin), f.zone.Day(end))
	f.counts.sittings = len(plan)
	days := f.zone.Day(begin).DaysUntil(f.zone.Day(end))
	n := max(12, min(104, len(plan)/120))
	done := 0
	var late []*pupil // whose renewal was not open yet
	started := time.Now()
	for b := range n {
		at := begin.Add(time.Duration(days*(b+1)/n) * 24 * time.Hour)
		for len(waves) > 0 && !waves[0].After(at) || b == 0 && len(waves) > 0 && waves[0].Equal(begin) {
			if err := f.wave(ctx, len(in) > 0 && waves[0].Equal(begin), waves[0], in, waveOf(begin, waves[0])); err != nil {
				return err
			}
			waves = waves[1:]
		}
		f.clock.set(f.zone.Start(f.zone.Day(at)).Add(8*time.Hour + time.Duration(b%5)*17*time.Minute))
		if err := f.fieldwork(ctx); err != nil {
			return fmt.Errorf("field work of %s: %w", f.zone.Day(at), err)
		}
		class := late
		late = nil
		for done < len(plan) && plan[done].On <= f.zone.Day(at) {
			class = append(class, &pupil{Sitting: plan[done], n: done})
			done++
		}
		again, err := f.class(ctx, class)
		if err != nil {
			return fmt.Errorf("class of %s: %w", f.zone.Day(at), err)
		}
		late = again
		if b%max(1, n/20) == 0 || b == n-1 {
			f.say("  %-14s %d dari %d kepesertaan, sampai %s (%.0f d)", "riwayat", done, len(plan), f.zone.Day(at).In(texts.ID), time.Since(started).Seconds())
		}
		if b%8 == 7 {
			if _, err := f.audit.Move(ctx); err != nil {
				return err
			}
		}
	}
	for _, w := range waves { // those who came after the last class
		if err := f.wave(ctx, false, w, in, waveOf(begin, w)); err != nil {
			return err
		}
	}
	return nil
}

// waveOf numbers a wave by its day.
func waveOf(begin, at time.Time) int {
	n := 0
	for t := begin; t.Before(at); t = t.AddDate(0, wavePeriod, 0) {
		n++
	}
	return n
}

// wave imports the people who come now; the first wave brings the city with it.
func (f *filler) wave(ctx context.Context, first bool, at time.Time, in []int, wave int) error {
	f.clock.set(at)
	nips := map[string]bool{}
	for i, w := range in {
		if w == wave {
			nips[f.staff[i].NIP] = true
		}
	}
	comes := func(row []string) bool { return nips[row[0]] }
	byPerson := []string{"people", "appointments", "app_operators"}
	more := map[string]made.Table{"units": f.city.Units, "positions": f.city.Positions, "people": f.city.People, "appointments": f.city.Appointments, "app_operators": f.city.Operators, "assignments": f.city.Rules}
	for _, kind := range importOrder {
		if kind == "course" && first {
			if err := f.importCourses(ctx); err != nil {
				return err
			}
			continue
		}
		mine := slices.Contains(byPerson, kind)
		if f.hand[kind] == nil || kind == "roles" || !first && !mine { // roles are granted last: a second factor is asked for some days later
			continue
		}
		for _, t := range []made.Table{f.hand[kind], more[kind]} {
			if t == nil {
				continue
			}
			if mine {
				t = t.Where(comes)
			}
			if len(t.Rows()) == 0 {
				continue
			}
			if err := f.importTable(ctx, kind, t, first); err != nil {
				return err
			}
		}
	}
	for i, w := range in {
		if w != wave {
			continue
		}
		p, err := f.people.LookByNIP(ctx, f.staff[i].NIP)
		if err != nil {
			return fmt.Errorf("person %d of the made city: %w", i, err)
		}
		f.ids[i] = string(p.ID)
	}
	if err := f.assess(ctx, in, wave); err != nil {
		return err
	}
	begin := time.Now()
	n, err := f.drain(ctx, courses.VersionsCollection, courses.RulesCollection, courses.AssignmentsCollection)
	if err != nil {
		return err
	}
	f.say("  %-14s %d penugasan menurut aturan, %s (%s)", "penugasan", n, f.zone.Day(at).In(texts.ID), time.Since(begin).Round(time.Millisecond))
	_, err = f.audit.Move(ctx)
	return err
}

func (f *filler) importTable(ctx context.Context, kind string, t made.Table, loud bool) error {
	begin, told := time.Now(), time.Now()
	b := t.CSV()
	i, err := f.importers()[kind](ctx, f.a, importInput{name: kind + ".csv", open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }, progress: func(done, of int) {
		if time.Since(told) > 3*time.Second {
			told = time.Now()
			f.say("  %-14s %d dari %d (%.0f d)", kind, done, of, time.Since(begin).Seconds())
		}
	}})
	if err != nil {
		return fmt.Errorf("import %s.csv of the made city: %w", kind, err)
	}
	if i.Left > 0 {
		return faults.Newf(faults.Internal, "Impor %s melewati %d baris.", "The import of %s left %d rows.", kind, i.Left)
	}
	if loud || i.Rows > 100 {
		f.say("  %-14s %d baris: %s (%s)", kind, i.Rows, i.Summary, time.Since(begin).Round(time.Millisecond))
	}
	return nil
}

func (f *filler) importCourses(ctx context.Context) error {
	dirs, err := fs.ReadDir(demo.Files, "courses")
	if err != nil {
		return err
	}
	for _, d := range dirs {
		folder, err := fs.Sub(demo.Files, "courses/"+d.Name())
		if err != nil {
			return err
		}
		i, err := f.importFolder(ctx, f.a, folder, false)
		if err != nil {
			return fmt.Errorf("import course %s: %w", d.Name(), err)
		}
		f.say("  %-14s %s", "course", i.Summary)
	}
	_, err = f.drain(ctx, courses.VersionsCollection)
	return err
}

// assess enters an official assessment for people in structural posts, around what their posts ask for.
func (f *filler) assess(ctx context.Context, in []int, wave int) error {
	codes := []string{"M.01", "M.02", "M.03", "M.04", "M.05", "M.06", "M.07", "M.08", "SK"}
	var heads []int
	for i, w := range in {
		if w == wave && f.staff[i].Heads > 0 {
			heads = append(heads, i)
		}
	}
	on := f.zone.Day(f.clock.now())
	return each(ctx, heads, func(ctx context.Context, i int) error {
		r := rand.New(rand.NewPCG(uint64(f.v.Seed), uint64(i)))
		if r.IntN(100) < 15 { // not assessed yet
			return nil
		}
		a := competencies.Assessed{Report: fmt.Sprintf("PK-%s-%05d", on, i), Person: f.ids[i], Title: "Penilaian kompetensi (contoh)", On: on.AddDays(-r.IntN(300)), Confirmed: true}
		for _, c := range codes {
			level := f.staff[i].Heads
			if r.IntN(100) < 30 {
				level--
			}
			a.Results = append(a.Results, competencies.Target{Competency: c, Level: max(1, level)})
		}
		return f.competencies.RecordAssessment(ctx, f.a, a)
	})
}

// drain does what is due in some collections, but draws no certificate.
func (f *filler) drain(ctx context.Context, only ...string) (int, error) {
	return f.workers.Drain(ctx, workers.Drained{AtOnce: together, Only: only, Skip: []string{certificates.Collection + "/" + certificates.StepRender}})
}

// pupil is one sitting under way.
type pupil struct {
	made.Sitting
	n         int
	r         *rand.Rand
	actor     access.Actor
	enrolment string
	away      bool // given up, refused, or done
	early     bool // the renewal is not open yet
	certified bool
	tries     int
}

// class lets everybody whose course begins now learn together, as a day of training does: each step at one moment, the clock moving in between.
// It returns those who came too early for a renewal.
func (f *filler) class(ctx context.Context, all []*pupil) (early []*pupil, err error) {
	if len(all) == 0 {
		return nil, nil
	}
	err = each(ctx, all, func(ctx context.Context, p *pupil) error {
		p.r = rand.New(rand.NewPCG(uint64(f.v.Seed), 1<<32+uint64(p.n)))
		p.actor = access.Actor{Person: f.ids[p.Person]}
		p.early = false
		e, err := f.courses.Enrol(ctx, p.actor, courses.EnrolInput{Course: p.Course})
		if errors.Is(err, faults.Conflict) { // a renewal that is not open yet, or a course that was failed
			p.tries++
			p.early, p.away = p.Renewal && p.tries < 12, true
			return nil
		}
		p.enrolment, p.away = e.ID, false
		return err
	})
	if err != nil {
		return nil, err
	}
	var here []*pupil
	for _, p := range all {
		switch {
		case p.early:
			early = append(early, p)
		case !p.away:
			here = append(here, p)
		}
	}
	if err := f.sit(ctx, here, courses.PreTest, -1.5); err != nil {
		return nil, err
	}
	f.clock.step(20 * time.Minute)
	if err := f.readLessons(ctx, here); err != nil {
		return nil, err
	}
	var practising []*pupil
	for _, p := range here {
		if p.Practice && !p.away {
			practising = append(practising, p)
		}
	}
	if err := f.sit(ctx, practising, courses.Practice, -0.4); err != nil {
		return nil, err
	}
	for try := range 3 {
		if try > 0 {
			f.clock.step(46 * time.Hour)
		} else {
			f.clock.step(25 * time.Minute)
		}
		if err := f.sit(ctx, here, courses.PostTest, 0.4*float64(try)); err != nil {
			return nil, err
		}
		if _, err := f.drain(ctx, courses.EnrolmentsCollection, certificates.Collection); err != nil {
			return nil, err
		}
		for _, p := range here {
			if p.away {
				continue
			}
			e, err := f.courses.Enrolment(ctx, p.actor, p.enrolment)
			if err != nil {
				return nil, err
			}
			if e.State == courses.Completed {
				p.certified = true
				f.counts.certificates++
			}
			passed := e.State == courses.Completed || slices.ContainsFunc(f.quiz[p.Course][courses.PostTest], func(q string) bool { return e.Taken[q].Passed })
			if passed {
				f.plan(p)
			}
			p.away = passed || e.State != courses.Active || try >= p.Retakes
		}
		here = slices.DeleteFunc(here, func(p *pupil) bool { return p.away })
		if len(here) == 0 {
			break
		}
	}
	// A day later nobody waits for the pictures of the certificates any more: they are drawn when somebody asks for them.
	f.clock.step(25 * time.Hour)
	_, err = f.workers.Drain(ctx, workers.Drained{AtOnce: together, Only: []string{certificates.Collection}})
	return early, err
}

// readLessons lets everybody read all lessons in order, or as far as they get.
func (f *filler) readLessons(ctx context.Context, here []*pupil) error {
	most := 0
	for _, l := range f.reads {
		most = max(most, len(l))
	}
	for n := range most {
		reading := slices.DeleteFunc(slices.Clone(here), func(p *pupil) bool {
			p.away = p.away || n == p.Lessons
			return p.away || n >= len(f.reads[p.Course])
		})
		if len(reading) == 0 {
			continue
		}
		needs := make([]int, len(reading))
		index := make([]int, len(reading))
		for i := range index {
			index[i] = i
		}
		if err := each(ctx, index, func(ctx context.Context, i int) error {
			p := reading[i]
			v, err := f.courses.OpenLesson(ctx, p.actor, p.enrolment, f.reads[p.Course][n])
			if n == 0 && errors.Is(err, faults.Conflict) { // assigned a course whose earlier one was failed: it stays closed
				p.away = true
				return nil
			}
			needs[i] = v.Status.Need
			return err
		}); err != nil {
			return err
		}
		index = slices.DeleteFunc(index, func(i int) bool { return reading[i].away })
		f.clock.step(time.Duration(slices.Max(needs)+40) * time.Second)
		if err := each(ctx, index, func(ctx context.Context, i int) error {
			p := reading[i]
			st, err := f.courses.Read(ctx, p.actor, p.enrolment, f.reads[p.Course][n], true)
			if err == nil && !st.Done {
				err = fmt.Errorf("lesson %s is not read after its time", f.reads[p.Course][n])
			}
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// sit lets everybody who has not gone away take the tests of a kind and has them graded; more is added to their ability, in logits.
func (f *filler) sit(ctx context.Context, here []*pupil, kind courses.QuizKind, more float64) error {
	most := 0
	for _, p := range here {
		if !p.away {
			most = max(most, len(f.quiz[p.Course][kind]))
		}
	}
	for n := range most {
		sitting := slices.DeleteFunc(slices.Clone(here), func(p *pupil) bool { return p.away || n >= len(f.quiz[p.Course][kind]) })
		if err := each(ctx, sitting, func(ctx context.Context, p *pupil) error {
			v, err := f.courses.Start(ctx, p.actor, p.enrolment, f.quiz[p.Course][kind][n])
			if err != nil {
				if kind != courses.PostTest && errors.Is(err, faults.Conflict) { // the one pre-test was taken when the course was begun before
					return nil
				}
				return err
			}
			answers, seq, err := f.answers(ctx, v, p, math.Log(p.Skill/(1-p.Skill))+more)
			if err != nil {
				return err
			}
			_, err = f.courses.Submit(ctx, p.actor, v.Attempt, answers, seq)
			return err
		}); err != nil {
			return err
		}
		f.counts.attempts += len(sitting)
		f.clock.step(time.Duration(4+len(sitting)%9) * time.Minute)
		if _, err := f.drain(ctx, courses.AttemptsCollection); err != nil {
			return err
		}
	}
	return nil
}

// answers answers a form; the steps of case simulations are taken on the way, since each shows the next.
func (f *filler) answers(ctx context.Context, v courses.FormView, p *pupil, ability float64) (out map[string]grading.Answer, seq int, err error) {
	out, seq = make(map[string]grading.Answer, len(v.Items)), v.Seq
	for n := range v.Items {
		it := v.Items[n]
		chance := chanceOf(it.Item, ability)
		x, err := f.solver.answer(shownItem(it.Item, it.FieldView), p.r.Float64() < chance)
		for err == nil && it.Steps && x.undecided(len(it.Answer.Parts)) {
			var saved courses.Saved
			if saved, err = f.courses.Save(ctx, p.actor, v.Attempt, map[string]grading.Answer{it.Item: x.onto(it.Answer)}, seq); err != nil {
				break
			}
			seq = saved.Seq
			now, err := f.courses.Form(ctx, p.actor, v.Attempt)
			if err != nil {
				return nil, 0, err
			}
			it = now.Items[n]
			if x, err = f.solver.answer(shownItem(it.Item, it.FieldView), p.r.Float64() < chance); err != nil {
				return nil, 0, err
			}
		}
		if err != nil {
			return nil, 0, err
		}
		if !it.Steps {
			out[it.Item] = x.onto(grading.Answer{})
		}
	}
	return out, seq, nil
}

// chanceOf is how likely somebody of an ability answers an item, as items of real tests behave (two-parameter logistic model): some are harder for everybody, most
// tell the able from the others, and a few tell hardly anything, which analysis then finds.
func chanceOf(item string, ability float64) float64 {
	h := fnv.New64a()
	h.Write([]byte(item)) //nolint:errcheck // it never fails
	r := rand.New(rand.NewPCG(h.Sum64(), 0))
	difficulty, slope := 2*r.Float64()-0.9, 0.8+r.Float64()
	if r.IntN(100) < 4 {
		slope = 0.15
	}
	return 1 / (1 + math.Exp(-slope*(ability-difficulty)))
}

// shownItem is a question as the solver reads it.
func shownItem(id string, v courses.FieldView) formItem {
	out := formItem{ID: id, Label: string(v.Label), Taken: v.Taken}
	for _, c := range v.Choices {
		out.Choices = append(out.Choices, formChoice{c.ID, string(c.HTML)})
	}
	for _, p := range v.Parts {
		out.Parts = append(out.Parts, shownItem("", p))
	}
	return out
}

// undecided says whether it decides a step beyond the first n.
func (a formAnswer) undecided(n int) bool { return len(a.Parts) > n && len(a.Parts[n].Choices) > 0 }

// onto is the answer upon what was decided before.
func (a formAnswer) onto(before grading.Answer) grading.Answer {
	out := grading.Answer{Choices: a.Choices, Text: a.Text, Parts: slices.Clone(before.Parts)}
	for i, p := range a.Parts {
		if i >= len(out.Parts) {
			out.Parts = append(out.Parts, grading.Answer{Choices: p.Choices, Text: p.Text})
		}
	}
	return out
}

// each calls fn for all of a list, many at once.
func each[T any](ctx context.Context, list []T, fn func(context.Context, T) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(together)
	for _, x := range list {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return fn(ctx, x)
		})
	}
	return g.Wait()
}

// finish brings everything derived up to the present day and opens the demo's accounts.
func (f *filler) finish(ctx context.Context, now time.Time) ([]demoLogin, error) {
	begin := time.Now()
	f.clock.set(now.Add(-time.Hour))
	n := 0
	for { // figures are built from those below them, each at most once in a few seconds
		done, err := f.workers.Drain(ctx, workers.Drained{AtOnce: together})
		if err != nil {
			return nil, err
		}
		n += done
		if done == 0 || f.clock.now().After(now) {
			break
		}
		f.clock.step(6 * time.Second)
	}
	// What has come due in that hour, such as the nightly run of the rules at two, is done as well, whatever the time of day.
	if last := now.Add(-time.Minute); f.clock.now().Before(last) {
		f.clock.set(last)
	}
	for ; !f.clock.now().After(now); f.clock.step(6 * time.Second) {
		done, err := f.workers.Drain(ctx, workers.Drained{AtOnce: together})
		if err != nil {
			return nil, err
		}
		n += done
	}
	f.say("  %-14s %d langkah: capaian, kesiapan, angka kota (%s)", "turunan", n, time.Since(begin).Round(time.Millisecond))
	begin = time.Now()
	for {
		moved, err := f.audit.Move(ctx)
		if err != nil {
			return nil, err
		}
		if moved == 0 {
			break
		}
	}
	f.say("  %-14s (%s)", "jejak audit", time.Since(begin).Round(time.Millisecond))
	for _, c := range f.db.Collections() {
		parked, err := f.db.Parked(ctx, c, storage.Cursor{}, 1)
		if err != nil {
			return nil, err
		}
		if len(parked) > 0 {
			return nil, faults.Newf(faults.Internal, "Pekerjaan tertahan di %s: %s", "Work is parked in %s: %s", c, parked[0].Due.Reason)
		}
	}
	f.clock.release()
	if err := f.importTable(ctx, "roles", f.hand["roles"], true); err != nil {
		return nil, err
	}
	if _, err := f.audit.Move(ctx); err != nil {
		return nil, err
	}
	logins, err := f.demoAccounts(ctx, f.a)
	if err != nil {
		return nil, err
	}
	return logins, saveLogins(filepath.Join(f.folder.path, fileLogins), logins)
}
