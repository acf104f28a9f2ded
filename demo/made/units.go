package made

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// unit is a made unit with its posts.
type unit struct {
	code, name, kind, parent, headPost string
	people                             int
	posts                              []post
	apps                               []string // applications its people operate
	operators                          float64  // percent of its people per application
	frontline                          bool     // a rule gives everybody in it the service course
}

// suffixOf is what tells posts of the same name in different units apart, for heads only.
func (u *unit) suffixOf(p post) string {
	if p.share > 0 || p.kind != "struktural" && !strings.HasPrefix(p.key, "KEPALA") {
		return ""
	}
	short := u.name
	for _, kind := range []string{"Kecamatan ", "Kelurahan ", "Bidang ", "Dinas "} {
		short = strings.TrimPrefix(short, kind)
	}
	if strings.HasPrefix(p.key, "KEPALA") {
		return " (Kepala " + u.name + ")"
	}
	return " " + short
}

var (
	places = []string{"Bayur", "Cendana", "Damar", "Eboni", "Flamboyan", "Gaharu", "Hanjuang", "Jelutung", "Kenari", "Lontar", "Merbau", "Nibung", "Pulai", "Rasamala", "Sungkai", "Tembesu", "Ulin",
		"Waru", "Angsana", "Bungur", "Ciplukan", "Dadap", "Gambir", "Kecapi"}
	sides = []string{"Lor", "Kidul", "Indah", "Asri", "Permai", "Raya", "Tengah", "Ujung"}
	dinas = []struct{ code, name string }{
		{"DISHUB", "Dinas Perhubungan"}, {"DLH", "Dinas Lingkungan Hidup"}, {"DPUPR", "Dinas Pekerjaan Umum dan Penataan Ruang"}, {"DISPERIN", "Dinas Perindustrian dan Perdagangan"},
		{"DISNAKER", "Dinas Tenaga Kerja"}, {"DISPUSIP", "Dinas Perpustakaan dan Kearsipan"}, {"DINKOP", "Dinas Koperasi dan Usaha Kecil"}, {"DISPORA", "Dinas Pemuda dan Olahraga"},
		{"DKP", "Dinas Ketahanan Pangan"}, {"DP3A", "Dinas Pemberdayaan Perempuan dan Perlindungan Anak"}, {"DISPERKIM", "Dinas Perumahan dan Permukiman"}, {"DISBUDPAR", "Dinas Kebudayaan dan Pariwisata"},
	}
	bidang = []struct{ code, name string }{
		{"LAYANAN", "Layanan Publik"}, {"DATA", "Data dan Perencanaan"}, {"BINA", "Pembinaan"}, {"AWAS", "Pengawasan"}, {"SARPRAS", "Sarana dan Prasarana"},
	}
	oldKecamatan = []struct{ code, name string }{{"KEC-ARUNIKA", "Arunika"}, {"KEC-SELASIH", "Selasih"}, {"KEC-LEMBAYUNG", "Lembayung"}}
)

