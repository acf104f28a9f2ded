package grading

// single is single choice: one option is right; others may carry a part of the mark.
type single struct{ choice }

func (single) name() Type                  { return Single }
func (single) ask() Ask                    { return AskOne }
func (single) grade(it Item, g given) Mark { return sum(it, g) }

func (single) check(it Item, r *report) {
	checkChoices(it, r)
	right := 0
	for _, o := range it.Options {
		if o.Mark == Full {
			right++
		}
	}
	switch {
	case right == 0:
		r.wrong("options", "Belum ada jawaban benar. Tandai tepat satu pilihan sebagai benar (=).", "No option is right. Mark exactly one as right (=).")
	case right > 1:
		r.wrong("options", "Ada %d jawaban benar. Soal pilihan tunggal punya tepat satu; untuk lebih dari satu pakai bobot persen (~%%50%%).", "%d options are right. Single choice has exactly one; for more use percentages (~%%50%%).", right)
	}
}
