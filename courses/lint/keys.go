package lint

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
)

// Positions says where the authors of a bank put the right option. Pages shuffle options, paper and items with a fixed order do not.
type Positions struct {
	File    string  `json:"file"`
	Options int     `json:"options"` // of the items counted here
	N       int     `json:"n"`       // items
	Keys    []int   `json:"keys"`    // at a, b, c ...
	Chi2    float64 `json:"chi2"`
	P       float64 `json:"p"`      // that chance alone is as uneven; 1 when there are too few items
	Enough  bool    `json:"enough"` // the test says something: at least five keys are expected at each position
}

// Longest says how often the key is longer than every other option.
type Longest struct {
	File   string `json:"file"`
	N      int    `json:"n"` // items with four options and one key
	Keys   int    `json:"keys"`
	Enough bool   `json:"enough"`
}

var allOfThem = regexp.MustCompile(`(?i)\b(semua(nya)? (benar|salah|di ?atas|jawaban|pilihan)|semua yang (disebut|di ?atas)|(jawaban|pilihan) (di ?atas )?(semua )?benar semua|tidak ada (yang benar|jawaban yang benar)|bukan salah satu di ?atas|[a-e] dan [a-e] (benar|salah)|all of the above|none of the above|both [a-e] and [a-e])\b`)

// letters writes how often the key stands at each letter: "A 3, B 10".
func letters(counts []int) string {
	out := make([]string, len(counts))
	for i, n := range counts {
		out[i] = fmt.Sprintf("%c %d", 'A'+i, n)
	}
	return strings.Join(out, ", ")
}

func (r *Report) keys(b exchange.DraftBank) {
	counts := map[int][]int{}
	longest := Longest{File: b.File}
	for i, it := range b.Items {
		for _, o := range it.Options {
			if (it.Type == grading.Single || it.Type == grading.Multiple) && allOfThem.MatchString(o.Text) {
				r.find(item(b, i, AllOfThem, say("Pilihan %q dapat ditebak tanpa tahu isinya.", "The option %q can be guessed without knowing.", o.Text), say("Ganti dengan pilihan yang berdiri sendiri, atau pakai jenis Banyak pilihan.", "Put an option there that stands on its own, or use the type Multiple choice.")))
			}
		}
		k := key(it)
		if !single(it) || k < 0 {
			continue
		}
		n := len(it.Options)
		if counts[n] == nil {
			counts[n] = make([]int, n)
		}
		counts[n][k]++
		if n == 4 {
			longest.N++
			if Longer(it, k) {
				longest.Keys++
			}
		}
	}
	for n := 3; n <= grading.MaxOptions; n++ {
		c := counts[n]
		if c == nil {
			continue
		}
		p := Positions{File: b.File, Options: n, Keys: c, P: 1}
		for _, k := range c {
			p.N += k
		}
		p.Enough = p.N >= MinPerChoice*n
		expected := float64(p.N) / float64(n)
		for _, k := range c {
			p.Chi2 += (float64(k) - expected) * (float64(k) - expected) / expected
		}
		if p.Enough {
			p.P = chiSquareTail(p.Chi2, n-1)
		}
		if p.Enough && p.P <= MinP {
			chance := fmt.Sprintf("%.4f", p.P)
			r.find(Finding{Rule: KeyPosition, File: b.File, Text: say("Letak kunci tidak merata pada %[1]d soal berpilihan %[2]d: %[3]s (uji khi-kuadrat, p = %[4]s).", "The keys of %[1]d items with %[2]d options stand unevenly: %[3]s (chi-square test, p = %[5]s).", p.N, n, letters(c), strings.Replace(chance, ".", ",", 1), chance),
				Do: say("Pindahkan kunci sehingga tiap huruf mendapat sekitar %d.", "Move keys so that each letter has about %d.", (p.N+n/2)/n)})
		}
		r.Positions = append(r.Positions, p)
	}
	if longest.N == 0 {
		return
	}
	longest.Enough = longest.N >= MinLongest
	if longest.Enough && longest.Keys*100 > longest.N*MaxLongest {
		r.find(Finding{Rule: KeyLongest, File: b.File, Text: say("Pada %d dari %d soal berpilihan empat, kunci adalah pilihan terpanjang (paling banyak %d%%).", "In %d of %d items with four options the key is the longest one (at most %d%%).", longest.Keys, longest.N, MaxLongest),
			Do: say("Ringkas kunci atau panjangkan pengecoh pada %d soal.", "Shorten keys or lengthen distractors of %d items.", longest.Keys-longest.N*MaxLongest/100)})
	}
	r.Longest = append(r.Longest, longest)
}

// Longer says whether the k-th option is longer than every other one.
func Longer(it grading.Item, k int) bool {
	for i, o := range it.Options {
		if i != k && length(o.Text) >= length(it.Options[k].Text) {
			return false
		}
	}
	return true
}

func length(s string) int { return utf8.RuneCountInString(strings.TrimSpace(s)) }

// chiSquareTail is the chance that a chi-square of df degrees of freedom exceeds x: the upper regularized incomplete gamma function Q(df/2, x/2), by its series below a+1 and
// its continued fraction above (Abramowitz and Stegun 6.5.29 and 6.5.31).
func chiSquareTail(x float64, df int) float64 {
	a, z := float64(df)/2, x/2
	if z <= 0 {
		return 1
	}
	lg, _ := math.Lgamma(a)
	front := math.Exp(-z + a*math.Log(z) - lg)
	if z < a+1 {
		sum, term := 1/a, 1/a
		for n := 1; n < 500 && term > sum*1e-15; n++ {
			term *= z / (a + float64(n))
			sum += term
		}
		return 1 - front*sum
	}
	const tiny = 1e-300
	b := z + 1 - a
	c, d := 1/tiny, 1/b
	h := d
	for i := 1; i < 500; i++ {
		an := -float64(i) * (float64(i) - a)
		b += 2
		if d = an*d + b; math.Abs(d) < tiny {
			d = tiny
		}
		if c = b + an/c; math.Abs(c) < tiny {
			c = tiny
		}
		d = 1 / d
		step := d * c
		if h *= step; math.Abs(step-1) < 1e-15 {
			break
		}
	}
	return front * h
}
