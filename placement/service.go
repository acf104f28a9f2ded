package placement

import (
	"context"
	"errors"
	"slices"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// maxCandidates is how many of a ranking are kept and shown with their reasons, ties at the end included up to twice as many.
const maxCandidates = 50

// Ranking is who fits a post, with everything it rests on.
type Ranking struct {
	Basis      Basis       `json:"basis"`
	Candidates []Candidate `json:"candidates"`
	Considered int         `json:"considered"`        // people judged
	Eligible   int         `json:"eligible"`          // of them, those no rule refuses
	Unsure     int         `json:"unsure"`            // of the eligible, those for whom a rule needs papers
	Refused    []Refused   `json:"refused,omitempty"` // how many each rule refuses; one person may be refused by several
	LeftOut    texts.Text  `json:"left_out,omitzero"` // who was left out for another reason than a rule
}

// Refused counts whom a rule refuses.
type Refused struct {
	Rule  string     `json:"rule"`
	Law   string     `json:"law"`
	Text  texts.Text `json:"text"`
	Count int        `json:"count"`
}

func (p Post) thing() access.Thing { return access.Thing{Kind: "vacancy", ID: p.ID, Units: p.Units} }

// post finds a post. NotFound when there is none or it is closed.
func (s *Service) post(ctx context.Context, id string) (Post, error) {
	p, err := s.cfg.Register.Post(ctx, id)
	if errors.Is(err, faults.NotFound) {
		err = faults.New(faults.NotFound, "Jabatan ini tidak ada.", "This position does not exist.")
	}
	return p, err
}

// Vacancies lists the posts with an empty seat that the actor may see, by name.
func (s *Service) Vacancies(ctx context.Context, a access.Actor) ([]Post, error) {
	if s.cfg.Policy.Scope(a, "view", "vacancy").Empty() {
		return nil, faults.New(faults.NotFound, "Yang Anda cari tidak ada.", "What you are looking for does not exist.")
	}
	all, err := s.cfg.Register.Posts(ctx)
	if err != nil {
		return nil, err
	}
	var out []Post
	for _, p := range all {
		if p.Vacant < 1 {
			continue
		}
		if _, err := s.cfg.Policy.May(a, "view", p.thing()); err == nil {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b Post) int {
		return firstOf(compare(a.Name, b.Name), compare(a.Code, b.Code), compare(a.ID, b.ID))
	})
	return out, nil
}

// PeopleFor ranks everybody whom the actor may consider for a post, today. The actor is never among them. Nothing is stored; see Recommend.
// Errors: Invalid when the post has no standard; NotFound and Forbidden by permission.
func (s *Service) PeopleFor(ctx context.Context, a access.Actor, post string) (Ranking, error) {
	p, err := s.post(ctx, post)
	if err != nil {
		return Ranking{}, err
	}
	if _, err := s.cfg.Policy.May(a, "rank", p.thing()); err != nil {
		return Ranking{}, err
	}
	return s.rank(ctx, a, p)
}

// ground is what every ranking of a day is computed from, beside people and posts.
type ground struct {
	rules     []Rule
	standards competencies.Standards
	dict      competencies.Dictionary
	method    competencies.Rules
	selection competencies.Scale
	on        civil.Date
	basis     Basis
}

func (s *Service) ground(ctx context.Context) (g ground, err error) {
	g.on = s.today()
	rules, version, err := s.ruleset(ctx)
	if err != nil {
		return g, err
	}
	g.rules = rules
	if g.standards, err = s.cfg.Competencies.Standards(ctx); err != nil {
		return g, err
	}
	if g.dict, err = s.cfg.Competencies.Dictionary(ctx); err != nil {
		return g, err
	}
	if g.method, err = s.cfg.Competencies.Rules(ctx, g.on); err != nil {
		return g, err
	}
	g.selection, _ = g.method.Scale(competencies.ScaleSelection)
	g.basis = Basis{Algorithm: Algorithm, On: g.on, Standards: g.standards.Version.ID, Dictionary: g.dict.Version.ID, Eligibility: version.ID, Cut: g.cut().Code}
	return g, nil
}

// cut is the band that counterfactuals lift to: the highest of the selection scale.
func (g ground) cut() competencies.Band {
	if len(g.selection.Bands) == 0 {
		return competencies.Band{}
	}
	return g.selection.Bands[0]
}

func (g ground) scales() []competencies.Scale {
	if len(g.selection.Bands) == 0 {
		return nil
	}
	return []competencies.Scale{g.selection}
}

// judge asks the rules; only where training on record could settle one is the person's ledger read.
func (s *Service) judge(ctx context.Context, g ground, sub Subject, p Post) (Outcome, []Verdict, error) {
	outcome, verdicts := Judge(g.rules, sub.Facts, p, g.on)
	if outcome != Unknown || !slices.ContainsFunc(verdicts, func(v Verdict) bool { return v.Outcome == Unknown && g.kind(v.Rule) == TrainingInGovernment }) {
		return outcome, verdicts, nil
	}
	titles, err := s.cfg.Competencies.Trainings(ctx, sub.Person)
	if err != nil || len(titles) == 0 {
		return outcome, verdicts, err
	}
	sub.Facts.Trainings = titles
	outcome, verdicts = Judge(g.rules, sub.Facts, p, g.on)
	return outcome, verdicts, nil
}

func (g ground) kind(code string) RuleKind {
	for _, r := range g.rules {
		if r.Code == code {
			return r.Rule
		}
	}
	return ""
}

// open keeps the verdicts that are not known to be met.
func open(all []Verdict) []Verdict {
	return slices.DeleteFunc(slices.Clone(all), func(v Verdict) bool { return v.Outcome == Met })
}

func (s *Service) rank(ctx context.Context, a access.Actor, p Post) (Ranking, error) {
	g, err := s.ground(ctx)
	if err != nil {
		return Ranking{}, err
	}
	standard, ok := g.standards.Items[p.Standard]
	if !ok {
		return Ranking{}, faults.New(faults.Invalid, "Jabatan ini belum punya standar kompetensi, jadi kecocokan tidak dapat dihitung.", "This position has no competency standard yet, so nothing can be matched.")
	}
	r := Ranking{Basis: g.basis}
	r.Basis.Standard = standard.Code
	type entry struct {
		Subject
		outcome  Outcome
		verdicts []Verdict
	}
	var eligible []entry
	refused := map[string]int{}
	err = s.cfg.Register.EachSubject(ctx, ages(g.rules), func(sub Subject) error {
		if sub.Post == p.ID {
			return nil // holds it already
		}
		if sub.Person == a.Person {
			r.LeftOut = texts.T("Anda sendiri tidak ikut diperingkat: tidak seorang pun menilai pencalonannya sendiri. Bila Anda berminat, minta analis lain yang memproses.",
				"You are not ranked yourself: nobody acts on their own candidacy. If you are interested, ask another analyst to process this position.")
			return nil
		}
		if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "candidate", ID: sub.Person, Owner: sub.Person, Units: sub.Units}); err != nil {
			return nil
		}
		r.Considered++
		outcome, verdicts, err := s.judge(ctx, g, sub, p)
		if err != nil {
			return err
		}
		if outcome == Unmet {
			for _, v := range verdicts {
				if v.Outcome == Unmet {
					refused[v.Rule]++
				}
			}
			return nil
		}
		if outcome == Unknown {
			r.Unsure++
		}
		eligible = append(eligible, entry{sub, outcome, open(verdicts)})
		return nil
	})
	if err != nil {
		return Ranking{}, err
	}
	r.Eligible = len(eligible)
	for _, rule := range g.rules {
		if n := refused[rule.Code]; n > 0 {
			r.Refused = append(r.Refused, Refused{rule.Code, rule.Law, rule.Text, n})
		}
	}

	// One pass of the kernel gives everybody's points; only the best get their reasons. The ids order people of equal points, so that the cut-off of
	// a long list does not depend on the order of the input.
	slices.SortFunc(eligible, func(a, b entry) int { return compare(a.Person, b.Person) })
	place := make(map[string]int, len(eligible))
	for i, e := range eligible {
		place[e.Person] = i
	}
	codes := make([]string, len(standard.Requirements))
	for i, q := range standard.Requirements {
		codes[i] = q.Competency
	}
	frame := NewFrame(codes)
	rows, need := make([]uint64, len(eligible)*frame.Words()), make([]uint64, frame.Words())
	required := frame.Required(need, standard)
	late := make([]int, len(eligible))
	for i := range late {
		late[i] = absoluteOpen(standard, nil, g.method)
	}
	err = s.cfg.Competencies.EachLevels(ctx, func(person string, levels competencies.Levels) error {
		if i, ok := place[person]; ok {
			frame.Owned(rows[i*frame.Words():(i+1)*frame.Words()], levels)
			late[i] = absoluteOpen(standard, levels, g.method)
		}
		return nil
	})
	if err != nil {
		return Ranking{}, err
	}
	points := make([]uint16, len(eligible))
	Points(frame.Words(), rows, need, points)
	fits := make([]competencies.Fit, len(eligible))
	by := make([]int, len(eligible))
	for i := range fits {
		by[i] = i
		fits[i] = competencies.Fit{Low: int(points[i]), Required: required, AbsoluteOpen: late[i]}
	}
	ranks, tied := Places(fits)
	slices.SortStableFunc(by, func(i, j int) int { return compare(ranks[i], ranks[j]) })
	for n, i := range by {
		if n >= maxCandidates && (ranks[i] != ranks[by[n-1]] || n >= 2*maxCandidates) {
			break
		}
		e := eligible[i]
		levels, err := s.cfg.Competencies.LevelsOf(ctx, e.Person)
		if err != nil {
			return Ranking{}, err
		}
		gaps := competencies.Gaps(standard, levels, g.dict)
		fit := competencies.Match(gaps, g.method)
		r.Candidates = append(r.Candidates, Candidate{Person: e.Person, Rank: ranks[i], Tied: tied[i], Eligibility: e.outcome, Verdicts: e.verdicts, Fit: fit,
			Reasons: reasons(gaps), Text: words(gaps, fit, g.method, g.scales()...), Lift: Lifting(gaps, g.method, g.cut())})
	}
	return r, nil
}

