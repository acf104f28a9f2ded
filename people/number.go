package people

// MayBeNIP says whether a text that somebody searches for may be a NIP or NI: 8 or more digits in a row, with spaces, dots or dashes between them allowed, as
// people type the groups of a NIP (8 6 1 3). Such a text must not stand in an address, which browsers and servers keep: it is posted and looked up with
// FindByNIP. A certificate number such as 00012/APEL-103/BKPSDMD/XI/2026 is none.
func MayBeNIP(text string) bool { return longestNumber(text) >= 8 }

// HoldsNIP says whether a text holds 18 digits in a row, separated or not: as many as a NIP or NI has.
func HoldsNIP(text string) bool { return longestNumber(text) >= 18 }

func longestNumber(text string) int {
	n, most := 0, 0
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			n++
			most = max(most, n)
		case r == ' ', r == '.', r == '-', r == '\u00a0':
		default:
			n = 0
		}
	}
	return most
}
