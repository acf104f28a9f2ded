package certificates

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/certificates/pades"
	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/certificates/verify"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

var storageStart storage.Cursor

func TestPublicCheckByCodeAndNumber(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	id := r.issue(t, 1)
	cert, _ := r.Look(ctx, id)
	code := cert.Record.Code
	for _, typed := range []string{code, record.FormatCode(code), strings.ToLower(record.FormatCode(code)), " " + strings.ReplaceAll(record.FormatCode(code), "0", "O") + "\n"} {
		v, err := r.CheckCode(ctx, typed)
		if err != nil || v.Status != verify.Valid || v.Record == nil || v.Record.Name != cert.Record.Name {
			t.Errorf("%q: %+v, %v", typed, v.Status, err)
		}
	}
	wrong := "0" + code[1:]
	if code[0] == '0' {
		wrong = "1" + code[1:]
	}
	for _, typed := range []string{"", "ABC", wrong, strings.Repeat("0", 300), code[1:2] + code[:1] + code[2:] + "X"} {
		if _, err := r.CheckCode(ctx, typed); !errors.Is(err, faults.Invalid) {
			t.Errorf("mistyped %q: %v", typed, err)
		}
	}
	unknown, _ := record.NewCode(strings.NewReader(strings.Repeat("x", 100)))
	if v, err := r.CheckCode(ctx, unknown); err != nil || v.Status != verify.Unknown || v.Record != nil || v.Sentence.ID == "" {
		t.Errorf("unknown code: %+v, %v", v, err)
	}
	number := cert.Record.Number
	const holder = "rahmawati kusumaningtyas"
	for _, c := range []struct {
		number, digits, name string
		status               verify.Status
		facts                bool
	}{
		{number, "", "", verify.Valid, false},
		{number, "001", holder, verify.Valid, true},
		{strings.ToLower(" " + number + " "), "001", cert.Record.Name, verify.Valid, true},
		{number, "002", holder, verify.Valid, false},
		{number, "001", "Rahmawati", verify.Valid, false},
		{number, "001", "Rahmawati Kusuma", verify.Valid, false},
		{"00009/APEL-103/BKPSDMD/XI/2026", "001", holder, verify.Unknown, false},
	} {
		v, err := r.CheckNumber(ctx, c.number, c.digits, c.name)
		if err != nil || v.Status != c.status || (v.Record != nil) != c.facts || (v.Log != nil) != c.facts {
			t.Errorf("%q with %q and %q: %+v, %v", c.number, c.digits, c.name, v, err)
		}
		raw, err := json.Marshal(v)
		if err != nil || strings.Contains(string(raw), code) || strings.Contains(string(raw), record.FormatCode(code)) {
			t.Errorf("%q with %q and %q gives the code away, %v", c.number, c.digits, c.name, err)
		}
	}
	for _, c := range [][2]string{{"1", holder}, {"0001", holder}, {"abc", holder}, {"1 1", holder}, {"", holder}, {"001", ""}, {"001", " "}, {"001", strings.Repeat("a", 500)}} {
		if _, err := r.CheckNumber(ctx, number, c[0], c[1]); !errors.Is(err, faults.Invalid) {
			t.Errorf("digits %q and name %q: %v", c[0], c[1], err)
		}
	}
	waiting, err := r.Intend(ctx, testFacts(2))
	if err != nil {
		t.Fatal(err)
	}
	c, _ := r.Look(ctx, waiting)
	if v, err := r.CheckCode(ctx, c.Record.Code); err != nil || v.Status != verify.Pending || v.Record != nil {
		t.Errorf("not sealed yet: %+v, %v", v, err)
	}
}

