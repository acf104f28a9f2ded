package certificates

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"

	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/certificates/verify"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// The public check. Anybody may ask, without logging in; nothing here returns more than the paper shows.

// CheckCode judges a certificate by its verification code as typed or scanned. Facts are shown: whoever has the code has the paper.
// A code with a typing mistake is Invalid, one that nobody was given is the verdict unknown.
func (s *Service) CheckCode(ctx context.Context, typed string) (verify.Verdict, error) {
	code, ok := record.ReadCode(typed)
	if !ok {
		return verify.Verdict{}, faults.OnField("code", fmt.Sprintf("Kode verifikasi terdiri atas %d huruf dan angka. Ada yang salah ketik; periksa lagi.", record.CodeLength),
			fmt.Sprintf("A verification code has %d letters and digits. Something is mistyped; check again.", record.CodeLength))
	}
	c, err := s.find(ctx, "code:"+code)
	if err != nil {
		return verify.Verdict{}, err
	}
	return s.registered(ctx, c)
}

// CheckNumber judges a certificate by its printed number. With the number alone only the status is given; facts need the last three digits of the
// holder's NIP and the holder's name as well (the first and last word, without titles). Wrong ones are answered like none: nobody learns whether
// they were near. The verification code is never in the answer. Digits are few and names can be known, so after freeGuesses wrong ones over all
// numbers together no facts are given by number for an hour: TooMany. Status, code and file go on. Invalid when one of the two is missing.
func (s *Service) CheckNumber(ctx context.Context, number, lastThree, name string) (verify.Verdict, error) {
	number, name = normalNumber(number), Normal(name)
	asked := lastThree != "" || name != ""
	switch {
	case number == "" || len(number) > 200:
		return verify.Verdict{}, faults.OnField("number", "Isi nomor sertifikat.", "Enter the certificate's number.")
	case asked && (len(lastThree) != 3 || digits(lastThree) != 3):
		return verify.Verdict{}, faults.OnField("nip", "Isi tepat tiga angka terakhir NIP/NI.", "Enter exactly the last three digits of the NIP/NI.")
	case asked && (name == "" || len(name) > 400):
		return verify.Verdict{}, faults.OnField("name", "Isi juga nama pemegang seperti tercetak pada sertifikat.", "Enter the holder's name, too, as printed on the certificate.")
	}
	c, err := s.find(ctx, "number:"+number)
	if err != nil {
		return verify.Verdict{}, err
	}
	v, err := s.registered(ctx, c)
	if err != nil || c == nil {
		return v, err
	}
	now := s.now()
	if asked && s.guesses.tooMany(now) {
		return verify.Verdict{}, faults.New(faults.TooMany, "Terlalu banyak percobaan yang salah. Isi sertifikat lewat nomor ditutup selama satu jam. Periksa nomornya saja untuk melihat statusnya, atau pakai kode verifikasi pada sertifikat.",
			"Too many wrong tries. What certificates say is closed by number for an hour. Check the number alone to see its status, or use the verification code on the certificate.")
	}
	nip := c.Held.NIP
	rightDigits := len(nip) >= 3 && subtle.ConstantTimeCompare([]byte(nip[len(nip)-3:]), []byte(lastThree)) == 1
	if rightName := sameHolder(c.Record.Name, name); !rightDigits || !rightName {
		v.Record, v.Why, v.Official, v.Log, v.Differs = nil, "", "", nil, nil
		if asked {
			s.guesses.miss(now)
		}
	}
	v.Differs = nil // it may name the code
	if v.Record != nil {
		v.Record.Code = ""
	}
	return v, nil
}

// CheckFile judges a PDF file that was handed in. The file is not kept.
func (s *Service) CheckFile(ctx context.Context, file []byte) (verify.Verdict, error) {
	if len(file) > verify.MaxFile {
		return verify.Verdict{}, faults.New(faults.TooLarge, "Berkas terlalu besar untuk diperiksa. Batasnya 20 MB.", "The file is too large to check. The limit is 20 MB.")
	}
	d := verify.Read(file)
	c, err := s.find(ctx, "file:"+d.Hash)
	if err != nil {
		return verify.Verdict{}, err
	}
	if c == nil { // not the issued bytes: ask about what it claims to be, to say which fact differs
		if r, err := d.Record(); err == nil {
			if c, err = s.find(ctx, "code:"+r.Code); err != nil {
				return verify.Verdict{}, err
			}
		}
	}
	in, err := s.input(ctx, c)
	if err != nil {
		return verify.Verdict{}, err
	}
	return verify.Judge(d, in), nil
}

// find looks a certificate up; nil when there is none.
func (s *Service) find(ctx context.Context, term string) (*Certificate, error) {
	p, err := s.docs.Find(ctx, storage.Query{Index: indexLookup, Term: term, Limit: 1})
	if err != nil || len(p.Docs) == 0 {
		return nil, err
	}
	return &p.Docs[0].Value, nil
}

func (s *Service) registered(ctx context.Context, c *Certificate) (verify.Verdict, error) {
	in, err := s.input(ctx, c)
	if err != nil {
		return verify.Verdict{}, err
	}
	v := verify.Registered(in)
	if v.Record != nil {
		v.Record.Salt = ""
	}
	return v, nil
}

// input is what the registry contributes to a judgement.
func (s *Service) input(ctx context.Context, c *Certificate) (verify.Input, error) {
	root, err := s.Root(ctx)
	if err != nil && !errors.Is(err, faults.NotFound) {
		return verify.Input{}, err
	}
	in := verify.Input{Root: root, Now: s.now(), Registry: true}
	if c == nil {
		return in, nil
	}
	if c.State == Intended {
		in.Known = &verify.Known{Standing: verify.Pending}
		return in, nil
	}
	canonical, err := c.Record.Canonical()
	if err != nil {
		return in, err
	}
	known := verify.Known{Canonical: canonical, Signature: c.Signature, KeyID: c.KeyID, Standing: verify.Valid}
	if c.File != nil {
		known.File = c.File.Hash
	}
	if c.State == Revoked || c.State == Suspended {
		known.Standing = verify.Revoked
		if c.State == Suspended {
			known.Standing = verify.Suspended
		}
		if e, ok := c.LastEvent(); ok {
			known.Since, known.Why, known.Official = e.At, e.Reason, e.Official
		}
	}
	state, err := s.state(ctx)
	if err != nil {
		return in, err
	}
	proof, err := s.prove(ctx, *c, root.Log, state.Checkpoint) // against the newest checkpoint
	if err != nil {
		if errors.Is(err, faults.Unavailable) {
			return in, err
		}
		s.log.Error("a certificate's place in the log cannot be proven", "seal", c.Seal, "leaf", c.Leaf, "err", err)
	} else {
		known.Proof = &proof
	}
	in.Known = &known
	return in, nil
}
