package people

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// PersonInput is what a person is registered with. ID names the new person, so that a form sent twice makes one ("" lets the service choose).
type PersonInput struct {
	ID      ID
	NIP     string
	Details Details
	Why     string
}

// AddPerson registers a person. Warnings of the NIP are returned beside. Safe to call twice with the same ID.
// Errors: Invalid (per field), NotFound (the unit), Conflict (NIP or e-mail in use).
func (s *Service) AddPerson(ctx context.Context, a access.Actor, in PersonInput) (Person, []Warning, error) {
	var path []string
	if in.Details.Unit != "" {
		var err error
		if path, err = s.openPath(ctx, in.Details.Unit); err != nil {
			return Person{}, nil, unknownUnit(err)
		}
	}
	role, err := s.cfg.Policy.May(a, "add", access.Thing{Kind: "person", Units: path})
	if err != nil {
		return Person{}, nil, err
	}
	if in.ID == "" {
		in.ID = ID(storage.NewID())
	}
	n, warnings, err := s.cfg.NIP().Parse(in.NIP, s.today())
	if err != nil {
		return Person{}, nil, err
	}
	d := in.Details.clean()
	if err := s.mayMail(a, access.Thing{Kind: "person", Units: path}, "", d.Email); err != nil {
		return Person{}, nil, err
	}
	if err := invalid(s.checkDetails(d, n)); err != nil {
		return Person{}, nil, err
	}
	p, err := s.addPerson(ctx, Person{ID: in.ID, Details: d, Identities: []Identity{{Kind: n.Kind(), Number: n, From: d.StatusSince}}},
		s.entry(a, role, "add_person", "people/"+string(in.ID), in.ID, in.Why, ""))
	if err == nil {
		_, err = s.reopenFilled(ctx, a, role, p.Unit)
	}
	return p, warnings, err
}

func unknownUnit(err error) error {
	if errors.Is(err, faults.NotFound) {
		return faults.OnField("unit", "Unit ini tidak ada di susunan unit.", "This unit is not in the unit tree.")
	}
	return err
}

// addPerson writes a checked person: claims first, then the document, then a second look at the unit's path.
func (s *Service) addPerson(ctx context.Context, p Person, trail storage.Audit) (Person, error) {
	if p.Unit != "" {
		var err error
		if p.Path, err = s.UnitPath(ctx, p.Unit); err != nil {
			return Person{}, unknownUnit(err)
		}
	}
	if err := s.reserveNIP(ctx, p.NIP(), p.ID); err != nil {
		return Person{}, err
	}
	if err := s.reserveEmail(ctx, p.Email, p.ID); err != nil {
		return Person{}, err
	}
	doc := storage.Doc[Person]{ID: string(p.ID), Value: p, Trail: []storage.Audit{trail}}
	s.spread(&doc)
	switch err := s.persons.Insert(ctx, &doc); {
	case errors.Is(err, faults.Conflict):
		old, err := s.person(ctx, p.ID)
		if errors.Is(err, faults.NotFound) || err == nil && old.NIP() != p.NIP() { // another took the number while this place was empty
			err = nipTaken()
		}
		return old, err
	case err != nil:
		return Person{}, err
	}
	return s.rehome(ctx, p.ID)
}

// rehome looks once more after a write: the unit may have moved between reading its path and storing it.
func (s *Service) rehome(ctx context.Context, id ID) (Person, error) {
	p, err := s.person(ctx, id)
	if err != nil || p.Unit == "" {
		return p, err
	}
	path, err := s.UnitPath(ctx, p.Unit)
	if err != nil || slices.Equal(path, p.Path) {
		return p, err
	}
	if err := s.settlePerson(ctx, id, p.Unit, path); err != nil {
		return p, err
	}
	return s.person(ctx, id)
}

// openPath is the path of a unit that somebody or something is put into by hand: it must exist and be in use.
func (s *Service) openPath(ctx context.Context, id UnitID) ([]string, error) {
	u, err := s.unit(ctx, id)
	if err != nil {
		return nil, err
	}
	if u.Closed {
		return nil, faults.OnField("unit", "Unit ini sudah ditutup. Pilih unit lain.", "This unit is closed. Choose another.")
	}
	return u.Path(), nil
}

