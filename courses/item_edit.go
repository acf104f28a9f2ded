package courses

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// bankOf reads a bank of a version for somebody who may see its keys.
func (s *Service) bankOf(ctx context.Context, a access.Actor, version VersionID, bank string) (VersionDoc, *Bank, error) {
	d, err := s.versions.Get(ctx, version)
	if err != nil {
		return VersionDoc{}, nil, notFound(err, "Versi kursus ini tidak ada.", "This version of the course does not exist.")
	}
	if _, err := s.cfg.Policy.May(a, "review", access.Thing{Kind: "course", ID: d.Value.Course}); err != nil {
		return VersionDoc{}, nil, err
	}
	ref, ok := d.Value.Content.Bank(bank)
	if !ok {
		return VersionDoc{}, nil, faults.New(faults.NotFound, "Bank soal ini tidak ada.", "This item bank does not exist.")
	}
	b, err := s.bank(ctx, ref.Bank)
	return versionDoc(d), b, err
}

func (b *Bank) find(code string) (BankItem, bool) {
	for _, it := range b.Items {
		if it.Code == code {
			return it, true
		}
	}
	return BankItem{}, false
}

func errNoItem() error {
	return faults.New(faults.NotFound, "Soal ini tidak ada di bank ini.", "This item is not in this bank.")
}

// AddItem puts a new item at the end of a bank of a draft; a bank that is not there is begun, and an item without a code gets the next free one. Invalid with the
// fields of the item ("options[2].text"), also for a code that is taken. Errors and revision as for Revise. It gives the code.
func (s *Service) AddItem(ctx context.Context, a access.Actor, version VersionID, revision int64, bank string, it grading.Item) (VersionDoc, string, error) {
	return s.addItem(ctx, a, version, revision, bank, it, "")
}

// CopyItem puts a copy of an item behind it, under a code of its own. Errors and revision as for Revise. It gives the code of the copy.
func (s *Service) CopyItem(ctx context.Context, a access.Actor, version VersionID, revision int64, bank, code string) (VersionDoc, string, error) {
	if _, err := s.authoring(ctx, a, version); err != nil {
		return VersionDoc{}, "", err
	}
	v, b, err := s.bankOf(ctx, a, version, bank)
	if err != nil {
		return VersionDoc{}, "", err
	}
	elsewhere, err := s.codesElsewhere(ctx, &v.Content, bank)
	if err != nil {
		return VersionDoc{}, "", err
	}
	from, ok := b.find(code)
	if !ok {
		return VersionDoc{}, "", errNoItem()
	}
	copied, err := s.current(ctx, from.Item)
	if err != nil {
		return VersionDoc{}, "", err
	}
	copied.Code, copied.ID, copied.Version, copied.Key = freeCode(b, elsewhere, code+"-"), "", 0, 0
	return s.addItem(ctx, a, version, revision, bank, copied, code)
}

// addItem puts an item behind another one, or at the end; made from that one, it takes over who had a hand in it.
func (s *Service) addItem(ctx context.Context, a access.Actor, version VersionID, revision int64, bank string, it grading.Item, behind string) (VersionDoc, string, error) {
	var code string
	v, err := s.changeBank(ctx, a, version, revision, bank, func(b *Bank, all []grading.Item, elsewhere map[string]string) ([]grading.Item, map[string]string, error) {
		if code = it.Code; code == "" {
			code = freeCode(b, elsewhere, strings.TrimRight(bank[:min(len(bank), 20)], "-_")+"-")
		}
		it.Code = code
		if _, taken := b.find(code); taken {
			return nil, nil, faults.OnField("code", "Kode soal "+code+" sudah dipakai di bank ini.", "Item code "+code+" is already used in this bank.")
		}
		if other := elsewhere[code]; other != "" {
			t := errCodeElsewhere(code, other)
			return nil, nil, faults.OnField("code", t.ID, t.EN)
		}
		if err := checkItem(it); err != nil {
			return nil, nil, err
		}
		at := len(all)
		from := map[string]string{}
		if i := slices.IndexFunc(all, func(x grading.Item) bool { return x.Code == behind }); i >= 0 {
			at, from[code] = i+1, all[i].ID
		}
		return slices.Insert(all, at, it), from, nil
	})
	return v, code, err
}

// WriteItem writes an item of a draft's bank anew, under the code it has: the words before stay as an earlier version, and what was approved is a draft again.
// Invalid with the fields of the item ("options[2].text"); NotFound without the item. Errors and revision as for Revise. Safe to call twice.
func (s *Service) WriteItem(ctx context.Context, a access.Actor, version VersionID, revision int64, bank, code string, it grading.Item) (VersionDoc, error) {
	it.Code = code
	return s.changeBank(ctx, a, version, revision, bank, func(b *Bank, all []grading.Item, elsewhere map[string]string) ([]grading.Item, map[string]string, error) {
		i := slices.IndexFunc(all, func(x grading.Item) bool { return x.Code == code })
		if i < 0 {
			return nil, nil, errNoItem()
		}
		if err := checkItem(it); err != nil {
			return nil, nil, err
		}
		all[i] = it
		return all, nil, nil
	})
}

