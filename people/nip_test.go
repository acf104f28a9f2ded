package people_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/people"
)

const today = civil.Date("2026-03-31")

func TestParseNIP(t *testing.T) {
	for _, c := range []struct {
		in, want string // want: the kind, or a word of the refusal
	}{
		// one of each kind
		{"199001012020011901", "NIP"},
		{"199001012021211901", "NI"},
		{"19900101 202001 1 901", "NIP"},
		{"199002302020011901", "birth date"},
		{"199001012020131901", "13-14"},
		{"199001012020011000", "serial"},
		{"199001012020013901", "15"},
		{"201501012020011901", "under 18"},
		{"19900101202001190", "18 digits"},
		{"199001012035011901", "future"},
		// and around them
		{"19900101.202001.1.901", "NIP"},
		{"199001012021241901", "NI"},
		{"199001012021391901", "NI"},
		{"199001012021401901", "13-14"},
		{"199001012021201901", "13-14"},
		{"199001012020001901", "13-14"},
		{"199001012026061901", "NIP"},    // within three months from today
		{"199001012026071901", "future"}, // beyond
		{"199001012027211901", "future"},
		{"200701012026212901", "under 20"},
		{"200603312024032901", "NIP"},      // 18 within the month of appointment
		{"200604012024032901", "under 18"}, // the day after it
		{"199001012020010901", "15"},
		{"19900101202001190O", "digits only"},
		{"", "18 digits"},
		{"１９９００１０１２０２００１１９０１", "digits only"},
	} {
		n, _, err := people.NIPRules{}.Parse(c.in, today)
		if err == nil {
			if string(n.Kind()) != c.want {
				t.Errorf("%q: taken as %s, want %s", c.in, n.Kind(), c.want)
			}
			continue
		}
		if !errors.Is(err, faults.Invalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want a refusal with %q", c.in, err, c.want)
		}
		if len(c.in) > 8 && strings.Contains(err.Error(), c.in) {
			t.Errorf("%q: the error repeats the number", c.in)
		}
	}
}

func TestNIPAgeOnlyWarns(t *testing.T) {
	_, w, err := people.NIPRules{}.Parse("195001011970011901", today)
	if err != nil || len(w) != 1 {
		t.Errorf("76 years: warnings %v, err %v", w, err)
	}
	_, w, err = people.NIPRules{}.Parse("199001012020011901", today)
	if err != nil || len(w) != 0 {
		t.Errorf("36 years: warnings %v, err %v", w, err)
	}
}

func TestNIPRulesTakeOtherCodes(t *testing.T) {
	r := people.NIPRules{PPPKCodes: []string{"45"}}
	if n, _, err := r.Parse("199001012021451901", today); err != nil || n.Kind() != people.KindNI {
		t.Error(n, err)
	}
	if _, _, err := r.Parse("199001012021211901", today); !errors.Is(err, faults.Invalid) {
		t.Error("a code off the list was taken:", err)
	}
}

func TestNIPParts(t *testing.T) {
	pns, pppk := people.NIP("199001012020031901"), people.NIP("199001012021212902")
	if pns.Born() != "1990-01-01" || pns.Since() != "2020-03-01" || pppk.Since() != "2021-01-01" {
		t.Error(pns.Born(), pns.Since(), pppk.Since())
	}
	if pns.Masked() != "•••901" || pns.Grouped() != "19900101 202003 1 901" {
		t.Error(pns.Masked(), pns.Grouped())
	}
}
