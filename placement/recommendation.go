package placement

import (
	"context"
	"errors"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Recommendation is a ranking for a post as it stood when it was asked for. It is never changed: the same data and algorithm version give it again.
// It holds no names; persons are ids.
type Recommendation struct {
	ID       string    `json:"id"`
	Post     string    `json:"post"`
	PostName string    `json:"post_name"`
	Units    []string  `json:"units,omitempty"` // of the post, for permission
	Note     string    `json:"note,omitempty"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	Ranking
}

// Basis names everything a ranking was computed from.
type Basis struct {
	Algorithm   string     `json:"algorithm"`
	On          civil.Date `json:"on"`
	Standard    string     `json:"standard"`    // code
	Standards   string     `json:"standards"`   // id of the version of the standards
	Dictionary  string     `json:"dictionary"`  // id of the version of the dictionary
	Eligibility string     `json:"eligibility"` // id of the version of the rules
	Cut         string     `json:"cut"`         // code of the band that counterfactuals lift to
}

var recommendationDef = storage.Def[Recommendation]{Name: "recommendations", Shape: 1, Indexes: []storage.Index[Recommendation]{
	{Name: "post", Of: func(d *storage.Doc[Recommendation]) ([]string, string) {
		terms := []string{"all", "post:" + d.Value.Post}
		for _, u := range d.Value.Units {
			terms = append(terms, "unit:"+u)
		}
		return terms, storage.OrderTime(d.Value.At)
	}},
}}

// Recommend ranks people for a vacant post and keeps the result, audited. form is the id the form carried: a second post returns the first
// recommendation. Errors: Conflict when the post has no empty seat, Invalid when it has no standard, NotFound and Forbidden by permission.
func (s *Service) Recommend(ctx context.Context, a access.Actor, form, post, note string) (Recommendation, error) {
	p, err := s.post(ctx, post)
	if err != nil {
		return Recommendation{}, err
	}
	role, err := s.cfg.Policy.May(a, "recommend", p.thing())
	if err != nil {
		return Recommendation{}, err
	}
	if form == "" || len(form) > 60 {
		return Recommendation{}, faults.OnField("form", "Formulir ini rusak. Muat ulang halaman.", "This form is broken. Reload the page.")
	}
	if len(note) > 2000 {
		return Recommendation{}, faults.OnField("note", "Catatan paling banyak 2.000 huruf.", "A note has at most 2,000 letters.")
	}
	id := post + "." + form
	if d, err := s.recommendations.Get(ctx, id); err == nil {
		return d.Value, nil
	} else if !errors.Is(err, faults.NotFound) {
		return Recommendation{}, err
	}
	if p.Vacant < 1 {
		return Recommendation{}, faults.New(faults.Conflict, "Jabatan ini tidak lowong.", "This position is not vacant.")
	}
	ranking, err := s.rank(ctx, a, p)
	if err != nil {
		return Recommendation{}, err
	}
	r := Recommendation{ID: id, Post: post, PostName: p.Name, Units: p.Units, Note: note, By: a.Name(), At: s.now(), Ranking: ranking}
	d := storage.Doc[Recommendation]{ID: id, Value: r, Trail: []storage.Audit{s.entry(a, role, "recommend", "recommendations/"+id, "", "", Algorithm)}}
	if err := s.recommendations.Insert(ctx, &d); errors.Is(err, faults.Conflict) {
		d, err = s.recommendations.Get(ctx, id)
		return d.Value, err
	} else if err != nil {
		return Recommendation{}, err
	}
	return r, nil
}

// Recommendation reads one. NotFound when there is none or the actor may not see it.
func (s *Service) Recommendation(ctx context.Context, a access.Actor, id string) (Recommendation, error) {
	d, err := s.recommendations.Get(ctx, id)
	if err != nil {
		return Recommendation{}, err
	}
	if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "recommendation", ID: id, Units: d.Value.Units}); err != nil {
		return Recommendation{}, err
	}
	return d.Value, nil
}

// Page is one answer of a list. Next resumes behind it when More is true.
type Page[T any] struct {
	Items []T
	Next  storage.Cursor
	More  bool
}

// Recommendations lists those the actor may see, newest first; post narrows to one post.
func (s *Service) Recommendations(ctx context.Context, a access.Actor, post string, after storage.Cursor, limit int) (Page[Recommendation], error) {
	scope := s.cfg.Policy.Scope(a, "view", "recommendation")
	if scope.Empty() {
		return Page[Recommendation]{}, faults.New(faults.NotFound, "Yang Anda cari tidak ada.", "What you are looking for does not exist.")
	}
	if limit <= 0 || limit > storage.MaxPage {
		limit = storage.DefaultPage
	}
	q := storage.Query{Index: "post", Term: "all", Desc: true, After: after, Limit: limit}
	switch {
	case post != "":
		q.Term = "post:" + post
	case !scope.All && len(scope.Units) == 1:
		q.Term = "unit:" + scope.Units[0]
	}
	out := Page[Recommendation]{}
	for read := 0; read < storage.MaxGather; {
		p, err := s.recommendations.Find(ctx, q)
		if err != nil {
			return out, err
		}
		for _, d := range p.Docs {
			read++
			if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "recommendation", ID: d.ID, Units: d.Value.Units}); err == nil {
				if len(out.Items) == limit {
					out.More = true
					return out, nil
				}
				out.Items = append(out.Items, d.Value)
			}
			out.Next = storage.Cursor{Order: storage.OrderTime(d.Value.At), ID: d.ID}
		}
		if !p.More {
			return out, nil
		}
		q.After = p.Next
	}
	out.More = true
	return out, nil
}
