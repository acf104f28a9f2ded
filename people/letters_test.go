package people_test

import (
	"strings"
	"testing"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// A letter that no certificate can print is named where it is entered, and what nobody sees is not kept.
func TestLettersOfNames(t *testing.T) {
	c := newCity(t, func(cfg *people.Config) { cfg.Letters = certificates.Letters{} })
	unit := c.unit("DINAS", "dinas", "", "")
	for name, says := range map[string]string{"Budi 🎓": "🎓", "市 Budi": "市", "Budi\u202eidub": "cannot be shown"} {
		_, _, err := c.AddPerson(c.ctx, root, people.PersonInput{NIP: nipAni, Details: people.Details{Name: name, Status: people.PNS, Unit: unit.ID}})
		f := faults.Of(err)
		if faults.KindOf(err) != faults.Invalid || len(f.Fields) != 1 || f.Fields[0].Path != "name" || !strings.Contains(f.Fields[0].Text.EN, says) {
			t.Errorf("%q: %v", name, err)
		}
		if _, err = c.AddUnit(c.ctx, root, people.UnitInput{Code: "LAIN", Name: name, Kind: "bidang", Parent: unit.ID}); faults.KindOf(err) != faults.Invalid || !strings.Contains(err.Error(), says) {
			t.Errorf("unit %q: %v", name, err)
		}
		if _, err = c.AddPosition(c.ctx, root, people.PositionInput{Code: "J", Name: name, Kind: "pelaksana", Jenjang: "pelaksana", Unit: unit.ID, Seats: 1}); faults.KindOf(err) != faults.Invalid || !strings.Contains(err.Error(), says) {
			t.Errorf("position %q: %v", name, err)
		}
	}
	p, _, err := c.AddPerson(c.ctx, root, people.PersonInput{NIP: nipAni, Details: people.Details{Name: "\ufeffAni\u200b  Raha\u00adyu\u200d", TitleAfter: "S.\u2060E.", Status: people.PNS, Unit: unit.ID}})
	must(t, err)
	if p.Name != "Ani Rahayu" || p.TitleAfter != "S.E." {
		t.Errorf("kept as %+q %+q", p.Name, p.TitleAfter)
	}
	d := p.Details
	d.TitleBefore = "Dr. 🎓"
	_, err = c.EditPerson(c.ctx, root, p.ID, p.Edition, d, "uji")
	if f := faults.Of(err); len(f.Fields) != 1 || f.Fields[0].Path != "title_before" {
		t.Error("edit:", err)
	}
	u, err := c.AddUnit(c.ctx, root, people.UnitInput{Code: "BID", Name: "Bidang\u200b Satu\ufeff", Kind: "bidang", Parent: unit.ID})
	must(t, err)
	if u.Name != "Bidang Satu" {
		t.Errorf("unit kept as %+q", u.Name)
	}
	for name, x := range map[string]struct {
		kind   people.ImportKind
		csv    string
		column string
		errors int
	}{
		"people":             {people.ImportPeople, "nip,name,status,unit\n" + nipBudi + ",Budi 市,PNS,DINAS\n", "name", 1},
		"with other errors":  {people.ImportPeople, "nip,name,status,unit\n1,Budi 市,PNS,TIADA\n", "name", 3},
		"an unknown old NIP": {people.ImportPeople, "nip,name,status,unit,previous_nip\n" + nipBudi + ",Budi 市,PNS,DINAS,19700101\n", "name", 1},
		"synchronised":       {people.ImportSync, "nip,nama,status,unorId\n" + nipBudi + ",Budi 市,PNS,DINAS\n", "nama", 1},
		"units":              {people.ImportUnits, "code,name,kind,parent\nB2,Bidang 市,bidang,DINAS\n", "name", 1},
		"positions":          {people.ImportPositions, "code,name,kind,jenjang,unit,seats\nJ2,Pengelola 市,pelaksana,pelaksana,DINAS,1\n", "name", 1},
	} {
		p, err := c.CheckImport(c.ctx, root, people.ImportInput{Kind: x.kind, Name: "uji", Source: "S", Sheet: table(t, x.csv)})
		must(t, err)
		found := 0
		for _, e := range p.Errors {
			if e.Row == 2 && e.Column == x.column && strings.Contains(e.Text.ID, "市") {
				found++
			}
		}
		if found != 1 || len(p.Errors) != x.errors {
			t.Errorf("%s: %+v", name, p.Errors)
		}
	}
}
