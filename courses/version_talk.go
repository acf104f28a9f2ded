package courses

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// Talk is what authors and reviewers say about a version and its lessons: the remarks of items (ItemLife), about larger things. Its id is the version's; a version nobody said
// anything about has none. It stands beside the version, so that a published one can be spoken about and never changes.
type Talk struct {
	Course  CourseID       `json:"course"`
	Remarks []Remark       `json:"remarks"` // as they came
	Review  *VersionReview `json:"review,omitempty"`
}

// TalksCollection is where they are, as steps and audit entries write it.
const TalksCollection = "version_talks"

var talkDef = storage.Def[Talk]{Name: TalksCollection, Shape: 1, Indexes: []storage.Index[Talk]{
	{Name: "review", Of: func(d *storage.Doc[Talk]) ([]string, string) {
		if r := d.Value.Review; r != nil && r.State == ItemInReview {
			return []string{"all"}, storage.OrderTime(r.AskedAt)
		}
		return nil, ""
	}},
}}

// maxTold bounds how many people hear of one remark.
const maxTold = 50

// Open lists the remarks that nobody settled.
func (t Talk) Open() (out []Remark) {
	for _, r := range t.Remarks {
		if r.Settled.IsZero() {
			out = append(out, r)
		}
	}
	return out
}

// On lists the remarks about one lesson by its code, or about the version as a whole with "", the latest first.
func (t Talk) On(lesson string) (out []Remark) {
	for _, r := range slices.Backward(t.Remarks) {
		if r.Lesson == lesson {
			out = append(out, r)
		}
	}
	return out
}

// talking reads a version for somebody who may speak about it.
func (s *Service) talking(ctx context.Context, a access.Actor, version VersionID, verb string) (VersionDoc, string, error) {
	d, err := s.versions.Get(ctx, version)
	if err != nil {
		return VersionDoc{}, "", notFound(err, "Versi kursus ini tidak ada.", "This version of the course does not exist.")
	}
	role, err := s.cfg.Policy.May(a, verb, access.Thing{Kind: "course", ID: d.Value.Course})
	return versionDoc(d), role, hidden(err, false)
}

// Talk reads what was said about a version, for authors and reviewers; empty when nothing was.
func (s *Service) Talk(ctx context.Context, a access.Actor, version VersionID) (Talk, error) {
	if _, _, err := s.talking(ctx, a, version, "review"); err != nil {
		return Talk{}, err
	}
	d, err := s.talks.Get(ctx, version)
	if errors.Is(err, faults.NotFound) {
		return Talk{}, nil
	}
	return d.Value, err
}

// RemarkVersion says something about a version, or about the lesson of it that is named, to whoever writes and reviews it: the maker of the version and all who spoke about it are told.
// key makes a repeated post say it once. Audited. Errors: NotFound, also for a lesson the version does not have; Invalid for an empty or overlong text; TooLarge for too many.
func (s *Service) RemarkVersion(ctx context.Context, a access.Actor, version VersionID, lesson, key, text string) (Talk, error) {
	v, role, err := s.talking(ctx, a, version, "remark")
	if err != nil {
		return Talk{}, err
	}
	if _, ok := v.Content.Lesson(lesson); lesson != "" && !ok {
		return Talk{}, faults.New(faults.NotFound, "Pelajaran ini tidak ada.", "This lesson does not exist.")
	}
	r, err := newRemark(a, key, text, s.now())
	if err != nil {
		return Talk{}, err
	}
	r.Lesson, r.Untold = lesson, true
	e := s.entry(a, role, "remark_version", TalksCollection, version, "", "", lesson)
	d, err := s.talks.Upsert(ctx, version, func(d *storage.Doc[Talk]) error {
		d.Value.Course = v.Course
		if err := addRemark(&d.Value.Remarks, r); err != nil {
			return err
		}
		d.Due = storage.NewDue(TellStep, r.At)
		d.Trail = append(d.Trail, e)
		return nil
	})
	if err == nil {
		s.wake(ctx, TalksCollection, version)
	}
	return d.Value, err
}

