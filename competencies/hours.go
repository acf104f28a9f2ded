package competencies

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// HoursState is how far an entry of the ledger counts.
type HoursState string

// The states of ledger entries.
const (
	Granted    HoursState = "granted"    // by a certificate of ours
	Unverified HoursState = "unverified" // entered by the person, waiting for an admin: shown apart, not counted
	Verified   HoursState = "verified"   // checked by an admin
	Refused    HoursState = "refused"    // checked and not accepted, with the reason
	TakenBack  HoursState = "withdrawn"  // every certificate behind it was withdrawn
)

// Counts says whether the entry counts as learning done.
func (s HoursState) Counts() bool { return s == Granted || s == Verified }

// Text names a state for people.
func (s HoursState) Text() texts.Text {
	switch s {
	case Granted:
		return texts.T("dari sertifikat", "by certificate")
	case Unverified:
		return texts.T("menunggu verifikasi", "waiting for verification")
	case Verified:
		return texts.T("terverifikasi", "verified")
	case Refused:
		return texts.T("ditolak", "refused")
	case TakenBack:
		return texts.T("dicabut", "withdrawn")
	}
	return texts.T(string(s), string(s))
}

// Hours is one entry of the ledger of learning hours (jam pelajaran; 1 JP is 45 minutes). A course gives JP once per version and year, so its
// entry's id is person.course.version.year; training elsewhere is outside.person.form.
type Hours struct {
	ID        string     `json:"id"`
	Person    string     `json:"person"`
	Course    string     `json:"course,omitempty"` // "" for training elsewhere
	Version   string     `json:"version,omitempty"`
	Title     string     `json:"title"`
	Organiser string     `json:"organiser,omitempty"`
	JP        int        `json:"jp"`
	On        civil.Date `json:"on"` // the day that decides the year
	State     HoursState `json:"state"`
	Sources   []Grant    `json:"sources,omitempty"` // of a course: the certificates that give these JP
	Proof     string     `json:"proof,omitempty"`   // of training elsewhere: hash of the stored file
	At        time.Time  `json:"at"`
	CheckedBy string     `json:"checked_by,omitempty"`
	CheckedAt time.Time  `json:"checked_at,omitzero"`
	Why       string     `json:"why,omitempty"` // of a refusal
}

// Grant is one certificate behind a course's entry. The entry counts as long as one of them stands.
type Grant struct {
	Certificate string     `json:"certificate"`
	On          civil.Date `json:"on"`
	Withdrawn   bool       `json:"withdrawn,omitempty"`
	Turn        int        `json:"turn,omitempty"`
}

var hoursDef = storage.Def[Hours]{Name: "hours", Shape: 1, Indexes: []storage.Index[Hours]{
	{Name: "person", Of: func(d *storage.Doc[Hours]) ([]string, string) { return []string{d.Value.Person}, string(d.Value.On) }},
	{Name: "source", Of: func(d *storage.Doc[Hours]) ([]string, string) {
		var terms []string
		for _, g := range d.Value.Sources {
			terms = append(terms, g.Certificate)
		}
		return terms, ""
	}},
	{Name: "open", Of: func(d *storage.Doc[Hours]) ([]string, string) {
		if d.Value.State != Unverified {
			return nil, ""
		}
		return []string{"all"}, storage.OrderTime(d.Value.At)
	}},
}}

// settle makes the entry follow its grants: it stands while one does, on the first day of those that do.
func (h *Hours) settle() {
	h.State = TakenBack
	for _, g := range h.Sources {
		if g.Withdrawn {
			continue
		}
		if h.State == TakenBack || g.On < h.On {
			h.On = g.On
		}
		h.State = Granted
	}
}

func (s *Service) grantHours(ctx context.Context, c CertificateEvidence, held Evidence) error {
	if c.JP < 1 {
		return nil
	}
	id := fmt.Sprintf("%s.%s.%s.%d", c.Person, c.Course, c.Version, c.On.Year())
	now := s.now()
	_, err := s.hours.Upsert(ctx, id, func(d *storage.Doc[Hours]) error {
		h := &d.Value
		if slices.ContainsFunc(h.Sources, func(g Grant) bool { return g.Certificate == c.Certificate }) {
			return storage.Unchanged
		}
		if h.ID == "" {
			*h = Hours{ID: id, Person: c.Person, Course: c.Course, Version: c.Version, Title: c.Title, JP: c.JP, On: c.On, At: now}
		}
		h.Sources = append(slices.Clone(h.Sources), Grant{c.Certificate, c.On, held.State == Withdrawn, held.Turn})
		h.settle()
		return nil
	})
	if err != nil {
		return fmt.Errorf("grant learning hours: %w", err)
	}
	return nil
}

