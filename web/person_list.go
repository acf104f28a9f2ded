package web

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// listPersons is the register of people: by name, by unit, by status. A number is looked up by post only.
func (w *admin) listPersons(c *gin.Context) error {
	return w.personsPage(c, http.StatusOK, ReadTable(c, "unor", "status", "hilang"), nil)
}

// searchPersons takes the search box of the list of people.
func (w *admin) searchPersons(c *gin.Context) error {
	return w.search(c, ReadTable(c, "unor", "status", "hilang"), "/kelola/pegawai", w.personsPage)
}

// search takes a posted search box. A number leads to the person it belongs to, so that it stands in no address; words lead to the list.
func (w *admin) search(c *gin.Context, q TableQuery, list string, show func(*gin.Context, int, TableQuery, *Notice) error) error {
	if !q.MayBeNIP() {
		return see(c, q.URL(list, "", ""))
	}
	p, err := w.People.FindByNIP(c.Request.Context(), reader(c), q.Search)
	if err == nil {
		return see(c, personURL(string(p.ID)))
	}
	if !errors.Is(err, faults.NotFound) && !errors.Is(err, faults.Invalid) {
		return err
	}
	q.Search = "" // the number is not printed again
	return show(c, http.StatusUnprocessableEntity, q, &Notice{Kind: Warn, Text: in(c, faults.Of(err).Text)})
}

func (w *admin) personsPage(c *gin.Context, status int, q TableQuery, note *Notice) error {
	ctx, a := c.Request.Context(), reader(c)
	if !w.may(c, "view", "person") {
		return faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	filter := people.PersonFilter{Under: people.UnitID(q.Filter["unor"]), Status: people.Status(q.Filter["status"]), Query: q.Search, Gone: q.Filter["hilang"] != "", After: cursor(c)}
	found, err := w.People.Persons(ctx, a, filter)
	if err != nil {
		if n, ok := w.mistakes(c, "", err); ok {
			note = &n
		} else {
			return err
		}
	}
	units, err := w.unitOptions(c, "view", "person", "Semua unit")
	if err != nil {
		return err
	}
	statuses := []Option{{Value: "", Label: "Semua status"}}
	for _, s := range []people.Status{people.PNS, people.CPNS, people.PPPK, people.PPPKPartTime} {
		statuses = append(statuses, Option{Value: string(s), Name: in(c, s.Text())})
	}
	t := Table{Label: "Pegawai", URL: "/kelola/pegawai", SearchPost: true, Search: q.Search, SearchLabel: "Nama, atau NIP lengkap",
		Columns: []Column{{Label: "Nama", Main: true}, {Label: "NIP/NI", Minor: true}, {Label: "Status"}, {Label: "Jabatan"}, {Label: "Unit kerja"}},
		Filters: []Field{choose("unor", "Unit kerja", q.Filter["unor"], units), choose("status", "Status", q.Filter["status"], statuses),
			choose("hilang", "Sumber data", q.Filter["hilang"], []Option{{Value: "", Label: "Semua pegawai"}, {Value: "1", Label: "Hilang dari sumber"}})},
		Empty: Empty{Icon: "people", Label: "Belum ada pegawai", Text: w.T(c, "Impor unit, jabatan, lalu pegawai dari berkas CSV atau XLSX."), Action: &Button{Label: "Buka impor", URL: "/kelola/impor", Kind: "primary"}}}
	today := w.today()
	for _, p := range found.Items {
		row := Row{URL: personURL(string(p.ID)), Cells: []Cell{{Text: p.DisplayName()}, {Text: p.Masked()}, {Text: in(c, p.Status.Text())}, {Text: "–"}, {Text: w.unit(ctx, p.Unit)}}}
		if post, ok := p.Post(today); ok {
			row.Cells[3].Text = w.position(ctx, post.Position)
		}
		if !p.InService(today) {
			row.Cells[2].Badge = &Badge{Kind: Warn, Label: "Tidak bertugas"}
		}
		if p.Gone != nil {
			row.Mark = Warn
			row.Cells[0].Sub = w.T(c, "Hilang dari %s sejak %s", p.Gone.Source, w.format(c).day(p.Gone.Since))
		}
		t.Rows = append(t.Rows, row)
	}
	if found.More {
		t.Pager = nextPage(c, found.Next)
	} else {
		t.Pager = nextPage(c, noCursor)
	}
	t.Pager = w.shown(c, t.Pager, len(t.Rows))
	p := &PanelsPage{Base: Base{Active: navPeople, Title: w.T(c, "Pegawai"), Crumbs: crumbs()}}
	if note != nil {
		p.Notices = append(p.Notices, *note)
	}
	if w.may(c, "add", "person") {
		p.Actions = append(p.Actions, Button{Label: "Daftarkan pegawai", Icon: "plus", URL: "/kelola/pegawai/baru"})
	}
	if w.may(c, "run", "register_import") {
		p.Actions = append(p.Actions, Button{Label: "Impor data", Icon: "import", URL: "/kelola/impor"})
	}
	if w.may(c, "issue_slip", "account") {
		p.Actions = append(p.Actions, Button{Label: "Slip aktivasi", Icon: "print", URL: "/kelola/slip"})
	}
	p.add(Panel{Bare: true, Table: &t})
	w.Render(c, status, "panels", p)
	return nil
}

func personURL(id string, more ...string) string {
	return address(append([]string{"kelola", "pegawai", id}, more...)...)
}
