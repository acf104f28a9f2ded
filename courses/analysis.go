package courses

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/itemstats"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// Analysis is what the first sittings of one quiz of a version say about it and its items.
type Analysis struct {
	Course    CourseID
	Version   VersionID
	Quiz      string
	Kind      QuizKind
	Title     texts.Text
	PassMark  int
	CountedAt time.Time // zero: nothing counted yet
	Pending   bool      // newer sittings are being counted
	Figures   itemstats.Analysis
	Flags     []itemstats.Flag
	Rasch     *itemstats.Model // nil: too few sittings
	TwoPL     *itemstats.Model
	Pooled    map[string]PooledItem   // by item version: with other versions of the course, where they have it
	Drift     map[string]ItemDrift    // by item version: against what it was before
	Gains     []ObjectiveGain         // of a post-test: the whole first, then by objective
	Groups    []ItemGroup             // by objective, then by competency
	About     map[string]AnalysedItem // by item version
}

// ObjectiveGain is what people learned between their first pre-test and their first post-test.
type ObjectiveGain struct {
	Objective  string // "" the whole test, or a competency
	Competency string // "" the whole test, or an objective
	Text       texts.Text
	itemstats.Gain
}

// ItemGroup is what people earn on the items of an objective or of a competency.
type ItemGroup struct {
	Objective  string // one of the two is empty
	Competency string
	Text       texts.Text // of an objective
	itemstats.Group
	Flagged int // items with something to look at
}

// AnalysedItem is an item version behind the figures, with the key that counts.
type AnalysedItem struct{ grading.Item }

// Analysis reads the item analysis of a quiz: for authors, reviewers and whoever else may see its keys. No attempt is read and nobody is named. Where nothing is counted
// yet, there are no figures. NotFound for a version or quiz that does not exist.
func (s *Service) Analysis(ctx context.Context, a access.Actor, version VersionID, quiz string) (Analysis, error) {
	v, q, err := s.analysed(ctx, a, "review", version, quiz)
	if err != nil {
		return Analysis{}, err
	}
	out := Analysis{Course: v.Course, Version: version, Quiz: quiz, Kind: q.Kind, Title: q.Name(), PassMark: q.PassMark, About: map[string]AnalysedItem{}}
	d, err := s.analyses.Get(ctx, version+"."+quiz)
	if errors.Is(err, faults.NotFound) {
		return out, nil
	}
	if err != nil {
		return Analysis{}, err
	}
	of := d.Value.Of
	out.CountedAt, out.Pending, out.Rasch, out.TwoPL = d.Value.BuiltAt, d.Due != nil, of.Rasch, of.TwoPL
	if of.N == 0 {
		return out, nil
	}
	sums, err := itemstats.Unpack(of.Sums)
	if err != nil {
		return Analysis{}, err
	}
	keys, err := s.corrected(ctx, v.Course)
	if err != nil {
		return Analysis{}, err
	}
	about := map[string]itemstats.About{}
	for id := range sums.Items {
		it, err := s.keyed(ctx, id, keys.number(id))
		if err != nil {
			return Analysis{}, err
		}
		about[id] = aboutItem(it.Item)
		out.About[id] = AnalysedItem{it.Item}
	}
	out.Figures = sums.Analyse(about)
	out.Pooled, out.Drift = map[string]PooledItem{}, map[string]ItemDrift{}
	known, err := s.known(ctx, v, q, sums, about, &out)
	if err != nil {
		return Analysis{}, err
	}
	out.Flags = sums.Flags(about, known)
	if out.TwoPL != nil {
		out.Flags = append(out.Flags, out.TwoPL.Flags(about)...)
	} else if out.Rasch != nil {
		out.Flags = append(out.Flags, out.Rasch.Flags(about)...)
	}
	for _, o := range append([]Objective{{}}, v.Content.Objectives...) {
		if g, ok := of.Gains[o.Code]; ok {
			out.Gains = append(out.Gains, ObjectiveGain{o.Code, "", o.Text, g.Gain()})
		}
	}
	for _, c := range competenciesOf(v.Content.Objectives) {
		if g, ok := of.Gains[byCompetency+c]; ok {
			out.Gains = append(out.Gains, ObjectiveGain{"", c, texts.Text{}, g.Gain()})
		}
	}
	out.group(v.Content.Objectives, sums)
	return out, nil
}

// competenciesOf are those that objectives serve, each once, in their order.
func competenciesOf(objectives []Objective) (out []string) {
	for _, o := range objectives {
		if o.Competency != "" && !slices.Contains(out, o.Competency) {
			out = append(out, o.Competency)
		}
	}
	return out
}

// group makes the figures by objective and by competency.
func (x *Analysis) group(objectives []Objective, sums *itemstats.Sums) {
	flagged := map[string]bool{}
	for _, f := range x.Flags {
		flagged[f.Item] = flagged[f.Item] || f.Kind != itemstats.SmallN
	}
	add := func(g ItemGroup, cell string, of func(Objective) bool) {
		var items []string
		for _, o := range objectives {
			for id, it := range x.About {
				if it.Objective == o.Code && of(o) {
					if items = append(items, id); flagged[id] {
						g.Flagged++
					}
				}
			}
		}
		slices.Sort(items)
		if g.Group = sums.Group(cell, items); g.Items > 0 {
			x.Groups = append(x.Groups, g)
		}
	}
	for _, o := range objectives {
		add(ItemGroup{Objective: o.Code, Text: o.Text}, o.Code, func(x Objective) bool { return x.Code == o.Code })
	}
	for _, c := range competenciesOf(objectives) {
		add(ItemGroup{Competency: c}, "", func(x Objective) bool { return x.Competency == c })
	}
}

