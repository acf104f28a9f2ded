package people

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// PostDifference is a post that a synchronised file names and that is not applied with it: why, and what an admin needs to appoint or relieve by hand.
type PostDifference struct {
	Row      int        `json:"row"`
	Person   ID         `json:"person,omitempty"` // "" for somebody whom the same file registers
	Said     string     `json:"said,omitempty"`   // the file's name of the post; "" when the file names none
	Have     PositionID `json:"have,omitempty"`   // the definitive post that is registered
	Position PositionID `json:"position,omitempty"`
	Since    civil.Date `json:"since,omitempty"`
	Why      texts.Text `json:"why"`
}

// maxPosts bounds the list in the plan's document.
const maxPosts = 500

// syncPosts compares the posts a file names with the registered definitive ones. A difference is applied with the row when it is certain: the post is
// one of the person's unit (by code, or by a name that one post of the unit has), the file tells since when, and no other definitive appointment
// contradicts. What is not certain is listed with the reason. Plt, Plh and Pj stay as they are: such files name definitive posts.
func (d *draft) syncPosts(ctx context.Context, sh *sheets.Sheet) error {
	column := d.Fields["post"]
	if column == "" && d.Fields["post_code"] == "" || len(d.errs) > 0 {
		return nil
	}
	if column == "" {
		column = d.Fields["post_code"]
	}
	at := map[int]int{}
	for i, r := range d.rows {
		at[r.N] = i
	}
	find, seats, day := postFinder{s: d.s}, map[PositionID]int{}, d.s.today()
	for _, row := range sh.Rows {
		said, code := d.cellText(sh, row, "post"), d.cellText(sh, row, "post_code")
		i, planned := at[row.N]
		var p Person
		known := !planned || d.rows[i].Print != ""
		switch {
		case planned && known:
			var err error
			if p, err = d.s.person(ctx, ID(d.rows[i].Target)); err != nil {
				return err
			}
		case planned:
			p = Person{Details: *d.rows[i].Work.Details}
		default:
			var err error
			if p, err = d.s.LookByNIP(ctx, sh.Text(row, d.Fields["nip"])); errors.Is(err, faults.NotFound) {
				continue
			} else if err != nil {
				return err
			}
		}
		if string(p.ID) == d.By && d.By != "" || d.left[p.ID] {
			continue
		}
		after := p.Details
		if planned && d.rows[i].Work.Details != nil {
			after = *d.rows[i].Work.Details
		}
		have, holds := p.Post(day)
		if said == "" && code == "" {
			if holds {
				d.postDiffers(row.N, column, PostDifference{Person: p.ID, Have: have.Position, Why: texts.T("Berkas tidak menyebut jabatan. Akhiri bila memang sudah tidak dijabat.", "The file names no position. End it if it is no longer held.")}, "")
			}
			continue
		}
		old := ""
		if holds {
			pos, err := d.s.position(ctx, have.Position)
			if err != nil {
				return err
			}
			if texts.Fold(pos.Name) == texts.Fold(said) || code != "" && codeKey(code) == codeKey(pos.Code) {
				continue
			}
			old = pos.Name
		}
		diff := PostDifference{Person: p.ID, Said: shorten(cmp.Or(said, code), 150), Have: have.Position}
		pos, why, err := find.post(ctx, after.Unit, said, code)
		if err != nil {
			return err
		}
		diff.Position = pos.ID
		since, noDate := d.postSince(sh, row)
		if diff.Since = since; why == nil {
			why = noDate
		}
		in := Appointment{Position: pos.ID, Unit: pos.Unit, Kind: Definitif, Since: diff.Since}
		if why == nil {
			if _, err := appoint(p.Appointments, in); err != nil {
				t := faults.Of(err).Text
				why = &t
			}
		}
		if why != nil {
			diff.Why = *why
			d.postDiffers(row.N, column, diff, old)
			continue
		}
		if !planned {
			same := p.Details
			d.Counts[RowSame]--
			d.add(ImportRow{N: row.N, What: RowChanged, Label: p.Name, Target: string(p.ID), Print: personPrint(p), Work: &rowWork{NIP: p.NIP(), Details: &same}})
			i = len(d.rows) - 1
		}
		r := &d.rows[i]
		r.Work.Appointments, r.Work.Posts = []Appointment{in}, postsPrint(p)
		r.Changes = append(r.Changes, Change{Field: "post", Old: old, New: pos.Name + " (" + string(in.Since) + ")"})
		if in.On(day) {
			if seats[pos.ID]++; holds {
				seats[have.Position]--
			}
		}
	}
	return d.warnSeats(ctx, seats)
}

