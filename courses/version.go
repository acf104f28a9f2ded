package courses

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// VersionState is where a version of a course stands.
type VersionState string

// The states of a version: it is written, then published and never changed again, or given up.
const (
	Draft     VersionState = "draft"
	Published VersionState = "published"
	Discarded VersionState = "discarded"
)

// Version is one edition of a course. Its id is course.number.
//
// Lessons, items and banks are documents of their own whose id carries the hash of their content, so they never change; the version lists their
// ids. All editing of a draft is therefore a compare-and-swap on this one document, and publishing freezes everything with one write.
type Version struct {
	Course  CourseID     `json:"course"`
	Number  int          `json:"number"`
	State   VersionState `json:"state"`
	Content Content      `json:"content"`
	Digest  string       `json:"digest,omitempty"` // of the content, set at publishing; two versions with the same digest are the same
	Edits   int64        `json:"edits,omitempty"`  // how often the draft was changed; the document's own version also counts what the system does to it
	Import  bool         `json:"import,omitempty"` // written by an import, so the next import may write over it while it is a draft

	MadeBy      string     `json:"made_by"`
	MadeAt      time.Time  `json:"made_at"`
	Writers     []PersonID `json:"writers,omitempty"` // who changed the draft; none of them approves it
	PublishedBy string     `json:"published_by,omitempty"`
	PublishedAt time.Time  `json:"published_at,omitzero"`
}

// Content is what a version teaches, asks and promises.
type Content struct {
	Card          Card                  `json:"card"`
	Minutes       map[string]int        `json:"minutes"` // minutes of work per part: lessons, practice, cases, tests, field_task
	Prerequisites []CourseID            `json:"prerequisites,omitempty"`
	Objectives    []Objective           `json:"objectives"`
	Lessons       []LessonRef           `json:"lessons"`
	Banks         []BankRef             `json:"banks"`
	Quizzes       []Quiz                `json:"quizzes"`
	Tasks         []FieldTask           `json:"field_tasks,omitempty"`
	Notes         map[string]texts.Text `json:"notes,omitempty"` // remarks of the author to reviewers
}

// Objective is one thing a learner can do afterwards.
type Objective struct {
	Code       string     `json:"code"` // e.g. "103.1"
	Text       texts.Text `json:"text"`
	Competency string     `json:"competency,omitempty"` // code in the dictionary it serves; "" when its author named none
}

// Target is the level of a competency that a certificate of the course supports as evidence. What it lifts is decided by competencies.
type Target struct {
	Competency string `json:"competency"`
	Level      int    `json:"level"` // 1..5
}

// LessonRef names a lesson of a version.
type LessonRef struct {
	Code       string     `json:"code"`   // unique in the course, e.g. "L1"
	Lesson     string     `json:"lesson"` // id of the Lesson document
	Title      texts.Text `json:"title"`
	Minutes    int        `json:"minutes"`        // the author's figure, with the tasks in it
	Part       string     `json:"part,omitempty"` // lessons (default), cases, practice
	Objectives []string   `json:"objectives,omitempty"`
	Seconds    int        `json:"seconds"`         // estimated reading time: words at ReadingSpeed
	Files      []string   `json:"files,omitempty"` // that it shows
}

// BankRef names an item bank of a version.
type BankRef struct {
	Code  string   `json:"code"`
	Bank  string   `json:"bank"` // id of the Bank document
	Items int      `json:"items"`
	Files []string `json:"files,omitempty"` // that its items show
	Mute  []string `json:"mute,omitempty"`  // codes of items that show a picture without an alternative text
}

// PartNames are the parts minutes are declared for.
var PartNames = []string{"lessons", "practice", "cases", "tests", TaskPart}

// Lesson finds a lesson by its code.
func (c *Content) Lesson(code string) (LessonRef, bool) {
	for _, l := range c.Lessons {
		if l.Code == code {
			return l, true
		}
	}
	return LessonRef{}, false
}

