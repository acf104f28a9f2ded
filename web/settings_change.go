package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/settings"
)

// maxLogo is the largest logo that is taken.
const maxLogo = 2 << 20

// signerPlaces is how many signers the form has room for.
const signerPlaces = 3

// showSettings is the form of what makes this installation this city's.
func (w *admin) showSettings(c *gin.Context) error {
	return w.settingsPage(c, http.StatusOK, w.settingsForm(w.Settings.Current(), w.Settings.Version()), "", nil)
}

// settingsForm fills the form from settings.
func (w *admin) settingsForm(s settings.Settings, version int64) Form {
	v := url.Values{"version": {strconv.FormatInt(version, 10)}, "logo": {s.Logo}}
	for _, f := range settingTexts(&s) {
		v.Set(f.name, *f.text)
	}
	for _, f := range settingNumbers(&s) {
		v.Set(f.name, strconv.Itoa(*f.number))
	}
	v.Set("pppk_codes", strings.Join(s.PPPKCodes, " "))
	v.Set("old_hosts", strings.Join(s.OldHosts, "\n"))
	if s.BaseConfirmed {
		v.Set("base_confirmed", "1")
	}
	for i, sg := range s.Signers {
		p := "signers." + strconv.Itoa(i) + "."
		v.Set(p+"name", sg.Name)
		v.Set(p+"title", sg.Title)
		v.Set(p+"rank", sg.Rank)
		v.Set(p+"nip", sg.NIP)
	}
	return NewForm(v)
}

type settingText struct {
	name string
	text *string
}

// settingTexts are the settings that are one line of text, by the name of their field.
func settingTexts(s *settings.Settings) []settingText {
	return []settingText{{"institution", &s.Institution}, {"city", &s.City}, {"agency", &s.Agency}, {"agency_short", &s.AgencyShort}, {"accent", &s.Accent}, {"zone", &s.Zone}, {"base_url", &s.BaseURL},
		{"number_pattern", &s.NumberPattern}, {"contact", &s.Contact}, {"dpo", &s.DPO}, {"local_rules", &s.LocalRules}, {"mail.server", &s.Mail.Server}, {"mail.from", &s.Mail.From}, {"mail.user", &s.Mail.User}, {"mail.password_file", &s.Mail.PasswordFile}}
}

type settingNumber struct {
	name   string
	number *int
}

func settingNumbers(s *settings.Settings) []settingNumber {
	return []settingNumber{{"jp_duty", &s.JPDuty}, {"jp_notice", &s.JPNotice}, {"service_months", &s.ServiceMonths}, {"objection_days", &s.ObjectionDays}, {"mail.quiet_from", &s.Mail.QuietFrom}, {"mail.quiet_until", &s.Mail.QuietUntil}}
}

// readSettings puts what was typed over the present settings; what the form does not hold stays.
func readSettings(form Form, s settings.Settings) (settings.Settings, error) {
	bad := faults.New(faults.Invalid, "Pengaturan belum benar.", "The settings are not right yet.")
	for _, f := range settingTexts(&s) {
		if form.Values.Has(f.name) {
			*f.text = form.Get(f.name)
		}
	}
	for _, f := range settingNumbers(&s) {
		if !form.Values.Has(f.name) {
			continue
		}
		n, err := strconv.Atoi(form.Get(f.name))
		if err != nil {
			bad.With(f.name, "Isi dengan angka.", "Enter a number.")
		}
		*f.number = n
	}
	s.BaseURL = strings.TrimSuffix(s.BaseURL, "/")
	s.BaseConfirmed = form.Get("base_confirmed") != ""
	s.PPPKCodes = strings.Fields(form.Get("pppk_codes"))
	s.OldHosts = strings.Fields(form.Get("old_hosts"))
	s.Signers = nil
	for i := range signerPlaces {
		p := "signers." + strconv.Itoa(i) + "."
		sg := settings.Signer{Name: form.Get(p + "name"), Title: form.Get(p + "title"), Rank: form.Get(p + "rank"), NIP: strings.ReplaceAll(form.Get(p+"nip"), " ", "")}
		if sg == (settings.Signer{}) {
			continue
		}
		if sg.Name == "" || sg.Title == "" {
			bad.With(p+"name", fmt.Sprintf("Penanda tangan %d perlu nama dan jabatan.", i+1), fmt.Sprintf("Signer %d needs a name and a position.", i+1))
		}
		s.Signers = append(s.Signers, sg)
	}
	if len(bad.Fields) > 0 {
		return s, bad
	}
	return s, nil
}

