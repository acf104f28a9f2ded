package web

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/competencies"
)

// showCompetencies is where the reader stands against the standard of their position: what they have, what a course closes, what needs somebody's judgement,
// and the evidence behind it.
func (l *learner) showCompetencies(c *gin.Context) error {
	ctx, a := c.Request.Context(), reader(c)
	st, err := l.Competencies.StandingOf(ctx, a, a.Person)
	if err != nil {
		return err
	}
	rows, err := l.Competencies.Evidence(ctx, a, a.Person)
	if err != nil {
		return err
	}
	dictionary, err := l.Competencies.Dictionary(ctx)
	if err != nil {
		return err
	}
	p := &PanelsPage{Base: Base{Active: navCompetencies, Title: l.T(c, "Kompetensi saya")}}
	if len(st.Gaps) == 0 {
		p.add(Panel{Empty: &Empty{Icon: "target", Label: "Belum ada standar untuk jabatan Anda", Text: in(c, st.Text) + " " + l.T(c, "Kompetensi Anda tetap dicatat dari sertifikat dan penilaian.")}})
	} else {
		p.Lead = l.T(c, "Jabatan Anda, %s, meminta %d kompetensi.", st.PostName, len(st.Gaps))
		p.add(l.standingPanels(c, st, dictionary)...)
	}
	var others []Level
	for _, o := range st.Levels {
		if o.Known() && !slices.ContainsFunc(st.Gaps, func(g competencies.Gap) bool { return g.Competency == o.Competency }) {
			others = append(others, Level{Name: in(c, dictionary.Name(o.Competency)), Owned: o.Level, Proposed: o.State == competencies.Proposed, Text: l.ownedText(c, o)})
		}
	}
	if len(others) > 0 {
		p.add(Panel{Fold: true, Label: "Kompetensi lain yang terbukti", Levels: others, Badges: l.counted(c, len(others))})
	}
	evidence := l.evidenceTable(c, rows, dictionary)
	p.add(Panel{Fold: true, Label: "Bukti kompetensi", Table: &evidence, Badges: l.counted(c, len(evidence.Rows))})
	l.Render(c, http.StatusOK, "panels", p)
	return nil
}

// standingPanels sort what the position asks for by what there is to do about it.
func (l *learner) standingPanels(c *gin.Context, st competencies.Standing, dictionary competencies.Dictionary) []Panel {
	var have []Level
	for _, g := range st.Gaps {
		if short, known := g.Short(); known && short == 0 {
			have = append(have, Level{Name: in(c, g.Name), Owned: g.Owned.Level, Required: g.Level, Proposed: g.Owned.State == competencies.Proposed, Text: l.ownedText(c, g.Owned)})
		}
	}
	beyond := len(st.Beyond)
	owned := Panel{Label: "Sudah Anda miliki", Levels: have}
	if len(have) == 0 {
		owned.Text = l.T(c, "Belum ada yang terbukti. Belum ada bukti bukan berarti Anda tidak mampu: belum ada yang mengukurnya.")
	}
	panels := []Panel{{Bare: true, Stats: []Stat{{Label: "Sudah dimiliki", Value: l.count(c, len(have)), Icon: "done", Kind: Success}, {Label: "Lewat kursus", Value: l.count(c, len(st.Gaps)-len(have)-beyond), Icon: "course"},
		{Label: "Perlu penilaian", Value: l.count(c, beyond), Icon: "scale"}}}, owned}
	if len(st.Next) > 0 {
		learn := Panel{Label: "Dapat ditutup lewat kursus", Text: l.T(c, "Kursus yang paling banyak membantu tampil lebih dahulu.")}
		for _, n := range st.Next {
			learn.Cards = append(learn.Cards, l.nextCourse(c, n, dictionary))
		}
		panels = append(panels, learn)
	}
	if beyond > 0 {
		panels = append(panels, l.beyondPanel(c, st))
	}
	return panels
}

