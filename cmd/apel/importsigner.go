package main

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/apelkota/apel/certificates/pades"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

type importSignerVerb struct {
	place
	File           string `arg:"" help:"PKCS#12 file (.p12, .pfx) with the key and its certificate." type:"path"`
	PassphraseFile string `placeholder:"FILE" help:"File with the passphrase of the PKCS#12 file." type:"path" required:""`
	Chain          string `placeholder:"FILE" help:"Certificates above it, up to the root (PEM), where the PKCS#12 file lacks them." type:"path"`
	Why            string `placeholder:"REASON" help:"Why it is installed; it stands in the audit trail." required:""`
}

// maxSigner is the largest PKCS#12 or PEM file that is read, in bytes.
const maxSigner = 1 << 20

// Run installs what signs PDFs from the next start on. Nothing of it is kept outside of the keys' folder.
func (v *importSignerVerb) Run(e *env) error {
	key, err := v.read()
	if err != nil {
		return err
	}
	in, err := open(e.ctx, v.place, as{serving: true, quiet: true})
	if err != nil {
		return err
	}
	id, err := in.certificates.AddSigner(e.ctx, access.System("import-signer"), key, v.Why)
	if err = errors.Join(err, in.close()); err != nil {
		return err
	}
	c := key.Chain[0]
	fmt.Printf("Penanda tangan PDF baru: %s (%s), berlaku sampai %s. Jalankan lagi setiap proses apel, lalu salin kunci: apel backup --with-keys.\n", c.Subject.CommonName, id, c.NotAfter.Format("2006-01-02"))
	return nil
}

// read takes the key and its chain out of the files, the signer's certificate first and the root last.
func (v *importSignerVerb) read() (k pades.Key, err error) {
	word, err := passphrase(v.PassphraseFile)
	if err != nil {
		return k, err
	}
	raw, err := readAtMost(v.File, maxSigner+1)
	if err == nil && len(raw) > maxSigner {
		err = errors.New("longer than a PKCS#12 file is")
	}
	if err != nil {
		return k, faults.Wrap(err, faults.Invalid, "Berkas tidak dapat dibaca: "+v.File, "The file cannot be read: "+v.File)
	}
	private, leaf, others, err := pkcs12.DecodeChain(raw, word)
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword):
		return k, faults.Wrap(err, faults.Invalid, "Frasa sandi berkas PKCS#12 salah.", "The passphrase of the PKCS#12 file is wrong.")
	case err != nil:
		return k, faults.Wrap(err, faults.Invalid, "Ini bukan berkas PKCS#12 dengan satu kunci dan sertifikatnya: "+v.File, "This is not a PKCS#12 file with one key and its certificate: "+v.File)
	}
	k.Signer, _ = private.(crypto.Signer)
	if v.Chain != "" {
		more, err := readAtMost(v.Chain, maxSigner)
		if err != nil {
			return k, faults.Wrap(err, faults.Invalid, "Berkas tidak dapat dibaca: "+v.Chain, "The file cannot be read: "+v.Chain)
		}
		for block, rest := pem.Decode(more); block != nil; block, rest = pem.Decode(rest) {
			c, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return k, faults.Wrap(err, faults.Invalid, "Sertifikat tidak terbaca: "+v.Chain, "A certificate cannot be read: "+v.Chain)
			}
			others = append(others, c)
		}
	}
	k.Chain = []*x509.Certificate{leaf}
	for len(k.Chain) < 8 { // as many as a signature may hold
		last := k.Chain[len(k.Chain)-1]
		above := slices.IndexFunc(others, func(c *x509.Certificate) bool {
			return bytes.Equal(c.RawSubject, last.RawIssuer) && last.CheckSignatureFrom(c) == nil
		})
		if above < 0 || others[above].Equal(last) {
			break
		}
		k.Chain = append(k.Chain, others[above])
	}
	return k, nil
}