// mayMove asks whether the actor may put a person into another unit: they need the same right there, so that nobody hands people to units that are
// not theirs. It is Forbidden on the field unit.
func (s *Service) mayMove(ctx context.Context, a access.Actor, verb string, p Person, to UnitID) error {
	if to == p.Unit {
		return nil
	}
	var path []string
	if to != "" {
		var err error
		if path, err = s.openPath(ctx, to); err != nil {
			return unknownUnit(err)
		}
	}
	if _, err := s.cfg.Policy.May(a, verb, access.Thing{Kind: "person", ID: string(p.ID), Owner: string(p.ID), Units: path}); err != nil {
		return faults.Wrap(err, faults.Forbidden, "Anda tidak berwenang memindahkan pegawai ke unit ini.", "You may not move people to this unit.").
			With("unit", "Unit ini di luar wilayah Anda. Minta bantuan admin yang membawahinya.", "This unit is outside of your reach. Ask an admin who looks after it.")
	}
	return nil
}

// mayMail asks whether the actor may write an address: links that open an account are mailed there. It is Forbidden on the field email.
func (s *Service) mayMail(a access.Actor, t access.Thing, before, after string) error {
	if before == after {
		return nil
	}
	if _, err := s.cfg.Policy.May(a, "set_email", t); err != nil {
		said := faults.Of(err).Text
		return faults.Wrap(err, faults.Forbidden, "Anda tidak berwenang mengubah alamat surel ini.", "You may not change this e-mail address.").With("email", said.ID, said.EN)
	}
	return nil
}

// EditPerson changes the details of a person. edition is the one the form was filled from; 0 takes them as they are. Safe to call twice: what stands there
// already is no change. Errors: Invalid, NotFound, Forbidden (the new unit is not the actor's; the change ends a privileged role that the actor may not revoke), Conflict (changed since, with what stands now in the
// fields that differ; or the e-mail is in use).
func (s *Service) EditPerson(ctx context.Context, a access.Actor, id ID, edition int64, d Details, why string) (Person, error) {
	p, err := s.person(ctx, id)
	if err != nil {
		return Person{}, err
	}
	role, err := s.cfg.Policy.May(a, "edit", p.Thing())
	if err != nil {
		return Person{}, err
	}
	d = d.clean()
	if d == p.Details {
		return p, nil
	}
	if err := invalid(s.checkDetails(d, p.NIP())); err != nil {
		return Person{}, err
	}
	if err := s.mayMove(ctx, a, "edit", p, d.Unit); err != nil {
		return Person{}, err
	}
	if err := s.mayMail(a, p.Thing(), p.Email, d.Email); err != nil {
		return Person{}, err
	}
	if err := s.mayEnd(ctx, a, p, d); err != nil {
		return Person{}, err
	}
	kept, err := s.revived(ctx, a, p, d, why)
	if err != nil {
		return Person{}, err
	}
	before := p.Unit
	if p, err = s.rewritePerson(ctx, p, s.asRead(ctx, edition, d), d, "", s.entry(a, role, "edit_person", "people/"+string(id), id, why, changedFields(p.Details, d)), nil, kept); err != nil || p.Unit == before {
		return p, err
	}
	_, err = s.reopenFilled(ctx, a, role, p.Unit)
	return p, err
}

// SetEmail changes a person's e-mail address: their own, or that of somebody in the actor's units. Errors: Invalid, NotFound, Conflict (in use).
func (s *Service) SetEmail(ctx context.Context, a access.Actor, id ID, email string) (Person, error) {
	p, err := s.person(ctx, id)
	if err != nil {
		return Person{}, err
	}
	role, err := s.cfg.Policy.May(a, "set_email", p.Thing())
	if err != nil {
		return Person{}, err
	}
	d := p.Details
	d.Email = email
	d = d.clean()
	if err := invalid(d.check(p.NIP())); err != nil {
		return Person{}, err
	}
	return s.rewritePerson(ctx, p, ifEdition(p.Edition), d, "", s.entry(a, role, "set_email", "people/"+string(id), id, "", ""), nil, nil)
}