// Quiz finds a quiz by its code.
func (c *Content) Quiz(code string) (Quiz, bool) {
	for _, q := range c.Quizzes {
		if q.Code == code {
			return q, true
		}
	}
	return Quiz{}, false
}

// Bank finds a bank by its code.
func (c *Content) Bank(code string) (BankRef, bool) {
	for _, b := range c.Banks {
		if b.Code == code {
			return b, true
		}
	}
	return BankRef{}, false
}

// Objective finds an objective by its code.
func (c *Content) Objective(code string) (Objective, bool) {
	for _, o := range c.Objectives {
		if o.Code == code {
			return o, true
		}
	}
	return Objective{}, false
}

var versionDef = storage.Def[Version]{Name: VersionsCollection, Shape: 4, Lifts: map[int]func(json.RawMessage) (json.RawMessage, error){1: version2, 2: version3, 3: version4}, Indexes: []storage.Index[Version]{
	{Name: "course", Of: func(d *storage.Doc[Version]) ([]string, string) {
		return []string{d.Value.Course}, storage.OrderInt(int64(d.Value.Number))
	}},
}}

func versionID(course CourseID, number int) VersionID { return fmt.Sprintf("%s.%d", course, number) }

var hashEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// fingerprint is the content hash that goes into ids: n letters of the SHA-256 of the JSON of v. JSON of our types is canonical: struct fields
// stand in order and map keys are sorted.
func fingerprint(v any, n int) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("content does not marshal: " + err.Error())
	}
	sum := sha256.Sum256(b)
	return hashEncoding.EncodeToString(sum[:])[:n]
}

// VersionDoc is a version with its id and the revision a writer must send back.
type VersionDoc struct {
	ID       VersionID
	Revision int64 // raised by every change of a draft; a writer names the one it read
	Version
}

// versionDoc is a stored version as others see it.
func versionDoc(d storage.Doc[Version]) VersionDoc {
	return VersionDoc{d.ID, d.Value.Edits + 1, d.Value}
}

// Version reads a version. Published versions can be seen by whoever sees the course, drafts by authors and reviewers.
func (s *Service) Version(ctx context.Context, a access.Actor, id VersionID) (VersionDoc, error) {
	d, err := s.versions.Get(ctx, id)
	if err != nil {
		return VersionDoc{}, notFound(err, "Versi kursus ini tidak ada.", "This version of the course does not exist.")
	}
	verb := "view"
	if d.Value.State == Draft {
		verb = "review"
	}
	if _, err := s.cfg.Policy.May(a, verb, access.Thing{Kind: "course", ID: d.Value.Course}); err != nil {
		return VersionDoc{}, hidden(err, verb == "view")
	}
	return versionDoc(d), nil
}

// hidden turns Forbidden into NotFound for things whose existence is not everybody's business.
func hidden(err error, public bool) error {
	if !public && errors.Is(err, faults.Forbidden) {
		return faults.Wrap(err, faults.NotFound, "Yang Anda cari tidak ada.", "What you are looking for does not exist.")
	}
	return err
}

// Versions lists the versions of a course, newest first.
func (s *Service) Versions(ctx context.Context, a access.Actor, course CourseID) ([]VersionDoc, error) {
	if _, err := s.cfg.Policy.May(a, "review", access.Thing{Kind: "course", ID: course}); err != nil {
		return nil, err
	}
	found, err := s.versions.Gather(ctx, storage.Query{Index: "course", Term: course, Desc: true})
	if err != nil {
		return nil, err
	}
	out := make([]VersionDoc, len(found))
	for i, d := range found {
		out[i] = versionDoc(d)
	}
	return out, nil
}

