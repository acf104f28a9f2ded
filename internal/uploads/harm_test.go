package uploads

import (
	"bytes"
	"errors"
	"testing"
)

func TestHarmless(t *testing.T) {
	for _, c := range []struct {
		name string
		data []byte
		want error
	}{
		{"words", []byte("1. Apa?"), nil}, {"nothing", nil, nil}, {"words that begin like a program", []byte("MZ adalah singkatan"), nil},
		{"the mark alone", eicar, ErrVirus}, {"the mark in the middle", append(append([]byte("1. Apa? "), eicar...), " A. ya"...), ErrVirus},
		{"a Windows program", append([]byte("MZ\x90\x00"), append(make([]byte, 200), "PE\x00\x00"...)...), ErrProgram}, {"a Linux program", []byte("\x7fELF\x02"), ErrProgram}, {"a script", []byte("#!/bin/sh\n"), ErrProgram},
	} {
		if err := Harmless(c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// The mark is found however a stream is cut, also into single bytes.
func TestFinder(t *testing.T) {
	data := append(append(bytes.Repeat([]byte("a"), 100), eicar...), "b"...)
	for size := 1; size < len(data); size++ {
		var f, clean Finder
		for i := 0; i < len(data); i += size {
			_, _ = f.Write(data[i:min(len(data), i+size)])
			_, _ = clean.Write(bytes.ToLower(data[i:min(len(data), i+size)]))
		}
		if !f.Found || clean.Found {
			t.Errorf("pieces of %d bytes: %v, and %v where it is not", size, f.Found, clean.Found)
		}
	}
}
