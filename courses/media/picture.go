package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	_ "image/gif" // the first picture of one
	"image/jpeg"
	"image/png"

	"github.com/apelkota/apel/internal/faults"
)

// size is how large a picture may be as it is kept: bytes, and pixels of its longer side.
type size struct{ bytes, side int }

// picture decodes a picture and writes it anew: what is not pixels (where and when it was taken, by which phone, anything appended) is gone. One that is small and
// holds nothing else already stays byte for byte, so that taking a file again gives the same file.
func picture(data []byte, kind string, fit size) (File, error) {
	if len(data) > MaxUpload {
		return File{}, tooLarge(MaxUpload)
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return File{}, damaged(err)
	}
	if c.Width < 1 || c.Height < 1 || c.Width > maxSide || c.Height > maxSide || c.Width*c.Height > maxPixels {
		return File{}, faults.New(faults.TooLarge, "Gambar ini terlalu besar untuk dibuka (lebih dari 16 megapiksel). Perkecil dahulu, misalnya menjadi lebar 1.600 piksel.",
			"This picture is too large to open (over 16 megapixels). Make it smaller first, for example 1,600 pixels wide.")
	}
	if len(data) <= fit.bytes && max(c.Width, c.Height) <= fit.side && bare(data, kind) {
		if _, _, err := image.Decode(bytes.NewReader(data)); err != nil {
			return File{}, damaged(err)
		}
		return File{Type: kind, Width: c.Width, Height: c.Height, Data: data}, nil
	}
	src, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return File{}, damaged(err)
	}
	b := src.Bounds()
	img := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(img, img.Bounds(), src, b.Min, draw.Src)
	if kind == "image/jpeg" {
		img = turned(img, orientation(data))
	}
	side := float64(max(img.Rect.Dx(), img.Rect.Dy()))
	for share := min(1, float64(fit.side)/side); ; share *= 0.75 {
		small := shrunk(img, max(1, int(float64(img.Rect.Dx())*share+0.5)), max(1, int(float64(img.Rect.Dy())*share+0.5)))
		out := File{Width: small.Rect.Dx(), Height: small.Rect.Dy()}
		var w bytes.Buffer
		if kind != "image/jpeg" { // drawings and screenshots stay sharp when they can
			e := png.Encoder{CompressionLevel: png.BestCompression}
			if err := e.Encode(&w, small); err != nil {
				return File{}, damaged(err)
			}
			if w.Len() <= fit.bytes {
				out.Type, out.Data = "image/png", w.Bytes()
				return out, nil
			}
		}
		flat := image.NewRGBA(small.Rect)
		draw.Draw(flat, flat.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
		draw.Draw(flat, flat.Rect, small, image.Point{}, draw.Over)
		for _, quality := range []int{82, 70, 58} {
			w.Reset()
			if err := jpeg.Encode(&w, flat, &jpeg.Options{Quality: quality}); err != nil {
				return File{}, damaged(err)
			}
			if w.Len() <= fit.bytes {
				out.Type, out.Data = "image/jpeg", w.Bytes()
				return out, nil
			}
		}
	}
}

func damaged(err error) error {
	return faults.Wrap(err, faults.Invalid, "Gambar ini rusak dan tidak dapat dibuka. Simpan ulang sebagai PNG atau JPEG.", "This picture is damaged and cannot be opened. Save it again as PNG or JPEG.")
}

