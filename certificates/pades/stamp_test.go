package pades

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/certificates/pades/tsatest"
)

func stamper(a *tsatest.Authority) Stamper {
	return TimeStamper(a.URL, []*x509.Certificate{a.Root}, &http.Client{Timeout: time.Minute}, rand.Reader)
}

// TestStamped signs with a stamp of openssl's authority; pdfsig and openssl accept the file, and openssl the stamp over the signature's value.
func TestStamped(t *testing.T) {
	for name, private := range map[string]crypto.Signer{"ecdsa": ecKey(t), "rsa": rsaKey(t)} {
		t.Run(name, func(t *testing.T) {
			a, k := tsatest.New(t, map[string]string{"ecdsa": "sha256", "rsa": "sha1"}[name]), issue(t, private) // RFC 5816 and RFC 3161
			file, err := Sign(t.Context(), plain(t), about, k, stamper(a), rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			if err := judge(file, k); err != nil {
				t.Fatal(err)
			}
			f, err := Open(file)
			if err != nil {
				t.Fatal(err)
			}
			s, err := f.Signature()
			if err != nil {
				t.Fatal(err)
			}
			if s.Stamp == nil || s.Stamp.Authority.Subject.CommonName != "Stempel waktu" || s.Stamp.At.Before(a.Root.NotBefore) {
				t.Fatalf("stamp: %+v", s.Stamp)
			}
			if err := s.Stamp.Trusted([]*x509.Certificate{a.Root}); err != nil {
				t.Error(err)
			}
			if err := s.Stamp.Trusted(k.Chain[1:]); err == nil {
				t.Error("another authority vouches for it, too")
			}
			dir := t.TempDir()
			said := run(t, "pdfsig", "-nocert", write(t, dir, "a.pdf", file))
			if !strings.Contains(said, "Signature is Valid") || !strings.Contains(said, "Total document signed") {
				t.Errorf("pdfsig:\n%s", said)
			}
			body, cms := parts(t, file)
			run(t, "openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", write(t, dir, "cms", cms), "-content", write(t, dir, "content", body),
				"-CAfile", write(t, dir, "ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: k.Chain[1].Raw})), "-purpose", "any", "-attime", fmt.Sprint(instant.Unix()), "-out", os.DevNull)
			signed, _, err := parseSigned(cms)
			if err != nil {
				t.Fatal(err)
			}
			said = run(t, "openssl", "ts", "-verify", "-token_in", "-in", write(t, dir, "token", signed.stamp), "-data", write(t, dir, "value", signed.signature),
				"-CAfile", write(t, dir, "tsa.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Root.Raw})))
			if !strings.Contains(said, "Verification: OK") {
				t.Errorf("openssl ts: %s", said)
			}
		})
	}
}

// TestStampRefused: an authority that is away, answers something else, or is not one leaves ErrStamp, so that the file can be signed later.
func TestStampRefused(t *testing.T) {
	k := issue(t, ecKey(t))
	first := tsatest.New(t, "sha256")
	var old []byte // an answer to another question, whose nonce differs
	granted := TimeStamper(first.URL, []*x509.Certificate{first.Root}, &http.Client{Transport: keeping{&old}}, rand.Reader)
	if _, err := granted(t.Context(), sha256.Sum256([]byte("a"))); err != nil || len(old) == 0 {
		t.Fatal(err)
	}
	tests := map[string]struct {
		stranger bool
		reply    func([]byte) (int, []byte)
		want     string
	}{
		"away":          {reply: func([]byte) (int, []byte) { return http.StatusBadGateway, nil }, want: "502"},
		"nonsense":      {reply: func([]byte) (int, []byte) { return http.StatusOK, []byte("<html>") }, want: "answer is none"},
		"refused":       {reply: func([]byte) (int, []byte) { return http.StatusOK, []byte{0x30, 5, 0x30, 3, 2, 1, 2} }, want: "status 2"},
		"too long":      {reply: func([]byte) (int, []byte) { return http.StatusOK, make([]byte, maxStamp+1) }, want: "longer"},
		"over another":  {reply: func([]byte) (int, []byte) { return http.StatusOK, old }, want: "over something else"},
		"of a stranger": {stranger: true, want: "unknown authority"},
	}
	for name, x := range tests {
		t.Run(name, func(t *testing.T) {
			a := first
			a.Reply = x.reply
			defer func() { a.Reply = nil }()
			anchors := []*x509.Certificate{a.Root}
			if x.stranger {
				anchors = k.Chain[1:]
			}
			_, err := Sign(t.Context(), plain(t), about, k, TimeStamper(a.URL, anchors, http.DefaultClient, rand.Reader), rand.Reader)
			if !errors.Is(err, ErrStamp) || !strings.Contains(err.Error(), x.want) {
				t.Errorf("%v, want %q", err, x.want)
			}
		})
	}
	t.Run("another nonce", func(t *testing.T) {
		first.Reply = func([]byte) (int, []byte) { return http.StatusOK, old }
		_, err := stamper(first)(t.Context(), sha256.Sum256([]byte("a")))
		if err == nil || !strings.Contains(err.Error(), "another request") {
			t.Error(err)
		}
	})
	t.Run("nobody listens", func(t *testing.T) {
		server := httptest.NewServer(http.NotFoundHandler())
		server.Close()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if _, err := Sign(ctx, plain(t), about, k, TimeStamper(server.URL, nil, http.DefaultClient, rand.Reader), rand.Reader); !errors.Is(err, ErrStamp) {
			t.Error(err)
		}
	})
}

// keeping remembers the last answer.
type keeping struct{ body *[]byte }

func (k keeping) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if *k.body, err = io.ReadAll(res.Body); err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(strings.NewReader(string(*k.body)))
	return res, nil
}

// TestStampOfAnother: a stamp over another signature does not make a file stamped, and a flipped bit in the token is seen.
func TestStampOfAnother(t *testing.T) {
	a, k := tsatest.New(t, "sha256"), issue(t, rsaKey(t))
	file, err := Sign(t.Context(), plain(t), about, k, stamper(a), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, cms := parts(t, file)
	s, _, err := parseSigned(cms)
	if err != nil {
		t.Fatal(err)
	}
	put := func(token []byte) error {
		s.stamp = token
		raw, err := s.encode()
		if err != nil {
			t.Fatal(err)
		}
		from, to := hole(t, file)
		out := append(append([]byte{}, file[:from+1]...), fmt.Appendf(nil, "%0*d", to-from-2, 0)...)
		out = append(out, file[to-1:]...)
		hex.Encode(out[from+1:], raw)
		return judge(out, k)
	}
	good := s.stamp
	if err := put(good); err != nil {
		t.Fatal(err)
	}
	other, err := stamper(a)(t.Context(), sha256.Sum256([]byte("b")))
	if err != nil {
		t.Fatal(err)
	}
	if err := put(other); err == nil {
		t.Error("a stamp over something else is taken")
	}
	taken := 0
	for at := range good {
		if put(flip(good, at)) == nil {
			taken++
		}
	}
	t.Logf("%d of %d flipped bytes of the token change nothing that is signed", taken, len(good))
	if taken > 64 {
		t.Errorf("%d of %d flipped bytes of the token are taken", taken, len(good))
	}
}

// TestOnlyStamps: openssl refuses to stamp with other certificates, so that they are judged by themselves.
func TestOnlyStamps(t *testing.T) {
	usage := asn1.ObjectIdentifier{2, 5, 29, 37}
	stamps := []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}
	for name, x := range map[string]struct {
		c    x509.Certificate
		want bool
	}{
		"for stamps":     {x509.Certificate{ExtKeyUsage: stamps, Extensions: []pkix.Extension{{Id: usage, Critical: true}}}, true},
		"not critical":   {x509.Certificate{ExtKeyUsage: stamps, Extensions: []pkix.Extension{{Id: usage}}}, false},
		"for mail, too":  {x509.Certificate{ExtKeyUsage: append(stamps, x509.ExtKeyUsageEmailProtection), Extensions: []pkix.Extension{{Id: usage, Critical: true}}}, false},
		"for more":       {x509.Certificate{ExtKeyUsage: stamps, UnknownExtKeyUsage: []asn1.ObjectIdentifier{{1, 2}}, Extensions: []pkix.Extension{{Id: usage, Critical: true}}}, false},
		"for everything": {x509.Certificate{}, false},
	} {
		if got := onlyStamps(&x.c); got != x.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
