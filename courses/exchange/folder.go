package exchange

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/markdown"
	"github.com/apelkota/apel/courses/media"
	"github.com/apelkota/apel/internal/storage"
)

// Limits of a course folder.
const (
	MaxLesson    = markdown.MaxBytes  // bytes of one lesson's Markdown
	MaxLessons   = 5 << 20            // bytes of all lessons together
	MaxPicture   = storage.MaxPicture // bytes of one picture
	MaxFiles     = 500                // files in a folder or zip
	WordsPerMin  = 180                // slow, careful reading
	MinutesPerJP = 45
	// MinutesShare is the part of JP x 45 minutes, in percent, that must be shown to be worked.
	MinutesShare = 90
	// MaxTarget is the highest level that quizzes alone can support; above it a field task shows what was learned.
	MaxTarget = 2
	// TaskPart is the part of the minutes that field tasks are worked in; it follows from them.
	TaskPart = "field_task"
)

// Draft is a course folder as read: everything an author wrote, checked, and nothing the installation adds (ids, versions, rendered HTML).
type Draft struct {
	Code, Title, TitleEN, Summary, SummaryEN string
	Kind                                     string   // teknis, manajerial, sosial_kultural
	Track                                    string   // dasar, operator, aduan, wilayah, pimpinan
	Apel                                     []string // melayani, kompeten, berintegritas
	JP                                       int
	ValidMonths                              int            // 0 = no end
	Minutes                                  map[string]int // by part: lessons, practice, cases, tests, field_task
	SelfEnrolment                            bool
	Prerequisites                            []string
	Objectives                               []Objective
	Targets                                  []Target
	Lessons                                  []Lesson
	Banks                                    []DraftBank
	Quizzes                                  []Quiz
	Tasks                                    []FieldTask
	Pictures                                 []Picture
}

// Objective is one thing a learner can do afterwards.
type Objective struct {
	Code, Text, TextEN string
	Competency         string // code in the dictionary; "" when the author named none
}

// Target is the level of a competency a certificate of the course supports.
type Target struct {
	Competency string
	Level      int
}

// Lesson is one text.
type Lesson struct {
	Code, File, Title, TitleEN string
	Minutes                    int
	Part                       string // lessons, cases, practice
	Objectives                 []string
	Markdown                   string
	Words                      int
}

// DraftBank is one file of items. Code is the file's name without its ending, as quizzes name it.
type DraftBank struct {
	Code, File string
	Items      []grading.Item
	Lines      []int // line of each item in the file
}

// Quiz is the definition of a test.
type Quiz struct {
	Code, Kind, Title, TitleEN, Bank string // kind: pre_test, practice, post_test
	Draw                             grading.Blueprint
	TimeLimitMinutes                 int // 0 = none
	Attempts                         int // 0 = unlimited
	PassMark                         int // 0..100; 0 for quizzes nobody fails
	InOrder                          bool
	Behaviour                        Behaviour
	Marking                          Marking
}

// Picture is one picture a lesson shows, by its path in the folder.
type Picture struct {
	File, Type string
	Data       []byte
}

// The words a course.yaml may use.
var (
	Kinds     = []string{"teknis", "manajerial", "sosial_kultural"}
	Tracks    = []string{"dasar", "operator", "aduan", "wilayah", "pimpinan"}
	Values    = []string{"melayani", "kompeten", "berintegritas"}
	Parts     = []string{"lessons", "practice", "cases", "tests", TaskPart}
	QuizKinds = []string{"pre_test", "practice", "post_test"}
)

var (
	courseCode     = regexp.MustCompile(`^[A-Z0-9][A-Z0-9-]{1,29}$`)
	partCode       = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,29}$`)
	objectiveCode  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,29}$`)
	competencyCode = regexp.MustCompile(`^(M\.\d{2}|T\.\d{2,3}|SK)$`)
)

