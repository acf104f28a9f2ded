package api

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/itemstats"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
)

// QuizAnalysis is the item analysis of one quiz of a version.
type QuizAnalysis struct {
	Course    string         `json:"course"`
	Version   string         `json:"version"`
	Quiz      string         `json:"quiz"`
	Kind      string         `json:"kind" enum:"pre_test,practice,post_test"`
	CountedAt *time.Time     `json:"counted_at,omitempty" doc:"When the figures were put together; missing while nothing has been counted"`
	Pending   bool           `json:"pending" doc:"Newer results are being counted"`
	Sittings  int64          `json:"sittings" doc:"First sittings of each enrolment; who comes again has met the items"`
	Score     QuizFigures    `json:"score"`
	Items     []ItemFigures  `json:"items" nullable:"false" maxItems:"1000" doc:"Item versions that somebody saw"`
	Flags     []ItemFlag     `json:"flags" nullable:"false" maxItems:"1000" doc:"What a person should look at, the most urgent first"`
	Rasch     *ItemResponses `json:"rasch,omitempty" doc:"From 100 sittings"`
	TwoPL     *ItemResponses `json:"two_pl,omitempty" doc:"From 500 sittings"`
	Groups    []GroupFigures `json:"groups" nullable:"false" maxItems:"200" doc:"By objective, then by competency"`
	Gains     []GainFigures  `json:"gains" nullable:"false" maxItems:"200" doc:"Of a post-test: first pre-test to first post-test of the same enrolment, the whole test first"`
}

// Estimate is a figure with its 95 % interval.
type Estimate struct {
	Value   float64 `json:"value"`
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
	N       int64   `json:"n" doc:"Sittings it rests on"`
	Warning string  `json:"warning,omitempty" enum:"few,some,rough,bounds,negative" doc:"Why it should not be leaned on"`
}

func estimate(v *itemstats.Value) *Estimate {
	if v == nil {
		return nil
	}
	return &Estimate{v.Value, v.Low, v.High, v.N, string(v.Warning)}
}

// QuizFigures are the figures of a quiz as a whole, in percent of the form; those that cannot be computed are missing.
type QuizFigures struct {
	Mean        *Estimate  `json:"mean,omitempty"`
	Median      *Estimate  `json:"median,omitempty"`
	SD          *Estimate  `json:"sd,omitempty"`
	Skewness    *Estimate  `json:"skewness,omitempty"`
	Kurtosis    *Estimate  `json:"kurtosis,omitempty"`
	Consistency *Estimate  `json:"consistency,omitempty" doc:"Percent"`
	Method      string     `json:"method,omitempty" enum:"alpha,nested" doc:"Cronbach's alpha (KR-20), or for drawn forms the dependability of items nested in people"`
	ErrorRatio  *Estimate  `json:"error_ratio,omitempty"`
	SEM         *Estimate  `json:"sem,omitempty" doc:"Standard error of measurement"`
	Scores      []ScoreBar `json:"scores" nullable:"false" maxItems:"20"`
}

// ScoreBar is one bar of the distribution of scores.
type ScoreBar struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	N    int64   `json:"n"`
}

// ItemFigures are the figures of one item version.
type ItemFigures struct {
	Item            string          `json:"item"`
	Code            string          `json:"code"`
	Number          int             `json:"number" doc:"Version of the item"`
	Key             int             `json:"key" doc:"Version of the key that counts"`
	Objective       string          `json:"objective"`
	Sittings        int64           `json:"sittings"`
	Blank           int64           `json:"blank"`
	Facility        *Estimate       `json:"facility,omitempty" doc:"Mean mark, percent"`
	SD              *Estimate       `json:"sd,omitempty"`
	Guess           *float64        `json:"guess,omitempty" doc:"What random guessing earns, percent"`
	IntendedWeight  float64         `json:"intended_weight"`
	EffectiveWeight *Estimate       `json:"effective_weight,omitempty"`
	Discrimination  *Estimate       `json:"discrimination,omitempty" doc:"100 times the correlation with the rest of the form"`
	Efficiency      *Estimate       `json:"efficiency,omitempty"`
	UpperLower      *Estimate       `json:"upper_lower,omitempty"`
	ItemRest        *Estimate       `json:"item_rest,omitempty" doc:"-1 to 1"`
	Options         []OptionFigures `json:"options" nullable:"false" maxItems:"500"`
	Trace           []TracePoint    `json:"trace" nullable:"false" maxItems:"10"`
	Silent          []texts.Text    `json:"silent" nullable:"false" maxItems:"20" doc:"What flags on keys and distractors cannot say of an item of this type, and why"`
	Pooled          *PooledFigures  `json:"pooled,omitempty" doc:"Over all versions of the course that have the item unchanged, where there are several; flags rest on it"`
	Drift           *DriftFigures   `json:"drift,omitempty" doc:"Against the item version before or, where the item did not change, itself in earlier versions of the course"`
}

