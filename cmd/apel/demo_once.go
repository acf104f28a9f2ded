package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/apelkota/apel/certificates/verify"
	"github.com/apelkota/apel/internal/faults"
)

// step is one line of the main job's report.
type step struct {
	Name string        `json:"name"`
	Took time.Duration `json:"took_ns"`
	Note string        `json:"note"`
}

// mainJob is what the product is for, done by one learner over HTTP: learn, fail, pass, get a certificate that anybody can check, and see what it
// changes. Any deviation is an error.
type mainJob struct {
	c      *client
	course string
	solver solver
	// skip lets time pass for the server: reading takes the time it takes, and a demonstration has none to spare. It steps the clock that the
	// demo server was started with; a real server's clock cannot be stepped.
	skip func(time.Duration)
	out  string // folder for the PDF and the public root
	// suffix is put at the end of the PDF's name.
	suffix string
	root   func(ctx context.Context) ([]byte, error)

	steps []step
	tell  func(step)
	score int // of the last test, thousandths of a point
}

type jobPerson struct {
	NIP, Password string
	Advised       bool // the course is demanded to be among the advised ones before
}

type enrolmentAnswer struct {
	ID    string `json:"id"`
	State string `json:"state"`
	Steps []struct {
		Kind   string   `json:"kind"`
		Code   string   `json:"code"`
		Done   bool     `json:"done"`
		Locked []string `json:"locked"`
	} `json:"steps"`
}

type formAnswerSheet struct {
	Attempt string     `json:"attempt"`
	Seq     int        `json:"seq"`
	Tab     int        `json:"tab"`
	Items   []formItem `json:"items"`
}

type attemptAnswer struct {
	State  string `json:"state"`
	Score  int    `json:"score"`
	Passed bool   `json:"passed"`
}

type standingAnswer struct {
	Levels []levelAnswer `json:"levels"`
	Next   []struct {
		Course string `json:"course"`
		Why    phrase `json:"why"`
	} `json:"next"`
}

// repeats says whether a course is recommended for the same reason as before: passed once, only its field task may lift further.
func (s standingAnswer) repeats(course string, before standingAnswer) bool {
	for _, n := range s.Next {
		for _, was := range before.Next {
			if n.Course == course && was.Course == course && n.Why == was.Why {
				return true
			}
		}
	}
	return false
}

type levelAnswer struct {
	Competency string `json:"competency"`
	Level      int    `json:"level"`
	Known      bool   `json:"known"`
	Why        phrase `json:"why"`
}

// advises says whether a course is among the recommended next ones.
func (s standingAnswer) advises(course string) bool {
	for _, n := range s.Next {
		if n.Course == course {
			return true
		}
	}
	return false
}

// phrase is a sentence of the API in the language this report speaks.
type phrase struct {
	ID string `json:"id"`
}

type evidenceAnswer struct {
	Items []evidenceRow `json:"items"`
}

type evidenceRow struct {
	ID     string `json:"id"`
	Source string `json:"source"`
	Title  string `json:"title"`
}

// of counts the rows that come from a certificate.
func (e evidenceAnswer) of(certificate string) int {
	n := 0
	for _, row := range e.Items {
		if row.Source == certificate {
			n++
		}
	}
	return n
}

type hoursAnswer struct {
	Counted int `json:"counted"`
}

type certificateAnswer struct {
	ID       string `json:"id"`
	State    string `json:"state"`
	CheckURL string `json:"check_url"`
	Record   struct {
		Number string `json:"number"`
		Code   string `json:"code"`
	} `json:"record"`
}

// do runs one step and notes how long it took.
func (j *mainJob) do(name string, work func() (note string, err error)) error {
	begin := time.Now()
	note, err := work()
	if err != nil {
		return faults.Wrap(err, faults.Internal, "Menyimpang pada langkah: "+name, "Deviation in step: "+name)
	}
	s := step{name, time.Since(begin), note}
	j.steps = append(j.steps, s)
	j.tell(s)
	return nil
}

