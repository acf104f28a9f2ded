package web

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/texts"
)

// trackNames are the tracks in words.
var trackNames = map[string]string{"dasar": "Dasar", "operator": "Operator layanan", "aduan": "Penanganan aduan", "wilayah": "Wilayah", "pimpinan": "Pimpinan"}

// valueNames are the values of APEL in words.
var valueNames = map[string]string{"melayani": "Melayani", "kompeten": "Kompeten", "berintegritas": "Berintegritas"}

// maxTargets is how many target competencies the form has rows for.
const maxTargets = 5

// showNewCourse is the form for a course that does not exist yet.
func (w *admin) showNewCourse(c *gin.Context) error {
	if err := w.mayAuthor(c); err != nil {
		return err
	}
	return w.newCoursePage(c, http.StatusOK, NewForm(url.Values{"jp": {"4"}, "self_enrolment": {"1"}}))
}

func (w *admin) newCoursePage(c *gin.Context, status int, form Form) error {
	p := &PanelsPage{Base: Base{Active: navCourses, Title: w.T(c, "Kursus baru"), Crumbs: crumbs(Link{Label: "Kelola kursus", URL: "/kelola/kursus"})}}
	fields := []Field{form.Need("text", "code", "Kode kursus").Hinted("Huruf besar, angka, dan tanda hubung, misalnya APEL-310. Kode tidak dapat diganti lagi.")}
	fields = append(fields, w.cardFields(c, form)...)
	p.add(Panel{Label: "Data kursus", Text: w.T(c, "Setelah ini Anda menulis pelajaran dan tesnya. Belum ada yang terlihat peserta sebelum diterbitkan."), Form: &PanelForm{URL: "/kelola/kursus/baru", Form: form, Fields: fields, Buttons: []Button{{Label: "Buat kursus", Kind: "primary", Icon: "plus"}}}})
	w.Render(c, status, "panels", p)
	return nil
}

// mayAuthor lets through who writes courses.
func (w *admin) mayAuthor(c *gin.Context) error { return w.allowed(c, "author", courseThing("")) }

// addCourse takes a code for a new course and begins its first draft.
func (w *admin) addCourse(c *gin.Context) error {
	form := posted(c)
	ctx, a := c.Request.Context(), reader(c)
	card := w.postedCard(c, &form, courses.Card{})
	code := form.Get("code")
	if err := w.mayAuthor(c); err != nil {
		return err
	}
	if form.OK() {
		_, err := w.Courses.NewCourse(ctx, a, code, card)
		if err == nil {
			v, err := w.Courses.NewDraft(ctx, a, code)
			if err != nil {
				return err
			}
			return w.done(c, Success, w.T(c, "Kursus dibuat. Tulis capaian dan targetnya, lalu pelajarannya."), versionURL(v.ID, v.Course, v.Number, "data"))
		}
		if !form.Take(err, Lang(c)) {
			return err
		}
	}
	return w.newCoursePage(c, form.Status(), form)
}

// cardFields ask for what the catalogue shows of a course.
func (w *admin) cardFields(c *gin.Context, form Form) []Field {
	kinds, tracks, values := []Option{}, []Option{}, []Option{}
	for _, k := range courses.Kinds {
		kinds = append(kinds, Option{Value: string(k), Name: w.courseKind(c, k)})
	}
	for _, t := range courses.Tracks {
		tracks = append(tracks, Option{Value: t, Name: w.words.say(Lang(c), trackNames[t])})
	}
	for _, v := range courses.Values {
		values = append(values, Option{Value: v, Name: w.words.say(Lang(c), valueNames[v])})
	}
	return []Field{
		form.Need("text", "title", "Judul"), form.Input("text", "title_en", "Judul dalam bahasa Inggris"),
		form.Input("textarea", "summary", "Ringkasan").Tall(2).Hinted("Satu atau dua kalimat untuk katalog."), form.Input("textarea", "summary_en", "Ringkasan dalam bahasa Inggris").Tall(2),
		form.Need("select", "kind", "Jenis").With(kinds), form.Need("select", "track", "Jalur").With(tracks),
		form.Input("checkboxes", "apel", "Nilai APEL").With(values),
		form.Need("number", "jp", "Jam pelajaran (JP)").Short().Keyed("numeric", "").Between("1", "200").Hinted("1 JP adalah 45 menit."),
		form.Input("number", "valid_months", "Masa berlaku sertifikat").Short().Keyed("numeric", "").Between("0", "120").Measured("bulan").Hinted("0 berarti tanpa batas."),
		form.Input("checkbox", "self_enrolment", "Peserta boleh mendaftar sendiri"),
	}
}

