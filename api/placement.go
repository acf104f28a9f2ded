package api

import (
	"context"
	"net/http"
	"time"

	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/placement"
)

// Verdict of a rule is not Verdict of a certificate: this one says how a person stands to one dated legal limit.

// RuleVerdict is what one eligibility rule says of one person for one post.
type RuleVerdict struct {
	Rule    string     `json:"rule"`
	Outcome string     `json:"outcome" enum:"met,unmet,unknown"`
	Law     string     `json:"law"`
	Text    texts.Text `json:"text"`
	Why     texts.Text `json:"why" doc:"How the person stands to it"`
	Fulfil  texts.Text `json:"fulfil" doc:"How it can be met; empty where nothing helps"`
}

// Reason is how one requirement of a post stands with a candidate.
type Reason struct {
	Competency string `json:"competency"`
	Required   int    `json:"required"`
	Importance string `json:"importance"`
	Level      int    `json:"level,omitempty" doc:"Missing without evidence"`
	State      string `json:"state,omitempty"`
	Evidence   string `json:"evidence,omitempty"`
}

// Lift is what would lift a match above the cut, in as few competencies as possible.
type Lift struct {
	Raises []Raise    `json:"raises" maxItems:"1000" nullable:"false"`
	Text   texts.Text `json:"text"`
}

// Raise is one competency brought to a level.
type Raise struct {
	Competency string `json:"competency"`
	From       int    `json:"from,omitempty"`
	To         int    `json:"to"`
}

// Candidate is a person ranked for a post, with the reasons.
type Candidate struct {
	Person      string        `json:"person"`
	Rank        int           `json:"rank" doc:"1 is best; equal for ties"`
	Tied        int           `json:"tied" doc:"How many others share the rank"`
	Eligibility string        `json:"eligibility" enum:"met,unknown"`
	Verdicts    []RuleVerdict `json:"verdicts" maxItems:"1000" nullable:"false" doc:"Rules not known to be met"`
	Fit         Fit           `json:"fit"`
	Reasons     []Reason      `json:"reasons" maxItems:"1000" nullable:"false"`
	Text        texts.Text    `json:"text"`
	Lift        *Lift         `json:"lift,omitempty" doc:"What would lift the match to the cut or close an open absolute requirement; missing when neither is needed"`
}

// Opportunity is a post ranked for a person, with the reasons.
type Opportunity struct {
	Post        Post          `json:"post"`
	Rank        int           `json:"rank"`
	Tied        int           `json:"tied"`
	Eligibility string        `json:"eligibility" enum:"met,unmet,unknown"`
	Verdicts    []RuleVerdict `json:"verdicts" maxItems:"1000" nullable:"false"`
	Fit         Fit           `json:"fit"`
	Reasons     []Reason      `json:"reasons" maxItems:"1000" nullable:"false"`
	Text        texts.Text    `json:"text"`
	Lift        *Lift         `json:"lift,omitempty"`
}

// Post is a position as ranking sees it.
type Post struct {
	ID       string `json:"id"`
	Code     string `json:"code"`
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Jenjang  string `json:"jenjang"`
	Standard string `json:"standard,omitempty"`
	Unit     string `json:"unit"`
	Seats    int    `json:"seats"`
	Vacant   int    `json:"vacant"`
}

// Ranking says on what a list of candidates rests and whom it leaves out.
type Ranking struct {
	Algorithm   string       `json:"algorithm"`
	On          string       `json:"on"`
	Standard    string       `json:"standard"`
	Standards   string       `json:"standards" doc:"Version of the standards"`
	Dictionary  string       `json:"dictionary" doc:"Version of the dictionary"`
	Rules       string       `json:"rules" doc:"Version of the eligibility rules"`
	Considered  int          `json:"considered"`
	Eligible    int          `json:"eligible"`
	Unsure      int          `json:"unsure" doc:"Of the eligible, those for whom a rule needs papers"`
	RefusedBy   []Refused    `json:"refused_by" maxItems:"1000" nullable:"false" doc:"How many each rule refuses; one person may be refused by several"`
	LeftOut     texts.Text   `json:"left_out"`
	Recommended *Recommended `json:"recommended,omitempty" doc:"Only of a stored recommendation"`
}

// Refused counts whom a rule refuses.
type Refused struct {
	Rule  string     `json:"rule"`
	Law   string     `json:"law"`
	Text  texts.Text `json:"text"`
	Count int        `json:"count"`
}

