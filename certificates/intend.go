package certificates

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Facts is everything a certificate says about a person and a course, as of the day it is intended. They are frozen: a person who moves or
// a course that is deleted changes nothing on a certificate.
type Facts struct {
	Enrolment string   // enrolment id; part of the certificate's id
	Kind      string   // "" means KindTraining
	Edition   int      // 0 means 1
	Replaces  string   // number of the edition before, for a re-issue
	Person    string   // person id
	Units     []string // ids of the person's unit and those above, nearest first: who may see it
	UnitCode  string   // for number patterns with {unit}

	Name     string // with titles
	NIP      string // NIP or NI, digits only; masked on everything but the holder's PDF
	Position string
	Unit     string
	Agency   string // the OPD, when the unit is a part of one

	Course, CourseVersion string
	Title, TitleEN        string
	JP                    int    // 1..1000
	Score                 int    // thousandths of a point, 0..100000
	Predikat              string // "" means DefaultScale's
	Competencies          []record.Competency
	Subjects              []record.Subject // parts of the course for the second page
	StartedOn             civil.Date       // "" prints one day
	CompletedOn           civil.Date
	ValidUntil            civil.Date // "" never expires
}

const (
	maxText     = 200 // runes of one printed text
	maxSubjects = 40
)

// Intend freezes the facts of a certificate and puts it in the sealer's line; the chain calls it (no actor). Everything that can refuse refuses
// here, before a number is drawn. Safe to call twice: the first facts stand, the same id comes back. Errors: Invalid (a fact is missing or
// cannot be printed, the settings or the signing key are missing); none of them leaves anything behind.
func (s *Service) Intend(ctx context.Context, f Facts) (ID, error) {
	if f.Kind == "" {
		f.Kind = KindTraining
	}
	if f.Edition == 0 {
		f.Edition = 1
	}
	if f.Enrolment == "" || f.Person == "" || f.Kind != KindTraining || f.Edition < 1 {
		return "", errors.New("intend a certificate: enrolment, person, kind or edition is wrong")
	}
	id := Edition(f.Enrolment, f.Kind, f.Edition)
	if _, err := s.docs.Get(ctx, string(id)); err == nil {
		return id, nil
	} else if !errors.Is(err, faults.NotFound) {
		return "", err
	}
	now := s.now()
	c, err := s.draft(ctx, f)
	if err != nil {
		return "", fmt.Errorf("intend %s: %w", id, err)
	}
	c.Held.IntendedAt = now.UTC()
	d := storage.Doc[Certificate]{ID: string(id), Value: c}
	setDue(&d, now)
	if err := s.docs.Insert(ctx, &d); err != nil && !errors.Is(err, faults.Conflict) {
		return "", err
	}
	return id, nil
}

// Check refuses facts as Intend would, without writing: for a preview. Pure but for reading the settings.
func (s *Service) draft(ctx context.Context, f Facts) (Certificate, error) {
	settings, err := s.settings(ctx)
	if err != nil {
		return Certificate{}, err
	}
	if err := settings.check(); err != nil {
		return Certificate{}, err
	}
	if !s.CanSign() {
		return Certificate{}, faults.New(faults.Invalid, "Sertifikat belum dapat diterbitkan: kunci penerbit tidak ada di komputer ini. Pulihkan folder keys/.",
			"Certificates cannot be issued: the signing key is not on this machine. Restore the folder keys/.")
	}
	host, err := ParseBaseURL(settings.BaseURL, settings.Demo)
	if err != nil {
		return Certificate{}, err
	}
	if f.Predikat == "" {
		f.Predikat = DefaultScale.Predikat(f.Score)
	}
	r := record.Record{Form: record.Form, Kind: f.Kind, Edition: f.Edition, Replaces: f.Replaces, Name: Normal(f.Name), NIP: maskNIP(f.NIP),
		Position: Normal(f.Position), Unit: Normal(f.Unit), Agency: Normal(f.Agency), Course: Normal(f.Course), CourseVersion: Normal(f.CourseVersion),
		Title: Normal(f.Title), TitleEN: Normal(f.TitleEN), JP: f.JP, Score: f.Score, Predikat: Normal(f.Predikat),
		StartedOn: f.StartedOn, CompletedOn: f.CompletedOn, ValidUntil: f.ValidUntil, Zone: s.zone().Name(),
		Institution: Normal(settings.Institution), Issuer: Normal(settings.Issuer), Place: Normal(settings.Place), Host: host, Demo: settings.Demo}
	if r.StartedOn == "" {
		r.StartedOn = r.CompletedOn
	}
	if r.Agency == r.Unit {
		r.Agency = ""
	}
	for _, c := range f.Competencies {
		r.Competencies = append(r.Competencies, record.Competency{Code: Normal(c.Code), Name: Normal(c.Name), Level: c.Level})
	}
	for _, x := range f.Subjects {
		r.Subjects = append(r.Subjects, record.Subject{Title: Normal(x.Title), Minutes: x.Minutes})
	}
	for _, x := range settings.Signers {
		r.Signers = append(r.Signers, record.Signer{Name: Normal(x.Name), Position: Normal(x.Position), Rank: Normal(x.Rank), NIP: Normal(x.NIP)})
	}
	if err := checkFacts(r, f); err != nil {
		return Certificate{}, err
	}
	if r.Code, err = record.NewCode(s.rand); err != nil {
		return Certificate{}, err
	}
	var salt [16]byte
	if _, err := io.ReadFull(s.rand, salt[:]); err != nil {
		return Certificate{}, fmt.Errorf("draw a salt: %w", err)
	}
	r.Salt = hex.EncodeToString(salt[:])
	return Certificate{State: Intended, Record: r, Held: Held{Enrolment: f.Enrolment, Person: f.Person, Units: f.Units, UnitCode: f.UnitCode,
		NIP: f.NIP, Look: settings.Look}}, nil
}