// postedCard is a card as it was typed; what the form does not ask stays as it was.
func (w *admin) postedCard(c *gin.Context, form *Form, was courses.Card) courses.Card {
	card := was
	card.Title, card.Summary = texts.T(texts.Tidy(form.Get("title")), texts.Tidy(form.Get("title_en"))), texts.T(form.Get("summary"), form.Get("summary_en"))
	card.Kind, card.Track, card.Values = courses.Kind(form.Get("kind")), form.Get("track"), nil
	for _, v := range courses.Values {
		if slices.Contains(form.Values["apel"], v) {
			card.Values = append(card.Values, v)
		}
	}
	card.SelfEnrolment = form.Get("self_enrolment") != ""
	if n, ok := w.whole(c, form, "jp", 1, 200); ok {
		card.JP = n
	}
	if n, ok := w.whole(c, form, "valid_months", 0, 120); ok {
		card.ValidMonths = n
	}
	return card
}

func cardValues(card courses.Card) url.Values {
	v := url.Values{"title": {card.Title.ID}, "title_en": {card.Title.EN}, "summary": {card.Summary.ID}, "summary_en": {card.Summary.EN}, "kind": {string(card.Kind)}, "track": {card.Track},
		"apel": card.Values, "jp": {strconv.Itoa(card.JP)}, "valid_months": {strconv.Itoa(card.ValidMonths)}}
	if card.SelfEnrolment {
		v.Set("self_enrolment", "1")
	}
	return v
}

// showFacts is what a draft says of itself: card, objectives, target competencies, prerequisites, minutes.
func (w *admin) showFacts(c *gin.Context) error {
	v, err := w.editing(c)
	if err != nil {
		return err
	}
	return w.factsPage(c, http.StatusOK, v, NewForm(nil))
}

func (w *admin) factsPage(c *gin.Context, status int, v courses.VersionDoc, form Form) error {
	k := v.Content
	stored := cardValues(k.Card)
	var lines []string
	for _, o := range k.Objectives {
		line := o.Code + " " + o.Text.ID
		if o.Competency != "" {
			line = o.Code + " [" + o.Competency + "] " + o.Text.ID
		}
		if o.Text.EN != "" {
			line += " | " + o.Text.EN
		}
		lines = append(lines, line)
	}
	stored.Set("objectives", strings.Join(lines, "\n"))
	stored.Set("prerequisites", strings.Join(k.Prerequisites, ", "))
	for _, part := range typedParts {
		stored.Set("minutes."+part, strconv.Itoa(k.Minutes[part]))
	}
	for i, t := range k.Card.Targets {
		n := strconv.Itoa(i)
		stored.Set("targets."+n+".competency", t.Competency)
		stored.Set("targets."+n+".level", strconv.Itoa(t.Level))
	}
	form = shownForm(form, stored)

	fields := append([]Field{hidden("revision", strconv.FormatInt(v.Revision, 10))}, w.cardFields(c, form)...)
	fields = append(fields, form.Input("textarea", "objectives", "Capaian").Tall(6).Hinted("Satu capaian per baris: kode, kompetensinya dalam kurung siku bila ada, lalu kalimatnya. Bahasa Inggrisnya di belakang tanda |, misalnya 103.1 [T.04] Menyapa warga sebelum ditanya | Greets citizens first."))
	competency, level := []Option{{Value: "", Label: "Tidak ada"}}, []Option{}
	dict, err := w.Competencies.Dictionary(c.Request.Context())
	if err != nil {
		return err
	}
	for _, code := range slices.Sorted(maps.Keys(dict.Items)) {
		competency = append(competency, Option{Value: code, Name: code + " · " + in(c, dict.Name(code))})
	}
	for n := 1; n <= 5; n++ {
		level = append(level, Option{Value: strconv.Itoa(n), Name: w.T(c, "Level %d", n)})
	}
	for i := range max(len(k.Card.Targets), 2) + 1 {
		if n := strconv.Itoa(i); i < maxTargets {
			fields = append(fields, form.Input("select", "targets."+n+".competency", "Kompetensi yang didukung").With(competency), form.Input("select", "targets."+n+".level", "Sampai level").With(level))
		}
	}
	fields = append(fields, form.Input("text", "prerequisites", "Prasyarat").Hinted("Kode kursus, dipisahkan koma."))
	for _, part := range courseParts {
		if part.key == courses.TaskPart { // follows from the field tasks
			continue
		}
		f := form.Input("number", "minutes."+part.key, "Menit pelajaran").Short().Keyed("numeric", "").Between("0", "10000")
		f.Label = minuteLabels[part.key]
		fields = append(fields, f)
	}
	p := &PanelsPage{Base: Base{Active: navCourses, Title: w.T(c, "Data kursus"), Lead: in(c, k.Card.Title) + " · " + w.T(c, "versi %d", v.Number), Crumbs: w.draftCrumbs(c, Link{Label: "Susunan kursus", URL: w.outlineURL(c, "susunan")})}}
	p.add(w.minutesPanel(c, k), Panel{Label: "Data kursus", Form: &PanelForm{URL: w.outlineURL(c, "data"), Form: form, Fields: fields, Buttons: []Button{{Label: "Simpan", Kind: "primary", Icon: "check"}}}})
	w.Render(c, status, "panels", p)
	return nil
}

