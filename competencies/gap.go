package competencies

import (
	"fmt"
	"strings"

	"github.com/apelkota/apel/internal/texts"
)

// Percent is hundredths of a percent: 8333 is 83,33 %.
type Percent int

// PercentOf rounds part/whole to the nearest hundredth of a percent, halves up. A whole of 0 gives 0. Decisions never use it: they compare the
// numbers it is made of.
func PercentOf(part, whole int) Percent {
	if whole <= 0 {
		return 0
	}
	return Percent((2*part*100_00 + whole) / (2 * whole))
}

// String writes it the Indonesian way, without the sign: "83,33".
func (p Percent) String() string { return p.In(texts.ID) }

// In writes it with the decimal mark of a language.
func (p Percent) In(l texts.Lang) string {
	mark := ","
	if l == texts.EN {
		mark = "."
	}
	return fmt.Sprintf("%d%s%02d", p/100, mark, p%100)
}

// Gap is one requirement beside what is owned. Owned minus required is negative when short.
type Gap struct {
	Requirement
	Name  texts.Text `json:"name"`
	Owned Owned      `json:"owned"`
}

// Short is by how many levels the requirement is missed; 0 when it is met. Without evidence the answer is not known: known is false.
func (g Gap) Short() (levels int, known bool) {
	if !g.Owned.Known() {
		return 0, false
	}
	return max(0, g.Level-g.Owned.Level), true
}

// Text says in words how a requirement stands.
func (g Gap) Text() texts.Text {
	name := texts.T(g.Competency+" "+g.Name.In(texts.ID), g.Competency+" "+g.Name.In(texts.EN))
	short, known := g.Short()
	switch {
	case !known:
		return texts.T(fmt.Sprintf("%s: diminta level %d (%s), belum ada bukti.", name.ID, g.Level, g.Importance.Text().ID),
			fmt.Sprintf("%s: level %d required (%s), no evidence yet.", name.EN, g.Level, g.Importance.Text().EN))
	case short > 0:
		return texts.T(fmt.Sprintf("%s: diminta level %d (%s), dimiliki level %d (%s), kurang %d.", name.ID, g.Level, g.Importance.Text().ID, g.Owned.Level, g.Owned.State.Text().ID, short),
			fmt.Sprintf("%s: level %d required (%s), level %d held (%s), short by %d.", name.EN, g.Level, g.Importance.Text().EN, g.Owned.Level, g.Owned.State.Text().EN, short))
	default:
		return texts.T(fmt.Sprintf("%s: diminta level %d, dimiliki level %d (%s).", name.ID, g.Level, g.Owned.Level, g.Owned.State.Text().ID),
			fmt.Sprintf("%s: level %d required, level %d held (%s).", name.EN, g.Level, g.Owned.Level, g.Owned.State.Text().EN))
	}
}

// Gaps puts every requirement of a standard beside what is owned, in the order of the standard. Pure.
func Gaps(st Standard, owned Levels, dict Dictionary) []Gap {
	out := make([]Gap, len(st.Requirements))
	for i, r := range st.Requirements {
		o, ok := owned[r.Competency]
		if !ok {
			o = Owned{Competency: r.Competency}
		}
		out[i] = Gap{Requirement: r, Name: dict.Name(r.Competency), Owned: o}
	}
	return out
}

// Fit is how well owned levels match a standard (Job Person Match, Σ owned ÷ Σ required × 100). Where evidence is missing it is an interval: the
// lower end counts nothing for the unknown, the upper end takes it as just met. Two figures stand side by side: raw, in which a surplus in one
// competency hides a gap in another, and capped, in which it cannot. Rankings and decisions use the lower end of the capped figure.
type Fit struct {
	Required  int `json:"required"`  // Σ required levels, the 100 %
	RawLow    int `json:"raw_low"`   // Σ owned levels
	RawHigh   int `json:"raw_high"`  // RawLow + required levels of what is unknown
	Low       int `json:"low"`       // Σ min(owned, required)
	High      int `json:"high"`      // Low + required levels of what is unknown
	Known     int `json:"known"`     // requirements with evidence ...
	Of        int `json:"of"`        // ... out of so many: "5 of 9"
	Confirmed int `json:"confirmed"` // of the known ones, those that rest on a confirmed result

	AbsoluteShort   []string `json:"absolute_short,omitempty"`   // absolute requirements short by Rules.FirstDevelop or more
	AbsoluteUnknown []string `json:"absolute_unknown,omitempty"` // absolute requirements without evidence
	AbsoluteOpen    int      `json:"absolute_open,omitempty"`    // absolute requirements short by that much at the lower end, where the unknown counts nothing
}

