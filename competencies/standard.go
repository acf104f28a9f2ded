package competencies

import (
	"context"
	"regexp"
	"slices"
	"strconv"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage/sets"
	"github.com/apelkota/apel/internal/texts"
)

// Importance says how much a requirement weighs when it is not met.
type Importance string

// The importances, as a standar kompetensi jabatan writes them.
const (
	Absolute  Importance = "mutlak"
	Important Importance = "penting"
	Useful    Importance = "perlu"
)

// Importances lists them from strict to mild.
var Importances = []Importance{Absolute, Important, Useful}

// Text names an importance for people.
func (i Importance) Text() texts.Text {
	switch i {
	case Absolute:
		return texts.T("mutlak", "absolute")
	case Important:
		return texts.T("penting", "important")
	case Useful:
		return texts.T("perlu", "useful")
	}
	return texts.T(string(i), string(i))
}

// Requirement is one competency at one level.
type Requirement struct {
	Competency string     `json:"competency"`
	Level      int        `json:"level"` // 1 to MaxLevel
	Importance Importance `json:"importance"`
}

// Standard is the standar kompetensi jabatan (SKJ) of a kind of position.
type Standard struct {
	Code         string        `json:"code"`
	Name         string        `json:"name"`
	Kind         string        `json:"kind"`    // struktural, fungsional, pelaksana
	Jenjang      string        `json:"jenjang"` // jpt_pratama ... pelaksana
	Class        int           `json:"class"`   // kelas jabatan, 1 to 17
	Requirements []Requirement `json:"requirements"`
}

// Standards is a whole version of the standards. It is shared: read it only.
type Standards struct{ *sets.Snapshot[Standard] }

var codeRule = regexp.MustCompile(`^[A-Z0-9][A-Z0-9._-]{0,59}$`)

func itoa(n int) string { return strconv.Itoa(n) }

// Standards is the version in force, empty for a new installation.
func (s *Service) Standards(ctx context.Context) (Standards, error) {
	snap, err := s.standards.Current(ctx)
	return Standards{snap}, err
}

// ReadStandards is the set of standards for a reader: the version in force, or an older one by its id. NotFound when there is none.
func (s *Service) ReadStandards(ctx context.Context, a access.Actor, version string) (Standards, error) {
	if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "standard"}); err != nil {
		return Standards{}, err
	}
	if version == "" {
		return s.Standards(ctx)
	}
	snap, err := s.standards.At(ctx, version)
	return Standards{snap}, err
}

// StandardVersions lists every version that was in force, oldest first.
func (s *Service) StandardVersions(ctx context.Context, a access.Actor) ([]sets.Version, error) {
	if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "standard"}); err != nil {
		return nil, err
	}
	return s.standards.Versions(ctx)
}

// PublishStandards puts a new set of standards in force, audited. Every requirement must stand in the dictionary in force. Publishing what is in
// force already changes nothing. Invalid names every mistake.
func (s *Service) PublishStandards(ctx context.Context, a access.Actor, source string, all []Standard) (sets.Version, error) {
	role, err := s.cfg.Policy.May(a, "import", access.Thing{Kind: "standard"})
	if err != nil {
		return sets.Version{}, err
	}
	dict, err := s.Dictionary(ctx)
	if err != nil {
		return sets.Version{}, err
	}
	items := map[string]Standard{}
	bad := faults.New(faults.Invalid, "Standar kompetensi belum benar.", "The standards are not right yet.")
	for _, st := range all {
		if _, twice := items[st.Code]; twice {
			bad.With(st.Code, "Kode ini ada dua kali.", "This code occurs twice.")
		}
		st.Requirements = slices.Clone(st.Requirements)
		slices.SortFunc(st.Requirements, func(a, b Requirement) int { return compare(a.Competency, b.Competency) })
		st.check(dict, bad)
		items[st.Code] = st
	}
	if len(bad.Fields) > 0 {
		return sets.Version{}, bad
	}
	v := sets.Version{At: s.now(), From: s.today(), By: a.Name(), Source: source}
	v, _, err = s.standards.Publish(ctx, v, items, s.entry(a, role, "import_standards", "standards/head", "", "", source))
	if err == nil {
		s.wake(ctx, StandardsCollection, sets.HeadID)
	}
	return v, err
}

func (st Standard) check(dict Dictionary, bad *faults.Error) {
	if !codeRule.MatchString(st.Code) {
		bad.With(st.Code, "Kode standar berisi huruf besar, angka, titik, garis bawah, atau tanda hubung.", "A standard's code has capital letters, digits, dots, underscores or hyphens.")
	}
	if st.Name == "" {
		bad.With(st.Code, "Nama standar wajib diisi.", "A standard needs a name.")
	}
	if len(st.Requirements) == 0 || len(st.Requirements) > maxRequirements {
		bad.With(st.Code, "Standar memuat 1 sampai 200 syarat.", "A standard has 1 to 200 requirements.")
	}
	for i, r := range st.Requirements {
		if _, ok := dict.Items[r.Competency]; !ok {
			bad.With(st.Code+"."+r.Competency, "Kompetensi ini tidak ada di kamus.", "This competency is not in the dictionary.")
		}
		if r.Level < 1 || r.Level > MaxLevel {
			bad.With(st.Code+"."+r.Competency, "Level harus 1 sampai 5.", "A level is 1 to 5.")
		}
		if !slices.Contains(Importances, r.Importance) {
			bad.With(st.Code+"."+r.Competency, "Tingkat penting harus mutlak, penting, atau perlu.", "The importance is mutlak, penting or perlu.")
		}
		if i > 0 && st.Requirements[i-1].Competency == r.Competency {
			bad.With(st.Code+"."+r.Competency, "Kompetensi ini disyaratkan dua kali.", "This competency is required twice.")
		}
	}
}

const maxRequirements = 200
