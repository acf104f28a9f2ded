package uploads

import (
	"bytes"
	"errors"
)

// Errors of Harmless.
var (
	ErrVirus   = errors.New("the virus test mark (EICAR)")
	ErrProgram = errors.New("a program")
)

// eicar is the harmless file by which virus scanners are tested; two halves, so that this source is no such file.
var eicar = []byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`)

// Harmless refuses content that is an attack whatever else it claims to be: the virus test file at any place (ErrVirus), a program (ErrProgram). It does not look into
// archives; who opens one lets every entry pass through a Finder.
func Harmless(data []byte) error {
	switch {
	case bytes.Contains(data, eicar):
		return ErrVirus
	case bytes.HasPrefix(data, []byte("MZ")) && bytes.Contains(data[:min(len(data), 4096)], []byte("PE\x00\x00")), bytes.HasPrefix(data, []byte("\x7fELF")), bytes.HasPrefix(data, []byte("#!")):
		return ErrProgram
	}
	return nil
}

// Finder looks for the virus test mark in what is written to it, however it is cut into pieces. The zero value is ready.
type Finder struct {
	Found bool
	tail  []byte
}

// Write never fails.
func (f *Finder) Write(p []byte) (int, error) {
	if !f.Found {
		f.Found = bytes.Contains(p, eicar) || bytes.Contains(append(f.tail, p[:min(len(p), len(eicar))]...), eicar)
		all := append(f.tail, p[max(0, len(p)-len(eicar)):]...)
		f.tail = append([]byte(nil), all[max(0, len(all)-len(eicar)):]...)
	}
	return len(p), nil
}