// Match computes the fit of gaps. Pure.
func Match(gaps []Gap, rules Rules) Fit {
	f := Fit{Of: len(gaps)}
	for _, g := range gaps {
		f.Required += g.Level
		short, known := g.Short()
		if !known {
			f.RawHigh += g.Level
			f.High += g.Level
			if g.Importance == Absolute {
				f.AbsoluteUnknown = append(f.AbsoluteUnknown, g.Competency)
				if g.Level >= rules.FirstDevelop {
					f.AbsoluteOpen++
				}
			}
			continue
		}
		f.Known++
		if g.Owned.State == Confirmed {
			f.Confirmed++
		}
		f.RawLow += g.Owned.Level
		f.RawHigh += g.Owned.Level
		f.Low += g.Level - short
		f.High += g.Level - short
		if g.Importance == Absolute && short >= rules.FirstDevelop {
			f.AbsoluteShort = append(f.AbsoluteShort, g.Competency)
			f.AbsoluteOpen++
		}
	}
	return f
}

// Percent is the lower end of the capped figure, the one that ranks; PercentHigh the upper end; Raw the raw figure, which may pass 100 %.
func (f Fit) Percent() Percent     { return PercentOf(f.Low, f.Required) }
func (f Fit) PercentHigh() Percent { return PercentOf(f.High, f.Required) }
func (f Fit) Raw() Percent         { return PercentOf(f.RawLow, f.Required) }

// DevelopFirst says "perlu pengembangan dahulu": an absolute requirement is short by so much that the total does not matter.
func (f Fit) DevelopFirst() bool { return len(f.AbsoluteShort) > 0 }

// Complete says whether every requirement has evidence, so that the interval is one value.
func (f Fit) Complete() bool { return f.Known == f.Of }

// Category is the band of a scale at the lower end of the capped figure, and the band at its upper end; they differ while evidence is missing.
func (f Fit) Category(s Scale) (low, high Band) {
	return s.Band(f.Low, f.Required), s.Band(f.High, f.Required)
}

// Text says the fit in words: figure or interval, coverage, and what stands before it.
func (f Fit) Text(scales ...Scale) texts.Text {
	if f.Required == 0 {
		return texts.T("Standar ini belum memuat syarat.", "This standard has no requirements yet.")
	}
	if f.Known == 0 { // an interval of 0 to 100 % says nothing that this does not say better
		return texts.T(fmt.Sprintf("Belum dapat dinilai: bukti ada untuk 0 dari %d kompetensi.", f.Of),
			fmt.Sprintf("Cannot be judged yet: evidence for 0 of %d competencies.", f.Of))
	}
	var id, en strings.Builder
	if f.Complete() {
		fmt.Fprintf(&id, "Kecocokan %s%%", f.Percent().In(texts.ID))
		fmt.Fprintf(&en, "Fit %s%%", f.Percent().In(texts.EN))
	} else {
		fmt.Fprintf(&id, "Kecocokan antara %s%% dan %s%%; bukti ada untuk %d dari %d kompetensi", f.Percent().In(texts.ID), f.PercentHigh().In(texts.ID), f.Known, f.Of)
		fmt.Fprintf(&en, "Fit between %s%% and %s%%; evidence for %d of %d competencies", f.Percent().In(texts.EN), f.PercentHigh().In(texts.EN), f.Known, f.Of)
	}
	for _, s := range scales {
		low, high := f.Category(s)
		if low.Code == high.Code {
			fmt.Fprintf(&id, " (%s)", low.Name.In(texts.ID))
			fmt.Fprintf(&en, " (%s)", low.Name.In(texts.EN))
		} else {
			fmt.Fprintf(&id, " (%s sampai %s)", low.Name.In(texts.ID), high.Name.In(texts.ID))
			fmt.Fprintf(&en, " (%s to %s)", low.Name.In(texts.EN), high.Name.In(texts.EN))
		}
	}
	id.WriteString(".")
	en.WriteString(".")
	if f.RawLow > f.Low {
		fmt.Fprintf(&id, " Tanpa pembatasan per kompetensi %s%%: kelebihan di satu kompetensi tidak menutup kekurangan di kompetensi lain.", f.Raw().In(texts.ID))
		fmt.Fprintf(&en, " Without the cap per competency %s%%: a surplus in one competency does not hide a gap in another.", f.Raw().In(texts.EN))
	}
	if f.DevelopFirst() {
		fmt.Fprintf(&id, " Perlu pengembangan dahulu: %s.", strings.Join(f.AbsoluteShort, ", "))
		fmt.Fprintf(&en, " Needs development first: %s.", strings.Join(f.AbsoluteShort, ", "))
	}
	return texts.T(id.String(), en.String())
}
