package record

import (
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
