package main

import (
	"strings"
	"testing"

	"github.com/apelkota/apel/competencies"
)

// What the main job demands of a changed recommendation; every deviation is named.
func TestCompareRecommendations(t *testing.T) {
	post := func(low competencies.Percent, known int, evidence, text string) []opportunityAnswer {
		o := opportunityAnswer{Fit: fitAnswer{low, 100_00, known, 4}, Reasons: []reasonAnswer{{"T.04", evidence}, {"M.01", ""}}, Text: phrase{text}}
		o.Post.ID, o.Post.Name = "loket", "Loket"
		return []opportunityAnswer{o}
	}
	rows := evidenceAnswer{Items: []evidenceRow{{"bukti", "sertifikat", "Layanan Tanpa Pungli"}, {"lama", "lain", "Kursus lain"}}}
	before := post(10_00, 1, "lama", "dulu")
	for name, c := range map[string]struct {
		after []opportunityAnswer
		want  string // part of the error; "" for a change as demanded
	}{
		"changed":              {post(30_00, 2, "bukti", "kini"), ""},
		"only coverage":        {post(10_00, 2, "bukti", "kini"), ""},
		"nothing changed":      {before, "the fit of none of 1"},
		"another post":         {nil, "the fit of none of 0"},
		"worse":                {post(5_00, 2, "bukti", "kini"), "fits worse"},
		"rests on less":        {post(30_00, 0, "bukti", "kini"), "fits worse"},
		"by other evidence":    {post(30_00, 2, "lama", "kini"), "not by the certificate"},
		"the same words":       {post(30_00, 2, "bukti", "dulu"), "without other words"},
		"without words at all": {post(30_00, 2, "bukti", ""), "without other words"},
	} {
		got, err := compareRecommendations(before, c.after, rows, "sertifikat")
		switch {
		case c.want != "":
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v, want %q", name, err, c.want)
			}
			continue
		case err != nil || got.Changed != 1 || strings.Join(got.By, " ") != "T.04":
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if s, err := got.words(standingAnswer{}); err == nil {
			t.Errorf("%s: told without a reason: %s", name, s)
		}
		var standing standingAnswer
		standing.Levels = append(standing.Levels, levelAnswer{Competency: "T.04", Level: 2, Known: true, Why: phrase{"Level 2 lewat sertifikat."}})
		if s, err := got.words(standing); err != nil || !strings.Contains(s, "T.04: Level 2 lewat sertifikat.") || !strings.Contains(s, "Layanan Tanpa Pungli") || !strings.Contains(s, " → ") {
			t.Errorf("%s: %s, %v", name, s, err)
		}
	}
}