// version reads a version through memory. Only published versions are kept there.
func (s *Service) version(ctx context.Context, id VersionID) (*Version, error) {
	return s.knownVersions.get(ctx, id, func(ctx context.Context) (*Version, bool, error) {
		d, err := s.versions.Get(ctx, id)
		if err != nil {
			return nil, false, fmt.Errorf("version %s: %w", id, err)
		}
		return &d.Value, d.Value.State == Published, nil
	})
}

// NewDraft begins the next version of a course as a copy of its head, or gives the draft there already is. Safe to call twice.
func (s *Service) NewDraft(ctx context.Context, a access.Actor, course CourseID) (VersionDoc, error) {
	role, err := s.cfg.Policy.May(a, "author", access.Thing{Kind: "course", ID: course})
	if err != nil {
		return VersionDoc{}, err
	}
	c, err := s.courses.Get(ctx, course)
	if err != nil {
		return VersionDoc{}, notFound(err, "Kursus ini tidak ada.", "This course does not exist.")
	}
	if c.Value.Draft != "" {
		return s.Version(ctx, a, c.Value.Draft)
	}
	content := Content{Card: c.Value.Card}
	if c.Value.Head != "" {
		head, err := s.version(ctx, c.Value.Head)
		if err != nil {
			return VersionDoc{}, err
		}
		content = head.Content
	}
	return s.draft(ctx, a, role, course, c.Value.Latest+1, Version{Content: content}, nil)
}

// draft writes version number n of a course and makes it the draft. Two at once end with the same draft: the id decides, then the course names it.
// With fresh the course itself is made when it is not there, after its version, so that nobody sees a course without one.
func (s *Service) draft(ctx context.Context, a access.Actor, role string, course CourseID, n int, v Version, fresh *storage.Doc[Course]) (VersionDoc, error) {
	v.Course, v.Number, v.State, v.MadeBy, v.MadeAt = course, n, Draft, a.Name(), s.now()
	id := versionID(course, n)
	d := storage.Doc[Version]{ID: id, Value: v}
	d.Trail = append(d.Trail, s.entry(a, role, "new_draft", VersionsCollection, id, "", "", ""))
	switch err := s.versions.Insert(ctx, &d); {
	case errors.Is(err, faults.Conflict): // begun by somebody else, or by us before a crash
		if d, err = s.versions.Get(ctx, id); err != nil {
			return VersionDoc{}, err
		}
	case err != nil:
		return VersionDoc{}, err
	}
	write := s.courses.Update
	if fresh != nil {
		write = s.courses.Upsert
	}
	c, err := write(ctx, course, func(c *storage.Doc[Course]) error {
		if c.Value.Latest >= n {
			return storage.Unchanged
		}
		if c.Version == 0 {
			c.Value, c.Trail = fresh.Value, append(c.Trail, fresh.Trail...)
		}
		c.Value.Latest, c.Value.Draft, c.Value.Changed = n, id, v.MadeAt
		return nil
	})
	if err != nil {
		return VersionDoc{}, err
	}
	if c.Value.Draft != id {
		return VersionDoc{}, faults.New(faults.Conflict, "Orang lain baru saja menerbitkan versi ini. Muat ulang.", "Somebody has just published this version. Please reload.")
	}
	return versionDoc(d), nil
}

