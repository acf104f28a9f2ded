package exchange

import (
	"archive/zip"
	"bufio"
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/apelkota/apel/courses/grading"
	"github.com/apelkota/apel/courses/grading/kinds/casesim"
	"github.com/apelkota/apel/courses/grading/kinds/cloze"
	"github.com/apelkota/apel/courses/grading/kinds/essay"
	"github.com/apelkota/apel/courses/grading/kinds/judgement"
	"github.com/apelkota/apel/courses/grading/kinds/matching"
	"github.com/apelkota/apel/courses/grading/kinds/ordering"
	"github.com/apelkota/apel/courses/grading/kinds/reasoned"
	"github.com/apelkota/apel/courses/grading/kinds/upload"
	"github.com/apelkota/apel/internal/faults"
	"github.com/apelkota/apel/internal/sheets"
	"github.com/apelkota/apel/internal/texts"
)

// The table of items: one item a row, columns in Indonesian. What a type needs beyond options and key stands in the columns rubrik and bagian, in the same
// form as in items.yaml.

// columns are the titles a column may have, ours first.
var columns = map[string][]string{
	"id": {"id", "kode", "kode soal"}, "jenis": {"jenis", "tipe", "jenis soal", "type"}, "capaian": {"capaian", "tujuan", "indikator", "objective"},
	"kesulitan": {"kesulitan", "tingkat kesulitan", "tingkat"}, "soal": {"soal", "pertanyaan", "butir soal", "question"}, "kunci": {"kunci", "kunci jawaban", "jawaban benar", "jawaban", "key"},
	"umpan umum": {"umpan umum", "pembahasan", "umpan balik", "umpan balik umum"}, "petunjuk": {"petunjuk", "hint"}, "judul": {"judul"}, "kategori": {"kategori"}, "tag": {"tag", "label"}, "satuan": {"satuan"},
	"persis": {"persis"}, "tetap": {"tetap"}, "penilaian": {"penilaian"}, "batas": {"batas"}, "rubrik": {"rubrik"}, "bagian": {"bagian"},
	"pilihan": {"pilihan", "pilihan jawaban", "opsi", "opsi jawaban", "options"},
	"gambar":  {"gambar", "foto", "ilustrasi", "url gambar", "link gambar", "tautan gambar", "nama gambar", "image", "image link", "image url", "picture", "media"},
}

func optionColumns(n int) (text, feedback []string) {
	l := string(rune('A' + n))
	return []string{l, "pilihan " + l, "opsi " + l, "jawaban " + l}, []string{"umpan " + l, "umpan balik " + l}
}

// kindWords are further words for the types.
var kindWords = map[string]grading.Type{"pg": grading.Single, "pilihan ganda": grading.Single, "pilihan tunggal": grading.Single, "pilihan ganda kompleks": grading.Multiple, "pgk": grading.Multiple,
	"benar salah": grading.TrueFalse, "b/s": grading.TrueFalse, "bs": grading.TrueFalse, "isian": grading.ShortText, "uraian": essay.Name, "essay": essay.Name, "jodohkan": matching.Name,
	"urutkan": ordering.Name, "unggah": upload.Name, "numerik": grading.Numeric}

func kindOf(word string) (grading.Type, bool) {
	f := sheets.Fold(word)
	for _, k := range grading.Kinds() {
		if f == sheets.Fold(string(k.Name())) || f == sheets.Fold(k.Label().ID) || f == sheets.Fold(k.Label().EN) {
			return k.Name(), true
		}
	}
	for w, k := range kindWords {
		if f == sheets.Fold(w) {
			return k, true
		}
	}
	return "", false
}

// readSheet reads the table of items or what Kahoot exports, as XLSX or CSV.
func readSheet(in *intake, data []byte) {
	s, err := sheets.Read(in.file, bytes.NewReader(data), sheets.Options{MaxRows: MaxItems + 100})
	if err != nil {
		f := faults.Of(err)
		in.report = append(in.report, Mistake{File: in.file, Weight: Refused, Text: f.Text})
		for _, x := range f.Fields {
			in.report = append(in.report, Mistake{File: in.file, Weight: Refused, Text: x.Text})
		}
		return
	}
	if n := sheetPictures(data); n > 0 {
		in.begin()
		in.lost(place{}, "%d gambar yang ditempel di lembar Excel tidak ikut. Sisipkan di halaman Ubah soal, atau kirim soal bergambar sebagai Word.", "%d pictures that lie on the sheet are left out. Put them in with the item's editor, or send items with pictures as Word.", n)
		in.settle(0)
	}
	all := append([]sheets.Row{{N: s.HeaderRow, Cells: headerCells(s.Header)}}, s.Rows...)
	for i, r := range all[:min(len(all), 15)] {
		if isKahoot(r) {
			in.bank.Format = Kahoot
			in.kahoot(r, all[i+1:])
			return
		}
	}
	in.table(s.Header, s.Rows)
}

