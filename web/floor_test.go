package web

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

var jsImport = regexp.MustCompile(`(?:from|import\()\s*'\./([a-z.]+)'`)

// TestScriptsKeepTheFloor holds the modules to what Chrome/WebView 80 knows.
func TestScriptsKeepTheFloor(t *testing.T) {
	young := map[string]string{
		`\.at\(`: "Array.at (92)", `replaceAll\(`: "replaceAll (85)", `structuredClone`: "structuredClone (98)", `Promise\.any`: "Promise.any (85)",
		`\?\?=|\|\|=|&&=`: "logical assignment (85)", `Object\.hasOwn\b`: "Object.hasOwn (93)", `randomUUID`: "randomUUID (92)", `AbortSignal\.timeout`: "AbortSignal.timeout (103)",
		`WeakRef`: "WeakRef (84)", `\.findLast`: "findLast (97)", `replaceChildren`: "replaceChildren (86)", `:has\(`: ":has (105)", `:is\(`: ":is (88)",
		`(?m)^(?:const .*= )?await `: "await outside a function (89)", `innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.write`: "HTML from strings",
		`\beval\(|new Function`: "code from strings", `\.style\b`: "inline style, which the policy forbids",
	}
	for name, file := range newAssets(assetFiles).files {
		if !strings.HasSuffix(name, ".js") {
			continue
		}
		for pattern, what := range young {
			if found := regexp.MustCompile(pattern).FindString(string(file.plain)); found != "" {
				t.Errorf("%s uses %s: %q", name, what, found)
			}
		}
		source, err := assetFiles.ReadFile("assets/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(source), "// @ts-check\n") {
			t.Errorf("%s does not begin with // @ts-check", name)
		}
		if strings.Contains(string(source), "`") {
			t.Errorf("%s uses a template string; stripJS could mistake a line of it for a comment", name)
		}
	}
}

