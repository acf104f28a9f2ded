package competencies

import (
	"context"
	"io"
	"slices"
	"strconv"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/storage/sets"
	"github.com/apelkota/apel/internal/texts"
)

// Imported is what an import did, or would do when it was only checked.
type Imported struct {
	Rows    int          // rows of the table
	Items   int          // competencies, standards, rules or register entries in it
	Version sets.Version // of a versioned set: the version now in force; zero after a check
	Changed bool         // false when the same content was in force already
}

// ReadDictionaryTable turns a table into competencies: columns code, kind, name, name_en, level, gist; one row per competency and level. Every mistake is listed with row, column and what to do (sheets.RowErrors as one Invalid fault). Pure.
func ReadDictionaryTable(t *sheets.Sheet) ([]Competency, error) {
	if err := t.Need("code", "kind", "name", "level", "gist"); err != nil {
		return nil, err
	}
	var bad sheets.RowErrors
	var order []string
	first, byCode := map[string]int{}, map[string]*Competency{}
	for _, row := range t.Rows {
		code := t.Text(row, "code")
		if !codeRule.MatchString(code) {
			bad.Add(row.N, "code", "Kode berisi huruf besar, angka, titik, garis bawah, atau tanda hubung, misalnya T.03.", "A code has capital letters, digits, dots, underscores or hyphens, for example T.03.")
			continue
		}
		c, known := byCode[code]
		if !known {
			c = &Competency{Code: code, Field: Field(t.Text(row, "kind")), Name: texts.T(t.Text(row, "name"), t.Text(row, "name_en"))}
			byCode[code], first[code] = c, row.N
			order = append(order, code)
			if !slices.Contains(Fields, c.Field) {
				bad.Add(row.N, "kind", "Jenis harus manajerial, sosial_kultural, atau teknis.", "The kind is manajerial, sosial_kultural or teknis.")
			}
			if c.Name.ID == "" {
				bad.Add(row.N, "name", "Nama kompetensi wajib diisi.", "A competency needs a name.")
			}
		} else if c.Field != Field(t.Text(row, "kind")) || c.Name.ID != t.Text(row, "name") {
			bad.Addf(row.N, "name", "Jenis atau nama %s tidak sama dengan baris %d. Samakan di semua barisnya.", "Kind or name of %s differ from row %d. Make them the same in all its rows.", code, first[code])
		}
		n := levelCell(t, row, &bad)
		if n == 0 {
			continue
		}
		gist := t.Text(row, "gist")
		switch {
		case gist == "":
			bad.Add(row.N, "gist", "Uraian level wajib diisi.", "The level needs a text.")
		case c.Gists[n-1].ID != "":
			bad.Addf(row.N, "level", "Level %d untuk %s ada dua kali. Hapus salah satu.", "Level %d of %s is there twice. Remove one.", n, code)
		default:
			c.Gists[n-1] = texts.T(gist, t.Text(row, "gist_en"))
		}
	}
	out := make([]Competency, 0, len(order))
	for _, code := range order {
		c := byCode[code]
		for i, g := range c.Gists {
			if g.ID == "" && len(bad) == 0 {
				bad.Addf(first[code], "level", "%s belum punya level %d. Tambahkan barisnya; kelima level wajib ada.", "%s has no level %d. Add its row; all five are required.", code, i+1)
			}
		}
		out = append(out, *c)
	}
	if len(order) == 0 && len(bad) == 0 {
		bad.Add(t.HeaderRow, "", "Tidak ada satu baris pun di bawah judul kolom.", "There is not a single row below the header.")
	}
	return out, bad.Err()
}

// Letters says which letters of a text no certificate can print; the room that prints them knows. Safe for use from many goroutines.
type Letters interface {
	Printable(text string) (missing []rune)
}

// printed refuses names that stand on certificates and cannot be printed there, with row, column and letter.
func (s *Service) printed(t *sheets.Sheet) error {
	if s.cfg.Letters == nil {
		return nil
	}
	var bad sheets.RowErrors
	for _, row := range t.Rows {
		for _, column := range []string{"name", "name_en"} {
			if text, wrong := texts.Unprintable(s.cfg.Letters.Printable(t.Text(row, column))); wrong {
				bad.Add(row.N, column, text.ID, text.EN)
			}
		}
	}
	return bad.Err()
}

// levelCell reads a level of 1 to MaxLevel; 0 after noting the mistake.
func levelCell(t *sheets.Sheet, row sheets.Row, bad *sheets.RowErrors) int {
	n, err := sheets.Int(t.Cell(row, "level"))
	if err != nil || n < 1 || n > MaxLevel {
		bad.Add(row.N, "level", "Level harus bilangan bulat 1 sampai 5.", "A level is a whole number from 1 to 5.")
		return 0
	}
	return n
}

// ImportDictionary reads a dictionary table and puts it in force. With check it only says what would happen. On any mistake nothing is written.
func (s *Service) ImportDictionary(ctx context.Context, a access.Actor, name string, r io.Reader, check bool) (Imported, error) {
	if _, err := s.cfg.Policy.May(a, "import", access.Thing{Kind: "dictionary"}); err != nil {
		return Imported{}, err
	}
	t, err := sheets.Read(name, r, sheets.Options{})
	if err != nil {
		return Imported{}, err
	}
	all, err := ReadDictionaryTable(t)
	if err == nil {
		err = s.printed(t)
	}
	if err != nil {
		return Imported{}, err
	}
	out := Imported{Rows: len(t.Rows), Items: len(all)}
	if check {
		return out, nil
	}
	before, err := s.dictionary.Current(ctx)
	if err != nil {
		return out, err
	}
	out.Version, err = s.PublishDictionary(ctx, a, name, all)
	out.Changed = err == nil && out.Version.No != before.Version.No
	return out, err
}

