package exchange

import "strconv"

// Marking is how answers of a quiz are marked that a person must mark, in course.yaml as
//
//	marking: {markers: 2, difference: 15}
//
// where difference, in points of 100, is what two markers may lie apart before a third decides; left out, it is the usual one.
type Marking struct{ Markers, Difference int }

func readMarking(v value) (out Marking) {
	if !v.there() {
		return out
	}
	m := v.mapping()
	difference := m.take("difference")
	if out.Markers = m.take("markers").int(true, 1, 2); out.Markers == 1 {
		out.Markers = 0
	}
	out.Difference = difference.int(false, 1, 100)
	if out.Difference > 0 && out.Markers != 2 {
		difference.wrong("difference hanya berlaku untuk dua penilai (markers: 2).", "difference belongs to two markers (markers: 2).")
	}
	m.done()
	return out
}

// YAML is the marking as course.yaml writes it, "" for one marker.
func (m Marking) YAML() string {
	switch {
	case m.Markers < 2:
		return ""
	case m.Difference == 0:
		return "{markers: 2}"
	}
	return "{markers: 2, difference: " + strconv.Itoa(m.Difference) + "}"
}
