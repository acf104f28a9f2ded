package pades

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"
)

// Object identifiers of CMS (RFC 5652), ESS (RFC 5035) and the algorithms (RFC 5754, RFC 3161).
var (
	oidData                 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContentType          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningTime          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
	oidSigningCertificateV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidTimeStamp            = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
	oidSHA256               = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidECDSAWithSHA256      = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
	oidRSA                  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidRSAWithSHA256        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
)

// Key is what signs: a private key, wherever it is kept, with its certificate and those above it, the root last.
type Key struct {
	Signer crypto.Signer
	Chain  []*x509.Certificate
}

// signDetached makes a CMS SignedData over a document's digest as CAdES wants it (ETSI EN 319 122-1): content type, message digest and signing
// certificate, no signing time. The same key and digest give the same bytes where the key allows it: an ECDSA key in this process (RFC 6979) and RSA.
// random serves other signers.
func signDetached(k Key, digest [32]byte, random io.Reader) ([]byte, error) {
	if len(k.Chain) == 0 {
		return nil, errors.New("sign: no certificate")
	}
	if ours, ok := k.Signer.Public().(interface{ Equal(crypto.PublicKey) bool }); !ok || !ours.Equal(k.Chain[0].PublicKey) {
		return nil, errors.New("sign: the certificate is not the key's")
	}
	attributes, err := signedAttributes(k.Chain[0], digest)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(attributes)
	var algorithm asn1.ObjectIdentifier
	switch k.Signer.Public().(type) {
	case *ecdsa.PublicKey:
		algorithm = oidECDSAWithSHA256
	case *rsa.PublicKey:
		algorithm = oidRSAWithSHA256
	default:
		return nil, fmt.Errorf("sign: keys of type %T are not supported", k.Signer.Public())
	}
	if _, local := k.Signer.(*ecdsa.PrivateKey); local {
		random = nil // deterministic
	}
	signature, err := k.Signer.Sign(random, sum[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return signedData{chain: k.Chain, attributes: attributes, algorithm: algorithm, signature: signature}.encode()
}

// signedAttributes is the SET OF that is signed, in DER.
func signedAttributes(signer *x509.Certificate, digest [32]byte) ([]byte, error) {
	var all [][]byte
	add := func(oid asn1.ObjectIdentifier, value func(*cryptobyte.Builder)) error {
		var b cryptobyte.Builder
		b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oid)
			b.AddASN1(der.SET, value)
		})
		raw, err := b.Bytes()
		all = append(all, raw)
		return err
	}
	certificate := sha256.Sum256(signer.Raw)
	err := errors.Join(
		add(oidContentType, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidData) }),
		add(oidMessageDigest, func(b *cryptobyte.Builder) { b.AddASN1OctetString(digest[:]) }),
		add(oidSigningCertificateV2, func(b *cryptobyte.Builder) {
			b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) { // SigningCertificateV2
				b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) { // certs
					b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1OctetString(certificate[:]) }) // SHA-256 is the default and left out
				})
			})
		}))
	if err != nil {
		return nil, fmt.Errorf("signed attributes: %w", err)
	}
	return setOf(der.SET, all)
}

// setOf encodes a SET OF in DER: its elements in ascending order of their encodings.
func setOf(tag der.Tag, elements [][]byte) ([]byte, error) {
	slices.SortFunc(elements, bytes.Compare)
	var b cryptobyte.Builder
	b.AddASN1(tag, func(b *cryptobyte.Builder) {
		for _, e := range elements {
			b.AddBytes(e)
		}
	})
	return b.Bytes()
}

// signedData is the one form of CMS that is written and read here.
type signedData struct {
	chain      []*x509.Certificate // the signer's first
	attributes []byte              // SET OF, as signed
	algorithm  asn1.ObjectIdentifier
	signature  []byte
	stamp      []byte // RFC 3161 token over the signature; nil without one
	bound      bool   // read: the signed attributes name the certificate
	timed      bool   // read: they claim a time, which PAdES leaves to the signature dictionary
}

// Tags [0] (certificates, signed attributes) and [1] (unsigned attributes).
var (
	implicit0 = der.Tag(0).ContextSpecific().Constructed()
	implicit1 = der.Tag(1).ContextSpecific().Constructed()
)

