package certificates

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apelkota/apel/certificates/record"
	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
)

// Decision is why a certificate's standing changes and who decided it.
type Decision struct {
	Reason   string // 10 to 500 letters; the reason is shown to whoever checks the certificate
	Official string // the named official who decided: name and position
}

// Revoke withdraws a certificate for good. Its number is never used again, it stays visible as revoked. Safe to call twice: the first reason
// stands. Errors: NotFound, Forbidden, Invalid (reason or official missing), Conflict (not issued yet).
func (s *Service) Revoke(ctx context.Context, a access.Actor, id ID, d Decision) (View, error) {
	return s.change(ctx, a, id, "revoke", record.LeafRevoke, d)
}

// Suspend makes a certificate unreliable until Reinstate or Revoke. Errors as Revoke.
func (s *Service) Suspend(ctx context.Context, a access.Actor, id ID, d Decision) (View, error) {
	return s.change(ctx, a, id, "suspend", record.LeafSuspend, d)
}

// Reinstate ends a suspension. Errors as Revoke; Conflict when it is not suspended.
func (s *Service) Reinstate(ctx context.Context, a access.Actor, id ID, d Decision) (View, error) {
	return s.change(ctx, a, id, "reinstate", record.LeafReinstate, d)
}

// change takes effect with this one write: the check page says so from now on. The leaf in the log and the withdrawal of evidence follow as
// due steps.
func (s *Service) change(ctx context.Context, a access.Actor, id ID, verb, kind string, dec Decision) (View, error) {
	before, role, err := s.may(ctx, a, verb, id)
	if err != nil {
		return View{}, err
	}
	dec.Reason, dec.Official = Normal(dec.Reason), Normal(dec.Official)
	if err := dec.check(); err != nil {
		return View{}, err
	}
	// Whole seconds: the instant stands in the log's leaf.
	now := s.now().UTC().Truncate(time.Second)
	audit := storage.Audit{ID: storage.NewID(), At: s.now().UTC(), Who: a.Name(), Role: role, Verb: map[string]string{"revoke": "revoke_certificate", "suspend": "suspend_certificate", "reinstate": "reinstate_certificate"}[verb], Thing: Collection + "/" + string(id),
		About: before.Value.Held.Person, Why: dec.Reason, Note: "official: " + dec.Official + "; number " + before.Value.Record.Number}
	to := stateAfter(kind)
	done, err := s.docs.Update(ctx, string(id), func(d *storage.Doc[Certificate]) error {
		c := &d.Value
		if c.State == to {
			return storage.Unchanged
		}
		if c.State == Intended || !c.State.may(to) {
			return refusal(c.State)
		}
		at := now
		if n := len(c.Events); n > 0 && !at.After(c.Events[n-1].At) { // two events never share an instant
			at = c.Events[n-1].At.Add(time.Second)
		}
		c.Events = append(c.Events[:len(c.Events):len(c.Events)], Event{Kind: kind, At: at, By: a.Name(), Official: dec.Official, Reason: dec.Reason})
		c.State, c.Told, c.Withdrawn, c.Recorded = to, false, false, false
		d.Trail = append(d.Trail, audit)
		setDue(d, s.now())
		return nil
	})
	if err != nil {
		return View{}, err
	}
	s.wake(ctx, string(id))
	return view(done, s.now()), nil
}

func refusal(from State) error {
	switch from {
	case Intended:
		return faults.New(faults.Conflict, "Sertifikat ini belum terbit.", "This certificate has not been issued yet.")
	case Revoked:
		return faults.New(faults.Conflict, "Sertifikat ini sudah dicabut; pencabutan tidak dapat dibatalkan.", "This certificate is revoked; that cannot be undone.")
	}
	return faults.New(faults.Conflict, "Status sertifikat ini tidak mengizinkan perubahan itu.", "This certificate's state does not allow that change.")
}

func (d Decision) check() error {
	bad := faults.New(faults.Invalid, "Putusan belum lengkap.", "The decision is not complete.")
	if n := utf8.RuneCountInString(d.Reason); n < 10 || n > 500 {
		bad.With("reason", "Tulis alasan 10 sampai 500 huruf.", "Give a reason of 10 to 500 letters.")
	}
	if n := utf8.RuneCountInString(d.Official); n < 3 || n > 200 {
		bad.With("official", "Tulis nama dan jabatan pejabat yang memutuskan.", "Name the official who decided, with the position.")
	}
	for _, s := range []string{d.Reason, d.Official} {
		if digits(s) >= 8 {
			bad.With("reason", "Jangan menulis NIP di sini; alasan tampil kepada umum.", "Do not write a NIP here; the reason is shown to the public.")
			break
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// digits is the length of the longest run of digits, spaces between them not counted: how a NIP is recognised.
func digits(s string) int {
	longest, run := 0, 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			run++
			longest = max(longest, run)
		case strings.ContainsRune(" .", r):
		default:
			run = 0
		}
	}
	return longest
}