// run does the whole job for a person.
func (j *mainJob) run(ctx context.Context, who jobPerson) error {
	var before, after standingAnswer
	var hoursBefore, hoursAfter hoursAnswer
	var evidence evidenceAnswer
	var postsBefore []opportunityAnswer
	var me struct {
		Person struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		} `json:"person"`
	}
	var e enrolmentAnswer
	var cert certificateAnswer
	var pdf []byte
	path := func() string { return "/enrolments/" + e.ID }

	jobs := []struct {
		name string
		work func() (string, error)
	}{
		{"masuk / log in", func() (string, error) {
			if err := j.c.call(ctx, http.MethodPost, "/sessions", map[string]string{"nip": who.NIP, "password": who.Password}, nil); err != nil {
				return "", err
			}
			err := j.c.call(ctx, http.MethodGet, "/me", nil, &me)
			return me.Person.Name, err
		}},
		{"keadaan awal / before", func() (string, error) {
			if err := j.c.call(ctx, http.MethodGet, "/people/"+me.Person.ID+"/standing", nil, &before); err != nil {
				return "", err
			}
			if err := j.c.call(ctx, http.MethodGet, "/people/"+me.Person.ID+"/hours", nil, &hoursBefore); err != nil {
				return "", err
			}
			var err error
			postsBefore, err = j.positions(ctx, me.Person.ID)
			return fmt.Sprintf("%d kompetensi terbukti, %d JP, %d jabatan ditimbang", known(before), hoursBefore.Counted, len(postsBefore)), err
		}},
		{"ikut kursus / enrol", func() (string, error) {
			if err := j.c.call(ctx, http.MethodPost, "/enrolments", map[string]string{"course": j.course}, &e); err != nil {
				return "", err
			}
			return j.course, j.c.call(ctx, http.MethodGet, path(), nil, &e)
		}},
		{"tes akhir masih terkunci / post-test still locked", func() (string, error) {
			quiz, err := j.quiz(e, "post_test")
			if err != nil {
				return "", err
			}
			err = j.c.call(ctx, http.MethodPost, path()+"/quizzes/"+quiz+"/attempts", nil, nil)
			var r *refusal
			if !errors.As(err, &r) || r.Status != http.StatusConflict {
				return "", fmt.Errorf("a post-test was not refused before the lessons: %v", err)
			}
			return r.Detail, nil
		}},
		{"tes awal / pre-test", func() (string, error) { return j.sit(ctx, e, "pre_test", 2) }},
		{"pelajaran / lessons", func() (string, error) { return j.read(ctx, e) }},
		{"tes akhir, gagal / post-test, failed", func() (string, error) {
			note, err := j.sit(ctx, e, "post_test", 3)
			return note, err
		}},
		{"belum ada sertifikat / no certificate yet", func() (string, error) {
			var l struct {
				Items []certificateAnswer `json:"items"`
			}
			if err := j.c.call(ctx, http.MethodGet, "/certificates", nil, &l); err != nil {
				return "", err
			}
			for _, c := range l.Items {
				if c.ID[:min(len(c.ID), len(e.ID))] == e.ID {
					return "", errors.New("a failed post-test gave a certificate")
				}
			}
			return "benar", nil
		}},
		{"tes akhir, lulus / post-test, passed", func() (string, error) {
			note, err := j.sit(ctx, e, "post_test", 1)
			if err == nil && j.score != 100_000 { // in a city where no key was corrected
				err = fmt.Errorf("all answers follow the key, but the score is %.3f", float64(j.score)/1000)
			}
			return note, err
		}},
		{"sertifikat / certificate", func() (string, error) {
			if err := j.await(ctx, func() (bool, error) {
				err := j.c.call(ctx, http.MethodGet, "/certificates/"+e.ID+".training.1", nil, &cert)
				var r *refusal
				if errors.As(err, &r) && r.Status == http.StatusNotFound {
					return false, nil
				}
				return cert.State == "issued", err
			}); err != nil {
				return "", err
			}
			return cert.Record.Number, nil
		}},
		{"PDF", func() (string, error) {
			var err error
			if pdf, err = j.c.bytes(ctx, http.MethodGet, "/api/v1/certificates/"+cert.ID+"/pdf", "", nil); err != nil {
				return "", err
			}
			if !bytes.HasPrefix(pdf, []byte("%PDF-")) {
				return "", errors.New("the download is no PDF")
			}
			file := filepath.Join(j.out, "sertifikat-contoh"+j.suffix+".pdf")
			sum := sha256.Sum256(pdf)
			return fmt.Sprintf("%s, %d KB, sha256 %s…", file, len(pdf)/1024, hex.EncodeToString(sum[:4])), os.WriteFile(file, pdf, 0o644)
		}},
		{"pemeriksaan umum / public check", func() (string, error) {
			stranger, err := j.c.stranger()
			if err != nil {
				return "", err
			}
			return j.expect(ctx, stranger, http.MethodGet, "/checks/"+cert.Record.Code, "", nil, "valid")
		}},
		{"pemeriksaan berkas / file check", func() (string, error) {
			stranger, err := j.c.stranger()
			if err != nil {
				return "", err
			}
			intact, err := j.expect(ctx, stranger, http.MethodPost, "/checks/file", "application/pdf", pdf, "valid")
			if err != nil {
				return "", err
			}
			altered := bytes.Clone(pdf)
			altered[len(altered)/2] ^= 1
			changed, err := j.expect(ctx, stranger, http.MethodPost, "/checks/file", "application/pdf", altered, "altered")
			return "berkas utuh: " + intact + " Satu bit diubah: " + changed, err
		}},
		{"pemeriksaan tanpa jaringan / offline check", func() (string, error) {
			root, err := j.root(ctx)
			if err != nil {
				return "", err
			}
			v, err := verifyOffline(pdf, root, time.Now())
			if err != nil {
				return "", err
			}
			if v.Status != verify.Valid {
				return "", fmt.Errorf("apel verify says %s: %s", v.Status, v.Sentence.EN)
			}
			// For apel verify, which looks for it under this name.
			return v.Sentence.ID, os.WriteFile(filepath.Join(j.out, "apel-root.json"), root, 0o644)
		}},
		{"bukti, JP, kursus / evidence, hours, courses", func() (string, error) {
			if err := j.await(ctx, func() (bool, error) { // evidence and hours are documents of their own
				if err := j.c.call(ctx, http.MethodGet, "/people/"+me.Person.ID+"/standing", nil, &after); err != nil {
					return false, err
				}
				if err := j.c.call(ctx, http.MethodGet, "/people/"+me.Person.ID+"/hours", nil, &hoursAfter); err != nil {
					return false, err
				}
				if err := j.c.call(ctx, http.MethodGet, "/people/"+me.Person.ID+"/evidence", nil, &evidence); err != nil {
					return false, err
				}
				return evidence.of(cert.ID) > 0 && known(after) > known(before) && hoursAfter.Counted > hoursBefore.Counted, nil
			}); err != nil {
				return "", fmt.Errorf("%w: %d rows of evidence, %d → %d competencies, %d → %d JP", err, evidence.of(cert.ID), known(before), known(after), hoursBefore.Counted, hoursAfter.Counted)
			}
			if who.Advised && !before.advises(j.course) || after.repeats(j.course, before) {
				return "", fmt.Errorf("the advised courses did not follow: %s advised before: %t, for the same reason after it was passed: %t", j.course, before.advises(j.course), after.repeats(j.course, before))
			}
			return fmt.Sprintf("bukti dari sertifikat ini %d, kompetensi terbukti %d → %d, JP %d → %d, kursus disarankan %d → %d", evidence.of(cert.ID), known(before), known(after), hoursBefore.Counted, hoursAfter.Counted, len(before.Next), len(after.Next)), nil
		}},
		{"rekomendasi berubah / recommendation changed", func() (string, error) {
			var change recommendationChange
			var why error
			if err := j.await(ctx, func() (bool, error) { // a ranking may be asked while the standing is being rebuilt
				now, err := j.positions(ctx, me.Person.ID)
				if err != nil {
					return false, err
				}
				change, why = compareRecommendations(postsBefore, now, evidence, cert.ID)
				return why == nil, nil
			}); err != nil {
				return "", errors.Join(err, why)
			}
			return change.words(after)
		}},
		{"kotak masuk / inbox", func() (string, error) {
			note := ""
			err := j.await(ctx, func() (bool, error) {
				var l struct {
					Items []struct {
						Title phrase `json:"title"`
						Link  string `json:"link"`
					} `json:"items"`
				}
				if err := j.c.call(ctx, http.MethodGet, "/notices", nil, &l); err != nil {
					return false, err
				}
				for _, n := range l.Items {
					if n.Link == "/sertifikat/"+cert.ID {
						note = n.Title.ID
					}
				}
				return note != "", nil
			})
			return note, err
		}},
	}
	for _, x := range jobs {
		if err := j.do(x.name, x.work); err != nil {
			return err
		}
	}
	return nil
}

