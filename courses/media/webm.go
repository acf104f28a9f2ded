package media

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/apelkota/apel/internal/faults"
)

// webm looks at a WebM film as film does at an MP4. Sound alone is kept as M4A or MP3, which more phones play.
func webm(data []byte) (File, error) {
	if len(data) > MaxVideo {
		return File{}, tooLarge(MaxVideo)
	}
	m := ebml{reel: reel{data: bytes.Clone(data)}, scale: 1e6}
	m.walk(0, len(data), 0)
	if m.kind != "webm" && !m.broken {
		return File{}, faults.New(faults.Invalid, "Jenis video ini tidak diterima. Ubah menjadi MP4 (H.264), paling tinggi 480p.", "This kind of video is not accepted. Convert it to MP4 (H.264) of at most 480p.")
	}
	m.seconds = int(min(math.Ceil(max(m.length, m.last)*m.scale/1e9), 24*3600))
	if len(m.video) == 0 && len(m.sound) > 0 && !m.broken {
		return File{}, faults.New(faults.Invalid, "Rekaman suara WebM tidak diterima. Simpan ulang sebagai M4A atau MP3.", "A WebM recording is not accepted. Save it again as M4A or MP3.")
	}
	return m.file("", "video/webm", true)
}

// ebml reads elements: id, size, content, nested.
type ebml struct {
	reel
	kind         string  // webm, matroska
	scale        float64 // nanoseconds of a unit of time
	length, last float64 // units: as told, and where the last cluster begins
}

// The elements that are looked at (RFC 8794, RFC 9559).
const (
	idHeader, idDocType                    = 0x1A45DFA3, 0x4282
	idSegment, idInfo, idTracks, idCluster = 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675
	idScale, idLength, idTime              = 0x2AD7B1, 0x4489, 0xE7
	idTrack, idTrackType, idCodec, idVideo = 0xAE, 0x83, 0x86, 0xE0
	idWidth, idHeight                      = 0xB0, 0xBA
	idTags, idAttachments                  = 0x1254C367, 0x1941A469
	idTitle, idDate, idFilename, idName    = 0x7BA9, 0x4461, 0x7384, 0x536E
	idVoid                                 = 0xEC
)

func (m *ebml) walk(from, to, depth int) {
	for at := from; at < to && !m.broken; {
		id, n := m.number(at, to, 4, true)
		size, k := m.number(at+n, to, 8, false)
		body := at + n + k
		if n == 0 || k == 0 || depth > 4 {
			m.broken = true
			return
		}
		end := to // of unknown length: what is inside goes on to the end
		if size != math.MaxUint64 {
			if size > uint64(to-body) {
				m.broken = true
				return
			}
			end = body + int(size)
		}
		value := m.data[body:end]
		switch id {
		case idHeader, idInfo, idTracks, idVideo:
			m.walk(body, end, depth+1)
		case idSegment, idCluster:
			if size == math.MaxUint64 { // its elements follow as if they were beside it
				end = body
			} else {
				m.walk(body, end, depth+1)
			}
		case idTrack:
			m.track(body, end, depth)
		case idDocType:
			m.kind = string(value[:min(len(value), 20)])
		case idScale:
			m.scale = float64(max(unsigned(value), 1))
		case idLength:
			m.length = max(m.length, float(value))
		case idTime:
			m.last = max(m.last, float64(unsigned(value)))
		case idWidth:
			m.width = int(min(unsigned(value), 1<<15))
		case idHeight:
			m.height = int(min(unsigned(value), 1<<15))
		case idTags, idAttachments, idTitle, idDate, idFilename, idName:
			m.blank(at, end)
		}
		at = end
	}
}

// track reads one track: its kind first, whatever the order.
func (m *ebml) track(from, to, depth int) {
	kind, codec := uint64(0), ""
	for at := from; at < to; {
		id, n := m.number(at, to, 4, true)
		size, k := m.number(at+n, to, 8, false)
		if n == 0 || k == 0 || size > uint64(to-at-n-k) {
			m.broken = true
			return
		}
		end := at + n + k + int(size)
		switch value := m.data[at+n+k : end]; id {
		case idTrackType:
			kind = unsigned(value)
		case idCodec:
			codec = string(bytes.TrimRight(value[:min(len(value), 60)], "\x00"))
		}
		at = end
	}
	w, h := m.width, m.height
	m.width, m.height = 0, 0
	m.walk(from, to, depth+1)
	if kind == 1 {
		m.tall = max(m.tall, min(m.width, m.height))
	}
	if kind != 1 || w*h > m.width*m.height {
		m.width, m.height = w, h
	}
	switch {
	case kind == 1 && (codec == "V_VP8" || codec == "V_VP9"):
		m.video = append(m.video, "")
	case kind == 1:
		m.video = append(m.video, codecNamed(codec))
	case kind == 2 && (codec == "A_OPUS" || codec == "A_VORBIS"):
		m.sound = append(m.sound, "")
	case kind == 2:
		m.sound = append(m.sound, codecNamed(codec))
	}
}

// number reads an id (kept with its marker) or a size; its length in bytes is 0 when there is none. A size of nothing but ones is unknown: MaxUint64.
func (m *ebml) number(at, to, most int, id bool) (v uint64, n int) {
	if at >= to || m.data[at] == 0 {
		return 0, 0
	}
	n = bits.LeadingZeros8(m.data[at]) + 1
	if n > most || at+n > to {
		return 0, 0
	}
	v = uint64(m.data[at])
	if !id {
		v &= 1<<(8-n) - 1
	}
	for _, b := range m.data[at+1 : at+n] {
		v = v<<8 | uint64(b)
	}
	if !id && v == 1<<(7*n)-1 {
		v = math.MaxUint64
	}
	return v, n
}

// blank makes an element void where it lies.
func (m *ebml) blank(at, end int) {
	if n := end - at; n >= 9 {
		clear(m.data[at:end])
		m.data[at] = idVoid
		binary.BigEndian.PutUint64(m.data[at+1:], 1<<56|uint64(n-9))
	} else if n >= 2 {
		clear(m.data[at:end])
		m.data[at], m.data[at+1] = idVoid, 0x80|byte(n-2)
	}
}

func unsigned(b []byte) (v uint64) {
	for _, x := range b[:min(len(b), 8)] {
		v = v<<8 | uint64(x)
	}
	return v
}

// float reads a number of four or eight bytes; 0 for what is none.
func float(b []byte) (v float64) {
	switch len(b) {
	case 4:
		v = float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
	case 8:
		v = math.Float64frombits(binary.BigEndian.Uint64(b))
	}
	if math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
		return 0
	}
	return v
}
