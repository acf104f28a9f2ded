package exchange

import (
	"strings"
	"unicode/utf8"

	"github.com/apelkota/apel/courses/grading"
)

// Limits of Lint.
const (
	lintAsked      = 2  // times a post-test draws each objective, at least
	lintBank       = 30 // items in the post-test's bank, at least
	lintSpare      = 2  // items per objective for each one drawn, at least, so that a retake differs
	lintLongestPct = 30 // of the single-choice items, at most, may have the key as the longest option
	lintLongestMin = 10 // items below which that share says nothing
)

// Lint looks at a course that reads without mistakes and warns of what makes it weak: an objective that no lesson teaches or that the post-test asks
// less than twice, a bank too small for a second attempt, an option without feedback, "all of the above", and keys a test-wise taker can see from
// outside (the longest option). It is deterministic and changes nothing.
func Lint(d *Draft) Report {
	var r Report
	const file = "course.yaml"
	taught, asked := map[string]int{}, map[string]int{}
	for _, l := range d.Lessons {
		for _, o := range l.Objectives {
			taught[o]++
		}
	}
	for _, q := range d.Quizzes {
		if q.Kind != "post_test" {
			continue
		}
		bank, _ := d.Bank(q.Bank)
		have := map[string]int{}
		for _, it := range bank.Items {
			have[it.Objective]++
		}
		for _, o := range d.Objectives {
			asked[o.Code] += q.Draw.Of(o.Code)
			if n := q.Draw.Of(o.Code); n > 0 && have[o.Code] < lintSpare*n {
				r.warn(bank.File, 0, 0, "Capaian %s diambil %d soal dari %d. Sediakan paling sedikit %d supaya remedial tidak sama.", "Objective %s draws %d of %d items. Have at least %d, so that a retake differs.", o.Code, n, have[o.Code], lintSpare*n)
			}
		}
		if len(bank.Items) < lintBank {
			r.warn(bank.File, 0, 0, "Bank tes akhir baru berisi %d soal, sebaiknya paling sedikit %d.", "The bank of the post-test has %d items, it should have at least %d.", len(bank.Items), lintBank)
		}
	}
	for _, o := range d.Objectives {
		if taught[o.Code] == 0 {
			r.warn(file, 0, 0, "Capaian %s tidak diajarkan di pelajaran mana pun.", "Objective %s is taught in no lesson.", o.Code)
		}
		if asked[o.Code] < lintAsked {
			r.warn(file, 0, 0, "Capaian %s ditanyakan %d kali di tes akhir, sebaiknya paling sedikit %d.", "Objective %s is asked %d times in the post-test, it should be at least %d.", o.Code, asked[o.Code], lintAsked)
		}
	}
	if d.TitleEN == "" || d.SummaryEN == "" {
		r.warn(file, 0, 0, "title_en dan summary_en belum diisi.", "title_en and summary_en are missing.")
	}
	for _, b := range d.Banks {
		lintItems(&r, b)
	}
	return r
}

func lintItems(r *Report, b DraftBank) {
	singles, longest := 0, 0
	for i, it := range b.Items {
		line := 0
		if i < len(b.Lines) {
			line = b.Lines[i]
		}
		missing := 0
		for _, o := range it.Options {
			if o.Feedback == "" {
				missing++
			}
			if all := strings.ToLower(o.Text); it.Type == grading.Single && (strings.Contains(all, "semua benar") || strings.Contains(all, "semua jawaban") || strings.Contains(all, "all of the above")) {
				r.warn(b.File, line, 0, "Soal %s memakai pilihan \"semua benar\", yang sering bisa ditebak.", "Item %s uses \"all of the above\", which can often be guessed.", it.Code)
			}
		}
		if missing > 0 && !(it.Type == grading.Numeric && it.General != "") {
			r.warn(b.File, line, 0, "Soal %s: %d pilihan belum punya umpan balik.", "Item %s: %d options have no feedback.", it.Code, missing)
		}
		if it.Difficulty == "" {
			r.warn(b.File, line, 0, "Soal %s belum diberi tingkat kesulitan.", "Item %s has no difficulty.", it.Code)
		}
		if it.Type == grading.Single && len(it.Options) >= 3 {
			singles++
			if keyIsLongest(it) {
				longest++
			}
		}
	}
	if singles >= lintLongestMin && longest*100 > singles*lintLongestPct {
		r.warn(b.File, 0, 0, "Pada %d dari %d soal pilihan tunggal, kunci adalah pilihan terpanjang (paling banyak %d%%). Panjangkan pengecoh atau ringkas kunci.", "In %d of %d single-choice items the key is the longest option (at most %d%%). Lengthen distractors or shorten keys.", longest, singles, lintLongestPct)
	}
}

// keyIsLongest says whether the key is longer than every other option.
func keyIsLongest(it grading.Item) bool {
	key, other := 0, 0
	for _, o := range it.Options {
		n := utf8.RuneCountInString(o.Text)
		if o.Mark == grading.Full {
			key = n
		} else {
			other = max(other, n)
		}
	}
	return key > other
}