// Recommended says when and by whom a ranking was stored.
type Recommended struct {
	ID       string    `json:"id"`
	Post     string    `json:"post"`
	PostName string    `json:"post_name"`
	Note     string    `json:"note,omitempty"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
}

// Candidates is one page of a ranking.
type Candidates struct {
	Ranking Ranking     `json:"ranking"`
	Items   []Candidate `json:"items" maxItems:"200" nullable:"false"`
	Next    string      `json:"next,omitempty"`
}

// EligibilityRule is one dated legal limit.
type EligibilityRule struct {
	Code      string     `json:"code"`
	AppliesTo string     `json:"applies_to"`
	Rule      string     `json:"rule"`
	Value     string     `json:"value"`
	Law       string     `json:"law"`
	From      string     `json:"from"`
	Until     string     `json:"until,omitempty"`
	Text      texts.Text `json:"text"`
}

// Eligibility is the judgement of one person for one post.
type Eligibility struct {
	Outcome  string        `json:"outcome" enum:"met,unmet,unknown"`
	Verdicts []RuleVerdict `json:"verdicts" maxItems:"1000" nullable:"false" doc:"Every rule, met ones too"`
}

func showVerdicts(in []placement.Verdict) []RuleVerdict {
	out := make([]RuleVerdict, 0, len(in))
	for _, v := range in {
		out = append(out, RuleVerdict{v.Rule, string(v.Outcome), v.Law, v.Text, v.Why, v.Fulfil})
	}
	return out
}

func showReasons(in []placement.Reason) []Reason {
	out := make([]Reason, 0, len(in))
	for _, r := range in {
		out = append(out, Reason{r.Competency, r.Required, string(r.Importance), r.Level, string(r.State), r.Evidence})
	}
	return out
}

func showLift(l *placement.Lift) *Lift {
	if l == nil {
		return nil
	}
	v := &Lift{Raises: []Raise{}, Text: l.Text}
	for _, r := range l.Raises {
		v.Raises = append(v.Raises, Raise{r.Competency, r.From, r.To})
	}
	return v
}

func showCandidate(c placement.Candidate) Candidate {
	return Candidate{c.Person, c.Rank, c.Tied, string(c.Eligibility), showVerdicts(c.Verdicts), showFit(c.Fit), showReasons(c.Reasons), c.Text, showLift(c.Lift)}
}

func showPost(p placement.Post) Post {
	return Post{p.ID, p.Code, p.Name, p.Kind, p.Jenjang, p.Standard, p.Unit, p.Seats, p.Vacant}
}

func showOpportunity(o placement.Opportunity) Opportunity {
	return Opportunity{showPost(o.Post), o.Rank, o.Tied, string(o.Eligibility), showVerdicts(o.Verdicts), showFit(o.Fit), showReasons(o.Reasons), o.Text, showLift(o.Lift)}
}

func showRanking(r placement.Ranking) Ranking {
	v := Ranking{Algorithm: r.Basis.Algorithm, On: string(r.Basis.On), Standard: r.Basis.Standard, Standards: r.Basis.Standards, Dictionary: r.Basis.Dictionary, Rules: r.Basis.Eligibility,
		Considered: r.Considered, Eligible: r.Eligible, Unsure: r.Unsure, RefusedBy: []Refused{}, LeftOut: r.LeftOut}
	for _, x := range r.Refused {
		v.RefusedBy = append(v.RefusedBy, Refused{x.Rule, x.Law, x.Text, x.Count})
	}
	return v
}

func showRecommended(r placement.Recommendation) Recommended {
	return Recommended{r.ID, r.Post, r.PostName, r.Note, r.By, r.At}
}

// candidates is one page of a ranking.
func candidates(in *PageInput, r placement.Ranking, of *Recommended) (*body[Candidates], error) {
	p, err := paged(in, r.Candidates, func(c placement.Candidate) string { return c.Person }, showCandidate)
	if err != nil {
		return nil, err
	}
	v := Candidates{Ranking: showRanking(r), Items: p.Body.Items, Next: p.Body.Next}
	v.Ranking.Recommended = of
	return answer(v), nil
}

// PostPath names a position in an address.
type PostPath struct {
	ID string `path:"id" maxLength:"60"`
}

func (s *server) placement() {
	handle(s, operation{Method: http.MethodGet, Path: "/positions/{id}/candidates", ID: "rankCandidates", Tag: "placement", Summary: "Who fits a position, best first, each with the reasons; nothing is stored"},
		func(ctx context.Context, in *struct {
			PostPath
			PageInput
		}) (*body[Candidates], error) {
			r, err := s.Placement.PeopleFor(ctx, visit.Actor(ctx), in.ID)
			if err != nil {
				return nil, err
			}
			return candidates(&in.PageInput, r, nil)
		})
	handle(s, operation{Method: http.MethodPost, Path: "/positions/{id}/recommendations", ID: "recommend", Tag: "placement", Summary: "Rank people for a vacant position and keep the result", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			PostPath
			Body struct {
				Form string `json:"form" minLength:"8" maxLength:"60" pattern:"^[A-Za-z0-9_-]*$" doc:"Id of the recommendation, chosen by the sender: sending again is the same one"`
				Note string `json:"note,omitempty" maxLength:"1000"`
			}
		}) (*body[Candidates], error) {
			r, err := s.Placement.Recommend(ctx, visit.Actor(ctx), in.Body.Form, in.ID, in.Body.Note)
			if err != nil {
				return nil, err
			}
			of := showRecommended(r)
			return candidates(&PageInput{Limit: 200, list: "getRecommendation"}, r.Ranking, &of)
		})
	handle(s, operation{Method: http.MethodGet, Path: "/recommendations", ID: "listRecommendations", Tag: "placement", Summary: "Stored recommendations, the newest first"},
		func(ctx context.Context, in *struct {
			PageInput
			Position string `query:"position" maxLength:"60"`
		}) (*body[ListOf[Recommended]], error) {
			p, err := s.Placement.Recommendations(ctx, visit.Actor(ctx), in.Position, in.after(), in.Limit)
			if err != nil {
				return nil, err
			}
			return list(p.Items, in.next(p.Next, p.More), showRecommended), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/recommendations/{id}", ID: "getRecommendation", Tag: "placement", Summary: "A stored recommendation as it was made"},
		func(ctx context.Context, in *struct {
			ID string `path:"id" maxLength:"60"`
			PageInput
		}) (*body[Candidates], error) {
			r, err := s.Placement.Recommendation(ctx, visit.Actor(ctx), in.ID)
			if err != nil {
				return nil, err
			}
			of := showRecommended(r)
			return candidates(&in.PageInput, r.Ranking, &of)
		})
	handle(s, operation{Method: http.MethodGet, Path: "/people/{id}/positions", ID: "rankPositions", Tag: "placement", Summary: "Positions that fit a person, best first, with what stands in the way and what would help"},
		func(ctx context.Context, in *struct {
			PersonPath
			PageInput
			All     bool `query:"all" doc:"Also positions without an empty seat"`
			Refused bool `query:"refused" doc:"Also positions a rule refuses, at the end"`
		}) (*body[ListOf[Opportunity]], error) {
			all, err := s.Placement.PostsFor(ctx, visit.Actor(ctx), in.ID, placement.PostsFilter{All: in.All, Refused: in.Refused, Limit: maxPositions})
			if err != nil {
				return nil, err
			}
			return paged(&in.PageInput, all, func(o placement.Opportunity) string { return o.Post.ID }, showOpportunity)
		})
	handle(s, operation{Method: http.MethodGet, Path: "/people/{id}/positions/{position}/eligibility", ID: "judgeEligibility", Tag: "placement", Summary: "Every eligibility rule for one person and one position, with its law"},
		func(ctx context.Context, in *struct {
			PersonPath
			Position string `path:"position" maxLength:"60"`
		}) (*body[Eligibility], error) {
			o, vs, err := s.Placement.Eligibility(ctx, visit.Actor(ctx), in.ID, in.Position)
			if err != nil {
				return nil, err
			}
			return answer(Eligibility{string(o), showVerdicts(vs)}), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/eligibility-rules", ID: "listEligibilityRules", Tag: "placement", Summary: "Eligibility rules in force with their law"},
		func(ctx context.Context, in *PageInput) (*body[ListOf[EligibilityRule]], error) {
			all, _, err := s.Placement.Rules(ctx, visit.Actor(ctx))
			if err != nil {
				return nil, err
			}
			return paged(in, all, func(r placement.Rule) string { return r.Code }, func(r placement.Rule) EligibilityRule {
				return EligibilityRule{r.Code, r.AppliesTo, string(r.Rule), r.Value, r.Law, string(r.From), string(r.Until), r.Text}
			})
		})
}

// maxPositions bounds the positions ranked for one person in one answer.
const maxPositions = 1000