// Revise changes what a draft says besides lessons, banks and items: card, minutes, prerequisites, objectives, quizzes, order and titles of lessons.
// revision is the VersionDoc.Revision the author saw; Conflict when somebody changed the draft since, or when it is published.
// Authors import folders so far; the pages for writing a course will call it.
func (s *Service) Revise(ctx context.Context, a access.Actor, id VersionID, revision int64, c Content) (VersionDoc, error) {
	if err := checkCard(c.Card); err != nil {
		return VersionDoc{}, err
	}
	for i, t := range c.Tasks {
		shown, err := filesIn(fmt.Sprintf("field_tasks[%d].instructions", i), t.Instructions, false)
		if err != nil {
			return VersionDoc{}, err
		}
		if err := s.filesThere(ctx, fmt.Sprintf("field_tasks[%d].instructions", i), shown); err != nil {
			return VersionDoc{}, err
		}
	}
	return s.edit(ctx, a, id, revision, func(v *Version) error {
		// Lessons and banks are written by their own verbs: only what the draft already names may be kept here.
		for i, l := range c.Lessons {
			was, ok := v.Content.Lesson(l.Code)
			if !ok {
				return faults.OnField("lessons", "Pelajaran "+l.Code+" belum ditulis.", "Lesson "+l.Code+" has not been written.")
			}
			c.Lessons[i].Lesson, c.Lessons[i].Seconds, c.Lessons[i].Files = was.Lesson, was.Seconds, was.Files
		}
		for i, b := range c.Banks {
			if was, ok := v.Content.Bank(b.Code); !ok || was.Bank != b.Bank || was.Items != b.Items {
				return faults.OnField("banks", "Bank "+b.Code+" belum ditulis.", "Bank "+b.Code+" has not been written.")
			} else {
				c.Banks[i] = was
			}
		}
		v.Content = c
		return nil
	})
}

// edit applies a change to a draft. revision 0 skips the check for a concurrent author.
func (s *Service) edit(ctx context.Context, a access.Actor, id VersionID, revision int64, change func(v *Version) error) (VersionDoc, error) {
	d, err := s.versions.Get(ctx, id)
	if err != nil {
		return VersionDoc{}, notFound(err, "Versi kursus ini tidak ada.", "This version of the course does not exist.")
	}
	if _, err := s.cfg.Policy.May(a, "author", access.Thing{Kind: "course", ID: d.Value.Course}); err != nil {
		return VersionDoc{}, err
	}
	d, err = s.versions.Update(ctx, id, func(d *storage.Doc[Version]) error {
		if d.Value.State != Draft {
			return errFrozen()
		}
		if revision != 0 && d.Value.Edits+1 != revision {
			return errChangedDraft()
		}
		d.Value.Import = false
		d.Value.Edits++
		d.Value.wrote(a)
		if err := change(&d.Value); err != nil {
			return err
		}
		return d.Value.Content.settleTasks()
	})
	if err != nil {
		return VersionDoc{}, err
	}
	return versionDoc(d), nil
}

func errChangedDraft() error {
	return faults.New(faults.Conflict, "Orang lain sudah mengubah draf ini. Muat ulang lalu ulangi perubahan Anda.",
		"Somebody else has changed this draft. Reload and make your change again.")
}

func errFrozen() error {
	return faults.New(faults.Conflict, "Versi ini sudah terbit atau dibuang dan tidak dapat diubah. Buat versi baru.", "This version is published or discarded and cannot be changed. Begin a new version.")
}

// Discard gives a draft up; the next draft begins from the head again. Audited; safe to call twice. Conflict when it is published.
func (s *Service) Discard(ctx context.Context, a access.Actor, id VersionID, why string) error {
	d, err := s.versions.Get(ctx, id)
	if err != nil {
		return notFound(err, "Versi kursus ini tidak ada.", "This version of the course does not exist.")
	}
	role, err := s.cfg.Policy.May(a, "author", access.Thing{Kind: "course", ID: d.Value.Course})
	if err != nil {
		return err
	}
	e := s.entry(a, role, "discard_draft", VersionsCollection, id, "", why, "")
	if d, err = s.versions.Update(ctx, id, func(d *storage.Doc[Version]) error {
		switch d.Value.State {
		case Discarded:
			return storage.Unchanged
		case Published:
			return errFrozen()
		}
		d.Value.State = Discarded
		d.Trail = append(d.Trail, e)
		return nil
	}); err != nil {
		return err
	}
	_, err = s.courses.Update(ctx, d.Value.Course, func(c *storage.Doc[Course]) error {
		if c.Value.Draft != id {
			return storage.Unchanged
		}
		c.Value.Draft = ""
		return nil
	})
	return err
}
