package placement

import (
	"context"
	"io"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/storage/sets"
	"github.com/apelkota/apel/internal/texts"
)

// EligibilityColumns are the columns of a table of eligibility rules, one row per rule.
var EligibilityColumns = []string{"code", "applies_to", "rule", "value", "law", "valid_from", "valid_until", "text_id", "text_en"}

// Imported is what an import did, or would do when it was only checked.
type Imported struct {
	Rows    int
	Version sets.Version // the version now in force; zero after a check
	Changed bool         // false when the same content was in force already
}

// ReadRuleTable turns a table into rules. Every mistake is listed with row, column and what to do. Pure.
func ReadRuleTable(t *sheets.Sheet) ([]Rule, error) {
	if err := t.Need("code", "applies_to", "rule", "value", "law", "valid_from", "text_id"); err != nil {
		return nil, err
	}
	var bad sheets.RowErrors
	var out []Rule
	seen := map[string]int{}
	for _, row := range t.Rows {
		r := Rule{Code: t.Text(row, "code"), AppliesTo: t.Text(row, "applies_to"), Rule: RuleKind(t.Text(row, "rule")), Value: t.Text(row, "value"), Law: t.Text(row, "law"),
			Text: texts.T(t.Text(row, "text_id"), t.Text(row, "text_en"))}
		var errFrom, errUntil error
		r.From, errFrom = sheets.Date(t.Cell(row, "valid_from"))
		r.Until, errUntil = sheets.Date(t.Cell(row, "valid_until"))
		bad.AddErr(row.N, "valid_from", errFrom)
		bad.AddErr(row.N, "valid_until", errUntil)
		r.check(func(column, id, en string) {
			if column == "valid_from" && (errFrom != nil || errUntil != nil) {
				return // said already, and better
			}
			bad.Add(row.N, column, id, en)
		})
		if at, twice := seen[r.Code]; twice && r.Code != "" {
			bad.Addf(row.N, "code", "Kode ini sudah ada di baris %d. Beri kode lain.", "This code stands in row %d already. Give it another one.", at)
		}
		seen[r.Code] = row.N
		out = append(out, r)
	}
	if len(out) == 0 {
		bad.Add(t.HeaderRow, "", "Tidak ada satu baris pun di bawah judul kolom.", "There is not a single row below the header.")
	}
	return out, bad.Err()
}

// ImportEligibility reads a table of rules and puts it in force. With check it only says what would happen. On any mistake nothing is written.
func (s *Service) ImportEligibility(ctx context.Context, a access.Actor, name string, r io.Reader, check bool) (Imported, error) {
	if _, err := s.cfg.Policy.May(a, "import", access.Thing{Kind: "eligibility"}); err != nil {
		return Imported{}, err
	}
	t, err := sheets.Read(name, r, sheets.Options{})
	if err != nil {
		return Imported{}, err
	}
	all, err := ReadRuleTable(t)
	if err != nil || check {
		return Imported{Rows: len(t.Rows)}, err
	}
	_, before, err := s.ruleset(ctx)
	if err != nil {
		return Imported{}, err
	}
	v, err := s.PublishRules(ctx, a, name, all)
	return Imported{Rows: len(t.Rows), Version: v, Changed: err == nil && v.No != before.No}, err
}
