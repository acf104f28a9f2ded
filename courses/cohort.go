package courses

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// Cohort is a course version with a period, a quota and people. The quota holds because members stand in this one document.
type Cohort struct {
	Course  CourseID   `json:"course"`
	Version VersionID  `json:"version"`
	Name    string     `json:"name"`
	From    civil.Date `json:"from"`
	Until   civil.Date `json:"until"` // last day
	Quota   int        `json:"quota"` // 1..storage.MaxList
	Members []Member   `json:"members,omitempty"`
	Closed  bool       `json:"closed,omitempty"`
	MadeBy  string     `json:"made_by"`
	MadeAt  time.Time  `json:"made_at"`
}

// Member is a person in a cohort.
type Member struct {
	Person    PersonID    `json:"p"`
	At        time.Time   `json:"at"`
	Enrolment EnrolmentID `json:"e,omitempty"`       // "" until the chain has enrolled
	Refused   string      `json:"refused,omitempty"` // why enrolling was refused
	Self      bool        `json:"self,omitempty"`    // joined by themselves
}

var cohortDef = storage.Def[Cohort]{Name: CohortsCollection, Shape: 2, Lifts: map[int]func(json.RawMessage) (json.RawMessage, error){1: cohort2}, Indexes: []storage.Index[Cohort]{
	{Name: "course", Of: func(d *storage.Doc[Cohort]) ([]string, string) {
		return []string{"all", d.Value.Course}, string(d.Value.From)
	}},
	{Name: "ends", Of: func(d *storage.Doc[Cohort]) ([]string, string) {
		return []string{"all", "course:" + d.Value.Course}, string(d.Value.Until)
	}},
}}

// CohortDoc is a cohort with its id.
type CohortDoc struct {
	ID string
	Cohort
	Size   int  // how many people are in it, though Members may not list them all
	Joined bool // the reader is one of them
}

// seenBy is a cohort as somebody may see it: with everybody in it for whoever runs cohorts, else with nobody but themselves.
func (c Cohort) seenBy(a access.Actor, id string, all bool) CohortDoc {
	d := CohortDoc{ID: id, Cohort: c, Size: len(c.Members), Joined: slices.ContainsFunc(c.Members, func(m Member) bool { return m.Person == a.Person })}
	if !all {
		d.Members = slices.DeleteFunc(slices.Clone(c.Members), func(m Member) bool { return m.Person != a.Person })
	}
	return d
}

// CohortInput opens a cohort.
type CohortInput struct {
	Key    string // makes a repeated post one cohort; "" is random
	Course CourseID
	Name   string
	From   civil.Date
	Until  civil.Date
	Quota  int
}

// OpenCohort opens a cohort of the course's present version. Audited. Safe to call twice with the same key.
func (s *Service) OpenCohort(ctx context.Context, a access.Actor, in CohortInput) (CohortDoc, error) {
	role, err := s.cfg.Policy.May(a, "run", access.Thing{Kind: "cohort", ID: in.Key})
	if err != nil {
		return CohortDoc{}, err
	}
	e := faults.New(faults.Invalid, "Angkatan belum benar.", "The cohort is not right yet.")
	if strings.TrimSpace(in.Name) == "" {
		e.With("name", "Nama angkatan harus diisi.", "A name is required.")
	}
	if !in.From.Valid() || !in.Until.Valid() || in.Until < in.From {
		e.With("until", "Tanggal selesai harus sama dengan atau sesudah tanggal mulai.", "The last day is the first day or later.")
	}
	if in.Quota < 1 || in.Quota > storage.MaxList {
		e.With("quota", "Kuota 1 sampai "+texts.Grouped(storage.MaxList, texts.ID)+" orang.", "The quota is 1 to "+texts.Grouped(storage.MaxList, texts.EN)+" people.")
	}
	c, err := s.courses.Get(ctx, in.Course)
	if errors.Is(err, faults.NotFound) || err == nil && c.Value.Head == "" {
		e.With("course", "Kursus "+in.Course+" tidak ada atau belum terbit.", "The course "+in.Course+" does not exist or is not published.")
	} else if err != nil {
		return CohortDoc{}, err
	}
	if len(e.Fields) > 0 {
		return CohortDoc{}, e
	}
	id := in.Key
	if id == "" {
		id = storage.NewID()
	}
	d := storage.Doc[Cohort]{ID: id, Value: Cohort{Course: in.Course, Version: c.Value.Head, Name: in.Name, From: in.From, Until: in.Until, Quota: in.Quota,
		MadeBy: a.Name(), MadeAt: s.now()}}
	d.Trail = append(d.Trail, s.entry(a, role, "open_cohort", CohortsCollection, id, "", "", in.Course))
	err = s.cohorts.Insert(ctx, &d)
	if errors.Is(err, faults.Conflict) {
		d, err = s.cohorts.Get(ctx, id)
	}
	return d.Value.seenBy(a, d.ID, true), err
}