// PooledFigures are an item version over versions of its course; correlations are those within a version.
type PooledFigures struct {
	Versions []int           `json:"versions" nullable:"false" maxItems:"10" doc:"Numbers of the versions of the course, this one among them; the six nearest that have figures"`
	Sittings int64           `json:"sittings"`
	Blank    int64           `json:"blank"`
	Facility *Estimate       `json:"facility,omitempty" doc:"Percent"`
	ItemRest *Estimate       `json:"item_rest,omitempty" doc:"-1 to 1"`
	Options  []PooledChoices `json:"options" nullable:"false" maxItems:"500"`
}

// PooledChoices is one option of it.
type PooledChoices struct {
	ID            string    `json:"id"`
	Text          string    `json:"text"`
	Key           bool      `json:"key"`
	N             int64     `json:"n"`
	Share         *Estimate `json:"share,omitempty" doc:"Percent of those who were asked"`
	PointBiserial *Estimate `json:"point_biserial,omitempty"`
}

// DriftFigures compare an item with what it was before.
type DriftFigures struct {
	Changed    bool      `json:"changed" doc:"The item changed, not only the course around it"`
	Number     int       `json:"number" doc:"The version of the item it is compared with"`
	Versions   []int     `json:"versions" nullable:"false" maxItems:"10" doc:"Versions of the course where that one stood"`
	Before     *Estimate `json:"before,omitempty" doc:"Facility then, percent"`
	After      *Estimate `json:"after,omitempty" doc:"Facility now"`
	Difference *Estimate `json:"difference,omitempty" doc:"Percentage points, people as they are"`
	Adjusted   *Estimate `json:"adjusted,omitempty" doc:"The same at equal score"`
	P          float64   `json:"p" doc:"Of no difference at equal score, two-sided"`
	Apart      string    `json:"apart,omitempty" enum:"length,marks,levels" doc:"Why it cannot be compared at equal score: length of the form, marks of the item, no common levels"`
}

// OptionFigures is one row of the options table; the row without an id are those who left the item blank.
type OptionFigures struct {
	ID            string    `json:"id" doc:"Of the option; with the part's before it where an item asks several things; after = an answer that was typed by at least five people and counts as wrong"`
	Text          string    `json:"text"`
	Key           bool      `json:"key"`
	N             int64     `json:"n"`
	Share         *Estimate `json:"share,omitempty" doc:"Percent of those who saw the item"`
	Thirds        []float64 `json:"thirds" nullable:"false" maxItems:"3" doc:"Percent of the lower, middle and upper third by the rest of the form who chose it"`
	MeanRest      *float64  `json:"mean_rest,omitempty"`
	PointBiserial *Estimate `json:"point_biserial,omitempty"`
}

// TracePoint is one group of takers by the rest of their form.
type TracePoint struct {
	Rest   float64   `json:"rest" doc:"Mean of the rest of the form, percent"`
	N      float64   `json:"n"`
	Mark   float64   `json:"mark" doc:"Mean mark of the item, percent"`
	Shares []float64 `json:"shares" nullable:"false" maxItems:"500" doc:"Percent that chose each option, in the order of the options"`
}

// ItemFlag is something about an item that a person should look at: a hint, no verdict.
type ItemFlag struct {
	Kind   string     `json:"kind" enum:"wrong_key,missing_answer,against,drifted,too_hard,too_easy,weak,dead_option,small_n,unused_options,misfit"`
	Item   string     `json:"item"`
	Option string     `json:"option,omitempty"`
	Text   texts.Text `json:"text"`
}

// ItemResponses is a fitted item response model.
type ItemResponses struct {
	Sittings    int64           `json:"sittings"`
	Reliability *float64        `json:"reliability,omitempty" doc:"0 to 1"`
	LogLik      float64         `json:"log_lik"`
	AIC         float64         `json:"aic"`
	BIC         float64         `json:"bic"`
	Converged   bool            `json:"converged"`
	Items       []ItemResponse  `json:"items" nullable:"false" maxItems:"1000"`
	Information []InformationAt `json:"information" nullable:"false" maxItems:"100"`
	Dropped     []DroppedItem   `json:"dropped" nullable:"false" maxItems:"1000" doc:"Items that could not be part of it"`
}

