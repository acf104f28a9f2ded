package placement

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage/sets"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/people"
)

// Post is a position as rules and ranking see it.
type Post struct {
	ID       string
	Code     string
	Name     string
	Kind     string // struktural, fungsional, pelaksana
	Jenjang  string
	Standard string // code of its competency standard, "" for none
	Unit     string
	Units    []string // the unit and all above it
	Seats    int
	Vacant   int // seats without a definitif holder
}

// Facts are the dated legal facts of a person that eligibility rules may ask for. There is no place in it for sex, birth date, NIP, religion,
// marital status or disability, and none for anything that ranks.
type Facts struct {
	Status            string     // CPNS, PNS, PPPK, PPPK_PARUH_WAKTU
	LegalPosition     string     // kedudukan hukum, 01 is active
	ServiceSince      civil.Date // first day of service
	ServiceEnd        civil.Date // last day of service or contract, "" unknown
	LatestAppointment []AgeLimit // per age limit of the rules
	Education         string     // SD ... S3
	EducationField    string     // field of the last degree
	Rank              string     // III/c or IX
	Posts             []PostHeld // posts on record, now and before
	Trainings         []string   // titles of training on record
}

// AgeLimit turns an age limit into a date: the last day on which an appointment keeps it.
type AgeLimit struct {
	Limit int // whole years on the day of appointment
	Last  civil.Date
}

// PostHeld is a definitif post over a time.
type PostHeld struct {
	Kind    string
	Jenjang string
	Since   civil.Date
	Until   civil.Date // last day, "" while held
}

// Rule is one dated legal limit. Values by kind of rule: see demo/city/README.md; each is checked when the set is published.
type Rule struct {
	Code      string     `json:"code"`
	AppliesTo string     `json:"applies_to"` // "*", "kind:struktural", "jenjang:jpt_pratama", "standard:LURAH"; several separated by spaces
	Rule      RuleKind   `json:"rule"`
	Value     string     `json:"value"`
	Law       string     `json:"law"` // the legal basis, as shown
	From      civil.Date `json:"from"`
	Until     civil.Date `json:"until,omitempty"` // last day, "" has no end
	Text      texts.Text `json:"text"`
}

// RuleKind is what a rule looks at.
type RuleKind string

// The kinds of rules.
const (
	StatusIn             RuleKind = "status_in"                 // codes separated by spaces
	LegalPositionIn      RuleKind = "legal_position_in"         // codes separated by spaces
	MaxAge               RuleKind = "max_age"                   // whole years on the day of appointment
	MinEducation         RuleKind = "min_education"             // lowest level; D4 also admits S1
	MinRank              RuleKind = "min_rank"                  // lowest golongan, compared within its own scale
	MinServiceYears      RuleKind = "min_service_years"         // years; with jenjang codes behind, years in one of those
	NotBelow             RuleKind = "not_below_present"         // jenjang codes from low to high; a post below the present one is refused
	MonthsBeforeEnd      RuleKind = "months_before_service_end" // full months left on the day of appointment
	TrainingInGovernment RuleKind = "training_in_government"    // word in the field of education or in a training's title
)

// RuleKinds lists them.
var RuleKinds = []RuleKind{StatusIn, LegalPositionIn, MaxAge, MinEducation, MinRank, MinServiceYears, NotBelow, MonthsBeforeEnd, TrainingInGovernment}

// Applies says whether the rule is in force on a day and speaks of a post.
func (r Rule) Applies(p Post, on civil.Date) bool {
	if on < r.From || r.Until != "" && on > r.Until {
		return false
	}
	for _, to := range strings.Fields(r.AppliesTo) {
		key, value, _ := strings.Cut(to, ":")
		switch {
		case to == "*", key == "kind" && value == p.Kind, key == "jenjang" && value == p.Jenjang, key == "standard" && value == p.Standard:
			return true
		}
	}
	return false
}

// Outcome is the answer of a rule.
type Outcome string

// The outcomes. A rule that needs more than the register knows answers Unknown, never Met.
const (
	Met     Outcome = "met"
	Unmet   Outcome = "unmet"
	Unknown Outcome = "unknown"
)

