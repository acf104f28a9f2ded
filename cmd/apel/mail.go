package main

import (
	"context"

	"github.com/apelkota/apel/people"
)

// post reads the settings at each mail, so that a server, sender or password file counts as soon as it is set, without a restart.
type post struct{ in *installation }

// On implements people.Switched.
func (p post) On() bool { return p.in.settings.Current().Mail.Server != "" }

// Send implements people.Mailer.
func (p post) Send(ctx context.Context, m people.Mail) error {
	s := p.in.settings.Current().Mail
	return people.SMTP{Server: s.Server, From: s.From, User: s.User, PasswordFile: s.PasswordFile}.Send(ctx, m)
}