// sheetPictures counts the pictures in a workbook.
func sheetPictures(data []byte) (n int) {
	if !bytes.HasPrefix(data, []byte("PK")) {
		return 0
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return 0
	}
	for _, f := range z.File {
		if strings.HasPrefix(strings.ToLower(strings.TrimPrefix(f.Name, "/")), "xl/media/") {
			n++
		}
	}
	return n
}

func headerCells(header []string) []sheets.Cell {
	out := make([]sheets.Cell, len(header))
	for i, h := range header {
		out[i].Text = h
	}
	return out
}

// table reads rows of items under a header.
func (in *intake) table(header []string, rows []sheets.Row) {
	at := map[string]int{}
	for i, h := range header {
		if f := sheets.Fold(h); f != "" {
			if _, twice := at[f]; !twice {
				at[f] = i
			}
		}
	}
	t := &tableReader{intake: in, at: at, used: map[int]bool{}}
	in.begin()
	if t.column(columns["soal"]...) < 0 {
		in.refuse(place{}, "Tabel ini tidak punya kolom soal. Unduh templatnya, lalu isi satu soal per baris.", "This table has no column soal. Download the template and fill in an item per row.")
		return
	}
	for _, names := range columns {
		t.column(names...)
	}
	for n := range grading.MaxOptions {
		text, feedback := optionColumns(n)
		t.column(text...)
		t.column(feedback...)
	}
	for i, h := range header {
		if f := sheets.Fold(h); f != "" && !t.used[i] && f != "no" && f != "nomor" && f != "no." {
			in.lost(place{}, "Kolom %q tidak dikenal dan tidak diambil.", "The column %q is unknown and was not taken.", shorten(h))
		}
	}
	in.settle(0)
	for _, r := range rows {
		if in.full(place{r.N, 0}) {
			return
		}
		t.row = r
		t.item()
	}
}

type tableReader struct {
	*intake
	at   map[string]int
	used map[int]bool
	row  sheets.Row
}

func (t *tableReader) column(names ...string) int {
	for _, n := range names {
		if i, ok := t.at[sheets.Fold(n)]; ok {
			t.used[i] = true
			return i
		}
	}
	return -1
}

func (t *tableReader) cell(names ...string) string {
	c := t.row.At(t.column(names...))
	if c.Date {
		t.unsure(place{t.row.N, 0}, "Sel %q dibaca Excel sebagai tanggal. Periksa isinya, lalu format kolomnya sebagai Teks.", "Excel made a date of the cell %q. Check it, and format the column as Text.", c.Text)
	}
	return strings.TrimSpace(unbroken.Replace(c.Text))
}

func (t *tableReader) named(column string) string { return t.cell(columns[column]...) }

