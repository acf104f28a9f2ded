package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/storage"
)

// showPlanExam asks for a course first, then for its exam.
func (w *admin) showPlanExam(c *gin.Context) error {
	if err := w.allowed(c, "plan", access.Thing{Kind: "exam"}); err != nil {
		return err
	}
	day := string(w.today().AddDays(7))
	return w.planPage(c, http.StatusOK, NewForm(map[string][]string{"key": {storage.NewID()}, "course": {c.Query("kursus")}, "opens_day": {day}, "opens_time": {"09:00"}, "closes_day": {day}, "closes_time": {"11:00"},
		"late": {"15"}, "attempts": {"1"}, "delay": {"0"}, "review_after": {"nothing"}, "review_during": {"score"}, "review_closed": {"full"}}))
}

func (w *admin) planPage(c *gin.Context, status int, form Form) error {
	p := &PanelsPage{Base: Base{Active: navExams, Title: w.T(c, "Jadwalkan ujian"), Crumbs: crumbs(Link{Label: "Ujian terjadwal", URL: "/kelola/ujian"})}}
	options, err := w.courseOptions(c, "Pilih kursus")
	if err != nil {
		return err
	}
	course := form.Get("course")
	p.add(Panel{Form: &PanelForm{URL: "/kelola/ujian/baru", Get: true, Rows: true, Fields: []Field{choose("kursus", "Kursus", course, options)}, Buttons: []Button{{Label: "Pilih kursus ini"}}}})
	if course != "" {
		fields, err := w.examFields(c, &form, course, "")
		if err != nil {
			return err
		}
		fields = append([]Field{hidden("key", form.Get("key")), hidden("course", course)}, fields...)
		p.add(Panel{Label: "Ujian", Form: &PanelForm{URL: "/kelola/ujian/baru", Form: form, Fields: fields, Buttons: []Button{{Label: "Jadwalkan ujian", Kind: "primary", Field: "act", Value: "plan"}, findButton}}})
	}
	w.Render(c, status, "panels", p)
	return nil
}

// What takers may see: while anybody sits, and after the exam closed.
var (
	sittingOptions = []Option{{Value: "nothing", Label: "Tidak ada"}, {Value: "score", Label: "Nilai saja"}, {Value: "right", Label: "Nilai dan soal mana yang benar"}, {Value: "full", Label: "Semua, dengan kunci dan pembahasan"}}
	closedOptions  = append([]Option{{Value: "", Label: "Seperti tes biasa"}}, sittingOptions...)
)

// sitting is the level that holds before an exam closed where none is said.
func sitting(level courses.ReviewLevel) string { return string(cmp.Or(level, courses.ReviewScore)) }

// findButton sends a form that comes back with what its searches found.
var findButton = Button{Label: "Cari", Icon: "search", Field: "act", Value: "find", Loose: true}

// examFields are the fields of an exam; of one that exists without the quiz, which stays.
func (w *admin) examFields(c *gin.Context, form *Form, course, exam string) ([]Field, error) {
	ctx, a := c.Request.Context(), reader(c)
	var fields []Field
	if exam == "" {
		k, err := w.Courses.Course(ctx, a, course)
		if err != nil {
			return nil, err
		}
		var quizzes []Option
		if k.Head != "" {
			v, err := w.Courses.Version(ctx, a, k.Head)
			if err != nil {
				return nil, err
			}
			for _, q := range v.Content.Quizzes {
				if q.Kind != courses.Practice {
					quizzes = append(quizzes, Option{Value: q.Code, Name: in(c, q.Name())})
				}
			}
		}
		fields = append(fields, form.Need("select", "quiz", "Tes").With(quizzes))
	}
	cohorts, _, err := w.Courses.Cohorts(ctx, a, course, storage.Cursor{}, 0)
	if err != nil {
		return nil, err
	}
	var groups []Option
	for _, k := range cohorts {
		groups = append(groups, Option{Value: k.ID, Name: k.Name})
	}
	zone := w.Settings.Zone().Name()
	fields = append(fields, form.Need("text", "name", "Nama ujian").Hinted("Misalnya: Ujian loket, gelombang 1."),
		form.Need("date", "opens_day", "Dibuka tanggal").Short(), timed(form.Need("time", "opens_time", "Dibuka pukul").Short(), zone), form.Need("date", "closes_day", "Ditutup tanggal").Short(), timed(form.Need("time", "closes_time", "Ditutup pukul").Short(), zone),
		form.Input("number", "late", "Boleh terlambat mulai").Between("0", "1440").Measured("menit").Short().Hinted("0: boleh mulai sampai ujian ditutup."),
		form.Input("number", "attempts", "Percobaan di ujian ini").Between("0", "20").Short().Hinted("0: sebanyak yang diberikan tes."), form.Input("number", "delay", "Jeda antarpercobaan").Between("0", "20160").Measured("menit").Short())
	if len(groups) > 0 {
		fields = append(fields, form.Input("checkboxes", "cohort", "Untuk angkatan").With(groups))
	}
	units, err := w.chooseUnits(c, form, "Untuk unit kerja", "Nama atau kode; unit di bawahnya ikut. Ketik, lalu tekan Cari. Tanpa angkatan dan unit: untuk semua peserta kursus.")
	if err != nil {
		return nil, err
	}
	fields = append(append(fields, units...),
		typedPassword(form).Keyed("", "off").Hinted("Kosong: tanpa kata sandi, atau tetap seperti sekarang. Paling sedikit 6 huruf. Disimpan teracak dan tidak ditampilkan lagi; catat sebelum menyimpan."))
	if exam != "" {
		fields = append(fields, form.Input("checkbox", "no_password", "Hapus kata sandi"))
	}
	fields = append(fields, form.Input("textarea", "networks", "Hanya dari jaringan").Tall(2).Hinted("Satu per baris, misalnya 10.20.0.0/16. Kosong: dari mana pun. Di belakang proksi, alamat yang dihitung ialah yang dilaporkan proksi tepercaya."))
	fields = append(fields, w.chooseInvigilators(c, form)...)
	fields = append(fields,
		form.Input("select", "review_after", "Yang dilihat peserta sesaat setelah mengumpulkan").With(sittingOptions).Hinted("Sepuluh menit pertama. Kunci yang dibuka sekarang dapat sampai ke yang masih mengerjakan."),
		form.Input("select", "review_during", "Sesudah itu, selama ujian belum ditutup").With(sittingOptions),
		form.Input("select", "review_closed", "Setelah ujian ditutup").With(closedOptions).Hinted("Setelah semua selesai, tambahan waktu dan jeda termasuk."))
	if form.Get("ends_outside") != "" || slices.ContainsFunc(form.Errors, func(e FieldError) bool { return e.Field == "ends_outside" }) {
		fields = append(fields, form.Input("checkbox", "ends_outside", "Saya tahu: percobaan di luar ujian berakhir saat ujian dibuka"))
	}
	return fields, nil
}

