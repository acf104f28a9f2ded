package grading

// State is how one item of a result stands.
type State string

// The states of an item.
const (
	Blank        State = "blank" // not answered
	Right        State = "right"
	Partial      State = "partial"
	Wrong        State = "wrong"
	NeedsMarking State = "needs_marking" // a person must mark it
)

// ItemResult is what one answer was worth.
type ItemResult struct {
	Item  string `json:"i"`           // Item.ID
	Key   int    `json:"k,omitempty"` // Item.Key the mark rests on
	Marks int    `json:"h,omitempty"` // edition of the marks of people it rests on; 0 none
	Mark  Mark   `json:"m"`           // 0..Full
	State State  `json:"s"`           // of the answer that counts; one that was right only at a later try is right with less than the whole mark
	Tries int    `json:"t,omitempty"` // which try counts, when it is not the first
	First Mark   `json:"f,omitempty"` // what the first try was worth, when another one counts
}

// FirstMark is what the first answer that was checked, or the only one, was worth.
func (r ItemResult) FirstMark() Mark {
	if r.Tries > 1 {
		return r.First
	}
	return r.Mark
}

// Result is what a whole form was worth. It is small (about 50 bytes an item) and holds no text: feedback is looked up with Explain when it is shown.
type Result struct {
	Rules        int          `json:"rules"`  // version of the scoring rules (Rules)
	Earned       Mark         `json:"earned"` // sum of the marks, exact
	Max          Mark         `json:"max"`    // Full x number of items
	Items        []ItemResult `json:"items"`  // in the order of the form
	NeedsMarking bool         `json:"needs_marking,omitempty"`
}

// Score is the result in thousandths of a point, 0..100000 (70 points are 70000), rounded down. For showing and storing; a pass is decided by Passed.
func (r Result) Score() int {
	if r.Max <= 0 {
		return 0
	}
	return int(r.Earned * 100000 / r.Max)
}

// Passed says whether the result reaches a pass mark of 0..100 points, compared exactly. A result that still needs marking has not passed,
// and an empty form never passes.
func (r Result) Passed(passMark int) bool {
	return r.Max > 0 && !r.NeedsMarking && int64(r.Earned)*100 >= int64(passMark)*int64(r.Max)
}
