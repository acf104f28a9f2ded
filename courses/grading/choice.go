package grading

import "github.com/apelkota/apel/internal/texts"

// choice is what the types that show their options share.
type choice struct{}

func (choice) shows() bool                   { return true }
func (choice) shuffles() bool                { return true }
func (choice) advise(Item, given) texts.Text { return texts.Text{} }
func (choice) matched(it Item, g given) []Option {
	var out []Option
	for _, o := range it.Options {
		if g.chose(o.ID) {
			out = append(out, o)
		}
	}
	return out
}

// sum adds the marks of the chosen options; the order of choosing does not matter.
func sum(it Item, g given) Mark {
	var m Mark
	for _, o := range it.Options {
		if g.chose(o.ID) {
			m += o.Mark
		}
	}
	return m
}

// checkChoices is the part of check that shown options share: enough of them, each with its own words.
func checkChoices(it Item, r *report) {
	if len(it.Options) < 2 {
		r.wrong("options", "Soal pilihan butuh paling sedikit dua pilihan.", "A choice item needs at least two options.")
	}
	seen := map[string]int{}
	for i, o := range it.Options {
		folded := fold(o.Text)
		if folded == "" {
			r.wrong(optionPath(i, "text"), "Pilihan ini kosong. Tulis isinya atau hapus.", "This option is empty. Write its text or remove it.")
			continue
		}
		if j, ok := seen[spaced(o.Text)]; ok {
			r.wrong(optionPath(i, "text"), "Pilihan ini sama dengan pilihan ke-%d.", "This option is the same as option %d.", j+1)
		}
		seen[spaced(o.Text)] = i
	}
}