// ReadFolder reads a course folder: course.yaml, the lessons and banks it names, the pictures lessons show. All mistakes are in the report; the draft is
// complete and consistent when Report.Mistakes is empty, and as far as it could be read otherwise. Nothing outside fsys is looked at. When ctx ends, reading ends
// before the next file, and the report says so as a mistake.
func ReadFolder(ctx context.Context, fsys fs.FS) (*Draft, Report) {
	f := &folder{ctx: ctx, fs: fsys, used: map[string]bool{"course.yaml": true}, draft: &Draft{Minutes: map[string]int{}}}
	data, ok := f.read("course.yaml", maxYAML, value{r: &f.report, file: "course.yaml"})
	if !ok {
		return f.draft, f.report
	}
	top, ok := parseYAML(&f.report, "course.yaml", data)
	if !ok {
		return f.draft, f.report
	}
	f.course(top.mapping())
	f.leftovers()
	return f.draft, f.report.sorted()
}

type folder struct {
	ctx        context.Context // of the one reading
	ended      bool            // the context did
	text       int             // bytes of lessons so far
	work       int             // of the Markdown parser so far
	fs         fs.FS
	report     Report
	draft      *Draft
	used       map[string]bool
	objectives map[string]bool
	codes      map[string]string // item code -> file:line
	levels     []value           // of the targets
}

// read reads one file of the folder whole, at most limit bytes; at is where it was named.
func (f *folder) read(name string, limit int, at value) ([]byte, bool) {
	if !fs.ValidPath(name) || strings.Contains(name, "\\") {
		at.wrong("Nama berkas %q tidak boleh memuat .. atau \\ atau diawali /. Tulis jalur di dalam folder kursus.", "The file name %q may not hold .., \\ or start with /. Write a path inside the course folder.", name)
		return nil, false
	}
	if f.ctx.Err() != nil {
		if !f.ended {
			at.wrong("Pembacaan dihentikan sebelum %s.", "Reading was stopped before %s.", name)
		}
		f.ended = true
		return nil, false
	}
	r, err := f.fs.Open(name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			at.wrong("Berkas %s tidak ada di folder kursus.", "There is no file %s in the course folder.", name)
		} else {
			at.wrong("Berkas %s tidak dapat dibuka.", "The file %s cannot be opened.", name)
		}
		return nil, false
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	f.used[name] = true
	switch {
	case err != nil:
		at.wrong("Berkas %s tidak dapat dibaca.", "The file %s cannot be read.", name)
		return nil, false
	case len(data) > limit:
		at.wrong("Berkas %s lebih dari %d KB.", "The file %s is over %d KB.", name, limit>>10)
		return nil, false
	}
	return data, true
}

// course reads course.yaml; the order of the calls is the order of the messages within a line only.
func (f *folder) course(m *mapping) {
	d := f.draft
	code := m.take("code")
	if d.Code = code.text(true); d.Code != "" && !courseCode.MatchString(d.Code) {
		code.wrong("Kode kursus %q hanya boleh huruf besar, angka, dan -, misalnya APEL-103.", "The course code %q may hold capitals, digits and - only, such as APEL-103.", d.Code)
	}
	d.Title = m.take("title").text(true)
	d.TitleEN = m.take("title_en").text(false)
	d.Summary = m.take("summary").text(true)
	d.SummaryEN = m.take("summary_en").text(false)
	d.Kind = m.take("kind").one(Kinds...)
	d.Track = m.take("track").one(Tracks...)
	apel := m.take("apel")
	for _, v := range apel.list() {
		if s := v.one(Values...); s != "" {
			d.Apel = append(d.Apel, s)
		}
	}
	if !apel.there() {
		apel.wrong("apel belum diisi. Pilih paling sedikit satu dari: %s.", "apel is missing. Choose at least one of: %s.", strings.Join(Values, ", "))
	}
	jp := m.take("jp")
	d.JP = jp.int(true, 1, 200)
	d.ValidMonths = m.take("valid_months").int(true, 0, 120)
	d.SelfEnrolment = m.take("self_enrolment").bool()
	for _, v := range m.take("prerequisites").list() {
		switch s := v.text(true); {
		case s == "":
		case !courseCode.MatchString(s):
			v.wrong("Kode kursus %q tidak berbentuk seperti APEL-101.", "The course code %q does not look like APEL-101.", s)
		case s == d.Code:
			v.wrong("Kursus tidak dapat menjadi prasyarat bagi dirinya sendiri.", "A course cannot be its own prerequisite.")
		default:
			d.Prerequisites = append(d.Prerequisites, s)
		}
	}
	f.readObjectives(m.take("objectives"))
	f.readTargets(m.take("targets"))
	f.readLessons(m.take("lessons"))
	f.readBanks(m.take("banks"))
	f.readQuizzes(m.take("quizzes"))
	f.readTasks(m.take("field_tasks"))
	f.readMinutes(m.take("minutes"), jp)
	m.done()
}

