package certificates

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/apelkota/apel/internal/texts"
)

// frontTitles stand before a name and are left out when names are compared, as everything behind the first comma is.
var frontTitles = []string{"prof", "dr", "drs", "dra", "drg", "drh", "ir", "h", "hj", "kh", "apt", "ns", "bd"}

// nameWords are the words of a name without titles, as texts.Fold spells them. Nothing is left of a name that is only a title, so then it stays.
func nameWords(name string) []string {
	name, _, _ = strings.Cut(name, ",")
	all := strings.Fields(name)
	words := all
	for len(words) > 0 && slices.Contains(frontTitles, texts.Fold(words[0])) {
		words = words[1:]
	}
	if len(words) == 0 {
		words = all
	}
	return texts.Words(strings.Join(words, " "))
}

// sameHolder says whether somebody who typed a name has the paper with the printed one: the first and the last word, and of those between only
// printed ones in their order. So one guess is one name, however many words it has.
func sameHolder(printed, typed string) bool {
	tailless := strings.Fields(typed)
	for len(tailless) > 1 && strings.Contains(strings.TrimRight(tailless[len(tailless)-1], "."), ".") { // S.Kom. typed without its comma
		tailless = tailless[:len(tailless)-1]
	}
	want := nameWords(printed)
	return sameName(want, nameWords(typed)) || sameName(want, nameWords(strings.Join(tailless, " ")))
}

func sameName(want, have []string) bool {
	if len(have) == 0 || len(want) == 0 || have[0] != want[0] || have[len(have)-1] != want[len(want)-1] || len(have) == 1 && len(want) > 1 {
		return false
	}
	for _, w := range have {
		at := slices.Index(want, w)
		if at < 0 {
			return false
		}
		want = want[at+1:]
	}
	return true
}

const (
	freeGuesses = 60        // wrong ones in guessRest, over all numbers
	guessRest   = time.Hour // how long checks by number then give no facts
)

// guesses counts wrong answers about holders over all numbers, in the memory of one process: a restart forgets them. It does not count by
// number: numbers follow each other, so whoever guesses takes the next one, and a brake on one would only shut out who has its paper. Safe for
// use from many goroutines.
type guesses struct {
	mu    sync.Mutex
	wrong int
	until time.Time // when the count is forgotten
}

func (g *guesses) tooMany(now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.wrong >= freeGuesses && now.Before(g.until)
}

// miss counts a wrong one. The rest begins anew with the one that makes it full, so it is a whole one.
func (g *guesses) miss(now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !now.Before(g.until) {
		g.wrong = 0
	}
	g.wrong++
	if g.wrong == 1 || g.wrong == freeGuesses {
		g.until = now.Add(guessRest)
	}
}
