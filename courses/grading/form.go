package grading

// Form is what one taker was shown: references only, no text and no key, frozen when the attempt starts.
// With 40 items it stays under 2 KB if item version ids stay under 30 bytes.
type Form struct {
	Seed  uint64 `json:"seed,string"` // the draw can be repeated from it (as a string: JSON numbers lose the last digits)
	Slots []Slot `json:"slots"`
}

// Slot is one item on the form.
type Slot struct {
	Item  string `json:"i"`           // Item.ID, the item version
	Order string `json:"o,omitempty"` // ids of the options in the order shown, "cabd"; empty for types that show none
}

// Slot finds the slot of an item; false when it is not on the form.
func (f Form) Slot(item string) (Slot, bool) {
	for _, s := range f.Slots {
		if s.Item == item {
			return s, true
		}
	}
	return Slot{}, false
}

// Plan says what a quiz draws from its pool.
type Plan struct {
	Blueprint
	KeepOrder bool           // items stand in the order of the pool instead of a shuffled one
	Last      map[string]int // item id -> how unwelcome it is; of a cell the least unwelcome are drawn, and nothing else decides among equals but the seed
}