// readMinutes checks the minutes per part against the JP, and against what lessons and tests say themselves.
func (f *folder) readMinutes(v, jp value) {
	d := f.draft
	m := v.mapping()
	if !v.there() {
		v.wrong("minutes belum diisi. Tulis menit per bagian: {lessons: .., practice: .., cases: .., tests: ..}.", "minutes is missing. Write the minutes per part: {lessons: .., practice: .., cases: .., tests: ..}.")
	}
	sum := 0
	at := map[string]value{}
	for _, part := range Parts {
		at[part] = m.take(part)
		d.Minutes[part] = at[part].int(false, 0, 10000)
		if part == TaskPart {
			worked := 0
			for _, t := range d.Tasks {
				if !t.Optional {
					worked += t.Minutes
				}
			}
			if at[part].there() && d.Minutes[part] != worked {
				at[part].warn("Menit tugas lapangan tertulis %d, padahal jumlah dari tugasnya %d; itu yang dipakai.", "The minutes of field tasks say %d, but the tasks add up to %d; that is used.", d.Minutes[part], worked)
			}
			if d.Minutes[part] = worked; worked == 0 {
				delete(d.Minutes, part)
			}
		}
		sum += d.Minutes[part]
	}
	m.done()
	if need := d.JP * MinutesPerJP * MinutesShare; v.there() && d.JP > 0 && sum*100 < need {
		v.wrong("Jumlah menit %d belum sampai %d%% dari %d JP (%d menit). Tambah latihan atau studi kasus, atau turunkan JP.", "The minutes add up to %d, less than %d%% of %d JP (%d minutes). Add practice or cases, or lower the JP.", sum, MinutesShare, d.JP, (need+99)/100)
	} else if d.JP > 0 && sum > d.JP*MinutesPerJP*3/2 {
		jp.warn("Jumlah menit %d jauh di atas %d JP (%d menit).", "The minutes add up to %d, far above %d JP (%d minutes).", sum, d.JP, d.JP*MinutesPerJP)
	}
	declared := map[string]int{}
	for _, l := range d.Lessons {
		declared[l.Part] += l.Minutes
	}
	for _, part := range []string{"lessons", "cases"} {
		if declared[part] != d.Minutes[part] {
			at[part].warn("Menit bagian %s tertulis %d, padahal jumlah dari daftar pelajaran %d.", "The minutes of part %s say %d, but its lessons add up to %d.", part, d.Minutes[part], declared[part])
		}
	}
	if declared["practice"] > d.Minutes["practice"] {
		at["practice"].warn("Menit latihan tertulis %d, kurang dari jumlah lembar latihannya (%d).", "The minutes of practice say %d, less than its sheets add up to (%d).", d.Minutes["practice"], declared["practice"])
	}
	tests := 0
	for _, q := range d.Quizzes {
		if q.Kind != "practice" {
			tests += q.TimeLimitMinutes
		}
	}
	if tests > 0 && d.Minutes["tests"] > tests {
		at["tests"].warn("Menit tes tertulis %d, lebih dari jumlah batas waktunya (%d).", "The minutes of tests say %d, more than their time limits add up to (%d).", d.Minutes["tests"], tests)
	}
}

