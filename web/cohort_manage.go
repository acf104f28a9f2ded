package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
)

// listCohorts lists the cohorts of a course, with a form for another.
func (w *admin) listCohorts(c *gin.Context) error {
	return w.cohortsPage(c, http.StatusOK, NewForm(map[string][]string{"key": {storage.NewID()}, "course": {c.Query("kursus")}, "quota": {"30"}, "from": {string(w.today())}, "until": {string(w.today().AddDays(60))}}), false)
}

func (w *admin) cohortsPage(c *gin.Context, status int, form Form, open bool) error {
	if !w.may(c, "run", "cohort") {
		return faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	q, f := ReadTable(c, "kursus"), w.format(c)
	if q.Filter["kursus"] == "" {
		q.Filter["kursus"] = form.Get("course")
	}
	options, err := w.courseOptions(c, "Pilih kursus")
	if err != nil {
		return err
	}
	if q.Filter["kursus"] == "" && len(options) > 1 {
		q.Filter["kursus"] = options[1].Value
	}
	t := Table{Label: "Angkatan", URL: "/kelola/angkatan", NoSearch: true, Filters: []Field{choose("kursus", "Kursus", q.Filter["kursus"], options)}, Columns: []Column{{Label: "Angkatan", Main: true}, {Label: "Masa"}, {Label: "Peserta", Numeric: true}, {Label: "Status"}},
		Empty: Empty{Icon: "people", Label: "Belum ada angkatan", Text: w.T(c, "Angkatan adalah satu versi kursus dengan masa dan kuota.")}}
	if course := q.Filter["kursus"]; course != "" {
		list, next, err := w.Courses.Cohorts(c.Request.Context(), reader(c), course, cursor(c), 0)
		if err != nil {
			return err
		}
		for _, k := range list {
			b := w.cohortBadge(k)
			t.Rows = append(t.Rows, Row{URL: address("kelola", "angkatan", k.ID), Cells: []Cell{{Text: k.Name, Sub: k.Course}, {Text: f.day(k.From) + " – " + f.day(k.Until)}, {Text: w.T(c, "%d dari %d", k.Size, k.Quota)}, {Badge: &b}}})
		}
		t.Pager = w.shown(c, nextPage(c, next), len(t.Rows))
	}
	t.Whole = true // a course is always chosen: nothing is left out by it
	p := &PanelsPage{Base: Base{Active: navCohorts, Title: w.T(c, "Angkatan"), Crumbs: crumbs()}}
	p.add(Panel{Bare: true, Table: &t}, Panel{Fold: true, Open: open, Label: "Angkatan baru", Form: &PanelForm{URL: "/kelola/angkatan", Form: form, Fields: []Field{hidden("key", form.Get("key")), form.Need("select", "course", "Kursus").With(options).prefixed("baru-"),
		form.Need("text", "name", "Nama angkatan").Hinted("Misalnya: Loket Kecamatan, gelombang 1."), form.Need("date", "from", "Mulai").Short(), form.Need("date", "until", "Sampai").Short(), form.Need("number", "quota", "Kuota").Between("1", "1000").Short()},
		Buttons: []Button{{Label: "Buka angkatan", Kind: "primary"}}}})
	w.Render(c, status, "panels", p)
	return nil
}

func (w *admin) cohortBadge(k courses.CohortDoc) Badge {
	switch today := w.today(); {
	case k.Closed:
		return Badge{Label: "Ditutup"}
	case today < k.From:
		return Badge{Kind: Info, Label: "Belum mulai", Icon: "clock"}
	case today > k.Until:
		return Badge{Label: "Selesai"}
	}
	return Badge{Kind: Success, Label: "Berjalan"}
}

// openCohort opens a cohort.
func (w *admin) openCohort(c *gin.Context) error {
	form := posted(c)
	quota, _ := strconv.Atoi(form.Get("quota")) // what is no number is 0, which the room refuses
	k, err := w.Courses.OpenCohort(c.Request.Context(), reader(c), courses.CohortInput{Key: form.Get("key"), Course: form.Get("course"), Name: form.Get("name"), From: civil.Date(form.Get("from")), Until: civil.Date(form.Get("until")), Quota: quota})
	if err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		return w.cohortsPage(c, form.Status(), form, true)
	}
	return w.done(c, Success, w.T(c, "Angkatan dibuka. Sekarang tambahkan pesertanya."), address("kelola", "angkatan", k.ID))
}

// showCohort is one cohort with its people.
func (w *admin) showCohort(c *gin.Context) error { return w.cohortPage(c, http.StatusOK, Form{}) }

