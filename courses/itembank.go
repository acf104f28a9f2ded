package courses

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"iter"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/markdown"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// Bank is the list of items a quiz draws from. Its id carries the hash of the list, so it never changes; the versions that use it name it.
// It holds what a draw needs, so that starting an attempt reads only the items drawn.
type Bank struct {
	Items []BankItem `json:"items"`
}

// BankItem is one item version in a bank.
type BankItem struct {
	Item       string             `json:"i"` // id of the item version
	Code       string             `json:"c"`
	Version    int                `json:"n"`
	Type       grading.Type       `json:"t"`
	Objective  string             `json:"o"` // the bank's categories are the objectives
	Difficulty grading.Difficulty `json:"d,omitempty"`
	Options    string             `json:"x,omitempty"` // ids of the options
	Parts      []string           `json:"p,omitempty"` // of each part its id, then its type, then the ids of its options: "a single abc"
	Fixed      bool               `json:"f,omitempty"`
	Void       bool               `json:"v,omitempty"` // taken out when it was written; a correction of its key decides otherwise, see drawable
}

// itemDef keeps item versions; the id is course.code.hash, so an item version never changes. A corrected key is a later key version.
var itemDef = storage.Def[grading.Item]{Name: "items", Shape: 1}

var bankDef = storage.Def[Bank]{Name: "item_banks", Shape: 1}

var (
	partRule     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,29}$`)
	itemCodeRule = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,29}$`)
)

// pool is the bank as grading.Draw wants it.
func (b *Bank) pool() []grading.Item {
	out := make([]grading.Item, len(b.Items))
	for i, it := range b.Items {
		out[i] = grading.Item{ID: it.Item, Code: it.Code, Type: it.Type, Objective: it.Objective, Difficulty: it.Difficulty, Fixed: it.Fixed}
		out[i].Options = bareOptions(it.Options)
		for _, p := range it.Parts {
			f := strings.SplitN(p, " ", 3)
			out[i].Parts = append(out[i].Parts, grading.Part{ID: f[0], Type: grading.Type(f[1]), Options: bareOptions(f[2])})
		}
	}
	return out
}

// bareOptions are options of which only the ids are known.
func bareOptions(ids string) (out []grading.Option) {
	for i := range len(ids) {
		out = append(out, grading.Option{ID: ids[i : i+1]})
	}
	return out
}

// drawable is a bank without the items that were taken out. No new form draws them and nothing counts them; a later key that is sound brings them back. Forms that
// have one already keep it, and everybody has its whole mark there.
func (s *Service) drawable(ctx context.Context, course CourseID, b *Bank) (*Bank, error) {
	c, err := s.corrected(ctx, course)
	if err != nil {
		return nil, err
	}
	out := &Bank{Items: make([]BankItem, 0, len(b.Items))}
	for _, it := range b.Items {
		void := it.Void
		if n := c.number(it.Item); n > 1 {
			x, err := s.keyed(ctx, it.Item, n)
			if err != nil {
				return nil, err
			}
			void = x.Void
		}
		if !void {
			out.Items = append(out.Items, it)
		}
	}
	return out, nil
}

// stock counts what a bank has to draw from per objective and difficulty.
func (s *Service) stock(ctx context.Context, course CourseID, b *Bank) (grading.Blueprint, error) {
	b, err := s.drawable(ctx, course, b)
	if err != nil {
		return nil, err
	}
	return b.Count(), nil
}

// Count counts items per objective and difficulty.
func (b *Bank) Count() grading.Blueprint {
	n := grading.Blueprint{}
	for _, it := range b.Items {
		n.Add(it.Objective, it.Difficulty)
	}
	return n
}

// WriteBank writes a whole bank of a draft: items that did not change keep their version, the others get the next one. Invalid with one field per
// mistake ("items[3].stem"), and then nothing is visible. Errors and revision as for Revise. Safe to call twice.
func (s *Service) WriteBank(ctx context.Context, a access.Actor, version VersionID, revision int64, code string, items []grading.Item) (VersionDoc, error) {
	return s.writeBank(ctx, a, version, revision, code, items, nil)
}

