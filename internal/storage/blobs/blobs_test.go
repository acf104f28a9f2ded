package blobs_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/blobs"
)

func open(t *testing.T) (*blobs.Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "blobs")
	s, err := blobs.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s, dir
}

func TestPutAndOpen(t *testing.T) {
	ctx := context.Background()
	s, dir := open(t)
	content := strings.Repeat("sertifikat ", 1000)
	sum := sha256.Sum256([]byte(content))
	var wg sync.WaitGroup
	for range 8 { // the same content at once is one file
		wg.Go(func() {
			ref, err := s.Put(ctx, strings.NewReader(content), 0)
			if err != nil || ref.Hash != hex.EncodeToString(sum[:]) || ref.Size != int64(len(content)) {
				t.Errorf("put: %v, %v", ref, err)
			}
		})
	}
	wg.Wait()
	hash := hex.EncodeToString(sum[:])
	f, err := s.Open(ctx, hash)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || string(got) != content {
		t.Errorf("read back %d bytes, %v", len(got), err)
	}
	if left, _ := os.ReadDir(filepath.Join(dir, "tmp")); len(left) != 0 {
		t.Errorf("unfinished files are left: %v", left)
	}
	n := 0
	if err := s.List(ctx, func(blobs.Ref, time.Time) error { n++; return nil }); err != nil || n != 1 {
		t.Errorf("list: %d files, %v", n, err)
	}
	for range 2 {
		if err := s.Delete(ctx, hash); err != nil {
			t.Error(err)
		}
	}
	for _, h := range []string{hash, "", "../../../etc/passwd", strings.Repeat("A", 64), strings.Repeat("../", 22)[:64]} {
		if _, err := s.Open(ctx, h); !errors.Is(err, faults.NotFound) {
			t.Errorf("open %q: %v", h, err)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestPutRefusesTooMuch(t *testing.T) {
	ctx := context.Background()
	s, dir := open(t)
	if _, err := s.Put(ctx, strings.NewReader("12345"), 5); err != nil {
		t.Errorf("exactly the limit: %v", err)
	}
	if _, err := s.Put(ctx, strings.NewReader("123456"), 5); !errors.Is(err, faults.TooLarge) {
		t.Errorf("one byte more: %v", err)
	}
	if _, err := s.Put(ctx, endless{}, 2*storage.MaxBlob); !errors.Is(err, faults.TooLarge) {
		t.Errorf("over MaxBlob: %v", err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Put(gone, strings.NewReader("x"), 0); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := s.Put(ctx, io.MultiReader(strings.NewReader("x"), errReader{}), 0); !errors.Is(err, errCut) {
		t.Errorf("connection cut: %v", err)
	}
	if left, _ := os.ReadDir(filepath.Join(dir, "tmp")); len(left) != 0 {
		t.Errorf("unfinished files are left: %v", left)
	}
}

var errCut = errors.New("cut")

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errCut }

func TestCheckFindsDamageAndPutMendsIt(t *testing.T) {
	ctx := context.Background()
	s, dir := open(t)
	ref, err := s.Put(ctx, strings.NewReader("asli"), 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Check(ctx, ref.Hash); err != nil {
		t.Error(err)
	}
	path := filepath.Join(dir, ref.Hash[:2], ref.Hash[2:])
	if err := os.WriteFile(path, []byte("palsu"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Check(ctx, ref.Hash); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("damage was not found: %v", err)
	}
	if _, err := s.Put(ctx, strings.NewReader("asli"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Check(ctx, ref.Hash); err != nil {
		t.Errorf("after putting it again: %v", err)
	}
}
