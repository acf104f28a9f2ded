package certificates

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // logos
	_ "image/png"  // logos
	"io"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/uploads"
)

// Settings is what an installation says about itself on its certificates. They are frozen into each certificate when it is intended.
type Settings struct {
	BaseURL     string // public address whose /v/CODE answers; https, confirmed by an admin. Demo: any http address
	Demo        bool   // everything printed says CONTOH
	Institution string // "Pemerintah Kota ..."
	Issuer      string // agency that issues: "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia Daerah"
	IssuerShort string // as it stands in numbers: "BKPSDMD"
	Place       string // where it is signed
	Signers     []record.Signer
	Pattern     string // number pattern; "" means DefaultPattern
	Look        Look
}

// Look is how a certificate is drawn. Empty colours mean the defaults.
type Look struct {
	Primary string `json:"primary,omitempty"` // #rrggbb of titles and ornament
	Accent  string `json:"accent,omitempty"`  // #rrggbb of fine lines
	Logo    string `json:"logo,omitempty"`    // blob hash of a PNG or JPEG; "" prints none
}

// Signers is at most this many: three fit beside the QR code.
const maxSigners = 3

// check refuses settings with which nothing real may be issued.
func (s Settings) check() error {
	missing := func(field, id, en string) error {
		return faults.OnField(field, "Sertifikat belum dapat diterbitkan: "+id+" Lengkapi di Pengaturan.", "Certificates cannot be issued yet: "+en+" Complete the settings.")
	}
	if s.BaseURL == "" {
		return missing("base_url", "alamat publik belum dikonfirmasi.", "the public base URL is not confirmed.")
	}
	if _, err := ParseBaseURL(s.BaseURL, s.Demo); err != nil {
		return err
	}
	if s.Institution == "" || s.Issuer == "" || s.Place == "" {
		return missing("institution", "nama instansi, penerbit, atau tempat masih kosong.", "institution, issuer or place is empty.")
	}
	if len(s.Signers) == 0 {
		return missing("signers", "penanda tangan belum diisi.", "no signer is set.")
	}
	if len(s.Signers) > maxSigners {
		return missing("signers", "paling banyak tiga penanda tangan.", "at most three signers.")
	}
	for i, x := range s.Signers {
		if x.Name == "" || x.Position == "" {
			return missing(fmt.Sprintf("signers[%d]", i), "nama atau jabatan penanda tangan masih kosong.", "a signer's name or position is empty.")
		}
	}
	for _, c := range []string{s.Look.Primary, s.Look.Accent} {
		if _, err := parseColour(c, colour{}); err != nil {
			return err
		}
	}
	if _, err := s.pattern(); err != nil {
		return err
	}
	return Printable("issuer_short", s.IssuerShort)
}

func (s Settings) pattern() (Pattern, error) {
	if s.Pattern == "" {
		return ParsePattern(DefaultPattern)
	}
	return ParsePattern(s.Pattern)
}

// ParseBaseURL checks a public address for certificates and returns it without a closing slash. It must be https on a name others can reach;
// a demo may use plain http on this machine.
func ParseBaseURL(s string, demo bool) (string, error) {
	bad := func(id, en string) (string, error) {
		return "", faults.OnField("base_url", "Alamat publik belum benar: "+id, "The public base URL is not right: "+en)
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return bad("contoh yang benar: https://apel.kota.go.id", "for example https://apel.kota.go.id")
	}
	if !demo {
		host := u.Hostname()
		ip := net.ParseIP(host)
		if u.Scheme != "https" {
			return bad("harus diawali https://", "it must begin with https://")
		}
		if host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && (ip.IsLoopback() || ip.IsUnspecified()) {
			return bad("alamat ini hanya berlaku di komputer sendiri.", "this address only works on this machine.")
		}
	} else if u.Scheme != "http" && u.Scheme != "https" {
		return bad("harus diawali http:// atau https://", "it must begin with http:// or https://")
	}
	return strings.TrimSuffix(u.Scheme+"://"+u.Host+u.Path, "/"), nil
}

