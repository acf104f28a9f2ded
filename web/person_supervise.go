package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// derivation says in words how somebody's supervisor was found, place by place.
func (w *admin) derivation(c *gin.Context, d people.Derivation) []Reason {
	var out []Reason
	for _, st := range d.Steps {
		text := in(c, st.Found.Text())
		if st.Unit != "" {
			text = w.unit(c.Request.Context(), st.Unit) + ": " + text
		} else if len(text) > 0 {
			text = w.T(c, "Atasan") + " " + text
			if st.Found == people.NothingIsFilled {
				text = w.T(c, "Tidak ada lagi unit di atasnya: pegawai ini tidak punya atasan.")
			}
		}
		r := Reason{Kind: Info, Text: text}
		if st.Found == people.FoundHead || st.Found == people.FoundOverride {
			r.Kind = Success
		}
		out = append(out, r)
	}
	return out
}

func (w *admin) supervised(c *gin.Context) (people.Person, error) {
	return w.personFor(c, "set_supervisor")
}

// showSupervise says who supervises somebody and why, and lets a supervisor be named.
func (w *admin) showSupervise(c *gin.Context) error {
	p, err := w.supervised(c)
	if err != nil {
		return err
	}
	form := filled(p.Edition, nil, nil)
	form.Values.Set("since", string(w.today()))
	return w.supervisePage(c, http.StatusOK, p, "", form)
}

func (w *admin) supervisePage(c *gin.Context, status int, p people.Person, which string, form Form) error {
	d, err := w.People.Derive(c.Request.Context(), reader(c), p.ID)
	if err != nil {
		return err
	}
	f, here := w.format(c), personURL(string(p.ID), "atasan")
	page := &PanelsPage{Base: Base{Active: navPeople, Title: w.T(c, "Atasan %s", p.DisplayName()), Crumbs: crumbs(Link{Label: "Pegawai", URL: "/kelola/pegawai"}, Link{Name: p.DisplayName(), URL: personURL(string(p.ID))})}}
	now := Panel{Label: "Atasan hari ini", Facts: []Fact{{Label: "Atasan", Value: "–"}}, Reasons: w.derivation(c, d)}
	if d.Person.ID != "" {
		now.Facts[0].Value = d.Person.DisplayName()
	}
	if o := p.Override; o != nil {
		until := w.T(c, "tanpa batas")
		if o.Until != "" {
			until = f.day(o.Until)
		}
		now.Facts = append(now.Facts, Fact{Label: "Ditetapkan tersendiri", Value: w.person(c.Request.Context(), string(o.Person)), Note: f.day(o.Since) + " – " + until + " · " + o.Why})
	}
	page.add(now)
	back, open := refused(which, "kembali", form)
	if back.Values == nil {
		back = filled(p.Edition, nil, nil)
	}
	if p.Override != nil {
		page.add(Panel{Fold: true, Open: open, Label: "Kembali ke susunan unit", Text: w.T(c, "Penetapan tersendiri dihapus; atasan kembali mengikuti kepala unit."), Form: &PanelForm{URL: here, Form: back, Fields: []Field{hidden("edition", back.Get("edition")), reasoned(back, "Dicatat di jejak audit.").prefixed("kembali-")},
			Buttons: []Button{{Label: "Hapus penetapan", Kind: "danger", Field: "act", Value: "kembali"}}}})
	}
	if which == "kembali" {
		form = filled(p.Edition, nil, nil)
		form.Values.Set("since", string(w.today()))
	}
	fields, _ := w.pick(c, &form)
	for i := range fields {
		if fields[i].Name == "person" {
			fields[i].Label = "Atasan"
			fields[i] = fields[i].named("supervisor", form)
		}
	}
	fields = append(fields, hidden("edition", form.Get("edition")), form.Need("date", "since", "Mulai").Short(), form.Input("date", "until", "Sampai").Hinted("Hari terakhir; kosongkan bila tanpa batas.").Short(), reasoned(form, "Mengapa kepala unit bukan atasannya? Dicatat di jejak audit."))
	page.add(Panel{Label: "Tetapkan atasan tersendiri", Text: w.T(c, "Hanya bila susunan unit tidak menggambarkan keadaan sebenarnya, misalnya tim lintas unit."), Form: &PanelForm{URL: here, Form: form, Fields: fields,
		Buttons: []Button{{Label: "Tetapkan atasan", Kind: "primary", Field: "act", Value: "tetapkan"}, {Label: "Cari pegawai", Icon: "search", Field: "act", Value: "find", Loose: true}}}})
	w.Render(c, status, "panels", page)
	return nil
}

// supervise names a supervisor or takes the name back.
func (w *admin) supervise(c *gin.Context) error {
	form := posted(c)
	p, err := w.supervised(c)
	if err != nil {
		return err
	}
	act := form.Get("act")
	if act == "find" {
		return w.supervisePage(c, http.StatusOK, p, "", form)
	}
	if act == "kembali" {
		_, err = w.People.SetSupervisor(c.Request.Context(), reader(c), p.ID, editionOf(form), nil, form.Get("why"))
	} else {
		probe := form
		_, boss := w.pick(c, &probe)
		if boss == "" {
			err = faults.OnField("find", "Cari dan pilih atasannya.", "Find and choose the supervisor.")
		} else {
			form.Values.Set("person", string(boss))
			form.Values.Del("find")
			_, err = w.People.SetSupervisor(c.Request.Context(), reader(c), p.ID, editionOf(form), &people.SupervisorOverride{Person: boss, Since: civil.Date(form.Get("since")), Until: civil.Date(form.Get("until"))}, form.Get("why"))
		}
	}
	if err != nil {
		status, ok := refusal(&form, err, Lang(c))
		if !ok {
			return err
		}
		if status == http.StatusConflict {
			form.Values["edition"] = filled(p.Edition, nil, nil).Values["edition"]
		}
		return w.supervisePage(c, status, p, act, form)
	}
	return w.done(c, Success, w.T(c, "Atasan disimpan."), personURL(string(p.ID)))
}
