package lint

import (
	"slices"
	"strings"

	"github.com/apelkota/apel/courses/exchange"
	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/internal/texts"
)

// MinAsked is how often post-tests draw each objective, at least: one item says little about anybody.
const MinAsked = 2

// teaching wants every objective to be taught and asked, and the course to be told in both languages.
func (r *Report) teaching(d *exchange.Draft) {
	const file = "course.yaml"
	taught, asked := map[string]bool{}, map[string]int{}
	for _, l := range d.Lessons {
		for _, o := range l.Objectives {
			taught[o] = true
		}
	}
	for _, q := range d.Quizzes {
		if q.Kind == "post_test" {
			for _, o := range d.Objectives {
				asked[o.Code] += q.Draw.Of(o.Code)
			}
		}
	}
	for _, o := range d.Objectives {
		if !taught[o.Code] {
			r.find(Finding{Rule: Untaught, File: file, Text: say("Capaian %s tidak diajarkan di pelajaran mana pun.", "Objective %s is taught in no lesson.", o.Code),
				Do: say("Ajarkan di sebuah pelajaran, atau hapus capaiannya.", "Teach it in a lesson, or take the objective out.")})
		}
		if n := asked[o.Code]; n < MinAsked {
			r.find(Finding{Rule: SeldomAsked, File: file, Text: say("Capaian %s ditanyakan %d kali di tes akhir.", "Objective %s is asked %d times in the post-test.", o.Code, n),
				Do: say("Ambil paling sedikit %d soal untuk capaian ini.", "Draw at least %d items for it.", MinAsked)})
		}
	}
	r.tasks(d)
	if d.TitleEN == "" || d.SummaryEN == "" {
		r.find(Finding{Rule: NoEnglish, File: file, Text: say("title_en dan summary_en belum diisi.", "title_en and summary_en are missing."), Do: say("Isi judul dan ringkasan dalam bahasa Inggris.", "Fill in title and summary in English.")})
	}
}

// tasks wants every field task to prove what the course sets out to teach. A course whose objectives name no competency says nothing about that.
func (r *Report) tasks(d *exchange.Draft) {
	served := map[string]bool{}
	for _, o := range d.Objectives {
		if o.Competency != "" {
			served[o.Competency] = true
		}
	}
	for _, t := range d.Tasks {
		for _, x := range t.Shows {
			if len(served) > 0 && !served[x.Competency] {
				r.find(Finding{Rule: NoObjective, File: t.File, Text: say("Tugas lapangan %s menunjukkan %s, tetapi tidak ada capaian kursus untuk kompetensi itu.", "The field task %s shows %s, but no objective of the course is for that competency.", t.Code, x.Competency),
					Do: say("Tulis capaiannya di data kursus, atau pilih kompetensi lain untuk tugas ini.", "Write the objective in the course's data, or choose another competency for this task.")})
			}
		}
	}
}

// care wants feedback on what was answered and an author's guess how hard an item is.
func (r *Report) care(b exchange.DraftBank) {
	var bare, unrated []string
	for _, it := range b.Items {
		switch it.Type {
		case grading.Numeric, grading.ShortText:
			if it.General == "" && slices.ContainsFunc(it.Options, silent) {
				bare = append(bare, it.Code)
			}
		case grading.Single, grading.Multiple, grading.TrueFalse:
			if slices.ContainsFunc(it.Options, silent) {
				bare = append(bare, it.Code)
			}
		}
		if it.Difficulty == "" {
			unrated = append(unrated, it.Code)
		}
	}
	each := func(rule Rule, codes []string, text func(codes string) texts.Text, do texts.Text) {
		if len(codes) > 0 {
			shown := strings.Join(codes[:min(len(codes), 10)], ", ")
			if len(codes) > 10 {
				shown += ", ..."
			}
			r.find(Finding{Rule: rule, File: b.File, Text: text(shown), Do: do})
		}
	}
	each(NoFeedback, bare, func(c string) texts.Text {
		return say("%d soal punya pilihan tanpa umpan balik: %s.", "%d items have options without feedback: %s.", len(bare), c)
	}, say("Tulis mengapa tiap pilihan benar atau keliru.", "Write why each option is right or wrong."))
	each(NoDifficulty, unrated, func(c string) texts.Text {
		return say("%d soal belum diberi tingkat kesulitan: %s.", "%d items have no difficulty: %s.", len(unrated), c)
	}, say("Isi mudah, sedang, atau sulit.", "Say mudah, sedang or sulit."))
}

func silent(o grading.Option) bool { return o.Feedback == "" }
