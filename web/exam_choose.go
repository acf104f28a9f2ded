package web

import (
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// foundMost is how many a search offers at once.
const foundMost = 12

// chosenMany is the fields of a choice of several by name, without scripts: a name is typed and sent with the form, which comes back with those it can mean beside those
// chosen before. What fits the typed text alone is chosen; otherwise one of what was found must be ticked, or the text removed.
type chosenMany struct {
	form         *Form
	name, find   string // fields of the ticked ones and of the search
	label, hint  string
	search       string // label of the search
	none, choose string // sentences when nothing fits, and when nothing of what fits is ticked
}

// fields adds what was found to what is chosen. known describes somebody chosen before.
func (m chosenMany) fields(known func(id string) (Option, bool), found []Option, err error) []Field {
	chosen, typed := m.form.Values[m.name], m.form.Get(m.find)
	var options []Option
	for _, id := range chosen {
		if o, ok := known(id); ok {
			options = append(options, o)
		}
	}
	ticked := false
	for _, o := range found {
		if slices.Contains(chosen, o.Value) {
			ticked = true
			continue
		}
		if len(found) == 1 {
			chosen, ticked = append(slices.Clip(chosen), o.Value), true
		}
		options = append(options, o)
	}
	switch {
	case typed == "" || m.form.Error(m.find) != "":
	case err != nil:
		m.form.Wrong(m.find, m.none)
	case len(found) == 0:
		m.form.Wrong(m.find, m.none)
	case !ticked && m.form.Get("act") != "find":
		m.form.Wrong(m.find, m.choose)
	}
	if m.form.Values != nil {
		m.form.Values[m.name] = chosen
	}
	var fields []Field
	if len(options) > 0 {
		fields = append(fields, m.form.Input("checkboxes", m.name, m.label).With(options))
	}
	search := m.form.Input("search", m.find, m.search).Hinted(m.hint)
	search.Length = longestQuery
	if ticked && m.form.Error(m.find) == "" {
		search.Value = ""
	}
	if q := (TableQuery{Search: typed}); q.MayBeNIP() {
		search.Value = "" // a number is not printed again
	}
	return append(fields, search)
}

// chooseUnits are the fields to choose units by name or code.
func (w *admin) chooseUnits(c *gin.Context, form *Form, label, hint string) ([]Field, error) {
	units, _, err := w.tree(c)
	if err != nil {
		return nil, err
	}
	option := func(u people.Unit) Option {
		o := Option{Value: string(u.ID), Name: u.Name, Text: u.Code}
		if u.Parent != "" {
			o.Text += " · " + w.unit(c.Request.Context(), u.Parent)
		}
		return o
	}
	var found []Option
	if typed := strings.ToLower(form.Get("find_unit")); typed != "" {
		for _, u := range units {
			switch {
			case u.Closed || len(found) > foundMost:
			case strings.EqualFold(u.Name, typed) || strings.EqualFold(u.Code, typed):
				found = []Option{option(u)}
			case (len(found) != 1 || !strings.EqualFold(found[0].Name, typed)) && strings.Contains(strings.ToLower(u.Name+" "+u.Code), typed):
				found = append(found, option(u))
			}
		}
		found = found[:min(len(found), foundMost)]
	}
	return chosenMany{form: form, name: "unit", find: "find_unit", label: label, hint: hint, search: "Cari unit kerja", none: w.T(c, "Tidak ada unit kerja dengan nama itu."), choose: w.T(c, "Centang yang dimaksud di antara yang ditemukan, atau kosongkan pencarian.")}.
		fields(func(id string) (Option, bool) {
			i := slices.IndexFunc(units, func(u people.Unit) bool { return string(u.ID) == id })
			if i < 0 {
				return Option{}, false
			}
			return option(units[i]), true
		}, found, nil), nil
}

// chooseInvigilators are the fields to choose people by name or NIP.
func (w *admin) chooseInvigilators(c *gin.Context, form *Form) []Field {
	ctx, a := c.Request.Context(), reader(c)
	var found []Option
	var err error
	query := TableQuery{Search: form.Get("find_invigilator")}
	switch {
	case query.Search == "":
	case query.MayBeNIP():
		var p people.Person
		if p, err = w.People.FindByNIP(ctx, a, query.Search); err == nil {
			found = []Option{w.personOption(c, p)}
		}
	default:
		var page people.Page[people.Person]
		page, err = w.People.Persons(ctx, a, people.PersonFilter{Query: query.Search, Limit: foundMost})
		for _, p := range page.Items {
			found = append(found, w.personOption(c, p))
		}
	}
	none := w.T(c, "Tidak ada pegawai dengan nama itu di wilayah Anda.")
	if err != nil {
		none = in(c, faults.Of(err).Text)
	}
	return chosenMany{form: form, name: "invigilator", find: "find_invigilator", label: "Pengawas", hint: "Nama atau NIP. Ketik, lalu tekan Cari.", search: "Cari pengawas", none: none, choose: w.T(c, "Centang yang dimaksud di antara yang ditemukan, atau kosongkan pencarian.")}.
		fields(func(id string) (Option, bool) {
			p, err := w.People.Look(ctx, people.ID(id))
			if err != nil || !w.sees(c, p) {
				return Option{Value: id, Name: w.person(ctx, id)}, true
			}
			return w.personOption(c, p), true
		}, found, err)
}