func (f *folder) readObjectives(v value) {
	f.objectives = map[string]bool{}
	if !v.there() {
		v.wrong("objectives belum diisi. Tulis paling sedikit satu capaian.", "objectives is missing. Write at least one.")
	}
	for _, e := range v.list() {
		m := e.mapping()
		code := m.take("code")
		competency := m.take("competency")
		o := Objective{Code: code.text(true), Text: m.take("text").text(true), TextEN: m.take("text_en").text(false), Competency: competency.text(false)}
		m.done()
		if o.Competency != "" {
			competency.competency(o.Competency)
		}
		if o.Code != "" && !objectiveCode.MatchString(o.Code) {
			code.wrong("Kode capaian %q hanya boleh huruf, angka, titik, - dan _.", "The objective code %q may hold letters, digits, points, - and _ only.", o.Code)
		}
		if f.objectives[o.Code] {
			code.wrong("Kode capaian %s ditulis dua kali.", "The objective code %s is written twice.", o.Code)
			continue
		}
		f.objectives[o.Code] = true
		f.draft.Objectives = append(f.draft.Objectives, o)
	}
}

// competency asks that a code looks like one of the dictionary; whether it is in there is known at publishing.
func (v value) competency(code string) {
	if !competencyCode.MatchString(code) {
		v.wrong("Kode kompetensi %q tidak berbentuk seperti M.01, T.04, atau SK.", "The competency code %q does not look like M.01, T.04 or SK.", code)
	}
}

func (f *folder) readTargets(v value) {
	seen := map[string]bool{}
	for _, e := range v.list() {
		m := e.mapping()
		code, level := m.take("competency"), m.take("level")
		t := Target{Competency: code.text(true), Level: level.int(true, 1, 5)}
		m.done()
		if t.Competency != "" {
			code.competency(t.Competency)
		}
		if seen[t.Competency] {
			code.wrong("Kompetensi %s ditulis dua kali.", "The competency %s is written twice.", t.Competency)
		}
		seen[t.Competency] = true
		f.draft.Targets, f.levels = append(f.draft.Targets, t), append(f.levels, level)
	}
}

func (f *folder) readLessons(v value) {
	if !v.there() {
		v.wrong("lessons belum diisi. Tulis paling sedikit satu pelajaran.", "lessons is missing. Write at least one.")
	}
	codes, files := map[string]bool{}, map[string]bool{}
	for _, e := range v.list() {
		m := e.mapping()
		code, file, minutes, part := m.take("code"), m.take("file"), m.take("minutes"), m.take("part")
		l := Lesson{Code: code.text(true), File: file.text(true), Title: m.take("title").text(true), TitleEN: m.take("title_en").text(false), Minutes: minutes.int(true, 1, 240), Part: "lessons"}
		if part.there() {
			l.Part = part.one("lessons", "cases", "practice")
		}
		l.Objectives = f.known(m.take("objectives"))
		m.done()
		f.unique(code, l.Code, codes)
		if l.File != "" && files[l.File] {
			file.wrong("Berkas %s dipakai oleh dua pelajaran.", "The file %s is used by two lessons.", l.File)
		}
		files[l.File] = true
		if l.File != "" {
			if data, ok := f.read(l.File, MaxLesson, file); ok {
				if f.text += len(data); f.text > MaxLessons {
					file.wrong("Semua pelajaran bersama lebih dari %d MB. Bagi menjadi beberapa kursus.", "All lessons together are over %d MB. Split the course.", MaxLessons>>20)
					break
				}
				f.lesson(&l, data, minutes)
			}
		}
		f.draft.Lessons = append(f.draft.Lessons, l)
	}
}

// unique checks the shape of a code and that it is used once.
func (f *folder) unique(at value, code string, seen map[string]bool) {
	if code == "" {
		return
	}
	if !partCode.MatchString(code) {
		at.wrong("Kode %q hanya boleh huruf, angka, - dan _, paling panjang 30.", "The code %q may hold letters, digits, - and _ only, at most 30.", code)
	}
	if seen[code] {
		at.wrong("Kode %s dipakai dua kali.", "The code %s is used twice.", code)
	}
	seen[code] = true
}

// known reads a list of objective codes and refuses those the course does not have.
func (f *folder) known(v value) []string {
	var out []string
	for _, e := range v.list() {
		s := e.text(true)
		if s != "" && !f.objectives[s] {
			e.wrong("Capaian %s tidak ada dalam objectives.", "The objective %s is not among the objectives.", s)
			continue
		}
		out = append(out, s)
	}
	return out
}

