package api

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/apelkota/apel/courses/grading"
)

// fill gives every field below v a value of its own.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint("isi ", *n))
	case reflect.Int, reflect.Int64:
		if v.Type() == reflect.TypeFor[grading.Mark]() {
			v.SetInt(int64(grading.Full) / int64(1+*n%9))
			return
		}
		v.SetInt(int64(*n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	}
}

// What is read of an item and written again is the same item, whatever its type: a field that grading gets and the API forgets fails here.
func TestItemsSurviveReadingAndWriting(t *testing.T) {
	var it grading.Item
	n := 0
	fill(reflect.ValueOf(&it).Elem(), &n)
	b, err := json.Marshal(showBankItem(it))
	if err != nil {
		t.Fatal(err)
	}
	var sent struct{ ItemText }
	if err := json.Unmarshal(b, &sent); err != nil {
		t.Fatal(err)
	}
	got, err := sent.item()
	if err != nil {
		t.Fatal(err)
	}
	it.ID, it.Code, it.Version, it.Key, it.Void = "", "", 0, 0, false // what the room gives, and what only a correction sets
	if !reflect.DeepEqual(got, it) {
		x, y := reflect.ValueOf(got), reflect.ValueOf(it)
		for i := range x.NumField() {
			if !reflect.DeepEqual(x.Field(i).Interface(), y.Field(i).Interface()) {
				t.Errorf("%s: written\n%+v\nread\n%+v", x.Type().Field(i).Name, x.Field(i), y.Field(i))
			}
		}
	}
}

// Options, parts and criteria without an id get the letters of their places; marks that are none are named where they stand.
func TestItemsMayLeaveLettersOut(t *testing.T) {
	it, err := ItemText{Options: []BankOption{{Text: "ya", Mark: "100"}, {ID: "c", Mark: "-33.33333"}}, Parts: []BankPart{{}, {}}, Rubric: []BankCriterion{{Levels: []BankLevel{{}, {Mark: "100"}}}}}.item()
	if err != nil || it.Options[0].ID != "a" || it.Options[1].ID != "c" || it.Options[1].Mark != -grading.Full/3 || it.Parts[1].ID != "b" || it.Rubric[0].ID != "a" || it.Rubric[0].Levels[1].Mark != grading.Full {
		t.Errorf("%+v %v", it, err)
	}
	_, err = ItemText{Parts: []BankPart{{Options: []BankOption{{}, {Mark: "101"}}}}, Rubric: []BankCriterion{{Levels: []BankLevel{{Mark: "semua"}}}}}.item()
	if p := problem(t.Context(), err); len(p.Errors) != 2 || p.Errors[0].Location != "body.parts[0].options[1].mark" || !strings.HasSuffix(p.Errors[1].Location, "rubric[0].levels[0].mark") {
		t.Errorf("%+v", p.Errors)
	}
}