// guard refuses a change whose ground has shifted; nil lets everything pass.
type guard func(*storage.Doc[Person]) error

// ifEdition lets a change pass if nobody edited the person since that edition was read; 0 takes them as they are.
func ifEdition(edition int64) guard {
	return func(d *storage.Doc[Person]) error {
		if edition != 0 && personOf(*d).Edition != edition {
			return changedSince()
		}
		return nil
	}
}

// asRead is ifEdition for whoever has typed details: the Conflict says in each field that differs what stands there now.
func (s *Service) asRead(ctx context.Context, edition int64, typed Details) guard {
	return func(doc *storage.Doc[Person]) error {
		if edition == 0 || personOf(*doc).Edition == edition {
			return nil
		}
		name := func(id UnitID) string {
			u, err := s.unit(ctx, id)
			if err != nil {
				return ""
			}
			return u.Name
		}
		return changedTo(changes(personFields, detailFields(typed, name(typed.Unit)), detailFields(doc.Value.Details, name(doc.Value.Unit))))
	}
}

// changedTo is changedSince with the fields that differ from what was sent, each with what stands there now.
func changedTo(differ []Change) error {
	e := faults.New(faults.Conflict, "Data ini sudah diubah orang lain sejak Anda membukanya. Yang berbeda dari isian Anda tampil di kolomnya; periksa, lalu simpan lagi.",
		"Somebody changed this since you opened it. What differs from yours is written beside the fields; look at it, then save again.")
	for _, x := range differ {
		if x.New == "" {
			e.With(x.Field, "Sekarang tersimpan kosong.", "It is empty now.")
			continue
		}
		e.With(x.Field, "Sekarang tersimpan: "+x.New+".", "It is now: "+x.New+".")
	}
	return e
}

// rewritePerson writes checked details (and what change does besides): claims first, then the document, then the release of what is no longer used. kept are
// the entries for roles that count again with it (see rejoin).
func (s *Service) rewritePerson(ctx context.Context, p Person, may guard, d Details, stamp string, trail storage.Audit, change func(*storage.Doc[Person]) error, kept []storage.Audit) (Person, error) {
	var path []string
	if d.Unit != "" {
		var err error
		if path, err = s.UnitPath(ctx, d.Unit); err != nil {
			return Person{}, unknownUnit(err)
		}
	}
	if d.Email != p.Email {
		if err := s.reserveEmail(ctx, d.Email, p.ID); err != nil {
			return Person{}, err
		}
	}
	if _, err := s.persons.Update(ctx, string(p.ID), func(doc *storage.Doc[Person]) error {
		if stamp != "" && doc.Value.Stamp == stamp {
			return storage.Unchanged
		}
		was := doc.Value
		if err := may(doc); err != nil {
			return err
		}
		if doc.Value.Override != nil && doc.Value.Unit != d.Unit { // it was named for the place they leave
			doc.Value.Override = nil
			ended := trail
			ended.ID, ended.Verb, ended.Note = storage.NewID(), "set_supervisor", "ended by moving to another unit"
			doc.Trail = append(doc.Trail, ended)
		}
		doc.Value.Details, doc.Value.Path, doc.Value.Edition = d, path, personOf(*doc).Edition+1
		s.spread(doc)
		if stamp != "" {
			doc.Value.Stamp = stamp
		}
		if change != nil {
			if err := change(doc); err != nil {
				return err
			}
		}
		doc.Trail = append(doc.Trail, trail)
		s.rejoin(was, doc, kept)
		return nil
	}); err != nil {
		if d.Email != p.Email && errors.Is(err, faults.Conflict) {
			err = errors.Join(err, s.dropUnused(ctx, p.ID, d.Email))
		}
		return Person{}, err
	}
	after, err := s.rehome(ctx, p.ID)
	if err != nil {
		return after, err
	}
	return after, s.releaseOld(ctx, p, after)
}

