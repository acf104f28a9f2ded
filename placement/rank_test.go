package placement_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/placement"
)

func TestPlacesShowTiesAsTies(t *testing.T) {
	fit := func(low, required int, late bool) competencies.Fit {
		f := competencies.Fit{Low: low, Required: required}
		if late {
			f.AbsoluteOpen = 1
		}
		return f
	}
	fits := []competencies.Fit{fit(10, 20, false), fit(15, 20, false), fit(5, 10, false), fit(20, 20, true), fit(3, 20, false), fit(30, 40, false)}
	ranks, tied := placement.Places(fits)
	if !slices.Equal(ranks, []int{3, 1, 3, 6, 5, 1}) || !slices.Equal(tied, []int{1, 1, 1, 0, 0, 1}) {
		t.Errorf("%v %v", ranks, tied)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 { // whatever the order of the input
		by := r.Perm(len(fits))
		mixed := make([]competencies.Fit, len(fits))
		for i, j := range by {
			mixed[i] = fits[j]
		}
		got, _ := placement.Places(mixed)
		for i, j := range by {
			if got[i] != ranks[j] {
				t.Fatalf("%v: %v", by, got)
			}
		}
	}
}

var lurah = competencies.Standard{Code: "LURAH", Requirements: []competencies.Requirement{
	{Competency: "M.01", Level: 2, Importance: competencies.Absolute}, {Competency: "M.02", Level: 2, Importance: competencies.Useful},
	{Competency: "M.03", Level: 2, Importance: competencies.Useful}, {Competency: "T.03", Level: 3, Importance: competencies.Absolute}, {Competency: "T.08", Level: 3, Importance: competencies.Important}}}

func levels(m map[string]int) competencies.Levels {
	out := competencies.Levels{}
	for code, n := range m {
		out[code] = competencies.Owned{Competency: code, Level: n, State: competencies.Proposed}
	}
	return out
}

func TestLifting(t *testing.T) {
	rules := competencies.DefaultRules()
	selection, _ := rules.Scale(competencies.ScaleSelection)
	cut := selection.Bands[0]
	for _, c := range []struct {
		name  string
		owned map[string]int
		want  []placement.Raise
		says  string
	}{
		{"above the cut", map[string]int{"M.01": 2, "M.02": 2, "M.03": 2, "T.03": 2, "T.08": 2}, nil, ""},
		{"one competency is enough", map[string]int{"M.01": 2, "M.02": 2, "M.03": 2, "T.03": 2, "T.08": 1}, []placement.Raise{{Competency: "T.08", From: 1, To: 2}},
			"Bila T.08 T.08 naik dari level 1 ke level 2, kecocokan menjadi 83,33% dan mencapai batas 80,00% (Memenuhi Syarat)."},
		{"what is unknown is shown, not raised", map[string]int{"M.01": 2, "M.02": 2, "M.03": 2, "T.03": 3}, []placement.Raise{{Competency: "T.08", From: 0, To: 1}}, "T.08 T.08 terbukti pada level 1"},
		{"an absolute shortfall of two comes first", map[string]int{"M.01": 2, "M.02": 2, "M.03": 2, "T.03": 1, "T.08": 3}, []placement.Raise{{Competency: "T.03", From: 1, To: 2}},
			"Kecocokan sudah mencapai batas 80,00% (Memenuhi Syarat), tetapi masih terbuka: T.03 T.03 (mutlak, level 1 dari 3). Bila T.03 T.03 naik dari level 1 ke level 2"},
		{"the largest shortfall first", map[string]int{"M.01": 1, "M.02": 1, "M.03": 2, "T.03": 2}, []placement.Raise{{Competency: "T.08", From: 0, To: 3}, {Competency: "M.01", From: 1, To: 2}}, ""},
		{"what is absolute must be shown", map[string]int{"M.02": 2, "M.03": 2, "T.03": 3, "T.08": 3}, []placement.Raise{{Competency: "M.01", From: 0, To: 1}},
			"Kecocokan sudah mencapai batas 80,00% (Memenuhi Syarat), tetapi masih terbuka: M.01 M.01 (mutlak, belum ada bukti). Bila M.01 M.01 terbukti pada level 1, urutan tidak lagi di belakang karena syarat mutlak."},
		{"nothing shown", nil, []placement.Raise{{Competency: "T.03", To: 3}, {Competency: "T.08", To: 3}, {Competency: "M.01", To: 2}, {Competency: "M.02", To: 2}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			gaps := competencies.Gaps(lurah, levels(c.owned), noDictionary)
			l := placement.Lifting(gaps, rules, cut)
			if c.want == nil {
				if l != nil {
					t.Fatalf("%+v", l)
				}
				return
			}
			if l == nil {
				t.Fatal("nothing lifts")
			}
			byCode := func(a, b placement.Raise) int { return cmp.Compare(a.Competency, b.Competency) }
			slices.SortFunc(l.Raises, byCode)
			slices.SortFunc(c.want, byCode)
			if !slices.Equal(l.Raises, c.want) || !strings.Contains(l.Text.ID, c.says) {
				t.Errorf("%+v: %s", l.Raises, l.Text.ID)
			}
			after := map[string]int{}
			for code, n := range c.owned {
				after[code] = n
			}
			for _, r := range l.Raises {
				after[r.Competency] = r.To
			}
			fit := competencies.Match(competencies.Gaps(lurah, levels(after), noDictionary), rules)
			if band, _ := fit.Category(selection); band.Code != "MS" || fit.AbsoluteOpen > 0 {
				t.Errorf("after the raises the match is %s", fit.Percent())
			}
		})
	}
}

// More evidence, other than a confirmed result that replaces proposals, never costs a place.
func TestMoreEvidenceNeverCostsAPlace(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	all := codes(9)
	for range 3000 {
		st := randomStandard(r, all)
		for i := range st.Requirements {
			st.Requirements[i].Importance = competencies.Importances[r.IntN(3)]
		}
		less := randomLevels(r, all)
		more := competencies.Levels{}
		for code, o := range less {
			o.Level = min(5, o.Level+r.IntN(2))
			more[code] = o
		}
		code := all[r.IntN(len(all))]
		if !more[code].Known() {
			more[code] = competencies.Owned{Competency: code, Level: 1 + r.IntN(5), State: competencies.Proposed}
		}
		fit := func(l competencies.Levels) competencies.Fit {
			return competencies.Match(competencies.Gaps(st, l, noDictionary), competencies.DefaultRules())
		}
		a, b := fit(less), fit(more)
		if b.Low < a.Low || b.High-b.Low > a.High-a.Low {
			t.Fatalf("%+v\n%+v", a, b)
		}
		if ranks, _ := placement.Places([]competencies.Fit{a, b}); ranks[1] > ranks[0] {
			t.Fatalf("%+v\n%+v", a, b)
		}
	}
}

func TestPeopleForAVacantLurah(t *testing.T) {
	c := newCity(t)
	ctx := t.Context()
	analyst := access.Actor{Person: "p-919", Grants: []access.Grant{{Role: "placement_analyst"}}}
	vacancies, err := c.Vacancies(ctx, analyst)
	must(t, err)
	var lurahs []placement.Post
	for _, p := range vacancies {
		if p.Standard == "LURAH" {
			lurahs = append(lurahs, p)
		}
	}
	if len(lurahs) != 4 {
		t.Fatalf("vacant Lurah posts: %+v", lurahs)
	}
	post := lurahs[0]

	c.all("p-919", 2) // the analyst
	c.all("p-931", 2) // study leave or near the end of service: refused in any case
	byNIP := map[string]people.Person{}
	must(t, c.people.PeopleIn(ctx, "", func(p people.Person) error { byNIP[string(p.NIP())] = p; return nil }))
	natural := byNIP["196902121998031921"] // within a year of retirement age, otherwise a natural candidate for Lurah
	c.all(string(natural.ID), 2)
	var pns []string // everybody else whom the rules may admit
	for _, p := range byNIP {
		if o, _, err := c.Eligibility(ctx, root, string(p.ID), post.ID); err == nil && o != placement.Unmet && string(p.ID) != "p-919" {
			pns = append(pns, string(p.ID))
		}
	}
	slices.Sort(pns)
	if len(pns) < 5 {
		t.Fatalf("only %d people may be Lurah", len(pns))
	}
	c.all(pns[0], 1)
	c.all(pns[1], 2)
	c.all(pns[2], 2)

	r, err := c.PeopleFor(ctx, analyst, post.ID)
	must(t, err)
	if r.Considered+1 != len(byNIP) && r.Considered+1 != len(byNIP)-1 {
		t.Errorf("considered %d of %d", r.Considered, len(byNIP))
	}
	if r.Eligible != len(pns) || r.LeftOut.Empty() {
		t.Errorf("eligible %d, want %d; left out %q", r.Eligible, len(pns), r.LeftOut.ID)
	}
	if got := r.Candidates; got[0].Rank != 1 || got[1].Rank != 1 || got[0].Tied != 1 || got[2].Rank != 3 || got[2].Person != pns[0] || !slices.Contains(pns[1:3], got[0].Person) {
		t.Errorf("%+v", got[:3])
	}
	refused := map[string]int{}
	for _, x := range r.Refused {
		refused[x.Rule] = x.Count
		if x.Law == "" || x.Text.ID == "" {
			t.Errorf("a refusal names its rule and law: %+v", x)
		}
	}
	if refused["LURAH-PNS"] < 34 || refused["AKHIR-DINAS-STRUKTURAL"] < 1 || refused["KEDUDUKAN-AKTIF"] < 3 || refused["TIDAK-TURUN-JENJANG"] < 5 {
		t.Errorf("refused: %v", refused)
	}
	outcome, verdicts, err := c.Eligibility(ctx, analyst, string(natural.ID), post.ID)
	must(t, err)
	if i := slices.IndexFunc(verdicts, func(v placement.Verdict) bool { return v.Rule == "AKHIR-DINAS-STRUKTURAL" }); outcome != placement.Unmet || i < 0 || verdicts[i].Outcome != placement.Unmet {
		t.Errorf("the end of service: %s %+v", outcome, verdicts)
	}
	best := r.Candidates[0]
	if best.Fit.Known != 12 || !strings.Contains(best.Text.ID, "Kurang pada T.08") || len(best.Reasons) != 12 || best.Fit.Percent().String() != "96,00" {
		t.Errorf("%s %+v", best.Text.ID, best.Fit)
	}
	if r.Candidates[2].Lift == nil || best.Lift != nil {
		t.Errorf("counterfactuals: %+v, %+v", r.Candidates[2].Lift, best.Lift)
	}
	last := r.Candidates[len(r.Candidates)-1] // nothing shown, so every absolute requirement is open
	if last.Fit.AbsoluteOpen == 0 || !strings.Contains(last.Text.ID, "Dalam urutan berada di belakang") || !strings.Contains(last.Text.ID, "(mutlak, belum ada bukti)") || strings.Contains(best.Text.ID, "di belakang") {
		t.Errorf("%s\n%s", last.Text.ID, best.Text.ID)
	}
	for _, nip := range []string{"196805141995031901", "197411272000011903"} { // the Sekda and a head of agency
		_, verdicts, err := c.Eligibility(ctx, analyst, string(byNIP[nip].ID), post.ID)
		must(t, err)
		if !slices.ContainsFunc(verdicts, func(v placement.Verdict) bool {
			return v.Rule == "TIDAK-TURUN-JENJANG" && v.Outcome == placement.Unmet && v.Law != "" && strings.Contains(v.Why.ID, "jpt pratama")
		}) {
			t.Errorf("a demotion is offered: %+v", verdicts)
		}
	}
	for _, x := range r.Candidates {
		if byNIP[string(c.person(x.Person).NIP())].Status != people.PNS {
			t.Errorf("%s is no PNS", x.Person)
		}
	}
	if _, err := c.PeopleFor(ctx, access.Actor{Person: "p-950"}, post.ID); !errors.Is(err, faults.Forbidden) {
		t.Errorf("a learner ranks people: %v", err)
	}

	kept, err := c.Recommend(ctx, analyst, "f1", post.ID, "rapat TPK")
	must(t, err)
	c.shows(pns[0], "later", competencies.Target{Competency: "T.08", Level: 2})
	again, err := c.Recommend(ctx, analyst, "f1", post.ID, "lain")
	must(t, err)
	if mustJSON(t, kept) != mustJSON(t, again) || kept.Basis.Algorithm != placement.Algorithm || kept.Basis.Standards == "" || kept.Basis.Eligibility == "" || kept.Basis.Standard != "LURAH" {
		t.Errorf("a kept recommendation never changes: %+v", again.Basis)
	}
	auditor := access.Actor{Person: "p-920", Grants: []access.Grant{{Role: "auditor"}}}
	if got, err := c.Recommendation(ctx, auditor, kept.ID); err != nil || got.By != "p-919" {
		t.Errorf("the auditor reads it: %v", err)
	}
	if _, err := c.Recommendation(ctx, access.Actor{Person: "p-950"}, kept.ID); !errors.Is(err, faults.NotFound) {
		t.Errorf("a learner reads it: %v", err)
	}
	if page, err := c.Recommendations(ctx, auditor, post.ID, storage.Cursor{}, 0); err != nil || len(page.Items) != 1 || page.More {
		t.Errorf("list: %+v, %v", page, err)
	}
	trail, err := c.db.WithTrail(ctx, "recommendations", 10)
	if err != nil || len(trail) != 1 || trail[0].Trail[0].Verb != "recommend" || trail[0].Trail[0].Who != "p-919" || trail[0].Trail[0].Role != "placement_analyst" {
		t.Errorf("audit: %+v, %v", trail, err)
	}
}

func (c *city) person(id string) people.Person {
	c.t.Helper()
	p, err := c.people.Look(c.t.Context(), people.ID(id))
	must(c.t, err)
	return p
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	must(t, err)
	return string(b)
}

func TestPostsForAPerson(t *testing.T) {
	c := newCity(t)
	ctx := t.Context()
	var pppk people.Person
	must(t, c.people.PeopleIn(ctx, "", func(p people.Person) error {
		if _, held := p.Post("2026-11-22"); p.Status == people.PPPK && held && p.InService("2026-11-22") && p.LegalPosition == people.Active && p.ServiceEnd > "2027-11-22" && pppk.ID == "" {
			pppk = p
		}
		return nil
	}))
	me := access.Actor{Person: string(pppk.ID)}
	c.all(me.Person, 2)
	list, err := c.PostsFor(ctx, me, me.Person, placement.PostsFilter{Refused: true, Limit: 100})
	must(t, err)
	if len(list) < 3 {
		t.Fatalf("%d posts", len(list))
	}
	own, _ := pppk.Post("2026-11-22")
	refusals := 0
	for i, o := range list {
		if o.Post.ID == string(own.Position) || o.Post.Vacant < 1 || o.Text.ID == "" {
			t.Errorf("%+v", o.Post)
		}
		if o.Post.Kind == "struktural" {
			if o.Eligibility != placement.Unmet || !slices.ContainsFunc(o.Verdicts, func(v placement.Verdict) bool { return v.Law != "" && v.Outcome == placement.Unmet && !v.Why.Empty() }) {
				t.Errorf("a PPPK for %s: %s", o.Post.Name, o.Eligibility)
			}
		}
		if o.Eligibility == placement.Unmet {
			refusals++
		} else if refusals > 0 {
			t.Error("a refused post stands before an open one")
		} else if i > 0 && list[i-1].Rank > o.Rank {
			t.Error("not in order of rank")
		}
	}
	if refusals < 4 {
		t.Errorf("%d refused posts", refusals)
	}
	if _, err := c.PostsFor(ctx, access.Actor{Person: "p-000"}, me.Person, placement.PostsFilter{}); !errors.Is(err, faults.NotFound) {
		t.Errorf("somebody else's posts: %v", err)
	}
	if _, err := c.PostsFor(ctx, root, "nobody", placement.PostsFilter{}); !errors.Is(err, faults.NotFound) {
		t.Errorf("nobody's posts: %v", err)
	}
}

// Two cities that differ only in what may not count - sex digit, birth date (within the same legal limits), names, titles - rank bit for bit alike.
func TestForbiddenAttributesChangeNothing(t *testing.T) {
	flip := func(nip string, d *people.Details) string {
		b := []byte(nip)
		b[14] = map[byte]byte{'1': '2', '2': '1'}[b[14]] // sex
		if b[6] == '0' && b[7] > '0' && b[7] < '9' {     // birth day
			b[7]++
		}
		d.Name, d.TitleBefore, d.Email = "Orang "+string(b[15:]), "", ""
		return string(b)
	}
	var rankings, posts [2]string
	for i, change := range [][]func(string, *people.Details) string{nil, {flip}} {
		c := newCity(t, change...)
		n := 0
		must(t, c.people.PeopleIn(t.Context(), "", func(p people.Person) error { n++; return nil }))
		if n != 60 {
			t.Fatalf("%d people", n)
		}
		for k := 901; k <= 960; k++ {
			c.all(string(people.ID("p-"+itoa(k))), 1+k%2)
		}
		for _, standard := range []string{"LURAH", "PENATA_LAYANAN_OPERASIONAL_MPP"} {
			vacancies, err := c.Vacancies(t.Context(), root)
			must(t, err)
			at := slices.IndexFunc(vacancies, func(p placement.Post) bool { return p.Standard == standard })
			r, err := c.PeopleFor(t.Context(), root, vacancies[at].ID)
			must(t, err)
			if len(r.Candidates) < 5 {
				t.Fatalf("%d candidates", len(r.Candidates))
			}
			r.Basis.Dictionary, r.Basis.Standards, r.Basis.Eligibility = "", "", ""
			rankings[i] += mustJSON(t, r)
		}
		list, err := c.PostsFor(t.Context(), root, "p-930", placement.PostsFilter{All: true, Refused: true, Limit: 1000})
		must(t, err)
		for k := range list {
			list[k].Post.Unit, list[k].Post.Units = "", nil // random ids of this city
		}
		posts[i] = mustJSON(t, list)
	}
	if rankings[0] != rankings[1] {
		t.Errorf("people:\n%.3000s\n%.3000s", rankings[0], rankings[1])
	}
	if posts[0] != posts[1] {
		t.Errorf("posts:\n%.3000s\n%.3000s", posts[0], posts[1])
	}
}

func itoa(n int) string {
	return string([]byte{byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)})
}

