// Package access has the words in which rooms ask for permission: who acts (Actor), on what (Thing), and whether that is allowed (Policy).
// The answer comes from the room policies; the domain services ask it, so a page, an API call and a verb get the same answer.
package access

import "slices"

// Grant is one role of a person, everywhere (Unit "") or in a unit and everything below it.
type Grant struct {
	Role string `json:"role"`
	Unit string `json:"unit,omitempty"`
}

// Actor is who acts: a logged-in person, or a part of the system.
type Actor struct {
	Person string  // person id; "" for the system
	Part   string  // for the system: which part ("chain", "demo", "cli"); "" for persons
	Grants []Grant // every active person also is a learner, without a grant saying so
	Recent bool    // the password was typed in this session's last minutes, for acts that ask it again
	Token  bool    // an API token acts for the person, not the person in a session
}

// System is a part of the program itself acting, such as the chain or a command-line verb run by the owner of the data folder.
func System(part string) Actor { return Actor{Part: part} }

// Name is who stands in the audit trail: the person id, or "system:chain".
func (a Actor) Name() string {
	if a.Person == "" {
		return "system:" + a.Part
	}
	return a.Person
}

// IsSystem says whether the program itself acts.
func (a Actor) IsSystem() bool { return a.Person == "" && a.Part != "" }

// Anonymous says whether nobody is logged in.
func (a Actor) Anonymous() bool { return a.Person == "" && a.Part == "" }

// Has says whether the actor holds a role anywhere.
func (a Actor) Has(role string) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Role == role })
}

// Thing is what is acted on. Units holds the unit it belongs to and all units above that one, nearest first; empty when it belongs to no unit.
// Owner is the person it is about or who made it; "" when there is none.
type Thing struct {
	Kind  string
	ID    string
	Owner string
	Units []string
}

// Scope is the part of a kind of things an actor may apply a verb to, for lists: everything, the subtrees of some units, or only what is the actor's own.
type Scope struct {
	All   bool
	Units []string
	Own   bool
}

// Empty says that nothing is in scope.
func (s Scope) Empty() bool { return !s.All && len(s.Units) == 0 && !s.Own }

// Policy answers. It is safe for use from many goroutines.
type Policy interface {
	// May returns the role that allows the actor the verb on the thing, for the audit trail ("self" for one's own things as a learner, "system").
	// Errors: Unauthenticated when nobody is logged in, NotFound when the actor may not even see the thing, Forbidden when seeing is allowed but this verb is not.
	May(a Actor, verb string, t Thing) (role string, err error)
	// Scope says which things of a kind the actor may apply the verb to.
	Scope(a Actor, verb, kind string) Scope
}