// followHours gives the hours that a certificate granted the state of its held row.
func (s *Service) followHours(ctx context.Context, held Evidence) error {
	docs, err := s.hours.Gather(ctx, storage.Query{Index: "source", Term: held.Source})
	if err != nil {
		return err
	}
	for _, found := range docs {
		_, err := s.hours.Update(ctx, found.ID, func(d *storage.Doc[Hours]) error {
			h := &d.Value
			h.Sources = slices.Clone(h.Sources)
			changed := false
			for i := range h.Sources {
				if g := &h.Sources[i]; g.Certificate == held.Source && g.Turn < held.Turn {
					g.Withdrawn, g.Turn, changed = held.State == Withdrawn, held.Turn, true
				}
			}
			if !changed {
				return storage.Unchanged
			}
			h.settle()
			return nil
		})
		if err != nil {
			return fmt.Errorf("make learning hours follow their certificate: %w", err)
		}
	}
	return nil
}

// Outside is training elsewhere as its participant enters it.
type Outside struct {
	Form      string // id the form carried: a second post is the same entry
	Title     string
	Organiser string
	On        civil.Date // last day of the training
	JP        int        // 1 to 200
	Proof     string     // hash of the stored file
}

// AddOutside enters the actor's own training elsewhere. It counts after somebody else has verified it. Posting the same form again returns the
// first entry. Invalid names every mistake.
func (s *Service) AddOutside(ctx context.Context, a access.Actor, in Outside) (Hours, error) {
	if _, _, err := s.may(ctx, a, "add", "hours", a.Person); err != nil {
		return Hours{}, err
	}
	bad := faults.New(faults.Invalid, "Isian pelatihan belum benar.", "The training entry is not right yet.")
	if in.Form == "" || len(in.Form) > 60 || strings.Contains(in.Form, ".") {
		bad.With("form", "Formulir ini rusak. Muat ulang halaman.", "This form is broken. Reload the page.")
	}
	for _, f := range []struct{ path, v string }{{"title", in.Title}, {"organiser", in.Organiser}} {
		if n := utf8.RuneCountInString(f.v); n < 3 || n > 200 || !utf8.ValidString(f.v) {
			bad.With(f.path, "Isi 3 sampai 200 huruf.", "Enter 3 to 200 letters.")
		}
	}
	if !in.On.Valid() || in.On > s.today() {
		bad.With("on", "Tanggal selesai harus benar dan tidak di masa depan.", "The last day must exist and not be in the future.")
	}
	if in.JP < 1 || in.JP > 200 {
		bad.With("jp", "JP harus 1 sampai 200. Satu JP adalah 45 menit.", "JP are 1 to 200. One JP is 45 minutes.")
	}
	switch {
	case in.Proof == "":
		bad.With("proof", "Unggah bukti: sertifikat atau surat keterangan.", "Upload a proof: the certificate or a letter.")
	case s.cfg.Files != nil:
		// The actor must have sent it: hashes of other files are public, and whoever checks the entry gets to read it.
		sent, err := s.sent(ctx, a.Person, in.Proof)
		if err != nil {
			return Hours{}, err
		}
		if !sent {
			bad.With("proof", "Berkas bukti tidak ditemukan. Unggah lagi.", "The proof was not found. Upload it again.")
		}
	}
	if len(bad.Fields) > 0 {
		return Hours{}, bad
	}
	h := Hours{ID: "outside." + a.Person + "." + in.Form, Person: a.Person, Title: in.Title, Organiser: in.Organiser, JP: in.JP, On: in.On,
		State: Unverified, Proof: in.Proof, At: s.now()}
	err := s.hours.Insert(ctx, &storage.Doc[Hours]{ID: h.ID, Value: h})
	if errors.Is(err, faults.Conflict) {
		d, err := s.hours.Get(ctx, h.ID)
		return d.Value, err
	}
	return h, err
}

