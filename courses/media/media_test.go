package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apelkota/apel/internal/faults"
)

func noise(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range img.Pix {
		img.Pix[i] = uint8(r.Uint32())
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	return img
}

// A picture comes out small, the right way up, and without what a camera wrote into it; taking it again changes nothing.
func TestPicturesAreMadeFit(t *testing.T) {
	half := image.NewNRGBA(image.Rect(0, 0, 400, 200)) // left half red, right half blue
	for y := range 200 {
		for x := range 400 {
			c := color.NRGBA{R: 220, A: 255}
			if x >= 200 {
				c = color.NRGBA{B: 220, A: 255}
			}
			half.SetNRGBA(x, y, c)
		}
	}
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, half, nil); err != nil {
		t.Fatal(err)
	}
	exif := []byte("Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00RAHASIA-LOKASI")
	seg := append([]byte{0xFF, 0xE1, 0, 0}, exif...)
	binary.BigEndian.PutUint16(seg[2:], uint16(len(exif)+2))
	withExif := append(append(append([]byte{}, photo.Bytes()[:2]...), seg...), photo.Bytes()[2:]...)
	f, err := Take(withExif)
	if err != nil {
		t.Fatal(err)
	}
	if f.Width != 200 || f.Height != 400 || bytes.Contains(f.Data, []byte("RAHASIA")) || f.Type != "image/jpeg" {
		t.Errorf("the photo is %d x %d, %s", f.Width, f.Height, f.Type)
	}
	img, err := jpeg.Decode(bytes.NewReader(f.Data))
	if err != nil {
		t.Fatal(err)
	}
	if r, _, b, _ := img.At(100, 50).RGBA(); r < b { // turned right: what was on the left is on top
		t.Error("the photo is not turned")
	}
	again, err := Take(f.Data)
	if err != nil || !bytes.Equal(again.Data, f.Data) || again.Name() != f.Name() {
		t.Errorf("taking it again gives %s, not %s: %v", again.Name(), f.Name(), err)
	}

	var large bytes.Buffer
	if err := png.Encode(&large, noise(1600, 1200)); err != nil {
		t.Fatal(err)
	}
	f, err = Take(large.Bytes())
	if err != nil || len(f.Data) > MaxPicture {
		t.Fatalf("%d bytes, %v", len(f.Data), err)
	}
	if x, ok := Parse(f.Name()); !ok || x.Width != f.Width || !x.Picture {
		t.Errorf("%s says %+v", f.Name(), x)
	}
	var tail bytes.Buffer
	_ = png.Encode(&tail, half)
	tail.WriteString("<script>alert(1)</script>")
	if f, err = Take(tail.Bytes()); err != nil || bytes.Contains(f.Data, []byte("script")) {
		t.Errorf("what is appended to a picture stays: %v", err)
	}
}

// A file that is no picture, lies about itself, or would burst the memory is refused with what to do.
func TestHostileFilesAreRefused(t *testing.T) {
	huge := func() []byte { // a PNG header of 50,000 x 50,000
		var b bytes.Buffer
		_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1)))
		d := b.Bytes()
		binary.BigEndian.PutUint32(d[16:], 50_000)
		binary.BigEndian.PutUint32(d[20:], 50_000)
		return d
	}()
	for name, x := range map[string]struct {
		data []byte
		says string
	}{
		"svg": {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "SVG"}, "html": {[]byte("<!doctype html><p>a"), "bukan gambar"}, "program": {[]byte("MZ\x90\x00"), "bukan gambar"},
		"huge": {huge, ""}, "broken": {[]byte("\x89PNG\x0D\x0A\x1A\x0Aabc"), "rusak"}, "webp": {[]byte("RIFF\x00\x00\x00\x00WEBPVP8 "), "PNG"}, "empty": {nil, "bukan"}, "film without a movie": {[]byte("\x00\x00\x00\x10ftypisom\x00\x00\x00\x00"), "rusak"},
		"film whose box is longer than it": {append([]byte("\x00\x00\x00\x10ftypisom\x00\x00\x00\x00"), "\x00\xff\xff\xffmoov"...), "rusak"},
	} {
		_, err := Take(x.data)
		if k := faults.KindOf(err); err == nil || k != faults.Invalid && k != faults.TooLarge || !strings.Contains(faults.Of(err).Text.ID, x.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func box(name string, body ...byte) []byte {
	b := make([]byte, 8, 8+len(body))
	binary.BigEndian.PutUint32(b, uint32(8+len(body)))
	copy(b[4:], name)
	return append(b, body...)
}

// Film is the smallest MP4 that says how large and long it is.
func filmOf(w, h, seconds uint16) []byte {
	mvhd := make([]byte, 100)
	binary.BigEndian.PutUint32(mvhd[12:], 1000)
	binary.BigEndian.PutUint32(mvhd[16:], uint32(seconds)*1000)
	tkhd := make([]byte, 84)
	binary.BigEndian.PutUint16(tkhd[76:], w)
	binary.BigEndian.PutUint16(tkhd[80:], h)
	moov := append(box("mvhd", mvhd...), box("trak", box("tkhd", tkhd...)...)...)
	moov = append(moov, box("udta", []byte("+07.25-112.75/ di sini")...)...)
	return append(append(box("ftyp", []byte("isom\x00\x00\x00\x00")...), box("moov", moov...)...), box("mdat", 1, 2, 3)...)
}

func TestFilmsAreMeasured(t *testing.T) {
	f, err := Take(filmOf(854, 480, 95))
	if err != nil || f.Type != "video/mp4" || f.Height != 480 || f.Seconds != 95 || bytes.Contains(f.Data, []byte("di sini")) {
		t.Errorf("%s %d x %d, %d s, %v", f.Type, f.Width, f.Height, f.Seconds, err)
	}
	if x, ok := Parse(f.Name()); !ok || !x.Video || x.Seconds != 95 || x.Bytes != 1024 {
		t.Errorf("%s says %+v", f.Name(), x)
	}
	if _, err = Take(filmOf(1280, 720, 5)); err == nil || !strings.Contains(faults.Of(err).Text.ID, "1280 x 720") {
		t.Errorf("720p: %v", err)
	}
	if f, err = Take(filmOf(0, 0, 5)); err != nil || f.Type != "audio/mp4" {
		t.Errorf("sound alone: %s %v", f.Type, err)
	}
	if f, err = Take([]byte("ID3\x03\x00")); err != nil || f.Type != "audio/mpeg" || !strings.HasSuffix(f.Name(), "-1k.mp3") {
		t.Errorf("mp3: %s %v", f.Name(), err)
	}
}

func FuzzTake(f *testing.F) {
	f.Add(filmOf(640, 360, 9))
	f.Add([]byte("\x89PNG\x0D\x0A\x1A\x0A"))
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := Take(data)
		if err == nil {
			if _, ok := Parse(x.Name()); !ok {
				t.Errorf("%s is no name", x.Name())
			}
		}
	})
}
