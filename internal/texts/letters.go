package texts

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Tidy brings a name or title into the form it is kept in: composed letters (NFC), single spaces, and no characters that nobody sees (zero-width spaces
// and joiners, byte order marks, soft hyphens): with them two names look alike and are not. Marks that turn the direction of the text stay, so that
// whoever checks it can refuse them.
func Tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) && !Turns(r) {
			return -1
		}
		return r
	}, norm.NFC.String(s))
	return strings.Join(strings.Fields(s), " ")
}

// Turns says of a rune that it turns the text around it to the other direction and so shows another text than is stored.
func Turns(r rune) bool { return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' }

// Unprintable says of letters that no certificate can show them; ok is false when there are none.
func Unprintable(letters []rune) (t Text, ok bool) {
	if len(letters) == 0 {
		return Text{}, false
	}
	r := letters[0]
	shown := string(r)
	if !unicode.IsGraphic(r) {
		shown = ""
	}
	return T(fmt.Sprintf("Huruf “%s” (U+%04X) tidak dapat dicetak pada sertifikat. Ganti atau hapus huruf itu.", shown, r),
		fmt.Sprintf("The letter “%s” (U+%04X) cannot be printed on a certificate. Replace or remove it.", shown, r)), true
}
