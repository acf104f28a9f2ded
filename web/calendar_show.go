package web

import (
	"mime"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/icalendar"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/overviews"
)

// showCalendar is one's own month: due dates, cohorts, exams, ends of certificates.
func (l *learner) showCalendar(c *gin.Context) error {
	first, list, err := l.ownMonth(c)
	if err != nil {
		return err
	}
	p := l.calendarPage(c, "/kalender", first, list, "", nil)
	p.Base.Active, p.Base.Title, p.Base.Lead = navCalendar, l.T(c, "Kalender belajar"), l.T(c, "Tenggat kursus, angkatan, ujian, dan masa berlaku sertifikat Anda.")
	l.Render(c, http.StatusOK, "panels", p)
	return nil
}

func (l *learner) downloadCalendar(c *gin.Context) error {
	first, list, err := l.ownMonth(c)
	if err != nil {
		return err
	}
	return l.sendCalendar(c, first, list)
}

func (l *learner) ownMonth(c *gin.Context) (civil.Date, []courses.CalendarEntry, error) {
	first, last, err := overviews.Month(c.Query("bulan"), l.today())
	if err != nil {
		return "", nil, err
	}
	list, err := l.overviews().Calendar(c.Request.Context(), reader(c), first, last)
	return first, list, err
}

// showStaffCalendar is the month of those one looks after, by unit.
func (w *admin) showStaffCalendar(c *gin.Context) error {
	unit := ReadTable(c, "unor").Filter["unor"]
	first, list, err := w.staffMonth(c, unit)
	if err != nil {
		return err
	}
	p := w.calendarPage(c, "/kelola/kalender", first, list, unit, func(e courses.CalendarEntry) string { return w.staffPlace(c, e, unit) })
	p.Base.Active, p.Base.Title, p.Base.Crumbs = navStaffCalendar, w.T(c, "Kalender diklat"), crumbs()
	p.Base.Lead = w.T(c, "Tenggat penugasan yang belum selesai, angkatan, dan ujian dalam wewenang Anda.")
	scope := w.Policy.Scope(reader(c), "view", "assignment")
	if scope.All || len(scope.Units) > 0 {
		all := "Semua unit saya"
		if scope.All {
			all = "Seluruh kota"
		}
		units, err := w.unitOptions(c, "view", "assignment", all)
		if err != nil {
			return err
		}
		t := p.Panels[0].Table
		t.Filters = []Field{choose("unor", "Unit kerja", unit, units)}
		t.Keep = []Fact{{Name: "bulan", Value: monthText(first)}}
		if scope.All && unit == "" {
			p.Base.Notices = append(p.Base.Notices, Notice{Kind: Info, Text: w.T(c, "Tenggat penugasan ditampilkan per unit kerja. Pilih unit untuk melihatnya.")})
		}
	}
	return w.panels(c, p)
}

func (w *admin) downloadStaffCalendar(c *gin.Context) error {
	first, list, err := w.staffMonth(c, ReadTable(c, "unor").Filter["unor"])
	if err != nil {
		return err
	}
	return w.sendCalendar(c, first, list)
}

func (w *admin) staffMonth(c *gin.Context, unit string) (civil.Date, []courses.CalendarEntry, error) {
	first, last, err := overviews.Month(c.Query("bulan"), w.learner.today())
	if err != nil {
		return "", nil, err
	}
	list, err := w.learner.Courses.StaffCalendar(c.Request.Context(), reader(c), unit, first, last)
	return first, list, err
}

// sendCalendar sends a month as an iCalendar file.
func (l *learner) sendCalendar(c *gin.Context, first civil.Date, list []courses.CalendarEntry) error {
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "apel-" + monthText(first) + ".ics"}))
	c.Header("Cache-Control", "private, no-store")
	c.Data(http.StatusOK, icalendar.Media, overviews.CalendarFile(list, texts.Lang(Lang(c)), l.config.Now()))
	return nil
}

