package courses

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// Each part of a draft can be written by itself. All of these are Revise for that part: permission, revision and Conflict are the same, and a second call with the same words
// says the same once more.

// CourseFacts is what a draft says of itself besides lessons, items and tests.
type CourseFacts struct {
	Card          Card
	Objectives    []Objective
	Prerequisites []CourseID
	Minutes       map[string]int
}

// maxMinutes bounds the minutes of a part of a course.
const maxMinutes = 10_000

// checkServed asks that the competencies that objectives name are in the dictionary.
func (s *Service) checkServed(ctx context.Context, objectives []Objective, with func(path, id, en string)) {
	for i, o := range objectives {
		if o.Competency != "" && s.cfg.Dictionary != nil && !s.cfg.Dictionary.Known(ctx, o.Competency) {
			with(fmt.Sprintf("objectives[%d].competency", i), "Kompetensi "+o.Competency+" tidak ada di kamus.", "Competency "+o.Competency+" is not in the dictionary.")
		}
	}
}

// WriteFacts writes what a draft says of itself. Invalid with a field for each mistake: those of the card, "targets[1].level", "objectives[2].code", "objectives[2].competency", "minutes.cases".
func (s *Service) WriteFacts(ctx context.Context, a access.Actor, id VersionID, revision int64, f CourseFacts) (VersionDoc, error) {
	unknown := faults.New(faults.Invalid, "Data kursus belum benar.", "The course's data is not right yet.")
	s.checkServed(ctx, f.Objectives, func(path, id, en string) { unknown.With(path, id, en) })
	return s.edit(ctx, a, id, revision, func(v *Version) error {
		e := faults.New(faults.Invalid, unknown.Text.ID, unknown.Text.EN)
		e.Fields = slices.Clone(unknown.Fields)
		if err := checkCard(f.Card); err != nil {
			e.Fields = append(e.Fields, faults.Of(err).Fields...)
		}
		for i, o := range f.Objectives {
			at := fmt.Sprintf("objectives[%d].", i)
			if o.Code == "" || strings.ContainsAny(o.Code, " \t/|") {
				e.With(at+"code", "Kode capaian tidak boleh kosong dan tidak memuat spasi, garis miring, atau garis tegak.", "The code of an objective is not empty and has no space, slash or bar.")
			}
			if strings.TrimSpace(o.Text.ID) == "" {
				e.With(at+"text", "Tulis kalimat capaiannya.", "Write the objective's sentence.")
			}
			if slices.ContainsFunc(f.Objectives[:i], func(x Objective) bool { return x.Code == o.Code }) {
				e.With(at+"code", "Kode capaian "+o.Code+" dipakai dua kali.", "Objective code "+o.Code+" is used twice.")
			}
		}
		for i, t := range f.Card.Targets {
			at := fmt.Sprintf("targets[%d].", i)
			if t.Level < 1 || t.Level > 5 {
				e.With(at+"level", "Level kompetensi 1 sampai 5.", "A competency level is 1 to 5.")
			}
			if slices.ContainsFunc(f.Card.Targets[:i], func(x Target) bool { return x.Competency == t.Competency }) {
				e.With(at+"competency", "Kompetensi ini sudah dipilih di atas.", "This competency is chosen above already.")
			}
		}
		for part, n := range f.Minutes {
			if !slices.Contains(PartNames, part) {
				e.With("minutes."+part, "Bagian "+part+" tidak dikenal. Pakai lessons, practice, cases, tests.", "Unknown part "+part+". Use lessons, practice, cases, tests.")
			} else if n < 0 || n > maxMinutes {
				e.With("minutes."+part, "Isi bilangan bulat 0 sampai 10.000.", "Give a whole number from 0 to 10,000.")
			}
		}
		if len(e.Fields) > 0 {
			return e
		}
		f.Card.Lessons = v.Content.Card.Lessons
		v.Content.Card, v.Content.Objectives, v.Content.Prerequisites, v.Content.Minutes = f.Card, f.Objectives, f.Prerequisites, f.Minutes
		return nil
	})
}

// OutlineRow is a lesson or a test in the order of a draft. What is nil stays as it is.
type OutlineRow struct {
	Code    string
	Title   *texts.Text
	Minutes *int
}

// Arrange puts lessons and tests of a draft into the order given, with the titles and minutes that come along; those that are not named follow in their old order. Invalid
// for a code the draft does not have, or one named twice.
func (s *Service) Arrange(ctx context.Context, a access.Actor, id VersionID, revision int64, lessons, quizzes []OutlineRow) (VersionDoc, error) {
	return s.edit(ctx, a, id, revision, func(v *Version) error {
		e := faults.New(faults.Invalid, "Susunan ini belum benar.", "This order is not right yet.")
		k := &v.Content
		arrange(e, "lessons", lessons, &k.Lessons, func(l *LessonRef) (*string, *texts.Text, *int) { return &l.Code, &l.Title, &l.Minutes })
		arrange(e, "quizzes", quizzes, &k.Quizzes, func(q *Quiz) (*string, *texts.Text, *int) { return &q.Code, &q.Title, &q.Minutes })
		if len(e.Fields) > 0 {
			return e
		}
		return nil
	})
}

