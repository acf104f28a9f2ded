package web

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/audit"
	"github.com/apelkota/apel/internal/civil"
	tables "github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/web/browsertest"
)

var formFields = regexp.MustCompile(`(?s)<form class="panel-form.*?</form>`)

// formOf reads the form of a page that posts to an address, as a browser would send it untouched.
func formOf(t *testing.T, page, action string) url.Values {
	t.Helper()
	values := url.Values{}
	for _, form := range formFields.FindAllString(page, -1) {
		if !strings.Contains(form, `action="`+action+`"`) || !strings.Contains(form, `method="post"`) {
			continue
		}
		for _, m := range regexp.MustCompile(`<input[^>]*>`).FindAllString(form, -1) {
			name, value := attribute(m, "name"), attribute(m, "value")
			if kind := attribute(m, "type"); name == "" || (kind == "radio" || kind == "checkbox") && !strings.Contains(m, " checked") {
				continue
			}
			values.Add(name, value)
		}
		for _, m := range regexp.MustCompile(`(?s)<select[^>]*>.*?</select>`).FindAllString(form, -1) {
			value := ""
			if o := regexp.MustCompile(`<option[^>]* selected[^>]*>`).FindString(m); o != "" {
				value = attribute(o, "value")
			}
			values.Add(attribute(m[:strings.Index(m, ">")], "name"), value)
		}
		return values
	}
	t.Fatalf("no form posts to %s: %.800s", action, seen(page))
	return nil
}

func attribute(tag, name string) string {
	m := regexp.MustCompile(` ` + name + `="([^"]*)"`).FindStringSubmatch(tag)
	if m == nil {
		return ""
	}
	return strings.NewReplacer("&amp;", "&", "&#34;", `"`, "&#39;", "'", "&#43;", "+").Replace(m[1])
}

// audited counts the entries of a verb about a document in the audit trail, wherever the mover is with them.
func (r *rig) audited(verb, thing string) int {
	r.t.Helper()
	ctx := context.Background()
	must[int](r.t)(r.Admin.Audit.Move(ctx))
	page := must[storage.Page[audit.Entry]](r.t)(r.Admin.Audit.List(ctx, access.System("test"), audit.Filter{Thing: thing, Limit: storage.MaxPage}))
	n := 0
	for _, e := range page.Docs {
		if e.Value.Verb == verb {
			n++
		}
	}
	return n
}

func (r *rig) look(nip string) people.Person {
	r.t.Helper()
	return must[people.Person](r.t)(r.Rooms.People.LookByNIP(context.Background(), nip))
}

func (r *rig) unitCalled(code string) people.Unit {
	r.t.Helper()
	return must[people.Unit](r.t)(r.Rooms.People.UnitByCode(context.Background(), code))
}

// TestMendingAPerson: a name is mended, a refused form keeps what was typed beside the reason, two admins at once lose nothing, a double post is one edit.
func TestMendingAPerson(t *testing.T) {
	r := newRig(t)
	one, two := r.visitor(), r.visitor()
	one.enters(trainingAdmin)
	two.enters(systemAdmin)
	p := r.look(plain)
	here := personURL(string(p.ID), "ubah")
	one.get(personURL(string(p.ID))).want(t, http.StatusOK, here, personURL(string(p.ID), "nomor"), personURL(string(p.ID), "angkat"))
	first := formOf(t, one.get(here).want(t, http.StatusOK).body, here)
	second := formOf(t, two.get(here).want(t, http.StatusOK).body, here)

	broken := url.Values{}
	for k, v := range first {
		broken[k] = slices.Clone(v)
	}
	broken.Set("name", "Nama Yang Diketik")
	broken.Set("rank", "XL/z")
	a := one.post(here, broken).want(t, http.StatusUnprocessableEntity, "Nama Yang Diketik", `value="XL/z"`, "Golongan tidak dikenal")
	if !strings.Contains(a.body, "Golongan atau pangkat: Golongan tidak dikenal") {
		t.Error("the summary does not name the field")
	}
	if !strings.Contains(a.body, `id="f-rank-error"`) {
		t.Error("the error does not stand beside its field")
	}
	if r.look(plain).Name != p.Name {
		t.Error("the refused form changed the name")
	}

	first.Set("name", "Nama Benar")
	first.Set("why", "ijazah")
	one.post(here, first).leads(t, personURL(string(p.ID)))
	one.post(here, first).leads(t, personURL(string(p.ID))) // the button was pressed twice
	if now := r.look(plain); now.Name != "Nama Benar" || now.Edition != p.Edition+1 {
		t.Errorf("%s, edition %d after %d", now.Name, now.Edition, p.Edition)
	}

	second.Set("education_field", "Administrasi Negara")
	a = two.post(here, second).want(t, http.StatusConflict, "Orang lain menyimpan perubahan", "Nama Benar; diambil ke formulir ini", "Administrasi Negara")
	merged := formOf(t, a.body, here)
	if merged.Get("name") != "Nama Benar" || merged.Get("education_field") != "Administrasi Negara" {
		t.Errorf("the form after a conflict: %v", merged)
	}
	if r.look(plain).EducationField == "Administrasi Negara" {
		t.Error("the overtaken form was stored")
	}
	two.post(here, merged).leads(t, personURL(string(p.ID)))
	if now := r.look(plain); now.Name != "Nama Benar" || now.EducationField != "Administrasi Negara" {
		t.Errorf("%+v", now.Details)
	}
	// both changed the same field: the typed one stays, with a word beside it
	again := formOf(t, one.get(here).body, here)
	other := formOf(t, two.get(here).body, here)
	again.Set("name", "Nama Satu")
	one.post(here, again).leads(t, personURL(string(p.ID)))
	other.Set("name", "Nama Dua")
	a = two.post(here, other).want(t, http.StatusConflict, "Orang lain mengisi Nama Satu", `value="Nama Dua"`)
	if n := r.audited("edit_person", "people/"+string(p.ID)); n == 0 {
		t.Error("no edit stands in the trail")
	}
	r.quiet()
}

