package competencies_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/apelkota/apel/competencies"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
)

func cityFile(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "demo", "city", name))
	must(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

func TestTheDemoCitysDictionaryAndStandards(t *testing.T) {
	r := newRoom(t)
	if _, err := r.ImportStandards(r.ctx, root, "standards.csv", cityFile(t, "standards.csv"), false); !errors.Is(err, faults.Conflict) {
		t.Errorf("standards before the dictionary: %v", err)
	}
	got, err := r.ImportDictionary(r.ctx, root, "dictionary.csv", cityFile(t, "dictionary.csv"), true)
	if err != nil || got.Rows != 85 || got.Items != 17 || got.Changed || r.Known(r.ctx, "T.03") {
		t.Fatalf("a check writes nothing: %+v, %v", got, err)
	}
	got, err = r.ImportDictionary(r.ctx, root, "dictionary.csv", cityFile(t, "dictionary.csv"), false)
	if err != nil || !got.Changed || got.Version.No != 1 || !r.Known(r.ctx, "T.03") || r.Known(r.ctx, "T.99") {
		t.Fatalf("dictionary: %+v, %v", got, err)
	}
	got, err = r.ImportDictionary(r.ctx, root, "dictionary.csv", cityFile(t, "dictionary.csv"), false)
	if err != nil || got.Changed || got.Version.No != 1 {
		t.Errorf("the same file again: %+v, %v", got, err)
	}
	got, err = r.ImportStandards(r.ctx, root, "standards.csv", cityFile(t, "standards.csv"), false)
	if err != nil || got.Items != 16 || got.Rows != 193 {
		t.Fatalf("standards: %+v, %v", got, err)
	}
	all, err := r.ReadStandards(r.ctx, access.Actor{Person: "ani"}, "")
	must(t, err)
	lurah := all.Items["LURAH"]
	sum := 0
	for _, q := range lurah.Requirements {
		sum += q.Level
	}
	if lurah.Name != "Lurah" || lurah.Class != 9 || len(lurah.Requirements) != 12 || sum != 9*2+3+2+2 {
		t.Errorf("Lurah: %+v", lurah)
	}
	if _, err := r.ImportDictionary(r.ctx, access.Actor{Person: "ani"}, "x.csv", strings.NewReader("x"), true); !errors.Is(err, faults.Forbidden) {
		t.Errorf("a learner's import: %v", err)
	}
}

func TestAWrongTableIsRefusedWholeWithEveryMistake(t *testing.T) {
	r := newRoom(t)
	r.dictionary()
	for _, c := range []struct {
		name, table string
		standards   bool
		want        []string
	}{
		{"dictionary", "code,kind,name,name_en,level,gist\n" +
			"t 1,teknis,A,,1,x\nT.50,lain,A,,1,x\nT.51,teknis,,,6,x\nT.52,teknis,A,,1,\nT.52,teknis,B,,2,x\nT.53,teknis,A,,1,x\nT.53,teknis,A,,1,x\nT.54,teknis,A,,\"2,0\",x\n", false,
			[]string{"rows[2].code", "rows[3].kind", "rows[4].name", "rows[4].level", "rows[5].gist", "rows[6].name", "rows[8].level", "rows[9].level"}},
		{"missing levels", "code,kind,name,name_en,level,gist\nT.50,teknis,A,,1,x\nT.50,teknis,A,,2,x\n", false, []string{"rows[2].level"}},
		{"no such column", "kode,kind,name,level,gist\nT.50,teknis,A,1,x\n", false, []string{"header.code"}},
		{"standards", "code,name,kind,jenjang,class,competency,level,importance\n" +
			"L,Lurah,struktural,pengawas,9,t.01,2,mutlak\nL,Lurah,struktural,pengawas,9,X.9,2,mutlak\nL,Lurah,struktural,pengawas,19,T.01,2,wajib\nL,Lurah,struktural,pengawas,9,T.01,0,perlu\n", true,
			[]string{"rows[2].competency", "rows[3].competency", "rows[4].class", "rows[4].importance", "rows[5].competency", "rows[5].level"}},
		{"only a header", "code,name,kind,jenjang,class,competency,level,importance\n", true, []string{"rows[1]"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var err error
			if c.standards {
				_, err = r.ImportStandards(r.ctx, root, "x.csv", strings.NewReader(c.table), false)
			} else {
				_, err = r.ImportDictionary(r.ctx, root, "x.csv", strings.NewReader(c.table), false)
			}
			var f *faults.Error
			if !errors.As(err, &f) || f.Kind != faults.Invalid {
				t.Fatalf("%v", err)
			}
			var at []string
			for _, field := range f.Fields {
				at = append(at, field.Path)
				if field.Text.ID == "" || field.Text.EN == "" || field.Text.ID == field.Text.EN {
					t.Errorf("%s is not said in both languages: %+v", field.Path, field.Text)
				}
			}
			for _, want := range c.want {
				if !strings.Contains(" "+strings.Join(at, " ")+" ", " "+want+" ") {
					t.Errorf("%s is not named; named are %v", want, at)
				}
			}
			if len(at) != len(c.want) && c.name != "standards" {
				t.Errorf("%d mistakes, want %d: %v", len(at), len(c.want), err)
			}
		})
	}
	versions, err := r.DictionaryVersions(r.ctx, root)
	if err != nil || len(versions) != 1 {
		t.Errorf("something was written: %+v, %v", versions, err)
	}
	_, err = r.ImportStandards(r.ctx, root, "x.csv", strings.NewReader("code,name,kind,jenjang,class,competency,level,importance\nL,Lurah,struktural,pengawas,9,t.01,2,mutlak\n"), true)
	if err == nil || !strings.Contains(faults.Of(err).Fields[0].Text.ID, "Mungkin maksudnya T.01?") {
		t.Errorf("no suggestion: %v", err)
	}
}

func TestPublishChecksWhatNoFileChecked(t *testing.T) {
	r := newRoom(t)
	bad := competency("T.01")
	bad.Field, bad.Gists[4].ID = "x", ""
	if _, err := r.PublishDictionary(r.ctx, root, "", []competencies.Competency{bad, bad}); !errors.Is(err, faults.Invalid) || len(faults.Of(err).Fields) != 5 {
		t.Errorf("%v", err)
	}
}

// latin prints what is Latin or not a letter at all, as the fonts of certificates do.
type latin struct{}

func (latin) Printable(text string) (missing []rune) {
	for _, r := range text {
		if r > 0xffff || unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) {
			missing = append(missing, r)
		}
	}
	return missing
}

