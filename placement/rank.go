package placement

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/texts"
)

// Reason is how one requirement of the post stands with a candidate: the figures behind the rank.
type Reason struct {
	Competency string                  `json:"competency"`
	Required   int                     `json:"required"`
	Importance competencies.Importance `json:"importance"`
	Level      int                     `json:"level,omitempty"` // 0 without evidence
	State      competencies.State      `json:"state,omitempty"` // "" without evidence
	Evidence   string                  `json:"evidence,omitempty"`
}

// Lift is the counterfactual: what would lift a match above a cut and close what is absolute and open, as few competencies as possible.
type Lift struct {
	Raises []Raise    `json:"raises"`
	Text   texts.Text `json:"text"`
}

// Raise is one competency brought to a level.
type Raise struct {
	Competency string `json:"competency"`
	From       int    `json:"from,omitempty"` // 0 without evidence
	To         int    `json:"to"`
}

// Candidate is a person ranked for a post.
type Candidate struct {
	Person      string           `json:"person"`
	Rank        int              `json:"rank"`               // 1 is best; equal for ties
	Tied        int              `json:"tied,omitempty"`     // how many others share the rank
	Eligibility Outcome          `json:"eligibility"`        // Met, or Unknown when a rule needs papers
	Verdicts    []Verdict        `json:"verdicts,omitempty"` // the rules that are not known to be met
	Fit         competencies.Fit `json:"fit"`
	Reasons     []Reason         `json:"reasons"`
	Text        texts.Text       `json:"text"`
	Lift        *Lift            `json:"lift,omitempty"` // nil when the match is above the cut and nothing absolute is open
}

// Opportunity is a post ranked for a person.
type Opportunity struct {
	Post        Post
	Rank        int
	Tied        int
	Eligibility Outcome
	Verdicts    []Verdict // the rules that are not known to be met
	Fit         competencies.Fit
	Reasons     []Reason
	Text        texts.Text
	Lift        *Lift
}

// order compares two matches for ranking, also of posts with different totals, both at the lower end: first those in whom no absolute requirement is
// open by so much that development comes first, then the capped match, in exact arithmetic. Since the unknown counts as nothing in both, more
// evidence never costs a place. 0 is a tie and is shown as one.
func order(a, b competencies.Fit) int {
	return firstOf(compare(min(a.AbsoluteOpen, 1), min(b.AbsoluteOpen, 1)), compare(b.Low*a.Required, a.Low*b.Required))
}

// Places gives ranks to matches: result[i] is the rank of fits[i] and how many others share it. Equal matches share the best rank of their group
// (1, 2, 2, 4). The order of the input does not matter. Pure.
func Places(fits []competencies.Fit) (ranks, tied []int) {
	by := make([]int, len(fits))
	for i := range by {
		by[i] = i
	}
	slices.SortStableFunc(by, func(i, j int) int { return order(fits[i], fits[j]) })
	ranks, tied = make([]int, len(fits)), make([]int, len(fits))
	for from := 0; from < len(by); {
		to := from + 1
		for to < len(by) && order(fits[by[from]], fits[by[to]]) == 0 {
			to++
		}
		for _, i := range by[from:to] {
			ranks[i], tied[i] = from+1, to-from-1
		}
		from = to
	}
	return ranks, tied
}

func reasons(gaps []competencies.Gap) []Reason {
	out := make([]Reason, len(gaps))
	for i, g := range gaps {
		out[i] = Reason{Competency: g.Competency, Required: g.Level, Importance: g.Importance, Level: g.Owned.Level, State: g.Owned.State, Evidence: g.Owned.Evidence}
	}
	return out
}

// maxNamed is how many competencies a sentence names before it counts the rest.
const maxNamed = 3

// words says in a few sentences why a match is what it is: the figure, what is met, what is short, what is unknown.
func words(gaps []competencies.Gap, fit competencies.Fit, rules competencies.Rules, scales ...competencies.Scale) texts.Text {
	var short, unknown []competencies.Gap
	met := 0
	for _, g := range gaps {
		switch n, known := g.Short(); {
		case !known:
			unknown = append(unknown, g)
		case n > 0:
			short = append(short, g)
		default:
			met++
		}
	}
	t := fit.Text(scales...)
	id, en := t.ID, t.EN
	id += fmt.Sprintf(" Memenuhi %d dari %d syarat.", met, len(gaps))
	en += fmt.Sprintf(" Meets %d of %d requirements.", met, len(gaps))
	list := func(gs []competencies.Gap, one func(competencies.Gap) texts.Text) (string, string) {
		var a, b []string
		for i, g := range gs {
			if i == maxNamed {
				a, b = append(a, fmt.Sprintf("dan %d lagi", len(gs)-i)), append(b, fmt.Sprintf("and %d more", len(gs)-i))
				break
			}
			t := one(g)
			a, b = append(a, t.ID), append(b, t.EN)
		}
		return strings.Join(a, ", "), strings.Join(b, ", ")
	}
	if len(short) > 0 {
		slices.SortStableFunc(short, func(a, b competencies.Gap) int {
			x, _ := a.Short()
			y, _ := b.Short()
			return compare(y, x)
		})
		a, b := list(short, func(g competencies.Gap) texts.Text {
			return texts.T(fmt.Sprintf("%s (level %d dari %d)", named(g).ID, g.Owned.Level, g.Level), fmt.Sprintf("%s (level %d of %d)", named(g).EN, g.Owned.Level, g.Level))
		})
		id, en = id+" Kurang pada "+a+".", en+" Short in "+b+"."
	}
	if len(unknown) > 0 {
		a, b := list(unknown, named)
		id, en = id+" Belum ada bukti untuk "+a+".", en+" No evidence for "+b+"."
	}
	if late := behind(gaps, rules); len(late) > 0 {
		a, b := list(late, openly)
		id += " Dalam urutan berada di belakang calon tanpa syarat mutlak yang masih terbuka: " + a + "."
		en += " Stands in the order behind those without an open absolute requirement: " + b + "."
	}
	return texts.T(id, en)
}

