package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/apelkota/apel/api"
)

// The document says of every operation whether an API token does, and it is so: what a token is refused although its person, in a session, is not, names only
// the session; everything else answers a token as it answers its person. Own things are asked for by a learner, everybody's by a system admin.
func TestDocumentSaysWhatATokenMay(t *testing.T) {
	c := openCity(t, false)
	c.db.SetReadOnly("nothing is changed here")
	only := 0
	for _, q := range c.questions() {
		if !strings.HasPrefix(q.route, api.Prefix+"/") || strings.Contains(q.route, "?") {
			continue
		}
		template := ginParameter.ReplaceAllString(q.route, "{$1}")
		_, op := c.checks.operation(q.method, template)
		says := fmt.Sprint(op["security"])
		if !strings.Contains(says, "session") { // for everybody
			continue
		}
		role := map[string]string{"own": "learner", "-": "system_admin", "subtree": "system_admin", "foreign": "training_admin"}[q.object]
		session, _ := c.ask(role, q)
		c.token = true
		token, where := c.ask(role, q)
		c.token = false
		switch byToken := strings.Contains(says, "token"); {
		case byToken && token != session:
			t.Errorf("the document says that a token may, its person gets %s: %s", session, where)
		case !byToken && token != "403" && session != "404":
			t.Errorf("the document says that a token may not: %s", where)
		case !byToken && session == "yes":
			only++
		}
	}
	if only < 12 {
		t.Errorf("only %d operations take a session and no token", only)
	}
	for _, id := range []string{http.MethodPut + " /me/password", http.MethodPost + " /tokens", http.MethodPost + " /people/{id}/slip", http.MethodPut + " /people/{id}/email", http.MethodPut + " /settings"} {
		method, path, _ := strings.Cut(id, " ")
		if _, op := c.checks.operation(method, api.Prefix+path); strings.Contains(fmt.Sprint(op["security"]), "token") {
			t.Errorf("%s is open to tokens", id)
		}
	}
}
