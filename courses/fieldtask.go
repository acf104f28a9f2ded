package courses

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/markdown"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// FieldTask ("tugas lapangan") is work at the learner's own place of work that a person judges by a rubric. Completion waits until it is accepted, and the certificate is then evidence with
// assessed work for what the task shows. What a learner does with it is a FieldWork.
type FieldTask struct {
	Code         string              `json:"code"` // unique in the course, among lessons and quizzes too
	Title        texts.Text          `json:"title"`
	Instructions string              `json:"instructions"`    // Markdown, at most MaxInstructions bytes
	Words        int                 `json:"words,omitempty"` // of the text to hand in, at most; 0: no text is asked for
	Files        int                 `json:"files,omitempty"` // to hand in, at most; 0: none are asked for
	Rubric       []grading.Criterion `json:"rubric"`
	Shows        []Target            `json:"shows"`
	Minutes      int                 `json:"minutes"`            // of work, counted in the part field_task
	Days         int                 `json:"days,omitempty"`     // from its beginning, and from each return, to hand it in; 0: no end. Late work is shown as late, never refused
	Judge        Judge               `json:"judge"`              // who judges
	Marking      QuizMarking         `json:"marking,omitzero"`   // of markers
	Accept       int                 `json:"accept"`             // accepted from so many points of 100
	Optional     bool                `json:"optional,omitempty"` // completion and certificate do not wait: once accepted it adds evidence of a level beyond what tests support, before or after the certificate
	Shown        []string            `json:"shown,omitempty"`    // files that the instructions show
}

// Judge says who judges a field task.
type Judge string

// The judges.
const (
	ByMarker     Judge = "marker"     // one or two markers, who see no name
	BySupervisor Judge = "supervisor" // the learner's supervisor of the day, who knows the person; where there is none, a marker
)

// Judges lists them in the order they are shown.
var Judges = []Judge{ByMarker, BySupervisor}

// Limits of a field task.
const (
	MaxInstructions = 20 << 10 // bytes of Markdown
	MaxTasks        = 10       // of a course
	MaxTaskWords    = 3000
	MaxTaskDays     = 365
	MaxTaskFiles    = 10
)

// TaskPart is the part of the minutes that field tasks are declared in.
const TaskPart = "field_task"

// QuizLevel is the highest level a certificate supports by tests alone (domain: an online quiz lifts no competency above level 2); a target above it needs a field task that shows it.
const QuizLevel = 2

// Task finds a field task by its code.
func (c *Content) Task(code string) (FieldTask, bool) {
	for _, t := range c.Tasks {
		if t.Code == code {
			return t, true
		}
	}
	return FieldTask{}, false
}

// Assessed lists the targets that work judged by a person supports: those a field task shows at their level. Pure.
func (c *Content) Assessed() []Target {
	var out []Target
	for _, t := range c.Card.Targets {
		if slices.ContainsFunc(c.Tasks, func(x FieldTask) bool { return x.shows(t) }) {
			out = append(out, t)
		}
	}
	return out
}

// Certified lists the targets at the levels a certificate states: where only an optional task shows a level, that of the tests. Pure.
func (c *Content) Certified() []Target {
	out := slices.Clone(c.Card.Targets)
	for i, t := range out {
		shown, required := false, false
		for _, x := range c.Tasks {
			shown, required = shown || x.shows(t), required || x.shows(t) && !x.Optional
		}
		if shown && !required {
			out[i].Level = min(t.Level, QuizLevel)
		}
	}
	return out
}

// Extra is what an accepted optional field task shows beside the certificate.
type Extra struct {
	Task  string
	Title texts.Text
	On    civil.Date // the day it was handed in
	Shows []Target
}

// Extras lists what the accepted optional field tasks of an enrolment show. For the chain; takes no actor. None for an enrolment that is not (or no longer) known here.
func (s *Service) Extras(ctx context.Context, enrolment EnrolmentID) ([]Extra, error) {
	d, err := s.enrolments.Get(ctx, enrolment)
	if errors.Is(err, faults.NotFound) || err == nil && len(d.Value.Tasks) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	v, err := s.version(ctx, d.Value.Version)
	if err != nil {
		return nil, err
	}
	var out []Extra
	for _, t := range v.Content.Tasks {
		if done, ok := d.Value.Tasks[t.Code]; ok && t.Optional {
			out = append(out, Extra{t.Code, t.Title, s.cfg.Zone().Day(done.At), t.Shows})
		}
	}
	return out, nil
}