// DeleteItem takes an item out of a draft's bank. Versions that are published keep theirs. NotFound without the item. Errors and revision as for Revise.
func (s *Service) DeleteItem(ctx context.Context, a access.Actor, version VersionID, revision int64, bank, code string) (VersionDoc, error) {
	return s.changeBank(ctx, a, version, revision, bank, func(b *Bank, all []grading.Item, elsewhere map[string]string) ([]grading.Item, map[string]string, error) {
		i := slices.IndexFunc(all, func(x grading.Item) bool { return x.Code == code })
		if i < 0 {
			return nil, nil, errNoItem()
		}
		return slices.Delete(all, i, i+1), nil, nil
	})
}

// changeBank reads a bank of a draft (an empty one when it is not there), lets change work on its items and writes what comes of it as the bank of the draft.
// change is told the codes of other banks, and also says from which item version the item of a new code was made.
func (s *Service) changeBank(ctx context.Context, a access.Actor, version VersionID, revision int64, bank string,
	change func(b *Bank, all []grading.Item, elsewhere map[string]string) ([]grading.Item, map[string]string, error)) (VersionDoc, error) {
	if _, err := s.authoring(ctx, a, version); err != nil {
		return VersionDoc{}, err
	}
	v, err := s.versions.Get(ctx, version)
	if err != nil {
		return VersionDoc{}, err
	}
	if v.Value.State != Draft {
		return VersionDoc{}, errFrozen()
	}
	if revision != 0 && revision != v.Value.Edits+1 {
		return VersionDoc{}, errChangedDraft()
	}
	if !partRule.MatchString(bank) {
		return VersionDoc{}, errBankCode()
	}
	if revision == 0 { // what is changed below is what was read here
		revision = v.Value.Edits + 1
	}
	all, err := s.bankItems(ctx, &v.Value, bank)
	if err != nil {
		return VersionDoc{}, err
	}
	b := &Bank{}
	if ref, ok := v.Value.Content.Bank(bank); ok {
		if b, err = s.bank(ctx, ref.Bank); err != nil {
			return VersionDoc{}, err
		}
	}
	elsewhere, err := s.codesElsewhere(ctx, &v.Value.Content, bank)
	if err != nil {
		return VersionDoc{}, err
	}
	all, from, err := change(b, all, elsewhere)
	if err != nil {
		return VersionDoc{}, err
	}
	return s.writeBank(ctx, a, version, revision, bank, all, from)
}

// checkItem lists what is wrong with one item, by its own fields.
func checkItem(it grading.Item) error {
	err := checkItems([]grading.Item{it})
	if err == nil {
		return nil
	}
	e := *faults.Of(err)
	e.Fields = slices.Clone(e.Fields)
	for i := range e.Fields {
		e.Fields[i].Path = strings.TrimPrefix(e.Fields[i].Path, "items[0].")
	}
	return &e
}

// freeCode is the first code with a prefix that neither a bank nor another one has.
func freeCode(b *Bank, elsewhere map[string]string, prefix string) string {
	if len(prefix) > 26 {
		prefix = prefix[:26]
	}
	used := map[string]bool{}
	for _, it := range b.Items {
		used[it.Code] = true
	}
	for n := len(b.Items) + 1; ; n++ {
		if code := fmt.Sprintf("%s%03d", prefix, n); !used[code] && elsewhere[code] == "" {
			return code
		}
	}
}

// ItemPreview is an item as a learner would meet it, and as it is explained afterwards.
type ItemPreview struct {
	View    ItemView
	Review  ItemReview
	Problem []grading.Finding // what hinders its use, and warnings; with a hindrance there is no view
}

// previewSeed orders the options of a preview: like a learner's, and the same each time.
const previewSeed = 20260331

// PreviewItem shows an item that need not be stored as a learner meets it, with what was answered so far. For whoever may see keys of the course.
func (s *Service) PreviewItem(ctx context.Context, a access.Actor, course CourseID, item grading.Item, answer grading.Answer) (ItemPreview, error) {
	if _, err := s.cfg.Policy.May(a, "review", access.Thing{Kind: "course", ID: course}); err != nil {
		return ItemPreview{}, err
	}
	out := ItemPreview{Problem: grading.Check(item)}
	if checkItem(item) != nil {
		return out, nil
	}
	if item.ID == "" {
		item.ID = "pratinjau"
	}
	it := rendered(item)
	slot, err := grading.Shuffled(item, previewSeed)
	if err != nil {
		return out, err
	}
	if err := grading.Accept(item, slot, grading.Answer{}, answer); err != nil {
		answer = grading.Answer{} // from a form that showed another item
	}
	shown, err := grading.Present(item, slot, answer)
	if err != nil {
		return out, err
	}
	x, err := grading.Explain(item, slot, answer)
	if err != nil {
		return out, err
	}
	out.View = ItemView{Item: item.ID, Number: 1, Stem: it.stem, FieldView: it.field(shown.Field, texts.From(ctx)), Answer: answer}
	out.Review = it.explained(x, 0, texts.From(ctx))
	return out, nil
}
