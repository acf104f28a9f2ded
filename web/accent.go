package web

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
)

// colour is sRGB with channels 0..255.
type colour struct{ r, g, b float64 }

// parseColour reads "#rrggbb" or "rrggbb".
func parseColour(text string) (colour, bool) {
	text = strings.TrimPrefix(text, "#")
	n, err := strconv.ParseUint(text, 16, 32)
	if len(text) != 6 || err != nil {
		return colour{}, false
	}
	return colour{float64(n >> 16), float64(n >> 8 & 255), float64(n & 255)}, true
}

func (c colour) hex() string {
	return fmt.Sprintf("%02x%02x%02x", int(math.Round(c.r)), int(math.Round(c.g)), int(math.Round(c.b)))
}

// luminance is the relative luminance of WCAG 2.1.
func (c colour) luminance() float64 {
	channel := func(v float64) float64 {
		v /= 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(c.r) + 0.7152*channel(c.g) + 0.0722*channel(c.b)
}

// contrast is the ratio of WCAG 2.1, 1..21.
func contrast(a, b colour) float64 {
	la, lb := a.luminance(), b.luminance()
	if la < lb {
		la, lb = lb, la
	}
	return (la + 0.05) / (lb + 0.05)
}

// mix goes the given share (0..1) of the way from c to other.
func (c colour) mix(other colour, share float64) colour {
	step := func(a, b float64) float64 { return math.Round(a + (b-a)*share) }
	return colour{step(c.r, other.r), step(c.g, other.g), step(c.b, other.b)}
}

var (
	black = colour{0, 0, 0}
	white = colour{255, 255, 255}
	// surface and ink-soft of the dark theme in tokens.css
	darkSurface = colour{26, 33, 31}
	darkInkSoft = colour{170, 182, 177}
)

// until moves c towards goal in small steps until it has the contrast against ground.
func (c colour) until(goal, ground colour, ratio float64) colour {
	for share := 0.0; share <= 1; share += 0.02 {
		if m := c.mix(goal, share); contrast(m, ground) >= ratio {
			return m
		}
	}
	return goal
}

// shades derives from one institution colour what a theme needs, so that any colour an admin types stays readable:
// the accent as text on every ground of the theme, a stronger one for hovering, a soft ground, and the text on it.
func (c colour) shades(dark bool) map[string]colour {
	if dark {
		soft := darkSurface.mix(c, 0.25)
		for share := 0.24; share > 0 && contrast(soft, darkInkSoft) < 4.6; share -= 0.02 {
			soft = darkSurface.mix(c, share) // a light colour would drown the quiet text on it
		}
		accent := c.until(white, colour{40, 51, 47}, 5).until(white, soft, 5)
		return map[string]colour{
			"accent": accent, "accent-strong": accent.mix(white, 0.35), "accent-soft": soft,
			"accent-line": soft.mix(accent, 0.35), "on-accent": c.mix(black, 0.85),
		}
	}
	soft := white.mix(c, 0.12)
	accent := c.until(black, colour{239, 235, 226}, 5).until(black, soft, 5)
	return map[string]colour{
		"accent": accent, "accent-strong": accent.mix(black, 0.3), "accent-soft": soft,
		"accent-line": soft.mix(accent, 0.35), "on-accent": white,
	}
}

// accentNames in the order they are written.
var accentNames = []string{"accent", "accent-strong", "accent-soft", "accent-line", "on-accent"}

// accentCSS is the stylesheet that lays an institution's colour over tokens.css.
func accentCSS(c colour) string {
	var b strings.Builder
	block := func(selector string, dark bool) {
		shades := c.shades(dark)
		b.WriteString(selector + "{")
		for _, name := range accentNames {
			fmt.Fprintf(&b, "--%s:#%s;", name, shades[name].hex())
		}
		b.WriteString("}")
	}
	block(":root", false)
	b.WriteString("@media (prefers-color-scheme:dark){")
	block(":root:not([data-theme=light])", true)
	b.WriteString("}")
	block(":root[data-theme=dark]", true)
	return b.String()
}

// serveAccent answers /assets/<hash>/accent.css?c=rrggbb. The answer depends on the address alone.
func (e *Engine) serveAccent(c *gin.Context) {
	accent, ok := parseColour(c.Query("c"))
	if !ok {
		e.NotFound(c)
		return
	}
	h := c.Writer.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Data(http.StatusOK, "text/css; charset=utf-8", []byte(accentCSS(accent)))
}
