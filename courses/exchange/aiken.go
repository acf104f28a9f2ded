package exchange

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/markdown"
	"github.com/apelkota/apel/internal/texts"
)

var (
	aikenOption = regexp.MustCompile(`^\s*([A-Z])[.)]\s+(.*)$`)
	aikenKey    = regexp.MustCompile(`^\s*ANSWER:\s*([A-Za-z])\s*$`)
)

// readAiken reads single choice as Moodle's Aiken has it: the question in one line, options "A. ..." or "A) ...", then "ANSWER: A". Texts are plain.
func readAiken(in *intake, data []byte) {
	text, ok := in.plainText(data)
	if !ok {
		return
	}
	var it grading.Item
	start := 0
	letters := ""
	reset := func() { it, start, letters = grading.Item{Type: grading.Single}, 0, "" }
	unfinished := func() {
		if start > 0 {
			in.refuse(place{start, 0}, "Soal ini belum lengkap: tidak ada baris ANSWER: di bawah pilihannya.", "This item is not complete: there is no ANSWER: line below its options.")
			in.settle(0)
		}
		reset()
	}
	reset()
	in.begin()
	for i, line := range strings.Split(text, "\n") {
		n := i + 1
		if in.full(place{n, 0}) {
			return
		}
		key, option := aikenKey.FindStringSubmatch(line), aikenOption.FindStringSubmatch(line)
		switch {
		case strings.TrimSpace(line) == "":
		case key != nil:
			at := strings.Index(letters, strings.ToUpper(key[1]))
			switch {
			case start == 0:
				in.refuse(place{n, 0}, "ANSWER: tanpa soal di atasnya.", "ANSWER: without an item above it.")
				in.settle(0)
				continue
			case at < 0:
				in.refuse(place{n, 0}, "ANSWER: %s, padahal pilihan %[1]s tidak ada.", "ANSWER: %s, but there is no option %[1]s.", key[1])
			case at < len(it.Options):
				it.Options[at].Mark = grading.Full
			}
			in.soundItem(it, start)
			in.take(it, place{start, 0}, nil, false)
			reset()
		case option != nil && start > 0:
			if len(it.Options) == grading.MaxOptions {
				in.refuse(place{n, 0}, "Paling banyak %d pilihan.", "At most %d options.", grading.MaxOptions)
				continue
			}
			letters += option[1]
			it.Options = append(it.Options, grading.Option{ID: grading.OptionID(len(it.Options)), Text: toMarkdown(option[2])})
		case start > 0 && len(it.Options) == 0 && len(it.Stem) > markdown.MaxBytes: // refused for its length when it ends; not copied for every further line
		case start > 0 && len(it.Options) == 0:
			it.Stem += "\n" + toMarkdown(line)
			in.lost(place{n, 0}, "Pertanyaan Aiken hanya satu baris; baris ini disambung ke pertanyaan di atasnya.", "A question in Aiken is one line; this line was joined to the one above it.")
		default:
			unfinished()
			it.Stem, start = toMarkdown(line), n
		}
	}
	unfinished()
}

func notAiken(it grading.Item) texts.Text {
	if it.Type != grading.Single {
		return noForm
	}
	return texts.Text{}
}

// writeAiken writes single choice; everything but question, options and key is lost.
func writeAiken(w io.Writer, items []grading.Item, _ OpenFile) (Report, error) {
	if err := unsayable(Aiken, items, notAiken); err != nil {
		return nil, err
	}
	var r Report
	b := bufio.NewWriter(w)
	for i, it := range items {
		l := &losses{}
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintln(b, l.line(it.Stem))
		key := ""
		for j, o := range it.Options {
			fmt.Fprintf(b, "%c. %s\n", 'A'+j, l.line(o.Text))
			if o.Mark == grading.Full {
				key = string(rune('A' + j))
			} else if o.Mark != 0 {
				l.add("nilai sebagian", "partial marks")
			}
			if o.Feedback != "" {
				l.add("umpan balik", "feedback")
			}
		}
		if it.General != "" {
			l.add("umpan balik", "feedback")
		}
		fmt.Fprintf(b, "ANSWER: %s\n", key)
		l.add("id, capaian, dan keterangan lain", "id, objective and other metadata")
		l.report(&r, string(Aiken), i, it)
	}
	return r, b.Flush()
}
