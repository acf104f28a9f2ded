package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/apelkota/apel/api"
	"github.com/apelkota/apel/demo"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/policies"
)

var update = flag.Bool("update", false, "write testdata/roles.csv; read what git diff shows of it before committing")

// A role is named in three rooms; each list must have all of them, or it could not be granted, shown or tested.
func TestEveryRoleIsNamedEverywhere(t *testing.T) {
	want := slices.Sorted(slices.Values(policies.Roles))
	for name, list := range map[string][]string{"people.Roles (teaching, privileged)": people.Roles(), "telling (cmd/apel/navigation.go)": telling} {
		if got := slices.Sorted(slices.Values(list)); !slices.Equal(got, want) {
			t.Errorf("%s is %v, policies.Roles is %v", name, got, want)
		}
	}
	rows, err := demo.Files.ReadFile("city/roles.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range policies.Roles {
		if n := people.RoleText(role); n.ID == role || n.EN == role {
			t.Errorf("people.RoleText has no words for %s", role)
		}
		if role != "supervisor" && !strings.Contains(string(rows), ","+role+",") { // a supervisor follows from the post
			t.Errorf("nobody in demo/city/roles.csv holds the role %s", role)
		}
	}
}

// testdata/roles.csv says for every route of pages and API who may use it. A row is a route and whose object it is asked for:
//
//   - it has no object, or one that belongs to nobody
//     own      the actor's own
//     subtree  a colleague's in DISDUKCAPIL, where unit_admin and supervisor have their role; everybody else's roles hold everywhere
//     foreign  of somebody in another agency
//
// A cell is yes (allowed; the request may still fail for another reason, such as a state that does not allow it), none (a list, with nothing on it
// for this role), 401, 403 or 404; "form" only where oneTime says why. The walk runs against a database that refuses every write, so that an allowed
// change is known by that refusal and nothing it does spoils the next cell. A form that is refused for what was typed shows nothing and fails.
const roleTable = "testdata/roles.csv"

// unitTable is the same for roles that hold for a unit only, here DISDUKCAPIL: those that a line of the policy tables gives something below a unit, beside
// the two that have no other form.
const unitTable = "testdata/roles-unit.csv"

var unitRoles = []string{"training_admin", "placement_analyst", "system_admin", "auditor", "leader", "marker"}

// onUnit marks a role that is held for a unit only.
const onUnit = "@unit"

const anonymous = "anonymous"

// question is one row: a request with placeholders.
type question struct {
	method, route string // as the table names it
	path          string // with {placeholders}
	object        string
	media, body   string
}

// asked are lists narrowed by a parameter: whom or what they are asked for decides, so each is a row of its own.
var asked = []string{
	"/api/v1/enrolments?person={person}", "/api/v1/enrolments?unit={unit}", "/api/v1/enrolments?course=APEL-104", "/api/v1/attempts?enrolment={enrolment}", "/api/v1/attempts?course=APEL-104",
	"/api/v1/certificates?person={person}", "/api/v1/certificates?unit={unit}", "/api/v1/certificates?course=CONTOH-1", "/api/v1/assignments?person={person}", "/api/v1/assignments?unit={unit}",
	"/api/v1/assignments?course=APEL-202", "/api/v1/audit?about={person}", "/api/v1/audit?who={person}", "/api/v1/people?under={unit}", "/api/v1/readiness/blocking?unit={unit}",
	"/api/v1/readiness/units?unit={unit}", "/api/v1/vacancies?under={unit}", "/api/v1/staff-calendar?unit={unit}", "/api/v1/staff-calendar/file?unit={unit}",
	"/kelola/pegawai?unor={unit}", "/kelola/sertifikat?unor={unit}", "/kelola/penugasan?unor={unit}", "/kelola/kesiapan?unor={unit}", "/kelola/audit?tentang={person}", "/kelola/audit?oleh={person}",
	"/kelola/percobaan?kursus=APEL-104", "/kelola/penugasan/baru?pegawai={person}", "/kelola/kalender?unor={unit}", "/kelola/kalender/berkas?unor={unit}",
}

// askedForms are forms of pages that do something else when another button is pressed: route, what is sent.
var askedForms = [][2]string{{"/akun/token", "revoke={token}"}, {"/akun/sesi", "id={session}"}, {"/kelola/pegawai/:person/akun", "act=buka&why=uji"}, {"/kelola/pegawai/:person/akun", "act=keluarkan&why=uji"},
	{"/kelola/pegawai/:person/akun", "act=kode&why=uji"}, {"/kelola/pegawai", "q={nip}"}, {"/kelola/sertifikat", "q={nip}"}, {"/kelola/audit", "act=tentang&q={nip}"}, {"/kelola/penugasan/baru", "act=find&find={nip}"},
	{"/kelola/kursus/:course/tutup", "reviewed=true&why=uji"},
	{bankItem, "act=remark&key=k&text=uji&version={itemVersion104}"}, {bankItem, "act=ask&version={itemVersion104}"}, {bankItem, "act=approve&version={itemVersion104}"}, {bankItem, "act=copy&revision={revision104}"}, {bankItem, "act=delete&revision={revision104}"}}

const bankItem = "/kelola/kursus/:course/:number/bank/:bank/soal/:item"

