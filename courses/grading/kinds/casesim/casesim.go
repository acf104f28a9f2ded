// Package casesim is the case simulation: a complaint handled step by step. Each state offers decisions; a decision has a consequence, a mark, takes time on
// the case's own clock and leads to another state or ends the case. What was decided stands.
package casesim

import (
	"strconv"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/texts"
)

func init() { grading.Register(Kind{}) }

// Name is the word stored with the item.
const Name grading.Type = "casesim"

// Kind is the type. Parts are the states, the first one begins; their options are the decisions (Next, Minutes, Mark, Feedback as the consequence). Limit is
// the time of the case in minutes of its own clock, 0 for none.
type Kind struct{ grading.ChoosingParts }

func (Kind) Name() grading.Type { return Name }
func (Kind) Label() texts.Text  { return texts.T("Simulasi kasus", "Case simulation") }

// Edit asks for the states and the decisions of each.
func (Kind) Edit() grading.Edit {
	return grading.Edit{Fixed: true, Limit: texts.T("Waktu kasus, menit", "Time of the case, minutes"),
		Parts: &grading.EditList{Name: texts.T("Keadaan", "State"), Hint: texts.T("Keadaan pertama membuka kasus.", "The first state opens the case."), Members: []string{"text"}, Start: 2,
			Options: &grading.EditList{Name: texts.T("Keputusan", "Decision"), Hint: texts.T("Umpan balik adalah akibat keputusan.", "The feedback is what comes of the decision."), Members: []string{"text", "feedback", "next", "minutes"}, Marks: grading.PercentNone, Start: 2}}}
}

// step is one state on the way of an answer; decided is false for the last one of a case that goes on.
type step struct {
	state   int // place of the part
	left    int // minutes on the clock when it was reached
	option  grading.Option
	decided bool
	late    bool // the decision took longer than there was time: it earns nothing and ends the case
}

// way follows the decisions of an answer from the first state.
func way(it grading.Item, order string, a grading.Answer) []step {
	var out []step
	state, left := 0, it.Limit
	for i := 0; state >= 0 && state < len(it.Parts) && len(out) < len(it.Parts); i++ {
		s := step{state: state, left: left}
		s.option, s.decided = grading.ChosenOption(it.Parts[state].Options, grading.OrderOf(order, state), a.Part(i))
		left -= s.option.Minutes
		s.late = it.Limit > 0 && left < 0
		out = append(out, s)
		if !s.decided || s.late {
			return out
		}
		state = place(it, s.option.Next)
	}
	return out
}

// place is where a state stands, -1 for the end.
func place(it grading.Item, id string) int {
	for i, p := range it.Parts {
		if p.ID == id {
			return i
		}
	}
	return -1
}

// tooLate is what a taker reads when the clock has run out.
var tooLate = texts.T("Waktu kasus habis sebelum langkah ini selesai. Kasus berakhir di sini.", "The time of the case ran out before this step was done. The case ends here.")

func (Kind) Field(it grading.Item, order string, a grading.Answer) grading.Field {
	f := grading.Field{Ask: grading.AskParts, Steps: true, Limit: it.Limit}
	for _, s := range way(it, order, a) {
		p := it.Parts[s.state]
		part := grading.Field{Ask: grading.AskOne, Label: grading.Written(p.Text), Choices: grading.Choices(p.Options, grading.OrderOf(order, s.state)), Minutes: max(s.left, 0), Taken: s.decided}
		if s.decided {
			part.After = grading.Written(s.option.Feedback)
		}
		if s.late {
			part.After = tooLate
		}
		f.Parts = append(f.Parts, part)
	}
	return f
}

// Grade adds the marks of the decisions and divides by the most that can be reached in the time.
func (Kind) Grade(it grading.Item, order string, a grading.Answer) (grading.Mark, bool) {
	var sum grading.Mark
	for _, s := range way(it, order, a) {
		if s.decided && !s.late {
			sum += s.option.Mark
		}
	}
	most := best(it, 0, it.Limit, len(it.Parts))
	if most <= 0 {
		return 0, false
	}
	return grading.Full * sum / most, false
}

// best is the highest sum of marks from a state on with so much time left; deep bounds the way should the states go in a circle.
func best(it grading.Item, state, left, deep int) grading.Mark {
	type at struct{ state, left int }
	known := map[at]grading.Mark{}
	var from func(state, left, deep int) grading.Mark
	from = func(state, left, deep int) grading.Mark {
		if state < 0 || deep == 0 {
			return 0
		}
		if m, ok := known[at{state, left}]; ok {
			return m
		}
		var most grading.Mark
		found := false
		for _, o := range it.Parts[state].Options {
			if it.Limit > 0 && o.Minutes > left {
				continue
			}
			rest := left
			if it.Limit > 0 {
				rest -= o.Minutes
			}
			if m := o.Mark + from(place(it, o.Next), rest, deep-1); !found || m > most {
				most, found = m, true
			}
		}
		known[at{state, left}] = most
		return most
	}
	return from(state, left, deep)
}

