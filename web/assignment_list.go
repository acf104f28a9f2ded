package web

import (
	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
)

// listAssignments lists who was given which course, by unit or course.
func (w *admin) listAssignments(c *gin.Context) error {
	if !w.may(c, "view", "assignment") {
		return faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	ctx, a, q := c.Request.Context(), reader(c), ReadTable(c, "unor", "kursus", "status")
	scope := w.Policy.Scope(a, "view", "assignment")
	all := ""
	if scope.All {
		all = "Pilih unit"
	} else if q.Filter["unor"] == "" {
		q.Filter["unor"] = scope.Units[0]
	}
	units, err := w.unitOptions(c, "view", "assignment", all)
	if err != nil {
		return err
	}
	options, err := w.courseOptions(c, "Semua kursus")
	if err != nil {
		return err
	}
	f := courses.AssignmentFilter{Unit: q.Filter["unor"], Course: q.Filter["kursus"], After: cursor(c)}
	switch q.Filter["status"] {
	case "lewat":
		f.Overdue = true
	case "":
	default:
		f.State = courses.AssignmentState(q.Filter["status"])
	}
	var list []courses.AssignmentDoc
	next := noCursor
	if f.Unit != "" || f.Course != "" {
		if list, next, err = w.Courses.Assignments(ctx, a, f); err != nil {
			return err
		}
	}
	t := w.assignmentTable(c, list, true)
	t.URL = "/kelola/penugasan"
	t.Filters = []Field{choose("unor", "Unit kerja", q.Filter["unor"], units), choose("kursus", "Kursus", q.Filter["kursus"], options),
		choose("status", "Status", q.Filter["status"], []Option{{Value: "", Label: "Semua"}, {Value: "assigned", Label: "Belum selesai"}, {Value: "lewat", Label: "Lewat tenggat"}, {Value: "answered", Label: "Selesai"}, {Value: "withdrawn", Label: "Ditarik"}})}
	if f.Unit == "" && f.Course == "" {
		t.Empty = Empty{Icon: "task", Label: "Pilih unit atau kursus", Text: w.T(c, "Daftar penugasan dibuka per unit kerja atau per kursus.")}
	}
	t.Pager = w.shown(c, nextPage(c, next), len(t.Rows))
	p := &PanelsPage{Base: Base{Active: navAssignments, Title: w.T(c, "Penugasan kursus"), Lead: w.T(c, "Penugasan selalu menyebut alasan dan tenggat; keduanya dibaca pegawai."), Crumbs: crumbs()}, Tabs: w.assignmentTabs(0, c)}
	if w.may(c, "assign", "assignment") {
		p.Actions = []Button{{Label: "Tugaskan kursus", Kind: "primary", Icon: "plus", URL: "/kelola/penugasan/baru"}}
	}
	p.add(Panel{Bare: true, Table: &t})
	return w.panels(c, p)
}

func (w *admin) assignmentTabs(active int, c *gin.Context) *Tabs {
	if !w.may(c, "rule", "assignment") && active == 0 {
		return nil
	}
	t := &Tabs{Label: "Penugasan", Items: []Tab{{Label: "Perorangan", URL: "/kelola/penugasan"}, {Label: "Aturan", URL: "/kelola/penugasan/aturan"}}}
	t.Items[active].Active = true
	return t
}

func (w *admin) assignmentTable(c *gin.Context, list []courses.AssignmentDoc, named bool) Table {
	ctx, f := c.Request.Context(), w.format(c)
	t := Table{Label: "Penugasan kursus", NoSearch: true, Columns: []Column{{Label: "Kursus", Main: true}, {Label: "Alasan"}, {Label: "Tenggat"}, {Label: "Status"}, {Label: "Oleh", Minor: true}, {Label: "Tindakan", Actions: true}},
		Empty: Empty{Icon: "task", Label: "Belum ada penugasan"}}
	if named {
		t.Columns = append([]Column{{Label: "Pegawai", Main: true}}, t.Columns...)
		t.Columns[1].Main = false
	}
	titles := map[string]string{}
	title := func(code string) string {
		if _, ok := titles[code]; !ok {
			titles[code] = w.courseTitle(c, code)
		}
		return titles[code]
	}
	for _, d := range list {
		b := Badge{Kind: Info, Label: "Belum selesai", Icon: "clock"}
		switch {
		case d.State == courses.Answered:
			b = Badge{Kind: Success, Label: "Selesai"}
		case d.State == courses.Withdrawn:
			b = Badge{Label: "Ditarik"}
		case d.Overdue:
			b = Badge{Kind: Danger, Label: "Lewat tenggat"}
		}
		row := Row{Cells: []Cell{{Text: title(d.Course), Sub: d.Course}, {Text: in(c, d.Because)}, {Text: f.day(d.Due), Sub: w.until(c, d.Due)}, {Badge: &b}, {Text: w.person(ctx, d.By)}, {}}}
		if d.State != courses.Assigned {
			row.Cells[2].Sub = ""
		}
		if d.Rule != "" {
			row.Cells[1].Sub = w.T(c, "menurut aturan penugasan")
		}
		if d.State == courses.Assigned && w.may(c, "withdraw", "assignment") {
			row.Cells[5].Button = &Button{Label: "Tarik", Small: true, Kind: "quiet", URL: address("kelola", "penugasan", d.ID, "tarik"), About: title(d.Course)}
		}
		if named {
			cell := Cell{Text: w.person(ctx, d.Person)}
			if w.may(c, "view", "person") {
				row.URL = personURL(d.Person)
			}
			row.Cells = append([]Cell{cell}, row.Cells...)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
