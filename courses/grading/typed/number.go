package typed

import (
	"math/big"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Number is a number an author accepts: a decimal as ParseDecimal reads it, and how far a typed one may lie from it ("" is 0).
type Number struct{ Value, Tolerance string }

// Valid says what is wrong with it: the value or the tolerance cannot be read.
func (n Number) Valid() (value, tolerance bool) {
	_, value = ParseDecimal(n.Value)
	t, ok := ParseDecimal(zero(n.Tolerance))
	return value, ok && t.Sign() >= 0
}

// Takes says whether any reading of a typed number lies within the tolerance.
func (n Number) Takes(readings []*big.Rat) bool {
	value, ok := ParseDecimal(n.Value)
	tol, ok2 := ParseDecimal(zero(n.Tolerance))
	if !ok || !ok2 {
		return false
	}
	for _, v := range readings {
		if d := new(big.Rat).Sub(v, value); d.Abs(d).Cmp(tol) <= 0 {
			return true
		}
	}
	return false
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
	if len(text) > 4*MaxRunes {
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

// HasDigit says whether there is a digit in a text.
func HasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }
