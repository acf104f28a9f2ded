package markdown

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// hard are texts over which the parser needs the square of their length.
var hard = map[string]string{
	"emphasis that never ends": strings.Repeat("*a_", 60_000),
	"emphasis over lines":      strings.Repeat("*a_\n", 50_000),
	"links that never end":     strings.Repeat("[a](", 50_000),
	"brackets":                 strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000),
	"pictures":                 strings.Repeat("![", 100_000),
	"quotes in quotes":         strings.Repeat(">", 100_000) + "a",
	"quotes with spaces":       strings.Repeat("> ", 100_000) + "a",
	"lists in lists":           strings.Repeat("- ", 100_000) + "a",
	"numbers in lists":         strings.Repeat("1. ", 60_000) + "a",
	"deep lists":               stairs("- "),
	"stars":                    strings.Repeat("*", 100_000) + "a" + strings.Repeat("*", 100_000),
	"code":                     ticks(),
	"tags":                     strings.Repeat("<a ", 60_000),
	"comments":                 "a" + strings.Repeat("<!--", 50_000),
	"wide tables":              strings.Repeat("|a", 20_000) + "|\n" + strings.Repeat("|-", 20_000) + "|\n" + strings.Repeat("a\n", 40_000),
	"long tables":              strings.Repeat("|a", 30) + "|\n" + strings.Repeat("|-", 30) + "|\n" + strings.Repeat("a\n", 90_000),
}

func stairs(sign string) string {
	var b strings.Builder
	for i := 0; b.Len() < MaxBytes-2000; i++ {
		b.WriteString(strings.Repeat(" ", len(sign)*i) + sign + "a\n")
	}
	return b.String()
}

func ticks() string {
	var b strings.Builder
	for i := 1; b.Len() < MaxBytes-2000; i++ {
		b.WriteString(strings.Repeat("`", i) + "a ")
	}
	return b.String()
}

func TestHardTextsAreRefusedByLine(t *testing.T) {
	for name, md := range hard {
		md = "# Judul\n\nIsi.\n\n" + md
		_, err := HTML(md)
		var bad *Trouble
		if len(md) > MaxBytes {
			t.Errorf("%s: the test's text is too long", name)
		}
		if !errors.As(err, &bad) || bad.Line < 5 || bad.Text.ID == "" || bad.Text.EN == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := HTML(strings.Repeat("a", MaxBytes+1)); err == nil {
		t.Error("a text over the limit")
	}
}

// What people write passes: the demo's lessons, forms to fill in, rules, code, tables.
func TestOrdinaryTextsPass(t *testing.T) {
	files, err := filepath.Glob("../../demo/courses/*/lessons/*.md")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if work, bad := Weigh(string(data)); bad != nil || work > MaxWork/100 {
			t.Errorf("%s: %d %v", f, work, bad)
		}
	}
	for name, md := range map[string]string{
		"rules":         "* * * * * * * * * * * * * * * * *\n\n- - - - - - - - - - - - - - - - -\n\n" + strings.Repeat("_", 200),
		"a form":        strings.Repeat("Nama: ____________________\n", 100),
		"a long table":  "| Nama | Nilai |\n| --- | --- |\n" + strings.Repeat("| **Ani** | [87](https://contoh.example) |\n", 300),
		"a long list":   strings.Repeat("- *satu* dan **dua** (lihat [di sini](https://contoh.example))\n", 400),
		"code":          "```\n" + strings.Repeat("\tif a[i] < b[i] { f(*a, _) }\n", 300) + "```",
		"prose":         strings.Repeat("Warga datang ke loket. ", 8000),
		"quoted lists":  "> - satu\n>   - dua\n>     - tiga\n>       1. empat\n",
		"a rule quoted": "> " + strings.Repeat("- ", 40),
	} {
		if _, bad := Weigh(md); bad != nil {
			t.Errorf("%s: %v", name, bad)
		}
	}
}

// What is let through is done in a bounded time, also when it is repeated up to the limit. The 20 s are generous: 0.5 s is what the worst takes.
func FuzzMarkdown(f *testing.F) {
	for _, md := range hard {
		f.Add(md[:200], "")
		f.Add(md[:20], "\n\n")
	}
	for _, s := range []string{"[a]: b\n", "- a\n\n", "a\n===\n", "&amp;", "\\*", "![a](b \"c\")", "<https://a>", "|a|b|\n|-|-|\n|1|2|\n", "`a`", "# a\n", "\t", "a  \n", "1) a\n"} {
		f.Add(s, "\n")
	}
	f.Fuzz(func(t *testing.T, md, between string) {
		for _, s := range []string{md, strings.Repeat(md+between, min(MaxBytes/max(1, len(md)+len(between)), 60_000))} {
			began := time.Now()
			html, err := HTML(s)
			if d := time.Since(began); d > 20*time.Second {
				t.Fatalf("%d bytes of %.60q took %s", len(s), s, d)
			}
			if strings.Contains(html, "<script") {
				t.Fatalf("%.200q", html)
			}
			if err == nil && len(html) > 40*len(s)+2_000_000 {
				t.Fatalf("%d bytes of %.60q became %d", len(s), s, len(html))
			}
		}
	})
}
