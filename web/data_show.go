package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/people"
)

// DataPage is what the register holds about the reader.
type DataPage struct {
	Base
	Person  []Fact
	Numbers []Fact
	Posts   Timeline
	Contact string // where to ask for a correction
}

func (l *learner) showData(c *gin.Context) error {
	ctx, a := c.Request.Context(), reader(c)
	me, err := l.People.Person(ctx, a, people.ID(a.Person))
	if err != nil {
		return err
	}
	f := l.format(c)
	p := &DataPage{Base: Base{Active: navAccount, Crumbs: accountCrumbs}, Contact: l.Settings.Current().Contact, Posts: Timeline{Label: "Riwayat jabatan"}}
	add := func(label, value string) {
		if value != "" {
			p.Person = append(p.Person, Fact{Label: label, Value: value})
		}
	}
	add("Nama", me.DisplayName())
	add("Status", in(c, me.Status.Text()))
	add("Kedudukan hukum", in(c, people.LegalPositions[me.LegalPosition]))
	add("Golongan", me.Rank)
	add("Pendidikan", me.Education+" "+me.EducationField)
	if me.Unit != "" {
		u, err := l.People.LookUnit(ctx, me.Unit)
		if err != nil {
			return err
		}
		add("Unit kerja", u.Name)
	}
	add("Surel", me.Email)
	if me.ContractEnd != "" {
		add("Masa kontrak", f.day(me.ContractStart)+" – "+f.day(me.ContractEnd))
	}
	if me.ServiceEnd != "" {
		add("Akhir masa dinas", f.day(me.ServiceEnd))
	}
	for _, n := range me.Identities {
		to := l.T(c, "sekarang")
		if n.To != "" {
			to = f.day(n.To)
		}
		p.Numbers = append(p.Numbers, Fact{Name: official(string(n.Kind)), Value: n.Number.Grouped(), Code: true, Note: f.day(n.From) + " – " + to})
	}
	for i := len(me.Appointments) - 1; i >= 0; i-- {
		x := me.Appointments[i]
		post, err := l.People.LookPosition(ctx, x.Position)
		if err != nil {
			return err
		}
		p.Posts.Items = append(p.Posts.Items, Event{Day: string(x.Since), Text: post.Name, Who: official(string(x.Kind)), Icon: "position"})
	}
	l.Render(c, http.StatusOK, "data", p)
	return nil
}