// oneTime are forms behind a secret that is used up when it works, and that says nothing about roles: the walk has none and is told so.
var oneTime = map[string]string{
	"/masuk/kode":        "a session that waits for its second factor",
	"/lupa-sandi/:token": "a link from a mail",
	"/penyiapan/:token":  "the set-up link of an installation without accounts",
}

// uploads are the forms that carry a file, by the name of its field.
var uploads = map[string]string{"/jp": "proof", "/kelola/impor": "file", "/kelola/impor/sinkron": "file", "/kelola/kursus/:course/:number/bank/:bank/impor": "file", "/kelola/kursus/:course/:number/berkas": "picture"}

// fileOf is a file that a form or an import of a kind takes: those of the demo city.
func (c *city) fileOf(kind string) (name, data string) {
	switch kind {
	case "":
		return "bukti.pdf", "%PDF-1.7\nbukti\nstartxref\n9\n%%EOF"
	case "course":
		return "kursus.zip", zipped(c.t, "", "")
	case "picture":
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 5, 5))); err != nil {
			c.t.Fatal(err)
		}
		return "uji.png", b.String()
	case "items":
		return "soal.txt", "1. Uji?\nA. ya\nB. tidak\nKunci: A\n"
	case "sync":
		return "siasn.csv", "nip,name,status,unit\n199001012020011999,Uji,PNS,DINKES\n"
	}
	b, err := demo.Files.ReadFile("city/" + kind + ".csv")
	if err != nil {
		c.t.Fatal(err)
	}
	return kind + ".csv", string(b)
}

// objectOf says which placeholder a route's :id (or :code) stands for.
var objectOf = map[string]string{"people": "{person}", "units": "{unit}", "enrolments": "{enrolment}", "attempts": "{attempt}", "hours": "{hours}", "certificates": "{certificate}",
	"assignments": "{assignment}", "notices": "{notice}", "tokens": "{token}", "sessions": "{session}", "apps": "{app}", "markings": "{marking}", "objections": "{objection}"}

var (
	ginParameter = regexp.MustCompile(`[:*]([a-zA-Z_]+)`)
	unitObject   = regexp.MustCompile(`\{(unit|app)\}`)
	owned        = regexp.MustCompile(`\{(person|enrolment|attempt|hours|certificate|assignment|notice|token|session|nip|marking|objection|workEnrolment|staffMarking)\}`)
)

// questions makes the rows from what is mounted.
func (c *city) questions() []question {
	var out []question
	add := func(q question) {
		text := q.path + q.body
		switch {
		case owned.MatchString(text):
			for _, q.object = range []string{"own", "subtree", "foreign"} {
				out = append(out, q)
			}
		case unitObject.MatchString(text):
			for _, q.object = range []string{"subtree", "foreign"} {
				out = append(out, q)
			}
		default:
			q.object = "-"
			out = append(out, q)
		}
	}
	for _, r := range c.router.Routes() {
		if strings.HasPrefix(r.Path, "/assets/") || r.Method == http.MethodHead {
			continue
		}
		q := question{method: r.Method, route: r.Path}
		if strings.HasPrefix(r.Path, api.Prefix+"/") {
			template := ginParameter.ReplaceAllString(r.Path, "{$1}")
			noun, _, _ := strings.Cut(strings.TrimPrefix(template, api.Prefix+"/"), "/")
			q.path = template
			if o, ok := objectOf[noun]; ok {
				q.path = strings.Replace(q.path, "{id}", o, 1)
				if noun == "apps" {
					q.path = strings.Replace(q.path, "{code}", o, 1)
				}
			}
			_, op := c.checks.operation(r.Method, template)
			q.media, q.body = c.body(op)
			if strings.Contains(template, "/field-tasks/") {
				q.path = strings.NewReplacer("{enrolment}", "{workEnrolment}", "{task}", "TL1", "{file}", "{workFile}").Replace(q.path)
			}
			if noun == "regrades" {
				q.path = strings.Replace(q.path, "{attempt}", "{regradeAttempt}", 1)
			}
			if noun != "imports" {
				q.path += wanted(op)
			}
		} else {
			q.path = pageAddress(r.Path)
			if r.Method != http.MethodGet {
				q.media, q.body = "application/x-www-form-urlencoded", pageForm(r.Path)
			}
		}
		add(q)
	}
	for _, path := range asked {
		add(question{method: http.MethodGet, route: path, path: path})
	}
	for _, f := range askedForms {
		add(question{method: http.MethodPost, route: f[0] + " " + f[1], path: pageAddress(f[0]), media: "application/x-www-form-urlencoded", body: f[1]})
	}
	for _, kind := range importOrder {
		add(question{method: http.MethodPost, route: api.Prefix + "/imports/" + kind, path: api.Prefix + "/imports/" + kind, media: "application/octet-stream"})
		if kind != "sync" { // a form of its own
			add(question{method: http.MethodPost, route: "/kelola/impor kind=" + kind, path: "/kelola/impor", media: "application/x-www-form-urlencoded", body: "act=check&form=formulir-tabel&kind=" + kind})
		}
	}
	return out
}

