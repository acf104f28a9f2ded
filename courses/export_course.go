package courses

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/markdown"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// PackageOf is a version of a course as a zipped folder.
type PackageOf struct {
	Name string
	Data []byte
	Lost []texts.Text // what the folder has no place for; it stands in course.yaml as remarks, too
}

// ExportCourse writes a version of a course as a zipped folder with its lessons, items, pictures, video and recordings, for authors and reviewers: it holds the keys. What Import
// makes of it is exported as the same bytes again. NotFound when a file is missing on disk.
func (s *Service) ExportCourse(ctx context.Context, a access.Actor, version VersionID) (PackageOf, error) {
	v, err := s.versions.Get(ctx, version)
	if err != nil {
		return PackageOf{}, notFound(err, "Versi kursus ini tidak ada.", "This version of the course does not exist.")
	}
	if _, err := s.cfg.Policy.May(a, "review", access.Thing{Kind: "course", ID: v.Value.Course}); err != nil {
		return PackageOf{}, err
	}
	c := &v.Value.Content
	d := &exchange.Draft{Code: v.Value.Course, Title: c.Card.Title.ID, TitleEN: c.Card.Title.EN, Summary: c.Card.Summary.ID, SummaryEN: c.Card.Summary.EN, Kind: string(c.Card.Kind), Track: c.Card.Track,
		Apel: c.Card.Values, JP: c.Card.JP, ValidMonths: c.Card.ValidMonths, Minutes: c.Minutes, SelfEnrolment: c.Card.SelfEnrolment, Prerequisites: c.Prerequisites}
	for _, o := range c.Objectives {
		d.Objectives = append(d.Objectives, exchange.Objective{Code: o.Code, Text: o.Text.ID, TextEN: o.Text.EN, Competency: o.Competency})
	}
	for _, t := range c.Card.Targets {
		d.Targets = append(d.Targets, exchange.Target{Competency: t.Competency, Level: t.Level})
	}
	for _, ref := range c.Lessons {
		l, err := s.lesson(ctx, ref.Lesson)
		if err != nil {
			return PackageOf{}, err
		}
		md := l.Markdown
		if !strings.HasPrefix(strings.TrimLeft(md, "\n"), "# ") { // a folder's lessons open with their title
			md = "# " + ref.Title.ID + "\n\n" + md
		}
		part := ref.Part
		if part == "" {
			part = "lessons"
		}
		d.Lessons = append(d.Lessons, exchange.Lesson{Code: ref.Code, File: "lessons/" + ref.Code + ".md", Title: ref.Title.ID, TitleEN: ref.Title.EN, Minutes: ref.Minutes, Part: part, Objectives: ref.Objectives, Markdown: md})
		if err := s.packFiles(ctx, d, "lessons", ref.Files); err != nil {
			return PackageOf{}, err
		}
	}
	used, renumbered := map[string]bool{}, []texts.Text(nil)
	for _, ref := range c.Banks {
		items, err := s.Items(ctx, a, version, ref.Code)
		if err != nil {
			return PackageOf{}, err
		}
		for i := range items {
			it := &items[i]
			it.ID, it.Version, it.Key = "", 0, 0
			if was := it.Code; used[was] { // of before codes had to differ between banks
				for n := 2; used[it.Code]; n++ {
					it.Code = fmt.Sprintf("%s-%d", was[:min(len(was), 26)], n)
				}
				renumbered = append(renumbered, texts.T("Soal "+was+" di bank "+ref.Code+" menjadi "+it.Code+", karena bank lain juga memakai kode itu.", "Item "+was+" of bank "+ref.Code+" becomes "+it.Code+", because another bank uses that code, too."))
			}
			used[it.Code] = true
		}
		d.Banks = append(d.Banks, exchange.DraftBank{Code: ref.Code, File: "items/" + ref.Code + ".yaml", Items: items})
		if err := s.packFiles(ctx, d, "items", ref.Files); err != nil {
			return PackageOf{}, err
		}
	}
	out := PackageOf{Name: strings.ReplaceAll(version, ".", "-") + ".zip", Lost: renumbered}
	for _, q := range c.Quizzes {
		x := exchange.Quiz{Code: q.Code, Kind: string(q.Kind), Title: q.Name().ID, TitleEN: q.Title.EN, Bank: q.Bank, Draw: q.Draw, TimeLimitMinutes: q.Minutes, Attempts: q.Attempts, PassMark: q.PassMark, InOrder: q.InOrder,
			Behaviour: exchange.Behaviour{Feedback: string(q.Behaviour.Feedback), Tries: q.Behaviour.Tries, Penalty: q.Behaviour.Penalty, Unrecorded: q.Behaviour.Unrecorded}, Marking: exchange.Marking{Markers: q.Marking.Markers, Difference: q.Marking.Apart}}
		d.Quizzes = append(d.Quizzes, x)
	}
	for _, t := range c.Tasks {
		x := exchange.FieldTask{Code: t.Code, Title: t.Title.ID, TitleEN: t.Title.EN, File: "tasks/" + t.Code + ".md", Markdown: t.Instructions, Words: t.Words, Files: t.Files, Minutes: t.Minutes, Days: t.Days, Accept: t.Accept, Optional: t.Optional,
			Judge: string(t.Judge), Marking: exchange.Marking{Markers: t.Marking.Markers, Difference: t.Marking.Apart}, Rubric: t.Rubric}
		for _, shown := range t.Shows {
			x.Shows = append(x.Shows, exchange.Target{Competency: shown.Competency, Level: shown.Level})
		}
		d.Tasks = append(d.Tasks, x)
		if err := s.packFiles(ctx, d, "tasks", t.Shown); err != nil {
			return PackageOf{}, err
		}
	}
	out.Lost = append(out.Lost, c.NotPacked()...)
	var b bytes.Buffer
	if err := exchange.WritePackage(&b, d, out.Lost); err != nil {
		return PackageOf{}, err
	}
	out.Data = b.Bytes()
	return out, nil
}

