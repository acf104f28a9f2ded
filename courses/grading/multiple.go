package grading

// multiple is multiple choice with partial credit: the right options share the whole mark, each wrong one takes some away, and the sum never
// goes below zero. Every wrong option must weigh something, or ticking everything would be worth as much as the key.
type multiple struct{ choice }

func (multiple) name() Type                  { return Multiple }
func (multiple) ask() Ask                    { return AskMany }
func (multiple) grade(it Item, g given) Mark { return sum(it, g) }

func (multiple) check(it Item, r *report) {
	checkChoices(it, r)
	var plus, minus Mark
	right := 0
	for i, o := range it.Options {
		switch {
		case o.Mark > 0:
			plus += o.Mark
			right++
		case o.Mark == 0:
			r.wrong(optionPath(i, "mark"), "Pilihan salah harus bernilai minus (misalnya ~%%-50%%); kalau nol, mencentang semua pilihan bernilai penuh.", "A wrong option must weigh less than zero (such as ~%%-50%%); with zero, ticking every option would earn full marks.")
		default:
			minus += o.Mark
		}
	}
	if right == 0 {
		r.wrong("options", "Belum ada jawaban benar. Beri bobot positif pada yang benar.", "No option is right. Give the right ones a positive weight.")
	} else if plus != Full {
		r.wrong("options", "Bobot jawaban benar berjumlah %s%%, seharusnya 100%%.", "The weights of the right options add up to %s%%; they must make 100%%.", plus.Percent())
	}
	if right > 0 && minus == 0 {
		r.wrong("options", "Belum ada pilihan salah.", "There is no wrong option.")
	} else if plus == Full && minus > -Full {
		r.warn("options", "Mencentang semua pilihan masih bernilai %s%%. Beri bobot minus yang berjumlah 100%%.", "Ticking every option still earns %s%%. Let the negative weights add up to 100%%.", (plus + minus).Percent())
	}
}
