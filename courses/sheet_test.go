package courses

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"github.com/apelkota/apel/courses/grading"
)

// A sheet gives back every answer it was given, for the form's item and no other, through its stored form.
func TestSheetKeepsAnswers(t *testing.T) {
	form := grading.Form{Seed: 1<<63 + 5, Slots: []grading.Slot{{Item: "C.a.1", Order: "cabd"}, {Item: "C.a.12", Order: "ab"}, {Item: "C.b.3"}, {Item: "C.d.4", Order: "ab"}, {Item: "C.e.5", Order: "ba|ab"}, {Item: "C.f.6"}}}
	given := map[string]grading.Answer{
		"C.a.1":  {Choices: []string{"d", "a"}},
		"C.a.12": {Choices: []string{"b"}},
		"C.b.3":  {Text: "=+ \"1,5\" menit é"},
		"C.e.5":  {Parts: []grading.Answer{{}, {Choices: []string{"b"}}, {Text: "{lima}"}}},
		"C.f.6":  {Files: []grading.File{{Blob: "ab12", Name: "laporan.pdf", Size: 7}}},
	}
	s := newSheet(form)
	for item, a := range given {
		s.put(s.find(item), a)
	}
	body, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back Sheet
	if err := json.Unmarshal(body, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back.form(), form) || !reflect.DeepEqual(back.answers(), given) || back.answered() != 5 {
		t.Fatalf("got %+v and %+v", back.form(), back.answers())
	}
	for _, item := range []string{"C.a", "C.a.1 cabd", "", "C.a.123", "C.a.1 "} {
		if n := back.find(item); n >= 0 {
			t.Errorf("%q is found at %d", item, n)
		}
	}
	back.put(0, grading.Answer{Text: "  "})
	if !back.answer(0).Blank() || !back.holds(0, grading.Answer{}) || back.answered() != 4 {
		t.Error("a blank answer does not take the earlier one back")
	}
}

// The form of the largest quiz stays under 2 KB, as its limit says.
func TestFormIsSmall(t *testing.T) {
	var form grading.Form
	for i := range MaxForm {
		form.Slots = append(form.Slots, grading.Slot{Item: fmt.Sprintf("APEL-103.103-B%02d.abcdefgh", i), Order: "abcdef"})
	}
	body, err := json.Marshal(newSheet(form))
	if err != nil {
		t.Fatal(err)
	}
	if len(body) > 2<<10 {
		t.Errorf("%d bytes", len(body))
	}
}

// What is kept in memory is bounded, and what was used last stays.
func TestCacheIsBounded(t *testing.T) {
	c := newCache[int](3)
	reads := 0
	get := func(id string) {
		t.Helper()
		if _, err := c.get(t.Context(), id, func(context.Context) (*int, bool, error) { reads++; return &reads, id != "draft", nil }); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"a", "b", "c", "a", "d", "a"} { // b is the least recently used and goes
		get(id)
	}
	if c.len() != 3 || reads != 4 {
		t.Errorf("%d kept, %d reads", c.len(), reads)
	}
	get("b")
	get("draft")
	get("draft")
	if c.len() != 3 || reads != 7 {
		t.Errorf("%d kept, %d reads", c.len(), reads)
	}
}
