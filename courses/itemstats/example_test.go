package itemstats_test

import (
	"encoding/json"
	"fmt"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/itemstats"
	"github.com/apelkota/apel/internal/texts"
)

// A worker adds each result as it is graded and stores the sums; the page reads them and computes.
func Example() {
	full := int64(grading.Full)
	sums, err := itemstats.NewSums(itemstats.Frame{Unit: full, Max: 3 * full})
	if err != nil {
		panic(err)
	}
	for p := range 60 {
		right := func(at int) itemstats.Mark {
			if p >= at {
				return itemstats.Mark{Max: full, Mark: full, Options: []string{"a"}}
			}
			return itemstats.Mark{Max: full, Options: []string{"b"}}
		}
		easy, middling, hard := right(10), right(30), right(45)
		easy.Item, middling.Item, hard.Item = "easy", "middling", "hard"
		if err := sums.Add(itemstats.Sitting{easy, middling, hard}); err != nil {
			panic(err)
		}
	}
	stored, err := json.Marshal(sums)
	if err != nil {
		panic(err)
	}

	var read itemstats.Sums
	if err := json.Unmarshal(stored, &read); err != nil || read.Check() != nil {
		panic("count again from the attempts")
	}
	options := []itemstats.Choice{{ID: "a", Label: texts.T("A", "A"), Share: 1, Key: true}, {ID: "b", Label: texts.T("B", "B")}, {ID: "c", Label: texts.T("C", "C")}}
	about := map[string]itemstats.About{"hard": {Name: "103-B07", Questions: []itemstats.Question{{One: true, Options: options}}}}
	analysis := read.Analyse(about)
	f := analysis.Items[1].Facility
	fmt.Printf("%s: %.0f%% (%.0f-%.0f)\n", analysis.Items[1].ID, f.Value, f.Low, f.High)
	fmt.Printf("%s %.0f%%\n", analysis.Quiz.Method, analysis.Quiz.Consistency.Value)
	for _, flag := range read.Flags(about, nil) {
		fmt.Println(flag.Kind, flag.Item, flag.Option)
	}
	// Output:
	// hard: 25% (16-37)
	// alpha 70%
}
