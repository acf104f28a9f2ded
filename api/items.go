package api

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
)

// ItemImport says what a file of items holds and what became of it.
type ItemImport struct {
	Format    string       `json:"format" enum:"yaml,xlsx,csv,text,docx,kahoot,gift,moodle,aiken" doc:"As found in the content"`
	Stored    bool         `json:"stored" doc:"The items are in the bank; false after a check"`
	Taken     int          `json:"taken" doc:"Items that are not refused"`
	Changed   int          `json:"changed" doc:"Of these: something of them has no place here and is lost"`
	Uncertain int          `json:"uncertain" doc:"Of these: a person has to look, such as at a key that is missing or was guessed"`
	Refused   int          `json:"refused" doc:"Items, and places of the file of which no item could be made"`
	Keyless   []string     `json:"keyless" maxItems:"1000" nullable:"false" doc:"Codes of items that have no key; give them one with key, or leave them out"`
	Mute      []string     `json:"mute" maxItems:"1000" nullable:"false" doc:"Names of pictures without an alternative text; give it with alt, or later in the editor"`
	Entries   []ItemReport `json:"entries" maxItems:"1000" nullable:"false" doc:"The first 1,000"`
	EntriesIn int          `json:"entries_in" doc:"How many entries there are in all"`
	Revision  int64        `json:"revision,omitempty" doc:"Of the draft, once they are stored"`
}

// ItemReport is one entry of the report on a file of items.
type ItemReport struct {
	Line    int    `json:"line,omitempty" doc:"Line, paragraph or row of the file; missing when the file as a whole is meant"`
	Item    string `json:"item,omitempty" doc:"Code of the item it is about"`
	Weight  string `json:"weight" enum:"refused,uncertain,changed,hint"`
	Message string `json:"message" doc:"What it is and what to do"`
}

func showItemImport(ctx context.Context, r courses.ItemsRead) ItemImport {
	t := r.Bank.Tally(r.Report)
	v := ItemImport{Format: string(r.Bank.Format), Taken: t.Taken, Changed: t.Changed, Uncertain: t.Uncertain, Refused: t.Refused, Keyless: []string{}, Mute: []string{}, Entries: []ItemReport{}, EntriesIn: len(r.Report)}
	weights, ready := r.Bank.Weights(r.Report), r.Ready()
	for i, it := range r.Bank.Items {
		if weights[i] != exchange.Refused && !ready[i] && len(v.Keyless) < 1000 {
			v.Keyless = append(v.Keyless, it.Code)
		}
	}
	mute := exchange.PicturesOf(r.Bank.Taken(r.Report), true)
	v.Mute = append(v.Mute, mute[:min(len(mute), 1000)]...)
	for _, m := range r.Report[:min(len(r.Report), 1000)] {
		e := ItemReport{Line: m.Line, Weight: string(m.Weight), Message: m.Text.In(visit.From(ctx).Lang)}
		if m.Item > 0 {
			e.Item = r.Bank.Items[m.Item-1].Code
		}
		v.Entries = append(v.Entries, e)
	}
	return v
}

// ItemExport is what a format would make of a bank.
type ItemExport struct {
	Format  string     `json:"format" enum:"yaml,xlsx,csv,gift,moodle,aiken"`
	Name    texts.Text `json:"name"`
	Ends    string     `json:"ends" doc:"Of its files" example:".gift"`
	Refused []ItemLoss `json:"refused" maxItems:"1000" nullable:"false" doc:"Items it cannot say at all; with any, the file is refused"`
	Lost    []ItemLoss `json:"lost" maxItems:"1000" nullable:"false" doc:"What is left out of each item"`
}

// ItemLoss is what a format cannot carry of an item.
type ItemLoss struct {
	Code string     `json:"code" doc:"Of the item"`
	Text texts.Text `json:"text"`
}

func showItemExport(f courses.FormatOf) ItemExport {
	v := ItemExport{string(f.Format), f.Name, f.Ends, []ItemLoss{}, []ItemLoss{}}
	for _, x := range f.Refused[:min(len(f.Refused), storage.MaxList)] {
		v.Refused = append(v.Refused, ItemLoss(x))
	}
	for _, x := range f.Lost[:min(len(f.Lost), storage.MaxList)] {
		v.Lost = append(v.Lost, ItemLoss(x))
	}
	return v
}

var keyLetters = regexp.MustCompile(`^(-|[a-t]{1,20})$`)

