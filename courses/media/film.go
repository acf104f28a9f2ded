package media

import (
	"encoding/binary"

	"github.com/apelkota/apel/internal/faults"
)

// film looks at an MP4: how long it is and how large its picture. What phones write into it beside that (place, model, names) is blanked where it lies, so that nothing moves.
func film(data []byte) (File, error) {
	if len(data) > MaxVideo {
		return File{}, tooLarge(MaxVideo)
	}
	f := File{Type: "audio/mp4", Data: append([]byte(nil), data...)}
	m := mp4{data: f.Data}
	m.walk(0, len(f.Data), 0)
	if !m.movie || m.broken {
		return File{}, faults.New(faults.Invalid, "Video ini rusak atau tidak lengkap. Simpan ulang sebagai MP4.", "This video is damaged or not complete. Save it again as MP4.")
	}
	f.Width, f.Height, f.Seconds = m.width, m.height, m.seconds
	switch {
	case f.Width > 0 && f.Height > 0:
		f.Type = "video/mp4"
		if min(f.Width, f.Height) > MaxHeight {
			return File{}, faults.Newf(faults.Invalid, "Video ini %d x %d piksel. Perkecil menjadi paling tinggi 480p agar ringan di ponsel.", "This video has %d x %d pixels. Make it at most 480p, so that it is light on phones.", f.Width, f.Height)
		}
	case len(data) > MaxAudio:
		return File{}, tooLarge(MaxAudio)
	}
	return f, nil
}

// mp4 reads boxes: size, name, content, nested.
type mp4 struct {
	data          []byte
	movie, broken bool
	width, height int
	seconds       int
	boxes         int
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
			m.walk(at+head, at+size, depth+1)
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
