package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// BundleName is the name of the attachment in a certificate's PDF that carries its bundle.
const BundleName = "record.json"

// Bundle is what a certificate carries to prove itself: the canonical record, its signature, and its place in the log.
type Bundle struct {
	Record    json.RawMessage `json:"record"` // canonical bytes
	Signature string          `json:"signature"`
	KeyID     string          `json:"kid"`
	Log       *Proof          `json:"log,omitempty"`
}

// Encode renders the bundle; the record's bytes go in unchanged.
func (b Bundle) Encode() ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(b); err != nil {
		return nil, fmt.Errorf("encode bundle: %w", err)
	}
	if !bytes.Contains(out.Bytes(), b.Record) {
		return nil, errors.New("encode bundle: the record is not in its canonical form")
	}
	return out.Bytes(), nil
}

// ParseBundle reads a bundle.
func ParseBundle(raw []byte) (Bundle, error) {
	var b Bundle
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil {
		return b, fmt.Errorf("read bundle: %w", err)
	}
	if len(b.Record) == 0 {
		return b, errors.New("read bundle: no record")
	}
	return b, nil
}
