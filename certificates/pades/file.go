package pades

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf16"
)

const (
	maxAttachment = 256 << 10
	maxObjects    = 5000
	maxDepth      = 16
)

// name, ref and the usual Go types (map[string]any, []any, string bytes, int64, float64, bool, nil) are the values of PDF.
type (
	name string
	ref  int64
)

// File is a PDF as this product writes it: one revision, one classic cross-reference table, no encryption, no object streams. Whatever is not
// expected is an error, never a guess: a file that cannot be read is not called valid. Safe for concurrent use.
type File struct {
	data    []byte
	offsets map[ref]int
	trailer map[string]any
}

// Open reads the outline of a PDF. Safe on any input; the file keeps data.
func Open(data []byte) (*File, error) {
	if !bytes.HasPrefix(data, []byte("%PDF-1.")) {
		return nil, errors.New("not a PDF")
	}
	if n := bytes.Count(data, []byte("startxref")); n != 1 {
		return nil, fmt.Errorf("%d revisions, one expected", n)
	}
	at := bytes.LastIndex(data, []byte("startxref"))
	s := scanner{data: data, at: at + len("startxref")}
	v, err := s.value(0)
	if err != nil {
		return nil, err
	}
	start, ok := v.(int64)
	if !ok || start < 0 || start >= int64(at) {
		return nil, errors.New("startxref points nowhere")
	}
	p := &File{data: data, offsets: map[ref]int{}}
	s = scanner{data: data, at: int(start)}
	if !s.word("xref") {
		return nil, errors.New("no cross-reference table where startxref points")
	}
	if err := p.readTable(&s); err != nil {
		return nil, err
	}
	if v, err = s.value(0); err != nil {
		return nil, fmt.Errorf("trailer: %w", err)
	}
	if p.trailer, ok = v.(map[string]any); !ok {
		return nil, errors.New("no trailer")
	}
	for _, k := range []string{"Prev", "Encrypt", "XRefStm"} {
		if _, has := p.trailer[k]; has {
			return nil, fmt.Errorf("trailer has /%s", k)
		}
	}
	return p, nil
}

// Attachment returns the embedded file with a name, at most 256 KB.
func (p *File) Attachment(want string) ([]byte, error) {
	root, err := p.dict(p.trailer["Root"])
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	files, err := p.attachments(root)
	if err != nil {
		return nil, err
	}
	for _, x := range files {
		if x.name == want {
			return p.stream(x.stream)
		}
	}
	return nil, fmt.Errorf("no embedded file %q", want)
}

// embedded is where an embedded file stands.
type embedded struct {
	name         string
	spec, stream ref
}

// attachments lists the embedded files; none when the catalog names none.
func (p *File) attachments(root map[string]any) (out []embedded, err error) {
	if root["Names"] == nil {
		return nil, nil
	}
	names, err := p.dict(root["Names"])
	if err != nil {
		return nil, fmt.Errorf("name tree: %w", err)
	}
	files, err := p.dict(names["EmbeddedFiles"])
	if err != nil {
		return nil, fmt.Errorf("embedded files: %w", err)
	}
	list, ok := files["Names"].([]any)
	if !ok || len(list) > 64 {
		return nil, errors.New("embedded files: no short list of names")
	}
	for i := 1; i < len(list); i += 2 {
		spec, err := p.dict(list[i])
		if err != nil {
			return nil, fmt.Errorf("file specification: %w", err)
		}
		ef, err := p.dict(spec["EF"])
		if err != nil {
			return nil, fmt.Errorf("file specification: %w", err)
		}
		x := embedded{name: text(spec["UF"])}
		if x.name == "" {
			x.name = text(spec["F"])
		}
		x.spec, _ = list[i].(ref)
		if x.stream, ok = ef["F"].(ref); !ok || x.spec == 0 {
			return nil, errors.New("file specification names no stream, or has no number")
		}
		out = append(out, x)
	}
	return out, nil
}

