package grading

import (
	"slices"

	"github.com/apelkota/apel/internal/texts"
)

// ByPerson is what the types share that a person marks with a rubric: embed it and override what differs.
type ByPerson struct{ Typing }

// Grade leaves it to a person.
func (ByPerson) Grade(Item, string, Answer) (Mark, bool) { return 0, true }

// Asked has no options: people mark the answer.
func (ByPerson) Asked(Item) []Asked {
	return []Asked{{Note: texts.T("Jawaban dinilai orang dengan rubrik, jadi tidak ada kunci dan tidak ada pengecoh. Tingkat kesukaran dan daya beda dihitung dari nilai penilai.",
		"People mark the answer with a rubric, so there is no key and no distractor. Facility and discrimination follow from their marks.")}}
}

// Explain has no key to show.
func (ByPerson) Explain(Item, string, Answer, *Review) {}

// Advise has nothing to say.
func (ByPerson) Advise(Item, Answer) texts.Text { return texts.Text{} }

// Seen lets the weights and levels of the rubric change; what takers were asked stays.
func (ByPerson) Seen(was, now Item, r *Report) {
	if was.Limit != now.Limit || was.Size != now.Size || !slices.Equal(was.Files, now.Files) {
		r.Wrong("limit", "Batas jawaban tidak dapat diubah: peserta sudah menjawab.", "The limit of the answer cannot be changed: takers have answered.")
	}
	if !slices.EqualFunc(was.Rubric, now.Rubric, func(a, b Criterion) bool { return a.ID == b.ID && len(a.Levels) == len(b.Levels) }) {
		r.Wrong("rubric", "Jumlah kriteria dan tingkat tidak dapat diubah: orang sudah menilai dengannya. Yang dapat dibetulkan adalah bobot, nilai tingkat, dan kata-katanya.",
			"The number of criteria and levels cannot be changed: people have marked by them. Weights, the marks of levels and the words can be corrected.")
	}
}

// Marks is what people said of one answer: the levels they put each criterion on, one map per person whose mark counts. The zero Marks is nobody yet.
type Marks struct {
	Edition int              // which verdict it is, from 1; stands in the result
	Levels  []map[string]int // criterion id -> place of the level from 0
}

// Mark is the mean of the marks, rounded down; false when there is none, or one does not fit the rubric.
func (m Marks) Mark(rubric []Criterion) (Mark, bool) {
	var sum Mark
	for _, levels := range m.Levels {
		one, ok := RubricMark(rubric, levels)
		if !ok {
			return 0, false
		}
		sum += one
	}
	if len(m.Levels) == 0 {
		return 0, false
	}
	return sum / Mark(len(m.Levels)), true
}

// CheckRubric reports what is wrong with a rubric: criteria with a weight, each with levels that rise from something below the full mark to the full mark.
func CheckRubric(rubric []Criterion, r *Report) {
	if len(rubric) == 0 {
		r.Wrong("rubric", "Yang dinilai orang butuh rubrik dengan paling sedikit satu kriteria.", "What a person marks needs a rubric with at least one criterion.")
	}
	if len(rubric) > MaxParts {
		r.Wrong("rubric", "Paling banyak %d kriteria.", "At most %d criteria.", MaxParts)
		return
	}
	seen := map[string]bool{}
	for i, c := range rubric {
		path := "rubric[" + itoa(i) + "]."
		if !letter(c.ID) || seen[c.ID] {
			r.Wrong(path+"id", "Id kriteria harus satu huruf a sampai t dan tidak berulang.", "A criterion's id is one letter from a to t, used once.")
		}
		seen[c.ID] = true
		if c.Text == "" {
			r.Wrong(path+"text", "Kriteria ini belum bernama.", "This criterion has no name.")
		}
		if c.Weight < 1 || c.Weight > 100 {
			r.Wrong(path+"weight", "Bobot kriteria antara 1 dan 100.", "The weight of a criterion lies between 1 and 100.")
		}
		if len(c.Levels) < 2 || c.Levels[len(c.Levels)-1].Mark != Full {
			r.Wrong(path+"levels", "Kriteria butuh paling sedikit dua tingkat, dan tingkat terakhir bernilai penuh.", "A criterion needs at least two levels, and the last one earns the full mark.")
		}
		for j, l := range c.Levels {
			if l.Text == "" {
				r.Wrong(path+"levels["+itoa(j)+"].text", "Tingkat ini belum dijelaskan.", "This level is not described.")
			}
			if l.Mark < 0 || l.Mark > Full || j > 0 && l.Mark <= c.Levels[j-1].Mark {
				r.Wrong(path+"levels["+itoa(j)+"].mark", "Nilai tingkat naik dari 0 sampai 100%%.", "The marks of the levels rise from 0 to 100%%.")
			}
		}
	}
}

// RubricFindings lists what is wrong with a rubric that stands outside an item.
func RubricFindings(rubric []Criterion) []Finding {
	var r Report
	CheckRubric(rubric, &r)
	return r.found
}

// RubricMark is what an item is worth when a person put each criterion on a level (its place from 0): the mean of the marks by weight, rounded down. False
// when a criterion has no level or one that does not exist.
func RubricMark(rubric []Criterion, levels map[string]int) (Mark, bool) {
	var sum, weights Mark
	for _, c := range rubric {
		n, ok := levels[c.ID]
		if !ok || n < 0 || n >= len(c.Levels) {
			return 0, false
		}
		sum += c.Levels[n].Mark * Mark(c.Weight)
		weights += Mark(c.Weight)
	}
	if weights == 0 {
		return 0, false
	}
	return sum / weights, true
}