// pageParameter says what a parameter of a page's address stands for.
var pageParameter = map[string]string{"person": "{person}", "unit": "{unit}", "enrolment": "{enrolment}", "attempt": "{attempt}", "hours": "{hours}", "certificate": "{certificate}", "assignment": "{assignment}", "app": "{app}", "marking": "{marking}", "objection": "{objection}",
	"lesson": "{lesson}", "quiz": "{quiz}", "course": "APEL-104", "number": "2", "bank": "{bank104}", "file": "{file}", "cohort": "{cohort}", "exam": "{exam}", "rule": "{rule}", "position": "{position}", "recommendation": "{recommendation}",
	"import": "{import}", "role": "operator", "act": "cabut", "regrade": "{regrade}", "format": "csv", "item": "{item104}"}

func pageAddress(route string) string {
	switch {
	case strings.HasPrefix(route, "/sertifikat/:id"):
		return strings.Replace(route, ":id", "{certificate}", 1)
	case strings.HasSuffix(route, "/putusan/:attempt"):
		return strings.NewReplacer(":regrade", "{regrade}", ":attempt", "{regradeAttempt}").Replace(route)
	case strings.HasPrefix(route, "/kelola/nilai-ulang/soal/"):
		return strings.Replace(route, ":item", "{keyItem}", 1)
	case strings.HasPrefix(route, "/kelola/kursus/:course/:number/pelajaran/"), strings.HasPrefix(route, "/kelola/kursus/:course/:number/tes/"):
		return strings.NewReplacer(":course", "APEL-104", ":number", "2", ":lesson", "{lesson104}", ":quiz", "{quiz104}").Replace(route)
	case strings.HasPrefix(route, "/belajar/:enrolment/tugas/"):
		return strings.NewReplacer(":enrolment", "{workEnrolment}", ":task", "TL1", ":file", "{workFile}").Replace(route)
	case strings.HasPrefix(route, "/tugas-staf/"):
		return strings.NewReplacer(":marking", "{staffMarking}", ":file", "tidak-ada").Replace(route)
	case strings.HasPrefix(route, "/kelola/kursus/:course/:number/tugas/"), strings.HasPrefix(route, "/kelola/kursus/:course/:number/coba/tugas/"):
		return strings.NewReplacer(":course", "UJI-ESAI", ":number", "2", ":task", "TL1").Replace(route)
	case route == "/berkas/:name":
		return "/berkas/{file}"
	case strings.HasPrefix(route, "/kursus/:code"):
		return strings.Replace(route, ":code", "APEL-104", 1)
	case strings.HasSuffix(strings.ToLower(route), "/v/:code"):
		return strings.Replace(route, ":code", "{code}", 1)
	}
	return ginParameter.ReplaceAllStringFunc(route, func(p string) string {
		if v, ok := pageParameter[p[1:]]; ok {
			return v
		}
		return "tidak-ada" // a one-time link that nobody holds
	})
}

var writtenItem = []string{"revision", "{revision104}", "type", "single", "code", "", "objective", "{objective104}", "stem", "Uji?", "o", "2", "o0.text", "ya", "o0.key", "1", "o1.text", "tidak"}