// TestNumberChanges: the reason and the tick are asked for; the person stays; the number stands in no address.
func TestNumberChanges(t *testing.T) {
	r := newRig(t)
	v := r.visitor()
	v.enters(trainingAdmin)
	p := r.look(plain)
	here := personURL(string(p.ID), "nomor")
	form := formOf(t, v.get(here).want(t, http.StatusOK, "Akun, sertifikat").body, here)
	const number = "199601282026031929"
	form.Set("nip", number)
	form.Set("status", "PNS")
	form.Set("rank", "III/a")
	form.Del("contract_start")
	form.Del("contract_end")
	v.post(here, form).want(t, http.StatusUnprocessableEntity, "lalu beri centang", number)
	form.Set("confirm", "on")
	v.post(here, form).want(t, http.StatusUnprocessableEntity, "alasan")
	form.Set("why", "SK pengangkatan PNS")
	a := v.post(here, form)
	a.leads(t, personURL(string(p.ID)))
	now := r.look(number)
	if now.ID != p.ID || now.Status != people.PNS || len(now.Identities) != 2 || r.audited("renumber", "people/"+string(p.ID)) != 1 {
		t.Errorf("%+v", now)
	}
	v.post(here, form).leads(t, personURL(string(p.ID)))
	if again := r.look(number); again.Edition != now.Edition {
		t.Error("the same form twice was two edits")
	}
	r.quiet()
}

