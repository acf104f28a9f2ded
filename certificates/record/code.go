package record

import (
	"fmt"
	"io"
	"strings"
)

// alphabet of verification codes: 32 signs without I, L, O and U, so that a code can be read out and typed.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// CodeLength is the number of signs of a verification code: 27 random ones (135 bits) and one that catches a mistyped or swapped sign.
const CodeLength = 28

// NewCode draws a verification code.
func NewCode(rand io.Reader) (string, error) {
	var raw [CodeLength - 1]byte
	if _, err := io.ReadFull(rand, raw[:]); err != nil {
		return "", fmt.Errorf("draw a verification code: %w", err)
	}
	var b strings.Builder
	for _, x := range raw {
		b.WriteByte(alphabet[x&31])
	}
	return b.String() + string(checkSign(b.String())), nil
}

// checkSign is Luhn's rule over 32 signs.
func checkSign(s string) byte {
	sum, factor := 0, 2
	for i := len(s) - 1; i >= 0; i-- {
		x := strings.IndexByte(alphabet, s[i]) * factor
		sum += x/32 + x%32
		factor = 3 - factor
	}
	return alphabet[(32-sum%32)%32]
}

// FormatCode groups a code by four for people: 7QK4-M2XP-...
func FormatCode(code string) string {
	var b strings.Builder
	for i, r := range code {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// ReadCode brings what a person typed into the bare form: capitals, no separators, O read as 0, I and L as 1. ok is false when it cannot be a
// code: wrong length, a sign no code has, or a check sign that does not fit (a typing mistake).
func ReadCode(typed string) (code string, ok bool) {
	if len(typed) > 200 {
		return "", false
	}
	var b strings.Builder
	for _, r := range strings.ToUpper(typed) {
		switch r {
		case ' ', '-', '\t', '\n', '\r', '\u00a0', '\u2013', '.':
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if r > 127 || strings.IndexByte(alphabet, byte(r)) < 0 {
			return "", false
		}
		b.WriteRune(r)
	}
	code = b.String()
	if len(code) != CodeLength || checkSign(code[:CodeLength-1]) != code[CodeLength-1] {
		return "", false
	}
	return code, true
}