// AddMembers puts people into a cohort; those already in it are left. The enrolments follow in the chain. Conflict, changing nothing, when the quota
// does not hold them all. Audited. Safe to call twice.
func (s *Service) AddMembers(ctx context.Context, a access.Actor, id string, persons []PersonID) (CohortDoc, error) {
	role, err := s.cfg.Policy.May(a, "run", access.Thing{Kind: "cohort", ID: id})
	if err != nil {
		return CohortDoc{}, err
	}
	for _, p := range persons {
		if _, err := s.cfg.People.Learner(ctx, p); err != nil {
			return CohortDoc{}, notFound(err, "Salah satu pegawai tidak ada.", "One of the people does not exist.")
		}
	}
	return s.join(ctx, a, role, id, persons)
}

// Join puts the actor into a cohort that is open to the course's self-enrolment. Conflict when it is full or closed. Safe to call twice.
func (s *Service) Join(ctx context.Context, a access.Actor, id string) (CohortDoc, error) {
	role, err := s.may(ctx, a, "join", "enrolment", "", a.Person)
	if err != nil {
		return CohortDoc{}, err
	}
	d, err := s.cohorts.Get(ctx, id)
	if err != nil {
		return CohortDoc{}, notFound(err, "Angkatan ini tidak ada.", "This cohort does not exist.")
	}
	v, err := s.version(ctx, d.Value.Version)
	if err != nil {
		return CohortDoc{}, err
	}
	if !v.Content.Card.SelfEnrolment {
		return CohortDoc{}, faults.New(faults.Conflict, "Angkatan ini hanya untuk peserta yang didaftarkan.", "This cohort is for people who are put on its list.")
	}
	return s.join(ctx, a, role, id, []PersonID{a.Person})
}