func arrange[T any](e *faults.Error, list string, rows []OutlineRow, things *[]T, of func(*T) (code *string, title *texts.Text, minutes *int)) {
	var order []string
	for i, r := range rows {
		at := fmt.Sprintf("%s[%d].", list, i)
		n := slices.IndexFunc(*things, func(t T) bool { code, _, _ := of(&t); return *code == r.Code })
		switch {
		case n < 0:
			e.With(at+"code", "Draf ini tidak punya "+r.Code+".", "This draft has no "+r.Code+".")
			continue
		case slices.Contains(order, r.Code):
			e.With(at+"code", r.Code+" disebut dua kali.", r.Code+" is named twice.")
			continue
		}
		order = append(order, r.Code)
		_, title, minutes := of(&(*things)[n])
		if r.Title != nil {
			if r.Title.ID = texts.Tidy(r.Title.ID); r.Title.ID == "" && list == "lessons" {
				e.With(at+"title", "Judul harus diisi.", "A title is required.")
			}
			*title = *r.Title
		}
		if r.Minutes != nil {
			if *r.Minutes < 0 || *r.Minutes > 600 {
				e.With(at+"minutes", "Isi bilangan bulat 0 sampai 600.", "Give a whole number from 0 to 600.")
			}
			*minutes = *r.Minutes
		}
	}
	*things = Arranged(*things, func(t T) string { code, _, _ := of(&t); return *code }, order)
}

// RemoveLesson takes a lesson out of a draft; published versions keep theirs. NotFound without it.
func (s *Service) RemoveLesson(ctx context.Context, a access.Actor, id VersionID, revision int64, code string) (VersionDoc, error) {
	return s.edit(ctx, a, id, revision, func(v *Version) error {
		if _, ok := v.Content.Lesson(code); !ok {
			return faults.New(faults.NotFound, "Pelajaran ini tidak ada.", "This lesson does not exist.")
		}
		v.Content.Lessons = slices.DeleteFunc(v.Content.Lessons, func(l LessonRef) bool { return l.Code == code })
		return nil
	})
}

// RemoveQuiz takes a test out of a draft; its bank stays. NotFound without it.
func (s *Service) RemoveQuiz(ctx context.Context, a access.Actor, id VersionID, revision int64, code string) (VersionDoc, error) {
	return s.edit(ctx, a, id, revision, func(v *Version) error {
		if _, ok := v.Content.Quiz(code); !ok {
			return errNoQuiz()
		}
		v.Content.Quizzes = slices.DeleteFunc(v.Content.Quizzes, func(q Quiz) bool { return q.Code == code })
		return nil
	})
}

func errNoQuiz() error {
	return faults.New(faults.NotFound, "Tes ini tidak ada.", "This test does not exist.")
}

// WriteQuiz writes the settings of a test of a draft, a new one at the end. set gets the test as it stands, or an empty one with its code, so that what a caller does not know
// of stays. What it draws may exceed the bank while it is a draft. Invalid with the fields of the test ("pass_mark", "draw.103.1").
func (s *Service) WriteQuiz(ctx context.Context, a access.Actor, id VersionID, revision int64, code string, set func(q *Quiz)) (VersionDoc, error) {
	return s.edit(ctx, a, id, revision, func(v *Version) error {
		c := &v.Content
		n := slices.IndexFunc(c.Quizzes, func(q Quiz) bool { return q.Code == code })
		if n < 0 {
			c.Quizzes = append(c.Quizzes, Quiz{Code: code})
			n = len(c.Quizzes) - 1
		}
		q := &c.Quizzes[n]
		set(q)
		q.Code = code
		return checkSettings(*q, n, c)
	})
}

