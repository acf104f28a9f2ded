package grading

import (
	"slices"

	"github.com/apelkota/apel/courses/grading/typed"
	"github.com/apelkota/apel/internal/texts"
)

// Choosing is what the types share that show the item's options to choose from: embed it and override what differs.
type Choosing struct{}

// Show shuffles the options unless the author fixed their order.
func (Choosing) Show(it Item, d *Dice) string {
	if it.Fixed {
		d = nil
	}
	return Order(it.Options, d)
}

// Shown wants each option once.
func (Choosing) Shown(it Item, order string) bool { return Orders(it.Options, order) }

// Advise has nothing to say of a choice.
func (Choosing) Advise(Item, Answer) texts.Text { return texts.Text{} }

// Took is what was chosen.
func (Choosing) Took(_ Item, order string, a Answer) []string { return Chosen(order, a) }

// Asked is one question with the item's options, of which those are right that earn the whole mark.
func (Choosing) Asked(it Item) []Asked {
	return []Asked{AskOptions("", texts.Text{}, it.Options, Whole)}
}

// Wrote has nothing that was typed.
func (Choosing) Wrote(Item, string, Answer) []Wrote { return nil }

// Seen keeps the options and their words.
func (Choosing) Seen(was, now Item, r *Report) { SameOptions("", was.Options, now.Options, r) }

// ChoosingParts is what the types share whose parts each show options of their own.
type ChoosingParts struct{ Choosing }

// Show shuffles the options of each part unless the author fixed their order.
func (ChoosingParts) Show(it Item, d *Dice) string { return OrderParts(it.Parts, it.Fixed, d) }

// Shown wants each option of each part once.
func (ChoosingParts) Shown(it Item, order string) bool { return OrdersParts(it.Parts, order) }

// Took is what was chosen in each part.
func (ChoosingParts) Took(it Item, order string, a Answer) []string {
	var out []string
	for i, p := range it.Parts {
		out = append(out, TookPart(p.ID, Chosen(OrderOf(order, i), a.Part(i)))...)
	}
	return out
}

// Asked is a question of each part.
func (ChoosingParts) Asked(it Item) (out []Asked) {
	for i, p := range it.Parts {
		out = append(out, AskOptions(p.ID, PartLabel(i, p.Text), p.Options, Whole))
	}
	return out
}

// Seen keeps the options and the parts with theirs.
func (ChoosingParts) Seen(was, now Item, r *Report) {
	SameOptions("", was.Options, now.Options, r)
	SameParts(was.Parts, now.Parts, func(Part) bool { return true }, r)
}

// TookPart names what a part took: "c.b" for b of part c.
func TookPart(part string, took []string) []string {
	out := make([]string, 0, len(took))
	for _, id := range took {
		out = append(out, part+"."+id)
	}
	return out
}

// SameOptions reports options that were added, taken away or reworded. path is where the list stands, "" or "parts[0].".
func SameOptions(path string, was, now []Option, r *Report) {
	if len(was) != len(now) {
		r.Wrong(path+"options", "Pilihan tidak dapat ditambah atau dihapus: peserta sudah melihatnya. Buat versi soal baru untuk itu.",
			"Options cannot be added or removed: takers have seen them. Make a new version of the item for that.")
		return
	}
	for i, o := range now {
		if w := was[i]; o.ID != w.ID || o.Text != w.Text || o.Tolerance != w.Tolerance || o.Next != w.Next || o.Minutes != w.Minutes {
			r.Wrong(path+OptionPath(i, "text"), "Teks pilihan tidak dapat diubah: peserta sudah melihatnya. Hanya nilai dan umpan balik yang dapat dibetulkan.",
				"The text of an option cannot be changed: takers have seen it. Only its mark and feedback can be corrected.")
		}
	}
}

// SameParts reports parts that were added, taken away or reworded; whether their options were is asked when shown says they have been seen.
func SameParts(was, now []Part, shown func(Part) bool, r *Report) {
	if len(was) != len(now) {
		r.Wrong("parts", "Bagian soal tidak dapat ditambah atau dihapus: peserta sudah melihatnya. Buat versi soal baru untuk itu.",
			"Parts cannot be added or removed: takers have seen them. Make a new version of the item for that.")
		return
	}
	for i, p := range now {
		if w := was[i]; p.ID != w.ID || p.Text != w.Text || p.Type != w.Type {
			r.Wrong(PartPath(i, "text"), "Teks bagian tidak dapat diubah: peserta sudah melihatnya.", "The text of a part cannot be changed: takers have seen it.")
		}
		if shown(p) {
			SameOptions("parts["+itoa(i)+"].", was[i].Options, p.Options, r)
		}
	}
}

// Sum adds the marks of the chosen options; the order of choosing does not matter.
func Sum(options []Option, chosen []string) Mark {
	var m Mark
	for _, o := range options {
		if slices.Contains(chosen, o.ID) {
			m += o.Mark
		}
	}
	return m
}

// Chooses fills in a review with shown options: which were chosen, which are right, what is said about those chosen, the key in words.
func (r *Review) Chooses(options []Option, order string, a Answer, right func(Option) bool) {
	chosen := Chosen(order, a)
	for _, o := range options {
		if slices.Contains(chosen, o.ID) && o.Feedback != "" {
			r.Feedback = append(r.Feedback, Written(o.Feedback))
		}
	}
	for i := range len(order) {
		o, _ := FindOption(options, order[i:i+1])
		c := ReviewedChoice{ID: OptionID(i), Text: Written(o.Text), Chosen: slices.Contains(chosen, o.ID), Right: right(o), Feedback: o.Feedback}
		if c.Right {
			r.Key = append(r.Key, c.Text)
		}
		r.Choices = append(r.Choices, c)
	}
}

// Whole says that an option earns the whole mark.
func Whole(o Option) bool { return o.Mark == Full }

// CheckChoices reports what is wrong with options that are shown: enough of them, each with its own words.
func CheckChoices(path string, options []Option, r *Report) {
	if len(options) < 2 {
		r.Wrong(path+"options", "Soal pilihan butuh paling sedikit dua pilihan.", "A choice item needs at least two options.")
	}
	seen := map[string]int{}
	for i, o := range options {
		if typed.Fold(o.Text) == "" {
			r.Wrong(path+OptionPath(i, "text"), "Pilihan ini kosong. Tulis isinya atau hapus.", "This option is empty. Write its text or remove it.")
			continue
		}
		if j, ok := seen[typed.Spaced(o.Text)]; ok {
			r.Wrong(path+OptionPath(i, "text"), "Pilihan ini sama dengan pilihan ke-%d.", "This option is the same as option %d.", j+1)
		}
		seen[typed.Spaced(o.Text)] = i
	}
}

// CheckOneWhole reports unless exactly one of the options earns the whole mark.
func CheckOneWhole(path string, options []Option, r *Report) {
	right := 0
	for _, o := range options {
		if o.Mark == Full {
			right++
		}
	}
	switch {
	case right == 0:
		r.Wrong(path+"options", "Belum ada jawaban benar. Tandai tepat satu pilihan sebagai benar (di berkas GIFT: =).", "No option is right. Mark exactly one as right (in a GIFT file: =).")
	case right > 1 && !r.Correction:
		r.Wrong(path+"options", "Ada %d jawaban benar. Jenis Satu pilihan punya tepat satu; untuk lebih dari satu pakai jenis Banyak pilihan (di berkas GIFT: ~%%50%%).", "%d options are right. Single choice has exactly one; for more use the type Multiple choice (in a GIFT file: ~%%50%%).", right)
	}
}
