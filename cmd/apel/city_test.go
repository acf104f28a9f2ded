package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/policies"
	"github.com/apelkota/apel/readiness"
	"github.com/apelkota/apel/workers"
)

// roles are the columns of every table about permission: every role there is.
var roles = slices.Concat([]string{"learner"}, policies.Roles)

// belongings are the ids of what belongs to one person; keys as placeholders in addresses name them.
type belongings map[string]string

// filled is a demo city in which a learner has done the main job and in which everybody with a role, one colleague in DISDUKCAPIL (near) and one
// person elsewhere (far) own one of everything. It is filled once; every test works on a copy of its folder.
type filled struct {
	dir      string
	at       time.Time             // when it was full, by its clock
	logins   map[string]demoLogin  // by role, supervisor and learner included
	persons  map[string]string     // role, "near", "far" -> person
	tokens   map[string]string     // role -> session token
	owned    map[string]belongings // person -> what is theirs
	shared   belongings            // what belongs to nobody in particular
	nearUnit string                // DISDUKCAPIL, where unit_admin and supervisor stand
	farUnit  string
	document []byte
}

var filledDir string

var fillCity = sync.OnceValues(func() (*filled, error) {
	dir, err := os.MkdirTemp("", "apel-test-city-")
	if err != nil {
		return nil, err
	}
	filledDir = dir
	f := &filled{dir: dir, logins: map[string]demoLogin{}, persons: map[string]string{}, tokens: map[string]string{}, owned: map[string]belongings{}, shared: belongings{}}
	return f, f.fill(context.Background())
})

