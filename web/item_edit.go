package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/media"
	"github.com/apelkota/apel/internal/faults"
)

// ItemEditPage is the form of one item, with the item as a learner would meet it beside it.
type ItemEditPage struct {
	Base
	Form     Form
	URL      string // with the place that is looked at after another row was asked for
	Head     []Field
	Groups   []FieldGroup
	Tail     []Field
	Preview  *QuizItem
	Answers  *QuizItem // with key and feedback
	Problems []string  // why there is no preview, or what to look at
	Cancel   string
	Key      string // under which the browser keeps what is not saved yet
	Guard    string // of the item as it was read
	Unsaved  bool   // it shows what was sent and is not stored
	Files    FileBox
}

// FieldGroup is fields that belong together, with smaller groups inside.
type FieldGroup struct {
	ID      string
	Name    string
	Text    string
	Fields  []Field
	Short   []Field // side by side
	Groups  []FieldGroup
	Buttons []Button
}

// now is where the page opens after a row was added or a preview asked for.
const here = "sekarang"

func (w *admin) itemURL(c *gin.Context, bank, code string, more ...string) string {
	return w.outlineURL(c, append([]string{"bank", bank, "soal", code}, more...)...)
}

// showNewItem offers the types; with one chosen it is the empty form.
func (w *admin) showNewItem(c *gin.Context) error {
	v, err := w.editing(c)
	if err != nil {
		return err
	}
	if !bankCode.MatchString(c.Param("bank")) {
		return faults.New(faults.NotFound, "Bank soal ini tidak ada.", "This item bank does not exist.")
	}
	if t := grading.Type(c.Query("jenis")); t.Known() {
		e, _ := grading.EditOf(t)
		it := grading.Item{Type: t, Objective: c.Query("capaian")}
		return w.itemEditPage(c, http.StatusOK, v, t, "", NewForm(itemValues(it, e)), "")
	}
	p := &PanelsPage{Base: Base{Active: navCourses, Title: w.T(c, "Soal baru"), Crumbs: w.draftCrumbs(c, Link{Name: w.T(c, "Soal untuk %s", w.bankUse(c, v, c.Param("bank"))), URL: bankURL(v, c.Param("bank"))})}}
	panel := Panel{Label: "Pilih jenis soal"}
	for _, k := range grading.Kinds() {
		panel.Cards = append(panel.Cards, Card{Name: in(c, k.Label()), URL: bankURL(v, c.Param("bank"), "baru") + "?jenis=" + url.QueryEscape(string(k.Name()))})
	}
	p.add(panel)
	w.Render(c, http.StatusOK, "panels", p)
	return nil
}

// showItemEdit is the form of an item that is there.
func (w *admin) showItemEdit(c *gin.Context) error {
	v, err := w.editing(c)
	if err != nil {
		return err
	}
	x, err := w.Courses.ShowItem(c.Request.Context(), reader(c), v.ID, c.Param("bank"), c.Param("item"))
	if err != nil {
		return err
	}
	e, _ := grading.EditOf(x.Item.Type)
	return w.itemEditPage(c, http.StatusOK, v, x.Item.Type, x.Item.Code, NewForm(itemValues(x.Item, e)), "")
}

// addItem puts a new item into the bank.
func (w *admin) addItem(c *gin.Context) error { return w.saveItem(c) }