// TestNumbersChangeAndThePersonStays: a PPPK who signs with a new number and is then made PNS gets in with the new number and the old password; what was
// learned before stays theirs, verifiable and counted, in the year that the new status counts by.
func TestNumbersChangeAndThePersonStays(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	me := r.visitor().enters(plain)
	hours := func() int {
		return must[competencies.HoursYear](t)(r.Rooms.Competencies.HoursOf(ctx, me, me.Person, "")).Counted
	}
	learns := func(number, course string) (jp int) {
		before := hours()
		must[courses.EnrolmentDoc](t)(r.Rooms.Courses.Enrol(ctx, me, courses.EnrolInput{Course: course}))
		jp = must[certificates.Certificate](t)(r.Rooms.Certificates.Look(ctx, certificateID(r.graduate(number, course, 0)))).Record.JP
		r.moved(competencies.StandingsCollection, me.Person, func() bool { return hours() == before+jp })
		return jp
	}
	renumber := func(admin, from, to string, fields map[string]string) {
		t.Helper()
		v := r.visitor()
		v.enters(admin)
		here := personURL(me.Person, "nomor")
		form := formOf(t, v.get(here).want(t, http.StatusOK).body, here)
		form.Set("nip", to)
		form.Set("confirm", "on")
		form.Set("why", "SK baru")
		for field, value := range fields {
			form.Set(field, value)
		}
		v.post(here, form).leads(t, personURL(me.Person))
		r.visitor().post("/masuk", url.Values{"nip": {from}, "password": {password}}).want(t, http.StatusUnprocessableEntity, "tidak cocok")
	}
	// year is the ledger of the year a day falls into.
	year := func(on civil.Date, jp, duty, notice int, contract bool) {
		t.Helper()
		h := must[competencies.HoursYear](t)(r.Rooms.Competencies.HoursOf(ctx, me, me.Person, on))
		if h.Counted != jp || h.Duty != duty || h.Notice != notice || h.Contract != contract {
			t.Errorf("%s: %d JP of %d or %d from %s to %s (contract %v), want %d of %d or %d", on, h.Counted, h.Duty, h.Notice, h.From, h.To, h.Contract, jp, duty, notice)
		}
	}
	// keeps logs in by a number and finds certificates and ledger.
	keeps := func(number string, titles []string, ledger ...string) {
		t.Helper()
		v := r.visitor()
		v.post("/masuk", url.Values{"nip": {number}, "password": {password}}).leads(t, "/")
		if p := r.look(number); string(p.ID) != me.Person {
			t.Fatalf("%s is somebody else", number[12:])
		}
		v.get("/sertifikat").want(t, http.StatusOK, titles...)
		v.get("/jp").want(t, http.StatusOK, ledger...)
		held := must[certificates.Page](t)(r.Rooms.Certificates.Of(ctx, me, me.Person, storage.Cursor{}))
		if len(held.Views) != len(titles) {
			t.Fatalf("%d certificates, want %d", len(held.Views), len(titles))
		}
		for _, c := range held.Views {
			v.get("/sertifikat/"+string(c.ID)).want(t, http.StatusOK, c.Record.Number)
			pdf := v.get("/sertifikat/"+string(c.ID)+"/pdf").want(t, http.StatusOK)
			r.visitor().get("/v/"+c.Record.Code).want(t, http.StatusOK, "Sertifikat ini asli dan berlaku.", c.Record.Number)
			r.visitor().upload("/periksa", "file", "sertifikat.pdf", []byte(pdf.body), nil).want(t, http.StatusOK, "Sertifikat ini asli dan berlaku.", c.Record.Number)
		}
	}
	first := learns(plain, "APEL-103")
	year("", first, 0, 24, true)

	const second, third = "199601282026222929", "199601282027012929"
	renumber(trainingAdmin, plain, second, map[string]string{"contract_start": "2026-11-22", "contract_end": "2031-11-21"})
	keeps(second, []string{"Layanan Tanpa Pungli"}, "Layanan Tanpa Pungli", fmt.Sprintf("%d JP dari 22 November 2026 sampai 21 November 2027.", first))
	year("", first, 0, 24, true)

	both := first + learns(second, "APEL-104")
	year("", both, 0, 24, true)
	r.Pass(4 * 24 * time.Hour)
	renumber(systemAdmin, second, third, map[string]string{"status": "PNS", "rank": "III/a", "contract_start": "", "contract_end": ""})
	keeps(third, []string{"Layanan Tanpa Pungli", "Pelayanan Prima"}, fmt.Sprintf("%d JP dari 1 Januari 2026 sampai 31 Desember 2026. Kewajiban PNS 20 JP setahun: kurang %d.", both, 20-both))
	year("2026-12-31", both, 20, 0, false)
	year("2027-01-01", 0, 20, 0, false)
	if p := r.look(third); len(p.Identities) != 3 || p.Identities[0].Number != plain || p.Identities[0].To != "2026-11-21" || p.Identities[1].To != "2026-11-25" {
		t.Errorf("the history of numbers is %+v", p.Identities)
	}
	r.quiet()
}

