package web

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

func correctionURL(item string) string { return address("kelola", "nilai-ulang", "soal", item) }

// showCorrection asks for the right key of an item, starting from the one that counts.
func (w *admin) showCorrection(c *gin.Context) error {
	it, err := w.Courses.ItemToCorrect(c.Request.Context(), reader(c), c.Param("item"))
	if err != nil {
		return err
	}
	values := map[string][]string{"form": {storage.NewID()}, "accepted": {acceptedText(it.Item)}}
	for _, o := range it.Options {
		if o.Mark > 0 {
			values["right"] = append(values["right"], o.ID)
		}
		values["said-"+o.ID] = []string{o.Feedback}
	}
	if it.Void {
		values["void"] = []string{"1"}
	}
	return w.correctionPage(c, http.StatusOK, it, NewForm(values))
}

func (w *admin) correctionPage(c *gin.Context, status int, it courses.CorrectedItem, form Form) error {
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
	p.add(Panel{Label: "Soal", Text: it.Stem, Reasons: w.keyReasons(c, it.Item)})
	var fields []Field
	fields = append(fields, hidden("form", form.Get("form")))
	switch it.Type {
	case grading.Single, grading.Multiple, grading.TrueFalse:
		var options []Option
		for _, o := range it.Options {
			name := o.Text
			if it.Type == grading.TrueFalse {
				name = w.truth(c, o.ID)
			}
			options = append(options, Option{Value: o.ID, Name: strings.ToUpper(o.ID) + ". " + name})
		}
		kind, hint := "checkboxes", "Tandai lebih dari satu bila beberapa jawaban harus diterima."
		switch it.Type {
		case grading.TrueFalse:
			kind, hint = "radio", ""
		case grading.Multiple:
			hint = "Jawaban benar berbagi nilai sama rata; yang salah mengurangi sama rata."
		}
		right := form.Input(kind, "right", "Jawaban yang benar").With(options).Hinted(hint)
		if kind == "radio" {
			right.Value = form.Get("right")
			right.Values = nil
		} else {
			right.Value = ""
		}
		fields = append(fields, right)
		for _, o := range it.Options {
			said := form.Input("textarea", "said-"+o.ID, w.T(c, "Umpan balik untuk pilihan %s", strings.ToUpper(o.ID))).Tall(2)
			said.Length = 1000
			fields = append(fields, said)
		}
	default:
		hint := "Satu jawaban per baris. Yang bernilai sebagian ditulis dengan bobot di belakangnya: = 50%."
		if it.Type == grading.Numeric {
			hint = "Satu angka per baris, dengan ± toleransi bila ada: 15000 ± 500. Yang bernilai sebagian ditulis dengan bobot di belakangnya: = 50%."
		}
		fields = append(fields, form.Input("textarea", "accepted", "Jawaban yang diterima").Tall(5).Hinted(hint))
	}
	void := form.Input("checkbox", "void", "Gugurkan soal ini")
	void.Hint = "Semua peserta mendapat nilai penuh untuk soal ini, juga yang tidak menjawab."
	fields = append(fields, void, reasoned(form, "Dibaca peserta yang nilainya berubah dan dicatat di jejak audit."))
	p.add(Panel{Label: "Kunci yang benar", Text: w.T(c, "Pertanyaan dan pilihan tidak berubah, karena peserta sudah melihatnya. Langkah berikut hanya uji coba: belum ada nilai yang diubah."),
		Form: &PanelForm{URL: correctionURL(it.ID), Form: form, Fields: fields, Buttons: []Button{{Label: "Periksa dampaknya", Kind: "primary"}}}})
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

// keyReasons lists the options of an item, the right ones marked.
func (w *admin) keyReasons(c *gin.Context, it grading.Item) []Reason {
	return w.itemPanel(c, it).Reasons
}

// keyText is a key in a few words.
func (w *admin) keyText(c *gin.Context, it grading.Item) string {
	if it.Void {
		return w.T(c, "Digugurkan: semua mendapat nilai penuh")
	}
	var right []string
	for _, o := range it.Options {
		if o.Mark <= 0 {
			continue
		}
		text := o.Text
		switch it.Type {
		case grading.TrueFalse:
			text = w.truth(c, o.ID)
		case grading.Single, grading.Multiple:
			text = strings.ToUpper(o.ID) + ". " + cut(text, 80)
		}
		if o.Tolerance != "" {
			text += " ± " + o.Tolerance
		}
		if o.Mark < grading.Full {
			text += " (" + o.Mark.Percent() + "%)"
		}
		right = append(right, text)
	}
	return strings.Join(right, " · ")
}

// acceptedText writes accepted answers one per line, as acceptedKey reads them.
func acceptedText(it grading.Item) string {
	var lines []string
	for _, o := range it.Options {
		line := o.Text
		if o.Tolerance != "" {
			line += " ± " + o.Tolerance
		}
		if o.Mark != grading.Full || partOf.MatchString(line) {
			line += " = " + o.Mark.Percent() + "%"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

var (
	partOf    = regexp.MustCompile(`^(.*?)\s*=\s*(-?[0-9.,]+)\s*%$`)
	tolerance = regexp.MustCompile(`^(.*?)\s*(?:±|\+-|\+/-)\s*([0-9.,]+)$`)
)

// correctedKey makes a key of what was posted. What stays as it was keeps its marks and feedback.
func correctedKey(it grading.Item, form Form) (grading.Key, error) {
	k := it.AnswerKey()
	k.Void = form.Get("void") != ""
	switch it.Type {
	case grading.Single, grading.Multiple, grading.TrueFalse:
		right, marks := form.Values["right"], 0
		same := true
		for i, o := range k.Options {
			chosen := slices.Contains(right, o.ID)
			same = same && chosen == (o.Mark > 0)
			if chosen {
				marks++
			}
			k.Options[i].Feedback = form.Get("said-" + o.ID)
		}
		if same {
			break
		}
		wrong := len(k.Options) - marks
		for i, o := range k.Options {
			switch chosen := slices.Contains(right, o.ID); {
			case chosen && it.Type == grading.Multiple:
				k.Options[i].Mark = grading.Full / grading.Mark(marks)
				if marks > 0 && i == slices.IndexFunc(k.Options, func(x grading.Option) bool { return slices.Contains(right, x.ID) }) {
					k.Options[i].Mark += grading.Full % grading.Mark(marks) // eleven parts do not divide the whole
				}
			case chosen:
				k.Options[i].Mark = grading.Full
			case it.Type == grading.Multiple:
				k.Options[i].Mark = -grading.Full / grading.Mark(wrong)
			case o.Mark == grading.Full || it.Type == grading.TrueFalse:
				k.Options[i].Mark = 0
			}
		}
	default:
		was := k.Options
		k.Options = nil
		n := 0
		for line := range strings.Lines(form.Get("accepted")) {
			line = strings.TrimSpace(line)
			if line == "" {
				continue
			}
			o := grading.Option{ID: grading.OptionID(n), Mark: grading.Full}
			n++
			if m := partOf.FindStringSubmatch(line); m != nil {
				mark, err := grading.ParseMark(m[2])
				if err != nil {
					return k, faults.OnField("accepted", "Bobot "+m[2]+"% bukan persen antara -100 dan 100.", "The mark "+m[2]+"% is no percentage from -100 to 100.")
				}
				line, o.Mark = m[1], mark
			}
			if m := tolerance.FindStringSubmatch(line); m != nil && it.Type == grading.Numeric {
				line, o.Tolerance = m[1], strings.Replace(m[2], ",", ".", 1)
			}
			if it.Type == grading.Numeric {
				line = plainNumber(line)
			}
			o.Text = line
			for _, x := range was {
				if x.Text == o.Text {
					o.Feedback = x.Feedback
				}
			}
			k.Options = append(k.Options, o)
		}
	}
	return k, nil
}

// plainNumber writes a number typed with an Indonesian comma the way keys are kept.
func plainNumber(s string) string {
	if strings.Count(s, ",") == 1 && !strings.Contains(s, ".") {
		return strings.Replace(s, ",", ".", 1)
	}
	return s
}

// checkRegrade begins the dry run.
func (w *admin) checkRegrade(c *gin.Context) error {
	ctx, a, form := c.Request.Context(), reader(c), posted(c)
	it, err := w.Courses.ItemToCorrect(ctx, a, c.Param("item"))
	if err != nil {
		return err
	}
	k, err := correctedKey(it.Item, form)
	var r courses.RegradeDoc
	if err == nil {
		r, err = w.Courses.CheckRegrade(ctx, a, courses.RegradeInput{Key: form.Get("form"), Item: it.ID, To: k, Why: form.Get("why")})
	}
	if err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		field := "accepted"
		if it.Type == grading.Single || it.Type == grading.Multiple || it.Type == grading.TrueFalse {
			field = "right"
		}
		for i, e := range form.Errors {
			if strings.HasPrefix(e.Field, "key.") {
				form.Errors[i].Field = field
			}
		}
		return w.correctionPage(c, form.Status(), it, form)
	}
	return see(c, regradeURL(r.ID))
}