// saveItem takes the form of an item: adds or takes rows, shows a preview, or stores it.
func (w *admin) saveItem(c *gin.Context) error {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, media.MaxVideo+1<<20)
	v, err := w.editing(c)
	if err != nil {
		return err
	}
	form, bank, code := posted(c), c.Param("bank"), c.Param("item")
	t := grading.Type(form.Get("type"))
	e, ok := grading.EditOf(t)
	if !ok {
		return faults.New(faults.Invalid, "Jenis soal ini tidak dikenal.", "This item type is not known.")
	}
	if list, rows := strings.CutPrefix(form.Get("go"), "add:"); rows {
		return w.itemEditPage(c, http.StatusOK, v, t, code, form, addRow(&form, e, list))
	}
	if form.Get("go") == "file" { // without scripts the line goes to the end of the text
		line, _, err := w.postedFile(c, v, true)
		if err != nil && !form.Take(err, Lang(c)) {
			return err
		}
		if into := form.Get("into"); err == nil && takesPictures(t, into) {
			form.Values.Set(into, strings.TrimLeft(strings.TrimRight(form.Values.Get(into), "\r\n")+"\n\n"+line, "\n"))
			form.Values.Del("alt")
		}
		status := http.StatusOK
		if !form.OK() {
			status = form.Status()
		}
		return w.itemEditPage(c, status, v, t, code, form, here)
	}
	f := &itemForm{w: w, c: c, form: &form}
	it := f.read(t, e)
	if form.Get("go") == "preview" {
		return w.itemEditPage(c, http.StatusOK, v, t, code, form, here)
	}
	if form.OK() {
		revision, _ := strconv.ParseInt(form.Get("revision"), 10, 64)
		ctx, a := c.Request.Context(), reader(c)
		if code == "" {
			it.Code = form.Get("code")
			_, code, err = w.Courses.AddItem(ctx, a, v.ID, max(revision, 1), bank, it)
		} else {
			_, err = w.Courses.WriteItem(ctx, a, v.ID, max(revision, 1), bank, code, it)
		}
		if err == nil {
			to := w.itemURL(c, bank, code)
			if id := form.Get("writing"); writingID.MatchString(id) {
				to += "?tulisan=" + id
			}
			return w.done(c, Success, w.T(c, "Soal tersimpan."), to)
		}
		code = c.Param("item")
		fault := faults.Of(err)
		if !errors.Is(err, faults.Invalid) && !errors.Is(err, faults.Conflict) {
			return err
		}
		named := *fault
		named.Fields = slices.Clone(fault.Fields)
		for i := range named.Fields {
			named.Fields[i].Path = f.field(named.Fields[i].Path)
		}
		form.Take(&named, Lang(c))
	}
	return w.itemEditPage(c, form.Status(), v, t, code, form, "")
}

// writingID names a form that a browser keeps until it is stored (keeping.js).
var writingID = regexp.MustCompile(`^[a-z0-9]{1,12}$`)

// takesPictures says whether a text of the form may show pictures: not where an answer is typed, put in order or chosen from a list, which have a place for text only.
func takesPictures(t grading.Type, field string) bool {
	row, member, listed := strings.Cut(field, ".")
	switch {
	case !listed:
		return field == "stem" || field == "general"
	case strings.HasSuffix(field, ".feedback"):
		return true
	case !strings.HasSuffix(field, ".text"):
		return false
	case t == grading.Numeric, t == grading.ShortText, t == "ordering":
		return false
	case strings.HasPrefix(row, "o"):
		return t != "matching"
	case strings.HasPrefix(row, "p"):
		return member == "text" || t != "cloze"
	}
	return false
}

// pictureTexts are the texts of a form that may show pictures, with their names; a group without a name has that of the one around it.
func pictureTexts(t grading.Type, around string, groups []FieldGroup, words func(string) string) (out []Option) {
	for _, g := range groups {
		name := or(g.Name, around)
		for _, f := range g.Fields {
			if f.Kind == "textarea" && takesPictures(t, f.Name) {
				label := words(f.Label)
				if name != "" {
					label = name + ": " + label
				}
				out = append(out, Option{Value: f.Name, Name: label})
			}
		}
		out = append(out, pictureTexts(t, name, g.Groups, words)...)
	}
	return out
}

// addRow lets the form show one more row of a list, and names the row.
func addRow(form *Form, e grading.Edit, list string) string {
	n, _ := strconv.Atoi(form.Get(list))
	form.Values.Set(list, strconv.Itoa(min(max(n, 0)+1, grading.MaxOptions)))
	if strings.HasSuffix(list, "p") && e.Parts != nil && e.Parts.Options != nil && n < grading.MaxOptions {
		form.Values.Set(fmt.Sprintf("p%d.o", n), strconv.Itoa(e.Parts.Options.Start))
	}
	if list == "r" {
		form.Values.Set(fmt.Sprintf("r%d.l", n), "3")
	}
	return fmt.Sprintf("%s%d.", list, n)
}

