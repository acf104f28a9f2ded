package verify

import (
	"fmt"
	"strings"

	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/internal/texts"
)

// fact is one thing a certificate says, in words.
type fact struct {
	name  texts.Text
	value string
}

func facts(r record.Record) []fact {
	var competencies, subjects, signers []string
	for _, c := range r.Competencies {
		competencies = append(competencies, fmt.Sprintf("%s %s level %d", c.Code, c.Name, c.Level))
	}
	for _, s := range r.Subjects {
		subjects = append(subjects, fmt.Sprintf("%s (%d menit)", s.Title, s.Minutes))
	}
	for _, s := range r.Signers {
		signers = append(signers, s.Name+", "+s.Position)
	}
	return []fact{
		{texts.T("nomor", "number"), r.Number}, {texts.T("kode verifikasi", "verification code"), record.FormatCode(r.Code)},
		{texts.T("nama", "name"), r.Name}, {texts.T("NIP", "NIP"), r.NIP}, {texts.T("jabatan", "position"), r.Position},
		{texts.T("unit kerja", "unit"), r.Unit}, {texts.T("perangkat daerah", "agency"), r.Agency},
		{texts.T("kode kursus", "course code"), r.Course}, {texts.T("versi kursus", "course version"), r.CourseVersion},
		{texts.T("judul", "title"), r.Title}, {texts.T("JP", "learning hours"), fmt.Sprint(r.JP)},
		{texts.T("nilai", "score"), fmt.Sprintf("%d.%03d", r.Score/1000, r.Score%1000)}, {texts.T("predikat", "class"), r.Predikat},
		{texts.T("kompetensi", "competencies"), strings.Join(competencies, "; ")}, {texts.T("materi", "subjects"), strings.Join(subjects, "; ")},
		{texts.T("tanggal mulai", "first day"), string(r.StartedOn)}, {texts.T("tanggal selesai", "day of completion"), string(r.CompletedOn)},
		{texts.T("tanggal terbit", "day of issue"), string(r.IssuedOn)}, {texts.T("berlaku sampai", "valid until"), string(r.ValidUntil)},
		{texts.T("instansi", "institution"), r.Institution}, {texts.T("penerbit", "issuer"), r.Issuer},
		{texts.T("penanda tangan", "signers"), strings.Join(signers, "; ")},
	}
}

// differences names the facts of a record that are not what the registry holds. Empty when there is nothing to compare with or nothing visible
// differs.
func differences(r record.Record, known *Known) []Difference {
	if known == nil {
		return nil
	}
	issued, err := record.Parse(known.Canonical)
	if err != nil {
		return nil
	}
	var out []Difference
	theirs := facts(issued)
	for i, here := range facts(r) {
		if here.value != theirs[i].value {
			out = append(out, Difference{Fact: here.name, Here: here.value, Issued: theirs[i].value})
		}
	}
	return out
}