// Text names an outcome for people.
func (o Outcome) Text() texts.Text {
	switch o {
	case Met:
		return texts.T("memenuhi", "met")
	case Unmet:
		return texts.T("tidak memenuhi", "not met")
	case Unknown:
		return texts.T("belum diketahui", "not known")
	}
	return texts.T(string(o), string(o))
}

// Verdict is what one rule says of one person for one post.
type Verdict struct {
	Rule    string     `json:"rule"` // code
	Outcome Outcome    `json:"outcome"`
	Law     string     `json:"law"`
	Text    texts.Text `json:"text"`            // the rule
	Why     texts.Text `json:"why,omitzero"`    // how the person stands to it
	Fulfil  texts.Text `json:"fulfil,omitzero"` // how it can be met, empty where nothing helps
}

// Sentence is the verdict in one line: the rule, how the person stands to it, the law.
func (v Verdict) Sentence() texts.Text {
	say := func(l texts.Lang) string {
		return strings.TrimSpace(v.Text.In(l)+" "+v.Why.In(l)) + " (" + v.Law + ")"
	}
	return texts.T(say(texts.ID), say(texts.EN))
}

// Judge asks every rule that applies to a post, in order of code, and says whether all are met. The day is that of the appointment. Pure.
func Judge(rules []Rule, f Facts, p Post, on civil.Date) (Outcome, []Verdict) {
	all := Met
	var out []Verdict
	for _, r := range rules {
		if !r.Applies(p, on) {
			continue
		}
		v := Verdict{Rule: r.Code, Law: r.Law, Text: r.Text}
		v.Outcome, v.Why, v.Fulfil = r.ask(f, p, on)
		switch {
		case v.Outcome == Unmet:
			all = Unmet
		case v.Outcome == Unknown && all == Met:
			all = Unknown
		}
		out = append(out, v)
	}
	return all, out
}

var none texts.Text

