package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/demo"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/settings"
	"github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/people"
)

type demoVerb struct {
	place
	front
	Once   bool   `help:"Run the main job over HTTP in a temporary folder, check each step, print it and exit; the exit status is 0 only when every step is as it must be."`
	JSON   bool   `help:"With --once: print the steps as JSON."`
	Out    string `help:"With --once: folder for the certificate's PDF and the public root that checks it." default:"." type:"path"`
	Keep   bool   `help:"With --once: do it in --dir (./contoh-apel) and keep that folder; every further run is by the next learner. The certificate must change the recommended posts of each; of the first, the course must also be advised before."`
	Times  int    `help:"With --once: so many learners do the main job, one after the other." default:"1"`
	People int    `help:"Make a whole city of so many people around the demo city." default:"0"`
	Seed   int64  `help:"Seed of the made city." default:"1"`

	Profile string `help:"Write a CPU profile of the filling to this file." type:"path" hidden:""`
}

// Run fills a fresh folder with the demo city and two years of its past and serves it; a folder it filled before is served again. The main job begins
// in a city without a past, so that each of its steps shows.
func (v *demoVerb) Run(e *env) error {
	if v.Dir == "apel-data" || strings.HasSuffix(v.Dir, string(filepath.Separator)+"apel-data") {
		v.Dir = filepath.Join(filepath.Dir(v.Dir), "contoh-apel") // never next to real data
	}
	clock := &demoClock{}
	if v.Once {
		if err := os.MkdirAll(v.Out, 0o755); err != nil {
			return faults.Wrap(err, faults.Invalid, "Folder tujuan tidak dapat dibuat: "+v.Out, "The output folder cannot be made: "+v.Out)
		}
		v.Listen = "127.0.0.1:0"
		if !v.Keep {
			dir, err := os.MkdirTemp("", "apel-demo-")
			if err != nil {
				return err
			}
			defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
			v.Dir = dir
		}
	}
	say := func(format string, args ...any) {
		if !v.JSON {
			fmt.Printf(format+"\n", args...)
		}
	}
	in, logins, err := v.fill(e.ctx, clock, say)
	if err != nil {
		return err
	}
	if v.Once {
		return v.once(e, in, clock, logins[0])
	}
	return in.serve(e.ctx, v.front, true, func(address string) {
		fmt.Printf("\nAPEL (CONTOH): %s\n\nMasuk dengan NIP dan kata sandi berikut / log in with:\n", address)
		for _, l := range logins {
			fmt.Printf("  %-18s %s  %s  %s\n", l.Role, l.NIP, l.Password, l.Name)
		}
		fmt.Println("\nHentikan dengan Ctrl+C / stop with Ctrl+C.")
	})
}

// fill opens the demo's folder and fills it if it is fresh.
func (v *demoVerb) fill(ctx context.Context, clock *demoClock, say func(string, ...any)) (*installation, []demoLogin, error) {
	city, err := v.checkCity()
	if err != nil {
		return nil, nil, err
	}
	if err := v.settle(); err != nil {
		return nil, nil, err
	}
	if city {
		clock.set(cityBegin(time.Now()))
	}
	in, err := open(ctx, v.place, as{serving: true, worker: true, kind: kindDemo, now: clock.now, seed: v.Seed, made: v.People, filling: city, quiet: true, secure: v.secure()})
	if err != nil {
		return nil, nil, err
	}
	var logins []demoLogin
	if city {
		logins, err = in.fillCity(ctx, v, clock, say)
	} else {
		logins, err = in.fillDemo(ctx, v, say)
	}
	if err != nil {
		if city && ctx.Err() != nil {
			err = faults.Wrap(err, faults.Conflict, "Pengisian dihentikan; kota contoh di "+v.Dir+" belum utuh. Hapus folder itu sebelum mengisi lagi.",
				"Filling was stopped; the demo city in "+v.Dir+" is not whole. Delete that folder before filling again.")
		}
		return nil, nil, errors.Join(err, in.close())
	}
	return in, logins, nil
}

// demoClock is the machine's clock, which a demonstration may step forward to let reading time pass. While a made city lives through its past the
// clock stands where it is set and moves by steps only.
type demoClock struct{ ahead, at atomic.Int64 }

func (c *demoClock) now() time.Time {
	if at := c.at.Load(); at != 0 {
		return time.Unix(0, at).UTC()
	}
	return time.Now().Add(time.Duration(c.ahead.Load()))
}

func (c *demoClock) step(d time.Duration) {
	if c.at.Load() != 0 {
		c.at.Add(int64(d))
		return
	}
	c.ahead.Add(int64(d))
}

