// Package kinds holds the item types: import it for its effect, and items of every type can be checked, drawn, shown and graded.
package kinds

//go:generate go run ./generate