// The last three digits are a serial number that is mostly 001 to 003, and numbers follow each other: whoever tries them over many numbers gets
// nothing, even where names are known. The honest checker of a number that others guess at is not shut out before all are.
func TestHoldersOfNumbersAreNotGuessed(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	cert, _ := r.Look(ctx, r.issue(t, 1))
	numbers := []string{cert.Record.Number}
	for n := 2; n <= 40; n++ { // digits 002 to 040
		c, _ := r.Look(ctx, r.issue(t, n))
		numbers = append(numbers, c.Record.Number)
	}
	const holder = "Rahmawati Kusumaningtyas"
	for range 20 {
		if _, err := r.CheckNumber(ctx, numbers[0], "999", holder); err != nil {
			t.Fatal(err)
		}
	}
	if v, err := r.CheckNumber(ctx, numbers[0], "001", holder); err != nil || v.Record == nil {
		t.Errorf("all right, after others were wrong: %v, %v", v.Status, err)
	}
	seen, stopped := 0, 0
	for _, number := range numbers[1:] {
		for _, name := range []string{"Budi Santoso", "Siti Aminah", "Sri Wahyuni"} {
			for d := range 3 {
				v, err := r.CheckNumber(ctx, number, fmt.Sprintf("%03d", d+1), name)
				if errors.Is(err, faults.TooMany) {
					stopped++
				} else if err != nil {
					t.Fatal(err)
				}
				if v.Record != nil {
					seen++
				}
			}
		}
	}
	if want := 39*9 - (freeGuesses - 20); seen > 0 || stopped != want {
		t.Errorf("guessing over all numbers opens %d and is stopped %d times, not %d", seen, stopped, want)
	}
	if _, err := r.CheckNumber(ctx, numbers[1], "002", holder); !errors.Is(err, faults.TooMany) {
		t.Errorf("facts by number while they rest: %v", err)
	}
	if v, err := r.CheckNumber(ctx, numbers[1], "", ""); err != nil || v.Status != verify.Valid {
		t.Errorf("the status alone: %v, %v", v.Status, err)
	}
	if v, err := r.CheckCode(ctx, cert.Record.Code); err != nil || v.Record == nil {
		t.Errorf("by code: %v, %v", v.Status, err)
	}
	r.clock.at = r.clock.at.Add(time.Hour)
	if v, err := r.CheckNumber(ctx, numbers[1], "002", holder); err != nil || v.Record == nil {
		t.Errorf("an hour later: %v, %v", v.Status, err)
	}
}

func TestHoldersNameIsTypedAsPrinted(t *testing.T) {
	const long = "Drs. H. Muhammad Ma'ruf Al-Amîn Siregar, S.H., M.Hum."
	for _, c := range []struct {
		printed, typed string
		same           bool
	}{
		{long, long, true}, {long, "muhammad siregar", true}, {long, "MUHAMMAD  MARUF SIREGAR", true}, {long, "Muhammad Al Amin Siregar S.H.", true}, {long, "H. Muhammad Siregar", true},
		{long, "Muhammad", false}, {long, "Siregar", false}, {long, "Siregar Muhammad", false}, {long, "Maruf Siregar", false}, {long, "Muhammad Budi Siregar", false}, {long, "Muhammad Amin Maruf Siregar", false},
		{"Muhammad Siregar", "Budi Muhammad Siregar Santoso", false}, {"Muhammad Siregar", "Muhammad Budi Siti Sri Siregar", false},
		{"Sunarto", "sunarto", true}, {"Sunarto, S.T.", "Sunarto", true}, {"Sunarto", "Sunarto Sunarto", false}, {"Muhammad A.R.", "Muhammad", false}, {"Muhammad A.R.", "Muhammad A.R.", true},
		{"Ir. H.", "Ir. H.", true}, {"Sunarto", "", false}, {"Sunarto", ",", false}, {"Sunarto", "Dr.", false}, {"", "", false},
	} {
		if got := sameHolder(c.printed, c.typed); got != c.same {
			t.Errorf("%q for %q: %v", c.typed, c.printed, got)
		}
	}
}

// TestNothingPublicHoldsAWholeNIP looks for the NIP in everything that leaves the room without a login, and in the log.
func TestNothingPublicHoldsAWholeNIP(t *testing.T) {
	ctx := context.Background()
	r := openRoom(t)
	id := r.issue(t, 1)
	r.finish(t, id)
	cert, _ := r.Look(ctx, id)
	_, pdf, err := r.Download(ctx, access.Actor{Person: "p1"}, id)
	if err != nil {
		t.Fatal(err)
	}
	byCode, _ := r.CheckCode(ctx, cert.Record.Code)
	byFile, _ := r.CheckFile(ctx, pdf)
	view, _ := r.Certificate(ctx, admin, id)
	signed, _, _ := r.Checkpoint(ctx)
	bundle := verify.Read(pdf).Bundle
	for name, x := range map[string]any{"by code": byCode, "by file": byFile, "view": view, "checkpoint": signed, "record in the file": bundle} {
		raw, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(raw), cert.Held.NIP[:9]) {
			t.Errorf("%s holds the NIP", name)
		}
	}
	if raw, _ := json.Marshal(byCode); strings.Contains(string(raw), cert.Record.Salt) {
		t.Error("the check by code gives the salt away")
	}
	for _, err := range []error{func() error { f := testFacts(3); f.NIP += "x"; _, err := r.Intend(ctx, f); return err }()} {
		if err == nil || strings.Contains(err.Error(), "1990051") {
			t.Errorf("error text: %v", err)
		}
	}
}

