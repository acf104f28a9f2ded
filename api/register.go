package api

import (
	"context"
	"net/http"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/people"
)

// Single edits of the register: a person's details, number, posts and supervisor; units; positions. A change names the version that was read; one that
// somebody else changed since is refused with 409, which says in each field that differs what stands there now.

// PersonDetails is what an edit of a person sends: all of it, also what stays.
type PersonDetails struct {
	Name           string `json:"name" maxLength:"200" doc:"Without titles"`
	TitleBefore    string `json:"title_before,omitempty" maxLength:"200"`
	TitleAfter     string `json:"title_after,omitempty" maxLength:"200"`
	Status         string `json:"status" enum:"CPNS,PNS,PPPK,PPPK_PARUH_WAKTU"`
	LegalPosition  string `json:"legal_position,omitempty" enum:"01,02,03,04,15,20,99" doc:"Kedudukan hukum; missing: 01, active"`
	Rank           string `json:"rank,omitempty" maxLength:"20" example:"III/c"`
	Education      string `json:"education,omitempty" maxLength:"10" example:"S1"`
	EducationField string `json:"education_field,omitempty" maxLength:"200"`
	Unit           string `json:"unit,omitempty" maxLength:"60"`
	Email          string `json:"email,omitempty" maxLength:"200"`
	ContractStart  string `json:"contract_start,omitempty" maxLength:"10"`
	ContractEnd    string `json:"contract_end,omitempty" maxLength:"10" doc:"Last day"`
	ServiceEnd     string `json:"service_end,omitempty" maxLength:"10" doc:"Last day"`
	StatusSince    string `json:"status_since,omitempty" maxLength:"10"`
}

func showDetails(d people.Details) *PersonDetails {
	return &PersonDetails{d.Name, d.TitleBefore, d.TitleAfter, string(d.Status), string(d.LegalPosition), d.Rank, d.Education, d.EducationField, string(d.Unit), d.Email,
		string(d.ContractStart), string(d.ContractEnd), string(d.ServiceEnd), string(d.StatusSince)}
}

func (d PersonDetails) details() people.Details {
	return people.Details{Name: d.Name, TitleBefore: d.TitleBefore, TitleAfter: d.TitleAfter, Status: people.Status(d.Status), LegalPosition: people.LegalPosition(d.LegalPosition),
		Rank: d.Rank, Education: d.Education, EducationField: d.EducationField, Unit: people.UnitID(d.Unit), Email: d.Email, ContractStart: civil.Date(d.ContractStart),
		ContractEnd: civil.Date(d.ContractEnd), ServiceEnd: civil.Date(d.ServiceEnd), StatusSince: civil.Date(d.StatusSince)}
}

// showPersonWhole is a person with what an edit sends back.
func showPersonWhole(p people.Person) Person {
	v := showPerson(p)
	v.Details = showDetails(p.Details)
	return v
}

// Registered is a person who was just registered.
type Registered struct {
	Person   Person   `json:"person"`
	Warnings []string `json:"warnings" maxItems:"1000" nullable:"false" doc:"What is unusual about the number, though it was taken"`
}

// Appointed is a person who was just given a position.
type Appointed struct {
	Person
	Warnings []string `json:"warnings" maxItems:"1000" nullable:"false" doc:"Rules of eligibility that the person is not known to meet on that day; the appointment stands all the same"`
}

// Supervision says who supervises a person and how that was found.
type Supervision struct {
	Person   string            `json:"person,omitempty" doc:"The supervisor; missing when nobody is"`
	Name     string            `json:"name,omitempty"`
	Unit     string            `json:"unit,omitempty" doc:"The unit they head"`
	Kind     string            `json:"kind,omitempty" doc:"How they hold the head position: definitif, plt, plh or pj"`
	Override bool              `json:"override" doc:"Named separately, not derived from the unit tree"`
	Until    string            `json:"until,omitempty" doc:"Last day of the override"`
	Steps    []SupervisionStep `json:"steps" maxItems:"1000" nullable:"false" doc:"Where was looked, in order"`
}

// SupervisionStep is one place where a supervisor was looked for.
type SupervisionStep struct {
	Unit    string `json:"unit,omitempty"`
	Finding string `json:"finding" doc:"head, override, no_position, vacant, self, ended, absent or nobody"`
	Text    string `json:"text"`
}

