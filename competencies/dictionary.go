package competencies

import (
	"context"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage/sets"
	"github.com/apelkota/apel/internal/texts"
)

// Field is one of the three kinds of competency (PermenPANRB 38/2017).
type Field string

// The fields.
const (
	Managerial    Field = "manajerial"
	SocioCultural Field = "sosial_kultural"
	Technical     Field = "teknis"
)

// Fields lists them in the order in which they are shown.
var Fields = []Field{Managerial, SocioCultural, Technical}

// Text names a field for people.
func (f Field) Text() texts.Text {
	switch f {
	case Managerial:
		return texts.T("Manajerial", "Managerial")
	case SocioCultural:
		return texts.T("Sosial kultural", "Socio-cultural")
	case Technical:
		return texts.T("Teknis", "Technical")
	}
	return texts.T(string(f), string(f))
}

// MaxLevel is the highest level of the scale; the lowest is 1. Names: PermenPANRB 38/2017.
const MaxLevel = 5

// LevelName names a level from 1 to MaxLevel.
func LevelName(level int) texts.Text {
	switch level {
	case 1:
		return texts.T("Paham", "Aware")
	case 2:
		return texts.T("Dasar", "Basic")
	case 3:
		return texts.T("Menengah", "Intermediate")
	case 4:
		return texts.T("Mumpuni", "Advanced")
	case 5:
		return texts.T("Ahli", "Expert")
	}
	return texts.T("Belum ada bukti", "No evidence yet")
}

// Competency is one named ability, such as T.03, with what each level means.
type Competency struct {
	Code  string               `json:"code"`
	Field Field                `json:"field"`
	Name  texts.Text           `json:"name"`
	Gists [MaxLevel]texts.Text `json:"gists"` // Gists[0] is level 1
}

// Dictionary is a whole version of the dictionary. It is shared: read it only.
type Dictionary struct{ *sets.Snapshot[Competency] }

// Field is the field of a competency, "" for one that is not in the dictionary.
func (d Dictionary) Field(code string) Field { return d.Items[code].Field }

// Name is the name of a competency, its code when it is not in the dictionary.
func (d Dictionary) Name(code string) texts.Text {
	if c, ok := d.Items[code]; ok {
		return c.Name
	}
	return texts.T(code, code)
}

// label is how sentences write a competency: "T.03 Penanganan Pengaduan".
func (d Dictionary) label(code string) texts.Text {
	c, ok := d.Items[code]
	if !ok {
		return texts.T(code, code)
	}
	return texts.T(code+" "+c.Name.In(texts.ID), code+" "+c.Name.In(texts.EN))
}

// Dictionary is the version in force, empty for a new installation.
func (s *Service) Dictionary(ctx context.Context) (Dictionary, error) {
	snap, err := s.dictionary.Current(ctx)
	return Dictionary{snap}, err
}

// Known says whether a competency stands in the dictionary in force. A dictionary that cannot be read knows nothing, so that a course is not
// published on it.
func (s *Service) Known(ctx context.Context, code string) bool {
	d, err := s.Dictionary(ctx)
	if err != nil {
		s.cfg.Log.WarnContext(ctx, "the dictionary could not be read", "err", err)
		return false
	}
	_, ok := d.Items[code]
	return ok
}

// ReadDictionary is the dictionary for a reader: the version in force, or an older one by its id. NotFound when there is none.
func (s *Service) ReadDictionary(ctx context.Context, a access.Actor, version string) (Dictionary, error) {
	if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "dictionary"}); err != nil {
		return Dictionary{}, err
	}
	if version == "" {
		return s.Dictionary(ctx)
	}
	snap, err := s.dictionary.At(ctx, version)
	return Dictionary{snap}, err
}

// DictionaryVersions lists every version that was in force, oldest first.
func (s *Service) DictionaryVersions(ctx context.Context, a access.Actor) ([]sets.Version, error) {
	if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "dictionary"}); err != nil {
		return nil, err
	}
	return s.dictionary.Versions(ctx)
}

// PublishDictionary puts a new dictionary in force, audited. Publishing what is in force already changes nothing. Invalid names every mistake.
func (s *Service) PublishDictionary(ctx context.Context, a access.Actor, source string, all []Competency) (sets.Version, error) {
	role, err := s.cfg.Policy.May(a, "import", access.Thing{Kind: "dictionary"})
	if err != nil {
		return sets.Version{}, err
	}
	items := map[string]Competency{}
	bad := faults.New(faults.Invalid, "Kamus belum benar.", "The dictionary is not right yet.")
	for _, c := range all {
		if _, twice := items[c.Code]; twice {
			bad.With(c.Code, "Kode ini ada dua kali.", "This code occurs twice.")
		}
		c.check(bad)
		items[c.Code] = c
	}
	if len(bad.Fields) > 0 {
		return sets.Version{}, bad
	}
	v := sets.Version{At: s.now(), From: s.today(), By: a.Name(), Source: source}
	v, _, err = s.dictionary.Publish(ctx, v, items, s.entry(a, role, "import_dictionary", "dictionary/head", "", "", source))
	if err == nil {
		s.wake(ctx, DictionaryCollection, sets.HeadID)
	}
	return v, err
}

func (c Competency) check(bad *faults.Error) {
	if !codeRule.MatchString(c.Code) {
		bad.With(c.Code, "Kode berisi huruf besar, angka, titik, garis bawah, atau tanda hubung, misalnya T.03.", "A code has capital letters, digits, dots, underscores or hyphens, for example T.03.")
	}
	if c.Name.ID == "" {
		bad.With(c.Code, "Nama kompetensi wajib diisi.", "A competency needs a name.")
	}
	if c.Field != Managerial && c.Field != SocioCultural && c.Field != Technical {
		bad.With(c.Code, "Jenis harus manajerial, sosial_kultural, atau teknis.", "The kind is manajerial, sosial_kultural or teknis.")
	}
	for i, g := range c.Gists {
		if g.ID == "" {
			bad.With(c.Code, "Uraian level "+itoa(i+1)+" belum ada; kelima level wajib diisi.", "Level "+itoa(i+1)+" has no text; all five are required.")
		}
	}
}