func (r Rule) ask(f Facts, p Post, on civil.Date) (o Outcome, why, fulfil texts.Text) {
	switch r.Rule {
	case StatusIn:
		if slices.Contains(strings.Fields(r.Value), f.Status) {
			return Met, none, none
		}
		return Unmet, texts.T("Status kepegawaian: "+label(f.Status)+".", "Status: "+label(f.Status)+"."), none
	case LegalPositionIn:
		if slices.Contains(strings.Fields(r.Value), f.LegalPosition) {
			return Met, none, none
		}
		name := people.LegalPositions[people.LegalPosition(f.LegalPosition)]
		return Unmet, texts.T("Kedudukan hukum: "+f.LegalPosition+" "+name.In(texts.ID)+".", "Legal position: "+f.LegalPosition+" "+name.In(texts.EN)+"."),
			texts.T("Terpenuhi setelah kedudukan hukum kembali aktif.", "Met once the legal position is active again.")
	case MaxAge:
		limit, _ := strconv.Atoi(r.Value)
		for _, a := range f.LatestAppointment {
			if a.Limit != limit || !a.Last.Valid() {
				continue
			}
			if on <= a.Last {
				return Met, none, none
			}
			return Unmet, texts.T("Hari terakhir pengangkatan menurut batas ini: "+a.Last.In(texts.ID)+".", "The last day of appointment under this limit was "+a.Last.In(texts.EN)+"."), none
		}
		return Unknown, texts.T("Data untuk batas usia tidak tercatat.", "What the age limit needs is not on record."), texts.T("Lengkapi data kepegawaian.", "Complete the register.")
	case MinEducation:
		switch have := people.EducationOrder(f.Education); {
		case have == 0:
			return Unknown, texts.T("Pendidikan tidak tercatat.", "Education is not on record."), texts.T("Lengkapi ijazah terakhir di data kepegawaian.", "Enter the last degree in the register.")
		case have >= people.EducationOrder(r.Value):
			return Met, none, none
		}
		return Unmet, texts.T("Pendidikan tercatat: "+f.Education+".", "Education on record: "+f.Education+"."),
			texts.T("Terpenuhi setelah ijazah "+r.Value+" atau lebih tinggi tercatat.", "Met once a degree of "+r.Value+" or higher is on record.")
	case MinRank:
		have, need := people.RankOrder(f.Rank), people.RankOrder(r.Value)
		if have == 0 || strings.Contains(f.Rank, "/") != strings.Contains(r.Value, "/") {
			return Unknown, texts.T("Golongan "+label(f.Rank)+" tidak dapat dibandingkan dengan "+r.Value+".", "The rank "+label(f.Rank)+" cannot be compared with "+r.Value+"."), none
		}
		if have >= need {
			return Met, none, none
		}
		return Unmet, texts.T("Golongan tercatat: "+f.Rank+".", "Rank on record: "+f.Rank+"."), texts.T("Terpenuhi setelah golongan "+r.Value+" tercapai.", "Met once the rank "+r.Value+" is reached.")
	case MinServiceYears:
		return r.serviceYears(f, on)
	case NotBelow:
		ladder := strings.Fields(r.Value)
		present, at := f.present(ladder, on)
		if to := slices.Index(ladder, p.Jenjang); to < 0 || to >= at {
			return Met, none, none
		}
		return Unmet, texts.T("Jenjang jabatan sekarang: "+label(present)+"; jenjang jabatan ini: "+label(p.Jenjang)+".", "Present level: "+label(present)+"; level of this post: "+label(p.Jenjang)+"."), none
	case MonthsBeforeEnd:
		months, _ := strconv.Atoi(r.Value)
		if f.ServiceEnd == "" {
			return Unknown, texts.T("Akhir masa dinas tidak tercatat.", "The end of service is not on record."), texts.T("Lengkapi akhir masa dinas atau kontrak di data kepegawaian.", "Enter the end of service or contract in the register.")
		}
		if on.AddMonths(months) <= f.ServiceEnd.AddDays(1) {
			return Met, none, none
		}
		why = texts.T("Masa dinas atau kontrak berakhir "+f.ServiceEnd.In(texts.ID)+".", "Service or contract ends on "+f.ServiceEnd.In(texts.EN)+".")
		if f.Status == string(people.PPPK) || f.Status == string(people.PPPKPartTime) {
			fulfil = texts.T("Terpenuhi bila perjanjian kerja diperpanjang.", "Met if the contract is extended.")
		}
		return Unmet, why, fulfil
	case TrainingInGovernment:
		word := texts.Fold(r.Value)
		for _, s := range append([]string{f.EducationField}, f.Trainings...) {
			if strings.Contains(texts.Fold(s), word) {
				return Met, none, none
			}
		}
		return Unknown, texts.T("Belum ada ijazah atau pelatihan \""+r.Value+"\" yang tercatat.", "No degree or training in \""+r.Value+"\" is on record."),
			texts.T("Ikuti pelatihannya, lalu catat sertifikatnya di buku JP dan mintakan verifikasi.", "Take the training, enter its certificate in the ledger of hours and have it verified.")
	}
	return Unknown, texts.T("Aturan ini tidak dikenal oleh versi program ini.", "This version of the program does not know this rule."), none
}

// present is the highest post of a ladder of jenjang that is held on a day, with its place there; at is -1 when none is.
func (f Facts) present(ladder []string, on civil.Date) (jenjang string, at int) {
	at = -1
	for _, h := range f.Posts {
		if h.Since > on || h.Until != "" && h.Until < on {
			continue
		}
		if i := slices.Index(ladder, h.Jenjang); i > at {
			jenjang, at = h.Jenjang, i
		}
	}
	return jenjang, at
}