// prose reads a text that is shown as Markdown: letters that are letters, no HTML, pictures that are there, safe links.
func (f *folder) prose(file string, data []byte) (string, bool) {
	text := strings.ReplaceAll(strings.TrimPrefix(string(data), "\uFEFF"), "\r\n", "\n")
	if !utf8.ValidString(text) {
		for i, line := range strings.Split(text, "\n") {
			if at := firstBroken(line); at > 0 {
				f.report.wrong(file, i+1, at, "Ada huruf rusak (bukan UTF-8). Simpan ulang berkas sebagai UTF-8.", "There is a broken character (not UTF-8). Save the file as UTF-8.")
			}
		}
		return "", false
	}
	work, bad := markdown.Weigh(text)
	if f.work += work; bad == nil && f.work > markdown.MaxAllWork {
		bad = tooMuch()
	}
	if bad != nil {
		f.report = append(f.report, Mistake{File: file, Line: bad.Line, Weight: Refused, Text: bad.Text})
		return text, false
	}
	_ = look(text, func(line int) {
		f.report.wrong(file, line, 0, "Baris ini memuat HTML. Pakai Markdown, misalnya **tebal**, > kutipan, atau - daftar.", "This line holds HTML. Use Markdown, such as **bold**, > quote or - list.")
	}, func(p picture) {
		f.picture(file, p)
	}, func(to string, line int) {
		if !safeLink(to) {
			f.report.wrong(file, line, 0, "Tautan %q tidak diterima. Pakai alamat https://, mailto:, atau berkas di folder kursus.", "The link %q is not accepted. Use https://, mailto: or a file of the course folder.", to)
		}
	})
	return text, true
}

// lesson checks a lesson's text: prose with a title, reading time against the declared minutes.
func (f *folder) lesson(l *Lesson, data []byte, minutes value) {
	text, ok := f.prose(l.File, data)
	l.Markdown = text
	first, _, _ := strings.Cut(strings.TrimLeft(text, "\n"), "\n")
	if text != "" && (!strings.HasPrefix(first, "# ") || strings.TrimSpace(first[2:]) == "") {
		f.report.wrong(l.File, 1, 0, "Pelajaran harus dibuka dengan judul: # Judul.", "A lesson opens with a title: # Title.")
	}
	if !ok {
		return
	}
	l.Words = words(text)
	read := (l.Words + WordsPerMin - 1) / WordsPerMin
	switch {
	case l.Words < 30:
		f.report.wrong(l.File, 1, 0, "Isi pelajaran hampir kosong (%d kata).", "The lesson is almost empty (%d words).", l.Words)
	case l.Minutes > 0 && read > l.Minutes:
		minutes.warn("%s: membaca %d kata butuh sekitar %d menit, tertulis %d.", "%s: reading %d words takes about %d minutes, declared are %d.", l.File, l.Words, read, l.Minutes)
	case l.Part == "lessons" && l.Minutes > 4*read:
		minutes.warn("%s: hanya %d kata (sekitar %d menit), tertulis %d menit.", "%s: only %d words (about %d minutes), declared are %d.", l.File, l.Words, read, l.Minutes)
	}
	if l.Part == "lessons" && l.Minutes > 15 {
		minutes.warn("%s: pelajaran sebaiknya paling lama 15 menit, tertulis %d. Bagi menjadi dua.", "%s: a lesson should take 15 minutes at most, declared are %d. Split it.", l.File, l.Minutes)
	}
}

// pictureTypes are the formats taken; SVG is not one of them, because it can hold scripts.
var pictureTypes = map[string]bool{"image/png": true, "image/jpeg": true, "image/webp": true, "image/gif": true}

