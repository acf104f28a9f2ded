package courses

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/markdown"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// Due steps of a published version, and of a course that was closed or opened again (announce only).
const (
	HeadStep     = "head"     // Head: the course does not name it as its head yet
	AnnounceStep = "announce" // Announced: what can be learned has changed, and other rooms are to follow
)

// MinutesPerJP is the length of a learning hour; MinutesShare is the part of it, in percent, that the declared minutes must reach, so that JP
// survive an audit.
const (
	MinutesPerJP = 45
	MinutesShare = 90
)

// Publish freezes a draft and makes it what new enrolments get. Who is in the middle of an older version stays there. Invalid with every reason why
// it may not be published; Conflict when it changed while being checked. Safe to call twice: the second call finds it published.
func (s *Service) Publish(ctx context.Context, a access.Actor, id VersionID) (VersionDoc, error) {
	d, err := s.versions.Get(ctx, id)
	if err != nil {
		return VersionDoc{}, notFound(err, "Versi kursus ini tidak ada.", "This version of the course does not exist.")
	}
	role, err := s.cfg.Policy.May(a, "publish", access.Thing{Kind: "course", ID: d.Value.Course})
	if err != nil {
		return VersionDoc{}, err
	}
	if d.Value.State == Draft {
		if err := s.publishable(ctx, versionDoc(d)); err != nil {
			return VersionDoc{}, err
		}
		now := s.now()
		d.Value.State, d.Value.PublishedBy, d.Value.PublishedAt = Published, a.Name(), now
		d.Value.Digest = fingerprint(d.Value.Content, 26)
		d.Due = storage.NewDue(HeadStep, now)
		d.Trail = append(d.Trail, s.entry(a, role, "publish_course", VersionsCollection, id, "", "", d.Value.Digest))
		// Replace, not Update: what was checked is exactly what is frozen.
		if err := s.versions.Replace(ctx, &d); err != nil {
			if errors.Is(err, faults.Conflict) {
				return VersionDoc{}, faults.Wrap(err, faults.Conflict, "Draf berubah saat diperiksa. Muat ulang lalu terbitkan lagi.", "The draft changed while it was checked. Reload and publish again.")
			}
			return VersionDoc{}, err
		}
	}
	if err := s.Head(ctx, id); err != nil {
		s.wake(ctx, VersionsCollection, id) // it is published; the chain carries the rest on
		s.cfg.Log.WarnContext(ctx, "head of course not moved yet", "version", id, "err", err)
	}
	return versionDoc(d), nil
}

// Head makes a published version the head of its course, unless a later one is. A chain step: due step "head" of a version. Idempotent.
func (s *Service) Head(ctx context.Context, id VersionID) error {
	v, err := s.versions.Get(ctx, id)
	if err != nil {
		return err
	}
	if v.Value.State != Published {
		return nil
	}
	_, err = s.courses.Update(ctx, v.Value.Course, func(c *storage.Doc[Course]) error {
		if c.Value.Draft == id {
			c.Value.Draft = ""
		} else if c.Value.Number >= v.Value.Number {
			return storage.Unchanged
		}
		if c.Value.Number < v.Value.Number {
			c.Value.Head, c.Value.Number = id, v.Value.Number
			c.Value.Card = v.Value.Content.Card
			c.Value.Card.Lessons = len(v.Value.Content.Lessons)
			c.Value.Card.Assessed = v.Value.Content.Assessed()
		}
		c.Value.Latest = max(c.Value.Latest, v.Value.Number)
		c.Value.Changed = v.Value.PublishedAt
		return nil
	})
	if err != nil {
		return err
	}
	err = s.cfg.DB.UpdateEnvelope(ctx, VersionsCollection, id, func(e *storage.Envelope) error {
		if e.Due == nil || e.Due.Step != HeadStep {
			return storage.Unchanged
		}
		e.Due = storage.NewDue(AnnounceStep, s.now())
		return nil
	})
	if err == nil {
		s.wake(ctx, VersionsCollection, id)
	}
	return err
}

// Announced notes that other rooms know of a published version. A chain step: due step "announce" of a version. Idempotent.
func (s *Service) Announced(ctx context.Context, id VersionID) error {
	return s.clearDue(ctx, VersionsCollection, id, AnnounceStep)
}

// CourseAnnounced notes that other rooms know of a course closed or opened. A chain step: due step "announce" of a course. Idempotent.
func (s *Service) CourseAnnounced(ctx context.Context, code CourseID) error {
	return s.clearDue(ctx, CoursesCollection, code, AnnounceStep)
}

// clearDue takes the due of a finished step away. Another step's due stays.
func (s *Service) clearDue(ctx context.Context, collection, id, step string) error {
	return s.cfg.DB.UpdateEnvelope(ctx, collection, id, func(e *storage.Envelope) error {
		if e.Due == nil || e.Due.Step != step {
			return storage.Unchanged
		}
		e.Due = nil
		return nil
	})
}

