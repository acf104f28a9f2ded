package api

import (
	"context"
	"net/http"

	"github.com/apelkota/apel/courses/lint"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
)

// LintReport says what makes the tests of a version easy to outwit and its texts hard to read, with the figures it rests on.
type LintReport struct {
	Course     string         `json:"course"`
	Findings   []LintFinding  `json:"findings" maxItems:"1000" nullable:"false" doc:"The first 1,000"`
	FindingsIn int            `json:"findings_in" doc:"How many there are in all"`
	Positions  []KeyPositions `json:"positions" maxItems:"1000" nullable:"false"`
	Longest    []LongestKeys  `json:"longest" maxItems:"1000" nullable:"false"`
	Bots       []BotRate      `json:"bots" maxItems:"1000" nullable:"false" doc:"How far those come who know nothing"`
}

// LintFinding is something an author should change.
type LintFinding struct {
	Rule string     `json:"rule" enum:"key-position,key-longest,all-of-them,negative,near-duplicate,few-items,long-sentences,test-wise,untaught,seldom-asked,no-feedback,no-difficulty,no-english,taken-out,no-objective,no-judge"`
	File string     `json:"file,omitempty" doc:"Code of the lesson, bank or field task"`
	Item string     `json:"item,omitempty" doc:"Code of the item"`
	Text texts.Text `json:"text" doc:"What is wrong"`
	Do   texts.Text `json:"do" doc:"What to do"`
}

// KeyPositions says where keys stand in the items of a bank with so many options.
type KeyPositions struct {
	Bank    string  `json:"bank"`
	Options int     `json:"options"`
	Items   int     `json:"items"`
	Keys    []int   `json:"keys" maxItems:"20" nullable:"false" doc:"At a, b, c ..."`
	P       float64 `json:"p" doc:"That chance alone is as uneven"`
	Enough  bool    `json:"enough" doc:"There are enough items for p to say something"`
}

// LongestKeys says how often the key is longer than every other option.
type LongestKeys struct {
	Bank   string `json:"bank"`
	Items  int    `json:"items" doc:"With four options and one key"`
	Keys   int    `json:"keys"`
	Enough bool   `json:"enough"`
}

// BotRate says how often a way of guessing passes a post-test.
type BotRate struct {
	Quiz     string     `json:"quiz"`
	Bot      string     `json:"bot"`
	Name     texts.Text `json:"name"`
	Sittings int        `json:"sittings"`
	Passed   int        `json:"passed"`
	Mean     float64    `json:"mean" doc:"Points of 100"`
	PassMark int        `json:"pass_mark"`
}

func showLint(r lint.Report) LintReport {
	v := LintReport{Course: r.Course, Findings: []LintFinding{}, FindingsIn: len(r.Findings), Positions: []KeyPositions{}, Longest: []LongestKeys{}, Bots: []BotRate{}}
	for _, f := range r.Findings[:min(len(r.Findings), 1000)] {
		v.Findings = append(v.Findings, LintFinding{string(f.Rule), f.File, f.Item, f.Text, f.Do})
	}
	for _, x := range r.Positions {
		v.Positions = append(v.Positions, KeyPositions{x.File, x.Options, x.N, orEmpty(x.Keys), x.P, x.Enough})
	}
	for _, x := range r.Longest {
		v.Longest = append(v.Longest, LongestKeys{x.File, x.N, x.Keys, x.Enough})
	}
	for _, b := range r.Bots {
		v.Bots = append(v.Bots, BotRate(b))
	}
	return v
}

func (s *server) lint() {
	handle(s, operation{Method: http.MethodGet, Path: "/versions/{id}/lint", ID: "lintVersion", Tag: "authoring", Summary: "What makes the tests of a version easy to outwit and its texts hard to read, with the figures it rests on"},
		func(ctx context.Context, in *VersionPath) (*body[LintReport], error) {
			return one(showLint)(s.Courses.Lint(ctx, visit.Actor(ctx), in.ID))
		})
}