// absoluteOpen is Fit.AbsoluteOpen without building the gaps.
func absoluteOpen(st competencies.Standard, levels competencies.Levels, rules competencies.Rules) (n int) {
	for _, q := range st.Requirements {
		if q.Importance == competencies.Absolute && q.Level-levels[q.Competency].Level >= rules.FirstDevelop { // the unknown counts nothing
			n++
		}
	}
	return n
}

// PostsFilter narrows the posts for a person.
type PostsFilter struct {
	All     bool // also posts without an empty seat
	Refused bool // also posts that a rule refuses, at the end, so that the person reads why
	Limit   int  // 0 means 20
}

// PostsFor ranks posts for a person, best first: what the person's evidence fits, which rules stand in the way, and what would lift the match.
// The own present post is left out. Errors: NotFound and Forbidden by permission.
func (s *Service) PostsFor(ctx context.Context, a access.Actor, person string, f PostsFilter) ([]Opportunity, error) {
	g, err := s.ground(ctx)
	if err != nil {
		return nil, err
	}
	sub, err := s.subject(ctx, a, "view", person, g)
	if err != nil {
		return nil, err
	}
	levels, err := s.cfg.Competencies.LevelsOf(ctx, person)
	if err != nil {
		return nil, err
	}
	all, err := s.cfg.Register.Posts(ctx)
	if err != nil {
		return nil, err
	}
	var out, refused []Opportunity
	for _, p := range all {
		standard, ok := g.standards.Items[p.Standard]
		if !ok || p.ID == sub.Post || p.Vacant < 1 && !f.All {
			continue
		}
		outcome, verdicts, err := s.judge(ctx, g, sub, p)
		if err != nil {
			return nil, err
		}
		gaps := competencies.Gaps(standard, levels, g.dict)
		fit := competencies.Match(gaps, g.method)
		o := Opportunity{Post: p, Eligibility: outcome, Verdicts: open(verdicts), Fit: fit, Reasons: reasons(gaps), Text: words(gaps, fit, g.method, g.scales()...),
			Lift: Lifting(gaps, g.method, g.cut())}
		if outcome == Unmet {
			refused = append(refused, o)
		} else {
			out = append(out, o)
		}
	}
	out = placed(out)
	if f.Refused {
		out = append(out, placed(refused)...)
	}
	if f.Limit <= 0 {
		f.Limit = 20
	}
	return out[:min(len(out), f.Limit)], nil
}

