package web

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/storage"
)

func correctionURL(item string) string { return address("kelola", "nilai-ulang", "soal", item) }

// correction is the form in which the key of an item is corrected: the form of its author without what takers have seen, which the type itself knows (grading.Seen).
type correction struct {
	w      *admin
	c      *gin.Context
	it     grading.Item // with the key that counts
	edit   grading.Edit
	values url.Values // of the author's form for the item as it is
	known  map[string]bool
}

func (w *admin) correction(c *gin.Context, it grading.Item) *correction {
	e, _ := grading.EditOf(it.Type)
	return &correction{w: w, c: c, it: it, edit: e, values: itemValues(it, e), known: map[string]bool{}}
}

// seen says whether takers saw what some values of the form say.
func (k *correction) seen(change func(url.Values)) bool {
	v := maps.Clone(k.values)
	change(v)
	scratch := NewForm(v)
	to := (&itemForm{w: k.w, c: k.c, form: &scratch}).read(k.it.Type, k.edit)
	return grading.Seen(k.it, func(key *grading.Key) { *key = to.AnswerKey() })
}

var (
	rowNo  = regexp.MustCompile(`\b([orl])\d+`)
	partNo = regexp.MustCompile(`^p(\d+)\b`)
)

func (k *correction) partType(n string) grading.Type {
	if i, err := strconv.Atoi(n); err == nil && i < len(k.it.Parts) {
		return k.it.Parts[i].Type
	}
	return ""
}

// locked says whether a control of the form stands for what takers saw; of a count, whether no row may be added.
func (k *correction) locked(name string) bool {
	alike := rowNo.ReplaceAllString(name, "$1#") // rows of a list are alike; the options of a part by its type
	if part := partNo.FindStringSubmatch(name); part != nil {
		alike = string(k.partType(part[1])) + partNo.ReplaceAllString(alike, "p#")
	}
	if locked, ok := k.known[alike]; ok {
		return locked
	}
	locked := k.seen(func(v url.Values) {
		last := name[strings.LastIndexByte(name, '.')+1:]
		if n, err := strconv.Atoi(v.Get(name)); err == nil && (last == "o" || last == "p" || last == "r" || last == "l") {
			v.Set(name, strconv.Itoa(n+1))
			v.Set(fmt.Sprintf("%s%d.text", name, n), "1")
			return
		}
		if v.Get(name) == "1" {
			v.Set(name, "")
		} else {
			v.Set(name, "1")
		}
	})
	k.known[alike] = locked
	return locked
}

// sorted says whether the order of the options is the key: they may change places, but not their words.
func (k *correction) sorted() bool {
	return k.edit.Options != nil && len(k.it.Options) > 1 && k.edit.Options.Set == nil && k.locked("o0.text") && !k.seen(func(v url.Values) {
		for _, name := range []string{"id", "text", "feedback"} {
			a, b := "o0."+name, "o1."+name
			v[a], v[b] = v[b], v[a]
		}
	})
}

// start is the form before anything was corrected.
func (k *correction) start() Form {
	v := maps.Clone(k.values)
	v.Set("form", storage.NewID())
	ticked(v, "void", k.it.Void)
	return NewForm(v)
}

// keep puts back what takers saw: the form posts only what may be corrected. A percentage nobody touched gives way to a tick that changed.
func (k *correction) keep(form *Form) {
	for name, was := range k.values {
		if k.locked(name) {
			form.Values[name] = was
		}
	}
	list := func(at string, e *grading.EditList) {
		if e == nil || e.Marks != grading.TickOne && e.Marks != grading.TickShared {
			return
		}
		changed := map[int]bool{}
		n, _ := strconv.Atoi(k.values.Get(at + "o"))
		for i := range n {
			if row := fmt.Sprintf("%so%d.", at, i); form.Get(row+"key") != k.values.Get(row+"key") {
				changed[i] = true
			}
		}
		for i := range n {
			row := fmt.Sprintf("%so%d.mark", at, i)
			if (changed[i] || e.Marks == grading.TickShared && len(changed) > 0) && form.Get(row) == k.values.Get(row) {
				form.Values.Del(row)
			}
		}
	}
	list("", k.edit.Options)
	if k.edit.Parts != nil {
		for i := range k.it.Parts {
			list(fmt.Sprintf("p%d.", i), k.edit.Parts.Options)
		}
	}
}

