// Package grading decides what an answer is worth. It is pure: items, form and answers in, result out; no storage, no clock, no randomness
// but the seed of the form. The same input gives the same result on every machine, bit for bit, so a result can be recomputed years later.
//
// Read item.go first (what a question is), then form.go (what one taker was shown), field.go (what is asked), answer.go and result.go. Each item type is a
// small folder below kinds that answers to Kind (kind.go); docs/recipes/item-type.md says how to add one.
package grading

// Rules is the version of the scoring rules in this package. It is stored with every result; a change that could alter an old score
// raises it, so that a recomputation knows which rules a result rests on.
const Rules = 1
