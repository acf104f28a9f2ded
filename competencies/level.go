package competencies

import (
	"fmt"
	"slices"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/texts"
)

// Owned is the level of one competency that a person's evidence supports on a day.
type Owned struct {
	Competency string     `json:"competency"`
	Level      int        `json:"level,omitempty"` // 1 to MaxLevel; 0 only when State is "", which means there is no evidence, not level 0
	State      State      `json:"state,omitempty"` // Confirmed, Proposed, or "" without valid evidence
	Kind       Kind       `json:"kind,omitempty"`
	Evidence   string     `json:"evidence,omitempty"` // id of the row it rests on
	Source     string     `json:"source,omitempty"`
	Course     string     `json:"course,omitempty"`
	On         civil.Date `json:"on,omitempty"`
	Until      civil.Date `json:"until,omitempty"`     // last day it counts, "" for no end
	Claimed    int        `json:"claimed,omitempty"`   // what the source says, where more than what counts
	Skipped    bool       `json:"skipped,omitempty"`   // more would count once another source shows level 2
	SetAside   int        `json:"set_aside,omitempty"` // a higher proposed level that a confirmed result replaced
	Self       int        `json:"self,omitempty"`      // what the person says of themselves: shown, never counted
	Lapsed     civil.Date `json:"lapsed,omitempty"`    // without valid evidence: when the last one ended
}

// Known says whether there is valid evidence.
func (o Owned) Known() bool { return o.State != "" }

// Levels holds the owned level per competency code. A code that is missing has no evidence.
type Levels map[string]Owned

// Text says where the level comes from, how long it lasts, and what did not count.
func (o Owned) Text() texts.Text {
	switch {
	case !o.Known() && o.Lapsed != "":
		return texts.T("Belum ada bukti yang berlaku; bukti terakhir kedaluwarsa sesudah "+o.Lapsed.In(texts.ID)+".", "No valid evidence; the last one expired after "+o.Lapsed.In(texts.EN)+".")
	case !o.Known():
		return texts.T("Belum ada bukti.", "No evidence yet.")
	}
	id := fmt.Sprintf("Level %d %s lewat %s tanggal %s", o.Level, o.State.Text().ID, o.Kind.Text().ID, o.On.In(texts.ID))
	en := fmt.Sprintf("Level %d %s by %s on %s", o.Level, o.State.Text().EN, o.Kind.Text().EN, o.On.In(texts.EN))
	if o.Until != "" {
		id, en = id+", berlaku sampai "+o.Until.In(texts.ID), en+", valid until "+o.Until.In(texts.EN)
	}
	id, en = id+".", en+"."
	if o.SetAside > 0 {
		id += fmt.Sprintf(" Hasil yang ditetapkan menggantikan usulan level %d.", o.SetAside)
		en += fmt.Sprintf(" The confirmed result replaces the proposed level %d.", o.SetAside)
	}
	switch {
	case o.Skipped:
		id += " Level di atas 2 baru dihitung setelah level 2 terbukti dari sumber lain."
		en += " A level above 2 counts once another source shows level 2."
	case o.Claimed > 0:
		id += fmt.Sprintf(" Sumber menyebut level %d; %s sendiri paling tinggi level %d.", o.Claimed, o.Kind.Text().ID, o.Level)
		en += fmt.Sprintf(" The source says level %d; a %s alone supports at most level %d.", o.Claimed, o.Kind.Text().EN, o.Level)
	}
	return texts.T(id, en)
}

// Own computes the levels from evidence on a day: per competency the best valid confirmed evidence, else the best valid proposed one. Caps and the
// rule that nobody skips level 2 are applied first. The order of the rows does not matter. Pure.
func Own(rows []Evidence, dict Dictionary, rules Rules, on civil.Date) Levels {
	byCode := map[string][]counted{}
	for _, e := range rows {
		if e.Competency == "" || e.State == Withdrawn || e.On > on {
			continue
		}
		c := counted{Evidence: e, level: e.Level, valid: e.Valid(on)}
		if limit := rules.Cap(e.Kind, dict.Field(e.Competency)); e.Kind != Self && e.Level > limit {
			c.level, c.claimed = limit, e.Level
		}
		byCode[e.Competency] = append(byCode[e.Competency], c)
	}
	out := Levels{}
	for code, all := range byCode {
		if o := own(all); o.Known() || o.Self > 0 || o.Lapsed != "" {
			o.Competency = code
			out[code] = o
		}
	}
	return out
}

// counted is evidence with the part of it that counts.
type counted struct {
	Evidence
	level   int
	claimed int // the level of the source, where the cap took some away
	skipped bool
	valid   bool
}

func own(all []counted) Owned {
	noSkipping(all)
	slices.SortFunc(all, better)
	var o Owned
	var lapsed civil.Date
	proposed := 0
	var best *counted
	for i := range all {
		c := &all[i]
		switch {
		case c.Kind == Self:
			if c.valid {
				o.Self = max(o.Self, c.level)
			}
		case !c.valid:
			lapsed = max(lapsed, c.Expires)
		case c.level < 1:
		case best == nil:
			best = c
		}
		if c.valid && c.State == Proposed && c.Kind != Self {
			proposed = max(proposed, c.level)
		}
	}
	if best == nil {
		o.Lapsed = lapsed
		return o
	}
	o.Level, o.State, o.Kind, o.Evidence, o.Source, o.Course, o.On, o.Until = best.level, best.State, best.Kind, best.ID, best.Source, best.Course, best.On, best.Expires
	o.Claimed, o.Skipped = best.claimed, best.skipped
	if o.State == Confirmed && proposed > o.Level {
		o.SetAside = proposed
	}
	return o
}

// noSkipping holds evidence from courses and observation at level 2 until another source has shown level 2 at any time (level 3 and
// above need level 2 already held). Work at an optional field task is another source than the test of its certificate.
func noSkipping(all []counted) {
	const base = 2
	first, second := "", false // a source that shows the base level, and whether another one does
	for _, c := range all {
		if c.Kind != Self && c.level >= base {
			switch {
			case first == "":
				first = c.Source + "/" + c.Task
			case c.Source+"/"+c.Task != first:
				second = true
			}
		}
	}
	for i := range all {
		c := &all[i]
		if c.Kind == Assessment || c.Kind == Self || c.level <= base || second {
			continue
		}
		c.skipped = true
		c.level = base
	}
}

// better orders evidence: what counts on the day, confirmed before proposed, higher level, longer valid, newer, stronger kind; then the id, so that
// the order in which rows arrive never decides.
func better(a, b counted) int {
	truth := func(x bool) int {
		if x {
			return 0
		}
		return 1
	}
	end := func(d civil.Date) civil.Date {
		if d == "" {
			return "9999-12-31"
		}
		return d
	}
	return firstOf(
		compare(truth(a.valid), truth(b.valid)),
		compare(truth(a.State == Confirmed), truth(b.State == Confirmed)),
		compare(b.level, a.level),
		compare(end(b.Expires), end(a.Expires)),
		compare(b.On, a.On),
		compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)),
		compare(a.ID, b.ID),
	)
}

// Changes is the first day after on which Own over the same rows may give something else: the day after the next expiry, or the first day of
// evidence that is not yet valid. "" when nothing changes by itself. Pure.
func Changes(rows []Evidence, on civil.Date) civil.Date {
	var next civil.Date
	see := func(d civil.Date) {
		if d > on && (next == "" || d < next) {
			next = d
		}
	}
	for _, e := range rows {
		if e.State == Withdrawn {
			continue
		}
		see(e.On)
		if e.Expires != "" {
			see(e.Expires.AddDays(1))
		}
	}
	return next
}