func (t *tableReader) item() {
	t.begin()
	here := place{t.row.N, 0}
	it := grading.Item{Code: t.named("id"), Objective: t.named("capaian"), Stem: t.named("soal"), General: t.named("umpan umum"), Hints: grading.SplitHints(t.named("petunjuk")), Title: t.named("judul"), Category: t.named("kategori"),
		Tags: list(t.named("tag")), Units: list(t.named("satuan")), Exact: yes(t.named("persis")), Fixed: yes(t.named("tetap")), Scoring: t.named("penilaian")}
	switch d := strings.ToLower(t.named("kesulitan")); d {
	case "sukar", "susah":
		it.Difficulty = grading.Hard
	default:
		it.Difficulty = grading.Difficulty(d)
	}
	if b := t.named("batas"); b != "" {
		count, files, _ := strings.Cut(b, ";")
		t.fileLimits(here, &it, files)
		n, err := strconv.Atoi(strings.TrimSpace(count))
		if err != nil {
			t.refuse(here, "Batas %q bukan bilangan bulat.", "The limit %q is no whole number.", shorten(b))
		}
		it.Limit = n
	}
	type answer struct{ text, feedback string }
	var answers []answer
	for n := range grading.MaxOptions {
		text, feedback := optionColumns(n)
		a := answer{t.cell(text...), t.cell(feedback...)}
		for len(answers) < n && a != (answer{}) {
			answers = append(answers, answer{})
		}
		if a != (answer{}) {
			answers = append(answers, a)
		}
	}
	if cell := t.named("pilihan"); cell != "" && len(answers) == 0 {
		list, ok := optionList(cell)
		if !ok {
			t.refuse(here, "Kolom pilihan tidak terbaca. Tulis tiap pilihan di baris sendiri: A. ..., B. ..., atau pakai kolom A, B, C.", "The column of options cannot be read. Write each on a line of its own: A. ..., B. ..., or use the columns A, B, C.")
		}
		for _, text := range list {
			answers = append(answers, answer{text: text})
		}
	}
	key, kind := t.named("kunci"), t.named("jenis")
	if kind == "" {
		it.Type = guessKind(key, len(answers))
	} else if k, ok := kindOf(kind); ok {
		it.Type = k
	} else {
		t.refuse(here, "Jenis soal %q tidak dikenal. Lihat lembar Petunjuk.", "Unknown item type %q. See the sheet Petunjuk.", shorten(kind))
	}
	for i, a := range answers {
		it.Options = append(it.Options, grading.Option{ID: grading.OptionID(i), Text: a.text, Feedback: a.feedback})
	}
	t.foreign(here, t.named("gambar"))
	open := false
	switch m := markedBy(it.Type); {
	case m == grading.TickOne || m == grading.TickShared:
		open = t.choiceKey(&it, key)
	case it.Type == grading.TrueFalse || it.Type == reasoned.Name:
		var right, wrong string
		truth, ok := truthOf(key)
		if len(answers) > 0 {
			right = answers[0].feedback
		}
		if len(answers) > 1 {
			wrong = answers[1].feedback
		}
		if !truth {
			right, wrong = wrong, right
		}
		if !ok {
			t.refuse(here, "Tulis Benar atau Salah di kolom kunci.", "Write Benar or Salah in the column kunci.")
		}
		it.Options = grading.NewTrueFalse(truth, wrong, right)
	case m == grading.PercentWhole:
		if len(it.Options) == 0 && key != "" { // a short answer written as the key
			it.Options, key = []grading.Option{{ID: "a", Text: key}}, ""
		}
		for i := range it.Options {
			o := &it.Options[i]
			o.Mark = grading.Full
			if it.Type == grading.Numeric {
				value, tolerance, has := strings.Cut(strings.ReplaceAll(o.Text, "+/-", "±"), "±")
				o.Text = t.number(here, value)
				if has {
					o.Tolerance = t.number(here, tolerance)
				}
			}
		}
		t.weights(&it, key, false)
	case it.Type == judgement.Name:
		t.weights(&it, key, true)
	case it.Type == matching.Name:
		t.matching(&it)
	}
	if text := t.named("bagian"); text != "" {
		it.Parts = t.parts(text)
	}
	if text := t.named("rubrik"); text != "" {
		rubric, ok := parseRubric(text)
		if !ok {
			t.refuse(here, "Rubrik ditulis satu kriteria per baris: kriteria | bobot | nilai uraian | nilai uraian, misalnya Isi | 3 | 0 Kurang | 100 Baik.", "A rubric has a line per criterion: criterion | weight | mark description | mark description, such as Content | 3 | 0 Poor | 100 Good.")
		}
		it.Rubric = rubric
	} else if it.Type == essay.Name || it.Type == upload.Name {
		it.Rubric = plainRubric()
		t.unsure(here, "Soal ini belum punya rubrik; rubrik bawaan dipasang. Sesuaikan sebelum dipakai.", "This item has no rubric; a plain one was put in. Adapt it before use.")
	}
	it = t.pictured(it, here)
	if !t.broken() {
		t.soundItem(it, t.row.N)
	}
	t.take(it, here, nil, open)
}

// optionList reads options that stand in one cell, "A. satu" and "B. dua" on lines of their own or one after the other.
func optionList(cell string) (out []string, ok bool) {
	for line := range strings.SplitSeq(strings.ReplaceAll(cell, "\\\n", "\n"), "\n") {
		pieces := []string{line}
		if cuts := inlineOptions(line, 'a'+byte(len(out))+1); len(cuts) > 0 {
			pieces = nil
			start := 0
			for _, c := range append(cuts, len(line)) {
				pieces, start = append(pieces, line[start:c]), c
			}
		}
		for _, p := range pieces {
			m := optionLine.FindStringSubmatch(p)
			switch {
			case m != nil && m[2][0]|0x20 == 'a'+byte(len(out)):
				out = append(out, strings.TrimSpace(m[3]))
			case len(out) == 0 && strings.TrimSpace(p) != "":
				return nil, false
			case strings.TrimSpace(p) != "":
				out[len(out)-1] += "\n" + strings.TrimSpace(p)
			}
		}
	}
	return out, len(out) >= 2 && len(out) <= grading.MaxOptions
}

// foreign says of a cell that names a picture, by file or address, that it is not in this file.
func (in *intake) foreign(at place, name string) {
	if name = strings.TrimSpace(unmarked(name)); name != "" {
		in.lost(at, "Gambar %s hanya disebut namanya dan tidak diambil dari mana pun. Pasang di halaman Ubah soal.", "The picture %s is only named and is fetched from nowhere. Put it in with the item's editor.", shorten(name))
	}
}

// guessKind is the type of a row that names none.
func guessKind(key string, options int) grading.Type {
	_, truth := truthOf(key)
	switch {
	case options == 0 && truth:
		return grading.TrueFalse
	case options == 0 && key == "":
		return essay.Name
	case options == 0:
		return grading.ShortText
	case len(weightEntry.FindAllString(key, -1)) > 1 && !strings.Contains(key, "%"):
		return grading.Multiple
	}
	return grading.Single
}

