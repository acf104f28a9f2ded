package exchange

import (
	"strconv"
	"strings"

	"github.com/apelkota/apel/courses/grading"
)

// A rubric in one line per criterion, for formats that know no rubric: "Isi | 3 | 0 Kurang | 50 Cukup | 100 Baik" is the criterion, its weight, and the
// levels with their marks in percent. In texts | [ ] \ and line ends are escaped.

var criterionEscapes = strings.NewReplacer(`\`, `\\`, "|", `\|`, "[", `\<`, "]", `\>`, "\n", `\n`)

func printCriterion(c grading.Criterion) string {
	var b strings.Builder
	b.WriteString(criterionEscapes.Replace(c.Text) + " | " + strconv.Itoa(c.Weight))
	for _, l := range c.Levels {
		b.WriteString(" | " + l.Mark.Percent() + " " + criterionEscapes.Replace(l.Text))
	}
	return b.String()
}

// parseCriterion reads one line; the id is left empty.
func parseCriterion(s string) (c grading.Criterion, ok bool) {
	cells := []string{""}
	for i := 0; i < len(s); i++ {
		at := &cells[len(cells)-1]
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			switch s[i] {
			case '<':
				*at += "["
			case '>':
				*at += "]"
			case 'n':
				*at += "\n"
			default:
				*at += s[i : i+1]
			}
		case s[i] == '|':
			cells = append(cells, "")
		default:
			*at += s[i : i+1]
		}
	}
	if len(cells) < 3 {
		return c, false
	}
	c.Text = strings.TrimSpace(cells[0])
	var err error
	if c.Weight, err = strconv.Atoi(strings.TrimSpace(cells[1])); err != nil {
		return c, false
	}
	for _, cell := range cells[2:] {
		mark, text, _ := strings.Cut(strings.TrimSpace(cell), " ")
		m, err := grading.ParseMark(strings.TrimSuffix(mark, "%"))
		if err != nil {
			return c, false
		}
		c.Levels = append(c.Levels, grading.Level{Text: strings.TrimSpace(text), Mark: m})
	}
	return c, true
}

// parseRubric reads all lines of a text as criteria; false when one is none.
func parseRubric(s string) (out []grading.Criterion, ok bool) {
	for _, line := range strings.Split(s, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		c, ok := parseCriterion(line)
		if !ok || len(out) == grading.MaxParts {
			return nil, false
		}
		c.ID = grading.OptionID(len(out))
		out = append(out, c)
	}
	return out, len(out) > 0
}

func printRubric(rubric []grading.Criterion) string {
	lines := make([]string, len(rubric))
	for i, c := range rubric {
		lines[i] = printCriterion(c)
	}
	return strings.Join(lines, "\n")
}

// plainRubric is what an essay gets whose file has none: one criterion that fits any question.
func plainRubric() []grading.Criterion {
	return []grading.Criterion{{ID: "a", Text: "Isi jawaban", Weight: 1, Levels: []grading.Level{{Text: "Tidak menjawab pertanyaan"}, {Text: "Menjawab sebagian", Mark: grading.Full / 2}, {Text: "Menjawab lengkap dan benar", Mark: grading.Full}}}}
}
