package certificates

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/apelkota/apel/certificates/pades"
	"github.com/apelkota/apel/internal/faults"
)

const (
	authorityFile  = "authority.pem"
	authorityYears = 30
	signerYears    = 10
)

func signerFile(n int) string { return fmt.Sprintf("signer-%d.pem", n) }

// signerID names a PDF signer: the first 16 hex digits of the SHA-256 over its certificate.
func signerID(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:8])
}

// readSigners reads what signs PDFs. A folder from before PDFs were signed inside has none: the caller makes the first.
func (k *Keys) readSigners() error {
	numbers, err := keyNumbers(k.Dir, signerFile)
	if err != nil {
		return err
	}
	for _, n := range numbers {
		raw, err := os.ReadFile(filepath.Join(k.Dir, signerFile(n)))
		if err != nil {
			return fmt.Errorf("read a signer: %w", err)
		}
		key, err := parseSigner(raw)
		if err != nil {
			return broken(signerFile(n), err)
		}
		k.pdfs = append(k.pdfs, key)
		k.signers = append(k.signers, signerID(key.Chain[0]))
		if anchor := k.anchor(); !slices.Contains(k.root.Anchors, anchor) {
			k.root.Anchors = append(k.root.Anchors, anchor)
		}
	}
	if n := len(numbers); n > 0 && k.newestSigner().Signer == nil {
		return keyFault(signerFile(numbers[n-1]), "hanya berisi sertifikat, jadi tidak ada yang dapat ditandatangani.", "holds only certificates, so nothing can be signed.", errors.New("no private key"))
	}
	return nil
}

// newestSigner is what signs PDFs; nothing in a folder from before PDFs were signed inside.
func (k *Keys) newestSigner() pades.Key {
	if len(k.pdfs) == 0 {
		return pades.Key{}
	}
	return k.pdfs[len(k.pdfs)-1]
}

// signerAt is the newest signer whose certificate was valid at an instant, since that is what readers demand of the instant at which the certificate was
// logged: a file that is drawn long after its issue may need an older signer than one that is drawn today. ok is false where there is none whose key is here.
func (k *Keys) signerAt(t time.Time) (key pades.Key, ok bool) {
	for _, key := range slices.Backward(k.pdfs) {
		if c := key.Chain[0]; key.Signer != nil && !t.Before(c.NotBefore) && !t.After(c.NotAfter) {
			return key, true
		}
	}
	return key, false
}

// anchor is what the newest signer's certificate leads to: DER in base64.
func (k *Keys) anchor() string {
	chain := k.newestSigner().Chain
	return base64.StdEncoding.EncodeToString(chain[len(chain)-1].Raw)
}

// parseSigner reads a private key, if there is one, and a chain of certificates up to its root.
func parseSigner(raw []byte) (pades.Key, error) {
	var k pades.Key
	for {
		block, rest := pem.Decode(raw)
		if block == nil {
			if len(bytes.TrimSpace(rest)) > 0 {
				return k, errors.New("something that is no PEM block")
			}
			break
		}
		raw = rest
		switch block.Type {
		case "PRIVATE KEY":
			key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			if err != nil {
				return k, err
			}
			signer, ok := key.(crypto.Signer)
			if !ok || k.Signer != nil {
				return k, errors.New("not one private key")
			}
			k.Signer = signer
		case "CERTIFICATE":
			c, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return k, err
			}
			k.Chain = append(k.Chain, c)
		default:
			return k, fmt.Errorf("a PEM block %q", block.Type)
		}
	}
	return k, checkChain(k)
}

// checkChain demands that each certificate is signed by the next, the last by itself, and that the key is the first one's.
func checkChain(k pades.Key) error {
	if len(k.Chain) == 0 {
		return errors.New("no certificate")
	}
	for i, c := range k.Chain {
		above := k.Chain[min(i+1, len(k.Chain)-1)]
		if !bytes.Equal(c.RawIssuer, above.RawSubject) {
			return fmt.Errorf("certificate %d is of another issuer than the next", i+1)
		}
		if err := c.CheckSignatureFrom(above); err != nil {
			return fmt.Errorf("certificate %d is not signed by the next: %w", i+1, err)
		}
	}
	if k.Signer != nil {
		if public, ok := k.Signer.Public().(interface{ Equal(crypto.PublicKey) bool }); !ok || !public.Equal(k.Chain[0].PublicKey) {
			return errors.New("the first certificate is not the key's")
		}
	}
	return nil
}

// makeSigner makes the next signer of PDFs: a P-256 key with a certificate of the installation's own authority, which is made with the first. Files
// that exist are never overwritten. An authority that a crash left without a signer is used.
func makeSigner(dir string, n int, now time.Time) error {
	authority, err := readAuthority(dir)
	if errors.Is(err, fs.ErrNotExist) && n == 1 {
		if err = makeAuthority(dir, now); err == nil {
			authority, err = readAuthority(dir)
		}
	}
	if err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make a signer: %w", err)
	}
	template := &x509.Certificate{Subject: pkix.Name{Organization: []string{"APEL"}, CommonName: fmt.Sprintf("Penerbit sertifikat pelatihan %d", n)},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment, NotAfter: now.AddDate(signerYears, 0, 0)}
	if last := authority.Chain[0].NotAfter; template.NotAfter.After(last) {
		template.NotAfter = last
	}
	// As old as the authority: what was issued under an earlier signer and is drawn under this one is judged at the instant of its issue.
	return writeSigner(filepath.Join(dir, signerFile(n)), template, authority.Chain[0], key, authority.Signer, authority.Chain[0].NotBefore)
}

