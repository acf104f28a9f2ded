package courses

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// Kind is the competency field a course serves.
type Kind string

// The kinds of a course.
const (
	Technical     Kind = "teknis"
	Managerial    Kind = "manajerial" // soft skill
	SocioCultural Kind = "sosial_kultural"
)

// Kinds lists the kinds in the order they are shown; Tracks and Values do the same for tracks and for the values of APEL.
var (
	Kinds  = []Kind{Technical, Managerial, SocioCultural}
	Tracks = []string{"dasar", "operator", "aduan", "wilayah", "pimpinan"}
	Values = []string{"melayani", "kompeten", "berintegritas"}
)

// Course is the head of a course: it names the version that learners get and the one being written. Its id is the course code, so a code is taken
// once and for all by the insert.
type Course struct {
	Head     VersionID `json:"head,omitempty"`     // the published version new enrolments get; "" before the first publishing
	Number   int       `json:"number,omitempty"`   // of the head
	Draft    VersionID `json:"draft,omitempty"`    // the version being written; "" when none
	Latest   int       `json:"latest,omitempty"`   // last version number given out
	Card     Card      `json:"card"`               // of the head; of the draft before the first publishing
	Closed   bool      `json:"closed,omitempty"`   // no new enrolments; what runs goes on
	Reviewed bool      `json:"reviewed,omitempty"` // published only with approved items, see RequireReview
	MadeBy   string    `json:"made_by"`
	MadeAt   time.Time `json:"made_at"`
	Changed  time.Time `json:"changed"`
}

// Card is what the catalogue shows of a course.
type Card struct {
	Title         texts.Text `json:"title"`
	Summary       texts.Text `json:"summary"`
	Kind          Kind       `json:"kind"`
	Track         string     `json:"track"`
	Values        []string   `json:"values,omitempty"` // of APEL: melayani, kompeten, berintegritas
	JP            int        `json:"jp"`               // learning hours of 45 minutes
	ValidMonths   int        `json:"valid_months,omitempty"`
	SelfEnrolment bool       `json:"self_enrolment,omitempty"`
	Targets       []Target   `json:"targets,omitempty"`
	Lessons       int        `json:"lessons,omitempty"`
	Assessed      []Target   `json:"assessed,omitempty"` // of the targets, those that work judged by a person supports; of the head
}

var courseDef = storage.Def[Course]{Name: CoursesCollection, Shape: 2, Lifts: map[int]func(json.RawMessage) (json.RawMessage, error){1: course2}, Indexes: []storage.Index[Course]{
	{Name: "catalogue", Of: func(d *storage.Doc[Course]) ([]string, string) {
		terms := []string{"all"}
		if d.Value.Head != "" && !d.Value.Closed {
			terms = append(terms, "open", "kind:"+string(d.Value.Card.Kind), "track:"+d.Value.Card.Track)
			for _, v := range d.Value.Card.Values {
				terms = append(terms, "value:"+v)
			}
			for _, t := range d.Value.Card.Targets {
				terms = append(terms, "competency:"+t.Competency)
			}
		}
		return terms, d.ID
	}},
}}

var codeRule = regexp.MustCompile(`^[A-Z0-9][A-Z0-9-]{1,30}$`)

// NewCourse takes a code for a new course, with no version yet. Conflict when the code is taken; Invalid for a code that is none.
func (s *Service) NewCourse(ctx context.Context, a access.Actor, code CourseID, card Card) (Course, error) {
	role, err := s.cfg.Policy.May(a, "author", access.Thing{Kind: "course", ID: code})
	if err != nil {
		return Course{}, err
	}
	if !codeRule.MatchString(code) {
		return Course{}, errCourseCode()
	}
	if err := checkCard(card); err != nil {
		return Course{}, err
	}
	d := s.newCourse(a, role, code, card)
	if err := s.courses.Insert(ctx, &d); err != nil {
		if errors.Is(err, faults.Conflict) {
			return Course{}, errCodeTaken()
		}
		return Course{}, err
	}
	return d.Value, nil
}

func errCourseCode() error {
	return faults.OnField("code", "Kode kursus berisi huruf besar, angka, dan tanda hubung, 2 sampai 31 huruf, misalnya APEL-103.",
		"A course code has capital letters, digits and hyphens, 2 to 31 of them, for example APEL-103.")
}

func errCodeTaken() error {
	return faults.OnField("code", "Kode kursus ini sudah dipakai.", "This course code is taken.")
}

func (s *Service) newCourse(a access.Actor, role string, code CourseID, card Card) storage.Doc[Course] {
	now := s.now()
	d := storage.Doc[Course]{ID: code, Value: Course{Card: card, MadeBy: a.Name(), MadeAt: now, Changed: now}}
	d.Trail = append(d.Trail, s.entry(a, role, "new_course", CoursesCollection, code, "", "", ""))
	return d
}