func (w *admin) cohortPage(c *gin.Context, status int, form Form) error {
	ctx, a, f := c.Request.Context(), reader(c), w.format(c)
	if !w.may(c, "run", "cohort") {
		return faults.New(faults.NotFound, "Halaman ini bukan untuk akun Anda.", "This page is not for your account.")
	}
	k, err := w.Courses.Cohort(ctx, a, c.Param("cohort"))
	if err != nil {
		return err
	}
	p := &PanelsPage{Base: Base{Active: navCohorts, Title: k.Name, Lead: k.Course + " · " + f.day(k.From) + " – " + f.day(k.Until), Crumbs: crumbs(Link{Label: "Angkatan", URL: "/kelola/angkatan?kursus=" + k.Course})}}
	t := Table{Label: "Peserta", NoSearch: true, Columns: []Column{{Label: "Peserta", Main: true}, {Label: "Masuk"}, {Label: "Kepesertaan"}}, Empty: Empty{Icon: "people", Label: "Belum ada peserta"}}
	var members []courses.Member
	members, t.Pager = pageOf(c, k.Members, func(m courses.Member) string { return m.Person })
	for _, m := range members {
		b := Badge{Kind: Info, Label: "Sedang didaftarkan", Icon: "clock"}
		cell := Cell{Badge: &b}
		switch {
		case m.Refused != "":
			b, cell.Sub = Badge{Kind: Warn, Label: "Ditolak"}, m.Refused
		case m.Enrolment != "":
			b = Badge{Kind: Success, Label: "Terdaftar"}
		}
		t.Rows = append(t.Rows, Row{URL: personURL(m.Person), Cells: []Cell{{Text: w.person(ctx, m.Person)}, {Text: f.day(m.At)}, cell}})
	}
	b := w.cohortBadge(k)
	p.add(Panel{Label: "Peserta", Badges: []Badge{b}, Bar: &Progress{Label: "Kuota terisi", Done: float64(len(k.Members)), Goal: float64(k.Quota), Text: w.T(c, "%d dari %d", len(k.Members), k.Quota)}, Table: &t})
	if !k.Closed {
		units, err := w.unitOptions(c, "enrol", "enrolment", "Tidak dari unit")
		if err != nil {
			return err
		}
		p.add(Panel{Label: "Tambah peserta", Form: &PanelForm{URL: address("kelola", "angkatan", k.ID, "peserta"), Form: form, Fields: []Field{form.Input("select", "unit", "Semua pegawai dari unit").With(units),
			form.Input("textarea", "numbers", "Atau NIP, satu per baris").Hinted("NIP atau NI 18 angka. Nomor hanya dipakai untuk mencari orangnya.").Tall(4)}, Buttons: []Button{{Label: "Tambah peserta", Kind: "primary"}}}})
	}
	label, next := "Tutup pendaftaran", "true"
	if k.Closed {
		label, next = "Buka pendaftaran lagi", "false"
	}
	p.Actions = []Button{{Name: w.words.say(Lang(c), label), Post: true, URL: address("kelola", "angkatan", k.ID, "tutup"), Field: "closed", Value: next}}
	w.Render(c, status, "panels", p)
	return nil
}

// addMembers puts people into a cohort: everybody of a unit, or those whose numbers were typed.
func (w *admin) addMembers(c *gin.Context) error {
	ctx, a, form, id := c.Request.Context(), reader(c), posted(c), c.Param("cohort")
	var members []courses.PersonID
	var err error
	if unit := form.Get("unit"); unit != "" {
		var found people.Page[people.Person]
		found, err = w.People.Persons(ctx, a, people.PersonFilter{Under: people.UnitID(unit), Limit: storage.MaxList})
		for _, p := range found.Items {
			members = append(members, string(p.ID))
		}
		if err == nil && found.More {
			err = faults.OnField("unit", "Unit ini terlalu besar untuk satu angkatan. Pilih unit di bawahnya.", "This unit is too large for one cohort. Choose a unit below it.")
		}
	}
	line := 0
	for number := range strings.Lines(form.Get("numbers")) {
		line++
		if err != nil || strings.TrimSpace(number) == "" {
			continue
		}
		p, missing := w.People.FindByNIP(ctx, a, strings.TrimSpace(number))
		if missing != nil {
			fault := faults.Of(missing)
			err = faults.OnField("numbers", "Baris "+strconv.Itoa(line)+": "+fault.Text.ID, "Line "+strconv.Itoa(line)+": "+fault.Text.EN)
			continue
		}
		members = append(members, string(p.ID))
	}
	form.Values.Del("numbers") // numbers are not printed again
	if err == nil && len(members) == 0 {
		err = faults.OnField("unit", "Pilih unit, atau isi NIP.", "Choose a unit, or type numbers.")
	}
	if err == nil {
		_, err = w.Courses.AddMembers(ctx, a, id, members)
	}
	if err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		return w.cohortPage(c, form.Status(), form)
	}
	return w.done(c, Success, w.T(c, "%d peserta ditambahkan. Pendaftarannya sedang berjalan.", len(members)), address("kelola", "angkatan", id))
}

// closeCohort closes a cohort for new people, or opens it again.
func (w *admin) closeCohort(c *gin.Context) error {
	k, err := w.Courses.CloseCohort(c.Request.Context(), reader(c), c.Param("cohort"), c.PostForm("closed") == "true")
	if err != nil {
		return err
	}
	return w.done(c, Success, w.T(c, "Tersimpan."), address("kelola", "angkatan", k.ID))
}
