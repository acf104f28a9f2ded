package web

import (
	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// pick finds the person a form is about, without scripts: a name or NIP is typed and sent with the form, which comes back with those it can mean. It answers
// the fields to show and the person chosen, "" while none is.
func (w *admin) pick(c *gin.Context, form *Form) ([]Field, people.ID) {
	ctx, a := c.Request.Context(), reader(c)
	chosen, typed := people.ID(form.Get("person")), form.Get("find")
	search := form.Input("search", "find", "Nama atau NIP pegawai").Hinted("Ketik, lalu tekan Cari pegawai.")
	search.Length = longestQuery
	var options []Option
	if chosen != "" {
		if p, err := w.People.Look(ctx, chosen); err == nil && w.sees(c, p) {
			options = append(options, w.personOption(c, p))
		}
	}
	query := TableQuery{Search: typed}
	switch {
	case typed == "":
	case query.MayBeNIP():
		search.Value = "" // a number is not printed again
		p, err := w.People.FindByNIP(ctx, a, typed)
		if err == nil {
			chosen, options = p.ID, []Option{w.personOption(c, p)}
		} else {
			form.Wrong("find", in(c, faults.Of(err).Text))
		}
	default:
		found, err := w.People.Persons(ctx, a, people.PersonFilter{Query: typed, Limit: 12})
		if err != nil {
			form.Wrong("find", in(c, faults.Of(err).Text))
		}
		options = options[:0]
		for _, p := range found.Items {
			options = append(options, w.personOption(c, p))
		}
		switch {
		case len(found.Items) == 1:
			chosen = found.Items[0].ID
		case len(found.Items) == 0 && err == nil:
			form.Wrong("find", w.T(c, "Tidak ada pegawai dengan nama itu di wilayah Anda."))
		}
	}
	search.Error = form.Error("find")
	fields := []Field{search}
	if len(options) > 0 {
		f := form.Need("radio", "person", "Pegawai").With(options)
		f.Value, f.Values = string(chosen), nil
		fields = append(fields, f)
	}
	return fields, chosen
}

// sees says whether the reader may see a person in the register. Choosing somebody for a form is no look at their profile, so it leaves no trace.
func (w *admin) sees(c *gin.Context, p people.Person) bool {
	_, err := w.Policy.May(reader(c), "view", p.Thing())
	return err == nil
}

func (w *admin) personOption(c *gin.Context, p people.Person) Option {
	return Option{Value: string(p.ID), Name: p.DisplayName(), Text: p.Masked() + " · " + w.unit(c.Request.Context(), p.Unit)}
}
