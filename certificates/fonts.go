package certificates

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-fonts/liberation/liberationserifbold"
	"golang.org/x/text/unicode/norm"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/texts"
)

// Two font styles only: each costs time and bytes in every PDF.
const (
	fontText  = "sans"  // everything small
	fontTitle = "serif" // titles and the holder's name
)

// glyphs is the set of letters that may be printed: Latin script, digits and signs that both fonts have.
var glyphs = sync.OnceValue(func() map[rune]bool {
	a, err := coverage(liberationsansregular.TTF)
	if err != nil {
		panic("embedded font: " + err.Error())
	}
	b, err := coverage(liberationserifbold.TTF)
	if err != nil {
		panic("embedded font: " + err.Error())
	}
	both := map[rune]bool{}
	for r := range a {
		if b[r] && unicode.In(r, unicode.Latin, unicode.Common) && unicode.IsGraphic(r) && !unicode.Is(unicode.Co, r) {
			both[r] = true
		}
	}
	return both
})

// Normal brings a text into the one form that is signed and printed: composed letters (NFC), single spaces, none at the ends.
func Normal(s string) string { return norm.NFC.String(strings.Join(strings.Fields(s), " ")) }

// Printable says whether a text can be printed on a certificate: Invalid names the first letter that the fonts lack (an emoji, an unusual
// script, a control character). field is the name of the input for the error.
func Printable(field, s string) error {
	if !utf8.ValidString(s) {
		return faults.OnField(field, "Teks ini rusak (bukan UTF-8).", "This text is broken (not UTF-8).")
	}
	if t, bad := texts.Unprintable(Letters{}.Printable(s)); bad {
		return faults.OnField(field, t.ID, t.EN)
	}
	return nil
}

// Letters tells other rooms, through an interface of theirs, what certificates can print.
type Letters struct{}

// Printable lists the letters of a text that the fonts lack, each once; none means that it can be printed. Pure.
func (Letters) Printable(text string) (missing []rune) {
	known := glyphs()
	for _, r := range Normal(text) {
		if (r > 0xFFFF || !known[r]) && !slices.Contains(missing, r) {
			missing = append(missing, r)
		}
	}
	return missing
}

// coverage reads which runes of the basic plane a TrueType font has a glyph for (cmap format 4, as all Liberation fonts have).
func coverage(ttf []byte) (map[rune]bool, error) {
	u16 := func(at int) int { return int(binary.BigEndian.Uint16(ttf[at:])) }
	u32 := func(at int) int { return int(binary.BigEndian.Uint32(ttf[at:])) }
	cmap := 0
	for i := range u16(4) {
		if at := 12 + 16*i; string(ttf[at:at+4]) == "cmap" {
			cmap = u32(at + 8)
		}
	}
	if cmap == 0 {
		return nil, errors.New("no cmap")
	}
	table := 0
	for i := range u16(cmap + 2) {
		at := cmap + 4 + 8*i
		if off := cmap + u32(at+4); u16(at) == 3 && u16(at+2) == 1 && u16(off) == 4 {
			table = off
		}
	}
	if table == 0 {
		return nil, errors.New("no cmap of format 4")
	}
	segments := u16(table+6) / 2
	ends, starts := table+14, table+16+2*segments
	deltas, offsets := starts+2*segments, starts+4*segments
	out := map[rune]bool{}
	for i := range segments {
		first, last := u16(starts+2*i), u16(ends+2*i)
		for r := first; r <= last && r != 0xFFFF; r++ {
			glyph := r
			if off := u16(offsets + 2*i); off != 0 {
				glyph = u16(offsets + 2*i + off + 2*(r-first))
				if glyph == 0 {
					continue
				}
			}
			if (glyph+u16(deltas+2*i))&0xFFFF != 0 {
				out[rune(r)] = true
			}
		}
	}
	return out, nil
}

func sortedGlyphs() []rune { return slices.Sorted(maps.Keys(glyphs())) }
