package people_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
)

func table(t *testing.T, csv string) *sheets.Sheet {
	t.Helper()
	s, err := sheets.Read("uji.csv", strings.NewReader(csv), sheets.Options{})
	must(t, err)
	return s
}

func file(t *testing.T, name string) *sheets.Sheet {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "demo", filepath.FromSlash(name)))
	must(t, err)
	defer f.Close()
	s, err := sheets.Read(name, f, sheets.Options{})
	must(t, err)
	return s
}

func (c *city) load(kind people.ImportKind, sh *sheets.Sheet) people.Import {
	c.t.Helper()
	p, err := c.RunImport(c.ctx, root, people.ImportInput{Kind: kind, Name: string(kind), Sheet: sh}, nil)
	if err != nil {
		c.t.Fatalf("%s: %v", kind, err)
	}
	if p.State != people.ImportDone || p.Done != p.Todo || p.Left != 0 {
		c.t.Fatalf("%s: %+v", kind, p)
	}
	return p
}

// demo loads the register of the demo city.
func (c *city) demo() {
	c.t.Helper()
	for _, k := range []people.ImportKind{people.ImportUnits, people.ImportPositions, people.ImportPeople, people.ImportAppointments, people.ImportRoles} {
		c.load(k, file(c.t, "city/"+string(k)+".csv"))
	}
}

func (c *city) count(f people.PersonFilter) int {
	c.t.Helper()
	n := 0
	for {
		p, err := c.Persons(c.ctx, root, f)
		must(c.t, err)
		n += len(p.Items)
		if !p.More {
			return n
		}
		f.After = p.Next
	}
}

func TestTheDemoCityLoadsAndLoadingItAgainChangesNothing(t *testing.T) {
	c := newCity(t)
	c.clock.t = time.Date(2026, 9, 1, 3, 0, 0, 0, time.UTC)
	c.demo()
	rows := len(file(t, "city/people.csv").Rows)
	if n := c.count(people.PersonFilter{}); n != rows || rows < 50 {
		t.Errorf("%d people registered of %d", n, rows)
	}
	contract := c.count(people.PersonFilter{Status: people.PPPK}) + c.count(people.PersonFilter{Status: people.PPPKPartTime})
	if share := 100 * contract / rows; share < 55 || share > 60 {
		t.Errorf("%d %% of the demo city are PPPK, which is no picture of a city", share)
	}
	for _, r := range file(t, "city/people.csv").Rows {
		if serial := r.Cells[0].Text[15:]; serial < "900" {
			t.Errorf("row %d: the number of an invented person has the serial %s", r.N, serial)
		}
	}
	loket, err := c.LookByNIP(c.ctx, "199512122025211933")
	must(t, err)
	if boss, err := c.Derive(c.ctx, root, loket.ID); err != nil || boss.Person.ID == "" || boss.Person.ID == loket.ID {
		t.Errorf("supervised by %q: %v", boss.Person.Name, err)
	}
	kominfo, err := c.UnitByCode(c.ctx, "DISKOMINFO")
	must(t, err)
	if !loket.In(kominfo.ID) || len(loket.Path) < 2 {
		t.Errorf("path %v", loket.Path)
	}
	for _, k := range []people.ImportKind{people.ImportUnits, people.ImportPositions, people.ImportPeople, people.ImportAppointments, people.ImportRoles} {
		p := c.load(k, file(t, "city/"+string(k)+".csv"))
		if p.Todo != 0 {
			t.Errorf("%s again: %+v", k, p.Counts)
		}
	}
	for _, name := range c.db.Collections() {
		due, err := c.db.Ready(c.ctx, name, c.clock.Now().Add(time.Hour), 100)
		if err != nil {
			t.Fatal(err)
		}
		if name == people.Collection { // the other rooms are to follow, once each
			if len(due) != 60 {
				t.Errorf("%d people are due to spread, want 60", len(due))
			}
			for _, d := range due {
				followed := 0
				if err := c.Spread(c.ctx, d.ID, func(context.Context) error { followed++; return nil }); err != nil || followed != 1 {
					t.Errorf("spread: followed %d times, %v", followed, err)
				}
			}
			due, err = c.db.Ready(c.ctx, name, c.clock.Now().Add(time.Hour), 100)
		}
		if err != nil || len(due) != 0 {
			t.Errorf("%s left undone: %v %v", name, due, err)
		}
	}
}

const unitsCSV = "code,name,kind,parent,head_position\nKOTA,Kota,pemda,,\nDINAS,Dinas,dinas,KOTA,KADIS\n"