// Posts of the kinds of units. The first with share 0 heads the unit.
var (
	schoolPosts = []post{
		{key: "KEPALA", name: "Guru Ahli Pertama", kind: "fungsional", jenjang: "ahli_pertama", class: 8, standard: "GURU_AHLI_PERTAMA", background: teacher},
		{key: "GURU", name: "Guru Ahli Pertama", kind: "fungsional", jenjang: "ahli_pertama", class: 8, standard: "GURU_AHLI_PERTAMA", share: 17, background: teacher},
		{key: "GURU-MUDA", name: "Guru Ahli Muda", kind: "fungsional", jenjang: "ahli_muda", class: 9, share: 3, background: teacher},
		{key: "ADM", name: "Pengadministrasi Perkantoran (sekolah)", kind: "pelaksana", jenjang: "pelaksana", class: 5, share: 3, background: clerk},
	}
	healthPosts = []post{
		{key: "KEPALA", name: "Dokter Ahli Pertama", kind: "fungsional", jenjang: "ahli_pertama", class: 8, background: doctor},
		{key: "PERAWAT", name: "Perawat Terampil", kind: "fungsional", jenjang: "terampil", class: 6, standard: "PERAWAT_TERAMPIL", share: 14, background: nurse},
		{key: "BIDAN", name: "Bidan Terampil", kind: "fungsional", jenjang: "terampil", class: 6, share: 5, background: midwife},
		{key: "DOKTER", name: "Dokter Ahli Pertama", kind: "fungsional", jenjang: "ahli_pertama", class: 8, share: 2, background: doctor},
		{key: "DAFTAR", name: "Operator Layanan Operasional (pendaftaran puskesmas)", kind: "pelaksana", jenjang: "pelaksana", class: 5, share: 3, background: clerk, mostlyContracted: true},
	}
	districtPosts = []post{
		{key: "CAMAT", name: "Camat", kind: "struktural", jenjang: "administrator", eselon: "III.a", class: 12, standard: "CAMAT", background: leader},
		{key: "SEKCAM", name: "Sekretaris Kecamatan", kind: "struktural", jenjang: "administrator", eselon: "III.b", class: 11, background: leader},
		{key: "KASUBBAG-UMPEG", name: "Kepala Subbagian Umum dan Kepegawaian", kind: "struktural", jenjang: "pengawas", eselon: "IV.a", class: 9, standard: "KASUBBAG_UMPEG", background: officer},
		{key: "LOKET", name: "Penata Layanan Operasional (loket kecamatan)", kind: "pelaksana", jenjang: "pelaksana", class: 7, standard: "PENATA_LAYANAN_OPERASIONAL_MPP", share: 6, background: officer},
		{key: "PENELAAH", name: "Penelaah Teknis Kebijakan", kind: "pelaksana", jenjang: "pelaksana", class: 7, share: 4, background: officer},
		{key: "ADM", name: "Pengadministrasi Perkantoran", kind: "pelaksana", jenjang: "pelaksana", class: 5, share: 5, background: clerk},
	}
	wardPosts = []post{
		{key: "LURAH", name: "Lurah", kind: "struktural", jenjang: "pengawas", eselon: "IV.a", class: 9, standard: "LURAH", background: officer},
		{key: "KASI", name: "Kepala Seksi Pemerintahan Kelurahan", kind: "struktural", jenjang: "pengawas", eselon: "IV.b", class: 8, background: officer},
		{key: "ADM", name: "Pengadministrasi Perkantoran (kelurahan)", kind: "pelaksana", jenjang: "pelaksana", class: 5, standard: "PENGADMINISTRASI_PERKANTORAN_KELURAHAN", share: 6, background: clerk},
		{key: "LAYANAN", name: "Operator Layanan Operasional (kelurahan)", kind: "pelaksana", jenjang: "pelaksana", class: 5, share: 3, background: clerk, mostlyContracted: true},
	}
	agencyPosts = []post{
		{key: "KADIS", name: "Kepala", kind: "struktural", jenjang: "jpt_pratama", eselon: "II.b", class: 14, background: leader},
		{key: "SEKRETARIS", name: "Sekretaris", kind: "struktural", jenjang: "administrator", eselon: "III.a", class: 12, background: leader},
		{key: "KASUBBAG-UMPEG", name: "Kepala Subbagian Umum dan Kepegawaian", kind: "struktural", jenjang: "pengawas", eselon: "IV.a", class: 9, standard: "KASUBBAG_UMPEG", background: officer},
		{key: "ANALIS-SDM", name: "Analis SDM Aparatur Ahli Muda", kind: "fungsional", jenjang: "ahli_muda", class: 9, standard: "ANALIS_SDM_APARATUR_AHLI_MUDA", share: 2, background: officer},
		{key: "PENGOLAH", name: "Pengolah Data dan Informasi", kind: "pelaksana", jenjang: "pelaksana", class: 6, share: 5, background: officer},
		{key: "ADM", name: "Pengadministrasi Perkantoran", kind: "pelaksana", jenjang: "pelaksana", class: 5, share: 7, background: clerk},
	}
	divisionPosts = []post{
		{key: "KABID", name: "Kepala Bidang", kind: "struktural", jenjang: "administrator", eselon: "III.b", class: 11, background: leader},
		{key: "PRAKOM", name: "Pranata Komputer Ahli Muda", kind: "fungsional", jenjang: "ahli_muda", class: 9, standard: "PRANATA_KOMPUTER_AHLI_MUDA", share: 2, background: techie},
		{key: "HUMAS", name: "Pranata Hubungan Masyarakat Ahli Pertama", kind: "fungsional", jenjang: "ahli_pertama", class: 8, standard: "PRANATA_HUMAS_AHLI_PERTAMA", share: 2, background: talker},
		{key: "PENATA", name: "Penata Layanan Operasional (loket)", kind: "pelaksana", jenjang: "pelaksana", class: 7, standard: "PENATA_LAYANAN_OPERASIONAL_MPP", share: 6, background: officer},
		{key: "OPERATOR", name: "Operator Layanan Operasional", kind: "pelaksana", jenjang: "pelaksana", class: 5, share: 8, background: clerk, mostlyContracted: true},
		{key: "PENELAAH", name: "Penelaah Teknis Kebijakan", kind: "pelaksana", jenjang: "pelaksana", class: 7, share: 5, background: officer},
	}
)

