package courses

import (
	"encoding/json"
	"strings"

	"github.com/apelkota/apel/courses/grading"
)

// Sheet is the frozen form of an attempt with what was answered on it, in a form that is quick to read: an autosave reads and writes it each time.
// One string per item instead of objects halves both the document and the time to decode it.
type Sheet struct {
	Seed  uint64   `json:"seed,string"`     // of the draw
	Slots []string `json:"slots"`           // item version id, a space, the option ids in the order shown ("APEL-103.103-B01.f3k9a2xx cabd"); frozen
	Given []string `json:"given,omitempty"` // by slot: "" blank, "+" and the letters chosen, "=" and the text typed, otherwise the answer as JSON
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
	if n < 0 || n >= len(s.Given) || s.Given[n] == "" {
		return grading.Answer{}
	}
	var a grading.Answer
	rest := s.Given[n][1:]
	switch s.Given[n][0] {
	case '=':
		return grading.Answer{Text: rest}
	case '{':
		if err := json.Unmarshal([]byte(s.Given[n]), &a); err != nil {
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
