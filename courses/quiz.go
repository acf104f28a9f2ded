package courses

import (
	"fmt"
	"time"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/texts"
)

// QuizKind says what a quiz is for.
type QuizKind string

// The kinds of a quiz.
const (
	PreTest  QuizKind = "pre_test"  // taken once, before the lessons; its score never counts
	Practice QuizKind = "practice"  // as often as one likes, with full feedback
	PostTest QuizKind = "post_test" // decides the pass
)

// Quiz is the definition of a test inside a version. The sitting is an Attempt.
type Quiz struct {
	Code     string            `json:"code"` // unique in the course
	Kind     QuizKind          `json:"kind"`
	Title    texts.Text        `json:"title"`
	Bank     string            `json:"bank"`                // code of the bank it draws from
	Draw     grading.Blueprint `json:"draw"`                // how many items per objective and difficulty
	Minutes  int               `json:"minutes,omitempty"`   // time limit; 0 none
	Attempts int               `json:"attempts,omitempty"`  // 0: as often as one likes
	PassMark int               `json:"pass_mark,omitempty"` // points of 100; post-tests only
	InOrder  bool              `json:"in_order,omitempty"`  // items stand in the bank's order instead of a shuffled one

	Behaviour Behaviour   `json:"behaviour,omitzero"`
	Marking   QuizMarking `json:"marking,omitzero"` // of answers that a person must mark
}

// MaxForm is the most items one form may have; more would break the form's limit of 2 KB.
const MaxForm = 40

// Count is the number of items on a form.
func (q Quiz) Count() int { return q.Draw.Count() }

func (q Quiz) limit() time.Duration { return time.Duration(q.Minutes) * time.Minute }

// Name is the title, or what the kind is called when there is none.
func (q Quiz) Name() texts.Text {
	usual := say("Latihan", "Practice")
	switch q.Kind {
	case PreTest:
		usual = say("Tes awal", "Pre-test")
	case PostTest:
		usual = say("Tes akhir", "Post-test")
	}
	if q.Title.Empty() || q.Title.EN == "" && q.Title.ID == usual.ID { // a course that is not translated still has its usual names in English
		return usual
	}
	return q.Title
}

// checkQuiz lists what is wrong with quiz n of a content, given what its bank has.
func checkQuiz(n int, q Quiz, c *Content, have grading.Blueprint, with func(path, id, en string)) {
	at := fmt.Sprintf("quizzes[%d].", n)
	if !partRule.MatchString(q.Code) {
		with(at+"code", "Kode tes berisi huruf, angka, dan tanda hubung, paling banyak 30.", "A test code has letters, digits and hyphens, at most 30.")
	}
	for _, other := range c.Quizzes[:n] {
		if other.Code == q.Code {
			with(at+"code", "Kode tes "+q.Code+" dipakai dua kali.", "Test code "+q.Code+" is used twice.")
		}
	}
	switch q.Kind {
	case PreTest, Practice:
	case PostTest:
		if q.PassMark < 1 || q.PassMark > 100 {
			with(at+"pass_mark", "Nilai lulus tes akhir 1 sampai 100.", "The pass mark of a post-test is 1 to 100.")
		}
		if q.Minutes == 0 {
			with(at+"time_limit_minutes", "Tes akhir harus punya batas waktu.", "A post-test needs a time limit.")
		}
	default:
		with(at+"kind", "Jenis tes harus pre_test, practice, atau post_test.", "The kind of a test is pre_test, practice or post_test.")
	}
	checkMarking(at, q.Marking, with)
	if q.Minutes < 0 || q.Minutes > 600 {
		with(at+"time_limit_minutes", "Batas waktu 0 sampai 600 menit.", "The time limit is 0 to 600 minutes.")
	}
	if q.Attempts < 0 || q.Attempts > 20 {
		with(at+"attempts", "Jumlah percobaan 0 sampai 20; 0 berarti tanpa batas.", "Attempts are 0 to 20; 0 has no limit.")
	}
	checkBehaviour(at+"behaviour.", q, with)
	switch n := q.Count(); {
	case n == 0:
		with(at+"draw", "Tes ini tidak mengambil soal apa pun.", "This test draws no items.")
	case n > MaxForm:
		with(at+"draw", fmt.Sprintf("Satu tes paling banyak %d soal.", MaxForm), fmt.Sprintf("A test has at most %d items.", MaxForm))
	}
	if _, ok := c.Bank(q.Bank); !ok {
		with(at+"bank", "Bank soal "+q.Bank+" tidak ada.", "There is no item bank "+q.Bank+".")
		return
	}
	checkBlueprint(at+"draw.", q, c, have, with)
}
