package uploads

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

func encoded(t *testing.T, w, h int) (pngs, jpegs []byte) {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = byte(i * 7)
	}
	var p, j bytes.Buffer
	if err := errors.Join(png.Encode(&p, m), jpeg.Encode(&j, m, nil)); err != nil {
		t.Fatal(err)
	}
	return p.Bytes(), j.Bytes()
}

func TestPictures(t *testing.T) {
	p, j := encoded(t, 200, 100)
	for name, data := range map[string][]byte{"png": p, "jpeg": j} {
		if err := Picture(data, MaxSide); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := Picture(data, 199); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s over the side: %v", name, err)
		}
		if Picture(data[:len(data)/3], MaxSide) == nil {
			t.Errorf("a third of a %s", name)
		}
	}
	huge := bytes.Clone(p)
	binary.BigEndian.PutUint32(huge[16:], 60_000)
	binary.BigEndian.PutUint32(huge[20:], 60_000)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	if err := Picture(huge, 100_000); !errors.Is(err, ErrTooLarge) {
		t.Errorf("60000x60000: %v", err)
	}
	if Picture(append([]byte{0xff, 0xd8, 0xff}, make([]byte, 100)...), MaxSide) == nil {
		t.Error("a JPEG of zeros")
	}
	zeros := bytes.Clone(j)
	clear(zeros[len(zeros)/2:])
	if Picture(zeros, MaxSide) == nil {
		t.Error("a JPEG that ends in zeros")
	}
}

func TestPDF(t *testing.T) {
	body := "%PDF-1.7\n1 0 obj\n<<>>\nendobj\nxref\n0 1\ntrailer\n<<>>\n"
	for data, good := range map[string]bool{
		body + "startxref\n30\n%%EOF":                               true,
		body + "startxref\r\n30\r\n%%EOF\r\n":                       true,
		body + "startxref\n30\n%%EOF\n" + strings.Repeat("x", 1000): true,
		body: false,
		"%PDF-1.7\nempat puluh bita, bukan PDF sungguhan": false,
		body + "startxref\n99999\n%%EOF":                  false,
		body + "startxref\n0\n%%EOF":                      false,
		body + "%%EOF":                                    false,
		"x" + body + "startxref\n30\n%%EOF":               false,
	} {
		if err := PDF([]byte(data)); (err == nil) != good {
			t.Errorf("%q: %v", data, err)
		}
	}
}