// behind are the absolute requirements that put a match behind others, those that Fit.AbsoluteOpen counts.
func behind(gaps []competencies.Gap, rules competencies.Rules) []competencies.Gap {
	return slices.DeleteFunc(slices.Clone(gaps), func(g competencies.Gap) bool {
		return g.Importance != competencies.Absolute || g.Level-g.Owned.Level < rules.FirstDevelop
	})
}

// openly names an absolute requirement that is open, and says whether it is unknown or short.
func openly(g competencies.Gap) texts.Text {
	if !g.Owned.Known() {
		return texts.T(named(g).ID+" (mutlak, belum ada bukti)", named(g).EN+" (absolute, no evidence yet)")
	}
	return texts.T(fmt.Sprintf("%s (mutlak, level %d dari %d)", named(g).ID, g.Owned.Level, g.Level), fmt.Sprintf("%s (absolute, level %d of %d)", named(g).EN, g.Owned.Level, g.Level))
}

func named(g competencies.Gap) texts.Text {
	return texts.T(g.Competency+" "+g.Name.In(texts.ID), g.Competency+" "+g.Name.In(texts.EN))
}

// Lifting finds what lifts the lower end of a match to a band: first what absolute requirements need so that development need not come first, then the
// largest shortfalls, the last one only as far as needed, so as few competencies as possible change. nil when the match is there already. Pure.
func Lifting(gaps []competencies.Gap, rules competencies.Rules, cut competencies.Band) *Lift {
	fit := competencies.Match(gaps, rules)
	reached := func(low int) bool { return low*100_00 >= int(cut.Min)*fit.Required }
	if fit.Required == 0 || reached(fit.Low) && fit.AbsoluteOpen == 0 {
		return nil
	}
	now := make([]int, len(gaps))
	low := 0
	for i, g := range gaps {
		now[i] = min(g.Owned.Level, g.Level)
		if g.Importance == competencies.Absolute {
			now[i] = max(now[i], g.Level-rules.FirstDevelop+1)
		}
		low += now[i]
	}
	byShortfall := make([]int, len(gaps))
	for i := range gaps {
		byShortfall[i] = i
	}
	started := func(i int) int { // a competency that must rise anyway comes before others of the same shortfall
		if now[i] > min(gaps[i].Owned.Level, gaps[i].Level) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(byShortfall, func(i, j int) int {
		return firstOf(compare(started(i), started(j)), compare(gaps[j].Level-now[j], gaps[i].Level-now[i]), compare(gaps[i].Competency, gaps[j].Competency))
	})
	for _, i := range byShortfall {
		for now[i] < gaps[i].Level && !reached(low) {
			now[i]++
			low++
		}
	}
	l := &Lift{}
	var id, en []string
	for i, g := range gaps {
		if now[i] == min(g.Owned.Level, g.Level) {
			continue
		}
		l.Raises = append(l.Raises, Raise{g.Competency, g.Owned.Level, now[i]})
		if g.Owned.Known() {
			id = append(id, fmt.Sprintf("%s naik dari level %d ke level %d", named(g).ID, g.Owned.Level, now[i]))
			en = append(en, fmt.Sprintf("%s rises from level %d to level %d", named(g).EN, g.Owned.Level, now[i]))
		} else {
			id = append(id, fmt.Sprintf("%s terbukti pada level %d", named(g).ID, now[i]))
			en = append(en, fmt.Sprintf("%s is shown at level %d", named(g).EN, now[i]))
		}
	}
	if reached(fit.Low) {
		var a, b []string
		for _, g := range behind(gaps, rules) {
			a, b = append(a, openly(g).ID), append(b, openly(g).EN)
		}
		l.Text = texts.T(fmt.Sprintf("Kecocokan sudah mencapai batas %s%% (%s), tetapi masih terbuka: %s. Bila %s, urutan tidak lagi di belakang karena syarat mutlak.", cut.Min.In(texts.ID), cut.Name.In(texts.ID), enumerate(a, " dan ", ", dan "), enumerate(id, " dan ", ", dan ")),
			fmt.Sprintf("The fit reaches the cut of %s%% (%s) already, but still open: %s. If %s, no absolute requirement holds the place back any more.", cut.Min.In(texts.EN), cut.Name.In(texts.EN), enumerate(b, " and ", " and "), enumerate(en, " and ", " and ")))
		return l
	}
	at := competencies.PercentOf(low, fit.Required)
	l.Text = texts.T(fmt.Sprintf("Bila %s, kecocokan menjadi %s%% dan mencapai batas %s%% (%s).", enumerate(id, " dan ", ", dan "), at.In(texts.ID), cut.Min.In(texts.ID), cut.Name.In(texts.ID)),
		fmt.Sprintf("If %s, the fit becomes %s%% and reaches the cut of %s%% (%s).", enumerate(en, " and ", " and "), at.In(texts.EN), cut.Min.In(texts.EN), cut.Name.In(texts.EN)))
	return l
}

// enumerate joins the parts of a sentence: "a", "a dan b", "a, b, dan c". two stands between two parts, last before the last of several.
func enumerate(parts []string, two, last string) string {
	switch n := len(parts); n {
	case 0, 1, 2:
		return strings.Join(parts, two)
	default:
		return strings.Join(parts[:n-1], ", ") + last + parts[n-1]
	}
}
