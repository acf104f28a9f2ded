package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/lint"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// coursesVerb is work on courses at the machine.
type coursesVerb struct {
	Lint lintVerb `cmd:"" help:"Say what makes tests easy to outwit and texts hard to read, and let bots that know nothing sit the post-tests. The exit status is 0 only without findings."`
}

type lintVerb struct {
	place
	What []string `arg:"" optional:"" name:"folder|course" help:"Course folders (or zips of them); or courses of the data folder by their code. Without any: all courses of the data folder."`
	JSON bool     `help:"Print findings and figures as JSON."`
}

// Run looks at folders without opening any data; at stored courses a running server goes on meanwhile.
func (v *lintVerb) Run(e *env) error {
	reports := []lint.Report{}
	var codes []string
	for _, what := range v.What {
		info, err := os.Stat(what)
		if err != nil {
			codes = append(codes, what)
			continue
		}
		d, err := readCourse(e, what, info)
		if err != nil {
			return err
		}
		reports = append(reports, lint.Course(d))
	}
	if len(codes) > 0 || len(v.What) == 0 {
		in, err := open(e.ctx, v.place, as{quiet: true})
		if err != nil {
			return err
		}
		if len(codes) == 0 {
			codes = []string{""}
		}
		for _, code := range codes {
			found, err := in.courses.Linted(e.ctx, code)
			if err != nil {
				return errors.Join(err, in.close())
			}
			reports = append(reports, found...)
		}
		if err := in.close(); err != nil {
			return err
		}
	}
	findings := 0
	for _, r := range reports {
		findings += len(r.Findings)
	}
	if v.JSON {
		if err := print(reports); err != nil {
			return err
		}
	} else {
		for _, r := range reports {
			printLint(r, e.lang)
		}
	}
	if findings > 0 {
		return faults.Newf(faults.Conflict, "%d temuan.", "%d findings.", findings)
	}
	return nil
}

// readCourse reads a course folder or a zip of one; mistakes end it.
func readCourse(e *env, path string, info fs.FileInfo) (*exchange.Draft, error) {
	if info.IsDir() {
		d, report := exchange.ReadFolder(e.ctx, os.DirFS(path))
		return d, report.Err()
	}
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	zipped, err := exchange.OpenZip(f)
	if err != nil {
		return nil, err
	}
	d, report := exchange.ReadFolder(e.ctx, zipped)
	return d, report.Err()
}

func printLint(r lint.Report, lang texts.Lang) {
	say := func(id, en string) string { return texts.T(id, en).In(lang) }
	fmt.Printf("%s\n", r.Course)
	for _, f := range r.Findings {
		fmt.Printf("  %s [%s] %s %s\n", f.Where(), f.Rule, f.Text.In(lang), f.Do.In(lang))
	}
	for _, p := range r.Positions {
		if p.Enough {
			fmt.Printf(say("  %s: kunci %d soal berpilihan %d di %v, p = %.3f\n", "  %s: keys of %d items with %d options at %v, p = %.3f\n"), p.File, p.N, p.Options, p.Keys, p.P)
		} else {
			fmt.Printf(say("  %s: %d soal berpilihan %d terlalu sedikit untuk menguji letak kunci (perlu %d)\n", "  %s: %d items with %d options are too few to test where the keys stand (it takes %d)\n"), p.File, p.N, p.Options, lint.MinPerChoice*p.Options)
		}
	}
	for _, l := range r.Longest {
		fmt.Printf(say("  %s: kunci terpanjang pada %d dari %d soal berpilihan empat\n", "  %s: the key is the longest in %d of %d items with four options\n"), l.File, l.Keys, l.N)
	}
	for _, b := range r.Bots {
		fmt.Printf(say("  %s: %s: lulus %d dari %d kali, rata-rata %.0f (lulus mulai %d)\n", "  %s: %s: passes %d times of %d, %.0f on average (pass mark %d)\n"), b.Quiz, b.Name.In(lang), b.Passed, b.Sittings, b.Mean, b.PassMark)
	}
	fmt.Println(strings.TrimSpace(fmt.Sprintf(say("  %d temuan", "  %d findings"), len(r.Findings))))
}
