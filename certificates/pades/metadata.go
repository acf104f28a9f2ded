package pades

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"time"
)

// metadataXML says in XMP (ISO 16684-1) what the information dictionary says, so that the two never disagree.
func metadataXML(about Document) []byte {
	esc := func(s string) string {
		var b bytes.Buffer
		_ = xml.EscapeText(&b, []byte(s))
		return b.String()
	}
	at := about.At.UTC().Format(time.RFC3339)
	return fmt.Appendf(nil, `<?xpacket begin="`+"\uFEFF"+`" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>%s</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>%s</xmp:CreateDate><xmp:ModifyDate>%s</xmp:ModifyDate>
<xmp:CreatorTool>`+Creator+`</xmp:CreatorTool><pdf:Producer>APEL</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`, esc(about.Title), esc(about.Author), esc(about.Subject), esc(about.Language), at, at)
}

// sRGB is a colour profile (ICC.1:2004-10, version 4.2) of IEC 61966-2-1: primaries adapted to D50 and the standard's transfer curve.
func sRGB() []byte {
	be := binary.BigEndian
	fixed := func(values ...float64) (out []byte) {
		for _, v := range values {
			r := 0.5
			if v < 0 {
				r = -0.5
			}
			out = be.AppendUint32(out, uint32(int32(v*65536+r)))
		}
		return out
	}
	typed := func(kind string, body []byte) []byte { return append(append([]byte(kind), 0, 0, 0, 0), body...) }
	words := func(s string) []byte { // multiLocalizedUnicode with one record
		out := be.AppendUint32(nil, 1)
		out = be.AppendUint32(out, 12)
		out = append(out, "enUS"...)
		out = be.AppendUint32(out, uint32(2*len(s)))
		out = be.AppendUint32(out, 28)
		for _, c := range []byte(s) {
			out = append(out, 0, c)
		}
		return typed("mluc", out)
	}
	curve := typed("para", append([]byte{0, 3, 0, 0}, fixed(2.4, 1/1.055, 0.055/1.055, 1/12.92, 0.04045)...))
	tags := []struct {
		name string
		data []byte
	}{
		{"desc", words("sRGB")},
		{"cprt", words("No copyright, use freely")},
		{"wtpt", typed("XYZ ", fixed(0.9642, 1, 0.8249))},
		{"chad", typed("sf32", fixed(1.04788, 0.02292, -0.05022, 0.02960, 0.99048, -0.01707, -0.00925, 0.01508, 0.75168))},
		{"rXYZ", typed("XYZ ", fixed(0.43607, 0.22249, 0.01392))},
		{"gXYZ", typed("XYZ ", fixed(0.38515, 0.71687, 0.09708))},
		{"bXYZ", typed("XYZ ", fixed(0.14307, 0.06061, 0.71410))},
		{"rTRC", curve}, {"gTRC", curve}, {"bTRC", curve},
	}
	index := be.AppendUint32(nil, uint32(len(tags)))
	var body []byte
	start, shared := 128+4+12*len(tags), 0
	for _, t := range tags {
		at := start + len(body)
		if bytes.Equal(t.data, curve) && shared > 0 {
			at = shared
		} else {
			body = append(body, t.data...)
			for len(body)%4 != 0 {
				body = append(body, 0)
			}
			if bytes.Equal(t.data, curve) {
				shared = at
			}
		}
		index = append(index, t.name...)
		index = be.AppendUint32(index, uint32(at))
		index = be.AppendUint32(index, uint32(len(t.data)))
	}
	header := make([]byte, 128)
	be.PutUint32(header, uint32(start+len(body)))
	copy(header[8:], []byte{4, 0x20, 0, 0})
	copy(header[12:], "mntrRGB XYZ ")
	for i, v := range []uint16{2026, 1, 1, 0, 0, 0} {
		be.PutUint16(header[24+2*i:], v)
	}
	copy(header[36:], "acsp")
	copy(header[68:], fixed(0.9642, 1, 0.8249))
	return append(append(header, index...), body...)
}
