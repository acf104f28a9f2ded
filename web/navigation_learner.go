package web

// Keys of the learner's navigation items, for Base.Active. Which items a person sees is decided where the pages are wired (Config.Navigation).
const (
	navHome         = "home"
	navCatalogue    = "catalogue"
	navCertificates = "certificates"
	navCompetencies = "competencies"
	navHours        = "hours"
	navInbox        = "inbox"
	navAccount      = "account"
)
