package media

import (
	"bytes"
	"encoding/binary"
	"strings"

	"github.com/apelkota/apel/internal/faults"
)

// film looks at an MP4: how long it is, how large its picture, and whether every phone plays what is inside. What phones write into it beside that (place, model, names) is blanked where it
// lies, so that nothing moves.
func film(data []byte) (File, error) {
	if len(data) > MaxVideo {
		return File{}, tooLarge(MaxVideo)
	}
	m := mp4{reel: reel{data: bytes.Clone(data)}}
	m.walk(0, len(data), 0)
	return m.file("audio/mp4", "video/mp4", m.movie)
}

// reel is what a film or recording turned out to be.
type reel struct {
	data          []byte
	broken        bool
	width, height int // as shown
	tall          int // the larger of what container and codec say of the shorter side
	seconds       int
	video, sound  []string // what its tracks are coded in; "" for what every phone plays, else its name
}

// file is the reel fit to be kept, or why it is not.
func (r reel) file(sound, video string, whole bool) (File, error) {
	if r.broken || !whole || len(r.video)+len(r.sound) == 0 || len(r.video) > 0 && (r.width <= 0 || r.height <= 0) {
		return File{}, faults.New(faults.Invalid, "Video ini rusak atau tidak lengkap. Simpan ulang sebagai MP4.", "This video is damaged or not complete. Save it again as MP4.")
	}
	for _, codec := range r.video {
		if codec != "" {
			return File{}, faults.Newf(faults.Invalid, "Gambar video ini berformat %s, yang tidak diputar di banyak ponsel. Simpan ulang sebagai MP4 dengan gambar H.264 dan suara AAC, misalnya dengan HandBrake (pilihan Fast 480p30).",
				"The picture of this video is coded in %s, which many phones do not play. Save it again as MP4 with H.264 picture and AAC sound, for example with HandBrake (preset Fast 480p30).", codec)
		}
	}
	for _, codec := range r.sound {
		if codec != "" {
			return File{}, faults.Newf(faults.Invalid, "Suara berkas ini berformat %s, yang tidak diputar di banyak ponsel. Simpan ulang dengan suara AAC: video sebagai MP4, rekaman suara sebagai M4A atau MP3.",
				"The sound of this file is coded in %s, which many phones do not play. Save it again with AAC sound: a video as MP4, a recording as M4A or MP3.", codec)
		}
	}
	f := File{Type: sound, Data: r.data, Seconds: r.seconds}
	switch {
	case len(r.video) > 0:
		f.Type, f.Width, f.Height = video, r.width, r.height
		if max(r.tall, min(f.Width, f.Height)) > MaxHeight {
			return File{}, faults.Newf(faults.Invalid, "Video ini %d x %d piksel. Perkecil menjadi paling tinggi 480p agar ringan di ponsel.", "This video has %d x %d pixels. Make it at most 480p, so that it is light on phones.", f.Width, f.Height)
		}
	case len(r.data) > MaxAudio:
		return File{}, tooLarge(MaxAudio)
	}
	return f, nil
}

// mp4 reads boxes: size, name, content, nested.
type mp4 struct {
	reel
	movie   bool
	boxes   int
	handler string   // of the track being read: what it is
	entries [][]byte // of the track being read: how it is coded, each a box
}

func (m *mp4) walk(from, to, depth int) {
	for at := from; at+8 <= to && !m.broken; {
		m.boxes++
		size, head := int(binary.BigEndian.Uint32(m.data[at:])), 8
		switch {
		case size == 0:
			size = to - at
		case size == 1 && at+16 <= to:
			long := binary.BigEndian.Uint64(m.data[at+8:])
			if long > uint64(to-at) {
				m.broken = true
				return
			}
			size, head = int(long), 16
		}
		if size < head || at+size > to || m.boxes > 10_000 || depth > 8 {
			m.broken = true
			return
		}
		body := m.data[at+head : at+size]
		switch string(m.data[at+4 : at+8]) {
		case "moov":
			m.movie = true
			m.walk(at+head, at+size, depth+1)
		case "trak":
			m.handler, m.entries = "", nil
			m.walk(at+head, at+size, depth+1)
			m.track()
		case "mdia", "minf", "stbl":
			m.walk(at+head, at+size, depth+1)
		case "hdlr":
			if len(body) >= 12 && m.handler == "" {
				m.handler = string(body[8:12])
			}
		case "stsd":
			if len(body) >= 8 {
				m.entries = append(m.entries, boxes(body[8:])...)
			}
		case "udta", "meta", "uuid":
			copy(m.data[at+4:], "free")
			clear(body)
		case "mvhd":
			if unit, length := timesOf(body); unit > 0 {
				m.seconds = int(min((length+unit-1)/unit, 24*3600))
			}
		case "tkhd":
			if n := len(body); n >= 8 { // 16.16 fixed point at its end
				w, h := int(binary.BigEndian.Uint16(body[n-8:])), int(binary.BigEndian.Uint16(body[n-4:]))
				if w > 0 && h > 0 && w*h > m.width*m.height {
					m.width, m.height = w, h
				}
			}
		}
		at += size
	}
}

// boxes cuts content into its boxes, as far as they are whole; at most 64.
func boxes(b []byte) (out [][]byte) {
	for len(b) >= 8 && len(out) < 64 {
		size := binary.BigEndian.Uint32(b)
		if size < 8 || uint64(size) > uint64(len(b)) {
			break
		}
		out = append(out, b[:size])
		b = b[size:]
	}
	return out
}