func TestARefusedFileListsEveryErrorAndChangesNothing(t *testing.T) {
	c := newCity(t)
	c.load(people.ImportUnits, table(t, unitsCSV))
	c.load(people.ImportPositions, table(t, "code,name,kind,jenjang,eselon,class,unit,seats,standard\nKADIS,Kepala Dinas,struktural,jpt_pratama,II.b,14,DINAS,1,\n"))
	c.person(nipBudi, "Budi", "DINAS")
	for _, x := range []struct {
		kind people.ImportKind
		csv  string
		want []string // "row column"
	}{
		{people.ImportUnits, "code,name,kind,parent\nA,,dinas,KOTA\nB,B,toko,KOTA\nB,B,dinas,KOTA\nC,C,bidang,NOWHERE\nX,X,bidang,Y\nY,Y,bidang,X\nR,Kedua,pemda,\n",
			[]string{"2 name", "3 kind", "4 code", "5 parent", "6 parent", "7 parent", "8 parent"}},
		{people.ImportPositions, "code,name,kind,jenjang,unit,seats,class\nP,P,struktural,ahli_muda,DINAS,1,9\nQ,Q,pelaksana,pelaksana,NOWHERE,0,x\n",
			[]string{"2 jenjang", "3 class", "3 seats", "3 unit"}},
		{people.ImportPeople, "nip,name,status,unit,email,rank,contract_end\n" +
			nipAni + ",Ani,PNS,DINAS,ani@contoh.example,III/c,\n" +
			"1990010120200129,Pendek,PNS,DINAS,,,\n" +
			nipAni + ",Ani,PNS,DINAS,,,\n" +
			nipDewi + ",Dewi,PNS,DINAS,,,\n" +
			nipCitra + ",Citra,PNS,NOWHERE,,,\n" +
			nipEko + ",,PNS,DINAS,ani@contoh.example,IX,31/31/2026\n" +
			"198501012012011902,Budi,PNS,DINAS,,,\n",
			[]string{"3 nip", "4 nip", "5 status", "6 unit", "7 contract_end", "7 name", "7 rank", "8 nip"}},
		{people.ImportAppointments, "nip,position,unit,kind,since\n" + nipAni + ",KADIS,DINAS,definitif,2020-01-01\n" + nipBudi + ",KADISS,DINAS,definitif,2020-01-01\n" + nipBudi + ",KADIS,DINAS,tetap,kemarin\n" + nipBudi + ",KADIS,DINAS,tetap,2020-01-01\n",
			[]string{"2 nip", "3 position", "4 since", "5 kind"}},
		{people.ImportRoles, "nip,role,unit\n" + nipBudi + ",raja,\n" + nipBudi + ",auditor,NOWHERE\n", []string{"2 role", "3 unit"}},
	} {
		before := c.count(people.PersonFilter{})
		p, err := c.CheckImport(c.ctx, root, people.ImportInput{Kind: x.kind, Name: "uji", Sheet: table(t, x.csv)})
		must(t, err)
		var got []string
		for _, e := range p.Errors {
			got = append(got, strings.TrimSpace(fmt.Sprintf("%d %s", e.Row, e.Column)))
			for _, nip := range []string{nipAni, nipBudi, nipDewi, nipCitra, nipEko} {
				if strings.Contains(e.Text.ID+e.Text.EN, nip) {
					t.Errorf("%s: the error shows a NIP: %s", x.kind, e.Text.EN)
				}
			}
		}
		slices.Sort(got)
		if got = slices.Compact(got); !slices.Equal(got, x.want) {
			t.Errorf("%s: errors at %q, want %q", x.kind, got, x.want)
		}
		if p.State != people.ImportRefused || !errors.Is(p.Err(), faults.Invalid) {
			t.Errorf("%s: %s %v", x.kind, p.State, p.Err())
		}
		if _, err := c.AcceptImport(c.ctx, root, p.ID); !errors.Is(err, faults.Conflict) {
			t.Errorf("%s: a refused plan was accepted: %v", x.kind, err)
		}
		if n := c.count(people.PersonFilter{}); n != before {
			t.Errorf("%s: a refused plan changed the register", x.kind)
		}
	}
	_, err := c.CheckImport(c.ctx, root, people.ImportInput{Kind: people.ImportPeople, Sheet: table(t, "nomor,nama\n1,a\n")})
	wants(t, err, faults.Invalid)
	ani := c.person(nipAni, "Ani", "DINAS")
	_, err = c.CheckImport(c.ctx, as(ani), people.ImportInput{Kind: people.ImportUnits, Sheet: table(t, unitsCSV)})
	wants(t, err, faults.NotFound)
}

