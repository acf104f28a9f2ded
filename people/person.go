package people

import (
	"crypto/sha256"
	"encoding/hex"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// Status is what kind of civil servant somebody is.
type Status string

// The statuses (UU 20/2023; part-time PPPK by KepmenPANRB 16/2025).
const (
	CPNS         Status = "CPNS"
	PNS          Status = "PNS"
	PPPK         Status = "PPPK"
	PPPKPartTime Status = "PPPK_PARUH_WAKTU"
)

// Statuses lists all of them.
var Statuses = []Status{CPNS, PNS, PPPK, PPPKPartTime}

// PPPK says whether the status is one of the contract statuses.
func (s Status) PPPK() bool { return s == PPPK || s == PPPKPartTime }

// Text names a status for people.
func (s Status) Text() texts.Text {
	switch s {
	case CPNS:
		return texts.T("CPNS", "Civil servant candidate (CPNS)")
	case PNS:
		return texts.T("PNS", "Permanent civil servant (PNS)")
	case PPPK:
		return texts.T("PPPK", "Contract civil servant (PPPK)")
	case PPPKPartTime:
		return texts.T("PPPK Paruh Waktu", "Part-time contract civil servant")
	}
	return texts.T(string(s), string(s))
}

// LegalPosition is the kedudukan hukum, in SIASN's codes.
type LegalPosition string

// The codes in use. Only Active may be recommended for placement.
const (
	Active      LegalPosition = "01"
	UnpaidLeave LegalPosition = "02" // CLTN
	StudyLeave  LegalPosition = "03" // tugas belajar
	Suspended   LegalPosition = "04" // pemberhentian sementara
	Disciplined LegalPosition = "15"
	PrePension  LegalPosition = "20" // MPP
	Retired     LegalPosition = "99"
)

// LegalPositions names every code.
var LegalPositions = map[LegalPosition]texts.Text{
	Active:      texts.T("Aktif", "Active"),
	UnpaidLeave: texts.T("Cuti di luar tanggungan negara", "Unpaid leave"),
	StudyLeave:  texts.T("Tugas belajar", "Study leave"),
	Suspended:   texts.T("Pemberhentian sementara", "Suspended"),
	Disciplined: texts.T("Menjalani hukuman disiplin", "Under disciplinary measure"),
	PrePension:  texts.T("Masa persiapan pensiun", "Preparing for retirement"),
	Retired:     texts.T("Pensiun", "Retired"),
}

// Educations lists the levels of education from low to high. D4 ranks with S1.
var Educations = []string{"SD", "SMP", "SLTA", "D1", "D2", "D3", "D4", "S1", "S2", "S3"}

// EducationOrder ranks an education level for comparing: SD 1, SMP 2, SLTA 3, D1 4, D2 5, D3 6, D4 and S1 7, S2 8, S3 9; 0 when unknown.
func EducationOrder(level string) int {
	switch i := slices.Index(Educations, level); {
	case i < 0:
		return 0
	case i >= 7:
		return i
	default:
		return i + 1
	}
}

var (
	ranksPNS  = []string{"I/a", "I/b", "I/c", "I/d", "II/a", "II/b", "II/c", "II/d", "III/a", "III/b", "III/c", "III/d", "IV/a", "IV/b", "IV/c", "IV/d", "IV/e"}
	ranksPPPK = []string{"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII"}
)

// RankOrder ranks a golongan for comparing within its own scale: I/a is 1 and IV/e is 17; I is 1 and XVII is 17; 0 when unknown.
// The two scales are not comparable with one another.
func RankOrder(rank string) int {
	if i := slices.Index(ranksPNS, rank); i >= 0 {
		return i + 1
	}
	return slices.Index(ranksPPPK, rank) + 1
}

// Details is what the register holds about a person beside identities and appointments.
type Details struct {
	Name           string        `json:"name"`
	TitleBefore    string        `json:"title_before,omitempty"`
	TitleAfter     string        `json:"title_after,omitempty"`
	Status         Status        `json:"status"`
	LegalPosition  LegalPosition `json:"legal_position"`
	Rank           string        `json:"rank,omitempty"`      // "III/c" for PNS, "IX" for PPPK
	Education      string        `json:"education,omitempty"` // one of Educations
	EducationField string        `json:"education_field,omitempty"`
	Unit           UnitID        `json:"unit,omitempty"`
	Email          string        `json:"email,omitempty"` // lower case; unique
	ContractStart  civil.Date    `json:"contract_start,omitempty"`
	ContractEnd    civil.Date    `json:"contract_end,omitempty"` // last day
	ServiceEnd     civil.Date    `json:"service_end,omitempty"`  // last day of service: BUP or end of contract
	StatusSince    civil.Date    `json:"status_since,omitempty"`
}

// Person is one civil servant: one person keeps one document, account, certificates and hours through every change of number, status, name or unit.
type Person struct {
	ID      ID    `json:"id"`
	Version int64 `json:"-"` // of the document read
	// Edition counts the edits of details, numbers and override, from 1; an edit names the one it was made on. The document's version will not do for
	// that: the chain and other admins' appointments move it while a form is open.
	Edition int64 `json:"edition,omitempty"`
	Details
	Path         []string            `json:"path,omitempty"` // the unit and all units above it, nearest first; kept by SettleUnit
	Identities   []Identity          `json:"identities,omitempty"`
	Appointments []Appointment       `json:"appointments,omitempty"`
	Override     *SupervisorOverride `json:"supervisor,omitempty"`
	Source       string              `json:"source,omitempty"`  // the synchronised source that delivers this person, "" for none
	Gone         *Gone               `json:"gone,omitempty"`    // no longer in that source
	Rejoined     time.Time           `json:"rejoined,omitzero"` // when they came back into service through somebody who may not grant their roles: those from before have ended
	Fence        int64               `json:"fence,omitempty"`   // see seat.go
	Stamp        string              `json:"stamp,omitempty"`   // the import row that wrote it last, so that a repeated row changes nothing
	Void         bool                `json:"void,omitempty"`    // a place that was reserved and given up; it never becomes a person
}

// Gone notes that a person vanished from the source that used to deliver them. Nobody is ever deleted.
type Gone struct {
	Source string     `json:"source"`
	Since  civil.Date `json:"since"`
}

// NIP is the number in use now, "" when there is none.
func (p Person) NIP() NIP {
	for _, i := range p.Identities {
		if i.To == "" {
			return i.Number
		}
	}
	return ""
}

// Masked shows the last three digits of the number in use.
func (p Person) Masked() string { return p.NIP().Masked() }

// DisplayName is the name with titles: "Dr. Hamonangan Siralaga, M.Si.".
func (p Person) DisplayName() string {
	n := p.Name
	if p.TitleBefore != "" {
		n = p.TitleBefore + " " + n
	}
	if p.TitleAfter != "" {
		n += ", " + p.TitleAfter
	}
	return n
}

// PPPK says whether the person serves on a contract.
func (p Person) PPPK() bool { return p.Status.PPPK() }

// Thing is the person as something permission is asked for.
func (p Person) Thing() access.Thing {
	return access.Thing{Kind: "person", ID: string(p.ID), Owner: string(p.ID), Units: p.Path}
}

// InService says whether the person works for the city on a day: not retired, not past the end of service, not vanished from the register.
func (p Person) InService(day civil.Date) bool {
	return !p.Void && p.LegalPosition != Retired && p.Gone == nil && (p.ServiceEnd == "" || day <= p.ServiceEnd)
}

// onDuty says whether the person is in service and legally active on a day (kedudukan hukum 01).
func (p Person) onDuty(day civil.Date) bool {
	return p.InService(day) && p.LegalPosition == Active
}

// Born is the birth date behind the number in use: for legal age limits only.
func (p Person) Born() civil.Date { return p.NIP().Born() }

// ServiceSince is the first day of service that any of the person's numbers tells of.
func (p Person) ServiceSince() civil.Date {
	var first civil.Date
	for _, i := range p.Identities {
		if d := i.Number.Since(); first == "" || d < first {
			first = d
		}
	}
	return first
}

// In says whether the person belongs to a unit or to one below it.
func (p Person) In(unit UnitID) bool { return slices.Contains(p.Path, string(unit)) }

var personDef = storage.Def[Person]{Name: "people", Shape: 1, Indexes: []storage.Index[Person]{
	{Name: "register", Of: func(d *storage.Doc[Person]) ([]string, string) {
		p := &d.Value
		if p.Void {
			return nil, ""
		}
		terms := []string{"all", "status:" + string(p.Status), "home:" + string(p.Unit)}
		for _, u := range p.Path {
			terms = append(terms, "unit:"+u)
		}
		for _, a := range p.Appointments {
			terms = append(terms, "position:"+string(a.Position))
		}
		if p.Source != "" {
			terms = append(terms, "source:"+p.Source)
		}
		if n := p.NIP(); n != "" {
			terms = append(terms, "same:"+sameKey(p.Name, n.Born()))
		}
		if room := storage.MaxTerms - len(terms); room > 0 {
			for _, w := range texts.Prefixes(p.Name) {
				if terms = append(terms, "word:"+w); len(terms) == storage.MaxTerms {
					break
				}
			}
		}
		return terms[:min(len(terms), storage.MaxTerms)], personOrder(d)
	}},
}}

func personOrder(d *storage.Doc[Person]) string { return texts.Fold(d.Value.Name) }

// sameKey is equal for two entries that are probably the same human being.
func sameKey(name string, born civil.Date) string {
	h := sha256.Sum256([]byte(texts.Fold(name) + "\x00" + string(born)))
	return hex.EncodeToString(h[:10])
}

// limits of register texts, in characters.
const maxName = 150

var rankPattern = regexp.MustCompile(`^\s*([IVXivx]+)\s*(?:/\s*([A-Ea-e]))?\s*$`)

// clean normalises what was typed or imported: texts.Tidy, ranks written "III/c", e-mail in lower case. Pure.
func (d Details) clean() Details {
	for _, f := range []*string{&d.Name, &d.TitleBefore, &d.TitleAfter, &d.EducationField, &d.Education, &d.Rank, &d.Email} {
		*f = texts.Tidy(*f)
	}
	d.Email = strings.ToLower(d.Email)
	d.Education = strings.ToUpper(d.Education)
	if m := rankPattern.FindStringSubmatch(d.Rank); m != nil {
		d.Rank = strings.ToUpper(m[1])
		if m[2] != "" {
			d.Rank += "/" + strings.ToLower(m[2])
		}
	}
	if d.LegalPosition == "" {
		d.LegalPosition = Active
	}
	return d
}

// check says everything that is wrong with the details, given the number in use. Pure.
func (d Details) check(n NIP) []faults.Field {
	var e faults.Error
	text := func(path, v string, required bool) {
		switch {
		case required && v == "":
			e.With(path, "Wajib diisi.", "This is required.")
		case !utf8.ValidString(v):
			e.With(path, "Tulisan rusak: simpan berkas sebagai UTF-8 lalu coba lagi.", "The text is broken: save the file as UTF-8 and try again.")
		case utf8.RuneCountInString(v) > maxName:
			e.With(path, "Terlalu panjang: paling banyak 150 huruf.", "Too long: at most 150 characters.")
		case strings.ContainsFunc(v, unshowable):
			e.With(path, "Ada karakter yang tidak dapat ditampilkan. Ketik ulang isiannya.", "It holds a character that cannot be shown. Type it again.")
		}
	}
	text("name", d.Name, true)
	if d.Name != "" && !strings.ContainsFunc(d.Name, unicode.IsLetter) {
		e.With("name", "Nama harus berisi huruf.", "A name has letters.")
	}
	text("title_before", d.TitleBefore, false)
	text("title_after", d.TitleAfter, false)
	text("education_field", d.EducationField, false)
	if !slices.Contains(Statuses, d.Status) {
		e.With("status", "Status harus CPNS, PNS, PPPK, atau PPPK_PARUH_WAKTU.", "The status is CPNS, PNS, PPPK or PPPK_PARUH_WAKTU.")
	} else if n != "" && d.Status.PPPK() != (n.Kind() == KindNI) {
		e.With("status", "Status tidak cocok dengan NIP: angka 13-14 menunjukkan "+map[bool]string{true: "PPPK", false: "PNS"}[n.Kind() == KindNI]+".",
			"The status does not match the NIP: its digits 13-14 say "+map[bool]string{true: "PPPK", false: "PNS"}[n.Kind() == KindNI]+".")
	}
	if _, ok := LegalPositions[d.LegalPosition]; !ok {
		e.With("legal_position", "Kedudukan hukum harus 01, 02, 03, 04, 15, 20, atau 99.", "The legal position is 01, 02, 03, 04, 15, 20 or 99.")
	}
	if d.Rank != "" {
		scale, example := ranksPNS, "III/c"
		if d.Status.PPPK() {
			scale, example = ranksPPPK, "IX"
		}
		if !slices.Contains(scale, d.Rank) {
			e.With("rank", "Golongan tidak dikenal untuk status ini. Contoh: "+example+".", "Unknown rank for this status. Example: "+example+".")
		}
	}
	if d.Education != "" && EducationOrder(d.Education) == 0 {
		e.With("education", "Pendidikan harus salah satu dari "+strings.Join(Educations, ", ")+".", "The education is one of "+strings.Join(Educations, ", ")+".")
	}
	if d.Email != "" {
		if a, err := mail.ParseAddress(d.Email); err != nil || a.Address != d.Email || len(d.Email) > 200 {
			e.With("email", "Alamat surel tidak benar. Periksa penulisannya, misalnya nama@kota.go.id.", "This is no e-mail address. Check it, for example name@city.go.id.")
		}
	}
	for _, f := range []struct {
		path string
		v    civil.Date
	}{{"contract_start", d.ContractStart}, {"contract_end", d.ContractEnd}, {"service_end", d.ServiceEnd}, {"status_since", d.StatusSince}} {
		if f.v != "" && !f.v.Valid() {
			e.With(f.path, "Tanggal harus TTTT-BB-HH dan benar ada, misalnya 2026-03-31.", "A date is YYYY-MM-DD and must exist, for example 2026-03-31.")
		}
	}
	if (d.ContractStart != "" || d.ContractEnd != "") && !d.Status.PPPK() {
		e.With("contract_start", "Tanggal kontrak hanya untuk PPPK.", "Contract dates are for PPPK only.")
	}
	if d.ContractStart != "" && d.ContractEnd != "" && d.ContractEnd < d.ContractStart {
		e.With("contract_end", "Akhir kontrak mendahului awalnya.", "The contract ends before it starts.")
	}
	return e.Fields
}

func invalid(fields []faults.Field) error {
	if len(fields) == 0 {
		return nil
	}
	e := faults.New(faults.Invalid, "Isian belum benar: "+fields[0].Text.ID, "The input is not right: "+fields[0].Text.EN)
	e.Fields = fields
	return e
}
