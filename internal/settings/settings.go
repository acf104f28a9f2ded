// Package settings holds what makes an installation this city's: names, logo, colours, signers, zone, public address. Every page and PDF reads it.
package settings

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Settings are the values a city chooses. Law-shaped ones are rows elsewhere; these are names and places.
type Settings struct {
	Institution   string   `json:"institution"`    // "Pemerintah Kota Cempaka Raya"
	City          string   `json:"city"`           // where a certificate is dated
	Agency        string   `json:"agency"`         // the personnel body in full; its name differs by city
	AgencyShort   string   `json:"agency_short"`   // as it stands in certificate numbers
	Logo          string   `json:"logo,omitempty"` // blob hash of a PNG; "" shows the neutral mark
	Accent        string   `json:"accent"`         // #rrggbb
	Signers       []Signer `json:"signers"`
	Zone          string   `json:"zone"`                  // IANA name
	BaseURL       string   `json:"base_url"`              // public address printed on certificates; nothing real is issued without it
	BaseConfirmed bool     `json:"base_confirmed"`        // somebody opened it from outside and said so
	OldHosts      []string `json:"old_hosts,omitempty"`   // earlier public addresses whose codes stay valid
	NumberPattern string   `json:"number_pattern"`        // see certificates
	Contact       string   `json:"contact,omitempty"`     // where to ask, shown on error and check pages
	DPO           string   `json:"dpo,omitempty"`         // data protection officer's contact (UU 27/2022 art. 53)
	LocalRules    string   `json:"local_rules,omitempty"` // what this city lays down where lessons say "ketentuan yang berlaku di daerah Anda": lines of plain text, at most MaxLocalRules letters
	PPPKCodes     []string `json:"pppk_codes"`            // digits 13-14 of an NI PPPK that are accepted
	ServiceMonths int      `json:"service_months"`        // nobody is recommended whose service ends within so many months
	JPNotice      int      `json:"jp_notice"`             // JP per contract year from which a PPPK is told (never blocked)
	JPDuty        int      `json:"jp_duty"`               // JP per calendar year a PNS must reach
	ObjectionDays int      `json:"objection_days"`        // for how many days a mark given by people can be objected to; 0: it cannot
	Mail          Mail     `json:"mail"`                  // no server: inbox only
	Demo          bool     `json:"demo,omitempty"`        // every page and PDF says CONTOH
}

// Signer is an official whose name stands on certificates.
type Signer struct {
	Name  string `json:"name"`
	Title string `json:"title"` // post, as printed
	Rank  string `json:"rank,omitempty"`
	NIP   string `json:"nip,omitempty"` // printed on the PDF only
}

// Mail is the way out for e-mail. The password is read from a file, never stored.
type Mail struct {
	Server       string `json:"server,omitempty"` // host:port
	From         string `json:"from,omitempty"`
	User         string `json:"user,omitempty"`
	PasswordFile string `json:"password_file,omitempty"`
	QuietFrom    int    `json:"quiet_from"` // hours of the day in the zone between which no mail leaves
	QuietUntil   int    `json:"quiet_until"`
}

// Place is the short name of whose installation this is: the city, or the institution where no city is named.
func (s Settings) Place() string {
	if s.City == "" {
		return s.Institution
	}
	return s.City
}

// Default is what a new installation starts with.
func Default() Settings {
	return Settings{
		Institution: "Pemerintah Kota", City: "", Agency: "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia Daerah", AgencyShort: "BKPSDMD",
		Accent: "#0f5c5c", Zone: "Asia/Jakarta", NumberPattern: "{seq:5}/APEL-{kursus}/{badan}/{bulan_romawi}/{tahun}",
		PPPKCodes: codes(21, 39), ServiceMonths: 12, JPNotice: 24, JPDuty: 20, ObjectionDays: usualObjection, Mail: Mail{QuietFrom: 20, QuietUntil: 6},
	}
}

func codes(from, to int) []string {
	var out []string
	for n := from; n <= to; n++ {
		out = append(out, fmt.Sprint(n))
	}
	return out
}

