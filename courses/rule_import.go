package courses

import (
	"context"
	"io"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/texts"
)

// ImportRules reads a table of assignment rules (columns code, course, who, due_days, reason_id, reason_en) and puts each in force. Every mistake is listed with row and column, and then nothing is written.
// With check it only looks. Writing the same table again changes nothing. It returns the number of rules in the table.
func (s *Service) ImportRules(ctx context.Context, a access.Actor, name string, r io.Reader, check bool) (int, error) {
	if _, err := s.cfg.Policy.May(a, "rule", access.Thing{Kind: "assignment"}); err != nil {
		return 0, err
	}
	t, err := sheets.Read(name, r, sheets.Options{})
	if err != nil {
		return 0, err
	}
	if err := t.Need("code", "course", "who", "due_days", "reason_id"); err != nil {
		return 0, err
	}
	var bad sheets.RowErrors
	var rules []RuleInput
	seen := map[string]int{}
	for _, row := range t.Rows {
		days, err := sheets.Int(t.Cell(row, "due_days"))
		if err != nil {
			bad.AddErr(row.N, "due_days", err)
		}
		in := RuleInput{Code: t.Text(row, "code"), Course: t.Text(row, "course"), Who: t.Text(row, "who"), DueDays: days, Because: texts.T(t.Text(row, "reason_id"), t.Text(row, "reason_en"))}
		if n, twice := seen[in.Code]; twice {
			bad.Addf(row.N, "code", "Kode %s sudah dipakai di baris %d.", "Code %s is already used in row %d.", in.Code, n)
		}
		seen[in.Code] = row.N
		if _, err := s.checkRule(ctx, in); err != nil {
			f := faults.Of(err)
			if f.Kind != faults.Invalid {
				return 0, err
			}
			for _, x := range f.Fields {
				bad.Add(row.N, x.Path, x.Text.ID, x.Text.EN)
			}
		}
		rules = append(rules, in)
	}
	if err := bad.Err(); err != nil || check {
		return len(rules), err
	}
	for _, in := range rules {
		if _, err := s.AssignByRule(ctx, a, in); err != nil {
			return 0, err
		}
	}
	return len(rules), nil
}