// serviceYears answers min_service_years. The register knows posts from the present one on, so too few known years mean "not known" unless the whole
// service is shorter than what is asked.
func (r Rule) serviceYears(f Facts, on civil.Date) (Outcome, texts.Text, texts.Text) {
	years, jenjangs := splitYears(r.Value)
	if f.ServiceSince.Valid() && f.ServiceSince.AddYears(years) > on {
		return Unmet, texts.T("Masa kerja sejak "+f.ServiceSince.In(texts.ID)+" belum "+strconv.Itoa(years)+" tahun.", "Service since "+f.ServiceSince.In(texts.EN)+" is shorter than "+strconv.Itoa(years)+" years."),
			texts.T("Paling cepat terpenuhi "+f.ServiceSince.AddYears(years).In(texts.ID)+".", "Met on "+f.ServiceSince.AddYears(years).In(texts.EN)+" at the earliest.")
	}
	if len(jenjangs) > 0 {
		days := 0
		for _, h := range f.Posts {
			if !slices.Contains(jenjangs, h.Jenjang) || h.Since > on {
				continue
			}
			end := on
			if h.Until != "" && h.Until < on {
				end = h.Until
			}
			if h.Since.AddYears(years) <= end {
				return Met, none, none
			}
			days += h.Since.DaysUntil(end) + 1
		}
		if days >= years*366 { // several posts together; 366 so that leap days never help
			return Met, none, none
		}
	}
	return Unknown, texts.T("Riwayat jabatan sebelum jabatan sekarang belum tercatat.", "Positions before the present one are not on record."),
		texts.T("Lengkapi riwayat jabatan; analis memastikan berkasnya.", "Complete the record of positions; the analyst checks the documents.")
}

func splitYears(value string) (years int, jenjangs []string) {
	f := strings.Fields(value)
	if len(f) == 0 {
		return 0, nil
	}
	years, _ = strconv.Atoi(f[0])
	return years, f[1:]
}

func label(code string) string {
	if code == "" {
		return "-"
	}
	return strings.ReplaceAll(code, "_", " ")
}

// check notes what is wrong with a rule.
func (r Rule) check(note func(column, id, en string)) {
	if r.Code == "" || len(r.Code) > 60 {
		note("code", "Kode wajib diisi, paling banyak 60 huruf.", "A code is required, at most 60 letters.")
	}
	if len(strings.Fields(r.AppliesTo)) == 0 {
		note("applies_to", "Isi berlaku untuk apa: *, kind:..., jenjang:..., atau standard:...", "Say what it applies to: *, kind:..., jenjang:... or standard:...")
	}
	for _, to := range strings.Fields(r.AppliesTo) {
		key, value, ok := strings.Cut(to, ":")
		_, jenjang := people.Jenjangs[value]
		switch {
		case to == "*", key == "standard" && value != "", key == "kind" && slices.Contains(people.PositionKinds, value), key == "jenjang" && jenjang:
		case ok && (key == "kind" || key == "jenjang"):
			note("applies_to", "Jenis atau jenjang "+value+" tidak dikenal.", "The kind or jenjang "+value+" is not known.")
		default:
			note("applies_to", "Tulis *, kind:..., jenjang:..., atau standard:...", "Write *, kind:..., jenjang:... or standard:...")
		}
	}
	if !r.From.Valid() || r.Until != "" && (!r.Until.Valid() || r.Until < r.From) {
		note("valid_from", "Tanggal berlaku tidak benar. Tulis TTTT-BB-HH; akhir tidak mendahului awal.", "The dates in force are not right. Write YYYY-MM-DD; the end does not precede the start.")
	}
	if r.Law == "" {
		note("law", "Dasar hukum wajib diisi: setiap penolakan menyebutnya.", "The legal basis is required: every refusal names it.")
	}
	if r.Text.ID == "" {
		note("text_id", "Kalimat aturan wajib diisi.", "The rule's sentence is required.")
	}
	number := func(s string, most int) bool { n, err := strconv.Atoi(s); return err == nil && n >= 1 && n <= most }
	bad := ""
	switch r.Rule {
	case StatusIn:
		for _, v := range strings.Fields(r.Value) {
			if !slices.Contains(people.Statuses, people.Status(v)) {
				bad = "CPNS, PNS, PPPK, PPPK_PARUH_WAKTU"
			}
		}
	case LegalPositionIn:
		for _, v := range strings.Fields(r.Value) {
			if _, ok := people.LegalPositions[people.LegalPosition(v)]; !ok {
				bad = "01, 02, 03, 04, 15, 20, 99"
			}
		}
	case MaxAge:
		if !number(r.Value, 100) {
			bad = "56"
		}
	case MonthsBeforeEnd:
		if !number(r.Value, 120) {
			bad = "12"
		}
	case MinEducation:
		if people.EducationOrder(r.Value) == 0 {
			bad = "D4"
		}
	case MinRank:
		if people.RankOrder(r.Value) == 0 {
			bad = "III/c"
		}
	case MinServiceYears:
		_, jenjangs := splitYears(r.Value)
		if f := strings.Fields(r.Value); len(f) == 0 || !number(f[0], 50) {
			bad = "2 administrator ahli_madya"
		}
		for _, j := range jenjangs {
			if _, ok := people.Jenjangs[j]; !ok {
				bad = "2 administrator ahli_madya"
			}
		}
	case NotBelow:
		ladder := strings.Fields(r.Value)
		for i, j := range ladder {
			if _, ok := people.Jenjangs[j]; !ok || len(ladder) < 2 || slices.Contains(ladder[:i], j) {
				bad = "pelaksana pengawas administrator jpt_pratama"
			}
		}
	case TrainingInGovernment:
		if len(texts.Fold(r.Value)) < 3 {
			bad = "pemerintahan"
		}
	default:
		note("rule", "Aturan tidak dikenal. Pilih salah satu dari "+kinds()+".", "Unknown rule. Choose one of "+kinds()+".")
		return
	}
	if bad != "" || strings.TrimSpace(r.Value) == "" {
		note("value", "Nilai tidak cocok dengan aturannya. Contoh: "+bad+".", "The value does not suit the rule. Example: "+bad+".")
	}
}