func (p *File) readTable(s *scanner) error {
	for !s.word("trailer") {
		first, err1 := s.value(0)
		count, err2 := s.value(0)
		f, ok1 := first.(int64)
		n, ok2 := count.(int64)
		if err1 != nil || err2 != nil || !ok1 || !ok2 || f < 0 || n < 0 || f+n > maxObjects {
			return errors.New("cross-reference table: a section is not two small numbers")
		}
		for i := range n {
			offset, err1 := s.number()
			_, err2 := s.number()
			if err1 != nil || err2 != nil {
				return errors.New("cross-reference table: an entry is not two numbers")
			}
			switch {
			case s.word("n"):
				if offset < 0 || offset >= int64(len(p.data)) {
					return errors.New("cross-reference table: an entry points outside the file")
				}
				p.offsets[ref(f+i)] = int(offset)
			case s.word("f"):
			default:
				return errors.New("cross-reference table: an entry is neither in use nor free")
			}
		}
	}
	return nil
}

// object reads an indirect object and leaves the scanner behind its value.
func (p *File) object(r ref) (any, *scanner, error) {
	at, ok := p.offsets[r]
	if !ok {
		return nil, nil, fmt.Errorf("object %d is not in the table", r)
	}
	s := &scanner{data: p.data, at: at}
	n, err1 := s.number()
	_, err2 := s.number()
	if err1 != nil || err2 != nil || ref(n) != r || !s.word("obj") {
		return nil, nil, fmt.Errorf("object %d is not where the table says", r)
	}
	v, err := s.value(0)
	return v, s, err
}

// dict resolves a dictionary that stands here or in an object.
func (p *File) dict(v any) (map[string]any, error) {
	if r, ok := v.(ref); ok {
		var err error
		if v, _, err = p.object(r); err != nil {
			return nil, err
		}
	}
	d, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("no dictionary")
	}
	return d, nil
}

func (p *File) stream(r ref) ([]byte, error) {
	v, s, err := p.object(r)
	if err != nil {
		return nil, err
	}
	d, ok := v.(map[string]any)
	length, isInt := d["Length"].(int64)
	if !ok || !isInt || !s.word("stream") {
		return nil, errors.New("embedded file is not a stream with a plain length")
	}
	s.endOfLine()
	if length < 0 || length > int64(len(s.data)-s.at) {
		return nil, errors.New("embedded file is cut off")
	}
	raw := s.data[s.at : s.at+int(length)]
	switch d["Filter"] {
	case nil:
		if len(raw) > maxAttachment {
			return nil, errors.New("embedded file is too large")
		}
		return raw, nil
	case name("FlateDecode"):
		z, err := zlib.NewReader(bytes.NewReader(raw))
		if err != nil {
			return nil, fmt.Errorf("embedded file: %w", err)
		}
		out, err := io.ReadAll(io.LimitReader(z, maxAttachment+1))
		if err != nil {
			return nil, fmt.Errorf("embedded file: %w", err)
		}
		if len(out) > maxAttachment {
			return nil, errors.New("embedded file is too large")
		}
		return out, nil
	}
	return nil, errors.New("embedded file has an unknown filter")
}

// text reads a text string: UTF-16 with a byte order mark, or plain.
func text(v any) string {
	raw, ok := v.([]byte)
	if !ok {
		return ""
	}
	if len(raw) < 2 || raw[0] != 0xFE || raw[1] != 0xFF {
		return string(raw)
	}
	var units []uint16
	for i := 2; i+1 < len(raw); i += 2 {
		units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
	}
	return string(utf16.Decode(units))
}

// scanner reads the tokens of PDF.
type scanner struct {
	data []byte
	at   int
}

