package competencies

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/blobs"
	"github.com/apelkota/apel/internal/uploads"
)

// MaxProof bounds a proof in bytes: a scanned page, not an archive.
const MaxProof = 10 << 20

// Proof is a stored file that shows a training took place.
type Proof struct {
	Hash string
	Kind string // media type, found in the content and never believed from its sender
	Size int64
}

var proofEndings = map[string]string{"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}

// Name is what a download is called.
func (p Proof) Name() string { return "bukti" + proofEndings[p.Kind] }

// AddProof stores a file for an entry that the actor will make. Storing the same content again is the same file. Invalid when it is no PDF, PNG or
// JPEG that can be read to its end, TooLarge above MaxProof.
func (s *Service) AddProof(ctx context.Context, a access.Actor, r io.Reader) (Proof, error) {
	if _, _, err := s.may(ctx, a, "add", "hours", a.Person); err != nil {
		return Proof{}, err
	}
	data, err := io.ReadAll(io.LimitReader(r, MaxProof+1))
	if err != nil {
		return Proof{}, faults.Wrap(err, faults.Invalid, "Berkas tidak terkirim utuh. Kirim lagi.", "The file did not arrive whole. Send it again.")
	}
	if len(data) > MaxProof {
		return Proof{}, faults.New(faults.TooLarge, "Berkas bukti paling besar 10 MB. Perkecil hasil pindainya.", "A proof has at most 10 MB. Make the scan smaller.")
	}
	p := Proof{Kind: http.DetectContentType(data), Size: int64(len(data))}
	if _, ok := proofEndings[p.Kind]; !ok {
		return Proof{}, faults.OnField("file", "Berkas bukti harus PDF, PNG, atau JPEG.", "A proof is a PDF, PNG or JPEG file.")
	}
	if err := s.readable(ctx, p.Kind, data); err != nil {
		return Proof{}, err
	}
	if s.cfg.Files == nil {
		return Proof{}, faults.New(faults.Unavailable, "Berkas tidak dapat disimpan di sini.", "Files cannot be stored here.")
	}
	if p.Hash, err = s.cfg.Files.Put(ctx, bytes.NewReader(data), MaxProof); err != nil {
		return Proof{}, err
	}
	now := s.now()
	_, err = s.proofs.Upsert(ctx, a.Person+"."+p.Hash, func(d *storage.Doc[sentProof]) error {
		d.Value.At = now
		return nil
	})
	return p, err
}

// readable refuses a file that begins like a proof and is none. One is decoded at a time: a picture takes up to 200 MB meanwhile.
func (s *Service) readable(ctx context.Context, kind string, data []byte) error {
	select {
	case s.decoding <- struct{}{}:
		defer func() { <-s.decoding }()
	case <-ctx.Done():
		return ctx.Err()
	}
	var err error
	if kind == "application/pdf" {
		err = uploads.PDF(data)
	} else {
		err = uploads.Picture(data, uploads.MaxSide)
	}
	switch {
	case errors.Is(err, uploads.ErrTooLarge):
		return faults.OnField("file", "Gambar ini lebih dari 25 juta piksel. Perkecil hasil pindainya.", "This picture has over 25 million pixels. Make the scan smaller.")
	case err != nil:
		return faults.OnField("file", "Berkas ini rusak atau tidak lengkap. Buka untuk memeriksa, simpan ulang, lalu kirim lagi.", "This file is damaged or incomplete. Open it to check, save it again and send it again.")
	}
	return nil
}

// proofKept is how long after it was sent a proof can be named by an entry: a day less than unnamed files are kept, so that none is named while it
// is being swept.
const proofKept = blobs.Keep - 24*time.Hour

// sent says whether a person sent a file so lately that it is still kept.
func (s *Service) sent(ctx context.Context, person, hash string) (bool, error) {
	d, err := s.proofs.Get(ctx, person+"."+hash)
	if errors.Is(err, faults.NotFound) {
		return false, nil
	}
	if err != nil || s.now().Sub(d.Value.At) > proofKept {
		return false, err
	}
	return s.cfg.Files.Known(ctx, hash)
}

// Named tells every file that an entry of the ledger names. For the daily sweep of files, without an actor.
func (s *Service) Named(ctx context.Context, name func(hash string)) error {
	return s.hours.All(ctx, func(d storage.Doc[Hours]) error {
		name(d.Value.Proof)
		return nil
	})
}

// sentProof notes that a person sent a file; its id is person.hash. Hashes of other files are public (the log names those of certificates), so an
// entry shows its proof only when its own person sent it.
type sentProof struct {
	At time.Time `json:"at"` // the last time
}

var proofDef = storage.Def[sentProof]{Name: "proofs", Shape: 1}

// Proof reads the proof of an entry, for its owner and whoever may see or verify the entry. NotFound when the entry has none.
func (s *Service) Proof(ctx context.Context, a access.Actor, entry string) (Proof, []byte, error) {
	d, err := s.hours.Get(ctx, entry)
	if err != nil {
		return Proof{}, nil, err
	}
	role, _, err := s.may(ctx, a, "view", "hours", d.Value.Person)
	if err != nil {
		return Proof{}, nil, err
	}
	if err := s.cfg.Viewed.Note(ctx, a, role, d.Value.Person); err != nil {
		return Proof{}, nil, err
	}
	if d.Value.Proof == "" || s.cfg.Files == nil {
		return Proof{}, nil, faults.New(faults.NotFound, "Entri ini tidak punya bukti.", "This entry has no proof.")
	}
	if _, err := s.proofs.Get(ctx, d.Value.Person+"."+d.Value.Proof); err != nil {
		return Proof{}, nil, err
	}
	data, err := s.cfg.Files.Read(ctx, d.Value.Proof)
	if err != nil {
		return Proof{}, nil, err
	}
	return Proof{Hash: d.Value.Proof, Kind: http.DetectContentType(data), Size: int64(len(data))}, data, nil
}
