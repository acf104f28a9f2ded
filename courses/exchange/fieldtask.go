package exchange

import (
	"slices"
	"strings"

	"github.com/apelkota/apel/courses/grading"
)

// FieldTask is work that a person judges, in course.yaml under field_tasks as
//
//	field_tasks:
//	  - {code: TL1, title: "Meja layanan tanpa pungli", file: tasks/tl1.md, words: 600, files: 2, minutes: 60, days: 14, judge: supervisor, accept: 70,
//	     shows: [{competency: T.04, level: 3}],
//	     rubric: [{text: "Temuan", weight: 2, levels: [{text: "Belum ada", mark: 0}, {text: "Lengkap", mark: 100}]}]}
//
// where file holds the instructions in Markdown, words and files are what is handed in at most, and marking belongs to markers as in quizzes. With optional: true the certificate does not
// wait for it, its minutes count in no JP, and what it shows is above what tests support.
type FieldTask struct {
	Code, Title, TitleEN, File string
	Markdown                   string
	Words, Files               int
	Optional                   bool
	Minutes, Days, Accept      int
	Judge                      string // marker, supervisor
	Marking                    Marking
	Shows                      []Target
	Rubric                     []grading.Criterion
}

// TaskJudges are the words for who judges a field task.
var TaskJudges = []string{"marker", "supervisor"}

// maxTask is the most bytes of instructions.
const maxTask = 20 << 10

func (f *folder) readTasks(v value) {
	codes := map[string]bool{}
	for _, l := range f.draft.Lessons {
		codes[l.Code] = true
	}
	for _, q := range f.draft.Quizzes {
		codes[q.Code] = true
	}
	for _, e := range v.list() {
		m := e.mapping()
		code, file, words, judge, marking := m.take("code"), m.take("file"), m.take("words"), m.take("judge"), m.take("marking")
		t := FieldTask{Code: code.text(true), Title: m.take("title").text(true), TitleEN: m.take("title_en").text(false), File: file.text(true), Words: words.int(false, 0, 3000), Files: m.take("files").int(false, 0, 10),
			Minutes: m.take("minutes").int(true, 1, 2000), Days: m.take("days").int(false, 0, 365), Accept: m.take("accept").int(true, 1, 100), Judge: judge.one(TaskJudges...)}
		if t.Marking = readMarking(marking); t.Judge == "supervisor" && marking.there() {
			marking.wrong("Atasan menilai sendiri; marking hanya untuk judge: marker.", "A supervisor judges alone; marking belongs to judge: marker.")
		}
		if t.Words == 0 && t.Files == 0 {
			words.wrong("Tugas ini tidak meminta apa pun. Isi words, files, atau keduanya.", "This task asks for nothing. Fill words, files or both.")
		}
		t.Optional = m.take("optional").bool()
		t.Shows = f.readShown(m.take("shows"), t.Optional)
		t.Rubric = f.readTaskRubric(m.take("rubric"))
		m.done()
		f.unique(code, t.Code, codes)
		if t.File != "" {
			if data, ok := f.read(t.File, maxTask, file); ok {
				if t.Markdown, ok = f.prose(t.File, data); ok && strings.TrimSpace(t.Markdown) == "" {
					file.wrong("Petunjuk %s kosong.", "The instructions %s are empty.", t.File)
				}
			}
		}
		f.draft.Tasks = append(f.draft.Tasks, t)
	}
	f.tasksCover()
}

// readShown reads what a task shows; each is a target of the course, at its level or below.
func (f *folder) readShown(v value, optional bool) (out []Target) {
	if !v.there() {
		v.wrong("shows belum diisi. Tulis kompetensi dan level yang ditunjukkan tugas ini.", "shows is missing. Write the competencies and levels this task shows.")
	}
	for _, e := range v.list() {
		m := e.mapping()
		code, level := m.take("competency"), m.take("level")
		t := Target{Competency: code.text(true), Level: level.int(true, 1, 5)}
		m.done()
		i := slices.IndexFunc(f.draft.Targets, func(x Target) bool { return x.Competency == t.Competency })
		switch {
		case t.Competency == "" || t.Level == 0:
		case i < 0:
			code.wrong("Kompetensi %s bukan sasaran kursus ini (targets).", "Competency %s is no target of this course.", t.Competency)
		case optional && t.Level <= MaxTarget:
			level.wrong("Tugas pilihan menambah bukti di atas level %d; sampai level itu sudah ditunjukkan tes.", "An optional task adds evidence above level %d; up to there the tests show it.", MaxTarget)
		case t.Level > f.draft.Targets[i].Level:
			level.wrong("Sasaran kursus untuk %s level %d.", "The course aims at level %[2]d of %[1]s.", t.Competency, f.draft.Targets[i].Level)
		case slices.ContainsFunc(out, func(x Target) bool { return x.Competency == t.Competency }):
			code.wrong("Kompetensi %s ditulis dua kali.", "The competency %s is written twice.", t.Competency)
		default:
			out = append(out, t)
		}
	}
	return out
}

func (f *folder) readTaskRubric(v value) []grading.Criterion {
	places := map[string]place{}
	rubric := readRubric(v, places)
	for _, x := range grading.RubricFindings(rubric) {
		at, ok := places[x.Path]
		if !ok {
			at = v.at
		}
		f.report = append(f.report, Mistake{File: v.file, Line: at.line, Column: at.column, Weight: Refused, Text: x.Text})
	}
	return rubric
}

// tasksCover asks a field task for every target above what tests alone support.
func (f *folder) tasksCover() {
	for i, t := range f.draft.Targets {
		if t.Level > MaxTarget && !slices.ContainsFunc(f.draft.Tasks, func(x FieldTask) bool {
			return slices.ContainsFunc(x.Shows, func(s Target) bool { return s.Competency == t.Competency && s.Level >= t.Level })
		}) {
			f.levels[i].wrong("Tes saja hanya mendukung sampai level %d. Level %d butuh tugas lapangan (field_tasks) yang menunjukkannya.", "Tests alone support levels up to %d. Level %d needs a field task (field_tasks) that shows it.", MaxTarget, t.Level)
		}
	}
}

// tasks writes field_tasks.
func (y *yamlWriter) tasks(tasks []FieldTask, number func(string, int)) {
	y.each("field_tasks", len(tasks), func(i int) {
		t := tasks[i]
		y.text("code", t.Code)
		y.text("title", t.Title)
		y.text("title_en", t.TitleEN)
		y.text("file", t.File)
		number("words", t.Words)
		number("files", t.Files)
		number("minutes", t.Minutes)
		number("days", t.Days)
		y.text("judge", t.Judge)
		y.bare("marking", t.Marking.YAML())
		number("accept", t.Accept)
		if t.Optional {
			y.bare("optional", "true")
		}
		y.each("shows", len(t.Shows), func(j int) {
			y.text("competency", t.Shows[j].Competency)
			number("level", t.Shows[j].Level)
		})
		y.rubric(t.Rubric)
	})
}
