package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
)

//go:embed templates
var templateFiles embed.FS

// Config is what an Engine needs. Only Now and Log are worth setting in a test; zero values give a working engine.
type Config struct {
	// Settings answers name, colour and zone of the installation. Nil: a neutral one.
	Settings Settings
	// Navigation answers what this request's person may open. Nil: nobody is logged in.
	Navigation func(c *gin.Context) Navigation
	// Demo makes every page say CONTOH.
	Demo bool
	// Secure says that the public address is https: cookies are marked Secure and HSTS is sent.
	Secure bool
	// Now is the server's clock. Nil: time.Now.
	Now func() time.Time
	// Log gets what went wrong while rendering. Nil: slog.Default().
	Log *slog.Logger
}

// Engine renders pages. It is made once at start, holds everything parsed, and is safe for concurrent use.
type Engine struct {
	config Config
	pages  map[string]Page
	data   map[string]reflect.Type       // page -> type of its data
	sets   map[string]*template.Template // language -> all layouts, parts and pages in one name space
	assets *assets
	words  *words
}

// New parses all templates and compresses all assets. It panics when a page file is not declared, a declared file is
// missing, a template does not parse or would put data where it cannot be escaped: these are mistakes of the
// programmer, and a page that breaks in front of a learner is the worse place to find them.
func New(config Config) *Engine {
	if config.Settings == nil {
		config.Settings = func(context.Context) Institution { return Institution{} }
	}
	if config.Navigation == nil {
		config.Navigation = func(*gin.Context) Navigation { return Navigation{} }
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.Default()
	}
	e := &Engine{
		config: config,
		pages:  map[string]Page{},
		data:   map[string]reflect.Type{},
		sets:   map[string]*template.Template{},
		assets: newAssets(assetFiles),
		words:  newWords(),
	}
	for _, page := range pages() {
		if page.Layout == "" {
			page.Layout = "shell"
		}
		if _, double := e.pages[page.Name]; double {
			panic("web: page declared twice: " + page.Name)
		}
		e.pages[page.Name] = page
		e.data[page.Name] = reflect.TypeOf(page.Sample())
	}
	for _, lang := range Languages {
		e.sets[lang] = e.parse(lang)
	}
	return e
}

// parse reads all templates for one language. The functions t, date, number ... are bound to the language, so
// that parts need no context handed down.
func (e *Engine) parse(lang string) *template.Template {
	set := template.New("").Funcs(e.funcs(lang)).Option("missingkey=error")
	found := map[string]bool{}
	err := fs.WalkDir(templateFiles, "templates", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name := strings.TrimSuffix(strings.TrimPrefix(path, "templates/"), ".html")
		text, err := templateFiles.ReadFile(path)
		if err != nil {
			return err
		}
		switch room, rest, _ := strings.Cut(name, "/"); room {
		case "parts":
			name = rest // parts are called by their bare name: {{template "field" .}}
		case "pages":
			if _, declared := e.pages[rest]; !declared {
				panic("web: " + path + " is not declared in pages.go")
			}
			found[rest] = true
		}
		before := len(set.Templates())
		if set.Lookup(name) != nil {
			panic("web: template name used twice: " + name)
		}
		parsed, err := set.New(name).Parse(string(text))
		if err != nil {
			return err
		}
		if err := e.fold(lang, parsed.Tree.Root); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if strings.HasPrefix(path, "templates/pages/") && len(set.Templates()) > before+1 {
			panic("web: " + path + " uses define; make a part of it, names are shared by all pages")
		}
		return nil
	})
	if err != nil {
		panic(fmt.Errorf("web: %w", err))
	}
	for name, page := range e.pages {
		if !found[name] {
			panic("web: pages.go declares " + name + " but templates/pages/" + name + ".html is missing")
		}
		if set.Lookup("layouts/"+page.Layout) == nil {
			panic("web: page " + name + " wants the unknown layout " + page.Layout)
		}
	}
	// Escaping happens at first use; do it now, so that a template that cannot be escaped stops the start.
	for _, t := range set.Templates() {
		var unsafe *template.Error
		if err := set.ExecuteTemplate(io.Discard, t.Name(), nil); errors.As(err, &unsafe) {
			panic(fmt.Errorf("web: %w", err))
		}
	}
	return set
}

// pageData is satisfied by a pointer to a struct that embeds Base.
type pageData interface{ base() *Base }

// layoutData is what a layout sees: the page's Base and the finished content.
type layoutData struct {
	*Base
	Content template.HTML
}

// Render answers with a page. data is a pointer to the page's data type, which embeds Base. Everything is rendered before
// the first byte is sent, so the reader gets a whole page or a whole error page, never half of one. A page that
// cannot be rendered is logged and answered with 500.
func (e *Engine) Render(c *gin.Context, status int, page string, data any) {
	body, base, err := e.render(c, page, data)
	if err != nil {
		e.config.Log.ErrorContext(c.Request.Context(), "render page", "page", page, "error", err)
		status = http.StatusInternalServerError
		c.Header("Cache-Control", "no-store")
		if body, base, err = e.render(c, "error", e.errorPage(c, status, "")); err != nil {
			c.String(status, "Terjadi kesalahan pada sistem. Tunggu sebentar, lalu coba lagi.")
			return
		}
	}
	defer putBuffer(body)
	h := c.Writer.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", base.Lang)
	if h.Get("Cache-Control") == "" {
		if base.Nav.Person != nil {
			h.Set("Cache-Control", "private, no-store")
		} else {
			h.Set("Cache-Control", "private, no-cache")
		}
	}
	if base.KeepOffline && status == http.StatusOK {
		h.Set("Apel-Offline", "keep")
	}
	writeCompressed(c, status, body.Bytes())
}