// read makes a key of what was posted; f says where in the form each place of it stands.
func (k *correction) read(form *Form) (key grading.Key, f *itemForm) {
	k.keep(form)
	f = &itemForm{w: k.w, c: k.c, form: form}
	to := f.read(k.it.Type, k.edit)
	if k.sorted() {
		places := map[int]bool{}
		place := func(id string) int {
			i := slices.IndexFunc(k.it.Options, func(o grading.Option) bool { return o.ID == id })
			n, err := strconv.Atoi(form.Get(fmt.Sprintf("o%d.place", i)))
			if err != nil {
				return i + 1
			}
			return n
		}
		for _, o := range to.Options {
			n := place(o.ID)
			if places[n] || n < 1 || n > len(to.Options) {
				form.Wrong(fmt.Sprintf("o%d.place", slices.IndexFunc(k.it.Options, func(x grading.Option) bool { return x.ID == o.ID })), k.w.T(k.c, "Beri tiap langkah urutan yang berbeda."))
			}
			places[n] = true
		}
		slices.SortStableFunc(to.Options, func(a, b grading.Option) int { return place(a.ID) - place(b.ID) })
	}
	return to.AnswerKey(), f
}

// narrowed is a group of the author's form without what takers saw: words they saw stand there to be read.
func (k *correction) narrowed(g FieldGroup) FieldGroup {
	words := []string{}
	drop := func(list []Field) []Field {
		return slices.DeleteFunc(list, func(f Field) bool {
			if !k.locked(f.Name) {
				return false
			}
			if strings.HasSuffix(f.Name, ".text") && f.Value != "" {
				words = append(words, f.Value)
			}
			return true
		})
	}
	g.Fields, g.Short = drop(g.Fields), drop(g.Short)
	if len(words) > 0 {
		g.Text = strings.Join(words, " ")
	}
	g.Buttons = slices.DeleteFunc(g.Buttons, func(b Button) bool { return k.locked(strings.TrimPrefix(b.Value, "add:")) })
	for i := range g.Groups {
		g.Groups[i] = k.narrowed(g.Groups[i])
	}
	return g
}

// groups are the controls of the key; at is the row that was just added.
func (k *correction) groups(form Form, at string) []FieldGroup {
	fillIDs(form.Values)
	g := groups{k.w, k.c, form, at}
	var out []FieldGroup
	if rules := g.rules(k.edit); len(rules) > 0 {
		out = append(out, FieldGroup{Name: k.w.T(k.c, "Aturan soal"), Fields: rules})
	}
	if k.edit.Options != nil {
		list := g.options("", k.edit.Options, nil)
		if k.sorted() {
			list.Text = k.w.T(k.c, "Beri tiap langkah tempatnya dalam urutan yang benar.")
			var places []Option
			for i := range k.it.Options {
				places = append(places, Option{Value: strconv.Itoa(i + 1), Name: strconv.Itoa(i + 1)})
			}
			for i := range list.Groups {
				f := form.Input("select", fmt.Sprintf("o%d.place", i), "Urutan").Short().With(places)
				if f.Value == "" {
					f.Value = strconv.Itoa(i + 1)
				}
				list.Groups[i].Short = append(list.Groups[i].Short, f)
			}
		}
		out = append(out, list)
	}
	if k.edit.Parts != nil {
		out = append(out, g.parts(k.edit.Parts))
	}
	if k.edit.Rubric {
		out = append(out, g.rubric())
	}
	var left []FieldGroup
	for _, x := range out {
		if x = k.narrowed(x); len(x.Fields)+len(x.Short)+len(x.Groups) > 0 {
			left = append(left, x)
		}
	}
	return left
}

// showCorrection asks for the right key of an item, starting from the one that counts.
func (w *admin) showCorrection(c *gin.Context) error {
	it, err := w.Courses.ItemToCorrect(c.Request.Context(), reader(c), c.Param("item"))
	if err != nil {
		return err
	}
	k := w.correction(c, it.Item)
	return w.correctionPage(c, http.StatusOK, it, k, k.start(), "")
}