// OpenCohorts lists the cohorts of a course that the actor is in or may join: those that have not ended, the first to begin first. None where the course takes nobody who was not put on a list.
func (s *Service) OpenCohorts(ctx context.Context, a access.Actor, course CourseID) ([]CohortDoc, error) {
	if _, err := s.may(ctx, a, "join", "enrolment", "", a.Person); err != nil {
		return nil, err
	}
	found, err := s.cohorts.Gather(ctx, storage.Query{Index: "ends", Term: "course:" + course, From: string(s.today())})
	if err != nil {
		return nil, err
	}
	var out []CohortDoc
	for _, d := range found {
		x := d.Value.seenBy(a, d.ID, false)
		v, err := s.version(ctx, d.Value.Version)
		if err != nil {
			return nil, err
		}
		if x.Joined || v.Content.Card.SelfEnrolment && !x.Closed && x.Size < x.Quota {
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(x, y CohortDoc) int { return strings.Compare(string(x.From), string(y.From)) })
	return out, nil
}

// Leave takes the actor out of a cohort that they joined and that has not begun. The enrolment in the course stays, outside of the cohort. Audited; safe to call twice. Conflict once it has begun, or when
// somebody else put them on its list.
func (s *Service) Leave(ctx context.Context, a access.Actor, id string) (CohortDoc, error) {
	role, err := s.may(ctx, a, "join", "enrolment", "", a.Person)
	if err != nil {
		return CohortDoc{}, err
	}
	d, err := s.cohorts.Get(ctx, id)
	if err != nil {
		return CohortDoc{}, notFound(err, "Angkatan ini tidak ada.", "This cohort does not exist.")
	}
	today, mine := s.today(), func(m Member) bool { return m.Person == a.Person }
	i := slices.IndexFunc(d.Value.Members, mine)
	switch {
	case i < 0:
		return d.Value.seenBy(a, id, false), nil
	case today >= d.Value.From:
		return CohortDoc{}, faults.New(faults.Conflict, "Angkatan ini sudah mulai, jadi tidak dapat ditinggalkan. Hubungi admin diklat.", "This cohort has begun, so it cannot be left. Ask the training admin.")
	case !d.Value.Members[i].Self:
		return CohortDoc{}, faults.New(faults.Conflict, "Anda didaftarkan ke angkatan ini oleh admin diklat. Hubungi admin diklat untuk keluar.", "The training admin put you on the list of this cohort. Ask there to be taken off it.")
	}
	if e := d.Value.Members[i].Enrolment; e != "" { // first: repeating finds it by the list
		if _, err := s.enrolments.Update(ctx, e, func(d *storage.Doc[Enrolment]) error {
			if d.Value.Cohort != id {
				return storage.Unchanged
			}
			d.Value.Cohort = ""
			return nil
		}); err != nil {
			return CohortDoc{}, err
		}
	}
	entry := s.entry(a, role, "leave_cohort", CohortsCollection, id, a.Person, "", "")
	d, err = s.cohorts.Update(ctx, id, func(d *storage.Doc[Cohort]) error {
		if !slices.ContainsFunc(d.Value.Members, mine) {
			return storage.Unchanged
		}
		d.Value.Members = slices.DeleteFunc(slices.Clone(d.Value.Members), mine)
		d.Trail = append(d.Trail, entry)
		return nil
	})
	return d.Value.seenBy(a, id, false), err
}

func (s *Service) join(ctx context.Context, a access.Actor, role, id string, persons []PersonID) (CohortDoc, error) {
	now := s.now()
	entry := s.entry(a, role, "join_cohort", CohortsCollection, id, "", "", itoa(len(persons))+" people")
	if len(persons) == 1 {
		entry.About = persons[0]
	}
	today := s.today()
	d, err := s.cohorts.Update(ctx, id, func(d *storage.Doc[Cohort]) error {
		before := len(d.Value.Members)
		for _, p := range persons {
			if slices.ContainsFunc(d.Value.Members, func(m Member) bool { return m.Person == p }) {
				continue
			}
			d.Value.Members = append(d.Value.Members, Member{Person: p, At: now, Self: p == a.Person})
		}
		switch n := len(d.Value.Members); {
		case n == before:
			return storage.Unchanged
		case d.Value.Closed || d.Value.Until < today:
			return faults.New(faults.Conflict, "Angkatan ini sudah ditutup.", "This cohort is closed.")
		case n > d.Value.Quota:
			return faults.Newf(faults.Conflict, "Kuota angkatan ini %d orang; masih ada %d tempat.", "The quota of this cohort is %d; %d places are left.", d.Value.Quota, max(d.Value.Quota-before, 0))
		}
		d.Due = storage.NewDue(EnrolStep, now)
		d.Trail = append(d.Trail, entry)
		return nil
	})
	if err != nil {
		return CohortDoc{}, notFound(err, "Angkatan ini tidak ada.", "This cohort does not exist.")
	}
	s.wake(ctx, CohortsCollection, id)
	return d.Value.seenBy(a, d.ID, true), nil
}

// CloseCohort closes a cohort for new members, or opens it again. Audited; safe to call twice.
func (s *Service) CloseCohort(ctx context.Context, a access.Actor, id string, closed bool) (CohortDoc, error) {
	role, err := s.cfg.Policy.May(a, "run", access.Thing{Kind: "cohort", ID: id})
	if err != nil {
		return CohortDoc{}, err
	}
	e := s.entry(a, role, "close_cohort", CohortsCollection, id, "", "", "")
	d, err := s.cohorts.Update(ctx, id, func(d *storage.Doc[Cohort]) error {
		if d.Value.Closed == closed {
			return storage.Unchanged
		}
		d.Value.Closed = closed
		d.Trail = append(d.Trail, e)
		return nil
	})
	return d.Value.seenBy(a, d.ID, true), notFound(err, "Angkatan ini tidak ada.", "This cohort does not exist.")
}

// Cohort reads a cohort with its members. Members see the cohort, whoever runs cohorts sees the list too.
func (s *Service) Cohort(ctx context.Context, a access.Actor, id string) (CohortDoc, error) {
	if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "cohort", ID: id}); err != nil {
		return CohortDoc{}, err
	}
	d, err := s.cohorts.Get(ctx, id)
	if err != nil {
		return CohortDoc{}, notFound(err, "Angkatan ini tidak ada.", "This cohort does not exist.")
	}
	_, err = s.cfg.Policy.May(a, "run", access.Thing{Kind: "cohort", ID: id})
	return d.Value.seenBy(a, d.ID, err == nil), nil
}