// CheckOutside accepts or refuses somebody else's training elsewhere, audited; a refusal needs a reason. Deciding the same again changes nothing.
// Errors: Conflict when it was decided the other way; NotFound and Forbidden by permission, always for one's own.
func (s *Service) CheckOutside(ctx context.Context, a access.Actor, id string, accept bool, why string) (Hours, error) {
	d, err := s.hours.Get(ctx, id)
	if err != nil {
		return Hours{}, err
	}
	role, _, err := s.may(ctx, a, "verify", "hours", d.Value.Person)
	if err != nil {
		return Hours{}, err
	}
	to, verb := Verified, "verify_hours"
	if !accept {
		to, verb = Refused, "refuse_hours"
		if strings.TrimSpace(why) == "" {
			return Hours{}, faults.OnField("why", "Tulis alasan penolakan; pegawai yang bersangkutan akan membacanya.", "Give the reason; the owner of the entry will read it.")
		}
	}
	entry, now := s.entry(a, role, verb, "hours/"+id, d.Value.Person, why, ""), s.now()
	d, err = s.hours.Update(ctx, id, func(d *storage.Doc[Hours]) error {
		h := &d.Value
		switch h.State {
		case to:
			return storage.Unchanged
		case Unverified:
		default:
			return faults.New(faults.Conflict, "Entri ini sudah diputuskan.", "This entry has been decided already.")
		}
		h.State, h.CheckedBy, h.CheckedAt, h.Why = to, a.Name(), now, why
		d.Trail = append(d.Trail, entry)
		return nil
	})
	return d.Value, err
}

// OpenOutside lists training elsewhere that waits for verification and that the actor may verify, oldest first. After resumes behind an entry.
func (s *Service) OpenOutside(ctx context.Context, a access.Actor, after storage.Cursor, limit int) (found []Hours, next storage.Cursor, more bool, err error) {
	if s.cfg.Policy.Scope(a, "verify", "hours").Empty() {
		return nil, next, false, faults.New(faults.NotFound, "Yang Anda cari tidak ada.", "What you are looking for does not exist.")
	}
	if limit <= 0 || limit > storage.MaxPage {
		limit = storage.DefaultPage
	}
	q := storage.Query{Index: "open", Term: "all", After: after, Limit: 200}
	for read := 0; read < storage.MaxGather; {
		p, err := s.hours.Find(ctx, q)
		if err != nil {
			return nil, next, false, err
		}
		for _, d := range p.Docs {
			read++
			if _, _, err := s.may(ctx, a, "verify", "hours", d.Value.Person); err == nil {
				if len(found) == limit {
					return found, next, true, nil
				}
				found = append(found, d.Value)
			} else if k := faults.KindOf(err); k != faults.NotFound && k != faults.Forbidden {
				return nil, next, false, err
			}
			next = storage.Cursor{Order: storage.OrderTime(d.Value.At), ID: d.ID}
		}
		if !p.More {
			return found, next, false, nil
		}
		q.After = p.Next
	}
	return found, next, true, nil
}

// HourLimits are JP per year, both configurable.
type HourLimits struct {
	Duty   int // a PNS learns at least so many per calendar year (PP 11/2017 art. 203(4) jo PP 17/2020)
	Notice int // a PPPK is told from so many on in a contract year (PP 49/2018 art. 40); never blocks
}

// DefaultHourLimits are those of the law as of 2026.
var DefaultHourLimits = HourLimits{Duty: 20, Notice: 24}

// HoursYear is a person's ledger in the year that counts for them.
type HoursYear struct {
	From       civil.Date
	To         civil.Date // last day
	Contract   bool       // a contract year (PPPK), else a calendar year
	Counted    int        // JP granted by certificates and verified
	Unverified int        // JP entered and not yet verified, never part of Counted
	Duty       int        // JP to reach; 0 when there is no duty
	Notice     int        // JP from which a notice is shown; 0 when there is none
	Entries    []Hours    // newest first
	Text       texts.Text
}

