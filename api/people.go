package api

import (
	"context"
	"net/http"
	"time"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/people"
)

// Person is a civil servant as the register shows them. The NIP is never whole.
type Person struct {
	ID            string        `json:"id"`
	Name          string        `json:"name" doc:"With titles"`
	NIP           string        `json:"nip" doc:"The last three digits"`
	Status        string        `json:"status" doc:"CPNS, PNS, PPPK or PPPK_PARUH_WAKTU"`
	LegalPosition string        `json:"legal_position"`
	Rank          string        `json:"rank,omitempty"`
	Education     string        `json:"education,omitempty"`
	Unit          string        `json:"unit,omitempty"`
	Appointments  []Appointment `json:"appointments" maxItems:"1000" nullable:"false"`
	ContractEnd   string        `json:"contract_end,omitempty"`
	ServiceEnd    string        `json:"service_end,omitempty"`
	Gone          bool          `json:"gone" doc:"No longer in the source that delivered them"`
	Version       int64         `json:"version" doc:"Counts the edits of details, numbers and supervisor; a change names the one that was read"`
	// Details are for those who edit them.
	Details *PersonDetails `json:"details,omitempty" doc:"What an edit sends back; only in answers to edits and to GET /people/{id}/details"`
}

// Appointment is a person holding a position.
type Appointment struct {
	Position string `json:"position"`
	Unit     string `json:"unit"`
	Kind     string `json:"kind" doc:"definitif, plt, plh or pj"`
	Since    string `json:"since"`
	Until    string `json:"until,omitempty"`
}

func showPerson(p people.Person) Person {
	v := Person{ID: string(p.ID), Name: p.DisplayName(), NIP: p.Masked(), Status: string(p.Status), LegalPosition: string(p.LegalPosition), Rank: p.Rank, Education: p.Education,
		Unit: string(p.Unit), Appointments: []Appointment{}, ContractEnd: string(p.ContractEnd), ServiceEnd: string(p.ServiceEnd), Gone: p.Gone != nil, Version: p.Edition}
	for _, a := range p.Appointments {
		v.Appointments = append(v.Appointments, Appointment{string(a.Position), string(a.Unit), string(a.Kind), string(a.Since), string(a.Until)})
	}
	return v
}

// Unit is a node of the organisation tree.
type Unit struct {
	ID     string `json:"id"`
	Code   string `json:"code"`
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	Parent string `json:"parent,omitempty"`
	Head   string `json:"head,omitempty" doc:"Code of the position that heads it"`
	Closed bool   `json:"closed"`
	// Version counts edits and moves.
	Version int64 `json:"version" doc:"Counts edits and moves; a change names the one that was read"`
}

func showUnit(u people.Unit) Unit {
	return Unit{string(u.ID), u.Code, u.Name, u.Kind, string(u.Parent), u.HeadPosition, u.Closed, u.Edition}
}

// Position is a post.
type Position struct {
	ID       string `json:"id"`
	Code     string `json:"code"`
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Jenjang  string `json:"jenjang"`
	Eselon   string `json:"eselon,omitempty"`
	Class    int    `json:"class,omitempty"`
	Unit     string `json:"unit"`
	Seats    int    `json:"seats"`
	Standard string `json:"standard,omitempty"`
	Closed   bool   `json:"closed"`
	Version  int64  `json:"version" doc:"A change names the one that was read"`
}

func showPosition(p people.Position) Position {
	return Position{string(p.ID), p.Code, p.Name, p.Kind, p.Jenjang, p.Eselon, p.Class, string(p.Unit), p.Seats, p.Standard, p.Closed, p.Version}
}

// Vacancy is a position with empty seats.
type Vacancy struct {
	Position Position `json:"position"`
	Holders  int      `json:"holders"`
	Acting   int      `json:"acting"`
	Vacant   int      `json:"vacant"`
}