func (e *Engine) render(c *gin.Context, page string, data any) (*bytes.Buffer, *Base, error) {
	declared, ok := e.pages[page]
	if !ok {
		return nil, nil, fmt.Errorf("page %q is not declared", page)
	}
	if got, want := reflect.TypeOf(data), e.data[page]; got != want {
		return nil, nil, fmt.Errorf("page %q wants %v, got %v", page, want, got)
	}
	base := data.(pageData).base()
	e.dress(c, declared, base)
	set := e.sets[base.Lang]
	content := getBuffer()
	defer putBuffer(content)
	if err := set.ExecuteTemplate(content, "pages/"+page, data); err != nil {
		return nil, nil, err
	}
	body := getBuffer()
	if err := set.ExecuteTemplate(body, "layouts/"+declared.Layout, layoutData{base, template.HTML(content.String())}); err != nil {
		putBuffer(body)
		return nil, nil, err
	}
	return body, base, nil
}

// Part renders one part alone, for a script that puts it into a page it has already.
func (e *Engine) Part(c *gin.Context, name string, data any) (string, error) {
	body := getBuffer()
	defer putBuffer(body)
	if err := e.sets[Lang(c)].ExecuteTemplate(body, name, data); err != nil {
		return "", fmt.Errorf("part %s: %w", name, err)
	}
	return body.String(), nil
}

// dress puts around the page what the request decides: language, theme, navigation, messages.
func (e *Engine) dress(c *gin.Context, page Page, base *Base) {
	base.Chrome = Chrome{
		Lang:        Lang(c),
		Theme:       theme(c),
		Institution: e.institution(c.Request.Context()),
		Demo:        e.config.Demo,
		Path:        c.Request.URL.RequestURI(),
		Page:        page.Name,
		Heading:     base.Title,
		Now:         e.config.Now().UTC(),
		Assets:      e.assets.prefix,
	}
	if a := reader(c); !page.Anonymous && !a.Anonymous() {
		sum := sha256.Sum256([]byte("owner of this browser's store " + a.Name()))
		base.Owner = hex.EncodeToString(sum[:8])
	}
	switch {
	case page.Anonymous:
	case page.Layout == "focus": // shows nobody's name or menu, so none is looked up: a thousand people sit an exam at once
		if !reader(c).Anonymous() {
			base.Nav.Person = &Viewer{}
		}
		base.Flash = takeFlash(c)
	default:
		base.Nav = e.config.Navigation(c)
		base.Flash = takeFlash(c)
	}
	if c.Request.Method != http.MethodGet {
		base.Path = "/" // a form that was refused cannot be opened again by its address
	}
	if base.Heading == "" {
		base.Heading = e.words.say(base.Lang, page.Label)
	}
	if base.PreviewAccent != "" {
		base.Institution.Accent = base.PreviewAccent
	}
	if accent, ok := parseColour(base.Institution.Accent); ok {
		base.AccentCSS = e.assets.prefix + "/accent.css?c=" + accent.hex()
	}
}

func (e *Engine) institution(ctx context.Context) Institution {
	in := e.config.Settings(ctx)
	if in.Name == "" {
		in.Name = "Pemerintah Kota"
	}
	if in.Short == "" {
		in.Short = in.Name
	}
	if in.Zone == nil {
		in.Zone = defaultZone
	}
	return in
}

// Routes puts the engine's own routes on the router: assets, preferences, service worker, manifest, offline page,
// clock, design page, and the page for addresses that do not exist.
func (e *Engine) Routes(r gin.IRouter) {
	r.GET("/assets/:hash/*file", e.serveAsset)
	r.GET("/sw.js", e.serveWorker)
	r.GET("/manifest.webmanifest", e.serveManifest)
	r.GET("/luring", e.showOffline)
	r.GET("/waktu", e.showClock)
	r.POST("/pilihan", e.savePreferences)
	r.GET("/gaya", e.showDesign)
	if router, ok := r.(*gin.Engine); ok {
		router.NoRoute(func(c *gin.Context) { e.NotFound(c) })
	}
}

// Handler is a page handler that may fail. What it returns is shown by Fail.
type Handler func(c *gin.Context) error

// Handle turns a Handler into gin's form. The error is rendered and logged here and nowhere else.
func (e *Engine) Handle(h Handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := h(c); err != nil {
			e.Fail(c, err)
		}
	}
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func getBuffer() *bytes.Buffer { return buffers.Get().(*bytes.Buffer) }

func putBuffer(b *bytes.Buffer) {
	if b.Cap() > 1<<20 { // one huge page must not keep its memory for ever
		return
	}
	b.Reset()
	buffers.Put(b)
}

// Names lists the declared pages in alphabetical order.
func (e *Engine) Names() []string {
	names := make([]string, 0, len(e.pages))
	for name := range e.pages {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
