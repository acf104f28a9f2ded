package exchange

import (
	"bytes"

	"github.com/apelkota/apel/internal/faults"
)

// eicar is the harmless file by which virus scanners are tested; two halves, so that this source is no such file.
var eicar = []byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`)

// harmless refuses content that is an attack whatever else it is: a program, the virus test file.
func harmless(data []byte) error {
	switch {
	case bytes.Contains(data, eicar):
		return faults.New(faults.Invalid, "Berkas ini memuat penanda uji virus (EICAR) dan ditolak. Kirim berkas yang bersih.", "This file holds the virus test mark (EICAR) and is refused. Send a clean file.")
	case bytes.HasPrefix(data, []byte("MZ")) && bytes.Contains(data[:min(len(data), 4096)], []byte("PE\x00\x00")), bytes.HasPrefix(data, []byte("\x7fELF")), bytes.HasPrefix(data, []byte("#!")):
		return faults.New(faults.Invalid, "Berkas ini sebuah program dan ditolak. Kirim berkas soal.", "This file is a program and is refused. Send a file of items.")
	}
	return nil
}
