package web

import (
	"bytes"
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/faults"
	tables "github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
)

func compare(x, y string) int { return cmp.Compare(x, y) }

// showSync asks for the export of another system. After a first check (impor=...) it also asks which column and which foreign unit is which of ours.
func (w *admin) showSync(c *gin.Context) error {
	form := NewForm(map[string][]string{"form": {storage.NewID()}})
	var headers, foreign []string
	if id := c.Query("impor"); id != "" {
		i, err := w.People.ShowImport(c.Request.Context(), reader(c), id)
		if err != nil {
			return err
		}
		form.Values.Set("source", i.Source)
		for field, title := range i.Fields {
			form.Values.Set("field."+field, title)
			headers = append(headers, title)
		}
		headers, foreign = append(headers, i.Ignored...), i.Unknown
	}
	return w.syncPage(c, http.StatusOK, form, headers, foreign, nil)
}

func (w *admin) syncPage(c *gin.Context, status int, form Form, headers, foreign []string, wrong *Notice) error {
	sources, err := w.People.Sources(c.Request.Context(), reader(c))
	if err != nil {
		return err
	}
	p := &PanelsPage{Base: Base{Active: navImport, Title: w.T(c, "Sinkronisasi pegawai"), Lead: w.T(c, "Berkas dari SIASN atau sistem lain, setiap bulan dengan cara yang sama."), Crumbs: crumbs(Link{Label: "Impor data", URL: "/kelola/impor"})}}
	if wrong != nil {
		p.Notices = append(p.Notices, *wrong)
	}
	fields := []Field{hidden("form", form.Get("form")), form.Need("text", "source", "Nama sumber").Hinted("Misalnya SIASN. Pencocokan kolom diingat untuk nama ini.").Short(),
		form.Need("file", "file", "Berkas").Accepting(".csv,.xlsx").Hinted("CSV atau XLSX seperti diunduh. Kolom NIK, agama, dan NPWP dibuang saat dibaca.")}
	if len(headers) > 0 || len(foreign) > 0 {
		fields[len(fields)-1].Hint = "Pilih lagi berkas yang sama; kolom yang sudah dikenali tinggal diperiksa."
	}
	slices.Sort(headers)
	headers = slices.Compact(slices.DeleteFunc(headers, func(h string) bool { return h == "" }))
	if len(headers) > 0 {
		titles := []Option{{Value: "", Label: "Tidak diambil"}}
		for _, h := range headers {
			titles = append(titles, Option{Value: h, Name: h})
		}
		for _, known := range syncFields() {
			f := form.Input("select", "field."+known.Value, "").With(titles)
			f.Label = known.Label
			fields = append(fields, f)
		}
	}
	if len(foreign) > 0 {
		units, err := w.codeOptions(c)
		if err != nil {
			return err
		}
		for n, name := range foreign {
			f := form.Input("select", "unit."+strconv.Itoa(n), "").With(units)
			f.Label = name // data, and no sentence of ours: the name stands in the file
			fields = append(fields, hidden("foreign."+strconv.Itoa(n), name), f)
		}
	}
	panel := Panel{Label: "Berkas dan kolom", Form: &PanelForm{URL: "/kelola/impor/sinkron", Files: true, Form: form, Fields: fields, Buttons: []Button{{Label: "Periksa berkas", Kind: "primary", Icon: "check"}}}}
	if len(foreign) > 0 {
		panel.Text = w.T(c, "%d unit di berkas belum dikenal. Pilih padanannya satu kali, lalu unggah berkas yang sama.", len(foreign))
	}
	p.add(panel)
	if len(sources) > 0 {
		t := Table{Label: "Sumber yang dikenal", NoSearch: true, Columns: []Column{{Label: "Sumber", Main: true}, {Label: "Kolom dicocokkan", Numeric: true}, {Label: "Unit dicocokkan", Numeric: true}, {Label: "Terakhir"}}}
		for _, s := range sources {
			t.Rows = append(t.Rows, Row{Cells: []Cell{{Text: s.Name}, {Text: w.count(c, len(s.Fields))}, {Text: w.count(c, len(s.Units))}, {Text: w.format(c).moment(s.LastAt)}}})
		}
		p.add(Panel{Label: "Sumber yang dikenal", Table: &t})
	}
	w.Render(c, status, "panels", p)
	return nil
}

