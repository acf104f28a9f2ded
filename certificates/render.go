package certificates

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/apelkota/apel/certificates/pades"
	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Render draws a certificate's PDF, stores it and notes its hash, which then goes into the log (step "render"; no actor). The stored bytes are
// what is served from then on. Safe to call twice and at once: the first file stands. Errors: NotFound, Conflict (not issued yet, revoked
// before it was drawn), Unavailable. A certificate that waited for longer than a day is left to its first download: then nobody waits for it.
func (s *Service) Render(ctx context.Context, id ID) error {
	d, err := s.docs.Get(ctx, string(id))
	if err != nil {
		return err
	}
	if d.Value.State != Intended && d.Value.next(s.now()) != StepRender {
		return s.settleDue(ctx, id)
	}
	_, err = s.rendered(ctx, id)
	return err
}

func (s *Service) rendered(ctx context.Context, id ID) (File, error) {
	d, err := s.docs.Get(ctx, string(id))
	if err != nil {
		return File{}, err
	}
	c := d.Value
	if c.File != nil {
		return *c.File, s.settleDue(ctx, id)
	}
	switch c.State {
	case Intended:
		return File{}, faults.New(faults.Conflict, "Sertifikat sedang diterbitkan. Tunggu sebentar, lalu coba lagi.", "The certificate is being issued. Try again shortly.")
	case Revoked:
		if err := s.settleDue(ctx, id); err != nil {
			return File{}, err
		}
		return File{}, faults.New(faults.Conflict, "Sertifikat ini dicabut sebelum berkasnya dibuat.", "This certificate was revoked before its file was made.")
	}
	if !s.CanSign() {
		return File{}, faults.New(faults.Unavailable, "Berkas sertifikat sedang disiapkan. Tunggu sebentar, lalu coba lagi.", "The certificate's file is being prepared. Try again shortly.")
	}
	pdf, err := s.draw(ctx, c)
	if errors.Is(err, pades.ErrStamp) {
		return File{}, faults.Wrap(err, faults.Unavailable, "Berkas menunggu stempel waktu: server stempel waktu sedang tidak menjawab. Sertifikatnya sudah terbit dan dapat diperiksa; berkasnya dibuat begitu server menjawab.",
			"The file waits for its time stamp: the time-stamp server does not answer at the moment. The certificate is issued and can be checked; its file is made as soon as the server answers.")
	}
	if err != nil {
		return File{}, fmt.Errorf("render %s: %w", id, err)
	}
	ref, err := s.blobs.Put(ctx, bytes.NewReader(pdf), 0) // durable before a document names it
	if err != nil {
		return File{}, err
	}
	now := s.now()
	file := File{Hash: ref.Hash, Size: ref.Size, At: now.UTC().Truncate(time.Second)}
	after, err := s.docs.Update(ctx, string(id), func(d *storage.Doc[Certificate]) error {
		if d.Value.File != nil {
			return storage.Unchanged
		}
		d.Value.File = &file
		setDue(d, now)
		return nil
	})
	if err != nil {
		return File{}, err
	}
	return *after.Value.File, nil
}

// draw makes the signed file of a certificate: a pure function of the certificate, its log proof, the logo and the key, and of the time-stamp authority where
// one is configured.
func (s *Service) draw(ctx context.Context, c Certificate) ([]byte, error) {
	canonical, err := c.canonical()
	if err != nil {
		return nil, err
	}
	proof, err := s.proof(ctx, c)
	if err != nil {
		return nil, err
	}
	bundle, err := record.Bundle{Record: canonical, Signature: c.Signature, KeyID: c.KeyID, Log: &proof}.Encode()
	if err != nil {
		return nil, err
	}
	var logo []byte
	if c.Held.Look.Logo != "" {
		if logo, err = s.readBlob(ctx, c.Held.Look.Logo); err != nil {
			return nil, fmt.Errorf("logo: %w", err)
		}
	}
	origin, _, _ := strings.Cut(proof.Checkpoint, "\n")
	body, err := drawPDF(c.Record, c.Held.NIP, c.Held.Look, logo, c.IssuedAt, trail{c.Commitment, c.KeyID, origin, c.Leaf}, bundle)
	if err != nil {
		return nil, err
	}
	key, ok := s.keys.signerAt(c.IssuedAt)
	if !ok {
		return nil, faults.New(faults.Unavailable, "Berkas belum dapat dibuat: tidak ada penanda tangan PDF yang berlaku pada saat sertifikat terbit. Pengelola sistem perlu memasang penanda tangan (apel import-signer atau apel new-key).",
			"The file cannot be made yet: no PDF signer was valid when the certificate was issued. The system's operator has to install one (apel import-signer or apel new-key).")
	}
	return pades.Sign(ctx, body, about(c.Record, c.IssuedAt), key, s.stamper(), s.rand)
}

// stampPause is how long a time-stamp authority that failed is not asked again: each question may take as long as its timeout, and thousands may wait.
const stampPause = 30 * time.Second

// stamper asks the configured authority, or nobody for a while after it failed. nil where none is configured.
func (s *Service) stamper() pades.Stamper {
	if s.stamp == nil {
		return nil
	}
	return func(ctx context.Context, digest [32]byte) ([]byte, error) {
		if s.unstamped.on(s.now()) {
			return nil, errors.New("the authority failed a moment ago")
		}
		token, err := s.stamp(ctx, digest)
		if err != nil && ctx.Err() == nil {
			s.unstamped.until(s.now().Add(stampPause))
			s.log.Warn("the time-stamp authority gives no stamp; files wait for it", "err", err)
		}
		return token, err
	}
}

// pause is a time in which something is not tried.
type pause struct {
	mu  sync.Mutex
	end time.Time
}

func (p *pause) on(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return now.Before(p.end)
}

func (p *pause) until(end time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end = end
}

// proof shows a certificate's place in the log against the checkpoint of its own seal, so that it never changes.
func (s *Service) proof(ctx context.Context, c Certificate) (record.Proof, error) {
	p, err := s.points.Get(ctx, storage.OrderInt(c.Seal))
	if err != nil {
		return record.Proof{}, err
	}
	return s.prove(ctx, c, p.Value.Log, p.Value.Signed)
}

// prove shows a certificate's place in the log against a checkpoint.
func (s *Service) prove(ctx context.Context, c Certificate, log, signed string) (record.Proof, error) {
	tree, err := record.Root{Log: log}.OpenCheckpoint(signed)
	if err != nil {
		return record.Proof{}, err
	}
	hashes, err := tlog.ProveRecord(tree.N, c.Leaf, s.reader(ctx, tree))
	if err != nil {
		return record.Proof{}, fmt.Errorf("prove place %d in the log: %w", c.Leaf, err)
	}
	return record.Proof{Index: c.Leaf, At: c.IssuedAt, Checkpoint: signed, Hashes: hashes}, nil
}

// Download gives the PDF to its holder or to whoever may download it; it is rendered at once if it was not yet. Errors: NotFound, Forbidden,
// Conflict (being issued), Unavailable.
func (s *Service) Download(ctx context.Context, a access.Actor, id ID) (name string, pdf []byte, err error) {
	d, err := s.looks(ctx, a, "download", id)
	if err != nil {
		return "", nil, err
	}
	file, err := s.rendered(ctx, id)
	if err != nil {
		return "", nil, err
	}
	pdf, err = s.readBlob(ctx, file.Hash)
	return d.Value.FileName(), pdf, err
}

func (s *Service) readBlob(ctx context.Context, hash string) ([]byte, error) {
	f, err := s.blobs.Open(ctx, hash)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}