func truthOf(s string) (truth, ok bool) {
	switch strings.ToLower(strings.Trim(s, " .()")) {
	case "benar", "b", "true", "t", "ya", "betul", "1":
		return true, true
	case "salah", "s", "false", "f", "tidak", "0":
		return false, true
	}
	return false, false
}

var weightEntry = regexp.MustCompile(`(?i)\b([a-t])(?:\s*[:=]?\s*(-?\d{1,3}(?:[.,]\d{1,6})?)\s*(%)?)?(?:[\s;,&/.]+|\bdan\b|$)`)

// entries reads "A, C" or "A 50%; B -25%": letters with an optional number each; false when something else stands there.
func entries(key string) (out [][2]string, ok bool) {
	rest := strings.TrimSpace(key)
	for rest != "" {
		m := weightEntry.FindStringSubmatchIndex(rest)
		if m == nil || m[0] != 0 || m[1] == 0 {
			return nil, false
		}
		e := [2]string{strings.ToLower(rest[m[2]:m[3]]), ""}
		if m[4] >= 0 {
			e[1] = rest[m[4]:m[5]]
		}
		out = append(out, e)
		rest = strings.TrimSpace(rest[m[1]:])
		rest = strings.TrimSpace(strings.TrimPrefix(rest, "dan "))
	}
	return out, true
}

// choiceKey sets the marks of a choice; true when the key is missing and the item is taken without.
func (t *tableReader) choiceKey(it *grading.Item, key string) (open bool) {
	here := place{t.row.N, 0}
	if key == "" {
		t.unsure(here, "Kunci belum diisi. Pilih kuncinya sebelum soal ini disimpan.", "The key is missing. Choose it before the item is stored.")
		return true
	}
	list, ok := entries(key)
	if !ok { // the words of an option
		for i, o := range it.Options {
			if sheets.Fold(o.Text) == sheets.Fold(key) {
				list, ok = [][2]string{{grading.OptionID(i), ""}}, true
			}
		}
	}
	if !ok || slices.ContainsFunc(list, func(e [2]string) bool { _, there := grading.FindOption(it.Options, e[0]); return !there }) {
		t.refuse(here, "Kunci %q tidak cocok dengan pilihannya. Tulis hurufnya, misalnya C, atau A, C untuk beberapa kunci.", "The key %q does not match the options. Write its letter, such as C, or A, C for several.", shorten(key))
		return false
	}
	if !strings.Contains(key, "%") {
		letters := ""
		for _, e := range list {
			letters += e[0]
		}
		if len(letters) > 1 && it.Type == grading.Single {
			it.Type = grading.Multiple
			t.lost(here, "Kuncinya lebih dari satu, jadi soal ini menjadi banyak pilihan.", "It has several keys, so it became multiple choice.")
		}
		setKey(it, letters)
		return false
	}
	for _, e := range list {
		m := grading.Full
		if e[1] != "" {
			var err error
			if m, err = grading.ParseMark(e[1]); err != nil {
				t.refuse(here, "Bobot %q tidak terbaca.", "The weight %q cannot be read.", e[1])
			}
		}
		it.Options[e[0][0]-'a'].Mark = m
	}
	return false
}

// Keyed gives a choice that came without a key the options of these letters ("c", "ac") as its key; false when it is no choice or has no such option.
func Keyed(it grading.Item, letters string) (grading.Item, bool) {
	it.Options = slices.Clone(it.Options)
	for i := range len(letters) {
		if _, ok := grading.FindOption(it.Options, letters[i:i+1]); !ok {
			return it, false
		}
	}
	switch {
	case letters == "":
		return it, false
	case it.Type == grading.TrueFalse && len(letters) == 1:
		it.Options = grading.NewTrueFalse(letters == "a", it.Options[1].Feedback, it.Options[0].Feedback)
		return it, true
	case it.Type != grading.Single && it.Type != grading.Multiple:
		return it, false
	case len(letters) > 1:
		it.Type = grading.Multiple
	default:
		it.Type = grading.Single
	}
	setKey(&it, letters)
	return it, true
}

// setKey marks the options of these letters as right: one of them for single choice, shares for multiple choice, where the others take away as much.
func setKey(it *grading.Item, letters string) {
	right, wrong := grading.Mark(0), grading.Mark(0)
	for i := range it.Options {
		if strings.Contains(letters, grading.OptionID(i)) {
			right++
		} else {
			wrong++
		}
	}
	for i := range it.Options {
		is := strings.Contains(letters, grading.OptionID(i))
		switch {
		case it.Type == grading.Single && is:
			it.Options[i].Mark = grading.Full
		case it.Type == grading.Single:
			it.Options[i].Mark = 0
		case is:
			it.Options[i].Mark = grading.Full / right
			if grading.OptionID(i) == letters[:1] {
				it.Options[i].Mark += grading.Full % right // so that they make a whole
			}
		default:
			it.Options[i].Mark = -grading.Full / wrong
		}
	}
}