// changeSettings stores the settings, or shows them in a new colour first. A form that was filled from older settings is shown again beside what somebody
// else stored since.
func (w *admin) changeSettings(c *gin.Context) error {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxLogo+1<<20)
	logo, err := uploaded(c, "logo_file", maxLogo)
	form := posted(c)
	var to settings.Settings
	if err == nil {
		to, err = readSettings(form, w.Settings.Current())
	}
	if err == nil && logo != nil {
		to.Logo, err = w.keepLogo(c, logo)
	} else if err == nil && form.Get("logo_drop") != "" {
		to.Logo = ""
	}
	if err == nil {
		err = w.Settings.Check(c.Request.Context(), to)
	}
	if err == nil && form.Get("act") == "preview" {
		form.Values.Set("logo", to.Logo)
		return w.settingsPage(c, http.StatusOK, form, to.Accent, nil)
	}
	if err == nil && strings.TrimSpace(form.Get("why")) == "" {
		err = faults.OnField("why", "Tulis alasan perubahannya.", "Give the reason for the change.")
	}
	if err == nil {
		version, _ := strconv.ParseInt(form.Get("version"), 10, 64)
		err = w.Settings.Change(c.Request.Context(), reader(c), version, to, form.Get("why"))
	}
	if err == nil {
		return w.done(c, Success, w.T(c, "Pengaturan tersimpan dan berlaku dalam beberapa detik."), "/kelola/pengaturan")
	}
	if f := faults.Of(err); len(f.Fields) == 1 && f.Fields[0].Path == "logo" { // the form has it as a file
		err = faults.OnField("logo_file", f.Fields[0].Text.ID, f.Fields[0].Text.EN)
	}
	if errors.Is(err, faults.TooLarge) {
		err = faults.OnField("logo_file", faults.Of(err).Text.ID, faults.Of(err).Text.EN)
	}
	var differs []Fact
	if errors.Is(err, faults.Conflict) {
		differs = w.differing(form)
		form.Values.Set("version", strconv.FormatInt(w.Settings.Version(), 10))
	}
	if !form.Take(err, Lang(c)) {
		return err
	}
	return w.settingsPage(c, form.Status(), form, "", differs)
}

// differing lists what is stored now where it differs from what was typed.
func (w *admin) differing(form Form) []Fact {
	now := w.settingsForm(w.Settings.Current(), 0)
	var out []Fact
	for name, values := range now.Values {
		if name != "version" && name != "logo" && form.Values.Has(name) && form.Get(name) != strings.TrimSpace(values[0]) {
			out = append(out, Fact{Name: name, Value: dash(values[0])})
		}
	}
	slices.SortFunc(out, func(x, y Fact) int { return compare(x.Name, y.Name) })
	return out
}

func (w *admin) keepLogo(c *gin.Context, data []byte) (string, error) {
	if w.Files == nil {
		return "", faults.OnField("logo_file", "Logo tidak dapat disimpan di instalasi ini.", "A logo cannot be stored on this installation.")
	}
	ref, err := w.Files.Put(c.Request.Context(), bytes.NewReader(data), maxLogo)
	return ref.Hash, err
}

func (w *admin) settingsPage(c *gin.Context, status int, form Form, accent string, differs []Fact) error {
	if !w.may(c, "change", "settings") {
		return faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	p := &SettingsPage{Base: Base{Active: navSettings, Crumbs: crumbs(), PreviewAccent: accent, Lead: w.T(c, "Nama, warna, penanda tangan, dan alamat instansi Anda. Setiap perubahan tercatat.")}, Form: form, Differs: differs, Logo: form.Get("logo") != "", Preview: accent,
		Zones: []Option{{Value: "Asia/Jakarta", Label: "WIB (Jakarta)"}, {Value: "Asia/Makassar", Label: "WITA (Makassar)"}, {Value: "Asia/Jayapura", Label: "WIT (Jayapura)"}}}
	if zone := form.Get("zone"); zone != "" && !slices.ContainsFunc(p.Zones, func(o Option) bool { return o.Value == zone }) {
		p.Zones = append(p.Zones, Option{Value: zone, Name: zone})
	}
	if pattern, err := certificates.ParsePattern(form.Get("number_pattern")); err == nil {
		p.Number = pattern.Format(1, w.today(), "APEL-103", form.Get("agency_short"), "DISDUKCAPIL")
	}
	for i := range signerPlaces {
		q := "signers." + strconv.Itoa(i) + "."
		fields := []Field{form.Input("text", q+"name", "Nama dengan gelar"), form.Input("text", q+"title", "Jabatan"), form.Input("text", q+"rank", "Pangkat"), form.Input("text", q+"nip", "NIP").Keyed("numeric", "off").Hinted("Hanya dicetak di PDF.")}
		if e := form.Error("signers[" + strconv.Itoa(i) + "]"); e != "" && fields[0].Error == "" {
			fields[0].Error = e
		}
		p.Signers = append(p.Signers, fields)
	}
	w.Render(c, status, "settings", p)
	return nil
}

// SettingsPage is the form of the settings.
type SettingsPage struct {
	Base
	Form    Form
	Zones   []Option
	Signers [][]Field
	Number  string // what the first certificate's number would look like
	Logo    bool
	Preview string // the colour the page is shown in for a look
	Differs []Fact // what somebody else stored since
}
