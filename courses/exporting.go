package courses

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// ItemLoss is what a file cannot carry of one item.
type ItemLoss struct {
	Code string
	Text texts.Text
}

// FormatOf is what a format would make of a bank.
type FormatOf struct {
	exchange.Written
	Refused []ItemLoss // items it cannot say at all; with any, nothing is written
	Lost    []ItemLoss // of each item what is left out
}

// Exports says before a bank is taken along as a file what each format cannot carry of it, by item, for authors and reviewers. NotFound for a bank that is not there.
func (s *Service) Exports(ctx context.Context, a access.Actor, version VersionID, bank string) ([]FormatOf, error) {
	items, err := s.Items(ctx, a, version, bank)
	if err != nil {
		return nil, err
	}
	there := func(name string) ([]byte, error) { // the same answer as with the picture itself, without reading it
		_, err := s.files.Get(ctx, name)
		return []byte{0}, err
	}
	var out []FormatOf
	for _, f := range exchange.WrittenFormats() {
		x := FormatOf{Written: f}
		lost, err := exchange.Write(io.Discard, f.Format, items, there)
		if err != nil && !errors.Is(err, faults.Invalid) {
			return nil, err
		}
		for _, m := range lost {
			if m.Item > 0 {
				x.Lost = append(x.Lost, ItemLoss{items[m.Item-1].Code, m.Text})
			}
		}
		if err != nil {
			for _, field := range faults.Of(err).Fields {
				n := 0
				if _, err := fmt.Sscanf(field.Path, "items[%d]", &n); err == nil && n < len(items) {
					x.Refused = append(x.Refused, ItemLoss{items[n].Code, field.Text})
				}
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// NotPacked says what of a version the package of its course has no place for. Pure.
func (c *Content) NotPacked() (out []texts.Text) {
	for _, q := range c.Quizzes {
		// What the struct of a folder's quiz has no field for is said, whatever it is.
		rest := q
		rest.Code, rest.Kind, rest.Title, rest.Bank, rest.Draw, rest.Minutes, rest.Attempts, rest.PassMark, rest.InOrder, rest.Behaviour, rest.Marking = "", "", Quiz{}.Title, "", nil, 0, 0, 0, false, Behaviour{}, QuizMarking{}
		if fingerprint(rest, 10) != fingerprint(Quiz{}, 10) {
			out = append(out, texts.T("Tes "+q.Code+": pengaturan ujian tidak ikut.", "Test "+q.Code+": settings of its exam are left out."))
		}
	}
	if len(c.Notes) > 0 {
		out = append(out, texts.T("Catatan penulis tidak ikut.", "Remarks of the authors are left out."))
	}
	return out
}
