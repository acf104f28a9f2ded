package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/internal/storage/storagetest"
)

func open(t testing.TB, path string, o sqlite.Options) *sqlite.Engine {
	t.Helper()
	e, err := sqlite.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func TestContract(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storage.Engine {
		return open(t, filepath.Join(t.TempDir(), "apel.db"), sqlite.Options{})
	}, storagetest.Options{})
}

// TestContractOneByOne runs the suite without shared commits: the outcome of a write must not depend on its neighbours.
func TestContractOneByOne(t *testing.T) {
	if testing.Short() {
		t.Skip("the same suite again")
	}
	storagetest.Run(t, func(t *testing.T) storage.Engine {
		return open(t, filepath.Join(t.TempDir(), "apel.db"), sqlite.WithMaxGroup(sqlite.Options{}, 1))
	}, storagetest.Options{Slow: true})
}