func showDerivation(ctx context.Context, d people.Derivation) Supervision {
	v := Supervision{Person: string(d.Person.ID), Unit: string(d.Unit), Kind: string(d.Kind), Override: d.Override, Steps: []SupervisionStep{}}
	if v.Person != "" {
		v.Name = d.Person.DisplayName()
	}
	for _, st := range d.Steps {
		v.Steps = append(v.Steps, SupervisionStep{string(st.Unit), string(st.Found), st.Found.Text().In(visit.From(ctx).Lang)})
	}
	return v
}

// UnitContents is what a unit holds.
type UnitContents struct {
	Units     int `json:"units" doc:"Open units right below it"`
	People    int `json:"people" doc:"People whose home it is"`
	Positions int `json:"positions" doc:"Open positions in it"`

	AllUnits     int `json:"all_units" doc:"Open units anywhere below: what goes along when it is moved"`
	AllPeople    int `json:"all_people" doc:"People in it and below"`
	AllPositions int `json:"all_positions" doc:"Open positions in it and below"`
}

// UnitFields are what a unit is made of beside its code and its place.
type UnitFields struct {
	Name string `json:"name" maxLength:"200"`
	Kind string `json:"kind" maxLength:"40" doc:"pemda, sekretariat, inspektorat, dinas, badan, satpolpp, kecamatan, kelurahan, uptd, puskesmas, sekolah, bidang, bagian, subbagian or seksi"`
	Head string `json:"head,omitempty" maxLength:"60" doc:"Code of the position that heads it"`
}

// PositionFields are what a position is made of beside its code.
type PositionFields struct {
	Name     string `json:"name" maxLength:"200"`
	Kind     string `json:"kind" maxLength:"40" doc:"struktural, fungsional or pelaksana"`
	Jenjang  string `json:"jenjang" maxLength:"40" doc:"jpt_pratama, administrator, pengawas, ahli_pertama, ..., pelaksana"`
	Eselon   string `json:"eselon,omitempty" maxLength:"10"`
	Class    int    `json:"class,omitempty" minimum:"0" maximum:"17" doc:"Kelas jabatan; 0: unknown"`
	Unit     string `json:"unit" maxLength:"60"`
	Seats    int    `json:"seats" minimum:"1" maximum:"100000"`
	Standard string `json:"standard,omitempty" maxLength:"60" doc:"Code of the competency standard"`
}

func (f PositionFields) input(id, code string) people.PositionInput {
	return people.PositionInput{ID: people.PositionID(id), Code: code, Name: f.Name, Kind: f.Kind, Jenjang: f.Jenjang, Eselon: f.Eselon, Class: f.Class, Unit: people.UnitID(f.Unit), Seats: f.Seats, Standard: f.Standard}
}

// Because is the body of an act that only needs its reason.
type Because struct {
	Why string `json:"why" minLength:"1" maxLength:"500"`
}

func (s *server) register() {
	s.personEdits()
	s.unitEdits()
	s.positionEdits()
}