// typedPassword is the field of the password; a search in the form gives it back as it was typed, so that an exam is not planned without one unnoticed. The page is never stored.
func typedPassword(form *Form) Field {
	f := form.Input("password", "password", "Kata sandi ujian")
	if form.Get("act") == "find" {
		f.Value = form.Values.Get("password")
	}
	return f
}

func timed(f Field, zone string) Field { f.Unit = zone; return f }

// examInput reads what was posted, with those a search found alone. A search that found none or several is refused, so that nobody is left out unsaid.
func (w *admin) examInput(c *gin.Context, form *Form) (courses.ExamInput, error) {
	number := func(name string) int {
		if form.Get(name) == "" {
			return 0
		}
		n, err := strconv.Atoi(form.Get(name))
		if err != nil {
			return -1 // which the room refuses
		}
		return n
	}
	at := func(name string) time.Time {
		t, err := time.ParseInLocation("2006-01-02 15:04", form.Get(name+"_day")+" "+form.Get(name+"_time"), w.Settings.Zone().Location())
		if err != nil {
			return time.Time{} // which the room refuses
		}
		return t
	}
	in := courses.ExamInput{Key: form.Get("key"), Course: form.Get("course"), Quiz: form.Get("quiz"), Name: form.Get("name"), Opens: at("opens"), Closes: at("closes"), Late: number("late"), Attempts: number("attempts"), Delay: number("delay"),
		Cohorts: form.Values["cohort"], Networks: strings.Fields(form.Get("networks")), Password: form.Values.Get("password"), NoPassword: form.Get("no_password") != "", EndsOutside: form.Get("ends_outside") != "",
		Review: courses.ReviewRules{After: courses.ReviewLevel(form.Get("review_after")), During: courses.ReviewLevel(form.Get("review_during")), Closed: courses.ReviewLevel(form.Get("review_closed"))}}
	if _, err := w.chooseUnits(c, form, "", ""); err != nil {
		return in, err
	}
	w.chooseInvigilators(c, form)
	in.Units, in.Invigilators = form.Values["unit"], form.Values["invigilator"]
	return in, nil
}

// examForm shows a refused form again: the room names whole moments and lists, the form their parts.
func examForm(form *Form, err error, lang string) bool {
	if !form.Take(err, lang) {
		return false
	}
	for i, e := range form.Errors {
		if part, ok := map[string]string{"opens": "opens_day", "closes": "closes_day", "cohorts": "cohort", "units": "find_unit", "invigilators": "find_invigilator"}[e.Field]; ok {
			form.Errors[i].Field = part
		}
	}
	return true
}

// searched is the status of a form that comes back with what was found.
func searched(form Form) int {
	if form.Get("act") == "find" {
		return http.StatusOK
	}
	return form.Status()
}

// planExam plans an exam.
func (w *admin) planExam(c *gin.Context) error {
	if err := w.allowed(c, "plan", access.Thing{Kind: "exam"}); err != nil {
		return err
	}
	form := posted(c)
	x, err := w.examInput(c, &form)
	if err == nil && (form.Get("act") == "find" || !form.OK()) {
		return w.planPage(c, searched(form), form)
	}
	var d courses.ExamDoc
	if err == nil {
		d, err = w.Courses.PlanExam(c.Request.Context(), reader(c), x)
	}
	if err != nil {
		if !examForm(&form, err, Lang(c)) {
			return err
		}
		return w.planPage(c, form.Status(), form)
	}
	return w.done(c, Success, w.T(c, "Ujian dijadwalkan."), examURL(d.ID))
}

