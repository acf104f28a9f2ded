package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
)

// BankItem is an item with its key, for authors.
type BankItem struct {
	ID      string `json:"id" doc:"Of this version of the item"`
	Code    string `json:"code" doc:"The author's, the same in every version"`
	Version int    `json:"version"`
	Void    bool   `json:"void,omitempty" doc:"Taken out: no new form has it"`
	ItemText
}

// ItemText is what an author writes of an item. What a type does not know is left out: docs/items.md lists it.
type ItemText struct {
	Type       string          `json:"type" minLength:"1" maxLength:"30" doc:"single, multiple, truefalse, numeric, shorttext, matching, ordering, cloze, reasoned, judgement, casesim, essay or upload"`
	Title      string          `json:"title,omitempty" maxLength:"200"`
	Objective  string          `json:"objective" maxLength:"30"`
	Difficulty string          `json:"difficulty,omitempty" enum:",mudah,sedang,sulit"`
	Category   string          `json:"category,omitempty" maxLength:"200" doc:"Path of categories: umum/loket"`
	Tags       []string        `json:"tags" required:"false" maxItems:"1000" nullable:"false"`
	Stem       string          `json:"stem" maxLength:"20000" doc:"Markdown; of a cloze, [[1]] stands where its first part is"`
	Options    []BankOption    `json:"options" required:"false" maxItems:"1000" nullable:"false"`
	Parts      []BankPart      `json:"parts" required:"false" maxItems:"20" nullable:"false" doc:"Of a type that asks several things"`
	Rubric     []BankCriterion `json:"rubric" required:"false" maxItems:"20" nullable:"false" doc:"Of a type that a person marks"`
	Scoring    string          `json:"scoring,omitempty" maxLength:"30" doc:"Of a type that knows several ways to earn marks"`
	Limit      int             `json:"limit,omitempty" minimum:"0" doc:"essay: words; upload: files; casesim: minutes of its own clock"`
	Files      []string        `json:"files" required:"false" maxItems:"20" nullable:"false" doc:"upload: kinds it takes; none: the type's own"`
	Size       int             `json:"size,omitempty" minimum:"0" doc:"upload: MB of one file"`
	Units      []string        `json:"units" required:"false" maxItems:"1000" nullable:"false"`
	Exact      bool            `json:"exact,omitempty" doc:"shorttext: case and accents count"`
	Fixed      bool            `json:"fixed,omitempty" doc:"Options keep the author's order"`
	General    string          `json:"general,omitempty" maxLength:"20000" doc:"Feedback shown whatever the answer"`
	Hints      []string        `json:"hints,omitempty" maxItems:"4" doc:"The n-th is shown after the n-th check that was not right, while checks are left; Markdown, one paragraph of at most 500 letters each"`
}

// BankOption is one answer the author foresaw.
type BankOption struct {
	ID        string `json:"id" required:"false" maxLength:"1" doc:"One letter; missing: a, b, c ... by its place"`
	Text      string `json:"text" required:"false" maxLength:"20000"`
	Mark      string `json:"mark" required:"false" maxLength:"12" doc:"Percent of the item: 100, 50, -33.33333; missing: 0" example:"100"`
	Tolerance string `json:"tolerance,omitempty" maxLength:"40" doc:"numeric: how far an answer may lie from the text"`
	Feedback  string `json:"feedback,omitempty" maxLength:"20000"`
	Expert    int    `json:"expert,omitempty" minimum:"0" maximum:"50" doc:"judgement: the panel's mean rating in tenths"`
	Next      string `json:"next,omitempty" maxLength:"1" doc:"casesim: id of the part this decision leads to; missing: the case ends"`
	Minutes   int    `json:"minutes,omitempty" minimum:"0" doc:"casesim: what the decision takes"`
}

