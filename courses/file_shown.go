package courses

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/apelkota/apel/courses/markdown"
	"github.com/apelkota/apel/courses/media"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

// MaxAlt bounds the words that stand for a picture or recording, in bytes.
const MaxAlt = 300

// CheckAlt tidies the words that stand for a file. Invalid on the field alt without any: whoever does not see or hear it reads them.
func CheckAlt(alt string) (string, error) {
	if alt = strings.Join(strings.Fields(alt), " "); alt == "" || len(alt) > MaxAlt {
		return "", faults.OnField("alt", "Tulis apa yang terlihat atau terdengar, paling banyak 300 huruf, untuk yang tidak dapat melihatnya.", "Write what one sees or hears, at most 300 characters, for those who cannot.")
	}
	return alt, nil
}

// Markdown is what shows the file in a lesson or item: the embed with the words that stand for it and, for video and recordings, the transcript below; without one, the place for it.
func (f FileDoc) Markdown(alt, transcript string) string {
	alt = strings.NewReplacer("[", "(", "]", ")", "\\", "/", "<", "(", ">", ")", "`", "'", "*", "", "_", " ").Replace(alt)
	line := "![" + alt + "](" + markdown.Folder + f.Name + ")"
	if x, _ := media.Parse(f.Name); !x.Picture {
		line += "\n\n> **Transkrip:** " + strings.Join(strings.Split(strings.TrimSpace(transcript), "\n"), "\n> ")
	}
	return line
}

// ShownFile is a file where a version shows it.
type ShownFile struct {
	FileDoc
	Lesson     string // code; or
	Bank, Item string // codes
	Alt        string // what stands for it
	Line       int    // of the lesson; 0 in an item
	Transcript bool   // there is one, below it
}

// VersionFiles lists where a version shows files, in its order, lessons before items. For authors and reviewers.
func (s *Service) VersionFiles(ctx context.Context, a access.Actor, id VersionID) ([]ShownFile, error) {
	d, err := s.versions.Get(ctx, id)
	if err != nil {
		return nil, notFound(err, "Versi kursus ini tidak ada.", "This version of the course does not exist.")
	}
	if _, err := s.cfg.Policy.May(a, "review", access.Thing{Kind: "course", ID: d.Value.Course}); err != nil {
		return nil, err
	}
	var out []ShownFile
	add := func(md string, where ShownFile) error {
		shown, err := markdown.Embeds(md)
		if err != nil {
			return nil //nolint:nilerr // it was written, so it can be read
		}
		for _, e := range shown {
			f, ok := e.File()
			if !ok {
				continue
			}
			x, err := s.files.Get(ctx, f.Name)
			if err != nil {
				return err
			}
			where.FileDoc, where.Alt, where.Line, where.Transcript = FileDoc{f.Name, x.Value}, e.Alt, e.Line, e.Transcript
			out = append(out, where)
		}
		return nil
	}
	for _, l := range d.Value.Content.Lessons {
		if len(l.Files) == 0 {
			continue
		}
		text, err := s.lesson(ctx, l.Lesson)
		if err != nil {
			return nil, err
		}
		if err := add(text.Markdown, ShownFile{Lesson: l.Code}); err != nil {
			return nil, err
		}
	}
	for _, b := range d.Value.Content.Banks {
		if len(b.Files) == 0 {
			continue
		}
		items, err := s.bankItems(ctx, &d.Value, b.Code)
		if err != nil {
			return nil, err
		}
		for _, it := range items {
			from := len(out)
			for _, md := range markdownOf(it, "") {
				if err := add(md, ShownFile{Bank: b.Code, Item: it.Code}); err != nil {
					return nil, err
				}
			}
			for i := from; i < len(out); i++ {
				out[i].Line = 0
			}
			slices.SortStableFunc(out[from:], func(x, y ShownFile) int { return strings.Compare(x.Name, y.Name) })
			out = append(out[:from], slices.CompactFunc(out[from:], func(x, y ShownFile) bool { return x.Name == y.Name })...)
		}
	}
	return out, nil
}

// Where tells the place apart from every other of its version.
func (f ShownFile) Where() string {
	return fmt.Sprintf("%s/%s/%s/%d/%s", f.Lesson, f.Bank, f.Item, f.Line, f.Name)
}
