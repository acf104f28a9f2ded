// Package uploads judges files that people send before they are kept: that a picture can be decoded within bounds and a PDF has an end. The first bytes
// alone say nothing about the rest. Pure.
package uploads

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"regexp"
	"strconv"
)

// Bounds of pictures. A page of A4 scanned at 300 dpi has 9 million pixels, a photo of a phone 12 million; decoding takes at worst 8 bytes for each.
const (
	MaxSide   = 10_000
	MaxPixels = 25_000_000
)

// ErrTooLarge is about a picture with more pixels than are decoded.
var ErrTooLarge = errors.New("too many pixels")

// Picture decodes a PNG or JPEG whole, after its header has said that it stays within a side and MaxPixels. Errors: ErrTooLarge; anything else is damage.
func Picture(data []byte, side int) error {
	c, kind, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return err
	}
	if kind != "png" && kind != "jpeg" {
		return fmt.Errorf("a %s", kind)
	}
	if c.Width > side || c.Height > side || c.Width*c.Height > MaxPixels {
		return ErrTooLarge
	}
	_, _, err = image.Decode(bytes.NewReader(data))
	return err
}

var pdfEnd = regexp.MustCompile(`startxref\s+(\d{1,10})\s+%%EOF`)

// PDF says whether a PDF has an end that leads into the file. What programs put behind the end, up to 1 KB, is let pass.
func PDF(data []byte) error {
	tail := data[max(0, len(data)-2048):]
	found := pdfEnd.FindAllSubmatch(tail, -1)
	if !bytes.HasPrefix(data, []byte("%PDF-")) || len(found) == 0 {
		return errors.New("no end")
	}
	at, err := strconv.Atoi(string(found[len(found)-1][1]))
	if err != nil || at <= 0 || at >= len(data) {
		return errors.New("the end leads nowhere")
	}
	return nil
}
