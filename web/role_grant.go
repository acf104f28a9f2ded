package web

import (
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// grantRole gives a person a role, with its reason.
func (w *admin) grantRole(c *gin.Context) error {
	form, id := posted(c), people.ID(c.Param("person"))
	_, err := w.People.Grant(c.Request.Context(), reader(c), id, people.RoleGrant{Role: form.Get("role"), Unit: people.UnitID(form.Get("unit")), Why: form.Get("why"), Until: civil.Date(form.Get("until"))})
	if err != nil {
		return w.profileAgain(c, "beri", form, err)
	}
	return w.done(c, Success, w.T(c, "Peran diberikan. Pegawai diberi tahu."), personURL(string(id)))
}

// revokeRole takes a role away. The form names the grant by its place in the account, which is read again; a place that no longer is one is refused.
func (w *admin) revokeRole(c *gin.Context) error {
	ctx, a, form, id := c.Request.Context(), reader(c), posted(c), people.ID(c.Param("person"))
	account, err := w.People.Account(ctx, a, id)
	if err != nil {
		return err
	}
	g := people.RoleGrant{Why: form.Get("why")}
	if at, err := strconv.Atoi(form.Get("held")); err == nil && at >= 0 && at < len(account.Roles) {
		g.Role, g.Unit = account.Roles[at].Role, account.Roles[at].Unit
	}
	_, err = w.People.Revoke(ctx, a, id, g)
	if g.Role == "" && faults.KindOf(err) == faults.Invalid {
		err = faults.OnField("held", "Pilih peran yang dicabut.", "Choose the role to take away.")
	}
	if err != nil {
		return w.profileAgain(c, "cabut", form, err)
	}
	return w.done(c, Success, w.T(c, "Peran dicabut, juga di sesi yang sedang berjalan."), personURL(string(id)))
}

// changeAccount closes, opens or resets parts of an account, each with its reason.
func (w *admin) changeAccount(c *gin.Context) error {
	ctx, a, form, id := c.Request.Context(), reader(c), posted(c), people.ID(c.Param("person"))
	why, act := form.Get("why"), form.Get("act")
	var err error
	text := ""
	switch act {
	case "tutup":
		err, text = w.People.Block(ctx, a, id, why), w.T(c, "Akun ditutup.")
	case "buka":
		err, text = w.People.Unblock(ctx, a, id, why), w.T(c, "Akun dibuka.")
	case "keluarkan":
		err, text = w.People.EndSessions(ctx, a, id, why), w.T(c, "Semua sesi berakhir.")
	case "kode":
		err, text = w.People.DropSecond(ctx, a, id, why), w.T(c, "Kode dua langkah dilepas.")
	default:
		return faults.New(faults.Invalid, "Pilihan ini tidak dikenal.", "This choice is not known.")
	}
	if err != nil {
		return w.profileAgain(c, act, form, err)
	}
	return w.done(c, Success, text, personURL(string(id)))
}

// profileAgain shows the profile with a refused form open.
func (w *admin) profileAgain(c *gin.Context, which string, form Form, err error) error {
	if !form.Take(err, Lang(c)) {
		return err
	}
	return w.profile(c, form.Status(), which, form)
}