func (s signedData) encode() ([]byte, error) {
	var raws [][]byte
	for _, c := range s.chain {
		raws = append(raws, c.Raw)
	}
	certificates, err := setOf(implicit0, raws)
	if err != nil {
		return nil, fmt.Errorf("certificates: %w", err)
	}
	var b cryptobyte.Builder
	b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) { // ContentInfo
		b.AddASN1ObjectIdentifier(oidSignedData)
		b.AddASN1(implicit0, func(b *cryptobyte.Builder) {
			b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) { // SignedData
				b.AddASN1Int64(1)
				b.AddASN1(der.SET, func(b *cryptobyte.Builder) { addAlgorithm(b, oidSHA256) })
				b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidData) }) // the content is elsewhere
				b.AddBytes(certificates)
				b.AddASN1(der.SET, func(b *cryptobyte.Builder) {
					b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) { // SignerInfo
						b.AddASN1Int64(1)
						b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
							b.AddBytes(s.chain[0].RawIssuer)
							b.AddASN1BigInt(s.chain[0].SerialNumber)
						})
						addAlgorithm(b, oidSHA256)
						b.AddASN1(implicit0, func(b *cryptobyte.Builder) { b.AddBytes(inside(s.attributes)) })
						addAlgorithm(b, s.algorithm)
						b.AddASN1OctetString(s.signature)
						if s.stamp != nil {
							b.AddASN1(implicit1, func(b *cryptobyte.Builder) {
								b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
									b.AddASN1ObjectIdentifier(oidTimeStamp)
									b.AddASN1(der.SET, func(b *cryptobyte.Builder) { b.AddBytes(s.stamp) })
								})
							})
						}
					})
				})
			})
		})
	})
	raw, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("encode the signature: %w", err)
	}
	return raw, nil
}

// inside is the content of a DER value.
func inside(value []byte) []byte {
	s := cryptobyte.String(value)
	var out cryptobyte.String
	var tag der.Tag
	s.ReadAnyASN1(&out, &tag)
	return out
}

// addAlgorithm writes an AlgorithmIdentifier; RSA has NULL as its parameter, the others none (RFC 5754).
func addAlgorithm(b *cryptobyte.Builder, oid asn1.ObjectIdentifier) {
	b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oid)
		if oid.Equal(oidRSAWithSHA256) || oid.Equal(oidRSA) {
			b.AddASN1NULL()
		}
	})
}

// parseSigned reads a SignedData with one signer, SHA-256, and detached content. It is strict: what this product, or a signer configured beside
// it, has no reason to write is an error.
func parseSigned(raw []byte) (s signedData, digest []byte, err error) {
	bad := func(what string) (signedData, []byte, error) {
		return signedData{}, nil, errors.New("signature: " + what)
	}
	input := cryptobyte.String(raw)
	var info, wrapped, data cryptobyte.String
	var oid asn1.ObjectIdentifier
	if !input.ReadASN1(&info, der.SEQUENCE) || !input.Empty() || !info.ReadASN1ObjectIdentifier(&oid) || !oid.Equal(oidSignedData) ||
		!info.ReadASN1(&wrapped, implicit0) || !info.Empty() || !wrapped.ReadASN1(&data, der.SEQUENCE) || !wrapped.Empty() {
		return bad("not a CMS SignedData")
	}
	var version int
	var digests, content, certificates, signers cryptobyte.String
	if !data.ReadASN1Integer(&version) || version != 1 || !data.ReadASN1(&digests, der.SET) || !readAlgorithm(&digests, oidSHA256) || !digests.Empty() {
		return bad("not version 1 with SHA-256 alone")
	}
	if !data.ReadASN1(&content, der.SEQUENCE) || !content.ReadASN1ObjectIdentifier(&oid) || !oid.Equal(oidData) || !content.Empty() {
		return bad("it carries content of its own")
	}
	if !data.ReadASN1(&certificates, implicit0) || !data.ReadASN1(&signers, der.SET) || !data.Empty() {
		return bad("not certificates and signers alone")
	}
	chain, err := x509.ParseCertificates(certificates)
	if err != nil {
		return signedData{}, nil, fmt.Errorf("signature: certificates: %w", err)
	}
	if len(chain) == 0 || len(chain) > 8 {
		return bad("no certificate, or too many")
	}
	var signer cryptobyte.String
	if !signers.ReadASN1(&signer, der.SEQUENCE) || !signers.Empty() {
		return bad("not one signer")
	}
	var who, attributes, issuer cryptobyte.String
	var serial cryptobyte.String
	if !signer.ReadASN1Integer(&version) || version != 1 || !signer.ReadASN1(&who, der.SEQUENCE) || !who.ReadASN1Element(&issuer, der.SEQUENCE) ||
		!who.ReadASN1Element(&serial, der.INTEGER) || !who.Empty() || !readAlgorithm(&signer, oidSHA256) || !signer.ReadASN1(&attributes, implicit0) {
		return bad("the signer is not named by issuer and number, with signed attributes")
	}
	at := slices.IndexFunc(chain, func(c *x509.Certificate) bool {
		var b cryptobyte.Builder
		b.AddASN1BigInt(c.SerialNumber)
		number, err := b.Bytes()
		return err == nil && bytes.Equal(c.RawIssuer, issuer) && bytes.Equal(number, serial)
	})
	if at < 0 {
		return bad("the signer's certificate is not in it")
	}
	chain[0], chain[at] = chain[at], chain[0]
	s.chain = chain
	if s.algorithm, err = readSignatureAlgorithm(&signer); err != nil {
		return signedData{}, nil, err
	}
	var signature cryptobyte.String
	if !signer.ReadASN1(&signature, der.OCTET_STRING) {
		return bad("no signature value")
	}
	s.signature = signature
	if !signer.Empty() {
		var unsigned, attribute, values, token cryptobyte.String
		if !signer.ReadASN1(&unsigned, implicit1) || !signer.Empty() || !unsigned.ReadASN1(&attribute, der.SEQUENCE) || !unsigned.Empty() ||
			!attribute.ReadASN1ObjectIdentifier(&oid) || !oid.Equal(oidTimeStamp) || !attribute.ReadASN1(&values, der.SET) || !attribute.Empty() ||
			!values.ReadASN1Element(&token, der.SEQUENCE) || !values.Empty() {
			return bad("unsigned attributes other than one time stamp")
		}
		s.stamp = token
	}
	var b cryptobyte.Builder
	b.AddASN1(der.SET, func(b *cryptobyte.Builder) { b.AddBytes(attributes) })
	if s.attributes, err = b.Bytes(); err != nil {
		return signedData{}, nil, fmt.Errorf("signature: %w", err)
	}
	digest, err = s.readAttributes(attributes)
	return s, digest, err
}

