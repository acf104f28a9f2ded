package kinds

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/gradingtest"
	"github.com/apelkota/apel/internal/texts"
)

// Whatever a type itself says, to takers, authors and readers of the analysis, stands in both languages; what an author wrote stands as it was written.
func TestEveryWordOfATypeHasEnglish(t *testing.T) {
	r := rand.New(rand.NewPCG(20261123, 2))
	sampled := map[grading.Type]bool{}
	for _, it := range gradingtest.Samples() {
		sampled[it.Type] = true
		ways := []string{it.Scoring}
		edit, _ := grading.EditOf(it.Type)
		for _, w := range edit.Scoring {
			ways = append(ways, w.Value)
		}
		for _, way := range ways {
			for _, bare := range []bool{false, true} {
				it := it
				it.ID, it.Scoring = "v1", way
				if bare && len(it.Parts) > 0 { // a type says something itself where its author said nothing
					it.Parts = append([]grading.Part(nil), it.Parts...)
					it.Parts[0].Text = ""
				}
				said := func(what any) { inBoth(t, fmt.Sprintf("%s %q", it.Type, way), reflect.ValueOf(what), written(it)) }
				said(grading.AskedOf(it))
				said(grading.KeyText(it))
				slot, err := grading.Shuffled(it, 3)
				if err != nil {
					t.Fatal(err)
				}
				for range 40 {
					a := gradingtest.Answer(t, r, it, slot)
					shown, err := grading.Present(it, slot, a)
					if err != nil {
						t.Fatal(err)
					}
					said(shown.Field)
					x, err := grading.Explain(it, slot, a)
					if err != nil {
						t.Fatal(err)
					}
					said(x)
					said(grading.Advise(it, a))
				}
			}
		}
	}
	for _, k := range grading.Kinds() {
		if !sampled[k.Name()] {
			t.Errorf("gradingtest.Samples has no item of %q", k.Name())
		}
		inBoth(t, string(k.Name()), reflect.ValueOf(k.Edit()), nil)
		inBoth(t, string(k.Name()), reflect.ValueOf(k.Label()), nil)
	}
}

// written are the texts of an item's author, also where they stand inside a sentence of the key.
func written(it grading.Item) map[string]bool {
	out := map[string]bool{"": true}
	add := func(options []grading.Option) {
		for _, o := range options {
			out[o.Text], out[o.Feedback] = true, true
		}
	}
	add(it.Options)
	for _, p := range it.Parts {
		out[p.Text] = true
		add(p.Options)
	}
	for _, c := range it.Rubric {
		out[fmt.Sprintf("%s (%d)", c.Text, c.Weight)] = true
	}
	return out
}

// inBoth walks through a value and asks every text in it for its English.
func inBoth(t *testing.T, where string, v reflect.Value, author map[string]bool) {
	t.Helper()
	if said, ok := v.Interface().(texts.Text); ok {
		if said.EN == "" && said.ID != "" && !author[said.ID] {
			t.Errorf("%s says %q without English", where, said.ID)
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			inBoth(t, where, v.Elem(), author)
		}
	case reflect.Slice:
		for i := range v.Len() {
			inBoth(t, where, v.Index(i), author)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				inBoth(t, where, v.Field(i), author)
			}
		}
	}
}
