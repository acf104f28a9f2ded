package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/placement"
)

// showMyPosts says which positions the reader's evidence fits, which rules stand in the way, and what would lift the match.
func (l *learner) showMyPosts(c *gin.Context) error {
	if l.Placement == nil {
		return faults.New(faults.NotFound, "Halaman ini tidak ada.", "This page does not exist.")
	}
	ctx, a, all := c.Request.Context(), reader(c), c.Query("tampil") == "semua"
	found, err := l.Placement.PostsFor(ctx, a, a.Person, placement.PostsFilter{All: all, Refused: true})
	if err != nil {
		return err
	}
	dictionary, err := l.Competencies.Dictionary(ctx)
	if err != nil {
		return err
	}
	name := func(code string) string { return in(c, dictionary.Name(code)) }
	p := &PanelsPage{Base: Base{Active: navPosts, Title: l.T(c, "Jabatan untuk saya"), Lead: l.T(c, "Menurut bukti yang ada hari ini. Sistem menyarankan, pejabat memutuskan.")},
		Tabs: &Tabs{Label: "Jabatan", Items: []Tab{{Label: "Yang lowong", URL: "/jabatan", Active: !all}, {Label: "Semua jabatan", URL: "/jabatan?tampil=semua", Active: all}}}}
	list := Panel{Label: "Jabatan menurut kecocokan"}
	for i, o := range found {
		panel, err := l.postPanel(c, o, name)
		if err != nil {
			return err
		}
		panel.Open = i == 0
		list.Inner = append(list.Inner, panel)
	}
	if len(found) == 0 {
		list.Empty = &Empty{Icon: "position", Label: "Belum ada jabatan yang dapat dibandingkan", Text: l.T(c, "Jabatan yang punya standar kompetensi akan tampil di sini.")}
	}
	p.add(list, Panel{Label: "Cara membacanya", Text: l.T(c, "Angka kecocokan adalah rentang: kompetensi tanpa bukti tidak dihitung nol, tetapi juga belum dihitung terpenuhi. Jenis kelamin, agama, status perkawinan, dan disabilitas tidak dipakai; umur hanya sejauh peraturan membatasinya. Anda boleh mengajukan keberatan atas setiap putusan penempatan.")})
	l.Render(c, http.StatusOK, "panels", p)
	return nil
}

// eligibilityBadges are the words for whether the rules allow a post.
var eligibilityBadges = map[placement.Outcome]Badge{placement.Met: {Kind: Success, Label: "Memenuhi syarat"}, placement.Unmet: {Kind: Danger, Label: "Tidak memenuhi syarat"}, placement.Unknown: {Kind: Warn, Label: "Perlu berkas"}}

// postPanel is one position with its reasons.
func (l *learner) postPanel(c *gin.Context, o placement.Opportunity, name func(string) string) (Panel, error) {
	u, err := l.People.LookUnit(c.Request.Context(), people.UnitID(o.Post.Unit))
	if err != nil {
		return Panel{}, err
	}
	panel := Panel{Fold: true, Name: o.Post.Name, Text: u.Name + ". " + in(c, o.Text), Fit: fitOf(o.Fit), Badges: []Badge{eligibilityBadges[o.Eligibility]}}
	panel.Reasons = append(l.verdicts(c, o.Verdicts), l.matchReasons(c, o.Reasons, name)...)
	if o.Lift != nil {
		panel.Notices = []Notice{{Kind: Info, Label: "Yang mengubah hasil", Text: in(c, o.Lift.Text)}}
	}
	return panel, nil
}
