// Package multiple is multiple choice with partial credit: the right options share the whole mark, each wrong one takes some away, and the sum never goes
// below zero. Every wrong option must weigh something, or ticking everything would be worth as much as the key.
package multiple

import (
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/texts"
)

func init() { grading.Register(Kind{}) }

// Kind is the type.
type Kind struct{ grading.Choosing }

func (Kind) Name() grading.Type { return grading.Multiple }
func (Kind) Label() texts.Text  { return texts.T("Banyak pilihan", "Multiple choice") }

// Edit lets the right options share the mark.
func (Kind) Edit() grading.Edit {
	list := grading.ChoiceList()
	list.Marks = grading.TickShared
	list.Hint = texts.T("Tandai semua yang benar. Yang benar berbagi nilai, yang salah mengurangi sama besar; isi persen bila ingin lain.", "Tick all that are right. They share the mark and the others take away as much; give percentages for anything else.")
	return grading.Edit{Options: list, Fixed: true}
}

func (Kind) Field(it grading.Item, order string, _ grading.Answer) grading.Field {
	return grading.Field{Ask: grading.AskMany, Choices: grading.Choices(it.Options, order)}
}

func (Kind) Grade(it grading.Item, order string, a grading.Answer) (grading.Mark, bool) {
	return grading.Sum(it.Options, grading.Chosen(order, a)), false
}

// Asked looks at each option by itself: several are right, and each is ticked or not.
func (Kind) Asked(it grading.Item) []grading.Asked {
	q := grading.AskOptions("", texts.Text{}, it.Options, func(o grading.Option) bool { return o.Mark > 0 })
	q.One = false
	return []grading.Asked{q}
}

func (Kind) Explain(it grading.Item, order string, a grading.Answer, r *grading.Review) {
	r.Chooses(it.Options, order, a, func(o grading.Option) bool { return o.Mark > 0 })
}

func (Kind) Check(it grading.Item, r *grading.Report) {
	grading.CheckChoices("", it.Options, r)
	var plus, minus grading.Mark
	right := 0
	for i, o := range it.Options {
		switch {
		case o.Mark > 0:
			plus += o.Mark
			right++
		case o.Mark == 0:
			r.Wrong(grading.OptionPath(i, "mark"), "Pilihan salah harus bernilai minus, misalnya -50%% (di berkas GIFT: ~%%-50%%); kalau nol, mencentang semua pilihan bernilai penuh.", "A wrong option must weigh less than zero (such as -50%%; in a GIFT file ~%%-50%%); with zero, ticking every option would earn full marks.")
		default:
			minus += o.Mark
		}
	}
	if right == 0 {
		r.Wrong("options", "Belum ada jawaban benar. Beri bobot positif pada yang benar.", "No option is right. Give the right ones a positive weight.")
	} else if plus != grading.Full {
		r.Wrong("options", "Bobot jawaban benar berjumlah %s%%, seharusnya 100%%.", "The weights of the right options add up to %s%%; they must make 100%%.", plus.Percent())
	}
	if right > 0 && minus == 0 {
		r.Wrong("options", "Belum ada pilihan salah.", "There is no wrong option.")
	} else if plus == grading.Full && minus > -grading.Full {
		r.Warn("options", "Mencentang semua pilihan masih bernilai %s%%. Beri bobot minus yang berjumlah 100%%.", "Ticking every option still earns %s%%. Let the negative weights add up to 100%%.", (plus + minus).Percent())
	}
}