// weights reads marks in percent, or the ratings of a panel from 1 to 5.
func (t *tableReader) weights(it *grading.Item, key string, ratings bool) {
	here := place{t.row.N, 0}
	list, ok := entries(key)
	if !ok {
		t.refuse(here, "Kolom kunci %q tidak terbaca. Tulis huruf dan angkanya, misalnya A 100%%; B 50%%, atau A 4,5; B 2 untuk penilaian panel.", "The column kunci %q cannot be read. Write letters and numbers, such as A 100%%; B 50%%, or A 4.5; B 2 for a panel's ratings.", shorten(key))
		return
	}
	for _, e := range list {
		i := int(e[0][0] - 'a')
		if i >= len(it.Options) {
			t.refuse(here, "Kunci menyebut %s, padahal kolomnya kosong.", "The key names %s, but its column is empty.", strings.ToUpper(e[0]))
			return
		}
		if ratings {
			f, err := strconv.ParseFloat(strings.Replace(e[1], ",", ".", 1), 64)
			if err != nil {
				t.refuse(here, "Penilaian panel untuk %s belum diisi.", "The panel's rating of %s is missing.", strings.ToUpper(e[0]))
				return
			}
			it.Options[i].Expert = int(f*10 + 0.5)
			continue
		}
		m, err := grading.ParseMark(e[1])
		if err != nil {
			t.refuse(here, "Bobot %q tidak terbaca.", "The weight %q cannot be read.", e[1])
		}
		it.Options[i].Mark = m
	}
}

// matching turns cells "left -> right" into pairs; cells without an arrow are answers whose pairs stand in the column bagian.
func (t *tableReader) matching(it *grading.Item) {
	if !slices.ContainsFunc(it.Options, func(o grading.Option) bool { return strings.Contains(o.Text, "->") }) {
		return
	}
	cells := it.Options
	it.Options = nil
	p := pairing{it: it}
	for _, c := range cells {
		left, right, ok := strings.Cut(c.Text, "->")
		if !ok || c.Feedback != "" {
			t.refuse(place{t.row.N, 0}, "Tulis tiap pasangan sebagai kiri -> kanan, tanpa umpan balik.", "Write each pair as left -> right, without feedback.")
			return
		}
		p.add(strings.TrimSpace(left), strings.TrimSpace(right))
	}
}

// parts reads the column bagian.
func (t *tableReader) parts(text string) []grading.Part {
	before := len(t.report)
	top, ok := parseYAML(&t.report, t.file, []byte(text))
	var out []grading.Part
	if ok {
		m := top.mapping()
		out = readParts(m.take("parts"), map[string]place{})
		m.done()
	}
	for i := before; i < len(t.report); i++ { // lines of the cell mean nothing to anybody
		t.report[i].Line, t.report[i].Column = t.row.N, 0
	}
	return out
}

// isKahoot says that a row is the header of what Kahoot exports and its template has.
func isKahoot(r sheets.Row) bool {
	n := 0
	for _, c := range r.Cells {
		f := sheets.Fold(c.Text)
		if strings.HasPrefix(f, "question") || strings.HasPrefix(f, "answer1") || strings.HasPrefix(f, "correctanswer") {
			n++
		}
	}
	return n >= 3
}