// makeUnits invents the tree below and beside the hand-written one (47 units) and says how many people each unit has. 10,000 people make about
// 300 units in all; fewer people make fewer units, more people make larger ones.
func makeUnits(r *rand.Rand, people int) []unit {
	n := int(math.Round(253 * math.Pow(min(1, float64(people)/9_940), 0.6)))
	n = max(2, min(n, people/5))
	share := func(f float64, least, most int) int { return max(least, min(most, int(math.Round(f*float64(n))))) }
	districts := share(0.032, 0, 8)
	agencies := share(0.044, 0, len(dinas))
	wards, clinics, schools := share(0.22, 0, 90), share(0.072, 1, 40), share(0.475, 1, 200)
	divisions := max(0, n-districts-agencies-wards-clinics-schools)

	var out []unit
	var parents, agencyCodes []struct{ code, name string }
	parents = append(parents, oldKecamatan...)
	at := r.Perm(len(places))
	for i := range districts {
		p := places[at[i]]
		u := unit{code: "KEC-" + strings.ToUpper(p), name: "Kecamatan " + p, kind: "kecamatan", parent: "PEMDA", posts: districtPosts, frontline: true,
			apps: []string{"SURAT-PENGANTAR", "DATA-RT", "ADUAN", "SURAT-DINAS"}, operators: 9}
		out = append(out, u)
		parents = append(parents, struct{ code, name string }{u.code, p})
	}
	for i := range wards {
		p := parents[i%len(parents)]
		// Each district has its wards named after it, by a side and then by another place.
		k := i / len(parents)
		w := p.name + " " + sides[k%len(sides)]
		if k >= len(sides) {
			w = places[(k+i)%len(places)] + " " + p.name
		}
		out = append(out, unit{code: "KEL-" + strings.ToUpper(strings.ReplaceAll(w, " ", "-")), name: "Kelurahan " + w, kind: "kelurahan", parent: p.code, posts: wardPosts, frontline: true,
			apps: []string{"SURAT-PENGANTAR", "DATA-RT"}, operators: 14})
	}
	for i := range clinics {
		p := places[i%len(places)]
		if i >= len(places) {
			p += " " + sides[i/len(places)]
		}
		out = append(out, unit{code: "PKM-" + strings.ToUpper(strings.ReplaceAll(p, " ", "-")), name: "Puskesmas " + p, kind: "puskesmas", parent: "DINKES", posts: healthPosts, frontline: true,
			apps: []string{"ANTREAN-PKM", "REKAM-MEDIS", "IMUNISASI"}, operators: 7})
	}
	for i := range schools {
		u := unit{code: fmt.Sprintf("SDN-%d", 1001+i), name: fmt.Sprintf("SD Negeri %d Cempaka Raya", 1001+i), kind: "sekolah", parent: "DISDIK", posts: schoolPosts, apps: []string{"SISWA-BARU", "RAPOR"}, operators: 4}
		if i%5 == 4 {
			u.code, u.name = fmt.Sprintf("SMPN-%d", 1001+i), fmt.Sprintf("SMP Negeri %d Cempaka Raya", 1001+i)
		}
		out = append(out, u)
	}
	for i := range agencies {
		d := dinas[i]
		out = append(out, unit{code: d.code, name: d.name, kind: "dinas", parent: "PEMDA", posts: agencyPosts, apps: []string{"SURAT-DINAS", "INFO-PUBLIK"}, operators: 8})
		agencyCodes = append(agencyCodes, struct{ code, name string }{d.code, d.name})
	}
	if len(agencyCodes) == 0 {
		agencyCodes = append(agencyCodes, struct{ code, name string }{"DINSOS", "Dinas Sosial"})
	}
	for i := range divisions {
		a, d := agencyCodes[i%len(agencyCodes)], bidang[i/len(agencyCodes)%len(bidang)]
		code, title := a.code+"-"+d.code, "Bidang "+d.name+" "+a.name
		if k := i / len(agencyCodes) / len(bidang); k > 0 {
			code, title = fmt.Sprintf("%s-%d", code, k+1), fmt.Sprintf("%s %d", title, k+1)
		}
		out = append(out, unit{code: code, name: title, kind: "bidang", parent: a.code, posts: divisionPosts, apps: []string{"SURAT-DINAS", "ADUAN", "SURVEI"}, operators: 8})
	}
	divide(r, out, people)
	return out
}

// part of the people that work in a kind of unit: half are health and school staff.
var part = map[string]float64{"sekolah": 0.33, "puskesmas": 0.19, "kecamatan": 0.05, "kelurahan": 0.11, "dinas": 0.09, "bidang": 0.23}

// divide gives every unit its number of people: by the kind's part of the city, one unit larger than the next, and exactly people in all.
func divide(r *rand.Rand, units []unit, people int) {
	weight := make([]float64, len(units))
	count, all := map[string]int{}, 0.0
	for _, u := range units {
		count[u.kind]++
	}
	for i, u := range units {
		weight[i] = part[u.kind] / float64(count[u.kind]) * (0.7 + 0.6*r.Float64())
		all += weight[i]
	}
	given := 0
	for i := range units {
		units[i].people = max(1, int(float64(people)*weight[i]/all))
		given += units[i].people
	}
	for i := 0; given != people; i = (i + 1) % len(units) {
		switch {
		case given < people:
			units[i].people++
			given++
		case units[i].people > 1:
			units[i].people--
			given--
		}
	}
}
