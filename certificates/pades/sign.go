package pades

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"
	"unicode/utf16"
)

// Document is what the file says of itself beside its pages.
type Document struct {
	Title, Author, Subject string
	Language               string    // BCP 47, as id-ID
	At                     time.Time // when it was made; also the claimed instant of signing
	Reason, Place          string    // of the signature
	// Kinds gives the media type of embedded files by name; each is marked as data that belongs to the document.
	Kinds map[string]string
}

// Stamper gives an RFC 3161 token over a SHA-256 digest.
type Stamper func(ctx context.Context, digest [32]byte) (token []byte, err error)

// Sizes of the signature's container in bytes: the least, and what a time stamp may add.
const (
	containerPlain = 6 << 10
	containerStamp = 14 << 10
)

// container is how many bytes are kept for a signature: its certificates, and what else a signature has.
func (k Key) container(stamped bool) int {
	n := 2 << 10
	for _, c := range k.Chain {
		n += len(c.Raw)
	}
	if n = max(n, containerPlain); stamped {
		n += containerStamp
	}
	return n
}

// ErrStamp says that the time-stamp server gave no token. The file can be signed without, or later.
var ErrStamp = errors.New("no time stamp")

// Sign writes a PDF of one revision anew as PDF 1.7 with an invisible signature field, metadata (XMP), an sRGB output intent and an identifier, and signs
// it. stamp may be nil. The same input gives the same bytes where the key signs deterministically and there is no stamp. An error that is ErrStamp comes
// from the stamper alone.
func Sign(ctx context.Context, pdf []byte, about Document, key Key, stamp Stamper, random io.Reader) ([]byte, error) {
	container := key.container(stamp != nil)
	out, hole, err := rewrite(pdf, about, key, container)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	h := sha256.New()
	h.Write(out[:hole])
	h.Write(out[hole+2*container+2:])
	signed, err := signDetached(key, [32]byte(h.Sum(nil)), random)
	if err != nil {
		return nil, err
	}
	if stamp != nil {
		s, _, err := parseSigned(signed)
		if err != nil {
			return nil, err
		}
		if s.stamp, err = stamp(ctx, sha256.Sum256(s.signature)); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrStamp, err)
		}
		if signed, err = s.encode(); err != nil {
			return nil, err
		}
	}
	if len(signed) > container {
		return nil, fmt.Errorf("sign: the signature has %d bytes, %d were kept for it", len(signed), container)
	}
	hex.Encode(out[hole+1:], signed)
	return out, nil
}