func readAlgorithm(s *cryptobyte.String, want asn1.ObjectIdentifier) bool {
	var a cryptobyte.String
	var oid asn1.ObjectIdentifier
	if !s.ReadASN1(&a, der.SEQUENCE) || !a.ReadASN1ObjectIdentifier(&oid) || !oid.Equal(want) {
		return false
	}
	var null cryptobyte.String
	return a.Empty() || a.ReadASN1(&null, der.NULL) && null.Empty() && a.Empty()
}

func readSignatureAlgorithm(s *cryptobyte.String) (asn1.ObjectIdentifier, error) {
	for _, oid := range []asn1.ObjectIdentifier{oidECDSAWithSHA256, oidRSAWithSHA256, oidRSA} {
		rest := *s
		if readAlgorithm(&rest, oid) {
			*s = rest
			return oid, nil
		}
	}
	return nil, errors.New("signature: the algorithm is neither ECDSA nor RSA with SHA-256")
}

// readAttributes checks the signed attributes: content type and, where it is named, signing certificate must fit; the digest is returned.
func (s *signedData) readAttributes(attributes cryptobyte.String) (digest []byte, err error) {
	seen := map[string]bool{}
	for !attributes.Empty() {
		var attribute, values, value cryptobyte.String
		var oid asn1.ObjectIdentifier
		var tag der.Tag
		if !attributes.ReadASN1(&attribute, der.SEQUENCE) || !attribute.ReadASN1ObjectIdentifier(&oid) || !attribute.ReadASN1(&values, der.SET) || !attribute.Empty() ||
			!values.ReadAnyASN1(&value, &tag) || !values.Empty() || seen[oid.String()] {
			return nil, errors.New("signature: a signed attribute is not one value under one name")
		}
		seen[oid.String()] = true
		switch {
		case oid.Equal(oidContentType):
			if tag != der.OBJECT_IDENTIFIER || !bytes.Equal(value, oidContent(oidData)) {
				return nil, errors.New("signature: signed as something else than data")
			}
		case oid.Equal(oidMessageDigest):
			if tag != der.OCTET_STRING || len(value) != sha256.Size {
				return nil, errors.New("signature: the digest is not of SHA-256")
			}
			digest = value
		case oid.Equal(oidSigningCertificateV2):
			var certs, first, hash cryptobyte.String
			want := sha256.Sum256(s.chain[0].Raw)
			if tag != der.SEQUENCE || !value.ReadASN1(&certs, der.SEQUENCE) || !certs.ReadASN1(&first, der.SEQUENCE) {
				return nil, errors.New("signature: the signing certificate cannot be read")
			}
			if first.PeekASN1Tag(der.SEQUENCE) && !readAlgorithm(&first, oidSHA256) {
				return nil, errors.New("signature: the signing certificate is named by another digest than SHA-256")
			}
			if !first.ReadASN1(&hash, der.OCTET_STRING) || !bytes.Equal(hash, want[:]) {
				return nil, errors.New("signature: it was made for another certificate than the one in it")
			}
		}
	}
	s.bound, s.timed = seen[oidSigningCertificateV2.String()], seen[oidSigningTime.String()]
	for _, oid := range []asn1.ObjectIdentifier{oidContentType, oidMessageDigest} {
		if !seen[oid.String()] {
			return nil, fmt.Errorf("signature: the signed attribute %v is missing", oid)
		}
	}
	return digest, nil
}

func oidContent(oid asn1.ObjectIdentifier) []byte {
	raw, err := asn1.Marshal(oid)
	if err != nil {
		return nil
	}
	return inside(raw)
}

// verify checks the signature value over the signed attributes with the signer's certificate.
func (s signedData) verify() error {
	sum := sha256.Sum256(s.attributes)
	switch key := s.chain[0].PublicKey.(type) {
	case *ecdsa.PublicKey:
		if s.algorithm.Equal(oidECDSAWithSHA256) && ecdsa.VerifyASN1(key, sum[:], s.signature) {
			return nil
		}
	case *rsa.PublicKey:
		if !s.algorithm.Equal(oidECDSAWithSHA256) && rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], s.signature) == nil {
			return nil
		}
	}
	return errors.New("signature: it does not fit the certificate's key")
}