// set stops the clock at a moment; release lets it run as the machine's again.
func (c *demoClock) set(t time.Time) { c.at.Store(t.UnixNano()) }
func (c *demoClock) release()        { c.at.Store(0) }

// demoLogin is one person of the demo to log in as. Passwords are made anew for every folder and stand in it beside the keys.
type demoLogin struct {
	Role     string `json:"role"`
	NIP      string `json:"nip"`
	Password string `json:"password"`
	Name     string `json:"name"`
}

const fileLogins = "logins.json"

// demoSettings are the invented city's.
func demoSettings(base string) settings.Settings {
	s := settings.Default()
	s.Institution, s.City = "Pemerintah Kota Cempaka Raya", "Cempaka Raya"
	s.Agency, s.AgencyShort = "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia Daerah", "BKPSDMD"
	s.Signers = []settings.Signer{{Name: "Contoh Penanda Tangan, S.E., M.Si.", Title: "Kepala BKPSDMD Kota Cempaka Raya", Rank: "Pembina Utama Muda"}}
	s.BaseURL, s.Demo = base, true
	s.LocalRules = "Gratifikasi: batas nilai dan tenggat lapor ditanyakan kepada UPG di Inspektorat Daerah (contoh).\nAduan: ringan 2, normatif 5, tanpa unsur pengawasan 14, dengan unsur pengawasan 60 hari kerja (contoh).\nPelindungan data: pejabatnya di Dinas Komunikasi dan Informatika (contoh)."
	s.Contact = "BKPSDMD Kota Cempaka Raya (contoh)"
	return s
}

// fillDemo imports the demo city without a past with the importers an admin uses, and opens one account per role. A folder that is filled is left as it is.
func (in *installation) fillDemo(ctx context.Context, v *demoVerb, say func(string, ...any)) ([]demoLogin, error) {
	a := access.System("demo")
	path := filepath.Join(in.folder.path, fileLogins)
	if logins, err := readLogins(path); !errors.Is(err, fs.ErrNotExist) {
		return logins, err
	}
	base := "http://" + v.Listen
	if err := in.settings.Change(ctx, a, in.settings.Version(), demoSettings(base), "kota contoh"); err != nil {
		return nil, err
	}
	importers := in.importers()
	for _, kind := range importOrder {
		begin := time.Now()
		switch kind {
		case "sync":
			continue
		case "course":
			dirs, err := fs.ReadDir(demo.Files, "courses")
			if err != nil {
				return nil, err
			}
			for _, d := range dirs {
				if !d.IsDir() {
					continue
				}
				folder, err := fs.Sub(demo.Files, "courses/"+d.Name())
				if err != nil {
					return nil, err
				}
				i, err := in.importFolder(ctx, a, folder, false)
				if err != nil {
					return nil, fmt.Errorf("import course %s: %w", d.Name(), err)
				}
				say("  %-14s %s (%s)", "course", i.Summary, time.Since(begin).Round(time.Millisecond))
			}
			continue
		}
		do, ok := importers[kind]
		if !ok {
			continue
		}
		name := kind + ".csv"
		if _, err := fs.Stat(demo.Files, "city/"+name); err != nil {
			continue
		}
		i, err := do(ctx, a, importInput{name: name, open: func() (io.ReadCloser, error) { return demo.Files.Open("city/" + name) }})
		if err != nil {
			return nil, fmt.Errorf("import %s: %w", name, err)
		}
		say("  %-14s %d baris: %s (%s)", kind, i.Rows, i.Summary, time.Since(begin).Round(time.Millisecond))
	}
	logins, err := in.demoAccounts(ctx, a)
	if err != nil {
		return nil, err
	}
	return logins, saveLogins(path, logins)
}

func readLogins(path string) (logins []demoLogin, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(b, &logins); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return logins, nil
}

func saveLogins(path string, logins []demoLogin) error {
	b, err := json.MarshalIndent(logins, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o600)
}