// ReadStandardTable turns a table into standards whose competencies stand in a dictionary: columns code, name, kind, jenjang, class, competency, level,
// importance; one row per requirement. Every mistake is listed with row, column and what to do. Pure.
func ReadStandardTable(t *sheets.Sheet, dict Dictionary) ([]Standard, error) {
	if err := t.Need("code", "name", "kind", "jenjang", "competency", "level", "importance"); err != nil {
		return nil, err
	}
	var bad sheets.RowErrors
	var order []string
	first, byCode, seen := map[string]int{}, map[string]*Standard{}, map[string]int{}
	for _, row := range t.Rows {
		code := t.Text(row, "code")
		if !codeRule.MatchString(code) {
			bad.Add(row.N, "code", "Kode standar berisi huruf besar, angka, titik, garis bawah, atau tanda hubung.", "A standard's code has capital letters, digits, dots, underscores or hyphens.")
			continue
		}
		class, err := sheets.Int(t.Cell(row, "class"))
		if err != nil || class < 0 || class > 17 {
			bad.Add(row.N, "class", "Kelas jabatan harus 1 sampai 17.", "The class of a position is 1 to 17.")
		}
		head := Standard{Code: code, Name: t.Text(row, "name"), Kind: t.Text(row, "kind"), Jenjang: t.Text(row, "jenjang"), Class: class}
		st, known := byCode[code]
		if !known {
			st = &head
			byCode[code], first[code] = st, row.N
			order = append(order, code)
			if head.Name == "" {
				bad.Add(row.N, "name", "Nama standar wajib diisi.", "A standard needs a name.")
			}
		} else if st.Name != head.Name || st.Kind != head.Kind || st.Jenjang != head.Jenjang || st.Class != head.Class {
			bad.Addf(row.N, "name", "Nama, jenis, jenjang, atau kelas %s tidak sama dengan baris %d. Samakan di semua barisnya.", "Name, kind, jenjang or class of %s differ from row %d. Make them the same in all its rows.", code, first[code])
		}
		q := Requirement{Competency: t.Text(row, "competency"), Importance: Importance(t.Text(row, "importance"))}
		if _, ok := dict.Items[q.Competency]; !ok {
			text := texts.T("Kompetensi ini tidak ada di kamus. Periksa kodenya, atau impor kamusnya dahulu.", "This competency is not in the dictionary. Check the code, or import the dictionary first.")
			if near := nearest(q.Competency, dict.Codes); near != "" {
				text = texts.T("Kompetensi ini tidak ada di kamus. Mungkin maksudnya "+near+"?", "This competency is not in the dictionary. Was "+near+" meant?")
			}
			bad.Add(row.N, "competency", text.ID, text.EN)
		} else if at, twice := seen[code+"\x00"+q.Competency]; twice {
			bad.Addf(row.N, "competency", "%s sudah disyaratkan untuk %s di baris %d. Hapus salah satu.", "%s is required for %s in row %d already. Remove one.", q.Competency, code, at)
		}
		seen[code+"\x00"+q.Competency] = row.N
		q.Level = levelCell(t, row, &bad)
		if !slices.Contains(Importances, q.Importance) {
			bad.Add(row.N, "importance", "Tingkat penting harus mutlak, penting, atau perlu.", "The importance is mutlak, penting or perlu.")
		}
		st.Requirements = append(st.Requirements, q)
		if len(st.Requirements) == maxRequirements+1 {
			bad.Add(row.N, "code", "Satu standar paling banyak memuat "+strconv.Itoa(maxRequirements)+" syarat.", "A standard has at most "+strconv.Itoa(maxRequirements)+" requirements.")
		}
	}
	if len(order) == 0 && len(bad) == 0 {
		bad.Add(t.HeaderRow, "", "Tidak ada satu baris pun di bawah judul kolom.", "There is not a single row below the header.")
	}
	out := make([]Standard, 0, len(order))
	for _, code := range order {
		out = append(out, *byCode[code])
	}
	return out, bad.Err()
}

// nearest finds the code that differs only in case, spaces or separators from what was written, "" when none does.
func nearest(code string, codes []string) string {
	want := sheets.Fold(code)
	for _, c := range codes {
		if want != "" && sheets.Fold(c) == want {
			return c
		}
	}
	return ""
}

// ImportStandards reads a table of standards and puts it in force. With check it only says what would happen. On any mistake nothing is written.
func (s *Service) ImportStandards(ctx context.Context, a access.Actor, name string, r io.Reader, check bool) (Imported, error) {
	if _, err := s.cfg.Policy.May(a, "import", access.Thing{Kind: "standard"}); err != nil {
		return Imported{}, err
	}
	t, err := sheets.Read(name, r, sheets.Options{})
	if err != nil {
		return Imported{}, err
	}
	dict, err := s.Dictionary(ctx)
	if err != nil {
		return Imported{}, err
	}
	if len(dict.Items) == 0 {
		return Imported{}, faults.New(faults.Conflict, "Kamus kompetensi belum ada. Impor kamus dahulu.", "There is no dictionary yet. Import the dictionary first.")
	}
	all, err := ReadStandardTable(t, dict)
	if err != nil {
		return Imported{}, err
	}
	out := Imported{Rows: len(t.Rows), Items: len(all)}
	if check {
		return out, nil
	}
	before, err := s.standards.Current(ctx)
	if err != nil {
		return out, err
	}
	out.Version, err = s.PublishStandards(ctx, a, name, all)
	out.Changed = err == nil && out.Version.No != before.Version.No
	return out, err
}
