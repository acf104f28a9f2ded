package web

import (
	"errors"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/faults"
)

func staffTaskURL(id string, more ...string) string {
	return address(append([]string{"tugas-staf", id}, more...)...)
}

// staffPlace is where a supervisor judges: the page of markers with the name of the person.
func (l *learner) staffPlace(*gin.Context) markingPlace {
	const list = "/tugas-staf"
	return markingPlace{active: navStaffTasks, crumbs: []Link{{Label: "Tugas lapangan staf", URL: list}}, url: staffTaskURL, back: list,
		next: func(c *gin.Context, _ string) error {
			return l.done(c, Success, l.T(c, "Penilaian tersimpan. Yang bersangkutan diberi tahu."), list)
		}}
}

// listStaffTasks lists the field tasks that wait for the reader as a supervisor.
func (l *learner) listStaffTasks(c *gin.Context) error {
	list, next, err := l.Courses.ToJudge(c.Request.Context(), reader(c), cursor(c), 0)
	if err != nil {
		return err
	}
	p := &PanelsPage{Base: Base{Active: navStaffTasks, Title: l.T(c, "Tugas lapangan staf"), Lead: l.T(c, "Tugas lapangan yang menunggu penilaian Anda sebagai atasan, yang paling lama menunggu lebih dahulu.")}}
	panel := Panel{Bare: true, Label: "Menunggu penilaian Anda"}
	for _, x := range list {
		card := Card{Name: x.Name, URL: staffTaskURL(x.ID), Text: in(c, x.Task) + " · " + in(c, x.Title), Meta: []string{l.T(c, "dikumpulkan %s", l.format(c).moment(x.At))}}
		if x.Edition > 1 {
			card.Meta = append(card.Meta, l.T(c, "kiriman ke-%d", x.Edition))
		}
		if x.Late {
			card.Meta = append(card.Meta, l.T(c, "setelah batas harinya"))
		}
		if x.Begun {
			card.Badges = append(card.Badges, Badge{Kind: Warn, Label: "Sedang Anda nilai", Icon: "edit"})
		}
		panel.Cards = append(panel.Cards, card)
	}
	if len(list) == 0 {
		panel.Empty = &Empty{Icon: "done", Label: "Tidak ada yang menunggu", Text: l.T(c, "Tugas lapangan staf Anda muncul di sini begitu dikumpulkan.")}
	}
	if pager := nextPage(c, next); pager.Next != "" {
		panel.Actions = []Button{{Label: "Berikutnya", URL: pager.Next, Icon: "arrow"}}
	}
	p.add(panel)
	l.Render(c, 200, "panels", p)
	return nil
}

// staff leads on where the marking of the address is one that its reader judges as a supervisor; answers that markers mark have their own pages. One that was judged leads back to the list.
func (l *learner) staff(do func(*gin.Context) error) func(*gin.Context) error {
	return func(c *gin.Context) error {
		m, err := l.Courses.Marking(c.Request.Context(), reader(c), c.Param("marking"))
		if err == nil && (m.Work == nil || m.Work.Name == "") {
			return faults.New(faults.NotFound, "Tugas ini tidak ada.", "This task does not exist.")
		}
		if err != nil && !errors.Is(err, faults.Conflict) {
			return err
		}
		return do(c)
	}
}

func (l *learner) showStaffTask(c *gin.Context) error { return l.showMarkingAt(c, l.staffPlace(c)) }

func (l *learner) claimStaffTask(c *gin.Context) error { return l.claimMarkingAt(c, l.staffPlace(c)) }

func (l *learner) judgeStaffTask(c *gin.Context) error { return l.giveMarkAt(c, l.staffPlace(c)) }

// showMarkingFile sends a file of an answer to whoever has taken it for marking.
func (l *learner) showMarkingFile(c *gin.Context) error {
	f, err := l.Courses.MarkingFile(c.Request.Context(), reader(c), c.Param("marking"), c.Param("file"))
	return l.sendReceived(c, f, err)
}
