package verify

import (
	"bytes"
	"compress/zlib"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/apelkota/apel/certificates/pades"
	"github.com/apelkota/apel/certificates/record"
)

// issuer is the smallest thing that can issue: two keys and a log of one leaf. It shows that the verifier needs nothing of the room above.
type issuer struct {
	key  *ecdsa.PrivateKey
	pdf  pades.Key
	log  note.Signer
	root record.Root
}

var now = time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC)

func newIssuer(t testing.TB) issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	skey, vkey, err := note.GenerateKey(rand.Reader, "test.log/x")
	if err != nil {
		t.Fatal(err)
	}
	log, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	public, err := record.NewKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "Penerbit"}, NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return issuer{key, pades.Key{Signer: key, Chain: []*x509.Certificate{certificate}}, log,
		record.Root{Form: record.Form, Log: vkey, Keys: []record.Key{public}, Anchors: []string{base64.StdEncoding.EncodeToString(raw)}}}
}

func example() record.Record {
	return record.Record{Form: record.Form, Kind: "training", Edition: 1, Number: "00001/X/2026", Code: "0", Name: "Siti Aminah, S.E.", NIP: "***901", Position: "Lurah", Unit: "Kelurahan",
		Course: "APEL-103", CourseVersion: "1", Title: "Layanan", JP: 4, Score: 80_000, Predikat: "Memuaskan", StartedOn: "2026-11-01", CompletedOn: "2026-11-21", IssuedOn: "2026-11-22",
		ValidUntil: "2027-11-21", Zone: "Asia/Jakarta", Institution: "Pemerintah", Issuer: "Badan", Place: "Kota", Signers: []record.Signer{{Name: "A", Position: "B"}}, Host: "https://x.example", Salt: "00"}
}

// bundle signs a record and logs it as the only leaf.
func (i issuer) bundle(t testing.TB, r record.Record) record.Bundle { return i.bundleAt(t, r, now) }

func (i issuer) bundleAt(t testing.TB, r record.Record, at time.Time) record.Bundle {
	t.Helper()
	canonical, err := r.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	signature, err := record.Sign(i.key, canonical)
	if err != nil {
		t.Fatal(err)
	}
	leaf := record.Leaf{Kind: record.LeafIssue, Commitment: record.Commitment(canonical), At: at}
	signed, err := note.Sign(&note.Note{Text: record.FormatCheckpoint(i.log.Name(), 1, tlog.RecordHash(leaf.Bytes()))}, i.log)
	if err != nil {
		t.Fatal(err)
	}
	return record.Bundle{Record: canonical, Signature: signature, KeyID: i.root.Keys[0].ID, Log: &record.Proof{At: at, Checkpoint: string(signed)}}
}

// file wraps a bundle into a minimal PDF and signs it.
func (i issuer) file(t testing.TB, b record.Bundle) []byte {
	t.Helper()
	raw, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	signed, err := pades.Sign(t.Context(), minimalPDF(raw), pades.Document{At: now, Kinds: map[string]string{record.BundleName: "application/json"}}, i.pdf, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func minimalPDF(attached []byte) []byte {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write(attached)
	w.Close()
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var offsets []int
	object := func(s string) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(offsets), s)
	}
	object("<< /Type /Catalog /Pages 4 0 R /Names << /EmbeddedFiles << /Names [ (a) 2 0 R ] >> >> >>")
	object("<< /Type /Filespec /UF (" + record.BundleName + ") /EF << /F 3 0 R >> >>")
	object(fmt.Sprintf("<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream", z.Len(), z.String()))
	object("<< /Type /Pages /Count 1 /Kids [5 0 R] >>")
	object("<< /Type /Page /Parent 4 0 R /MediaBox [0 0 100 100] >>")
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 6\n0000000000 65535 f \n")
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", at)
	return b.Bytes()
}

func known(b record.Bundle, file string) *Known {
	return &Known{Canonical: b.Record, Signature: b.Signature, KeyID: b.KeyID, Standing: Valid, File: file, Proof: b.Log}
}

