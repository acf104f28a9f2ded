package api

import (
	"context"
	"net/http"

	"github.com/apelkota/apel/internal/settings"
	"github.com/apelkota/apel/internal/visit"
)

// Settings are what makes an installation this city's. Whether it is a demo, and where the mail password stands, is decided on the machine only.
type Settings struct {
	Institution   string   `json:"institution" maxLength:"200"`
	City          string   `json:"city" maxLength:"200"`
	Agency        string   `json:"agency" maxLength:"200"`
	AgencyShort   string   `json:"agency_short" maxLength:"40"`
	Logo          string   `json:"logo,omitempty" maxLength:"64" doc:"Hash of a PNG from POST /files"`
	Accent        string   `json:"accent" maxLength:"7" example:"#0f5c5c"`
	Signers       []Signer `json:"signers" maxItems:"10" nullable:"false"`
	Zone          string   `json:"zone" maxLength:"60" example:"Asia/Jakarta"`
	BaseURL       string   `json:"base_url" maxLength:"200" doc:"Public address; nothing real is issued without it"`
	BaseConfirmed bool     `json:"base_confirmed" doc:"Somebody opened it from outside"`
	OldHosts      []string `json:"old_hosts" maxItems:"20" nullable:"false"`
	NumberPattern string   `json:"number_pattern" maxLength:"200"`
	Contact       string   `json:"contact,omitempty" maxLength:"500"`
	DPO           string   `json:"dpo,omitempty" maxLength:"500"`
	LocalRules    *string  `json:"local_rules,omitempty" maxLength:"2000" doc:"What the city lays down where lessons leave something to it, line by line; missing: as it is"`
	PPPKCodes     []string `json:"pppk_codes" maxItems:"100" nullable:"false"`
	ServiceMonths int      `json:"service_months"`
	JPNotice      int      `json:"jp_notice"`
	JPDuty        int      `json:"jp_duty"`
	ObjectionDays *int     `json:"objection_days,omitempty" minimum:"0" maximum:"90" doc:"For how many days a mark given by people can be objected to; missing: as it is"`
	MailServer    string   `json:"mail_server,omitempty" maxLength:"200"`
	MailFrom      string   `json:"mail_from,omitempty" maxLength:"200"`
	MailUser      string   `json:"mail_user,omitempty" maxLength:"200"`
	QuietFrom     int      `json:"quiet_from" minimum:"0" maximum:"23"`
	QuietUntil    int      `json:"quiet_until" minimum:"0" maximum:"23"`
}

// Signer is an official whose name stands on certificates.
type Signer struct {
	Name  string `json:"name" maxLength:"200"`
	Title string `json:"title" maxLength:"200"`
	Rank  string `json:"rank,omitempty" maxLength:"100"`
	NIP   string `json:"nip,omitempty" maxLength:"30" doc:"Printed on the PDF only"`
}

// SettingsState is the settings with the number a change must name.
type SettingsState struct {
	Version  int64    `json:"version"`
	Demo     bool     `json:"demo"`
	Settings Settings `json:"settings"`
}

func showSettings(v settings.Settings, version int64) SettingsState {
	out := SettingsState{Version: version, Demo: v.Demo, Settings: Settings{Institution: v.Institution, City: v.City, Agency: v.Agency, AgencyShort: v.AgencyShort, Logo: v.Logo, Accent: v.Accent,
		Signers: []Signer{}, Zone: v.Zone, BaseURL: v.BaseURL, BaseConfirmed: v.BaseConfirmed, OldHosts: orEmpty(v.OldHosts), NumberPattern: v.NumberPattern, Contact: v.Contact, DPO: v.DPO, LocalRules: &v.LocalRules,
		PPPKCodes: orEmpty(v.PPPKCodes), ServiceMonths: v.ServiceMonths, JPNotice: v.JPNotice, JPDuty: v.JPDuty, ObjectionDays: &v.ObjectionDays, MailServer: v.Mail.Server, MailFrom: v.Mail.From, MailUser: v.Mail.User,
		QuietFrom: v.Mail.QuietFrom, QuietUntil: v.Mail.QuietUntil}}
	for _, x := range v.Signers {
		out.Settings.Signers = append(out.Settings.Signers, Signer(x))
	}
	return out
}

// over puts what the API may change over the settings that stand.
func (v Settings) over(s settings.Settings) settings.Settings {
	s.Institution, s.City, s.Agency, s.AgencyShort, s.Logo, s.Accent = v.Institution, v.City, v.Agency, v.AgencyShort, v.Logo, v.Accent
	s.Zone, s.BaseURL, s.BaseConfirmed, s.OldHosts, s.NumberPattern, s.Contact, s.DPO = v.Zone, v.BaseURL, v.BaseConfirmed, v.OldHosts, v.NumberPattern, v.Contact, v.DPO
	s.PPPKCodes, s.ServiceMonths, s.JPNotice, s.JPDuty = v.PPPKCodes, v.ServiceMonths, v.JPNotice, v.JPDuty
	if v.LocalRules != nil {
		s.LocalRules = *v.LocalRules
	}
	if v.ObjectionDays != nil {
		s.ObjectionDays = *v.ObjectionDays
	}
	s.Mail.Server, s.Mail.From, s.Mail.User, s.Mail.QuietFrom, s.Mail.QuietUntil = v.MailServer, v.MailFrom, v.MailUser, v.QuietFrom, v.QuietUntil
	s.Signers = nil
	for _, x := range v.Signers {
		s.Signers = append(s.Signers, settings.Signer(x))
	}
	return s
}

func (s *server) settings() {
	read := func(ctx context.Context) (*body[SettingsState], error) {
		v, version, err := s.Settings.Whole(ctx, visit.Actor(ctx))
		if err != nil {
			return nil, err
		}
		return answer(showSettings(v, version)), nil
	}
	handle(s, operation{Method: http.MethodGet, Path: "/settings", ID: "getSettings", Tag: "settings", Summary: "The installation's settings, for whoever may change them", Session: true},
		func(ctx context.Context, _ *struct{}) (*body[SettingsState], error) { return read(ctx) })
	handle(s, operation{Method: http.MethodPut, Path: "/settings", ID: "changeSettings", Tag: "settings", Summary: "Change the settings, with the reason; version is the one that was read", Session: true},
		func(ctx context.Context, in *struct {
			Body struct {
				Version  int64    `json:"version" minimum:"0"`
				Why      string   `json:"why" minLength:"1" maxLength:"500"`
				Settings Settings `json:"settings"`
			}
		}) (*body[SettingsState], error) {
			a := visit.Actor(ctx)
			now, _, err := s.Settings.Whole(ctx, a)
			if err != nil {
				return nil, err
			}
			if err := s.Settings.Change(ctx, a, in.Body.Version, in.Body.Settings.over(now), in.Body.Why); err != nil {
				return nil, err
			}
			return read(ctx)
		})
}
