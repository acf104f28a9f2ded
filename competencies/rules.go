package competencies

import (
	"cmp"
	"context"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage/sets"
	"github.com/apelkota/apel/internal/texts"
)

// Rules are the values of the method that a city may change: which evidence supports which level, and where the categories begin. They are dated
// rows, never constants; a result names the day whose rules it used.
type Rules struct {
	From             civil.Date             `json:"from"`              // in force from this day on
	Caps             map[Kind]map[Field]int `json:"caps"`              // the highest level a kind of evidence supports alone; missing: none
	AssessmentMonths int                    `json:"assessment_months"` // how long an assessment is valid when its sheet does not say
	Scales           []Scale                `json:"scales"`
	FirstDevelop     int                    `json:"first_develop"` // an absolute requirement short by so many levels means "perlu pengembangan dahulu"
}

// Scale is a list of bands that sorts a match (JPM) into categories.
type Scale struct {
	Code  string     `json:"code"`
	Name  texts.Text `json:"name"`
	Bands []Band     `json:"bands"` // from the highest Min to the lowest, which is 0
}

// Band is one category of a scale: every match from Min on and below the Min of the band above.
type Band struct {
	Code string     `json:"code"`
	Name texts.Text `json:"name"`
	Min  Percent    `json:"min"`
}

// The scales every installation has, by code.
const (
	ScaleSelection = "seleksi"  // selection and promotion: MS, MMS, KMS
	ScaleMapping   = "pemetaan" // mapping: Optimal, Cukup Optimal, Kurang Optimal
)

// DefaultRules are in force as long as a city has published none. Caps: a quiz alone lifts no competency above level 2, courses and observation
// none above 3, a self-assessment none at all. Cut-offs as used by assessment centres; to be confirmed by the city.
func DefaultRules() Rules {
	all := func(n int) map[Field]int { return map[Field]int{Managerial: n, SocioCultural: n, Technical: n} }
	return Rules{
		From:             "2017-01-01",
		Caps:             map[Kind]map[Field]int{Assessment: all(MaxLevel), CertificateAssessed: all(3), Supervisor: all(3), Quiz: all(2)},
		AssessmentMonths: 36,
		FirstDevelop:     2,
		Scales: []Scale{
			{ScaleSelection, texts.T("Seleksi dan promosi", "Selection and promotion"), []Band{
				{"MS", texts.T("Memenuhi Syarat", "Meets the requirements"), 8000},
				{"MMS", texts.T("Masih Memenuhi Syarat", "Still meets the requirements"), 6800},
				{"KMS", texts.T("Kurang Memenuhi Syarat", "Does not yet meet the requirements"), 0},
			}},
			{ScaleMapping, texts.T("Pemetaan", "Mapping"), []Band{
				{"optimal", texts.T("Optimal", "Optimal"), 9000},
				{"cukup", texts.T("Cukup Optimal", "Fairly optimal"), 7800},
				{"kurang", texts.T("Kurang Optimal", "Less than optimal"), 0},
			}},
		},
	}
}

// Cap is the highest level a kind of evidence supports in a field. A competency that left the dictionary has the strictest cap.
func (r Rules) Cap(k Kind, f Field) int {
	byField := r.Caps[k]
	if n, ok := byField[f]; ok || f != "" {
		return n
	}
	least := 0
	for _, n := range byField {
		if least == 0 || n < least {
			least = n
		}
	}
	return least
}

// Scale finds a scale by its code; ok is false when the rules have none of that code.
func (r Rules) Scale(code string) (s Scale, ok bool) {
	for _, s := range r.Scales {
		if s.Code == code {
			return s, true
		}
	}
	return Scale{}, false
}

// Band finds the band of owned out of required points, in exact arithmetic: 80 % of 45 is reached at 36, not at 35.99.
func (s Scale) Band(owned, required int) Band {
	if required <= 0 {
		return Band{}
	}
	for _, b := range s.Bands {
		if owned*100_00 >= int(b.Min)*required {
			return b
		}
	}
	return Band{}
}

// Rules are those in force on a day: the row with the latest From that is not after it, or DefaultRules.
func (s *Service) Rules(ctx context.Context, on civil.Date) (Rules, error) {
	r, _, err := s.rulesOn(ctx, on)
	return r, err
}

func (s *Service) rulesOn(ctx context.Context, on civil.Date) (r Rules, version string, err error) {
	snap, err := s.rules.Current(ctx)
	if err != nil {
		return Rules{}, "", err
	}
	best := DefaultRules()
	for _, code := range snap.Codes {
		if r := snap.Items[code]; r.From <= on {
			best = r // codes are dates in order
		}
	}
	return best, snap.Version.ID, nil
}

// PublishRules puts dated rules in force, all rows at once, audited with the reason. Invalid names every mistake.
// Called by tests only until rules can be imported as eligibility rules are.
func (s *Service) PublishRules(ctx context.Context, a access.Actor, all []Rules, why string) (sets.Version, error) {
	role, err := s.cfg.Policy.May(a, "import", access.Thing{Kind: "standard"})
	if err != nil {
		return sets.Version{}, err
	}
	items := map[string]Rules{}
	bad := faults.New(faults.Invalid, "Aturan belum benar.", "The rules are not right yet.")
	for _, r := range all {
		at := string(r.From)
		if !r.From.Valid() {
			bad.With(at, "Tanggal mulai berlaku tidak benar.", "The first day in force is no date.")
		}
		if _, twice := items[at]; twice {
			bad.With(at, "Ada dua aturan untuk tanggal yang sama.", "There are two rules for the same day.")
		}
		for _, byField := range r.Caps {
			for _, n := range byField {
				if n < 0 || n > MaxLevel {
					bad.With(at, "Batas level harus 0 sampai 5.", "A cap is 0 to 5.")
				}
			}
		}
		if r.FirstDevelop < 1 || r.AssessmentMonths < 1 {
			bad.With(at, "Selisih mutlak dan masa berlaku penilaian paling sedikit 1.", "The absolute shortfall and the validity of an assessment are at least 1.")
		}
		for _, code := range []string{ScaleSelection, ScaleMapping} {
			if _, ok := r.Scale(code); !ok {
				bad.With(at, "Skala "+code+" tidak ada.", "The scale "+code+" is missing.")
			}
		}
		for _, sc := range r.Scales {
			for i, b := range sc.Bands {
				if i > 0 && b.Min >= sc.Bands[i-1].Min || i == len(sc.Bands)-1 && b.Min != 0 || b.Min < 0 || b.Min > 100_00 {
					bad.With(at+"."+sc.Code, "Kategori diurutkan dari batas tertinggi dan berakhir pada 0.", "Bands run from the highest limit down to 0.")
				}
			}
		}
		items[at] = r
	}
	if len(bad.Fields) > 0 {
		return sets.Version{}, bad
	}
	v, _, err := s.rules.Publish(ctx, sets.Version{At: s.now(), From: s.today(), By: a.Name()}, items,
		s.entry(a, role, "change_rules", "competency_rules/head", "", why, ""))
	if err == nil {
		s.wake(ctx, RulesCollection, sets.HeadID)
	}
	return v, err
}

func compare[T cmp.Ordered](a, b T) int { return cmp.Compare(a, b) }
