package web

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/people"
)

// InboxPage lists what the reader was told.
type InboxPage struct {
	Base
	Items  []InboxItem
	Unread bool
	None   Empty
	Pager  Pager
}

// InboxItem is one message.
type InboxItem struct {
	ID    string
	Icon  string
	Title string
	Body  string
	At    time.Time
	New   bool
	Opens bool // it leads somewhere
}

func (l *learner) showInbox(c *gin.Context) error {
	a := reader(c)
	found, err := l.People.Notices(c.Request.Context(), a, people.ID(a.Person), false, cursor(c), 30)
	if err != nil {
		return err
	}
	var next storage.Cursor
	if found.More {
		next = found.Next
	}
	p := &InboxPage{Base: Base{Active: navInbox}, Items: l.inboxItems(c, found.Items), Pager: nextPage(c, next),
		None: Empty{Icon: "inbox", Label: "Kotak masuk kosong", Text: l.T(c, "Penugasan, sertifikat, dan kabar akun akan tampil di sini.")}}
	for _, n := range p.Items {
		p.Unread = p.Unread || n.New
	}
	l.Render(c, http.StatusOK, "inbox", p)
	return nil
}

// noticeIcons by kind of notice.
var noticeIcons = map[string]string{"certificate": "certificate", "assignment": "task", "role": "key", "account": "shield", "course": "course", "placement": "position", "regrade": "sync", "objection": "scale", "marked": "edit", "remark": "edit"}

func (l *learner) inboxItems(c *gin.Context, all []people.Notice) []InboxItem {
	var out []InboxItem
	for _, n := range all {
		icon := noticeIcons[n.Kind]
		if icon == "" {
			icon = "mail"
		}
		out = append(out, InboxItem{ID: n.ID, Icon: icon, Title: in(c, n.Title), Body: in(c, n.Body), At: n.At, New: n.ReadAt.IsZero(), Opens: n.Link != ""})
	}
	return out
}

// readNotice marks one message as read and goes where it leads, or marks all.
func (l *learner) readNotice(c *gin.Context) error {
	ctx, a := c.Request.Context(), reader(c)
	if c.PostForm("all") != "" {
		if _, err := l.People.ReadAll(ctx, a); err != nil {
			return err
		}
		return see(c, "/kotak-masuk")
	}
	n, err := l.People.Read(ctx, a, c.PostForm("id"))
	if err != nil {
		return err
	}
	if n.Link == "" {
		return see(c, "/kotak-masuk")
	}
	return see(c, LocalPath(n.Link))
}
