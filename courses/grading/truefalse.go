package grading

// trueFalse is a statement to be judged. Option a is "Benar", option b is "Salah", always in this order; their texts are fixed words.
type trueFalse struct{ choice }

func (trueFalse) name() Type                  { return TrueFalse }
func (trueFalse) ask() Ask                    { return AskOne }
func (trueFalse) shuffles() bool              { return false }
func (trueFalse) grade(it Item, g given) Mark { return sum(it, g) }

func (trueFalse) check(it Item, r *report) {
	if len(it.Options) != 2 || it.Options[0].Mark+it.Options[1].Mark != Full || it.Options[0].Mark*it.Options[1].Mark != 0 {
		r.wrong("options", "Soal benar-salah punya tepat dua pilihan, Benar lalu Salah, dan satu di antaranya kunci.", "A true/false item has exactly two options, true then false, and one of them is the key.")
	}
}

// NewTrueFalse fills the two options of a true/false item: the key, and what is said to somebody who answers wrong or right.
func NewTrueFalse(key bool, wrong, right string) []Option {
	t, f := Option{ID: "a", Mark: Full, Feedback: right}, Option{ID: "b", Feedback: wrong}
	if !key {
		t, f = Option{ID: "a", Feedback: wrong}, Option{ID: "b", Mark: Full, Feedback: right}
	}
	return []Option{t, f}
}
