package pades

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jung-kurt/gofpdf"
)

var instant = time.Date(2026, 11, 23, 3, 4, 5, 0, time.UTC)

// plain is a PDF as gofpdf leaves it: two pages, an embedded file.
func plain(t testing.TB) []byte {
	t.Helper()
	f := gofpdf.New("L", "mm", "A4", "")
	f.SetCatalogSort(true)
	f.SetCreationDate(instant)
	f.SetModificationDate(instant)
	f.SetTitle("Sertifikat Pelatihan", true)
	f.SetAttachments([]gofpdf.Attachment{{Content: []byte(`{"a":1}`), Filename: "record.json"}})
	f.SetFont("Helvetica", "", 14)
	for range 2 {
		f.AddPage()
		f.Text(30, 30, "Sertifikat")
	}
	var b bytes.Buffer
	if err := f.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var about = Document{Title: "Sertifikat Pelatihan 1", Author: "BKPSDM – Kota", Subject: "Layanan (Publik)", Language: "id-ID", At: instant, Reason: "Penerbitan sertifikat",
	Place: "Cempaka", Kinds: map[string]string{"record.json": "application/json"}}

// issue makes a key with a certificate by a root.
func issue(t testing.TB, private crypto.Signer) Key {
	t.Helper()
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Akar"}, NotBefore: instant.AddDate(-1, 0, 0), NotAfter: instant.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(0).Lsh(big.NewInt(255), 120), Subject: pkix.Name{CommonName: "Penanda tangan"}, NotBefore: root.NotBefore, NotAfter: root.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment}
	make := func(c, by *x509.Certificate, public any) *x509.Certificate {
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
	top := make(root, root, &rootKey.PublicKey)
	return Key{Signer: private, Chain: []*x509.Certificate{make(leaf, top, private.Public()), top}}
}

func ecKey(t testing.TB) crypto.Signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func rsaKey(t testing.TB) crypto.Signer {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func signed(t testing.TB, k Key) []byte {
	t.Helper()
	out, err := Sign(t.Context(), plain(t), about, k, nil, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// judge is what a reader of files does.
func judge(file []byte, k Key) error {
	f, err := Open(file)
	if err != nil {
		return err
	}
	s, err := f.Signature()
	if err != nil {
		return err
	}
	return s.Trusted(k.Chain[1:], instant)
}

// TestOthersAccept: other people's programs call the signature valid, the document whole, and the file sound. pdfsig ends well for a broken file, too:
// what it says counts.
func TestOthersAccept(t *testing.T) {
	for name, private := range map[string]crypto.Signer{"ecdsa": ecKey(t), "rsa": rsaKey(t)} {
		t.Run(name, func(t *testing.T) {
			k := issue(t, private)
			file := signed(t, k)
			if err := judge(file, k); err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			path := filepath.Join(dir, "a.pdf")
			if err := os.WriteFile(path, file, 0o600); err != nil {
				t.Fatal(err)
			}
			said := run(t, "pdfsig", "-nocert", path)
			for _, want := range []string{"Signature is Valid", "Total document signed", "ETSI.CAdES.detached"} {
				if !strings.Contains(said, want) {
					t.Errorf("pdfsig does not say %q:\n%s", want, said)
				}
			}
			if strings.Contains(run(t, "pdfsig", "-nocert", write(t, dir, "b.pdf", flip(file, 200))), "Signature is Valid") {
				t.Error("pdfsig calls a changed file valid")
			}
			body, cms := parts(t, file)
			der, content := write(t, dir, "cms.der", cms), write(t, dir, "content", body)
			ca := write(t, dir, "ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: k.Chain[1].Raw}))
			run(t, "openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", der, "-content", content, "-CAfile", ca, "-purpose", "any", "-attime", fmt.Sprint(instant.Unix()), "-out", os.DevNull)
			if said := run(t, "openssl", "cms", "-cmsout", "-print", "-inform", "DER", "-in", der); strings.Contains(said, "signingTime") {
				t.Error("the signature carries a signing time")
			}
			run(t, "qpdf", "--check", path)
			if said := run(t, "mutool", "info", path); strings.Contains(said, "warning") || strings.Contains(said, "error") {
				t.Errorf("mutool: %s", said)
			}
		})
	}
}

func run(t testing.TB, program string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil && os.Getenv("CI") != "true" {
		t.Skipf("%s is not installed", program)
	}
	out, err := exec.Command(program, args...).CombinedOutput()
	if err != nil && program != "pdfsig" {
		t.Errorf("%s: %v\n%s", program, err, out)
	}
	return string(out)
}

func write(t testing.TB, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func flip(file []byte, at int) []byte {
	out := bytes.Clone(file)
	out[at] ^= 1
	return out
}

// hole is where the container of a signed file begins and ends.
func hole(t testing.TB, file []byte) (from, to int) {
	t.Helper()
	from = bytes.Index(file, []byte("/Contents <30")) + len("/Contents ")
	to = from + bytes.IndexByte(file[from:], '>') + 1
	return from, to
}

func parts(t testing.TB, file []byte) (body, cms []byte) {
	t.Helper()
	from, to := hole(t, file)
	raw := make([]byte, (to-from-2)/2)
	if _, err := fmt.Sscanf(string(file[from+1:to-1]), "%x", &raw); err != nil {
		t.Fatal(err)
	}
	length, err := derLength(raw)
	if err != nil {
		t.Fatal(err)
	}
	return append(bytes.Clone(file[:from]), file[to:]...), raw[:length]
}

// TestEveryByteCounts flips one bit in every byte of a signed file, the container and its padding included.
func TestEveryByteCounts(t *testing.T) {
	k := issue(t, ecKey(t))
	file := signed(t, k)
	for i := range file {
		if err := judge(flip(file, i), k); err == nil {
			t.Errorf("byte %d of %d (%q) may change", i, len(file), file[max(0, i-10):min(len(file), i+10)])
		}
	}
}

func TestWhatIsNotOneSignatureOverTheWhole(t *testing.T) {
	k := issue(t, ecKey(t))
	file := signed(t, k)
	from, to := hole(t, file)
	upper := bytes.Clone(file)
	copy(upper[from:], bytes.ToUpper(upper[from:to]))
	padded := bytes.Clone(file)
	padded[to-2] = '1'
	other := issue(t, ecKey(t))
	for name, bad := range map[string][]byte{
		"text behind":       append(bytes.Clone(file), "% more\n"...),
		"an update":         append(bytes.Clone(file), "\n1 0 obj\n<<>>\nendobj\nxref\n0 0\ntrailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"...),
		"cut":               file[:len(file)-1],
		"padding":           padded,
		"another spelling":  upper,
		"unsigned":          plain(t),
		"somebody else's":   signed(t, other),
		"shorter range":     bytes.Replace(file, []byte("/ByteRange [0 "), []byte("/ByteRange [1 "), 1),
		"two signature ids": bytes.Replace(file, []byte("/SigFlags 3"), []byte("/SigFlags 1"), 1),
	} {
		if err := judge(bad, k); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	f, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Signature()
	if err != nil {
		t.Fatal(err)
	}
	if !s.Claimed.Equal(instant) {
		t.Errorf("claimed %v", s.Claimed)
	}
	for _, at := range []time.Time{instant.AddDate(-2, 0, 0), instant.AddDate(2, 0, 0)} {
		if s.Trusted(k.Chain[1:], at) == nil {
			t.Errorf("trusted at %v, when the certificate was not valid", at)
		}
	}
	if got, err := f.Attachment("record.json"); err != nil || string(got) != `{"a":1}` {
		t.Errorf("attachment %q, %v", got, err)
	}
}

func TestSameInputSameBytes(t *testing.T) {
	k := issue(t, ecKey(t))
	if a, b := signed(t, k), signed(t, k); !bytes.Equal(a, b) {
		t.Error("two signings of one document differ")
	}
}

func TestKeyOfAnotherCertificate(t *testing.T) {
	k := issue(t, ecKey(t))
	k.Signer = ecKey(t)
	if _, err := Sign(t.Context(), plain(t), about, k, nil, rand.Reader); err == nil {
		t.Error("signed under a certificate of another key")
	}
}

func FuzzRead(f *testing.F) {
	k := issue(f, ecKey(f))
	f.Add(signed(f, k))
	f.Add(plain(f))
	f.Fuzz(func(t *testing.T, file []byte) {
		p, err := Open(file)
		if err != nil {
			return
		}
		_, _ = p.Signature()
		_, _ = p.Attachment("record.json")
	})
}
