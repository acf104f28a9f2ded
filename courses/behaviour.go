package courses

import (
	"context"
	"fmt"

	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// Feedback says when a quiz tells its taker what an answer was worth.
type Feedback string

// The ways.
const (
	Deferred    Feedback = ""            // after the end
	Immediate   Feedback = "immediate"   // each item can be checked once, then it stands
	Interactive Feedback = "interactive" // each item can be tried several times, each try that was not right costs something
)

// Behaviour is how a quiz deals with its taker. The zero value is deferred feedback on a sitting that counts.
type Behaviour struct {
	Feedback   Feedback     `json:"feedback,omitempty"`
	Tries      int          `json:"tries,omitempty"`      // interactive: 2 to grading.MaxTries
	Penalty    grading.Mark `json:"penalty,omitempty"`    // interactive: taken off for each try that was not right, 0..grading.Full
	Unrecorded bool         `json:"unrecorded,omitempty"` // practice only: a sitting leaves no attempt, no figures and nothing in the enrolment
}

// TryRule is the behaviour as grading counts it.
func (b Behaviour) TryRule() grading.Tries {
	switch b.Feedback {
	case Immediate:
		return grading.Tries{Max: 1}
	case Interactive:
		return grading.Tries{Max: b.Tries, Penalty: b.Penalty}
	}
	return grading.Tries{}
}

// Name is what the behaviour is called.
func (b Behaviour) Name() texts.Text {
	name := say("Umpan balik di akhir", "Feedback at the end")
	switch b.Feedback {
	case Immediate:
		name = say("Umpan balik langsung", "Immediate feedback")
	case Interactive:
		cost := points(int(b.Penalty*100000/grading.Full), texts.ID)
		name = say(fmt.Sprintf("Interaktif, %d kali coba, potongan %s%%", b.Tries, cost), fmt.Sprintf("Interactive, %d tries, penalty %s%%", b.Tries, points(int(b.Penalty*100000/grading.Full), texts.EN)))
	}
	if b.Unrecorded {
		name = say(name.ID+", tanpa catatan", name.EN+", without record")
	}
	return name
}

// behaviourOf takes a behaviour over from a course folder.
func behaviourOf(b exchange.Behaviour) Behaviour {
	return Behaviour{Feedback: Feedback(b.Feedback), Tries: b.Tries, Penalty: b.Penalty, Unrecorded: b.Unrecorded}
}

// checkBehaviour lists what is wrong with the behaviour of a quiz.
func checkBehaviour(at string, q Quiz, with func(path, id, en string)) {
	b := q.Behaviour
	switch b.Feedback {
	case Deferred, Immediate:
		if b.Tries != 0 || b.Penalty != 0 {
			with(at+"tries", "Jumlah kali coba dan potongan hanya berlaku pada umpan balik interaktif. Kosongkan keduanya, atau pilih interaktif.", "Tries per item and a penalty belong to interactive feedback only. Leave both empty, or choose interactive.")
		}
	case Interactive:
		if b.Tries < 2 || b.Tries > grading.MaxTries {
			with(at+"tries", fmt.Sprintf("Kali coba tiap soal 2 sampai %d.", grading.MaxTries), fmt.Sprintf("An item can be tried 2 to %d times.", grading.MaxTries))
		}
		if b.Penalty < 0 || b.Penalty > grading.Full {
			with(at+"penalty", "Potongan nilai 0 sampai 100 persen.", "The penalty is 0 to 100 percent.")
		}
	default:
		with(at+"feedback", "Umpan balik harus deferred, immediate, atau interactive.", "Feedback is deferred, immediate or interactive.")
	}
	switch {
	case q.Kind == PostTest && b.Feedback != Deferred:
		// Between the attempts of a post-test the keys stay closed (Review); checking an item would open them one by one.
		with(at+"feedback", "Tes akhir hanya memakai umpan balik di akhir: pembahasan saat mengerjakan akan membuka kunci untuk percobaan berikutnya.",
			"A post-test has feedback at the end only: explaining items on the way would open the keys for the next attempt.")
	case q.Kind == PreTest && b.Feedback == Interactive:
		// The gain compares first answers of the pre-test with first answers of the post-test.
		with(at+"feedback", "Tes awal mengukur apa yang sudah diketahui, jadi setiap soal dijawab sekali. Pakai umpan balik di akhir atau langsung.",
			"A pre-test measures what is known, so each item is answered once. Use feedback at the end or immediate feedback.")
	}
	if !b.Unrecorded {
		return
	}
	if q.Kind != Practice {
		with(at+"unrecorded", "Hanya latihan yang boleh tanpa catatan: hasil tes awal dan tes akhir dipakai.", "Only practice may go without a record: results of pre-tests and post-tests are used.")
	}
	if q.Attempts > 0 || q.Minutes > 0 {
		with(at+"unrecorded", "Latihan tanpa catatan tidak punya batas waktu atau jumlah percobaan.", "Practice without a record has no time limit and no number of attempts.")
	}
}

// CheckBehaviour says what is wrong with how a quiz deals with its takers, as Invalid with fields below "behaviour"; nil when all is well.
func (q Quiz) CheckBehaviour() error {
	e := faults.New(faults.Invalid, "Cara tes ini memberi umpan balik belum benar.", "How this test gives feedback is not right yet.")
	checkBehaviour("behaviour.", q, func(path, id, en string) { e.With(path, id, en) })
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// SetBehaviour says how a quiz of a draft deals with its takers. revision is the one the author saw, 0 for whatever there is. Safe to call twice. Errors: as Revise, and
// Invalid with what is wrong below "behaviour".
func (s *Service) SetBehaviour(ctx context.Context, a access.Actor, id VersionID, revision int64, quiz string, b Behaviour) (VersionDoc, error) {
	return s.edit(ctx, a, id, revision, func(v *Version) error {
		for i := range v.Content.Quizzes {
			q := &v.Content.Quizzes[i]
			if q.Code != quiz {
				continue
			}
			q.Behaviour = b
			return q.CheckBehaviour()
		}
		return faults.New(faults.NotFound, "Tes ini tidak ada di versi kursus ini.", "There is no such test in this version of the course.")
	})
}