// writeBank is WriteBank; from says of codes the bank did not have which item version they were made from.
func (s *Service) writeBank(ctx context.Context, a access.Actor, version VersionID, revision int64, code string, items []grading.Item, from map[string]string) (VersionDoc, error) {
	course, err := s.authoring(ctx, a, version)
	if err != nil {
		return VersionDoc{}, err
	}
	v, err := s.versions.Get(ctx, version)
	if err != nil {
		return VersionDoc{}, err
	}
	if v.Value.State != Draft {
		return VersionDoc{}, errFrozen()
	}
	before, _ := v.Value.Content.Bank(code)
	m, err := s.makeBank(ctx, course, code, before.Bank, items)
	if err != nil {
		return VersionDoc{}, err
	}
	elsewhere, err := s.codesElsewhere(ctx, &v.Value.Content, code)
	if err != nil {
		return VersionDoc{}, err
	}
	twice := faults.New(faults.Invalid, "Ada kode soal yang sudah dipakai bank lain di kursus ini.", "Some item codes are used by another bank of this course.")
	for i, it := range items {
		if bank := elsewhere[it.Code]; bank != "" && slices.ContainsFunc(m.new, func(x newVersion) bool { return x.code == it.Code && x.before == "" }) {
			t := errCodeElsewhere(it.Code, bank)
			twice.With(fmt.Sprintf("items[%d].code", i), t.ID, t.EN)
		}
	}
	if len(twice.Fields) > 0 {
		return VersionDoc{}, twice
	}
	for i, x := range m.new {
		if x.before == "" {
			m.new[i].before = from[x.code]
		}
	}
	if err := s.putBank(ctx, a, course, m); err != nil {
		return VersionDoc{}, err
	}
	ref, read := m.ref, v.Value.Content
	return s.edit(ctx, a, version, revision, func(v *Version) error {
		at := -1
		for i, b := range v.Content.Banks {
			if b.Code == code {
				at = i
			} else if was, ok := read.Bank(b.Code); !ok || was.Bank != b.Bank { // its codes were not looked at
				return errChangedDraft()
			}
		}
		if at >= 0 {
			v.Content.Banks[at] = ref
			return nil
		}
		v.Content.Banks = append(v.Content.Banks, ref)
		return nil
	})
}

// codesElsewhere are the codes of items in the other banks of a version, each with its bank. A course package names an item by its code alone.
func (s *Service) codesElsewhere(ctx context.Context, c *Content, bank string) (map[string]string, error) {
	out := map[string]string{}
	for _, ref := range c.Banks {
		if ref.Code == bank {
			continue
		}
		b, err := s.bank(ctx, ref.Bank)
		if err != nil {
			return nil, err
		}
		for _, it := range b.Items {
			out[it.Code] = ref.Code
		}
	}
	return out, nil
}

func errCodeElsewhere(code, bank string) texts.Text {
	return texts.T("Kode soal "+code+" sudah dipakai di bank "+bank+". Pakai kode lain.", "Item code "+code+" is already used in bank "+bank+". Use another one.")
}

// made is a bank ready to be stored: the items it has beyond the bank before, the list of all, and the reference a version keeps.
type made struct {
	items []storage.Doc[grading.Item]
	new   []newVersion
	bank  storage.Doc[Bank]
	ref   BankRef
}

// putBank writes the items that are new, who wrote them, and then the bank that lists all.
func (s *Service) putBank(ctx context.Context, a access.Actor, course CourseID, m made) error {
	if err := s.filesThere(ctx, "banks."+m.ref.Code, m.ref.Files); err != nil {
		return err
	}
	err := together(ctx, len(m.items), func(ctx context.Context, i int) error {
		if err := put(ctx, s.items, m.items[i]); err != nil {
			return err
		}
		return s.noteWritten(ctx, a, course, m.new[i])
	})
	if err != nil {
		return err
	}
	return put(ctx, s.banks, m.bank)
}