// packFiles puts files beside the lessons or items that show them.
func (s *Service) packFiles(ctx context.Context, d *exchange.Draft, folder string, names []string) error {
	for _, n := range names {
		at := folder + "/" + markdown.Folder + n
		if slices.ContainsFunc(d.Pictures, func(p exchange.Picture) bool { return p.File == at }) {
			continue
		}
		data, err := s.fileData(ctx, n)
		if err != nil {
			return err
		}
		d.Pictures = append(d.Pictures, exchange.Picture{File: at, Data: data})
	}
	return nil
}

// fileData is the content of a file by its name. NotFound when it is not kept.
func (s *Service) fileData(ctx context.Context, name string) ([]byte, error) {
	f, err := s.files.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	if s.cfg.Files == nil {
		return nil, faults.NotFound
	}
	r, err := s.cfg.Files.Open(ctx, f.Value.Hash)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r)
	if closed := r.Close(); err == nil {
		err = closed
	}
	return data, err
}

// renamed gives the pictures of a text that lies in dir the names under which they are kept. Pure.
func renamed(md, dir string, called map[string]string) string {
	shown, err := markdown.Embeds(md)
	if err != nil {
		return md // the check of the text says what is wrong with it
	}
	for _, e := range shown {
		if name, ok := called[path.Join(dir, e.Path)]; ok && e.Path != markdown.Folder+name {
			md = strings.ReplaceAll(md, "]("+e.Path, "]("+markdown.Folder+name)
		}
	}
	return md
}

// renamedItems does the same for the texts of items, in place.
func renamedItems(items []grading.Item, dir string, called map[string]string) {
	for i := range items {
		items[i] = exchange.Rewrite(items[i], func(md string) string { return renamed(md, dir, called) })
	}
}
