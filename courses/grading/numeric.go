package grading

import (
	"math/big"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/apelkota/apel/internal/texts"
)

// numeric is a number within a tolerance. Each option is an accepted number with its own mark, so that a near miss may earn a part.
type numeric struct{}

func (numeric) name() Type     { return Numeric }
func (numeric) ask() Ask       { return AskNumber }
func (numeric) shows() bool    { return false }
func (numeric) shuffles() bool { return false }

func (numeric) check(it Item, r *report) {
	full := false
	for i, o := range it.Options {
		if _, ok := ParseDecimal(o.Text); !ok {
			r.wrong(optionPath(i, "text"), "Kunci %q bukan angka. Tulis angka biasa dengan titik desimal, misalnya 15000 atau 2.5.", "The key %q is no number. Write a plain number with a decimal point, such as 15000 or 2.5.", o.Text)
		}
		if t, ok := ParseDecimal(zero(o.Tolerance)); !ok || t.Sign() < 0 {
			r.wrong(optionPath(i, "tolerance"), "Toleransi %q bukan angka nol atau lebih.", "The tolerance %q is no number of zero or more.", o.Tolerance)
		}
		if o.Mark < 0 {
			r.wrong(optionPath(i, "mark"), "Nilai jawaban angka antara 0 dan 100%%.", "The mark of a number lies between 0 and 100%%.")
		}
		full = full || o.Mark == Full
	}
	if !full {
		r.wrong("options", "Belum ada angka yang bernilai penuh.", "No number earns the full mark.")
	}
	for i, u := range it.Units {
		if strings.TrimSpace(u) == "" || strings.ContainsAny(u, "0123456789") {
			r.wrong("units["+itoa(i)+"]", "Satuan tidak boleh kosong atau memuat angka.", "A unit may not be empty or hold digits.")
		}
	}
}

func (numeric) grade(it Item, g given) Mark { m, _ := numericBest(it, g.text); return m }

func (numeric) matched(it Item, g given) []Option {
	if _, i := numericBest(it, g.text); i >= 0 {
		return it.Options[i : i+1]
	}
	return nil
}

func (numeric) advise(it Item, g given) texts.Text {
	if strings.TrimSpace(g.text) == "" || len(Readings(g.text, it.Units)) > 0 {
		return texts.Text{}
	}
	return texts.T("Jawaban ini belum terbaca sebagai angka. Tulis angkanya saja, misalnya 15.000 atau 2,5.", "This does not read as a number. Write the number only, such as 15,000 or 2.5.")
}

// numericBest is the best option any reading of the text lies within; -1 when none.
func numericBest(it Item, text string) (Mark, int) {
	best, at := Mark(-1), -1
	for _, v := range Readings(text, it.Units) {
		for i, o := range it.Options {
			key, ok := ParseDecimal(o.Text)
			tol, ok2 := ParseDecimal(zero(o.Tolerance))
			if !ok || !ok2 {
				continue
			}
			d := new(big.Rat).Sub(v, key)
			if d.Abs(d).Cmp(tol) <= 0 && o.Mark > best {
				best, at = o.Mark, i
			}
		}
	}
	return max(best, 0), at
}

func zero(s string) string {
	if s == "" {
		return "0"
	}
	return s
}

// ParseDecimal reads a number as authors store it: an optional minus, digits, an optional point with digits; at most 40 characters, no exponent.
func ParseDecimal(s string) (*big.Rat, bool) {
	body := strings.TrimPrefix(s, "-")
	whole, frac, point := strings.Cut(body, ".")
	if len(s) > 40 || !digits(whole) || point && !digits(frac) {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

// Readings lists what a typed number can mean, in Indonesian and English writing: "3,5" and "3.5" are three and a half, "15.000" and "15 000" are fifteen
// thousand. "1.250" can be read both ways (1250 in Indonesian, 1.25 in English), so both are returned and the taker gets the better one: a
// habit of writing is not what an item measures. A unit of the item may stand before or after, and the Indonesian ",-" at the end of an amount is
// dropped. Nothing is returned when it is no number.
func Readings(text string, units []string) []*big.Rat {
	if len(text) > 4*MaxText {
		return nil
	}
	s := strings.TrimSpace(strings.NewReplacer("\u2212", "-", "\u2013", "-", "\u2019", "'").Replace(norm.NFKC.String(text)))
	s = stripUnit(s, units)
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(s, ",-"), ".-"))
	sign := ""
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		sign, s = "-", strings.TrimSpace(rest)
	} else {
		s = strings.TrimSpace(strings.TrimPrefix(s, "+"))
	}
	s = stripUnit(s, units) // "-Rp5.000"
	if len(s) > 40 {
		return nil
	}
	var out []*big.Rat
	add := func(plain string) {
		v, ok := ParseDecimal(sign + plain)
		if !ok {
			return
		}
		for _, o := range out {
			if o.Cmp(v) == 0 {
				return
			}
		}
		out = append(out, v)
	}
	// Indonesian first: points (or spaces) group thousands, a comma is the decimal mark. Then English.
	for _, style := range [][2]string{{".", ","}, {",", "."}} {
		whole, frac, point := strings.Cut(s, style[1])
		if point && !digits(frac) {
			continue
		}
		if point && whole == "" {
			whole = "0" // ",5"
		}
		for _, group := range []string{style[0], " ", "'"} {
			if !strings.Contains(whole, group) && group != style[0] {
				continue
			}
			if joined, ok := ungroup(whole, group); ok {
				if point {
					joined += "." + frac
				}
				add(joined)
			}
		}
	}
	return out
}

// ungroup joins "1.234.567" when each group after the first has three digits; a first group of "0" is no thousand ("0.500" is a half).
func ungroup(s, sep string) (string, bool) {
	parts := strings.Split(s, sep)
	for i, p := range parts {
		if !digits(p) || len(parts) > 1 && (i > 0 && len(p) != 3 || i == 0 && (len(p) > 3 || p[0] == '0')) {
			return "", false
		}
	}
	return strings.Join(parts, ""), true
}

func stripUnit(s string, units []string) string {
	for _, u := range units {
		u = strings.TrimSpace(norm.NFKC.String(u))
		if u == "" || len(u) >= len(s) {
			continue
		}
		if strings.EqualFold(s[:len(u)], u) {
			rest := strings.TrimPrefix(s[len(u):], ".") // "Rp. 5.000"
			if rest = strings.TrimSpace(rest); rest != "" {
				return rest
			}
		}
		if strings.EqualFold(s[len(s)-len(u):], u) {
			if rest := strings.TrimSpace(s[:len(s)-len(u)]); rest != "" {
				return rest
			}
		}
	}
	return s
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