// rewrite gives the new file with an empty container, and where that begins.
func rewrite(pdf []byte, about Document, key Key, container int) (out []byte, hole int, err error) {
	f, err := Open(pdf)
	if err != nil {
		return nil, 0, err
	}
	rootRef, ok := f.trailer["Root"].(ref)
	if !ok {
		return nil, 0, errors.New("the trailer names no catalog")
	}
	root, err := f.dict(rootRef)
	if err != nil {
		return nil, 0, err
	}
	for _, k := range []string{"AcroForm", "Metadata", "OutputIntents", "AF", "Lang"} {
		if _, has := root[k]; has {
			return nil, 0, fmt.Errorf("the catalog has /%s already", k)
		}
	}
	page, err := f.firstPage(root)
	if err != nil {
		return nil, 0, err
	}
	size := ref(0)
	for r := range f.offsets {
		size = max(size, r+1)
	}
	widget, signature, metadata, profile := size, size+1, size+2, size+3
	files, err := f.attachments(root)
	if err != nil {
		return nil, 0, err
	}
	added := map[ref]string{page: fmt.Sprintf("/Annots [%d 0 R]", widget)}
	associated := ""
	for _, x := range files {
		kind := about.Kinds[x.name]
		if kind == "" {
			return nil, 0, fmt.Errorf("embedded file %q has no media type", x.name)
		}
		added[x.spec] += "/AFRelationship /Data"
		added[x.stream] += "/Subtype /" + escapeName(kind)
		associated += fmt.Sprintf("%d 0 R ", x.spec)
	}
	added[rootRef] = fmt.Sprintf("/AcroForm <</Fields [%d 0 R] /SigFlags 3>> /Metadata %d 0 R /Lang %s /AF [%s] /OutputIntents [<</Type /OutputIntent /S /GTS_PDFA1 "+
		"/OutputConditionIdentifier (sRGB) /Info (sRGB) /DestOutputProfile %d 0 R>>]", widget, metadata, literal(about.Language), associated, profile)

	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	at := map[ref]int{}
	for _, r := range slices.Sorted(maps.Keys(f.offsets)) {
		raw, end, err := f.raw(r)
		if err != nil {
			return nil, 0, err
		}
		at[r] = b.Len()
		if more := added[r]; more != "" {
			b.Write(raw[:end])
			b.WriteString("\n" + more)
			b.Write(raw[end:])
		} else {
			b.Write(raw)
		}
		b.WriteByte('\n')
	}
	object := func(r ref, dict string, stream []byte) {
		at[r] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\n", r, dict)
		if stream != nil {
			b.WriteString("stream\n")
			b.Write(stream)
			b.WriteString("\nendstream\n")
		}
		b.WriteString("endobj\n")
	}
	object(widget, fmt.Sprintf("<</Type /Annot /Subtype /Widget /FT /Sig /T %s /F 132 /Rect [0 0 0 0] /P %d 0 R /V %d 0 R>>", literal("Tanda tangan"), page, signature), nil)
	xmp := metadataXML(about)
	object(metadata, fmt.Sprintf("<</Type /Metadata /Subtype /XML /Length %d>>", len(xmp)), xmp)
	icc := sRGB()
	object(profile, fmt.Sprintf("<</N 3 /Length %d>>", len(icc)), icc)
	id := sha256.Sum256(b.Bytes())

	at[signature] = b.Len()
	fmt.Fprintf(&b, "%d 0 obj\n<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /%s /M (%s) /Name %s /Reason %s /Location %s\n/ByteRange ", signature, subFilterCAdES,
		about.At.UTC().Format("D:20060102150405Z"), literal(cmp.Or(key.name(), about.Author)), literal(about.Reason), literal(about.Place))
	rangeAt := b.Len()
	const rangeWidth = len("[0 00000000 00000000 00000000]")
	fmt.Fprintf(&b, "%*s /Contents ", rangeWidth, "")
	hole = b.Len()
	b.WriteByte('<')
	b.Write(bytes.Repeat([]byte("0"), 2*container))
	b.WriteString(">>>\nendobj\n")

	table := b.Len()
	count := int(profile) + 1
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", count)
	for r := ref(1); r < ref(count); r++ {
		offset, used := at[r]
		if !used {
			return nil, 0, fmt.Errorf("object %d is missing", r)
		}
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d /Root %d 0 R", count, rootRef)
	if info, ok := f.trailer["Info"].(ref); ok {
		fmt.Fprintf(&b, " /Info %d 0 R", info)
	}
	fmt.Fprintf(&b, " /ID [<%x> <%x>]>>\nstartxref\n%d\n%%%%EOF\n", id[:16], id[:16], table)
	out = b.Bytes()
	after := hole + 2*container + 2
	spans := fmt.Sprintf("[0 %d %d %d]", hole, after, len(out)-after)
	if len(spans) > rangeWidth {
		return nil, 0, errors.New("the file is too large")
	}
	copy(out[rangeAt:], spans)
	return out, hole, nil
}

func (k Key) name() string {
	if len(k.Chain) == 0 {
		return ""
	}
	return k.Chain[0].Subject.CommonName
}

func (p *File) firstPage(root map[string]any) (ref, error) {
	pages, err := p.dict(root["Pages"])
	if err != nil {
		return 0, fmt.Errorf("pages: %w", err)
	}
	kids, ok := pages["Kids"].([]any)
	if !ok || len(kids) == 0 {
		return 0, errors.New("pages: none")
	}
	first, ok := kids[0].(ref)
	if !ok {
		return 0, errors.New("pages: the first is no reference")
	}
	page, err := p.dict(first)
	if err != nil {
		return 0, fmt.Errorf("first page: %w", err)
	}
	if _, has := page["Annots"]; has || page["Type"] != name("Page") {
		return 0, errors.New("first page: not a plain page without annotations")
	}
	return first, nil
}

// raw is an object as it stands, from its number to endobj, and where in it the entries of its dictionary end.
func (p *File) raw(r ref) (raw []byte, end int, err error) {
	v, s, err := p.object(r)
	if err != nil {
		return nil, 0, err
	}
	from := p.offsets[r]
	end = s.at - 2 - from // before >>, where it is a dictionary
	if s.word("stream") {
		d, ok := v.(map[string]any)
		length, isInt := d["Length"].(int64)
		if !ok || !isInt {
			return nil, 0, fmt.Errorf("object %d: a stream without a plain length", r)
		}
		s.endOfLine()
		if length < 0 || length > int64(len(p.data)-s.at) {
			return nil, 0, fmt.Errorf("object %d is cut off", r)
		}
		s.at += int(length)
		if !s.word("endstream") {
			return nil, 0, fmt.Errorf("object %d: its stream does not end where it says", r)
		}
	}
	if !s.word("endobj") {
		return nil, 0, fmt.Errorf("object %d does not end", r)
	}
	return p.data[from:s.at], end, nil
}

// literal writes a text string: plain where it is printable ASCII, else UTF-16 in hex.
func literal(s string) string {
	plain := true
	for _, c := range s {
		plain = plain && c >= ' ' && c <= '~' && c != '(' && c != ')' && c != '\\'
	}
	if plain {
		return "(" + s + ")"
	}
	out := []byte("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		out = fmt.Appendf(out, "%04X", u)
	}
	return string(append(out, '>'))
}

// escapeName writes a media type as a PDF name.
func escapeName(s string) string {
	out := ""
	for _, c := range []byte(s) {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '+' {
			out += string(c)
		} else {
			out += "#" + strconv.FormatInt(int64(c)|0x100, 16)[1:]
		}
	}
	return out
}
