package grading

import "github.com/apelkota/apel/internal/texts"

// Edit is what an author fills in to write an item of a type, beside what every item has (question, objective, difficulty, category, tags, explanation). Editors
// are made of it, so that a type needs no page of its own.
type Edit struct {
	Stem    texts.Text // how the question is written, where that needs saying
	Options *EditList  // of the item; nil: it has none
	Parts   *EditList  // nil: it has none
	Rubric  bool
	Scoring []Way      // several ways to earn marks, the first one counts where none is named; nil: one way only
	Limit   texts.Text // what Limit counts; empty: it has none
	Files   bool       // the kinds and the size of files
	Units   bool
	Exact   bool
	Fixed   bool // the author may keep the options in their order
}

// Way is one way to earn marks.
type Way struct {
	Value string
	Name  texts.Text
}

// EditList is a list of options or parts as an author fills it in.
type EditList struct {
	Name    texts.Text // of one entry
	Hint    texts.Text
	Members []string     // what is asked of each, named as in the file format: text, tolerance, feedback, expert, next, minutes, right, type, weight, units, exact
	Marks   Marking      // how the author says what an option is worth
	Start   int          // entries of a new item
	Set     []texts.Text // the entries there always are, with their names; nil: the author adds and removes them
	Types   []Type       // that a part may have, where type is asked
	Options *EditList    // of each part
}

// Marking is how an author says what an option is worth.
type Marking string

// The ways of saying it.
const (
	Unmarked     Marking = ""       // nothing: the place or another member says it
	TickOne      Marking = "one"    // the right one is ticked and earns the whole; others may be given a part
	TickShared   Marking = "shared" // the right ones are ticked and share the whole, the others take away as much; a percentage wins
	PercentWhole Marking = "answer" // a percentage, the whole where none is given
	PercentNone  Marking = "part"   // a percentage, nothing where none is given
)

// EditOf says what an author fills in for a type; false for an unknown one.
func EditOf(t Type) (Edit, bool) {
	k, ok := kindNamed(t)
	if !ok {
		return Edit{}, false
	}
	return k.Edit(), true
}

// ChoiceList is a list of options that are shown, the right one ticked.
func ChoiceList() *EditList {
	return &EditList{Name: texts.T("Pilihan", "Option"), Hint: texts.T("Tandai yang benar. Pilihan yang teksnya kosong tidak disimpan.", "Tick the right one. Options without a text are not stored."),
		Members: []string{"text", "feedback"}, Marks: TickOne, Start: 4}
}

// AnswerList is a list of accepted answers.
func AnswerList(members ...string) *EditList {
	return &EditList{Name: texts.T("Jawaban yang diterima", "Accepted answer"), Hint: texts.T("Yang bernilai sebagian diberi persen; kosong berarti penuh.", "An answer that earns a part has its percentage; none means the whole."),
		Members: append([]string{"text"}, append(members, "feedback")...), Marks: PercentWhole, Start: 1}
}

// TruthList is the two options of a statement to be judged.
func TruthList() *EditList {
	return &EditList{Name: texts.T("Pilihan", "Option"), Hint: texts.T("Tandai yang benar.", "Tick the right one."), Members: []string{"feedback"}, Marks: TickOne, Set: []texts.Text{texts.T("Benar", "True"), texts.T("Salah", "False")}}
}

// Edit asks for options, the right one ticked.
func (Choosing) Edit() Edit { return Edit{Options: ChoiceList(), Fixed: true} }

// Edit asks for accepted answers.
func (Typing) Edit() Edit { return Edit{Options: AnswerList()} }

// Edit asks for a rubric.
func (ByPerson) Edit() Edit { return Edit{Rubric: true} }
