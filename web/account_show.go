package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/people"
)

// AccountPage is one's own account: how to be reached, how to get in, what is known.
type AccountPage struct {
	Base
	Name  string
	Facts []Fact
	Form  Form
	Mails []Option
	Links []Card
	Mail  bool // mail is configured
}

func (l *learner) showAccount(c *gin.Context) error {
	p, err := l.accountPage(c, nil)
	if err != nil {
		return err
	}
	l.Render(c, http.StatusOK, "account", p)
	return nil
}

func (l *learner) accountPage(c *gin.Context, form *Form) (*AccountPage, error) {
	ctx, a := c.Request.Context(), reader(c)
	me, err := l.People.Person(ctx, a, people.ID(a.Person))
	if err != nil {
		return nil, err
	}
	acc, err := l.People.Account(ctx, a, me.ID)
	if err != nil {
		return nil, err
	}
	p := &AccountPage{Base: Base{Active: navAccount}, Name: me.DisplayName(), Mail: l.Settings.Current().Mail.Server != "",
		Mails: []Option{{Value: "daily", Label: "Dikumpulkan, sekali sehari"}, {Value: "each", Label: "Satu per satu"}, {Value: "off", Label: "Tidak lewat surel"}}}
	if form == nil {
		mail := string(acc.Mail)
		if acc.Mail == people.MailDaily {
			mail = "daily"
		}
		f := NewForm(map[string][]string{"email": {me.Email}, "mail": {mail}})
		form = &f
	}
	p.Form = *form
	second := Badge{Kind: Success, Label: "Terpasang"}
	if !acc.Second {
		second = Badge{Label: "Belum dipasang"}
	}
	f := l.format(c)
	p.Facts = []Fact{{Label: "NIP/NI", Value: me.NIP().Masked(), Code: true}, {Label: "Status", Value: in(c, me.Status.Text())}, {Label: "Terakhir masuk", Value: f.moment(acc.LastLogin)}, {Label: "Kode dua langkah", Badge: &second}}
	for _, r := range acc.Roles {
		p.Facts = append(p.Facts, Fact{Label: "Peran", Value: in(c, people.RoleText(r.Role))})
	}
	switch {
	case acc.SetUpBy.IsZero():
	case !l.config.Now().Before(acc.SetUpBy):
		p.Notices = append(p.Notices, Notice{Kind: Warn, Label: "Pasang kode dua langkah", Text: l.T(c, "Peran khusus Anda tidak berlaku sampai kode ini dipasang."), Action: &Button{Label: "Pasang sekarang", URL: "/akun/kode"}})
	default:
		p.Notices = append(p.Notices, Notice{Kind: Warn, Label: "Pasang kode dua langkah", Text: l.T(c, "Peran khusus Anda memerlukannya paling lambat %s.", f.moment(acc.SetUpBy)), Action: &Button{Label: "Pasang sekarang", URL: "/akun/kode"}})
	}
	p.Links = []Card{
		{Icon: "key", Name: l.T(c, "Kata sandi"), URL: "/akun/sandi", Text: l.T(c, "Ganti kata sandi. Sesi di perangkat lain ikut berakhir.")},
		{Icon: "shield", Name: l.T(c, "Kode dua langkah"), URL: "/akun/kode", Text: l.T(c, "Kode dari ponsel, diminta setelah kata sandi.")},
		{Icon: "phone", Name: l.T(c, "Perangkat yang masuk"), URL: "/akun/sesi", Text: l.T(c, "Lihat di perangkat mana akun ini terbuka, dan keluarkan bila perlu.")},
		{Icon: "person", Name: l.T(c, "Data saya"), URL: "/akun/data", Text: l.T(c, "Apa yang tercatat tentang Anda dan siapa yang memperbaikinya.")},
		{Icon: "eye", Name: l.T(c, "Siapa yang melihat"), URL: "/akun/dilihat", Text: l.T(c, "Siapa saja yang membuka profil Anda.")},
		{Icon: "link", Name: l.T(c, "Token API"), URL: "/akun/token", Text: l.T(c, "Untuk program yang bekerja atas nama Anda.")},
	}
	return p, nil
}

// changePreferences sets address and way of mail.
func (l *learner) changePreferences(c *gin.Context) error {
	ctx, a, form := c.Request.Context(), reader(c), posted(c)
	_, err := l.People.SetEmail(ctx, a, people.ID(a.Person), form.Get("email"))
	if err == nil {
		mail := people.MailPreference(form.Get("mail"))
		if mail == "daily" || mail == "" {
			mail = people.MailDaily
		}
		err = l.People.Prefer(ctx, a, mail, texts.Lang(Lang(c)))
	}
	if err == nil {
		return l.done(c, Success, l.T(c, "Tersimpan."), "/akun")
	}
	if !form.Take(err, Lang(c)) {
		return err
	}
	p, err := l.accountPage(c, &form)
	if err != nil {
		return err
	}
	l.Render(c, form.Status(), "account", p)
	return nil
}
