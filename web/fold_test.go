package web

import (
	"bytes"
	"html/template"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// TestFoldingChangesNothing compares templates with and without folding, as a browser reads them.
func TestFoldingChangesNothing(t *testing.T) {
	e := New(Config{})
	for _, text := range []string{
		`<p title="{{t "Kata \"kutip\" & <tanda> 'satu'"}}">{{t "Kata \"kutip\" & <tanda> 'satu'"}}</p>`,
		`{{if true}}<b>{{icon "home"}}{{t "Simpan"}}</b>{{else}}{{t "Batal"}}{{end}}`,
		`{{range list 1 2}}{{with .}}<i>{{t "Cari"}} {{.}}</i>{{end}}{{else}}{{t "Nama"}}{{end}}`,
		`<link href="{{asset "app.css"}}">{{t "%d jam" 3}}{{$x := t "Nama"}}<a>{{$x}}</a>{{t "Nama" | printf "%s!"}}`,
	} {
		for _, lang := range Languages {
			read := func(fold bool) string {
				set := template.Must(template.New("x").Funcs(e.funcs(lang)).Parse(text))
				if fold {
					if err := e.fold(lang, set.Tree.Root); err != nil {
						t.Fatal(err)
					}
				}
				var out, tree bytes.Buffer
				if err := set.Execute(&out, nil); err != nil {
					t.Fatal(err)
				}
				doc, err := html.Parse(&out)
				if err != nil {
					t.Fatal(err)
				}
				if err := html.Render(&tree, doc); err != nil {
					t.Fatal(err)
				}
				return tree.String()
			}
			if with, without := read(true), read(false); with != without {
				t.Errorf("%s %s\nfolded   %s\nunfolded %s", lang, text, with, without)
			} else if !strings.Contains(with, "<html>") {
				t.Fatal("nothing rendered")
			}
		}
	}
	set := template.Must(template.New("x").Funcs(e.funcs("id")).Parse(`{{icon "nothing"}}`))
	if e.fold("id", set.Tree.Root) == nil {
		t.Error("an unknown icon passed")
	}
}