func (s *server) personEdits() {
	person := one(showPersonWhole)
	handle(s, operation{Method: http.MethodPost, Path: "/people", ID: "addPerson", Tag: "people", Summary: "Register a person", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			Body struct {
				NIP     string        `json:"nip" minLength:"18" maxLength:"30" doc:"NIP or NI; it is never shown again in whole"`
				Details PersonDetails `json:"details"`
				Why     string        `json:"why,omitempty" maxLength:"500"`
			}
		}) (*body[Registered], error) {
			p, warnings, err := s.People.AddPerson(ctx, visit.Actor(ctx), people.PersonInput{NIP: in.Body.NIP, Details: in.Body.Details.details(), Why: in.Body.Why})
			if err != nil {
				return nil, err
			}
			out := Registered{Person: showPersonWhole(p), Warnings: []string{}}
			for _, x := range warnings {
				out.Warnings = append(out.Warnings, x.In(visit.From(ctx).Lang))
			}
			return answer(out), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/people/{id}/details", ID: "getDetails", Tag: "people", Summary: "A person with all details: one's own, or of somebody one may edit"},
		func(ctx context.Context, in *PersonPath) (*body[Person], error) {
			return person(s.People.Editable(ctx, visit.Actor(ctx), people.ID(in.ID)))
		})
	handle(s, operation{Method: http.MethodPut, Path: "/people/{id}", ID: "editPerson", Tag: "people", Summary: "Change a person's details; what stays is sent too"},
		func(ctx context.Context, in *struct {
			PersonPath
			Body struct {
				Version int64         `json:"version" minimum:"1"`
				Details PersonDetails `json:"details"`
				Why     string        `json:"why,omitempty" maxLength:"500"`
			}
		}) (*body[Person], error) {
			return person(s.People.EditPerson(ctx, visit.Actor(ctx), people.ID(in.ID), in.Body.Version, in.Body.Details.details(), in.Body.Why))
		})
	handle(s, operation{Method: http.MethodPut, Path: "/people/{id}/email", ID: "setEmail", Tag: "people", Summary: "Change an e-mail address: one's own, or of somebody one looks after", Session: true},
		func(ctx context.Context, in *struct {
			PersonPath
			Body struct {
				Email string `json:"email" maxLength:"200" doc:"Empty: none"`
			}
		}) (*body[Person], error) {
			return person(s.People.SetEmail(ctx, visit.Actor(ctx), people.ID(in.ID), in.Body.Email))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/people/{id}/identities", ID: "renumber", Tag: "people",
		Summary: "Give a person a new NIP or NI, with the details that come with it; account, certificates and hours stay"},
		func(ctx context.Context, in *struct {
			PersonPath
			Body struct {
				Version int64         `json:"version" minimum:"1"`
				NIP     string        `json:"nip" minLength:"18" maxLength:"30"`
				From    string        `json:"from,omitempty" maxLength:"10" doc:"First day of the new number; missing: today"`
				Correct bool          `json:"correct,omitempty" doc:"The old number was a mistake and leaves no history"`
				Details PersonDetails `json:"details"`
				Why     string        `json:"why" minLength:"1" maxLength:"500"`
			}
		}) (*body[Person], error) {
			b := in.Body
			return person(s.People.Renumber(ctx, visit.Actor(ctx), people.ID(in.ID), b.Version, people.Renumbering{NIP: b.NIP, From: civil.Date(b.From), Correct: b.Correct, Details: b.Details.details(), Why: b.Why}))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/people/{id}/appointments", ID: "appoint", Tag: "people", Summary: "Give a person a position, with the decree; an earlier definitive one ends the day before"},
		func(ctx context.Context, in *struct {
			PersonPath
			Body struct {
				Position string `json:"position" minLength:"1" maxLength:"60"`
				Unit     string `json:"unit,omitempty" maxLength:"60" doc:"Missing: the position's"`
				Kind     string `json:"kind" enum:"definitif,plt,plh,pj"`
				Since    string `json:"since" minLength:"10" maxLength:"10"`
				Until    string `json:"until,omitempty" maxLength:"10" doc:"Last day"`
				Why      string `json:"why" minLength:"1" maxLength:"500"`

				BeyondSeats bool `json:"beyond_seats,omitempty" doc:"More definitive holders than the position has seats are meant; without it that is refused with 409"`
			}
		}) (*body[Appointed], error) {
			a, b := visit.Actor(ctx), in.Body
			now, unread := s.rooms().Appointing(ctx, a, people.ID(in.ID), people.PositionID(b.Position), people.AppointmentKind(b.Kind), civil.Date(b.Since))
			p, err := s.People.Appoint(ctx, a, people.ID(in.ID), people.AppointInput{Appointment: people.Appointment{Position: people.PositionID(b.Position), Unit: people.UnitID(b.Unit),
				Kind: people.AppointmentKind(b.Kind), Since: civil.Date(b.Since), Until: civil.Date(b.Until)}, Why: b.Why, BeyondSeats: b.BeyondSeats})
			if err != nil {
				return nil, err
			}
			if unread != nil {
				return nil, unread // asked again, the appointment is the same one
			}
			out := Appointed{Person: showPersonWhole(p), Warnings: []string{}}
			for _, v := range now.Doubts.Of {
				out.Warnings = append(out.Warnings, v.Sentence().In(visit.From(ctx).Lang))
			}
			return answer(out), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/people/{id}/appointments/end", ID: "relieve", Tag: "people", Summary: "End a running appointment on a last day, with the decree"},
		func(ctx context.Context, in *struct {
			PersonPath
			Body struct {
				Position string `json:"position" minLength:"1" maxLength:"60"`
				Kind     string `json:"kind" enum:"definitif,plt,plh,pj"`
				Last     string `json:"last" minLength:"10" maxLength:"10"`
				Why      string `json:"why" minLength:"1" maxLength:"500"`
			}
		}) (*body[Person], error) {
			b := in.Body
			return person(s.People.Relieve(ctx, visit.Actor(ctx), people.ID(in.ID), people.PositionID(b.Position), people.AppointmentKind(b.Kind), civil.Date(b.Last), b.Why))
		})
	supervisor := func(ctx context.Context, id string) (*body[Supervision], error) {
		a := visit.Actor(ctx)
		d, err := s.People.Derive(ctx, a, people.ID(id))
		if err != nil {
			return nil, err
		}
		v := showDerivation(ctx, d)
		if p, err := s.People.Look(ctx, people.ID(id)); err == nil && d.Override && p.Override != nil {
			v.Until = string(p.Override.Until)
		}
		return answer(v), nil
	}
	handle(s, operation{Method: http.MethodGet, Path: "/people/{id}/supervisor", ID: "getSupervisor", Tag: "people", Summary: "Who supervises a person today, and how that was found"},
		func(ctx context.Context, in *PersonPath) (*body[Supervision], error) { return supervisor(ctx, in.ID) })
	handle(s, operation{Method: http.MethodPut, Path: "/people/{id}/supervisor", Named: map[string]string{"supervisor": "body.person"}, ID: "setSupervisor", Tag: "people", Summary: "Name a supervisor where the derived one is wrong, with the reason"},
		func(ctx context.Context, in *struct {
			PersonPath
			Body struct {
				Version int64  `json:"version" minimum:"1"`
				Person  string `json:"person" minLength:"1" maxLength:"60"`
				Since   string `json:"since" minLength:"10" maxLength:"10"`
				Until   string `json:"until,omitempty" maxLength:"10" doc:"Last day"`
				Why     string `json:"why" minLength:"1" maxLength:"500"`
			}
		}) (*body[Supervision], error) {
			b := in.Body
			if _, err := s.People.SetSupervisor(ctx, visit.Actor(ctx), people.ID(in.ID), b.Version, &people.SupervisorOverride{Person: people.ID(b.Person), Since: civil.Date(b.Since), Until: civil.Date(b.Until)}, b.Why); err != nil {
				return nil, err
			}
			return supervisor(ctx, in.ID)
		})
	handle(s, operation{Method: http.MethodPost, Path: "/people/{id}/supervisor/withdrawal", ID: "withdrawSupervisor", Tag: "people", Summary: "Take the named supervisor away: the unit tree decides again"},
		func(ctx context.Context, in *struct {
			PersonPath
			Body struct {
				Version int64  `json:"version" minimum:"1"`
				Why     string `json:"why" minLength:"1" maxLength:"500"`
			}
		}) (*body[Supervision], error) {
			if _, err := s.People.SetSupervisor(ctx, visit.Actor(ctx), people.ID(in.ID), in.Body.Version, nil, in.Body.Why); err != nil {
				return nil, err
			}
			return supervisor(ctx, in.ID)
		})
}

func (s *server) unitEdits() {
	unit := one(showUnit)
	handle(s, operation{Method: http.MethodPost, Path: "/units", ID: "addUnit", Tag: "people", Summary: "Add a unit below another", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			Body struct {
				UnitFields
				Code   string `json:"code" minLength:"1" maxLength:"60" doc:"It never changes"`
				Parent string `json:"parent,omitempty" maxLength:"60" doc:"Missing: the top of the city"`
			}
		}) (*body[Unit], error) {
			b := in.Body
			return unit(s.People.AddUnit(ctx, visit.Actor(ctx), people.UnitInput{Code: b.Code, Name: b.Name, Kind: b.Kind, Parent: people.UnitID(b.Parent), HeadPosition: b.Head}))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/units/{id}", ID: "getUnit", Tag: "people", Summary: "A unit"},
		func(ctx context.Context, in *PersonPath) (*body[Unit], error) {
			return unit(s.People.Unit(ctx, visit.Actor(ctx), people.UnitID(in.ID)))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/units/{id}/contents", ID: "getUnitContents", Tag: "people", Summary: "What a unit holds: what keeps it from being closed, and what a move takes along"},
		func(ctx context.Context, in *PersonPath) (*body[UnitContents], error) {
			c, err := s.People.UnitContents(ctx, visit.Actor(ctx), people.UnitID(in.ID))
			if err != nil {
				return nil, err
			}
			return answer(UnitContents{c.UnitCount, c.People, c.Positions, c.AllUnits, c.AllPeople, c.AllPositions}), nil
		})
	handle(s, operation{Method: http.MethodPut, Path: "/units/{id}", ID: "editUnit", Tag: "people", Summary: "Change a unit's name, kind and head position"},
		func(ctx context.Context, in *struct {
			PersonPath
			Body struct {
				UnitFields
				Version int64 `json:"version" minimum:"1"`
			}
		}) (*body[Unit], error) {
			b := in.Body
			return unit(s.People.EditUnit(ctx, visit.Actor(ctx), b.Version, people.UnitInput{ID: people.UnitID(in.ID), Name: b.Name, Kind: b.Kind, HeadPosition: b.Head}))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/units/{id}/move", ID: "moveUnit", Tag: "people", Summary: "Put a unit, with everything below it, under another"},
		func(ctx context.Context, in *struct {
			PersonPath
			Body struct {
				Version int64  `json:"version" minimum:"1"`
				Parent  string `json:"parent" minLength:"1" maxLength:"60"`
				Why     string `json:"why" minLength:"1" maxLength:"500"`
			}
		}) (*body[Unit], error) {
			return unit(s.People.MoveUnit(ctx, visit.Actor(ctx), people.UnitID(in.ID), people.UnitID(in.Body.Parent), in.Body.Version, in.Body.Why))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/units/{id}/closure", ID: "closeUnit", Tag: "people", Summary: "Take an empty unit out of use, with the reason"},
		func(ctx context.Context, in *struct {
			PersonPath
			Body Because
		}) (*body[Unit], error) {
			a, id := visit.Actor(ctx), people.UnitID(in.ID)
			if err := s.People.CloseUnit(ctx, a, id, in.Body.Why); err != nil {
				return nil, err
			}
			return unit(s.People.Unit(ctx, a, id))
		})
}

func (s *server) positionEdits() {
	position := one(showPosition)
	handle(s, operation{Method: http.MethodPost, Path: "/positions", ID: "addPosition", Tag: "people", Summary: "Open a position with its seats", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			Body struct {
				PositionFields
				Code string `json:"code" minLength:"1" maxLength:"60" doc:"It never changes"`
			}
		}) (*body[Position], error) {
			return position(s.People.AddPosition(ctx, visit.Actor(ctx), in.Body.input("", in.Body.Code)))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/positions/{id}", ID: "getPosition", Tag: "people", Summary: "A position with its seats"},
		func(ctx context.Context, in *PersonPath) (*body[Vacancy], error) {
			p, err := s.People.Position(ctx, visit.Actor(ctx), people.PositionID(in.ID))
			if err != nil {
				return nil, err
			}
			o, err := s.People.Occupied(ctx, p, s.Settings.Zone().Day(s.Now()))
			if err != nil {
				return nil, err
			}
			return answer(Vacancy{showPosition(o.Position), o.Holders, o.Acting, o.Vacant}), nil
		})
	handle(s, operation{Method: http.MethodPut, Path: "/positions/{id}", ID: "editPosition", Tag: "people", Summary: "Change a position, also its seats and unit"},
		func(ctx context.Context, in *struct {
			PersonPath
			Body struct {
				PositionFields
				Version int64 `json:"version" minimum:"1"`
			}
		}) (*body[Position], error) {
			return position(s.People.EditPosition(ctx, visit.Actor(ctx), in.Body.Version, in.Body.input(in.ID, "")))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/positions/{id}/closure", ID: "closePosition", Tag: "people", Summary: "Take a position that nobody holds out of use, with the reason"},
		func(ctx context.Context, in *struct {
			PersonPath
			Body Because
		}) (*body[Position], error) {
			a, id := visit.Actor(ctx), people.PositionID(in.ID)
			if err := s.People.ClosePosition(ctx, a, id, in.Body.Why); err != nil {
				return nil, err
			}
			return position(s.People.Position(ctx, a, id))
		})
}