// Slip is an activation slip. Its code is shown this one time.
type Slip struct {
	Person string    `json:"person"`
	Name   string    `json:"name"`
	NIP    string    `json:"nip" doc:"The last three digits"`
	Unit   string    `json:"unit"`
	Code   string    `json:"code"`
	Until  time.Time `json:"until"`
}

// Slips are those of a unit, all at once: they are shown this one time.
type Slips struct {
	Items []Slip `json:"items" maxItems:"1000" nullable:"false"`
}

func showSlip(s people.Slip) Slip {
	return Slip{string(s.Person), s.Name, s.Masked, s.Unit, s.Code, s.Until}
}

// Account is what may be shown of an account.
type Account struct {
	Person string  `json:"person"`
	State  string  `json:"state" doc:"none, slip, active or blocked"`
	Roles  []Grant `json:"roles" maxItems:"50" nullable:"false"`
	Second bool    `json:"second" doc:"A second factor is set up"`
	Why    string  `json:"why,omitempty" doc:"Why it is blocked"`
}

func showAccount(a people.Account) Account {
	v := Account{Person: string(a.Person), State: string(a.State), Roles: []Grant{}, Second: a.Second, Why: a.Blocked}
	for _, g := range a.Roles {
		v.Roles = append(v.Roles, Grant{g.Role, string(g.Unit), people.RoleText(g.Role)})
	}
	return v
}

// Notice is one message of the inbox.
type Notice struct {
	ID     string     `json:"id"`
	Kind   string     `json:"kind"`
	Title  texts.Text `json:"title"`
	Body   texts.Text `json:"body"`
	Link   string     `json:"link,omitempty"`
	Urgent bool       `json:"urgent"`
	At     time.Time  `json:"at"`
	Read   *time.Time `json:"read,omitempty"`
}

func showNotice(n people.Notice) Notice {
	return Notice{n.ID, n.Kind, n.Title, n.Body, n.Link, n.Urgent, n.At, instant(n.ReadAt)}
}

// PersonPath names a person in an address. It is exported, like the other paths, because huma does not fill unexported embedded structs.
type PersonPath struct {
	ID string `path:"id" maxLength:"60"`
}