// calendarPage lists a month by day, with the way to the months around it. unit is carried along; place says where an entry leads, nil as for one's own.
func (l *learner) calendarPage(c *gin.Context, at string, first civil.Date, list []courses.CalendarEntry, unit string, place func(courses.CalendarEntry) string) *PanelsPage {
	month := func(first civil.Date, more string) string {
		q := url.Values{"bulan": {monthText(first)}}
		if unit != "" {
			q.Set("unor", unit)
		}
		return at + more + "?" + q.Encode()
	}
	before, after := first.AddMonths(-1), first.AddMonths(1)
	t := Table{Label: "Kalender", URL: at, NoSearch: true, Whole: true, Columns: []Column{{Label: "Tanggal"}, {Label: "Waktu"}, {Label: "Acara", Main: true}},
		Empty: Empty{Icon: "calendar", Label: "Bulan ini kosong", Text: l.T(c, "Tidak ada tenggat, angkatan, atau ujian pada %s.", l.monthName(c, first))}}
	var entries []courses.CalendarEntry
	entries, t.Pager = pageOf(c, list, func(e courses.CalendarEntry) string { return string(e.Kind) + e.ID })
	for _, e := range entries {
		row := l.calendarRow(c, e)
		if place != nil {
			row.URL = place(e)
		}
		t.Rows = append(t.Rows, row)
	}
	panel := Panel{Name: l.monthName(c, first), Table: &t}
	for _, x := range []struct {
		label, icon string
		to          civil.Date
	}{{"Bulan sebelumnya", "arrow-left", before}, {"Bulan berikutnya", "arrow", after}} {
		if x.to.Year() >= 2000 && x.to.Year() <= 2100 {
			panel.Actions = append(panel.Actions, Button{Label: x.label, Icon: x.icon, URL: month(x.to, ""), Small: true, About: l.monthName(c, x.to)})
		}
	}
	if len(list) > 0 {
		panel.Actions = append(panel.Actions, Button{Label: "Unduh kalender (.ics)", Icon: "download", URL: month(first, "/berkas"), Small: true})
	}
	return &PanelsPage{Panels: []Panel{panel}}
}

func (l *learner) calendarRow(c *gin.Context, e courses.CalendarEntry) Row {
	f := l.format(c)
	r := Row{Cells: []Cell{{Text: f.date(e.Day)}, {Text: l.T(c, "Sepanjang hari")}, {Text: in(c, e.Text()), Sub: e.Course}}}
	switch {
	case e.Kind == courses.CalendarCloses:
		r.Cells[1].Text = f.clock(e.Closes)
	case e.Kind == courses.CalendarOpens && l.Settings.Zone().Day(e.Closes) == e.Day:
		r.Cells[1].Text = l.T(c, "%s sampai %s", f.clock(e.Opens), f.clock(e.Closes))
	case e.Kind == courses.CalendarOpens:
		r.Cells[1].Text, r.Cells[1].Sub = f.clock(e.Opens), l.T(c, "ditutup %s", f.moment(e.Closes))
	case e.Done:
		r.Cells[2].Badge = &Badge{Kind: Success, Label: "Selesai"}
	case e.Kind == courses.CalendarDue && e.Day < l.today():
		r.Cells[2].Badge = &Badge{Kind: Warn, Label: "Lewat tenggat"}
	}
	switch {
	case e.Own != "":
		r.URL = enrolmentURL(e.Own)
	case e.Kind == courses.CalendarValidity:
		r.URL = certificateURL(certificates.ID(e.Thing))
	case e.Kind == courses.CalendarDue && e.Count == 0:
		r.URL = courseURL(e.Course)
	}
	return r
}

// staffPlace is where an entry of staff leads, "" where the reader may not go.
func (w *admin) staffPlace(c *gin.Context, e courses.CalendarEntry, unit string) string {
	switch e.Kind {
	case courses.CalendarDue:
		if unit != "" {
			return "/kelola/penugasan?" + url.Values{"unor": {unit}, "kursus": {e.Course}, "status": {"assigned"}}.Encode()
		}
	case courses.CalendarOpens, courses.CalendarCloses:
		return examURL(e.Thing)
	case courses.CalendarStarts, courses.CalendarEnds:
		if w.may(c, "run", "cohort") {
			return address("kelola", "angkatan", e.Thing)
		}
	}
	return ""
}

// monthText is a month as addresses write it.
func monthText(first civil.Date) string { return string(first)[:7] }

// monthName is a month as people say it: "November 2026".
func (l *learner) monthName(c *gin.Context, first civil.Date) string {
	name := first.In(texts.Lang(Lang(c)))
	return name[len("1 "):]
}
