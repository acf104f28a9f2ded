package web

// Keys of the navigation items of the workbench, for Base.Active.
const (
	navWorkbench       = "workbench"
	navPeople          = "people"
	navUnits           = "units"
	navPositions       = "posts"
	navSlips           = "slips"
	navImport          = "import"
	navCourses         = "courses"
	navReviews         = "reviews"
	navAttempts        = "attempts"
	navMarking         = "marking"
	navObjections      = "objections"
	navRegrades        = "regrades"
	navStaffTasks      = "stafftasks"
	navCohorts         = "cohorts"
	navExams           = "exams"
	navStaffCalendar   = "staffcalendar"
	navAssignments     = "assignments"
	navCertificatesAll = "issued"
	navHoursCheck      = "hourscheck"
	navVacancies       = "vacancies"
	navApps            = "apps"
	navWork            = "work"
	navAudit           = "audit"
	navSettings        = "settings"
)

// AdminNavigation answers the groups of the workbench that somebody may open, empty for whoever looks after nobody. may says whether the policy lets them
// apply a verb to some thing of a kind that is not their own (access.Policy.Scope: All or Units). cmd puts these groups behind the learner's.
func AdminNavigation(may func(verb, kind string) bool) []NavGroup {
	type entry struct {
		item NavItem
		asks [][2]string // any of these
	}
	all := []struct {
		Label   string
		Step    int
		Entries []entry
	}{
		{Label: "Pegawai dan organisasi", Entries: []entry{
			{NavItem{Key: navPeople, Label: "Pegawai", Icon: "people", URL: "/kelola/pegawai"}, [][2]string{{"view", "person"}}},
			{NavItem{Key: navUnits, Label: "Unit kerja", Icon: "unit", URL: "/kelola/unor"}, [][2]string{{"view", "person"}}},
			{NavItem{Key: navPositions, Label: "Jabatan", Icon: "position", URL: "/kelola/jabatan"}, [][2]string{{"view", "person"}}},
			{NavItem{Key: navSlips, Label: "Slip aktivasi", Icon: "key", URL: "/kelola/slip"}, [][2]string{{"issue_slip", "account"}}},
			{NavItem{Key: navImport, Label: "Impor data", Icon: "import", URL: "/kelola/impor"}, [][2]string{{"view", "register_import"}, {"import", "eligibility"}}},
		}},
		{Label: "Pembelajaran", Entries: []entry{
			{NavItem{Key: navCourses, Label: "Kelola kursus", Icon: "course", URL: "/kelola/kursus"}, [][2]string{{"author", "course"}, {"review", "course"}}},
			{NavItem{Key: navReviews, Label: "Menunggu telaah", Icon: "eye", URL: "/kelola/telaah"}, [][2]string{{"approve", "course"}}},
			{NavItem{Key: navAssignments, Label: "Penugasan kursus", Icon: "task", URL: "/kelola/penugasan"}, [][2]string{{"view", "assignment"}}},
			{NavItem{Key: navCohorts, Label: "Angkatan", Icon: "calendar", URL: "/kelola/angkatan"}, [][2]string{{"run", "cohort"}}},
			{NavItem{Key: navExams, Label: "Ujian terjadwal", Icon: "shield", URL: "/kelola/ujian"}, [][2]string{{"view", "exam"}}},
			{NavItem{Key: navStaffCalendar, Label: "Kalender diklat", Icon: "calendar", URL: "/kelola/kalender"}, [][2]string{{"view", "assignment"}, {"view", "exam"}}},
			{NavItem{Key: navAttempts, Label: "Percobaan", Icon: "quiz", URL: "/kelola/percobaan"}, [][2]string{{"extend", "attempt"}, {"review", "attempt"}}},
			{NavItem{Key: navMarking, Label: "Menilai", Icon: "edit", URL: "/kelola/menilai"}, [][2]string{{"mark", "marking"}}},
			{NavItem{Key: navObjections, Label: "Keberatan", Icon: "scale", URL: "/kelola/keberatan"}, [][2]string{{"view", "objection"}}},
			{NavItem{Key: navStaffTasks, Label: "Tugas lapangan staf", Icon: "task", URL: "/tugas-staf"}, [][2]string{{"oversee", "field_work"}}},
			{NavItem{Key: navRegrades, Label: "Penilaian ulang", Icon: "sync", URL: "/kelola/nilai-ulang"}, [][2]string{{"view", "regrade"}}},
			{NavItem{Key: navCertificatesAll, Label: "Sertifikat terbit", Icon: "certificate", URL: "/kelola/sertifikat"}, [][2]string{{"list", "certificate"}}},
			{NavItem{Key: navHoursCheck, Label: "Verifikasi JP", Icon: "clock", URL: "/kelola/jp"}, [][2]string{{"verify", "hours"}}},
		}},
		{Label: "Penempatan", Entries: []entry{
			{NavItem{Key: navVacancies, Label: "Jabatan lowong", Icon: "scale", URL: "/kelola/lowongan"}, [][2]string{{"rank", "vacancy"}}},
		}},
		{Label: "Integrasi", Step: 2, Entries: []entry{
			{NavItem{Key: navApps, Label: "Aplikasi layanan", Icon: "app", URL: "/kelola/aplikasi"}, [][2]string{{"view_operators", "app"}, {"view", "readiness_figure"}}},
		}},
		{Label: "Penyelenggaraan", Entries: []entry{
			{NavItem{Key: navWork, Label: "Pekerjaan tertahan", Icon: "warn", URL: "/kelola/pekerjaan"}, [][2]string{{"view", "work"}}},
			{NavItem{Key: navAudit, Label: "Jejak audit", Icon: "audit", URL: "/kelola/audit"}, [][2]string{{"view", "audit"}}},
			{NavItem{Key: navSettings, Label: "Pengaturan", Icon: "settings", URL: "/kelola/pengaturan"}, [][2]string{{"change", "settings"}}},
		}},
	}
	var groups []NavGroup
	for _, g := range all {
		group := NavGroup{Label: g.Label, Step: g.Step}
		for _, e := range g.Entries {
			for _, ask := range e.asks {
				if may(ask[0], ask[1]) {
					group.Items = append(group.Items, e.item)
					break
				}
			}
		}
		if len(group.Items) > 0 {
			groups = append(groups, group)
		}
	}
	if len(groups) > 0 {
		home := NavItem{Key: navWorkbench, Label: "Meja kerja", Icon: "ladder", URL: "/kelola"}
		groups[0].Items = append([]NavItem{home}, groups[0].Items...)
	}
	return groups
}