func makeAuthority(dir string, now time.Time) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make the authority: %w", err)
	}
	template := &x509.Certificate{Subject: pkix.Name{Organization: []string{"APEL"}, CommonName: "Otoritas sertifikat pelatihan"}, NotAfter: now.AddDate(authorityYears, 0, 0),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign}
	return writeSigner(filepath.Join(dir, authorityFile), template, nil, key, key, now.AddDate(0, 0, -1)) // clocks of readers differ
}

// writeSigner makes a certificate and writes it with its key and the one above it.
func writeSigner(path string, template, above *x509.Certificate, key *ecdsa.PrivateKey, by crypto.Signer, from time.Time) error {
	serial := make([]byte, 16)
	if _, err := rand.Read(serial); err != nil {
		return fmt.Errorf("make a certificate: %w", err)
	}
	serial[0] = serial[0]&0x7f | 0x40 // 127 bits, always 16 bytes and positive
	template.SerialNumber, template.NotBefore = new(big.Int).SetBytes(serial), from
	parent := above
	if parent == nil {
		parent = template
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
	if err != nil {
		return fmt.Errorf("make a certificate: %w", err)
	}
	chain := []*x509.Certificate{{Raw: certificate}}
	if above != nil {
		chain = append(chain, above)
	}
	return writeChain(path, pades.Key{Signer: key, Chain: chain})
}

// writeChain writes a key with its certificates into a file that does not exist yet.
func writeChain(path string, k pades.Key) error {
	private, err := x509.MarshalPKCS8PrivateKey(k.Signer)
	if err != nil {
		return fmt.Errorf("write a signer: %w", err)
	}
	out := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
	for _, c := range k.Chain {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return writeNew(path, out)
}

func readAuthority(dir string) (pades.Key, error) {
	raw, err := os.ReadFile(filepath.Join(dir, authorityFile))
	if err != nil {
		return pades.Key{}, fmt.Errorf("read the authority: %w", err)
	}
	k, err := parseSigner(raw)
	if err != nil {
		return k, broken(authorityFile, err)
	}
	if k.Signer == nil {
		return k, keyFault(authorityFile, "hanya berisi sertifikat, jadi penanda tangan baru tidak dapat dibuat.", "holds only a certificate, so no new signer can be made.", errors.New("no private key"))
	}
	return k, nil
}

// own says whether what signs PDFs was made by the installation's own authority.
func (k *Keys) own() (bool, error) {
	authority, err := readAuthority(k.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // kept elsewhere: no new signer can be made here
	}
	if err != nil {
		return false, err
	}
	chain := k.newestSigner().Chain
	return chain[len(chain)-1].Equal(authority.Chain[0]), nil
}

// checkImported says why a signer cannot serve: a chain that does not lead to its root, a certificate that is over, not yet valid, of an authority or not for
// signatures, a key that is too short or of a kind that PDF readers do not know.
func checkImported(k pades.Key, now time.Time) error {
	bad := func(id, en string) error {
		return faults.OnField("signer", "Sertifikat ini tidak dapat dipakai menandatangani: "+id, "This certificate cannot sign: "+en)
	}
	if k.Signer == nil || len(k.Chain) == 0 {
		return bad("berkasnya tidak berisi kunci dan sertifikat.", "the file does not hold a key and a certificate.")
	}
	if err := checkChain(k); err != nil {
		return faults.Wrap(err, faults.Invalid, "Rantai sertifikat tidak lengkap atau tidak cocok. Berikan sertifikat di atasnya sampai akarnya dengan --chain.",
			"The chain of certificates is incomplete or does not fit. Give those above it, up to the root, with --chain.")
	}
	switch key := k.Signer.Public().(type) {
	case *ecdsa.PublicKey:
		if key.Curve != elliptic.P256() && key.Curve != elliptic.P384() && key.Curve != elliptic.P521() {
			return bad("kurvanya tidak didukung.", "its curve is not supported.")
		}
	case *rsa.PublicKey:
		if key.N.BitLen() < 2048 {
			return bad("kunci RSA-nya kurang dari 2048 bit.", "its RSA key has fewer than 2048 bits.")
		}
	default:
		return bad("kuncinya harus RSA atau ECDSA.", "its key has to be RSA or ECDSA.")
	}
	c := k.Chain[0]
	switch {
	case c.IsCA:
		return bad("ini sertifikat otoritas, bukan penanda tangan.", "it is an authority's, not a signer's.")
	case c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0:
		return bad("kegunaannya bukan untuk tanda tangan.", "its usage is not for signatures.")
	}
	for _, c := range k.Chain {
		if now.Before(c.NotBefore) || now.After(c.NotAfter) {
			return bad("masa berlakunya "+c.NotBefore.Format(time.DateOnly)+" sampai "+c.NotAfter.Format(time.DateOnly)+".", "it is valid from "+c.NotBefore.Format(time.DateOnly)+" to "+c.NotAfter.Format(time.DateOnly)+".")
		}
	}
	return nil
}
