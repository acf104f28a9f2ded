package record

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
)

// Signatures are ECDSA over P-256 and SHA-256 (ES256), written as 64 bytes r||s in lower-case hex, s in the lower half of the order. They are
// made deterministically (RFC 6979), so the same record and key give the same bytes in every process; and they have exactly one accepted
// spelling, so no byte of a certificate can be changed without a verifier noticing.

// SignatureLength is the length of a signature in hex.
const SignatureLength = 128

var halfOrder = new(big.Int).Rsh(elliptic.P256().Params().N, 1)

// KeyID names a public key: the first 16 hex digits of the SHA-256 over its SubjectPublicKeyInfo.
func KeyID(key *ecdsa.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", fmt.Errorf("key id: %w", err)
	}
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:8]), nil
}

func sign(key *ecdsa.PrivateKey, digest [32]byte) (string, error) {
	der, err := key.Sign(nil, digest[:], crypto.SHA256) // nil: deterministic
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	var sig struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(der, &sig); err != nil || len(rest) > 0 {
		return "", errors.New("sign: unreadable signature from the key")
	}
	if sig.S.Cmp(halfOrder) > 0 {
		sig.S.Sub(elliptic.P256().Params().N, sig.S)
	}
	var raw [64]byte
	sig.R.FillBytes(raw[:32])
	sig.S.FillBytes(raw[32:])
	return hex.EncodeToString(raw[:]), nil
}

func verify(key *ecdsa.PublicKey, digest [32]byte, signature string) bool {
	raw, err := hex.DecodeString(signature)
	if err != nil || len(raw) != 64 || hex.EncodeToString(raw) != signature {
		return false
	}
	r, s := new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:])
	return s.Cmp(halfOrder) <= 0 && ecdsa.Verify(key, digest[:], r, s)
}

// Sign signs a canonical record.
func Sign(key *ecdsa.PrivateKey, canonical []byte) (string, error) {
	return sign(key, Commitment(canonical))
}

// Verify checks the signature of a canonical record.
func Verify(key *ecdsa.PublicKey, canonical []byte, signature string) bool {
	return verify(key, Commitment(canonical), signature)
}

// sealPrefix begins the last line of a sealed file. It is a PDF comment, so readers of PDF skip it.
const sealPrefix = "%APEL-SEAL 1 "

// FileSeal is the last line of a rendered file: who sealed it, and the signature over every byte before the line.
type FileSeal struct {
	KeyID     string
	Signature string
}

// SealFile appends the seal line to a rendered file. The file's own PDF signature takes its place once there is one.
func SealFile(key *ecdsa.PrivateKey, body []byte) ([]byte, error) {
	kid, err := KeyID(&key.PublicKey)
	if err != nil {
		return nil, err
	}
	if len(body) == 0 || body[len(body)-1] != '\n' {
		body = append(body[:len(body):len(body)], '\n')
	}
	signature, err := sign(key, fileDigest(body))
	if err != nil {
		return nil, err
	}
	return append(body[:len(body):len(body)], sealPrefix+kid+" "+signature+"\n"...), nil
}

func fileDigest(body []byte) [32]byte {
	h := sha256.New()
	h.Write([]byte(fileDomain))
	h.Write(body)
	return [32]byte(h.Sum(nil))
}

const sealLength = len(sealPrefix) + 16 + 1 + SignatureLength + 1

// SplitFile takes a sealed file apart. ok is false when the file does not end in exactly one well-formed seal line.
func SplitFile(file []byte) (body []byte, seal FileSeal, ok bool) {
	if len(file) <= sealLength {
		return file, seal, false
	}
	body, line := file[:len(file)-sealLength], file[len(file)-sealLength:]
	rest, found := bytes.CutPrefix(line, []byte(sealPrefix))
	if !found || body[len(body)-1] != '\n' || rest[16] != ' ' || rest[len(rest)-1] != '\n' {
		return file, seal, false
	}
	seal = FileSeal{KeyID: string(rest[:16]), Signature: string(rest[17 : len(rest)-1])}
	return body, seal, true
}

// VerifyFile checks a seal over the bytes before it.
func VerifyFile(key *ecdsa.PublicKey, body []byte, seal FileSeal) bool {
	return verify(key, fileDigest(body), seal.Signature)
}

// LooksSealed says whether a file names our seal anywhere: used only to tell a damaged certificate from a foreign file.
func LooksSealed(file []byte) bool { return bytes.Contains(file, []byte("%APEL-SEAL")) }