// shrunk makes a picture smaller; each new pixel is the mean of those it covers.
func shrunk(src *image.NRGBA, w, h int) *image.NRGBA {
	sw, sh := src.Rect.Dx(), src.Rect.Dy()
	if w >= sw && h >= sh {
		return src
	}
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		y0, y1 := y*sh/h, max((y+1)*sh/h, y*sh/h+1)
		for x := range w {
			x0, x1 := x*sw/w, max((x+1)*sw/w, x*sw/w+1)
			var r, g, b, a, n uint32
			for yy := y0; yy < y1; yy++ {
				row := src.Pix[yy*src.Stride+4*x0 : yy*src.Stride+4*x1]
				for i := 0; i < len(row); i += 4 {
					alpha := uint32(row[i+3])
					r, g, b, a, n = r+uint32(row[i])*alpha, g+uint32(row[i+1])*alpha, b+uint32(row[i+2])*alpha, a+alpha, n+1
				}
			}
			p := out.Pix[y*out.Stride+4*x:]
			if a > 0 {
				p[0], p[1], p[2] = uint8(r/a), uint8(g/a), uint8(b/a)
			}
			p[3] = uint8(a / n)
		}
	}
	return out
}

// turned gives a photo the way up that its camera noted (EXIF orientation 1 to 8).
func turned(src *image.NRGBA, how int) *image.NRGBA {
	if how < 2 || how > 8 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	if how >= 5 {
		w, h = h, w
	}
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range src.Rect.Dy() {
		for x := range src.Rect.Dx() {
			var u, v int
			switch how {
			case 2:
				u, v = w-1-x, y
			case 3:
				u, v = w-1-x, h-1-y
			case 4:
				u, v = x, h-1-y
			case 5:
				u, v = y, x
			case 6:
				u, v = w-1-y, x
			case 7:
				u, v = w-1-y, h-1-x
			case 8:
				u, v = y, h-1-x
			}
			copy(out.Pix[v*out.Stride+4*u:][:4], src.Pix[y*src.Stride+4*x:][:4])
		}
	}
	return out
}

// orientation reads the EXIF orientation of a JPEG, 1 when it says none.
func orientation(data []byte) int {
	for at := 2; at+4 <= len(data) && data[at] == 0xFF; {
		marker, size := data[at+1], int(binary.BigEndian.Uint16(data[at+2:]))
		if marker == 0xDA || size < 2 || at+2+size > len(data) {
			break
		}
		seg := data[at+4 : at+2+size]
		if marker == 0xE1 && bytes.HasPrefix(seg, []byte("Exif\x00\x00")) {
			return tiffOrientation(seg[6:])
		}
		at += 2 + size
	}
	return 1
}

func tiffOrientation(t []byte) int {
	var order binary.ByteOrder = binary.LittleEndian
	if len(t) < 8 {
		return 1
	}
	if t[0] == 'M' {
		order = binary.BigEndian
	}
	at := int(order.Uint32(t[4:]))
	if at < 8 || at+2 > len(t) {
		return 1
	}
	n := int(order.Uint16(t[at:]))
	for i := range min(n, 200) {
		e := at + 2 + 12*i
		if e+12 > len(t) {
			break
		}
		if order.Uint16(t[e:]) == 0x0112 {
			return int(order.Uint16(t[e+8:]))
		}
	}
	return 1
}

// bare says that a PNG or JPEG holds what its pixels need and nothing else.
func bare(data []byte, kind string) bool {
	switch kind {
	case "image/png":
		at := 8
		for at+12 <= len(data) {
			size := int(binary.BigEndian.Uint32(data[at:]))
			switch string(data[at+4 : at+8]) {
			case "IHDR", "PLTE", "tRNS", "IDAT":
			case "IEND":
				return at+12 == len(data)
			default:
				return false
			}
			if size < 0 || size > len(data) {
				return false
			}
			at += 12 + size
		}
	case "image/jpeg":
		for at := 2; at+4 <= len(data) && data[at] == 0xFF; {
			marker, size := data[at+1], int(binary.BigEndian.Uint16(data[at+2:]))
			switch {
			case marker == 0xDA: // the pixels; nothing may follow their end
				return bytes.Index(data[at:], []byte{0xFF, 0xD9})+at+2 == len(data)
			case marker >= 0xC0 && marker <= 0xCF, marker == 0xDB, marker == 0xDD:
			default:
				return false
			}
			at += 2 + size
		}
	}
	return false
}
