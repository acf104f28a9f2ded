package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/people"
)

// What the edit forms of the register share: each form remembers what it was filled from, so that when two admins edit at once the later one sees what the
// other changed, keeps what they typed themselves, and loses neither.

// editable is one field of an edit form.
type editable struct {
	Name  string
	Label string // words
	Show  func(value string) string
}

func (x editable) show(value string) string {
	if value != "" && x.Show != nil {
		value = x.Show(value)
	}
	return dash(value)
}

// remembered are the hidden fields by which a form knows what it was filled from.
func remembered(form Form, fields []editable) []Field {
	out := []Field{hidden("edition", form.Get("edition"))}
	for _, x := range fields {
		out = append(out, hidden("was."+x.Name, form.Values.Get("was."+x.Name)))
	}
	return out
}

// filled starts a form from what stands now.
func filled(edition int64, fields []editable, now map[string]string) Form {
	values := map[string][]string{"edition": {strconv.FormatInt(edition, 10)}}
	for _, x := range fields {
		values[x.Name], values["was."+x.Name] = []string{now[x.Name]}, []string{now[x.Name]}
	}
	return NewForm(values)
}

// editionOf is the edition a posted form was filled from; -1 when it says none, which is no edition of anything.
func editionOf(form Form) int64 {
	n, err := strconv.ParseInt(form.Get("edition"), 10, 64)
	if err != nil || n < 1 {
		return -1
	}
	return n
}

// bring carries a form that was overtaken up to now: what only the other admin changed is taken over, what both changed keeps the typed value with a word
// beside it. The notice says each.
func (w *admin) bring(c *gin.Context, form *Form, edition int64, fields []editable, now map[string]string) Notice {
	n := Notice{Kind: Warn, Label: "Diubah orang lain", Text: w.T(c, "Orang lain menyimpan perubahan sejak Anda membuka formulir ini. Isian Anda tetap ada; periksa, lalu simpan lagi.")}
	for _, x := range fields {
		was, typed, stands := form.Values.Get("was."+x.Name), form.Get(x.Name), now[x.Name]
		switch {
		case was == stands:
			continue
		case typed == stands:
			n.Items = append(n.Items, w.T(c, "%s: sudah menjadi %s, sama dengan isian Anda.", w.words.say(Lang(c), x.Label), x.show(stands)))
		case typed == was:
			form.Values.Set(x.Name, stands)
			n.Items = append(n.Items, w.T(c, "%s: %s menjadi %s; diambil ke formulir ini.", w.words.say(Lang(c), x.Label), x.show(was), x.show(stands)))
		default:
			n.Items = append(n.Items, w.T(c, "%s: %s menjadi %s; isian Anda %s.", w.words.say(Lang(c), x.Label), x.show(was), x.show(stands), x.show(typed)))
			form.Wrong(x.Name, w.T(c, "Orang lain mengisi %s. Simpan lagi bila isian Anda yang benar.", x.show(stands)))
		}
		form.Values.Set("was."+x.Name, stands)
	}
	form.Values.Set("edition", strconv.FormatInt(edition, 10))
	return n
}

// refusal notes in the form what a fault says, also one about a unit or position that is not the reader's (Forbidden with a field), and answers the status to
// show it with: 409 when the form stands against what is stored, 422 when it is wrong in itself. ok is false for errors that are not about the form.
func refusal(form *Form, err error, lang string) (status int, ok bool) {
	fault := faults.Of(err)
	if fault.Kind == faults.Forbidden && len(fault.Fields) > 0 {
		for _, x := range fault.Fields {
			form.Wrong(x.Path, x.Text.In(texts.Lang(lang)))
		}
		return http.StatusUnprocessableEntity, true
	}
	if !form.Take(err, lang) {
		return 0, false
	}
	for i, e := range form.Errors { // the summary on top names the field too: "Wajib diisi" alone says nothing there
		if e.Label == "" {
			form.Errors[i].Label = fieldLabels[e.Field]
		}
	}
	return form.Status(), true
}

// fieldLabels are the names of the register's fields in the summary of a refused form; they are those of the fields themselves.
var fieldLabels = map[string]string{"name": "Nama", "title_before": "Gelar depan", "title_after": "Gelar belakang", "unit": "Unit kerja", "email": "Surel", "status": "Status", "legal_position": "Kedudukan hukum",
	"rank": "Golongan atau pangkat", "education": "Pendidikan", "education_field": "Jurusan", "contract_start": "Awal kontrak", "contract_end": "Akhir kontrak", "service_end": "Akhir masa dinas", "status_since": "TMT status",
	"nip": "NIP atau NI PPPK", "why": "Alasan", "code": "Kode", "kind": "Jenis", "parent": "Unit induk yang baru", "position": "Jabatan", "jenjang": "Jenjang", "eselon": "Eselon", "class": "Kelas jabatan", "seats": "Formasi", "since": "Mulai"}

// allowed refuses a form's page to whom the room would refuse the form: the same question, asked before anything is typed.
func (w *admin) allowed(c *gin.Context, verb string, thing access.Thing) error {
	_, err := w.Policy.May(reader(c), verb, thing)
	return err
}

// personFor is the person of the address, for whoever may apply a verb to them. Whoever may not leaves no trace of having looked.
func (w *admin) personFor(c *gin.Context, verb string) (people.Person, error) {
	p, err := w.People.Look(c.Request.Context(), people.ID(c.Param("person")))
	if err != nil {
		return people.Person{}, err
	}
	if err := w.allowed(c, verb, p.Thing()); err != nil {
		return people.Person{}, err
	}
	return w.People.Person(c.Request.Context(), reader(c), p.ID)
}

// chosen adds a value to the options of a select when it is none of them, so that what stands is never changed by opening a form.
func chosen(options []Option, value, name string) []Option {
	if value == "" || slices.ContainsFunc(options, func(o Option) bool { return o.Value == value }) {
		return options
	}
	return append(options, Option{Value: value, Name: dash(name)})
}

// plainOptions are values with the law's own names, the same in both languages, with words for none.
func plainOptions(none string, values ...string) []Option {
	out := []Option{{Value: "", Label: none}}
	for _, v := range values {
		out = append(out, Option{Value: v, Name: official(v)})
	}
	return out
}
