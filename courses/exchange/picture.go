package exchange

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/markdown"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// Pictures that stand in a file of items or in a lesson. Whoever reads hands in KeepPicture, which makes a picture fit and says under which name Markdown shows it; nothing
// here decides what a picture is, and nothing is ever fetched from an address.

// File is a picture that stood in a file of items or in a lesson.
type File struct {
	Name, Type string // what the file calls it ("gambar-1.png"); its media type by the look of it
	Alt        string // what the file said of it; may be empty
	Data       []byte
}

// KeepPicture keeps a picture of a document and answers under which name Markdown shows it; an error says why it is left out.
type KeepPicture func(f File) (name string, err error)

// maxKept bounds the pictures of one file, each counted once.
const maxKept = 300

// once keeps each picture once, however often it is shown. nil stays nil.
func (keep KeepPicture) once() KeepPicture {
	if keep == nil {
		return nil
	}
	type kept struct {
		name string
		err  error
	}
	seen := map[[sha256.Size]byte]kept{}
	return func(f File) (string, error) {
		sum := sha256.Sum256(f.Data)
		k, ok := seen[sum]
		if !ok {
			if len(seen) >= maxKept {
				return "", faults.Newf(faults.TooLarge, "Satu berkas paling banyak memuat %d gambar. Bagi berkasnya.", "A file holds at most %d pictures. Split it.", maxKept)
			}
			k.name, k.err = keep(f)
			seen[sum] = k
		}
		return k.name, k.err
	}
}

// embedded is the Markdown that shows a picture; one that is not kept leaves its description in words. say is what an author must know of it, of this weight.
func embedded(f File, keep KeepPicture) (md string, weight Weight, say texts.Text) {
	name, err := keep(f)
	if err != nil {
		t := faults.Of(err).Text
		return pictureWords(f), Changed, texts.T(fmt.Sprintf("Gambar %s tidak ikut: %s", shorten(f.Name), t.ID), fmt.Sprintf("The picture %s is left out: %s", shorten(f.Name), t.EN))
	}
	alt := altSigns.Replace(f.Alt)
	if alt == "" {
		f := faults.Newf(faults.Invalid, "Gambar %s belum punya teks pengganti. Tulis apa yang terlihat, di antara ![ dan ].", "The picture %s has no alternative text. Write what one sees between ![ and ].", shorten(f.Name))
		weight, say = Uncertain, f.Text
	}
	return "![" + alt + "](" + markdown.Folder + name + ")", weight, say
}

var altSigns = strings.NewReplacer("[", "(", "]", ")", `\`, "/", "<", "(", ">", ")", "`", "'", "*", "", "_", " ", "&", "dan", "!", "", "\n", " ")

// pictureWords stand for a picture that is not there.
func pictureWords(f File) string {
	alt := f.Alt
	if alt == "" {
		alt = f.Name
	}
	if alt == "" {
		alt = "tanpa keterangan"
	}
	return escapeInline("(Gambar: " + shorten(alt) + ")")
}

// shown is the Markdown of a picture of the item under way; what its author must know of it is reported at the place.
func (in *intake) shown(at place, f File) string {
	if in.keep == nil {
		in.lost(at, "Gambar %s tidak ikut; keterangannya menggantikannya. Sisipkan di halaman Ubah soal.", "The picture %s is left out; its description stands for it. Put it in with the item's editor.", shorten(f.Name))
		return pictureWords(f)
	}
	md, weight, say := embedded(f, in.keep)
	if weight == Changed {
		say = texts.T(say.ID+" Sisipkan di halaman Ubah soal.", say.EN+" Put one in with the item's editor.")
	}
	if weight != "" {
		in.report = append(in.report, Mistake{File: in.file, Line: at.line, Column: at.column, Weight: weight, Text: say})
	}
	return md
}

// dataPicture is a picture that stands in an address itself; false for any other address.
func dataPicture(src, alt string) (File, bool) {
	head, data, ok := strings.Cut(src, ",")
	if !ok || !strings.HasPrefix(head, "data:image/") || !strings.HasSuffix(head, ";base64") {
		return File{}, false
	}
	b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(data), ""))
	if err != nil {
		b = nil // no picture, as it will be told
	}
	return File{Name: "di halaman", Type: typeOf(b), Alt: alt, Data: b}, true
}

