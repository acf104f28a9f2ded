package grading

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/apelkota/apel/internal/faults"
)

// Key is what decides about right and wrong in an item version, apart from what a taker sees of it. A wrong one is corrected by a later key version of the
// same item version (Item.Key); forms go on naming the item version.
type Key struct {
	Options []Option `json:"options"`         // types that show their options: the same ids and texts with other marks and feedback; the others: the answers accepted
	Units   []string `json:"units,omitempty"` // of a number
	Exact   bool     `json:"exact,omitempty"` // of a short text
	Void    bool     `json:"void,omitempty"`  // the item is taken out: everybody gets its whole mark, also who answered nothing
}

// AnswerKey is the key of an item.
func (it Item) AnswerKey() Key {
	return Key{Options: slices.Clone(it.Options), Units: slices.Clone(it.Units), Exact: it.Exact, Void: it.Void}
}

// Same says whether two keys are the same, feedback included.
func (k Key) Same(other Key) bool {
	a, errA := json.Marshal(k.normal())
	b, errB := json.Marshal(other.normal())
	return errA == nil && errB == nil && bytes.Equal(a, b)
}

func (k Key) normal() Key {
	if len(k.Options) == 0 {
		k.Options = nil
	}
	return k
}

// Rekey gives an item version another key, as key version n. Invalid, with fields below "key", when the key would change what takers saw or cannot be graded
// by. In single choice a correction may accept several options: the question cannot be asked again, so each right answer must be able to count. Pure.
func Rekey(it Item, k Key, n int) (Item, error) {
	kind, err := kindOf(it)
	if err != nil {
		return Item{}, err
	}
	wrong := faults.New(faults.Invalid, "Kunci ini belum benar.", "This key is not right yet.")
	out := it
	out.Options, out.Key, out.Void = slices.Clone(k.Options), n, k.Void
	if kind.shows() {
		if len(k.Options) != len(it.Options) {
			return Item{}, wrong.With("key.options", "Pilihan tidak dapat ditambah atau dihapus: peserta sudah melihatnya. Buat versi soal baru untuk itu.",
				"Options cannot be added or removed: takers have seen them. Make a new version of the item for that.")
		}
		for i, o := range k.Options {
			if was := it.Options[i]; o.ID != was.ID || o.Text != was.Text || o.Tolerance != was.Tolerance {
				wrong.With("key."+optionPath(i, "text"), "Teks pilihan tidak dapat diubah: peserta sudah melihatnya. Hanya nilai dan umpan balik yang dapat dibetulkan.",
					"The text of an option cannot be changed: takers have seen it. Only its mark and feedback can be corrected.")
			}
		}
	} else {
		out.Units, out.Exact = slices.Clone(k.Units), k.Exact
	}
	strict := out
	if it.Type == Single {
		strict.Options = slices.Clone(out.Options)
		for i, right := 0, false; i < len(strict.Options); i++ {
			if strict.Options[i].Mark == Full && right {
				strict.Options[i].Mark = 0
			}
			right = right || strict.Options[i].Mark == Full
		}
	}
	for _, f := range Check(strict) {
		if !f.Warning {
			wrong.With("key."+f.Path, f.Text.ID, f.Text.EN)
		}
	}
	if len(wrong.Fields) > 0 {
		return Item{}, fmt.Errorf("key %d of item %s: %w", n, it.ID, wrong)
	}
	return out, nil
}