type colour struct{ r, g, b int }

// parseColour reads #rrggbb; "" gives the default.
func parseColour(s string, otherwise colour) (colour, error) {
	if s == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
	if err != nil || len(s) != 7 || s[0] != '#' {
		return otherwise, faults.OnField("colour", "Warna harus berbentuk #rrggbb, misalnya #1f4e5f.", "A colour is #rrggbb, for example #1f4e5f.")
	}
	return colour{int(n >> 16), int(n >> 8 & 255), int(n & 255)}, nil
}

// Files opens stored files by their hash. The blob store does.
type Files interface {
	Open(ctx context.Context, hash string) (*os.File, error)
}

// CheckPrinted says which of an installation's settings cannot be printed, in the fields number_pattern and logo; logo is the hash of a stored file, ""
// for none. Whoever changes the settings, by a page or the API, comes through here (settings.Config).
func CheckPrinted(ctx context.Context, files Files, pattern, logo string) error {
	if _, err := ParsePattern(pattern); err != nil {
		said := faults.Of(err).Text
		return faults.OnField("number_pattern", said.ID, said.EN)
	}
	if logo == "" {
		return nil
	}
	f, err := files.Open(ctx, logo)
	if errors.Is(err, faults.NotFound) {
		return faults.OnField("logo", "Berkas logo ini tidak ada. Kirim berkasnya dahulu.", "This logo is not stored. Send the file first.")
	}
	if err != nil {
		return fmt.Errorf("open the logo: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxLogo+1))
	if err != nil {
		return fmt.Errorf("read the logo: %w", err)
	}
	return CheckLogo(data)
}

const maxLogo = 2 << 20

// CheckLogo says whether a file can be printed as the logo: PNG or JPEG, at most 2 MB and 4000 pixels on a side. Invalid says what is wrong.
func CheckLogo(data []byte) error {
	bad := func(id, en string) error { return faults.OnField("logo", id, en) }
	if len(data) > maxLogo {
		return bad("Logo terlalu besar. Batasnya 2 MB.", "The logo is too large. The limit is 2 MB.")
	}
	c, kind, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || kind != "png" && kind != "jpeg" {
		return bad("Logo harus berupa berkas PNG atau JPEG.", "The logo must be a PNG or JPEG file.")
	}
	if c.Width > 4000 || c.Height > 4000 || c.Width < 16 || c.Height < 16 {
		return bad("Ukuran logo harus antara 16 dan 4.000 piksel.", "The logo must have between 16 and 4,000 pixels on a side.")
	}
	if err := uploads.Picture(data, 4000); err != nil {
		return bad("Logo ini rusak atau tidak lengkap. Simpan ulang sebagai PNG, lalu kirim lagi.", "This logo is damaged or incomplete. Save it again as PNG and send it again.")
	}
	if err := printableLogo(data, kind); err != nil {
		return bad("Logo ini tidak dapat dicetak (misalnya PNG berselang-seling atau 16 bit). Simpan ulang sebagai PNG 8 bit biasa.",
			"This logo cannot be printed (for example an interlaced or 16-bit PNG). Save it again as an ordinary 8-bit PNG.")
	}
	return nil
}

// longDate writes a day as on a certificate: 5 Maret 2026.
func longDate(d civil.Date) string {
	if !d.Valid() {
		return ""
	}
	return fmt.Sprintf("%d %s %d", d.Day(), months[d.Month()], d.Year())
}

// dateRange writes a period without repeating what both ends share: 3 – 5 Maret 2026.
func dateRange(from, to civil.Date) string {
	switch {
	case from == "" || from == to:
		return longDate(to)
	case from.Year() == to.Year() && from.Month() == to.Month():
		return fmt.Sprintf("%d – %s", from.Day(), longDate(to))
	case from.Year() == to.Year():
		return fmt.Sprintf("%d %s – %s", from.Day(), months[from.Month()], longDate(to))
	}
	return longDate(from) + " – " + longDate(to)
}

var months = [...]string{"", "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"}