func kinds() string {
	var out []string
	for _, k := range RuleKinds {
		out = append(out, string(k))
	}
	return strings.Join(out, ", ")
}

// PublishRules puts eligibility rules in force, all rows at once, audited. Publishing what is in force already changes nothing. Invalid names every
// mistake by code and column.
func (s *Service) PublishRules(ctx context.Context, a access.Actor, source string, all []Rule) (sets.Version, error) {
	role, err := s.cfg.Policy.May(a, "import", access.Thing{Kind: "eligibility"})
	if err != nil {
		return sets.Version{}, err
	}
	bad := faults.New(faults.Invalid, "Aturan kelayakan belum benar.", "The eligibility rules are not right yet.")
	items := map[string]Rule{}
	for i, r := range all {
		at := r.Code
		if at == "" {
			at = fmt.Sprintf("rules[%d]", i)
		}
		r.check(func(column, id, en string) { bad.With(at+"."+column, id, en) })
		if _, twice := items[r.Code]; twice {
			bad.With(at+".code", "Kode ini ada dua kali.", "This code occurs twice.")
		}
		items[r.Code] = r
	}
	if len(bad.Fields) > 0 {
		return sets.Version{}, bad
	}
	v := sets.Version{At: s.now(), From: s.today(), By: a.Name(), Source: source}
	v, _, err = s.rules.Publish(ctx, v, items, s.entry(a, role, "import_eligibility", "eligibility/head", "", "", source))
	return v, err
}

// Rules lists the rules in force as a set, whatever their own dates say, in order of code, with their version.
func (s *Service) Rules(ctx context.Context, a access.Actor) ([]Rule, sets.Version, error) {
	if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "eligibility"}); err != nil {
		return nil, sets.Version{}, err
	}
	return s.ruleset(ctx)
}

func (s *Service) ruleset(ctx context.Context) ([]Rule, sets.Version, error) {
	snap, err := s.rules.Current(ctx)
	if err != nil {
		return nil, sets.Version{}, err
	}
	out := make([]Rule, 0, len(snap.Codes))
	for _, code := range snap.Codes {
		out = append(out, snap.Items[code])
	}
	return out, snap.Version, nil
}

// ages lists the age limits that rules name, for the register.
func ages(rules []Rule) []int {
	var out []int
	for _, r := range rules {
		if n, err := strconv.Atoi(r.Value); err == nil && r.Rule == MaxAge && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}
