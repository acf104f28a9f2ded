package pades

import (
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"slices"
	"time"

	"github.com/smallstep/pkcs7"
	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"
)

// Timestamp is what a time-stamp authority vouches for (RFC 3161): that the signature existed at an instant.
type Timestamp struct {
	At        time.Time
	Authority *x509.Certificate

	token *pkcs7.PKCS7
	nonce *big.Int
}

var (
	oidTSTInfo            = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidSigningCertificate = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidExtendedKeyUsage   = asn1.ObjectIdentifier{2, 5, 29, 37}

	errNotStamp = errors.New("time stamp: not an RFC 3161 token")
)

// maxStamp is how long an answer may be, in bytes: what the container keeps beyond a plain signature.
const maxStamp = containerStamp

// tstInfo is TSTInfo of RFC 3161, 2.4.2.
type tstInfo struct {
	Version  int
	Policy   asn1.ObjectIdentifier
	Imprint  imprint
	Serial   *big.Int
	At       time.Time `asn1:"generalized"`
	Accuracy struct {
		Seconds int `asn1:"optional"`
		Millis  int `asn1:"optional,tag:0"`
		Micros  int `asn1:"optional,tag:1"`
	} `asn1:"optional"`
	Ordering   bool          `asn1:"optional"`
	Nonce      *big.Int      `asn1:"optional"`
	Authority  asn1.RawValue `asn1:"optional,tag:0"`
	Extensions asn1.RawValue `asn1:"optional,tag:1"`
}

type imprint struct {
	Algorithm pkix.AlgorithmIdentifier
	Hash      []byte
}

// ReadStamp reads a token and checks that its authority signed it, over this digest, with a certificate that serves for nothing but stamping. Whether the
// authority is to be trusted is another question, see Trusted.
func ReadStamp(token []byte, over [sha256.Size]byte) (*Timestamp, error) {
	p, err := pkcs7.Parse(token)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNotStamp, err)
	}
	var kind asn1.ObjectIdentifier
	signer := p.GetOnlySigner()
	if err := p.UnmarshalSignedAttribute(oidContentType, &kind); signer == nil || err != nil || !kind.Equal(oidTSTInfo) {
		return nil, errNotStamp
	}
	var info tstInfo
	if rest, err := asn1.Unmarshal(p.Content, &info); err != nil || len(rest) > 0 || info.Version != 1 {
		return nil, errNotStamp
	}
	if !info.Imprint.Algorithm.Algorithm.Equal(oidSHA256) || !bytes.Equal(info.Imprint.Hash, over[:]) {
		return nil, errors.New("time stamp: it is over something else")
	}
	if err := p.Verify(); err != nil {
		return nil, fmt.Errorf("time stamp: %w", err)
	}
	if !onlyStamps(signer) {
		return nil, errors.New("time stamp: its signer's certificate is not for stamping alone")
	}
	if !names(p, signer) {
		return nil, errors.New("time stamp: it was made for another certificate than the one in it")
	}
	return &Timestamp{At: info.At.UTC(), Authority: signer, token: p, nonce: info.Nonce}, nil
}

// onlyStamps says whether a certificate serves for time stamps and nothing else, and demands that readers know it (RFC 3161, 2.3).
func onlyStamps(c *x509.Certificate) bool {
	critical := slices.ContainsFunc(c.Extensions, func(e pkix.Extension) bool { return e.Critical && e.Id.Equal(oidExtendedKeyUsage) })
	return critical && slices.Equal(c.ExtKeyUsage, []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}) && len(c.UnknownExtKeyUsage) == 0
}