// checkSync makes a plan of an export. Columns that cannot be told apart and units nobody knows come back as questions.
func (w *admin) checkSync(c *gin.Context) error {
	name, data, err := w.file(c)
	form := posted(c)
	if err == nil && data == nil {
		err = faults.OnField("file", "Pilih berkasnya dahulu.", "Choose the file first.")
	}
	if err == nil && form.Get("source") == "" {
		err = faults.OnField("source", "Isi nama sumbernya.", "Name the source.")
	}
	var sheet *tables.Sheet
	if err == nil {
		sheet, err = tables.Read(name, bytes.NewReader(data), tables.Options{})
	}
	var plan people.Import
	if err == nil {
		input := people.ImportInput{ID: form.Get("form"), Kind: people.ImportSync, Name: name, Sheet: sheet, Source: form.Get("source"), Fields: map[string]string{}, Units: map[string]string{}}
		for _, field := range people.SyncFields() {
			if values, asked := form.Values["field."+field]; asked {
				input.Fields[field] = values[0]
			}
		}
		for n := 0; form.Values.Has("foreign." + strconv.Itoa(n)); n++ {
			if code := form.Get("unit." + strconv.Itoa(n)); code != "" {
				input.Units[form.Get("foreign."+strconv.Itoa(n))] = code
			}
		}
		plan, err = w.People.CheckImport(c.Request.Context(), reader(c), input)
	}
	if err == nil {
		return see(c, address("kelola", "impor", plan.ID))
	}
	n, ok := w.mistakes(c, "Berkas belum dapat diterima", err)
	if !ok {
		return err
	}
	var headers []string
	if sheet != nil {
		headers = sheet.Header
		columns, err := w.People.SyncColumns(c.Request.Context(), reader(c), form.Get("source"), sheet)
		if err != nil {
			return err
		}
		for field, title := range columns { // what was recognised stays chosen, so that only the rest is asked for
			if !form.Values.Has("field." + field) {
				form.Values.Set("field."+field, title)
			}
		}
	}
	form.Values.Set("form", storage.NewID())
	return w.syncPage(c, faults.KindOf(err).Status(), form, headers, nil, &n)
}

// codeOptions are all units by code, to match foreign units with.
func (w *admin) codeOptions(c *gin.Context) ([]Option, error) {
	units, _, err := w.tree(c)
	if err != nil {
		return nil, err
	}
	options := []Option{{Value: "", Label: "Belum dipilih"}}
	for _, u := range units {
		options = append(options, Option{Value: u.Code, Name: u.Name + " (" + u.Code + ")"})
	}
	return options, nil
}

// syncLabel names a field that a column can fill.
func syncLabel(field string) string {
	for _, f := range syncFields() {
		if f.Value == field {
			return f.Label
		}
	}
	return field
}

// syncFields names the fields of people.SyncFields.
func syncFields() []Option {
	return []Option{
		{Value: "nip", Label: "NIP atau NI"}, {Value: "name", Label: "Nama"}, {Value: "status", Label: "Status pegawai"}, {Value: "unit", Label: "Kode unit"}, {Value: "unit_name", Label: "Nama unit"}, {Value: "previous_nip", Label: "NIP sebelumnya"}, {Value: "title_before", Label: "Gelar depan"},
		{Value: "title_after", Label: "Gelar belakang"}, {Value: "legal_position", Label: "Kedudukan hukum"}, {Value: "rank", Label: "Golongan"},
		{Value: "education", Label: "Tingkat pendidikan"}, {Value: "education_field", Label: "Jurusan"},
		{Value: "post", Label: "Nama jabatan"}, {Value: "post_code", Label: "Kode jabatan"}, {Value: "post_since", Label: "TMT jabatan"}, {Value: "email", Label: "Surel"}, {Value: "contract_start", Label: "Awal kontrak"}, {Value: "contract_end", Label: "Akhir kontrak"},
		{Value: "service_end", Label: "Akhir masa dinas"}, {Value: "since_pns", Label: "TMT PNS"}, {Value: "since_cpns", Label: "TMT CPNS"}, {Value: "status_since", Label: "TMT status"},
	}
}