// pageForm fills every form so that only permission, or the walk's database, can refuse it.
func pageForm(route string) string {
	f := url.Values{}
	for k, v := range map[string]string{"why": "Alasan uji", "minutes": "5", "key": "tabel-peran", "form": "formulir-tabel", "reason": "gap", "because": "Alasan uji", "due": "2030-01-31", "course": "APEL-202",
		"role": "author", "since": "2026-01-01", "last": "2026-12-31", "official": "Kepala BKPSDMD", "held": "0", "collection": "attempts", "id": "tidak-ada", "quota": "10", "name": "Uji", "from": "2029-01-01",
		"until": "2030-01-31", "who": "all", "code": "KODE", "due_days": "30", "closed": "1", "version": "0", "q": "uji", "note": "uji", "edition": "1"} {
		f.Set(k, v)
	}
	for suffix, more := range map[string][]string{"/pegawai/:person/akun": {"act", "tutup"}, "/petugas": {"act", "assign", "role", "operator", "person", "{person}"}, "/jp/:hours": {"act", "terima"}, "/menilai/:marking": {"go", "later"}, "/tugas-staf/:marking": {"go", "later", "seq", "0"}, "/belajar/:enrolment/tugas/:task": {"go", "save", "seq", "0"}, "/tugas/:task/simpan": {"seq", "0"},
		"/putusan/:attempt": {"act", "keep"}, "/tugas-baru": {"go", "preview"}, "/:number/tugas/:task": {"go", "preview"},
		"/penugasan/baru": {"act", "assign", "person", "{person}"}, "/kelola/slip": {"unit", "{unit}"}, "/peserta": {"unit", "{unit}"}, "/kotak-masuk": {"id", "{notice}"}, "/peran": {"until", ""},
		"/kursus/baru": {"code", "UJI-1", "title", "Uji", "kind", "teknis", "track", "dasar", "jp", "4"}, "/:number/data": {"revision", "{revision104}", "title", "Uji", "kind", "teknis", "track", "dasar", "jp", "4"},
		"/:number/susunan": {"revision", "{revision104}", "go", "save"}, "/tes-baru": {"revision", "{revision104}", "kind", "practice", "bank", "bank"}, "/tes/:quiz": {"revision", "{revision104}", "kind", "practice", "bank", "bank"},
		"/pelajaran-baru": {"title", "Uji", "minutes", "5", "part", "lessons", "markdown", "Uji.", "guard", "baru"}, "/pelajaran/:lesson": {"title", "Uji", "minutes", "5", "part", "lessons", "markdown", "Uji.", "guard", "{guard104}"}, "/pratinjau": {"markdown", "Uji."}, "/tempel": {"html", "<p>Uji</p>"}, "/catatan": {"act", "remark", "text", "Uji"}, "/:course/salin": {"from", "1", "code", "UJI-2", "title", "Uji"}, "/:number/dokumen": {"text", "# Uji", "split", "0", "kind", "text"}, "/dokumen-ambil": {"revision", "{revision104}", "lessons", `[{"t":"Uji","m":"Uji.","w":1}]`, "minutes.0", "1"}, "/:number/berkas": {"alt", "Uji", "kind", "picture"},
		"/ujian/baru": {"course", "APEL-103", "quiz", "posttest", "opens_day", "2030-01-02", "opens_time", "09:00", "closes_day", "2030-01-02", "closes_time", "11:00"}, "/ujian/:exam/ubah": {"revision", "1", "opens_day", "2030-01-02", "opens_time", "09:00", "closes_day", "2030-01-02", "closes_time", "11:00"},
		"/ujian/:exam": {"act", "message", "text", "Uji"}, "/:number/bank": {"bank", "uji"}, "/:bank/impor": {"kind", "items"},
		"/:bank/ambil": {"items", `[{"i":{"code":"uji-1","type":"truefalse","objective":"104.1","stem":"Uji?","options":[{"id":"a","text":"","mark":252000},{"id":"b","text":"","mark":0}]}}]`},
		"/:bank/baru":  writtenItem, "/soal/:item/ubah": writtenItem, "/kisi-kisi": {"revision", "{revision104}", "draw.{objective104}", "1"},
		"/:attempt/keberatan": {"item", "markedItem"}, "/kursus/:code/angkatan": {"cohort", "{cohort}"}, "/simpan": {"item", "{item}"}, "/:attempt/berkas": {"item", "{item}", "remove", "tidak-ada"}, "/penugasan/aturan": {"who", "unit", "unit", "{unit}"},
		"/akun/sandi": {"password", "{password}", "new", "kuda-laut-2027", "again", "kuda-laut-2027"}, "/akun/token": {"days", "30"}, "/jp": {"title", "Uji", "organiser", "Lembaga", "on", "2026-01-31", "jp", "4"},
		"/masuk": {"nip", "{knownNIP}", "password", "{knownPassword}"}, "/aktivasi": {"nip", "{slipNIP}", "code", "{slip}", "password", "kuda-laut-2027", "again", "kuda-laut-2027", "privacy", "1"}, "/periksa": {"code", "{code}"},
		"/kelola/pengaturan": {"version", "{settings}"}, "/kelola/impor": {"act", "check", "kind", "units"}, "/impor/sinkron": {"kind", "sync", "source", "Uji"}, "/soal/:item": {"void", "1"},
		"/unor/baru": {"kind", "bidang", "parent", "{unitOf}"}, "/unor/:unit/ubah": {"kind", "bidang"}, "/unor/:unit/pindah": {"parent", "{top}"},
		"/jabatan/baru": {"kind", "pelaksana", "jenjang", "pelaksana", "seats", "1", "unit", "{unitOf}"}, "/jabatan/:position/ubah": {"kind", "pelaksana", "jenjang", "pelaksana", "seats", "1", "unit", "{unitOf}"},
		"/pegawai/baru": {"nip", "199001012020011999", "status", "PNS", "legal_position", "01", "unit", "{unitOf}"}, "/pegawai/:person/ubah": {"status", "{status}", "legal_position", "01", "unit", "{unitOf}"}} {
		if strings.HasSuffix(route, suffix) {
			for i := 0; i < len(more); i += 2 {
				f.Set(more[i], more[i+1])
			}
		}
	}
	return strings.NewReplacer("%7B", "{", "%7D", "}").Replace(f.Encode())
}

// given are the values of body fields that must name something that exists, or that a room looks at before it asks for permission.
var given = map[string]any{"person": "{person}", "persons": []string{"{person}"}, "nip": "{nip}", "unit": "{unitOf}", "course": "APEL-202", "role": "author", "who": "unit:DISDUKCAPIL", "form": "formulir-tabel",
	"due": "2030-01-31", "on": "2026-01-31", "from": "2029-01-01", "until": "2030-01-31", "since": "2026-01-01", "last": "2026-12-31", "quiz": "{post}", "reason": "gap", "status": "mandiri",
	"proof": "{proof}", "official": "Kepala BKPSDMD", "position": "{position}", "password": "kata-sandi-lama", "competency": "T.01", "kind": "people", "code": "KODE", "totp": "123456"}

