package web

import (
	"context"
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/apelkota/apel/internal/civil"
	"github.com/apelkota/apel/internal/texts"
)

var defaultZone = civil.Jakarta().Location()

// funcs are what templates may call. They are bound to one language.
//
//	{{t "Simpan"}} {{t "%d kursus" .Count}}      words
//	{{say .Summary}}                             a texts.Text
//	{{date .At}} {{day .At}} {{clock .At}} {{moment .At}} {{until .Due}}   time.Time in the zone of the installation,
//	                                                              or a civil.Date
//	{{number .N}} {{decimal .X 2}} {{percent .Share}} {{size .Bytes}} {{minutes .M}}
//	{{icon "home"}} {{asset "mark.svg"}}
//	{{template "notice" (notice "warn" (t "..."))}}   quick data for parts: notice kind text, badge kind text (data),
//	{{template "badge" (state "ok" "Berlaku")}}        state kind label (words), bar label done goal
//	{{dict "Key" value ...}} {{list a b c}}
func (e *Engine) funcs(lang string) template.FuncMap {
	f := format{lang, func() *time.Location { return e.institution(context.Background()).Zone }}
	return template.FuncMap{
		"t":        func(s string, args ...any) string { return e.words.say(lang, s, args...) },
		"lang":     func() string { return lang },
		"say":      func(text texts.Text) string { return text.In(texts.Lang(lang)) },
		"date":     f.Date,
		"day":      f.Day,
		"clock":    f.Clock,
		"moment":   f.Moment,
		"machine":  f.Machine,
		"until":    func(v any) (string, error) { return f.until(e.words, v, e.config.Now()) },
		"number":   f.Number,
		"decimal":  f.Decimal,
		"percent":  f.Percent,
		"size":     f.Size,
		"minutes":  func(m int) string { return f.minutes(e.words, m) },
		"icon":     e.icon,
		"asset":    func(name string) (string, error) { return e.assetURL(name) },
		"notice":   func(kind, text string) Notice { return Notice{Kind: kind, Text: text} },
		"badge":    func(kind, text string) Badge { return Badge{Kind: kind, Text: text} },
		"state":    func(kind, label string) Badge { return Badge{Kind: kind, Label: label} },
		"bar":      func(label string, done, goal float64) Progress { return Progress{Label: label, Done: done, Goal: goal} },
		"qr":       qrSVG,
		"dict":     dict,
		"list":     func(items ...any) []any { return items },
		"add":      func(a, b int) int { return a + b },
		"initials": initials,
	}
}

func (e *Engine) assetURL(name string) (string, error) {
	if _, ok := e.assets.files[name]; !ok {
		return "", fmt.Errorf("no asset %q", name)
	}
	return e.assets.prefix + "/" + name, nil
}

// icon draws a symbol of assets/icons.svg. It is decoration: give the control a text or an aria-label.
func (e *Engine) icon(name string) (template.HTML, error) {
	if !e.assets.icons[name] {
		return "", fmt.Errorf("no icon %q in assets/icons.svg", name)
	}
	return template.HTML(`<svg class="icon" aria-hidden="true" focusable="false"><use href="` + e.assets.prefix +
		`/icons.svg#` + name + `"/></svg>`), nil
}

// format writes dates and numbers the way the language writes them.
type format struct {
	lang string
	zone func() *time.Location
}

// Format is for handlers that write dates and numbers into texts.
func (e *Engine) Format(lang string) format {
	return format{lang, func() *time.Location { return e.institution(context.Background()).Zone }}
}

var (
	monthsID = strings.Fields("Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember")
	monthsEN = strings.Fields("January February March April May June July August September October November December")
	shortID  = strings.Fields("Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des")
	shortEN  = strings.Fields("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")
)

// civil reads what templates pass as a date: an instant (shown in the zone of the installation), or YYYY-MM-DD, which
// is a date already and moves with no zone. civilOnly tells which of the two it was. The zero time is "no date".
func (f format) civil(v any) (at time.Time, civilOnly bool, err error) {
	switch v := v.(type) {
	case time.Time:
		if v.IsZero() {
			return v, false, nil
		}
		return v.In(f.zone()), false, nil
	case *time.Time:
		if v == nil {
			return time.Time{}, false, nil
		}
		return f.civil(*v)
	case string:
		if v == "" {
			return time.Time{}, true, nil
		}
		at, err := time.ParseInLocation(time.DateOnly, v, f.zone())
		return at, true, err
	case civil.Date:
		return f.civil(string(v))
	}
	return time.Time{}, false, fmt.Errorf("%T is not a date", v)
}

// Date is "22 November 2026"; "–" when there is none.
func (f format) Date(v any) (string, error) {
	months := monthsID
	if f.lang == "en" {
		months = monthsEN
	}
	return f.dated(v, months)
}

// Day is the short form, "22 Nov 2026".
func (f format) Day(v any) (string, error) {
	months := shortID
	if f.lang == "en" {
		months = shortEN
	}
	return f.dated(v, months)
}

func (f format) dated(v any, months []string) (string, error) {
	at, _, err := f.civil(v)
	if err != nil || at.IsZero() {
		return "–", err
	}
	return fmt.Sprintf("%d %s %d", at.Day(), months[at.Month()-1], at.Year()), nil
}

