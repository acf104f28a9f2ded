package competencies

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// Standing is where a person stands on a day: levels, gap against the standard of the own position, and what to learn next. It is derived: rebuilt
// whole from evidence, register, dictionary, standards and courses.
type Standing struct {
	Profile
	Gaps   []Gap
	Beyond []Beyond   // gaps that no course on offer closes
	Text   texts.Text // the fit in words
}

// Profile is the part of a standing that is stored; the rest follows from it and the versions it names.
type Profile struct {
	Person     string       `json:"person"`
	On         civil.Date   `json:"on"`
	Units      []string     `json:"units,omitempty"`
	Post       string       `json:"post,omitempty"`
	PostName   string       `json:"post_name,omitempty"`
	Standard   string       `json:"standard,omitempty"` // code; "" when the person holds no post with a standard
	Standards  string       `json:"standards"`          // id of the version of the standards used
	Dictionary string       `json:"dictionary"`         // id of the version of the dictionary used
	Rules      string       `json:"rules,omitempty"`    // id of the version of the rules used; "" for the default ones
	Levels     []Owned      `json:"levels,omitempty"`   // in order of code
	Fit        Fit          `json:"fit"`
	Next       []NextCourse `json:"next,omitempty"`
}

// LevelMap gives the levels by code.
func (p Profile) LevelMap() Levels {
	out := make(Levels, len(p.Levels))
	for _, o := range p.Levels {
		out[o.Competency] = o
	}
	return out
}

// NextCourse is a course that closes a part of the gap, with the reason ("kenapa kursus ini").
type NextCourse struct {
	Course  string     `json:"course"`
	Version string     `json:"version"`
	Title   texts.Text `json:"title"`
	JP      int        `json:"jp"`
	Closes  []Close    `json:"closes"`
	Why     texts.Text `json:"why"`
}

// Close is one requirement that a course brings nearer.
type Close struct {
	Competency string `json:"competency"`
	From       int    `json:"from"` // 0 without evidence
	To         int    `json:"to"`
	Required   int    `json:"required"`
	Prepares   bool   `json:"prepares,omitempty"` // the level held is confirmed: only a new assessment changes it, the course prepares for one
}

// Beyond is a requirement that stays open after every course on offer.
type Beyond struct {
	Competency string     `json:"competency"`
	Official   bool       `json:"official"` // only an official assessment gives the level
	Why        texts.Text `json:"why"`
}

var standingDef = storage.Def[storage.Derived[Profile]]{Name: StandingsCollection, Shape: 1, Indexes: []storage.Index[storage.Derived[Profile]]{
	storage.ByGoodUntil[Profile](),
	{Name: "unit", Of: func(d *storage.Doc[storage.Derived[Profile]]) ([]string, string) {
		return d.Value.Of.Units, storage.OrderInt(int64(PercentOf(d.Value.Of.Fit.Low, d.Value.Of.Fit.Required)))
	}},
}}

// Raise notes that something a person's standing rests on has changed. Safe to call twice.
func (s *Service) Raise(ctx context.Context, person string) error {
	if err := storage.Raise(ctx, s.standings, person, s.now(), 0); err != nil {
		return fmt.Errorf("mark a standing for rebuilding: %w", err)
	}
	s.wake(ctx, StandingsCollection, person)
	return nil
}

// BuildStanding is the chain's step 7 for one person: it rebuilds the standing. Safe to call at any time and twice at once.
func (s *Service) BuildStanding(ctx context.Context, person string) error {
	_, err := storage.Rebuild(ctx, s.standings, person, s.now(), func(ctx context.Context) (Profile, civil.Date, error) {
		st, until, err := s.build(ctx, person)
		return st.Profile, until, err
	})
	return err
}

// basis is what every standing of a day is computed from, beside the person's own rows.
type basis struct {
	dict      Dictionary
	standards Standards
	rules     Rules
	rulesID   string
	on        civil.Date
}

func (s *Service) basis(ctx context.Context) (b basis, err error) {
	b.on = s.today()
	if b.dict, err = s.Dictionary(ctx); err != nil {
		return b, err
	}
	if b.standards, err = s.Standards(ctx); err != nil {
		return b, err
	}
	b.rules, b.rulesID, err = s.rulesOn(ctx, b.on)
	return b, err
}

func (s *Service) build(ctx context.Context, person string) (Standing, civil.Date, error) {
	who, err := s.cfg.Staff.Staffer(ctx, person)
	if err != nil {
		return Standing{}, "", err
	}
	rows, err := s.evidenceOf(ctx, person)
	if err != nil {
		return Standing{}, "", err
	}
	b, err := s.basis(ctx)
	if err != nil {
		return Standing{}, "", err
	}
	st, err := s.stand(ctx, person, who, Own(rows, b.dict, b.rules, b.on), b)
	return st, Changes(rows, b.on), err
}

// stand puts levels beside the present post and the courses on offer now.
func (s *Service) stand(ctx context.Context, person string, who Staffer, levels Levels, b basis) (Standing, error) {
	var courses []CourseTarget
	if s.cfg.Courses != nil {
		var err error
		if courses, err = s.cfg.Courses.Targets(ctx); err != nil {
			return Standing{}, err
		}
	}
	st := Stand(person, who, levels, b.dict, b.standards, b.rules, courses, b.on)
	st.Rules = b.rulesID
	return st, nil
}

