package people

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/access"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/storage"
	"github.com/apelkota/apel/internal/texts"
)

// Notice is one message in a person's inbox. Its id is person and topic, so that telling the same thing twice makes one.
type Notice struct {
	ID       string     `json:"id"`
	Person   ID         `json:"person"`
	Kind     string     `json:"kind"` // what it is about: "certificate", "assignment", "role", ...; the page picks an icon by it
	Title    texts.Text `json:"title"`
	Body     texts.Text `json:"body,omitzero"`
	Link     string     `json:"link,omitempty"` // path in the web, such as "/sertifikat/..."
	Urgent   bool       `json:"urgent,omitempty"`
	At       time.Time  `json:"at"`
	ReadAt   time.Time  `json:"read_at,omitzero"`
	MailedAt time.Time  `json:"mailed_at,omitzero"`
}

var noticeDef = storage.Def[Notice]{Name: "notices", Shape: 1, Indexes: []storage.Index[Notice]{
	{Name: "inbox", Of: func(d *storage.Doc[Notice]) ([]string, string) {
		terms := []string{string(d.Value.Person)}
		if d.Value.ReadAt.IsZero() {
			terms = append(terms, string(d.Value.Person)+":unread")
		}
		return terms, storage.OrderTime(d.Value.At)
	}},
	{Name: "mail", Of: func(d *storage.Doc[Notice]) ([]string, string) {
		if d.Due == nil || d.Due.Step != stepMail || d.Due.Parked {
			return nil, ""
		}
		return []string{string(d.Value.Person)}, storage.OrderTime(d.Due.NotBefore)
	}},
}}

const stepMail = "mail"

// MailPreference is how a person wants notices by mail.
type MailPreference string

// The preferences. Urgent notices (about the account itself) are mailed at once in any case.
const (
	MailDaily MailPreference = ""     // together, once a day: the default
	MailEach  MailPreference = "each" // one by one, outside quiet hours
	MailOff   MailPreference = "off"
)

// digestHour is the hour of the day, in the installation's zone, at which the daily mail leaves.
const digestHour = 7

// NoticeInput is what somebody is told. Topic makes it unique for the person: the same topic again changes nothing.
type NoticeInput struct {
	Person ID
	Topic  string
	Kind   string
	Title  texts.Text
	Body   texts.Text
	Link   string
	Urgent bool
}

// Tell puts a notice into a person's inbox and, where mail is configured and the person has an address, makes it due for mail. For the chain and other rooms:
// no permission. Safe to call twice. Errors: NotFound (the person), Invalid.
func (s *Service) Tell(ctx context.Context, in NoticeInput) error {
	if in.Topic == "" || in.Title.Empty() {
		return fmt.Errorf("a notice has a topic and a title: %w", faults.Invalid)
	}
	p, err := s.person(ctx, in.Person)
	if err != nil {
		return err
	}
	now := s.now()
	n := Notice{ID: string(in.Person) + "." + in.Topic, Person: in.Person, Kind: in.Kind, Title: in.Title, Body: in.Body, Link: in.Link, Urgent: in.Urgent, At: now}
	d := storage.Doc[Notice]{ID: n.ID, Value: n}
	if s.mails() && p.Email != "" {
		acc, err := s.accounts.Get(ctx, string(p.ID))
		if err != nil && !errors.Is(err, faults.NotFound) {
			return err
		}
		if in.Urgent || acc.Value.Mail != MailOff {
			d.Due = storage.NewDue(stepMail, now)
			d.Due.NotBefore = s.mailTime(now, acc.Value.Mail, in.Urgent)
		}
	}
	err = s.notices.Insert(ctx, &d)
	if errors.Is(err, faults.Conflict) {
		return nil
	}
	if err == nil && d.Due != nil && !d.Due.NotBefore.After(now) && s.cfg.Wake != nil {
		s.cfg.Wake.Wake(ctx, s.notices.Name(), n.ID)
	}
	return err
}

// tell is Tell where the news is a courtesy beside an audited change: a failure is logged and the change stands.
func (s *Service) tell(ctx context.Context, in NoticeInput) {
	if err := s.Tell(ctx, in); err != nil {
		s.log.WarnContext(ctx, "a notice was not written", "kind", in.Kind, "err", err)
	}
}

