package web

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/courses/grading"
)

// Names of form values. A question's answer is "answer.<item>", that of its n-th part (from 1) "answer.<item>#n". Beside them stand "parts.<item>", how many
// parts there are, and "as.<item>#n" = text where a part is typed, so that an autosave is read without looking at the question.
func answerName(item string) string      { return "answer." + item }
func partName(item string, n int) string { return answerName(item) + "#" + strconv.Itoa(n) }

// postedField reads what was posted for a control.
func postedField(c *gin.Context, name string, ask grading.Ask) grading.Answer {
	values := slices.DeleteFunc(c.PostFormArray(name), func(v string) bool { return strings.TrimSpace(v) == "" })
	if len(values) == 0 {
		return grading.Answer{}
	}
	switch ask {
	case grading.AskOne, grading.AskMany, grading.AskOrder:
		return grading.Answer{Choices: values}
	}
	return grading.Answer{Text: strings.TrimSpace(values[0])}
}

// postedAnswer reads the answer to a question as its page posted it.
func postedAnswer(c *gin.Context, it courses.ItemView) grading.Answer {
	if it.Ask != grading.AskParts {
		return postedField(c, answerName(it.Item), it.Ask)
	}
	var a grading.Answer
	for i, p := range it.Parts {
		x := postedField(c, partName(it.Item, i+1), p.Ask)
		if p.Taken { // its controls are closed and post nothing
			x = it.Answer.Part(i)
		}
		a.Parts = append(a.Parts, x)
	}
	return trimmed(a)
}

// savedAnswer reads one answer of an autosave; the control says in which form it comes, the room whether it fits the question.
func savedAnswer(c *gin.Context, item string) grading.Answer {
	n, err := strconv.Atoi(c.PostForm("parts." + item))
	if err != nil {
		ask := grading.AskMany
		if c.PostForm("as") == "text" {
			ask = grading.AskText
		}
		return postedField(c, answerName(item), ask)
	}
	var a grading.Answer
	for i := range min(n, grading.MaxParts) {
		ask := grading.AskMany
		if c.PostForm("as."+item+"#"+strconv.Itoa(i+1)) == "text" {
			ask = grading.AskText
		}
		a.Parts = append(a.Parts, postedField(c, partName(item, i+1), ask))
	}
	return trimmed(a)
}

// trimmed leaves out blank parts at the end.
func trimmed(a grading.Answer) grading.Answer {
	for len(a.Parts) > 0 && a.Parts[len(a.Parts)-1].Blank() {
		a.Parts = a.Parts[:len(a.Parts)-1]
	}
	return a
}

func sameAnswer(a, b grading.Answer) bool {
	return a.Text == b.Text && slices.Equal(a.Choices, b.Choices) && slices.EqualFunc(trimmed(a).Parts, trimmed(b).Parts, sameAnswer)
}

// asks are the controls of the page for what is asked.
var asks = map[grading.Ask]string{grading.AskOne: SingleChoice, grading.AskMany: MultipleChoice, grading.AskNumber: Numeric, grading.AskText: ShortText, grading.AskLong: LongText,
	grading.AskFiles: FileAnswer, grading.AskOrder: Parts, grading.AskParts: Parts}

func (l *learner) quizItem(c *gin.Context, attempt string, it courses.ItemView, of int) QuizItem {
	if it.Check != nil && it.Check.Closed { // checked for the last time: what stands here is its explanation
		return l.reviewItem(c, *it.Check.Said, of)
	}
	q := QuizItem{ID: it.Item, Number: it.Number, Total: of, Kind: asks[it.Ask], Text: it.Stem, Value: it.Answer.Text, Unit: strings.Join(it.Units, ", "), Advice: in(c, it.Advice)}
	switch it.Ask {
	case grading.AskFiles:
		q.Upload = l.quizUpload(c, attempt, it)
	case grading.AskOrder:
		for i := range it.Choices {
			part := QuizPart{ID: it.Item + "-" + strconv.Itoa(i+1), Name: answerName(it.Item), Kind: SelectOne, Label: Prose(l.T(c, "Urutan ke-%d", i+1))}
			for _, ch := range it.Choices {
				part.Options = append(part.Options, QuizOption{ID: ch.ID, Text: ch.HTML, Chosen: i < len(it.Answer.Choices) && it.Answer.Choices[i] == ch.ID})
			}
			q.Parts = append(q.Parts, part)
		}
	case grading.AskParts:
		list := listed(it.Parts)
		for i, f := range it.Parts {
			q.Parts = append(q.Parts, l.quizPart(c, it, i, f, list))
		}
		q.Pieces = pieces(it.Stem, q.Parts)
		if len(q.Pieces) > 0 {
			q.Text = ""
		}
	default:
		q.Options = options(it.FieldView, it.Answer)
	}
	if it.Check != nil {
		q.Check = l.quizCheck(c, it)
	}
	return q
}