func TestDryRunStoresNothing(t *testing.T) {
	c := newCity(t)
	p, err := c.RunImport(c.ctx, root, people.ImportInput{Kind: people.ImportUnits, Sheet: table(t, unitsCSV), DryRun: true}, nil)
	if err != nil || p.Counts[people.RowNew] != 2 {
		t.Errorf("%+v %v", p, err)
	}
	list, err := c.Imports(c.ctx, root, storage.Cursor{}, 0)
	if err != nil || len(list.Items) != 0 {
		t.Error("a dry run is listed", err)
	}
	if _, err := c.UnitByCode(c.ctx, "KOTA"); !errors.Is(err, faults.NotFound) {
		t.Error(err)
	}
}

func TestANewNumberInAFileKeepsThePerson(t *testing.T) {
	c := newCity(t)
	c.load(people.ImportUnits, table(t, unitsCSV))
	dewi := c.person(nipDewi, "Dewi Ayu", "DINAS")
	const header = "nip,name,status,unit,previous_nip,status_since\n"
	const fresh = "199501012026032904"
	p, err := c.CheckImport(c.ctx, root, people.ImportInput{Kind: people.ImportPeople, Sheet: table(t, header+fresh+",Dewi AYU,PNS,DINAS,,2026-03-01\n")})
	if err != nil || p.State != people.ImportRefused || !strings.Contains(p.Errors[0].Text.EN, "904") {
		t.Fatalf("a second Dewi was let in: %+v %v", p, err)
	}
	c.load(people.ImportPeople, table(t, header+fresh+",Dewi Ayu,PNS,DINAS,"+nipDewi+",2026-03-01\n"))
	got, err := c.LookByNIP(c.ctx, fresh)
	if err != nil || got.ID != dewi.ID || len(got.Identities) != 2 || got.Identities[0].To != "2026-02-28" {
		t.Errorf("%+v %v", got, err)
	}
	c.load(people.ImportPeople, table(t, header+"199501012026032905,Dewi Ayu,PNS,DINAS,-,2026-03-01\n"))
	if n := c.count(people.PersonFilter{}); n != 2 {
		t.Errorf("%d people", n)
	}
}

func TestARowChangedSinceTheCheckIsLeftAndListed(t *testing.T) {
	c := newCity(t)
	c.load(people.ImportUnits, table(t, unitsCSV))
	ani := c.person(nipAni, "Ani", "DINAS")
	c.person(nipBudi, "Budi", "DINAS")
	p, err := c.CheckImport(c.ctx, root, people.ImportInput{Kind: people.ImportPeople, Sheet: table(t, "nip,name,status,unit\n"+nipAni+",Ani Baru,PNS,DINAS\n"+nipBudi+",Budi Baru,PNS,DINAS\n")})
	must(t, err)
	d := ani.Details
	d.Name = "Ani Disunting"
	_, err = c.EditPerson(c.ctx, root, ani.ID, 0, d, "")
	must(t, err)
	_, err = c.AcceptImport(c.ctx, root, p.ID)
	must(t, err)
	must(t, c.ApplyImport(c.ctx, p.ID))
	must(t, c.ApplyImport(c.ctx, p.ID))
	p, err = c.ShowImport(c.ctx, root, p.ID)
	if err != nil || p.State != people.ImportDone || p.Done != 2 || p.Left != 1 {
		t.Errorf("%+v %v", p, err)
	}
	rows, _, err := c.ImportRows(c.ctx, root, p.ID, 0)
	must(t, err)
	if rows[0].Left == nil || rows[0].N != 2 || rows[1].Left != nil {
		t.Errorf("%+v", rows)
	}
	trail, err := c.db.WithTrail(c.ctx, "register_imports", 10)
	if err != nil || !slices.ContainsFunc(trail, func(w storage.Waiting) bool { return w.ID == p.ID && w.Trail[0].Verb == "import" }) {
		t.Errorf("no audit entry of the import: %+v %v", trail, err)
	}
	if after, _ := c.Look(c.ctx, ani.ID); after.Name != "Ani Disunting" {
		t.Error(after.Name)
	}
}

