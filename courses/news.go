package courses

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// News is what a learner is told of a result that people have marked or a regrade changed: once per regrade and attempt.
type News struct {
	Regrade string // which one, "" when people have marked; with the attempt it makes telling repeatable
	Person  PersonID
	Title   texts.Text
	Body    texts.Text
}

// untold is the due of an attempt with results its taker does not know of; nil when there is none. Pure.
func untold(at *Attempt, now time.Time) *storage.Due {
	if slices.ContainsFunc(at.Results, func(g Grading) bool { return g.Untold }) {
		return storage.NewDue(TellStep, now)
	}
	return nil
}

// Untold gives what the taker of an attempt has to be told, oldest first; nothing when they were told. For the chain; takes no actor.
func (s *Service) Untold(ctx context.Context, id AttemptID) ([]News, error) {
	d, err := s.attempts.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	at := &d.Value
	v, err := s.version(ctx, at.Version)
	if err != nil {
		return nil, err
	}
	q, ok := v.Content.Quiz(at.Quiz)
	if !ok {
		return nil, fmt.Errorf("attempt %s: version %s has no quiz %s", id, at.Version, at.Quiz)
	}
	e, err := s.enrolments.Get(ctx, at.Enrolment)
	if err != nil {
		return nil, err
	}
	level, err := s.reviewed(ctx, access.Actor{Person: at.Person}, at)
	if err != nil {
		return nil, err
	}
	var list []News
	for i, g := range at.Results {
		if i == 0 || !g.Untold {
			continue
		}
		if level == ReviewNothing {
			list = append(list, hiddenNews(q, at, v, &g))
			continue
		}
		if g.Regrade == "" {
			list = append(list, markedNews(q, at, v, &g))
			continue
		}
		change := RegradeChange{Regrade: g.Regrade, Attempt: id}
		describe(&change, at, &e.Value)
		if strings.HasPrefix(g.Regrade, byObjection) {
			list = append(list, News{Regrade: g.Regrade, Person: at.Person, Title: texts.T("Penilaian ulang atas keberatan Anda selesai: "+v.Content.Card.Title.ID, "Marked again after your objection: "+v.Content.Card.Title.In(texts.EN)),
				Body: newsBody(q, at, &change, g.Why)})
			continue
		}
		list = append(list, News{Regrade: g.Regrade, Person: at.Person, Title: texts.T("Tes dinilai ulang: "+v.Content.Card.Title.ID, "Test graded again: "+v.Content.Card.Title.In(texts.EN)),
			Body: newsBody(q, at, &change, g.Why)})
	}
	return list, nil
}

// markedNews says that people have marked. Pure.
func markedNews(q Quiz, at *Attempt, v *Version, g *Grading) News {
	score := g.Result.Score()
	id := fmt.Sprintf("%s, percobaan ke-%d: nilai %s. Buka untuk membaca penilaian dan komentarnya.", q.Name().In(texts.ID), at.Ordinal, points(score, texts.ID))
	en := fmt.Sprintf("%s, attempt %d: score %s. Open it to read the marks and comments.", q.Name().In(texts.EN), at.Ordinal, points(score, texts.EN))
	if q.Kind == PostTest && g.Passed {
		id, en = "Anda lulus. "+id, "You passed. "+en
	}
	return News{Person: at.Person, Title: texts.T("Jawaban Anda sudah dinilai: "+v.Content.Card.Title.ID, "Your answers have been marked: "+v.Content.Card.Title.In(texts.EN)), Body: texts.T(id, en)}
}

// hiddenNews says that something was done to a result whose exam shows nothing of it. Pure.
func hiddenNews(q Quiz, at *Attempt, v *Version, g *Grading) News {
	n := News{Regrade: g.Regrade, Person: at.Person, Title: texts.T("Jawaban Anda sudah dinilai: "+v.Content.Card.Title.ID, "Your answers have been marked: "+v.Content.Card.Title.In(texts.EN))}
	id := fmt.Sprintf("%s, percobaan ke-%d. Ujian ini tidak menampilkan hasilnya.", q.Name().In(texts.ID), at.Ordinal)
	en := fmt.Sprintf("%s, attempt %d. This exam does not show its result.", q.Name().In(texts.EN), at.Ordinal)
	if g.Regrade != "" {
		n.Title = texts.T("Tes dinilai ulang: "+v.Content.Card.Title.ID, "Test graded again: "+v.Content.Card.Title.In(texts.EN))
		id, en = id+" Alasan: "+g.Why, en+" Reason: "+g.Why
	}
	n.Body = texts.T(id, en)
	return n
}

// newsBody says what changed, what that means, and why. Pure.
func newsBody(q Quiz, at *Attempt, c *RegradeChange, why string) texts.Text {
	var id, en string
	if c.Before == c.After {
		id = fmt.Sprintf("%s, percobaan ke-%d, dinilai ulang; nilainya tetap %s.", q.Name().In(texts.ID), at.Ordinal, points(c.After, texts.ID))
		en = fmt.Sprintf("%s, attempt %d, was graded again; the score is still %s.", q.Name().In(texts.EN), at.Ordinal, points(c.After, texts.EN))
	} else {
		id = fmt.Sprintf("Nilai %s, percobaan ke-%d, berubah dari %s menjadi %s.", q.Name().In(texts.ID), at.Ordinal, points(c.Before, texts.ID), points(c.After, texts.ID))
		en = fmt.Sprintf("The score of %s, attempt %d, changed from %s to %s.", q.Name().In(texts.EN), at.Ordinal, points(c.Before, texts.EN), points(c.After, texts.EN))
	}
	add := func(i, e string) { id, en = id+" "+i, en+" "+e }
	switch {
	case c.PassesNow && !c.PassedBefore:
		add("Percobaan ini sekarang mencapai nilai lulus.", "This attempt reaches the pass mark now.")
	case c.PassedBefore && !c.PassesNow:
		add("Percobaan ini sekarang tidak lagi mencapai nilai lulus.", "This attempt does not reach the pass mark any more.")
	}
	switch c.Effect {
	case EffectCompletes:
		add("Kursus ini Anda selesaikan; sertifikatnya menyusul.", "You have completed the course; the certificate follows.")
	case EffectWithdrawn:
		add("Kursus ini menjadi belum selesai; buka kursusnya untuk melihat apa yang masih kurang.", "The course is not completed any more; open it to see what is still missing.")
	case EffectListed:
		add("Sertifikat Anda tetap berlaku selama belum ada putusan lain.", "Your certificate stays valid until somebody decides otherwise.")
	case EffectScore:
		add("Sertifikat Anda tetap berlaku dan menyebut nilai yang lama.", "Your certificate stays valid and shows the earlier score.")
	}
	add("Alasan: "+why, "Reason: "+why)
	return texts.T(id, en)
}

// Told notes that the taker was told of these regrades. Step "tell" ends here. Safe to call twice; one that came since stays to be told.
func (s *Service) Told(ctx context.Context, id AttemptID, news []News) error {
	now := s.now()
	_, err := s.attempts.Update(ctx, id, func(d *storage.Doc[Attempt]) error {
		at, changed := &d.Value, false
		at.Results = slices.Clone(at.Results)
		for i := range at.Results {
			g := &at.Results[i]
			if g.Untold && slices.ContainsFunc(news, func(n News) bool { return n.Regrade == g.Regrade }) {
				g.Untold, changed = false, true
			}
		}
		if d.Due != nil && d.Due.Step == TellStep {
			d.Due, changed = untold(at, now), true
		}
		if !changed {
			return storage.Unchanged
		}
		return nil
	})
	return err
}