// TestStylesKeepTheFloor holds the sheets to what Chrome/WebView 80 knows.
func TestStylesKeepTheFloor(t *testing.T) {
	css := string(newAssets(assetFiles).files["app.css"].plain)
	for pattern, what := range map[string]string{
		`:has\(`: ":has", `:is\(`: ":is", `:where\(`: ":where", `color-mix`: "color-mix", `@layer`: "@layer", `@container`: "@container", `\binset:`: "inset",
		`aspect-ratio`: "aspect-ratio", `\d[sd]v[hw]\b`: "dvh", `(?:margin|padding)-(?:inline|block):`: "logical shorthand", `(?m)^\s*&`: "nesting", `:not\([^)]*,`: ":not with a list",
		`https?://|@import|data:`: "something from elsewhere",
	} {
		if found := regexp.MustCompile(pattern).FindString(css); found != "" {
			t.Errorf("app.css uses %s: %q", what, found)
		}
	}
	// gap in flex rows is Chrome 84: grids write grid-gap, so a bare gap is a mistake anywhere.
	for _, rule := range regexp.MustCompile(`[^{}]+\{[^{}]*\}`).FindAllString(css, -1) {
		if regexp.MustCompile(`[\s;{](?:row-|column-)?gap:`).MatchString(rule) {
			t.Errorf("gap: write grid-gap in a grid, margins in a flex row: %.120s", rule)
		}
	}
	// Colours stand in tokens.css only.
	for _, sheet := range sheets[1:5] {
		text, err := assetFiles.ReadFile("assets/" + sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b`).FindAllString(string(stripCSS(text)), -1) {
			if !allowedColours[m] {
				t.Errorf("%s names the colour %s; make it a token", sheet, m)
			}
		}
	}
	for _, used := range regexp.MustCompile(`var\((--[a-z0-9-]+)`).FindAllStringSubmatch(css, -1) {
		if !strings.Contains(css, used[1]+":") {
			t.Errorf("no such token: %s", used[1])
		}
	}
}

// allowedColours mean the same in both themes: paper of a QR.
var allowedColours = map[string]bool{"#fff": true}

// tokens reads the custom properties of one theme from tokens.css.
func tokens(t *testing.T, selector string) map[string]colour {
	t.Helper()
	text, err := assetFiles.ReadFile("assets/css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), selector+" {")
	if !ok {
		t.Fatalf("no %s in tokens.css", selector)
	}
	block, _, _ := strings.Cut(rest, "}")
	found := map[string]colour{}
	for _, m := range regexp.MustCompile(`--([a-z0-9-]+):\s*(#[0-9a-f]{6});`).FindAllStringSubmatch(block, -1) {
		c, ok := parseColour(m[2])
		if !ok {
			t.Fatalf("%s is no colour", m[2])
		}
		found[m[1]] = c
	}
	return found
}

// pairs of text (or signs that carry meaning) and ground as they meet on pages, with the contrast WCAG AA asks for.
var pairs = []struct {
	text, ground string
	ratio        float64
}{
	{"ink", "paper", 7}, {"ink", "surface", 7}, {"ink", "sunken", 7}, {"ink-soft", "paper", 4.5}, {"ink-soft", "surface", 4.5}, {"ink-soft", "sunken", 4.5},
	{"accent", "paper", 4.5}, {"accent", "surface", 4.5}, {"accent", "sunken", 4.5}, {"accent", "accent-soft", 4.5}, {"accent-strong", "accent-soft", 4.5}, {"on-accent", "accent", 4.5},
	{"on-accent", "accent-strong", 4.5}, {"ink", "accent-soft", 7}, {"ink-soft", "accent-soft", 4.5},
	{"on-head", "head", 7}, {"on-head-soft", "head", 4.5}, {"short", "head", 4.5}, {"on-short", "short", 4.5}, {"on-gold", "gold", 4.5},
	{"info", "info-soft", 4.5}, {"ok", "ok-soft", 4.5}, {"warn", "warn-soft", 4.5}, {"danger", "danger-soft", 4.5}, {"danger-soft", "danger", 4.5},
	{"ink", "info-soft", 7}, {"ink", "ok-soft", 7}, {"ink", "warn-soft", 7}, {"ink", "danger-soft", 7}, {"ink-soft", "ok-soft", 4.5}, {"ink-soft", "danger-soft", 4.5},
	{"ok", "surface", 4.5}, {"warn", "surface", 4.5}, {"danger", "surface", 4.5}, {"danger", "paper", 4.5}, {"surface", "ok", 4.5},
	// Borders of controls, bars and focus rings: 3:1.
	{"line-strong", "surface", 3}, {"line-strong", "paper", 3}, {"accent", "sunken", 3}, {"gold", "surface", 3}, {"focus", "paper", 3}, {"focus", "surface", 3},
	{"series-1", "surface", 3}, {"series-2", "surface", 3}, {"series-3", "surface", 3}, {"series-4", "surface", 3},
}

func TestContrastInBothThemes(t *testing.T) {
	for name, selector := range map[string]string{"light": ":root", "dark": `:root[data-theme="dark"]`} {
		theme := tokens(t, selector)
		for _, p := range pairs {
			text, ok1 := theme[p.text]
			ground, ok2 := theme[p.ground]
			if !ok1 || !ok2 {
				t.Errorf("%s: no token %s or %s", name, p.text, p.ground)
				continue
			}
			if got := contrast(text, ground); got < p.ratio {
				t.Errorf("%s: %s on %s is %.2f:1, want %g:1", name, p.text, p.ground, got, p.ratio)
			}
		}
	}
	if a, b := tokens(t, `:root[data-theme="dark"]`), tokens(t, `:root:not([data-theme="light"])`); fmt.Sprint(a) != fmt.Sprint(b) {
		t.Error("the two dark blocks of tokens.css differ")
	}
}

// TestAnyAccentStaysReadable lays colours an admin might type over both themes.
func TestAnyAccentStaysReadable(t *testing.T) {
	light, dark := tokens(t, ":root"), tokens(t, `:root[data-theme="dark"]`)
	for _, typed := range []string{"#ffff00", "#000000", "#ffffff", "#ff0000", "#0000ff", "#7fffd4", "#808080", "#8b0000", "#0f5c5c", "#ffd700"} {
		c, _ := parseColour(typed)
		for name, theme := range map[string]map[string]colour{"light": light, "dark": dark} {
			laid := map[string]colour{}
			for k, v := range theme {
				laid[k] = v
			}
			for k, v := range c.shades(name == "dark") {
				laid[k] = v
			}
			for _, p := range pairs {
				if !strings.Contains(p.text+p.ground, "accent") {
					continue
				}
				if got := contrast(laid[p.text], laid[p.ground]); got < p.ratio {
					t.Errorf("accent %s, %s: %s on %s is %.2f:1, want %g:1", typed, name, p.text, p.ground, got, p.ratio)
				}
			}
		}
	}
}

func TestContrastFormula(t *testing.T) {
	// Known values: black on white 21, #767676 on white 4.54 (the lightest grey that passes).
	grey, _ := parseColour("#767676")
	if got := contrast(black, white); got < 20.99 || got > 21.01 {
		t.Errorf("black on white %.3f", got)
	}
	if got := contrast(grey, white); got < 4.53 || got > 4.55 {
		t.Errorf("#767676 on white %.3f", got)
	}
}