// Assessed lists the targets of a published version that work judged by a person supports. For the chain; takes no actor. None for a version that is not (or no longer) known here.
func (s *Service) Assessed(ctx context.Context, version VersionID) ([]Target, error) {
	v, err := s.version(ctx, version)
	if errors.Is(err, faults.NotFound) { // a certificate taken back from its own file after a restore
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return v.Content.Assessed(), nil
}

func (t FieldTask) shows(target Target) bool {
	return slices.ContainsFunc(t.Shows, func(s Target) bool { return s.Competency == target.Competency && s.Level >= target.Level })
}

// settleTasks writes down what follows from field tasks: the minutes of their part, so that nobody has to add them up, and the files their instructions show. Invalid for what they show and is no
// file of a course. Pure.
func (c *Content) settleTasks() error {
	sum := 0
	c.Tasks = slices.Clone(c.Tasks)
	for i, t := range c.Tasks {
		if !t.Optional { // who leaves it out has learned no less than the certificate's JP say
			sum += t.Minutes
		}
		var err error
		if c.Tasks[i].Shown, err = filesIn(fmt.Sprintf("field_tasks[%d].instructions", i), t.Instructions, false); err != nil {
			return err
		}
	}
	c.Minutes = maps.Clone(c.Minutes)
	if delete(c.Minutes, TaskPart); sum > 0 {
		if c.Minutes == nil {
			c.Minutes = map[string]int{}
		}
		c.Minutes[TaskPart] = sum
	}
	return nil
}

// WriteTask writes a field task of a draft, a new one (without a code) at the end. Invalid with what is wrong with the task by itself; what it lacks beside the course, publishing says. Errors and revision
// as for Revise.
func (s *Service) WriteTask(ctx context.Context, a access.Actor, version VersionID, revision int64, t FieldTask) (VersionDoc, error) {
	if _, err := s.authoring(ctx, a, version); err != nil {
		return VersionDoc{}, err
	}
	e := faults.New(faults.Invalid, "Tugas lapangan ini belum benar.", "This field task is not right yet.")
	fresh := t.Code == ""
	if fresh {
		t.Code = "TL"
	}
	checkTask("", t, func(path, id, en string) { e.With(path, id, en) })
	if len(e.Fields) > 0 {
		return VersionDoc{}, e
	}
	shown, err := filesIn("instructions", t.Instructions, false)
	if err != nil {
		return VersionDoc{}, err
	}
	if err := s.filesThere(ctx, "instructions", shown); err != nil {
		return VersionDoc{}, err
	}
	return s.edit(ctx, a, version, revision, func(v *Version) error {
		c := &v.Content
		c.Tasks = slices.Clone(c.Tasks)
		if fresh {
			for n := 1; ; n++ {
				t.Code = fmt.Sprint("TL", n)
				if !c.codeTaken(t.Code) {
					break
				}
			}
		}
		i := slices.IndexFunc(c.Tasks, func(x FieldTask) bool { return x.Code == t.Code })
		switch {
		case i >= 0:
			c.Tasks[i] = t
		case c.codeTaken(t.Code):
			return faults.OnField("code", "Kode "+t.Code+" sudah dipakai di kursus ini.", "The code "+t.Code+" is used in this course already.")
		case len(c.Tasks) >= MaxTasks:
			return faults.Newf(faults.Conflict, "Satu kursus paling banyak %d tugas lapangan.", "A course has at most %d field tasks.", MaxTasks)
		default:
			c.Tasks = append(c.Tasks, t)
		}
		return nil
	})
}

// RemoveTask takes a field task out of a draft. NotFound without it. Errors and revision as for Revise.
func (s *Service) RemoveTask(ctx context.Context, a access.Actor, version VersionID, revision int64, code string) (VersionDoc, error) {
	return s.edit(ctx, a, version, revision, func(v *Version) error {
		if _, ok := v.Content.Task(code); !ok {
			return faults.New(faults.NotFound, "Tugas lapangan ini tidak ada.", "This field task does not exist.")
		}
		v.Content.Tasks = slices.DeleteFunc(slices.Clone(v.Content.Tasks), func(t FieldTask) bool { return t.Code == code })
		return nil
	})
}

// codeTaken says whether a lesson, quiz or field task has a code.
func (c *Content) codeTaken(code string) bool {
	_, lesson := c.Lesson(code)
	_, quiz := c.Quiz(code)
	_, task := c.Task(code)
	return lesson || quiz || task
}

// checkTasks lists what is wrong with the field tasks of a content, and the targets that need one.
func checkTasks(c *Content, with func(path, id, en string)) {
	if len(c.Tasks) > MaxTasks {
		with("field_tasks", fmt.Sprintf("Satu kursus paling banyak %d tugas lapangan.", MaxTasks), fmt.Sprintf("A course has at most %d field tasks.", MaxTasks))
	}
	for i, t := range c.Tasks {
		checkTask(fmt.Sprintf("field_tasks[%d].", i), t, with)
		if _, quiz := c.Quiz(t.Code); quiz || slices.ContainsFunc(c.Lessons, func(l LessonRef) bool { return l.Code == t.Code }) || slices.ContainsFunc(c.Tasks[:i], func(o FieldTask) bool { return o.Code == t.Code }) {
			with(fmt.Sprintf("field_tasks[%d].code", i), "Kode "+t.Code+" sudah dipakai di kursus ini.", "The code "+t.Code+" is used in this course already.")
		}
		for j, s := range t.Shows {
			at := fmt.Sprintf("field_tasks[%d].shows[%d]", i, j)
			k := slices.IndexFunc(c.Card.Targets, func(x Target) bool { return x.Competency == s.Competency })
			switch {
			case k < 0:
				with(at, "Kompetensi "+s.Competency+" bukan sasaran kursus ini. Tambahkan di data kursus, atau hapus dari tugas.", "Competency "+s.Competency+" is no target of this course. Add it to the course's data, or take it out of the task.")
			case t.Optional && s.Level <= QuizLevel:
				with(at, fmt.Sprintf("Tugas pilihan menambah bukti di atas level %d; sampai level itu sudah ditunjukkan tes.", QuizLevel), fmt.Sprintf("An optional task adds evidence above level %d; up to there the tests show it.", QuizLevel))
			case s.Level > c.Card.Targets[k].Level:
				with(at, fmt.Sprintf("Tugas menunjukkan %s level %d, padahal sasaran kursus level %d.", s.Competency, s.Level, c.Card.Targets[k].Level),
					fmt.Sprintf("The task shows %s at level %d, but the course aims at level %d.", s.Competency, s.Level, c.Card.Targets[k].Level))
			}
		}
	}
	for i, t := range c.Card.Targets {
		if t.Level > QuizLevel && !slices.Contains(c.Assessed(), t) {
			with(fmt.Sprintf("targets[%d].level", i), fmt.Sprintf("%s level %d butuh tugas lapangan yang menunjukkannya: tes saja hanya mendukung sampai level %d. Tulis tugas lapangan, atau turunkan levelnya.", t.Competency, t.Level, QuizLevel),
				fmt.Sprintf("%s level %d needs a field task that shows it: tests alone support levels up to %d. Write a field task, or lower the level.", t.Competency, t.Level, QuizLevel))
		}
	}
}

// checkTask lists what is wrong with one field task by itself.
func checkTask(at string, t FieldTask, with func(path, id, en string)) {
	if !partRule.MatchString(t.Code) {
		with(at+"code", "Kode tugas berisi huruf, angka, dan tanda hubung, paling banyak 30.", "A task's code has letters, digits and hyphens, at most 30.")
	}
	if strings.TrimSpace(t.Title.ID) == "" {
		with(at+"title", "Judul harus diisi.", "A title is required.")
	}
	switch {
	case strings.TrimSpace(t.Instructions) == "":
		with(at+"instructions", "Tulis apa yang dikerjakan dan apa yang dikumpulkan.", "Write what is to be done and what is to be handed in.")
	case len(t.Instructions) > MaxInstructions:
		with(at+"instructions", fmt.Sprintf("Petunjuk paling banyak %d KB.", MaxInstructions>>10), fmt.Sprintf("Instructions have at most %d KB.", MaxInstructions>>10))
	case !utf8.ValidString(t.Instructions):
		with(at+"instructions", "Ada huruf yang rusak. Ketik ulang.", "There are broken characters. Type them again.")
	default:
		if _, err := markdown.HTML(t.Instructions); err != nil {
			with(at+"instructions", "Petunjuk tidak dapat ditampilkan. Periksa Markdown-nya.", "The instructions cannot be shown. Look at their Markdown.")
		}
		checkShown(at, "instructions", "Petunjuk tugas "+t.Code, "Instructions of task "+t.Code, len(t.Shown) > 0, t.Instructions, with)
	}
	if t.Words < 0 || t.Words > MaxTaskWords {
		with(at+"words", "Panjang laporan 0 sampai "+texts.Grouped(MaxTaskWords, texts.ID)+" kata; 0 berarti tanpa laporan tertulis.", "The text to hand in has 0 to "+texts.Grouped(MaxTaskWords, texts.EN)+" words; 0 asks for no text.")
	}
	if t.Files < 0 || t.Files > MaxTaskFiles {
		with(at+"files", fmt.Sprintf("Berkas 0 sampai %d; 0 berarti tanpa berkas.", MaxTaskFiles), fmt.Sprintf("Files are 0 to %d; 0 asks for none.", MaxTaskFiles))
	}
	if t.Words == 0 && t.Files == 0 {
		with(at+"words", "Tugas ini tidak meminta apa pun. Minta laporan tertulis, berkas, atau keduanya.", "This task asks for nothing. Ask for a text, files, or both.")
	}
	for _, x := range grading.RubricFindings(t.Rubric) {
		with(at+x.Path, x.Text.ID, x.Text.EN)
	}
	if len(t.Shows) == 0 {
		with(at+"shows", "Sebut kompetensi dan level yang ditunjukkan tugas ini.", "Name the competencies and levels that the task shows.")
	}
	for j, s := range t.Shows {
		if s.Level < 1 || s.Level > 5 {
			with(fmt.Sprintf("%sshows[%d].level", at, j), "Level kompetensi 1 sampai 5.", "A competency level is 1 to 5.")
		}
		if slices.ContainsFunc(t.Shows[:j], func(o Target) bool { return o.Competency == s.Competency }) {
			with(fmt.Sprintf("%sshows[%d]", at, j), "Kompetensi "+s.Competency+" ditulis dua kali.", "Competency "+s.Competency+" is written twice.")
		}
	}
	if t.Minutes < 1 || t.Minutes > 2000 {
		with(at+"minutes", "Menit kerja 1 sampai 2.000.", "Minutes of work are 1 to 2,000.")
	}
	if t.Days < 0 || t.Days > MaxTaskDays {
		with(at+"days", fmt.Sprintf("Batas hari 0 sampai %d; 0 berarti tanpa batas.", MaxTaskDays), fmt.Sprintf("Days are 0 to %d; 0 has no end.", MaxTaskDays))
	}
	if !slices.Contains(Judges, t.Judge) {
		with(at+"judge", "Yang menilai harus marker atau supervisor.", "The judge is marker or supervisor.")
	}
	checkMarking(at, t.Marking, with)
	if t.Judge == BySupervisor && t.Marking.Markers == 2 {
		with(at+"marking.markers", "Atasan menilai sendiri; dua penilai hanya untuk penilai.", "A supervisor judges alone; two are for markers only.")
	}
	if t.Accept < 1 || t.Accept > 100 {
		with(at+"accept", "Nilai diterima 1 sampai 100.", "Work is accepted from 1 to 100 points.")
	}
}