// body makes a body that fits an operation's schema, with only what is required.
func (c *city) body(op map[string]any) (media, body string) {
	request, ok := op["requestBody"].(map[string]any)
	if !ok {
		return "", ""
	}
	for media, m := range request["content"].(map[string]any) {
		if file, ok := c.rawBody(fmt.Sprint(op["operationId"])); ok {
			return media, file
		}
		if media != "application/json" {
			return media, "%PDF-1.7\nisi\nstartxref\n9\n%%EOF"
		}
		id := fmt.Sprint(op["operationId"])
		v := c.value("", m.(map[string]any)["schema"].(map[string]any))
		set := func(more ...any) {
			for i := 0; i < len(more); i += 2 {
				v.(map[string]any)[more[i].(string)] = more[i+1]
			}
		}
		details := map[string]any{"name": "Uji", "status": "PNS", "unit": "{unitOf}"}
		card := map[string]any{"title": map[string]any{"id": "Uji"}, "kind": "teknis", "track": "dasar", "jp": 1}
		switch id {
		case "changeSettings": // the form starts from what stands
			set("settings", map[string]any{"institution": "Pemerintah Kota", "city": "Kota", "agency": "Badan", "agency_short": "B", "accent": "#0f5c5c", "signers": []any{}, "zone": "Asia/Jakarta",
				"base_url": "", "base_confirmed": false, "old_hosts": []any{}, "number_pattern": "{seq:5}/{tahun}", "pppk_codes": []any{}, "service_months": 12, "jp_notice": 24, "jp_duty": 20, "quiet_from": 20, "quiet_until": 6})
		case "logIn", "activate": // these concern nobody yet
			set("nip", "199001012020121001")
		case "changePassword":
			set("password", "{password}", "new", "kuda-laut-2027")
		case "confirmPassword":
			set("password", "{password}")
		case "addCourse":
			set("code", "UJI-310", "card", card)
		case "writeFacts":
			set("card", card, "objectives", []any{map[string]any{"code": "104.1", "text": map[string]any{"id": "Uji"}}})
		case "writeQuiz":
			set("quiz", map[string]any{"kind": "practice", "bank": "uji"})
		case "addItem", "writeItem", "previewItem":
			set("item", map[string]any{"type": "single", "objective": "104.1", "stem": "Uji?", "options": []any{map[string]any{"text": "ya", "mark": "100"}, map[string]any{"text": "tidak"}}})
		case "writeFieldTask":
			set("rubric", []any{map[string]any{"text": "Isi", "weight": 1, "levels": []any{map[string]any{"text": "Belum ada", "mark": "0"}, map[string]any{"text": "Lengkap", "mark": "100"}}}})
		case "planExam":
			set("course", "APEL-103", "quiz", "posttest", "opens", "2030-01-02T02:00:00Z", "closes", "2030-01-02T04:00:00Z")
		case "changeExam":
			set("opens", "2030-01-02T02:00:00Z", "closes", "2030-01-02T04:00:00Z")
		case "invigilate":
			set("act", "message", "text", "Uji")
		case "checkRegrade":
			set("item", "{keyItem}", "key", c.voided())
		case "revokeCertificate", "suspendCertificate", "reinstateCertificate":
			set("reason", "Alasan uji peran")
		case "addPerson":
			set("nip", "199001012020011999", "details", details)
		case "renumber":
			details["email"] = "{email}"
			set("nip", "199001012020011998", "details", details)
		case "editPerson":
			details["status"], details["email"] = "{status}", "{email}"
			set("details", details)
		case "setSupervisor":
			set("person", "{supervisor}")
		case "setEmail":
			set("email", "uji@cempakaraya.example")
		case "addUnit", "editUnit":
			set("kind", "bidang")
		case "moveUnit":
			set("parent", "{top}")
		case "addPosition", "editPosition":
			set("kind", "pelaksana", "jenjang", "pelaksana")
		case "enrol", "blockAccount", "unblockAccount", "endSessions", "dropSecondFactor":
			set("why", "Uji")
		case "putAppRole":
			set("courses", []string{"APEL-103"})
		case "putRule":
			set("course", "APEL-103")
		case "saveMark", "giveMark":
			set("levels", map[string]int{"a": 1}, "seq", 0)
		case "addToken":
			set("roles", []string{})
		}
		b, err := json.Marshal(v)
		if err != nil {
			c.t.Fatal(err)
		}
		return media, string(b)
	}
	return "", ""
}

// rawBody is the file that an operation takes which reads it before a database could refuse.
func (c *city) rawBody(operation string) (string, bool) {
	switch operation {
	case "addCourseFile":
		_, data := c.fileOf("picture")
		return data, true
	case "readLessons":
		return "# Uji\n\nUji.", true
	}
	return "", false
}