func known(s standingAnswer) int {
	n := 0
	for _, l := range s.Levels {
		if l.Known {
			n++
		}
	}
	return n
}

// quiz finds the code of an enrolment's quiz of a kind.
func (j *mainJob) quiz(e enrolmentAnswer, kind string) (string, error) {
	for _, s := range e.Steps {
		if s.Kind == kind {
			return s.Code, nil
		}
	}
	return "", fmt.Errorf("the course has no %s", kind)
}

// sit takes a quiz: every wrong-th item is answered wrong (1: all are right), each answer is saved by itself, and the result is awaited.
func (j *mainJob) sit(ctx context.Context, e enrolmentAnswer, kind string, wrong int) (string, error) {
	quiz, err := j.quiz(e, kind)
	if err != nil {
		return "", err
	}
	var f formAnswerSheet
	if err := j.c.call(ctx, http.MethodPost, "/enrolments/"+e.ID+"/quizzes/"+quiz+"/attempts", nil, &f); err != nil {
		return "", err
	}
	for i, it := range f.Items {
		right := wrong == 1 || wrong == 2 && i%2 == 0 // 2: every other one; 3: none
		a, err := j.solver.answer(it, right)
		if err != nil {
			return "", err
		}
		var saved struct {
			Seq int `json:"seq"`
		}
		if err := j.c.call(ctx, http.MethodPut, "/attempts/"+f.Attempt+"/answers/"+it.ID, map[string]any{"answer": a, "seq": f.Seq, "tab": f.Tab}, &saved); err != nil {
			return "", err
		}
		f.Seq = saved.Seq
	}
	if err := j.c.call(ctx, http.MethodPost, "/attempts/"+f.Attempt+"/submission", map[string]any{"seq": f.Seq}, nil); err != nil {
		return "", err
	}
	if err := j.c.awaitGraded(ctx, f.Attempt); err != nil {
		return "", err
	}
	var a attemptAnswer
	if err := j.c.call(ctx, http.MethodGet, "/attempts/"+f.Attempt, nil, &a); err != nil {
		return "", err
	}
	if a.State != "graded" {
		return "", fmt.Errorf("the attempt is %s", a.State)
	}
	if kind == "post_test" && a.Passed != (wrong == 1) {
		return "", fmt.Errorf("passed is %v with %.2f points", a.Passed, float64(a.Score)/1000)
	}
	j.score = a.Score
	return fmt.Sprintf("%d soal, nilai %s", len(f.Items), strings.Replace(fmt.Sprintf("%.2f", float64(a.Score)/1000), ".", ",", 1)), nil
}