func (s *server) items(r *gin.Engine) {
	handle(s, operation{Method: http.MethodPost, Path: "/versions/{id}/banks/{bank}/items", ID: "importItems", Tag: "authoring", Max: maxImport,
		Summary: "Put the items of a file into a bank of a draft, all of them or none; the file is the body as it is: items.yaml, XLSX, CSV, Word, plain text, GIFT, Moodle XML, Aiken or Kahoot, told apart by content. Check first: the answer is the same report"},
		func(ctx context.Context, in *struct {
			VersionPath
			Bank      string   `path:"bank" maxLength:"30"`
			Name      string   `query:"name" maxLength:"200" doc:"Of the file, for the report"`
			Check     bool     `query:"check" doc:"Say what would be taken and store nothing"`
			Objective string   `query:"objective" maxLength:"30" doc:"For items that name none; without it they are refused"`
			Replace   bool     `query:"replace" doc:"The bank holds only these items afterwards"`
			Partial   bool     `query:"partial" doc:"Take the others although some were refused"`
			Revision  int64    `query:"revision" minimum:"0" doc:"Of the draft that was read; 0 takes it as it is"`
			Keys      []string `query:"key,explode" maxItems:"1000" doc:"Of an item without a key: code=letters of the right options, or code=- to leave it out" example:"bank-004=c"`

			Alts []string `query:"alt,explode" maxItems:"300" doc:"Of a picture without an alternative text: name=what one sees"`

			RawBody []byte `contentType:"application/octet-stream"`
		}) (*body[ItemImport], error) {
			if longDigits.MatchString(in.Name) {
				return nil, faults.OnField("name", "Nama berkas memuat angka panjang yang mungkin NIP. Ganti namanya.", "The file's name holds a long number that may be a NIP. Rename it.")
			}
			keys, err := pairs("key", in.Keys)
			if err != nil {
				return nil, err
			}
			alts, err := pairs("alt", in.Alts)
			if err != nil {
				return nil, err
			}
			a := visit.Actor(ctx)
			read, err := s.Courses.ReadItems(ctx, a, in.ID, in.Bank, courses.ItemFile{Name: in.Name, Data: in.RawBody, Objective: in.Objective, Check: in.Check})
			if err != nil {
				return nil, err
			}
			v := showItemImport(ctx, read)
			if in.Check {
				return answer(v), nil
			}
			if v.Refused > 0 && !in.Partial {
				e := faults.New(faults.Invalid, "Ada yang ditolak dalam berkas ini. Tidak ada yang disimpan. Perbaiki, atau kirim lagi dengan partial.", "Something in this file is refused. Nothing was stored. Correct it, or send it again with partial.")
				for _, m := range read.Report.Mistakes()[:min(len(read.Report.Mistakes()), 1000)] {
					e.With(strings.TrimPrefix(m.Where(), in.Name+":"), m.Text.ID, m.Text.EN)
				}
				return nil, e
			}
			items, err := withKeys(read, keys)
			if err != nil {
				return nil, err
			}
			for i := range items {
				items[i] = exchange.Described(items[i], alts)
			}
			d, err := s.Courses.TakeItems(ctx, a, in.ID, in.Revision, in.Bank, items, in.Replace)
			if err != nil {
				return nil, err
			}
			v.Stored, v.Revision = true, d.Revision
			return answer(v), nil
		})
	handle(s, operation{Method: http.MethodGet, Path: "/versions/{id}/banks/{bank}/file", ID: "listExports", Tag: "authoring", Summary: "What each format cannot carry of a bank, by item, before it is taken along with exportItems; for authors and reviewers"},
		func(ctx context.Context, in *struct {
			BankPath
			PageInput
		}) (*body[ListOf[ItemExport]], error) {
			all, err := s.Courses.Exports(ctx, visit.Actor(ctx), in.ID, in.Bank)
			if err != nil {
				return nil, err
			}
			return paged(&in.PageInput, all, func(f courses.FormatOf) string { return string(f.Format) }, showItemExport)
		})
	download(s, r, operation{Path: "/versions/{id}/banks/{bank}/file/{format}", ID: "exportItems", Tag: "authoring",
		Summary: "A bank as a file with its keys, for authors and reviewers: yaml (says everything), xlsx, csv, gift, moodle, aiken; template is the empty table. Refused, with each item named, when the format cannot say it"}, "application/octet-stream", func(c *gin.Context) {
		f, err := s.Courses.ExportItems(c.Request.Context(), visit.Actor(c.Request.Context()), c.Param("id"), c.Param("bank"), c.Param("format"))
		if err != nil {
			s.fail(c, err)
			return
		}
		file(c, f.Name, f.MediaType, f.Data)
	})
}

// withKeys are the items that were read, those without a key with the one that was sent along.
func withKeys(read courses.ItemsRead, keys map[string]string) ([]grading.Item, error) {
	var out []grading.Item
	wrong := faults.New(faults.Invalid, "Ada soal tanpa kunci. Tidak ada yang disimpan.", "Some items have no key. Nothing was stored.")
	weights, ready := read.Bank.Weights(read.Report), read.Ready()
	for i, it := range read.Bank.Items {
		if weights[i] == exchange.Refused {
			continue
		}
		if !ready[i] {
			letters := keys[it.Code]
			if letters == "-" {
				continue
			}
			keyed, ok := exchange.Keyed(it, letters)
			if !ok || !keyLetters.MatchString(letters) {
				wrong.With("key", "Soal "+it.Code+" belum punya kunci: kirim key="+it.Code+"=huruf, atau "+it.Code+"=- untuk melewatinya.", "Item "+it.Code+" has no key: send key="+it.Code+"=letters, or "+it.Code+"=- to leave it out.")
			}
			it = keyed
		}
		out = append(out, it)
	}
	if len(wrong.Fields) > 0 {
		return nil, wrong
	}
	return out, nil
}
