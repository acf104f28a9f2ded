package grading

import (
	"slices"

	"github.com/apelkota/apel/internal/faults"
)

// Tries says how often an item may be checked before the end of a sitting, and what each check costs that did not find it right. The zero value is a form
// whose answers are worth what they are worth at the end.
type Tries struct {
	Max     int  `json:"max"`     // 0: nothing is checked before the end
	Penalty Mark `json:"penalty"` // 0..Full: taken off once for every try before the one that counts
}

// MaxTries bounds Tries.Max.
const MaxTries = 5

// Same says whether two answers are the same: blank parts at the end do not count.
func (a Answer) Same(b Answer) bool {
	for i := range max(len(a.Parts), len(b.Parts)) {
		if !a.Part(i).Same(b.Part(i)) {
			return false
		}
	}
	return a.Text == b.Text && slices.Equal(a.Choices, b.Choices) && slices.Equal(a.Files, b.Files)
}

// Try says what checking an answer before the end comes to, by the key as it is now. Closed: it is right, or its decisions stand, so that no further try has
// a sense. Invalid: the answer is blank, a person has to mark it, or its case has not been decided to the end.
func Try(it Item, slot Slot, a Answer) (m Mark, state State, closed bool, err error) {
	k, err := fitting(it, slot)
	if err != nil {
		return 0, "", false, err
	}
	if a.Blank() {
		return 0, "", false, faults.OnField("choices", "Jawab dahulu soal ini, lalu periksa.", "Answer this item first, then check it.")
	}
	if m, state, err = markOne(k, it, slot, a, Marks{}); err != nil {
		return 0, "", false, err
	}
	if state == NeedsMarking {
		return 0, "", false, faults.OnField("text", "Jawaban ini dinilai oleh penilai setelah tes dikumpulkan, jadi tidak dapat diperiksa sekarang.",
			"A person marks this answer once the test is handed in, so it cannot be checked now.")
	}
	if parts := k.Field(it, slot.Order, a).Parts; slices.ContainsFunc(parts, func(f Field) bool { return f.Taken }) {
		if slices.ContainsFunc(parts, func(f Field) bool { return !f.Taken }) {
			return 0, "", false, faults.OnField("parts", "Kasus ini belum selesai. Ambil keputusan sampai akhir, lalu periksa.", "This case has not ended. Decide to its end, then check it.")
		}
		closed = true
	}
	return m, state, closed || state == Right, nil
}

// Waits says that a person marks such items, so that no try can be checked.
func Waits(it Item) bool {
	ask := Asks(it)
	return ask == AskLong || ask == AskFiles
}

// worth is what an item is worth after the tries that were checked and the answer that stood at the end: the first try that is right counts, else the last one, less the
// penalty for each before it. An answer at the end that was never checked is one more try, as long as there are any left; one that was taken back leaves the last try standing.
func (t Tries) worth(k Kind, it Item, slot Slot, tried []Answer, last Answer, by Marks) (ItemResult, error) {
	res := ItemResult{Item: slot.Item, Key: it.Key, Marks: by.Edition}
	if t.Max == 0 || len(tried) == 0 {
		var err error
		res.Mark, res.State, err = markOne(k, it, slot, last, by)
		return res, err
	}
	if n := len(tried); n < t.Max && !last.Blank() && !tried[n-1].Same(last) {
		tried = append(slices.Clip(tried), last)
	}
	for i, a := range tried {
		m, state, err := markOne(k, it, slot, a, by)
		if err != nil {
			return res, err
		}
		if i == 0 {
			res.First = m
		}
		res.Mark, res.State, res.Tries = max(m-Mark(i)*t.Penalty, 0), state, i+1
		if state == Right {
			break
		}
	}
	if res.Tries == 1 { // as if it had been answered at the end: the result says no more than that
		res.Tries, res.First = 0, 0
	}
	return res, nil
}