// A competency's name stands on certificates: what cannot be printed there is refused where it is imported, with row and letter, also when it is only checked.
func TestADictionaryNamesLettersThatCannotBePrinted(t *testing.T) {
	r := newRoom(t, func(cfg *competencies.Config) { cfg.Letters = latin{} })
	rows := "code,kind,name,name_en,level,gist\n"
	for n, c := range []struct{ name, en string }{{"Komputasi 🎓", ""}, {"Bahasa", "Language 市"}} {
		for level := 1; level <= 5; level++ {
			rows += fmt.Sprintf("T.5%d,teknis,%s,%s,%d,uraian 市\n", n, c.name, c.en, level)
		}
	}
	for _, check := range []bool{true, false} {
		_, err := r.ImportDictionary(r.ctx, root, "x.csv", strings.NewReader(rows), check)
		if faults.KindOf(err) != faults.Invalid {
			t.Fatalf("check %v: %v", check, err)
		}
		got := map[string]string{}
		for _, f := range faults.Of(err).Fields {
			got[f.Path] = f.Text.ID
		}
		if len(got) != 10 || !strings.Contains(got["rows[2].name"], "Huruf “🎓” (U+1F393)") || !strings.Contains(got["rows[7].name_en"], "市") {
			t.Errorf("check %v: %v", check, got)
		}
	}
	if versions, err := r.DictionaryVersions(r.ctx, root); err != nil || len(versions) != 0 {
		t.Errorf("something was written: %+v, %v", versions, err)
	}
}
