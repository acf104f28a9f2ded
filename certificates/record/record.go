// Package record has what a certificate is made of when it stands alone: the canonical signed record, its commitment in the public log, the
// seal over a rendered file, and the keys' public root. Everything here is pure: no storage, no clock, no network, so that the server, the verb
// `apel verify` and a foreign program compute the same bytes.
//
// The record is the certificate; PDF, QR and credential only show it. docs/certificates.md says which signature covers what.
package record

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"strconv"
	"time"

	"github.com/apelkota/apel/internal/civil"
)

// Form is the version of the record's form. A reader refuses a form it does not know.
const Form = 1

// Record holds the facts that are signed and may be shown to whoever holds the certificate. It holds nothing that the paper does not show,
// except the salt, and less in one place: of the NIP only the last three digits.
type Record struct {
	Form          int          `json:"form"`
	Kind          string       `json:"kind"`    // "training"
	Edition       int          `json:"edition"` // 1, 2 for a corrected re-issue ...
	Replaces      string       `json:"replaces,omitempty"`
	Number        string       `json:"number"`
	Code          string       `json:"code"` // verification code in its bare form (FormatCode groups it)
	Name          string       `json:"name"` // with titles, as of the day of issue
	NIP           string       `json:"nip"`  // masked: "***************901"
	Position      string       `json:"position"`
	Unit          string       `json:"unit"`
	Agency        string       `json:"agency,omitempty"` // the OPD the unit belongs to, when it is another one
	Course        string       `json:"course"`           // course code
	CourseVersion string       `json:"course_version"`
	Title         string       `json:"title"`
	TitleEN       string       `json:"title_en,omitempty"`
	JP            int          `json:"jp"`    // learning hours of 45 minutes
	Score         int          `json:"score"` // thousandths of a point, 0..100000
	Predikat      string       `json:"predikat"`
	Competencies  []Competency `json:"competencies,omitempty"`
	Subjects      []Subject    `json:"subjects,omitempty"`
	StartedOn     civil.Date   `json:"started_on"`
	CompletedOn   civil.Date   `json:"completed_on"`
	IssuedOn      civil.Date   `json:"issued_on"`
	ValidUntil    civil.Date   `json:"valid_until,omitempty"` // valid to the end of this day in Zone; none: no end
	Zone          string       `json:"zone"`                  // IANA name of the issuer's calendar
	Institution   string       `json:"institution"`
	Issuer        string       `json:"issuer"` // the agency that issues
	Place         string       `json:"place"`
	Signers       []Signer     `json:"signers"`
	Host          string       `json:"host"` // public base URL whose /v/CODE answers for it
	Demo          bool         `json:"demo,omitempty"`
	Salt          string       `json:"salt"` // 128 random bits in hex: the public leaf cannot be guessed from the facts
}

// Competency is one line of "what was reached": the dictionary's code, its name on that day and the level 1 to 5.
type Competency struct {
	Code  string `json:"code"`
	Name  string `json:"name"`
	Level int    `json:"level"`
}

// Subject is one part of the course in the table of learning hours.
type Subject struct {
	Title   string `json:"title"`
	Minutes int    `json:"minutes"`
}

// Signer is an official printed on the certificate. NIP is optional and printed as given.
type Signer struct {
	Name     string `json:"name"`
	Position string `json:"position"`
	Rank     string `json:"rank,omitempty"`
	NIP      string `json:"nip,omitempty"`
}

// Expired says whether the last day of validity is over at an instant, in the issuer's calendar. A record without an end never expires; one with
// an unreadable zone is judged by UTC.
func (r Record) Expired(at time.Time) bool {
	if r.ValidUntil == "" {
		return false
	}
	zone, err := civil.LoadZone(r.Zone)
	if err != nil {
		zone = civil.Zone{}
	}
	return !at.Before(zone.End(r.ValidUntil))
}

// Canonical renders the record as the bytes that are signed: JSON with keys in alphabetical order, no space between tokens, UTF-8 without
// escapes except \" \\ and \u00xx for control characters, whole numbers only, absent values left out. This is RFC 8785 for the values a record
// can have, so JSON.stringify over sorted keys gives the same bytes.
func (r Record) Canonical() ([]byte, error) {
	plain, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("canonical record: %w", err)
	}
	return Canonicalise(plain)
}

// Parse reads a canonical record and refuses any other rendering of the same facts: unknown fields, another order, another form.
func Parse(canonical []byte) (Record, error) {
	var r Record
	d := json.NewDecoder(bytes.NewReader(canonical))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return r, fmt.Errorf("read record: %w", err)
	}
	if r.Form != Form {
		return r, fmt.Errorf("record has form %d, this program reads %d", r.Form, Form)
	}
	again, err := r.Canonical()
	if err != nil {
		return r, err
	}
	if !bytes.Equal(again, canonical) {
		return r, errors.New("record is not in its canonical form")
	}
	return r, nil
}

const (
	recordDomain = "APEL certificate record v1\n"
)

// Commitment is what the log's leaf holds and what the record's signature signs: SHA-256 over a fixed first line and the canonical bytes.
func Commitment(canonical []byte) [32]byte {
	return sha256.Sum256(append([]byte(recordDomain), canonical...))
}

// Canonicalise rewrites JSON in canonical form (see Canonical). Numbers that are not whole are refused.
func Canonicalise(in []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(in))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("canonicalise: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("canonicalise: something follows the value")
	}
	var b bytes.Buffer
	b.Grow(len(in))
	if err := appendCanonical(&b, v, 0); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func appendCanonical(b *bytes.Buffer, v any, depth int) error {
	if depth > 16 {
		return errors.New("canonicalise: nested too deeply")
	}
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		b.WriteByte('{')
		for i, k := range keys {
			if i > 0 {
				b.WriteByte(',')
			}
			appendString(b, k)
			b.WriteByte(':')
			if err := appendCanonical(b, v[k], depth+1); err != nil {
				return err
			}
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, x := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := appendCanonical(b, x, depth+1); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	case string:
		appendString(b, v)
	case json.Number:
		n, err := strconv.ParseInt(v.String(), 10, 53)
		if err != nil {
			return fmt.Errorf("canonicalise: %q is not a whole number", v.String())
		}
		b.WriteString(strconv.FormatInt(n, 10))
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case nil:
		b.WriteString("null")
	}
	return nil
}

// appendString writes a string as RFC 8785 asks. Invalid UTF-8 cannot arrive here: the decoder has replaced it.
func appendString(b *bytes.Buffer, s string) {
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\b':
			b.WriteString(`\b`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\f':
			b.WriteString(`\f`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < 0x20:
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
}