// YearOf is the year of learning hours that a day falls into: the contract year of a PPPK whose contract is known, else the calendar year. Pure.
func YearOf(p Staffer, on civil.Date) (from, to civil.Date, contract bool) {
	if p.Contract && p.ContractStart.Valid() && p.ContractStart <= on {
		n := p.ContractStart.YearsUntil(on)
		for p.ContractStart.AddYears(n+1) <= on { // a contract from 29 February turns a year on the 28th
			n++
		}
		return p.ContractStart.AddYears(n), p.ContractStart.AddYears(n + 1).AddDays(-1), true
	}
	return civil.Of(on.Year(), 1, 1), civil.Of(on.Year(), 12, 31), false
}

// SumHours adds up a ledger for the year a day falls into. A course version counts once in it. Pure; the order of the entries does not matter.
func SumHours(all []Hours, p Staffer, limits HourLimits, on civil.Date) HoursYear {
	y := HoursYear{}
	y.From, y.To, y.Contract = YearOf(p, on)
	if p.Contract {
		y.Notice = limits.Notice
	} else {
		y.Duty = limits.Duty
	}
	for _, h := range all {
		if h.On >= y.From && h.On <= y.To {
			y.Entries = append(y.Entries, h)
		}
	}
	slices.SortFunc(y.Entries, func(a, b Hours) int { return firstOf(compare(b.On, a.On), compare(a.ID, b.ID)) })
	seen := map[string]bool{}
	for _, h := range slices.Backward(y.Entries) { // the first of the year counts
		key := h.Course + "\x00" + h.Version
		switch {
		case h.State == Unverified:
			y.Unverified += h.JP
		case !h.State.Counts() || h.Course != "" && seen[key]:
		default:
			seen[key] = true
			y.Counted += h.JP
		}
	}
	y.Text = y.text()
	return y
}

func (y HoursYear) text() texts.Text {
	id, en := fmt.Sprintf("%d JP dari %s sampai %s.", y.Counted, y.From.In(texts.ID), y.To.In(texts.ID)), fmt.Sprintf("%d JP from %s to %s.", y.Counted, y.From.In(texts.EN), y.To.In(texts.EN))
	switch {
	case y.Duty > 0 && y.Counted < y.Duty:
		id += fmt.Sprintf(" Kewajiban PNS %d JP setahun: kurang %d.", y.Duty, y.Duty-y.Counted)
		en += fmt.Sprintf(" A PNS learns at least %d JP a year: %d to go.", y.Duty, y.Duty-y.Counted)
	case y.Duty > 0:
		id += fmt.Sprintf(" Kewajiban PNS %d JP setahun terpenuhi.", y.Duty)
		en += fmt.Sprintf(" The duty of %d JP a year is met.", y.Duty)
	case y.Notice > 0 && y.Counted >= y.Notice:
		id += fmt.Sprintf(" Sudah mencapai %d JP, batas pengembangan kompetensi PPPK dalam satu tahun perjanjian kerja. Belajar lebih tetap boleh dan dicatat.", y.Notice)
		en += fmt.Sprintf(" This reaches %d JP, the yearly amount for PPPK in a contract year. Learning more stays allowed and is recorded.", y.Notice)
	}
	if y.Unverified > 0 {
		id += fmt.Sprintf(" %d JP lain menunggu verifikasi.", y.Unverified)
		en += fmt.Sprintf(" Another %d JP wait for verification.", y.Unverified)
	}
	return texts.T(id, en)
}

// HoursOf is a person's ledger in the year that a day falls into; "" means today. Looking at somebody else's is noted.
func (s *Service) HoursOf(ctx context.Context, a access.Actor, person string, on civil.Date) (HoursYear, error) {
	role, who, err := s.may(ctx, a, "view", "hours", person)
	if err != nil {
		return HoursYear{}, err
	}
	if err := s.cfg.Viewed.Note(ctx, a, role, person); err != nil {
		return HoursYear{}, err
	}
	if on == "" {
		on = s.today()
	}
	from, to, _ := YearOf(who, on)
	docs, err := s.hours.Gather(ctx, storage.Query{Index: "person", Term: person, From: string(from), To: string(to.AddDays(1))})
	if err != nil {
		return HoursYear{}, err
	}
	all := make([]Hours, len(docs))
	for i, d := range docs {
		all[i] = d.Value
	}
	return SumHours(all, who, s.cfg.Limits(), on), nil
}