// wanted are the parameters of an address that an operation cannot do without.
func wanted(op map[string]any) string {
	q := url.Values{}
	params, _ := op["parameters"].([]any)
	for _, x := range params {
		p := x.(map[string]any)
		if p["in"] == "query" && p["required"] == true {
			q.Set(fmt.Sprint(p["name"]), map[string]string{"revision": "{revision104}", "with": "APEL-104.1", "seq": "1"}[fmt.Sprint(p["name"])])
			if q.Get(fmt.Sprint(p["name"])) == "" {
				q.Set(fmt.Sprint(p["name"]), "Uji")
			}
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + strings.NewReplacer("%7B", "{", "%7D", "}").Replace(q.Encode())
}

// voided is the present key of the item that is corrected, with the item taken out.
func (c *city) voided() api.ItemKey {
	it, err := c.courses.ItemToCorrect(c.t.Context(), system, c.shared["keyItem"])
	if err != nil {
		c.t.Fatal(err)
	}
	k := api.ItemKey{Void: true}
	for _, o := range it.Options {
		k.Options = append(k.Options, api.BankOption{ID: o.ID, Text: o.Text, Mark: o.Mark.Percent(), Tolerance: o.Tolerance, Feedback: o.Feedback})
	}
	return k
}

func (c *city) value(name string, schema map[string]any) any {
	if ref, ok := schema["$ref"].(string); ok {
		schema = c.checks.doc["components"].(map[string]any)["schemas"].(map[string]any)[strings.TrimPrefix(ref, "#/components/schemas/")].(map[string]any)
	}
	if v, ok := given[name]; ok {
		if of, named := schema["enum"].([]any); !named || slices.Contains(of, v) {
			return v
		}
	}
	kind := fmt.Sprint(schema["type"])
	switch {
	case strings.Contains(kind, "object"):
		out := map[string]any{}
		properties, _ := schema["properties"].(map[string]any)
		for p, s := range properties {
			_, named := given[p]
			if slices.Contains(toStrings(schema["required"]), p) || named && (p == "person" || p == "form") {
				out[p] = c.value(p, s.(map[string]any))
			}
		}
		return out
	case strings.Contains(kind, "array"):
		return []any{c.value("", schema["items"].(map[string]any))}
	case strings.Contains(kind, "integer"), strings.Contains(kind, "number"):
		return 1
	case strings.Contains(kind, "boolean"):
		return true
	}
	if e, ok := schema["enum"].([]any); ok {
		return e[0]
	}
	return "uji"
}

func toStrings(v any) []string {
	var out []string
	l, _ := v.([]any)
	for _, x := range l {
		out = append(out, fmt.Sprint(x))
	}
	return out
}

// ask makes a question's request as a role and says what comes of it.
func (c *city) ask(role string, q question) (class string, detail string) {
	holder, _ := strings.CutSuffix(role, onUnit)
	name := map[string]string{"own": holder, "subtree": "near", "foreign": "far", "-": holder}[q.object]
	b := c.of(name)
	unit, app := c.nearUnit, c.shared["nearApp"]
	if q.object == "foreign" {
		unit, app = c.farUnit, c.shared["farApp"]
	}
	id := func(k string) string {
		if b[k] == "" {
			return "tidak-ada" // nobody is logged in, or the person has no account
		}
		return b[k]
	}
	s := c.shared
	var pairs []string
	for _, k := range []string{"person", "nip", "enrolment", "attempt", "hours", "certificate", "assignment", "notice", "token", "session", "marking", "objection", "workEnrolment", "staffMarking", "workFile", "quiz", "post", "item", "lesson", "proof", "status"} {
		pairs = append(pairs, "{"+k+"}", id(k))
	}
	known := c.logins["learner"]
	pairs = append(pairs, "{file}", s["file"], "{item104}", s["item104"], "{itemVersion104}", s["itemVersion104"], "{objective104}", s["objective104"], "{lesson104}", s["lesson104"], "{quiz104}", s["quiz104"], "{revision104}", s["revision104"], "{guard104}", s["guard104"])
	pairs = append(pairs, "{keyItem}", s["keyItem"], "{regrade}", s["regrade"], "{regradeAttempt}", s["regradeAttempt"], "{password}", cmp.Or(c.logins[name].Password, "tidak-ada"), "{email}", b["email"], "{knownNIP}", known.NIP, "{knownPassword}", known.Password, "{slip}", s["slip"], "{slipNIP}", s["slipNIP"],
		"{settings}", fmt.Sprint(c.settings.Version()), "{top}", s["top"], "{supervisor}", c.persons["supervisor"], "{unitOf}", unit)
	body := strings.NewReplacer(append(slices.Clone(pairs), "{unit}", unit, "{app}", app, "{position}", s["position"], "{code}", s["code"])...).Replace(q.body)
	body = strings.ReplaceAll(body, "{cohort}", s["cohort"])
	noun, _, _ := strings.Cut(strings.TrimPrefix(q.path, api.Prefix+"/"), "/")
	if strings.Contains(q.path, "{objection}") {
		pairs = append([]string{"{file}", id("answerFile")}, pairs...)
	}
	if strings.HasSuffix(q.route, "/answers/:item/objection") || strings.HasSuffix(q.route, "/:attempt/keberatan") {
		pairs = append([]string{"{attempt}", id("markedAttempt"), "{item}", id("markedItem")}, pairs...)
		body = strings.ReplaceAll(body, "markedItem", url.QueryEscape(id("markedItem")))
	}
	if strings.Contains(q.route, "/:attempt/berkas/:item") || strings.Contains(q.route, "/answers/:item/files") {
		pairs = append([]string{"{attempt}", id("fileAttempt"), "{item}", id("fileItem"), "{item104}", id("fileItem"), "{file}", id("answerFile")}, pairs...)
	}
	if noun == "versions" {
		if strings.Contains(q.path, "/field-tasks/") {
			pairs = append(pairs, "{id}", "UJI-ESAI.2")
		}
		pairs = append(pairs, "{id}", s["draft"], "{bank}", s["bank"], "{remark}", s["remark104"])
		if strings.Contains(q.path, "{bank}") {
			pairs = append([]string{"{id}", s["version"], "{item}", s["item103"]}, pairs...)
		}
	}
	if noun == "imports" || noun == "cohorts" || noun == "exams" || noun == "positions" || noun == "recommendations" {
		pairs = append(pairs, "{id}", s[strings.TrimSuffix(noun, "s")])
	}
	if noun == "regrades" {
		pairs = append(pairs, "{id}", s["regrade"])
	}
	if noun == "items" {
		pairs = append([]string{"{item}", s["keyItem"]}, pairs...)
	}
	if noun == "checks" || !strings.HasPrefix(q.path, api.Prefix) {
		pairs = append(pairs, "{code}", s["code"])
	}
	pairs = append(pairs, "{bank104}", s["bank104"], "{rule}", s["rule"], "{recommendation}", s["recommendation"], "{import}", s["import"], "{unit}", unit, "{app}", app, "{code}", map[string]string{"courses": s["course"], "assignment-rules": s["rule"]}[noun], "{position}", s["position"],
		"{cohort}", s["cohort"], "{exam}", s["exam"], "{role}", "operator", "{kind}", "people", "{collection}", "attempts", "{format}", "csv", "{name}", s["file"], "{id}", "tidak-ada")
	for i := 1; i < len(pairs); i += 2 {
		pairs[i] = url.PathEscape(pairs[i])
	}
	path := strings.NewReplacer(pairs...).Replace(q.path)
	media := q.media
	if kind, ok := strings.CutPrefix(path, api.Prefix+"/imports/"); ok && q.method == http.MethodPost {
		var file string
		file, body = c.fileOf(kind)
		path += "?check=true&source=Uji&name=" + file
	}
	route, _, _ := strings.Cut(q.route, " ")
	if field, ok := uploads[route]; ok && q.method == http.MethodPost {
		typed, err := url.ParseQuery(body)
		if err != nil {
			c.t.Fatal(err)
		}
		file, data := c.fileOf(typed.Get("kind"))
		media, body = upload(c.t, typed, field, file, data)
	}
	ctx, cancel := context.WithCancel(c.t.Context())
	defer cancel()
	r := httptest.NewRequest(q.method, path, strings.NewReader(body)).WithContext(ctx)
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	if strings.Contains(q.route, "extra-time") || strings.Contains(q.route, "granted-attempts") {
		r.Header.Set("Idempotency-Key", "tabel-peran")
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	v := visit.Visit{Lang: texts.ID, Request: "walk"}
	if role != anonymous {
		v.Actor, v.Session = c.purely(role), c.of(holder)["session"]
		v.Token, v.Actor.Token = c.token, c.token
		r.Header.Set("Cookie", "apel="+c.tokens[holder])
	}
	w := untilFlush{httptest.NewRecorder(), cancel}
	c.router.ServeHTTP(w, r.WithContext(visit.With(ctx, v)))
	answer := w.Body.String()
	c.last = answer
	where := fmt.Sprintf("%s %s as %s (%s): %d %.300s", q.method, path, role, q.object, w.Code, answer)
	if strings.HasPrefix(q.route, api.Prefix+"/") && !strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream") {
		if _, err := c.checks.check(q.method, r.URL.Path, w.Code, w.Header(), w.Body.Bytes()); err != nil {
			c.t.Error(err)
		}
	}
	if w.Code == http.StatusUnauthorized && q.method == http.MethodPost && (strings.HasSuffix(q.route, "/sessions") || strings.HasSuffix(q.route, "/activations")) {
		return "yes", where // anybody may try; the number is nobody's
	}
	switch {
	case w.Code == http.StatusOK && strings.Contains(q.route, "act=find") && strings.Contains(answer, "dibuka hanya untuk dibaca"): // found; the look could not be noted
		return "yes", where
	case w.Code == http.StatusSeeOther && strings.HasPrefix(w.Header().Get("Location"), "/masuk"):
		return "401", where
	case w.Code == http.StatusOK && strings.Contains(answer, `"items":[]`),
		w.Code == http.StatusOK && q.method == http.MethodGet && strings.HasPrefix(q.route, "/kelola/") && strings.Contains(q.route, "?") && strings.Contains(answer, `class="empty"`) && !strings.Contains(answer, "<tbody"),
		w.Code == http.StatusOK && strings.HasSuffix(q.route, "/baru?pegawai={person}") && !strings.Contains(answer, `value="`+c.of(name)["person"]+`"`),
		w.Code == http.StatusOK && strings.Contains(q.route, "act=find") && !strings.Contains(answer, `name="person"`),
		w.Code == http.StatusSeeOther && strings.Contains(q.route, "q={nip}") && !strings.Contains(w.Header().Get("Location"), c.of(name)["person"]):
		return "none", where
	case w.Code == http.StatusConflict && q.method != http.MethodGet && oneTime[q.route] != "": // an installation is set up once
		return "form", where
	case w.Code < 400, w.Code == http.StatusConflict, w.Code == http.StatusGone, w.Code == http.StatusTooManyRequests:
		return "yes", where
	case w.Code == http.StatusUnprocessableEntity:
		if strings.Contains(q.route, "q={nip}") && strings.Contains(answer, "Yang Anda cari tidak ada.") { // said beside the search
			return "404", where
		}
		if _, ok := oneTime[q.route]; ok {
			return "form", where
		}
		if strings.Contains(answer, "tidak dijawab dengan berkas") { // found and one's own: the walk's attempts ask for none
			return "yes", where
		}
		if q.method != http.MethodGet { // a list may want to know of what
			c.t.Errorf("%s %s (%s) as %s is refused for what was sent, which says nothing about permission: %s\nsent %.400s", q.method, q.route, q.object, role, complaints(answer), body)
		}
		return "yes", where
	case w.Code == http.StatusServiceUnavailable && strings.Contains(answer, `"title":"read_only"`),
		w.Code == http.StatusServiceUnavailable && strings.Contains(answer, "dibuka hanya untuk dibaca"):
		return "yes", where
	case w.Code == http.StatusUnauthorized, w.Code == http.StatusForbidden, w.Code == http.StatusNotFound:
		return fmt.Sprint(w.Code), where
	}
	c.t.Errorf("the walk cannot tell: %s", where)
	return fmt.Sprint(w.Code), where
}

var tag = regexp.MustCompile(`<[^>]*>`)

// complaints is what an answer says is wrong: a page in its notice, the API in its body.
func complaints(answer string) string {
	if _, notice, ok := strings.Cut(answer, `role="alert"`); ok {
		answer = tag.ReplaceAllString(html.UnescapeString(notice[:min(len(notice), 900)]), " ")
	}
	return strings.Join(strings.Fields(answer), " ")
}

// purely is the person who stands for a role, holding that role and no other: in life, the head of an agency is a supervisor beside being a leader.
func (c *city) purely(role string) access.Actor {
	holder, unit := strings.CutSuffix(role, onUnit)
	a := access.Actor{Person: c.persons[holder], Recent: true}
	switch {
	case role == "learner":
	case unit, role == "supervisor", role == "unit_admin":
		a.Grants = []access.Grant{{Role: holder, Unit: c.nearUnit}}
	default:
		a.Grants = []access.Grant{{Role: role}}
	}
	return a
}

// untilFlush ends a request at its first flush: an event stream has said enough then.
type untilFlush struct {
	*httptest.ResponseRecorder
	cancel context.CancelFunc
}

// Flush implements http.Flusher.
func (u untilFlush) Flush() {
	u.ResponseRecorder.Flush()
	u.cancel()
}

type roleRow struct {
	method, route, object string
	cells                 map[string]string
}

func (r roleRow) key() string { return r.route + " " + r.method + " " + r.object }

// walk asks every question in each of the roles.
func (c *city) walk(roles []string) []roleRow {
	c.db.SetReadOnly("the walk changes nothing")
	var out []roleRow
	for _, q := range c.questions() {
		row := roleRow{q.method, q.route, q.object, map[string]string{}}
		for _, role := range roles {
			if role == anonymous && q.object == "own" {
				row.cells[role] = "-"
				continue
			}
			row.cells[role], _ = c.ask(role, q)
		}
		out = append(out, row)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].key() < out[j].key() })
	return out
}

