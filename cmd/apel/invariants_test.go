package main

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What no table may ever say, whatever -update wrote. Each is checked on what the routes answered, not on what was committed.

// aboutOneself are acts that nobody does to themselves.
var aboutOneself = regexp.MustCompile(`^POST /api/v1/(people/:id/(roles|roles/revocation|slip|account/blocking|account/unblocking|assessments|verifications|identities|appointments|appointments/end|supervisor/withdrawal)|attempts/:id/extra-time|exams/:id/acts|enrolments/:id/granted-attempts|assignments/:id/withdrawal|hours/:id/verification|certificates/:id/(revocation|suspension|reinstatement))$|` +
	`^PUT /api/v1/people/:id(/supervisor)?$|^PUT /api/v1/apps/:code/roles/:role/operators/:person$|^POST /api/v1/apps/:code/roles/:role/operators/:person/relief$|` +
	`^(GET|POST|PUT) (/api/v1/markings/:id|/api/v1/objections/:id|/kelola/keberatan/:objection|/kelola/menilai/:marking|/tugas-staf/:marking)(/[a-z]+(/:file)?)?$|` +
	`^(GET|POST) /kelola/pegawai/:person/(ubah|nomor|angkat|akhiri|atasan)$|` +
	`^POST /kelola/(aplikasi/:app/petugas|aplikasi/:app/petugas/:person/:role|jp/:hours|pegawai/:person/(akun|akun act=buka&why=uji|peran|peran/cabut|slip)|penugasan/:assignment/tarik|percobaan/:attempt/(kesempatan|waktu)|sertifikat/:certificate/:act)$`)

// everybodys are routes on units and applications that any employee may read.
var everybodys = regexp.MustCompile(`^(GET (/api/v1/apps/:code|/api/v1/units/:id|/kelola/unor/:unit|/kelola/aplikasi/:app)|GET /api/v1/vacancies\?under=\{unit\})$`)

// emptyForm is a page that asks for a reason and shows nothing of what the reason is for; sending it asks the room.
var emptyForm = regexp.MustCompile(`^GET /kelola/penugasan/:assignment/tarik$`)

// leaderMay is what a leader, who works with figures and candidates, sees of one person: who they are, and how they fit a post. The overview
// answers with who they are and leaves the rest out, which TestOverviewsShowWhatTheRoomsShow holds.
var leaderMay = regexp.MustCompile(`^GET /api/v1/people/:id(/positions.*|/supervisor|/overview)?$|^POST /api/v1/people/lookup$|^GET /api/v1/people\?under|^(GET /kelola/pegawai/:person(/jabatan)?|GET /kelola/pegawai\?unor=\{unit\}|POST /kelola/(pegawai |audit act=tentang&)q=\{nip\})$|` +
	`^GET (/api/v1/(units/:id/(readiness|contents)|readiness/units\?unit=\{unit\}|apps/:code.*|vacancies\?.*)|/kelola/(kesiapan\?unor=\{unit\}|aplikasi/:app))$`)

// searches are POSTs that read: so that no NIP stands in an address, or because what they show is sent along.
var searches = regexp.MustCompile(`^POST (/api/v1/people/lookup|/api/v1/courses/:code/item-previews|/kelola/(pegawai |sertifikat |audit act=tentang&)q=\{nip\}|/kelola/sertifikat)$`)

// leaderDecides are acts of a leader: decisions on what a meeting was shown.
var leaderDecides = regexp.MustCompile(`recommendations?/.*decision|/rekomendasi/.*keputusan`)

func holdInvariants(t *testing.T, rows []roleRow) {
	t.Helper()
	hits := map[string]int{}
	for _, r := range rows {
		name := r.method + " " + r.route
		yes := func(role string) bool { return r.cells[role] == "yes" }
		if r.object == "own" && aboutOneself.MatchString(name) {
			hits["own"]++
			for _, role := range roles {
				if yes(role) {
					t.Errorf("%s: a %s may do this to themselves", name, role)
				}
			}
		}
		if r.object == "foreign" {
			hits["foreign"]++
			for _, role := range []string{"unit_admin", "supervisor"} {
				if yes(role) && !yes("learner") && !emptyForm.MatchString(name) {
					t.Errorf("%s: a %s reaches what is not in their unit", name, role)
				}
			}
		}
		if (r.object == "foreign" || r.object == "subtree") && yes("learner") && !everybodys.MatchString(name) {
			t.Errorf("%s (%s): a learner reaches what is somebody else's", name, r.object)
		}
		if r.method != http.MethodGet && !searches.MatchString(name) {
			hits["write"]++
			if yes("auditor") && !yes("learner") && !yes(anonymous) {
				t.Errorf("%s (%s): an auditor writes", name, r.object)
			}
			if yes("dpo") && !yes("learner") && !yes(anonymous) {
				t.Errorf("%s (%s): a DPO writes", name, r.object)
			}
		}
		if r.object == "foreign" && yes("leader") && !yes("learner") && !leaderMay.MatchString(name) {
			t.Errorf("%s: a leader sees personal details", name)
		}
		if r.method != http.MethodGet && yes("leader") && !yes("learner") && !leaderMay.MatchString(name) && !leaderDecides.MatchString(name) {
			t.Errorf("%s (%s): a leader changes something", name, r.object)
		}
		if (yes(anonymous) || r.cells[anonymous] == "none") && strings.HasPrefix(r.route, "/api/v1/") && !slices.Contains([]string{"POST /api/v1/sessions", "POST /api/v1/activations", "GET /api/v1/checks/:code", "POST /api/v1/checks", "POST /api/v1/checks/file",
			"GET /api/v1/root"}, name) {
			t.Errorf("%s is open to everybody", name)
		}
		// An address that answers nobody proves nothing about anybody else.
		empty := func(role string) bool { return r.cells[role] == "none" || r.cells[role] == "form" }
		if !slices.ContainsFunc(roles, yes) && !slices.ContainsFunc(roles, empty) && !yes(anonymous) && !(r.object == "own" && aboutOneself.MatchString(name)) && !unanswered.MatchString(name) && r.object != "subtree" && r.object != "foreign" {
			t.Errorf("%s (%s) answers nobody", name, r.object)
		}
	}
	for what, n := range map[string]int{"own": 10, "foreign": 60, "write": 100} {
		if hits[what] < n {
			t.Errorf("only %d rows of the kind %s were looked at", hits[what], what)
		}
	}
}

// unanswered are routes whose object the walk does not have: parked work, pages of one-time links, and files of answers that nobody has claimed for marking.
var unanswered = regexp.MustCompile(`/markings/:id/files/:file|/kelola/menilai/:marking/berkas/:file|/work/:collection/:id/unparking|/kelola/pekerjaan|/kelola/jp/:hours/bukti|/penyiapan/|/lupa-sandi/|/logo`)
