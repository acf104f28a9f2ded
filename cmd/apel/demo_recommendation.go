package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/texts"
)

// opportunityAnswer is a post ranked for a person: how well it fits, and on which evidence that rests.
type opportunityAnswer struct {
	Post struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"post"`
	Fit     fitAnswer      `json:"fit"`
	Reasons []reasonAnswer `json:"reasons"`
	Text    phrase         `json:"text"`
}

type reasonAnswer struct {
	Competency string `json:"competency"`
	Evidence   string `json:"evidence"`
}

type fitAnswer struct {
	Low   competencies.Percent `json:"low"`
	High  competencies.Percent `json:"high"`
	Known int                  `json:"known"`
	Of    int                  `json:"of"`
}

func (f fitAnswer) String() string {
	return fmt.Sprintf("%s–%s%%, bukti %d dari %d", f.Low.In(texts.ID), f.High.In(texts.ID), f.Known, f.Of)
}

// positions asks for every post there is for a person, occupied and refused ones too: what evidence changes, it changes in all of them.
func (j *mainJob) positions(ctx context.Context, person string) (all []opportunityAnswer, err error) {
	for after := ""; ; {
		var page struct {
			Items []opportunityAnswer `json:"items"`
			Next  string              `json:"next"`
		}
		if err := j.c.call(ctx, http.MethodGet, "/people/"+person+"/positions?all=true&refused=true&limit=200&after="+url.QueryEscape(after), nil, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if after = page.Next; after == "" {
			return all, nil
		}
	}
}

// recommendationChange is what a certificate changed in the posts ranked for its holder.
type recommendationChange struct {
	Before, After opportunityAnswer // of the best ranked post that changed
	Changed, Of   int               // posts
	By            []string          // competencies in which that post now rests on the certificate
	Title         string            // of that evidence: the course
}

// compareRecommendations demands what a certificate promises: at least one post's fit and its words changed, each that changed rests on the certificate's
// evidence now and did not before, and none fits worse or rests on less.
func compareRecommendations(before, after []opportunityAnswer, rows evidenceAnswer, certificate string) (c recommendationChange, err error) {
	mine := map[string]bool{}
	for _, row := range rows.Items {
		if row.Source == certificate {
			mine[row.ID], c.Title = true, row.Title
		}
	}
	restsOn := func(o opportunityAnswer) (by []string) {
		for _, r := range o.Reasons {
			if mine[r.Evidence] {
				by = append(by, r.Competency)
			}
		}
		return by
	}
	c.Of = len(after)
	for _, now := range after {
		i := slices.IndexFunc(before, func(o opportunityAnswer) bool { return o.Post.ID == now.Post.ID })
		if i < 0 || before[i].Fit == now.Fit {
			continue
		}
		was, by := before[i], restsOn(now)
		switch {
		case now.Fit.Low < was.Fit.Low || now.Fit.Known < was.Fit.Known:
			return c, fmt.Errorf("%s fits worse with more evidence: %s → %s", now.Post.Name, was.Fit, now.Fit)
		case len(by) == 0 || len(restsOn(was)) > 0:
			return c, fmt.Errorf("%s changed, but not by the certificate: %s → %s", now.Post.Name, was.Fit, now.Fit)
		case now.Text.ID == "" || now.Text == was.Text:
			return c, fmt.Errorf("%s changed without other words: %q", now.Post.Name, now.Text.ID)
		}
		if c.Changed++; c.Changed == 1 {
			c.Before, c.After, c.By = was, now, by
		}
	}
	if c.Changed == 0 {
		return c, fmt.Errorf("the certificate changed the fit of none of %d posts", c.Of)
	}
	return c, nil
}

// words tells the change and its reason: the level each new evidence shows and where it comes from, as the person's own page says it.
func (c recommendationChange) words(standing standingAnswer) (string, error) {
	var why []string
	for _, code := range c.By {
		for _, l := range standing.Levels {
			if l.Competency == code && l.Why.ID != "" {
				why = append(why, code+": "+l.Why.ID)
			}
		}
	}
	if c.Title == "" || len(why) != len(c.By) {
		return "", fmt.Errorf("the reason is not told: %s rests on %q in %v, with words for %d of them", c.After.Post.Name, c.Title, c.By, len(why))
	}
	return fmt.Sprintf("%s: %s → %s; berubah pada %d dari %d jabatan. Sebab: sertifikat %q. %s", c.After.Post.Name, c.Before.Fit, c.After.Fit, c.Changed, c.Of, c.Title, strings.Join(why, " ")), nil
}
