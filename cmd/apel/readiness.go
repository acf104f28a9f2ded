package main

import (
	"context"
	"io"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/placement"
)

// appRoles tells courses who works in which application.
type appRoles struct{ in *installation }

func (appRoles) RolesOf(context.Context, string) ([]string, error) { return nil, nil }
func (appRoles) Holders(context.Context, string, string, string, int) ([]string, string, error) {
	return nil, "", nil
}

func (in *installation) openReadiness(context.Context) error { return nil }

func (in *installation) readinessImporters(map[string]importer, func(func(context.Context, access.Actor, string, io.Reader, bool) (imported, error)) importer) {
}

func (in *installation) openPlacement(ctx context.Context) error {
	var err error
	in.placement, err = placement.Open(ctx, placement.Config{DB: in.db, Policy: in.policy, Now: in.now, Zone: in.settings.Zone, Log: in.log,
		Register: placement.FromPeople{People: in.people, Now: in.now, Zone: in.settings.Zone}, Competencies: in.competencies})
	return err
}

func (in *installation) mailer() people.Mailer { return nil }

func (in *installation) control(context.Context) (func(), error) { return func() {}, nil }
