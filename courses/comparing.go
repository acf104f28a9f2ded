package courses

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// Fate is what became of a part of a course from one version to another.
type Fate string

// The fates. What is the same in both versions is not listed.
const (
	FateNew     Fate = "new"
	FateGone    Fate = "gone"
	FateChanged Fate = "changed"
)

// Change is one part that differs between two versions.
type Change struct {
	Fate   Fate
	Code   string
	Bank   string // of an item
	Title  texts.Text
	Fields []grading.Difference // of what is changed
	Lines  []Line               // of a lesson's Markdown
}

// Line is one line of a text in two versions: gone ("-"), new ("+") or the same (" "). Sames far from every change are left out; an empty Mark stands for some left out.
type Line struct {
	Mark string
	Text string
}

// Comparison is what differs between two versions of a course. Lists without entries mean: nothing.
type Comparison struct {
	Was, Now   VersionDoc
	Card       []grading.Difference // with minutes and prerequisites
	Objectives []Change
	Order      []grading.Difference // of lessons and of quizzes, where it is another one
	Lessons    []Change
	Quizzes    []Change
	Tasks      []Change // field tasks
	Items      []Change
	Files      []Change // shown by lessons or items; the code is the name
}

// Same says whether nothing differs.
func (c Comparison) Same() bool {
	return len(c.Card)+len(c.Objectives)+len(c.Order)+len(c.Lessons)+len(c.Quizzes)+len(c.Tasks)+len(c.Items)+len(c.Files) == 0
}

// CompareVersions lists what differs from one version of a course to another, for authors and reviewers. Errors: NotFound; Invalid for versions of different courses.
func (s *Service) CompareVersions(ctx context.Context, a access.Actor, was, now VersionID) (Comparison, error) {
	var out Comparison
	for id, to := range map[VersionID]*VersionDoc{was: &out.Was, now: &out.Now} {
		d, err := s.versions.Get(ctx, id)
		if err != nil {
			return out, notFound(err, "Versi kursus ini tidak ada.", "This version of the course does not exist.")
		}
		if _, err := s.cfg.Policy.May(a, "review", access.Thing{Kind: "course", ID: d.Value.Course}); err != nil {
			return out, hidden(err, false)
		}
		*to = versionDoc(d)
	}
	if was == now {
		out.Was = out.Now
	}
	if out.Was.Course != out.Now.Course {
		return out, faults.OnField("with", "Bandingkan dua versi dari kursus yang sama.", "Compare two versions of the same course.")
	}
	w, n := &out.Was.Content, &out.Now.Content
	out.Card = changedFields(cardFields(w), cardFields(n))
	out.Objectives = changesOf(w.Objectives, n.Objectives, func(o Objective) (string, texts.Text) { return o.Code, o.Text }, objectiveFields)
	out.Order = changedFields(orderFields(w), orderFields(n))
	out.Quizzes = changesOf(w.Quizzes, n.Quizzes, func(q Quiz) (string, texts.Text) { return q.Code, q.Name() }, quizFields)
	out.Tasks = changesOf(w.Tasks, n.Tasks, func(t FieldTask) (string, texts.Text) { return t.Code, t.Title }, taskFields)
	for i := range out.Tasks {
		compareInstructions(&out.Tasks[i], w, n)
	}
	out.Lessons = changesOf(w.Lessons, n.Lessons, func(l LessonRef) (string, texts.Text) { return l.Code, l.Title }, lessonFields)
	for i := range out.Lessons {
		if err := s.compareText(ctx, &out.Lessons[i], w, n); err != nil {
			return out, err
		}
	}
	if err := s.compareItems(ctx, &out); err != nil {
		return out, err
	}
	old, new := shownFiles(w), shownFiles(n)
	for _, f := range slices.Sorted(maps.Keys(new)) {
		if !old[f] {
			out.Files = append(out.Files, Change{Fate: FateNew, Code: f})
		}
	}
	for _, f := range slices.Sorted(maps.Keys(old)) {
		if !new[f] {
			out.Files = append(out.Files, Change{Fate: FateGone, Code: f})
		}
	}
	return out, nil
}

