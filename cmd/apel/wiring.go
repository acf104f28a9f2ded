package main

import (
	"context"
	"errors"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/blobs"
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
				ct.Targets = append(ct.Targets, competencies.Target{Competency: x.Competency, Level: x.Level})
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