// fillIDs gives every row of the form its letter, so that others can point at it.
func fillIDs(v url.Values) {
	fill := func(at, list string) {
		n, _ := strconv.Atoi(v.Get(at + list))
		used := map[string]bool{}
		for i := range min(n, grading.MaxOptions) {
			used[v.Get(fmt.Sprintf("%s%s%d.id", at, list, i))] = true
		}
		for i := range min(n, grading.MaxOptions) {
			if name := fmt.Sprintf("%s%s%d.id", at, list, i); v.Get(name) == "" {
				v.Set(name, freeLetter(used))
			}
		}
	}
	fill("", "o")
	fill("", "p")
	fill("", "r")
	for i := range grading.MaxParts {
		fill(fmt.Sprintf("p%d.", i), "o")
	}
}

// itemEditPage shows the form; at is the row that was just added, "sekarang" after a preview was asked for.
func (w *admin) itemEditPage(c *gin.Context, status int, v courses.VersionDoc, t grading.Type, code string, form Form, at string) error {
	e, _ := grading.EditOf(t)
	fillIDs(form.Values)
	bank := c.Param("bank")
	p := &ItemEditPage{Base: Base{Active: navCourses, Title: w.T(c, "Ubah soal %s", code), Lead: in(c, t.Label()), Crumbs: w.draftCrumbs(c, Link{Name: w.T(c, "Soal untuk %s", w.bankUse(c, v, bank)), URL: bankURL(v, bank)})}, Form: form, Cancel: bankURL(v, bank)}
	p.URL = bankURL(v, bank, "baru")
	if code != "" {
		p.URL, p.Cancel = w.itemURL(c, bank, code, "ubah"), w.itemURL(c, bank, code)
	} else {
		p.Title = w.T(c, "Soal baru")
	}
	p.URL += "#" + here
	if form.Get("revision") == "" {
		form.Values.Set("revision", strconv.FormatInt(v.Revision, 10))
	}
	stem := form.Need("textarea", "stem", "Pertanyaan").Tall(5)
	stem.Text = in(c, e.Stem)
	if stem.Text == "" {
		stem.Hint = "Tulis biasa; *miring*, **tebal**, dan daftar dengan tanda - boleh dipakai."
	}
	objectives := []Option{{Value: "", Label: "Pilih capaian"}}
	for _, o := range v.Content.Objectives {
		objectives = append(objectives, Option{Value: o.Code, Name: o.Code + " · " + cut(in(c, o.Text), 70)})
	}
	if o := form.Get("objective"); o != "" && !slices.ContainsFunc(objectives, func(x Option) bool { return x.Value == o }) {
		objectives = append(objectives, Option{Value: o, Name: o})
	}
	difficulties := []Option{{Value: "", Label: "Belum ditentukan"}}
	for _, d := range grading.Difficulties {
		difficulties = append(difficulties, Option{Value: string(d), Label: difficultyLabels[d]})
	}
	p.Head = []Field{hidden("revision", form.Get("revision")), hidden("type", string(t)), stem}
	p.Tail = []Field{form.Need("select", "objective", "Capaian").With(objectives), form.Input("select", "difficulty", "Tingkat kesulitan").With(difficulties)}
	if code == "" {
		id := form.Input("text", "code", "Kode soal").Hinted("Boleh kosong: diberi kode berikutnya.").Short()
		id.Length = 30
		p.Tail = append(p.Tail, id)
	}
	category := form.Input("text", "category", "Kategori").Hinted("Misalnya umum/loket.")
	category.Length = 200
	general := form.Input("textarea", "general", "Pembahasan").Tall(3).Hinted("Dibaca semua peserta setelah dinilai.")
	var hints []Field
	if grading.Hinted(t) {
		hints = append(hints, form.Input("textarea", "hints", "Petunjuk").Tall(3).Hinted("Dibaca setelah percobaan yang belum tepat, selama masih boleh mencoba: yang pertama setelah percobaan pertama. Beri baris kosong di antara dua petunjuk."))
	}
	title := form.Input("text", "title", "Judul untuk penulis").Hinted("Tidak dilihat peserta.")
	title.Length = 200
	p.Tail = append(append(p.Tail, hints...), general, category, form.Input("text", "tags", "Tag").Hinted("Dipisah koma."), title)

	g := groups{w, c, form, at}
	rules := g.rules(e)
	if !e.Limit.Empty() {
		f := form.Input("number", "limit", "").Short().Keyed("numeric", "").Between("0", "100000")
		f.Label, f.Hint = in(c, e.Limit), "Kosong berarti menurut jenis soal."
		rules = append(rules, f)
	}
	if e.Files {
		for _, kind := range grading.FileKinds {
			f := form.Input("checkbox", "files."+kind, "")
			f.Label = w.T(c, "Terima %s", fileKinds[kind])
			rules = append(rules, f)
		}
		f := form.Input("number", "size", "MB per berkas").Short().Keyed("numeric", "").Between("1", strconv.Itoa(grading.MaxFileMB)).Hinted("Kosong berarti 5. Foto dikecilkan sendiri.")
		rules = append(rules, f)
	}
	if e.Fixed {
		rules = append(rules, form.Input("checkbox", "fixed", "Urutan tetap, tidak diacak"))
	}
	if e.Options != nil {
		p.Groups = append(p.Groups, g.options("", e.Options, nil))
	}
	if e.Parts != nil {
		p.Groups = append(p.Groups, g.parts(e.Parts))
	}
	if e.Rubric {
		p.Groups = append(p.Groups, g.rubric())
	}
	if len(rules) > 0 {
		p.Groups = append(p.Groups, FieldGroup{Name: w.T(c, "Aturan soal"), Fields: rules})
	}
	words := func(label string) string { return w.words.say(Lang(c), label) }
	p.Files = w.fileBox(c, form)
	p.Files.Pictures = true
	p.Files.File = form.Input("file", "picture", "Gambar").Accepting("image/png,image/jpeg,image/gif").Hinted("Dikecilkan menjadi paling besar 60 KB. Gambar juga dapat ditempel langsung ke tempatnya.")
	texts := append([]FieldGroup{{Fields: p.Head}}, p.Groups...)
	p.Files.Into = form.Input("select", "into", "Tempat gambar").With(pictureTexts(t, "", append(texts, FieldGroup{Fields: p.Tail}), words))
	p.Key, p.Guard, p.Unsaved = v.ID+"."+bank+"."+code+"."+string(t), "baru", c.Request.Method == http.MethodPost
	if code != "" {
		x, err := w.Courses.ShowItem(c.Request.Context(), reader(c), v.ID, bank, code)
		if err != nil {
			return err
		}
		p.Guard = x.Item.ID
	}
	if err := w.previewInto(c, p, v, t, e, form, code, at); err != nil {
		return err
	}
	w.Render(c, status, "item-edit", p)
	return nil
}