// Whoever may appoint somebody is told which rules stand against it on that day, and nothing of evidence or fit.
func TestWhoeverAppointsHearsOfTheRules(t *testing.T) {
	c := newCity(t)
	ctx := t.Context()
	all, err := c.Vacancies(ctx, root)
	must(t, err)
	lurah := all[slices.IndexFunc(all, func(p placement.Post) bool { return p.Standard == "LURAH" })]
	var pppk, pns people.Person
	must(t, c.people.PeopleIn(ctx, "", func(p people.Person) error {
		switch o, _, err := c.Eligibility(ctx, root, string(p.ID), lurah.ID); {
		case err != nil:
			return err
		case p.Status == people.PPPK && pppk.ID == "":
			pppk = p
		case o == placement.Met && pns.ID == "":
			pns = p
		}
		return nil
	}))
	admin := access.Actor{Person: "p-919", Grants: []access.Grant{{Role: "unit_admin", Unit: pppk.Path[len(pppk.Path)-1]}}}
	doubts, err := c.Doubts(ctx, admin, string(pppk.ID), lurah.ID, true, "2026-11-22")
	must(t, err)
	i := slices.IndexFunc(doubts, func(v placement.Verdict) bool { return v.Rule == "LURAH-PNS" })
	if i < 0 || !strings.Contains(doubts[i].Sentence().ID, "PPPK") || !strings.HasSuffix(doubts[i].Sentence().EN, "("+doubts[i].Law+")") {
		t.Errorf("a PPPK as Lurah: %+v", doubts)
	}
	if slices.ContainsFunc(doubts, func(v placement.Verdict) bool { return v.Outcome == placement.Met }) {
		t.Errorf("what is met is no doubt: %+v", doubts)
	}
	if doubts, err = c.Doubts(ctx, admin, string(pns.ID), lurah.ID, true, "2026-11-22"); err != nil || len(doubts) != 0 {
		t.Errorf("%+v, %v", doubts, err)
	}
	if doubts, err = c.Doubts(ctx, admin, string(pns.ID), lurah.ID, true, "2070-01-01"); err != nil || len(doubts) == 0 { // after their service
		t.Errorf("at another day: %+v, %v", doubts, err)
	}
	// A head of agency would go down a level as Lurah, but not by acting for one.
	must(t, c.people.PeopleIn(ctx, "", func(p people.Person) error {
		if string(p.NIP()) == "197411272000011903" {
			pns = p
		}
		return nil
	}))
	lower := func(definitive bool) bool {
		doubts, err := c.Doubts(ctx, root, string(pns.ID), lurah.ID, definitive, "2026-11-22")
		must(t, err)
		return slices.ContainsFunc(doubts, func(v placement.Verdict) bool { return v.Rule == "TIDAK-TURUN-JENJANG" })
	}
	if !lower(true) || lower(false) {
		t.Errorf("a lower level is doubted: %v for good, %v for acting", lower(true), lower(false))
	}
	if _, _, err = c.Eligibility(ctx, admin, string(pppk.ID), lurah.ID); !errors.Is(err, faults.Forbidden) && !errors.Is(err, faults.NotFound) {
		t.Errorf("a unit admin reads a candidacy: %v", err)
	}
	for name, a := range map[string]access.Actor{"a learner": {Person: "p-919"}, "another unit's admin": {Person: "p-919", Grants: []access.Grant{{Role: "unit_admin", Unit: "elsewhere"}}}} {
		if _, err = c.Doubts(ctx, a, string(pppk.ID), lurah.ID, true, "2026-11-22"); !errors.Is(err, faults.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