func TestVerdicts(t *testing.T) {
	a, other := newIssuer(t), newIssuer(t)
	b := a.bundle(t, example())
	genuine := a.file(t, b)
	hash := Read(genuine).Hash
	renamed := example()
	renamed.Name = "Orang Lain"
	canonical, _ := renamed.Canonical()
	swapped := b
	swapped.Record = canonical
	logless := b
	logless.Log = nil
	elsewhere := b
	elsewhere.Log = other.bundle(t, example()).Log
	later := *b.Log
	later.At = later.At.Add(time.Hour)
	backdated := b
	backdated.Log = &later
	upstart := other.bundle(t, example())

	online := func(k *Known) Input { return Input{Root: a.root, Now: now, Registry: true, Known: k} }
	offline := Input{Root: a.root, Now: now}
	after := Input{Root: a.root, Now: time.Date(2027, 11, 21, 17, 0, 0, 0, time.UTC)}
	revoked, suspended, another := known(b, hash), known(b, hash), known(b, strings.Repeat("0", 64))
	revoked.Standing, revoked.Why, revoked.Since = Revoked, "alasan", now
	suspended.Standing = Suspended
	changed := known(a.bundle(t, renamed), hash)
	for _, c := range []struct {
		name    string
		file    []byte
		in      Input
		want    Status
		differs string
	}{
		{"genuine offline", genuine, offline, Valid, ""},
		{"genuine, registry agrees", genuine, online(known(b, hash)), Valid, ""},
		{"after its last day", genuine, after, Expired, ""},
		{"revoked", genuine, online(revoked), Revoked, ""},
		{"suspended", genuine, online(suspended), Suspended, ""},
		{"registry does not know it", genuine, online(nil), Unknown, ""},
		{"another file was issued for the record", genuine, online(another), Altered, "isi berkas PDF"},
		{"no file is registered", genuine, online(known(b, "")), Valid, ""},
		{"registry has another name", genuine, online(changed), Altered, "nama"},
		{"record swapped, signed anew by the issuer", a.file(t, swapped), offline, Altered, "catatan sertifikat"},
		{"record swapped, registry names the fact", a.file(t, swapped), online(known(b, hash)), Altered, "nama"},
		{"no log proof", a.file(t, logless), offline, Altered, "bukti log publik"},
		{"log proof of another log", a.file(t, elsewhere), offline, Altered, "bukti log publik"},
		{"log instant changed", a.file(t, backdated), offline, Altered, "bukti log publik"},
		{"signed by a stranger", other.file(t, b), offline, Altered, "isi berkas PDF"},
		{"stranger's certificate", other.file(t, upstart), offline, Unknown, ""},
		{"our record, no signature", minimalPDF(mustEncode(t, b)), offline, Altered, "isi berkas PDF"},
		{"nothing", nil, offline, Unknown, ""},
	} {
		v := Judge(Read(c.file), c.in)
		if v.Status != c.want || c.differs != "" && !strings.Contains(v.Sentence.ID, "Yang berbeda: "+c.differs) {
			t.Errorf("%s: %s %+v, want %s %s", c.name, v.Status, v.Differs, c.want, c.differs)
		}
		for _, d := range v.Differs {
			if d.Fact.ID == "" || d.Here == d.Issued {
				t.Errorf("%s: compares nothing: %+v", c.name, d)
			}
		}
		genuineVerdict := c.want == Valid || c.want == Expired || c.want == Revoked || c.want == Suspended
		if (v.Record != nil) != genuineVerdict || v.Sentence.ID == "" || v.Sentence.EN == "" || v.Root != a.root.Fingerprint() {
			t.Errorf("%s: %+v", c.name, v)
		}
		if genuineVerdict && (v.Log == nil || v.Log.Size != 1 || len(v.Checks) < 3) {
			t.Errorf("%s: what was checked: %+v %+v", c.name, v.Log, v.Checks)
		}
		if c.want == Revoked && (v.Why != "alasan" || !v.Since.Equal(now)) {
			t.Errorf("%s: %+v", c.name, v)
		}
	}
}

