package exchange

import (
	"errors"
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// The decoder of goccy/go-yaml stops at the first unknown key, so course.yaml is read from the syntax tree: every mistake is found, and each later check
// (a draw over what the bank has) can name the line it is about.

const (
	maxYAML  = 64 << 10 // ten times a long one
	maxDepth = 8        // course.yaml is four deep
)

// stacked are many block indicators in one line, "- - - -".
var stacked = regexp.MustCompile(`(?m)^\s*([-?:]\s+){9}`)

// place is where a value stands.
type place struct{ line, column int }

// value is one node of course.yaml, or the absence of one.
type value struct {
	r    *Report
	file string
	path string // for messages: "lessons[2].minutes"
	at   place
	node ast.Node // nil when absent
}

func (v value) wrong(id, en string, args ...any) {
	v.r.wrong(v.file, v.at.line, v.at.column, id, en, args...)
}
func (v value) warn(id, en string, args ...any) {
	v.r.warn(v.file, v.at.line, v.at.column, id, en, args...)
}

// there says whether something was written: not absent and not null.
func (v value) there() bool { return v.node != nil }

// parseYAML reads one document whose top is a mapping. Anchors, aliases, merges and tags are refused: a course needs none, and they can blow up.
func parseYAML(r *Report, file string, data []byte) (value, bool) {
	// The parser takes time squared in the depth; a line of ten thousand brackets or dashes is not to reach it.
	depth, deepest := 0, 0
	for _, b := range data {
		switch b {
		case '[', '{':
			depth++
			deepest = max(deepest, depth)
		case ']', '}':
			depth--
		}
	}
	if deepest > 64 || stacked.Match(data) {
		r.wrong(file, 0, 0, "Susunan terlalu dalam.", "Nested too deeply.")
		return value{}, false
	}
	f, err := parser.ParseBytes(data, 0)
	if err != nil {
		at, message := place{}, err.Error()
		var syntax *yaml.SyntaxError
		if errors.As(err, &syntax) {
			message = syntax.GetMessage()
			if t := syntax.GetToken(); t != nil && t.Position != nil {
				at = place{t.Position.Line, t.Position.Column}
			}
		}
		r.wrong(file, at.line, at.column, "Susunan YAML salah di sekitar baris ini (%s). Periksa tanda titik dua, kutip, kurung, dan spasi di awal baris.", "The YAML is broken around this line (%s). Check colons, quotes, brackets and the spaces at the start.", message)
		return value{}, false
	}
	if len(f.Docs) != 1 || f.Docs[0].Body == nil {
		r.wrong(file, 1, 0, "Berkas ini kosong atau memuat lebih dari satu dokumen (---).", "The file is empty or holds more than one document (---).")
		return value{}, false
	}
	top := value{r: r, file: file, node: f.Docs[0].Body, at: place{1, 1}}
	if !top.sound(top.node, 0) {
		return value{}, false
	}
	return top, true
}

// sound refuses the parts of YAML that are not needed and bounds the depth.
func (v value) sound(n ast.Node, depth int) bool {
	at := position(n, v.at)
	if depth > maxDepth {
		v.r.wrong(v.file, at.line, at.column, "Susunan terlalu dalam.", "Nested too deeply.")
		return false
	}
	ok := true
	switch n := n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode, *ast.TagNode, *ast.DirectiveNode:
		v.r.wrong(v.file, at.line, at.column, "Jangkar (&), alias (*), <<, dan tag (!) tidak dipakai di sini. Tulis nilainya langsung; beri kutip bila memang teks.", "Anchors (&), aliases (*), << and tags (!) are not used here. Write the value itself, in quotes if it is text.")
		return false
	case *ast.MappingNode:
		for _, m := range n.Values {
			ok = v.sound(m.Key, depth+1) && v.sound(m.Value, depth+1) && ok
		}
	case *ast.MappingValueNode:
		ok = v.sound(n.Key, depth+1) && v.sound(n.Value, depth+1)
	case *ast.SequenceNode:
		for _, e := range n.Values {
			ok = v.sound(e, depth+1) && ok
		}
	}
	return ok
}

func position(n ast.Node, otherwise place) place {
	if n == nil {
		return otherwise
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return place{t.Position.Line, t.Position.Column}
	}
	return otherwise
}

// mapping is a YAML mapping whose keys are taken one by one; done reports what nobody took.
type mapping struct {
	of    value
	items map[string]value
	keys  map[string]place
	taken map[string]bool
	order []string
}

func (v value) child(path string, n ast.Node) value {
	if _, null := n.(*ast.NullNode); null {
		n = nil
	}
	at := v.at
	if n != nil {
		at = position(n, v.at)
	}
	return value{v.r, v.file, path, at, n}
}

// pairs says whether v holds key: value pairs.
func (v value) pairs() bool {
	switch v.node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return true
	}
	return false
}