// dropUnused gives an e-mail claim back when the edit it was taken for was refused.
func (s *Service) dropUnused(ctx context.Context, id ID, email string) error {
	now, err := s.person(ctx, id)
	if err != nil || now.Email == email || email == "" {
		return err
	}
	return s.claims.Release(ctx, claimEmail, email, string(id))
}

// changedFields names the fields that differ, for the audit trail; values stay out of it.
func changedFields(a, b Details) string {
	note := ""
	add := func(name string, differs bool) {
		if differs {
			if note != "" {
				note += " "
			}
			note += name
		}
	}
	add("name", a.Name != b.Name || a.TitleBefore != b.TitleBefore || a.TitleAfter != b.TitleAfter)
	add("status", a.Status != b.Status || a.StatusSince != b.StatusSince)
	add("legal_position", a.LegalPosition != b.LegalPosition)
	add("rank", a.Rank != b.Rank)
	add("education", a.Education != b.Education || a.EducationField != b.EducationField)
	add("unit", a.Unit != b.Unit)
	add("email", a.Email != b.Email)
	add("contract", a.ContractStart != b.ContractStart || a.ContractEnd != b.ContractEnd)
	add("service_end", a.ServiceEnd != b.ServiceEnd)
	return note
}

func personOf(d storage.Doc[Person]) Person {
	p := d.Value
	p.Version, p.Edition = d.Version, max(1, p.Edition)
	return p
}

func (s *Service) person(ctx context.Context, id ID) (Person, error) {
	d, err := s.persons.Get(ctx, string(id))
	if err != nil {
		return Person{}, err
	}
	if d.Value.Void {
		return Person{}, fmt.Errorf("person %s was given up: %w", id, faults.NotFound)
	}
	return personOf(d), nil
}

// Look reads a person for another room or the workers; it asks no permission and leaves no trace. NotFound.
func (s *Service) Look(ctx context.Context, id ID) (Person, error) { return s.person(ctx, id) }

// Person shows a person's profile. Looking at somebody else's leaves an audit entry, one per viewer, person and day, which that person can see
// (Viewers). NotFound when the person does not exist or the actor may not see them.
func (s *Service) Person(ctx context.Context, a access.Actor, id ID) (Person, error) {
	p, err := s.person(ctx, id)
	if err != nil {
		return Person{}, err
	}
	role, err := s.cfg.Policy.May(a, "view", p.Thing())
	if err != nil {
		return Person{}, err
	}
	if err := s.looked(ctx, a, role, id); err != nil {
		return Person{}, err
	}
	return p, nil
}

// Editable shows a person with everything an edit needs, for whoever may edit them, and to themselves. Traced like Person. NotFound, Forbidden.
func (s *Service) Editable(ctx context.Context, a access.Actor, id ID) (Person, error) {
	p, err := s.person(ctx, id)
	if err != nil {
		return Person{}, err
	}
	if a.Person != string(id) {
		if _, err := s.cfg.Policy.May(a, "edit", p.Thing()); err != nil {
			return Person{}, err
		}
	}
	return s.Person(ctx, a, id)
}

// FindByNIP finds the person who uses a number now. Only through a POST body: a number never stands in a URL. The number is checked only for
// belonging to somebody. NotFound when nobody does or the actor may not see them. Finding somebody else counts as looking at their profile.
func (s *Service) FindByNIP(ctx context.Context, a access.Actor, nip string) (Person, error) {
	id, err := s.claims.Owner(ctx, claimNIP, digitsOf(nip))
	if err != nil {
		return Person{}, err
	}
	return s.Person(ctx, a, ID(id))
}

// LookByNIP is FindByNIP for other rooms' importers: no permission, no trace.
func (s *Service) LookByNIP(ctx context.Context, nip string) (Person, error) {
	id, err := s.claims.Owner(ctx, claimNIP, digitsOf(nip))
	if err != nil {
		return Person{}, err
	}
	p, err := s.person(ctx, ID(id))
	if err == nil && string(p.NIP()) != digitsOf(nip) { // claimed, but the change it was claimed for did not happen
		return Person{}, fmt.Errorf("person by number: %w", faults.NotFound)
	}
	return p, err
}