func mustEncode(t testing.TB, b record.Bundle) []byte {
	t.Helper()
	raw, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// The day after which a check without the issuer knows nothing is the issuer's: half past midnight in Jakarta is still yesterday in London.
func TestOfflineNamesTheIssuersDay(t *testing.T) {
	a := newIssuer(t)
	late := time.Date(2026, 11, 22, 17, 30, 0, 0, time.UTC)
	v := Judge(Read(a.file(t, a.bundleAt(t, example(), late))), Input{Root: a.root, Now: late.Add(time.Hour)})
	if v.Status != Valid || !strings.Contains(v.Sentence.ID, "sesudah 23 November 2026") {
		t.Errorf("%s: %s", v.Status, v.Sentence.ID)
	}
}

func TestRegistered(t *testing.T) {
	a := newIssuer(t)
	b := a.bundle(t, example())
	in := Input{Root: a.root, Now: now, Registry: true, Known: known(b, "")}
	if v := Registered(in); v.Status != Valid || v.Record.Name != "Siti Aminah, S.E." || v.Log == nil {
		t.Errorf("%+v", v)
	}
	in.Known = nil
	if v := Registered(in); v.Status != Unknown {
		t.Errorf("%+v", v)
	}
	in.Known = &Known{Standing: Pending}
	if v := Registered(in); v.Status != Pending || v.Record != nil {
		t.Errorf("%+v", v)
	}
	in.Known = known(b, "")
	in.Known.Canonical = bytes.Replace(b.Record, []byte("Siti"), []byte("Sita"), 1)
	if v := Registered(in); v.Status != Altered || v.Record != nil {
		t.Errorf("a damaged register: %+v", v)
	}
}

func TestReadRefusesOddPDFs(t *testing.T) {
	a := newIssuer(t)
	raw := mustEncode(t, a.bundle(t, example()))
	good := string(minimalPDF(raw))
	if d := Read([]byte(good)); d.Bundle == nil {
		t.Fatal(d.Why)
	}
	for name, bad := range map[string]string{
		"not a PDF":         "PK" + good,
		"two revisions":     good + "startxref\n9\n%%EOF\n",
		"previous revision": strings.Replace(good, "/Root 1 0 R", "/Prev 9 /Root 1 0 R", 1),
		"encrypted":         strings.Replace(good, "/Root 1 0 R", "/Encrypt 1 0 R /Root 1 0 R", 1),
		"no root":           strings.Replace(good, "/Root", "/Rout", 1),
		"other name":        strings.Replace(good, record.BundleName, "recard.json", 1),
		"other filter":      strings.Replace(good, "/FlateDecode", "/LZWDecode", 1),
		"length elsewhere":  strings.Replace(good, "/Length ", "/Length 1 0 R %", 1),
		"twice the key":     strings.Replace(good, "/UF (", "/UF (x) /UF (", 1),
	} {
		if d := Read([]byte(bad)); d.Bundle != nil || d.Why == nil {
			t.Errorf("%s was read", name)
		}
	}
	bomb := minimalPDF(bytes.Repeat([]byte{0}, 256<<10+1))
	if d := Read(bomb); d.Bundle != nil {
		t.Error("an attachment over the limit was read")
	}
}

// FuzzRead feeds the reader anything: it must neither panic nor hang, and only what the issuer made may be called valid.
func FuzzRead(f *testing.F) {
	a := newIssuer(f)
	genuine := a.file(f, a.bundle(f, example()))
	f.Add(genuine)
	f.Add([]byte("%PDF-1.4\nxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"))
	f.Add([]byte("%PDF-1.7\n1 0 obj\n[[[[<</a(\\(\\n)/b<41>>>]]]]\nendobj\nstartxref\n0\n"))
	f.Add(bytes.ReplaceAll(genuine, []byte("FlateDecode"), []byte("ASCII85Deco")))
	in := Input{Root: a.root, Now: now}
	f.Fuzz(func(t *testing.T, file []byte) {
		v := Judge(Read(file), in)
		if v.Status == Valid && !bytes.Equal(file, genuine) {
			t.Errorf("called valid: %q", file)
		}
		if v.Status == Valid != (v.Record != nil) {
			t.Error("facts without a verdict, or the other way round")
		}
	})
}