func writeRoleTable(rows []roleRow, columns []string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write(append([]string{"route", "method", "object"}, columns...)) //nolint:errcheck // a buffer
	for _, r := range rows {
		line := []string{r.route, r.method, r.object}
		for _, c := range columns {
			line = append(line, r.cells[c])
		}
		w.Write(line) //nolint:errcheck // a buffer
	}
	w.Flush()
	return b.Bytes()
}

func readRoleTable(file string) (map[string]roleRow, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	out := map[string]roleRow{}
	for _, l := range lines[1:] {
		r := roleRow{l[1], l[0], l[2], map[string]string{}}
		for i, name := range lines[0][3:] {
			r.cells[name] = l[3+i]
		}
		out[r.key()] = r
	}
	return out, nil
}

// Who may use which route on whose things is as the committed table says; a route without a row fails.
func TestRoleTable(t *testing.T) {
	rows := openCity(t, false).compare(t, append(slices.Clone(roles), anonymous), roleTable)
	holdInvariants(t, rows)
}

// A role that holds for a unit reaches nothing outside of it that the same role held for the city would.
func TestRoleTableOfUnits(t *testing.T) {
	c := openCity(t, false)
	var held []string
	for _, role := range unitRoles {
		held = append(held, role+onUnit)
	}
	rows := c.compare(t, held, unitTable)
	city, err := readRoleTable(roleTable)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		for _, role := range unitRoles {
			if r.cells[role+onUnit] == "yes" && city[r.key()].cells[role] != "yes" {
				t.Errorf("%s %s (%s): %s may for a unit what it may not for the city", r.method, r.route, r.object, role)
			}
		}
	}
	// A course belongs to the city: whoever holds the role for a unit is not offered what would be refused.
	page := "/kelola/kursus/APEL-104/2"
	for role, offered := range map[string]bool{"training_admin": true, "training_admin" + onUnit: false} {
		_, answer := c.ask(role, question{method: http.MethodGet, route: page, path: page, object: "-"})
		if !strings.Contains(answer, ": 200 ") {
			t.Fatal(answer)
		}
		if strings.Contains(c.last, page+"/terbit") != offered {
			t.Errorf("%s is offered to publish: %v, want %v", role, !offered, offered)
		}
	}
}

func (c *city) compare(t *testing.T, columns []string, file string) []roleRow {
	t.Helper()
	rows := c.walk(columns)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, writeRoleTable(rows, columns), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := readRoleTable(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		w, ok := want[r.key()]
		if !ok {
			t.Errorf("%s %s (%s) has no row in %s", r.method, r.route, r.object, file)
			continue
		}
		delete(want, r.key())
		for role, cell := range r.cells {
			if w.cells[role] != cell {
				t.Errorf("%s %s (%s) as %s: %s, the table says %s", r.method, r.route, r.object, role, cell, w.cells[role])
			}
		}
	}
	for _, r := range want {
		t.Errorf("%s has a row for %s %s (%s), which is not mounted", file, r.method, r.route, r.object)
	}
	return rows
}