// SettleRemark says that what a remark asks for is done, or opens it again. Audited; safe to call twice. NotFound without the remark.
func (s *Service) SettleRemark(ctx context.Context, a access.Actor, version VersionID, remark string, settled bool) (Talk, error) {
	_, role, err := s.talking(ctx, a, version, "remark")
	if err != nil {
		return Talk{}, err
	}
	verb := "settle_remark"
	if !settled {
		verb = "reopen_remark"
	}
	e := s.entry(a, role, verb, TalksCollection, version, "", "", remark)
	d, err := s.talks.Update(ctx, version, func(d *storage.Doc[Talk]) error {
		i := slices.IndexFunc(d.Value.Remarks, func(r Remark) bool { return r.ID == remark })
		if i < 0 {
			return faults.New(faults.NotFound, "Catatan ini tidak ada.", "This remark does not exist.")
		}
		d.Value.Remarks = slices.Clone(d.Value.Remarks)
		r := &d.Value.Remarks[i]
		if !r.Settled.IsZero() == settled {
			return storage.Unchanged
		}
		r.Settled, r.SettledBy = time.Time{}, ""
		if settled {
			r.Settled, r.SettledBy = e.At, a.Name()
		}
		d.Trail = append(d.Trail, e)
		return nil
	})
	return d.Value, notFound(err, "Catatan ini tidak ada.", "This remark does not exist.")
}

// newRemark checks what somebody wants to say.
func newRemark(a access.Actor, key, text string, now time.Time) (Remark, error) {
	if text = strings.TrimSpace(text); text == "" || len([]rune(text)) > MaxRemark {
		return Remark{}, faults.OnField("text", "Tulis catatannya, paling banyak 2.000 huruf.", "Write the remark, in at most 2,000 characters.")
	}
	if key == "" {
		key = storage.NewID()
	}
	return Remark{ID: key, By: a.Name(), At: now, Text: text}, nil
}

// addRemark puts a remark behind the others, once.
func addRemark(list *[]Remark, r Remark) error {
	if slices.ContainsFunc(*list, func(x Remark) bool { return x.ID == r.ID }) {
		return storage.Unchanged
	}
	if len(*list) >= maxRemarks {
		return faults.New(faults.TooLarge, "Catatan di sini sudah terlalu banyak.", "There are too many remarks here already.")
	}
	*list = append(slices.Clip(*list), r)
	return nil
}

// RemarkNews is what one person is told of remarks on a version.
type RemarkNews struct {
	Remark string // which one; with the person it makes telling repeatable
	Person PersonID
	Course CourseID
	Number int
	Lesson string
	Title  texts.Text
	Body   texts.Text
}

// UntoldRemarks gives who has to be told of which remarks of a version: its maker and all who spoke about it, but nobody of their own; and which remarks these are, to be handed to
// ToldRemarks. For the chain; takes no actor.
func (s *Service) UntoldRemarks(ctx context.Context, version VersionID) (news []RemarkNews, remarks []string, err error) {
	d, err := s.talks.Get(ctx, version)
	if err != nil {
		return nil, nil, err
	}
	v, err := s.versions.Get(ctx, version)
	if err != nil {
		return nil, nil, err
	}
	var hear []string
	for _, who := range append([]string{v.Value.MadeBy}, speakers(d.Value)...) {
		if _, err := s.cfg.People.Learner(ctx, who); errors.Is(err, faults.NotFound) {
			continue // a part of the program, or somebody who left
		} else if err != nil {
			return nil, nil, err
		}
		if !slices.Contains(hear, who) && len(hear) < maxTold {
			hear = append(hear, who)
		}
	}
	title := v.Value.Content.Card.Title
	for _, r := range d.Value.Remarks {
		if !r.Untold {
			continue
		}
		remarks = append(remarks, r.ID)
		for _, who := range hear {
			if who != r.By {
				news = append(news, RemarkNews{Remark: r.ID, Person: who, Course: v.Value.Course, Number: v.Value.Number, Lesson: r.Lesson,
					Title: texts.T("Catatan baru: "+title.ID, "New remark: "+title.In(texts.EN)), Body: texts.T(r.Text, r.Text)})
			}
		}
	}
	return news, remarks, nil
}

func speakers(t Talk) (out []string) {
	for _, r := range t.Remarks {
		out = append(out, r.By)
	}
	return out
}

// ToldRemarks notes that these were told. Step "tell" ends here. Safe to call twice; one that came since stays to be told.
func (s *Service) ToldRemarks(ctx context.Context, version VersionID, told []string) error {
	_, err := s.talks.Update(ctx, version, func(d *storage.Doc[Talk]) error {
		d.Value.Remarks = slices.Clone(d.Value.Remarks)
		left := false
		for i := range d.Value.Remarks {
			r := &d.Value.Remarks[i]
			r.Untold = r.Untold && !slices.Contains(told, r.ID)
			left = left || r.Untold
		}
		if d.Due != nil && d.Due.Step == TellStep && !left && (d.Value.Review == nil || !d.Value.Review.Untold) {
			d.Due = nil
		}
		return nil
	})
	return err
}
