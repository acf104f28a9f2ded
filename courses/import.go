package courses

import (
	"context"
	"errors"
	"io"
	"path"

	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/media"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// Imported says what an import did.
type Imported struct {
	Course    CourseID
	Version   VersionID // the published one, or the draft when it was not to be published
	New       bool      // the course did not exist before
	Unchanged bool      // the course is published with exactly this content already
	Published bool
	Lessons   int
	Items     int
}

// ImportInput is a course as read from a folder, without mistakes.
type ImportInput struct {
	Draft   *exchange.Draft
	Publish bool // make it the head at once; else it waits as a draft
	DryRun  bool // check everything, write nothing
}

// ReadZip reads a zipped course folder for Import. Reading costs seconds of a core, so one is read at a time in a process: a few others wait for their
// turn, more are refused. It ends when ctx does. Errors: Forbidden, TooMany, those of exchange.OpenZip, and Invalid with all mistakes in the files.
func (s *Service) ReadZip(ctx context.Context, a access.Actor, r io.Reader) (*exchange.Draft, exchange.Report, error) {
	if _, err := s.cfg.Policy.May(a, "author", access.Thing{Kind: "course"}); err != nil {
		return nil, nil, err
	}
	done, err := s.reading.turn(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer done()
	fsys, err := exchange.OpenZip(r)
	if err != nil {
		return nil, nil, err
	}
	d, report := exchange.ReadFolder(ctx, fsys)
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	return d, report, report.Err()
}

// turns lets one through at a time.
type turns struct{ queue, one chan struct{} }

// Bounds of who reads a file or waits to: each holds a course of up to 50 MB, or a file handed in of up to 5 MB.
const (
	maxWaiting   = 4
	maxReceiving = 32
)

func newTurns(waiting int) turns {
	return turns{make(chan struct{}, waiting), make(chan struct{}, 1)}
}

// turn waits until it is one's turn; done gives it on. TooMany when too many wait already.
func (t turns) turn(ctx context.Context) (done func(), err error) {
	select {
	case t.queue <- struct{}{}:
	default:
		return nil, faults.New(faults.TooMany, "Beberapa kursus sedang dibaca. Tunggu sebentar, lalu coba lagi.", "Several courses are being read. Try again in a moment.")
	}
	select {
	case t.one <- struct{}{}:
		return func() { <-t.one; <-t.queue }, nil
	case <-ctx.Done():
		<-t.queue
		return nil, ctx.Err()
	}
}

// Import takes a course folder over as a new version and publishes it. A set becomes visible whole or not at all: lessons, items and banks are written
// under new ids, and the version that names them becomes visible by one write. Safe to call twice, also after a crash: the same content is not
// published again. Errors: Invalid with every reason why it may not be published (nothing is visible then); Conflict when an author is writing a
// draft of this course.
func (s *Service) Import(ctx context.Context, a access.Actor, in ImportInput) (Imported, error) {
	d := in.Draft
	role, err := s.cfg.Policy.May(a, "author", access.Thing{Kind: "course", ID: d.Code})
	if err != nil {
		return Imported{}, err
	}
	if in.Publish {
		if _, err := s.cfg.Policy.May(a, "publish", access.Thing{Kind: "course", ID: d.Code}); err != nil {
			return Imported{}, err
		}
	}
	out := Imported{Course: d.Code}

	// 1. Check everything, before anything is written.
	if !codeRule.MatchString(d.Code) {
		return out, faults.OnField("code", "Kode kursus "+d.Code+" tidak benar.", "The course code "+d.Code+" is not right.")
	}
	c, err := s.courses.Get(ctx, d.Code)
	out.New = errors.Is(err, faults.NotFound)
	if err != nil && !out.New {
		return out, err
	}
	if c.Value.Draft != "" && !in.DryRun { // published, and then something died before the course named it its head
		if v, err := s.versions.Get(ctx, c.Value.Draft); err != nil {
			return out, err
		} else if v.Value.State == Published {
			if err := s.Head(ctx, v.ID); err != nil {
				return out, err
			}
			if c, err = s.courses.Get(ctx, d.Code); err != nil {
				return out, err
			}
		}
	}
	var head *Version
	if c.Value.Head != "" {
		if head, err = s.version(ctx, c.Value.Head); err != nil {
			return out, err
		}
	}
	p, err := s.planImport(ctx, d, head)
	if err != nil {
		return out, err
	}
	out.Lessons, out.Items = len(p.lessons), p.items
	if err := s.checkPublish(ctx, d.Code, &p.content, p.bank, p.text, in.Publish); err != nil {
		return out, err
	}
	if head != nil && fingerprint(head.Content, 26) == fingerprint(p.content, 26) {
		out.Version, out.Unchanged, out.Published = c.Value.Head, true, true
		return out, nil
	}
	var draft *storage.Doc[Version]
	if c.Value.Draft != "" {
		v, err := s.versions.Get(ctx, c.Value.Draft)
		if err != nil {
			return out, err
		}
		if v.Value.State == Draft && !v.Value.Import {
			return out, faults.New(faults.Conflict, "Ada draf kursus ini yang sedang ditulis. Terbitkan atau buang dahulu, lalu impor lagi.",
				"A draft of this course is being written. Publish or discard it first, then import again.")
		}
		if v.Value.State == Draft {
			draft = &v
		}
	}
	if in.DryRun {
		return out, nil
	}

	// 2. Write what the version will name. None of it is visible yet.
	for _, f := range p.files {
		if _, err := s.keepFile(ctx, a, d.Code, f); err != nil {
			return out, err
		}
	}
	for _, l := range p.lessons {
		if err := put(ctx, s.lessons, l); err != nil {
			return out, err
		}
	}
	for _, b := range p.banks {
		if err := s.putBank(ctx, a, d.Code, b); err != nil {
			return out, err
		}
	}

	// 3. One document makes it a draft, one write publishes it. A new course comes with its draft.
	var v VersionDoc
	var fresh *storage.Doc[Course]
	if out.New {
		made := s.newCourse(a, role, d.Code, p.content.Card)
		fresh = &made
	}
	if draft != nil {
		v = versionDoc(*draft)
	} else if v, err = s.draft(ctx, a, role, d.Code, c.Value.Latest+1, Version{Content: p.content, Import: true}, fresh); err != nil {
		return out, err
	}
	if digest := fingerprint(p.content, 26); fingerprint(v.Content, 26) != digest { // begun by an import before this one
		stored, err := s.versions.Update(ctx, v.ID, func(x *storage.Doc[Version]) error {
			if x.Value.State != Draft || !x.Value.Import {
				return errFrozen()
			}
			x.Value.Content = p.content
			x.Value.Edits++
			x.Value.wrote(a)
			return nil
		})
		if err != nil {
			return out, err
		}
		v = versionDoc(stored)
	}
	out.Version = v.ID
	if !in.Publish {
		return out, nil
	}
	if _, err := s.Publish(ctx, a, v.ID); err != nil {
		return out, err
	}
	out.Published = true
	return out, nil
}

// plan is an import with every id known and nothing written.
type plan struct {
	content Content
	lessons []storage.Doc[Lesson]
	banks   []made
	items   int
	files   []media.File // that lessons and items show
}

func (p *plan) bank(_ context.Context, ref BankRef) (*Bank, error) {
	for i, b := range p.banks {
		if b.ref.Bank == ref.Bank {
			return &p.banks[i].bank.Value, nil
		}
	}
	return &Bank{}, nil
}

func (p *plan) text(_ context.Context, ref LessonRef) (string, error) {
	for _, l := range p.lessons {
		if l.ID == ref.Lesson {
			return l.Value.Markdown, nil
		}
	}
	return "", nil
}

func (s *Service) planImport(ctx context.Context, d *exchange.Draft, head *Version) (plan, error) {
	p := plan{content: Content{
		Card: Card{Title: texts.T(texts.Tidy(d.Title), texts.Tidy(d.TitleEN)), Summary: texts.T(d.Summary, d.SummaryEN), Kind: Kind(d.Kind), Track: d.Track, Values: d.Apel, JP: d.JP,
			ValidMonths: d.ValidMonths, SelfEnrolment: d.SelfEnrolment},
		Minutes: d.Minutes, Prerequisites: d.Prerequisites,
	}}
	c := &p.content
	for _, t := range d.Targets {
		c.Card.Targets = append(c.Card.Targets, Target{t.Competency, t.Level})
	}
	for _, o := range d.Objectives {
		c.Objectives = append(c.Objectives, Objective{o.Code, texts.T(o.Text, o.TextEN), o.Competency})
	}
	done, err := s.reading.turn(ctx)
	if err != nil {
		return p, err
	}
	defer done()
	called := map[string]string{} // path in the folder -> name
	for _, x := range d.Pictures {
		if err := ctx.Err(); err != nil {
			return p, err
		}
		f, err := media.Take(x.Data)
		if err != nil {
			t := faults.Of(err).Text
			return p, faults.OnField(x.File, x.File+": "+t.ID, x.File+": "+t.EN)
		}
		p.files, called[x.File] = append(p.files, f), f.Name()
	}
	for _, l := range d.Lessons {
		if err := ctx.Err(); err != nil {
			return p, err
		}
		l.Markdown = renamed(l.Markdown, path.Dir(l.File), called)
		doc, ref, err := makeLesson(d.Code, LessonText{Code: l.Code, Title: texts.T(texts.Tidy(l.Title), texts.Tidy(l.TitleEN)), Minutes: l.Minutes, Part: l.Part, Objectives: l.Objectives, Markdown: l.Markdown})
		if err != nil {
			return p, err
		}
		p.lessons, c.Lessons = append(p.lessons, doc), append(c.Lessons, ref)
	}
	c.Card.Lessons = len(c.Lessons)
	for _, b := range d.Banks {
		before := ""
		if head != nil {
			ref, _ := head.Content.Bank(b.Code)
			before = ref.Bank
		}
		renamedItems(b.Items, path.Dir(b.File), called)
		m, err := s.makeBank(ctx, d.Code, b.Code, before, b.Items)
		if err != nil {
			return p, inFile(err, b)
		}
		p.banks, c.Banks, p.items = append(p.banks, m), append(c.Banks, m.ref), p.items+len(b.Items)
	}
	for _, q := range d.Quizzes {
		c.Quizzes = append(c.Quizzes, Quiz{Code: q.Code, Kind: QuizKind(q.Kind), Title: texts.T(q.Title, q.TitleEN), Bank: q.Bank, Draw: q.Draw, Minutes: q.TimeLimitMinutes,
			Attempts: q.Attempts, PassMark: q.PassMark, InOrder: q.InOrder, Behaviour: behaviourOf(q.Behaviour), Marking: QuizMarking{Markers: q.Marking.Markers, Apart: q.Marking.Difference}})
	}
	for _, t := range d.Tasks {
		x := FieldTask{Code: t.Code, Title: texts.T(texts.Tidy(t.Title), texts.Tidy(t.TitleEN)), Instructions: renamed(t.Markdown, path.Dir(t.File), called), Words: t.Words, Files: t.Files, Rubric: t.Rubric,
			Minutes: t.Minutes, Days: t.Days, Judge: Judge(t.Judge), Marking: QuizMarking{Markers: t.Marking.Markers, Apart: t.Marking.Difference}, Accept: t.Accept, Optional: t.Optional}
		for _, s := range t.Shows {
			x.Shows = append(x.Shows, Target{s.Competency, s.Level})
		}
		c.Tasks = append(c.Tasks, x)
	}
	return p, c.settleTasks()
}

// inFile names the bank's file in the fields of a fault.
func inFile(err error, b exchange.DraftBank) error {
	f := *faults.Of(err)
	fields := make([]faults.Field, len(f.Fields))
	for i, x := range f.Fields {
		fields[i] = faults.Field{Path: b.File + ":" + x.Path, Text: x.Text}
	}
	f.Fields = fields
	return &f
}
