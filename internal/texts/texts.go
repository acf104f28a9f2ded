// Package texts holds sentences for people in the two languages of the product and carries the reader's choice in a context.
package texts

import "context"

// Lang is a language of the user interface.
type Lang string

// The two languages. Indonesian is the default everywhere.
const (
	ID Lang = "id"
	EN Lang = "en"
)

// Text is one sentence in Indonesian and English. It is safe to show to a person: it names no identifier of a person and no internals.
type Text struct {
	ID string `json:"id"`
	EN string `json:"en,omitempty"`
}

// T makes a Text.
func T(id, en string) Text { return Text{ID: id, EN: en} }

// In returns the sentence in the language asked for; a missing translation falls back to Indonesian.
func (t Text) In(l Lang) string {
	if l == EN && t.EN != "" {
		return t.EN
	}
	return t.ID
}

// Empty says whether there is nothing to show.
func (t Text) Empty() bool { return t.ID == "" && t.EN == "" }

// Parse reads a language tag such as "en" or "id-ID"; anything unknown is Indonesian.
func Parse(tag string) Lang {
	if len(tag) >= 2 && (tag[:2] == "en" || tag[:2] == "EN") {
		return EN
	}
	return ID
}

type key struct{}

// With returns a context that carries the reader's language.
func With(ctx context.Context, l Lang) context.Context { return context.WithValue(ctx, key{}, l) }

// From returns the reader's language, Indonesian when none was set.
func From(ctx context.Context) Lang {
	if l, ok := ctx.Value(key{}).(Lang); ok {
		return l
	}
	return ID
}
