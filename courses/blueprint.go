package courses

import (
	"context"
	"fmt"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/access"
)

// checkBlueprint names each cell of a quiz's blueprint that its bank cannot fill, or whose objective the course does not have.
func checkBlueprint(at string, q Quiz, c *Content, have grading.Blueprint, with func(path, id, en string)) {
	for _, cell := range q.Draw.Cells() {
		if _, ok := c.Objective(cell.Objective); !ok {
			with(at+cell.String(), "Capaian "+cell.Objective+" tidak ada di kursus ini.", "The course has no objective "+cell.Objective+".")
		}
	}
	for _, x := range q.Draw.Short(have) {
		if _, ok := c.Objective(x.Objective); !ok {
			continue
		}
		if x.Difficulty == "" {
			with(at+x.String(), fmt.Sprintf("Tes mengambil %d soal untuk capaian %s, bank %s baru punya %d.", x.Want, x.Objective, q.Bank, x.Have),
				fmt.Sprintf("The test draws %d items for objective %s, bank %s has %d.", x.Want, x.Objective, q.Bank, x.Have))
			continue
		}
		with(at+x.String(), fmt.Sprintf("Tes mengambil %d soal %s untuk capaian %s, bank %s baru punya %d.", x.Want, x.Difficulty, x.Objective, q.Bank, x.Have),
			fmt.Sprintf("The test draws %d items of difficulty %s for objective %s, bank %s has %d.", x.Want, x.Difficulty, x.Objective, q.Bank, x.Have))
	}
}

// Stock counts what a bank of a version has to draw from per objective and difficulty (items that were taken out do not count), for authors and reviewers. NotFound without the bank.
func (s *Service) Stock(ctx context.Context, a access.Actor, version VersionID, bank string) (grading.Blueprint, error) {
	v, b, err := s.bankOf(ctx, a, version, bank)
	if err != nil {
		return nil, err
	}
	return s.stock(ctx, v.Course, b)
}