func (s *server) people() {
	handle(s, operation{Method: http.MethodGet, Path: "/people", ID: "listPeople", Tag: "people", Summary: "People of one's units, by name"},
		func(ctx context.Context, in *struct {
			PageInput
			Under    string `query:"under" maxLength:"60" doc:"In this unit or below"`
			Position string `query:"position" maxLength:"60"`
			Status   string `query:"status" enum:"CPNS,PNS,PPPK,PPPK_PARUH_WAKTU"`
			Words    string `query:"q" maxLength:"200" doc:"Words of the name; a NIP is looked up with POST /people/lookup"`
			Gone     bool   `query:"gone"`
		}) (*body[ListOf[Person]], error) {
			p, err := s.People.Persons(ctx, visit.Actor(ctx), people.PersonFilter{Under: people.UnitID(in.Under), Position: people.PositionID(in.Position), Status: people.Status(in.Status),
				Query: in.Words, Gone: in.Gone, After: in.after(), Limit: in.Limit})
			if err != nil {
				return nil, err
			}
			return list(p.Items, in.next(p.Next, p.More), showPerson), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/people/lookup", ID: "lookUpPerson", Tag: "people", Summary: "Find a person by NIP, which never stands in an address", Max: 1 << 10},
		func(ctx context.Context, in *struct {
			Body struct {
				NIP string `json:"nip" minLength:"18" maxLength:"30"`
			}
		}) (*body[Person], error) {
			return one(showPerson)(s.People.FindByNIP(ctx, visit.Actor(ctx), in.Body.NIP))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/people/{id}", ID: "getPerson", Tag: "people", Summary: "A person; looking at somebody else is noted and shown to them"},
		func(ctx context.Context, in *PersonPath) (*body[Person], error) {
			return one(showPerson)(s.People.Person(ctx, visit.Actor(ctx), people.ID(in.ID)))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/people/{id}/viewers", ID: "listViewers", Tag: "people", Summary: "Who looked at a person's profile"},
		func(ctx context.Context, in *struct {
			PersonPath
			PageInput
		}) (*body[ListOf[Viewer]], error) {
			p, err := s.People.Viewers(ctx, visit.Actor(ctx), people.ID(in.ID), in.after(), in.Limit)
			if err != nil {
				return nil, err
			}
			return list(p.Items, in.next(p.Next, p.More), func(v people.Viewing) Viewer { return Viewer{string(v.Viewer), v.Name, v.Role, string(v.Day)} }), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/people/{id}/account", ID: "getAccount", Tag: "people", Summary: "A person's account"},
		func(ctx context.Context, in *PersonPath) (*body[Account], error) {
			return one(showAccount)(s.People.Account(ctx, visit.Actor(ctx), people.ID(in.ID)))
		})
	type grant struct {
		PersonPath
		Body struct {
			Role  string `json:"role" minLength:"1" maxLength:"40"`
			Unit  string `json:"unit,omitempty" maxLength:"60" doc:"Missing: everywhere"`
			Until string `json:"until,omitempty" maxLength:"10" doc:"Last day"`
			Why   string `json:"why" minLength:"1" maxLength:"500"`
		}
	}
	change := func(do func(ctx context.Context, id people.ID, g people.RoleGrant) (people.Account, error)) func(context.Context, *grant) (*body[Account], error) {
		return func(ctx context.Context, in *grant) (*body[Account], error) {
			g := people.RoleGrant{Role: in.Body.Role, Unit: people.UnitID(in.Body.Unit), Why: in.Body.Why}
			if in.Body.Until != "" {
				until, err := civil.ParseDate(in.Body.Until)
				if err != nil {
					return nil, err
				}
				g.Until = until
			}
			return one(showAccount)(do(ctx, people.ID(in.ID), g))
		}
	}
	handle(s, operation{Method: http.MethodPost, Path: "/people/{id}/roles", ID: "grantRole", Tag: "people", Summary: "Grant a role, with the reason; nobody grants to themselves", Session: true},
		change(func(ctx context.Context, id people.ID, g people.RoleGrant) (people.Account, error) {
			return s.People.Grant(ctx, visit.Actor(ctx), id, g)
		}))
	handle(s, operation{Method: http.MethodPost, Path: "/people/{id}/roles/revocation", ID: "revokeRole", Tag: "people", Summary: "Take a role back, with the reason", Session: true},
		change(func(ctx context.Context, id people.ID, g people.RoleGrant) (people.Account, error) {
			return s.People.Revoke(ctx, visit.Actor(ctx), id, g)
		}))
	handle(s, operation{Method: http.MethodPost, Path: "/people/{id}/slip", ID: "issueSlip", Tag: "people", Summary: "A new activation slip for one person, logged; sessions end when it is used", Session: true, Secret: true, Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			PersonPath
			Body struct {
				Why string `json:"why" minLength:"1" maxLength:"500"`
			}
		}) (*body[Slip], error) {
			return one(showSlip)(s.People.IssueSlip(ctx, visit.Actor(ctx), people.ID(in.ID), in.Body.Why))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/units/{id}/slips", ID: "issueSlips", Tag: "people", Summary: "Activation slips of a unit and below, for printing; shown this one time", Session: true, Secret: true, Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			PersonPath
			Body struct {
				Again bool `json:"again,omitempty" doc:"Also replace slips that were not used yet"`
			}
		}) (*body[Slips], error) {
			sl, err := s.People.IssueSlips(ctx, visit.Actor(ctx), people.UnitID(in.ID), in.Body.Again)
			if err != nil {
				return nil, err
			}
			return answer(Slips{shown(sl, showSlip)}), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/units", ID: "listUnits", Tag: "people", Summary: "Units by name"},
		func(ctx context.Context, in *struct {
			PageInput
			Under  string `query:"under" maxLength:"60"`
			Parent string `query:"parent" maxLength:"60" doc:"Right below this unit"`
			Kind   string `query:"kind" maxLength:"40"`
			Words  string `query:"q" maxLength:"200"`
		}) (*body[ListOf[Unit]], error) {
			f := people.UnitFilter{Under: people.UnitID(in.Under), Kind: in.Kind, Query: in.Words, After: in.after(), Limit: in.Limit}
			if in.Parent != "" {
				parent := people.UnitID(in.Parent)
				f.ChildrenOf = &parent
			}
			p, err := s.People.Units(ctx, visit.Actor(ctx), f)
			if err != nil {
				return nil, err
			}
			return list(p.Items, in.next(p.Next, p.More), showUnit), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/positions", ID: "listPositions", Tag: "people", Summary: "Positions by name"},
		func(ctx context.Context, in *struct {
			PageInput
			Under    string `query:"under" maxLength:"60"`
			Kind     string `query:"kind" maxLength:"40"`
			Standard string `query:"standard" maxLength:"60"`
			Words    string `query:"q" maxLength:"200"`
		}) (*body[ListOf[Position]], error) {
			p, err := s.People.Positions(ctx, visit.Actor(ctx), people.PositionFilter{Under: people.UnitID(in.Under), Kind: in.Kind, Standard: in.Standard, Query: in.Words, After: in.after(), Limit: in.Limit})
			if err != nil {
				return nil, err
			}
			return list(p.Items, in.next(p.Next, p.More), showPosition), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/vacancies", ID: "listVacancies", Tag: "people", Summary: "Positions with empty seats in a unit and below"},
		func(ctx context.Context, in *struct {
			PageInput
			Under string `query:"under" maxLength:"60"`
		}) (*body[ListOf[Vacancy]], error) {
			p, err := s.People.Vacancies(ctx, visit.Actor(ctx), people.UnitID(in.Under), in.after(), in.Limit)
			if err != nil {
				return nil, err
			}
			return list(p.Items, in.next(p.Next, p.More), func(o people.Occupancy) Vacancy {
				return Vacancy{showPosition(o.Position), o.Holders, o.Acting, o.Vacant}
			}), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/notices", ID: "listNotices", Tag: "notices", Summary: "One's inbox, newest first"},
		func(ctx context.Context, in *struct {
			PageInput
			Unread bool `query:"unread"`
		}) (*body[ListOf[Notice]], error) {
			a := visit.Actor(ctx)
			p, err := s.People.Notices(ctx, a, people.ID(a.Person), in.Unread, in.after(), in.Limit)
			if err != nil {
				return nil, err
			}
			return list(p.Items, in.next(p.Next, p.More), showNotice), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/notices/{id}/read", ID: "readNotice", Tag: "notices", Summary: "Mark a notice as read"},
		func(ctx context.Context, in *struct {
			ID string `path:"id" maxLength:"200"`
		}) (*body[Notice], error) {
			return one(showNotice)(s.People.Read(ctx, visit.Actor(ctx), in.ID))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/notices/read", ID: "readNotices", Tag: "notices", Summary: "Mark all of one's notices as read, up to 1,000 at a time"},
		func(ctx context.Context, _ *struct{}) (*body[NoticesRead], error) {
			n, err := s.People.ReadAll(ctx, visit.Actor(ctx))
			if err != nil {
				return nil, err
			}
			return answer(NoticesRead{n}), nil
		})
}

// NoticesRead says how many notices were marked.
type NoticesRead struct {
	Read int `json:"read"`
}

// Viewer is somebody who looked at a profile.
type Viewer struct {
	Person string `json:"person"`
	Name   string `json:"name"`
	Role   string `json:"role"`
	Day    string `json:"day"`
}
