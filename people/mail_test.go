package people_test

import (
	"bufio"
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

// relay is a mail server for one message on the loopback address; refuse answers the recipient with that line.
func relay(t *testing.T, refuse string) (address string, got <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { l.Close() })
	out := make(chan string, 1)
	go func() {
		defer close(out)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		say := func(s string) { io.WriteString(conn, s+"\r\n") }
		say("220 relay")
		r := bufio.NewReader(conn)
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			switch cmd := strings.ToUpper(line); {
			case strings.HasPrefix(cmd, "EHLO"):
				say("250 relay")
			case strings.HasPrefix(cmd, "RCPT") && refuse != "":
				say(refuse)
			case strings.HasPrefix(cmd, "DATA"):
				say("354 go on")
				var b strings.Builder
				for {
					line, err := r.ReadString('\n')
					if err != nil || line == ".\r\n" {
						break
					}
					b.WriteString(strings.TrimPrefix(line, "."))
				}
				out <- b.String()
				say("250 taken")
			case strings.HasPrefix(cmd, "QUIT"):
				say("221 bye")
				return
			default:
				say("250 ok")
			}
		}
	}()
	return l.Addr().String(), out
}

func TestSMTPSendsWhatCanBeRead(t *testing.T) {
	address, got := relay(t, "")
	m := people.SMTP{Server: address, From: "APEL Kota <apel@contoh.example>"}
	msg := people.Mail{To: "ani@contoh.example", Subject: "Kabar é\r\nBcc: semua@contoh.example", Text: "Yth. Ani,\n.titik di depan\nDasar hukum — pasal 5\n", MessageID: "abc@apel", At: time.Date(2026, 3, 31, 3, 0, 0, 0, time.UTC)}
	must(t, m.Send(t.Context(), msg))
	raw := <-got
	read, err := mail.ReadMessage(strings.NewReader(raw))
	must(t, err)
	subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
	if err != nil || subject != "Kabar é Bcc: semua@contoh.example" || read.Header.Get("Bcc") != "" {
		t.Errorf("subject %q, bcc %q, %v", subject, read.Header.Get("Bcc"), err)
	}
	if read.Header.Get("Message-ID") != "<abc@apel>" {
		t.Error(read.Header.Get("Message-ID"))
	}
	body, err := io.ReadAll(quotedprintable.NewReader(read.Body))
	if err != nil || strings.ReplaceAll(string(body), "\r\n", "\n") != msg.Text {
		t.Errorf("%q %v", body, err)
	}
}

func TestSMTPTellsLaterFromNever(t *testing.T) {
	for answer, want := range map[string]faults.Kind{"450 ani@contoh.example busy": faults.Unavailable, "550 ani@contoh.example unknown": faults.Invalid} {
		address, _ := relay(t, answer)
		err := people.SMTP{Server: address, From: "apel@contoh.example"}.Send(t.Context(), people.Mail{To: "ani@contoh.example", Text: "x", MessageID: "a@b"})
		if !errors.Is(err, want) {
			t.Errorf("%s: %v", answer, err)
		}
		if strings.Contains(err.Error(), "ani@") {
			t.Errorf("the error shows the address: %v", err)
		}
	}
	err := people.SMTP{Server: "127.0.0.1:1", From: "apel@contoh.example"}.Send(t.Context(), people.Mail{To: "ani@contoh.example"})
	wants(t, err, faults.Unavailable)
}