// Stand computes a standing from levels. Pure; the order of courses does not matter.
func Stand(person string, who Staffer, levels Levels, dict Dictionary, standards Standards, rules Rules, courses []CourseTarget, on civil.Date) Standing {
	p := Profile{Person: person, On: on, Units: who.Units, Post: who.Post, PostName: who.PostName, Standard: who.Standard,
		Standards: standards.Version.ID, Dictionary: dict.Version.ID}
	for _, code := range slices.Sorted(maps.Keys(levels)) {
		p.Levels = append(p.Levels, levels[code])
	}
	if standard, ok := standards.Items[who.Standard]; ok && who.Post != "" {
		gaps := Gaps(standard, levels, dict)
		p.Fit = Match(gaps, rules)
		p.Next = Next(gaps, courses, dict, rules, who.PostName)
	}
	return p.whole(dict, standards, rules)
}

// whole adds what follows from a profile and the versions it names. Pure.
func (p Profile) whole(dict Dictionary, standards Standards, rules Rules) Standing {
	st := Standing{Profile: p}
	standard, ok := standards.Items[p.Standard]
	switch {
	case p.Post == "":
		st.Text = texts.T("Belum ada jabatan di data kepegawaian, jadi belum ada standar untuk dibandingkan.", "The register shows no position, so there is no standard to compare with.")
		return st
	case !ok:
		st.Text = texts.T("Jabatan "+p.PostName+" belum punya standar kompetensi di sini.", "The position "+p.PostName+" has no competency standard here yet.")
		return st
	}
	st.Gaps = Gaps(standard, p.LevelMap(), dict)
	st.Beyond = outOfReach(st.Gaps, p.Next, dict, rules)
	var scales []Scale
	if sc, ok := rules.Scale(ScaleMapping); ok {
		scales = append(scales, sc)
	}
	st.Text = p.Fit.Text(scales...)
	return st
}

// Next orders the courses that close a gap: the one that closes most first, then fewer JP, then the code; each is judged as if those before it were
// done. Pure.
func Next(gaps []Gap, courses []CourseTarget, dict Dictionary, rules Rules, post string) []NextCourse {
	now := map[string]int{} // level after the courses chosen so far
	for _, g := range gaps {
		now[g.Competency] = g.Owned.Level
	}
	left := slices.Clone(courses)
	slices.SortFunc(left, func(a, b CourseTarget) int { return firstOf(compare(a.JP, b.JP), compare(a.Course, b.Course)) })
	var out []NextCourse
	for {
		best, bestPoints := -1, [2]int{}
		var bestCloses []Close
		for i, c := range left {
			closes, points := closing(gaps, c, now, dict, rules)
			if points[0] > bestPoints[0] || points[0] == bestPoints[0] && points[1] > bestPoints[1] {
				best, bestPoints, bestCloses = i, points, closes
			}
		}
		if best < 0 {
			break
		}
		c := left[best]
		left = slices.Delete(left, best, best+1)
		for _, cl := range bestCloses {
			now[cl.Competency] = cl.To
		}
		out = append(out, NextCourse{Course: c.Course, Version: c.Version, Title: c.Title, JP: c.JP, Closes: bestCloses, Why: why(bestCloses, dict, post)})
	}
	return out
}

// outOfReach lists the gaps that stay open after every course of Next.
func outOfReach(gaps []Gap, next []NextCourse, dict Dictionary, rules Rules) []Beyond {
	now := map[string]int{}
	for _, g := range gaps {
		now[g.Competency] = g.Owned.Level
	}
	for _, n := range next {
		for _, c := range n.Closes {
			now[c.Competency] = max(now[c.Competency], c.To)
		}
	}
	var out []Beyond
	for _, g := range gaps {
		if now[g.Competency] >= g.Level {
			continue
		}
		label := dict.label(g.Competency)
		id := fmt.Sprintf("%s level %d belum dapat dicapai lewat kursus yang tersedia", label.ID, g.Level)
		en := fmt.Sprintf("%s level %d is out of reach of the courses on offer", label.EN, g.Level)
		official := g.Level > rules.Cap(CertificateAssessed, dict.Field(g.Competency))
		if official {
			id, en = id+": butuh penilaian kompetensi.", en+": it needs an official assessment."
		} else {
			id, en = id+": butuh tugas yang dinilai, verifikasi atasan, atau penilaian kompetensi.", en+": it needs assessed work, a supervisor's verification or an official assessment."
		}
		out = append(out, Beyond{g.Competency, official, texts.T(id, en)})
	}
	return out
}