// The process dies at ever later writes, each time before or after the write reaches the disk, and another one carries on: a file of new people, then one
// that changes all of them.
func TestAnAcceptedImportIsFinishedAfterAnyCrash(t *testing.T) {
	c, e := mortal(t)
	c.load(people.ImportUnits, table(t, unitsCSV))
	const rows = 130
	csv := func(name, domain string) *sheets.Sheet {
		var b strings.Builder
		b.WriteString("nip,name,status,unit,email\n")
		for i := range rows {
			fmt.Fprintf(&b, "199001012020%02d1%03d,%s %c%c,PNS,DINAS,p%d@%s\n", 1+i/100, 900+i%100, name, 'A'+rune(i/26), 'A'+rune(i%26), i, domain)
		}
		return table(t, b.String())
	}
	for round, sh := range []*sheets.Sheet{csv("Pegawai", "contoh.example"), csv("Aparatur", "kota.example")} {
		p, err := c.CheckImport(c.ctx, root, people.ImportInput{Kind: people.ImportPeople, Sheet: sh})
		must(t, err)
		must(t, p.Err())
		_, err = c.AcceptImport(c.ctx, root, p.ID)
		must(t, err)
		died := 0
		for n := int64(1); ; n++ {
			e.CrashAt(n*5+1, crashes[n%2])
			err := c.ApplyImport(c.ctx, p.ID)
			if e.Dead() {
				died++
			} else if err != nil {
				t.Fatal(err)
			}
			e.Revive()
			now, err := c.ShowImport(c.ctx, root, p.ID)
			must(t, err)
			if now.State == people.ImportDone {
				if now.Done != rows || now.Left != 0 {
					t.Errorf("round %d: %+v", round, now)
				}
				break
			}
		}
		if died < 10 {
			t.Errorf("only %d crashes", died)
		}
		if n := c.count(people.PersonFilter{}); n != rows {
			t.Errorf("%d people of %d rows", n, rows)
		}
		if n := c.count(people.PersonFilter{Query: []string{"pegawai", "aparatur"}[round]}); n != rows {
			t.Errorf("round %d: %d of %d rows came through", round, n, rows)
		}
		// each row written once: one audit entry per person and file
		trails, err := c.db.WithTrail(c.ctx, "people", 1000)
		must(t, err)
		for _, w := range trails {
			if len(w.Trail) != round+1 {
				t.Errorf("round %d: %d entries on one person", round, len(w.Trail))
			}
		}
		if f, err := c.Examine(c.ctx, false); err != nil || len(f) != 0 {
			t.Errorf("round %d: the register disagrees with itself: %+v %v", round, f, err)
		}
	}
}

func TestSyncPreviewsAndApplies(t *testing.T) {
	for _, name := range []string{"people_files/siasn_export.csv", "people_files/siasn_export_utf8_bom.csv"} {
		t.Run(name, func(t *testing.T) {
			c := newCity(t)
			c.clock.t = time.Date(2026, 9, 1, 3, 0, 0, 0, time.UTC)
			c.demo()
			in := people.ImportInput{Kind: people.ImportSync, Name: name, Sheet: file(t, name), Source: "SIASN"}
			p, err := c.CheckImport(c.ctx, root, in)
			must(t, err)
			must(t, p.Err())
			if p.Counts[people.RowNew] != 1 || p.Counts[people.RowChanged] != 1 || p.Counts[people.RowMoved] != 1 || p.Counts[people.RowVanished] != 1 || p.Counts[people.RowSame] != 9 {
				rows, _, _ := c.ImportRows(c.ctx, root, p.ID, 0)
				t.Fatalf("%v\n%+v", p.Counts, rows)
			}
			if want := []string{"nik", "agama", "alamat", "npwpNomor"}; !slices.Equal(p.Dropped, want) {
				t.Errorf("dropped %v", p.Dropped)
			}
			yusran, err := c.LookByNIP(c.ctx, "199208172023211930")
			must(t, err)
			p, err = c.RunImport(c.ctx, root, in, nil)
			must(t, err)
			if p.Left != 0 || p.Done != 4 {
				t.Errorf("%+v", p)
			}
			if yusran, err = c.Look(c.ctx, yusran.ID); err != nil || yusran.Gone == nil || yusran.Gone.Source != "SIASN" || yusran.InService("2026-09-01") {
				t.Errorf("%+v %v", yusran, err)
			}
			if n := c.count(people.PersonFilter{Gone: true}); n != 1 {
				t.Errorf("%d vanished", n)
			}
			dimas, err := c.LookByNIP(c.ctx, "199402262022211927")
			if err != nil || dimas.TitleAfter != "S.Kom., M.Kom." {
				t.Errorf("%+v %v", dimas, err)
			}
			// the same file next month: nothing to do, and nobody vanishes twice
			p, err = c.RunImport(c.ctx, root, in, nil)
			if err != nil || p.ID == "" || p.Todo != 0 {
				t.Errorf("%v %v", p.Counts, err)
			}
			// nothing of the dropped columns is kept anywhere
			for _, coll := range c.db.Collections() {
				after := ""
				for {
					rs, err := c.db.Engine().Slice(c.ctx, coll, after, 500)
					must(t, err)
					for _, r := range rs {
						after = r.ID
						for _, secret := range []string{"9999000000", "agama-contoh", "Jl. Contoh", "99.999.999"} {
							if strings.Contains(string(r.Body), secret) {
								t.Errorf("%s/%s keeps %q", coll, r.ID, secret)
							}
						}
					}
					if len(rs) < 500 {
						break
					}
				}
			}
		})
	}
}