func space(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func delimiter(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

func (s *scanner) skip() {
	for s.at < len(s.data) {
		switch c := s.data[s.at]; {
		case space(c):
			s.at++
		case c == '%':
			for s.at < len(s.data) && s.data[s.at] != '\n' && s.data[s.at] != '\r' {
				s.at++
			}
		default:
			return
		}
	}
}

// word takes a keyword if it stands next.
func (s *scanner) word(w string) bool {
	s.skip()
	end := s.at + len(w)
	if end > len(s.data) || string(s.data[s.at:end]) != w {
		return false
	}
	if end < len(s.data) && !space(s.data[end]) && !delimiter(s.data[end]) {
		return false
	}
	s.at = end
	return true
}

// endOfLine takes the end of line behind the word stream.
func (s *scanner) endOfLine() {
	if s.at < len(s.data) && s.data[s.at] == '\r' {
		s.at++
	}
	if s.at < len(s.data) && s.data[s.at] == '\n' {
		s.at++
	}
}

func (s *scanner) regular() string {
	s.skip()
	from := s.at
	for s.at < len(s.data) && !space(s.data[s.at]) && !delimiter(s.data[s.at]) {
		s.at++
	}
	return string(s.data[from:s.at])
}

func (s *scanner) number() (int64, error) { return strconv.ParseInt(s.regular(), 10, 48) }

var errEnd = errors.New("the file ends too early")

func (s *scanner) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, errors.New("nested too deeply")
	}
	s.skip()
	if s.at >= len(s.data) {
		return nil, errEnd
	}
	switch c := s.data[s.at]; {
	case c == '/':
		s.at++
		from := s.at
		for s.at < len(s.data) && !space(s.data[s.at]) && !delimiter(s.data[s.at]) {
			s.at++
		}
		return name(s.data[from:s.at]), nil
	case c == '(':
		return s.literal()
	case c == '[':
		return s.array(depth)
	case c == '<' && s.at+1 < len(s.data) && s.data[s.at+1] == '<':
		return s.dictionary(depth)
	case c == '<':
		return s.hex()
	case delimiter(c):
		return nil, fmt.Errorf("unexpected %q", c)
	}
	return s.atom()
}

// atom reads a number, a reference "n g R", true, false or null.
func (s *scanner) atom() (any, error) {
	w := s.regular()
	switch w {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "null":
		return nil, nil
	}
	n, err := strconv.ParseInt(w, 10, 48)
	if err != nil {
		f, err := strconv.ParseFloat(w, 64)
		if err != nil {
			return nil, fmt.Errorf("unexpected %.20q", w)
		}
		return f, nil
	}
	mark := s.at
	if g, err := s.number(); err == nil && g >= 0 && n >= 0 && s.word("R") {
		return ref(n), nil
	}
	s.at = mark
	return n, nil
}

func (s *scanner) array(depth int) (any, error) {
	s.at++
	var out []any
	for {
		s.skip()
		if s.at >= len(s.data) {
			return nil, errEnd
		}
		if s.data[s.at] == ']' {
			s.at++
			return out, nil
		}
		v, err := s.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if out = append(out, v); len(out) > maxObjects {
			return nil, errors.New("array is too long")
		}
	}
}

func (s *scanner) dictionary(depth int) (any, error) {
	s.at += 2
	out := map[string]any{}
	for {
		s.skip()
		if s.at+1 >= len(s.data) {
			return nil, errEnd
		}
		if s.data[s.at] == '>' && s.data[s.at+1] == '>' {
			s.at += 2
			return out, nil
		}
		k, err := s.value(depth + 1)
		if err != nil {
			return nil, err
		}
		key, ok := k.(name)
		if !ok {
			return nil, errors.New("dictionary key is no name")
		}
		v, err := s.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if _, twice := out[string(key)]; twice {
			return nil, fmt.Errorf("dictionary has /%s twice", key)
		}
		out[string(key)] = v
	}
}

func (s *scanner) literal() (any, error) {
	s.at++
	var out []byte
	for depth := 1; s.at < len(s.data); s.at++ {
		c := s.data[s.at]
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				s.at++
				return out, nil
			}
		case '\\':
			s.at++
			if s.at >= len(s.data) {
				return nil, errEnd
			}
			switch c = s.data[s.at]; c {
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			case 't':
				c = '\t'
			case 'b':
				c = '\b'
			case 'f':
				c = '\f'
			case '(', ')', '\\':
			default:
				return nil, errors.New("escape in a string that we never write")
			}
		}
		out = append(out, c)
	}
	return nil, errEnd
}

func (s *scanner) hex() (any, error) {
	end := bytes.IndexByte(s.data[s.at:], '>')
	if end < 0 {
		return nil, errEnd
	}
	digits := s.data[s.at+1 : s.at+end]
	s.at += end + 1
	out := make([]byte, 0, len(digits)/2)
	for i := 0; i+1 < len(digits); i += 2 {
		b, err := strconv.ParseUint(string(digits[i:i+2]), 16, 8)
		if err != nil {
			return nil, errors.New("hexadecimal string with another sign")
		}
		out = append(out, byte(b))
	}
	return out, nil
}
