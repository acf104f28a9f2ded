package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/audit"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/settings"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/visit"
	"github.com/apelkota/apel/people"
	"github.com/apelkota/apel/placement"
	"github.com/apelkota/apel/readiness"
)

// Watcher tells when a document moves on; the event stream rereads it then. A watcher that tells nothing makes the stream slower, never wrong.
type Watcher interface {
	Watch(collection, id string) (moved <-chan struct{}, end func())
}

// Config is what the API needs. Everything is required.
type Config struct {
	DB           *storage.DB
	People       *people.Service
	Courses      *courses.Service
	Certificates *certificates.Service
	Competencies *competencies.Service
	Placement    *placement.Service
	Readiness    *readiness.Service
	Settings     *settings.Service
	Audit        *audit.Trail
	Imports      Importers
	Work         Work
	Watch        Watcher
	Now          func() time.Time
	Log          *slog.Logger
	Secure       bool // cookies travel by https only
}

// Mount puts the API onto a router. clean drops old idempotent answers and is to be called now and then.
func Mount(ctx context.Context, r *gin.Engine, c Config) (clean func(context.Context) error, err error) {
	keyed, err := openIdempotency(ctx, c.DB, c.Now)
	if err != nil {
		return nil, err
	}
	r.Use(func(g *gin.Context) {
		if g.Request.URL.Path != Prefix && len(g.Request.URL.Path) > len(Prefix) && g.Request.URL.Path[:len(Prefix)] == Prefix {
			if noNumbers(g); g.IsAborted() {
				return
			}
			if wellFormed(g); !g.IsAborted() {
				keyed.middleware(g)
			}
		}
	})
	s := &server{Config: c, api: newAPI(r), keyed: keyed}
	s.sessions()
	s.people()
	s.accounts()
	s.overviews()
	s.register()
	s.courses()
	s.authoring()
	s.drafting()
	s.items(r)
	s.bank()
	s.drafts()
	s.lessons(r)
	s.lint()
	s.assignments()
	s.cohorts()
	s.calendars(r)
	s.enrolments()
	s.attempts(r)
	s.quizzes()
	s.answerFiles(r)
	s.markings()
	s.objections(r)
	s.reviewing()
	s.fieldTasks(r)
	s.exams(r)
	s.regrades()
	s.analyses(r)
	s.certificates(r)
	s.competencies()
	s.placement()
	s.readiness()
	s.audit()
	s.work()
	s.settings()
	s.imports()
	s.files(r)
	boundRecords(s.api.OpenAPI())
	if err := s.docs(r); err != nil {
		return nil, err
	}
	return keyed.clean, nil
}

// SameOrigin refuses a change that a page of another site sends with somebody's cookie. Requests outside of the API pass.
func SameOrigin() gin.HandlerFunc {
	protection := http.NewCrossOriginProtection()
	return func(c *gin.Context) {
		if !strings.HasPrefix(c.Request.URL.Path, "/api/") || protection.Check(c.Request) == nil {
			return
		}
		problem(c.Request.Context(), faults.New(faults.Forbidden, "Permintaan ini datang dari situs lain dan ditolak.", "This request came from another site and was refused.")).write(c.Writer)
		c.Abort()
	}
}

// Recover answers a panic below the API with a Problem like any other. Requests outside of the API panic on.
func Recover(log *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		if !strings.HasPrefix(c.Request.URL.Path, "/api/") {
			return
		}
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
				panic(v)
			}
			log.Error("request panicked", "request", visit.From(c.Request.Context()).Request, "route", c.FullPath(), "panic", v, "stack", string(debug.Stack()))
			c.Abort()
			if !c.Writer.Written() {
				problem(c.Request.Context(), faults.Internal).write(c.Writer)
			}
		}()
		c.Next()
	}
}

// NotFound answers what no route takes.
func NotFound(c *gin.Context) {
	problem(c.Request.Context(), faults.New(faults.NotFound, "Alamat API ini tidak ada.", "This API address does not exist.")).write(c.Writer)
}

// WrongMethod answers a method that an address does not take; the router has named those it takes in Allow.
func WrongMethod(c *gin.Context) {
	problem(c.Request.Context(), faults.Method).write(c.Writer)
}

// fail answers outside of huma: files and event streams.
func (s *server) fail(c *gin.Context, err error) {
	ctx := c.Request.Context()
	if errors.Is(err, context.Canceled) {
		return // the caller is gone
	}
	report(ctx, s.Log, err)
	problem(ctx, err).write(c.Writer)
	c.Abort()
}

// file sends a download under a name.
func file(c *gin.Context, name, kind string, data []byte) {
	c.Header("Content-Disposition", `attachment; filename="`+name+`"`)
	c.Header("Cache-Control", "no-store")
	c.Data(http.StatusOK, kind, data)
}

// Fail answers a request whose session or token could not be resolved.
func Fail(w http.ResponseWriter, q *http.Request, log *slog.Logger, err error) {
	report(q.Context(), log, err)
	problem(q.Context(), err).write(w)
}