// showChangeExam is the form of an exam that exists, with the one that cancels it.
func (w *admin) showChangeExam(c *gin.Context) error {
	x, err := w.examToChange(c)
	if err != nil {
		return err
	}
	loc := w.Settings.Zone().Location()
	return w.changePage(c, http.StatusOK, x, "", NewForm(map[string][]string{"revision": {strconv.Itoa(x.Revision)}, "name": {x.Name}, "opens_day": {x.Opens.In(loc).Format("2006-01-02")}, "opens_time": {x.Opens.In(loc).Format("15:04")},
		"closes_day": {x.Closes.In(loc).Format("2006-01-02")}, "closes_time": {x.Closes.In(loc).Format("15:04")}, "late": {strconv.Itoa(x.Late)}, "attempts": {strconv.Itoa(x.Attempts)}, "delay": {strconv.Itoa(x.Delay)},
		"cohort": x.Cohorts, "unit": x.Units, "networks": {strings.Join(x.Networks, "\n")}, "invigilator": x.Invigilators,
		"review_after": {sitting(x.Review.After)}, "review_during": {sitting(x.Review.During)}, "review_closed": {string(x.Review.Closed)}}))
}

// examToChange is the exam of the address, for whoever may change it.
func (w *admin) examToChange(c *gin.Context) (courses.ExamDoc, error) {
	if err := w.allowed(c, "plan", access.Thing{Kind: "exam"}); err != nil {
		return courses.ExamDoc{}, err
	}
	return w.Courses.ExamByID(c.Request.Context(), reader(c), c.Param("exam"))
}

func (w *admin) changePage(c *gin.Context, status int, x courses.ExamDoc, which string, form Form) error {
	p := &PanelsPage{Base: Base{Active: navExams, Title: w.T(c, "Ubah ujian"), Lead: x.Name + " · " + x.Course, Crumbs: crumbs(Link{Label: "Ujian terjadwal", URL: "/kelola/ujian"}, Link{Name: x.Name, URL: examURL(x.ID)})}}
	cancel, open := refused(which, "batal", form)
	if which != "batal" {
		fields, err := w.examFields(c, &form, x.Course, x.ID)
		if err != nil {
			return err
		}
		fields = append(append([]Field{hidden("revision", form.Get("revision"))}, fields...), reasoned(form, "Dicatat di jejak audit. Percobaan yang sedang berjalan mengikuti perubahan ini."))
		p.add(Panel{Label: "Ujian", Form: &PanelForm{URL: examURL(x.ID, "ubah"), Form: form, Fields: fields, Buttons: []Button{{Label: "Simpan perubahan", Kind: "primary", Field: "act", Value: "change"}, findButton, {Label: "Batal", URL: examURL(x.ID), Kind: "quiet"}}}})
	}
	p.add(Panel{Fold: true, Open: open, Label: "Batalkan ujian", Text: w.T(c, "Tesnya kembali seperti tanpa ujian. Percobaan yang sedang berjalan diakhiri dengan semua jawaban yang tersimpan."), Form: &PanelForm{URL: examURL(x.ID, "batal"), Form: cancel,
		Fields: []Field{reasoned(cancel, "Dicatat di jejak audit.").prefixed("batal-")}, Buttons: []Button{{Label: "Batalkan ujian", Kind: "danger"}}}})
	w.Render(c, status, "panels", p)
	return nil
}

// changeExam changes an exam.
func (w *admin) changeExam(c *gin.Context) error {
	old, err := w.examToChange(c)
	if err != nil {
		return err
	}
	form := posted(c)
	x, err := w.examInput(c, &form)
	if err == nil && (form.Get("act") == "find" || !form.OK()) {
		return w.changePage(c, searched(form), old, "", form)
	}
	if err == nil {
		revision, _ := strconv.Atoi(form.Get("revision")) // what is no number is 0, which is no revision
		_, err = w.Courses.ChangeExam(c.Request.Context(), reader(c), old.ID, revision, x, form.Get("why"))
	}
	if err != nil {
		if !examForm(&form, err, Lang(c)) {
			return err
		}
		return w.changePage(c, form.Status(), old, "", form)
	}
	return w.done(c, Success, w.T(c, "Ujian diubah. Percobaan yang sedang berjalan mengikutinya."), examURL(old.ID))
}

// cancelExam takes an exam back.
func (w *admin) cancelExam(c *gin.Context) error {
	old, err := w.examToChange(c)
	if err != nil {
		return err
	}
	form := posted(c)
	if _, err := w.Courses.CancelExam(c.Request.Context(), reader(c), old.ID, form.Get("why")); err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		return w.changePage(c, form.Status(), old, "batal", form)
	}
	return w.done(c, Success, w.T(c, "Ujian dibatalkan."), examURL(old.ID))
}
