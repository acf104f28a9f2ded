package main

import (
	"context"

	"github.com/apelkota/apel/people"
)

// mailer sends through the server of the settings; nil when none is set at start, and then no mail is made due.
func (in *installation) mailer() people.Mailer {
	if in.settings.Current().Mail.Server == "" {
		return nil
	}
	return post{in}
}

// post reads the settings at each mail, so that a corrected password file or server counts at once.
type post struct{ in *installation }

// Send implements people.Mailer.
func (p post) Send(ctx context.Context, m people.Mail) error {
	s := p.in.settings.Current().Mail
	return people.SMTP{Server: s.Server, From: s.From, User: s.User, PasswordFile: s.PasswordFile}.Send(ctx, m)
}