// TestAppointing: a Plt. is appointed and relieved; a wrong date comes back beside its field.
func TestAppointing(t *testing.T) {
	r := newRig(t)
	v := r.visitor()
	v.enters(trainingAdmin)
	p, ctx := r.look(plain), context.Background()
	pos := must[people.Position](t)(r.Rooms.People.PositionByCode(ctx, "LURAH-PUSPA"))
	here := personURL(string(p.ID), "angkat")
	form := formOf(t, v.get(here+"?jenis=plt&jabatan="+string(pos.ID)).want(t, http.StatusOK, "LURAH"[:0], pos.Name).body, here)
	if form.Get("position") != string(pos.ID) || form.Get("kind") != "plt" {
		t.Errorf("the form is not filled: %v", form)
	}
	v.post(here, form).want(t, http.StatusUnprocessableEntity, "Tulis dasarnya")
	form.Set("why", "SK 800/1")
	form.Set("until", "2020-01-01")
	v.post(here, form).want(t, http.StatusUnprocessableEntity, "SK 800/1", `value="2020-01-01"`)
	form.Set("until", "")
	for range 2 {
		v.post(here, form).leads(t, personURL(string(p.ID)))
	}
	now := r.look(plain)
	if n := len(now.Appointments) - len(p.Appointments); n != 1 || r.audited("appoint", "people/"+string(p.ID)) != 1 {
		t.Errorf("%d new appointments", n)
	}
	dewiAt := personURL(string(r.look(dewi).ID), "angkat")
	seat := url.Values{"unor": {string(pos.Unit)}, "position": {string(pos.ID)}, "kind": {"plt"}, "since": {"2026-11-23"}, "why": {"SK 800/2"}}
	held := len(r.look(dewi).Appointments)
	form = formOf(t, v.post(dewiAt, seat).want(t, http.StatusOK, "Menurut peraturan", "PP 17/2018", "Tetap angkat", "SK 800/2").body, dewiAt)
	if len(r.look(dewi).Appointments) != held {
		t.Error("somebody is appointed before the warning was read")
	}
	form.Set("since", "2026-11-24")
	form.Set("why", "SK 800/2")
	form = formOf(t, v.post(dewiAt, form).want(t, http.StatusOK, "PP 17/2018").body, dewiAt)
	form.Set("why", "SK 800/2")
	v.post(dewiAt, form).leads(t, strings.TrimSuffix(dewiAt, "/angkat"))
	if len(r.look(dewi).Appointments) != held+1 {
		t.Error("whoever read the warning cannot decide")
	}
	end := personURL(string(p.ID), "akhiri")
	v.get(personURL(string(p.ID))).want(t, http.StatusOK, "Plt. "+pos.Name, end)
	form = formOf(t, v.get(end+"?jenis=plt&jabatan="+string(pos.ID)).want(t, http.StatusOK).body, end)
	form.Set("last", "2020-01-01")
	form.Set("why", "selesai")
	v.post(end, form).want(t, http.StatusUnprocessableEntity, "mendahului TMT", "selesai")
	form.Set("last", string(now.Appointments[len(now.Appointments)-1].Since))
	v.post(end, form).leads(t, personURL(string(p.ID)))
	if r.audited("relieve", "people/"+string(p.ID)) != 1 {
		t.Error("the end leaves no trail")
	}
	v.get(positionURL(pos.ID)).want(t, http.StatusOK, pos.Code)

	boss := r.look(dewi)
	here = personURL(string(p.ID), "atasan")
	form = formOf(t, v.get(here).want(t, http.StatusOK, "menjadi atasan").body, here)
	form.Set("act", "tetapkan")
	form.Set("person", string(boss.ID))
	v.post(here, form).want(t, http.StatusUnprocessableEntity, "Tulis alasannya")
	form.Set("why", "tim lintas unit")
	v.post(here, form).leads(t, personURL(string(p.ID)))
	v.get(personURL(string(p.ID))).want(t, http.StatusOK, "ditetapkan tersendiri")
	form = formOf(t, v.get(here).body, here)
	form.Set("act", "kembali")
	form.Set("why", "tim bubar")
	v.post(here, form).leads(t, personURL(string(p.ID)))
	if r.look(plain).Override != nil || r.audited("set_supervisor", "people/"+string(p.ID)) != 2 {
		t.Error("the override stays, or leaves no trail")
	}
	r.quiet()
}

