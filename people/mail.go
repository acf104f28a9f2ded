package people

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"os"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/faults"
)

// Mail is one message to one person.
type Mail struct {
	To        string
	Subject   string
	Text      string    // plain text, the only form sent
	MessageID string    // without angle brackets; the same for every try, so a receiver can drop the second copy
	At        time.Time // the Date header
}

// Mailer sends mail. Send returns nil when the next server took the message; Unavailable when trying again later may help.
type Mailer interface {
	Send(ctx context.Context, m Mail) error
}

// Switched is a Mailer that can be switched on and off while the program runs, because a server is set or taken away. While it is off no mail is made due.
type Switched interface {
	Mailer
	On() bool
}

// mails says whether mail can leave now.
func (s *Service) mails() bool {
	if m, ok := s.cfg.Mailer.(Switched); ok {
		return m.On()
	}
	return s.cfg.Mailer != nil
}

// SMTP sends mail through a server, always encrypted: TLS from the start on port 465, STARTTLS elsewhere. A server on the loopback address may
// go without, for a relay on the same machine.
type SMTP struct {
	Server       string // host:port
	From         string // "APEL Kota <apel@example.go.id>"
	User         string // "" for none
	PasswordFile string // read at each mail, so that it can change; never stored
	TLS          *tls.Config
}

const smtpTimeout = 30 * time.Second

// Send implements Mailer. Errors: Unavailable (server away, or it said "later": 4xx), Invalid (refused for good: 5xx).
func (m SMTP) Send(ctx context.Context, msg Mail) error {
	if err := m.send(ctx, msg); err != nil {
		var code *textproto.Error
		if errors.As(err, &code) && code.Code >= 500 {
			return faults.Wrap(fmt.Errorf("smtp: %d", code.Code), faults.Invalid, "Server surel menolak surel ini.", "The mail server refused this mail.") // the server's words may hold the address
		}
		return faults.Wrap(errors.New("smtp: "+smtpCause(err)), faults.Unavailable, "Server surel tidak dapat dijangkau.", "The mail server is away.")
	}
	return nil
}

// smtpCause keeps a server's words out of the log: they may repeat the address.
func smtpCause(err error) string {
	var code *textproto.Error
	if errors.As(err, &code) {
		return fmt.Sprint("answer ", code.Code)
	}
	return err.Error()
}

func (m SMTP) send(ctx context.Context, msg Mail) error {
	from, err := mail.ParseAddress(m.From)
	if err != nil {
		return fmt.Errorf("sender address: %w", err)
	}
	host, port, err := net.SplitHostPort(m.Server)
	if err != nil {
		return err
	}
	dialer := net.Dialer{Timeout: smtpTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", m.Server)
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if err := conn.SetDeadline(time.Now().Add(smtpTimeout)); err != nil {
		return err
	}
	conf := m.TLS.Clone()
	if conf == nil {
		conf = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if conf.ServerName == "" {
		conf.ServerName = host
	}
	if port == "465" {
		conn = tls.Client(conn, conf)
	}
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		return err
	}
	defer c.Close()
	if port != "465" {
		if ok, _ := c.Extension("STARTTLS"); ok {
			if err := c.StartTLS(conf); err != nil {
				return err
			}
		} else if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
			return errors.New("the server offers no encryption")
		}
	}
	if m.User != "" {
		password, err := os.ReadFile(m.PasswordFile)
		if err != nil {
			return err
		}
		if err := c.Auth(smtp.PlainAuth("", m.User, strings.TrimSpace(string(password)), host)); err != nil {
			return err
		}
	}
	if err := c.Mail(from.Address); err != nil {
		return err
	}
	if err := c.Rcpt(msg.To); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	body, err := render(from, msg)
	if err != nil {
		return err
	}
	if _, err := w.Write(body); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	_ = c.Quit() // the message is taken already
	return nil
}

// render writes a message as it goes over the wire. Header injection is impossible: addresses are parsed, the subject is an encoded word, ids are hex.
func render(from *mail.Address, m Mail) ([]byte, error) {
	to, err := mail.ParseAddress(m.To)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	header := func(k, v string) { fmt.Fprintf(&b, "%s: %s\r\n", k, v) }
	header("From", from.String())
	header("To", to.String())
	header("Subject", encodeSubject(m.Subject))
	header("Date", m.At.Format(time.RFC1123Z))
	header("Message-ID", "<"+m.MessageID+">")
	header("Auto-Submitted", "auto-generated")
	header("MIME-Version", "1.0")
	header("Content-Type", `text/plain; charset="utf-8"`)
	header("Content-Transfer-Encoding", "quoted-printable")
	b.WriteString("\r\n")
	q := quotedprintable.NewWriter(&b)
	if _, err := q.Write([]byte(strings.ReplaceAll(m.Text, "\n", "\r\n"))); err != nil {
		return nil, err
	}
	return b.Bytes(), q.Close()
}

func encodeSubject(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if e := mime.QEncoding.Encode("utf-8", s); e != s {
		return e
	}
	if len(s) > 70 { // a plain subject of one very long line is legal but shows badly; encoded words fold
		return "=?utf-8?b?" + base64.StdEncoding.EncodeToString([]byte(s[:min(len(s), 200)])) + "?="
	}
	return s
}