// mailTime says when a notice may leave by mail.
func (s *Service) mailTime(now time.Time, pref MailPreference, urgent bool) time.Time {
	local := now.In(s.cfg.Zone().Location())
	at := func(days, hour int) time.Time {
		return time.Date(local.Year(), local.Month(), local.Day()+days, hour, 0, 0, 0, local.Location()).UTC()
	}
	switch {
	case urgent:
		return now
	case pref == MailEach:
		from, until := s.cfg.Quiet()
		quiet := local.Hour() >= from || local.Hour() < until
		if from < until {
			quiet = local.Hour() >= from && local.Hour() < until
		}
		switch {
		case !quiet || from == until:
			return now
		case local.Hour() < until:
			return at(0, until)
		default:
			return at(1, until)
		}
	case local.Hour() < digestHour:
		return at(0, digestHour)
	default:
		return at(1, digestHour)
	}
}

// maxDigest bounds the notices of one mail; the rest follows in the next.
const maxDigest = 50

// takeAlong is how long a notice waits for the letter of another to take it along.
const takeAlong = time.Minute

// MailNotice is the chain step "mail" of a notice: it mails everything that waits for the person in one letter, under a Message-ID that is the same
// for every try of the same first notice. At least once: a crash between sending and noting sends again, and the receiver can tell it is the same.
func (s *Service) MailNotice(ctx context.Context, id string) error {
	d, err := s.notices.Get(ctx, id)
	if err != nil {
		return err
	}
	if d.Due == nil || d.Due.Step != stepMail {
		return nil
	}
	now := s.now()
	p, err := s.person(ctx, d.Value.Person)
	if err != nil && !errors.Is(err, faults.NotFound) {
		return err
	}
	acc, err := s.accounts.Get(ctx, string(d.Value.Person))
	if err != nil && !errors.Is(err, faults.NotFound) {
		return err
	}
	if !s.mails() || p.Email == "" || acc.Value.Mail == MailOff && !d.Value.Urgent {
		return s.mailed(ctx, id, time.Time{})
	}
	batch := []storage.Doc[Notice]{d}
	if !d.Value.Urgent {
		found, err := s.notices.Find(ctx, storage.Query{Index: "mail", Term: string(p.ID), To: storage.OrderTime(now.Add(2 * takeAlong)), Limit: maxDigest})
		if err != nil {
			return err
		}
		ordinary := slices.DeleteFunc(found.Docs, func(d storage.Doc[Notice]) bool { return d.Value.Urgent })
		if len(ordinary) > 0 && ordinary[0].ID != id {
			// Another notice leads this letter and takes this one along; if it does not, this one leads later.
			_, err := s.notices.Update(ctx, id, func(d *storage.Doc[Notice]) error {
				if d.Due == nil || d.Due.Step != stepMail {
					return storage.Unchanged
				}
				due := *d.Due
				due.NotBefore = now.Add(takeAlong)
				d.Due = &due
				return nil
			})
			return err
		}
		if len(ordinary) > 0 {
			batch = ordinary
		}
	}
	if err := s.cfg.Mailer.Send(ctx, s.letter(p, acc.Value.Lang, batch, now)); err != nil {
		return err
	}
	for _, x := range batch {
		if err := s.mailed(ctx, x.ID, now); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) mailed(ctx context.Context, id string, at time.Time) error {
	_, err := s.notices.Update(ctx, id, func(d *storage.Doc[Notice]) error {
		if d.Due == nil || d.Due.Step != stepMail {
			return storage.Unchanged
		}
		d.Due = nil
		d.Value.MailedAt = at
		return nil
	})
	return err
}

// letter writes one or more notices as a mail. Pure but for the links.
func (s *Service) letter(p Person, lang texts.Lang, batch []storage.Doc[Notice], now time.Time) Mail {
	m := Mail{To: p.Email, At: now, MessageID: s.messageID(batch[0].ID), Subject: "APEL: " + batch[0].Value.Title.In(lang)}
	if len(batch) > 1 {
		m.Subject = fmt.Sprintf(texts.T("APEL: %d kabar untuk Anda", "APEL: %d notices for you").In(lang), len(batch))
	}
	var b strings.Builder
	b.WriteString(texts.T("Yth. ", "Dear ").In(lang) + p.DisplayName() + ",\n\n")
	for _, d := range batch {
		n := d.Value
		b.WriteString("- " + n.Title.In(lang) + "\n")
		if t := n.Body.In(lang); t != "" {
			b.WriteString("  " + strings.ReplaceAll(t, "\n", "\n  ") + "\n")
		}
		if n.Link != "" {
			if link := s.cfg.Link(n.Link); link != "" {
				b.WriteString("  " + link + "\n")
			}
		}
		b.WriteString("\n")
	}
	b.WriteString(texts.T("Surel ini dikirim otomatis. Atur cara Anda menerima kabar di halaman akun.\n", "This mail was sent automatically. Choose how you get notices on your account page.\n").In(lang))
	m.Text = b.String()
	return m
}

// messageID derives a Message-ID that says nothing about whom the mail is for.
func (s *Service) messageID(of string) string {
	return s.digest("message", of)[:32] + "@apel"
}

// Notices lists a person's inbox, newest first; unread only if asked.
func (s *Service) Notices(ctx context.Context, a access.Actor, id ID, unread bool, after storage.Cursor, limit int) (Page[Notice], error) {
	if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "notice", Owner: string(id)}); err != nil {
		return Page[Notice]{}, err
	}
	term := string(id)
	if unread {
		term += ":unread"
	}
	p, err := s.notices.Find(ctx, storage.Query{Index: "inbox", Term: term, Desc: true, After: after, Limit: limit})
	out := Page[Notice]{Next: p.Next, More: p.More}
	for _, d := range p.Docs {
		out.Items = append(out.Items, d.Value)
	}
	return out, err
}