// Took names the decisions taken, in their order.
func (Kind) Took(it grading.Item, order string, a grading.Answer) (out []string) {
	for _, s := range way(it, order, a) {
		if s.decided {
			out = append(out, it.Parts[s.state].ID+"."+s.option.ID)
		}
	}
	return out
}

// Asked is each state with its decisions, among those who came to it; right is what earns most there.
func (Kind) Asked(it grading.Item) (out []grading.Asked) {
	for i, p := range it.Parts {
		var most grading.Mark
		for _, o := range p.Options {
			most = max(most, o.Mark)
		}
		q := grading.AskOptions(p.ID, texts.T("keadaan "+strconv.Itoa(i+1), "state "+strconv.Itoa(i+1)), p.Options, func(o grading.Option) bool { return o.Mark == most && most > 0 })
		if q.Some = true; most <= 0 {
			q.Foils = nil // here nothing is right, so nothing misleads
		}
		if i == 0 {
			q.Note = texts.T("Simulasi kasus: tiap keadaan diperiksa hanya pada peserta yang sampai di sana. Keputusan yang bernilai paling tinggi di keadaan itu dianggap kuncinya; ke mana ia membawa kasus tidak ikut ditimbang.",
				"Case simulation: each state is looked at only among those who came to it. The decision that earns most there is taken as the key; where it leads the case is not weighed.")
		}
		out = append(out, q)
	}
	return out
}

func (Kind) Explain(it grading.Item, order string, a grading.Answer, r *grading.Review) {
	for i, s := range way(it, order, a) {
		p := it.Parts[s.state]
		part := grading.Review{Label: grading.Written(p.Text)}
		var most grading.Mark
		for _, o := range p.Options {
			most = max(most, o.Mark)
		}
		part.Chooses(p.Options, grading.OrderOf(order, s.state), a.Part(i), func(o grading.Option) bool { return o.Mark == most && most > 0 })
		if s.late {
			part.Feedback = append(part.Feedback, tooLate)
		}
		r.Parts = append(r.Parts, part)
	}
}

func (Kind) Check(it grading.Item, r *grading.Report) {
	if len(it.Parts) < 2 {
		r.Wrong("parts", "Simulasi kasus butuh paling sedikit dua keadaan.", "A case simulation needs at least two states.")
		return
	}
	if it.Limit < 0 {
		r.Wrong("limit", "Waktu kasus tidak boleh minus.", "The time of a case may not be negative.")
	}
	for i, p := range it.Parts {
		if p.Text == "" {
			r.Wrong(grading.PartPath(i, "text"), "Keadaan ini belum diceritakan.", "This state is not told yet.")
		}
		grading.CheckChoices("parts["+strconv.Itoa(i)+"].", p.Options, r)
		for j, o := range p.Options {
			path := "parts[" + strconv.Itoa(i) + "]."
			if o.Next != "" && place(it, o.Next) < 0 {
				r.Wrong(path+grading.OptionPath(j, "next"), "Keputusan ini menuju keadaan %q yang tidak ada.", "This decision leads to the state %q, which does not exist.", o.Next)
			}
			if o.Minutes < 0 {
				r.Wrong(path+grading.OptionPath(j, "minutes"), "Lama keputusan tidak boleh minus.", "A decision may not take negative time.")
			}
			if o.Feedback == "" {
				r.Wrong(path+grading.OptionPath(j, "feedback"), "Tulis apa akibat keputusan ini.", "Write what comes of this decision.")
			}
		}
	}
	reached, circle := walk(it)
	if circle {
		r.Wrong("parts", "Keadaan-keadaan ini berputar: dari satu keadaan orang dapat kembali ke keadaan yang sama. Simulasi harus selalu berakhir.", "These states go in a circle: from one of them people can come back to it. A simulation always has to end.")
		return
	}
	for i := range it.Parts {
		if !reached[i] {
			r.Wrong(grading.PartPath(i, "id"), "Tidak ada keputusan yang menuju keadaan ini.", "No decision leads to this state.")
		}
	}
	if best(it, 0, it.Limit, len(it.Parts)) <= 0 {
		r.Wrong("parts", "Tidak ada jalan yang bernilai dalam waktu kasus ini.", "No way earns marks within the time of this case.")
	}
}

// walk says which states can be reached from the first one, and whether one can be reached from itself.
func walk(it grading.Item) (reached map[int]bool, circle bool) {
	const under, done = 1, 2
	state := map[int]int{}
	var visit func(n int)
	visit = func(n int) {
		state[n] = under
		for _, o := range it.Parts[n].Options {
			next := place(it, o.Next)
			switch {
			case o.Next == "" || next < 0:
			case state[next] == under:
				circle = true
			case state[next] == 0:
				visit(next)
			}
		}
		state[n] = done
	}
	visit(0)
	reached = map[int]bool{}
	for n := range state {
		reached[n] = true
	}
	return reached, circle
}
