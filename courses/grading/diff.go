package grading

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apelkota/apel/internal/texts"
)

// Difference is one member in which two versions of an item differ.
type Difference struct {
	Path     string     `json:"path"` // "stem", "options[b].mark"; options, parts, criteria by their letter
	Name     texts.Text `json:"name"`
	Was, Now string     // as an author writes it; empty for what is not there
}

// Differences lists what changed from one version of an item to another, in the order of an item's members. Ids and versions do not count. Pure.
func Differences(was, now Item) []Difference {
	a, b := membersOf(was), membersOf(now)
	var out []Difference
	seen := map[string]bool{}
	old := map[string]string{}
	for _, m := range a {
		old[m.path] = m.text
	}
	for _, m := range b {
		seen[m.path] = true
		if old[m.path] != m.text {
			out = append(out, Difference{m.path, nameOf(m.path), old[m.path], m.text})
		}
	}
	for _, m := range a {
		if !seen[m.path] {
			out = append(out, Difference{m.path, nameOf(m.path), m.text, ""})
		}
	}
	return out
}

type member struct{ path, text string }

// membersOf flattens an item to its members that say something. Going through JSON, a member added to Item is compared without a line here.
func membersOf(it Item) []member {
	it.ID, it.Version, it.Key = "", 0, 0
	b, err := json.Marshal(it)
	if err != nil {
		panic("an item does not marshal: " + err.Error())
	}
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	var out []member
	flatten(d, "", &out)
	return out
}

// flatten reads one value below a path, keeping the order of members.
func flatten(d *json.Decoder, path string, out *[]member) {
	t, err := d.Token()
	if err != nil {
		return
	}
	switch t {
	case json.Delim('{'):
		start, id := len(*out), ""
		for d.More() {
			k, _ := d.Token()
			key := fmt.Sprint(k)
			at := strings.TrimPrefix(path+"."+key, ".")
			if key == "id" {
				v, _ := d.Token()
				id = fmt.Sprint(v)
				continue
			}
			flatten(d, at, out)
		}
		_, _ = d.Token()
		if cut := strings.LastIndexByte(path, '['); id != "" && cut >= 0 { // by its letter instead of its place
			for i := start; i < len(*out); i++ {
				(*out)[i].path = path[:cut] + "[" + id + "]" + strings.TrimPrefix((*out)[i].path, path)
			}
		}
	case json.Delim('['):
		var words []string
		for i := 0; d.More(); i++ {
			n := len(*out)
			flatten(d, path+"["+strconv.Itoa(i)+"]", out)
			if len(*out) == n+1 && (*out)[n].path == path+"["+strconv.Itoa(i)+"]" { // a list of words is one member
				words = append(words, (*out)[n].text)
				*out = (*out)[:n]
			}
		}
		_, _ = d.Token()
		if len(words) > 0 {
			*out = append(*out, member{path, strings.Join(words, ", ")})
		}
	default:
		text := fmt.Sprint(t)
		switch last := path[strings.LastIndexByte(path, '.')+1:]; {
		case last == "mark":
			n, _ := strconv.ParseInt(text, 10, 64)
			text = Mark(n).Percent() + "%"
		case t == true:
			text = "ya"
		case t == nil || t == false || text == "":
			return
		}
		*out = append(*out, member{path, text})
	}
}

var memberNames = map[string]texts.Text{
	"code": texts.T("Kode", "Code"), "type": texts.T("Jenis", "Type"), "title": texts.T("Judul", "Title"), "objective": texts.T("Capaian", "Objective"),
	"difficulty": texts.T("Tingkat kesulitan", "Difficulty"), "category": texts.T("Kategori", "Category"), "tags": texts.T("Tag", "Tags"), "stem": texts.T("Pertanyaan", "Question"),
	"options": texts.T("Pilihan", "Option"), "parts": texts.T("Bagian", "Part"), "rubric": texts.T("Kriteria", "Criterion"), "levels": texts.T("Tingkat", "Level"),
	"scoring": texts.T("Cara menilai", "Scoring"), "limit": texts.T("Batas", "Limit"), "files": texts.T("Jenis berkas", "Kinds of files"), "size": texts.T("MB per berkas", "MB per file"), "units": texts.T("Satuan", "Units"), "exact": texts.T("Huruf besar dan aksen dihitung", "Case and accents count"),
	"fixed": texts.T("Urutan tetap", "Fixed order"), "general": texts.T("Pembahasan", "Explanation"), "hints": texts.T("Petunjuk", "Hint"), "text": texts.T("teks", "text"), "mark": texts.T("nilai", "mark"),
	"tolerance": texts.T("toleransi", "tolerance"), "feedback": texts.T("umpan balik", "feedback"), "expert": texts.T("penilaian panel", "panel rating"), "next": texts.T("menuju", "leads to"),
	"minutes": texts.T("menit", "minutes"), "right": texts.T("pasangan", "partner"), "weight": texts.T("bobot", "weight"), "void": texts.T("Digugurkan", "Taken out"),
}

// nameOf puts a path in words: "Pilihan B, umpan balik".
func nameOf(path string) texts.Text {
	var id, en []string
	for _, p := range strings.Split(path, ".") {
		name, letter, _ := strings.Cut(p, "[")
		t, ok := memberNames[name]
		if !ok {
			t = texts.T(name, name)
		}
		if letter = strings.ToUpper(strings.TrimSuffix(letter, "]")); letter != "" {
			if n, err := strconv.Atoi(letter); err == nil {
				letter = strconv.Itoa(n + 1)
			}
			t = texts.T(t.ID+" "+letter, t.EN+" "+letter)
		}
		id, en = append(id, t.ID), append(en, t.EN)
	}
	if n := len(id); n > 1 && slices.Contains([]string{"teks"}, id[n-1]) {
		id, en = id[:n-1], en[:n-1]
	}
	return texts.T(strings.Join(id, ", "), strings.Join(en, ", "))
}
