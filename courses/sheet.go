package courses

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/apelkota/apel/courses/grading"
)

// Sheet is the frozen form of an attempt with what was answered on it, in a form that is quick to read: an autosave reads and writes it each time.
// One string per item instead of objects halves both the document and the time to decode it.
type Sheet struct {
	Seed  uint64     `json:"seed,string"`     // of the draw
	Slots []string   `json:"slots"`           // item version id, a space, the option ids in the order shown ("APEL-103.103-B01.f3k9a2xx cabd"); frozen
	Given []string   `json:"given,omitempty"` // by slot: "" blank, "+" and the letters chosen, "=" and the text typed, otherwise the answer as JSON
	Tried [][]string `json:"tried,omitempty"` // by slot: the answers that were checked before the end, in order, written as Given
}

// newSheet freezes a form.
func newSheet(f grading.Form) Sheet {
	s := Sheet{Seed: f.Seed, Slots: make([]string, len(f.Slots))}
	for i, slot := range f.Slots {
		s.Slots[i] = slot.Item + " " + slot.Order
	}
	return s
}

// slot is the n-th slot of the form.
func (s *Sheet) slot(n int) grading.Slot {
	item, order, _ := strings.Cut(s.Slots[n], " ")
	return grading.Slot{Item: item, Order: order}
}

// find gives the place of an item on the form, -1 when it is not on it.
func (s *Sheet) find(item string) int {
	for i, x := range s.Slots {
		if len(x) > len(item) && x[len(item)] == ' ' && x[:len(item)] == item {
			return i
		}
	}
	return -1
}

// form is the frozen form as grading wants it.
func (s *Sheet) form() grading.Form {
	f := grading.Form{Seed: s.Seed, Slots: make([]grading.Slot, len(s.Slots))}
	for i := range s.Slots {
		f.Slots[i] = s.slot(i)
	}
	return f
}

// answer is what was given to the n-th item.
func (s *Sheet) answer(n int) grading.Answer {
	if n < 0 || n >= len(s.Given) {
		return grading.Answer{}
	}
	return read(s.Given[n])
}

// read is an answer as written makes it.
func read(written string) (a grading.Answer) {
	if written == "" {
		return a
	}
	rest := written[1:]
	switch written[0] {
	case '=':
		return grading.Answer{Text: rest}
	case '{':
		if err := json.Unmarshal([]byte(written), &a); err != nil {
			return grading.Answer{} // written below; a broken one counts as blank
		}
		return a
	}
	a = grading.Answer{Choices: make([]string, len(rest))}
	for i := range rest {
		a.Choices[i] = rest[i : i+1]
	}
	return a
}

// answers is everything given, by item.
func (s *Sheet) answers() map[string]grading.Answer {
	out := make(map[string]grading.Answer, len(s.Given))
	for i := range s.Given {
		if a := s.answer(i); !a.Blank() {
			out[s.slot(i).Item] = a
		}
	}
	return out
}

// written is an answer as it is kept. Choices are single letters: grading.Accept has let nothing else pass.
func written(a grading.Answer) string {
	switch {
	case a.Blank():
		return ""
	case len(a.Choices) > 0:
		return "+" + strings.Join(a.Choices, "")
	case len(a.Parts) > 0 || len(a.Files) > 0:
		b, err := json.Marshal(a)
		if err != nil {
			panic(err) // strings and numbers only
		}
		return string(b)
	}
	return "=" + a.Text
}

// put keeps an answer to the n-th item; a blank one takes an earlier one back.
func (s *Sheet) put(n int, a grading.Answer) {
	for len(s.Given) < len(s.Slots) {
		s.Given = append(s.Given, "")
	}
	s.Given[n] = written(a)
}

// holds says whether an answer is what is kept already.
func (s *Sheet) holds(n int, a grading.Answer) bool {
	kept := ""
	if n < len(s.Given) {
		kept = s.Given[n]
	}
	return kept == written(a)
}

// tries are the answers to the n-th item that were checked.
func (s *Sheet) tries(n int) []grading.Answer {
	if n < 0 || n >= len(s.Tried) {
		return nil
	}
	out := make([]grading.Answer, len(s.Tried[n]))
	for i, w := range s.Tried[n] {
		out[i] = read(w)
	}
	return out
}

// tried is every answer that was checked, by item.
func (s *Sheet) tried() map[string][]grading.Answer {
	var out map[string][]grading.Answer
	for n := range s.Tried {
		if list := s.tries(n); len(list) > 0 {
			if out == nil {
				out = map[string][]grading.Answer{}
			}
			out[s.slot(n).Item] = list
		}
	}
	return out
}

// try notes that the answer to the n-th item was checked.
func (s *Sheet) try(n int, a grading.Answer) {
	s.put(n, a)
	tried := make([][]string, len(s.Slots))
	copy(tried, s.Tried)
	tried[n] = append(slices.Clip(tried[n]), written(a))
	s.Tried = tried
}

// first is the answer to the n-th item that says what somebody knew before being told anything: the first that was checked, or the only one.
func (s *Sheet) first(n int) grading.Answer {
	if list := s.tries(n); len(list) > 0 {
		return list[0]
	}
	return s.answer(n)
}

// answered counts the items with an answer.
func (s *Sheet) answered() int {
	n := 0
	for _, g := range s.Given {
		if g != "" {
			n++
		}
	}
	return n
}