// CheckPublish lists why a draft may not be published yet, as the fields of an Invalid error; nil when it may.
func (s *Service) CheckPublish(ctx context.Context, a access.Actor, id VersionID) error {
	v, err := s.Version(ctx, a, id)
	if err != nil {
		return err
	}
	return s.publishable(ctx, v)
}

// bankOfRef reads a stored bank.
func (s *Service) bankOfRef(ctx context.Context, ref BankRef) (*Bank, error) {
	return s.bank(ctx, ref.Bank)
}

// checkPrinted names letters of what stands on a certificate that cannot be printed there.
func (s *Service) checkPrinted(c *Content, with func(path, id, en string)) {
	if s.cfg.Letters == nil {
		return
	}
	check := func(path, text string) {
		if t, bad := texts.Unprintable(s.cfg.Letters.Printable(text)); bad {
			with(path, t.ID, t.EN)
		}
	}
	check("title", c.Card.Title.ID)
	check("title_en", c.Card.Title.EN)
	for i, l := range c.Lessons {
		check(fmt.Sprintf("lessons[%d].title", i), l.Title.ID)
	}
}

// checkPublish lists why a content may not be published. bank reads a bank; an import asks before its banks are stored. reviewed asks for the approval of items,
// too, where the course wants it.
func (s *Service) checkPublish(ctx context.Context, course CourseID, c *Content, bank func(context.Context, BankRef) (*Bank, error), text func(context.Context, LessonRef) (string, error), reviewed bool) error {
	e := faults.New(faults.Invalid, "Kursus belum dapat diterbitkan.", "The course cannot be published yet.")
	with := func(path, id, en string) { e.With(path, id, en) }
	if err := checkCard(c.Card); err != nil {
		e.Fields = append(e.Fields, faults.Of(err).Fields...)
	}
	checkMinutes(c, with)
	s.checkPrinted(c, with)

	if len(c.Objectives) == 0 {
		with("objectives", "Kursus harus punya paling sedikit satu capaian.", "A course needs at least one objective.")
	}
	for i, o := range c.Objectives {
		for _, other := range c.Objectives[:i] {
			if o.Code == other.Code {
				with(fmt.Sprintf("objectives[%d].code", i), "Kode capaian "+o.Code+" dipakai dua kali.", "Objective code "+o.Code+" is used twice.")
			}
		}
	}
	s.checkServed(ctx, c.Objectives, with)
	if len(c.Lessons) == 0 {
		with("lessons", "Kursus harus punya paling sedikit satu pelajaran.", "A course needs at least one lesson.")
	}
	for i, l := range c.Lessons {
		at := fmt.Sprintf("lessons[%d].", i)
		for _, other := range c.Lessons[:i] {
			if l.Code == other.Code {
				with(at+"code", "Kode pelajaran "+l.Code+" dipakai dua kali.", "Lesson code "+l.Code+" is used twice.")
			}
		}
		if l.Lesson == "" {
			with(at+"file", "Isi pelajaran "+l.Code+" belum ada.", "Lesson "+l.Code+" has no text.")
		}
		if l.Part != "" && (l.Part == TaskPart || !slices.Contains(PartNames, l.Part)) {
			with(at+"part", "Bagian harus lessons, practice, atau cases.", "The part is lessons, practice or cases.")
		}
		if len(l.Files) > 0 {
			md, err := text(ctx, l)
			if err != nil {
				return err
			}
			checkShown(at, "text", "Pelajaran "+l.Code, "Lesson "+l.Code, true, md, with)
		}
		for _, o := range l.Objectives {
			if _, ok := c.Objective(o); !ok {
				with(at+"objectives", "Capaian "+o+" tidak ada di kursus ini.", "The course has no objective "+o+".")
			}
		}
	}
	for i, b := range c.Banks {
		if len(b.Mute) > 0 {
			codes := strings.Join(b.Mute[:min(len(b.Mute), 10)], ", ")
			with(fmt.Sprintf("banks[%d].items", i), "Gambar pada soal "+codes+" belum punya teks pengganti. Di halaman Ubah soal, tulis apa yang terlihat di antara ![ dan ].", "The pictures of items "+codes+" have no alternative text. In the item's editor write what one sees between ![ and ].")
		}
	}
	post := 0
	for i, q := range c.Quizzes {
		have := grading.Blueprint{}
		if ref, ok := c.Bank(q.Bank); ok {
			b, err := bank(ctx, ref)
			if err != nil {
				return err
			}
			if have, err = s.stock(ctx, course, b); err != nil {
				return err
			}
		}
		checkQuiz(i, q, c, have, with)
		if q.Kind == PostTest {
			post++
		}
	}
	if post == 0 {
		with("quizzes", "Kursus harus punya tes akhir; sertifikat bertumpu padanya.", "A course needs a post-test; the certificate rests on it.")
	}
	if reviewed {
		if err := s.checkReviewed(ctx, course, c, bank, with); err != nil {
			return err
		}
	}
	for i, p := range c.Prerequisites {
		at := fmt.Sprintf("prerequisites[%d]", i)
		if p == course {
			with(at, "Kursus tidak boleh menjadi prasyarat dirinya sendiri.", "A course cannot be its own prerequisite.")
			continue
		}
		other, err := s.courses.Get(ctx, p)
		switch {
		case errors.Is(err, faults.NotFound) || err == nil && other.Value.Head == "":
			with(at, "Kursus prasyarat "+p+" tidak ada atau belum terbit.", "The prerequisite "+p+" does not exist or is not published.")
		case err != nil:
			return err
		default:
			if loop, err := s.requires(ctx, p, course, map[string]bool{}); err != nil {
				return err
			} else if loop {
				with(at, "Prasyarat melingkar: "+p+" sendiri mensyaratkan "+course+".", "Circular prerequisite: "+p+" itself requires "+course+".")
			}
		}
	}
	for i, t := range c.Card.Targets {
		at := fmt.Sprintf("targets[%d].", i)
		if t.Level < 1 || t.Level > 5 {
			with(at+"level", "Level kompetensi 1 sampai 5.", "A competency level is 1 to 5.")
		}
		if s.cfg.Dictionary != nil && !s.cfg.Dictionary.Known(ctx, t.Competency) {
			with(at+"competency", "Kompetensi "+t.Competency+" tidak ada di kamus.", "Competency "+t.Competency+" is not in the dictionary.")
		}
	}
	checkTasks(c, with)
	if len(e.Fields) == 0 {
		return nil
	}
	sort.SliceStable(e.Fields, func(i, j int) bool { return e.Fields[i].Path < e.Fields[j].Path })
	return e
}