func TestSyncRefusesWhatExcelSpoiled(t *testing.T) {
	c := newCity(t)
	c.load(people.ImportUnits, table(t, unitsCSV))
	p, err := c.CheckImport(c.ctx, root, people.ImportInput{Kind: people.ImportSync, Source: "SIASN", Sheet: table(t, "nipBaru;nama;jenisPegawai;unorId\n1,99001E+17;Ani;PNS;DINAS\n")})
	must(t, err)
	if p.State != people.ImportRefused || p.Errors[0].Column != "nipBaru" || !strings.Contains(p.Errors[0].Text.EN, "15 digits") {
		t.Errorf("%+v", p.Errors)
	}
	// the workbook itself: the first row is text, the second a number cell, as Excel makes of what is typed
	f := excelize.NewFile()
	must(t, f.SetSheetRow("Sheet1", "A1", &[]any{"nipBaru", "nama", "jenisPegawai", "unorId"}))
	must(t, f.SetSheetRow("Sheet1", "A2", &[]any{nipAni, "Ani", "PNS", "DINAS"}))
	must(t, f.SetSheetRow("Sheet1", "A3", &[]any{199001012020011000, "Budi", "PNS", "DINAS"}))
	var book bytes.Buffer
	must(t, f.Write(&book))
	sheet, err := sheets.Read("siasn.xlsx", &book, sheets.Options{})
	must(t, err)
	p, err = c.CheckImport(c.ctx, root, people.ImportInput{Kind: people.ImportSync, Source: "SIASN", Sheet: sheet})
	must(t, err)
	if p.State != people.ImportRefused || len(p.Errors) != 1 || p.Errors[0].Row != 3 || p.Errors[0].Column != "nipBaru" || !strings.Contains(p.Errors[0].Text.ID, "15 digit") || !strings.Contains(p.Errors[0].Text.ID, "Text") {
		t.Errorf("%+v", p.Errors)
	}
}

func TestSyncRemembersItsMapping(t *testing.T) {
	c := newCity(t)
	c.load(people.ImportUnits, table(t, unitsCSV))
	sheet := func() *sheets.Sheet {
		return table(t, "No Induk;Orang;Jenis;Kantor;Agama\n"+nipAni+";Ani;PNS;0A1B;x\n")
	}
	in := people.ImportInput{Kind: people.ImportSync, Source: "Simpeg Lama", Sheet: sheet()}
	_, err := c.CheckImport(c.ctx, root, in)
	wants(t, err, faults.Invalid)
	in.Fields = map[string]string{"nip": "No Induk", "name": "Orang", "status": "Jenis", "unit": "Kantor", "education_field": "Agama"}
	_, err = c.CheckImport(c.ctx, root, in)
	wants(t, err, faults.Invalid) // nobody maps religion onto anything
	delete(in.Fields, "education_field")
	p, err := c.CheckImport(c.ctx, root, in)
	must(t, err)
	if p.State != people.ImportRefused || !slices.Equal(p.Unknown, []string{"0A1B"}) || len(p.Errors) != 1 {
		t.Fatalf("%+v", p)
	}
	in.Units = map[string]string{"0A1B": "DINAS"}
	_, err = c.RunImport(c.ctx, root, in, nil)
	must(t, err)
	// next month only the file
	p, err = c.RunImport(c.ctx, root, people.ImportInput{Kind: people.ImportSync, Source: "simpeg lama", Sheet: sheet()}, nil)
	if err != nil || p.Counts[people.RowSame] != 1 {
		t.Errorf("%+v %v", p, err)
	}
}

