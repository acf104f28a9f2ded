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

// coded is a track: what it is and how it is coded.
func coded(handler, codec string, w, h uint16, more ...byte) []byte {
	length := 28
	if handler == "vide" {
		length = 78
	}
	entry := make([]byte, length)
	if handler == "vide" {
		binary.BigEndian.PutUint16(entry[24:], w)
		binary.BigEndian.PutUint16(entry[26:], h)
	}
	stsd := append([]byte{0, 0, 0, 0, 0, 0, 0, 1}, box(codec, append(entry, more...)...)...)
	hdlr := append(append(make([]byte, 8), handler...), make([]byte, 12)...)
	return box("mdia", append(box("hdlr", hdlr...), box("minf", box("stbl", box("stsd", stsd...)...)...)...)...)
}

// filmOf is the smallest MP4 that says how large, how long and how coded it is: H.264 with AAC unless tracks are given.
func filmOf(w, h, seconds uint16, tracks ...[]byte) []byte {
	if tracks == nil {
		tracks = append(tracks, coded("soun", "mp4a", 0, 0))
		if w > 0 {
			tracks = append(tracks, coded("vide", "avc1", w, h, box("avcC", 1, 77, 0, 30)...))
		}
	}
	mvhd := make([]byte, 100)
	binary.BigEndian.PutUint32(mvhd[12:], 1000)
	binary.BigEndian.PutUint32(mvhd[16:], uint32(seconds)*1000)
	tkhd := make([]byte, 84)
	binary.BigEndian.PutUint16(tkhd[76:], w)
	binary.BigEndian.PutUint16(tkhd[80:], h)
	moov := box("mvhd", mvhd...)
	for i, track := range tracks {
		head := tkhd
		if i > 0 {
			head = make([]byte, 84)
		}
		moov = append(moov, box("trak", append(box("tkhd", head...), track...)...)...)
	}
	moov = append(moov, box("udta", []byte("+07.25-112.75/ di sini")...)...)
	return append(append(box("ftyp", []byte("isom\x00\x00\x00\x00")...), box("moov", moov...)...), box("mdat", 1, 2, 3)...)
}