func digitsOf(s string) string {
	var b []byte
	for i := range len(s) {
		if c := s[i]; c >= '0' && c <= '9' {
			b = append(b, c)
		}
	}
	return string(b)
}

// PersonFilter narrows a list of persons.
type PersonFilter struct {
	Under    UnitID // in this unit or below
	Position PositionID
	Status   Status
	Query    string // words of the name; a number is looked up with FindByNIP instead
	Gone     bool   // only those who vanished from their source
	After    storage.Cursor
	Limit    int
}

// Persons lists persons by name, as far as the actor may see them. A list leaves no audit entries; opening a profile does.
// Errors: Unauthenticated, Invalid ("narrow it down").
func (s *Service) Persons(ctx context.Context, a access.Actor, f PersonFilter) (Page[Person], error) {
	if a.Anonymous() {
		return Page[Person]{}, faults.Unauthenticated
	}
	scope := s.cfg.Policy.Scope(a, "view", "person")
	words := searchWords(f.Query)
	var terms []string
	switch {
	case f.Position != "":
		terms = []string{"position:" + string(f.Position)}
	case f.Under != "":
		terms = []string{"unit:" + string(f.Under)}
	case len(words) > 0:
		terms = []string{"word:" + words[0]}
	case scope.All && f.Status != "":
		terms = []string{"status:" + string(f.Status)}
	case scope.All:
		terms = []string{"all"}
	default:
		for _, u := range scope.Units {
			terms = append(terms, "unit:"+u)
		}
	}
	if !scope.All && len(scope.Units) == 0 {
		if !scope.Own {
			return Page[Person]{}, nil
		}
		p, err := s.person(ctx, ID(a.Person))
		if err != nil || !f.keeps(&p, words) {
			return Page[Person]{}, err
		}
		return Page[Person]{Items: []Person{p}}, nil
	}
	docs, next, more, err := scan(ctx, s.persons, "register", terms, personOrder, f.After, f.Limit, func(d *storage.Doc[Person]) bool {
		p := &d.Value
		inScope := scope.All || scope.Own && string(p.ID) == a.Person || slices.ContainsFunc(scope.Units, func(u string) bool { return slices.Contains(p.Path, u) })
		return inScope && f.keeps(p, words)
	})
	out := Page[Person]{Next: next, More: more}
	for _, d := range docs {
		out.Items = append(out.Items, personOf(d))
	}
	return out, err
}

func (f PersonFilter) keeps(p *Person, words []string) bool {
	return (f.Under == "" || p.In(f.Under)) && (f.Status == "" || p.Status == f.Status) && (!f.Gone || p.Gone != nil) && hasWords(words, p.Name) &&
		(f.Position == "" || slices.ContainsFunc(p.Appointments, func(a Appointment) bool { return a.Position == f.Position }))
}

// PeopleIn calls fn for everybody in a unit or below it ("" for the whole city), by name, for other rooms' background work: no permission, no trace.
func (s *Service) PeopleIn(ctx context.Context, unit UnitID, fn func(Person) error) error {
	term := "all"
	if unit != "" {
		term = "unit:" + string(unit)
	}
	return s.eachPerson(ctx, term, fn)
}

func (s *Service) eachPerson(ctx context.Context, term string, fn func(Person) error) error {
	return s.persons.Each(ctx, storage.Query{Index: "register", Term: term}, func(d storage.Doc[Person]) error { return fn(personOf(d)) })
}

// namesake finds somebody registered with the same name and birth date under another number, who is probably the same human being. ok is false when there is none.
func (s *Service) namesake(ctx context.Context, name string, n NIP) (p Person, ok bool, err error) {
	found, err := s.persons.Find(ctx, storage.Query{Index: "register", Term: "same:" + sameKey(name, n.Born()), Limit: 2})
	if err != nil {
		return p, false, err
	}
	for _, d := range found.Docs {
		if d.Value.NIP() != n && texts.Fold(d.Value.Name) == texts.Fold(name) {
			return personOf(d), true, nil
		}
	}
	return p, false, nil
}
