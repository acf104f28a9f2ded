package courses

import (
	"context"
	"errors"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// CopyCourse begins a new course as a copy of a version of another: its own code and title, a draft that shares nothing that could change. Items are copied, not shared: each gets an
// identity in the new course, is a draft of the review there, and whoever had a hand in the original has one in the copy. Files are shared, since a file is its content. It shows
// up whole or not at all. For whoever may review the one and author the other. Audited. Errors: NotFound; Invalid for a code that is taken or none, or an empty title.
func (s *Service) CopyCourse(ctx context.Context, a access.Actor, from VersionID, code CourseID, title texts.Text) (VersionDoc, error) {
	v, _, err := s.talking(ctx, a, from, "review")
	if err != nil {
		return VersionDoc{}, err
	}
	role, err := s.cfg.Policy.May(a, "author", access.Thing{Kind: "course", ID: code})
	if err != nil {
		return VersionDoc{}, err
	}
	content := v.Content
	content.Card.Title, content.Notes = title, nil
	if !codeRule.MatchString(code) {
		return VersionDoc{}, errCourseCode()
	}
	if err := checkCard(content.Card); err != nil {
		return VersionDoc{}, err
	}
	if _, err := s.courses.Get(ctx, code); err == nil {
		return VersionDoc{}, errCodeTaken()
	} else if !errors.Is(err, faults.NotFound) {
		return VersionDoc{}, err
	}
	content.Lessons, content.Banks = nil, nil
	for _, l := range v.Content.Lessons {
		text, err := s.lessonText(ctx, l)
		if err != nil {
			return VersionDoc{}, err
		}
		ref, err := s.storeLesson(ctx, code, LessonText{Code: l.Code, Title: l.Title, Minutes: l.Minutes, Part: l.Part, Objectives: l.Objectives, Markdown: text})
		if err != nil {
			return VersionDoc{}, err
		}
		content.Lessons = append(content.Lessons, ref)
	}
	for _, b := range v.Content.Banks {
		ref, err := s.copyBank(ctx, a, v.Course, b, code)
		if err != nil {
			return VersionDoc{}, err
		}
		content.Banks = append(content.Banks, ref)
	}
	fresh := s.newCourse(a, role, code, content.Card)
	fresh.Trail[0].Note = from
	out, err := s.draft(ctx, a, role, code, 1, Version{Content: content}, &fresh)
	if err == nil && (out.MadeBy != a.Name() || fingerprint(out.Content, 26) != fingerprint(content, 26)) { // somebody took the code at this moment
		return VersionDoc{}, errCodeTaken()
	}
	return out, err
}

// copyBank stores the items of a course's bank, with the keys that count, as items of another course.
func (s *Service) copyBank(ctx context.Context, a access.Actor, of CourseID, from BankRef, course CourseID) (BankRef, error) {
	b, err := s.bank(ctx, from.Bank)
	if err != nil {
		return BankRef{}, err
	}
	before := map[string]string{}
	items, err := s.keyedBank(ctx, of, b)
	if err != nil {
		return BankRef{}, err
	}
	for i, x := range b.Items {
		it := &items[i]
		it.ID, it.Version, it.Key = "", 0, 0
		before[x.Code] = x.Item
	}
	m, err := s.makeBank(ctx, course, from.Code, "", items)
	if err != nil {
		return BankRef{}, err
	}
	for i, x := range m.new {
		m.new[i].before = before[x.code]
	}
	return m.ref, s.putBank(ctx, a, course, m)
}
