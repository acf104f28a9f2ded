// Package cloze is a text with gaps: each gap is chosen from a list, typed as a word or typed as a number. The gaps stand in the stem as [[1]], [[2]] ...
package cloze

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/kinds/numeric"
	"github.com/apelkota/apel/courses/grading/kinds/shorttext"
	"github.com/apelkota/apel/courses/grading/kinds/single"
	"github.com/apelkota/apel/internal/texts"
)

func init() { grading.Register(Kind{}) }

// Name is the word stored with the item.
const Name grading.Type = "cloze"

// Kind is the type. Each part is a gap with the options of its own type.
type Kind struct{ grading.Typing }

var gaps = map[grading.Type]grading.Kind{grading.Single: single.Kind{}, grading.ShortText: shorttext.Kind{}, grading.Numeric: numeric.Kind{}}

// gap is a part as an item of its own.
func gap(it grading.Item, p grading.Part) grading.Item {
	return grading.Item{Type: p.Type, Options: p.Options, Units: p.Units, Exact: p.Exact, Fixed: it.Fixed, Stem: it.Stem}
}

func (Kind) Name() grading.Type { return Name }
func (Kind) Label() texts.Text  { return texts.T("Melengkapi teks", "Fill the gaps") }

// Edit asks for the gaps, each with the answers of its own type.
func (Kind) Edit() grading.Edit {
	list := grading.AnswerList("tolerance")
	list.Start = 2
	list.Hint = texts.T("Untuk daftar pilihan: yang salah diberi 0. Untuk angka: toleransi boleh diisi.", "For a list of choices: give the wrong ones 0. For a number there may be a tolerance.")
	return grading.Edit{Fixed: true, Stem: texts.T("Tulis [[1]], [[2]] dan seterusnya di tempat isian.", "Write [[1]], [[2]] and so on where the gaps stand."),
		Parts: &grading.EditList{Name: texts.T("Isian", "Gap"), Members: []string{"type", "weight", "units", "exact"}, Types: []grading.Type{grading.Single, grading.ShortText, grading.Numeric}, Start: 1, Options: list}}
}

func (Kind) Show(it grading.Item, d *grading.Dice) string {
	orders := make([]string, len(it.Parts))
	for i, p := range it.Parts {
		orders[i] = gaps[p.Type].Show(gap(it, p), d)
	}
	return strings.Join(orders, "|")
}

func (Kind) Shown(it grading.Item, order string) bool {
	if strings.Count(order, "|") != max(len(it.Parts), 1)-1 {
		return false
	}
	for i, p := range it.Parts {
		if k, ok := gaps[p.Type]; !ok || !k.Shown(gap(it, p), grading.OrderOf(order, i)) {
			return false
		}
	}
	return true
}

func (Kind) Field(it grading.Item, order string, a grading.Answer) grading.Field {
	f := grading.Field{Ask: grading.AskParts}
	for i, p := range it.Parts {
		part := gaps[p.Type].Field(gap(it, p), grading.OrderOf(order, i), a.Part(i))
		part.Inline, part.Label = true, grading.Written(p.Text)
		f.Parts = append(f.Parts, part)
	}
	return f
}

func (Kind) Grade(it grading.Item, order string, a grading.Answer) (grading.Mark, bool) {
	var sum, weights grading.Mark
	for i, p := range it.Parts {
		w := grading.Mark(max(p.Weight, 1))
		sum += w * grading.MarkPart(gaps[p.Type], gap(it, p), grading.OrderOf(order, i), a.Part(i))
		weights += w
	}
	return sum / weights, false
}

func (Kind) Took(it grading.Item, order string, a grading.Answer) (out []string) {
	for i, p := range it.Parts {
		if a.Part(i).Blank() {
			continue
		}
		out = append(out, grading.TookPart(p.ID, gaps[p.Type].Took(gap(it, p), grading.OrderOf(order, i), a.Part(i)))...)
	}
	return out
}

// Asked is each gap as its own type asks it.
func (Kind) Asked(it grading.Item) (out []grading.Asked) {
	for i, p := range it.Parts {
		label := grading.PartLabel(i, p.Text)
		if p.Type == grading.Single {
			out = append(out, grading.AskOptions(p.ID, label, p.Options, grading.Whole))
		} else {
			out = append(out, grading.AskTyped(p.ID, label, p.Options))
		}
	}
	return out
}

func (Kind) Wrote(it grading.Item, order string, a grading.Answer) (out []grading.Wrote) {
	for i, p := range it.Parts {
		if a.Part(i).Blank() {
			continue
		}
		for _, w := range gaps[p.Type].Wrote(gap(it, p), grading.OrderOf(order, i), a.Part(i)) {
			out = append(out, grading.Wrote{Question: p.ID, Text: w.Text})
		}
	}
	return out
}

func (Kind) Explain(it grading.Item, order string, a grading.Answer, r *grading.Review) {
	for i, p := range it.Parts {
		k, own := gaps[p.Type], gap(it, p)
		part := grading.Review{Label: grading.Written(p.Text), Typed: a.Part(i).Text, Mark: grading.MarkPart(k, own, grading.OrderOf(order, i), a.Part(i))}
		if a.Part(i).Blank() {
			part.State = grading.Blank
		}
		k.Explain(own, grading.OrderOf(order, i), a.Part(i), &part)
		r.Parts = append(r.Parts, part)
	}
}

// Advise names the first gap that cannot be read.
func (Kind) Advise(it grading.Item, a grading.Answer) texts.Text {
	for i, p := range it.Parts {
		if k, ok := gaps[p.Type]; ok {
			if t := k.Advise(gap(it, p), a.Part(i)); !t.Empty() {
				n := strconv.Itoa(i + 1)
				return texts.T("Isian ke-"+n+": "+t.ID, "Gap "+n+": "+t.EN)
			}
		}
	}
	return texts.Text{}
}

var gapMark = regexp.MustCompile(`\[\[(\d+)\]\]`)

func (Kind) Check(it grading.Item, r *grading.Report) {
	if len(it.Parts) == 0 {
		r.Wrong("parts", "Teks ini belum punya isian.", "This text has no gap yet.")
	}
	for i, p := range it.Parts {
		k, ok := gaps[p.Type]
		if !ok {
			r.Wrong(grading.PartPath(i, "type"), "Isian berjenis single, shorttext, atau numeric.", "A gap is single, shorttext or numeric.")
			continue
		}
		r.CheckPart("parts["+strconv.Itoa(i)+"].", k, gap(it, p))
		if p.Weight < 0 || p.Weight > 100 {
			r.Wrong(grading.PartPath(i, "weight"), "Bobot isian antara 1 dan 100.", "The weight of a gap lies between 1 and 100.")
		}
	}
	times := map[int]int{}
	for _, m := range gapMark.FindAllStringSubmatch(it.Stem, -1) {
		n, _ := strconv.Atoi(m[1])
		times[n]++
		if n < 1 || n > len(it.Parts) {
			r.Wrong("stem", "Tanda [[%s]] di teks tidak punya isian.", "The mark [[%s]] in the text has no gap.", m[1])
		}
	}
	for i := range it.Parts {
		if times[i+1] != 1 {
			r.Wrong("stem", "Tulis [[%d]] tepat sekali di teks, di tempat isian ke-%d.", "Write [[%d]] once in the text, where gap %d stands.", i+1, i+1)
		}
	}
}

func (Kind) Seen(was, now grading.Item, r *grading.Report) {
	grading.SameParts(was.Parts, now.Parts, func(p grading.Part) bool { return p.Type == grading.Single }, r)
}