// TestStructurePages: units and positions are added once however often the button is pressed, renamed, moved with what goes along shown before, and closed only when empty.
func TestStructurePages(t *testing.T) {
	r := newRig(t)
	v := r.visitor()
	boss := v.enters(trainingAdmin)
	ctx := context.Background()
	parent, other := r.unitCalled("DISDUKCAPIL"), r.unitCalled("DINKES")
	form := formOf(t, v.get("/kelola/unor/baru?induk="+string(parent.ID)).want(t, http.StatusOK).body, "/kelola/unor/baru")
	form.Set("name", "Seksi Arsip")
	form.Set("kind", "seksi")
	form.Set("code", "ada spasi")
	v.post("/kelola/unor/baru", form).want(t, http.StatusUnprocessableEntity, "tanpa spasi", "Seksi Arsip")
	form.Set("code", "DINKES")
	v.post("/kelola/unor/baru", form).want(t, http.StatusConflict, "Seksi Arsip", "Kode")
	form.Set("code", "DUKCAPIL-ARSIP")
	var at string
	for range 2 {
		at = v.post("/kelola/unor/baru", form).to
	}
	u := r.unitCalled("DUKCAPIL-ARSIP")
	if at != unitURL(u.ID) || u.Parent != parent.ID || r.audited("add_unit", "units/"+string(u.ID)) != 1 {
		t.Errorf("%s %+v", at, u)
	}
	r.moved("units", string(u.ID), func() bool { // what settles a new unit writes its positions, too
		return must[storage.Envelope](t)(r.DB.Envelope(ctx, "units", string(u.ID))).Due == nil
	})
	form = formOf(t, v.get("/kelola/jabatan/baru?unor="+string(u.ID)).want(t, http.StatusOK).body, "/kelola/jabatan/baru")
	form.Set("code", "KASI-ARSIP")
	form.Set("name", "Kepala Seksi Arsip")
	form.Set("kind", "struktural")
	form.Set("jenjang", "pelaksana")
	form.Set("seats", "satu")
	v.post("/kelola/jabatan/baru", form).want(t, http.StatusUnprocessableEntity, "Isi dengan angka", "Kepala Seksi Arsip")
	form.Set("seats", "1")
	v.post("/kelola/jabatan/baru", form).want(t, http.StatusUnprocessableEntity, "bukan untuk jabatan struktural")
	form.Set("jenjang", "pengawas")
	for range 2 {
		v.post("/kelola/jabatan/baru", form)
	}
	pos := must[people.Position](t)(r.Rooms.People.PositionByCode(ctx, "KASI-ARSIP"))
	if r.audited("add_position", "positions/"+string(pos.ID)) != 1 {
		t.Error("adding a position leaves no trail")
	}
	one := formOf(t, v.get(positionURL(pos.ID, "ubah")).body, positionURL(pos.ID, "ubah"))
	late := formOf(t, v.get(positionURL(pos.ID, "ubah")).body, positionURL(pos.ID, "ubah"))
	one.Set("seats", "2")
	v.post(positionURL(pos.ID, "ubah"), one).leads(t, positionURL(pos.ID))
	late.Set("class", "9")
	a := v.post(positionURL(pos.ID, "ubah"), late).want(t, http.StatusConflict, "Formasi: 1 menjadi 2")
	v.post(positionURL(pos.ID, "ubah"), formOf(t, a.body, positionURL(pos.ID, "ubah"))).leads(t, positionURL(pos.ID))
	if pos, _ = r.Rooms.People.LookPosition(ctx, pos.ID); pos.Seats != 2 || pos.Class != 9 || r.audited("edit_position", "positions/"+string(pos.ID)) != 2 {
		t.Errorf("%+v", pos)
	}

	edit := formOf(t, v.get(unitURL(u.ID, "ubah")).want(t, http.StatusOK, "Kepala Seksi Arsip").body, unitURL(u.ID, "ubah"))
	edit.Set("name", "Seksi Arsip dan Dokumentasi")
	edit.Set("head_position", "KASI-ARSIP")
	for range 2 {
		v.post(unitURL(u.ID, "ubah"), edit).leads(t, unitURL(u.ID))
	}
	edit.Set("name", "Nama Lain")
	v.post(unitURL(u.ID, "ubah"), edit).want(t, http.StatusConflict, "Orang lain menyimpan perubahan", "Nama Lain")

	here := unitURL(parent.ID, "pindah")
	body := v.get(here).want(t, http.StatusOK, "Yang ikut pindah", "Seksi Arsip dan Dokumentasi").body
	if strings.Contains(body, `<option value="`+string(u.ID)) {
		t.Error("a unit is offered a place below itself")
	}
	v.get(here+"?induk=").want(t, http.StatusUnprocessableEntity, "Pilih unit induknya")
	v.get(here+"?induk="+string(u.ID)).want(t, http.StatusConflict, "ke bawah dirinya sendiri")
	would := must[people.Rehoming](t)(r.Rooms.People.PreviewMove(ctx, access.Actor{Person: string(boss.Person), Grants: []access.Grant{{Role: "training_admin"}}}, parent.ID, other.ID))
	if would.Lose+would.Gain+would.Other == 0 {
		t.Fatal("the move changes nobody's supervisor, so the page shows nothing of it")
	}
	body = v.get(here+"?induk="+string(other.ID)).want(t, http.StatusOK, "Atasan yang berubah", would.Changes[0].Who.Name, "Yang ikut pindah").body
	if r.unitCalled("DISDUKCAPIL").Parent == other.ID {
		t.Error("looking moved the unit")
	}
	move := formOf(t, body, here)
	v.post(here, move).want(t, http.StatusUnprocessableEntity, "Tulis alasannya", "Atasan yang berubah", `name="parent" value="`+string(other.ID)+`"`)
	move.Set("why", "Perda 7/2026")
	for range 2 {
		v.post(unitURL(parent.ID, "pindah"), move).leads(t, unitURL(parent.ID))
	}
	r.until("the unit has moved", func() bool { return slices.Contains(r.unitCalled("DUKCAPIL-ARSIP").Ancestors, other.ID) })
	if r.audited("move_unit", "units/"+string(parent.ID)) != 1 {
		t.Error("the move leaves no trail, or two")
	}
	move.Set("parent", string(r.unitCalled("DISDIK").ID))
	v.post(unitURL(parent.ID, "pindah"), move).want(t, http.StatusConflict, "diubah orang lain")

	v.get(unitURL(u.ID, "tutup")).want(t, http.StatusOK, "Yang masih menghalangi", "1 jabatan masih terbuka")
	v.post(unitURL(u.ID, "tutup"), url.Values{"why": {"digabung"}}).want(t, http.StatusConflict, "Yang masih menghalangi")
	v.post(positionURL(pos.ID, "tutup"), url.Values{"why": {""}}).want(t, http.StatusUnprocessableEntity, "Tulis alasannya")
	v.post(positionURL(pos.ID, "tutup"), url.Values{"why": {"digabung"}}).leads(t, positionURL(pos.ID))
	v.get(unitURL(u.ID, "tutup")).want(t, http.StatusOK, "Unit ini kosong")
	v.post(unitURL(u.ID, "tutup"), url.Values{"why": {"digabung"}}).leads(t, unitURL(u.ID))
	if !r.unitCalled("DUKCAPIL-ARSIP").Closed || r.audited("close_unit", "units/"+string(u.ID)) != 1 || r.audited("close_position", "positions/"+string(pos.ID)) != 1 {
		t.Error("closing leaves no trail")
	}
	r.quiet()
}