// previewInto shows the item as the form has it now.
func (w *admin) previewInto(c *gin.Context, p *ItemEditPage, v courses.VersionDoc, t grading.Type, e grading.Edit, form Form, code, at string) error {
	if at != here && code == "" {
		return nil // an empty form has nothing to show yet
	}
	scratch := Form{Values: form.Values}
	it := (&itemForm{w: w, c: c, form: &scratch}).read(t, e)
	if it.Code = code; code == "" {
		it.Code = "baru"
	}
	x, err := w.Courses.PreviewItem(c.Request.Context(), reader(c), v.Course, it, grading.Answer{})
	if err != nil {
		return err
	}
	for _, f := range x.Problem {
		p.Problems = append(p.Problems, in(c, f.Text))
	}
	if x.View.Item == "" {
		return nil
	}
	shown, key := w.quizItem(c, "", x.View, 0), w.reviewItem(c, x.Review, 0)
	shown.NoFlag = true
	p.Preview, p.Answers = &shown, answersOf(key)
	return nil
}

var difficultyLabels = map[grading.Difficulty]string{grading.Easy: "Mudah", grading.Medium: "Sedang", grading.Hard: "Sulit"}

// groups makes the groups of fields of the lists of an item.
type groups struct {
	w    *admin
	c    *gin.Context
	form Form
	at   string // the row that was just added
}