// BankPart is one thing asked in an item that asks several.
type BankPart struct {
	ID      string       `json:"id" required:"false" maxLength:"1" doc:"One letter; missing: a, b, c ... by its place"`
	Text    string       `json:"text" required:"false" maxLength:"20000"`
	Type    string       `json:"type,omitempty" maxLength:"30" doc:"cloze: single, shorttext or numeric"`
	Options []BankOption `json:"options" required:"false" maxItems:"20" nullable:"false"`
	Right   string       `json:"right,omitempty" maxLength:"1" doc:"matching: id of the item's option that belongs to it"`
	Weight  int          `json:"weight,omitempty" minimum:"0"`
	Units   []string     `json:"units" required:"false" maxItems:"20" nullable:"false"`
	Exact   bool         `json:"exact,omitempty"`
}

// BankCriterion is one row of a rubric as its author writes it.
type BankCriterion struct {
	ID     string      `json:"id" required:"false" maxLength:"1" doc:"One letter; missing: a, b, c ... by its place"`
	Text   string      `json:"text" maxLength:"2000"`
	Weight int         `json:"weight" minimum:"0" maximum:"100" doc:"Its share among all of the rubric"`
	Levels []BankLevel `json:"levels" maxItems:"20" nullable:"false" doc:"From the least to the full mark"`
}

// BankLevel is one level of a criterion.
type BankLevel struct {
	Text string `json:"text" maxLength:"2000"`
	Mark string `json:"mark" required:"false" maxLength:"12" doc:"Percent of the criterion" example:"100"`
}

func showBankItem(it grading.Item) BankItem {
	v := BankItem{it.ID, it.Code, it.Version, it.Void, ItemText{Type: string(it.Type), Title: it.Title, Objective: it.Objective, Difficulty: string(it.Difficulty), Category: it.Category, Tags: orEmpty(it.Tags), Stem: it.Stem,
		Options: showOptions(it.Options), Parts: []BankPart{}, Rubric: []BankCriterion{}, Scoring: it.Scoring, Limit: it.Limit, Files: orEmpty(it.Files), Size: it.Size, Units: orEmpty(it.Units), Exact: it.Exact, Fixed: it.Fixed, General: it.General, Hints: it.Hints}}
	for _, p := range it.Parts {
		v.Parts = append(v.Parts, BankPart{p.ID, p.Text, string(p.Type), showOptions(p.Options), p.Right, p.Weight, orEmpty(p.Units), p.Exact})
	}
	for _, c := range it.Rubric {
		row := BankCriterion{ID: c.ID, Text: c.Text, Weight: c.Weight, Levels: []BankLevel{}}
		for _, l := range c.Levels {
			row.Levels = append(row.Levels, BankLevel{l.Text, l.Mark.Percent()})
		}
		v.Rubric = append(v.Rubric, row)
	}
	return v
}

func showOptions(in []grading.Option) []BankOption {
	out := []BankOption{}
	for _, o := range in {
		out = append(out, BankOption{o.ID, o.Text, o.Mark.Percent(), o.Tolerance, o.Feedback, o.Expert, o.Next, o.Minutes})
	}
	return out
}

// item is what was written, or a field for each mark that is none.
func (t ItemText) item() (grading.Item, error) {
	wrong := faults.New(faults.Invalid, "Ada nilai yang bukan persen.", "Some marks are no percentages.")
	it := grading.Item{Type: grading.Type(t.Type), Title: t.Title, Objective: t.Objective, Difficulty: grading.Difficulty(t.Difficulty), Category: t.Category, Tags: t.Tags, Stem: t.Stem, Options: options(t.Options, "options", wrong),
		Scoring: t.Scoring, Limit: t.Limit, Files: t.Files, Size: t.Size, Units: t.Units, Exact: t.Exact, Fixed: t.Fixed, General: t.General, Hints: t.Hints}
	for i, p := range t.Parts {
		it.Parts = append(it.Parts, grading.Part{ID: letter(p.ID, i), Text: p.Text, Type: grading.Type(p.Type), Options: options(p.Options, fmt.Sprintf("parts[%d].options", i), wrong), Right: p.Right, Weight: p.Weight, Units: p.Units, Exact: p.Exact})
	}
	for i, c := range t.Rubric {
		row := grading.Criterion{ID: letter(c.ID, i), Text: c.Text, Weight: c.Weight}
		for j, l := range c.Levels {
			row.Levels = append(row.Levels, grading.Level{Text: l.Text, Mark: percent(l.Mark, fmt.Sprintf("rubric[%d].levels[%d].mark", i, j), wrong)})
		}
		it.Rubric = append(it.Rubric, row)
	}
	if len(wrong.Fields) > 0 {
		return it, wrong
	}
	return it, nil
}