// compareText adds the lines of a lesson that differ.
func (s *Service) compareText(ctx context.Context, c *Change, was, now *Content) error {
	text := func(k *Content) (string, error) {
		ref, ok := k.Lesson(c.Code)
		if !ok || ref.Lesson == "" {
			return "", nil
		}
		return s.lessonText(ctx, ref)
	}
	if c.Fate != FateChanged {
		return nil // said as a whole
	}
	old, err := text(was)
	if err != nil {
		return err
	}
	new, err := text(now)
	if err != nil || old == new {
		return err
	}
	c.Lines = near(compareLines(splitLines(old), splitLines(new)))
	c.Fields = c.Fields[:len(c.Fields)-1] // the fingerprint of the text, the last field, says less than its lines
	return nil
}

// splitLines are the lines of a text that say something.
func splitLines(s string) (out []string) {
	for l := range strings.Lines(s) {
		if l = strings.TrimRight(l, "\r\n\t "); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// compareItems compares the items of all banks by their codes.
func (s *Service) compareItems(ctx context.Context, out *Comparison) error {
	for _, ref := range bankCodes(&out.Was.Content, &out.Now.Content) {
		var lists [2]*Bank
		for i, k := range []*Content{&out.Was.Content, &out.Now.Content} {
			lists[i] = &Bank{}
			if r, ok := k.Bank(ref); ok {
				b, err := s.bank(ctx, r.Bank)
				if err != nil {
					return err
				}
				lists[i] = b
			}
		}
		for _, x := range lists[1].Items {
			was, ok := lists[0].find(x.Code)
			if ok && was.Item == x.Item {
				continue
			}
			now, err := s.current(ctx, x.Item)
			if err != nil {
				return err
			}
			c := Change{Fate: FateNew, Code: x.Code, Bank: ref, Title: texts.T(now.Stem, now.Stem)}
			if ok {
				before, err := s.current(ctx, was.Item)
				if err != nil {
					return err
				}
				if c.Fate, c.Fields = FateChanged, grading.Differences(before, now); len(c.Fields) == 0 {
					continue
				}
			}
			out.Items = append(out.Items, c)
		}
		for _, x := range lists[0].Items {
			if _, ok := lists[1].find(x.Code); ok {
				continue
			}
			it, err := s.current(ctx, x.Item)
			if err != nil {
				return err
			}
			out.Items = append(out.Items, Change{Fate: FateGone, Code: x.Code, Bank: ref, Title: texts.T(it.Stem, it.Stem)})
		}
	}
	return nil
}

func bankCodes(all ...*Content) (out []string) {
	for _, c := range all {
		for _, b := range c.Banks {
			if !slices.Contains(out, b.Code) {
				out = append(out, b.Code)
			}
		}
	}
	return out
}

func shownFiles(c *Content) map[string]bool {
	out := map[string]bool{}
	for _, l := range c.Lessons {
		for _, f := range l.Files {
			out[f] = true
		}
	}
	for _, b := range c.Banks {
		for _, f := range b.Files {
			out[f] = true
		}
	}
	return out
}

// named is a value under its name, as an author writes it.
type named struct {
	name  texts.Text
	value string
}

// changedFields pairs two lists of the same fields in the same order.
func changedFields(was, now []named) (out []grading.Difference) {
	for i, f := range now {
		if before := was[i].value; before != f.value {
			out = append(out, grading.Difference{Name: f.name, Was: before, Now: f.value})
		}
	}
	return out
}

// changesOf compares two lists by the codes of their entries: what is new or changed in its new order, then what is gone.
func changesOf[T any](was, now []T, of func(T) (string, texts.Text), fields func(T) []named) (out []Change) {
	find := func(list []T, code string) (T, bool) {
		for _, x := range list {
			if c, _ := of(x); c == code {
				return x, true
			}
		}
		var none T
		return none, false
	}
	for _, x := range now {
		code, title := of(x)
		before, ok := find(was, code)
		if !ok {
			out = append(out, Change{Fate: FateNew, Code: code, Title: title})
		} else if f := changedFields(fields(before), fields(x)); len(f) > 0 {
			out = append(out, Change{Fate: FateChanged, Code: code, Title: title, Fields: f})
		}
	}
	for _, x := range was {
		if code, title := of(x); code != "" {
			if _, ok := find(now, code); !ok {
				out = append(out, Change{Fate: FateGone, Code: code, Title: title})
			}
		}
	}
	return out
}

func both(t texts.Text) string {
	if t.EN == "" || t.EN == t.ID {
		return t.ID
	}
	return t.ID + " | " + t.EN
}

func cardFields(c *Content) []named {
	var targets, minutes []string
	for _, t := range c.Card.Targets {
		targets = append(targets, fmt.Sprintf("%s: %d", t.Competency, t.Level))
	}
	for _, part := range PartNames {
		if n := c.Minutes[part]; n > 0 {
			minutes = append(minutes, fmt.Sprintf("%s %d", part, n))
		}
	}
	return []named{
		{say("Judul", "Title"), both(c.Card.Title)}, {say("Ringkasan", "Summary"), both(c.Card.Summary)}, {say("Jenis", "Kind"), string(c.Card.Kind)}, {say("Jalur", "Track"), c.Card.Track},
		{say("Nilai APEL", "Values of APEL"), strings.Join(c.Card.Values, ", ")}, {say("JP", "Learning hours (JP)"), strconv.Itoa(c.Card.JP)}, {say("Masa berlaku (bulan)", "Validity (months)"), strconv.Itoa(c.Card.ValidMonths)},
		{say("Daftar sendiri", "Self-enrolment"), yesNo(c.Card.SelfEnrolment)}, {say("Target kompetensi", "Target competencies"), strings.Join(targets, ", ")}, {say("Menit", "Minutes"), strings.Join(minutes, ", ")},
		{say("Prasyarat", "Prerequisites"), strings.Join(c.Prerequisites, ", ")},
	}
}

func objectiveFields(o Objective) []named {
	return []named{{say("Capaian", "Objective"), both(o.Text)}, {say("Kompetensi", "Competency"), o.Competency}}
}

func yesNo(b bool) string {
	if b {
		return "✓"
	}
	return "–"
}

func orderFields(c *Content) []named {
	var lessons, quizzes []string
	for _, l := range c.Lessons {
		lessons = append(lessons, l.Code)
	}
	for _, q := range c.Quizzes {
		quizzes = append(quizzes, q.Code)
	}
	return []named{{say("Urutan pelajaran", "Order of lessons"), strings.Join(lessons, " ")}, {say("Urutan tes", "Order of tests"), strings.Join(quizzes, " ")}}
}

func lessonFields(l LessonRef) []named {
	part := l.Part
	if part == "" {
		part = "lessons"
	}
	return []named{{say("Judul", "Title"), both(l.Title)}, {say("Menit", "Minutes"), strconv.Itoa(l.Minutes)}, {say("Bagian", "Part"), part}, {say("Capaian", "Objectives"), strings.Join(l.Objectives, ", ")},
		{say("Isi (sidik)", "Text (fingerprint)"), l.Lesson}}
}

func quizFields(q Quiz) []named {
	var draw []string
	for _, cell := range q.Draw.Cells() {
		draw = append(draw, fmt.Sprintf("%s: %d", cell, q.Draw[cell]))
	}
	return []named{{say("Jenis", "Kind"), string(q.Kind)}, {say("Judul", "Title"), both(q.Title)}, {say("Bank soal", "Item bank"), q.Bank}, {say("Kisi-kisi", "Blueprint"), strings.Join(draw, ", ")},
		{say("Batas waktu (menit)", "Time limit (minutes)"), strconv.Itoa(q.Minutes)}, {say("Kesempatan", "Attempts"), strconv.Itoa(q.Attempts)}, {say("Nilai lulus", "Pass mark"), strconv.Itoa(q.PassMark)},
		{say("Menurut urutan bank", "In the bank's order"), yesNo(q.InOrder)}, {say("Perilaku", "Behaviour"), both(q.Behaviour.Name())}, {say("Penilai", "Markers"), both(q.Marking.Name())}}
}

// Name says in words how many people mark.
func (q QuizMarking) Name() texts.Text {
	if q.markers() == 1 {
		return say("satu penilai", "one marker")
	}
	apart := q.Apart
	if apart == 0 {
		apart = UsualApart
	}
	return say(fmt.Sprintf("dua penilai, orang ketiga memutus selisih di atas %d", apart), fmt.Sprintf("two markers, a third person decides above a difference of %d", apart))
}

func taskFields(t FieldTask) []named {
	var rubric, shows []string
	for _, k := range t.Rubric {
		var levels []string
		for _, l := range k.Levels {
			levels = append(levels, l.Text+" "+l.Mark.Percent()+"%")
		}
		rubric = append(rubric, fmt.Sprintf("%s (%d): %s", k.Text, k.Weight, strings.Join(levels, ", ")))
	}
	for _, x := range t.Shows {
		shows = append(shows, fmt.Sprintf("%s: %d", x.Competency, x.Level))
	}
	judge := say("penilai", "marker")
	if t.Judge == BySupervisor {
		judge = say("atasan", "supervisor")
	}
	return []named{{say("Judul", "Title"), both(t.Title)}, {say("Kata paling banyak", "Words at most"), strconv.Itoa(t.Words)}, {say("Berkas paling banyak", "Files at most"), strconv.Itoa(t.Files)}, {say("Menit", "Minutes"), strconv.Itoa(t.Minutes)},
		{say("Batas waktu (hari)", "Time limit (days)"), strconv.Itoa(t.Days)}, {say("Dinilai oleh", "Judged by"), both(judge)}, {say("Penilai", "Markers"), both(t.Marking.Name())}, {say("Diterima mulai", "Accepted from"), strconv.Itoa(t.Accept)},
		{say("Tidak wajib", "Optional"), yesNo(t.Optional)}, {say("Kompetensi yang ditunjukkan", "Competencies shown"), strings.Join(shows, ", ")}, {say("Rubrik", "Rubric"), strings.Join(rubric, "; ")},
		{say("Petunjuk", "Instructions"), t.Instructions}} // the last one, see compareInstructions
}

// compareInstructions shows the instructions of a task that changed by their lines.
func compareInstructions(c *Change, was, now *Content) {
	old, _ := was.Task(c.Code)
	new, _ := now.Task(c.Code)
	if c.Fate != FateChanged || old.Instructions == new.Instructions {
		return
	}
	c.Lines = near(compareLines(splitLines(old.Instructions), splitLines(new.Instructions)))
	c.Fields = c.Fields[:len(c.Fields)-1]
}

// maxCompared bounds the lines compared one by one, beyond what two texts have in common at both ends; longer ones are shown as replaced.
const maxCompared = 1500

// compareLines marks the lines of two texts by their longest common subsequence. Pure.
func compareLines(was, now []string) (out []Line) {
	for len(was) > 0 && len(now) > 0 && was[0] == now[0] {
		out, was, now = append(out, Line{" ", was[0]}), was[1:], now[1:]
	}
	var tail []Line
	for len(was) > 0 && len(now) > 0 && was[len(was)-1] == now[len(now)-1] {
		tail, was, now = append(tail, Line{" ", was[len(was)-1]}), was[:len(was)-1], now[:len(now)-1]
	}
	slices.Reverse(tail)
	i, j := 0, 0
	if len(was) <= maxCompared && len(now) <= maxCompared {
		longest := make([][]int16, len(was)+1)
		for i := range longest {
			longest[i] = make([]int16, len(now)+1)
		}
		for i := len(was) - 1; i >= 0; i-- {
			for j := len(now) - 1; j >= 0; j-- {
				if was[i] == now[j] {
					longest[i][j] = longest[i+1][j+1] + 1
				} else {
					longest[i][j] = max(longest[i+1][j], longest[i][j+1])
				}
			}
		}
		for i < len(was) && j < len(now) {
			switch {
			case was[i] == now[j]:
				out, i, j = append(out, Line{" ", was[i]}), i+1, j+1
			case longest[i+1][j] >= longest[i][j+1]:
				out, i = append(out, Line{"-", was[i]}), i+1
			default:
				out, j = append(out, Line{"+", now[j]}), j+1
			}
		}
	}
	for ; i < len(was); i++ {
		out = append(out, Line{"-", was[i]})
	}
	for ; j < len(now); j++ {
		out = append(out, Line{"+", now[j]})
	}
	return append(out, tail...)
}

// near leaves out what is far from every change, so that a long lesson reads well on a phone. Pure.
func near(all []Line) (out []Line) {
	const around = 1
	for i, l := range all {
		close := false
		for j := max(0, i-around); j <= min(len(all)-1, i+around); j++ {
			close = close || all[j].Mark != " "
		}
		switch {
		case close:
			out = append(out, l)
		case len(out) == 0 || out[len(out)-1].Mark != "":
			out = append(out, Line{})
		}
	}
	return out
}
