package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/lint"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// coursesVerb is work on courses at the machine.
type coursesVerb struct {
	Export exportCourseVerb `cmd:"" help:"Write a version of a course as the package its page gives: lessons, items with their keys, pictures, recordings."`
	Import importCourseVerb `cmd:"" help:"Read such a package, say what it holds, and publish it or leave it as a draft. Nothing changes while there is a mistake."`
	Lint   lintVerb         `cmd:"" help:"Say what makes tests easy to outwit and texts hard to read, and let bots that know nothing sit the post-tests. The exit status is 0 only without findings."`
}

type lintVerb struct {
	place
	What []string `arg:"" optional:"" name:"folder|course" help:"Course folders (or zips of them); or courses of the data folder by their code. Without any: all courses of the data folder."`
	JSON bool     `help:"Print findings and figures as JSON."`
}

type exportCourseVerb struct {
	place
	Course string `arg:"" help:"Code of the course, with @ and a number for a version other than the published one: APEL-104@2."`
	File   string `arg:"" help:"Where the package is written; it must not be there yet." type:"path"`
	JSON   bool   `help:"Print what was written as JSON."`
}

// exported says what an export wrote.
type exported struct {
	Course  string   `json:"course"`
	Version string   `json:"version"`
	File    string   `json:"file"`
	Bytes   int      `json:"bytes"`
	Lost    []string `json:"lost"` // what the package has no place for
}

// Run reads the course; a running server goes on meanwhile. The file holds keys, so only its owner can read it.
func (v *exportCourseVerb) Run(e *env) error {
	code, number, picked := strings.Cut(v.Course, "@")
	if n, err := strconv.Atoi(number); picked && (err != nil || n < 1) {
		return faults.OnField("course", "Tulis versi sebagai bilangan, misalnya APEL-104@2.", "Write the version as a number, such as APEL-104@2.")
	}
	if _, err := os.Lstat(v.File); err == nil {
		return faults.OnField("file", v.File+" sudah ada dan tidak ditimpa. Pilih nama lain.", v.File+" is there already and is not overwritten. Choose another name.")
	}
	in, err := open(e.ctx, v.place, as{quiet: true})
	if err != nil {
		return err
	}
	out := exported{Course: code, File: v.File, Lost: []string{}}
	p, err := func() (courses.PackageOf, error) {
		a := access.System("export")
		k, err := in.courses.Course(e.ctx, a, code)
		if err != nil {
			return courses.PackageOf{}, err
		}
		if out.Version = cmp.Or(k.Head, k.Draft); picked {
			out.Version = code + "." + number
		}
		return in.courses.ExportCourse(e.ctx, a, out.Version)
	}()
	if err = errors.Join(err, in.close()); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Clean(v.File), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(p.Data)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(v.File))
	}
	out.Bytes = len(p.Data)
	for _, l := range p.Lost {
		out.Lost = append(out.Lost, l.In(e.lang))
	}
	if v.JSON {
		return print(out)
	}
	for _, l := range out.Lost {
		fmt.Println("perhatikan / warning:", l)
	}
	fmt.Printf(texts.T("%s: %d KB di %s. Berkas ini memuat kunci jawaban.\n", "%s: %d KB in %s. The file holds the keys.\n").In(e.lang), out.Version, (out.Bytes+1023)>>10, v.File)
	return nil
}

type importCourseVerb struct {
	place
	File   string `arg:"" help:"The package, or a course folder." type:"path"`
	Draft  bool   `help:"Leave it as a draft instead of publishing it."`
	DryRun bool   `help:"Say what would happen and what makes the course weak; write nothing."`
	JSON   bool   `help:"Print the result as JSON."`
}

// Run imports as importVerb does.
func (v *importCourseVerb) Run(e *env) error {
	return (&importVerb{place: v.place, Kind: "course", File: v.File, DryRun: v.DryRun, JSON: v.JSON, draft: v.Draft}).Run(e)
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
		fmt.Printf("  %s: %s %s (%s)\n", f.Where(), f.Text.In(lang), f.Do.In(lang), f.Rule)
	}
	for _, p := range r.Positions {
		if p.Enough {
			fmt.Printf(say("  %s: kunci %d soal berpilihan %d di %s, p = %.3f\n", "  %s: keys of %d items with %d options at %s, p = %.3f\n"), p.File, p.N, p.Options, lettered(p.Keys), p.P)
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

// lettered says how many keys stand at each letter: "A 8, B 7".
func lettered(keys []int) string {
	parts := make([]string, len(keys))
	for i, n := range keys {
		parts[i] = fmt.Sprintf("%c %d", 'A'+i, n)
	}
	return strings.Join(parts, ", ")
}
