// Package icalendar writes calendars as RFC 5545 (iCalendar) says, for the programs people keep their days in. Pure.
package icalendar

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apelkota/apel/internal/civil"
)

// Media is the type a calendar is sent as.
const Media = "text/calendar; charset=utf-8"

// Event is one entry. It has a Day, or From and Until.
type Event struct {
	UID     string     // the same whenever the same thing is written again: programs replace by it
	Day     civil.Date // a whole day
	From    time.Time  // else an instant, written in UTC
	Until   time.Time  // after From
	Summary string
	Text    string // "" leaves it out
}

// Write makes the file. made is when; name is what programs call the calendar.
func Write(name string, made time.Time, events []Event) []byte {
	var b strings.Builder
	line := func(name, value string) { fold(&b, name+":"+value) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//APEL//APEL//ID")
	line("CALSCALE", "GREGORIAN")
	line("METHOD", "PUBLISH")
	line("X-WR-CALNAME", escape(name))
	for _, e := range events {
		line("BEGIN", "VEVENT")
		line("UID", escape(e.UID))
		line("DTSTAMP", instant(made))
		if e.Day != "" {
			line("DTSTART;VALUE=DATE", date(e.Day))
			line("DTEND;VALUE=DATE", date(e.Day.AddDays(1))) // the first day that is no longer part of it
			line("TRANSP", "TRANSPARENT")                    // a due date does not make a day busy
		} else {
			line("DTSTART", instant(e.From))
			line("DTEND", instant(e.Until))
		}
		line("SUMMARY", escape(e.Summary))
		if e.Text != "" {
			line("DESCRIPTION", escape(e.Text))
		}
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	return []byte(b.String())
}

func instant(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

func date(d civil.Date) string { return strings.ReplaceAll(string(d), "-", "") }

// escape writes a TEXT value (RFC 5545, 3.3.11). Control characters have no place in one.
func escape(text string) string {
	var b strings.Builder
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(text, "\uFFFD"))
	for _, r := range text {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\\' || r == ';' || r == ',':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' && r != '\t' || r == 0x7f:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// longest is how many octets a line may have without its end (RFC 5545, 3.1).
const longest = 75

// fold writes a content line in pieces that are short enough; a letter is never cut in two, and each piece but the first begins with a space that counts.
func fold(b *strings.Builder, line string) {
	room := longest
	for len(line) > room {
		cut := room
		for !utf8.RuneStart(line[cut]) {
			cut--
		}
		b.WriteString(line[:cut])
		b.WriteString("\r\n ")
		line, room = line[cut:], longest-1
	}
	b.WriteString(line)
	b.WriteString("\r\n")
}
