package web

import "strings"

// officialWords are the codes of the register, or parts of them, that are not written with one capital letter.
var officialWords = map[string]string{"jpt": "JPT", "uptd": "UPTD", "satpolpp": "Satpol PP", "ni": "NI PPPK", "nip": "NIP"}

// official writes a code of the register as people write it: jpt_pratama is JPT Pratama, plt is Plt, the number kind NI is NI PPPK. These are official terms
// and stay Indonesian in English.
func official(code string) string {
	words := strings.Split(code, "_")
	for i, word := range words {
		if named, ok := officialWords[strings.ToLower(word)]; ok {
			words[i] = named
		} else if word != "" {
			words[i] = strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return strings.Join(words, " ")
}