// Clock is "10.31 WIB"; in English "10:31 WIB".
func (f format) Clock(v any) (string, error) {
	at, _, err := f.civil(v)
	if err != nil || at.IsZero() {
		return "–", err
	}
	layout := "15.04 MST"
	if f.lang == "en" {
		layout = "15:04 MST"
	}
	return at.Format(layout), nil
}

// Moment is "22 November 2026, 10.31 WIB".
func (f format) Moment(v any) (string, error) {
	day, err := f.Date(v)
	if err != nil || day == "–" {
		return day, err
	}
	clock, err := f.Clock(v)
	return day + ", " + clock, err
}

// Machine is the value of a <time datetime> attribute.
func (f format) Machine(v any) (string, error) {
	at, civilOnly, err := f.civil(v)
	if err != nil || at.IsZero() {
		return "", err
	}
	if civilOnly {
		return at.Format(time.DateOnly), nil
	}
	return at.UTC().Format(time.RFC3339), nil
}

// until says how far a civil date is away: "3 hari lagi", "hari ini", "lewat 2 hari".
func (f format) until(w *words, v any, now time.Time) (string, error) {
	at, _, err := f.civil(v)
	if err != nil || at.IsZero() {
		return "–", err
	}
	today := now.In(f.zone())
	days := int(math.Round(time.Date(at.Year(), at.Month(), at.Day(), 12, 0, 0, 0, time.UTC).
		Sub(time.Date(today.Year(), today.Month(), today.Day(), 12, 0, 0, 0, time.UTC)).Hours() / 24))
	switch {
	case days == 0:
		return w.say(f.lang, "hari ini"), nil
	case days == 1:
		return w.say(f.lang, "besok"), nil
	case days > 0:
		return w.say(f.lang, "%d hari lagi", days), nil
	}
	return w.say(f.lang, "lewat %d hari", -days), nil
}

// Number groups thousands: 5.907; in English 5,907. It takes any whole number type.
func (f format) Number(v any) (string, error) {
	n, err := strconv.ParseInt(fmt.Sprint(v), 10, 64)
	if err != nil {
		return "", fmt.Errorf("%v is not a whole number", v)
	}
	sign := ""
	if n < 0 {
		sign, n = "−", -n
	}
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + f.thousands() + digits[i:]
	}
	return sign + digits, nil
}

// Decimal writes x with at most places decimals: 4,27; in English 4.27. Trailing zeros are dropped.
func (f format) Decimal(x float64, places int) (string, error) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–", nil
	}
	text := f.Fixed(x, places)
	if whole, part, ok := strings.Cut(text, f.comma()); ok && places > 0 {
		if part = strings.TrimRight(part, "0"); part == "" {
			return whole, nil
		}
		return whole + f.comma() + part, nil
	}
	return text, nil
}

// Fixed writes a number with exactly so many decimals, for figures that stand under each other; a dash for what is no number.
func (f format) Fixed(x float64, places int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	text := strconv.FormatFloat(math.Abs(x), 'f', places, 64)
	whole, part, _ := strings.Cut(text, ".")
	out, err := f.Number(whole)
	if err != nil {
		return "–"
	}
	if part != "" {
		out += f.comma() + part
	}
	if x < 0 && strings.Trim(text, "0.") != "" {
		out = "−" + out
	}
	return out
}

// Percent writes a share of 0..1 as whole percent, and never rounds up to 100 or down to 0 what is not.
func (f format) Percent(share float64) (string, error) {
	p := math.Round(share * 100)
	if p >= 100 && share < 1 {
		p = 99
	}
	if p <= 0 && share > 0 {
		p = 1
	}
	text, err := f.Decimal(p, 0)
	return text + "%", err
}

// Size writes a number of bytes: 812 B, 64 KB, 1,2 MB.
func (f format) Size(bytes int64) (string, error) {
	x, unit := float64(bytes), "B"
	for _, next := range []string{"KB", "MB", "GB"} {
		if x < 1000 {
			break
		}
		x, unit = x/1000, next
	}
	places := 0
	if x < 10 && unit != "B" {
		places = 1
	}
	text, err := f.Decimal(x, places)
	return text + " " + unit, err
}

func (f format) minutes(w *words, m int) string {
	hours, rest := m/60, m%60
	switch {
	case hours == 0:
		return w.say(f.lang, "%d menit", rest)
	case rest == 0:
		return w.say(f.lang, "%d jam", hours)
	}
	return w.say(f.lang, "%d jam", hours) + " " + w.say(f.lang, "%d menit", rest)
}

func (f format) comma() string {
	if f.lang == "en" {
		return "."
	}
	return ","
}

func (f format) thousands() string {
	if f.lang == "en" {
		return ","
	}
	return "."
}

func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict wants pairs")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict key %v is not a string", pairs[i])
		}
		m[key] = pairs[i+1]
	}
	return m, nil
}

// initials of a name for the round sign beside it; titles before a comma's tail are not names: "Siti Rahma, S.Kom." is SR.
func initials(name string) string {
	name, _, _ = strings.Cut(name, ",")
	var out []rune
	for word := range strings.FieldsSeq(name) {
		if strings.HasSuffix(word, ".") { // a title: dr., Ir., H.
			continue
		}
		out = append(out, []rune(strings.ToUpper(word))[0])
	}
	switch len(out) {
	case 0:
		return "?"
	case 1:
		return string(out)
	}
	return string([]rune{out[0], out[len(out)-1]})
}
