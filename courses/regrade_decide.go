package courses

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// CertificateDecision is what a person decided about a certificate that a regrade touched. It revokes nothing: that is done on the certificate itself, by whoever may, with an official's name.
type CertificateDecision struct {
	Keep bool      `json:"keep,omitempty"` // it stays as it is; else it goes to whoever revokes
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	Why  string    `json:"why"`
}

// awaits says whether a change is one that a person must decide on and nobody has.
func (c *RegradeChange) awaits() bool {
	return c.Done && c.Decision == nil && (c.Effect == EffectListed || c.Effect == EffectScore)
}

// undecidedTerm finds the changes that nobody has decided on, of all regrades.
const undecidedTerm = "undecided"

// DecideCertificate records what is decided about a certificate that a regrade touched: it is kept, or goes to be revoked. Another decision takes its place; the trail keeps both. Nobody decides about
// their own. Audited; safe to call twice. Errors: NotFound without such a change, Invalid without a reason, Conflict for one that touches no certificate or is only planned.
func (s *Service) DecideCertificate(ctx context.Context, a access.Actor, regrade string, attempt AttemptID, keep bool, why string) (RegradeChange, error) {
	_, role, err := s.regradeFor(ctx, a, "run", regrade)
	if err != nil {
		return RegradeChange{}, err
	}
	id := regrade + "." + attempt
	d, err := s.changes.Get(ctx, id)
	if err != nil {
		return RegradeChange{}, noChange(err)
	}
	if _, err := s.may(ctx, a, "regrade", "attempt", attempt, d.Value.Person); err != nil {
		return RegradeChange{}, err
	}
	if why = strings.TrimSpace(why); why == "" || len([]rune(why)) > 500 {
		return RegradeChange{}, faults.OnField("why", "Tulis alasannya, paling banyak 500 huruf.", "Give the reason, in at most 500 characters.")
	}
	now, verb := s.now(), "refer_certificate"
	if keep {
		verb = "keep_certificate"
	}
	entry := s.entry(a, role, verb, RegradesCollection, regrade, d.Value.Person, why, "attempt="+attempt)
	d, err = s.changes.Update(ctx, id, func(d *storage.Doc[RegradeChange]) error {
		c := &d.Value
		if !c.Done || c.Effect != EffectListed && c.Effect != EffectScore {
			return faults.New(faults.Conflict, "Penilaian ulang ini tidak menyentuh sertifikat itu.", "This regrade does not touch that certificate.")
		}
		if had := c.Decision; had != nil && had.Keep == keep && had.Why == why && had.By == a.Name() {
			return storage.Unchanged
		}
		c.Decision = &CertificateDecision{Keep: keep, By: a.Name(), At: now, Why: why}
		d.Trail = append(d.Trail, entry)
		return nil
	})
	return d.Value, err
}

// Undecided lists the certificates that regrades touched and nobody has decided on, of all courses, the oldest result first, a page at a time. For whoever may see regrades.
func (s *Service) Undecided(ctx context.Context, a access.Actor, after storage.Cursor, limit int) (list []RegradeChange, next storage.Cursor, err error) {
	if _, err := mayRegrade(s, a, "view", ""); err != nil {
		return nil, next, err
	}
	p, err := s.changes.Find(ctx, storage.Query{Index: "regrade", Term: undecidedTerm, After: after, Limit: limit})
	if err != nil {
		return nil, next, err
	}
	for _, d := range p.Docs {
		if hide, err := s.hidesChange(ctx, a, &d.Value); err != nil {
			return nil, next, err
		} else if !hide {
			list = append(list, d.Value)
		}
	}
	if p.More {
		next = p.Next
	}
	return list, next, nil
}

// Change is what a regrade does to one attempt. NotFound when that is nothing.
func (s *Service) Change(ctx context.Context, a access.Actor, regrade string, attempt AttemptID) (RegradeChange, error) {
	if _, _, err := s.regradeFor(ctx, a, "view", regrade); err != nil {
		return RegradeChange{}, err
	}
	d, err := s.changes.Get(ctx, regrade+"."+attempt)
	if err != nil {
		return RegradeChange{}, noChange(err)
	}
	if hide, err := s.hidesChange(ctx, a, &d.Value); err != nil {
		return RegradeChange{}, err
	} else if hide {
		return RegradeChange{}, noChange(faults.NotFound)
	}
	return d.Value, nil
}

func noChange(err error) error {
	return notFound(err, "Perubahan ini tidak ada di penilaian ulang itu.", "There is no such change in that regrade.")
}

// hidesChange says whether a change is the reader's own and its exam shows nothing yet.
func (s *Service) hidesChange(ctx context.Context, a access.Actor, c *RegradeChange) (bool, error) {
	if c.Person != a.Person {
		return false, nil
	}
	at, err := s.attempts.Get(ctx, c.Attempt)
	if err != nil {
		return false, err
	}
	level, err := s.reviewed(ctx, a, &at.Value)
	return level == ReviewNothing, err
}

// RegradeNews is what the one responsible for a finished regrade is told: which certificates wait for a decision.
type RegradeNews struct {
	Person PersonID // whoever had it run; "" when that was no person
	Title  texts.Text
	Body   texts.Text
}

// RegradeNews says what to tell of a regrade whose step "tell" is due. For the chain; takes no actor.
func (s *Service) RegradeNews(ctx context.Context, id string) (RegradeNews, error) {
	d, err := s.regrades.Get(ctx, id)
	if err != nil {
		return RegradeNews{}, err
	}
	r := &d.Value
	if strings.HasPrefix(r.By, "system:") || r.State != RegradeFinished {
		return RegradeNews{}, nil
	}
	return RegradeNews{Person: r.By, Title: texts.T("Sertifikat menunggu putusan Anda: "+r.Course, "Certificates wait for your decision: "+r.Course),
		Body: texts.T(fmt.Sprintf("Penilaian ulang soal %s selesai. Sertifikat yang tidak lagi didukung hasil tesnya: %d; yang hanya memuat nilai lama: %d. Tidak ada yang dicabut dengan sendirinya: putuskan satu per satu.", r.Code, r.Done.Listed, r.Done.Score),
			fmt.Sprintf("The regrade of item %s is finished. Certificates that their result no longer gives: %d; that only show an earlier score: %d. Nothing is revoked by itself: decide one by one.", r.Code, r.Done.Listed, r.Done.Score))}, nil
}

// RegradeTold notes that the one responsible was told. Step "tell" of a regrade ends here. Safe to call twice.
func (s *Service) RegradeTold(ctx context.Context, id string) error {
	return s.clearDue(ctx, RegradesCollection, id, TellStep)
}
