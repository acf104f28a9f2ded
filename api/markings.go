package api

import (
	"context"
	"net/http"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/visit"
)

// MarkingRow is one answer in the queue of markers. It names nobody.
type MarkingRow struct {
	ID        string `json:"id"`
	Course    string `json:"course"`
	Quiz      string `json:"quiz"`
	Item      string `json:"item" doc:"Id of the item version"`
	Code      string `json:"code" doc:"Of the item"`
	Alias     string `json:"alias" doc:"Of the taker, the same in all of a course"`
	Submitted string `json:"submitted" doc:"The day it was handed in"`
	State     string `json:"state" enum:"open,apart,done" doc:"apart: two markers differ, a third decides"`
	Given     int    `json:"given" doc:"Marks there are"`
	Wanted    int    `json:"wanted" doc:"Marks it takes"`
	Mine      bool   `json:"mine" doc:"Claimed by the reader"`
	Free      bool   `json:"free" doc:"The reader may claim it"`
}

func showMarkingRow(m courses.MarkingRow) MarkingRow {
	return MarkingRow{m.ID, m.Course, m.Quiz, m.Item, m.Code, m.Alias, string(m.On), string(m.State), m.Given, m.Wanted, m.Mine, !m.Others && !m.Already}
}

// Marking is one answer for the marker who has claimed it.
type Marking struct {
	MarkingRow
	Text    string            `json:"text,omitempty" doc:"The answer as typed; only for whoever has claimed it"`
	Files   []AnswerFile      `json:"files,omitempty" maxItems:"10" doc:"The answer as handed in; only for whoever has claimed it"`
	Work    *MarkedWork       `json:"work,omitempty" doc:"Of a field task"`
	Rubric  []MarkedCriterion `json:"rubric" maxItems:"20" nullable:"false"`
	Comment string            `json:"comment,omitempty" doc:"As saved"`
	Seq     int               `json:"seq" doc:"To be sent with the next save"`
	Until   *time.Time        `json:"until,omitempty" doc:"The claim lasts until then; each save renews it"`
	Marks   []GivenMark       `json:"marks" maxItems:"2" nullable:"false" doc:"For who decides between two: theirs, without names"`
}

// MarkedWork is what a judge reads of a field task beside the text.
type MarkedWork struct {
	Person  string        `json:"person,omitempty" doc:"Only for the supervisor"`
	Name    string        `json:"name,omitempty" doc:"Only for the supervisor"`
	Edition int           `json:"edition" doc:"From 1"`
	Late    bool          `json:"late"`
	Accept  int           `json:"accept" doc:"Points of 100 from which it is accepted"`
	Before  []WorkEdition `json:"before" maxItems:"20" nullable:"false" doc:"Earlier editions, the newest first; only for whoever has claimed it"`
}

// WorkEdition is an earlier edition of a field task with what was said of it.
type WorkEdition struct {
	Number   int          `json:"number"`
	Text     string       `json:"text,omitempty"`
	Files    []AnswerFile `json:"files" maxItems:"10" nullable:"false" doc:"To be downloaded as those of the answer"`
	Accepted bool         `json:"accepted"`
	Points   Points       `json:"points" doc:"Of 100"`
	Marks    []GivenMark  `json:"marks" maxItems:"2" nullable:"false"`
}

func showMarkedWork(w *courses.WorkToMark) *MarkedWork {
	if w == nil {
		return nil
	}
	v := &MarkedWork{Person: w.Person, Name: w.Name, Edition: w.Edition, Late: w.Late, Accept: w.Accept, Before: []WorkEdition{}}
	for _, e := range w.Before {
		x := WorkEdition{Number: e.Number, Text: e.Text, Files: []AnswerFile{}, Accepted: e.Accepted, Points: Points(e.Points), Marks: showGivenMarks(e.Marks)}
		for _, f := range e.Files { // their names may tell whose they are
			x.Files = append(x.Files, answerFile(courses.FileID(f), "", f.Size))
		}
		v.Before = append(v.Before, x)
	}
	return v
}

// MarkedCriterion is one row of a rubric.
type MarkedCriterion struct {
	ID     string        `json:"id"`
	Text   string        `json:"text"`
	Weight int           `json:"weight" doc:"Percent of the whole"`
	Levels []RubricLevel `json:"levels" maxItems:"100" nullable:"false"`
	Chosen int           `json:"chosen" doc:"Place of the level from 0 as saved; -1 none"`
}

// RubricLevel is one level of a criterion.
type RubricLevel struct {
	Text   string `json:"text"`
	Points Points `json:"points" doc:"Of 100"`
}

// GivenMark is a mark that was given.
type GivenMark struct {
	Points  Points `json:"points" doc:"Of 100"`
	Comment string `json:"comment,omitempty"`
}

func showMarking(m courses.MarkingView) Marking {
	v := Marking{MarkingRow: showMarkingRow(m.MarkingRow), Text: m.Text, Work: showMarkedWork(m.Work), Rubric: showRubric(m.Rubric), Comment: m.Comment, Seq: m.Seq, Until: instant(m.Until), Marks: showGivenMarks(m.Marks)}
	for _, f := range m.Files {
		v.Files = append(v.Files, answerFile(f.ID, f.Name, f.Size))
	}
	return v
}