// analysed asks for a right over the course and gives the quiz.
func (s *Service) analysed(ctx context.Context, a access.Actor, verb string, version VersionID, quiz string) (*Version, Quiz, error) {
	if _, err := s.cfg.Policy.May(a, verb, access.Thing{Kind: "course", ID: courseOfItem(version)}); err != nil {
		return nil, Quiz{}, err
	}
	v, err := s.version(ctx, version)
	if err != nil {
		return nil, Quiz{}, notFound(err, "Versi kursus ini tidak ada.", "This version of the course does not exist.")
	}
	q, ok := v.Content.Quiz(quiz)
	if !ok {
		return nil, Quiz{}, faults.New(faults.NotFound, "Tes ini tidak ada di versi kursus ini.", "There is no such test in this version of the course.")
	}
	return v, q, nil
}

// aboutItem says of an item what its figures need.
func aboutItem(it grading.Item) itemstats.About {
	a := itemstats.About{Name: it.Code, Void: it.Void}
	for _, asked := range grading.AskedOf(it) {
		q := itemstats.Question{ID: asked.ID, Label: asked.Label, One: asked.One && !asked.Typed, Typed: asked.Typed, Some: asked.Some}
		for _, o := range asked.Options {
			q.Options = append(q.Options, itemstats.Choice{ID: o.ID, Label: o.Label, Share: float64(o.Share) / float64(grading.Full), Key: o.Right})
		}
		for _, f := range asked.Foils {
			q.Foils = append(q.Foils, itemstats.Foil(f))
		}
		a.Questions = append(a.Questions, q)
	}
	return a
}

// Silent says what the hints on keys and distractors cannot say of an item, and why.
func (it AnalysedItem) Silent() (out []texts.Text) {
	for _, asked := range grading.AskedOf(it.Item) {
		if !asked.Note.Empty() && !slices.Contains(out, asked.Note) {
			out = append(out, asked.Note)
		}
	}
	return out
}

// Named puts a name that the figures use for what was taken (grading.Took) into words: the author's, or the fixed ones of the type.
func (it AnalysedItem) Named(id string) texts.Text {
	if question, text, ok := itemstats.TypedText(id); ok {
		if n := slices.IndexFunc(it.Parts, func(p grading.Part) bool { return p.ID == question }); n >= 0 {
			return grading.Written(strconv.Itoa(n+1) + ": “" + text + "”")
		}
		return grading.Written("“" + text + "”")
	}
	group, option, of := strings.Cut(id, ".")
	if !of {
		return it.called("", it.Options, id, id)
	}
	for _, p := range it.Parts {
		if p.ID != group {
			continue
		}
		options := p.Options
		if len(options) == 0 {
			options = it.Options
		}
		if p.Text == "" {
			return it.called("", options, id, option)
		}
		return it.called(p.Text+" → ", options, id, option)
	}
	switch _, rated := grading.FindOption(it.Options, group); {
	case group == "best":
		return it.called("(+) ", it.Options, id, option)
	case group == "worst":
		return it.called("(−) ", it.Options, id, option)
	case rated:
		return grading.Written(words(it.Options, group) + ": " + option)
	}
	return grading.Written(group + ". " + words(it.Options, option))
}

// called is an option under the name that the hints use: its letter before its words, or its words, after what stands before.
func (it AnalysedItem) called(before string, options []grading.Option, id, option string) texts.Text {
	for _, asked := range grading.AskedOf(it.Item) {
		for _, o := range asked.Options {
			switch l := o.Label.ID; {
			case o.ID != id || asked.Typed:
			case len(l) == 1 && "A" <= l && l <= "Z":
				return grading.Written(before + l + ". " + words(options, option))
			case o.Label.EN != "": // the type's own words, in both languages
				return texts.T(before+o.Label.ID, before+o.Label.EN)
			}
		}
	}
	return grading.Written(before + words(options, option))
}

func words(options []grading.Option, id string) string {
	if o, ok := grading.FindOption(options, id); ok {
		return o.Text
	}
	return id
}

// CountAgain lets every month of a course be counted anew, for what was graded before the program counted and after a restore. It may be asked any time; figures
// stay as they are until the new ones are there. For authors and training admins.
func (s *Service) CountAgain(ctx context.Context, a access.Actor, version VersionID, quiz string) error {
	v, _, err := s.analysed(ctx, a, "author", version, quiz)
	if err != nil {
		return err
	}
	first, err := s.attempts.Find(ctx, storage.Query{Index: "course", Term: v.Course, Limit: 1})
	if err != nil || len(first.Docs) == 0 {
		return err
	}
	from := first.Docs[0].Value.StartedAt.UTC()
	for t := time.Date(from.Year(), from.Month(), 1, 0, 0, 0, 0, time.UTC); !t.After(s.now()); t = t.AddDate(0, 1, 0) {
		id := monthID(v.Course, t)
		if _, err := s.months.Upsert(ctx, id, func(d *storage.Doc[storage.Derived[Month]]) error {
			d.Value.Want++
			d.Due = storage.NewDue(storage.RebuildStep, s.now()) // who asks does not want to wait
			return nil
		}); err != nil {
			return err
		}
		s.wake(ctx, MonthsCollection, id)
	}
	return nil
}