// ItemResponse is one item of a model.
type ItemResponse struct {
	Item       string    `json:"item"`
	Difficulty *Estimate `json:"difficulty,omitempty"`
	Slope      *Estimate `json:"slope,omitempty"`
	Infit      *Estimate `json:"infit,omitempty"`
	Outfit     *Estimate `json:"outfit,omitempty"`
}

// InformationAt is the precision of an average form at an ability.
type InformationAt struct {
	Ability     float64 `json:"ability"`
	Information float64 `json:"information"`
	SE          float64 `json:"se"`
}

// DroppedItem is an item left out of a model.
type DroppedItem struct {
	Item   string `json:"item"`
	Reason string `json:"reason" enum:"few,constant"`
}

// GroupFigures are what people earn on the items of an objective or a competency.
type GroupFigures struct {
	Objective  string    `json:"objective,omitempty"`
	Competency string    `json:"competency,omitempty"`
	Items      int       `json:"items" doc:"Item versions that somebody saw"`
	Answers    int64     `json:"answers"`
	Flagged    int       `json:"flagged" doc:"Items with something to look at"`
	Facility   *Estimate `json:"facility,omitempty" doc:"Mean mark, percent"`
}

// GainFigures are what people learned between two tests. There is no control group.
type GainFigures struct {
	Objective  string    `json:"objective" doc:"Empty: the whole test, or a competency"`
	Competency string    `json:"competency,omitempty" doc:"Code of the competency, of all objectives that serve it"`
	People     int64     `json:"people"`
	Before     *Estimate `json:"before,omitempty" doc:"Mean, percent"`
	After      *Estimate `json:"after,omitempty"`
	Mean       *Estimate `json:"mean,omitempty" doc:"Percentage points"`
	Normalised *Estimate `json:"normalised,omitempty" doc:"Of what was left to gain; at most 1"`
	Effect     *Estimate `json:"effect,omitempty" doc:"Cohen's d"`
	Better     *Estimate `json:"better,omitempty" doc:"Percent that did better"`
	Worse      *Estimate `json:"worse,omitempty"`
}

func showAnalysis(a courses.Analysis, l texts.Lang) QuizAnalysis {
	q := a.Figures.Quiz
	v := QuizAnalysis{Course: a.Course, Version: a.Version, Quiz: a.Quiz, Kind: string(a.Kind), CountedAt: instant(a.CountedAt), Pending: a.Pending, Sittings: q.N,
		Score: QuizFigures{estimate(q.Mean), estimate(q.Median), estimate(q.SD), estimate(q.Skewness), estimate(q.Kurtosis), estimate(q.Consistency), string(q.Method), estimate(q.ErrorRatio), estimate(q.SEM), []ScoreBar{}},
		Items: []ItemFigures{}, Flags: []ItemFlag{}, Rasch: showModel(a.Rasch), TwoPL: showModel(a.TwoPL), Groups: []GroupFigures{}, Gains: []GainFigures{}}
	for _, g := range a.Groups {
		v.Groups = append(v.Groups, GroupFigures{g.Objective, g.Competency, g.Items, g.Answers, g.Flagged, estimate(g.Facility)})
	}
	for _, s := range q.Scores {
		v.Score.Scores = append(v.Score.Scores, ScoreBar(s))
	}
	for _, it := range a.Figures.Items {
		about := a.About[it.ID]
		x := ItemFigures{it.ID, about.Code, about.Version, max(about.Key, 1), about.Objective, it.N, it.Blank, estimate(it.Facility), estimate(it.SD), it.Guess, it.IntendedWeight, estimate(it.Effective),
			estimate(it.Discrimination), estimate(it.Efficiency), estimate(it.UpperLower), estimate(it.ItemRest), []OptionFigures{}, []TracePoint{}, append([]texts.Text{}, about.Silent()...), nil, nil}
		if p, ok := a.Pooled[it.ID]; ok {
			x.Pooled = &PooledFigures{p.Versions, p.N, p.Blank, estimate(p.Facility), estimate(p.ItemRest), []PooledChoices{}}
			for _, o := range p.Options {
				x.Pooled.Options = append(x.Pooled.Options, PooledChoices{o.ID, about.Named(o.ID).In(l), o.Key, o.N, estimate(o.Share), estimate(o.PointBiserial)})
			}
		}
		if d, ok := a.Drift[it.ID]; ok {
			x.Drift = &DriftFigures{d.Changed, d.Item, d.Versions, estimate(d.Before), estimate(d.After), estimate(d.Difference), estimate(d.Adjusted), d.P, string(d.Apart)}
		}
		for _, o := range it.Options {
			text := ""
			if o.ID != "" {
				text = about.Named(o.ID).In(l)
			}
			x.Options = append(x.Options, OptionFigures{o.ID, text, o.Key, o.N, estimate(o.Share), append([]float64{}, o.Groups...), o.MeanRest, estimate(o.PointBiserial)})
		}
		for _, p := range it.Trace {
			x.Trace = append(x.Trace, TracePoint{p.Rest, p.N, p.Mark, append([]float64{}, p.Shares...)})
		}
		v.Items = append(v.Items, x)
	}
	for _, f := range a.Flags[:min(len(a.Flags), 1000)] {
		v.Flags = append(v.Flags, ItemFlag{string(f.Kind), f.Item, f.Option, f.Text})
	}
	for _, g := range a.Gains {
		v.Gains = append(v.Gains, GainFigures{g.Objective, g.Competency, g.N, estimate(g.Before), estimate(g.After), estimate(g.Mean), estimate(g.Normalised), estimate(g.Effect), estimate(g.Better), estimate(g.Worse)})
	}
	return v
}

