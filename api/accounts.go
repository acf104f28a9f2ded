package api

import (
	"context"
	"net/http"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/people"
)

// One's own account, and what an admin does to somebody else's. All of it needs a session; what stays with pages says docs/decisions/0017.

// SessionCookies are where a session's token travels.
type SessionCookies struct {
	Plain  string `cookie:"apel"`
	Secure string `cookie:"__Host-apel"`
}

func (c *SessionCookies) token() string {
	if c.Secure != "" {
		return c.Secure
	}
	return c.Plain
}

// Preferences are how somebody wants to be written to.
type Preferences struct {
	Mail string `json:"mail" enum:"daily,each,off" doc:"Notices by mail: together once a day, one by one, or not at all. What is urgent about the account comes at once in any case"`
	Lang string `json:"lang" enum:"id,en" doc:"Of mails; an answer of the API is in the language of its Accept-Language"`
}

func showPreferences(a people.Account) Preferences {
	p := Preferences{Mail: string(a.Mail), Lang: string(a.Lang)}
	if a.Mail == people.MailDaily {
		p.Mail = "daily"
	}
	if p.Lang == "" {
		p.Lang = string(texts.ID)
	}
	return p
}

// SecondFactor is what an authenticator app needs.
type SecondFactor struct {
	URL    string `json:"url" doc:"To show as a QR code"`
	Secret string `json:"secret" doc:"To type where nothing scans"`
}

// RecoveryCodes open an account once each where the phone is lost.
type RecoveryCodes struct {
	Codes []string `json:"codes" maxItems:"8" nullable:"false" doc:"Shown this one time"`
}

func (s *server) accounts() {
	own := func(ctx context.Context) (*body[Preferences], error) {
		a := visit.Actor(ctx)
		return one(showPreferences)(s.People.Account(ctx, a, people.ID(a.Person)))
	}
	handle(s, operation{Method: http.MethodGet, Path: "/me/preferences", ID: "getPreferences", Tag: "account", Summary: "How one wants to be written to"},
		func(ctx context.Context, _ *struct{}) (*body[Preferences], error) { return own(ctx) })
	handle(s, operation{Method: http.MethodPut, Path: "/me/preferences", ID: "changePreferences", Tag: "account", Summary: "Say how one wants to be written to; the address is set with PUT /people/{id}/email", Session: true},
		func(ctx context.Context, in *struct{ Body Preferences }) (*body[Preferences], error) {
			mail := people.MailPreference(in.Body.Mail)
			if in.Body.Mail == "daily" {
				mail = people.MailDaily
			}
			if err := s.People.Prefer(ctx, visit.Actor(ctx), mail, texts.Lang(in.Body.Lang)); err != nil {
				return nil, err
			}
			return own(ctx)
		})

	handle(s, operation{Method: http.MethodPut, Path: "/me/password", ID: "changePassword", Tag: "account", Summary: "Change one's password; every other session ends. Wrong ones slow the account down", Status: http.StatusNoContent, Session: true, Max: 4 << 10},
		func(ctx context.Context, in *struct {
			SessionCookies
			Body struct {
				Password string `json:"password" minLength:"1" maxLength:"200" doc:"The one in use"`
				New      string `json:"new" minLength:"1" maxLength:"200"`
			}
		}) (*struct{}, error) {
			return nil, s.People.ChangePassword(ctx, in.token(), in.Body.Password, in.Body.New)
		})
	handle(s, operation{Method: http.MethodPut, Path: "/sessions/current/password", ID: "confirmPassword", Tag: "account", Status: http.StatusNoContent, Session: true, Max: 4 << 10,
		Summary: "Type the password again, for what asks that it was typed in the last ten minutes. Wrong ones slow the account down"},
		func(ctx context.Context, in *struct {
			SessionCookies
			Body struct {
				Password string `json:"password" minLength:"1" maxLength:"200"`
			}
		}) (*struct{}, error) {
			return nil, s.People.Confirm(ctx, in.token(), in.Body.Password)
		})
	handle(s, operation{Method: http.MethodPost, Path: "/me/second-factor", ID: "beginSecondFactor", Tag: "account", Status: http.StatusCreated, Session: true, Secret: true,
		Summary: "Begin to set up a second factor; it counts once a first code was confirmed. The password must have been typed in the last ten minutes"},
		func(ctx context.Context, _ *struct{}) (*body[SecondFactor], error) {
			set, err := s.People.BeginSecond(ctx, visit.Actor(ctx), "APEL "+s.Settings.Current().Place())
			if err != nil {
				return nil, err
			}
			return answer(SecondFactor{set.URL, set.Secret}), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/me/second-factor/confirmation", ID: "confirmSecondFactor", Tag: "account", Session: true, Secret: true, Max: 4 << 10,
		Summary: "Switch the second factor on with a first code; answers recovery codes"},
		func(ctx context.Context, in *struct {
			Body struct {
				TOTP string `json:"totp" minLength:"6" maxLength:"30"`
			}
		}) (*body[RecoveryCodes], error) {
			codes, err := s.People.ConfirmSecond(ctx, visit.Actor(ctx), in.Body.TOTP)
			if err != nil {
				return nil, err
			}
			return answer(RecoveryCodes{codes}), nil
		})

	for _, x := range []struct {
		path, id, summary string
		do                func(ctx context.Context, a access.Actor, id people.ID, why string) error
	}{
		{"blocking", "blockAccount", "Keep a person out, running sessions included, with the reason; nobody blocks themselves", s.People.Block},
		{"unblocking", "unblockAccount", "Let a person in again, with the reason", s.People.Unblock},
		{"sessions/ending", "endSessions", "End all sessions of a person and forget their browsers: one's own, or somebody's with the reason", s.People.EndSessions},
		{"second-factor/removal", "dropSecondFactor", "Take a second factor away: one's own right after typing the password, or that of somebody who lost their phone, with the reason", s.People.DropSecond},
	} {
		handle(s, operation{Method: http.MethodPost, Path: "/people/{id}/account/" + x.path, ID: x.id, Tag: "account", Summary: x.summary, Session: true},
			func(ctx context.Context, in *struct {
				PersonPath
				Body struct {
					Why string `json:"why,omitempty" maxLength:"500" doc:"Required where it is about somebody else"`
				}
			}) (*body[Account], error) {
				a := visit.Actor(ctx)
				if err := x.do(ctx, a, people.ID(in.ID), in.Body.Why); err != nil {
					return nil, err
				}
				return one(showAccount)(s.People.Account(ctx, a, people.ID(in.ID)))
			})
	}
}