// kahoot reads questions with up to four (in exports six) answers and the numbers of the right ones.
func (in *intake) kahoot(header sheets.Row, rows []sheets.Row) {
	question, correct, limit, image := -1, -1, -1, -1
	var answers []int
	for i, c := range header.Cells {
		switch f := sheets.Fold(c.Text); {
		case strings.HasPrefix(f, "question") && question < 0:
			question = i
		case strings.HasPrefix(f, "correctanswer"):
			correct = i
		case strings.HasPrefix(f, "timelimit"):
			limit = i
		case image < 0 && (strings.HasPrefix(f, "image") || strings.HasPrefix(f, "media") || strings.HasPrefix(f, "video") || f == "gambar"):
			image = i
		case strings.HasPrefix(f, "answer"):
			answers = append(answers, i)
		}
	}
	limits := 0
	for _, r := range rows {
		in.begin()
		here := place{r.N, 0}
		if in.full(here) {
			return
		}
		it := grading.Item{Type: grading.Single, Stem: toMarkdown(r.At(question).Text)}
		position := map[string]string{} // number of the column -> option
		for n, col := range answers {
			if text := r.At(col).Text; text != "" && len(it.Options) < grading.MaxOptions {
				position[strconv.Itoa(n+1)] = grading.OptionID(len(it.Options))
				it.Options = append(it.Options, grading.Option{ID: grading.OptionID(len(it.Options)), Text: toMarkdown(text)})
			}
		}
		key := strings.FieldsFunc(r.At(correct).Text, func(r rune) bool { return strings.ContainsRune(",; /&.", r) })
		if it.Stem == "" && len(it.Options) == 0 && len(key) == 0 { // a numbered row of the template that nobody filled in
			continue
		}
		letters, open := "", false
		for _, k := range key {
			if position[k] == "" {
				in.refuse(here, "Jawaban benar %q tidak cocok dengan kolom Answer yang terisi.", "The correct answer %q matches no filled column Answer.", shorten(k))
				break
			}
			letters += position[k]
		}
		if len(key) == 0 {
			in.unsure(here, "Jawaban benar belum diisi. Pilih kuncinya sebelum soal ini disimpan.", "The correct answer is missing. Choose it before the item is stored.")
			open = true
		}
		if r.At(limit).Text != "" {
			limits++
		}
		in.foreign(here, r.At(image).Text)
		truth, first := truthOf(optionText(it, 0))
		other, second := truthOf(optionText(it, 1))
		switch {
		case len(it.Options) == 2 && first && second && truth != other && len(letters) == 1:
			it.Type = grading.TrueFalse
			it.Options = grading.NewTrueFalse((letters == "a") == truth, "", "")
		case len(letters) > 0:
			if len(letters) > 1 {
				it.Type = grading.Multiple
			}
			setKey(&it, letters)
		}
		if !in.broken() {
			in.soundItem(it, r.N)
		}
		in.take(it, here, nil, open)
	}
	in.begin()
	if limits > 0 {
		in.lost(place{}, "Batas waktu per soal (Time limit) pada %d soal tidak diambil: di sini waktu diatur pada tesnya.", "The time limit of %d questions was not taken: here time is set on the test.", limits)
		in.settle(0)
	}
}

func optionText(it grading.Item, n int) string {
	if n < len(it.Options) {
		return it.Options[n].Text
	}
	return ""
}

// sheetTables are the table of items and its explanation.
func sheetTables(items []grading.Item) []sheets.Table {
	wide := 6
	cells := make([][]string, len(items))
	for i, it := range items {
		cells[i] = optionCells(it)
		wide = max(wide, len(cells[i]))
	}
	header := []string{"id", "jenis", "capaian", "kesulitan", "soal", "kunci"}
	for n := range wide {
		header = append(header, string(rune('A'+n)))
	}
	for n := range wide {
		header = append(header, "umpan "+string(rune('A'+n)))
	}
	header = append(header, "umpan umum", "petunjuk", "judul", "kategori", "tag", "satuan", "persis", "tetap", "penilaian", "batas", "rubrik", "bagian")
	rows := func(yield func([]any) bool) {
		for i, it := range items {
			row := []any{it.Code, it.Type.Label().ID, it.Objective, string(it.Difficulty), it.Stem, keyCell(it)}
			for n := range wide {
				row = append(row, at(cells[i], n))
			}
			feedback := make([]string, wide)
			for n, o := range it.Options {
				if n < wide {
					feedback[n] = o.Feedback
				}
			}
			for n := range wide {
				row = append(row, feedback[n])
			}
			row = append(row, it.General, grading.JoinHints(it.Hints), it.Title, it.Category, strings.Join(it.Tags, ", "), strings.Join(it.Units, ", "), yesCell(it.Exact), yesCell(it.Fixed), it.Scoring, limitCell(it), printRubric(it.Rubric), partsCell(it))
			if !yield(row) {
				return
			}
		}
	}
	return []sheets.Table{{Name: "Soal", Header: header, Rows: rows}, {Name: "Petunjuk", Header: []string{"kolom", "isi", "contoh"}, Rows: sheets.Each(guide())}}
}

// limitCell is the limit of an item, of an upload with the kinds and the size of its files: "2; pdf, jpg; 3 MB".
func limitCell(it grading.Item) string {
	if it.Limit == 0 && len(it.Files) == 0 && it.Size == 0 {
		return ""
	}
	cell := strconv.Itoa(it.Limit)
	if len(it.Files) > 0 {
		cell += "; " + strings.Join(it.Files, ", ")
	}
	if it.Size != 0 {
		cell += "; " + strconv.Itoa(it.Size) + " MB"
	}
	return cell
}

// fileLimits reads what stands behind the number in a limit.
func (t *tableReader) fileLimits(here place, it *grading.Item, cell string) {
	for _, part := range strings.Split(cell, ";") {
		part = strings.ToLower(strings.TrimSpace(part))
		if mb, ok := strings.CutSuffix(part, "mb"); ok {
			n, err := strconv.Atoi(strings.TrimSpace(mb))
			if err != nil {
				t.refuse(here, "Batas %q tidak terbaca. Tulis misalnya 2; pdf, jpg; 3 MB.", "The limit %q cannot be read. Write for example 2; pdf, jpg; 3 MB.", shorten(cell))
			}
			it.Size = n
		} else if part != "" {
			it.Files = list(part)
		}
	}
}

