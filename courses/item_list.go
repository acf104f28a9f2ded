package courses

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/itemstats"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// ItemFilter narrows the list of a bank. Empty fields do not narrow.
type ItemFilter struct {
	Words      string // each stands somewhere in code, title, question or options
	Category   string // or one below it
	Tag        string
	Objective  string
	Competency string             // that the item's objective serves
	Difficulty grading.Difficulty // "-" for items without one
	State      ItemState
	Type       grading.Type
}

// ListedBankItem is an item of a bank with the key that counts and what is known of it.
type ListedBankItem struct {
	grading.Item
	State    ItemState
	Remarks  int
	Measured *Measured // nil where nobody sat a test with it, or too few
	Alike    []AlikeItem
}

// AlikeItem is an item of a version that says nearly the same as another, in whichever bank.
type AlikeItem struct {
	Bank, Code, Stem string
}

// alike finds for each item of a bank, by its place, those of any bank of the version that say nearly the same.
func (s *Service) alike(ctx context.Context, v *VersionDoc, bank string, items []grading.Item) (map[int][]AlikeItem, error) {
	all, banks := items, make([]string, len(items))
	for i := range banks {
		banks[i] = bank
	}
	for _, ref := range v.Content.Banks {
		if ref.Code == bank {
			continue
		}
		more, err := s.bankItems(ctx, &v.Version, ref.Code)
		if err != nil {
			return nil, err
		}
		for _, it := range more {
			all, banks = append(all[:len(all):len(all)], it), append(banks, ref.Code)
		}
	}
	out := map[int][]AlikeItem{}
	for _, p := range grading.Alike(all) {
		for _, x := range [][2]int{{p.A, p.B}, {p.B, p.A}} {
			if x[0] < len(items) {
				out[x[0]] = append(out[x[0]], AlikeItem{banks[x[1]], all[x[1]].Code, all[x[1]].Stem})
			}
		}
	}
	return out, nil
}

// Measured is what sittings say of an item version.
type Measured struct {
	Version  VersionID
	Quiz     string
	N        int64 // sittings
	Facility *itemstats.Value
	ItemRest *itemstats.Value // discrimination
}

// BankList is a bank as authors and reviewers browse it.
type BankList struct {
	VersionDoc
	Items      []ListedBankItem // those that match
	All        int              // items in the bank
	Categories []string         // that occur, sorted
	Tags       []string
	Types      []grading.Type // in the order they are offered
}

// ListItems lists a bank of a version, narrowed. A bank has at most 1,000 items, so all that match are given. For authors and reviewers.
func (s *Service) ListItems(ctx context.Context, a access.Actor, version VersionID, bank string, f ItemFilter) (BankList, error) {
	v, b, err := s.bankOf(ctx, a, version, bank)
	if err != nil {
		return BankList{}, err
	}
	items, err := s.keyedBank(ctx, v.Course, b)
	if err != nil {
		return BankList{}, err
	}
	out := BankList{VersionDoc: v, All: len(items)}
	words := texts.Words(f.Words)
	measured, err := s.measured(ctx, v.Course, v.Content.Quizzes, bank)
	if err != nil {
		return BankList{}, err
	}
	alike, err := s.alike(ctx, &v, bank, items)
	if err != nil {
		return BankList{}, err
	}
	lives := make([]ItemLife, len(items))
	if err := together(ctx, len(items), func(ctx context.Context, i int) error {
		var err error
		lives[i], err = s.life(ctx, items[i].ID)
		return err
	}); err != nil {
		return BankList{}, err
	}
	types := map[grading.Type]bool{}
	for i, it := range items {
		types[it.Type] = true
		if it.Category != "" && !slices.Contains(out.Categories, it.Category) {
			out.Categories = append(out.Categories, it.Category)
		}
		for _, t := range it.Tags {
			if !slices.Contains(out.Tags, t) {
				out.Tags = append(out.Tags, t)
			}
		}
		if o, _ := v.Content.Objective(it.Objective); f.fits(it, o.Competency, lives[i].State, words) {
			out.Items = append(out.Items, ListedBankItem{it, lives[i].State, len(lives[i].Remarks), measured[it.ID], alike[i]})
		}
	}
	slices.Sort(out.Categories)
	slices.Sort(out.Tags)
	for _, k := range grading.Kinds() {
		if types[k.Name()] {
			out.Types = append(out.Types, k.Name())
		}
	}
	return out, nil
}

func (f ItemFilter) fits(it grading.Item, competency string, state ItemState, words []string) bool {
	if f.Category != "" && it.Category != f.Category && !strings.HasPrefix(it.Category, f.Category+"/") || f.Tag != "" && !slices.Contains(it.Tags, f.Tag) ||
		f.Objective != "" && it.Objective != f.Objective || f.Competency != "" && competency != f.Competency || f.State != "" && state != f.State || f.Type != "" && it.Type != f.Type {
		return false
	}
	if f.Difficulty == "-" && it.Difficulty != "" || f.Difficulty != "" && f.Difficulty != "-" && it.Difficulty != f.Difficulty {
		return false
	}
	if len(words) == 0 {
		return true
	}
	var b strings.Builder
	b.WriteString(it.Code + " " + it.Title + " " + it.Stem)
	for _, o := range it.Options {
		b.WriteString(" " + o.Text)
	}
	for _, p := range it.Parts {
		b.WriteString(" " + p.Text)
	}
	return mentions(b.String(), words)
}

// keyedBank reads the items of a bank with the keys that count.
func (s *Service) keyedBank(ctx context.Context, course CourseID, b *Bank) ([]grading.Item, error) {
	keys, err := s.corrected(ctx, course)
	if err != nil {
		return nil, err
	}
	out := make([]grading.Item, 0, len(b.Items))
	for _, it := range b.Items {
		x, err := s.keyed(ctx, it.Item, keys.number(it.Item))
		if err != nil {
			return nil, err
		}
		out = append(out, x.Item)
	}
	return out, nil
}

