package courses

import "encoding/json"

// Shape 1 of courses and versions spelled one kind "sosio_kultural"; the law (Permenpan 38/2017) and the room of competencies say "sosial kultural".

// course2 gives the card of a course the kind as it is spelled now (shape 1 to 2).
func course2(old json.RawMessage) (json.RawMessage, error) { return edited(old, respelled, "card") }

// version2 does the same for the card in a version's content (shape 1 to 2). The digest stays that of the day it was published.
func version2(old json.RawMessage) (json.RawMessage, error) {
	return edited(old, respelled, "content", "card")
}

// version3 changes nothing that is stored (shape 2 to 3): what a quiz draws may since name a difficulty beside the objective ("103.1/sulit"), and a program that
// does not know of it must not draw from it.
func version3(old json.RawMessage) (json.RawMessage, error) { return old, nil }

// version4 changes nothing that is stored (shape 3 to 4): a version may since have field tasks, and a program that does not know of them must not complete an enrolment without.
func version4(old json.RawMessage) (json.RawMessage, error) { return old, nil }

// marking2 changes nothing that is stored (shape 1 to 2): a marking may since be of a field task, which has no attempt.
func marking2(old json.RawMessage) (json.RawMessage, error) { return old, nil }

// marking3 takes the stored alias away (shape 2 to 3): it was a hash without a key, and is made with one where it is shown. An answer may since be marked again after an objection, and a program
// that does not know of it must not count earlier marks to the new ones.
func marking3(old json.RawMessage) (json.RawMessage, error) {
	return edited(old, func(m map[string]json.RawMessage) { delete(m, "alias") })
}

// change2 changes nothing that is stored (shape 1 to 2): what waits for a decision is found by an index since.
func change2(old json.RawMessage) (json.RawMessage, error) { return old, nil }

// cohort2 takes away a marker that nothing ever read (shape 1 to 2); writing it back puts the cohort under its course by its last day.
func cohort2(old json.RawMessage) (json.RawMessage, error) {
	return edited(old, func(m map[string]json.RawMessage) { delete(m, "marker") })
}

// respelled changes the kind of a card.
func respelled(card map[string]json.RawMessage) {
	if string(card["kind"]) == `"sosio_kultural"` {
		card["kind"] = json.RawMessage(`"sosial_kultural"`)
	}
}

// edited changes one object inside a document and keeps everything else as it is; a document without it stays. Pure.
func edited(doc json.RawMessage, change func(map[string]json.RawMessage), path ...string) (json.RawMessage, error) {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(doc, &m); err != nil || m == nil {
		return doc, err
	}
	if len(path) == 0 {
		change(m)
		return json.Marshal(m)
	}
	inner, ok := m[path[0]]
	if !ok {
		return doc, nil
	}
	inner, err := edited(inner, change, path[1:]...)
	if err != nil {
		return nil, err
	}
	m[path[0]] = inner
	return json.Marshal(m)
}