func checkCard(c Card) error {
	e := faults.New(faults.Invalid, "Data kursus belum benar.", "The course's data is not right yet.")
	if strings.TrimSpace(c.Title.ID) == "" {
		e.With("title", "Judul harus diisi.", "A title is required.")
	}
	if !slices.Contains(Kinds, c.Kind) {
		e.With("kind", "Jenis harus teknis, manajerial, atau sosial_kultural.", "The kind is teknis, manajerial or sosial_kultural.")
	}
	if !slices.Contains(Tracks, c.Track) {
		e.With("track", "Jalur harus salah satu dari: "+strings.Join(Tracks, ", ")+".", "The track is one of: "+strings.Join(Tracks, ", ")+".")
	}
	for _, v := range c.Values {
		if !slices.Contains(Values, v) {
			e.With("apel", "Nilai APEL harus salah satu dari: "+strings.Join(Values, ", ")+".", "A value of APEL is one of: "+strings.Join(Values, ", ")+".")
		}
	}
	if c.JP < 1 || c.JP > 200 {
		e.With("jp", "JP harus 1 sampai 200.", "Learning hours (JP) are 1 to 200.")
	}
	if c.ValidMonths < 0 || c.ValidMonths > 120 {
		e.With("valid_months", "Masa berlaku 0 sampai 120 bulan; 0 berarti tanpa batas.", "Validity is 0 to 120 months; 0 has no end.")
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// Course reads a course. NotFound when there is none, or when it has never been published and the actor does not author.
func (s *Service) Course(ctx context.Context, a access.Actor, code CourseID) (Course, error) {
	d, err := s.courses.Get(ctx, code)
	if err != nil {
		return Course{}, notFound(err, "Kursus ini tidak ada.", "This course does not exist.")
	}
	verb := "view"
	if d.Value.Head == "" {
		verb = "author"
	}
	if _, err := s.cfg.Policy.May(a, verb, access.Thing{Kind: "course", ID: code}); err != nil {
		if verb == "author" && errors.Is(err, faults.Forbidden) {
			return Course{}, faults.New(faults.NotFound, "Kursus ini tidak ada.", "This course does not exist.")
		}
		return Course{}, err
	}
	return d.Value, nil
}

// Listed is a course in the catalogue.
type Listed struct {
	Code CourseID
	Course
}

// CatalogueFilter narrows the catalogue. Empty fields do not narrow.
type CatalogueFilter struct {
	Words      string // every word stands somewhere in code, title or summary
	Kind       Kind
	Track      string
	Value      string // of APEL
	Competency string // aims at this competency
	Drafts     bool   // also what was never published or is closed; needs the verb author
	After      storage.Cursor
	Limit      int // 0: storage.DefaultPage
}

// Catalogue lists courses by code, a page at a time; next is the zero Cursor at the end.
func (s *Service) Catalogue(ctx context.Context, a access.Actor, f CatalogueFilter) (list []Listed, next storage.Cursor, err error) {
	verb, term := "view", "open"
	if f.Drafts {
		verb, term = "author", "all"
	}
	if _, err := s.cfg.Policy.May(a, verb, access.Thing{Kind: "course"}); err != nil {
		return nil, next, err
	}
	switch {
	case f.Drafts:
	case f.Competency != "":
		term = "competency:" + f.Competency
	case f.Track != "":
		term = "track:" + f.Track
	case f.Value != "":
		term = "value:" + f.Value
	case f.Kind != "":
		term = "kind:" + string(f.Kind)
	}
	words := texts.Words(f.Words)
	if f.Limit <= 0 {
		f.Limit = storage.DefaultPage
	}
	// A city has hundreds of courses, so what the one term leaves is filtered in memory.
	found, err := s.courses.Gather(ctx, storage.Query{Index: "catalogue", Term: term, After: f.After})
	if err != nil {
		return nil, next, err
	}
	for _, d := range found {
		c := d.Value.Card
		if f.Kind != "" && c.Kind != f.Kind || f.Track != "" && c.Track != f.Track || f.Value != "" && !slices.Contains(c.Values, f.Value) ||
			f.Competency != "" && !slices.ContainsFunc(c.Targets, func(t Target) bool { return t.Competency == f.Competency }) {
			continue
		}
		if !mentions(d.ID+" "+c.Title.ID+" "+c.Title.EN+" "+c.Summary.ID+" "+c.Summary.EN, words) {
			continue
		}
		if len(list) == f.Limit {
			last := list[len(list)-1].Code
			return list, storage.Cursor{Order: last, ID: last}, nil
		}
		list = append(list, Listed{d.ID, d.Value})
	}
	return list, storage.Cursor{}, nil
}

func mentions(text string, words []string) bool {
	text = texts.Fold(text)
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// CloseCourse stops new enrolments in a course, or allows them again. What runs goes on and certificates stay. Audited; safe to call twice.
func (s *Service) CloseCourse(ctx context.Context, a access.Actor, code CourseID, closed bool, why string) error {
	role, err := s.cfg.Policy.May(a, "publish", access.Thing{Kind: "course", ID: code})
	if err != nil {
		return err
	}
	e := s.entry(a, role, "close_course", CoursesCollection, code, "", why, fmt.Sprint("closed=", closed))
	_, err = s.courses.Update(ctx, code, func(d *storage.Doc[Course]) error {
		if d.Value.Closed == closed {
			return storage.Unchanged
		}
		d.Value.Closed, d.Value.Changed = closed, e.At
		d.Trail = append(d.Trail, e)
		d.Due = storage.NewDue(AnnounceStep, e.At)
		return nil
	})
	if err == nil {
		s.wake(ctx, CoursesCollection, code)
	}
	return notFound(err, "Kursus ini tidak ada.", "This course does not exist.")
}

// notFound gives a NotFound its own sentence and leaves every other error alone.
func notFound(err error, id, en string) error {
	if err != nil && errors.Is(err, faults.NotFound) {
		return faults.Wrap(err, faults.NotFound, id, en)
	}
	return err
}
