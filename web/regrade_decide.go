package web

import (
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
)

// decideAct is what the address of a regrade's page asks for when a certificate is to be decided on.
const decideAct = "putuskan"

func decisionURL(x courses.RegradeChange) string {
	return regradeURL(x.Regrade) + "?lakukan=" + decideAct + "&percobaan=" + url.QueryEscape(x.Attempt) + "#putusan"
}

// decisionCell says what was decided about a certificate; undecided ones lead to the form.
func (w *admin) decisionCell(c *gin.Context, x courses.RegradeChange) Cell {
	switch d := x.Decision; {
	case d != nil && d.Keep:
		return Cell{Badge: &Badge{Kind: Success, Label: "Dipertahankan"}, Sub: w.person(c.Request.Context(), d.By) + ", " + w.format(c).day(d.At)}
	case d != nil:
		return Cell{Badge: &Badge{Kind: Danger, Label: "Diteruskan untuk dicabut"}, Sub: w.person(c.Request.Context(), d.By) + ", " + w.format(c).day(d.At)}
	case !x.Done:
		return Cell{Text: "–"}
	}
	return Cell{Badge: &Badge{Kind: Warn, Label: "Belum diputuskan"}}
}

// decideButton leads to the form that decides, also about what was decided already.
func (w *admin) decideButton(c *gin.Context, x courses.RegradeChange) Cell {
	if !x.Done || x.Person == reader(c).Person || !w.may(c, "run", "regrade") {
		return Cell{Text: "–"}
	}
	b := &Button{Label: "Putuskan", URL: decisionURL(x), Small: true, About: w.person(c.Request.Context(), x.Person)}
	if x.Decision != nil {
		b.Label, b.Kind = "Ubah putusan", "quiet"
	}
	return Cell{Button: b}
}

// listedCertificates is the list for a person: certificates that the result no longer gives, or whose score is another.
func (w *admin) listedCertificates(c *gin.Context, p *PanelsPage, r courses.RegradeDoc) error {
	list, next, err := w.Courses.Changes(c.Request.Context(), reader(c), r.ID, courses.ChangeFilter{Certificates: true, Limit: 200})
	if err != nil || len(list) == 0 {
		return err
	}
	t := Table{ID: "listed", Label: "Sertifikat perlu diputuskan", NoSearch: true, Columns: []Column{{Label: "Pemegang", Main: true}, {Label: "Nilai"}, {Label: "Akibatnya"}, {Label: "Sertifikat"}, {Label: "Putusan"}, {Label: "Tindakan", Actions: true}}}
	for _, x := range list {
		t.Rows = append(t.Rows, Row{URL: address("kelola", "percobaan", x.Attempt), Cells: []Cell{{Text: w.person(c.Request.Context(), x.Person)}, {Text: w.fromTo(c, x)}, w.effectCell(c, x), w.certificateCell(c, x), w.decisionCell(c, x), w.decideButton(c, x)}})
	}
	panel := Panel{ID: "sertifikat", Label: "Sertifikat perlu diputuskan", Text: w.T(c, "Sertifikat yang tidak lagi didukung hasil tesnya, atau masih memuat nilai lama. Semuanya tetap berlaku: tidak ada yang dicabut dengan sendirinya, seseorang memutuskan satu per satu."), Table: &t}
	if !next.Zero() {
		panel.Notices = []Notice{{Kind: Info, Text: w.T(c, "Daftar ini dipotong setelah %d baris; selengkapnya lewat API.", len(list))}}
	}
	p.add(panel)
	return nil
}