func at(list []string, n int) string {
	if n < len(list) {
		return list[n]
	}
	return ""
}

func yesCell(v bool) string {
	if v {
		return "ya"
	}
	return ""
}

// arrows says whether a matching item can be told as pairs in cells.
func arrows(it grading.Item) bool {
	order, used := firstUse(it)
	if !strings.HasPrefix(grading.Order(it.Options, nil), order) || len(it.Parts)+len(it.Options)-len(used) > grading.MaxOptions {
		return false
	}
	for _, o := range it.Options {
		if o.Feedback != "" {
			return false
		}
	}
	return !slices.ContainsFunc(it.Parts, func(p grading.Part) bool { return strings.Contains(p.Text, "->") })
}

// optionCells are the cells A, B, C ... of an item.
func optionCells(it grading.Item) (out []string) {
	switch it.Type {
	case grading.TrueFalse, reasoned.Name:
		return []string{"", ""} // fixed words; their feedback has columns
	case matching.Name:
		if !arrows(it) {
			break
		}
		_, used := firstUse(it)
		for _, p := range it.Parts {
			o, _ := grading.FindOption(it.Options, p.Right)
			out = append(out, p.Text+" -> "+o.Text)
		}
		for _, o := range it.Options {
			if !used[o.ID] {
				out = append(out, "-> "+o.Text)
			}
		}
		return out
	}
	for _, o := range it.Options {
		text := o.Text
		if o.Tolerance != "" {
			text += " ± " + o.Tolerance
		}
		out = append(out, text)
	}
	return out
}

func partsCell(it grading.Item) string {
	if len(it.Parts) == 0 || it.Type == matching.Name && arrows(it) {
		return ""
	}
	var b bytes.Buffer
	y := &yamlWriter{b: bufio.NewWriter(&b)}
	y.parts(it.Parts)
	_ = y.b.Flush() // into memory
	return strings.TrimSuffix(b.String(), "\n")
}

// markedBy is how the options of a type earn marks, as its author's form has it; Unmarked where the options are always the same two.
func markedBy(t grading.Type) grading.Marking {
	if e, ok := grading.EditOf(t); ok && e.Options != nil && e.Options.Set == nil {
		return e.Options.Marks
	}
	return grading.Unmarked
}

func keyCell(it grading.Item) string {
	var out []string
	letter := func(i int) string { return string(rune('A' + i)) }
	switch m := markedBy(it.Type); {
	case it.Type == grading.TrueFalse || it.Type == reasoned.Name:
		if it.Options[0].Mark > 0 {
			return "Benar"
		}
		return "Salah"
	case m == grading.TickOne || m == grading.TickShared:
		letters := ""
		for i, o := range it.Options {
			if o.Mark > 0 && (it.Type == grading.Multiple || o.Mark == grading.Full) {
				letters += grading.OptionID(i)
			}
		}
		plain := it
		plain.Options = slices.Clone(it.Options)
		setKey(&plain, letters)
		if slices.Equal(plain.Options, it.Options) && letters != "" {
			return strings.Join(strings.Split(strings.ToUpper(letters), ""), ", ")
		}
		for i, o := range it.Options {
			if o.Mark != 0 {
				out = append(out, letter(i)+" "+o.Mark.Percent()+"%")
			}
		}
	case m == grading.PercentWhole:
		for i, o := range it.Options {
			if o.Mark != grading.Full {
				out = append(out, letter(i)+" "+o.Mark.Percent()+"%")
			}
		}
	case it.Type == judgement.Name:
		for i, o := range it.Options {
			out = append(out, fmt.Sprintf("%s %d,%d", letter(i), o.Expert/10, o.Expert%10))
		}
	}
	return strings.Join(out, "; ")
}