func (f *folder) picture(lesson string, p picture) {
	at := value{r: &f.report, file: lesson, at: place{p.line, 0}}
	if strings.Contains(p.path, ":") || strings.HasPrefix(p.path, "//") {
		at.wrong("Gambar dari luar (%s) tidak diterima. Simpan gambarnya di folder kursus.", "A picture from elsewhere (%s) is not accepted. Put it into the course folder.", p.path)
		return
	}
	if p.alt == "" {
		at.warn("Gambar %s belum punya teks pengganti: ![keterangan](%[1]s).", "The picture %s has no alternative text: ![description](%[1]s).", p.path)
	}
	name := path.Join(path.Dir(lesson), p.path)
	if strings.HasPrefix(p.path, "/") || !fs.ValidPath(name) {
		at.wrong("Jalur gambar %q harus di dalam folder kursus.", "The picture path %q must lie inside the course folder.", p.path)
		return
	}
	for _, have := range f.draft.Pictures {
		if have.File == name {
			return
		}
	}
	_, ours := media.Parse(path.Base(name)) // from a package; what it is worth is seen when it is taken
	limit := MaxPicture
	if ours {
		limit = media.MaxVideo
	}
	data, ok := f.read(name, limit, at)
	if !ok {
		return
	}
	kind := http.DetectContentType(data)
	if ours {
		kind = media.Sniff(data)
	} else if !pictureTypes[kind] {
		at.wrong("%s bukan gambar PNG, JPEG, WebP, atau GIF.", "%s is no PNG, JPEG, WebP or GIF picture.", name)
		return
	}
	f.draft.Pictures = append(f.draft.Pictures, Picture{File: name, Type: kind, Data: data})
}

func (f *folder) readBanks(v value) {
	f.codes = map[string]string{}
	codes := map[string]bool{}
	for _, e := range v.list() {
		m := e.mapping()
		file := m.take("file")
		b := DraftBank{File: file.text(true)}
		m.done()
		if b.File == "" {
			continue
		}
		read := map[string]func(*intake, []byte){".gift": readGIFT, ".yaml": readOwn}[path.Ext(b.File)]
		if read == nil {
			file.wrong("Bank soal %s harus berkas .gift atau .yaml.", "The bank %s must be a .gift or .yaml file.", b.File)
			continue
		}
		b.Code = strings.TrimSuffix(path.Base(b.File), path.Ext(b.File))
		f.unique(file, b.Code, codes)
		data, ok := f.read(b.File, MaxGIFT, file)
		if !ok {
			continue
		}
		in := newIntake(b.File, nil, &f.work)
		read(in, data)
		bank, report := in.end()
		f.report = append(f.report, report...)
		b.Items, b.Lines = bank.Items, bank.Lines
		for i, it := range b.Items {
			at := value{r: &f.report, file: b.File, at: place{b.Lines[i], 0}}
			if it.Objective != "" && !f.objectives[it.Objective] {
				at.wrong("Capaian %s tidak ada dalam course.yaml.", "The objective %s is not in course.yaml.", it.Objective)
			}
			if it.Code == "" {
				continue
			}
			if first, twice := f.codes[it.Code]; twice && !strings.HasPrefix(first, b.File+":") {
				at.wrong("Id soal %s sudah dipakai di %s.", "The item id %s is already used in %s.", it.Code, first)
			} else if !twice {
				f.codes[it.Code] = Mistake{File: b.File, Line: b.Lines[i]}.Where()
			}
		}
		f.shown(b)
		f.draft.Banks = append(f.draft.Banks, b)
	}
}

// Bank finds a bank by its code.
func (d *Draft) Bank(code string) (DraftBank, bool) {
	for _, b := range d.Banks {
		if b.Code == code {
			return b, true
		}
	}
	return DraftBank{}, false
}