// TestUnitAdminsPages: their own subtree and nothing else; nobody edits themselves.
func TestUnitAdminsPages(t *testing.T) {
	r := newRig(t)
	v, root := r.visitor(), r.visitor()
	v.enters(unitAdmin)
	root.enters(trainingAdmin)
	ctx := context.Background()
	me, unit := r.look(unitAdmin), r.unitCalled("DISDUKCAPIL")
	var near, far people.Person
	check(t, r.Rooms.People.PeopleIn(ctx, "", func(p people.Person) error {
		switch {
		case p.ID == me.ID || p.ID == r.look(trainingAdmin).ID:
		case p.In(unit.ID):
			near = p
		default:
			far = p
		}
		return nil
	}))
	for _, page := range []string{"ubah", "angkat", "atasan"} {
		v.get(personURL(string(near.ID), page)).want(t, http.StatusOK)
		v.get(personURL(string(far.ID), page)).want(t, http.StatusNotFound)
		v.get(personURL(string(me.ID), page)).want(t, http.StatusForbidden)
	}
	v.get(personURL(string(near.ID), "nomor")).want(t, http.StatusForbidden)
	for _, page := range []string{"/kelola/pegawai/baru", "/kelola/unor/baru", "/kelola/jabatan/baru", unitURL(unit.ID, "ubah"), unitURL(unit.ID, "pindah"), unitURL(unit.ID, "tutup")} {
		if status := v.get(page).status; status != http.StatusForbidden && status != http.StatusNotFound {
			t.Errorf("%s is open to a unit admin: %d", page, status)
		}
	}
	if body := v.get(personURL(string(me.ID))).body; strings.Contains(body, personURL(string(me.ID), "ubah")) || strings.Contains(body, personURL(string(me.ID), "angkat")) {
		t.Error("one's own profile offers to edit oneself")
	}
	here := personURL(string(near.ID), "ubah")
	form := formOf(t, v.get(here).body, here)
	foreign := r.unitCalled("DINKES")
	if strings.Contains(v.get(here).body, `<option value="`+string(foreign.ID)) {
		t.Error("a foreign unit is offered")
	}
	form.Set("unit", string(foreign.ID))
	form.Set("name", "Nama Diketik")
	v.post(here, form).want(t, http.StatusUnprocessableEntity, "di luar wilayah Anda", "Nama Diketik")
	form.Set("unit", string(near.Unit))
	v.post(here, form).leads(t, personURL(string(near.ID)))
	pos := must[people.Position](t)(r.Rooms.People.PositionByCode(ctx, "LURAH-PUSPA"))
	v.post(personURL(string(near.ID), "angkat"), url.Values{"position": {string(pos.ID)}, "kind": {"plt"}, "since": {"2026-11-01"}, "why": {"SK"}}).want(t, http.StatusUnprocessableEntity, "di luar wilayah Anda")
	own := personURL(string(r.look(trainingAdmin).ID), "ubah")
	root.get(own).want(t, http.StatusForbidden)
	root.post(own, url.Values{"edition": {"1"}, "name": {"Saya Sendiri"}, "status": {"PNS"}}).want(t, http.StatusForbidden)
	root.post("/akun", url.Values{"email": {"saya@contoh.example"}, "mail": {"daily"}})
	if got := r.look(trainingAdmin); got.Email != "saya@contoh.example" || got.Name == "Saya Sendiri" {
		t.Errorf("%+v", got.Details)
	}
	r.quiet()
}

