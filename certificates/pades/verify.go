package pades

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Forms of signature that are read (ISO 32000-1 12.8.3.3, ETSI EN 319 142-1). The first is written.
const (
	subFilterCAdES  = "ETSI.CAdES.detached"
	subFilterPKCS7  = "adbe.pkcs7.detached"
	maxContainerHex = 256 << 10
)

// Signature is the one signature of a file. Its value fits the bytes of the file and the key of the certificate; whether that certificate is to be
// trusted is another question, see Trusted.
type Signature struct {
	Chain     []*x509.Certificate // the signer's first, the others as they stand in the file
	Claimed   time.Time           // what the file says of the instant of signing; nobody vouches for it
	SubFilter string
	Stamp     *Timestamp // nil without one; it fits the signature, but whom its authority leads to is another question
}

// ErrNotSigned says that a file has no signature at all.
var ErrNotSigned = errors.New("the file is not signed")

// Signature reads and checks the file's signature. It demands one field, one signature, one byte range over the whole file but the container, and
// a container of which everything behind the signature is zero. Errors: ErrNotSigned, or what does not fit.
func (p *File) Signature() (*Signature, error) {
	root, err := p.dict(p.trailer["Root"])
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	if _, has := root["AcroForm"]; !has {
		return nil, ErrNotSigned
	}
	form, err := p.dict(root["AcroForm"])
	if err != nil {
		return nil, fmt.Errorf("form: %w", err)
	}
	fields, ok := form["Fields"].([]any)
	if !ok || len(fields) != 1 {
		return nil, errors.New("form: not one field")
	}
	field, err := p.dict(fields[0])
	if err != nil {
		return nil, fmt.Errorf("signature field: %w", err)
	}
	at, ok := field["V"].(ref)
	if _, kids := field["Kids"]; !ok || kids || field["FT"] != name("Sig") {
		return nil, errors.New("signature field: not one signature")
	}
	v, s, err := p.object(at)
	if err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	d, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("signature: no dictionary")
	}
	sub, _ := d["SubFilter"].(name)
	if sub != subFilterCAdES && sub != subFilterPKCS7 {
		return nil, fmt.Errorf("signature: unknown form %.40q", string(sub))
	}
	from, to, err := p.container(d["ByteRange"], p.offsets[at], s.at)
	if err != nil {
		return nil, err
	}
	raw := make([]byte, (to-from-2)/2)
	if _, err := hex.Decode(raw, p.data[from+1:to-1]); err != nil {
		return nil, errors.New("signature: the container is not plain hexadecimal")
	}
	if have, ok := d["Contents"].([]byte); !ok || !bytes.Equal(have, raw) {
		return nil, errors.New("signature: the gap of its byte range is not its container")
	}
	length, err := derLength(raw)
	if err != nil {
		return nil, err
	}
	if len(bytes.Trim(p.data[from+1+2*length:to-1], "0")) > 0 {
		return nil, errors.New("signature: something stands behind it in its container")
	}
	signed, digest, err := parseSigned(raw[:length])
	if err != nil {
		return nil, err
	}
	if again, err := signed.encode(); err == nil && sub == subFilterCAdES && hex.EncodeToString(again) != string(p.data[from+1:from+1+2*length]) {
		return nil, errors.New("signature: not spelled as DER in lower-case hexadecimal")
	}
	h := sha256.New()
	h.Write(p.data[:from])
	h.Write(p.data[to:])
	if !bytes.Equal(h.Sum(nil), digest) {
		return nil, errors.New("signature: the bytes of the file are not those that were signed")
	}
	if sub == subFilterCAdES && (!signed.bound || signed.timed) {
		return nil, errors.New("signature: its attributes are not those of PAdES")
	}
	if err := signed.verify(); err != nil {
		return nil, err
	}
	out := &Signature{Chain: signed.chain, SubFilter: string(sub)}
	if signed.stamp != nil {
		if out.Stamp, err = ReadStamp(signed.stamp, sha256.Sum256(signed.signature)); err != nil {
			return nil, err
		}
	}
	out.Claimed, _ = time.Parse("D:20060102150405Z", text(d["M"]))
	return out, nil
}

// container finds the hexadecimal string between the two ranges. It must be inside the signature's own dictionary, and the ranges everything else.
func (p *File) container(v any, from, to int) (int, int, error) {
	spans, ok := v.([]any)
	if !ok || len(spans) != 4 {
		return 0, 0, errors.New("signature: not one byte range with one gap")
	}
	var n [4]int
	for i, x := range spans {
		whole, ok := x.(int64)
		if !ok || whole < 0 || whole > int64(len(p.data)) {
			return 0, 0, errors.New("signature: a byte range outside the file")
		}
		n[i] = int(whole)
	}
	first, last := n[1], n[2]
	if n[0] != 0 || last+n[3] != len(p.data) {
		return 0, 0, errors.New("signature: it does not cover the whole file")
	}
	if first <= from || last >= to || last-first < 4 || last-first > maxContainerHex || (last-first)%2 != 0 || p.data[first] != '<' || p.data[last-1] != '>' ||
		!bytes.HasSuffix(bytes.TrimRight(p.data[:first], " \r\n"), []byte("/Contents")) {
		return 0, 0, errors.New("signature: the gap of its byte range is not its container")
	}
	return first, last, nil
}

// derLength is how long the DER value is that a container begins with.
func derLength(raw []byte) (int, error) {
	if len(raw) < 4 || raw[0] != 0x30 || raw[1] < 0x82 || raw[1] > 0x83 {
		return 0, errors.New("signature: the container does not begin with one")
	}
	count, length := int(raw[1]&0x7f), 0
	for _, b := range raw[2 : 2+count] {
		length = length<<8 | int(b)
	}
	if length += 2 + count; length > len(raw) {
		return 0, errors.New("signature: it is longer than its container")
	}
	return length, nil
}

// Trusted says whether the signer's certificate leads to one of the anchors and was valid at an instant, for signing documents.
func (s *Signature) Trusted(anchors []*x509.Certificate, at time.Time) error {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	for _, c := range anchors {
		roots.AddCert(c)
	}
	for _, c := range s.Chain[1:] {
		between.AddCert(c)
	}
	signer := s.Chain[0]
	if signer.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return errors.New("the signer's certificate is not for signatures")
	}
	chains, err := signer.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	if err != nil {
		return fmt.Errorf("the signer's certificate: %w", err)
	}
	for _, chain := range chains { // nothing else may stand among the certificates, not even a damaged copy of the anchor
		if !slices.ContainsFunc(s.Chain, func(c *x509.Certificate) bool { return !slices.ContainsFunc(chain, c.Equal) }) {
			return nil
		}
	}
	return errors.New("a certificate in the file does not belong to the signer's")
}
