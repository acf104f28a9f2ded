package courses

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/media"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// MaxItemFile bounds a file of items in bytes; a bank of Moodle carries its pictures with it.
const MaxItemFile = 50 << 20

// ItemFile is a file of items for a bank of a draft, in any format that exchange reads.
type ItemFile struct {
	Name      string // for the report
	Data      []byte
	Objective string // for items that name none; with "" these are refused
	Check     bool   // nothing is taken afterwards: pictures are not kept
}

// ItemsRead is what a file of items holds and what became of each.
type ItemsRead struct {
	Bank   exchange.Bank
	Report exchange.Report
}

// Ready says of each item of the bank whether it can be stored as it is: not refused, with a key.
func (r ItemsRead) Ready() []bool {
	out := make([]bool, len(r.Bank.Items))
	for i, w := range r.Bank.Weights(r.Report) {
		out[i] = w != exchange.Refused && grading.CheckError(r.Bank.Items[i]) == nil
	}
	return out
}

// ReadItems reads a file of items for a bank of a draft and changes nothing of it: what it answers is the dry run. Unless it is a mere check, the pictures of items that
// are not refused are kept for the seven days in which a version may name them. One is read at a time in a process, see ReadZip.
// Errors: Forbidden, NotFound, Conflict when the version is no draft, TooMany, and Invalid or TooLarge for a file that holds no items at all.
func (s *Service) ReadItems(ctx context.Context, a access.Actor, version VersionID, bank string, f ItemFile) (ItemsRead, error) {
	course, err := s.authoring(ctx, a, version)
	if err != nil {
		return ItemsRead{}, err
	}
	v, err := s.versions.Get(ctx, version)
	if err != nil {
		return ItemsRead{}, err
	}
	if v.Value.State != Draft {
		return ItemsRead{}, errFrozen()
	}
	if !partRule.MatchString(bank) {
		return ItemsRead{}, errBankCode()
	}
	have, err := s.bankItems(ctx, &v.Value, bank)
	if err != nil {
		return ItemsRead{}, err
	}
	used := map[string]bool{}
	for _, it := range have {
		used[it.Code] = true
	}
	elsewhere, err := s.codesElsewhere(ctx, &v.Value.Content, bank)
	if err != nil {
		return ItemsRead{}, err
	}
	given := exchange.Defaults{Objective: f.Objective, Prefix: strings.TrimRight(bank[:min(len(bank), 20)], "-_") + "-", Used: func(code string) bool { return used[code] || elsewhere[code] != "" }}
	for _, o := range v.Value.Content.Objectives {
		given.Objectives = append(given.Objectives, o.Code)
	}
	done, err := s.reading.turn(ctx)
	if err != nil {
		return ItemsRead{}, err
	}
	defer done()
	var out ItemsRead
	pictures := map[string]media.File{}
	given.Keep = pictureTaker(ctx, func(f media.File) (string, error) {
		pictures[f.Name()] = f
		return f.Name(), nil
	})
	if out.Bank, out.Report, err = exchange.Read(f.Name, f.Data, given); err != nil {
		return ItemsRead{}, err
	}
	if err := ctx.Err(); err != nil {
		return ItemsRead{}, err
	}
	for i, it := range out.Bank.Items {
		if other := elsewhere[it.Code]; other != "" {
			out.Report = append(out.Report, exchange.Mistake{File: f.Name, Line: out.Bank.Lines[i], Item: i + 1, Weight: exchange.Refused, Text: errCodeElsewhere(it.Code, other)})
		}
	}
	for _, ref := range v.Value.Content.Banks {
		if ref.Code != bank {
			more, err := s.bankItems(ctx, &v.Value, ref.Code)
			if err != nil {
				return ItemsRead{}, err
			}
			have = append(have, more...)
		}
	}
	out.noteAlike(f.Name, have)
	if f.Check {
		return out, nil
	}
	for _, name := range exchange.PicturesOf(out.Bank.Taken(out.Report), false) {
		if p, ok := pictures[name]; ok {
			if _, err := s.keepFile(ctx, a, course, p); err != nil {
				return ItemsRead{}, err
			}
		}
	}
	return out, nil
}

// maxPictureWork bounds the pixels of all pictures of one file: making one small takes about 50 ns each.
const maxPictureWork = 600_000_000

// pictureTaker makes the pictures of a document fit before keep gets them, until they are too much work or ctx ends.
func pictureTaker(ctx context.Context, keep func(media.File) (string, error)) exchange.KeepPicture {
	left := maxPictureWork
	return func(p exchange.File) (string, error) {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		if left -= media.Pixels(p.Data); left < 0 {
			return "", faults.New(faults.TooLarge, "Gambar di berkas ini terlalu banyak atau terlalu besar. Perkecil gambarnya di Word (Kompres Gambar), atau bagi berkasnya.", "The pictures of this file are too many or too large. Make them smaller in Word (Compress Pictures), or split the file.")
		}
		m, err := media.Take(p.Data)
		if err != nil {
			return "", err
		}
		return keep(m)
	}
}

