package certificates

import (
	"context"
	"slices"
	"testing"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/storage"
)

// Whoever opens another's certificate, its file or the list of them leaves a trace; one's own and a list of many leave none.
func TestLooksAtOthersAreNoted(t *testing.T) {
	r, ctx := openRoom(t), context.Background()
	id := r.issue(t, 1)
	var looks []string
	r.viewed = func(_ context.Context, a access.Actor, role, person string) error {
		looks = append(looks, a.Person+" as "+role+" at "+person)
		return nil
	}
	open := func(a access.Actor) {
		t.Helper()
		if _, err := r.Certificate(ctx, a, id); err != nil {
			t.Error(err)
		}
		if _, err := r.Of(ctx, a, "p1", storage.Cursor{}); err != nil {
			t.Error(err)
		}
		if _, _, err := r.Download(ctx, a, id); err != nil {
			t.Error(err)
		}
	}
	open(admin)
	if want := slices.Repeat([]string{"admin as training_admin at p1"}, 3); !slices.Equal(looks, want) {
		t.Errorf("noted %v", looks)
	}
	looks = nil
	open(access.Actor{Person: "p1"})
	if _, err := r.List(ctx, admin, Filter{}); err != nil {
		t.Error(err)
	}
	if len(looks) > 0 {
		t.Errorf("noted %v", looks)
	}
}