func TestForeignAndForgedFiles(t *testing.T) {
	ctx := context.Background()
	r, other := openRoom(t), openRoom(t)
	file := func(r *room, n int) []byte {
		id := r.issue(t, n)
		r.finish(t, id)
		_, pdf, err := r.Download(ctx, admin, id)
		if err != nil {
			t.Fatal(err)
		}
		return pdf
	}
	ours, foreign := file(r, 1), file(other, 1)
	forged := forge(t, r, other)
	for name, c := range map[string]struct {
		file []byte
		want verify.Status
	}{
		"ours":                    {ours, verify.Valid},
		"of another installation": {foreign, verify.Unknown},
		"a PDF of something else": {[]byte("%PDF-1.4\nhello\n%%EOF\n"), verify.Unknown},
		"empty":                   {nil, verify.Unknown},
		"one byte appended":       {append(ours[:len(ours):len(ours)], ' '), verify.Altered},
		"an update appended":      {append(ours[:len(ours):len(ours)], "\n1 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF\n"...), verify.Altered},
		"cut off":                 {ours[:len(ours)-1], verify.Altered},
		"without its signature":   {withoutSignature(ours), verify.Altered},
		"signed by another":       {forged, verify.Altered},
	} {
		root, _ := r.Root(ctx)
		off := verify.Judge(verify.Read(c.file), verify.Input{Root: root, Now: noon})
		on, err := r.CheckFile(ctx, c.file)
		if err != nil || off.Status != c.want || on.Status != c.want {
			t.Errorf("%s: offline %s, asked %s, %v; want %s", name, off.Status, on.Status, err, c.want)
		}
		if c.want != verify.Valid && (on.Record != nil || off.Record != nil) {
			t.Errorf("%s: facts are shown", name)
		}
		if on.Sentence.ID == "" || on.Sentence.EN == "" || on.Root == "" || on.At.IsZero() {
			t.Errorf("%s: %+v", name, on)
		}
	}
}

// withoutSignature empties the container of a file's signature.
func withoutSignature(file []byte) []byte {
	out := bytes.Clone(file)
	from := bytes.Index(out, []byte("/Contents <30")) + len("/Contents <")
	for ; out[from] != '>'; from++ {
		out[from] = '0'
	}
	return out
}

// forge makes a file whose record has another name and is signed by somebody else's key, but names the true certificate's code.
func forge(t *testing.T, r, forger *room) []byte {
	t.Helper()
	ctx := context.Background()
	c, _ := r.Look(ctx, Edition("p1.APEL-103.1", KindTraining, 1))
	c.Record.Name, c.Record.Score = "Orang Lain, S.E.", 99_000
	canonical, err := c.Record.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	proof, err := r.proof(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	bundle, err := record.Bundle{Record: canonical, Signature: c.Signature, KeyID: c.KeyID, Log: &proof}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	body, err := drawPDF(c.Record, c.Held.NIP, Look{}, nil, c.IssuedAt, trail{}, bundle)
	if err != nil {
		t.Fatal(err)
	}
	pdf, err := pades.Sign(ctx, body, about(c.Record, c.IssuedAt), forger.keys.newestSigner(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	v, err := r.CheckFile(ctx, pdf)
	if err != nil || len(v.Differs) != 2 || v.Differs[0].Fact.ID != "nama" || v.Differs[0].Here != "Orang Lain, S.E." || v.Differs[0].Issued != "Rahmawati Kusumaningtyas, S.Kom., M.A.P." || v.Differs[1].Fact.ID != "nilai" {
		t.Errorf("which facts differ: %+v, %v", v.Differs, err)
	}
	return pdf
}