func letter(id string, n int) string {
	if id == "" {
		return grading.OptionID(n)
	}
	return id
}

func percent(s, field string, wrong *faults.Error) grading.Mark {
	if s == "" {
		return 0
	}
	m, err := grading.ParseMark(s)
	if err != nil {
		wrong.With(field, "Tulis persen dari -100 sampai 100, misalnya 50 atau -33.33333.", "Write a percentage from -100 to 100, such as 50 or -33.33333.")
	}
	return m
}

func options(in []BankOption, at string, wrong *faults.Error) (out []grading.Option) {
	for i, o := range in {
		out = append(out, grading.Option{ID: letter(o.ID, i), Text: o.Text, Mark: percent(o.Mark, fmt.Sprintf("%s[%d].mark", at, i), wrong), Tolerance: o.Tolerance, Feedback: o.Feedback, Expert: o.Expert, Next: o.Next, Minutes: o.Minutes})
	}
	return out
}

// ListedItem is an item of a bank with what is known of it.
type ListedItem struct {
	BankItem
	State    string       `json:"state" enum:"draft,in_review,approved" doc:"Of this version of the item"`
	Remarks  int          `json:"remarks" doc:"How many authors and reviewers made on it"`
	Alike    []string     `json:"alike" maxItems:"1000" nullable:"false" doc:"Codes of items of the version, in any of its banks, that say nearly the same"`
	Measured *ItemMeasure `json:"measured,omitempty" doc:"What sittings say of it; missing where nobody sat a test with it"`
}

// ItemMeasure is what the item analysis of a test found of an item version.
type ItemMeasure struct {
	Version        string    `json:"version" doc:"Of the course"`
	Quiz           string    `json:"quiz"`
	Sittings       int64     `json:"sittings"`
	Facility       *Estimate `json:"facility,omitempty" doc:"Mean mark, percent"`
	Discrimination *Estimate `json:"discrimination,omitempty" doc:"Correlation with the rest of the form"`
}

func showMeasure(m *courses.Measured) *ItemMeasure {
	if m == nil {
		return nil
	}
	return &ItemMeasure{m.Version, m.Quiz, m.N, estimate(m.Facility), estimate(m.ItemRest)}
}

func showListedItem(x courses.ListedBankItem) ListedItem {
	v := ListedItem{showBankItem(x.Item), string(x.State), x.Remarks, []string{}, showMeasure(x.Measured)}
	for _, o := range x.Alike[:min(len(x.Alike), storage.MaxList)] {
		v.Alike = append(v.Alike, o.Code)
	}
	return v
}

// ItemDetail is one item of a bank with its review, its history and its use.
type ItemDetail struct {
	BankItem
	Bank     string        `json:"bank"`
	Revision int64         `json:"revision" doc:"Of the course version that was read"`
	Review   ItemReviewing `json:"review"`
	History  []ItemVersion `json:"history" maxItems:"50" nullable:"false" doc:"This version and those it was made from, the newest first"`
	Uses     []ItemUse     `json:"uses" maxItems:"1000" nullable:"false" doc:"Versions of the course that have it, the newest first"`
	Alike    []AlikeItem   `json:"alike" maxItems:"1000" nullable:"false" doc:"Items of the version, in any of its banks, that say nearly the same"`
}