// noteAlike adds to the report which items say nearly the same as one before them in the file, or as one that a bank of the version has.
func (r *ItemsRead) noteAlike(file string, have []grading.Item) {
	all := append(slices.Clone(have), r.Bank.Items...)
	for _, p := range grading.Alike(all) {
		i := p.B - len(have)
		if i < 0 || all[p.A].Code == all[p.B].Code {
			continue
		}
		r.Report = append(r.Report, exchange.Mistake{File: file, Line: r.Bank.Lines[i], Item: i + 1, Weight: exchange.Hint,
			Text: texts.T(fmt.Sprintf("Hampir sama dengan soal %s.", all[p.A].Code), fmt.Sprintf("Nearly the same as item %s.", all[p.A].Code))})
	}
}

// bankItems are the items of a bank of a version as they are stored; none when the version has no such bank.
func (s *Service) bankItems(ctx context.Context, v *Version, bank string) ([]grading.Item, error) {
	ref, ok := v.Content.Bank(bank)
	if !ok {
		return nil, nil
	}
	b, err := s.bank(ctx, ref.Bank)
	if err != nil {
		return nil, err
	}
	out := make([]grading.Item, len(b.Items))
	for i, it := range b.Items {
		x, err := s.item(ctx, it.Item)
		if err != nil {
			return nil, err
		}
		out[i] = x.Item
	}
	return out, nil
}

// TakeItems puts items into a bank of a draft, all of them or none: they join what it holds, and one with an id that is there already becomes its next
// version; with replace the bank holds only them afterwards. A bank that is not there is begun. Invalid names each item that is not right, such as one without
// a key. Errors and revision as for Revise. Safe to call twice: the same items change nothing more.
func (s *Service) TakeItems(ctx context.Context, a access.Actor, version VersionID, revision int64, bank string, items []grading.Item, replace bool) (VersionDoc, error) {
	if _, err := s.authoring(ctx, a, version); err != nil {
		return VersionDoc{}, err
	}
	if len(items) == 0 {
		return VersionDoc{}, faults.New(faults.Invalid, "Tidak ada soal untuk diambil.", "There are no items to take.")
	}
	wrong := faults.New(faults.Invalid, "Ada soal yang belum dapat disimpan. Tidak ada yang berubah.", "Some items cannot be stored yet. Nothing was changed.")
	for i, it := range items {
		if err := grading.CheckError(it); err != nil {
			t := faults.Of(err).Text
			wrong.With(fmt.Sprintf("items[%d]", i), t.ID, t.EN)
		}
	}
	if len(wrong.Fields) > 0 {
		return VersionDoc{}, wrong
	}
	v, err := s.versions.Get(ctx, version)
	if err != nil {
		return VersionDoc{}, err
	}
	if revision == 0 { // what is merged below is merged with what was read here
		revision = v.Value.Edits + 1
	}
	var all []grading.Item
	if !replace {
		if all, err = s.bankItems(ctx, &v.Value, bank); err != nil {
			return VersionDoc{}, err
		}
	}
	for _, it := range items {
		if i := slices.IndexFunc(all, func(x grading.Item) bool { return x.Code == it.Code }); i >= 0 {
			all[i] = it
		} else {
			all = append(all, it)
		}
	}
	return s.WriteBank(ctx, a, version, revision, bank, all)
}

// ItemFileOf is a bank as a file.
type ItemFileOf struct {
	Name, MediaType string
	Data            []byte
	Lost            exchange.Report // what the format has no place for
}

// Template is the name under which ExportItems gives the empty table to fill in.
const Template = "template"

// ExportItems writes a bank of a version in a format, for authors and reviewers: it holds the keys. NotFound for an unknown format; Invalid, naming each, when the
// format cannot say some of the items.
func (s *Service) ExportItems(ctx context.Context, a access.Actor, version VersionID, bank, format string) (ItemFileOf, error) {
	items, err := s.Items(ctx, a, version, bank)
	name := bank
	if format == Template {
		if v, missing := s.Version(ctx, a, version); err != nil && (missing != nil || v.State != Draft) {
			return ItemFileOf{}, err
		}
		items, format, name, err = nil, string(exchange.XLSX), "templat-soal", nil
	}
	if err != nil {
		return ItemFileOf{}, err
	}
	for i := range items {
		items[i].ID, items[i].Version, items[i].Key = "", 0, 0
	}
	for _, f := range exchange.WrittenFormats() {
		if string(f.Format) == format {
			var b bytes.Buffer
			lost, err := exchange.Write(&b, f.Format, items, func(name string) ([]byte, error) { return s.fileData(ctx, name) })
			return ItemFileOf{name + f.Ends, f.MediaType, b.Bytes(), lost}, err
		}
	}
	return ItemFileOf{}, faults.New(faults.NotFound, "Format ini tidak ada.", "There is no such format.")
}

func errBankCode() error {
	return faults.OnField("banks.code", "Kode bank berisi huruf, angka, dan tanda hubung, paling banyak 30.", "A bank code has letters, digits and hyphens, at most 30.")
}
