package itemstats

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"io"

	"github.com/apelkota/apel/internal/faults"
)

// maxUnpacked bounds what Unpack reads; the largest sums that Frame allows stay far below it.
const maxUnpacked = 64 << 20

// Pack encodes sums for storage: their JSON, compressed. However many sat, 40 items take 35 KB when marks are right or wrong and 75 KB with many part marks, a pool of 200 items 120 to 300 KB. Equal sums
// pack to equal bytes under one version of the compressor only: compare their JSON, not these bytes.
func (s *Sums) Pack() ([]byte, error) {
	j, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(j); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Unpack reads what Pack wrote and checks it. Invalid when it is damaged: the sums must then be counted again.
func Unpack(packed []byte) (*Sums, error) {
	bad := func(err error) error {
		return faults.Wrap(err, faults.Invalid, "Ringkasan statistik soal ini rusak. Hitung ulang dari percobaan.", "These item sums are damaged. Count them again from the attempts.")
	}
	r := flate.NewReader(bytes.NewReader(packed))
	j, err := io.ReadAll(io.LimitReader(r, maxUnpacked))
	if err != nil {
		return nil, bad(err)
	}
	s := &Sums{}
	if err := json.Unmarshal(j, s); err != nil {
		return nil, bad(err)
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	return s, nil
}
