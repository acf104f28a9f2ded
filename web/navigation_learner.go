package web

// Keys of the learner's navigation items, for Base.Active. Which items a person sees is decided where the pages are wired (Config.Navigation).
const (
	navHome         = "home"
	navCatalogue    = "catalogue"
	navCertificates = "certificates"
	navCompetencies = "competencies"
	navPosts        = "myposts"
	navHours        = "hours"
	navCalendar     = "calendar"
	navInbox        = "inbox"
	navAccount      = "account"
)

// LearnerNavigation answers what everybody who is logged in may open, and the four items of a phone's bottom bar. cmd puts the workbench's groups behind.
// posts: the page of positions is there.
func LearnerNavigation(posts bool) (groups []NavGroup, phone []NavItem) {
	home := NavItem{Key: navHome, Label: "Beranda", Icon: "home", URL: "/"}
	learning := NavItem{Key: navCatalogue, Label: "Kursus", Icon: "course", URL: "/katalog"}
	held := NavItem{Key: navCertificates, Label: "Sertifikat", Icon: "certificate", URL: "/sertifikat"}
	levels := NavItem{Key: navCompetencies, Label: "Kompetensi", Icon: "target", URL: "/kompetensi"}
	own := NavGroup{Step: 1, Label: "Belajar dan bukti", Items: []NavItem{home, learning, held, levels}}
	if posts {
		own.Items = append(own.Items, NavItem{Key: navPosts, Label: "Jabatan untuk saya", Icon: "ladder", URL: "/jabatan"})
	}
	own.Items = append(own.Items, NavItem{Key: navCalendar, Label: "Kalender belajar", Icon: "calendar", URL: "/kalender"})
	own.Items = append(own.Items, NavItem{Key: navHours, Label: "Jam pelajaran (JP)", Icon: "clock", URL: "/jp"})
	return []NavGroup{own}, []NavItem{home, learning, held, levels}
}