// demoAccounts opens an account per role, the way an admin would: a slip, and a password set with it. Roles that are granted are those of roles.csv; the
// supervisor, which follows from a post, is the learner's.
func (in *installation) demoAccounts(ctx context.Context, a access.Actor) ([]demoLogin, error) {
	f, err := demo.Files.ReadFile("city/roles.csv")
	if err != nil {
		return nil, err
	}
	roles, err := sheets.Read("roles.csv", bytes.NewReader(f), sheets.Options{})
	if err != nil {
		return nil, err
	}
	var logins []demoLogin
	special := map[string]bool{}
	for _, r := range roles.Rows {
		special[roles.Text(r, "nip")] = true
	}
	learners, err := demoCandidates(special)
	if err != nil {
		return nil, err
	}
	learner, err := in.people.LookByNIP(ctx, learners[0])
	if err != nil {
		return nil, fmt.Errorf("demo account of the learner: %w", err)
	}
	over, err := in.people.Derive(ctx, a, learner.ID)
	if err != nil {
		return nil, fmt.Errorf("demo account of the supervisor: %w", err)
	}
	if over.Person.ID == "" {
		return nil, faults.New(faults.NotFound, "Pelajar contoh tidak punya atasan.", "The demo's learner has no supervisor.")
	}
	logins = append(logins, demoLogin{Role: "learner", NIP: learners[0]}, demoLogin{Role: "supervisor", NIP: string(over.Person.NIP())})
	seen := map[string]bool{}
	for _, r := range roles.Rows {
		role, nip := roles.Text(r, "role"), roles.Text(r, "nip")
		if !seen[role] {
			seen[role] = true
			logins = append(logins, demoLogin{Role: role, NIP: nip})
		}
	}
	opened := map[string]string{}
	for i := range logins {
		l := &logins[i]
		p, err := in.people.LookByNIP(ctx, l.NIP)
		if err != nil {
			return nil, fmt.Errorf("demo account of the %s: %w", l.Role, err)
		}
		l.Name = p.DisplayName()
		if l.Password = opened[l.NIP]; l.Password != "" {
			continue
		}
		if l.Password, err = in.demoAccount(ctx, a, p); err != nil {
			return nil, fmt.Errorf("%s: %w", l.Role, err)
		}
		opened[l.NIP] = l.Password
	}
	return logins, nil
}

// demoCandidates are people without a role, those at a service counter first: their gap is what the demo course closes.
func demoCandidates(special map[string]bool) ([]string, error) {
	f, err := demo.Files.ReadFile("city/appointments.csv")
	if err != nil {
		return nil, err
	}
	posts, err := sheets.Read("appointments.csv", bytes.NewReader(f), sheets.Options{})
	if err != nil {
		return nil, err
	}
	var counter, others []string
	for _, r := range posts.Rows {
		nip := posts.Text(r, "nip")
		switch {
		case posts.Text(r, "kind") != "definitif" || special[nip]:
		case strings.Contains(posts.Text(r, "position"), "LOKET"):
			counter = append(counter, nip)
		default:
			others = append(others, nip)
		}
	}
	if len(counter) == 0 {
		return nil, faults.New(faults.NotFound, "Kota contoh tidak punya petugas loket.", "The demo city has nobody at a service counter.")
	}
	return append(counter, others...), nil
}

// demoLearners are n people with a login who have not begun the main job's course. Who has no account yet gets one, and their login joins the others.
func (in *installation) demoLearners(ctx context.Context, n int) (out []demoLogin, err error) {
	a := access.System("demo")
	path := filepath.Join(in.folder.path, fileLogins)
	logins, err := readLogins(path)
	if err != nil {
		return nil, err
	}
	special := map[string]bool{}
	for _, l := range logins {
		if l.Role != "learner" {
			special[l.NIP] = true
		}
	}
	candidates, err := demoCandidates(special)
	if err != nil {
		return nil, err
	}
	for _, nip := range candidates {
		if len(out) == n {
			break
		}
		p, err := in.people.LookByNIP(ctx, nip)
		if err != nil {
			return nil, fmt.Errorf("demo learner: %w", err)
		}
		if begun, err := in.hasBegun(ctx, a, string(p.ID)); err != nil {
			return nil, fmt.Errorf("demo learner: %w", err)
		} else if begun {
			continue
		}
		i := slices.IndexFunc(logins, func(l demoLogin) bool { return l.NIP == nip })
		if i < 0 {
			l := demoLogin{Role: "learner", NIP: nip, Name: p.DisplayName()}
			if l.Password, err = in.demoAccount(ctx, a, p); err != nil {
				return nil, err
			}
			i, logins = len(logins), append(logins, l)
		}
		out = append(out, logins[i])
	}
	if len(out) < n {
		return nil, faults.Newf(faults.Conflict, "Hanya %d orang di folder ini yang belum mulai %s. Pilih folder baru dengan --dir.", "Only %d people in this folder have not begun %s. Choose a fresh folder with --dir.", len(out), mainCourse)
	}
	return out, saveLogins(path, logins)
}

