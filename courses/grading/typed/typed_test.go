package typed

import (
	"math/big"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestReadings(t *testing.T) {
	for in, want := range map[string]string{
		"3,5": "3.5", "3.5": "3.5", "15.000": "15000 15", "15,000": "15 15000", "1.250": "1250 1.25", "0.500": "0.5", "0,500": "0.5", ",5": "0.5", ".5": "0.5",
		"1.234,5": "1234.5", "1,234.5": "1234.5", "1.234.567": "1234567", "1,234,567": "1234567", "1 234 567,8": "1234567.8", "1'234": "1234",
		"-7": "-7", "\u22127": "-7", "+7": "7", "007": "7", "１２": "12", "12\u00a0000": "12000",
		"Rp15.000": "15000 15", "Rp 15.000,-": "15000 15", "-Rp5": "-5", "5 rp": "5", "5 Rupiah": "",
		"": "", "-": "", "1.23.456": "", "1..2": "", "1,2,3": "", "1.2,3.4": "", "1e3": "", "0x10": "", "5 ribu": "", "½": "", "5 5": "", "1.234.56": "", "१२": "",
	} {
		var got []string
		for _, v := range Readings(in, []string{"Rp"}) {
			got = append(got, strings.TrimSuffix(strings.TrimRight(v.FloatString(6), "0"), "."))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q read as %q, want %q", in, got, want)
		}
	}
}

func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, said string
		exact, fits   bool
	}{
		{"fakta", "Fakta", false, true}, {"fakta", "faktanya", false, false}, {"fakta*", "faktanya", false, true}, {"*aduan*", "Surat Aduan Warga", false, true},
		{"a*b*c", "a1b2c", false, true}, {"a*b*c", "acb", false, false}, {`5\*`, "5*", false, true}, {`5\*`, "56", false, false}, {"*", "", false, true},
		{"e-mail", "e–mail", false, true}, {"unit   kerja", "unit kerja", false, true}, {`"fakta"`, "fakta", false, true}, {"café", "CAFE", false, true},
		{"café", "cafe", true, false}, {"Fakta", "fakta", true, false}, {"Fakta", "Fakta.", true, true}, {"ﬁ", "fi", false, true}, {"a*", "\uE000", false, false},
	} {
		if got := fits(pattern(c.pattern, c.exact), normal(c.said, c.exact)); got != c.fits {
			t.Errorf("%q against %q: %v", c.said, c.pattern, got)
		}
	}
}

// Whatever is typed: no crash, at most a few readings, a plain number always reads as itself.
func FuzzReadings(f *testing.F) {
	for _, s := range []string{"3,5", "15.000", "Rp 1.234,50", "-7", "1 2", "½", "..", "1'000", ",-", "Rp"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Readings(s, []string{"Rp", "%"})
		if len(got) > 3 {
			t.Fatalf("%q has %d readings", s, len(got))
		}
		if v, ok := ParseDecimal(s); ok {
			found := false
			for _, g := range got {
				found = found || g.Cmp(v) == 0
			}
			if !found && len(s) <= 40 {
				t.Fatalf("%q is %s but was read as %v", s, v, got)
			}
			if back, ok := new(big.Rat).SetString(s); !ok || back.Cmp(v) != 0 {
				t.Fatal(s)
			}
		}
		for _, o := range got {
			if !(Number{Value: "15000", Tolerance: "500"}).Takes(got) && o.Cmp(big.NewRat(15000, 1)) == 0 {
				t.Fatal(s)
			}
		}
	})
}

// Whatever is typed and whatever the pattern: no crash, and a text fits itself once its stars and backslashes are escaped.
func FuzzShortText(f *testing.F) {
	f.Add("fakta", "Fakta.")
	f.Add(`a*\*b`, "áxyz*B")
	f.Add("***", "")
	f.Add("ﬁ\u0301\\", "ＡＢ")
	f.Fuzz(func(t *testing.T, p, s string) {
		Matches(p, s, false)
		if !utf8.ValidString(s) || strings.Contains(s, wildcard) {
			return
		}
		own := strings.NewReplacer(`\`, `\\`, "*", `\*`).Replace(s)
		for _, exact := range []bool{false, true} {
			if normal(s, exact) != "" && !fits(pattern(own, exact), normal(s, exact)) {
				t.Fatalf("%q does not fit itself (exact %v)", s, exact)
			}
			if again := normal(normal(s, exact), exact); exact && again != normal(s, exact) {
				t.Fatalf("%q is not stable: %q, %q", s, normal(s, exact), again)
			}
		}
	})
}
