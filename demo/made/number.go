package made

import (
	"fmt"
	"strings"

	"github.com/apelkota/apel/internal/civil"
)

// background is what somebody in a post learned.
type background struct {
	education string // of personnel files: SLTA, D3, S1 ...
	fields    []string
	after     []string // titles behind the name, one per field; "" none
	before    string
	retire    int // age at which service ends (BUP); 0 is 58
}

var (
	teacher = background{"S1", []string{"Pendidikan Guru Sekolah Dasar", "Pendidikan Matematika", "Pendidikan Bahasa Indonesia", "Pendidikan IPA", "Pendidikan Jasmani"},
		[]string{"S.Pd.", "S.Pd.", "S.Pd.", "S.Pd.", "S.Pd."}, "", 60}
	nurse   = background{"D3", []string{"Keperawatan"}, []string{"A.Md.Kep."}, "", 58}
	midwife = background{"D3", []string{"Kebidanan"}, []string{"A.Md.Keb."}, "", 58}
	doctor  = background{"S1", []string{"Pendidikan Dokter"}, []string{""}, "dr.", 60}
	clerk   = background{"SLTA", []string{"Administrasi Perkantoran", "Ilmu Pengetahuan Sosial", "Akuntansi", "Teknik Komputer dan Jaringan"}, []string{"", "", "", ""}, "", 58}
	officer = background{"S1", []string{"Administrasi Publik", "Ilmu Pemerintahan", "Ilmu Hukum", "Manajemen", "Ekonomi Pembangunan", "Sosiologi"},
		[]string{"S.A.P.", "S.IP.", "S.H.", "S.M.", "S.E.", "S.Sos."}, "", 58}
	leader = background{"S2", []string{"Administrasi Publik", "Ilmu Pemerintahan", "Manajemen"}, []string{"S.Sos., M.A.P.", "S.IP., M.Si.", "S.E., M.M."}, "", 58}
	techie = background{"S1", []string{"Informatika", "Sistem Informasi", "Ilmu Komputer"}, []string{"S.Kom.", "S.Kom.", "S.Kom."}, "", 58}
	talker = background{"S1", []string{"Ilmu Komunikasi"}, []string{"S.I.Kom."}, "", 58}
)

// human is somebody invented.
type human struct {
	nip, name, before, after, status, legal, rank, education, field string
	joined, numberSince                                             civil.Date // began to work; what the number says
	contractStart, contractEnd, serviceEnd, statusSince             civil.Date
}

// rows of percentages that make a city look like one; PPPK are the majority.
const (
	percentContract = 52.0 // of posts that are open to PPPK
	percentPartTime = 6.0  // of pelaksana on contract, twice as many draws since some are refused
)

// human invents somebody who can hold a post.
func (b *builder) human(p post) human {
	for {
		if h, born := b.try(p); h.nip != "" && !b.numbers[h.nip] && !b.known[h.name+string(born)] {
			b.numbers[h.nip] = true
			b.known[h.name+string(born)] = true
			return h
		}
	}
}

// try draws one candidate; an empty number means that the draw made no sense and has to be repeated.
func (b *builder) try(p post) (h human, born civil.Date) {
	r, today := b.r, b.o.Today
	woman := chance(r, 54)
	h.name = name(r, woman)
	i := r.IntN(len(p.background.fields))
	h.education, h.field, h.after, h.before = p.background.education, p.background.fields[i], p.background.after[i], p.background.before
	retire := max(p.background.retire, 58)
	if p.jenjang == "jpt_pratama" {
		retire = 60
	}
	structural := p.kind == "struktural"
	contracted := !structural && (p.mostlyContracted && chance(r, 85) || chance(r, percentContract))
	young, old := 23, retire-1
	if structural {
		young = map[string]int{"pengawas": 33, "administrator": 38, "jpt_pratama": 45}[p.jenjang]
	}
	age := young + r.IntN(old-young)
	born = today.AddYears(-age - 1).AddDays(1 + r.IntN(364))
	var number string
	if contracted {
		year := today.Year() - r.IntN(6) // PPPK are taken on since 2019; the demo's since 2021
		if year-born.Year() < 21 {
			return human{}, born
		}
		code := "21"
		h.status = "PPPK"
		if p.kind == "pelaksana" && chance(r, percentPartTime*2) {
			code, h.status, year = "24", "PPPK_PARUH_WAKTU", max(year, today.Year()-1)
		}
		h.joined = civil.Of(year, 3, 1).AddMonths(r.IntN(7))
		if h.joined >= today {
			h.joined = civil.Of(year, 1, 1)
		}
		length := 5
		if code == "24" {
			length = 1
		}
		h.contractStart, h.statusSince = h.joined, h.joined
		for h.contractStart.AddYears(length) <= today { // renewed since
			h.contractStart = h.contractStart.AddYears(length)
		}
		h.contractEnd = h.contractStart.AddYears(length).AddDays(-1)
		h.serviceEnd = h.contractEnd
		h.numberSince = civil.Of(year, 1, 1)
		number = fmt.Sprintf("%s%04d%s", digits(born), year, code)
		h.rank = map[string]string{"SLTA": "V", "D3": "VII", "S1": "IX", "S2": "X"}[h.education]
		if h.before == "dr." {
			h.rank = "X"
		}
	} else {
		entry := 19 + r.IntN(14)
		switch h.education {
		case "S1", "S2":
			entry = 23 + r.IntN(10)
		case "D3":
			entry = 21 + r.IntN(11)
		}
		start := born.AddYears(entry).AddMonths(r.IntN(12))
		start = civil.Of(start.Year(), start.Month(), 1)
		if start.AddMonths(2) > today || born.YearsUntil(start) < 18 {
			return human{}, born
		}
		served := start.YearsUntil(today)
		h.joined, h.numberSince = start, start
		h.status, h.statusSince = "PNS", start.AddYears(1)
		if served < 1 {
			h.status, h.statusSince = "CPNS", start
			if structural {
				return human{}, born
			}
		}
		number = digits(born) + digits(start)[:6]
		h.rank = rank(h.education, served, p.jenjang)
		end := born.AddYears(retire)
		h.serviceEnd = civil.Of(end.Year(), end.Month()+1, 0)
		if h.serviceEnd <= today.AddMonths(1) {
			return human{}, born
		}
	}
	sex := "1"
	if woman {
		sex = "2"
	}
	h.nip = fmt.Sprintf("%s%s%d", number, sex, 900+r.IntN(100))
	h.legal = "01"
	if !structural {
		switch x := r.IntN(1000); {
		case x < 6:
			h.legal = "03" // away to study
		case x < 8:
			h.legal = "02" // unpaid leave
		case x < 12 && h.status == "PNS" && h.serviceEnd <= today.AddMonths(14):
			h.legal = "20" // leaving for the pension
		}
	}
	return h, born
}

func digits(d civil.Date) string { return strings.ReplaceAll(string(d), "-", "") }

// rank is the golongan of a PNS: the one of the education at entry, a step about every four years, and what a structural post asks for at least.
func rank(education string, served int, jenjang string) string {
	ranks := []string{"II/a", "II/b", "II/c", "II/d", "III/a", "III/b", "III/c", "III/d", "IV/a", "IV/b", "IV/c", "IV/d"}
	first := map[string]int{"SLTA": 0, "D3": 2, "S1": 4, "S2": 5}[education]
	top := map[string]int{"SLTA": 5, "D3": 7, "S1": 9, "S2": 10}[education]
	least := map[string]int{"pengawas": 6, "administrator": 8, "jpt_pratama": 10}[jenjang]
	return ranks[max(min(first+served/4, top), least)]
}
