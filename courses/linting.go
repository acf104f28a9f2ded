package courses

import (
	"context"
	"fmt"
	"slices"

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
	out := *r
	more, err := s.unjudged(ctx, &v.Content)
	out.Findings = append(slices.Clip(out.Findings), more...)
	return out, err
}

// unjudged finds the required field tasks that too few people can judge: certificates would wait for them. A supervisor judges alone, but not everybody has one; of two markers who differ, a third decides.
func (s *Service) unjudged(ctx context.Context, c *Content) (out []lint.Finding, err error) {
	if s.cfg.Markers == nil || !slices.ContainsFunc(c.Tasks, func(t FieldTask) bool { return !t.Optional }) {
		return nil, nil
	}
	who, err := s.cfg.Markers(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range c.Tasks {
		need := 1
		if t.Marking.Markers == 2 {
			need = 3
		}
		if t.Optional || len(who) >= need {
			continue
		}
		f := lint.Finding{Rule: lint.NoJudge, File: t.Code, Text: say(fmt.Sprintf("Tugas lapangan %s wajib, tetapi belum ada yang dapat menilainya. Sertifikat akan menunggu.", t.Code), fmt.Sprintf("The field task %s is required, but nobody can judge it yet. Certificates would wait.", t.Code)),
			Do: say("Beri seseorang peran penilai.", "Give somebody the role of marker.")}
		switch {
		case need > 1:
			f.Text = say(fmt.Sprintf("Tugas lapangan %s wajib dan dinilai dua penilai; bila berbeda, orang ketiga memutuskan. Yang dapat menilai baru %d orang.", t.Code, len(who)), fmt.Sprintf("The field task %s is required and judged by two markers; where they differ, a third decides. Only %d can mark.", t.Code, len(who)))
			f.Do = say("Beri lebih banyak orang peran penilai, atau pakai satu penilai.", "Give more people the role of marker, or use one marker.")
		case t.Judge == BySupervisor:
			f.Text = say(fmt.Sprintf("Tugas lapangan %s wajib. Peserta tanpa atasan dinilai oleh penilai, tetapi belum ada penilai.", t.Code), fmt.Sprintf("The field task %s is required. Who has no supervisor is judged by a marker, but there is no marker.", t.Code))
		}
		out = append(out, f)
	}
	return out, nil
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
		if err != nil {
			return err
		}
		r := lint.Course(d)
		more, err := s.unjudged(ctx, &v.Value.Content)
		r.Findings = append(r.Findings, more...)
		out = append(out, r)
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

// asDraft is a version as a course folder would have it, as far as lint looks: its words in English, objectives, lessons, banks, quizzes, field tasks. Files are named by what authors call them.
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
	for _, t := range c.Tasks {
		x := exchange.FieldTask{Code: t.Code, File: t.Code, Markdown: t.Instructions}
		for _, shown := range t.Shows {
			x.Shows = append(x.Shows, exchange.Target(shown))
		}
		d.Tasks = append(d.Tasks, x)
	}
	return d, nil
}