// inside finds the content of a box among those of an entry, which begin at a place.
func inside(entry []byte, at int, name string) []byte {
	if len(entry) < at {
		return nil
	}
	for _, b := range boxes(entry[at:]) {
		if string(b[4:8]) == name {
			return b[8:]
		}
	}
	return nil
}

// track notes how the track just read is coded. Tracks that are neither picture nor sound (subtitles, times, places) are played by nobody and do no harm.
func (m *mp4) track() {
	for _, entry := range m.entries {
		codec := string(entry[4:8])
		switch m.handler {
		case "vide":
			m.video = append(m.video, pictureIn(codec, entry))
			if len(entry) >= 36 {
				w, h := int(binary.BigEndian.Uint16(entry[32:])), int(binary.BigEndian.Uint16(entry[34:]))
				m.tall = max(m.tall, min(w, h))
				if m.width == 0 || m.height == 0 {
					m.width, m.height = w, h
				}
			}
		case "soun":
			m.sound = append(m.sound, soundIn(codec, entry))
		}
	}
}

// codecs are names for what is not taken, by how MP4 and WebM call it.
var codecs = map[string]string{"hvc1": "HEVC (H.265)", "hev1": "HEVC (H.265)", "dvh1": "Dolby Vision", "dvhe": "Dolby Vision", "vp08": "VP8", "vp09": "VP9", "av01": "AV1", "mp4v": "MPEG-4 Visual", "s263": "H.263", "jpeg": "Motion JPEG",
	"apch": "ProRes", "apcn": "ProRes", "apcs": "ProRes", "apco": "ProRes", "ap4h": "ProRes", "Opus": "Opus", "ac-3": "Dolby AC-3", "ec-3": "Dolby E-AC-3", "ac-4": "Dolby AC-4", "alac": "Apple Lossless", "fLaC": "FLAC", "samr": "AMR", "sawb": "AMR",
	"sowt": "PCM", "twos": "PCM", "lpcm": "PCM", "ipcm": "PCM", "encv": "terenkripsi (DRM)", "enca": "terenkripsi (DRM)", "V_AV1": "AV1", "A_AAC": "AAC", "A_FLAC": "FLAC"}

// codecNamed is a name that can be shown, whatever a file calls itself.
func codecNamed(s string) string {
	if name, ok := codecs[s]; ok {
		return name
	}
	s = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./", r) {
			return r
		}
		return -1
	}, s[:min(len(s), 30)])
	if s == "" {
		return "yang tidak dikenal"
	}
	return s
}

// pictureIn is "" for H.264 of the profiles that phones decode (baseline, main, extended, high), else the name of the codec.
func pictureIn(codec string, entry []byte) string {
	if codec != "avc1" && codec != "avc3" {
		return codecNamed(codec)
	}
	if c := inside(entry, 86, "avcC"); len(c) > 1 {
		switch c[1] {
		case 66, 77, 88, 100:
		default:
			return "H.264 10 bit"
		}
	}
	return ""
}

// soundIn is "" for AAC and MP3, else the name of the codec.
func soundIn(codec string, entry []byte) string {
	if codec != "mp4a" {
		return codecNamed(codec)
	}
	at := 36
	if len(entry) > 17 && entry[17] == 1 { // QuickTime's longer entry
		at += 16
	}
	switch kind := objectType(inside(entry, at, "esds")); kind {
	case 0, 0x40, 0x66, 0x67, 0x68, 0x69, 0x6B:
		return ""
	case 0xA5, 0xA6:
		return codecs["ac-3"]
	case 0xAD:
		return codecs["Opus"]
	default:
		return "MPEG-4 (" + "0123456789ABCDEF"[kind>>4:kind>>4+1] + "0123456789ABCDEF"[kind&15:kind&15+1] + ")"
	}
}

// objectType is the kind of sound an elementary stream descriptor names (ISO/IEC 14496-1); 0 when it says none.
func objectType(b []byte) byte {
	if len(b) < 4 {
		return 0
	}
	for b = b[4:]; len(b) >= 2; { // version and flags
		tag := b[0]
		b = b[1:]
		for n := 0; n < 4 && len(b) > 0; n++ { // the length, seven bits a byte
			more := b[0]&0x80 != 0
			b = b[1:]
			if !more {
				break
			}
		}
		switch {
		case tag == 3 && len(b) >= 3:
			skip := 3
			if b[2]&0x80 != 0 {
				skip += 2
			}
			if b[2]&0x40 != 0 && len(b) > skip {
				skip += 1 + int(b[skip])
			}
			if b[2]&0x20 != 0 {
				skip += 2
			}
			b = b[min(skip, len(b)):]
		case tag == 4 && len(b) >= 1:
			return b[0]
		default:
			return 0
		}
	}
	return 0
}

// timesOf reads the time scale and the length of a movie header.
func timesOf(b []byte) (unit, length uint64) {
	switch {
	case len(b) >= 32 && b[0] == 1:
		return uint64(binary.BigEndian.Uint32(b[20:])), binary.BigEndian.Uint64(b[24:])
	case len(b) >= 20:
		return uint64(binary.BigEndian.Uint32(b[12:])), uint64(binary.BigEndian.Uint32(b[16:]))
	}
	return 0, 0
}