func showModel(m *itemstats.Model) *ItemResponses {
	if m == nil {
		return nil
	}
	v := &ItemResponses{Sittings: m.N, Reliability: m.Reliability, LogLik: m.LogLik, AIC: m.AIC, BIC: m.BIC, Converged: m.Converged, Items: []ItemResponse{}, Information: []InformationAt{}, Dropped: []DroppedItem{}}
	for _, it := range m.Items {
		v.Items = append(v.Items, ItemResponse{it.ID, estimate(it.Difficulty), estimate(it.Slope), estimate(it.Infit), estimate(it.Outfit)})
	}
	for _, i := range m.Information {
		v.Information = append(v.Information, InformationAt(i))
	}
	for _, d := range m.Dropped {
		v.Dropped = append(v.Dropped, DroppedItem{d.ID, d.Reason})
	}
	return v
}

// QuizPath names a quiz of a version in an address.
type QuizPath struct {
	ID   string `path:"id" maxLength:"60" doc:"Of the version"`
	Quiz string `path:"quiz" maxLength:"30"`
}

func (s *server) analyses(r *gin.Engine) {
	handle(s, operation{Method: http.MethodGet, Path: "/versions/{id}/quizzes/{quiz}/analysis", ID: "getAnalysis", Tag: "authoring", Summary: "Item analysis of a quiz, from the first sittings; no attempt is read and nobody is named"},
		func(ctx context.Context, in *QuizPath) (*body[QuizAnalysis], error) {
			return one(func(a courses.Analysis) QuizAnalysis { return showAnalysis(a, visit.From(ctx).Lang) })(s.Courses.Analysis(ctx, visit.Actor(ctx), in.ID, in.Quiz))
		})
	download(s, r, operation{Path: "/versions/{id}/quizzes/{quiz}/analysis/{format}", ID: "exportAnalysis", Tag: "authoring",
		Summary: "The same as a file in the language of Accept-Language, with every figure, its interval and its warning: xlsx has a sheet per part, csv is one long table"}, "application/octet-stream", func(c *gin.Context) {
		ctx := c.Request.Context()
		f, err := s.Courses.AnalysisFile(ctx, visit.Actor(ctx), c.Param("id"), c.Param("quiz"), c.Param("format"), visit.From(ctx).Lang)
		if err != nil {
			s.fail(c, err)
			return
		}
		file(c, f.Name, f.MediaType, f.Data)
	})
	handle(s, operation{Method: http.MethodPost, Path: "/versions/{id}/quizzes/{quiz}/analysis/recount", ID: "recountAnalysis", Tag: "authoring", Summary: "Have the sittings of the course counted anew; the figures stay until the new ones are there", Status: http.StatusAccepted},
		func(ctx context.Context, in *QuizPath) (*body[QuizAnalysis], error) {
			if err := s.Courses.CountAgain(ctx, visit.Actor(ctx), in.ID, in.Quiz); err != nil {
				return nil, err
			}
			return one(func(a courses.Analysis) QuizAnalysis { return showAnalysis(a, visit.From(ctx).Lang) })(s.Courses.Analysis(ctx, visit.Actor(ctx), in.ID, in.Quiz))
		})
}