// lessonText is the Markdown of a stored lesson.
func (s *Service) lessonText(ctx context.Context, ref LessonRef) (string, error) {
	l, err := s.lesson(ctx, ref.Lesson)
	if err != nil {
		return "", err
	}
	return l.Markdown, nil
}

// checkShown asks for words beside all that a text shows: what stands for a picture, and the transcript of a video or recording, so that nobody has to see or hear them. id and en name the text.
func checkShown(at, field, id, en string, shows bool, md string, with func(path, id, en string)) {
	if !shows {
		return
	}
	shown, err := markdown.Embeds(md)
	if err != nil {
		return // it was written, so it can be read
	}
	for _, e := range shown {
		f, ok := e.File()
		switch {
		case !ok:
		case e.Alt == "":
			with(at+field, fmt.Sprintf("%s baris %d: tulis apa yang terlihat atau terdengar, di antara ![ dan ].", id, e.Line), fmt.Sprintf("%s line %d: write what one sees or hears between ![ and ].", en, e.Line))
		case !f.Picture && !e.Transcript:
			with(at+field, fmt.Sprintf("%s baris %d: video atau rekaman ini belum punya transkrip. Tulis tepat di bawahnya: > **Transkrip:** lalu isinya.", id, e.Line),
				fmt.Sprintf("%s line %d: this video or recording has no transcript. Write it right below: > **Transcript:** and its words.", en, e.Line))
		}
	}
}

// checkMinutes asks whether the declared minutes carry the JP: at least 90 % of JP x 45, naming the numbers.
func checkMinutes(c *Content, with func(path, id, en string)) {
	sum := 0
	for part, m := range c.Minutes {
		if !slices.Contains(PartNames, part) {
			with("minutes."+part, "Bagian "+part+" tidak dikenal. Pakai lessons, practice, cases, tests, field_task.", "Unknown part "+part+". Use lessons, practice, cases, tests, field_task.")
		}
		if m < 0 {
			with("minutes."+part, "Menit tidak boleh negatif.", "Minutes cannot be negative.")
		}
		sum += m
	}
	full := c.Card.JP * MinutesPerJP
	need := (full*MinutesShare + 99) / 100 // rounded up, so that just below never passes
	if sum < need {
		with("minutes",
			fmt.Sprintf("Jumlah menit %d, padahal %d JP berarti %d menit dan paling sedikit %d menit (%d%%) harus terisi. Tambah %d menit latihan, kasus, tugas lapangan, atau tes, atau turunkan JP.",
				sum, c.Card.JP, full, need, MinutesShare, need-sum),
			fmt.Sprintf("The minutes add up to %d, but %d JP are %d minutes and at least %d minutes (%d%%) must be filled. Add %d minutes of practice, cases, field tasks or tests, or lower the JP.",
				sum, c.Card.JP, full, need, MinutesShare, need-sum))
	}
}

// requires says whether a course requires another one, directly or through others.
func (s *Service) requires(ctx context.Context, course, other CourseID, seen map[string]bool) (bool, error) {
	if seen[course] {
		return false, nil
	}
	seen[course] = true
	c, err := s.courses.Get(ctx, course)
	if errors.Is(err, faults.NotFound) || err == nil && c.Value.Head == "" {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	v, err := s.version(ctx, c.Value.Head)
	if err != nil {
		return false, err
	}
	for _, p := range v.Content.Prerequisites {
		if p == other {
			return true, nil
		}
		if loop, err := s.requires(ctx, p, other, seen); loop || err != nil {
			return loop, err
		}
	}
	return false, nil
}