// names says whether the signed attributes name the signer's certificate by its digest, as they have to (RFC 3161, 2.4.2; RFC 5816): the certificate itself
// stands outside of what is signed.
func names(p *pkcs7.PKCS7, c *x509.Certificate) bool {
	var v2, v1 struct {
		Certs    []asn1.RawValue
		Policies asn1.RawValue `asn1:"optional"`
	}
	if p.UnmarshalSignedAttribute(oidSigningCertificateV2, &v2) == nil && len(v2.Certs) > 0 {
		id := cryptobyte.String(v2.Certs[0].Bytes)
		var hash cryptobyte.String
		want := sha256.Sum256(c.Raw)
		return (!id.PeekASN1Tag(der.SEQUENCE) || readAlgorithm(&id, oidSHA256)) && id.ReadASN1(&hash, der.OCTET_STRING) && bytes.Equal(hash, want[:])
	}
	if p.UnmarshalSignedAttribute(oidSigningCertificate, &v1) == nil && len(v1.Certs) > 0 {
		id := cryptobyte.String(v1.Certs[0].Bytes)
		var hash cryptobyte.String
		want := sha1.Sum(c.Raw) // what RFC 3161 asks for; many authorities have not changed to RFC 5816
		return id.ReadASN1(&hash, der.OCTET_STRING) && bytes.Equal(hash, want[:])
	}
	return false
}

// Trusted says whether the authority's certificate leads to one of the anchors and was valid at the stamped instant.
func (t *Timestamp) Trusted(anchors []*x509.Certificate) error {
	pool, between := x509.NewCertPool(), x509.NewCertPool()
	for _, c := range anchors {
		pool.AddCert(c)
	}
	for _, c := range t.token.Certificates {
		between.AddCert(c)
	}
	_, err := t.Authority.Verify(x509.VerifyOptions{Roots: pool, Intermediates: between, CurrentTime: t.At, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}})
	if err != nil {
		return fmt.Errorf("time stamp: its signer's certificate: %w", err)
	}
	return nil
}

// TimeStamper asks an RFC 3161 server over HTTP. A token is taken only if it answers this very request and its authority leads to one of the anchors. The
// client's timeout bounds each question.
func TimeStamper(url string, anchors []*x509.Certificate, client *http.Client, random io.Reader) Stamper {
	return func(ctx context.Context, digest [sha256.Size]byte) ([]byte, error) {
		raw := make([]byte, 16)
		if _, err := io.ReadFull(random, raw); err != nil {
			return nil, fmt.Errorf("draw a nonce: %w", err)
		}
		nonce := new(big.Int).SetBytes(raw)
		question, err := asn1.Marshal(struct {
			Version     int
			Imprint     imprint
			Nonce       *big.Int
			Certificate bool
		}{1, imprint{pkix.AlgorithmIdentifier{Algorithm: oidSHA256, Parameters: asn1.NullRawValue}, digest[:]}, nonce, true})
		if err != nil {
			return nil, fmt.Errorf("write a time-stamp request: %w", err)
		}
		token, err := ask(ctx, client, url, question)
		if err != nil {
			return nil, err
		}
		t, err := ReadStamp(token, digest)
		if err != nil {
			return nil, err
		}
		if t.nonce == nil || t.nonce.Cmp(nonce) != 0 {
			return nil, errors.New("time stamp: it answers another request")
		}
		return token, t.Trusted(anchors)
	}
}

// ask sends a TimeStampReq and takes the token out of the TimeStampResp.
func ask(ctx context.Context, client *http.Client, url string, question []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(question))
	if err != nil {
		return nil, fmt.Errorf("ask for a time stamp: %w", err)
	}
	req.Header.Set("Content-Type", "application/timestamp-query")
	res, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask for a time stamp: %w", err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxStamp+1))
	if err != nil {
		return nil, fmt.Errorf("ask for a time stamp: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("ask for a time stamp: the server answers %s", res.Status)
	}
	if len(raw) > maxStamp {
		return nil, fmt.Errorf("ask for a time stamp: the answer is longer than %d bytes", maxStamp)
	}
	var answer struct {
		Status struct {
			Code int
			Text asn1.RawValue  `asn1:"optional,tag:16"`
			Fail asn1.BitString `asn1:"optional"`
		}
		Token asn1.RawValue `asn1:"optional"`
	}
	if rest, err := asn1.Unmarshal(raw, &answer); err != nil || len(rest) > 0 {
		return nil, errors.New("ask for a time stamp: the answer is none")
	}
	if answer.Status.Code > 1 || len(answer.Token.FullBytes) == 0 { // 0 granted, 1 granted with changes
		return nil, fmt.Errorf("ask for a time stamp: refused with status %d", answer.Status.Code)
	}
	return answer.Token.FullBytes, nil
}
