package main

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/apelkota/apel/api"
	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/blobs"
	"github.com/apelkota/apel/workers"
)

// This file joins rooms that must not know each other: each type answers an interface that one room declares with what another room offers.

// targets tells competencies which courses can be learned now.
type targets struct{ in *installation }

// Targets implements competencies.Courses.
func (t targets) Targets(ctx context.Context) ([]competencies.CourseTarget, error) {
	if t.in.courses == nil {
		return nil, nil
	}
	var out []competencies.CourseTarget
	var after storage.Cursor
	for {
		found, next, err := t.in.courses.Catalogue(ctx, access.System("chain"), courses.CatalogueFilter{After: after, Limit: storage.MaxPage})
		if err != nil {
			return nil, err
		}
		for _, l := range found {
			ct := competencies.CourseTarget{Course: l.Code, Version: l.Head, Title: l.Card.Title, JP: l.Card.JP, Kind: competencies.Quiz}
			for _, x := range l.Card.Targets {
				t := competencies.Target{Competency: x.Competency, Level: x.Level}
				if slices.Contains(l.Card.Assessed, x) {
					t.Kind = competencies.CertificateAssessed
				}
				ct.Targets = append(ct.Targets, t)
			}
			out = append(out, ct)
		}
		if next.Zero() {
			return out, nil
		}
		after = next
	}
}

// files tells competencies whether a proof was stored.
type files struct{ store *blobs.Store }

// Known implements competencies.Files.
func (f files) Known(ctx context.Context, hash string) (bool, error) {
	_, err := f.store.Check(ctx, hash)
	if errors.Is(err, faults.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// Put implements competencies.Files.
func (f files) Put(ctx context.Context, r io.Reader, max int64) (string, error) {
	ref, err := f.store.Put(ctx, r, max)
	return ref.Hash, err
}

// Read implements competencies.Files.
func (f files) Read(ctx context.Context, hash string) ([]byte, error) {
	b, err := f.store.Open(ctx, hash)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	return io.ReadAll(b)
}

// parkedWork shows the workers' parked work to pages and API.
type parkedWork struct{ *workers.Workers }

// Unpark implements api.Work.
func (p parkedWork) Unpark(ctx context.Context, a access.Actor, collection, id, why string) error {
	return p.Workers.Unpark(ctx, a, workers.Ref{Collection: collection, ID: id}, why)
}

// elsewhere answers in a process that serves pages only.
type elsewhere struct{}

var errElsewhere = faults.New(faults.Unavailable, "Proses ini hanya melayani halaman. Lihat pekerjaan yang menunggu di proses pekerja.", "This process serves pages only. Ask the process that works.")

// Parked implements api.Work.
func (elsewhere) Parked(context.Context, access.Actor, storage.Cursor, int) ([]storage.Waiting, storage.Cursor, error) {
	return nil, storage.Cursor{}, errElsewhere
}

// Unpark implements api.Work.
func (elsewhere) Unpark(context.Context, access.Actor, string, string, string) error {
	return errElsewhere
}

// parked is the work that waits for a person, as pages and API see it.
func (in *installation) parked() api.Work {
	if in.workers == nil {
		return elsewhere{}
	}
	return parkedWork{in.workers}
}
