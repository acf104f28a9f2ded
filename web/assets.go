package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"maps"
	"mime"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzip"
)

//go:embed assets
var assetFiles embed.FS

// assets are served at /assets/<hash>/<file>. One hash over all files names the directory, so relative imports between
// modules and url() in CSS work as they stand, and everything may be cached for ever.
type assets struct {
	prefix string // "/assets/<hash>"
	hash   string
	files  map[string]*asset
	icons  map[string]bool // symbols of icons.svg
}

type asset struct {
	kind  string // content type
	plain []byte
	br    []byte // nil: does not get smaller
	gz    []byte
}

// sheets are the CSS files in the order of the cascade; they are served as the one file app.css.
var sheets = []string{"css/tokens.css", "css/base.css", "css/layout.css", "css/parts.css", "css/quiz.css", "css/learner.css", "css/admin.css", "css/author.css", "css/print.css"}

func newAssets(files fs.FS) *assets {
	a := &assets{files: map[string]*asset{}}
	sum := sha256.New()
	var css bytes.Buffer
	for _, name := range sheets {
		text, err := fs.ReadFile(files, "assets/"+name)
		if err != nil {
			panic("web: " + err.Error())
		}
		css.Write(stripCSS(text))
	}
	add := func(name string, text []byte) {
		sum.Write([]byte(name + "\x00"))
		sum.Write(text)
		kind := mime.TypeByExtension(path.Ext(name))
		switch path.Ext(name) {
		case ".js":
			kind = "text/javascript; charset=utf-8"
		case ".css":
			kind = "text/css; charset=utf-8"
		case ".svg":
			kind = "image/svg+xml"
		case ".png":
			kind = "image/png"
		}
		a.files[name] = &asset{kind: kind, plain: text}
	}
	add("app.css", css.Bytes())
	err := fs.WalkDir(files, "assets", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name := strings.TrimPrefix(p, "assets/")
		if strings.HasSuffix(name, ".css") {
			if !slices.Contains(sheets, name) {
				panic("web: " + p + " is in no place of the cascade, see sheets in assets.go")
			}
			return nil
		}
		text, err := fs.ReadFile(files, p)
		if err != nil {
			return err
		}
		if strings.HasSuffix(name, ".js") {
			text = stripJS(text)
		}
		add(name, text)
		return nil
	})
	if err != nil {
		panic("web: " + err.Error())
	}
	a.icons = map[string]bool{}
	for _, id := range symbolID.FindAllSubmatch(a.files["icons.svg"].plain, -1) {
		a.icons[string(id[1])] = true
	}
	a.hash = hex.EncodeToString(sum.Sum(nil))[:12]
	a.prefix = "/assets/" + a.hash
	a.compress()
	return a
}

// compress is done once at start, so a good level is affordable; one writer of each kind serves all files, because each brings
// tables of megabytes.
func (a *assets) compress() {
	var br, gz bytes.Buffer
	w := brotli.NewWriterOptions(&br, brotli.WriterOptions{Quality: 9, LGWin: 17})
	g, err := gzip.NewWriterLevel(&gz, 9)
	if err != nil {
		panic("web: " + err.Error())
	}
	for _, one := range a.files {
		if one.kind == "image/png" {
			continue
		}
		br.Reset()
		gz.Reset()
		w.Reset(&br)
		g.Reset(&gz)
		_, _ = w.Write(one.plain) // a bytes.Buffer takes everything
		_ = w.Close()
		_, _ = g.Write(one.plain)
		_ = g.Close()
		if br.Len() < len(one.plain) {
			one.br = bytes.Clone(br.Bytes())
		}
		if gz.Len() < len(one.plain) {
			one.gz = bytes.Clone(gz.Bytes())
		}
	}
}

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	jsDoc      = regexp.MustCompile(`(?ms)^[ \t]*/\*\*.*?\*/[ \t]*\n`)
	jsLine     = regexp.MustCompile(`(?m)^[ \t]*//.*\n`)
	symbolID   = regexp.MustCompile(`<symbol id="([a-z0-9-]+)"`)
	blankLines = regexp.MustCompile(`\n\s*`)
)

// stripCSS drops comments and indentation: a learner on a weak signal does not pay for our explanations.
func stripCSS(text []byte) []byte {
	return blankLines.ReplaceAll(cssComment.ReplaceAll(text, nil), []byte("\n"))
}

// stripJS drops whole-line comments and doc blocks that start a line, nothing cleverer: line breaks stay, so that automatic
// semicolons and template strings mean what they meant. A test holds our modules free of template strings with
// lines that look like comments.
func stripJS(text []byte) []byte {
	return jsLine.ReplaceAll(jsDoc.ReplaceAll(text, nil), nil)
}

func (e *Engine) serveAsset(c *gin.Context) {
	name := strings.TrimPrefix(c.Param("file"), "/")
	h := c.Writer.Header()
	if name == "accent.css" {
		e.serveAccent(c)
		return
	}
	one, ok := e.assets.files[name]
	if !ok {
		e.NotFound(c)
		return
	}
	if c.Param("hash") == e.assets.hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		// A page of the release before asks for its own files during an update: ours are the best answer, but
		// must not be kept under the old name.
		h.Set("Cache-Control", "no-store")
	}
	h.Set("Content-Type", one.kind)
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	one.write(c)
}

func (a *asset) write(c *gin.Context) {
	h, body := c.Writer.Header(), a.plain
	h.Add("Vary", "Accept-Encoding")
	switch accepted := c.GetHeader("Accept-Encoding"); {
	case a.br != nil && accepts(accepted, "br"):
		h.Set("Content-Encoding", "br")
		body = a.br
	case a.gz != nil && accepts(accepted, "gzip"):
		h.Set("Content-Encoding", "gzip")
		body = a.gz
	}
	c.Data(http.StatusOK, a.kind, body)
}

// iconNames lists the symbols of icons.svg in order.
func (a *assets) iconNames() []string {
	return slices.Sorted(maps.Keys(a.icons))
}