// ItemReviewing is where an item version stands between author and reviewer.
type ItemReviewing struct {
	Item       string       `json:"item" doc:"Id of the item version"`
	Code       string       `json:"code"`
	State      string       `json:"state" enum:"draft,in_review,approved"`
	By         string       `json:"by,omitempty" doc:"Who wrote it"`
	At         *time.Time   `json:"at,omitempty"`
	AskedBy    string       `json:"asked_by,omitempty"`
	AskedAt    *time.Time   `json:"asked_at,omitempty"`
	ApprovedBy string       `json:"approved_by,omitempty"`
	ApprovedAt *time.Time   `json:"approved_at,omitempty"`
	Writers    []string     `json:"writers" maxItems:"1000" nullable:"false" doc:"Who wrote anything since the last approval, and so may not approve it"`
	Remarks    []ItemRemark `json:"remarks" maxItems:"200" nullable:"false" doc:"Oldest first"`
}

// ItemRemark is what an author or reviewer says about an item version.
type ItemRemark struct {
	ID   string    `json:"id"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

func showItemReviewing(id string, l courses.ItemLife) ItemReviewing {
	v := ItemReviewing{Item: id, Code: l.Code, State: string(l.State), By: l.By, At: instant(l.At), AskedBy: l.AskedBy, AskedAt: instant(l.AskedAt), ApprovedBy: l.ApprovedBy, ApprovedAt: instant(l.ApprovedAt),
		Writers: orEmpty(l.Writers), Remarks: []ItemRemark{}}
	for _, r := range l.Remarks {
		v.Remarks = append(v.Remarks, ItemRemark{r.ID, r.By, r.At, r.Text})
	}
	return v
}

// ItemVersion is one version in the history of an item.
type ItemVersion struct {
	Number  int           `json:"number"`
	Review  ItemReviewing `json:"review"`
	Changes []ItemChange  `json:"changes" maxItems:"1000" nullable:"false" doc:"Against the version it was made from"`
}

// ItemChange is one member in which two versions of an item differ.
type ItemChange struct {
	Path string     `json:"path" example:"options[b].mark"`
	Name texts.Text `json:"name"`
	Was  string     `json:"was"`
	Now  string     `json:"now"`
}

// ItemUse is a version of the course that has an item.
type ItemUse struct {
	Version  string       `json:"version"`
	Number   int          `json:"number"`
	State    string       `json:"state" enum:"draft,published,discarded"`
	Item     string       `json:"item" doc:"Id of the item version it has"`
	ItemNo   int          `json:"item_number"`
	Quizzes  []string     `json:"quizzes" maxItems:"1000" nullable:"false" doc:"Codes of tests that may draw it"`
	Measured *ItemMeasure `json:"measured,omitempty"`
}

// AlikeItem is an item that says nearly the same as another.
type AlikeItem struct {
	Bank string `json:"bank"`
	Code string `json:"code"`
	Stem string `json:"stem"`
}

func showItemDetail(x courses.ShownItem) ItemDetail {
	v := ItemDetail{BankItem: showBankItem(x.Item), Bank: x.Bank, Revision: x.Revision, Review: showItemReviewing(x.Item.ID, x.Life), History: []ItemVersion{}, Uses: []ItemUse{}, Alike: []AlikeItem{}}
	for _, h := range x.History {
		one := ItemVersion{h.Number, showItemReviewing(h.ID, h.ItemLife), []ItemChange{}}
		for _, d := range h.Changes {
			one.Changes = append(one.Changes, ItemChange(d))
		}
		v.History = append(v.History, one)
	}
	for _, u := range x.Uses {
		use := ItemUse{u.Version, u.Number, string(u.State), u.Item, u.ItemNo, []string{}, showMeasure(u.Measured)}
		for _, q := range u.Quizzes {
			use.Quizzes = append(use.Quizzes, q.Code)
		}
		v.Uses = append(v.Uses, use)
	}
	for _, o := range x.Alike {
		v.Alike = append(v.Alike, AlikeItem(o))
	}
	return v
}

// ItemWritten says what became of a bank.
type ItemWritten struct {
	Code     string `json:"code" doc:"Of the item"`
	Revision int64  `json:"revision" doc:"Of the draft, for the next change"`
}

// BankPath names a bank of a version in an address.
type BankPath struct {
	VersionPath
	Bank string `path:"bank" maxLength:"40"`
}

// BankItemPath names an item of a bank in an address.
type BankItemPath struct {
	BankPath
	Item string `path:"item" maxLength:"30" doc:"Code of the item"`
}

// Based is the revision of the draft that was read, where the address carries it.
type Based struct {
	Revision int64 `query:"revision" minimum:"1" required:"true" doc:"Of the draft that was read: Conflict when somebody changed it since"`
}

func (s *server) bank() {
	handle(s, operation{Method: http.MethodGet, Path: "/versions/{id}/banks/{bank}/items", ID: "listItems", Tag: "items", Summary: "Items of a bank with their keys, their review, what sittings say of them and what resembles them; for authors and reviewers"},
		func(ctx context.Context, in *struct {
			BankPath
			PageInput
			Words      string `query:"q" maxLength:"200" doc:"Words in code, title, question or options"`
			Category   string `query:"category" maxLength:"200" doc:"Or one below it"`
			Tag        string `query:"tag" maxLength:"100"`
			Objective  string `query:"objective" maxLength:"30"`
			Competency string `query:"competency" maxLength:"10" doc:"That the item's objective serves"`
			Difficulty string `query:"difficulty" enum:"mudah,sedang,sulit,-" doc:"-: without one"`
			State      string `query:"state" enum:"draft,in_review,approved"`
			Type       string `query:"type" maxLength:"30"`
		}) (*body[ListOf[ListedItem]], error) {
			l, err := s.Courses.ListItems(ctx, visit.Actor(ctx), in.ID, in.Bank, courses.ItemFilter{Words: in.Words, Category: in.Category, Tag: in.Tag, Objective: in.Objective, Competency: in.Competency, Difficulty: grading.Difficulty(in.Difficulty),
				State: courses.ItemState(in.State), Type: grading.Type(in.Type)})
			if err != nil {
				return nil, err
			}
			return paged(&in.PageInput, l.Items, func(it courses.ListedBankItem) string { return it.ID }, showListedItem)
		})
	handle(s, operation{Method: http.MethodGet, Path: "/versions/{id}/banks/{bank}/items/{item}", ID: "getItem", Tag: "items", Summary: "An item of a bank with key, review, remarks, history with what changed, use, and what resembles it"},
		func(ctx context.Context, in *BankItemPath) (*body[ItemDetail], error) {
			return one(showItemDetail)(s.Courses.ShowItem(ctx, visit.Actor(ctx), in.ID, in.Bank, in.Item))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/versions/{id}/banks/{bank}/items/new", ID: "addItem", Tag: "items", Status: http.StatusCreated, Summary: "Write a new item at the end of a bank of a draft; a bank that is not there is begun"},
		func(ctx context.Context, in *struct {
			BankPath
			Body struct {
				Revision int64    `json:"revision" minimum:"1" doc:"Of the draft that was read"`
				Code     string   `json:"code,omitempty" maxLength:"30" doc:"Missing: the next free one"`
				Item     ItemText `json:"item"`
			}
		}) (*body[ItemWritten], error) {
			it, err := in.Body.Item.item()
			if err != nil {
				return nil, err
			}
			it.Code = in.Body.Code
			v, code, err := s.Courses.AddItem(ctx, visit.Actor(ctx), in.ID, in.Body.Revision, in.Bank, it)
			if err != nil {
				return nil, err
			}
			return answer(ItemWritten{code, v.Revision}), nil
		})
	handle(s, operation{Method: http.MethodPut, Path: "/versions/{id}/banks/{bank}/items/{item}", ID: "writeItem", Tag: "items", Summary: "Write an item of a draft anew: its next version, a draft again; attempts that began and published versions keep the one they have"},
		func(ctx context.Context, in *struct {
			BankItemPath
			Body struct {
				Revision int64    `json:"revision" minimum:"1" doc:"Of the draft that was read"`
				Item     ItemText `json:"item" doc:"All of it, with tags, category and difficulty"`
			}
		}) (*body[ItemWritten], error) {
			it, err := in.Body.Item.item()
			if err != nil {
				return nil, err
			}
			return one(written(in.Item))(s.Courses.WriteItem(ctx, visit.Actor(ctx), in.ID, in.Body.Revision, in.Bank, in.Item, it))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/versions/{id}/banks/{bank}/items/{item}/copy", ID: "copyItem", Tag: "items", Status: http.StatusCreated, Summary: "Put a copy of an item behind it, under a code of its own"},
		func(ctx context.Context, in *struct {
			BankItemPath
			Body struct {
				Revision int64 `json:"revision" minimum:"1" doc:"Of the draft that was read"`
			}
		}) (*body[ItemWritten], error) {
			v, code, err := s.Courses.CopyItem(ctx, visit.Actor(ctx), in.ID, in.Body.Revision, in.Bank, in.Item)
			if err != nil {
				return nil, err
			}
			return answer(ItemWritten{code, v.Revision}), nil
		})
	handle(s, operation{Method: http.MethodDelete, Path: "/versions/{id}/banks/{bank}/items/{item}", ID: "deleteItem", Tag: "items", Summary: "Take an item out of the bank of a draft; published versions keep theirs"},
		func(ctx context.Context, in *struct {
			BankItemPath
			Based
		}) (*body[ItemWritten], error) {
			return one(written(in.Item))(s.Courses.DeleteItem(ctx, visit.Actor(ctx), in.ID, in.Revision, in.Bank, in.Item))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/courses/{code}/item-previews", ID: "previewItem", Tag: "items", Summary: "An item that need not be stored, as a learner meets and answers it, and as it is explained afterwards; nothing is kept"},
		func(ctx context.Context, in *struct {
			CoursePath
			Body struct {
				Item   ItemText `json:"item"`
				Answer Answer   `json:"answer,omitempty"`
			}
		}) (*body[ItemPreview], error) {
			it, err := in.Body.Item.item()
			if err != nil {
				return nil, err
			}
			it.Code = "pratinjau"
			return one(showPreview)(s.Courses.PreviewItem(ctx, visit.Actor(ctx), in.Code, it, in.Body.Answer.grading()))
		})
	s.itemReviews()
}

// written shows what became of the bank of an item.
func written(code string) func(courses.VersionDoc) ItemWritten {
	return func(v courses.VersionDoc) ItemWritten { return ItemWritten{code, v.Revision} }
}

// ItemPreview is an item as a learner would meet it.
type ItemPreview struct {
	Problems []ItemProblem `json:"problems" maxItems:"1000" nullable:"false"`
	Item     *Item         `json:"item,omitempty" doc:"Missing while something hinders its use"`
	Review   *ItemReview   `json:"review,omitempty" doc:"What was answered, explained"`
}

// ItemProblem is something about an item that its author should change.
type ItemProblem struct {
	Path    string     `json:"path"`
	Text    texts.Text `json:"text"`
	Warning bool       `json:"warning" doc:"It can be used, but look at it"`
}

func showPreview(p courses.ItemPreview) ItemPreview {
	v := ItemPreview{Problems: []ItemProblem{}}
	for _, f := range p.Problem {
		v.Problems = append(v.Problems, ItemProblem{f.Path, f.Text, f.Warning})
	}
	if p.View.Item != "" {
		item, review := showItem(p.View), showItemReview(p.Review)
		v.Item, v.Review = &item, &review
	}
	return v
}

// ItemVersionPath names an item version in an address.
type ItemVersionPath struct {
	Item string `path:"item" maxLength:"100" doc:"Id of the item version"`
}

func (s *server) itemReviews() {
	handle(s, operation{Method: http.MethodPost, Path: "/versions/{id}/banks/{bank}/review-requests", ID: "askReviews", Tag: "items", Summary: "Ask for a review of every draft among the items of a bank"},
		func(ctx context.Context, in *BankPath) (*body[ReviewsAsked], error) {
			n, err := s.Courses.AskReviews(ctx, visit.Actor(ctx), in.ID, in.Bank)
			if err != nil {
				return nil, err
			}
			return answer(ReviewsAsked{n}), nil
		})
	handle(s, operation{Method: http.MethodPost, Path: "/items/{item}/review-request", ID: "askItemReview", Tag: "items", Summary: "Put an item version before the reviewers"},
		func(ctx context.Context, in *ItemVersionPath) (*body[ItemReviewing], error) {
			return one(reviewing(in.Item))(s.Courses.AskReview(ctx, visit.Actor(ctx), in.Item))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/items/{item}/approval", ID: "approveItem", Tag: "items", Summary: "Approve an item version that is in review; nobody who wrote anything of it since the last approval"},
		func(ctx context.Context, in *ItemVersionPath) (*body[ItemReviewing], error) {
			return one(reviewing(in.Item))(s.Courses.ApproveItem(ctx, visit.Actor(ctx), in.Item))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/items/{item}/return", ID: "returnItem", Tag: "items", Summary: "Give an item version in review back to its authors, with what needs mending"},
		func(ctx context.Context, in *struct {
			ItemVersionPath
			Body struct {
				Why string `json:"why" minLength:"1" maxLength:"2000"`
			}
		}) (*body[ItemReviewing], error) {
			return one(reviewing(in.Item))(s.Courses.ReturnItem(ctx, visit.Actor(ctx), in.Item, in.Body.Why))
		})
	handle(s, operation{Method: http.MethodPost, Path: "/items/{item}/remarks", ID: "remarkItem", Tag: "items", Status: http.StatusCreated, Summary: "Say something about an item version to whoever writes and reviews it"},
		func(ctx context.Context, in *struct {
			ItemVersionPath
			Key  string `header:"Idempotency-Key" maxLength:"100" doc:"Sending again with the same key says it once"`
			Body struct {
				Text string `json:"text" minLength:"1" maxLength:"2000"`
			}
		}) (*body[ItemReviewing], error) {
			a, key := visit.Actor(ctx), in.Key
			if key != "" { // two people may choose the same
				key = a.Name() + "/" + key
			}
			return one(reviewing(in.Item))(s.Courses.RemarkItem(ctx, a, in.Item, key, in.Body.Text))
		})
	handle(s, operation{Method: http.MethodPut, Path: "/courses/{code}/reviewed", ID: "requireReview", Tag: "items", Status: http.StatusNoContent, Summary: "Ask that a course is published only when its items and the version are approved, or take that back, with the reason"},
		func(ctx context.Context, in *struct {
			CoursePath
			Body struct {
				Reviewed bool   `json:"reviewed"`
				Why      string `json:"why" minLength:"1" maxLength:"500"`
			}
		}) (*struct{}, error) {
			return nil, s.Courses.RequireReview(ctx, visit.Actor(ctx), in.Code, in.Body.Reviewed, in.Body.Why)
		})
}

// ReviewsAsked says for how many items a review was asked.
type ReviewsAsked struct {
	Asked int `json:"asked"`
}

func reviewing(item string) func(courses.ItemLife) ItemReviewing {
	return func(l courses.ItemLife) ItemReviewing { return showItemReviewing(item, l) }
}