// typedParts are the parts whose minutes an author types; those of field tasks follow from them.
var typedParts = slices.DeleteFunc(slices.Clone(courses.PartNames), func(part string) bool { return part == courses.TaskPart })

// minuteLabels ask for the minutes of each part.
var minuteLabels = map[string]string{"lessons": "Menit pelajaran", "practice": "Menit latihan", "cases": "Menit kasus", "tests": "Menit tes"}

// saveFacts takes what the form says of a draft.
func (w *admin) saveFacts(c *gin.Context) error {
	form := posted(c)
	dict, err := w.Competencies.Dictionary(c.Request.Context())
	if err != nil {
		return err
	}
	v, err := w.revise(c, &form, func(k *courses.Content) error {
		k.Card = w.postedCard(c, &form, k.Card)
		k.Objectives = w.postedObjectives(c, &form, func(code string) bool { _, ok := dict.Items[code]; return ok })
		k.Prerequisites = nil
		for _, p := range strings.FieldsFunc(form.Get("prerequisites"), func(r rune) bool { return r == ',' || r == ' ' || r == ';' }) {
			if p = strings.ToUpper(p); !slices.Contains(k.Prerequisites, p) {
				k.Prerequisites = append(k.Prerequisites, p)
			}
		}
		k.Card.Targets = nil
		for i := range maxTargets {
			at := "targets." + strconv.Itoa(i)
			code := form.Get(at + ".competency")
			if code == "" {
				continue
			}
			if slices.ContainsFunc(k.Card.Targets, func(t courses.Target) bool { return t.Competency == code }) {
				form.Wrong(at+".competency", w.T(c, "Kompetensi ini sudah dipilih di atas."))
				continue
			}
			if n, ok := w.whole(c, &form, at+".level", 1, 5); ok {
				k.Card.Targets = append(k.Card.Targets, courses.Target{Competency: code, Level: n})
			}
		}
		minutes := map[string]int{}
		for _, part := range typedParts {
			if n, ok := w.whole(c, &form, "minutes."+part, 0, 10000); ok {
				minutes[part] = n
			}
		}
		k.Minutes = minutes
		return nil
	})
	if err != nil {
		if v.ID == "" || v.State != courses.Draft || !w.refusedForm(c, &form, err) {
			return err
		}
		return w.factsPage(c, form.Status(), v, form)
	}
	return w.done(c, Success, w.T(c, "Data kursus tersimpan."), w.outlineURL(c, "susunan"))
}

// postedObjectives reads one objective per line: code, in brackets the competency it serves, sentence, and behind a bar the English one.
func (w *admin) postedObjectives(c *gin.Context, form *Form, known func(competency string) bool) (out []courses.Objective) {
	for i, line := range strings.Split(form.Get("objectives"), "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		code, text, ok := strings.Cut(line, " ")
		competency := ""
		if in, after, bracketed := strings.Cut(text, "]"); bracketed && strings.HasPrefix(strings.TrimSpace(in), "[") {
			competency, text = strings.ToUpper(strings.Trim(in, " [")), after
		}
		id, en, _ := strings.Cut(text, "|")
		id, en = texts.Tidy(id), texts.Tidy(en)
		switch {
		case !ok || id == "":
			form.Wrong("objectives", w.T(c, "Baris %d: tulis kode, spasi, lalu kalimat capaiannya.", i+1))
		case slices.ContainsFunc(out, func(o courses.Objective) bool { return o.Code == code }):
			form.Wrong("objectives", w.T(c, "Baris %d: kode %s sudah dipakai di atas.", i+1, code))
		case competency != "" && !known(competency):
			form.Wrong("objectives", w.T(c, "Baris %d: kompetensi %s tidak ada di kamus.", i+1, competency))
		default:
			out = append(out, courses.Objective{Code: strings.TrimSuffix(code, ":"), Text: texts.T(id, en), Competency: competency})
		}
	}
	return out
}
