package record

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
)

// Root is what somebody must hold to check certificates of an installation without asking it: its public keys. It is published at the
// installation and copied to whoever wants to check offline.
type Root struct {
	Form int    `json:"form"`
	Log  string `json:"log"` // verifier key of the log in note form; its name is the log's origin
	Keys []Key  `json:"keys"`
	// Anchors are the certificates that those of PDF signers lead to: DER in base64, oldest first.
	Anchors []string `json:"anchors"`
}

// Key is one public record key, newest last.
type Key struct {
	ID  string `json:"kid"`
	Alg string `json:"alg"`  // ES256
	Key string `json:"spki"` // SubjectPublicKeyInfo, base64
}

// NewKey describes a public key.
func NewKey(key *ecdsa.PublicKey) (Key, error) {
	id, err := KeyID(key)
	if err != nil {
		return Key{}, err
	}
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return Key{}, fmt.Errorf("export key: %w", err)
	}
	return Key{ID: id, Alg: "ES256", Key: base64.StdEncoding.EncodeToString(der)}, nil
}

// Public reads the key and checks that its id belongs to it.
func (k Key) Public() (*ecdsa.PublicKey, error) {
	der, err := base64.StdEncoding.DecodeString(k.Key)
	if err != nil {
		return nil, fmt.Errorf("root key: %w", err)
	}
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, fmt.Errorf("root key: %w", err)
	}
	key, ok := parsed.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() || k.Alg != "ES256" {
		return nil, errors.New("root key is not ES256")
	}
	if id, err := KeyID(key); err != nil || id != k.ID {
		return nil, errors.New("root key does not fit its id")
	}
	return key, nil
}

// Find returns the public key with an id.
func (r Root) Find(kid string) (*ecdsa.PublicKey, bool) {
	for _, k := range r.Keys {
		if k.ID == kid {
			key, err := k.Public()
			return key, err == nil
		}
	}
	return nil, false
}

// Authorities are the anchors as certificates. An error says that one cannot be read.
func (r Root) Authorities() ([]*x509.Certificate, error) {
	var out []*x509.Certificate
	for _, a := range r.Anchors {
		der, err := base64.StdEncoding.DecodeString(a)
		if err != nil {
			return nil, fmt.Errorf("root anchor: %w", err)
		}
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("root anchor: %w", err)
		}
		out = append(out, c)
	}
	return out, nil
}

// ParseRoot reads an exported root and checks every key in it.
func ParseRoot(raw []byte) (Root, error) {
	var r Root
	if err := json.Unmarshal(raw, &r); err != nil {
		return r, fmt.Errorf("read root: %w", err)
	}
	if r.Form != Form || len(r.Keys) == 0 {
		return r, errors.New("read root: not a root of certificates")
	}
	for _, k := range r.Keys {
		if _, err := k.Public(); err != nil {
			return r, err
		}
	}
	if _, err := r.Authorities(); err != nil {
		return r, err
	}
	if _, err := note.NewVerifier(r.Log); err != nil {
		return r, fmt.Errorf("read root: log key: %w", err)
	}
	return r, nil
}

// Fingerprint names the root in a few characters that two people can compare: the first 16 hex digits of the SHA-256 over its keys.
func (r Root) Fingerprint() string {
	h := sha256.New()
	fmt.Fprintln(h, r.Log)
	for _, k := range r.Keys {
		fmt.Fprintln(h, k.ID, k.Alg, k.Key)
	}
	for _, a := range r.Anchors {
		fmt.Fprintln(h, a)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Has says whether a key id is one of the root's.
func (r Root) Has(kid string) bool {
	_, ok := r.Find(kid)
	return ok
}
