package exchange

import (
	"strconv"
	"strings"

	"github.com/apelkota/apel/courses/grading"
)

// Behaviour is how a quiz deals with its taker, in course.yaml as
//
//	behaviour: {feedback: interactive, tries: 3, penalty: 33.33333, unrecorded: true}
//
// where feedback is deferred (as when there is no behaviour), immediate or interactive, tries and penalty (percent) belong to interactive and unrecorded to practice.
type Behaviour struct {
	Feedback   string // "" for deferred
	Tries      int
	Penalty    grading.Mark
	Unrecorded bool
}

// Feedbacks are the words for when a quiz gives its feedback.
var Feedbacks = []string{"deferred", "immediate", "interactive"}

func readBehaviour(v value, kind string) (b Behaviour) {
	if !v.there() {
		return b
	}
	m := v.mapping()
	feedback, tries, penalty, unrecorded := m.take("feedback"), m.take("tries"), m.take("penalty"), m.take("unrecorded")
	if feedback.there() {
		b.Feedback = feedback.one(Feedbacks...)
	}
	if b.Feedback == "deferred" {
		b.Feedback = ""
	}
	b.Unrecorded = unrecorded.bool()
	interactive := b.Feedback == "interactive"
	if interactive {
		b.Tries = tries.int(true, 2, grading.MaxTries)
	} else if tries.there() {
		tries.wrong("tries hanya berlaku pada feedback: interactive.", "tries belongs to feedback: interactive.")
	}
	if p := penalty.text(false); interactive && p != "" {
		mark, err := grading.ParseMark(p)
		if err != nil || mark < 0 {
			penalty.wrong("penalty %q harus persen dari 0 sampai 100.", "penalty %q must be a percentage from 0 to 100.", p)
		} else {
			b.Penalty = mark
		}
	} else if penalty.there() && !interactive {
		penalty.wrong("penalty hanya berlaku pada feedback: interactive.", "penalty belongs to feedback: interactive.")
	}
	m.done()
	if kind == "post_test" && b.Feedback != "" {
		feedback.wrong("Tes akhir hanya memakai umpan balik di akhir: pembahasan saat mengerjakan akan membuka kunci untuk percobaan berikutnya.", "A post-test has feedback at the end only: explaining items on the way would open the keys for the next attempt.")
	}
	if kind != "practice" && b.Unrecorded {
		unrecorded.wrong("Hanya latihan yang boleh tanpa catatan.", "Only practice may go without a record.")
	}
	return b
}

// YAML is the behaviour as course.yaml writes it, "" for the usual one.
func (b Behaviour) YAML() string {
	var out []string
	if b.Feedback != "" {
		out = append(out, "feedback: "+b.Feedback)
	}
	if b.Tries > 0 {
		out = append(out, "tries: "+strconv.Itoa(b.Tries))
	}
	if b.Penalty > 0 {
		out = append(out, "penalty: "+b.Penalty.Percent())
	}
	if b.Unrecorded {
		out = append(out, "unrecorded: true")
	}
	if out == nil {
		return ""
	}
	return "{" + strings.Join(out, ", ") + "}"
}
