package audit

import (
	"context"
	"testing"
)

// Entries counts what the journal itself holds.
func (t *Trail) Entries(ctx context.Context, tb testing.TB) int {
	tb.Helper()
	blocks, err := t.chain.Range(ctx, 1, 1000)
	if err != nil {
		tb.Fatal(err)
	}
	n := 0
	for _, b := range blocks {
		n += len(b.Payload.Entries)
	}
	return n
}
