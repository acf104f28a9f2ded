package settings_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/settings"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/storage/sqlite"
	"github.com/apelkota/apel/policies"
)

func TestChangeIsCheckedAuditedAndVersioned(t *testing.T) {
	ctx := context.Background()
	e, err := sqlite.Open(filepath.Join(t.TempDir(), "a.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.New(ctx, e)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	p, err := policies.Load()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	s, err := settings.Open(ctx, settings.Config{DB: db, Policy: p, Now: func() time.Time { return now }, Log: slog.Default()})
	if err != nil {
		t.Fatal(err)
	}
	admin := access.Actor{Person: "a", Grants: []access.Grant{{Role: "system_admin"}}}
	to := s.Current()
	to.Institution, to.Zone = "Pemerintah Kota Contoh", "Asia/Jayapura"
	if err := s.Change(ctx, access.Actor{Person: "b"}, 0, to, "iseng"); !errors.Is(err, faults.Forbidden) {
		t.Errorf("a learner changed settings: %v", err)
	}
	if err := s.Change(ctx, admin, 0, to, "pemasangan"); err != nil {
		t.Fatal(err)
	}
	if s.Current().Institution != to.Institution || s.Zone().Name() != "Asia/Jayapura" {
		t.Errorf("not changed: %+v", s.Current())
	}
	if err := s.Change(ctx, admin, 0, to, "lagi"); !errors.Is(err, faults.Conflict) {
		t.Errorf("a stale form was accepted: %v", err)
	}
	trail, err := db.WithTrail(ctx, "settings", 10)
	if err != nil || len(trail) != 1 || trail[0].Trail[0].Verb != "change_settings" || trail[0].Trail[0].Who != "a" || trail[0].Trail[0].Role != "system_admin" {
		t.Errorf("audit: %+v, %v", trail, err)
	}
	to.Zone, to.NumberPattern, to.BaseURL = "Bulan", "tetap", "ftp://x/y"
	var f *faults.Error
	if err := s.Change(ctx, admin, 1, to, ""); !errors.As(err, &f) || len(f.Fields) != 3 {
		t.Errorf("mistakes: %v", err)
	}
}