// hasBegun says whether somebody did anything in the main job's course; a rule that assigns it enrols people who have not looked at it yet, and a test that was
// begun, or is not graded yet, does not stand in the enrolment.
func (in *installation) hasBegun(ctx context.Context, a access.Actor, person courses.PersonID) (bool, error) {
	found, _, err := in.courses.Enrolments(ctx, a, courses.EnrolmentFilter{Person: person, Course: mainCourse, Limit: 1})
	if err != nil || len(found) == 0 {
		return false, err
	}
	if e := found[0]; e.Cycle > 1 || e.State != courses.Active || len(e.Reading)+len(e.Taken) > 0 {
		return true, nil
	}
	attempts, _, err := in.courses.Attempts(ctx, a, courses.AttemptFilter{Enrolment: found[0].ID})
	return len(attempts) > 0, err
}

// demoAccount opens an account the way an admin and its owner do: a slip, and a password set with it.
func (in *installation) demoAccount(ctx context.Context, a access.Actor, p people.Person) (password string, err error) {
	slip, err := in.people.IssueSlip(ctx, a, p.ID, "akun contoh")
	if err != nil {
		return "", fmt.Errorf("demo account: %w", err)
	}
	if password, err = newPassword(); err != nil {
		return "", err
	}
	if _, _, err := in.people.Activate(ctx, people.ActivateInput{NIP: string(p.NIP()), Code: slip.Code, Password: password}); err != nil {
		return "", fmt.Errorf("demo account: %w", err)
	}
	return password, nil
}

// newPassword makes a password of 12 letters and digits.
func newPassword() (string, error) {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	s := strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
	return s[:4] + "-" + s[4:8] + "-" + s[8:12], nil
}

// once serves the demo on a random port of this machine, does the main job against it and ends. Of first, the learner whose login is printed, it is known
// that the course is advised before; another learner's post may ask for more than it gives. What the certificate changes is demanded of everybody.
func (v *demoVerb) once(e *env, in *installation, clock *demoClock, first demoLogin) error {
	ctx, stop := context.WithCancel(e.ctx)
	defer stop()
	address := make(chan string, 1)
	served := make(chan error, 1)
	go func() { served <- in.serve(ctx, v.front, true, func(a string) { address <- a }) }()
	var base string
	select {
	case base = <-address:
	case err := <-served:
		return err
	}
	var steps []step
	begin := time.Now()
	learners, err := in.demoLearners(ctx, v.Times)
	for n, l := range learners {
		if err == nil {
			var done []step
			done, err = v.main(ctx, in, clock, base, n, jobPerson{NIP: l.NIP, Password: l.Password, Advised: l.NIP == first.NIP})
			steps = append(steps, done...)
		}
	}
	if err == nil && !v.JSON {
		fmt.Printf("Selesai dalam %s.\n", time.Since(begin).Round(time.Millisecond))
	}
	stop()
	err = errors.Join(err, <-served)
	if v.JSON {
		result := struct {
			OK    bool   `json:"ok"`
			Error string `json:"error,omitempty"`
			Steps []step `json:"steps"`
		}{OK: err == nil, Steps: steps}
		if err != nil {
			result.Error = err.Error()
		}
		if perr := print(result); perr != nil {
			return perr
		}
	}
	return err
}

const mainCourse = "APEL-103"

// main does the main job as one learner. The n-th learner's files are numbered from the second on.
func (v *demoVerb) main(ctx context.Context, in *installation, clock *demoClock, base string, n int, who jobPerson) ([]step, error) {
	job, err := v.job(in, clock, base)
	if err != nil {
		return nil, err
	}
	if n > 0 {
		job.suffix = fmt.Sprintf("-%d", n+1)
	}
	err = job.run(ctx, who)
	return job.steps, err
}

func (v *demoVerb) job(in *installation, clock *demoClock, base string) (*mainJob, error) {
	folder, err := fs.Sub(demo.Files, "courses/"+mainCourse)
	if err != nil {
		return nil, err
	}
	draft, report := exchange.ReadFolder(context.Background(), folder)
	if err := report.Err(); err != nil {
		return nil, err
	}
	c, err := newClient(base)
	if err != nil {
		return nil, err
	}
	j := &mainJob{c: c, course: mainCourse, solver: newSolver(draft), skip: clock.step, out: v.Out, tell: func(s step) {
		if !v.JSON {
			fmt.Printf("  %8s  %-52s %s\n", s.Took.Round(100*time.Microsecond), s.Name, s.Note)
		}
	}}
	j.root = func(ctx context.Context) ([]byte, error) {
		return c.bytes(ctx, http.MethodGet, "/api/v1/root", "", nil)
	}
	return j, nil
}
