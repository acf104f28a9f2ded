package web

import (
	"context"
	"html"
	"net/http"
	"strings"
	"testing"

	"github.com/apelkota/apel/competencies"
)

// TestCompetenciesPage: each requirement of the position stands in the one place that says what there is to do about it, and what holds for a group is said once.
func TestCompetenciesPage(t *testing.T) {
	r := newRig(t)
	v := r.visitor()
	a := v.enters(nadia)
	st := must[competencies.Standing](t)(r.Rooms.Competencies.StandingOf(context.Background(), a, a.Person))
	if len(st.Gaps) < 5 || len(st.Beyond) < 2 || len(st.Next) < 2 {
		t.Fatalf("%d requirements, %d beyond courses, %d courses: too few to show the groups", len(st.Gaps), len(st.Beyond), len(st.Next))
	}
	page := v.get("/kompetensi").want(t, http.StatusOK, st.PostName, "Belum ada yang terbukti", "Dapat ditutup lewat kursus", "Perlu penilaian", "mencapai level 1")
	for _, once := range []string{"Kursus yang tersedia belum sampai", "verifikasi atasan"} {
		if n := strings.Count(page.body, once); n != 1 {
			t.Errorf("%q is said %d times", once, n)
		}
	}
	for _, g := range st.Gaps {
		if n := strings.Count(page.body, html.EscapeString(g.Name.ID)); n != 1 {
			t.Errorf("%s stands on the page %d times", g.Name.ID, n)
		}
	}
}