// placed sorts opportunities and gives them ranks.
func placed(list []Opportunity) []Opportunity {
	fits := make([]competencies.Fit, len(list))
	for i, o := range list {
		fits[i] = o.Fit
	}
	ranks, tied := Places(fits)
	for i := range list {
		list[i].Rank, list[i].Tied = ranks[i], tied[i]
	}
	slices.SortFunc(list, func(a, b Opportunity) int {
		return firstOf(compare(a.Rank, b.Rank), compare(a.Post.Name, b.Post.Name), compare(a.Post.ID, b.Post.ID))
	})
	return list
}

func (s *Service) subject(ctx context.Context, a access.Actor, verb, person string, g ground) (Subject, error) {
	sub, err := s.cfg.Register.Subject(ctx, person, ages(g.rules))
	if err != nil && !errors.Is(err, faults.NotFound) {
		return sub, err
	}
	role, may := s.cfg.Policy.May(a, verb, access.Thing{Kind: "candidate", ID: person, Owner: person, Units: sub.Units})
	if may != nil {
		return sub, may
	}
	if err != nil {
		return sub, err
	}
	return sub, s.cfg.Viewed.Note(ctx, a, role, person)
}

// Eligibility judges one person for one post today, every rule with its answer, met ones too.
func (s *Service) Eligibility(ctx context.Context, a access.Actor, person, post string) (Outcome, []Verdict, error) {
	g, err := s.ground(ctx)
	if err != nil {
		return "", nil, err
	}
	sub, err := s.subject(ctx, a, "view", person, g)
	if err != nil {
		return "", nil, err
	}
	p, err := s.post(ctx, post)
	if err != nil {
		return "", nil, err
	}
	return s.judge(ctx, g, sub, p)
}

// Doubts lists the rules that somebody is not known to meet for a post on the day of an appointment, for whoever may appoint them. It tells nothing of evidence
// or fit, and decides nothing. Who only acts (Plt, Plh) keeps the present post, so definitive says whether a lower level matters. A look at somebody else is noted.
// Errors: NotFound and Forbidden by permission; NotFound (the post).
func (s *Service) Doubts(ctx context.Context, a access.Actor, person, post string, definitive bool, on civil.Date) ([]Verdict, error) {
	rules, _, err := s.ruleset(ctx)
	if err != nil {
		return nil, err
	}
	if !definitive {
		rules = slices.DeleteFunc(rules, func(r Rule) bool { return r.Rule == NotBelow })
	}
	g := ground{rules: rules, on: on}
	sub, err := s.subject(ctx, a, "check", person, g)
	if err != nil {
		return nil, err
	}
	p, err := s.post(ctx, post)
	if err != nil {
		return nil, err
	}
	_, verdicts, err := s.judge(ctx, g, sub, p)
	return open(verdicts), err
}