// closing says what a course adds: points[0] levels it closes, points[1] levels it only prepares because a confirmed result stands.
func closing(gaps []Gap, c CourseTarget, now map[string]int, dict Dictionary, rules Rules) (closes []Close, points [2]int) {
	for _, g := range gaps {
		for _, t := range c.Targets {
			if t.Competency != g.Competency {
				continue
			}
			to := min(t.Level, rules.Cap(cmp.Or(t.Kind, c.Kind), dict.Field(t.Competency)), g.Level)
			if to > 2 && now[g.Competency] < 2 { // nobody skips level 2
				to = 2
			}
			if to <= now[g.Competency] {
				continue
			}
			cl := Close{Competency: g.Competency, From: now[g.Competency], To: to, Required: g.Level, Prepares: g.Owned.State == Confirmed}
			if cl.Prepares {
				points[1] += to - cl.From
			} else {
				points[0] += to - cl.From
			}
			closes = append(closes, cl)
		}
	}
	return closes, points
}

func why(closes []Close, dict Dictionary, post string) texts.Text {
	var id, en []string
	for _, c := range closes {
		label := dict.label(c.Competency)
		hasID, hasEN := "belum ada bukti", "there is no evidence yet"
		if c.From > 0 {
			hasID, hasEN = fmt.Sprintf("sekarang level %d", c.From), fmt.Sprintf("the level now is %d", c.From)
		}
		doesID, doesEN := fmt.Sprintf("kursus ini memberi bukti level %d", c.To), fmt.Sprintf("this course gives evidence of level %d", c.To)
		if c.Prepares {
			doesID, doesEN = fmt.Sprintf("level itu ditetapkan oleh penilaian; kursus ini menyiapkan penilaian ulang ke level %d", c.To),
				fmt.Sprintf("that level was confirmed by an assessment; this course prepares a new one for level %d", c.To)
		}
		id = append(id, fmt.Sprintf("Jabatan %s meminta %s level %d; %s; %s.", post, label.ID, c.Required, hasID, doesID))
		en = append(en, fmt.Sprintf("The position %s asks for %s level %d; %s; %s.", post, label.EN, c.Required, hasEN, doesEN))
	}
	return texts.T(strings.Join(id, " "), strings.Join(en, " "))
}

// StandingOf is where a person stands today. The stored levels are used while they are good; gap and next courses follow from the post held and the
// courses on offer at the moment of the question, so a change of either shows at once, whenever the workers store it. Looking at somebody else's is noted.
func (s *Service) StandingOf(ctx context.Context, a access.Actor, person string) (Standing, error) {
	role, who, err := s.may(ctx, a, "view", "standing", person)
	if err != nil {
		return Standing{}, err
	}
	if err := s.cfg.Viewed.Note(ctx, a, role, person); err != nil {
		return Standing{}, err
	}
	d, err := s.standings.Get(ctx, person)
	if err != nil && !errors.Is(err, faults.NotFound) {
		return Standing{}, err
	}
	b, err := s.basis(ctx)
	if err != nil {
		return Standing{}, err
	}
	if b.fresh(d.Value) {
		return s.stand(ctx, person, who, d.Value.Of.LevelMap(), b)
	}
	rows, err := s.evidenceOf(ctx, person)
	if err != nil {
		return Standing{}, err
	}
	return s.stand(ctx, person, who, Own(rows, b.dict, b.rules, b.on), b)
}

// fresh says whether the levels of a stored standing still are what would be computed now.
func (b basis) fresh(d storage.Derived[Profile]) bool {
	return d.Have > 0 && d.Have >= d.Want && (d.GoodUntil == "" || b.on < d.GoodUntil) && b.rules.From <= d.Of.On &&
		d.Of.Dictionary == b.dict.Version.ID && d.Of.Rules == b.rulesID
}

// LevelsOf are the levels of a person today, computed from the evidence. Read by other rooms.
func (s *Service) LevelsOf(ctx context.Context, person string) (Levels, error) {
	rows, err := s.evidenceOf(ctx, person)
	if err != nil {
		return nil, err
	}
	b, err := s.basis(ctx)
	if err != nil {
		return nil, err
	}
	return Own(rows, b.dict, b.rules, b.on), nil
}

// EachLevels calls fn with the levels of everybody who ever had evidence, reading the stored standings and computing those that are stale; the order
// of people is not fixed. For whole-city work of other rooms, not for a page.
func (s *Service) EachLevels(ctx context.Context, fn func(person string, levels Levels) error) error {
	b, err := s.basis(ctx)
	if err != nil {
		return err
	}
	return s.standings.All(ctx, func(d storage.Doc[storage.Derived[Profile]]) error {
		if b.fresh(d.Value) {
			return fn(d.ID, d.Value.Of.LevelMap())
		}
		rows, err := s.evidenceOf(ctx, d.ID)
		if err != nil {
			return err
		}
		return fn(d.ID, Own(rows, b.dict, b.rules, b.on))
	})
}

// Trainings lists the titles of a person's training on record: certificates of ours that stand and training elsewhere that was verified. Read by
// other rooms.
func (s *Service) Trainings(ctx context.Context, person string) ([]string, error) {
	docs, err := s.hours.Gather(ctx, storage.Query{Index: "person", Term: person})
	if err != nil {
		return nil, err
	}
	var out []string
	for _, d := range docs {
		if d.Value.State.Counts() {
			out = append(out, d.Value.Title)
		}
	}
	return out, nil
}