// together does n things, some at once, so that storage can share its commits. It waits for all of them; the first error counts.
func together(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	const atOnce = 16
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	var next atomic.Int64
	for range min(n, atOnce) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := do(ctx, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// makeBank checks items and gives them their ids and versions, without writing anything.
func (s *Service) makeBank(ctx context.Context, course CourseID, code, before string, items []grading.Item) (made, error) {
	if !partRule.MatchString(code) {
		return made{}, errBankCode()
	}
	if len(items) > storage.MaxList {
		return made{}, faults.New(faults.TooLarge, "Satu bank paling banyak "+texts.Grouped(storage.MaxList, texts.ID)+" soal. Bagi menjadi beberapa bank.", "A bank has at most "+texts.Grouped(storage.MaxList, texts.EN)+" items. Split it into several.")
	}
	if err := checkItems(items); err != nil {
		return made{}, err
	}
	was := map[string]BankItem{}
	if before != "" {
		b, err := s.bank(ctx, before)
		if err != nil {
			return made{}, err
		}
		for _, it := range b.Items {
			was[it.Code] = it
		}
	}
	var m made
	for _, it := range items {
		it.ID, it.Version, it.Key = "", 0, 0
		id := course + "." + it.Code + "." + fingerprint(it, 8)
		it.ID, it.Version, it.Key = id, was[it.Code].Version+1, 1
		if was[it.Code].Item == id {
			it.Version = was[it.Code].Version
		} else if had, err := s.items.Get(ctx, id); err == nil { // written before, in an earlier version of the course
			it.Version = had.Value.Version
		} else if !errors.Is(err, faults.NotFound) {
			return made{}, err
		}
		var parts []string
		for _, p := range it.Parts {
			parts = append(parts, p.ID+" "+string(p.Type)+" "+grading.Order(p.Options, nil))
		}
		if was[it.Code].Item != id {
			m.items = append(m.items, storage.Doc[grading.Item]{ID: id, Value: it})
			m.new = append(m.new, newVersion{id, it.Code, was[it.Code].Item, it.Version})
		}
		m.bank.Value.Items = append(m.bank.Value.Items, BankItem{id, it.Code, it.Version, it.Type, it.Objective, it.Difficulty, grading.Order(it.Options, nil), parts, it.Fixed, it.Void})
	}
	m.bank.ID = course + "." + code + "." + fingerprint(m.bank.Value, 10)
	files, err := filesOf(items)
	m.ref = BankRef{Code: code, Bank: m.bank.ID, Items: len(items), Files: files}
	for i, it := range items {
		if len(files) > 0 && len(exchange.PicturesOf(items[i:i+1], true)) > 0 {
			m.ref.Mute = append(m.ref.Mute, it.Code)
		}
	}
	return m, err
}

// checkItems lists what is wrong with the items of a bank, one field per mistake ("items[3].stem").
func checkItems(items []grading.Item) error {
	wrong := faults.New(faults.Invalid, "Ada soal yang belum benar.", "Some items are not right yet.")
	seen, work := map[string]int{}, 0
	for i, it := range items {
		at := fmt.Sprintf("items[%d]", i)
		for _, f := range grading.Check(it) {
			if !f.Warning {
				wrong.With(at+"."+f.Path, f.Text.ID, f.Text.EN)
			}
		}
		for at, text := range markdownOf(it, at) {
			n, bad := markdown.Weigh(text)
			if work += n; bad == nil && work > markdown.MaxAllWork {
				return faults.OnField(at, "Soal-soal ini memuat terlalu banyak tanda Markdown.", "These items hold too much Markdown.")
			}
			if bad != nil {
				wrong.With(at, bad.Text.ID, bad.Text.EN)
			}
		}
		if !itemCodeRule.MatchString(it.Code) {
			wrong.With(at+".code", "Kode soal berisi huruf, angka, dan tanda hubung, paling banyak 30.", "An item code has letters, digits and hyphens, at most 30.")
		}
		if j, twice := seen[it.Code]; twice {
			f := faults.Newf(faults.Invalid, "Kode soal %[1]s sudah dipakai soal ke-%[2]d.", "Item code %[1]s is already used by item %[2]d.", it.Code, j+1)
			wrong.With(at+".code", f.Text.ID, f.Text.EN)
		}
		seen[it.Code] = i
	}
	if len(wrong.Fields) > 0 {
		return wrong
	}
	return nil
}

// markdownOf walks the texts of an item that are rendered, each with its path.
func markdownOf(it grading.Item, at string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		if !yield(at+".stem", it.Stem) || !yield(at+".general", it.General) {
			return
		}
		for i, h := range it.Hints {
			if !yield(fmt.Sprintf("%s.hints[%d]", at, i), h) {
				return
			}
		}
		for i, o := range it.Options {
			path := fmt.Sprintf("%s.options[%d]", at, i)
			if !yield(path+".text", o.Text) || !yield(path+".feedback", o.Feedback) {
				return
			}
		}
		for i, p := range it.Parts {
			path := fmt.Sprintf("%s.parts[%d]", at, i)
			if !yield(path+".text", p.Text) {
				return
			}
			for j, o := range p.Options {
				at := fmt.Sprintf("%s.options[%d]", path, j)
				if !yield(at+".text", o.Text) || !yield(at+".feedback", o.Feedback) {
					return
				}
			}
		}
	}
}

// bank reads a bank through memory.
func (s *Service) bank(ctx context.Context, id string) (*Bank, error) {
	return s.knownBanks.get(ctx, id, func(ctx context.Context) (*Bank, bool, error) {
		d, err := s.banks.Get(ctx, id)
		if err != nil {
			return nil, false, fmt.Errorf("bank %s: %w", id, err)
		}
		return &d.Value, true, nil
	})
}

// shownItem is an item version with its texts rendered once.
type shownItem struct {
	grading.Item
	stem  template.HTML
	lines map[string]template.HTML // texts of options and parts, by their Markdown
}

// line renders a text of the item; what is not its author's (a fixed word, a label) is rendered on the spot.
func (it *shownItem) line(md string) template.HTML {
	if html, ok := it.lines[md]; ok || md == "" {
		return html
	}
	return renderLine(md)
}

// rendered is an item with its texts rendered.
func rendered(item grading.Item) shownItem {
	it := shownItem{Item: item, stem: renderLine(item.Stem), lines: map[string]template.HTML{}}
	add := func(options []grading.Option) {
		for _, o := range options {
			it.lines[o.Text] = renderLine(o.Text)
		}
	}
	add(it.Options)
	for _, p := range it.Parts {
		it.lines[p.Text] = renderLine(p.Text)
		add(p.Options)
	}
	for _, word := range []string{"Benar", "Salah"} {
		it.lines[word] = template.HTML(word)
	}
	return it
}

// item reads an item version through memory.
func (s *Service) item(ctx context.Context, id string) (*shownItem, error) {
	return s.knownItems.get(ctx, id, func(ctx context.Context) (*shownItem, bool, error) {
		d, err := s.items.Get(ctx, id)
		if err != nil {
			return nil, false, fmt.Errorf("item %s: %w", id, err)
		}
		it := rendered(d.Value)
		return &it, true, nil
	})
}

// Items reads the items of a bank of a version, with the keys that count: for authors and reviewers only.
func (s *Service) Items(ctx context.Context, a access.Actor, version VersionID, bank string) ([]grading.Item, error) {
	v, err := s.versions.Get(ctx, version)
	if err != nil {
		return nil, notFound(err, "Versi kursus ini tidak ada.", "This version of the course does not exist.")
	}
	if _, err := s.cfg.Policy.May(a, "review", access.Thing{Kind: "course", ID: v.Value.Course}); err != nil {
		return nil, err
	}
	ref, ok := v.Value.Content.Bank(bank)
	if !ok {
		return nil, faults.New(faults.NotFound, "Bank soal ini tidak ada.", "This item bank does not exist.")
	}
	b, err := s.bank(ctx, ref.Bank)
	if err != nil {
		return nil, err
	}
	return s.keyedBank(ctx, v.Value.Course, b)
}