// Check returns Invalid with a field for each mistake.
func (s Settings) Check() error {
	bad := faults.New(faults.Invalid, "Pengaturan belum benar.", "The settings are not right yet.")
	if strings.TrimSpace(s.Institution) == "" {
		bad.With("institution", "Isi nama instansi.", "Fill in the institution's name.")
	}
	if strings.TrimSpace(s.Agency) == "" {
		bad.With("agency", "Isi nama badan kepegawaian.", "Fill in the personnel agency's name.")
	}
	if strings.TrimSpace(s.AgencyShort) == "" {
		bad.With("agency_short", "Isi singkatan badan kepegawaian.", "Fill in the personnel agency's short name.")
	}
	if !accentRule.MatchString(s.Accent) {
		bad.With("accent", "Warna ditulis #rrggbb, misalnya #0f5c5c.", "A colour is #rrggbb, for example #0f5c5c.")
	}
	if _, err := civil.LoadZone(s.Zone); err != nil {
		bad.With("zone", "Zona waktu tidak dikenal. Contoh: Asia/Jakarta.", "Unknown time zone. Example: Asia/Jakarta.")
	}
	if s.BaseURL != "" {
		u, err := url.Parse(s.BaseURL)
		if err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || (u.Scheme != "https" && u.Scheme != "http") {
			bad.With("base_url", "Alamat publik berbentuk https://nama-host tanpa garis miring di belakang.", "The public address is https://host without anything behind it.")
		}
	}
	if !strings.Contains(s.NumberPattern, "{seq") || !strings.Contains(s.NumberPattern, "{tahun}") {
		bad.With("number_pattern", "Pola nomor harus memuat {seq:5} dan {tahun}, supaya nomor tidak berulang.", "The number pattern must hold {seq:5} and {tahun}, so that numbers never repeat.")
	}
	for i, sg := range s.Signers {
		if strings.TrimSpace(sg.Name) == "" || strings.TrimSpace(sg.Title) == "" {
			bad.With(fmt.Sprintf("signers[%d]", i), "Penanda tangan perlu nama dan jabatan.", "A signer needs a name and a position.")
		}
	}
	if s.ServiceMonths < 0 || s.ServiceMonths > 120 {
		bad.With("service_months", "Isi 0 sampai 120 bulan.", "Enter 0 to 120 months.")
	}
	if s.JPDuty < 0 || s.JPDuty > 200 {
		bad.With("jp_duty", "Isi 0 sampai 200 JP.", "Enter 0 to 200 JP.")
	}
	if s.JPNotice < 0 || s.JPNotice > 200 {
		bad.With("jp_notice", "Isi 0 sampai 200 JP.", "Enter 0 to 200 JP.")
	}
	if s.ObjectionDays < 0 || s.ObjectionDays > 90 {
		bad.With("objection_days", "Isi 0 sampai 90 hari.", "Enter 0 to 90 days.")
	}
	if utf8.RuneCountInString(s.LocalRules) > MaxLocalRules {
		bad.With("local_rules", "Paling banyak 2.000 huruf. Tulis di mana ketentuannya dapat dibaca.", "At most 2,000 letters. Say where the rules can be read.")
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// MaxLocalRules is how many letters the rules of the city may have; they are shown below lessons, on phones.
const MaxLocalRules = 2000

const usualObjection = 14

// settings2 gives settings the days for an objection (shape 1 to 2). Pure.
func settings2(old json.RawMessage) (json.RawMessage, error) {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(old, &m); err != nil || m == nil {
		return old, err
	}
	m["objection_days"] = json.RawMessage(fmt.Sprint(usualObjection))
	return json.Marshal(m)
}

var accentRule = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// Thing is what permission is asked for.
var Thing = access.Thing{Kind: "settings", ID: "installation"}

const id = "installation"

// Config of Open.
type Config struct {
	DB     *storage.DB
	Policy access.Policy
	Now    func() time.Time
	Log    *slog.Logger

	// Printed says what a certificate could not be printed with: a number pattern, or a file as its logo. Invalid with the field of the settings.
	Printed func(ctx context.Context, pattern, logo string) error
}

// Service reads and changes the settings.
type Service struct {
	Config
	docs  *storage.Collection[Settings]
	cache atomic.Pointer[cached]
}

type cached struct {
	settings Settings
	zone     civil.Zone
	version  int64
	at       time.Time
}

// freshFor is how long a process may show settings that another process changed.
const freshFor = 5 * time.Second

// Open opens the settings; a new installation has Default.
func Open(ctx context.Context, c Config) (*Service, error) {
	docs, err := storage.Open(ctx, c.DB, storage.Def[Settings]{Name: "settings", Shape: 2, Lifts: map[int]func(json.RawMessage) (json.RawMessage, error){1: settings2}})
	if err != nil {
		return nil, err
	}
	s := &Service{Config: c, docs: docs}
	_, err = s.load(ctx)
	return s, err
}

func (s *Service) load(ctx context.Context) (*cached, error) {
	d, err := s.docs.Get(ctx, id)
	switch {
	case errors.Is(err, faults.NotFound):
		d.Value = Default()
	case err != nil:
		return nil, err
	}
	zone, err := civil.LoadZone(d.Value.Zone)
	if err != nil {
		zone = civil.Jakarta()
	}
	c := &cached{d.Value, zone, d.Edition(), s.Now()}
	s.cache.Store(c)
	return c, nil
}

func (s *Service) current() *cached {
	c := s.cache.Load()
	if age := s.Now().Sub(c.at); age >= 0 && age < freshFor {
		return c
	}
	fresh, err := s.load(context.Background())
	if err != nil {
		s.Log.Warn("settings could not be read again", "err", err)
		return c
	}
	return fresh
}

// Current are the settings as this process knows them, at most 5 s old. Public: they are on every page.
func (s *Service) Current() Settings { return s.current().settings }

// Zone is the installation's calendar.
func (s *Service) Zone() civil.Zone { return s.current().zone }

// Version is the number that a change must name, 0 before the first change.
func (s *Service) Version() int64 { return s.current().version }

// Named tells the file that the settings name, the logo, as storage holds it now. For the daily sweep of files, without an actor.
func (s *Service) Named(ctx context.Context, name func(hash string)) error {
	c, err := s.load(ctx)
	if err != nil {
		return err
	}
	name(c.settings.Logo)
	return nil
}

// Whole reads the settings from storage with the number a change must name, for whoever may change them: they hold a signer's NIP and the way out for mail.
func (s *Service) Whole(ctx context.Context, a access.Actor) (Settings, int64, error) {
	if _, err := s.Policy.May(a, "change", Thing); err != nil {
		return Settings{}, 0, err
	}
	c, err := s.load(ctx)
	if err != nil {
		return Settings{}, 0, err
	}
	return c.settings, c.version, nil
}

// Check says whether settings could be stored: Invalid with a field for each mistake. A logo that stands already is not looked at again.
func (s *Service) Check(ctx context.Context, to Settings) error {
	if err := to.Check(); err != nil || s.Printed == nil {
		return err
	}
	logo := to.Logo
	if logo == s.Current().Logo {
		logo = ""
	}
	return s.Printed(ctx, to.NumberPattern, logo)
}

// Change replaces the settings, audited with the reason. version is the one the form was filled from; Conflict when somebody changed them since.
// Calling it again with the same values and the new version changes nothing.
func (s *Service) Change(ctx context.Context, a access.Actor, version int64, to Settings, why string) error {
	role, err := s.Policy.May(a, "change", Thing)
	if err != nil {
		return err
	}
	if err := s.Check(ctx, to); err != nil {
		return err
	}
	entry := storage.Audit{ID: storage.NewID(), At: s.Now(), Who: a.Name(), Role: role, Verb: "change_settings", Thing: "settings/" + id, Why: why, Note: digest(to)}
	_, err = s.docs.Upsert(ctx, id, func(d *storage.Doc[Settings]) error {
		if d.Edition() != version {
			return faults.New(faults.Conflict, "Pengaturan baru saja diubah orang lain. Muat ulang dan ulangi perubahan Anda.", "Somebody else has just changed the settings. Reload and make your change again.")
		}
		to.Demo = to.Demo || d.Value.Demo // a demo folder stays one
		d.Value = to
		d.Trail = append(d.Trail, entry)
		return nil
	})
	if err != nil {
		return fmt.Errorf("change settings: %w", err)
	}
	_, err = s.load(ctx)
	return err
}

func digest(s Settings) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic("settings do not marshal: " + err.Error())
	}
	h := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(h[:8])
}
