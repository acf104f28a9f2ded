package main

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/api"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/web"
)

// sessions lets the edge find the actor behind a cookie or token.
type sessions struct{ *people.Service }

// SessionActor implements visit.Sessions.
func (s sessions) SessionActor(ctx context.Context, token string) (access.Actor, string, error) {
	a, x, err := s.Service.SessionActor(ctx, token)
	return a, x.ID, err
}

// still stands in for the workers in a process that does none: it signals nothing, so pages reread on their own.
type still struct{}

// Watch implements the pages' and the API's Watcher.
func (still) Watch(string, string) (<-chan struct{}, func()) { return nil, func() {} }

// bodyLimit bounds what anybody may send; routes that take files ask for more by their own limit.
const bodyLimit = 64 << 20

// handler builds everything that answers HTTP: assets first (nobody needs to be known for them), then pages and API behind the resolver.
func (in *installation) handler(ctx context.Context, f front) (http.Handler, error) {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.HandleMethodNotAllowed = true
	r.RedirectTrailingSlash = false
	r.UseRawPath, r.UnescapePathValues = true, true // an id may hold an escaped slash
	engine := web.New(web.Config{Settings: in.institution, Navigation: in.navigation, Demo: in.settings.Current().Demo, Secure: f.secure(), Now: in.now, Log: in.log})
	r.Use(in.logged, engine.Recover(), unresolved(engine), api.Recover(in.log), engine.Headers(), engine.NoNumbers(), api.SameOrigin(), engine.SameOrigin(), engine.WellFormed())
	engine.Routes(r)

	var watch api.Watcher = still{}
	if in.workers != nil {
		watch = in.workers
	}
	clean, err := api.Mount(ctx, r, api.Config{DB: in.db, People: in.people, Courses: in.courses, Certificates: in.certificates, Competencies: in.competencies,
		Placement: in.placement, Readiness: in.readiness, Settings: in.settings, Audit: in.audit, Imports: apiImports{in}, Work: in.parked(), Watch: watch, Now: in.now, Log: in.log, Secure: f.secure()})
	if err != nil {
		return nil, err
	}
	in.cleans(clean)
	engine.MountLearner(r, web.LearnerRooms{People: in.people, Courses: in.courses, Certificates: in.certificates, Competencies: in.competencies, Settings: in.settings,
		Placement: in.placement, Watch: watch})
	engine.MountAdmin(r, web.AdminRooms{Policy: in.policy, People: in.people, Courses: in.courses, Certificates: in.certificates, Competencies: in.competencies, Placement: in.placement,
		Readiness: in.readiness, Settings: in.settings, Audit: in.audit, Work: in.parked(), Files: in.logos})
	r.NoRoute(func(c *gin.Context) {
		if strings.HasPrefix(c.Request.URL.Path, "/api/") {
			api.NotFound(c)
			return
		}
		engine.NotFound(c)
	})
	r.NoMethod(func(c *gin.Context) {
		if allow := c.Writer.Header().Get("Allow"); strings.Contains(allow, http.MethodGet) {
			c.Header("Allow", allow+", "+http.MethodHead)
		}
		if strings.HasPrefix(c.Request.URL.Path, "/api/") {
			api.WrongMethod(c)
			return
		}
		engine.Refuse(c, http.StatusMethodNotAllowed, "")
	})

	in.router = r
	who := visit.Resolver{Sessions: sessions{in.people}, TrustedProxy: f.TrustedProxy, Secure: f.secure()}
	packed, err := api.Compressed(r)
	if err != nil {
		return nil, err
	}
	known := who.Resolve(packed, func(w http.ResponseWriter, q *http.Request, err error) {
		if strings.HasPrefix(q.URL.Path, "/api/") {
			api.Fail(w, q, in.log, err)
			return
		}
		r.ServeHTTP(w, q.WithContext(context.WithValue(q.Context(), troubleKey{}, err)))
	})
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		q.Body = http.MaxBytesReader(w, q.Body, bodyLimit)
		if q.Method == http.MethodHead { // net/http sends no body for it
			q = q.WithContext(q.Context())
			q.Method = http.MethodGet
		}
		if strings.HasPrefix(q.URL.Path, "/assets/") {
			r.ServeHTTP(w, q)
			return
		}
		known.ServeHTTP(w, q)
	}), nil
}

// troubleKey carries why nobody could find out who is there.
type troubleKey struct{}

// unresolved answers such a request with a page.
func unresolved(engine *web.Engine) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err, ok := c.Request.Context().Value(troubleKey{}).(error); ok {
			engine.Fail(c, err)
			c.Abort()
		}
	}
}

// logged writes one line per request at debug level, and one for slow or failed ones at info. The line names the route, not the address typed:
// a person may type a NIP into it.
func (in *installation) logged(c *gin.Context) {
	begin := time.Now()
	c.Next()
	took, status := time.Since(begin), c.Writer.Status()
	level := slog.LevelDebug
	if status >= 500 || took > 5*time.Second && c.Writer.Header().Get("Content-Type") != "text/event-stream" {
		level = slog.LevelInfo
	}
	route := c.FullPath()
	if route == "" {
		route = "(none)"
	}
	in.log.Log(c.Request.Context(), level, "request", "method", c.Request.Method, "route", route, "status", status, "took", took.Round(time.Microsecond), "request", visit.From(c.Request.Context()).Request)
}

// institution is what every page shows of the settings.
func (in *installation) institution(context.Context) web.Institution {
	s := in.settings.Current()
	logo := ""
	if s.Logo != "" {
		logo = "/logo"
	}
	return web.Institution{Name: s.Institution, Short: s.Place(), Agency: s.Agency, Logo: logo, Accent: s.Accent, Zone: in.settings.Zone().Location()}
}

// setupLink is the one-time address for the first system admin, "" when somebody has an account.
func (in *installation) setupLink(ctx context.Context, address string) (string, error) {
	empty, err := in.people.Empty(ctx)
	if err != nil || !empty {
		return "", err
	}
	token, err := in.people.SetupToken(ctx, access.System("serve"))
	if err != nil {
		return "", err
	}
	return address + "/penyiapan/" + token, nil
}