// read opens every lesson, lets the reading time pass on the demo's clock, and reaches the end.
func (j *mainJob) read(ctx context.Context, e enrolmentAnswer) (string, error) {
	n, seconds := 0, 0
	for _, s := range e.Steps {
		if s.Kind != "lesson" {
			continue
		}
		var l struct {
			Reading struct {
				Need int  `json:"need"`
				Done bool `json:"done"`
			} `json:"reading"`
		}
		at := "/enrolments/" + e.ID + "/lessons/" + s.Code
		if err := j.c.call(ctx, http.MethodGet, at, nil, &l); err != nil {
			return "", err
		}
		var r struct {
			Done    bool   `json:"done"`
			Missing string `json:"missing"`
		}
		// Rushing through is not reading.
		if err := j.c.call(ctx, http.MethodPost, at+"/reading", map[string]bool{"end": true}, &r); err != nil {
			return "", err
		}
		if r.Done && l.Reading.Need > 0 {
			return "", fmt.Errorf("lesson %s counted as read at once", s.Code)
		}
		j.skip(time.Duration(l.Reading.Need+1) * time.Second)
		if err := j.c.call(ctx, http.MethodPost, at+"/reading", map[string]bool{"end": true}, &r); err != nil {
			return "", err
		}
		if !r.Done {
			return "", fmt.Errorf("lesson %s does not count as read: %s", s.Code, r.Missing)
		}
		n++
		seconds += l.Reading.Need
	}
	return fmt.Sprintf("%d pelajaran, %d menit baca (jam demo dimajukan)", n, seconds/60), nil
}

// await asks until something is so, at most 30 s; the chain works in the background.
func (j *mainJob) await(ctx context.Context, so func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := so()
		if err != nil || ok {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.New("it did not happen within 30 s")
		case <-tick.C:
		}
	}
}

// expect asks for a verdict and compares its status.
func (j *mainJob) expect(ctx context.Context, c *client, method, path, kind string, body []byte, want string) (string, error) {
	var v struct {
		Status   string `json:"status"`
		Sentence string `json:"sentence"`
	}
	b, err := c.bytes(ctx, method, "/api/v1"+path, kind, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return "", err
	}
	if v.Status != want {
		return "", fmt.Errorf("the verdict is %q, want %q: %s", v.Status, want, v.Sentence)
	}
	return v.Sentence, nil
}
