// Package media makes files of authors fit to be shown: pictures are decoded and written anew, small and without metadata; video and audio are recognised by what they
// are and measured. It stores nothing. Pure functions of bytes.
package media

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/apelkota/apel/internal/faults"
)

// Limits of a file, in bytes and pixels.
const (
	MaxPicture = 60 << 10 // of a picture as it is kept
	MaxUpload  = 20 << 20 // of a picture as it comes
	MaxVideo   = 30 << 20
	MaxAudio   = 10 << 20
	MaxHeight  = 480 // of a video's shorter side

	maxPixels = 16_000_000 // of a picture as it comes; decoding one takes about 6 bytes each
	maxSide   = 12_000
	shownSide = 1280 // of a picture as it is kept
)

// File is a file fit to be kept.
type File struct {
	Type          string // media type, found by looking at the content
	Width, Height int    // of pictures and videos
	Seconds       int    // of video and audio; 0 when it is not known
	Data          []byte
}

// Name is what the file is called in lessons, packages and addresses: a part of its hash, what a page must know before it is loaded, and its ending. The same
// content has the same name.
func (f File) Name() string {
	sum := sha256.Sum256(f.Data)
	name := hex.EncodeToString(sum[:12])
	if f.Width > 0 {
		name += fmt.Sprintf("-%dx%d", f.Width, f.Height)
	}
	if !strings.HasPrefix(f.Type, "image/") {
		name += fmt.Sprintf("-%dk", (len(f.Data)+1023)>>10)
		if f.Seconds > 0 {
			name += fmt.Sprintf("-%ds", f.Seconds)
		}
	}
	return name + endings[f.Type]
}

var endings = map[string]string{"image/jpeg": ".jpg", "image/png": ".png", "video/mp4": ".mp4", "video/webm": ".webm", "audio/mp4": ".m4a", "audio/mpeg": ".mp3"}

// Facts is what a name says.
type Facts struct {
	Name          string
	Width, Height int
	Bytes         int64 // of video and audio, to a KB
	Seconds       int
	Picture       bool
	Video         bool
}

var nameRule = regexp.MustCompile(`^[0-9a-f]{24}(?:-(\d{1,5})x(\d{1,5}))?(?:-(\d{1,6})k)?(?:-(\d{1,6})s)?\.(jpg|png|mp4|webm|m4a|mp3)$`)

// Parse reads a name; false for what no File is called.
func Parse(name string) (Facts, bool) {
	m := nameRule.FindStringSubmatch(name)
	if m == nil {
		return Facts{}, false
	}
	n := func(s string) int { i, _ := strconv.Atoi(s); return i }
	return Facts{Name: name, Width: n(m[1]), Height: n(m[2]), Bytes: int64(n(m[3])) << 10, Seconds: n(m[4]), Picture: m[5] == "jpg" || m[5] == "png", Video: m[5] == "mp4" || m[5] == "webm"}, true
}

// Take makes a file of an author fit to be kept, whatever it is called. Faults: Invalid for what cannot be taken, TooLarge.
func Take(data []byte) (File, error) {
	switch kind := Sniff(data); kind {
	case "image/jpeg", "image/png", "image/gif":
		return picture(data, kind, size{MaxPicture, shownSide})
	case "video/mp4":
		return film(data)
	case "video/webm":
		return webm(data)
	case "audio/mpeg":
		if len(data) > MaxAudio {
			return File{}, tooLarge(MaxAudio)
		}
		return File{Type: kind, Data: data}, nil
	case "image/svg+xml":
		return File{}, faults.New(faults.Invalid, "Gambar SVG tidak diterima karena dapat memuat skrip. Simpan sebagai PNG.", "SVG pictures are not accepted because they can hold scripts. Save it as PNG.")
	case "image/webp", "image/bmp", "image/heic", "image/tiff":
		return File{}, faults.New(faults.Invalid, "Jenis gambar ini belum diterima. Simpan sebagai PNG atau JPEG, atau salin lalu tempel gambarnya.", "This kind of picture is not accepted yet. Save it as PNG or JPEG, or copy and paste it.")
	case "image/emf":
		return File{}, faults.New(faults.Invalid, "Gambar ini berjenis EMF atau WMF dari Office, yang tidak dapat ditampilkan peramban. Di Word, potong gambarnya, lalu tempel sebagai PNG (Tempel Khusus, Paste Special).", "This picture is an EMF or WMF of Office, which browsers cannot show. In Word cut it, then paste it as PNG (Paste Special).")
	case "video/avi":
		return File{}, faults.New(faults.Invalid, "Jenis video ini tidak diterima. Ubah menjadi MP4 (H.264), paling tinggi 480p.", "This kind of video is not accepted. Convert it to MP4 (H.264) of at most 480p.")
	}
	return File{}, faults.New(faults.Invalid, "Berkas ini bukan gambar, video, atau rekaman suara. Yang diterima: PNG, JPEG, GIF, MP4, WebM, M4A, MP3.", "This file is no picture, video or recording. Accepted are PNG, JPEG, GIF, MP4, WebM, M4A and MP3.")
}

// Pixels is how much work a picture is; 0 for what is none.
func Pixels(data []byte) int {
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || c.Width > maxSide || c.Height > maxSide {
		return 0
	}
	return c.Width * c.Height
}

// Sniff says what content is by looking at it, "" for what no lesson shows.
func Sniff(data []byte) string {
	head := data[:min(len(data), 1024)]
	kind, _, _ := strings.Cut(http.DetectContentType(head), ";")
	switch {
	case len(head) > 12 && string(head[4:8]) == "ftyp":
		if brand := string(head[8:12]); brand == "heic" || brand == "heix" || brand == "mif1" || brand == "avif" {
			return "image/heic"
		}
		return "video/mp4"
	case len(head) > 44 && string(head[40:44]) == " EMF" && string(head[:4]) == "\x01\x00\x00\x00", bytes.HasPrefix(head, []byte("\xD7\xCD\xC6\x9A")):
		return "image/emf"
	case bytes.Contains(bytes.ToLower(data[:min(len(data), 4096)]), []byte("<svg")) && (kind == "text/xml" || kind == "text/plain" || kind == "text/html"):
		return "image/svg+xml"
	case bytes.HasPrefix(head, []byte("II*\x00")), bytes.HasPrefix(head, []byte("MM\x00*")):
		return "image/tiff"
	case kind == "audio/mpeg", len(head) > 2 && head[0] == 0xFF && head[1]&0xE6 == 0xE2: // an MPEG layer III frame without a tag
		return "audio/mpeg"
	case strings.HasPrefix(kind, "image/"), strings.HasPrefix(kind, "video/"):
		return kind
	}
	return ""
}

func tooLarge(max int) error {
	return faults.Newf(faults.TooLarge, "Berkas ini terlalu besar. Batasnya %d MB.", "This file is too large. The limit is %d MB.", max>>20)
}