// Unread counts a person's unread notices, up to 100.
func (s *Service) Unread(ctx context.Context, a access.Actor, id ID) (int, error) {
	if _, err := s.cfg.Policy.May(a, "view", access.Thing{Kind: "notice", Owner: string(id)}); err != nil {
		return 0, err
	}
	p, err := s.notices.Find(ctx, storage.Query{Index: "inbox", Term: string(id) + ":unread", Limit: 100, Bare: true})
	return len(p.Docs), err
}

// Read marks a notice as read and returns it. Safe to call twice. NotFound for somebody else's.
func (s *Service) Read(ctx context.Context, a access.Actor, id string) (Notice, error) {
	d, err := s.notices.Get(ctx, id)
	if err != nil {
		return Notice{}, err
	}
	if _, err := s.cfg.Policy.May(a, "read", access.Thing{Kind: "notice", ID: id, Owner: string(d.Value.Person)}); err != nil {
		return Notice{}, err
	}
	now := s.now()
	d, err = s.notices.Update(ctx, id, func(d *storage.Doc[Notice]) error {
		if !d.Value.ReadAt.IsZero() {
			return storage.Unchanged
		}
		d.Value.ReadAt = now
		return nil
	})
	return d.Value, err
}

// ReadAll marks the actor's unread notices as read, up to 1,000 at a time; it returns how many.
func (s *Service) ReadAll(ctx context.Context, a access.Actor) (int, error) {
	if a.Anonymous() {
		return 0, faults.Unauthenticated
	}
	p, err := s.notices.Find(ctx, storage.Query{Index: "inbox", Term: a.Person + ":unread", Limit: storage.MaxPage, Bare: true})
	if err != nil {
		return 0, err
	}
	for i, d := range p.Docs {
		if _, err := s.Read(ctx, a, d.ID); err != nil {
			return i, err
		}
	}
	return len(p.Docs), nil
}

// Prefer sets how the actor gets mail and in which language. Safe to call twice. Errors: Invalid, NotFound (no account).
func (s *Service) Prefer(ctx context.Context, a access.Actor, mail MailPreference, lang texts.Lang) error {
	p, err := s.own(ctx, a)
	if err != nil {
		return err
	}
	if mail != MailDaily && mail != MailEach && mail != MailOff {
		return faults.OnField("mail", "Pilih harian, satu per satu, atau tidak.", "Choose daily, one by one, or not at all.")
	}
	if lang != texts.ID && lang != texts.EN {
		return faults.OnField("lang", "Pilih bahasa Indonesia atau Inggris.", "Choose Indonesian or English.")
	}
	_, err = s.accounts.Update(ctx, string(p.ID), func(d *storage.Doc[account]) error {
		d.Value.Mail, d.Value.Lang = mail, lang
		return nil
	})
	return err
}