// cellText is the text that fills a field, "" when no column does.
func (d *draft) cellText(sh *sheets.Sheet, row sheets.Row, field string) string {
	if d.Fields[field] == "" {
		return ""
	}
	return sh.Text(row, d.Fields[field])
}

// postDiffers lists a post that is not applied, for the page with its button and for everybody else as a warning.
func (d *draft) postDiffers(n int, column string, x PostDifference, have string) {
	x.Row = n
	if d.PostN++; len(d.Posts) < maxPosts {
		d.Posts = append(d.Posts, x)
	}
	if x.Said == "" {
		d.warns.Add(n, column, x.Why.ID, x.Why.EN)
		return
	}
	if have == "" {
		have = "–"
	}
	d.warns.Add(n, column, "Jabatan di berkas ("+x.Said+") berbeda dari yang terdaftar ("+have+") dan tidak diterapkan: "+x.Why.ID,
		"The position in the file ("+x.Said+") differs from the registered one ("+have+") and is not applied: "+x.Why.EN)
}

// postSince reads since when the post is held; why says what is missing.
func (d *draft) postSince(sh *sheets.Sheet, row sheets.Row) (since civil.Date, why *texts.Text) {
	say := func(id, en string) *texts.Text { t := texts.T(id, en); return &t }
	if d.Fields["post_since"] == "" {
		return "", say("berkas tidak memuat TMT jabatan.", "the file has no column for the start of the appointment.")
	}
	since, err := sheets.Date(sh.Cell(row, d.Fields["post_since"]))
	if err != nil {
		return "", say("TMT jabatan di berkas tidak terbaca.", "the start of the appointment cannot be read.")
	}
	if since == "" {
		return "", say("TMT jabatan di berkas kosong.", "the start of the appointment is empty.")
	}
	return since, nil
}

// postFinder finds our position for one of the source.
type postFinder struct {
	s     *Service
	names map[string][]Position // by folded name
}

// post answers the position that a person of a unit holds according to a file. why is not nil when it is not certain; the position is then a suggestion, if any.
func (f *postFinder) post(ctx context.Context, unit UnitID, said, code string) (Position, *texts.Text, error) {
	say := func(id, en string) *texts.Text { t := texts.T(id, en); return &t }
	if code != "" {
		p, err := f.s.PositionByCode(ctx, code)
		switch {
		case err == nil && p.Closed:
			return Position{}, say("jabatan dengan kode itu sudah ditutup.", "the position of this code is closed."), nil
		case err == nil && p.Unit != unit:
			return p, say("jabatan dengan kode itu ada di unit lain.", "the position of this code is in another unit."), nil
		case err == nil:
			return p, nil, nil
		case !errors.Is(err, faults.NotFound):
			return Position{}, nil, err
		}
	}
	key := texts.Fold(said)
	all, known := f.names[key]
	if words := searchWords(said); !known && len(words) > 0 {
		docs, err := f.s.positions.Gather(ctx, storage.Query{Index: "posts", Term: "word:" + words[0]})
		if err != nil {
			return Position{}, nil, err
		}
		for _, d := range docs {
			if !d.Value.Closed && texts.Fold(d.Value.Name) == key {
				all = append(all, positionOf(d))
			}
		}
		if f.names == nil {
			f.names = map[string][]Position{}
		}
		f.names[key] = all
	}
	here := slices.DeleteFunc(slices.Clone(all), func(p Position) bool { return p.Unit != unit })
	switch {
	case len(here) == 1:
		return here[0], nil, nil
	case len(here) > 1:
		return Position{}, say("ada beberapa jabatan bernama itu di unit ini; pilih yang benar.", "several positions of this unit have that name; choose the right one."), nil
	case len(all) == 1:
		return all[0], say("jabatan bernama itu ada di unit lain.", "the position of that name is in another unit."), nil
	case len(all) > 1:
		return Position{}, say("jabatan bernama itu tidak ada di unit ini, hanya di unit lain.", "no position of this unit has that name, only of others."), nil
	}
	return Position{}, say("tidak ada jabatan terdaftar dengan nama itu.", "no registered position has that name."), nil
}

// withPost notes in the trail that a row also appoints.
func withPost(r ImportRow) string {
	if len(r.Work.Appointments) > 0 && r.Work.Details != nil {
		return ", post"
	}
	return ""
}