// guide is the sheet that explains the columns.
func guide() [][]any {
	rows := [][]any{
		{"id", "Kode soal, unik dalam bank. Kosongkan supaya dibuatkan.", "103-B01"},
		{"jenis", "Jenis soal; lihat daftar di bawah. Kosong berarti ditebak dari kunci dan pilihannya.", "Satu pilihan"},
		{"capaian", "Kode capaian kursus yang diuji.", "103.1"},
		{"kesulitan", "mudah, sedang, atau sulit.", "sedang"},
		{"soal", "Pertanyaannya. Boleh Markdown: **tebal**, *miring*, daftar dengan - di awal baris.", "Apa yang diucapkan pertama kali?"},
		{"kunci", "Huruf pilihan yang benar; beberapa huruf untuk banyak pilihan; bobot dengan persen bila perlu; Benar atau Salah.", "C   atau   A, C   atau   A 50%; B 50%; D -100%"},
		{"A, B, C, ...", "Pilihan jawaban. Sampai T bila perlu: tambah kolomnya.", "Selamat pagi"},
		{"umpan A, ...", "Umpan balik bila pilihan itu dipilih.", "Ya, salam dulu."},
		{"petunjuk", "Petunjuk setelah percobaan yang belum tepat, yang pertama setelah percobaan pertama. Di antara dua petunjuk ada baris kosong.", "Ingat urutan melayani."},
		{"umpan umum", "Umpan balik untuk semua jawaban, misalnya pembahasan.", "Lihat standar pelayanan."},
		{"judul, kategori, tag", "Boleh kosong. Beberapa tag dipisah koma; kategori bertingkat dengan /.", "umum/loket"},
		{"satuan", "Satuan yang boleh ditulis bersama angka, dipisah koma.", "menit, mnt"},
		{"persis", "ya bila huruf besar dan aksen pada isian singkat harus sama.", "ya"},
		{"tetap", "ya bila urutan pilihan tidak boleh diacak.", "ya"},
		{"penilaian", "Cara menilai bila bukan yang biasa: places atau all (mengurutkan), rating (penilaian situasi), both (benar-salah dengan alasan).", "places"},
		{"batas", "Esai: jumlah kata. Unggah berkas: jumlah berkas, lalu jenis dan ukurannya (2; pdf, jpg; 3 MB). Simulasi kasus: menit.", "300"},
		{"rubrik", "Esai dan unggah berkas: satu kriteria per baris, kriteria | bobot | nilai uraian | nilai uraian.", "Isi | 3 | 0 Kurang | 50 Cukup | 100 Baik"},
		{"bagian", "Melengkapi teks, benar-salah dengan alasan, simulasi kasus: bagian-bagiannya, ditulis seperti di items.yaml.", "parts:\n  - type: shorttext\n    options:\n      - text: Bandung\n        mark: 100"},
		{},
		{"JENIS", "CARA MENGISI", "KUNCI"},
	}
	how := map[grading.Type][2]string{
		grading.Single: {"A, B, C, ... adalah pilihan.", "C"}, grading.Multiple: {"A, B, C, ... adalah pilihan.", "A, C"}, grading.TrueFalse: {"Soal adalah pernyataan. umpan A untuk Benar, umpan B untuk Salah.", "Benar"},
		grading.Numeric: {"A, B, ... adalah angka yang diterima, dengan toleransi bila perlu: 15 ± 0,5.", "kosong, atau A 100%; B 50%"}, grading.ShortText: {"A, B, ... adalah jawaban yang diterima; * berarti apa saja.", "kosong, atau A 100%; B 50%"},
		matching.Name: {"Tiap sel satu pasangan: kiri -> kanan. Jawaban tanpa pasangan: -> kanan.", "kosong"}, ordering.Name: {"A, B, C, ... dalam urutan yang benar.", "kosong"},
		cloze.Name: {"Tulis [[1]], [[2]], ... di dalam soal dan isiannya di kolom bagian.", "kosong"}, reasoned.Name: {"Soal adalah pernyataan; alasannya di kolom bagian.", "Benar"},
		judgement.Name: {"A, B, C, ... adalah tindakan; kunci memuat penilaian panel 1,0 sampai 5,0.", "A 4,7; B 2,1; C 1,0"}, casesim.Name: {"Keadaan dan keputusannya di kolom bagian.", "kosong"},
		essay.Name: {"Isi rubrik; batas adalah jumlah kata.", "kosong"}, upload.Name: {"Isi rubrik; batas adalah jumlah berkas, misalnya 2; pdf, jpg; 3 MB.", "kosong"},
	}
	for _, k := range grading.Kinds() {
		if h, ok := how[k.Name()]; ok {
			rows = append(rows, []any{k.Label().ID, h[0], h[1]})
		}
	}
	return rows
}

func printXLSX(w io.Writer, items []grading.Item) error {
	if err := unsayable(XLSX, items, fits); err != nil {
		return err
	}
	return sheets.WriteXLSX(w, sheetTables(items)...)
}

func printCSV(w io.Writer, items []grading.Item) error {
	if err := unsayable(CSV, items, fits); err != nil {
		return err
	}
	return sheets.WriteCSV(w, sheetTables(items)[0])
}

// fits says why an item does not fit into a row; empty when it does.
func fits(it grading.Item) texts.Text {
	long := len(it.Stem) > sheets.MaxCell || len(it.General) > sheets.MaxCell || len(partsCell(it)) > sheets.MaxCell || len(printRubric(it.Rubric)) > sheets.MaxCell
	for _, o := range it.Options {
		long = long || len(o.Text) > sheets.MaxCell || len(o.Feedback) > sheets.MaxCell
	}
	if long {
		return texts.T("isinya terlalu panjang untuk satu sel", "it is too long for a cell")
	}
	if strings.Contains(strings.Join(append(slices.Clone(it.Tags), it.Units...), ""), ",") {
		return texts.T("tag atau satuannya memuat koma", "its tags or units hold a comma")
	}
	return texts.Text{}
}
