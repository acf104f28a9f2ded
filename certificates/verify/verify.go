// Package verify judges certificates: a PDF file against an installation's public root, with what the installation's registry says when it can
// be asked. It is pure: no storage, no network, no clock of its own; the server and `apel verify` give the same verdict on the same input.
//
// A verdict is one of valid, expired, revoked, suspended, unknown, altered. It always says what was checked, against which root, at which place
// in the log, how old that knowledge is, and what could not be known.
package verify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/apelkota/apel/certificates/pades"
	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/texts"
)

// Status is the answer in one word.
type Status string

// The verdicts.
const (
	Valid     Status = "valid"
	Expired   Status = "expired"   // genuine, its last day is over
	Revoked   Status = "revoked"   // genuine, withdrawn for good
	Suspended Status = "suspended" // genuine, not to be relied on at the moment
	Unknown   Status = "unknown"   // not one of this root's certificates
	Altered   Status = "altered"   // comes from a certificate of this root and was changed
	Pending   Status = "pending"   // its number is not drawn yet; only the registry says this
)

// Check is one thing that was looked at.
type Check struct {
	Name string     `json:"name"` // "record", "file", "stamp", "log", "registry", "registered_file"
	OK   bool       `json:"ok"`
	Text texts.Text `json:"text"`
}

// Difference is a fact that is not what was issued; the sides are never the same. One of them is "" where the fact was added or left out.
type Difference struct {
	Fact   texts.Text `json:"fact"`
	Here   string     `json:"here"`
	Issued string     `json:"issued"`
}

// LogPosition is where the certificate stands in the public log and how old that knowledge is.
type LogPosition struct {
	Index int64         `json:"index"`
	Size  int64         `json:"size"` // of the log, at the checkpoint it was proven against
	At    time.Time     `json:"at"`   // when the leaf was made
	Age   time.Duration `json:"age_ns"`
}

// Verdict is what the judgement is and rests on.
type Verdict struct {
	Status   Status         `json:"status"`
	Sentence texts.Text     `json:"sentence"`
	Record   *record.Record `json:"record,omitempty"`   // the facts that may be shown; nil when there are none to trust or the asker gave too little
	Differs  []Difference   `json:"differs"`            // altered: the facts that can be put side by side; none when the file differs only as a whole, which the sentence says
	Since    time.Time      `json:"since,omitzero"`     // revoked or suspended: when
	Why      string         `json:"why,omitempty"`      // and the reason
	Official string         `json:"official,omitempty"` // and who decided
	Checks   []Check        `json:"checks"`
	Root     string         `json:"root"`             // fingerprint of the root it was judged by
	KeyID    string         `json:"key_id,omitempty"` // key that signed the record
	Log      *LogPosition   `json:"log,omitempty"`
	Asked    bool           `json:"asked"` // the registry was asked; without it a later revocation is not known
	At       time.Time      `json:"at"`    // when it was judged
}

// Known is what the registry says about a certificate.
type Known struct {
	Canonical []byte // the record as sealed
	Signature string
	KeyID     string
	Standing  Status // Valid, Suspended, Revoked or Pending as stored; expiry is judged here
	Since     time.Time
	Why       string
	Official  string
	File      string // SHA-256 in hex of the PDF that was issued; "" when none was rendered
	Proof     *record.Proof
}

// Input is what a file or code is judged with.
type Input struct {
	Root record.Root
	Now  time.Time
	// Registry says whether the installation was asked. Known is its answer, nil when it does not know the certificate.
	Registry bool
	Known    *Known
}

// Document is what a file says of itself, read without trusting any of it.
type Document struct {
	Hash   string // SHA-256 of the whole file, in hex
	Ours   bool   // something in it says that it comes from this product
	Bundle *record.Bundle
	Why    error // why there is no bundle
	// Signature is the file's one signature over all of it, nil when there is none that fits; whom its certificate leads to is judged later.
	Signature *pades.Signature
}