// typeOf is a media type by the look of the content.
func typeOf(data []byte) string {
	kind, _, _ := strings.Cut(http.DetectContentType(data), ";")
	return kind
}

// fileName is the name at the end of an address inside a file: "@@PLUGINFILE@@/foto%20loket.png?time=1" is "foto loket.png".
func fileName(address string) string {
	address, _, _ = strings.Cut(address, "?")
	if name, err := url.PathUnescape(address); err == nil {
		address = name
	}
	return path.Base(strings.ReplaceAll(address, `\`, "/"))
}

var (
	mdPicture      = regexp.MustCompile(`!\[((?:[^\]\\]|\\.)*)\]\(([^)\s]*)\)`)
	foreignPicture = regexp.MustCompile(`!\[([^\]\n]*)\]\([^)\n]*\)`)
)

// Rewrite passes every text of an item that people read as Markdown through f. The item given stays as it is.
func Rewrite(it grading.Item, f func(md string) string) grading.Item {
	options := func(list []grading.Option, read bool) []grading.Option {
		list = slices.Clone(list)
		for i := range list {
			if read {
				list[i].Text = f(list[i].Text)
			}
			list[i].Feedback = f(list[i].Feedback)
		}
		return list
	}
	it.Stem, it.General = f(it.Stem), f(it.General)
	it.Hints = slices.Clone(it.Hints)
	for i := range it.Hints {
		it.Hints[i] = f(it.Hints[i])
	}
	it.Options = options(it.Options, it.Type != grading.ShortText && it.Type != grading.Numeric)
	it.Parts = slices.Clone(it.Parts)
	for i := range it.Parts {
		p := &it.Parts[i]
		p.Text = f(p.Text)
		p.Options = options(p.Options, p.Type == "" || p.Type == grading.Single)
	}
	return it
}

// PicturesOf lists the names of the pictures that items show, each once, in their order; with undescribed only those that somewhere have no alternative text.
func PicturesOf(items []grading.Item, undescribed bool) (names []string) {
	for _, it := range items {
		Rewrite(it, func(md string) string {
			shown, _ := markdown.Embeds(md) // what cannot be read shows nothing
			for _, e := range shown {
				if f, ok := e.File(); ok && (!undescribed || e.Alt == "") && !slices.Contains(names, f.Name) {
					names = append(names, f.Name)
				}
			}
			return md
		})
	}
	return names
}

// Described gives the pictures of an item that have no alternative text the one of their name. The item given stays as it is.
func Described(it grading.Item, alts map[string]string) grading.Item {
	if len(alts) == 0 {
		return it
	}
	return Rewrite(it, func(md string) string {
		return mdPicture.ReplaceAllStringFunc(md, func(s string) string {
			m := mdPicture.FindStringSubmatch(s)
			name, ours := strings.CutPrefix(m[2], markdown.Folder)
			alt := strings.Join(strings.Fields(altSigns.Replace(alts[name])), " ")
			if !ours || strings.TrimSpace(m[1]) != "" || alt == "" {
				return s
			}
			return "![" + alt + "](" + m[2] + ")"
		})
	})
}

// pictured puts pictures where their marks stand in the texts of an item.
func (in *intake) pictured(it grading.Item, at place) grading.Item {
	if len(in.pictures) == 0 {
		return it
	}
	it = Rewrite(it, func(md string) string {
		if unmarked(md) == md {
			return md
		}
		var b strings.Builder
		for _, r := range md {
			switch n := int(r - pictureMark); {
			case !isPictureMark(r):
				b.WriteRune(r)
			case n < len(in.pictures):
				b.WriteString(in.shown(at, in.pictures[n]))
			}
		}
		return b.String()
	})
	for i, o := range it.Options { // what is typed shows no pictures
		if s := unmarked(o.Text); s != o.Text {
			it.Options[i].Text = s
			in.lost(at, "Gambar di dalam jawaban yang diketik tidak ikut.", "A picture inside an answer that is typed is left out.")
		}
	}
	return it
}