func (g groups) name(t string, n int) string { return t + " " + strings.ToUpper(grading.OptionID(n)) }

func (g groups) place(row string) string {
	if row == g.at {
		return here
	}
	return ""
}

func (g groups) count(name string) int {
	n, _ := strconv.Atoi(g.form.Get(name))
	return min(max(n, 0), grading.MaxOptions)
}

// add is the button that shows another row.
func (g groups) add(list, name string) []Button {
	if g.count(list) >= grading.MaxOptions {
		return nil
	}
	return []Button{{Name: g.w.T(g.c, "Tambah %s", strings.ToLower(name)), Icon: "plus", Field: "go", Value: "add:" + list, Loose: true, Small: true}}
}

// rules are the controls that say how the whole item is graded.
func (g groups) rules(e grading.Edit) (rules []Field) {
	if e.Scoring != nil {
		f := g.form.Input("select", "scoring", "Cara menilai")
		for _, way := range e.Scoring {
			f.Options = append(f.Options, Option{Value: way.Value, Name: in(g.c, way.Name)})
		}
		rules = append(rules, f)
	}
	if e.Units {
		rules = append(rules, g.form.Input("text", "units", "Satuan yang boleh ditulis").Hinted("Dipisah koma, misalnya Rp, rupiah."))
	}
	if e.Exact {
		rules = append(rules, g.form.Input("checkbox", "exact", "Huruf besar dan aksen harus sama"))
	}
	return rules
}

func (g groups) options(at string, e *grading.EditList, states []Option) FieldGroup {
	name := in(g.c, e.Name)
	out := FieldGroup{Name: name, Text: in(g.c, e.Hint)}
	out.Fields = []Field{hidden(at+"o", strconv.Itoa(g.count(at+"o")))}
	for i := range g.count(at + "o") {
		row := fmt.Sprintf("%so%d.", at, i)
		x := FieldGroup{ID: g.place(row), Name: g.name(name, i), Fields: []Field{hidden(row+"id", g.form.Get(row+"id"))}}
		if e.Set != nil {
			x.Name = in(g.c, e.Set[i])
		}
		if slices.Contains(e.Members, "text") {
			f := g.form.Input("textarea", row+"text", "Teks").Tall(2)
			f.Length = 4000
			x.Fields = append(x.Fields, f)
		}
		switch e.Marks {
		case grading.TickOne, grading.TickShared:
			x.Short = append(x.Short, g.form.Input("checkbox", row+"key", "Benar"), g.form.Input("text", row+"mark", "Nilai lain (%)").Short().Hinted("Biasanya kosong."))
		case grading.PercentWhole, grading.PercentNone:
			x.Short = append(x.Short, g.form.Input("text", row+"mark", "Nilai (%)").Short())
		}
		for _, m := range e.Members {
			switch m {
			case "tolerance":
				x.Short = append(x.Short, g.form.Input("text", row+m, "Toleransi (±)").Short().Keyed("decimal", ""))
			case "expert":
				x.Short = append(x.Short, g.form.Input("text", row+m, "Rata-rata panel").Short().Keyed("decimal", ""))
			case "minutes":
				x.Short = append(x.Short, g.form.Input("number", row+m, "Lama, menit").Short().Keyed("numeric", "").Between("0", "100000"))
			case "next":
				x.Short = append(x.Short, g.form.Input("select", row+m, "Menuju").With(states))
			case "feedback":
				f := g.form.Input("textarea", row+m, "Umpan balik").Tall(2)
				f.Length = 4000
				x.Groups = append(x.Groups, FieldGroup{Fields: []Field{f}})
			}
		}
		out.Groups = append(out.Groups, x)
	}
	if e.Set == nil {
		out.Buttons = g.add(at+"o", name)
	}
	return out
}

