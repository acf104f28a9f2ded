package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/competencies"
)

// CompetenciesPage is where a person stands: levels against the standard of the own position, what to learn next and why, and the evidence behind it.
type CompetenciesPage struct {
	Base
	Post     string
	Standing string // in words
	Fit      *Fit   // nil: the position has no standard
	Gaps     []Level
	Others   []Level // competencies beyond the standard
	Next     []Card
	Beyond   []Reason
	Evidence Table
	None     Empty
}

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
	p := &CompetenciesPage{Base: Base{Active: navCompetencies}, Post: st.PostName, Standing: in(c, st.Text),
		None: Empty{Icon: "target", Label: "Belum ada standar untuk jabatan Anda", Text: l.T(c, "Kompetensi Anda tetap dicatat dari sertifikat dan penilaian.")}}
	if st.Fit.Required > 0 {
		p.Fit = &Fit{Low: share(float64(st.Fit.Low), float64(st.Fit.Required)), High: share(float64(st.Fit.High), float64(st.Fit.Required)), Known: st.Fit.Known, Total: st.Fit.Of}
	}
	required := map[string]bool{}
	for _, g := range st.Gaps {
		required[g.Competency] = true
		p.Gaps = append(p.Gaps, l.gapLevel(c, g))
	}
	for _, o := range st.Levels {
		if !required[o.Competency] && o.Known() {
			p.Others = append(p.Others, Level{Code: o.Competency, Name: in(c, dictionary.Name(o.Competency)), Owned: o.Level, Proposed: o.State == competencies.Proposed, Text: l.ownedText(c, o)})
		}
	}
	for _, n := range st.Next {
		p.Next = append(p.Next, l.nextCourse(c, n, dictionary))
	}
	for _, b := range st.Beyond {
		p.Beyond = append(p.Beyond, Reason{Kind: Info, Text: in(c, b.Why)})
	}
	p.Evidence = l.evidenceTable(c, rows, dictionary)
	l.Render(c, http.StatusOK, "competencies", p)
	return nil
}

func (l *learner) gapLevel(c *gin.Context, g competencies.Gap) Level {
	return Level{Code: g.Competency, Name: in(c, g.Name), Owned: g.Owned.Level, Required: g.Level, Unknown: !g.Owned.Known(), Proposed: g.Owned.State == competencies.Proposed, Text: l.ownedText(c, g.Owned)}
}

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
		text := l.T(c, "%s: dari level %d ke %d, diminta %d", name, x.From, x.To, x.Required)
		if x.From == 0 {
			text = l.T(c, "%s: dari belum ada bukti ke level %d, diminta %d", name, x.To, x.Required)
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
