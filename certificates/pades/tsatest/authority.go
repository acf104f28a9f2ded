// Package tsatest runs a time-stamp authority for tests: openssl ts behind HTTP, as an office would run one.
package tsatest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Authority is a time-stamp authority on this machine.
type Authority struct {
	URL   string
	Root  *x509.Certificate
	Reply func(question []byte) (status int, answer []byte) // nil: as openssl answers
}

// New starts an authority, which ends with the test. digest is that by which it names its certificate: sha1 (RFC 3161) or sha256 (RFC 5816). Without
// openssl the test is skipped, but not in CI.
func New(t testing.TB, digest string) *Authority {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil && os.Getenv("CI") != "true" {
		t.Skip("openssl is not installed")
	}
	dir := t.TempDir()
	rootKey, key := rsaKey(t), rsaKey(t)
	now := time.Now()
	root := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "Akar waktu"}, NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(1, 0, 0), IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(8), Subject: pkix.Name{CommonName: "Stempel waktu"}, NotBefore: root.NotBefore, NotAfter: root.NotAfter, KeyUsage: x509.KeyUsageDigitalSignature}
	value, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	if err != nil {
		t.Fatal(err)
	}
	leaf.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: value}}
	certify := func(c, by *x509.Certificate, public crypto.PublicKey) *x509.Certificate {
		raw, err := x509.CreateCertificate(rand.Reader, c, by, public, rootKey)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := x509.ParseCertificate(raw)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	a := &Authority{Root: certify(root, root, rootKey.Public())}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "tsa.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certify(leaf, a.Root, key.Public()).Raw}))
	write(t, dir, "tsa.key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	write(t, dir, "serial", []byte("01\n"))
	write(t, dir, "tsa.cnf", []byte("[tsa]\ndefault_tsa = x\n[x]\nserial = "+filepath.Join(dir, "serial")+"\nsigner_digest = sha256\ndefault_policy = 1.2.3.4\ndigests = sha256\naccuracy = secs:1\ness_cert_id_alg = "+digest+"\n"))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		question, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Content-Type") != "application/timestamp-query" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if a.Reply != nil {
			status, answer := a.Reply(question)
			w.WriteHeader(status)
			w.Write(answer)
			return
		}
		write(t, dir, "question", question)
		out := filepath.Join(dir, "answer")
		if said, err := exec.Command("openssl", "ts", "-reply", "-config", filepath.Join(dir, "tsa.cnf"), "-section", "x", "-queryfile", filepath.Join(dir, "question"),
			"-signer", filepath.Join(dir, "tsa.pem"), "-inkey", filepath.Join(dir, "tsa.key"), "-out", out).CombinedOutput(); err != nil {
			t.Errorf("openssl ts: %v\n%s", err, said)
		}
		answer, err := os.ReadFile(out)
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		w.Write(answer)
	}))
	t.Cleanup(server.Close)
	a.URL = server.URL
	return a
}

func rsaKey(t testing.TB) crypto.Signer {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func write(t testing.TB, dir, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		t.Error(err)
	}
}