func (g groups) parts(e *grading.EditList) FieldGroup {
	name := in(g.c, e.Name)
	out := FieldGroup{Name: name, Text: in(g.c, e.Hint), Fields: []Field{hidden("p", strconv.Itoa(g.count("p")))}}
	states := []Option{{Value: "", Label: "Kasus berakhir"}}
	for i := range g.count("p") {
		states = append(states, Option{Value: g.form.Get(fmt.Sprintf("p%d.id", i)), Name: g.name(name, i)})
	}
	partners := []Option{{Value: "", Label: "Pilih"}}
	for i := range g.count("o") {
		partners = append(partners, Option{Value: g.form.Get(fmt.Sprintf("o%d.id", i)), Name: strings.ToUpper(grading.OptionID(i)) + ". " + cut(g.form.Get(fmt.Sprintf("o%d.text", i)), 50)})
	}
	for i := range g.count("p") {
		row := fmt.Sprintf("p%d.", i)
		x := FieldGroup{ID: g.place(row), Name: g.name(name, i), Fields: []Field{hidden(row+"id", g.form.Get(row+"id"))}}
		if e.Set != nil {
			x.Name = in(g.c, e.Set[i])
		} else if slices.Contains(e.Members, "type") {
			x.Name = fmt.Sprintf("%s [[%d]]", name, i+1)
		}
		for _, m := range e.Members {
			switch m {
			case "text":
				f := g.form.Input("textarea", row+m, "Teks").Tall(2)
				f.Length = 4000
				x.Fields = append(x.Fields, f)
			case "right":
				x.Short = append(x.Short, g.form.Input("select", row+m, "Pasangan").With(partners))
			case "type":
				f := g.form.Input("select", row+m, "Cara menjawab")
				for _, t := range e.Types {
					f.Options = append(f.Options, Option{Value: string(t), Name: in(g.c, t.Label())})
				}
				x.Short = append(x.Short, f)
			case "weight":
				x.Short = append(x.Short, g.form.Input("number", row+m, "Bobot").Short().Keyed("numeric", "").Between("0", "100"))
			case "units":
				x.Short = append(x.Short, g.form.Input("text", row+m, "Satuan").Short())
			case "exact":
				x.Short = append(x.Short, g.form.Input("checkbox", row+m, "Huruf besar dan aksen harus sama"))
			}
		}
		if e.Options != nil {
			x.Groups = append(x.Groups, g.options(row, e.Options, states))
		}
		out.Groups = append(out.Groups, x)
	}
	if e.Set == nil {
		out.Buttons = g.add("p", name)
	}
	return out
}

func (g groups) rubric() FieldGroup {
	name := g.w.T(g.c, "Kriteria")
	out := FieldGroup{Name: g.w.T(g.c, "Rubrik"), Text: g.w.T(g.c, "Tingkat ditulis dari yang terendah; yang terakhir bernilai 100 persen."), Fields: []Field{hidden("r", strconv.Itoa(g.count("r")))}}
	for i := range g.count("r") {
		row := fmt.Sprintf("r%d.", i)
		x := FieldGroup{ID: g.place(row), Name: g.name(name, i), Fields: []Field{hidden(row+"id", g.form.Get(row+"id")), hidden(row+"l", strconv.Itoa(g.count(row+"l"))), g.form.Input("text", row+"text", "Yang dinilai")},
			Short: []Field{g.form.Input("number", row+"weight", "Bobot").Short().Keyed("numeric", "").Between("1", "100")}}
		for j := range g.count(row + "l") {
			level := fmt.Sprintf("%sl%d.", row, j)
			x.Groups = append(x.Groups, FieldGroup{ID: g.place(level), Name: g.w.T(g.c, "Tingkat %d", j+1), Fields: []Field{g.form.Input("text", level+"text", "Uraian")}, Short: []Field{g.form.Input("text", level+"mark", "Nilai (%)").Short()}})
		}
		x.Buttons = g.add(row+"l", g.w.T(g.c, "Tingkat"))
		out.Groups = append(out.Groups, x)
	}
	out.Buttons = g.add("r", name)
	return out
}
