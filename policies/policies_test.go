package policies

import (
	"errors"
	"testing"
	"testing/fstest"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

func TestTheEmbeddedTableLoads(t *testing.T) {
	if _, err := Load(); err != nil {
		t.Fatal(err)
	}
}

func TestRelations(t *testing.T) {
	p, err := load(fstest.MapFS{"table/t.csv": {Data: []byte(`
system, *, *, any
learner, attempt, view|answer, own
learner, course, view, any
unit_admin, attempt, view, subtree
marker, attempt, mark|view, others
training_admin, attempt, mark|view, subtree
deny, *, attempt, mark, own
anonymous, certificate, check, any
`)}})
	if err != nil {
		t.Fatal(err)
	}
	thing := access.Thing{Kind: "attempt", Owner: "ani", Units: []string{"loket", "dinas", "kota"}}
	person := func(id string, gs ...access.Grant) access.Actor { return access.Actor{Person: id, Grants: gs} }
	for _, c := range []struct {
		name string
		a    access.Actor
		verb string
		want error
	}{
		{"own", person("ani"), "answer", nil},
		{"someone else's", person("budi"), "answer", faults.NotFound},
		{"unit admin of the unit", person("budi", access.Grant{Role: "unit_admin", Unit: "dinas"}), "view", nil},
		{"unit admin of another unit", person("budi", access.Grant{Role: "unit_admin", Unit: "badan"}), "view", faults.NotFound},
		{"unit admin may not mark", person("budi", access.Grant{Role: "unit_admin", Unit: "dinas"}), "mark", faults.Forbidden},
		{"marker", person("budi", access.Grant{Role: "marker"}), "mark", nil},
		{"marker of the own attempt", person("ani", access.Grant{Role: "marker"}), "mark", faults.Forbidden},
		{"training admin of the own attempt", person("ani", access.Grant{Role: "training_admin"}), "mark", faults.Forbidden},
		{"system", access.System("chain"), "mark", nil},
		{"nobody", access.Actor{}, "view", faults.Unauthenticated},
	} {
		_, err := p.May(c.a, c.verb, thing)
		if !errors.Is(err, c.want) && err != c.want {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if s := p.Scope(person("budi", access.Grant{Role: "unit_admin", Unit: "dinas"}), "view", "attempt"); s.All || len(s.Units) != 1 || !s.Own {
		t.Errorf("scope of a unit admin: %+v", s)
	}
	if s := p.Scope(person("budi"), "view", "course"); !s.All {
		t.Errorf("scope of a learner on courses: %+v", s)
	}
	if s := p.Scope(access.Actor{}, "view", "attempt"); !s.Empty() {
		t.Errorf("scope of nobody: %+v", s)
	}
}

func TestMistakesInTheTableAreNamed(t *testing.T) {
	for _, line := range []string{"nobody, course, view, any", "learner, course, view, sometimes", "learner, *, view, any", "learner, course, view"} {
		if _, err := load(fstest.MapFS{"table/t.csv": {Data: []byte(line)}}); err == nil {
			t.Errorf("%q was accepted", line)
		}
	}
}