func TestAFileOfOnePartLeavesTheRestAlone(t *testing.T) {
	c := newCity(t)
	c.load(people.ImportUnits, table(t, "code,name,kind,parent\nKOTA,Kota,pemda,\nDINKES,Dinas Kesehatan,dinas,KOTA\nPKM1,Puskesmas Satu,puskesmas,DINKES\nPKM2,Puskesmas Dua,puskesmas,DINKES\n"))
	c.person(nipAni, "Ani", "PKM1")
	c.person(nipBudi, "Budi", "PKM1")
	c.person(nipCitra, "Citra", "PKM2")
	c.person(nipEko, "Eko", "DINKES")
	in := people.ImportInput{Kind: people.ImportSync, Source: "Puskesmas", Sheet: table(t, "nip,nama,status,unit\n"+nipAni+",Ani,PNS,PKM1\n"), DryRun: true}
	p, err := c.CheckImport(c.ctx, root, in)
	if err != nil || p.Counts[people.RowVanished] != 1 {
		t.Errorf("%v %v", p.Counts, err)
	}
	in.Sheet = table(t, "nip,nama,status,unit\n"+nipAni+",Ani,PNS,PKM1\n"+nipCitra+",Citra,PNS,PKM2\n")
	p, err = c.CheckImport(c.ctx, root, in)
	if err != nil || p.Counts[people.RowVanished] != 2 {
		t.Errorf("two parts of one agency cover it: %v %v", p.Counts, err)
	}
	// rows of two agencies say nothing about a third, although all three hang below the city
	c.load(people.ImportUnits, table(t, "code,name,kind,parent\nDISHUB,Perhubungan,dinas,KOTA\nDISDIK,Pendidikan,dinas,KOTA\n"))
	c.person("199001012020011906", "Fani", "DISHUB")
	c.person("199001012020011907", "Gani", "DISDIK")
	in.Sheet = table(t, "nip,nama,status,unit\n"+nipAni+",Ani,PNS,PKM1\n"+nipBudi+",Budi,PNS,PKM1\n199001012020011906,Fani,PNS,DISHUB\n")
	p, err = c.CheckImport(c.ctx, root, in)
	if err != nil || p.Counts[people.RowVanished] != 0 {
		t.Errorf("two agencies: %v %v", p.Counts, err)
	}
}

func TestImportersDoNotWriteThemselves(t *testing.T) {
	c := newCity(t)
	c.load(people.ImportUnits, table(t, unitsCSV))
	ani := c.person(nipAni, "Ani", "DINAS")
	c.person(nipBudi, "Budi", "DINAS")
	me := as(ani, access.Grant{Role: "training_admin"})
	p, err := c.RunImport(c.ctx, me, people.ImportInput{Kind: people.ImportPeople, Sheet: table(t, "nip,name,status,unit,rank\n"+nipAni+",Ani,PNS,DINAS,IV/e\n"+nipBudi+",Budi,PNS,DINAS,III/a\n")}, nil)
	if err != nil || p.Done != 1 || len(p.Warnings) != 1 {
		t.Errorf("%+v %v", p, err)
	}
	p, err = c.CheckImport(c.ctx, me, people.ImportInput{Kind: people.ImportRoles, Sheet: table(t, "nip,role\n"+nipAni+",marker\n"+nipBudi+",system_admin\n"+nipBudi+",marker\n")})
	if err != nil || len(p.Errors) != 2 {
		t.Errorf("%+v %v", p.Errors, err)
	}
	b, _ := json.Marshal(p)
	if strings.Contains(string(b), nipAni) {
		t.Error("a NIP in the plan's head")
	}
}

func TestWaitingImportsAreGivenUp(t *testing.T) {
	c := newCity(t)
	p, err := c.CheckImport(c.ctx, root, people.ImportInput{Kind: people.ImportUnits, Sheet: table(t, unitsCSV)})
	must(t, err)
	c.clock.Add(7*24*time.Hour + time.Second)
	_, err = c.Tidy(c.ctx)
	must(t, err)
	p, err = c.ShowImport(c.ctx, root, p.ID)
	if err != nil || p.State != people.ImportCancelled {
		t.Errorf("%+v %v", p, err)
	}
	if rows, _, err := c.ImportRows(c.ctx, root, p.ID, 0); err != nil || len(rows) != 0 {
		t.Error("its rows are kept", err)
	}
}