func TestFilmsAreMeasured(t *testing.T) {
	f, err := Take(filmOf(854, 480, 95))
	if err != nil || f.Type != "video/mp4" || f.Height != 480 || f.Seconds != 95 || bytes.Contains(f.Data, []byte("di sini")) {
		t.Errorf("%s %d x %d, %d s, %v", f.Type, f.Width, f.Height, f.Seconds, err)
	}
	if x, ok := Parse(f.Name()); !ok || !x.Video || x.Seconds != 95 || x.Bytes != 1024 && x.Bytes != 2048 {
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

// el is an element of a WebM.
func el(id uint32, body ...byte) (out []byte) {
	for shift := 24; shift >= 0; shift -= 8 {
		if b := byte(id >> shift); b != 0 || len(out) > 0 {
			out = append(out, b)
		}
	}
	return append(append(out, 0x10|byte(len(body)>>24), byte(len(body)>>16), byte(len(body)>>8), byte(len(body))), body...)
}

// webmOf is the smallest WebM that says how large, how long and how coded it is; live leaves the lengths of segment and cluster open, as a browser that records does.
func webmOf(kind string, w, h uint16, video, sound string, live bool) []byte {
	track := func(kind byte, codec string, more ...byte) []byte {
		return el(idTrack, append(append(el(idCodec, []byte(codec)...), el(idTrackType, kind)...), more...)...)
	}
	var tracks []byte
	if video != "" {
		tracks = append(tracks, track(1, video, el(idVideo, append(el(idWidth, byte(w>>8), byte(w)), el(idHeight, byte(h>>8), byte(h))...)...)...)...)
	}
	if sound != "" {
		tracks = append(tracks, track(2, sound)...)
	}
	info := append(el(idScale, 0x0F, 0x42, 0x40), el(idTitle, []byte("di sini")...)...)
	if !live {
		info = append(info, el(idLength, 0x46, 0xEA, 0x60, 0x00)...) // 30,000
	}
	cluster := append(el(idTime, 0x61, 0xA8), el(0xA3, 1, 2, 3)...) // 25,000
	body := append(append(append(el(idInfo, info...), el(idTracks, tracks...)...), el(idTags, []byte("oleh siapa")...)...), func() []byte {
		if live {
			return append([]byte{0x1F, 0x43, 0xB6, 0x75, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, cluster...)
		}
		return el(idCluster, cluster...)
	}()...)
	head := el(idHeader, el(idDocType, []byte(kind)...)...)
	if live {
		return append(append(head, 0x18, 0x53, 0x80, 0x67, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF), body...)
	}
	return append(head, el(idSegment, body...)...)
}

// A film is taken when every phone plays it, otherwise refused by the name of what it is coded in and with what to do.
func TestFilmsThatPhonesPlay(t *testing.T) {
	esds := func(kind byte) []byte {
		return box("esds", 0, 0, 0, 0, 3, 0x80, 0x80, 0x80, 20, 0, 1, 0, 4, 0x80, 0x80, 0x80, 13, kind, 0x15, 0, 0, 0)
	}
	picture := func(codec string, more ...byte) []byte { return coded("vide", codec, 640, 360, more...) }
	for name, x := range map[string]struct {
		data []byte
		says string // of the refusal, "" is taken
	}{
		"H.264 and AAC":       {filmOf(640, 360, 5, picture("avc1", box("avcC", 1, 100, 0, 30)...), coded("soun", "mp4a", 0, 0, esds(0x40)...)), ""},
		"H.264 and subtitles": {filmOf(640, 360, 5, picture("avc1"), coded("text", "tx3g", 0, 0)), ""},
		"H.264 and MP3":       {filmOf(640, 360, 5, picture("avc1"), coded("soun", "mp4a", 0, 0, esds(0x6B)...)), ""},
		"H.264 of 10 bits":    {filmOf(640, 360, 5, picture("avc1", box("avcC", 1, 110, 0, 30)...)), "H.264 10 bit"},
		"HEVC":                {filmOf(640, 360, 5, picture("hvc1"), coded("soun", "mp4a", 0, 0)), "HEVC (H.265)"},
		"VP9 in MP4":          {filmOf(640, 360, 5, picture("vp09")), "VP9"},
		"AV1":                 {filmOf(640, 360, 5, picture("av01")), "AV1"},
		"one of two pictures": {filmOf(640, 360, 5, picture("avc1"), picture("hev1")), "HEVC"},
		"a name that is none": {filmOf(640, 360, 5, picture("<b>\x00")), "berformat b,"},
		"Dolby":               {filmOf(640, 360, 5, picture("avc1"), coded("soun", "ac-3", 0, 0)), "Dolby AC-3"},
		"Vorbis in MP4":       {filmOf(640, 360, 5, picture("avc1"), coded("soun", "mp4a", 0, 0, esds(0xDD)...)), "MPEG-4 (DD)"},
		"no track":            {filmOf(640, 360, 5, []byte{}), "rusak"},
		"taller inside":       {filmOf(640, 360, 5, coded("vide", "avc1", 1920, 1080)), "480p"},
		"lossless sound":      {filmOf(0, 0, 5, coded("soun", "alac", 0, 0)), "Apple Lossless"},
		"VP9 and Opus":        {webmOf("webm", 854, 480, "V_VP9", "A_OPUS", false), ""},
		"VP8 and Vorbis live": {webmOf("webm", 640, 360, "V_VP8", "A_VORBIS", true), ""},
		"AV1 in WebM":         {webmOf("webm", 640, 360, "V_AV1", "A_OPUS", false), "AV1"},
		"720p WebM":           {webmOf("webm", 1280, 720, "V_VP8", "", false), "1280 x 720"},
		"WebM sound":          {webmOf("webm", 0, 0, "", "A_OPUS", false), "M4A"},
		"Matroska":            {webmOf("matroska", 640, 360, "V_VP8", "", false), "MP4"},
		"WebM cut off":        {webmOf("webm", 640, 360, "V_VP8", "", false)[:90], "rusak"},
	} {
		f, err := Take(x.data)
		if x.says == "" && (err != nil || f.Width == 0 || bytes.Contains(f.Data, []byte("di sini")) || bytes.Contains(f.Data, []byte("oleh siapa")) || len(f.Data) != len(x.data)) {
			t.Errorf("%s: %s %d x %d, %v", name, f.Type, f.Width, f.Height, err)
		}
		if x.says != "" && (faults.KindOf(err) != faults.Invalid || !strings.Contains(faults.Of(err).Text.ID, x.says)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for live, seconds := range map[bool]int{false: 30, true: 25} {
		f, err := Take(webmOf("webm", 854, 480, "V_VP9", "A_OPUS", live))
		if x, ok := Parse(f.Name()); err != nil || f.Type != "video/webm" || !ok || !x.Video || x.Width != 854 || x.Seconds != seconds {
			t.Errorf("live %v: %s %v", live, f.Name(), err)
		}
		if again, err := Take(f.Data); err != nil || again.Name() != f.Name() {
			t.Errorf("taking it again gives %s, not %s: %v", again.Name(), f.Name(), err)
		}
	}
}

func FuzzTake(f *testing.F) {
	f.Add(filmOf(640, 360, 9))
	f.Add(filmOf(640, 360, 9, coded("vide", "avc1", 640, 360, box("avcC", 1, 100, 0, 30)...), coded("soun", "mp4a", 0, 0, box("esds", 0, 0, 0, 0, 3, 20, 0, 1, 0, 4, 13, 0x40)...)))
	f.Add(webmOf("webm", 640, 360, "V_VP9", "A_OPUS", false))
	f.Add(webmOf("webm", 640, 360, "V_VP8", "A_VORBIS", true))
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