// MaxFile is the largest file that is looked at, in bytes.
const MaxFile = 20 << 20

// Read takes a file apart. It never fails: what cannot be read is said in the document. Safe on any input.
func Read(file []byte) Document {
	sum := sha256.Sum256(file)
	d := Document{Hash: hex.EncodeToString(sum[:])}
	if len(file) > MaxFile {
		d.Why = fmt.Errorf("the file has %d bytes, at most %d are read", len(file), MaxFile)
		return d
	}
	f, err := pades.Open(file)
	if err == nil {
		d.Signature, _ = f.Signature()
		var raw []byte
		if raw, err = f.Attachment(record.BundleName); err == nil {
			var b record.Bundle
			if b, err = record.ParseBundle(raw); err == nil {
				d.Bundle = &b
			}
		}
	}
	d.Why = err
	d.Ours = d.Bundle != nil || bytes.Contains(file, []byte(pades.Creator))
	return d
}

// Record reads the record a document carries, without trusting it: for asking the registry about it.
func (d Document) Record() (record.Record, error) {
	if d.Bundle == nil {
		return record.Record{}, d.Why
	}
	return record.Parse(d.Bundle.Record)
}

// Judge judges a document. A file counts as genuine only if its signature covers every byte and its certificate leads to an anchor of the root and was
// valid when the certificate was logged, the record in it is signed by a key of the root, the log proof fits, and the registry, if it was asked, knows the same record and the same file.
func Judge(d Document, in Input) Verdict {
	v := in.verdict()
	whole := in.signedWhole(d)
	var r record.Record
	signed, err := false, d.Why
	if d.Bundle != nil {
		v.KeyID = d.Bundle.KeyID
		if r, err = record.Parse(d.Bundle.Record); err == nil {
			key, ok := in.Root.Find(d.Bundle.KeyID)
			signed = ok && record.Verify(key, d.Bundle.Record, d.Bundle.Signature)
		}
	}
	foreign := !d.Ours || !whole && !signed && (d.Bundle == nil && d.Signature != nil || d.Bundle != nil && !in.Root.Has(d.Bundle.KeyID))
	if foreign && in.Known == nil {
		v.Status = Unknown
		v.Sentence = texts.T("Berkas ini bukan sertifikat dari penerbit ini.", "This file is not a certificate of this issuer.")
		return v
	}
	if err == nil {
		v.signature(signed)
	} else {
		v.add("record", false, "", "Catatan sertifikat tidak terbaca dari berkas ini.", "", "The certificate's record cannot be read from this file.")
	}
	v.add("file", whole, "Tanda tangan dalam berkas mencakup setiap byte berkas ini.", "Tanda tangan dalam berkas tidak cocok dengan isinya atau bukan milik penerbit ini.",
		"The signature in the file covers every byte of it.", "The signature in the file does not fit its content or is not of this issuer.")
	if whole && d.Signature.Stamp != nil {
		by, at := d.Signature.Stamp.Authority.Subject.CommonName, d.Signature.Stamp.At.Format("2006-01-02 15:04:05 UTC")
		v.add("stamp", true, "Stempel waktu "+at+" oleh "+by+" cocok dengan tanda tangan itu.", "", "The time stamp "+at+" by "+by+" fits that signature.", "")
	}
	inLog := true
	if signed {
		inLog = v.log(d.Bundle.Log, record.Commitment(d.Bundle.Record), in)
	}
	switch {
	case err != nil:
		v.alter(nil, "isi berkas PDF, sampai catatan sertifikat di dalamnya tidak terbaca", "the content of the PDF file, so that the certificate's record in it cannot be read")
	case !signed:
		v.alter(differences(r, in.Known), "catatan sertifikat", "the certificate's record")
	case !whole:
		v.alter(differences(r, in.Known), "isi berkas PDF", "the content of the PDF file")
	case !inLog:
		v.alter(nil, "bukti log publik", "the proof of the public log")
	}
	if v.Status == Altered {
		return v
	}
	v.Record = &r
	if !in.Registry {
		v.standing(Valid, r, in)
		v.Sentence = offline(v)
		return v
	}
	if in.Known == nil {
		v.Status, v.Record = Unknown, nil
		v.Sentence = texts.T("Penerbit tidak mengenal sertifikat ini, walaupun tanda tangannya cocok. Tanyakan kepada penerbit.",
			"The issuer does not know this certificate although its signature fits. Ask the issuer.")
		v.add("registry", false, "", "Tidak ada dalam daftar penerbit.", "", "Not in the issuer's register.")
		return v
	}
	same := bytes.Equal(in.Known.Canonical, d.Bundle.Record)
	v.add("registry", same, "Catatan ini sama dengan yang ada pada penerbit.", "Catatan ini berbeda dari yang ada pada penerbit.",
		"This record is the one in the issuer's register.", "This record differs from the one in the issuer's register.")
	// A genuine file whose hash the registry has not got (its register was rebuilt before the hash was logged) rests on its signature alone.
	file := in.Known.File == d.Hash || in.Known.File == ""
	v.add("registered_file", in.Known.File == d.Hash, "SHA-256 berkas sama dengan yang diterbitkan.", "SHA-256 berkas berbeda dari yang diterbitkan.",
		"The file's SHA-256 is that of the issued file.", "The file's SHA-256 differs from that of the issued file.")
	if !same || !file {
		v.alter(differences(r, in.Known), "isi berkas PDF", "the content of the PDF file")
		return v
	}
	v.standing(in.Known.Standing, r, in)
	return v
}

