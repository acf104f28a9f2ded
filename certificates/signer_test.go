package certificates

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/apelkota/apel/certificates/pades"
	"github.com/apelkota/apel/certificates/verify"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

// foreign is a signer that somebody else gave: an RSA key under an authority and a root.
func foreign(t testing.TB, key crypto.Signer, from, to time.Time, change func(leaf *x509.Certificate)) pades.Key {
	t.Helper()
	make := func(c, by *x509.Certificate, public any, private any) *x509.Certificate {
		c.NotBefore, c.NotAfter = from, to
		raw, err := x509.CreateCertificate(rand.Reader, c, by, public, private)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := x509.ParseCertificate(raw)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	above, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	authority := func(n int64, name string) *x509.Certificate {
		return &x509.Certificate{SerialNumber: big.NewInt(n), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	}
	top := authority(1, "Akar")
	root := make(top, top, &above.PublicKey, above)
	middle := make(authority(2, "Otoritas"), root, &above.PublicKey, above)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(3), Subject: pkix.Name{CommonName: "Kepala BKPSDMD"}, KeyUsage: x509.KeyUsageContentCommitment}
	if change != nil {
		change(leaf)
	}
	return pades.Key{Signer: key, Chain: []*x509.Certificate{make(leaf, middle, key.Public(), above), middle, root}}
}

func rsaKey(t testing.TB, bits int) crypto.Signer {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// judged draws a certificate's file and says what our check says of it, and which signer it names.
func (r *room) judged(t testing.TB, id ID) (verify.Status, string) {
	t.Helper()
	ctx := context.Background()
	r.finish(t, id)
	if _, err := r.rendered(ctx, id); err != nil {
		t.Fatal(err)
	}
	c, err := r.Look(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	pdf, err := r.readBlob(ctx, c.File.Hash)
	if err != nil {
		t.Fatal(err)
	}
	v, err := r.CheckFile(ctx, pdf)
	if err != nil {
		t.Fatal(err)
	}
	if v.Status == verify.Expired { // genuine, and years have passed
		v.Status = verify.Valid
	}
	return v.Status, verify.Read(pdf).Signature.Chain[0].Subject.CommonName
}

// again closes the room and opens it on the same folder, as a restart does.
func (r *room) again(t testing.TB) {
	t.Helper()
	if err := r.db.Close(); err != nil {
		t.Fatal(err)
	}
	r.open(t)
}

// TestSignersFollowEachOther: what is drawn long after its issue is signed by what was valid then, so that a change of signers makes no genuine file look
// altered.
func TestSignersFollowEachOther(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	early, between := r.issue(t, 1), ID("")
	r.clock.set(noon.AddDate(1, 0, 0))
	if _, err := r.AddKey(ctx, access.System("new-key"), "Penggantian berkala"); err != nil {
		t.Fatal(err)
	}
	r.again(t)
	if got, who := r.judged(t, early); got != verify.Valid || who != "Penerbit sertifikat pelatihan 2" {
		t.Errorf("issued under the first of our own, drawn under the second: %s by %s", got, who)
	}
	between = r.issue(t, 2)
	r.clock.set(noon.AddDate(2, 0, 0))
	day := r.clock.now().AddDate(0, 0, -1)
	if _, err := r.AddSigner(ctx, access.System("import-signer"), foreign(t, rsaKey(t, 2048), day, day.AddDate(1, 0, 0), nil), "Sertifikat dari instansi induk"); err != nil {
		t.Fatal(err)
	}
	r.again(t)
	if got, who := r.judged(t, between); got != verify.Valid || who != "Penerbit sertifikat pelatihan 2" {
		t.Errorf("issued before the imported signer was valid: %s by %s", got, who)
	}
	if got, who := r.judged(t, r.issue(t, 3)); got != verify.Valid || who != "Kepala BKPSDMD" {
		t.Errorf("issued under the imported signer: %s by %s", got, who)
	}
	// A new record key leaves the signer that somebody else gave in its place.
	if _, err := r.AddKey(ctx, access.System("new-key"), "Penggantian berkala"); err != nil {
		t.Fatal(err)
	}
	r.again(t)
	if got, who := r.judged(t, r.issue(t, 4)); got != verify.Valid || who != "Kepala BKPSDMD" {
		t.Errorf("after a new record key: %s by %s", got, who)
	}
	report, err := r.CheckKeys(ctx, r.keys.Dir)
	if err != nil || !report.Until.Equal(day.AddDate(1, 0, 0)) {
		t.Errorf("the signer ends %s, %v", report.Until, err)
	}
}

// TestSignersThatCannotServe are refused before anything is written.
func TestSignersThatCannotServe(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	r.issue(t, 1)
	day := noon.AddDate(0, 0, -1)
	ec, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := rsaKey(t, 2048)
	chain := func(change func(*x509.Certificate)) pades.Key {
		return foreign(t, good, day, day.AddDate(1, 0, 0), change)
	}
	short := chain(nil)
	short.Chain = short.Chain[:2]
	other := chain(nil)
	other.Signer = rsaKey(t, 2048)
	for name, k := range map[string]pades.Key{
		"nothing":            {},
		"no root":            short,
		"another's key":      other,
		"over":               foreign(t, good, day.AddDate(-2, 0, 0), day, nil),
		"not yet valid":      foreign(t, good, noon.AddDate(0, 0, 1), noon.AddDate(1, 0, 0), nil),
		"too short a key":    foreign(t, rsaKey(t, 1024), day, day.AddDate(1, 0, 0), nil),
		"a curve unknown":    foreign(t, ec, day, day.AddDate(1, 0, 0), nil),
		"an authority":       chain(func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true }),
		"not for signatures": chain(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }),
	} {
		if _, err := r.AddSigner(ctx, access.System("import-signer"), k, "Uji"); !errors.Is(err, faults.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.AddSigner(ctx, access.System("import-signer"), chain(nil), " "); !errors.Is(err, faults.Invalid) {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := r.AddSigner(ctx, admin, chain(nil), "Uji"); !errors.Is(err, faults.NotFound) {
		t.Errorf("by a person: %v", err)
	}
	was := slices.Clone(r.keys.signers)
	r.again(t)
	if !slices.Equal(was, r.keys.signers) {
		t.Errorf("signers are %v, were %v", r.keys.signers, was)
	}
}
