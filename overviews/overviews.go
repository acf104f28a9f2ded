// Package overviews reads several rooms for one look: what a person needs when they begin the day, all that is known of a person, who fits an empty
// post. Pages and API share them, so both show the same. One file per overview.
//
// There are no rules here and no decisions: every part is asked of its room with the actor passed on, so permission is asked inside the rooms, and
// each look at somebody else leaves the trace that its room leaves. Nothing is written.
package overviews

import (
	"errors"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/placement"
)

// Rooms are the rooms an overview may ask. An overview says which it needs; the others may be nil. Safe for use from many goroutines.
type Rooms struct {
	People       *people.Service
	Courses      *courses.Service
	Certificates *certificates.Service
	Competencies *competencies.Service
	Placement    *placement.Service
}

// Part is one room's part of an overview. Not shown means that this actor may not see it, or that there is nothing of the kind; which of the two is not
// told. Any other error of a room is the overview's.
type Part[T any] struct {
	Shown bool
	Of    T
}

// part takes a room's answer.
func part[T any](of T, err error) (Part[T], error) {
	if errors.Is(err, faults.NotFound) || errors.Is(err, faults.Forbidden) {
		return Part[T]{}, nil
	}
	if err != nil {
		return Part[T]{}, err
	}
	return Part[T]{true, of}, nil
}
