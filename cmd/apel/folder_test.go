package main

import (
	"crypto/rand"
	"errors"
	"sync"
	"testing"

	"github.com/apelkota/apel/internal/faults"
)

// Pages and work that run in processes of their own are started together, in a folder that nobody used before: they must come to the same secret,
// and neither may trip over what the other is writing.
func TestSharersOfANewFolderStartOneAfterAnother(t *testing.T) {
	dir := t.TempDir()
	start := func() (s string, err error) {
		f, err := ownFolder(dir, true)
		if err != nil {
			return s, err
		}
		defer func() { err = errors.Join(err, f.release()) }()
		done, err := f.opening()
		if err != nil {
			return s, err
		}
		defer func() { err = errors.Join(err, done()) }()
		if _, err := f.mark(); errors.Is(err, faults.NotFound) {
			if err := f.setMark(marker{Kind: kindDemo}); err != nil {
				return s, err
			}
		} else if err != nil {
			return s, err
		}
		secret, err := f.secret("secret", func() ([]byte, error) {
			b := make([]byte, 64)
			_, err := rand.Read(b)
			return b, err
		})
		return string(secret), err
	}
	const sharers = 8
	all, errs := make([]string, sharers), make([]error, sharers)
	var wg sync.WaitGroup
	for i := range sharers {
		wg.Go(func() { all[i], errs[i] = start() })
	}
	wg.Wait()
	for i := range sharers {
		if errs[i] != nil {
			t.Errorf("sharer %d: %v", i, errs[i])
		}
		if all[i] != all[0] {
			t.Errorf("sharer %d came to another secret", i)
		}
	}
}