// listed says whether parts share one list of choices, which then opens at each of them instead of being repeated.
func listed(parts []courses.FieldView) bool {
	for _, p := range parts {
		if slices.ContainsFunc(p.Choices, func(ch courses.ChoiceView) bool { return strings.Contains(string(ch.HTML), "<img ") }) { // a list that opens shows words only
			return false
		}
		if p.Ask != grading.AskOne || !slices.EqualFunc(p.Choices, parts[0].Choices, func(a, b courses.ChoiceView) bool { return a == b }) {
			return false
		}
	}
	return len(parts) > 2
}

func (l *learner) quizPart(c *gin.Context, it courses.ItemView, i int, f courses.FieldView, list bool) QuizPart {
	a := it.Answer.Part(i)
	p := QuizPart{ID: it.Item + "-" + strconv.Itoa(i+1), Name: partName(it.Item, i+1), Kind: asks[f.Ask], Label: f.Label, Options: options(f, a), Value: a.Text, Unit: strings.Join(f.Units, ", "),
		Taken: f.Taken, After: f.After, Typed: f.Ask != grading.AskOne && f.Ask != grading.AskMany}
	if f.Ask == grading.AskOne && (f.Inline || list) {
		p.Kind = SelectOne
	}
	if it.Steps && it.Limit > 0 {
		p.Minutes = l.T(c, "Sisa waktu kasus: %d menit", f.Minutes)
	}
	p.Step = it.Steps && !f.Taken
	if it.Check != nil && it.Check.Said != nil && i < len(it.Check.Said.Parts) {
		p.State = reviewStates[it.Check.Said.Parts[i].Stands]
	}
	return p
}

func options(f courses.FieldView, a grading.Answer) []QuizOption {
	var out []QuizOption
	for _, ch := range f.Choices {
		out = append(out, QuizOption{ID: ch.ID, Text: ch.HTML, Chosen: slices.Contains(a.Choices, ch.ID)})
	}
	return out
}

var gap = regexp.MustCompile(`\[\[(\d+)\]\]`)

// pieces cuts a text at its gaps; nil when it has none.
func pieces(stem Prose, parts []QuizPart) []QuizPiece {
	var out []QuizPiece
	rest := string(stem)
	for {
		at := gap.FindStringSubmatchIndex(rest)
		if at == nil {
			break
		}
		piece := QuizPiece{Text: Prose(rest[:at[0]])}
		if n, err := strconv.Atoi(rest[at[2]:at[3]]); err == nil && n >= 1 && n <= len(parts) {
			piece.Gap = &parts[n-1]
		}
		out = append(out, piece)
		rest = rest[at[1]:]
	}
	if out == nil {
		return nil
	}
	return append(out, QuizPiece{Text: Prose(rest)})
}

var (
	tag      = regexp.MustCompile(`<[^>]*>`)
	imageTag = regexp.MustCompile(`<img [^>]*alt="([^"]*)"[^>]*>`)
)

// Plain is the text of an option without its marks, for a list that opens; a picture is its description.
func (o QuizOption) Plain() string {
	words := tag.ReplaceAllString(imageTag.ReplaceAllString(string(o.Text), " $1 "), " ")
	return strings.Join(strings.Fields(html.UnescapeString(words)), " ")
}

// reviewParts are the parts of a graded question.
func reviewParts(it courses.ItemReview) []QuizPart {
	var out []QuizPart
	for i, r := range it.Parts {
		p := QuizPart{ID: fmt.Sprintf("%s-%d", it.Item, i+1), Kind: SingleChoice, Label: r.Label, Value: r.Typed, Keys: r.Key, Said: r.Feedback, Taken: true}
		for _, ch := range r.Choices {
			p.Options = append(p.Options, QuizOption{ID: ch.ID, Text: ch.HTML, Chosen: ch.Chosen, Right: ch.Right, Said: ch.Feedback})
		}
		out = append(out, p)
	}
	return out
}