func (f *filled) fill(ctx context.Context) (err error) {
	clock := &demoClock{}
	in, err := open(ctx, place{Dir: f.dir}, as{serving: true, worker: true, kind: kindDemo, now: clock.now, quiet: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.close()) }()
	v := &demoVerb{front: front{Listen: "127.0.0.1:8080"}}
	logins, err := in.fillDemo(ctx, v, func(string, ...any) {})
	if err != nil {
		return err
	}
	if err := in.startWork(ctx); err != nil {
		return err
	}
	h, err := in.handler(ctx, v.front)
	if err != nil {
		return err
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/openapi.json", nil))
	f.document = w.Body.Bytes()
	server := httptest.NewServer(h)
	defer server.Close()

	job, err := v.job(in, clock, server.URL)
	if err != nil {
		return err
	}
	if job.out, err = os.MkdirTemp("", "apel-test-pdf-"); err != nil {
		return err
	}
	defer os.RemoveAll(job.out)
	job.tell = func(step) {}
	if err := job.run(ctx, jobPerson{NIP: logins[0].NIP, Password: logins[0].Password, Advised: true}); err != nil {
		return fmt.Errorf("main job: %w", err)
	}
	if err := f.people(ctx, in, logins); err != nil {
		return err
	}
	for name, unit := range map[string]string{"nearApp": f.nearUnit, "farApp": f.farUnit} {
		if err := f.app(ctx, in, unit, name); err != nil {
			return err
		}
	}
	for _, p := range f.persons {
		if err := f.own(ctx, in, p); err != nil {
			return err
		}
	}
	if err := f.common(ctx, in); err != nil {
		return err
	}
	if err := in.close(); err != nil {
		return err
	}
	return f.rest(ctx, clock)
}

// rest carries what was set in motion to its end, so that tests that count documents count the same.
func (f *filled) rest(ctx context.Context, clock *demoClock) (err error) {
	in, err := open(ctx, place{Dir: f.dir}, as{serving: true, worker: true, kind: kindDemo, now: clock.now, quiet: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.close()) }()
	for rounds := 0; ; rounds++ {
		n, err := in.workers.Drain(ctx, workers.Drained{})
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
		if rounds == 50 {
			return fmt.Errorf("the city does not come to rest: %d documents still move", n)
		}
		clock.step(10 * time.Second) // some work waits a little before it begins
	}
	_, err = in.audit.Move(ctx)
	f.at = clock.now()
	return err
}

// people finds who stands for each role and logs them in.
func (f *filled) people(ctx context.Context, in *installation, logins []demoLogin) error {
	near, err := in.people.UnitByCode(ctx, "DISDUKCAPIL")
	if err != nil {
		return err
	}
	far, err := in.people.UnitByCode(ctx, "DINKES")
	if err != nil {
		return err
	}
	f.nearUnit, f.farUnit = string(near.ID), string(far.ID)
	taken := map[string]bool{}
	for _, l := range logins {
		p, err := in.people.LookByNIP(ctx, l.NIP)
		if err != nil {
			return err
		}
		if _, ok := f.persons[l.Role]; !ok {
			f.logins[l.Role], f.persons[l.Role] = l, string(p.ID)
		}
		taken[string(p.ID)] = true
	}
	// The head of the agency is its supervisor: a role that follows from the post, not from a grant.
	post, err := in.people.PositionByCode(ctx, near.HeadPosition)
	if err != nil {
		return err
	}
	holders, err := in.people.Persons(ctx, access.System("test"), people.PersonFilter{Position: post.ID})
	i := slices.IndexFunc(holders.Items, func(p people.Person) bool { _, holds := p.Post(in.settings.Zone().Day(in.now())); return holds })
	if err != nil || i < 0 {
		return fmt.Errorf("DISDUKCAPIL has no head: %w", err)
	}
	head := holders.Items[i]
	if err := f.activate(ctx, in, "supervisor", head); err != nil {
		return err
	}
	taken[string(head.ID)] = true
	for name, unit := range map[string]people.UnitID{"near": near.ID, "far": far.ID} {
		page, err := in.people.Persons(ctx, system, people.PersonFilter{Under: unit, Limit: 100})
		if err != nil {
			return err
		}
		i := slices.IndexFunc(page.Items, func(p people.Person) bool { return !taken[string(p.ID)] })
		if i < 0 {
			return fmt.Errorf("nobody without a role in %s", unit)
		}
		if err := f.activate(ctx, in, name, page.Items[i]); err != nil {
			return err
		}
		if _, err := in.people.Grant(ctx, system, page.Items[i].ID, people.RoleGrant{Role: "reviewer", Why: "uji"}); err != nil { // something to take away
			return err
		}
		taken[string(page.Items[i].ID)] = true
		if j := slices.IndexFunc(page.Items, func(p people.Person) bool { return !taken[string(p.ID)] }); name == "far" && j >= 0 { // a slip that waits
			slip, err := in.people.IssueSlip(ctx, system, page.Items[j].ID, "uji")
			if err != nil {
				return err
			}
			f.shared["slip"], f.shared["slipNIP"], f.shared["top"] = slip.Code, string(page.Items[j].NIP()), string(far.Parent)
		}
	}
	for _, role := range append(slices.Clone(roles), "near", "far") {
		l, ok := f.logins[role]
		if !ok {
			return fmt.Errorf("the demo has nobody with the role %s", role)
		}
		_, token, err := in.people.Login(ctx, people.LoginInput{NIP: l.NIP, Password: l.Password})
		if err != nil {
			return fmt.Errorf("log in as %s: %w", role, err)
		}
		f.tokens[role] = token
	}
	return nil
}

// activate opens an account for somebody the demo gave none.
func (f *filled) activate(ctx context.Context, in *installation, name string, p people.Person) error {
	const password = "kuda-laut-2026"
	slip, err := in.people.IssueSlip(ctx, system, p.ID, "uji")
	if err != nil {
		return err
	}
	nip := string(p.NIP())
	f.logins[name], f.persons[name] = demoLogin{Role: name, NIP: nip, Password: password}, string(p.ID)
	_, _, err = in.people.Activate(ctx, people.ActivateInput{NIP: nip, Code: slip.Code, Password: password})
	return err
}

// own gives a person one of everything.
func (f *filled) own(ctx context.Context, in *installation, person string) error {
	self := access.Actor{Person: person, Recent: true}
	day := in.settings.Zone().Day(in.now())
	p, err := in.people.Look(ctx, people.ID(person))
	if err != nil {
		return err
	}
	b := belongings{"person": person, "nip": string(p.NIP()), "status": string(p.Status), "email": p.Email}
	f.owned[person] = b
	e, err := in.courses.Enrol(ctx, system, courses.EnrolInput{Person: person, Course: "APEL-104", Why: "uji"})
	if err != nil {
		return err
	}
	b["enrolment"] = e.ID
	progress, err := in.courses.Progress(ctx, self, e.ID)
	if err != nil {
		return err
	}
	for _, q := range progress.Quizzes {
		if q.Kind == courses.PreTest {
			form, err := in.courses.Start(ctx, self, e.ID, q.Code)
			if err != nil {
				return err
			}
			b["quiz"], b["attempt"], b["item"] = q.Code, form.Attempt, form.Items[0].Item
		}
		if q.Kind == courses.PostTest {
			b["post"] = q.Code
		}
	}
	for _, r := range progress.Requirements {
		if r.Kind == "lesson" && b["lesson"] == "" {
			b["lesson"] = r.Code
		}
	}
	if err := f.essay(ctx, in, self, b); err != nil {
		return err
	}
	if err := f.objections(ctx, in, self, b); err != nil {
		return err
	}
	proof, err := in.competencies.AddProof(ctx, self, bytes.NewReader([]byte("%PDF-1.7\nbukti "+person+"\nstartxref\n9\n%%EOF")))
	if err != nil {
		return err
	}
	b["proof"] = proof.Hash
	hours, err := in.competencies.AddOutside(ctx, self, competencies.Outside{Form: "formulir1", Title: "Bimbingan teknis", Organiser: "Lembaga lain", On: day.AddDays(-10), JP: 8, Proof: proof.Hash})
	if err != nil {
		return err
	}
	b["hours"] = hours.ID
	id, err := in.certificates.Intend(ctx, certificates.Facts{Enrolment: person + ".CONTOH-1.1", Person: person, Units: p.Path, Name: p.DisplayName(), NIP: string(p.NIP()), Position: "Jabatan", Unit: "Unit",
		Course: "CONTOH-1", CourseVersion: "CONTOH-1.1", Title: "Pelatihan contoh", TitleEN: "Example training", JP: 4, Score: 90_000, CompletedOn: day, Competencies: []record.Competency{}})
	if err != nil {
		return err
	}
	b["certificate"] = string(id)
	if err := in.certificates.Seal(ctx, id); err != nil {
		return err
	}
	a, err := in.courses.Assign(ctx, system, courses.AssignInput{Person: person, Course: "APEL-202", Reason: courses.ReasonGap, Because: texts.T("Uji", "Test"), Due: day.AddDays(30)})
	if err != nil {
		return err
	}
	b["assignment"] = a.ID
	if err := in.people.Tell(ctx, people.NoticeInput{Person: people.ID(person), Topic: "uji", Kind: "test", Title: texts.T("Uji", "Test"), Body: texts.T("Uji", "Test")}); err != nil {
		return err
	}
	notices, err := in.people.Notices(ctx, self, people.ID(person), false, storage.Cursor{}, 1)
	if err != nil {
		return err
	}
	b["notice"] = notices.Items[0].ID
	token, _, err := in.people.AddToken(ctx, self, "uji", nil, 30)
	if err != nil {
		return err
	}
	b["token"] = token.ID
	sessions, err := in.people.Sessions(ctx, self, people.ID(person))
	if err != nil {
		return err
	}
	b["session"] = sessions[0].ID
	app := f.shared["nearApp"]
	if person == f.persons["far"] {
		app = f.shared["farApp"]
	}
	return in.readiness.AppointOperator(ctx, system, readiness.AppOperator{Person: person, App: app, Role: readiness.RoleOperator, Since: day.AddDays(-30)})
}

// essay hands an essay in that waits for a marker.
func (f *filled) essay(ctx context.Context, in *installation, self access.Actor, b belongings) error {
	if f.shared["essays"] == "" {
		if err := essays(ctx, in, courses.QuizMarking{}); err != nil {
			return err
		}
		f.shared["essays"] = "UJI-ESAI"
	}
	e, err := in.courses.Enrol(ctx, system, courses.EnrolInput{Person: self.Person, Course: "UJI-ESAI", Why: "uji"})
	if err != nil {
		return err
	}
	form, err := in.courses.Start(ctx, self, e.ID, "esai")
	if err != nil {
		return err
	}
	if _, err := in.courses.Submit(ctx, self, form.Attempt, map[string]grading.Answer{form.Items[0].Item: {Text: "Saya tolak, catat, lapor."}}, form.Seq); err != nil {
		return err
	}
	if err := in.courses.Grade(ctx, form.Attempt); err != nil {
		return err
	}
	b["essay"], b["essayEnrolment"] = form.Attempt, e.ID
	if err := f.file(ctx, in, self, b); err != nil {
		return err
	}
	if b["marking"], err = in.courses.MarkingOf(ctx, form.Attempt, 0); err != nil {
		return err
	}
	// One field task is begun, the other waits for the supervisor.
	b["workEnrolment"] = e.ID
	for _, task := range []string{"TL1", "TL2"} {
		if err := in.courses.BeginWork(ctx, self, e.ID, task); err != nil {
			return err
		}
	}
	if err := in.courses.AddFileToWork(ctx, self, e.ID, "TL1", courses.FileInput{Name: "meja.txt", Content: strings.NewReader("meja")}); err != nil {
		return err
	}
	x, err := in.courses.Work(ctx, self, e.ID, "TL1")
	if err != nil {
		return err
	}
	b["workFile"] = courses.FileID(x.Files[0])
	if err := in.courses.HandIn(ctx, self, e.ID, "TL2", courses.WorkDraft{Text: "Saya sudah menata meja."}, 0); err != nil {
		return err
	}
	b["staffMarking"], err = in.courses.MarkingOfTask(ctx, e.ID, "TL2")
	return err
}

// objections have two uploads marked: one that can be objected to, and one whose objection waits to be answered.
func (f *filled) objections(ctx context.Context, in *installation, self access.Actor, b belongings) error {
	if f.shared["objections"] == "" {
		levels := []grading.Level{{Text: "Belum ada"}, {Text: "Lengkap", Mark: grading.Full}}
		if err := markedByPeople(ctx, in, "UJI-KEBERATAN", courses.QuizMarking{}, grading.Item{Code: "FILE-1", Type: "upload", Objective: "1", Stem: "Unggah.", Rubric: []grading.Criterion{{ID: "a", Text: "Isi", Weight: 1, Levels: levels}}}); err != nil {
			return err
		}
		f.shared["objections"] = "UJI-KEBERATAN"
	}
	e, err := in.courses.Enrol(ctx, system, courses.EnrolInput{Person: self.Person, Course: "UJI-KEBERATAN", Why: "uji"})
	if err != nil {
		return err
	}
	marker := access.Actor{Person: "penilai-uji", Grants: []access.Grant{{Role: "marker"}}}
	for i := range 2 {
		form, err := in.courses.Start(ctx, self, e.ID, "esai")
		if err != nil {
			return err
		}
		item := form.Items[0].Item
		if _, err := in.courses.AddFileToAnswer(ctx, self, form.Attempt, item, courses.FileInput{Name: "laporan.txt", Content: strings.NewReader("Laporan.\n")}, courses.Page{Seq: form.Seq}); err != nil {
			return err
		}
		if _, err := in.courses.Submit(ctx, self, form.Attempt, nil, form.Seq+1); err != nil {
			return err
		}
		if err := in.courses.Grade(ctx, form.Attempt); err != nil {
			return err
		}
		id, err := in.courses.MarkingOf(ctx, form.Attempt, 0)
		if err != nil {
			return err
		}
		m, err := in.courses.Claim(ctx, marker, id)
		if err != nil {
			return err
		}
		if _, err := in.courses.GiveMark(ctx, marker, id, courses.MarkDraft{Levels: map[string]int{"a": 0}}, m.Seq); err != nil {
			return err
		}
		if err := in.courses.Settle(ctx, id); err != nil {
			return err
		}
		if i == 1 {
			b["markedAttempt"], b["markedItem"] = form.Attempt, item
			break
		}
		b["objection"] = id
		if err := in.courses.Object(ctx, self, form.Attempt, item, "Saya menjawabnya."); err != nil {
			return err
		}
	}
	return nil
}

// file hands in a file as an answer; the same one for everybody, so that only whose it is can tell them apart.
func (f *filled) file(ctx context.Context, in *installation, self access.Actor, b belongings) error {
	if f.shared["files"] == "" {
		f.shared["files"] = "UJI-FILE"
		levels := []grading.Level{{Text: "Belum ada"}, {Text: "Lengkap", Mark: grading.Full}}
		if err := markedByPeople(ctx, in, "UJI-FILE", courses.QuizMarking{}, grading.Item{Code: "FILE-1", Type: "upload", Objective: "1", Stem: "Unggah.", Rubric: []grading.Criterion{{ID: "a", Text: "Isi", Weight: 1, Levels: levels}}}); err != nil {
			return err
		}
	}
	e, err := in.courses.Enrol(ctx, system, courses.EnrolInput{Person: self.Person, Course: "UJI-FILE", Why: "uji"})
	if err != nil {
		return err
	}
	form, err := in.courses.Start(ctx, self, e.ID, "esai")
	if err != nil {
		return err
	}
	item := form.Items[0].Item
	if _, err := in.courses.AddFileToAnswer(ctx, self, form.Attempt, item, courses.FileInput{Name: "laporan.txt", Content: strings.NewReader("Laporan.\n")}, courses.Page{Seq: form.Seq}); err != nil {
		return err
	}
	if form, err = in.courses.Form(ctx, self, form.Attempt); err != nil {
		return err
	}
	b["fileAttempt"], b["fileItem"], b["answerFile"] = form.Attempt, item, courses.FileID(form.Items[0].Answer.Files[0])
	_, err = in.courses.Submit(ctx, self, form.Attempt, nil, form.Seq)
	return err
}

// essays publishes a course whose practice is one essay.
func essays(ctx context.Context, in *installation, marking courses.QuizMarking) error {
	levels := []grading.Level{{Text: "Belum ada"}, {Text: "Lengkap", Mark: grading.Full}}
	return markedByPeople(ctx, in, "UJI-ESAI", marking, grading.Item{Code: "ESAI-1", Type: "essay", Objective: "1", Stem: "Ceritakan.", Rubric: []grading.Criterion{{ID: "a", Text: "Isi", Weight: 1, Levels: levels}}})
}

// markedByPeople publishes a course whose practice is one item that a person marks.
func markedByPeople(ctx context.Context, in *installation, code string, marking courses.QuizMarking, it grading.Item) error {
	card := courses.Card{Title: texts.T("Menulis laporan", "Writing a report"), Kind: courses.Managerial, Track: "dasar", JP: 1}
	if _, err := in.courses.NewCourse(ctx, system, code, card); err != nil {
		return err
	}
	v, err := in.courses.NewDraft(ctx, system, code)
	if err != nil {
		return err
	}
	if v, err = in.courses.WriteLesson(ctx, system, v.ID, v.Revision, courses.LessonText{Code: "L1", Title: texts.T("Laporan", "Reports"), Minutes: 10, Markdown: "# Laporan\n\n" + strings.Repeat("kata ", 60)}); err != nil {
		return err
	}
	if v, err = in.courses.WriteBank(ctx, system, v.ID, v.Revision, "bank", []grading.Item{it}); err != nil {
		return err
	}
	c := v.Content
	for _, code := range []string{"TL1", "TL2"} {
		c.Tasks = append(c.Tasks, courses.FieldTask{Code: code, Title: texts.T("Menata meja", "Tidying a desk"), Instructions: "Tata meja Anda.", Words: 100, Files: 2, Minutes: 5, Judge: courses.BySupervisor, Accept: 50,
			Rubric: []grading.Criterion{{ID: "a", Text: "Isi", Weight: 1, Levels: []grading.Level{{Text: "Belum ada"}, {Text: "Lengkap", Mark: grading.Full}}}}, Shows: []courses.Target{{Competency: "M.05", Level: 1}}})
	}
	c.Tasks[1].Files = 0
	c.Card.Targets = []courses.Target{{Competency: "M.05", Level: 1}}
	c.Minutes = map[string]int{"lessons": 45}
	c.Objectives = []courses.Objective{{Code: "1", Text: texts.T("Menulis", "Writing")}}
	draw := grading.PerObjective(map[string]int{"1": 1})
	c.Quizzes = []courses.Quiz{{Code: "esai", Kind: courses.Practice, Bank: "bank", Draw: draw, Marking: marking}, {Code: "akhir", Kind: courses.PostTest, Bank: "bank", Draw: draw, Minutes: 30, PassMark: 50}}
	if v, err = in.courses.Revise(ctx, system, v.ID, v.Revision, c); err != nil {
		return err
	}
	if _, err = in.courses.Publish(ctx, system, v.ID); err != nil {
		return err
	}
	_, err = in.courses.NewDraft(ctx, system, "UJI-ESAI") // UJI-ESAI.2, with its field tasks to be changed
	return err
}

// common makes what belongs to nobody in particular, in the way the people in charge of it would.
func (f *filled) common(ctx context.Context, in *installation) error {
	s := f.shared
	day := in.settings.Zone().Day(in.now())
	s["course"], s["version"], s["bank"] = "APEL-103", "APEL-103.1", ""
	v, err := in.courses.Version(ctx, system, "APEL-103.1")
	if err != nil {
		return err
	}
	s["bank"], s["versionLesson"] = v.Content.Banks[0].Code, v.Content.Lessons[0].Code
	items103, err := in.courses.Items(ctx, system, v.ID, s["bank"])
	if err != nil {
		return err
	}
	s["item103"] = items103[0].Code
	draft, err := in.courses.NewDraft(ctx, system, "APEL-104")
	if err != nil {
		return err
	}
	s["draft"], s["bank104"] = draft.ID, draft.Content.Banks[0].Code
	items104, err := in.courses.Items(ctx, system, draft.ID, s["bank104"])
	if err != nil {
		return err
	}
	s["item104"], s["itemVersion104"], s["objective104"] = items104[0].Code, items104[0].ID, items104[0].Objective
	s["remark104"] = "catatan-uji"
	if _, err := in.courses.RemarkVersion(ctx, system, draft.ID, "", s["remark104"], "Uji"); err != nil {
		return err
	}
	s["lesson104"], s["quiz104"], s["revision104"] = draft.Content.Lessons[0].Code, draft.Content.Quizzes[0].Code, fmt.Sprint(draft.Revision)
	var dot bytes.Buffer
	if err := png.Encode(&dot, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		return err
	}
	picture, err := in.courses.AddFile(ctx, system, "APEL-104", dot.Bytes())
	if err != nil {
		return err
	}
	s["file"] = picture.Name
	lesson, err := json.Marshal(draft.Content.Lessons[0])
	if err != nil {
		return err
	}
	guard := sha256.Sum256(lesson)
	s["guard104"] = hex.EncodeToString(guard[:8])
	cohort, err := in.courses.OpenCohort(ctx, system, courses.CohortInput{Course: "APEL-103", Name: "Angkatan uji", From: day, Until: day.AddDays(30), Quota: 30})
	if err != nil {
		return err
	}
	s["cohort"] = cohort.ID
	exam, err := in.courses.PlanExam(ctx, system, courses.ExamInput{Key: "ujian-uji", Course: "APEL-103", Quiz: "posttest", Name: "Ujian uji", Opens: in.now().AddDate(0, 0, 30), Closes: in.now().AddDate(0, 0, 31), Cohorts: []string{cohort.ID}, Invigilators: []string{f.persons["invigilator"]}})
	if err != nil {
		return err
	}
	s["exam"] = exam.ID
	rules, err := in.courses.Rules(ctx, system)
	if err != nil {
		return err
	}
	for _, r := range rules { // the walks write one of this course anew
		if r.Course == "APEL-103" {
			s["rule"] = r.ID
			break
		}
	}
	vacant, err := in.placement.Vacancies(ctx, system)
	if err != nil {
		return err
	}
	for _, p := range vacant {
		if p.Standard != "" {
			r, err := in.placement.Recommend(ctx, system, "rekomendasi-uji", p.ID, "uji")
			if err != nil {
				return err
			}
			s["position"], s["recommendation"] = p.ID, r.ID
			break
		}
	}
	imports, err := in.people.Imports(ctx, system, storage.Cursor{}, 1)
	if err != nil {
		return err
	}
	s["import"] = imports.Items[0].ID
	s["app"] = s["nearApp"]
	certificate, err := in.certificates.Look(ctx, certificates.ID(f.owned[f.persons["near"]]["certificate"]))
	if err != nil {
		return err
	}
	s["code"] = certificate.Record.Code
	return f.regrade(ctx, in)
}

// regrade makes the dry run of a correction that takes a mark from the learner of the main job: there is a change on its list.
func (f *filled) regrade(ctx context.Context, in *installation) error {
	s := f.shared
	sat, _, err := in.courses.Attempts(ctx, system, courses.AttemptFilter{Enrolment: f.persons["learner"] + ".APEL-103.1"})
	if err != nil {
		return err
	}
	for _, at := range sat {
		if !at.Passed {
			continue
		}
		review, err := in.courses.Review(ctx, system, at.ID)
		if err != nil {
			return err
		}
		for _, x := range review.Items {
			it, err := in.courses.ItemToCorrect(ctx, system, x.Item)
			if err != nil {
				return err
			}
			if it.Type != grading.Single || x.Earned != 1000 {
				continue
			}
			k, moved := it.AnswerKey(), false
			for i, o := range k.Options {
				switch {
				case o.Mark == grading.Full:
					k.Options[i].Mark = 0
				case !moved:
					k.Options[i].Mark, moved = grading.Full, true
				}
			}
			r, err := in.courses.CheckRegrade(ctx, system, courses.RegradeInput{Key: "nilai-ulang-uji", Item: x.Item, To: k, Why: "Uji"})
			if err != nil {
				return err
			}
			s["regrade"], s["keyItem"], s["regradeAttempt"] = r.ID, x.Item, at.ID
			return in.settled(courses.RegradesCollection, r.ID)
		}
	}
	return errors.New("the learner of the main job has no item to correct")
}

// city is a copy of the filled city, opened and served.
type city struct {
	*installation
	*filled
	t      *testing.T
	clock  *demoClock
	http   http.Handler
	server *httptest.Server
	checks *contract
	token  bool   // questions are asked by an API token that has all of its person's roles
	last   string // the answer to the last question
}

// openCity opens a copy. working also starts the chain; without it nothing changes that the test does not change.
func openCity(t *testing.T, working bool) *city {
	t.Helper()
	f, err := fillCity()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "kota")
	if err := os.CopyFS(dir, os.DirFS(f.dir)); err != nil {
		t.Fatal(err)
	}
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error { // CopyFS makes them readable for everybody
		if err == nil && !d.IsDir() {
			err = os.Chmod(path, 0o600)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	c := &city{filled: f, t: t, clock: &demoClock{}}
	c.clock.step(f.at.Sub(c.clock.now())) // however long other tests took: sessions are fresh, and nothing has become due
	if c.installation, err = open(t.Context(), place{Dir: dir}, as{serving: true, worker: true, kind: kindDemo, now: c.clock.now, quiet: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.installation.close(); err != nil {
			t.Error(err)
		}
	})
	if c.http, err = c.handler(context.WithoutCancel(t.Context()), front{}); err != nil {
		t.Fatal(err)
	}
	if working {
		if err := c.startWork(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	c.server = httptest.NewServer(c.http)
	t.Cleanup(c.server.Close)
	d, err := readDocument(f.document)
	if err != nil {
		t.Fatal(err)
	}
	c.checks = &contract{t: t, next: http.DefaultTransport, described: d, seen: map[string]int{}}
	return c
}

// as is a client logged in with a role ("" nobody) whose every answer is held against the document.
func (c *city) as(role string) *client {
	c.t.Helper()
	cl, err := newClient(c.server.URL)
	if err != nil {
		c.t.Fatal(err)
	}
	cl.http.Transport = c.checks
	if role != "" {
		cl.cookie = "apel=" + c.tokens[role]
	}
	return cl
}

// of is what belongs to the person who stands for a name.
func (c *city) of(name string) belongings { return c.owned[c.persons[name]] }

// app makes an application with one role in a unit.
func (f *filled) app(ctx context.Context, in *installation, unit, name string) error {
	code := "UJI-" + strings.ToUpper(name)
	if err := in.readiness.PutApp(ctx, system, readiness.App{Code: code, Name: texts.T("Aplikasi uji "+name, ""), Unit: unit, Service: "Uji", Status: readiness.Standalone}); err != nil {
		return err
	}
	if err := in.readiness.PutRole(ctx, system, readiness.AppRole{App: code, Role: readiness.RoleOperator, Courses: []string{"APEL-103"}}); err != nil {
		return err
	}
	f.shared[name] = code
	return nil
}
