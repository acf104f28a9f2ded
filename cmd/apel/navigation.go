package main

import (
	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/texts"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/web"
)

// navigation is the menu of the person who looks, as far as the policy lets them go; the pages behind it ask the rooms again.
func (in *installation) navigation(c *gin.Context) web.Navigation {
	ctx := c.Request.Context()
	v := visit.From(ctx)
	if v.Actor.Anonymous() {
		return web.Navigation{}
	}
	n := web.Navigation{Person: &web.Viewer{URL: "/akun", LogoutURL: "/keluar", InboxURL: "/kotak-masuk"}}
	if p, err := in.people.Look(ctx, people.ID(v.Actor.Person)); err == nil {
		n.Person.Name = p.DisplayName()
	}
	if unread, err := in.people.Unread(ctx, v.Actor, people.ID(v.Actor.Person)); err == nil {
		n.Person.InboxCount = unread
	}
	n.Person.Role = highest(v.Actor).In(texts.Lang(web.Lang(c)))
	n.Groups, n.Phone = web.LearnerNavigation(true)
	n.Groups = append(n.Groups, web.AdminNavigation(func(verb, kind string) bool {
		s := in.policy.Scope(v.Actor, verb, kind)
		return s.All || len(s.Units) > 0
	})...)
	return n
}

// telling are the roles in the order in which one of them stands for a person at the top of a page.
var telling = []string{"system_admin", "training_admin", "placement_analyst", "leader", "unit_admin", "auditor", "dpo", "signer", "author", "reviewer", "marker", "invigilator", "supervisor"}

// highest names the most telling role of an actor.
func highest(a access.Actor) texts.Text {
	for _, role := range telling {
		if a.Has(role) {
			return people.RoleText(role)
		}
	}
	return people.RoleText("learner")
}