// checkSettings lists what is wrong with a test of a draft by itself: what its bank lacks is asked when it is published.
func checkSettings(q Quiz, n int, c *Content) error {
	e := faults.New(faults.Invalid, "Pengaturan tes belum benar.", "The settings of the test are not right yet.")
	at := fmt.Sprintf("quizzes[%d].", n)
	checkQuiz(n, q, c, grading.Blueprint{}, func(path, id, en string) {
		path = strings.TrimPrefix(path, at)
		if first, _, _ := strings.Cut(path, "."); first == "draw" || first == "bank" || path == "time_limit_minutes" && q.Minutes == 0 {
			return
		}
		e.With(path, id, en)
	})
	if !partRule.MatchString(q.Bank) {
		e.With("bank", faults.Of(errBankCode()).Fields[0].Text.ID, faults.Of(errBankCode()).Fields[0].Text.EN)
	}
	checkDraw(q.Draw, c, e)
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// checkDraw lists what is wrong with what a test of a draft draws, whatever its bank has.
func checkDraw(draw grading.Blueprint, c *Content, e *faults.Error) {
	for _, cell := range draw.Cells() {
		if _, ok := c.Objective(cell.Objective); !ok {
			e.With("draw."+cell.String(), "Capaian "+cell.Objective+" tidak ada di kursus ini.", "The course has no objective "+cell.Objective+".")
		}
		if draw[cell] < 0 {
			e.With("draw."+cell.String(), "Jumlah soal tidak boleh negatif.", "The number of items cannot be negative.")
		}
	}
	if draw.Count() > MaxForm {
		e.With("draw", fmt.Sprintf("Satu tes paling banyak %d soal.", MaxForm), fmt.Sprintf("A test has at most %d items.", MaxForm))
	}
}

// WriteBlueprint says what a test of a draft draws. Invalid as in WriteQuiz, NotFound without the test.
func (s *Service) WriteBlueprint(ctx context.Context, a access.Actor, id VersionID, revision int64, quiz string, draw grading.Blueprint) (VersionDoc, error) {
	return s.edit(ctx, a, id, revision, func(v *Version) error {
		e := faults.New(faults.Invalid, "Kisi-kisi belum benar.", "The blueprint is not right yet.")
		n := slices.IndexFunc(v.Content.Quizzes, func(q Quiz) bool { return q.Code == quiz })
		if n < 0 {
			return errNoQuiz()
		}
		if checkDraw(draw, &v.Content, e); len(e.Fields) > 0 {
			return e
		}
		v.Content.Quizzes[n].Draw = draw
		return nil
	})
}

// QuizStock is what a test draws beside what its bank has.
type QuizStock struct {
	VersionDoc
	Quiz  Quiz
	Stock grading.Blueprint
	Short []grading.Shortage // cells the bank cannot fill
}

// Blueprint shows what a test of a version draws and what its bank has for it; a bank that nobody began has nothing. For authors and reviewers.
func (s *Service) Blueprint(ctx context.Context, a access.Actor, id VersionID, quiz string) (QuizStock, error) {
	d, err := s.versions.Get(ctx, id)
	if err != nil {
		return QuizStock{}, notFound(err, "Versi kursus ini tidak ada.", "This version of the course does not exist.")
	}
	if _, err := s.cfg.Policy.May(a, "review", access.Thing{Kind: "course", ID: d.Value.Course}); err != nil {
		return QuizStock{}, err
	}
	q, ok := d.Value.Content.Quiz(quiz)
	if !ok {
		return QuizStock{}, errNoQuiz()
	}
	out := QuizStock{VersionDoc: versionDoc(d), Quiz: q, Stock: grading.Blueprint{}}
	if ref, ok := d.Value.Content.Bank(q.Bank); ok {
		b, err := s.bank(ctx, ref.Bank)
		if err != nil {
			return QuizStock{}, err
		}
		if out.Stock, err = s.stock(ctx, d.Value.Course, b); err != nil {
			return QuizStock{}, err
		}
	}
	out.Short = q.Draw.Short(out.Stock)
	return out, nil
}

// Coverage says of one objective what trains it and what asks for it.
type Coverage struct {
	Objective
	Lessons []string // codes
	Items   int      // of all banks
}

// Covered says for each objective of a version which lessons train it and how many items ask for it. For authors and reviewers.
func (s *Service) Covered(ctx context.Context, a access.Actor, id VersionID) ([]Coverage, error) {
	d, err := s.versions.Get(ctx, id)
	if err != nil {
		return nil, notFound(err, "Versi kursus ini tidak ada.", "This version of the course does not exist.")
	}
	if _, err := s.cfg.Policy.May(a, "review", access.Thing{Kind: "course", ID: d.Value.Course}); err != nil {
		return nil, err
	}
	stock := grading.Blueprint{}
	for _, ref := range d.Value.Content.Banks {
		b, err := s.bank(ctx, ref.Bank)
		if err != nil {
			return nil, err
		}
		have, err := s.stock(ctx, d.Value.Course, b)
		if err != nil {
			return nil, err
		}
		for cell, n := range have {
			stock[cell] += n
		}
	}
	var out []Coverage
	for _, o := range d.Value.Content.Objectives {
		x := Coverage{Objective: o, Items: stock[grading.Cell{Objective: o.Code}]}
		for _, l := range d.Value.Content.Lessons {
			if slices.Contains(l.Objectives, o.Code) {
				x.Lessons = append(x.Lessons, l.Code)
			}
		}
		out = append(out, x)
	}
	return out, nil
}
