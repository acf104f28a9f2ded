package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/storage"
)

// HoursPage is the ledger of learning hours of the year that counts, with the form for training elsewhere.
type HoursPage struct {
	Base
	Ring  Ring
	Text  string
	Year  string
	Table Table
	Form  Form
	Day   string // the last day that can be entered
}

func (l *learner) showHours(c *gin.Context) error {
	p, err := l.hoursPage(c, NewForm(map[string][]string{"form": {storage.NewID()}}))
	if err != nil {
		return err
	}
	l.Render(c, http.StatusOK, "hours", p)
	return nil
}

func (l *learner) hoursPage(c *gin.Context, form Form) (*HoursPage, error) {
	a := reader(c)
	h, err := l.Competencies.HoursOf(c.Request.Context(), a, a.Person, "")
	if err != nil {
		return nil, err
	}
	f := l.format(c)
	p := &HoursPage{Base: Base{Active: navHours}, Ring: l.hoursRing(c, h), Text: in(c, h.Text), Year: f.day(h.From) + " – " + f.day(h.To), Form: form, Day: string(l.today())}
	p.Table = Table{Label: "Buku jam pelajaran", NoSearch: true, Columns: []Column{{Label: "Pelatihan", Main: true}, {Label: "JP", Numeric: true}, {Label: "Tanggal"}, {Label: "Status"}},
		Empty: Empty{Icon: "clock", Label: "Belum ada JP tahun ini", Text: l.T(c, "Kursus yang selesai tercatat otomatis di sini. Pelatihan di luar dapat Anda masukkan di bawah.")}}
	var entries []competencies.Hours
	entries, p.Table.Pager = pageOf(c, h.Entries, func(e competencies.Hours) string { return e.ID })
	for _, e := range entries {
		p.Table.Rows = append(p.Table.Rows, l.hoursRow(c, e))
	}
	return p, nil
}

func (l *learner) hoursRow(c *gin.Context, e competencies.Hours) Row {
	state := Badge{Text: in(c, e.State.Text())}
	switch {
	case e.State.Counts():
		state.Kind = Success
	case e.State == competencies.Unverified:
		state.Kind, state.Icon = Info, "clock"
	case e.State == competencies.Refused, e.State == competencies.TakenBack:
		state.Kind = Warn
	}
	sub := e.Organiser
	if e.Course != "" {
		sub = e.Course
	}
	return Row{Cells: []Cell{{Text: e.Title, Sub: sub}, {Text: l.count(c, e.JP)}, {Text: l.format(c).day(e.On)}, {Badge: &state, Sub: e.Why}}}
}
