package texts

import "strconv"

// Grouped writes a whole number of zero or more with its thousands apart, as a sentence shows it: 50.000, in English 50,000. Pure.
func Grouped(n int64, l Lang) string {
	mark := "."
	if l == EN {
		mark = ","
	}
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + mark + s[i:]
	}
	return s
}
