package main

import (
	"errors"
	"os"
	"runtime/pprof"
)

// profile writes a CPU profile until end is called; an empty path profiles nothing.
func profile(path string) (end func(), err error) {
	if path == "" {
		return func() {}, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() {
		pprof.StopCPUProfile()
		f.Close() //nolint:errcheck,gosec // a profile for a developer
	}, nil
}