// Registered judges what the registry knows by itself, for a code or number that was typed in. It checks the stored record's signature and log
// proof too, so a damaged register is noticed.
func Registered(in Input) Verdict {
	v := in.verdict()
	if in.Known == nil {
		v.Status = Unknown
		v.Sentence = texts.T("Tidak ada sertifikat dengan kode atau nomor ini. Periksa kembali ketikan Anda.", "There is no certificate with this code or number. Check what you typed.")
		return v
	}
	if in.Known.Standing == Pending {
		v.Status = Pending
		v.Sentence = texts.T("Sertifikat ini sedang diterbitkan. Tunggu sebentar, lalu coba lagi.", "This certificate is being issued. Try again shortly.")
		return v
	}
	v.KeyID = in.Known.KeyID
	r, err := record.Parse(in.Known.Canonical)
	key, ok := in.Root.Find(in.Known.KeyID)
	signed := err == nil && ok && record.Verify(key, in.Known.Canonical, in.Known.Signature)
	v.signature(signed)
	inLog := v.log(in.Known.Proof, record.Commitment(in.Known.Canonical), in)
	if !signed || !inLog {
		v.Status = Altered
		v.Sentence = texts.T("Catatan penerbit tentang sertifikat ini rusak atau telah diubah. Jangan diandalkan sampai penerbit memeriksanya.",
			"The issuer's own record of this certificate is damaged or was changed. Do not rely on it until the issuer has looked into it.")
		return v
	}
	v.Record = &r
	v.standing(in.Known.Standing, r, in)
	return v
}

// signedWhole says whether a document's signature covers the whole file and leads to an anchor of the root, at the instant its issue was logged.
func (in Input) signedWhole(d Document) bool {
	if d.Signature == nil {
		return false
	}
	at := d.Signature.Claimed
	if d.Bundle != nil && d.Bundle.Log != nil { // vouched for by the log, whose proof is judged apart
		at = d.Bundle.Log.At
	}
	anchors, err := in.Root.Authorities()
	return err == nil && d.Signature.Trusted(anchors, at) == nil
}

func (in Input) verdict() Verdict {
	return Verdict{Root: in.Root.Fingerprint(), At: in.Now.UTC(), Asked: in.Registry}
}

func (v *Verdict) add(name string, ok bool, yesID, noID, yesEN, noEN string) {
	t := texts.T(noID, noEN)
	if ok {
		t = texts.T(yesID, yesEN)
	}
	v.Checks = append(v.Checks, Check{name, ok, t})
}