// measured reads what item analysis found, by item version: from the latest published version of the course that has figures of a quiz on this bank.
func (s *Service) measured(ctx context.Context, course CourseID, quizzes []Quiz, bank string) (map[string]*Measured, error) {
	out := map[string]*Measured{}
	versions, err := s.versions.Gather(ctx, storage.Query{Index: "course", Term: course, Desc: true})
	if err != nil {
		return nil, err
	}
	for _, q := range quizzes {
		if q.Bank != bank {
			continue
		}
		read := 0
		for _, v := range versions {
			if v.Value.State != Published || read == 2 { // the newest and the one before it
				continue
			}
			d, err := s.analyses.Get(ctx, v.ID+"."+q.Code)
			if errors.Is(err, faults.NotFound) || err == nil && d.Value.Of.N == 0 {
				continue
			}
			if err != nil {
				return nil, err
			}
			read++
			sums, err := itemstats.Unpack(d.Value.Of.Sums)
			if err != nil {
				return nil, err
			}
			for _, x := range sums.Analyse(nil).Items {
				if had := out[x.ID]; had == nil || x.N > had.N {
					out[x.ID] = &Measured{Version: v.ID, Quiz: q.Code, N: x.N, Facility: x.Facility, ItemRest: x.ItemRest}
				}
			}
		}
	}
	return out, nil
}

// ItemUse is a version of the course that has an item, with the quizzes that may draw it.
type ItemUse struct {
	Version  VersionID
	Number   int
	State    VersionState
	Bank     string
	Item     string // its item version
	ItemNo   int
	Quizzes  []Quiz
	Measured *Measured
}

// ItemVersion is one version in the history of an item.
type ItemVersion struct {
	ID string
	ItemLife
	Changes []grading.Difference // against the version it was made from; none for the first
}

// ShownItem is one item of a bank with all that is known of it.
type ShownItem struct {
	VersionDoc
	Bank    string
	Item    grading.Item // with the key that counts
	Life    ItemLife
	History []ItemVersion // newest first, this one and those it was made from
	Uses    []ItemUse     // newest version of the course first
	Alike   []AlikeItem
}

// maxHistory is how many versions of an item are shown.
const maxHistory = 50

// ShowItem reads an item of a bank of a version with its history, its use and what resembles it. For authors and reviewers.
func (s *Service) ShowItem(ctx context.Context, a access.Actor, version VersionID, bank, code string) (ShownItem, error) {
	v, b, err := s.bankOf(ctx, a, version, bank)
	if err != nil {
		return ShownItem{}, err
	}
	entry, ok := b.find(code)
	if !ok {
		return ShownItem{}, errNoItem()
	}
	items, err := s.keyedBank(ctx, v.Course, b)
	if err != nil {
		return ShownItem{}, err
	}
	out := ShownItem{VersionDoc: v, Bank: bank}
	at := slices.IndexFunc(items, func(x grading.Item) bool { return x.Code == code })
	out.Item = items[at]
	alike, err := s.alike(ctx, &v, bank, items)
	if err != nil {
		return ShownItem{}, err
	}
	out.Alike = alike[at]
	seen := map[string]bool{}
	for id := entry.Item; id != "" && !seen[id] && len(out.History) < maxHistory; {
		seen[id] = true
		l, err := s.life(ctx, id)
		if err != nil {
			return ShownItem{}, err
		}
		x := ItemVersion{ID: id, ItemLife: l}
		now, err := s.item(ctx, id)
		if err != nil {
			return ShownItem{}, err
		}
		x.Number = now.Version
		if l.Before != "" {
			was, err := s.item(ctx, l.Before)
			if err != nil {
				return ShownItem{}, err
			}
			x.Changes = grading.Differences(was.Item, now.Item)
		}
		if len(out.History) == 0 {
			out.Life = l
		}
		out.History = append(out.History, x)
		id = l.Before
	}
	if out.Uses, err = s.uses(ctx, v.Course, code, bank); err != nil {
		return ShownItem{}, err
	}
	return out, nil
}

// uses lists the versions of a course whose bank has an item.
func (s *Service) uses(ctx context.Context, course CourseID, code, bank string) ([]ItemUse, error) {
	versions, err := s.versions.Gather(ctx, storage.Query{Index: "course", Term: course, Desc: true})
	if err != nil {
		return nil, err
	}
	var out []ItemUse
	var quizzes []Quiz
	for _, v := range versions {
		ref, ok := v.Value.Content.Bank(bank)
		if !ok || v.Value.State == Discarded {
			continue
		}
		b, err := s.bank(ctx, ref.Bank)
		if err != nil {
			return nil, err
		}
		it, ok := b.find(code)
		if !ok {
			continue
		}
		u := ItemUse{Version: v.ID, Number: v.Value.Number, State: v.Value.State, Bank: bank, Item: it.Item, ItemNo: it.Version}
		for _, q := range v.Value.Content.Quizzes {
			if q.Bank == bank && q.Draw.Of(it.Objective) > 0 {
				u.Quizzes = append(u.Quizzes, q)
			}
			if q.Bank == bank && !slices.ContainsFunc(quizzes, func(x Quiz) bool { return x.Code == q.Code }) {
				quizzes = append(quizzes, q)
			}
		}
		out = append(out, u)
	}
	measured, err := s.measured(ctx, course, quizzes, bank)
	for i := range out {
		out[i].Measured = measured[out[i].Item]
	}
	return out, err
}