func (f *folder) readQuizzes(v value) {
	codes := map[string]bool{}
	kinds := map[string]int{}
	for _, e := range v.list() {
		m := e.mapping()
		code, bank, draw, pass := m.take("code"), m.take("bank"), m.take("draw"), m.take("pass_mark")
		attempts := m.take("attempts")
		q := Quiz{Code: code.text(true), Kind: m.take("kind").one(QuizKinds...), Title: m.take("title").text(true), TitleEN: m.take("title_en").text(false),
			Bank: bank.text(true), TimeLimitMinutes: m.take("time_limit_minutes").int(false, 0, 600), Attempts: attempts.int(true, 0, 100), PassMark: pass.int(false, 0, 100)}
		q.Draw = f.draw(draw, bank, q.Bank)
		q.InOrder = m.take("in_order").bool()
		q.Behaviour = readBehaviour(m.take("behaviour"), q.Kind)
		q.Marking = readMarking(m.take("marking"))
		m.done()
		f.unique(code, q.Code, codes)
		kinds[q.Kind]++
		switch {
		case q.Kind == "post_test" && q.PassMark == 0:
			pass.wrong("Tes akhir butuh pass_mark antara 1 dan 100.", "A post-test needs a pass_mark from 1 to 100.")
		case q.Kind == "pre_test" && q.PassMark > 0:
			pass.warn("Tes awal tidak punya batas lulus; pass_mark diabaikan.", "A pre-test has no pass mark; pass_mark is ignored.")
		}
		if q.Kind == "post_test" && q.Attempts == 0 {
			attempts.warn("Tes akhir tanpa batas percobaan dapat ditebak sampai lulus.", "A post-test without a limit of attempts can be guessed until it is passed.")
		}
		f.draft.Quizzes = append(f.draft.Quizzes, q)
	}
	if kinds["pre_test"] > 1 {
		v.wrong("Hanya boleh ada satu tes awal (pre_test).", "There may be only one pre_test.")
	}
	if kinds["post_test"] > 1 {
		v.wrong("Hanya boleh ada satu tes akhir (post_test).", "There may be only one post_test.")
	}
	if kinds["post_test"] == 0 {
		v.wrong("Belum ada tes akhir (post_test) di quizzes.", "There is no post_test among the quizzes.")
	}
}

// draw reads what a quiz draws, {"103.1": 2, "103.2": {mudah: 1, sulit: 1, any: 1}}, and checks that the bank has it.
func (f *folder) draw(v, at value, code string) grading.Blueprint {
	out, stock := grading.Blueprint{}, grading.Blueprint{}
	bank, ok := f.draft.Bank(code)
	if !ok && code != "" {
		at.wrong("Bank %s tidak ada di banks.", "There is no bank %s among the banks.", code)
	}
	for _, it := range bank.Items {
		stock.Add(it.Objective, it.Difficulty)
	}
	m := v.mapping()
	if !v.there() {
		v.wrong("draw belum diisi. Tulis jumlah soal per capaian, misalnya {\"103.1\": 2}.", "draw is missing. Write the number of items per objective, such as {\"103.1\": 2}.")
	}
	objectives := append([]string(nil), m.order...)
	sort.Strings(objectives)
	places := map[grading.Cell]value{}
	for _, o := range objectives {
		n := m.take(o)
		if !f.objectives[o] {
			n.wrong("Capaian %s tidak ada dalam objectives.", "The objective %s is not among the objectives.", o)
		}
		if !n.pairs() {
			c := grading.Cell{Objective: o}
			places[c], out[c] = n, n.int(true, 1, 200)
			continue
		}
		levels := n.mapping()
		for _, d := range append(slices.Clone(grading.Difficulties), "") {
			if x := levels.take(cmp.Or(string(d), "any")); x.there() {
				c := grading.Cell{Objective: o, Difficulty: d}
				places[c], out[c] = x, x.int(true, 1, 200)
			}
		}
		levels.done()
	}
	for _, x := range out.Short(stock) {
		if ok && f.objectives[x.Objective] {
			at := places[x.Cell]
			f.report = append(f.report, Mistake{File: at.file, Line: at.at.line, Column: at.at.column, Weight: Refused, Text: x.Text()})
		}
	}
	return out
}

// leftovers warns of files nobody names, so that a forgotten lesson is seen.
func (f *folder) leftovers() {
	n := 0
	_ = fs.WalkDir(f.fs, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d == nil {
			return nil
		}
		base := path.Base(name)
		if strings.HasPrefix(base, ".") && name != "." || base == "__MACOSX" {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() || f.used[name] {
			return nil
		}
		if n++; n > MaxFiles {
			return fs.SkipAll
		}
		f.report.warn(name, 0, 0, "Berkas ini tidak disebut di course.yaml atau pelajaran, jadi tidak ikut.", "This file is named neither in course.yaml nor in a lesson, so it is left out.")
		return nil
	})
}