// decisionPanel is the form that decides about one certificate of the list.
func (w *admin) decisionPanel(c *gin.Context, p *PanelsPage, r courses.RegradeDoc, which string, form Form) error {
	attempt := c.Param("attempt")
	if attempt == "" {
		attempt = c.Query("percobaan")
	}
	if which != decideAct || attempt == "" || !w.may(c, "run", "regrade") {
		return nil
	}
	ctx := c.Request.Context()
	x, err := w.Courses.Change(ctx, reader(c), r.ID, attempt)
	if err != nil {
		return err
	}
	if !x.Done || x.Effect != courses.EffectListed && x.Effect != courses.EffectScore {
		return nil
	}
	panel := Panel{ID: "putusan", Label: "Putusan tentang sertifikat", Facts: []Fact{{Label: "Pemegang", Value: w.person(ctx, x.Person)}, {Label: "Nilai", Value: w.fromTo(c, x)}}}
	if b := w.effectCell(c, x).Badge; b != nil {
		panel.Badges = []Badge{*b}
	}
	if cell := w.certificateCell(c, x); cell.URL != "" {
		panel.Actions = []Button{{Label: cell.Text, URL: cell.URL, Icon: "certificate", Kind: "quiet"}}
	}
	if d := x.Decision; d != nil {
		said := w.T(c, "Diteruskan untuk dicabut")
		if d.Keep {
			said = w.T(c, "Dipertahankan")
		}
		panel.Facts = append(panel.Facts, Fact{Label: "Putusan", Value: said, Note: w.person(ctx, d.By) + ", " + w.format(c).moment(d.At)}, Fact{Label: "Alasan", Value: d.Why})
	}
	if x.Person == reader(c).Person {
		panel.Notices = []Notice{{Kind: Info, Text: w.T(c, "Ini sertifikat Anda sendiri, jadi orang lain yang memutuskannya.")}}
	} else {
		panel.Text = w.T(c, "Putusan ini dicatat dan tidak mencabut apa pun. Yang diteruskan dicabut di halaman sertifikatnya, oleh pejabat yang berwenang.")
		panel.Form = &PanelForm{URL: regradeURL(r.ID, "putusan", attempt) + "#putusan", Form: form, Fields: []Field{reasoned(form, "Dicatat di jejak audit.")},
			Buttons: []Button{{Label: "Pertahankan sertifikat", Kind: "primary", Field: "act", Value: "keep"}, {Label: "Teruskan untuk dicabut", Field: "act", Value: "refer"}, {Label: "Batal", URL: regradeURL(r.ID), Kind: "quiet"}}}
	}
	p.add(panel)
	return nil
}

// decideListed records a decision; one that refers the certificate leads to where it is revoked.
func (w *admin) decideListed(c *gin.Context) error {
	form, id := posted(c), c.Param("regrade")
	keep := form.Get("act") == "keep"
	if !keep && form.Get("act") != "refer" {
		return w.regradePage(c, form.Status(), decideAct, form, &Notice{Kind: Danger, Text: w.T(c, "Tombol ini tidak dikenal.")})
	}
	x, err := w.Courses.DecideCertificate(c.Request.Context(), reader(c), id, c.Param("attempt"), keep, form.Get("why"))
	if err != nil {
		if !form.Take(err, Lang(c)) {
			return err
		}
		return w.regradePage(c, form.Status(), decideAct, form, nil)
	}
	if keep {
		return w.done(c, Success, w.T(c, "Putusan dicatat: sertifikat dipertahankan."), regradeURL(id)+"#sertifikat")
	}
	to := regradeURL(id) + "#sertifikat"
	if cell := w.certificateCell(c, x); cell.URL != "" && w.may(c, "revoke", "certificate") {
		to = cell.URL
	}
	return w.done(c, Success, w.T(c, "Putusan dicatat: sertifikat diteruskan untuk dicabut. Ia masih berlaku sampai pejabat mencabutnya."), to)
}

// undecidedCertificates lists what waits for a decision, of all regrades.
func (w *admin) undecidedCertificates(c *gin.Context) (*Table, error) {
	ctx, a := c.Request.Context(), reader(c)
	list, next, err := w.Courses.Undecided(ctx, a, cursor(c), 0)
	if err != nil {
		return nil, err
	}
	t := &Table{Label: "Sertifikat menunggu putusan", URL: "/kelola/nilai-ulang", NoSearch: true, Whole: true, Columns: []Column{{Label: "Pemegang", Main: true}, {Label: "Soal"}, {Label: "Nilai"}, {Label: "Akibatnya"}, {Label: "Sertifikat"}, {Label: "Tindakan", Actions: true}},
		Empty: Empty{Icon: "done", Label: "Tidak ada sertifikat yang menunggu putusan"}}
	of := map[string]courses.RegradeDoc{}
	for _, x := range list {
		r, ok := of[x.Regrade]
		if !ok {
			if r, err = w.Courses.RegradeByID(ctx, a, x.Regrade); err != nil {
				return nil, err
			}
			of[x.Regrade] = r
		}
		t.Rows = append(t.Rows, Row{URL: regradeURL(x.Regrade), Cells: []Cell{{Text: w.person(ctx, x.Person)}, {Text: r.Code, Sub: r.Course}, {Text: w.fromTo(c, x)}, w.effectCell(c, x), w.certificateCell(c, x), w.decideButton(c, x)}})
	}
	t.Pager = w.shown(c, nextPage(c, next), len(t.Rows))
	return t, nil
}