// TestAMendedNameIssuesTheCertificate: a name that cannot be printed parks the certificate; the parked list leads to the edit; run again, it is issued.
func TestAMendedNameIssuesTheCertificate(t *testing.T) {
	r := newRig(t)
	v := r.visitor()
	v.enters(systemAdmin)
	ctx, root := context.Background(), access.System("test")
	p := r.look(plain)
	d := p.Details
	d.Name = "Budi 😀 Contohan"
	_, err := r.Rooms.People.EditPerson(ctx, root, p.ID, 0, d, "")
	check(t, err)
	list, _, err := r.Rooms.Courses.Catalogue(ctx, root, courses.CatalogueFilter{})
	check(t, err)
	i := slices.IndexFunc(list, func(l courses.Listed) bool { return l.Code == "APEL-104" })
	// The course is completed as the chain would have it, in a second view of the same storage.
	db := must[*storage.DB](t)(storage.New(ctx, r.DB.Engine()))
	enrolments := must[*storage.Collection[courses.Enrolment]](t)(storage.Open(ctx, db, storage.Def[courses.Enrolment]{Name: courses.EnrolmentsCollection, Shape: 1}))
	id := string(p.ID) + ".APEL-104.1"
	_, err = enrolments.Upsert(ctx, id, func(e *storage.Doc[courses.Enrolment]) error {
		e.Value = courses.Enrolment{Person: string(p.ID), Course: "APEL-104", Version: list[i].Head, Cycle: 1, State: courses.Completed, How: courses.BySelf, By: string(p.ID), Since: r.Now(),
			Done: &courses.Done{On: "2026-11-22", At: r.Now(), Attempt: id + ".post.1", Score: 90000}}
		e.Due = storage.NewDue(courses.CertifyStep, r.Now())
		return nil
	})
	check(t, err)
	edit := personURL(string(p.ID), "ubah")
	r.until("the work is seen", func() bool { return strings.Contains(v.get("/kelola/pekerjaan").body, edit) })
	v.get("/kelola/pekerjaan").want(t, http.StatusOK, "tidak dapat dicetak pada sertifikat", "Perbaiki data pegawai")
	form := formOf(t, v.get(edit).want(t, http.StatusOK).body, edit)
	form.Set("name", "Budi Contohan")
	v.post(edit, form).leads(t, personURL(string(p.ID)))
	v.post("/kelola/pekerjaan", url.Values{"collection": {courses.EnrolmentsCollection}, "id": {id}, "why": {"nama diperbaiki"}}).leads(t, "/kelola/pekerjaan")
	r.until("the work is done", func() bool {
		found, err := r.Rooms.Certificates.Of(ctx, root, string(p.ID), storage.Cursor{})
		return err == nil && len(found.Views) == 1 && found.Views[0].State == certificates.Issued
	})
	found := must[certificates.Page](t)(r.Rooms.Certificates.Of(ctx, root, string(p.ID), storage.Cursor{}))
	if got := found.Views[0].Record.Name; !strings.Contains(got, "Budi Contohan") || strings.Contains(got, "😀") {
		t.Errorf("issued for %q", got)
	}
}

// TestColumnsOfASyncAreAskedForOnce: columns that are recognised stay chosen while the page asks for the others.
func TestColumnsOfASyncAreAskedForOnce(t *testing.T) {
	r := newRig(t)
	v := r.visitor()
	v.enters(trainingAdmin)
	p := r.look(plain)
	unit := must[people.Unit](t)(r.Rooms.People.LookUnit(context.Background(), p.Unit))
	const here = "/kelola/impor/sinkron"
	file := []byte("NIP;Nama Lengkap;Macam;Tempat\n" + plain + ";" + p.Name + ";PPPK;" + unit.Code + "\n")
	form := formOf(t, v.get(here).want(t, http.StatusOK).body, here)
	form.Set("source", "Daftar dinas")
	body := v.upload(here, "file", "dinas.csv", file, form).want(t, http.StatusUnprocessableEntity, "Pilih kolom untuk status pegawai.", "Pilih lagi berkas yang sama").body
	if form = formOf(t, body, here); form.Get("field.nip") != "NIP" || form.Get("field.status") != "" || form.Get("source") != "Daftar dinas" {
		t.Fatalf("%v", form)
	}
	form.Set("field.name", "Nama Lengkap")
	form.Set("field.status", "Macam")
	form.Set("field.unit", "Tempat")
	if to := v.upload(here, "file", "dinas.csv", file, form).to; !strings.HasPrefix(to, "/kelola/impor/") {
		t.Fatalf("leads to %q", to)
	}
}

