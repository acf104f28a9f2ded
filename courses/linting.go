package courses

import (
	"context"
	"fmt"

	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/lint"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

// Lint looks at a version, draft or published, for what makes its tests easy to outwit and its texts hard to read. What it found is remembered until the draft changes. One course is looked at or read at a time in a process, so that
// what it costs (about a tenth of a second for a post-test) stays bounded. For authors and reviewers. Errors: NotFound, Forbidden, TooMany.
func (s *Service) Lint(ctx context.Context, a access.Actor, id VersionID) (lint.Report, error) {
	v, err := s.Version(ctx, a, id)
	if err != nil {
		return lint.Report{}, err
	}
	if _, err := s.cfg.Policy.May(a, "review", access.Thing{Kind: "course", ID: v.Course}); err != nil {
		return lint.Report{}, err
	}
	keys, err := s.corrected(ctx, v.Course)
	if err != nil {
		return lint.Report{}, err
	}
	r, err := s.knownLints.get(ctx, fmt.Sprint(v.ID, "/", v.Revision, "/", fingerprint(keys.Keys, 26)), func(ctx context.Context) (*lint.Report, bool, error) {
		done, err := s.reading.turn(ctx)
		if err != nil {
			return nil, false, err
		}
		defer done()
		d, err := s.asDraft(ctx, v)
		if err != nil {
			return nil, false, err
		}
		found := lint.Course(d)
		return &found, true, nil
	})
	if err != nil {
		return lint.Report{}, err
	}
	return *r, nil
}

// Linted looks at the newest version of a course, or of every course when code is empty. For the operator on the machine; it takes no actor.
func (s *Service) Linted(ctx context.Context, code CourseID) ([]lint.Report, error) {
	var out []lint.Report
	one := func(c *Course) error {
		id := c.Head
		if id == "" {
			id = c.Draft
		}
		if id == "" {
			return nil
		}
		v, err := s.versions.Get(ctx, id)
		if err != nil {
			return err
		}
		d, err := s.asDraft(ctx, VersionDoc{v.ID, v.Version, v.Value})
		if err == nil {
			out = append(out, lint.Course(d))
		}
		return err
	}
	if code != "" {
		c, err := s.courses.Get(ctx, code)
		if err != nil {
			return nil, notFound(err, "Kursus "+code+" tidak ada.", "There is no course "+code+".")
		}
		return out, one(&c.Value)
	}
	ids, after := []string(nil), ""
	for {
		page, err := s.courses.IDs(ctx, after, 100)
		if err != nil {
			return nil, err
		}
		if len(page) == 0 {
			break
		}
		ids, after = append(ids, page...), page[len(page)-1]
	}
	for _, id := range ids {
		c, err := s.courses.Get(ctx, id)
		if faults.KindOf(err) == faults.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := one(&c.Value); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// asDraft is a version as a course folder would have it, as far as lint looks: its words in English, objectives, lessons, banks, quizzes. Files are named by what authors call them.
func (s *Service) asDraft(ctx context.Context, v VersionDoc) (*exchange.Draft, error) {
	c := &v.Content
	d := &exchange.Draft{Code: v.Course, TitleEN: c.Card.Title.EN, SummaryEN: c.Card.Summary.EN}
	for _, o := range c.Objectives {
		d.Objectives = append(d.Objectives, exchange.Objective{Code: o.Code, Text: o.Text.ID, TextEN: o.Text.EN, Competency: o.Competency})
	}
	for _, l := range c.Lessons {
		if l.Lesson == "" {
			continue
		}
		text, err := s.lessons.Get(ctx, l.Lesson)
		if err != nil {
			return nil, err
		}
		d.Lessons = append(d.Lessons, exchange.Lesson{Code: l.Code, File: l.Code, Title: l.Title.ID, Minutes: l.Minutes, Objectives: l.Objectives, Markdown: text.Value.Markdown})
	}
	for _, ref := range c.Banks {
		b, err := s.bank(ctx, ref.Bank)
		if err != nil {
			return nil, err
		}
		items, err := s.keyedBank(ctx, v.Course, b)
		if err != nil {
			return nil, err
		}
		d.Banks = append(d.Banks, exchange.DraftBank{Code: ref.Code, File: ref.Code, Items: items})
	}
	for _, q := range c.Quizzes {
		d.Quizzes = append(d.Quizzes, exchange.Quiz{Code: q.Code, Kind: string(q.Kind), Bank: q.Bank, Draw: q.Draw, PassMark: q.PassMark})
	}
	return d, nil
}
