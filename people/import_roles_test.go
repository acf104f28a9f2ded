package people_test

import (
	"errors"
	"testing"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// A file of roles is applied only by who may give each of them: not by somebody with less, not by who would get one, whoever checked it.
func TestAPlanOfRolesIsAppliedByWhoMayGiveThem(t *testing.T) {
	c := newCity(t)
	c.load(people.ImportUnits, table(t, unitsCSV))
	ani, budi := c.person(nipAni, "Ani", "DINAS"), c.person(nipBudi, "Budi", "DINAS")
	plan := func() string {
		p, err := c.CheckImport(c.ctx, root, people.ImportInput{Kind: people.ImportRoles, Name: "peran.csv", Sheet: table(t, "nip,role,unit,why\n"+nipBudi+",system_admin,,uji\n")})
		must(t, err)
		return p.ID
	}
	id := plan()
	for name, a := range map[string]access.Actor{
		"a training admin":           {Person: string(ani.ID), Grants: []access.Grant{{Role: "training_admin"}}},
		"a training admin, for self": {Person: string(budi.ID), Grants: []access.Grant{{Role: "training_admin"}}},
		"a system admin, for self":   {Person: string(budi.ID), Grants: []access.Grant{{Role: "system_admin"}}},
	} {
		if _, err := c.AcceptImport(c.ctx, a, id); !errors.Is(err, faults.Forbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := access.Actor{Person: string(ani.ID), Grants: []access.Grant{{Role: "system_admin"}}}
	_, err := c.AcceptImport(c.ctx, other, id)
	must(t, err)
	_, err = c.AcceptImport(c.ctx, other, id)
	must(t, err)
}