func (v *Verdict) signature(ok bool) {
	v.add("record", ok, "Tanda tangan atas catatan sertifikat cocok dengan kunci penerbit.", "Tanda tangan atas catatan sertifikat tidak cocok dengan kunci penerbit.",
		"The signature over the record fits the issuer's key.", "The signature over the record does not fit the issuer's key.")
}

// log checks the proof of the issue leaf.
func (v *Verdict) log(p *record.Proof, commitment [32]byte, in Input) bool {
	ok := false
	if p != nil {
		size, err := p.Check(in.Root, record.Leaf{Kind: record.LeafIssue, Commitment: commitment, At: p.At})
		if ok = err == nil; ok {
			v.Log = &LogPosition{Index: p.Index, Size: size, At: p.At, Age: max(in.Now.Sub(p.At), 0)}
		}
	}
	v.add("log", ok, "Penerbitannya tercatat dalam log publik.", "Penerbitannya tidak terbukti ada dalam log publik.",
		"Its issue stands in the public log.", "Its issue is not proven to stand in the public log.")
	return ok
}

// alter says that a file was changed: in which facts, or in what as a whole when none can be put side by side.
func (v *Verdict) alter(differs []Difference, whatID, whatEN string) {
	v.Status, v.Record, v.Differs = Altered, nil, differs
	if len(differs) > 0 {
		var id, en []string
		for _, d := range differs {
			id, en = append(id, d.Fact.ID), append(en, d.Fact.EN)
		}
		whatID, whatEN = strings.Join(id, ", "), strings.Join(en, ", ")
	}
	v.Sentence = texts.T("TIDAK ASLI: berkas ini telah diubah setelah diterbitkan. Yang berbeda: "+whatID+".", "NOT GENUINE: this file was changed after it was issued. What differs: "+whatEN+".")
}

// standing turns the stored standing and the calendar into a verdict.
func (v *Verdict) standing(stored Status, r record.Record, in Input) {
	v.Status = stored
	if in.Known != nil {
		v.Since, v.Why, v.Official = in.Known.Since, in.Known.Why, in.Known.Official
	}
	switch stored {
	case Revoked:
		v.Sentence = texts.T("Sertifikat ini asli, tetapi telah DICABUT dan tidak berlaku lagi.", "This certificate is genuine but has been REVOKED and no longer counts.")
	case Suspended:
		v.Sentence = texts.T("Sertifikat ini asli, tetapi sedang DITANGGUHKAN. Jangan diandalkan sampai diberlakukan kembali.", "This certificate is genuine but SUSPENDED. Do not rely on it until it is reinstated.")
	default:
		v.Since, v.Why, v.Official = time.Time{}, "", ""
		if r.Expired(in.Now) {
			v.Status = Expired
			v.Sentence = texts.T("Sertifikat ini asli, tetapi masa berlakunya sudah habis.", "This certificate is genuine but has expired.")
			return
		}
		v.Status = Valid
		v.Sentence = texts.T("Sertifikat ini asli dan berlaku.", "This certificate is genuine and valid.")
	}
}

// issuerZone is the calendar of whoever issued a record; UTC when it cannot be read.
func issuerZone(r *record.Record) civil.Zone {
	if r == nil {
		return civil.Zone{}
	}
	zone, err := civil.LoadZone(r.Zone)
	if err != nil {
		return civil.Zone{}
	}
	return zone
}

// offline says what a check without the registry cannot know.
func offline(v Verdict) texts.Text {
	var day civil.Date
	if v.Log != nil {
		day = issuerZone(v.Record).Day(v.Log.At)
	}
	return texts.T(v.Sentence.ID+" Diperiksa tanpa menghubungi penerbit: pencabutan sesudah "+day.In(texts.ID)+" tidak dapat diketahui.",
		v.Sentence.EN+" Checked without asking the issuer: a revocation after "+day.In(texts.EN)+" cannot be known.")
}