// beyondPanel lists what no course on offer closes, by what gives it.
func (l *learner) beyondPanel(c *gin.Context, st competencies.Standing) Panel {
	work, official := Panel{Label: "Tugas yang dinilai, verifikasi atasan, atau penilaian kompetensi"}, Panel{Label: "Hanya penilaian kompetensi"}
	for _, b := range st.Beyond {
		g := st.Gaps[slices.IndexFunc(st.Gaps, func(g competencies.Gap) bool { return g.Competency == b.Competency })]
		text := l.T(c, "%s, level %d", in(c, g.Name), g.Level)
		if g.Owned.Known() {
			text = l.T(c, "%s, level %d; sekarang level %d", in(c, g.Name), g.Level, g.Owned.Level)
		}
		to := &work
		if b.Official {
			to = &official
		}
		to.Reasons = append(to.Reasons, Reason{Kind: Info, Text: text})
	}
	panel := Panel{Fold: true, Label: "Perlu penilaian", Text: l.T(c, "Kursus yang tersedia belum sampai ke level ini. Tanyakan kepada atasan atau admin diklat kapan penilaiannya."), Badges: l.counted(c, len(st.Beyond))}
	for _, x := range []Panel{work, official} {
		if len(x.Reasons) > 0 {
			panel.Inner = append(panel.Inner, x)
		}
	}
	return panel
}

// counted is how many things are in a fold.
func (l *learner) counted(c *gin.Context, n int) []Badge { return []Badge{{Text: l.count(c, n)}} }

// ownedText says what a level rests on and how long.
func (l *learner) ownedText(c *gin.Context, o competencies.Owned) string {
	if !o.Known() && o.Lapsed == "" && o.Self == 0 {
		return "" // the level itself says that there is no evidence
	}
	return in(c, o.Text())
}

// nextCourse is a course with why it is named: which gap it closes.
func (l *learner) nextCourse(c *gin.Context, n competencies.NextCourse, dictionary competencies.Dictionary) Card {
	card := Card{Code: n.Course, Name: in(c, n.Title), URL: courseURL(n.Course), Meta: []string{l.T(c, "%d JP", n.JP)}}
	for _, x := range n.Closes {
		name := in(c, dictionary.Name(x.Competency))
		text := l.T(c, "%s: naik dari level %d ke level %d", name, x.From, x.To)
		if x.From == 0 {
			text = l.T(c, "%s: mencapai level %d", name, x.To)
		}
		if x.To < x.Required {
			text = l.T(c, "%s (jabatan Anda meminta level %d)", text, x.Required)
		}
		if x.Prepares {
			text += ". " + l.T(c, "Level Anda sudah ditetapkan; kursus ini menyiapkan Anda untuk penilaian berikutnya.")
		}
		card.Reasons = append(card.Reasons, Reason{Kind: Info, Text: text})
	}
	return card
}

func (l *learner) evidenceTable(c *gin.Context, rows []competencies.Evidence, dictionary competencies.Dictionary) Table {
	t := Table{Label: "Bukti kompetensi", NoSearch: true, Columns: []Column{{Label: "Kompetensi", Main: true}, {Label: "Level", Numeric: true}, {Label: "Jenis bukti"}, {Label: "Tanggal"}, {Label: "Berlaku sampai"}, {Label: "Status"}},
		Empty: Empty{Icon: "book", Label: "Belum ada bukti", Text: l.T(c, "Belum ada bukti bukan berarti level nol: belum ada yang mengukurnya.")}}
	f, today := l.format(c), l.today()
	for i := len(rows) - 1; i >= 0; i-- { // newest first
		r := rows[i]
		if r.Competency == "" {
			continue
		}
		state := Badge{Text: in(c, r.State.Text())}
		switch {
		case r.State == competencies.Withdrawn:
			state.Kind = Danger
		case r.Expires != "" && r.Expires < today:
			state = Badge{Kind: Warn, Label: "Kedaluwarsa"}
		case r.State == competencies.Confirmed:
			state.Kind = Success
		}
		until := "–"
		if r.Expires != "" {
			until = f.day(r.Expires)
		}
		t.Rows = append(t.Rows, Row{Cells: []Cell{{Text: in(c, dictionary.Name(r.Competency)), Sub: r.Title}, {Text: l.count(c, r.Level)}, {Text: in(c, r.Kind.Text())}, {Text: f.day(r.On)}, {Text: until}, {Badge: &state}}})
	}
	return t
}