// TestPostsOfASyncOnItsPage: what is not applied says why and leads to a form that is filled.
func TestPostsOfASyncOnItsPage(t *testing.T) {
	r := newRig(t)
	v := r.visitor()
	v.enters(trainingAdmin)
	ctx := context.Background()
	p := r.look(plain)
	pos := must[people.Position](t)(r.Rooms.People.PositionByCode(ctx, "LURAH-PUSPA"))
	unit := must[people.Unit](t)(r.Rooms.People.LookUnit(ctx, p.Unit))
	sheet := must[*tables.Sheet](t)(tables.Read("siasn.csv", strings.NewReader("nipBaru,nama,jenisPegawai,unorId,jabatanNama,tmtJabatan\n"+plain+","+p.Name+",PPPK,"+unit.Code+","+pos.Name+",2026-03-01\n"), tables.Options{}))
	plan := must[people.Import](t)(r.Rooms.People.CheckImport(ctx, access.System("test"), people.ImportInput{Kind: people.ImportSync, Name: "siasn.csv", Source: "SIASN", Sheet: sheet}))
	check(t, plan.Err())
	body := v.get("/kelola/impor/"+plan.ID).want(t, http.StatusOK, "Jabatan yang tidak diterapkan", "ada di unit lain", html.EscapeString(p.DisplayName())).body
	link := regexp.MustCompile(`href="(/kelola/pegawai/[^"]*angkat\?[^"]*)"`).FindStringSubmatch(body)
	if link == nil {
		t.Fatal("no way to appoint")
	}
	here := personURL(string(p.ID), "angkat")
	form := formOf(t, v.get(strings.ReplaceAll(link[1], "&amp;", "&")).want(t, http.StatusOK).body, here)
	if form.Get("position") != string(pos.ID) || form.Get("since") != "2026-03-01" || form.Get("kind") != "definitif" {
		t.Fatalf("%v", form)
	}
	form.Set("why", "SK 12")
	v.post(here, form).leads(t, personURL(string(p.ID)))
	v.get("/kelola/impor/"+plan.ID).want(t, http.StatusOK, "Sudah sesuai")
}

// TestRegisterStory: mend a name, appoint a Plt., move a unit, at both sizes, every page looked at.
func TestRegisterStory(t *testing.T) {
	tell(t, func(s *story) {
		r, t, ctx := s.rig, s.t, context.Background()
		s.login(trainingAdmin)
		p := r.look(plain)
		home := personURL(string(p.ID))
		s.look("register-profil", home)
		s.p.Leave(func() { s.p.Click(`a[href="` + home + `/ubah"]`) })
		s.see("register-ubah")
		browsertest.Eval[string](s.p, `document.querySelector("[name=name]").value = ""`)
		browsertest.Eval[bool](s.p, `document.querySelector(".panel-form").noValidate = true`)
		s.p.Leave(func() { s.p.Click(`main .panel-form .btn-primary`) })
		s.see("register-ubah-ditolak")
		s.p.Type("[name=name]", "Nama Benar Contohan")
		s.p.Leave(func() { s.p.Click(`main .panel-form .btn-primary`) })
		if text := s.p.Text("main"); !strings.Contains(text, "Nama Benar Contohan") || !strings.Contains(text, "disimpan") {
			t.Errorf("the name is not mended: %s", text)
		}
		s.look("register-nomor", home+"/nomor")
		s.look("register-atasan", home+"/atasan")
		pos := must[people.Position](t)(r.Rooms.People.PositionByCode(ctx, "LURAH-PUSPA"))
		s.look("register-angkat", home+"/angkat?jenis=plt&jabatan="+string(pos.ID))
		s.says("Menurut peraturan", "PP 17/2018")
		s.p.Type("[name=why]", "SK 800/12")
		s.submit(`main .panel-form .btn-danger`)
		s.see("register-diangkat")
		if text := s.p.Text("main"); !strings.Contains(text, "Plt. "+pos.Name) {
			t.Errorf("nobody is appointed: %s", text)
		}
		unit, to := r.unitCalled("DISDUKCAPIL"), r.unitCalled("DINKES")
		s.look("register-unit", unitURL(unit.ID))
		s.p.Leave(func() { s.p.Click(`a[href="` + unitURL(unit.ID, "pindah") + `"]`) })
		s.see("register-pindah")
		s.choose("[name=induk]", string(to.ID))
		s.submit(`main .panel-form .btn-primary`)
		s.see("register-pindah-akibat")
		s.says("Atasan yang berubah", "Yang ikut pindah")
		s.p.Type("[name=why]", "Perda 7/2026")
		s.p.Leave(func() { s.p.Click(`main .panel-form .btn-primary`) })
		s.see("register-dipindah")
		if got := r.unitCalled("DISDUKCAPIL"); got.Parent != to.ID {
			t.Errorf("the unit stands below %s: %s", got.Parent, s.p.Text("main"))
		}
		s.look("register-unit-tutup", unitURL(unit.ID, "tutup"))
		s.look("register-unit-ubah", unitURL(unit.ID, "ubah"))
		s.look("register-jabatan", positionURL(pos.ID))
		s.look("register-jabatan-ubah", positionURL(pos.ID, "ubah"))
		s.look("register-jabatan-baru", "/kelola/jabatan/baru")
		s.look("register-pegawai-baru", "/kelola/pegawai/baru")
	})
}
