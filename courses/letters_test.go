package courses_test

import (
	"log/slog"
	"testing"

	"github.com/apelkota/apel/certificates"
	"github.com/apelkota/apel/courses"
	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/policies"
)

// Titles stand on certificates: a letter that cannot be printed is named before the course is published, not after the passed exam.
func TestLettersOfTitles(t *testing.T) {
	w := newWorld(t)
	p, err := policies.Load()
	must(t, err)
	db, err := storage.New(ctx, w.db.Engine())
	must(t, err)
	w.Service, err = courses.Open(ctx, courses.Config{DB: db, Files: w.blobs, Policy: p, Now: w.clock.Now, Zone: civil.Jakarta, Log: slog.New(slog.DiscardHandler), People: w.people, Rand: newDice(), Letters: certificates.Letters{}})
	must(t, err)
	d := folder(t, "APEL-103")
	d.Title, d.TitleEN, d.Lessons[1].Title = d.Title+" 市", "Tariffs 🎓", "Bagian 二"
	_, err = w.Import(ctx, admin, courses.ImportInput{Draft: d, Publish: true})
	is(t, err, faults.Invalid)
	for _, s := range []string{"市", "🎓", "二", "lessons[1].title"} {
		says(t, err, s)
	}
	d = folder(t, "APEL-103")
	title := d.Title
	d.Title = "\ufeff" + title + "\u200b"
	_, err = w.Import(ctx, admin, courses.ImportInput{Draft: d, Publish: true})
	must(t, err)
	c, err := w.Course(ctx, ani, "APEL-103")
	must(t, err)
	if c.Card.Title.ID != title {
		t.Errorf("kept as %+q", c.Card.Title.ID)
	}
}