// checkFacts goes through everything that will be printed. Each fault names its field.
func checkFacts(r record.Record, f Facts) error {
	required := func(field, s, id, en string) error {
		if s == "" {
			return faults.OnField(field, "Sertifikat tidak dapat dibuat: "+id+" kosong.", "The certificate cannot be made: "+en+" is empty.")
		}
		return nil
	}
	type text struct {
		field, s string
	}
	texts := []text{{"name", r.Name}, {"position", r.Position}, {"unit", r.Unit}, {"agency", r.Agency}, {"course", r.Course},
		{"course_version", r.CourseVersion}, {"title", r.Title}, {"title_en", r.TitleEN}, {"predikat", r.Predikat}, {"institution", r.Institution},
		{"issuer", r.Issuer}, {"place", r.Place}, {"unit_code", f.UnitCode}, {"replaces", r.Replaces}}
	for i, c := range r.Competencies {
		texts = append(texts, text{fmt.Sprintf("competencies[%d]", i), c.Code}, text{fmt.Sprintf("competencies[%d]", i), c.Name})
	}
	for i, x := range r.Subjects {
		texts = append(texts, text{fmt.Sprintf("subjects[%d]", i), x.Title})
	}
	for i, x := range r.Signers {
		field := fmt.Sprintf("signers[%d]", i)
		texts = append(texts, text{field, x.Name}, text{field, x.Position}, text{field, x.Rank}, text{field, x.NIP})
	}
	for _, err := range []error{required("name", r.Name, "nama", "the name"), required("position", r.Position, "jabatan", "the position"),
		required("unit", r.Unit, "unit kerja", "the unit"), required("course", r.Course, "kode kursus", "the course code"),
		required("title", r.Title, "judul kursus", "the course title")} {
		if err != nil {
			return err
		}
	}
	for _, t := range texts {
		if n := utf8.RuneCountInString(t.s); n > maxText {
			return faults.OnField(t.field, fmt.Sprintf("Teks terlalu panjang untuk sertifikat: %d huruf, paling banyak %d.", n, maxText),
				fmt.Sprintf("Too long for a certificate: %d letters, at most %d.", n, maxText))
		}
		if err := Printable(t.field, t.s); err != nil {
			return err
		}
	}
	if len(f.NIP) < 9 || len(f.NIP) > 30 {
		return faults.OnField("nip", "NIP/NI tidak lengkap.", "The NIP/NI is not complete.")
	}
	for _, c := range f.NIP {
		if c < '0' || c > '9' {
			return faults.OnField("nip", "NIP/NI hanya berisi angka.", "A NIP/NI has digits only.")
		}
	}
	if !r.CompletedOn.Valid() || !r.StartedOn.Valid() || r.StartedOn > r.CompletedOn || r.ValidUntil != "" && (!r.ValidUntil.Valid() || r.ValidUntil < r.CompletedOn) {
		return faults.OnField("completed_on", "Tanggal mulai, selesai, dan masa berlaku tidak cocok.", "The dates of start, completion and validity do not fit.")
	}
	if r.JP < 1 || r.JP > 1000 {
		return faults.OnField("jp", "Jumlah JP harus 1 sampai 1.000.", "Learning hours must be 1 to 1,000.")
	}
	if r.Score < 0 || r.Score > 100_000 {
		return faults.OnField("score", "Nilai harus 0 sampai 100.", "The score must be 0 to 100.")
	}
	if len(r.Subjects) > maxSubjects || len(r.Competencies) > maxSubjects {
		return faults.OnField("subjects", "Paling banyak 40 baris pada halaman kedua.", "At most 40 lines on the second page.")
	}
	for i, c := range r.Competencies {
		if c.Level < 1 || c.Level > 5 {
			return faults.OnField(fmt.Sprintf("competencies[%d]", i), "Level kompetensi harus 1 sampai 5.", "A competency level is 1 to 5.")
		}
	}
	return nil
}