func showRubric(rubric []courses.CriterionView) []MarkedCriterion {
	out := []MarkedCriterion{}
	for _, c := range rubric {
		row := MarkedCriterion{ID: c.ID, Text: c.Text, Weight: c.Weight, Chosen: c.Chosen, Levels: []RubricLevel{}}
		for _, l := range c.Levels {
			row.Levels = append(row.Levels, RubricLevel{l.Text, Points(l.Points * 100)})
		}
		out = append(out, row)
	}
	return out
}

// MarkInput is what a marker wrote.
type MarkInput struct {
	Levels  map[string]int `json:"levels" doc:"Criterion -> place of the level from 0"`
	Comment string         `json:"comment,omitempty" maxLength:"4000"`
	Seq     int            `json:"seq" doc:"As last seen"`
}

func (m MarkInput) draft() courses.MarkDraft {
	return courses.MarkDraft{Levels: m.Levels, Comment: m.Comment}
}

// MarkSaved is the answer to a saved draft.
type MarkSaved struct {
	Seq   int        `json:"seq"`
	Until *time.Time `json:"until,omitempty"`
}

// MarkingPath names an answer in the queue.
type MarkingPath struct {
	ID string `path:"id" maxLength:"60"`
}

func (s *server) markings() {
	handle(s, operation{Method: http.MethodGet, Path: "/markings", ID: "listMarkings", Tag: "markings", Summary: "Answers that a person must mark, the longest waiting first, without names"},
		func(ctx context.Context, in *struct {
			PageInput
			Course string `query:"course" maxLength:"40"`
			Quiz   string `query:"quiz" maxLength:"40" doc:"With course"`
			Item   string `query:"item" maxLength:"100" doc:"Id of an item version"`
			Apart  bool   `query:"apart" doc:"Those on which two markers differ"`
		}) (*body[ListOf[MarkingRow]], error) {
			found, next, err := s.Courses.MarkingQueue(ctx, visit.Actor(ctx), courses.QueueFilter{Course: in.Course, Quiz: in.Quiz, Item: in.Item, Apart: in.Apart, After: in.after(), Limit: in.Limit})
			if err != nil {
				return nil, err
			}
			return list(found, in.next(next, true), showMarkingRow), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/markings/next", ID: "nextMarking", Tag: "markings", Summary: "Take the answer that waits longest, those that one has begun before others; NotFound when none waits"},
		func(ctx context.Context, in *struct {
			Body struct {
				Course string `json:"course,omitempty" maxLength:"40"`
				Quiz   string `json:"quiz,omitempty" maxLength:"40" doc:"With course"`
				Item   string `json:"item,omitempty" maxLength:"100" doc:"Id of an item version"`
				Apart  bool   `json:"apart,omitempty" doc:"Those on which two markers differ"`
			}
		}) (*body[Marking], error) {
			a, b := visit.Actor(ctx), in.Body
			id, err := s.Courses.NextMarking(ctx, a, courses.QueueFilter{Course: b.Course, Quiz: b.Quiz, Item: b.Item, Apart: b.Apart})
			if err != nil {
				return nil, err
			}
			if id == "" {
				return nil, faults.New(faults.NotFound, "Tidak ada lagi yang menunggu Anda.", "Nothing waits for you any more.")
			}
			return one(showMarking)(s.Courses.Claim(ctx, a, id))
		})
	handle(s, operation{Method: http.MethodGet, Path: "/markings/{id}", ID: "getMarking", Tag: "markings", Summary: "An answer with its rubric; the answer itself once it is claimed"},
		func(ctx context.Context, in *MarkingPath) (*body[Marking], error) {
			return one(showMarking)(s.Courses.Marking(ctx, visit.Actor(ctx), in.ID))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/markings/{id}/claim", ID: "claimMarking", Tag: "markings", Summary: "Take an answer for marking, for half an hour after the last save"},
		func(ctx context.Context, in *MarkingPath) (*body[Marking], error) {
			return one(showMarking)(s.Courses.Claim(ctx, visit.Actor(ctx), in.ID))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/markings/{id}/release", ID: "releaseMarking", Tag: "markings", Summary: "Give a claimed answer back; what was written stays", Status: http.StatusNoContent},
		func(ctx context.Context, in *MarkingPath) (*struct{}, error) {
			return nil, s.Courses.Release(ctx, visit.Actor(ctx), in.ID)
		})
	handle(s, operation{Method: http.MethodPut, Path: "/markings/{id}/draft", ID: "saveMark", Tag: "markings", Summary: "Keep what was written so far"},
		func(ctx context.Context, in *struct {
			MarkingPath
			Body MarkInput
		}) (*body[MarkSaved], error) {
			saved, err := s.Courses.SaveMark(ctx, visit.Actor(ctx), in.ID, in.Body.draft(), in.Body.Seq)
			if err != nil {
				return nil, err
			}
			return answer(MarkSaved{saved.Seq, instant(saved.Until)}), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/markings/{id}/mark", ID: "giveMark", Tag: "markings", Summary: "Hand a mark in: a level for every criterion. It never changes afterwards"},
		func(ctx context.Context, in *struct {
			MarkingPath
			Body MarkInput
		}) (*body[MarkingRow], error) {
			return one(showMarkingRow)(s.Courses.GiveMark(ctx, visit.Actor(ctx), in.ID, in.Body.draft(), in.Body.Seq))
		})
}