// mapping reads v as one; an absent value is an empty mapping, anything else a mistake.
func (v value) mapping() *mapping {
	m := &mapping{of: v, items: map[string]value{}, keys: map[string]place{}, taken: map[string]bool{}}
	var pairs []*ast.MappingValueNode
	switch n := v.node.(type) {
	case nil:
		return m
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	default:
		v.wrong("%s harus berisi pasangan kunci: nilai.", "%s must hold key: value pairs.", v.name())
		return m
	}
	for _, pair := range pairs {
		key := scalar(pair.Key)
		at := position(pair.Key, v.at)
		if _, twice := m.items[key]; twice {
			v.r.wrong(v.file, at.line, at.column, "Kunci %q ditulis dua kali.", "The key %q is written twice.", key)
			continue
		}
		path := key
		if v.path != "" {
			path = v.path + "." + key
		}
		c := v.child(path, pair.Value)
		if c.node == nil {
			c.at = at
		}
		m.items[key], m.keys[key] = c, at
		m.order = append(m.order, key)
	}
	return m
}

func (v value) name() string {
	if v.path == "" {
		return "course.yaml"
	}
	return v.path
}

// take gives a key's value; an absent one stands where the mapping begins.
func (m *mapping) take(key string) value {
	m.taken[key] = true
	if v, ok := m.items[key]; ok {
		return v
	}
	path := key
	if m.of.path != "" {
		path = m.of.path + "." + key
	}
	at := m.of.at
	if len(m.order) > 0 {
		at = m.keys[m.order[0]]
	}
	return value{m.of.r, m.of.file, path, at, nil}
}

// done reports keys nobody asked for, with the nearest one that exists.
func (m *mapping) done() {
	for _, key := range m.order {
		if m.taken[key] {
			continue
		}
		at := m.keys[key]
		hintID, hintEN := "", ""
		if near := m.nearest(key); near != "" {
			hintID, hintEN = fmt.Sprintf(" Maksudnya %s?", near), fmt.Sprintf(" Did you mean %s?", near)
		}
		m.of.r.wrong(m.of.file, at.line, at.column, "Kunci %q tidak dikenal.%s", "Unknown key %q.%s", key, hintID)
		last := &(*m.of.r)[len(*m.of.r)-1]
		last.Text.EN = fmt.Sprintf("Unknown key %q.%s", key, hintEN)
	}
}

func (m *mapping) nearest(key string) string {
	best, least := "", 3
	names := make([]string, 0, len(m.taken))
	for k := range m.taken {
		names = append(names, k)
	}
	sort.Strings(names)
	for _, k := range names {
		if d := distance(key, k); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance is the number of letters to add, drop or change.
func distance(a, b string) int {
	if len(a) > 40 || len(b) > 40 {
		return 99
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// list reads v as a sequence; absent is empty.
func (v value) list() []value {
	if v.node == nil {
		return nil
	}
	s, ok := v.node.(*ast.SequenceNode)
	if !ok {
		v.wrong("%s harus berupa daftar.", "%s must be a list.", v.name())
		return nil
	}
	out := make([]value, 0, len(s.Values))
	for i, n := range s.Values {
		out = append(out, v.child(v.path+"["+strconv.Itoa(i)+"]", n))
	}
	return out
}

// scalar is the text of a scalar as written, "" for anything else.
func scalar(n ast.Node) string {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return n.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode, *ast.NullNode:
		return n.GetToken().Value
	case *ast.MappingKeyNode:
		return scalar(n.Value)
	}
	return ""
}

// text reads a string; numbers are taken as written ("103.1" without quotes keeps its digits). Missing is a mistake when it is needed.
func (v value) text(needed bool) string {
	switch v.node.(type) {
	case nil:
		if needed {
			v.wrong("%s belum diisi.", "%s is missing.", v.name())
		}
		return ""
	case *ast.StringNode, *ast.LiteralNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		s := strings.TrimSpace(scalar(v.node))
		if s == "" && needed {
			v.wrong("%s belum diisi.", "%s is missing.", v.name())
		}
		if len(s) > 2000 {
			v.wrong("%s terlalu panjang.", "%s is too long.", v.name())
		}
		return s
	}
	v.wrong("%s harus berupa teks.", "%s must be text.", v.name())
	return ""
}

// int reads a whole number within bounds; absent is 0, a mistake when it is needed.
func (v value) int(needed bool, low, high int) int {
	n, ok := v.node.(*ast.IntegerNode)
	if v.node == nil {
		if needed {
			v.wrong("%s belum diisi.", "%s is missing.", v.name())
		}
		return 0
	}
	if ok {
		if i, err := strconv.Atoi(n.GetToken().Value); err == nil && i >= low && i <= high {
			return i
		}
	}
	v.wrong("%s harus bilangan bulat antara %d dan %d.", "%s must be a whole number from %d to %d.", v.name(), low, high)
	return 0
}

// bool reads true or false; absent is false.
func (v value) bool() bool {
	if v.node == nil {
		return false
	}
	b, ok := v.node.(*ast.BoolNode)
	if !ok {
		v.wrong("%s harus true atau false.", "%s must be true or false.", v.name())
		return false
	}
	return b.Value
}

// one reads a text that must be one of a few.
func (v value) one(of ...string) string {
	s := v.text(true)
	if s == "" {
		return ""
	}
	for _, o := range of {
		if s == o {
			return s
		}
	}
	v.wrong("%s %q tidak dikenal. Pilih salah satu: %s.", "%s %q is unknown. Choose one of: %s.", v.name(), s, strings.Join(of, ", "))
	return ""
}