// Cohorts lists cohorts by their first day, newest first, with how many are in them but without who; of one course or of all ("").
func (s *Service) Cohorts(ctx context.Context, a access.Actor, course CourseID, after storage.Cursor, limit int) (list []CohortDoc, next storage.Cursor, err error) {
	if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "cohort"}); err != nil {
		return nil, next, err
	}
	if course == "" {
		course = "all"
	}
	p, err := s.cohorts.Find(ctx, storage.Query{Index: "course", Term: course, Desc: true, After: after, Limit: limit})
	if err != nil {
		return nil, next, err
	}
	for _, d := range p.Docs {
		x := d.Value.seenBy(a, d.ID, true)
		x.Members = nil
		list = append(list, x)
	}
	if p.More {
		next = p.Next
	}
	return list, next, nil
}

// EnrolCohort enrols the members of a cohort who are not yet. Step "enrol" of a cohort. Idempotent.
func (s *Service) EnrolCohort(ctx context.Context, id string) error {
	d, err := s.cohorts.Get(ctx, id)
	if err != nil {
		return err
	}
	done := map[PersonID]Member{}
	for _, m := range d.Value.Members {
		if m.Enrolment != "" || m.Refused != "" {
			continue
		}
		e, err := s.enrol(ctx, enrolment{person: m.Person, course: d.Value.Course, how: ByCohort, by: d.Value.MadeBy, cohort: id, version: d.Value.Version})
		switch {
		case err == nil:
			m.Enrolment = e.ID
		case errors.Is(err, faults.Unavailable):
			return err
		default: // one person who cannot be enrolled must not hold up the others
			m.Refused = faults.Of(err).Text.ID
		}
		done[m.Person] = m
	}
	_, err = s.cohorts.Update(ctx, id, func(d *storage.Doc[Cohort]) error {
		left := false
		for i, m := range d.Value.Members {
			if now, ok := done[m.Person]; ok {
				d.Value.Members[i].Enrolment, d.Value.Members[i].Refused = now.Enrolment, now.Refused
			}
			left = left || d.Value.Members[i].Enrolment == "" && d.Value.Members[i].Refused == ""
		}
		if d.Due != nil && d.Due.Step == EnrolStep && !left {
			d.Due = nil
		}
		return nil
	})
	return err
}
