package icalendar

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// unfold reads lines back as RFC 5545 3.1 says, and checks each piece.
func unfold(t *testing.T, file string) []string {
	t.Helper()
	if !strings.HasSuffix(file, "\r\n") || strings.Contains(strings.ReplaceAll(file, "\r\n", ""), "\n") {
		t.Fatal("a line does not end in CR LF")
	}
	var lines []string
	for _, piece := range strings.Split(strings.TrimSuffix(file, "\r\n"), "\r\n") {
		if len(piece) > 75 || !utf8.ValidString(piece) {
			t.Errorf("%d octets, or half a letter: %q", len(piece), piece)
		}
		if rest, ok := strings.CutPrefix(piece, " "); ok {
			lines[len(lines)-1] += rest
			continue
		}
		lines = append(lines, piece)
	}
	return lines
}

func TestWhatIsWrittenReadsBack(t *testing.T) {
	wib := time.FixedZone("WIB", 7*3600)
	long := strings.Repeat("Ujian perbaikan – ", 20)
	file := string(Write("APEL", time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), []Event{
		{UID: "a@apel", From: time.Date(2026, 12, 1, 6, 0, 0, 0, wib), Until: time.Date(2026, 12, 1, 8, 30, 0, 0, wib), Summary: `Ujian; "satu", dua\tiga`, Text: "baris\r\ndua\x07"},
		{UID: "b@apel", Day: "2026-12-31", Summary: long},
	}))
	lines := unfold(t, file)
	all := "\n" + strings.Join(lines, "\n") + "\n"
	for _, want := range []string{"VERSION:2.0", "DTSTART:20261130T230000Z", "DTEND:20261201T013000Z", `SUMMARY:Ujian\; "satu"\, dua\\tiga`, `DESCRIPTION:baris\ndua`, "DTSTART;VALUE=DATE:20261231", "DTEND;VALUE=DATE:20270101", "SUMMARY:" + long, "DTSTAMP:20261123T000000Z"} {
		if !strings.Contains(all, "\n"+want+"\n") {
			t.Errorf("%q is not there:\n%s", want, all)
		}
	}
}

// A line of exactly 75 octets is one piece; letters of several octets are cut at none of them, wherever the border falls.
func TestFolding(t *testing.T) {
	for shift := range 6 {
		for _, letter := range []string{"a", "é", "–", "😀"} {
			summary := strings.Repeat("x", shift) + strings.Repeat(letter, 120)
			found := false
			for _, line := range unfold(t, string(Write("", time.Time{}, []Event{{UID: "u", Day: "2026-01-01", Summary: summary}}))) {
				found = found || line == "SUMMARY:"+summary
			}
			if !found {
				t.Errorf("shift %d of %q is changed by folding", shift, letter)
			}
		}
	}
	var b strings.Builder
	fold(&b, strings.Repeat("x", 75))
	if b.String() != strings.Repeat("x", 75)+"\r\n" {
		t.Errorf("75 octets are folded: %q", b.String())
	}
}