func (w *admin) correctionPage(c *gin.Context, status int, it courses.CorrectedItem, k *correction, form Form, at string) error {
	ctx, f := c.Request.Context(), w.format(c)
	p := &PanelsPage{Base: Base{Active: navRegrades, Title: w.T(c, "Betulkan kunci soal %s", it.Code), Lead: w.T(c, "%s, versi soal %d", it.Course, it.Version) + " · " + in(c, it.Type.Label()),
		Crumbs: crumbs(Link{Label: "Penilaian ulang", URL: "/kelola/nilai-ulang?kursus=" + it.Course})}}
	if it.Running != "" {
		n := Notice{Kind: Warn, Text: w.T(c, "Penilaian ulang lain di kursus ini belum selesai. Uji coba boleh dibuat sekarang, dijalankan setelah itu selesai."), Action: &Button{Label: "Lihat", URL: regradeURL(it.Running)}}
		if it.Stopped {
			n.Text = w.T(c, "Penilaian ulang di kursus ini dihentikan dan belum selesai. Pembetulan baru untuk soal yang sama menggantikannya.")
		}
		p.Notices = append(p.Notices, n)
	}
	stem := Panel{Label: "Soal", Text: it.Stem}
	for _, line := range w.keyLines(c, it.Item) {
		stem.Reasons = append(stem.Reasons, Reason{Kind: Success, Text: line})
	}
	p.add(stem)
	void := form.Input("checkbox", "void", "Gugurkan soal ini")
	void.Hint = "Semua peserta mendapat nilai penuh untuk soal ini, juga yang tidak menjawab, dan lembar baru tidak memuatnya lagi. Kunci di bawah tidak perlu diisi."
	p.add(Panel{Label: "Kunci yang benar", Text: w.T(c, "Pertanyaan dan pilihan tidak berubah, karena peserta sudah melihatnya. Langkah berikut hanya uji coba: belum ada nilai yang diubah."),
		Form: &PanelForm{URL: correctionURL(it.ID) + "#" + here, Form: form, Fields: []Field{hidden("form", form.Get("form")), void}, Groups: k.groups(form, at),
			Tail: []Field{reasoned(form, "Dibaca peserta yang nilainya berubah dan dicatat di jejak audit.")}, Buttons: []Button{{Label: "Periksa dampaknya", Kind: "primary"}}}})
	if len(it.Earlier) > 0 {
		t := Table{Label: "Versi kunci", NoSearch: true, Columns: []Column{{Label: "Versi", Main: true}, {Label: "Kunci"}, {Label: "Dibetulkan"}, {Label: "Alasan"}}}
		for _, k := range it.Earlier {
			with, err := grading.Rekey(it.Item, k.Key, k.Number)
			if err != nil {
				return err
			}
			t.Rows = append(t.Rows, Row{URL: regradeURL(k.Regrade), Cells: []Cell{{Text: w.T(c, "Kunci versi %d", k.Number)}, {Text: w.keyText(c, with)}, {Text: f.day(k.At), Sub: w.person(ctx, k.By)}, {Text: k.Why}}})
		}
		p.add(Panel{Label: "Pembetulan sebelumnya", Table: &t})
	}
	w.Render(c, status, "panels", p)
	return nil
}

// keyLines is a key, line by line.
func (w *admin) keyLines(c *gin.Context, it grading.Item) []string {
	if it.Void {
		return []string{w.T(c, "Digugurkan: semua mendapat nilai penuh")}
	}
	var lines []string
	switch {
	case len(it.Parts) > 0 || len(it.Rubric) > 0 || !slices.ContainsFunc(it.Options, func(o grading.Option) bool { return o.Mark > 0 }):
		for _, line := range grading.KeyText(it) {
			lines = append(lines, cut(in(c, line), 120))
		}
	default: // with what earns a part
		for _, o := range it.Options {
			if o.Mark <= 0 {
				continue
			}
			text := cut(o.Text, 80)
			switch it.Type {
			case grading.TrueFalse:
				text = w.truth(c, o.ID)
			case grading.Single, grading.Multiple:
				text = strings.ToUpper(o.ID) + ". " + text
			}
			if o.Tolerance != "" {
				text += " ± " + o.Tolerance
			}
			if o.Mark < grading.Full {
				text += " (" + o.Mark.Percent() + "%)"
			}
			lines = append(lines, text)
		}
	}
	return lines
}

// keyText is a key in a few words.
func (w *admin) keyText(c *gin.Context, it grading.Item) string {
	return strings.Join(w.keyLines(c, it), " · ")
}

// plainNumber writes a number typed with an Indonesian comma the way keys are kept.
func plainNumber(s string) string {
	if strings.Count(s, ",") == 1 && !strings.Contains(s, ".") {
		return strings.Replace(s, ",", ".", 1)
	}
	return s
}

// checkRegrade begins the dry run, or shows the form with another row.
func (w *admin) checkRegrade(c *gin.Context) error {
	ctx, a, form := c.Request.Context(), reader(c), posted(c)
	it, err := w.Courses.ItemToCorrect(ctx, a, c.Param("item"))
	if err != nil {
		return err
	}
	k := w.correction(c, it.Item)
	if list, rows := strings.CutPrefix(form.Get("go"), "add:"); rows {
		k.keep(&form)
		at := ""
		if !k.locked(list) {
			at = addRow(&form, k.edit, list)
		}
		return w.correctionPage(c, http.StatusOK, it, k, form, at)
	}
	to := grading.Key{Void: true}
	var f *itemForm
	if form.Get("void") == "" {
		to, f = k.read(&form)
	}
	if form.OK() {
		var r courses.RegradeDoc
		if r, err = w.Courses.CheckRegrade(ctx, a, courses.RegradeInput{Key: form.Get("form"), Item: it.ID, To: to, Why: form.Get("why")}); err == nil {
			return see(c, regradeURL(r.ID))
		}
		if !form.Take(err, Lang(c)) {
			return err
		}
		for i, e := range form.Errors {
			if path, ok := strings.CutPrefix(e.Field, "key."); ok && f != nil {
				if form.Errors[i].Field = f.field(path); k.locked(form.Errors[i].Field) { // no control of its own: said above the form
					form.Errors[i].Field = ""
				}
			}
		}
	}
	return w.correctionPage(c, form.Status(), it, k, form, "")
}
